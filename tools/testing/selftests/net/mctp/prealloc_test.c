// SPDX-License-Identifier: GPL-2.0
/*
 * Tags that a program takes and drops itself: SIOCMCTPALLOCTAG and DROPTAG, of
 * both forms. The peers are played by the test, behind a TUN device.
 */
#include "mctp_test.h"

#define TYPE		0x7e
#define LOCAL		8	/* ours, on the bus */
#define LOCAL2		9
#define PEER		20	/* theirs */
#define PEER2		21

#define TAGS_PATH	"/proc/thread-self/net/mctp/tags"

FIXTURE(prealloc) {
	int bus;
	struct stats before;
	struct sockaddr_mctp to;
};

FIXTURE_SETUP(prealloc)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_bus("bus", PEER, 99);
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, addr_add("bus", LOCAL));
	ASSERT_EQ(0, addr_add("bus", LOCAL2));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, PEER, TYPE, OWNER);
}

FIXTURE_TEARDOWN(prealloc)
{
}

/* A request, of which the packet is of no interest */
static int request_only(int fd, uint8_t peer)
{
	struct sockaddr_mctp to = addr_of(1, peer, TYPE, OWNER);

	return send_to(fd, &to, "q", 1);
}

TEST_F(prealloc, a_preallocated_tag_is_used_again_and_again)
{
	int fd = sock_new(), tag = tag_alloc(fd, PEER), i;
	char got[4];

	ASSERT_LE(0, tag);
	EXPECT_EQ(OWNER | PREALLOC, tag & ~MCTP_TAG_MASK);
	self->to.smctp_tag = tag;
	for (i = 0; i < 10; i++)
		ASSERT_EQ(tag & MCTP_TAG_MASK,
			  tun_request(self->bus, fd, &self->to));
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER,
					tag & MCTP_TAG_MASK));
		EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	}
	EXPECT_EQ(1, tags_held());
	EXPECT_EQ(1, file_count(TAGS_PATH, " prealloc - "));
	EXPECT_DROPS(&self->before, "");
	EXPECT_EQ(0, tag_drop(fd, PEER, tag));
	EXPECT_EQ(0, tags_held());
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag & MCTP_TAG_MASK));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(-EINVAL, send_to(fd, &self->to, "q", 1));
}

TEST_F(prealloc, answers_with_a_preallocated_tag_may_come_to_any_of_our_eids)
{
	int fd = sock_new(), tag = tag_alloc2(fd, 1, PEER);
	char got[4];

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag & MCTP_TAG_MASK));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL2, PEER, tag & MCTP_TAG_MASK));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER2, tag & MCTP_TAG_MASK));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
}

TEST_F(prealloc, preallocated_and_automatic_tags_share_the_eight)
{
	int fd = sock_new(), i, tag, seen = 0;

	for (i = 0; i < 4; i++) {
		tag = i & 1 ? tag_alloc(fd, PEER) : tag_alloc2(fd, 1, PEER);
		ASSERT_LE(0, tag);
		seen |= 1 << (tag & MCTP_TAG_MASK);
	}
	for (i = 0; i < 4; i++) {
		tag = tun_request(self->bus, fd, &self->to);
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

TEST_F(prealloc, a_tag_for_any_peer_is_out_of_reach_of_all_others)
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
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, 60, tag & MCTP_TAG_MASK));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL2, 61, tag & MCTP_TAG_MASK));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	/* and is dropped as it was taken: for any */
	EXPECT_EQ(-EINVAL, tag_drop(fd, 60, tag));
	EXPECT_EQ(0, tag_drop(fd, MCTP_ADDR_NULL, tag));
	EXPECT_EQ(-EINVAL, tag_drop(fd, MCTP_ADDR_ANY, tag));
}

TEST_F(prealloc, alloctag_errors)
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

TEST_F(prealloc, alloctag2_errors)
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

TEST_F(prealloc, droptag_of_what_is_not_ours_is_einval)
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
	automatic = tun_request(self->bus, fd, &self->to);
	ASSERT_LE(0, automatic);
	EXPECT_EQ(-EINVAL, tag_drop(fd, PEER, automatic | OWNER | PREALLOC));

	EXPECT_EQ(2, tags_held());
	EXPECT_EQ(0, tag_drop2(fd, 1, PEER, tag));
	EXPECT_EQ(-EINVAL, tag_drop(fd, PEER, tag));
	EXPECT_EQ(1, tags_held());
}

TEST_F(prealloc, both_forms_of_the_ioctls_name_the_same_tags)
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

TEST_F(prealloc, the_first_form_means_the_default_network)
{
	int fd = sock_new(), tag;

	ASSERT_EQ(0, sysctl_set("default_net", 5));
	tag = tag_alloc(fd, PEER);
	ASSERT_LE(0, tag);
	EXPECT_STRNE("", file_line(TAGS_PATH, "5 any 20 "));
	EXPECT_EQ(-EINVAL, tag_drop2(fd, 1, PEER, tag));
	EXPECT_EQ(0, tag_drop2(fd, 5, PEER, tag));
}

TEST_F(prealloc, a_send_with_a_preallocated_tag_that_is_not_ours_is_einval)
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

TEST_F(prealloc, a_send_in_another_network_than_the_tags_is_einval)
{
	int bus2 = tun_new("bus2"), fd = sock_new(), tag;

	ASSERT_LE(0, bus2);
	ASSERT_EQ(0, link_net("bus2", 2));
	ASSERT_EQ(0, link_up("bus2"));
	ASSERT_EQ(0, route_add("bus2", PEER, PEER, 0));
	tag = tag_alloc2(fd, 2, PEER);
	ASSERT_LE(0, tag);
	self->to.smctp_tag = tag;
	EXPECT_EQ(-EINVAL, send_to(fd, &self->to, "q", 1));
	self->to.smctp_network = 2;
	EXPECT_EQ(tag & MCTP_TAG_MASK, tun_request(bus2, fd, &self->to));
	/* nor is an answer in the other one its owner's */
	ASSERT_EQ(0, addr_add("bus2", LOCAL));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag & MCTP_TAG_MASK));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	ASSERT_EQ(0, tun_answer(bus2, LOCAL, PEER, tag & MCTP_TAG_MASK));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
}

TEST_F(prealloc, each_network_has_its_own_eight)
{
	int fd = sock_new(), i;
	unsigned int net;

	for (net = 1; net < 4; net++) {
		for (i = 0; i < 8; i++)
			EXPECT_LE(0, tag_alloc2(fd, net, PEER));
		EXPECT_EQ(-EBUSY, tag_alloc2(fd, net, PEER));
		EXPECT_EQ(-EBUSY, tag_alloc2(fd, net, MCTP_ADDR_ANY));
	}
	EXPECT_EQ(24, tags_held());
}

TEST_F(prealloc, each_value_is_given_once)
{
	int fd = sock_new(), seen = 0, i, tag;

	for (i = 0; i < 8; i++) {
		tag = tag_alloc2(fd, 1, i & 1 ? MCTP_ADDR_ANY : MCTP_ADDR_NULL);
		ASSERT_LE(0, tag);
		EXPECT_EQ(OWNER | PREALLOC, tag & ~MCTP_TAG_MASK);
		seen |= 1 << (tag & MCTP_TAG_MASK);
	}
	EXPECT_EQ(0xff, seen);
	EXPECT_EQ(-EBUSY, tag_alloc2(fd, 1, MCTP_ADDR_NULL));
	EXPECT_EQ(-EBUSY, tag_alloc2(fd, 1, PEER));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));
}

/* The last that holds one is not its descriptor but the socket */
TEST_F(prealloc, close_ends_a_tag_and_a_duplicate_descriptor_keeps_it)
{
	int fd = sock_new(), again = dup(fd), tag = tag_alloc(fd, PEER);
	char got[4];

	ASSERT_LE(0, tag);
	close(fd);
	EXPECT_EQ(1, tags_held());
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag & MCTP_TAG_MASK));
	EXPECT_EQ(1, recv_from(again, got, sizeof(got), NULL));
	close(again);
	EXPECT_EQ(0, tags_held());
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER, tag & MCTP_TAG_MASK));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
}

TEST_HARNESS_MAIN
