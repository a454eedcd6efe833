// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps by netlink: all is shown once, in however many parts, and whatever
 * changes between them. What a dump can leave out is netlink_filter_test.c's.
 */
#include "netlink_dump_test.h"
#include "suites.h"

#define DUMP_HW		0x31

int dump_test_init(struct kunit *test)
{
	struct dump_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	unsigned int net = mctp_fake_network(test);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->dev[0] = mctp_fake_dev(test, net, 68, 1);
	ctx->dev[1] = mctp_fake_dev(test, net, 68, 1);
	ctx->dev[2] = mctp_fake_dev(test, mctp_fake_network(test), 68, 1);
	ctx->client = mctp_client_open(test);
	test->priv = ctx;
	return 0;
}

/* --- the three kinds --- */

static int dump_add_addr(struct mctp_fake_dev *dev, u8 eid)
{
	return mctp_dev_add_eid(dev->mdev, eid, NULL);
}

static int dump_del_addr(struct mctp_fake_dev *dev, u8 eid)
{
	return mctp_dev_del_eid(dev->mdev, eid, NULL);
}

static int dump_add_neigh(struct mctp_fake_dev *dev, u8 eid)
{
	static const u8 hw = DUMP_HW;

	return mctp_neigh_add(dev->mdev, eid, &hw, NULL);
}

static int dump_del_neigh(struct mctp_fake_dev *dev, u8 eid)
{
	return mctp_neigh_del(dev->mdev, eid, NULL);
}

static int dump_add_route(struct mctp_fake_dev *dev, u8 eid)
{
	return mctp_route_add(mctp_fake_net_of(dev), dev->mdev, 0, RTN_UNICAST,
			      eid, eid, 0, NULL);
}

static int dump_del_route(struct mctp_fake_dev *dev, u8 eid)
{
	return mctp_route_del(mctp_fake_net_of(dev), dev->mdev, 0, RTN_UNICAST,
			      eid, eid, NULL);
}

const struct dump_kind dump_kinds[] = {
	{ "addresses", RTM_GETADDR, sizeof(struct ifaddrmsg),
	  mctp_netlink_addr_dumpit, dump_add_addr, dump_del_addr },
	{ "neighbours", RTM_GETNEIGH, sizeof(struct ndmsg),
	  mctp_netlink_neigh_dumpit, dump_add_neigh, dump_del_neigh },
	{ "routes", RTM_GETROUTE, sizeof(struct rtmsg),
	  mctp_netlink_route_dumpit, dump_add_route, dump_del_route },
};

void dump_kind_desc(const struct dump_kind *kind, char *desc)
{
	strscpy(desc, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(dump_kind, dump_kinds, dump_kind_desc);

void dump_add(struct kunit *test, unsigned int d, u8 eid)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	int err;

	rtnl_lock();
	err = kind->add(ctx->dev[d], eid);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	ctx->here[d][eid] = true;
}

void dump_del(struct kunit *test, unsigned int d, u8 eid)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	int err;

	rtnl_lock();
	err = kind->del(ctx->dev[d], eid);
	rtnl_unlock();
	KUNIT_ASSERT_EQ(test, err, 0);
	ctx->here[d][eid] = false;
}

void dump_fill(struct kunit *test, u8 first, unsigned int step,
	       unsigned int count)
{
	unsigned int d, i;

	for (d = 0; d < DUMP_DEVS; d++)
		for (i = 0; i < count; i++)
			dump_add(test, d, first + i * step);
}

/* --- what is shown --- */

static void dump_forget(struct dump_ctx *ctx)
{
	memset(ctx->seen, 0, sizeof(ctx->seen));
	ctx->shown = 0;
}

/* The device and EID of a message; false if it is of another's device */
static bool dump_read(struct dump_ctx *ctx, const struct nlmsghdr *nlh,
		      unsigned int *d, u8 *eid)
{
	const struct nlattr *attr, *oif;
	const struct ifaddrmsg *ifm;
	const struct ndmsg *ndm;
	int ifindex;

	switch (nlh->nlmsg_type) {
	case RTM_NEWADDR:
		ifm = nlmsg_data(nlh);
		ifindex = ifm->ifa_index;
		attr = nlmsg_find_attr(nlh, sizeof(*ifm), IFA_LOCAL);
		break;
	case RTM_NEWNEIGH:
		ndm = nlmsg_data(nlh);
		ifindex = ndm->ndm_ifindex;
		attr = nlmsg_find_attr(nlh, sizeof(*ndm), NDA_DST);
		break;
	default:
		oif = nlmsg_find_attr(nlh, sizeof(struct rtmsg), RTA_OIF);
		ifindex = oif ? nla_get_u32(oif) : 0;
		attr = nlmsg_find_attr(nlh, sizeof(struct rtmsg), RTA_DST);
	}
	for (*d = 0; *d < DUMP_DEVS; (*d)++)
		if (ctx->dev[*d]->ndev &&
		    ctx->dev[*d]->ndev->ifindex == ifindex)
			break;
	if (*d == DUMP_DEVS || !attr || nla_len(attr) != 1)
		return false;
	*eid = nla_get_u8(attr);
	return true;
}

void dump_note(const struct nlmsghdr *nlh, void *data)
{
	struct dump_ctx *ctx = data;
	unsigned int d;
	u8 eid;

	/* of all families, others' have another first byte */
	if (*(u8 *)nlmsg_data(nlh) != AF_MCTP)
		return;
	ctx->shown++;
	ctx->msglen = NLMSG_ALIGN(nlh->nlmsg_len);
	if (!dump_read(ctx, nlh, &d, &eid))
		return;
	ctx->seen[d][eid]++;
	ctx->last_dev = d;
	ctx->last_eid = eid;
}

/* All that has been there from the dump's start on to its end was shown once;
 * what was not there all the time at most once.
 */
static void dump_expect_all(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;
	unsigned int d, eid;

	for (d = 0; d < DUMP_DEVS; d++)
		for (eid = 0; eid < MCTP_EIDS; eid++) {
			if (ctx->here[d][eid] && !ctx->fresh[d][eid])
				KUNIT_EXPECT_EQ_MSG(test, ctx->seen[d][eid], 1,
						    "device %u EID %u", d, eid);
			else
				KUNIT_EXPECT_LE_MSG(test, ctx->seen[d][eid], 1,
						    "device %u EID %u", d, eid);
		}
}

void dump_expect_just(struct kunit *test, int only)
{
	struct dump_ctx *ctx = test->priv;
	unsigned int d, eid;

	for (d = 0; d < DUMP_DEVS; d++)
		for (eid = 0; eid < MCTP_EIDS; eid++)
			KUNIT_EXPECT_EQ_MSG(test, ctx->seen[d][eid],
					    ctx->here[d][eid] &&
					    (only < 0 || d == only),
					    "device %u EID %u", d, eid);
}

/* A request's header; that of a route has no place for an index */
static void dump_header(const struct dump_kind *kind, u8 hdr[DUMP_HDR],
			u8 family, int ifindex)
{
	const struct ifaddrmsg ifm = {
		.ifa_family = family, .ifa_index = ifindex,
	};
	const struct ndmsg ndm = {
		.ndm_family = family, .ndm_ifindex = ifindex,
	};
	const struct rtmsg rtm = { .rtm_family = family };

	memset(hdr, 0, DUMP_HDR);
	if (kind->type == RTM_GETADDR)
		memcpy(hdr, &ifm, sizeof(ifm));
	else if (kind->type == RTM_GETNEIGH)
		memcpy(hdr, &ndm, sizeof(ndm));
	else
		memcpy(hdr, &rtm, sizeof(rtm));
}

/* --- parts of any size, by the function that makes them --- */

static void dump_end(struct kunit_resource *res)
{
	kfree_skb(res->data);
}

void dump_begin(struct kunit *test, struct dump *dump, u8 family, size_t len,
		int ifindex)
{
	const struct dump_kind *kind = test->param_value;
	struct nlmsghdr *nlh;
	u8 hdr[DUMP_HDR];

	dump_header(kind, hdr, family, ifindex);
	memset(dump, 0, sizeof(*dump));
	dump->request = nlmsg_new(64, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dump->request);
	KUNIT_ASSERT_NOT_NULL(test,
			      kunit_alloc_resource(test, NULL, dump_end,
						   GFP_KERNEL, dump->request));
	nlh = nlmsg_put(dump->request, 0, 1, kind->type, len,
			NLM_F_REQUEST | NLM_F_DUMP);
	KUNIT_ASSERT_NOT_NULL(test, nlh);
	memcpy(nlmsg_data(nlh), hdr, len);
	dump->cb.skb = dump->request;
	dump->cb.nlh = nlh;
	dump->cb.strict_check = true;
	dump_forget(test->priv);
}

int dump_part(struct kunit *test, struct dump *dump, unsigned int size)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	const struct nlmsghdr *nlh;
	struct sk_buff *skb;
	int left, rc;

	skb = alloc_skb(size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	/* as netlink does: what was allocated beyond that is not for use */
	skb_reserve(skb, skb_tailroom(skb) - size);
	skb->sk = ctx->client->sock->sk;
	rtnl_lock();
	rc = kind->dumpit(skb, &dump->cb);
	rtnl_unlock();
	skb->sk = NULL;

	left = skb->len;
	for (nlh = (void *)skb->data; nlmsg_ok(nlh, left);
	     nlh = nlmsg_next(nlh, &left))
		dump_note(nlh, ctx);
	KUNIT_EXPECT_EQ(test, left, 0);
	/* the rest: netlink asks again only if something was written */
	if (rc > 0)
		KUNIT_EXPECT_EQ(test, rc, (int)skb->len);
	kfree_skb(skb);
	return rc;
}

/* How long one message is */
static unsigned int dump_msglen(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	struct dump dump;

	dump_begin(test, &dump, AF_MCTP, kind->hdrlen, 0);
	KUNIT_ASSERT_GE(test, dump_part(test, &dump, 4096), 0);
	KUNIT_ASSERT_GT(test, ctx->shown, 0);
	return ctx->msglen;
}

static void parts_of_any_size_show_all_once(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	unsigned int one, size;

	dump_fill(test, 8, 123, 3);
	dump_fill(test, 100, 1, 5);
	one = dump_msglen(test);
	for (size = one; size <= 9 * one; size += NLMSG_ALIGNTO) {
		unsigned int parts = 0, before = 0;
		struct dump dump;
		int rc;

		dump_begin(test, &dump, AF_MCTP, kind->hdrlen, 0);
		do {
			rc = dump_part(test, &dump, size);
			parts++;
			/* as many as there is room for */
			if (rc > 0)
				KUNIT_EXPECT_EQ(test, ctx->shown - before,
						size / one);
			before = ctx->shown;
		} while (rc > 0 && parts < 100);
		KUNIT_EXPECT_EQ(test, rc, 0);
		KUNIT_EXPECT_GE(test, parts, 24 / (size / one));
		dump_expect_just(test, -1);
	}
}

static void part_too_small_for_one_is_an_error(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	unsigned int one, size;
	struct dump dump;

	dump_fill(test, 8, 1, 1);
	one = dump_msglen(test);
	for (size = NLMSG_HDRLEN; size < one; size += NLMSG_ALIGNTO) {
		dump_begin(test, &dump, AF_MCTP, kind->hdrlen, 0);
		KUNIT_EXPECT_EQ(test, dump_part(test, &dump, size), -EMSGSIZE);
		KUNIT_EXPECT_EQ(test, ctx->shown, 0);
	}
	/* nothing is lost by it */
	KUNIT_EXPECT_GE(test, dump_part(test, &dump, one), 0);
	KUNIT_EXPECT_EQ(test, ctx->seen[0][8], 1);
}

/* What happens after each part of one message */
typedef void (*dump_change_fn)(struct kunit *test);

static void dump_with_changes(struct kunit *test, dump_change_fn change)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	unsigned int one = dump_msglen(test);
	unsigned int parts = 0;
	struct dump dump;
	int rc;

	dump_begin(test, &dump, AF_MCTP, kind->hdrlen, 0);
	while ((rc = dump_part(test, &dump, one)) > 0 && parts++ < 1000)
		change(test);
	KUNIT_EXPECT_EQ(test, rc, 0);
	dump_expect_all(test);
	KUNIT_EXPECT_GT(test, ctx->shown, 0);
}

static void dump_change_del_last(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;

	if (ctx->here[ctx->last_dev][ctx->last_eid])
		dump_del(test, ctx->last_dev, ctx->last_eid);
}

static void one_that_goes_once_shown_hides_no_other(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;
	unsigned int d;

	dump_fill(test, 8, 1, 10);
	dump_with_changes(test, dump_change_del_last);
	KUNIT_EXPECT_EQ(test, ctx->shown, 3 * 10);
	for (d = 0; d < DUMP_DEVS; d++)
		KUNIT_EXPECT_EQ(test, ctx->seen[d][17], 1);
}

/* That which the part had no room for */
static void dump_change_del_next(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;
	unsigned int d = ctx->last_dev, eid = ctx->last_eid + 1;

	if (eid < MCTP_EIDS && ctx->here[d][eid])
		dump_del(test, d, eid);
}

static void one_that_goes_before_it_is_shown_hides_no_other(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;
	unsigned int d, eid;

	dump_fill(test, 8, 1, 10);
	dump_with_changes(test, dump_change_del_next);
	for (d = 0; d < DUMP_DEVS; d++)
		for (eid = 8; eid < 18; eid++)
			KUNIT_EXPECT_EQ_MSG(test, ctx->seen[d][eid],
					    eid % 2 == 0, "EID %u", eid);
}

/* One before that which was shown last, and one behind it */
static void dump_change_add(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;
	unsigned int d = ctx->last_dev, eid = ctx->last_eid;

	if (ctx->fresh[d][eid])
		return;
	dump_add(test, d, eid - 1);
	ctx->fresh[d][eid - 1] = true;
	dump_add(test, d, eid + 1);
	ctx->fresh[d][eid + 1] = true;
}

static void one_that_comes_doubles_no_other(struct kunit *test)
{
	dump_fill(test, 10, 4, 10);
	dump_with_changes(test, dump_change_add);
}

/* The first device goes once it is shown in part, the second a little later */
static void dump_change_remove(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;
	unsigned int d = ctx->last_dev;

	if (d == DUMP_DEVS - 1 || ctx->last_eid < 10 + d)
		return;
	mctp_fake_dev_remove(test, ctx->dev[d]);
	memset(ctx->here[d], 0, sizeof(ctx->here[d]));
}

static void device_that_goes_hides_nothing_of_others(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;

	dump_fill(test, 8, 1, 10);
	dump_with_changes(test, dump_change_remove);
	KUNIT_EXPECT_EQ(test, ctx->shown, 3 + 4 + 10);
}

static void dump_change_network(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;
	unsigned int d = ctx->last_dev;

	if (d == DUMP_DEVS - 1 || ctx->last_eid < 10 + d)
		return;
	rtnl_lock();
	mctp_dev_set_net(ctx->dev[d]->mdev, mctp_fake_network(test), NULL);
	rtnl_unlock();
	memset(ctx->here[d], 0, sizeof(ctx->here[d]));
}

static void device_that_changes_network_hides_nothing_of_others(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;

	dump_fill(test, 8, 1, 10);
	dump_with_changes(test, dump_change_network);
	KUNIT_EXPECT_EQ(test, ctx->shown, 3 + 4 + 10);
}

/* --- by a socket, as a program does it --- */

void dump_request(struct kunit *test, u8 family, size_t len, int ifindex)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	u8 hdr[DUMP_HDR];

	dump_header(kind, hdr, family, ifindex);
	mctp_client_begin(test, ctx->client, kind->type, NLM_F_DUMP, hdr, len);
	if (kind->type == RTM_GETROUTE && ifindex)
		mctp_client_put(test, ctx->client, RTA_OIF, &ifindex,
				sizeof(ifindex));
	dump_forget(ctx);
}

int dump_run(struct kunit *test)
{
	struct dump_ctx *ctx = test->priv;
	int rc;

	mctp_client_send(test, ctx->client);
	do {
		rc = mctp_client_read(test, ctx->client, dump_note, ctx);
	} while (rc > 0);
	return rc;
}

static void program_sees_all_once_in_many_parts(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	unsigned int parts = 1;
	int rc;

	dump_fill(test, MCTP_EID_MIN, 1, MCTP_EID_MAX - MCTP_EID_MIN + 1);
	dump_request(test, AF_MCTP, kind->hdrlen, 0);
	mctp_client_send(test, ctx->client);
	while ((rc = mctp_client_read(test, ctx->client, dump_note, ctx)) > 0)
		parts++;
	KUNIT_EXPECT_EQ(test, rc, 0);
	KUNIT_EXPECT_GE(test, parts, 7);
	dump_expect_just(test, -1);
	KUNIT_EXPECT_FALSE(test,
			   ctx->client->done_flags & NLM_F_DUMP_FILTERED);
}

static void program_sees_all_once_while_others_come_and_go(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	unsigned int round = 0;
	int rc;

	/* the odd EIDs stay; the even ones are there at first, or come */
	dump_fill(test, 9, 2, 123);
	dump_fill(test, 100, 2, 60);
	dump_request(test, AF_MCTP, kind->hdrlen, 0);
	mctp_client_send(test, ctx->client);
	while ((rc = mctp_client_read(test, ctx->client, dump_note, ctx)) > 0) {
		unsigned int d, i;

		for (d = 0; d < DUMP_DEVS; d++)
			for (i = 0; i < 5; i++) {
				dump_del(test, d, 100 + 2 * (5 * round + i));
				dump_add(test, d, 8 + 2 * (5 * round + i));
				ctx->fresh[d][8 + 2 * (5 * round + i)] = true;
			}
		round++;
	}
	KUNIT_EXPECT_EQ(test, rc, 0);
	KUNIT_EXPECT_GE(test, round, 4);
	dump_expect_all(test);
}

static struct kunit_case mctp_netlink_dump_cases[] = {
	KUNIT_CASE_PARAM(parts_of_any_size_show_all_once, dump_kind_gen_params),
	KUNIT_CASE_PARAM(part_too_small_for_one_is_an_error,
			 dump_kind_gen_params),
	KUNIT_CASE_PARAM(one_that_goes_once_shown_hides_no_other,
			 dump_kind_gen_params),
	KUNIT_CASE_PARAM(one_that_goes_before_it_is_shown_hides_no_other,
			 dump_kind_gen_params),
	KUNIT_CASE_PARAM(one_that_comes_doubles_no_other, dump_kind_gen_params),
	KUNIT_CASE_PARAM(device_that_goes_hides_nothing_of_others,
			 dump_kind_gen_params),
	KUNIT_CASE_PARAM(device_that_changes_network_hides_nothing_of_others,
			 dump_kind_gen_params),
	KUNIT_CASE_PARAM(program_sees_all_once_in_many_parts,
			 dump_kind_gen_params),
	KUNIT_CASE_PARAM(program_sees_all_once_while_others_come_and_go,
			 dump_kind_gen_params),
	{}
};

struct kunit_suite mctp_netlink_dump_suite = {
	.name = "mctp_netlink_dump",
	.init = dump_test_init,
	.test_cases = mctp_netlink_dump_cases,
};
