// SPDX-License-Identifier: GPL-2.0
/*
 * Binds: which socket takes a request, and which binds are in each other's way.
 */
#include <kunit/test.h>
#include "../mctp_priv.h"
#include "fakes.h"
#include "suites.h"

#define BIND_TYPE	0x7a
#define BIND_LOCAL	8
#define BIND_PEER	20

/**
 * struct bind_ctx - what each test starts with
 * @pn: init_net's
 * @net: a network of the test's own; no device is needed
 * @other: one more
 * @nr_binds: sockets bound before
 */
struct bind_ctx {
	struct mctp_pernet	*pn;
	unsigned int		net;
	unsigned int		other;
	unsigned int		nr_binds[MCTP_BIND_CLASSES];
};

/* Sockets in a class, of all types */
static unsigned int bind_count(const struct mctp_pernet *pn, unsigned int class)
{
	unsigned int type, sum = 0;

	for (type = 0; type < MCTP_TYPES; type++) {
		const struct mctp_bind_type *t = &pn->bind_types[type];

		sum += t->nr[class];
		if (!(t->classes & BIT(class)) != !t->nr[class])
			return UINT_MAX;
	}
	return sum;
}

static int bind_test_init(struct kunit *test)
{
	struct bind_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	unsigned int class;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->pn = mctp_pernet(&init_net);
	ctx->net = mctp_fake_network(test);
	ctx->other = mctp_fake_network(test);
	for (class = 0; class < ARRAY_SIZE(ctx->nr_binds); class++)
		ctx->nr_binds[class] = bind_count(ctx->pn, class);
	test->priv = ctx;
	return 0;
}

static struct mctp_sock *bind_lookup_by(struct kunit *test, unsigned int net,
					u8 type, u8 local, u8 peer, int ifindex)
{
	struct bind_ctx *ctx = test->priv;
	struct mctp_sock *msk;

	rcu_read_lock();
	msk = mctp_bind_lookup(ctx->pn, net, type, local, peer, ifindex);
	rcu_read_unlock();
	return msk;
}

static struct mctp_sock *bind_lookup(struct kunit *test, unsigned int net,
				     u8 local, u8 peer)
{
	return bind_lookup_by(test, net, BIND_TYPE, local, peer, 1);
}

/* A socket that must be bound; peer 0: not connected */
static struct socket *bind_socket(struct kunit *test, unsigned int net,
				  u8 local, u8 peer)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *sock = mctp_fake_socket(test);

	if (peer)
		KUNIT_ASSERT_EQ(test, mctp_fake_connect(sock, net ?: ctx->net,
							peer, BIND_TYPE), 0);
	KUNIT_ASSERT_EQ(test, mctp_fake_bind(sock, net, local, BIND_TYPE), 0);
	return sock;
}

static struct mctp_sock *bind_msk(struct socket *sock)
{
	return sock ? mctp_sk(sock->sk) : NULL;
}

static void bind_expect_counts_as_before(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	unsigned int class;

	for (class = 0; class < ARRAY_SIZE(ctx->nr_binds); class++)
		KUNIT_EXPECT_EQ_MSG(test, bind_count(ctx->pn, class),
				    ctx->nr_binds[class], "class %u", class);
}

/* --- conflicts */

/* Two binds, and if the second is in the way of the first */
struct bind_pair {
	const char	*name;
	int		second;		/* what the second bind returns */
	/* of the second; the first is (net, BIND_LOCAL, BIND_PEER) */
	bool		other_net;
	u8		local;
	u8		peer;
	u8		type;
};

static const struct bind_pair bind_pairs[] = {
	{ "the same four", -EADDRINUSE, false, 8, 20, 0x7a },
	{ "the same four, with the IC bit", -EADDRINUSE, false, 8, 20, 0xfa },
	{ "another type", 0, false, 8, 20, 0x7b },
	{ "another network", 0, true, 8, 20, 0x7a },
	{ "another local EID", 0, false, 9, 20, 0x7a },
	{ "any local EID", 0, false, MCTP_ADDR_ANY, 20, 0x7a },
	{ "another peer", 0, false, 8, 21, 0x7a },
	{ "no peer", 0, false, 8, 0, 0x7a },
};

static void bind_pair_name(const struct bind_pair *pair, char *desc)
{
	strscpy(desc, pair->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bind_pair, bind_pairs, bind_pair_name);

static void bind_of_the_same_four_is_in_use(struct kunit *test)
{
	const struct bind_pair *pair = test->param_value;
	struct bind_ctx *ctx = test->priv;
	unsigned int net = pair->other_net ? ctx->other : ctx->net;
	struct socket *sock = mctp_fake_socket(test);
	int err;

	bind_socket(test, ctx->net, BIND_LOCAL, BIND_PEER);
	if (pair->peer)
		KUNIT_ASSERT_EQ(test, mctp_fake_connect(sock, net, pair->peer,
							pair->type & 0x7f), 0);
	err = mctp_fake_bind(sock, net, pair->local, pair->type);
	KUNIT_EXPECT_EQ(test, err, pair->second);
	KUNIT_EXPECT_EQ(test, bind_msk(sock)->bound, !err);
}

static void wildcard_binds_conflict_with_themselves_only(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *sock = mctp_fake_socket(test);

	bind_socket(test, MCTP_NET_ANY, MCTP_ADDR_ANY, 0);
	bind_socket(test, ctx->net, MCTP_ADDR_ANY, 0);
	bind_socket(test, ctx->net, BIND_LOCAL, 0);
	KUNIT_EXPECT_EQ(test, mctp_fake_bind(sock, MCTP_NET_ANY, MCTP_ADDR_ANY,
					     BIND_TYPE), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, mctp_fake_bind(sock, ctx->net, MCTP_ADDR_ANY,
					     BIND_TYPE), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, mctp_fake_bind(sock, ctx->net, BIND_LOCAL,
					     BIND_TYPE), -EADDRINUSE);
	/* a bind that was refused leaves the socket free for another */
	KUNIT_EXPECT_EQ(test, mctp_fake_bind(sock, ctx->net, BIND_LOCAL + 1,
					     BIND_TYPE), 0);
}

static void bind_that_was_refused_counts_for_nothing(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *loser = mctp_fake_socket(test);
	struct socket *winner;

	winner = bind_socket(test, ctx->net, BIND_LOCAL, 0);
	KUNIT_EXPECT_EQ(test, mctp_fake_bind(loser, ctx->net, BIND_LOCAL,
					     BIND_TYPE), -EADDRINUSE);
	mctp_fake_socket_release(test, loser);
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, ctx->net, BIND_LOCAL, 20),
			    bind_msk(winner));
	mctp_fake_socket_release(test, winner);
	bind_expect_counts_as_before(test);
}

static void closed_socket_makes_room_for_its_bind(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *sock;

	sock = bind_socket(test, ctx->net, BIND_LOCAL, BIND_PEER);
	mctp_fake_socket_release(test, sock);
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->net, BIND_LOCAL,
					    BIND_PEER));
	sock = bind_socket(test, ctx->net, BIND_LOCAL, BIND_PEER);
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, ctx->net, BIND_LOCAL,
					      BIND_PEER), bind_msk(sock));
}

/* --- what is not taken */

static void request_that_differs_in_one_part_is_not_taken(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *sock;

	sock = bind_socket(test, ctx->net, BIND_LOCAL, BIND_PEER);
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->other, BIND_LOCAL,
					    BIND_PEER));
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->net, BIND_LOCAL + 1,
					    BIND_PEER));
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->net, BIND_LOCAL,
					    BIND_PEER + 1));
	KUNIT_EXPECT_NULL(test, bind_lookup_by(test, ctx->net, BIND_TYPE + 1,
					       BIND_LOCAL, BIND_PEER, 1));
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, ctx->net, BIND_LOCAL,
					      BIND_PEER), bind_msk(sock));
}

static void socket_that_only_connected_takes_nothing(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *sock = mctp_fake_socket(test);

	KUNIT_ASSERT_EQ(test, mctp_fake_connect(sock, ctx->net, BIND_PEER,
						BIND_TYPE), 0);
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->net, BIND_LOCAL,
					    BIND_PEER));
	bind_expect_counts_as_before(test);
}

static void request_to_null_or_all_is_for_binds_to_any_local(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *sock;

	bind_socket(test, ctx->net, BIND_LOCAL, 0);
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->net, MCTP_ADDR_NULL,
					    BIND_PEER));
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->net, MCTP_ADDR_ANY,
					    BIND_PEER));
	sock = bind_socket(test, ctx->net, MCTP_ADDR_ANY, 0);
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, ctx->net, MCTP_ADDR_NULL,
					      BIND_PEER), bind_msk(sock));
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, ctx->net, MCTP_ADDR_ANY,
					      BIND_PEER), bind_msk(sock));
}

/* --- what is meant */

static void integrity_bit_of_a_request_is_ignored(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *sock = mctp_fake_socket(test);

	KUNIT_ASSERT_EQ(test, mctp_fake_bind(sock, ctx->net, BIND_LOCAL,
					     BIND_TYPE | MCTP_TYPE_IC), 0);
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup_by(test, ctx->net, BIND_TYPE,
						 BIND_LOCAL, 20, 1),
			    bind_msk(sock));
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup_by(test, ctx->net,
						 BIND_TYPE | MCTP_TYPE_IC,
						 BIND_LOCAL, 20, 1),
			    bind_msk(sock));
}

static void specific_eid_without_a_network_is_of_the_default_one(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	unsigned int before = ctx->pn->sysctl_default_net;
	struct socket *sock = mctp_fake_socket(test);
	int err;

	/* a network of the test's own is the default while it binds */
	WRITE_ONCE(ctx->pn->sysctl_default_net, ctx->net);
	err = mctp_fake_bind(sock, MCTP_NET_ANY, BIND_LOCAL, BIND_TYPE);
	WRITE_ONCE(ctx->pn->sysctl_default_net, before);
	KUNIT_ASSERT_EQ(test, err, 0);

	KUNIT_EXPECT_EQ(test, bind_msk(sock)->bind_net, ctx->net);
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, ctx->net, BIND_LOCAL, 20),
			    bind_msk(sock));
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->other, BIND_LOCAL, 20));
	KUNIT_EXPECT_NULL(test, bind_lookup(test, before, BIND_LOCAL, 20));
}

static void bind_to_nothing_takes_from_every_network(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *sock;

	sock = bind_socket(test, MCTP_NET_ANY, MCTP_ADDR_ANY, 0);
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, ctx->net, 8, 20),
			    bind_msk(sock));
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, ctx->other, 254, 0),
			    bind_msk(sock));
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, UINT_MAX, 0, 254),
			    bind_msk(sock));
}

static void connected_socket_bound_to_any_network_has_its_peers(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *sock;

	sock = bind_socket(test, MCTP_NET_ANY, MCTP_ADDR_ANY, BIND_PEER);
	KUNIT_EXPECT_EQ(test, bind_msk(sock)->bind_net, ctx->net);
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->other, 8, BIND_PEER));
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->net, 8, BIND_PEER + 1));
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, ctx->net, 8, BIND_PEER),
			    bind_msk(sock));
}

/* --- specificity: the five kinds, the most specific first */

#define BIND_KINDS	5

static struct socket *bind_kind(struct kunit *test, unsigned int kind)
{
	struct bind_ctx *ctx = test->priv;

	switch (kind) {
	case 0:
		return bind_socket(test, ctx->net, BIND_LOCAL, BIND_PEER);
	case 1:
		return bind_socket(test, ctx->net, MCTP_ADDR_ANY, BIND_PEER);
	case 2:
		return bind_socket(test, ctx->net, BIND_LOCAL, 0);
	case 3:
		return bind_socket(test, ctx->net, MCTP_ADDR_ANY, 0);
	default:
		return bind_socket(test, MCTP_NET_ANY, MCTP_ADDR_ANY, 0);
	}
}

static bool bind_kind_matches(unsigned int kind, bool net, bool local, bool peer)
{
	switch (kind) {
	case 0:
		return net && local && peer;
	case 1:
		return net && peer;
	case 2:
		return net && local;
	case 3:
		return net;
	default:
		return true;
	}
}

/* The first of @socks that takes such a request, as the contract orders them */
static struct socket *bind_expected(struct socket **socks, bool net, bool local,
				    bool peer)
{
	unsigned int kind;

	for (kind = 0; kind < BIND_KINDS; kind++)
		if (socks[kind] && bind_kind_matches(kind, net, local, peer))
			return socks[kind];
	return NULL;
}

static void bind_check_all_requests(struct kunit *test, struct socket **socks)
{
	struct bind_ctx *ctx = test->priv;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		bool net = i & 1, local = i & 2, peer = i & 4;
		struct mctp_sock *got;

		got = bind_lookup(test, net ? ctx->net : ctx->other,
				  local ? BIND_LOCAL : BIND_LOCAL + 1,
				  peer ? BIND_PEER : BIND_PEER + 1);
		KUNIT_EXPECT_PTR_EQ_MSG(test, got,
					bind_msk(bind_expected(socks, net, local,
							       peer)),
					"net %d local %d peer %d", net, local,
					peer);
	}
}

static void most_specific_of_any_set_of_binds_wins(struct kunit *test)
{
	unsigned int set, kind;

	for (set = 0; set < BIT(BIND_KINDS); set++) {
		struct socket *socks[BIND_KINDS] = {};

		for (kind = 0; kind < BIND_KINDS; kind++)
			if (set & BIT(kind))
				socks[kind] = bind_kind(test, kind);
		bind_check_all_requests(test, socks);
		for (kind = 0; kind < BIND_KINDS; kind++)
			if (socks[kind])
				mctp_fake_socket_release(test, socks[kind]);
	}
}

static void next_bind_takes_over_as_the_best_one_closes(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *socks[BIND_KINDS];
	unsigned int kind;

	/* the least specific is bound first, so the last bind does not win
	 * by its age
	 */
	for (kind = BIND_KINDS; kind-- > 0;)
		socks[kind] = bind_kind(test, kind);
	for (kind = 0; kind < BIND_KINDS; kind++) {
		KUNIT_EXPECT_PTR_EQ(test, bind_lookup(test, ctx->net,
						      BIND_LOCAL, BIND_PEER),
				    bind_msk(socks[kind]));
		mctp_fake_socket_release(test, socks[kind]);
	}
	KUNIT_EXPECT_NULL(test, bind_lookup(test, ctx->net, BIND_LOCAL,
					    BIND_PEER));
}

static void classes_are_counted_and_empty_in_the_end(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *socks[BIND_KINDS];
	unsigned int kind, class, sum = 0;

	for (kind = 0; kind < BIND_KINDS; kind++)
		socks[kind] = bind_kind(test, kind);
	for (class = 0; class < ARRAY_SIZE(ctx->nr_binds); class++) {
		unsigned int more = bind_count(ctx->pn, class) -
				    ctx->nr_binds[class];

		KUNIT_EXPECT_LE(test, more, 1);
		sum += more;
	}
	KUNIT_EXPECT_EQ(test, sum, BIND_KINDS);

	for (kind = 0; kind < BIND_KINDS; kind++)
		mctp_fake_socket_release(test, socks[kind]);
	bind_expect_counts_as_before(test);
}

/* --- SO_BINDTODEVICE */

static void socket_of_another_device_is_passed_over(struct kunit *test)
{
	struct bind_ctx *ctx = test->priv;
	struct socket *first, *next;

	first = bind_socket(test, ctx->net, BIND_LOCAL, 0);
	KUNIT_ASSERT_EQ(test, sock_bindtoindex(first->sk, 7, true), 0);
	KUNIT_EXPECT_NULL(test, bind_lookup_by(test, ctx->net, BIND_TYPE,
					       BIND_LOCAL, BIND_PEER, 6));
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup_by(test, ctx->net, BIND_TYPE,
						 BIND_LOCAL, BIND_PEER, 7),
			    bind_msk(first));

	next = bind_socket(test, MCTP_NET_ANY, MCTP_ADDR_ANY, 0);
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup_by(test, ctx->net, BIND_TYPE,
						 BIND_LOCAL, BIND_PEER, 6),
			    bind_msk(next));
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup_by(test, ctx->net, BIND_TYPE,
						 BIND_LOCAL, BIND_PEER, 7),
			    bind_msk(first));

	/* 0 gives it back */
	KUNIT_ASSERT_EQ(test, sock_bindtoindex(first->sk, 0, true), 0);
	KUNIT_EXPECT_PTR_EQ(test, bind_lookup_by(test, ctx->net, BIND_TYPE,
						 BIND_LOCAL, BIND_PEER, 6),
			    bind_msk(first));
}

static struct kunit_case mctp_bind_cases[] = {
	KUNIT_CASE_PARAM(bind_of_the_same_four_is_in_use, bind_pair_gen_params),
	KUNIT_CASE(wildcard_binds_conflict_with_themselves_only),
	KUNIT_CASE(bind_that_was_refused_counts_for_nothing),
	KUNIT_CASE(closed_socket_makes_room_for_its_bind),
	KUNIT_CASE(request_that_differs_in_one_part_is_not_taken),
	KUNIT_CASE(socket_that_only_connected_takes_nothing),
	KUNIT_CASE(request_to_null_or_all_is_for_binds_to_any_local),
	KUNIT_CASE(integrity_bit_of_a_request_is_ignored),
	KUNIT_CASE(specific_eid_without_a_network_is_of_the_default_one),
	KUNIT_CASE(bind_to_nothing_takes_from_every_network),
	KUNIT_CASE(connected_socket_bound_to_any_network_has_its_peers),
	KUNIT_CASE(most_specific_of_any_set_of_binds_wins),
	KUNIT_CASE(next_bind_takes_over_as_the_best_one_closes),
	KUNIT_CASE(classes_are_counted_and_empty_in_the_end),
	KUNIT_CASE(socket_of_another_device_is_passed_over),
	{}
};

struct kunit_suite mctp_bind_suite = {
	.name = "mctp_bind",
	.init = bind_test_init,
	.test_cases = mctp_bind_cases,
};
