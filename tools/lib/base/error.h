/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What went wrong, told once, by the cli: two lines, and a status that says
 * which kind of thing it was. The same numbers in every program of ours.
 */
#ifndef GMEM_ERROR_H
#define GMEM_ERROR_H

enum gmem_status {
	GMEM_OK			= 0,
	GMEM_E_FAILED		= 1,	/* anything that has no number of its own */
	GMEM_E_USAGE		= 2,	/* unknown option, bad value */
	GMEM_E_PERMISSION	= 3,
	GMEM_E_NO_KVM		= 4,
	GMEM_E_NO_BTF		= 5,
	GMEM_E_NO_PROBES	= 6,	/* the kernel has nothing that can be attached to */
	GMEM_E_IO		= 7,	/* output could not be written, input not read */
	GMEM_E_NOTHING		= 8,	/* there is nothing to do that with */
};

struct gmem_error {
	enum gmem_status status;
	char what[256];		/* "cannot attach kvm:kvm_gmem_bind: Operation not permitted" */
	char hint[256];		/* what to do; may be empty */
};

/* Fills *e and returns status, so that it can be returned in one line. */
__attribute__((format(printf, 4, 5)))
enum gmem_status gmem_fail(struct gmem_error *e, enum gmem_status status, const char *hint,
			   const char *fmt, ...);

/* "PROG: WHAT" and the hint on stderr; returns the status. For the cli only. */
enum gmem_status gmem_report(const char *prog, const struct gmem_error *e);

#endif /* GMEM_ERROR_H */
