/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests know by themselves of packets (DSP0236 8) and of serial frames
 * (DSP0253): receivers that were written from the specification, and that share
 * nothing with what they judge.
 */
#ifndef MCTP_WIRE_H
#define MCTP_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* lib_decode.c */

#define DECODE_OPEN_MAX	64

/* A message, from its type byte on */
struct decoded {
	uint8_t		dest;
	uint8_t		src;
	uint8_t		tagto;		/* TO and tag */
	uint8_t		seq;		/* of the last packet */
	unsigned int	packets;
	size_t		len;
	size_t		room;
	uint8_t		*data;
};

struct decode {
	size_t		mtu;		/* that all packets but the last have */
	int		nr_open;
	struct decoded	open[DECODE_OPEN_MAX];
	struct decoded	whole;		/* the last message that was whole */
	char		why[128];	/* what is wrong with a packet */
};

void decode_init(struct decode *d, size_t mtu);
void decode_free(struct decode *d);
/*
 * Judge a packet that has left the stack. 1 if a message is whole with it, 0 if
 * there is more to come, -EBADMSG if no stack may send this.
 */
int decode_packet(struct decode *d, const uint8_t *packet, size_t len);

/* lib_frame.c: the serial binding (DSP0253) */

#define FRAME_PACKET_MAX	255

struct deframe {
	int		state;
	size_t		want;
	size_t		len;
	uint16_t	fcs;
	uint8_t		packet[FRAME_PACKET_MAX];
};

/*
 * A byte from the wire: the length of the packet in deframe.packet if its frame
 * ends with it, 0 if not, -EBADMSG if no stack may send this.
 */
ssize_t deframe_byte(struct deframe *f, uint8_t byte);

#endif /* MCTP_WIRE_H */
