/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A conversion as the VMM performs it (set the attribute, then discard the side left behind), and
 * its counters. Independent of the conversion's origin.
 */
#ifndef GMEMLOAD_CONVERT_H
#define GMEMLOAD_CONVERT_H

#include "vm.h"

/*
 * Converts pages of RAM. Returns 0, or -errno if the ioctl failed (counted; nothing has changed). A
 * discard that fails ends the run: *failure is filled in and -ECANCELED returned. A page with wrong
 * content is noted in *failure (see verify.h) and the conversion goes on.
 */
int convert(struct vm *vm, struct counters *counters, const struct conversion *conversion,
	    struct failure *failure);

/* Convert memory at VM creation: one ioctl each, no discard. Return 0, or -1 with errno set. */
int convert_windows(struct vm *vm);
int convert_slot_to_private(struct vm *vm, const struct slot *slot);

#endif
