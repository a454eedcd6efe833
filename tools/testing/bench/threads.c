// SPDX-License-Identifier: GPL-2.0
/*
 * Wall-clock, for a guest of two CPUs that does not count instructions: what N
 * threads do in a second, each with sockets of its own, all on one network.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "bench.h"

#define SECONDS		3
#define WARM_UP_US	100000
#define THREADS_MAX	8

struct worker {
	pthread_t	thread;
	count_fn	op;
	struct pair	p;
	atomic_ulong	done;
};

static atomic_bool go, stop;

static void *work(void *ctx)
{
	struct worker *w = ctx;

	while (!atomic_load(&go))
		sched_yield();
	while (!atomic_load(&stop)) {
		w->op(&w->p);
		/* written here alone: no need for a locked addition */
		atomic_store_explicit(&w->done, w->done + 1, memory_order_relaxed);
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

static void run_workers(const char *name, struct worker *w, long n, count_fn op)
{
	unsigned long done, before;
	long began, took, i;

	for (i = 0; i < n; i++) {
		w[i].op = op;
		if (pthread_create(&w[i].thread, NULL, work, &w[i]))
			die("no thread");
	}
	atomic_store(&go, true);
	/* what is set up once is no part of it */
	usleep(WARM_UP_US);
	before = done_by(w, n);
	began = now_ms();
	count_begins();
	sleep(SECONDS);
	count_ends();
	done = done_by(w, n) - before;
	took = now_ms() - began;
	atomic_store(&stop, true);
	for (i = 0; i < n; i++)
		pthread_join(w[i].thread, NULL);
	printf("rounds %lu\n", done);
	figure(name, done * 1000.0 / took);
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
	{ "threads-forward", threads_forward, ARGS(1, 2), .ours = true },
	{ },
};
