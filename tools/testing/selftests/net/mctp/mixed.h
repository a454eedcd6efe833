/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What mixed_test.c and the bus of it, lib_mixed.c, know in common: messages,
 * who takes them, and what is told of each.
 */
#ifndef MCTP_MIXED_H
#define MCTP_MIXED_H

#include <pthread.h>

#include "mctp_test.h"
#include "mctp_receiver.h"

#define THREADS		8
#define SOCKS		25		/* of each thread */
#define NR_SOCKS	(THREADS * SOCKS)
#define BUSES		2

/* EIDs: ours on the buses, two each; ours on lo; theirs, by bus */
#define LOCAL		8
#define LO_FIRST	230
#define LO_EIDS		16
#define PEERS		105
#define PEER_OF(bus)	(20 + (bus) * PEERS)
#define BUS_OF(peer)	((peer) >= PEER_OF(1))
/* Four ways of each bus, each with an MTU of its own */
#define WAY_PEERS	26
/* Whom a thread has a preallocated tag for, and whom it is connected to */
#define PEER_PREALLOC(t)	(PEER_OF((t) & 1) + (t) / 2)
#define PEER_CONNECT(t)		(PEER_OF((t) & 1) + 40 + (t) / 2)

/* Tags of one peer that are out at once, at most. Of the others one has rested
 * longer than that which was answered last, so that a second copy of the answer
 * never finds the tag in use again.
 */
#define PEER_TAGS	4

/* Types of messages: that of requests; of plain listeners, four a thread; of
 * the three that stand side by side; of the slow; of nobody; of binds
 */
#define TYPE_REQUEST	0x7e
#define TYPE_PLAIN(t, i)	(0x10 + 4 * (t) + (i))
#define TYPE_ORDER(t)	(0x40 + (t))
#define TYPE_SLOW(t)	(0x50 + (t))
#define TYPE_NOBODY	0x5f
#define TYPE_BOUND(t)	(0x60 + (t))

/* Sockets of a thread */
#define SOCK_PREALLOC	0
#define SOCK_FREE	1	/* asks, and is not bound */
#define SOCK_BOUND	13	/* asks, bound to one of the four local EIDs */
#define SOCK_PLAIN	17	/* takes requests; the first one has a filter */
#define SOCK_ORDER	21	/* to any EID; to the second one; of one peer */
#define SOCK_SLOW	24	/* takes requests, and is not read */
#define SOCK(t, i)	((t) * SOCKS + (i))

enum kind {
	KIND_ASK,		/* the bus answers */
	KIND_PREALLOC,		/* the same, with a preallocated tag */
	KIND_TELL,		/* an answer, of which the bus makes a request */
	KIND_LOCAL,		/* a request to one of our own EIDs */
	KIND_ANSWER,		/* its answer */
};

/* A message begins so, after its type */
struct stamp {
	uint32_t	id;
	uint32_t	len;	/* with this */
	uint32_t	sent;	/* ms */
	uint16_t	from;	/* socket */
	uint16_t	to;	/* socket, or NR_SOCKS if nobody takes it */
	uint8_t		kind;
	uint8_t		peer;	/* the EID it is sent to */
	uint8_t		type;
	uint8_t		asked;	/* of an answer: the EID that answers */
};

/* How often a message of that number must come, and has come. What it was and
 * by which socket it was taken is in the sums.
 */
struct fate {
	uint32_t	told;
	uint32_t	seen;
	uint64_t	told_sum;
	uint64_t	seen_sum;
	bool		slow;		/* for a socket that is not read */
};

struct wait {
	bool		out;
	unsigned int	token;
	uint16_t	sock;
	uint32_t	sent;
};

struct outgoing {
	bool		open;
	uint8_t		seq;
	uint32_t	off;
	struct stamp	stamp;
};

struct bus_packet {
	size_t		len;
	uint8_t		bytes[2048];
};

struct bus {
	pthread_t	thread;
	int		nr;
	int		fd;
	uint32_t	random;
	int		waiting;	/* packets on their way here */
	bool		over;
	struct receiver	receiver;
	struct outgoing	outgoing[256][RECEIVER_LOCALS][RECEIVER_KEYS];
	struct wait	waits[256][RECEIVER_LOCALS][8];
	struct bus_packet held;
	int		nr_done;
	uint8_t		done[64];	/* peers with a tag less */
	long		swept, ended;

	unsigned long	out, in;	/* packets */
	unsigned long	lost, late, cut, doubled, swapped;
	unsigned long	asked, answered, expired, whole;
	unsigned long	bad;
	char		why[160];	/* of the first bad packet */
};

struct mixed {
	uint32_t	messages;	/* answers have the numbers after these */
	uint32_t	seed;
	struct fate	*fate;		/* the last one: of what has no stamp */
	int		fd[NR_SOCKS];
	int		tags_out[256];	/* of each peer */
	uint8_t		prealloc[256];	/* of that thread + 1 */
	struct bus	bus[BUSES];
};

extern struct mixed mixed;

uint32_t mixed_random(uint32_t *state, uint32_t below);
const uint8_t *mixed_body(uint32_t id);
void mixed_pool(uint32_t seed);
/* The socket that takes a request, or NR_SOCKS */
int mixed_taker(uint8_t type, uint8_t local, uint8_t peer);
unsigned int mixed_mtu(uint8_t peer);
/* The message comes, without its type byte, to that socket: a bus tells (or the
 * sender, where there is none), or the socket has seen it. True if it is whole.
 */
bool mixed_told(const void *data, size_t len, int sock);
bool mixed_seen(const void *data, size_t len, int sock);
bool mixed_tag_take(uint8_t peer, int most);
void mixed_tag_give(uint8_t peer);

/* What a bus does until it is over and nothing waits */
void *mixed_bus(void *arg);

#endif /* MCTP_MIXED_H */
