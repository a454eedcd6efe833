// SPDX-License-Identifier: GPL-2.0
/*
 * When a message came: SO_TIMESTAMP, SO_TIMESTAMPNS and SO_TIMESTAMPING, of
 * messages from a bus and of local ones, which no device has seen. What is told
 * is the time of arrival, however much later the message is read.
 */
#include <sys/time.h>
#include <time.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include "mctp_test.h"

#define LOCAL	8	/* ours, on the bus */
#define PEER	20	/* theirs */
#define TYPE	0x7e

/* A time that is told of when the message is read is later than all others by that */
#define LATER_MS	30

FIXTURE(timestamps) {
	int bus;
	int sender;
	int receiver;
	struct sockaddr_mctp to;	/* a request to ourselves */
};

FIXTURE_VARIANT(timestamps) {
	bool local;
};

FIXTURE_VARIANT_ADD(timestamps, local) {
	.local = true,
};

FIXTURE_VARIANT_ADD(timestamps, by_a_bus) {
	.local = false,
};

FIXTURE_SETUP(timestamps)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_bus("bus", PEER, PEER);
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, addr_add("bus", LOCAL));
	self->sender = sock_new();
	self->receiver = sock_bound(1, LOCAL, TYPE);
	ASSERT_LE(0, self->receiver);
	self->to = addr_of(1, LOCAL, TYPE, OWNER);
}

FIXTURE_TEARDOWN(timestamps)
{
}

#define SELF FIXTURE_DATA(timestamps) *self

static long long clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* A message of a byte comes between these two times. It waits then. */
static int bring(SELF, bool local, long long *from, long long *until)
{
	int err;

	*from = clock_ns();
	if (local)
		err = send_to(self->sender, &self->to, "x", 1) == 1 ? 0 : -EIO;
	else
		err = tun_answer(self->bus, LOCAL, PEER, TO);
	if (!err && !sock_polls(self->receiver, POLLIN, WAIT_MS))
		err = -ETIMEDOUT;
	*until = clock_ns();
	pause_ms(LATER_MS);
	return err;
}

static int option(SELF, int name, int value)
{
	return setsockopt(self->receiver, SOL_SOCKET, name, &value,
			  sizeof(value)) ? -errno : 0;
}

/* What the message that waits tells of its time, in ns; or an error */
static long long stamp_of(SELF, int name)
{
	struct scm_timestamping all = { };
	struct timespec ns = { };
	struct timeval us = { };
	ssize_t n;

	switch (name) {
	case SO_TIMESTAMP:
		n = recv_cmsg(self->receiver, name, &us, sizeof(us));
		return n < 0 ? n : us.tv_sec * 1000000000LL + us.tv_usec * 1000;
	case SO_TIMESTAMPNS:
		n = recv_cmsg(self->receiver, name, &ns, sizeof(ns));
		return n < 0 ? n : ns.tv_sec * 1000000000LL + ns.tv_nsec;
	case SO_TIMESTAMPING:
		n = recv_cmsg(self->receiver, name, &all, sizeof(all));
		if (n < 0)
			return n;
		/* there is no hardware that tells */
		if (all.ts[1].tv_sec || all.ts[1].tv_nsec ||
		    all.ts[2].tv_sec || all.ts[2].tv_nsec)
			return -EBADMSG;
		return all.ts[0].tv_sec * 1000000000LL + all.ts[0].tv_nsec;
	}
	return -EINVAL;
}

/* One more message. Has it told the time at which it came? */
static bool stamped(SELF, bool local, int name)
{
	long long from, until, stamp, unit = name == SO_TIMESTAMP ? 1000 : 1;

	if (bring(self, local, &from, &until))
		return false;
	stamp = stamp_of(self, name);
	return from / unit <= stamp / unit && stamp / unit <= until / unit;
}

/* With the option, each message tells its time; without it, none does */
static void check_stamps(struct __test_metadata *_metadata, SELF, bool local,
			 int name, int value)
{
	long long from, until;
	int i;

	ASSERT_EQ(0, bring(self, local, &from, &until));
	EXPECT_EQ(-ENOMSG, stamp_of(self, name));

	ASSERT_EQ(0, option(self, name, value));
	/* the kernel begins to stamp packets a little after it was asked to */
	for (i = 0; i < 20 && !local; i++)
		if (stamped(self, local, name))
			break;
	EXPECT_TRUE(stamped(self, local, name));
	EXPECT_TRUE(stamped(self, local, name));

	ASSERT_EQ(0, option(self, name, 0));
	ASSERT_EQ(0, bring(self, local, &from, &until));
	EXPECT_EQ(-ENOMSG, stamp_of(self, name));
}

TEST_F(timestamps, so_timestamp_tells_when_the_message_came)
{
	check_stamps(_metadata, self, variant->local, SO_TIMESTAMP, 1);
}

TEST_F(timestamps, so_timestampns_tells_when_the_message_came)
{
	check_stamps(_metadata, self, variant->local, SO_TIMESTAMPNS, 1);
}

TEST_F(timestamps, so_timestamping_tells_when_the_message_came)
{
	check_stamps(_metadata, self, variant->local, SO_TIMESTAMPING,
		     SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE);
}

TEST_F(timestamps, what_is_peeked_at_and_then_read_tells_the_same_twice)
{
	struct timespec first = { }, second = { };
	long long from, until;
	char got[4], control[64];
	struct iovec iov = { .iov_base = got, .iov_len = sizeof(got) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	ASSERT_EQ(0, option(self, SO_TIMESTAMPNS, 1));
	ASSERT_EQ(0, bring(self, variant->local, &from, &until));
	ASSERT_EQ(1, recvmsg(self->receiver, &msg, MSG_PEEK));
	ASSERT_TRUE(CMSG_FIRSTHDR(&msg) != NULL);
	memcpy(&first, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(first));
	pause_ms(20);
	ASSERT_EQ(1, recv_cmsg(self->receiver, SO_TIMESTAMPNS, &second,
			       sizeof(second)));
	EXPECT_EQ(0, memcmp(&first, &second, sizeof(first)));
	EXPECT_NE(0, first.tv_sec);
}

TEST_F(timestamps, a_message_of_many_packets_has_come_while_they_came)
{
	uint8_t payload[BTU] = { TYPE };
	long long from, until, stamp;
	int i;

	ASSERT_EQ(0, option(self, SO_TIMESTAMPNS, 1));
	for (i = 0; i < 20; i++)
		if (stamped(self, false, SO_TIMESTAMPNS))
			break;
	from = clock_ns();
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, SOM | TO, payload, BTU));
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, SEQ(1) | TO, payload,
			      BTU));
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, EOM | SEQ(2) | TO,
			      payload, BTU));
	ASSERT_TRUE(sock_polls(self->receiver, POLLIN, WAIT_MS));
	until = clock_ns();
	pause_ms(LATER_MS);
	stamp = stamp_of(self, SO_TIMESTAMPNS);
	EXPECT_LE(from, stamp);
	EXPECT_GE(until, stamp);
}

TEST_HARNESS_MAIN
