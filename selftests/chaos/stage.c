// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actor.h"
#include "stage.h"

struct queue {
	unsigned int n;
	struct order orders[BATCH];
	int64_t want[BATCH];
};

static struct queue queues[MAX_ACTORS];

static void judge(const struct world *w, uint32_t actor, const struct order *o, int64_t want,
		  const struct outcome *out)
{
	if (want == MUST_FAIL ? out->ret < 0 : out->ret == want)
		return;
	errx(1, "round %lu: actor %u (pid %d), order %u: result %lld instead of %lld\n"
	     "handle %u other %u arg %#x a %#llx b %#llx c %#llx d %#llx. Either the world of chaos is wrong, or KVM.",
	     w->round, actor, w->actors[actor].pid, o->kind, (long long)out->ret, (long long)want,
	     o->handle, o->other, o->arg, (unsigned long long)o->a, (unsigned long long)o->b,
	     (unsigned long long)o->c, (unsigned long long)o->d);
}

void stage_order(struct world *w, uint32_t actor, const struct order *o, int64_t want)
{
	struct queue *q = &queues[actor];

	if (q->n == BATCH)
		errx(1, "round %lu: actor %u has too many orders", w->round, actor);
	q->orders[q->n] = *o;
	q->want[q->n++] = want;
}

unsigned int stage_room(uint32_t actor)
{
	return BATCH - queues[actor].n;
}

static void hand_out(const struct world *w, uint32_t actor, const struct order *o, unsigned int n, int fd)
{
	long r = wire_send(w->actors[actor].socket, o, n * sizeof(*o), fd);

	if (r < 0)
		errx(1, "actor %u (pid %d) is gone: %s", actor, w->actors[actor].pid, strerror((int)-r));
}

static void collect(const struct world *w, uint32_t actor, struct outcome *out, unsigned int n, int *fd)
{
	long r = wire_receive(w->actors[actor].socket, out, n * sizeof(*out), fd);

	if (r != (long)(n * sizeof(*out)))
		errx(1, "round %lu: actor %u (pid %d) died", w->round, actor, w->actors[actor].pid);
}

void stage_play(struct world *w)
{
	struct outcome out[BATCH];
	int fd;

	for (uint32_t a = 0; a < w->nr_actors; a++) {
		if (queues[a].n)
			hand_out(w, a, queues[a].orders, queues[a].n, -1);
	}
	for (uint32_t a = 0; a < w->nr_actors; a++) {
		struct queue *q = &queues[a];

		if (!q->n)
			continue;
		collect(w, a, out, q->n, &fd);
		for (unsigned int i = 0; i < q->n; i++)
			judge(w, a, &q->orders[i], q->want[i], &out[i]);
		q->n = 0;
	}
	w->round++;
}

struct outcome stage_now(struct world *w, uint32_t actor, const struct order *o, int64_t want, int *fd)
{
	struct outcome out;
	int came;

	hand_out(w, actor, o, 1, fd ? *fd : -1);
	collect(w, actor, &out, 1, &came);
	judge(w, actor, o, want, &out);
	if (fd)
		*fd = came;
	return out;
}

static void make_sockets(int sockets[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		err(1, "socketpair");
}

static void close_all_but(int socket)
{
	if (socket > 3)
		syscall(SYS_close_range, 3, socket - 1, 0);
	syscall(SYS_close_range, socket + 1, ~0U, 0);
}

uint32_t stage_start(struct world *w)
{
	int sockets[2];
	pid_t pid;

	make_sockets(sockets);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		close_all_but(sockets[1]);
		actor_run(sockets[1], 0);
	}
	close(sockets[1]);
	return world_add_actor(w, ACTOR_FORKED, NONE, pid, sockets[0]);
}

static void inherit(struct world *w, uint32_t parent, uint32_t child)
{
	uint32_t nr = w->nr_handles;

	for (uint32_t i = 0; i < nr; i++) {
		const struct handle *h = &w->handles[i];

		if (h->actor != parent || !h->kind || h->kind == H_MAP || h->parked)
			continue;
		stage_now(w, child, &(struct order){
			.kind = O_ALIAS, .other = i,
			.handle = world_add_handle(w, h->kind, h->object, child),
		}, 0, NULL);
	}
}

uint32_t stage_fork(struct world *w, uint32_t parent, enum actor_kind kind)
{
	struct outcome out;
	int sockets[2], fd;
	uint32_t child;

	make_sockets(sockets);
	fd = sockets[1];
	out = stage_now(w, parent, &(struct order){ .kind = O_FORK, .a = kind }, 0, &fd);
	close(sockets[1]);
	child = world_add_actor(w, kind, parent, (int)out.value, sockets[0]);
	inherit(w, parent, child);
	return child;
}

static int open_pid(int pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		err(1, "pidfd_open %d", pid);
	return fd;
}

static void await_end(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
	close(pidfd);
}

static void remove_actor(struct world *w, uint32_t actor)
{
	world_end_actor(w, actor);
	for (uint32_t i = 0; i < w->nr_actors; i++) {
		if (!w->actors[i].lives && w->actors[i].socket >= 0) {
			close(w->actors[i].socket);
			w->actors[i].socket = -1;
		}
	}
}

void stage_resign(struct world *w, uint32_t actor)
{
	struct order orders[BATCH];
	struct outcome out[BATCH];
	bool process = w->actors[actor].kind != ACTOR_HERMIT;
	int pidfd = process ? open_pid(w->actors[actor].pid) : -1, fd;
	unsigned int n = 0;

	for (uint32_t i = 0; i < w->nr_handles; i++) {
		const struct handle *h = &w->handles[i];

		if (h->actor == actor && h->kind && h->kind != H_MAP && !h->parked)
			orders[n++] = (struct order){ .kind = O_CLOSE, .handle = i };
	}
	orders[n++] = (struct order){ .kind = O_RESIGN };
	hand_out(w, actor, orders, n, -1);
	collect(w, actor, out, n, &fd);
	if (process)
		await_end(pidfd);
	remove_actor(w, actor);
}

void stage_kill(struct world *w, uint32_t actor)
{
	int pidfd = open_pid(w->actors[actor].pid);

	if (kill(w->actors[actor].pid, SIGKILL))
		err(1, "kill %d", w->actors[actor].pid);
	await_end(pidfd);
	remove_actor(w, actor);
}

uint64_t stage_inode(const struct world *w, uint32_t actor, uint64_t fd)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%llu", w->actors[actor].pid, (unsigned long long)fd);
	if (stat(path, &st))
		err(1, "%s", path);
	return st.st_ino;
}

uint64_t stage_vm_id(const struct world *w, uint32_t actor, uint64_t fd)
{
	unsigned long long id = 0;
	char line[128];
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%d/fdinfo/%llu", w->actors[actor].pid, (unsigned long long)fd);
	f = fopen(line, "r");
	if (!f)
		err(1, "%s", line);
	while (fgets(line, sizeof(line), f))
		sscanf(line, "kvm-vm-id: %llu", &id);
	fclose(f);
	return id;
}
