// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP I2C: unit tests of what the target answers while the stack is behind
 * (suite mctp-i2c-rx). A device that nobody has registered stands for a bus.
 */
#include <kunit/test.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include "../i2c.h"

struct rx_test {
	struct i2c_client	client;
	struct mctp_i2c_ctl	ctl;
	struct mctp_i2c_dev	*dev;
};

/* A packet to 0x10 from 0x1d, without the address byte and PEC */
static const u8 frame[] = {
	0x0f, 0x08, 0x3b, 0x01, 0x08, 0x09, 0xc8, 0x00, 0x81, 0x02,
};

static void rx_test_setup(struct net_device *ndev)
{
}

static int rx_test_init(struct kunit *test)
{
	struct rx_test *rx = kunit_kzalloc(test, sizeof(*rx), GFP_KERNEL);
	struct net_device *ndev;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, rx);
	ndev = alloc_netdev(sizeof(*rx->dev), "rxtest%d", NET_NAME_UNKNOWN,
			    rx_test_setup);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ndev);
	rx->dev = netdev_priv(ndev);
	rx->dev->ndev = ndev;
	rx->dev->ctl = &rx->ctl;
	rx->dev->up = true;
	__skb_queue_head_init(&rx->dev->rxq);
	spin_lock_init(&rx->ctl.lock);
	INIT_LIST_HEAD(&rx->ctl.devs);
	rx->ctl.client = &rx->client;
	rx->ctl.selected = rx->dev;
	rx->client.addr = 0x10;
	i2c_set_clientdata(&rx->client, &rx->ctl);
	test->priv = rx;
	return 0;
}

static void rx_test_exit(struct kunit *test)
{
	struct rx_test *rx = test->priv;

	if (!rx)
		return;
	__skb_queue_purge(&rx->dev->rxq);
	free_netdev(rx->dev->ndev);
}

static void fill(struct kunit *test, unsigned int n)
{
	struct rx_test *rx = test->priv;
	struct sk_buff *skb;

	while (skb_queue_len(&rx->dev->rxq) < n) {
		skb = alloc_skb(1, GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
		__skb_queue_tail(&rx->dev->rxq, skb);
	}
}

static int event(struct kunit *test, enum i2c_slave_event event, u8 byte)
{
	struct rx_test *rx = test->priv;

	return mctp_i2c_rx_event(&rx->client, event, &byte);
}

static long counted(struct kunit *test, enum mctp_i2c_counter which)
{
	struct rx_test *rx = test->priv;

	return atomic_long_read(&rx->dev->counters[which]);
}

static void a_full_queue_refuses_and_loses_nothing(struct kunit *test)
{
	struct rx_test *rx = test->priv;

	fill(test, MCTP_I2C_RXQ_MAX - 1);
	KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_WRITE_REQUESTED, 0), 0);
	KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_STOP, 0), 0);

	fill(test, MCTP_I2C_RXQ_MAX);
	KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_WRITE_REQUESTED, 0),
			-ENOBUFS);
	KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_STOP, 0), 0);
	KUNIT_EXPECT_EQ(test, counted(test, MCTP_I2C_RX_QUEUE), 0L);

	/* asked again, once there is room */
	kfree_skb(__skb_dequeue(&rx->dev->rxq));
	KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_WRITE_REQUESTED, 0), 0);
}

static void frame_comes(struct kunit *test)
{
	u8 pec = i2c_smbus_pec(0, (u8[]){ 0x10 << 1 }, 1);
	int i;

	pec = i2c_smbus_pec(pec, (u8 *)frame, sizeof(frame));
	event(test, I2C_SLAVE_WRITE_REQUESTED, 0);
	for (i = 0; i < sizeof(frame); i++)
		KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_WRITE_RECEIVED,
					    frame[i]), 0);
	KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_WRITE_RECEIVED, pec), 0);
}

static void hardware_that_cannot_refuse_is_counted(struct kunit *test)
{
	struct rx_test *rx = test->priv;

	fill(test, MCTP_I2C_RXQ_MAX);
	frame_comes(test);
	KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_STOP, 0), 0);
	KUNIT_EXPECT_EQ(test, counted(test, MCTP_I2C_RX_QUEUE), 1L);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&rx->dev->rxq),
			(u32)MCTP_I2C_RXQ_MAX);
}

/* What the simulated wire never does: its messages all end with a stop */
static void a_repeated_start_ends_a_frame(struct kunit *test)
{
	fill(test, MCTP_I2C_RXQ_MAX);
	frame_comes(test);
	KUNIT_EXPECT_EQ(test, counted(test, MCTP_I2C_RX_QUEUE), 0L);
	frame_comes(test);
	KUNIT_EXPECT_EQ(test, counted(test, MCTP_I2C_RX_QUEUE), 1L);
	KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_READ_REQUESTED, 0), 0);
	KUNIT_EXPECT_EQ(test, counted(test, MCTP_I2C_RX_QUEUE), 2L);
	KUNIT_EXPECT_EQ(test, counted(test, MCTP_I2C_RX_READ), 1L);
	KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_STOP, 0), 0);
	KUNIT_EXPECT_EQ(test, counted(test, MCTP_I2C_RX_QUEUE), 2L);
}

static void bytes_without_a_start_are_no_frame(struct kunit *test)
{
	struct rx_test *rx = test->priv;
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_WRITE_RECEIVED, 1),
				-EPROTO);
		KUNIT_EXPECT_EQ(test, event(test, I2C_SLAVE_STOP, 0), 0);
	}
	for (i = 0; i < MCTP_I2C_COUNTERS; i++)
		KUNIT_EXPECT_EQ(test, counted(test, i), 0L);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&rx->dev->rxq), 0U);
}

static struct kunit_case rx_cases[] = {
	KUNIT_CASE(a_full_queue_refuses_and_loses_nothing),
	KUNIT_CASE(hardware_that_cannot_refuse_is_counted),
	KUNIT_CASE(a_repeated_start_ends_a_frame),
	KUNIT_CASE(bytes_without_a_start_are_no_frame),
	{}
};

static struct kunit_suite rx_suite = {
	.name = "mctp-i2c-rx",
	.init = rx_test_init,
	.exit = rx_test_exit,
	.test_cases = rx_cases,
};

kunit_test_suite(rx_suite);
