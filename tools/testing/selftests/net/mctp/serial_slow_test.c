// SPDX-License-Identifier: GPL-2.0
/*
 * A serial line as slow as real ones are: packets wait in the device's queue
 * for seconds, and none of them may be lost there, whatever queueing discipline
 * the system takes for other devices. The line is a pseudo terminal that is
 * read at 115200 baud.
 */
#include <net/if.h>

#include "mctp_test.h"

#define TYPE		0x7e
#define LOCAL		8
#define PEER		20

#define BAUD_BYTES	11520	/* a second, of 8N1 */
#define STEP_MS		50

FIXTURE(slow) {
	struct pty pty;
	struct stats before;
};

FIXTURE_SETUP(slow)
{
	char name[IFNAMSIZ];

	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, pty_new(&self->pty));
	ASSERT_EQ(0, pty_attach(&self->pty, name));
	ASSERT_EQ(0, link_up(name));
	ASSERT_EQ(0, addr_add(name, LOCAL));
	ASSERT_EQ(0, route_add(name, PEER, PEER, 0));
	ASSERT_EQ(0, stats_read(&self->before));
}

FIXTURE_TEARDOWN(slow)
{
}

/* What has been read of a line: where in a frame it is, and what has come */
struct wire {
	int	at;		/* bytes of the frame, without escapes */
	int	len;		/* of its packet */
	bool	escape;
	uint8_t	flags;		/* of the last packet's header */
	int	packets;
	int	gaps;		/* packets whose sequence is not the next */
	int	ends;		/* last packets of a message */
};

static void wire_packet(struct wire *w, uint8_t flags)
{
	if (w->packets && (flags & SEQ(3)) != SEQ((w->flags >> 4) + 1) &&
	    !(flags & SOM))
		w->gaps++;
	w->flags = flags;
	w->packets++;
	w->ends += !!(flags & EOM);
}

/* 7e 01 len, the packet with its escapes, two bytes of FCS, 7e */
static void wire_byte(struct wire *w, uint8_t byte)
{
	bool in_packet = w->at >= 3 && w->at < 3 + w->len;

	if (in_packet && byte == 0x7d) {
		w->escape = true;
		return;
	}
	if (w->at == 2)
		w->len = byte;
	if (w->at == 3 + 3)
		wire_packet(w, w->escape ? byte ^ 0x20 : byte);
	w->escape = false;
	w->at = w->at == 3 + w->len + 2 ? 0 : w->at + 1;
}

/* Read at the speed of the line until so many messages have ended, or nothing
 * comes any more
 */
static void wire_take(int fd, struct wire *w, int ends)
{
	uint8_t buf[BAUD_BYTES * STEP_MS / 1000];
	long end = now_ms() + WAIT_MS;
	ssize_t n, i;

	while (w->ends < ends && now_ms() < end) {
		n = read(fd, buf, sizeof(buf));
		for (i = 0; i < n; i++)
			wire_byte(w, buf[i]);
		if (n > 0)
			end = now_ms() + WAIT_MS;
		pause_ms(STEP_MS);
	}
}

TEST_F(slow, messages_that_wait_for_seconds_are_whole)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, 1);
	static uint8_t data[DATA_MAX];
	int fd = sock_new(), size = 1 << 20;
	struct wire wire = { };

	/* the first fills the line, the second waits behind it */
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size,
				sizeof(size)));
	ASSERT_EQ(DATA_MAX, send_to(fd, &to, data, DATA_MAX));
	ASSERT_EQ(DATA_MAX / 4, send_to(fd, &to, data, DATA_MAX / 4));
	wire_take(self->pty.master, &wire, 2);
	EXPECT_EQ(0, wire.gaps);
	EXPECT_EQ(2, wire.ends);
	EXPECT_EQ(MSG_MAX / BTU + MSG_MAX / BTU / 4, wire.packets);
	EXPECT_DROPS(&self->before, "");
}

TEST_HARNESS_MAIN
