/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a receiver makes of packets, as the specification has it (DSP0236 8.6 to
 * 8.9) and this stack's documentation: one packet after the other becomes a
 * message, part of one, or a loss of a certain reason. It shares nothing with
 * what it is compared to.
 */
#ifndef MCTP_RECEIVER_H
#define MCTP_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What has become of a packet, or of the message that it was part of */
enum receiver_end {
	RECEIVER_MESSAGE,		/* whole, and taken */
	RECEIVER_SHORT,
	RECEIVER_NO_BIND,
	RECEIVER_NO_TAG,
	RECEIVER_TAG_EXPIRED,
	RECEIVER_FILTER,
	RECEIVER_NO_START,
	RECEIVER_SEQUENCE,
	RECEIVER_SIZE,
	RECEIVER_TOO_LONG,
	RECEIVER_REPLACED,
	RECEIVER_ENDS
};

/* The counter of each, in /proc/net/mctp/stat; that of messages is not a loss */
extern const char * const receiver_counter[RECEIVER_ENDS];

#define RECEIVER_LOCALS	4	/* our EIDs, from struct receiver.local on */
#define RECEIVER_KEYS	16	/* TO and tag */

/* A message that has begun */
struct receiver_partial {
	bool		open;
	uint8_t		seq;
	int		taker;
	unsigned int	token;
	size_t		first;		/* payload of the first packet */
	size_t		len;
	size_t		room;
	uint8_t		*data;
};

/* A message that is whole; its data is of the model */
struct receiver_message {
	uint8_t		src;
	uint8_t		dest;
	uint8_t		tagto;
	int		taker;
	unsigned int	token;		/* that begin() has given */
	const uint8_t	*data;		/* from the type byte on */
	size_t		len;
};

struct receiver {
	uint8_t		local;		/* the first of our EIDs */
	unsigned long	ends[RECEIVER_ENDS];
	struct receiver_partial partial[256][RECEIVER_LOCALS][RECEIVER_KEYS];

	/* Who takes what begins so? Fills taker and token, or returns a loss */
	enum receiver_end	(*begin)(void *owner, struct receiver_message *m);
	/* Does the taker still want it? Also a loss, or RECEIVER_MESSAGE */
	enum receiver_end	(*whole)(void *owner, const struct receiver_message *m);
	void		*owner;
};

/* A packet comes in. Its addresses are of the model's, if it has any. */
void receiver_packet(struct receiver *m, const uint8_t *packet, size_t len);
/* Messages that are open */
unsigned long receiver_open(const struct receiver *m);

#endif /* MCTP_RECEIVER_H */
