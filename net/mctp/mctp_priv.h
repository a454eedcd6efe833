/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The core's own structures, and what its files offer each other.
 *
 * A packet's way in:   input.c -> tag.c, bind.c -> reassembly.c -> a socket
 *                      input.c -> route.c -> output.c (forwarded)
 * A message's way out: af_mctp.c -> route.c -> tag.c -> output.c
 *
 * Locks, outermost first:
 *   socket lock             connect, bind and options of one socket
 *   RTNL                    devices, local EIDs, routes, neighbours
 *   mctp_pernet.sk_lock     list of sockets, and conflicts between binds
 *   mctp_pernet.reasm_lock  partial messages
 *   mctp_pernet.tag_lock    tags: owner lists, use counts, state
 * Readers of everything that RTNL guards and of binds are RCU.
 */
#ifndef __NET_MCTP_PRIV_H
#define __NET_MCTP_PRIV_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/xarray.h>
#include <net/mctp.h>
#include <net/mctpdevice.h>
#include <net/netns/generic.h>
#include <net/sock.h>

#ifndef IFLA_MCTP_PHYS_BINDING
#define IFLA_MCTP_PHYS_BINDING	__IFLA_MCTP_ATTR_PHYS_BINDING
#endif

#define MCTP_NET_FIRST		1	/* the default network, at first */
#define MCTP_TAGS		8	/* values of a tag */
#define MCTP_TAG_ORDER		0x76543210	/* in mctp_network.tag_order */
#define MCTP_EIDS		256
#define MCTP_NETS_LOW		8	/* ids that an array is for */
#define MCTP_DEVS_LOW		32	/* and interface indices */
#define MCTP_TYPES		128	/* without IC */
#define MCTP_BIND_CLASSES	8
#define MCTP_TAG_CHAINS		(MCTP_EIDS * MCTP_TAGS)

/* An automatic tag ends so long after its message was sent */
#define MCTP_TAG_LIFETIME	(6 * HZ)
/* Tags that one socket can own: those of every peer of a network, twice */
#define MCTP_SOCK_TAGS_MAX	4096
/* Gateways that one look-up follows */
#define MCTP_ROUTE_DEPTH_MAX	8
/* Partial messages that one source EID can have open */
#define MCTP_REASM_SOURCE_MAX	32
#define MCTP_REASM_HASH_BITS	9
/* Buffers of the least size that a CPU keeps, and packets that are sent together */
#define MCTP_BUFFER_SPARES	32

/**
 * enum mctp_counter - what is counted; ``mctp_stats_names`` in stats.c has the
 * names and /proc/net/mctp/stat shows them. Names of losses start with drop_.
 */
enum mctp_counter {
	/** @MCTP_CNT_RX_PACKETS: packets from devices */
	MCTP_CNT_RX_PACKETS,
	/** @MCTP_CNT_RX_MESSAGES: messages queued to sockets */
	MCTP_CNT_RX_MESSAGES,
	/** @MCTP_CNT_TX_PACKETS: packets handed to devices */
	MCTP_CNT_TX_PACKETS,
	/** @MCTP_CNT_TX_MESSAGES: messages sent by sockets */
	MCTP_CNT_TX_MESSAGES,
	/** @MCTP_CNT_LOCAL_MESSAGES: of these, to a local EID */
	MCTP_CNT_LOCAL_MESSAGES,
	/** @MCTP_CNT_FORWARDED: packets */
	MCTP_CNT_FORWARDED,
	/** @MCTP_CNT_TAG_EXPIRED: requests without a response in time */
	MCTP_CNT_TAG_EXPIRED,
	/** @MCTP_CNT_RX_UNREAD: of RX_MESSAGES, closed before read */
	MCTP_CNT_RX_UNREAD,

	/* losses */
	/** @MCTP_CNT_DROP_NO_DEVICE: device without MCTP state */
	MCTP_CNT_DROP_NO_DEVICE,
	/** @MCTP_CNT_DROP_DEVICE_DOWN: device went down */
	MCTP_CNT_DROP_DEVICE_DOWN,
	/** @MCTP_CNT_DROP_SHORT: no room for a header or a type byte */
	MCTP_CNT_DROP_SHORT,
	/** @MCTP_CNT_DROP_VERSION: header version is not 1 */
	MCTP_CNT_DROP_VERSION,
	/** @MCTP_CNT_DROP_SOURCE: from 255; from 0 and not for us */
	MCTP_CNT_DROP_SOURCE,
	/** @MCTP_CNT_DROP_OTHERHOST: link address is somebody else's */
	MCTP_CNT_DROP_OTHERHOST,
	/** @MCTP_CNT_DROP_NO_ROUTE: not for us, nor forwarded */
	MCTP_CNT_DROP_NO_ROUTE,
	/** @MCTP_CNT_DROP_FWD_BACK: way leads back to its sender, or it is our own */
	MCTP_CNT_DROP_FWD_BACK,
	/** @MCTP_CNT_DROP_FWD_MTU: larger than the way out takes */
	MCTP_CNT_DROP_FWD_MTU,
	/** @MCTP_CNT_DROP_NO_NEIGH: forward: next hop has no neighbour */
	MCTP_CNT_DROP_NO_NEIGH,
	/** @MCTP_CNT_DROP_NO_BIND: request of a type nobody takes */
	MCTP_CNT_DROP_NO_BIND,
	/** @MCTP_CNT_DROP_NO_TAG: response that nobody waits for */
	MCTP_CNT_DROP_NO_TAG,
	/** @MCTP_CNT_DROP_TAG_EXPIRED: tag ended before its response did */
	MCTP_CNT_DROP_TAG_EXPIRED,
	/** @MCTP_CNT_DROP_NO_START: middle or end, no message open */
	MCTP_CNT_DROP_NO_START,
	/** @MCTP_CNT_DROP_SEQUENCE: wrong sequence: message dropped */
	MCTP_CNT_DROP_SEQUENCE,
	/** @MCTP_CNT_DROP_SIZE: wrong packet size: message dropped */
	MCTP_CNT_DROP_SIZE,
	/** @MCTP_CNT_DROP_TOO_LONG: message over 65,536 bytes */
	MCTP_CNT_DROP_TOO_LONG,
	/** @MCTP_CNT_DROP_REPLACED: partial message, new start came */
	MCTP_CNT_DROP_REPLACED,
	/** @MCTP_CNT_DROP_REASM_TIMEOUT: partial message, no progress */
	MCTP_CNT_DROP_REASM_TIMEOUT,
	/** @MCTP_CNT_DROP_REASM_MEMORY: partial message, oldest at the limit */
	MCTP_CNT_DROP_REASM_MEMORY,
	/** @MCTP_CNT_DROP_REASM_SOURCE: partial message, oldest of its source */
	MCTP_CNT_DROP_REASM_SOURCE,
	/** @MCTP_CNT_DROP_REASM_GONE: its socket or device went away */
	MCTP_CNT_DROP_REASM_GONE,
	/** @MCTP_CNT_DROP_RCVBUF: socket's receive buffer is full */
	MCTP_CNT_DROP_RCVBUF,
	/** @MCTP_CNT_DROP_FILTER: socket's filter said no */
	MCTP_CNT_DROP_FILTER,
	/** @MCTP_CNT_DROP_CLOSED: socket closed meanwhile */
	MCTP_CNT_DROP_CLOSED,
	/** @MCTP_CNT_DROP_NO_MEMORY: no memory for a packet or a message */
	MCTP_CNT_DROP_NO_MEMORY,
	/** @MCTP_CNT_DROP_TX: refused by the device or its queue */
	MCTP_CNT_DROP_TX,
	/** @MCTP_CNT_MAX: how many there are */
	MCTP_CNT_MAX,
	/** @MCTP_CNT_DROP_FIRST: the first of the losses */
	MCTP_CNT_DROP_FIRST = MCTP_CNT_DROP_NO_DEVICE,
};

/** struct mctp_stats - counters of one CPU in one namespace */
struct mctp_stats {
	unsigned long	cnt[MCTP_CNT_MAX];
};

/**
 * struct mctp_bind_type - sockets that take requests of one message type
 * @any: that which takes what no other does; written under pernet sk_lock, read
 *	by RCU
 * @nr: sockets in each class of specificity; pernet sk_lock
 * @classes: those of @nr that are not 0, as a bit mask; written under pernet
 *	sk_lock
 */
struct mctp_bind_type {
	struct mctp_sock __rcu	*any;
	unsigned int		nr[MCTP_BIND_CLASSES];
	u8			classes;
};

/**
 * struct mctp_pernet - all of MCTP in one network namespace
 * @net: the namespace
 * @devs: struct mctp_dev by ifindex; written under RTNL, read by RCU
 * @devs_low: the same for indices below %MCTP_DEVS_LOW
 * @nets: struct mctp_network by id; xa_lock (BH), read by RCU
 * @nets_low: the same for ids below %MCTP_NETS_LOW
 * @stats: counters, per CPU
 * @binds: bound sockets by mctp_bind_key(); written under @sk_lock, read by RCU
 * @bind_types: what is bound to each message type
 * @sk_lock: list and conflicts of sockets
 * @sks: every socket; written under @sk_lock, read by RCU
 * @tags: %MCTP_TAG_CHAINS chains of struct mctp_tag, by mctp_tag_key(); @tag_lock
 * @nr_tags: tags in them; @tag_lock
 * @tag_lock: tags, the tag lists of sockets, use counts of networks (BH)
 * @reasm: partial messages, hashed by key; @reasm_lock
 * @reasm_last: that which the last packet was of, or NULL; @reasm_lock
 * @reasm_lru: the same, that with the longest wait first; @reasm_lock
 * @reasm_lock: partial messages (BH)
 * @reasm_timer: ends those that wait too long
 * @reasm_bytes: memory (truesize) in partial messages; @reasm_lock
 * @reasm_count: partial messages; written under @reasm_lock
 * @reasm_seed: hash seed, so that no device can aim at one bucket
 * @sysctl: the registered table
 * @sysctl_default_net: network that new devices and MCTP_NET_ANY mean
 * @sysctl_reasm_strict_size: 1: sizes within a message must agree
 * @sysctl_reasm_timeout_ms: wait for the next packet of a message
 * @sysctl_reasm_max_bytes: bound of @reasm_bytes
 */
struct mctp_pernet {
	struct net		*net;
	struct xarray		devs;
	struct mctp_dev __rcu	*devs_low[MCTP_DEVS_LOW];
	struct xarray		nets;
	struct mctp_network __rcu *nets_low[MCTP_NETS_LOW];
	struct mctp_stats __percpu *stats;

	struct rhashtable	binds;
	struct mctp_bind_type	bind_types[MCTP_TYPES];
	spinlock_t		sk_lock; /* sks, and check-then-insert of binds */
	struct hlist_head	sks;

	struct hlist_head	*tags;
	unsigned int		nr_tags;
	spinlock_t		tag_lock; /* tags, owner lists, use counts */

	DECLARE_HASHTABLE(reasm, MCTP_REASM_HASH_BITS);
	struct mctp_reasm	*reasm_last;
	struct list_head	reasm_lru;
	spinlock_t		reasm_lock; /* all reasm_* */
	struct timer_list	reasm_timer;
	unsigned long		reasm_bytes;
	unsigned int		reasm_count;
	u32			reasm_seed;

	struct ctl_table_header	*sysctl;
	unsigned int		sysctl_default_net;
	int			sysctl_reasm_strict_size;
	int			sysctl_reasm_timeout_ms;
	unsigned int		sysctl_reasm_max_bytes;
};

struct nla_policy;

extern unsigned int mctp_pernet_id;

/** mctp_pernet() - MCTP's part of a namespace; lives as long as @net does */
static inline struct mctp_pernet *mctp_pernet(const struct net *net)
{
	return net_generic(net, mctp_pernet_id);
}

/**
 * struct mctp_network - one network: EIDs that mean the same everywhere in it
 * @id: network id, never 0
 * @refs: one for each device, gateway route and tag
 * @rcu: defers the free
 * @pn: its namespace
 * @slot: best route of each EID; written under RTNL, read by RCU
 * @routes: every struct mctp_route; RTNL
 * @route_seq: gives routes their age; RTNL
 * @tag_peers: for each peer (%MCTP_ADDR_ANY for any) and tag: how many local
 *	EIDs have it in use; pernet tag_lock
 * @tag_locals: for each local EID likewise: how many peers; pernet tag_lock
 * @tag_peers_used: the tags of @tag_peers that are not 0, as a bit mask
 * @tag_locals_used: those of @tag_locals
 * @tag_order: values of a peer's tags in the order in which they are to be
 *	lent, a hex digit each, the first one lowest: a tag that ends goes to the
 *	highest place; pernet tag_lock
 * @reasm_sources: partial messages of each source EID; pernet reasm_lock
 * @reasm_by_source: these, that with the longest wait first; pernet reasm_lock
 */
struct mctp_network {
	unsigned int		id;
	refcount_t		refs;
	struct rcu_head		rcu;
	struct mctp_pernet	*pn;
	struct mctp_route __rcu	*slot[MCTP_EIDS];
	struct list_head	routes;
	u64			route_seq;
	u8			tag_peers[MCTP_EIDS][MCTP_TAGS];
	u8			tag_locals[MCTP_EIDS][MCTP_TAGS];
	u8			tag_peers_used[MCTP_EIDS];
	u8			tag_locals_used[MCTP_EIDS];
	u32			tag_order[MCTP_EIDS];
	u8			reasm_sources[MCTP_EIDS];
	struct list_head	reasm_by_source[MCTP_EIDS];
};

/**
 * struct mctp_dev - what MCTP keeps of a netdev
 * @dev: the device; a reference is held until the state is freed
 * @dev_tracker: that reference
 * @pn: namespace of @dev, in which the state was made
 * @network: network that it belongs to; written under RTNL, read by RCU;
 *	never NULL while the state can be found
 * @ops: what the driver offers, or NULL
 * @binding: physical binding id
 * @eids: local EIDs; written under RTNL
 * @first_eid: the least of @eids, or 0 if none; READ_ONCE without RTNL
 * @neighs: 256 slots made with the first neighbour; RTNL, read by RCU
 * @refs: one for being registered, and those of mctp_dev_get()
 * @rcu: defers the free
 */
struct mctp_dev {
	struct net_device	*dev;
	netdevice_tracker	dev_tracker;
	struct mctp_pernet	*pn;
	struct mctp_network __rcu *network;
	const struct mctp_netdev_ops *ops;
	u8			binding;
	u8			first_eid;
	DECLARE_BITMAP(eids, MCTP_EIDS);
	struct mctp_neigh_table __rcu *neighs;
	refcount_t		refs;
	struct rcu_head		rcu;
};

/**
 * struct mctp_route - a way to a range of EIDs
 * @list: in mctp_network.routes; RTNL
 * @rcu: defers the free
 * @network: the network it belongs to; a gateway route holds a reference
 * @seq: age: the newer has the greater
 * @mdev: device, of a direct or local route; NULL for a gateway route. No
 *	reference: routes go before their device does
 * @gateway: EID of the next bridge, of a gateway route
 * @min: first EID
 * @max: last EID
 * @type: RTN_LOCAL or RTN_UNICAST
 * @mtu: greatest packet with its header, or 0 for the device's
 */
struct mctp_route {
	struct list_head	list;
	struct rcu_head		rcu;
	struct mctp_network	*network;
	u64			seq;
	struct mctp_dev		*mdev;
	u8			gateway;
	u8			min;
	u8			max;
	u8			type;
	u32			mtu;
};

/**
 * struct mctp_neigh - the link address of an endpoint on a device
 * @rcu: defers the free
 * @eid: endpoint
 * @lladdr: dev->addr_len bytes
 */
struct mctp_neigh {
	struct rcu_head		rcu;
	u8			eid;
	u8			lladdr[MAX_ADDR_LEN];
};

/** struct mctp_neigh_table - neighbours of a device by EID */
struct mctp_neigh_table {
	struct rcu_head		rcu;
	struct mctp_neigh __rcu	*slot[MCTP_EIDS];
};

/**
 * struct mctp_way - where a message goes, found by mctp_route_lookup() or from
 * an extended address; valid in the RCU section that it was found in
 * @mdev: device (of a local way: the one that has the EID)
 * @network: network of the message
 * @mtu: greatest packet with its header; meaningless for a local way
 * @next_hop: EID whose neighbour entry is meant
 * @local: the destination is ours
 * @have_lladdr: @lladdr is set already
 * @lladdr: link address of the next hop
 */
struct mctp_way {
	struct mctp_dev		*mdev;
	struct mctp_network	*network;
	unsigned int		mtu;
	u8			next_hop;
	bool			local;
	bool			have_lladdr;
	u8			lladdr[MAX_ADDR_LEN];
};

/**
 * struct mctp_skb_cb - what is known of a message beside its bytes
 * @net: network id
 * @ifindex: device that it came by; the loopback device if it is local
 * @src: source EID
 * @dest: destination EID, as it was in the packet
 * @tag: tag and %MCTP_HDR_TO
 * @halen: bytes of @haddr
 * @haddr: link address of the sender
 *
 * skb->data is at the type byte.
 */
struct mctp_skb_cb {
	unsigned int	net;
	int		ifindex;
	u8		src;
	u8		dest;
	u8		tag;
	u8		halen;
	u8		haddr[MAX_ADDR_LEN];
};

static inline struct mctp_skb_cb *mctp_cb(struct sk_buff *skb)
{
	return (struct mctp_skb_cb *)skb->cb;
}

/**
 * struct mctp_sock - a socket
 * @sk: first
 * @pn: its namespace's part
 * @bind_node: in mctp_pernet.binds once @bound
 * @bind_key: mctp_bind_key() of the bind
 * @bind_net: network or MCTP_NET_ANY
 * @bind_addr: local EID or MCTP_ADDR_ANY
 * @bind_type: message type without IC
 * @bound: bind() was done
 * @connected: connect() was done; with it @peer_net, @peer_addr, @peer_type
 * @peer_net: network of the peer
 * @peer_addr: its EID
 * @peer_type: message type to it
 * @addr_ext: MCTP_OPT_ADDR_EXT is on
 * @list: in mctp_pernet.sks
 * @tags: automatic tags, first to expire first; pernet tag_lock
 * @prealloc_tags: preallocated tags; pernet tag_lock
 * @nr_tags: tags in both; pernet tag_lock
 * @spare_tag: one that has ended, for the next to be lent, or NULL
 * @nr_partials: partial messages for this socket; pernet reasm_lock
 * @partials: these, that with the longest wait first; pernet reasm_lock
 * @answers: local EIDs that requests were sent to; set once
 * @tag_timer: ends automatic tags
 */
struct mctp_sock {
	struct sock		sk;
	struct mctp_pernet	*pn;
	struct rhash_head	bind_node;
	u64			bind_key;
	unsigned int		bind_net;
	u8			bind_addr;
	u8			bind_type;
	bool			bound;
	bool			connected;
	unsigned int		peer_net;
	u8			peer_addr;
	u8			peer_type;
	bool			addr_ext;
	struct list_head	tags;
	struct list_head	prealloc_tags;
	unsigned int		nr_tags;
	unsigned int		nr_partials;
	struct mctp_tag		*spare_tag;
	struct list_head	partials;
	struct mctp_answers	*answers;
	struct timer_list	tag_timer;
};

static inline struct mctp_sock *mctp_sk(const struct sock *sk)
{
	return (struct mctp_sock *)sk;
}

/**
 * struct mctp_tag - a tag that a socket owns
 * @node: in mctp_pernet.tags
 * @key: mctp_tag_key()
 * @list: in mctp_sock.tags or .prealloc_tags; pernet tag_lock
 * @refs: one while owned, one for each partial response and each user
 * @network: network, referenced
 * @msk: owner; no reference: its close ends all its tags, and leaves NULL
 * @expires: jiffies at which an automatic tag ends
 * @ifindex: device to tell of the end, or 0; under tag_lock
 * @local: our EID or %MCTP_ADDR_ANY
 * @peer: the other's EID or %MCTP_ADDR_ANY
 * @value: 0 to 7
 * @prealloc: lives until dropped or closed
 * @dead: ended; written under tag_lock
 */
struct mctp_tag {
	struct hlist_node	node;
	u64			key;
	struct list_head	list;
	refcount_t		refs;
	struct mctp_network	*network;
	struct mctp_sock	*msk;
	unsigned long		expires;
	int			ifindex;
	u8			local;
	u8			peer;
	u8			value;
	bool			prealloc;
	bool			dead;
};

/* main.c */
unsigned int mctp_default_net(const struct mctp_pernet *pn);
void mctp_test_start(void);
void mctp_test_stop(void);

/* af_mctp.c */
int mctp_af_init(void);
void mctp_af_open(void);
void mctp_af_exit(void);

/* answer.c */
void mctp_answer_note(struct mctp_sock *msk, const struct mctp_skb_cb *cb);
u8 mctp_answer_source(const struct mctp_sock *msk, unsigned int net, u8 peer,
		      u8 value);
void mctp_answer_free(struct mctp_sock *msk);

/* buffer.c */
struct sk_buff *mctp_buffer_get(unsigned int len, gfp_t gfp);
struct sk_buff *mctp_buffer_packet(unsigned int headroom, unsigned int len,
				   gfp_t gfp);
int mctp_buffer_fill(struct sk_buff *skb, unsigned int off,
		     struct iov_iter *from);
void mctp_buffer_put(struct sk_buff *skb);
void mctp_buffer_exit(void);

/* bind.c */
int mctp_bind_init_net(struct mctp_pernet *pn);
void mctp_bind_exit_net(struct mctp_pernet *pn);
int mctp_bind_add(struct mctp_sock *msk);
void mctp_bind_del(struct mctp_sock *msk);
struct mctp_sock *mctp_bind_lookup(struct mctp_pernet *pn, unsigned int net,
				   u8 type, u8 local, u8 peer, int ifindex);

/* tag.c */
int mctp_tag_init(void);
void mctp_tag_exit(void);
int mctp_tag_init_net(struct mctp_pernet *pn);
void mctp_tag_exit_net(struct mctp_pernet *pn);
unsigned int mctp_tag_place(const struct mctp_tag *tag);
void mctp_tag_init_sock(struct mctp_sock *msk);
void mctp_tag_close_sock(struct mctp_sock *msk);
void mctp_tag_exit_sock(struct mctp_sock *msk);
int mctp_tag_acquire(struct mctp_sock *msk, struct mctp_network *network,
		     u8 local, u8 peer, bool prealloc, struct mctp_tag **lent);
struct mctp_tag *mctp_tag_find_prealloc(struct mctp_sock *msk,
					const struct mctp_network *network,
					u8 peer, u8 value, bool exact);
struct mctp_tag *mctp_tag_lookup(struct mctp_network *network, u8 local,
				 u8 peer, u8 value, struct mctp_sock **msk);
struct mctp_sock *mctp_tag_answer(struct mctp_network *network, u8 local,
				  u8 peer, u8 value);
bool mctp_tag_answered(struct mctp_tag *tag);
bool mctp_tag_release(struct mctp_tag *tag);
void mctp_tag_sent(struct mctp_tag *tag, struct mctp_dev *mdev);
void mctp_tag_put(struct mctp_tag *tag);
void mctp_tag_remove_dev(struct mctp_dev *mdev);

/* device.c: networks, device states and local EIDs */
int mctp_device_init(void);
void mctp_device_exit(void);
int mctp_device_init_net(struct mctp_pernet *pn);
void mctp_device_exit_net(struct mctp_pernet *pn);
struct mctp_network *mctp_network_find(struct mctp_pernet *pn, unsigned int id);
struct mctp_network *mctp_network_get(struct mctp_pernet *pn, unsigned int id,
				      gfp_t gfp);
void mctp_network_hold(struct mctp_network *network);
void mctp_network_put(struct mctp_network *network);
struct mctp_dev *mctp_dev_find(struct mctp_pernet *pn, int ifindex);
struct mctp_dev *mctp_dev_rtnl(struct net_device *dev);
struct mctp_dev *mctp_dev_get(struct mctp_pernet *pn, int ifindex);
void mctp_dev_put(struct mctp_dev *mdev);
int mctp_dev_set_net(struct mctp_dev *mdev, unsigned int id,
		     struct netlink_ext_ack *extack);
int mctp_dev_add_eid(struct mctp_dev *mdev, u8 eid,
		     struct netlink_ext_ack *extack);
int mctp_dev_del_eid(struct mctp_dev *mdev, u8 eid,
		     struct netlink_ext_ack *extack);

/* route.c */
int mctp_route_add(struct mctp_network *network, struct mctp_dev *mdev,
		   u8 gateway, u8 type, u8 min, u8 max, u32 mtu,
		   struct netlink_ext_ack *extack);
int mctp_route_del(struct mctp_network *network, struct mctp_dev *mdev,
		   u8 gateway, u8 type, u8 min, u8 max,
		   struct netlink_ext_ack *extack);
void mctp_route_flush_dev(struct mctp_dev *mdev);
void mctp_route_flush_network(struct mctp_network *network);
bool mctp_route_is_local(const struct mctp_network *network, u8 eid);
int mctp_route_lookup(struct mctp_network *network, u8 eid,
		      struct mctp_way *way);

/* neigh.c */
int mctp_neigh_add(struct mctp_dev *mdev, u8 eid, const u8 *lladdr,
		   struct netlink_ext_ack *extack);
int mctp_neigh_del(struct mctp_dev *mdev, u8 eid,
		   struct netlink_ext_ack *extack);
void mctp_neigh_flush_dev(struct mctp_dev *mdev);
int mctp_neigh_resolve(struct mctp_way *way);

/* input.c */
int mctp_input_init(void);
void mctp_input_exit(void);
void mctp_input_local(const struct mctp_way *way, struct sk_buff *skb, u8 local,
		      u8 peer, u8 tag);

/* reassembly.c */
int mctp_reasm_init_net(struct mctp_pernet *pn);
void mctp_reasm_exit_net(struct mctp_pernet *pn);
void mctp_reasm_init_sock(struct mctp_sock *msk);
void mctp_reasm_start(struct mctp_network *network, struct sk_buff *skb,
		      struct mctp_sock *msk, struct mctp_tag *tag, u8 flags);
void mctp_reasm_continue(struct mctp_network *network, struct sk_buff *list);
void mctp_reasm_cancel(struct mctp_network *network, struct sk_buff *skb);
void mctp_reasm_deliver(struct mctp_pernet *pn, struct sk_buff *skb,
			struct mctp_sock *msk);
void mctp_reasm_flush_sock(struct mctp_sock *msk);
void mctp_reasm_flush_dev(struct mctp_dev *mdev);

/**
 * struct mctp_reasm_info - a partial message, for /proc
 * @net: network id
 * @src: source EID
 * @dest: destination EID
 * @tag: tag and TO
 * @ifindex: device that its first packet came by
 * @len: bytes so far
 * @bytes: memory held
 * @packet_size: payload of the first packet
 * @idle_ms: since its last packet
 */
struct mctp_reasm_info {
	unsigned int	net;
	u8		src;
	u8		dest;
	u8		tag;
	int		ifindex;
	unsigned int	len;
	unsigned int	bytes;
	unsigned int	packet_size;
	unsigned int	idle_ms;
};

void *mctp_reasm_seq_start(struct mctp_pernet *pn, loff_t pos);
void *mctp_reasm_seq_next(struct mctp_pernet *pn, void *v, loff_t *pos);
void mctp_reasm_seq_stop(struct mctp_pernet *pn);
void mctp_reasm_seq_info(void *v, struct mctp_reasm_info *info);

/**
 * struct mctp_batch - packets of one message that are to be handed over together
 * @first: the first one; the others by skb->next
 * @last: the last one
 * @count: how many
 * @len: bytes of all, with their headers
 * @truesize: memory of all
 */
struct mctp_batch {
	struct sk_buff	*first;
	struct sk_buff	*last;
	unsigned int	count;
	unsigned int	len;
	unsigned int	truesize;
};

/* batch.c */
void mctp_batch_add(struct mctp_batch *batch, struct sk_buff *skb);
struct sk_buff *mctp_batch_join(const struct mctp_batch *batch);
struct sk_buff *mctp_batch_split(struct sk_buff *skb);
void mctp_batch_init(void);
void mctp_batch_exit(void);

/** mctp_batch_is() - are there packets in @skb, rather than that it is one? */
static inline bool mctp_batch_is(const struct sk_buff *skb)
{
	return (skb_shinfo(skb)->gso_type & SKB_GSO_FRAGLIST) &&
	       skb_has_frag_list(skb);
}

/* output.c */
int mctp_output_message(struct sock *sk, struct sk_buff *skb,
			const struct mctp_way *way, u8 local, u8 peer, u8 tag);
int mctp_output_packet(struct sk_buff *skb, const struct mctp_way *way);

/* netlink.c */
int mctp_netlink_init(void);
void mctp_netlink_exit(void);
void mctp_netlink_notify_addr(struct mctp_dev *mdev, u8 eid, int msgtype);
int mctp_netlink_fill_addr(struct sk_buff *skb, struct mctp_dev *mdev, u8 eid,
			   int msgtype, u32 portid, u32 seq, unsigned int flags);
int mctp_netlink_addr_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int mctp_netlink_neigh_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

/**
 * struct mctp_dump - where a netlink dump goes on, in netlink_callback.ctx
 * @index: of a device or network
 * @next: EID on that device, or least age of a route in that network
 */
struct mctp_dump {
	unsigned long	index;
	u64		next;
};

int mctp_netlink_parse(struct nlattr **tb, int maxtype,
		       const struct nlattr *head, int len,
		       const struct nla_policy *policy,
		       struct netlink_ext_ack *extack);
int mctp_netlink_parse_msg(const struct nlmsghdr *nlh, int hdrlen,
			   struct nlattr **tb, int maxtype,
			   const struct nla_policy *policy,
			   struct netlink_ext_ack *extack);
struct mctp_dev *mctp_netlink_dev(struct net *net, int ifindex,
				  struct netlink_ext_ack *extack);
int mctp_netlink_dump_parse(struct netlink_callback *cb, int hdrlen,
			    struct nlattr **tb, int maxtype,
			    const struct nla_policy *policy);
int mctp_netlink_dump_filter(struct sk_buff *skb, struct netlink_callback *cb,
			     int ifindex);

/* netlink_route.c */
int mctp_netlink_route_doit(struct sk_buff *skb, struct nlmsghdr *nlh,
			    struct netlink_ext_ack *extack);
int mctp_netlink_route_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

/* stats.c */
int mctp_stats_init_net(struct mctp_pernet *pn);
void mctp_stats_exit_net(struct mctp_pernet *pn);
int mctp_stats_show_net(struct mctp_pernet *pn);
void mctp_stats_hide_net(struct mctp_pernet *pn);
unsigned long mctp_stats_read(struct mctp_pernet *pn, enum mctp_counter which);
void mctp_stats_drop(struct mctp_pernet *pn, struct sk_buff *skb,
		     enum mctp_counter why);
extern const char * const mctp_stats_names[MCTP_CNT_MAX];

/** mctp_count_add() - @n more of @which; any context */
static inline void mctp_count_add(struct mctp_pernet *pn,
				  enum mctp_counter which, unsigned int n)
{
	this_cpu_add(pn->stats->cnt[which], n);
}

/** mctp_count() - one more of @which; any context */
static inline void mctp_count(struct mctp_pernet *pn, enum mctp_counter which)
{
	mctp_count_add(pn, which, 1);
}

#endif /* __NET_MCTP_PRIV_H */
