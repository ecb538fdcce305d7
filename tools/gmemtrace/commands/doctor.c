// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace doctor: report of what this host supports, of verified probes, and of problems with their remedies. */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "commands/doctor_events.h"
#include "input/options.h"
#include "live/host.h"
#include "live/live.h"
#include "live/verify.h"
#include "model/metrics.h"

#define ALL_GROUPS GMEM_PROBES_ALL
#define MAX_PROBLEMS 8
#define MAX_CAPABILITIES 8

struct problem {
	char what[256];
	char mend[256];
};

struct diagnosis {
	struct gmem_host host;
	struct gmem_choice choice;
	enum gmem_status status;	/* exit status of gmemtop on this host */
	bool loaded;			/* programs were loaded and attached: proofs are valid */
	unsigned int features;
	bool held[MAX_CAPABILITIES];
	struct problem problems[MAX_PROBLEMS];
	size_t nr_problems;
};

__attribute__((format(printf, 3, 4)))
static void add_problem(struct diagnosis *d, const char *mend, const char *fmt, ...)
{
	struct problem *p = &d->problems[d->nr_problems];
	va_list ap;

	if (d->nr_problems == MAX_PROBLEMS)
		return;
	d->nr_problems++;
	va_start(ap, fmt);
	vsnprintf(p->what, sizeof(p->what), fmt, ap);
	va_end(ap);
	snprintf(p->mend, sizeof(p->mend), "%s", mend);
}

/* Writes the remedy for missing capabilities: all that are needed, as setcap replaces those of a file. */
static void grant(const struct diagnosis *d, char *buf, size_t size)
{
	const char *before = "Run as root, or grant to the files of the tools: setcap ";
	size_t used = 0;

	for (size_t i = 0; i < gmem_nr_capabilities; i++) {
		if (!gmem_needs(&d->host, &gmem_capabilities[i]))
			continue;
		used += snprintf(buf + used, size - used, "%s%s", before, gmem_capabilities[i].name);
		before = ",";
	}
	snprintf(buf + used, size - used, "+ep FILE");
}

static void check_capabilities(struct diagnosis *d)
{
	char remedy[256];

	grant(d, remedy, sizeof(remedy));
	for (size_t i = 0; i < gmem_nr_capabilities; i++) {
		const struct gmem_capability *c = &gmem_capabilities[i];

		if (!gmem_needs(&d->host, c) || d->held[i])
			continue;
		add_problem(d, remedy, "%s is missing, which is needed to %s", c->name, c->what_for);
		if (!d->status)
			d->status = GMEM_E_PERMISSION;
	}
}

/* Loads and attaches the programs of gmemtop, then detaches them. Drops the capabilities, so call it last. */
static void try_to_load(struct diagnosis *d)
{
	struct gmem_live_opts opts = { .groups = ALL_GROUPS, .set = GMEM_SET_ANY };
	struct gmem_source *source = NULL;
	struct gmem_error e = { 0 };
	char blind[GMEM_BLIND_LEN];

	d->status = gmem_live_open(&source, &opts, &e);
	if (d->status) {
		add_problem(d, e.hint, "%s", e.what);
		return;
	}
	gmem_source_close(source);
	d->loaded = true;
	if (verify_is_switched_off())
		add_problem(d, "Run: sysctl kernel.ftrace_enabled=1",
			    "kernel.ftrace_enabled is 0: programs on functions attach, but do not run");
	else if (gmem_probes_blind(blind, sizeof(blind), ALL_GROUPS))
		add_problem(d, "Report this kernel. What these functions would show is missing or stale.",
			    "programs attach to %s, but do not run", blind);
}

static unsigned int features_here(void)
{
	unsigned int f = gmem_probes_features(ALL_GROUPS);

	f |= GMEM_FEATURE_BACKING | GMEM_FEATURE_RATES;
	return gmem_features_complete(f);
}

static void diagnose(struct diagnosis *d)
{
	struct gmem_error e = { 0 };

	memset(d, 0, sizeof(*d));
	gmem_host_read(&d->host, "");
	for (size_t i = 0; i < gmem_nr_capabilities; i++)
		d->held[i] = gmem_holds(&gmem_capabilities[i]);
	d->status = gmem_providers_find(&d->choice, GMEM_SET_ANY, &e);
	if (d->status)
		add_problem(d, e.hint, "%s", e.what);
	check_capabilities(d);
	if (!d->host.initial_pid_ns)
		add_problem(d, "In a container, use the PID namespace of the host: docker run --pid=host",
			    "VMs of other pid namespaces are seen only when they do something");
	if (gmem_host_is_locked_down(&d->host)) {
		add_problem(d, GMEM_LOCKDOWN_REMEDY, GMEM_LOCKDOWN_REASON);
		if (!d->status)
			d->status = GMEM_E_PERMISSION;
	}
	if (!d->status)
		try_to_load(d);
	if (d->choice.set < GMEM_SETS)
		d->features = features_here();
}

/* Returns probe @i if it is the first in use on its function, else NULL: functions are listed once. */
static const struct gmem_probe *function_at(size_t i)
{
	const struct gmem_probe *p = &gmem_probes[i];

	if (p->attach != GMEM_ON_FUNCTION || !gmem_probe_in_use(p, ALL_GROUPS))
		return NULL;
	for (size_t k = 0; k < i; k++) {
		if (gmem_probe_in_use(&gmem_probes[k], ALL_GROUPS) &&
		    !strcmp(gmem_probes[k].found, p->found))
			return NULL;
	}
	return p;
}

static void print_proofs(const struct diagnosis *d)
{
	size_t n[GMEM_PROOFS] = { 0 };
	const struct gmem_probe *p;

	if (!d->loaded)
		return;
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		p = function_at(i);
		if (p)
			n[p->proof]++;
	}
	printf("functions     %zu fired, %zu patched, %zu unverified, %zu blind\n", n[GMEM_PROOF_FIRED],
	       n[GMEM_PROOF_PATCHED], n[GMEM_PROOF_NONE], n[GMEM_PROOF_BLIND]);
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		p = function_at(i);
		if (p && p->way != GMEM_WAY_FENTRY)
			printf("              %s: %s, as %s\n", p->found, gmem_way_names[p->way],
			       d->host.preempts && p->way == GMEM_WAY_KPROBE_MULTI ?
			       "this kernel preempts" : "fentry does not fire");
	}
}

static const char *set_name(const struct diagnosis *d)
{
	return d->choice.set < GMEM_SETS ? gmem_set_names[d->choice.set] : "none";
}

/* Describes the providers in use. */
static void describe_choice(const struct diagnosis *d, char *buf, size_t size)
{
	if (d->choice.set == GMEM_SET_TRACEPOINTS)
		snprintf(buf, size, "the kernel has all tracepoints of kernel/");
	else if (d->choice.set == GMEM_SET_STOCK)
		snprintf(buf, size, "no tracepoint kvm:%s, but all functions", d->choice.no_tracepoint);
	else if (d->choice.set == GMEM_SET_MIXED)
		snprintf(buf, size, "no tracepoint kvm:%s: functions where there is none", d->choice.no_tracepoint);
	else
		snprintf(buf, size, "nothing to attach to");
}

static const char *or_unknown(const char *text)
{
	return *text ? text : "unknown";
}

static void print_text(const struct diagnosis *d)
{
	char why[160];
	size_t n = 0;

	describe_choice(d, why, sizeof(why));
	printf("kernel        %s\n", or_unknown(d->host.release));
	printf("KVM           %s\n", gmem_kvm_state_names[d->host.kvm]);
	printf("types (BTF)   kernel %s%s\n", d->host.btf ? "yes" : "no",
	       d->host.kvm != GMEM_KVM_MODULE ? "" : d->host.kvm_btf ? ", kvm yes" : ", kvm no");
	printf("probes        %s: %s\n", set_name(d), why);
	print_proofs(d);
	if (d->choice.set < GMEM_SETS)
		doctor_print_events(d->choice.kernel.attributes);
	printf("not reported  %s", d->choice.set < GMEM_SETS ? "" : "all metrics");
	for (size_t i = 0; d->choice.set < GMEM_SETS && i < gmem_nr_metrics; i++) {
		if (!gmem_metric_known(&gmem_metrics[i], d->features))
			printf("%s%s", n++ ? ", " : "", gmem_metrics[i].key);
	}
	if (d->choice.set < GMEM_SETS && !n)
		printf("none: all metrics are reported");
	printf("\ncapabilities  ");
	for (size_t i = 0; i < gmem_nr_capabilities; i++) {
		const struct gmem_capability *c = &gmem_capabilities[i];

		printf("%s%s %s", i ? ", " : "", c->name,
		       d->held[i] ? "held" : gmem_needs(&d->host, c) ? "MISSING" : "not needed");
	}
	printf("\nlockdown      %s\n", or_unknown(d->host.lockdown));
	printf("pid namespace %s\n", d->host.initial_pid_ns ? "initial" : "another: not all VMs can be found");
	for (size_t i = 0; i < d->nr_problems; i++)
		printf("\n%s\n  %s\n", d->problems[i].what, d->problems[i].mend);
}

static void put_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, *text ? json_object_new_string(text) : NULL);
}

static struct json_object *missing_metrics(const struct diagnosis *d)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		if (d->choice.set == GMEM_SETS ||
		    !gmem_metric_known(&gmem_metrics[i], d->features))
			json_object_array_add(a, json_object_new_string(gmem_metrics[i].key));
	}
	return a;
}

static struct json_object *functions(const struct diagnosis *d)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; d->loaded && i < gmem_nr_probes; i++) {
		const struct gmem_probe *p = function_at(i);
		struct json_object *o;

		if (!p)
			continue;
		o = json_object_new_object();
		put_text(o, "name", p->found);
		put_text(o, "way", gmem_way_names[p->way]);
		put_text(o, "proof", gmem_proof_names[p->proof]);
		json_object_array_add(a, o);
	}
	return a;
}

static struct json_object *capabilities(const struct diagnosis *d)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < gmem_nr_capabilities; i++) {
		const struct gmem_capability *c = &gmem_capabilities[i];
		struct json_object *o = json_object_new_object();

		put_text(o, "name", c->name);
		put_text(o, "what_for", c->what_for);
		json_object_object_add(o, "held", json_object_new_boolean(d->held[i]));
		json_object_object_add(o, "needed", json_object_new_boolean(gmem_needs(&d->host, c)));
		json_object_array_add(a, o);
	}
	return a;
}

static struct json_object *problems(const struct diagnosis *d)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < d->nr_problems; i++) {
		struct json_object *o = json_object_new_object();

		put_text(o, "what", d->problems[i].what);
		put_text(o, "mend", d->problems[i].mend);
		json_object_array_add(a, o);
	}
	return a;
}

static void print_json(const struct diagnosis *d)
{
	struct json_object *o = json_object_new_object();
	char why[160];

	describe_choice(d, why, sizeof(why));
	put_text(o, "kernel", d->host.release);
	put_text(o, "kvm", gmem_kvm_state_names[d->host.kvm]);
	json_object_object_add(o, "btf", json_object_new_boolean(d->host.btf));
	json_object_object_add(o, "kvm_btf", json_object_new_boolean(d->host.kvm_btf));
	put_text(o, "probes", set_name(d));
	put_text(o, "probes_reason", why);
	json_object_object_add(o, "events", doctor_events(d->choice.kernel.attributes));
	json_object_object_add(o, "functions", functions(d));
	json_object_object_add(o, "missing_metrics", missing_metrics(d));
	json_object_object_add(o, "capabilities", capabilities(d));
	put_text(o, "lockdown", d->host.lockdown);
	put_text(o, "unprivileged_bpf_disabled", d->host.unprivileged_bpf);
	put_text(o, "perf_event_paranoid", d->host.perf_paranoid);
	json_object_object_add(o, "initial_pid_namespace",
			       json_object_new_boolean(d->host.initial_pid_ns));
	json_object_object_add(o, "problems", problems(d));
	json_object_object_add(o, "status", json_object_new_int(d->status));
	command_json(o, stdout);
}

enum gmem_status cmd_doctor(int argc, char **argv, struct gmem_error *e)
{
	static const struct option_row rows[] = {
		{ "json", 0, NULL, "Print one JSON object", 0, OPTION_FLAG, .at = 0 },
		{ 0 }
	};
	struct diagnosis d;
	bool json = false;
	const struct option_set set = {
		.doc = "Reports what gmemtop can show on this host, what is missing, and the remedies."
		"\vExit status: 0 if gmemtop can work, else that of gmemtop.",
		.tables = { { rows, &json } },
	};

	options_parse(&set, argc, argv);
	diagnose(&d);
	if (json)
		print_json(&d);
	else
		print_text(&d);
	if (fflush(stdout))
		return gmem_fail(e, GMEM_E_IO, "Check for a full disk, or a reader that has ended.",
				 "cannot write to stdout");
	return d.status;
}
