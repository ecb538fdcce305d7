# SPDX-License-Identifier: GPL-2.0-only
# Programs of the VM runner. Included by the top Makefile, and used alone by selftests/vm/run, from
# the repository root: make -f selftests/vm/vm.mk build/vm-run
B ?= build
VM := selftests/vm
VM_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror \
	-Wstrict-prototypes -Wmissing-prototypes

VM_BOTH := buf link stream
VM_HOST := run session opts request qemu console term splat report
VM_GUEST := init guest-modules guest-mount guest-port guest-cmd
VM_HEADERS := $(wildcard $(VM)/*.h)

.PHONY: vm
vm: $(B)/vm-run $(B)/vm-init $(B)/vm-initramfs.cpio

# Two runs may build at the same time: each writes its own file and renames it.
$(B)/vm-run: $(patsubst %,$(VM)/%.c,$(VM_HOST) $(VM_BOTH)) $(VM_HEADERS)
	@mkdir -p $(B)
	$(CC) $(VM_CFLAGS) $(filter %.c,$^) -o $@.$$$$ && mv -f $@.$$$$ $@

$(B)/vm-init: $(patsubst %,$(VM)/%.c,$(VM_GUEST) $(VM_BOTH)) $(VM_HEADERS)
	@mkdir -p $(B)
	$(CC) $(VM_CFLAGS) -static $(filter %.c,$^) -o $@.$$$$ && mv -f $@.$$$$ $@

$(B)/vm-initramfs.cpio: $(B)/vm-init
	d=$$(mktemp -d $(B)/vm-initramfs.XXXXXX) && cp $< $$d/init && strip $$d/init && \
	(cd $$d && echo init | cpio --quiet -o -H newc -R 0:0) >$$d.cpio && \
	mv -f $$d.cpio $@ && rm -r $$d
