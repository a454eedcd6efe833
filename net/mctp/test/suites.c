// SPDX-License-Identifier: GPL-2.0
/*
 * All suites of the core, in the order in which they rest on each other: who
 * fails first is nearest to the cause.
 */
#include "../mctp_priv.h"
#include "suites.h"

#ifdef COMPAT_KUNIT_RUNS_EARLY
static struct kunit_suite *mctp_suites[] = {
	&mctp_stats_suite,
	&mctp_buffer_suite,
	&mctp_device_suite,
	&mctp_neigh_suite,
	&mctp_route_suite,
	&mctp_bind_suite,
	&mctp_tag_suite,
	&mctp_flow_suite,
	&mctp_input_suite,
	&mctp_forward_suite,
	&mctp_reassembly_suite,
	&mctp_reassembly_bound_suite,
	&mctp_output_suite,
	&mctp_batch_suite,
	&mctp_answer_suite,
	&mctp_netlink_suite,
	&mctp_netlink_route_suite,
	&mctp_netlink_link_suite,
	&mctp_netlink_show_suite,
	&mctp_netlink_dump_suite,
	&mctp_netlink_filter_suite,
};

/** mctp_test_start() - the core has begun: run its suites */
void mctp_test_start(void)
{
	__kunit_test_suites_init(mctp_suites, ARRAY_SIZE(mctp_suites));
}

/** mctp_test_stop() - the core ends: take away its suites' results */
void mctp_test_stop(void)
{
	__kunit_test_suites_exit(mctp_suites, ARRAY_SIZE(mctp_suites));
}
#else
kunit_test_suites(&mctp_stats_suite, &mctp_buffer_suite,
		  &mctp_device_suite, &mctp_neigh_suite,
		  &mctp_route_suite, &mctp_bind_suite, &mctp_tag_suite,
		  &mctp_flow_suite, &mctp_input_suite, &mctp_forward_suite,
		  &mctp_reassembly_suite, &mctp_reassembly_bound_suite,
		  &mctp_output_suite,
		  &mctp_batch_suite, &mctp_answer_suite, &mctp_netlink_suite,
		  &mctp_netlink_route_suite, &mctp_netlink_link_suite,
		  &mctp_netlink_show_suite, &mctp_netlink_dump_suite,
		  &mctp_netlink_filter_suite);
#endif
