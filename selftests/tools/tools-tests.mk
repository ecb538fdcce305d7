# SPDX-License-Identifier: GPL-2.0-only
# Tests of gmemtop's screen, without BPF and curses; and gmemtop_fake, gmemtop on made-up VMs.
# Included after tools/tools.mk. New golden files: GMEM_UPDATE_GOLDEN=1 build/gmemtop_test

# All sources except those that end the program, read options, or use terminals.
GMEMTOP_IMPURE := $(addprefix run/,batch main options session) terminal/rescue terminal/tui
GMEMTOP_PURE_OBJ := $(filter-out $(GMEMTOP_IMPURE:%=$(B)/tools/gmemtop/%.o),$(GMEMTOP_OBJ))
SYNTH_OBJ := $(addprefix $(B)/selftests/tools/,synth.o fake_source.o)
TAP_OBJ := $(B)/selftests/tools/tap_diff.o
GMEMTOP_TEST_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard selftests/tools/gmemtop_test*.c))
GMEMTOP_FAKE_OBJ := $(B)/selftests/tools/gmemtop_fake.o
GMEMTOP_FAKE_OBJ += $(filter-out %/main.o,$(GMEMTOP_OBJ))

CHECKS += $(B)/gmemtop_test selftests/tools/golden-test.sh selftests/tools/replay.sh selftests/tools/terminal.sh
CHECK_PROGRAMS += $(B)/gmemtop_fake

$(SYNTH_OBJ) $(TAP_OBJ) $(GMEMTOP_TEST_OBJ) $(B)/selftests/tools/gmemtop_fake.o: $(B)/%.o: %.c \
		selftests/tools/tools-tests.mk
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -Itools/gmemtop -MMD -MP -c $< -o $@

$(B)/gmemtop_test: $(GMEMTOP_TEST_OBJ) $(TAP_OBJ) $(SYNTH_OBJ) $(GMEMTOP_PURE_OBJ) $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIB_LIBS)

$(B)/gmemtop_fake: $(GMEMTOP_FAKE_OBJ) $(SYNTH_OBJ) $(B)/libgmem-live.a $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIVE_LIBS) $(LIB_LIBS) -lncursesw -ltinfo

# Choice of providers, on kernels that are only BTF. Prints also the table of docs/metrics.md.
PROVIDERS_TEST_OBJ := $(B)/selftests/tools/providers_test.o
CHECKS += $(B)/providers_test selftests/tools/metrics-table.sh

$(PROVIDERS_TEST_OBJ): $(B)/%.o: %.c selftests/tools/tools-tests.mk
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/providers_test: $(PROVIDERS_TEST_OBJ) $(B)/libgmem-live.a $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIVE_LIBS) $(LIB_LIBS)

# The walk of maple trees, compiled for the host.
CHECKS += $(B)/maple_test

$(B)/maple_test: selftests/tools/maple_test.c $(wildcard selftests/tools/bpf_host/bpf/*.h) bpf/gmem_maple.bpf.h bpf/gmem_kernel.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Wno-unknown-pragmas -Wno-unused-parameter -Wno-missing-prototypes -Iselftests/tools/bpf_host -I. -Ibpf -o $@ $< -lcmocka

-include $(PROVIDERS_TEST_OBJ:.o=.d) $(GMEMTOP_TEST_OBJ:.o=.d) $(TAP_OBJ:.o=.d) $(SYNTH_OBJ:.o=.d) $(B)/selftests/tools/gmemtop_fake.d
