// SPDX-License-Identifier: GPL-2.0-only
/* Recorder of a synthetic load: synth_record FILE [NAME=VALUE..], names as in struct synth_load. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/kinds.h"
#include "recording/recording.h"
#include "synth_load.h"

static int on_record(void *ctx, const struct gmem_hdr *rec)
{
	return gmem_recording_write(ctx, rec);
}

/* Sets the slow-down of one phase, as in "slower.store=0.1". */
static int set_phase(struct synth_load *o, const char *name, double v)
{
	for (int i = 0; i < GMEM_PHASES; i++) {
		if (!strcmp(name, gmem_phase_names[i])) {
			o->slower[i] = v;
			return 0;
		}
	}
	return -1;
}

static int set(struct synth_load *o, char *arg)
{
	char *value = strchr(arg, '=');
	double v;

	if (!value)
		return -1;
	*value++ = '\0';
	v = strtod(value, NULL);
	if (!strncmp(arg, "slower.", 7))
		return set_phase(o, arg + 7, v);
	if (!strcmp(arg, "seed"))
		o->seed = (uint64_t)v;
	else if (!strcmp(arg, "vms"))
		o->vms = (unsigned int)v;
	else if (!strcmp(arg, "vcpus"))
		o->vcpus = (unsigned int)v;
	else if (!strcmp(arg, "conversions"))
		o->conversions = (uint64_t)v;
	else if (!strcmp(arg, "noise"))
		o->noise = v;
	else if (!strcmp(arg, "drift"))
		o->drift = v;
	else if (!strcmp(arg, "ends"))
		o->ends = v != 0;
	else if (!strcmp(arg, "state"))
		o->state = v != 0;
	else if (!strcmp(arg, "lost"))
		o->lost = (uint64_t)v;
	else if (!strcmp(arg, "lacks"))
		o->lacks = (unsigned int)v;
	else
		return -1;
	return 0;
}

int main(int argc, char **argv)
{
	struct synth_load o = { .seed = 1, .vms = 2, .vcpus = 4, .conversions = 2000, .noise = 0.5 };
	struct gmem_recording_info info = { .creator = "synth_record", .probes = "tracepoints" };
	struct gmem_recording *w;
	struct gmem_error e;
	int err;

	for (int i = 2; i < argc; i++) {
		if (set(&o, argv[i])) {
			fprintf(stderr, "synth_record: cannot understand '%s'\n", argv[i]);
			return 2;
		}
	}
	if (argc < 2 || gmem_recording_create(&w, argv[1], &info, &e))
		return 1;
	err = synth_load(&o, on_record, w);
	return gmem_recording_close(w) || err;
}
