/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two suites of reassembly start with, and their short words.
 */
#ifndef __MCTP_TEST_REASSEMBLY_TEST_H
#define __MCTP_TEST_REASSEMBLY_TEST_H

#include "fakes.h"

#define REASM_LOCAL	8
#define REASM_PEER	9
#define REASM_TYPE	0x7d
#define REASM_TAG	3

#define REASM_SOM	MCTP_HDR_SOM
#define REASM_EOM	MCTP_HDR_EOM
#define REASM_TO	MCTP_HDR_TO
#define REASM_SEQ(n)	(((n) & MCTP_HDR_SEQ_MASK) << MCTP_HDR_SEQ_SHIFT)

/**
 * struct reasm_ctx - what each test starts with
 * @pn: init_net's
 * @net: network of the test
 * @network: the same; referenced
 * @dev: a device in it, without link addresses, with %REASM_LOCAL
 * @sock: socket that takes requests of %REASM_TYPE in @net
 * @msk: the same
 * @msg: a message, its type byte first, of any length up to one byte too many
 * @buf: room for one that has arrived
 * @before: counters as the test begins
 * @strict_size: the namespace's setting, to be put back
 * @timeout_ms: likewise
 * @max_bytes: likewise
 *
 * Partial messages time out after a minute, unless the test says otherwise: a
 * host that stalls must not fail it.
 */
struct reasm_ctx {
	struct mctp_pernet	*pn;
	unsigned int		net;
	struct mctp_network	*network;
	struct mctp_fake_dev	*dev;
	struct socket		*sock;
	struct mctp_sock	*msk;
	u8			*msg;
	u8			*buf;
	struct mctp_fake_counts	before;
	int			strict_size;
	int			timeout_ms;
	unsigned int		max_bytes;
};

/** reasm_test_init() - before each test */
int reasm_test_init(struct kunit *test);

/** reasm_test_exit() - after each test: nothing may be held any more */
void reasm_test_exit(struct kunit *test);

/** reasm_rx() - @len bytes of the message at @off come as a packet of a request
 * from the peer; @flags without TO and tag
 */
void reasm_rx(struct kunit *test, u8 flags, size_t off, size_t len);

/** reasm_rx_message() - @len bytes of @msg come in packets of @packet bytes */
void reasm_rx_message(struct kunit *test, u8 dest, u8 src, u8 tagto,
		      unsigned int seq, const u8 *msg, size_t len,
		      size_t packet);

/** reasm_expect_message_of() - @msg is next in a socket, byte for byte */
void reasm_expect_message_of(struct kunit *test, struct socket *sock, u8 src,
			     u8 tagto, const u8 *msg, size_t len);

/** reasm_expect_message() - so are the first @len bytes of the test's message */
void reasm_expect_message(struct kunit *test, size_t len);

/** reasm_expect_nothing() - no message is in the socket */
void reasm_expect_nothing(struct kunit *test);

/** reasm_own_tag() - the socket waits for a response of @peer; returns its tag */
u8 reasm_own_tag(struct kunit *test, u8 peer, bool prealloc);

#endif /* __MCTP_TEST_REASSEMBLY_TEST_H */
