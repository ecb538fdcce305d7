# SPDX-License-Identifier: GPL-2.0-only
# Tests of the kernel's tracepoints. Included by the top Makefile, after gmemload.mk; paths are
# relative to the repository's root, $(B) is the build folder. selftests/events/run.sh runs them.
EVENTS := selftests/events
EVENTS_OBJ := $(B)/selftests/events
EVENTS_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes
EVENTS_CFLAGS += -MD -MP -D_GNU_SOURCE -I/usr/include/tracefs -I/usr/include/traceevent -I$(EVENTS_OBJ)

# Test programs by topic.
EVENTS_TESTS := checks create_release bind fallocate counts invalidate attributes memory_fault \
	hypercall fault fault_retry memory_error user_fault fields
EVENTS_SHARED := harness trace variant testvm failslab poison
EVENTS_PROGRAMS := $(EVENTS_TESTS:%=$(B)/events/%)
# From gmemload: the check of KVM's capabilities, error messages, vCPU boot, and the guest's code.
EVENTS_LOAD_OBJS := $(patsubst %,$(GMEMLOAD_OBJ)/%.o,kvm fail boot guest)

.PHONY: events
events: $(EVENTS_PROGRAMS)

$(EVENTS_PROGRAMS): $(B)/events/%: $(EVENTS_OBJ)/%.o $(EVENTS_SHARED:%=$(EVENTS_OBJ)/%.o) \
		$(EVENTS_LOAD_OBJS)
	@mkdir -p $(@D)
	$(CC) $(EVENTS_CFLAGS) $(LDFLAGS) -o $@ $^ -pthread -ltracefs

$(EVENTS_OBJ)/%.o: $(EVENTS)/%.c $(EVENTS)/events.mk
	@mkdir -p $(@D)
	$(CC) $(EVENTS_CFLAGS) -c -o $@ $<

# EVENT VARIANT A B becomes { "EVENT", "VARIANT", "A|B" },
$(EVENTS_OBJ)/variants.inc: $(EVENTS)/variants $(EVENTS)/events.mk
	@mkdir -p $(@D)
	awk '/^kvm_/ { o = ""; for (i = 3; i <= NF; i++) o = o (i > 3 ? "|" : "") $$i; \
		printf "{ \"%s\", \"%s\", \"%s\" },\n", $$1, $$2, o }' $< > $@

$(EVENTS_OBJ)/variant.o: $(EVENTS_OBJ)/variants.inc

.SECONDARY: $(patsubst %,$(EVENTS_OBJ)/%.o,$(EVENTS_TESTS) $(EVENTS_SHARED))
-include $(patsubst %,$(EVENTS_OBJ)/%.d,$(EVENTS_TESTS) $(EVENTS_SHARED))
