/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Errors: two lines, printed once by the cli (the failure, then the remedy), and an exit status.
 * All programs of this project use the same numbers.
 */
#ifndef GMEM_ERROR_H
#define GMEM_ERROR_H

enum gmem_status {
	GMEM_OK			= 0,
	GMEM_E_FAILED		= 1,	/* any error without a number of its own */
	GMEM_E_USAGE		= 2,	/* unknown option, bad value */
	GMEM_E_PERMISSION	= 3,
	GMEM_E_NO_KVM		= 4,
	GMEM_E_NO_BTF		= 5,
	GMEM_E_NO_PROBES	= 6,	/* no probe set is available on this kernel */
	GMEM_E_IO		= 7,	/* cannot write output, or read input */
	GMEM_E_NOTHING		= 8,	/* the input has nothing that the command applies to */
};

struct gmem_error {
	enum gmem_status status;
	char what[256];		/* "cannot attach kvm:kvm_gmem_bind: Operation not permitted" */
	char hint[256];		/* the remedy; may be empty */
};

/* Fills *e and returns @status, for use in a return statement. @hint: the remedy, or NULL. */
__attribute__((format(printf, 4, 5)))
enum gmem_status gmem_fail(struct gmem_error *e, enum gmem_status status, const char *hint,
			   const char *fmt, ...);

/* Prints "PROG: WHAT" and the hint to stderr, and returns the status. For the cli only. */
enum gmem_status gmem_report(const char *prog, const struct gmem_error *e);

#endif /* GMEM_ERROR_H */
