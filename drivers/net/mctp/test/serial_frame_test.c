// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP serial: unit tests of frames (suite mctp-serial-frame).
 *
 * Bytes go through a decoder in runs of a chosen length, each in memory of its
 * own so that KASAN sees a look past its end.
 */
#include <kunit/test.h>
#include <linux/crc-ccitt.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../serial_frame.h"

#define FLAG	MCTP_SERIAL_FLAG
#define ESC	MCTP_SERIAL_ESC
#define REV	MCTP_SERIAL_REVISION

#define LINE_SIZE	4096
#define FUZZ_BYTES	200000
#define FUZZ_SEED	0x4d435450

/* The contract's packets and their frames */
static const u8 packet_plain[] = { 0x01, 0x09, 0x08, 0xc8, 0x00, 0x81, 0x02 };
static const u8 frame_plain[] = {
	0x7e, 0x01, 0x07, 0x01, 0x09, 0x08, 0xc8, 0x00, 0x81, 0x02, 0x17, 0x6a,
	0x7e,
};

static const u8 packet_escaped[] = { 0x01, 0x00, 0x08, 0xc8, 0x7e, 0x80, 0x02 };
static const u8 frame_escaped[] = {
	0x7e, 0x01, 0x07, 0x01, 0x00, 0x08, 0xc8, 0x7d, 0x5e, 0x80, 0x02, 0xbb,
	0x02, 0x7e,
};

/**
 * struct frame_test - a line
 * @dec: the receiver
 * @len: bytes in @line
 * @events: how often each event was reported
 * @got_len: length of the packet received last
 * @got: that packet
 * @line: what is sent
 */
struct frame_test {
	struct mctp_serial_decoder	dec;
	size_t				len;
	unsigned int			events[MCTP_SERIAL_BAD_FCS + 1];
	u8				got_len;
	u8				got[MCTP_SERIAL_LEN_MAX];
	u8				line[LINE_SIZE];
};

static int frame_test_init(struct kunit *test)
{
	struct frame_test *ft = kunit_kzalloc(test, sizeof(*ft), GFP_KERNEL);

	if (!ft)
		return -ENOMEM;
	mctp_serial_frame_init(&ft->dec);
	test->priv = ft;
	return 0;
}

static void line_put(struct frame_test *ft, const void *bytes, size_t len)
{
	if (WARN_ON(ft->len + len > sizeof(ft->line)))
		return;
	memcpy(ft->line + ft->len, bytes, len);
	ft->len += len;
}

#define LINE_PUT(ft, ...) do {						\
	static const u8 __bytes[] = { __VA_ARGS__ };			\
									\
	line_put(ft, __bytes, sizeof(__bytes));				\
} while (0)

/* A packet to tell from others: plain bytes, counted up from @first */
static void make_packet(u8 *packet, size_t len, u8 first)
{
	size_t i;

	for (i = 0; i < len; i++)
		packet[i] = (first + i) % ESC;
}

static size_t line_put_packet(struct frame_test *ft, const u8 *packet,
			      size_t len)
{
	size_t n = mctp_serial_frame_encode(ft->line + ft->len, packet, len);

	ft->len += n;
	return n;
}

static void note_event(struct frame_test *ft, enum mctp_serial_event event)
{
	ft->events[event]++;
	if (event != MCTP_SERIAL_PACKET)
		return;
	ft->got_len = ft->dec.len;
	mctp_serial_frame_copy(&ft->dec, ft->got);
}

static void receive_run(struct kunit *test, const u8 *bytes, size_t len)
{
	struct frame_test *ft = test->priv;
	enum mctp_serial_event event;
	const u8 *run;
	u8 *copy;

	copy = kmemdup(bytes, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, copy);
	run = copy;
	while ((event = mctp_serial_frame_decode(&ft->dec, &run, &len)))
		note_event(ft, event);
	KUNIT_EXPECT_EQ(test, len, (size_t)0);
	kfree(copy);
}

/* Receive the line in runs of @run bytes, or whole for 0. */
static void receive_line(struct kunit *test, size_t run)
{
	struct frame_test *ft = test->priv;
	size_t n, at;

	for (at = 0; at < ft->len; at += n) {
		n = ft->len - at;
		if (run && run < n)
			n = run;
		receive_run(test, ft->line + at, n);
	}
	ft->len = 0;
}

static void forget(struct frame_test *ft)
{
	memset(ft->events, 0, sizeof(ft->events));
	ft->got_len = 0;
	ft->len = 0;
	mctp_serial_frame_init(&ft->dec);
}

static unsigned int count_errors(const struct frame_test *ft)
{
	return ft->events[MCTP_SERIAL_BAD_FRAME] +
	       ft->events[MCTP_SERIAL_BAD_LENGTH] +
	       ft->events[MCTP_SERIAL_BAD_FCS];
}

static void expect_last(struct kunit *test, const u8 *packet, size_t len)
{
	struct frame_test *ft = test->priv;

	KUNIT_ASSERT_EQ(test, (size_t)ft->got_len, len);
	KUNIT_EXPECT_EQ(test, memcmp(ft->got, packet, len), 0);
}

static void expect_counts(struct kunit *test, unsigned int packets,
			  unsigned int frame, unsigned int length,
			  unsigned int fcs)
{
	struct frame_test *ft = test->priv;

	KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_PACKET], packets);
	KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_BAD_FRAME], frame);
	KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_BAD_LENGTH], length);
	KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_BAD_FCS], fcs);
}

/* Find a packet of @len bytes whose FCS is @fcs where @mask has bits. */
static bool find_packet(u8 *packet, size_t len, u16 fcs, u16 mask)
{
	u8 head[2] = { REV, len };
	unsigned int i;
	u16 got;

	make_packet(packet, len, 1);
	for (i = 0; i < 0x100000; i++) {
		packet[1] = i % ESC;
		packet[2] = i / ESC % ESC;
		packet[3] = i / ESC / ESC % ESC;
		got = crc_ccitt(0xffff, head, sizeof(head));
		got = crc_ccitt(got, packet, len);
		if ((got & mask) == fcs)
			return true;
	}
	return false;
}

static void fcs_has_the_check_value(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, crc_ccitt(0xffff, "123456789", 9), (u16)0x6f91);
}

static void encode_gives_the_vectors(struct kunit *test)
{
	u8 frame[MCTP_SERIAL_FRAME_MAX];
	size_t n;

	n = mctp_serial_frame_encode(frame, packet_plain,
				     sizeof(packet_plain));
	KUNIT_ASSERT_EQ(test, n, sizeof(frame_plain));
	KUNIT_EXPECT_EQ(test, memcmp(frame, frame_plain, n), 0);

	n = mctp_serial_frame_encode(frame, packet_escaped,
				     sizeof(packet_escaped));
	KUNIT_ASSERT_EQ(test, n, sizeof(frame_escaped));
	KUNIT_EXPECT_EQ(test, memcmp(frame, frame_escaped, n), 0);
}

static void decode_takes_the_vectors(struct kunit *test)
{
	struct frame_test *ft = test->priv;

	line_put(ft, frame_plain, sizeof(frame_plain));
	receive_line(test, 0);
	expect_last(test, packet_plain, sizeof(packet_plain));

	line_put(ft, frame_escaped, sizeof(frame_escaped));
	receive_line(test, 0);
	expect_last(test, packet_escaped, sizeof(packet_escaped));
	expect_counts(test, 2, 0, 0, 0);
}

static void encode_refuses_what_no_frame_can_carry(struct kunit *test)
{
	static const size_t lens[] = { 0, 1, 3, 256, 257, 1000 };
	struct frame_test *ft = test->priv;
	const u8 *packet = ft->line + 1000;
	unsigned int i;
	size_t n;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		n = mctp_serial_frame_encode(ft->line, packet, lens[i]);
		KUNIT_EXPECT_EQ(test, n, (size_t)0);
	}
	KUNIT_EXPECT_EQ(test, ft->line[0], (u8)0);
}

static void every_length_passes(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	u8 packet[MCTP_SERIAL_LEN_MAX];
	size_t len;

	for (len = 4; len <= MCTP_SERIAL_LEN_MAX; len++) {
		make_packet(packet, len, len);
		KUNIT_ASSERT_EQ(test, line_put_packet(ft, packet, len),
				len + 6);
		receive_line(test, 0);
		expect_last(test, packet, len);
	}
	expect_counts(test, 252, 0, 0, 0);
}

static void every_length_passes_all_escaped(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	u8 packet[MCTP_SERIAL_LEN_MAX];
	size_t len, i;

	for (len = 4; len <= MCTP_SERIAL_LEN_MAX; len++) {
		for (i = 0; i < len; i++)
			packet[i] = i & 1 ? FLAG : ESC;
		KUNIT_ASSERT_EQ(test, line_put_packet(ft, packet, len),
				2 * len + 6);
		receive_line(test, 0);
		expect_last(test, packet, len);
	}
	expect_counts(test, 252, 0, 0, 0);
}

static void an_escape_passes_at_each_position(struct kunit *test)
{
	static const u8 special[] = { FLAG, ESC };
	struct frame_test *ft = test->priv;
	u8 packet[68];
	size_t at, i;

	for (i = 0; i < ARRAY_SIZE(special); i++) {
		for (at = 0; at < sizeof(packet); at++) {
			make_packet(packet, sizeof(packet), 1);
			packet[at] = special[i];
			KUNIT_ASSERT_EQ(test,
					line_put_packet(ft, packet,
							sizeof(packet)),
					sizeof(packet) + 7);
			KUNIT_EXPECT_EQ(test, ft->line[3 + at], (u8)ESC);
			receive_line(test, 0);
			expect_last(test, packet, sizeof(packet));
		}
	}
	expect_counts(test, 2 * sizeof(packet), 0, 0, 0);
}

static void only_two_byte_values_are_escaped(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	u8 packet[8];
	int value;
	size_t n;

	for (value = 0; value < 256; value++) {
		memset(packet, value, sizeof(packet));
		n = line_put_packet(ft, packet, sizeof(packet));
		if (value == FLAG || value == ESC)
			KUNIT_EXPECT_EQ(test, n, 2 * sizeof(packet) + 6);
		else
			KUNIT_EXPECT_EQ(test, n, sizeof(packet) + 6);
		receive_line(test, 0);
		expect_last(test, packet, sizeof(packet));
	}
	expect_counts(test, 256, 0, 0, 0);
}

static void a_frame_may_be_split_anywhere(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	size_t at;

	for (at = 1; at < sizeof(frame_escaped); at++) {
		receive_run(test, frame_escaped, at);
		KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_PACKET],
				(unsigned int)at - 1);
		receive_run(test, frame_escaped + at,
			    sizeof(frame_escaped) - at);
		expect_last(test, packet_escaped, sizeof(packet_escaped));
	}
	expect_counts(test, sizeof(frame_escaped) - 1, 0, 0, 0);
}

static void runs_of_any_length_give_the_same(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	size_t run;

	for (run = 1; run < 64; run++) {
		forget(ft);
		line_put(ft, frame_plain, sizeof(frame_plain));
		LINE_PUT(ft, FLAG, REV, 3, 0, 0);		/* length */
		line_put(ft, frame_escaped, sizeof(frame_escaped) - 1);
		line_put(ft, frame_plain, sizeof(frame_plain));
		LINE_PUT(ft, FLAG, REV, 4, 1, 2, 3, 4, 0, 0, FLAG); /* FCS */
		line_put(ft, frame_escaped, sizeof(frame_escaped));
		LINE_PUT(ft, FLAG, 2, FLAG);			/* revision */
		receive_line(test, run);
		expect_counts(test, 4, 1, 1, 1);
		expect_last(test, packet_escaped, sizeof(packet_escaped));
	}
}

static void a_closing_flag_may_open_the_next_frame(struct kunit *test)
{
	struct frame_test *ft = test->priv;

	line_put(ft, frame_plain, sizeof(frame_plain));
	line_put(ft, frame_escaped + 1, sizeof(frame_escaped) - 1);
	line_put(ft, frame_plain + 1, sizeof(frame_plain) - 1);
	receive_line(test, 0);
	expect_counts(test, 3, 0, 0, 0);
	expect_last(test, packet_plain, sizeof(packet_plain));
}

static void doubled_flags_are_no_error(struct kunit *test)
{
	struct frame_test *ft = test->priv;

	LINE_PUT(ft, FLAG, FLAG, FLAG);
	line_put(ft, frame_plain, sizeof(frame_plain));
	LINE_PUT(ft, FLAG, FLAG);
	line_put(ft, frame_escaped, sizeof(frame_escaped));
	LINE_PUT(ft, FLAG);
	receive_line(test, 0);
	expect_counts(test, 2, 0, 0, 0);
}

static void bytes_before_the_first_flag_are_ignored(struct kunit *test)
{
	struct frame_test *ft = test->priv;

	LINE_PUT(ft, 0x00, 0x01, 0x07, ESC, 0xff, 'l', 'o', 'g', 'i', 'n');
	line_put(ft, frame_plain, sizeof(frame_plain));
	receive_line(test, 0);
	expect_counts(test, 1, 0, 0, 0);
}

static void a_bad_revision_is_counted(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	int rev;

	for (rev = 0; rev < 256; rev++) {
		if (rev == REV || rev == FLAG)
			continue;
		forget(ft);
		line_put(ft, frame_plain, sizeof(frame_plain));
		ft->line[1] = rev;
		line_put(ft, frame_escaped + 1, sizeof(frame_escaped) - 1);
		receive_line(test, 0);
		expect_counts(test, 1, 1, 0, 0);
		expect_last(test, packet_escaped, sizeof(packet_escaped));
	}
}

static void a_bad_length_is_counted(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	u8 len;

	for (len = 0; len < 4; len++) {
		forget(ft);
		line_put(ft, frame_plain, sizeof(frame_plain));
		ft->line[2] = len;
		line_put(ft, frame_escaped + 1, sizeof(frame_escaped) - 1);
		receive_line(test, 0);
		expect_counts(test, 1, 0, 1, 0);
		expect_last(test, packet_escaped, sizeof(packet_escaped));
	}
}

static void a_bad_fcs_is_counted(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	size_t at = sizeof(frame_plain) - 3;
	int bit;

	for (bit = 0; bit < 16; bit++) {
		forget(ft);
		line_put(ft, frame_plain, sizeof(frame_plain));
		ft->line[at + bit / 8] ^= 1 << bit % 8;
		line_put(ft, frame_escaped + 1, sizeof(frame_escaped) - 1);
		receive_line(test, 0);
		expect_counts(test, 1, 0, 0, 1);
		expect_last(test, packet_escaped, sizeof(packet_escaped));
	}
}

static void a_missing_end_is_counted(struct kunit *test)
{
	struct frame_test *ft = test->priv;

	line_put(ft, frame_plain, sizeof(frame_plain) - 1);
	LINE_PUT(ft, 0x00);
	line_put(ft, frame_escaped, sizeof(frame_escaped));
	receive_line(test, 0);
	expect_counts(test, 1, 1, 0, 0);
	expect_last(test, packet_escaped, sizeof(packet_escaped));
}

static void a_bad_escape_is_counted(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	int byte;

	for (byte = 0; byte < 256; byte++) {
		if (byte == (FLAG ^ MCTP_SERIAL_ESC_XOR) ||
		    byte == (ESC ^ MCTP_SERIAL_ESC_XOR))
			continue;
		forget(ft);
		line_put(ft, frame_escaped, sizeof(frame_escaped));
		ft->line[8] = byte;
		line_put(ft, frame_plain + 1, sizeof(frame_plain) - 1);
		receive_line(test, 0);
		KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_PACKET], 1U);
		KUNIT_EXPECT_GE(test, ft->events[MCTP_SERIAL_BAD_FRAME], 1U);
		expect_last(test, packet_plain, sizeof(packet_plain));
	}
}

static void a_frame_cut_anywhere_costs_itself_alone(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	size_t cut, run;

	for (run = 0; run < 3; run++) {
		for (cut = 2; cut < sizeof(frame_escaped) - 1; cut++) {
			forget(ft);
			line_put(ft, frame_escaped, cut);
			line_put(ft, frame_plain, sizeof(frame_plain));
			receive_line(test, run);
			KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_PACKET],
					1U);
			KUNIT_EXPECT_EQ(test, count_errors(ft), 1U);
			expect_last(test, packet_plain, sizeof(packet_plain));
		}
	}
}

static void fcs_bytes_are_not_escaped(struct kunit *test)
{
	static const struct { u16 fcs, mask; } cases[] = {
		{ 0x7e00, 0xff00 }, { 0x007e, 0x00ff }, { 0x7d00, 0xff00 },
		{ 0x007d, 0x00ff }, { 0x7e7e, 0xffff }, { 0x7d7e, 0xffff },
		{ 0x7e7d, 0xffff }, { 0x7e01, 0xffff },
	};
	struct frame_test *ft = test->priv;
	unsigned int i;
	u8 packet[12];
	u16 fcs;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_ASSERT_TRUE(test, find_packet(packet, sizeof(packet),
						    cases[i].fcs,
						    cases[i].mask));
		KUNIT_ASSERT_EQ(test, line_put_packet(ft, packet,
						      sizeof(packet)),
				sizeof(packet) + 6);
		fcs = ft->line[15] << 8 | ft->line[16];
		KUNIT_EXPECT_EQ(test, (u16)(fcs & cases[i].mask),
				cases[i].fcs);
		receive_line(test, i % 3);
		expect_last(test, packet, sizeof(packet));
	}
	expect_counts(test, ARRAY_SIZE(cases), 0, 0, 0);
}

static void a_frame_that_borrows_the_next_flag_is_told(struct kunit *test)
{
	static const u16 fcs[] = { 0x7e01, 0x017e };
	struct frame_test *ft = test->priv;
	unsigned int i;
	u8 packet[12];
	size_t cut;

	/* The next frame's 7E stands where an FCS byte of 7E would */
	for (i = 0; i < ARRAY_SIZE(fcs); i++) {
		KUNIT_ASSERT_TRUE(test, find_packet(packet, sizeof(packet),
						    fcs[i], 0xffff));
		for (cut = 15; cut < 18; cut++) {
			forget(ft);
			line_put_packet(ft, packet, sizeof(packet));
			ft->len = cut;
			line_put(ft, frame_plain, sizeof(frame_plain));
			receive_line(test, i);
			KUNIT_EXPECT_GE(test, ft->events[MCTP_SERIAL_PACKET],
					1U);
			expect_last(test, packet_plain, sizeof(packet_plain));
		}
	}
}

static void noise_before_a_frame_does_not_eat_it(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	size_t run;

	for (run = 0; run < 20; run++) {
		/* Its 7E would be the length 126 */
		forget(ft);
		LINE_PUT(ft, FLAG, REV);
		line_put(ft, frame_plain, sizeof(frame_plain));
		receive_line(test, run);
		expect_counts(test, 1, 1, 0, 0);
		expect_last(test, packet_plain, sizeof(packet_plain));

		/* And that twice */
		forget(ft);
		LINE_PUT(ft, FLAG, REV, FLAG, REV);
		line_put(ft, frame_plain, sizeof(frame_plain));
		receive_line(test, run);
		KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_PACKET], 1U);
		expect_last(test, packet_plain, sizeof(packet_plain));

		/* It ends where the FCS of a false frame would be */
		forget(ft);
		LINE_PUT(ft, FLAG, REV, FLAG, REV, 4, 1, 2, 3, 4, 5, FLAG, REV,
			 8, 1, 2, 3, 4, 5, 6, 7, 8);
		line_put(ft, frame_escaped, sizeof(frame_escaped));
		receive_line(test, run);
		KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_PACKET], 1U);
		expect_last(test, packet_escaped, sizeof(packet_escaped));
	}
}

static void a_bad_frame_of_126_is_counted_once(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	u8 packet[126];
	size_t at, n;

	/* Its length is a 7E, and its packet begins like a revision */
	make_packet(packet, sizeof(packet), 1);
	for (at = 3; at < 3 + sizeof(packet); at++) {
		forget(ft);
		n = line_put_packet(ft, packet, sizeof(packet));
		ft->line[at] = 0x80;
		line_put(ft, frame_plain + 1, sizeof(frame_plain) - 1);
		receive_line(test, at % 2 ? 0 : n - 1);
		expect_counts(test, 1, 0, 0, 1);
		expect_last(test, packet_plain, sizeof(packet_plain));
	}
}

static void no_bit_error_passes(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	u8 packet[20], frame[64];
	size_t n, bit;

	make_packet(packet, sizeof(packet), 1);
	packet[5] = FLAG;
	packet[9] = ESC;
	packet[10] = ESC;
	packet[19] = FLAG;
	n = mctp_serial_frame_encode(frame, packet, sizeof(packet));

	for (bit = 0; bit < 8 * n; bit++) {
		forget(ft);
		line_put(ft, frame, n);
		ft->line[bit / 8] ^= 1 << bit % 8;
		line_put(ft, frame_plain, sizeof(frame_plain));
		receive_line(test, bit % 9);
		/* The one behind it, and no other */
		KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_PACKET], 1U);
		expect_last(test, packet_plain, sizeof(packet_plain));
		/* Without its first 7E it was never a frame, but noise */
		if (bit >= 8)
			KUNIT_EXPECT_GE(test, count_errors(ft), 1U);
	}
}

static void an_endless_frame_ends(struct kunit *test)
{
	struct frame_test *ft = test->priv;

	LINE_PUT(ft, FLAG, REV, 0xff);
	memset(ft->line + ft->len, ESC ^ MCTP_SERIAL_ESC_XOR, 3000);
	ft->len += 3000;
	line_put(ft, frame_plain, sizeof(frame_plain));
	receive_line(test, 100);
	expect_counts(test, 1, 0, 0, 1);
	expect_last(test, packet_plain, sizeof(packet_plain));
}

static void the_longest_frame_is_held(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	u8 packet[MCTP_SERIAL_LEN_MAX];
	size_t n;

	memset(packet, FLAG, sizeof(packet));
	n = line_put_packet(ft, packet, sizeof(packet));
	KUNIT_ASSERT_EQ(test, n, (size_t)MCTP_SERIAL_FRAME_MAX);
	/* All but the end, a byte at a time; then no end, but another frame */
	receive_line(test, 1);
	expect_counts(test, 1, 0, 0, 0);
	expect_last(test, packet, sizeof(packet));

	line_put_packet(ft, packet, sizeof(packet));
	ft->line[n - 1] = 0;
	line_put(ft, frame_plain, sizeof(frame_plain));
	receive_line(test, 1);
	expect_counts(test, 2, 1, 0, 0);
	expect_last(test, packet_plain, sizeof(packet_plain));
}

static unsigned int abort_frame(struct frame_test *ft)
{
	enum mctp_serial_event event;
	unsigned int found = 0;

	while ((event = mctp_serial_frame_abort(&ft->dec))) {
		note_event(ft, event);
		found++;
	}
	return found;
}

static void a_line_error_drops_the_frame_it_is_in(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	size_t at;

	for (at = 0; at < sizeof(frame_escaped); at++) {
		forget(ft);
		receive_run(test, frame_escaped, at);
		KUNIT_EXPECT_EQ(test, mctp_serial_frame_pending(&ft->dec),
				at > 1);
		KUNIT_EXPECT_EQ(test, abort_frame(ft), 0U);
		KUNIT_EXPECT_FALSE(test, mctp_serial_frame_pending(&ft->dec));
		receive_run(test, frame_escaped + at,
			    sizeof(frame_escaped) - at);
		/* Whole only if nothing had come: else no 7E opens it */
		KUNIT_EXPECT_EQ(test, ft->events[MCTP_SERIAL_PACKET],
				at ? 0U : 1U);
		receive_run(test, frame_plain, sizeof(frame_plain));
		expect_last(test, packet_plain, sizeof(packet_plain));
		KUNIT_EXPECT_EQ(test, count_errors(ft), 0U);
	}
}

/*
 * A frame of 122 bytes that makes "7E 01" in front of it a false frame of 126
 * bytes, whose FCS so far fits: its last 7E is taken for the FCS's first byte.
 */
static bool find_swallowed(u8 *packet, u8 *frame, size_t *n)
{
	const size_t len = 126 - 4;
	u8 head[2] = { REV, FLAG };
	unsigned int i;
	u16 fcs;

	make_packet(packet, len, 1);
	for (i = 0; i < 0x4000; i++) {
		packet[1] = i % ESC;
		packet[2] = i / ESC;
		*n = mctp_serial_frame_encode(frame, packet, len);
		if (memchr(frame + 1, FLAG, *n - 2) ||
		    memchr(frame + 1, ESC, *n - 2))
			continue;
		fcs = crc_ccitt(0xffff, head, sizeof(head));
		fcs = crc_ccitt(fcs, frame + 1, *n - 2);
		if (fcs >> 8 == FLAG && (fcs & 0xff) != REV)
			return true;
	}
	return false;
}

static void a_swallowed_frame_comes_to_light(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	u8 packet[126], frame[132];
	size_t n, run;

	KUNIT_ASSERT_TRUE(test, find_swallowed(packet, frame, &n));
	for (run = 0; run < 3; run++) {
		/* By the byte that shows what was wrong */
		forget(ft);
		LINE_PUT(ft, FLAG, REV);
		line_put(ft, frame, n);
		receive_line(test, run);
		expect_counts(test, 0, 0, 0, 0);
		line_put(ft, frame_plain + 1, sizeof(frame_plain) - 1);
		receive_line(test, run);
		expect_counts(test, 2, 0, 0, 1);
		expect_last(test, packet_plain, sizeof(packet_plain));

		/* By an error of the line */
		forget(ft);
		LINE_PUT(ft, FLAG, REV);
		line_put(ft, frame, n);
		receive_line(test, run);
		KUNIT_EXPECT_EQ(test, abort_frame(ft), 1U);
		expect_last(test, packet, 126 - 4);
		expect_counts(test, 1, 0, 0, 0);
	}
}

/**
 * struct fuzz - a noisy line
 * @rnd: where its bytes come from
 * @len: bytes in @line
 * @want_len: bytes in @want
 * @line: what is sent
 * @want: intact packets in it, each with its length in front
 */
struct fuzz {
	struct rnd_state	rnd;
	size_t			len;
	size_t			want_len;
	u8			line[FUZZ_BYTES + 2 * MCTP_SERIAL_FRAME_MAX];
	u8			want[FUZZ_BYTES + 2 * MCTP_SERIAL_FRAME_MAX];
};

static u32 fuzz_below(struct fuzz *fuzz, u32 bound)
{
	return prandom_u32_state(&fuzz->rnd) % bound;
}

static u8 fuzz_byte(struct fuzz *fuzz)
{
	static const u8 special[] = { FLAG, ESC, REV };

	if (fuzz_below(fuzz, 6))
		return fuzz_below(fuzz, 256);
	return special[fuzz_below(fuzz, ARRAY_SIZE(special))];
}

/* Put a frame on the line; its first 7E may be that of the one before. */
static size_t fuzz_put_frame(struct fuzz *fuzz, u8 *packet, size_t *len)
{
	size_t i, n;

	*len = fuzz_below(fuzz, 4) ? 4 + fuzz_below(fuzz, 252) : FLAG;
	packet[0] = REV;
	for (i = 1; i < *len; i++)
		packet[i] = fuzz_byte(fuzz);
	if (fuzz->len && fuzz->line[fuzz->len - 1] == FLAG &&
	    fuzz_below(fuzz, 2))
		fuzz->len--;
	n = mctp_serial_frame_encode(fuzz->line + fuzz->len, packet, *len);
	fuzz->len += n;
	return n;
}

static void fuzz_put(struct fuzz *fuzz)
{
	u8 packet[MCTP_SERIAL_LEN_MAX];
	size_t len, n;

	switch (fuzz_below(fuzz, 8)) {
	case 0: /* noise */
		for (n = fuzz_below(fuzz, 40); n; n--)
			fuzz->line[fuzz->len++] = fuzz_byte(fuzz);
		break;
	case 1: /* what makes the next 7E a length */
		fuzz->line[fuzz->len++] = FLAG;
		fuzz->line[fuzz->len++] = REV;
		break;
	case 2: /* a frame that is cut */
		n = fuzz_put_frame(fuzz, packet, &len);
		fuzz->len -= 2 + fuzz_below(fuzz, n - 3);
		break;
	case 3: /* a bit error, not in a 7E that a neighbour shares */
		n = fuzz_put_frame(fuzz, packet, &len);
		fuzz->line[fuzz->len - 2 - fuzz_below(fuzz, n - 2)] ^=
			1 << fuzz_below(fuzz, 8);
		break;
	default:
		fuzz_put_frame(fuzz, packet, &len);
		fuzz->want[fuzz->want_len++] = len;
		memcpy(fuzz->want + fuzz->want_len, packet, len);
		fuzz->want_len += len;
		break;
	}
}

static void every_intact_frame_in_noise_is_received(struct kunit *test)
{
	struct frame_test *ft = test->priv;
	enum mctp_serial_event event;
	size_t at, n, left, got = 0;
	const u8 *run, *want;
	struct fuzz *fuzz;
	u8 *copy;

	fuzz = kunit_kzalloc(test, sizeof(*fuzz), GFP_KERNEL);
	copy = kunit_kzalloc(test, 1024, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fuzz);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, copy);
	prandom_seed_state(&fuzz->rnd, FUZZ_SEED);
	while (fuzz->len < FUZZ_BYTES)
		fuzz_put(fuzz);

	for (at = 0; at < fuzz->len; at += n) {
		n = 1 + fuzz_below(fuzz, fuzz_below(fuzz, 2) ? 1024 : 4);
		n = min(n, fuzz->len - at);
		/* At the end of its memory, for KASAN */
		run = copy + 1024 - n;
		memcpy(copy + 1024 - n, fuzz->line + at, n);
		left = n;
		while ((event = mctp_serial_frame_decode(&ft->dec, &run,
							 &left))) {
			note_event(ft, event);
			want = fuzz->want + got;
			if (event == MCTP_SERIAL_PACKET &&
			    got < fuzz->want_len && ft->got_len == want[0] &&
			    !memcmp(ft->got, want + 1, want[0]))
				got += 1 + want[0];
		}
	}
	KUNIT_EXPECT_EQ(test, got, fuzz->want_len);
	/* Noise that is a frame by chance: one in 65,536 */
	KUNIT_EXPECT_GT(test, count_errors(ft), 100U);
	kunit_info(test, "%zu bytes, %u frames, %u errors\n", fuzz->len,
		   ft->events[MCTP_SERIAL_PACKET], count_errors(ft));
}

static struct kunit_case frame_cases[] = {
	KUNIT_CASE(fcs_has_the_check_value),
	KUNIT_CASE(encode_gives_the_vectors),
	KUNIT_CASE(decode_takes_the_vectors),
	KUNIT_CASE(encode_refuses_what_no_frame_can_carry),
	KUNIT_CASE(every_length_passes),
	KUNIT_CASE(every_length_passes_all_escaped),
	KUNIT_CASE(an_escape_passes_at_each_position),
	KUNIT_CASE(only_two_byte_values_are_escaped),
	KUNIT_CASE(a_frame_may_be_split_anywhere),
	KUNIT_CASE(runs_of_any_length_give_the_same),
	KUNIT_CASE(a_closing_flag_may_open_the_next_frame),
	KUNIT_CASE(doubled_flags_are_no_error),
	KUNIT_CASE(bytes_before_the_first_flag_are_ignored),
	KUNIT_CASE(a_bad_revision_is_counted),
	KUNIT_CASE(a_bad_length_is_counted),
	KUNIT_CASE(a_bad_fcs_is_counted),
	KUNIT_CASE(a_missing_end_is_counted),
	KUNIT_CASE(a_bad_escape_is_counted),
	KUNIT_CASE(a_frame_cut_anywhere_costs_itself_alone),
	KUNIT_CASE(fcs_bytes_are_not_escaped),
	KUNIT_CASE(a_frame_that_borrows_the_next_flag_is_told),
	KUNIT_CASE(noise_before_a_frame_does_not_eat_it),
	KUNIT_CASE(a_bad_frame_of_126_is_counted_once),
	KUNIT_CASE(no_bit_error_passes),
	KUNIT_CASE(an_endless_frame_ends),
	KUNIT_CASE(the_longest_frame_is_held),
	KUNIT_CASE(a_line_error_drops_the_frame_it_is_in),
	KUNIT_CASE(a_swallowed_frame_comes_to_light),
	KUNIT_CASE(every_intact_frame_in_noise_is_received),
	{}
};

static struct kunit_suite frame_suite = {
	.name = "mctp-serial-frame",
	.init = frame_test_init,
	.test_cases = frame_cases,
};

kunit_test_suite(frame_suite);
