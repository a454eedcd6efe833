// SPDX-License-Identifier: GPL-2.0
/*
 * Messages that go out: into which packets they are cut, what those hold, to
 * which link address they go, and what becomes of one that is refused.
 */
#include <linux/rtnetlink.h>
#include "fakes.h"
#include "suites.h"

#define OUTPUT_LOCAL	8
#define OUTPUT_PEER	9
#define OUTPUT_TYPE	0x7b
#define OUTPUT_HDR	4
#define OUTPUT_HW	0x31

/**
 * struct output_ctx - what each test starts with
 * @net: network of the test
 * @sock: a socket
 * @msk: the same
 * @msg: a message, its type byte first
 * @buf: room for one put together from packets
 * @before: counters as the test begins
 */
struct output_ctx {
	unsigned int		net;
	struct socket		*sock;
	struct mctp_sock	*msk;
	u8			*msg;
	u8			*buf;
	struct mctp_fake_counts	before;
};

static int output_test_init(struct kunit *test)
{
	struct output_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->msg = kunit_kmalloc(test, MCTP_MSG_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->msg);
	ctx->buf = kunit_kmalloc(test, MCTP_MSG_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->buf);
	mctp_fake_pattern(ctx->msg, MCTP_MSG_MAX, 1);
	ctx->msg[0] = OUTPUT_TYPE;
	ctx->net = mctp_fake_network(test);
	ctx->sock = mctp_fake_socket(test);
	ctx->msk = mctp_sk(ctx->sock->sk);
	mctp_fake_counts(&ctx->before);
	test->priv = ctx;
	return 0;
}

/* A device with a local EID and the peer behind it */
static struct mctp_fake_dev *output_dev(struct kunit *test, unsigned int mtu,
					u8 addr_len)
{
	struct output_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev;

	dev = mctp_fake_dev(test, ctx->net, mtu, addr_len);
	mctp_fake_eid(test, dev, OUTPUT_LOCAL);
	mctp_fake_route(test, dev, OUTPUT_PEER, OUTPUT_PEER, 0);
	return dev;
}

/* The first @len bytes of the message, type byte included, go to the peer */
static int output_send(struct kunit *test, u8 tag, size_t len)
{
	struct output_ctx *ctx = test->priv;

	return mctp_fake_send(ctx->sock, ctx->net, OUTPUT_PEER, ctx->msg[0],
			      tag, ctx->msg + 1, len - 1);
}

/* What went out by @dev is the message of @len bytes, cut to packets of @mtu */
static void output_expect_packets(struct kunit *test, struct mctp_fake_dev *dev,
				  size_t len, unsigned int mtu, u8 tagto)
{
	unsigned int chunk = mtu - OUTPUT_HDR;
	unsigned int i, n = DIV_ROUND_UP(len, chunk);
	struct output_ctx *ctx = test->priv;
	unsigned int first_seq = 0;
	size_t off = 0;

	KUNIT_ASSERT_EQ(test, skb_queue_len(&dev->sent), n);
	for (i = 0; i < n; i++) {
		struct sk_buff *skb = mctp_fake_tx(test, dev);
		unsigned int payload = skb->len - OUTPUT_HDR;
		u8 hdr[OUTPUT_HDR];
		unsigned int seq;

		KUNIT_ASSERT_GT(test, skb->len, OUTPUT_HDR);
		KUNIT_ASSERT_LE(test, off + payload, len);
		KUNIT_ASSERT_EQ(test, 0, skb_copy_bits(skb, 0, hdr, OUTPUT_HDR));
		KUNIT_ASSERT_EQ(test, 0, skb_copy_bits(skb, OUTPUT_HDR,
						       ctx->buf + off, payload));
		off += payload;
		if (i + 1 < n)
			KUNIT_EXPECT_EQ(test, skb->len, mtu);

		KUNIT_EXPECT_EQ(test, hdr[0], 0x01);
		KUNIT_EXPECT_EQ(test, hdr[1], OUTPUT_PEER);
		KUNIT_EXPECT_EQ(test, hdr[2], OUTPUT_LOCAL);
		KUNIT_EXPECT_EQ(test, !!(hdr[3] & 0x80), i == 0);
		KUNIT_EXPECT_EQ(test, !!(hdr[3] & 0x40), i + 1 == n);
		KUNIT_EXPECT_EQ(test, hdr[3] & 0x0f, tagto);
		seq = hdr[3] >> 4 & 3;
		if (!i)
			first_seq = seq;
		KUNIT_EXPECT_EQ(test, seq, (first_seq + i) % 4);
		KUNIT_EXPECT_EQ(test, ntohs(skb->protocol), ETH_P_MCTP);
		KUNIT_EXPECT_EQ(test, skb_network_offset(skb), 0);
	}
	KUNIT_EXPECT_EQ(test, off, len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(ctx->buf, ctx->msg, len));
	mctp_fake_expect_no_drops(test, &ctx->before);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_TX_PACKETS),
			n);
	KUNIT_EXPECT_EQ(test,
			mctp_fake_rise(&ctx->before, MCTP_CNT_TX_MESSAGES), 1);
}

/* Value of the one tag that the socket owns */
static u8 output_tag(struct kunit *test)
{
	struct output_ctx *ctx = test->priv;
	struct mctp_tag *tag;

	KUNIT_ASSERT_EQ(test, ctx->msk->nr_tags, 1);
	tag = list_first_entry_or_null(&ctx->msk->tags, struct mctp_tag, list);
	KUNIT_ASSERT_NOT_NULL(test, tag);
	return tag->value;
}

/* --- cut to packets --- */

/* Message with its type byte: @chunks packets' payload and @more bytes */
struct output_cut {
	unsigned int	mtu;
	unsigned int	chunks;
	int		more;
};

static const struct output_cut output_cuts[] = {
	{ 68, 0, 1 }, { 68, 1, -1 }, { 68, 1, 0 }, { 68, 1, 1 },
	{ 68, 2, -1 }, { 68, 2, 0 }, { 68, 2, 1 }, { 68, 5, 0 },
	{ 68, 9, 1 },
	{ 69, 0, 1 }, { 69, 1, -1 }, { 69, 1, 0 }, { 69, 1, 1 },
	{ 69, 2, -1 }, { 69, 2, 0 }, { 69, 2, 1 }, { 69, 5, 0 },
	{ 69, 9, 1 },
	{ 254, 0, 1 }, { 254, 1, -1 }, { 254, 1, 0 }, { 254, 1, 1 },
	{ 254, 2, -1 }, { 254, 2, 0 }, { 254, 2, 1 }, { 254, 5, 0 },
	{ 254, 9, 1 },
	{ 255, 0, 1 }, { 255, 1, -1 }, { 255, 1, 0 }, { 255, 1, 1 },
	{ 255, 2, -1 }, { 255, 2, 0 }, { 255, 2, 1 }, { 255, 5, 0 },
	{ 255, 9, 1 },
	{ 260, 0, 1 }, { 260, 1, -1 }, { 260, 1, 0 }, { 260, 1, 1 },
	{ 260, 2, -1 }, { 260, 2, 0 }, { 260, 2, 1 }, { 260, 5, 0 },
	{ 260, 9, 1 },
	{ 261, 0, 1 }, { 261, 1, -1 }, { 261, 1, 0 }, { 261, 1, 1 },
	{ 261, 2, -1 }, { 261, 2, 0 }, { 261, 2, 1 }, { 261, 5, 0 },
	{ 261, 9, 1 },
	{ 1500, 0, 1 }, { 1500, 1, -1 }, { 1500, 1, 0 }, { 1500, 1, 1 },
	{ 1500, 2, -1 }, { 1500, 2, 0 }, { 1500, 2, 1 }, { 1500, 5, 0 },
	{ 1500, 9, 1 },
	{ 68, 1024, 0 }, { 69, 1008, 16 }, { 1500, 43, 1208 },
	{ 65535, 1, 0 }, { 65535, 1, 5 },
};

static void output_cut_desc(const struct output_cut *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "MTU %u: %u packets%+d", c->mtu,
		 c->chunks, c->more);
}

KUNIT_ARRAY_PARAM(output_cut, output_cuts, output_cut_desc);

static void output_cut_and_check(struct kunit *test, netdev_features_t features)
{
	const struct output_cut *c = test->param_value;
	struct mctp_fake_dev *dev = output_dev(test, c->mtu, 0);
	size_t len = c->chunks * (c->mtu - OUTPUT_HDR) + c->more;
	struct output_ctx *ctx = test->priv;

	dev->ndev->features |= features;
	KUNIT_ASSERT_EQ(test, output_send(test, MCTP_TAG_OWNER, len),
			(int)len - 1);
	output_expect_packets(test, dev, len, c->mtu,
			      MCTP_HDR_TO | output_tag(test));
	KUNIT_EXPECT_EQ(test, sk_wmem_alloc_get(ctx->sock->sk), 0);
}

static void message_is_cut_to_packets_of_the_mtu(struct kunit *test)
{
	output_cut_and_check(test, 0);
}

static void message_is_cut_alike_where_pages_can_be_shared(struct kunit *test)
{
	output_cut_and_check(test, NETIF_F_SG);
}

static void message_beyond_65536_bytes_does_not_go_out(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 1500, 0);
	struct output_ctx *ctx = test->priv;

	/* with the type byte one more than the most */
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			mctp_fake_send(ctx->sock, ctx->net, OUTPUT_PEER,
				       OUTPUT_TYPE, MCTP_TAG_OWNER, ctx->msg,
				       MCTP_MSG_MAX));
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&dev->sent));
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
}

static void integrity_check_bit_goes_out_with_the_type(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	struct output_ctx *ctx = test->priv;

	ctx->msg[0] = OUTPUT_TYPE | 0x80;
	KUNIT_ASSERT_EQ(test, output_send(test, MCTP_TAG_OWNER, 200), 199);
	output_expect_packets(test, dev, 200, 68,
			      MCTP_HDR_TO | output_tag(test));
}

static const unsigned int output_tags[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static void output_tag_desc(const unsigned int *tag, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u", *tag);
}

KUNIT_ARRAY_PARAM(output_tag, output_tags, output_tag_desc);

static void response_keeps_its_tag_in_all_packets(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	const unsigned int *tag = test->param_value;
	struct output_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, output_send(test, *tag, 200), 199);
	output_expect_packets(test, dev, 200, 68, *tag);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
}

static void priority_and_mark_are_the_sockets_in_all_packets(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	struct output_ctx *ctx = test->priv;
	unsigned int n = 0;
	struct sk_buff *skb;

	WRITE_ONCE(ctx->sock->sk->sk_priority, 5);
	WRITE_ONCE(ctx->sock->sk->sk_mark, 7);
	KUNIT_ASSERT_EQ(test, output_send(test, 0, 64), 63);
	KUNIT_ASSERT_EQ(test, output_send(test, 0, 65), 64);
	while ((skb = mctp_fake_tx(test, dev))) {
		KUNIT_EXPECT_EQ(test, skb->priority, 5);
		KUNIT_EXPECT_EQ(test, skb->mark, 7);
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, 3);
}

/* --- the way's MTU --- */

struct output_mtu {
	const char	*name;
	unsigned int	dev;
	u32		route;
	u32		gateway;
	unsigned int	mtu;
};

static const struct output_mtu output_mtus[] = {
	{ "route less than device", 254, 100, 0, 100 },
	{ "device less than route", 100, 254, 0, 100 },
	{ "gateway route least", 254, 100, 80, 80 },
	{ "route behind the gateway least", 254, 80, 100, 80 },
	{ "device behind the gateway least", 70, 0, 100, 70 },
};

static void output_mtu_desc(const struct output_mtu *m, char *desc)
{
	strscpy(desc, m->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(output_mtu, output_mtus, output_mtu_desc);

static void least_mtu_of_the_way_counts(struct kunit *test)
{
	const struct output_mtu *m = test->param_value;
	struct output_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev;

	dev = mctp_fake_dev(test, ctx->net, m->dev, 0);
	mctp_fake_eid(test, dev, OUTPUT_LOCAL);
	if (m->gateway) {
		mctp_fake_route(test, dev, 20, 20, m->route);
		mctp_fake_gateway(test, dev, 20, OUTPUT_PEER, OUTPUT_PEER,
				  m->gateway);
	} else {
		mctp_fake_route(test, dev, OUTPUT_PEER, OUTPUT_PEER, m->route);
	}
	KUNIT_ASSERT_EQ(test, output_send(test, 0, 600), 599);
	output_expect_packets(test, dev, 600, m->mtu, 0);
}

static void device_with_less_than_the_least_mtu_sends_nothing(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 67, 0);
	struct output_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, output_send(test, MCTP_TAG_OWNER, 10), -EMSGSIZE);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&dev->sent));
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
}

/* --- pages --- */

static void packets_refer_to_the_pages_of_a_large_message(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 1500, 0);
	unsigned int whole = 0, same = 0;
	struct page *last = NULL;
	struct sk_buff *skb;

	dev->ndev->features |= NETIF_F_SG;
	KUNIT_ASSERT_EQ(test, output_send(test, 0, MCTP_MSG_MAX),
			MCTP_MSG_MAX - 1);
	skb_queue_walk(&dev->sent, skb) {
		struct skb_shared_info *si = skb_shinfo(skb);

		/* of its own it has the header alone */
		if (skb_headlen(skb) == OUTPUT_HDR)
			whole++;
		if (si->nr_frags) {
			same += skb_frag_page(&si->frags[0]) == last;
			last = skb_frag_page(&si->frags[si->nr_frags - 1]);
		}
		KUNIT_EXPECT_GE(test, skb->truesize, skb->len);
	}
	/* of 44 packets, up to 16 KiB are in the message's linear part */
	KUNIT_EXPECT_GE(test, whole, 32);
	KUNIT_EXPECT_GT(test, same, 16);
	output_expect_packets(test, dev, MCTP_MSG_MAX, 1500, 0);
}

static void small_packets_are_copied_even_where_pages_can_be_shared(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	struct sk_buff *skb;

	dev->ndev->features |= NETIF_F_SG;
	KUNIT_ASSERT_EQ(test, output_send(test, 0, MCTP_MSG_MAX),
			MCTP_MSG_MAX - 1);
	KUNIT_ASSERT_EQ(test, skb_queue_len(&dev->sent), 1024);
	skb_queue_walk(&dev->sent, skb)
		if (skb_is_nonlinear(skb))
			break;
	KUNIT_EXPECT_PTR_EQ(test, skb, (struct sk_buff *)&dev->sent);
}

static void packets_are_linear_where_pages_cannot_be_shared(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 1500, 0);
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, output_send(test, 0, MCTP_MSG_MAX),
			MCTP_MSG_MAX - 1);
	KUNIT_ASSERT_EQ(test, skb_queue_len(&dev->sent), 44);
	skb_queue_walk(&dev->sent, skb)
		if (skb_is_nonlinear(skb))
			break;
	KUNIT_EXPECT_PTR_EQ(test, skb, (struct sk_buff *)&dev->sent);
}

/* --- refused --- */

static void refused_message_is_an_error_and_frees_its_tag(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	struct output_ctx *ctx = test->priv;

	dev->busy = true;
	KUNIT_EXPECT_EQ(test, output_send(test, MCTP_TAG_OWNER, 10), -ENOBUFS);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_TX, 1);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_TX_PACKETS),
			0);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
	KUNIT_EXPECT_EQ(test, sk_wmem_alloc_get(ctx->sock->sk), 0);
}

static void message_ends_with_its_first_refused_packet(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	struct output_ctx *ctx = test->priv;

	dev->takes = 2;
	KUNIT_EXPECT_EQ(test, output_send(test, MCTP_TAG_OWNER, 5 * 64),
			-ENOBUFS);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_TX, 1);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_TX_PACKETS),
			2);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&dev->sent), 2);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
	KUNIT_EXPECT_EQ(test, sk_wmem_alloc_get(ctx->sock->sk), 0);
}

/* That a device could take packets together is not enough: the driver says so */
static void only_a_driver_that_says_so_gets_packets_together(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	struct sk_buff *skb;
	unsigned int n = 0;

	dev->ndev->features |= NETIF_F_SG | NETIF_F_FRAGLIST |
			       NETIF_F_HW_CSUM | NETIF_F_GSO_FRAGLIST;
	KUNIT_EXPECT_GT(test, output_send(test, MCTP_TAG_OWNER, 5 * 64), 0);
	while ((skb = mctp_fake_tx(test, dev))) {
		KUNIT_EXPECT_FALSE(test, skb_is_gso(skb));
		KUNIT_EXPECT_EQ(test, skb->len, 68);
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, 5);

	dev->batches = true;
	KUNIT_EXPECT_GT(test, output_send(test, MCTP_TAG_OWNER, 5 * 64), 0);
	skb = mctp_fake_tx(test, dev);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, mctp_batch_is(skb));
	KUNIT_EXPECT_NULL(test, mctp_fake_tx(test, dev));
}

static void refused_message_leaves_a_preallocated_tag(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	struct output_ctx *ctx = test->priv;
	int value;

	rcu_read_lock();
	value = mctp_tag_acquire(ctx->msk, mctp_fake_net_of(dev), MCTP_ADDR_ANY,
				 OUTPUT_PEER, true, NULL);
	rcu_read_unlock();
	KUNIT_ASSERT_GE(test, value, 0);

	value |= MCTP_TAG_OWNER | MCTP_TAG_PREALLOC;
	dev->busy = true;
	KUNIT_EXPECT_EQ(test, output_send(test, value, 10), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 1);
	dev->busy = false;
	KUNIT_EXPECT_EQ(test, output_send(test, value, 10), 9);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&dev->sent), 1);
}

static void refused_response_is_an_error(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	struct output_ctx *ctx = test->priv;

	dev->busy = true;
	KUNIT_EXPECT_EQ(test, output_send(test, 3, 200), -ENOBUFS);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_TX, 1);
}

static void device_that_is_down_is_an_error_and_takes_no_tag(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	struct output_ctx *ctx = test->priv;

	mctp_fake_dev_down(dev);
	KUNIT_EXPECT_EQ(test, output_send(test, MCTP_TAG_OWNER, 10), -ENETDOWN);
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&dev->sent));
}

static void packets_that_wait_are_charged_to_their_socket(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 0);
	struct output_ctx *ctx = test->priv;
	struct sock *sk = ctx->sock->sk;
	unsigned int n;

	dev->hold = true;
	WRITE_ONCE(sk->sk_sndbuf, 8192);
	for (n = 0; n < 100; n++)
		if (output_send(test, 0, 640) < 0)
			break;
	KUNIT_EXPECT_GT(test, n, 0);
	KUNIT_EXPECT_LT(test, n, 100);
	KUNIT_EXPECT_GE(test, sk_wmem_alloc_get(sk), 8192);
	KUNIT_EXPECT_EQ(test, output_send(test, 0, 640), -EAGAIN);

	skb_queue_purge(&dev->sent);
	KUNIT_EXPECT_EQ(test, sk_wmem_alloc_get(sk), 0);
	KUNIT_EXPECT_EQ(test, output_send(test, 0, 640), 639);
	mctp_fake_expect_no_drops(test, &ctx->before);
}

/* --- addresses --- */

static void message_without_a_neighbour_does_not_go_out(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 254, 1);
	struct output_ctx *ctx = test->priv;

	mctp_fake_neigh(test, dev, OUTPUT_PEER + 1, OUTPUT_HW);
	KUNIT_EXPECT_EQ(test, output_send(test, MCTP_TAG_OWNER, 10),
			-EHOSTUNREACH);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&dev->sent));
	KUNIT_EXPECT_EQ(test, ctx->msk->nr_tags, 0);
}

/* All packets have the link header of @hw from the device, n in all */
static void output_expect_hw(struct kunit *test, struct mctp_fake_dev *dev,
			     u8 hw, unsigned int n)
{
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, skb_queue_len(&dev->sent), n);
	skb_queue_walk(&dev->sent, skb) {
		KUNIT_EXPECT_EQ(test, mctp_fake_tx_hw(skb), hw);
		KUNIT_EXPECT_EQ(test, skb->data[-2], hw);
		KUNIT_EXPECT_EQ(test, skb->data[-1], MCTP_FAKE_HW);
	}
}

static void all_packets_go_to_the_neighbours_address(struct kunit *test)
{
	struct mctp_fake_dev *dev = output_dev(test, 68, 1);

	mctp_fake_neigh(test, dev, OUTPUT_PEER, OUTPUT_HW);
	KUNIT_ASSERT_EQ(test, output_send(test, 0, 200), 199);
	output_expect_hw(test, dev, OUTPUT_HW, 4);
	output_expect_packets(test, dev, 200, 68, 0);
}

static void packet_by_a_gateway_goes_to_the_gateways_address(struct kunit *test)
{
	struct output_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev = mctp_fake_dev(test, ctx->net, 68, 1);

	mctp_fake_eid(test, dev, OUTPUT_LOCAL);
	mctp_fake_route(test, dev, 20, 20, 0);
	mctp_fake_gateway(test, dev, 20, OUTPUT_PEER, OUTPUT_PEER, 0);
	mctp_fake_neigh(test, dev, OUTPUT_PEER, OUTPUT_HW + 1);
	mctp_fake_neigh(test, dev, 20, OUTPUT_HW);
	KUNIT_ASSERT_EQ(test, output_send(test, 0, 64), 63);
	output_expect_hw(test, dev, OUTPUT_HW, 1);
	output_expect_packets(test, dev, 64, 68, 0);
}

static int output_send_ext(struct kunit *test, struct mctp_fake_dev *dev,
			   u8 halen, u8 hw, size_t len)
{
	struct output_ctx *ctx = test->priv;
	struct sockaddr_mctp_ext addr = {
		.smctp_base = {
			.smctp_family = AF_MCTP,
			.smctp_network = ctx->net,
			.smctp_addr.s_addr = OUTPUT_PEER,
			.smctp_type = OUTPUT_TYPE,
		},
		.smctp_ifindex = dev->ndev->ifindex,
		.smctp_halen = halen,
		.smctp_haddr = { hw },
	};
	struct kvec vec = { .iov_base = ctx->msg + 1, .iov_len = len - 1 };
	struct msghdr msg = {
		.msg_name = &addr,
		.msg_namelen = sizeof(addr),
		.msg_flags = MSG_DONTWAIT,
	};

	return kernel_sendmsg(ctx->sock, &msg, &vec, 1, len - 1);
}

static void extended_address_of_another_length_is_refused(struct kunit *test)
{
	struct output_ctx *ctx = test->priv;
	struct mctp_fake_dev *bus = mctp_fake_dev(test, ctx->net, 68, 1);
	struct mctp_fake_dev *dev = mctp_fake_dev(test, ctx->net, 68, 0);

	ctx->msk->addr_ext = true;
	KUNIT_EXPECT_EQ(test, output_send_ext(test, bus, 0, 0, 10), -EINVAL);
	KUNIT_EXPECT_EQ(test, output_send_ext(test, bus, 2, 0, 10), -EINVAL);
	KUNIT_EXPECT_EQ(test, output_send_ext(test, dev, 1, 0, 10), -EINVAL);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&bus->sent));
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&dev->sent));
}

static void extended_address_needs_neither_route_nor_neighbour(struct kunit *test)
{
	struct output_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev = mctp_fake_dev(test, ctx->net, 68, 1);

	mctp_fake_eid(test, dev, OUTPUT_LOCAL);
	ctx->msk->addr_ext = true;
	KUNIT_ASSERT_EQ(test, output_send_ext(test, dev, 1, OUTPUT_HW, 200),
			199);
	output_expect_hw(test, dev, OUTPUT_HW, 4);
	output_expect_packets(test, dev, 200, 68, 0);
}

static void extended_address_beats_route_and_neighbour(struct kunit *test)
{
	struct mctp_fake_dev *routed = output_dev(test, 68, 1);
	struct output_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev = mctp_fake_dev(test, ctx->net, 68, 1);

	mctp_fake_neigh(test, routed, OUTPUT_PEER, OUTPUT_HW);
	mctp_fake_neigh(test, dev, OUTPUT_PEER, OUTPUT_HW);
	ctx->msk->addr_ext = true;
	KUNIT_ASSERT_EQ(test, output_send_ext(test, dev, 1, OUTPUT_HW + 1, 10),
			9);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&routed->sent));
	output_expect_hw(test, dev, OUTPUT_HW + 1, 1);
}

static void device_without_an_eid_sends_from_null(struct kunit *test)
{
	struct output_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev = mctp_fake_dev(test, ctx->net, 68, 0);
	struct sk_buff *skb;

	mctp_fake_route(test, dev, OUTPUT_PEER, OUTPUT_PEER, 0);
	KUNIT_ASSERT_EQ(test, output_send(test, MCTP_TAG_OWNER, 10), 9);
	skb = mctp_fake_tx(test, dev);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb->data[1], OUTPUT_PEER);
	KUNIT_EXPECT_EQ(test, skb->data[2], MCTP_ADDR_NULL);
}

static struct kunit_case mctp_output_cases[] = {
	KUNIT_CASE(message_beyond_65536_bytes_does_not_go_out),
	KUNIT_CASE(device_with_less_than_the_least_mtu_sends_nothing),
	KUNIT_CASE(refused_message_is_an_error_and_frees_its_tag),
	KUNIT_CASE(message_ends_with_its_first_refused_packet),
	KUNIT_CASE(only_a_driver_that_says_so_gets_packets_together),
	KUNIT_CASE(refused_message_leaves_a_preallocated_tag),
	KUNIT_CASE(refused_response_is_an_error),
	KUNIT_CASE(device_that_is_down_is_an_error_and_takes_no_tag),
	KUNIT_CASE(packets_that_wait_are_charged_to_their_socket),
	KUNIT_CASE(message_without_a_neighbour_does_not_go_out),
	KUNIT_CASE(extended_address_of_another_length_is_refused),
	KUNIT_CASE_PARAM(message_is_cut_to_packets_of_the_mtu,
			 output_cut_gen_params),
	KUNIT_CASE_PARAM(message_is_cut_alike_where_pages_can_be_shared,
			 output_cut_gen_params),
	KUNIT_CASE_PARAM(least_mtu_of_the_way_counts, output_mtu_gen_params),
	KUNIT_CASE(integrity_check_bit_goes_out_with_the_type),
	KUNIT_CASE_PARAM(response_keeps_its_tag_in_all_packets,
			 output_tag_gen_params),
	KUNIT_CASE(priority_and_mark_are_the_sockets_in_all_packets),
	KUNIT_CASE(packets_refer_to_the_pages_of_a_large_message),
	KUNIT_CASE(small_packets_are_copied_even_where_pages_can_be_shared),
	KUNIT_CASE(packets_are_linear_where_pages_cannot_be_shared),
	KUNIT_CASE(all_packets_go_to_the_neighbours_address),
	KUNIT_CASE(packet_by_a_gateway_goes_to_the_gateways_address),
	KUNIT_CASE(extended_address_needs_neither_route_nor_neighbour),
	KUNIT_CASE(extended_address_beats_route_and_neighbour),
	KUNIT_CASE(device_without_an_eid_sends_from_null),
	{}
};

struct kunit_suite mctp_output_suite = {
	.name = "mctp_output",
	.init = output_test_init,
	.test_cases = mctp_output_cases,
};
