// SPDX-License-Identifier: GPL-2.0
/*
 * The counter. An operation's figure is a mean and not the least: what it leaves
 * for later, such as memory that is freed a grace period on, is part of its
 * price. The timer's ticks are in it too, with less than 0.2 %.
 */
#include <stdarg.h>

#include "bench.h"

#define WARM_UP		100
#define SETTLE_US	1000000

uint64_t count_budget = 20000000;

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	_exit(1);
}

long must(long value, const char *what)
{
	if (value < 0)
		die("%s: %s", what, strerror(value == -1 ? errno : -value));
	return value;
}

/* What ./profile looks for */
void __attribute__((noinline)) count_begins(void)
{
	asm volatile("");
}

void __attribute__((noinline)) count_ends(void)
{
	asm volatile("");
}

static uint64_t count_rounds(count_fn op, void *ctx, unsigned long rounds)
{
	uint64_t began = now_count();

	while (rounds--)
		op(ctx);
	return now_count() - began;
}

double count_mean(count_fn op, void *ctx)
{
	unsigned long rounds;
	uint64_t each;
	double mean;

	/* what was made for the measure may have left work for later, too */
	usleep(SETTLE_US);
	count_rounds(op, ctx, WARM_UP);
	each = count_rounds(op, ctx, WARM_UP) / WARM_UP;
	rounds = count_budget / (each ?: 1) + 10;
	count_begins();
	mean = (double)count_rounds(op, ctx, rounds) / rounds;
	count_ends();
	printf("rounds %lu\n", rounds);
	return mean;
}

void figure(const char *name, double value)
{
	printf("figure %s %.0f\n", name, value);
}

void count_op(const char *name, count_fn op, void *ctx)
{
	figure(name, count_mean(op, ctx));
}
