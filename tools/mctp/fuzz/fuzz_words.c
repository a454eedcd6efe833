// SPDX-License-Identifier: GPL-2.0
/*
 * A line of a batch, or of a shell: any words, to where the kernel would be asked.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "mctp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* As a line of a batch, so that no batch and no line is held. */
	struct mctp m = { .out = { .to = stdout, .json = size % 2 }, .batch = true };
	char *words[BATCH_WORDS_MAX + 1];
	char *line = malloc(size + 1);
	int n, status;

	memcpy(line, data, size);
	line[size] = '\0';
	/* Devices like /dev/zero have no end. */
	if (!strstr(line, "/dev") && !batch_cut(line, words, &n) && n) {
		words[n] = NULL;
		status = command_run(&m, n, words);
		if (status < STATUS_FINE || status > STATUS_MISUSE)
			abort();
	}
	free(line);
	return 0;
}
