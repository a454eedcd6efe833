// SPDX-License-Identifier: GPL-2.0
/*
 * When a message came: SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING.
 */
#include <time.h>

#include "mctp_test.h"

#define EID	8	/* ours, on lo */
#define TYPE	0x7e
#define IC	0x80

FIXTURE(timestamps) {
	struct stats before;
	struct sockaddr_mctp to;	/* a request to ourselves */
};

FIXTURE_SETUP(timestamps)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", EID));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, EID, TYPE, OWNER);
}

FIXTURE_TEARDOWN(timestamps)
{
}

TEST_F(timestamps, so_timestamp_tells_when_the_message_came)
{
	int receiver = sock_bound(1, EID, TYPE);
	struct timespec before, after, ns;
	int fd = sock_new(), one = 1;
	struct timeval us;

	ASSERT_EQ(1, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(-ENOMSG, recv_cmsg(receiver, SO_TIMESTAMP, &us, sizeof(us)));

	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_TIMESTAMP, &one,
				sizeof(one)));
	clock_gettime(CLOCK_REALTIME, &before);
	ASSERT_EQ(1, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(1, recv_cmsg(receiver, SO_TIMESTAMP, &us, sizeof(us)));
	clock_gettime(CLOCK_REALTIME, &after);
	EXPECT_LE(before.tv_sec, us.tv_sec);
	EXPECT_GE(after.tv_sec, us.tv_sec);

	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_TIMESTAMPNS, &one,
				sizeof(one)));
	clock_gettime(CLOCK_REALTIME, &before);
	ASSERT_EQ(1, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(1, recv_cmsg(receiver, SO_TIMESTAMPNS, &ns, sizeof(ns)));
	clock_gettime(CLOCK_REALTIME, &after);
	EXPECT_LE(before.tv_sec * 1000000000LL + before.tv_nsec,
		  ns.tv_sec * 1000000000LL + ns.tv_nsec);
	EXPECT_GE(after.tv_sec * 1000000000LL + after.tv_nsec,
		  ns.tv_sec * 1000000000LL + ns.tv_nsec);
}

TEST_HARNESS_MAIN
