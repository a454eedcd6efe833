// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that become a message, those of which none becomes, what bounds the
 * partial ones, and all of it on a bad bus.
 */
#include "packets.h"

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
