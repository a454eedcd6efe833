// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over USB: unit tests of framing (suite mctp-usb-frame). Transfers are in
 * buffers of just their length, so that KASAN sees a byte too far.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/mctpusb.h>

#define HEAD	((int)sizeof(struct mctp_usb_hdr))

/* A copy of exactly @len bytes */
static u8 *exact(struct kunit *test, const void *bytes, size_t len)
{
	u8 *copy = kunit_kzalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	if (len)
		memcpy(copy, bytes, len);
	return copy;
}

/* One step at the beginning of a transfer, that finds no packet */
static void expect_refused(struct kunit *test, const void *bytes, size_t len,
			   enum mctp_usb_event want)
{
	size_t pos = 0, packet_len = 12345;
	u8 *transfer = exact(test, bytes, len);

	KUNIT_EXPECT_EQ(test, mctp_usb_frame_next(transfer, len, &pos,
						  &packet_len), want);
	KUNIT_EXPECT_EQ(test, pos, (size_t)0);
	KUNIT_EXPECT_EQ(test, packet_len, (size_t)12345);
	kunit_kfree(test, transfer);
}

static void header_of_a_packet_is_as_the_binding_says(struct kunit *test)
{
	static const u8 want7[] = { 0x1a, 0xb4, 0x00, 0x0b };
	static const u8 want4[] = { 0x1a, 0xb4, 0x00, 0x08 };
	static const u8 want251[] = { 0x1a, 0xb4, 0x00, 0xff };
	u8 got[HEAD];

	memset(got, 0xff, sizeof(got));
	mctp_usb_frame_put(got, 7);
	KUNIT_EXPECT_EQ(test, memcmp(got, want7, HEAD), 0);
	memset(got, 0xff, sizeof(got));
	mctp_usb_frame_put(got, MCTP_USB_PACKET_MIN);
	KUNIT_EXPECT_EQ(test, memcmp(got, want4, HEAD), 0);
	memset(got, 0xff, sizeof(got));
	mctp_usb_frame_put(got, MCTP_USB_PACKET_MAX);
	KUNIT_EXPECT_EQ(test, memcmp(got, want251, HEAD), 0);
	KUNIT_EXPECT_EQ(test, MCTP_USB_PACKET_MAX, 251);
}

static void empty_transfer_has_no_packet(struct kunit *test)
{
	expect_refused(test, "", 0, MCTP_USB_END);
}

static void too_short_for_a_header_is_trailing(struct kunit *test)
{
	static const u8 bytes[] = { 0x1a, 0xb4, 0x00 };
	size_t len;

	for (len = 1; len <= sizeof(bytes); len++)
		expect_refused(test, bytes, len, MCTP_USB_TRAILING);
}

static void each_other_id_is_refused(struct kunit *test)
{
	u8 bytes[8] = { 0x1a, 0xb4, 0x00, 0x08 };
	int bit;

	for (bit = 0; bit < 16; bit++) {
		bytes[bit / 8] ^= 1 << bit % 8;
		expect_refused(test, bytes, sizeof(bytes), MCTP_USB_BAD_ID);
		bytes[bit / 8] ^= 1 << bit % 8;
	}
	/* the other byte order */
	bytes[0] = 0xb4;
	bytes[1] = 0x1a;
	expect_refused(test, bytes, sizeof(bytes), MCTP_USB_BAD_ID);
}

static void length_under_8_is_refused(struct kunit *test)
{
	u8 bytes[16] = { 0x1a, 0xb4 };
	u8 len;

	for (len = 0; len < 8; len++) {
		bytes[3] = len;
		expect_refused(test, bytes, sizeof(bytes),
			       MCTP_USB_BAD_LENGTH);
		expect_refused(test, bytes, HEAD, MCTP_USB_BAD_LENGTH);
	}
}

static void length_beyond_the_transfer_is_refused(struct kunit *test)
{
	u8 bytes[255] = { 0x1a, 0xb4 };
	unsigned int len;

	for (len = 8; len <= 255; len++) {
		bytes[3] = len;
		expect_refused(test, bytes, len - 1, MCTP_USB_BAD_LENGTH);
		expect_refused(test, bytes, HEAD, MCTP_USB_BAD_LENGTH);
	}
}

static void each_length_from_8_to_255_is_taken(struct kunit *test)
{
	unsigned int len;

	for (len = 8; len <= 255; len++) {
		size_t pos = 0, packet_len = 0;
		u8 *transfer = kunit_kzalloc(test, len, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, transfer);
		mctp_usb_frame_put(transfer, len - HEAD);
		KUNIT_EXPECT_EQ(test, mctp_usb_frame_next(transfer, len, &pos,
							  &packet_len),
				MCTP_USB_PACKET);
		KUNIT_EXPECT_EQ(test, pos, (size_t)len);
		KUNIT_EXPECT_EQ(test, packet_len, (size_t)len - HEAD);
		KUNIT_EXPECT_EQ(test, mctp_usb_frame_next(transfer, len, &pos,
							  &packet_len),
				MCTP_USB_END);
		kunit_kfree(test, transfer);
	}
}

static void reserved_byte_is_ignored(struct kunit *test)
{
	u8 bytes[8] = { 0x1a, 0xb4, 0xff, 0x08 };
	size_t pos = 0, packet_len;

	KUNIT_EXPECT_EQ(test, mctp_usb_frame_next(bytes, 8, &pos, &packet_len),
			MCTP_USB_PACKET);
	KUNIT_EXPECT_EQ(test, packet_len, (size_t)4);
}

/* Three packets, cut at each byte: those before the cut are found, and what is
 * left is refused for what it is.
 */
static void joined_packets_are_found_up_to_the_cut(struct kunit *test)
{
	static const size_t packets[] = { 4, 251, 68 };
	size_t ends[ARRAY_SIZE(packets)], total = 0, cut, i;
	u8 *whole = kunit_kzalloc(test, MCTP_USB_TRANSFER_MAX, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, whole);
	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		mctp_usb_frame_put(whole + total, packets[i]);
		total += HEAD + packets[i];
		ends[i] = total;
	}

	for (cut = 0; cut <= total; cut++) {
		enum mctp_usb_event event, want = MCTP_USB_END;
		size_t pos = 0, packet_len, left = cut;
		u8 *transfer = exact(test, whole, cut);

		for (i = 0; i < ARRAY_SIZE(packets) && ends[i] <= cut; i++) {
			event = mctp_usb_frame_next(transfer, cut, &pos,
						    &packet_len);
			KUNIT_EXPECT_EQ(test, event, MCTP_USB_PACKET);
			KUNIT_EXPECT_EQ(test, pos, ends[i]);
			KUNIT_EXPECT_EQ(test, packet_len, packets[i]);
			left = cut - ends[i];
		}
		if (left)
			want = left < HEAD ? MCTP_USB_TRAILING :
					     MCTP_USB_BAD_LENGTH;
		event = mctp_usb_frame_next(transfer, cut, &pos, &packet_len);
		KUNIT_EXPECT_EQ(test, event, want);
		kunit_kfree(test, transfer);
	}
}

static void most_packets_of_a_transfer_are_64(struct kunit *test)
{
	u8 *transfer = kunit_kzalloc(test, MCTP_USB_TRANSFER_MAX, GFP_KERNEL);
	size_t pos, packet_len;
	unsigned int n = 0;

	KUNIT_ASSERT_NOT_NULL(test, transfer);
	for (pos = 0; pos < MCTP_USB_TRANSFER_MAX; pos += 8)
		mctp_usb_frame_put(transfer + pos, 4);
	pos = 0;
	while (mctp_usb_frame_next(transfer, MCTP_USB_TRANSFER_MAX, &pos,
				   &packet_len) == MCTP_USB_PACKET)
		n++;
	KUNIT_EXPECT_EQ(test, n, 64);
	KUNIT_EXPECT_EQ(test, pos, (size_t)MCTP_USB_TRANSFER_MAX);
}

/* Nothing that bytes say takes it beyond the transfer, or round for ever */
static void random_bytes_stay_in_the_transfer(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int round;

	prandom_seed_state(&rnd, 283);
	for (round = 0; round < 2000; round++) {
		size_t len = prandom_u32_state(&rnd) % 513;
		size_t pos = 0, packet_len, before, at, packets = 0;
		u8 *transfer = kunit_kzalloc(test, len, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, transfer);
		prandom_bytes_state(&rnd, transfer, len);
		/* ids at places where packets may be, lengths as they came */
		for (at = 0; at + HEAD <= len; at += transfer[at + 3] | 1) {
			transfer[at] = 0x1a;
			transfer[at + 1] = 0xb4;
		}
		for (before = 0;
		     mctp_usb_frame_next(transfer, len, &pos, &packet_len) ==
		     MCTP_USB_PACKET; before = pos) {
			KUNIT_ASSERT_GE(test, packet_len, (size_t)4);
			KUNIT_ASSERT_EQ(test, pos, before + HEAD + packet_len);
			KUNIT_ASSERT_LE(test, pos, len);
			packets++;
		}
		KUNIT_EXPECT_LE(test, packets, (size_t)64);
		kunit_kfree(test, transfer);
	}
}

static void whole_bus_packets_are_ended_by_an_empty_one(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, mctp_usb_frame_needs_zero(64, 64));
	KUNIT_EXPECT_TRUE(test, mctp_usb_frame_needs_zero(448, 64));
	KUNIT_EXPECT_FALSE(test, mctp_usb_frame_needs_zero(63, 64));
	KUNIT_EXPECT_FALSE(test, mctp_usb_frame_needs_zero(65, 64));
	KUNIT_EXPECT_FALSE(test, mctp_usb_frame_needs_zero(511, 512));
	/* all that a receiver may wait for */
	KUNIT_EXPECT_FALSE(test, mctp_usb_frame_needs_zero(512, 64));
	KUNIT_EXPECT_FALSE(test, mctp_usb_frame_needs_zero(512, 512));
	KUNIT_EXPECT_FALSE(test, mctp_usb_frame_needs_zero(512, 1024));
}

static struct kunit_case usb_frame_cases[] = {
	KUNIT_CASE(header_of_a_packet_is_as_the_binding_says),
	KUNIT_CASE(empty_transfer_has_no_packet),
	KUNIT_CASE(too_short_for_a_header_is_trailing),
	KUNIT_CASE(each_other_id_is_refused),
	KUNIT_CASE(length_under_8_is_refused),
	KUNIT_CASE(length_beyond_the_transfer_is_refused),
	KUNIT_CASE(each_length_from_8_to_255_is_taken),
	KUNIT_CASE(reserved_byte_is_ignored),
	KUNIT_CASE(joined_packets_are_found_up_to_the_cut),
	KUNIT_CASE(most_packets_of_a_transfer_are_64),
	KUNIT_CASE(random_bytes_stay_in_the_transfer),
	KUNIT_CASE(whole_bus_packets_are_ended_by_an_empty_one),
	{}
};

static struct kunit_suite usb_frame_suite = {
	.name		= "mctp-usb-frame",
	.test_cases	= usb_frame_cases,
};

kunit_test_suite(usb_frame_suite);
