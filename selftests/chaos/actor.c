// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop of an actor, its descriptors, and its children. Twins and hermits run it in their
 * parent's memory: all static data here is indexed by handle, and a handle belongs to one actor.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actor.h"
#include "actor_kvm.h"
#include "sys.h"
#include "wire.h"

#define STACK_BYTES	(256 << 10)

struct actor {
	int socket;
	int thread;
	int shelf[2];	/* socket that holds parked descriptors */
};

static int fds[MAX_HANDLES];
static void *maps[MAX_HANDLES];

int actor_fd(uint32_t handle)
{
	return fds[handle];
}

static long store_fd(uint32_t handle, long fd)
{
	if (fd < 0)
		return fd;
	fds[handle] = (int)fd;
	return 0;
}

static long park(struct actor *a, uint32_t handle)
{
	long r = 0;

	if (a->shelf[0] < 0)
		r = sys(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, a->shelf);
	if (!r)
		r = wire_send(a->shelf[0], &handle, sizeof(handle), fds[handle]);
	return r < 0 ? r : sys_close(fds[handle]);
}

static long unpark(struct actor *a, uint32_t handle)
{
	uint32_t was;
	int fd;
	long r = wire_receive(a->shelf[1], &was, sizeof(was), &fd);

	return r < 0 ? r : fd < 0 ? -EBADF : store_fd(handle, fd);
}

static long map_file(uint32_t handle, uint32_t file, uint64_t pages)
{
	long r = sys_mmap(pages << 12, PROT_READ | PROT_WRITE, MAP_SHARED, fds[file]);

	if (r < 0 && r > -4096)
		return r;
	maps[handle] = (void *)r;
	/* A child would inherit the mapping, which the plan did not order. */
	return sys(SYS_madvise, r, pages << 12, MADV_DONTFORK, 0);
}

static long touch(const struct order *o)
{
	volatile char *p = maps[o->handle];

	for (uint64_t i = o->a; i < o->a + o->b; i++)
		p[i << 12] = 1;
	return 0;
}

/* Arguments of a child: its socket, and the parent's descriptors that it must close. */
struct birth {
	int socket, thread;
	int close[3];
};

static int run_child(void *arg)
{
	struct birth b = *(struct birth *)arg;

	for (int i = 0; i < 3; i++) {
		if (b.close[i] >= 0)
			sys_close(b.close[i]);
	}
	actor_run(b.socket, b.thread);
}

static long spawn(const struct actor *a, uint64_t kind, int socket, uint64_t *pid)
{
	struct birth b = { socket, kind == ACTOR_HERMIT, { a->socket, a->shelf[0], a->shelf[1] } };
	struct birth *shared;
	long r, flags = CLONE_VM;
	char *stack;

	if (kind == ACTOR_FORKED) {
		r = fork();
		if (!r)
			run_child(&b);
	} else {
		stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (stack == MAP_FAILED)
			return -errno;
		shared = (struct birth *)stack;
		*shared = b;
		flags |= kind == ACTOR_HERMIT ? CLONE_THREAD | CLONE_SIGHAND : SIGCHLD;
		r = clone(run_child, stack + STACK_BYTES, (int)flags, shared);
	}
	if (r < 0)
		r = -errno;
	sys_close(socket);
	*pid = kind == ACTOR_HERMIT ? (uint64_t)getpid() : (uint64_t)r;
	return r < 0 ? r : 0;
}

/*
 * Carries out one order. @fd: descriptor that came with the packet, or -1; *@send: descriptor that
 * goes with the reply.
 */
static struct outcome perform(struct actor *a, const struct order *o, int fd, int *send)
{
	struct outcome out = { 0, 0 };

	switch (o->kind) {
	case O_ALIAS:
		fds[o->handle] = fds[o->other];
		break;
	case O_DUP:
		out.ret = store_fd(o->handle, sys(SYS_dup, fds[o->other], 0, 0, 0));
		break;
	case O_CLOSE:
		out.ret = sys_close(fds[o->handle]);
		break;
	case O_PARK:
		out.ret = park(a, o->handle);
		break;
	case O_UNPARK:
		out.ret = unpark(a, o->handle);
		break;
	case O_GIVE:
		*send = fds[o->handle];
		break;
	case O_TAKE:
		out.ret = store_fd(o->handle, fd < 0 ? -EBADF : fd);
		break;
	case O_MAP:
		out.ret = map_file(o->handle, o->other, o->a);
		break;
	case O_TOUCH:
		out.ret = touch(o);
		break;
	case O_UNMAP:
		out.ret = sys(SYS_munmap, maps[o->handle], o->a << 12, 0, 0);
		break;
	case O_FORK:
		out.ret = spawn(a, o->a, fd, &out.value);
		break;
	case O_CREATE_VM:
	case O_CREATE_VCPU:
	case O_CREATE_FILE:
		out.ret = store_fd(o->handle, actor_create(o));
		out.value = (uint64_t)fds[o->handle];
		break;
	default:
		out.ret = actor_kvm(o);
	}
	return out;
}

struct side {
	pthread_t thread;
	pthread_barrier_t *start;
	const struct order *order;
	struct outcome out;
};

static void *do_side(void *arg)
{
	struct side *s = arg;

	pthread_barrier_wait(s->start);
	s->out.ret = actor_kvm(s->order);
	return NULL;
}

/* Runs orders, all for actor_kvm(), on one thread each at the same time. */
static void together(const struct order *orders, struct outcome *out, unsigned int n)
{
	struct side sides[BATCH];
	pthread_barrier_t start;

	pthread_barrier_init(&start, NULL, n);
	for (unsigned int i = 0; i < n; i++) {
		sides[i] = (struct side){ .start = &start, .order = &orders[i] };
		if (pthread_create(&sides[i].thread, NULL, do_side, &sides[i]))
			abort();
	}
	for (unsigned int i = 0; i < n; i++) {
		pthread_join(sides[i].thread, NULL);
		out[i] = sides[i].out;
	}
	pthread_barrier_destroy(&start);
}

__attribute__((noreturn)) static void exit_actor(const struct actor *a)
{
	for (;;)
		sys(a->thread ? SYS_exit : SYS_exit_group, 0, 0, 0, 0);
}

/*
 * Closes the actor's own handles, which come with the order, before it replies: the plan relies on
 * that.
 */
static void resign(const struct actor *a, const struct order *orders, unsigned int n)
{
	struct outcome out[BATCH] = { 0 };

	for (unsigned int i = 0; i + 1 < n; i++)
		out[i].ret = sys_close(fds[orders[i].handle]);
	for (int i = 0; i < 2; i++) {
		if (a->shelf[i] >= 0)
			sys_close(a->shelf[i]);
	}
	wire_send(a->socket, out, n * sizeof(*out), -1);
	exit_actor(a);
}

void actor_run(int socket, int thread)
{
	struct actor a = { socket, thread, { -1, -1 } };
	struct order orders[BATCH];
	struct outcome out[BATCH];
	int fd, send;

	for (;;) {
		long got = wire_receive(socket, orders, sizeof(orders), &fd);
		unsigned int n = got > 0 ? (unsigned int)((unsigned long)got / sizeof(*orders)) : 0;

		if (!n)
			exit_actor(&a);
		if (orders[n - 1].kind == O_RESIGN)
			resign(&a, orders, n);
		send = -1;
		for (unsigned int i = 0; i < n; i++) {
			if (orders[i].kind == O_TOGETHER) {
				unsigned int k = orders[i].arg;

				out[i] = (struct outcome){ 0, 0 };
				together(&orders[i + 1], &out[i + 1], k);
				i += k;
			} else {
				out[i] = perform(&a, &orders[i], fd, &send);
			}
		}
		wire_send(socket, out, n * sizeof(*out), send);
		if (send >= 0)
			sys_close(send);
	}
}
