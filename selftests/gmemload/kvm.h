/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns: /dev/kvm and what it must be able to do. Must not know any VM. */
#ifndef GMEMLOAD_KVM_H
#define GMEMLOAD_KVM_H

#include "fail.h"

/* A file descriptor of the caller's, of a KVM that has all that is needed; -1 if not. */
int kvm_open(struct failure *failure);

#endif
