// SPDX-License-Identifier: GPL-2.0-only
/*
 * chaos: uses guest_memfd at random, in ways that no sensible VMM does, and keeps a ledger of it.
 *
 * The tools are checked against the ledger (check.c): all they show of any VM must equal it. Unlike
 * gmemload, whose VMs run guests and are alike, chaos has VMs, files, processes and descriptors that
 * come and go in any order: several VMs in a process, several processes, threads with descriptors of
 * their own, files that outlive their VM's descriptor, descriptors that are passed on, duplicated, in
 * flight in a socket, or closed while a mapping stays; calls that are refused; threads that race.
 *
 *   plan*.c    next orders, by the state of the world
 *   world.c    expected state of the world if the kernel carries out all requests
 *   stage.c    gives orders to the actors, and compares outcomes with the world
 *   actor*.c   processes and threads that carry out orders
 *   wire.c     transport of orders and descriptors
 *   scout.c    limits of this kernel
 *   ledger.c   the world as JSON (LEDGER.md)
 *
 * The plan draws all random numbers and computes the outcome of each order in advance: with --steps,
 * the same seed does the same on the same kernel. The threads of a race use disjoint ranges, so that
 * their order does not matter, or the VM is marked as raced.
 */
#include <argp.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "ledger.h"
#include "plan.h"
#include "scout.h"
#include "stage.h"

static struct world world;

struct options {
	uint64_t seed, steps, seconds, checkpoints;
	const char *ledger;
	bool wait;
};

static const struct argp_option option_table[] = {
	{ "seed", 's', "N", 0, "seed of all random numbers (default 1)", 0 },
	{ "steps", 'n', "N", 0, "end after N rounds (default 200)", 0 },
	{ "seconds", 't', "SEC", 0, "end after SEC seconds instead", 0 },
	{ "checkpoints", 'c', "N", 0, "write the ledger N times, evenly among the steps (default 1)", 0 },
	{ "ledger", 'l', "FILE", 0, "write the ledger to FILE.1, FILE.2 ..; the last one also to FILE", 0 },
	{ "warm", 'W', NULL, 0, "keep the arguments of all requests in present pages", 0 },
	{ "wait", 'w', NULL, 0, "wait for a line on stdin at the start and at each checkpoint", 0 },
	{ 0 }
};

static uint64_t number(struct argp_state *state, const char *arg)
{
	char *end;
	uint64_t n = strtoull(arg, &end, 0);

	if (!*arg || *end)
		argp_error(state, "invalid number '%s'", arg);
	return n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 's':
		o->seed = number(state, arg);
		return 0;
	case 'n':
		o->steps = number(state, arg);
		return 0;
	case 't':
		o->seconds = number(state, arg);
		return 0;
	case 'c':
		o->checkpoints = number(state, arg);
		if (!o->checkpoints)
			argp_error(state, "invalid number of checkpoints: at least 1");
		return 0;
	case 'l':
		o->ledger = arg;
		return 0;
	case 'W':
		world.warm = true;
		return 0;
	case 'w':
		o->wait = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Prints @what; with --wait, waits for a line on stdin. */
static void pause_at(const struct options *o, const char *what, unsigned int n)
{
	char line[64];

	printf("%s %u\n", what, n);
	fflush(stdout);
	if (o->wait && !fgets(line, sizeof(line), stdin))
		errx(0, "stdin has ended");
}

static void checkpoint(const struct options *o, unsigned int n)
{
	char path[4096];

	if (o->ledger) {
		snprintf(path, sizeof(path), "%s.%u", o->ledger, n);
		ledger_write(&world, path, o->seed, n);
		if (n == o->checkpoints)
			ledger_write(&world, o->ledger, o->seed, n);
	}
	pause_at(o, "checkpoint", n);
}

static void step(struct rng *r)
{
	for (int n = (int)rng_below(r, 4); n >= 0; n--)
		plan_life(&world, r);
	plan_round(&world, r);
	stage_play(&world);
}

/* Runs by the clock: checkpoints are even in time. */
static void run_for(const struct options *o, struct rng *r)
{
	time_t begin = time(NULL);

	for (unsigned int n = 1; n <= o->checkpoints; n++) {
		while ((uint64_t)(time(NULL) - begin) * o->checkpoints < o->seconds * n)
			step(r);
		checkpoint(o, n);
	}
}

static void run_steps(const struct options *o, struct rng *r)
{
	uint64_t done = 0;

	for (unsigned int n = 1; n <= o->checkpoints; n++) {
		for (; done < o->steps * n / o->checkpoints; done++)
			step(r);
		checkpoint(o, n);
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		option_table, parse, NULL,
		"Uses VMs and guest_memfd at random, as no sensible VMM does, and keeps a ledger of it.",
		NULL, NULL, NULL,
	};
	struct options o = { .seed = 1, .steps = 200, .checkpoints = 1 };
	struct rng r;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	r = (struct rng){ o.seed };
	/* Ended actors are reaped automatically, including those whose parent has ended. */
	signal(SIGCHLD, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	scout(&world.powers);
	world.round = 1;
	pause_at(&o, "ready", 0);
	if (o.seconds)
		run_for(&o, &r);
	else
		run_steps(&o, &r);
	for (uint32_t i = 0; i < world.nr_actors; i++) {
		if (world.actors[i].lives)
			stage_resign(&world, i);
	}
	printf("done: %u VMs, %u files, %u actors, %lu rounds\n", world.nr_vms, world.nr_files,
	       world.nr_actors, world.round);
	return 0;
}
