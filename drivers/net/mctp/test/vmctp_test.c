// SPDX-License-Identifier: GPL-2.0
/*
 * vmctp: unit tests (suite vmctp). Each has a pair of its own, made as
 * rtnetlink makes one; packets go through the stack on both sides.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/mctp.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>
#include "../vmctp.h"

#define WAIT_MS	5000
#define LEN	68

/**
 * struct vmctp_test - a pair, of which @dev sends and @peer receives
 * @dev: the one end
 * @peer: the other
 * @pt: takes packets that @peer received
 * @received: how many
 * @pkt_type: of the last one
 * @len: its length
 * @sender: its sender's address, if @peer has one
 * @page: its first page
 * @first: its first 4 bytes
 */
struct vmctp_test {
	struct net_device	*dev;
	struct net_device	*peer;
	struct packet_type	pt;
	unsigned int		received;
	u8			pkt_type;
	unsigned int		len;
	u8			sender;
	struct page		*page;
	u8			first[4];
};

static int vmctp_test_packet(struct sk_buff *skb, struct net_device *dev,
			     struct packet_type *pt,
			     struct net_device *orig_dev)
{
	struct vmctp_test *vt = container_of(pt, struct vmctp_test, pt);

	vt->pkt_type = skb->pkt_type;
	vt->len = skb->len;
	vt->page = skb_shinfo(skb)->nr_frags ?
		   skb_frag_page(&skb_shinfo(skb)->frags[0]) : NULL;
	dev_parse_header(skb, &vt->sender);
	skb_copy_bits(skb, skb_network_offset(skb), vt->first,
		      sizeof(vt->first));
	/* All about the packet first: wait_received() */
	smp_store_release(&vt->received, vt->received + 1);
	kfree_skb(skb);
	return NET_RX_SUCCESS;
}

static struct net_device *create_end(struct kunit *test)
{
	struct nlattr *tb[IFLA_MAX + 1] = {};
	struct net_device *dev;

	dev = rtnl_create_link(&init_net, "vmctpkunit%d", NET_NAME_ENUM,
			       &vmctp_link_ops, tb, NULL);
	KUNIT_EXPECT_FALSE(test, IS_ERR(dev));
	return IS_ERR(dev) ? NULL : dev;
}

static int make_pair_locked(struct kunit *test, u8 addr_len)
{
	struct vmctp_test *vt = test->priv;
	struct net_device *dev, *peer;
	int err;

	dev = create_end(test);
	if (!dev)
		return -ENOMEM;
	peer = create_end(test);
	if (!peer) {
		free_netdev(dev);
		return -ENOMEM;
	}
	vmctp_set_addr_len(dev, addr_len, 0x10);
	vmctp_set_addr_len(peer, addr_len, 0x11);
	err = vmctp_register_pair(dev, peer, NULL);
	if (err) {
		free_netdev(dev);
		return err;
	}
	vt->dev = dev;
	vt->peer = peer;
	rtnl_configure_link(peer, NULL, 0, NULL);
	return rtnl_configure_link(dev, NULL, 0, NULL);
}

/* Make a pair, both ends of which are up. */
static void make_pair(struct kunit *test, u8 addr_len)
{
	struct vmctp_test *vt = test->priv;
	int err;

	rtnl_lock();
	err = make_pair_locked(test, addr_len);
	if (!err)
		err = dev_open(vt->dev, NULL);
	if (!err)
		err = dev_open(vt->peer, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);

	vt->pt.type = htons(ETH_P_MCTP);
	vt->pt.func = vmctp_test_packet;
	vt->pt.dev = vt->peer;
	dev_add_pack(&vt->pt);
}

static int vmctp_test_init(struct kunit *test)
{
	struct vmctp_test *vt = kunit_kzalloc(test, sizeof(*vt), GFP_KERNEL);

	if (!vt)
		return -ENOMEM;
	test->priv = vt;
	return 0;
}

static void remove_pair(struct vmctp_test *vt)
{
	if (vt->pt.func)
		dev_remove_pack(&vt->pt);
	rtnl_lock();
	vmctp_link_ops.dellink(vt->dev, NULL);
	rtnl_unlock();
	vt->dev = NULL;
}

static void vmctp_test_exit(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;

	if (vt && vt->dev)
		remove_pair(vt);
}

static void set_up(struct net_device *dev, bool up)
{
	rtnl_lock();
	if (up)
		dev_open(dev, NULL);
	else
		dev_close(dev);
	rtnl_unlock();
}

/* A packet of @len bytes, with its link header if the pair has addresses */
static struct sk_buff *make_packet(struct kunit *test, size_t len, u8 dest)
{
	struct vmctp_test *vt = test->priv;
	struct net_device *dev = vt->dev;
	struct sk_buff *skb;
	size_t i;

	skb = alloc_skb(LL_RESERVED_SPACE(dev) + len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	for (i = 0; i < len; i++)
		skb_put_u8(skb, i);
	skb->dev = dev;
	skb->protocol = htons(ETH_P_IP);
	skb_reset_network_header(skb);
	dev_hard_header(skb, dev, ETH_P_MCTP, &dest, NULL, len);
	return skb;
}

static void send(struct kunit *test, size_t len, u8 dest)
{
	dev_queue_xmit(make_packet(test, len, dest));
}

static bool wait_received(struct vmctp_test *vt, unsigned int packets)
{
	unsigned int ms;

	for (ms = 0; ms < WAIT_MS; ms++) {
		/* Then all about the packet: vmctp_test_packet() */
		if (smp_load_acquire(&vt->received) >= packets)
			return true;
		fsleep(1000);
	}
	return false;
}

static noinline u64 stat_at(struct net_device *dev, size_t offset)
{
	struct rtnl_link_stats64 storage;

	return *(u64 *)((u8 *)dev_get_stats(dev, &storage) + offset);
}

#define STAT(dev, field) \
	stat_at(dev, offsetof(struct rtnl_link_stats64, field))

static bool wait_rx_dropped(struct net_device *dev, u64 packets)
{
	unsigned int ms;

	for (ms = 0; ms < WAIT_MS; ms++) {
		if (STAT(dev, rx_dropped) >= packets)
			return true;
		fsleep(1000);
	}
	return false;
}

static void a_pair_is_two_devices(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;

	make_pair(test, 0);
	KUNIT_EXPECT_EQ(test, (int)vt->dev->type, ARPHRD_MCTP);
	KUNIT_EXPECT_EQ(test, vt->dev->mtu, 68U);
	KUNIT_EXPECT_EQ(test, (int)vt->dev->addr_len, 0);
	KUNIT_EXPECT_EQ(test, (int)vt->dev->hard_header_len, 0);
	KUNIT_EXPECT_EQ(test, dev_get_iflink(vt->dev), vt->peer->ifindex);
	KUNIT_EXPECT_EQ(test, dev_get_iflink(vt->peer), vt->dev->ifindex);
	/* Big messages are not copied */
	KUNIT_EXPECT_TRUE(test, vt->dev->features & NETIF_F_SG);
}

static void a_link_header_has_both_addresses(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;
	struct sk_buff *skb;
	u8 sender = 0;

	make_pair(test, 1);
	KUNIT_EXPECT_EQ(test, (int)vt->dev->addr_len, 1);
	KUNIT_EXPECT_EQ(test, (int)vt->dev->hard_header_len, 2);
	KUNIT_EXPECT_EQ(test, vt->dev->broadcast[0], (u8)0xff);

	skb = make_packet(test, LEN, 0x42);
	KUNIT_EXPECT_EQ(test, skb->len, (unsigned int)LEN + 2);
	KUNIT_EXPECT_EQ(test, skb->data[0], (u8)0x42);
	KUNIT_EXPECT_EQ(test, skb->data[1], (u8)0x10);
	skb_reset_mac_header(skb);
	KUNIT_EXPECT_EQ(test, dev_parse_header(skb, &sender), 1);
	KUNIT_EXPECT_EQ(test, sender, (u8)0x10);
	kfree_skb(skb);
}

static void a_header_without_destination_is_incomplete(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;
	struct sk_buff *skb;
	u8 source = 0x55;

	make_pair(test, 1);
	skb = alloc_skb(64, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
	skb_reserve(skb, 32);
	KUNIT_EXPECT_EQ(test, dev_hard_header(skb, vt->dev, ETH_P_MCTP, NULL,
					      &source, 0), -2);
	KUNIT_EXPECT_EQ(test, skb->data[1], source);
	kfree_skb(skb);
}

static void a_packet_crosses_and_is_counted(struct kunit *test)
{
	static const u8 first[4] = { 0, 1, 2, 3 };
	struct vmctp_test *vt = test->priv;

	make_pair(test, 0);
	send(test, LEN, 0);
	KUNIT_ASSERT_TRUE(test, wait_received(vt, 1));
	KUNIT_EXPECT_EQ(test, vt->len, (unsigned int)LEN);
	KUNIT_EXPECT_EQ(test, (int)vt->pkt_type, PACKET_HOST);
	KUNIT_EXPECT_EQ(test, memcmp(vt->first, first, sizeof(first)), 0);
	KUNIT_EXPECT_EQ(test, STAT(vt->dev, tx_packets), 1ULL);
	KUNIT_EXPECT_EQ(test, STAT(vt->dev, tx_bytes), (u64)LEN);
	KUNIT_EXPECT_EQ(test, STAT(vt->peer, rx_packets), 1ULL);
	KUNIT_EXPECT_EQ(test, STAT(vt->peer, rx_bytes), (u64)LEN);
	KUNIT_EXPECT_EQ(test, STAT(vt->dev, rx_packets), 0ULL);
}

static void a_packet_with_an_address_crosses(struct kunit *test)
{
	static const u8 first[4] = { 0, 1, 2, 3 };
	struct vmctp_test *vt = test->priv;

	make_pair(test, 1);
	send(test, LEN, 0x11);
	KUNIT_ASSERT_TRUE(test, wait_received(vt, 1));
	KUNIT_EXPECT_EQ(test, vt->len, (unsigned int)LEN);
	KUNIT_EXPECT_EQ(test, (int)vt->pkt_type, PACKET_HOST);
	KUNIT_EXPECT_EQ(test, vt->sender, (u8)0x10);
	KUNIT_EXPECT_EQ(test, memcmp(vt->first, first, sizeof(first)), 0);
}

static void a_packet_for_another_address_is_dropped(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;

	make_pair(test, 1);
	send(test, LEN, 0x12);
	KUNIT_EXPECT_TRUE(test, wait_rx_dropped(vt->peer, 1));
	send(test, LEN, 0x11);
	KUNIT_ASSERT_TRUE(test, wait_received(vt, 1));
	KUNIT_EXPECT_EQ(test, vt->received, 1U);
	KUNIT_EXPECT_EQ(test, STAT(vt->peer, rx_packets), 1ULL);
}

static void a_broadcast_is_for_every_address(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;

	make_pair(test, 1);
	send(test, LEN, 0xff);
	KUNIT_ASSERT_TRUE(test, wait_received(vt, 1));
	KUNIT_EXPECT_EQ(test, (int)vt->pkt_type, PACKET_BROADCAST);
}

static void promiscuous_mode_shows_what_is_for_others(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;

	make_pair(test, 1);
	rtnl_lock();
	dev_set_promiscuity(vt->peer, 1);
	rtnl_unlock();
	send(test, LEN, 0x12);
	KUNIT_EXPECT_TRUE(test, wait_received(vt, 1));
	KUNIT_EXPECT_EQ(test, (int)vt->pkt_type, PACKET_OTHERHOST);
	rtnl_lock();
	dev_set_promiscuity(vt->peer, -1);
	rtnl_unlock();
}

static void a_packet_shorter_than_a_header_is_dropped(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;

	make_pair(test, 1);
	send(test, 3, 0x11);
	KUNIT_EXPECT_EQ(test, STAT(vt->dev, tx_dropped), 1ULL);
	send(test, 4, 0x11);
	KUNIT_ASSERT_TRUE(test, wait_received(vt, 1));
	KUNIT_EXPECT_EQ(test, vt->len, 4U);
	KUNIT_EXPECT_EQ(test, STAT(vt->dev, tx_packets), 1ULL);
}

static void a_page_is_shared_not_copied(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;
	struct sk_buff *skb;
	struct page *page;

	make_pair(test, 0);
	page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	get_page(page);
	skb = make_packet(test, 4, 0);
	skb_add_rx_frag(skb, 0, page, 0, 4000, PAGE_SIZE);
	dev_queue_xmit(skb);
	KUNIT_EXPECT_TRUE(test, wait_received(vt, 1));
	KUNIT_EXPECT_EQ(test, vt->len, 4004U);
	KUNIT_EXPECT_PTR_EQ(test, vt->page, page);
	put_page(page);
}

static void mtu_is_68_to_65535(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;

	make_pair(test, 0);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(vt->dev, 67), -EINVAL);
	KUNIT_EXPECT_EQ(test, dev_set_mtu(vt->dev, 65536), -EINVAL);
	KUNIT_EXPECT_EQ(test, dev_set_mtu(vt->dev, 65535), 0);
	rtnl_unlock();
	/* The other end takes it, whatever its own MTU */
	send(test, 65535, 0);
	KUNIT_ASSERT_TRUE(test, wait_received(vt, 1));
	KUNIT_EXPECT_EQ(test, vt->len, 65535U);
}

static void carrier_is_there_while_both_ends_are_up(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;

	make_pair(test, 0);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(vt->dev));
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(vt->peer));
	set_up(vt->peer, false);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(vt->dev));
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(vt->peer));
	set_up(vt->peer, true);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(vt->dev));
	set_up(vt->dev, false);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(vt->peer));
}

static void a_peer_that_is_down_costs_a_count(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;
	struct sk_buff *skb;

	make_pair(test, 0);
	set_up(vt->peer, false);
	/* Past the queue: soon it takes nothing, as there is no carrier */
	skb = make_packet(test, LEN, 0);
	local_bh_disable();
	vt->dev->netdev_ops->ndo_start_xmit(skb, vt->dev);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, STAT(vt->dev, tx_dropped), 1ULL);
	set_up(vt->peer, true);
	send(test, LEN, 0);
	KUNIT_ASSERT_TRUE(test, wait_received(vt, 1));
	KUNIT_EXPECT_EQ(test, vt->received, 1U);
}

/* Send without giving the receiver a chance. */
static void send_burst(struct kunit *test, struct sk_buff_head *list)
{
	struct sk_buff *skb;

	local_bh_disable();
	while ((skb = __skb_dequeue(list)))
		dev_queue_xmit(skb);
	local_bh_enable();
}

static void a_burst_is_lost_only_behind_the_bound(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;
	struct sk_buff_head list;
	unsigned int i;

	make_pair(test, 0);
	__skb_queue_head_init(&list);
	for (i = 0; i < VMCTP_QUEUE_MAX + 7; i++)
		__skb_queue_tail(&list, make_packet(test, LEN, 0));
	send_burst(test, &list);
	KUNIT_ASSERT_TRUE(test, wait_received(vt, VMCTP_QUEUE_MAX));
	KUNIT_EXPECT_EQ(test, vt->received, (unsigned int)VMCTP_QUEUE_MAX);
	KUNIT_EXPECT_EQ(test, STAT(vt->dev, tx_dropped), 7ULL);
	KUNIT_EXPECT_EQ(test, STAT(vt->dev, tx_packets), (u64)VMCTP_QUEUE_MAX);
}

static int set_address(struct net_device *dev, u8 addr)
{
	struct sockaddr_storage ss = { .ss_family = ARPHRD_MCTP };
	struct sockaddr *sa = (struct sockaddr *)&ss;

	sa->sa_data[0] = addr;
	return dev->netdev_ops->ndo_set_mac_address(dev, sa);
}

static void an_address_can_be_changed(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;

	make_pair(test, 1);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, set_address(vt->peer, 0xff), -EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, set_address(vt->peer, 0x10), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, set_address(vt->peer, 0x20), 0);
	rtnl_unlock();
	send(test, LEN, 0x11);
	KUNIT_EXPECT_TRUE(test, wait_rx_dropped(vt->peer, 1));
	send(test, LEN, 0x20);
	KUNIT_EXPECT_TRUE(test, wait_received(vt, 1));
}

static void a_link_without_addresses_gets_none(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;

	make_pair(test, 0);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, set_address(vt->dev, 0x20), -EOPNOTSUPP);
	rtnl_unlock();
}

static void attributes_are_checked(struct kunit *test)
{
	struct {
		struct nlattr	nla;
		u8		bytes[4];
	} attr = {};
	struct nlattr **tb;

	tb = kunit_kzalloc(test, (IFLA_MAX + 1) * sizeof(*tb), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tb);
	KUNIT_EXPECT_EQ(test, vmctp_link_ops.validate(tb, NULL, NULL), 0);

	tb[IFLA_ADDRESS] = &attr.nla;
	attr.nla.nla_len = NLA_HDRLEN;
	KUNIT_EXPECT_EQ(test, vmctp_link_ops.validate(tb, NULL, NULL), -EINVAL);
	attr.nla.nla_len = NLA_HDRLEN + 2;
	KUNIT_EXPECT_EQ(test, vmctp_link_ops.validate(tb, NULL, NULL), -EINVAL);
	attr.nla.nla_len = NLA_HDRLEN + 1;
	KUNIT_EXPECT_EQ(test, vmctp_link_ops.validate(tb, NULL, NULL), 0);
	attr.bytes[0] = 0xff;
	KUNIT_EXPECT_EQ(test, vmctp_link_ops.validate(tb, NULL, NULL),
			-EADDRNOTAVAIL);

	tb[IFLA_ADDRESS] = NULL;
	tb[IFLA_BROADCAST] = &attr.nla;
	KUNIT_EXPECT_EQ(test, vmctp_link_ops.validate(tb, NULL, NULL), -EINVAL);
}

static void both_ends_go_together(struct kunit *test)
{
	struct vmctp_test *vt = test->priv;
	int index, peer_index;
	struct sk_buff *skb;

	make_pair(test, 0);
	index = vt->dev->ifindex;
	peer_index = vt->peer->ifindex;
	skb = make_packet(test, LEN, 0);
	dev_queue_xmit(skb);
	remove_pair(vt);
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, dev_get_by_index_rcu(&init_net, index), NULL);
	KUNIT_EXPECT_PTR_EQ(test, dev_get_by_index_rcu(&init_net, peer_index),
			    NULL);
	rcu_read_unlock();
}

static struct kunit_case vmctp_cases[] = {
	KUNIT_CASE(a_pair_is_two_devices),
	KUNIT_CASE(a_link_header_has_both_addresses),
	KUNIT_CASE(a_header_without_destination_is_incomplete),
	KUNIT_CASE(a_packet_crosses_and_is_counted),
	KUNIT_CASE(a_packet_with_an_address_crosses),
	KUNIT_CASE(a_packet_for_another_address_is_dropped),
	KUNIT_CASE(a_broadcast_is_for_every_address),
	KUNIT_CASE(promiscuous_mode_shows_what_is_for_others),
	KUNIT_CASE(a_packet_shorter_than_a_header_is_dropped),
	KUNIT_CASE(a_page_is_shared_not_copied),
	KUNIT_CASE(mtu_is_68_to_65535),
	KUNIT_CASE(carrier_is_there_while_both_ends_are_up),
	KUNIT_CASE(a_peer_that_is_down_costs_a_count),
	KUNIT_CASE(a_burst_is_lost_only_behind_the_bound),
	KUNIT_CASE(an_address_can_be_changed),
	KUNIT_CASE(a_link_without_addresses_gets_none),
	KUNIT_CASE(attributes_are_checked),
	KUNIT_CASE(both_ends_go_together),
	{}
};

static struct kunit_suite vmctp_suite = {
	.name = "vmctp",
	.init = vmctp_test_init,
	.exit = vmctp_test_exit,
	.test_cases = vmctp_cases,
};

kunit_test_suite(vmctp_suite);
