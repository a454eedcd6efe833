// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP serial: frames (DSP0253).
 *
 * Out, a frame is built in one pass over the packet. In, bytes are looked at
 * in runs: a run up to the next 7E or 7D is found by words, and its FCS taken
 * by the kernel's table code.
 *
 * The rule of resynchronisation: a frame begins at a 7E, and if what follows
 * is not a frame, the search goes on at the next 7E *behind that 7E*, not
 * behind all that was read meanwhile. It makes a difference where a 7E is
 * legal inside a frame without an escape: the length 126, and the FCS. Noise
 * that ends in "7E 01" takes the 7E of an intact frame for its length, and an
 * intact frame that follows one cut in its FCS lends it its opening 7E. To go
 * back, the bytes of the frame in progress are kept as they came.
 *
 * What that costs is bounded: a body holds no 7E, thus a frame that fails has
 * at most four later places to start from (length, two bytes of FCS, and the
 * byte that broke it), and no more than MCTP_SERIAL_FRAME_MAX bytes are kept.
 */
#include <linux/crc-ccitt.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "serial_frame.h"

#define MCTP_SERIAL_FCS_INIT	0xffff

enum {
	MCTP_SERIAL_HUNT,	/* no frame: the next 7E begins one */
	MCTP_SERIAL_WANT_REVISION,
	MCTP_SERIAL_WANT_LENGTH,
	MCTP_SERIAL_WANT_BODY,
	MCTP_SERIAL_WANT_ESCAPED,
	MCTP_SERIAL_WANT_FCS_HIGH,
	MCTP_SERIAL_WANT_FCS_LOW,
	MCTP_SERIAL_WANT_END,
};

static bool mctp_serial_has_byte(unsigned long word, u8 byte)
{
	word ^= REPEAT_BYTE(byte);
	return (word - REPEAT_BYTE(0x01)) & ~word & REPEAT_BYTE(0x80);
}

static bool mctp_serial_is_special(u8 byte)
{
	return byte == MCTP_SERIAL_FLAG || byte == MCTP_SERIAL_ESC;
}

/* How many of @len bytes come before the first 7E or 7D? */
static size_t mctp_serial_plain(const u8 *p, size_t len)
{
	unsigned long word;
	size_t n;

	for (n = 0; n + sizeof(word) <= len; n += sizeof(word)) {
		memcpy(&word, p + n, sizeof(word));
		if (mctp_serial_has_byte(word, MCTP_SERIAL_FLAG) ||
		    mctp_serial_has_byte(word, MCTP_SERIAL_ESC))
			break;
	}
	while (n < len && !mctp_serial_is_special(p[n]))
		n++;
	return n;
}

/**
 * mctp_serial_frame_encode() - make a frame of a packet
 * @frame: where to, with room for %MCTP_SERIAL_FRAME_MAX bytes
 * @packet: the packet
 * @len: its bytes, %MCTP_SERIAL_LEN_MIN to %MCTP_SERIAL_LEN_MAX
 *
 * Context: any.
 * Return: bytes of the frame, or 0 if @len is none that a frame can carry.
 */
size_t mctp_serial_frame_encode(u8 *frame, const u8 *packet, size_t len)
{
	u8 *out = frame;
	size_t n;
	u16 fcs;

	if (len < MCTP_SERIAL_LEN_MIN || len > MCTP_SERIAL_LEN_MAX)
		return 0;

	*out++ = MCTP_SERIAL_FLAG;
	*out++ = MCTP_SERIAL_REVISION;
	*out++ = len;
	fcs = crc_ccitt(MCTP_SERIAL_FCS_INIT, frame + 1, 2);

	while (len) {
		n = mctp_serial_plain(packet, len);
		memcpy(out, packet, n);
		out += n;
		if (n < len) {
			*out++ = MCTP_SERIAL_ESC;
			*out++ = packet[n++] ^ MCTP_SERIAL_ESC_XOR;
		}
		fcs = crc_ccitt(fcs, packet, n);
		packet += n;
		len -= n;
	}

	*out++ = fcs >> 8;
	*out++ = fcs & 0xff;
	*out++ = MCTP_SERIAL_FLAG;
	return out - frame;
}

/**
 * mctp_serial_frame_whole() - count frames that are whole
 * @frames: what mctp_serial_frame_encode() made, one after the other
 * @len: bytes of it; the last frame may be cut short by that
 * @bytes: gets the bytes of the packets in the frames that are whole
 *
 * Context: any.
 * Return: how many are whole.
 */
unsigned int mctp_serial_frame_whole(const u8 *frames, size_t len,
				     unsigned int *bytes)
{
	unsigned int whole = 0;
	size_t at = 0, packet, left;

	*bytes = 0;
	while (at + MCTP_SERIAL_HEAD < len) {
		packet = frames[at + MCTP_SERIAL_HEAD - 1];
		at += MCTP_SERIAL_HEAD;
		for (left = packet; left && at < len; left--)
			at += frames[at] == MCTP_SERIAL_ESC ? 2 : 1;
		at += MCTP_SERIAL_TAIL;
		if (at > len)
			break;
		*bytes += packet;
		whole++;
	}
	return whole;
}

/**
 * mctp_serial_frame_init() - a receiver that has seen nothing yet
 * @dec: the decoder
 */
void mctp_serial_frame_init(struct mctp_serial_decoder *dec)
{
	memset(dec, 0, offsetof(struct mctp_serial_decoder, hold));
	dec->state = MCTP_SERIAL_HUNT;
}

/* A 7E was found, and a frame may begin with it. */
static void mctp_serial_start(struct mctp_serial_decoder *dec, bool doubtful)
{
	dec->state = MCTP_SERIAL_WANT_REVISION;
	dec->doubtful = doubtful;
	dec->pos = 1;
}

static enum mctp_serial_event
mctp_serial_parse_body(struct mctp_serial_decoder *dec, const u8 *raw,
		       size_t end)
{
	size_t n;

	n = mctp_serial_plain(raw + dec->pos,
			      min_t(size_t, end - dec->pos, dec->left));
	dec->fcs = crc_ccitt(dec->fcs, raw + dec->pos, n);
	dec->pos += n;
	dec->left -= n;
	if (!dec->left) {
		dec->state = MCTP_SERIAL_WANT_FCS_HIGH;
	} else if (dec->pos < end) {
		if (raw[dec->pos++] == MCTP_SERIAL_FLAG)
			return MCTP_SERIAL_BAD_FRAME;
		dec->state = MCTP_SERIAL_WANT_ESCAPED;
	}
	return MCTP_SERIAL_NONE;
}

/* Go on with the frame at @raw, whose first dec->pos bytes were looked at, up
 * to @end. Whatever is returned other than MCTP_SERIAL_NONE was decided by the
 * byte before dec->pos.
 */
static enum mctp_serial_event
mctp_serial_parse(struct mctp_serial_decoder *dec, const u8 *raw, size_t end)
{
	enum mctp_serial_event event;
	u8 byte;

	while (dec->pos < end) {
		if (dec->state == MCTP_SERIAL_WANT_BODY) {
			event = mctp_serial_parse_body(dec, raw, end);
			if (event)
				return event;
			continue;
		}
		byte = raw[dec->pos++];
		switch (dec->state) {
		case MCTP_SERIAL_WANT_REVISION:
			if (byte != MCTP_SERIAL_REVISION)
				return MCTP_SERIAL_BAD_FRAME;
			dec->state = MCTP_SERIAL_WANT_LENGTH;
			break;
		case MCTP_SERIAL_WANT_LENGTH:
			if (byte < MCTP_SERIAL_LEN_MIN)
				return MCTP_SERIAL_BAD_LENGTH;
			dec->len = byte;
			dec->left = byte;
			dec->fcs = crc_ccitt(MCTP_SERIAL_FCS_INIT, raw + 1, 2);
			dec->state = MCTP_SERIAL_WANT_BODY;
			break;
		case MCTP_SERIAL_WANT_ESCAPED:
			byte ^= MCTP_SERIAL_ESC_XOR;
			if (!mctp_serial_is_special(byte))
				return MCTP_SERIAL_BAD_FRAME;
			dec->fcs = crc_ccitt_byte(dec->fcs, byte);
			dec->state = --dec->left ? MCTP_SERIAL_WANT_BODY :
						   MCTP_SERIAL_WANT_FCS_HIGH;
			break;
		case MCTP_SERIAL_WANT_FCS_HIGH:
			if (byte != dec->fcs >> 8)
				return MCTP_SERIAL_BAD_FCS;
			dec->state = MCTP_SERIAL_WANT_FCS_LOW;
			break;
		case MCTP_SERIAL_WANT_FCS_LOW:
			if (byte != (dec->fcs & 0xff))
				return MCTP_SERIAL_BAD_FCS;
			dec->state = MCTP_SERIAL_WANT_END;
			break;
		default: /* MCTP_SERIAL_WANT_END */
			if (byte != MCTP_SERIAL_FLAG)
				return MCTP_SERIAL_BAD_FRAME;
			return MCTP_SERIAL_PACKET;
		}
	}
	return MCTP_SERIAL_NONE;
}

/* The frame at @raw, of @end bytes, has ended in @event. Set the decoder on the
 * 7E where the next one may begin.
 *
 * Return: its place in @raw, or @end if there is none: then the hunt is on.
 */
static size_t mctp_serial_restart(struct mctp_serial_decoder *dec,
				  const u8 *raw, size_t end,
				  enum mctp_serial_event event)
{
	const u8 *flag;
	bool doubtful;
	size_t next;

	if (event == MCTP_SERIAL_PACKET) {
		dec->body = raw + MCTP_SERIAL_HEAD;
		dec->body_len = dec->pos - MCTP_SERIAL_HEAD - MCTP_SERIAL_TAIL;
		next = dec->pos - 1;
		mctp_serial_start(dec, false);
		return next;
	}

	flag = memchr(raw + 1, MCTP_SERIAL_FLAG, end - 1);
	if (!flag) {
		dec->state = MCTP_SERIAL_HUNT;
		return end;
	}
	/* Among bytes of a frame that failed, a 7E was most likely the length
	 * or the FCS that it was taken for. Not so the one that broke it: in a
	 * body, or instead of a revision, a 7E can only be a flag.
	 */
	next = flag - raw;
	doubtful = next < max_t(size_t, dec->pos - 1, dec->held);
	if (next == dec->pos - 1 && event == MCTP_SERIAL_BAD_FCS)
		doubtful = true;
	mctp_serial_start(dec, doubtful);
	return next;
}

/* Is @event, by which the frame at @raw ends, one to tell? A doubled 7E is no
 * error, and what began in a frame that failed was counted with it.
 */
static bool mctp_serial_is_news(const struct mctp_serial_decoder *dec,
				const u8 *raw, enum mctp_serial_event event)
{
	if (event == MCTP_SERIAL_PACKET)
		return true;
	if (dec->state == MCTP_SERIAL_WANT_REVISION &&
	    raw[dec->pos - 1] == MCTP_SERIAL_FLAG)
		return false;
	return !dec->doubtful;
}

/* Forget what lies before the 7E that comes next in dec->hold. */
static void mctp_serial_forget(struct mctp_serial_decoder *dec)
{
	if (!dec->skip)
		return;
	dec->held -= dec->skip;
	memmove(dec->hold, dec->hold + dec->skip, dec->held);
	dec->skip = 0;
}

/**
 * mctp_serial_frame_decode() - find the next frame in received bytes
 * @dec: the decoder
 * @run: received bytes; moved on behind those that were used
 * @len: how many there are; reduced likewise
 *
 * To be called with the same run until it returns %MCTP_SERIAL_NONE: then all
 * of the run is used, and another can follow. A run may end anywhere. After
 * %MCTP_SERIAL_PACKET the packet has dec->len bytes, to be had from
 * mctp_serial_frame_copy() until the decoder is called again; what stays of
 * the run must stay where it is, too.
 *
 * Context: any; calls for one decoder one after another.
 * Return: what was found, see &enum mctp_serial_event.
 */
enum mctp_serial_event
mctp_serial_frame_decode(struct mctp_serial_decoder *dec, const u8 **run,
			 size_t *len)
{
	enum mctp_serial_event event;
	size_t held, end, next, used;
	const u8 *raw;
	bool news;

	for (;;) {
		mctp_serial_forget(dec);
		if (dec->state == MCTP_SERIAL_HUNT) {
			raw = memchr(*run, MCTP_SERIAL_FLAG, *len);
			used = raw ? raw - *run : *len;
			*run += used;
			*len -= used;
			if (!raw)
				return MCTP_SERIAL_NONE;
			mctp_serial_start(dec, false);
		}

		held = dec->held;
		if (held) {
			used = min(*len, sizeof(dec->hold) - held);
			memcpy(dec->hold + held, *run, used);
			raw = dec->hold;
			end = held + used;
		} else {
			raw = *run;
			end = *len;
		}

		event = mctp_serial_parse(dec, raw, end);
		if (event == MCTP_SERIAL_NONE) {
			/* Less than a frame: it fits */
			if (!held)
				memcpy(dec->hold, raw, end);
			dec->held = end;
			*run += end - held;
			*len -= end - held;
			return MCTP_SERIAL_NONE;
		}

		news = mctp_serial_is_news(dec, raw, event);
		next = mctp_serial_restart(dec, raw, end, event);
		if (next < held) {
			dec->skip = next;
		} else {
			dec->held = 0;
			*run += next - held;
			*len -= next - held;
		}
		if (news)
			return event;
	}
}

/**
 * mctp_serial_frame_abort() - give up the frame in progress
 * @dec: the decoder
 *
 * The next byte of the line is lost or wrong. To be called until it returns
 * %MCTP_SERIAL_NONE, since an intact frame may have come to light within the
 * one that was given up.
 *
 * Context: as mctp_serial_frame_decode(), whose run must be used up.
 * Return: %MCTP_SERIAL_PACKET or %MCTP_SERIAL_NONE.
 */
enum mctp_serial_event mctp_serial_frame_abort(struct mctp_serial_decoder *dec)
{
	enum mctp_serial_event event;

	for (;;) {
		mctp_serial_forget(dec);
		if (dec->state == MCTP_SERIAL_HUNT)
			return MCTP_SERIAL_NONE;

		event = mctp_serial_parse(dec, dec->hold, dec->held);
		dec->skip = mctp_serial_restart(dec, dec->hold, dec->held,
						event);
		if (event == MCTP_SERIAL_PACKET)
			return event;
	}
}

/**
 * mctp_serial_frame_pending() - has part of a frame come?
 * @dec: the decoder
 *
 * Return: true if more than a 7E was taken.
 */
bool mctp_serial_frame_pending(const struct mctp_serial_decoder *dec)
{
	return dec->state != MCTP_SERIAL_HUNT && dec->pos > 1;
}

/**
 * mctp_serial_frame_copy() - the packet that was found
 * @dec: a decoder that has just returned %MCTP_SERIAL_PACKET
 * @packet: where to, with room for dec->len bytes
 */
void mctp_serial_frame_copy(const struct mctp_serial_decoder *dec, u8 *packet)
{
	const u8 *raw = dec->body;
	size_t left = dec->body_len, n;

	/* As many bytes as the packet has: none of them is escaped */
	if (left == dec->len) {
		memcpy(packet, raw, left);
		return;
	}
	/* There is no 7E in a body: all that is special is an escape */
	while ((n = mctp_serial_plain(raw, left)) < left) {
		memcpy(packet, raw, n);
		packet += n;
		*packet++ = raw[n + 1] ^ MCTP_SERIAL_ESC_XOR;
		raw += n + 2;
		left -= n + 2;
	}
	memcpy(packet, raw, left);
}
