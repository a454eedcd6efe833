// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that come in: which are bad, and who gets those that are for us.
 */
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include "input_test.h"
#include "suites.h"

int input_test_init(struct kunit *test)
{
	struct input_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	mctp_fake_pattern(ctx->msg, sizeof(ctx->msg), 1);
	ctx->msg[0] = INPUT_TYPE;
	ctx->net = mctp_fake_network(test);
	ctx->in = mctp_fake_dev(test, ctx->net, 1500, 0);
	mctp_fake_eid(test, ctx->in, INPUT_LOCAL);
	ctx->out = mctp_fake_dev(test, ctx->net, 68, 0);
	mctp_fake_route(test, ctx->out, INPUT_FAR, INPUT_FAR_LAST, 0);
	ctx->sock = mctp_fake_socket(test);
	KUNIT_ASSERT_EQ(test, 0,
			mctp_fake_bind(ctx->sock, ctx->net, MCTP_ADDR_ANY,
				       INPUT_TYPE));
	mctp_fake_counts(&ctx->before);
	test->priv = ctx;
	return 0;
}

void input_rx(struct kunit *test, u8 dest, u8 src, u8 flags)
{
	struct input_ctx *ctx = test->priv;

	mctp_fake_rx(test, ctx->in, dest, src, flags, ctx->msg,
		     sizeof(ctx->msg));
}

void input_expect_nothing(struct kunit *test, struct socket *sock)
{
	u8 buf[64];

	KUNIT_EXPECT_EQ(test, -EAGAIN,
			mctp_fake_recv(sock, NULL, buf, sizeof(buf)));
}

void input_expect_message(struct kunit *test, struct socket *sock,
			  unsigned int net, u8 src, u8 tagto)
{
	struct input_ctx *ctx = test->priv;
	struct sockaddr_mctp from;
	u8 buf[64];

	KUNIT_ASSERT_EQ(test, (int)sizeof(ctx->msg) - 1,
			mctp_fake_recv(sock, &from, buf, sizeof(buf)));
	KUNIT_EXPECT_EQ(test, 0,
			memcmp(buf, ctx->msg + 1, sizeof(ctx->msg) - 1));
	KUNIT_EXPECT_EQ(test, from.smctp_family, AF_MCTP);
	KUNIT_EXPECT_EQ(test, from.smctp_network, net);
	KUNIT_EXPECT_EQ(test, from.smctp_addr.s_addr, src);
	KUNIT_EXPECT_EQ(test, from.smctp_type, INPUT_TYPE);
	KUNIT_EXPECT_EQ(test, from.smctp_tag, tagto);
}

void input_expect_forwarded(struct kunit *test, unsigned long n)
{
	struct input_ctx *ctx = test->priv;

	mctp_fake_expect_no_drops(test, &ctx->before);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_FORWARDED),
			n);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_TX_PACKETS),
			n);
	KUNIT_EXPECT_EQ(test,
			mctp_fake_rise(&ctx->before, MCTP_CNT_RX_MESSAGES), 0);
}

void input_expect_lost(struct kunit *test, enum mctp_counter why)
{
	struct input_ctx *ctx = test->priv;

	mctp_fake_expect_drops(test, &ctx->before, why, 1);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_RX_PACKETS),
			1);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_FORWARDED),
			0);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&ctx->in->sent));
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&ctx->out->sent));
	input_expect_nothing(test, ctx->sock);
}

/* --- bad packets --- */

static const unsigned int input_shorts[] = { 0, 1, 2, 3 };

static void input_number_desc(const unsigned int *n, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u", *n);
}

KUNIT_ARRAY_PARAM(input_short, input_shorts, input_number_desc);

static void packet_shorter_than_its_header_is_dropped(struct kunit *test)
{
	const u8 packet[] = { MCTP_VER, INPUT_LOCAL, INPUT_PEER };
	const unsigned int *len = test->param_value;
	struct input_ctx *ctx = test->priv;

	mctp_fake_rx_raw(test, ctx->in, packet, *len);
	input_expect_lost(test, MCTP_CNT_DROP_SHORT);
}

static void paged_packet_shorter_than_its_header_is_dropped(struct kunit *test)
{
	const u8 packet[] = { MCTP_VER, INPUT_LOCAL, INPUT_PEER };
	struct input_ctx *ctx = test->priv;

	ctx->in->paged = true;
	mctp_fake_rx_raw(test, ctx->in, packet, sizeof(packet));
	input_expect_lost(test, MCTP_CNT_DROP_SHORT);
}

static const unsigned int input_versions[] = {
	0x00, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c,
	0x0d, 0x0e, 0x0f, 0x10, 0xf0, 0xf2, 0xff,
};

KUNIT_ARRAY_PARAM(input_version, input_versions, input_number_desc);

static void packet_of_another_version_is_dropped(struct kunit *test)
{
	const unsigned int *version = test->param_value;
	const u8 packet[] = { *version, INPUT_LOCAL, INPUT_PEER, INPUT_REQUEST,
			      INPUT_TYPE };
	struct input_ctx *ctx = test->priv;

	mctp_fake_rx_raw(test, ctx->in, packet, sizeof(packet));
	input_expect_lost(test, MCTP_CNT_DROP_VERSION);
}

static void packet_of_another_version_is_not_forwarded(struct kunit *test)
{
	const unsigned int *version = test->param_value;
	const u8 packet[] = { *version, INPUT_FAR, INPUT_PEER, INPUT_REQUEST,
			      INPUT_TYPE };
	struct input_ctx *ctx = test->priv;

	mctp_fake_rx_raw(test, ctx->in, packet, sizeof(packet));
	input_expect_lost(test, MCTP_CNT_DROP_VERSION);
}

static const unsigned int input_reserved[] = { 0x11, 0x21, 0x41, 0x81, 0xf1 };

KUNIT_ARRAY_PARAM(input_reserved, input_reserved, input_number_desc);

static void reserved_bits_are_ignored(struct kunit *test)
{
	const unsigned int *version = test->param_value;
	struct input_ctx *ctx = test->priv;
	u8 packet[4 + sizeof(ctx->msg)] = { *version, INPUT_LOCAL, INPUT_PEER,
					    INPUT_REQUEST };

	memcpy(packet + 4, ctx->msg, sizeof(ctx->msg));
	mctp_fake_rx_raw(test, ctx->in, packet, sizeof(packet));
	mctp_fake_expect_no_drops(test, &ctx->before);
	input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER,
			     MCTP_HDR_TO);
}

static const unsigned int input_dests[] = {
	MCTP_ADDR_NULL, INPUT_LOCAL, MCTP_ADDR_ANY, INPUT_FAR,
};

KUNIT_ARRAY_PARAM(input_dest, input_dests, input_number_desc);

static void packet_from_the_broadcast_eid_is_dropped(struct kunit *test)
{
	const unsigned int *dest = test->param_value;

	input_rx(test, *dest, MCTP_ADDR_ANY, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_SOURCE);
}

static void packet_for_another_link_address_is_dropped(struct kunit *test)
{
	const unsigned int *dest = test->param_value;
	const u8 packet[] = { MCTP_VER, *dest, INPUT_PEER, INPUT_REQUEST,
			      INPUT_TYPE };
	struct input_ctx *ctx = test->priv;
	struct mctp_fake_dev *bus = mctp_fake_dev(test, ctx->net, 254, 1);

	mctp_fake_rx_otherhost(test, bus, packet, sizeof(packet));
	input_expect_lost(test, MCTP_CNT_DROP_OTHERHOST);
}

static const struct net_device_ops input_no_ops;

static void packet_by_a_device_that_cannot_carry_mctp_is_dropped(struct kunit *test)
{
	struct net_device *ndev;
	struct sk_buff *skb;
	int err;

	ndev = alloc_netdev(0, "mctpno%d", NET_NAME_ENUM, ether_setup);
	KUNIT_ASSERT_NOT_NULL(test, ndev);
	ndev->netdev_ops = &input_no_ops;
	eth_hw_addr_random(ndev);
	err = register_netdev(ndev);
	if (err)
		free_netdev(ndev);
	KUNIT_ASSERT_EQ(test, err, 0);

	skb = alloc_skb(64, GFP_KERNEL);
	if (skb) {
		static const u8 packet[] = { MCTP_VER, INPUT_LOCAL, INPUT_PEER,
					     INPUT_REQUEST, INPUT_TYPE };

		skb_reset_mac_header(skb);
		skb_put_data(skb, packet, sizeof(packet));
		skb->protocol = htons(ETH_P_MCTP);
		skb->dev = ndev;
		local_bh_disable();
		netif_receive_skb(skb);
		local_bh_enable();
	}
	unregister_netdev(ndev);
	free_netdev(ndev);
	KUNIT_ASSERT_TRUE(test, skb);
	input_expect_lost(test, MCTP_CNT_DROP_NO_DEVICE);
}

/* --- for us --- */

static void packet_is_for_us_or_forwarded_by_its_destination(struct kunit *test)
{
	const unsigned int *dest = test->param_value;
	struct input_ctx *ctx = test->priv;

	/* with a route to every EID there is, for it to be tempted by */
	mctp_fake_route(test, ctx->out, MCTP_EID_MIN, MCTP_EID_MAX, 0);
	input_rx(test, *dest, INPUT_PEER, INPUT_REQUEST | 5);
	if (*dest == INPUT_FAR) {
		input_expect_forwarded(test, 1);
		input_expect_nothing(test, ctx->sock);
		return;
	}
	mctp_fake_expect_no_drops(test, &ctx->before);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_FORWARDED),
			0);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&ctx->out->sent));
	input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER,
			     MCTP_HDR_TO | 5);
	input_expect_nothing(test, ctx->sock);
}

static void broadcast_that_nobody_takes_is_not_forwarded(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	mctp_fake_route(test, ctx->out, MCTP_EID_MIN, MCTP_EID_MAX, 0);
	ctx->msg[0] = INPUT_TYPE - 1;
	input_rx(test, MCTP_ADDR_ANY, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_NO_BIND);
}

static void eid_of_another_device_of_the_network_is_ours(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	mctp_fake_eid(test, ctx->out, INPUT_BEYOND);
	input_rx(test, INPUT_BEYOND, INPUT_PEER, INPUT_REQUEST);
	mctp_fake_expect_no_drops(test, &ctx->before);
	input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER,
			     MCTP_HDR_TO);
}

static void eid_of_a_device_of_another_network_is_not_ours(struct kunit *test)
{
	struct mctp_fake_dev *dev;

	dev = mctp_fake_dev(test, mctp_fake_network(test), 68, 0);
	mctp_fake_eid(test, dev, INPUT_BEYOND);
	input_rx(test, INPUT_BEYOND, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_NO_ROUTE);
}

static void paged_packets_are_read(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	ctx->in->paged = true;
	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_REQUEST);
	mctp_fake_expect_no_drops(test, &ctx->before);
	input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER,
			     MCTP_HDR_TO);
}

static void link_address_of_the_sender_is_kept(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	struct mctp_fake_dev *bus = mctp_fake_dev(test, ctx->net, 254, 1);
	struct sk_buff *skb;

	mctp_fake_rx_from(test, bus, INPUT_HW_FAR, INPUT_LOCAL, INPUT_PEER,
			  INPUT_REQUEST, ctx->msg, sizeof(ctx->msg));
	skb = skb_peek(&ctx->sock->sk->sk_receive_queue);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, mctp_cb(skb)->ifindex, bus->ndev->ifindex);
	KUNIT_EXPECT_EQ(test, mctp_cb(skb)->halen, 1);
	KUNIT_EXPECT_EQ(test, mctp_cb(skb)->haddr[0], INPUT_HW_FAR);
	KUNIT_EXPECT_EQ(test, mctp_cb(skb)->dest, INPUT_LOCAL);
	input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER,
			     MCTP_HDR_TO);
}

/* As a filter makes it that sends on to a bus what has come by a device without link
 * addresses: what is in front of the MCTP header, or behind it, is no address
 */
static void packet_without_a_link_header_has_no_link_address(struct kunit *test)
{
	static const u8 hdr[] = { 0x01, INPUT_LOCAL, INPUT_PEER, INPUT_REQUEST };
	struct input_ctx *ctx = test->priv;
	struct mctp_fake_dev *bus = mctp_fake_dev(test, ctx->net, 254, 1);
	struct sk_buff *skb;
	unsigned int set;

	for (set = 0; set < 2; set++) {
		skb = alloc_skb(16 + sizeof(hdr) + sizeof(ctx->msg), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		skb_reserve(skb, 16);
		skb_put_data(skb, hdr, sizeof(hdr));
		skb_put_data(skb, ctx->msg, sizeof(ctx->msg));
		skb->dev = bus->ndev;
		skb->protocol = cpu_to_be16(ETH_P_MCTP);
		skb_set_mac_header(skb, -(int)set);
		skb_reset_network_header(skb);
		local_bh_disable();
		netif_receive_skb(skb);
		local_bh_enable();

		skb = skb_peek(&ctx->sock->sk->sk_receive_queue);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, mctp_cb(skb)->halen, 0);
		input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER,
				     MCTP_HDR_TO);
	}
}

/* --- requests --- */

static void request_of_a_type_nobody_takes_is_dropped(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	ctx->msg[0] = INPUT_TYPE - 1;
	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_NO_BIND);
}

static void request_in_a_network_nobody_listens_in_is_dropped(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev;

	dev = mctp_fake_dev(test, mctp_fake_network(test), 254, 0);
	mctp_fake_eid(test, dev, INPUT_LOCAL);
	mctp_fake_rx(test, dev, INPUT_LOCAL, INPUT_PEER, INPUT_REQUEST,
		     ctx->msg, sizeof(ctx->msg));
	input_expect_lost(test, MCTP_CNT_DROP_NO_BIND);
}

static void request_to_another_eid_than_the_bound_one_is_dropped(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	struct socket *sock = mctp_fake_socket(test);

	mctp_fake_eid(test, ctx->in, INPUT_BEYOND);
	KUNIT_ASSERT_EQ(test, 0,
			mctp_fake_bind(sock, ctx->net, INPUT_BEYOND,
				       INPUT_TYPE - 1));
	ctx->msg[0] = INPUT_TYPE - 1;
	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_NO_BIND);
	input_expect_nothing(test, sock);
}

static void listener_bound_to_a_device_is_passed_over_for_others(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, 0,
			sock_bindtoindex(ctx->sock->sk,
					 ctx->out->ndev->ifindex, true));
	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_NO_BIND);

	mctp_fake_rx(test, ctx->out, INPUT_LOCAL, INPUT_PEER, INPUT_REQUEST,
		     ctx->msg, sizeof(ctx->msg));
	input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER,
			     MCTP_HDR_TO);
}

static void listener_for_all_gets_what_a_device_bound_one_does_not(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	struct socket *all = mctp_fake_socket(test);

	KUNIT_ASSERT_EQ(test, 0,
			mctp_fake_bind(all, MCTP_NET_ANY, MCTP_ADDR_ANY,
				       INPUT_TYPE));
	KUNIT_ASSERT_EQ(test, 0,
			sock_bindtoindex(ctx->sock->sk,
					 ctx->out->ndev->ifindex, true));
	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_REQUEST);
	mctp_fake_expect_no_drops(test, &ctx->before);
	input_expect_nothing(test, ctx->sock);
	input_expect_message(test, all, ctx->net, INPUT_PEER, MCTP_HDR_TO);
}

/* --- responses --- */

/* The socket waits for an answer to what it sent; returns the tag's value */
static u8 input_own_tag(struct kunit *test, struct socket *sock, u8 local,
			u8 peer)
{
	struct input_ctx *ctx = test->priv;
	int value;

	rcu_read_lock();
	value = mctp_tag_acquire(mctp_sk(sock->sk), mctp_fake_net_of(ctx->in),
				 local, peer, false, NULL);
	rcu_read_unlock();
	KUNIT_ASSERT_GE(test, value, 0);
	return value;
}

static void response_that_nobody_waits_for_is_dropped(struct kunit *test)
{
	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_WHOLE | 3);
	input_expect_lost(test, MCTP_CNT_DROP_NO_TAG);
}

/* In what a response is not the one that is waited for */
struct input_foreign {
	const char	*name;
	u8		dest;
	u8		src;
	u8		tag_xor;
	bool		other_network;
};

#define INPUT_LOCAL2	11

static const struct input_foreign input_foreigners[] = {
	{ "from another peer", INPUT_LOCAL, INPUT_PEER + 1 },
	{ "from null", INPUT_LOCAL, MCTP_ADDR_NULL },
	{ "with another tag", INPUT_LOCAL, INPUT_PEER, 1 },
	{ "with a tag far off", INPUT_LOCAL, INPUT_PEER, 7 },
	{ "to another EID of ours", INPUT_LOCAL2, INPUT_PEER },
	{ "to all", MCTP_ADDR_ANY, INPUT_PEER },
	{ "in another network", INPUT_LOCAL, INPUT_PEER, 0, true },
};

static void input_foreign_desc(const struct input_foreign *f, char *desc)
{
	strscpy(desc, f->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(input_foreign, input_foreigners, input_foreign_desc);

static void foreign_response_is_dropped(struct kunit *test)
{
	const struct input_foreign *f = test->param_value;
	struct input_ctx *ctx = test->priv;
	struct mctp_fake_dev *dev = ctx->in;
	u8 value = input_own_tag(test, ctx->sock, INPUT_LOCAL, INPUT_PEER);

	mctp_fake_eid(test, ctx->in, INPUT_LOCAL2);
	if (f->other_network) {
		dev = mctp_fake_dev(test, mctp_fake_network(test), 254, 0);
		mctp_fake_eid(test, dev, INPUT_LOCAL);
	}
	mctp_fake_rx(test, dev, f->dest, f->src,
		     INPUT_WHOLE | (value ^ f->tag_xor), ctx->msg,
		     sizeof(ctx->msg));
	input_expect_lost(test, MCTP_CNT_DROP_NO_TAG);

	/* and the tag waits still */
	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_WHOLE | value);
	input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER, value);
}

static void second_response_to_a_request_is_dropped(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	u8 value = input_own_tag(test, ctx->sock, INPUT_LOCAL, INPUT_PEER);

	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_WHOLE | value);
	input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER, value);
	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_WHOLE | value);
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_NO_TAG, 1);
	input_expect_nothing(test, ctx->sock);
}

static void request_with_an_owned_tag_is_not_its_response(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	struct socket *asker = mctp_fake_socket(test);
	u8 value = input_own_tag(test, asker, INPUT_LOCAL, INPUT_PEER);

	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_REQUEST | value);
	input_expect_nothing(test, asker);
	input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER,
			     MCTP_HDR_TO | value);
	KUNIT_EXPECT_EQ(test, mctp_sk(asker->sk)->nr_tags, 1);
	mctp_fake_expect_no_drops(test, &ctx->before);
}

static void response_goes_to_the_owner_of_its_tag_alone(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	struct socket *asker = mctp_fake_socket(test);
	u8 value = input_own_tag(test, asker, INPUT_LOCAL, INPUT_PEER);

	input_rx(test, INPUT_LOCAL, INPUT_PEER, INPUT_WHOLE | value);
	input_expect_nothing(test, ctx->sock);
	input_expect_message(test, asker, ctx->net, INPUT_PEER, value);
	KUNIT_EXPECT_EQ(test, mctp_sk(asker->sk)->nr_tags, 0);
	mctp_fake_expect_no_drops(test, &ctx->before);
}

static void response_to_a_device_without_eid_finds_its_socket(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	u8 value = input_own_tag(test, ctx->sock, MCTP_ADDR_NULL, INPUT_PEER);

	mctp_fake_rx(test, ctx->out, MCTP_ADDR_NULL, INPUT_PEER,
		     INPUT_WHOLE | value, ctx->msg, sizeof(ctx->msg));
	mctp_fake_expect_no_drops(test, &ctx->before);
	input_expect_message(test, ctx->sock, ctx->net, INPUT_PEER, value);
}

/* --- to ourselves --- */

static void local_request_nobody_takes_is_dropped(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, 3,
			mctp_fake_send(ctx->sock, ctx->net, INPUT_LOCAL,
				       INPUT_TYPE - 1, MCTP_TAG_OWNER, "abc",
				       3));
	mctp_fake_expect_drops(test, &ctx->before, MCTP_CNT_DROP_NO_BIND, 1);
}

static void local_message_goes_over_whole_without_a_device(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	struct socket *asker = mctp_fake_socket(test);
	struct sockaddr_mctp from;
	size_t len = 4096;
	u8 *data, *buf;

	data = kunit_kmalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	buf = kunit_kmalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	mctp_fake_pattern(data, len, 9);

	KUNIT_ASSERT_EQ(test, (int)len,
			mctp_fake_send(asker, ctx->net, INPUT_LOCAL,
				       INPUT_TYPE, MCTP_TAG_OWNER, data, len));
	KUNIT_ASSERT_EQ(test, (int)len,
			mctp_fake_recv(ctx->sock, &from, buf, len));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, data, len));
	KUNIT_EXPECT_EQ(test, from.smctp_addr.s_addr, INPUT_LOCAL);
	KUNIT_EXPECT_EQ(test, from.smctp_tag & MCTP_TAG_OWNER, MCTP_TAG_OWNER);

	/* and so does the answer */
	KUNIT_ASSERT_EQ(test, 3,
			mctp_fake_send(ctx->sock, ctx->net, INPUT_LOCAL,
				       INPUT_TYPE,
				       from.smctp_tag & MCTP_TAG_MASK, "abc",
				       3));
	KUNIT_EXPECT_EQ(test, 3, mctp_fake_recv(asker, &from, buf, len));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, "abc", 3));
	KUNIT_EXPECT_EQ(test, mctp_sk(asker->sk)->nr_tags, 0);

	mctp_fake_expect_no_drops(test, &ctx->before);
	KUNIT_EXPECT_EQ(test,
			mctp_fake_rise(&ctx->before, MCTP_CNT_LOCAL_MESSAGES),
			2);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_TX_PACKETS),
			0);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_RX_PACKETS),
			0);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&ctx->in->sent));
}

static struct kunit_case mctp_input_cases[] = {
	KUNIT_CASE_PARAM(packet_shorter_than_its_header_is_dropped,
			 input_short_gen_params),
	KUNIT_CASE(paged_packet_shorter_than_its_header_is_dropped),
	KUNIT_CASE_PARAM(packet_of_another_version_is_dropped,
			 input_version_gen_params),
	KUNIT_CASE_PARAM(packet_of_another_version_is_not_forwarded,
			 input_version_gen_params),
	KUNIT_CASE_PARAM(reserved_bits_are_ignored, input_reserved_gen_params),
	KUNIT_CASE_PARAM(packet_from_the_broadcast_eid_is_dropped,
			 input_dest_gen_params),
	KUNIT_CASE_PARAM(packet_for_another_link_address_is_dropped,
			 input_dest_gen_params),
	KUNIT_CASE(packet_by_a_device_that_cannot_carry_mctp_is_dropped),
	KUNIT_CASE(request_of_a_type_nobody_takes_is_dropped),
	KUNIT_CASE(request_in_a_network_nobody_listens_in_is_dropped),
	KUNIT_CASE(request_to_another_eid_than_the_bound_one_is_dropped),
	KUNIT_CASE(listener_bound_to_a_device_is_passed_over_for_others),
	KUNIT_CASE(listener_for_all_gets_what_a_device_bound_one_does_not),
	KUNIT_CASE(response_that_nobody_waits_for_is_dropped),
	KUNIT_CASE_PARAM(foreign_response_is_dropped,
			 input_foreign_gen_params),
	KUNIT_CASE(second_response_to_a_request_is_dropped),
	KUNIT_CASE(request_with_an_owned_tag_is_not_its_response),
	KUNIT_CASE(response_goes_to_the_owner_of_its_tag_alone),
	KUNIT_CASE(response_to_a_device_without_eid_finds_its_socket),
	KUNIT_CASE(broadcast_that_nobody_takes_is_not_forwarded),
	KUNIT_CASE(eid_of_a_device_of_another_network_is_not_ours),
	KUNIT_CASE(eid_of_another_device_of_the_network_is_ours),
	KUNIT_CASE_PARAM(packet_is_for_us_or_forwarded_by_its_destination,
			 input_dest_gen_params),
	KUNIT_CASE(paged_packets_are_read),
	KUNIT_CASE(link_address_of_the_sender_is_kept),
	KUNIT_CASE(packet_without_a_link_header_has_no_link_address),
	KUNIT_CASE(local_request_nobody_takes_is_dropped),
	KUNIT_CASE(local_message_goes_over_whole_without_a_device),
	{}
};

struct kunit_suite mctp_input_suite = {
	.name = "mctp_input",
	.init = input_test_init,
	.test_cases = mctp_input_cases,
};
