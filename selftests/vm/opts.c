// SPDX-License-Identifier: GPL-2.0-only
/* Command line of the runner. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opts.h"
#include "report.h"

enum {
	O_KERNEL = 256, O_VARIANT, O_KVM, O_DEBUG, O_IMAGE, O_DISTRO, O_MODULES, O_FILES, O_INITRAMFS, O_SMP, O_MEM, O_ICOUNT, O_MTTCG,
	O_TIMEOUT, O_HANG, O_LOG, O_APPEND, O_CHECK_ARGS, O_CHECK_LOG,
};

static const struct option longopts[] = {
	{ "kernel", required_argument, NULL, O_KERNEL },
	{ "variant", required_argument, NULL, O_VARIANT },
	{ "kvm", required_argument, NULL, O_KVM },
	{ "debug", no_argument, NULL, O_DEBUG },
	{ "image", required_argument, NULL, O_IMAGE },
	{ "distro", required_argument, NULL, O_DISTRO },
	{ "modules", required_argument, NULL, O_MODULES },
	{ "files", required_argument, NULL, O_FILES },
	{ "initramfs", required_argument, NULL, O_INITRAMFS },
	{ "smp", required_argument, NULL, O_SMP },
	{ "mem", required_argument, NULL, O_MEM },
	{ "icount", no_argument, NULL, O_ICOUNT },
	{ "mttcg", no_argument, NULL, O_MTTCG },
	{ "timeout", required_argument, NULL, O_TIMEOUT },
	{ "hang", required_argument, NULL, O_HANG },
	{ "log", required_argument, NULL, O_LOG },
	{ "append", required_argument, NULL, O_APPEND },
	{ "check-args", no_argument, NULL, O_CHECK_ARGS },
	{ "check-log", no_argument, NULL, O_CHECK_LOG },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

void opts_help(void)
{
	fputs(
"Usage: selftests/vm/run [OPTION]... -- COMMAND [ARGUMENT]...\n"
"Runs COMMAND as root in a VM with the given kernel, over this machine's files\n"
"(its writes go to a scratch layer), in the current folder. stdin, stdout\n"
"and stderr are the command's own, so is the exit status.\n"
"\n"
"  --kernel VERSION  kernel to boot (6.12)\n"
"  --variant NAME    stock, core, trace or full (full)\n"
"  --kvm y|m         KVM built in (y) or as modules; the command finds these in the\n"
"                    folder $GMEM_MODULES\n"
"  --debug           the kernel's build with debug checks\n"
"  --image BZIMAGE   boot this file instead\n"
"  --distro SPEC     boot a Debian kernel, as 6.12.117+deb12-amd64 or newest:cloud\n"
"                    (selftests/distro/fetch --help); KVM is loaded\n"
"  --modules DIR     the kernel's modules (lib/modules/VERSION, with modules.dep)\n"
"  --files PATH      take this file or folder along where the kernel has no 9p\n"
"  --smp N           virtual CPUs (2)\n"
"  --mem SIZE        memory, as 4G or 512M (4G)\n"
"  --icount          the guest's time is executed instructions; one CPU\n"
"  --mttcg           a host thread for each virtual CPU: faster, but QEMU 7.2 then\n"
"                    breaks a nested guest about once in 100,000 exits\n"
"  --timeout SEC     give up after SEC seconds\n"
"  --hang SEC        give up when the VM has not answered for SEC seconds (60)\n"
"  --log FILE        the kernel's console (default: in the cache, under log/)\n"
"  --append ARGS     more kernel arguments\n"
"\n"
"Exit status of the runner itself: 124 timeout or hang, 125 no VM or wrong usage,\n"
"126 the kernel complained (also when the command succeeded), 127 COMMAND cannot\n"
"be run, 128+n ended by signal n.\n", stdout);
}

static bool wrong(const char *fmt, const char *arg)
{
	char why[256];

	snprintf(why, sizeof(why), fmt, arg);
	complain(why, "Try selftests/vm/run --help");
	return false;
}

static bool parse_smp(struct opts *o, const char *arg)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (end == arg || *end || n < 1 || n > 255)
		return wrong("cannot use --smp %s: not a number from 1 to 255", arg);
	o->smp = (int)n;
	return true;
}

static bool parse_mem(struct opts *o, const char *arg)
{
	size_t digits = strspn(arg, "0123456789");

	if (!digits || digits > 9 || atol(arg) < 1 ||
	    (arg[digits] && (!strchr("KMGTkmgt", arg[digits]) || arg[digits + 1])))
		return wrong("cannot use --mem %s: not a size such as 4G or 512M", arg);
	o->mem = arg;
	return true;
}

static bool parse_seconds(double *to, const char *option, const char *arg)
{
	char *end, given[128];

	*to = strtod(arg, &end);
	if (end != arg && !*end && isfinite(*to) && *to > 0 && *to < 1e8)
		return true;
	snprintf(given, sizeof(given), "%s %s", option, arg);
	return wrong("cannot use %s: not a number of seconds", given);
}

static bool parse_variant(const char *arg)
{
	static const char *const variants[] = { "stock", "core", "trace", "full" };

	for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++) {
		if (!strcmp(arg, variants[i]))
			return true;
	}
	return wrong("cannot use --variant %s: not stock, core, trace or full", arg);
}

static bool set_string(const char **to, const char *arg)
{
	*to = arg;
	return true;
}

static bool set_mode(struct opts *o, enum opts_mode mode)
{
	o->mode = mode;
	return true;
}

static bool parse_one(struct opts *o, int opt, const char *arg, const char *given)
{
	switch (opt) {
	case O_KERNEL:
	case O_KVM:
	case O_DEBUG:
	case O_DISTRO:
	case O_MODULES:
	case O_FILES:
		return true;	/* the wrapper has replaced them by --image and --initramfs */
	case O_VARIANT:
		return parse_variant(arg);
	case O_IMAGE:
		return set_string(&o->image, arg);
	case O_INITRAMFS:
		return set_string(&o->initramfs, arg);
	case O_LOG:
		return set_string(&o->log, arg);
	case O_APPEND:
		return set_string(&o->append, arg);
	case O_SMP:
		return parse_smp(o, arg);
	case O_MEM:
		return parse_mem(o, arg);
	case O_TIMEOUT:
		return parse_seconds(&o->timeout, "--timeout", arg);
	case O_HANG:
		return parse_seconds(&o->hang, "--hang", arg);
	case O_ICOUNT:
		o->icount = true;
		return true;
	case O_MTTCG:
		o->mttcg = true;
		return true;
	case O_CHECK_ARGS:
		return set_mode(o, MODE_CHECK_ARGS);
	case O_CHECK_LOG:
		return set_mode(o, MODE_CHECK_LOG);
	case 'h':
		return set_mode(o, MODE_HELP);
	case ':':
		return wrong("cannot use %s: it needs a value", given);
	default:
		return wrong("cannot use %s: no such option", given);
	}
}

static bool check_run(struct opts *o)
{
	if (!o->argc)
		return wrong("cannot start a VM: no command given%s", "");
	if (o->mode == MODE_RUN && (!o->image || !o->initramfs))
		return wrong("cannot start a VM: no %s given", o->image ? "--initramfs" : "--image");
	if (o->icount && o->mttcg)
		return wrong("cannot count instructions with --mttcg%s", "");
	if (o->icount)
		o->smp = 1;
	return true;
}

bool opts_parse(struct opts *o, int argc, char **argv)
{
	int opt;

	*o = (struct opts){ .mem = "4G", .smp = 2, .append = "", .hang = 60 };
	opterr = 0;
	/* '+': arguments after the first non-option belong to the command. */
	while ((opt = getopt_long(argc, argv, "+:h", longopts, NULL)) != -1) {
		if (!parse_one(o, opt, optarg, argv[optind - 1]))
			return false;
		if (o->mode == MODE_HELP)
			return true;
	}
	o->argv = argv + optind;
	o->argc = argc - optind;
	if (o->mode == MODE_CHECK_LOG)
		return o->argc == 1 || wrong("cannot check a log: give one file%s", "");
	return check_run(o);
}
