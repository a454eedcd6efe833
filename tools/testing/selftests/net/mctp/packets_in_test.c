// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that come in one by one: which of them are for us, what becomes a
 * message, and under which reason each loss is counted.
 */
#include <linux/if_tun.h>

#include "packets.h"

TEST_F(packets, a_request_comes_with_all_of_its_address)
{
	static const uint8_t payload[] = { TYPE | IC, 'h', 'i' };
	struct sockaddr_mctp from, want = addr_of(1, PEER, TYPE | IC, TO | 5);

	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, WHOLE | SEQ(2) | TO | 5,
			      payload, sizeof(payload)));
	ASSERT_EQ(2, recv_from(self->fd, self->got, 8, &from));
	EXPECT_EQ(0, memcmp(self->got, "hi", 2));
	EXPECT_EQ(0, memcmp(&from, &want, sizeof(from)));
	EXPECT_EQ(1, stats_rise(&self->before, "rx_packets"));
	EXPECT_EQ(1, stats_rise(&self->before, "rx_messages"));
}

TEST_F(packets, packets_to_0_and_to_255_are_ours)
{
	ASSERT_EQ(0, tun_send(self->bus, MCTP_ADDR_NULL, PEER, WHOLE | TO,
			      self->data, 3));
	EXPECT_TRUE(came(self, 3));
	ASSERT_EQ(0, tun_send(self->bus, MCTP_ADDR_ANY, PEER, WHOLE | TO,
			      self->data, 3));
	EXPECT_TRUE(came(self, 3));
	/* and not forwarded as well */
	EXPECT_TRUE(bus2_is_quiet(self));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(packets, an_eid_of_any_device_of_the_network_is_ours)
{
	ASSERT_EQ(0, addr_add("lo", 11));
	ASSERT_EQ(0, tun_send(self->bus, 11, PEER, WHOLE | TO, self->data, 3));
	EXPECT_TRUE(came(self, 3));
	ASSERT_EQ(0, tun_send(self->bus2, LOCAL, FAR, WHOLE | TO, self->data,
			      3));
	EXPECT_TRUE(came(self, 3));
	EXPECT_EQ(0, stats_rise(&self->before, "forwarded"));
}

TEST_F(packets, a_packet_from_0_is_from_an_endpoint_without_an_eid)
{
	struct sockaddr_mctp from;

	ASSERT_EQ(0, tun_send(self->bus, LOCAL, MCTP_ADDR_NULL, WHOLE | TO,
			      self->data, 3));
	ASSERT_EQ(2, recv_from(self->fd, self->got, 8, &from));
	EXPECT_EQ(MCTP_ADDR_NULL, from.smctp_addr.s_addr);
}

TEST_F(packets, every_other_version_is_dropped_reserved_bits_are_not)
{
	uint8_t packet[] = { 0, LOCAL, PEER, WHOLE | TO, TYPE, 'x' };
	char what[32];
	int v, n = 0;

	for (v = 0; v < 16; v++) {
		if (v == 1)
			continue;
		packet[0] = v;
		ASSERT_EQ(0, tun_raw(self->bus, packet, sizeof(packet)));
		snprintf(what, sizeof(what), "drop_version=%d", ++n);
		EXPECT_DROPS(&self->before, what);
	}
	EXPECT_EQ(0, recv_none(self->fd));
	packet[0] = 0xf1;
	ASSERT_EQ(0, tun_raw(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(1, recv_from(self->fd, self->got, 8, NULL));
	EXPECT_EQ('x', self->got[0]);
}

TEST_F(packets, a_packet_from_255_is_dropped)
{
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, MCTP_ADDR_ANY, WHOLE | TO,
			      self->data, 3));
	EXPECT_DROPS(&self->before, "drop_source=1");
	ASSERT_EQ(0, tun_send(self->bus, FAR, MCTP_ADDR_ANY, WHOLE | TO,
			      self->data, 3));
	EXPECT_DROPS(&self->before, "drop_source=2");
	EXPECT_EQ(0, recv_none(self->fd));
}

TEST_F(packets, a_packet_without_a_header_or_a_type_is_dropped)
{
	uint8_t packet[] = { 1, LOCAL, PEER, WHOLE | TO };
	char what[32];
	size_t len;

	for (len = 1; len <= sizeof(packet); len++) {
		ASSERT_EQ(0, tun_raw(self->bus, packet, len));
		snprintf(what, sizeof(what), "drop_short=%zu", len);
		EXPECT_DROPS(&self->before, what);
	}
	/* the same of the start of a message of many */
	packet[3] = SOM | TO;
	ASSERT_EQ(0, tun_raw(self->bus, packet, sizeof(packet)));
	EXPECT_DROPS(&self->before, "drop_short=5");
	EXPECT_EQ(0, recv_none(self->fd));
}

TEST_F(packets, a_request_of_a_type_that_nobody_takes_is_dropped)
{
	static const uint8_t payload[] = { TYPE - 1, 'x' };

	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, WHOLE | TO, payload,
			      sizeof(payload)));
	EXPECT_DROPS(&self->before, "drop_no_bind=1");
	/* of a longer message it is the first packet that decides */
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, SOM | TO, payload,
			      sizeof(payload)));
	EXPECT_DROPS(&self->before, "drop_no_bind=2");
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, EOM | SEQ(1) | TO,
			      payload, sizeof(payload)));
	EXPECT_DROPS(&self->before, "drop_no_bind=2 drop_no_start=1");
}

TEST_F(packets, a_packet_of_a_device_that_cannot_carry_mctp_is_dropped)
{
	int bus3 = tun_new("bus3");

	ASSERT_LE(0, bus3);
	/* ARPHRD_PPP: not what MCTP goes over, and the packets come still */
	ASSERT_EQ(0, ioctl(bus3, TUNSETLINK, 512));
	EXPECT_EQ(-EOPNOTSUPP, addr_add("bus3", 12));
	ASSERT_EQ(0, link_up("bus3"));
	ASSERT_EQ(0, tun_send(bus3, MCTP_ADDR_NULL, PEER, WHOLE | TO,
			      self->data, 3));
	EXPECT_DROPS(&self->before, "drop_no_device=1");
	EXPECT_EQ(0, recv_none(self->fd));
}

TEST_F(packets, nothing_is_ever_answered_to_a_bad_packet)
{
	uint8_t version[] = { 2, LOCAL, PEER, WHOLE | TO, TYPE };
	static const uint8_t payload[] = { 0x11, 0 };

	ASSERT_EQ(0, tun_raw(self->bus, version, sizeof(version)));
	ASSERT_EQ(0, tun_raw(self->bus, version, 2));
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, WHOLE | TO, payload, 2));
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, WHOLE, payload, 2));
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, EOM, payload, 2));
	ASSERT_EQ(0, tun_send(self->bus, NOBODY, PEER, WHOLE, payload, 2));
	ASSERT_EQ(0, tun_send(self->bus, PEER2, PEER, WHOLE, payload, 2));
	EXPECT_DROPS(&self->before, "drop_short=1 drop_version=1 "
		     "drop_no_route=1 drop_forward_back=1 drop_no_bind=1 "
		     "drop_no_tag=1 drop_no_start=1");
	/* what goes out next is ours, and the first */
	EXPECT_EQ(LOCAL, source_of(self, sock_new()));
	EXPECT_EQ(1, stats_rise(&self->before, "tx_packets"));
}

TEST_HARNESS_MAIN
