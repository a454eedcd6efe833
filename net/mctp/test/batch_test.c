// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit: packets that are handed over together, and what is only made up to look
 * like that.
 */
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include "fakes.h"
#include "suites.h"

#define BATCH_LOCAL	8
#define BATCH_PEER	9
#define BATCH_TYPE	0x7d
#define BATCH_CHUNK	64
#define BATCH_MAX	16

/**
 * struct batch_ctx - what each test starts with
 * @net: network of the test
 * @dev: device with %BATCH_LOCAL, and %BATCH_PEER behind it
 * @sock: socket that takes requests of %BATCH_TYPE
 * @msg: a message, its type byte first
 * @buf: room for one
 * @link_hdr: bytes in front of a packet that batch_add() makes
 * @before: counters as the test begins
 */
struct batch_ctx {
	unsigned int		net;
	struct mctp_fake_dev	*dev;
	struct socket		*sock;
	u8			msg[BATCH_MAX * BATCH_CHUNK];
	u8			buf[BATCH_MAX * BATCH_CHUNK];
	unsigned int		link_hdr;
	struct mctp_fake_counts	before;
};

static int batch_test_init(struct kunit *test)
{
	struct batch_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	mctp_fake_pattern(ctx->msg, sizeof(ctx->msg), 1);
	ctx->msg[0] = BATCH_TYPE;
	ctx->net = mctp_fake_network(test);
	ctx->dev = mctp_fake_dev(test, ctx->net, BATCH_CHUNK + 4, 0);
	mctp_fake_eid(test, ctx->dev, BATCH_LOCAL);
	mctp_fake_route(test, ctx->dev, BATCH_PEER, BATCH_PEER, 0);
	ctx->sock = mctp_fake_socket(test);
	KUNIT_ASSERT_EQ(test, 0,
			mctp_fake_bind(ctx->sock, ctx->net, MCTP_ADDR_ANY,
				       BATCH_TYPE));
	mctp_fake_counts(&ctx->before);
	test->priv = ctx;
	return 0;
}

/* Packet @i of @n of the message, with its sequence @seq, to our EID */
static void batch_add(struct kunit *test, struct mctp_batch *batch,
		      unsigned int i, unsigned int n, u8 seq)
{
	struct batch_ctx *ctx = test->priv;
	const u8 hdr[] = { 0x01, BATCH_LOCAL, BATCH_PEER,
			   (i ? 0 : MCTP_HDR_SOM) |
			   (i + 1 < n ? 0 : MCTP_HDR_EOM) |
			   (seq & 3) << MCTP_HDR_SEQ_SHIFT | MCTP_HDR_TO };
	struct sk_buff *skb = alloc_skb(128, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, ctx->link_hdr);
	skb_put_data(skb, hdr, sizeof(hdr));
	skb_put_data(skb, ctx->msg + i * BATCH_CHUNK, BATCH_CHUNK);
	skb->dev = ctx->dev->ndev;
	skb->protocol = cpu_to_be16(ETH_P_MCTP);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ctx->link_hdr);
	mctp_batch_add(batch, skb);
}

static struct sk_buff *batch_join(struct kunit *test, struct mctp_batch *batch)
{
	struct sk_buff *skb = mctp_batch_join(batch);

	if (!skb)
		kfree_skb_list(batch->first);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, mctp_batch_is(skb));
	return skb;
}

/* A whole message as a batch */
static struct sk_buff *batch_message(struct kunit *test, unsigned int n)
{
	struct mctp_batch batch = {};
	unsigned int i;

	for (i = 0; i < n; i++)
		batch_add(test, &batch, i, n, i);
	return batch_join(test, &batch);
}

static void batch_rx(struct sk_buff *skb)
{
	skb->ip_summed = CHECKSUM_NONE;
	skb->pkt_type = PACKET_HOST;
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
}

static void batch_expect_message(struct kunit *test, unsigned int n)
{
	struct batch_ctx *ctx = test->priv;
	int len = n * BATCH_CHUNK - 1;

	KUNIT_EXPECT_EQ(test, len, mctp_fake_recv(ctx->sock, NULL, ctx->buf,
						  sizeof(ctx->buf)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(ctx->buf, ctx->msg + 1, len));
}

static void batch_is_a_message(struct kunit *test)
{
	struct batch_ctx *ctx = test->priv;
	unsigned int n;

	for (n = 2; n <= BATCH_MAX; n++) {
		batch_rx(batch_message(test, n));
		batch_expect_message(test, n);
	}
	mctp_fake_expect_no_drops(test, &ctx->before);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_RX_PACKETS),
			BATCH_MAX * (BATCH_MAX + 1) / 2 - 1);
}

/* Where they are in a packet: the headers, the type, and as much as is there */
static void filters_see_how_the_first_packet_begins(struct kunit *test)
{
	struct sk_buff *skb = batch_message(test, 2);
	struct sk_buff *first = skb_shinfo(skb)->frag_list;
	unsigned int type = skb_network_offset(skb) + sizeof(struct mctp_hdr);

	KUNIT_EXPECT_EQ(test, type, skb_network_offset(first) + sizeof(struct mctp_hdr));
	KUNIT_EXPECT_LT(test, type, skb_headlen(skb));
	KUNIT_EXPECT_EQ(test, skb->data[type], BATCH_TYPE);
	KUNIT_EXPECT_EQ(test, 0, memcmp(skb->data, first->data, skb_headlen(skb)));
	kfree_skb(skb);
}

static void batch_with_a_clone_is_a_message_twice(struct kunit *test)
{
	struct batch_ctx *ctx = test->priv;
	struct sk_buff *skb = batch_message(test, 5);
	struct sk_buff *clone = skb_clone(skb, GFP_KERNEL);

	batch_rx(skb);
	KUNIT_ASSERT_NOT_NULL(test, clone);
	batch_rx(clone);
	batch_expect_message(test, 5);
	batch_expect_message(test, 5);
	mctp_fake_expect_no_drops(test, &ctx->before);
}

static void bad_packet_in_a_batch_ends_its_message_alone(struct kunit *test)
{
	struct batch_ctx *ctx = test->priv;
	struct mctp_batch batch = {};
	unsigned int i;

	/* the third one has the second's sequence; then a whole message */
	for (i = 0; i < 5; i++)
		batch_add(test, &batch, i, 5, i < 2 ? i : i - 1);
	for (i = 0; i < 3; i++)
		batch_add(test, &batch, i, 3, i);
	batch_rx(batch_join(test, &batch));
	batch_expect_message(test, 3);
	mctp_fake_expect_losses(test, &ctx->before,
				(const struct mctp_fake_loss[]) {
					{ MCTP_CNT_DROP_SEQUENCE, 1 },
					{ MCTP_CNT_DROP_NO_START, 2 },
				}, 2);
}

static void batch_of_somebody_else_is_dropped_packet_by_packet(struct kunit *test)
{
	struct batch_ctx *ctx = test->priv;
	struct sk_buff *skb = batch_message(test, 4);

	skb->ip_summed = CHECKSUM_NONE;
	skb->pkt_type = PACKET_OTHERHOST;
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
	mctp_fake_expect_losses(test, &ctx->before,
				(const struct mctp_fake_loss[]) {
					{ MCTP_CNT_DROP_OTHERHOST, 4 },
				}, 1);
}

/* What a program can have made, or a batch that was made one piece */
static void what_only_looks_like_a_batch_is_dropped(struct kunit *test)
{
	static const unsigned int types[] = { SKB_GSO_FRAGLIST, SKB_GSO_TCPV4 };
	struct batch_ctx *ctx = test->priv;
	struct mctp_batch batch;
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		batch = (struct mctp_batch) {};
		batch_add(test, &batch, 0, 1, 0);
		skb = batch.first;
		skb_shinfo(skb)->gso_type = types[i];
		skb_shinfo(skb)->gso_size = 10;
		skb_shinfo(skb)->gso_segs = 7;
		batch_rx(skb);
	}
	mctp_fake_expect_losses(test, &ctx->before,
				(const struct mctp_fake_loss[]) {
					{ MCTP_CNT_DROP_SIZE, 7 + 1 },
				}, 1);

	/* nor does it go out */
	batch = (struct mctp_batch) {};
	batch_add(test, &batch, 0, 1, 0);
	skb = batch.first;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	skb_shinfo(skb)->gso_size = 10;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	KUNIT_EXPECT_NE(test, 0, dev_queue_xmit(skb));
	KUNIT_EXPECT_EQ(test, 0, skb_queue_len(&ctx->dev->sent));
}

/* bpf_skb_pull_data() takes what is missing in the head from the first packet, which
 * begins behind its headers then
 */
static void packet_that_a_filter_made_shorter_in_front_is_dropped(struct kunit *test)
{
	struct batch_ctx *ctx = test->priv;
	unsigned int more;

	for (more = 1; more < BATCH_CHUNK; more++) {
		struct sk_buff *skb = batch_message(test, 4);

		KUNIT_ASSERT_TRUE(test, pskb_may_pull(skb, skb_headlen(skb) + more));
		batch_rx(skb);
	}
	mctp_fake_expect_losses(test, &ctx->before,
				(const struct mctp_fake_loss[]) {
					{ MCTP_CNT_DROP_SHORT, BATCH_CHUNK - 1 },
					{ MCTP_CNT_DROP_NO_START, 3 * (BATCH_CHUNK - 1) },
				}, 2);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_RX_PACKETS),
			4 * (BATCH_CHUNK - 1));
}

/* bpf_skb_change_tail() takes from the end, here all but a few bytes of what is in
 * front of a packet's payload
 */
static void packet_that_a_filter_made_shorter_at_its_end_is_dropped(struct kunit *test)
{
	struct batch_ctx *ctx = test->priv;
	unsigned int left, keep;

	ctx->link_hdr = 2;
	/* so many that they do not fit into the head, as the core would have it */
	keep = 12 * (ctx->link_hdr + sizeof(struct mctp_hdr) + BATCH_CHUNK);
	for (left = 1; left < ctx->link_hdr + sizeof(struct mctp_hdr); left++) {
		struct sk_buff *skb = batch_message(test, BATCH_MAX);

		KUNIT_ASSERT_EQ(test, 0, pskb_trim(skb, skb_headlen(skb) + keep + left));
		batch_rx(skb);
	}
	mctp_fake_expect_losses(test, &ctx->before,
				(const struct mctp_fake_loss[]) {
					{ MCTP_CNT_DROP_SHORT, left - 1 },
					{ MCTP_CNT_DROP_REPLACED, left - 2 },
				}, 2);
	KUNIT_EXPECT_EQ(test, -EAGAIN, mctp_fake_recv(ctx->sock, NULL, ctx->buf, 1));
}

/* A device that takes no batches: the socket is charged until the last packet is
 * done with
 */
static void last_packet_of_a_batch_has_the_charge(struct kunit *test)
{
	struct batch_ctx *ctx = test->priv;
	struct sock *sk = ctx->sock->sk;
	unsigned int charged, n = 0;
	struct sk_buff *skb;

	ctx->dev->hold = true;
	skb = batch_message(test, BATCH_MAX);
	skb->priority = 5;
	skb_set_owner_w(skb, sk);
	charged = sk_wmem_alloc_get(sk);
	KUNIT_EXPECT_GE(test, charged, BATCH_MAX * SKB_TRUESIZE(BATCH_CHUNK));
	KUNIT_EXPECT_EQ(test, 0, dev_queue_xmit(skb));
	KUNIT_EXPECT_EQ(test, sk_wmem_alloc_get(sk), charged);
	while ((skb = skb_dequeue(&ctx->dev->sent))) {
		n++;
		KUNIT_EXPECT_EQ(test, skb->len, BATCH_CHUNK + 4);
		KUNIT_EXPECT_EQ(test, skb->priority, 5);
		KUNIT_EXPECT_EQ(test, sk_wmem_alloc_get(sk), charged);
		kfree_skb(skb);
	}
	KUNIT_EXPECT_EQ(test, n, BATCH_MAX);
	KUNIT_EXPECT_EQ(test, sk_wmem_alloc_get(sk), 0);
}

/* As a filter makes it that sends on to a device without a link header */
static void batch_without_a_link_header_is_packets_without_one(struct kunit *test)
{
	struct batch_ctx *ctx = test->priv;
	struct sk_buff *skb;
	unsigned int n = 0;

	ctx->link_hdr = 2;
	skb = batch_message(test, 5);
	__skb_pull(skb, ctx->link_hdr);
	KUNIT_EXPECT_EQ(test, 0, dev_queue_xmit(skb));
	while ((skb = mctp_fake_tx(test, ctx->dev))) {
		n++;
		KUNIT_EXPECT_EQ(test, skb->len, BATCH_CHUNK + 4);
		KUNIT_EXPECT_EQ(test, skb_network_offset(skb), 0);
		KUNIT_EXPECT_EQ(test, skb->data[1], BATCH_LOCAL);
	}
	KUNIT_EXPECT_EQ(test, n, 5);
}

static void batch_with_a_packet_that_was_made_shorter_does_not_go_out(struct kunit *test)
{
	struct batch_ctx *ctx = test->priv;
	struct sk_buff *skb;
	unsigned int more;

	for (more = 1; more < BATCH_CHUNK; more++) {
		skb = batch_message(test, 4);
		KUNIT_ASSERT_TRUE(test, pskb_may_pull(skb, skb_headlen(skb) + more));
		KUNIT_EXPECT_NE(test, 0, dev_queue_xmit(skb));
	}
	KUNIT_EXPECT_EQ(test, 0, skb_queue_len(&ctx->dev->sent));
}

static struct kunit_case batch_cases[] = {
	KUNIT_CASE(batch_is_a_message),
	KUNIT_CASE(filters_see_how_the_first_packet_begins),
	KUNIT_CASE(batch_with_a_clone_is_a_message_twice),
	KUNIT_CASE(bad_packet_in_a_batch_ends_its_message_alone),
	KUNIT_CASE(batch_of_somebody_else_is_dropped_packet_by_packet),
	KUNIT_CASE(what_only_looks_like_a_batch_is_dropped),
	KUNIT_CASE(packet_that_a_filter_made_shorter_in_front_is_dropped),
	KUNIT_CASE(packet_that_a_filter_made_shorter_at_its_end_is_dropped),
	KUNIT_CASE(last_packet_of_a_batch_has_the_charge),
	KUNIT_CASE(batch_without_a_link_header_is_packets_without_one),
	KUNIT_CASE(batch_with_a_packet_that_was_made_shorter_does_not_go_out),
	{ }
};

struct kunit_suite mctp_batch_suite = {
	.name = "mctp_batch",
	.init = batch_test_init,
	.test_cases = batch_cases,
};
