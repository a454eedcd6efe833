// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: the module's start and end, and what each network namespace has.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysctl.h>
#include <net/net_namespace.h>
#include "mctp_priv.h"

#define MCTP_REASM_TIMEOUT_MS		1000
#define MCTP_REASM_MAX_BYTES		(4u << 20)

unsigned int mctp_pernet_id __read_mostly;

static const int mctp_timeout_ms_min = 10;
static const int mctp_timeout_ms_max = 60000;
static const unsigned int mctp_max_bytes_min = MCTP_MSG_MAX;
static const unsigned int mctp_max_bytes_max = 1u << 30;

/* .data is the offset in struct mctp_pernet until a namespace has its copy */
#define MCTP_SYSCTL(member)						\
	.data = (void *)offsetof(struct mctp_pernet, sysctl_##member),	\
	.maxlen = sizeof_field(struct mctp_pernet, sysctl_##member),	\
	.mode = 0644

static const struct ctl_table mctp_sysctl_table[] = {
	{
		.procname = "default_net",
		MCTP_SYSCTL(default_net),
		.proc_handler = proc_douintvec_minmax,
		.extra1 = SYSCTL_ONE,
		.extra2 = SYSCTL_INT_MAX,
	},
	{
		.procname = "reasm_strict_size",
		MCTP_SYSCTL(reasm_strict_size),
		.proc_handler = proc_dointvec_minmax,
		.extra1 = SYSCTL_ZERO,
		.extra2 = SYSCTL_ONE,
	},
	{
		.procname = "reasm_timeout_ms",
		MCTP_SYSCTL(reasm_timeout_ms),
		.proc_handler = proc_dointvec_minmax,
		.extra1 = (void *)&mctp_timeout_ms_min,
		.extra2 = (void *)&mctp_timeout_ms_max,
	},
	{
		.procname = "reasm_max_bytes",
		MCTP_SYSCTL(reasm_max_bytes),
		.proc_handler = proc_douintvec_minmax,
		.extra1 = (void *)&mctp_max_bytes_min,
		.extra2 = (void *)&mctp_max_bytes_max,
	},
	{ }	/* not counted; it ends a table that is given without its size */
};

/**
 * mctp_default_net() - the network that new devices and MCTP_NET_ANY mean
 * @pn: the namespace
 *
 * Context: any.
 * Return: its id, 1 to INT_MAX.
 */
unsigned int mctp_default_net(const struct mctp_pernet *pn)
{
	return READ_ONCE(pn->sysctl_default_net);
}

static int __net_init mctp_sysctl_init_net(struct mctp_pernet *pn)
{
	size_t count = ARRAY_SIZE(mctp_sysctl_table) - 1;
	struct ctl_table *table;
	size_t i;

	pn->sysctl_default_net = MCTP_NET_FIRST;
	pn->sysctl_reasm_strict_size = 1;
	pn->sysctl_reasm_timeout_ms = MCTP_REASM_TIMEOUT_MS;
	pn->sysctl_reasm_max_bytes = MCTP_REASM_MAX_BYTES;
	if (!IS_ENABLED(CONFIG_SYSCTL))
		return 0;

	table = kmemdup(mctp_sysctl_table, sizeof(mctp_sysctl_table),
			GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		table[i].data = (void *)pn + (unsigned long)table[i].data;

	pn->sysctl = register_net_sysctl_sz(pn->net, "net/mctp", table, count);
	if (!pn->sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit mctp_sysctl_exit_net(struct mctp_pernet *pn)
{
#ifdef CONFIG_SYSCTL
	const struct ctl_table *table = pn->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(pn->sysctl);
	kfree(table);
#endif
}

static int __net_init mctp_init_net(struct net *net)
{
	struct mctp_pernet *pn = mctp_pernet(net);
	int err;

	pn->net = net;
	err = mctp_stats_init_net(pn);
	if (err)
		return err;
	err = mctp_device_init_net(pn);
	if (err)
		goto err_stats;
	err = mctp_bind_init_net(pn);
	if (err)
		goto err_device;
	err = mctp_tag_init_net(pn);
	if (err)
		goto err_bind;
	err = mctp_reasm_init_net(pn);
	if (err)
		goto err_tag;
	err = mctp_sysctl_init_net(pn);
	if (err)
		goto err_reasm;
	err = mctp_stats_show_net(pn);
	if (err)
		goto err_sysctl;
	return 0;

err_sysctl:
	mctp_sysctl_exit_net(pn);
err_reasm:
	mctp_reasm_exit_net(pn);
err_tag:
	mctp_tag_exit_net(pn);
err_bind:
	mctp_bind_exit_net(pn);
err_device:
	mctp_device_exit_net(pn);
err_stats:
	mctp_stats_exit_net(pn);
	return err;
}

static void __net_exit mctp_exit_net(struct net *net)
{
	struct mctp_pernet *pn = mctp_pernet(net);

	mctp_stats_hide_net(pn);
	mctp_sysctl_exit_net(pn);
	mctp_reasm_exit_net(pn);
	mctp_tag_exit_net(pn);
	mctp_bind_exit_net(pn);
	mctp_device_exit_net(pn);
	mctp_stats_exit_net(pn);
}

/* A subsystem, not a device: its exit comes when a namespace's sockets are
 * closed and its devices have left.
 */
static struct pernet_operations mctp_pernet_ops = {
	.init = mctp_init_net,
	.exit = mctp_exit_net,
	.id   = &mctp_pernet_id,
	.size = sizeof(struct mctp_pernet),
};

/** mctp_test_start() - run the suites; test/suites.c has it where that is done by
 * hand
 */
void __weak mctp_test_start(void)
{
}

/** mctp_test_stop() - undo mctp_test_start() */
void __weak mctp_test_stop(void)
{
}

static int __init mctp_init(void)
{
	int err;

	/* first: it fails where the family is somebody else's */
	err = mctp_af_init();
	if (err)
		return err;
	err = mctp_tag_init();
	if (err)
		goto err_af;
	err = register_pernet_subsys(&mctp_pernet_ops);
	if (err)
		goto err_tag;
	err = mctp_device_init();
	if (err)
		goto err_pernet;
	err = mctp_input_init();
	if (err)
		goto err_device;
	mctp_batch_init();
	err = mctp_netlink_init();
	if (err)
		goto err_batch;
	mctp_af_open();
	mctp_test_start();
	return 0;

err_batch:
	mctp_batch_exit();
	mctp_input_exit();
err_device:
	mctp_device_exit();
err_pernet:
	unregister_pernet_subsys(&mctp_pernet_ops);
err_tag:
	mctp_tag_exit();
err_af:
	mctp_af_exit();
	return err;
}

static void __exit mctp_exit(void)
{
	mctp_test_stop();
	mctp_netlink_exit();
	mctp_batch_exit();
	mctp_input_exit();
	mctp_device_exit();
	unregister_pernet_subsys(&mctp_pernet_ops);
	mctp_tag_exit();
	mctp_af_exit();
}

module_init(mctp_init);
module_exit(mctp_exit);

MODULE_DESCRIPTION("Management Component Transport Protocol (DMTF DSP0236)");
MODULE_LICENSE("GPL");
MODULE_ALIAS_NETPROTO(PF_MCTP);
