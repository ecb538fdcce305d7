// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads BPF objects that other compilers built, as gmemtop would load its own: each set of
 * probes that this kernel has, all groups. Prints TAP; a refused program is named, with the
 * end of the verifier's log. Usage: load_object [-v] OBJECT..   -v: the whole log
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes.h"

#define ALL_GROUPS	(~0U)
#define LOG_SIZE	(16 << 20)
#define LOG_LINES	12

static bool verbose;
static char *verifier_log;
static int tests, failures;

static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static const struct gmem_probe *probe_of(const char *program)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (!strcmp(gmem_probes[i].program, program))
			return &gmem_probes[i];
	}
	return NULL;
}

/* Programs that are no probes are always loaded. */
static bool wanted(const struct bpf_program *prog, enum gmem_probe_set set, const char *only)
{
	const char *name = bpf_program__name(prog);
	const struct gmem_probe *p = probe_of(name);

	if (only && strcmp(name, only))
		return false;
	return !p || gmem_probe_in_use(p, set, ALL_GROUPS);
}

static int choose(struct bpf_object *obj, enum gmem_probe_set set, const char *only)
{
	struct bpf_program *prog;
	int err, n = 0;

	bpf_object__for_each_program(prog, obj) {
		const struct gmem_probe *p = probe_of(bpf_program__name(prog));
		bool use = wanted(prog, set, only);

		bpf_program__set_autoload(prog, use);
		if (!use)
			continue;
		n++;
		bpf_program__set_log_buf(prog, verifier_log, LOG_SIZE);
		if (!p || p->attach != GMEM_ON_FUNCTION)
			continue;
		err = bpf_program__set_attach_target(prog, 0, p->found);
		if (err)
			return err;
	}
	return n ? n : -ENOENT;
}

/* Returns the number of programs, or -errno; only: just this one, NULL: all at once. */
static int load(const char *path, enum gmem_probe_set set, const char *only)
{
	struct bpf_object *obj = bpf_object__open_file(path, NULL);
	struct bpf_map *records;
	int n, err;

	if (!obj)
		return -errno;
	*verifier_log = '\0';
	records = bpf_object__find_map_by_name(obj, "records");
	if (records)
		bpf_map__set_max_entries(records, 1 << 16);
	n = choose(obj, set, only);
	err = n < 0 ? n : bpf_object__load(obj);
	bpf_object__close(obj);
	return err ? err : n;
}

static void comment(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		printf("#   %.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

/* The last lines have the instruction and the reason. */
static void print_log(void)
{
	const char *from = verifier_log + strlen(verifier_log);
	int lines = 0;

	if (verbose)
		from = verifier_log;
	while (from > verifier_log && (from[-1] != '\n' || lines++ <= LOG_LINES))
		from--;
	comment(from);
}

static void find_refused(const char *path, enum gmem_probe_set set)
{
	struct bpf_object *obj = bpf_object__open_file(path, NULL);
	struct bpf_program *prog;

	if (!obj)
		return;
	bpf_object__for_each_program(prog, obj) {
		int err;

		if (!wanted(prog, set, NULL))
			continue;
		err = load(path, set, bpf_program__name(prog));
		if (err >= 0)
			continue;
		printf("# %s: %s\n", bpf_program__name(prog), strerror(-err));
		print_log();
	}
	bpf_object__close(obj);
}

static void test(const char *path, enum gmem_probe_set set)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	int n = load(path, set, NULL);

	tests++;
	if (n >= 0) {
		printf("ok %d - %s: %s: %d programs\n", tests, name, gmem_set_names[set], n);
		return;
	}
	failures++;
	printf("not ok %d - %s: %s: %s\n", tests, name, gmem_set_names[set], strerror(-n));
	find_refused(path, set);
}

int main(int argc, char **argv)
{
	int first = argc > 1 && !strcmp(argv[1], "-v") ? 2 : 1;
	struct gmem_probe_choice choice;
	struct gmem_error e;

	verbose = first == 2;
	verifier_log = calloc(1, LOG_SIZE);
	if (first >= argc || !verifier_log) {
		fprintf(stderr, "load_object: cannot run without objects\nUsage: load_object [-v] OBJECT..\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(print_nothing);
	for (int set = 0; set < GMEM_SETS; set++) {
		if (gmem_probes_find(&choice, set, &e)) {
			printf("# no %s here: %s\n", gmem_set_names[set], e.what);
			continue;
		}
		for (int i = first; i < argc; i++)
			test(argv[i], set);
	}
	printf("1..%d\n", tests);
	return failures || !tests;
}
