// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Parser of the rules file: lines of "NAME VALUE", "change PATTERN VALUE", "ignore PATTERN". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "compare/compare.h"

void cmp_rules_default(struct cmp_rules *r)
{
	*r = (struct cmp_rules){
		.alpha = 0.01, .min_change = 0.03, .min_change_single = 0.05, .min_ns = 10,
		.min_samples = 30, .min_samples_p99 = 2000,
	};
}

void cmp_rules_free(struct cmp_rules *r)
{
	free(r->rules);
}

static int add_rule(struct cmp_rules *r, const char *pattern, double min_change)
{
	struct cmp_rule *p = reallocarray(r->rules, r->nr + 1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	r->rules = p;
	p += r->nr++;
	snprintf(p->pattern, sizeof(p->pattern), "%s", pattern);
	p->min_change = min_change;
	return 0;
}

static int set_number(struct cmp_rules *r, const char *name, const char *text)
{
	const struct {
		const char *name;
		double min, max, *to;
	} numbers[] = {
		{ "alpha", 1e-9, 0.5, &r->alpha },
		{ "min_change", 0, 100, &r->min_change },
		{ "min_change_single", 0, 100, &r->min_change_single },
		{ "min_ns", 0, 1e12, &r->min_ns },
		{ "min_samples", 2, 1e9, &r->min_samples },
		{ "min_samples_p99", 2, 1e9, &r->min_samples_p99 },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (!strcmp(name, numbers[i].name))
			return gmem_parse_number(text, numbers[i].min, numbers[i].max, numbers[i].to) ? 0 : -EINVAL;
	}
	return -EINVAL;
}

static int apply_line(struct cmp_rules *r, char *line)
{
	char *save, *word[4] = { NULL };
	size_t n = 0;
	double v;

	line[strcspn(line, "#\n")] = '\0';
	for (char *p = strtok_r(line, " \t=", &save); p && n < 4; p = strtok_r(NULL, " \t=", &save))
		word[n++] = p;
	if (!n)
		return 0;
	if (n == 2 && !strcmp(word[0], "ignore"))
		return add_rule(r, word[1], -1);
	if (n == 3 && !strcmp(word[0], "change") && gmem_parse_number(word[2], 0, 100, &v))
		return add_rule(r, word[1], v);
	return n == 2 ? set_number(r, word[0], word[1]) : -EINVAL;
}

enum gmem_status cmp_rules_read(struct cmp_rules *r, const char *path, struct gmem_error *e)
{
	FILE *f = fopen(path, "r");
	char line[512];
	unsigned int nr = 0;
	int err = 0;

	if (!f)
		return gmem_fail(e, GMEM_E_IO, "Check its name.", "cannot open %s: %s", path,
				 strerror(errno));
	while (!err && fgets(line, sizeof(line), f)) {
		nr++;
		err = apply_line(r, line);
	}
	if (!err && ferror(f))
		err = -EIO;
	fclose(f);
	if (err == -EINVAL)
		return gmem_fail(e, GMEM_E_USAGE, "docs/compare.md has the format.",
				 "invalid line %u of %s", nr, path);
	return err ? gmem_fail(e, GMEM_E_IO, NULL, "cannot read %s: %s", path, strerror(-err)) : GMEM_OK;
}
