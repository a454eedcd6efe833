// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz of the serial driver's frames on the host: a noisy line from a seed, in
 * runs of any length, each at the end of memory of its own, so that the sanitizers
 * see a read behind it. What the decoder finds has to be what a plain receiver
 * finds, packet by packet, and every frame that nothing has touched is among that.
 *
 *   serial_frame [SEED [BYTES]]      10 million bytes, unless told otherwise
 */
#include <stdio.h>

#include "../selftests/net/mctp/serial_noise.h"
#include "serial_frame.h"

#define BYTES		10000000
#define RUN_MAX		1024

struct receiver {
	struct mctp_serial_decoder	*dec;	/* memory of its own */
	struct noise			noise;
	size_t				got;
	size_t				errors;
};

static void fail(const struct receiver *r, size_t at, const char *why)
{
	printf("at byte %zu, packet %zu of %zu: %s\n", at, r->got,
	       r->noise.wanted.n, why);
	exit(1);
}

static void take(struct receiver *r, size_t at, enum mctp_serial_event event)
{
	const struct noise_packet *want = &r->noise.wanted.packet[r->got];
	u8 *packet;

	if (event != MCTP_SERIAL_PACKET) {
		r->errors++;
		return;
	}
	if (r->got == r->noise.wanted.n)
		fail(r, at, "a packet more than there are");
	packet = malloc(r->dec->len);
	mctp_serial_frame_copy(r->dec, packet);
	if (r->dec->len != want->len ||
	    memcmp(packet, r->noise.packets + want->at, want->len))
		fail(r, at, "not the packet that is next");
	free(packet);
	r->got++;
}

static void receive(struct receiver *r, size_t at, size_t len)
{
	enum mctp_serial_event event;
	const u8 *run;
	u8 *copy;

	copy = malloc(len);
	memcpy(copy, r->noise.line + at, len);
	run = copy;
	at += len;
	while ((event = mctp_serial_frame_decode(r->dec, &run, &len)))
		take(r, at - len, event);
	if (len)
		fail(r, at, "bytes of a run are left");
	free(copy);
}

static void lost_bytes(struct receiver *r, size_t at)
{
	enum mctp_serial_event event;

	while ((event = mctp_serial_frame_abort(r->dec)))
		take(r, at, event);
	if (mctp_serial_frame_pending(r->dec))
		fail(r, at, "a frame goes on behind lost bytes");
}

/* The encoder makes of each packet what the plain one makes. */
static void encode_all(struct receiver *r)
{
	u8 want[NOISE_FRAME_MAX];
	struct noise_packet *p;
	size_t i, n;
	u8 *frame;

	for (i = 0; i < r->noise.intact.n; i++) {
		p = &r->noise.intact.packet[i];
		n = noise_encode(want, r->noise.packets + p->at, p->len);
		frame = malloc(MCTP_SERIAL_FRAME_MAX);
		if (mctp_serial_frame_encode(frame, r->noise.packets + p->at,
					     p->len) != n ||
		    memcmp(frame, want, n))
			fail(r, 0, "a frame is not encoded as it should be");
		free(frame);
	}
}

static void decode_all(struct receiver *r)
{
	struct noise *noise = &r->noise;
	size_t at, n, cut = 0;

	mctp_serial_frame_init(r->dec);
	for (at = 0; at < noise->len; at += n) {
		while (cut < noise->cuts && noise->cut[cut] == at) {
			lost_bytes(r, at);
			cut++;
		}
		n = 1 + noise_below(noise, noise_below(noise, 2) ? RUN_MAX : 4);
		if (n > noise->len - at)
			n = noise->len - at;
		if (cut < noise->cuts && n > noise->cut[cut] - at)
			n = noise->cut[cut] - at;
		receive(r, at, n);
	}
	if (r->got != noise->wanted.n)
		fail(r, at, "packets are missing");
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	size_t bytes = argc > 2 ? strtoull(argv[2], NULL, 0) : BYTES;
	struct receiver r = { .dec = malloc(sizeof(*r.dec)) };

	noise_make(&r.noise, seed, bytes, true);
	if (!noise_sound(&r.noise))
		fail(&r, 0, "the noise hides an intact frame: take another seed");
	if (!r.noise.intact.n || !r.noise.cuts)
		fail(&r, 0, "the line has no frame, or no lost bytes");
	encode_all(&r);
	decode_all(&r);
	printf("%zu bytes, %zu frames of which %zu are noise by chance, %zu errors, %zu gaps\n",
	       r.noise.len, r.got, r.got - r.noise.intact.n, r.errors,
	       r.noise.cuts);
	noise_free(&r.noise);
	free(r.dec);
	return 0;
}
