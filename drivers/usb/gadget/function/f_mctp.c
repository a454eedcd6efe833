// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over USB (DSP0283), the device's side: a gadget function that is made by
 * configfs, and its network device.
 *
 *   mkdir functions/mctp.NAME     makes the device; ``ifname`` there is its name
 *   ln -s functions/mctp.NAME configs/...
 *
 * The network device is there for as long as that folder, whatever host comes
 * and goes; it has carrier while a host has chosen the configuration. A folder
 * can be part of one configuration.
 *
 * Transfers run while the device is up and the host has chosen us. @lock makes
 * that one question: it is held around submitting to an endpoint and around
 * enabling or disabling one, or taking a request back. A controller may end a
 * request from within each, and what is called then (mctp_usb_tx_done() and the
 * like) never submits, as the port is just submitting or blocked: so it never
 * takes @lock, which comes before the locks of the port.
 */
#include <linux/configfs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/usb/composite.h>
#include <linux/workqueue.h>
#include <net/mctp.h>
#include <net/mctpdevice.h>
#include <net/mctpusb.h>
#include <net/net_namespace.h>

/* What could not be submitted is tried again after this */
#define MCTP_USBG_RETRY		(HZ / 10)

/* A bus is suspended for so long before a device may ask for its resume */
#define MCTP_USBG_WAKE		msecs_to_jiffies(10)

/* A host that was asked is given so long. Transfers wait for twice of it. */
#define MCTP_USBG_WAKE_AGAIN	HZ

/* Controllers may tell of a transfer's end when they have the last of it in their
 * FIFO, and few can tell whether it is there still. A host that listens takes it
 * at once. It stops to listen some 20 ms before its bus is suspended, so what
 * ended so shortly before that may not be taken yet.
 */
#define MCTP_USBG_FRESH		(NSEC_PER_SEC / 4)

/**
 * struct mctp_usbg - the network device of a function
 * @port: what both sides of USB share; first, as it finds itself here
 * @retry: goes on with what could not be submitted
 * @wake: asks a host that sleeps to wake
 * @sent: when a transfer to the host last ended well, since boot; 0 for none since
 *	it woke; mctp_usb_port.tx_lock
 * @lock: the following, and what is done to the endpoints (any context)
 * @gadget: whose device we are part of; NULL while the function is not bound
 * @in: endpoint to the host
 * @out: endpoint from the host
 * @up: the network device is up
 * @chosen: the host has chosen the configuration; both endpoints are enabled
 * @suspended: the host has suspended the bus
 * @owed: it may not have taken what we submitted, and was not asked to wake since
 */
struct mctp_usbg {
	struct mctp_usb_port	port;
	struct delayed_work	retry;
	struct delayed_work	wake;
	ktime_t			sent;
	spinlock_t		lock; /* endpoints and their state */
	struct usb_gadget	*gadget;
	struct usb_ep		*in;
	struct usb_ep		*out;
	bool			up;
	bool			chosen;
	bool			suspended;
	bool			owed;
};

/**
 * struct f_mctp_opts - a function's folder
 * @inst: what configfs knows
 * @dev: the network device
 * @lock: @used
 * @used: the function is part of a configuration
 */
struct f_mctp_opts {
	struct usb_function_instance	inst;
	struct net_device		*dev;
	struct mutex			lock; /* used */
	bool				used;
};

/**
 * struct f_mctp - a function in a configuration
 * @func: what the composite device knows
 * @opts: its folder
 */
struct f_mctp {
	struct usb_function	func;
	struct f_mctp_opts	*opts;
};

/* Descriptors */

static struct usb_interface_descriptor f_mctp_intf = {
	.bLength		= sizeof(f_mctp_intf),
	.bDescriptorType	= USB_DT_INTERFACE,
	.bNumEndpoints		= 2,
	.bInterfaceClass	= MCTP_USB_CLASS,
	.bInterfaceSubClass	= MCTP_USB_SUBCLASS,
	.bInterfaceProtocol	= MCTP_USB_PROTOCOL,
};

static struct usb_endpoint_descriptor f_mctp_fs_in = {
	.bLength		= USB_DT_ENDPOINT_SIZE,
	.bDescriptorType	= USB_DT_ENDPOINT,
	.bEndpointAddress	= USB_DIR_IN,
	.bmAttributes		= USB_ENDPOINT_XFER_BULK,
};

static struct usb_endpoint_descriptor f_mctp_fs_out = {
	.bLength		= USB_DT_ENDPOINT_SIZE,
	.bDescriptorType	= USB_DT_ENDPOINT,
	.bEndpointAddress	= USB_DIR_OUT,
	.bmAttributes		= USB_ENDPOINT_XFER_BULK,
};

static struct usb_descriptor_header *f_mctp_fs[] = {
	(struct usb_descriptor_header *)&f_mctp_intf,
	(struct usb_descriptor_header *)&f_mctp_fs_in,
	(struct usb_descriptor_header *)&f_mctp_fs_out,
	NULL,
};

static struct usb_endpoint_descriptor f_mctp_hs_in = {
	.bLength		= USB_DT_ENDPOINT_SIZE,
	.bDescriptorType	= USB_DT_ENDPOINT,
	.bmAttributes		= USB_ENDPOINT_XFER_BULK,
	.wMaxPacketSize		= cpu_to_le16(512),
};

static struct usb_endpoint_descriptor f_mctp_hs_out = {
	.bLength		= USB_DT_ENDPOINT_SIZE,
	.bDescriptorType	= USB_DT_ENDPOINT,
	.bmAttributes		= USB_ENDPOINT_XFER_BULK,
	.wMaxPacketSize		= cpu_to_le16(512),
};

static struct usb_descriptor_header *f_mctp_hs[] = {
	(struct usb_descriptor_header *)&f_mctp_intf,
	(struct usb_descriptor_header *)&f_mctp_hs_in,
	(struct usb_descriptor_header *)&f_mctp_hs_out,
	NULL,
};

static struct usb_endpoint_descriptor f_mctp_ss_in = {
	.bLength		= USB_DT_ENDPOINT_SIZE,
	.bDescriptorType	= USB_DT_ENDPOINT,
	.bmAttributes		= USB_ENDPOINT_XFER_BULK,
	.wMaxPacketSize		= cpu_to_le16(1024),
};

static struct usb_endpoint_descriptor f_mctp_ss_out = {
	.bLength		= USB_DT_ENDPOINT_SIZE,
	.bDescriptorType	= USB_DT_ENDPOINT,
	.bmAttributes		= USB_ENDPOINT_XFER_BULK,
	.wMaxPacketSize		= cpu_to_le16(1024),
};

static struct usb_ss_ep_comp_descriptor f_mctp_ss_comp = {
	.bLength		= sizeof(f_mctp_ss_comp),
	.bDescriptorType	= USB_DT_SS_ENDPOINT_COMP,
};

static struct usb_descriptor_header *f_mctp_ss[] = {
	(struct usb_descriptor_header *)&f_mctp_intf,
	(struct usb_descriptor_header *)&f_mctp_ss_in,
	(struct usb_descriptor_header *)&f_mctp_ss_comp,
	(struct usb_descriptor_header *)&f_mctp_ss_out,
	(struct usb_descriptor_header *)&f_mctp_ss_comp,
	NULL,
};

static struct usb_string f_mctp_string[] = {
	{ .s = "MCTP" },
	{}
};

static struct usb_gadget_strings f_mctp_english = {
	.language	= 0x0409,	/* en-us */
	.strings	= f_mctp_string,
};

static struct usb_gadget_strings *f_mctp_strings[] = {
	&f_mctp_english,
	NULL,
};

/* Transfers */

static struct mctp_usbg *mctp_usbg_of(struct mctp_usb_port *port)
{
	return container_of(port, struct mctp_usbg, port);
}

static bool mctp_usbg_runs(const struct mctp_usbg *mg)
	__must_hold(&mg->lock)
{
	return mg->up && mg->chosen;
}

/* Somebody disabled the endpoint, took the request back, or the host is gone. */
static bool mctp_usbg_is_over(int status)
{
	return status == -ESHUTDOWN || status == -ECONNRESET ||
	       status == -ECONNABORTED;
}

/* A transfer that is about to be idle because we did not run. The host may have
 * chosen us since, and mctp_usbg_go() not have found it: look once more, or it
 * stays idle, and four of them leave us deaf.
 */
static void mctp_usbg_rx_again(struct mctp_usb_rx *rx)
{
	schedule_delayed_work(&mctp_usbg_of(rx->port)->retry, MCTP_USBG_RETRY);
}

static void mctp_usbg_out_complete(struct usb_ep *ep, struct usb_request *req)
{
	struct mctp_usb_rx *rx = req->context;

	if (!req->status) {
		mctp_usb_rx_done(rx, req->actual);
	} else if (mctp_usbg_is_over(req->status)) {
		mctp_usbg_rx_again(rx);
		mctp_usb_rx_idle(rx);
	} else {
		/* An empty transfer takes it to where it is submitted again */
		mctp_usb_rx_failed(rx, req->status);
		mctp_usb_rx_done(rx, 0);
	}
}

static int mctp_usbg_submit_rx(struct mctp_usb_port *port,
			       struct mctp_usb_rx *rx)
{
	struct mctp_usbg *mg = mctp_usbg_of(port);
	struct usb_request *req;
	unsigned long flags;
	int err = -ESHUTDOWN;

	spin_lock_irqsave(&mg->lock, flags);
	/* A buffer may be of a time when bus packets were smaller */
	if (mctp_usbg_runs(mg) && skb_tailroom(rx->skb) < port->rx_size) {
		err = -ENOMEM;
	} else if (mctp_usbg_runs(mg)) {
		/* Another one when the function is bound again */
		req = rx->request;
		req->buf = rx->skb->data;
		req->length = port->rx_size;
		req->complete = mctp_usbg_out_complete;
		req->context = rx;
		err = usb_ep_queue(mg->out, req, GFP_ATOMIC);
	}
	spin_unlock_irqrestore(&mg->lock, flags);
	if (err)
		mctp_usbg_rx_again(rx);
	return err;
}

static void mctp_usbg_in_complete(struct usb_ep *ep, struct usb_request *req)
{
	struct mctp_usb_tx *tx = req->context;
	unsigned long flags;

	if (!req->status) {
		spin_lock_irqsave(&tx->port->tx_lock, flags);
		mctp_usbg_of(tx->port)->sent = ktime_get_boottime();
		spin_unlock_irqrestore(&tx->port->tx_lock, flags);
	}
	mctp_usb_tx_done(tx, req->status);
}

static int mctp_usbg_submit_tx(struct mctp_usb_port *port,
			       struct mctp_usb_tx *tx)
{
	struct mctp_usbg *mg = mctp_usbg_of(port);
	struct usb_request *req;
	unsigned long flags;
	int err = -ESHUTDOWN;

	spin_lock_irqsave(&mg->lock, flags);
	if (mctp_usbg_runs(mg)) {
		req = tx->request;
		req->buf = tx->buf;
		req->length = tx->len;
		req->zero = mctp_usb_frame_needs_zero(tx->len,
						      mg->in->maxpacket);
		req->complete = mctp_usbg_in_complete;
		req->context = tx;
		err = usb_ep_queue(mg->in, req, GFP_ATOMIC);
	}
	if (!err && mg->suspended) {
		mg->owed = true;
		/* Later if it was asked just now, and is waking */
		schedule_delayed_work(&mg->wake, MCTP_USBG_WAKE);
	}
	spin_unlock_irqrestore(&mg->lock, flags);
	return err;
}

static void mctp_usbg_cancel_tx(struct mctp_usb_port *port,
				struct mctp_usb_tx *tx)
{
	struct mctp_usbg *mg = mctp_usbg_of(port);
	unsigned long flags;

	spin_lock_irqsave(&mg->lock, flags);
	if (mctp_usbg_runs(mg))
		usb_ep_dequeue(mg->in, tx->request);
	spin_unlock_irqrestore(&mg->lock, flags);
}

static const struct mctp_usb_port_ops mctp_usbg_port_ops = {
	.submit_rx	= mctp_usbg_submit_rx,
	.submit_tx	= mctp_usbg_submit_tx,
	.cancel_tx	= mctp_usbg_cancel_tx,
};

/* Begin to receive and send, if it is time. The lock is not held: what comes too
 * late is refused when it is submitted.
 */
static void mctp_usbg_go(struct mctp_usbg *mg)
{
	unsigned long flags;
	bool runs;

	spin_lock_irqsave(&mg->lock, flags);
	runs = mctp_usbg_runs(mg);
	spin_unlock_irqrestore(&mg->lock, flags);
	if (!runs)
		return;

	if (mctp_usb_rx_start(&mg->port, GFP_ATOMIC) == -ENOMEM)
		schedule_delayed_work(&mg->retry, MCTP_USBG_RETRY);
	mctp_usb_tx_unblock(&mg->port, MCTP_USB_BLOCK_STOPPED);
}

static void mctp_usbg_retry(struct work_struct *work)
{
	struct mctp_usbg *mg = container_of(to_delayed_work(work),
					    struct mctp_usbg, retry);

	mctp_usbg_go(mg);
}

/* Waking the host */

/* Something was submitted that has not ended. */
static bool mctp_usbg_is_out(struct mctp_usbg *mg)
	__must_hold(&mg->lock)
{
	bool out;

	spin_lock(&mg->port.tx_lock);
	out = mg->port.tx_out;
	spin_unlock(&mg->port.tx_lock);
	return out;
}

/* Something has ended that may be in the controller's FIFO still. */
static bool mctp_usbg_is_fresh(struct mctp_usbg *mg)
	__must_hold(&mg->lock)
{
	ktime_t sent;

	spin_lock(&mg->port.tx_lock);
	sent = mg->sent;
	spin_unlock(&mg->port.tx_lock);
	return sent && ktime_before(ktime_get_boottime(),
				    ktime_add_ns(sent, MCTP_USBG_FRESH));
}

/* The host has suspended the bus. What it may not have taken is known now, and
 * not by when the work comes to run.
 */
static void mctp_usbg_sleeps(struct mctp_usbg *mg)
	__must_hold(&mg->lock)
{
	mg->suspended = true;
	/* In this order: what ends in between is fresh */
	mg->owed = mctp_usbg_runs(mg) &&
		   (mctp_usbg_is_out(mg) || mctp_usbg_is_fresh(mg));
	if (!mg->owed)
		return;
	/* Not mod_delayed_work(): the name of its queue is another in each kernel */
	cancel_delayed_work(&mg->wake);
	schedule_delayed_work(&mg->wake, MCTP_USBG_WAKE);
}

/* It is awake, and takes what there is; or it has left us. */
static void mctp_usbg_is_awake(struct mctp_usbg *mg)
	__must_hold(&mg->lock)
{
	mg->suspended = false;
	mg->owed = false;
	cancel_delayed_work(&mg->wake);
	spin_lock(&mg->port.tx_lock);
	mg->sent = 0;
	spin_unlock(&mg->port.tx_lock);
}

/* A host that sleeps is asked once for what it may have taken: one that has not
 * allowed that cannot do so until it is awake. For what it has not taken it is
 * asked again, until that is given up.
 */
static void mctp_usbg_wake(struct work_struct *work)
{
	struct mctp_usbg *mg = container_of(to_delayed_work(work),
					    struct mctp_usbg, wake);
	bool asks;

	spin_lock_irq(&mg->lock);
	asks = mctp_usbg_runs(mg) && mg->suspended &&
	       (mg->owed || mctp_usbg_is_out(mg));
	mg->owed = false;
	if (asks)
		schedule_delayed_work(&mg->wake, MCTP_USBG_WAKE_AGAIN);
	spin_unlock_irq(&mg->lock);
	/* The gadget is there until f_mctp_unbind() has waited for us */
	if (asks)
		usb_gadget_wakeup(mg->gadget);
}

/* Requests that were taken back, or whose endpoint was disabled, may still be on
 * their way to us; so may packets to a submission that will be refused. None of
 * these tells when it is through.
 */
static void mctp_usbg_wait_quiet(struct mctp_usbg *mg)
{
	mctp_usb_rx_wait(&mg->port);
	mctp_usb_tx_wait(&mg->port);
}

/* The network device */

static int mctp_usbg_open(struct net_device *dev)
{
	struct mctp_usbg *mg = netdev_priv(dev);

	mctp_usb_port_open(&mg->port);
	spin_lock_irq(&mg->lock);
	mg->up = true;
	spin_unlock_irq(&mg->lock);
	mctp_usbg_go(mg);
	return 0;
}

static int mctp_usbg_stop(struct net_device *dev)
{
	struct mctp_usbg *mg = netdev_priv(dev);
	unsigned int i;

	/* The endpoints stay enabled, for the host to see us and get no answer.
	 * To disable and enable them would put them out of step with it.
	 */
	spin_lock_irq(&mg->lock);
	mg->up = false;
	mg->owed = false;
	mctp_usb_tx_block(&mg->port, MCTP_USB_BLOCK_STOPPED);
	for (i = 0; mg->chosen && i < MCTP_USB_SLOTS; i++) {
		usb_ep_dequeue(mg->out, mg->port.rx[i].request);
		usb_ep_dequeue(mg->in, mg->port.tx[i].request);
	}
	spin_unlock_irq(&mg->lock);

	/* A host may choose us meanwhile: that is refused, like all else */
	cancel_delayed_work_sync(&mg->retry);
	cancel_delayed_work_sync(&mg->wake);
	mctp_usbg_wait_quiet(mg);
	mctp_usb_port_stop(&mg->port);
	return 0;
}

static const struct net_device_ops mctp_usbg_netdev_ops = {
	.ndo_open	= mctp_usbg_open,
	.ndo_stop	= mctp_usbg_stop,
	.ndo_start_xmit	= mctp_usb_port_xmit,
	.ndo_get_stats64 = mctp_usb_port_stats64,
};

static void mctp_usbg_setup(struct net_device *dev)
{
	mctp_usb_port_setup(dev);
	dev->netdev_ops = &mctp_usbg_netdev_ops;
	netif_carrier_off(dev);
}

/* The function */

static struct f_mctp *f_mctp_of(struct usb_function *func)
{
	return container_of(func, struct f_mctp, func);
}

static struct mctp_usbg *f_mctp_device(struct usb_function *func)
{
	return netdev_priv(f_mctp_of(func)->opts->dev);
}

static void mctp_usbg_free_requests(struct mctp_usbg *mg)
{
	unsigned int i;

	for (i = 0; i < MCTP_USB_SLOTS; i++) {
		if (mg->port.rx[i].request)
			usb_ep_free_request(mg->out, mg->port.rx[i].request);
		mg->port.rx[i].request = NULL;
		if (mg->port.tx[i].request)
			usb_ep_free_request(mg->in, mg->port.tx[i].request);
		mg->port.tx[i].request = NULL;
	}
}

static int mctp_usbg_alloc_requests(struct mctp_usbg *mg)
{
	unsigned int i;

	for (i = 0; i < MCTP_USB_SLOTS; i++) {
		mg->port.rx[i].request = usb_ep_alloc_request(mg->out,
							      GFP_KERNEL);
		mg->port.tx[i].request = usb_ep_alloc_request(mg->in,
							      GFP_KERNEL);
		if (!mg->port.rx[i].request || !mg->port.tx[i].request)
			goto err_request;
	}
	return 0;

err_request:
	mctp_usbg_free_requests(mg);
	return -ENOMEM;
}

/* The descriptors above are filled for one function, copied, and then another's */
static DEFINE_MUTEX(f_mctp_descriptors);

static int f_mctp_describe(struct usb_configuration *config,
			   struct usb_function *func)
	__must_hold(&f_mctp_descriptors)
{
	struct usb_composite_dev *cdev = config->cdev;
	struct mctp_usbg *mg = f_mctp_device(func);
	struct usb_string *string;
	int err;

	string = usb_gstrings_attach(cdev, f_mctp_strings,
				     ARRAY_SIZE(f_mctp_string) - 1);
	if (IS_ERR(string))
		return PTR_ERR(string);
	f_mctp_intf.iInterface = string[0].id;

	err = usb_interface_id(config, func);
	if (err < 0)
		return err;
	f_mctp_intf.bInterfaceNumber = err;

	mg->in = usb_ep_autoconfig(cdev->gadget, &f_mctp_fs_in);
	mg->out = usb_ep_autoconfig(cdev->gadget, &f_mctp_fs_out);
	if (!mg->in || !mg->out)
		return -ENODEV;

	f_mctp_hs_in.bEndpointAddress = f_mctp_fs_in.bEndpointAddress;
	f_mctp_hs_out.bEndpointAddress = f_mctp_fs_out.bEndpointAddress;
	f_mctp_ss_in.bEndpointAddress = f_mctp_fs_in.bEndpointAddress;
	f_mctp_ss_out.bEndpointAddress = f_mctp_fs_out.bEndpointAddress;
	return usb_assign_descriptors(func, f_mctp_fs, f_mctp_hs, f_mctp_ss,
				      f_mctp_ss);
}

static int f_mctp_bind(struct usb_configuration *config,
		       struct usb_function *func)
{
	struct mctp_usbg *mg = f_mctp_device(func);
	int err;

	mutex_lock(&f_mctp_descriptors);
	err = f_mctp_describe(config, func);
	mutex_unlock(&f_mctp_descriptors);
	if (err)
		return err;

	err = mctp_usbg_alloc_requests(mg);
	if (err)
		goto err_requests;
	mg->gadget = config->cdev->gadget;
	return 0;

err_requests:
	usb_free_all_descriptors(func);
	return err;
}

static int mctp_usbg_enable(struct usb_function *func, struct mctp_usbg *mg,
			    struct usb_ep *ep)
{
	int err = config_ep_by_speed(mg->gadget, func, ep);

	return err ? err : usb_ep_enable(ep);
}

/* The host has left us, or is about to choose us. What was for it is dropped. */
static void f_mctp_disable(struct usb_function *func)
{
	struct mctp_usbg *mg = f_mctp_device(func);
	unsigned long flags;

	netif_carrier_off(mg->port.dev);
	spin_lock_irqsave(&mg->lock, flags);
	mctp_usb_tx_block(&mg->port, MCTP_USB_BLOCK_STOPPED);
	if (mg->chosen) {
		usb_ep_disable(mg->in);
		usb_ep_disable(mg->out);
	}
	mg->chosen = false;
	mctp_usbg_is_awake(mg);
	spin_unlock_irqrestore(&mg->lock, flags);
	mctp_usb_tx_drop(&mg->port);
}

/* The host has chosen our configuration, or resets the interface. */
static int f_mctp_set_alt(struct usb_function *func, unsigned int intf,
			  unsigned int alt)
{
	struct mctp_usbg *mg = f_mctp_device(func);
	unsigned long flags;
	int err;

	f_mctp_disable(func);

	spin_lock_irqsave(&mg->lock, flags);
	err = mctp_usbg_enable(func, mg, mg->in);
	if (err)
		goto err_in;
	err = mctp_usbg_enable(func, mg, mg->out);
	if (err)
		goto err_out;
	/* Controllers want whole bus packets of room */
	mg->port.rx_size = max_t(unsigned int, mg->out->maxpacket,
				 MCTP_USB_TRANSFER_MAX);
	mg->chosen = true;
	spin_unlock_irqrestore(&mg->lock, flags);

	netif_carrier_on(mg->port.dev);
	mctp_usbg_go(mg);
	return 0;

err_out:
	usb_ep_disable(mg->in);
err_in:
	spin_unlock_irqrestore(&mg->lock, flags);
	return err;
}

static void f_mctp_unbind(struct usb_configuration *config,
			  struct usb_function *func)
{
	struct mctp_usbg *mg = f_mctp_device(func);

	mctp_usbg_wait_quiet(mg);
	cancel_delayed_work_sync(&mg->retry);
	cancel_delayed_work_sync(&mg->wake);
	mg->gadget = NULL;
	mctp_usbg_free_requests(mg);
	usb_free_all_descriptors(func);
}

static void f_mctp_suspend(struct usb_function *func)
{
	struct mctp_usbg *mg = f_mctp_device(func);
	unsigned long flags;

	spin_lock_irqsave(&mg->lock, flags);
	mctp_usbg_sleeps(mg);
	spin_unlock_irqrestore(&mg->lock, flags);
}

static void f_mctp_resume(struct usb_function *func)
{
	struct mctp_usbg *mg = f_mctp_device(func);
	unsigned long flags;

	spin_lock_irqsave(&mg->lock, flags);
	mctp_usbg_is_awake(mg);
	spin_unlock_irqrestore(&mg->lock, flags);
}

static void f_mctp_free(struct usb_function *func)
{
	struct f_mctp *fm = f_mctp_of(func);

	mutex_lock(&fm->opts->lock);
	fm->opts->used = false;
	mutex_unlock(&fm->opts->lock);
	kfree(fm);
}

static struct usb_function *f_mctp_alloc(struct usb_function_instance *inst)
{
	struct f_mctp_opts *opts = container_of(inst, struct f_mctp_opts, inst);
	struct f_mctp *fm;
	bool used;

	fm = kzalloc(sizeof(*fm), GFP_KERNEL);
	if (!fm)
		return ERR_PTR(-ENOMEM);

	mutex_lock(&opts->lock);
	used = opts->used;
	opts->used = true;
	mutex_unlock(&opts->lock);
	if (used) {
		kfree(fm);
		return ERR_PTR(-EBUSY);
	}

	fm->opts = opts;
	fm->func.name = "mctp";
	fm->func.bind = f_mctp_bind;
	fm->func.unbind = f_mctp_unbind;
	fm->func.set_alt = f_mctp_set_alt;
	fm->func.disable = f_mctp_disable;
	fm->func.suspend = f_mctp_suspend;
	fm->func.resume = f_mctp_resume;
	fm->func.free_func = f_mctp_free;
	return &fm->func;
}

/* The folder */

static struct f_mctp_opts *f_mctp_opts_of(struct config_item *item)
{
	return container_of(to_config_group(item), struct f_mctp_opts,
			    inst.group);
}

static ssize_t f_mctp_ifname_show(struct config_item *item, char *page)
{
	struct f_mctp_opts *opts = f_mctp_opts_of(item);
	int n;

	rtnl_lock();
	n = sysfs_emit(page, "%s\n", netdev_name(opts->dev));
	rtnl_unlock();
	return n;
}

CONFIGFS_ATTR_RO(f_mctp_, ifname);

static struct configfs_attribute *f_mctp_attrs[] = {
	&f_mctp_attr_ifname,
	NULL,
};

static void f_mctp_release(struct config_item *item)
{
	usb_put_function_instance(&f_mctp_opts_of(item)->inst);
}

static struct configfs_item_operations f_mctp_item_ops = {
	.release	= f_mctp_release,
};

static const struct config_item_type f_mctp_type = {
	.ct_item_ops	= &f_mctp_item_ops,
	.ct_attrs	= f_mctp_attrs,
	.ct_owner	= THIS_MODULE,
};

static void f_mctp_free_inst(struct usb_function_instance *inst)
{
	struct f_mctp_opts *opts = container_of(inst, struct f_mctp_opts, inst);
	struct mctp_usbg *mg = netdev_priv(opts->dev);

	mctp_unregister_netdev(opts->dev);
	/* It may be asked for until then, and does nothing to a device that is down */
	cancel_delayed_work_sync(&mg->retry);
	mctp_usb_port_exit(opts->dev);
	free_netdev(opts->dev);
	kfree(opts);
}

static struct usb_function_instance *f_mctp_alloc_inst(void)
{
	struct f_mctp_opts *opts;
	struct mctp_usbg *mg;
	int err = -ENOMEM;

	opts = kzalloc(sizeof(*opts), GFP_KERNEL);
	if (!opts)
		return ERR_PTR(err);
	mutex_init(&opts->lock);
	opts->inst.free_func_inst = f_mctp_free_inst;

	opts->dev = alloc_netdev(sizeof(*mg), "mctpusbg%d", NET_NAME_ENUM,
				 mctp_usbg_setup);
	if (!opts->dev)
		goto err_dev;
	dev_net_set(opts->dev, current->nsproxy->net_ns);
	mg = netdev_priv(opts->dev);
	INIT_DELAYED_WORK(&mg->retry, mctp_usbg_retry);
	INIT_DELAYED_WORK(&mg->wake, mctp_usbg_wake);
	spin_lock_init(&mg->lock);

	err = mctp_usb_port_init(opts->dev, &mctp_usbg_port_ops);
	if (err)
		goto err_port;
	err = mctp_register_netdev(opts->dev, NULL, MCTP_PHYS_BINDING_USB);
	if (err)
		goto err_register;

	config_group_init_type_name(&opts->inst.group, "", &f_mctp_type);
	return &opts->inst;

err_register:
	mctp_usb_port_exit(opts->dev);
err_port:
	free_netdev(opts->dev);
err_dev:
	kfree(opts);
	return ERR_PTR(err);
}

DECLARE_USB_FUNCTION_INIT(mctp, f_mctp_alloc_inst, f_mctp_alloc);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MCTP function for USB gadgets (DSP0283)");
