/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fakes that the KUnit suites of the core share: a device that keeps what it
 * is given, packets put in by hand, kernel sockets, and counters' rise.
 *
 * All of it lives in init_net. Each test takes a network of its own by
 * mctp_fake_network(), so that nothing of another is in its way, and all is
 * cleaned up with the test.
 */
#ifndef __MCTP_TEST_FAKES_H
#define __MCTP_TEST_FAKES_H

#include <kunit/test.h>
#include <linux/skbuff.h>
#include <linux/socket.h>
#include "../mctp_priv.h"

/* Link addresses, where there are any: the device's, and of who sends to it */
#define MCTP_FAKE_HW		0x10
#define MCTP_FAKE_HW_PEER	0x20

/**
 * struct mctp_fake_dev - a device that keeps what it is given
 * @ndev: the netdev, up, type ARPHRD_MCTP; NULL once removed
 * @mdev: its MCTP state; NULL once removed
 * @sent: packets that the core has handed to it, each with the MCTP header at
 *	skb->data; the link address that each went to is mctp_fake_tx_hw()'s
 * @busy: refuse packets (NET_XMIT drop) while set
 * @takes: if not 0: how many packets it takes before it is @busy
 * @paged: packets that come in by it have all bytes in a page, none linear
 * @hold: leave packets charged to their socket, as a device does that has not
 *	sent them yet
 * @batches: it takes packets together, if its features say so too
 * @flows_ended: calls of release_flow()
 * @last_flow: what the last of them said
 */
struct mctp_fake_dev {
	struct net_device	*ndev;
	struct mctp_dev		*mdev;
	struct sk_buff_head	sent;
	bool			busy;
	unsigned int		takes;
	bool			paged;
	bool			hold;
	bool			batches;
	unsigned int		flows_ended;
	struct mctp_flow	last_flow;
};

/** struct mctp_fake_counts - all counters at one time */
struct mctp_fake_counts {
	unsigned long		cnt[MCTP_CNT_MAX];
};

/** struct mctp_fake_loss - @n losses counted under @why */
struct mctp_fake_loss {
	enum mctp_counter	why;
	unsigned long		n;
};

/** mctp_fake_network() - a network id that no other test uses */
unsigned int mctp_fake_network(struct kunit *test);

/** mctp_fake_dev() - register a device; addr_len 0 or 1, up, in network @net */
struct mctp_fake_dev *mctp_fake_dev(struct kunit *test, unsigned int net,
				    unsigned int mtu, u8 addr_len);

/** mctp_fake_dev_remove() - unregister it now, before the test ends */
void mctp_fake_dev_remove(struct kunit *test, struct mctp_fake_dev *fake);

/** mctp_fake_dev_down() - set it down */
void mctp_fake_dev_down(struct mctp_fake_dev *fake);

/** mctp_fake_net_of() - the network that it is in, valid until it leaves */
struct mctp_network *mctp_fake_net_of(struct mctp_fake_dev *fake);

/** mctp_fake_eid() - give it a local EID (under RTNL) */
void mctp_fake_eid(struct kunit *test, struct mctp_fake_dev *fake, u8 eid);

/** mctp_fake_route() - a route by it; @mtu 0: the device's */
void mctp_fake_route(struct kunit *test, struct mctp_fake_dev *fake, u8 min,
		     u8 max, u32 mtu);

/** mctp_fake_gateway() - a route by a bridge, in the network of @fake */
void mctp_fake_gateway(struct kunit *test, struct mctp_fake_dev *fake,
		       u8 gateway, u8 min, u8 max, u32 mtu);

/** mctp_fake_neigh() - the link address of an endpoint (addr_len 1) */
void mctp_fake_neigh(struct kunit *test, struct mctp_fake_dev *fake, u8 eid,
		     u8 hw);

/** mctp_fake_rx() - a packet comes in by the device: handled before return */
void mctp_fake_rx(struct kunit *test, struct mctp_fake_dev *fake, u8 dest,
		  u8 src, u8 flags_seq_tag, const void *payload, size_t len);

/** mctp_fake_rx_from() - the same from a link address (addr_len 1) */
void mctp_fake_rx_from(struct kunit *test, struct mctp_fake_dev *fake, u8 hw,
		       u8 dest, u8 src, u8 flags_seq_tag, const void *payload,
		       size_t len);

/** mctp_fake_rx_raw() - bytes as they are, header included, may be bad */
void mctp_fake_rx_raw(struct kunit *test, struct mctp_fake_dev *fake,
		      const void *packet, size_t len);

/** mctp_fake_rx_otherhost() - the same, for another link address than ours */
void mctp_fake_rx_otherhost(struct kunit *test, struct mctp_fake_dev *fake,
			    const void *packet, size_t len);

/** mctp_fake_tx() - the oldest packet sent, or NULL; freed with the test */
struct sk_buff *mctp_fake_tx(struct kunit *test, struct mctp_fake_dev *fake);

/** mctp_fake_tx_hw() - link address that a packet of mctp_fake_tx() went to */
u8 mctp_fake_tx_hw(const struct sk_buff *skb);

/** mctp_fake_socket() - a socket; released with the test */
struct socket *mctp_fake_socket(struct kunit *test);

/** mctp_fake_socket_release() - close it now */
void mctp_fake_socket_release(struct kunit *test, struct socket *sock);

/** mctp_fake_bind() - bind(); returns its error */
int mctp_fake_bind(struct socket *sock, unsigned int net, u8 eid, u8 type);

/** mctp_fake_connect() - connect(); returns its error */
int mctp_fake_connect(struct socket *sock, unsigned int net, u8 eid, u8 type);

/** mctp_fake_send() - sendmsg(MSG_DONTWAIT); returns its length or error */
int mctp_fake_send(struct socket *sock, unsigned int net, u8 eid, u8 type,
		   u8 tag, const void *data, size_t len);

/** mctp_fake_recv() - recvmsg(MSG_DONTWAIT) with the address; -EAGAIN if none */
int mctp_fake_recv(struct socket *sock, struct sockaddr_mctp *from, void *data,
		   size_t len);

/** mctp_fake_counter() - value of a counter of init_net */
unsigned long mctp_fake_counter(enum mctp_counter which);

/** mctp_fake_counts() - keep the values of all of them */
void mctp_fake_counts(struct mctp_fake_counts *counts);

/** mctp_fake_rise() - how much one has risen since @before */
unsigned long mctp_fake_rise(const struct mctp_fake_counts *before,
			     enum mctp_counter which);

/** mctp_fake_expect_losses() - just the @count @losses since @before; one with
 * @n 0 says nothing
 */
void mctp_fake_expect_losses(struct kunit *test,
			     const struct mctp_fake_counts *before,
			     const struct mctp_fake_loss *losses, size_t count);

/** mctp_fake_expect_drops() - @n losses for @why since @before, no other */
void mctp_fake_expect_drops(struct kunit *test,
			    const struct mctp_fake_counts *before,
			    enum mctp_counter why, unsigned long n);

/** mctp_fake_expect_no_drops() - no loss since @before */
void mctp_fake_expect_no_drops(struct kunit *test,
			       const struct mctp_fake_counts *before);

/** mctp_fake_pattern() - fill with bytes that tell their place */
void mctp_fake_pattern(u8 *buf, size_t len, u8 seed);

#endif /* __MCTP_TEST_FAKES_H */
