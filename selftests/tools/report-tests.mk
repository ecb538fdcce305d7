# SPDX-License-Identifier: GPL-2.0-only
# Tests of the analysis and its views, without BPF and without recordings. Included after
# tools-tests.mk. New golden files: GMEM_UPDATE_GOLDEN=1 build/report_test

REPORT_PURE_OBJ := $(filter $(patsubst %,$(B)/tools/gmemtrace/%,report/%.o results/%.o compare/%.o dashboard/%.o export/%.o map/%.o output/put.o \
	input/fields.o input/unfold.o input/in_order.o),$(GMEMTRACE_OBJ))
REPORT_TEST_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard selftests/tools/report_test*.c)) \
	$(B)/selftests/tools/synth_load.o $(B)/selftests/tools/synth.o $(TAP_OBJ)
ANALYSIS_BENCH_OBJ := $(B)/selftests/bench/analysis_bench.o

CHECKS += $(B)/report_test $(addprefix selftests/tools/,report.sh export.sh compare.sh dashboard.sh map.sh serve.sh exporter-docs.sh) selftests/viewers/viewers.sh

$(filter-out %/synth.o $(TAP_OBJ),$(REPORT_TEST_OBJ)) $(ANALYSIS_BENCH_OBJ) $(B)/selftests/tools/synth_record.o: $(B)/%.o: %.c selftests/tools/report-tests.mk
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -Itools/gmemtrace -MMD -MP -c $< -o $@

$(B)/report_test: $(REPORT_TEST_OBJ) $(REPORT_PURE_OBJ) $(B)/perfetto.pb-c.o $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIB_LIBS) $(TRACE_LIBS)

# Recorder of a synthetic load.
CHECK_PROGRAMS += $(B)/synth_record
$(B)/synth_record: $(B)/selftests/tools/synth_record.o $(B)/selftests/tools/synth_load.o $(B)/selftests/tools/synth.o $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)


# Cost of the analysis per event: make analysis-bench
$(B)/analysis_bench: $(ANALYSIS_BENCH_OBJ) $(B)/selftests/tools/synth_load.o $(B)/selftests/tools/synth.o $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

.PHONY: analysis-bench
analysis-bench: $(B)/analysis_bench
	$(B)/analysis_bench

-include $(REPORT_TEST_OBJ:.o=.d) $(ANALYSIS_BENCH_OBJ:.o=.d)
