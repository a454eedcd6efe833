// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that go out, byte for byte: how a message is cut, and which of our
 * EIDs it is from.
 */
#include "packets.h"

TEST_F(packets, a_short_request_is_one_packet_byte_for_byte)
{
	static const uint8_t want[] = { 0x01, PEER, LOCAL, 0xc8, 0x7e, 'h',
					'i' };
	uint8_t packet[80];

	ASSERT_EQ(2, send_to(sock_new(), &self->to, "hi", 2));
	ASSERT_EQ((ssize_t)sizeof(want),
		  tun_recv(self->bus, packet, sizeof(packet)));
	packet[3] &= ~(MCTP_TAG_MASK | SEQ(3));	/* the stack's choice */
	EXPECT_EQ(0, memcmp(packet, want, sizeof(want)));
	EXPECT_EQ(0, tun_none(self->bus));
	EXPECT_EQ(1, stats_rise(&self->before, "tx_packets"));
	EXPECT_EQ(1, stats_rise(&self->before, "tx_messages"));
}

TEST_F(packets, the_type_byte_goes_out_with_its_ic_bit)
{
	uint8_t packet[80];

	self->to.smctp_type = TYPE | IC;
	ASSERT_EQ(0, send_to(sock_new(), &self->to, NULL, 0));
	ASSERT_EQ(HDR_LEN + 1, tun_recv(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(TYPE | IC, packet[4]);
}

/* Send @len bytes, take the packets that come, check each and the whole */
static void check_out(struct __test_metadata *_metadata, SELF, int fd,
		      size_t mtu, size_t len)
{
	size_t chunk = mtu - HDR_LEN, total = len + 1, off;
	uint8_t packet[2048], first = 0;
	unsigned int n = 0;
	uint8_t flags;

	ASSERT_EQ((ssize_t)len, send_to(fd, &self->to, self->data + 1, len));
	for (off = 0; off < total; off += chunk, n++) {
		size_t want = total - off < chunk ? total - off : chunk;

		ASSERT_EQ((ssize_t)(HDR_LEN + want),
			  tun_recv(self->bus, packet, sizeof(packet))) {
			TH_LOG("mtu %zu len %zu off %zu", mtu, len, off);
		}
		EXPECT_EQ(1, packet[0]);
		EXPECT_EQ(PEER, packet[1]);
		EXPECT_EQ(LOCAL, packet[2]);
		if (!off)
			first = packet[3] & (SEQ(3) | TO | MCTP_TAG_MASK);
		flags = first & (TO | MCTP_TAG_MASK);
		flags |= SEQ((first >> 4) + n);
		flags |= (off ? 0 : SOM) | (off + chunk >= total ? EOM : 0);
		EXPECT_EQ(flags, packet[3]);
		EXPECT_EQ(0, memcmp(packet + HDR_LEN, self->data + off, want));
	}
	EXPECT_EQ(TO, first & TO);
	EXPECT_EQ(0, tun_none(self->bus));
}

/* Boundaries: of one, two and five packets, so that the sequence wraps */
static void check_out_mtu(struct __test_metadata *_metadata, SELF, size_t mtu)
{
	static const int packets[] = { 1, 2, 5 };
	size_t i;
	int d;

	for (i = 0; i < ARRAY_SIZE(packets); i++)
		for (d = -1; d <= 1; d++) {
			int fd = sock_new();	/* and its tag goes with it */

			check_out(_metadata, self, fd, mtu,
				  packets[i] * (mtu - HDR_LEN) - 1 + d);
			close(fd);
		}
}

TEST_F(packets, messages_are_cut_exactly_at_mtu_68)
{
	ASSERT_EQ(0, link_mtu("bus", 68));
	check_out_mtu(_metadata, self, 68);
}

TEST_F(packets, messages_are_cut_exactly_at_mtu_254)
{
	ASSERT_EQ(0, link_mtu("bus", 254));
	check_out_mtu(_metadata, self, 254);
}

TEST_F(packets, messages_are_cut_exactly_at_mtu_255)
{
	ASSERT_EQ(0, link_mtu("bus", 255));
	check_out_mtu(_metadata, self, 255);
}

TEST_F(packets, messages_are_cut_exactly_at_mtu_1500)
{
	ASSERT_EQ(0, link_mtu("bus", 1500));
	check_out_mtu(_metadata, self, 1500);
}

TEST_F(packets, the_longest_message_goes_out_whole)
{
	ASSERT_EQ(0, link_mtu("bus", 1500));
	check_out(_metadata, self, sock_new(), 1500, DATA_MAX);
}

TEST_F(packets, the_mtu_of_a_route_is_kept)
{
	ASSERT_EQ(0, route_del("bus", PEER, FAR - 1));
	ASSERT_EQ(0, route_add("bus", PEER, PEER, 100));
	check_out(_metadata, self, sock_new(), 100, 500);
	/* the device's is the least of the two */
	ASSERT_EQ(0, link_mtu("bus", 80));
	check_out(_metadata, self, sock_new(), 80, 500);
}

TEST_F(packets, the_mtu_is_the_least_along_the_gateways)
{
	/* PEER by PEER2, that by PEER2 + 1, that by the bus */
	ASSERT_EQ(0, route_del("bus", PEER, FAR - 1));
	ASSERT_EQ(0, route_gw_add(1, PEER2, PEER, PEER, 0));
	ASSERT_EQ(0, route_gw_add(1, PEER2 + 1, PEER2, PEER2, 90));
	ASSERT_EQ(0, route_add("bus", PEER2 + 1, PEER2 + 1, 120));
	check_out(_metadata, self, sock_new(), 90, 500);
}

TEST_F(packets, the_source_is_the_bound_eid_or_the_least_of_the_device)
{
	int fd = sock_new();

	EXPECT_EQ(LOCAL, source_of(self, fd));
	EXPECT_EQ(LOCAL2, source_of(self, sock_bound(1, LOCAL2, TYPE)));
	EXPECT_EQ(LOCAL, source_of(self, sock_bound(1, MCTP_ADDR_ANY, TYPE)));
	ASSERT_EQ(0, addr_del("bus", LOCAL));
	EXPECT_EQ(LOCAL2, source_of(self, fd));
	ASSERT_EQ(0, addr_add("bus", LOCAL));
	EXPECT_EQ(LOCAL, source_of(self, fd));
	/* one that is of another device may be bound as well */
	ASSERT_EQ(0, addr_add("bus2", 10));
	EXPECT_EQ(10, source_of(self, sock_bound(1, 10, TYPE)));
}

TEST_F(packets, the_source_is_always_the_same)
{
	int fd = sock_new(), i;

	for (i = 0; i < 8; i++)
		EXPECT_EQ(LOCAL, source_of(self, i & 1 ? fd : sock_new()));
	/* more EIDs, of this device and of others, change nothing */
	ASSERT_EQ(0, addr_add("bus", 254));
	ASSERT_EQ(0, addr_add("bus", 11));
	ASSERT_EQ(0, addr_add("lo", 12));
	ASSERT_EQ(0, addr_add("bus2", 13));
	for (i = 0; i < 8; i++) {
		self->to.smctp_addr.s_addr = PEER2 + i;
		EXPECT_EQ(LOCAL, source_of(self, sock_new()));
	}
	/* the way counts, not what is least of all */
	self->to.smctp_addr.s_addr = FAR;
	ASSERT_EQ(1, send_to(fd, &self->to, "q", 1));
	ASSERT_EQ(6, tun_recv(self->bus2, self->got, sizeof(self->got)));
	EXPECT_EQ(13, self->got[2]);
}

TEST_F(packets, an_eid_that_is_bound_but_not_ours_is_no_source)
{
	int fd = sock_bound(1, 99, TYPE), net2 = sock_bound(2, LOCAL2, TYPE);

	ASSERT_LE(0, fd);
	ASSERT_LE(0, net2);
	EXPECT_EQ(LOCAL, source_of(self, fd));
	EXPECT_EQ(LOCAL, source_of(self, net2));
	ASSERT_EQ(0, addr_add("bus", 99));
	EXPECT_EQ(99, source_of(self, fd));
}

/* From another of ours, the peer would take it for the answer of that one, which
 * it may have asked with the same tag.
 */
static void check_answer_of_none(struct __test_metadata *_metadata, SELF, int fd)
{
	static const unsigned char type = TYPE;
	struct sockaddr_mctp from;
	char got[4];

	ASSERT_LE(0, fd);
	ASSERT_LE(0, tun_send(self->bus, LOCAL2, PEER, WHOLE | TO | 3, &type, 1));
	ASSERT_EQ(0, recv_from(fd, got, sizeof(got), &from));
	ASSERT_EQ(0, addr_del("bus", LOCAL2));
	from.smctp_tag &= MCTP_TAG_MASK;
	ASSERT_EQ(1, send_to(fd, &from, "a", 1));
	ASSERT_EQ(6, tun_recv(self->bus, self->got, sizeof(self->got)));
	EXPECT_EQ(PEER, self->got[1]);
	EXPECT_EQ(0, self->got[2]);
	EXPECT_EQ(3, self->got[3] & 0xf);

	/* and a request has a source as ever, as the answer has once it is ours */
	EXPECT_EQ(LOCAL, source_of(self, fd));
	ASSERT_EQ(0, addr_add("bus", LOCAL2));
	ASSERT_EQ(1, send_to(fd, &from, "a", 1));
	ASSERT_EQ(6, tun_recv(self->bus, self->got, sizeof(self->got)));
	EXPECT_EQ(LOCAL2, self->got[2]);
	close(fd);
}

TEST_F(packets, an_answer_of_an_eid_that_is_gone_has_no_source)
{
	check_answer_of_none(_metadata, self, sock_bound(1, MCTP_ADDR_ANY, TYPE));
	check_answer_of_none(_metadata, self, sock_bound(1, LOCAL2, TYPE));
}

TEST_HARNESS_MAIN
