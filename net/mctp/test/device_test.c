// SPDX-License-Identifier: GPL-2.0
/*
 * Networks, states of devices, and local EIDs: how they come and go.
 */
#include <kunit/test.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "../mctp_priv.h"
#include "fakes.h"
#include "suites.h"

static struct mctp_pernet *device_pn(void)
{
	return mctp_pernet(&init_net);
}

/* Only to be compared: it may not be valid any more */
static const struct mctp_network *device_network_find(unsigned int id)
{
	const struct mctp_network *network;

	rcu_read_lock();
	network = mctp_network_find(device_pn(), id);
	rcu_read_unlock();
	return network;
}

static const struct mctp_dev *device_find(int ifindex)
{
	const struct mctp_dev *mdev;

	rcu_read_lock();
	mdev = mctp_dev_find(device_pn(), ifindex);
	rcu_read_unlock();
	return mdev;
}

static int device_add_eid(struct mctp_fake_dev *fake, u8 eid)
{
	int err;

	rtnl_lock();
	err = mctp_dev_add_eid(fake->mdev, eid, NULL);
	rtnl_unlock();
	return err;
}

static int device_del_eid(struct mctp_fake_dev *fake, u8 eid)
{
	int err;

	rtnl_lock();
	err = mctp_dev_del_eid(fake->mdev, eid, NULL);
	rtnl_unlock();
	return err;
}

static int device_set_net(struct mctp_fake_dev *fake, unsigned int net)
{
	int err;

	rtnl_lock();
	err = mctp_dev_set_net(fake->mdev, net, NULL);
	rtnl_unlock();
	return err;
}

/* What a look-up in the network of @id gives; -ENODATA without a network */
static int device_route(unsigned int id, u8 eid, struct mctp_way *way)
{
	struct mctp_network *network;
	int err = -ENODATA;

	rcu_read_lock();
	network = mctp_network_find(device_pn(), id);
	if (network)
		err = mctp_route_lookup(network, eid, way);
	rcu_read_unlock();
	return err;
}

/* --- networks */

static void network_zero_cannot_be_had(struct kunit *test)
{
	struct mctp_network *network;

	network = mctp_network_get(device_pn(), MCTP_NET_ANY, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(network), -EINVAL);
	KUNIT_EXPECT_NULL(test, device_network_find(MCTP_NET_ANY));
}

static void network_lives_from_the_first_get_to_the_last_put(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct mctp_network *one, *two;

	KUNIT_EXPECT_NULL(test, device_network_find(id));
	one = mctp_network_get(device_pn(), id, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(one));
	KUNIT_EXPECT_EQ(test, one->id, id);
	KUNIT_EXPECT_EQ(test, refcount_read(&one->refs), 1);
	KUNIT_EXPECT_PTR_EQ(test, device_network_find(id),
			    (const struct mctp_network *)one);

	two = mctp_network_get(device_pn(), id, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, two, one);
	mctp_network_hold(one);
	KUNIT_EXPECT_EQ(test, refcount_read(&one->refs), 3);
	mctp_network_put(one);
	mctp_network_put(one);
	KUNIT_EXPECT_PTR_EQ(test, device_network_find(id),
			    (const struct mctp_network *)one);
	mctp_network_put(one);
	KUNIT_EXPECT_NULL(test, device_network_find(id));
}

static void network_id_can_be_as_great_as_there_are(struct kunit *test)
{
	struct mctp_network *network;

	network = mctp_network_get(device_pn(), U32_MAX, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(network));
	KUNIT_EXPECT_EQ(test, network->id, U32_MAX);
	mctp_network_put(network);
	KUNIT_EXPECT_NULL(test, device_network_find(U32_MAX));
}

static void devices_keep_their_network(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct mctp_fake_dev *one = mctp_fake_dev(test, id, 68, 0);
	struct mctp_fake_dev *two = mctp_fake_dev(test, id, 68, 0);

	KUNIT_EXPECT_PTR_EQ(test, mctp_fake_net_of(one), mctp_fake_net_of(two));
	KUNIT_EXPECT_EQ(test, refcount_read(&mctp_fake_net_of(one)->refs), 2);
	mctp_fake_dev_remove(test, one);
	KUNIT_EXPECT_PTR_EQ(test, device_network_find(id),
			    (const struct mctp_network *)mctp_fake_net_of(two));
	KUNIT_EXPECT_EQ(test, refcount_read(&mctp_fake_net_of(two)->refs), 1);
	mctp_fake_dev_remove(test, two);
	KUNIT_EXPECT_NULL(test, device_network_find(id));
}

/* --- local EIDs */

struct device_eid {
	const char	*name;
	u8		eid;
	bool		usable;
};

static const struct device_eid device_eids[] = {
	{ "the null EID", 0, false },
	{ "the first reserved one", 1, false },
	{ "the last reserved one", 7, false },
	{ "the broadcast one", 255, false },
	{ "the first one", 8, true },
	{ "the last one", 254, true },
};

static void device_eid_name(const struct device_eid *eid, char *desc)
{
	strscpy(desc, eid->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(device_eid, device_eids, device_eid_name);

static void local_eid_must_be_usable(struct kunit *test)
{
	const struct device_eid *param = test->param_value;
	unsigned int id = mctp_fake_network(test);
	struct mctp_fake_dev *fake = mctp_fake_dev(test, id, 68, 0);
	int err = param->usable ? 0 : -EINVAL;

	KUNIT_EXPECT_EQ(test, device_add_eid(fake, param->eid), err);
	KUNIT_EXPECT_EQ(test, !!test_bit(param->eid, fake->mdev->eids),
			param->usable);
	KUNIT_EXPECT_EQ(test, device_del_eid(fake, param->eid), err);
}

static void local_eid_is_given_once(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct mctp_fake_dev *fake = mctp_fake_dev(test, id, 68, 0);

	KUNIT_EXPECT_EQ(test, device_add_eid(fake, 20), 0);
	KUNIT_EXPECT_EQ(test, device_add_eid(fake, 20), -EEXIST);
	KUNIT_EXPECT_EQ(test, device_add_eid(fake, 21), 0);
	KUNIT_EXPECT_EQ(test, bitmap_weight(fake->mdev->eids, MCTP_EIDS), 2);
}

static void local_eid_that_is_absent_is_not_taken_away(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct mctp_fake_dev *one = mctp_fake_dev(test, id, 68, 0);
	struct mctp_fake_dev *two = mctp_fake_dev(test, id, 68, 0);

	KUNIT_EXPECT_EQ(test, device_del_eid(one, 20), -ENOENT);
	mctp_fake_eid(test, one, 20);
	KUNIT_EXPECT_EQ(test, device_del_eid(one, 21), -ENOENT);
	KUNIT_EXPECT_EQ(test, device_del_eid(two, 20), -ENOENT);
	KUNIT_EXPECT_EQ(test, device_del_eid(one, 20), 0);
	KUNIT_EXPECT_EQ(test, device_del_eid(one, 20), -ENOENT);
}

static void first_eid_is_the_least(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct mctp_fake_dev *fake = mctp_fake_dev(test, id, 68, 0);

	KUNIT_EXPECT_EQ(test, fake->mdev->first_eid, 0);
	mctp_fake_eid(test, fake, 20);
	KUNIT_EXPECT_EQ(test, fake->mdev->first_eid, 20);
	mctp_fake_eid(test, fake, 254);
	KUNIT_EXPECT_EQ(test, fake->mdev->first_eid, 20);
	mctp_fake_eid(test, fake, 8);
	KUNIT_EXPECT_EQ(test, fake->mdev->first_eid, 8);
	KUNIT_ASSERT_EQ(test, device_del_eid(fake, 20), 0);
	KUNIT_EXPECT_EQ(test, fake->mdev->first_eid, 8);
	KUNIT_ASSERT_EQ(test, device_del_eid(fake, 8), 0);
	KUNIT_EXPECT_EQ(test, fake->mdev->first_eid, 254);
	KUNIT_ASSERT_EQ(test, device_del_eid(fake, 254), 0);
	KUNIT_EXPECT_EQ(test, fake->mdev->first_eid, 0);
}

static void local_route_comes_and_goes_with_the_eid(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct mctp_fake_dev *fake = mctp_fake_dev(test, id, 68, 0);
	struct mctp_way way;

	KUNIT_EXPECT_EQ(test, device_route(id, 20, &way), -EHOSTUNREACH);
	mctp_fake_eid(test, fake, 20);
	KUNIT_EXPECT_EQ(test, device_route(id, 20, &way), 0);
	KUNIT_EXPECT_TRUE(test, way.local);
	KUNIT_EXPECT_PTR_EQ(test, way.mdev, fake->mdev);
	KUNIT_EXPECT_EQ(test, device_route(id, 21, &way), -EHOSTUNREACH);
	KUNIT_ASSERT_EQ(test, device_del_eid(fake, 20), 0);
	KUNIT_EXPECT_EQ(test, device_route(id, 20, &way), -EHOSTUNREACH);
}

static void eid_of_two_devices_is_local_until_both_lose_it(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct mctp_fake_dev *one = mctp_fake_dev(test, id, 68, 0);
	struct mctp_fake_dev *two = mctp_fake_dev(test, id, 68, 0);
	struct mctp_way way;

	mctp_fake_eid(test, one, 20);
	mctp_fake_eid(test, two, 20);
	KUNIT_ASSERT_EQ(test, device_del_eid(two, 20), 0);
	KUNIT_EXPECT_EQ(test, device_route(id, 20, &way), 0);
	KUNIT_EXPECT_PTR_EQ(test, way.mdev, one->mdev);
	KUNIT_ASSERT_EQ(test, device_del_eid(one, 20), 0);
	KUNIT_EXPECT_EQ(test, device_route(id, 20, &way), -EHOSTUNREACH);
}

/* --- another network */

static void device_cannot_be_in_network_zero(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct mctp_fake_dev *fake = mctp_fake_dev(test, id, 68, 0);

	mctp_fake_eid(test, fake, 20);
	KUNIT_EXPECT_EQ(test, device_set_net(fake, MCTP_NET_ANY), -EINVAL);
	KUNIT_EXPECT_EQ(test, mctp_fake_net_of(fake)->id, id);
	KUNIT_EXPECT_EQ(test, fake->mdev->first_eid, 20);
}

static void same_network_again_changes_nothing(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct mctp_fake_dev *fake = mctp_fake_dev(test, id, 68, 1);
	struct mctp_way way;

	mctp_fake_eid(test, fake, 20);
	mctp_fake_route(test, fake, 30, 40, 0);
	mctp_fake_neigh(test, fake, 30, 0x31);
	KUNIT_EXPECT_EQ(test, device_set_net(fake, id), 0);
	KUNIT_EXPECT_EQ(test, fake->mdev->first_eid, 20);
	KUNIT_EXPECT_EQ(test, device_route(id, 35, &way), 0);
	KUNIT_EXPECT_EQ(test, device_route(id, 20, &way), 0);
	KUNIT_EXPECT_NOT_NULL(test, rcu_access_pointer(fake->mdev->neighs));
	KUNIT_EXPECT_EQ(test, refcount_read(&mctp_fake_net_of(fake)->refs), 1);
}

static void change_of_network_leaves_all_behind(struct kunit *test)
{
	unsigned int from = mctp_fake_network(test);
	unsigned int to = mctp_fake_network(test);
	struct mctp_fake_dev *fake = mctp_fake_dev(test, from, 68, 1);
	struct mctp_fake_dev *stays = mctp_fake_dev(test, from, 68, 1);
	struct mctp_way way;

	mctp_fake_eid(test, fake, 20);
	mctp_fake_eid(test, fake, 21);
	mctp_fake_route(test, fake, 30, 40, 0);
	mctp_fake_neigh(test, fake, 30, 0x31);
	mctp_fake_eid(test, stays, 22);
	mctp_fake_neigh(test, stays, 30, 0x32);

	KUNIT_ASSERT_EQ(test, device_set_net(fake, to), 0);
	KUNIT_EXPECT_EQ(test, mctp_fake_net_of(fake)->id, to);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(fake->mdev->eids, MCTP_EIDS));
	KUNIT_EXPECT_EQ(test, fake->mdev->first_eid, 0);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(fake->mdev->neighs));
	KUNIT_EXPECT_EQ(test, device_route(from, 20, &way), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, device_route(from, 30, &way), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, device_route(to, 20, &way), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, device_route(to, 30, &way), -EHOSTUNREACH);
	/* and nothing of the device that stays */
	KUNIT_EXPECT_EQ(test, device_route(from, 22, &way), 0);
	KUNIT_EXPECT_NOT_NULL(test, rcu_access_pointer(stays->mdev->neighs));

	/* all can be given again where it is now */
	mctp_fake_eid(test, fake, 20);
	mctp_fake_route(test, fake, 30, 40, 0);
	KUNIT_EXPECT_EQ(test, device_route(to, 20, &way), 0);
	KUNIT_EXPECT_EQ(test, device_route(to, 40, &way), 0);
}

static void network_ends_as_its_last_device_changes(struct kunit *test)
{
	unsigned int from = mctp_fake_network(test);
	unsigned int to = mctp_fake_network(test);
	struct mctp_fake_dev *fake = mctp_fake_dev(test, from, 68, 0);

	KUNIT_EXPECT_NULL(test, device_network_find(to));
	KUNIT_ASSERT_EQ(test, device_set_net(fake, to), 0);
	KUNIT_EXPECT_NULL(test, device_network_find(from));
	KUNIT_EXPECT_NOT_NULL(test, device_network_find(to));
}

static void partial_messages_end_as_a_device_leaves(struct kunit *test)
{
	unsigned int from = mctp_fake_network(test);
	unsigned int to = mctp_fake_network(test);
	struct mctp_fake_dev *fake = mctp_fake_dev(test, from, 68, 0);
	struct socket *sock = mctp_fake_socket(test);
	struct mctp_fake_counts before;
	u8 start[64] = { 0x7a };

	KUNIT_ASSERT_EQ(test, mctp_fake_bind(sock, from, MCTP_ADDR_ANY, 0x7a),
			0);
	mctp_fake_eid(test, fake, 8);
	mctp_fake_counts(&before);
	mctp_fake_rx(test, fake, 8, 20, MCTP_HDR_SOM | MCTP_HDR_TO, start,
		     sizeof(start));
	KUNIT_EXPECT_EQ(test, mctp_sk(sock->sk)->nr_partials, 1);
	mctp_fake_expect_no_drops(test, &before);
	KUNIT_ASSERT_EQ(test, device_set_net(fake, to), 0);
	KUNIT_EXPECT_EQ(test, mctp_sk(sock->sk)->nr_partials, 0);
	mctp_fake_expect_drops(test, &before, MCTP_CNT_DROP_REASM_GONE, 1);
}

/* --- states */

static netdev_tx_t device_xmit(struct sk_buff *skb, struct net_device *ndev)
{
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops device_netdev_ops = {
	.ndo_start_xmit = device_xmit,
};

static void device_setup(struct net_device *ndev)
{
	ndev->mtu = 68;
	ndev->flags = IFF_NOARP;
	ndev->netdev_ops = &device_netdev_ops;
}

static void device_plain_free(struct kunit_resource *res)
{
	unregister_netdev(res->data);
	free_netdev(res->data);
}

static bool device_plain_match(struct kunit *test, struct kunit_resource *res,
			       void *ndev)
{
	return res->free == device_plain_free && res->data == ndev;
}

static struct net_device *device_alloc(struct kunit *test, const char *name,
				       unsigned short type)
{
	struct net_device *ndev;

	ndev = alloc_netdev(0, name, NET_NAME_ENUM, device_setup);
	KUNIT_ASSERT_NOT_NULL(test, ndev);
	ndev->type = type;
	return ndev;
}

/* A device of some type that no MCTP driver has registered */
static struct net_device *device_plain(struct kunit *test, unsigned short type)
{
	struct net_device *ndev = device_alloc(test, "mctpplain%d", type);
	int err = register_netdev(ndev);

	if (err)
		free_netdev(ndev);
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_NOT_NULL(test,
			      kunit_alloc_resource(test, NULL, device_plain_free,
						   GFP_KERNEL, ndev));
	return ndev;
}

static void index_that_no_device_has_finds_nothing(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, device_find(0));
	KUNIT_EXPECT_NULL(test, device_find(-1));
	KUNIT_EXPECT_NULL(test, device_find(INT_MAX));
	KUNIT_EXPECT_NULL(test, mctp_dev_get(device_pn(), 0));
	KUNIT_EXPECT_NULL(test, mctp_dev_get(device_pn(), INT_MAX));
}

struct device_kind {
	const char	*name;
	unsigned short	type;
	bool		carries;
};

static const struct device_kind device_kinds[] = {
	{ "Ethernet", ARPHRD_ETHER, false },
	{ "PPP", ARPHRD_PPP, false },
	{ "void", ARPHRD_VOID, false },
	{ "none, as of a TUN device", ARPHRD_NONE, true },
	{ "MCTP", ARPHRD_MCTP, true },
};

static void device_kind_name(const struct device_kind *type, char *desc)
{
	strscpy(desc, type->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(device_kind, device_kinds, device_kind_name);

static void type_decides_if_a_device_carries_mctp(struct kunit *test)
{
	const struct device_kind *param = test->param_value;
	struct net_device *ndev = device_plain(test, param->type);
	const struct mctp_dev *mdev = device_find(ndev->ifindex);
	int ifindex = ndev->ifindex;

	KUNIT_EXPECT_EQ(test, !!mdev, param->carries);
	rtnl_lock();
	KUNIT_EXPECT_PTR_EQ(test, (const struct mctp_dev *)mctp_dev_rtnl(ndev),
			    mdev);
	rtnl_unlock();
	if (mdev) {
		KUNIT_EXPECT_PTR_EQ(test, mdev->dev, ndev);
		KUNIT_EXPECT_NULL(test, mdev->ops);
		KUNIT_EXPECT_EQ(test, mdev->binding, MCTP_PHYS_BINDING_UNSPEC);
	}
	kunit_destroy_resource(test, device_plain_match, ndev);
	KUNIT_EXPECT_NULL(test, device_find(ifindex));
}

static void loopback_carries_mctp(struct kunit *test)
{
	const struct mctp_dev *mdev = device_find(LOOPBACK_IFINDEX);

	KUNIT_ASSERT_NOT_NULL(test, mdev);
	KUNIT_EXPECT_PTR_EQ(test, mdev->dev, init_net.loopback_dev);
}

static unsigned int device_net_of(const struct net_device *ndev)
{
	const struct mctp_dev *mdev;
	unsigned int id = 0;

	rcu_read_lock();
	mdev = mctp_dev_find(device_pn(), ndev->ifindex);
	if (mdev)
		id = rcu_dereference(mdev->network)->id;
	rcu_read_unlock();
	return id;
}

static int device_change_type(struct net_device *ndev, unsigned short type)
{
	int err;

	rtnl_lock();
	ndev->type = type;
	err = call_netdevice_notifiers(NETDEV_POST_TYPE_CHANGE, ndev);
	rtnl_unlock();
	return notifier_to_errno(err);
}

static void change_of_type_ends_and_begins_the_state(struct kunit *test)
{
	struct net_device *ndev = device_plain(test, ARPHRD_NONE);
	struct mctp_dev *mdev;
	int err;

	rtnl_lock();
	mdev = mctp_dev_rtnl(ndev);
	err = mdev ? mctp_dev_set_net(mdev, mctp_fake_network(test), NULL) :
		     -ENODEV;
	if (!err)
		err = mctp_dev_add_eid(mdev, 20, NULL);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);

	KUNIT_EXPECT_EQ(test, device_change_type(ndev, ARPHRD_ETHER), 0);
	KUNIT_EXPECT_NULL(test, device_find(ndev->ifindex));
	KUNIT_EXPECT_EQ(test, device_change_type(ndev, ARPHRD_NONE), 0);
	KUNIT_ASSERT_NOT_NULL(test, device_find(ndev->ifindex));
	KUNIT_EXPECT_EQ(test, device_find(ndev->ifindex)->first_eid, 0);
}

static void new_device_is_in_the_default_network(struct kunit *test)
{
	unsigned int before = device_pn()->sysctl_default_net;
	unsigned int id = mctp_fake_network(test);
	struct net_device *one, *two;

	WRITE_ONCE(device_pn()->sysctl_default_net, id);
	one = device_plain(test, ARPHRD_MCTP);
	WRITE_ONCE(device_pn()->sysctl_default_net, before);
	two = device_plain(test, ARPHRD_MCTP);

	KUNIT_EXPECT_EQ(test, device_net_of(one), id);
	KUNIT_EXPECT_EQ(test, device_net_of(two), before);
}

static void driver_gives_operations_and_binding(struct kunit *test)
{
	struct mctp_fake_dev *fake;

	fake = mctp_fake_dev(test, mctp_fake_network(test), 68, 0);
	KUNIT_EXPECT_EQ(test, fake->mdev->binding, MCTP_PHYS_BINDING_VENDOR);
	KUNIT_ASSERT_NOT_NULL(test, fake->mdev->ops);
	KUNIT_EXPECT_NOT_NULL(test, fake->mdev->ops->release_flow);
}

static void registration_that_fails_leaves_nothing(struct kunit *test)
{
	static const struct mctp_netdev_ops ops;
	/* the name is taken */
	struct net_device *ndev = device_alloc(test, "lo", ARPHRD_MCTP);
	const struct mctp_dev *mdev;
	int err;

	err = mctp_register_netdev(ndev, &ops, MCTP_PHYS_BINDING_USB);
	KUNIT_EXPECT_EQ(test, err, -EEXIST);

	/* what was said then is not known of the device later on */
	strscpy(ndev->name, "mctpplain%d", sizeof(ndev->name));
	err = register_netdev(ndev);
	if (err)
		free_netdev(ndev);
	KUNIT_ASSERT_EQ(test, err, 0);
	mdev = device_find(ndev->ifindex);
	KUNIT_EXPECT_NOT_NULL(test, mdev);
	if (mdev) {
		KUNIT_EXPECT_NULL(test, mdev->ops);
		KUNIT_EXPECT_EQ(test, mdev->binding, MCTP_PHYS_BINDING_UNSPEC);
	}
	unregister_netdev(ndev);
	free_netdev(ndev);
}

static void reference_to_a_state_is_counted(struct kunit *test)
{
	struct mctp_fake_dev *fake;
	struct mctp_dev *mdev;

	fake = mctp_fake_dev(test, mctp_fake_network(test), 68, 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&fake->mdev->refs), 1);
	mdev = mctp_dev_get(device_pn(), fake->ndev->ifindex);
	KUNIT_ASSERT_PTR_EQ(test, mdev, fake->mdev);
	KUNIT_EXPECT_EQ(test, refcount_read(&mdev->refs), 2);
	mctp_dev_put(mdev);
	KUNIT_EXPECT_EQ(test, refcount_read(&mdev->refs), 1);
}

static void device_that_is_removed_leaves_nothing(struct kunit *test)
{
	unsigned int id = mctp_fake_network(test);
	struct mctp_fake_dev *fake = mctp_fake_dev(test, id, 68, 1);
	struct mctp_fake_dev *stays = mctp_fake_dev(test, id, 68, 1);
	int ifindex = fake->ndev->ifindex;
	struct mctp_network *network;
	struct mctp_way way;

	mctp_fake_eid(test, fake, 20);
	mctp_fake_route(test, fake, 30, 40, 0);
	mctp_fake_neigh(test, fake, 30, 0x31);
	mctp_fake_route(test, stays, 25, 35, 0);
	KUNIT_ASSERT_NOT_NULL(test, device_find(ifindex));

	mctp_fake_dev_remove(test, fake);
	KUNIT_EXPECT_NULL(test, device_find(ifindex));
	KUNIT_EXPECT_NULL(test, mctp_dev_get(device_pn(), ifindex));
	KUNIT_EXPECT_EQ(test, device_route(id, 20, &way), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, device_route(id, 40, &way), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, device_route(id, 30, &way), 0);
	KUNIT_EXPECT_PTR_EQ(test, way.mdev, stays->mdev);
	network = mctp_fake_net_of(stays);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&network->routes));
	KUNIT_EXPECT_EQ(test, refcount_read(&network->refs), 1);
}

static struct kunit_case mctp_device_cases[] = {
	KUNIT_CASE(network_zero_cannot_be_had),
	KUNIT_CASE(network_lives_from_the_first_get_to_the_last_put),
	KUNIT_CASE(network_id_can_be_as_great_as_there_are),
	KUNIT_CASE(devices_keep_their_network),
	KUNIT_CASE_PARAM(local_eid_must_be_usable, device_eid_gen_params),
	KUNIT_CASE(local_eid_is_given_once),
	KUNIT_CASE(local_eid_that_is_absent_is_not_taken_away),
	KUNIT_CASE(first_eid_is_the_least),
	KUNIT_CASE(local_route_comes_and_goes_with_the_eid),
	KUNIT_CASE(eid_of_two_devices_is_local_until_both_lose_it),
	KUNIT_CASE(device_cannot_be_in_network_zero),
	KUNIT_CASE(same_network_again_changes_nothing),
	KUNIT_CASE(change_of_network_leaves_all_behind),
	KUNIT_CASE(network_ends_as_its_last_device_changes),
	KUNIT_CASE(partial_messages_end_as_a_device_leaves),
	KUNIT_CASE(index_that_no_device_has_finds_nothing),
	KUNIT_CASE_PARAM(type_decides_if_a_device_carries_mctp,
			 device_kind_gen_params),
	KUNIT_CASE(loopback_carries_mctp),
	KUNIT_CASE(change_of_type_ends_and_begins_the_state),
	KUNIT_CASE(new_device_is_in_the_default_network),
	KUNIT_CASE(driver_gives_operations_and_binding),
	KUNIT_CASE(registration_that_fails_leaves_nothing),
	KUNIT_CASE(reference_to_a_state_is_counted),
	KUNIT_CASE(device_that_is_removed_leaves_nothing),
	{}
};

struct kunit_suite mctp_device_suite = {
	.name = "mctp_device",
	.test_cases = mctp_device_cases,
};
