/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Boot memory, page tables and registers that let a vCPU run in 64-bit mode without a kernel.
 * Independent of guest_memfd and of conversions.
 */
#ifndef GMEMLOAD_BOOT_H
#define GMEMLOAD_BOOT_H

#include <stddef.h>
#include <stdint.h>

#include "fail.h"
#include "mailbox.h"

#define BOOT_GPA 0x1000ULL

/* Returns the size of the boot memory at BOOT_GPA for @vcpus vCPUs, in bytes. */
uint64_t boot_size(unsigned int vcpus);

/* Writes page tables and code to the boot memory at @boot. */
void boot_fill(uint8_t *boot);

struct gm_mailbox *boot_mailbox(uint8_t *boot, unsigned int vcpu);
uint64_t boot_mailbox_gpa(unsigned int vcpu);

/* Sets the CPUID and the initial registers of a new vCPU. */
int boot_vcpu(int kvm_fd, int vcpu_fd, unsigned int vcpu, struct failure *failure);

/* Describes the exception that the guest reported on GM_PORT_EXCEPTION. */
void boot_describe_exception(const uint8_t *boot, int vcpu_fd, char *text, size_t size);

#endif
