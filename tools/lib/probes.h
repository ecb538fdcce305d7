/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What this host lets us attach to, found out before anything is loaded. */
#ifndef GMEM_PROBES_H
#define GMEM_PROBES_H

#include "error.h"

/* GMEM_OK if KVM is there, BTF is there, and BTF knows our tracepoints. */
enum gmem_status gmem_probes_check(struct gmem_error *e);

#endif /* GMEM_PROBES_H */
