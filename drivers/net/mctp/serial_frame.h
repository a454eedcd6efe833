/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames of MCTP over a serial line (DSP0253): packets to bytes and back.
 *
 *   7E 01 len packet... FCS-high FCS-low 7E
 *
 * ``len`` counts the packet's bytes. Of all these only the packet's are
 * escaped: 7E is sent as 7D 5E, and 7D as 7D 5D. The FCS is taken over
 * revision, length and the packet as it was before escaping. The closing 7E
 * may be the opening one of the next frame.
 *
 * Nothing here knows of a tty or a network device.
 */
#ifndef __MCTP_SERIAL_FRAME_H
#define __MCTP_SERIAL_FRAME_H

#include <linux/types.h>

#define MCTP_SERIAL_FLAG	0x7e
#define MCTP_SERIAL_ESC		0x7d
#define MCTP_SERIAL_ESC_XOR	0x20
#define MCTP_SERIAL_REVISION	0x01

/* A packet's bytes: its header at least; the length is one byte in the frame */
#define MCTP_SERIAL_LEN_MIN	4
#define MCTP_SERIAL_LEN_MAX	255

/* Flag, revision and length; FCS and flag */
#define MCTP_SERIAL_HEAD	3
#define MCTP_SERIAL_TAIL	3

/* A frame whose packet is all escapes */
#define MCTP_SERIAL_FRAME_MAX \
	(MCTP_SERIAL_HEAD + 2 * MCTP_SERIAL_LEN_MAX + MCTP_SERIAL_TAIL)

/**
 * enum mctp_serial_event - what received bytes have come to
 * @MCTP_SERIAL_NONE: the bytes are used up, more are needed
 * @MCTP_SERIAL_PACKET: a whole and intact frame
 * @MCTP_SERIAL_BAD_FRAME: a frame was dropped: bad revision or escape, cut
 *	short, or without its end
 * @MCTP_SERIAL_BAD_LENGTH: a frame was dropped: its length holds no packet
 * @MCTP_SERIAL_BAD_FCS: a frame was dropped: its FCS is wrong
 */
enum mctp_serial_event {
	MCTP_SERIAL_NONE,
	MCTP_SERIAL_PACKET,
	MCTP_SERIAL_BAD_FRAME,
	MCTP_SERIAL_BAD_LENGTH,
	MCTP_SERIAL_BAD_FCS,
};

/**
 * struct mctp_serial_decoder - where the receiver is in the bytes of a line
 * @state: what the next byte should be
 * @doubtful: the frame's 7E may have been a length or an FCS byte
 * @len: bytes of the packet
 * @left: of these, bytes still to come
 * @fcs: FCS up to here
 * @pos: bytes of the frame that were looked at
 * @held: bytes of the frame in @hold; none while it is read in place
 * @skip: bytes of @hold to forget when the decoder is called next
 * @body_len: bytes at @body
 * @body: escaped bytes of the packet that was reported last
 * @hold: the frame, from its 7E on, as it came from the line
 */
struct mctp_serial_decoder {
	u8		state;
	bool		doubtful;
	u8		len;
	u8		left;
	u16		fcs;
	u16		pos;
	u16		held;
	u16		skip;
	u16		body_len;
	const u8	*body;
	u8		hold[MCTP_SERIAL_FRAME_MAX];
};

size_t mctp_serial_frame_encode(u8 *frame, const u8 *packet, size_t len);
unsigned int mctp_serial_frame_whole(const u8 *frames, size_t len,
				     unsigned int *bytes);

void mctp_serial_frame_init(struct mctp_serial_decoder *dec);
enum mctp_serial_event
mctp_serial_frame_decode(struct mctp_serial_decoder *dec, const u8 **run,
			 size_t *len);
enum mctp_serial_event
mctp_serial_frame_abort(struct mctp_serial_decoder *dec);
bool mctp_serial_frame_pending(const struct mctp_serial_decoder *dec);
void mctp_serial_frame_copy(const struct mctp_serial_decoder *dec, u8 *packet);

#endif /* __MCTP_SERIAL_FRAME_H */
