/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns: the ledger's format, described in LEDGER.md. Must not know how a VM is run. */
#ifndef GMEMLOAD_LEDGER_H
#define GMEMLOAD_LEDGER_H

#include <json-c/json_types.h>

#include "runner.h"

/* The ledger without VMs. */
struct json_object *ledger_new(const struct options *options);

/* One VM's part of it. */
struct json_object *ledger_vm(const struct runner *runner);

/* Takes over the VM's part. */
void ledger_add_vm(struct json_object *ledger, struct json_object *vm);

void ledger_free(struct json_object *ledger);

/* 0 or -errno */
int ledger_write(struct json_object *ledger, int fd);

#endif
