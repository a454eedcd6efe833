// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP_OPT_ADDR_EXT: the device and the link address of a peer, both ways.
 */
#include "packets.h"

TEST_F(packets, an_extended_address_needs_no_route)
{
	static const uint8_t eids[] = { NOBODY, PEER, 0, 255, LOCAL };
	struct sockaddr_mctp_ext to = ext_of(&self->to, "bus2");
	uint8_t packet[80];
	int fd = sock_new();
	size_t i;

	ASSERT_EQ(0, sock_ext(fd, 1));
	for (i = 0; i < ARRAY_SIZE(eids); i++) {
		to.smctp_base.smctp_addr.s_addr = eids[i];
		ASSERT_EQ(1, send_to_ext(fd, &to, "q", 1));
		ASSERT_EQ(6, tun_recv(self->bus2, packet, sizeof(packet)));
		EXPECT_EQ(eids[i], packet[1]);
		EXPECT_EQ(0, packet[2]);	/* bus2 has no EID */
		EXPECT_EQ('q', packet[5]);
	}
	EXPECT_EQ(0, tun_none(self->bus));
}

TEST_F(packets, extended_address_errors)
{
	struct sockaddr_mctp_ext good = ext_of(&self->to, "bus"), to = good;
	int fd = sock_new();

	ASSERT_EQ(0, sock_ext(fd, 1));
	to.smctp_ifindex = 9999;
	EXPECT_EQ(-ENODEV, send_to_ext(fd, &to, "q", 1));
	to.smctp_ifindex = 0;
	EXPECT_EQ(-ENODEV, send_to_ext(fd, &to, "q", 1));
	to.smctp_ifindex = -1;
	EXPECT_EQ(-ENODEV, send_to_ext(fd, &to, "q", 1));
	to = good;
	to.smctp_halen = 1;
	EXPECT_EQ(-EINVAL, send_to_ext(fd, &to, "q", 1));
	to.smctp_halen = 255;
	EXPECT_EQ(-EINVAL, send_to_ext(fd, &to, "q", 1));
	to = good;
	to.__smctp_pad0[2] = 1;
	EXPECT_EQ(-EINVAL, send_to_ext(fd, &to, "q", 1));
	ASSERT_EQ(0, link_down("bus"));
	EXPECT_EQ(-ENETDOWN, send_to_ext(fd, &good, "q", 1));
	ASSERT_EQ(0, link_up("bus"));
	EXPECT_EQ(1, send_to_ext(fd, &good, "q", 1));
}

TEST_F(packets, a_plain_address_is_routed_with_the_option_on)
{
	uint8_t packet[80];
	int fd = sock_new();

	ASSERT_EQ(0, sock_ext(fd, 1));
	ASSERT_EQ(1, send_to(fd, &self->to, "q", 1));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	self->to.smctp_addr.s_addr = NOBODY;
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "q", 1));
}

TEST_F(packets, an_extended_address_is_plain_with_the_option_off)
{
	struct sockaddr_mctp_ext to = ext_of(&self->to, "bus2");
	uint8_t packet[80];

	ASSERT_EQ(1, send_to_ext(sock_new(), &to, "q", 1));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(0, tun_none(self->bus2));
}

TEST_F(packets, recv_tells_the_device_with_the_option_on)
{
	struct sockaddr_mctp_ext from, want;

	want = ext_of(&self->to, "bus");
	want.smctp_base.smctp_tag = TO | 2;
	ASSERT_EQ(0, piece(self, WHOLE | TO | 2, 0, 3));
	ASSERT_EQ(0, sock_ext(self->fd, 1));
	memset(&from, 0xaa, sizeof(from));
	ASSERT_EQ(2, recv_from_ext(self->fd, self->got, 8, &from));
	EXPECT_EQ(0, memcmp(&from, &want, sizeof(from)));
	/* what came can be answered to where it came from */
	from.smctp_base.smctp_tag &= ~TO;
	EXPECT_EQ(1, send_to_ext(self->fd, &from, "q", 1));
	EXPECT_EQ(6, tun_recv(self->bus, self->got, sizeof(self->got)));
	EXPECT_EQ(PEER, self->got[1]);
}

TEST_F(packets, a_device_that_cannot_carry_mctp_is_enodev)
{
	struct sockaddr_mctp_ext to;
	int fd = sock_new();

	ASSERT_EQ(0, tun_other("ppp7"));
	to = ext_of(&self->to, "ppp7");
	ASSERT_LT(0, to.smctp_ifindex);
	ASSERT_EQ(0, sock_ext(fd, 1));
	EXPECT_EQ(-ENODEV, send_to_ext(fd, &to, "q", 1));
	/* and one that is gone is none */
	to = ext_of(&self->to, "bus2");
	close(self->bus2);
	EXPECT_EQ(-ENODEV, send_to_ext(fd, &to, "q", 1));
	EXPECT_EQ(0, tags_held());
}

TEST_F(packets, an_address_of_a_length_between_the_two_is_plain)
{
	struct sockaddr_mctp_ext to = ext_of(&self->to, "bus2");
	uint8_t packet[80];
	int fd = sock_new();

	ASSERT_EQ(0, sock_ext(fd, 1));
	ASSERT_EQ(1, sendto(fd, "q", 1, 0, (void *)&to, sizeof(to) - 1));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	ASSERT_EQ(1, sendto(fd, "q", 1, 0, (void *)&to, sizeof(to)));
	ASSERT_EQ(6, tun_recv(self->bus2, packet, sizeof(packet)));
	EXPECT_EQ(0, tun_none(self->bus));
}

TEST_F(packets, the_source_of_an_extended_address_is_as_of_a_plain_one)
{
	struct sockaddr_mctp_ext to = ext_of(&self->to, "bus");
	uint8_t packet[80];
	int fd;

	fd = sock_bound(1, LOCAL2, TYPE);
	ASSERT_EQ(0, sock_ext(fd, 1));
	ASSERT_EQ(1, send_to_ext(fd, &to, "q", 1));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(LOCAL2, packet[2]);
	fd = sock_new();
	ASSERT_EQ(0, sock_ext(fd, 1));
	ASSERT_EQ(1, send_to_ext(fd, &to, "q", 1));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(LOCAL, packet[2]);
	ASSERT_EQ(0, addr_add("bus2", 12));
	to = ext_of(&self->to, "bus2");
	ASSERT_EQ(1, send_to_ext(fd, &to, "q", 1));
	ASSERT_EQ(6, tun_recv(self->bus2, packet, sizeof(packet)));
	EXPECT_EQ(12, packet[2]);
}

TEST_F(packets, an_answer_to_an_extended_request_finds_its_socket)
{
	struct sockaddr_mctp_ext to = ext_of(&self->to, "bus"), from;
	int fd = sock_new(), i;
	uint8_t packet[80];
	char got[4];

	ASSERT_EQ(0, sock_ext(fd, 1));
	for (i = 0; i < 8; i++)
		ASSERT_EQ(1, send_to_ext(fd, &to, "q", 1));
	EXPECT_EQ(-EBUSY, send_to_ext(fd, &to, "q", 1));
	for (i = 0; i < 8; i++) {
		ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
		ASSERT_EQ(0, tun_answer(self->bus, LOCAL, PEER,
					packet[3] & MCTP_TAG_MASK));
		ASSERT_EQ(1, recv_from_ext(fd, got, sizeof(got), &from));
		EXPECT_EQ(to.smctp_ifindex, from.smctp_ifindex);
		EXPECT_EQ(0, from.smctp_halen);
	}
	EXPECT_DROPS(&self->before, "");
}

TEST_HARNESS_MAIN
