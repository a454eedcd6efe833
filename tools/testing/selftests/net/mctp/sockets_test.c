// SPDX-License-Identifier: GPL-2.0
/*
 * AF_MCTP sockets as an ordinary program sees them: each call with its errors,
 * and messages between two sockets over a local EID.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

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

/* A byte to an address of any length */
static ssize_t send_err(int fd, const void *addr, socklen_t len, int flags)
{
	ssize_t n = sendto(fd, "x", 1, flags, addr, len);

	return n < 0 ? -errno : n;
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

TEST_F(sockets, bind_without_cap_net_bind_service_is_eacces)
{
	struct sockaddr_mctp addr = addr_of(1, EID, TYPE, 0);

	EXPECT_EQ(0, bind_err(addr));
	ASSERT_EQ(0, cap_drop(CAP_NET_BIND_SERVICE));
	EXPECT_EQ(-EACCES, bind_err(addr));
	/* and that is all that it is asked for */
	EXPECT_LE(1, send_to(sock_new(), &self->to, "x", 1));
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

/* sendmsg() */

TEST_F(sockets, send_to_a_short_address_is_einval)
{
	int fd = sock_new();

	EXPECT_EQ(-EINVAL, send_err(fd, &self->to, sizeof(self->to) - 1, 0));
	EXPECT_EQ(-EINVAL, send_err(fd, &self->to, 1, 0));
	EXPECT_EQ(1, send_err(fd, &self->to, sizeof(self->to), 0));
}

TEST_F(sockets, send_to_another_family_is_einval)
{
	self->to.smctp_family = AF_INET;
	EXPECT_EQ(-EINVAL, send_to(sock_new(), &self->to, "x", 1));
}

TEST_F(sockets, send_with_a_pad_that_is_not_zero_is_einval)
{
	int fd = sock_new();

	self->to.__smctp_pad0 = 0x100;
	EXPECT_EQ(-EINVAL, send_to(fd, &self->to, "x", 1));
	self->to.__smctp_pad0 = 0;
	self->to.__smctp_pad1 = 1;
	EXPECT_EQ(-EINVAL, send_to(fd, &self->to, "x", 1));
}

TEST_F(sockets, send_with_tag_bits_that_mean_nothing_is_einval)
{
	int fd = sock_new();
	unsigned int tag;

	for (tag = 0; tag < 256; tag++) {
		/* a new tag, or an answer */
		bool good = tag == OWNER || !(tag & ~MCTP_TAG_MASK);

		self->to.smctp_tag = tag;
		EXPECT_EQ(good ? 1 : -EINVAL,
			  send_to(fd, &self->to, "x", 1)) {
			TH_LOG("tag 0x%02x", tag);
		}
	}
}

TEST_F(sockets, send_without_cap_net_raw_is_eacces)
{
	struct sockaddr_mctp peer = addr_of(1, EID, TYPE, 0);
	int fd = sock_new();

	EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(0, cap_drop(CAP_NET_RAW));
	EXPECT_EQ(-EACCES, send_to(fd, &self->to, "x", 1));
	/* an answer, and a message to a connected peer, are no exceptions */
	self->to.smctp_tag = 1;
	EXPECT_EQ(-EACCES, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(0, connect_to(fd, &peer));
	EXPECT_EQ(-1, send(fd, "x", 1, 0));
	EXPECT_EQ(EACCES, errno);
	/* nor is it needed for anything else */
	EXPECT_LE(0, sock_bound(1, EID, TYPE));
}

TEST_F(sockets, send_where_no_route_leads_is_ehostunreach)
{
	int fd = sock_new();

	self->to.smctp_addr.s_addr = EID + 1;
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "x", 1));
	self->to.smctp_addr.s_addr = EID;
	self->to.smctp_network = 2;
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "x", 1));
	/* no tag is held by what was not sent */
	EXPECT_EQ(1, file_count("/proc/thread-self/net/mctp/tags", ""));
}

TEST_F(sockets, send_over_65536_bytes_with_the_type_is_emsgsize)
{
	static uint8_t data[DATA_MAX + 1], got[DATA_MAX];
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();

	EXPECT_EQ(-EMSGSIZE, send_to(fd, &self->to, data, DATA_MAX + 1));
	EXPECT_EQ(0, recv_none(receiver));
	EXPECT_EQ(DATA_MAX, send_to(fd, &self->to, data, DATA_MAX));
	EXPECT_EQ(DATA_MAX, recv_from(receiver, got, sizeof(got), NULL));
}

TEST_F(sockets, send_to_an_eid_of_a_device_that_is_down_is_enetdown)
{
	int fd = sock_new();

	EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(0, link_down("lo"));
	EXPECT_EQ(-ENETDOWN, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(0, link_up("lo"));
	EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
}

TEST_F(sockets, send_with_unknown_flags_is_eopnotsupp)
{
	static const int flags[] = { MSG_OOB, MSG_PEEK, MSG_ERRQUEUE,
				     MSG_ZEROCOPY };
	int fd = sock_new();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_EQ(-EOPNOTSUPP, send_err(fd, &self->to,
						sizeof(self->to), flags[i])) {
			TH_LOG("flag 0x%x", flags[i]);
		}
	EXPECT_EQ(1, send_err(fd, &self->to, sizeof(self->to),
			      MSG_DONTWAIT | MSG_NOSIGNAL));
}

TEST_F(sockets, send_without_address_unconnected_is_edestaddrreq)
{
	int fd = sock_bound(1, EID, TYPE);

	EXPECT_EQ(-1, send(fd, "x", 1, 0));
	EXPECT_EQ(EDESTADDRREQ, errno);
	EXPECT_EQ(-1, write(fd, "x", 1));
	EXPECT_EQ(EDESTADDRREQ, errno);
}

TEST_F(sockets, connected_send_and_write_are_requests_to_the_peer)
{
	struct sockaddr_mctp peer = addr_of(1, EID, TYPE, 0), from;
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	char got[8];

	ASSERT_EQ(0, connect_to(fd, &peer));
	EXPECT_EQ(4, send(fd, "send", 4, 0));
	ASSERT_EQ(4, recv_from(receiver, got, sizeof(got), &from));
	EXPECT_EQ(0, memcmp(got, "send", 4));
	EXPECT_EQ(OWNER, from.smctp_tag & ~MCTP_TAG_MASK);
	EXPECT_EQ(TYPE, from.smctp_type);

	EXPECT_EQ(5, write(fd, "write", 5));
	ASSERT_EQ(5, recv_from(receiver, got, sizeof(got), &from));
	EXPECT_EQ(0, memcmp(got, "write", 5));
	/* each has a tag of its own, to which the answer comes */
	from.smctp_tag &= MCTP_TAG_MASK;
	EXPECT_EQ(2, send_to(receiver, &from, "ok", 2));
	EXPECT_EQ(2, recv_from(fd, got, sizeof(got), NULL));
}

/* recvmsg() */

TEST_F(sockets, recv_fills_the_whole_address)
{
	struct sockaddr_mctp from, want;
	int receiver = sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, TYPE);
	int fd = sock_new();
	char got[4];
	uint8_t tag;

	self->to.smctp_type = TYPE | IC;
	self->to.smctp_network = MCTP_NET_ANY;
	ASSERT_EQ(1, send_to(fd, &self->to, "q", 1));
	memset(&from, 0xaa, sizeof(from));
	ASSERT_EQ(1, recv_from(receiver, got, sizeof(got), &from));
	tag = from.smctp_tag & MCTP_TAG_MASK;
	want = addr_of(1, EID, TYPE | IC, tag | OWNER);
	EXPECT_EQ(0, memcmp(&from, &want, sizeof(from)));

	from.smctp_tag = tag;
	ASSERT_EQ(1, send_to(receiver, &from, "a", 1));
	memset(&from, 0xaa, sizeof(from));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from));
	want = addr_of(1, EID, TYPE | IC, tag);
	EXPECT_EQ(0, memcmp(&from, &want, sizeof(from)));
}

TEST_F(sockets, messages_of_every_size_go_and_come_back_equal)
{
	static const size_t sizes[] = { 0, 1, 2, 63, 64, 65, 4095, 4096, 4097,
					32768, DATA_MAX };
	static uint8_t data[DATA_MAX], got[DATA_MAX + 1];
	struct sockaddr_mctp from;
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ssize_t len = sizes[i];

		pattern(data, len, i);
		ASSERT_EQ(len, send_to(fd, &self->to, data, len));
		memset(got, 0, sizeof(got));
		ASSERT_EQ(len, recv_from(receiver, got, sizeof(got), &from));
		EXPECT_TRUE(pattern_is(got, len, i));

		from.smctp_tag &= MCTP_TAG_MASK;
		pattern(data, len, ~i);
		ASSERT_EQ(len, send_to(receiver, &from, data, len));
		ASSERT_EQ(len, recv_from(fd, got, sizeof(got), NULL));
		EXPECT_TRUE(pattern_is(got, len, ~i));
	}
	EXPECT_EQ(2 * (long)ARRAY_SIZE(sizes),
		  stats_rise(&self->before, "local_messages"));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(sockets, a_message_in_pieces_of_memory_is_one_message)
{
	struct iovec out[3] = {
		{ .iov_base = "ab", .iov_len = 2 },
		{ .iov_base = NULL, .iov_len = 0 },
		{ .iov_base = "cde", .iov_len = 3 },
	};
	char first[1], second[8];
	struct iovec in[2] = {
		{ .iov_base = first, .iov_len = sizeof(first) },
		{ .iov_base = second, .iov_len = sizeof(second) },
	};
	struct msghdr msg = {
		.msg_name = &self->to,
		.msg_namelen = sizeof(self->to),
		.msg_iov = out,
		.msg_iovlen = 3,
	};
	int receiver = sock_bound(1, EID, TYPE);

	ASSERT_EQ(5, sendmsg(sock_new(), &msg, 0));
	msg = (struct msghdr){ .msg_iov = in, .msg_iovlen = 2 };
	ASSERT_EQ(5, recvmsg(receiver, &msg, MSG_DONTWAIT));
	EXPECT_EQ('a', first[0]);
	EXPECT_EQ(0, memcmp(second, "bcde", 4));
}

TEST_F(sockets, bad_memory_is_efault_and_no_message_is_sent)
{
	char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	char got[4];

	ASSERT_NE(MAP_FAILED, page);
	EXPECT_EQ(-EFAULT, send_to(fd, &self->to, page, 16));
	EXPECT_EQ(0, recv_none(receiver));
	EXPECT_EQ(1, file_count("/proc/thread-self/net/mctp/tags", ""));
	ASSERT_EQ(2, send_to(fd, &self->to, "ok", 2));
	EXPECT_EQ(-1, recv(receiver, page, 16, MSG_DONTWAIT));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(2, send_to(fd, &self->to, "ok", 2));
	EXPECT_EQ(2, recv_from(receiver, got, sizeof(got), NULL));
}

TEST_F(sockets, peek_leaves_the_message)
{
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	char got[8];

	ASSERT_EQ(3, send_to(fd, &self->to, "one", 3));
	ASSERT_EQ(3, send_to(fd, &self->to, "two", 3));
	EXPECT_EQ(3, recv(receiver, got, sizeof(got),
			  MSG_PEEK | MSG_DONTWAIT));
	EXPECT_EQ(3, recv(receiver, got, sizeof(got),
			  MSG_PEEK | MSG_DONTWAIT));
	EXPECT_EQ(0, memcmp(got, "one", 3));
	EXPECT_EQ(3, recv_from(receiver, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "one", 3));
	EXPECT_EQ(3, recv_from(receiver, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "two", 3));
	EXPECT_EQ(0, recv_none(receiver));
}

TEST_F(sockets, short_buffer_cuts_the_message_and_says_so)
{
	char got[8] = "";
	struct iovec iov = { .iov_base = got, .iov_len = 4 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();

	ASSERT_EQ(6, send_to(fd, &self->to, "sixsix", 6));
	EXPECT_EQ(4, recvmsg(receiver, &msg, MSG_DONTWAIT));
	EXPECT_EQ(MSG_TRUNC, msg.msg_flags & MSG_TRUNC);
	EXPECT_EQ(0, memcmp(got, "sixs\0\0\0\0", 8));

	ASSERT_EQ(6, send_to(fd, &self->to, "sixsix", 6));
	EXPECT_EQ(6, recvmsg(receiver, &msg, MSG_DONTWAIT | MSG_TRUNC));
	EXPECT_EQ(MSG_TRUNC, msg.msg_flags & MSG_TRUNC);

	/* a buffer that fits is no cut; the rest of a cut one is gone */
	ASSERT_EQ(4, send_to(fd, &self->to, "four", 4));
	EXPECT_EQ(4, recvmsg(receiver, &msg, MSG_DONTWAIT | MSG_TRUNC));
	EXPECT_EQ(0, msg.msg_flags & MSG_TRUNC);
	EXPECT_EQ(0, recv_none(receiver));
}

TEST_F(sockets, recv_of_nothing_without_waiting_is_eagain)
{
	int fd = sock_bound(1, EID, TYPE);
	char got[4];

	EXPECT_EQ(-1, recv(fd, got, sizeof(got), MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-1, recv(fd, got, sizeof(got), 0));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(sockets, recv_with_unknown_flags_is_eopnotsupp)
{
	static const int flags[] = { MSG_OOB, MSG_ERRQUEUE, MSG_WAITALL };
	int receiver = sock_bound(1, EID, TYPE);
	char got[4];
	size_t i;

	ASSERT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		EXPECT_EQ(-1, recv(receiver, got, sizeof(got), flags[i]));
		EXPECT_EQ(EOPNOTSUPP, errno);
	}
	EXPECT_EQ(1, recv_from(receiver, got, sizeof(got), NULL));
}

/* Waiting */

TEST_F(sockets, poll_and_select_tell_of_a_message)
{
	struct timeval now = { };
	int receiver = sock_bound(1, EID, TYPE);
	fd_set set;

	EXPECT_FALSE(sock_polls(receiver, POLLIN, 0));
	EXPECT_TRUE(sock_polls(receiver, POLLOUT, 0));
	FD_ZERO(&set);
	FD_SET(receiver, &set);
	EXPECT_EQ(0, select(receiver + 1, &set, NULL, NULL, &now));

	ASSERT_EQ(0, send_to(sock_new(), &self->to, NULL, 0));
	EXPECT_TRUE(sock_polls(receiver, POLLIN, WAIT_MS));
	FD_SET(receiver, &set);
	EXPECT_EQ(1, select(receiver + 1, &set, NULL, NULL, &now));
	EXPECT_EQ(1, recv_none(receiver));
	EXPECT_FALSE(sock_polls(receiver, POLLIN, 0));
}

TEST_F(sockets, epoll_edge_comes_once_a_message)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET }, got;
	int receiver = sock_bound(1, EID, TYPE);
	int ep = epoll_create1(0);
	int fd = sock_new();

	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, receiver, &ev));
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 0));
	ASSERT_EQ(1, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(1, epoll_wait(ep, &got, 1, WAIT_MS));
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 0));
	ASSERT_EQ(1, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(1, epoll_wait(ep, &got, 1, WAIT_MS));
}

TEST_F(sockets, a_sleeping_recv_and_a_sleeping_poll_wake_up)
{
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	char got[4];
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(recv(receiver, got, sizeof(got), 0) == 3 ? 0 : 1);
	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(3, send_to(fd, &self->to, "abc", 3));
	EXPECT_EQ(0, child_wait(pid));

	pid = fork();
	if (!pid)
		_exit(sock_polls(receiver, POLLIN, 4 * WAIT_MS) ? 0 : 1);
	ASSERT_EQ(0, child_sleeps(pid));
	ASSERT_EQ(3, send_to(fd, &self->to, "abc", 3));
	EXPECT_EQ(0, child_wait(pid));
}

TEST_F(sockets, so_rcvtimeo_bounds_a_recv)
{
	struct timeval tv = { .tv_usec = 50000 };
	int fd = sock_bound(1, EID, TYPE);
	long start = now_ms();
	char got[4];

	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	EXPECT_EQ(-1, recv(fd, got, sizeof(got), 0));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LE(45, now_ms() - start);
}

/* Options of every socket */

static ssize_t recv_cmsg(int fd, int type, void *value, size_t len)
{
	char got[8], control[256];
	struct iovec iov = { .iov_base = got, .iov_len = sizeof(got) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);
	struct cmsghdr *c;

	if (n < 0)
		return -errno;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == type &&
		    c->cmsg_len == CMSG_LEN(len)) {
			memcpy(value, CMSG_DATA(c), len);
			return n;
		}
	return -ENOMSG;
}

TEST_F(sockets, so_timestamp_tells_when_the_message_came)
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

TEST_F(sockets, a_full_receive_buffer_drops_counts_and_so_rxq_ovfl_tells)
{
	static uint8_t data[4096];
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new(), one = 1, size = 1;
	unsigned int lost, told = 0;
	int sent, got;

	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_RXQ_OVFL, &one,
				sizeof(one)));
	for (sent = 0; sent < 20; sent++) {
		close(fd);	/* and its tag with it */
		fd = sock_new();
		ASSERT_EQ((ssize_t)sizeof(data),
			  send_to(fd, &self->to, data, sizeof(data)));
	}
	lost = stats_rise(&self->before, "drop_rcvbuf");
	EXPECT_LT(0, (int)lost);
	EXPECT_EQ((long)lost, stats_lost(&self->before));
	for (got = 0; recv(receiver, data, sizeof(data), MSG_DONTWAIT) > 0; )
		got++;
	EXPECT_LT(0, got);
	EXPECT_EQ(sent, got + (int)lost);

	/* the next that gets through tells how many did not */
	ASSERT_EQ(1, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(1, recv_cmsg(receiver, SO_RXQ_OVFL, &told, sizeof(told)));
	EXPECT_EQ(lost, told);
}

TEST_F(sockets, so_rcvbuf_and_so_sndbuf_are_kept)
{
	int fd = sock_new(), size = 20000, got = 0;
	socklen_t len = sizeof(got);

	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, len));
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len));
	EXPECT_EQ(40000, got);
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, len));
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &got, &len));
	EXPECT_EQ(40000, got);
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &got, &len));
	EXPECT_EQ(AF_MCTP, got);
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_TYPE, &got, &len));
	EXPECT_EQ(SOCK_DGRAM, got);
}

TEST_F(sockets, classic_filter_sees_the_type_byte_first)
{
	/* of messages of type TYPE with IC, those with a payload that begins
	 * with 'y'
	 */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TYPE | IC, 0, 3),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 1),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'y', 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(code), .filter = code };
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	char got[8];

	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
				sizeof(prog)));
	ASSERT_EQ(3, send_to(fd, &self->to, "yes", 3));
	EXPECT_DROPS(&self->before, "drop_filter=1");
	self->to.smctp_type |= IC;
	ASSERT_EQ(2, send_to(fd, &self->to, "no", 2));
	EXPECT_DROPS(&self->before, "drop_filter=2");
	ASSERT_EQ(3, send_to(fd, &self->to, "yes", 3));
	EXPECT_EQ(3, recv_from(receiver, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "yes", 3));
	EXPECT_EQ(0, recv_none(receiver));

	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_DETACH_FILTER, &prog,
				sizeof(prog)));
	ASSERT_EQ(2, send_to(fd, &self->to, "no", 2));
	EXPECT_EQ(2, recv_from(receiver, got, sizeof(got), NULL));
}

static int bpf_load(const struct bpf_insn *code, size_t n)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = (uintptr_t)code;
	attr.insn_cnt = n;
	attr.license = (uintptr_t)"GPL";
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	return fd < 0 ? -errno : fd;
}

TEST_F(sockets, bpf_filter_can_cut_a_message_after_its_type_byte)
{
	/* r0 = 3: of a message the type byte and two more */
	static const struct bpf_insn cut[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = 3 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int receiver = sock_bound(1, EID, TYPE);
	struct sockaddr_mctp from;
	int prog = bpf_load(cut, ARRAY_SIZE(cut));
	char got[8];

	ASSERT_LE(0, prog);
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_ATTACH_BPF, &prog,
				sizeof(prog)));
	ASSERT_EQ(6, send_to(sock_new(), &self->to, "sixsix", 6));
	EXPECT_EQ(2, recv_from(receiver, got, sizeof(got), &from));
	EXPECT_EQ(0, memcmp(got, "si", 2));
	EXPECT_EQ(TYPE, from.smctp_type);
}

TEST_F(sockets, bpf_filter_that_cuts_the_type_byte_off_drops)
{
	static const struct bpf_insn none[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int receiver = sock_bound(1, EID, TYPE);
	int prog = bpf_load(none, ARRAY_SIZE(none));

	ASSERT_LE(0, prog);
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_ATTACH_BPF, &prog,
				sizeof(prog)));
	ASSERT_EQ(6, send_to(sock_new(), &self->to, "sixsix", 6));
	EXPECT_DROPS(&self->before, "drop_filter=1");
	EXPECT_EQ(0, recv_none(receiver));
}

TEST_F(sockets, siocinq_and_siocoutq_tell_what_waits)
{
	int receiver = sock_bound(1, EID, TYPE);
	int n = -1;

	ASSERT_EQ(0, ioctl(receiver, SIOCINQ, &n));
	EXPECT_EQ(0, n);
	ASSERT_EQ(6, send_to(sock_new(), &self->to, "sixsix", 6));
	ASSERT_EQ(0, ioctl(receiver, SIOCINQ, &n));
	EXPECT_EQ(6, n);
	ASSERT_EQ(0, ioctl(receiver, SIOCOUTQ, &n));
	EXPECT_EQ(0, n);
}

TEST_F(sockets, an_unknown_ioctl_is_enotty)
{
	char arg[64] = "";

	EXPECT_EQ(-1, ioctl(sock_new(), SIOCPROTOPRIVATE + 15, arg));
	EXPECT_EQ(ENOTTY, errno);
}

/* MCTP_OPT_ADDR_EXT; what it does is in packets_test.c */

TEST_F(sockets, setsockopt_errors)
{
	int fd = sock_new(), on = 1;

	EXPECT_EQ(-1, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, 3));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, 8));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, NULL,
				 sizeof(on)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, setsockopt(fd, SOL_MCTP + 1, MCTP_OPT_ADDR_EXT, &on,
				 sizeof(on)));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT + 1, &on,
				 sizeof(on)));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
}

TEST_F(sockets, getsockopt_errors_and_value)
{
	int fd = sock_new(), on = 1, got = -1;
	socklen_t len = sizeof(got), brief = 2;

	EXPECT_EQ(-1, getsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &got,
				 &brief));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, getsockopt(fd, SOL_MCTP + 1, MCTP_OPT_ADDR_EXT, &got,
				 &len));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, getsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT + 1, &got,
				 &len));
	EXPECT_EQ(ENOPROTOOPT, errno);

	EXPECT_EQ(0, getsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &got, &len));
	EXPECT_EQ(0, got);
	ASSERT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
	EXPECT_EQ(0, getsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &got, &len));
	EXPECT_EQ(1, got);
	on = 0;
	ASSERT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
	EXPECT_EQ(0, getsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &got, &len));
	EXPECT_EQ(0, got);
}

/* Many messages a call */

TEST_F(sockets, sendmmsg_and_recvmmsg_move_eight_messages_in_order)
{
	struct sockaddr_mctp from[8];
	struct iovec iov[8];
	struct mmsghdr msgs[8];
	int receiver = sock_bound(1, EID, TYPE);
	char data[8], got[8];
	int i;

	memset(msgs, 0, sizeof(msgs));
	for (i = 0; i < 8; i++) {
		data[i] = 'a' + i;
		iov[i] = (struct iovec){ .iov_base = &data[i], .iov_len = 1 };
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		msgs[i].msg_hdr.msg_name = &self->to;
		msgs[i].msg_hdr.msg_namelen = sizeof(self->to);
	}
	ASSERT_EQ(8, sendmmsg(sock_new(), msgs, 8, 0));
	for (i = 0; i < 8; i++) {
		iov[i].iov_base = &got[i];
		msgs[i].msg_hdr.msg_name = &from[i];
	}
	ASSERT_EQ(8, recvmmsg(receiver, msgs, 8, MSG_DONTWAIT, NULL));
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(1u, msgs[i].msg_len);
		EXPECT_EQ('a' + i, got[i]);
		EXPECT_EQ(EID, from[i].smctp_addr.s_addr);
	}
}

/* The least of io_uring: one entry at a time */
struct ring {
	int			fd;
	struct io_uring_params	p;
	char			*sq, *cq;
	struct io_uring_sqe	*sqes;
};

static int ring_new(struct ring *r)
{
	size_t sq, cq;

	memset(r, 0, sizeof(*r));
	r->fd = syscall(SYS_io_uring_setup, 4, &r->p);
	if (r->fd < 0)
		return -errno;
	sq = r->p.sq_off.array + r->p.sq_entries * sizeof(uint32_t);
	cq = r->p.cq_off.cqes + r->p.cq_entries * sizeof(struct io_uring_cqe);
	r->sq = mmap(NULL, sq, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		     IORING_OFF_SQ_RING);
	r->cq = mmap(NULL, cq, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		     IORING_OFF_CQ_RING);
	r->sqes = mmap(NULL, r->p.sq_entries * sizeof(*r->sqes),
		       PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
		       IORING_OFF_SQES);
	return r->sq == MAP_FAILED || r->cq == MAP_FAILED ||
	       r->sqes == MAP_FAILED ? -ENOMEM : 0;
}

static uint32_t *ring_word(char *base, uint32_t off)
{
	return (uint32_t *)(base + off);
}

static int ring_submit(struct ring *r, int op, int fd, struct msghdr *msg)
{
	uint32_t *tail = ring_word(r->sq, r->p.sq_off.tail);
	uint32_t mask = *ring_word(r->sq, r->p.sq_off.ring_mask);
	uint32_t i = *tail & mask;

	memset(&r->sqes[i], 0, sizeof(r->sqes[i]));
	r->sqes[i].opcode = op;
	r->sqes[i].fd = fd;
	r->sqes[i].addr = (uintptr_t)msg;
	r->sqes[i].len = 1;
	ring_word(r->sq, r->p.sq_off.array)[i] = i;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, r->fd, 1, 0, 0, NULL, 0) == 1 ?
	       0 : -errno;
}

static int ring_result(struct ring *r)
{
	struct io_uring_cqe *cqes = (void *)(r->cq + r->p.cq_off.cqes);
	uint32_t *head = ring_word(r->cq, r->p.cq_off.head);
	uint32_t mask = *ring_word(r->cq, r->p.cq_off.ring_mask);
	int res;

	if (syscall(SYS_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		return -errno;
	res = cqes[*head & mask].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

TEST_F(sockets, io_uring_sends_and_waits_for_a_message)
{
	struct sockaddr_mctp from = { };
	char out[] = "ring", in[8];
	struct iovec iov_out = { .iov_base = out, .iov_len = 4 };
	struct iovec iov_in = { .iov_base = in, .iov_len = sizeof(in) };
	struct msghdr send = {
		.msg_name = &self->to,
		.msg_namelen = sizeof(self->to),
		.msg_iov = &iov_out,
		.msg_iovlen = 1,
	};
	struct msghdr recv = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov_in,
		.msg_iovlen = 1,
	};
	int receiver = sock_bound(1, EID, TYPE);
	struct ring sender, waiter;

	ASSERT_EQ(0, ring_new(&sender));
	ASSERT_EQ(0, ring_new(&waiter));
	ASSERT_EQ(0, ring_submit(&waiter, IORING_OP_RECVMSG, receiver, &recv));
	ASSERT_EQ(0, ring_submit(&sender, IORING_OP_SENDMSG, sock_new(),
				 &send));
	EXPECT_EQ(4, ring_result(&sender));
	ASSERT_EQ(4, ring_result(&waiter));
	EXPECT_EQ(0, memcmp(in, "ring", 4));
	EXPECT_EQ(EID, from.smctp_addr.s_addr);
	EXPECT_EQ(TYPE, from.smctp_type);
}

/* Who may do what, where: user namespaces */

TEST_F(sockets, root_of_another_user_namespace_may_nothing_in_ours)
{
	struct sockaddr_mctp addr = addr_of(1, EID, TYPE, 0);
	int fd = sock_new();	/* opened before: it is the namespace's owner
				 * that counts, not the opener
				 */

	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	EXPECT_EQ(-EACCES, bind_to(fd, &addr));
	EXPECT_EQ(-EACCES, bind_err(addr));
	EXPECT_EQ(-EACCES, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(-EPERM, addr_add("lo", EID + 1));
	EXPECT_EQ(-EPERM, route_add("lo", 20, 20, 0));
	EXPECT_EQ(-EPERM, link_net("lo", 2));
}

TEST_F(sockets, root_of_a_user_namespace_may_all_in_its_own)
{
	int ours = ns_fd(), receiver;
	char got[4];

	ASSERT_EQ(0, unshare(CLONE_NEWUSER | CLONE_NEWNET));
	ASSERT_EQ(0, link_up("lo"));
	EXPECT_EQ(0, addr_add("lo", EID + 1));
	self->to.smctp_addr.s_addr = EID + 1;
	receiver = sock_bound(1, EID + 1, TYPE);
	ASSERT_LE(0, receiver);
	EXPECT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
	EXPECT_EQ(1, recv_from(receiver, got, sizeof(got), NULL));
	/* but there only */
	EXPECT_EQ(-EPERM, ns_enter(ours));
}

TEST_F(sockets, namespaces_share_neither_binds_nor_eids)
{
	int ours = sock_bound(1, EID, TYPE), other;
	char got[4];

	ASSERT_LE(0, ours);
	ASSERT_EQ(0, ns_new());
	EXPECT_EQ(-EHOSTUNREACH, send_to(sock_new(), &self->to, "x", 1));
	ASSERT_EQ(0, addr_add("lo", EID));
	other = sock_bound(1, EID, TYPE);
	ASSERT_LE(0, other);
	ASSERT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
	EXPECT_EQ(1, recv_from(other, got, sizeof(got), NULL));
	EXPECT_EQ(0, recv_none(ours));
	/* a socket stays where it was opened */
	ASSERT_EQ(1, send_to(ours, &self->to, "y", 1));
	EXPECT_EQ(1, recv_from(ours, got, sizeof(got), NULL));
	EXPECT_EQ(0, recv_none(other));
}

TEST_F(sockets, a_request_that_nobody_takes_is_counted)
{
	ASSERT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
	EXPECT_DROPS(&self->before, "drop_no_bind=1");
}

TEST_HARNESS_MAIN
