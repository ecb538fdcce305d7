// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM from QEMU's start to its end: frames, signals and time limits in one loop. Prints nothing;
 * the result is in the verdict.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "link.h"
#include "qemu.h"
#include "request.h"
#include "session.h"
#include "stream.h"
#include "term.h"

#define PING_MS		5000
#define BOOT_MS		120000
#define GRACE_MS	3000
#define LEAVE_MS	10000
#define FLUSH_MS	500

/*
 * Room that POLLOUT of a blocking pipe guarantees. O_NONBLOCK would be set on a file description
 * that the caller's shell uses as well.
 */
#define WRITE_STEP	4096

enum phase {
	BOOTING,
	RUNNING,
	LEAVING,	/* EXIT has arrived, the VM powers off */
	GONE,
};

struct session {
	const struct opts *opts;
	struct verdict *v;
	struct qemu qemu;
	struct link link;
	struct source in;
	struct sink out, err;
	struct term term;
	int sigfd;
	enum phase phase;
	unsigned int flags;	/* EXEC_* */
	uint32_t pings;
	int64_t ping_ms, hang_ms;
	int stop_signal;	/* the first one received, 0: none */
	/* Times in ms of CLOCK_MONOTONIC. */
	int64_t now, start, heard, pinged, left, gone, stop_at;
};

static int64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* Sets the verdict once: later endings are consequences of the first. */
static void decide(struct session *s, enum ending ending, int status)
{
	if (s->v->ending != END_NONE)
		return;
	s->v->ending = ending;
	s->v->status = status;
}

static void give_up(struct session *s, enum ending ending, int status)
{
	decide(s, ending, status);
	qemu_kill(&s->qemu);
}

static void on_hello(struct session *s, const struct frame *f, const char *payload)
{
	struct buf b = { 0 };
	int err;

	if (s->phase != BOOTING || frame_u32(f, payload) != FRAME_VERSION) {
		give_up(s, END_PROTOCOL, 0);
		return;
	}
	err = request_build(&b, s->opts, s->flags);
	if (err) {
		snprintf(s->v->detail, sizeof(s->v->detail),
			 "cannot hand the command to the VM: %s", strerror(-err));
		give_up(s, END_FAIL, 0);
	} else {
		link_send(&s->link, FRAME_EXEC, 0, b.mem, b.len);
		s->phase = RUNNING;
		s->pinged = s->now;
		if (s->flags & EXEC_TTY)
			term_raw(&s->term);
	}
	buf_free(&b);
}

static void on_fail(struct session *s, const struct frame *f, const char *payload)
{
	snprintf(s->v->detail, sizeof(s->v->detail), "%.*s", (int)f->len, payload);
	give_up(s, END_FAIL, 0);
}

static void on_exit_frame(struct session *s, const struct frame *f, const char *payload)
{
	struct frame_exit e;

	if (s->phase != RUNNING || f->len < sizeof(e)) {
		give_up(s, END_PROTOCOL, 0);
		return;
	}
	memcpy(&e, payload, sizeof(e));
	if (e.exec_errno)
		decide(s, END_NOEXEC, (int)e.exec_errno);
	else
		decide(s, END_EXIT, (int)(e.status & 0xff));
	link_send(&s->link, FRAME_BYE, 0, NULL, 0);
	s->phase = LEAVING;
	s->left = s->now;
	s->in.fd = -1;
}

static struct sink *sink_of(struct session *s, uint8_t stream)
{
	return stream == STREAM_OUT ? &s->out : stream == STREAM_ERR ? &s->err : NULL;
}

static void on_stream(struct session *s, const struct frame *f, const char *payload)
{
	struct sink *sink = sink_of(s, f->stream);

	if (f->type == FRAME_DATA && sink)
		sink_put(sink, &s->link, payload, f->len);
	else if (f->type == FRAME_EOF && sink)
		sink_end(sink);
	else if (f->type == FRAME_CREDIT && f->stream == STREAM_IN)
		source_credit(&s->in, frame_u32(f, payload));
	else if (f->type == FRAME_CLOSE && f->stream == STREAM_IN)
		s->in.fd = -1;
	else
		give_up(s, END_PROTOCOL, 0);
}

static void on_frame(struct session *s, const struct frame *f, const char *payload)
{
	s->heard = s->now;
	switch (f->type) {
	case FRAME_HELLO:
		on_hello(s, f, payload);
		break;
	case FRAME_FAIL:
		on_fail(s, f, payload);
		break;
	case FRAME_EXIT:
		on_exit_frame(s, f, payload);
		break;
	case FRAME_PONG:
		break;
	default:
		on_stream(s, f, payload);
	}
}

/*
 * Forwards the signal to the command; ends the VM at once if no command runs, or at a second
 * signal.
 */
static void on_stop(struct session *s, int sig)
{
	if (s->phase != RUNNING || s->stop_signal) {
		s->v->ending = END_NONE;
		give_up(s, END_SIGNAL, s->stop_signal ? s->stop_signal : sig);
		s->stop_signal = sig;
		return;
	}
	link_send_u32(&s->link, FRAME_SIGNAL, 0, (uint32_t)sig);
	s->stop_signal = sig;
	s->stop_at = s->now + GRACE_MS;
}

static void on_resize(struct session *s)
{
	struct frame_winsz w;

	if (!(s->flags & EXEC_TTY) || s->phase != RUNNING)
		return;
	term_size(&w);
	link_send(&s->link, FRAME_WINSZ, 0, &w, sizeof(w));
}

static void on_continued(struct session *s)
{
	if (!(s->flags & EXEC_TTY) || s->phase != RUNNING)
		return;
	term_raw(&s->term);
	on_resize(s);
}

static void on_signals(struct session *s)
{
	struct signalfd_siginfo si;

	while (read(s->sigfd, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo == SIGWINCH)
			on_resize(s);
		else if (si.ssi_signo == SIGCONT)
			on_continued(s);
		else if (si.ssi_signo != SIGCHLD)
			on_stop(s, (int)si.ssi_signo);
	}
}

/* Reads stdin. The end of a terminal is a hangup; the end of any other stdin is just that. */
static void on_input(struct session *s)
{
	source_pump(&s->in, &s->link);
	if (s->in.fd < 0 && (s->flags & EXEC_TTY))
		on_stop(s, SIGHUP);
}

static void read_frames(struct session *s)
{
	struct frame f;
	const char *payload;

	while (link_next(&s->link, &f, &payload))
		on_frame(s, &f, payload);
	if (s->link.err == EPROTO || s->link.err == ENOMEM)
		give_up(s, END_PROTOCOL, 0);
}

/* Checks if QEMU has ended; its last frames are still in the socket. */
static void check_gone(struct session *s)
{
	if (s->phase == GONE || !qemu_ended(&s->qemu))
		return;
	while (!s->link.err) {
		link_fill(&s->link);
		read_frames(s);
	}
	decide(s, s->phase == BOOTING ? END_NOVM : END_LOST, 0);
	s->phase = GONE;
	s->gone = s->now;
}

static void keep_time(struct session *s)
{
	int64_t now = clock_ms(), gap = now - s->now;

	/*
	 * The loop wakes at least every ping_ms. After a longer gap, the runner was stopped or a
	 * terminal held it up: the guest was not silent.
	 */
	if (gap > 2 * s->ping_ms) {
		s->heard += gap;
		s->left += gap;
	}
	s->now = now;
}

static int64_t silent_limit(const struct session *s)
{
	return s->phase == BOOTING && s->hang_ms < BOOT_MS ? BOOT_MS : s->hang_ms;
}

static void check_timeout(struct session *s)
{
	if (s->opts->timeout <= 0 || s->phase == LEAVING ||
	    s->now - s->start < s->opts->timeout * 1000)
		return;
	/* The command has ended in time, but its output has no reader. */
	if (s->phase == GONE && (sink_busy(&s->out) || sink_busy(&s->err)) &&
	    s->v->ending == END_EXIT)
		s->v->ending = END_NONE;
	give_up(s, END_TIMEOUT, 0);
}

static void check_time(struct session *s)
{
	check_timeout(s);
	if (s->phase == GONE)
		return;
	if (s->stop_at && s->phase == RUNNING && s->now >= s->stop_at)
		give_up(s, END_SIGNAL, s->stop_signal);
	if (s->phase == LEAVING) {
		if (s->now - s->left >= LEAVE_MS) {
			s->v->ending = END_NONE;
			give_up(s, END_STUCK, 0);
		}
	} else if (s->now - s->heard >= silent_limit(s)) {
		give_up(s, END_HANG, 0);
	}
	if (s->phase == RUNNING && s->now - s->pinged >= s->ping_ms) {
		link_send_u32(&s->link, FRAME_PING, 0, ++s->pings);
		s->pinged = s->now;
	}
}

static int wait_ms(const struct session *s)
{
	int64_t wait = s->ping_ms, limit;

	if (s->phase == GONE)
		return 50;
	if (s->phase == LEAVING)
		return 1000;
	if (s->opts->timeout > 0) {
		limit = s->start + (int64_t)(s->opts->timeout * 1000) + 1 - s->now;
		wait = limit < wait ? limit : wait;
	}
	if (s->stop_at) {
		limit = s->stop_at - s->now;
		wait = limit < wait ? limit : wait;
	}
	return wait < 1 ? 1 : (int)wait;
}

/*
 * Returns whether the session is over. Output without a reader delays the command's own end, but
 * not a forced one.
 */
static bool finished(const struct session *s)
{
	bool forced = s->v->ending != END_EXIT && s->v->ending != END_NOEXEC;

	if (s->phase != GONE)
		return false;
	if (!sink_busy(&s->out) && !sink_busy(&s->err))
		return true;
	return forced && s->now - s->gone >= FLUSH_MS;
}

enum { P_LINK, P_SIG, P_IN, P_OUT, P_ERR, P_COUNT };

static void wait_events(struct session *s, struct pollfd *p)
{
	memset(p, 0, P_COUNT * sizeof(*p));
	p[P_LINK] = (struct pollfd){ .fd = s->link.err ? -1 : s->link.fd, .events = POLLIN };
	if (s->link.out.len)
		p[P_LINK].events |= POLLOUT;
	p[P_SIG] = (struct pollfd){ .fd = s->sigfd, .events = POLLIN };
	p[P_IN] = source_poll(&s->in, &s->link);
	if (s->phase != RUNNING)
		p[P_IN].fd = -1;
	p[P_OUT] = sink_poll(&s->out);
	p[P_ERR] = sink_poll(&s->err);
	if (poll(p, P_COUNT, wait_ms(s)) < 0)
		memset(p, 0, P_COUNT * sizeof(*p));
}

static void serve_once(struct session *s)
{
	struct pollfd p[P_COUNT];

	wait_events(s, p);
	keep_time(s);
	if (p[P_OUT].revents)
		sink_pump(&s->out, &s->link);
	if (p[P_ERR].revents)
		sink_pump(&s->err, &s->link);
	if (p[P_IN].revents)
		on_input(s);
	if (p[P_LINK].revents)
		link_fill(&s->link);
	read_frames(s);
	if (p[P_SIG].revents)
		on_signals(s);
	check_time(s);
	link_flush(&s->link);
	check_gone(s);
}

static int signals(void)
{
	static const int caught[] = {
		SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCONT, SIGCHLD,
	};
	struct sigaction old;
	sigset_t set;
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	/* In the background, a read of the terminal then fails instead of stopping the VM. */
	signal(SIGTTIN, SIG_IGN);
	/* If SIGCHLD were ignored (inherited), the kernel would reap QEMU. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(&set, caught[i]);
	/* Blocked signals reach a signalfd even when ignored, but nohup must work. */
	if (!sigaction(SIGHUP, NULL, &old) && old.sa_handler == SIG_IGN)
		sigdelset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static unsigned int tty_flags(void)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return 0;
	return EXEC_TTY | (isatty(STDERR_FILENO) ? EXEC_TTY_ERR : 0);
}

static bool session_open(struct session *s, int console)
{
	int err;

	s->sigfd = signals();
	s->flags = tty_flags();
	err = qemu_start(&s->qemu, s->opts, console);
	if (err) {
		snprintf(s->v->detail, sizeof(s->v->detail),
			 "cannot run QEMU (package qemu-system-x86): %s", strerror(-err));
		decide(s, END_FAIL, 0);
		return false;
	}
	link_init(&s->link, s->qemu.link);
	source_init(&s->in, STREAM_IN, STDIN_FILENO);
	sink_init(&s->out, STREAM_OUT, STDOUT_FILENO, WRITE_STEP);
	sink_init(&s->err, STREAM_ERR, STDERR_FILENO, WRITE_STEP);
	s->err.keep = true;	/* the runner's own messages */
	s->hang_ms = (int64_t)(s->opts->hang * 1000);
	s->ping_ms = s->hang_ms / 4 < PING_MS ? s->hang_ms / 4 : PING_MS;
	if (s->ping_ms < 100)
		s->ping_ms = 100;
	s->now = clock_ms();
	s->start = s->now;
	s->heard = s->now;
	return true;
}

void session_run(struct verdict *v, const struct opts *o, int console)
{
	struct session s = { .opts = o, .v = v };

	*v = (struct verdict){ .ending = END_NONE };
	if (session_open(&s, console)) {
		while (!finished(&s))
			serve_once(&s);
		term_restore(&s.term);
	}
	buf_free(&s.link.in);
	buf_free(&s.link.out);
}
