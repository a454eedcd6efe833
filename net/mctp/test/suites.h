/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The suites of the core, one a noun: the file of each defines it, and
 * suites.c gives all to KUnit.
 */
#ifndef __MCTP_TEST_SUITES_H
#define __MCTP_TEST_SUITES_H

#include <kunit/test.h>

extern struct kunit_suite mctp_answer_suite;
extern struct kunit_suite mctp_bind_suite;
extern struct kunit_suite mctp_device_suite;
extern struct kunit_suite mctp_flow_suite;
extern struct kunit_suite mctp_buffer_suite;
extern struct kunit_suite mctp_forward_suite;
extern struct kunit_suite mctp_input_suite;
extern struct kunit_suite mctp_neigh_suite;
extern struct kunit_suite mctp_netlink_dump_suite;
extern struct kunit_suite mctp_netlink_filter_suite;
extern struct kunit_suite mctp_netlink_link_suite;
extern struct kunit_suite mctp_netlink_route_suite;
extern struct kunit_suite mctp_netlink_show_suite;
extern struct kunit_suite mctp_netlink_suite;
extern struct kunit_suite mctp_output_suite;
extern struct kunit_suite mctp_batch_suite;
extern struct kunit_suite mctp_reassembly_bound_suite;
extern struct kunit_suite mctp_reassembly_suite;
extern struct kunit_suite mctp_route_suite;
extern struct kunit_suite mctp_stats_suite;
extern struct kunit_suite mctp_tag_suite;

#endif /* __MCTP_TEST_SUITES_H */
