// SPDX-License-Identifier: GPL-2.0
/*
 * Wall-clock, for a guest of two CPUs that does not count instructions: what N
 * threads do in a second, each with sockets of its own, all on one network.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "bench.h"

#define THREADS_MAX	8

/* All threads and one alone take turns, so that what else the host does befalls both. */
#define TURNS		40
#define TURN_US		100000
#define SETTLE_US	10000

struct worker {
	pthread_t	thread;
	long		number;
	count_fn	op;
	struct pair	p;
	atomic_ulong	done;
};

/* How many of the workers work, by their number; -1: they end. Written under `turn_lock`. */
static atomic_long active;
static pthread_mutex_t turn_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;

static void set_active(long n)
{
	pthread_mutex_lock(&turn_lock);
	atomic_store(&active, n);
	pthread_cond_broadcast(&turn);
	pthread_mutex_unlock(&turn_lock);
}

/* Return: whether the worker has more to do. */
static bool wait_turn(const struct worker *w)
{
	bool more;

	pthread_mutex_lock(&turn_lock);
	while (active >= 0 && w->number >= active)
		pthread_cond_wait(&turn, &turn_lock);
	more = active >= 0;
	pthread_mutex_unlock(&turn_lock);
	return more;
}

static void *work(void *ctx)
{
	struct worker *w = ctx;

	while (wait_turn(w)) {
		while (w->number < atomic_load_explicit(&active, memory_order_relaxed)) {
			w->op(&w->p);
			/* written here alone: no need for a locked addition */
			atomic_store_explicit(&w->done, w->done + 1, memory_order_relaxed);
		}
	}
	return NULL;
}

static unsigned long done_by(const struct worker *w, long n)
{
	unsigned long done = 0;

	while (n--)
		done += atomic_load_explicit(&w[n].done, memory_order_relaxed);
	return done;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

/* Return: operations a second of the first @n workers; @rounds grows by those that ./profile counts too. */
static double take_turn(const struct worker *w, long n, unsigned long *rounds)
{
	unsigned long done;
	double began;

	set_active(n);
	usleep(SETTLE_US);
	done = done_by(w, n);
	began = now_s();
	if (rounds)
		count_begins();
	usleep(TURN_US);
	if (rounds)
		count_ends();
	done = done_by(w, n) - done;
	if (rounds)
		*rounds += done;
	return done / (now_s() - began);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *of)
{
	qsort(of, TURNS, sizeof(*of), compare);
	return (of[TURNS / 2 - 1] + of[TURNS / 2]) / 2;
}

/* Prints @name, and of more than one thread also "of-one-NAME": what they do for 100 that one does. */
static void run_workers(const char *name, struct worker *w, long n, count_fn op)
{
	double one, all[TURNS], of_one[TURNS];
	unsigned long rounds = 0;
	char of_one_name[64];
	long i;

	for (i = 0; i < n; i++) {
		w[i].number = i;
		w[i].op = op;
		if (pthread_create(&w[i].thread, NULL, work, &w[i]))
			die("no thread");
	}
	/* what is set up once is no part of it */
	take_turn(w, n, NULL);
	for (i = 0; i < TURNS; i++) {
		one = n > 1 ? take_turn(w, 1, NULL) : 0;
		all[i] = take_turn(w, n, &rounds);
		of_one[i] = n > 1 ? 100 * all[i] / one : 0;
	}
	set_active(-1);
	for (i = 0; i < n; i++)
		pthread_join(w[i].thread, NULL);
	printf("rounds %lu\n", rounds);
	figure(name, median(all));
	if (n > 1) {
		snprintf(of_one_name, sizeof(of_one_name), "of-one-%s", name);
		figure(of_one_name, median(of_one));
	}
}

void rate_op(const char *name, count_fn op, const struct pair *p)
{
	struct worker w = { .p = *p };

	run_workers(name, &w, 1, op);
}

static void threads_mctp(const char *name, long n)
{
	static struct worker w[THREADS_MAX];
	long i;

	must(addr_add("lo", BENCH_EID), "an EID on lo");
	for (i = 0; i < n; i++) {
		uint8_t type = BENCH_TYPE + i;
		struct sockaddr_mctp *to = (void *)&w[i].p.to_b;

		w[i].p.size = 64;
		w[i].p.a = must(sock_new(), "socket");
		w[i].p.b = must(sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, type),
				"bind");
		*to = addr_of(1, BENCH_EID, type, MCTP_TAG_OWNER);
		w[i].p.len_b = sizeof(*to);
	}
	run_workers(name, w, n, pair_round_trip);
}

static void threads_unix(const char *name, long n)
{
	static struct worker w[THREADS_MAX];
	long i;

	for (i = 0; i < n; i++)
		pair_unix(&w[i].p, 64);
	run_workers(name, w, n, pair_round_trip);
}

/* In the program alone: what the host gives two CPUs */
static void count_up(void *ctx)
{
	volatile unsigned int i;

	for (i = 0; i < 10000; i++)
		;
}

static void threads_cpu(const char *name, long n)
{
	static struct worker w[THREADS_MAX];

	run_workers(name, w, n, count_up);
}

/* Packets with 64 bytes of payload, through a bridge each flow */
static void threads_forward(const char *name, long n)
{
	static struct worker w[THREADS_MAX];
	long i;

	for (i = 0; i < n; i++)
		pair_chain(&w[i].p, 63, 3 * i, 2);
	run_workers(name, w, n, pair_one_way);
}

const struct measure thread_measures[] = {
	{ "threads-mctp", threads_mctp, ARGS(1, 2, 8) },
	{ "threads-unix", threads_unix, ARGS(1, 2, 8) },
	{ "threads-cpu", threads_cpu, ARGS(2, 8) },
	{ "threads-forward", threads_forward, ARGS(1, 2), .ours = true },
	{ },
};
