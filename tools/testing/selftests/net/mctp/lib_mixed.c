// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of mixed_test.c: a bus where packets are lost, doubled, swapped and
 * cut. Whatever the stack sends there comes back: a request as its answer, an
 * answer as a request. Each packet that goes out is compared with what it must
 * be, and of each that comes in is told what becomes of it, by a receiver.
 */
#define MCTP_TEST_LIBRARY
#include "mixed.h"

#define POOL_OFFSETS	4096

/* Answers that are older are lost, well before their tag ends; a tag is free
 * again when it is longer out than that, well after
 */
#define LATE_MS		3000
#define EXPIRED_MS	8000
/* Partial messages end so often; their own time is 60 s */
#define END_MS		20000

struct mixed mixed;

static uint8_t pool[MSG_MAX + POOL_OFFSETS];

uint32_t mixed_random(uint32_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % below;
}

void mixed_pool(uint32_t seed)
{
	size_t i;

	for (i = 0; i < sizeof(pool); i++)
		pool[i] = mixed_random(&seed, 256);
}

const uint8_t *mixed_body(uint32_t id)
{
	return pool + id * 2654435761u / (UINT32_MAX / POOL_OFFSETS + 1);
}

int mixed_taker(uint8_t type, uint8_t local, uint8_t peer)
{
	int t;

	type &= 0x7f;
	if (type >= TYPE_PLAIN(0, 0) && type < TYPE_PLAIN(THREADS, 0))
		return SOCK((type - TYPE_PLAIN(0, 0)) / 4,
			    SOCK_PLAIN + type % 4);
	if (type >= TYPE_SLOW(0) && type < TYPE_SLOW(THREADS))
		return SOCK(type - TYPE_SLOW(0), SOCK_SLOW);
	if (type < TYPE_ORDER(0) || type >= TYPE_ORDER(THREADS))
		return NR_SOCKS;
	t = type - TYPE_ORDER(0);
	return SOCK(t, SOCK_ORDER + (peer == PEER_CONNECT(t) ? 2 :
				     local == LOCAL + 1 ? 1 : 0));
}

unsigned int mixed_mtu(uint8_t peer)
{
	static const unsigned int mtu[] = { 68, 254, 255, 1500, 1500 };

	return mtu[(peer - PEER_OF(BUS_OF(peer))) / WAY_PEERS];
}

static uint64_t digest(const uint8_t *data, size_t len, int sock)
{
	uint64_t sum = 0xcbf29ce484222325 + sock, word;

	for (; len >= sizeof(word); len -= sizeof(word), data += sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		sum = (sum ^ word) * 0x100000001b3;
		sum ^= sum >> 29;
	}
	while (len--)
		sum = (sum ^ *data++) * 0x100000001b3;
	return sum;
}

static bool is_whole(const struct stamp *stamp, const uint8_t *data, size_t len)
{
	return stamp->id < 2 * mixed.messages && stamp->len == len &&
	       !memcmp(data + sizeof(*stamp), mixed_body(stamp->id),
		       len - sizeof(*stamp));
}

static bool note(const uint8_t *data, size_t len, int sock, bool told)
{
	struct stamp stamp = { .id = UINT32_MAX };
	struct fate *fate;
	uint64_t sum = digest(data, len, sock);

	if (len >= sizeof(stamp))
		memcpy(&stamp, data, sizeof(stamp));
	fate = &mixed.fate[stamp.id < 2 * mixed.messages ? stamp.id :
							    2 * mixed.messages];
	__atomic_fetch_add(told ? &fate->told : &fate->seen, 1,
			   __ATOMIC_RELAXED);
	if (sock % SOCKS == SOCK_SLOW)
		__atomic_store_n(&fate->slow, true, __ATOMIC_RELAXED);
	__atomic_fetch_add(told ? &fate->told_sum : &fate->seen_sum, sum,
			   __ATOMIC_RELAXED);
	return len >= sizeof(stamp) && is_whole(&stamp, data, len);
}

bool mixed_told(const void *data, size_t len, int sock)
{
	return note(data, len, sock, true);
}

bool mixed_seen(const void *data, size_t len, int sock)
{
	return note(data, len, sock, false);
}

bool mixed_tag_take(uint8_t peer, int most)
{
	if (__atomic_add_fetch(&mixed.tags_out[peer], 1, __ATOMIC_RELAXED) <=
	    most)
		return true;
	mixed_tag_give(peer);
	return false;
}

void mixed_tag_give(uint8_t peer)
{
	__atomic_sub_fetch(&mixed.tags_out[peer], 1, __ATOMIC_RELAXED);
}

static bool bus_chance(struct bus *bus, unsigned int of_1000)
{
	return mixed_random(&bus->random, 1000) < of_1000;
}

/* The model asks who takes a message that comes from the bus */
static enum receiver_end bus_begin(void *owner, struct receiver_message *m)
{
	struct wait *wait;
	struct bus *bus = owner;

	m->token = 0;
	if (m->tagto & TO) {
		m->taker = mixed_taker(m->data[0], m->dest, m->src);
		return m->taker == NR_SOCKS ? RECEIVER_NO_BIND : RECEIVER_MESSAGE;
	}
	if (mixed.prealloc[m->src]) {
		m->taker = SOCK(mixed.prealloc[m->src] - 1, SOCK_PREALLOC);
		return RECEIVER_MESSAGE;
	}
	wait = &bus->waits[m->src][m->dest - LOCAL][m->tagto];
	m->taker = wait->sock;
	m->token = wait->token;
	return wait->out ? RECEIVER_MESSAGE : RECEIVER_NO_TAG;
}

/* A message is whole */
static enum receiver_end bus_whole(void *owner, const struct receiver_message *m)
{
	struct bus *bus = owner;
	struct wait *wait;

	if (!(m->tagto & TO) && !mixed.prealloc[m->src]) {
		wait = &bus->waits[m->src][m->dest - LOCAL][m->tagto];
		if (!wait->out || wait->token != m->token)
			return RECEIVER_TAG_EXPIRED;
		wait->out = false;
		bus->answered++;
		bus->done[bus->nr_done++] = m->src;
	}
	/* the filter of that socket: see mixed_test.c */
	if (m->taker % SOCKS == SOCK_PLAIN && (m->len < 2 || !(m->data[1] & 7)))
		return RECEIVER_FILTER;
	bus->whole += mixed_told(m->data + 1, m->len - 1, m->taker);
	return RECEIVER_MESSAGE;
}

static void bus_put(struct bus *bus, const struct bus_packet *p)
{
	int err = tun_raw(bus->fd, p->bytes, p->len);

	if (err) {
		snprintf(bus->why, sizeof(bus->why), "cannot be put in: %d", err);
		bus->bad++;
		return;
	}
	bus->in++;
	receiver_packet(&bus->receiver, p->bytes, p->len);
}

static void bus_let_go(struct bus *bus)
{
	if (bus->held.len)
		bus_put(bus, &bus->held);
	bus->held.len = 0;
	/* no second copy of what has been answered is left */
	while (bus->nr_done)
		mixed_tag_give(bus->done[--bus->nr_done]);
}

/* The packet on its way back, if it comes so far */
static void bus_disturb(struct bus *bus, struct bus_packet *p)
{
	bool twice = bus_chance(bus, 8);

	if (bus_chance(bus, 5)) {
		bus->lost++;
		return;
	}
	if (bus_chance(bus, 5)) {
		p->len = 1 + mixed_random(&bus->random, p->len - 1);
		bus->cut++;
	}
	bus->doubled += twice;
	if (!bus->held.len && bus_chance(bus, 8)) {
		bus->swapped++;
		bus->held = *p;
		if (twice)
			bus_put(bus, p);
		return;
	}
	bus_put(bus, p);
	if (twice)
		bus_put(bus, p);
	bus_let_go(bus);
}

#define bus_bad(bus, ...) \
	((bus)->bad++ ? false : \
	 (snprintf((bus)->why, sizeof((bus)->why), __VA_ARGS__), false))

/* A request goes out: its answer is waited for from now on */
static void bus_asked(struct bus *bus, const struct outgoing *o, struct wait *w)
{
	static unsigned int token;

	bus->asked++;
	if (w->out) {
		bus->expired++;
		mixed_tag_give(o->stamp.peer);
	}
	w->out = true;
	w->token = __atomic_add_fetch(&token, 1, __ATOMIC_RELAXED);
	w->sock = o->stamp.from;
	w->sent = o->stamp.sent;
}

static bool bus_first(struct bus *bus, struct outgoing *o,
		      const struct bus_packet *p)
{
	const uint8_t *hdr = p->bytes;
	struct stamp *s = &o->stamp;

	if (o->open)
		return bus_bad(bus, "a start amid message %u", s->id);
	if (p->len < HDR_LEN + 1 + sizeof(*s))
		return bus_bad(bus, "a start of %zu bytes", p->len);
	memcpy(s, hdr + HDR_LEN + 1, sizeof(*s));
	if (s->id >= mixed.messages || s->peer != hdr[1] ||
	    s->type != hdr[HDR_LEN] ||
	    (s->kind == KIND_TELL) != !(hdr[3] & TO))
		return bus_bad(bus, "not the start of message %u", s->id);
	o->open = true;
	o->off = p->len - HDR_LEN - 1;
	if (memcmp(hdr + HDR_LEN + 1 + sizeof(*s), mixed_body(s->id),
		   o->off - sizeof(*s)))
		return bus_bad(bus, "another start of message %u", s->id);
	if (s->kind == KIND_ASK)
		bus_asked(bus, o, &bus->waits[s->peer][hdr[2] - LOCAL]
					     [hdr[3] & MCTP_TAG_MASK]);
	return true;
}

/* What has left the stack must be just what was sent. Returns its message. */
static const struct stamp *bus_judge(struct bus *bus,
				     const struct bus_packet *p)
{
	const uint8_t *hdr = p->bytes;
	struct outgoing *o;
	size_t n = p->len - HDR_LEN;
	uint8_t seq;

	if (p->len <= HDR_LEN || hdr[0] != 1 || hdr[1] < PEER_OF(0) ||
	    hdr[1] >= PEER_OF(BUSES) || BUS_OF(hdr[1]) != bus->nr ||
	    hdr[2] < LOCAL || hdr[2] >= LOCAL + RECEIVER_LOCALS) {
		bus_bad(bus, "%zu bytes from %u to %u", p->len, hdr[2], hdr[1]);
		return NULL;
	}
	if (hdr[3] & EOM ? p->len > mixed_mtu(hdr[1]) :
			   p->len != mixed_mtu(hdr[1])) {
		bus_bad(bus, "%zu bytes to %u", p->len, hdr[1]);
		return NULL;
	}
	o = &bus->outgoing[hdr[1]][hdr[2] - LOCAL][hdr[3] & (TO | MCTP_TAG_MASK)];
	seq = hdr[3] >> 4 & 3;
	if (hdr[3] & SOM) {
		if (!bus_first(bus, o, p))
			return NULL;
	} else if (!o->open || seq != ((o->seq + 1) & 3) ||
		   o->off + n > o->stamp.len ||
		   memcmp(hdr + HDR_LEN,
			  mixed_body(o->stamp.id) + o->off - sizeof(o->stamp),
			  n)) {
		bus_bad(bus, "no part of message %u", o->stamp.id);
		return NULL;
	} else {
		o->off += n;
	}
	o->seq = seq;
	if (hdr[3] & EOM) {
		o->open = false;
		if (o->off != o->stamp.len)
			bus_bad(bus, "message %u is short", o->stamp.id);
	}
	return &o->stamp;
}

static void bus_packet(struct bus *bus, struct bus_packet *p)
{
	const struct stamp *stamp = bus_judge(bus, p);
	uint8_t *hdr = p->bytes, peer = hdr[1];

	if (!stamp)
		return;
	/* its tag may end before it is there */
	if (stamp->kind == KIND_ASK &&
	    (uint32_t)now_ms() - stamp->sent > LATE_MS) {
		bus->late++;
		return;
	}
	hdr[1] = hdr[2];
	hdr[2] = peer;
	hdr[3] ^= TO;
	bus_disturb(bus, p);
}

/* What is open ends by a packet out of sequence, before it is too old: nothing
 * is left to clocks
 */
static void bus_end_all(struct bus *bus)
{
	int peer, local, key;

	for (peer = 0; peer < 256; peer++)
		for (local = 0; local < RECEIVER_LOCALS; local++)
			for (key = 0; key < RECEIVER_KEYS; key++) {
				const struct receiver_partial *p =
					&bus->receiver.partial[peer][local][key];
				struct bus_packet noise = {
					.len = HDR_LEN + 1,
					.bytes = { 1, LOCAL + local, peer,
						   SEQ(p->seq + 2) | key },
				};

				if (p->open)
					bus_put(bus, &noise);
			}
}

/* Now and then. Tags that have ended by themselves can be lent again. */
static void bus_sweep(struct bus *bus)
{
	long now = now_ms();
	int peer, local, tag;

	if (now - bus->swept < 1000)
		return;
	bus->swept = now;
	if (!bus->ended)
		bus->ended = now;
	if (now - bus->ended > END_MS) {
		bus->ended = now;
		bus_end_all(bus);
	}
	for (peer = 0; peer < 256; peer++)
		for (local = 0; local < RECEIVER_LOCALS; local++)
			for (tag = 0; tag < 8; tag++) {
				struct wait *w = &bus->waits[peer][local][tag];

				if (!w->out ||
				    (uint32_t)now - w->sent < EXPIRED_MS)
					continue;
				w->out = false;
				bus->expired++;
				mixed_tag_give(peer);
			}
}

void *mixed_bus(void *arg)
{
	struct bus *bus = arg;
	struct bus_packet p;
	bool over;
	ssize_t n;

	bus->receiver.local = LOCAL;
	bus->receiver.begin = bus_begin;
	bus->receiver.whole = bus_whole;
	bus->receiver.owner = bus;
	for (;;) {
		over = __atomic_load_n(&bus->over, __ATOMIC_ACQUIRE);
		n = tun_take(bus->fd, p.bytes, sizeof(p.bytes));
		if (n >= 0) {
			p.len = n;
			bus->out++;
			bus_packet(bus, &p);
			__atomic_sub_fetch(&bus->waiting, 1, __ATOMIC_RELAXED);
			if (bus->out % 256 == 0) {
				bus_let_go(bus);
				bus_sweep(bus);
			}
			continue;
		}
		bus_let_go(bus);
		if (n != -EAGAIN)
			bus_bad(bus, "cannot be read: %zd", n);
		if (over || n != -EAGAIN)
			return NULL;
		bus_sweep(bus);
		sock_polls(bus->fd, POLLIN, 20);
	}
}
