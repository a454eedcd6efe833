// SPDX-License-Identifier: GPL-2.0
/*
 * Packets on the wire: what goes out byte for byte, what of that which comes in
 * becomes a message, what is forwarded, and under which reason each loss is
 * counted. The bus is a TUN device.
 */
#include <linux/if_tun.h>

#include "mctp_test.h"

#define TYPE		0x7e
#define IC		0x80
#define LOCAL		8	/* ours, on the bus */
#define LOCAL2		9
#define PEER		20	/* theirs */
#define PEER2		21
#define FAR		30	/* by the second bus */
#define NOBODY		200	/* where no route leads */

#define REASM_PATH	"/proc/thread-self/net/mctp/reassembly"

FIXTURE(packets) {
	int bus;
	int bus2;
	int fd;			/* takes requests of TYPE */
	struct stats before;
	struct sockaddr_mctp to;
	uint8_t data[DATA_MAX + 1];	/* with its type byte first */
	uint8_t got[DATA_MAX + 1];
};

FIXTURE_SETUP(packets)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_bus("bus", PEER, FAR - 1);
	ASSERT_LE(0, self->bus);
	self->bus2 = tun_bus("bus2", FAR, FAR + 9);
	ASSERT_LE(0, self->bus2);
	ASSERT_EQ(0, addr_add("bus", LOCAL));
	ASSERT_EQ(0, addr_add("bus", LOCAL2));
	self->fd = sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, TYPE);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, PEER, TYPE, OWNER);
	pattern(self->data, sizeof(self->data), 1);
	self->data[0] = TYPE;
}

FIXTURE_TEARDOWN(packets)
{
}

#define SELF FIXTURE_DATA(packets) *self

/* A packet of the message in data[], from @off on, of @len bytes */
static int piece(SELF, uint8_t flags, size_t off, size_t len)
{
	return tun_send(self->bus, LOCAL, PEER, flags, self->data + off, len);
}

/* The message in data[], of @len bytes with its type, has come */
static bool came(SELF, size_t len)
{
	ssize_t n = recv_from(self->fd, self->got, sizeof(self->got), NULL);

	return n == (ssize_t)len - 1 && !memcmp(self->got, self->data + 1, n);
}

/* A packet that is forwarded shows that those before were not */
static bool bus2_is_quiet(SELF)
{
	static const uint8_t mark[] = { TYPE, 'm', 'a', 'r', 'k' };
	uint8_t packet[80];

	if (tun_send(self->bus, FAR + 9, PEER2, WHOLE | TO, mark,
		     sizeof(mark)))
		return false;
	return tun_recv(self->bus2, packet, sizeof(packet)) ==
	       HDR_LEN + sizeof(mark) &&
	       !memcmp(packet + HDR_LEN, mark, sizeof(mark));
}

static int ext_on(int fd)
{
	int on = 1;

	return setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, sizeof(on)) ?
	       -errno : 0;
}

static struct sockaddr_mctp_ext ext_of(const struct sockaddr_mctp *base,
				       const char *dev)
{
	struct sockaddr_mctp_ext ext;
	struct link_info info;

	memset(&ext, 0, sizeof(ext));
	ext.smctp_base = *base;
	if (!link_get(dev, &info))
		ext.smctp_ifindex = info.ifindex;
	return ext;
}

static ssize_t send_ext(int fd, const struct sockaddr_mctp_ext *to)
{
	ssize_t n = sendto(fd, "q", 1, 0, (const void *)to, sizeof(*to));

	return n < 0 ? -errno : n;
}

/* Out */

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

static ssize_t source_of(SELF, int fd)
{
	uint8_t packet[80];
	ssize_t n = send_to(fd, &self->to, "q", 1);

	if (n < 0)
		return n;
	n = tun_recv(self->bus, packet, sizeof(packet));
	return n < 0 ? n : packet[2];
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

/* In: one packet */

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

/* In: reassembly */

TEST_F(packets, packets_become_a_message_from_any_first_sequence)
{
	int seq, n, i;

	for (seq = 0; seq < 4; seq++)
		for (n = 2; n < 7; n++) {
			for (i = 0; i < n; i++) {
				uint8_t flags = SEQ(seq + i) | TO | 3;

				flags |= i ? 0 : SOM;
				flags |= i == n - 1 ? EOM : 0;
				EXPECT_EQ(0, recv_none(self->fd));
				ASSERT_EQ(0, piece(self, flags, i * BTU, BTU));
			}
			EXPECT_TRUE(came(self, n * BTU));
		}
	EXPECT_DROPS(&self->before, "");
	EXPECT_EQ(1, file_count(REASM_PATH, ""));
}

TEST_F(packets, a_last_packet_may_be_of_any_size_up_to_the_first)
{
	static const size_t sizes[] = { 0, 1, BTU - 1, BTU };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ASSERT_EQ(0, piece(self, SOM | TO, 0, BTU));
		ASSERT_EQ(0, piece(self, EOM | SEQ(1) | TO, BTU, sizes[i]));
		EXPECT_TRUE(came(self, BTU + sizes[i])) {
			TH_LOG("last of %zu bytes", sizes[i]);
		}
	}
	EXPECT_DROPS(&self->before, "");
}

TEST_F(packets, large_packets_are_joined_as_small_ones_are)
{
	size_t chunk = 1496, off;
	int seq = 0;

	for (off = 0; off < 10 * chunk; off += chunk, seq++)
		ASSERT_EQ(0, piece(self, (off ? 0 : SOM) | SEQ(seq) | TO, off,
				   chunk));
	ASSERT_EQ(0, piece(self, EOM | SEQ(seq) | TO, off, 100));
	EXPECT_TRUE(came(self, 10 * chunk + 100));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(packets, messages_of_many_senders_and_tags_do_not_mix)
{
	static const struct {
		uint8_t dest, src, tag;
	} key[] = {
		{ LOCAL, PEER, TO | 0 }, { LOCAL, PEER, TO | 1 },
		{ LOCAL, PEER2, TO | 0 }, { LOCAL2, PEER, TO | 0 },
		{ MCTP_ADDR_NULL, PEER, TO | 0 },
		{ MCTP_ADDR_ANY, PEER, TO | 0 },
	};
	uint8_t payload[BTU];
	struct sockaddr_mctp from;
	size_t i;
	int n;

	for (n = 0; n < 3; n++)
		for (i = 0; i < ARRAY_SIZE(key); i++) {
			memset(payload, 'A' + i, sizeof(payload));
			if (!n)
				payload[0] = TYPE;
			ASSERT_EQ(0, tun_send(self->bus, key[i].dest,
					      key[i].src, (n ? 0 : SOM) |
					      (n == 2 ? EOM : 0) |
					      SEQ(i + n) | key[i].tag,
					      payload, BTU));
		}
	for (i = 0; i < ARRAY_SIZE(key); i++) {
		ASSERT_EQ(3 * BTU - 1, recv_from(self->fd, self->got,
						 sizeof(self->got), &from));
		EXPECT_EQ(key[i].src, from.smctp_addr.s_addr);
		EXPECT_EQ(key[i].tag, from.smctp_tag);
		for (n = 0; n < 3 * BTU - 1; n++)
			ASSERT_EQ('A' + (int)i, self->got[n]);
	}
	EXPECT_DROPS(&self->before, "");
}

TEST_F(packets, a_middle_or_an_end_without_a_start_is_dropped)
{
	ASSERT_EQ(0, piece(self, SEQ(1) | TO, 0, BTU));
	EXPECT_DROPS(&self->before, "drop_no_start=1");
	ASSERT_EQ(0, piece(self, EOM | SEQ(1) | TO, 0, BTU));
	EXPECT_DROPS(&self->before, "drop_no_start=2");
	/* a start of another key is none */
	ASSERT_EQ(0, piece(self, SOM | TO | 1, 0, BTU));
	ASSERT_EQ(0, piece(self, EOM | SEQ(1) | TO | 2, BTU, BTU));
	EXPECT_DROPS(&self->before, "drop_no_start=3");
	ASSERT_EQ(0, piece(self, EOM | SEQ(1) | TO | 1, BTU, BTU));
	EXPECT_TRUE(came(self, 2 * BTU));
}

TEST_F(packets, a_wrong_sequence_drops_the_message_whole)
{
	int d;

	for (d = 0; d < 4; d++) {
		if (d == 1)
			continue;
		ASSERT_EQ(0, stats_read(&self->before));
		ASSERT_EQ(0, piece(self, SOM | SEQ(2) | TO, 0, BTU));
		ASSERT_EQ(0, piece(self, SEQ(2 + d) | TO, BTU, BTU));
		EXPECT_DROPS(&self->before, "drop_sequence=1");
		ASSERT_EQ(0, piece(self, EOM | SEQ(3 + d) | TO, 2 * BTU, BTU));
		EXPECT_DROPS(&self->before, "drop_no_start=1 drop_sequence=1");
		EXPECT_EQ(0, recv_none(self->fd));
	}
}

TEST_F(packets, a_middle_of_another_size_drops_the_message_whole)
{
	static const size_t sizes[] = { 0, 1, BTU - 1, BTU + 1, 2 * BTU };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ASSERT_EQ(0, stats_read(&self->before));
		ASSERT_EQ(0, piece(self, SOM | TO, 0, BTU));
		ASSERT_EQ(0, piece(self, SEQ(1) | TO, BTU, sizes[i]));
		EXPECT_DROPS(&self->before, "drop_size=1");
		ASSERT_EQ(0, piece(self, EOM | SEQ(2) | TO, 0, 1));
		EXPECT_DROPS(&self->before, "drop_no_start=1 drop_size=1");
		EXPECT_EQ(0, recv_none(self->fd));
	}
}

TEST_F(packets, a_last_packet_larger_than_the_first_drops_the_message)
{
	ASSERT_EQ(0, piece(self, SOM | TO, 0, BTU));
	ASSERT_EQ(0, piece(self, EOM | SEQ(1) | TO, BTU, BTU + 1));
	EXPECT_DROPS(&self->before, "drop_size=1");
	EXPECT_EQ(0, recv_none(self->fd));
}

TEST_F(packets, without_strict_size_sloppy_senders_are_understood)
{
	ASSERT_EQ(0, sysctl_set("reasm_strict_size", 0));
	ASSERT_EQ(0, piece(self, SOM | TO, 0, BTU));
	ASSERT_EQ(0, piece(self, SEQ(1) | TO, BTU, 10));
	ASSERT_EQ(0, piece(self, SEQ(2) | TO, BTU + 10, 3 * BTU));
	ASSERT_EQ(0, piece(self, EOM | SEQ(3) | TO, 4 * BTU + 10, BTU + 1));
	EXPECT_TRUE(came(self, 5 * BTU + 11));
	/* the sequence is as strict as ever */
	ASSERT_EQ(0, piece(self, SOM | TO, 0, BTU));
	ASSERT_EQ(0, piece(self, EOM | SEQ(2) | TO, BTU, 1));
	EXPECT_DROPS(&self->before, "drop_sequence=1");
}

TEST_F(packets, a_new_start_replaces_a_partial_message)
{
	uint8_t payload[BTU] = { TYPE, 'x' };

	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, SOM | TO, payload, BTU));
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, SEQ(1) | TO, payload,
			      BTU));
	ASSERT_EQ(0, piece(self, SOM | SEQ(2) | TO, 0, BTU));
	EXPECT_DROPS(&self->before, "drop_replaced=1");
	ASSERT_EQ(0, piece(self, EOM | SEQ(3) | TO, BTU, BTU));
	EXPECT_TRUE(came(self, 2 * BTU));
	EXPECT_EQ(0, recv_none(self->fd));
}

TEST_F(packets, a_message_of_one_packet_replaces_a_partial_one)
{
	ASSERT_EQ(0, piece(self, SOM | TO, 0, BTU));
	ASSERT_EQ(0, piece(self, WHOLE | SEQ(1) | TO, 0, 5));
	EXPECT_DROPS(&self->before, "drop_replaced=1");
	EXPECT_TRUE(came(self, 5));
	ASSERT_EQ(0, piece(self, EOM | SEQ(1) | TO, BTU, BTU));
	EXPECT_DROPS(&self->before, "drop_no_start=1 drop_replaced=1");
}

TEST_F(packets, a_message_of_65536_bytes_comes_one_more_does_not)
{
	size_t chunk = 1024, off;
	int seq = 0, size = 1 << 20;

	ASSERT_EQ(0, setsockopt(self->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				sizeof(size)));
	for (off = 0; off < MSG_MAX; off += chunk, seq++)
		ASSERT_EQ(0, piece(self, (off ? 0 : SOM) |
				   (off + chunk == MSG_MAX ? EOM : 0) |
				   SEQ(seq) | TO, off, chunk));
	EXPECT_TRUE(came(self, MSG_MAX));
	EXPECT_DROPS(&self->before, "");

	for (off = 0, seq = 0; off < MSG_MAX; off += chunk, seq++)
		ASSERT_EQ(0, piece(self, (off ? 0 : SOM) | SEQ(seq) | TO, off,
				   chunk));
	EXPECT_DROPS(&self->before, "");
	ASSERT_EQ(0, piece(self, EOM | SEQ(seq) | TO, 1, 1));
	EXPECT_DROPS(&self->before, "drop_too_long=1");
	EXPECT_EQ(0, recv_none(self->fd));
}

TEST_F(packets, a_partial_message_ends_after_the_time_of_the_sysctl)
{
	long start, took;

	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms", 300));
	start = now_ms();
	ASSERT_EQ(0, piece(self, SOM | TO, 0, BTU));
	EXPECT_EQ(2, file_count(REASM_PATH, ""));
	EXPECT_DROPS(&self->before, "drop_reasm_timeout=1");
	took = now_ms() - start;
	EXPECT_LE(280, took);
	EXPECT_GE(3000, took);
	EXPECT_EQ(1, file_count(REASM_PATH, ""));
	ASSERT_EQ(0, piece(self, EOM | SEQ(1) | TO, BTU, 1));
	EXPECT_DROPS(&self->before, "drop_no_start=1 drop_reasm_timeout=1");
}

TEST_F(packets, each_packet_gives_a_partial_message_its_time_anew)
{
	long start = now_ms();
	int seq;

	/* one every 300 ms for longer than the second that all may take */
	ASSERT_EQ(0, piece(self, SOM | TO, 0, BTU));
	for (seq = 1; seq < 7; seq++) {
		while (now_ms() < start + 300 * seq)
			pause_ms(5);
		ASSERT_EQ(0, piece(self, SEQ(seq) | TO, seq * BTU, BTU));
	}
	ASSERT_EQ(0, piece(self, EOM | SEQ(seq) | TO, seq * BTU, BTU));
	EXPECT_TRUE(came(self, 8 * BTU));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(packets, the_oldest_partial_message_goes_at_the_memory_bound)
{
	/* the least bound there is; each of these holds over half of it */
	size_t chunk = 1024, off;
	int seq = 0, size = 1 << 22;
	char line[32];

	ASSERT_EQ(0, sysctl_set("reasm_max_bytes", 65536));
	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms", 60000));
	ASSERT_EQ(0, setsockopt(self->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				sizeof(size)));
	for (off = 0; off < 36 * chunk; off += chunk, seq++)
		ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER, (off ? 0 : SOM) |
				      SEQ(seq) | TO, self->data + off, chunk));
	EXPECT_DROPS(&self->before, "");
	for (off = 0, seq = 0; off < 36 * chunk; off += chunk, seq++)
		ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER2, (off ? 0 : SOM) |
				      SEQ(seq) | TO, self->data + off, chunk));
	EXPECT_DROPS(&self->before, "drop_reasm_memory=1");
	EXPECT_EQ(2, file_count(REASM_PATH, ""));
	snprintf(line, sizeof(line), "1 %u %u 1 0 ", PEER2, LOCAL);
	EXPECT_STRNE("", file_line(REASM_PATH, line));
	/* that which is left can be finished */
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER2, EOM | SEQ(seq) | TO,
			      self->data + off, 7));
	EXPECT_TRUE(came(self, off + 7));
}

TEST_F(packets, one_source_cannot_open_partial_messages_without_end)
{
	static const uint8_t dests[] = { 0, 255, LOCAL, LOCAL2, 11, 12, 13, 14 };
	int size = 1 << 24, opened = 0, refused;
	size_t i;
	int tag;

	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms", 60000));
	ASSERT_EQ(0, setsockopt(self->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				sizeof(size)));
	for (i = 4; i < ARRAY_SIZE(dests); i++)
		ASSERT_EQ(0, addr_add("bus", dests[i]));
	for (i = 0; i < ARRAY_SIZE(dests); i++)
		for (tag = 0; tag < 8; tag++, opened++)
			ASSERT_EQ(0, tun_send(self->bus, dests[i], PEER,
					      SOM | TO | tag, self->data,
					      BTU));
	refused = stats_rise(&self->before, "drop_reasm_source");
	EXPECT_LT(0, refused);
	EXPECT_EQ(refused, stats_lost(&self->before));
	EXPECT_EQ(opened - refused, file_count(REASM_PATH, "") - 1);
	EXPECT_LE(8, opened - refused);

	/* others are not kept from it, nor is the source from short ones */
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER2, SOM | TO, self->data,
			      BTU));
	ASSERT_EQ(0, tun_send(self->bus, LOCAL, PEER2, EOM | SEQ(1) | TO,
			      self->data + BTU, BTU));
	EXPECT_TRUE(came(self, 2 * BTU));
	EXPECT_EQ(refused, stats_lost(&self->before));
}

TEST_F(packets, partial_messages_count_for_the_receive_buffer)
{
	int size = 1, seq;
	long lost;

	ASSERT_EQ(0, setsockopt(self->fd, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	/* of eight at once, each of 512 bytes, not all fit */
	for (seq = 0; seq < 8; seq++) {
		int tag;

		for (tag = 0; tag < 8; tag++)
			ASSERT_EQ(0, piece(self, (seq ? 0 : SOM) |
					   (seq == 7 ? EOM : 0) | SEQ(seq) |
					   TO | tag, seq * BTU, BTU));
	}
	lost = stats_rise(&self->before, "drop_rcvbuf");
	EXPECT_LT(0, lost);
	EXPECT_GT(8, lost);
	for (seq = lost; seq < 8; seq++)
		EXPECT_TRUE(came(self, 8 * BTU));
	EXPECT_EQ(0, recv_none(self->fd));
}

TEST_F(packets, a_device_that_leaves_takes_its_partial_messages_along)
{
	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms", 60000));
	ASSERT_EQ(0, piece(self, SOM | TO, 0, BTU));
	ASSERT_EQ(0, tun_send(self->bus2, LOCAL, FAR, SOM | TO, self->data,
			      BTU));
	EXPECT_EQ(3, file_count(REASM_PATH, ""));
	close(self->bus2);
	EXPECT_DROPS(&self->before, "drop_reasm_gone=1");
	EXPECT_EQ(2, file_count(REASM_PATH, ""));
	ASSERT_EQ(0, link_net("bus", 2));
	EXPECT_DROPS(&self->before, "drop_reasm_gone=2");
	EXPECT_EQ(1, file_count(REASM_PATH, ""));
}

/* Forwarding */

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

/* Extended addresses */

TEST_F(packets, an_extended_address_needs_no_route)
{
	static const uint8_t eids[] = { NOBODY, PEER, 0, 255, LOCAL };
	struct sockaddr_mctp_ext to = ext_of(&self->to, "bus2");
	uint8_t packet[80];
	int fd = sock_new();
	size_t i;

	ASSERT_EQ(0, ext_on(fd));
	for (i = 0; i < ARRAY_SIZE(eids); i++) {
		to.smctp_base.smctp_addr.s_addr = eids[i];
		ASSERT_EQ(1, send_ext(fd, &to));
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

	ASSERT_EQ(0, ext_on(fd));
	to.smctp_ifindex = 9999;
	EXPECT_EQ(-ENODEV, send_ext(fd, &to));
	to.smctp_ifindex = 0;
	EXPECT_EQ(-ENODEV, send_ext(fd, &to));
	to.smctp_ifindex = -1;
	EXPECT_EQ(-ENODEV, send_ext(fd, &to));
	to = good;
	to.smctp_halen = 1;
	EXPECT_EQ(-EINVAL, send_ext(fd, &to));
	to.smctp_halen = 255;
	EXPECT_EQ(-EINVAL, send_ext(fd, &to));
	to = good;
	to.__smctp_pad0[2] = 1;
	EXPECT_EQ(-EINVAL, send_ext(fd, &to));
	ASSERT_EQ(0, link_down("bus"));
	EXPECT_EQ(-ENETDOWN, send_ext(fd, &good));
	ASSERT_EQ(0, link_up("bus"));
	EXPECT_EQ(1, send_ext(fd, &good));
}

TEST_F(packets, a_plain_address_is_routed_with_the_option_on)
{
	uint8_t packet[80];
	int fd = sock_new();

	ASSERT_EQ(0, ext_on(fd));
	ASSERT_EQ(1, send_to(fd, &self->to, "q", 1));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	self->to.smctp_addr.s_addr = NOBODY;
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "q", 1));
}

TEST_F(packets, an_extended_address_is_plain_with_the_option_off)
{
	struct sockaddr_mctp_ext to = ext_of(&self->to, "bus2");
	uint8_t packet[80];

	ASSERT_EQ(1, send_ext(sock_new(), &to));
	ASSERT_EQ(6, tun_recv(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(0, tun_none(self->bus2));
}

TEST_F(packets, recv_tells_the_device_with_the_option_on)
{
	struct sockaddr_mctp_ext from, want;

	want = ext_of(&self->to, "bus");
	want.smctp_base.smctp_tag = TO | 2;
	ASSERT_EQ(0, piece(self, WHOLE | TO | 2, 0, 3));
	ASSERT_EQ(0, ext_on(self->fd));
	memset(&from, 0xaa, sizeof(from));
	ASSERT_EQ(2, recv_from_ext(self->fd, self->got, 8, &from));
	EXPECT_EQ(0, memcmp(&from, &want, sizeof(from)));
	/* what came can be answered to where it came from */
	from.smctp_base.smctp_tag &= ~TO;
	EXPECT_EQ(1, send_ext(self->fd, &from));
	EXPECT_EQ(6, tun_recv(self->bus, self->got, sizeof(self->got)));
	EXPECT_EQ(PEER, self->got[1]);
}

/* A bad bus: packets lost, doubled, swapped and cut */

#define CHAOS_MESSAGES	400
#define CHAOS_SOURCES	5
#define CHAOS_PACKETS	12

struct chaos {
	uint32_t	random;
	int		starts;		/* start packets that were put in */
	int		packets;
	uint8_t		seq;
};

static uint32_t chaos_random(struct chaos *c, uint32_t below)
{
	c->random = c->random * 1664525 + 1013904223;
	return (c->random >> 8) % below;
}

/* A message says which it is: source, number, and bytes made of both */
static size_t chaos_message(struct chaos *c, uint8_t *msg, uint8_t src, int nr)
{
	size_t len = 5 + chaos_random(c, CHAOS_PACKETS * BTU - 5);

	msg[0] = TYPE;
	msg[1] = src;
	msg[2] = nr;
	msg[3] = nr >> 8;
	pattern(msg + 4, len - 4, src << 16 | nr);
	return len;
}

static int chaos_packet(struct chaos *c, int bus, uint8_t src, uint8_t flags,
			const uint8_t *data, size_t len)
{
	if (chaos_random(c, 40) == 0)
		return 0;			/* lost */
	/* cut; but for a first packet, as what follows may fit that then */
	if (chaos_random(c, 40) == 0 && !(flags & SOM))
		len = chaos_random(c, len + 1);
	c->packets++;
	c->starts += !!(flags & SOM);
	return tun_send(bus, LOCAL, src, flags, data, len) ?:
	       chaos_random(c, 40) ? 0 : chaos_packet(c, bus, src, flags, data,
						      len);
}

static int chaos_send(struct chaos *c, int bus, uint8_t src, const uint8_t *msg,
		      size_t len)
{
	int n = (len + BTU - 1) / BTU, i, order[CHAOS_PACKETS], err;
	uint8_t flags, seq = chaos_random(c, 4);

	for (i = 0; i < n; i++)
		order[i] = i;
	for (i = 1; i < n; i++)
		if (chaos_random(c, 60) == 0) {	/* swapped */
			order[i] = i - 1;
			order[i - 1] = i;
			i++;
		}
	for (i = 0; i < n; i++) {
		size_t off = order[i] * BTU;

		flags = TO | SEQ(seq + order[i]);
		flags |= off ? 0 : SOM;
		flags |= off + BTU >= len ? EOM : 0;
		err = chaos_packet(c, bus, src, flags, msg + off,
				   len - off < BTU ? len - off : BTU);
		if (err)
			return err;
	}
	return 0;
}

/* Nothing but what was sent; a last packet that was cut makes it shorter */
static bool chaos_right(const uint8_t *got, ssize_t len, uint8_t src)
{
	int nr;

	if (len < 3)
		return true;
	nr = got[1] | got[2] << 8;
	return got[0] == src && nr < CHAOS_MESSAGES &&
	       pattern_is(got + 3, len - 3, src << 16 | nr);
}

TEST_F(packets, what_a_bad_bus_brings_is_right_and_the_rest_is_counted)
{
	struct chaos c = { .random = 20240607 };
	struct sockaddr_mctp from;
	uint8_t msg[CHAOS_PACKETS * BTU];
	long came = 0, orphans;
	ssize_t n;
	int nr;

	for (nr = 0; nr < CHAOS_MESSAGES; nr++) {
		uint8_t src = PEER + nr % CHAOS_SOURCES;
		size_t len = chaos_message(&c, msg, src, nr);

		ASSERT_EQ(0, chaos_send(&c, self->bus, src, msg, len));
		while (sock_polls(self->fd, POLLIN, 0)) {
			n = recv_from(self->fd, self->got, sizeof(self->got),
				      &from);
			ASSERT_LE(0, n);
			EXPECT_TRUE(chaos_right(self->got, n,
						from.smctp_addr.s_addr));
			came++;
		}
	}
	/* all that is open ends by itself */
	EXPECT_EQ(1, file_wait(REASM_PATH, "", 1));
	EXPECT_EQ(c.packets, stats_rise(&self->before, "rx_packets"));
	EXPECT_EQ(came, stats_rise(&self->before, "rx_messages"));
	EXPECT_LT(CHAOS_MESSAGES / 2, came);
	/* each start became a message or one loss; the rest had no start */
	orphans = stats_rise(&self->before, "drop_no_start");
	EXPECT_LT(0, orphans);
	EXPECT_EQ(c.starts, came + stats_lost(&self->before) - orphans);
}

TEST_HARNESS_MAIN
