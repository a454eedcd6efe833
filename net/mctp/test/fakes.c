// SPDX-License-Identifier: GPL-2.0
/*
 * Fakes that the KUnit suites of the core share; fakes.h says what each does.
 *
 * Packets come in through netif_receive_skb(), so the packet handler is in the
 * way of every test, and go out through dev_queue_xmit() to ndo_start_xmit()
 * with no queue between: all has happened when a call returns.
 */
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include "fakes.h"

/* The networks of tests begin beyond those that anybody uses by default */
#define MCTP_FAKE_NET_FIRST	1000

/* Link header of a device with addr_len 1 */
struct mctp_fake_link_hdr {
	u8	dest;
	u8	src;
};

/* In the control block of a packet in mctp_fake_dev.sent */
struct mctp_fake_cb {
	u8	hw_dest;
};

static struct mctp_fake_cb *mctp_fake_cb(const struct sk_buff *skb)
{
	return (struct mctp_fake_cb *)skb->cb;
}

static struct mctp_fake_dev *mctp_fake_priv(struct net_device *ndev)
{
	return *(struct mctp_fake_dev **)netdev_priv(ndev);
}

unsigned int mctp_fake_network(struct kunit *test)
{
	static unsigned int last = MCTP_FAKE_NET_FIRST;

	return ++last;
}

static int mctp_fake_hdr_create(struct sk_buff *skb, struct net_device *ndev,
				unsigned short type, const void *daddr,
				const void *saddr, unsigned int len)
{
	struct mctp_fake_link_hdr *lh = skb_push(skb, sizeof(*lh));

	skb_reset_mac_header(skb);
	lh->dest = *(const u8 *)daddr;
	lh->src = saddr ? *(const u8 *)saddr : *ndev->dev_addr;
	return sizeof(*lh);
}

static int mctp_fake_hdr_parse(const struct sk_buff *skb,
			       const struct net_device *ndev,
			       unsigned char *haddr)
{
	const struct mctp_fake_link_hdr *lh;

	lh = (const struct mctp_fake_link_hdr *)skb_mac_header(skb);
	*haddr = lh->src;
	return 1;
}

static const struct header_ops mctp_fake_header_ops = {
	.create	= mctp_fake_hdr_create,
	.parse	= mctp_fake_hdr_parse,
};

static netdev_tx_t mctp_fake_xmit(struct sk_buff *skb, struct net_device *ndev)
{
	struct mctp_fake_dev *fake = mctp_fake_priv(ndev);
	u8 hw_dest = 0;

	if (fake->busy) {
		kfree_skb(skb);
		return (netdev_tx_t)NET_XMIT_DROP;
	}
	if (ndev->addr_len) {
		hw_dest = *skb->data;
		__skb_pull(skb, sizeof(struct mctp_fake_link_hdr));
	}
	if (!fake->hold)
		skb_orphan(skb);
	mctp_fake_cb(skb)->hw_dest = hw_dest;
	skb_queue_tail(&fake->sent, skb);
	if (fake->takes && !--fake->takes)
		fake->busy = true;
	return NETDEV_TX_OK;
}

static const struct net_device_ops mctp_fake_netdev_ops = {
	.ndo_start_xmit = mctp_fake_xmit,
};

static void mctp_fake_release_flow(struct net_device *ndev,
				   const struct mctp_flow *flow)
{
	struct mctp_fake_dev *fake = mctp_fake_priv(ndev);

	fake->last_flow = *flow;
	fake->flows_ended++;
}

static bool mctp_fake_takes_batches(struct net_device *ndev)
{
	return mctp_fake_priv(ndev)->batches;
}

static const struct mctp_netdev_ops mctp_fake_ops = {
	.release_flow	= mctp_fake_release_flow,
	.takes_batches	= mctp_fake_takes_batches,
};

static void mctp_fake_setup(struct net_device *ndev)
{
	ndev->type = ARPHRD_MCTP;
	ndev->flags = IFF_NOARP;
	ndev->priv_flags |= IFF_NO_QUEUE;
	ndev->netdev_ops = &mctp_fake_netdev_ops;
}

static void mctp_fake_dev_free(struct kunit_resource *res)
{
	struct mctp_fake_dev *fake = res->data;

	mctp_unregister_netdev(fake->ndev);
	skb_queue_purge(&fake->sent);
	free_netdev(fake->ndev);
	fake->ndev = NULL;
	fake->mdev = NULL;
}

struct mctp_fake_dev *mctp_fake_dev(struct kunit *test, unsigned int net,
				    unsigned int mtu, u8 addr_len)
{
	static const u8 hw = MCTP_FAKE_HW;
	struct mctp_fake_dev *fake;
	struct net_device *ndev;
	int err;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	skb_queue_head_init(&fake->sent);

	ndev = alloc_netdev(sizeof(fake), "mctpfake%d", NET_NAME_ENUM,
			    mctp_fake_setup);
	KUNIT_ASSERT_NOT_NULL(test, ndev);
	*(struct mctp_fake_dev **)netdev_priv(ndev) = fake;
	ndev->mtu = mtu;
	if (addr_len) {
		ndev->addr_len = addr_len;
		ndev->hard_header_len = sizeof(struct mctp_fake_link_hdr);
		ndev->header_ops = &mctp_fake_header_ops;
		__dev_addr_set(ndev, &hw, sizeof(hw));
	}

	err = mctp_register_netdev(ndev, &mctp_fake_ops,
				   MCTP_PHYS_BINDING_VENDOR);
	if (err)
		free_netdev(ndev);
	KUNIT_ASSERT_EQ(test, err, 0);
	fake->ndev = ndev;
	KUNIT_ASSERT_NOT_NULL(test,
			      kunit_alloc_resource(test, NULL, mctp_fake_dev_free,
						   GFP_KERNEL, fake));

	rtnl_lock();
	fake->mdev = mctp_dev_rtnl(ndev);
	err = fake->mdev ? mctp_dev_set_net(fake->mdev, net, NULL) : -ENODEV;
	if (!err)
		err = dev_open(ndev, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	return fake;
}

static bool mctp_fake_dev_match(struct kunit *test, struct kunit_resource *res,
				void *fake)
{
	return res->free == mctp_fake_dev_free && res->data == fake;
}

void mctp_fake_dev_remove(struct kunit *test, struct mctp_fake_dev *fake)
{
	int err = kunit_destroy_resource(test, mctp_fake_dev_match, fake);

	KUNIT_ASSERT_EQ(test, err, 0);
}

void mctp_fake_dev_down(struct mctp_fake_dev *fake)
{
	rtnl_lock();
	dev_close(fake->ndev);
	rtnl_unlock();
}

struct mctp_network *mctp_fake_net_of(struct mctp_fake_dev *fake)
{
	return rcu_dereference_protected(fake->mdev->network, true);
}

void mctp_fake_eid(struct kunit *test, struct mctp_fake_dev *fake, u8 eid)
{
	int err;

	rtnl_lock();
	err = mctp_dev_add_eid(fake->mdev, eid, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
}

void mctp_fake_route(struct kunit *test, struct mctp_fake_dev *fake, u8 min,
		     u8 max, u32 mtu)
{
	int err;

	rtnl_lock();
	err = mctp_route_add(mctp_fake_net_of(fake), fake->mdev, 0, RTN_UNICAST,
			     min, max, mtu, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
}

/* What mctp_route_del() needs to know again */
struct mctp_fake_gateway {
	struct mctp_network	*network;
	u8			gateway;
	u8			min;
	u8			max;
};

/* No device takes a gateway route with it */
static void mctp_fake_gateway_free(struct kunit_resource *res)
{
	struct mctp_fake_gateway *gw = res->data;

	rtnl_lock();
	mctp_route_del(gw->network, NULL, gw->gateway, RTN_UNICAST, gw->min,
		       gw->max, NULL);
	rtnl_unlock();
	mctp_network_put(gw->network);
}

void mctp_fake_gateway(struct kunit *test, struct mctp_fake_dev *fake,
		       u8 gateway, u8 min, u8 max, u32 mtu)
{
	struct mctp_fake_gateway *gw;
	int err;

	gw = kunit_kzalloc(test, sizeof(*gw), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gw);
	gw->network = mctp_fake_net_of(fake);
	gw->gateway = gateway;
	gw->min = min;
	gw->max = max;

	rtnl_lock();
	err = mctp_route_add(gw->network, NULL, gateway, RTN_UNICAST, min, max,
			     mtu, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	mctp_network_hold(gw->network);
	KUNIT_ASSERT_NOT_NULL(test,
			      kunit_alloc_resource(test, NULL,
						   mctp_fake_gateway_free,
						   GFP_KERNEL, gw));
}

void mctp_fake_neigh(struct kunit *test, struct mctp_fake_dev *fake, u8 eid,
		     u8 hw)
{
	int err;

	rtnl_lock();
	err = mctp_neigh_add(fake->mdev, eid, &hw, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
}

/* The packet as a driver that receives into pages would hand it over */
static void mctp_fake_put_paged(struct kunit *test, struct sk_buff *skb,
				const void *packet, size_t len)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_LE(test, len, PAGE_SIZE);
	memcpy(page_address(page), packet, len);
	skb_add_rx_frag(skb, 0, page, 0, len, PAGE_SIZE);
}

static void mctp_fake_receive(struct kunit *test, struct mctp_fake_dev *fake,
			      u8 hw_dest, u8 hw_src, const void *packet,
			      size_t len)
{
	struct net_device *ndev = fake->ndev;
	struct sk_buff *skb;

	skb = alloc_skb(ndev->hard_header_len + len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reset_mac_header(skb);
	if (ndev->addr_len) {
		struct mctp_fake_link_hdr *lh = skb_put(skb, sizeof(*lh));

		lh->dest = hw_dest;
		lh->src = hw_src;
		__skb_pull(skb, sizeof(*lh));
		if (hw_dest != *ndev->dev_addr)
			skb->pkt_type = PACKET_OTHERHOST;
	}
	if (fake->paged)
		mctp_fake_put_paged(test, skb, packet, len);
	else
		skb_put_data(skb, packet, len);
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_MCTP);
	skb->dev = ndev;

	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
}

void mctp_fake_rx_from(struct kunit *test, struct mctp_fake_dev *fake, u8 hw,
		       u8 dest, u8 src, u8 flags_seq_tag, const void *payload,
		       size_t len)
{
	struct mctp_hdr *hdr;

	hdr = kmalloc(sizeof(*hdr) + len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, hdr);
	hdr->ver = MCTP_VER;
	hdr->dest = dest;
	hdr->src = src;
	hdr->flags_seq_tag = flags_seq_tag;
	if (len)
		memcpy(hdr + 1, payload, len);
	mctp_fake_receive(test, fake, MCTP_FAKE_HW, hw, hdr,
			  sizeof(*hdr) + len);
	kfree(hdr);
}

void mctp_fake_rx(struct kunit *test, struct mctp_fake_dev *fake, u8 dest,
		  u8 src, u8 flags_seq_tag, const void *payload, size_t len)
{
	mctp_fake_rx_from(test, fake, MCTP_FAKE_HW_PEER, dest, src,
			  flags_seq_tag, payload, len);
}

void mctp_fake_rx_raw(struct kunit *test, struct mctp_fake_dev *fake,
		      const void *packet, size_t len)
{
	mctp_fake_receive(test, fake, MCTP_FAKE_HW, MCTP_FAKE_HW_PEER, packet,
			  len);
}

void mctp_fake_rx_otherhost(struct kunit *test, struct mctp_fake_dev *fake,
			    const void *packet, size_t len)
{
	mctp_fake_receive(test, fake, MCTP_FAKE_HW + 1, MCTP_FAKE_HW_PEER,
			  packet, len);
}

static void mctp_fake_skb_free(struct kunit_resource *res)
{
	kfree_skb(res->data);
}

struct sk_buff *mctp_fake_tx(struct kunit *test, struct mctp_fake_dev *fake)
{
	struct sk_buff *skb = skb_dequeue(&fake->sent);

	if (skb)
		KUNIT_ASSERT_NOT_NULL(test,
				      kunit_alloc_resource(test, NULL,
							   mctp_fake_skb_free,
							   GFP_KERNEL, skb));
	return skb;
}

u8 mctp_fake_tx_hw(const struct sk_buff *skb)
{
	return mctp_fake_cb(skb)->hw_dest;
}

static void mctp_fake_socket_free(struct kunit_resource *res)
{
	sock_release(res->data);
}

struct socket *mctp_fake_socket(struct kunit *test)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(&init_net, AF_MCTP, SOCK_DGRAM, 0, &sock);
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_NOT_NULL(test,
			      kunit_alloc_resource(test, NULL,
						   mctp_fake_socket_free,
						   GFP_KERNEL, sock));
	return sock;
}

static bool mctp_fake_socket_match(struct kunit *test,
				   struct kunit_resource *res, void *sock)
{
	return res->free == mctp_fake_socket_free && res->data == sock;
}

void mctp_fake_socket_release(struct kunit *test, struct socket *sock)
{
	int err = kunit_destroy_resource(test, mctp_fake_socket_match, sock);

	KUNIT_ASSERT_EQ(test, err, 0);
}

static struct sockaddr_mctp mctp_fake_addr(unsigned int net, u8 eid, u8 type,
					   u8 tag)
{
	return (struct sockaddr_mctp){
		.smctp_family = AF_MCTP,
		.smctp_network = net,
		.smctp_addr.s_addr = eid,
		.smctp_type = type,
		.smctp_tag = tag,
	};
}

/* void, as kernels differ in the type that kernel_bind() names */
int mctp_fake_bind(struct socket *sock, unsigned int net, u8 eid, u8 type)
{
	struct sockaddr_mctp addr = mctp_fake_addr(net, eid, type, 0);

	return kernel_bind(sock, (void *)&addr, sizeof(addr));
}

int mctp_fake_connect(struct socket *sock, unsigned int net, u8 eid, u8 type)
{
	struct sockaddr_mctp addr = mctp_fake_addr(net, eid, type, 0);

	return kernel_connect(sock, (void *)&addr, sizeof(addr), 0);
}

int mctp_fake_send(struct socket *sock, unsigned int net, u8 eid, u8 type,
		   u8 tag, const void *data, size_t len)
{
	struct sockaddr_mctp addr = mctp_fake_addr(net, eid, type, tag);
	struct kvec vec = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = {
		.msg_name = &addr,
		.msg_namelen = sizeof(addr),
		.msg_flags = MSG_DONTWAIT,
	};

	return kernel_sendmsg(sock, &msg, &vec, 1, len);
}

int mctp_fake_recv(struct socket *sock, struct sockaddr_mctp *from, void *data,
		   size_t len)
{
	struct kvec vec = { .iov_base = data, .iov_len = len };
	struct msghdr msg = { .msg_name = from };

	return kernel_recvmsg(sock, &msg, &vec, 1, len, MSG_DONTWAIT);
}

unsigned long mctp_fake_counter(enum mctp_counter which)
{
	return mctp_stats_read(mctp_pernet(&init_net), which);
}

void mctp_fake_counts(struct mctp_fake_counts *counts)
{
	unsigned int i;

	for (i = 0; i < MCTP_CNT_MAX; i++)
		counts->cnt[i] = mctp_fake_counter(i);
}

unsigned long mctp_fake_rise(const struct mctp_fake_counts *before,
			     enum mctp_counter which)
{
	return mctp_fake_counter(which) - before->cnt[which];
}

void mctp_fake_expect_losses(struct kunit *test,
			     const struct mctp_fake_counts *before,
			     const struct mctp_fake_loss *losses, size_t count)
{
	unsigned int why;

	for (why = MCTP_CNT_DROP_FIRST; why < MCTP_CNT_MAX; why++) {
		unsigned long expected = 0;
		size_t i;

		for (i = 0; i < count; i++)
			if (losses[i].why == why)
				expected += losses[i].n;
		KUNIT_EXPECT_EQ_MSG(test, mctp_fake_rise(before, why), expected,
				    "%s", mctp_stats_names[why]);
	}
}

void mctp_fake_expect_drops(struct kunit *test,
			    const struct mctp_fake_counts *before,
			    enum mctp_counter why, unsigned long n)
{
	struct mctp_fake_loss loss = { why, n };

	mctp_fake_expect_losses(test, before, &loss, 1);
}

void mctp_fake_expect_no_drops(struct kunit *test,
			       const struct mctp_fake_counts *before)
{
	mctp_fake_expect_losses(test, before, NULL, 0);
}

void mctp_fake_pattern(u8 *buf, size_t len, u8 seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = seed + i + (i >> 8) * 7;
}
