/* SPDX-License-Identifier: GPL-2.0-only */
/* Variant of the series that the running kernel has, and the events that it must have; see ./variants. */
#ifndef GMEM_EVENTS_VARIANT_H
#define GMEM_EVENTS_VARIANT_H

#include <stdbool.h>
#include <stddef.h>

/* Returns a variant of kernel/build: $GMEM_VARIANT, or what the kernel's events suggest. */
const char *variant_name(void);

/* Returns whether the kernel is built without the series. */
bool variant_is_stock(void);

/* Returns the name of event @i of the series, or NULL behind the last one. */
const char *event_name(size_t i);

/* Returns whether the variant must have event @i, with the kernel's configuration. */
bool event_expected(size_t i);

/* Returns whether the variant must have the event of this name. */
bool variant_has(const char *name);

/* Returns whether an event is one of the series that the variant does not have. */
bool event_left_out(const char *name, size_t length);

/* Returns whether the kernel has an event of the system kvm. */
bool event_exists(const char *name);

#endif
