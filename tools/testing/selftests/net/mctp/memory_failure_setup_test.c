// SPDX-License-Identifier: GPL-2.0
/*
 * Memory runs out while the stack is set up: by netlink, and by devices, lines
 * and namespaces that come. See memory_failure.h.
 */
#include <net/if.h>
#include <linux/if_tun.h>
#include <linux/neighbour.h>
#include <sys/mount.h>

#define CALLS		20
#define PREPARE		family_ready
#define FINISH		nothing
#include "memory_failure.h"

#define MCTP_NET_ATTR	1	/* IFLA_MCTP_NET */
#define MOVING		45	/* the EID of the device that moves */

#ifndef N_MCTP
#define N_MCTP		28
#endif

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

/* What a device is called that moves, as none was before: where there is no
 * memory for its rename, the kernel warns, goes on, and leaves the name in the
 * sysfs of a namespace that the device is not in
 */
static char moving[IF_NAMESIZE], staying[IF_NAMESIZE];
static int moves;

/* there and back again */
static void req_move(SELF, bool add)
{
	struct ifinfomsg header = { .ifi_index = if_nametoindex(moving) };
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

#define VERB(name, req, has, ...)					\
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
EACH(new_ ## name, before_new_ ## name, nl_call, after_new_ ## name,	\
     ## __VA_ARGS__)							\
EACH(del_ ## name, before_del_ ## name, nl_call, after_del_ ## name)

VERB(address, req_addr, has_addr)
VERB(route, req_route, has_route)
VERB(gateway, req_gateway, has_route)
VERB(neighbour, req_neigh, has_neigh)
VERB(network, req_network, has_network)

/* Where there is no memory for its name, device_add() refuses a network device */
#define NAMELESS	(-EINVAL)

VERB(link, req_link, has_link, NAMELESS)

static int before_move(SELF)
{
	struct vmctp_pair pair = VMCTP_PAIR(moving, staying);

	moves++;
	snprintf(moving, sizeof(moving), "mv%d", moves);
	snprintf(staying, sizeof(staying), "st%d", moves);
	return vmctp_add(&pair) ?: addr_add(moving, MOVING) ?:
	       nl_before(self, req_move, true);
}

#define FOLLOWS		0
#define STAYS		1

/* Has the device been renamed in sysfs? FOLLOWS, STAYS, or an error */
static int in_sysfs(int ns)
{
	char path[64];
	pid_t pid;

	snprintf(path, sizeof(path), "/sys/class/net/%s/ifindex", moving);
	pid = fork();
	if (!pid) {
		if (ns_enter(ns) || unshare(CLONE_NEWNS) ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("sysfs", "/sys", "sysfs", 0, NULL))
			_exit(2);
		_exit(access(path, F_OK) ? STAYS : FOLLOWS);
	}
	return child_wait(pid);
}

static bool carries_mctp(void)
{
	struct link_info info;

	return !link_up(moving) && !link_get(moving, &info) && info.has_mctp;
}

/* A device that has moved carries MCTP, at the latest as it comes up: and so it
 * does as it comes back
 */
static bool after_move(SELF, int rc)
{
	bool good, there;
	int in;

	close(self->nl);
	ns_enter(self->other_ns);
	there = if_nametoindex(moving);
	good = !self->acked || there == !rc;
	if (there) {
		good = carries_mctp() && good;
		in = in_sysfs(self->other_ns);
		/* it does where nothing has failed */
		good = (in == FOLLOWS || (in == STAYS && moves > ROUNDS)) && good;
		if (in == FOLLOWS) {
			req_move(self, false);
			good = !nl_do(&self->req) && good;
			there = false;
		}
	}
	if (!there) {
		ns_enter(self->ns);
		good = carries_mctp() && good;
	}
	good = !link_del(moving) && good;
	return !ns_enter(self->ns) && good;
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

EACH(new_device, before_tun, call_tun, after_tun, NAMELESS)

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

EACH(serial_line, before_line, call_line, after_line, NAMELESS)

/* Namespaces */

/* What the kernel's own parts of a namespace say of a socket without memory:
 * kobject_uevent, sock_alloc(), and the look-up in IPv4's tables
 */
static int call_namespace(SELF)
{
	static const int of_sockets[] = { ENODEV, ENFILE, EAFNOSUPPORT };
	size_t i;

	if (!unshare(CLONE_NEWNET))
		return 0;
	for (i = 0; i < ARRAY_SIZE(of_sockets); i++)
		if (errno == of_sockets[i])
			return -ENOMEM;
	return -errno;
}

/* One that there is has all that it is to have */
static bool after_namespace(SELF, int rc)
{
	struct link_info info;
	bool good = rc || (!access(PROC "stat", F_OK) &&
			   !link_get("lo", &info) && info.has_mctp);

	return !ns_enter(self->ns) && good;
}

/* what sit0 of 6.12 comes to without memory */
EACH(namespace, nothing, call_namespace, after_namespace, -EINVAL)

ALL(netlink_says_what_it_has_done,
    &new_address_op, &del_address_op, &new_route_op, &del_route_op,
    &new_gateway_op, &del_gateway_op, &new_neighbour_op,
    &del_neighbour_op, &new_network_op, &del_network_op,
    &dump_addresses_op, &dump_routes_op, &dump_neighbours_op,
    &dump_links_op)

ALL(devices_lines_and_namespaces_come_whole_or_not,
    &new_link_op, &del_link_op, &move_device_op, &new_device_op,
    &serial_line_op, &namespace_op)

TEST_HARNESS_MAIN
