// SPDX-License-Identifier: GPL-2.0
/*
 * Sequences of packets that look for places in the stack where none has been: the
 * kernel tells what each packet has reached (the kernel's
 * Documentation/dev-tools/kcov.rst), and a sequence that reaches something new is
 * changed further. For each packet the model of mctp_model.h says what must become
 * of it.
 *
 *   MCTP_SEED=N      the chance to be repeated
 *   MCTP_SECONDS=N   for so long (default: 4)
 */
#include <sys/mman.h>

#include "mctp_test.h"
#include "mctp_model.h"

#define KCOV		"/sys/kernel/debug/kcov"
#define KCOV_INIT	_IOR('c', 1, unsigned long)
#define KCOV_ENABLE	_IO('c', 100)
#define KCOV_TRACE_PC	0
#define KCOV_PLACES	(64 << 10)

#define SECONDS		4
#define ENOUGH		150		/* sequences, however slow the machine is */
#define LEAST		220		/* places that the corpus reaches at least */
#define PACKETS		8		/* of a sequence */
#define PACKET_MAX	300
#define CORPUS		4096
#define PLACES		(1 << 18)
#define BUSES		2
#define SOCKS		3
#define PROC		"/proc/thread-self/net/mctp/"

struct packet {
	int		bus;
	size_t		len;
	uint8_t		data[PACKET_MAX];
};

struct sequence {
	int		n;
	struct packet	p[PACKETS];
};

static const char * const corpus[] = {
#include "packets_corpus.h"
};

FIXTURE(coverage) {
	uint64_t	chance;
	int		bus[BUSES];
	int		sock[SOCKS];
	struct model	m;
	unsigned long	*cover;
	unsigned long	place[PLACES];	/* open addressing */
	int		nr_places;
	struct sequence	*corpus;
	int		nr_corpus;
	unsigned long	packets;
	struct stats	before;
	struct { const char *name; long n; } count[16];
	int		nr_counts;
};

#define SELF FIXTURE_DATA(coverage) *self
#define OF(n)	chance_below(&self->chance, n)

static int listen_on(SELF, int i, uint8_t local, uint8_t type)
{
	self->sock[i] = sock_bound(1, local, type);
	if (self->m.nr_binds < SOCKS)
		self->m.binds[self->m.nr_binds++] = (struct model_bind) {
			.sock = i, .type = type, .local = local,
			.peer = MODEL_ANY, .net = true,
		};
	return self->sock[i];
}

static int listen_all(SELF)
{
	int fd = listen_on(self, 0, MODEL_ANY, 1);

	fd = fd < 0 ? fd : listen_on(self, 1, 8, 1);
	return fd < 0 ? fd : listen_on(self, 2, MODEL_ANY, 2);
}

FIXTURE_SETUP(coverage)
{
	static const struct model_route routes[] = {
		{ 20, 29, 0, 1500 }, { 30, 39, 1, 1500 }, { 35, 36, 1, 100 },
	};
	size_t i;
	int fd;

	fd = open(KCOV, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		SKIP(return, "the kernel does not tell what is reached");
	ASSERT_EQ(0, ioctl(fd, KCOV_INIT, KCOV_PLACES));
	self->cover = mmap(NULL, KCOV_PLACES * sizeof(*self->cover),
			   PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, self->cover);
	ASSERT_EQ(0, ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC));

	self->chance = chance_new();
	self->corpus = calloc(CORPUS, sizeof(*self->corpus));
	ASSERT_NE(NULL, self->corpus);
	ASSERT_EQ(0, ns_new());
	self->bus[0] = tun_new("bus0");
	self->bus[1] = tun_new("bus1");
	ASSERT_LE(0, self->bus[1]);
	ASSERT_EQ(0, link_up("bus0"));
	ASSERT_EQ(0, link_up("bus1"));
	ASSERT_EQ(0, addr_add("bus0", 8));
	ASSERT_EQ(0, addr_add("bus1", 10));
	for (i = 0; i < ARRAY_SIZE(routes); i++) {
		ASSERT_EQ(0, route_add(routes[i].bus ? "bus1" : "bus0",
				       routes[i].min, routes[i].max,
				       routes[i].mtu));
		self->m.routes[self->m.nr_routes++] = routes[i];
	}
	memcpy(self->m.locals, (uint8_t[]){ 8, 10 }, 2);
	self->m.nr_locals = 2;
	self->m.strict = true;
	ASSERT_EQ(0, sysctl_set("reasm_timeout_ms", 60000));
	ASSERT_LE(0, listen_all(self));
}

FIXTURE_TEARDOWN(coverage)
{
}

static void expect(SELF, const char *name, int n)
{
	int i;

	for (i = 0; i < self->nr_counts; i++)
		if (!strcmp(self->count[i].name, name))
			break;
	if (i == self->nr_counts) {
		self->count[self->nr_counts].name = name;
		self->count[self->nr_counts++].n = 0;
	}
	self->count[i].n += n;
}

/* Places that none has reached before */
static int new_places(SELF)
{
	unsigned long n = self->cover[0], i, at, pc;
	int new = 0;

	for (i = 1; i <= n; i++) {
		pc = self->cover[i];
		at = pc * 0x9e3779b97f4a7c15 >> 40 & (PLACES - 1);
		while (self->place[at] && self->place[at] != pc)
			at = (at + 1) & (PLACES - 1);
		if (self->place[at])
			continue;
		self->place[at] = pc;
		new++;
	}
	self->nr_places += new;
	return new;
}

/* A packet comes in; what is delivered or goes on is what the model says */
static bool packet_in(SELF, const struct packet *p, int *new)
{
	struct model_verdict v = model_packet(&self->m, p->bus, p->data, p->len);
	static uint8_t got[65536];
	struct sockaddr_mctp from;
	ssize_t len;
	int i;

	self->packets++;
	__atomic_store_n(&self->cover[0], 0, __ATOMIC_RELAXED);
	if (tun_raw(self->bus[p->bus], p->data, p->len))
		return false;
	*new += new_places(self);
	if (v.count)
		expect(self, v.count, 1);
	if (v.count2)
		expect(self, v.count2, 1);
	if (v.sock >= 0) {
		expect(self, "rx_messages", 1);
		len = recv_from(self->sock[v.sock], got, sizeof(got), &from);
		if (len != (ssize_t)v.len || memcmp(got, v.data, v.len) ||
		    from.smctp_addr.s_addr != v.src || from.smctp_type != v.type ||
		    from.smctp_tag != v.tagto)
			return false;
	}
	if (v.forward >= 0) {
		expect(self, "forwarded", 1);
		len = tun_recv(self->bus[v.forward], got, sizeof(got));
		if (len != (ssize_t)p->len || memcmp(got, p->data, len))
			return false;
	}
	for (i = 0; i < SOCKS; i++)
		if (recv_none(self->sock[i]))
			return false;
	return !tun_none(self->bus[0]) && !tun_none(self->bus[1]);
}

static bool counters_agree(SELF)
{
	struct stats now;
	int i, n;
	long want;

	if (stats_read(&now))
		return false;
	for (i = 0; i < now.n; i++) {
		for (n = 0, want = 0; n < self->nr_counts; n++)
			if (!strcmp(now.name[i], self->count[n].name))
				want = self->count[n].n;
		if (strncmp(now.name[i], "drop_", 5) &&
		    strcmp(now.name[i], "forwarded") &&
		    strcmp(now.name[i], "rx_messages"))
			continue;
		if ((long)(now.value[i] - self->before.value[i]) != want) {
			printf("# %s: %ld, expected %ld\n", now.name[i],
			       (long)(now.value[i] - self->before.value[i]),
			       want);
			return false;
		}
	}
	return true;
}

/* What is open ends with its socket, so that each sequence begins alike */
static bool close_all(SELF)
{
	int i, open = self->m.nr_open;

	for (i = 0; i < SOCKS; i++)
		close(self->sock[i]);
	for (i = 0; i < MODEL_OPEN && self->m.nr_open; i++)
		if (self->m.open[i].used) {
			free(self->m.open[i].data);
			self->m.open[i].used = false;
			self->m.nr_open--;
		}
	if (open)
		expect(self, "drop_reasm_gone", open);
	return listen_all(self) >= 0;
}

static bool run(SELF, const struct sequence *s, int *new)
{
	bool good = !stats_read(&self->before);
	int i;

	*new = 0;
	self->nr_counts = 0;
	for (i = 0; i < s->n && good; i++)
		good = packet_in(self, &s->p[i], new);
	return good && close_all(self) && counters_agree(self);
}

static bool parse(const char *text, struct sequence *s)
{
	struct packet *p = NULL;
	unsigned int byte;

	s->n = 0;
	for (; *text; text++) {
		if (*text == 'a' || *text == 'b') {
			if (!p || text[-1] == ' ') {
				p = &s->p[s->n++];
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

static void show(const struct sequence *s)
{
	size_t at;
	int i;

	printf("# \"");
	for (i = 0; i < s->n; i++) {
		printf("%s%c", i ? " " : "", 'a' + s->p[i].bus);
		for (at = 0; at < s->p[i].len; at++)
			printf("%02x", s->p[i].data[at]);
	}
	printf("\",\n");
}

static void keep(SELF, const struct sequence *s)
{
	if (self->nr_corpus < CORPUS)
		self->corpus[self->nr_corpus++] = *s;
}

static void mutate_packet(SELF, struct packet *p, const struct packet *before)
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
		p->len = OF(16) ? OF(24) : OF(PACKET_MAX);
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

static void mutate(SELF, struct sequence *s)
{
	const struct sequence *other = &self->corpus[OF(self->nr_corpus)];
	int n = 1 + OF(4), i;

	while (n--) {
		i = OF(s->n);
		switch (OF(8)) {
		case 0:			/* once more */
			if (s->n < PACKETS)
				s->p[s->n++] = s->p[i];
			break;
		case 1:			/* lost */
			if (s->n > 1)
				s->p[i] = s->p[--s->n];
			break;
		case 2:			/* of another sequence */
			if (s->n < PACKETS)
				s->p[s->n++] = other->p[OF(other->n)];
			break;
		default:
			mutate_packet(self, &s->p[i], i ? &s->p[i - 1] : NULL);
		}
	}
}

TEST_F_TIMEOUT(coverage, each_new_place_is_reached_as_the_rules_say, 7 * 86400)
{
	long end = now_ms() + setting("MCTP_SECONDS", SECONDS) * 1000;
	int new, first, i;
	unsigned long n;
	struct sequence s;

	for (i = 0; i < (int)ARRAY_SIZE(corpus); i++) {
		ASSERT_TRUE(parse(corpus[i], &s));
		ASSERT_TRUE(run(self, &s, &new))
			show(&s);
		keep(self, &s);
	}
	first = self->nr_places;
	EXPECT_LT(LEAST, first);

	for (n = 0; n < ENOUGH || now_ms() < end; n++) {
		s = self->corpus[OF(self->nr_corpus)];
		mutate(self, &s);
		ASSERT_TRUE(run(self, &s, &new))
			show(&s);
		if (new) {
			keep(self, &s);
			printf("# %d places more by ", new);
			show(&s);
		}
	}
	TH_LOG("%lu sequences, %lu packets: %d places, %d of them by the corpus; %d sequences are kept",
	       n, self->packets, self->nr_places, first, self->nr_corpus);
}

TEST_HARNESS_MAIN
