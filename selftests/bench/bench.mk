# SPDX-License-Identifier: GPL-2.0-only
# Overhead of tracing: build/gmem_ops, build/bench_report, make bench. Included by the top Makefile,
# after gmemload.mk.
BENCH := selftests/bench
BENCH_OBJ := $(B)/selftests/bench
BENCH_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes
BENCH_CFLAGS += -MD -MP -D_GNU_SOURCE

GMEM_OPS_OBJS := $(patsubst %,$(BENCH_OBJ)/%.o,gmem_ops beside cli measure ops testbed)
# From gmemload: the check of KVM's capabilities, and error messages.
GMEM_OPS_OBJS += $(patsubst %,$(GMEMLOAD_OBJ)/%.o,kvm fail)

# Conversions with and without attribute ranges.
GMEM_RANGES_OBJS := $(patsubst %,$(BENCH_OBJ)/%.o,ranges $(patsubst %,ranges_%,sizes states fragments mapped phases))
GMEM_RANGES_OBJS += $(patsubst %,$(BENCH_OBJ)/%.o,cli kernel_memory mapping phases testbed)
GMEM_RANGES_OBJS += $(patsubst %,$(GMEMLOAD_OBJ)/%.o,kvm fail)

BENCH_REPORT_OBJS := $(patsubst %,$(BENCH_OBJ)/%.o,bench_report figures report_json report_text samples)

$(B)/gmem_ops: $(GMEM_OPS_OBJS)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $^

$(B)/gmem_ranges: $(GMEM_RANGES_OBJS)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $^

$(B)/bench_report: $(BENCH_REPORT_OBJS)
	$(CC) $(BENCH_CFLAGS) $(LDFLAGS) -o $@ $^ -ljson-c

# Needs the library; CPU times are measured on this machine, not in a VM.
$(B)/recording_bench: $(BENCH)/recording_bench.c $(B)/libgmem.a
	$(CC) $(TOOL_CFLAGS) -o $@ $^ $(LIB_LIBS)

$(BENCH_OBJ)/%.o: $(BENCH)/%.c $(BENCH)/bench.mk
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) $(filter -f%,$(CFLAGS)) -c -o $@ $<

-include $(wildcard $(BENCH_OBJ)/*.d)

CHECKS += $(BENCH)/report-test.sh $(BENCH)/ranges-report-test.sh

# gmemtop's screen with very many VMs, in a pseudo terminal.
SCREEN_OBJS := $(BENCH_OBJ)/screen.o $(BENCH_OBJ)/screen_source.o $(B)/selftests/tools/synth.o
SCREEN_OBJS += $(filter-out %/main.o,$(GMEMTOP_OBJ))

$(BENCH_OBJ)/screen.o $(BENCH_OBJ)/screen_source.o: BENCH_CFLAGS += $(LIB_INC) -Itools/gmemtop

$(B)/gmemtop_bench: $(SCREEN_OBJS) $(B)/libgmem-live.a $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIVE_LIBS) $(LIB_LIBS) -lncursesw -ltinfo -lutil

SOAK_OBJS := $(BENCH_OBJ)/screen_soak.o $(addprefix $(B)/selftests/tools/,synth.o fake_source.o)

$(BENCH_OBJ)/screen_soak.o: BENCH_CFLAGS += $(LIB_INC) -Itools/gmemtop

$(B)/gmemtop_soak: $(SOAK_OBJS) $(GMEMTOP_PURE_OBJ) $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

# Built with the tests, so that a change in their dependencies cannot break them unnoticed.
CHECK_PROGRAMS += $(addprefix $(B)/,gmem_ops gmem_ranges bench_report gmemtop_bench gmemtop_soak recording_bench analysis_bench)

.PHONY: bench
bench: deps
	@$(SUBMAKE) -s all vm $(B)/gmem_ops $(B)/gmem_ranges $(B)/bench_report $(B)/gmemtop_bench $(B)/recording_bench
	@$(B)/gmemtop_bench
	@$(B)/recording_bench
	@selftests/bench/screen-leaks.sh
	@selftests/bench/run.sh --kernel $(KERNEL) $(BENCH_ARGS)
	@selftests/bench/ranges.sh --kernel $(KERNEL)
	@$(SUBMAKE) -s $(B)/synth_record $(B)/analysis_bench
	@selftests/bench/replay.sh
	@selftests/bench/gate.sh $(KERNEL):full
