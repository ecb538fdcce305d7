# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# BPF object and skeleton, libgmem, gmemtop, gmemtrace. Included by the top Makefile.

# Includes name the folder: "model/ranges.h", "bpf/gmem_abi.h".
LIB_INC := -I. -Itools/lib
TOOL_CFLAGS := $(CFLAGS) $(LIB_INC) -I$(B)
LIB_SRC := $(wildcard tools/lib/*/*.c)
# The only files that use BPF: programs that read recordings link without them.
LIVE_SRC := $(addprefix tools/lib/live/,live.c live_records.c live_sync.c attach.c inflight.c inventory.c load.c probes.c providers.c ring.c scan.c verify.c)
LIVE_SRC += tools/lib/cli/live_options.c
GMEMTOP_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tools/gmemtop/*/*.c))
GMEMTRACE_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tools/gmemtrace/*.c tools/gmemtrace/*/*.c))
LIB_OBJ := $(patsubst %.c,$(B)/%.o,$(filter-out $(LIVE_SRC),$(LIB_SRC)))
LIVE_OBJ := $(patsubst %.c,$(B)/%.o,$(LIVE_SRC))

BPF_CFLAGS := -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Wextra \
	-Wno-unused-parameter -Werror -Ibpf

$(B)/gmem.bpf.o: bpf/gmem.bpf.c $(wildcard bpf/*.h)
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -c $< -o $@

# The same object from other compilers, for selftests/distro/clangs.
$(B)/distro/gmem-%.bpf.o: bpf/gmem.bpf.c $(wildcard bpf/*.h)
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -c $< -o $@

$(B)/gmem.skel.h: $(B)/gmem.bpf.o
	$(BPFTOOL) gen skeleton $< name gmem_bpf > $@.tmp && mv $@.tmp $@

$(LIVE_OBJ): $(B)/gmem.skel.h

$(B)/tools/gmemtop/%.o: TOOL_CFLAGS += -Itools/gmemtop
$(B)/tools/gmemtrace/%.o: TOOL_CFLAGS += -Itools/gmemtrace

$(B)/tools/%.o: tools/%.c
	@mkdir -p $(@D)
	$(CC) $(TOOL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/libgmem.a: $(LIB_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

$(B)/libgmem-live.a: $(LIVE_OBJ)
	rm -f $@ && $(AR) rcs $@ $^

LIB_LIBS := -ljson-c -lm -lzstd -lxxhash
LIVE_LIBS := -lbpf
TRACE_LIBS := -lprotobuf-c -lpng -lmicrohttpd -lpthread

$(B)/gmemtop: $(GMEMTOP_OBJ) $(B)/libgmem-live.a $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIVE_LIBS) $(LIB_LIBS) -lncursesw -ltinfo

# Perfetto's format, from a description written for this project.
$(B)/perfetto.pb-c.h: tools/gmemtrace/export/perfetto.proto
	@mkdir -p $(@D)
	protoc-c --proto_path=$(<D) --c_out=$(@D) $(<F)

$(B)/perfetto.pb-c.o: $(B)/perfetto.pb-c.h
	$(CC) $(CFLAGS) -c $(@:.o=.c) -o $@

$(B)/tools/gmemtrace/export/perfetto.o: $(B)/perfetto.pb-c.h

# Parts of the dashboard's page, as arrays of bytes that end with a 0. Without npm, uPlot is empty, and the page has
# tables only.
DASHBOARD := tools/gmemtrace/dashboard

$(B)/uplot/uPlot.js: $(DASHBOARD)/get-uplot
	@mkdir -p $(@D)
	@if from=$$($<); then cp $$from/uPlot.js $$from/uPlot.css $(@D); else \
		echo "gmemtrace dashboard will have tables without plots: $$from. To try again: rm $@" >&2; \
		: > $@; : > $(@D)/uPlot.css; fi

$(B)/dashboard_parts.h: $(B)/uplot/uPlot.js $(addprefix $(DASHBOARD)/,page.html page.css page.js)
	@for part in uplot:$(B)/uplot/uPlot.js uplot_css:$(B)/uplot/uPlot.css html:$(DASHBOARD)/page.html \
		css:$(DASHBOARD)/page.css js:$(DASHBOARD)/page.js; do \
		echo "static const unsigned char dashboard_$${part%%:*}[] = {"; \
		od -An -v -tx1 $${part#*:} | sed 's/ \(..\)/0x\1,/g'; echo "0 };"; \
	done > $@.tmp && mv $@.tmp $@

$(B)/tools/gmemtrace/dashboard/page.o: $(B)/dashboard_parts.h

$(B)/gmemtrace: $(B)/perfetto.pb-c.o $(GMEMTRACE_OBJ) $(B)/libgmem-live.a $(B)/libgmem.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIVE_LIBS) $(LIB_LIBS) $(TRACE_LIBS)

-include $(shell find $(B)/tools -name '*.d' 2>/dev/null)
