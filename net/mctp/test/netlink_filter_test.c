// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps by netlink: what one is asked to leave out, which requests of a dump
 * are refused, and those that are for all families.
 */
#include "netlink_dump_test.h"
#include "suites.h"

KUNIT_ARRAY_PARAM(dump_kind, dump_kinds, dump_kind_desc);

static void index_picks_one_device(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	unsigned int d;

	dump_fill(test, 8, 30, 8);
	for (d = 0; d < DUMP_DEVS; d++) {
		dump_request(test, AF_MCTP, kind->hdrlen,
			     ctx->dev[d]->ndev->ifindex);
		KUNIT_EXPECT_EQ(test, dump_run(test), 0);
		dump_expect_just(test, d);
		KUNIT_EXPECT_EQ(test, ctx->shown, 8);
		KUNIT_EXPECT_TRUE(test, ctx->client->done_flags &
					NLM_F_DUMP_FILTERED);
	}
}

static void index_picks_one_device_in_parts_too(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	unsigned int d;

	dump_fill(test, MCTP_EID_MIN, 1, MCTP_EID_MAX - MCTP_EID_MIN + 1);
	for (d = 0; d < DUMP_DEVS; d++) {
		dump_request(test, AF_MCTP, kind->hdrlen,
			     ctx->dev[d]->ndev->ifindex);
		KUNIT_EXPECT_EQ(test, dump_run(test), 0);
		dump_expect_just(test, d);
	}
}

static void index_of_no_device_is_refused(struct kunit *test)
{
	static const int indexes[] = { -1, INT_MIN, INT_MAX };
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	size_t i;

	dump_fill(test, 8, 30, 8);
	for (i = 0; i < ARRAY_SIZE(indexes); i++) {
		dump_request(test, AF_MCTP, kind->hdrlen, indexes[i]);
		KUNIT_EXPECT_EQ(test, dump_run(test), -ENODEV);
		KUNIT_EXPECT_STREQ(test, ctx->client->sentence,
				   "There is no device of this index");
		KUNIT_EXPECT_EQ(test, ctx->shown, 0);
	}
}

static void index_of_a_device_that_has_none_shows_nothing(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;

	dump_fill(test, 8, 30, 8);
	dump_request(test, AF_MCTP, kind->hdrlen, LOOPBACK_IFINDEX);
	KUNIT_EXPECT_EQ(test, dump_run(test), 0);
	KUNIT_EXPECT_EQ(test, ctx->shown, 0);
}

static void short_header_is_refused_where_checks_are_strict(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	size_t len;

	dump_fill(test, 8, 30, 8);
	for (len = 1; len < kind->hdrlen; len++) {
		dump_request(test, AF_MCTP, len, 0);
		KUNIT_EXPECT_EQ(test, dump_run(test), -EINVAL);
		KUNIT_EXPECT_STREQ(test, ctx->client->sentence,
				   "The header of the request is too short");
		KUNIT_EXPECT_EQ(test, ctx->shown, 0);
	}
	mctp_client_strict(test, ctx->client, false);
	for (len = 1; len <= kind->hdrlen; len++) {
		dump_request(test, AF_MCTP, len, 0);
		KUNIT_EXPECT_EQ(test, dump_run(test), 0);
		dump_expect_just(test, -1);
	}
}

static void attribute_is_refused_where_checks_are_strict(struct kunit *test)
{
	/* of an address or a neighbour none is known, of a route RTA_OIF */
	static const struct {
		u16 type;
		size_t len;
	} attrs[] = { { 1, 1 }, { 4, 2 }, { 6, 4 }, { 64, 4 } };
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	static const u8 data[8];
	size_t i;

	dump_fill(test, 8, 30, 8);
	/* RTA_DST is known, and looked at by nobody */
	for (i = kind->type == RTM_GETROUTE; i < ARRAY_SIZE(attrs); i++) {
		mctp_client_strict(test, ctx->client, true);
		dump_request(test, AF_MCTP, kind->hdrlen, 0);
		mctp_client_put(test, ctx->client, attrs[i].type, data,
				attrs[i].len);
		KUNIT_EXPECT_EQ_MSG(test, dump_run(test), -EINVAL, "type %u",
				    attrs[i].type);
		KUNIT_EXPECT_NE(test, *ctx->client->sentence, 0);
		KUNIT_EXPECT_EQ(test, ctx->shown, 0);

		mctp_client_strict(test, ctx->client, false);
		dump_request(test, AF_MCTP, kind->hdrlen, 0);
		mctp_client_put(test, ctx->client, attrs[i].type, data,
				attrs[i].len);
		KUNIT_EXPECT_EQ(test, dump_run(test), 0);
		dump_expect_just(test, -1);
	}
}

/* A program of old that asks for another thing by the same message */
static void index_of_no_device_is_no_error_without_strict_checks(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;

	dump_fill(test, 8, 30, 8);
	mctp_client_strict(test, ctx->client, false);
	dump_request(test, AF_MCTP, kind->hdrlen, INT_MAX);
	KUNIT_EXPECT_EQ(test, dump_run(test), 0);
	/* attributes, where a route's index would be, are not looked at */
	if (kind->type == RTM_GETROUTE)
		dump_expect_just(test, -1);
	else
		KUNIT_EXPECT_EQ(test, ctx->shown, 0);
}

/* --- of all families --- */

/* Neighbours of all families are not asked of each family */
static void dump_of_all_families(struct kunit *test,
				 const struct dump_kind *kind)
{
	test->param_value = kind;
	dump_fill(test, MCTP_EID_MIN, 1, MCTP_EID_MAX - MCTP_EID_MIN + 1);
	dump_request(test, AF_UNSPEC, kind->hdrlen, 0);
	KUNIT_EXPECT_EQ(test, dump_run(test), 0);
	dump_expect_just(test, -1);
}

static void addresses_of_all_families_have_ours_once(struct kunit *test)
{
	dump_of_all_families(test, &dump_kinds[0]);
}

static void routes_of_all_families_have_ours_once(struct kunit *test)
{
	dump_of_all_families(test, &dump_kinds[2]);
}

static void what_others_are_asked_for_is_no_error_of_ours(struct kunit *test)
{
	const struct dump_kind *kind = test->param_value;
	struct dump_ctx *ctx = test->priv;
	struct dump dump;
	size_t len;

	dump_fill(test, 8, 30, 8);
	/* by attributes: that of another family's address, say */
	dump_begin(test, &dump, AF_UNSPEC, kind->hdrlen, 0);
	KUNIT_ASSERT_EQ(test, nla_put_u32(dump.request, 1, 0), 0);
	nlmsg_end(dump.request, nlmsg_hdr(dump.request));
	KUNIT_EXPECT_EQ(test, dump_part(test, &dump, 4096), 0);
	KUNIT_EXPECT_EQ(test, ctx->shown, 0);

	/* by a header that is the least of all */
	for (len = 1; len <= kind->hdrlen; len++) {
		dump_begin(test, &dump, AF_UNSPEC, len, 0);
		KUNIT_EXPECT_EQ(test, dump_part(test, &dump, 4096), 0);
		dump_expect_just(test, -1);
	}

	/* by the index of a device that is not there */
	if (kind->type == RTM_GETROUTE)
		return;
	dump_begin(test, &dump, AF_UNSPEC, kind->hdrlen, INT_MAX);
	KUNIT_EXPECT_EQ(test, dump_part(test, &dump, 4096), 0);
	KUNIT_EXPECT_EQ(test, ctx->shown, 0);
}

static struct kunit_case mctp_netlink_filter_cases[] = {
	KUNIT_CASE_PARAM(index_picks_one_device, dump_kind_gen_params),
	KUNIT_CASE_PARAM(index_picks_one_device_in_parts_too,
			 dump_kind_gen_params),
	KUNIT_CASE_PARAM(index_of_no_device_is_refused, dump_kind_gen_params),
	KUNIT_CASE_PARAM(index_of_a_device_that_has_none_shows_nothing,
			 dump_kind_gen_params),
	KUNIT_CASE_PARAM(short_header_is_refused_where_checks_are_strict,
			 dump_kind_gen_params),
	KUNIT_CASE_PARAM(attribute_is_refused_where_checks_are_strict,
			 dump_kind_gen_params),
	KUNIT_CASE_PARAM(index_of_no_device_is_no_error_without_strict_checks,
			 dump_kind_gen_params),
	KUNIT_CASE(addresses_of_all_families_have_ours_once),
	KUNIT_CASE(routes_of_all_families_have_ours_once),
	KUNIT_CASE_PARAM(what_others_are_asked_for_is_no_error_of_ours,
			 dump_kind_gen_params),
	{}
};

struct kunit_suite mctp_netlink_filter_suite = {
	.name = "mctp_netlink_filter",
	.init = dump_test_init,
	.test_cases = mctp_netlink_filter_cases,
};
