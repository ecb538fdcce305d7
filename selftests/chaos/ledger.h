/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHAOS_LEDGER_H
#define CHAOS_LEDGER_H

#include "world.h"

/* Writes the ledger (LEDGER.md) to @path, which is replaced atomically. */
void ledger_write(const struct world *w, const char *path, uint64_t seed, unsigned int checkpoint);

#endif
