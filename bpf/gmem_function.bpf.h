/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs on functions. Each is compiled twice from one body: NAME for fentry or fexit, where
 * the verifier knows the types of arguments, and NAME_k for a kprobe or kretprobe, which costs
 * more. User space loads one of the two for each function: an fentry may attach without an error
 * and never fire, where ftrace has a dead entry behind the function (tools/lib/live/verify.c).
 */
#ifndef GMEM_FUNCTION_BPF_H
#define GMEM_FUNCTION_BPF_H

#include "gmem_syscall.bpf.h"
#include "gmem_vm.bpf.h"

/*
 * GMEM_EVENT_BIT() of the events whose provider is a function, set by user space. A program on a function that serves
 * several events handles only these: a tracepoint provides the others.
 */
const volatile __u64 by_function = ~0ULL;

static __always_inline bool is_by_function(enum gmem_event event)
{
	return by_function & GMEM_EVENT_BIT(event);
}

/* Registers that hold the arguments and the result of a function, by the psABI of each architecture. */
#if defined(__TARGET_ARCH_x86)
#define REGS_TO_ARGS(regs) { (regs)->di, (regs)->si, (regs)->dx, (regs)->cx, (regs)->r8, (regs)->r9 }
#define REGS_RESULT(regs) ((regs)->ax)
#elif defined(__TARGET_ARCH_arm64)
#define REGS_TO_ARGS(r)	{ (r)->regs[0], (r)->regs[1], (r)->regs[2], (r)->regs[3], (r)->regs[4], (r)->regs[5] }
#define REGS_RESULT(r)	((r)->regs[0])
#endif

#define MAX_ARGS 6

/* Key of map kept: arguments of the functions that a task is in, because a kretprobe has only the result. */
struct kept_key {
	__u32 tid;
	__u32 function;		/* attach cookie: a number given by user space */
};

struct kept_args {
	unsigned long long args[MAX_ARGS];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct kept_key);
	__type(value, struct kept_args);
} kept SEC(".maps");

static __always_inline struct kept_key kept_key(void *ctx)
{
	return (struct kept_key){ .tid = this_tid(), .function = bpf_get_attach_cookie(ctx) };
}

/*
 * Keeps the arguments for the kretprobe on the same function, attached with the same cookie. There are
 * two programs because a program has one type.
 */
static __always_inline int keep_args_now(struct pt_regs *regs)
{
	struct kept_key key = kept_key(regs);
	struct kept_args now = { REGS_TO_ARGS(regs) };

	if (bpf_map_update_elem(&kept, &key, &now, BPF_ANY))
		count_loss(GMEM_LOST_INFLIGHT);
	return 0;
}

SEC("kprobe")
int keep_args(struct pt_regs *regs)
{
	return keep_args_now(regs);
}

SEC("kprobe.multi")
int keep_args_multi(struct pt_regs *regs)
{
	return keep_args_now(regs);
}

/* Returns false if the function was entered before keep_args() was attached. */
static __always_inline bool take_args(void *ctx, unsigned long long *args)
{
	struct kept_key key = kept_key(ctx);
	struct kept_args *k = bpf_map_lookup_elem(&kept, &key);

	if (!k)
		return false;
	__builtin_memcpy(args, k->args, sizeof(k->args));
	bpf_map_delete_elem(&kept, &key);
	return true;
}

#define CASTS_BEGIN							\
	_Pragma("GCC diagnostic push")					\
	_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")
#define CASTS_END _Pragma("GCC diagnostic pop")

/*
 * Defines both programs that run when a function is entered. The body gets the leading arguments
 * of the function. @direct: pointers among them may be dereferenced; else they must be probed.
 */
#define ON_ENTRY(name, args...)						\
static __always_inline int name##_body(bool direct, void *ctx, ##args);	\
SEC("fentry")								\
int name(unsigned long long *ctx)					\
{									\
	CASTS_BEGIN							\
	return name##_body(true, ___bpf_ctx_cast(args));		\
	CASTS_END							\
}									\
SEC("kprobe")								\
int name##_k(struct pt_regs *regs)					\
{									\
	unsigned long long ctx[MAX_ARGS] = REGS_TO_ARGS(regs);		\
									\
	CASTS_BEGIN							\
	return name##_body(false, ___bpf_ctx_cast(args));		\
	CASTS_END							\
}									\
static __always_inline int name##_body(bool direct, void *ctx, ##args)

/* Defines both programs that run when a function returns @ret; the rest as ON_ENTRY(). */
#define ON_EXIT(name, args...)						\
static __always_inline int name##_body(bool direct, __s64 ret, void *ctx, ##args); \
SEC("fexit")								\
int name(unsigned long long *ctx)					\
{									\
	__u64 ret = 0;							\
									\
	bpf_get_func_ret(ctx, &ret);					\
	CASTS_BEGIN							\
	return name##_body(true, ret, ___bpf_ctx_cast(args));		\
	CASTS_END							\
}									\
SEC("kretprobe")							\
int name##_k(struct pt_regs *regs)					\
{									\
	unsigned long long ctx[MAX_ARGS];				\
									\
	if (!take_args(regs, ctx))					\
		return 0;						\
	CASTS_BEGIN							\
	return name##_body(false, REGS_RESULT(regs), ___bpf_ctx_cast(args)); \
	CASTS_END							\
}									\
static __always_inline int name##_body(bool direct, __s64 ret, void *ctx, ##args)

/* Reads field @f of *@p, where @p is an argument of the function or was read through one. */
#define FIELD(direct, p, f) ((direct) ? (p)->f : BPF_CORE_READ((p), f))

/* Returns argument @n of the function, counted from 0. For arguments whose position varies. */
static __always_inline __u64 argument(bool direct, void *ctx, __u32 n)
{
	__u64 v = 0;

	if (direct)
		bpf_get_func_arg(ctx, n, &v);
	else if (n < MAX_ARGS)
		v = ((unsigned long long *)ctx)[n];
	return v;
}

/* Returns the number of the VM, which gets one if it is new. */
static __always_inline __u64 number_of(bool direct, struct kvm *kvm)
{
	return direct ? vm_of(kvm) : vm_of_probed(kvm);
}

/* Returns the number of the VM, or 0 for a new one: functions are called for any VM. */
static __always_inline __u64 number_if_known(bool direct, struct kvm *kvm)
{
	return direct ? vm_if_known(kvm) : vm_if_known_probed(kvm);
}

#endif /* GMEM_FUNCTION_BPF_H */
