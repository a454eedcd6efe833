// SPDX-License-Identifier: GPL-2.0
/* fuzz_codec SECONDS: changed copies of good messages, and noise, through every reader. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../codec.h"

/* Of each command an answer, to begin with. */
static const uint8_t good[][24] = {
	{ 5, 0, 1, 0, 0, 9 },
	{ 6, 0, 2, 0, 9, 0x10, 0 },
	{ 19, 0, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 },
	{ 7, 0, 5, 0, 3, 0, 1, 5 },
	{ 11, 0, 6, 0, 0xff, 1, 0, 1, 2, 3, 0, 1 },
	{ 6, 0, 8, 0, 0, 4, 20 },
	{ 18, 0, 10, 0, 0xff, 2, 1, 9, 0, 1, 4, 1, 0x1d, 3, 10, 0x40, 0, 0, 0 },
};

static void read_all(const uint8_t *bytes, size_t len)
{
	struct codec_route routes[CODEC_ROUTES_MAX];
	struct codec_allocate allocated;
	struct codec_set_eid set;
	struct codec_get_eid get;
	struct codec_message m;
	uint8_t list[16], next;
	struct codec_vdm vdm;

	if (codec_parse(bytes, len, &m))
		return;
	if (codec_read_routes(&m, &next, routes) > CODEC_ROUTES_MAX || codec_read_types(&m, list, 16) > 16)
		abort();
	codec_read_vdm(&m, &next, &vdm);
	codec_read_uuid(&m, list);
	codec_read_allocate(&m, &allocated);
	codec_read_set_eid(&m, &set);
	codec_read_get_eid(&m, &get);
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);
	unsigned long rounds = 0;
	unsigned int seed = time(NULL);

	printf("seed %u\n", seed);
	srandom(seed);
	while (rounds % 1024 || time(NULL) < end) {
		const uint8_t *from = good[random() % (sizeof(good) / sizeof(good[0]))];
		size_t len = from[0], i;
		uint8_t *copy;

		if (random() % 2)
			len = random() % (len + 1);
		/* A copy of just that length: one byte beyond is seen by the sanitizer. */
		copy = malloc(len ? len : 1);
		memcpy(copy, from + 1, len);
		for (i = random() % 4; i && len; i--)
			copy[random() % len] = random();
		read_all(copy, len);
		free(copy);
		rounds++;
	}
	printf("%lu messages\n", rounds);
	return 0;
}
