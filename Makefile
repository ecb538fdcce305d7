# SPDX-License-Identifier: GPL-2.0-only
# Targets: all, demo, test, test-kernel, test-distro, check, install, clean. See README.md.

B := build
PREFIX ?= /usr/local
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
BPF_ARCH := $(subst x86_64,x86,$(subst aarch64,arm64,$(shell uname -m)))
WARN := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes
CFLAGS ?= -O2 -g
override CFLAGS += -std=gnu11 -D_GNU_SOURCE $(WARN)

.PHONY: all
all: $(B)/gmemtop $(B)/gmemtrace $(B)/gmemload

include tools/tools.mk
include selftests/vm/vm.mk
include selftests/gmemload/gmemload.mk
include selftests/chaos/chaos.mk
include selftests/events/events.mk
include selftests/tests.mk
include selftests/bench/bench.mk

# Packages are installed before make evaluates the rest, so the targets run in another make.
SUBMAKE = $(MAKE) --no-print-directory -j$(shell nproc)

.PHONY: deps demo test test-kernel test-distro check install clean
deps:
	@deps/install

SCENES := all stall leak double
SCENE ?= all
ifeq ($(filter $(SCENE),$(SCENES)),)
$(error There is no SCENE=$(SCENE). Scenes are: $(SCENES))
endif

demo: deps
	@$(SUBMAKE) -s all vm $(B)/owners
	@kernel/build $(KERNEL) > /dev/null
	@selftests/demo/run $(KERNEL) $(SCENE)

TEST_PROGRAMS = $(filter $(B)/%,$(CHECKS)) $(FUZZ_PROGRAM) $(B)/ledger_check $(B)/chaos $(B)/owners $(B)/corners $(B)/shapes $(B)/want $(B)/blind $(B)/leftovers $(B)/distro_load $(CHECK_PROGRAMS)

test: deps
	@$(SUBMAKE) -s all vm events $(TEST_PROGRAMS)
	@selftests/build-kernels $(EVERY) $(KERNEL):full:m
	@selftests/run-tests $(CHECKS) $(VM_TESTS)

test-kernel: deps
	@$(SUBMAKE) -s all vm events $(TEST_PROGRAMS)
	@selftests/run-tests $(KERNEL_TESTS)

test-distro: deps
	@$(SUBMAKE) -s all vm $(DISTRO_PROGRAMS)
	@selftests/run-tests $(DISTRO_TESTS)

check: all $(filter $(B)/%,$(CHECKS)) $(FUZZ_PROGRAM) $(CHECK_PROGRAMS)
	@selftests/tools/layering.py --count
	@selftests/run-tests $(CHECKS)

SHARE = $(DESTDIR)$(PREFIX)/share
# The documentation keeps its folders, for the links in it.
DOCS = README.md kernel/README.md bpf/gmem_abi.h $(wildcard docs/*.md docs/img/* docs/dashboards/* kernel/reports/*)
UNITS = $(DESTDIR)$(PREFIX)/lib/systemd/system

# bash-completion finds a completion file by the program's name.
install: $(B)/gmemtop $(B)/gmemtrace
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/sbin $^
	install -D -m 644 -t $(SHARE)/man/man8 docs/gmemtop.8 docs/gmemtrace.8
	set -e; for f in $(DOCS); do install -D -m 644 $$f $(SHARE)/doc/gmem/$$f; done
	install -D -m 644 -t $(UNITS) tools/gmemtrace/serve/gmem-exporter.socket
	sed 's,@SBIN@,$(PREFIX)/sbin,' tools/gmemtrace/serve/gmem-exporter.service.in > $(UNITS)/gmem-exporter.service
	chmod 644 $(UNITS)/gmem-exporter.service
	install -D -m 644 tools/completion.bash $(SHARE)/bash-completion/completions/gmemtop
	ln -sf gmemtop $(SHARE)/bash-completion/completions/gmemtrace

clean:
	rm -rf $(B)
