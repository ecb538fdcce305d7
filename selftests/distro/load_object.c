// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads BPF objects built by other compilers in the same way as gmemtop loads its own: the best providers
 * of this kernel and functions only, all groups. Prints TAP; a rejected program is named, with the end
 * of the verifier's log. Usage: load_object [-v] OBJECT..   -v: print the whole log
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live/providers.h"

#define ALL_GROUPS	(~0U)
#define LOG_SIZE	(16 << 20)
#define LOG_LINES	12

static bool verbose;
static char *verifier_log;
static int tests, failures;

static char refused[64];

/* Finds the rejected program, which libbpf names only in its messages. */
static int find_refused(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char text[512], name[64];

	(void)level;
	vsnprintf(text, sizeof(text), fmt, ap);
	if (strstr(text, "load failed") && sscanf(text, "libbpf: prog '%63[^']'", name) == 1)
		snprintf(refused, sizeof(refused), "%s", name);
	return 0;
}

/*
 * Returns the probe of a program. Each program on a function has a twin for kprobes, NAME_k
 * (bpf/gmem_function.bpf.h).
 */
static const struct gmem_probe *probe_of(const char *program, bool *twin)
{
	size_t len = strlen(program);

	for (size_t i = 0; i < gmem_nr_probes; i++) {
		const char *name = gmem_probes[i].program;

		*twin = strlen(name) + 2 == len && !strcmp(program + len - 2, "_k");
		if (!strncmp(program, name, len - (*twin ? 2 : 0)) && strlen(name) == len - (*twin ? 2 : 0))
			return &gmem_probes[i];
	}
	return NULL;
}

/* Programs of one test: the providers chosen for a wish, and the way that functions are attached. */
struct choice {
	enum gmem_probe_set set;
	enum gmem_way way;
};

/*
 * Returns whether to load a program. Programs that are not probes are always loaded, except those
 * that a single way needs.
 */
static bool wanted(const char *name, struct choice c)
{
	bool twin = false;
	const struct gmem_probe *p = probe_of(name, &twin);

	if (!strcmp(name, "keep_args"))
		return c.way == GMEM_WAY_KPROBE;
	if (!strcmp(name, "keep_args_multi"))
		return c.way == GMEM_WAY_KPROBE_MULTI;
	if (!p)
		return true;
	if (p->attach == GMEM_ON_FUNCTION && twin != (c.way != GMEM_WAY_FENTRY))
		return false;
	return gmem_probe_in_use(p, ALL_GROUPS);
}

static int set_target(struct bpf_program *prog, struct choice c)
{
	bool twin = false;
	const struct gmem_probe *p = probe_of(bpf_program__name(prog), &twin);

	if (!p || p->attach != GMEM_ON_FUNCTION)
		return 0;
	if (c.way == GMEM_WAY_KPROBE_MULTI)
		return bpf_program__set_expected_attach_type(prog, BPF_TRACE_KPROBE_MULTI);
	return twin ? 0 : bpf_program__set_attach_target(prog, 0, p->found);
}

/* Selects the programs to load; returns their number, or -errno. */
static int choose(struct bpf_object *obj, struct choice c)
{
	struct bpf_program *prog;
	int err, n = 0;

	bpf_object__for_each_program(prog, obj) {
		bool use = wanted(bpf_program__name(prog), c);

		bpf_program__set_autoload(prog, use);
		if (!use)
			continue;
		n++;
		bpf_program__set_log_buf(prog, verifier_log, LOG_SIZE);
		err = set_target(prog, c);
		if (err)
			return err;
	}
	return n ? n : -ENOENT;
}

/* Loads one object; returns the number of programs, or -errno. */
static int load(const char *path, struct choice c)
{
	struct bpf_object *obj = bpf_object__open_file(path, NULL);
	struct bpf_map *records;
	int n, err;

	if (!obj)
		return -errno;
	*verifier_log = '\0';
	*refused = '\0';
	records = bpf_object__find_map_by_name(obj, "records");
	if (records)
		bpf_map__set_max_entries(records, 1 << 16);
	n = choose(obj, c);
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

/* Prints the last lines of the log, which name the instruction and the reason. */
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

static void test(const char *path, struct choice c)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	int n = load(path, c);
	char what[160];

	snprintf(what, sizeof(what), "%s: %s, functions by %s", name, gmem_set_names[c.set],
		 gmem_way_names[c.way]);
	tests++;
	if (n >= 0) {
		printf("ok %d - %s: %d programs\n", tests, what, n);
		return;
	}
	failures++;
	printf("not ok %d - %s: %s: %s\n", tests, what, *refused ? refused : "object", strerror(-n));
	print_log();
}

int main(int argc, char **argv)
{
	int first = argc > 1 && !strcmp(argv[1], "-v") ? 2 : 1;
	static const enum gmem_probe_set wishes[] = { GMEM_SET_ANY, GMEM_SET_STOCK };
	struct gmem_choice choice;
	struct gmem_error e;

	verbose = first == 2;
	verifier_log = calloc(1, LOG_SIZE);
	if (first >= argc || !verifier_log) {
		fprintf(stderr, "load_object: cannot run without objects\nUsage: load_object [-v] OBJECT..\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(find_refused);
	for (int w = 0; w < 2; w++) {
		if (gmem_providers_find(&choice, wishes[w], &e)) {
			printf("# no probes here: %s\n", e.what);
			continue;
		}
		if (wishes[w] == GMEM_SET_ANY && choice.set == GMEM_SET_STOCK)
			continue;	/* the same programs as in the next round */
		for (int way = 0; way < GMEM_WAYS; way++) {
			for (int i = first; i < argc; i++)
				test(argv[i], (struct choice){ choice.set, way });
		}
	}
	printf("1..%d\n", tests);
	return failures || !tests;
}
