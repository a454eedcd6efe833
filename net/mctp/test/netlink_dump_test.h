/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two suites of netlink's dumps start with, and their short words.
 */
#ifndef __MCTP_TEST_NETLINK_DUMP_TEST_H
#define __MCTP_TEST_NETLINK_DUMP_TEST_H

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include "client.h"
#include "fakes.h"

#define DUMP_DEVS	3
/* Room for the header of each kind */
#define DUMP_HDR	16

/**
 * struct dump_kind - what is dumped: addresses, neighbours or direct routes,
 * each of a device and an EID
 * @name: of the three
 * @type: RTM_GET...
 * @hdrlen: length of the family's header
 * @dumpit: the function that shows them
 * @add: a new one; under RTNL
 * @del: one that is there; under RTNL
 */
struct dump_kind {
	const char	*name;
	u16		type;
	size_t		hdrlen;
	int		(*dumpit)(struct sk_buff *skb,
				  struct netlink_callback *cb);
	int		(*add)(struct mctp_fake_dev *dev, u8 eid);
	int		(*del)(struct mctp_fake_dev *dev, u8 eid);
};

/* Addresses, neighbours, routes */
extern const struct dump_kind dump_kinds[3];

/**
 * struct dump_ctx - what each test starts with
 * @dev: two devices of one network and one of another, with link addresses
 * @client: a program
 * @seen: how often an EID of a device was shown
 * @here: is it there? Kept by dump_add() and dump_del()
 * @fresh: it was added while the dump ran
 * @shown: all that was shown since dump_forget()
 * @last_dev: device of what was shown last
 * @last_eid: its EID
 * @msglen: bytes of each message
 */
struct dump_ctx {
	struct mctp_fake_dev	*dev[DUMP_DEVS];
	struct mctp_client	*client;
	u8			seen[DUMP_DEVS][MCTP_EIDS];
	bool			here[DUMP_DEVS][MCTP_EIDS];
	bool			fresh[DUMP_DEVS][MCTP_EIDS];
	unsigned int		shown;
	unsigned int		last_dev;
	u8			last_eid;
	unsigned int		msglen;
};

/**
 * struct dump - a dump that is cut where the test wants it
 * @cb: as netlink keeps it
 * @request: what started it
 */
struct dump {
	struct netlink_callback	cb;
	struct sk_buff		*request;
};

/** dump_kind_desc() - the kind's name */
void dump_kind_desc(const struct dump_kind *kind, char *desc);

/** dump_test_init() - before each test */
int dump_test_init(struct kunit *test);

/** dump_add() - a new one of the test's kind */
void dump_add(struct kunit *test, unsigned int d, u8 eid);

/** dump_del() - one that is there goes */
void dump_del(struct kunit *test, unsigned int d, u8 eid);

/** dump_fill() - the same EIDs on each device: @count of them, from @first,
 * @step apart
 */
void dump_fill(struct kunit *test, u8 first, unsigned int step,
	       unsigned int count);

/** dump_note() - a message is shown, to a struct dump_ctx; of other families
 * it is none of ours
 */
void dump_note(const struct nlmsghdr *nlh, void *data);

/** dump_expect_just() - what is there on device @only was shown, or on all if
 * that is -1, and nothing else
 */
void dump_expect_just(struct kunit *test, int only);

/** dump_begin() - a dump by parts: @family AF_MCTP or AF_UNSPEC; of the header
 * only the first @len bytes
 */
void dump_begin(struct kunit *test, struct dump *dump, u8 family, size_t len,
		int ifindex);

/** dump_part() - the next part, of @size bytes at most; what the function said */
int dump_part(struct kunit *test, struct dump *dump, unsigned int size);

/** dump_request() - a dump by the program: @len bytes of the header; the index
 * in it, or for routes as an attribute
 */
void dump_request(struct kunit *test, u8 family, size_t len, int ifindex);

/** dump_run() - all of it; the error that it ended with */
int dump_run(struct kunit *test);

#endif /* __MCTP_TEST_NETLINK_DUMP_TEST_H */
