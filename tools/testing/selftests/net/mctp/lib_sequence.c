// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: the sequences of sequence.h.
 */
#define MCTP_TEST_LIBRARY
#include "mctp_test.h"
#include "sequence.h"

#define MARK		3		/* the socket that marks are for */
#define MARK_TYPE	0x55
#define MARK_FROM	201
#define MTU_TUN		1500

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif
#define OF(n)	chance_below(&s->chance, n)

static const char * const corpus[] = {
#include "packets_corpus.h"
};

static int listen_on(struct sequences *s, int i, uint8_t local, uint8_t type)
{
	s->sock[i] = sock_bound(1, local, type);
	if (s->m.nr_binds < SEQUENCE_SOCKS)
		s->m.binds[s->m.nr_binds++] = (struct model_bind) {
			.sock = i, .type = type, .local = local,
			.peer = MODEL_ANY, .net = true,
		};
	return s->sock[i] < 0 ? s->sock[i] : 0;
}

static int listen_all(struct sequences *s)
{
	return listen_on(s, 0, MODEL_ANY, 1) ?: listen_on(s, 1, 8, 1) ?:
	       listen_on(s, 2, MODEL_ANY, 2) ?:
	       listen_on(s, MARK, SEQUENCE_LOCAL, MARK_TYPE);
}

/* A TUN device, the wire that needs no driver */

static const char *tun_wire_open(struct sequences *s)
{
	s->fd = tun_new("bus0");
	return s->fd < 0 || link_up("bus0") ? NULL : "bus0";
}

static int tun_wire_in(struct sequences *s, const void *packet, size_t len)
{
	return tun_raw(s->fd, packet, len);
}

static ssize_t tun_wire_out(struct sequences *s, void *packet, size_t size,
			    bool wait)
{
	return wait ? tun_recv(s->fd, packet, size) :
		      tun_take(s->fd, packet, size);
}

const struct wire wire_tun = {
	.name = "tun", .most = SEQUENCE_PACKET_MAX, .back = true,
	.open = tun_wire_open, .in = tun_wire_in, .out = tun_wire_out,
};

static int route_both(struct sequences *s, const char *dev,
		      const struct model_route *r)
{
	s->m.routes[s->m.nr_routes++] = *r;
	return route_add(dev, r->min, r->max, r->mtu);
}

int sequences_new(struct sequences *s, const struct wire *wire)
{
	static const struct model_route far[] = {
		{ 30, 39, 1, MTU_TUN }, { 35, 36, 1, 100 },
	};
	struct model_route back = { SEQUENCE_FAR, SEQUENCE_FAR + 9, 0, 0 };
	struct link_info info;
	const char *dev;
	int err;

	memset(s, 0, sizeof(*s));
	s->wire = wire;
	s->chance = chance_new();
	s->kept = calloc(SEQUENCE_KEPT, sizeof(*s->kept));
	if (!s->kept)
		return -ENOMEM;
	dev = wire->open(s);
	if (!dev || link_get(dev, &info))
		return -ENODEV;
	back.mtu = info.mtu;
	s->other = tun_new("bus1");
	if (s->other < 0)
		return s->other;
	err = link_up("bus1") ?: addr_add(dev, SEQUENCE_LOCAL) ?:
	      addr_add("bus1", 10);
	if (wire->back)
		err = err ?: route_both(s, dev, &back);
	err = err ?: route_both(s, "bus1", &far[0]) ?:
	      route_both(s, "bus1", &far[1]) ?:
	      sysctl_set("reasm_timeout_ms", 60000);
	memcpy(s->m.locals, (uint8_t[]){ SEQUENCE_LOCAL, 10 }, 2);
	s->m.nr_locals = 2;
	s->m.strict = true;
	return err ?: listen_all(s);
}

static void expect(struct sequences *s, const char *name, int n)
{
	int i;

	for (i = 0; i < s->nr_counts; i++)
		if (!strcmp(s->count[i].name, name))
			break;
	if (i == s->nr_counts) {
		s->count[s->nr_counts].name = name;
		s->count[s->nr_counts++].n = 0;
	}
	s->count[i].n += n;
}

/* What comes instead, or of what length */
static bool wrong(const char *what, long is, long should)
{
	printf("# %s: %ld, expected %ld\n", what, is, should);
	return false;
}

/* What is delivered or goes on is what the model says */
static bool one_in(struct sequences *s, int bus, const uint8_t *data, size_t size)
{
	struct model_verdict v = model_packet(&s->m, bus, data, size);
	static uint8_t got[65536];
	struct sockaddr_mctp from;
	ssize_t len;
	int err;

	if (s->begin)
		s->begin();
	err = bus ? tun_raw(s->other, data, size) : s->wire->in(s, data, size);
	if (err)
		return wrong("coming in", err, 0);
	if (s->end)
		s->new += s->end();
	if (v.count)
		expect(s, v.count, 1);
	if (v.count2)
		expect(s, v.count2, 1);
	if (v.sock >= 0) {
		expect(s, "rx_messages", 1);
		len = recv_from(s->sock[v.sock], got, sizeof(got), &from);
		if (len != (ssize_t)v.len || memcmp(got, v.data, v.len) ||
		    from.smctp_addr.s_addr != v.src || from.smctp_type != v.type ||
		    from.smctp_tag != v.tagto)
			return wrong("a message", len, v.len);
	}
	if (v.forward >= 0) {
		expect(s, "forwarded", 1);
		len = v.forward ? tun_recv(s->other, got, sizeof(got)) :
				  s->wire->out(s, got, sizeof(got), true);
		if (len != (ssize_t)size || memcmp(got, data, len))
			return wrong("a packet that goes on", len, size);
	}
	return true;
}

/* A message that shows that what came before it by the wire has been dealt with */
static bool mark(struct sequences *s)
{
	static const uint8_t packet[] = {
		1, SEQUENCE_LOCAL, MARK_FROM, WHOLE | TO | 7, MARK_TYPE, 'm',
	};

	return one_in(s, 0, packet, sizeof(packet));
}

static bool packet_in(struct sequences *s, const struct packet *p)
{
	uint8_t byte;
	int i;

	if (!p->bus && (p->len < s->wire->least || p->len > s->wire->most)) {
		s->not_carried++;
		return true;
	}
	s->packets++;
	if (!one_in(s, p->bus, p->data, p->len))
		return false;
	if (!p->bus && s->wire->later && !mark(s))
		return false;
	for (i = 0; i < SEQUENCE_SOCKS; i++)
		if (recv_none(s->sock[i]))
			return wrong("a message that is for nobody", 1, 0);
	if (tun_none(s->other) || s->wire->out(s, &byte, sizeof(byte), false) >= 0)
		return wrong("a packet that does not go on", 1, 0);
	return true;
}

static bool counts(const char *name)
{
	return !strncmp(name, "drop_", 5) || !strcmp(name, "forwarded") ||
	       !strcmp(name, "rx_messages");
}

/* The first counter that has another rise than is expected, or -1 */
static int counter_differs(struct sequences *s, struct stats *now, long *rise,
			   long *want)
{
	int i, n;

	if (stats_read(now))
		return 0;
	for (i = 0; i < now->n; i++) {
		for (n = 0, *want = 0; n < s->nr_counts; n++)
			if (!strcmp(now->name[i], s->count[n].name))
				*want = s->count[n].n;
		*rise = now->value[i] - s->before.value[i];
		if (counts(now->name[i]) && *rise != *want)
			return i;
	}
	return -1;
}

/* A counter may rise after who waits for the message has it */
static bool counters_agree(struct sequences *s)
{
	long end = now_ms() + WAIT_MS, rise = 0, want = 0;
	struct stats now;
	int i;

	while ((i = counter_differs(s, &now, &rise, &want)) >= 0 &&
	       now_ms() < end)
		pause_ms(1);
	return i < 0 || wrong(now.name[i], rise, want);
}

/* What is open ends with its socket, so that each sequence begins alike */
static bool close_all(struct sequences *s)
{
	int i, open = s->m.nr_open;

	for (i = 0; i < SEQUENCE_SOCKS; i++)
		close(s->sock[i]);
	for (i = 0; i < MODEL_OPEN && s->m.nr_open; i++)
		if (s->m.open[i].used) {
			free(s->m.open[i].data);
			s->m.open[i].used = false;
			s->m.nr_open--;
		}
	if (open)
		expect(s, "drop_reasm_gone", open);
	return !listen_all(s);
}

bool sequence_run(struct sequences *s, const struct sequence *q)
{
	bool good = !stats_read(&s->before);
	int i;

	s->new = 0;
	s->nr_counts = 0;
	for (i = 0; i < q->n && good; i++)
		good = packet_in(s, &q->p[i]);
	return good && close_all(s) && counters_agree(s);
}

static bool parse(const char *text, struct sequence *q)
{
	struct packet *p = NULL;
	unsigned int byte;

	q->n = 0;
	for (; *text; text++) {
		if (*text == 'a' || *text == 'b') {
			if (!p || text[-1] == ' ') {
				p = &q->p[q->n++];
				p->bus = *text - 'a';
				p->len = 0;
				continue;
			}
		} else if (*text == ' ') {
			continue;
		}
		if (sscanf(text++, "%2x", &byte) != 1)
			return false;
		p->data[p->len++] = byte;
	}
	return p;
}

void sequence_show(const struct sequence *q)
{
	size_t at;
	int i;

	printf("# \"");
	for (i = 0; i < q->n; i++) {
		printf("%s%c", i ? " " : "", 'a' + q->p[i].bus);
		for (at = 0; at < q->p[i].len; at++)
			printf("%02x", q->p[i].data[at]);
	}
	printf("\",\n");
}

void sequence_keep(struct sequences *s, const struct sequence *q)
{
	if (s->nr_kept < SEQUENCE_KEPT)
		s->kept[s->nr_kept++] = *q;
}

static void mutate_packet(struct sequences *s, struct packet *p,
			  const struct packet *before)
{
	static const uint8_t bytes[] = { 0, 1, 2, 7, 8, 10, 20, 30, 35, 254, 255 };
	size_t len = p->len;

	switch (OF(8)) {
	case 0:
		if (len)
			p->data[OF(len)] ^= 1 << OF(8);
		break;
	case 1:
		if (len)
			p->data[OF(len < 5 ? len : 5)] = bytes[OF(ARRAY_SIZE(bytes))];
		break;
	case 2:				/* longer, shorter */
		p->len = OF(16) ? OF(24) : OF(SEQUENCE_PACKET_MAX);
		break;
	case 3:				/* as long as another */
		if (before)
			p->len = before->len;
		break;
	case 4:				/* the next of its message */
		if (before && before->len >= HDR_LEN) {
			memcpy(p->data, before->data, HDR_LEN);
			p->bus = before->bus;
			p->len = p->len < HDR_LEN ? before->len : p->len;
			p->data[3] = (before->data[3] & 0x0f) |
				     SEQ((before->data[3] >> 4) + 1) |
				     (OF(2) ? EOM : 0);
		}
		break;
	case 5:
		p->data[3] = (p->data[3] & 0x3f) | OF(4) << 6;
		break;
	case 6:
		p->bus ^= 1;
		break;
	case 7:
		p->data[3] += SEQ(1);
		break;
	}
}

static void mutate(struct sequences *s, struct sequence *q)
{
	const struct sequence *other = &s->kept[OF(s->nr_kept)];
	int n = 1 + OF(4), i;

	while (n--) {
		i = OF(q->n);
		switch (OF(8)) {
		case 0:			/* once more */
			if (q->n < SEQUENCE_PACKETS)
				q->p[q->n++] = q->p[i];
			break;
		case 1:			/* lost */
			if (q->n > 1)
				q->p[i] = q->p[--q->n];
			break;
		case 2:			/* of another sequence */
			if (q->n < SEQUENCE_PACKETS)
				q->p[q->n++] = other->p[OF(other->n)];
			break;
		default:
			mutate_packet(s, &q->p[i], i ? &q->p[i - 1] : NULL);
		}
	}
}

void sequence_some(struct sequences *s, struct sequence *q)
{
	*q = s->kept[OF(s->nr_kept)];
	mutate(s, q);
}

static bool run_or_show(struct sequences *s, const struct sequence *q)
{
	if (sequence_run(s, q))
		return true;
	sequence_show(q);
	return false;
}

bool sequences_corpus(struct sequences *s, int *new)
{
	struct sequence q;
	size_t i;

	*new = 0;
	for (i = 0; i < ARRAY_SIZE(corpus); i++) {
		if (!parse(corpus[i], &q) || !run_or_show(s, &q))
			return false;
		*new += s->new;
		sequence_keep(s, &q);
	}
	return true;
}

bool sequences_for(struct sequences *s, unsigned long seconds, int least)
{
	long end = now_ms() + seconds * 1000;
	struct sequence q;
	int new, n;

	if (!sequences_corpus(s, &new))
		return false;
	for (n = 0; n < least || now_ms() < end; n++) {
		sequence_some(s, &q);
		if (!run_or_show(s, &q))
			return false;
	}
	printf("# %s: %d sequences, %lu packets; %lu that it cannot carry were left out\n",
	       s->wire->name, n, s->packets, s->not_carried);
	return true;
}
