// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: an independent and unforgiving receiver, for
 * what the stack sends.
 */
#define MCTP_TEST_LIBRARY
#include "mctp_test.h"
#include "mctp_wire.h"

void decode_init(struct decode *d, size_t mtu)
{
	memset(d, 0, sizeof(*d));
	d->mtu = mtu;
}

void decode_free(struct decode *d)
{
	while (d->nr_open)
		free(d->open[--d->nr_open].data);
	free(d->whole.data);
	memset(&d->whole, 0, sizeof(d->whole));
}

#define decode_bad(d, ...) \
	(snprintf((d)->why, sizeof((d)->why), __VA_ARGS__), -EBADMSG)

static struct decoded *decode_find(struct decode *d, const uint8_t *packet)
{
	int i;

	for (i = 0; i < d->nr_open; i++) {
		struct decoded *m = &d->open[i];

		if (m->dest == packet[1] && m->src == packet[2] &&
		    m->tagto == (packet[3] & (TO | MCTP_TAG_MASK)))
			return m;
	}
	return NULL;
}

static struct decoded *decode_open(struct decode *d, const uint8_t *packet)
{
	struct decoded *m;

	if (d->nr_open == DECODE_OPEN_MAX)
		return NULL;
	m = &d->open[d->nr_open++];
	memset(m, 0, sizeof(*m));
	m->dest = packet[1];
	m->src = packet[2];
	m->tagto = packet[3] & (TO | MCTP_TAG_MASK);
	return m;
}

static int decode_append(struct decoded *m, const uint8_t *data, size_t len)
{
	if (m->len + len > m->room) {
		size_t room = 2 * (m->len + len);
		uint8_t *more = realloc(m->data, room);

		if (!more)
			return -ENOMEM;
		m->data = more;
		m->room = room;
	}
	memcpy(m->data + m->len, data, len);
	m->len += len;
	m->packets++;
	return 0;
}

int decode_packet(struct decode *d, const uint8_t *packet, size_t len)
{
	struct decoded *m;
	uint8_t seq;

	/* every packet carries something, the first one the type */
	if (len < HDR_LEN + 1)
		return decode_bad(d, "a packet of %zu bytes", len);
	if (packet[0] != 1)
		return decode_bad(d, "first byte %02x", packet[0]);
	if (packet[2] == MCTP_ADDR_ANY)
		return decode_bad(d, "from 255");
	if (packet[3] & EOM ? len > d->mtu : len != d->mtu)
		return decode_bad(d, "%zu bytes, flags %02x, at MTU %zu", len,
				  packet[3], d->mtu);

	seq = packet[3] >> 4 & 3;
	m = decode_find(d, packet);
	if (packet[3] & SOM) {
		if (m)
			return decode_bad(d, "start, but %u packets of that from %u to %u have no end",
					  m->packets, m->src, m->dest);
		m = decode_open(d, packet);
		if (!m)
			return decode_bad(d, "too many messages are open");
	} else if (!m) {
		return decode_bad(d, "no start: from %u to %u, flags %02x",
				  packet[2], packet[1], packet[3]);
	} else if (seq != ((m->seq + 1) & 3)) {
		return decode_bad(d, "packet %u has sequence %u after %u",
				  m->packets, seq, m->seq);
	}
	m->seq = seq;
	if (decode_append(m, packet + HDR_LEN, len - HDR_LEN))
		return decode_bad(d, "out of memory");
	if (m->len > MSG_MAX)
		return decode_bad(d, "a message of %zu bytes", m->len);
	if (!(packet[3] & EOM))
		return 0;

	free(d->whole.data);
	d->whole = *m;
	*m = d->open[--d->nr_open];
	return 1;
}
