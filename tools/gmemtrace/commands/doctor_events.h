/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Providers of events in the report of gmemtrace doctor. To be called after gmem_providers_find(). */
#ifndef GMEMTRACE_DOCTOR_EVENTS_H
#define GMEMTRACE_DOCTOR_EVENTS_H

#include <json-c/json.h>
#include <stdbool.h>

/* Prints a line for each event: its provider, or what is missing. @attributes: the kernel has memory attributes. */
void doctor_print_events(bool attributes);

/* Returns the same as an array. */
struct json_object *doctor_events(bool attributes);

#endif /* GMEMTRACE_DOCTOR_EVENTS_H */
