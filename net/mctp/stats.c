// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP: counters by reason, and /proc/net/mctp/{stat,sockets,tags,reassembly}.
 *
 * Each file has a head line and then one record a line.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>
#include <trace/events/mctp.h>
#include "mctp_priv.h"

/* Names are ABI; what each counts is said at enum mctp_counter */
const char * const mctp_stats_names[MCTP_CNT_MAX] = {
	[MCTP_CNT_RX_PACKETS]		= "rx_packets",
	[MCTP_CNT_RX_MESSAGES]		= "rx_messages",
	[MCTP_CNT_TX_PACKETS]		= "tx_packets",
	[MCTP_CNT_TX_MESSAGES]		= "tx_messages",
	[MCTP_CNT_LOCAL_MESSAGES]	= "local_messages",
	[MCTP_CNT_FORWARDED]		= "forwarded",
	[MCTP_CNT_TAG_EXPIRED]		= "tag_expired",
	[MCTP_CNT_RX_UNREAD]		= "rx_unread",
	[MCTP_CNT_DROP_NO_DEVICE]	= "drop_no_device",
	[MCTP_CNT_DROP_DEVICE_DOWN]	= "drop_device_down",
	[MCTP_CNT_DROP_SHORT]		= "drop_short",
	[MCTP_CNT_DROP_VERSION]		= "drop_version",
	[MCTP_CNT_DROP_SOURCE]		= "drop_source",
	[MCTP_CNT_DROP_OTHERHOST]	= "drop_otherhost",
	[MCTP_CNT_DROP_NO_ROUTE]	= "drop_no_route",
	[MCTP_CNT_DROP_FWD_BACK]	= "drop_forward_back",
	[MCTP_CNT_DROP_FWD_MTU]		= "drop_forward_mtu",
	[MCTP_CNT_DROP_NO_NEIGH]	= "drop_no_neighbour",
	[MCTP_CNT_DROP_NO_BIND]		= "drop_no_bind",
	[MCTP_CNT_DROP_NO_TAG]		= "drop_no_tag",
	[MCTP_CNT_DROP_TAG_EXPIRED]	= "drop_tag_expired",
	[MCTP_CNT_DROP_NO_START]	= "drop_no_start",
	[MCTP_CNT_DROP_SEQUENCE]	= "drop_sequence",
	[MCTP_CNT_DROP_SIZE]		= "drop_size",
	[MCTP_CNT_DROP_TOO_LONG]	= "drop_too_long",
	[MCTP_CNT_DROP_REPLACED]	= "drop_replaced",
	[MCTP_CNT_DROP_REASM_TIMEOUT]	= "drop_reasm_timeout",
	[MCTP_CNT_DROP_REASM_MEMORY]	= "drop_reasm_memory",
	[MCTP_CNT_DROP_REASM_SOURCE]	= "drop_reasm_source",
	[MCTP_CNT_DROP_REASM_GONE]	= "drop_reasm_gone",
	[MCTP_CNT_DROP_RCVBUF]		= "drop_rcvbuf",
	[MCTP_CNT_DROP_FILTER]		= "drop_filter",
	[MCTP_CNT_DROP_CLOSED]		= "drop_closed",
	[MCTP_CNT_DROP_NO_MEMORY]	= "drop_no_memory",
	[MCTP_CNT_DROP_TX]		= "drop_tx",
};

/* The kernel's own reason for kfree_skb tracing; what has none stays general */
static const enum skb_drop_reason mctp_stats_reason[MCTP_CNT_MAX] = {
	[MCTP_CNT_DROP_NO_DEVICE]	= SKB_DROP_REASON_UNHANDLED_PROTO,
	[MCTP_CNT_DROP_DEVICE_DOWN]	= SKB_DROP_REASON_DEV_READY,
	[MCTP_CNT_DROP_SHORT]		= SKB_DROP_REASON_PKT_TOO_SMALL,
	[MCTP_CNT_DROP_OTHERHOST]	= SKB_DROP_REASON_OTHERHOST,
	[MCTP_CNT_DROP_NO_ROUTE]	= SKB_DROP_REASON_IP_OUTNOROUTES,
	[MCTP_CNT_DROP_FWD_MTU]		= SKB_DROP_REASON_PKT_TOO_BIG,
	[MCTP_CNT_DROP_NO_NEIGH]	= SKB_DROP_REASON_NEIGH_FAILED,
	[MCTP_CNT_DROP_NO_BIND]		= SKB_DROP_REASON_NO_SOCKET,
	[MCTP_CNT_DROP_NO_TAG]		= SKB_DROP_REASON_NO_SOCKET,
	[MCTP_CNT_DROP_TAG_EXPIRED]	= SKB_DROP_REASON_NO_SOCKET,
	[MCTP_CNT_DROP_CLOSED]		= SKB_DROP_REASON_NO_SOCKET,
	[MCTP_CNT_DROP_TOO_LONG]	= SKB_DROP_REASON_PKT_TOO_BIG,
	[MCTP_CNT_DROP_REASM_MEMORY]	= SKB_DROP_REASON_PROTO_MEM,
	[MCTP_CNT_DROP_RCVBUF]		= SKB_DROP_REASON_SOCKET_RCVBUFF,
	[MCTP_CNT_DROP_FILTER]		= SKB_DROP_REASON_SOCKET_FILTER,
	[MCTP_CNT_DROP_NO_MEMORY]	= SKB_DROP_REASON_NOMEM,
};

/**
 * mctp_stats_drop() - a packet or message is lost: count it, say why, free it
 * @pn: namespace
 * @skb: what is lost; consumed
 * @why: a counter from %MCTP_CNT_DROP_FIRST on
 *
 * Context: any.
 */
void mctp_stats_drop(struct mctp_pernet *pn, struct sk_buff *skb,
		     enum mctp_counter why)
{
	mctp_count(pn, why);
	trace_mctp_drop(skb, mctp_stats_names[why]);
	kfree_skb_reason(skb, mctp_stats_reason[why] ?:
			      SKB_DROP_REASON_NOT_SPECIFIED);
}

/**
 * mctp_stats_read() - a counter, over all CPUs
 * @pn: namespace
 * @which: the counter
 *
 * Return: its value.
 */
unsigned long mctp_stats_read(struct mctp_pernet *pn, enum mctp_counter which)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(pn->stats, cpu)->cnt[which]);
	return sum;
}

static int mctp_stats_show_stat(struct seq_file *seq, void *v)
{
	struct mctp_pernet *pn = mctp_pernet(seq_file_single_net(seq));
	unsigned int i;

	seq_puts(seq, "counter value\n");
	for (i = 0; i < MCTP_CNT_MAX; i++)
		seq_printf(seq, "%s %lu\n", mctp_stats_names[i],
			   mctp_stats_read(pn, i));
	return 0;
}

/* An EID or, where it is a wildcard, "any" */
static const char *mctp_stats_eid(char buf[4], u8 eid)
{
	if (eid == MCTP_ADDR_ANY)
		return "any";
	snprintf(buf, 4, "%u", eid);
	return buf;
}

/* Sockets. Nothing is held but the RCU read lock: they are freed after it. */

static void *mctp_stats_sockets_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct mctp_pernet *pn = mctp_pernet(seq_file_net(seq));

	rcu_read_lock();
	return seq_hlist_start_head_rcu(&pn->sks, *pos);
}

static void *mctp_stats_sockets_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct mctp_pernet *pn = mctp_pernet(seq_file_net(seq));

	return seq_hlist_next_rcu(v, &pn->sks, pos);
}

static void mctp_stats_sockets_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static int mctp_stats_sockets_show(struct seq_file *seq, void *v)
{
	char local[4], peer[4] = "-", type[5] = "-";
	unsigned int net = MCTP_NET_ANY;
	const struct mctp_sock *msk;
	bool bound, connected;
	struct sock *sk;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "inode uid bound type local net peer ifindex tags partials rmem wmem drops\n");
		return 0;
	}
	sk = sk_entry(v);
	msk = mctp_sk(sk);
	/* pairs with mctp_bind_add() */
	bound = smp_load_acquire(&msk->bound);
	/* pairs with mctp_connect() */
	connected = smp_load_acquire(&msk->connected);
	if (bound) {
		net = msk->bind_net;
		snprintf(type, sizeof(type), "0x%02x", msk->bind_type);
	}
	if (connected) {
		net = msk->peer_net;
		snprintf(peer, sizeof(peer), "%u", msk->peer_addr);
	}
	seq_printf(seq, "%llu %u %s %s %s %u %s %d %u %u %d %d %d\n",
		   (u64)sock_i_ino(sk),
		   from_kuid_munged(seq_user_ns(seq), sk_uid(sk)),
		   bound ? "yes" : "no", type,
		   bound ? mctp_stats_eid(local, msk->bind_addr) : "-",
		   net, peer, READ_ONCE(sk->sk_bound_dev_if),
		   READ_ONCE(msk->nr_tags), READ_ONCE(msk->nr_partials),
		   sk_rmem_alloc_get(sk),
		   sk_wmem_alloc_get(sk), sk_drops_read(sk));
	return 0;
}

static const struct seq_operations mctp_stats_sockets_ops = {
	.start	= mctp_stats_sockets_start,
	.next	= mctp_stats_sockets_next,
	.stop	= mctp_stats_sockets_stop,
	.show	= mctp_stats_sockets_show,
};

/* Tags, under their lock, which is held for a buffer full at a time. One may be
 * shown twice or not at all while many come and go between two of these.
 */

/* The one at a position, or NULL */
static struct mctp_tag *mctp_stats_tags_at(struct mctp_pernet *pn, loff_t pos)
{
	struct mctp_tag *tag;
	unsigned int i;

	for (i = 0; i < MCTP_TAG_CHAINS; i++)
		hlist_for_each_entry(tag, &pn->tags[i], node)
			if (!pos--)
				return tag;
	return NULL;
}

static void *mctp_stats_tags_start(struct seq_file *seq, loff_t *pos)
	__acquires(&pn->tag_lock)
{
	struct mctp_pernet *pn = mctp_pernet(seq_file_net(seq));

	spin_lock_bh(&pn->tag_lock);
	return *pos ? mctp_stats_tags_at(pn, *pos - 1) : SEQ_START_TOKEN;
}

static void *mctp_stats_tags_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct mctp_pernet *pn = mctp_pernet(seq_file_net(seq));
	struct mctp_tag *tag = v;
	unsigned int i;

	++*pos;
	if (v == SEQ_START_TOKEN)
		return mctp_stats_tags_at(pn, 0);
	if (tag->node.next)
		return hlist_entry(tag->node.next, struct mctp_tag, node);
	for (i = mctp_tag_place(tag) + 1; i < MCTP_TAG_CHAINS; i++)
		if (!hlist_empty(&pn->tags[i]))
			return hlist_entry(pn->tags[i].first, struct mctp_tag,
					   node);
	return NULL;
}

static void mctp_stats_tags_stop(struct seq_file *seq, void *v)
	__releases(&pn->tag_lock)
{
	struct mctp_pernet *pn = mctp_pernet(seq_file_net(seq));

	spin_unlock_bh(&pn->tag_lock);
}

static int mctp_stats_tags_show(struct seq_file *seq, void *v)
{
	const struct mctp_tag *tag = v;
	char local[4], peer[4];
	long left;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "net local peer tag kind expires_ms inode\n");
		return 0;
	}
	left = tag->expires - jiffies;
	seq_printf(seq, "%u %s %s %u %s ", tag->network->id,
		   mctp_stats_eid(local, tag->local),
		   mctp_stats_eid(peer, tag->peer), tag->value,
		   tag->prealloc ? "prealloc" : "auto");
	if (tag->prealloc)
		seq_puts(seq, "-");
	else
		seq_printf(seq, "%u", left > 0 ? jiffies_to_msecs(left) : 0);
	seq_printf(seq, " %llu\n", (u64)sock_i_ino(&tag->msk->sk));
	return 0;
}

static const struct seq_operations mctp_stats_tags_ops = {
	.start	= mctp_stats_tags_start,
	.next	= mctp_stats_tags_next,
	.stop	= mctp_stats_tags_stop,
	.show	= mctp_stats_tags_show,
};

/* Partial messages. Their lock is held for as many as fit into a page. */

static void *mctp_stats_reasm_start(struct seq_file *seq, loff_t *pos)
{
	struct mctp_pernet *pn = mctp_pernet(seq_file_net(seq));
	void *v = mctp_reasm_seq_start(pn, *pos ? *pos - 1 : 0);

	return *pos ? v : SEQ_START_TOKEN;
}

static void *mctp_stats_reasm_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct mctp_pernet *pn = mctp_pernet(seq_file_net(seq));

	if (v != SEQ_START_TOKEN)
		return mctp_reasm_seq_next(pn, v, pos);
	++*pos;
	return list_empty(&pn->reasm_lru) ? NULL : pn->reasm_lru.next;
}

static void mctp_stats_reasm_stop(struct seq_file *seq, void *v)
{
	mctp_reasm_seq_stop(mctp_pernet(seq_file_net(seq)));
}

static int mctp_stats_reasm_show(struct seq_file *seq, void *v)
{
	struct mctp_reasm_info info;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "net src dest to tag ifindex len packet_size memory idle_ms\n");
		return 0;
	}
	mctp_reasm_seq_info(v, &info);
	seq_printf(seq, "%u %u %u %u %u %d %u %u %u %u\n", info.net, info.src,
		   info.dest, !!(info.tag & MCTP_HDR_TO),
		   info.tag & MCTP_HDR_TAG_MASK, info.ifindex, info.len,
		   info.packet_size, info.bytes, info.idle_ms);
	return 0;
}

static const struct seq_operations mctp_stats_reasm_ops = {
	.start	= mctp_stats_reasm_start,
	.next	= mctp_stats_reasm_next,
	.stop	= mctp_stats_reasm_stop,
	.show	= mctp_stats_reasm_show,
};

/**
 * mctp_stats_init_net() - counters of a namespace
 * @pn: the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int mctp_stats_init_net(struct mctp_pernet *pn)
{
	pn->stats = alloc_percpu_gfp(struct mctp_stats, GFP_KERNEL_ACCOUNT);
	return pn->stats ? 0 : -ENOMEM;
}

/**
 * mctp_stats_exit_net() - undo mctp_stats_init_net()
 * @pn: the namespace
 */
void mctp_stats_exit_net(struct mctp_pernet *pn)
{
	free_percpu(pn->stats);
}

/**
 * mctp_stats_show_net() - /proc/net/mctp of a namespace
 * @pn: the namespace; all that there is to see can be seen from here on
 *
 * Return: 0 or -ENOMEM.
 */
int mctp_stats_show_net(struct mctp_pernet *pn)
{
	struct proc_dir_entry *dir;

	if (!IS_ENABLED(CONFIG_PROC_FS))
		return 0;

	dir = proc_net_mkdir(pn->net, "mctp", pn->net->proc_net);
	if (!dir)
		return -ENOMEM;
	if (!proc_create_net_single("stat", 0444, dir, mctp_stats_show_stat,
				    NULL) ||
	    !proc_create_net("sockets", 0444, dir, &mctp_stats_sockets_ops,
			     sizeof(struct seq_net_private)) ||
	    !proc_create_net("tags", 0444, dir, &mctp_stats_tags_ops,
			     sizeof(struct seq_net_private)) ||
	    !proc_create_net("reassembly", 0444, dir, &mctp_stats_reasm_ops,
			     sizeof(struct seq_net_private))) {
		mctp_stats_hide_net(pn);
		return -ENOMEM;
	}
	return 0;
}

/**
 * mctp_stats_hide_net() - undo mctp_stats_show_net(); waits for readers
 * @pn: the namespace
 */
void mctp_stats_hide_net(struct mctp_pernet *pn)
{
	remove_proc_subtree("mctp", pn->net->proc_net);
}
