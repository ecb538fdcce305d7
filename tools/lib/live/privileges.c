// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/privileges.h"

#include <errno.h>
#include <linux/securebits.h>
#include <sys/prctl.h>

/* Returns a set as a mask. Tries all 64, because the kernel may have more or fewer capabilities than libcap. */
static uint64_t mask_of(cap_t caps, cap_flag_t set)
{
	uint64_t mask = 0;

	for (int n = 0; n < 64; n++) {
		cap_flag_value_t value;

		if (!cap_get_flag(caps, n, set, &value) && value == CAP_SET)
			mask |= GMEM_CAP(n);
	}
	return mask;
}

static int set_flags(cap_t caps, cap_flag_t set, uint64_t mask)
{
	for (cap_value_t n = 0; n < 64; n++) {
		if ((mask & GMEM_CAP(n)) && cap_set_flag(caps, set, 1, &n, CAP_SET))
			return -errno;
	}
	return 0;
}

/* Sets effective and permitted, and clears inheritable: no program executed from here may have any. */
static int set_capabilities(uint64_t effective, uint64_t permitted)
{
	cap_t caps = cap_init();
	int err;

	if (!caps)
		return -errno;
	err = set_flags(caps, CAP_PERMITTED, permitted);
	if (!err)
		err = set_flags(caps, CAP_EFFECTIVE, effective);
	if (!err && cap_set_proc(caps))
		err = -errno;
	cap_free(caps);
	return err;
}

int gmem_privileges_get(struct gmem_privileges *p)
{
	cap_t caps = cap_get_proc();

	*p = (struct gmem_privileges){ 0, 0 };
	if (!caps)
		return -errno;
	p->effective = mask_of(caps, CAP_EFFECTIVE);
	p->permitted = mask_of(caps, CAP_PERMITTED);
	cap_free(caps);
	return 0;
}

bool gmem_privileges_suffice(uint64_t held, uint64_t needed)
{
	if (held & GMEM_CAP(CAP_SYS_ADMIN))
		held |= GMEM_CAPS_LOAD;
	return !(needed & ~held);
}

/*
 * Keeps root from getting all capabilities back when it executes a program: no_new_privs for that, and,
 * with CAP_SETPCAP, securebits that take all special treatment from uid 0.
 */
static int forgo_root(const struct gmem_privileges *p)
{
	const unsigned long more = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
		SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
		SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
	int bits = prctl(PR_GET_SECUREBITS);

	if (bits < 0)
		return -errno;
	if ((p->effective & GMEM_CAP(CAP_SETPCAP)) &&
	    prctl(PR_SET_SECUREBITS, (unsigned long)bits | more))
		return -errno;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

int gmem_privileges_drop(uint64_t keep)
{
	struct gmem_privileges p;
	int err = gmem_privileges_get(&p);

	if (!err)
		err = forgo_root(&p);
	return err ? err : set_capabilities(0, p.permitted & keep);
}

int gmem_privileges_raise(uint64_t mask)
{
	struct gmem_privileges p;
	int err = gmem_privileges_get(&p);

	if (!err && (mask & ~p.permitted))
		err = -EPERM;
	return err ? err : set_capabilities(p.effective | mask, p.permitted);
}

int gmem_privileges_lower(uint64_t mask)
{
	struct gmem_privileges p;
	int err = gmem_privileges_get(&p);

	return err ? err : set_capabilities(p.effective & ~mask, p.permitted);
}
