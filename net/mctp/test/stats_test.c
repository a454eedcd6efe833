// SPDX-License-Identifier: GPL-2.0
/*
 * Counters: their names, which are ABI, and what is counted where.
 */
#include <kunit/test.h>
#include <trace/events/mctp.h>
#include "../mctp_priv.h"
#include "fakes.h"
#include "suites.h"

#define STATS_DROP	"drop_"

/* --- names --- */

static void every_counter_has_a_name(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < MCTP_CNT_MAX; i++) {
		KUNIT_EXPECT_NOT_NULL_MSG(test, mctp_stats_names[i],
					  "counter %u", i);
		if (mctp_stats_names[i])
			KUNIT_EXPECT_NE_MSG(test, *mctp_stats_names[i], 0,
					    "counter %u", i);
	}
}

static void no_two_counters_have_the_same_name(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < MCTP_CNT_MAX; i++)
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_NE_MSG(test, 0,
					    strcmp(mctp_stats_names[i],
						   mctp_stats_names[j]),
					    "%s", mctp_stats_names[i]);
}

static void losses_and_no_others_are_named_so(struct kunit *test)
{
	unsigned int i;

	KUNIT_ASSERT_GT(test, MCTP_CNT_DROP_FIRST, 0);
	KUNIT_ASSERT_LT(test, MCTP_CNT_DROP_FIRST, MCTP_CNT_MAX);
	for (i = 0; i < MCTP_CNT_MAX; i++)
		KUNIT_EXPECT_EQ_MSG(test, str_has_prefix(mctp_stats_names[i],
							 STATS_DROP) > 0,
				    i >= MCTP_CNT_DROP_FIRST, "%s",
				    mctp_stats_names[i]);
}

/* One word, as a line of /proc/net/mctp/stat is a name and a value */
static void names_are_words(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < MCTP_CNT_MAX; i++) {
		const char *name = mctp_stats_names[i];

		KUNIT_EXPECT_EQ_MSG(test, strspn(name, "abcdefghijklmnopqrstuvwxyz_"),
				    strlen(name), "%s", name);
	}
}

static void names_of_losses_fit_a_tracepoint(struct kunit *test)
{
	unsigned int i;

	for (i = MCTP_CNT_DROP_FIRST; i < MCTP_CNT_MAX; i++)
		KUNIT_EXPECT_LT_MSG(test, strlen(mctp_stats_names[i]),
				    (size_t)MCTP_TRACE_WHY_LEN, "%s",
				    mctp_stats_names[i]);
}

/* --- values --- */

static unsigned long *stats_of_cpu(int cpu, enum mctp_counter which)
{
	struct mctp_pernet *pn = mctp_pernet(&init_net);

	return &per_cpu_ptr(pn->stats, cpu)->cnt[which];
}

/* Of the tests' own namespace no device takes packets now: nothing else counts */
static void counter_is_the_sum_over_all_cpus(struct kunit *test)
{
	const enum mctp_counter which = MCTP_CNT_DROP_NO_MEMORY;
	struct mctp_fake_counts before;
	unsigned long sum = 0;
	int cpu, n = 1;

	mctp_fake_counts(&before);
	for_each_possible_cpu(cpu) {
		/* another each, so that none is taken for another */
		*stats_of_cpu(cpu, which) += n;
		sum += n;
		n *= 3;
		KUNIT_EXPECT_EQ_MSG(test, mctp_fake_rise(&before, which), sum,
				    "CPU %d", cpu);
	}
	n = 1;
	for_each_possible_cpu(cpu) {
		*stats_of_cpu(cpu, which) -= n;
		n *= 3;
	}
	KUNIT_EXPECT_EQ(test, mctp_fake_rise(&before, which), 0);
}

static void counter_is_as_great_as_can_be(struct kunit *test)
{
	const enum mctp_counter which = MCTP_CNT_DROP_NO_MEMORY;
	int cpu = cpumask_first(cpu_possible_mask);
	unsigned long value = *stats_of_cpu(cpu, which);
	unsigned long others = mctp_fake_counter(which) - value;

	*stats_of_cpu(cpu, which) = ULONG_MAX - others;
	KUNIT_EXPECT_EQ(test, mctp_fake_counter(which), ULONG_MAX);
	*stats_of_cpu(cpu, which) = value;
}

static void count_is_of_one_counter_alone(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < MCTP_CNT_MAX; i++) {
		struct mctp_fake_counts before;

		mctp_fake_counts(&before);
		mctp_count(mctp_pernet(&init_net), i);
		for (j = 0; j < MCTP_CNT_MAX; j++)
			KUNIT_EXPECT_EQ_MSG(test, mctp_fake_rise(&before, j),
					    i == j, "%s for %s",
					    mctp_stats_names[j],
					    mctp_stats_names[i]);
	}
}

/* --- losses --- */

static void stats_freed(struct sk_buff *skb)
{
	bool *freed = skb_shinfo(skb)->destructor_arg;

	*freed = true;
}

static void stats_drop(struct kunit *test, enum mctp_counter why)
{
	struct sk_buff *skb = alloc_skb(8, GFP_KERNEL);
	bool freed = false;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_shinfo(skb)->destructor_arg = &freed;
	skb->destructor = stats_freed;
	mctp_stats_drop(mctp_pernet(&init_net), skb, why);
	KUNIT_EXPECT_TRUE(test, freed);
}

static void loss_is_counted_under_its_reason_and_freed(struct kunit *test)
{
	unsigned int why;

	for (why = MCTP_CNT_DROP_FIRST; why < MCTP_CNT_MAX; why++) {
		struct mctp_fake_counts before;

		mctp_fake_counts(&before);
		stats_drop(test, why);
		mctp_fake_expect_drops(test, &before, why, 1);
	}
}

/* What the tracepoint of a loss was given */
struct stats_trace {
	const char	*why;
	unsigned int	times;
};

static void stats_probe(void *data, const struct sk_buff *skb, const char *why)
{
	struct stats_trace *trace = data;

	trace->why = why;
	trace->times++;
}

static void loss_is_traced_under_its_name(struct kunit *test)
{
	struct stats_trace trace = {};
	unsigned int why, n = 0;
	int err;

	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		kunit_skip(test, "the kernel has no tracepoints");
	err = register_trace_mctp_drop(stats_probe, &trace);
	KUNIT_ASSERT_EQ(test, err, 0);
	for (why = MCTP_CNT_DROP_FIRST; why < MCTP_CNT_MAX; why++) {
		stats_drop(test, why);
		KUNIT_EXPECT_EQ(test, trace.times, ++n);
		KUNIT_EXPECT_PTR_EQ(test, trace.why, mctp_stats_names[why]);
	}
	unregister_trace_mctp_drop(stats_probe, &trace);
	tracepoint_synchronize_unregister();
}

static struct kunit_case mctp_stats_cases[] = {
	KUNIT_CASE(every_counter_has_a_name),
	KUNIT_CASE(no_two_counters_have_the_same_name),
	KUNIT_CASE(losses_and_no_others_are_named_so),
	KUNIT_CASE(names_are_words),
	KUNIT_CASE(names_of_losses_fit_a_tracepoint),
	KUNIT_CASE(counter_is_the_sum_over_all_cpus),
	KUNIT_CASE(counter_is_as_great_as_can_be),
	KUNIT_CASE(count_is_of_one_counter_alone),
	KUNIT_CASE(loss_is_counted_under_its_reason_and_freed),
	KUNIT_CASE(loss_is_traced_under_its_name),
	{}
};

struct kunit_suite mctp_stats_suite = {
	.name = "mctp_stats",
	.test_cases = mctp_stats_cases,
};
