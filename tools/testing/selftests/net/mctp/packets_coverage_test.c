// SPDX-License-Identifier: GPL-2.0
/*
 * Sequences of packets that look for places in the stack where none has been: the
 * kernel tells what each packet has reached (the kernel's
 * Documentation/dev-tools/kcov.rst), and a sequence that reaches something new is
 * changed further. For each packet the model of mctp_model.h says what must become
 * of it.
 *
 *   MCTP_SEED=N      the chance to be repeated
 *   MCTP_SECONDS=N   for so long (default: 4)
 */
#include <sys/mman.h>

#include "mctp_test.h"
#include "sequence.h"

#define KCOV		"/sys/kernel/debug/kcov"
#define KCOV_INIT	_IOR('c', 1, unsigned long)
#define KCOV_ENABLE	_IO('c', 100)
#define KCOV_TRACE_PC	0
#define KCOV_PLACES	(64 << 10)

#define SECONDS		4
#define ENOUGH		150		/* sequences, however slow the machine is */
#define LEAST		220		/* places that the corpus reaches at least */
#define PLACES		(1 << 18)

static unsigned long *cover;
static unsigned long place[PLACES];	/* open addressing */
static int nr_places;

FIXTURE(coverage) {
	struct sequences s;
};

FIXTURE_SETUP(coverage)
{
	int fd = open(KCOV, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		SKIP(return, "the kernel does not tell what is reached");
	ASSERT_EQ(0, ioctl(fd, KCOV_INIT, KCOV_PLACES));
	cover = mmap(NULL, KCOV_PLACES * sizeof(*cover),
		     PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, cover);
	ASSERT_EQ(0, ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC));
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, sequences_new(&self->s, &wire_tun));
}

FIXTURE_TEARDOWN(coverage)
{
}

static void begin(void)
{
	__atomic_store_n(&cover[0], 0, __ATOMIC_RELAXED);
}

/* Places that none has reached before */
static int new_places(void)
{
	unsigned long n = cover[0], i, at, pc;
	int new = 0;

	for (i = 1; i <= n; i++) {
		pc = cover[i];
		at = pc * 0x9e3779b97f4a7c15 >> 40 & (PLACES - 1);
		while (place[at] && place[at] != pc)
			at = (at + 1) & (PLACES - 1);
		if (place[at])
			continue;
		place[at] = pc;
		new++;
	}
	nr_places += new;
	return new;
}

TEST_F_TIMEOUT(coverage, each_new_place_is_reached_as_the_rules_say, 7 * 86400)
{
	long end = now_ms() + setting("MCTP_SECONDS", SECONDS) * 1000;
	struct sequences *s = &self->s;
	struct sequence q;
	unsigned long n;
	int first;

	s->begin = begin;
	s->end = new_places;
	ASSERT_TRUE(sequences_corpus(s, &first));
	EXPECT_LT(LEAST, first);

	for (n = 0; n < ENOUGH || now_ms() < end; n++) {
		sequence_some(s, &q);
		ASSERT_TRUE(sequence_run(s, &q))
			sequence_show(&q);
		if (s->new) {
			sequence_keep(s, &q);
			printf("# %d places more by ", s->new);
			sequence_show(&q);
		}
	}
	TH_LOG("%lu sequences, %lu packets: %d places, %d of them by the corpus; %d sequences are kept",
	       n, s->packets, nr_places, first, s->nr_kept);
}

TEST_HARNESS_MAIN
