// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of all kinds and sizes among 200 sockets of 8 threads, by two buses
 * that lose, double, swap and cut packets, and locally. What arrives is what the
 * buses let arrive, as often, and at the socket it is for; and the counters tell
 * of all the rest, each loss under its reason.
 *
 * 100,000 messages; with lockdep, where a message takes ten times as long, as
 * many as the name of the first case says. In the environment MCTP_MIXED_MESSAGES
 * sets the number, and MCTP_MIXED_SEED the mix: what is done is the same with the
 * same seed, but not in which order threads come to it.
 */
#include <stdarg.h>
#include <sys/epoll.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>

#define MCTP_TEST_LIBRARY
#include "mixed.h"

#define MESSAGES	100000
#define MESSAGES_SLOW	10000
#define SEED		20240607
#define CASES		14
/* All of it ends in that time, or fails by it */
#define SECONDS		110
#define SECONDS_SLOW	280

#define RCVBUF		(8 << 20)
#define RCVBUF_SLOW	4096
/* Packets that may wait for a bus, and a message more for each thread */
#define WAITING		600
#define QUEUE		10000
#define TAGS_PATH	"/proc/thread-self/net/mctp/tags"

struct worker {
	pthread_t	thread;
	int		nr;
	int		epoll;
	uint32_t	random;
	uint32_t	next, end;	/* messages */
	uint8_t		tag[8];		/* preallocated */
	unsigned long	sent, again, whole, strange;
	char		why[160];	/* of the first strange one */
	uint8_t		buf[MSG_MAX], told[MSG_MAX];
};

static struct worker workers[THREADS];
static int local_asked, nr_sending;
static bool over;
static int cases, failures;

static void check(bool ok, const char *what, ...)
{
	va_list args;

	printf("%sok %d ", ok ? "" : "not ", ++cases);
	va_start(args, what);
	vprintf(what, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	failures += !ok;
}

static void need(long rc, const char *what)
{
	if (rc >= 0)
		return;
	printf("Bail out! %s: %ld (%s)\n", what, rc, strerror(-rc));
	exit(1);
}

#define strange(w, ...) \
	((w)->strange++ ? 0 : \
	 snprintf((w)->why, sizeof((w)->why), __VA_ARGS__))

/* What is sent */

static size_t some_length(struct worker *w)
{
	uint32_t of = mixed_random(&w->random, 8000);
	uint32_t spread = of < 4800 ? 43 : of < 7040 ? 300 : of < 7900 ? 1450 :
			  of < 7999 ? 4000 : 0;

	return spread ? sizeof(struct stamp) + mixed_random(&w->random, spread) :
			DATA_MAX - mixed_random(&w->random, 2);
}

static uint8_t some_peer(struct worker *w, int bus)
{
	return PEER_OF(bus) + mixed_random(&w->random, PEERS);
}

/* Send it. @addr NULL: to the peer of the socket */
static void put_out(struct worker *w, int sock, struct sockaddr_mctp *addr,
		    struct stamp *s)
{
	struct iovec iov[] = {
		{ .iov_base = s, .iov_len = sizeof(*s) },
		{ .iov_base = (void *)mixed_body(s->id),
		  .iov_len = s->len - sizeof(*s) },
	};
	struct msghdr msg = {
		.msg_name = addr,
		.msg_namelen = addr ? sizeof(*addr) : 0,
		.msg_iov = iov,
		.msg_iovlen = 2,
	};
	bool wait = s->id & 1;
	ssize_t n;

	s->from = sock;
	s->sent = now_ms();
	if (s->kind >= KIND_LOCAL) {	/* there is no bus to tell of it */
		memcpy(w->told, s, sizeof(*s));
		memcpy(w->told + sizeof(*s), mixed_body(s->id),
		       s->len - sizeof(*s));
		mixed_told(w->told, s->len, s->to);
	}
	n = sendmsg(mixed.fd[sock], &msg, wait ? 0 : MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN && !wait) {
		w->again++;
		n = sendmsg(mixed.fd[sock], &msg, 0);
	}
	if (n != s->len) {
		strange(w, "message %u of kind %u to %u: %zd, %s", s->id,
			s->kind, s->peer, n, strerror(errno));
		return;
	}
	w->sent++;
}

/* A message to a bus; how much waits for that is counted in packets */
static void put_to_bus(struct worker *w, int sock, uint8_t tag, struct stamp *s)
{
	struct sockaddr_mctp addr = addr_of(1, s->peer, s->type, tag);
	unsigned int chunk = mixed_mtu(s->peer) - HDR_LEN;
	struct bus *bus = &mixed.bus[BUS_OF(s->peer)];
	bool connected = sock % SOCKS == SOCK_ORDER + 2;

	__atomic_add_fetch(&bus->waiting, (s->len + chunk) / chunk,
			   __ATOMIC_RELAXED);
	put_out(w, sock, connected ? NULL : &addr, s);
}

/* One that asks on that bus, and the EID that it sends from */
static int some_asker(struct worker *w, int bus, uint8_t *local)
{
	int i = mixed_random(&w->random, 16);

	if (i >= 14) {		/* bound to one of the two EIDs */
		i = SOCK_BOUND + 2 * bus + i - 14;
		*local = LOCAL + i - SOCK_BOUND;
	} else {
		i = SOCK_FREE + i % (SOCK_BOUND - SOCK_FREE);
		*local = LOCAL + 2 * bus;
	}
	return SOCK(w->nr, i);
}

static bool send_ask(struct worker *w, struct stamp *s)
{
	int bus = mixed_random(&w->random, BUSES), sock;
	uint8_t local;

	sock = some_asker(w, bus, &local);
	s->peer = some_peer(w, bus);
	s->type = TYPE_REQUEST;
	if (!mixed_random(&w->random, 32)) {
		sock = SOCK(w->nr, SOCK_ORDER + 2);
		s->peer = PEER_CONNECT(w->nr);
		s->type = TYPE_ORDER(w->nr);
	}
	if (mixed.prealloc[s->peer] || !mixed_tag_take(s->peer, PEER_TAGS))
		return false;
	s->to = sock;
	put_to_bus(w, sock, OWNER, s);
	return true;
}

static bool send_prealloc(struct worker *w, struct stamp *s)
{
	s->peer = PEER_PREALLOC(w->nr);
	s->type = TYPE_REQUEST;
	s->to = SOCK(w->nr, SOCK_PREALLOC);
	put_to_bus(w, s->to, w->tag[mixed_random(&w->random, 8)], s);
	return true;
}

/* The tag is the thread's number, so that its messages are one after the other */
static bool send_tell(struct worker *w, struct stamp *s)
{
	int bus = mixed_random(&w->random, BUSES), sock;
	int t = mixed_random(&w->random, THREADS);
	uint32_t of = mixed_random(&w->random, 32);
	uint8_t local;

	sock = some_asker(w, bus, &local);
	s->peer = some_peer(w, bus);
	s->type = of == 31 ? TYPE_NOBODY : of >= 28 ? TYPE_SLOW(t) :
		  of >= 12 ? TYPE_ORDER(t) : TYPE_PLAIN(t, of % 4);
	if (s->type == TYPE_SLOW(t))
		s->len = sizeof(*s) + s->len % 32;
	else if (of == 12)
		s->peer = PEER_CONNECT(t);
	if (BUS_OF(s->peer) != bus)
		return false;
	s->to = mixed_taker(s->type, local, s->peer);
	put_to_bus(w, sock, w->nr, s);
	return true;
}

static bool send_local(struct worker *w, struct stamp *s)
{
	int t = mixed_random(&w->random, THREADS);
	struct sockaddr_mctp addr;

	s->peer = LO_FIRST + mixed_random(&w->random, LO_EIDS);
	s->type = TYPE_PLAIN(t, 1 + mixed_random(&w->random, 3));
	s->to = mixed_taker(s->type, s->peer, 0);
	if (!mixed_tag_take(s->peer, 8))
		return false;
	addr = addr_of(1, s->peer, s->type, OWNER);
	__atomic_add_fetch(&local_asked, 1, __ATOMIC_RELAXED);
	put_out(w, SOCK(w->nr, SOCK_FREE), &addr, s);
	return true;
}

/* The next message of a thread; false: not this one, not now */
static bool send_one(struct worker *w)
{
	static bool (*const send[])(struct worker *w, struct stamp *s) = {
		[KIND_ASK]	= send_ask,
		[KIND_PREALLOC]	= send_prealloc,
		[KIND_TELL]	= send_tell,
		[KIND_LOCAL]	= send_local,
	};
	uint32_t of = mixed_random(&w->random, 100);
	struct stamp s = {
		.id = w->next,
		.len = some_length(w),
		.kind = of < 45 ? KIND_ASK : of < 50 ? KIND_PREALLOC :
			of < 84 ? KIND_TELL : KIND_LOCAL,
	};

	if (!send[s.kind](w, &s))
		return false;
	w->next++;
	return true;
}

/* What comes */

/* A message that is whole tells who must have sent it, and how */
static void take_whole(struct worker *w, int sock, const struct stamp *s,
		       const struct sockaddr_mctp *from)
{
	bool request = s->kind == KIND_TELL || s->kind == KIND_LOCAL;
	uint8_t peer = s->kind == KIND_LOCAL ? LO_FIRST :
		       s->kind == KIND_ANSWER ? s->asked : s->peer;
	struct sockaddr_mctp to = *from;
	struct stamp answer;

	w->whole++;
	if (s->to != sock || from->smctp_network != 1 ||
	    from->smctp_addr.s_addr != peer || from->smctp_type != s->type ||
	    !(from->smctp_tag & TO) == request)
		strange(w, "message %u of kind %u to %u: socket %d got it from %u, type %02x, tag %02x",
			s->id, s->kind, s->to, sock, from->smctp_addr.s_addr,
			from->smctp_type, from->smctp_tag);
	if (s->kind == KIND_LOCAL) {
		answer = *s;
		answer.id = mixed.messages + s->id;
		answer.kind = KIND_ANSWER;
		answer.to = s->from;
		answer.asked = s->peer;
		answer.peer = from->smctp_addr.s_addr;
		to.smctp_tag &= MCTP_TAG_MASK;
		put_out(w, sock, &to, &answer);
	} else if (s->kind == KIND_ANSWER) {
		mixed_tag_give(s->asked);
		__atomic_sub_fetch(&local_asked, 1, __ATOMIC_RELAXED);
	}
}

static bool take(struct worker *w, int sock)
{
	struct sockaddr_mctp from;
	socklen_t fromlen = sizeof(from);
	struct stamp s;
	ssize_t n;

	n = recvfrom(mixed.fd[sock], w->buf, sizeof(w->buf), MSG_DONTWAIT,
		     (void *)&from, &fromlen);
	if (n < 0) {
		if (errno != EAGAIN)
			strange(w, "recv: %s", strerror(errno));
		return false;
	}
	if (!mixed_seen(w->buf, n, sock))
		return true;
	memcpy(&s, w->buf, sizeof(s));
	take_whole(w, sock, &s, &from);
	return true;
}

/* What there is; waits so long for something */
static bool drain(struct worker *w, int ms)
{
	struct epoll_event events[SOCKS];
	bool got = false;
	int n, i;

	while ((n = epoll_wait(w->epoll, events, SOCKS, ms)) > 0) {
		for (i = 0; i < n; i++)
			got |= take(w, events[i].data.u32);
		ms = 0;
	}
	return got;
}

static bool buses_are_full(void)
{
	int i;

	for (i = 0; i < BUSES; i++)
		if (__atomic_load_n(&mixed.bus[i].waiting, __ATOMIC_RELAXED) >
		    WAITING)
			return true;
	return false;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	int burst;

	while (w->next < w->end && !w->strange) {
		for (burst = 0; burst < 8 && w->next < w->end; burst++)
			if (buses_are_full() || !send_one(w))
				break;
		drain(w, buses_are_full() ? 2 : 0);
	}
	__atomic_sub_fetch(&nr_sending, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE))
		drain(w, 5);
	drain(w, 0);
	return NULL;
}

/* All of it from the beginning */

static void set_up_bus(int i)
{
	static const uint32_t mtu[] = { 68, 254, 255, 0, 0 };
	static const char * const name[] = { "bus0", "bus1" };
	struct bus *bus = &mixed.bus[i];
	int from, way;

	bus->nr = i;
	bus->random = mixed.seed + 77 * (i + 1);
	bus->fd = tun_new(name[i]);
	need(bus->fd, "a TUN device");
	need(tun_queue(name[i], QUEUE), "its queue");
	need(link_up(name[i]), "it comes up");
	for (way = 0; way * WAY_PEERS < PEERS; way++) {
		from = PEER_OF(i) + way * WAY_PEERS;
		need(route_add(name[i], from,
			       from + WAY_PEERS < PEER_OF(i + 1) ?
			       from + WAY_PEERS - 1 : PEER_OF(i + 1) - 1,
			       mtu[way]), "a route");
	}
	need(addr_add(name[i], LOCAL + 2 * i), "an EID");
	need(addr_add(name[i], LOCAL + 2 * i + 1), "an EID");
}

/* Not those whose number, or its last byte, is a multiple of eight */
static int set_filter(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 1),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 7),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog prog = { .len = 5, .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			  sizeof(prog)) ? -errno : 0;
}

static int new_sock(int t, int i)
{
	struct sockaddr_mctp peer;
	int fd;

	if (i >= SOCK_BOUND && i < SOCK_PLAIN)
		return sock_bound(1, LOCAL + i - SOCK_BOUND, TYPE_BOUND(t));
	if (i >= SOCK_PLAIN && i < SOCK_ORDER)
		return sock_bound(1, MCTP_ADDR_ANY, TYPE_PLAIN(t, i - SOCK_PLAIN));
	if (i == SOCK_ORDER)
		return sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, TYPE_ORDER(t));
	if (i == SOCK_ORDER + 1)
		return sock_bound(1, LOCAL + 1, TYPE_ORDER(t));
	if (i == SOCK_SLOW)
		return sock_bound(1, MCTP_ADDR_ANY, TYPE_SLOW(t));
	fd = sock_new();
	if (fd >= 0 && i == SOCK_ORDER + 2) {
		peer = addr_of(1, PEER_CONNECT(t), TYPE_ORDER(t), 0);
		need(connect_to(fd, &peer), "connect");
		peer = addr_of(1, MCTP_ADDR_ANY, TYPE_ORDER(t), 0);
		need(bind_to(fd, &peer), "bind");
	}
	return fd;
}

static void set_up_worker(struct worker *w)
{
	struct epoll_event event = { .events = EPOLLIN };
	int i, fd, size, tag;

	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->random = mixed.seed * 31 + w->nr + 1;
	w->next = (uint64_t)mixed.messages * w->nr / THREADS;
	w->end = (uint64_t)mixed.messages * (w->nr + 1) / THREADS;
	for (i = 0; i < SOCKS; i++) {
		fd = new_sock(w->nr, i);
		need(fd, "a socket");
		mixed.fd[SOCK(w->nr, i)] = fd;
		size = i == SOCK_SLOW ? RCVBUF_SLOW : RCVBUF;
		if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
			       sizeof(size)))
			need(-errno, "SO_RCVBUFFORCE");
		event.data.u32 = SOCK(w->nr, i);
		if (i != SOCK_SLOW &&
		    epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &event))
			need(-errno, "epoll");
	}
	need(set_filter(mixed.fd[SOCK(w->nr, SOCK_PLAIN)]), "a filter");
	mixed.prealloc[PEER_PREALLOC(w->nr)] = w->nr + 1;
	for (i = 0; i < 8; i++) {
		tag = tag_alloc(mixed.fd[SOCK(w->nr, SOCK_PREALLOC)],
				PEER_PREALLOC(w->nr));
		need(tag, "a preallocated tag");
		w->tag[i] = tag;
	}
}

static void set_up(void)
{
	int i;

	need(ns_new(), "a network namespace");
	for (i = 0; i < BUSES; i++)
		set_up_bus(i);
	for (i = 0; i < LO_EIDS; i++)
		need(addr_add("lo", LO_FIRST + i), "an EID of lo");
	/* partial messages end as the buses tell, or stay: see bus_end_all() */
	need(sysctl_set("reasm_timeout_ms", 60000), "reasm_timeout_ms");
	need(sysctl_set("reasm_max_bytes", 256 << 20), "reasm_max_bytes");
	for (i = 0; i < THREADS; i++) {
		workers[i].nr = i;
		set_up_worker(&workers[i]);
	}
}

static void run(void)
{
	int i;

	nr_sending = THREADS;
	for (i = 0; i < BUSES; i++)
		need(-pthread_create(&mixed.bus[i].thread, NULL, mixed_bus,
				     &mixed.bus[i]), "a thread");
	for (i = 0; i < THREADS; i++)
		need(-pthread_create(&workers[i].thread, NULL, work,
				     &workers[i]), "a thread");
	while (__atomic_load_n(&nr_sending, __ATOMIC_ACQUIRE))
		pause_ms(5);
	for (i = 0; i < BUSES; i++) {
		__atomic_store_n(&mixed.bus[i].over, true, __ATOMIC_RELEASE);
		pthread_join(mixed.bus[i].thread, NULL);
	}
	/* an answer that does not come is told of later */
	for (i = 0; __atomic_load_n(&local_asked, __ATOMIC_RELAXED) &&
	     i < WAIT_MS / 5; i++)
		pause_ms(5);
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	for (i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
}

/* What it has come to */

#define SUM(from, member) ({						\
	unsigned long sum = 0;						\
	unsigned int nr;						\
									\
	for (nr = 0; nr < sizeof(from) / sizeof((from)[0]); nr++)	\
		sum += (from)[nr].member;				\
	sum; })

/* What the buses say that has become of packets so */
static long ends(enum receiver_end why)
{
	return SUM(mixed.bus, receiver.ends[why]);
}

static void print_buses(long ms)
{
	printf("# %ld ms, seed %u: packets %lu out, %lu in; lost %lu and %lu late, cut %lu, doubled %lu, swapped %lu\n",
	       ms, mixed.seed, SUM(mixed.bus, out), SUM(mixed.bus, in),
	       SUM(mixed.bus, lost), SUM(mixed.bus, late), SUM(mixed.bus, cut),
	       SUM(mixed.bus, doubled), SUM(mixed.bus, swapped));
	printf("# requests to the buses %lu, answered %lu; sends that had to wait %lu\n",
	       SUM(mixed.bus, asked), SUM(mixed.bus, answered),
	       SUM(workers, again));
}

static void check_packets(const struct stats *before)
{
	int i;

	for (i = 0; i < BUSES; i++)
		if (mixed.bus[i].bad)
			printf("# bus %d: %lu bad packets; %s\n", i,
			       mixed.bus[i].bad, mixed.bus[i].why);
	check(!SUM(mixed.bus, bad), "each packet that went out is a part of its message, cut at the MTU of its way");
	check(stats_rise(before, "tx_packets") == (long)SUM(mixed.bus, out) &&
	      stats_rise(before, "rx_packets") == (long)SUM(mixed.bus, in),
	      "packets out and in are counted");
}

/* A loss is told of by the model, or is that of a full receive buffer */
static void check_losses(const struct stats *before)
{
	long told, wrong = 0, rcvbuf = 0;
	uint32_t info[SK_MEMINFO_VARS];
	enum receiver_end why;
	socklen_t len;
	int i;

	for (i = 0; i < NR_SOCKS; i++) {
		len = sizeof(info);
		if (getsockopt(mixed.fd[i], SOL_SOCKET, SO_MEMINFO, info, &len))
			need(-errno, "SO_MEMINFO");
		/* the filter's are in there, too */
		if (i % SOCKS == SOCK_SLOW)
			rcvbuf += info[SK_MEMINFO_DROPS];
	}
	told = rcvbuf;
	for (why = RECEIVER_SHORT; why < RECEIVER_ENDS; why++) {
		const char *name = receiver_counter[why];

		printf("# %s: %ld\n", name, ends(why));
		told += ends(why);
		if (stats_rise(before, name) != ends(why)) {
			printf("# but counted are %ld\n",
			       stats_rise(before, name));
			wrong++;
		}
	}
	check(!wrong && stats_lost(before) == told,
	      "%ld losses are counted, each under its reason, and no other",
	      told);
	check(rcvbuf && stats_rise(before, "drop_rcvbuf") == rcvbuf,
	      "%ld that a receive buffer had no room for are counted, by their sockets as well",
	      rcvbuf);
	check(stats_rise(before, "rx_messages") ==
	      ends(RECEIVER_MESSAGE) - rcvbuf +
	      stats_rise(before, "local_messages"),
	      "and all others that were whole have come");
}

/* Tags end by an answer, or by themselves. Between the two figures some do. */
static void check_tags(const struct stats *before)
{
	long unanswered = SUM(mixed.bus, asked) - SUM(mixed.bus, answered);
	long expired, held;

	do {
		expired = stats_rise(before, "tag_expired");
		held = file_count(TAGS_PATH, "auto");
	} while (expired != stats_rise(before, "tag_expired"));
	check(expired + held == unanswered,
	      "of %ld requests without an answer the tags have ended (%ld), or will (%ld)",
	      unanswered, expired, held);
}

/* From the slow sockets, what they could hold; some of it stays unread */
static void read_slow(void)
{
	struct worker *w = &workers[0];
	int t, i;

	for (t = 0; t < THREADS; t++)
		for (i = 0; i < 3; i++)
			take(w, SOCK(t, SOCK_SLOW));
}

static void check_fates(const struct stats *before)
{
	long missing = 0, unread = stats_rise(before, "rx_messages");
	uint32_t id, wrong = 0;

	for (id = 0; id <= 2 * mixed.messages; id++) {
		const struct fate *f = &mixed.fate[id];
		long less = (long)f->told - f->seen;

		unread -= f->seen;
		if (less > 0 && f->slow) {
			missing += less;
			continue;
		}
		if ((less || f->told_sum != f->seen_sum) && !wrong++)
			printf("# message %u: told of %u times, came %u times, %s\n",
			       id, f->told, f->seen,
			       less ? "" : "and was another");
	}
	check(!wrong, "what the buses let arrive has come, as often, at the socket that it is for, and nothing else");
	check(missing == unread + stats_rise(before, "drop_rcvbuf"),
	      "but for %ld that are in a slow socket or had no room there",
	      missing);
}

static void check_close(const struct stats *before)
{
	long partial = 0, unread = stats_rise(before, "rx_messages");
	uint32_t id;
	int i;

	for (i = 0; i < BUSES; i++)
		partial += receiver_open(&mixed.bus[i].receiver);
	for (id = 0; id <= 2 * mixed.messages; id++)
		unread -= mixed.fate[id].seen;
	for (i = 0; i < NR_SOCKS; i++)
		close(mixed.fd[i]);
	check(stats_wait(before, "drop_reasm_gone", partial) == partial,
	      "%ld partial messages are counted as their sockets close",
	      partial);
	check(unread && stats_wait(before, "rx_unread", unread) == unread,
	      "%ld messages that nobody has read, likewise", unread);
	check(!tags_held(), "no tag is held");
}

/* None of it is proof if it did not happen */
static void check_mix(void)
{
	unsigned long whole = SUM(workers, whole);
	enum receiver_end why;
	bool all = SUM(mixed.bus, lost) && SUM(mixed.bus, cut) &&
		   SUM(mixed.bus, doubled) && SUM(mixed.bus, swapped);

	for (why = RECEIVER_MESSAGE; why < RECEIVER_ENDS; why++)
		all &= ends(why) || why == RECEIVER_TOO_LONG ||
		       why == RECEIVER_TAG_EXPIRED;
	check(all, "packets were lost, cut, doubled and swapped, and that had every consequence");
	check(whole > mixed.messages / 10 * 9 && whole < SUM(workers, sent),
	      "%lu messages came whole", whole);
}

static uint32_t from_environment(const char *name, uint32_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

int main(void)
{
	bool slow = slow_kernel();
	struct stats before;
	long began;
	int i;

	alarm(slow ? SECONDS_SLOW : SECONDS);
	printf("TAP version 13\n1..%d\n", CASES);
	mixed.messages = from_environment("MCTP_MIXED_MESSAGES",
					  slow ? MESSAGES_SLOW : MESSAGES);
	mixed.seed = from_environment("MCTP_MIXED_SEED", SEED);
	mixed.fate = calloc(2 * mixed.messages + 1, sizeof(*mixed.fate));
	if (!mixed.fate || !mixed.seed)
		need(-EINVAL, "memory, and a seed other than 0");
	mixed_pool(mixed.seed);
	set_up();
	need(stats_read(&before), "counters");

	began = now_ms();
	run();
	print_buses(now_ms() - began);
	for (i = 0; i < THREADS; i++)
		if (workers[i].strange)
			printf("# thread %d: %lu strange; %s\n", i,
			       workers[i].strange, workers[i].why);
	check(!SUM(workers, strange) &&
	      stats_rise(&before, "tx_messages") == (long)SUM(workers, sent) &&
	      SUM(workers, sent) >= mixed.messages,
	      "%u messages%s of %d sockets in %d threads are sent, and what comes is from whom it must be",
	      mixed.messages, slow ? " (with lockdep; 100000 without)" : "",
	      NR_SOCKS, THREADS);
	check_packets(&before);
	check_losses(&before);
	check_tags(&before);
	read_slow();
	check_fates(&before);
	check_close(&before);
	check_mix();
	return !!failures;
}
