// SPDX-License-Identifier: GPL-2.0
/*
 * Who may do what, and where: capabilities, user namespaces, and network
 * namespaces beside each other.
 */
#include <net/if.h>

#include "mctp_test.h"

#define EID	8	/* ours, on lo */
#define TYPE	0x7e
#define IC	0x80

FIXTURE(capabilities) {
	struct stats before;
	struct sockaddr_mctp to;	/* a request to ourselves */
};

FIXTURE_SETUP(capabilities)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", EID));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, EID, TYPE, OWNER);
}

FIXTURE_TEARDOWN(capabilities)
{
}

static int bind_err(struct sockaddr_mctp addr)
{
	int fd = sock_new();
	int err = fd < 0 ? fd : bind_to(fd, &addr);

	close(fd);
	return err;
}

TEST_F(capabilities, bind_without_cap_net_bind_service_is_eacces)
{
	struct sockaddr_mctp addr = addr_of(1, EID, TYPE, 0);

	EXPECT_EQ(0, bind_err(addr));
	ASSERT_EQ(0, cap_drop(CAP_NET_BIND_SERVICE));
	EXPECT_EQ(-EACCES, bind_err(addr));
	/* and that is all that it is asked for */
	EXPECT_LE(1, send_to(sock_new(), &self->to, "x", 1));
}

TEST_F(capabilities, send_without_cap_net_raw_is_eacces)
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

static int link_request(int fd, const char *dev)
{
	struct ifaddrmsg header = {
		.ifa_family = AF_MCTP,
		.ifa_index = if_nametoindex(dev),
	};
	static char answer[8192];
	const struct nlmsghdr *n = (const void *)answer;
	uint8_t eid = EID + 3;
	struct nl_req r;
	int err;

	nl_start(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_ACK, &header,
		 sizeof(header));
	nl_put(&r, IFA_LOCAL, &eid, sizeof(eid));
	err = nl_send(fd, &r);
	if (err)
		return err;
	if (!sock_polls(fd, POLLIN, WAIT_MS))
		return -ETIMEDOUT;
	if (recv(fd, answer, sizeof(answer), 0) < 0)
		return -errno;
	return n->nlmsg_type == NLMSG_ERROR ?
	       ((const struct nlmsgerr *)NLMSG_DATA(n))->error : -EBADMSG;
}

TEST_F(capabilities, cap_net_admin_of_ones_own_namespace_configures_only_there)
{
	int theirs, ours = nl_socket();

	ASSERT_LE(0, ours);
	ASSERT_EQ(0, link_request(ours, "lo"));
	ASSERT_EQ(0, addr_del("lo", EID + 3));
	ASSERT_EQ(0, unshare(CLONE_NEWUSER | CLONE_NEWNET));
	theirs = nl_socket();
	ASSERT_LE(0, theirs);
	EXPECT_EQ(0, link_request(theirs, "lo"));
	EXPECT_EQ(0, route_add("lo", 20, 20, 0));
	EXPECT_EQ(0, link_net("lo", 2));
	EXPECT_EQ(0, sysctl_set("reasm_timeout_ms", 500));
	/* the way to the namespace that it came from is open still */
	EXPECT_EQ(-EPERM, link_request(ours, "lo"));
	EXPECT_EQ(0, addr_add("lo", EID + 3));
}

/* Without any capability, as another user */
TEST_F(capabilities, an_ordinary_user_can_receive_and_connect_no_more)
{
	struct sockaddr_mctp addr = addr_of(1, EID, TYPE - 1, 0), name, from;
	int bound = sock_bound(1, EID, TYPE), fd, on = 1, tag;
	socklen_t len = sizeof(name);
	char got[4];

	ASSERT_LE(0, bound);
	ASSERT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
	tag = tag_alloc(bound, EID);
	ASSERT_LE(0, tag);
	ASSERT_EQ(0, setgid(65534));
	ASSERT_EQ(0, setuid(65534));

	fd = sock_new();
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EACCES, bind_to(fd, &addr));
	EXPECT_EQ(-EACCES, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(-EACCES, send_to(bound, &self->to, "x", 1));
	EXPECT_EQ(-EACCES, tag_alloc(fd, EID));
	EXPECT_EQ(-EACCES, tag_alloc2(bound, 1, EID));
	EXPECT_EQ(-EPERM, addr_add("lo", EID + 1));
	EXPECT_EQ(-EPERM, addr_del("lo", EID));
	EXPECT_EQ(-EACCES, sysctl_set("reasm_timeout_ms", 500));

	EXPECT_EQ(0, connect_to(fd, &addr));
	EXPECT_EQ(0, getpeername(fd, (void *)&name, &len));
	EXPECT_EQ(-1, send(fd, "x", 1, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
	/* what it was given, it can use; and give back */
	EXPECT_EQ(1, recv_from(bound, got, sizeof(got), &from));
	EXPECT_EQ(0, tag_drop(bound, EID, tag));
	EXPECT_EQ(1, nl_count(RTM_GETADDR));
	EXPECT_LT(0, file_count("/proc/thread-self/net/mctp/stat", "rx_"));
}

TEST_F(capabilities, root_of_another_user_namespace_may_nothing_in_ours)
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

TEST_F(capabilities, root_of_a_user_namespace_may_all_in_its_own)
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

TEST_F(capabilities, namespaces_share_neither_binds_nor_eids)
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

TEST_HARNESS_MAIN
