/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs a fuzz target on the files that are named, for compilers without libFuzzer. */
#include <stdint.h>

#include "base/buffer.h"

#include "fuzz.h"

#define FILE_LIMIT ((size_t)64 << 20)

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;

	for (int i = 1; i < argc; i++) {
		struct buffer file = BUFFER_INIT;

		if (buffer_read_file(&file, argv[i], FILE_LIMIT, &err) < 0) {
			fprintf(stderr, "%s\n", err.message);
			return 1;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)file.data, file.length);
		buffer_release(&file);
	}
	return 0;
}
