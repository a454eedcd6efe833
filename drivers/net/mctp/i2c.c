// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over SMBus and I2C (DSP0237): the controller.
 *
 * MCTP needs both roles of I2C: packets go out as writes of ours, and come in
 * as writes to us. So there is one client for a root bus, whose address is our
 * own (I2C_CLIENT_SLAVE), from a devicetree node or by
 *
 *   echo mctp-i2c-controller 0x1010 > /sys/bus/i2c/devices/i2c-N/new_device
 *
 * for the address 0x10. It makes a network device of each bus at or behind N
 * that has the property ``mctp-controller``, as they come and go. A client that
 * no firmware describes makes one of N itself as well.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/i2c.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/property.h>
#include <linux/slab.h>
#include "i2c.h"

/* Which controllers there are, and which devices they have. RTNL is taken
 * within.
 */
static DEFINE_MUTEX(mctp_i2c_mutex);
static LIST_HEAD(mctp_i2c_ctls);

static struct i2c_adapter *mctp_i2c_root(struct i2c_adapter *adapter)
{
	struct i2c_adapter *parent;

	while ((parent = i2c_parent_is_i2c_adapter(adapter)))
		adapter = parent;
	return adapter;
}

static struct mctp_i2c_ctl *mctp_i2c_find_ctl(const struct i2c_adapter *root)
{
	struct mctp_i2c_ctl *ctl;

	lockdep_assert_held(&mctp_i2c_mutex);
	list_for_each_entry(ctl, &mctp_i2c_ctls, node)
		if (ctl->root == root)
			return ctl;
	return NULL;
}

/* The device of a bus, or any for NULL. The thread moves them in their list. */
static struct mctp_i2c_dev *mctp_i2c_find_dev(struct mctp_i2c_ctl *ctl,
					      const struct i2c_adapter *adapter)
{
	struct mctp_i2c_dev *dev, *found = NULL;

	lockdep_assert_held(&mctp_i2c_mutex);
	spin_lock_irq(&ctl->lock);
	list_for_each_entry(dev, &ctl->devs, node) {
		if (!adapter || dev->adapter == adapter) {
			found = dev;
			break;
		}
	}
	spin_unlock_irq(&ctl->lock);
	return found;
}

static bool mctp_i2c_is_for_us(const struct mctp_i2c_ctl *ctl,
			       struct i2c_adapter *adapter)
{
	if (adapter == ctl->root && !dev_fwnode(&ctl->client->dev))
		return true;
	return device_property_present(&adapter->dev, "mctp-controller");
}

static void mctp_i2c_add_bus(struct mctp_i2c_ctl *ctl,
			     struct i2c_adapter *adapter)
{
	struct mctp_i2c_dev *dev;

	if (!mctp_i2c_is_for_us(ctl, adapter) ||
	    mctp_i2c_find_dev(ctl, adapter))
		return;
	dev = mctp_i2c_dev_add(ctl, adapter);
	if (IS_ERR(dev))
		dev_err(&ctl->client->dev,
			"i2c-%d gets no network device: error %ld\n",
			adapter->nr, PTR_ERR(dev));
}

/**
 * struct mctp_i2c_buses - buses that were found
 * @root: what they are at or behind
 * @n: how many
 * @max: room in @adapters
 * @adapters: the buses, each with a reference to its device
 */
struct mctp_i2c_buses {
	struct i2c_adapter	*root;
	unsigned int		n;
	unsigned int		max;
	struct i2c_adapter	**adapters;
};

static int mctp_i2c_note_bus(struct device *dev, void *data)
{
	struct i2c_adapter *adapter = i2c_verify_adapter(dev);
	struct mctp_i2c_buses *buses = data;

	if (!adapter || mctp_i2c_root(adapter) != buses->root)
		return 0;
	if (buses->n < buses->max) {
		get_device(dev);
		buses->adapters[buses->n] = adapter;
	}
	buses->n++;
	return 0;
}

static void mctp_i2c_forget_buses(struct mctp_i2c_buses *buses)
{
	unsigned int i;

	for (i = 0; i < min(buses->n, buses->max); i++)
		put_device(&buses->adapters[i]->dev);
	kfree(buses->adapters);
}

/* Those that are there. They are noted first: the I2C core holds a lock of its
 * own around the walk, which must not be around RTNL. The room that they need is
 * not known before.
 */
static int mctp_i2c_add_buses(struct mctp_i2c_ctl *ctl)
{
	struct mctp_i2c_buses buses = { .root = ctl->root };
	unsigned int i;

	for (;;) {
		buses.n = 0;
		i2c_for_each_dev(&buses, mctp_i2c_note_bus);
		if (buses.n <= buses.max)
			break;
		mctp_i2c_forget_buses(&buses);
		buses.max = buses.n;
		buses.adapters = kcalloc(buses.max, sizeof(*buses.adapters),
					 GFP_KERNEL);
		if (!buses.adapters)
			return -ENOMEM;
	}
	for (i = 0; i < buses.n; i++)
		mctp_i2c_add_bus(ctl, buses.adapters[i]);
	mctp_i2c_forget_buses(&buses);
	return 0;
}

static void mctp_i2c_remove_buses(struct mctp_i2c_ctl *ctl)
{
	struct mctp_i2c_dev *dev;

	while ((dev = mctp_i2c_find_dev(ctl, NULL)))
		mctp_i2c_dev_remove(dev);
}

/* A bus that is being removed may still be found by mctp_i2c_add_buses() until
 * the second of the two calls for it.
 */
static int mctp_i2c_bus_event(struct notifier_block *nb, unsigned long event,
			      void *data)
{
	struct i2c_adapter *adapter = i2c_verify_adapter(data);
	struct mctp_i2c_ctl *ctl;
	struct mctp_i2c_dev *dev;

	if (!adapter)
		return NOTIFY_DONE;

	mutex_lock(&mctp_i2c_mutex);
	ctl = mctp_i2c_find_ctl(mctp_i2c_root(adapter));
	if (ctl && event == BUS_NOTIFY_ADD_DEVICE) {
		mctp_i2c_add_bus(ctl, adapter);
	} else if (ctl && (event == BUS_NOTIFY_DEL_DEVICE ||
			   event == BUS_NOTIFY_REMOVED_DEVICE)) {
		dev = mctp_i2c_find_dev(ctl, adapter);
		if (dev)
			mctp_i2c_dev_remove(dev);
	}
	mutex_unlock(&mctp_i2c_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block mctp_i2c_bus_notifier = {
	.notifier_call = mctp_i2c_bus_event,
};

static int mctp_i2c_check_client(struct i2c_client *client)
{
	struct i2c_adapter *adapter = client->adapter;

	if (client->flags & I2C_CLIENT_TEN) {
		dev_err(&client->dev, "MCTP has no 10-bit addresses\n");
		return -EINVAL;
	}
	if (!(client->flags & I2C_CLIENT_SLAVE)) {
		dev_err(&client->dev,
			"not an address of our own: give 0x%02x, or I2C_OWN_SLAVE_ADDRESS in a devicetree\n",
			client->addr | 0x1000);
		return -EINVAL;
	}
	if (mctp_i2c_root(adapter) != adapter) {
		dev_err(&client->dev,
			"a bus behind a mux: the client is to be on i2c-%d\n",
			mctp_i2c_root(adapter)->nr);
		return -EINVAL;
	}
	if (!i2c_check_functionality(adapter, I2C_FUNC_I2C)) {
		dev_err(&client->dev,
			"the controller cannot write 255 bytes at once\n");
		return -EOPNOTSUPP;
	}
	return 0;
}

static struct mctp_i2c_ctl *mctp_i2c_new_ctl(struct i2c_client *client)
{
	struct mctp_i2c_ctl *ctl = kzalloc(sizeof(*ctl), GFP_KERNEL);

	if (!ctl)
		return NULL;
	ctl->client = client;
	ctl->root = client->adapter;
	init_waitqueue_head(&ctl->wake);
	init_waitqueue_head(&ctl->idle);
	spin_lock_init(&ctl->lock);
	INIT_LIST_HEAD(&ctl->devs);
	return ctl;
}

static int mctp_i2c_probe(struct i2c_client *client)
{
	struct mctp_i2c_ctl *ctl;
	int err;

	err = mctp_i2c_check_client(client);
	if (err)
		return err;
	ctl = mctp_i2c_new_ctl(client);
	if (!ctl)
		return -ENOMEM;
	i2c_set_clientdata(client, ctl);

	ctl->thread = kthread_run(mctp_i2c_tx_thread, ctl, "mctp-i2c-%d",
				  ctl->root->nr);
	if (IS_ERR(ctl->thread)) {
		err = PTR_ERR(ctl->thread);
		goto err_thread;
	}

	mutex_lock(&mctp_i2c_mutex);
	if (mctp_i2c_find_ctl(ctl->root)) {
		dev_err(&client->dev, "i2c-%d has an MCTP controller already\n",
			ctl->root->nr);
		err = -EBUSY;
		goto err_busy;
	}
	list_add(&ctl->node, &mctp_i2c_ctls);
	err = mctp_i2c_add_buses(ctl);
	if (err)
		goto err_buses;
	mutex_unlock(&mctp_i2c_mutex);

	err = i2c_slave_register(client, mctp_i2c_rx_event);
	if (err)
		goto err_slave;
	return 0;

err_slave:
	mutex_lock(&mctp_i2c_mutex);
	mctp_i2c_remove_buses(ctl);
err_buses:
	list_del(&ctl->node);
err_busy:
	mutex_unlock(&mctp_i2c_mutex);
	kthread_stop(ctl->thread);
err_thread:
	kfree(ctl);
	return err;
}

static void mctp_i2c_remove(struct i2c_client *client)
{
	struct mctp_i2c_ctl *ctl = i2c_get_clientdata(client);

	/* The root bus is locked around i2c_slave_unregister(): no flow may hold
	 * it any more
	 */
	spin_lock_irq(&ctl->lock);
	ctl->stopping = true;
	spin_unlock_irq(&ctl->lock);
	mctp_i2c_tx_kick(ctl);

	i2c_slave_unregister(client);
	mutex_lock(&mctp_i2c_mutex);
	mctp_i2c_remove_buses(ctl);
	list_del(&ctl->node);
	mutex_unlock(&mctp_i2c_mutex);
	kthread_stop(ctl->thread);
	kfree(ctl);
}

static const struct i2c_device_id mctp_i2c_id[] = {
	{ "mctp-i2c-controller" },
	{}
};
MODULE_DEVICE_TABLE(i2c, mctp_i2c_id);

static const struct of_device_id mctp_i2c_of_match[] = {
	{ .compatible = "mctp-i2c-controller" },
	{}
};
MODULE_DEVICE_TABLE(of, mctp_i2c_of_match);

static struct i2c_driver mctp_i2c_driver = {
	.driver = {
		.name		= "mctp-i2c-controller",
		.of_match_table	= mctp_i2c_of_match,
	},
	.probe		= mctp_i2c_probe,
	.remove		= mctp_i2c_remove,
	.id_table	= mctp_i2c_id,
};

static int __init mctp_i2c_init(void)
{
	int err;

	err = bus_register_notifier(&i2c_bus_type, &mctp_i2c_bus_notifier);
	if (err)
		return err;
	err = i2c_add_driver(&mctp_i2c_driver);
	if (err)
		goto err_driver;
	return 0;

err_driver:
	bus_unregister_notifier(&i2c_bus_type, &mctp_i2c_bus_notifier);
	return err;
}
module_init(mctp_i2c_init);

static void __exit mctp_i2c_exit(void)
{
	i2c_del_driver(&mctp_i2c_driver);
	bus_unregister_notifier(&i2c_bus_type, &mctp_i2c_bus_notifier);
}
module_exit(mctp_i2c_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("MCTP over SMBus and I2C (DSP0237)");
