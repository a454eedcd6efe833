// SPDX-License-Identifier: GPL-2.0
/*
 * Each error of sendmsg(), provoked for each reason that the documentation has
 * for it. See mctp_rows.h.
 */
#include <net/if.h>
#include <sys/time.h>

#define MCTP_TEST_LIBRARY
#include "mctp_test.h"
#include "mctp_rows.h"

#define LOCAL		8	/* ours, on lo */
#define NEAR		9	/* ours, on a bus with link addresses */
#define PEER		20	/* theirs, where they are */
#define NOBODY		200	/* where no route leads */
#define TYPE		0x7e
#define LLADDR		0x11	/* that of PEER on a bus with link addresses */

static struct pty line;		/* of with_line(): open as long as the row runs */

/* What must be there before */

static int with_local(void)
{
	return addr_add("lo", LOCAL);
}

static int with_bus(void)
{
	/* open as long as the row runs */
	int bus = tun_bus("bus", PEER, PEER + 9);

	return bus < 0 ? bus : 0;
}

/* Two ends that have link addresses; nobody is at the far one */
static int with_lladdrs(void)
{
	struct vmctp_pair pair = VMCTP_PAIR("near", "far");
	uint8_t lladdr = LLADDR;

	pair.addr_len = 1;
	return vmctp_add(&pair) ?: link_up("near") ?: link_up("far") ?:
	       addr_add("near", NEAR) ?: route_add("near", PEER, PEER + 9, 0) ?:
	       neigh_add("near", PEER, &lladdr, sizeof(lladdr));
}

/* A serial line whose far end reads nothing */
static int with_line(void)
{
	char name[IFNAMSIZ];

	return pty_new(&line) ?: pty_attach(&line, name) ?: link_up(name) ?:
	       route_add(name, PEER, PEER, 0);
}

/* The same with room for a single packet to wait */
static int with_short_line(void)
{
	struct ifreq ifr = { .ifr_qlen = 1 };
	char name[IFNAMSIZ];
	int err;

	err = pty_new(&line) ?: pty_attach(&line, name);
	if (err)
		return err;
	memcpy(ifr.ifr_name, name, sizeof(name));
	if (ioctl(sock_new(), SIOCSIFTXQLEN, &ifr))
		return -errno;
	return link_up(name) ?: route_add(name, PEER, PEER, 0);
}

/* 101 is behind eight gateways, 100 behind nine; 110 and 111 are behind each
 * other, and 112 is behind us
 */
static int with_gateways(void)
{
	int err = with_local() ?: with_bus(), eid;

	for (eid = 100; eid < 108; eid++)
		err = err ?: route_gw_add(1, eid + 1, eid, eid, 0);
	return err ?: route_gw_add(1, PEER, 108, 108, 0) ?:
	       route_gw_add(1, 111, 110, 110, 0) ?:
	       route_gw_add(1, 110, 111, 111, 0) ?:
	       route_gw_add(1, LOCAL, 112, 112, 0);
}

/* A route by a device that may have any MTU, but gets nothing to anybody */
static int with_loopback_route(void)
{
	static const uint8_t lladdr[6];

	return with_local() ?: route_add("lo", PEER, PEER, 0) ?:
	       neigh_add("lo", PEER, lladdr, sizeof(lladdr));
}

/* Calls */

static struct sockaddr_mctp local(void)
{
	return addr_of(1, LOCAL, TYPE, OWNER);
}

/* An answer: it needs no tag, so any number can be sent */
static struct sockaddr_mctp answer_to(uint8_t eid)
{
	return addr_of(1, eid, TYPE, 1);
}

static int send_new(struct sockaddr_mctp addr)
{
	return send_to(sock_new(), &addr, "x", 1);
}

static int send_len(const void *addr, socklen_t len)
{
	return rows_err(sendto(sock_new(), "x", 1, 0, addr, len));
}

static int send_eid(uint8_t eid)
{
	return send_new(answer_to(eid));
}

/* By the near device, past all tables */
static struct sockaddr_mctp_ext near_ext(void)
{
	struct sockaddr_mctp_ext to = {
		.smctp_base = addr_of(1, PEER, TYPE, OWNER),
		.smctp_ifindex = if_nametoindex("near"),
		.smctp_halen = 1,
		.smctp_haddr = { LLADDR },
	};

	return to;
}

static int send_by(struct sockaddr_mctp_ext to)
{
	int fd = sock_new(), on = 1;

	if (setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, sizeof(on)))
		return -errno;
	return rows_err(sendto(fd, "x", 1, 0, (void *)&to, sizeof(to)));
}

/* sendmsg() */

static int send_flags(bool bad)
{
	struct sockaddr_mctp to = local();
	int first = bad ? MSG_OOB : MSG_DONTWAIT;
	int second = bad ? MSG_MORE : MSG_NOSIGNAL;

	return rows_same(rows_err(sendto(sock_new(), "x", 1, first, (void *)&to,
					 sizeof(to))),
			 rows_err(sendto(sock_new(), "x", 1, second,
					 (void *)&to, sizeof(to))));
}

static int send_nowhere(bool bad)
{
	struct sockaddr_mctp to = addr_of(1, LOCAL, TYPE, 0);
	int fd = sock_new();

	if (!bad)
		connect_to(fd, &to);
	return rows_same(rows_err(send(fd, "x", 1, 0)), rows_err(write(fd, "x", 1)));
}

static int send_short(bool bad)
{
	struct sockaddr_mctp to = local();

	return send_len(&to, sizeof(to) - bad);
}

static int send_family(bool bad)
{
	struct sockaddr_mctp to = local();

	if (bad)
		to.smctp_family = AF_INET;
	return send_new(to);
}

static int send_pad(bool bad)
{
	struct sockaddr_mctp first = local(), second = local();

	first.__smctp_pad0 = bad;
	second.__smctp_pad1 = bad;
	return rows_same(send_new(first), send_new(second));
}

static int send_tag(uint8_t tag)
{
	struct sockaddr_mctp to = local();

	to.smctp_tag = tag;
	return send_new(to);
}

static int send_tag_bits(bool bad)
{
	return rows_same(send_tag(OWNER | (bad ? 0x20 : 0)),
			 send_tag(bad ? 0x80 : 0));
}

static int send_tag_prealloc_alone(bool bad)
{
	return send_tag(bad ? PREALLOC | 1 : 1);
}

static int send_tag_owner_value(bool bad)
{
	return rows_same(send_tag(OWNER | (bad ? 1 : 0)),
			 send_tag(OWNER | (bad ? 7 : 0)));
}

static int send_capability(bool bad)
{
	if (bad)
		cap_drop(CAP_NET_RAW);
	return rows_same(send_new(local()), send_eid(LOCAL));
}

static int send_too_long(bool bad)
{
	static uint8_t data[DATA_MAX + 1];
	struct sockaddr_mctp to = local();

	return send_to(sock_new(), &to, data, DATA_MAX + bad);
}

static int send_memory(bool bad)
{
	struct sockaddr_mctp to = local();

	return send_to(sock_new(), &to, bad ? ROWS_BAD_MEMORY : "x", 1);
}

/* Send answers of @len bytes until one fails, @most at the most */
static int send_until(int fd, int flags, size_t len, int most)
{
	struct sockaddr_mctp to = answer_to(PEER);
	uint8_t data[1000] = { };
	int rc = 0;

	while (rc >= 0 && most-- > 0)
		rc = rows_err(sendto(fd, data, len, flags, (void *)&to,
				     sizeof(to)));
	return rc;
}

static int sock_small(void)
{
	int fd = sock_new(), size = 1;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return fd;
}

static int send_full(bool bad)
{
	struct timeval brief = { .tv_usec = 20000 };
	int first = sock_small(), second = sock_small();
	int most = bad ? 10000 : 1;

	setsockopt(second, SOL_SOCKET, SO_SNDTIMEO, &brief, sizeof(brief));
	return rows_same(send_until(first, MSG_DONTWAIT, 1000, most),
			 send_until(second, 0, 1000, most));
}

static int send_signal(bool bad)
{
	int fd = sock_small();

	rows_signals();
	return send_until(fd, 0, 1000, bad ? 10000 : 1);
}

static int send_queue_full(bool bad)
{
	int fd = sock_new(), size = 1 << 26;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	return send_until(fd, 0, 50, bad ? 100000 : 1);
}

static int send_no_route(bool bad)
{
	struct sockaddr_mctp to = local();

	to.smctp_network = bad ? 2 : 1;
	return rows_same(send_eid(bad ? NOBODY : LOCAL), send_new(to));
}

static int send_no_neighbour(bool bad)
{
	return send_eid(bad ? PEER + 1 : PEER);
}

static int send_gateways(bool bad)
{
	return bad ? rows_same(send_eid(100), send_eid(110)) : send_eid(101);
}

static int send_gateway_ours(bool bad)
{
	return send_eid(bad ? 112 : 101);
}

static int send_down(bool bad)
{
	if (bad)
		link_down("bus");
	return send_eid(PEER);
}

static int send_loopback(bool bad)
{
	return send_new(bad ? answer_to(PEER) : local());
}

/* With an MTU of 68 it is the device that is the wrong one */
static int send_mtu(bool bad)
{
	int err = link_mtu("lo", MTU_MIN - bad) ?: send_eid(PEER);

	return !bad && err == -EHOSTUNREACH ? 0 : err;
}

static int send_prealloc(bool bad)
{
	struct sockaddr_mctp to = local();
	int fd = sock_new(), other = sock_new(), wrong;

	to.smctp_tag = tag_alloc(fd, LOCAL);
	if (!bad)
		return send_to(fd, &to, "x", 1);
	wrong = send_to(other, &to, "x", 1);
	to.smctp_addr.s_addr = PEER;
	return rows_same(wrong, send_to(fd, &to, "x", 1));
}

static int send_no_tag(bool bad)
{
	struct sockaddr_mctp to = local();
	int i, rc = 0, fd = sock_new();

	for (i = 0; i < 8 + bad && rc >= 0; i++)
		rc = send_to(fd, &to, "x", 1);
	return rc;
}

static int send_sock_tags(bool bad)
{
	struct sockaddr_mctp to = local();

	return send_to(rows_sock_tags(ROWS_SOCK_TAGS - !bad), &to, "x", 1);
}

/* sendmsg() by an extended address */

static int ext_pad(bool bad)
{
	struct sockaddr_mctp_ext to = near_ext();

	to.__smctp_pad0[2] = bad;
	return send_by(to);
}

static int ext_ifindex(bool bad)
{
	struct sockaddr_mctp_ext first = near_ext(), second = near_ext();

	if (bad) {
		first.smctp_ifindex = 9999;
		second.smctp_ifindex = 0;
	}
	return rows_same(send_by(first), send_by(second));
}

static int ext_halen(bool bad)
{
	struct sockaddr_mctp_ext first = near_ext(), second = near_ext();

	first.smctp_halen -= bad;
	second.smctp_halen += bad;
	return rows_same(send_by(first), send_by(second));
}

static int ext_down(bool bad)
{
	if (bad)
		link_down("near");
	return send_by(near_ext());
}

static int ext_loopback(bool bad)
{
	struct sockaddr_mctp_ext to = {
		.smctp_base = addr_of(1, PEER + bad, TYPE, 1),
		.smctp_ifindex = if_nametoindex("lo"),
		.smctp_halen = 6,
	};

	return (bad ? 0 : addr_add("lo", PEER)) ?: send_by(to);
}

#define SEND	"sendmsg()"
#define EXT	"sendmsg() by an extended address"

static const struct row rows[] = {
	ROW(SEND, EOPNOTSUPP, "a flag other than MSG_DONTWAIT and MSG_NOSIGNAL",
	    with_local, send_flags),
	ROW(SEND, EDESTADDRREQ, "no address, and the socket is not connected",
	    with_local, send_nowhere),
	ROW(SEND, EINVAL, "the address is too short",
	    with_local, send_short),
	ROW(SEND, EINVAL, "the address is of another family",
	    with_local, send_family),
	ROW(SEND, EINVAL, "padding of the address is not zero",
	    with_local, send_pad),
	ROW(SEND, EINVAL, "the tag has bits outside of 0x1f",
	    with_local, send_tag_bits),
	ROW(SEND, EINVAL, "the tag has MCTP_TAG_PREALLOC without MCTP_TAG_OWNER",
	    with_local, send_tag_prealloc_alone),
	ROW(SEND, EINVAL, "the tag has MCTP_TAG_OWNER and a value without MCTP_TAG_PREALLOC",
	    with_local, send_tag_owner_value),
	ROW(SEND, EACCES, "no CAP_NET_RAW",
	    with_local, send_capability),
	ROW(SEND, EMSGSIZE, "more than 65,535 bytes",
	    with_local, send_too_long),
	ROW(SEND, EFAULT, "the data is at a bad address",
	    with_local, send_memory),
	ROW(SEND, EAGAIN, "the send buffer is full, with MSG_DONTWAIT or for longer than SO_SNDTIMEO",
	    with_line, send_full),
	ROW(SEND, EINTR, "a signal came while the send buffer was full",
	    with_line, send_signal),
	ROW(SEND, EHOSTUNREACH, "no route to the EID in that network",
	    with_local, send_no_route),
	ROW(SEND, EHOSTUNREACH, "more than eight gateways on the way, or a loop of them",
	    with_gateways, send_gateways),
	ROW(SEND, EHOSTUNREACH, "a gateway on the way is a local EID",
	    with_gateways, send_gateway_ours),
	ROW(SEND, EHOSTUNREACH, "no neighbour entry, on a device with link addresses",
	    with_lladdrs, send_no_neighbour),
	ROW(SEND, EHOSTUNREACH, "the route is by the loopback device",
	    with_loopback_route, send_loopback),
	ROW(SEND, ENETDOWN, "the device is down",
	    with_bus, send_down),
	ROW(SEND, EMSGSIZE, "the device has an MTU below 68",
	    with_loopback_route, send_mtu),
	ROW(SEND, EINVAL, "the preallocated tag is not of this socket, or is for another peer",
	    with_gateways, send_prealloc),
	ROW(SEND, EBUSY, "all eight tags to the peer are in use",
	    with_local, send_no_tag),
	ROW(SEND, EBUSY, "the socket has 4,096 tags",
	    with_local, send_sock_tags),
	ROW(SEND, ENOBUFS, "the queue of the device is full",
	    with_short_line, send_queue_full),

	ROW(EXT, EINVAL, "padding of the address is not zero",
	    with_lladdrs, ext_pad),
	ROW(EXT, ENODEV, "no such device, or one that cannot carry MCTP",
	    with_lladdrs, ext_ifindex),
	ROW(EXT, EINVAL, "the link address has not the length of the device's",
	    with_lladdrs, ext_halen),
	ROW(EXT, ENETDOWN, "the device is down",
	    with_lladdrs, ext_down),
	ROW(EXT, EHOSTUNREACH, "the loopback device, and the EID is not ours",
	    NULL, ext_loopback),
};

int main(int argc, char **argv)
{
	return rows_main(rows, ARRAY_SIZE(rows), argc, argv);
}
