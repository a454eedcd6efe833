/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program's side of rtnetlink, for the suites of the core: requests go
 * through a netlink socket as a program's do, so that what rtnetlink itself
 * makes of them and of their answers is in the way of every test.
 */
#ifndef __MCTP_TEST_CLIENT_H
#define __MCTP_TEST_CLIENT_H

#include <kunit/test.h>
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/socket.h>
#include <net/netlink.h>

/* Bytes of one receive: also the greatest part of a dump that it is given */
#define MCTP_CLIENT_PART	4096

/**
 * struct mctp_client - a program that talks to rtnetlink
 * @sock: its socket, in init_net, with extended acks and strict checks
 * @seq: sequence of the last request
 * @request: the request that is being built, or was sent last
 * @sentence: what the last answer said in its extended ack; "" if nothing
 * @bad_attr: type of the attribute that it named; 0 if none
 * @done_flags: flags of the message that ended the last dump
 * @part: what was received last
 */
struct mctp_client {
	struct socket	*sock;
	u32		seq;
	struct sk_buff	*request;
	char		sentence[160];
	u16		bad_attr;
	u16		done_flags;
	u8		part[MCTP_CLIENT_PART] __aligned(NLMSG_ALIGNTO);
};

/** typedef mctp_client_fn - is given each message of an answer */
typedef void (*mctp_client_fn)(const struct nlmsghdr *nlh, void *data);

/** mctp_client_open() - a new program; ends with the test */
struct mctp_client *mctp_client_open(struct kunit *test);

/** mctp_client_strict() - are dumps to be checked strictly? They are at first */
void mctp_client_strict(struct kunit *test, struct mctp_client *client,
			bool on);

/** mctp_client_join() - receive what is notified to a group, from now on */
void mctp_client_join(struct kunit *test, struct mctp_client *client,
		      unsigned int group);

/** mctp_client_begin() - a new request: of @hdr only the first @len bytes */
void mctp_client_begin(struct kunit *test, struct mctp_client *client,
		       u16 type, u16 flags, const void *hdr, size_t len);

/** mctp_client_put() - one more attribute, @len bytes of @data */
void mctp_client_put(struct kunit *test, struct mctp_client *client, u16 type,
		     const void *data, size_t len);

/** mctp_client_put_raw() - bytes that may be no attribute */
void mctp_client_put_raw(struct kunit *test, struct mctp_client *client,
			 const void *data, size_t len);

/** mctp_client_nest() - what is put until mctp_client_nest_end() is in it */
struct nlattr *mctp_client_nest(struct kunit *test, struct mctp_client *client,
				u16 type);

/** mctp_client_nest_end() - the last attribute of a nest was put */
void mctp_client_nest_end(struct mctp_client *client, struct nlattr *nest);

/** mctp_client_talk() - send the request; returns what its ack says */
int mctp_client_talk(struct kunit *test, struct mctp_client *client);

/** mctp_client_get() - send a request that is answered by one message, and
 * have that message, or an ERR_PTR
 */
const struct nlmsghdr *mctp_client_get(struct kunit *test,
				       struct mctp_client *client);

/** mctp_client_send() - send a request for a dump */
void mctp_client_send(struct kunit *test, struct mctp_client *client);

/** mctp_client_read() - a part of a dump, each message given to @fn; returns 1
 * if there is more to come, 0 at the end, or the error that ended it
 */
int mctp_client_read(struct kunit *test, struct mctp_client *client,
		     mctp_client_fn fn, void *data);

/** mctp_client_notified() - a notification, or NULL if there is none */
const struct nlmsghdr *mctp_client_notified(struct kunit *test,
					    struct mctp_client *client);

#endif /* __MCTP_TEST_CLIENT_H */
