// SPDX-License-Identifier: GPL-2.0-only
/* All VMs in this process, one thread each. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fleet_kinds.h"
#include "ledger.h"
#include "stop.h"

struct vm_thread {
	const struct options *options;
	unsigned int index;
	int kvm_fd;
	pthread_t thread;
	struct runner runner;
	struct failure failure;
};

static void *vm_main(void *arg)
{
	struct vm_thread *vm = arg;

	if (runner_create(&vm->runner, vm->options, vm->index, vm->kvm_fd, &vm->failure) ||
	    runner_run(&vm->runner, &vm->failure))
		stop_now();
	return NULL;
}

static int start(struct thread_fleet *fleet, const struct options *options, int kvm_fd,
		 struct failure *failure)
{
	unsigned int i;
	int r;

	for (i = 0; i < options->vms; i++) {
		struct vm_thread *vm = &fleet->vms[i];

		*vm = (struct vm_thread){ .options = options, .index = i, .kvm_fd = kvm_fd };
		r = pthread_create(&vm->thread, NULL, vm_main, vm);
		if (r) {
			stop_now();
			return fail(failure, EXIT_FAILED, "Ask for fewer --vms.",
				    "cannot start a thread for vm %u: %s", i, strerror(r));
		}
		fleet->nr++;
	}
	return 0;
}

static void take_result(const struct runner *runner, struct result *result)
{
	*result = (struct result){
		.counters = runner->counters,
		.elapsed_ns = runner->vm.elapsed_ns,
		.verification = runner->verification,
		.ledger = ledger_vm(runner),
	};
}

int thread_fleet_run(struct thread_fleet *fleet, const struct options *options, int kvm_fd,
		     struct result *results, struct failure *failure)
{
	unsigned int i;
	int r;

	fleet->vms = calloc(options->vms, sizeof(*fleet->vms));
	if (!fleet->vms)
		return fail(failure, EXIT_FAILED, "Free some memory.",
			    "cannot allocate the VMs: %s", strerror(ENOMEM));
	r = start(fleet, options, kvm_fd, failure);
	for (i = 0; i < fleet->nr; i++)
		pthread_join(fleet->vms[i].thread, NULL);
	for (i = 0; !r && i < fleet->nr; i++) {
		if (fleet->vms[i].failure.code == EXIT_OK)
			continue;
		*failure = fleet->vms[i].failure;
		r = -1;
	}
	for (i = 0; !r && i < fleet->nr; i++)
		take_result(&fleet->vms[i].runner, &results[i]);
	return r;
}

void thread_fleet_end(struct thread_fleet *fleet)
{
	unsigned int i;

	for (i = 0; i < fleet->nr; i++)
		runner_destroy(&fleet->vms[i].runner);
	free(fleet->vms);
}
