// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that are for others: forwarded unchanged, or dropped and counted.
 */
#include "packets.h"

TEST_F(packets, a_packet_is_forwarded_unchanged)
{
	uint8_t packet[80];
	int flags;

	for (flags = 0; flags < 256; flags++) {
		ASSERT_EQ(0, tun_send(self->bus, FAR, PEER, flags, self->data,
				      1 + flags % BTU));
		ASSERT_EQ(HDR_LEN + 1 + flags % BTU,
			  tun_recv(self->bus2, packet, sizeof(packet)));
		EXPECT_EQ(1, packet[0]);
		EXPECT_EQ(FAR, packet[1]);
		EXPECT_EQ(PEER, packet[2]);
		EXPECT_EQ(flags, packet[3]);
		EXPECT_EQ(0, memcmp(packet + HDR_LEN, self->data,
				    1 + flags % BTU));
	}
	EXPECT_EQ(256, stats_rise(&self->before, "forwarded"));
	EXPECT_EQ(0, tun_none(self->bus));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(packets, a_packet_never_goes_back_out_of_its_device)
{
	ASSERT_EQ(0, tun_send(self->bus, PEER2, PEER, WHOLE | TO, self->data,
			      3));
	EXPECT_DROPS(&self->before, "drop_forward_back=1");
	/* nor by way of a gateway */
	ASSERT_EQ(0, route_gw_add(1, PEER2, 100, 100, 0));
	ASSERT_EQ(0, tun_send(self->bus, 100, PEER, WHOLE | TO, self->data,
			      3));
	EXPECT_DROPS(&self->before, "drop_forward_back=2");
	EXPECT_EQ(0, tun_none(self->bus));
	EXPECT_TRUE(bus2_is_quiet(self));
}

TEST_F(packets, a_packet_larger_than_the_way_out_takes_is_dropped)
{
	uint8_t packet[80];

	ASSERT_EQ(0, link_mtu("bus2", 68));
	ASSERT_EQ(0, tun_send(self->bus, FAR, PEER, SOM | TO, self->data,
			      BTU + 1));
	EXPECT_DROPS(&self->before, "drop_forward_mtu=1");
	ASSERT_EQ(0, tun_send(self->bus, FAR, PEER, SOM | TO, self->data,
			      BTU));
	EXPECT_EQ(68, tun_recv(self->bus2, packet, sizeof(packet)));

	/* a route's MTU binds as the device's does */
	ASSERT_EQ(0, link_mtu("bus2", 1500));
	ASSERT_EQ(0, route_add("bus2", 50, 50, 70));
	ASSERT_EQ(0, tun_send(self->bus, 50, PEER, SOM | TO, self->data, 67));
	EXPECT_DROPS(&self->before, "drop_forward_mtu=2");
	ASSERT_EQ(0, tun_send(self->bus, 50, PEER, SOM | TO, self->data, 66));
	EXPECT_EQ(70, tun_recv(self->bus2, packet, sizeof(packet)));
}

TEST_F(packets, a_packet_where_no_route_leads_is_dropped)
{
	ASSERT_EQ(0, tun_send(self->bus, NOBODY, PEER, WHOLE | TO, self->data,
			      3));
	EXPECT_DROPS(&self->before, "drop_no_route=1");
	/* reserved EIDs are no exception */
	ASSERT_EQ(0, tun_send(self->bus, 5, PEER, WHOLE | TO, self->data, 3));
	EXPECT_DROPS(&self->before, "drop_no_route=2");
}

TEST_F(packets, a_packet_to_a_device_that_is_down_is_dropped)
{
	ASSERT_EQ(0, link_down("bus2"));
	ASSERT_EQ(0, tun_send(self->bus, FAR, PEER, WHOLE | TO, self->data,
			      3));
	EXPECT_DROPS(&self->before, "drop_device_down=1");
}

TEST_F(packets, a_packet_is_never_forwarded_between_networks)
{
	ASSERT_EQ(0, link_net("bus2", 2));
	ASSERT_EQ(0, route_add("bus2", FAR, FAR, 0));
	ASSERT_EQ(0, addr_add("bus2", 15));
	ASSERT_EQ(0, tun_send(self->bus, FAR, PEER, WHOLE | TO, self->data,
			      3));
	EXPECT_DROPS(&self->before, "drop_no_route=1");
	/* nor is an EID of the other network ours in this one */
	ASSERT_EQ(0, tun_send(self->bus, 15, PEER, WHOLE | TO, self->data, 3));
	EXPECT_DROPS(&self->before, "drop_no_route=2");
	ASSERT_EQ(0, tun_send(self->bus2, 15, FAR, WHOLE | TO, self->data, 3));
	EXPECT_TRUE(came(self, 3));
	EXPECT_EQ(0, tun_none(self->bus2));
}

TEST_F(packets, a_loop_of_gateways_is_no_way)
{
	ASSERT_EQ(0, route_gw_add(1, 101, 100, 100, 0));
	ASSERT_EQ(0, route_gw_add(1, 100, 101, 101, 0));
	ASSERT_EQ(0, tun_send(self->bus, 100, PEER, WHOLE | TO, self->data,
			      3));
	EXPECT_DROPS(&self->before, "drop_no_route=1");
	self->to.smctp_addr.s_addr = 100;
	EXPECT_EQ(-EHOSTUNREACH, send_to(sock_new(), &self->to, "q", 1));
}

TEST_F(packets, gateways_are_followed_eight_deep_and_no_deeper)
{
	uint8_t packet[80];
	int i, fd = sock_new();

	/* 100 by 101 by ... 108 by the bus */
	for (i = 0; i < 8; i++)
		ASSERT_EQ(0, route_gw_add(1, 101 + i, 100 + i, 100 + i, 0));
	self->to.smctp_addr.s_addr = 100;
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "q", 1));
	ASSERT_EQ(0, route_add("bus", 108, 108, 0));
	ASSERT_EQ(1, send_to(fd, &self->to, "q", 1));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(100, packet[1]);
	ASSERT_EQ(0, route_gw_add(1, 100, 99, 99, 0));
	self->to.smctp_addr.s_addr = 99;
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "q", 1));
}

TEST_HARNESS_MAIN
