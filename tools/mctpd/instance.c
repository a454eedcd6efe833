// SPDX-License-Identifier: GPL-2.0
/*
 * Instance ids of the requests to one peer.
 */
#include <errno.h>

#include "instance.h"

/**
 * instance_take - take an id for a request and all its retries
 * @ids: the peer's
 * @now: the time, in us
 *
 * Return: 0 to 31, or -EAGAIN while every id is in use or rests.
 */
int instance_take(struct instance_ids *ids, uint64_t now)
{
	int i, id;

	for (i = 0; i < INSTANCE_COUNT; i++) {
		id = (ids->next + i) % INSTANCE_COUNT;
		if (ids->free_at[id] > now)
			continue;
		ids->free_at[id] = UINT64_MAX;
		ids->next = (id + 1) % INSTANCE_COUNT;
		return id;
	}
	return -EAGAIN;
}

/**
 * instance_release - give an id back
 * @ids: the peer's
 * @instance: the id
 * @answered: the answer came, so that no late one can; otherwise the id rests
 * @now: the time, in us
 */
void instance_release(struct instance_ids *ids, int instance, bool answered, uint64_t now)
{
	ids->free_at[instance] = answered ? now : now + INSTANCE_REST_US;
}

/**
 * instance_free_at - when the first id can be taken
 *
 * Return: the time in us, UINT64_MAX when all are in use.
 */
uint64_t instance_free_at(const struct instance_ids *ids)
{
	uint64_t least = UINT64_MAX;
	int i;

	for (i = 0; i < INSTANCE_COUNT; i++) {
		if (ids->free_at[i] < least)
			least = ids->free_at[i];
	}
	return least;
}
