/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The EIDs that a bus owner can give out in a network (DSP0236, 8.17.6).
 */
#ifndef MCTPD_POOL_H
#define MCTPD_POOL_H

#include <stdbool.h>
#include <stdint.h>

/* How long a reclaimed EID rests before somebody else gets it. */
#define POOL_REST_US (5 * 1000 * 1000ull)

/**
 * struct pool_eid - what is known of an EID
 * @dynamic: may be given to whoever comes
 * @reserved: kept for a device of the configuration
 * @local: it is ours
 * @taken: somebody has it
 * @used: somebody had it
 * @reclaimed: when it was given back, in us
 */
struct pool_eid {
	bool dynamic;
	bool reserved;
	bool local;
	bool taken;
	bool used;
	uint64_t reclaimed;
};

/**
 * struct pool - the EIDs of a network
 * @eids: by EID
 */
struct pool {
	struct pool_eid eids[256];
};

void pool_set_range(struct pool *pool, uint8_t first, uint8_t last);
void pool_reserve(struct pool *pool, uint8_t eid);
void pool_set_local(struct pool *pool, uint8_t eid, bool local);
int pool_take(struct pool *pool, uint64_t now);
uint8_t pool_nth(const struct pool *pool, unsigned int n);
int pool_take_fresh(struct pool *pool, uint8_t eid);
int pool_take_eid(struct pool *pool, uint8_t eid);
int pool_take_range(struct pool *pool, uint8_t size, uint64_t now);
int pool_take_range_at(struct pool *pool, uint8_t first, uint8_t size);
void pool_return(struct pool *pool, uint8_t eid, uint64_t now);
void pool_touch(struct pool *pool, uint8_t eid, uint64_t now);
bool pool_is_taken(const struct pool *pool, uint8_t eid);

#endif
