/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MCTP over USB (DSP0283): what the host's driver and the gadget function share.
 *
 * Frames: each packet follows a header of 4 bytes, and a transfer holds one or
 * several of these, 512 bytes at most. Nothing of that part knows of USB or of
 * a network device.
 *
 *   1A B4 00 length packet...   (length counts header and packet)
 *
 * Ports: a network device that sends and receives transfers. The driver has it
 * at the beginning of netdev_priv(), and does what only it can: submit a
 * transfer, and tell when one has ended.
 */
#ifndef __NET_MCTPUSB_H
#define __NET_MCTPUSB_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

/* The interface's class, subclass and protocol */
#define MCTP_USB_CLASS		0x14
#define MCTP_USB_SUBCLASS	0x00
#define MCTP_USB_PROTOCOL	0x01

#define MCTP_USB_ID		0x1ab4
#define MCTP_USB_TRANSFER_MAX	512

/**
 * struct mctp_usb_hdr - what is in front of each packet in a transfer
 * @id: %MCTP_USB_ID
 * @rsvd: 0 when sent, ignored when received
 * @len: bytes of this header and the packet
 */
struct mctp_usb_hdr {
	__be16	id;
	u8	rsvd;
	u8	len;
};

/* A packet's bytes: its own header at least; the length is one byte */
#define MCTP_USB_PACKET_MIN	4
#define MCTP_USB_PACKET_MAX	(U8_MAX - (int)sizeof(struct mctp_usb_hdr))

/**
 * enum mctp_usb_event - what is next in a transfer
 * @MCTP_USB_END: nothing, it was taken whole
 * @MCTP_USB_PACKET: a packet
 * @MCTP_USB_BAD_ID: no header of ours
 * @MCTP_USB_BAD_LENGTH: a length that holds no packet, or goes beyond the end
 * @MCTP_USB_TRAILING: too few bytes for a header
 */
enum mctp_usb_event {
	MCTP_USB_END,
	MCTP_USB_PACKET,
	MCTP_USB_BAD_ID,
	MCTP_USB_BAD_LENGTH,
	MCTP_USB_TRAILING,
};

void mctp_usb_frame_put(u8 *to, size_t packet_len);
enum mctp_usb_event mctp_usb_frame_next(const u8 *transfer, size_t len,
					size_t *pos, size_t *packet_len);
bool mctp_usb_frame_needs_zero(size_t len, unsigned int maxpacket);

/* Transfers of each direction: one or two on the bus, the others in the hands of
 * whoever fills or takes them
 */
#define MCTP_USB_SLOTS		4

/* Packets that a transfer can hold */
#define MCTP_USB_FRAMES_MAX \
	(MCTP_USB_TRANSFER_MAX / \
	 ((int)sizeof(struct mctp_usb_hdr) + MCTP_USB_PACKET_MIN))

/**
 * enum mctp_usb_count - what a port counts, as ``ethtool -S`` shows it
 * @MCTP_USB_RX_TRANSFERS: transfers received whole
 * @MCTP_USB_RX_BAD_ID: transfers cut short at a header that is none
 * @MCTP_USB_RX_BAD_LENGTH: the same at a length that cannot be
 * @MCTP_USB_RX_TRAILING: the same at bytes too few for a header
 * @MCTP_USB_RX_TOO_LONG: transfers of more than 512 bytes
 * @MCTP_USB_RX_STALLS: times that the other side halted its endpoint
 * @MCTP_USB_RX_IO: transfers lost to errors of the bus
 * @MCTP_USB_RX_NO_MEMORY: packets lost, there was no memory
 * @MCTP_USB_TX_TRANSFERS: transfers sent
 * @MCTP_USB_TX_STALLS: packets lost as the other side halted its endpoint
 * @MCTP_USB_TX_TIMEOUTS: packets lost as the other side did not take them
 * @MCTP_USB_TX_IO: packets lost to errors of the bus
 * @MCTP_USB_TX_GONE: packets lost as the port was stopped or the other side left
 * @MCTP_USB_TX_BAD_LENGTH: packets that no frame can hold
 * @MCTP_USB_COUNTS: how many there are
 */
enum mctp_usb_count {
	MCTP_USB_RX_TRANSFERS,
	MCTP_USB_RX_BAD_ID,
	MCTP_USB_RX_BAD_LENGTH,
	MCTP_USB_RX_TRAILING,
	MCTP_USB_RX_TOO_LONG,
	MCTP_USB_RX_STALLS,
	MCTP_USB_RX_IO,
	MCTP_USB_RX_NO_MEMORY,
	MCTP_USB_TX_TRANSFERS,
	MCTP_USB_TX_STALLS,
	MCTP_USB_TX_TIMEOUTS,
	MCTP_USB_TX_IO,
	MCTP_USB_TX_GONE,
	MCTP_USB_TX_BAD_LENGTH,
	MCTP_USB_COUNTS,
};

struct mctp_usb_port;

/**
 * struct mctp_usb_rx - a transfer to be received
 * @port: whose it is
 * @list: in the port's list of idle or of done ones; in none while submitted
 * @skb: where it goes to, with room for mctp_usb_port.rx_size bytes at its data
 * @len: bytes that have come
 * @request: the driver's
 */
struct mctp_usb_rx {
	struct mctp_usb_port	*port;
	struct list_head	list;
	struct sk_buff		*skb;
	unsigned int		len;
	void			*request;
};

/**
 * struct mctp_usb_tx - a transfer to be sent
 * @port: whose it is
 * @list: in the port's list of free or of ready ones
 * @buf: its bytes, DMA-able
 * @len: how many they are
 * @frames: packets in it
 * @bytes: bytes of these
 * @since: when it was submitted, in jiffies
 * @submitted: it is the driver's now
 * @request: the driver's
 */
struct mctp_usb_tx {
	struct mctp_usb_port	*port;
	struct list_head	list;
	u8			*buf;
	unsigned int		len;
	unsigned int		frames;
	unsigned int		bytes;
	unsigned long		since;
	bool			submitted;
	void			*request;
};

/**
 * struct mctp_usb_port_ops - what a driver does for a port
 * @submit_rx: let a transfer come into @rx->skb. Its end is told by
 *	mctp_usb_rx_done() or mctp_usb_rx_idle(). Any context, no lock held.
 * @submit_tx: send @tx->len bytes of @tx->buf. Its end is told by
 *	mctp_usb_tx_done(), maybe from within. Any context, no lock held, one
 *	call at a time.
 * @cancel_tx: let a submitted transfer end soon with -ECONNRESET, if it did not
 *	end already. Process context, no lock held. mctp_usb_tx_done() may be
 *	called from within, and never calls submit_tx() then: a driver may hold
 *	one lock around both.
 * @tx_busy: the port begins to have packets to send (true), or has no more.
 *	May be NULL. Any context, mctp_usb_port.tx_lock held.
 *
 * The first two return 0 or a negative error, and then the transfer is not the
 * driver's.
 */
struct mctp_usb_port_ops {
	int (*submit_rx)(struct mctp_usb_port *port, struct mctp_usb_rx *rx);
	int (*submit_tx)(struct mctp_usb_port *port, struct mctp_usb_tx *tx);
	void (*cancel_tx)(struct mctp_usb_port *port, struct mctp_usb_tx *tx);
	void (*tx_busy)(struct mctp_usb_port *port, bool busy);
};

/* Why a port does not submit transfers to be sent; bits */
#define MCTP_USB_BLOCK_STOPPED	BIT(0)	/* the driver is not ready */
#define MCTP_USB_BLOCK_HALTED	BIT(1)	/* the endpoint is halted */
#define MCTP_USB_BLOCK_CANCEL	BIT(2)	/* within cancel_tx() */

/**
 * struct mctp_usb_port - a network device that sends and receives transfers
 * @dev: the device, whose private part begins with this
 * @ops: the driver
 * @napi: takes received transfers apart
 * @rx_size: room for one, at least %MCTP_USB_TRANSFER_MAX
 * @rx_lock: lists of @rx, and the figures (any context)
 * @rx_idle: neither submitted nor done
 * @rx_done: came, in the order of coming
 * @rx_out: how many are submitted, or in the hands of @napi
 * @rx_packets: packets received
 * @rx_bytes: their bytes
 * @rx: the transfers
 * @tx_lock: everything about sending (any context)
 * @tx_free: empty ones
 * @tx_ready: full ones, to be submitted in this order
 * @tx_fill: the one that packets are added to, or NULL
 * @tx_out: how many are submitted
 * @tx_blocked: ``MCTP_USB_BLOCK_*``
 * @tx_pumping: somebody submits, and sees to what comes meanwhile
 * @tx_frames: packets that may be joined in one transfer
 * @tx_packets: packets sent
 * @tx_bytes: their bytes
 * @tx_watch: looks for transfers that nobody takes
 * @tx: the transfers
 * @count: figures by &enum mctp_usb_count
 */
struct mctp_usb_port {
	struct net_device		*dev;
	const struct mctp_usb_port_ops	*ops;
	struct napi_struct		napi;
	unsigned int			rx_size;
	spinlock_t			rx_lock; /* lists and figures */
	struct list_head		rx_idle;
	struct list_head		rx_done;
	unsigned int			rx_out;
	u64				rx_packets;
	u64				rx_bytes;
	struct mctp_usb_rx		rx[MCTP_USB_SLOTS];
	spinlock_t			tx_lock; /* sending */
	struct list_head		tx_free;
	struct list_head		tx_ready;
	struct mctp_usb_tx		*tx_fill;
	unsigned int			tx_out;
	unsigned int			tx_blocked;
	bool				tx_pumping;
	unsigned int			tx_frames;
	u64				tx_packets;
	u64				tx_bytes;
	struct delayed_work		tx_watch;
	struct mctp_usb_tx		tx[MCTP_USB_SLOTS];
	atomic_long_t			count[MCTP_USB_COUNTS];
};

void mctp_usb_port_setup(struct net_device *dev);
int mctp_usb_port_init(struct net_device *dev,
		       const struct mctp_usb_port_ops *ops);
void mctp_usb_port_exit(struct net_device *dev);
void mctp_usb_port_open(struct mctp_usb_port *port);
void mctp_usb_port_stop(struct mctp_usb_port *port);
netdev_tx_t mctp_usb_port_xmit(struct sk_buff *skb, struct net_device *dev);
void mctp_usb_port_stats64(struct net_device *dev,
			   struct rtnl_link_stats64 *stats);

int mctp_usb_rx_start(struct mctp_usb_port *port, gfp_t gfp);
void mctp_usb_rx_done(struct mctp_usb_rx *rx, unsigned int len);
void mctp_usb_rx_idle(struct mctp_usb_rx *rx);
void mctp_usb_rx_failed(struct mctp_usb_rx *rx, int status);
void mctp_usb_rx_wait(struct mctp_usb_port *port);

void mctp_usb_tx_done(struct mctp_usb_tx *tx, int status);
void mctp_usb_tx_block(struct mctp_usb_port *port, unsigned int why);
bool mctp_usb_tx_block_if_idle(struct mctp_usb_port *port, unsigned int why);
void mctp_usb_tx_drop(struct mctp_usb_port *port);
void mctp_usb_tx_unblock(struct mctp_usb_port *port, unsigned int why);
void mctp_usb_tx_wait(struct mctp_usb_port *port);

static inline void mctp_usb_count(struct mctp_usb_port *port,
				  enum mctp_usb_count what)
{
	atomic_long_inc(&port->count[what]);
}

#endif /* __NET_MCTPUSB_H */
