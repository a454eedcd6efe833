// SPDX-License-Identifier: GPL-2.0
/*
 * Tags end by themselves six seconds after their message was sent, and those that
 * are preallocated do not. All cases run at once, each in a process and a network
 * namespace of its own, since most of their time is spent in waiting.
 */
#define MCTP_TEST_LIBRARY
#include "mctp_test.h"
#include "mctp_rows.h"

#define TYPE		0x7e
#define LOCAL		8	/* ours, on the bus */
#define PEER		20	/* theirs */
#define PEER2		21
#define LO		30	/* ours, on lo */
#define LO2		31

#define LIFE_MS		6000
/* A clock that ticks may be so much ahead */
#define EARLY_MS	50

struct scene {
	int bus;
	struct stats before;
	struct sockaddr_mctp to;
};

/* True, or the case ends here */
#define NEED(what)							\
	do {								\
		if (!(what)) {						\
			printf("# line %d: %s; errno %d\n", __LINE__,	\
			       #what, errno);				\
			return 1;					\
		}							\
	} while (0)

static int set_up(struct scene *s)
{
	NEED(!ns_new());
	s->bus = tun_bus("bus", PEER, 29);
	NEED(s->bus >= 0);
	NEED(!addr_add("bus", LOCAL));
	NEED(!addr_add("lo", LO));
	NEED(!addr_add("lo", LO2));
	/* partial messages outlive tags here */
	NEED(!sysctl_set("reasm_timeout_ms", 60000));
	NEED(!stats_read(&s->before));
	s->to = addr_of(1, PEER, TYPE, OWNER);
	return 0;
}

static bool lost(const struct scene *s, const char *what)
{
	const char *drops = stats_drops(&s->before, what);

	if (!strcmp(drops, what))
		return true;
	printf("# lost: %s\n", drops);
	return false;
}

static bool lives_half_its_time(long start)
{
	while (now_ms() < start + LIFE_MS / 2)
		pause_ms(20);
	return true;
}

/* So many tags that are sent at @start end, when it is time */
static bool end_in_time(const struct scene *s, int tags, long start)
{
	return stats_wait(&s->before, "tag_expired", tags) == tags &&
	       now_ms() - start >= LIFE_MS - EARLY_MS;
}

static int late_answer(struct scene *s)
{
	int early = sock_new(), late = sock_new(), t_early, t_late;
	long start = now_ms();

	t_early = tun_request(s->bus, early, &s->to);
	t_late = tun_request(s->bus, late, &s->to);
	NEED(t_early >= 0 && t_late >= 0);
	NEED(tags_held() == 2);
	/* not a moment too early */
	NEED(lives_half_its_time(start));
	NEED(!tun_answer(s->bus, LOCAL, PEER, t_early));
	NEED(sock_polls(early, POLLIN, WAIT_MS));
	NEED(tags_held() == 1);

	NEED(end_in_time(s, 1, start));
	NEED(!tags_held());
	NEED(lost(s, ""));
	NEED(!tun_answer(s->bus, LOCAL, PEER, t_late));
	NEED(lost(s, "drop_no_tag=1"));
	NEED(!recv_none(late));
	return 0;
}

static int late_local_answer(struct scene *s)
{
	struct sockaddr_mctp to = addr_of(1, LO2, TYPE, OWNER), early, late;
	int told = sock_bound(1, LO2, TYPE), asks = sock_new();
	long start = now_ms();
	char got[4];

	NEED(send_to(asks, &to, "q", 1) == 1);
	NEED(recv_from(told, got, sizeof(got), &early) == 1);
	NEED(send_to(asks, &to, "q", 1) == 1);
	NEED(recv_from(told, got, sizeof(got), &late) == 1);
	early.smctp_tag &= MCTP_TAG_MASK;
	late.smctp_tag &= MCTP_TAG_MASK;
	NEED(lives_half_its_time(start));
	NEED(send_to(told, &early, "early", 5) == 5);
	NEED(recv_from(asks, got, sizeof(got), NULL) == 4);
	NEED(!memcmp(got, "earl", 4));
	NEED(tags_held() == 1);

	NEED(end_in_time(s, 1, start));
	NEED(send_to(told, &late, "late", 4) == 4);
	NEED(lost(s, "drop_no_tag=1"));
	NEED(!recv_none(asks));
	return 0;
}

static int preallocated(struct scene *s)
{
	int fd = sock_new(), used = tag_alloc(fd, PEER), i;
	int idle = tag_alloc2(fd, 1, MCTP_ADDR_ANY);
	long start = now_ms();
	char got[4];

	NEED(used >= 0 && idle >= 0);
	s->to.smctp_tag = used;
	NEED(tun_request(s->bus, fd, &s->to) == (used & MCTP_TAG_MASK));
	/* the end of an automatic one shows that time has passed */
	s->to.smctp_tag = OWNER;
	NEED(tun_request(s->bus, fd, &s->to) >= 0);
	NEED(end_in_time(s, 1, start));
	NEED(tags_held() == 2);
	for (i = 0; i < 2; i++) {
		NEED(!tun_answer(s->bus, LOCAL, PEER,
				 (i ? idle : used) & MCTP_TAG_MASK));
		NEED(recv_from(fd, got, sizeof(got), NULL) == 1);
	}
	NEED(lost(s, ""));
	return 0;
}

static int preallocated_and_local(struct scene *s)
{
	struct sockaddr_mctp to = addr_of(1, LO2, TYPE, OWNER), from;
	int told = sock_bound(1, LO2, TYPE), fd = sock_new();
	int tag = tag_alloc(fd, LO2);
	long start = now_ms();
	char got[4];

	NEED(tag >= 0);
	NEED(tun_request(s->bus, sock_new(), &s->to) >= 0);
	to.smctp_tag = tag;
	NEED(send_to(fd, &to, "q", 1) == 1);
	NEED(recv_from(told, got, sizeof(got), &from) == 1);
	NEED(end_in_time(s, 1, start));
	from.smctp_tag &= MCTP_TAG_MASK;
	NEED(send_to(told, &from, "a", 1) == 1);
	NEED(recv_from(fd, got, sizeof(got), NULL) == 1);
	NEED(tags_held() == 1);
	NEED(lost(s, ""));
	return 0;
}

static int end_amid_an_answer(struct scene *s)
{
	uint8_t payload[BTU] = { TYPE };
	int fd = sock_new(), tag;
	long start = now_ms();

	tag = tun_request(s->bus, fd, &s->to);
	NEED(tag >= 0);
	NEED(!tun_send(s->bus, LOCAL, PEER, SOM | tag, payload, BTU));
	NEED(end_in_time(s, 1, start));
	NEED(lost(s, ""));
	NEED(!tun_send(s->bus, LOCAL, PEER, EOM | SEQ(1) | tag, payload, 1));
	NEED(lost(s, "drop_tag_expired=1"));
	NEED(!recv_none(fd));
	return 0;
}

static int room_for_more(struct scene *s)
{
	struct sockaddr_mctp to2 = addr_of(1, PEER2, TYPE, OWNER);
	int fd = sock_new(), i;
	long start = now_ms();

	for (i = 0; i < 8; i++)
		NEED(tun_request(s->bus, fd, &s->to) == i);
	NEED(send_to(fd, &s->to, "q", 1) == -EBUSY);
	/* one that is sent later ends later */
	NEED(lives_half_its_time(start));
	NEED(tun_request(s->bus, fd, &to2) == 0);
	NEED(end_in_time(s, 8, start));
	NEED(tags_held() == 1);
	for (i = 0; i < 8; i++)
		NEED(tun_request(s->bus, fd, &s->to) == i);
	NEED(send_to(fd, &s->to, "q", 1) == -EBUSY);
	NEED(lost(s, ""));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct scene *s);
} cases[] = {
	{ "a tag ends after six seconds and a late answer is counted",
	  late_answer },
	{ "so it is with a tag of a local request", late_local_answer },
	{ "a preallocated tag lives past six seconds, used or not",
	  preallocated },
	{ "so it is with one for a local EID", preallocated_and_local },
	{ "an answer that the end of its tag overtakes is dropped and counted",
	  end_amid_an_answer },
	{ "eight tags that have ended make room for eight",
	  room_for_more },
};

static int run_case(unsigned int i)
{
	struct scene scene;
	int err;

	err = set_up(&scene);
	if (!err)
		err = cases[i].run(&scene);
	fflush(stdout);
	return err;
}

int main(void)
{
	pid_t pid[ARRAY_SIZE(cases)];
	unsigned int i;
	int failed = 0;

	printf("TAP version 13\n1..%zu\n", ARRAY_SIZE(cases));
	fflush(stdout);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		pid[i] = fork();
		if (!pid[i])
			_exit(run_case(i));
	}
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int err = child_wait(pid[i]);

		printf("%sok %u %s\n", err ? "not " : "", i + 1, cases[i].name);
		failed |= !!err;
	}
	return failed;
}
