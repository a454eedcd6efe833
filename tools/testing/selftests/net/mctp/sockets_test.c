// SPDX-License-Identifier: GPL-2.0
/*
 * AF_MCTP sockets as an ordinary program sees them: how they come to be, what
 * they are bound and connected to, and each error of that.
 */
#include "mctp_test.h"

#define EID	8	/* ours, on lo */
#define TYPE	0x7e
#define IC	0x80

#define SOCKETS_PATH	"/proc/thread-self/net/mctp/sockets"

FIXTURE(sockets) {
	struct stats before;
	struct sockaddr_mctp to;	/* a request to ourselves */
};

FIXTURE_SETUP(sockets)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", EID));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, EID, TYPE, OWNER);
}

FIXTURE_TEARDOWN(sockets)
{
}

static int bind_err(struct sockaddr_mctp addr)
{
	int fd = sock_new();
	int err = fd < 0 ? fd : bind_to(fd, &addr);

	close(fd);
	return err;
}

static int connect_err(struct sockaddr_mctp addr)
{
	int fd = sock_new();
	int err = fd < 0 ? fd : connect_to(fd, &addr);

	close(fd);
	return err;
}

/* socket() */

TEST_F(sockets, types_other_than_dgram_are_refused)
{
	static const int types[] = { SOCK_STREAM, SOCK_RAW, SOCK_RDM,
				     SOCK_SEQPACKET };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		EXPECT_EQ(-1, socket(AF_MCTP, types[i], 0));
		EXPECT_EQ(ESOCKTNOSUPPORT, errno);
	}
}

TEST_F(sockets, protocols_other_than_zero_are_refused)
{
	EXPECT_EQ(-1, socket(AF_MCTP, SOCK_DGRAM, 1));
	EXPECT_EQ(EPROTONOSUPPORT, errno);
	EXPECT_EQ(-1, socket(AF_MCTP, SOCK_DGRAM, 255));
	EXPECT_EQ(EPROTONOSUPPORT, errno);
}

static int protocols_sockets(void)
{
	int n = -1;

	sscanf(file_line("/proc/thread-self/net/protocols", "MCTP "),
	       "MCTP %*d %d", &n);
	return n;
}

TEST_F(sockets, proc_net_protocols_counts_sockets_of_the_namespace)
{
	int fd;

	EXPECT_EQ(0, protocols_sockets());
	fd = sock_new();
	ASSERT_LE(0, fd);
	EXPECT_EQ(1, protocols_sockets());
	close(fd);
	EXPECT_EQ(0, protocols_sockets());
}

TEST_F(sockets, proc_net_mctp_sockets_shows_binds_and_peers)
{
	struct sockaddr_mctp peer = addr_of(3, 20, 5, 0);
	char line[256];
	int bound, connected;

	EXPECT_EQ(1, file_count(SOCKETS_PATH, ""));
	bound = sock_bound(1, EID, TYPE);
	ASSERT_LE(0, bound);
	EXPECT_EQ(2, file_count(SOCKETS_PATH, ""));
	snprintf(line, sizeof(line), " yes 0x%02x %u 1 - 0 0 0 ", TYPE, EID);
	EXPECT_EQ(1, file_count(SOCKETS_PATH, line));

	connected = sock_new();
	ASSERT_EQ(0, connect_to(connected, &peer));
	EXPECT_EQ(1, file_count(SOCKETS_PATH, " no - - 3 20 0 0 0 "));
	close(bound);
	close(connected);
	EXPECT_EQ(1, file_count(SOCKETS_PATH, ""));
}

TEST_F(sockets, calls_of_connections_are_not_supported)
{
	int pair[2];
	int fd = sock_new();

	EXPECT_EQ(-1, listen(fd, 1));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, accept(fd, NULL, NULL));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, shutdown(fd, SHUT_RDWR));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, socketpair(AF_MCTP, SOCK_DGRAM, 0, pair));
	EXPECT_EQ(EOPNOTSUPP, errno);
}

/* bind() */

TEST_F(sockets, bind_to_a_short_address_is_einval)
{
	struct sockaddr_mctp addr = addr_of(1, EID, TYPE, 0);
	int fd = sock_new();

	EXPECT_EQ(-1, bind(fd, (void *)&addr, sizeof(addr) - 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, bind(fd, (void *)&addr, sizeof(addr.smctp_family)));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, bind(fd, (void *)&addr, sizeof(addr)));
}

TEST_F(sockets, bind_to_another_family_is_eafnosupport)
{
	struct sockaddr_mctp addr = addr_of(1, EID, TYPE, 0);

	addr.smctp_family = AF_INET;
	EXPECT_EQ(-EAFNOSUPPORT, bind_err(addr));
	addr.smctp_family = AF_UNSPEC;
	EXPECT_EQ(-EAFNOSUPPORT, bind_err(addr));
}

TEST_F(sockets, bind_with_a_pad_that_is_not_zero_is_einval)
{
	struct sockaddr_mctp addr = addr_of(1, EID, TYPE, 0);

	addr.__smctp_pad0 = 1;
	EXPECT_EQ(-EINVAL, bind_err(addr));
	addr.__smctp_pad0 = 0;
	addr.__smctp_pad1 = 1;
	EXPECT_EQ(-EINVAL, bind_err(addr));
	addr.__smctp_pad1 = 0;
	EXPECT_EQ(0, bind_err(addr));
}

TEST_F(sockets, bind_of_a_bound_socket_is_eaddrinuse)
{
	struct sockaddr_mctp addr = addr_of(1, EID, TYPE - 1, 0);
	int fd = sock_bound(1, EID, TYPE);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-EADDRINUSE, bind_to(fd, &addr));
	EXPECT_EQ(0, bind_err(addr));
}

TEST_F(sockets, bind_to_no_network_and_an_eid_means_the_default_network)
{
	struct sockaddr_mctp name;
	socklen_t len = sizeof(name);
	int fd = sock_bound(MCTP_NET_ANY, EID, TYPE);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, getsockname(fd, (void *)&name, &len));
	EXPECT_EQ(1u, name.smctp_network);
	close(fd);

	ASSERT_EQ(0, sysctl_set("default_net", 7));
	fd = sock_bound(MCTP_NET_ANY, EID, TYPE);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, getsockname(fd, (void *)&name, &len));
	EXPECT_EQ(7u, name.smctp_network);
}

/* connect() */

TEST_F(sockets, connect_errors)
{
	struct sockaddr_mctp good = addr_of(1, 9, TYPE, 0), addr = good;
	int fd = sock_new();

	EXPECT_EQ(-1, connect(fd, (void *)&addr, sizeof(addr) - 1));
	EXPECT_EQ(EINVAL, errno);
	addr.smctp_family = AF_INET;
	EXPECT_EQ(-EAFNOSUPPORT, connect_err(addr));
	addr = good;
	addr.smctp_tag = OWNER;
	EXPECT_EQ(-EINVAL, connect_err(addr));
	addr.smctp_tag = 1;
	EXPECT_EQ(-EINVAL, connect_err(addr));
	addr = good;
	addr.smctp_type |= IC;
	EXPECT_EQ(-EINVAL, connect_err(addr));
	addr = good;
	addr.__smctp_pad0 = 1;
	EXPECT_EQ(-EINVAL, connect_err(addr));
	addr = good;
	addr.__smctp_pad1 = 1;
	EXPECT_EQ(-EINVAL, connect_err(addr));
	EXPECT_EQ(0, connect_err(good));
}

TEST_F(sockets, connect_to_no_network_means_the_default_one)
{
	struct sockaddr_mctp peer = addr_of(MCTP_NET_ANY, 9, TYPE, 0), name;
	socklen_t len = sizeof(name);
	int fd = sock_new();

	ASSERT_EQ(0, sysctl_set("default_net", 7));
	ASSERT_EQ(0, connect_to(fd, &peer));
	ASSERT_EQ(0, getpeername(fd, (void *)&name, &len));
	peer.smctp_network = 7;
	EXPECT_EQ(0, memcmp(&name, &peer, sizeof(name)));
}

TEST_F(sockets, connect_to_nobody_or_to_all_is_einval)
{
	EXPECT_EQ(-EINVAL, connect_err(addr_of(1, MCTP_ADDR_NULL, TYPE, 0)));
	EXPECT_EQ(-EINVAL, connect_err(addr_of(1, MCTP_ADDR_ANY, TYPE, 0)));
}

TEST_F(sockets, connect_twice_or_after_bind_is_eaddrinuse)
{
	struct sockaddr_mctp peer = addr_of(1, 9, TYPE, 0);
	int fd = sock_new();

	EXPECT_EQ(0, connect_to(fd, &peer));
	EXPECT_EQ(-EADDRINUSE, connect_to(fd, &peer));
	fd = sock_bound(1, EID, TYPE);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EADDRINUSE, connect_to(fd, &peer));
}

TEST_F(sockets, bind_that_contradicts_connect_is_einval)
{
	struct sockaddr_mctp peer = addr_of(1, 9, TYPE, 0);
	struct sockaddr_mctp addr = addr_of(1, MCTP_ADDR_ANY, TYPE + 1, 0);
	int fd = sock_new();

	ASSERT_EQ(0, connect_to(fd, &peer));
	EXPECT_EQ(-EINVAL, bind_to(fd, &addr));
	addr = addr_of(2, MCTP_ADDR_ANY, TYPE, 0);
	EXPECT_EQ(-EINVAL, bind_to(fd, &addr));
	addr = addr_of(1, EID, TYPE, 0);
	EXPECT_EQ(0, bind_to(fd, &addr));
}

TEST_F(sockets, getsockname_and_getpeername_tell_what_was_set)
{
	struct sockaddr_mctp peer = addr_of(1, 9, TYPE, 0), name;
	struct sockaddr_mctp addr = addr_of(1, EID, TYPE | IC, 0);
	socklen_t len = sizeof(name);
	int fd = sock_new();

	EXPECT_EQ(-1, getpeername(fd, (void *)&name, &len));
	EXPECT_EQ(ENOTCONN, errno);
	ASSERT_EQ(0, getsockname(fd, (void *)&name, &len));
	EXPECT_EQ((socklen_t)sizeof(name), len);
	EXPECT_EQ(AF_MCTP, name.smctp_family);
	EXPECT_EQ(0u, name.smctp_network);
	EXPECT_EQ(MCTP_ADDR_ANY, name.smctp_addr.s_addr);

	ASSERT_EQ(0, connect_to(fd, &peer));
	ASSERT_EQ(0, getpeername(fd, (void *)&name, &len));
	EXPECT_EQ(0, memcmp(&name, &peer, sizeof(name)));

	ASSERT_EQ(0, bind_to(fd, &addr));
	ASSERT_EQ(0, getsockname(fd, (void *)&name, &len));
	addr.smctp_type = TYPE;	/* the IC bit of a bind is ignored */
	EXPECT_EQ(0, memcmp(&name, &addr, sizeof(name)));
}

TEST_F(sockets, an_unknown_ioctl_is_enotty)
{
	char arg[64] = "";

	EXPECT_EQ(-1, ioctl(sock_new(), SIOCPROTOPRIVATE + 15, arg));
	EXPECT_EQ(ENOTTY, errno);
}

TEST_HARNESS_MAIN
