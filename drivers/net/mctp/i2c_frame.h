/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames of MCTP over SMBus/I2C (DSP0237): packets to bytes and back.
 *
 *   destination<<1  0F  count  source<<1|1  packet...  PEC
 *
 * ``count`` counts the source byte and the packet. The PEC is a CRC-8 over all
 * that precedes it, from the destination byte on. That byte is the address of
 * an I2C write: a controller puts it on the bus by itself, and a target does
 * not see it. Here a frame always begins with it.
 *
 * Nothing here knows of a bus or a network device.
 */
#ifndef __MCTP_I2C_FRAME_H
#define __MCTP_I2C_FRAME_H

#include <linux/types.h>

/* SMBus command code of all MCTP packets */
#define MCTP_I2C_COMMAND	0x0f

/* Destination, command, count, source: the link header of a packet; PEC */
#define MCTP_I2C_HLEN		4
#define MCTP_I2C_TAIL		1

/* A packet's bytes: its header at least; one byte counts them and the source */
#define MCTP_I2C_LEN_MIN	4
#define MCTP_I2C_LEN_MAX	254

#define MCTP_I2C_FRAME_MIN	(MCTP_I2C_HLEN + MCTP_I2C_LEN_MIN + MCTP_I2C_TAIL)
#define MCTP_I2C_FRAME_MAX	(MCTP_I2C_HLEN + MCTP_I2C_LEN_MAX + MCTP_I2C_TAIL)

/* Addresses have 7 bits */
#define MCTP_I2C_ADDR_MAX	0x7f

/**
 * enum mctp_i2c_verdict - what a received frame is
 * @MCTP_I2C_GOOD: intact
 * @MCTP_I2C_BAD_LENGTH: too short to hold a packet's header, or too long
 * @MCTP_I2C_BAD_COMMAND: another command code
 * @MCTP_I2C_BAD_COUNT: the count is not that of the bytes
 * @MCTP_I2C_NO_PEC: the count fits, but no PEC follows
 * @MCTP_I2C_BAD_PEC: the PEC is wrong
 * @MCTP_I2C_BAD_SOURCE: the lowest bit of the source byte is clear
 * @MCTP_I2C_SELF: the source is our own address
 * @MCTP_I2C_VERDICTS: how many there are
 */
enum mctp_i2c_verdict {
	MCTP_I2C_GOOD,
	MCTP_I2C_BAD_LENGTH,
	MCTP_I2C_BAD_COMMAND,
	MCTP_I2C_BAD_COUNT,
	MCTP_I2C_NO_PEC,
	MCTP_I2C_BAD_PEC,
	MCTP_I2C_BAD_SOURCE,
	MCTP_I2C_SELF,
	MCTP_I2C_VERDICTS,
};

void mctp_i2c_frame_header(u8 *header, u8 dest, u8 src, size_t len);
size_t mctp_i2c_frame_close(u8 *frame, size_t len);
enum mctp_i2c_verdict mctp_i2c_frame_check(u8 *frame, size_t len);

/** mctp_i2c_frame_source() - address of who sent a frame */
static inline u8 mctp_i2c_frame_source(const u8 *frame)
{
	return frame[3] >> 1;
}

/** mctp_i2c_frame_dest() - address that a frame is for */
static inline u8 mctp_i2c_frame_dest(const u8 *frame)
{
	return frame[0] >> 1;
}

#endif /* __MCTP_I2C_FRAME_H */
