/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: what lets a vCPU run in 64-bit mode without a kernel: boot memory, page tables, registers.
 * Must not know guest_memfd or conversions.
 */
#ifndef GMEMLOAD_BOOT_H
#define GMEMLOAD_BOOT_H

#include <stddef.h>
#include <stdint.h>

#include "fail.h"
#include "mailbox.h"

#define BOOT_GPA 0x1000ULL

/* Size of the boot memory at BOOT_GPA for that many vCPUs. */
uint64_t boot_size(unsigned int vcpus);

/* Fills it with page tables and code. */
void boot_fill(uint8_t *boot);

struct gm_mailbox *boot_mailbox(uint8_t *boot, unsigned int vcpu);
uint64_t boot_mailbox_gpa(unsigned int vcpu);

/* Gives a new vCPU its CPUID and the registers to start with. */
int boot_vcpu(int kvm_fd, int vcpu_fd, unsigned int vcpu, struct failure *failure);

/* After GM_PORT_EXCEPTION. */
void boot_describe_exception(const uint8_t *boot, int vcpu_fd, char *text, size_t size);

#endif
