// SPDX-License-Identifier: GPL-2.0
/*
 * mctpd_devices DEV: plays endpoints and bridges on a link, with their faults, for tests of a bus owner.
 *
 * It speaks by raw packets, so any number of devices shares the far end of one vmctp pair. Lines on
 * stdin make and change them; what they are asked goes to stdout, "NAME COMMAND DATA..." in hex, and
 * "nobody EID COMMAND" for what none of them is asked.
 *
 *   NAME KEY=VALUE...   make the device, or change it
 *   NAME gone           take it away
 *   NAME ask HEX...     it sends a control message to the bus owner; the answer is "NAME answer HEX...", and how
 *                       long it took, in ms, "NAME took N"
 *
 *   NAME flood N HEX...  it sends that, as if from the physical addresses of N others, 0x80 and on
 *
 *   addr=N     physical address             eid=N      EID that it has now
 *   uuid=HEX   32 digits, or none           types=N,N  message types
 *   vdm=1      it has two kinds of vendor-defined messages
 *   behind=NAME  it is behind that bridge   pool=N     a bridge, which wants so many EIDs
 *   start=N    the first of them            claims=NAME  it says that those of that bridge are its own
 *   table=0    it has no routing table, table=2: one without an end, table=3: it does not answer of it
 *   routes=HEX another entry of its table
 *   silent=1   it never answers             late=MS    it answers so much later
 *   instance=1 answers with another instance first, double=1 answers twice, short=1 leaves out the end
 *   refuse=1   it keeps the EID that it has, insist=N  it takes this EID, whatever it is told
 *   error=N    completion code of every answer
 *   as=N       it answers from this physical address
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef ETH_P_MCTP
#define ETH_P_MCTP	0x00FA
#endif

#define SOM		0x80
#define EOM		0x40
#define SEQ(n)		(((n) & 3) << 4)
#define TO		0x08
#define WHOLE		(SOM | EOM)
#define HDR_LEN		4
#define BTU		64

#define DEVICES_MAX	256
#define FRAME_MAX	1500
#define WAITING_MAX	256
#define CONTROL		0
#define ROUTE_LEN	7

struct sim {
	char		name[16];
	int		addr;
	uint8_t		eid;
	bool		has_uuid;
	uint8_t		uuid[16];
	uint8_t		types[255];
	int		n_types;
	int		vdm;
	char		behind[16];
	int		pool;
	int		start;
	char		claims[16];
	int		table;
	uint8_t		routes[ROUTE_LEN];
	int		n_routes;
	int		silent;
	int		late;
	int		instance;
	int		twice;
	int		short_;
	int		refuse;
	int		insist;
	int		error;
	int		as;
	long		asked;
};

struct waiting {
	long		due;
	size_t		len;
	uint8_t		frame[FRAME_MAX];
};

static struct sim sims[DEVICES_MAX];
static int n_sims;
static struct waiting waiting[WAITING_MAX];
static int n_waiting;
static int sock;
static int addr_len;

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000;
}

static struct sim *find(const char *name)
{
	int i;

	for (i = 0; i < n_sims; i++)
		if (!strcmp(sims[i].name, name))
			return &sims[i];
	return NULL;
}

static struct sim *bridge_of(const struct sim *s)
{
	return *s->behind ? find(s->behind) : NULL;
}

/* The device of the link that a device is, or is behind; NULL if one on the way has left */
static struct sim *on_link(struct sim *s)
{
	int i;

	for (i = 0; s && *s->behind && i < n_sims; i++)
		s = bridge_of(s);
	return s;
}

static bool passes(struct sim *s)
{
	int i;

	for (i = 0; *s->behind && i < n_sims; i++) {
		s = bridge_of(s);
		if (!s->eid || s->silent)
			return false;
	}
	return true;
}

/* Which device is a packet for? */
static struct sim *whose(int addr, uint8_t eid)
{
	int i;

	for (i = 0; i < n_sims; i++) {
		struct sim *s = &sims[i], *near = on_link(s);

		if (!near || (near->addr != addr && addr_len))
			continue;
		if (near != s ? (s->eid && s->eid == eid && passes(s)) :
			(eid == 0 || eid == s->eid))
			return s;
	}
	return NULL;
}

static void put_hex(const uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		printf(" %02x", bytes[i]);
	putchar('\n');
	fflush(stdout);
}

static void put_frame(const uint8_t *frame, size_t len, long delay)
{
	struct waiting *w;

	if (!delay || n_waiting == WAITING_MAX) {
		if (send(sock, frame, len, 0) < 0)
			perror("mctpd_devices: send");
		return;
	}
	w = &waiting[n_waiting++];
	w->due = now_ms() + delay;
	w->len = len;
	memcpy(w->frame, frame, len);
}

/* A message from a device, in packets of the least transmission unit */
static void put_message(struct sim *s, uint8_t src, uint8_t dest, int dest_addr, uint8_t tag,
			const uint8_t *msg, size_t len, long delay)
{
	const struct sim *near = on_link(s) ?: s;
	uint8_t frame[FRAME_MAX], *p;
	size_t at, n, seq = 0;

	for (at = 0; at < len; at += n, seq++) {
		n = len - at < BTU ? len - at : BTU;
		p = frame;
		if (addr_len) {
			*p++ = dest_addr;
			*p++ = near->as ?: near->addr;
		}
		*p++ = 1;
		*p++ = dest;
		*p++ = src;
		*p++ = (at ? 0 : SOM) | (at + n == len ? EOM : 0) | SEQ(seq) | tag;
		memcpy(p, msg + at, n);
		put_frame(frame, p + n - frame, delay);
	}
}

static size_t put_route(uint8_t *out, int size, int first, int kind, int addr)
{
	memcpy(out, (uint8_t[ROUTE_LEN]){ size, first, kind, 0, 0, 1, addr }, ROUTE_LEN);
	return ROUTE_LEN;
}

/* It, what is behind it, and of a bridge behind it the pool as one entry */
static size_t put_routes(struct sim *s, const uint8_t *handle, uint8_t *out)
{
	size_t len = 2;
	int i;

	for (i = 0; i < n_sims; i++) {
		struct sim *other = &sims[i];

		if (!(bridge_of(other) == s && other->eid) && other != s)
			continue;
		len += put_route(out + len, 1, other->eid, other->pool ? 0x80 : 0, other->addr);
		if (other != s && other->pool)
			len += put_route(out + len, other->pool, other->start, 0xc0, other->addr);
	}
	memcpy(out + len, s->routes, s->n_routes);
	len += s->n_routes;
	out[0] = s->table == 2 ? *handle ^ 1 : 0xff;
	out[1] = len / ROUTE_LEN;
	return len;
}

/* The EIDs of a pool go to what is behind the bridge, in the order of making, and those left to the bridges behind it */
static void give_pool(struct sim *s, int first, int size)
{
	int i;

	for (i = 0; i < n_sims; i++)
		if (bridge_of(&sims[i]) == s && size-- > 0)
			sims[i].eid = first++;
	for (i = 0; i < n_sims; i++)
		if (bridge_of(&sims[i]) == s && sims[i].pool && size >= sims[i].pool) {
			sims[i].start = first;
			give_pool(&sims[i], first, sims[i].pool);
			first += sims[i].pool;
			size -= sims[i].pool;
		}
}

static uint8_t set_eid(struct sim *s, const uint8_t *data, uint8_t *out)
{
	bool rejected = s->refuse;

	if (!rejected)
		s->eid = s->insist ?: data[1];
	out[0] = (rejected ? 0x10 : 0) | (!s->pool ? 0 : s->start ? 2 : 1);
	out[1] = s->eid;
	out[2] = s->pool;
	return 3;
}

/* Data of the answer behind the completion code, or that code negative */
static int answer(struct sim *s, uint8_t command, const uint8_t *data, size_t len, uint8_t *out)
{
	switch (command) {
	case 1:
		if (len != 2)
			return -3;
		return set_eid(s, data, out);
	case 2:
		memcpy(out, (uint8_t[]){ s->eid, s->pool ? 0x10 : 0, 0 }, 3);
		return 3;
	case 3:
		if (!s->has_uuid)
			return -5;
		memcpy(out, s->uuid, 16);
		return 16;
	case 4:
		memcpy(out, "\1\xf1\xf3\xf1\0", 5);
		return 5;
	case 5:
		out[0] = s->n_types;
		memcpy(out + 1, s->types, s->n_types);
		return 1 + s->n_types;
	case 6:
		if (!s->vdm || len != 1 || data[0] > 1)
			return -2;
		if (data[0]) {
			memcpy(out, "\xff\1\0\0\xa0\x15\0\2", 8);
			return 8;
		}
		memcpy(out, "\1\0\x1a\xf4\0\1", 6);
		return 6;
	case 8:
		if (!s->pool || len != 3)
			return -5;
		if (data[0] != 2) {
			s->start = data[2];
			s->pool = data[1];
			give_pool(s, s->start, s->pool);
		}
		s = (*s->claims ? find(s->claims) : NULL) ?: s;
		out[0] = 0;
		out[1] = s->start ? s->pool : 0;
		out[2] = s->start;
		return 3;
	case 9:
		return s->pool ? 0 : -5;
	case 10:
		if (!s->pool || !s->table)
			return -5;
		return len == 1 ? (int)put_routes(s, data, out) : -3;
	default:
		return -5;
	}
}

static void respond(struct sim *s, const uint8_t *packet, size_t len, int from)
{
	const uint8_t *m = packet + HDR_LEN;
	uint8_t out[FRAME_MAX] = { CONTROL, m[1] & 0x1f, m[2], s->error };
	uint8_t old = packet[1] ? packet[1] : s->eid;
	int n;

	printf("%s %02x", s->name, m[2]);
	put_hex(m + 3, len - HDR_LEN - 3);
	if (s->silent || (m[2] == 10 && s->table == 3))
		return;
	n = s->error ? 0 : answer(s, m[2], m + 3, len - HDR_LEN - 3, out + 4);
	if (n < 0) {
		out[3] = -n;
		n = 0;
	}
	if (s->short_ && n)
		n = 0;
	n += 4;
	if (s->instance) {
		out[1] ^= 1;
		put_message(s, packet[1] ? old : s->eid, packet[2], from, packet[3] & 7, out, n, 0);
		out[1] ^= 1;
	}
	put_message(s, packet[1] ? old : s->eid, packet[2], from, packet[3] & 7, out, n, s->late);
	if (s->twice)
		put_message(s, packet[1] ? old : s->eid, packet[2], from, packet[3] & 7, out, n,
			    s->late);
}

static void on_frame(void)
{
	uint8_t frame[FRAME_MAX], *p = frame;
	struct sockaddr_ll from_ll;
	socklen_t size = sizeof(from_ll);
	ssize_t len = recvfrom(sock, frame, sizeof(frame), 0, (void *)&from_ll, &size);
	int to = 0, from = 0;
	struct sim *s;

	if (len < 0 || from_ll.sll_pkttype == PACKET_OUTGOING)
		return;
	if (addr_len) {
		to = frame[0];
		from = frame[1];
		p += 2;
		len -= 2;
	}
	if (len < HDR_LEN + 3 || (p[3] & WHOLE) != WHOLE || p[4] != CONTROL)
		return;
	s = whose(to, p[1]);
	if (!s) {
		printf("nobody %02x %02x\n", p[1], p[6]);
		fflush(stdout);
		return;
	}
	if (p[5] & 0x80) {
		respond(s, p, len, from);
	} else {
		printf("%s answer", s->name);
		put_hex(p + 5, len - 5);
		printf("%s took %ld\n", s->name, now_ms() - s->asked);
		fflush(stdout);
	}
}

/* Return: how many bytes there were. */
static int read_hex(const char *hex, uint8_t *bytes, int room)
{
	unsigned int byte;
	int i;

	for (i = 0; i < room && sscanf(hex + 2 * i, "%2x", &byte) == 1; i++)
		bytes[i] = byte;
	return i;
}

static void set_uuid(struct sim *s, const char *hex)
{
	s->has_uuid = strcmp(hex, "none");
	if (s->has_uuid)
		read_hex(hex, s->uuid, sizeof(s->uuid));
}

static void set_types(struct sim *s, char *list)
{
	s->n_types = 0;
	for (list = strtok(list, ","); list && s->n_types < 255; list = strtok(NULL, ","))
		s->types[s->n_types++] = strtoul(list, NULL, 0);
}

static void set(struct sim *s, const char *key, char *value)
{
	int n = strtol(value, NULL, 0);
	const struct {
		const char	*key;
		int		*value;
	} numbers[] = {
		{ "addr", &s->addr }, { "vdm", &s->vdm }, { "pool", &s->pool },
		{ "start", &s->start }, { "table", &s->table }, { "silent", &s->silent },
		{ "late", &s->late }, { "instance", &s->instance }, { "double", &s->twice },
		{ "short", &s->short_ }, { "refuse", &s->refuse }, { "insist", &s->insist },
		{ "error", &s->error }, { "as", &s->as },
	};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(key, numbers[i].key)) {
			*numbers[i].value = n;
			return;
		}
	if (!strcmp(key, "eid"))
		s->eid = n;
	else if (!strcmp(key, "uuid"))
		set_uuid(s, value);
	else if (!strcmp(key, "types"))
		set_types(s, value);
	else if (!strcmp(key, "routes"))
		s->n_routes = read_hex(value, s->routes, sizeof(s->routes));
	else if (!strcmp(key, "behind"))
		snprintf(s->behind, sizeof(s->behind), "%s", value);
	else if (!strcmp(key, "claims"))
		snprintf(s->claims, sizeof(s->claims), "%s", value);
	else
		fprintf(stderr, "mctpd_devices: no key %s\n", key);
}

/* The device asks the bus owner, at its EID or at no EID, by any address: 8 and 0x10 in the tests */
static void ask(struct sim *s, char *rest)
{
	uint8_t msg[256] = { CONTROL };
	size_t len = 1;
	char *word;

	for (word = strtok(rest, " "); word && len < sizeof(msg); word = strtok(NULL, " "))
		msg[len++] = strtoul(word, NULL, 16);
	s->asked = now_ms();
	put_message(s, s->eid, 0, 0x10, TO | 5, msg, len, 0);
}

static void flood(struct sim *s, char *rest)
{
	int n = strtol(rest, &rest, 0), as = s->as, i;
	char copy[256];

	for (i = 0; i < n; i++) {
		s->as = 0x80 + i;
		snprintf(copy, sizeof(copy), "%s", rest);
		ask(s, copy);
	}
	s->as = as;
}

static void on_line(char *line)
{
	char *name, *word, *save, *value;
	struct sim *s;

	line[strcspn(line, "\n")] = '\0';
	name = strtok_r(line, " ", &save);
	if (!name)
		return;
	s = find(name);
	if (!s && n_sims < DEVICES_MAX) {
		s = &sims[n_sims++];
		*s = (struct sim){ .table = 1, .n_types = 1 };
		snprintf(s->name, sizeof(s->name), "%s", name);
	}
	if (!strncmp(save, "flood ", 6)) {
		flood(s, save + 6);
		return;
	}
	if (!strncmp(save, "ask ", 4)) {
		ask(s, save + 4);
		return;
	}
	while (s && (word = strtok_r(NULL, " ", &save))) {
		value = strchr(word, '=');
		if (!strcmp(word, "gone")) {
			*s = sims[--n_sims];
			return;
		}
		if (!value)
			continue;
		*value++ = '\0';
		set(s, word, value);
	}
}

/* Return: ms until the next delayed frame */
static int flush_waiting(void)
{
	int i, next = -1;

	for (i = 0; i < n_waiting; i++) {
		long left = waiting[i].due - now_ms();

		if (left <= 0) {
			put_frame(waiting[i].frame, waiting[i].len, 0);
			waiting[i--] = waiting[--n_waiting];
		} else if (next < 0 || left < next) {
			next = left;
		}
	}
	return next;
}

int main(int argc, char **argv)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_MCTP) };
	struct packet_mreq all = { .mr_type = PACKET_MR_PROMISC };
	struct pollfd fds[2] = { { .events = POLLIN }, { .fd = 0, .events = POLLIN } };
	static char line[4096], *end;
	socklen_t size = sizeof(addr);
	size_t used = 0;
	ssize_t n;

	if (argc != 2) {
		fprintf(stderr, "usage: mctpd_devices DEV\n");
		return 2;
	}
	addr.sll_ifindex = if_nametoindex(argv[1]);
	all.mr_ifindex = addr.sll_ifindex;
	sock = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_MCTP));
	if (sock < 0 || bind(sock, (void *)&addr, sizeof(addr)) ||
	    setsockopt(sock, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) ||
	    getsockname(sock, (void *)&addr, &size)) {
		perror("mctpd_devices");
		return 1;
	}
	addr_len = addr.sll_halen;
	fds[0].fd = sock;
	for (;;) {
		if (poll(fds, 2, flush_waiting()) < 0 && errno != EINTR)
			return 1;
		if (fds[0].revents & POLLIN)
			on_frame();
		if (!(fds[1].revents & (POLLIN | POLLHUP)))
			continue;
		n = read(0, line + used, sizeof(line) - 1 - used);
		if (n <= 0)
			return 0;
		used += n;
		line[used] = '\0';
		while ((end = strchr(line, '\n'))) {
			*end++ = '\0';
			on_line(line);
			used -= end - line;
			memmove(line, end, used + 1);
		}
	}
}
