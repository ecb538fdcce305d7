# SPDX-License-Identifier: GPL-2.0-only
# load_kvm: loads the modules of KVM, if it is built as modules (in-vm VERSION:VARIANT:m). Sourced.
load_kvm()
{
	local ko

	[ -n "${GMEM_MODULES:-}" ] || return 0
	for ko in irqbypass kvm ccp kvm-amd; do
		[ ! -e "$GMEM_MODULES/$ko.ko" ] || [ -e "/sys/module/${ko/-/_}" ] ||
			insmod "$GMEM_MODULES/$ko.ko" || return 1
	done
}
