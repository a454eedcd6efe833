// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: link addresses of endpoints, per device.
 *
 * Each device that has neighbours has a slot for each EID. Only an
 * administrator fills them: MCTP has no protocol that resolves addresses, and
 * what a device says of itself is not believed.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "mctp_priv.h"

/**
 * mctp_neigh_add() - tell the link address of an endpoint
 * @mdev: device that it is on
 * @eid: the endpoint, 8 to 254
 * @lladdr: its address, of the device's addr_len bytes
 * @extack: for the reason of a refusal
 *
 * Context: process context, RTNL held.
 * Return: 0, or -EINVAL for another EID or a device without link addresses,
 * -EEXIST, -ENOMEM.
 */
int mctp_neigh_add(struct mctp_dev *mdev, u8 eid, const u8 *lladdr,
		   struct netlink_ext_ack *extack)
{
	struct mctp_neigh_table *table;
	struct mctp_neigh *neigh;

	ASSERT_RTNL();
	if (!mctp_eid_is_unicast(eid)) {
		NL_SET_ERR_MSG(extack, "The EID of a neighbour must be 8 to 254");
		return -EINVAL;
	}
	if (!mdev->dev->addr_len) {
		NL_SET_ERR_MSG(extack, "The device has no link addresses and needs no neighbours");
		return -EINVAL;
	}
	if (WARN_ON_ONCE(mdev->dev->addr_len > sizeof(neigh->lladdr)))
		return -EINVAL;

	table = rtnl_dereference(mdev->neighs);
	if (table && rtnl_dereference(table->slot[eid])) {
		NL_SET_ERR_MSG(extack,
			       "The EID has a neighbour entry on this device already; delete that first");
		return -EEXIST;
	}

	neigh = kzalloc(sizeof(*neigh), GFP_KERNEL_ACCOUNT);
	if (!neigh)
		goto err_nomem;
	neigh->eid = eid;
	memcpy(neigh->lladdr, lladdr, mdev->dev->addr_len);

	if (!table) {
		table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
		if (!table)
			goto err_neigh;
		rcu_assign_pointer(mdev->neighs, table);
	}
	rcu_assign_pointer(table->slot[eid], neigh);
	return 0;

err_neigh:
	kfree(neigh);
err_nomem:
	NL_SET_ERR_MSG(extack, "No memory for a neighbour");
	return -ENOMEM;
}

/**
 * mctp_neigh_del() - forget the link address of an endpoint
 * @mdev: device that it is on
 * @eid: the endpoint
 * @extack: for the reason of a refusal
 *
 * Context: process context, RTNL held.
 * Return: 0, or -EINVAL for an EID not within 8 to 254, -ENOENT.
 */
int mctp_neigh_del(struct mctp_dev *mdev, u8 eid,
		   struct netlink_ext_ack *extack)
{
	struct mctp_neigh_table *table;
	struct mctp_neigh *neigh;

	ASSERT_RTNL();
	if (!mctp_eid_is_unicast(eid)) {
		NL_SET_ERR_MSG(extack, "The EID of a neighbour must be 8 to 254");
		return -EINVAL;
	}

	table = rtnl_dereference(mdev->neighs);
	neigh = table ? rtnl_dereference(table->slot[eid]) : NULL;
	if (!neigh) {
		NL_SET_ERR_MSG(extack, "The EID has no neighbour entry on this device");
		return -ENOENT;
	}
	RCU_INIT_POINTER(table->slot[eid], NULL);
	kfree_rcu(neigh, rcu);
	return 0;
}

/**
 * mctp_neigh_flush_dev() - forget all neighbours of a device
 * @mdev: the device
 *
 * Context: process context, RTNL held.
 */
void mctp_neigh_flush_dev(struct mctp_dev *mdev)
{
	struct mctp_neigh_table *table;
	unsigned int eid;

	ASSERT_RTNL();
	table = rtnl_dereference(mdev->neighs);
	if (!table)
		return;
	RCU_INIT_POINTER(mdev->neighs, NULL);
	for (eid = 0; eid < MCTP_EIDS; eid++) {
		struct mctp_neigh *neigh = rtnl_dereference(table->slot[eid]);

		if (neigh)
			kfree_rcu(neigh, rcu);
	}
	kfree_rcu(table, rcu);
}

/**
 * mctp_neigh_resolve() - give a way its link address
 * @way: a way that is not local
 *
 * Nothing is done where the device has no link addresses or @way has its own.
 *
 * Context: RCU read side.
 * Return: 0, or -EHOSTUNREACH if the next hop has no neighbour entry.
 */
int mctp_neigh_resolve(struct mctp_way *way)
{
	struct mctp_neigh_table *table;
	struct mctp_neigh *neigh;

	if (way->have_lladdr || !way->mdev->dev->addr_len)
		return 0;
	table = rcu_dereference(way->mdev->neighs);
	neigh = table ? rcu_dereference(table->slot[way->next_hop]) : NULL;
	if (!neigh)
		return -EHOSTUNREACH;

	/* all of it: cheaper than a length, and zero past the device's */
	memcpy(way->lladdr, neigh->lladdr, sizeof(way->lladdr));
	way->have_lladdr = true;
	return 0;
}
