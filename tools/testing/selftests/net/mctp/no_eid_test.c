// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints that have no EID yet, on either side, and messages to all at once:
 * who may answer, and which tags that takes from others.
 */
#include <net/if.h>

#include "mctp_test.h"

#define TYPE		0x7e
#define LOCAL		8	/* ours, on the bus */
#define LOCAL2		9
#define PEER		20	/* theirs */
#define PEER2		21

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

/* A request by hardware address, that is to no EID or to all; its tag on the
 * wire
 */
static int request_any(int bus, const char *dev, int fd, uint8_t eid)
{
	struct sockaddr_mctp to = addr_of(1, eid, TYPE, OWNER);
	struct sockaddr_mctp_ext ext = ext_of(&to, dev);
	uint8_t packet[80];
	ssize_t n = sock_ext(fd, 1) ?: send_to_ext(fd, &ext, "q", 1);

	if (n < 0)
		return n;
	sock_ext(fd, 0);
	n = tun_recv(bus, packet, sizeof(packet));
	if (n < 0)
		return n;
	return n == 6 && packet[1] == eid ? packet[3] & MCTP_TAG_MASK :
					    -EBADMSG;
}

static void check_anyone(struct __test_metadata *_metadata,
			 FIXTURE_DATA(no_eid) *self, uint8_t eid)
{
	struct sockaddr_mctp from;
	int fd = sock_new(), tag;
	char got[4];

	tag = request_any(self->bus, "bus", fd, eid);
	ASSERT_LE(0, tag);
	/* but to nobody else's EID, and with no other tag */
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL2, 77, tag));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, 77, (tag + 1) % 8));
	EXPECT_DROPS(&self->before, "drop_no_tag=2");
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, 77, tag));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from));
	EXPECT_EQ(77, from.smctp_addr.s_addr);
	/* one answer is what a tag is for */
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, 78, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=3");
	EXPECT_EQ(0, recv_none(fd));
}

TEST_F(no_eid, a_broadcast_request_is_answered_by_anyone)
{
	check_anyone(_metadata, self, MCTP_ADDR_ANY);
}

TEST_F(no_eid, a_request_to_eid_0_is_answered_by_anyone)
{
	check_anyone(_metadata, self, MCTP_ADDR_NULL);
}

TEST_F(no_eid, one_that_has_no_eid_still_answers_from_0)
{
	struct sockaddr_mctp from;
	int fd = sock_new(), tag;
	char got[4];

	tag = request_any(self->bus, "bus", fd, MCTP_ADDR_NULL);
	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL, MCTP_ADDR_NULL, tag));
	ASSERT_EQ(1, recv_from(fd, got, sizeof(got), &from));
	EXPECT_EQ(MCTP_ADDR_NULL, from.smctp_addr.s_addr);
	EXPECT_DROPS(&self->before, "");
}

TEST_F(no_eid, an_answer_of_another_network_is_dropped)
{
	int bus2 = tun_new("bus2"), fd = sock_new(), tag;

	ASSERT_LE(0, bus2);
	ASSERT_EQ(0, link_net("bus2", 2));
	ASSERT_EQ(0, link_up("bus2"));
	ASSERT_EQ(0, addr_add("bus2", LOCAL));
	tag = request_any(self->bus, "bus", fd, MCTP_ADDR_NULL);
	ASSERT_LE(0, tag);
	ASSERT_EQ(0, tun_answer(bus2, LOCAL, 77, tag));
	EXPECT_DROPS(&self->before, "drop_no_tag=1");
	EXPECT_EQ(0, recv_none(fd));
}

static void check_no_share(struct __test_metadata *_metadata,
			   FIXTURE_DATA(no_eid) *self, uint8_t eid)
{
	int fd = sock_new(), seen = 0, i, tag;

	for (i = 0; i < 3; i++) {
		tag = request_any(self->bus, "bus", fd, eid);
		ASSERT_LE(0, tag);
		EXPECT_EQ(0, seen & 1 << tag);
		seen |= 1 << tag;
	}
	for (i = 0; i < 5; i++) {
		tag = tun_request(self->bus, fd, &self->to);
		ASSERT_LE(0, tag);
		EXPECT_EQ(0, seen & 1 << tag);
		seen |= 1 << tag;
	}
	EXPECT_EQ(0xff, seen);
	EXPECT_EQ(-EBUSY, request_only(fd, PEER));
	EXPECT_EQ(-EBUSY, tag_alloc(fd, PEER));
	/* another peer has three less, and five more */
	for (i = 0; i < 5; i++)
		EXPECT_EQ(1, request_only(fd, PEER2));
	EXPECT_EQ(-EBUSY, request_only(fd, PEER2));
	EXPECT_EQ(-EBUSY, request_any(self->bus, "bus", fd, eid));
	/* the other one that means anyone is no other peer */
	EXPECT_EQ(-EBUSY, request_any(self->bus, "bus", fd,
				      eid ^ MCTP_ADDR_ANY));
}

TEST_F(no_eid, a_request_to_eid_0_shares_no_tag_with_any_peer)
{
	check_no_share(_metadata, self, MCTP_ADDR_NULL);
}

TEST_F(no_eid, a_broadcast_request_shares_no_tag_with_any_peer)
{
	check_no_share(_metadata, self, MCTP_ADDR_ANY);
}

TEST_F(no_eid, a_request_to_eid_0_takes_no_tag_that_any_peer_has)
{
	int fd = sock_new(), theirs = 0, i;

	/* four are one peer's, and all eight another's */
	for (i = 0; i < 4; i++)
		theirs |= 1 << tun_request(self->bus, fd, &self->to);
	for (i = 0; i < 8; i++)
		ASSERT_LE(0, tag_alloc(fd, PEER2));
	EXPECT_EQ(-EBUSY, request_any(self->bus, "bus", fd, MCTP_ADDR_NULL));
	for (i = 0; i < 8; i++) {
		ASSERT_EQ(0, tag_drop(fd, PEER2, i | OWNER | PREALLOC));
		EXPECT_EQ(theirs & 1 << i ? -EBUSY : i,
			  request_any(self->bus, "bus", fd, MCTP_ADDR_NULL));
	}
	EXPECT_EQ(8, tags_held());
}

TEST_F(no_eid, without_a_hardware_address_no_way_leads_to_0_or_255)
{
	int fd = sock_new();

	self->to.smctp_addr.s_addr = MCTP_ADDR_NULL;
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "q", 1));
	self->to.smctp_addr.s_addr = MCTP_ADDR_ANY;
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "q", 1));
	EXPECT_EQ(0, tags_held());
}

TEST_F(no_eid, a_request_from_0_is_answered_by_hardware_address)
{
	int fd = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	struct sockaddr_mctp_ext from;
	uint8_t packet[80];
	char got[4];

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sock_ext(fd, 1));
	ASSERT_EQ(0, tun_answer(self->bus, LOCAL2, MCTP_ADDR_NULL, TO | 6));
	ASSERT_EQ(1, recv_from_ext(fd, got, sizeof(got), &from));
	EXPECT_EQ(MCTP_ADDR_NULL, from.smctp_base.smctp_addr.s_addr);
	EXPECT_EQ(TO | 6, from.smctp_base.smctp_tag);
	from.smctp_base.smctp_tag &= ~TO;
	ASSERT_EQ(1, send_to_ext(fd, &from, "a", 1));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(MCTP_ADDR_NULL, packet[1]);
	EXPECT_EQ(LOCAL2, packet[2]);	/* that which was asked */
	EXPECT_EQ(WHOLE | 6, packet[3] & ~SEQ(3));
}

TEST_F(no_eid, a_request_to_0_or_255_is_taken_by_who_is_bound_to_any_eid)
{
	int any = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	int one = sock_bound(1, LOCAL, TYPE);
	struct sockaddr_mctp from;
	char got[4];

	ASSERT_LE(0, any);
	ASSERT_LE(0, one);
	ASSERT_EQ(0, tun_answer(self->bus, MCTP_ADDR_NULL, PEER, TO));
	EXPECT_EQ(1, recv_from(any, got, sizeof(got), &from));
	ASSERT_EQ(0, tun_answer(self->bus, MCTP_ADDR_ANY, PEER, TO));
	EXPECT_EQ(1, recv_from(any, got, sizeof(got), &from));
	EXPECT_EQ(0, recv_none(one));
	EXPECT_DROPS(&self->before, "");
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

TEST_F(no_eid, an_answer_to_0_finds_its_socket_when_there_is_an_eid_by_now)
{
	int bus2 = tun_bus("bus2", 100, 120), fd = sock_new(), tag, tag2;
	struct sockaddr_mctp to = addr_of(1, 100, TYPE, OWNER);
	char got[4];

	ASSERT_LE(0, bus2);
	tag = tun_request(bus2, fd, &to);
	ASSERT_LE(0, tag);
	ASSERT_EQ(0, addr_add("bus2", 12));
	/* a second one is from 12, and its answer is not the first one's */
	tag2 = tun_request(bus2, fd, &to);
	ASSERT_LE(0, tag2);
	if (tag2 != tag) {
		ASSERT_EQ(0, tun_answer(bus2, MCTP_ADDR_NULL, 100, tag2));
		EXPECT_DROPS(&self->before, "drop_no_tag=1");
	}
	ASSERT_EQ(0, tun_answer(bus2, MCTP_ADDR_NULL, 100, tag));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	ASSERT_EQ(0, tun_answer(bus2, 12, 100, tag2));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
}

TEST_F(no_eid, a_device_without_eids_has_eight_tags_for_a_peer_too)
{
	int bus2 = tun_bus("bus2", 100, 120), fd = sock_new(), seen = 0, i, tag;
	struct sockaddr_mctp to = addr_of(1, 100, TYPE, OWNER);
	char got[4];

	ASSERT_LE(0, bus2);
	for (i = 0; i < 8; i++) {
		tag = tun_request(bus2, fd, &to);
		ASSERT_LE(0, tag);
		seen |= 1 << tag;
	}
	EXPECT_EQ(0xff, seen);
	EXPECT_EQ(-EBUSY, send_to(fd, &to, "q", 1));
	/* by another peer, or to an EID that is ours elsewhere: no answer */
	ASSERT_EQ(0, tun_answer(bus2, MCTP_ADDR_NULL, 101, 0));
	ASSERT_EQ(0, tun_answer(bus2, LOCAL, 100, 0));
	EXPECT_DROPS(&self->before, "drop_no_tag=2");
	for (i = 0; i < 8; i++) {
		ASSERT_EQ(0, tun_answer(bus2, MCTP_ADDR_NULL, 100, i));
		EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
	}
}

TEST_F(no_eid, a_preallocated_tag_works_from_0_as_well)
{
	int bus2 = tun_bus("bus2", 100, 120), fd = sock_new(), tag;
	struct sockaddr_mctp to = addr_of(1, 100, TYPE, 0);
	char got[4];

	ASSERT_LE(0, bus2);
	tag = tag_alloc(fd, 100);
	ASSERT_LE(0, tag);
	to.smctp_tag = tag;
	ASSERT_EQ(tag & MCTP_TAG_MASK, tun_request(bus2, fd, &to));
	ASSERT_EQ(0, tun_answer(bus2, MCTP_ADDR_NULL, 100,
				tag & MCTP_TAG_MASK));
	EXPECT_EQ(1, recv_from(fd, got, sizeof(got), NULL));
}

/* A link with addresses, as SMBus has: near is the bus owner, far has nothing */
#define FAR	30
#define FAR_LL	0x11
#define ALL_LL	0xff

FIXTURE(owner) {
	int near_ns;
	int far_ns;
	int fd;			/* asks */
	int server;		/* over there, takes requests of TYPE */
	struct stats before;
	struct sockaddr_mctp nobody;
	char got[8];
};

FIXTURE_SETUP(owner)
{
	struct vmctp_pair pair = VMCTP_PAIR("near", "far");

	ASSERT_EQ(0, ns_new());
	self->far_ns = ns_fd();
	ASSERT_EQ(0, ns_new());
	self->near_ns = ns_fd();
	pair.addr_len = 1;
	pair.peer_ns = self->far_ns;
	ASSERT_EQ(0, vmctp_add(&pair));
	ASSERT_EQ(0, link_up("near"));
	ASSERT_EQ(0, addr_add("near", LOCAL));
	self->fd = sock_new();
	ASSERT_EQ(0, sock_ext(self->fd, 1));
	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, link_up("far"));
	self->server = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	ASSERT_LE(0, self->server);
	ASSERT_EQ(0, sock_ext(self->server, 1));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	ASSERT_EQ(0, stats_read(&self->before));
	self->nobody = addr_of(1, MCTP_ADDR_NULL, TYPE, OWNER);
}

FIXTURE_TEARDOWN(owner)
{
}

/* A request to @lladdr; the address that an answer to it takes */
static int ask(FIXTURE_DATA(owner) *self, uint8_t lladdr,
	       struct sockaddr_mctp_ext *from)
{
	struct sockaddr_mctp_ext to = ext_at(&self->nobody, "near", lladdr);
	ssize_t n = send_to_ext(self->fd, &to, "q", 1);

	if (n != 1)
		return n;
	n = recv_from_ext(self->server, self->got, sizeof(self->got), from);
	if (n != 1)
		return n < 0 ? n : -EBADMSG;
	from->smctp_base.smctp_tag &= MCTP_TAG_MASK;
	return 0;
}

/* The answer comes from @eid */
static void check_answer(struct __test_metadata *_metadata,
			 FIXTURE_DATA(owner) *self,
			 const struct sockaddr_mctp_ext *to, uint8_t eid)
{
	struct sockaddr_mctp_ext from;

	ASSERT_EQ(1, send_to_ext(self->server, to, "a", 1));
	ASSERT_EQ(1, recv_from_ext(self->fd, self->got, sizeof(self->got),
				   &from));
	EXPECT_EQ(eid, from.smctp_base.smctp_addr.s_addr);
	EXPECT_EQ(1, from.smctp_halen);
	EXPECT_EQ(FAR_LL, from.smctp_haddr[0]);
	EXPECT_DROPS(&self->before, "");
	EXPECT_EQ(0, tags_held());
}

TEST_F(owner, an_endpoint_without_an_eid_is_asked_and_answers)
{
	struct sockaddr_mctp_ext from;

	ASSERT_EQ(0, ask(self, FAR_LL, &from));
	EXPECT_EQ(LOCAL, from.smctp_base.smctp_addr.s_addr);
	check_answer(_metadata, self, &from, MCTP_ADDR_NULL);
}

TEST_F(owner, an_endpoint_that_is_given_its_eid_answers_from_that)
{
	struct sockaddr_mctp_ext from;

	ASSERT_EQ(0, ask(self, FAR_LL, &from));
	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, addr_add("far", FAR));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	check_answer(_metadata, self, &from, FAR);
	/* one that has an EID can be asked by hardware address still */
	ASSERT_EQ(0, ask(self, FAR_LL, &from));
	check_answer(_metadata, self, &from, FAR);
}

TEST_F(owner, two_endpoints_without_eids_talk_by_hardware_address)
{
	struct sockaddr_mctp_ext from;

	ASSERT_EQ(0, addr_del("near", LOCAL));
	ASSERT_EQ(0, ask(self, FAR_LL, &from));
	EXPECT_EQ(MCTP_ADDR_NULL, from.smctp_base.smctp_addr.s_addr);
	check_answer(_metadata, self, &from, MCTP_ADDR_NULL);
}

TEST_F(owner, a_broadcast_is_answered_by_whoever_hears_it)
{
	struct sockaddr_mctp_ext from;

	self->nobody.smctp_addr.s_addr = MCTP_ADDR_ANY;
	ASSERT_EQ(0, ask(self, ALL_LL, &from));
	check_answer(_metadata, self, &from, MCTP_ADDR_NULL);
	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, addr_add("far", FAR));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	ASSERT_EQ(0, ask(self, ALL_LL, &from));
	check_answer(_metadata, self, &from, FAR);
}

TEST_F(owner, eight_endpoints_at_once_and_the_ninth_is_ebusy)
{
	struct sockaddr_mctp_ext from[8], to;
	int i, seen = 0;

	for (i = 0; i < 8; i++) {
		ASSERT_EQ(0, ask(self, FAR_LL, &from[i]));
		seen |= 1 << from[i].smctp_base.smctp_tag;
	}
	EXPECT_EQ(0xff, seen);
	to = ext_at(&self->nobody, "near", FAR_LL);
	EXPECT_EQ(-EBUSY, send_to_ext(self->fd, &to, "q", 1));
	for (i = 7; i >= 0; i--) {
		ASSERT_EQ(1, send_to_ext(self->server, &from[i], "a", 1));
		EXPECT_EQ(1, recv_from(self->fd, self->got, 1, NULL));
	}
	EXPECT_EQ(0, tags_held());
}

TEST_HARNESS_MAIN
