// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP serial: unit tests of the discipline and its device (suite mctp-serial),
 * on a tty that takes as many bytes as a test lets it.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/if_arp.h>
#include <linux/kthread.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/rwsem.h>
#include <linux/skbuff.h>
#include <linux/sockios.h>
#include <linux/string.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/tty_flip.h>
#include <linux/workqueue.h>
#include "../serial.h"

#define WIRE_SIZE	65536
#define NO_LIMIT	WIRE_SIZE
#define WAIT_MS		5000

/**
 * struct serial_test - a tty, and what is behind it
 * @tty: the tty
 * @pt: takes packets that the device received
 * @dev: the device
 * @room: bytes that the tty still takes
 * @fail: what write() returns, if not 0
 * @fail_again: what it returns once a wake-up is asked for, if not 0
 * @writes: calls of write() that took something
 * @unthrottles: calls of unthrottle()
 * @received: packets that @pt took
 * @last_len: length of the last one
 * @last: that packet
 * @wire_len: bytes in @wire
 * @wire: what the tty took
 * @want_len: bytes in @want
 * @want: what it should have taken
 * @frame: a frame to receive
 * @flags: what the line says of its bytes
 */
struct serial_test {
	struct tty_struct	tty;
	struct packet_type	pt;
	struct net_device	*dev;
	size_t			room;
	int			fail;
	int			fail_again;
	unsigned int		writes;
	unsigned int		unthrottles;
	unsigned int		received;
	unsigned int		last_len;
	u8			last[MCTP_SERIAL_LEN_MAX];
	size_t			wire_len;
	u8			wire[WIRE_SIZE];
	size_t			want_len;
	u8			want[WIRE_SIZE];
	u8			frame[MCTP_SERIAL_FRAME_MAX];
	u8			flags[MCTP_SERIAL_FRAME_MAX];
};

/* Called with the driver's lock held: one call after the other */
static ssize_t mctp_serial_test_write(struct tty_struct *tty, const u8 *buf,
				      size_t count)
{
	struct serial_test *st = container_of(tty, struct serial_test, tty);
	size_t n = min3(count, st->room, WIRE_SIZE - st->wire_len);

	if (st->fail)
		return st->fail;
	if (st->fail_again && test_bit(TTY_DO_WRITE_WAKEUP, &tty->flags))
		return st->fail_again;
	memcpy(st->wire + st->wire_len, buf, n);
	st->room -= n;
	if (n)
		st->writes++;
	/* Its bytes first: wait_wire() */
	smp_store_release(&st->wire_len, st->wire_len + n);
	return n;
}

static void mctp_serial_test_unthrottle(struct tty_struct *tty)
{
	struct serial_test *st = container_of(tty, struct serial_test, tty);

	st->unthrottles++;
}

static const struct tty_operations serial_test_ops = {
	.write		= mctp_serial_test_write,
	.unthrottle	= mctp_serial_test_unthrottle,
};

static int serial_test_packet(struct sk_buff *skb, struct net_device *dev,
			      struct packet_type *pt,
			      struct net_device *orig_dev)
{
	struct serial_test *st = container_of(pt, struct serial_test, pt);

	st->last_len = skb->len;
	if (skb->len <= sizeof(st->last))
		skb_copy_bits(skb, 0, st->last, skb->len);
	/* The packet first: wait_received() */
	smp_store_release(&st->received, st->received + 1);
	kfree_skb(skb);
	return NET_RX_SUCCESS;
}

static bool is_open(const struct serial_test *st)
{
	return st->tty.disc_data;
}

static void open_tty(struct kunit *test)
{
	struct serial_test *st = test->priv;

	KUNIT_ASSERT_EQ(test, mctp_serial_ldisc.open(&st->tty), 0);
	st->dev = ((struct mctp_serial *)st->tty.disc_data)->dev;
	st->pt.type = htons(ETH_P_MCTP);
	st->pt.func = serial_test_packet;
	st->pt.dev = st->dev;
	dev_add_pack(&st->pt);
}

static void close_tty(struct serial_test *st)
{
	dev_remove_pack(&st->pt);
	mctp_serial_ldisc.close(&st->tty);
}

static void set_up(struct kunit *test)
{
	struct serial_test *st = test->priv;
	int err;

	rtnl_lock();
	err = dev_open(st->dev, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
}

static void set_down(struct serial_test *st)
{
	rtnl_lock();
	dev_close(st->dev);
	rtnl_unlock();
}

/* A tty with the discipline, not yet opened */
static int serial_test_init(struct kunit *test)
{
	struct serial_test *st = kunit_kzalloc(test, sizeof(*st), GFP_KERNEL);

	if (!st)
		return -ENOMEM;
	st->room = NO_LIMIT;
	st->tty.ops = &serial_test_ops;
	init_rwsem(&st->tty.termios_rwsem);
	strscpy(st->tty.name, "ttyKUNIT7", sizeof(st->tty.name));
	test->priv = st;
	return 0;
}

static void serial_test_exit(struct kunit *test)
{
	struct serial_test *st = test->priv;

	if (st && is_open(st))
		close_tty(st);
}

static void make_packet(u8 *packet, size_t len, u8 first)
{
	size_t i;

	for (i = 0; i < len; i++)
		packet[i] = first + i;
}

/* A packet, of which the frame is what the tty should take next; @paged puts
 * all but 4 bytes of it into a page.
 */
static noinline struct sk_buff *new_packet(struct kunit *test, size_t len,
					   u8 first, bool paged)
{
	struct serial_test *st = test->priv;
	u8 packet[2 * MCTP_SERIAL_LEN_MAX];
	size_t linear = paged ? 4 : len;
	struct sk_buff *skb;
	struct page *page;

	make_packet(packet, len, first);
	skb = alloc_skb(len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
	skb_put_data(skb, packet, linear);
	if (paged) {
		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
		memcpy(page_address(page), packet + linear, len - linear);
		skb_add_rx_frag(skb, 0, page, 0, len - linear, PAGE_SIZE);
	}
	skb->dev = st->dev;
	skb->protocol = htons(ETH_P_MCTP);
	skb_reset_network_header(skb);
	st->want_len += mctp_serial_frame_encode(st->want + st->want_len,
						 packet, len);
	return skb;
}

static int send_packet(struct kunit *test, size_t len, u8 first, bool paged)
{
	return dev_queue_xmit(new_packet(test, len, first, paged));
}

/* One of a bulk, as a qdisc sends it: with @more the next one follows. */
static int send_bulk(struct kunit *test, size_t len, u8 first, bool more)
{
	struct sk_buff *skb = new_packet(test, len, first, false);
	struct serial_test *st = test->priv;
	struct netdev_queue *txq = netdev_get_tx_queue(st->dev, 0);
	int ret;

	local_bh_disable();
	HARD_TX_LOCK(st->dev, txq, smp_processor_id());
	ret = netdev_start_xmit(skb, st->dev, txq, more);
	HARD_TX_UNLOCK(st->dev, txq);
	local_bh_enable();
	return ret;
}

static bool wait_wire(struct serial_test *st, size_t len)
{
	unsigned int ms;

	for (ms = 0; ms < WAIT_MS; ms++) {
		/* Then its bytes: mctp_serial_test_write() */
		if (smp_load_acquire(&st->wire_len) >= len)
			return true;
		fsleep(1000);
	}
	return false;
}

static bool wait_received(struct serial_test *st, unsigned int packets)
{
	unsigned int ms;

	for (ms = 0; ms < WAIT_MS; ms++) {
		/* Then the packet: serial_test_packet() */
		if (smp_load_acquire(&st->received) >= packets)
			return true;
		fsleep(1000);
	}
	return false;
}

static void expect_wire(struct kunit *test)
{
	struct serial_test *st = test->priv;

	KUNIT_ASSERT_TRUE(test, wait_wire(st, st->want_len));
	KUNIT_EXPECT_EQ(test, st->wire_len, st->want_len);
	KUNIT_EXPECT_EQ(test, memcmp(st->wire, st->want, st->want_len), 0);
}

static noinline u64 stat_at(struct serial_test *st, size_t offset)
{
	struct rtnl_link_stats64 storage;

	return *(u64 *)((u8 *)dev_get_stats(st->dev, &storage) + offset);
}

#define STAT(st, field) \
	stat_at(st, offsetof(struct rtnl_link_stats64, field))

/* The tty has room again, and nobody hears of it. */
static void give_room_silently(struct serial_test *st, size_t room)
{
	struct mctp_serial *ms = st->tty.disc_data;

	spin_lock_bh(&ms->tx_lock);
	st->room += room;
	spin_unlock_bh(&ms->tx_lock);
}

/* The tty has room again, and says so. */
static void give_room(struct serial_test *st, size_t room)
{
	give_room_silently(st, room);
	if (test_bit(TTY_DO_WRITE_WAKEUP, &st->tty.flags))
		mctp_serial_ldisc.write_wakeup(&st->tty);
}

/* What a wake-up began has come to its end. */
static void wait_tx_work(struct serial_test *st)
{
	struct mctp_serial *ms = st->tty.disc_data;

	flush_work(&ms->tx_work);
}

static void receive(struct serial_test *st, const u8 *bytes, const u8 *flags,
		    size_t len)
{
	mctp_serial_ldisc.receive_buf(&st->tty, bytes, (const void *)flags,
				      len);
}

/* Fill st->frame, of which the length is returned. */
static noinline size_t make_frame(struct serial_test *st, size_t len, u8 first)
{
	u8 packet[MCTP_SERIAL_LEN_MAX];

	make_packet(packet, len, first);
	return mctp_serial_frame_encode(st->frame, packet, len);
}

static void open_makes_a_device(struct kunit *test)
{
	struct serial_test *st = test->priv;
	const struct dev_ifalias *alias;

	open_tty(test);
	KUNIT_EXPECT_TRUE(test, strstarts(st->dev->name, "mctpserial"));
	KUNIT_EXPECT_EQ(test, (int)st->dev->type, ARPHRD_MCTP);
	KUNIT_EXPECT_EQ(test, (int)st->dev->addr_len, 0);
	KUNIT_EXPECT_EQ(test, (int)st->dev->hard_header_len, 0);
	KUNIT_EXPECT_EQ(test, st->dev->mtu, 68U);
	KUNIT_EXPECT_TRUE(test, st->dev->flags & IFF_NOARP);
	KUNIT_EXPECT_EQ(test, st->dev->tx_queue_len, 1100U);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(st->dev));
	rcu_read_lock();
	alias = rcu_dereference(st->dev->ifalias);
	KUNIT_EXPECT_TRUE(test, alias && !strcmp(alias->ifalias, "ttyKUNIT7"));
	rcu_read_unlock();
}

static void open_needs_a_tty_that_writes(struct kunit *test)
{
	static const struct tty_operations mute_ops = {};
	struct serial_test *st = test->priv;

	st->tty.ops = &mute_ops;
	KUNIT_EXPECT_EQ(test, mctp_serial_ldisc.open(&st->tty), -EOPNOTSUPP);
	KUNIT_EXPECT_FALSE(test, is_open(st));
}

static void open_refuses_a_tty_in_hang_up(struct kunit *test)
{
	struct serial_test *st = test->priv;

	set_bit(TTY_HUPPING, &st->tty.flags);
	KUNIT_EXPECT_EQ(test, mctp_serial_ldisc.open(&st->tty), -EIO);
	KUNIT_EXPECT_FALSE(test, is_open(st));
}

static void two_ttys_have_two_devices(struct kunit *test)
{
	struct serial_test *st = test->priv, *other;
	struct mctp_serial *ms;

	other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, other);
	other->tty.ops = &serial_test_ops;
	init_rwsem(&other->tty.termios_rwsem);

	open_tty(test);
	KUNIT_ASSERT_EQ(test, mctp_serial_ldisc.open(&other->tty), 0);
	ms = other->tty.disc_data;
	KUNIT_EXPECT_STRNEQ(test, ms->dev->name, st->dev->name);
	mctp_serial_ldisc.close(&other->tty);
	KUNIT_EXPECT_PTR_EQ(test, other->tty.disc_data, NULL);
}

static void mtu_is_68_to_255(struct kunit *test)
{
	struct serial_test *st = test->priv;

	open_tty(test);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(st->dev, 67), -EINVAL);
	KUNIT_EXPECT_EQ(test, dev_set_mtu(st->dev, 255), 0);
	KUNIT_EXPECT_EQ(test, dev_set_mtu(st->dev, 256), -EINVAL);
	KUNIT_EXPECT_EQ(test, dev_set_mtu(st->dev, 68), 0);
	rtnl_unlock();
}

static void a_packet_is_one_write(struct kunit *test)
{
	struct serial_test *st = test->priv;

	open_tty(test);
	set_up(test);
	KUNIT_EXPECT_EQ(test, send_packet(test, 68, 0x70, false), 0);
	expect_wire(test);
	KUNIT_EXPECT_EQ(test, st->writes, 1U);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_packets), 1ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_bytes), 68ULL);
	KUNIT_EXPECT_FALSE(test, test_bit(TTY_DO_WRITE_WAKEUP,
					  &st->tty.flags));
}

static void a_paged_packet_is_sent(struct kunit *test)
{
	open_tty(test);
	set_up(test);
	KUNIT_EXPECT_EQ(test, send_packet(test, 255, 1, true), 0);
	expect_wire(test);
}

static void what_the_tty_does_not_take_goes_on_later(struct kunit *test)
{
	struct serial_test *st = test->priv;
	unsigned long began;
	size_t i;

	open_tty(test);
	set_up(test);
	st->room = 5;
	send_packet(test, 100, 1, false);
	send_packet(test, 50, 0x60, false);
	KUNIT_EXPECT_EQ(test, st->wire_len, (size_t)5);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_packets), 0ULL);
	KUNIT_EXPECT_TRUE(test, test_bit(TTY_DO_WRITE_WAKEUP,
					 &st->tty.flags));

	began = jiffies;
	for (i = 6; i < 26; i++) {
		give_room(st, 1);
		KUNIT_ASSERT_TRUE(test, wait_wire(st, i));
		KUNIT_EXPECT_EQ(test, st->wire_len, i);
	}
	/* By the wake-ups: what makes up for lost ones takes a second each */
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, began + 10 * HZ));
	give_room(st, NO_LIMIT);
	expect_wire(test);
	wait_tx_work(st);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_packets), 2ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_bytes), 150ULL);
	KUNIT_EXPECT_FALSE(test, test_bit(TTY_DO_WRITE_WAKEUP,
					  &st->tty.flags));
}

static void a_lost_wake_up_does_not_stop_the_line(struct kunit *test)
{
	struct serial_test *st = test->priv;

	open_tty(test);
	set_up(test);
	st->room = 5;
	send_packet(test, 68, 1, false);
	KUNIT_EXPECT_EQ(test, st->wire_len, (size_t)5);
	give_room_silently(st, 10);
	KUNIT_ASSERT_TRUE(test, wait_wire(st, 15));
	give_room_silently(st, NO_LIMIT);
	expect_wire(test);
}

static void a_bad_packet_at_the_end_of_a_bulk_holds_nothing_back(struct kunit *test)
{
	static const size_t bad[] = { 3, 256 };
	struct serial_test *st = test->priv;
	unsigned int i;

	open_tty(test);
	set_up(test);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ(test, send_bulk(test, 68, 1, true), 0);
		KUNIT_EXPECT_EQ(test, send_bulk(test, 50, 2, true), 0);
		KUNIT_EXPECT_EQ(test, send_bulk(test, bad[i], 3, false), 0);
		expect_wire(test);
		KUNIT_EXPECT_EQ(test, STAT(st, tx_packets), 2 * (i + 1ULL));
		KUNIT_EXPECT_EQ(test, STAT(st, tx_dropped), i + 1ULL);
	}
}

static void a_full_tty_stops_the_queue_and_loses_nothing(struct kunit *test)
{
	const unsigned int packets = 400;
	struct serial_test *st = test->priv;
	unsigned int i;

	open_tty(test);
	set_up(test);
	st->room = 0;
	for (i = 0; i < packets; i++)
		KUNIT_ASSERT_EQ(test, send_packet(test, 68, i, false), 0);
	KUNIT_EXPECT_EQ(test, st->wire_len, (size_t)0);
	/* By our own flow control, or by the byte queue limit */
	KUNIT_EXPECT_TRUE(test,
			  netif_xmit_stopped(netdev_get_tx_queue(st->dev, 0)));

	give_room(st, 1000);
	KUNIT_ASSERT_TRUE(test, wait_wire(st, 1000));
	give_room(st, NO_LIMIT);
	expect_wire(test);
	wait_tx_work(st);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_packets), (u64)packets);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_dropped), 0ULL);
	KUNIT_EXPECT_FALSE(test, netif_queue_stopped(st->dev));
}

static void a_tty_that_fails_stalls_nothing(struct kunit *test)
{
	struct serial_test *st = test->priv;
	unsigned int i;

	open_tty(test);
	set_up(test);
	st->fail = -EIO;
	for (i = 0; i < 100; i++)
		send_packet(test, 68, i, false);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_errors), 100ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_packets), 0ULL);

	st->fail = 0;
	st->want_len = 0;
	send_packet(test, 68, 3, false);
	expect_wire(test);
}

static void a_tty_that_fails_when_asked_again_stalls_nothing(struct kunit *test)
{
	static const size_t room[] = { 0, 5 };
	struct serial_test *st = test->priv;
	unsigned int i;

	open_tty(test);
	set_up(test);
	for (i = 0; i < ARRAY_SIZE(room); i++) {
		st->room = room[i];
		st->fail_again = -EIO;
		send_packet(test, 68, 1, false);
		KUNIT_EXPECT_EQ(test, STAT(st, tx_errors), i + 1ULL);
		KUNIT_EXPECT_FALSE(test, test_bit(TTY_DO_WRITE_WAKEUP,
						  &st->tty.flags));

		st->fail_again = 0;
		st->room = NO_LIMIT;
		st->wire_len = 0;
		st->want_len = 0;
		send_packet(test, 68, 3, false);
		expect_wire(test);
	}
	KUNIT_EXPECT_EQ(test, STAT(st, tx_packets), 2ULL);
}

/* Four packets of 68, 100, 50 and 68 bytes at once; all but the last 10 bytes
 * of the third one's frame is on the wire.
 */
static void send_two_and_a_half(struct kunit *test)
{
	struct serial_test *st = test->priv;
	size_t len;

	st->room = 0;
	send_bulk(test, 68, 0x70, true);
	send_bulk(test, 100, 0x20, true);
	send_bulk(test, 50, 1, true);
	len = st->want_len - 10;
	send_bulk(test, 68, 1, false);
	give_room(st, len);
	KUNIT_ASSERT_TRUE(test, wait_wire(st, len));
	KUNIT_EXPECT_EQ(test, memcmp(st->wire, st->want, len), 0);
}

static void frames_on_the_wire_count_as_sent_when_the_line_fails(struct kunit *test)
{
	struct serial_test *st = test->priv;

	open_tty(test);
	set_up(test);
	send_two_and_a_half(test);
	st->fail = -EIO;
	mctp_serial_ldisc.write_wakeup(&st->tty);
	wait_tx_work(st);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_packets), 2ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_bytes), 168ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_errors), 2ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_dropped), 0ULL);
}

static void frames_on_the_wire_count_as_sent_when_set_down(struct kunit *test)
{
	struct serial_test *st = test->priv;

	open_tty(test);
	set_up(test);
	send_two_and_a_half(test);
	set_down(st);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_packets), 2ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_bytes), 168ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_dropped), 2ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_errors), 0ULL);
}

static void a_device_set_down_forgets_what_waits(struct kunit *test)
{
	struct serial_test *st = test->priv;

	open_tty(test);
	set_up(test);
	st->room = 10;
	send_packet(test, 68, 1, false);
	KUNIT_EXPECT_EQ(test, st->wire_len, (size_t)10);
	set_down(st);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_dropped), 1ULL);
	give_room(st, NO_LIMIT);

	/* The peer sees a frame cut short, and then a whole one */
	set_up(test);
	st->wire_len = 0;
	st->want_len = 0;
	send_packet(test, 68, 9, false);
	expect_wire(test);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_packets), 1ULL);
}

static void packets_that_no_frame_carries_are_dropped(struct kunit *test)
{
	struct serial_test *st = test->priv;

	open_tty(test);
	set_up(test);
	send_packet(test, 3, 0, false);
	send_packet(test, 256, 0, false);
	send_packet(test, 400, 0, true);
	KUNIT_EXPECT_EQ(test, STAT(st, tx_dropped), 3ULL);
	KUNIT_EXPECT_EQ(test, st->wire_len, (size_t)0);
}

static void received_frames_become_packets(struct kunit *test)
{
	struct serial_test *st = test->priv;
	u8 packet[MCTP_SERIAL_LEN_MAX];
	size_t n;

	open_tty(test);
	set_up(test);
	/* Longer than the MTU: what we may send is no rule for others */
	make_packet(packet, sizeof(packet), 5);
	n = make_frame(st, sizeof(packet), 5);
	receive(st, st->frame, NULL, 100);
	receive(st, st->frame + 100, NULL, n - 100);
	KUNIT_ASSERT_TRUE(test, wait_received(st, 1));
	KUNIT_ASSERT_EQ(test, (size_t)st->last_len, sizeof(packet));
	KUNIT_EXPECT_EQ(test, memcmp(st->last, packet, sizeof(packet)), 0);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_packets), 1ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_bytes), 255ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_errors), 0ULL);
}

static void bad_frames_are_counted_by_kind(struct kunit *test)
{
	static const u8 bad[] = {
		0x7e, 0x02,					/* revision */
		0x7e, 0x01, 0x03,				/* length */
		0x7e, 0x01, 0x04, 1, 2, 3, 4, 0, 0,		/* FCS */
		0x7e, 0x01, 0x04, 1, 2,				/* cut */
		0x7e, 0x01, 0x01,				/* length */
	};
	struct serial_test *st = test->priv;
	size_t n = make_frame(st, 68, 1);

	open_tty(test);
	set_up(test);
	receive(st, bad, NULL, sizeof(bad));
	receive(st, st->frame, NULL, n);
	KUNIT_ASSERT_TRUE(test, wait_received(st, 1));
	KUNIT_EXPECT_EQ(test, STAT(st, rx_errors), 5ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_frame_errors), 2ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_length_errors), 2ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_crc_errors), 1ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_packets), 1ULL);
}

static void errors_of_the_line_drop_a_frame(struct kunit *test)
{
	static const u8 kinds[] = { TTY_PARITY, TTY_FRAME, TTY_BREAK };
	struct serial_test *st = test->priv;
	size_t n = make_frame(st, 68, 1);
	unsigned int i;

	BUILD_BUG_ON(TTY_NORMAL);
	open_tty(test);
	set_up(test);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		st->flags[20 + i] = kinds[i];
		receive(st, st->frame, st->flags, n);
		st->flags[20 + i] = TTY_NORMAL;
		/* An error while the line is idle costs no frame */
		st->flags[n - 1] = kinds[i];
		receive(st, st->frame + n - 1, st->flags + n - 1, 1);
		st->flags[n - 1] = TTY_NORMAL;
		receive(st, st->frame, st->flags, n);
		KUNIT_ASSERT_TRUE(test, wait_received(st, 1 + i));
	}
	KUNIT_EXPECT_EQ(test, STAT(st, rx_frame_errors), 3ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_errors), 3ULL);

	/* Bytes that were lost are always told */
	st->flags[n - 1] = TTY_OVERRUN;
	receive(st, st->frame, st->flags, n);
	receive(st, st->frame, NULL, n);
	KUNIT_ASSERT_TRUE(test, wait_received(st, 4));
	KUNIT_EXPECT_EQ(test, STAT(st, rx_fifo_errors), 1ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_errors), 4ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_packets), 4ULL);
}

static void a_device_that_is_down_receives_nothing(struct kunit *test)
{
	struct serial_test *st = test->priv;
	size_t n = make_frame(st, 68, 1);

	open_tty(test);
	receive(st, st->frame, NULL, n);
	set_up(test);
	receive(st, st->frame, NULL, n - 10);
	set_down(st);
	receive(st, st->frame + n - 10, NULL, 5);
	set_up(test);
	receive(st, st->frame + n - 5, NULL, 5);
	receive(st, st->frame, NULL, n);
	KUNIT_ASSERT_TRUE(test, wait_received(st, 1));
	KUNIT_EXPECT_EQ(test, STAT(st, rx_packets), 1ULL);
	KUNIT_EXPECT_EQ(test, STAT(st, rx_errors), 0ULL);
}

static int feed_frames(void *data)
{
	struct serial_test *st = data;
	size_t n = make_frame(st, 68, 1);

	while (!kthread_should_stop()) {
		receive(st, st->frame, NULL, n);
		cond_resched();
	}
	return 0;
}

/* mctp_device_del() takes it for granted: who was received by then is all. */
static void nothing_comes_in_after_a_device_is_down(struct kunit *test)
{
	struct serial_test *st = test->priv;
	struct task_struct *feeder;
	unsigned int i, n;

	open_tty(test);
	feeder = kthread_run(feed_frames, st, "mctp-serial-test");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, feeder);
	for (i = 0; i < 20; i++) {
		n = READ_ONCE(st->received);
		set_up(test);
		KUNIT_EXPECT_TRUE(test, wait_received(st, n + 1));
		set_down(st);
		n = READ_ONCE(st->received);
		fsleep(10000);
		KUNIT_EXPECT_EQ(test, READ_ONCE(st->received), n);
	}
	kthread_stop(feeder);
}

/**
 * struct serial_question - SIOCGIFNAME by somebody else
 * @work: who
 * @tty: whom
 * @answer: what it returned
 * @answered: that it did
 */
struct serial_question {
	struct work_struct	work;
	struct tty_struct	*tty;
	int			answer;
	struct completion	answered;
};

static void ask_name(struct work_struct *work)
{
	struct serial_question *q = container_of(work, struct serial_question,
						 work);

	/* There is no user memory here for the name to go to */
	q->answer = mctp_serial_ldisc.ioctl(q->tty, SIOCGIFNAME, ~0UL);
	complete(&q->answered);
}

/* Who asks holds the discipline: as long as that, no wake-up may get lost. */
static void the_name_is_told_while_others_configure(struct kunit *test)
{
	struct serial_test *st = test->priv;
	struct serial_question *q;
	unsigned long left;

	q = kunit_kzalloc(test, sizeof(*q), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, q);
	open_tty(test);
	q->tty = &st->tty;
	init_completion(&q->answered);
	INIT_WORK(&q->work, ask_name);
	rtnl_lock();
	schedule_work(&q->work);
	left = wait_for_completion_timeout(&q->answered,
					   msecs_to_jiffies(WAIT_MS));
	rtnl_unlock();
	flush_work(&q->work);
	KUNIT_EXPECT_NE(test, left, 0UL);
	KUNIT_EXPECT_EQ(test, q->answer, -EFAULT);
}

static void the_reader_wakes_the_writer_of_a_pty(struct kunit *test)
{
	struct serial_test *st = test->priv;
	unsigned int before;

	open_tty(test);
	/* As pty.c has it: unthrottle() wakes the other end */
	set_bit(TTY_THROTTLED, &st->tty.flags);
	before = st->unthrottles;
	receive(st, "abc", NULL, 3);
	KUNIT_EXPECT_EQ(test, st->unthrottles, before + 1);
	/* Others need not be asked */
	receive(st, "abc", NULL, 3);
	KUNIT_EXPECT_EQ(test, st->unthrottles, before + 1);
}

static void close_does_not_wait_for_the_tty(struct kunit *test)
{
	struct serial_test *st = test->priv;
	unsigned int i;

	for (i = 0; i < 10; i++) {
		open_tty(test);
		set_up(test);
		st->room = i;
		send_packet(test, 68, i, false);
		send_packet(test, 68, i, false);
		receive(st, "\x7e\x01\x44", NULL, 3);
		mctp_serial_ldisc.write_wakeup(&st->tty);
		close_tty(st);
		KUNIT_EXPECT_FALSE(test, is_open(st));
		KUNIT_EXPECT_FALSE(test, test_bit(TTY_DO_WRITE_WAKEUP,
						  &st->tty.flags));
	}
}

static struct kunit_case serial_cases[] = {
	KUNIT_CASE(open_makes_a_device),
	KUNIT_CASE(open_needs_a_tty_that_writes),
	KUNIT_CASE(open_refuses_a_tty_in_hang_up),
	KUNIT_CASE(two_ttys_have_two_devices),
	KUNIT_CASE(mtu_is_68_to_255),
	KUNIT_CASE(a_packet_is_one_write),
	KUNIT_CASE(a_paged_packet_is_sent),
	KUNIT_CASE(what_the_tty_does_not_take_goes_on_later),
	KUNIT_CASE(a_lost_wake_up_does_not_stop_the_line),
	KUNIT_CASE(a_bad_packet_at_the_end_of_a_bulk_holds_nothing_back),
	KUNIT_CASE(a_full_tty_stops_the_queue_and_loses_nothing),
	KUNIT_CASE(a_tty_that_fails_stalls_nothing),
	KUNIT_CASE(a_tty_that_fails_when_asked_again_stalls_nothing),
	KUNIT_CASE(frames_on_the_wire_count_as_sent_when_the_line_fails),
	KUNIT_CASE(frames_on_the_wire_count_as_sent_when_set_down),
	KUNIT_CASE(a_device_set_down_forgets_what_waits),
	KUNIT_CASE(packets_that_no_frame_carries_are_dropped),
	KUNIT_CASE(received_frames_become_packets),
	KUNIT_CASE(bad_frames_are_counted_by_kind),
	KUNIT_CASE(errors_of_the_line_drop_a_frame),
	KUNIT_CASE(a_device_that_is_down_receives_nothing),
	KUNIT_CASE(nothing_comes_in_after_a_device_is_down),
	KUNIT_CASE(the_name_is_told_while_others_configure),
	KUNIT_CASE(the_reader_wakes_the_writer_of_a_pty),
	KUNIT_CASE(close_does_not_wait_for_the_tty),
	{}
};

static struct kunit_suite serial_suite = {
	.name = "mctp-serial",
	.init = serial_test_init,
	.exit = serial_test_exit,
	.test_cases = serial_cases,
};

kunit_test_suite(serial_suite);
