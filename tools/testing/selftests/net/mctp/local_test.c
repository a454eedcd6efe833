// SPDX-License-Identifier: GPL-2.0
/*
 * Messages between EIDs of our own. They never visit a device, and yet all that
 * holds for a peer on a bus holds here: who takes a request, what is an answer,
 * how many tags there are, and when they end.
 */
#include <net/if.h>

#include "mctp_test.h"

#define TYPE	0x7e
#define ASKS	8	/* ours, on lo: sends the requests */
#define TOLD	9	/* on lo too: takes them */
#define THIRD	10	/* on a bus */
#define OTHER	11	/* on a bus of network 2 */
#define ANY	MCTP_ADDR_ANY

FIXTURE(local) {
	int bus;
	int bus2;
	int asks;	/* bound, so that it sends from ASKS */
	int told;	/* takes requests to TOLD */
	int third;
	struct stats before;
	struct sockaddr_mctp to;
};

FIXTURE_SETUP(local)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", ASKS));
	ASSERT_EQ(0, addr_add("lo", TOLD));
	self->bus = tun_bus("bus", 20, 30);
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, addr_add("bus", THIRD));
	self->bus2 = tun_new("bus2");
	ASSERT_LE(0, self->bus2);
	ASSERT_EQ(0, link_net("bus2", 2));
	ASSERT_EQ(0, link_up("bus2"));
	ASSERT_EQ(0, addr_add("bus2", OTHER));
	self->asks = sock_bound(1, ASKS, TYPE);
	ASSERT_LE(0, self->asks);
	self->told = sock_bound(1, TOLD, TYPE);
	ASSERT_LE(0, self->told);
	self->third = sock_bound(1, THIRD, TYPE);
	ASSERT_LE(0, self->third);
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, TOLD, TYPE, OWNER);
}

FIXTURE_TEARDOWN(local)
{
}

#define SELF FIXTURE_DATA(local) *self

/* A request to TOLD; the address that it is from, as an answer needs it */
static int ask(SELF, struct sockaddr_mctp *from)
{
	char got[4];
	ssize_t n = send_to(self->asks, &self->to, "q", 1);

	if (n != 1)
		return n;
	n = recv_from(self->told, got, sizeof(got), from);
	if (n != 1)
		return n < 0 ? n : -EBADMSG;
	if (from->smctp_addr.s_addr != ASKS || !(from->smctp_tag & OWNER))
		return -EBADMSG;
	from->smctp_tag &= MCTP_TAG_MASK;
	return 0;
}

/* The right answer is waited for still */
static bool answered(SELF, const struct sockaddr_mctp *from)
{
	char got[4];

	return !recv_none(self->asks) &&
	       send_to(self->told, from, "right", 5) == 5 &&
	       recv_from(self->asks, got, 4, NULL) == 4 &&
	       !memcmp(got, "righ", 4);
}

/* Tags */

TEST_F(local, each_pair_of_eids_has_eight_tags_and_the_ninth_is_ebusy)
{
	static const uint8_t peers[] = { TOLD, THIRD, ASKS };
	int asks2 = sock_bound(1, THIRD, TYPE - 1), i;
	size_t p;

	ASSERT_LE(0, asks2);
	for (p = 0; p < ARRAY_SIZE(peers); p++) {
		self->to.smctp_addr.s_addr = peers[p];
		for (i = 0; i < 8; i++)
			EXPECT_EQ(1, send_to(self->asks, &self->to, "q", 1));
		EXPECT_EQ(-EBUSY, send_to(self->asks, &self->to, "q", 1));
		/* from another of our EIDs there are eight more */
		for (i = 0; i < 8; i++)
			EXPECT_EQ(1, send_to(asks2, &self->to, "q", 1));
		EXPECT_EQ(-EBUSY, send_to(asks2, &self->to, "q", 1));
	}
	EXPECT_EQ(48, tags_held());
	EXPECT_EQ(0, tun_none(self->bus));
}

TEST_F(local, an_answer_frees_its_tag)
{
	struct sockaddr_mctp from;
	int i;

	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, ask(self, &from));
		EXPECT_EQ(1, tags_held());
		EXPECT_TRUE(answered(self, &from));
		EXPECT_EQ(0, tags_held());
	}
	EXPECT_DROPS(&self->before, "");
}

TEST_F(local, an_answer_by_another_eid_is_dropped_and_counted)
{
	struct sockaddr_mctp from;

	ASSERT_EQ(0, ask(self, &from));
	ASSERT_EQ(1, send_to(self->third, &from, "w", 1));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_TRUE(answered(self, &from));
}

TEST_F(local, an_answer_with_another_tag_is_dropped_and_counted)
{
	struct sockaddr_mctp from, wrong;
	int i;

	ASSERT_EQ(0, ask(self, &from));
	for (i = 1; i < 8; i++) {
		wrong = from;
		wrong.smctp_tag = (from.smctp_tag + i) % 8;
		ASSERT_EQ(1, send_to(self->told, &wrong, "w", 1));
	}
	EXPECT_DROPS(&self->before, "drop_no_tag=7");
	EXPECT_TRUE(answered(self, &from));
}

TEST_F(local, an_answer_to_another_eid_is_dropped_and_counted)
{
	struct sockaddr_mctp from, wrong;

	ASSERT_EQ(0, ask(self, &from));
	wrong = from;
	wrong.smctp_addr.s_addr = THIRD;
	ASSERT_EQ(1, send_to(self->told, &wrong, "w", 1));
	wrong.smctp_addr.s_addr = TOLD;
	ASSERT_EQ(1, send_to(self->told, &wrong, "w", 1));
	EXPECT_DROPS(&self->before, "drop_no_tag=2");
	EXPECT_TRUE(answered(self, &from));
}

TEST_F(local, an_answer_with_the_owner_bit_is_a_request)
{
	struct sockaddr_mctp from, wrong;
	int i, tag = -1;

	/* of no type that ASKS takes */
	self->to.smctp_type = TYPE - 1;
	close(self->told);
	self->told = sock_bound(1, TOLD, TYPE - 1);
	ASSERT_LE(0, self->told);
	ASSERT_EQ(0, ask(self, &from));
	/* a program can set TO with a tag that it owns only */
	for (i = 0; i < 8 && tag < 0; i++) {
		tag = tag_alloc(self->told, ASKS);
		ASSERT_LE(0, tag);
		if ((tag & MCTP_TAG_MASK) != from.smctp_tag)
			tag = -1;
	}
	ASSERT_LE(0, tag);
	wrong = from;
	wrong.smctp_tag = tag;
	ASSERT_EQ(1, send_to(self->told, &wrong, "w", 1));
	EXPECT_DROPS(&self->before, "drop_no_bind=1");
	EXPECT_TRUE(answered(self, &from));
}

TEST_F(local, a_second_answer_is_dropped_and_counted)
{
	struct sockaddr_mctp from;

	ASSERT_EQ(0, ask(self, &from));
	EXPECT_TRUE(answered(self, &from));
	ASSERT_EQ(1, send_to(self->told, &from, "w", 1));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(0, recv_none(self->asks));
}

TEST_F(local, an_answer_to_a_closed_socket_is_dropped_and_counted)
{
	struct sockaddr_mctp from;

	ASSERT_EQ(0, ask(self, &from));
	close(self->asks);
	ASSERT_EQ(1, send_to(self->told, &from, "w", 1));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
}

TEST_F(local, a_preallocated_tag_is_answered_again_and_again)
{
	int fd = sock_new(), tag = tag_alloc2(fd, 1, ANY), i;
	struct sockaddr_mctp from;
	char got[4];

	ASSERT_LE(0, tag);
	self->to.smctp_tag = tag;
	for (i = 0; i < 3; i++) {
		self->to.smctp_addr.s_addr = i & 1 ? THIRD : TOLD;
		ASSERT_EQ(1, send_to(fd, &self->to, "q", 1));
		ASSERT_EQ(1, recv_from(i & 1 ? self->third : self->told, got,
				       sizeof(got), &from));
		EXPECT_EQ(tag & ~PREALLOC, from.smctp_tag);
		from.smctp_tag &= MCTP_TAG_MASK;
		ASSERT_EQ(1, send_to(self->told, &from, "a", 1));
		ASSERT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
		ASSERT_EQ(1, send_to(self->third, &from, "a", 1));
		ASSERT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	}
	EXPECT_DROPS(&self->before, "");
	EXPECT_EQ(0, tag_drop2(fd, 1, ANY, tag));
	ASSERT_EQ(1, send_to(self->told, &from, "a", 1));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
}

/* Who takes a request */

static int peer_bound(uint8_t peer, uint8_t eid)
{
	struct sockaddr_mctp to = addr_of(1, peer, TYPE, 0);
	struct sockaddr_mctp addr = addr_of(1, eid, TYPE, 0);
	int fd = sock_new();
	int err = connect_to(fd, &to) ?: bind_to(fd, &addr);

	return err ?: fd;
}

TEST_F(local, the_most_specific_bind_takes_then_the_next_as_each_closes)
{
	int fds[] = {
		peer_bound(ASKS, TOLD),
		peer_bound(ASKS, ANY),
		self->told,
		sock_bound(1, ANY, TYPE),
		sock_bound(MCTP_NET_ANY, ANY, TYPE),
	};
	int none = peer_bound(THIRD, TOLD), i, j;

	ASSERT_LE(0, none);
	for (i = 0; i < (int)ARRAY_SIZE(fds); i++)
		ASSERT_LE(0, fds[i]);
	for (i = 0; i < (int)ARRAY_SIZE(fds); i++) {
		/* an answer's tag is not the matter here: close ends it */
		int fd = peer_bound(TOLD, ASKS);

		ASSERT_LE(0, fd);
		ASSERT_EQ(1, send_to(fd, &self->to, "q", 1));
		for (j = i; j < (int)ARRAY_SIZE(fds); j++)
			EXPECT_EQ(j == i ? 2 : 0, recv_none(fds[j]));
		close(fds[i]);
		close(fd);
	}
	EXPECT_EQ(0, recv_none(none));
	EXPECT_DROPS(&self->before, "");
	ASSERT_EQ(1, send_to(self->asks, &self->to, "q", 1));
	EXPECT_DROPS(&self->before, "drop_no_bind=1");
}

TEST_F(local, a_listener_of_a_device_takes_what_came_by_that)
{
	struct sockaddr_mctp third = addr_of(1, THIRD, TYPE, OWNER);
	char got[4];

	/* a message that is local came by lo, whatever device has the EID */
	ASSERT_EQ(0, setsockopt(self->third, SOL_SOCKET, SO_BINDTODEVICE, "bus",
				3));
	ASSERT_EQ(1, send_to(self->asks, &third, "q", 1));
	EXPECT_DROPS(&self->before, "drop_no_bind=1");
	EXPECT_EQ(0, recv_none(self->third));
	ASSERT_EQ(0, tun_answer(self->bus, THIRD, 20, TO));
	EXPECT_EQ(1, recv_from(self->third, got, sizeof(got), NULL));

	ASSERT_EQ(0, setsockopt(self->third, SOL_SOCKET, SO_BINDTODEVICE, "lo",
				2));
	ASSERT_EQ(1, send_to(self->asks, &third, "q", 1));
	EXPECT_EQ(1, recv_from(self->third, got, sizeof(got), NULL));
	ASSERT_EQ(0, tun_answer(self->bus, THIRD, 20, TO));
	EXPECT_DROPS(&self->before, "drop_no_bind=2");
}

TEST_F(local, an_eid_of_a_device_that_is_down_is_enetdown)
{
	self->to.smctp_addr.s_addr = THIRD;
	EXPECT_EQ(1, send_to(self->asks, &self->to, "q", 1));
	ASSERT_EQ(0, link_down("bus"));
	EXPECT_EQ(-ENETDOWN, send_to(self->asks, &self->to, "q", 1));
	/* that of lo is not asked about the others */
	ASSERT_EQ(0, link_up("bus"));
	ASSERT_EQ(0, link_down("lo"));
	EXPECT_EQ(1, send_to(self->asks, &self->to, "q", 1));
	self->to.smctp_addr.s_addr = TOLD;
	EXPECT_EQ(-ENETDOWN, send_to(self->asks, &self->to, "q", 1));
}

TEST_F(local, the_source_is_the_bound_eid_or_the_least_of_the_device)
{
	struct sockaddr_mctp from;
	int fd = sock_new();
	char got[4];

	ASSERT_EQ(1, send_to(self->third, &self->to, "q", 1));
	ASSERT_EQ(1, recv_from(self->told, got, sizeof(got), &from));
	EXPECT_EQ(THIRD, from.smctp_addr.s_addr);
	/* of that which has the destination */
	ASSERT_EQ(1, send_to(fd, &self->to, "q", 1));
	ASSERT_EQ(1, recv_from(self->told, got, sizeof(got), &from));
	EXPECT_EQ(ASKS, from.smctp_addr.s_addr);
	self->to.smctp_addr.s_addr = THIRD;
	ASSERT_EQ(1, send_to(fd, &self->to, "q", 1));
	ASSERT_EQ(1, recv_from(self->third, got, sizeof(got), &from));
	EXPECT_EQ(THIRD, from.smctp_addr.s_addr);
}

TEST_F(local, an_answer_is_from_the_eid_that_was_asked)
{
	struct sockaddr_mctp from;
	int any;
	char got[4];

	/* one socket for all of our EIDs; TOLD is not the least of lo */
	close(self->told);
	any = sock_bound(1, ANY, TYPE);
	ASSERT_LE(0, any);
	ASSERT_EQ(1, send_to(self->asks, &self->to, "q", 1));
	ASSERT_EQ(1, recv_from(any, got, sizeof(got), &from));
	from.smctp_tag &= MCTP_TAG_MASK;
	ASSERT_EQ(1, send_to(any, &from, "a", 1));
	ASSERT_EQ(1, recv_from(self->asks, got, sizeof(got), &from));
	EXPECT_EQ(TOLD, from.smctp_addr.s_addr);
}

/* Extended addresses */

/* A request by fd to @to, taken by @server, answered to where it came from */
static void check_ext(struct __test_metadata *_metadata, int fd, int server,
		      const struct sockaddr_mctp *to)
{
	struct sockaddr_mctp_ext from;
	struct link_info lo;
	char got[8];

	ASSERT_EQ(0, link_get("lo", &lo));
	ASSERT_EQ(0, sock_ext(server, 1));
	ASSERT_EQ(1, send_to(fd, to, "q", 1));
	memset(&from, 0xaa, sizeof(from));
	ASSERT_EQ(1, recv_from_ext(server, got, sizeof(got), &from));
	EXPECT_EQ(to->smctp_network, from.smctp_base.smctp_network);
	EXPECT_EQ(lo.ifindex, from.smctp_ifindex);
	EXPECT_EQ(lo.addr_len, from.smctp_halen);
	EXPECT_EQ(0, memcmp(from.smctp_haddr, lo.addr, lo.addr_len));
	EXPECT_EQ(0, from.smctp_haddr[MAX_ADDR_LEN - 1]);

	from.smctp_base.smctp_tag &= MCTP_TAG_MASK;
	ASSERT_EQ(6, send_to_ext(server, &from, "answer", 6));
	ASSERT_EQ(6, recv_from(fd, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "answer", 6));
}

TEST_F(local, what_an_extended_address_tells_can_be_answered_to)
{
	check_ext(_metadata, self->asks, self->told, &self->to);
	EXPECT_DROPS(&self->before, "");
	EXPECT_EQ(2, stats_rise(&self->before, "local_messages"));
}

TEST_F(local, that_of_an_eid_of_a_bus_is_answered_without_the_bus)
{
	struct sockaddr_mctp to = addr_of(1, THIRD, TYPE, OWNER);

	check_ext(_metadata, self->asks, self->third, &to);
	EXPECT_EQ(0, tun_none(self->bus));
	EXPECT_EQ(0, stats_rise(&self->before, "tx_packets"));
}

TEST_F(local, that_of_an_eid_of_another_network_is_answered_in_that)
{
	struct sockaddr_mctp to = addr_of(2, OTHER, TYPE, OWNER);
	int fd = sock_new(), server = sock_bound(2, OTHER, TYPE);

	ASSERT_LE(0, server);
	check_ext(_metadata, fd, server, &to);
	/* lo itself is of network 1, and may be down */
	ASSERT_EQ(0, link_down("lo"));
	check_ext(_metadata, fd, server, &to);
	EXPECT_EQ(0, stats_rise(&self->before, "tx_packets"));
}

TEST_F(local, an_extended_address_by_lo_reaches_our_own_eids_alone)
{
	struct sockaddr_mctp_ext to = ext_of(&self->to, "lo");
	struct link_info lo;
	char got[4];

	ASSERT_EQ(0, link_get("lo", &lo));
	ASSERT_EQ(0, sock_ext(self->asks, 1));
	EXPECT_EQ(-EINVAL, send_to_ext(self->asks, &to, "q", 1));
	to.smctp_halen = lo.addr_len;
	EXPECT_EQ(1, send_to_ext(self->asks, &to, "q", 1));
	EXPECT_EQ(1, recv_from(self->told, got, sizeof(got), NULL));
	to.smctp_base.smctp_addr.s_addr = 20;	/* of the bus, by route */
	EXPECT_EQ(-EHOSTUNREACH, send_to_ext(self->asks, &to, "q", 1));
	to.smctp_base.smctp_addr.s_addr = OTHER;
	EXPECT_EQ(-EHOSTUNREACH, send_to_ext(self->asks, &to, "q", 1));
	to.smctp_base.smctp_addr.s_addr = MCTP_ADDR_NULL;
	EXPECT_EQ(-EHOSTUNREACH, send_to_ext(self->asks, &to, "q", 1));
	EXPECT_EQ(0, stats_rise(&self->before, "tx_packets"));
}

TEST_HARNESS_MAIN
