// SPDX-License-Identifier: GPL-2.0-only
/* The command in the guest: its process, and its pipes or its pty. init waits for it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

struct request {
	struct frame_exec exec;
	const char *cwd;
	char **argv, **envp;
};

struct ends {
	int in, out, err;	/* descriptors 0, 1, 2 of the command */
	int errpipe;		/* errno of a failed exec */
};

void command_init(struct command *c)
{
	memset(c, 0, sizeof(*c));
	c->tty = -1;
	c->tty_slave = -1;
	c->in.fd = -1;
	c->out.fd = -1;
	c->err.fd = -1;
}

static const char *next_string(const char **pos, const char *end)
{
	const char *s = *pos;
	const char *nul = memchr(s, '\0', end - s);

	if (!nul)
		return NULL;
	*pos = nul + 1;
	return s;
}

static char **string_table(const char **pos, const char *end, uint32_t count)
{
	char **table;
	uint32_t i;

	/* Every string takes a byte: a larger count is invalid. */
	if (count > (size_t)(end - *pos))
		return NULL;
	table = calloc((size_t)count + 1, sizeof(*table));
	for (i = 0; table && i < count; i++) {
		table[i] = (char *)next_string(pos, end);
		if (!table[i]) {
			free(table);
			return NULL;
		}
	}
	return table;
}

static bool parse_request(struct request *r, const struct frame *f, const char *payload)
{
	const char *pos = payload + sizeof(r->exec), *end = payload + f->len;

	if (f->len < sizeof(r->exec))
		return false;
	memcpy(&r->exec, payload, sizeof(r->exec));
	r->cwd = next_string(&pos, end);
	r->argv = r->cwd && r->exec.argc ? string_table(&pos, end, r->exec.argc) : NULL;
	r->envp = r->argv ? string_table(&pos, end, r->exec.envc) : NULL;
	return r->envp;
}

/*
 * Sets the clock. The guest's RTC has whole seconds; make and similar programs compare with the
 * host's file times.
 */
static void set_clock(int64_t ns)
{
	struct timespec ts = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	clock_settime(CLOCK_REALTIME, &ts);
}

static void set_limits(void)
{
	const struct rlimit none = { 0, 0 };
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	const struct rlimit files = { 1024, 1 << 20 };

	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_MEMLOCK, &all);
	setrlimit(RLIMIT_NOFILE, &files);
}

static void default_signals(void)
{
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static const char *path_of(char *const *envp)
{
	for (; *envp; envp++)
		if (!strncmp(*envp, "PATH=", 5))
			return *envp + 5;
	return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

static void __attribute__((noreturn)) child(const struct request *r, const struct ends *e)
{
	int err;

	setsid();
	if (r->exec.flags & EXEC_TTY)
		ioctl(e->in, TIOCSCTTY, 0);
	dup2(e->in, 0);
	dup2(e->out, 1);
	dup2(e->err, 2);
	set_limits();
	default_signals();
	setenv("PATH", path_of(r->envp), 1);	/* execvpe() searches the caller's PATH */
	execvpe(r->argv[0], r->argv, r->envp);
	err = errno;
	(void)!write(e->errpipe, &err, sizeof(err));
	_exit(127);
}

static bool make_pipe(int fds[2], int ours)
{
	if (pipe2(fds, O_CLOEXEC)) {
		fds[0] = -1;
		fds[1] = -1;
		return false;
	}
	fcntl(fds[ours], F_SETFL, O_NONBLOCK);
	return true;
}

static int stream_in(struct command *c)
{
	int p[2];

	if (!make_pipe(p, 1))
		return -1;
	sink_init(&c->in, STREAM_IN, p[1], 0);
	return p[0];
}

static int stream_from(struct source *s, uint8_t id)
{
	int p[2];

	if (!make_pipe(p, 0))
		return -1;
	source_init(s, id, p[0]);
	return p[1];
}

static void set_winsz(int tty, const struct frame_winsz *w)
{
	struct winsize ws = {
		.ws_row = w->rows, .ws_col = w->cols,
		.ws_xpixel = w->xpixel, .ws_ypixel = w->ypixel,
	};

	ioctl(tty, TIOCSWINSZ, &ws);
}

static bool open_tty(struct command *c, const struct frame_winsz *w)
{
	char *name;

	c->tty = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (c->tty < 0 || grantpt(c->tty) || unlockpt(c->tty))
		return false;
	name = ptsname(c->tty);
	if (!name)
		return false;
	/*
	 * Held open until the command has ended: without a slave, reading the master fails with
	 * EIO.
	 */
	c->tty_slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	set_winsz(c->tty, w);
	return c->tty_slave >= 0;
}

static bool open_streams(struct command *c, const struct request *r, struct ends *e)
{
	if (!(r->exec.flags & EXEC_TTY)) {
		e->in = stream_in(c);
		e->out = stream_from(&c->out, STREAM_OUT);
	} else if (open_tty(c, &r->exec.winsz)) {
		e->in = c->tty_slave;
		e->out = c->tty_slave;
		sink_init(&c->in, STREAM_IN, c->tty, 0);
		c->in.keep = true;
		source_init(&c->out, STREAM_OUT, fcntl(c->tty, F_DUPFD_CLOEXEC, 3));
	}
	if (r->exec.flags & EXEC_TTY_ERR)
		e->err = e->out;
	else
		e->err = stream_from(&c->err, STREAM_ERR);
	return e->in >= 0 && e->out >= 0 && e->err >= 0;
}

static void close_ends(const struct command *c, const struct ends *e)
{
	if (e->in >= 0 && e->in != c->tty_slave)
		close(e->in);
	if (e->out >= 0 && e->out != c->tty_slave)
		close(e->out);
	if (e->err >= 0 && e->err != c->tty_slave)
		close(e->err);
}

static bool spawn(struct command *c, const struct request *r, struct ends *e)
{
	int errpipe[2], err = 0;

	if (pipe2(errpipe, O_CLOEXEC))
		return false;
	e->errpipe = errpipe[1];
	c->pid = fork();
	if (!c->pid)
		child(r, e);
	close(errpipe[1]);
	if (c->pid > 0 && read(errpipe[0], &err, sizeof(err)) == (ssize_t)sizeof(err))
		c->exec_errno = err;
	close(errpipe[0]);
	c->started = c->pid > 0;
	return c->started;
}

static bool start_request(struct command *c, const struct request *r, char *why, size_t size)
{
	struct ends e = { -1, -1, -1, -1 };
	bool ok;

	set_clock(r->exec.realtime_ns);
	if (chdir(r->cwd)) {
		snprintf(why, size, "cannot enter %s in the VM: %s", r->cwd, strerror(errno));
		return false;
	}
	ok = open_streams(c, r, &e) && spawn(c, r, &e);
	if (!ok)
		snprintf(why, size, "cannot start a process in the VM: %s", strerror(errno));
	close_ends(c, &e);
	return ok;
}

bool command_start(struct command *c, const struct frame *f, const char *payload,
		   char *why, size_t size)
{
	struct request r = { 0 };
	bool ok = false;

	if (c->started)
		snprintf(why, size, "a command is running already");
	else if (!parse_request(&r, f, payload))
		snprintf(why, size, "cannot read the command to run");
	else
		ok = start_request(c, &r, why, size);
	free(r.argv);
	free(r.envp);
	return ok;
}

void command_resize(const struct command *c, const struct frame *f, const char *payload)
{
	struct frame_winsz w;

	if (c->tty < 0 || f->len < sizeof(w))
		return;
	memcpy(&w, payload, sizeof(w));
	set_winsz(c->tty, &w);
}

void command_reaped(struct command *c, int wstatus)
{
	c->pid = 0;
	c->status = WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus) : WEXITSTATUS(wstatus);
	if (c->tty_slave >= 0)
		close(c->tty_slave);
	c->tty_slave = -1;
}
