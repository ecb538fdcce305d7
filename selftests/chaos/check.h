/* SPDX-License-Identifier: GPL-2.0-only */
/* Holds what a tool prints against the ledger of chaos, value by value. */
#ifndef CHAOS_CHECK_H
#define CHAOS_CHECK_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct json_object *json;

/* Input and result of one comparison. */
struct check {
	json base;		/* ledger of when the tool came: counters are since then; NULL: the first */
	json ids;		/* {"signature_gfn": vm, ..}: the tool's numbers of VMs; NULL: matched by contents */
	bool late;		/* it cannot have found what has no descriptor */
	bool last;		/* the last line only */
	bool counters, settled;
	uint64_t skipped;	/* runs of programs that the tool reports as skipped: its counts lack them */
	unsigned int refreshes;
	unsigned int line;	/* of the input, for messages */
	uint64_t values, differences, unknown, stale, not_current, hidden;
};

__attribute__((noreturn)) void die(const char *what, const char *name);

/* NULL if there is no such key, or it is null. */
json get(json o, const char *key);

/* Of what must be there. */
json must(json o, const char *key);
uint64_t number(json o, const char *key);

void differs(struct check *c, json ledger_vm, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Compares one value that both have by these names; a null of the tool is unknown. */
void compare(struct check *c, json ledger_vm, const char *name, json got, uint64_t want);

/* The same for a count of events, which is not exact, and says so, where programs were skipped. */
void compare_count(struct check *c, json ledger_vm, const char *name, json got, uint64_t want);

/* check_vm.c: one VM of gmemtop --json or gmemtrace map --json. */
void check_vm(struct check *c, json got, json want);

/* check_report.c: one VM of gmemtrace report --json. */
void check_report_vm(struct check *c, json got, json want);

/* check_match.c: the VM of the ledger that a tool shows as @vm, or NULL. */
json match(const struct check *c, json ledger, json vm);

/* Does a descriptor lead to it, so that it can be read; and can anybody say which one it is? */
bool is_within_reach(json ledger_vm);
bool can_be_identified(const struct check *c, json ledger_vm);
json find_by_number(json ledger, uint64_t vm);

#endif
