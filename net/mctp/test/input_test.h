/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites of packets that come in start with, and their short words.
 */
#ifndef __MCTP_TEST_INPUT_TEST_H
#define __MCTP_TEST_INPUT_TEST_H

#include "fakes.h"

#define INPUT_LOCAL	8
#define INPUT_PEER	9
#define INPUT_FAR	20	/* by @out */
#define INPUT_FAR_LAST	29
#define INPUT_BEYOND	30	/* by a gateway, where there is one */
#define INPUT_TYPE	0x7c
#define INPUT_WHOLE	(MCTP_HDR_SOM | MCTP_HDR_EOM)
#define INPUT_REQUEST	(INPUT_WHOLE | MCTP_HDR_TO)

/* Link addresses on a bus */
#define INPUT_HW_FAR	0x31
#define INPUT_HW_GATEWAY 0x32

/**
 * struct input_ctx - what each test starts with
 * @net: network of the test
 * @in: device that packets come by; no link addresses, %INPUT_LOCAL
 * @out: another one, with a route to %INPUT_FAR and those after it
 * @sock: socket that takes requests of %INPUT_TYPE in @net
 * @msg: payload, its type byte first
 * @before: counters as the test begins
 */
struct input_ctx {
	unsigned int		net;
	struct mctp_fake_dev	*in;
	struct mctp_fake_dev	*out;
	struct socket		*sock;
	u8			msg[64];
	struct mctp_fake_counts	before;
};

/** input_test_init() - before each test */
int input_test_init(struct kunit *test);

/** input_rx() - the message comes as one packet by @in */
void input_rx(struct kunit *test, u8 dest, u8 src, u8 flags);

/** input_expect_nothing() - @sock has no message */
void input_expect_nothing(struct kunit *test, struct socket *sock);

/** input_expect_message() - @sock has the message, from there */
void input_expect_message(struct kunit *test, struct socket *sock,
			  unsigned int net, u8 src, u8 tagto);

/** input_expect_forwarded() - @n packets went on, and nothing was lost or delivered */
void input_expect_forwarded(struct kunit *test, unsigned long n);

/** input_expect_lost() - one packet was lost for @why; nothing went out or to the
 * socket
 */
void input_expect_lost(struct kunit *test, enum mctp_counter why);

#endif /* __MCTP_TEST_INPUT_TEST_H */
