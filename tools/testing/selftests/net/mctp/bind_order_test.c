// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the bound sockets takes a request. A bound peer beats none, then a
 * bound local EID beats ANY, then a bound network beats NET_ANY.
 */
#include "mctp_test.h"

#define TYPE	0x7e
#define IC	0x80
#define LOCAL	8
#define LOCAL2	9
#define PEER	20
#define PEER2	21
#define ANY	MCTP_ADDR_ANY

FIXTURE(bind_order) {
	int bus;	/* network 1 */
	int bus2;	/* network 2, with the same EIDs */
	struct stats before;
};

FIXTURE_SETUP(bind_order)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_new("bus");
	self->bus2 = tun_new("bus2");
	ASSERT_LE(0, self->bus);
	ASSERT_LE(0, self->bus2);
	ASSERT_EQ(0, link_net("bus2", 2));
	ASSERT_EQ(0, link_up("bus"));
	ASSERT_EQ(0, link_up("bus2"));
	ASSERT_EQ(0, addr_add("bus", LOCAL));
	ASSERT_EQ(0, addr_add("bus", LOCAL2));
	ASSERT_EQ(0, addr_add("bus2", LOCAL));
	ASSERT_EQ(0, stats_read(&self->before));
}

FIXTURE_TEARDOWN(bind_order)
{
}

/* A socket connected to @peer unless that is 0, then bound */
static int sock_peer(unsigned int peer_net, uint8_t peer, unsigned int net,
		     uint8_t eid)
{
	struct sockaddr_mctp to = addr_of(peer_net, peer, TYPE, 0);
	struct sockaddr_mctp addr = addr_of(net, eid, TYPE, 0);
	int fd = sock_new();
	int err = fd < 0 ? fd : 0;

	if (!err && peer)
		err = connect_to(fd, &to);
	if (!err)
		err = bind_to(fd, &addr);
	if (!err)
		return fd;
	close(fd);
	return err;
}

static int ask(int bus, uint8_t dest, uint8_t src)
{
	static const uint8_t payload[] = { TYPE, 'q' };

	return tun_send(bus, dest, src, WHOLE | TO, payload, sizeof(payload));
}

/* Which of the sockets has a message: its number, -1 if none, -2 if several */
static int taker(const int *fds, int n)
{
	int i, who = -1;

	for (i = 0; i < n; i++)
		if (recv_none(fds[i]))
			who = who == -1 ? i : -2;
	return who;
}

/* Who takes a request by @bus: as taker(), when it is counted as one that came
 * or that nobody took; -3 if neither
 */
static int takes(const int *fds, int n, int bus, uint8_t dest, uint8_t src)
{
	long end = now_ms() + WAIT_MS;
	struct stats before;

	if (stats_read(&before) || ask(bus, dest, src))
		return -3;
	while (now_ms() < end) {
		if (stats_rise(&before, "rx_messages") == 1)
			return stats_lost(&before) ? -3 : taker(fds, n);
		if (stats_rise(&before, "drop_no_bind") == 1)
			return taker(fds, n);
		pause_ms(2);
	}
	return -3;
}

#define EXPECT_TAKES(want, bus, dest, src) \
	EXPECT_EQ(want, takes(fds, ARRAY_SIZE(fds), bus, dest, src))

TEST_F(bind_order, the_most_specific_takes_then_the_next_as_each_closes)
{
	int fds[] = {
		sock_peer(1, PEER, 1, LOCAL),
		sock_peer(1, PEER, 1, ANY),
		sock_bound(1, LOCAL, TYPE),
		sock_bound(1, ANY, TYPE),
		sock_bound(MCTP_NET_ANY, ANY, TYPE),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fds); i++)
		ASSERT_LE(0, fds[i]);
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		EXPECT_TAKES((int)i, self->bus, LOCAL, PEER);
		close(fds[i]);
		/* closed: for taker() one that never has anything */
		fds[i] = sock_new();
	}
	EXPECT_TAKES(-1, self->bus, LOCAL, PEER);
}

TEST_F(bind_order, the_order_of_binding_does_not_matter)
{
	int fds[] = {
		sock_bound(MCTP_NET_ANY, ANY, TYPE),
		sock_bound(1, ANY, TYPE),
		sock_bound(1, LOCAL, TYPE),
		sock_peer(1, PEER, 1, ANY),
		sock_peer(1, PEER, 1, LOCAL),
	};

	EXPECT_TAKES(4, self->bus, LOCAL, PEER);
	EXPECT_TAKES(3, self->bus, LOCAL2, PEER);
	EXPECT_TAKES(2, self->bus, LOCAL, PEER2);
	EXPECT_TAKES(1, self->bus, LOCAL2, PEER2);
	EXPECT_TAKES(0, self->bus2, LOCAL, PEER);
}

TEST_F(bind_order, a_bound_peer_beats_a_bound_local_eid)
{
	int fds[] = {
		sock_bound(1, LOCAL, TYPE),
		sock_peer(1, PEER, 1, ANY),
	};

	EXPECT_TAKES(1, self->bus, LOCAL, PEER);
	EXPECT_TAKES(0, self->bus, LOCAL, PEER2);
	EXPECT_TAKES(1, self->bus, LOCAL2, PEER);
	EXPECT_TAKES(-1, self->bus, LOCAL2, PEER2);
}

TEST_F(bind_order, a_bound_local_eid_beats_any_in_its_network_alone)
{
	int fds[] = {
		sock_bound(MCTP_NET_ANY, ANY, TYPE),
		sock_bound(2, LOCAL, TYPE),
	};

	EXPECT_TAKES(1, self->bus2, LOCAL, PEER);
	EXPECT_TAKES(0, self->bus, LOCAL, PEER);
}

TEST_F(bind_order, a_connected_socket_takes_nothing_of_other_peers)
{
	int fds[] = { sock_peer(1, PEER, 1, ANY) };

	EXPECT_TAKES(-1, self->bus, LOCAL, PEER2);
	EXPECT_TAKES(-1, self->bus2, LOCAL, PEER);
	EXPECT_TAKES(0, self->bus, LOCAL, PEER);
}

TEST_F(bind_order, a_connected_socket_that_is_not_bound_takes_no_requests)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, 0);
	int fds[] = { sock_new() };

	ASSERT_EQ(0, connect_to(fds[0], &to));
	EXPECT_TAKES(-1, self->bus, LOCAL, PEER);
}

TEST_F(bind_order, a_bind_to_any_network_of_a_connected_socket_is_to_the_peers)
{
	int fds[] = { sock_peer(2, PEER, MCTP_NET_ANY, ANY) };
	struct sockaddr_mctp name;
	socklen_t len = sizeof(name);

	ASSERT_LE(0, fds[0]);
	ASSERT_EQ(0, getsockname(fds[0], (void *)&name, &len));
	EXPECT_EQ(2u, name.smctp_network);
	EXPECT_TAKES(-1, self->bus, LOCAL, PEER);
	EXPECT_TAKES(0, self->bus2, LOCAL, PEER);
}

TEST_F(bind_order, types_are_apart_and_the_ic_bit_is_ignored)
{
	static const uint8_t ic[] = { (TYPE - 1) | IC, 'q' };
	int fds[] = {
		sock_bound(1, ANY, TYPE),
		sock_bound(1, ANY, TYPE - 1),
		sock_bound(1, ANY, TYPE - 2),
	};

	EXPECT_TAKES(0, self->bus, LOCAL, PEER);
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, WHOLE | TO, ic,
			      sizeof(ic)));
	EXPECT_EQ(2, stats_wait(&self->before, "rx_messages", 2));
	EXPECT_EQ(1, taker(fds, ARRAY_SIZE(fds)));
	/* bound with IC, it takes what comes without */
	close(fds[0]);
	fds[0] = sock_bound(1, ANY, TYPE | IC);
	ASSERT_LE(0, fds[0]);
	EXPECT_TAKES(0, self->bus, LOCAL, PEER);
}

/* Who may be bound beside whom */

TEST_F(bind_order, the_same_bind_again_is_eaddrinuse)
{
	ASSERT_LE(0, sock_bound(1, LOCAL, TYPE));
	EXPECT_EQ(-EADDRINUSE, sock_bound(1, LOCAL, TYPE));
	EXPECT_EQ(-EADDRINUSE, sock_bound(1, LOCAL, TYPE | IC));
	/* of an EID, no network is the default one */
	EXPECT_EQ(-EADDRINUSE, sock_bound(MCTP_NET_ANY, LOCAL, TYPE));

	ASSERT_LE(0, sock_bound(MCTP_NET_ANY, ANY, TYPE));
	EXPECT_EQ(-EADDRINUSE, sock_bound(MCTP_NET_ANY, ANY, TYPE));
	ASSERT_LE(0, sock_bound(1, ANY, TYPE));
	EXPECT_EQ(-EADDRINUSE, sock_bound(1, ANY, TYPE));

	ASSERT_LE(0, sock_peer(1, PEER, 1, LOCAL));
	EXPECT_EQ(-EADDRINUSE, sock_peer(1, PEER, 1, LOCAL));
	ASSERT_LE(0, sock_peer(1, PEER, 1, ANY));
	EXPECT_EQ(-EADDRINUSE, sock_peer(1, PEER, 1, ANY));
	EXPECT_EQ(-EADDRINUSE, sock_peer(1, PEER, MCTP_NET_ANY, ANY));
}

TEST_F(bind_order, binds_that_differ_in_one_thing_stand_side_by_side)
{
	ASSERT_LE(0, sock_peer(1, PEER, 1, LOCAL));
	EXPECT_LE(0, sock_peer(1, PEER2, 1, LOCAL));
	EXPECT_LE(0, sock_peer(1, PEER, 1, LOCAL2));
	EXPECT_LE(0, sock_peer(1, PEER, 1, ANY));
	EXPECT_LE(0, sock_peer(2, PEER, 2, LOCAL));
	EXPECT_LE(0, sock_bound(1, LOCAL, TYPE));
	EXPECT_LE(0, sock_bound(1, LOCAL, TYPE + 1));
}

TEST_F(bind_order, a_refused_bind_leaves_the_socket_free_for_another)
{
	struct sockaddr_mctp addr = addr_of(1, LOCAL, TYPE, 0);
	int first = sock_bound(1, LOCAL, TYPE), fd = sock_new();
	int fds[] = { first, fd };

	ASSERT_EQ(-EADDRINUSE, bind_to(fd, &addr));
	EXPECT_TAKES(0, self->bus, LOCAL, PEER);
	addr.smctp_addr.s_addr = LOCAL2;
	ASSERT_EQ(0, bind_to(fd, &addr));
	EXPECT_TAKES(1, self->bus, LOCAL2, PEER);
}

TEST_F(bind_order, close_frees_the_address)
{
	int fd = sock_bound(1, LOCAL, TYPE), i;

	for (i = 0; i < 20; i++) {
		ASSERT_LE(0, fd);
		EXPECT_EQ(-EADDRINUSE, sock_bound(1, LOCAL, TYPE));
		close(fd);
		fd = sock_bound(1, LOCAL, TYPE);
	}
}

TEST_F(bind_order, an_eid_can_be_bound_before_it_is_ours)
{
	int fds[] = { sock_bound(1, 33, TYPE) };

	ASSERT_LE(0, fds[0]);
	ASSERT_EQ(0, ask(self->bus, 33, PEER));
	EXPECT_DROPS(&self->before, "drop_no_route=1");
	ASSERT_EQ(0, addr_add("bus", 33));
	EXPECT_TAKES(0, self->bus, 33, PEER);
	ASSERT_EQ(0, addr_del("bus", 33));
	ASSERT_EQ(0, ask(self->bus, 33, PEER));
	EXPECT_DROPS(&self->before, "drop_no_route=2");
}

/* SO_BINDTODEVICE */

static int to_device(int fd, const char *dev)
{
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, dev, strlen(dev)) ?
	       -errno : 0;
}

TEST_F(bind_order, a_listener_of_a_device_takes_what_came_by_that)
{
	int bus3 = tun_new("bus3");
	int fds[] = { sock_bound(1, ANY, TYPE) };

	ASSERT_LE(0, bus3);
	ASSERT_EQ(0, link_up("bus3"));
	ASSERT_EQ(0, to_device(fds[0], "bus"));
	EXPECT_TAKES(0, self->bus, LOCAL, PEER);
	EXPECT_TAKES(-1, bus3, LOCAL, PEER);
	ASSERT_EQ(0, to_device(fds[0], "bus3"));
	EXPECT_TAKES(-1, self->bus, LOCAL, PEER);
	EXPECT_TAKES(0, bus3, LOCAL, PEER);
	/* the device can be let go of again */
	ASSERT_EQ(0, to_device(fds[0], ""));
	EXPECT_TAKES(0, self->bus, LOCAL, PEER);
	EXPECT_TAKES(0, bus3, LOCAL, PEER);
}

TEST_F(bind_order, what_a_listener_of_a_device_passes_over_goes_to_the_next)
{
	int bus3 = tun_new("bus3");
	int fds[] = {
		sock_bound(1, LOCAL, TYPE),
		sock_bound(1, ANY, TYPE),
	};

	ASSERT_LE(0, bus3);
	ASSERT_EQ(0, link_up("bus3"));
	ASSERT_EQ(0, to_device(fds[0], "bus3"));
	EXPECT_TAKES(1, self->bus, LOCAL, PEER);
	EXPECT_TAKES(0, bus3, LOCAL, PEER);
}

TEST_F(bind_order, a_device_makes_no_second_bind_of_the_same_possible)
{
	struct sockaddr_mctp addr = addr_of(1, LOCAL, TYPE, 0);
	int first = sock_bound(1, LOCAL, TYPE), fd = sock_new();

	ASSERT_EQ(0, to_device(first, "bus"));
	ASSERT_EQ(0, to_device(fd, "bus2"));
	EXPECT_EQ(-EADDRINUSE, bind_to(fd, &addr));
}

TEST_F(bind_order, a_device_that_is_not_there_is_enodev)
{
	EXPECT_EQ(-ENODEV, to_device(sock_new(), "nothing0"));
}

/* Many */

TEST_F(bind_order, of_a_thousand_sockets_the_right_one_takes)
{
	static int many[1000];
	uint8_t payload[] = { 0, 'q' };
	int n = 0, i;
	unsigned int type, eid;

	for (type = 0; type < 100; type++)
		for (eid = LOCAL; eid < LOCAL + 10; eid++) {
			many[n] = sock_bound(1, eid, type);
			ASSERT_LE(0, many[n]);
			n++;
		}
	for (i = 0; i < 100; i += 7) {
		payload[0] = i;
		ASSERT_EQ(0, tun_send(self->bus, LOCAL2, PEER, WHOLE | TO,
				      payload, sizeof(payload)));
		EXPECT_EQ(1, recv_from(many[i * 10 + 1], payload + 1, 1,
				       NULL));
	}
	EXPECT_EQ(-1, taker(many, n));
	for (i = 0; i < n; i++)
		close(many[i]);
	ASSERT_EQ(0, tun_send(self->bus, LOCAL2, PEER, WHOLE | TO, payload,
			      sizeof(payload)));
	EXPECT_DROPS(&self->before, "drop_no_bind=1");
}

TEST_HARNESS_MAIN
