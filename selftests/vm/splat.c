// SPDX-License-Identifier: GPL-2.0-only
/*
 * Search for kernel complaints in a console log. A log that is empty or cannot be read is an error,
 * never a clean_line one.
 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "report.h"
#include "splat.h"

/* Log level, time stamp, and caller of CONFIG_PRINTK_CALLER. */
#define PREFIX	"^(<[0-9]+>)?(\\[ *[0-9]+\\.[0-9]+\\])?(\\[ *[TC][0-9]+\\])? ?"

/*
 * Patterns match where the kernel starts its line with the word: "Spectre V2 : WARNING:" and
 * "traps: foo[1] general protection fault" of a user process are no splats.
 */
static const char *const patterns[] = {
	"^WARNING: ",
	"(^|[^A-Za-z_])BUG: ",
	"^kernel BUG at ",
	"^Oops(:| )",
	"^(Oops: )?(general protection fault|double fault|divide error|invalid opcode)[:, ]",
	": [0-9a-f]{4} \\[#[0-9]+\\]",
	"Kernel panic - not syncing",
	"^PANIC: ",
	"(KASAN|KCSAN|KMSAN|KFENCE): .+ (in|at) ",
	"^UBSAN: ",
	"[Pp]ossible .*(locking|deadlock|dependency|inversion) .*(detected|unsafe)",
	"possible recursive locking",
	"inconsistent lock state",
	"bad unlock balance",
	"suspicious RCU usage",
	"INFO: (task|rwsem|trying to register non-static key)",
	"(soft|hard) (lockup|LOCKUP)",
	"rcu.*(self-detected|detected).* stall",
	"rcu.*kthread (starved|timer wakeup)",
	"scheduling while atomic",
	"sleeping function called from invalid context",
	"^unreferenced object 0x",
	"kmemleak: [0-9]+ new suspected memory leaks",
	"^refcount_t: ",
	"^list_(add|del) corruption",
	"^irq [0-9]+: nobody cared",
	"^Bad page ",
};

/* Line before a complaint, without information: reported only if no better line follows. */
#define CUT_HERE	"------------[ cut here ]------------"

#define N_PATTERNS	(sizeof(patterns) / sizeof(patterns[0]))

struct matcher {
	regex_t prefix, what[N_PATTERNS];
	size_t ready;
};

static int matcher_init(struct matcher *m)
{
	size_t i;

	m->ready = 0;
	if (regcomp(&m->prefix, PREFIX, REG_EXTENDED))
		return -1;
	for (i = 0; i < N_PATTERNS; i++) {
		if (regcomp(&m->what[i], patterns[i], REG_EXTENDED | REG_NOSUB))
			return -1;
		m->ready++;
	}
	return 0;
}

static void matcher_free(struct matcher *m)
{
	while (m->ready)
		regfree(&m->what[--m->ready]);
	regfree(&m->prefix);
}

static const char *message_of(const struct matcher *m, const char *line)
{
	regmatch_t at;

	if (regexec(&m->prefix, line, 1, &at, 0))
		return line;
	return line + at.rm_eo;
}

static bool complains(const struct matcher *m, const char *msg)
{
	size_t i;

	for (i = 0; i < N_PATTERNS; i++)
		if (!regexec(&m->what[i], msg, 0, NULL, 0))
			return true;
	return false;
}

struct scan {
	struct splat *s;
	struct matcher m;
	unsigned long line;
	bool cut;		/* the stored line is only a cut line */
};

static void store_line(struct scan *sc, const char *line, bool cut)
{
	sc->s->found = true;
	sc->s->line = sc->line;
	snprintf(sc->s->text, sizeof(sc->s->text), "%s", line);
	sc->cut = cut;
}

static void scan_line(struct scan *sc, const char *line)
{
	const char *msg = message_of(&sc->m, line);

	sc->line++;
	if (!*msg)
		return;
	snprintf(sc->s->last, sizeof(sc->s->last), "%s", line);
	if (!strcmp(msg, FRAME_MARK_UP))
		sc->s->up = true;
	else if (!strcmp(msg, FRAME_MARK_DOWN))
		sc->s->down = true;
	else if (!sc->s->found && strstr(msg, CUT_HERE))
		store_line(sc, line, true);
	else if ((!sc->s->found || sc->cut) && complains(&sc->m, msg))
		store_line(sc, line, false);
}

/*
 * Replaces control characters: firmware and crashed kernels write bytes that are not text, and a
 * NUL must not hide the rest of a line.
 */
static void clean_line(char *line, size_t len)
{
	size_t i;

	while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		line[--len] = '\0';
	for (i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' && line[i] != '\t')
			line[i] = ' ';
}

static void scan_lines(struct scan *sc, FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, f)) >= 0) {
		clean_line(line, len);
		scan_line(sc, line);
	}
	if (ferror(f))
		sc->s->err = errno ? errno : EIO;
	free(line);
}

void splat_scan(struct splat *s, int fd)
{
	struct scan sc = { .s = s };
	FILE *f = NULL;
	int copy;

	memset(s, 0, sizeof(*s));
	if (matcher_init(&sc.m)) {
		s->err = EINVAL;
		matcher_free(&sc.m);
		return;
	}
	copy = dup(fd);
	if (copy >= 0 && !lseek(copy, 0, SEEK_SET))
		f = fdopen(copy, "r");
	if (f) {
		errno = 0;
		scan_lines(&sc, f);
		fclose(f);
	} else {
		s->err = errno;
		if (copy >= 0)
			close(copy);
	}
	if (!s->err && !sc.line)
		s->err = ENODATA;
	matcher_free(&sc.m);
}

int splat_check(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct splat s = { .err = errno };
	char what[512];

	if (fd >= 0) {
		splat_scan(&s, fd);
		close(fd);
	}
	if (s.err) {
		snprintf(what, sizeof(what), "cannot check %s: %s", path,
			 s.err == ENODATA ? "it is empty" : strerror(s.err));
		complain(what, "Give the console log of a VM");
		return 2;
	}
	if (!s.found)
		return 0;
	printf("%s:%lu: %s\n", path, s.line, s.text);
	return 1;
}
