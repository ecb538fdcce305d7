/* SPDX-License-Identifier: GPL-2.0-only */
/* The ledger's format, described in LEDGER.md. */
#ifndef GMEMLOAD_LEDGER_H
#define GMEMLOAD_LEDGER_H

#include <json-c/json_types.h>

#include "runner.h"

/* Returns a ledger without VMs. */
struct json_object *ledger_new(const struct options *options);

/* Returns the part of one VM. */
struct json_object *ledger_vm(const struct runner *runner);

/* Appends a VM's part and takes its reference. */
void ledger_add_vm(struct json_object *ledger, struct json_object *vm);

void ledger_free(struct json_object *ledger);

/* Returns 0 or -errno. */
int ledger_write(struct json_object *ledger, int fd);

#endif
