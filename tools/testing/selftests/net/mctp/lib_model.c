// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: the model of mctp_model.h. The rules stand
 * here in the order in which they apply.
 */
#include <stdlib.h>
#include <string.h>

#include "mctp_model.h"

#define HDR		4
#define WHOLE_MAX	65536
#define F_SOM		0x80
#define F_EOM		0x40
#define F_TO		0x08
#define SEQ_OF(flags)	((flags) >> 4 & 3)

static struct model_verdict nothing(void)
{
	return (struct model_verdict) { .forward = -1, .sock = -1 };
}

static struct model_verdict counted(const char *count)
{
	struct model_verdict v = nothing();

	v.count = count;
	return v;
}

static bool is_local(const struct model *m, uint8_t eid)
{
	int i;

	for (i = 0; i < m->nr_locals; i++)
		if (m->locals[i] == eid)
			return true;
	return false;
}

/* Between two devices of one network; here none has hardware addresses */
static struct model_verdict forward(const struct model *m, int bus,
				    const uint8_t *packet, size_t len)
{
	const struct model_route *best = NULL;
	struct model_verdict v = nothing();
	int i;

	if (!packet[2])
		return counted("drop_source");
	if (is_local(m, packet[2]))
		return counted("drop_forward_back");
	/* the narrowest range, of equals the newest */
	for (i = 0; i < m->nr_routes; i++) {
		const struct model_route *r = &m->routes[i];

		if (packet[1] < r->min || packet[1] > r->max)
			continue;
		if (!best || r->max - r->min <= best->max - best->min)
			best = r;
	}
	if (!best)
		return counted("drop_no_route");
	if (len > best->mtu)
		return counted("drop_forward_mtu");
	if (best->bus == bus)
		return counted("drop_forward_back");
	v.forward = best->bus;
	return v;
}

/* Who takes requests: peer, then local EID, then network say who comes first */
static int find_bind(const struct model *m, uint8_t type, uint8_t dest,
		     uint8_t src)
{
	int best = -1, sock = -1;
	int i;

	for (i = 0; i < m->nr_binds; i++) {
		const struct model_bind *b = &m->binds[i];
		int rank = (b->peer != MODEL_ANY) * 4 +
			   (b->local != MODEL_ANY) * 2 + b->net;

		if (b->type != (type & 0x7f) ||
		    (b->peer != MODEL_ANY && b->peer != src) ||
		    (b->local != MODEL_ANY && b->local != dest) || rank < best)
			continue;
		best = rank;
		sock = b->sock;
	}
	return sock;
}

static struct model_tag *find_tag(struct model *m, uint8_t dest, uint8_t src,
				  uint8_t value)
{
	int i;

	for (i = 0; i < m->nr_tags; i++) {
		struct model_tag *t = m->tags[i];

		if (t->value == value &&
		    (t->local == MODEL_ANY || t->local == dest) &&
		    (t->peer == MODEL_ANY || t->peer == src))
			return t;
	}
	return NULL;
}

static struct model_open *find_open(struct model *m, const uint8_t *packet)
{
	int i;

	for (i = 0; i < MODEL_OPEN; i++) {
		struct model_open *o = &m->open[i];

		if (o->used && o->dest == packet[1] && o->src == packet[2] &&
		    o->tagto == (packet[3] & 0xf))
			return o;
	}
	return NULL;
}

static void close_open(struct model *m, struct model_open *o)
{
	free(o->data);
	memset(o, 0, sizeof(*o));
	m->nr_open--;
}

static void end_tag(struct model *m, struct model_tag *tag)
{
	int i;

	tag->out = false;
	for (i = 0; i < m->nr_tags; i++)
		if (m->tags[i] == tag)
			m->tags[i--] = m->tags[--m->nr_tags];
}

/* A message is whole: an automatic tag takes one answer */
static struct model_verdict deliver(struct model *m, int sock,
				    struct model_tag *tag)
{
	struct model_verdict v = nothing();

	if (tag && !tag->out)
		return counted("drop_tag_expired");
	if (tag && !tag->prealloc)
		end_tag(m, tag);
	v.sock = sock;
	return v;
}

/* The one of a source that has waited longest makes room; did it have to? */
static bool make_room(struct model *m, uint8_t src)
{
	struct model_open *oldest = NULL;
	int n = 0, i;

	for (i = 0; i < MODEL_OPEN; i++) {
		struct model_open *o = &m->open[i];

		if (!o->used || o->src != src)
			continue;
		n++;
		if (!oldest || o->last < oldest->last)
			oldest = o;
	}
	if (n < MODEL_SOURCE_MAX)
		return false;
	close_open(m, oldest);
	return true;
}

static struct model_verdict start(struct model *m, int bus,
				  const uint8_t *packet, size_t len)
{
	struct model_open *o = find_open(m, packet);
	const char *replaced = o ? "drop_replaced" : NULL;
	struct model_verdict v = nothing();
	struct model_tag *tag = NULL;
	int sock, i;

	if (o)
		close_open(m, o);
	v.count2 = replaced;
	if (len == HDR) {
		v.count = "drop_short";
		return v;
	}
	if (packet[3] & F_TO) {
		sock = find_bind(m, packet[4], packet[1], packet[2]);
		v.count = sock < 0 ? "drop_no_bind" : NULL;
	} else {
		tag = find_tag(m, packet[1], packet[2], packet[3] & 7);
		sock = tag ? tag->sock : -1;
		v.count = tag ? NULL : "drop_no_tag";
	}
	if (v.count)
		return v;

	if (packet[3] & F_EOM) {
		v = deliver(m, sock, tag);
		v.count2 = replaced;
		memcpy(m->whole, packet + HDR, len - HDR);
		v.len = len - HDR;
		return v;
	}

	if (make_room(m, packet[2]))
		v.count = "drop_reasm_source";
	for (i = 0; m->open[i].used; i++)
		;
	o = &m->open[i];
	m->nr_open++;
	*o = (struct model_open) {
		.used = true,
		.src = packet[2],
		.dest = packet[1],
		.tagto = packet[3] & 0xf,
		.bus = bus,
		.sock = sock,
		.tag = tag,
		.seq = SEQ_OF(packet[3]),
		.first = len - HDR,
		.last = m->clock,
		.len = len - HDR,
		.data = malloc(WHOLE_MAX),
	};
	memcpy(o->data, packet + HDR, len - HDR);
	return v;
}

static struct model_verdict go_on(struct model *m, int bus,
				  const uint8_t *packet, size_t len)
{
	struct model_open *o = find_open(m, packet);
	bool end = packet[3] & F_EOM;
	struct model_verdict v;
	const char *why = NULL;
	size_t n = len - HDR;

	if (!o || o->bus != bus)
		return counted("drop_no_start");
	if (SEQ_OF(packet[3]) != ((o->seq + 1) & 3))
		why = "drop_sequence";
	else if (m->strict && (end ? n > o->first : n != o->first))
		why = "drop_size";
	else if (!end && !n)
		why = "drop_size";
	else if (o->len + n > WHOLE_MAX)
		why = "drop_too_long";
	if (why) {
		close_open(m, o);
		return counted(why);
	}
	memcpy(o->data + o->len, packet + HDR, n);
	o->len += n;
	o->seq = SEQ_OF(packet[3]);
	o->last = m->clock;
	if (!end)
		return nothing();
	v = deliver(m, o->sock, o->tag);
	memcpy(m->whole, o->data, o->len);
	v.len = o->len;
	close_open(m, o);
	return v;
}

struct model_verdict model_packet(struct model *m, int bus,
				  const uint8_t *packet, size_t len)
{
	struct model_verdict v;

	m->clock++;
	if (len < HDR)
		return counted("drop_short");
	if ((packet[0] & 0x0f) != 1)
		return counted("drop_version");
	if (packet[2] == 0xff)
		return counted("drop_source");
	if (packet[1] && packet[1] != 0xff && !is_local(m, packet[1]))
		return forward(m, bus, packet, len);

	v = packet[3] & F_SOM ? start(m, bus, packet, len) :
				go_on(m, bus, packet, len);
	if (v.sock < 0)
		return v;
	v.src = packet[2];
	v.tagto = packet[3] & 0xf;
	v.type = m->whole[0];
	v.data = m->whole + 1;
	v.len--;
	return v;
}

/* Tags live as long as the program does: open messages refer to them */
int model_tag_add(struct model *m, struct model_tag tag)
{
	struct model_tag *t = malloc(sizeof(*t));

	if (!t || m->nr_tags == MODEL_TAGS) {
		free(t);
		return -1;
	}
	*t = tag;
	t->out = true;
	m->tags[m->nr_tags++] = t;
	return 0;
}

static bool overlaps(uint8_t a, uint8_t b)
{
	return a == b || a == MODEL_ANY || b == MODEL_ANY;
}

bool model_tag_free(const struct model *m, uint8_t local, uint8_t peer)
{
	unsigned int taken = 0;
	int i;

	for (i = 0; i < m->nr_tags; i++)
		if (overlaps(m->tags[i]->local, local) &&
		    overlaps(m->tags[i]->peer, peer))
			taken |= 1u << m->tags[i]->value;
	return taken != 0xff;
}
