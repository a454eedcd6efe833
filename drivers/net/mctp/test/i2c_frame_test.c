// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP I2C: unit tests of frames (suite mctp-i2c-frame).
 *
 * Each frame is judged at the end of its own memory, so that KASAN sees a look
 * past it.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../i2c_frame.h"

#define FUZZ_FRAMES	20000
#define FUZZ_SEED	0x4d435450

/* The contract's packet, from 0x10 to 0x1d */
static const u8 packet[] = { 0x01, 0x09, 0x08, 0xc8, 0x00, 0x81, 0x02 };
static const u8 vector[] = {
	0x3a, 0x0f, 0x08, 0x21, 0x01, 0x09, 0x08, 0xc8, 0x00, 0x81, 0x02, 0x25,
};

static enum mctp_i2c_verdict judge(struct kunit *test, const u8 *frame,
				   size_t len)
{
	enum mctp_i2c_verdict verdict;
	u8 *copy = kmemdup(frame, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, copy);
	verdict = mctp_i2c_frame_check(copy, len);
	/* It is only looked at */
	KUNIT_EXPECT_EQ(test, memcmp(copy, frame, len), 0);
	kfree(copy);
	return verdict;
}

/* A frame with a right PEC, whatever else is wrong with it */
static enum mctp_i2c_verdict judge_closed(struct kunit *test, const u8 *bytes,
					  size_t len)
{
	u8 frame[MCTP_I2C_FRAME_MAX + 8];

	memcpy(frame, bytes, len);
	return judge(test, frame, mctp_i2c_frame_close(frame, len));
}

static size_t build(u8 *frame, u8 dest, u8 src, const u8 *bytes, size_t len)
{
	mctp_i2c_frame_header(frame, dest, src, len);
	memcpy(frame + MCTP_I2C_HLEN, bytes, len);
	return mctp_i2c_frame_close(frame, MCTP_I2C_HLEN + len);
}

static void another_command_is_dropped(struct kunit *test)
{
	u8 frame[sizeof(vector)];
	int command;

	memcpy(frame, vector, sizeof(frame));
	for (command = 0; command < 256; command++) {
		frame[1] = command;
		KUNIT_EXPECT_EQ(test,
				judge_closed(test, frame, sizeof(frame) - 1),
				command == MCTP_I2C_COMMAND ?
				MCTP_I2C_GOOD : MCTP_I2C_BAD_COMMAND);
	}
}

static void a_count_that_does_not_match_is_dropped(struct kunit *test)
{
	u8 frame[sizeof(vector)];
	int count;

	memcpy(frame, vector, sizeof(frame));
	for (count = 0; count < 256; count++) {
		enum mctp_i2c_verdict want = MCTP_I2C_BAD_COUNT;

		if (count == 8)
			want = MCTP_I2C_GOOD;
		if (count == 9)	/* the PEC would be the packet's last byte */
			want = MCTP_I2C_NO_PEC;
		frame[2] = count;
		KUNIT_EXPECT_EQ(test,
				judge_closed(test, frame, sizeof(frame) - 1),
				want);
	}
}

static void a_frame_that_is_cut_is_dropped(struct kunit *test)
{
	size_t len;

	for (len = 0; len < sizeof(vector); len++)
		KUNIT_EXPECT_EQ(test, judge(test, vector, len),
				len < 8 ? MCTP_I2C_BAD_LENGTH :
				len == 11 ? MCTP_I2C_NO_PEC :
				MCTP_I2C_BAD_COUNT);
}

static void a_frame_without_a_packet_header_is_dropped(struct kunit *test)
{
	u8 frame[MCTP_I2C_FRAME_MAX];
	size_t len;

	for (len = 0; len < MCTP_I2C_LEN_MIN; len++)
		KUNIT_EXPECT_EQ(test,
				judge(test, frame,
				      build(frame, 0x1d, 0x10, packet, len)),
				MCTP_I2C_BAD_LENGTH);
	KUNIT_EXPECT_EQ(test,
			judge(test, frame,
			      build(frame, 0x1d, 0x10, packet, len)),
			MCTP_I2C_GOOD);
}

static void a_frame_that_is_too_long_is_dropped(struct kunit *test)
{
	u8 *frame = kunit_kzalloc(test, 1024, GFP_KERNEL);
	size_t len;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, frame);
	frame[1] = MCTP_I2C_COMMAND;
	frame[2] = 255;
	for (len = MCTP_I2C_FRAME_MAX + 1; len < 1024; len += 111)
		KUNIT_EXPECT_EQ(test, judge(test, frame, len),
				MCTP_I2C_BAD_LENGTH);
}

static void a_missing_pec_is_told_from_a_wrong_one(struct kunit *test)
{
	u8 frame[sizeof(vector)];
	int bit;

	KUNIT_EXPECT_EQ(test, judge(test, vector, sizeof(vector) - 1),
			MCTP_I2C_NO_PEC);
	for (bit = 0; bit < 8; bit++) {
		memcpy(frame, vector, sizeof(frame));
		frame[sizeof(frame) - 1] ^= 1 << bit;
		KUNIT_EXPECT_EQ(test, judge(test, frame, sizeof(frame)),
				MCTP_I2C_BAD_PEC);
	}
}

static void a_source_whose_bit_is_clear_is_dropped(struct kunit *test)
{
	u8 frame[sizeof(vector)];

	memcpy(frame, vector, sizeof(frame));
	frame[3] &= ~1;
	KUNIT_EXPECT_EQ(test, judge_closed(test, frame, sizeof(frame) - 1),
			MCTP_I2C_BAD_SOURCE);
}

static void our_own_address_as_the_source_is_dropped(struct kunit *test)
{
	u8 frame[MCTP_I2C_FRAME_MAX];
	unsigned int dest, src;

	for (dest = 0; dest <= MCTP_I2C_ADDR_MAX; dest += 5)
		for (src = 0; src <= MCTP_I2C_ADDR_MAX; src++)
			KUNIT_EXPECT_EQ(test,
					judge(test, frame,
					      build(frame, dest, src, packet,
						    sizeof(packet))),
					src == dest ? MCTP_I2C_SELF :
						      MCTP_I2C_GOOD);
}

static void no_bit_error_passes(struct kunit *test)
{
	u8 frame[MCTP_I2C_FRAME_MAX], bytes[MCTP_I2C_LEN_MAX];
	size_t len, bit, n;

	memset(bytes, 0x5a, sizeof(bytes));
	for (len = MCTP_I2C_LEN_MIN; len <= MCTP_I2C_LEN_MAX; len += 125) {
		n = build(frame, 0x1d, 0x10, bytes, len);
		for (bit = 0; bit < 8 * n; bit++) {
			frame[bit / 8] ^= 1 << bit % 8;
			KUNIT_EXPECT_NE(test, judge(test, frame, n),
					MCTP_I2C_GOOD);
			frame[bit / 8] ^= 1 << bit % 8;
		}
		KUNIT_EXPECT_EQ(test, judge(test, frame, n), MCTP_I2C_GOOD);
	}
}

static void the_vector_is_built_and_taken(struct kunit *test)
{
	u8 frame[MCTP_I2C_FRAME_MAX];
	size_t len;

	len = build(frame, 0x1d, 0x10, packet, sizeof(packet));
	KUNIT_ASSERT_EQ(test, len, sizeof(vector));
	KUNIT_EXPECT_EQ(test, memcmp(frame, vector, len), 0);
	KUNIT_EXPECT_EQ(test, judge(test, vector, sizeof(vector)),
			MCTP_I2C_GOOD);
	KUNIT_EXPECT_EQ(test, mctp_i2c_frame_source(vector), 0x10);
	KUNIT_EXPECT_EQ(test, mctp_i2c_frame_dest(vector), 0x1d);
}

static void every_length_passes(struct kunit *test)
{
	u8 frame[MCTP_I2C_FRAME_MAX], bytes[MCTP_I2C_LEN_MAX];
	size_t len, i, n;

	for (len = MCTP_I2C_LEN_MIN; len <= MCTP_I2C_LEN_MAX; len++) {
		for (i = 0; i < len; i++)
			bytes[i] = len + i;
		n = build(frame, 0x7f, 0x08, bytes, len);
		KUNIT_EXPECT_EQ(test, n, len + 5);
		KUNIT_EXPECT_EQ(test, frame[2], (u8)(len + 1));
		KUNIT_EXPECT_EQ(test, judge(test, frame, n), MCTP_I2C_GOOD);
	}
}

static void noise_is_never_read_past_its_end(struct kunit *test)
{
	unsigned int good = 0, i;
	struct rnd_state rnd;
	u8 frame[300];
	size_t len;

	prandom_seed_state(&rnd, FUZZ_SEED);
	for (i = 0; i < FUZZ_FRAMES; i++) {
		len = prandom_u32_state(&rnd) % sizeof(frame);
		prandom_bytes_state(&rnd, frame, len);
		/* Half of them get past the first looks */
		if (len > 2 && i % 2) {
			frame[1] = MCTP_I2C_COMMAND;
			frame[2] = len - 4;
		}
		if (judge(test, frame, len) == MCTP_I2C_GOOD)
			good++;
	}
	/* By chance: one in 512 of those */
	KUNIT_EXPECT_LT(test, good, FUZZ_FRAMES / 200U);
	KUNIT_EXPECT_GT(test, good, 0U);
}

static struct kunit_case frame_cases[] = {
	KUNIT_CASE(another_command_is_dropped),
	KUNIT_CASE(a_count_that_does_not_match_is_dropped),
	KUNIT_CASE(a_frame_that_is_cut_is_dropped),
	KUNIT_CASE(a_frame_without_a_packet_header_is_dropped),
	KUNIT_CASE(a_frame_that_is_too_long_is_dropped),
	KUNIT_CASE(a_missing_pec_is_told_from_a_wrong_one),
	KUNIT_CASE(a_source_whose_bit_is_clear_is_dropped),
	KUNIT_CASE(our_own_address_as_the_source_is_dropped),
	KUNIT_CASE(no_bit_error_passes),
	KUNIT_CASE(the_vector_is_built_and_taken),
	KUNIT_CASE(every_length_passes),
	KUNIT_CASE(noise_is_never_read_past_its_end),
	{}
};

static struct kunit_suite frame_suite = {
	.name = "mctp-i2c-frame",
	.test_cases = frame_cases,
};

kunit_test_suite(frame_suite);
