// SPDX-License-Identifier: GPL-2.0
/* fuzz_config SECONDS: changed copies of a configuration that has every key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../config.h"

static const char good[] =
	"role = \"endpoint\"\n[mctp]\nmessage_timeout_ms = 500\n"
	"uuid = \"21f0f554-7f7c-4211-9ca1-6d0f000ea9e7\"\n[bus-owner]\ndynamic_eid_range = [20, 30]\n"
	"max_pool_size = 7\nendpoint_poll_ms = 1000\n[bridge]\npool_size = 6\n[[interface]]\n"
	"match = \"mctpi2c*\"\nrole = \"bus-owner\"\neid = 8\nup = true\naddresses = [0x1d, [1, 2]]\n"
	"[[static]]\neid = 12\ninterface = \"mctpserial0\"\n[[static]]\neid = 13\naddress = 0x1d\n"
	"pool_start = 14\npool_size = 3\n";

/* A piece of the text goes, comes twice, or becomes something else. */
static size_t change(char *text, size_t len)
{
	static const char marks[] = "[]{}\"'=.,#\n\\0123456789abcxyz \xff";
	size_t at = len ? random() % len : 0;
	size_t n = len - at ? random() % (len - at) % 16 : 0;

	switch (random() % 3) {
	case 0:
		memmove(text + at, text + at + n, len - at - n);
		return len - n;
	case 1:
		memmove(text + at + n, text + at, len - at);
		return len + n;
	default:
		text[at] = marks[random() % (sizeof(marks) - 1)];
		return len ? len : 1;
	}
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);
	unsigned long rounds = 0, accepted = 0;
	char error[CONFIG_ERROR_MAX];
	unsigned int seed = time(NULL);
	struct config config;

	printf("seed %u\n", seed);
	srandom(seed);
	while (rounds % 64 || time(NULL) < end) {
		size_t len = sizeof(good) - 1;
		char *text = malloc(len + 64);
		int i;

		memcpy(text, good, len);
		for (i = random() % 4; i; i--)
			len = change(text, len);
		config_init(&config);
		error[0] = '\0';
		if (!config_parse(&config, text, len, "f", error))
			accepted++;
		else if (!error[0])
			abort();
		config_free(&config);
		free(text);
		rounds++;
	}
	printf("%lu texts, %lu of them good\n", rounds, accepted);
	return 0;
}
