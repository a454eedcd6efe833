/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the MCTP selftests share.
 *
 * Each test is a process of its own, in a network namespace of its own. Calls
 * return 0 or what they have got, or a negative errno, so that a test compares
 * with the error it expects. Whatever is waited for is a fact, and the wait has
 * a bound which is generous, since a guest with KASAN is 60 times slower.
 */
#ifndef MCTP_TEST_H
#define MCTP_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/mctp.h>

#ifndef MCTP_TEST_LIBRARY	/* the harness has code, for the program alone */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kselftest_harness.h"

/* A test that hangs fails by this; all waits of one together stay below it */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	120
#endif

/* For one fact to become true, in ms */
#define WAIT_MS			20000

#ifndef AF_MCTP
#define AF_MCTP			45
#endif
#ifndef SOL_MCTP
#define SOL_MCTP		285
#endif
#ifndef ETH_P_MCTP
#define ETH_P_MCTP		0x00FA
#endif
#ifndef ARPHRD_MCTP
#define ARPHRD_MCTP		290
#endif
#ifndef RTNLGRP_MCTP_IFADDR
#define RTNLGRP_MCTP_IFADDR	34
#endif

/* The system's header may be older than these */
#ifndef SIOCMCTPALLOCTAG2
#define SIOCMCTPALLOCTAG2	(SIOCPROTOPRIVATE + 2)
#define SIOCMCTPDROPTAG2	(SIOCPROTOPRIVATE + 3)
struct mctp_ioc_tag_ctl2 {
	unsigned int	net;
	uint8_t		peer_addr;
	uint8_t		local_addr;
	uint16_t	flags;
	uint8_t		tag;
};
#endif

/* The last byte of a packet's header */
#define SOM			0x80
#define EOM			0x40
#define SEQ(n)			(((n) & 3) << 4)
#define TO			0x08
#define WHOLE			(SOM | EOM)

#define HDR_LEN			4
#define BTU			64
#define MTU_MIN			(HDR_LEN + BTU)
/* A message with its type byte, and so the data in it */
#define MSG_MAX			65536
#define DATA_MAX		(MSG_MAX - 1)

#define OWNER			MCTP_TAG_OWNER
#define PREALLOC		MCTP_TAG_PREALLOC

/* lib_base.c: namespaces, capabilities, files */

/* The test gets a network namespace of its own; lo is up */
int ns_new(void);
/* An open file that stands for the present one */
int ns_fd(void);
int ns_enter(int fd);
/* One with lockdep: a test may do less of the same there, and says how much */
bool slow_kernel(void);
/* Give up a capability for the rest of the process */
int cap_drop(int cap);
int file_write(const char *path, const char *text);
int sysctl_set(const char *name, int value);
/* The line of a file that begins so, without its end; "" if there is none */
const char *file_line(const char *path, const char *begin);
/* Lines of a file that have the word in them; "" is in all */
int file_count(const char *path, const char *word);
/* file_count() becomes this; returns the last count */
int file_wait(const char *path, const char *word, int count);
long now_ms(void);
/* Sleep for as long as it takes that something can have changed */
void pause_ms(long ms);
/* Wait for a child; its exit status, or -ETIMEDOUT and it is killed */
int child_wait(pid_t pid);
/* The child sleeps in a system call */
int child_sleeps(pid_t pid);

/* lib_base.c: counters by reason */

#define STATS_MAX		64

struct stats {
	int		n;
	char		name[STATS_MAX][32];
	unsigned long	value[STATS_MAX];
};

int stats_read(struct stats *s);
/* How much a counter has risen since; -ENOENT if there is none of that name */
long stats_rise(const struct stats *since, const char *name);
/* stats_rise() becomes this; returns the last figure */
long stats_wait(const struct stats *since, const char *name, long rise);
/* What was lost since, as "drop_version=1 drop_source=2" in the order of the
 * file; waits for it to be @until
 */
const char *stats_drops(const struct stats *since, const char *until);
/* All that was lost since, of every reason */
long stats_lost(const struct stats *since);

/* Exactly this was lost since, and is counted so */
#define EXPECT_DROPS(since, what) \
	EXPECT_STREQ(what, stats_drops(since, what))

/* lib_base.c: sockets */

int sock_new(void);
/* A socket bound so, or a negative errno */
int sock_bound(unsigned int net, uint8_t eid, uint8_t type);
struct sockaddr_mctp addr_of(unsigned int net, uint8_t eid, uint8_t type,
			     uint8_t tag);
int bind_to(int fd, const struct sockaddr_mctp *addr);
int connect_to(int fd, const struct sockaddr_mctp *addr);
ssize_t send_to(int fd, const struct sockaddr_mctp *addr, const void *data,
		size_t len);
/* A message that comes, bounded; @from may be NULL */
ssize_t recv_from(int fd, void *data, size_t size, struct sockaddr_mctp *from);
ssize_t recv_from_ext(int fd, void *data, size_t size,
		      struct sockaddr_mctp_ext *from);
/* MCTP_OPT_ADDR_EXT on or off */
int sock_ext(int fd, int on);
/* @base by a device; the link address is the caller's to fill in */
struct sockaddr_mctp_ext ext_of(const struct sockaddr_mctp *base,
				const char *dev);
/* The same with a link address of a byte */
struct sockaddr_mctp_ext ext_at(const struct sockaddr_mctp *base,
				const char *dev, uint8_t lladdr);
ssize_t send_to_ext(int fd, const struct sockaddr_mctp_ext *to,
		    const void *data, size_t len);
/* A message that is there, and of its control messages (SOL_SOCKET) the one of
 * that type and length; -ENOMSG without that
 */
ssize_t recv_cmsg(int fd, int type, void *value, size_t len);
/* 0 if there is no message now, or its length + 1 */
ssize_t recv_none(int fd);
/* Will there be one of these events? */
bool sock_polls(int fd, short events, int ms);
int tag_alloc(int fd, uint8_t peer);
int tag_drop(int fd, uint8_t peer, uint8_t tag);
int tag_alloc2(int fd, unsigned int net, uint8_t peer);
int tag_drop2(int fd, unsigned int net, uint8_t peer, uint8_t tag);
/* Tags that are out in the namespace */
int tags_held(void);

/* Bytes that tell place and seed */
void pattern(void *buf, size_t len, unsigned int seed);
bool pattern_is(const void *buf, size_t len, unsigned int seed);

/* lib_chance.c: chance that a seed repeats */

/* A number from the environment, or the other one */
unsigned long setting(const char *name, unsigned long otherwise);
/* By MCTP_SEED, or by the clock; tells which */
uint64_t chance_new(void);
uint32_t chance_below(uint64_t *chance, uint32_t below);

/* lib_netlink.c: rtnetlink */

struct nl_req {
	union {
		struct nlmsghdr	n;
		char		bytes[2048];
	};
};

/* What the kernel said about the last request, "" if nothing */
extern char nl_sentence[256];

typedef void (*nl_each)(const struct nlmsghdr *n, void *data);

int nl_socket(void);
void nl_start(struct nl_req *r, uint16_t type, uint16_t flags,
	      const void *header, size_t len);
struct rtattr *nl_put(struct nl_req *r, uint16_t type, const void *data,
		      size_t len);
struct rtattr *nl_nest(struct nl_req *r, uint16_t type);
void nl_nest_end(struct nl_req *r, struct rtattr *nest);
int nl_send(int fd, struct nl_req *r);
int nl_do(struct nl_req *r);
/* Each message to @each; returns in how many datagrams they came */
int nl_dump(struct nl_req *r, bool strict, nl_each each, void *data);
const struct rtattr *nl_attr(const struct nlmsghdr *n, size_t header,
			     uint16_t type);
const struct rtattr *nl_attr_in(const struct rtattr *nest, uint16_t type);
uint32_t nl_u32(const struct rtattr *a);
uint8_t nl_u8(const struct rtattr *a);

int addr_add(const char *dev, uint8_t eid);
int addr_del(const char *dev, uint8_t eid);
int route_add(const char *dev, uint8_t min, uint8_t max, uint32_t mtu);
int route_del(const char *dev, uint8_t min, uint8_t max);
int route_gw_add(unsigned int net, uint8_t gw, uint8_t min, uint8_t max,
		 uint32_t mtu);
int route_gw_del(unsigned int net, uint8_t gw, uint8_t min, uint8_t max);
int neigh_add(const char *dev, uint8_t eid, const void *lladdr, size_t len);
int neigh_del(const char *dev, uint8_t eid);
int link_up(const char *dev);
int link_down(const char *dev);
int link_mtu(const char *dev, uint32_t mtu);
int link_net(const char *dev, uint32_t net);
int link_move(const char *dev, int ns);
int link_del(const char *dev);

/* What a link says of itself */
struct link_info {
	int		ifindex;
	uint16_t	type;
	uint32_t	flags;
	char		name[16];
	uint32_t	mtu;
	uint32_t	txqlen;
	int		addr_len;
	uint8_t		addr[32];
	bool		has_mctp;
	uint32_t	net;
	int		binding;	/* -1: not said */
	struct rtnl_link_stats64 stats;
};

int link_get(const char *dev, struct link_info *info);
/* The first device whose name begins so; "" if there is none */
const char *link_find(const char *begin);

/* A pair to be made; what is 0, NULL or negative is not said */
struct vmctp_pair {
	const char	*name;
	const char	*peer;
	int		addr_len;
	int		lladdr;
	int		peer_lladdr;
	int		peer_ns;
	uint32_t	mtu;
};

#define VMCTP_PAIR(near, far) \
	{ .name = near, .peer = far, .addr_len = -1, .lladdr = -1, \
	  .peer_lladdr = -1, .peer_ns = -1 }

int vmctp_add(const struct vmctp_pair *pair);

/* A pair with addresses of a byte, "near" and "far", both up */
int vmctp_bus(void);

/* lib_table.c: what dumps and notifications have, as far as tests look at it */

#define NL_TABLE_MAX		600

struct nl_entry {
	int		ifindex;
	uint8_t		type;		/* of a route */
	uint8_t		eid;
	uint8_t		eid2;		/* IFA_ADDRESS, or the range's end */
	uint8_t		gateway;
	uint32_t	gateway_net;
	uint32_t	mtu;
	int		lladdr;
};

struct nl_table {
	int		n;
	struct nl_entry	e[NL_TABLE_MAX];
};

void nl_take_entry(const struct nlmsghdr *n, struct nl_entry *e);
/* nl_each: one more entry of a struct nl_table, if it is of our family */
void nl_take_mctp(const struct nlmsghdr *n, void *data);
/* A dump, filtered by device unless that is 0; see nl_dump() */
int nl_table(struct nl_table *t, uint16_t type, uint8_t family, int ifindex);
/* How many there are of all devices */
int nl_count(uint16_t type);

/* lib_uring.c: io_uring, one message at a time */

struct ring {
	int			fd;
	struct io_uring_params	p;
	char			*sq, *cq;
	struct io_uring_sqe	*sqes;
};

int ring_new(struct ring *r);
/* IORING_OP_SENDMSG or RECVMSG; goes on by itself */
int ring_submit(struct ring *r, int op, int fd, struct msghdr *msg);
/* There is nothing to be taken by ring_result() now */
bool ring_waits(struct ring *r);
/* What a call has come to; bounded */
int ring_result(struct ring *r);

/* lib_bus.c: a program as the device on the other side of a link */

/* A TUN device, not up; the file gives and takes packets. -ENOENT: no TUN here */
int tun_new(const char *name);
/* Packets that may wait until they are read; to be set before it is up */
int tun_queue(const char *name, int packets);
/* A TUN device, up, with a route to @min..@max */
int tun_bus(const char *name, uint8_t min, uint8_t max);
int tun_raw(int fd, const void *packet, size_t len);
/* Build a packet and let it come in */
int tun_send(int fd, uint8_t dest, uint8_t src, uint8_t flags,
	     const void *payload, size_t len);
/* The next packet that goes out; bounded */
ssize_t tun_recv(int fd, void *packet, size_t size);
/* The packet that is there now, or -EAGAIN */
ssize_t tun_take(int fd, void *packet, size_t size);
/* 0 if no packet is there now, or its length */
ssize_t tun_none(int fd);
/* A TUN device of a type that cannot carry MCTP */
int tun_other(const char *name);
/* Send a request of a byte by the bus; the tag that it has on the wire */
int tun_request(int bus, int fd, const struct sockaddr_mctp *to);
/* Let an answer of a byte come in, its tag as it stands */
int tun_answer(int bus, uint8_t dest, uint8_t src, uint8_t tag);
/* By which of the buses does a message to @eid go? Its place, or an error */
int tun_way(const int *buses, int n, uint8_t eid);

struct pty {
	int	master;		/* the wire */
	int	line;		/* the end that gets the discipline */
	char	path[64];
};

int pty_new(struct pty *pty);
/* Give the line to MCTP; the name of the device that appears */
int pty_attach(struct pty *pty, char *name);
/* What is written to the wire within the bound; stops at @len */
ssize_t wire_read(int fd, void *buf, size_t len);
/* What is written to the wire is taken, however little, until @sock can send */
int wire_drain(int fd, int sock);
int wire_write(int fd, const void *buf, size_t len);

#endif /* MCTP_TEST_H */
