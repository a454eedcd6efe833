// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: a receiver to compare with. See mctp_receiver.h.
 */
#define MCTP_TEST_LIBRARY
#include "mctp_test.h"
#include "mctp_receiver.h"

const char * const receiver_counter[RECEIVER_ENDS] = {
	[RECEIVER_MESSAGE]		= "rx_messages",
	[RECEIVER_SHORT]		= "drop_short",
	[RECEIVER_NO_BIND]		= "drop_no_bind",
	[RECEIVER_NO_TAG]		= "drop_no_tag",
	[RECEIVER_TAG_EXPIRED]	= "drop_tag_expired",
	[RECEIVER_FILTER]		= "drop_filter",
	[RECEIVER_NO_START]	= "drop_no_start",
	[RECEIVER_SEQUENCE]	= "drop_sequence",
	[RECEIVER_SIZE]		= "drop_size",
	[RECEIVER_TOO_LONG]	= "drop_too_long",
	[RECEIVER_REPLACED]	= "drop_replaced",
};

static void receiver_end(struct receiver *m, enum receiver_end why)
{
	m->ends[why]++;
}

static void receiver_drop(struct receiver *m, struct receiver_partial *p,
		       enum receiver_end why)
{
	p->open = false;
	receiver_end(m, why);
}

static void receiver_append(struct receiver_partial *p, const uint8_t *data,
			 size_t len)
{
	if (p->len + len > p->room) {
		p->room = 2 * (p->len + len);
		p->data = realloc(p->data, p->room);
		if (!p->data)
			abort();
	}
	memcpy(p->data + p->len, data, len);
	p->len += len;
}

static void receiver_start(struct receiver *m, struct receiver_partial *p,
			struct receiver_message *msg, uint8_t flags)
{
	enum receiver_end why;

	/* whatever it is itself, it ends what was open */
	if (p->open)
		receiver_drop(m, p, RECEIVER_REPLACED);
	if (!msg->len) {
		receiver_end(m, RECEIVER_SHORT);
		return;
	}
	why = m->begin(m->owner, msg);
	if (why != RECEIVER_MESSAGE) {
		receiver_end(m, why);
		return;
	}
	if (flags & EOM) {
		receiver_end(m, m->whole(m->owner, msg));
		return;
	}
	p->open = true;
	p->seq = flags >> 4 & 3;
	p->taker = msg->taker;
	p->token = msg->token;
	p->first = msg->len;
	p->len = 0;
	receiver_append(p, msg->data, msg->len);
}

static void receiver_go_on(struct receiver *m, struct receiver_partial *p,
			struct receiver_message *msg, uint8_t flags)
{
	if (!p->open) {
		receiver_end(m, RECEIVER_NO_START);
		return;
	}
	if ((flags >> 4 & 3) != ((p->seq + 1) & 3)) {
		receiver_drop(m, p, RECEIVER_SEQUENCE);
		return;
	}
	if (flags & EOM ? msg->len > p->first : msg->len != p->first) {
		receiver_drop(m, p, RECEIVER_SIZE);
		return;
	}
	if (p->len + msg->len > MSG_MAX) {
		receiver_drop(m, p, RECEIVER_TOO_LONG);
		return;
	}
	receiver_append(p, msg->data, msg->len);
	p->seq = flags >> 4 & 3;
	if (!(flags & EOM))
		return;
	msg->taker = p->taker;
	msg->token = p->token;
	msg->data = p->data;
	msg->len = p->len;
	p->open = false;
	receiver_end(m, m->whole(m->owner, msg));
}

void receiver_packet(struct receiver *m, const uint8_t *packet, size_t len)
{
	struct receiver_message msg;
	struct receiver_partial *p;

	if (len < HDR_LEN) {
		receiver_end(m, RECEIVER_SHORT);
		return;
	}
	msg = (struct receiver_message) {
		.dest = packet[1],
		.src = packet[2],
		.tagto = packet[3] & (TO | MCTP_TAG_MASK),
		.data = packet + HDR_LEN,
		.len = len - HDR_LEN,
	};
	p = &m->partial[msg.src][msg.dest - m->local][msg.tagto];
	if (packet[3] & SOM)
		receiver_start(m, p, &msg, packet[3]);
	else
		receiver_go_on(m, p, &msg, packet[3]);
}

unsigned long receiver_open(const struct receiver *m)
{
	unsigned long n = 0;
	int src, local, key;

	for (src = 0; src < 256; src++)
		for (local = 0; local < RECEIVER_LOCALS; local++)
			for (key = 0; key < RECEIVER_KEYS; key++)
				n += m->partial[src][local][key].open;
	return n;
}
