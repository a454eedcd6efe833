/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the measures of the benchmark share.
 *
 * A measure runs in a process and in a network namespace of its own. It makes
 * what it needs, and then hands an operation to count_op(), which repeats it
 * and prints what one costs, as a line "figure NAME VALUE".
 */
#ifndef MCTP_BENCH_H
#define MCTP_BENCH_H

#define MCTP_TEST_LIBRARY
#include "../selftests/net/mctp/mctp_test.h"

/* In a guest of one CPU with QEMU's -icount shift=0, this is instructions */
static inline uint64_t now_count(void)
{
#ifdef __x86_64__
	return __builtin_ia32_rdtsc();
#else
#error "the counter of this architecture is not known"
#endif
}

/* The measure cannot go on: the figure is missing, and the run fails by that */
void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *format, ...);
/* @value unless it is negative */
long must(long value, const char *what);

/* Operations that a figure rests on; the runner's --quick makes it less */
extern uint64_t count_budget;

typedef void (*count_fn)(void *ctx);

/* What one operation costs, in all that it causes, later work of the kernel's
 * included, as long as that comes before the end
 */
double count_mean(count_fn op, void *ctx);
void figure(const char *name, double value);
void count_op(const char *name, count_fn op, void *ctx);

/* Between these two ./profile counts */
void count_begins(void);
void count_ends(void);

/* Two sockets, and the addresses that they send to */
struct pair {
	int		a;
	int		b;
	struct sockaddr_storage to_a;
	struct sockaddr_storage to_b;
	socklen_t	len_a;
	socklen_t	len_b;
	size_t		size;
};

/* Request and response of pair->size bytes; the MCTP one answers by the address
 * that the request came with
 */
void pair_round_trip(void *pair);
void pair_one_way(void *pair);
/* With an EID on lo; type 1, network 1 */
void pair_mctp(struct pair *pair, size_t size);
void pair_unix(struct pair *pair, size_t size);
void pair_udp(struct pair *pair, size_t size);
/* The request of a goes by a preallocated tag from here on */
void pair_prealloc(struct pair *pair);
/* Addresses of an MCTP pair */
void pair_to(struct pair *pair, uint8_t eid, unsigned int net);
/* Across a chain of @hops pairs of devices with bridges between them, of which the
 * first has number @first
 */
void pair_chain(struct pair *pair, size_t size, int first, int hops);

/* Operations a second, by the clock of a guest that does not count instructions */
void rate_op(const char *name, count_fn op, const struct pair *p);

#define BENCH_EID	8
#define BENCH_TYPE	1

/* A measure: its name up to a '/', and what is behind that as a number */
struct measure {
	const char	*name;
	void		(*run)(const char *name, long arg);
	const long	*args;
	int		n;
	bool		ours;	/* needs what only this stack has */
};

extern const struct measure local_measures[];
extern const struct measure scale_measures[];
extern const struct measure link_measures[];
extern const struct measure serial_measures[];
extern const struct measure memory_measures[];
extern const struct measure thread_measures[];
extern const struct measure usb_measures[];

#define ARGS(...)	.args = (const long []){ __VA_ARGS__ }, \
			.n = sizeof((const long []){ __VA_ARGS__ }) / sizeof(long)

#endif /* MCTP_BENCH_H */
