// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over USB (DSP0283), the host's side: each interface of the class is a
 * network device, from plugging in to unplugging.
 *
 * Transfers run while the device is up, and the USB device neither suspended nor
 * about to be reset: @stopped says what is in the way, and @lock makes one change
 * of it at a time. While they do not run the requests are poisoned, so whoever
 * submits one meanwhile (NAPI, the recovery, the end of another) is refused by
 * the USB core, and not by a flag that it may have read too early.
 *
 * What goes wrong on the bus is counted, and the recovery tries again: it clears
 * a halted endpoint, and submits what came back with an error. It waits longer
 * from one failure to the next, up to a second: an unplugged device gives errors
 * until the hub has told of it.
 *
 * Another interface of the device may be a disk that memory is written out to. So
 * nothing that suspending or resetting it waits for (@lock, the recovery) waits for
 * memory that takes I/O.
 *
 * While the device is up it may be suspended when idle only if it can wake the
 * host up. Packets to be sent hold it awake from the first one's coming to the
 * last one's end.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/usb.h>
#include <net/mctp.h>
#include <net/mctpdevice.h>
#include <net/mctpusb.h>

/* The recovery's waits, in ms */
#define MCTP_USB_WAIT_MIN	2
#define MCTP_USB_WAIT_MAX	1000

/* Why transfers do not run; bits */
#define MCTP_USB_DOWN		BIT(0)
#define MCTP_USB_SUSPENDED	BIT(1)
#define MCTP_USB_RESETTING	BIT(2)

/* Bits of mctp_usb.halted */
#define MCTP_USB_HALTED_IN	0
#define MCTP_USB_HALTED_OUT	1

/**
 * struct mctp_usb - an interface that is a network device
 * @port: what both sides of USB share; first, as it finds itself here
 * @udev: the USB device
 * @intf: its interface
 * @in: bulk IN pipe
 * @out: bulk OUT pipe
 * @out_maxpacket: greatest bus packet of @out
 * @in_urb: requests to receive
 * @out_urb: requests to send
 * @lock: @stopped, and the starting and stopping of transfers
 * @stopped: why they do not run
 * @halted: endpoints that are to be cleared; atomic bits
 * @recover: does that, and submits again
 * @wait: what @recover waits the next time, in ms
 * @awake: packets to be sent hold the device awake; mctp_usb_port.tx_lock
 */
struct mctp_usb {
	struct mctp_usb_port	port;
	struct usb_device	*udev;
	struct usb_interface	*intf;
	unsigned int		in;
	unsigned int		out;
	unsigned int		out_maxpacket;
	struct urb		*in_urb[MCTP_USB_SLOTS];
	struct urb		*out_urb[MCTP_USB_SLOTS];
	struct mutex		lock; /* starting and stopping */
	unsigned int		stopped;
	unsigned long		halted;
	struct delayed_work	recover;
	unsigned int		wait;
	bool			awake;
};

static struct mctp_usb *mctp_usb_of(struct mctp_usb_port *port)
{
	return container_of(port, struct mctp_usb, port);
}

/* Try again, a little later each time. */
static void mctp_usb_recover_soon(struct mctp_usb *mu)
{
	unsigned int wait = READ_ONCE(mu->wait);

	WRITE_ONCE(mu->wait, min_t(unsigned int, 2 * wait, MCTP_USB_WAIT_MAX));
	schedule_delayed_work(&mu->recover, msecs_to_jiffies(wait));
}

static void mctp_usb_went_well(struct mctp_usb *mu)
{
	if (READ_ONCE(mu->wait) != MCTP_USB_WAIT_MIN)
		WRITE_ONCE(mu->wait, MCTP_USB_WAIT_MIN);
}

/* Somebody has taken the request back, or there is no device any more. */
static bool mctp_usb_is_over(int status)
{
	switch (status) {
	case -ENOENT:
	case -ECONNRESET:
	case -ESHUTDOWN:
	case -ENODEV:
	case -EPERM:
		return true;
	default:
		return false;
	}
}

static void mctp_usb_in_complete(struct urb *urb)
{
	struct mctp_usb_rx *rx = urb->context;
	struct mctp_usb *mu = mctp_usb_of(rx->port);
	int status = urb->status;

	if (!status) {
		mctp_usb_went_well(mu);
		usb_mark_last_busy(mu->udev);
		mctp_usb_rx_done(rx, urb->actual_length);
		return;
	}

	/* What is taken back may just have come: the device has seen it go */
	if (mctp_usb_is_over(status)) {
		if (urb->actual_length)
			mctp_usb_rx_done(rx, urb->actual_length);
		else
			mctp_usb_rx_idle(rx);
		return;
	}
	/* The requests behind one that met a halt may say so as well */
	if (status != -EPIPE ||
	    !test_and_set_bit(MCTP_USB_HALTED_IN, &mu->halted))
		mctp_usb_rx_failed(rx, status);
	mctp_usb_rx_idle(rx);
	mctp_usb_recover_soon(mu);
}

static int mctp_usb_submit_rx(struct mctp_usb_port *port,
			      struct mctp_usb_rx *rx)
{
	struct mctp_usb *mu = mctp_usb_of(port);
	struct urb *urb = rx->request;
	int err;

	usb_fill_bulk_urb(urb, mu->udev, mu->in, rx->skb->data, port->rx_size,
			  mctp_usb_in_complete, rx);
	err = usb_submit_urb(urb, GFP_ATOMIC);
	/* No memory, or a halt that another request told of */
	if (err && !mctp_usb_is_over(err))
		mctp_usb_recover_soon(mu);
	return err;
}

static void mctp_usb_out_complete(struct urb *urb)
{
	struct mctp_usb_tx *tx = urb->context;
	struct mctp_usb *mu = mctp_usb_of(tx->port);
	int status = urb->status;

	if (!status) {
		usb_mark_last_busy(mu->udev);
	} else if (status == -EPIPE) {
		set_bit(MCTP_USB_HALTED_OUT, &mu->halted);
		mctp_usb_tx_block(tx->port, MCTP_USB_BLOCK_HALTED);
		mctp_usb_recover_soon(mu);
	}
	mctp_usb_tx_done(tx, status);
}

static int mctp_usb_submit_tx(struct mctp_usb_port *port,
			      struct mctp_usb_tx *tx)
{
	struct mctp_usb *mu = mctp_usb_of(port);
	struct urb *urb = tx->request;

	usb_fill_bulk_urb(urb, mu->udev, mu->out, tx->buf, tx->len,
			  mctp_usb_out_complete, tx);
	urb->transfer_flags = 0;
	if (mctp_usb_frame_needs_zero(tx->len, mu->out_maxpacket))
		urb->transfer_flags |= URB_ZERO_PACKET;
	return usb_submit_urb(urb, GFP_ATOMIC);
}

static void mctp_usb_cancel_tx(struct mctp_usb_port *port,
			       struct mctp_usb_tx *tx)
{
	usb_unlink_urb(tx->request);
}

static void mctp_usb_tx_busy(struct mctp_usb_port *port, bool busy)
{
	struct mctp_usb *mu = mctp_usb_of(port);

	if (busy) {
		mu->awake = !usb_autopm_get_interface_async(mu->intf);
	} else if (mu->awake) {
		mu->awake = false;
		usb_autopm_put_interface_async(mu->intf);
	}
}

static const struct mctp_usb_port_ops mctp_usb_port_ops = {
	.submit_rx	= mctp_usb_submit_rx,
	.submit_tx	= mctp_usb_submit_tx,
	.cancel_tx	= mctp_usb_cancel_tx,
	.tx_busy	= mctp_usb_tx_busy,
};

/* End what is submitted, and let nothing be until mctp_usb_allow(). */
static void mctp_usb_refuse(struct urb **urbs)
{
	unsigned int i;

	for (i = 0; i < MCTP_USB_SLOTS; i++)
		usb_poison_urb(urbs[i]);
}

static void mctp_usb_allow(struct urb **urbs)
{
	unsigned int i;

	for (i = 0; i < MCTP_USB_SLOTS; i++)
		usb_unpoison_urb(urbs[i]);
}

/* An endpoint's halt is cleared when nothing is submitted to it. */
static int mctp_usb_clear_halt(struct mctp_usb *mu, unsigned int bit)
{
	bool in = bit == MCTP_USB_HALTED_IN;
	struct urb **urbs = in ? mu->in_urb : mu->out_urb;
	int err;

	mctp_usb_refuse(urbs);
	if (in)
		mctp_usb_rx_wait(&mu->port);
	else
		mctp_usb_tx_wait(&mu->port);
	err = usb_clear_halt(mu->udev, in ? mu->in : mu->out);
	if (!err)
		clear_bit(bit, &mu->halted);
	mctp_usb_allow(urbs);
	return err;
}

static void mctp_usb_recover(struct work_struct *work)
{
	struct mctp_usb *mu = container_of(to_delayed_work(work),
					   struct mctp_usb, recover);
	int out = 0, in = 0;

	if (test_bit(MCTP_USB_HALTED_OUT, &mu->halted)) {
		out = mctp_usb_clear_halt(mu, MCTP_USB_HALTED_OUT);
		if (!out)
			mctp_usb_tx_unblock(&mu->port, MCTP_USB_BLOCK_HALTED);
	}
	/* A device that does not let the one be cleared is received from still */
	if (test_bit(MCTP_USB_HALTED_IN, &mu->halted))
		in = mctp_usb_clear_halt(mu, MCTP_USB_HALTED_IN);
	if (!in && !test_bit(MCTP_USB_HALTED_IN, &mu->halted))
		in = mctp_usb_rx_start(&mu->port, GFP_NOIO);
	if ((out && !mctp_usb_is_over(out)) || (in && !mctp_usb_is_over(in)))
		mctp_usb_recover_soon(mu);
}

/* Let transfers run. */
static int mctp_usb_start(struct mctp_usb *mu)
	__must_hold(&mu->lock)
{
	int err = 0;

	lockdep_assert_held(&mu->lock);
	mctp_usb_allow(mu->in_urb);
	mctp_usb_allow(mu->out_urb);
	mu->wait = MCTP_USB_WAIT_MIN;
	if (mu->halted)
		mctp_usb_recover_soon(mu);
	else
		err = mctp_usb_rx_start(&mu->port, GFP_NOIO);
	if (err && !mctp_usb_is_over(err))
		mctp_usb_recover_soon(mu);
	mctp_usb_tx_unblock(&mu->port, MCTP_USB_BLOCK_STOPPED);
	return err;
}

/* Let no transfer run, and none be submitted. What NAPI has in its hands is
 * waited for: refused later than the next start, it would be left out there.
 */
static void mctp_usb_stop(struct mctp_usb *mu)
	__must_hold(&mu->lock)
{
	lockdep_assert_held(&mu->lock);
	mctp_usb_tx_block(&mu->port, MCTP_USB_BLOCK_STOPPED);
	mctp_usb_refuse(mu->in_urb);
	mctp_usb_refuse(mu->out_urb);
	mctp_usb_rx_wait(&mu->port);
	mctp_usb_tx_wait(&mu->port);
	cancel_delayed_work_sync(&mu->recover);
}

/* One reason more why transfers do not run. */
static void mctp_usb_stop_for(struct mctp_usb *mu, unsigned int why)
{
	mutex_lock(&mu->lock);
	if (!mu->stopped)
		mctp_usb_stop(mu);
	mu->stopped |= why;
	mutex_unlock(&mu->lock);
}

/* One reason less. */
static int mctp_usb_start_for(struct mctp_usb *mu, unsigned int why)
{
	int err = 0;

	mutex_lock(&mu->lock);
	if (mu->stopped == why)
		err = mctp_usb_start(mu);
	mu->stopped &= ~why;
	mutex_unlock(&mu->lock);
	return err;
}

static int mctp_usb_open(struct net_device *dev)
{
	struct mctp_usb *mu = netdev_priv(dev);
	int err;

	/* Takes @lock if the device has to resume */
	err = usb_autopm_get_interface(mu->intf);
	if (err)
		return err;

	mctp_usb_port_open(&mu->port);
	err = mctp_usb_start_for(mu, MCTP_USB_DOWN);
	if (err)
		goto err_start;
	mu->intf->needs_remote_wakeup = 1;
	usb_autopm_put_interface(mu->intf);
	return 0;

err_start:
	mctp_usb_stop_for(mu, MCTP_USB_DOWN);
	mctp_usb_port_stop(&mu->port);
	usb_autopm_put_interface(mu->intf);
	return err;
}

static int mctp_usb_stop_dev(struct net_device *dev)
{
	struct mctp_usb *mu = netdev_priv(dev);

	mu->intf->needs_remote_wakeup = 0;
	mctp_usb_stop_for(mu, MCTP_USB_DOWN);
	mctp_usb_port_stop(&mu->port);
	return 0;
}

static const struct net_device_ops mctp_usb_netdev_ops = {
	.ndo_open	= mctp_usb_open,
	.ndo_stop	= mctp_usb_stop_dev,
	.ndo_start_xmit	= mctp_usb_port_xmit,
	.ndo_get_stats64 = mctp_usb_port_stats64,
};

static void mctp_usb_setup(struct net_device *dev)
{
	mctp_usb_port_setup(dev);
	dev->netdev_ops = &mctp_usb_netdev_ops;
}

static void mctp_usb_free_urbs(struct mctp_usb *mu)
{
	unsigned int i;

	for (i = 0; i < MCTP_USB_SLOTS; i++) {
		usb_free_urb(mu->in_urb[i]);
		usb_free_urb(mu->out_urb[i]);
	}
}

/* The requests, poisoned as the device is down. */
static int mctp_usb_alloc_urbs(struct mctp_usb *mu)
{
	unsigned int i;

	for (i = 0; i < MCTP_USB_SLOTS; i++) {
		mu->in_urb[i] = usb_alloc_urb(0, GFP_KERNEL);
		mu->out_urb[i] = usb_alloc_urb(0, GFP_KERNEL);
		if (!mu->in_urb[i] || !mu->out_urb[i])
			goto err_urb;
		usb_poison_urb(mu->in_urb[i]);
		usb_poison_urb(mu->out_urb[i]);
		mu->port.rx[i].request = mu->in_urb[i];
		mu->port.tx[i].request = mu->out_urb[i];
	}
	return 0;

err_urb:
	mctp_usb_free_urbs(mu);
	return -ENOMEM;
}

static int mctp_usb_probe(struct usb_interface *intf,
			  const struct usb_device_id *id)
{
	struct usb_endpoint_descriptor *in, *out;
	struct net_device *dev;
	struct mctp_usb *mu;
	int err;

	err = usb_find_common_endpoints(intf->cur_altsetting, &in, &out, NULL,
					NULL);
	if (err)
		return err;
	if (!usb_endpoint_maxp(in) || !usb_endpoint_maxp(out))
		return -EINVAL;

	dev = alloc_netdev(sizeof(*mu), "mctpusb%d", NET_NAME_ENUM,
			   mctp_usb_setup);
	if (!dev)
		return -ENOMEM;
	SET_NETDEV_DEV(dev, &intf->dev);

	mu = netdev_priv(dev);
	mu->udev = interface_to_usbdev(intf);
	mu->intf = intf;
	mu->in = usb_rcvbulkpipe(mu->udev, in->bEndpointAddress);
	mu->out = usb_sndbulkpipe(mu->udev, out->bEndpointAddress);
	mu->out_maxpacket = usb_endpoint_maxp(out);
	mu->stopped = MCTP_USB_DOWN;
	mu->wait = MCTP_USB_WAIT_MIN;
	mutex_init(&mu->lock);
	INIT_DELAYED_WORK(&mu->recover, mctp_usb_recover);

	err = mctp_usb_port_init(dev, &mctp_usb_port_ops);
	if (err)
		goto err_port;
	/* A whole bus packet of SuperSpeed is longer than any transfer */
	mu->port.rx_size = max_t(unsigned int, usb_endpoint_maxp(in),
				 MCTP_USB_TRANSFER_MAX);
	err = mctp_usb_alloc_urbs(mu);
	if (err)
		goto err_urbs;
	usb_set_intfdata(intf, mu);
	err = mctp_register_netdev(dev, NULL, MCTP_PHYS_BINDING_USB);
	if (err)
		goto err_register;
	return 0;

err_register:
	usb_set_intfdata(intf, NULL);
	mctp_usb_free_urbs(mu);
err_urbs:
	mctp_usb_port_exit(dev);
err_port:
	free_netdev(dev);
	return err;
}

/* The USB core has ended all requests, and takes no new ones. */
static void mctp_usb_disconnect(struct usb_interface *intf)
{
	struct mctp_usb *mu = usb_get_intfdata(intf);
	struct net_device *dev = mu->port.dev;

	mctp_unregister_netdev(dev);
	usb_set_intfdata(intf, NULL);
	mctp_usb_free_urbs(mu);
	mctp_usb_port_exit(dev);
	free_netdev(dev);
}

static int mctp_usb_suspend(struct usb_interface *intf, pm_message_t message)
{
	struct mctp_usb *mu = usb_get_intfdata(intf);
	bool awake = false;

	mutex_lock(&mu->lock);
	if (!mu->stopped) {
		/* A packet that comes from here on waits, and resumes it */
		if (PMSG_IS_AUTO(message))
			awake = !mctp_usb_tx_block_if_idle(&mu->port,
							   MCTP_USB_BLOCK_STOPPED);
		if (!awake)
			mctp_usb_stop(mu);
	}
	if (!awake)
		mu->stopped |= MCTP_USB_SUSPENDED;
	mutex_unlock(&mu->lock);
	return awake ? -EBUSY : 0;
}

static int mctp_usb_resume(struct usb_interface *intf)
{
	struct mctp_usb *mu = usb_get_intfdata(intf);
	int err = mctp_usb_start_for(mu, MCTP_USB_SUSPENDED);

	/* The recovery sees to it, or the device is gone */
	if (err)
		netdev_dbg(mu->port.dev, "resumes with error %d\n", err);
	return 0;
}

/* A reset has cleared what was halted. */
static void mctp_usb_was_reset(struct mctp_usb *mu)
{
	clear_bit(MCTP_USB_HALTED_IN, &mu->halted);
	clear_bit(MCTP_USB_HALTED_OUT, &mu->halted);
	mctp_usb_tx_unblock(&mu->port, MCTP_USB_BLOCK_HALTED);
}

static int mctp_usb_reset_resume(struct usb_interface *intf)
{
	mctp_usb_was_reset(usb_get_intfdata(intf));
	return mctp_usb_resume(intf);
}

static int mctp_usb_pre_reset(struct usb_interface *intf)
{
	mctp_usb_stop_for(usb_get_intfdata(intf), MCTP_USB_RESETTING);
	return 0;
}

static int mctp_usb_post_reset(struct usb_interface *intf)
{
	struct mctp_usb *mu = usb_get_intfdata(intf);

	mctp_usb_was_reset(mu);
	mctp_usb_start_for(mu, MCTP_USB_RESETTING);
	return 0;
}

static const struct usb_device_id mctp_usb_ids[] = {
	{ USB_INTERFACE_INFO(MCTP_USB_CLASS, MCTP_USB_SUBCLASS,
			     MCTP_USB_PROTOCOL) },
	{}
};
MODULE_DEVICE_TABLE(usb, mctp_usb_ids);

static struct usb_driver mctp_usb_driver = {
	.name			= "mctp-usb",
	.id_table		= mctp_usb_ids,
	.probe			= mctp_usb_probe,
	.disconnect		= mctp_usb_disconnect,
	.suspend		= mctp_usb_suspend,
	.resume			= mctp_usb_resume,
	.reset_resume		= mctp_usb_reset_resume,
	.pre_reset		= mctp_usb_pre_reset,
	.post_reset		= mctp_usb_post_reset,
	.supports_autosuspend	= 1,
};
module_usb_driver(mctp_usb_driver);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MCTP over USB (DSP0283)");
