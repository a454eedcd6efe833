// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: chance that a seed repeats.
 */
#include <time.h>

#define MCTP_TEST_LIBRARY
#include "mctp_test.h"

unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *value = getenv(name);

	return value ? strtoul(value, NULL, 0) : otherwise;
}

/* xorshift has no way out of 0 */
uint64_t chance_new(void)
{
	unsigned long seed = setting("MCTP_SEED", time(NULL));

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("# MCTP_SEED=%lu\n", seed);
	return seed * 2 + 1;
}

uint32_t chance_below(uint64_t *chance, uint32_t below)
{
	*chance ^= *chance << 13;
	*chance ^= *chance >> 7;
	*chance ^= *chance << 17;
	return (*chance >> 16) % below;
}
