/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites of netlink start with, and how they say what is requested
 * and what must be answered.
 */
#ifndef __MCTP_TEST_NETLINK_TEST_H
#define __MCTP_TEST_NETLINK_TEST_H

#include <linux/rtnetlink.h>
#include "client.h"
#include "fakes.h"

/* What there is as a test begins; a route by a gateway is NETLINK_VIA's */
#define NETLINK_EID		20	/* local EID of the bus */
#define NETLINK_NEIGH		30	/* neighbour on the bus */
#define NETLINK_HW		0x31	/* its link address */
#define NETLINK_FIRST		40	/* route by the bus, its first EID */
#define NETLINK_LAST		50	/* and its last */
#define NETLINK_VIA		60	/* route by NETLINK_NEIGH, one EID */

/**
 * enum netlink_dev - a device, in a request that is written down before it is
 * known by which index
 * @NETLINK_BUS: with link addresses of one byte
 * @NETLINK_PLAIN: without link addresses
 * @NETLINK_WIDE: with link addresses as long as they can be
 * @NETLINK_ETHER: one that cannot carry MCTP
 * @NETLINK_ZERO: index 0
 * @NETLINK_NEGATIVE: index -1
 * @NETLINK_ABSENT: an index that no device has
 */
enum netlink_dev {
	NETLINK_BUS = 1,
	NETLINK_PLAIN,
	NETLINK_WIDE,
	NETLINK_ETHER,
	NETLINK_ZERO,
	NETLINK_NEGATIVE,
	NETLINK_ABSENT,
};

#define NETLINK_DEVS	(NETLINK_ETHER + 1)

/**
 * struct netlink_attr - an attribute of a request
 * @put: there is one; a list of them ends with one that is not
 * @type: type
 * @len: bytes of @bytes
 * @dev: or the index of this device
 * @bytes: value
 * @number: the value as a number of 32 bits
 * @fq: the value as a gateway
 */
struct netlink_attr {
	bool			put;
	u16			type;
	u16			len;
	enum netlink_dev	dev;
	union {
		u8		bytes[MAX_ADDR_LEN + 1];
		u32		number;
		struct mctp_fq_addr fq;
	};
};

#define NETLINK_BYTES(type_, len_, ...)					\
	{ .put = true, .type = (type_), .len = (len_),			\
	  .bytes = { __VA_ARGS__ } }
#define NETLINK_U8(type_, value)	NETLINK_BYTES(type_, 1, value)
#define NETLINK_U32(type_, value)					\
	{ .put = true, .type = (type_), .len = 4, .number = (value) }
#define NETLINK_INDEX(type_, dev_)					\
	{ .put = true, .type = (type_), .len = 4, .dev = (dev_) }
#define NETLINK_FQ(type_, net_, eid_)					\
	{ .put = true, .type = (type_), .len = sizeof(struct mctp_fq_addr), \
	  .fq = { .net = (net_), .eid = (eid_) } }

/**
 * struct netlink_answer - what a request must be answered
 * @err: 0 or a negative error
 * @says: the sentence of a refusal; "" if it is rtnetlink's own to choose
 * @bad: type of the attribute that it names, or 0
 */
struct netlink_answer {
	int		err;
	const char	*says;
	u16		bad;
};

/**
 * struct netlink_ctx - what each test starts with
 * @net: network of the test
 * @network: the same; referenced
 * @dev: devices by enum netlink_dev, those that were asked for until now
 * @client: a program with all capabilities
 */
struct netlink_ctx {
	unsigned int		net;
	struct mctp_network	*network;
	struct mctp_fake_dev	*dev[NETLINK_DEVS];
	struct mctp_client	*client;
};

/** netlink_test_init() - before each test */
int netlink_test_init(struct kunit *test);

/** netlink_test_exit() - after each test: no reference may be left behind */
void netlink_test_exit(struct kunit *test);

/** netlink_dev() - a device, made now if it is not there yet: most tests need
 * the bus alone
 */
struct mctp_fake_dev *netlink_dev(struct kunit *test, enum netlink_dev which);

/** netlink_ifindex() - what the index of a device has come to be */
int netlink_ifindex(struct kunit *test, enum netlink_dev which);

/** netlink_put() - add a list of attributes to the request */
void netlink_put(struct kunit *test, const struct netlink_attr *attr,
		 size_t max);

/** netlink_expect() - send the request; what is refused changes nothing */
void netlink_expect(struct kunit *test, const struct netlink_answer *answer);

#endif /* __MCTP_TEST_NETLINK_TEST_H */
