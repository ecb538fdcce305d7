# SPDX-License-Identifier: GPL-2.0-only
# Tests that `make check`, `make test` and `make test-kernel` run. Included by the top Makefile.

# Programs that need neither root nor a VM; each prints TAP.
CHECKS := selftests/run-tests-test.sh selftests/tap-test.sh selftests/kernel-scripts-test.sh selftests/deps-test.sh \
	selftests/kernel-build-test.sh
include selftests/tools/lib-tests.mk
include selftests/tools/tools-tests.mk
include selftests/tools/recording-tests.mk
include selftests/fuzz/fuzz.mk
include selftests/tools/report-tests.mk
CHECKS += selftests/chaos/check-test.sh $(B)/gmemload-unit-test selftests/vm/splat-test.sh selftests/guest/ledger-test.sh
CHECK_PROGRAMS += $(B)/chaos_check
CHECKS += 'selftests/tools/layering.py --build $(B)'
CHECKS += $(addprefix selftests/tools/,layering-test.sh manpages.sh usage.sh install.sh completion.sh)

# Tests of the tools and of the VM runner use the first kernel only.
KERNELS ?= 6.12 7.3
KERNEL := $(firstword $(KERNELS))
IN_VM := selftests/guest/in-vm

VM_TESTS := 'selftests/vm/test.sh'
VM_TESTS += '$(IN_VM) $(KERNEL) selftests/gmemload/test.sh'
VM_TESTS += '$(IN_VM) $(KERNEL) selftests/guest/errors.sh'
VM_TESTS += '$(IN_VM) $(KERNEL) selftests/guest/blind.sh' '$(IN_VM) $(KERNEL):stock selftests/guest/blind.sh stock'
VM_TESTS += '$(IN_VM) $(KERNEL):stock selftests/guest/errors.sh stock'
VM_TESTS += '$(IN_VM) $(KERNEL) selftests/guest/terminal.sh'
VM_TESTS += $(foreach k,$(KERNELS),'$(IN_VM) $(k) selftests/guest/kernel-tests.sh' '$(IN_VM) $(k) selftests/guest/record.sh')
# Whether other programs decode the events depends on their formats, which are the same on all kernels: one is enough.
VM_TESTS += '$(IN_VM) $(KERNEL) selftests/events/run.sh'
VM_TESTS += $(foreach k,$(filter-out $(KERNEL),$(KERNELS)),'$(IN_VM) $(k) selftests/events/run.sh --without decode')
VM_TESTS += 'selftests/guest/compare.sh $(KERNEL):stock $(KERNEL):full'

# The tools on every kernel: with patches and without.
EVERY := $(foreach k,$(KERNELS),$(k):full $(k):stock)
ATTACH_ROUNDS ?= 1
VM_TESTS += $(foreach k,$(EVERY),'$(IN_VM) $(k) selftests/guest/truth.sh' \
	'$(IN_VM) $(k) selftests/guest/attach.sh $(ATTACH_ROUNDS)' \
	'$(IN_VM) $(k) selftests/guest/metrics.sh' '$(IN_VM) $(k) selftests/guest/stall.sh' \
	'$(IN_VM) $(k) selftests/guest/owners.sh' '$(IN_VM) $(k) selftests/guest/backing.sh' \
	'$(IN_VM) $(k) selftests/guest/report.sh' '$(IN_VM) $(k) selftests/guest/exact.sh')
# 200 VMs that do not live long; make test-kernel has 1,000.
VM_TESTS += '$(IN_VM) $(KERNEL) selftests/guest/serve.sh 4'
VM_TESTS += '$(IN_VM) $(KERNEL) selftests/guest/demo.sh'
VM_TESTS += '$(IN_VM) $(KERNEL):stock:icount selftests/guest/big-map.sh 64G'
VM_TESTS += '$(IN_VM) $(KERNEL) selftests/guest/shapes.sh'
VM_TESTS += '$(IN_VM) $(KERNEL) selftests/guest/peers.sh' '$(IN_VM) $(KERNEL):stock selftests/guest/peers.sh'
VM_TESTS += $(foreach k,$(EVERY),'$(IN_VM) $(k) selftests/guest/want.sh 4')
# Seed 2 has all kinds of disturbances in 60 rounds; make test-kernel runs more seeds.
VM_TESTS += $(foreach k,$(EVERY),'$(IN_VM) $(k) selftests/guest/chaos.sh 2')
VM_TESTS += '$(IN_VM) $(KERNEL):full:m selftests/guest/kvm-module.sh'
# A kernel where an fentry program never runs, and one without memory attributes; make test-distro has more.
VM_TESTS += $(foreach k,6.12.117+deb12-amd64 newest:cloud,'$(IN_VM) debian:$(k) selftests/distro/truth.sh')
VM_TESTS += $(foreach k,$(KERNEL):full $(KERNEL):stock $(KERNEL):full:m,'$(IN_VM) $(k) selftests/guest/privileges.sh')

# Long tests, for a maintainer to run before sending the series.
SOAK_SECONDS ?= 600
KERNEL_TESTS := $(foreach k,$(KERNELS),'kernel/check $(k)')
# Each variant; make test has stock and full. Core has a part of the tracepoints: functions serve for the other events.
KERNEL_TESTS += $(foreach k,$(KERNELS),$(foreach v,core trace full,'$(IN_VM) $(k):$(v) selftests/events/run.sh'))
KERNEL_TESTS += $(foreach k,$(KERNELS),$(foreach v,stock core trace full,'$(IN_VM) $(k):$(v) selftests/guest/truth.sh'))
KERNEL_TESTS += $(foreach k,$(KERNELS),$(foreach t,metrics exact blind,'$(IN_VM) $(k):core selftests/guest/$(t).sh'))
KERNEL_TESTS += $(foreach k,$(KERNELS),'$(IN_VM) $(k):full:debug selftests/guest/kunit.sh')
KERNEL_TESTS += '$(IN_VM) $(KERNEL):full:debug selftests/guest/kernel-tests.sh'
KERNEL_TESTS += '$(IN_VM) $(KERNEL):full:m selftests/guest/kernel-tests.sh'
KERNEL_TESTS += '$(IN_VM) $(KERNEL):full:debug selftests/events/run.sh'
KERNEL_TESTS += 'env GMEM_VM_TIMEOUT=3600 $(IN_VM) $(KERNEL):full:debug selftests/guest/soak.sh $(SOAK_SECONDS)'
KERNEL_TESTS += '$(IN_VM) $(KERNEL):full:debug selftests/guest/suspend.sh'
# 50 rounds on each kernel: at least half an hour each.
LONG_ROUNDS ?= 50
KERNEL_TESTS += $(foreach k,$(EVERY),'env GMEM_VM_TIMEOUT=7200 $(IN_VM) $(k) selftests/guest/attach.sh $(LONG_ROUNDS)')

# Kernels without ranges need time and memory for each page: less memory is enough there.
KERNEL_TESTS += $(foreach k,$(filter-out $(KERNEL),$(KERNELS)),'$(IN_VM) $(k) selftests/guest/shapes.sh')
KERNEL_TESTS += '$(IN_VM) $(KERNEL):stock selftests/guest/shapes.sh 2'
KERNEL_TESTS += $(foreach v,full stock,'$(IN_VM) $(KERNEL):$(v) selftests/guest/serve.sh')
# What attribute ranges change, and what other versions change, by our own tools.
KERNEL_TESTS += 'selftests/guest/compare.sh $(KERNEL):trace $(KERNEL):full'
KERNEL_TESTS += $(foreach k,$(filter-out $(KERNEL),$(KERNELS)),'selftests/guest/compare.sh $(KERNEL):trace $(k):trace')

CHAOS_SEEDS ?= $(shell seq 30)
KERNEL_TESTS += $(foreach k,$(EVERY),'env GMEM_VM_TIMEOUT=7200 $(IN_VM) $(k) selftests/guest/chaos.sh $(CHAOS_SEEDS)')

# Debian's kernels, configured unlike ours: KVM=m, PREEMPT_DYNAMIC, other layouts of structures;
# and the BPF object by every clang. Kernels and compilers that are not available are skipped.
DISTRO_KERNELS ?= 6.12.117+deb12-amd64 6.12:amd64 6.16:amd64 6.18:amd64 6.19:amd64 newest:amd64 \
	6.18:cloud newest:cloud
DISTRO_TESTS := $(foreach k,$(DISTRO_KERNELS),'$(IN_VM) debian:$(k) selftests/distro/truth.sh')
DISTRO_TESTS += $(foreach k,$(filter %amd64,$(DISTRO_KERNELS)),'$(IN_VM) debian:$(k) selftests/distro/blind.sh')
DISTRO_TESTS += 'env GMEM_VM_APPEND=lockdown=confidentiality $(IN_VM) debian:6.12.117+deb12-amd64 selftests/distro/lockdown.sh'
DISTRO_TESTS += 'selftests/distro/clang-matrix.sh $(EVERY) debian:6.18:amd64 debian:newest:cloud'
DISTRO_PROGRAMS := $(B)/distro_load $(B)/load_object

$(B)/ledger_check: selftests/tools/ledger_check.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $< -ljson-c

$(B)/want: selftests/guest/want.c $(B)/libgmem-live.a $(B)/libgmem.a
	$(CC) $(TOOL_CFLAGS) -o $@ $^ $(LIVE_LIBS) $(LIB_LIBS)

$(B)/leftovers: selftests/guest/leftovers.c $(B)/libgmem.a
	$(CC) $(TOOL_CFLAGS) -o $@ $^ $(LIB_LIBS)

$(B)/corners: selftests/guest/corners.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $<

$(B)/shapes: selftests/guest/shapes.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $< -pthread

$(B)/owners: selftests/guest/owners.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $<

$(B)/blind: selftests/guest/blind.c $(B)/libgmem-live.a $(B)/libgmem.a
	$(CC) $(TOOL_CFLAGS) -o $@ $^ $(LIVE_LIBS) $(LIB_LIBS)

$(B)/distro_load: selftests/distro/load.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $< -pthread

$(B)/load_object: selftests/distro/load_object.c $(B)/libgmem-live.a $(B)/libgmem.a
	$(CC) $(TOOL_CFLAGS) -o $@ $^ $(LIVE_LIBS) $(LIB_LIBS)
