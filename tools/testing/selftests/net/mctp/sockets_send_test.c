// SPDX-License-Identifier: GPL-2.0
/*
 * sendmsg(): each of its errors, and what becomes of a message to a local EID.
 */
#include <sys/mman.h>

#include "mctp_test.h"

#define EID	8	/* ours, on lo */
#define TYPE	0x7e
#define IC	0x80

FIXTURE(send) {
	struct stats before;
	struct sockaddr_mctp to;	/* a request to ourselves */
};

FIXTURE_SETUP(send)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", EID));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, EID, TYPE, OWNER);
}

FIXTURE_TEARDOWN(send)
{
}

/* A byte to an address of any length */
static ssize_t send_err(int fd, const void *addr, socklen_t len, int flags)
{
	ssize_t n = sendto(fd, "x", 1, flags, addr, len);

	return n < 0 ? -errno : n;
}

TEST_F(send, send_to_a_short_address_is_einval)
{
	int fd = sock_new();

	EXPECT_EQ(-EINVAL, send_err(fd, &self->to, sizeof(self->to) - 1, 0));
	EXPECT_EQ(-EINVAL, send_err(fd, &self->to, 1, 0));
	EXPECT_EQ(1, send_err(fd, &self->to, sizeof(self->to), 0));
}

TEST_F(send, send_to_another_family_is_einval)
{
	self->to.smctp_family = AF_INET;
	EXPECT_EQ(-EINVAL, send_to(sock_new(), &self->to, "x", 1));
}

TEST_F(send, send_with_a_pad_that_is_not_zero_is_einval)
{
	int fd = sock_new();

	self->to.__smctp_pad0 = 0x100;
	EXPECT_EQ(-EINVAL, send_to(fd, &self->to, "x", 1));
	self->to.__smctp_pad0 = 0;
	self->to.__smctp_pad1 = 1;
	EXPECT_EQ(-EINVAL, send_to(fd, &self->to, "x", 1));
}

TEST_F(send, send_with_tag_bits_that_mean_nothing_is_einval)
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

TEST_F(send, send_where_no_route_leads_is_ehostunreach)
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

TEST_F(send, send_over_65536_bytes_with_the_type_is_emsgsize)
{
	static uint8_t data[DATA_MAX + 1], got[DATA_MAX];
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();

	EXPECT_EQ(-EMSGSIZE, send_to(fd, &self->to, data, DATA_MAX + 1));
	EXPECT_EQ(0, recv_none(receiver));
	EXPECT_EQ(DATA_MAX, send_to(fd, &self->to, data, DATA_MAX));
	EXPECT_EQ(DATA_MAX, recv_from(receiver, got, sizeof(got), NULL));
}

TEST_F(send, send_to_an_eid_of_a_device_that_is_down_is_enetdown)
{
	int fd = sock_new();

	EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(0, link_down("lo"));
	EXPECT_EQ(-ENETDOWN, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(0, link_up("lo"));
	EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
}

/* Without MSG_WAITFORONE: its bit is one that newer kernels clear before a
 * family sees it.
 */
TEST_F(send, send_with_unknown_flags_is_eopnotsupp)
{
	static const int flags[] = {
		MSG_OOB, MSG_PEEK, MSG_DONTROUTE, MSG_CTRUNC, MSG_PROXY,
		MSG_TRUNC, MSG_EOR, MSG_WAITALL, MSG_FIN, MSG_SYN, MSG_CONFIRM,
		MSG_RST, MSG_ERRQUEUE, MSG_MORE, MSG_ZEROCOPY, MSG_FASTOPEN,
	};
	int fd = sock_new();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		EXPECT_EQ(-EOPNOTSUPP, send_err(fd, &self->to,
						sizeof(self->to), flags[i])) {
			TH_LOG("flag 0x%x", flags[i]);
		}
	}
	EXPECT_EQ(1, send_err(fd, &self->to, sizeof(self->to),
			      MSG_DONTWAIT | MSG_NOSIGNAL));
}

TEST_F(send, send_without_address_unconnected_is_edestaddrreq)
{
	int fd = sock_bound(1, EID, TYPE);

	EXPECT_EQ(-1, send(fd, "x", 1, 0));
	EXPECT_EQ(EDESTADDRREQ, errno);
	EXPECT_EQ(-1, write(fd, "x", 1));
	EXPECT_EQ(EDESTADDRREQ, errno);
}

TEST_F(send, a_length_that_no_memory_has_is_emsgsize_before_it_is_read)
{
	EXPECT_EQ(-EMSGSIZE, send_to(sock_new(), &self->to, "x", 1 << 30));
	EXPECT_EQ(1, file_count("/proc/thread-self/net/mctp/tags", ""));
}

TEST_F(send, where_no_neighbour_is_known_is_ehostunreach)
{
	uint8_t lladdr = 0x1d;
	int fd = sock_new();

	ASSERT_EQ(0, vmctp_bus());
	ASSERT_EQ(0, route_add("near", 20, 20, 0));
	self->to.smctp_addr.s_addr = 20;
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(0, neigh_add("near", 21, &lladdr, 1));
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(1, file_count("/proc/thread-self/net/mctp/tags", ""));
	ASSERT_EQ(0, neigh_add("near", 20, &lladdr, 1));
	EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
}

TEST_F(send, a_ninth_request_to_a_peer_is_ebusy)
{
	struct sockaddr_mctp peer = addr_of(1, EID, TYPE, 0);
	int fd = sock_new(), other = sock_new(), i;

	ASSERT_EQ(0, connect_to(other, &peer));
	for (i = 0; i < 8; i++)
		EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(-EBUSY, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(-1, send(other, "x", 1, 0));
	EXPECT_EQ(EBUSY, errno);
	/* an answer takes none */
	self->to.smctp_tag = 0;
	EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
}

TEST_F(send, a_connected_socket_sends_where_an_address_says_if_there_is_one)
{
	struct sockaddr_mctp peer = addr_of(1, EID, TYPE, 0);
	int receiver = sock_bound(1, EID, TYPE), fd = sock_new();
	int other = sock_bound(1, EID, TYPE - 1);
	struct sockaddr_mctp from;
	char got[4];

	ASSERT_EQ(0, connect_to(fd, &peer));
	self->to.smctp_type = TYPE - 1;
	EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(1, recv_from(other, got, sizeof(got), &from));
	EXPECT_EQ(0, recv_none(receiver));
	EXPECT_EQ(1, send(fd, "y", 1, 0));
	EXPECT_EQ(1, recv_from(receiver, got, sizeof(got), NULL));
}

TEST_F(send, connected_send_and_write_are_requests_to_the_peer)
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

TEST_F(send, a_message_in_pieces_of_memory_is_one_message)
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

TEST_F(send, bad_memory_is_efault_and_no_message_is_sent)
{
	char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	char got[4];

	ASSERT_TRUE(page != MAP_FAILED);
	EXPECT_EQ(-EFAULT, send_to(fd, &self->to, page, 16));
	EXPECT_EQ(0, recv_none(receiver));
	EXPECT_EQ(1, file_count("/proc/thread-self/net/mctp/tags", ""));
	ASSERT_EQ(2, send_to(fd, &self->to, "ok", 2));
	EXPECT_EQ(-1, recv(receiver, page, 16, MSG_DONTWAIT));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(2, send_to(fd, &self->to, "ok", 2));
	EXPECT_EQ(2, recv_from(receiver, got, sizeof(got), NULL));
}

TEST_F(send, a_request_that_nobody_takes_is_counted)
{
	ASSERT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
	EXPECT_DROPS(&self->before, "drop_no_bind=1");
}

TEST_HARNESS_MAIN
