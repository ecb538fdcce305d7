// SPDX-License-Identifier: GPL-2.0-only
/* Run loop of one vCPU. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "boot.h"
#include "convert.h"
#include "kvm_uapi.h"
#include "stop.h"
#include "vcpu.h"
#include "verify.h"

#define NSEC_PER_SEC 1000000000ULL
#define NSEC_PER_USEC 1000ULL

static const char kvm_todo[] = "See the kernel log; KVM did something that gmemload cannot handle.";

/* Observed with QEMU 7.2: after an interrupt, the VM is entered with its host's state. */
static const char shutdown_todo[] =
	"Run it again. In a QEMU with -accel tcg, use thread=single: its SVM loses a guest's state "
	"about once in 100000 conversions with thread=multi.";

int vcpu_create(struct vcpu *vcpu, struct vm *vm, unsigned int index, struct run_limits *limits,
		struct failure *failure)
{
	*vcpu = (struct vcpu){ .vm = vm, .index = index, .limits = limits };
	vcpu->fd = ioctl(vm->vm_fd, KVM_CREATE_VCPU, index);
	vcpu->run_size = ioctl(vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (vcpu->fd >= 0)
		vcpu->run = mmap(NULL, vcpu->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
				 vcpu->fd, 0);
	if (vcpu->fd < 0 || vcpu->run == MAP_FAILED) {
		vcpu->run = NULL;
		return fail(failure, EXIT_FAILED, "Ask for fewer --vcpus, or see the kernel log.",
			    "cannot create vCPU %u of vm %u: %s", index, vm->index,
			    strerror(errno));
	}
	feed_init(&vcpu->feed, vm, index, boot_mailbox(vm->boot, index));
	return boot_vcpu(vm->kvm_fd, vcpu->fd, index, failure);
}

void vcpu_destroy(struct vcpu *vcpu)
{
	if (vcpu->run)
		munmap(vcpu->run, vcpu->run_size);
	if (vcpu->fd >= 0)
		close(vcpu->fd);
}

static bool ending(const struct vcpu *vcpu)
{
	const struct run_limits *limits = vcpu->limits;

	return stop_requested() || atomic_load_explicit(&limits->failed, memory_order_relaxed) ||
	       (limits->deadline_ns != UINT64_MAX && monotonic_ns() >= limits->deadline_ns);
}

static int unexpected(struct vcpu *vcpu, const char *what)
{
	struct kvm_regs regs = { 0 };
	int error = errno;

	ioctl(vcpu->fd, KVM_GET_REGS, &regs);
	return fail(&vcpu->failure, EXIT_FAILED,
		    vcpu->run->exit_reason == KVM_EXIT_SHUTDOWN ? shutdown_todo : kvm_todo,
		    "cannot run vCPU %u of vm %u: %s (exit reason %u, errno %d, rip 0x%" PRIx64 ")",
		    vcpu->index, vcpu->vm->index, what, vcpu->run->exit_reason, error,
		    (uint64_t)regs.rip);
}

static int on_exception(struct vcpu *vcpu)
{
	char text[128];

	boot_describe_exception(vcpu->vm->boot, vcpu->fd, text, sizeof(text));
	return unexpected(vcpu, text);
}

/*
 * Converts. Returns 0, -errno if the attributes could not be set (counted), or -ECANCELED if the
 * run has failed.
 */
static int do_conversion(struct vcpu *vcpu)
{
	int r = convert(vcpu->vm, &vcpu->counters, &vcpu->feed.next, &vcpu->failure);

	vcpu->feed.has_next = false;
	vcpu->converting = false;
	if (!r)
		feed_touch(&vcpu->feed, &vcpu->feed.next);
	return r;
}

/*
 * Writes the guest's next list, in the exit of a conversion. Neither a conversion by the VMM itself
 * nor a delay may come between this exit and its re-entry: it would count as time of this
 * conversion. Both start when the guest reports the end of its list.
 */
static void follow_up(struct vcpu *vcpu)
{
	struct feed *feed = &vcpu->feed;

	if (!feed_fill(feed) || vcpu->vm->options->rate || ending(vcpu) || !feed_draw(feed))
		return;
	if (feed->next.origin == ORIGIN_IOCTL)
		return;
	feed_add_conversion(feed);
	vcpu->converting = true;
}

static void pause_as_asked(const struct vcpu *vcpu)
{
	if (vcpu->vm->options->pause_us)
		sleep_until(monotonic_ns() + vcpu->vm->options->pause_us * NSEC_PER_USEC);
}

static int on_hypercall(struct vcpu *vcpu)
{
	const struct conversion *c = &vcpu->feed.next;
	struct kvm_run *run = vcpu->run;
	int r;

	vcpu->counters.hypercalls++;
	if (!vcpu->converting || c->origin != ORIGIN_HYPERCALL ||
	    run->hypercall.nr != KVM_HC_MAP_GPA_RANGE ||
	    run->hypercall.args[0] != vm_page_gpa(c->start) ||
	    run->hypercall.args[1] != c->npages ||
	    !(run->hypercall.args[2] & KVM_MAP_GPA_RANGE_ENCRYPTED) != !c->to_private)
		return unexpected(vcpu, "a hypercall outside the guest's list");

	pause_as_asked(vcpu);
	r = do_conversion(vcpu);
	if (r == -ECANCELED)
		return -1;
	run->hypercall.ret = r;
	follow_up(vcpu);
	return 0;
}

/* Changes the address of the faulting instruction, which then runs again. */
static int redirect_access(struct vcpu *vcpu, uint64_t gpa)
{
	struct kvm_regs regs;

	if (ioctl(vcpu->fd, KVM_GET_REGS, &regs))
		return unexpected(vcpu, "no registers");
	regs.rdi = gpa;
	if (ioctl(vcpu->fd, KVM_SET_REGS, &regs))
		return unexpected(vcpu, "registers not accepted");
	return 0;
}

static int on_memory_fault(struct vcpu *vcpu)
{
	const struct gm_memory_fault *fault = gm_memory_fault(vcpu->run);
	struct conversion c = vcpu->feed.next;
	struct alias alias;
	int r;

	vcpu->counters.memory_faults++;
	if (!vcpu->converting || c.origin != ORIGIN_ACCESS ||
	    !(fault->flags & KVM_MEMORY_EXIT_FLAG_PRIVATE) || fault->size != GM_PAGE_SIZE ||
	    !vm_alias(vcpu->vm, vcpu->index, fault->gpa, &alias) || alias.page != c.start ||
	    alias.to_private != c.to_private)
		return unexpected(vcpu, "a memory fault outside the guest's list");

	pause_as_asked(vcpu);
	r = do_conversion(vcpu);
	if (r == -ECANCELED)
		return -1;
	/* The page behind the alias must stay untouched if it could not be converted. */
	if (redirect_access(vcpu, r ? boot_mailbox_gpa(vcpu->index) : vm_page_gpa(c.start)))
		return -1;
	follow_up(vcpu);
	return 0;
}

/* Runs the guest until it has completed its list. */
static int run_list(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	for (;;) {
		int r = ioctl(vcpu->fd, KVM_RUN, 0);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0 && errno == EFAULT && run->exit_reason == KVM_EXIT_MEMORY_FAULT) {
			if (on_memory_fault(vcpu))
				return -1;
		} else if (r < 0) {
			return unexpected(vcpu, "KVM_RUN failed");
		} else if (run->exit_reason == KVM_EXIT_HYPERCALL) {
			if (on_hypercall(vcpu))
				return -1;
		} else if (run->exit_reason == KVM_EXIT_IO && run->io.port == GM_PORT_DONE) {
			return vcpu->converting ?
			       unexpected(vcpu, "a conversion did not reach the VMM") : 0;
		} else if (run->exit_reason == KVM_EXIT_IO && run->io.port == GM_PORT_EXCEPTION) {
			return on_exception(vcpu);
		} else {
			return unexpected(vcpu, "an exit outside the guest's list");
		}
	}
}

static void wait_for_turn(struct vcpu *vcpu)
{
	uint64_t rate = vcpu->vm->options->rate;
	uint64_t deadline = vcpu->limits->deadline_ns;
	uint64_t now;

	if (!rate)
		return;
	sleep_until(vcpu->due_ns < deadline ? vcpu->due_ns : deadline);
	now = monotonic_ns();
	/* Catch up after short delays; after a long one, start over from now. */
	if (now > vcpu->due_ns + NSEC_PER_SEC)
		vcpu->due_ns = now;
	vcpu->due_ns += NSEC_PER_SEC / rate;
}

static int begin_conversion(struct vcpu *vcpu)
{
	if (vcpu->feed.next.origin == ORIGIN_IOCTL)
		return do_conversion(vcpu) == -ECANCELED ? -1 : 0;
	vcpu->feed.mailbox->nr_items = 0;
	feed_add_conversion(&vcpu->feed);
	vcpu->converting = true;
	return run_list(vcpu);
}

static int convert_all(struct vcpu *vcpu)
{
	struct feed *feed = &vcpu->feed;

	vcpu->due_ns = vcpu->limits->start_ns;
	while (!ending(vcpu)) {
		if (feed->touch.npages) {
			feed_fill(feed);
			if (run_list(vcpu))
				return -1;
			continue;
		}
		if (!feed_draw(feed))
			return 0;
		wait_for_turn(vcpu);
		if (ending(vcpu))
			return 0;
		if (begin_conversion(vcpu))
			return -1;
	}
	return 0;
}

/*
 * Runs the guest's final check of all pages it can access. A signal ends the run at once, so there
 * is none after a signal.
 */
static int verify_all(struct vcpu *vcpu)
{
	struct feed *feed = &vcpu->feed;

	feed_verify_all(feed);
	while (feed->touch.npages && !stop_requested()) {
		feed_fill(feed);
		if (feed->mailbox->nr_items && run_list(vcpu))
			return -1;
	}
	return 0;
}

static int collect(struct vcpu *vcpu)
{
	const struct gm_mailbox *mb = vcpu->feed.mailbox;

	if (mb->touched_pages != vcpu->feed.handed_pages)
		return unexpected(vcpu, "the guest did not touch all pages of its list");
	vcpu->counters.verified_pages += vcpu->feed.verified_pages;
	vcpu->counters.verify_failures += mb->bad_pages;
	if (mb->bad_pages)
		verify_failed(&vcpu->failure, vcpu->vm, "guest", mb->bad_gpa, mb->bad_expected,
			      mb->bad_found);
	return 0;
}

void *vcpu_main(void *arg)
{
	struct vcpu *vcpu = arg;
	char name[16];

	snprintf(name, sizeof(name), "%s-%u", vcpu->vm->options->name, vcpu->vm->index);
	prctl(PR_SET_NAME, name);
	if (convert_all(vcpu) || verify_all(vcpu) || collect(vcpu)) {
		vcpu->failed = true;
		atomic_store(&vcpu->limits->failed, true);
	}
	return NULL;
}
