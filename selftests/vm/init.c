// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the guest: prepares the file systems, serves the runner's frames, reaps, and powers off.
 * Must never block once HELLO is sent: the runner treats a silent init as a hang.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

/* Limit for streams that killed processes keep from ending. */
#define DRAIN_MS	500

struct init {
	struct link link;
	struct command cmd;
	int sigfd;
	bool draining;		/* the command has ended, its output has not */
	int64_t drain_end;
	bool answered;		/* EXIT or FAIL is queued */
	bool bye;
};

void guest_log(const char *fmt, ...)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	char line[256];
	va_list ap;

	if (fd < 0)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	(void)!write(fd, line, strlen(line));
	close(fd);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void __attribute__((noreturn)) power_off(void)
{
	guest_log("<6>%s\n", FRAME_MARK_DOWN);
	reboot(RB_POWER_OFF);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void lo_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
}

static int signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void send_failure(struct init *in, const char *why)
{
	link_send(&in->link, FRAME_FAIL, 0, why, strlen(why));
	in->answered = true;
}

static void on_exec(struct init *in, const struct frame *f, const char *payload)
{
	char why[512];

	if (!command_start(&in->cmd, f, payload, why, sizeof(why)))
		send_failure(in, why);
}

static void on_close(struct command *c, uint8_t stream)
{
	if (stream == STREAM_OUT)
		source_close(&c->out);
	else if (stream == STREAM_ERR)
		source_close(&c->err);
}

static void on_credit(struct command *c, uint8_t stream, uint32_t bytes)
{
	if (stream == STREAM_OUT)
		source_credit(&c->out, bytes);
	else if (stream == STREAM_ERR)
		source_credit(&c->err, bytes);
}

static void on_signal(const struct command *c, uint32_t sig)
{
	if (c->pid > 0 && sig > 0 && sig < NSIG)
		kill(-c->pid, (int)sig);
}

static void on_frame(struct init *in, const struct frame *f, const char *payload)
{
	struct command *c = &in->cmd;

	switch (f->type) {
	case FRAME_EXEC:
		on_exec(in, f, payload);
		break;
	case FRAME_DATA:
		sink_put(&c->in, &in->link, payload, f->len);
		break;
	case FRAME_EOF:
		sink_end(&c->in);
		break;
	case FRAME_CREDIT:
		on_credit(c, f->stream, frame_u32(f, payload));
		break;
	case FRAME_CLOSE:
		on_close(c, f->stream);
		break;
	case FRAME_WINSZ:
		command_resize(c, f, payload);
		break;
	case FRAME_SIGNAL:
		on_signal(c, frame_u32(f, payload));
		break;
	case FRAME_PING:
		link_send_u32(&in->link, FRAME_PONG, 0, frame_u32(f, payload));
		break;
	case FRAME_BYE:
		in->bye = true;
		break;
	}
}

static void reap(struct init *in)
{
	struct signalfd_siginfo si;
	int wstatus;
	pid_t pid;

	while (read(in->sigfd, &si, sizeof(si)) > 0)
		;
	while ((pid = waitpid(-1, &wstatus, WNOHANG)) > 0) {
		if (pid != in->cmd.pid)
			continue;
		command_reaped(&in->cmd, wstatus);
		/*
		 * Processes left running would die with the VM anyway. Killed now, they close their
		 * files while the console is still watched.
		 */
		kill(-1, SIGKILL);
		in->draining = true;
		in->drain_end = now_ms() + DRAIN_MS;
	}
}

/*
 * Returns whether a source holds no more bytes. EXIT waits for that, even if there is no credit to
 * send them.
 */
static bool source_done(const struct source *s, bool late)
{
	return s->fd < 0 || (late && s->drained);
}

static void send_exit(struct init *in)
{
	struct command *c = &in->cmd;
	struct frame_exit e = { .status = c->status, .exec_errno = c->exec_errno };
	bool late = now_ms() >= in->drain_end;

	if (!in->draining || in->answered)
		return;
	if (!source_done(&c->out, late) || !source_done(&c->err, late))
		return;
	link_send(&in->link, FRAME_EXIT, 0, &e, sizeof(e));
	in->answered = true;
}

/* Reads a source after the command's end, also if poll() reports nothing. */
static void drain(struct init *in, struct source *s)
{
	while (source_ready(s, &in->link)) {
		source_pump(s, &in->link);
		if (s->drained)
			break;
	}
}

enum { P_LINK, P_SIG, P_IN, P_OUT, P_ERR, P_COUNT };

static void wait_events(struct init *in, struct pollfd *p)
{
	struct command *c = &in->cmd;
	int timeout = in->draining && !in->answered ? 10 : -1;

	p[P_LINK] = (struct pollfd){ .fd = in->link.fd, .events = POLLIN };
	if (in->link.out.len)
		p[P_LINK].events |= POLLOUT;
	p[P_SIG] = (struct pollfd){ .fd = in->sigfd, .events = POLLIN };
	p[P_IN] = sink_poll(&c->in);
	p[P_OUT] = source_poll(&c->out, &in->link);
	p[P_ERR] = source_poll(&c->err, &in->link);
	if (poll(p, P_COUNT, timeout) < 0)
		memset(p, 0, P_COUNT * sizeof(*p));
}

static void serve_once(struct init *in)
{
	struct command *c = &in->cmd;
	struct pollfd p[P_COUNT];
	struct frame f;
	const char *payload;

	wait_events(in, p);
	if (p[P_OUT].revents)
		source_pump(&c->out, &in->link);
	if (p[P_ERR].revents)
		source_pump(&c->err, &in->link);
	if (p[P_IN].revents)
		sink_pump(&c->in, &in->link);
	if (p[P_LINK].revents & (POLLIN | POLLHUP))
		link_fill(&in->link);
	while (link_next(&in->link, &f, &payload))
		on_frame(in, &f, payload);
	if (p[P_SIG].revents)
		reap(in);
	if (in->draining) {
		drain(in, &c->out);
		drain(in, &c->err);
		send_exit(in);
	}
	link_flush(&in->link);
}

int main(void)
{
	struct init in = { .sigfd = -1 };
	char why[256];

	if (getpid() != 1) {
		fprintf(stderr, "vm-init: cannot run here: it is the init of selftests/vm/run\n"
			"Run a command in a VM with selftests/vm/run -- COMMAND\n");
		return 125;
	}
	guest_mount_early();
	guest_log("<6>%s\n", FRAME_MARK_UP);
	/* The port's driver may be one of them: a failure can only go to the console. */
	if (!guest_load_modules(GUEST_MODULES_BOOT, why, sizeof(why))) {
		guest_log("<3>gmem-vm: %s\n", why);
		power_off();
	}
	command_init(&in.cmd);
	in.sigfd = signals();
	link_init(&in.link, guest_port_open());
	sethostname("gmem-vm", 7);
	lo_up();
	if (guest_load_modules(GUEST_MODULES_KVM, why, sizeof(why)) &&
	    guest_mount_root(why, sizeof(why)))
		link_send_u32(&in.link, FRAME_HELLO, 0, FRAME_VERSION);
	else
		send_failure(&in, why);
	link_flush(&in.link);
	while (!in.bye && !in.link.err)
		serve_once(&in);
	power_off();
}
