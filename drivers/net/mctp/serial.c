// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over a serial line (DSP0253): a tty line discipline, each use of which
 * is a network device.
 *
 * A device lives from TIOCSETD(N_MCTP) to another discipline, hang-up or close
 * of the tty. SIOCGIFNAME on the tty tells its name; the device's alias tells
 * the tty. In sysfs it is nobody's child: a port that is unplugged takes its tty
 * device, and all that is below that, out of there before it hangs up.
 *
 * Out: ndo_start_xmit() builds the frame in the slot that is being filled,
 * while the other slot is on its way to the tty. What a tty does not take goes
 * on when it calls write_wakeup(). The tty layer drops that call where somebody
 * else holds or waits for the discipline, as each TIOCSETD does: so bytes that
 * wait are offered again after a second too. Byte queue limits count the bytes of
 * frames, and a byte is complete once the tty has it.
 *
 * In: receive_buf() takes bytes in runs, and hands packets to the stack in their
 * order. It holds no lock of this driver meanwhile. The sending side holds its
 * own around the tty's write(); write_wakeup(), which may come from within, only
 * schedules work. So disciplines can be joined back to back, and packets be
 * forwarded from one to another.
 *
 * The tty layer holds the discipline's reference around receive_buf(),
 * write_wakeup() and ioctl(), and calls open() and close() with none held: so
 * a struct mctp_serial never goes away under them.
 */
#include <linux/capability.h>
#include <linux/if_arp.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/sockios.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/tty.h>
#include <linux/tty_flip.h>
#include <linux/tty_ldisc.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <net/mctp.h>
#include <net/mctpdevice.h>
#include "serial.h"

/* Packets that wait: a message of 64 KiB at the least MTU, and some */
#define MCTP_SERIAL_TXQ_LEN	1100

/* More than a tty gives in one call */
#define MCTP_SERIAL_RECEIVE_ROOM	65536

/* What the tty did not take is offered again after this, if it did not call */
#define MCTP_SERIAL_AGAIN	HZ

/* Names as SIOCGIFNAME tells them */
static DEFINE_SPINLOCK(mctp_serial_name_lock);

static bool mctp_serial_has_room(const struct mctp_serial *ms)
{
	return ms->slot[ms->fill].len + MCTP_SERIAL_FRAME_MAX <=
	       MCTP_SERIAL_SLOT_SIZE;
}

static void mctp_serial_empty_slot(struct mctp_serial_slot *slot)
{
	slot->len = 0;
	slot->frames = 0;
	slot->bytes = 0;
}

/* A slot's end. The frames in its first @sent bytes count as sent; how many
 * others there were is returned.
 */
static unsigned int mctp_serial_end_slot(struct mctp_serial *ms,
					 struct mctp_serial_slot *slot,
					 unsigned int sent)
	__must_hold(&ms->tx_lock)
{
	unsigned int frames = slot->frames, bytes = slot->bytes, lost;

	if (sent < slot->len)
		frames = mctp_serial_frame_whole(slot->buf, sent, &bytes);
	dev_sw_netstats_tx_add(ms->dev, frames, bytes);
	lost = slot->frames - frames;
	mctp_serial_empty_slot(slot);
	return lost;
}

/* Offer bytes to the tty; how many it took is returned. One that has no room
 * for all is asked to call write_wakeup(), and then offered the rest again:
 * room may have come between. One that fails will not call.
 */
static unsigned int mctp_serial_write_locked(struct mctp_serial *ms,
					     const u8 *buf, unsigned int len,
					     bool *failed)
	__must_hold(&ms->tx_lock)
{
	struct tty_struct *tty = ms->tty;
	unsigned int done = 0;
	int n;

	do {
		n = tty->ops->write(tty, buf + done, len - done);
		*failed = n < 0;
		if (*failed)
			break;
		done += min_t(unsigned int, n, len - done);
	} while (done < len &&
		 !test_and_set_bit(TTY_DO_WRITE_WAKEUP, &tty->flags));
	return done;
}

/* Hand frames to the tty for as long as it takes them. */
static void mctp_serial_send_locked(struct mctp_serial *ms)
	__must_hold(&ms->tx_lock)
{
	struct net_device *dev = ms->dev;
	struct mctp_serial_slot *slot;
	unsigned int n;
	bool failed;

	lockdep_assert_held(&ms->tx_lock);
	for (;;) {
		slot = &ms->slot[!ms->fill];
		if (!slot->len) {
			if (!ms->slot[ms->fill].len)
				break;
			ms->fill = !ms->fill;
			ms->sent = 0;
			continue;
		}

		n = mctp_serial_write_locked(ms, slot->buf + ms->sent,
					     slot->len - ms->sent, &failed);
		ms->sent += n;
		if (ms->sent < slot->len && !failed) {
			netdev_completed_queue(dev, 0, n);
			break;
		}
		netdev_completed_queue(dev, slot->frames,
				       slot->len - ms->sent + n);
		DEV_STATS_ADD(dev, tx_errors,
			      mctp_serial_end_slot(ms, slot, ms->sent));
	}

	if (!ms->slot[!ms->fill].len)
		clear_bit(TTY_DO_WRITE_WAKEUP, &ms->tty->flags);
	else
		schedule_delayed_work(&ms->tx_again, MCTP_SERIAL_AGAIN);
	if (netif_queue_stopped(dev) && mctp_serial_has_room(ms))
		netif_wake_queue(dev);
}

static void mctp_serial_go_on(struct mctp_serial *ms)
{
	spin_lock_bh(&ms->tx_lock);
	if (netif_running(ms->dev))
		mctp_serial_send_locked(ms);
	spin_unlock_bh(&ms->tx_lock);
}

static void mctp_serial_tx_work(struct work_struct *work)
{
	mctp_serial_go_on(container_of(work, struct mctp_serial, tx_work));
}

static void mctp_serial_tx_again(struct work_struct *work)
{
	mctp_serial_go_on(container_of(to_delayed_work(work),
				       struct mctp_serial, tx_again));
}

/* Forget what the tty did not take yet. */
static void mctp_serial_reset_tx(struct mctp_serial *ms)
{
	unsigned int i, lost;

	spin_lock_bh(&ms->tx_lock);
	for (i = 0; i < ARRAY_SIZE(ms->slot); i++) {
		lost = mctp_serial_end_slot(ms, &ms->slot[i],
					    i == ms->fill ? 0 : ms->sent);
		DEV_STATS_ADD(ms->dev, tx_dropped, lost);
	}
	ms->sent = 0;
	netdev_reset_queue(ms->dev);
	spin_unlock_bh(&ms->tx_lock);
}

static netdev_tx_t mctp_serial_start_xmit(struct sk_buff *skb,
					  struct net_device *dev)
{
	struct mctp_serial *ms = netdev_priv(dev);
	struct mctp_serial_slot *slot;
	unsigned int n;

	if (skb->len < MCTP_SERIAL_LEN_MIN || skb->len > MCTP_SERIAL_LEN_MAX ||
	    skb_linearize(skb)) {
		DEV_STATS_INC(dev, tx_dropped);
		dev_kfree_skb_any(skb);
		if (!netdev_xmit_more()) {
			/* The last of a bulk: the others wait in the slot */
			spin_lock(&ms->tx_lock);
			mctp_serial_send_locked(ms);
			spin_unlock(&ms->tx_lock);
		}
		return NETDEV_TX_OK;
	}

	spin_lock(&ms->tx_lock);
	if (unlikely(!mctp_serial_has_room(ms))) {
		/* Somebody sends without asking for the queue's state */
		netif_stop_queue(dev);
		spin_unlock(&ms->tx_lock);
		return NETDEV_TX_BUSY;
	}
	slot = &ms->slot[ms->fill];
	n = mctp_serial_frame_encode(slot->buf + slot->len, skb->data,
				     skb->len);
	slot->len += n;
	slot->frames++;
	slot->bytes += skb->len;
	skb_tx_timestamp(skb);

	if (__netdev_sent_queue(dev, n, netdev_xmit_more()) ||
	    !mctp_serial_has_room(ms))
		mctp_serial_send_locked(ms);
	if (!mctp_serial_has_room(ms))
		netif_stop_queue(dev);
	spin_unlock(&ms->tx_lock);

	dev_consume_skb_any(skb);
	return NETDEV_TX_OK;
}

static int mctp_serial_open_dev(struct net_device *dev)
{
	mctp_serial_reset_tx(netdev_priv(dev));
	netif_start_queue(dev);
	return 0;
}

static int mctp_serial_stop_dev(struct net_device *dev)
{
	netif_stop_queue(dev);
	mctp_serial_reset_tx(netdev_priv(dev));
	return 0;
}

static int mctp_serial_init_dev(struct net_device *dev)
{
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
}

static void mctp_serial_uninit_dev(struct net_device *dev)
{
	free_percpu(dev->tstats);
	dev->tstats = NULL;
}

static const struct net_device_ops mctp_serial_netdev_ops = {
	.ndo_init	= mctp_serial_init_dev,
	.ndo_uninit	= mctp_serial_uninit_dev,
	.ndo_open	= mctp_serial_open_dev,
	.ndo_stop	= mctp_serial_stop_dev,
	.ndo_start_xmit	= mctp_serial_start_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
};

static void mctp_serial_setup_dev(struct net_device *dev)
{
	dev->type = ARPHRD_MCTP;
	dev->flags = IFF_NOARP;
	dev->mtu = MCTP_MTU_MIN;
	dev->min_mtu = MCTP_MTU_MIN;
	dev->max_mtu = MCTP_SERIAL_LEN_MAX;
	dev->tx_queue_len = MCTP_SERIAL_TXQ_LEN;
	dev->netdev_ops = &mctp_serial_netdev_ops;
}

static void mctp_serial_receive_packet(struct mctp_serial *ms)
{
	struct net_device *dev = ms->dev;
	unsigned int len = ms->rx.len;
	struct sk_buff *skb;

	skb = netdev_alloc_skb(dev, len);
	if (!skb) {
		DEV_STATS_INC(dev, rx_dropped);
		return;
	}
	mctp_serial_frame_copy(&ms->rx, skb_put(skb, len));
	skb->protocol = htons(ETH_P_MCTP);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	dev_sw_netstats_rx_add(dev, len);
	/* Not netif_rx(): the next run may come on another CPU, whose backlog
	 * would be another, and MCTP does not put packets back into order.
	 */
	netif_receive_skb(skb);
}

static void mctp_serial_receive_event(struct mctp_serial *ms,
				      enum mctp_serial_event event)
{
	struct net_device *dev = ms->dev;

	switch (event) {
	case MCTP_SERIAL_NONE:
		return;
	case MCTP_SERIAL_PACKET:
		mctp_serial_receive_packet(ms);
		return;
	case MCTP_SERIAL_BAD_FRAME:
		DEV_STATS_INC(dev, rx_frame_errors);
		break;
	case MCTP_SERIAL_BAD_LENGTH:
		DEV_STATS_INC(dev, rx_length_errors);
		break;
	case MCTP_SERIAL_BAD_FCS:
		DEV_STATS_INC(dev, rx_crc_errors);
		break;
	}
	DEV_STATS_INC(dev, rx_errors);
}

/* A byte with a parity or framing error, a break, or a mark that bytes before
 * it were lost: a frame that it comes in the middle of is no frame any more.
 */
static void mctp_serial_receive_bad(struct mctp_serial *ms, u8 flag)
{
	struct net_device *dev = ms->dev;
	enum mctp_serial_event event;

	if (flag == TTY_OVERRUN) {
		DEV_STATS_INC(dev, rx_fifo_errors);
		DEV_STATS_INC(dev, rx_errors);
	} else if (mctp_serial_frame_pending(&ms->rx)) {
		DEV_STATS_INC(dev, rx_frame_errors);
		DEV_STATS_INC(dev, rx_errors);
	}

	while ((event = mctp_serial_frame_abort(&ms->rx)))
		mctp_serial_receive_event(ms, event);
}

static void mctp_serial_receive_run(struct mctp_serial *ms, const u8 *run,
				    size_t len)
{
	enum mctp_serial_event event;

	while ((event = mctp_serial_frame_decode(&ms->rx, &run, &len)))
		mctp_serial_receive_event(ms, event);
}

static void mctp_serial_receive_all(struct mctp_serial *ms, const u8 *cp,
				    const u8 *fp, size_t count)
{
	const u8 *bad;
	size_t n;

	while (count) {
		bad = fp ? memchr_inv(fp, TTY_NORMAL, count) : NULL;
		n = bad ? bad - fp : count;
		mctp_serial_receive_run(ms, cp, n);
		if (!bad)
			return;

		mctp_serial_receive_bad(ms, *bad);
		n++;
		cp += n;
		fp += n;
		count -= n;
	}
}

static void mctp_serial_receive_buf(struct tty_struct *tty, const u8 *cp,
				    const u8 *fp, size_t count)
{
	struct mctp_serial *ms = tty->disc_data;

	/* The stack takes packets in softirq, or as if in it. Who sets the
	 * device down waits for that to end: so ask in it whether it is up.
	 */
	local_bh_disable();
	if (netif_running(ms->dev))
		mctp_serial_receive_all(ms, cp, fp, count);
	else
		mctp_serial_frame_init(&ms->rx);
	local_bh_enable();

	/* On a pty nobody but the reader can wake a writer at the other end
	 * that found no room.
	 */
	if (tty_throttled(tty))
		tty_unthrottle(tty);
}

/* May be called with a lock of the tty's driver held: see tty_ldisc_ops. */
static void mctp_serial_write_wakeup(struct tty_struct *tty)
{
	struct mctp_serial *ms = tty->disc_data;

	schedule_work(&ms->tx_work);
}

static int mctp_serial_ioctl(struct tty_struct *tty, unsigned int cmd,
			     unsigned long arg)
{
	struct mctp_serial *ms = tty->disc_data;
	char name[IFNAMSIZ] = {};

	switch (cmd) {
	case SIOCGIFNAME:
		spin_lock(&mctp_serial_name_lock);
		strscpy(name, ms->name, sizeof(name));
		spin_unlock(&mctp_serial_name_lock);
		if (copy_to_user((void __user *)arg, name, sizeof(name)))
			return -EFAULT;
		return 0;
	default:
		return tty_mode_ioctl(tty, cmd, arg);
	}
}

static int mctp_serial_open(struct tty_struct *tty)
{
	const char *name = tty_name(tty);
	struct mctp_serial *ms;
	struct net_device *dev;
	int err;

	/* A tty belongs to no namespace: who may turn one into a network
	 * device is a question to the initial user namespace.
	 */
	if (!capable(CAP_NET_ADMIN))
		return -EPERM;
	if (!tty->ops->write)
		return -EOPNOTSUPP;
	/* A console gets its discipline back after a hang-up: not this one */
	if (test_bit(TTY_HUPPING, &tty->flags))
		return -EIO;

	dev = alloc_netdev(sizeof(*ms), "mctpserial%d", NET_NAME_ENUM,
			   mctp_serial_setup_dev);
	if (!dev)
		return -ENOMEM;
	dev_net_set(dev, current->nsproxy->net_ns);

	ms = netdev_priv(dev);
	ms->dev = dev;
	ms->tty = tty;
	spin_lock_init(&ms->tx_lock);
	INIT_WORK(&ms->tx_work, mctp_serial_tx_work);
	INIT_DELAYED_WORK(&ms->tx_again, mctp_serial_tx_again);
	mctp_serial_frame_init(&ms->rx);
	tty->disc_data = ms;
	tty->receive_room = MCTP_SERIAL_RECEIVE_ROOM;

	/* To be read when the device is announced; one without works as well */
	dev_set_alias(dev, name, strlen(name));
	err = mctp_register_netdev(dev, NULL, MCTP_PHYS_BINDING_SERIAL);
	if (err)
		goto err_register;

	/* The discipline before may have told the line to be silent */
	tty_unthrottle(tty);
	return 0;

err_register:
	tty->disc_data = NULL;
	dev_set_alias(dev, NULL, 0);
	free_netdev(dev);
	return err;
}

static void mctp_serial_close(struct tty_struct *tty)
{
	struct mctp_serial *ms = tty->disc_data;

	/* No packet is sent after this, no wake-up comes any more; then the
	 * work can only run out.
	 */
	mctp_unregister_netdev(ms->dev);
	cancel_work_sync(&ms->tx_work);
	cancel_delayed_work_sync(&ms->tx_again);
	clear_bit(TTY_DO_WRITE_WAKEUP, &tty->flags);
	tty->disc_data = NULL;
	free_netdev(ms->dev);
}

struct tty_ldisc_ops mctp_serial_ldisc = {
	.owner		= THIS_MODULE,
	.num		= N_MCTP,
	.name		= "mctp",
	.open		= mctp_serial_open,
	.close		= mctp_serial_close,
	.ioctl		= mctp_serial_ioctl,
	.receive_buf	= mctp_serial_receive_buf,
	.write_wakeup	= mctp_serial_write_wakeup,
};

/* The tty's lock is held around SIOCGIFNAME, and wake-ups that come meanwhile
 * are lost if somebody waits for that lock. RTNL, which names change under, may
 * be busy for seconds: so a name is kept here as well.
 */
static int mctp_serial_device_event(struct notifier_block *nb,
				    unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct mctp_serial *ms = netdev_priv(dev);

	if (dev->netdev_ops != &mctp_serial_netdev_ops)
		return NOTIFY_DONE;
	/* A device that came to another namespace may have got a name there */
	if (event == NETDEV_REGISTER || event == NETDEV_CHANGENAME) {
		spin_lock(&mctp_serial_name_lock);
		strscpy(ms->name, dev->name, sizeof(ms->name));
		spin_unlock(&mctp_serial_name_lock);
	}
	return NOTIFY_DONE;
}

static struct notifier_block mctp_serial_device_notifier = {
	.notifier_call = mctp_serial_device_event,
};

static int __init mctp_serial_init(void)
{
	int err;

	BUILD_BUG_ON(MCTP_SERIAL_SLOT_SIZE < MCTP_SERIAL_FRAME_MAX);

	err = register_netdevice_notifier(&mctp_serial_device_notifier);
	if (err)
		return err;
	err = tty_register_ldisc(&mctp_serial_ldisc);
	if (err)
		goto err_ldisc;
	return 0;

err_ldisc:
	unregister_netdevice_notifier(&mctp_serial_device_notifier);
	return err;
}
module_init(mctp_serial_init);

static void __exit mctp_serial_exit(void)
{
	tty_unregister_ldisc(&mctp_serial_ldisc);
	unregister_netdevice_notifier(&mctp_serial_device_notifier);
}
module_exit(mctp_serial_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MCTP over a serial line (DSP0253)");
MODULE_ALIAS_LDISC(N_MCTP);
