// SPDX-License-Identifier: GPL-2.0
/*
 * Sequences of packets that come in by a virtual pair and by a serial line, and
 * are forwarded to these: the model of mctp_model.h says what must become of each.
 *
 *   MCTP_SEED=N      the chance to be repeated
 *   MCTP_SECONDS=N   for so long each (default: 1)
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>

#include "mctp_test.h"
#include "sequence.h"
#include "serial_noise.h"

#define SECONDS		1
#define ENOUGH		30	/* sequences, however slow the machine is */

/* A virtual pair; the other end is in a namespace without addresses */

static const char *pair_open(struct sequences *s)
{
	struct vmctp_pair pair = VMCTP_PAIR("near", "far");
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_MCTP),
	};
	int here = ns_fd();

	if (here < 0 || ns_new())
		return NULL;
	pair.peer_ns = ns_fd();
	if (ns_enter(here))
		return NULL;
	pair.mtu = 1500;
	if (vmctp_add(&pair) || ns_enter(pair.peer_ns))
		return NULL;
	at.sll_ifindex = if_nametoindex("far");
	s->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || link_up("far") ||
	    bind(s->fd, (void *)&at, sizeof(at)) || ns_enter(here) ||
	    link_up("near"))
		return NULL;
	close(pair.peer_ns);
	close(here);
	return "near";
}

static int pair_in(struct sequences *s, const void *packet, size_t len)
{
	return send(s->fd, packet, len, 0) == (ssize_t)len ? 0 : -errno;
}

static ssize_t pair_out(struct sequences *s, void *packet, size_t size, bool wait)
{
	ssize_t n;

	if (wait)
		sock_polls(s->fd, POLLIN, WAIT_MS);
	n = recv(s->fd, packet, size, 0);
	return n < 0 ? -errno : n;
}

static const struct wire pair = {
	.name = "vmctp", .least = HDR_LEN, .most = SEQUENCE_PACKET_MAX,
	.later = true, .back = true,
	.open = pair_open, .in = pair_in, .out = pair_out,
};

/* A serial line. The receiver is that of serial_noise.h, as deframe_byte() refuses
 * what no stack sends by itself, such as a header alone, which is forwarded.
 */

static struct {
	size_t	n;
	uint8_t	bytes[NOISE_FRAME_MAX];
} held;

static const char *line_open(struct sequences *s)
{
	static char name[IFNAMSIZ];
	static struct pty pty;

	held.n = 0;
	if (pty_new(&pty) || pty_attach(&pty, name) || link_mtu(name, 255) ||
	    link_up(name))
		return NULL;
	s->fd = pty.master;
	return name;
}

static int line_in(struct sequences *s, const void *packet, size_t len)
{
	uint8_t frame[NOISE_FRAME_MAX];

	return wire_write(s->fd, frame, noise_encode(frame, packet, len));
}

/* The length of the packet whose frame ends with this byte, 0, or an error */
static ssize_t line_byte(uint8_t byte, uint8_t *packet)
{
	size_t len;

	if (held.n == sizeof(held.bytes) || (!held.n && byte != NOISE_FLAG))
		return -EBADMSG;
	held.bytes[held.n++] = byte;
	if (byte != NOISE_FLAG)
		return 0;
	if (noise_decode(held.bytes, held.n, packet)) {
		len = held.bytes[2];
		/* this 7E may be the next one's as well */
		held.n = 1;
		return len;
	}
	if (held.n == 2 && held.bytes[0] == NOISE_FLAG)
		held.n = 1;
	return 0;
}

static ssize_t line_out(struct sequences *s, void *packet, size_t size, bool wait)
{
	uint8_t byte, got[NOISE_PACKET_MAX];
	long end = now_ms() + WAIT_MS;
	ssize_t n;

	for (;;) {
		n = read(s->fd, &byte, 1);
		if (n != 1 && (!wait || now_ms() > end))
			return -EAGAIN;
		if (n != 1) {
			sock_polls(s->fd, POLLIN, 10);
			continue;
		}
		n = line_byte(byte, got);
		if (n < 0)
			return n;
		if (!n)
			continue;
		memcpy(packet, got, (size_t)n < size ? (size_t)n : size);
		return n;
	}
}

static const struct wire line = {
	.name = "serial", .least = HDR_LEN, .most = 255,
	.later = true, .back = true,
	.open = line_open, .in = line_in, .out = line_out,
};

FIXTURE(wires) {
	struct sequences s;
};

FIXTURE_VARIANT(wires) {
	const struct wire *wire;
};

FIXTURE_VARIANT_ADD(wires, vmctp) {
	.wire = &pair,
};

FIXTURE_VARIANT_ADD(wires, serial) {
	.wire = &line,
};

FIXTURE_SETUP(wires)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, sequences_new(&self->s, variant->wire));
}

FIXTURE_TEARDOWN(wires)
{
}

TEST_F_TIMEOUT(wires, each_packet_does_what_the_rules_say, 7 * 86400)
{
	ASSERT_TRUE(sequences_for(&self->s, setting("MCTP_SECONDS", SECONDS),
				  ENOUGH));
	EXPECT_LT(ENOUGH, self->s.packets);
}

TEST_HARNESS_MAIN
