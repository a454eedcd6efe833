/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of packets have: two buses, each a TUN device, and a socket
 * that takes requests.
 */
#ifndef MCTP_TEST_PACKETS_H
#define MCTP_TEST_PACKETS_H

#include "mctp_test.h"

#define TYPE		0x7e
#define IC		0x80
#define LOCAL		8	/* ours, on the bus */
#define LOCAL2		9
#define PEER		20	/* theirs */
#define PEER2		21
#define FAR		30	/* by the second bus */
#define NOBODY		200	/* where no route leads */

#define REASM_PATH	"/proc/thread-self/net/mctp/reassembly"

FIXTURE(packets) {
	int bus;
	int bus2;
	int fd;			/* takes requests of TYPE */
	struct stats before;
	struct sockaddr_mctp to;
	uint8_t data[DATA_MAX + 1];	/* with its type byte first */
	uint8_t got[DATA_MAX + 1];
};

FIXTURE_SETUP(packets)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_bus("bus", PEER, FAR - 1);
	ASSERT_LE(0, self->bus);
	self->bus2 = tun_bus("bus2", FAR, FAR + 9);
	ASSERT_LE(0, self->bus2);
	ASSERT_EQ(0, addr_add("bus", LOCAL));
	ASSERT_EQ(0, addr_add("bus", LOCAL2));
	self->fd = sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, TYPE);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, PEER, TYPE, OWNER);
	pattern(self->data, sizeof(self->data), 1);
	self->data[0] = TYPE;
}

FIXTURE_TEARDOWN(packets)
{
}

#define SELF FIXTURE_DATA(packets) *self

/* A packet of the message in data[], from @off on, of @len bytes */
static inline int piece(SELF, uint8_t flags, size_t off, size_t len)
{
	return tun_send(self->bus, LOCAL, PEER, flags, self->data + off, len);
}

/* The message in data[], of @len bytes with its type, has come */
static inline bool came(SELF, size_t len)
{
	ssize_t n = recv_from(self->fd, self->got, sizeof(self->got), NULL);

	return n == (ssize_t)len - 1 && !memcmp(self->got, self->data + 1, n);
}

/* A packet that is forwarded shows that those before were not */
static inline bool bus2_is_quiet(SELF)
{
	static const uint8_t mark[] = { TYPE, 'm', 'a', 'r', 'k' };
	uint8_t packet[80];

	if (tun_send(self->bus, FAR + 9, PEER2, WHOLE | TO, mark,
		     sizeof(mark)))
		return false;
	return tun_recv(self->bus2, packet, sizeof(packet)) ==
	       HDR_LEN + sizeof(mark) &&
	       !memcmp(packet + HDR_LEN, mark, sizeof(mark));
}

/* The EID that a message from @fd is from */
static inline ssize_t source_of(SELF, int fd)
{
	uint8_t packet[80];
	ssize_t n = send_to(fd, &self->to, "q", 1);

	if (n < 0)
		return n;
	n = tun_recv(self->bus, packet, sizeof(packet));
	return n < 0 ? n : packet[2];
}

#endif /* MCTP_TEST_PACKETS_H */
