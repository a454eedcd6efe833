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

/* Send a request; the tag that it has on the wire */
static int request(int bus, int fd, const struct sockaddr_mctp *to)
{
	uint8_t packet[80];
	ssize_t n = send_to(fd, to, "q", 1);

	if (n < 0)
		return n;
	n = tun_recv(bus, packet, sizeof(packet));
	if (n < 0)
		return n;
	if (n != HDR_LEN + 2 || packet[1] != to->smctp_addr.s_addr ||
	    (packet[3] & (WHOLE | TO)) != (WHOLE | TO))
		return -EBADMSG;
	return packet[3] & MCTP_TAG_MASK;
}

/* A request, of which the packet is of no interest */
static int request_only(int fd, uint8_t peer)
{
	struct sockaddr_mctp to = addr_of(1, peer, TYPE, OWNER);

	return send_to(fd, &to, "q", 1);
}

static int answer(int bus, uint8_t dest, uint8_t src, uint8_t tag)
{
	static const uint8_t payload[] = { TYPE, 'a' };

	return tun_send(bus, dest, src, WHOLE | tag, payload, sizeof(payload));
}

static int tags_held(void)
{
	return file_count(TAGS_PATH, "") - 1;
}

TEST_F(tags, there_are_eight_for_a_peer_and_the_ninth_is_ebusy)
{
	int fd = sock_new(), i, tag, seen = 0;

	for (i = 0; i < 8; i++) {
		tag = request(self->bus, fd, &self->to);
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
		EXPECT_LE(0, request(bus2, fd, &to2));
	EXPECT_EQ(-EBUSY, send_to(fd, &to2, "q", 1));
}

TEST_F(tags, an_answer_goes_to_the_owner_and_frees_the_tag)
{
	struct sockaddr_mctp from;
	int fd = sock_new(), other = sock_new(), tag, tag2, i;
	char got[4];

	tag = request(self->bus, fd, &self->to);
	ASSERT_LE(0, tag);
	tag2 = request(self->bus, other, &self->to);
	ASSERT_LE(0, tag2);
	for (i = 2; i < 8; i++)
		ASSERT_EQ(1, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));

	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from));
	EXPECT_EQ('a', got[0]);
	EXPECT_EQ(tag, from.smctp_tag);
	EXPECT_EQ(PEER, from.smctp_addr.s_addr);
	EXPECT_EQ(0, recv_none(other));
	EXPECT_EQ(1, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));

	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag2));
	EXPECT_EQ(1, recv_from(other, got, sizeof(got), &from));
	EXPECT_EQ(0, recv_none(fd));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(tags, an_answer_of_many_packets_frees_the_tag_at_its_end)
{
	uint8_t payload[BTU], got[2 * BTU];
	int fd = sock_new(), tag;

	tag = request(self->bus, fd, &self->to);
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
	int fd = sock_new(), tag = request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER2, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(0, recv_none(fd));
	/* the right one is waited for still */
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
}

TEST_F(tags, an_answer_with_another_tag_is_dropped_and_counted)
{
	int fd = sock_new(), tag = request(self->bus, fd, &self->to), i;

	ASSERT_LE(0, tag);
	for (i = 1; i < 8; i++)
		ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, (tag + i) % 8));
	EXPECT_DROPS(&self->before, "drop_no_tag=7");
	EXPECT_EQ(0, recv_none(fd));
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
}

TEST_F(tags, an_answer_with_the_owner_bit_is_a_request)
{
	int fd = sock_new(), tag = request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag | TO));
	EXPECT_DROPS(&self->before, "drop_no_bind=1");
	EXPECT_EQ(0, recv_none(fd));
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
}

TEST_F(tags, a_second_answer_is_dropped_and_counted)
{
	int fd = sock_new(), tag = request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag));
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(2, recv_none(fd));
	EXPECT_EQ(0, recv_none(fd));
}

TEST_F(tags, an_answer_to_another_of_our_eids_is_dropped_and_counted)
{
	int fd = sock_new(), tag = request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, answer(self->bus, LOCAL2, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	/* 0 is no EID of ours while there are others */
	ASSERT_EQ(0, answer(self->bus, MCTP_ADDR_NULL, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=2");
	EXPECT_EQ(0, recv_none(fd));
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
}

TEST_F(tags, an_answer_in_another_network_is_dropped_and_counted)
{
	int bus2 = tun_new("bus2"), fd = sock_new(), tag;

	ASSERT_LE(0, bus2);
	ASSERT_EQ(0, link_net("bus2", 2));
	ASSERT_EQ(0, link_up("bus2"));
	ASSERT_EQ(0, addr_add("bus2", LOCAL));
	tag = request(self->bus, fd, &self->to);
	ASSERT_LE(0, tag);
	ASSERT_EQ(0, answer(bus2, LOCAL, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(0, recv_none(fd));
}

TEST_F(tags, a_bind_of_the_type_takes_no_answers)
{
	int bound = sock_bound(1, LOCAL, TYPE), fd = sock_new(), tag;

	ASSERT_LE(0, bound);
	tag = request(self->bus, fd, &self->to);
	ASSERT_LE(0, tag);
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, (tag + 1) % 8));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(0, recv_none(bound));
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
	EXPECT_EQ(0, recv_none(bound));
}

/* The end of a tag */

TEST_F(tags, a_tag_ends_after_six_seconds_and_a_late_answer_is_counted)
{
	int early = sock_new(), late = sock_new(), keep = sock_new();
	long start, took;
	int t_early, t_late, t_keep;

	t_keep = tag_alloc(keep, PEER2);
	ASSERT_LE(0, t_keep);
	self->to.smctp_tag = t_keep;
	self->to.smctp_addr.s_addr = PEER2;
	ASSERT_EQ(t_keep & MCTP_TAG_MASK,
		  request(self->bus, keep, &self->to));
	self->to = addr_of(1, PEER, TYPE, OWNER);

	start = now_ms();
	t_early = request(self->bus, early, &self->to);
	t_late = request(self->bus, late, &self->to);
	ASSERT_LE(0, t_early);
	ASSERT_LE(0, t_late);
	EXPECT_EQ(3, tags_held());
	while (now_ms() < start + TAG_LIFE_MS - 2000)
		pause_ms(20);
	/* not a moment too early */
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, t_early));
	ASSERT_TRUE(sock_polls(early, POLLIN, WAIT_MS));
	EXPECT_EQ(2, tags_held());

	EXPECT_EQ(2, file_wait(TAGS_PATH, "", 2));
	took = now_ms() - start;
	EXPECT_LE(TAG_LIFE_MS - 50, took);
	EXPECT_GE(TAG_LIFE_MS + 3000, took);
	EXPECT_EQ(1, stats_rise(&self->before, "tag_expired"));
	EXPECT_DROPS(&self->before, "");

	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, t_late));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(0, recv_none(late));
	/* a preallocated one has no such end */
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER2, t_keep & MCTP_TAG_MASK));
	EXPECT_TRUE(sock_polls(keep, POLLIN, WAIT_MS));
}

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
	int fd = sock_new(), tag = request(self->bus, fd, &self->to);

	ASSERT_LE(0, tag);
	close(fd);
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
}

TEST_F(tags, close_amid_an_answer_drops_it_whole)
{
	uint8_t payload[BTU] = { TYPE };
	int fd = sock_new(), tag = request(self->bus, fd, &self->to);

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

/* Answers that we give */

TEST_F(tags, our_answer_goes_out_with_the_tag_as_it_stands)
{
	struct sockaddr_mctp from;
	int fd = sock_bound(1, LOCAL, TYPE), tag;
	uint8_t packet[80];
	char got[4];

	for (tag = 0; tag < 8; tag++) {
		ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, TO | tag));
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

/* Peers without a name */

TEST_F(tags, a_broadcast_request_is_answered_by_anyone)
{
	struct sockaddr_mctp_ext to = {
		.smctp_base = addr_of(1, MCTP_ADDR_ANY, TYPE, OWNER),
	};
	int fd = sock_new(), on = 1, tag;
	uint8_t packet[80];
	struct link_info info;
	struct sockaddr_mctp from;
	char got[4];

	ASSERT_EQ(0, link_get("bus", &info));
	to.smctp_ifindex = info.ifindex;
	ASSERT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
	ASSERT_EQ(1, sendto(fd, "q", 1, 0, (void *)&to, sizeof(to)));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(MCTP_ADDR_ANY, packet[1]);
	tag = packet[3] & MCTP_TAG_MASK;
	on = 0;
	ASSERT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
	ASSERT_EQ(0, answer(self->bus, LOCAL, 77, tag));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from));
	EXPECT_EQ(77, from.smctp_addr.s_addr);
	/* one answer is what a tag is for */
	ASSERT_EQ(0, answer(self->bus, LOCAL, 78, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
}

TEST_F(tags, a_request_to_eid_0_shares_no_tag_with_any_peer)
{
	struct sockaddr_mctp_ext to = {
		.smctp_base = addr_of(1, MCTP_ADDR_NULL, TYPE, OWNER),
	};
	int fd = sock_new(), on = 1, seen = 0, i, tag;
	uint8_t packet[80];
	struct link_info info;

	ASSERT_EQ(0, link_get("bus", &info));
	to.smctp_ifindex = info.ifindex;
	ASSERT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(1, sendto(fd, "q", 1, 0, (void *)&to, sizeof(to)));
		ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
		EXPECT_EQ(MCTP_ADDR_NULL, packet[1]);
		seen |= 1 << (packet[3] & MCTP_TAG_MASK);
	}
	for (i = 0; i < 5; i++) {
		tag = request(self->bus, fd, &self->to);
		ASSERT_LE(0, tag);
		EXPECT_EQ(0, seen & 1 << tag);
		seen |= 1 << tag;
	}
	EXPECT_EQ(0xff, seen);
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));
	/* another peer has three less, and five more */
	for (i = 0; i < 5; i++)
		EXPECT_EQ(1, request_only(fd, PEER2));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER2));
	EXPECT_EQ(-1, sendto(fd, "q", 1, 0, (void *)&to, sizeof(to)));
	EXPECT_EQ(EBUSY, errno);
}

TEST_F(tags, a_device_without_eids_sends_from_0_and_takes_answers_to_0)
{
	int bus2 = tun_bus("bus2", 100, 120), fd = sock_new(), tag;
	struct sockaddr_mctp to = addr_of(1, 100, TYPE, OWNER);
	uint8_t packet[80];
	char got[4];

	ASSERT_LE(0, bus2);
	ASSERT_EQ(1, send_to(fd, &to, "q", 1));
	ASSERT_EQ(6, tun_recv(bus2, packet, sizeof(packet)));
	EXPECT_EQ(MCTP_ADDR_NULL, packet[2]);
	tag = packet[3] & MCTP_TAG_MASK;
	ASSERT_EQ(0, answer(bus2, MCTP_ADDR_NULL, 100, tag));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	EXPECT_DROPS(&self->before, "");
}

/* Preallocated tags */

TEST_F(tags, a_preallocated_tag_is_used_again_and_again)
{
	int fd = sock_new(), tag = tag_alloc(fd, PEER), i;
	char got[4];

	ASSERT_LE(0, tag);
	EXPECT_EQ(OWNER | PREALLOC, tag & ~MCTP_TAG_MASK);
	self->to.smctp_tag = tag;
	for (i = 0; i < 10; i++)
		ASSERT_EQ(tag & MCTP_TAG_MASK,
			  request(self->bus, fd, &self->to));
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, answer(self->bus, LOCAL, PEER,
				    tag & MCTP_TAG_MASK));
		EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	}
	EXPECT_EQ(1, tags_held());
	EXPECT_EQ(1, file_count(TAGS_PATH, " prealloc - "));
	EXPECT_DROPS(&self->before, "");
	EXPECT_EQ(0, tag_drop(fd, PEER, tag));
	EXPECT_EQ(0, tags_held());
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag & MCTP_TAG_MASK));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(-EINVAL, send_to(fd, &self->to, "q", 1));
}

TEST_F(tags, answers_with_a_preallocated_tag_may_come_to_any_of_our_eids)
{
	int fd = sock_new(), tag = tag_alloc2(fd, 1, PEER);
	char got[4];

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER, tag & MCTP_TAG_MASK));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	ASSERT_EQ(0, answer(self->bus, LOCAL2, PEER, tag & MCTP_TAG_MASK));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	ASSERT_EQ(0, answer(self->bus, LOCAL, PEER2, tag & MCTP_TAG_MASK));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
}

TEST_F(tags, preallocated_and_automatic_tags_share_the_eight)
{
	int fd = sock_new(), i, tag, seen = 0;

	for (i = 0; i < 4; i++) {
		tag = i & 1 ? tag_alloc(fd, PEER) : tag_alloc2(fd, 1, PEER);
		ASSERT_LE(0, tag);
		seen |= 1 << (tag & MCTP_TAG_MASK);
	}
	for (i = 0; i < 4; i++) {
		tag = request(self->bus, fd, &self->to);
		ASSERT_LE(0, tag);
		EXPECT_EQ(0, seen & 1 << tag);
		seen |= 1 << tag;
	}
	EXPECT_EQ(0xff, seen);
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, tag_alloc(fd, PEER));
	EXPECT_EQ(-EBUSY, tag_alloc2(fd, 1, PEER));
	EXPECT_EQ(-EBUSY, tag_alloc(fd, MCTP_ADDR_ANY));
	EXPECT_LE(0, tag_alloc(fd, PEER2));
}

TEST_F(tags, a_tag_for_any_peer_is_out_of_reach_of_all_others)
{
	static const uint8_t any[] = { MCTP_ADDR_ANY, MCTP_ADDR_NULL };
	int fd = sock_new(), i, tag;
	char got[4];

	for (i = 0; i < 7; i++)
		ASSERT_LE(0, tag_alloc(fd, any[i & 1]));
	EXPECT_EQ(1, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, tag_alloc(fd, PEER));
	tag = tag_alloc(fd, PEER2);
	ASSERT_LE(0, tag);
	EXPECT_EQ(-EBUSY, tag_alloc(fd, MCTP_ADDR_ANY));

	/* it can be sent to and answered by all */
	tag = (tag + 1) % 8 | OWNER | PREALLOC;
	self->to.smctp_tag = tag;
	EXPECT_EQ(1, request_only(fd, 50));
	EXPECT_EQ(1, send_to(fd, &self->to, "q", 1));
	self->to.smctp_addr.s_addr = PEER2;
	EXPECT_EQ(1, send_to(fd, &self->to, "q", 1));
	ASSERT_EQ(0, answer(self->bus, LOCAL, 60, tag & MCTP_TAG_MASK));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	ASSERT_EQ(0, answer(self->bus, LOCAL2, 61, tag & MCTP_TAG_MASK));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	/* and is dropped as it was taken: for any */
	EXPECT_EQ(-EINVAL, tag_drop(fd, 60, tag));
	EXPECT_EQ(0, tag_drop(fd, MCTP_ADDR_NULL, tag));
	EXPECT_EQ(-EINVAL, tag_drop(fd, MCTP_ADDR_ANY, tag));
}

TEST_F(tags, alloctag_errors)
{
	struct mctp_ioc_tag_ctl ctl = { .peer_addr = PEER, .tag = 1 };
	int fd = sock_new();

	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPALLOCTAG, &ctl));
	EXPECT_EQ(EINVAL, errno);
	ctl.tag = OWNER;
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPALLOCTAG, &ctl));
	EXPECT_EQ(EINVAL, errno);
	ctl.tag = 0;
	ctl.flags = 1;
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPALLOCTAG, &ctl));
	EXPECT_EQ(EINVAL, errno);
	ctl.flags = 0;
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPALLOCTAG, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, tags_held());
	EXPECT_EQ(0, ioctl(fd, SIOCMCTPALLOCTAG, &ctl));
	EXPECT_EQ(PEER, ctl.peer_addr);
	EXPECT_EQ(0, ctl.flags);
	EXPECT_EQ(1, tags_held());
}

TEST_F(tags, alloctag2_errors)
{
	struct mctp_ioc_tag_ctl2 good = { .net = 1, .peer_addr = PEER };
	struct mctp_ioc_tag_ctl2 ctl = good;
	int fd = sock_new();

	ctl.tag = 1;
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPALLOCTAG2, &ctl));
	EXPECT_EQ(EINVAL, errno);
	ctl = good;
	ctl.flags = 0x8000;
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPALLOCTAG2, &ctl));
	EXPECT_EQ(EINVAL, errno);
	ctl = good;
	ctl.local_addr = LOCAL;
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPALLOCTAG2, &ctl));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPALLOCTAG2, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, tags_held());
	ctl = good;
	ctl.local_addr = MCTP_ADDR_ANY;
	EXPECT_EQ(0, ioctl(fd, SIOCMCTPALLOCTAG2, &ctl));
	EXPECT_EQ(1u, ctl.net);
	EXPECT_EQ(PEER, ctl.peer_addr);
	EXPECT_EQ(MCTP_ADDR_ANY, ctl.local_addr);
	EXPECT_EQ(OWNER | PREALLOC, ctl.tag & ~MCTP_TAG_MASK);
	ctl = good;
	EXPECT_EQ(0, ioctl(fd, SIOCMCTPALLOCTAG2, &ctl));
	EXPECT_EQ(2, tags_held());
}

TEST_F(tags, droptag_of_what_is_not_ours_is_einval)
{
	struct mctp_ioc_tag_ctl ctl = { .peer_addr = PEER };
	struct mctp_ioc_tag_ctl2 ctl2 = { .net = 1, .peer_addr = PEER };
	int fd = sock_new(), other = sock_new();
	int tag = tag_alloc(fd, PEER), automatic;

	ASSERT_LE(0, tag);
	EXPECT_EQ(-EINVAL, tag_drop(other, PEER, tag));
	EXPECT_EQ(-EINVAL, tag_drop2(other, 1, PEER, tag));
	EXPECT_EQ(-EINVAL, tag_drop(fd, PEER2, tag));
	EXPECT_EQ(-EINVAL, tag_drop(fd, MCTP_ADDR_ANY, tag));
	EXPECT_EQ(-EINVAL, tag_drop2(fd, 2, PEER, tag));
	EXPECT_EQ(-EINVAL, tag_drop(fd, PEER, (tag & ~7) | ((tag + 1) & 7)));
	EXPECT_EQ(-EINVAL, tag_drop(fd, PEER, tag & MCTP_TAG_MASK));
	EXPECT_EQ(-EINVAL, tag_drop(fd, PEER, tag | 0x20));
	ctl.tag = tag;
	ctl.flags = 1;
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPDROPTAG, &ctl));
	EXPECT_EQ(EINVAL, errno);
	ctl2.tag = tag;
	ctl2.flags = 1;
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPDROPTAG2, &ctl2));
	EXPECT_EQ(EINVAL, errno);
	ctl2.flags = 0;
	ctl2.local_addr = LOCAL;
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPDROPTAG2, &ctl2));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(fd, SIOCMCTPDROPTAG, NULL));
	EXPECT_EQ(EFAULT, errno);
	/* an automatic tag is the stack's to end */
	automatic = request(self->bus, fd, &self->to);
	ASSERT_LE(0, automatic);
	EXPECT_EQ(-EINVAL, tag_drop(fd, PEER, automatic | OWNER | PREALLOC));

	EXPECT_EQ(2, tags_held());
	EXPECT_EQ(0, tag_drop2(fd, 1, PEER, tag));
	EXPECT_EQ(-EINVAL, tag_drop(fd, PEER, tag));
	EXPECT_EQ(1, tags_held());
}

TEST_F(tags, both_forms_of_the_ioctls_name_the_same_tags)
{
	int fd = sock_new(), tag;

	tag = tag_alloc(fd, PEER);
	ASSERT_LE(0, tag);
	EXPECT_EQ(0, tag_drop2(fd, 1, PEER, tag));
	tag = tag_alloc2(fd, 1, PEER);
	ASSERT_LE(0, tag);
	EXPECT_EQ(0, tag_drop(fd, PEER, tag));
	tag = tag_alloc2(fd, MCTP_NET_ANY, PEER);
	ASSERT_LE(0, tag);
	EXPECT_EQ(0, tag_drop(fd, PEER, tag));
	EXPECT_EQ(0, tags_held());
}

TEST_F(tags, the_first_form_means_the_default_network)
{
	int fd = sock_new(), tag;

	ASSERT_EQ(0, sysctl_set("default_net", 5));
	tag = tag_alloc(fd, PEER);
	ASSERT_LE(0, tag);
	EXPECT_STRNE("", file_line(TAGS_PATH, "5 any 20 "));
	EXPECT_EQ(-EINVAL, tag_drop2(fd, 1, PEER, tag));
	EXPECT_EQ(0, tag_drop2(fd, 5, PEER, tag));
}

TEST_F(tags, a_send_with_a_preallocated_tag_that_is_not_ours_is_einval)
{
	int fd = sock_new(), other = sock_new(), tag = tag_alloc(fd, PEER), i;

	ASSERT_LE(0, tag);
	for (i = 0; i < 8; i++) {
		self->to.smctp_tag = i | OWNER | PREALLOC;
		EXPECT_EQ(-EINVAL, send_to(other, &self->to, "q", 1));
		if (self->to.smctp_tag != tag)
			EXPECT_EQ(-EINVAL, send_to(fd, &self->to, "q", 1));
	}
	self->to.smctp_tag = tag;
	self->to.smctp_addr.s_addr = PEER2;
	EXPECT_EQ(-EINVAL, send_to(fd, &self->to, "q", 1));
	self->to.smctp_addr.s_addr = PEER;
	EXPECT_EQ(1, send_to(fd, &self->to, "q", 1));
}

TEST_F(tags, proc_net_mctp_tags_shows_each)
{
	int fd = sock_new(), tag, keep;
	char line[64];

	tag = request(self->bus, fd, &self->to);
	keep = tag_alloc2(fd, 3, MCTP_ADDR_ANY);
	ASSERT_LE(0, tag);
	ASSERT_LE(0, keep);
	snprintf(line, sizeof(line), "1 %u %u %u auto ", LOCAL, PEER, tag);
	EXPECT_STRNE("", file_line(TAGS_PATH, line));
	snprintf(line, sizeof(line), "3 any any %u prealloc - ",
		 keep & MCTP_TAG_MASK);
	EXPECT_STRNE("", file_line(TAGS_PATH, line));
	EXPECT_EQ(2, tags_held());
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
