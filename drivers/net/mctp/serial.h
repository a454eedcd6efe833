/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MCTP serial: the driver's private structures, for it and its unit tests.
 */
#ifndef __MCTP_SERIAL_H
#define __MCTP_SERIAL_H

#include <linux/netdevice.h>
#include <linux/spinlock.h>
#include <linux/tty_ldisc.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "serial_frame.h"

/* Frames that are handed to the tty at once; three of the longest at least */
#define MCTP_SERIAL_SLOT_SIZE	2048

/**
 * struct mctp_serial_slot - frames for the tty
 * @len: bytes in @buf
 * @frames: frames in @buf
 * @bytes: bytes of their packets
 * @buf: the frames
 */
struct mctp_serial_slot {
	unsigned int	len;
	unsigned int	frames;
	unsigned int	bytes;
	u8		buf[MCTP_SERIAL_SLOT_SIZE];
};

/**
 * struct mctp_serial - a tty that is a network device
 * @dev: the device, which this is the private part of
 * @tty: the tty; valid until close()
 * @name: the device's name, as SIOCGIFNAME tells it
 * @tx_work: goes on with what the tty did not take
 * @tx_again: the same, in case that the tty's call for it was lost
 * @tx_lock: everything about sending: all of the following but @rx (BH)
 * @slot: frames; one slot is filled while the other is written
 * @fill: the slot that is being filled
 * @sent: bytes of the other slot that the tty took
 * @rx: frame in progress; receive_buf() is its only user
 */
struct mctp_serial {
	struct net_device		*dev;
	struct tty_struct		*tty;
	char				name[IFNAMSIZ];
	struct work_struct		tx_work;
	struct delayed_work		tx_again;
	spinlock_t			tx_lock; /* sending */
	struct mctp_serial_slot		slot[2];
	unsigned int			fill;
	unsigned int			sent;
	struct mctp_serial_decoder	rx;
};

extern struct tty_ldisc_ops mctp_serial_ldisc;

#endif /* __MCTP_SERIAL_H */
