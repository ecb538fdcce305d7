# SPDX-License-Identifier: GPL-2.0-only
# What `make check` and `make test` run. Included by the top Makefile.

# Programs that need neither root nor a VM; each prints TAP.
CHECKS :=
include selftests/tools/lib-tests.mk
-include selftests/tools/tools-tests.mk
CHECKS += $(B)/gmemload-unit-test selftests/vm/splat-test.sh

KERNEL ?= 6.12
IN_VM := selftests/guest/in-vm $(KERNEL)

VM_TESTS := 'selftests/vm/test.sh'
VM_TESTS += '$(IN_VM) selftests/guest/kernel-tests.sh'
VM_TESTS += '$(IN_VM) selftests/guest/truth.sh'
VM_TESTS += '$(IN_VM) selftests/guest/errors.sh'
VM_TESTS += '$(IN_VM):stock selftests/guest/errors.sh stock'
VM_TESTS += '$(IN_VM) selftests/guest/terminal.sh'

$(B)/ledger_check: selftests/tools/ledger_check.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $< -ljson-c
