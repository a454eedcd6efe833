// SPDX-License-Identifier: GPL-2.0
/*
 * Frames of MCTP over SMBus/I2C (DSP0237): see i2c_frame.h.
 */
#include <linux/i2c.h>
#include "i2c_frame.h"

/**
 * mctp_i2c_frame_header() - what precedes a packet
 * @header: %MCTP_I2C_HLEN bytes
 * @dest: address that it is for, 7 bits
 * @src: our address, 7 bits
 * @len: length of the packet, at most %MCTP_I2C_LEN_MAX
 */
void mctp_i2c_frame_header(u8 *header, u8 dest, u8 src, size_t len)
{
	header[0] = dest << 1;
	header[1] = MCTP_I2C_COMMAND;
	header[2] = len + 1;
	header[3] = src << 1 | 1;
}

/**
 * mctp_i2c_frame_close() - append the PEC
 * @frame: header and packet, and room for a byte
 * @len: length of these
 *
 * Return: length of the frame.
 */
size_t mctp_i2c_frame_close(u8 *frame, size_t len)
{
	frame[len] = i2c_smbus_pec(0, frame, len);
	return len + MCTP_I2C_TAIL;
}

/**
 * mctp_i2c_frame_check() - judge a received frame
 * @frame: the bytes, our own address (shifted) in front; not written to
 * @len: how many
 *
 * Return: %MCTP_I2C_GOOD, and the packet is between header and PEC, or why it
 * is to be dropped.
 */
enum mctp_i2c_verdict mctp_i2c_frame_check(u8 *frame, size_t len)
{
	size_t body;

	if (len < MCTP_I2C_FRAME_MIN - MCTP_I2C_TAIL ||
	    len > MCTP_I2C_FRAME_MAX)
		return MCTP_I2C_BAD_LENGTH;
	if (frame[1] != MCTP_I2C_COMMAND)
		return MCTP_I2C_BAD_COMMAND;

	/* Source and packet are all that is neither before the source nor PEC */
	body = len - (MCTP_I2C_HLEN - 1);
	if (frame[2] == body)
		return MCTP_I2C_NO_PEC;
	if (frame[2] != body - MCTP_I2C_TAIL)
		return MCTP_I2C_BAD_COUNT;
	if (len < MCTP_I2C_FRAME_MIN)
		return MCTP_I2C_BAD_LENGTH;
	if (i2c_smbus_pec(0, frame, len - MCTP_I2C_TAIL) != frame[len - 1])
		return MCTP_I2C_BAD_PEC;
	if (!(frame[3] & 1))
		return MCTP_I2C_BAD_SOURCE;
	if (mctp_i2c_frame_source(frame) == mctp_i2c_frame_dest(frame))
		return MCTP_I2C_SELF;
	return MCTP_I2C_GOOD;
}
