// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints that have no EID yet, on either side, and messages to all at once:
 * who may answer, and which tags that takes from others.
 */
#include "mctp_test.h"

#define TYPE		0x7e
#define LOCAL		8	/* ours, on the bus */
#define LOCAL2		9
#define PEER		20	/* theirs */
#define PEER2		21

#define TAGS_PATH	"/proc/thread-self/net/mctp/tags"

FIXTURE(no_eid) {
	int bus;
	struct stats before;
	struct sockaddr_mctp to;
};

FIXTURE_SETUP(no_eid)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_bus("bus", PEER, 99);
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, addr_add("bus", LOCAL));
	ASSERT_EQ(0, addr_add("bus", LOCAL2));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, PEER, TYPE, OWNER);
}

FIXTURE_TEARDOWN(no_eid)
{
}

/* A request, of which the packet is of no interest */
static int request_only(int fd, uint8_t peer)
{
	struct sockaddr_mctp to = addr_of(1, peer, TYPE, OWNER);

	return send_to(fd, &to, "q", 1);
}

TEST_F(no_eid, a_broadcast_request_is_answered_by_anyone)
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
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, 77, tag));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from));
	EXPECT_EQ(77, from.smctp_addr.s_addr);
	/* one answer is what a tag is for */
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, 78, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
}

TEST_F(no_eid, a_request_to_eid_0_shares_no_tag_with_any_peer)
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
		tag = tun_request(self->bus, fd, &self->to);
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

TEST_F(no_eid, a_device_without_eids_sends_from_0_and_takes_answers_to_0)
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
	ASSERT_EQ(0, tun_answer(bus2, MCTP_ADDR_NULL, 100, tag));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	EXPECT_DROPS(&self->before, "");
}

TEST_HARNESS_MAIN
