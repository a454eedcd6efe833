// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated I2C: adapters that can be targets, and muxes, to test drivers of
 * I2C targets without hardware. It knows nothing of MCTP.
 *
 * In /sys/kernel/debug/i2c-sim, "control" takes one command a write:
 *
 *   adapter SEGMENT                   a controller on that wire, any number; wires
 *                                     of mux channels are in "tree"
 *   mux BUS CHANNELS [FLAG...]        a mux on the bus i2c-BUS: a bus, and a wire of
 *                                     its own, for each channel. Flags:
 *                                       mctp        each has "mctp-controller"
 *                                       locked      mux-locked, not parent-locked
 *                                       disconnect  no channel while idle
 *   target SEGMENT ADDRESS            something that acknowledges all
 *   delete BUS                        an adapter with all behind it, or the mux
 *                                     that the bus is a channel of
 *   reset                             all of it; nothing goes wrong any more
 *
 * "tree" has a line for each bus: its number, its segment, and the number of the
 * bus that it is a channel of, or -1. Adapters with one segment are controllers
 * on one wire. i2c_slave_register() works on them, in any number.
 *
 * Chances in thousandths: "nack", "arbitration", "timeout", "delay" (of
 * "delay_us"), "bit_error", "no_pec" (the last byte does not come); "only_addr"
 * limits them to messages to an address. "seed" counts from the next reset. With
 * "ignore_nack" a target cannot refuse, as on most hardware. What came of it:
 * "stats", and "wire" for the last 64 messages.
 *
 * Two controllers on one wire, of which the second has a target:
 *
 *   cd /sys/kernel/debug/i2c-sim
 *   echo adapter 0 > control; echo adapter 0 > control; cat tree
 *   echo slave-24c02 0x1064 > /sys/bus/i2c/devices/i2c-1/new_device
 *   i2cdump -y 0 0x64
 */
#include <linux/ctype.h>
#include <linux/debugfs.h>
#include <linux/i2c.h>
#include <linux/i2c-mux.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "i2c_sim.h"

/* Segments of channels are counted from here */
#define SIM_CHANNEL_SEGMENT	1000

/**
 * struct sim_adapter - a controller
 * @adap: the adapter
 * @node: in the list of all
 * @segment: where it is
 */
struct sim_adapter {
	struct i2c_adapter	adap;
	struct list_head	node;
	unsigned int		segment;
};

/**
 * struct sim_mux - a mux
 * @node: in the list of all, parents before their children
 * @pdev: its device
 * @muxc: what the I2C core knows of it
 * @sw: what the wires know of it
 */
struct sim_mux {
	struct list_head	node;
	struct platform_device	*pdev;
	struct i2c_mux_core	*muxc;
	struct i2c_sim_switch	sw;
};

/* What there is. The I2C core and its drivers are called within. */
static DEFINE_MUTEX(sim_mutex);
static LIST_HEAD(sim_adapters);
static LIST_HEAD(sim_muxes);
static unsigned int sim_next_segment = SIM_CHANNEL_SEGMENT;
static struct dentry *sim_dir;

/* The task whose buses get the property as they are added */
static struct task_struct *sim_marking;

static int sim_transfer(struct i2c_adapter *adap, struct i2c_msg *msgs, int n)
{
	struct sim_adapter *sim = container_of(adap, struct sim_adapter, adap);

	return i2c_sim_wire_transfer(sim->segment, msgs, n);
}

static u32 sim_functionality(struct i2c_adapter *adap)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL | I2C_FUNC_SLAVE;
}

static int sim_reg_target(struct i2c_client *client)
{
	struct sim_adapter *sim = container_of(client->adapter,
					       struct sim_adapter, adap);

	if (client->flags & I2C_CLIENT_TEN)
		return -EAFNOSUPPORT;
	return i2c_sim_wire_add_target(sim->segment, client->addr, client);
}

static int sim_unreg_target(struct i2c_client *client)
{
	i2c_sim_wire_del_target(client);
	return 0;
}

static const struct i2c_algorithm sim_algorithm = {
	.master_xfer	= sim_transfer,
	.functionality	= sim_functionality,
	.reg_slave	= sim_reg_target,
	.unreg_slave	= sim_unreg_target,
};

/* A bus of ours, by its number: its segment, and its mux if it is a channel */
static int sim_find(int nr, struct i2c_adapter **adap, unsigned int *segment,
		    struct sim_mux **mux)
{
	struct sim_adapter *sim;
	struct sim_mux *m;
	int i;

	*mux = NULL;
	list_for_each_entry(sim, &sim_adapters, node) {
		if (sim->adap.nr == nr) {
			*adap = &sim->adap;
			*segment = sim->segment;
			return 0;
		}
	}
	list_for_each_entry(m, &sim_muxes, node) {
		for (i = 0; i < m->muxc->num_adapters; i++) {
			if (m->muxc->adapter[i]->nr == nr) {
				*adap = m->muxc->adapter[i];
				*segment = m->sw.channel[i];
				*mux = m;
				return 0;
			}
		}
	}
	return -ENODEV;
}

static int sim_add_adapter(unsigned int segment)
{
	struct sim_adapter *sim = kzalloc(sizeof(*sim), GFP_KERNEL);
	int err;

	if (!sim)
		return -ENOMEM;
	sim->segment = segment;
	sim->adap.owner = THIS_MODULE;
	sim->adap.algo = &sim_algorithm;
	snprintf(sim->adap.name, sizeof(sim->adap.name), "i2c-sim %u", segment);
	err = i2c_add_adapter(&sim->adap);
	if (err) {
		kfree(sim);
		return err;
	}
	list_add_tail(&sim->node, &sim_adapters);
	return 0;
}

static int sim_select(struct i2c_mux_core *muxc, u32 channel)
{
	struct sim_mux *mux = i2c_mux_priv(muxc);

	i2c_sim_wire_select(&mux->sw, channel);
	return 0;
}

static int sim_deselect(struct i2c_mux_core *muxc, u32 channel)
{
	struct sim_mux *mux = i2c_mux_priv(muxc);

	i2c_sim_wire_select(&mux->sw, -1);
	return 0;
}

static void sim_del_mux(struct sim_mux *mux);

/* The muxes on a bus */
static void sim_del_behind(const struct i2c_adapter *adap)
{
	struct sim_mux *mux;

again:
	list_for_each_entry(mux, &sim_muxes, node) {
		if (mux->muxc->parent == adap) {
			sim_del_mux(mux);
			goto again;
		}
	}
}

/* With those behind it: as many as there are levels, which one sets up oneself */
static void sim_del_mux(struct sim_mux *mux)
{
	struct platform_device *pdev = mux->pdev;
	int i;

	for (i = 0; i < mux->muxc->num_adapters; i++)
		sim_del_behind(mux->muxc->adapter[i]);
	list_del(&mux->node);
	i2c_mux_del_adapters(mux->muxc);
	i2c_sim_wire_del_switch(&mux->sw);
	/* Its memory belongs to this device */
	platform_device_unregister(pdev);
}

static void sim_del_adapter(struct sim_adapter *sim)
{
	sim_del_behind(&sim->adap);
	list_del(&sim->node);
	i2c_del_adapter(&sim->adap);
	kfree(sim);
}

static int sim_add_mux(int nr, unsigned int channels, const char *flags)
{
	bool disconnect = strstr(flags, "disconnect");
	unsigned int segment, i;
	struct platform_device *pdev;
	struct i2c_adapter *parent;
	struct i2c_mux_core *muxc;
	struct sim_mux *mux;
	int err;

	if (!channels || channels > I2C_SIM_CHANNELS_MAX)
		return -EINVAL;
	err = sim_find(nr, &parent, &segment, &mux);
	if (err)
		return err;
	pdev = platform_device_register_simple("i2c-sim-mux",
					       PLATFORM_DEVID_AUTO, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	muxc = i2c_mux_alloc(parent, &pdev->dev, channels, sizeof(*mux),
			     strstr(flags, "locked") ? I2C_MUX_LOCKED : 0,
			     sim_select, disconnect ? sim_deselect : NULL);
	if (!muxc) {
		platform_device_unregister(pdev);
		return -ENOMEM;
	}
	mux = i2c_mux_priv(muxc);
	mux->muxc = muxc;
	mux->pdev = pdev;
	mux->sw.segment = segment;
	for (i = 0; i < channels; i++)
		mux->sw.channel[i] = sim_next_segment++;
	i2c_sim_wire_add_switch(&mux->sw);
	list_add_tail(&mux->node, &sim_muxes);

	if (strstr(flags, "mctp"))
		WRITE_ONCE(sim_marking, current);
	for (i = 0; i < channels && !err; i++)
		err = i2c_mux_add_adapter(muxc, 0, i);
	WRITE_ONCE(sim_marking, NULL);
	if (err)
		sim_del_mux(mux);
	return err;
}

/* Before the drivers that look for the property are told of the bus */
static int sim_bus_event(struct notifier_block *nb, unsigned long event,
			 void *data)
{
	static const struct property_entry properties[] = {
		PROPERTY_ENTRY_BOOL("mctp-controller"),
		{}
	};
	struct device *dev = data;

	if (event == BUS_NOTIFY_ADD_DEVICE && i2c_verify_adapter(dev) &&
	    READ_ONCE(sim_marking) == current &&
	    device_create_managed_software_node(dev, properties, NULL))
		dev_warn(dev, "the property is missing\n");
	return NOTIFY_DONE;
}

static struct notifier_block sim_bus_notifier = {
	.notifier_call	= sim_bus_event,
	.priority	= 1,
};

static int sim_delete(int nr)
{
	struct i2c_adapter *adap;
	unsigned int segment;
	struct sim_mux *mux;
	int err;

	err = sim_find(nr, &adap, &segment, &mux);
	if (err)
		return err;
	if (mux)
		sim_del_mux(mux);
	else
		sim_del_adapter(container_of(adap, struct sim_adapter, adap));
	return 0;
}

static void sim_delete_all(void)
{
	while (!list_empty(&sim_adapters))
		sim_del_adapter(list_first_entry(&sim_adapters,
						 struct sim_adapter, node));
}

static int sim_command(const char *command)
{
	unsigned int a, b;
	int at = 0, nr;

	if (sscanf(command, "adapter %u", &a) == 1)
		return sim_add_adapter(a);
	if (sscanf(command, "mux %d %u%n", &nr, &a, &at) >= 2)
		return sim_add_mux(nr, a, command + at);
	if (sscanf(command, "target %u %i", &a, &b) == 2)
		return b <= 0x7f ? i2c_sim_wire_add_target(a, b, NULL) :
				   -EINVAL;
	if (sscanf(command, "delete %d", &nr) == 1)
		return sim_delete(nr);
	if (!strcmp(command, "reset")) {
		sim_delete_all();
		i2c_sim_wire_reset();
		return 0;
	}
	return -EINVAL;
}

static ssize_t control_write(struct file *file, const char __user *buf,
			     size_t len, loff_t *pos)
{
	char command[80];
	int err;

	if (len >= sizeof(command))
		return -EINVAL;
	if (copy_from_user(command, buf, len))
		return -EFAULT;
	command[len] = 0;

	mutex_lock(&sim_mutex);
	err = sim_command(strim(command));
	mutex_unlock(&sim_mutex);
	return err ? err : len;
}

static const struct file_operations control_fops = {
	.owner	= THIS_MODULE,
	.write	= control_write,
};

static int tree_show(struct seq_file *seq, void *unused)
{
	struct sim_adapter *sim;
	struct sim_mux *mux;
	int i;

	mutex_lock(&sim_mutex);
	list_for_each_entry(sim, &sim_adapters, node)
		seq_printf(seq, "%d %u -1\n", sim->adap.nr, sim->segment);
	list_for_each_entry(mux, &sim_muxes, node)
		for (i = 0; i < mux->muxc->num_adapters; i++)
			seq_printf(seq, "%d %u %d\n",
				   mux->muxc->adapter[i]->nr,
				   mux->sw.channel[i], mux->muxc->parent->nr);
	mutex_unlock(&sim_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(tree);

static int __init sim_init(void)
{
	int err;

	sim_dir = debugfs_create_dir("i2c-sim", NULL);
	err = i2c_sim_wire_init(sim_dir);
	if (err)
		goto err_wire;
	err = bus_register_notifier(&i2c_bus_type, &sim_bus_notifier);
	if (err)
		goto err_notifier;
	debugfs_create_file("tree", 0400, sim_dir, NULL, &tree_fops);
	debugfs_create_file("control", 0200, sim_dir, NULL, &control_fops);
	return 0;

err_notifier:
	debugfs_remove_recursive(sim_dir);
	i2c_sim_wire_exit();
	return err;
err_wire:
	debugfs_remove_recursive(sim_dir);
	return err;
}
module_init(sim_init);

static void __exit sim_exit(void)
{
	debugfs_remove_recursive(sim_dir);
	sim_delete_all();
	bus_unregister_notifier(&i2c_bus_type, &sim_bus_notifier);
	i2c_sim_wire_exit();
}
module_exit(sim_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Simulated I2C adapters and muxes, for tests");
