# SPDX-License-Identifier: GPL-2.0-only
# Rules for build/chaos and build/chaos_check. Included from the repository's root.

B ?= build
CHAOS_DIR := selftests/chaos
CHAOS_OBJ := $(B)/selftests/chaos
CHAOS_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes
CHAOS_CFLAGS += -MD -MP -D_GNU_SOURCE
CHAOS_SRC := main plan plan_pick plan_vms plan_files world stage wire actor actor_kvm scout ledger
CHAOS_OBJS := $(CHAOS_SRC:%=$(CHAOS_OBJ)/%.o)
CHAOS_CHECK_OBJS := $(addprefix $(CHAOS_OBJ)/,check.o check_match.o check_vm.o check_report.o)

$(B)/chaos: $(CHAOS_OBJS)
	$(CC) $(CHAOS_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ -pthread

$(B)/chaos_check: $(CHAOS_CHECK_OBJS)
	$(CC) $(CHAOS_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ -ljson-c

$(CHAOS_OBJ)/%.o: $(CHAOS_DIR)/%.c $(CHAOS_DIR)/chaos.mk
	@mkdir -p $(@D)
	$(CC) $(CHAOS_CFLAGS) $(CFLAGS) -c -o $@ $<

-include $(CHAOS_OBJS:.o=.d) $(CHAOS_CHECK_OBJS:.o=.d)
