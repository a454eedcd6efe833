// SPDX-License-Identifier: GPL-2.0
/*
 * Memory runs out in every place where it can: each call of the family is made
 * again and again, and each time another one of its allocations is made to fail
 * (the kernel's Documentation/fault-injection: fail-nth). Each time the call
 * succeeds or says ENOMEM or ENOBUFS, a message that is lost is counted, and
 * what has failed works once there is memory again. Nothing leaks: that is seen
 * by whoever runs this, with kmemleak, and by the modules being unloaded.
 *
 *   MCTP_SECONDS=N   for all of them (default: a quarter of a second each)
 *
 * A call with more allocations than its time allows has the last ones failed:
 * those of ours come after those of the kernel's own, that lead to them.
 */
#include <net/if.h>
#include <linux/if_tun.h>
#include <linux/neighbour.h>

#include "mctp_test.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define FAIL_PAGE	"/sys/kernel/debug/fail_page_alloc/"
#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define PROC		"/proc/thread-self/net/mctp/"
#define MS		250
#define LEAST		4
#define CALLS		37
#define MANY		1000000
#define MCTP_NET_ATTR	1	/* IFLA_MCTP_NET */

#define LOCAL		8
#define PEER		20	/* by bus0; 30 by bus1 */
#define TYPE		0x11
#define BIG		20000

#ifndef N_MCTP
#define N_MCTP		28
#endif

FIXTURE(memory) {
	int		fail;		/* FAIL_NTH */
	int		bus, bus1;
	int		ns, other_ns;
	int		sock, listener;
	int		nl;
	bool		acked;
	struct nl_req	req;
	struct pty	pty;
	int		tag;
	struct stats	stats;
	int		tried, failed;	/* allocations */
	uint8_t		data[BIG];
};

#define SELF FIXTURE_DATA(memory) *self

struct op {
	const char *name;
	/* what the call needs: 0, or an error of the test's own */
	int (*before)(SELF);
	/* the call: 0 or more, or a negative errno */
	int (*call)(SELF);
	/* all is as that result says? Undoes it. */
	bool (*after)(SELF, int rc);
	/* an error of the kernel's own code, for want of memory as well */
	int other;
};

FIXTURE_SETUP(memory)
{
	if (access(FAIL_NTH, F_OK) || access(FAILSLAB, F_OK) ||
	    access(FAIL_PAGE, F_OK))
		SKIP(return, "the kernel cannot make allocations fail");

	setvbuf(stdout, NULL, _IOLBF, 0);
	ASSERT_EQ(0, file_write(FAILSLAB "ignore-gfp-wait", "N"));
	ASSERT_EQ(0, file_write(FAIL_PAGE "ignore-gfp-wait", "N"));
	ASSERT_EQ(0, file_write(FAIL_PAGE "min-order", "0"));
	/* a line in the log, and no trace */
	ASSERT_EQ(0, file_write(FAILSLAB "verbose", "1"));
	ASSERT_EQ(0, file_write(FAIL_PAGE "verbose", "1"));
	self->fail = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fail);

	ASSERT_EQ(0, ns_new());
	self->other_ns = ns_fd();
	ASSERT_EQ(0, ns_new());
	self->ns = ns_fd();
	self->bus = tun_bus("bus0", PEER, PEER + 9);
	ASSERT_LE(0, self->bus);
	self->bus1 = tun_bus("bus1", 30, 39);
	ASSERT_LE(0, self->bus1);
	ASSERT_EQ(0, addr_add("bus0", LOCAL));
	ASSERT_EQ(0, route_add("bus0", 25, 25, MTU_MIN));
	ASSERT_EQ(0, vmctp_bus());
	ASSERT_EQ(0, neigh_add("near", PEER, "\x20", 1));
	pattern(self->data, sizeof(self->data), 1);
	self->sock = -1;
	self->listener = -1;
}

FIXTURE_TEARDOWN(memory)
{
}

static int fail_from(SELF, int nth)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", nth);

	return pwrite(self->fail, text, n, 0) == n ? 0 : -errno;
}

/* How many were left to go until the one that is to fail; 0: it has failed */
static int fail_left(SELF)
{
	char text[16] = "";
	int left;

	if (pread(self->fail, text, sizeof(text) - 1, 0) < 0)
		return -errno;
	left = atoi(text);
	return fail_from(self, 0) ?: left;
}

/* The call, and one of its allocations fails; or none does, and *left is more
 * than 0
 */
static int call(SELF, const struct op *op, int nth, int *left)
{
	int rc = fail_from(self, nth);

	if (rc)
		return rc;
	rc = op->call(self);
	*left = fail_left(self);
	return rc;
}

static bool error_is_due(const struct op *op, int rc)
{
	return rc >= 0 || rc == -ENOMEM || rc == -ENOBUFS || rc == op->other;
}

static void fail_each(struct __test_metadata *_metadata, SELF,
		      const struct op *op)
{
	unsigned long seconds = setting("MCTP_SECONDS", 0);
	long end = now_ms() + (seconds ? seconds * 1000 / CALLS : MS);
	int failed = 0, errors = 0, lost = 0;
	int total, nth, left = 0, rc;

	/* what is made once is made by the first, so it is the second that counts */
	for (nth = 0; nth < 2; nth++) {
		ASSERT_EQ(0, stats_read(&self->stats));
		ASSERT_EQ(0, op->before(self));
		rc = call(self, op, MANY, &left);
		ASSERT_LE(0, rc);
		ASSERT_LT(0, left);
		ASSERT_TRUE(op->after(self, rc));
	}
	total = MANY - left;
	ASSERT_LT(0, total);

	for (nth = total; nth; nth--) {
		if (now_ms() > end && failed >= LEAST)
			break;
		ASSERT_EQ(0, stats_read(&self->stats));
		ASSERT_EQ(0, op->before(self));
		rc = call(self, op, nth, &left);
		EXPECT_LE(0, left);
		failed += !left;
		errors += rc < 0;
		EXPECT_TRUE(error_is_due(op, rc))
			TH_LOG("%s: allocation %d of %d: error %d", op->name, nth,
			       total, -rc);
		/* the loss of a message is not an error of the call */
		lost += rc >= 0 && stats_lost(&self->stats);
		EXPECT_TRUE(op->after(self, rc))
			TH_LOG("%s: allocation %d of %d, result %d: %s",
			       op->name, nth, total, rc,
			       stats_drops(&self->stats, ""));
		EXPECT_EQ(0, tags_held());
	}
	printf("# %s: %d allocations, %d failed in turn: %d calls had an error, %d lost a message and counted it\n",
	       op->name, total, failed, errors, lost);
	EXPECT_LT(0, failed);
	self->tried += total - nth;
	self->failed += failed;
}

#define EACH(call, ...)							\
	static const struct op call ## _op = { #call, __VA_ARGS__ };

static int nothing(SELF)
{
	return 0;
}

static void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool was_lost(SELF)
{
	return stats_lost(&self->stats) > 0;
}

/* Sockets */

static int a_socket(SELF)
{
	self->sock = sock_new();
	return self->sock < 0 ? self->sock : 0;
}

static int call_socket(SELF)
{
	self->sock = sock_new();
	return self->sock;
}

static bool after_socket(SELF, int rc)
{
	drop(&self->sock);
	return true;
}

EACH(socket, nothing, call_socket, after_socket, -ENFILE)

/* There is nothing in bind and connect alone that could fail */

static int call_bind(SELF)
{
	struct sockaddr_mctp addr = addr_of(1, LOCAL, TYPE, 0);

	return a_socket(self) ?: bind_to(self->sock, &addr);
}

static int call_connect(SELF)
{
	struct sockaddr_mctp addr = addr_of(1, PEER, TYPE, 0);

	return a_socket(self) ?: connect_to(self->sock, &addr);
}

EACH(bind, nothing, call_bind, after_socket, -ENFILE)
EACH(connect, nothing, call_connect, after_socket, -ENFILE)

/* Messages out */

static int call_send(SELF)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, OWNER);

	return send_to(self->sock, &to, self->data, 10);
}

/* Packets that have come out by a bus; the last has the end? */
static int packets_out(int bus, bool *end)
{
	uint8_t packet[1600];
	int n = 0;

	*end = false;
	while (tun_take(bus, packet, sizeof(packet)) >= HDR_LEN) {
		*end = packet[3] & EOM;
		n++;
	}
	return n;
}

static bool after_send(SELF, int rc)
{
	bool end, good;
	int n = packets_out(self->bus, &end);

	good = rc < 0 ? !n && !tags_held() : (n == 1 && end) || was_lost(self);
	drop(&self->sock);
	return good;
}

EACH(send, a_socket, call_send, after_send)

static int call_send_big(SELF)
{
	struct sockaddr_mctp to = addr_of(1, 25, TYPE, OWNER);

	return send_to(self->sock, &to, self->data, 1000);
}

/* 1,001 bytes in parts of 64; of an error the program is told */
static bool after_send_big(SELF, int rc)
{
	bool end, good;
	int n = packets_out(self->bus, &end);

	good = rc < 0 ? n < 16 && !end && !tags_held() :
			(n == 16 && end) || was_lost(self);
	drop(&self->sock);
	return good;
}

EACH(send_in_fragments, a_socket, call_send_big, after_send_big)

static int call_send_pages(SELF)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, OWNER);

	return send_to(self->sock, &to, self->data, BIG);
}

static bool after_send_pages(SELF, int rc)
{
	bool end, good;
	int n = packets_out(self->bus, &end);

	good = rc < 0 ? !end && !tags_held() : (n == 14 && end) || was_lost(self);
	drop(&self->sock);
	return good;
}

EACH(send_in_pages, a_socket, call_send_pages, after_send_pages)

static int call_respond(SELF)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, 1);

	return send_to(self->sock, &to, self->data, 10);
}

EACH(respond, a_socket, call_respond, after_send)

static int a_listener(SELF)
{
	self->listener = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	return self->listener < 0 ? self->listener : 0;
}

static int before_local(SELF)
{
	return a_listener(self) ?: a_socket(self);
}

static int call_local(SELF)
{
	struct sockaddr_mctp to = addr_of(1, LOCAL, TYPE, OWNER);

	return send_to(self->sock, &to, self->data, 10);
}

static int call_local_big(SELF)
{
	struct sockaddr_mctp to = addr_of(1, LOCAL, TYPE, OWNER);

	return send_to(self->sock, &to, self->data, BIG);
}

/* What the listener has: the data, whole; -EAGAIN if it has nothing */
static int heard(SELF, size_t len)
{
	static uint8_t got[BIG];
	ssize_t n = recv(self->listener, got, sizeof(got), MSG_DONTWAIT);

	if (n < 0)
		return -errno;
	return n == (ssize_t)len && !memcmp(got, self->data, len) ? 0 : -EBADMSG;
}

static bool came_or_lost(SELF, int rc, size_t len)
{
	int got = heard(self, len);
	bool good = rc < 0 ? got == -EAGAIN :
			     !got || (got == -EAGAIN && was_lost(self));

	drop(&self->sock);
	drop(&self->listener);
	return good;
}

static bool after_local(SELF, int rc)
{
	return came_or_lost(self, rc, 10);
}

static bool after_local_big(SELF, int rc)
{
	return came_or_lost(self, rc, BIG);
}

EACH(send_to_ourselves, before_local, call_local, after_local)
EACH(send_much_to_ourselves, before_local, call_local_big, after_local_big)

/* Receive */

static int before_receive(SELF)
{
	int rc = before_local(self);

	if (!rc)
		rc = call_local_big(self);
	return rc < 0 ? rc : 0;
}

static int call_receive(SELF)
{
	return heard(self, BIG);
}

/* an error leaves the message with the socket, or it is that of another call */
static bool after_receive(SELF, int rc)
{
	bool good = heard(self, BIG) == (rc ? 0 : -EAGAIN);

	drop(&self->sock);
	drop(&self->listener);
	return good;
}

EACH(receive, before_receive, call_receive, after_receive)

/* Tags: of a network that is made for it */

static int call_tag_alloc(SELF)
{
	return tag_alloc2(self->sock, 77, PEER);
}

static bool after_tag_alloc(SELF, int rc)
{
	bool good = tags_held() == (rc >= 0);

	if (rc < 0)
		rc = call_tag_alloc(self);
	good = good && rc >= 0 && !tag_drop2(self->sock, 77, PEER, rc);
	drop(&self->sock);
	return good;
}

EACH(tag_alloc, a_socket, call_tag_alloc, after_tag_alloc)

/* Netlink: a verb is what a request makes, and how it is seen */

static void req_addr(SELF, bool add)
{
	struct ifaddrmsg header = {
		.ifa_family = AF_MCTP,
		.ifa_index = if_nametoindex("near"),
	};
	uint8_t eid = 9;

	nl_start(&self->req, add ? RTM_NEWADDR : RTM_DELADDR, 0, &header,
		 sizeof(header));
	nl_put(&self->req, IFA_LOCAL, &eid, sizeof(eid));
}

static void req_route_to(SELF, bool add, uint16_t attr, const void *value,
			 size_t len)
{
	struct rtmsg header = {
		.rtm_family = AF_MCTP,
		.rtm_dst_len = 4,
		.rtm_type = RTN_UNICAST,
	};
	uint8_t eid = 60;

	nl_start(&self->req, add ? RTM_NEWROUTE : RTM_DELROUTE, 0, &header,
		 sizeof(header));
	nl_put(&self->req, RTA_DST, &eid, sizeof(eid));
	nl_put(&self->req, attr, value, len);
}

static void req_route(SELF, bool add)
{
	uint32_t index = if_nametoindex("near");

	req_route_to(self, add, RTA_OIF, &index, sizeof(index));
}

static void req_gateway(SELF, bool add)
{
	struct {
		uint32_t	net;
		uint8_t		eid;
	} gw = { .net = 55, .eid = PEER };

	req_route_to(self, add, RTA_GATEWAY, &gw, sizeof(gw));
}

static void req_neigh(SELF, bool add)
{
	struct ndmsg header = {
		.ndm_family = AF_MCTP,
		.ndm_ifindex = if_nametoindex("near"),
	};
	uint8_t eid = 70, lladdr = 0x42;

	nl_start(&self->req, add ? RTM_NEWNEIGH : RTM_DELNEIGH, 0, &header,
		 sizeof(header));
	nl_put(&self->req, NDA_DST, &eid, sizeof(eid));
	nl_put(&self->req, NDA_LLADDR, &lladdr, sizeof(lladdr));
}

static void req_network(SELF, bool add)
{
	struct ifinfomsg header = { .ifi_index = if_nametoindex("far") };
	uint32_t net = add ? 66 : 1;
	struct rtattr *spec, *mctp;

	nl_start(&self->req, RTM_SETLINK, 0, &header, sizeof(header));
	spec = nl_nest(&self->req, IFLA_AF_SPEC);
	mctp = nl_nest(&self->req, AF_MCTP);
	nl_put(&self->req, MCTP_NET_ATTR, &net, sizeof(net));
	nl_nest_end(&self->req, mctp);
	nl_nest_end(&self->req, spec);
}

static void req_link(SELF, bool add)
{
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct rtattr *info;

	nl_start(&self->req, add ? RTM_NEWLINK : RTM_DELLINK,
		 add ? NLM_F_CREATE | NLM_F_EXCL : 0, &header, sizeof(header));
	nl_put(&self->req, IFLA_IFNAME, "pair0", sizeof("pair0"));
	if (!add)
		return;
	info = nl_nest(&self->req, IFLA_LINKINFO);
	nl_put(&self->req, IFLA_INFO_KIND, "vmctp", strlen("vmctp"));
	nl_nest_end(&self->req, info);
}

/* there and back again */
static void req_move(SELF, bool add)
{
	struct ifinfomsg header = { .ifi_index = if_nametoindex("far") };
	uint32_t ns = add ? self->other_ns : self->ns;

	nl_start(&self->req, RTM_SETLINK, 0, &header, sizeof(header));
	nl_put(&self->req, IFLA_NET_NS_FD, &ns, sizeof(ns));
}

static int find_in(uint16_t type, uint8_t eid)
{
	static struct nl_table t;
	int i;

	if (nl_table(&t, type, AF_MCTP, 0) < 0)
		return -EIO;
	for (i = 0; i < t.n; i++)
		if (t.e[i].eid == eid)
			return 1;
	return 0;
}

static int has_addr(void)
{
	return find_in(RTM_GETADDR, 9);
}

static int has_route(void)
{
	return find_in(RTM_GETROUTE, 60);
}

static int has_neigh(void)
{
	return find_in(RTM_GETNEIGH, 70);
}

static int has_network(void)
{
	struct link_info info;

	return link_get("far", &info) ?: info.net == 66;
}

static int has_link(void)
{
	return if_nametoindex("pair0") != 0;
}

/* It is acknowledged, or the error is that of the way to be told */
static int nl_call(SELF)
{
	union {
		struct nlmsghdr	n;
		char		bytes[4096];
	} answer;
	const struct nlmsgerr *e = NLMSG_DATA(&answer.n);
	int err;

	self->acked = true;
	self->req.n.nlmsg_flags |= NLM_F_ACK;
	err = nl_send(self->nl, &self->req);
	if (err)
		return err;
	if (recv(self->nl, &answer, sizeof(answer), MSG_DONTWAIT) < 0) {
		self->acked = false;
		return -errno;
	}
	return answer.n.nlmsg_type == NLMSG_ERROR ? e->error : -EBADMSG;
}

static int nl_before(SELF, void (*req)(SELF, bool add), bool add)
{
	if (!add) {
		req(self, true);
		if (nl_do(&self->req))
			return -EIO;
	}
	self->nl = nl_socket();
	req(self, add);
	return self->nl < 0 ? self->nl : 0;
}

/* What is there is what the answer says; and it can be made, and taken away */
static bool nl_after(SELF, int rc, void (*req)(SELF, bool add),
		     int (*has)(void), bool add)
{
	int now = has();
	bool good = now >= 0 && (!self->acked || now == (rc ? !add : add));

	close(self->nl);
	if (!now) {
		req(self, true);
		good = !nl_do(&self->req) && good;
	}
	req(self, false);
	good = !nl_do(&self->req) && good;
	return !has() && good;
}

#define VERB(name, req, has)						\
static int before_new_ ## name(SELF)					\
{									\
	return nl_before(self, req, true);				\
}									\
static int before_del_ ## name(SELF)					\
{									\
	return nl_before(self, req, false);				\
}									\
static bool after_new_ ## name(SELF, int rc)				\
{									\
	return nl_after(self, rc, req, has, true);			\
}									\
static bool after_del_ ## name(SELF, int rc)				\
{									\
	return nl_after(self, rc, req, has, false);			\
}									\
EACH(new_ ## name, before_new_ ## name, nl_call, after_new_ ## name)	\
EACH(del_ ## name, before_del_ ## name, nl_call, after_del_ ## name)

VERB(address, req_addr, has_addr)
VERB(route, req_route, has_route)
VERB(gateway, req_gateway, has_route)
VERB(neighbour, req_neigh, has_neigh)
VERB(network, req_network, has_network)
VERB(link, req_link, has_link)

static int before_move(SELF)
{
	return nl_before(self, req_move, true);
}

/* A device that has moved carries MCTP, at the latest as it comes up: and so it
 * does as it comes back
 */
static bool after_move(SELF, int rc)
{
	struct link_info info;
	bool good, there;

	close(self->nl);
	ns_enter(self->other_ns);
	there = if_nametoindex("far");
	good = !self->acked || there == !rc;
	if (there) {
		good = !link_up("far") && !link_get("far", &info) &&
		       info.has_mctp && good;
		req_move(self, false);
		good = !nl_do(&self->req) && good;
	}
	ns_enter(self->ns);
	return !link_up("far") && !link_get("far", &info) && info.has_mctp &&
	       good;
}

EACH(move_device, before_move, nl_call, after_move)

static int call_tun(SELF)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN, .ifr_name = "bus9" };

	return ioctl(self->sock, TUNSETIFF, &ifr) ? -errno : 0;
}

static int before_tun(SELF)
{
	self->sock = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	return self->sock < 0 ? -errno : 0;
}

/* A device that there is carries MCTP */
static bool after_tun(SELF, int rc)
{
	struct link_info info;
	int err = link_get("bus9", &info);

	drop(&self->sock);
	return rc ? err == -ENODEV : !err && info.has_mctp;
}

EACH(new_device, before_tun, call_tun, after_tun)

/* Dumps: all of it, or an error */

static void count_one(const struct nlmsghdr *n, void *data)
{
	++*(int *)data;
}

static int dump_call(SELF)
{
	static char answer[65536];
	const struct nlmsghdr *n;
	int count = 0, err;
	ssize_t len;

	self->req.n.nlmsg_flags |= NLM_F_DUMP;
	err = nl_send(self->nl, &self->req);
	while (!err) {
		len = recv(self->nl, answer, sizeof(answer), MSG_DONTWAIT);
		if (len < 0)
			return -errno;
		for (n = (void *)answer; NLMSG_OK(n, (size_t)len);
		     n = NLMSG_NEXT(n, len)) {
			if (n->nlmsg_type == NLMSG_DONE)
				return *(int *)NLMSG_DATA(n) ?: count;
			if (n->nlmsg_type == NLMSG_ERROR)
				return *(int *)NLMSG_DATA(n);
			count_one(n, &count);
		}
	}
	return err;
}

static void dump_req(SELF, uint16_t type)
{
	char header[sizeof(struct ifinfomsg)] = {
		type == RTM_GETLINK ? AF_UNSPEC : AF_MCTP
	};

	nl_start(&self->req, type, 0, header,
		 type == RTM_GETADDR ? sizeof(struct ifaddrmsg) :
		 type == RTM_GETLINK ? sizeof(header) : sizeof(struct rtmsg));
}

#define DUMP(name, type)						\
static int before_dump_ ## name(SELF)					\
{									\
	self->nl = nl_socket();						\
	dump_req(self, type);						\
	return self->nl < 0 ? self->nl : 0;				\
}									\
static int call_dump_ ## name(SELF)					\
{									\
	return dump_call(self);						\
}									\
static bool after_dump_ ## name(SELF, int rc)				\
{									\
	int all = 0;							\
									\
	close(self->nl);						\
	dump_req(self, type);						\
	return nl_dump(&self->req, false, count_one, &all) >= 0 && all && \
	       (rc < 0 || rc == all);					\
}									\
EACH(dump_ ## name, before_dump_ ## name, call_dump_ ## name,		\
     after_dump_ ## name)

DUMP(addresses, RTM_GETADDR)
DUMP(routes, RTM_GETROUTE)
DUMP(neighbours, RTM_GETNEIGH)

DUMP(links, RTM_GETLINK)

/* Packets in */

static int call_packet_in(SELF)
{
	static uint8_t payload[11] = { TYPE };

	memcpy(payload + 1, self->data, 10);
	return tun_send(self->bus, LOCAL, PEER, WHOLE | TO, payload,
			sizeof(payload));
}

EACH(packet_in, a_listener, call_packet_in, after_local)

static int before_answer(SELF)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, OWNER);
	int err = a_socket(self);

	self->tag = err ?: tun_request(self->bus, self->sock, &to);
	return self->tag < 0 ? self->tag : 0;
}

static int call_answer(SELF)
{
	return tun_answer(self->bus, LOCAL, PEER, self->tag);
}

/* An answer that is lost can come again, so its tag is there still */
static bool after_answer(SELF, int rc)
{
	bool lost = rc < 0 || was_lost(self);
	bool came = recv_none(self->sock) > 0;
	bool good = came != lost;

	if (lost && good)
		good = !call_answer(self) && recv_none(self->sock) > 0;
	drop(&self->sock);
	return good;
}

EACH(answer_in, before_answer, call_answer, after_answer)

/* A message of @n packets of that payload */
static int message_in(SELF, size_t size, int n)
{
	static uint8_t message[BIG + 1] = { TYPE };
	int err = 0, i;

	memcpy(message + 1, self->data, BIG);
	for (i = 0; i < n; i++) {
		int rc = tun_send(self->bus, LOCAL, PEER, TO | SEQ(i) |
				  (i ? 0 : SOM) | (i == n - 1 ? EOM : 0),
				  message + i * size, size);

		err = err ?: rc;
	}
	return err;
}

static bool whole_or_lost(SELF, int rc, size_t len)
{
	return came_or_lost(self, rc, len) &&
	       file_count(PROC "reassembly", "") == 1;
}

static int call_small_packets(SELF)
{
	return message_in(self, 64, 100);
}

static bool after_small_packets(SELF, int rc)
{
	return whole_or_lost(self, rc, 64 * 100 - 1);
}

static int call_large_packets(SELF)
{
	return message_in(self, 1400, 6);
}

static bool after_large_packets(SELF, int rc)
{
	return whole_or_lost(self, rc, 1400 * 6 - 1);
}

EACH(small_packets_in, a_listener, call_small_packets, after_small_packets)
EACH(large_packets_in, a_listener, call_large_packets, after_large_packets)

static int call_forward(SELF)
{
	return tun_send(self->bus, 30, PEER, WHOLE | TO, self->data, 10);
}

static bool after_forward(SELF, int rc)
{
	bool end;
	int n = packets_out(self->bus1, &end);

	return rc < 0 ? !n : n == 1 || was_lost(self);
}

EACH(forward, nothing, call_forward, after_forward)

/* Serial lines */

static int before_line(SELF)
{
	return pty_new(&self->pty);
}

static int call_line(SELF)
{
	int discipline = N_MCTP;

	return ioctl(self->pty.line, TIOCSETD, &discipline) ? -errno : 0;
}

/* With the error no device has come; and the line can be one yet */
static bool after_line(SELF, int rc)
{
	bool good = !rc == !!*link_find("mctpserial");

	if (rc)
		good = !call_line(self) && *link_find("mctpserial") && good;
	drop(&self->pty.line);
	drop(&self->pty.master);
	return good && !*link_find("mctpserial");
}

EACH(serial_line, before_line, call_line, after_line)

/* What there is to see */

static int call_proc(SELF)
{
	static const char * const names[] = {
		PROC "stat", PROC "sockets", PROC "tags", PROC "reassembly",
	};
	static char text[8192];
	int sum = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		int fd = open(names[i], O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
		int err = -errno;

		if (fd >= 0)
			close(fd);
		if (n < 0)
			return err;
		sum += n;
	}
	return sum;
}

static bool after_proc(SELF, int rc)
{
	return call_proc(self) > 0;
}

EACH(proc_files, nothing, call_proc, after_proc)

/* Namespaces */

static int call_namespace(SELF)
{
	return unshare(CLONE_NEWNET) ? -errno : 0;
}

/* One that there is has all that it is to have */
static bool after_namespace(SELF, int rc)
{
	struct link_info info;
	bool good = rc || (!access(PROC "stat", F_OK) &&
			   !link_get("lo", &info) && info.has_mctp);

	return !ns_enter(self->ns) && good;
}

EACH(namespace, nothing, call_namespace, after_namespace)

/* All of it */

#define ALL(group, ...)							\
	TEST_F_TIMEOUT(memory, group, 7 * 86400)			\
	{								\
		static const struct op * const ops[] = { __VA_ARGS__ };	\
		size_t i;						\
									\
		for (i = 0; i < ARRAY_SIZE(ops); i++)			\
			fail_each(_metadata, self, ops[i]);		\
		/* some are made now and then alone */			\
		EXPECT_LT(self->tried / 4, self->failed);		\
	}

ALL(calls_of_programs_fail_and_lose_nothing_uncounted,
    &socket_op, &bind_op, &connect_op, &tag_alloc_op, &send_op,
    &send_in_fragments_op, &send_in_pages_op, &respond_op,
    &send_to_ourselves_op, &send_much_to_ourselves_op, &receive_op,
    &proc_files_op)

ALL(packets_that_come_in_are_lost_and_counted,
    &packet_in_op, &answer_in_op, &small_packets_in_op,
    &large_packets_in_op, &forward_op)

ALL(netlink_says_what_it_has_done,
    &new_address_op, &del_address_op, &new_route_op, &del_route_op,
    &new_gateway_op, &del_gateway_op, &new_neighbour_op,
    &del_neighbour_op, &new_network_op, &del_network_op,
    &dump_addresses_op, &dump_routes_op, &dump_neighbours_op,
    &dump_links_op)

ALL(devices_lines_and_namespaces_come_whole_or_not,
    &new_link_op, &del_link_op, &move_device_op, &new_device_op,
    &serial_line_op, &namespace_op)

/* Where no program's call leads to: buffers of packets that come from a device
 * fail by chance
 */

#define MESSAGES	100
#define PAIR_LEN	300	/* five packets */
#define PAIR_NEAR	40
#define PAIR_FAR	41

/* Of allocations that cannot wait so many in a hundred fail, whoever makes them */
static int fail_by_chance(const char *of_100)
{
	return file_write(FAILSLAB "probability", of_100) ?:
	       file_write(FAIL_PAGE "probability", of_100);
}

static int pair_up(SELF)
{
	struct vmctp_pair pair = VMCTP_PAIR("one", "two");
	int err;

	pair.peer_ns = self->other_ns;
	err = vmctp_add(&pair) ?: link_up("one") ?: addr_add("one", PAIR_NEAR) ?:
	      route_add("one", PAIR_FAR, PAIR_FAR, 0) ?:
	      ns_enter(self->other_ns) ?: link_up("two") ?:
	      addr_add("two", PAIR_FAR) ?:
	      route_add("two", PAIR_NEAR, PAIR_NEAR, 0);
	if (err)
		return err;
	self->listener = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	err = stats_read(&self->stats);
	return self->listener < 0 ? self->listener : err ?: ns_enter(self->ns);
}

static long lost_there(SELF)
{
	long lost;

	ns_enter(self->other_ns);
	lost = stats_lost(&self->stats);
	if (stats_read(&self->stats))
		lost = -1;
	ns_enter(self->ns);
	return lost;
}

TEST_F_TIMEOUT(memory, what_a_device_brings_is_lost_and_counted, 7 * 86400)
{
	struct sockaddr_mctp to = addr_of(1, PAIR_FAR, TYPE, OWNER);
	int n, came = 0, lost = 0, errors = 0;
	struct stats here;
	ssize_t rc;

	ASSERT_EQ(0, pair_up(self));
	ASSERT_EQ(0, a_socket(self));
	ASSERT_EQ(0, file_write(FAILSLAB "ignore-gfp-wait", "Y"));
	ASSERT_EQ(0, file_write(FAIL_PAGE "ignore-gfp-wait", "Y"));
	ASSERT_EQ(0, file_write(FAILSLAB "times", "-1"));
	ASSERT_EQ(0, file_write(FAIL_PAGE "times", "-1"));
	for (n = 0; n < MESSAGES; n++) {
		long end = now_ms() + WAIT_MS;
		int got = -EAGAIN;

		ASSERT_EQ(0, stats_read(&here));
		ASSERT_EQ(0, fail_by_chance("5"));
		rc = send_to(self->sock, &to, self->data, PAIR_LEN);
		/* softirqs have run by then, for the most part */
		sched_yield();
		ASSERT_EQ(0, fail_by_chance("0"));
		close(self->sock);
		ASSERT_EQ(0, a_socket(self));

		EXPECT_TRUE(rc == PAIR_LEN || rc == -ENOMEM || rc == -ENOBUFS)
			TH_LOG("error %zd", -rc);
		errors += rc < 0;
		/* of an error, parts may be there yet: they end with their time */
		while (rc > 0 && now_ms() < end) {
			got = heard(self, PAIR_LEN);
			if (got != -EAGAIN || stats_lost(&here) > 0 ||
			    lost_there(self) > 0)
				break;
			pause_ms(1);
		}
		EXPECT_GT(end, now_ms());
		EXPECT_TRUE(got == 0 || got == -EAGAIN);
		came += rc > 0 && !got;
		lost += rc > 0 && got;
	}
	TH_LOG("%d messages: %d came, %d were lost and counted, %d calls had an error",
	       n, came, lost, errors);
	EXPECT_LT(0, came);
	EXPECT_LT(0, lost + errors);
}

TEST_HARNESS_MAIN
