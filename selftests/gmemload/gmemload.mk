# SPDX-License-Identifier: GPL-2.0-only
# Rules for build/gmemload and its unit test. Included from the repository's root; $(B) is the build
# folder.

B ?= build
GMEMLOAD_DIR := selftests/gmemload
GMEMLOAD_OBJ := $(B)/selftests/gmemload
GMEMLOAD_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes
# -MD and -MP: objects are rebuilt when a header changes or is removed.
GMEMLOAD_CFLAGS += -MD -MP -D_GNU_SOURCE
GMEMLOAD_LIBS := -ljson-c -pthread

# The guest is copied to another address and has no library: no calls out, no constants in memory,
# no vector registers (nothing enables them), no instrumentation.
GMEMLOAD_GUEST_CFLAGS := -ffreestanding -fno-builtin -fpie -mgeneral-regs-only -mno-red-zone
GMEMLOAD_GUEST_CFLAGS += -fno-stack-protector -fcf-protection=none -fno-jump-tables
GMEMLOAD_GUEST_CFLAGS += -fno-asynchronous-unwind-tables

GMEMLOAD_PURE := pagestate pattern options
GMEMLOAD_SRC := main fail stop kvm vm boot convert verify feed vcpu runner ledger \
	fleet fleet_processes fleet_threads $(GMEMLOAD_PURE)
GMEMLOAD_OBJS := $(GMEMLOAD_SRC:%=$(GMEMLOAD_OBJ)/%.o) $(GMEMLOAD_OBJ)/guest.o
GMEMLOAD_TEST_OBJS := $(GMEMLOAD_OBJ)/unit_test.o $(GMEMLOAD_PURE:%=$(GMEMLOAD_OBJ)/%.o)

$(B)/gmemload: $(GMEMLOAD_OBJS)
	$(CC) $(GMEMLOAD_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(GMEMLOAD_LIBS)

$(B)/gmemload-unit-test: $(GMEMLOAD_TEST_OBJS)
	$(CC) $(GMEMLOAD_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka

$(GMEMLOAD_OBJ)/%.o: $(GMEMLOAD_DIR)/%.c $(GMEMLOAD_DIR)/gmemload.mk
	@mkdir -p $(@D)
	$(CC) $(GMEMLOAD_CFLAGS) $(CFLAGS) -c -o $@ $<

# CFLAGS from the environment (sanitizers, coverage) must not apply to the guest.
$(GMEMLOAD_OBJ)/guest.o: $(GMEMLOAD_DIR)/guest.c $(GMEMLOAD_DIR)/gmemload.mk
	@mkdir -p $(@D)
	$(CC) $(GMEMLOAD_CFLAGS) $(GMEMLOAD_GUEST_CFLAGS) -c -o $@ $<
	@if readelf -SW $@ | grep -Eq '\.rela?guest_text|\.rodata'; then \
		rm -f $@; \
		echo "guest.c: the guest's code refers to memory that the guest does not have" >&2; \
		echo "Look at objdump -dr of it: no calls, no constants in memory." >&2; \
		exit 1; \
	fi

-include $(GMEMLOAD_OBJS:.o=.d) $(GMEMLOAD_TEST_OBJS:.o=.d)
