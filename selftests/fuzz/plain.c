// SPDX-License-Identifier: GPL-2.0-only
/* Driver without a fuzzer: calls the fuzz target with each given file, and with pieces of it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_BYTES (1 << 20)

static void run_file(const char *path)
{
	static uint8_t bytes[MOST_BYTES];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f) {
		perror(path);
		exit(1);
	}
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	LLVMFuzzerTestOneInput(bytes, n);
	for (size_t cut = n; cut > 1; cut -= cut / 8 + 1)
		LLVMFuzzerTestOneInput(bytes, cut);
	for (size_t at = 0; at < n; at += n / 64 + 1) {
		bytes[at] ^= 0xff;
		LLVMFuzzerTestOneInput(bytes, n);
		bytes[at] ^= 0xff;
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	printf("%d files\n", argc - 1);
	return 0;
}
