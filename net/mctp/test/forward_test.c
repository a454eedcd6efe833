// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that come in and are for others: which are forwarded, by what way, and
 * which are not.
 */
#include <linux/if_ether.h>
#include "input_test.h"
#include "suites.h"

/* Just the bytes of @packet go out by @dev; returns what went */
static struct sk_buff *input_expect_sent(struct kunit *test,
					 struct mctp_fake_dev *dev,
					 const void *packet, size_t len)
{
	struct sk_buff *skb = mctp_fake_tx(test, dev);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test, (size_t)skb->len, len);
	KUNIT_ASSERT_FALSE(test, skb_is_nonlinear(skb));
	KUNIT_EXPECT_EQ(test, 0, memcmp(skb->data, packet, len));
	return skb;
}

static void packet_without_a_route_is_dropped(struct kunit *test)
{
	input_rx(test, INPUT_FAR_LAST + 1, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_NO_ROUTE);
}

static void packet_is_not_forwarded_between_networks(struct kunit *test)
{
	struct mctp_fake_dev *dev;

	dev = mctp_fake_dev(test, mctp_fake_network(test), 254, 0);
	mctp_fake_route(test, dev, INPUT_BEYOND, INPUT_BEYOND, 0);
	input_rx(test, INPUT_BEYOND, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_NO_ROUTE);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&dev->sent));
}

static void packet_does_not_go_back_by_a_link_without_addresses(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	mctp_fake_route(test, ctx->in, INPUT_BEYOND, INPUT_BEYOND, 0);
	input_rx(test, INPUT_BEYOND, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_FWD_BACK);
}

static void packet_does_not_go_back_by_a_gateway(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	mctp_fake_route(test, ctx->in, INPUT_PEER, INPUT_PEER, 0);
	mctp_fake_gateway(test, ctx->in, INPUT_PEER, INPUT_BEYOND,
			  INPUT_BEYOND, 0);
	input_rx(test, INPUT_BEYOND, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_FWD_BACK);
}

static void packet_of_our_own_is_not_forwarded(struct kunit *test)
{
	input_rx(test, INPUT_FAR, INPUT_LOCAL, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_FWD_BACK);
}

static void packet_that_nobody_can_answer_is_not_forwarded(struct kunit *test)
{
	input_rx(test, INPUT_FAR, MCTP_ADDR_NULL, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_SOURCE);
}

static void packet_by_a_gateway_that_is_us_is_dropped(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	mctp_fake_gateway(test, ctx->in, INPUT_LOCAL, INPUT_BEYOND,
			  INPUT_BEYOND, 0);
	input_rx(test, INPUT_BEYOND, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_NO_ROUTE);
}

static void packet_in_a_loop_of_gateways_is_dropped(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	mctp_fake_gateway(test, ctx->in, INPUT_BEYOND + 1, INPUT_BEYOND,
			  INPUT_BEYOND, 0);
	mctp_fake_gateway(test, ctx->in, INPUT_BEYOND, INPUT_BEYOND + 1,
			  INPUT_BEYOND + 1, 0);
	input_rx(test, INPUT_BEYOND, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_NO_ROUTE);
}

static void packet_by_a_device_that_is_down_is_dropped(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	mctp_fake_dev_down(ctx->out);
	input_rx(test, INPUT_FAR, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_DEVICE_DOWN);
}

static void packet_that_the_device_refuses_is_dropped(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;

	ctx->out->busy = true;
	input_rx(test, INPUT_FAR, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_TX);
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&ctx->before, MCTP_CNT_TX_PACKETS),
			0);
}

/* MTU of the way out: of the device, of its route, and of a gateway route */
struct input_mtu {
	const char	*name;
	unsigned int	dev;
	u32		route;
	u32		gateway;
	unsigned int	largest;
};

static const struct input_mtu input_mtus[] = {
	{ "device", 100, 0, 0, 100 },
	{ "least device", 68, 0, 0, 68 },
	{ "route", 254, 100, 0, 100 },
	{ "device, route larger", 100, 254, 0, 100 },
	{ "gateway route", 254, 0, 90, 90 },
	{ "route, gateway route larger", 254, 80, 90, 80 },
	{ "device under 68: none", 67, 0, 0, 0 },
};

static void input_mtu_desc(const struct input_mtu *m, char *desc)
{
	strscpy(desc, m->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(input_mtu, input_mtus, input_mtu_desc);

static void packet_larger_than_the_way_takes_is_dropped(struct kunit *test)
{
	const struct input_mtu *m = test->param_value;
	struct input_ctx *ctx = test->priv;
	u8 dest = m->gateway ? INPUT_BEYOND + 1 : INPUT_BEYOND;
	struct mctp_fake_dev *dev;
	u8 packet[256] = { MCTP_VER, dest, INPUT_PEER, INPUT_REQUEST };

	dev = mctp_fake_dev(test, ctx->net, m->dev, 0);
	mctp_fake_route(test, dev, INPUT_BEYOND, INPUT_BEYOND, m->route);
	if (m->gateway)
		mctp_fake_gateway(test, dev, INPUT_BEYOND, dest, dest,
				  m->gateway);

	mctp_fake_rx_raw(test, ctx->in, packet,
			 m->largest ? m->largest + 1 : 5);
	input_expect_lost(test, MCTP_CNT_DROP_FWD_MTU);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&dev->sent));

	if (m->largest) {
		mctp_fake_rx_raw(test, ctx->in, packet, m->largest);
		input_expect_sent(test, dev, packet, m->largest);
	}
}

static void packet_is_forwarded_unchanged_whatever_its_flags(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	u8 packet[68] = { MCTP_VER, INPUT_FAR, INPUT_PEER };
	unsigned int flags;

	mctp_fake_pattern(packet + 4, sizeof(packet) - 4, 3);
	for (flags = 0; flags < 256; flags++) {
		packet[3] = flags;
		mctp_fake_rx_raw(test, ctx->in, packet, sizeof(packet));
		input_expect_sent(test, ctx->out, packet, sizeof(packet));
	}
	input_expect_forwarded(test, 256);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&ctx->in->sent));
	input_expect_nothing(test, ctx->sock);
}

static void empty_packet_is_forwarded(struct kunit *test)
{
	const u8 packet[] = { MCTP_VER, INPUT_FAR_LAST, INPUT_PEER,
			      MCTP_HDR_EOM | 0x13 };
	struct input_ctx *ctx = test->priv;

	mctp_fake_rx_raw(test, ctx->in, packet, sizeof(packet));
	input_expect_sent(test, ctx->out, packet, sizeof(packet));
	input_expect_forwarded(test, 1);
}

static void packet_is_forwarded_by_a_chain_of_gateways(struct kunit *test)
{
	const u8 packet[] = { MCTP_VER, INPUT_BEYOND + 1, INPUT_PEER,
			      INPUT_REQUEST, INPUT_TYPE, 1, 2, 3 };
	struct input_ctx *ctx = test->priv;

	mctp_fake_gateway(test, ctx->in, INPUT_FAR, INPUT_BEYOND, INPUT_BEYOND,
			  0);
	mctp_fake_gateway(test, ctx->in, INPUT_BEYOND, INPUT_BEYOND + 1,
			  INPUT_BEYOND + 1, 0);
	mctp_fake_rx_raw(test, ctx->in, packet, sizeof(packet));
	input_expect_sent(test, ctx->out, packet, sizeof(packet));
	input_expect_forwarded(test, 1);
}

/* --- forwarded on a bus --- */

/* A bus with an endpoint to which a packet comes by the same bus */
static struct mctp_fake_dev *input_bus(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	struct mctp_fake_dev *bus = mctp_fake_dev(test, ctx->net, 254, 1);

	mctp_fake_route(test, bus, INPUT_BEYOND, INPUT_BEYOND, 0);
	return bus;
}

static void packet_without_a_neighbour_is_dropped(struct kunit *test)
{
	struct mctp_fake_dev *bus = input_bus(test);

	mctp_fake_neigh(test, bus, INPUT_BEYOND + 1, INPUT_HW_FAR);
	input_rx(test, INPUT_BEYOND, INPUT_PEER, INPUT_REQUEST);
	input_expect_lost(test, MCTP_CNT_DROP_NO_NEIGH);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&bus->sent));
}

static void packet_does_not_go_back_to_its_sender_on_a_bus(struct kunit *test)
{
	struct input_ctx *ctx = test->priv;
	struct mctp_fake_dev *bus = input_bus(test);

	mctp_fake_neigh(test, bus, INPUT_BEYOND, INPUT_HW_FAR);
	mctp_fake_rx_from(test, bus, INPUT_HW_FAR, INPUT_BEYOND, INPUT_PEER,
			  INPUT_REQUEST, ctx->msg, sizeof(ctx->msg));
	input_expect_lost(test, MCTP_CNT_DROP_FWD_BACK);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&bus->sent));
}

static void packet_goes_to_another_address_of_the_same_bus(struct kunit *test)
{
	const u8 packet[] = { MCTP_VER, INPUT_BEYOND, INPUT_PEER,
			      INPUT_REQUEST | 2, INPUT_TYPE, 1, 2, 3 };
	struct mctp_fake_dev *bus = input_bus(test);
	struct sk_buff *skb;

	mctp_fake_neigh(test, bus, INPUT_BEYOND, INPUT_HW_FAR);
	mctp_fake_rx_raw(test, bus, packet, sizeof(packet));
	skb = input_expect_sent(test, bus, packet, sizeof(packet));
	KUNIT_EXPECT_EQ(test, mctp_fake_tx_hw(skb), INPUT_HW_FAR);
	input_expect_forwarded(test, 1);
}

static void packet_goes_to_the_same_address_of_another_bus(struct kunit *test)
{
	const u8 packet[] = { MCTP_VER, INPUT_BEYOND, INPUT_PEER,
			      INPUT_REQUEST | 2, INPUT_TYPE, 1, 2, 3 };
	struct input_ctx *ctx = test->priv;
	struct mctp_fake_dev *from = mctp_fake_dev(test, ctx->net, 254, 1);
	struct mctp_fake_dev *bus = input_bus(test);
	struct sk_buff *skb;

	mctp_fake_neigh(test, bus, INPUT_BEYOND, MCTP_FAKE_HW_PEER);
	mctp_fake_rx_raw(test, from, packet, sizeof(packet));
	skb = input_expect_sent(test, bus, packet, sizeof(packet));
	KUNIT_EXPECT_EQ(test, mctp_fake_tx_hw(skb), MCTP_FAKE_HW_PEER);
	input_expect_forwarded(test, 1);
}

static void packet_by_a_gateway_goes_to_the_gateways_address(struct kunit *test)
{
	const u8 packet[] = { MCTP_VER, INPUT_BEYOND + 1, INPUT_PEER,
			      INPUT_REQUEST, INPUT_TYPE, 1, 2, 3 };
	struct input_ctx *ctx = test->priv;
	struct mctp_fake_dev *bus = input_bus(test);
	struct sk_buff *skb;

	mctp_fake_gateway(test, bus, INPUT_BEYOND, INPUT_BEYOND + 1,
			  INPUT_BEYOND + 1, 0);
	mctp_fake_neigh(test, bus, INPUT_BEYOND, INPUT_HW_GATEWAY);
	mctp_fake_neigh(test, bus, INPUT_BEYOND + 1, INPUT_HW_FAR);
	mctp_fake_rx_raw(test, ctx->in, packet, sizeof(packet));
	skb = input_expect_sent(test, bus, packet, sizeof(packet));
	KUNIT_EXPECT_EQ(test, mctp_fake_tx_hw(skb), INPUT_HW_GATEWAY);
	input_expect_forwarded(test, 1);
}

/* The link header is put where a tap has the packet's bytes too */
static void tap_sees_a_forwarded_packet_as_it_came(struct kunit *test)
{
	const u8 packet[] = { MCTP_VER, INPUT_FAR, INPUT_PEER, INPUT_REQUEST,
			      INPUT_TYPE, 1, 2, 3 };
	struct input_ctx *ctx = test->priv;
	struct mctp_fake_dev *from = mctp_fake_dev(test, ctx->net, 254, 1);
	const u8 frame[] = { MCTP_FAKE_HW, MCTP_FAKE_HW_PEER };
	struct kvec vec;
	struct msghdr msg = {};
	struct socket *tap;
	u8 buf[64];
	int n;

	vec.iov_base = buf;
	vec.iov_len = sizeof(buf);
	n = sock_create_kern(&init_net, AF_PACKET, SOCK_RAW,
			     (__force int)htons(ETH_P_MCTP),
			     &tap);
	KUNIT_ASSERT_EQ(test, n, 0);
	mctp_fake_rx_raw(test, from, packet, sizeof(packet));
	n = kernel_recvmsg(tap, &msg, &vec, 1, sizeof(buf), MSG_DONTWAIT);
	sock_release(tap);

	KUNIT_ASSERT_EQ(test, n, (int)(sizeof(frame) + sizeof(packet)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(buf, frame, sizeof(frame)));
	KUNIT_EXPECT_EQ(test, 0,
			memcmp(buf + sizeof(frame), packet, sizeof(packet)));
	input_expect_sent(test, ctx->out, packet, sizeof(packet));
}

static struct kunit_case mctp_forward_cases[] = {
	KUNIT_CASE(packet_without_a_route_is_dropped),
	KUNIT_CASE(packet_is_not_forwarded_between_networks),
	KUNIT_CASE(packet_does_not_go_back_by_a_link_without_addresses),
	KUNIT_CASE(packet_does_not_go_back_by_a_gateway),
	KUNIT_CASE(packet_of_our_own_is_not_forwarded),
	KUNIT_CASE(packet_that_nobody_can_answer_is_not_forwarded),
	KUNIT_CASE(packet_by_a_gateway_that_is_us_is_dropped),
	KUNIT_CASE(packet_in_a_loop_of_gateways_is_dropped),
	KUNIT_CASE(packet_by_a_device_that_is_down_is_dropped),
	KUNIT_CASE(packet_that_the_device_refuses_is_dropped),
	KUNIT_CASE_PARAM(packet_larger_than_the_way_takes_is_dropped,
			 input_mtu_gen_params),
	KUNIT_CASE(packet_is_forwarded_unchanged_whatever_its_flags),
	KUNIT_CASE(empty_packet_is_forwarded),
	KUNIT_CASE(packet_is_forwarded_by_a_chain_of_gateways),
	KUNIT_CASE(packet_without_a_neighbour_is_dropped),
	KUNIT_CASE(packet_does_not_go_back_to_its_sender_on_a_bus),
	KUNIT_CASE(packet_goes_to_another_address_of_the_same_bus),
	KUNIT_CASE(packet_goes_to_the_same_address_of_another_bus),
	KUNIT_CASE(packet_by_a_gateway_goes_to_the_gateways_address),
	KUNIT_CASE(tap_sees_a_forwarded_packet_as_it_came),
	{}
};

struct kunit_suite mctp_forward_suite = {
	.name = "mctp_forward",
	.init = input_test_init,
	.test_cases = mctp_forward_cases,
};
