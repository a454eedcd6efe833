// SPDX-License-Identifier: GPL-2.0
/*
 * Which of our EIDs an answer is sent from: what a socket remembers of the
 * requests that it has read, and what it then sends.
 */
#include <kunit/test.h>
#include "../mctp_priv.h"
#include "fakes.h"
#include "suites.h"

#define ANSWER_TYPE	0x7b
#define ANSWER_FIRST	8	/* local EIDs of the device; an answer's source */
#define ANSWER_SECOND	20	/* if nothing is known is the first */
#define ANSWER_PEER	9

/**
 * struct answer_ctx - what each test starts with
 * @net: network of the test
 * @dev: a device in it with two EIDs and a route to %ANSWER_PEER
 * @sock: a socket that takes requests to any EID
 * @msk: the same
 */
struct answer_ctx {
	unsigned int		net;
	struct mctp_fake_dev	*dev;
	struct socket		*sock;
	struct mctp_sock	*msk;
};

static int answer_test_init(struct kunit *test)
{
	struct answer_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->net = mctp_fake_network(test);
	ctx->dev = mctp_fake_dev(test, ctx->net, 68, 0);
	mctp_fake_eid(test, ctx->dev, ANSWER_FIRST);
	mctp_fake_eid(test, ctx->dev, ANSWER_SECOND);
	mctp_fake_route(test, ctx->dev, ANSWER_PEER, ANSWER_PEER + 1, 0);
	ctx->sock = mctp_fake_socket(test);
	ctx->msk = mctp_sk(ctx->sock->sk);
	KUNIT_ASSERT_EQ(test, 0,
			mctp_fake_bind(ctx->sock, ctx->net, MCTP_ADDR_ANY,
				       ANSWER_TYPE));
	test->priv = ctx;
	return 0;
}

/* A request, or a response where @tag has no TO, was read */
static void answer_note(struct mctp_sock *msk, unsigned int net, u8 peer,
			u8 tag, u8 dest)
{
	const struct mctp_skb_cb cb = {
		.net = net, .src = peer, .tag = tag, .dest = dest,
	};

	mctp_answer_note(msk, &cb);
}

#define ANSWER_TO(value)	(MCTP_HDR_TO | (value))

/* --- what is remembered --- */

static void socket_that_has_read_nothing_knows_nothing(struct kunit *test)
{
	struct answer_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, 0, mctp_answer_source(ctx->msk, ctx->net,
						    ANSWER_PEER, 0));
	KUNIT_EXPECT_NULL(test, ctx->msk->answers);
}

static void answer_comes_from_where_the_request_went_to(struct kunit *test)
{
	struct answer_ctx *ctx = test->priv;

	answer_note(ctx->msk, ctx->net, ANSWER_PEER, ANSWER_TO(3), 20);
	KUNIT_EXPECT_EQ(test, 20, mctp_answer_source(ctx->msk, ctx->net,
						     ANSWER_PEER, 3));
	/* as often as it is asked for */
	KUNIT_EXPECT_EQ(test, 20, mctp_answer_source(ctx->msk, ctx->net,
						     ANSWER_PEER, 3));
}

static void later_request_of_the_same_tag_counts(struct kunit *test)
{
	struct answer_ctx *ctx = test->priv;
	unsigned int dest;

	for (dest = MCTP_EID_MIN; dest <= MCTP_EID_MAX; dest++) {
		answer_note(ctx->msk, ctx->net, ANSWER_PEER, ANSWER_TO(3),
			    dest);
		KUNIT_EXPECT_EQ(test, dest,
				mctp_answer_source(ctx->msk, ctx->net,
						   ANSWER_PEER, 3));
	}
}

/* In what an answer is not to the request that was read */
struct answer_other {
	const char	*name;
	unsigned int	net;	/* beside the test's */
	u8		peer;
	u8		value;
};

static const struct answer_other answer_others[] = {
	{ "next network", 1, ANSWER_PEER, 3 },
	{ "network far off", 1u << 31, ANSWER_PEER, 3 },
	{ "next peer", 0, ANSWER_PEER + 1, 3 },
	{ "null peer", 0, MCTP_ADDR_NULL, 3 },
	{ "last peer", 0, MCTP_EID_MAX, 3 },
	{ "next tag", 0, ANSWER_PEER, 4 },
	{ "tag 0", 0, ANSWER_PEER, 0 },
	{ "tag 7", 0, ANSWER_PEER, 7 },
};

static void answer_other_desc(const struct answer_other *o, char *desc)
{
	strscpy(desc, o->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(answer_other, answer_others, answer_other_desc);

static void answer_to_another_request_knows_nothing(struct kunit *test)
{
	const struct answer_other *o = test->param_value;
	struct answer_ctx *ctx = test->priv;
	unsigned int net = ctx->net ^ o->net;

	answer_note(ctx->msk, ctx->net, ANSWER_PEER, ANSWER_TO(3), 20);
	KUNIT_EXPECT_EQ(test, 0, mctp_answer_source(ctx->msk, net, o->peer,
						    o->value));
	/* nor does it once that was read as well, for the first */
	answer_note(ctx->msk, net, o->peer, ANSWER_TO(o->value), 30);
	KUNIT_EXPECT_EQ(test, 30, mctp_answer_source(ctx->msk, net, o->peer,
						     o->value));
	KUNIT_EXPECT_NE(test, 30, mctp_answer_source(ctx->msk, ctx->net,
						     ANSWER_PEER, 3));
}

/* An entry can be overwritten by another's, and is never taken for it */
static void overwritten_request_is_forgotten_and_never_mistaken(struct kunit *test)
{
	struct answer_ctx *ctx = test->priv;
	unsigned int peer, value, known = 0;

	for (peer = MCTP_EID_MIN; peer <= MCTP_EID_MAX; peer++)
		for (value = 0; value < MCTP_TAGS; value++) {
			answer_note(ctx->msk, ctx->net, peer, ANSWER_TO(value),
				    peer);
			KUNIT_EXPECT_EQ(test, peer,
					mctp_answer_source(ctx->msk, ctx->net,
							   peer, value));
		}
	for (peer = MCTP_EID_MIN; peer <= MCTP_EID_MAX; peer++)
		for (value = 0; value < MCTP_TAGS; value++) {
			u8 dest = mctp_answer_source(ctx->msk, ctx->net, peer,
						     value);

			KUNIT_EXPECT_TRUE(test, !dest || dest == peer);
			known += dest == peer;
		}
	/* of some 2,000; but not of so few that it is of no use */
	KUNIT_EXPECT_LE(test, known, 64);
	KUNIT_EXPECT_GE(test, known, 32);
}

static void sockets_remember_each_for_itself(struct kunit *test)
{
	struct answer_ctx *ctx = test->priv;
	struct socket *other = mctp_fake_socket(test);

	KUNIT_ASSERT_EQ(test, 0, mctp_fake_bind(other, ctx->net, MCTP_ADDR_ANY,
						ANSWER_TYPE + 1));
	answer_note(ctx->msk, ctx->net, ANSWER_PEER, ANSWER_TO(3), 20);
	KUNIT_EXPECT_EQ(test, 0,
			mctp_answer_source(mctp_sk(other->sk), ctx->net,
					   ANSWER_PEER, 3));
	answer_note(mctp_sk(other->sk), ctx->net, ANSWER_PEER, ANSWER_TO(3),
		    30);
	KUNIT_EXPECT_EQ(test, 20, mctp_answer_source(ctx->msk, ctx->net,
						     ANSWER_PEER, 3));
}

/* What is no request to one EID of ours, or from where there is no choice */
struct answer_none {
	const char	*name;
	u8		tag;
	u8		dest;
};

static const struct answer_none answer_nones[] = {
	{ "response", 3, 20 },
	{ "request to null", ANSWER_TO(3), MCTP_ADDR_NULL },
	{ "request to 7", ANSWER_TO(3), 7 },
	{ "request to all", ANSWER_TO(3), MCTP_ADDR_ANY },
};

static void answer_none_desc(const struct answer_none *n, char *desc)
{
	strscpy(desc, n->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(answer_none, answer_nones, answer_none_desc);

static void what_is_no_request_to_one_eid_is_not_noted(struct kunit *test)
{
	const struct answer_none *n = test->param_value;
	struct answer_ctx *ctx = test->priv;

	answer_note(ctx->msk, ctx->net, ANSWER_PEER, n->tag, n->dest);
	KUNIT_EXPECT_NULL(test, ctx->msk->answers);
	/* and overwrites nothing */
	answer_note(ctx->msk, ctx->net, ANSWER_PEER, ANSWER_TO(3), 254);
	answer_note(ctx->msk, ctx->net, ANSWER_PEER, n->tag, n->dest);
	KUNIT_EXPECT_EQ(test, 254, mctp_answer_source(ctx->msk, ctx->net,
						      ANSWER_PEER, 3));
}

static void socket_that_is_bound_to_one_eid_notes_nothing(struct kunit *test)
{
	struct socket *sock = mctp_fake_socket(test);
	struct answer_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, 0, mctp_fake_bind(sock, ctx->net, ANSWER_SECOND,
						ANSWER_TYPE));
	answer_note(mctp_sk(sock->sk), ctx->net, ANSWER_PEER, ANSWER_TO(3),
		    ANSWER_SECOND);
	KUNIT_EXPECT_NULL(test, mctp_sk(sock->sk)->answers);
}

static void socket_that_is_not_bound_notes_nothing(struct kunit *test)
{
	struct socket *sock = mctp_fake_socket(test);
	struct answer_ctx *ctx = test->priv;

	answer_note(mctp_sk(sock->sk), ctx->net, ANSWER_PEER, ANSWER_TO(3), 20);
	KUNIT_EXPECT_NULL(test, mctp_sk(sock->sk)->answers);
}

/* --- what is sent --- */

static void answer_rx(struct kunit *test, u8 dest, u8 peer, u8 value)
{
	static const u8 msg[] = { ANSWER_TYPE, 1, 2, 3 };
	struct answer_ctx *ctx = test->priv;

	mctp_fake_rx(test, ctx->dev, dest, peer,
		     MCTP_HDR_SOM | MCTP_HDR_EOM | ANSWER_TO(value), msg,
		     sizeof(msg));
}

static void answer_read(struct kunit *test)
{
	struct answer_ctx *ctx = test->priv;
	u8 buf[8];

	KUNIT_ASSERT_EQ(test, 3, mctp_fake_recv(ctx->sock, NULL, buf,
						sizeof(buf)));
}

/* The EID that an answer is sent from */
static u8 answer_send(struct kunit *test, u8 peer, u8 value)
{
	struct answer_ctx *ctx = test->priv;
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, 3, mctp_fake_send(ctx->sock, ctx->net, peer,
						ANSWER_TYPE, value, "abc", 3));
	skb = mctp_fake_tx(test, ctx->dev);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb->data[1], peer);
	KUNIT_EXPECT_EQ(test, skb->data[3] & MCTP_HDR_TAGTO_MASK, value);
	return skb->data[2];
}

static void answers_go_out_from_the_eid_of_each_request(struct kunit *test)
{
	answer_rx(test, ANSWER_SECOND, ANSWER_PEER, 3);
	answer_rx(test, ANSWER_FIRST, ANSWER_PEER, 4);
	answer_rx(test, ANSWER_SECOND, ANSWER_PEER + 1, 4);
	answer_read(test);
	answer_read(test);
	answer_read(test);
	/* in another order than they came */
	KUNIT_EXPECT_EQ(test, answer_send(test, ANSWER_PEER, 4), ANSWER_FIRST);
	KUNIT_EXPECT_EQ(test, answer_send(test, ANSWER_PEER, 3), ANSWER_SECOND);
	KUNIT_EXPECT_EQ(test, answer_send(test, ANSWER_PEER + 1, 4),
			ANSWER_SECOND);
	/* to what nobody asked, the first EID answers */
	KUNIT_EXPECT_EQ(test, answer_send(test, ANSWER_PEER + 1, 3),
			ANSWER_FIRST);
}

static void request_counts_once_it_was_read(struct kunit *test)
{
	answer_rx(test, ANSWER_SECOND, ANSWER_PEER, 3);
	KUNIT_EXPECT_EQ(test, answer_send(test, ANSWER_PEER, 3), ANSWER_FIRST);
	answer_read(test);
	KUNIT_EXPECT_EQ(test, answer_send(test, ANSWER_PEER, 3), ANSWER_SECOND);
}

/* nor does another: its answer would be that to another request */
static void eid_that_is_not_ours_any_more_does_not_answer(struct kunit *test)
{
	struct answer_ctx *ctx = test->priv;
	int err;

	answer_rx(test, ANSWER_SECOND, ANSWER_PEER, 3);
	answer_read(test);
	rtnl_lock();
	err = mctp_dev_del_eid(ctx->dev->mdev, ANSWER_SECOND, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, answer_send(test, ANSWER_PEER, 3), MCTP_ADDR_NULL);
}

static void answer_to_a_request_to_all_comes_from_the_first_eid(struct kunit *test)
{
	answer_rx(test, MCTP_ADDR_ANY, ANSWER_PEER, 3);
	answer_rx(test, MCTP_ADDR_NULL, ANSWER_PEER, 4);
	answer_read(test);
	answer_read(test);
	KUNIT_EXPECT_EQ(test, answer_send(test, ANSWER_PEER, 3), ANSWER_FIRST);
	KUNIT_EXPECT_EQ(test, answer_send(test, ANSWER_PEER, 4), ANSWER_FIRST);
}

static void request_goes_out_from_the_first_eid_all_the_same(struct kunit *test)
{
	struct answer_ctx *ctx = test->priv;
	struct sk_buff *skb;

	answer_rx(test, ANSWER_SECOND, ANSWER_PEER, 0);
	answer_read(test);
	KUNIT_ASSERT_EQ(test, 3,
			mctp_fake_send(ctx->sock, ctx->net, ANSWER_PEER,
				       ANSWER_TYPE, MCTP_TAG_OWNER, "abc", 3));
	skb = mctp_fake_tx(test, ctx->dev);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb->data[2], ANSWER_FIRST);
	/* its tag is the one that was read, or this says nothing */
	KUNIT_EXPECT_EQ(test, skb->data[3] & MCTP_HDR_TAGTO_MASK, ANSWER_TO(0));
}

static struct kunit_case mctp_answer_cases[] = {
	KUNIT_CASE(socket_that_has_read_nothing_knows_nothing),
	KUNIT_CASE(answer_comes_from_where_the_request_went_to),
	KUNIT_CASE(later_request_of_the_same_tag_counts),
	KUNIT_CASE_PARAM(answer_to_another_request_knows_nothing,
			 answer_other_gen_params),
	KUNIT_CASE(overwritten_request_is_forgotten_and_never_mistaken),
	KUNIT_CASE(sockets_remember_each_for_itself),
	KUNIT_CASE_PARAM(what_is_no_request_to_one_eid_is_not_noted,
			 answer_none_gen_params),
	KUNIT_CASE(socket_that_is_bound_to_one_eid_notes_nothing),
	KUNIT_CASE(socket_that_is_not_bound_notes_nothing),
	KUNIT_CASE(answers_go_out_from_the_eid_of_each_request),
	KUNIT_CASE(request_counts_once_it_was_read),
	KUNIT_CASE(eid_that_is_not_ours_any_more_does_not_answer),
	KUNIT_CASE(answer_to_a_request_to_all_comes_from_the_first_eid),
	KUNIT_CASE(request_goes_out_from_the_first_eid_all_the_same),
	{}
};

struct kunit_suite mctp_answer_suite = {
	.name = "mctp_answer",
	.init = answer_test_init,
	.test_cases = mctp_answer_cases,
};
