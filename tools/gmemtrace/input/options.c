// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/options.h"

#include "base/number.h"
#include "cli/args.h"
#include "cli/live_options.h"

#define ROWS_MAX	32
#define LONG_ONLY	0x1000	/* + index: keys of options without a letter */

struct parser {
	const struct option_set *set;
	struct argp_option options[ROWS_MAX + 1];
	const struct option_row *rows[ROWS_MAX];
	void *bases[ROWS_MAX];
	size_t nr;
};

static error_t store(const struct option_row *row, void *base, char *arg, const struct argp_state *state)
{
	void *at = (char *)base + row->at;
	bool good = true;
	error_t err;

	switch (row->type) {
	case OPTION_FLAG:
		*(bool *)at = true;
		break;
	case OPTION_VALUE:
		*(int *)at = row->value;
		break;
	case OPTION_TEXT:
		*(const char **)at = arg;
		good = *arg || !row->bad;
		break;
	case OPTION_NUMBER:
		good = gmem_parse_number(arg, row->min, row->max, at);
		break;
	case OPTION_COUNT:
		good = gmem_parse_count(arg, (uint32_t)row->min, (uint32_t)row->max, at);
		break;
	case OPTION_NS:
		good = gmem_parse_ns(arg, at) && (double)*(uint64_t *)at >= row->min;
		break;
	case OPTION_BYTES:
		good = gmem_parse_bytes(arg, at) && (double)*(uint64_t *)at >= row->min;
		break;
	case OPTION_PID:
		return gmem_args_pid(state, arg, at);
	case OPTION_CHOICE:
		err = gmem_args_choose(state, row->bad, arg, row->names, row->nr_names, at);
		*(int *)at += row->value;
		return err;
	case OPTION_OTHER:
		return row->parse(row, base, arg, state);
	}
	return good ? 0 : gmem_args_bad(state, row->bad, arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct parser *p = state->input;

	if (key == ARGP_KEY_INIT && p->set->live)
		state->child_inputs[0] = p->set->live;
	if (key == ARGP_KEY_ARG || key == ARGP_KEY_ARGS || key == ARGP_KEY_END)
		return p->set->rest ? p->set->rest(key, arg, state, p->set->ctx) : ARGP_ERR_UNKNOWN;
	for (size_t i = 0; i < p->nr; i++) {
		if (p->options[i].key == key && key)
			return store(p->rows[i], p->bases[i], arg, state);
	}
	return ARGP_ERR_UNKNOWN;
}

static void add_rows(struct parser *p, const struct option_table *t, int group)
{
	for (const struct option_row *row = t->rows; row->name || row->help; row++) {
		int key = row->key || !row->name ? row->key : LONG_ONLY + (int)p->nr;

		if (row->group != group)
			continue;
		p->options[p->nr] = (struct argp_option){ row->name, key, row->arg, 0, row->help, group };
		p->rows[p->nr] = row;
		p->bases[p->nr++] = t->base;
	}
}

void options_parse(const struct option_set *set, int argc, char **argv)
{
	static const struct argp_child live[] = { { &gmem_live_argp, 0, NULL, 0 }, { 0 } };
	struct parser p = { .set = set };
	const struct argp argp = { p.options, parse, set->usage, set->doc, set->live ? live : NULL, NULL, NULL };

	/* argp takes group 0 for that of the option before. */
	for (int group = 0; group <= GMEM_LIVE_GROUP; group++) {
		for (const struct option_table *t = set->tables; t->rows; t++)
			add_rows(&p, t, group);
	}
	if (set->live)
		set->live->groups |= GMEM_PROBES_EVENTS | GMEM_PROBES_INVALIDATIONS;
	gmem_args_parse(&argp, argc, argv, &p);
}
