// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: networks, and what MCTP keeps of a netdev: its network and local EIDs.
 *
 * A state is made for every device that can carry MCTP as it is registered in
 * a namespace, and goes as it is unregistered there; a device that moves to
 * another namespace thus begins afresh. All that refers to a state goes with
 * it: addresses, routes, neighbours, flows and partial messages.
 */
#include <linux/if_arp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/pkt_sched.h>
#include <net/sch_generic.h>
#include "mctp_priv.h"

/**
 * struct mctp_driver - what a driver said of a device, while it is registered
 * @node: in mctp_drivers
 * @dev: the device
 * @ops: operations, or NULL
 * @binding: physical binding id
 *
 * It outlives the state, which a move between namespaces makes anew.
 */
struct mctp_driver {
	struct hlist_node	node;
	const struct net_device	*dev;
	const struct mctp_netdev_ops *ops;
	u8			binding;
};

/* struct mctp_driver by device; RTNL */
static DEFINE_HASHTABLE(mctp_drivers, 6);

/**
 * mctp_network_find() - a network by its id
 * @pn: namespace
 * @id: network id
 *
 * Context: RCU read side.
 * Return: the network, valid in that section, or NULL. It may be on its way
 * out: to keep it takes refcount_inc_not_zero().
 */
struct mctp_network *mctp_network_find(struct mctp_pernet *pn, unsigned int id)
{
	/* nearly all there are, and no walk for them */
	if (id < MCTP_NETS_LOW)
		return rcu_dereference(pn->nets_low[id]);
	return xa_load(&pn->nets, id);
}

static struct mctp_network *mctp_network_new(struct mctp_pernet *pn,
					     unsigned int id, gfp_t gfp)
{
	struct mctp_network *network;
	unsigned int eid;

	network = kzalloc(sizeof(*network), gfp | __GFP_ACCOUNT);
	if (!network)
		return NULL;
	network->id = id;
	network->pn = pn;
	refcount_set(&network->refs, 1);
	INIT_LIST_HEAD(&network->routes);
	for (eid = 0; eid < MCTP_EIDS; eid++) {
		network->tag_order[eid] = MCTP_TAG_ORDER;
		INIT_LIST_HEAD(&network->reasm_by_source[eid]);
	}
	return network;
}

/**
 * mctp_network_get() - a network by its id, made if there is none
 * @pn: namespace
 * @id: network id, not 0
 * @gfp: how to allocate
 *
 * Context: any that @gfp allows.
 * Return: the network with a reference of the caller's, or an ERR_PTR:
 * -EINVAL, -ENOMEM.
 */
struct mctp_network *mctp_network_get(struct mctp_pernet *pn, unsigned int id,
				      gfp_t gfp)
{
	struct mctp_network *network, *old;

	if (id == MCTP_NET_ANY)
		return ERR_PTR(-EINVAL);

	/* under the lock one that is found has a reference still */
	xa_lock_bh(&pn->nets);
	network = xa_load(&pn->nets, id);
	if (network)
		refcount_inc(&network->refs);
	xa_unlock_bh(&pn->nets);
	if (network)
		return network;

	network = mctp_network_new(pn, id, gfp);
	if (!network)
		return ERR_PTR(-ENOMEM);

	xa_lock_bh(&pn->nets);
	old = __xa_cmpxchg(&pn->nets, id, NULL, network, gfp);
	if (old && !xa_is_err(old))
		refcount_inc(&old->refs);
	if (!old && id < MCTP_NETS_LOW)
		rcu_assign_pointer(pn->nets_low[id], network);
	xa_unlock_bh(&pn->nets);
	if (!old)
		return network;

	kfree(network);
	return xa_is_err(old) ? ERR_PTR(xa_err(old)) : old;
}

/**
 * mctp_network_hold() - one more reference
 * @network: a network that the caller has a reference to
 */
void mctp_network_hold(struct mctp_network *network)
{
	refcount_inc(&network->refs);
}

/**
 * mctp_network_put() - give back a reference; the last one ends the network
 * @network: the network
 *
 * Context: any but hard interrupts.
 */
void mctp_network_put(struct mctp_network *network)
{
	struct xarray *nets = &network->pn->nets;
	bool last;

	if (refcount_dec_not_one(&network->refs))
		return;
	/* to 0 only under the lock: who finds it there can take it */
	xa_lock_bh(nets);
	last = refcount_dec_and_test(&network->refs);
	if (last) {
		__xa_erase(nets, network->id);
		if (network->id < MCTP_NETS_LOW)
			RCU_INIT_POINTER(network->pn->nets_low[network->id],
					 NULL);
	}
	xa_unlock_bh(nets);
	if (!last)
		return;
	WARN_ON_ONCE(!list_empty(&network->routes));
	kfree_rcu(network, rcu);
}

/**
 * mctp_dev_find() - the state of a device by its index
 * @pn: namespace
 * @ifindex: interface index
 *
 * Context: RCU read side, or RTNL held.
 * Return: the state, valid in that section, or NULL.
 */
struct mctp_dev *mctp_dev_find(struct mctp_pernet *pn, int ifindex)
{
	if (ifindex <= 0)
		return NULL;
	if (ifindex < MCTP_DEVS_LOW)
		return rcu_dereference_rtnl(pn->devs_low[ifindex]);
	return xa_load(&pn->devs, ifindex);
}

/**
 * mctp_dev_rtnl() - the state of a device
 * @dev: the device
 *
 * Context: process context, RTNL held.
 * Return: the state, valid while RTNL is held, or NULL if the device cannot
 * carry MCTP.
 */
struct mctp_dev *mctp_dev_rtnl(struct net_device *dev)
{
	struct mctp_dev *mdev;

	ASSERT_RTNL();
	mdev = mctp_dev_find(mctp_pernet(dev_net(dev)), dev->ifindex);
	return mdev && mdev->dev == dev ? mdev : NULL;
}

/**
 * mctp_dev_get() - the state of a device by its index, with a reference
 * @pn: namespace
 * @ifindex: interface index
 *
 * The reference keeps the device from going away: it is to be short.
 *
 * Context: any but hard interrupts.
 * Return: the state, for mctp_dev_put(), or NULL.
 */
struct mctp_dev *mctp_dev_get(struct mctp_pernet *pn, int ifindex)
{
	struct mctp_dev *mdev;

	rcu_read_lock();
	mdev = mctp_dev_find(pn, ifindex);
	if (mdev && !refcount_inc_not_zero(&mdev->refs))
		mdev = NULL;
	rcu_read_unlock();
	return mdev;
}

/**
 * mctp_dev_put() - give back a reference
 * @mdev: the state
 *
 * The device is let go at once, as its unregistering waits for that; readers
 * in RCU sections may look at it still, since it is not freed before those end.
 *
 * Context: any but hard interrupts.
 */
void mctp_dev_put(struct mctp_dev *mdev)
{
	if (!refcount_dec_and_test(&mdev->refs))
		return;
	mctp_network_put(rcu_dereference_protected(mdev->network, true));
	netdev_put(mdev->dev, &mdev->dev_tracker);
	kfree_rcu(mdev, rcu);
}

/* Addresses, routes and neighbours; what traffic left behind comes later */
static void mctp_dev_flush(struct mctp_dev *mdev)
{
	unsigned int eid;

	mctp_route_flush_dev(mdev);
	mctp_neigh_flush_dev(mdev);
	WRITE_ONCE(mdev->first_eid, 0);
	for_each_set_bit(eid, mdev->eids, MCTP_EIDS) {
		__clear_bit(eid, mdev->eids);
		mctp_netlink_notify_addr(mdev, eid, RTM_DELADDR);
	}
}

/**
 * mctp_dev_set_net() - move a device to another network
 * @mdev: the device
 * @id: network id, not 0
 * @extack: for the reason of a refusal
 *
 * Its addresses, routes, neighbours, flows and partial messages were of the
 * network that it leaves, and end. Nothing happens if it is in @id already.
 *
 * Context: process context, RTNL held; may sleep for a grace period.
 * Return: 0, or -EINVAL for id 0, -ENOMEM.
 */
int mctp_dev_set_net(struct mctp_dev *mdev, unsigned int id,
		     struct netlink_ext_ack *extack)
{
	struct mctp_network *old, *network;

	ASSERT_RTNL();
	if (id == MCTP_NET_ANY) {
		NL_SET_ERR_MSG(extack, "A device cannot be in network 0; networks begin at 1");
		return -EINVAL;
	}
	old = rtnl_dereference(mdev->network);
	if (old->id == id)
		return 0;
	network = mctp_network_get(mdev->pn, id, GFP_KERNEL);
	if (IS_ERR(network)) {
		NL_SET_ERR_MSG(extack, "No memory for a network");
		return PTR_ERR(network);
	}

	mctp_dev_flush(mdev);
	rcu_assign_pointer(mdev->network, network);
	/* after this nobody sends or receives by the device in the old one */
	synchronize_net();
	mctp_tag_remove_dev(mdev);
	mctp_reasm_flush_dev(mdev);
	mctp_network_put(old);
	return 0;
}

/**
 * mctp_dev_add_eid() - a device has one more local EID
 * @mdev: the device
 * @eid: EID, 8 to 254
 * @extack: for the reason of a refusal
 *
 * A local route to @eid comes with it. To notify is the caller's.
 *
 * Context: process context, RTNL held.
 * Return: 0, or -EINVAL for another EID, -EEXIST if the device has it already,
 * -ENOMEM.
 */
int mctp_dev_add_eid(struct mctp_dev *mdev, u8 eid,
		     struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	if (!mctp_eid_is_unicast(eid)) {
		NL_SET_ERR_MSG(extack, "A local EID must be 8 to 254");
		return -EINVAL;
	}
	if (test_bit(eid, mdev->eids)) {
		NL_SET_ERR_MSG(extack, "The device has this EID already");
		return -EEXIST;
	}

	err = mctp_route_add(rtnl_dereference(mdev->network), mdev, 0,
			     RTN_LOCAL, eid, eid, 0, extack);
	if (err)
		return err;
	__set_bit(eid, mdev->eids);
	WRITE_ONCE(mdev->first_eid, find_first_bit(mdev->eids, MCTP_EIDS));
	return 0;
}

/**
 * mctp_dev_del_eid() - a device loses a local EID
 * @mdev: the device
 * @eid: EID, 8 to 254
 * @extack: for the reason of a refusal
 *
 * Its local route goes with it. To notify is the caller's.
 *
 * Context: process context, RTNL held.
 * Return: 0, or -EINVAL for another EID, -ENOENT if the device does not have
 * it.
 */
int mctp_dev_del_eid(struct mctp_dev *mdev, u8 eid,
		     struct netlink_ext_ack *extack)
{
	unsigned int first;

	ASSERT_RTNL();
	if (!mctp_eid_is_unicast(eid)) {
		NL_SET_ERR_MSG(extack, "A local EID must be 8 to 254");
		return -EINVAL;
	}
	if (!test_bit(eid, mdev->eids)) {
		NL_SET_ERR_MSG(extack, "The device does not have this EID");
		return -ENOENT;
	}

	__clear_bit(eid, mdev->eids);
	first = find_first_bit(mdev->eids, MCTP_EIDS);
	WRITE_ONCE(mdev->first_eid, first < MCTP_EIDS ? first : 0);
	return mctp_route_del(rtnl_dereference(mdev->network), mdev, 0,
			      RTN_LOCAL, eid, eid, extack);
}

static struct mctp_driver *mctp_driver_find(const struct net_device *dev)
{
	struct mctp_driver *driver;

	hash_for_each_possible(mctp_drivers, driver, node, (unsigned long)dev)
		if (driver->dev == dev)
			return driver;
	return NULL;
}

static void mctp_driver_del(const struct net_device *dev)
{
	struct mctp_driver *driver = mctp_driver_find(dev);

	if (!driver)
		return;
	hash_del(&driver->node);
	kfree(driver);
}

static bool mctp_device_carries(const struct net_device *dev)
{
	return dev->type == ARPHRD_MCTP || dev->type == ARPHRD_NONE ||
	       dev->flags & IFF_LOOPBACK;
}

static int mctp_device_add(struct net_device *dev)
{
	struct mctp_pernet *pn = mctp_pernet(dev_net(dev));
	struct mctp_driver *driver = mctp_driver_find(dev);
	struct mctp_network *network;
	struct mctp_dev *mdev;
	int err;

	ASSERT_RTNL();
	mdev = kzalloc(sizeof(*mdev), GFP_KERNEL_ACCOUNT);
	if (!mdev)
		return -ENOMEM;
	network = mctp_network_get(pn, mctp_default_net(pn), GFP_KERNEL);
	if (IS_ERR(network)) {
		kfree(mdev);
		return PTR_ERR(network);
	}

	mdev->dev = dev;
	netdev_hold(dev, &mdev->dev_tracker, GFP_KERNEL);
	mdev->pn = pn;
	RCU_INIT_POINTER(mdev->network, network);
	if (driver) {
		mdev->ops = driver->ops;
		mdev->binding = driver->binding;
	}
	refcount_set(&mdev->refs, 1);

	err = xa_insert(&pn->devs, dev->ifindex, mdev, GFP_KERNEL);
	if (err)
		mctp_dev_put(mdev);
	else if (dev->ifindex < MCTP_DEVS_LOW)
		rcu_assign_pointer(pn->devs_low[dev->ifindex], mdev);
	return err;
}

/* The device is down, and a grace period has passed since: nothing is sent or
 * received by it, so what is ended here stays so.
 */
static void mctp_device_del(struct net_device *dev)
{
	struct mctp_dev *mdev = mctp_dev_rtnl(dev);

	if (!mdev)
		return;
	mctp_dev_flush(mdev);
	/* The driver of a device that lives on is told of its flows' end. It
	 * is not where the device goes: by then the state cannot be found.
	 */
	if (dev->reg_state == NETREG_REGISTERED)
		mctp_tag_remove_dev(mdev);
	xa_erase(&mdev->pn->devs, dev->ifindex);
	if (dev->ifindex < MCTP_DEVS_LOW)
		RCU_INIT_POINTER(mdev->pn->devs_low[dev->ifindex], NULL);
	mctp_tag_remove_dev(mdev);
	mctp_reasm_flush_dev(mdev);
	mctp_dev_put(mdev);
}

/* Before a device comes up for the first time. Packets of a message wait for
 * seconds in the queue of a slow link, and CoDel, in what many systems take by
 * default, would drop some for that and tell nobody: each one lost is a message
 * lost. A queue that is full says so to the sender. As the kernel does for CAN.
 */
static void mctp_device_attach_fifo(struct net_device *dev)
{
	struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);
	struct Qdisc *qdisc;

	/* an administrator's choice is left alone; without CONFIG_NET_SCHED
	 * there is no other than a FIFO
	 */
	if (!IS_ENABLED(CONFIG_NET_SCHED) || dev->type != ARPHRD_MCTP ||
	    dev->priv_flags & IFF_NO_QUEUE || netif_is_multiqueue(dev) ||
	    rtnl_dereference(dev->qdisc) != &noop_qdisc)
		return;
	qdisc = qdisc_create_dflt(txq, &pfifo_qdisc_ops, TC_H_ROOT, NULL);
	if (!qdisc)
		return;
	qdisc->flags |= TCQ_F_ONETXQUEUE | TCQ_F_NOPARENT;
	rcu_assign_pointer(txq->qdisc_sleeping, qdisc);
	rcu_assign_pointer(dev->qdisc, qdisc);
	qdisc_refcount_inc(qdisc);
}

static int mctp_device_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	int err = 0;

	switch (event) {
	case NETDEV_REGISTER:
		if (mctp_device_carries(dev))
			err = mctp_device_add(dev);
		break;
	case NETDEV_PRE_UP:
		/* as it moved here or changed its type, where no error counts,
		 * there may have been no memory
		 */
		if (mctp_device_carries(dev) && !mctp_dev_rtnl(dev))
			err = mctp_device_add(dev);
		if (!err)
			mctp_device_attach_fifo(dev);
		break;
	case NETDEV_UNREGISTER:
		mctp_device_del(dev);
		/* else it moves to another namespace, or this module goes */
		if (dev->reg_state != NETREG_REGISTERED)
			mctp_driver_del(dev);
		break;
	case NETDEV_POST_TYPE_CHANGE:
		/* as a TUN device can, while it is down: another address length */
		mctp_device_del(dev);
		if (mctp_device_carries(dev))
			err = mctp_device_add(dev);
		break;
	}
	return notifier_from_errno(err);
}

static struct notifier_block mctp_device_notifier = {
	.notifier_call = mctp_device_event,
};

/* documented in <net/mctpdevice.h>, as are the next two */
int mctp_register_netdevice(struct net_device *dev,
			    const struct mctp_netdev_ops *ops,
			    enum mctp_phys_binding binding)
{
	struct mctp_driver *driver;
	int err;

	ASSERT_RTNL();
	if (WARN_ON_ONCE(dev->type != ARPHRD_MCTP))
		return -EINVAL;
	driver = kmalloc(sizeof(*driver), GFP_KERNEL_ACCOUNT);
	if (!driver)
		return -ENOMEM;
	driver->dev = dev;
	driver->ops = ops;
	driver->binding = binding;
	hash_add(mctp_drivers, &driver->node, (unsigned long)dev);

	/* the notifier makes the state, with what is known now */
	err = register_netdevice(dev);
	if (err)
		mctp_driver_del(dev);
	return err;
}
EXPORT_SYMBOL_GPL(mctp_register_netdevice);

int mctp_register_netdev(struct net_device *dev,
			 const struct mctp_netdev_ops *ops,
			 enum mctp_phys_binding binding)
{
	int err;

	rtnl_lock();
	err = mctp_register_netdevice(dev, ops, binding);
	rtnl_unlock();
	return err;
}
EXPORT_SYMBOL_GPL(mctp_register_netdev);

void mctp_unregister_netdev(struct net_device *dev)
{
	unregister_netdev(dev);
}
EXPORT_SYMBOL_GPL(mctp_unregister_netdev);

/**
 * mctp_device_init_net() - a namespace's tables of devices and networks
 * @pn: the namespace
 *
 * Return: 0.
 */
int mctp_device_init_net(struct mctp_pernet *pn)
{
	xa_init_flags(&pn->nets, XA_FLAGS_LOCK_BH);
	xa_init(&pn->devs);
	return 0;
}

/**
 * mctp_device_exit_net() - undo mctp_device_init_net()
 * @pn: the namespace; its devices, sockets and partial messages are gone
 *
 * What is left are networks that gateway routes hold.
 */
void mctp_device_exit_net(struct mctp_pernet *pn)
{
	struct mctp_network *network;
	unsigned long id;

	rtnl_lock();
	rcu_read_lock();
	xa_for_each(&pn->nets, id, network)
		mctp_route_flush_network(network);
	rcu_read_unlock();
	rtnl_unlock();

	WARN_ON_ONCE(!xa_empty(&pn->devs));
	WARN_ON_ONCE(!xa_empty(&pn->nets));
	xa_destroy(&pn->devs);
	xa_destroy(&pn->nets);
}

/**
 * mctp_device_init() - give all devices that can carry MCTP a state
 *
 * Return: 0 or a negative error.
 */
int __init mctp_device_init(void)
{
	return register_netdevice_notifier(&mctp_device_notifier);
}

/**
 * mctp_device_exit() - undo mctp_device_init(); every driver is gone
 */
void mctp_device_exit(void)
{
	unregister_netdevice_notifier(&mctp_device_notifier);
	WARN_ON_ONCE(!hash_empty(mctp_drivers));
}
