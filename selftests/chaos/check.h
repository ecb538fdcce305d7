/* SPDX-License-Identifier: GPL-2.0-only */
/* Comparison of a tool's output with the ledger of chaos, value by value. */
#ifndef CHAOS_CHECK_H
#define CHAOS_CHECK_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct json_object *json;

/* Input and result of one comparison. */
struct check {
	/* ledger at the tool's start: counters count from then; NULL: from the first event */
	json base;
	/* {"signature_gfn": vm, ..}: the tool's numbers of VMs; NULL: matched by contents */
	json ids;
	/* the tool started late: it cannot find objects without a descriptor */
	bool late;
	bool last;		/* check the last line only */
	bool counters, settled;
	/* program runs that the tool reports as skipped: its counts lack them */
	uint64_t skipped;
	unsigned int refreshes;
	unsigned int line;	/* input line, for messages */
	uint64_t values, differences, unknown, stale, not_current, hidden;
};

__attribute__((noreturn)) void die(const char *what, const char *name);

/* Returns the value of @key, or NULL if it is missing or null. */
json get(json o, const char *key);

/* Return the value of a key that must exist. */
json must(json o, const char *key);
uint64_t number(json o, const char *key);

void differs(struct check *c, json ledger_vm, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Compares one value that both sides have under the same name; a null of the tool is unknown. */
void compare(struct check *c, json ledger_vm, const char *name, json got, uint64_t want);

/* Compares a count of events, which is inexact (and reported so) where programs were skipped. */
void compare_count(struct check *c, json ledger_vm, const char *name, json got, uint64_t want);

/* Checks one VM of gmemtop --json or gmemtrace map --json (check_vm.c). */
void check_vm(struct check *c, json got, json want);

/* Checks one VM of gmemtrace report --json (check_report.c). */
void check_report_vm(struct check *c, json got, json want);

/* Returns the VM of the ledger that a tool shows as @vm, or NULL (check_match.c). */
json match(const struct check *c, json ledger, json vm);

/*
 * Return whether a descriptor leads to the VM, so that it can be scanned, and whether it can be
 * identified.
 */
bool is_within_reach(json ledger_vm);
bool can_be_identified(const struct check *c, json ledger_vm);
json find_by_number(json ledger, uint64_t vm);

#endif
