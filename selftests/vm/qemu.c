// SPDX-License-Identifier: GPL-2.0-only
/* The QEMU process: arguments, start, end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame.h"
#include "qemu.h"

#define QEMU_DEFAULT	"qemu-system-x86_64"
#define ARGS_MAX	80

/* Descriptors in the child; QEMU inherits no others. */
enum { FD_LINK = 3, FD_CONSOLE = 4, FD_ERRPIPE = 5 };

/*
 * Kernel arguments. All kernel messages go to the log, whatever console level a command sets. An
 * oops ends the VM: results after it would prove nothing. The lockup and stall limits are generous
 * as TCG shares busy CPUs. For the same reason the watchdog would replace the TSC, which is sound
 * here, by the slow HPET, and the timer check would end the boot ("IO-APIC + timer doesn't work").
 */
#define CMDLINE	"console=ttyS0,115200 rdinit=/init ignore_loglevel printk.devkmsg=on " \
		"panic=-1 oops=panic watchdog_thresh=30 rcupdate.rcu_cpu_stall_timeout=60 " \
		"tsc=nowatchdog no_timer_check"

/*
 * Arguments for --icount: guest time that jumps over idle makes a short wait for the host look
 * long; a layout that changes from boot to boot changes instruction counts.
 */
#define CMDLINE_ICOUNT	" sysctl.kernel.hung_task_timeout_secs=0 nokaslr norandmaps"

struct args {
	const char *v[ARGS_MAX];
	int n;
	char smp[16];
	char *cmdline;
};

static void add_arg(struct args *a, const char *option, const char *value)
{
	/* The number of arguments is fixed at build time; two slots stay free for the end mark. */
	if (a->n + 2 >= ARGS_MAX)
		abort();
	a->v[a->n++] = option;
	if (value)
		a->v[a->n++] = value;
}

static void add_machine(struct args *a, const struct opts *o)
{
	add_arg(a, "-nodefaults", NULL);
	add_arg(a, "-no-user-config", NULL);
	add_arg(a, "-no-reboot", NULL);
	add_arg(a, "-display", "none");
	add_arg(a, "-machine", "q35,sata=off,smbus=off,vmport=off");
	add_arg(a, "-cpu", "max");
	add_arg(a, "-accel", o->mttcg ? "tcg,thread=multi" : "tcg,thread=single");
	if (o->icount)
		add_arg(a, "-icount", "shift=0,sleep=off");
	snprintf(a->smp, sizeof(a->smp), "%d", o->smp);
	add_arg(a, "-smp", a->smp);
	add_arg(a, "-m", o->mem);
}

static void add_devices(struct args *a)
{
	add_arg(a, "-add-fd", "fd=4,set=1");
	add_arg(a, "-chardev", "file,id=console,path=/dev/fdset/1,append=on");
	add_arg(a, "-serial", "chardev:console");
	add_arg(a, "-chardev", "socket,id=link,fd=3");
	add_arg(a, "-device", "virtio-serial-pci,max_ports=2");
	add_arg(a, "-device", "virtserialport,chardev=link,name=" FRAME_PORT);
	add_arg(a, "-device", "virtio-rng-pci");
	add_arg(a, "-fsdev", "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap");
	add_arg(a, "-device", "virtio-9p-pci,fsdev=root,mount_tag=root");
}

static int build_args(struct args *a, const struct opts *o)
{
	const char *qemu = getenv("GMEM_QEMU");

	memset(a, 0, sizeof(*a));
	if (asprintf(&a->cmdline, "%s%s %s", CMDLINE, o->icount ? CMDLINE_ICOUNT : "",
		     o->append) < 0)
		return -ENOMEM;
	add_arg(a, qemu && *qemu ? qemu : QEMU_DEFAULT, NULL);
	add_machine(a, o);
	add_devices(a);
	add_arg(a, "-kernel", o->image);
	add_arg(a, "-initrd", o->initramfs);
	add_arg(a, "-append", a->cmdline);
	return 0;
}

static void default_signals(void)
{
	sigset_t none;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGTTIN, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Moves the descriptors above their final numbers, so that none is overwritten. */
static void place_fds(int link, int console, int errpipe)
{
	int null = open("/dev/null", O_RDONLY);

	link = fcntl(link, F_DUPFD, 16);
	console = fcntl(console, F_DUPFD, 16);
	errpipe = fcntl(errpipe, F_DUPFD, 16);
	dup2(null, 0);
	dup2(console, 1);
	dup2(console, 2);
	dup2(link, FD_LINK);
	dup2(console, FD_CONSOLE);
	dup3(errpipe, FD_ERRPIPE, O_CLOEXEC);
	close_range(FD_ERRPIPE + 1, ~0U, 0);
}

static void __attribute__((noreturn)) child(const struct args *a, pid_t parent, int link,
					     int console, int errpipe)
{
	int err;

	/* QEMU must not outlive the runner, even if that is killed. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* Signals of the terminal go to the runner, which ends the VM in order. */
	setsid();
	default_signals();
	place_fds(link, console, errpipe);
	execvp(a->v[0], (char *const *)a->v);
	err = errno;
	(void)!write(FD_ERRPIPE, &err, sizeof(err));
	_exit(127);
}

static int spawn(struct qemu *q, const struct args *a, int link, int console)
{
	pid_t parent = getpid();
	int errpipe[2], err = 0;

	if (pipe2(errpipe, O_CLOEXEC))
		return -errno;
	q->pid = fork();
	if (!q->pid)
		child(a, parent, link, console, errpipe[1]);
	if (q->pid < 0)
		err = errno;
	close(errpipe[1]);
	if (q->pid > 0 && read(errpipe[0], &err, sizeof(err)) > 0)
		waitpid(q->pid, NULL, 0);
	close(errpipe[0]);
	if (err)
		q->pid = 0;
	return -err;
}

int qemu_start(struct qemu *q, const struct opts *o, int console)
{
	struct args a;
	int sv[2], err;

	q->pid = 0;
	q->link = -1;
	err = build_args(&a, o);
	if (err)
		return err;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv)) {
		err = -errno;
	} else {
		err = spawn(q, &a, sv[1], console);
		close(sv[1]);
		q->link = sv[0];
		fcntl(sv[0], F_SETFL, O_NONBLOCK);
	}
	free(a.cmdline);
	return err;
}

void qemu_kill(const struct qemu *q)
{
	if (q->pid > 0)
		kill(q->pid, SIGKILL);
}

bool qemu_ended(struct qemu *q)
{
	if (q->pid > 0 && waitpid(q->pid, NULL, WNOHANG) != 0)
		q->pid = 0;
	return !q->pid;
}
