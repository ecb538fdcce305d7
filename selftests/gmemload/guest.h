/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbols by which the host finds the guest's code in its own image. The code is position
 * independent and refers to nothing outside [__start_guest_text, __stop_guest_text).
 */
#ifndef GMEMLOAD_GUEST_H
#define GMEMLOAD_GUEST_H

struct gm_mailbox;

extern const char __start_guest_text[], __stop_guest_text[];

/* Entries of the exceptions, GM_VECTOR_SIZE bytes apart. */
extern const char guest_vectors[];

#define GM_NR_VECTORS 32
#define GM_VECTOR_SIZE 16

/* Guest entry in 64-bit mode; the mailbox's guest physical address is the only argument. */
void guest_main(struct gm_mailbox *mailbox) __attribute__((noreturn));

#endif
