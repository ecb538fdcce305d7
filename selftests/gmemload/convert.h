/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: a conversion as the VMM does it (attribute, then discard of the side left behind), what is
 * counted of it. Must not know who asked for it.
 */
#ifndef GMEMLOAD_CONVERT_H
#define GMEMLOAD_CONVERT_H

#include "vm.h"

/*
 * Converts pages of RAM. 0, or -errno of the ioctl if that failed (counted, nothing has changed).
 * A discard that fails is a failure of the run: *failure is filled in and -ECANCELED returned. A
 * page found with wrong content is noted in *failure (see verify.h) and the conversion goes on.
 */
int convert(struct vm *vm, struct counters *counters, const struct conversion *conversion,
	    struct failure *failure);

/* At the start, one ioctl each, nothing to discard. 0 or -1 with errno. */
int convert_windows(struct vm *vm);
int convert_slot_to_private(struct vm *vm, const struct slot *slot);

#endif
