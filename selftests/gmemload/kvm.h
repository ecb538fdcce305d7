/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/kvm and the capabilities it must have. */
#ifndef GMEMLOAD_KVM_H
#define GMEMLOAD_KVM_H

#include "fail.h"

/* Returns a file descriptor of a KVM with all capabilities, which the caller closes, or -1. */
int kvm_open(struct failure *failure);

#endif
