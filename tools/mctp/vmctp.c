// SPDX-License-Identifier: GPL-2.0
/*
 * mctp link add NAME type vmctp: pairs of virtual devices.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "device.h"

#include <linux/if_link.h>
#include <linux/mctp.h>

/* The only hardware addresses that vmctp has are of one byte. */
#define VMCTP_LLADDR_LEN 1

/**
 * struct vmctp_end - one device of a pair
 * @name: its name, NULL to leave it to the kernel
 * @lladdr: its hardware address
 * @have_lladdr: @lladdr is given; the kernel chooses otherwise
 */
struct vmctp_end {
	const char *name;
	uint8_t lladdr[LLADDR_MAX];
	bool have_lladdr;
};

/**
 * struct vmctp_pair - what is to be made
 * @near: the end in this namespace
 * @far: the other
 * @far_netns: namespace of the other, NULL for the same
 * @addr_len: bytes of hardware addresses, 0 or 1
 */
struct vmctp_pair {
	struct vmctp_end near;
	struct vmctp_end far;
	const char *far_netns;
	uint8_t addr_len;
};

static int parse_lladdr_word(struct args *a, const char *word, struct vmctp_end *end)
{
	size_t len;

	if (!word)
		return STATUS_FINE;
	if (args_lladdr(a, word, end->lladdr, &len))
		return STATUS_MISUSE;
	if (len != VMCTP_LLADDR_LEN)
		return misuse(a, "a hardware address of vmctp is one byte: write it as 0x1d.");
	end->have_lladdr = true;
	return STATUS_FINE;
}

static int parse_addr_len(struct args *a, const char *word, struct vmctp_pair *pair)
{
	bool have_lladdr = pair->near.have_lladdr || pair->far.have_lladdr;
	uint32_t len = have_lladdr;

	if (word && args_number(a, "the address length", word, 0, VMCTP_LLADDR_LEN, &len))
		return STATUS_MISUSE;
	if (have_lladdr && !len)
		return misuse(a, "a hardware address and addrlen 0 exclude each other.");
	pair->addr_len = len;
	return STATUS_FINE;
}

static int parse_pair(struct args *a, struct vmctp_pair *pair)
{
	enum { TYPE, PEER, PEER_NETNS, ADDRLEN, LLADDR, PEER_LLADDR };
	struct keyword words[] = {
		[TYPE] = { .name = "type" },
		[PEER] = { .name = "peer" },
		[PEER_NETNS] = { .name = "peer-netns" },
		[ADDRLEN] = { .name = "addrlen" },
		[LLADDR] = { .name = "lladdr" },
		[PEER_LLADDR] = { .name = "peer-lladdr" },
	};

	*pair = (struct vmctp_pair){};
	if (args_take(a, "the device's name", &pair->near.name) ||
	    args_ifname(a, pair->near.name) || ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	if (!words[TYPE].value)
		return misuse(a, "the type is missing: add \"type vmctp\".");
	if (strcmp(words[TYPE].value, "vmctp"))
		return misuse(a, "\"%s\" is not a type that can be added: only vmctp is.",
			      words[TYPE].value);

	pair->far.name = words[PEER].value;
	pair->far_netns = words[PEER_NETNS].value;
	if (pair->far.name && args_ifname(a, pair->far.name))
		return STATUS_MISUSE;
	if (pair->far.name && !pair->far_netns && !strcmp(pair->far.name, pair->near.name))
		return misuse(a, "both ends cannot be named %s: give the peer another name.",
			      pair->near.name);
	if (parse_lladdr_word(a, words[LLADDR].value, &pair->near) ||
	    parse_lladdr_word(a, words[PEER_LLADDR].value, &pair->far))
		return STATUS_MISUSE;
	return parse_addr_len(a, words[ADDRLEN].value, pair);
}

static void put_end(struct nlmsghdr *nlh, const struct vmctp_end *end)
{
	if (end->name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, end->name);
	if (end->have_lladdr)
		mnl_attr_put(nlh, IFLA_ADDRESS, VMCTP_LLADDR_LEN, end->lladdr);
}

/* The peer is nested as veth's is: a header of its own, and its attributes. */
static void put_peer(struct nlmsghdr *nlh, const struct vmctp_pair *pair, int netns)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, IFLA_VMCTP_PEER);

	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	put_end(nlh, &pair->far);
	if (netns >= 0)
		mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, netns);
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *pair_request(struct mctp *m, const struct vmctp_pair *pair, int netns)
{
	struct nlmsghdr *nlh = nl_message(&m->nl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *info, *data;

	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	put_end(nlh, &pair->near);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_str(nlh, IFLA_INFO_KIND, "vmctp");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u8(nlh, IFLA_VMCTP_ADDR_LEN, pair->addr_len);
	if (pair->far.name || pair->far.have_lladdr || netns >= 0)
		put_peer(nlh, pair, netns);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return nlh;
}

/**
 * vmctp_add - make a pair of virtual devices
 * @m: the call
 * @a: the words from the name on
 *
 * Return: a STATUS_*.
 */
int vmctp_add(struct mctp *m, struct args *a)
{
	struct vmctp_pair pair;
	int netns = -1;
	int err;

	if (parse_pair(a, &pair))
		return STATUS_MISUSE;
	if (mctp_connect(m))
		return STATUS_REFUSED;
	if (pair.far_netns) {
		netns = netns_open(pair.far_netns);
		if (netns < 0)
			return STATUS_REFUSED;
	}
	err = nl_talk(&m->nl, pair_request(m, &pair, netns), NULL);
	if (netns >= 0)
		close(netns);
	if (err == -EOPNOTSUPP)
		return refused("this kernel has no vmctp devices. Load them with: modprobe vmctp");
	if (err)
		return refused_by_kernel(m, err, "add %s", pair.near.name);
	return STATUS_FINE;
}
