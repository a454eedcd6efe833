// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: serial frames (DSP0253), as an unforgiving
 * receiver takes them.
 *
 *	7E 01 length packet... FCS-high FCS-low 7E
 *
 * Bytes 7E and 7D of the packet, and of it alone, come as 7D 5E and 7D 5D. One
 * 7E may both close a frame and open the next.
 */
#define MCTP_TEST_LIBRARY
#include "mctp_test.h"
#include "mctp_wire.h"

#define FLAG	0x7e
#define ESCAPE	0x7d

enum { OUTSIDE, REVISION, LENGTH, PACKET, ESCAPED, FCS_HIGH, FCS_LOW, CLOSE };

/* Bit by bit, so that it shares nothing with what it is to check */
static uint16_t deframe_fcs(uint16_t fcs, uint8_t byte)
{
	int bit;

	fcs ^= byte;
	for (bit = 0; bit < 8; bit++)
		fcs = fcs & 1 ? fcs >> 1 ^ 0x8408 : fcs >> 1;
	return fcs;
}

static void deframe_payload(struct deframe *f, uint8_t byte)
{
	f->fcs = deframe_fcs(f->fcs, byte);
	f->packet[f->len++] = byte;
	f->state = f->len == f->want ? FCS_HIGH : PACKET;
}

ssize_t deframe_byte(struct deframe *f, uint8_t byte)
{
	switch (f->state) {
	case OUTSIDE:
		if (byte != FLAG)
			return -EBADMSG;
		f->state = REVISION;
		return 0;
	case REVISION:
		if (byte == FLAG)
			return 0;
		if (byte != 1)
			return -EBADMSG;
		f->fcs = deframe_fcs(0xffff, byte);
		f->state = LENGTH;
		return 0;
	case LENGTH:
		if (byte <= HDR_LEN)
			return -EBADMSG;
		f->fcs = deframe_fcs(f->fcs, byte);
		f->want = byte;
		f->len = 0;
		f->state = PACKET;
		return 0;
	case PACKET:
		if (byte == FLAG)
			return -EBADMSG;
		if (byte == ESCAPE)
			f->state = ESCAPED;
		else
			deframe_payload(f, byte);
		return 0;
	case ESCAPED:
		if (byte != 0x5e && byte != 0x5d)
			return -EBADMSG;
		deframe_payload(f, byte ^ 0x20);
		return 0;
	case FCS_HIGH:
		f->state = FCS_LOW;
		return byte == f->fcs >> 8 ? 0 : -EBADMSG;
	case FCS_LOW:
		f->state = CLOSE;
		return byte == (f->fcs & 0xff) ? 0 : -EBADMSG;
	default:
		/* it may open the next one */
		f->state = REVISION;
		return byte == FLAG ? (ssize_t)f->len : -EBADMSG;
	}
}
