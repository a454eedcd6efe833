// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of every kind, by chance, from two buses: for each the model of
 * mctp_model.h says what must become of it, and just that is what the stack's
 * counters, sockets and other devices show. No packet is left unexplained.
 *
 *   MCTP_SEED=N      the chance to be repeated (default: of the clock)
 *   MCTP_PACKETS=N   so many, however long it takes
 *   MCTP_SECONDS=N   for so long, however many
 *
 * Without the last two it is 100,000 packets, or what six seconds allow. With one of
 * them it runs once a processor, side by side, each in a namespace of its own and
 * with a seed of its own: N, N + 1, and so on.
 */
#include <time.h>

#include "mctp_test.h"
#include "mctp_model.h"

#define BUSES		2
#define SOCKS		8
#define CONTEXTS	40
#define BATCH		48
#define QUEUE		(2 * BATCH + MODEL_TAGS)
#define PACKET_MAX	1500
#define LOCAL		8	/* and 9, by the first bus */
#define LOCAL_2		10	/* by the second */
#define REQUESTER	0	/* of socks: the one that asks */
#define PACKETS		100000
#define SECONDS		6
#define AGE_MS		15000	/* a quarter of the age that is allowed */
#define ENOUGH		3000	/* packets, however slow the machine is */

/* Somebody on a bus who sends one message after the other */
struct context {
	int		bus;
	uint8_t		dest, src, tagto;
	uint8_t		seq;
	size_t		size;
	bool		started;
	bool		endless;
};

struct expected {
	uint8_t		src, tagto, type;
	size_t		len;
	uint8_t		*data;
};

struct queue {
	int		n;
	struct expected	e[QUEUE];
};

struct count {
	const char	*name;
	long		n;
};

FIXTURE(model) {
	uint64_t	chance;
	int		bus[BUSES];
	int		sock[SOCKS];
	struct model	m;
	struct context	context[CONTEXTS];
	struct queue	queue[SOCKS];		/* that sockets must have */
	struct queue	out[BUSES];		/* that must be forwarded */
	struct count	count[STATS_MAX];
	int		nr_counts;
	struct stats	before;
	uint8_t		got[DATA_MAX + 1];
};

#define SELF FIXTURE_DATA(model) *self

static uint32_t chance(SELF, uint32_t below)
{
	return chance_below(&self->chance, below);
}

static int listener(SELF, int i, unsigned int net, uint8_t local, uint8_t peer,
		    uint8_t type)
{
	struct sockaddr_mctp addr = addr_of(net, local, type, 0);
	int size = 16 << 20;
	int fd = sock_new();

	if (fd < 0)
		return fd;
	if (peer != MODEL_ANY) {
		struct sockaddr_mctp to = addr_of(net, peer, type, 0);
		int err = connect_to(fd, &to);

		if (err)
			return err;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		return -errno;
	self->sock[i] = fd;
	if (i == REQUESTER)
		return 0;
	self->m.binds[self->m.nr_binds++] = (struct model_bind) {
		.sock = i, .type = type, .local = local, .peer = peer,
		.net = net != MCTP_NET_ANY,
	};
	return bind_to(fd, &addr);
}

FIXTURE_SETUP(model)
{
	static const struct model_route routes[] = {
		{ 20, 29, 0, 1500 }, { 30, 39, 1, 1500 },
		{ 40, 59, 1, 200 }, { 45, 50, 0, 1500 }, { 70, 79, 0, 100 },
	};
	size_t i;

	self->chance = chance_new();
	ASSERT_EQ(0, ns_new());
	for (i = 0; i < BUSES; i++) {
		char name[16];

		snprintf(name, sizeof(name), "bus%zu", i);
		self->bus[i] = tun_new(name);
		ASSERT_LE(0, self->bus[i]);
		ASSERT_EQ(0, tun_queue(name, QUEUE));
		ASSERT_EQ(0, link_up(name));
	}
	for (i = 0; i < ARRAY_SIZE(routes); i++) {
		ASSERT_EQ(0, route_add(routes[i].bus ? "bus1" : "bus0",
				       routes[i].min, routes[i].max,
				       routes[i].mtu == 1500 ? 0 :
							       routes[i].mtu));
		self->m.routes[self->m.nr_routes++] = routes[i];
	}
	ASSERT_EQ(0, addr_add("bus0", LOCAL));
	ASSERT_EQ(0, addr_add("bus0", LOCAL + 1));
	ASSERT_EQ(0, addr_add("bus1", LOCAL_2));
	memcpy(self->m.locals, (uint8_t[]){ LOCAL, LOCAL + 1, LOCAL_2 }, 3);
	self->m.nr_locals = 3;

	ASSERT_EQ(0, listener(self, REQUESTER, 1, MODEL_ANY, MODEL_ANY, 1));
	ASSERT_EQ(0, listener(self, 1, 0, MODEL_ANY, MODEL_ANY, 1));
	ASSERT_EQ(0, listener(self, 2, 1, LOCAL, MODEL_ANY, 1));
	ASSERT_EQ(0, listener(self, 3, 1, MODEL_ANY, 20, 1));
	ASSERT_EQ(0, listener(self, 4, 1, LOCAL + 1, 20, 1));
	ASSERT_EQ(0, listener(self, 5, 1, MODEL_ANY, MODEL_ANY, 2));
	ASSERT_EQ(0, listener(self, 6, 1, LOCAL_2, 21, 2));
	ASSERT_EQ(0, listener(self, 7, 0, MODEL_ANY, MODEL_ANY, 0x7e));

	/* what waits is not dropped for its age, nor for memory */
	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms", 60000));
	ASSERT_EQ(0, sysctl_set("reasm_max_bytes", 64 << 20));
}

FIXTURE_TEARDOWN(model)
{
}

static void count(SELF, const char *name)
{
	int i;

	if (!name)
		return;
	for (i = 0; i < self->nr_counts; i++)
		if (!strcmp(self->count[i].name, name))
			break;
	if (i == self->nr_counts)
		self->count[self->nr_counts++].name = name;
	self->count[i].n++;
}

static long counted(SELF, const char *name)
{
	int i;

	for (i = 0; i < self->nr_counts; i++)
		if (!strcmp(self->count[i].name, name))
			return self->count[i].n;
	return 0;
}

static void expect(struct queue *q, const void *data, size_t len,
		   const struct model_verdict *v)
{
	struct expected *e = &q->e[q->n++];

	e->src = v->src;
	e->tagto = v->tagto;
	e->type = v->type;
	e->len = len;
	e->data = malloc(len + 1);
	memcpy(e->data, data, len);
}

/* Let a packet come in, and note what must become of it */
static int packet_in(SELF, int bus, const uint8_t *packet, size_t len)
{
	struct model_verdict v = model_packet(&self->m, bus, packet, len);

	count(self, v.count);
	count(self, v.count2);
	if (v.forward >= 0) {
		count(self, "forwarded");
		expect(&self->out[v.forward], packet, len, &v);
	}
	if (v.sock >= 0) {
		count(self, "rx_messages");
		expect(&self->queue[v.sock], v.data, v.len, &v);
	}
	return tun_raw(self->bus[bus], packet, len);
}

static void context_new(SELF, struct context *c)
{
	static const uint8_t dests[] = { 8, 8, 8, 9, 10, 0, 255 };
	static const uint8_t srcs[] = { 20, 20, 21, 22, 30, 31, 0 };
	static const size_t sizes[] = { 1, 2, 63, 64, 65, 250, 1023, 1024, 1025,
					PACKET_MAX - HDR_LEN };

	*c = (struct context) {
		.bus = chance(self, BUSES),
		.dest = dests[chance(self, ARRAY_SIZE(dests))],
		.src = srcs[chance(self, ARRAY_SIZE(srcs))],
		.tagto = chance(self, 16),
		.seq = chance(self, 4),
		.size = sizes[chance(self, ARRAY_SIZE(sizes))],
		.endless = !chance(self, 4),
	};
	if (c->endless)
		c->size = PACKET_MAX - HDR_LEN;
}

/* The next packet of somebody's, well made */
static size_t context_packet(SELF, struct context *c, uint8_t *packet)
{
	bool end = !c->endless && !chance(self, 4);
	size_t len = c->size, i;

	packet[0] = 1 | chance(self, 2) * 0xf0;
	packet[1] = c->dest;
	packet[2] = c->src;
	packet[3] = SEQ(c->seq) | c->tagto | (c->started ? 0 : SOM) |
		    (end ? EOM : 0);
	if (end && c->started)
		len = chance(self, c->size + 1);
	for (i = 0; i < len; i++)
		packet[HDR_LEN + i] = i + c->seq * 7 + self->chance;
	if (!c->started) {
		static const uint8_t types[] = { 1, 1, 1, 2, 0x7e, 0x81, 5 };

		packet[HDR_LEN] = types[chance(self, ARRAY_SIZE(types))];
	}
	c->seq++;
	c->started = true;
	return HDR_LEN + len;
}

/* One that is wrong somewhere, or for somebody else */
static size_t spoil(SELF, uint8_t *packet, size_t len)
{
	switch (chance(self, 12)) {
	case 0:
		packet[0] = chance(self, 256);
		break;
	case 1:
		packet[1] = chance(self, 256);
		break;
	case 2:
		packet[2] = chance(self, 2) ? 255 : 20 + chance(self, 6);
		break;
	case 3:
	case 4:
		packet[3] ^= 1 << chance(self, 8);
		break;
	case 5:
		packet[3] = chance(self, 256);
		break;
	case 6:
		return chance(self, HDR_LEN + 2);
	case 7:
		return HDR_LEN;
	case 8:
		return len < PACKET_MAX ? len + 1 : len - 1;
	case 9:
		packet[1] = 20 + chance(self, 60);
		packet[2] = chance(self, 60);
		break;
	case 10:
		packet[1] = 40 + chance(self, 20);
		packet[2] = 20;
		return HDR_LEN + 1 + chance(self, 200);
	case 11:
		packet[3] |= SOM;
		break;
	}
	return len;
}

static int packets_in(SELF, int n)
{
	static uint8_t packet[PACKET_MAX + 2];
	int err = 0;

	while (n-- && !err) {
		struct context *c = &self->context[chance(self, CONTEXTS)];
		int bus;
		size_t len;

		if (!c->size || (!c->endless && !chance(self, 6)) ||
		    !chance(self, 60))
			context_new(self, c);
		bus = c->bus;
		len = context_packet(self, c, packet);
		if (packet[3] & EOM)
			c->size = 0;
		switch (chance(self, 40)) {
		case 0:			/* lost */
			continue;
		case 1:			/* twice */
			err = packet_in(self, bus, packet, len);
			break;
		case 2:			/* by the other bus */
			bus ^= 1;
			break;
		case 3:
		case 4:
		case 5:
		case 6:
			len = spoil(self, packet, len);
			break;
		}
		err = err ?: packet_in(self, bus, packet, len);
	}
	return err;
}

/* Requests, so that there are tags that wait: the model knows who has which */
static int requests_out(SELF)
{
	static const uint8_t peers[] = { 20, 20, 21, 22, 30, 31 };
	int n = chance(self, 6);

	while (n--) {
		uint8_t peer = peers[chance(self, ARRAY_SIZE(peers))];
		struct sockaddr_mctp to = addr_of(1, peer, 1, OWNER);
		uint8_t local = peer < 30 ? LOCAL : LOCAL_2;
		bool free = model_tag_free(&self->m, local, peer);
		int bus = self->bus[peer >= 30];
		uint8_t packet[80];
		ssize_t rc = send_to(self->sock[REQUESTER], &to, "q", 1);

		if (!free && rc == -EBUSY)
			continue;
		if (!free || rc != 1)
			return rc < 0 ? rc : -EEXIST;
		rc = tun_recv(bus, packet, sizeof(packet));
		if (rc != HDR_LEN + 2 || packet[1] != peer ||
		    packet[2] != local || (packet[3] & ~SEQ(3)) !=
		    (WHOLE | TO | (packet[3] & 7)))
			return -EBADMSG;
		rc = model_tag_add(&self->m, (struct model_tag) {
			.sock = REQUESTER, .local = local, .peer = peer,
			.value = packet[3] & 7,
		});
		if (rc)
			return -ENOSPC;
	}
	return 0;
}

/* Tags that live on, of some peers and of all */
static int tags_allocate(SELF)
{
	static const uint8_t peers[] = { 20, 22, 30, MODEL_ANY };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(peers); i++) {
		int tag = tag_alloc2(self->sock[1 + i], 1, peers[i]);

		if (tag < 0)
			return tag;
		if (model_tag_add(&self->m, (struct model_tag) {
			.sock = 1 + i, .local = MODEL_ANY, .peer = peers[i],
			.value = tag & 7, .prealloc = true,
		}))
			return -ENOSPC;
	}
	return 0;
}

/* Before they are too old: each automatic tag gets its answer */
static int answers_in(SELF)
{
	int err = 0, i;

	for (i = 0; i < self->m.nr_tags && !err; i++) {
		struct model_tag *t = self->m.tags[i];
		uint8_t packet[] = { 1, t->local, t->peer, WHOLE | t->value, 1,
				     'a' };

		if (t->prealloc)
			continue;
		err = packet_in(self, 0, packet, sizeof(packet));
		i = -1;
	}
	return err;
}

/* Before they are too old: what is open for long gets a packet that ends it */
static int old_ones_end(SELF, unsigned long before)
{
	int err = 0, i;

	for (i = 0; i < MODEL_OPEN && !err; i++) {
		struct model_open *o = &self->m.open[i];
		uint8_t packet[] = { 1, o->dest, o->src,
				     SEQ(o->seq + 2) | o->tagto, 'x' };

		if (o->used && o->last <= before)
			err = packet_in(self, o->bus, packet, sizeof(packet));
	}
	return err;
}

/* What a socket has is what it must have, and no more */
static bool sock_agrees(SELF, int i)
{
	struct queue *q = &self->queue[i];
	struct sockaddr_mctp from;
	bool good = true;
	int n;

	for (n = 0; n < q->n; n++) {
		struct expected *e = &q->e[n];
		ssize_t len = good ? recv_from(self->sock[i], self->got,
					       sizeof(self->got), &from) : 0;

		if (good && (len != (ssize_t)e->len ||
			     memcmp(self->got, e->data, len) ||
			     from.smctp_addr.s_addr != e->src ||
			     from.smctp_network != 1 ||
			     from.smctp_tag != e->tagto ||
			     from.smctp_type != e->type)) {
			printf("# socket %d: %zd bytes from %u, tag %#x, type %#x; expected %zu from %u, %#x, %#x\n",
			       i, len, from.smctp_addr.s_addr, from.smctp_tag,
			       from.smctp_type, e->len, e->src, e->tagto,
			       e->type);
			good = false;
		}
		free(e->data);
	}
	q->n = 0;
	return good && !recv_none(self->sock[i]);
}

static bool bus_agrees(SELF, int i)
{
	struct queue *q = &self->out[i];
	bool good = true;
	int n;

	for (n = 0; n < q->n; n++) {
		struct expected *e = &q->e[n];
		ssize_t len = good ? tun_recv(self->bus[i], self->got,
					      sizeof(self->got)) : 0;

		if (good && (len != (ssize_t)e->len ||
			     memcmp(self->got, e->data, len))) {
			printf("# bus %d: a packet of %zd bytes, expected one of %zu, or other bytes\n",
			       i, len, e->len);
			good = false;
		}
		free(e->data);
	}
	q->n = 0;
	return good && !tun_none(self->bus[i]);
}

static bool counters_agree(SELF)
{
	struct stats now;
	bool good = true;
	int i;

	if (stats_read(&now) || now.n != self->before.n)
		return false;
	for (i = 0; i < now.n; i++) {
		const char *name = now.name[i];
		long rise = now.value[i] - self->before.value[i];

		if (strncmp(name, "drop_", 5) && strcmp(name, "forwarded") &&
		    strcmp(name, "rx_messages") && strcmp(name, "tag_expired"))
			continue;
		if (rise == counted(self, name))
			continue;
		printf("# %s: %ld, expected %ld\n", name, rise,
		       counted(self, name));
		good = false;
	}
	return good;
}

/* What was predicted at least once: a run without it has shown nothing of it */
static const char * const predicted[] = {
	"rx_messages", "forwarded", "drop_short", "drop_version", "drop_source",
	"drop_no_route", "drop_forward_back", "drop_forward_mtu",
	"drop_no_bind", "drop_no_tag", "drop_no_start", "drop_sequence",
	"drop_size", "drop_replaced",
};

static int never_predicted(SELF)
{
	int never = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(predicted); i++) {
		if (counted(self, predicted[i]))
			continue;
		printf("# never: %s\n", predicted[i]);
		never++;
	}
	return never;
}

/* Its time is bounded by whoever asks for so many */
TEST_F_TIMEOUT(model, each_packet_does_what_the_rules_say, 7 * 86400)
{
	unsigned long most = setting("MCTP_PACKETS",
				     getenv("MCTP_SECONDS") ? -1ul : PACKETS);
	long end = now_ms() + 1000 * setting("MCTP_SECONDS", SECONDS);
	bool all = getenv("MCTP_PACKETS");
	unsigned long mark = 0, n;
	long sweep = now_ms();
	size_t i;

	ASSERT_EQ(0, tags_allocate(self));
	ASSERT_EQ(0, stats_read(&self->before));
	for (n = 0; n < most; n += BATCH) {
		if (!all && n >= ENOUGH && now_ms() > end)
			break;
		if (!chance(self, 50)) {
			self->m.strict = chance(self, 2);
			ASSERT_EQ(0, sysctl_set("reasm_strict_size",
						self->m.strict));
		} else if (!n) {
			self->m.strict = true;
		}
		if (now_ms() > sweep + AGE_MS) {
			ASSERT_EQ(0, old_ones_end(self, mark));
			mark = self->m.clock;
			sweep = now_ms();
		}
		ASSERT_EQ(0, requests_out(self));
		ASSERT_EQ(0, packets_in(self, BATCH));
		for (i = 0; i < SOCKS; i++)
			ASSERT_TRUE(sock_agrees(self, i));
		for (i = 0; i < BUSES; i++)
			ASSERT_TRUE(bus_agrees(self, i));
		ASSERT_EQ(0, answers_in(self));
		ASSERT_TRUE(sock_agrees(self, REQUESTER));
		ASSERT_TRUE(counters_agree(self)) {
			TH_LOG("after %lu packets", n + BATCH);
		}
	}
	TH_LOG("%lu packets, %ld messages, %ld forwarded", n,
	       counted(self, "rx_messages"), counted(self, "forwarded"));
	EXPECT_EQ(0, never_predicted(self));
}

#define main one_of_them
TEST_HARNESS_MAIN
#undef main

static int another(int argc, char **argv, unsigned long seed)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", seed);
	setenv("MCTP_SEED", text, 1);
	/* its result is this program's status */
	if (!freopen("/dev/null", "w", stdout))
		return KSFT_FAIL;
	return one_of_them(argc, argv);
}

int main(int argc, char **argv)
{
	bool longer = getenv("MCTP_PACKETS") || getenv("MCTP_SECONDS");
	long n = longer ? sysconf(_SC_NPROCESSORS_ONLN) : 1;
	unsigned long seed = setting("MCTP_SEED", time(NULL));
	int status, rc;

	while (--n > 0)
		if (!fork())
			return another(argc, argv, seed + n);
	rc = one_of_them(argc, argv);
	while (wait(&status) > 0)
		rc = rc ?: WIFEXITED(status) ? WEXITSTATUS(status) : KSFT_FAIL;
	return rc;
}
