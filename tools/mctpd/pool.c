// SPDX-License-Identifier: GPL-2.0
/*
 * The EIDs that a bus owner can give out in a network.
 *
 * A never-used EID comes before every reclaimed one, since a program may still have the old
 * holder in mind; of the reclaimed ones that which rested longest comes first.
 */
#include <errno.h>

#include "codec.h"
#include "pool.h"

static bool is_eid(unsigned int eid)
{
	return eid >= EID_FIRST && eid <= EID_LAST;
}

static bool is_free(const struct pool_eid *e)
{
	return e->dynamic && !e->reserved && !e->local && !e->taken;
}

static bool is_rested(const struct pool_eid *e, uint64_t now)
{
	return !e->used || now - e->reclaimed >= POOL_REST_US;
}

/**
 * pool_set_range - say which EIDs may be given to whoever comes
 * @pool: the pool
 * @first: first of them
 * @last: last of them; below @first for none at all
 */
void pool_set_range(struct pool *pool, uint8_t first, uint8_t last)
{
	unsigned int eid;

	for (eid = EID_FIRST; eid <= EID_LAST; eid++)
		pool->eids[eid].dynamic = eid >= first && eid <= last;
}

/**
 * pool_reserve - keep an EID for a device of the configuration
 */
void pool_reserve(struct pool *pool, uint8_t eid)
{
	pool->eids[eid].reserved = true;
}

/**
 * pool_set_local - an EID is ours, or no longer
 */
void pool_set_local(struct pool *pool, uint8_t eid, bool local)
{
	pool->eids[eid].local = local;
}

static void take(struct pool_eid *e)
{
	e->taken = true;
	e->used = true;
}

/**
 * pool_take - take an EID for a new endpoint
 * @pool: the pool
 * @now: the time, in us
 *
 * Return: the EID; -EAGAIN when those that are free still rest; -ENOSPC when none is free.
 */
int pool_take(struct pool *pool, uint64_t now)
{
	int best = -ENOSPC;
	int eid;

	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		struct pool_eid *e = &pool->eids[eid];

		if (!is_free(e))
			continue;
		if (!e->used) {
			best = eid;
			break;
		}
		if (!is_rested(e, now)) {
			if (best < 0)
				best = -EAGAIN;
			continue;
		}
		if (best < 0 || e->reclaimed < pool->eids[best].reclaimed)
			best = eid;
	}
	if (best >= 0)
		take(&pool->eids[best]);
	return best;
}

/**
 * pool_nth - the EID that the device at a place in a list has, if it can
 * @pool: the pool
 * @n: the place, from 0
 *
 * So devices of a list have the same EIDs after every start, in whatever order they answer.
 *
 * Return: the EID, or 0 when the range has not so many.
 */
uint8_t pool_nth(const struct pool *pool, unsigned int n)
{
	int eid;

	for (eid = EID_FIRST; eid <= EID_LAST; eid++) {
		const struct pool_eid *e = &pool->eids[eid];

		if (e->dynamic && !e->reserved && !e->local && !n--)
			return eid;
	}
	return 0;
}

/**
 * pool_take_fresh - take a certain EID if it may be given to whoever comes, and nobody had it yet
 *
 * Return: 0 or -EEXIST.
 */
int pool_take_fresh(struct pool *pool, uint8_t eid)
{
	struct pool_eid *e = &pool->eids[eid];

	if (!is_free(e) || e->used)
		return -EEXIST;
	take(e);
	return 0;
}

/**
 * pool_take_eid - take a certain EID, of the range or not, reserved or not
 *
 * Return: 0, -EINVAL when it cannot be an endpoint's, or -EEXIST when somebody has it.
 */
int pool_take_eid(struct pool *pool, uint8_t eid)
{
	if (!is_eid(eid))
		return -EINVAL;
	if (pool->eids[eid].taken || pool->eids[eid].local)
		return -EEXIST;
	take(&pool->eids[eid]);
	return 0;
}

/* How many EIDs from @first on are free, @size at most; with @fresh only those never used. */
static int run_length(const struct pool *pool, int first, int size, bool fresh, uint64_t now)
{
	int n;

	for (n = 0; n < size && first + n <= EID_LAST; n++) {
		const struct pool_eid *e = &pool->eids[first + n];

		if (!is_free(e) || !is_rested(e, now) || (fresh && e->used))
			break;
	}
	return n;
}

/**
 * pool_take_range - take EIDs in a row, for a bridge
 * @pool: the pool
 * @size: how many, at least 1
 * @now: the time, in us
 *
 * Those that come last in the pool are taken, so that single ones and ranges do not cut each other
 * into pieces.
 *
 * Return: the first EID, or -ENOSPC.
 */
int pool_take_range(struct pool *pool, uint8_t size, uint64_t now)
{
	int fresh, first, i;

	for (fresh = 1; fresh >= 0; fresh--) {
		for (first = EID_LAST; first >= EID_FIRST; first--) {
			if (!size || run_length(pool, first, size, fresh, now) < size)
				continue;
			for (i = 0; i < size; i++)
				take(&pool->eids[first + i]);
			return first;
		}
	}
	return -ENOSPC;
}

/**
 * pool_take_range_at - take certain EIDs in a row, of the range or not
 *
 * Return: 0, -EINVAL when they are none, or -EEXIST when somebody has one of them.
 */
int pool_take_range_at(struct pool *pool, uint8_t first, uint8_t size)
{
	int i;

	if (!size || !is_eid(first) || first + size - 1 > EID_LAST)
		return -EINVAL;
	for (i = 0; i < size; i++) {
		if (pool->eids[first + i].taken || pool->eids[first + i].local)
			return -EEXIST;
	}
	for (i = 0; i < size; i++)
		take(&pool->eids[first + i]);
	return 0;
}

/**
 * pool_return - give an EID back; it rests from now on
 */
void pool_return(struct pool *pool, uint8_t eid, uint64_t now)
{
	pool->eids[eid].taken = false;
	pool->eids[eid].reclaimed = now;
}

/**
 * pool_touch - somebody may have this EID from before: others come first, and it rests
 */
void pool_touch(struct pool *pool, uint8_t eid, uint64_t now)
{
	pool->eids[eid].used = true;
	pool->eids[eid].reclaimed = now;
}

/**
 * pool_is_taken - does somebody have this EID?
 */
bool pool_is_taken(const struct pool *pool, uint8_t eid)
{
	return pool->eids[eid].taken;
}
