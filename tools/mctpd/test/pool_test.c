// SPDX-License-Identifier: GPL-2.0
/* The EIDs of a network: who gets which, and when it is given again. */
#include "test.h"

#include "../pool.h"

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct pool));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void a_pool_without_range_has_none(void **state)
{
	assert_int_equal(pool_take(*state, 0), -ENOSPC);
}

static void reserved_and_special_eids_are_never_given(void **state)
{
	int i, eid;

	pool_set_range(*state, 0, 255);
	for (i = 0; i < 247; i++) {
		eid = pool_take(*state, 0);
		assert_in_range(eid, 8, 254);
	}
	assert_int_equal(pool_take(*state, 0), -ENOSPC);
}

static void never_used_comes_before_reclaimed(void **state)
{
	pool_set_range(*state, 8, 10);
	assert_int_equal(pool_take(*state, 0), 8);
	pool_return(*state, 8, 0);
	assert_int_equal(pool_take(*state, 100 * SECOND), 9);
	assert_int_equal(pool_take(*state, 100 * SECOND), 10);
	assert_int_equal(pool_take(*state, 100 * SECOND), 8);
	assert_int_equal(pool_take(*state, 100 * SECOND), -ENOSPC);
}

static void reclaimed_rests_five_seconds(void **state)
{
	pool_set_range(*state, 8, 8);
	assert_int_equal(pool_take(*state, 0), 8);
	pool_return(*state, 8, 7 * SECOND);
	assert_int_equal(pool_take(*state, 7 * SECOND), -EAGAIN);
	assert_int_equal(pool_take(*state, 12 * SECOND - 1), -EAGAIN);
	assert_int_equal(pool_take(*state, 12 * SECOND), 8);
}

static void the_longest_rested_comes_first(void **state)
{
	pool_set_range(*state, 8, 10);
	assert_int_equal(pool_take(*state, 0), 8);
	assert_int_equal(pool_take(*state, 0), 9);
	assert_int_equal(pool_take(*state, 0), 10);
	pool_return(*state, 9, 1 * SECOND);
	pool_return(*state, 10, 2 * SECOND);
	pool_return(*state, 8, 3 * SECOND);
	assert_int_equal(pool_take(*state, 20 * SECOND), 9);
	assert_int_equal(pool_take(*state, 20 * SECOND), 10);
	assert_int_equal(pool_take(*state, 20 * SECOND), 8);
}

static void a_reserved_one_is_only_for_its_device(void **state)
{
	pool_set_range(*state, 8, 9);
	pool_reserve(*state, 8);
	assert_int_equal(pool_take(*state, 0), 9);
	assert_int_equal(pool_take(*state, 0), -ENOSPC);
	assert_int_equal(pool_take_eid(*state, 8), 0);
	assert_int_equal(pool_take_eid(*state, 8), -EEXIST);
	assert_true(pool_is_taken(*state, 8));
}

static void a_certain_one_may_be_outside_the_range(void **state)
{
	pool_set_range(*state, 8, 9);
	assert_int_equal(pool_take_eid(*state, 200), 0);
	assert_int_equal(pool_take_eid(*state, 7), -EINVAL);
	assert_int_equal(pool_take_eid(*state, 0), -EINVAL);
	assert_int_equal(pool_take_eid(*state, 255), -EINVAL);
	pool_return(*state, 200, 0);
	assert_int_equal(pool_take_eid(*state, 200), 0);
}

static void ranges_come_from_the_end(void **state)
{
	pool_set_range(*state, 8, 20);
	assert_int_equal(pool_take(*state, 0), 8);
	assert_int_equal(pool_take_range(*state, 4, 0), 17);
	assert_int_equal(pool_take_range(*state, 4, 0), 13);
	assert_int_equal(pool_take_range(*state, 4, 0), 9);
	assert_int_equal(pool_take_range(*state, 1, 0), -ENOSPC);
}

static void a_range_has_no_hole(void **state)
{
	pool_set_range(*state, 8, 20);
	assert_int_equal(pool_take_eid(*state, 18), 0);
	assert_int_equal(pool_take_range(*state, 3, 0), 15);
	pool_reserve(*state, 12);
	assert_int_equal(pool_take_range(*state, 3, 0), 9);
	assert_int_equal(pool_take_range(*state, 3, 0), -ENOSPC);
	assert_int_equal(pool_take_range(*state, 0, 0), -ENOSPC);
	assert_int_equal(pool_take_range(*state, 255, 0), -ENOSPC);
}

static void a_range_prefers_never_used_and_waits_for_resting(void **state)
{
	pool_set_range(*state, 8, 11);
	assert_int_equal(pool_take_range(*state, 2, 0), 10);
	pool_return(*state, 10, 0);
	pool_return(*state, 11, 0);
	assert_int_equal(pool_take_range(*state, 2, 9 * SECOND), 8);
	assert_int_equal(pool_take_range(*state, 2, 4 * SECOND), -ENOSPC);
	assert_int_equal(pool_take_range(*state, 2, 5 * SECOND), 10);
}

static void a_range_at_a_place_is_taken_whole_or_not(void **state)
{
	pool_set_range(*state, 8, 254);
	assert_int_equal(pool_take_eid(*state, 30), 0);
	assert_int_equal(pool_take_range_at(*state, 28, 3), -EEXIST);
	assert_false(pool_is_taken(*state, 28));
	assert_int_equal(pool_take_range_at(*state, 27, 3), 0);
	assert_true(pool_is_taken(*state, 29));
	assert_int_equal(pool_take_range_at(*state, 254, 1), 0);
	assert_int_equal(pool_take_range_at(*state, 253, 3), -EINVAL);
	assert_int_equal(pool_take_range_at(*state, 7, 3), -EINVAL);
	assert_int_equal(pool_take_range_at(*state, 50, 0), -EINVAL);
}

static void a_narrower_range_leaves_holders_alone(void **state)
{
	pool_set_range(*state, 8, 20);
	assert_int_equal(pool_take(*state, 0), 8);
	pool_set_range(*state, 15, 16);
	assert_true(pool_is_taken(*state, 8));
	assert_int_equal(pool_take(*state, 0), 15);
	assert_int_equal(pool_take(*state, 0), 16);
	assert_int_equal(pool_take(*state, 0), -ENOSPC);
}

static void what_may_be_somebodys_comes_last(void **state)
{
	pool_set_range(*state, 8, 9);
	pool_touch(*state, 8, 0);
	assert_false(pool_is_taken(*state, 8));
	assert_int_equal(pool_take(*state, 0), 9);
	assert_int_equal(pool_take(*state, 0), -EAGAIN);
	assert_int_equal(pool_take(*state, 5 * SECOND), 8);
}

static void ours_is_nobody_elses(void **state)
{
	pool_set_range(*state, 8, 10);
	pool_set_local(*state, 8, true);
	assert_int_equal(pool_take(*state, 0), 9);
	assert_int_equal(pool_take_eid(*state, 8), -EEXIST);
	assert_int_equal(pool_take_range_at(*state, 8, 1), -EEXIST);
	pool_set_local(*state, 8, false);
	assert_int_equal(pool_take(*state, 0), 8);
}

static void a_place_in_a_list_has_its_eid_while_nobody_had_it(void **state)
{
	pool_set_range(*state, 8, 12);
	pool_set_local(*state, 8, true);
	pool_reserve(*state, 10);
	assert_int_equal(pool_nth(*state, 0), 9);
	assert_int_equal(pool_nth(*state, 1), 11);
	assert_int_equal(pool_nth(*state, 2), 12);
	assert_int_equal(pool_nth(*state, 3), 0);
	assert_int_equal(pool_take_fresh(*state, 11), 0);
	assert_int_equal(pool_take_fresh(*state, 11), -EEXIST);
	assert_int_equal(pool_nth(*state, 1), 11);
	pool_return(*state, 11, 0);
	assert_int_equal(pool_take_fresh(*state, 11), -EEXIST);
	assert_int_equal(pool_take_fresh(*state, 8), -EEXIST);
	assert_int_equal(pool_take_fresh(*state, 10), -EEXIST);
	assert_int_equal(pool_take_fresh(*state, 0), -EEXIST);
}

#define POOL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		POOL_TEST(a_pool_without_range_has_none),
		POOL_TEST(reserved_and_special_eids_are_never_given),
		POOL_TEST(never_used_comes_before_reclaimed),
		POOL_TEST(reclaimed_rests_five_seconds),
		POOL_TEST(the_longest_rested_comes_first),
		POOL_TEST(a_reserved_one_is_only_for_its_device),
		POOL_TEST(a_certain_one_may_be_outside_the_range),
		POOL_TEST(ranges_come_from_the_end),
		POOL_TEST(a_range_has_no_hole),
		POOL_TEST(a_range_prefers_never_used_and_waits_for_resting),
		POOL_TEST(a_range_at_a_place_is_taken_whole_or_not),
		POOL_TEST(what_may_be_somebodys_comes_last),
		POOL_TEST(ours_is_nobody_elses),
		POOL_TEST(a_place_in_a_list_has_its_eid_while_nobody_had_it),
		POOL_TEST(a_narrower_range_leaves_holders_alone),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
