/* SPDX-License-Identifier: GPL-2.0-only */
/* Types are those of the test itself: nothing is relocated. */
#ifndef HOST_BPF_CORE_READ_H
#define HOST_BPF_CORE_READ_H

#include <bpf/bpf_helpers.h>

#define bpf_core_field_size(field)	sizeof(field)

#define BPF_CORE_READ(from, field)						\
	({									\
		__typeof__((from)->field) host_value;				\
		bpf_probe_read_kernel(&host_value, sizeof(host_value), &(from)->field); \
		host_value;							\
	})

#endif /* HOST_BPF_CORE_READ_H */
