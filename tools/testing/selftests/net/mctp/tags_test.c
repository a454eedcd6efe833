// SPDX-License-Identifier: GPL-2.0
/*
 * Tags: how many there are, who owns one, when it ends, and who gets an
 * answer. The peers are played by the test, behind a TUN device.
 */
#include "mctp_test.h"

#define TYPE		0x7e
#define LOCAL		8	/* ours, on the bus */
#define LOCAL2		9
#define PEER		20	/* theirs */
#define PEER2		21

#define TAGS_PATH	"/proc/thread-self/net/mctp/tags"
#define TAG_LIFE_MS	6000

FIXTURE(tags) {
	int bus;
	struct stats before;
	struct sockaddr_mctp to;
};

FIXTURE_SETUP(tags)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_bus("bus", PEER, 99);
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, addr_add("bus", LOCAL));
	ASSERT_EQ(0, addr_add("bus", LOCAL2));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, PEER, TYPE, OWNER);
}

FIXTURE_TEARDOWN(tags)
{
}

/* A request, of which the packet is of no interest */
static int request_only(int fd, uint8_t peer)
{
	struct sockaddr_mctp to = addr_of(1, peer, TYPE, OWNER);

	return send_to(fd, &to, "q", 1);
}

TEST_F(tags, there_are_eight_for_a_peer_and_the_ninth_is_ebusy)
{
	int fd = sock_new(), i, tag, seen = 0;

	for (i = 0; i < 8; i++) {
		tag = tun_request(self->bus, fd, &self->to);
		ASSERT_LE(0, tag);
		EXPECT_EQ(0, seen & 1 << tag);
		seen |= 1 << tag;
	}
	EXPECT_EQ(0xff, seen);
	EXPECT_EQ(8, tags_held());
	EXPECT_EQ(-EBUSY, send_to(fd, &self->to, "q", 1));
	EXPECT_EQ(-EBUSY, send_to(sock_new(), &self->to, "q", 1));
	EXPECT_EQ(0, tun_none(self->bus));
	EXPECT_EQ(8, tags_held());
}

TEST_F(tags, each_peer_has_its_own_eight)
{
	int fd = sock_new(), i;

	for (i = 0; i < 8; i++)
		ASSERT_EQ(1, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));
	for (i = 0; i < 8; i++)
		EXPECT_EQ(1, request_only(fd, PEER2));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER2));
}

TEST_F(tags, each_local_eid_has_its_own_eight)
{
	int fd = sock_bound(1, LOCAL, TYPE), i;
	int fd2 = sock_bound(1, LOCAL2, TYPE);

	for (i = 0; i < 8; i++)
		ASSERT_EQ(1, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));
	for (i = 0; i < 8; i++)
		EXPECT_EQ(1, request_only(fd2, PEER));
	EXPECT_EQ(-EBUSY, request_only(fd2, PEER));
}

TEST_F(tags, each_network_has_its_own_eight)
{
	struct sockaddr_mctp to2 = addr_of(2, PEER, TYPE, OWNER);
	int bus2 = tun_new("bus2");
	int fd = sock_new(), i;

	ASSERT_LE(0, bus2);
	ASSERT_EQ(0, link_net("bus2", 2));
	ASSERT_EQ(0, link_up("bus2"));
	ASSERT_EQ(0, route_add("bus2", PEER, PEER, 0));
	ASSERT_EQ(0, addr_add("bus2", LOCAL));
	for (i = 0; i < 8; i++)
		ASSERT_EQ(1, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));
	for (i = 0; i < 8; i++)
		EXPECT_LE(0, tun_request(bus2, fd, &to2));
	EXPECT_EQ(-EBUSY, send_to(fd, &to2, "q", 1));
}

TEST_F(tags, an_answer_goes_to_the_owner_and_frees_the_tag)
{
	struct sockaddr_mctp from;
	int fd = sock_new(), other = sock_new(), tag, tag2, i;
	char got[4];

	tag = tun_request(self->bus, fd, &self->to);
	ASSERT_LE(0, tag);
	tag2 = tun_request(self->bus, other, &self->to);
	ASSERT_LE(0, tag2);
	for (i = 2; i < 8; i++)
		ASSERT_EQ(1, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));

	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from));
	EXPECT_EQ('a', got[0]);
	EXPECT_EQ(tag, from.smctp_tag);
	EXPECT_EQ(PEER, from.smctp_addr.s_addr);
	EXPECT_EQ(0, recv_none(other));
	EXPECT_EQ(1, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));

	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag2));
	EXPECT_EQ(1, recv_from(other, got, sizeof(got), &from));
	EXPECT_EQ(0, recv_none(fd));
	EXPECT_DROPS(&self->before, "");
}

/* So that a second copy of an answer finds the tag that it has ended unused */
TEST_F(tags, the_value_whose_tag_ended_first_is_lent_first)
{
	static const uint8_t order[] = { 5, 2, 7, 0 };
	int fd = sock_new();
	unsigned int i;

	for (i = 0; i < 8; i++)
		ASSERT_EQ(i, tun_request(self->bus, fd, &self->to));
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, order[i]));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(order[i], tun_request(self->bus, fd, &self->to));
	EXPECT_EQ(-EBUSY, send_to(fd, &self->to, "q", 1));
}

TEST_F(tags, an_answer_of_many_packets_frees_the_tag_at_its_end)
{
	uint8_t payload[BTU], got[2 * BTU];
	int fd = sock_new(), tag;

	tag = tun_request(self->bus, fd, &self->to);
	ASSERT_LE(0, tag);
	pattern(payload, sizeof(payload), 1);
	payload[0] = TYPE;
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, SOM | SEQ(2) | tag,
			      payload, BTU));
	EXPECT_EQ(1, tags_held());
	EXPECT_EQ(0, recv_none(fd));
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, EOM | SEQ(3) | tag,
			      payload, 10));
	EXPECT_EQ(BTU - 1 + 10, recv_from(fd, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, payload + 1, BTU - 1));
	EXPECT_EQ(0, memcmp(got + BTU - 1, payload, 10));
	EXPECT_EQ(0, tags_held());
}

/* What is no answer */

TEST_F(tags, an_answer_by_another_peer_is_dropped_and_counted)
{
	int fd = sock_new(), tag = tun_request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER2, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(0, recv_none(fd));
	/* the right one is waited for still */
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
}

TEST_F(tags, an_answer_with_another_tag_is_dropped_and_counted)
{
	int fd = sock_new(), tag = tun_request(self->bus, fd, &self->to), i;

	ASSERT_LE(0, tag);
	for (i = 1; i < 8; i++)
		ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, (tag + i) % 8));
	EXPECT_DROPS(&self->before, "drop_no_tag=7");
	EXPECT_EQ(0, recv_none(fd));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
}

TEST_F(tags, an_answer_with_the_owner_bit_is_a_request)
{
	int fd = sock_new(), tag = tun_request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag | TO));
	EXPECT_DROPS(&self->before, "drop_no_bind=1");
	EXPECT_EQ(0, recv_none(fd));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
}

TEST_F(tags, a_second_answer_is_dropped_and_counted)
{
	int fd = sock_new(), tag = tun_request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(2, recv_none(fd));
	EXPECT_EQ(0, recv_none(fd));
}

TEST_F(tags, an_answer_to_another_of_our_eids_is_dropped_and_counted)
{
	int fd = sock_new(), tag = tun_request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL2, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	/* 0 is no EID of ours while there are others */
	ASSERT_EQ(0, tun_answer(self->bus, MCTP_ADDR_NULL, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=2");
	EXPECT_EQ(0, recv_none(fd));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
}

TEST_F(tags, an_answer_in_another_network_is_dropped_and_counted)
{
	int bus2 = tun_new("bus2"), fd = sock_new(), tag;

	ASSERT_LE(0, bus2);
	ASSERT_EQ(0, link_net("bus2", 2));
	ASSERT_EQ(0, link_up("bus2"));
	ASSERT_EQ(0, addr_add("bus2", LOCAL));
	tag = tun_request(self->bus, fd, &self->to);
	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_answer(bus2, LOCAL, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(0, recv_none(fd));
}

TEST_F(tags, a_bind_of_the_type_takes_no_answers)
{
	int bound = sock_bound(1, LOCAL, TYPE), fd = sock_new(), tag;

	ASSERT_LE(0, bound);
	tag = tun_request(self->bus, fd, &self->to);
	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, (tag + 1) % 8));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(0, recv_none(bound));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, recv_none(bound));
}

/* The end of a tag */

TEST_F(tags, close_frees_all_tags)
{
	int fd = sock_new(), i;

	for (i = 0; i < 4; i++)
		ASSERT_EQ(1, request_only(fd, PEER));
	for (i = 4; i < 8; i++)
		ASSERT_LE(0, tag_alloc(fd, PEER));
	EXPECT_EQ(8, tags_held());
	EXPECT_EQ(-EBUSY, request_only(sock_new(), PEER));
	close(fd);
	EXPECT_EQ(0, tags_held());
	fd = sock_new();
	for (i = 0; i < 8; i++)
		EXPECT_EQ(1, request_only(fd, PEER));
}

TEST_F(tags, an_answer_to_a_closed_socket_is_dropped_and_counted)
{
	int fd = sock_new(), tag = tun_request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	close(fd);
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
}

TEST_F(tags, close_amid_an_answer_drops_it_whole)
{
	uint8_t payload[BTU] = { TYPE };
	int fd = sock_new(), tag = tun_request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, SOM | tag, payload,
			      BTU));
	EXPECT_EQ(2, file_wait("/proc/thread-self/net/mctp/reassembly", "",
			       2));
	close(fd);
	EXPECT_DROPS(&self->before, "drop_reasm_gone=1");
	EXPECT_EQ(1, file_count("/proc/thread-self/net/mctp/reassembly", ""));
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, EOM | SEQ(1) | tag,
			      payload, 1));
	EXPECT_DROPS(&self->before, "drop_no_start=1 drop_reasm_gone=1");
}

TEST_F(tags, a_tag_dropped_amid_its_answer_drops_it_at_its_end)
{
	uint8_t payload[BTU] = { TYPE };
	int fd = sock_new(), tag = tag_alloc(fd, PEER), wire;

	ASSERT_LE(0, tag);
	wire = tag & MCTP_TAG_MASK;
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, SOM | wire, payload,
			      BTU));
	ASSERT_EQ(0, tag_drop(fd, PEER, tag));
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, EOM | SEQ(1) | wire,
			      payload, 1));
	EXPECT_DROPS(&self->before, "drop_tag_expired=1");
	EXPECT_EQ(0, recv_none(fd));
}

TEST_F(tags, a_message_that_was_not_sent_holds_no_tag)
{
	int fd = sock_new();

	ASSERT_EQ(0, link_down("bus"));
	EXPECT_EQ(-ENETDOWN, send_to(fd, &self->to, "q", 1));
	EXPECT_EQ(0, tags_held());
}

/* Answers to every packet that goes out by the bus, each twice, until there is
 * one to PEER2
 */
static int answer_all(int bus)
{
	uint8_t packet[80];

	do {
		ssize_t n = tun_recv(bus, packet, sizeof(packet));

		if (n < 0)
			return n;
		if (tun_answer(bus, packet[2], packet[1],
			       packet[3] & MCTP_TAG_MASK) ||
		    tun_answer(bus, packet[2], packet[1],
			       packet[3] & MCTP_TAG_MASK))
			return -EIO;
	} while (packet[1] != PEER2);
	return 0;
}

TEST_F(tags, of_sockets_that_close_amid_answers_each_answer_is_counted)
{
	long came = 0;
	char got[4];
	pid_t pid;
	int i, n;

	pid = fork();
	if (!pid)
		_exit(-answer_all(self->bus));
	for (i = 0; i < 300; i++) {
		int fd = sock_new();

		for (n = 0; n < 3; n++)
			ASSERT_EQ(1, request_only(fd, PEER));
		/* some at once, some when the answers begin to come */
		if (i & 1)
			ASSERT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
		while (i % 3 == 0 && recv(fd, got, sizeof(got),
					  MSG_DONTWAIT) == 1)
			came++;
		close(fd);
	}
	ASSERT_EQ(1, request_only(sock_new(), PEER2));
	EXPECT_EQ(0, child_wait(pid));
	EXPECT_LE(came, stats_rise(&self->before, "rx_messages"));
	EXPECT_LT(0, stats_rise(&self->before, "drop_no_tag"));
	EXPECT_EQ(stats_rise(&self->before, "rx_packets"),
		  stats_rise(&self->before, "rx_messages") +
		  stats_lost(&self->before));
	EXPECT_EQ(1802, stats_rise(&self->before, "rx_packets"));
	EXPECT_EQ(0, tags_held());
}

/* Answers that we give */

TEST_F(tags, our_answer_goes_out_with_the_tag_as_it_stands)
{
	struct sockaddr_mctp from;
	int fd = sock_bound(1, LOCAL, TYPE), tag;
	uint8_t packet[80];
	char got[4];

	for (tag = 0; tag < 8; tag++) {
		ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, TO | tag));
		ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from));
		EXPECT_EQ(TO | tag, from.smctp_tag);
		from.smctp_tag &= ~TO;
		ASSERT_EQ(1, send_to(fd, &from, "r", 1));
		ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
		EXPECT_EQ(WHOLE | tag, packet[3] & ~SEQ(3));
	}
	EXPECT_EQ(0, tags_held());
}

TEST_F(tags, answers_are_not_limited_by_tags_in_use)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, 3);
	int fd = sock_new(), i;

	for (i = 0; i < 8; i++)
		ASSERT_EQ(1, request_only(fd, PEER));
	for (i = 0; i < 20; i++)
		EXPECT_EQ(1, send_to(fd, &to, "r", 1));
	EXPECT_EQ(8, tags_held());
}

TEST_F(tags, proc_net_mctp_tags_shows_each)
{
	int fd = sock_new(), tag, keep, left = -1;
	char line[64];

	tag = tun_request(self->bus, fd, &self->to);
	keep = tag_alloc2(fd, 3, MCTP_ADDR_ANY);
	ASSERT_LE(0, tag);
	ASSERT_LE(0, keep);
	snprintf(line, sizeof(line), "1 %u %u %u auto ", LOCAL, PEER, tag);
	EXPECT_STRNE("", file_line(TAGS_PATH, line));
	/* what is left of six seconds */
	sscanf(file_line(TAGS_PATH, line), "%*s %*s %*s %*s auto %d", &left);
	EXPECT_GE(TAG_LIFE_MS, left);
	EXPECT_LE(TAG_LIFE_MS - 2000, left);
	snprintf(line, sizeof(line), "3 any any %u prealloc - ",
		 keep & MCTP_TAG_MASK);
	EXPECT_STRNE("", file_line(TAGS_PATH, line));
	EXPECT_EQ(2, tags_held());
}

TEST_F(tags, an_answer_is_from_the_eid_that_was_asked)
{
	int fd = sock_bound(1, MCTP_ADDR_ANY, TYPE), i;
	struct sockaddr_mctp from[2];
	uint8_t packet[80];
	char got[4];

	/* both before either is answered */
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL2, PEER, TO | 3));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from[0]));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, TO | 4));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from[1]));
	for (i = 0; i < 2; i++) {
		from[i].smctp_tag &= ~TO;
		ASSERT_EQ(1, send_to(fd, &from[i], "r", 1));
		ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
		EXPECT_EQ(i ? LOCAL : LOCAL2, packet[2]);
		EXPECT_EQ(i ? 4 : 3, packet[3] & MCTP_TAG_MASK);
	}
	/* an EID that is ours no more is not used, nor is another for it */
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL2, PEER, TO | 3));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from[0]));
	ASSERT_EQ(0, addr_del("bus", LOCAL2));
	from[0].smctp_tag &= ~TO;
	ASSERT_EQ(1, send_to(fd, &from[0], "r", 1));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(0, packet[2]);
}

/* Many */

TEST_F(tags, every_peer_of_a_network_has_eight_at_once)
{
	int fd = sock_new(), i;
	unsigned int eid;

	for (eid = PEER; eid < 99; eid++)
		for (i = 0; i < 8; i++)
			ASSERT_LE(0, tag_alloc(fd, eid));
	for (eid = PEER; eid < 99; eid++)
		EXPECT_EQ(-EBUSY, request_only(fd, eid));
	EXPECT_EQ((99 - PEER) * 8, tags_held());
	close(fd);
	EXPECT_EQ(0, tags_held());
}

TEST_HARNESS_MAIN
