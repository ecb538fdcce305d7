/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef BLIND_H
#define BLIND_H

#include "bpf/gmem_abi.h"

/*
 * Warns on stderr, once for each change, if the record reports functions whose programs do not
 * run: their events are missing from all that follows.
 */
void blind_warn(const struct gmem_hdr *rec);

#endif /* BLIND_H */
