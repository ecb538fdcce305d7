// SPDX-License-Identifier: GPL-2.0-only
/* Facts about a host, read from test folders in place of /proc and /sys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib_test.h"
#include "live/host.h"

static char root[64];

static void put(const char *path, const char *text)
{
	char buf[256];
	FILE *f;

	snprintf(buf, sizeof(buf), "mkdir -p $(dirname %s%s)", root, path);
	assert_int_equal(system(buf), 0);
	snprintf(buf, sizeof(buf), "%s%s", root, path);
	f = fopen(buf, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void new_root(void)
{
	snprintf(root, sizeof(root), "/tmp/gmem-host.XXXXXX");
	assert_non_null(mkdtemp(root));
}

static void delete_root(void)
{
	char buf[128];

	snprintf(buf, sizeof(buf), "rm -r %s", root);
	assert_int_equal(system(buf), 0);
}

static void test_empty_host(void **state)
{
	struct gmem_host h;

	(void)state;
	new_root();
	gmem_host_read(&h, root);
	assert_int_equal(h.kvm, GMEM_KVM_NONE);
	assert_false(h.btf);
	assert_string_equal(h.release, "");
	assert_string_equal(h.lockdown, "");
	delete_root();
}

static void test_states_of_kvm(void **state)
{
	struct gmem_host h;

	(void)state;
	new_root();
	put("/sys/module/kvm/parameters/x", "");
	gmem_host_read(&h, root);
	assert_int_equal(h.kvm, GMEM_KVM_NONE);	/* built in, but the CPU lacks virtualization */
	put("/dev/kvm", "");
	gmem_host_read(&h, root);
	assert_int_equal(h.kvm, GMEM_KVM_BUILT_IN);
	put("/sys/module/kvm/initstate", "live\n");
	gmem_host_read(&h, root);
	assert_int_equal(h.kvm, GMEM_KVM_MODULE);
	delete_root();
	new_root();
	put("/sys/module/kvm/initstate", "live\n");
	gmem_host_read(&h, root);
	assert_int_equal(h.kvm, GMEM_KVM_NO_VENDOR);
	delete_root();
}

/* Capabilities that only a KVM in modules needs are not asked for where it is built in. */
static void test_needed_capabilities(void **state)
{
	static const struct {
		enum gmem_kvm_state kvm;
		const char *needed;
	} hosts[] = {
		{ GMEM_KVM_BUILT_IN, "cap_bpf cap_perfmon " }, { GMEM_KVM_NONE, "cap_bpf cap_perfmon " },
		{ GMEM_KVM_MODULE, "cap_bpf cap_perfmon cap_sys_admin " },
		{ GMEM_KVM_NO_VENDOR, "cap_bpf cap_perfmon cap_sys_admin " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		struct gmem_host h = { .kvm = hosts[i].kvm };
		char needed[128] = "";

		for (size_t c = 0; c < gmem_nr_capabilities; c++) {
			if (gmem_needs(&h, &gmem_capabilities[c]))
				strcat(strcat(needed, gmem_capabilities[c].name), " ");
		}
		assert_string_equal(needed, hosts[i].needed);
	}
}

static void test_texts(void **state)
{
	struct gmem_host h;
	char longer[300];

	(void)state;
	new_root();
	put("/proc/sys/kernel/osrelease", "6.12.1\nmore");
	put("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
	put("/sys/kernel/btf/vmlinux", "");
	gmem_host_read(&h, root);
	assert_string_equal(h.release, "6.12.1");
	assert_string_equal(h.lockdown, "confidentiality");
	assert_true(h.btf);
	assert_false(h.kvm_btf);
	memset(longer, '[', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	put("/sys/kernel/security/lockdown", longer);
	gmem_host_read(&h, root);
	assert_int_equal(strlen(h.lockdown), GMEM_FACT_LEN - 1);
	delete_root();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_empty_host),
	cmocka_unit_test(test_states_of_kvm),
	cmocka_unit_test(test_needed_capabilities),
	cmocka_unit_test(test_texts),
};

TEST_UNIT(host_unit, tests);
