/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instance ids of the requests to one peer (DSP0236, 12.4).
 */
#ifndef MCTPD_INSTANCE_H
#define MCTPD_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#define INSTANCE_COUNT 32

/* How long an unanswered one rests, for a late answer not to be taken for another's (MT4). */
#define INSTANCE_REST_US (5 * 1000 * 1000ull)

/**
 * struct instance_ids - the ids towards one peer
 * @free_at: when each can be taken again, in us; UINT64_MAX while in use
 * @next: where the search begins: the one that was taken last comes last
 */
struct instance_ids {
	uint64_t free_at[INSTANCE_COUNT];
	uint8_t next;
};

int instance_take(struct instance_ids *ids, uint64_t now);
void instance_release(struct instance_ids *ids, int instance, bool answered, uint64_t now);
uint64_t instance_free_at(const struct instance_ids *ids);

#endif
