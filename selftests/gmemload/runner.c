// SPDX-License-Identifier: GPL-2.0-only
/* Threads of one VM's vCPUs. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"
#include "stop.h"
#include "vcpu.h"
#include "verify.h"

int runner_create(struct runner *runner, const struct options *options, unsigned int index,
		  int kvm_fd, struct failure *failure)
{
	*runner = (struct runner){ 0 };
	return vm_create(&runner->vm, options, index, kvm_fd, failure);
}

static int create_vcpus(struct runner *runner, struct run_limits *limits, struct failure *failure)
{
	unsigned int i;

	runner->vcpus = calloc(runner->vm.options->vcpus, sizeof(*runner->vcpus));
	if (!runner->vcpus)
		return fail(failure, EXIT_FAILED, "Free some memory.",
			    "cannot allocate the vCPUs of vm %u: %s", runner->vm.index,
			    strerror(ENOMEM));
	for (i = 0; i < runner->vm.options->vcpus; i++) {
		runner->nr_vcpus++;
		if (vcpu_create(&runner->vcpus[i], &runner->vm, i, limits, failure))
			return -1;
	}
	return 0;
}

/*
 * Starts the vCPU threads with signals blocked: the waiting thread handles them, in a vCPU thread
 * they would only interrupt KVM_RUN.
 */
static int start_threads(struct runner *runner, unsigned int *started)
{
	sigset_t all, old;
	int r = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (*started = 0; !r && *started < runner->nr_vcpus; *started += !r) {
		struct vcpu *vcpu = &runner->vcpus[*started];

		r = pthread_create(&vcpu->thread, NULL, vcpu_main, vcpu);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}

static int run_threads(struct runner *runner, struct run_limits *limits, struct failure *failure)
{
	unsigned int started, i;
	int r;

	r = start_threads(runner, &started);
	if (r) {
		atomic_store(&limits->failed, true);
		fail(failure, EXIT_FAILED, "Ask for fewer --vcpus or --vms.",
		     "cannot start a thread of vm %u: %s", runner->vm.index, strerror(r));
	}
	for (i = 0; i < started; i++)
		pthread_join(runner->vcpus[i].thread, NULL);
	if (r)
		return -1;
	for (i = 0; i < started; i++) {
		if (!runner->vcpus[i].failed)
			continue;
		*failure = runner->vcpus[i].failure;
		return -1;
	}
	return 0;
}

static void sum_up(struct runner *runner)
{
	struct vm *vm = &runner->vm;
	unsigned int i;

	for (i = 0; i < runner->nr_vcpus; i++) {
		counters_add(&runner->counters, &runner->vcpus[i].counters);
		if (runner->verification.code == EXIT_OK)
			runner->verification = runner->vcpus[i].failure;
	}
	verify_shared_content(vm, &vm->counters, 0, vm->pages.npages, &runner->verification);
	verify_shared_absence(vm, &vm->counters, &runner->verification);
	counters_add(&runner->counters, &vm->counters);
}

int runner_run(struct runner *runner, struct failure *failure)
{
	const struct options *o = runner->vm.options;
	struct run_limits limits = { .deadline_ns = UINT64_MAX };

	if (create_vcpus(runner, &limits, failure))
		return -1;
	limits.start_ns = monotonic_ns();
	if (o->duration_ns)
		limits.deadline_ns = limits.start_ns + o->duration_ns;
	if (run_threads(runner, &limits, failure))
		return -1;
	runner->vm.elapsed_ns = monotonic_ns() - limits.start_ns;
	sum_up(runner);
	return 0;
}

void runner_destroy(struct runner *runner)
{
	unsigned int i;

	for (i = 0; i < runner->nr_vcpus; i++)
		vcpu_destroy(&runner->vcpus[i]);
	free(runner->vcpus);
	vm_destroy(&runner->vm);
}
