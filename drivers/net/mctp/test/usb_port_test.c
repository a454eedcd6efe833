// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over USB: unit tests of the port (suite mctp-usb-port), with a driver that
 * keeps what is submitted until a test lets it end.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/mctpdevice.h>
#include <net/mctpusb.h>

#define HEAD	((int)sizeof(struct mctp_usb_hdr))
#define WAIT_MS	5000

/**
 * struct usb_port_test - a port, and what is behind it
 * @port: the port; first, as in a driver
 * @pt: takes packets that the device received
 * @out: transfers that are submitted to be sent, in their order
 * @n_out: how many
 * @in: transfers that are submitted to be received
 * @n_in: how many
 * @instant: transfers end as soon as they are submitted
 * @refuse: what submitting returns, if not 0
 * @stop_within: the device goes down while the next transfer is submitted, which is
 *	refused then
 * @cancelled: calls of cancel_tx()
 * @cancelling: one is under way
 * @nested: calls of submit_tx() meanwhile
 * @busy: calls of tx_busy(true) less those of tx_busy(false)
 * @lens: lengths of packets that @pt took
 * @received: how many of these
 */
struct usb_port_test {
	struct mctp_usb_port	port;
	struct packet_type	pt;
	struct mctp_usb_tx	*out[64];
	unsigned int		n_out;
	struct mctp_usb_rx	*in[64];
	unsigned int		n_in;
	bool			instant;
	int			refuse;
	bool			stop_within;
	unsigned int		cancelled;
	bool			cancelling;
	unsigned int		nested;
	int			busy;
	unsigned int		lens[128];
	unsigned int		received;
};

static struct usb_port_test *port_test_of(struct mctp_usb_port *port)
{
	return container_of(port, struct usb_port_test, port);
}

static int port_test_submit_rx(struct mctp_usb_port *port,
			       struct mctp_usb_rx *rx)
{
	struct usb_port_test *pt = port_test_of(port);

	if (pt->stop_within) {
		pt->stop_within = false;
		pt->refuse = -ESHUTDOWN;
		mctp_usb_port_stop(port);
	}
	if (pt->refuse)
		return pt->refuse;
	if (pt->n_in < ARRAY_SIZE(pt->in))
		pt->in[pt->n_in++] = rx;
	return 0;
}

static int port_test_submit_tx(struct mctp_usb_port *port,
			       struct mctp_usb_tx *tx)
{
	struct usb_port_test *pt = port_test_of(port);

	if (pt->refuse)
		return pt->refuse;
	if (pt->cancelling)
		pt->nested++;
	if (pt->n_out < ARRAY_SIZE(pt->out))
		pt->out[pt->n_out++] = tx;
	if (pt->instant)
		mctp_usb_tx_done(tx, 0);
	return 0;
}

static void port_test_cancel_tx(struct mctp_usb_port *port,
				struct mctp_usb_tx *tx)
{
	struct usb_port_test *pt = port_test_of(port);

	pt->cancelling = true;
	mctp_usb_tx_done(tx, -ECONNRESET);
	pt->cancelling = false;
	WRITE_ONCE(pt->cancelled, pt->cancelled + 1);
}

static void port_test_tx_busy(struct mctp_usb_port *port, bool busy)
{
	port_test_of(port)->busy += busy ? 1 : -1;
}

static const struct mctp_usb_port_ops port_test_ops = {
	.submit_rx	= port_test_submit_rx,
	.submit_tx	= port_test_submit_tx,
	.cancel_tx	= port_test_cancel_tx,
	.tx_busy	= port_test_tx_busy,
};

static int port_test_open(struct net_device *dev)
{
	mctp_usb_port_open(netdev_priv(dev));
	return 0;
}

/* Whatever is submitted comes back */
static int port_test_stop(struct net_device *dev)
{
	struct usb_port_test *pt = netdev_priv(dev);
	unsigned int i;

	mctp_usb_tx_block(&pt->port, MCTP_USB_BLOCK_STOPPED);
	pt->refuse = -ESHUTDOWN;
	for (i = 0; i < MCTP_USB_SLOTS; i++)
		if (pt->port.tx[i].submitted)
			mctp_usb_tx_done(&pt->port.tx[i], -ESHUTDOWN);
	for (i = 0; i < pt->n_in; i++)
		mctp_usb_rx_idle(pt->in[i]);
	pt->n_in = 0;
	mctp_usb_port_stop(&pt->port);
	return 0;
}

static const struct net_device_ops port_test_netdev_ops = {
	.ndo_open	= port_test_open,
	.ndo_stop	= port_test_stop,
	.ndo_start_xmit	= mctp_usb_port_xmit,
	.ndo_get_stats64 = mctp_usb_port_stats64,
};

static void port_test_setup(struct net_device *dev)
{
	mctp_usb_port_setup(dev);
	dev->netdev_ops = &port_test_netdev_ops;
}

static int port_test_packet(struct sk_buff *skb, struct net_device *dev,
			    struct packet_type *type,
			    struct net_device *orig_dev)
{
	struct usb_port_test *pt = netdev_priv(dev);

	if (pt->received < ARRAY_SIZE(pt->lens))
		pt->lens[pt->received] = skb->len;
	/* The length first: wait_received() */
	smp_store_release(&pt->received, pt->received + 1);
	kfree_skb(skb);
	return NET_RX_SUCCESS;
}

/* An instance whose device is up, and running */
static int usb_port_test_init(struct kunit *test)
{
	struct usb_port_test *pt;
	struct net_device *dev;
	int err;

	dev = alloc_netdev(sizeof(*pt), "mctpusbtest%d", NET_NAME_ENUM,
			   port_test_setup);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	pt = netdev_priv(dev);
	KUNIT_ASSERT_EQ(test, mctp_usb_port_init(dev, &port_test_ops), 0);
	KUNIT_ASSERT_EQ(test, mctp_register_netdev(dev, NULL,
						   MCTP_PHYS_BINDING_USB), 0);
	test->priv = pt;
	pt->pt.type = htons(ETH_P_MCTP);
	pt->pt.func = port_test_packet;
	pt->pt.dev = dev;
	dev_add_pack(&pt->pt);
	rtnl_lock();
	err = dev_open(dev, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ(test, mctp_usb_rx_start(&pt->port, GFP_KERNEL), 0);
	mctp_usb_tx_unblock(&pt->port, MCTP_USB_BLOCK_STOPPED);
	return 0;
}

static void usb_port_test_exit(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	struct net_device *dev;

	if (!pt)
		return;
	dev = pt->port.dev;
	dev_remove_pack(&pt->pt);
	mctp_unregister_netdev(dev);
	mctp_usb_port_exit(dev);
	free_netdev(dev);
}

/* A packet to ndo_start_xmit() itself, as the queue would hand it over */
static netdev_tx_t xmit(struct kunit *test, size_t len)
{
	struct usb_port_test *pt = test->priv;
	struct sk_buff *skb = alloc_skb(len, GFP_KERNEL);
	netdev_tx_t ret;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	memset(skb_put(skb, len), len, len);
	skb->dev = pt->port.dev;
	local_bh_disable();
	ret = mctp_usb_port_xmit(skb, pt->port.dev);
	local_bh_enable();
	if (ret != NETDEV_TX_OK)
		kfree_skb(skb);
	return ret;
}

static long count_of(struct usb_port_test *pt, enum mctp_usb_count what)
{
	return atomic_long_read(&pt->port.count[what]);
}

/* The transfer holds packets of these lengths, in this order, and no more */
static void expect_transfer(struct kunit *test, struct mctp_usb_tx *tx,
			    unsigned int frames, size_t len)
{
	unsigned int n = 0;
	size_t pos = 0, packet_len;

	while (mctp_usb_frame_next(tx->buf, tx->len, &pos, &packet_len) ==
	       MCTP_USB_PACKET) {
		KUNIT_EXPECT_EQ(test, packet_len, len);
		KUNIT_EXPECT_EQ(test, tx->buf[pos - 1], (u8)len);
		n++;
	}
	KUNIT_EXPECT_EQ(test, pos, (size_t)tx->len);
	KUNIT_EXPECT_EQ(test, n, frames);
	KUNIT_EXPECT_EQ(test, tx->frames, frames);
	KUNIT_EXPECT_LE(test, tx->len, (unsigned int)MCTP_USB_TRANSFER_MAX);
}

static void a_packet_alone_leaves_at_once(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;

	KUNIT_EXPECT_EQ(test, xmit(test, 68), NETDEV_TX_OK);
	KUNIT_ASSERT_EQ(test, pt->n_out, 1u);
	expect_transfer(test, pt->out[0], 1, 68);
	mctp_usb_tx_done(pt->out[0], 0);
	KUNIT_EXPECT_EQ(test, pt->n_out, 1u);
	KUNIT_EXPECT_EQ(test, pt->port.tx_packets, 1ull);
	KUNIT_EXPECT_EQ(test, pt->port.tx_bytes, 68ull);
	KUNIT_EXPECT_EQ(test, count_of(pt, MCTP_USB_TX_TRANSFERS), 1l);
}

static void packets_that_wait_are_joined(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	for (i = 0; i < 2 + 6; i++)
		KUNIT_EXPECT_EQ(test, xmit(test, 68), NETDEV_TX_OK);
	KUNIT_ASSERT_EQ(test, pt->n_out, 2u);
	/* a seventh fills the third one: it does not wait any longer */
	KUNIT_EXPECT_EQ(test, xmit(test, 68), NETDEV_TX_OK);
	KUNIT_ASSERT_EQ(test, pt->n_out, 3u);
	expect_transfer(test, pt->out[0], 1, 68);
	expect_transfer(test, pt->out[2], 7, 68);

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, xmit(test, 68), NETDEV_TX_OK);
	KUNIT_ASSERT_EQ(test, pt->n_out, 3u);
	/* two on their way are enough, one is not */
	mctp_usb_tx_done(pt->out[0], 0);
	KUNIT_ASSERT_EQ(test, pt->n_out, 3u);
	mctp_usb_tx_done(pt->out[1], 0);
	KUNIT_ASSERT_EQ(test, pt->n_out, 4u);
	expect_transfer(test, pt->out[3], 3, 68);
}

static void joining_can_be_limited(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	pt->port.tx_frames = 1;
	for (i = 0; i < MCTP_USB_SLOTS; i++)
		KUNIT_EXPECT_EQ(test, xmit(test, 8), NETDEV_TX_OK);
	KUNIT_ASSERT_EQ(test, pt->n_out, (unsigned int)MCTP_USB_SLOTS);
	for (i = 0; i < MCTP_USB_SLOTS; i++)
		expect_transfer(test, pt->out[i], 1, 8);
	KUNIT_EXPECT_TRUE(test, netif_queue_stopped(pt->port.dev));
}

static void the_queue_stops_when_all_is_taken(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int sent = 0;

	while (!netif_queue_stopped(pt->port.dev) && sent < 100) {
		KUNIT_ASSERT_EQ(test, xmit(test, 68), NETDEV_TX_OK);
		sent++;
	}
	/* one and one that left at once, and two that were filled */
	KUNIT_EXPECT_EQ(test, sent, 1 + 1 + 7 + 7u);
	KUNIT_EXPECT_EQ(test, pt->n_out, 4u);
	/* who does not ask is told */
	KUNIT_EXPECT_EQ(test, xmit(test, 68), NETDEV_TX_BUSY);
	KUNIT_EXPECT_EQ(test, pt->n_out, 4u);
	mctp_usb_tx_done(pt->out[0], 0);
	KUNIT_EXPECT_FALSE(test, netif_queue_stopped(pt->port.dev));
	KUNIT_EXPECT_EQ(test, xmit(test, 68), NETDEV_TX_OK);
}

static void the_longest_packets_fit_two_to_a_transfer(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	pt->port.dev->mtu = MCTP_USB_PACKET_MAX;
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, xmit(test, MCTP_USB_PACKET_MAX),
				NETDEV_TX_OK);
	KUNIT_ASSERT_EQ(test, pt->n_out, 3u);
	expect_transfer(test, pt->out[2], 2, MCTP_USB_PACKET_MAX);
}

/* Packets longer than the MTU find the room that they need, too */
static void a_packet_that_does_not_fit_begins_another(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	for (i = 0; i < 2 + 4; i++)
		KUNIT_EXPECT_EQ(test, xmit(test, 68), NETDEV_TX_OK);
	KUNIT_ASSERT_EQ(test, pt->n_out, 2u);
	KUNIT_EXPECT_EQ(test, xmit(test, MCTP_USB_PACKET_MAX), NETDEV_TX_OK);
	KUNIT_ASSERT_EQ(test, pt->n_out, 3u);
	expect_transfer(test, pt->out[2], 4, 68);
	mctp_usb_tx_done(pt->out[0], 0);
	mctp_usb_tx_done(pt->out[1], 0);
	KUNIT_ASSERT_EQ(test, pt->n_out, 4u);
	expect_transfer(test, pt->out[3], 1, MCTP_USB_PACKET_MAX);
}

static void packets_that_no_frame_holds_are_dropped(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;

	KUNIT_EXPECT_EQ(test, xmit(test, 0), NETDEV_TX_OK);
	KUNIT_EXPECT_EQ(test, xmit(test, 3), NETDEV_TX_OK);
	KUNIT_EXPECT_EQ(test, xmit(test, MCTP_USB_PACKET_MAX + 1),
			NETDEV_TX_OK);
	KUNIT_EXPECT_EQ(test, pt->n_out, 0u);
	KUNIT_EXPECT_EQ(test, count_of(pt, MCTP_USB_TX_BAD_LENGTH), 3l);
	KUNIT_EXPECT_EQ(test, DEV_STATS_READ(pt->port.dev, tx_dropped), 3l);
	KUNIT_EXPECT_EQ(test, pt->busy, 0);
	KUNIT_EXPECT_EQ(test, xmit(test, 4), NETDEV_TX_OK);
	KUNIT_EXPECT_EQ(test, pt->n_out, 1u);
}

static void transfers_that_end_within_submitting_are_taken(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	pt->instant = true;
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_EQ(test, xmit(test, 68), NETDEV_TX_OK);
	KUNIT_EXPECT_EQ(test, pt->n_out, 20u);
	KUNIT_EXPECT_EQ(test, pt->port.tx_packets, 20ull);
	KUNIT_EXPECT_EQ(test, pt->port.tx_out, 0u);
	KUNIT_EXPECT_EQ(test, pt->busy, 0);
}

static void a_blocked_port_keeps_packets_until_it_is_not(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	KUNIT_EXPECT_TRUE(test,
			  mctp_usb_tx_block_if_idle(&pt->port,
						    MCTP_USB_BLOCK_STOPPED));
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, xmit(test, 68), NETDEV_TX_OK);
	KUNIT_EXPECT_EQ(test, pt->n_out, 0u);
	KUNIT_EXPECT_EQ(test, pt->busy, 1);
	KUNIT_EXPECT_FALSE(test,
			   mctp_usb_tx_block_if_idle(&pt->port,
						     MCTP_USB_BLOCK_HALTED));
	mctp_usb_tx_block(&pt->port, MCTP_USB_BLOCK_HALTED);
	mctp_usb_tx_unblock(&pt->port, MCTP_USB_BLOCK_STOPPED);
	KUNIT_EXPECT_EQ(test, pt->n_out, 0u);
	mctp_usb_tx_unblock(&pt->port, MCTP_USB_BLOCK_HALTED);
	KUNIT_ASSERT_EQ(test, pt->n_out, 2u);
	expect_transfer(test, pt->out[0], 7, 68);
	expect_transfer(test, pt->out[1], 3, 68);
	mctp_usb_tx_done(pt->out[0], 0);
	KUNIT_EXPECT_EQ(test, pt->busy, 1);
	mctp_usb_tx_done(pt->out[1], 0);
	KUNIT_EXPECT_EQ(test, pt->busy, 0);
}

static void lost_transfers_are_counted_by_reason(struct kunit *test)
{
	static const struct {
		int status;
		enum mctp_usb_count what;
	} rows[] = {
		{ -EPIPE, MCTP_USB_TX_STALLS },
		{ -ECONNRESET, MCTP_USB_TX_TIMEOUTS },
		{ -EPROTO, MCTP_USB_TX_IO },
		{ -ETIME, MCTP_USB_TX_IO },
		{ -ESHUTDOWN, MCTP_USB_TX_GONE },
		{ -ENOENT, MCTP_USB_TX_GONE },
	};
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		long was = count_of(pt, rows[i].what);

		xmit(test, 68);
		KUNIT_ASSERT_EQ(test, pt->n_out, i + 1);
		mctp_usb_tx_done(pt->out[i], rows[i].status);
		KUNIT_EXPECT_EQ(test, count_of(pt, rows[i].what), was + 1);
	}
	KUNIT_EXPECT_EQ(test, DEV_STATS_READ(pt->port.dev, tx_errors),
			(long)ARRAY_SIZE(rows));
	KUNIT_EXPECT_EQ(test, pt->port.tx_packets, 0ull);
}

static void a_refused_transfer_costs_itself_alone(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	pt->refuse = -ENODEV;
	for (i = 0; i < 50; i++)
		KUNIT_EXPECT_EQ(test, xmit(test, 68), NETDEV_TX_OK);
	KUNIT_EXPECT_EQ(test, count_of(pt, MCTP_USB_TX_GONE), 50l);
	KUNIT_EXPECT_FALSE(test, netif_queue_stopped(pt->port.dev));
	KUNIT_EXPECT_EQ(test, pt->busy, 0);
	pt->refuse = 0;
	xmit(test, 68);
	KUNIT_EXPECT_EQ(test, pt->n_out, 1u);
}

static void a_transfer_that_nobody_takes_is_cancelled(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	for (i = 0; i < 2; i++)
		xmit(test, 68);
	for (i = 0; i < WAIT_MS && READ_ONCE(pt->cancelled) < 2; i += 20)
		msleep(20);
	KUNIT_EXPECT_EQ(test, READ_ONCE(pt->cancelled), 2u);
	KUNIT_EXPECT_EQ(test, count_of(pt, MCTP_USB_TX_TIMEOUTS), 2l);
	KUNIT_EXPECT_EQ(test, pt->busy, 0);
}

/* A driver's lock may be around both: cancel_tx() and submit_tx() do not nest */
static void what_waits_is_submitted_after_cancelling(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	for (i = 0; i < 3; i++)
		xmit(test, 68);
	KUNIT_EXPECT_EQ(test, pt->n_out, 2u);
	for (i = 0; i < WAIT_MS && READ_ONCE(pt->n_out) < 3; i += 20)
		msleep(20);
	KUNIT_EXPECT_EQ(test, READ_ONCE(pt->n_out), 3u);
	KUNIT_EXPECT_EQ(test, READ_ONCE(pt->cancelled), 2u);
	KUNIT_EXPECT_EQ(test, pt->nested, 0u);
}

static void what_waits_when_the_device_goes_down_is_counted(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	for (i = 0; i < 2 + 7 + 3; i++)
		xmit(test, 68);
	rtnl_lock();
	dev_close(pt->port.dev);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, count_of(pt, MCTP_USB_TX_GONE), 12l);
	KUNIT_EXPECT_EQ(test, pt->busy, 0);
	/* At once, or the test hangs */
	mctp_usb_rx_wait(&pt->port);
	mctp_usb_tx_wait(&pt->port);
}

/* Receiving */

static void wait_received(struct kunit *test, unsigned int n)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i, received;

	for (i = 0; i < WAIT_MS; i++) {
		/* Then the lengths: port_test_packet() */
		received = smp_load_acquire(&pt->received);
		if (received >= n)
			break;
		usleep_range(1000, 2000);
	}
	KUNIT_ASSERT_EQ(test, received, n);
}

/* A transfer comes to the first request that waits */
static void receive(struct kunit *test, const void *bytes, size_t len)
{
	struct usb_port_test *pt = test->priv;
	struct mctp_usb_rx *rx;

	KUNIT_ASSERT_GT(test, pt->n_in, 0u);
	rx = pt->in[0];
	pt->n_in--;
	memmove(pt->in, pt->in + 1, pt->n_in * sizeof(pt->in[0]));
	memcpy(rx->skb->data, bytes, min_t(size_t, len, pt->port.rx_size));
	local_bh_disable();
	mctp_usb_rx_done(rx, len);
	local_bh_enable();
}

/* Until NAPI has submitted it again */
static void wait_submitted(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	for (i = 0; i < WAIT_MS && READ_ONCE(pt->n_in) < MCTP_USB_SLOTS; i++)
		usleep_range(1000, 2000);
	KUNIT_ASSERT_EQ(test, READ_ONCE(pt->n_in), (unsigned int)MCTP_USB_SLOTS);
}

static void joined_packets_are_split_in_their_order(struct kunit *test)
{
	static const unsigned int lens[] = { 4, 251, 68, 5, 100 };
	struct usb_port_test *pt = test->priv;
	u8 bytes[MCTP_USB_TRANSFER_MAX] = {};
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		mctp_usb_frame_put(bytes + len, lens[i]);
		len += HEAD + lens[i];
	}
	receive(test, bytes, len);
	wait_received(test, ARRAY_SIZE(lens));
	for (i = 0; i < ARRAY_SIZE(lens); i++)
		KUNIT_EXPECT_EQ(test, pt->lens[i], lens[i]);
	wait_submitted(test);
	KUNIT_EXPECT_EQ(test, pt->port.rx_packets, (u64)ARRAY_SIZE(lens));
	KUNIT_EXPECT_EQ(test, pt->port.rx_bytes, (u64)(len - 5 * HEAD));
	KUNIT_EXPECT_EQ(test, DEV_STATS_READ(pt->port.dev, rx_errors), 0l);
}

static void packets_before_a_bad_one_are_received(struct kunit *test)
{
	static const struct {
		u8 tail[8];
		size_t len;
		enum mctp_usb_count what;
	} rows[] = {
		{ { 0x1a, 0xb5, 0, 8 }, 8, MCTP_USB_RX_BAD_ID },
		{ { 0x1a, 0xb4, 0, 7 }, 8, MCTP_USB_RX_BAD_LENGTH },
		{ { 0x1a, 0xb4, 0, 9 }, 8, MCTP_USB_RX_BAD_LENGTH },
		{ { 0x1a, 0xb4, 0 }, 3, MCTP_USB_RX_TRAILING },
	};
	struct usb_port_test *pt = test->priv;
	u8 bytes[64] = {};
	unsigned int i;

	mctp_usb_frame_put(bytes, 20);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		long was = count_of(pt, rows[i].what);

		memcpy(bytes + HEAD + 20, rows[i].tail, sizeof(rows[i].tail));
		receive(test, bytes, HEAD + 20 + rows[i].len);
		wait_received(test, i + 1);
		wait_submitted(test);
		KUNIT_EXPECT_EQ(test, pt->lens[i], 20u);
		KUNIT_EXPECT_EQ(test, count_of(pt, rows[i].what), was + 1);
	}
	KUNIT_EXPECT_EQ(test, DEV_STATS_READ(pt->port.dev, rx_errors), 4l);
	KUNIT_EXPECT_EQ(test, DEV_STATS_READ(pt->port.dev, rx_frame_errors),
			1l);
	KUNIT_EXPECT_EQ(test, DEV_STATS_READ(pt->port.dev, rx_length_errors),
			3l);
}

static void a_request_that_cannot_be_submitted_again_is_idle(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	u8 bytes[8] = {};
	unsigned int i;

	mctp_usb_frame_put(bytes, 4);
	pt->refuse = -ENODEV;
	for (i = 0; i < MCTP_USB_SLOTS; i++)
		receive(test, bytes, sizeof(bytes));
	wait_received(test, MCTP_USB_SLOTS);
	mctp_usb_rx_wait(&pt->port);
	KUNIT_EXPECT_EQ(test, mctp_usb_rx_start(&pt->port, GFP_KERNEL),
			-ENODEV);
	pt->refuse = 0;
	KUNIT_EXPECT_EQ(test, mctp_usb_rx_start(&pt->port, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, pt->n_in, (unsigned int)MCTP_USB_SLOTS);
}

/* A bus with greater packets: buffers of before are not used for it */
static void buffers_are_as_long_as_is_needed(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i;

	for (i = 0; i < pt->n_in; i++)
		mctp_usb_rx_idle(pt->in[i]);
	pt->n_in = 0;
	pt->port.rx_size = 4096;
	KUNIT_EXPECT_EQ(test, mctp_usb_rx_start(&pt->port, GFP_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, pt->n_in, (unsigned int)MCTP_USB_SLOTS);
	for (i = 0; i < MCTP_USB_SLOTS; i++)
		KUNIT_EXPECT_GE(test, skb_tailroom(pt->in[i]->skb), 4096);
}

/* A host chooses a gadget while its device goes down: the buffer of the transfer that
 * is just being submitted is not to be freed
 */
static void a_stop_amid_a_submission_leaves_its_buffer(struct kunit *test)
{
	struct usb_port_test *pt = test->priv;
	unsigned int i, buffers = 0;

	for (i = 0; i < pt->n_in; i++)
		mctp_usb_rx_idle(pt->in[i]);
	pt->n_in = 0;
	pt->stop_within = true;
	KUNIT_EXPECT_EQ(test, mctp_usb_rx_start(&pt->port, GFP_KERNEL),
			-ESHUTDOWN);
	KUNIT_EXPECT_FALSE(test, pt->stop_within);
	for (i = 0; i < MCTP_USB_SLOTS; i++)
		buffers += pt->port.rx[i].skb ? 1 : 0;
	KUNIT_EXPECT_EQ(test, buffers, 1u);

	pt->refuse = 0;
	mctp_usb_port_open(&pt->port);
	KUNIT_EXPECT_EQ(test, mctp_usb_rx_start(&pt->port, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, pt->n_in, (unsigned int)MCTP_USB_SLOTS);
}

static unsigned int buffers_freed;

static void count_freed(struct sk_buff *skb)
{
	buffers_freed++;
}

/* A start that is refused as the device went down leaves them with the port */
static void buffers_of_idle_requests_end_with_the_port(struct kunit *test)
{
	struct usb_port_test *pt;
	struct net_device *dev;
	unsigned int i, n = 0;

	dev = alloc_netdev(sizeof(*pt), "mctpusbtest%d", NET_NAME_ENUM,
			   port_test_setup);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	pt = netdev_priv(dev);
	KUNIT_ASSERT_EQ(test, mctp_usb_port_init(dev, &port_test_ops), 0);
	KUNIT_EXPECT_EQ(test, mctp_usb_rx_start(&pt->port, GFP_KERNEL), 0);
	while (pt->n_in)
		mctp_usb_rx_idle(pt->in[--pt->n_in]);
	for (i = 0; i < MCTP_USB_SLOTS; i++) {
		if (!pt->port.rx[i].skb)
			continue;
		pt->port.rx[i].skb->destructor = count_freed;
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, (unsigned int)MCTP_USB_SLOTS);
	buffers_freed = 0;
	mctp_usb_port_exit(dev);
	KUNIT_EXPECT_EQ(test, buffers_freed, (unsigned int)MCTP_USB_SLOTS);
	free_netdev(dev);
}

static struct kunit_case usb_port_cases[] = {
	KUNIT_CASE(a_packet_alone_leaves_at_once),
	KUNIT_CASE(packets_that_wait_are_joined),
	KUNIT_CASE(joining_can_be_limited),
	KUNIT_CASE(the_queue_stops_when_all_is_taken),
	KUNIT_CASE(the_longest_packets_fit_two_to_a_transfer),
	KUNIT_CASE(a_packet_that_does_not_fit_begins_another),
	KUNIT_CASE(packets_that_no_frame_holds_are_dropped),
	KUNIT_CASE(transfers_that_end_within_submitting_are_taken),
	KUNIT_CASE(a_blocked_port_keeps_packets_until_it_is_not),
	KUNIT_CASE(lost_transfers_are_counted_by_reason),
	KUNIT_CASE(a_refused_transfer_costs_itself_alone),
	KUNIT_CASE(a_transfer_that_nobody_takes_is_cancelled),
	KUNIT_CASE(what_waits_is_submitted_after_cancelling),
	KUNIT_CASE(what_waits_when_the_device_goes_down_is_counted),
	KUNIT_CASE(joined_packets_are_split_in_their_order),
	KUNIT_CASE(packets_before_a_bad_one_are_received),
	KUNIT_CASE(a_request_that_cannot_be_submitted_again_is_idle),
	KUNIT_CASE(buffers_are_as_long_as_is_needed),
	KUNIT_CASE(a_stop_amid_a_submission_leaves_its_buffer),
	KUNIT_CASE(buffers_of_idle_requests_end_with_the_port),
	{}
};

static struct kunit_suite usb_port_suite = {
	.name		= "mctp-usb-port",
	.init		= usb_port_test_init,
	.exit		= usb_port_test_exit,
	.test_cases	= usb_port_cases,
};

kunit_test_suite(usb_port_suite);
