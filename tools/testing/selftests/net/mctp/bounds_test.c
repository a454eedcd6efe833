// SPDX-License-Identifier: GPL-2.0
/*
 * A device does its worst, at the full rate of a processor: what it can make the
 * stack hold stays within its bound, what is lost is counted, another device's
 * traffic keeps at least half its rate, and all is back when it stops.
 *
 * Half is asked for where MCTP_SECONDS is set, for a machine that has nothing else
 * to do. Two threads on a machine that gives the guest one processor have half
 * each already: there the rate is shown, and that it is no tenth.
 */
#include <pthread.h>

#include "mctp_test.h"

#define SLICE_MS	150
#define TRIES		5
#define RATE_LEAST	(getenv("MCTP_SECONDS") ? 50 : 10)	/* per cent */
#define FIRST		2000
#define LOCAL		8	/* by the device that does its worst */
#define GOOD_LOCAL	9
#define GOOD_PEER	200	/* by the other */
#define TYPE		0x11
#define SOURCES		180	/* EIDs from 10 on that it plays */
#define SOURCE_MAX	32	/* partial messages of each, at most */
#define REASM_MAX	(1 << 20)
#define RCVBUF		(16 << 20)
#define RCVBUF_SMALL	65536
#define SLACK_KB	3000
#define PROC		"/proc/thread-self/net/mctp/"

FIXTURE(bounds) {
	int		bad, good;	/* buses */
	int		ear;		/* that the bad one aims at */
	int		asker;		/* that talks by the good one */
	pthread_t	thread;
	bool		on, over;
	unsigned long	sent, failed;
	uint64_t	chance;
	int		socks[8];
	struct stats	before;
	long		kb;
	int		best;		/* per cent of the rate */
};

#define SELF FIXTURE_DATA(bounds) *self

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static long available_kb(void)
{
	return atol(file_line("/proc/meminfo", "MemAvailable:") +
		    strlen("MemAvailable:"));
}

FIXTURE_SETUP(bounds)
{
	int size = RCVBUF;

	self->chance = chance_new();
	ASSERT_EQ(0, ns_new());
	self->bad = tun_bus("bus0", 10, 10 + SOURCES - 1);
	ASSERT_LE(0, self->bad);
	self->good = tun_bus("bus1", GOOD_PEER, GOOD_PEER);
	ASSERT_LE(0, self->good);
	ASSERT_EQ(0, addr_add("bus0", LOCAL));
	ASSERT_EQ(0, addr_add("bus1", GOOD_LOCAL));
	ASSERT_EQ(0, sysctl_set("reasm_max_bytes", REASM_MAX));
	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms",
				slow_kernel() ? 4000 : 1000));
	self->ear = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	ASSERT_LE(0, self->ear);
	ASSERT_EQ(0, setsockopt(self->ear, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				sizeof(size)));
	self->asker = sock_new();
	ASSERT_LE(0, self->asker);
	ASSERT_EQ(0, stats_read(&self->before));
}

FIXTURE_TEARDOWN(bounds)
{
}

/* Requests by the good device and their answers, for so long; how many a second,
 * or an error
 */
static long good_rate(SELF)
{
	struct sockaddr_mctp to = addr_of(1, GOOD_PEER, TYPE, OWNER);
	long began = now_ms(), end = began + SLICE_MS, n = 0;
	char byte;
	int rc;

	do {
		rc = tun_request(self->good, self->asker, &to);
		if (rc < 0)
			return rc;
		rc = tun_answer(self->good, GOOD_LOCAL, GOOD_PEER, rc) ?:
		     recv_from(self->asker, &byte, 1, NULL);
		if (rc != 1)
			return rc < 0 ? rc : -EBADMSG;
		n++;
	} while (now_ms() < end);
	return n * 1000 / (now_ms() - began);
}

/* What the other thread does while it is on */
struct bad {
	SELF;
	int (*step)(SELF);
};

static void *do_worst(void *arg)
{
	struct bad *bad = arg;
	FIXTURE_DATA(bounds) *self = bad->self;

	pin(1);
	while (!__atomic_load_n(&self->over, __ATOMIC_ACQUIRE)) {
		if (!__atomic_load_n(&self->on, __ATOMIC_ACQUIRE)) {
			pause_ms(1);
			continue;
		}
		if (bad->step(self))
			self->failed++;
		else
			self->sent++;
	}
	return NULL;
}

/* Both rates by turns: a machine that has other work to do has it for both */
static void check_rates(struct __test_metadata *_metadata, SELF,
			int (*step)(SELF))
{
	struct bad bad = { .self = self, .step = step };
	long quiet, loud, best_quiet = 0, best_loud = 0;
	int tries, n;

	/* what it takes is taken by now: more than that it never is */
	for (n = 0; n < FIRST; n++)
		ASSERT_EQ(0, step(self));
	self->sent = FIRST;
	self->kb = available_kb();

	pin(0);
	ASSERT_EQ(0, pthread_create(&self->thread, NULL, do_worst, &bad));
	for (tries = 0; tries < TRIES && self->best < RATE_LEAST; tries++) {
		quiet = good_rate(self);
		__atomic_store_n(&self->on, true, __ATOMIC_RELEASE);
		pause_ms(20);
		loud = good_rate(self);
		__atomic_store_n(&self->on, false, __ATOMIC_RELEASE);
		ASSERT_LT(0, quiet);
		ASSERT_LT(0, loud);
		if (loud * 100 / quiet > self->best) {
			self->best = loud * 100 / quiet;
			best_quiet = quiet;
			best_loud = loud;
		}
	}
	__atomic_store_n(&self->over, true, __ATOMIC_RELEASE);
	pthread_join(self->thread, NULL);
	TH_LOG("%lu by the one device; of the other %ld round trips a second, and %ld meanwhile (%d%%)",
	       self->sent, best_quiet, best_loud, self->best);
	EXPECT_LE(RATE_LEAST, self->best);
	EXPECT_LT(FIRST, self->sent);
}

static void check_memory(struct __test_metadata *_metadata, SELF)
{
	long end = now_ms() + WAIT_MS;

	while (self->kb - available_kb() > SLACK_KB && now_ms() < end)
		pause_ms(50);
	TH_LOG("%ld KB less memory than at first", self->kb - available_kb());
	if (!slow_kernel())
		EXPECT_GT(SLACK_KB, self->kb - available_kb());
}

/* What partial messages hold, and the most that a source has of them */
static long reassembly_bytes(int *most)
{
	FILE *f = fopen(PROC "reassembly", "r");
	unsigned int src, bytes;
	int of[256] = { 0 };
	char line[256];
	long sum = 0;

	*most = 0;
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*u %u %*u %*u %*u %*d %*u %*u %u", &src,
			   &bytes) == 2) {
			sum += bytes;
			if (++of[src & 255] > *most)
				*most = of[src & 255];
		}
	if (f)
		fclose(f);
	return sum;
}

static int open_another(SELF)
{
	static uint8_t payload[1400] = { TYPE };

	return tun_send(self->bad, LOCAL, 10 + chance_below(&self->chance, SOURCES),
			SOM | TO | chance_below(&self->chance, 8), payload,
			1 + chance_below(&self->chance, sizeof(payload)));
}

TEST_F(bounds, messages_that_are_opened_for_ever)
{
	int most, n;
	long bytes;

	check_rates(_metadata, self, open_another);
	/* what is held at this moment, with none that has waited too long */
	for (n = 0; n < FIRST; n++)
		ASSERT_EQ(0, open_another(self));
	self->sent += n;
	bytes = reassembly_bytes(&most);
	TH_LOG("%ld bytes in partial messages, %d of one source at most", bytes,
	       most);
	EXPECT_LT(REASM_MAX / 2, bytes);
	EXPECT_GE(REASM_MAX, bytes);
	EXPECT_GE(SOURCE_MAX, most);

	/* each is a message lost, and the last go with their time */
	EXPECT_EQ(1, file_wait(PROC "reassembly", "", 1));
	EXPECT_EQ((long)self->sent, stats_lost(&self->before));
	check_memory(_metadata, self);
}

/* One source alone, with every tag and to each EID that is ours */
static int open_of_one(SELF)
{
	static const uint8_t dests[] = { LOCAL, GOOD_LOCAL, 0, 255 };
	static uint8_t payload[64] = { TYPE };

	return tun_send(self->bad,
			dests[chance_below(&self->chance, ARRAY_SIZE(dests))], 10,
			SOM | TO | chance_below(&self->chance, 8), payload,
			sizeof(payload));
}

TEST_F(bounds, messages_that_one_source_opens_for_ever)
{
	int most;

	check_rates(_metadata, self, open_of_one);
	reassembly_bytes(&most);
	EXPECT_GE(SOURCE_MAX, most);
	EXPECT_EQ(1, file_wait(PROC "reassembly", "", 1));
	EXPECT_EQ((long)self->sent, stats_lost(&self->before));
	check_memory(_metadata, self);
}

static int request(SELF)
{
	static uint8_t payload[64] = { TYPE };

	return tun_send(self->bad, LOCAL, 10 + chance_below(&self->chance, SOURCES),
			WHOLE | TO | chance_below(&self->chance, 8), payload,
			sizeof(payload));
}

TEST_F(bounds, requests_to_a_socket_that_never_reads)
{
	int size = RCVBUF_SMALL;
	uint32_t info[16];
	socklen_t len = sizeof(info);
	long queued;

	ASSERT_EQ(0, setsockopt(self->ear, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	check_rates(_metadata, self, request);
	ASSERT_EQ(0, getsockopt(self->ear, SOL_SOCKET, SO_MEMINFO, info, &len));
	TH_LOG("%u bytes in the socket, of %u", info[0], info[1]);
	EXPECT_EQ(2u * RCVBUF_SMALL, info[1]);
	EXPECT_LT(RCVBUF_SMALL, info[0]);
	/* one may be over, as for every socket */
	EXPECT_GE(info[1] + 2048, info[0]);

	queued = self->sent - stats_rise(&self->before, "drop_rcvbuf");
	EXPECT_LT(0, queued);
	EXPECT_EQ((long)self->sent - queued, stats_lost(&self->before));
	close(self->ear);
	EXPECT_EQ(queued, stats_wait(&self->before, "rx_unread", queued));
	check_memory(_metadata, self);
}

TEST_F(bounds, a_flood_that_nobody_wants)
{
	close(self->ear);
	check_rates(_metadata, self, request);
	EXPECT_EQ((long)self->sent, stats_rise(&self->before, "drop_no_bind"));
	EXPECT_EQ((long)self->sent, stats_lost(&self->before));
	check_memory(_metadata, self);
}

/* Answers to nobody's requests, by every tag */
static int answer(SELF)
{
	return tun_answer(self->bad, chance_below(&self->chance, 2) ? LOCAL :
			  GOOD_LOCAL, 10 + chance_below(&self->chance, SOURCES),
			  chance_below(&self->chance, 8));
}

TEST_F(bounds, answers_that_nobody_waits_for)
{
	check_rates(_metadata, self, answer);
	EXPECT_EQ((long)self->sent, stats_rise(&self->before, "drop_no_tag"));
	check_memory(_metadata, self);
}

/* Programs ask all who never answer, as often as they can */
static int ask_in_vain(SELF)
{
	struct sockaddr_mctp to = addr_of(1, 10 + chance_below(&self->chance,
							       SOURCES),
					  TYPE, OWNER);
	int sock = self->socks[chance_below(&self->chance,
					    ARRAY_SIZE(self->socks))];
	ssize_t n = send_to(sock, &to, "q", 1);
	uint8_t packet[16];

	tun_take(self->bad, packet, sizeof(packet));
	return n == 1 || n == -EBUSY ? 0 : n;
}

TEST_F(bounds, requests_that_are_never_answered)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(self->socks); i++) {
		self->socks[i] = sock_new();
		ASSERT_LE(0, self->socks[i]);
	}
	check_rates(_metadata, self, ask_in_vain);
	EXPECT_EQ(0, self->failed);
	TH_LOG("%d tags are out", tags_held());
	EXPECT_LT(100, tags_held());
	EXPECT_GE(8 * SOURCES, tags_held());
	for (i = 0; i < ARRAY_SIZE(self->socks); i++)
		close(self->socks[i]);
	EXPECT_EQ(0, tags_held());
	check_memory(_metadata, self);
}

TEST_HARNESS_MAIN
