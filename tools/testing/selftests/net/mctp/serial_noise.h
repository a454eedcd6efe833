/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A noisy serial line (DSP0253) to order, from a seed, and what must be received
 * from it. For the selftest of the driver, and for the fuzz of its decoder on the
 * host: see tools/testing/fuzz.
 *
 * The receiver here is slow and plain: it has all of the line in memory, and at
 * each 7E it tries for a frame. It shares nothing with what it judges, the FCS
 * least of all.
 */
#ifndef SERIAL_NOISE_H
#define SERIAL_NOISE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NOISE_FLAG		0x7e
#define NOISE_ESC		0x7d
#define NOISE_REVISION		0x01
#define NOISE_PACKET_MIN	4
#define NOISE_PACKET_MAX	255
#define NOISE_FRAME_MAX		(6 + 2 * NOISE_PACKET_MAX)

/* A packet, by its place in noise->packets */
struct noise_packet {
	size_t		at;
	uint8_t		len;
};

struct noise_list {
	size_t			n;
	size_t			room;
	struct noise_packet	*packet;
};

/**
 * struct noise - a noisy line
 * @random: state of the generator
 * @line: its bytes
 * @len: how many
 * @cut: places in @line before which bytes were lost, as a UART tells, in order
 * @cuts: how many
 * @packets: bytes of packets
 * @packets_len: how many
 * @intact: packets of the frames that nothing has touched
 * @wanted: packets that a receiver has to find: the former, and those that noise is
 *	by chance
 */
struct noise {
	uint64_t		random;
	uint8_t			*line;
	size_t			len;
	size_t			*cut;
	size_t			cuts;
	uint8_t			*packets;
	size_t			packets_len;
	struct noise_list	intact;
	struct noise_list	wanted;
};

/* xorshift64*; of the upper half the bits are good */
static inline uint32_t noise_below(struct noise *noise, uint32_t bound)
{
	noise->random ^= noise->random >> 12;
	noise->random ^= noise->random << 25;
	noise->random ^= noise->random >> 27;
	return (noise->random * 0x2545f4914f6cdd1dull >> 32) % bound;
}

static inline uint8_t noise_byte(struct noise *noise)
{
	if (noise_below(noise, 6))
		return noise_below(noise, 256);
	return "\x7e\x7d\x01"[noise_below(noise, 3)];
}

static inline uint16_t noise_fcs(uint16_t fcs, uint8_t byte)
{
	int bit;

	fcs ^= byte;
	for (bit = 0; bit < 8; bit++)
		fcs = fcs & 1 ? fcs >> 1 ^ 0x8408 : fcs >> 1;
	return fcs;
}

static inline size_t noise_encode(uint8_t *frame, const uint8_t *packet,
				  size_t len)
{
	uint16_t fcs = noise_fcs(noise_fcs(0xffff, NOISE_REVISION), len);
	size_t i, n = 0;

	frame[n++] = NOISE_FLAG;
	frame[n++] = NOISE_REVISION;
	frame[n++] = len;
	for (i = 0; i < len; i++) {
		fcs = noise_fcs(fcs, packet[i]);
		if (packet[i] == NOISE_FLAG || packet[i] == NOISE_ESC) {
			frame[n++] = NOISE_ESC;
			frame[n++] = packet[i] ^ 0x20;
		} else {
			frame[n++] = packet[i];
		}
	}
	frame[n++] = fcs >> 8;
	frame[n++] = fcs & 0xff;
	frame[n++] = NOISE_FLAG;
	return n;
}

/* Bytes of the frame that begins at @raw, or 0 if that is none. */
static inline size_t noise_decode(const uint8_t *raw, size_t len,
				  uint8_t *packet)
{
	uint16_t fcs = 0xffff;
	size_t i = 3, n;

	if (len < 3 || raw[0] != NOISE_FLAG || raw[1] != NOISE_REVISION ||
	    raw[2] < NOISE_PACKET_MIN)
		return 0;
	fcs = noise_fcs(noise_fcs(fcs, raw[1]), raw[2]);
	for (n = 0; n < raw[2]; n++) {
		if (i >= len || raw[i] == NOISE_FLAG)
			return 0;
		packet[n] = raw[i++];
		if (packet[n] == NOISE_ESC) {
			if (i >= len)
				return 0;
			packet[n] = raw[i++] ^ 0x20;
			if (packet[n] != NOISE_FLAG && packet[n] != NOISE_ESC)
				return 0;
		}
		fcs = noise_fcs(fcs, packet[n]);
	}
	if (len - i < 3 || raw[i] != fcs >> 8 || raw[i + 1] != (fcs & 0xff) ||
	    raw[i + 2] != NOISE_FLAG)
		return 0;
	return i + 3;
}

static inline void noise_list_add(struct noise_list *list, size_t at,
				  uint8_t len)
{
	if (list->n == list->room) {
		list->room = 2 * list->room + 1024;
		list->packet = realloc(list->packet,
				       list->room * sizeof(*list->packet));
		if (!list->packet)
			abort();
	}
	list->packet[list->n].at = at;
	list->packet[list->n++].len = len;
}

/* The line's last byte is a 7E that a frame may begin with. */
static inline bool noise_ends_in_flag(const struct noise *noise)
{
	return noise->len && noise->line[noise->len - 1] == NOISE_FLAG &&
	       !(noise->cuts && noise->cut[noise->cuts - 1] == noise->len);
}

/* Put a frame on the line; how many bytes, from its own 7E on, is returned. */
static inline size_t noise_frame(struct noise *noise, uint8_t *packet,
				 size_t *len)
{
	size_t i, n;

	*len = noise_below(noise, 4) ? NOISE_PACKET_MIN +
	       noise_below(noise, NOISE_PACKET_MAX - NOISE_PACKET_MIN + 1) :
	       NOISE_FLAG;
	packet[0] = NOISE_REVISION;
	for (i = 1; i < *len; i++)
		packet[i] = noise_byte(noise);
	if (noise_ends_in_flag(noise) && noise_below(noise, 2))
		noise->len--;
	n = noise_encode(noise->line + noise->len, packet, *len);
	noise->len += n;
	return n;
}

static inline void noise_intact(struct noise *noise)
{
	uint8_t *packet = noise->packets + noise->packets_len;
	size_t len;

	noise_frame(noise, packet, &len);
	noise_list_add(&noise->intact, noise->packets_len, len);
	noise->packets_len += len;
}

/* A frame of which all is right, but that it escapes a byte that need not be. */
static inline void noise_escape(struct noise *noise)
{
	uint8_t packet[NOISE_PACKET_MAX], *byte;
	size_t len, n, i;

	n = noise_frame(noise, packet, &len);
	byte = noise->line + noise->len - n + 3;
	for (i = noise_below(noise, len); i; i--)
		byte += *byte == NOISE_ESC ? 2 : 1;
	if (*byte == NOISE_ESC) {
		/* this one does need it: spoil it */
		byte[1] ^= 1 << noise_below(noise, 8);
		return;
	}
	memmove(byte + 1, byte, noise->line + noise->len - byte);
	noise->len++;
	byte[0] = NOISE_ESC;
	byte[1] ^= 0x20;
}

static inline void noise_put(struct noise *noise, bool cuts)
{
	uint8_t packet[NOISE_PACKET_MAX];
	size_t len, n;

	switch (noise_below(noise, 10)) {
	case 0: /* noise */
		for (n = noise_below(noise, 40); n; n--)
			noise->line[noise->len++] = noise_byte(noise);
		break;
	case 1: /* what makes the next 7E a length */
		noise->line[noise->len++] = NOISE_FLAG;
		noise->line[noise->len++] = NOISE_REVISION;
		break;
	case 2: /* a frame that ends too early */
		n = noise_frame(noise, packet, &len);
		noise->len -= 2 + noise_below(noise, n - 3);
		break;
	case 3: /* a bit error, but not in a 7E that a neighbour shares */
		n = noise_frame(noise, packet, &len);
		noise->line[noise->len - 2 - noise_below(noise, n - 2)] ^=
			1 << noise_below(noise, 8);
		break;
	case 4: /* bytes that the UART lost, of a frame or between two */
		if (noise_below(noise, 2)) {
			n = noise_frame(noise, packet, &len);
			noise->len -= 2 + noise_below(noise, n - 3);
		}
		if (cuts)
			noise->cut[noise->cuts++] = noise->len;
		break;
	case 5:
		noise_escape(noise);
		break;
	default:
		noise_intact(noise);
		break;
	}
}

/* What a receiver has to find between two cuts */
static inline void noise_receive(struct noise *noise, size_t from, size_t to)
{
	uint8_t *packet;
	const uint8_t *flag;
	size_t n;

	while (from < to) {
		flag = memchr(noise->line + from, NOISE_FLAG, to - from);
		if (!flag)
			return;
		from = flag - noise->line;
		packet = noise->packets + noise->packets_len;
		n = noise_decode(flag, to - from, packet);
		if (!n) {
			from++;
			continue;
		}
		noise_list_add(&noise->wanted, noise->packets_len, flag[2]);
		noise->packets_len += flag[2];
		from += n - 1;
	}
}

static inline bool noise_same(const struct noise *noise,
			      const struct noise_packet *a,
			      const struct noise_packet *b)
{
	return a->len == b->len && !memcmp(noise->packets + a->at,
					   noise->packets + b->at, a->len);
}

/* Are the intact ones among the wanted ones, in their order? If they are not, the
 * noise has happened to be a frame that has part of another: take another seed.
 */
static inline bool noise_sound(const struct noise *noise)
{
	size_t i = 0, k;

	for (k = 0; i < noise->intact.n && k < noise->wanted.n; k++)
		i += noise_same(noise, &noise->intact.packet[i],
				&noise->wanted.packet[k]);
	return i == noise->intact.n;
}

/* A line of @bytes at least; @cuts: with lost bytes. It ends in zeros, which end
 * whatever has begun.
 */
static inline void noise_make(struct noise *noise, uint64_t seed, size_t bytes,
			      bool cuts)
{
	size_t room = bytes + 3 * NOISE_FRAME_MAX, from = 0, i;

	memset(noise, 0, sizeof(*noise));
	noise->random = seed * 0x9e3779b97f4a7c15ull + 1;
	noise->line = malloc(room);
	noise->packets = malloc(2 * room);
	noise->cut = malloc((room / 2 + 1) * sizeof(*noise->cut));
	if (!noise->line || !noise->packets || !noise->cut)
		abort();
	while (noise->len < bytes)
		noise_put(noise, cuts);
	memset(noise->line + noise->len, 0, NOISE_FRAME_MAX);
	noise->len += NOISE_FRAME_MAX;

	for (i = 0; i < noise->cuts; i++) {
		noise_receive(noise, from, noise->cut[i]);
		from = noise->cut[i];
	}
	noise_receive(noise, from, noise->len);
}

static inline void noise_free(struct noise *noise)
{
	free(noise->line);
	free(noise->packets);
	free(noise->cut);
	free(noise->intact.packet);
	free(noise->wanted.packet);
}

#endif /* SERIAL_NOISE_H */
