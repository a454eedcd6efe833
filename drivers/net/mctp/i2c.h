/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MCTP I2C: what the driver's files share.
 *
 *   i2c.c        the controller: probe, buses that come and go
 *   i2c_dev.c    a bus as a network device
 *   i2c_tx.c     the thread that sends
 *   i2c_flow.c   how long a mux stays where it is
 *   i2c_rx.c     the target: bytes to packets
 *   i2c_frame.c  frames
 */
#ifndef __MCTP_I2C_H
#define __MCTP_I2C_H

#include <linux/atomic.h>
#include <linux/i2c.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <net/mctp.h>
#include <net/mctpdevice.h>
#include "i2c_frame.h"

/* Packets that wait for the thread; the rest waits in the qdisc */
#define MCTP_I2C_TXQ_MAX	64

/* Packets that wait for the stack: a message of 64 KiB at the least MTU */
#define MCTP_I2C_RXQ_MAX	1100

/* Requests that can share a mux at one time */
#define MCTP_I2C_FLOWS_MAX	32

/**
 * enum mctp_i2c_counter - what became of frames, by reason
 * @MCTP_I2C_RX_VERDICTS: the first of a counter for each verdict but "good",
 *	in their order
 * @MCTP_I2C_RX_READ: we were read from, which is no MCTP
 * @MCTP_I2C_RX_DOWN: the device is down
 * @MCTP_I2C_RX_QUEUE: the stack has not yet taken what came before
 * @MCTP_I2C_RX_NO_MEMORY: no memory for the packet
 * @MCTP_I2C_TX_RETRIES: a packet was sent again; not a loss
 * @MCTP_I2C_TX_NACK: nobody took it, however often it was sent
 * @MCTP_I2C_TX_ARBITRATION: another controller won, however often
 * @MCTP_I2C_TX_TIMEOUT: the bus was stuck
 * @MCTP_I2C_TX_BUS: another error of the controller
 * @MCTP_I2C_TX_REST: a packet before it of the same message was lost
 * @MCTP_I2C_TX_DOWN: it waited when the device was set down or removed
 * @MCTP_I2C_TX_INVALID: it is no packet
 * @MCTP_I2C_FLOW_BOUND: a flow was ended by its bound; not a loss
 * @MCTP_I2C_COUNTERS: how many there are
 */
enum mctp_i2c_counter {
	MCTP_I2C_RX_VERDICTS,
	MCTP_I2C_RX_READ = MCTP_I2C_VERDICTS - 1,
	MCTP_I2C_RX_DOWN,
	MCTP_I2C_RX_QUEUE,
	MCTP_I2C_RX_NO_MEMORY,
	MCTP_I2C_TX_RETRIES,
	MCTP_I2C_TX_NACK,
	MCTP_I2C_TX_ARBITRATION,
	MCTP_I2C_TX_TIMEOUT,
	MCTP_I2C_TX_BUS,
	MCTP_I2C_TX_REST,
	MCTP_I2C_TX_DOWN,
	MCTP_I2C_TX_INVALID,
	MCTP_I2C_FLOW_BOUND,
	MCTP_I2C_COUNTERS,
};

/**
 * struct mctp_i2c_peer - what is known of an address
 * @lost: a packet of a message to it was lost
 * @hdr: header of that packet, by which the rest is known
 * @asleep: it acknowledged nothing, in all the time that a packet is given
 * @since: when that was (jiffies)
 */
struct mctp_i2c_peer {
	bool		lost;
	struct mctp_hdr	hdr;
	bool		asleep;
	unsigned long	since;
};

/**
 * struct mctp_i2c_dev - a bus that is a network device
 * @ndev: the device, which this is the private part of
 * @ctl: the controller
 * @adapter: the bus; valid until the device is removed
 * @muxed: the bus is behind a mux
 * @node: in @ctl->devs (@ctl->lock)
 * @up: between ndo_open() and ndo_stop() (@ctl->lock)
 * @dying: is being removed (@ctl->lock)
 * @txq: packets for the thread (@ctl->lock)
 * @rxq: packets for the stack (@ctl->lock)
 * @napi: hands them to it, in their order
 * @peers: for each address; the thread is their only user
 * @counters: see &enum mctp_i2c_counter
 */
struct mctp_i2c_dev {
	struct net_device	*ndev;
	struct mctp_i2c_ctl	*ctl;
	struct i2c_adapter	*adapter;
	bool			muxed;
	struct list_head	node;
	bool			up;
	bool			dying;
	struct sk_buff_head	txq;
	struct sk_buff_head	rxq;
	struct napi_struct	napi;
	struct mctp_i2c_peer	peers[MCTP_I2C_ADDR_MAX + 1];
	atomic_long_t		counters[MCTP_I2C_COUNTERS];
};

/**
 * struct mctp_i2c_skb_cb - what is noted of a packet that waits to be sent
 * @flow: the flow that it belongs to
 * @of_flow: if it does, on a bus behind a mux
 */
struct mctp_i2c_skb_cb {
	struct mctp_flow	flow;
	bool			of_flow;
};

/**
 * struct mctp_i2c_flow - a request that the mux waits for
 * @flow: which
 * @deadline: end of the wait (jiffies)
 */
struct mctp_i2c_flow {
	struct mctp_flow	flow;
	unsigned long		deadline;
};

/**
 * struct mctp_i2c_hold - a bus that stays ours, for flows
 * @dev: its device, NULL: the thread has no bus
 * @start: since when (jiffies)
 * @limit: until when at most (jiffies)
 * @n: how many @flows
 * @flows: those that are under way
 */
struct mctp_i2c_hold {
	struct mctp_i2c_dev	*dev;
	unsigned long		start;
	unsigned long		limit;
	unsigned int		n;
	struct mctp_i2c_flow	flows[MCTP_I2C_FLOWS_MAX];
};

/**
 * struct mctp_i2c_ctl - a controller: a root bus, and a target address on it
 * @client: our target address
 * @root: the bus that it is on
 * @node: in the list of all
 * @thread: sends
 * @wake: what @thread waits on
 * @idle: what waits for @thread to be done with a device
 * @kick: there is news for @thread
 * @lock: all that follows, and what says so (hard IRQ)
 * @stopping: no bus is taken any more
 * @devs: buses that are devices, the next to be served first
 * @using: the device that @thread is busy with
 * @hold: the bus that @thread has locked
 * @selected: the device of the bus that was used last: there the muxes lead
 * @rx_open: a frame is being received
 * @rx_long: it is too long
 * @rx_len: bytes in @rx
 * @rx: the frame, from our address on
 * @tx: a frame that is sent; @thread is its only user
 */
struct mctp_i2c_ctl {
	struct i2c_client	*client;
	struct i2c_adapter	*root;
	struct list_head	node;
	struct task_struct	*thread;
	wait_queue_head_t	wake;
	wait_queue_head_t	idle;
	bool			kick;
	spinlock_t		lock; /* devices, queues, flows, the target */
	bool			stopping;
	struct list_head	devs;
	struct mctp_i2c_dev	*using;
	struct mctp_i2c_hold	hold;
	struct mctp_i2c_dev	*selected;
	bool			rx_open;
	bool			rx_long;
	unsigned int		rx_len;
	u8			rx[MCTP_I2C_FRAME_MAX];
	u8			tx[MCTP_I2C_FRAME_MAX];
};

/** mctp_i2c_count() - one more */
static inline void mctp_i2c_count(struct mctp_i2c_dev *dev,
				  enum mctp_i2c_counter which)
{
	atomic_long_inc(&dev->counters[which]);
}

/* i2c_dev.c */
struct mctp_i2c_dev *mctp_i2c_dev_add(struct mctp_i2c_ctl *ctl,
				      struct i2c_adapter *adapter);
void mctp_i2c_dev_remove(struct mctp_i2c_dev *dev);

/* i2c_flow.c */
extern const struct mctp_netdev_ops mctp_i2c_flow_ops;

bool mctp_i2c_flow_may_send_locked(struct mctp_i2c_ctl *ctl,
				   struct mctp_i2c_dev *dev,
				   const struct sk_buff *skb);
void mctp_i2c_flow_note(struct mctp_i2c_dev *dev, struct sk_buff *skb);
void mctp_i2c_flow_begin(struct mctp_i2c_dev *dev, const struct sk_buff *skb);
void mctp_i2c_flow_abandon(struct mctp_i2c_dev *dev, const struct sk_buff *skb);
bool mctp_i2c_flow_others_locked(struct mctp_i2c_ctl *ctl,
				 const struct sk_buff *skb);
void mctp_i2c_flow_answered_locked(struct mctp_i2c_dev *dev,
				   const struct mctp_hdr *hdr);
unsigned long mctp_i2c_flow_left_locked(struct mctp_i2c_ctl *ctl);

/* i2c_rx.c */
int mctp_i2c_rx_event(struct i2c_client *client, enum i2c_slave_event event,
		      u8 *val);
int mctp_i2c_rx_poll(struct napi_struct *napi, int budget);

/* i2c_tx.c */
void mctp_i2c_tx_kick(struct mctp_i2c_ctl *ctl);
int mctp_i2c_tx_thread(void *data);

#endif /* __MCTP_I2C_H */
