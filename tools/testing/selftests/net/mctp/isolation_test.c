// SPDX-License-Identifier: GPL-2.0
/*
 * Two networks in a namespace, with the same EIDs, and a namespace beside it: no
 * message, answer, route, counter, entry or notification crosses.
 */
#include <poll.h>

#include "mctp_test.h"

#define LOCAL		8	/* in both networks */
#define ONLY_1		9	/* in the first alone */
#define PEER		20
#define TYPE		0x11
#define PROC		"/proc/thread-self/net/mctp/"

FIXTURE(isolation) {
	int		bus[2];		/* networks 1 and 2 */
	int		sock[2];	/* bound in each */
	struct stats	before;
};

#define SELF FIXTURE_DATA(isolation) *self

FIXTURE_SETUP(isolation)
{
	static const char * const names[] = { "bus0", "bus1" };
	int i;

	ASSERT_EQ(0, ns_new());
	for (i = 0; i < 2; i++) {
		self->bus[i] = tun_new(names[i]);
		ASSERT_LE(0, self->bus[i]);
		ASSERT_EQ(0, link_net(names[i], i + 1));
		ASSERT_EQ(0, link_up(names[i]));
		ASSERT_EQ(0, addr_add(names[i], LOCAL));
		ASSERT_EQ(0, route_add(names[i], PEER, PEER, 0));
		self->sock[i] = sock_bound(i + 1, MCTP_ADDR_ANY, TYPE);
		ASSERT_LE(0, self->sock[i]);
	}
	ASSERT_EQ(0, addr_add("bus0", ONLY_1));
	ASSERT_EQ(0, stats_read(&self->before));
}

FIXTURE_TEARDOWN(isolation)
{
}

static int request(SELF, int i, uint8_t dest)
{
	static const uint8_t payload[] = { TYPE, 'q' };

	return tun_send(self->bus[i], dest, PEER, WHOLE | TO, payload,
			sizeof(payload));
}

TEST_F(isolation, a_request_comes_to_the_socket_of_its_network)
{
	struct sockaddr_mctp from;
	char byte;
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, request(self, i, LOCAL));
		EXPECT_EQ(1, recv_from(self->sock[i], &byte, 1, &from));
		EXPECT_EQ(i + 1u, from.smctp_network);
		EXPECT_EQ(0, recv_none(self->sock[!i]));
	}
	close(self->sock[1]);
	ASSERT_EQ(0, request(self, 1, LOCAL));
	EXPECT_EQ(0, recv_none(self->sock[0]));
	EXPECT_DROPS(&self->before, "drop_no_bind=1");
}

TEST_F(isolation, a_packet_for_an_eid_of_another_network_goes_nowhere)
{
	ASSERT_EQ(0, request(self, 1, ONLY_1));
	EXPECT_DROPS(&self->before, "drop_no_route=1");
	EXPECT_EQ(0, recv_none(self->sock[0]));
	EXPECT_EQ(0, recv_none(self->sock[1]));
	EXPECT_EQ(0, tun_none(self->bus[0]));
}

TEST_F(isolation, an_answer_by_another_network_is_nobodys)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, OWNER);
	int fd = sock_new(), tag;
	char byte;

	tag = tun_request(self->bus[0], fd, &to);
	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_answer(self->bus[1], LOCAL, PEER, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(0, recv_none(fd));
	ASSERT_EQ(0, tun_answer(self->bus[0], LOCAL, PEER, tag));
	EXPECT_EQ(1, recv_from(fd, &byte, 1, NULL));
}

TEST_F(isolation, parts_by_two_networks_are_two_messages)
{
	uint8_t part[64] = { TYPE }, got[256];
	int i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, tun_send(self->bus[i], LOCAL, PEER, SOM | TO, part,
				      sizeof(part)));
	EXPECT_EQ(3, file_count(PROC "reassembly", ""));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, tun_send(self->bus[i], LOCAL, PEER,
				      EOM | SEQ(1) | TO, part, 10 + i));
		EXPECT_EQ(63 + 10 + i, recv_from(self->sock[i], got,
						 sizeof(got), NULL));
	}
	EXPECT_DROPS(&self->before, "");
}

TEST_F(isolation, the_tags_of_a_peer_are_those_of_one_network)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, OWNER);
	int fd = sock_new(), i;

	for (i = 0; i < 8; i++)
		ASSERT_EQ(1, send_to(fd, &to, "q", 1));
	EXPECT_EQ(-EBUSY, send_to(fd, &to, "q", 1));
	to.smctp_network = 2;
	EXPECT_EQ(1, send_to(fd, &to, "q", 1));
}

/* What is done in another namespace, with devices and EIDs of the same names */
static int do_much(void)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, OWNER);
	int bus = tun_bus("bus0", PEER, PEER), fd = sock_new();
	static const uint8_t part[64] = { TYPE };
	int err;

	if (bus < 0)
		return bus;
	err = addr_add("bus0", LOCAL) ?: sock_bound(1, LOCAL, TYPE) < 0;
	if (err || send_to(fd, &to, "q", 1) != 1 || tag_alloc(fd, PEER) < 0)
		return -EIO;
	return tun_send(bus, LOCAL, PEER, SOM | TO, part, sizeof(part)) ?:
	       tun_send(bus, 99, PEER, WHOLE | TO, part, sizeof(part)) ?:
	       addr_add("bus0", 77) ?: addr_del("bus0", 77);
}

TEST_F(isolation, another_namespace_is_not_seen)
{
	struct sockaddr_nl group = {
		.nl_family = AF_NETLINK,
		.nl_groups = 0,
	};
	int group_nr = RTNLGRP_MCTP_IFADDR, ear = nl_socket(), here = ns_fd();
	struct stats now;
	int i;

	ASSERT_LE(0, ear);
	ASSERT_EQ(0, bind(ear, (void *)&group, sizeof(group)));
	ASSERT_EQ(0, setsockopt(ear, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
				&group_nr, sizeof(group_nr)));
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, do_much());
	EXPECT_EQ(3, file_count(PROC "tags", ""));
	EXPECT_EQ(2, file_count(PROC "reassembly", ""));
	ASSERT_EQ(0, ns_enter(here));

	EXPECT_FALSE(sock_polls(ear, POLLIN, 0));
	EXPECT_EQ(1, file_count(PROC "tags", ""));
	EXPECT_EQ(1, file_count(PROC "reassembly", ""));
	EXPECT_EQ(3, file_count(PROC "sockets", ""));
	EXPECT_EQ(3, nl_count(RTM_GETADDR));
	ASSERT_EQ(0, stats_read(&now));
	for (i = 0; i < now.n; i++)
		EXPECT_EQ(self->before.value[i], now.value[i])
			TH_LOG("%s", now.name[i]);
	/* and it does hear what is done here */
	ASSERT_EQ(0, addr_add("bus0", 77));
	EXPECT_TRUE(sock_polls(ear, POLLIN, WAIT_MS));
}

TEST_F(isolation, room_for_parts_and_its_bound_are_each_namespaces_own)
{
	uint8_t part[64] = { TYPE }, got[256];
	int here = ns_fd(), size = 16 << 20, bus, fd, i;
	struct stats there;

	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms", 60000));
	ASSERT_EQ(0, tun_send(self->bus[0], LOCAL, PEER, SOM | TO, part,
			      sizeof(part)));
	ASSERT_EQ(0, ns_new());
	bus = tun_bus("bus0", PEER, PEER);
	ASSERT_LE(0, bus);
	ASSERT_EQ(0, addr_add("bus0", LOCAL));
	fd = sock_bound(1, LOCAL, TYPE);
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				sizeof(size)));
	EXPECT_STREQ("1000", file_line("/proc/sys/net/mctp/reasm_timeout_ms",
				       ""));
	ASSERT_EQ(0, sysctl_set("reasm_max_bytes", 65536));
	ASSERT_EQ(0, stats_read(&there));
	for (i = 0; i < 400; i++)
		ASSERT_EQ(0, tun_send(bus, LOCAL, PEER + i / 8,
				      SOM | TO | i % 8, part, sizeof(part)));
	EXPECT_LT(0, stats_rise(&there, "drop_reasm_memory"));

	ASSERT_EQ(0, ns_enter(here));
	EXPECT_STREQ("4194304", file_line("/proc/sys/net/mctp/reasm_max_bytes",
					  ""));
	ASSERT_EQ(0, tun_send(self->bus[0], LOCAL, PEER, EOM | SEQ(1) | TO,
			      part, 10));
	EXPECT_EQ(73, recv_from(self->sock[0], got, sizeof(got), NULL));
	EXPECT_DROPS(&self->before, "");
}

TEST_HARNESS_MAIN
