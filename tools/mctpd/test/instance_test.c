// SPDX-License-Identifier: GPL-2.0
/* Instance ids: which is taken, and when it is taken again. */
#include "test.h"

#include "../instance.h"

static void all_32_are_given_once(void **state)
{
	struct instance_ids ids = {};
	uint32_t seen = 0;
	int i, id;

	for (i = 0; i < 32; i++) {
		id = instance_take(&ids, 0);
		assert_in_range(id, 0, 31);
		seen |= 1u << id;
	}
	assert_int_equal(seen, UINT32_MAX);
	assert_int_equal(instance_take(&ids, 1000 * SECOND), -EAGAIN);
	assert_true(instance_free_at(&ids) == UINT64_MAX);
}

static void an_answered_one_comes_after_all_others(void **state)
{
	struct instance_ids ids = {};
	int first = instance_take(&ids, 0), i, id;

	instance_release(&ids, first, true, 0);
	for (i = 0; i < 31; i++) {
		id = instance_take(&ids, 0);
		assert_int_not_equal(id, first);
		instance_release(&ids, id, true, 0);
	}
	assert_int_equal(instance_take(&ids, 0), first);
}

static void an_unanswered_one_rests_five_seconds(void **state)
{
	struct instance_ids ids = {};
	int i;

	for (i = 0; i < 32; i++)
		instance_take(&ids, 0);
	instance_release(&ids, 3, false, 2 * SECOND);
	assert_true(instance_free_at(&ids) == 7 * SECOND);
	assert_int_equal(instance_take(&ids, 7 * SECOND - 1), -EAGAIN);
	assert_int_equal(instance_take(&ids, 7 * SECOND), 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_32_are_given_once),
		cmocka_unit_test(an_answered_one_comes_after_all_others),
		cmocka_unit_test(an_unanswered_one_rests_five_seconds),
	};

	return cmocka_run_group_tests_name("instance", tests, NULL, NULL);
}
