// SPDX-License-Identifier: GPL-2.0
/*
 * Noise on a serial line, ten million bytes of it, with frames in between: the
 * device receives every frame that nothing has touched, and no packet that is no
 * frame. On a kernel that is slow by its checks there is less of it.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "mctp_test.h"
#include "serial_noise.h"

#define BYTES		10000000
#define BYTES_SLOW	300000
#define SEED		20
/* At once to the line, which holds 64 KiB */
#define RUN_MAX		4000
/* For what a line full of frames may have become */
#define ROOM		(16 << 20)

FIXTURE(line) {
	struct pty pty;
	char name[IFNAMSIZ];
	int ear;
	struct noise noise;
	size_t got;
	long wrong;
	struct link_info was;
};

#define SELF FIXTURE_DATA(line) *self

static size_t how_many(void)
{
	return access("/sys/kernel/debug/kmemleak", F_OK) ? BYTES : BYTES_SLOW;
}

FIXTURE_SETUP(line)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_MCTP),
	};
	int room = ROOM;

	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, pty_new(&self->pty));
	ASSERT_EQ(0, pty_attach(&self->pty, self->name));
	ASSERT_EQ(0, link_get(self->name, &self->was));
	at.sll_ifindex = self->was.ifindex;
	self->ear = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	ASSERT_LE(0, self->ear);
	ASSERT_EQ(0, setsockopt(self->ear, SOL_SOCKET, SO_RCVBUFFORCE, &room,
				sizeof(room)));
	ASSERT_EQ(0, bind(self->ear, (struct sockaddr *)&at, sizeof(at)));
	ASSERT_EQ(0, link_up(self->name));
	noise_make(&self->noise, SEED, how_many(), false);
	ASSERT_TRUE(noise_sound(&self->noise));
	ASSERT_LT(how_many() / 500, self->noise.intact.n);
}

FIXTURE_TEARDOWN(line)
{
	noise_free(&self->noise);
}

/* Take the packets that are there, as the next ones. */
static void take(SELF)
{
	const struct noise_packet *want;
	uint8_t packet[512];
	ssize_t n;

	while ((n = recv(self->ear, packet, sizeof(packet), 0)) >= 0) {
		want = &self->noise.wanted.packet[self->got];
		if (self->got < self->noise.wanted.n && n == want->len &&
		    !memcmp(packet, self->noise.packets + want->at, n))
			self->got++;
		else
			self->wrong++;
	}
}

TEST_F(line, every_frame_in_noise_is_received)
{
	struct noise *noise = &self->noise;
	struct link_info now;
	size_t at, n;
	long end;

	for (at = 0; at < noise->len && !self->wrong; at += n) {
		n = 1 + noise_below(noise, RUN_MAX);
		if (n > noise->len - at)
			n = noise->len - at;
		ASSERT_EQ(0, wire_write(self->pty.master, noise->line + at, n));
		take(self);
	}
	end = now_ms() + WAIT_MS;
	while (self->got < noise->wanted.n && !self->wrong && now_ms() < end) {
		sock_polls(self->ear, POLLIN, 100);
		take(self);
	}
	EXPECT_EQ(0, self->wrong);
	EXPECT_EQ(noise->wanted.n, self->got);

	ASSERT_EQ(0, link_get(self->name, &now));
	EXPECT_EQ(noise->wanted.n,
		  now.stats.rx_packets - self->was.stats.rx_packets);
	/* Of the items on the line a half are bad, and most of them an error */
	EXPECT_LT(noise->wanted.n / 2,
		  now.stats.rx_errors - self->was.stats.rx_errors);
	EXPECT_EQ(0, now.stats.rx_dropped - self->was.stats.rx_dropped);
	TH_LOG("%zu bytes, %zu packets, %lld errors", noise->len, self->got,
	       (long long)(now.stats.rx_errors - self->was.stats.rx_errors));
}

TEST_HARNESS_MAIN
