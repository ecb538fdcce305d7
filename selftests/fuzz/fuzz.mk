# SPDX-License-Identifier: GPL-2.0-only
# Fuzz test of the reader of recordings, if clang has a fuzzer. Included after tools/tools.mk.
#   make fuzz FUZZ_SECONDS=3600     new findings stay in build/fuzz/found

FUZZ_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(LIB_INC) -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
FUZZ_SAN := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_LIB_OBJ := $(patsubst %.c,$(B)/fuzz/%.o,$(filter-out $(LIVE_SRC),$(LIB_SRC)))
FUZZ_SECONDS ?= 600
# HAS_FUZZER is yes if clang has the fuzzer's runtime.
HAS_FUZZER := $(shell echo 'int LLVMFuzzerTestOneInput(const char *d, long n); int LLVMFuzzerTestOneInput(const char *d, long n) { return !d && n; }' | \
	$(CLANG) -fsanitize=fuzzer,address -x c - -o /dev/null 2>/dev/null && echo yes)

CHECKS += selftests/fuzz/check.sh
FUZZ_PROGRAM := $(if $(HAS_FUZZER),$(B)/fuzz/recording_fuzz,$(B)/recording_plain)

$(B)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(CLANG) $(FUZZ_SAN) $(FUZZ_CFLAGS) -MMD -MP -c $< -o $@

$(B)/fuzz/libgmem.a: $(FUZZ_LIB_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

$(B)/fuzz/recording_fuzz: $(B)/fuzz/selftests/fuzz/recording_fuzz.o $(B)/fuzz/libgmem.a
	$(CLANG) $(FUZZ_SAN) -o $@ $^ $(LIB_LIBS)

$(B)/recording_plain: selftests/fuzz/recording_fuzz.c selftests/fuzz/plain.c $(B)/libgmem.a
	$(CC) $(TOOL_CFLAGS) -o $@ $^ $(LIB_LIBS)

.PHONY: fuzz
fuzz: $(B)/fuzz/recording_fuzz
	@mkdir -p $(B)/fuzz/found
	nice -n 19 $< -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=120 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix=$(B)/fuzz/ $(B)/fuzz/found selftests/fuzz/corpus

-include $(shell find $(B)/fuzz -name '*.d' 2>/dev/null)
