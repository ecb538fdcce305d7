// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/privileges.h"

#include <errno.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc has no prototypes of capset() and capget(). */
static struct __user_cap_header_struct this_process = { .version = _LINUX_CAPABILITY_VERSION_3 };

/* Sets effective and permitted, and clears inheritable: no program executed from here may have any. */
static int set_capabilities(uint64_t effective, uint64_t permitted)
{
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3] = {
		{ (uint32_t)effective, (uint32_t)permitted, 0 },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), 0 },
	};

	return syscall(SYS_capset, &this_process, d) ? -errno : 0;
}

int gmem_privileges_get(struct gmem_privileges *p)
{
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
	int err = syscall(SYS_capget, &this_process, d) ? -errno : 0;

	p->effective = d[0].effective | (uint64_t)d[1].effective << 32;
	p->permitted = d[0].permitted | (uint64_t)d[1].permitted << 32;
	return err;
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
