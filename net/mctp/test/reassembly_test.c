// SPDX-License-Identifier: GPL-2.0
/*
 * Reassembly: which packets make a message, and which end one (DSP0236 8.7).
 */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include "reassembly_test.h"
#include "suites.h"

#define REASM_PACKET	64

int reasm_test_init(struct kunit *test)
{
	struct reasm_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->msg = kunit_kmalloc(test, MCTP_MSG_MAX + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->msg);
	ctx->buf = kunit_kmalloc(test, MCTP_MSG_MAX + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->buf);
	mctp_fake_pattern(ctx->msg, MCTP_MSG_MAX + 1, 1);
	ctx->msg[0] = REASM_TYPE;

	ctx->pn = mctp_pernet(&init_net);
	ctx->net = mctp_fake_network(test);
	ctx->dev = mctp_fake_dev(test, ctx->net, 1500, 0);
	mctp_fake_eid(test, ctx->dev, REASM_LOCAL);
	ctx->sock = mctp_fake_socket(test);
	ctx->msk = mctp_sk(ctx->sock->sk);
	KUNIT_ASSERT_EQ(test, 0,
			mctp_fake_bind(ctx->sock, ctx->net, MCTP_ADDR_ANY,
				       REASM_TYPE));

	ctx->network = mctp_fake_net_of(ctx->dev);
	mctp_network_hold(ctx->network);
	ctx->strict_size = ctx->pn->sysctl_reasm_strict_size;
	ctx->timeout_ms = ctx->pn->sysctl_reasm_timeout_ms;
	ctx->max_bytes = ctx->pn->sysctl_reasm_max_bytes;
	ctx->pn->sysctl_reasm_timeout_ms = 60 * MSEC_PER_SEC;
	mctp_fake_counts(&ctx->before);
	test->priv = ctx;
	return 0;
}

void reasm_test_exit(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	unsigned int eid, held = 0;

	if (!ctx)
		return;
	ctx->pn->sysctl_reasm_strict_size = ctx->strict_size;
	ctx->pn->sysctl_reasm_timeout_ms = ctx->timeout_ms;
	ctx->pn->sysctl_reasm_max_bytes = ctx->max_bytes;

	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_bytes, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&ctx->pn->reasm_lru));
	for (eid = 0; eid < MCTP_EIDS; eid++)
		held += ctx->network->reasm_sources[eid];
	KUNIT_EXPECT_EQ(test, held, 0);
	if (ctx->msk) {
		KUNIT_EXPECT_EQ(test, ctx->msk->nr_partials, 0);
		reasm_expect_nothing(test);
		KUNIT_EXPECT_EQ(test, sk_rmem_alloc_get(ctx->sock->sk), 0);
	}
	mctp_network_put(ctx->network);
}

void reasm_rx(struct kunit *test, u8 flags, size_t off, size_t len)
{
	struct reasm_ctx *ctx = test->priv;

	mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER,
		     flags | REASM_TO | REASM_TAG, ctx->msg + off, len);
}

void reasm_rx_message(struct kunit *test, u8 dest, u8 src, u8 tagto,
		      unsigned int seq, const u8 *msg, size_t len,
		      size_t packet)
{
	struct reasm_ctx *ctx = test->priv;
	size_t off, n;

	for (off = 0; off < len; off += n, seq++) {
		u8 flags = tagto | REASM_SEQ(seq);

		n = min(packet, len - off);
		if (!off)
			flags |= REASM_SOM;
		if (off + n == len)
			flags |= REASM_EOM;
		mctp_fake_rx(test, ctx->dev, dest, src, flags, msg + off, n);
	}
}

static size_t reasm_first_difference(const u8 *a, const u8 *b, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (a[i] != b[i])
			break;
	return i;
}

void reasm_expect_message_of(struct kunit *test, struct socket *sock, u8 src,
			     u8 tagto, const u8 *msg, size_t len)
{
	struct reasm_ctx *ctx = test->priv;
	struct sockaddr_mctp from;
	int n;

	n = mctp_fake_recv(sock, &from, ctx->buf, MCTP_MSG_MAX + 1);
	KUNIT_ASSERT_EQ(test, n, (int)len - 1);
	KUNIT_EXPECT_EQ(test, reasm_first_difference(ctx->buf, msg + 1, n),
			(size_t)n);
	KUNIT_EXPECT_EQ(test, from.smctp_type, msg[0]);
	KUNIT_EXPECT_EQ(test, from.smctp_addr.s_addr, src);
	KUNIT_EXPECT_EQ(test, from.smctp_tag, tagto);
}

void reasm_expect_message(struct kunit *test, size_t len)
{
	struct reasm_ctx *ctx = test->priv;

	reasm_expect_message_of(test, ctx->sock, REASM_PEER,
				REASM_TO | REASM_TAG, ctx->msg, len);
}

void reasm_expect_nothing(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, -EAGAIN,
			mctp_fake_recv(ctx->sock, NULL, ctx->buf,
				       MCTP_MSG_MAX + 1));
}

u8 reasm_own_tag(struct kunit *test, u8 peer, bool prealloc)
{
	struct reasm_ctx *ctx = test->priv;
	int value;

	rcu_read_lock();
	value = mctp_tag_acquire(ctx->msk, ctx->network,
				 prealloc ? MCTP_ADDR_ANY : REASM_LOCAL, peer,
				 prealloc, NULL);
	rcu_read_unlock();
	KUNIT_ASSERT_GE(test, value, 0);
	return value;
}

/* --- packets that come in another order than they were sent --- */

/* A message of four packets, 0 to 3, in the order in which they come */
struct reasm_order {
	const char		*name;
	const char		*order;
	struct mctp_fake_loss	losses[3];
	bool			arrives;
};

static const struct reasm_order reasm_orders[] = {
	{ "first is lost", "123", { { MCTP_CNT_DROP_NO_START, 3 } } },
	{ "second is lost", "023", { { MCTP_CNT_DROP_SEQUENCE, 1 },
				     { MCTP_CNT_DROP_NO_START, 1 } } },
	{ "third is lost", "013", { { MCTP_CNT_DROP_SEQUENCE, 1 } } },
	{ "second is doubled", "01123", { { MCTP_CNT_DROP_SEQUENCE, 1 },
					  { MCTP_CNT_DROP_NO_START, 2 } } },
	{ "third is doubled", "01223", { { MCTP_CNT_DROP_SEQUENCE, 1 },
					 { MCTP_CNT_DROP_NO_START, 1 } } },
	{ "first and second are swapped", "1023",
	  { { MCTP_CNT_DROP_NO_START, 2 }, { MCTP_CNT_DROP_SEQUENCE, 1 } } },
	{ "second and third are swapped", "0213",
	  { { MCTP_CNT_DROP_SEQUENCE, 1 }, { MCTP_CNT_DROP_NO_START, 2 } } },
	{ "third and last are swapped", "0132",
	  { { MCTP_CNT_DROP_SEQUENCE, 1 }, { MCTP_CNT_DROP_NO_START, 1 } } },
	{ "all come backwards", "32103",
	  { { MCTP_CNT_DROP_NO_START, 3 }, { MCTP_CNT_DROP_SEQUENCE, 1 } } },
	{ "first is doubled", "00123",
	  { { MCTP_CNT_DROP_REPLACED, 1 } }, true },
	{ "last is doubled", "01233",
	  { { MCTP_CNT_DROP_NO_START, 1 } }, true },
	{ "in order", "0123", { }, true },
};

static void reasm_order_desc(const struct reasm_order *o, char *desc)
{
	strscpy(desc, o->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(reasm_order, reasm_orders, reasm_order_desc);

static void packets_out_of_order_drop_the_message(struct kunit *test)
{
	const struct reasm_order *o = test->param_value;
	struct reasm_ctx *ctx = test->priv;
	const char *c;

	for (c = o->order; *c; c++) {
		unsigned int n = *c - '0';

		reasm_rx(test, (n == 0 ? REASM_SOM : 0) |
			       (n == 3 ? REASM_EOM : 0) | REASM_SEQ(n),
			 n * REASM_PACKET, REASM_PACKET);
	}
	mctp_fake_expect_losses(test, &ctx->before, o->losses,
				ARRAY_SIZE(o->losses));
	if (o->arrives)
		reasm_expect_message(test, 4 * REASM_PACKET);
	reasm_expect_nothing(test);
}

/* One of five packets has another sequence number than is its turn */
struct reasm_wrong_seq {
	unsigned int	position;
	unsigned int	by;
};

static const struct reasm_wrong_seq reasm_wrong_seqs[] = {
	{ 1, 1 }, { 1, 2 }, { 1, 3 }, { 2, 1 }, { 2, 2 }, { 2, 3 },
	{ 3, 1 }, { 3, 2 }, { 3, 3 }, { 4, 1 }, { 4, 2 }, { 4, 3 },
};

static void reasm_wrong_seq_desc(const struct reasm_wrong_seq *w, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "packet %u by %u", w->position,
		 w->by);
}

KUNIT_ARRAY_PARAM(reasm_wrong_seq, reasm_wrong_seqs, reasm_wrong_seq_desc);

static void wrong_sequence_drops_the_message(struct kunit *test)
{
	const struct reasm_wrong_seq *w = test->param_value;
	struct reasm_ctx *ctx = test->priv;
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_SEQUENCE, 1 },
		{ MCTP_CNT_DROP_NO_START, 4 - w->position },
	};
	unsigned int i;

	for (i = 0; i < 5; i++) {
		unsigned int seq = i == w->position ? i + w->by : i;

		reasm_rx(test, (i == 0 ? REASM_SOM : 0) |
			       (i == 4 ? REASM_EOM : 0) | REASM_SEQ(seq),
			 i * REASM_PACKET, REASM_PACKET);
	}
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
	reasm_expect_nothing(test);
}

/* --- packets of other sizes than their message has --- */

/* Payloads of the first, a middle (or none) and the last packet */
struct reasm_size {
	const char		*name;
	int			strict;
	int			first;
	int			middle;
	int			last;
	struct mctp_fake_loss	losses[2];
};

#define REASM_NO_MIDDLE	(-1)
#define REASM_BAD_MIDDLE						\
	{ { MCTP_CNT_DROP_SIZE, 1 }, { MCTP_CNT_DROP_NO_START, 1 } }
#define REASM_BAD_LAST	{ { MCTP_CNT_DROP_SIZE, 1 } }

static const struct reasm_size reasm_sizes[] = {
	{ "middle one shorter", 1, 64, 63, 10, REASM_BAD_MIDDLE },
	{ "middle one longer", 1, 64, 65, 10, REASM_BAD_MIDDLE },
	{ "middle much longer", 1, 64, 1400, 10, REASM_BAD_MIDDLE },
	{ "middle empty", 1, 64, 0, 10, REASM_BAD_MIDDLE },
	{ "middle empty, not strict", 0, 64, 0, 10, REASM_BAD_MIDDLE },
	{ "last one longer", 1, 64, 64, 65, REASM_BAD_LAST },
	{ "last of two one longer", 1, 64, REASM_NO_MIDDLE, 65, REASM_BAD_LAST },
	{ "last longer than a type byte", 1, 1, 1, 2, REASM_BAD_LAST },
	{ "last equal", 1, 64, 64, 64, { } },
	{ "last one shorter", 1, 64, 64, 63, { } },
	{ "last of one byte", 1, 64, 64, 1, { } },
	{ "last empty", 1, 64, 64, 0, { } },
	{ "last of two empty", 1, 64, REASM_NO_MIDDLE, 0, { } },
	{ "one byte each", 1, 1, 1, 1, { } },
	{ "more than the baseline", 1, 200, 200, 200, { } },
	{ "middle shorter, not strict", 0, 64, 63, 64, { } },
	{ "middle of one byte, not strict", 0, 64, 1, 64, { } },
	{ "middle longer, not strict", 0, 64, 65, 64, { } },
	{ "last longer, not strict", 0, 64, 64, 65, { } },
	{ "last empty, not strict", 0, 64, 64, 0, { } },
	{ "first least, not strict", 0, 1, 1400, 200, { } },
};

static void reasm_size_desc(const struct reasm_size *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(reasm_size, reasm_sizes, reasm_size_desc);

static void packet_sizes_must_agree(struct kunit *test)
{
	const struct reasm_size *s = test->param_value;
	struct reasm_ctx *ctx = test->priv;
	size_t off = s->first;
	unsigned int seq = 0;

	ctx->pn->sysctl_reasm_strict_size = s->strict;
	reasm_rx(test, REASM_SOM | REASM_SEQ(seq++), 0, s->first);
	if (s->middle != REASM_NO_MIDDLE) {
		reasm_rx(test, REASM_SEQ(seq++), off, s->middle);
		off += s->middle;
	}
	reasm_rx(test, REASM_EOM | REASM_SEQ(seq), off, s->last);

	mctp_fake_expect_losses(test, &ctx->before, s->losses,
				ARRAY_SIZE(s->losses));
	if (!s->losses[0].n)
		reasm_expect_message(test, off + s->last);
	reasm_expect_nothing(test);
}

/* --- starts --- */

static void start_without_a_type_byte_is_dropped(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_SOM, 0, 0);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_SHORT, 1);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);
}

static void message_without_a_type_byte_is_dropped(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_SOM | REASM_EOM, 0, 0);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_SHORT, 1);
}

static void middle_without_a_start_is_dropped(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_SEQ(1), 0, REASM_PACKET);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_NO_START, 1);
}

static void end_without_a_start_is_dropped(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_EOM, 0, REASM_PACKET);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_NO_START, 1);
}

static void end_after_a_whole_message_is_dropped(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_SOM | REASM_EOM, 0, REASM_PACKET);
	reasm_rx(test, REASM_EOM | REASM_SEQ(1), REASM_PACKET, REASM_PACKET);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_NO_START, 1);
	reasm_expect_message(test, REASM_PACKET);
}

static void start_replaces_a_partial_message(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_SOM, 0, 1 + REASM_PACKET);
	/* not of the sizes and sequence of the first */
	reasm_rx(test, REASM_SOM | REASM_SEQ(2), 0, REASM_PACKET);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 1);
	reasm_rx(test, REASM_EOM | REASM_SEQ(3), REASM_PACKET, REASM_PACKET);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_REPLACED, 1);
	reasm_expect_message(test, 2 * REASM_PACKET);
}

static void message_of_one_packet_replaces_a_partial_message(struct kunit *test)
{
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_REPLACED, 1 }, { MCTP_CNT_DROP_NO_START, 1 },
	};
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	reasm_rx(test, REASM_SOM | REASM_EOM | REASM_SEQ(1), 0, 10);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);
	reasm_rx(test, REASM_EOM | REASM_SEQ(1), REASM_PACKET, REASM_PACKET);
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
	reasm_expect_message(test, 10);
}

static void empty_start_replaces_a_partial_message(struct kunit *test)
{
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_REPLACED, 1 }, { MCTP_CNT_DROP_SHORT, 1 },
	};
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	reasm_rx(test, REASM_SOM, 0, 0);
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);
}

static void start_of_a_type_nobody_takes_replaces_a_partial_message(struct kunit *test)
{
	static const u8 other_type = REASM_TYPE - 1;
	struct mctp_fake_loss losses[] = {
		{ MCTP_CNT_DROP_REPLACED, 1 }, { MCTP_CNT_DROP_NO_BIND, 1 },
	};
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER,
		     REASM_SOM | REASM_TO | REASM_TAG, &other_type, 1);
	mctp_fake_expect_losses(test, &ctx->before, losses, ARRAY_SIZE(losses));
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_count, 0);
}

/* --- lengths --- */

struct reasm_length {
	size_t	len;
	size_t	packet;
};

static const struct reasm_length reasm_too_long[] = {
	{ MCTP_MSG_MAX + 1, REASM_PACKET },	/* copied */
	{ MCTP_MSG_MAX + 1, 1025 },		/* linked */
	{ MCTP_MSG_MAX + 1, MCTP_MSG_MAX },
};

static const struct reasm_length reasm_lengths[] = {
	{ 1, 1 }, { 2, 1 }, { 64, 64 }, { 65, 64 }, { 128, 64 }, { 129, 64 },
	{ 4096, 64 }, { 4097, 64 }, { 65535, 64 }, { MCTP_MSG_MAX, 64 },
	{ 4096, 1024 }, { MCTP_MSG_MAX, 1024 },
	{ 2050, 1025 }, { 4096, 1025 }, { MCTP_MSG_MAX, 1025 },
	{ MCTP_MSG_MAX, 1496 }, { MCTP_MSG_MAX, 32768 },
	{ MCTP_MSG_MAX, MCTP_MSG_MAX - 1 }, { MCTP_MSG_MAX, MCTP_MSG_MAX },
};

static void reasm_length_desc(const struct reasm_length *l, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu in packets of %zu", l->len,
		 l->packet);
}

KUNIT_ARRAY_PARAM(reasm_too_long, reasm_too_long, reasm_length_desc);
KUNIT_ARRAY_PARAM(reasm_length, reasm_lengths, reasm_length_desc);

static void message_of_65537_bytes_is_dropped(struct kunit *test)
{
	const struct reasm_length *l = test->param_value;
	struct reasm_ctx *ctx = test->priv;

	reasm_rx_message(test, REASM_LOCAL, REASM_PEER, REASM_TO | REASM_TAG, 0,
			 ctx->msg, l->len, l->packet);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_TOO_LONG, 1);
	reasm_expect_nothing(test);
}

static void message_arrives_byte_for_byte(struct kunit *test)
{
	const struct reasm_length *l = test->param_value;
	struct reasm_ctx *ctx = test->priv;

	reasm_rx_message(test, REASM_LOCAL, REASM_PEER, REASM_TO | REASM_TAG, 0,
			 ctx->msg, l->len, l->packet);
	mctp_fake_expect_no_drops(test, &ctx->before);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_RX_PACKETS),
			DIV_ROUND_UP(l->len, l->packet));
	KUNIT_EXPECT_EQ(test,
			mctp_fake_rise(&ctx->before, MCTP_CNT_RX_MESSAGES), 1);
	KUNIT_EXPECT_EQ(test, ctx->pn->reasm_bytes, 0);
	reasm_expect_message(test, l->len);
}

static void message_of_paged_packets_arrives_byte_for_byte(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	ctx->dev->paged = true;
	reasm_rx_message(test, REASM_LOCAL, REASM_PEER, REASM_TO | REASM_TAG, 0,
			 ctx->msg, 3000, REASM_PACKET);
	reasm_expect_message(test, 3000);
	reasm_rx_message(test, REASM_LOCAL, REASM_PEER, REASM_TO | REASM_TAG, 0,
			 ctx->msg, 20000, 1496);
	reasm_expect_message(test, 20000);
	mctp_fake_expect_no_drops(test, &ctx->before);
}

static void small_and_large_packets_keep_their_order(struct kunit *test)
{
	/* copied, then linked, then small ones behind those */
	static const u16 sizes[] = { 64, 500, 1024, 1, 1025, 64, 3000, 1, 700 };
	struct reasm_ctx *ctx = test->priv;
	size_t off = 0;
	unsigned int i;

	ctx->pn->sysctl_reasm_strict_size = 0;
	for (i = 0; i < ARRAY_SIZE(sizes); off += sizes[i++])
		reasm_rx(test, (i == 0 ? REASM_SOM : 0) |
			       (i + 1 == ARRAY_SIZE(sizes) ? REASM_EOM : 0) |
			       REASM_SEQ(i), off, sizes[i]);
	mctp_fake_expect_no_drops(test, &ctx->before);
	reasm_expect_message(test, off);
}

/* What follows the first packet goes into its buffer, which a tap shares */
static void tap_sees_packets_as_they_came(struct kunit *test)
{
	struct kvec vec = { .iov_len = MCTP_MSG_MAX };
	struct reasm_ctx *ctx = test->priv;
	struct socket *tap;
	unsigned int i;
	int err;

	vec.iov_base = ctx->buf;
	err = sock_create_kern(&init_net, AF_PACKET, SOCK_DGRAM,
			       (__force int)htons(ETH_P_MCTP), &tap);
	KUNIT_ASSERT_EQ(test, err, 0);
	reasm_rx_message(test, REASM_LOCAL, REASM_PEER, REASM_TO | REASM_TAG, 0,
			 ctx->msg, 5 * REASM_PACKET, REASM_PACKET);
	for (i = 0; i < 5; i++) {
		struct msghdr msg = {};
		int n;

		n = kernel_recvmsg(tap, &msg, &vec, 1, MCTP_MSG_MAX,
				   MSG_DONTWAIT);
		KUNIT_EXPECT_EQ(test, n, 4 + REASM_PACKET);
		KUNIT_EXPECT_EQ(test, 0,
				memcmp(ctx->buf + 4,
				       ctx->msg + i * REASM_PACKET,
				       REASM_PACKET));
	}
	sock_release(tap);
	reasm_expect_message(test, 5 * REASM_PACKET);
}

/* --- sequence, IC --- */

static const unsigned int reasm_seqs[] = { 0, 1, 2, 3 };

static void reasm_seq_desc(const unsigned int *seq, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u", *seq);
}

KUNIT_ARRAY_PARAM(reasm_seq, reasm_seqs, reasm_seq_desc);

static void sequence_starts_anywhere_and_wraps(struct kunit *test)
{
	const unsigned int *seq = test->param_value;
	struct reasm_ctx *ctx = test->priv;

	reasm_rx_message(test, REASM_LOCAL, REASM_PEER, REASM_TO | REASM_TAG,
			 *seq, ctx->msg, 9 * REASM_PACKET, REASM_PACKET);
	mctp_fake_expect_no_drops(test, &ctx->before);
	reasm_expect_message(test, 9 * REASM_PACKET);
}

static void integrity_check_bit_is_kept(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;

	ctx->msg[0] = REASM_TYPE | MCTP_TYPE_IC;
	reasm_rx(test, REASM_SOM | REASM_EOM, 0, REASM_PACKET);
	reasm_expect_message(test, REASM_PACKET);
	reasm_rx_message(test, REASM_LOCAL, REASM_PEER, REASM_TO | REASM_TAG, 0,
			 ctx->msg, 200, REASM_PACKET);
	reasm_expect_message(test, 200);
	mctp_fake_expect_no_drops(test, &ctx->before);
}

/* --- messages at the same time --- */

/* In what a second message differs from the first */
struct reasm_key {
	const char	*name;
	u8		dest;
	u8		src;
	u8		tag;
	bool		other_network;
};

#define REASM_LOCAL2	11

static const struct reasm_key reasm_keys[] = {
	{ "tag", REASM_LOCAL, REASM_PEER, REASM_TAG + 1 },
	{ "source", REASM_LOCAL, REASM_PEER + 1, REASM_TAG },
	{ "source null", REASM_LOCAL, MCTP_ADDR_NULL, REASM_TAG },
	{ "destination", REASM_LOCAL2, REASM_PEER, REASM_TAG },
	{ "destination null", MCTP_ADDR_NULL, REASM_PEER, REASM_TAG },
	{ "destination all", MCTP_ADDR_ANY, REASM_PEER, REASM_TAG },
	{ "network", REASM_LOCAL, REASM_PEER, REASM_TAG, true },
};

static void reasm_key_desc(const struct reasm_key *k, char *desc)
{
	strscpy(desc, k->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(reasm_key, reasm_keys, reasm_key_desc);

static struct mctp_fake_dev *reasm_key_dev(struct kunit *test,
					   const struct reasm_key *k)
{
	struct reasm_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev;

	mctp_fake_eid(test, ctx->dev, REASM_LOCAL2);
	if (!k->other_network)
		return ctx->dev;
	dev = mctp_fake_dev(test, mctp_fake_network(test), 1500, 0);
	mctp_fake_eid(test, dev, REASM_LOCAL);
	return dev;
}

static void packet_of_another_message_does_not_continue_this(struct kunit *test)
{
	const struct reasm_key *k = test->param_value;
	struct mctp_fake_dev *dev = reasm_key_dev(test, k);
	struct reasm_ctx *ctx = test->priv;

	reasm_rx(test, REASM_SOM, 0, REASM_PACKET);
	mctp_fake_rx(test, dev, k->dest, k->src,
		     REASM_SEQ(1) | REASM_TO | k->tag, ctx->msg, REASM_PACKET);
	mctp_fake_rx(test, dev, k->dest, k->src,
		     REASM_EOM | REASM_SEQ(1) | REASM_TO | k->tag, ctx->msg, 1);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_NO_START, 2);
	reasm_expect_nothing(test);

	reasm_rx(test, REASM_EOM | REASM_SEQ(1), REASM_PACKET, REASM_PACKET);
	reasm_expect_message(test, 2 * REASM_PACKET);
}

static void messages_at_the_same_time_do_not_mix(struct kunit *test)
{
	const struct reasm_key *k = test->param_value;
	struct mctp_fake_dev *dev = reasm_key_dev(test, k);
	struct reasm_ctx *ctx = test->priv;
	struct socket *sock = ctx->sock;
	u8 other[5 * REASM_PACKET];
	unsigned int i;

	if (k->other_network) {
		sock = mctp_fake_socket(test);
		KUNIT_ASSERT_EQ(test, 0,
				mctp_fake_bind(sock, mctp_fake_net_of(dev)->id,
					       MCTP_ADDR_ANY, REASM_TYPE));
	}
	mctp_fake_pattern(other, sizeof(other), 100);
	other[0] = REASM_TYPE;

	for (i = 0; i < 5; i++) {
		u8 flags = (i == 0 ? REASM_SOM : 0) | (i == 4 ? REASM_EOM : 0);

		reasm_rx(test, flags | REASM_SEQ(i), i * REASM_PACKET,
			 REASM_PACKET);
		mctp_fake_rx(test, dev, k->dest, k->src,
			     flags | REASM_SEQ(i + 2) | REASM_TO | k->tag,
			     other + i * REASM_PACKET, REASM_PACKET);
	}
	mctp_fake_expect_no_drops(test, &ctx->before);
	reasm_expect_message(test, 5 * REASM_PACKET);
	reasm_expect_message_of(test, sock, k->src, REASM_TO | k->tag, other,
				sizeof(other));
}

static void request_and_response_of_one_tag_do_not_mix(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	u8 value = reasm_own_tag(test, REASM_PEER, false);
	u8 response[3 * REASM_PACKET];
	unsigned int i;

	mctp_fake_pattern(response, sizeof(response), 100);
	for (i = 0; i < 3; i++) {
		u8 flags = (i == 0 ? REASM_SOM : 0) | (i == 2 ? REASM_EOM : 0) |
			   REASM_SEQ(i) | value;

		mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER,
			     flags | REASM_TO, ctx->msg + i * REASM_PACKET,
			     REASM_PACKET);
		mctp_fake_rx(test, ctx->dev, REASM_LOCAL, REASM_PEER, flags,
			     response + i * REASM_PACKET, REASM_PACKET);
	}
	mctp_fake_expect_no_drops(test, &ctx->before);
	reasm_expect_message_of(test, ctx->sock, REASM_PEER, REASM_TO | value,
				ctx->msg, sizeof(response));
	reasm_expect_message_of(test, ctx->sock, REASM_PEER, value, response,
				sizeof(response));
}

/* Four sources with eight tags each, packet by packet in turn */
static void thirty_two_messages_at_the_same_time_do_not_mix(struct kunit *test)
{
	struct reasm_ctx *ctx = test->priv;
	unsigned int i, m;

	for (i = 0; i < 4; i++) {
		u8 flags = (i == 0 ? REASM_SOM : 0) | (i == 3 ? REASM_EOM : 0);

		/* message m is the pattern from m * 1000 on */
		for (m = 0; m < 32; m++) {
			u8 *msg = ctx->msg + m * 1000;

			msg[0] = REASM_TYPE;
			mctp_fake_rx(test, ctx->dev, REASM_LOCAL,
				     REASM_PEER + m / 8,
				     flags | REASM_SEQ(i) | REASM_TO | m % 8,
				     msg + i * REASM_PACKET, REASM_PACKET);
		}
	}
	mctp_fake_expect_no_drops(test, &ctx->before);
	for (m = 0; m < 32; m++)
		reasm_expect_message_of(test, ctx->sock, REASM_PEER + m / 8,
					REASM_TO | m % 8, ctx->msg + m * 1000,
					4 * REASM_PACKET);
}

static struct kunit_case mctp_reassembly_cases[] = {
	KUNIT_CASE(start_without_a_type_byte_is_dropped),
	KUNIT_CASE(message_without_a_type_byte_is_dropped),
	KUNIT_CASE(middle_without_a_start_is_dropped),
	KUNIT_CASE(end_without_a_start_is_dropped),
	KUNIT_CASE(end_after_a_whole_message_is_dropped),
	KUNIT_CASE_PARAM(wrong_sequence_drops_the_message,
			 reasm_wrong_seq_gen_params),
	KUNIT_CASE_PARAM(packets_out_of_order_drop_the_message,
			 reasm_order_gen_params),
	KUNIT_CASE_PARAM(packet_sizes_must_agree, reasm_size_gen_params),
	KUNIT_CASE_PARAM(message_of_65537_bytes_is_dropped,
			 reasm_too_long_gen_params),
	KUNIT_CASE(start_replaces_a_partial_message),
	KUNIT_CASE(message_of_one_packet_replaces_a_partial_message),
	KUNIT_CASE(empty_start_replaces_a_partial_message),
	KUNIT_CASE(start_of_a_type_nobody_takes_replaces_a_partial_message),
	KUNIT_CASE_PARAM(packet_of_another_message_does_not_continue_this,
			 reasm_key_gen_params),
	KUNIT_CASE_PARAM(messages_at_the_same_time_do_not_mix,
			 reasm_key_gen_params),
	KUNIT_CASE(request_and_response_of_one_tag_do_not_mix),
	KUNIT_CASE(thirty_two_messages_at_the_same_time_do_not_mix),
	KUNIT_CASE_PARAM(sequence_starts_anywhere_and_wraps,
			 reasm_seq_gen_params),
	KUNIT_CASE(integrity_check_bit_is_kept),
	KUNIT_CASE_PARAM(message_arrives_byte_for_byte,
			 reasm_length_gen_params),
	KUNIT_CASE(message_of_paged_packets_arrives_byte_for_byte),
	KUNIT_CASE(small_and_large_packets_keep_their_order),
	KUNIT_CASE(tap_sees_packets_as_they_came),
	{}
};

struct kunit_suite mctp_reassembly_suite = {
	.name = "mctp_reassembly",
	.init = reasm_test_init,
	.exit = reasm_test_exit,
	.test_cases = mctp_reassembly_cases,
};
