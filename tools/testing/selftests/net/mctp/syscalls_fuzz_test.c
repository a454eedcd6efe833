// SPDX-License-Identifier: GPL-2.0
/*
 * System calls of every kind on MCTP sockets, by chance, from threads that share
 * them, while messages come and go: right ones, and ones with wrong lengths,
 * pointers, levels, flags and states. Each returns, with an error that it may
 * have; all that was opened is gone in the end, and the stack works as before.
 * Done as root, as a user without rights, and as root of a user namespace.
 *
 *   MCTP_SEED=N      the chance to be repeated, as far as threads can be
 *   MCTP_SECONDS=N   for so long, all together (default: 3)
 */
#include <linux/filter.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "mctp_test.h"

#define SECONDS		3
#define ENOUGH		1500	/* of each, however slow the machine is */
#define ROUNDS		3	/* who makes the calls */
#define THREADS		4
#define SLOTS		12
#define BUF		70000
#define PROC		"/proc/thread-self/net/mctp/"

/* the first of the bus, the others of lo; PEER is by the bus */
#define LOCAL		8
#define LOCALS		3
#define PEER		20
#define TYPES		4

#ifndef SIOCMCTPALLOCTAG
#define SIOCMCTPALLOCTAG	(SIOCPROTOPRIVATE + 0)
#define SIOCMCTPDROPTAG		(SIOCPROTOPRIVATE + 1)
#endif

/* Sockets that the threads share; -1: none */
static int slots[SLOTS];
static int the_bus;
static bool over;

struct caller {
	pthread_t	thread;
	uint64_t	chance;
	int		fd, flags;		/* last used */
	ino_t		inode;			/* of fd, before the call */
	unsigned long	calls;
	unsigned long	good[32];	/* by place in calls[] */
	unsigned long	strange;
	char		why[160];
	char		buf[BUF];
};

static struct caller callers[THREADS];

#define OF(c, n)	chance_below(&(c)->chance, n)
#define ONE(c, n)	(!OF(c, n))	/* once in n times */

static ino_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

static int some_slot(struct caller *c)
{
	c->fd = __atomic_load_n(&slots[OF(c, SLOTS)], __ATOMIC_RELAXED);
	c->inode = inode_of(c->fd);
	return c->fd;
}

/* A pointer that is right, or now and then one that is not */
static void *at(struct caller *c, void *good)
{
	static const unsigned long bad[] = { 0, 8, -4096UL, 1UL << 62, -1UL };

	return ONE(c, 24) ? (void *)bad[OF(c, ARRAY_SIZE(bad))] : good;
}

static size_t some_len(struct caller *c)
{
	static const size_t lens[] = {
		0, 1, 2, 63, 64, 65, 511, 1500, 4096, 8192, 20000, 65534, 65535,
		65536, 69999,
	};

	return ONE(c, 3) ? OF(c, 200) : lens[OF(c, ARRAY_SIZE(lens))];
}

static uint8_t some_eid(struct caller *c)
{
	static const uint8_t eids[] = {
		LOCAL, LOCAL, LOCAL + 1, LOCAL + 2, PEER, PEER, PEER + 1, 0, 255,
		7, 254, 100,
	};

	return eids[OF(c, ARRAY_SIZE(eids))];
}

/* An address, for the most part right */
static socklen_t some_addr(struct caller *c, struct sockaddr_mctp_ext *ext,
			   bool send)
{
	static const uint8_t tags[] = {
		OWNER, OWNER, OWNER, 0, 1, 7, OWNER | PREALLOC,
		OWNER | PREALLOC | 1, OWNER | 3, PREALLOC, 0xff,
	};
	struct sockaddr_mctp *addr = &ext->smctp_base;
	socklen_t len = ONE(c, 4) ? sizeof(*ext) : sizeof(*addr);

	memset(ext, 0, sizeof(*ext));
	addr->smctp_family = ONE(c, 30) ? OF(c, 50) : AF_MCTP;
	addr->smctp_network = ONE(c, 20) ? OF(c, 5) : 1;
	addr->smctp_addr.s_addr = some_eid(c);
	addr->smctp_type = OF(c, TYPES) | (ONE(c, 8) ? 0x80 : 0);
	if (send)
		addr->smctp_tag = tags[OF(c, ARRAY_SIZE(tags))];
	else if (ONE(c, 2))
		addr->smctp_addr.s_addr = MCTP_ADDR_ANY;
	addr->__smctp_pad0 = ONE(c, 40);
	addr->__smctp_pad1 = ONE(c, 40);
	ext->smctp_ifindex = OF(c, 5);
	ext->smctp_halen = ONE(c, 10) ? OF(c, 256) : 0;
	ext->__smctp_pad0[0] = ONE(c, 40);
	return ONE(c, 30) ? OF(c, 130) : len;
}

/* What calls return, or their negative error */
#define RC(call) ({ long rc = (call); rc < 0 ? -errno : rc; })

static long call_open(struct caller *c)
{
	int i = OF(c, SLOTS), fd;

	fd = RC(socket(AF_MCTP, (ONE(c, 20) ? (int)OF(c, 12) : SOCK_DGRAM) |
				(ONE(c, 12) ? 0 : SOCK_NONBLOCK) | SOCK_CLOEXEC,
		       ONE(c, 20) ? OF(c, 300) : 0));
	if (fd < 0)
		return fd;
	i = __atomic_exchange_n(&slots[i], fd, __ATOMIC_RELAXED);
	if (i >= 0)
		close(i);
	return fd;
}

static long call_close(struct caller *c)
{
	int fd = __atomic_exchange_n(&slots[OF(c, SLOTS)], -1, __ATOMIC_RELAXED);

	return fd < 0 ? -EBADF : RC(close(fd));
}

/* A descriptor in use becomes another */
static long call_dup(struct caller *c)
{
	return RC(dup3(some_slot(c), some_slot(c), O_CLOEXEC));
}

static long call_bind(struct caller *c)
{
	struct sockaddr_mctp_ext ext;
	socklen_t len = some_addr(c, &ext, false);

	return RC(bind(some_slot(c), at(c, &ext), len));
}

static long call_connect(struct caller *c)
{
	struct sockaddr_mctp_ext ext;
	socklen_t len = some_addr(c, &ext, false);

	if (ONE(c, 2))
		ext.smctp_base.smctp_addr.s_addr = PEER;
	return RC(connect(some_slot(c), at(c, &ext), len));
}

static int send_flags(struct caller *c)
{
	static const int flags[] = {
		MSG_DONTWAIT, MSG_NOSIGNAL, MSG_OOB, MSG_MORE, MSG_DONTROUTE,
		MSG_CONFIRM, MSG_EOR, MSG_FASTOPEN, MSG_ZEROCOPY, 1 << 30,
	};

	c->flags = ONE(c, 8) ? flags[OF(c, ARRAY_SIZE(flags))] : 0;
	return c->flags;
}

static int recv_flags(struct caller *c)
{
	static const int flags[] = {
		MSG_PEEK, MSG_TRUNC, MSG_PEEK | MSG_TRUNC, MSG_WAITALL, MSG_OOB,
		MSG_ERRQUEUE, MSG_CMSG_CLOEXEC, MSG_CTRUNC, -1,
	};

	c->flags = (ONE(c, 4) ? flags[OF(c, ARRAY_SIZE(flags))] : 0) |
		   (ONE(c, 4) ? 0 : MSG_DONTWAIT);
	return c->flags;
}

static long call_sendto(struct caller *c)
{
	struct sockaddr_mctp_ext ext;
	socklen_t len = some_addr(c, &ext, true);
	bool none = ONE(c, 6);

	return RC(sendto(some_slot(c), at(c, c->buf), some_len(c), send_flags(c),
			 none ? NULL : at(c, &ext), none ? 0 : len));
}

static long call_recvfrom(struct caller *c)
{
	struct sockaddr_mctp_ext ext;
	socklen_t len = OF(c, sizeof(ext) + 9);

	return RC(recvfrom(some_slot(c), at(c, c->buf), some_len(c),
			   recv_flags(c), at(c, &ext), at(c, &len)));
}

struct message {
	struct sockaddr_mctp_ext ext;
	struct iovec	iov[3];
	char		control[256];
};

/* Of parts, with control messages that may be of any kind and length */
static void some_message(struct caller *c, struct msghdr *msg, struct message *m,
			 bool send)
{
	struct cmsghdr *cmsg = (void *)m->control;
	size_t i;

	memset(msg, 0, sizeof(*msg));
	msg->msg_name = at(c, &m->ext);
	msg->msg_namelen = some_addr(c, &m->ext, true);
	msg->msg_iov = at(c, m->iov);
	msg->msg_iovlen = ONE(c, 40) ? 5000 : OF(c, ARRAY_SIZE(m->iov) + 1);
	for (i = 0; i < ARRAY_SIZE(m->iov); i++) {
		m->iov[i].iov_base = at(c, c->buf);
		m->iov[i].iov_len = ONE(c, 40) ? -1UL : some_len(c) / 2;
	}
	if (ONE(c, 2))
		return;
	msg->msg_control = at(c, m->control);
	msg->msg_controllen = OF(c, sizeof(m->control));
	if (!send)
		return;
	memset(m->control, 0, sizeof(m->control));
	cmsg->cmsg_level = ONE(c, 3) ? SOL_MCTP : SOL_SOCKET;
	cmsg->cmsg_type = ONE(c, 2) ? SO_TIMESTAMPING : OF(c, 70);
	cmsg->cmsg_len = ONE(c, 2) ? CMSG_LEN(4) : OF(c, 100);
}

static long call_sendmsg(struct caller *c)
{
	struct message m;
	struct msghdr msg;

	some_message(c, &msg, &m, true);
	return RC(sendmsg(some_slot(c), at(c, &msg), send_flags(c)));
}

static long call_recvmsg(struct caller *c)
{
	struct message m;
	struct msghdr msg;

	some_message(c, &msg, &m, false);
	return RC(recvmsg(some_slot(c), at(c, &msg), recv_flags(c)));
}

static long call_mmsg(struct caller *c)
{
	struct message m[4];
	struct mmsghdr msgs[4];
	struct timespec wait = { .tv_nsec = OF(c, 1000000) };
	bool send = ONE(c, 2);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(m); i++)
		some_message(c, &msgs[i].msg_hdr, &m[i], send);
	if (send)
		return RC(sendmmsg(some_slot(c), at(c, msgs), OF(c, 5),
				   send_flags(c)));
	return RC(recvmmsg(some_slot(c), at(c, msgs), OF(c, 5),
			   recv_flags(c) & ~MSG_ERRQUEUE, at(c, &wait)));
}

/* One that does not go by the name of a device, as that of the guest is needed */
static long call_setsockopt(struct caller *c)
{
	static const int ours[] = { SO_RCVBUF, SO_SNDBUF, SO_TIMESTAMP,
				    SO_TIMESTAMPNS, SO_TIMESTAMPING,
				    SO_RXQ_OVFL, SO_PRIORITY, SO_RCVLOWAT };
	char value[64] = "";
	socklen_t len = ONE(c, 4) ? OF(c, 70) : sizeof(int);
	int number = ONE(c, 2) ? OF(c, 3) : OF(c, 1 << 20);

	memcpy(value, &number, sizeof(number));
	if (ONE(c, 3))
		return RC(setsockopt(some_slot(c), ONE(c, 6) ? OF(c, 300) : SOL_MCTP,
				     ONE(c, 6) ? OF(c, 70) : MCTP_OPT_ADDR_EXT,
				     at(c, value), len));
	if (ONE(c, 20))
		strcpy(value, ONE(c, 2) ? "bus0" : "");
	return RC(setsockopt(some_slot(c), SOL_SOCKET,
			     ONE(c, 2) ? ours[OF(c, ARRAY_SIZE(ours))] :
					 (int)OF(c, 80),
			     at(c, value), len));
}

static long call_getsockopt(struct caller *c)
{
	socklen_t len = ONE(c, 3) ? OF(c, 300) : sizeof(int);
	bool ours = ONE(c, 2);

	return RC(getsockopt(some_slot(c), ours ? SOL_MCTP : SOL_SOCKET,
			     ours && !ONE(c, 6) ? MCTP_OPT_ADDR_EXT :
						  (int)OF(c, 80),
			     at(c, c->buf), at(c, &len)));
}

static long call_filter(struct caller *c)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, OF(c, 4)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OF(c, TYPES), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, OF(c, 300)),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog prog = { .len = OF(c, 6), .filter = at(c, code) };

	if (ONE(c, 2))
		return RC(setsockopt(some_slot(c), SOL_SOCKET, SO_DETACH_FILTER,
				     &prog, sizeof(int)));
	return RC(setsockopt(some_slot(c), SOL_SOCKET, SO_ATTACH_FILTER,
			     at(c, &prog), sizeof(prog)));
}

static long call_tag(struct caller *c)
{
	static const unsigned long commands[] = {
		SIOCMCTPALLOCTAG, SIOCMCTPDROPTAG, SIOCMCTPALLOCTAG2,
		SIOCMCTPDROPTAG2,
	};
	unsigned int which = OF(c, ARRAY_SIZE(commands));
	bool drop = which % 2;
	uint8_t tag = drop ? OWNER | PREALLOC | OF(c, 8) : 0;
	struct mctp_ioc_tag_ctl2 ctl2 = {
		.net = ONE(c, 8) ? OF(c, 5) : 1,
		.peer_addr = some_eid(c),
		.local_addr = ONE(c, 10) ? OF(c, 256) : 0,
		.flags = ONE(c, 20),
		.tag = ONE(c, 20) ? OF(c, 256) : tag,
	};
	struct mctp_ioc_tag_ctl ctl = {
		.peer_addr = ctl2.peer_addr,
		.flags = ctl2.flags,
		.tag = ctl2.tag,
	};

	return RC(ioctl(some_slot(c), commands[which],
			which < 2 ? at(c, &ctl) : at(c, &ctl2)));
}

/* Of others only those that ask */
static long call_ioctl(struct caller *c)
{
	static const unsigned long commands[] = {
		FIONREAD, SIOCOUTQ, FIOASYNC, FIONBIO, FIOCLEX, SIOCGPGRP,
		SIOCGIFCONF, SIOCGIFINDEX, SIOCGIFNAME, 0x8906 /* SIOCGSTAMP */,
		SIOCATMARK, SIOCGIFMTU, SIOCDEVPRIVATE, SIOCPROTOPRIVATE + 4,
		SIOCPROTOPRIVATE + 15,
	};
	unsigned long command = ONE(c, 4) ? 0x540000 + OF(c, 1 << 16) :
				commands[OF(c, ARRAY_SIZE(commands))];

	memset(c->buf, OF(c, 2), 64);
	return RC(ioctl(some_slot(c), command, at(c, c->buf)));
}

static long call_name(struct caller *c)
{
	socklen_t len = OF(c, 100);

	if (ONE(c, 2))
		return RC(getsockname(some_slot(c), at(c, c->buf), at(c, &len)));
	return RC(getpeername(some_slot(c), at(c, c->buf), at(c, &len)));
}

/* What this family does not have */
static long call_foreign(struct caller *c)
{
	int two[2];
	void *map;
	long fd;

	switch (OF(c, 6)) {
	case 0:
		return RC(listen(some_slot(c), 5));
	case 1:
		fd = RC(accept4(some_slot(c), NULL, NULL, SOCK_NONBLOCK));
		break;
	case 2:
		return RC(shutdown(some_slot(c), OF(c, 4)));
	case 3:
		return RC(socketpair(AF_MCTP, SOCK_DGRAM, 0, two));
	case 4:
		map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, some_slot(c), 0);
		return map == MAP_FAILED ? -errno : RC(munmap(map, 4096));
	default:
		return RC(lseek(some_slot(c), 1, SEEK_SET));
	}
	return fd < 0 ? fd : RC(close(fd));
}

static long call_file(struct caller *c)
{
	struct iovec iov[2] = {
		{ at(c, c->buf), some_len(c) / 2 }, { c->buf, 10 },
	};
	struct stat st;

	switch (OF(c, 6)) {
	case 0:
		return RC(write(some_slot(c), at(c, c->buf), some_len(c)));
	case 1:
		return RC(writev(some_slot(c), at(c, iov), OF(c, 3)));
	case 2:
		return RC(read(some_slot(c), at(c, c->buf), some_len(c)));
	case 3:
		return RC(readv(some_slot(c), at(c, iov), OF(c, 3)));
	case 4:
		return RC(fstat(some_slot(c), at(c, &st)));
	default:
		return RC(fcntl(some_slot(c), F_SETFL, ONE(c, 20) ? 0 :
				O_NONBLOCK | (ONE(c, 4) ? O_ASYNC : 0)));
	}
}

/* Through a pipe to a socket, or from one */
static long call_splice(struct caller *c)
{
	int two[2], fd = some_slot(c);
	long rc = RC(pipe2(two, O_NONBLOCK | O_CLOEXEC));

	if (rc)
		return rc;
	if (ONE(c, 2)) {
		if (write(two[1], c->buf, 1 + OF(c, 4000)) < 0)
			rc = -errno;
		else
			rc = RC(splice(two[0], NULL, fd, NULL, 1 + OF(c, 5000),
				       SPLICE_F_NONBLOCK));
	} else {
		rc = RC(splice(fd, NULL, two[1], NULL, 1 + OF(c, 5000),
			       SPLICE_F_NONBLOCK));
	}
	close(two[0]);
	close(two[1]);
	return rc;
}

static long call_poll(struct caller *c)
{
	struct epoll_event event = { .events = OF(c, 1 << 16) };
	struct pollfd pfd[SLOTS];
	int i, fd;
	long rc;

	if (ONE(c, 2)) {
		for (i = 0; i < SLOTS; i++)
			pfd[i] = (struct pollfd){ .fd = slots[i],
						  .events = OF(c, 1 << 10) };
		return RC(poll(pfd, SLOTS, OF(c, 2)));
	}
	fd = epoll_create1(EPOLL_CLOEXEC);
	rc = RC(epoll_ctl(fd, EPOLL_CTL_ADD, some_slot(c), &event));
	if (!rc)
		rc = RC(epoll_wait(fd, &event, 1, OF(c, 2)));
	close(fd);
	return rc;
}

/* A socket goes by a message of another family, and comes back */
static long call_rights(struct caller *c)
{
	int two[2], fd = some_slot(c), came;
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	long rc = RC(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, two));

	if (rc)
		return rc;
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	rc = RC(sendmsg(two[0], &msg, 0));
	/* some are left in there, and go with it */
	if (rc > 0 && !ONE(c, 3)) {
		rc = RC(recvmsg(two[1], &msg, MSG_CMSG_CLOEXEC));
		cmsg = CMSG_FIRSTHDR(&msg);
		if (rc > 0 && cmsg) {
			memcpy(&came, CMSG_DATA(cmsg), sizeof(came));
			came = __atomic_exchange_n(&slots[OF(c, SLOTS)], came,
						   __ATOMIC_RELAXED);
			if (came >= 0)
				close(came);
		}
	}
	close(two[0]);
	close(two[1]);
	return rc;
}

/* What others would see, and an answer or a request from the bus */
static long call_outside(struct caller *c)
{
	uint8_t packet[80];
	long rc;

	switch (OF(c, 3)) {
	case 0:
		return file_count(PROC "sockets", "") > 0 ? 0 : -EIO;
	case 1:
		return file_count(PROC "tags", "") > 0 ? 0 : -EIO;
	}
	rc = tun_take(the_bus, packet, sizeof(packet));
	if (rc >= HDR_LEN && packet[3] & TO && packet[3] & SOM)
		return tun_answer(the_bus, packet[2], PEER, packet[3] & 7);
	packet[0] = OF(c, TYPES);
	return tun_send(the_bus, LOCAL + OF(c, LOCALS), PEER,
			OF(c, 256) | (ONE(c, 4) ? 0 : WHOLE), packet, OF(c, 64));
}

#define ANY_ERROR	NULL

/* Errors of those that are ours alone are listed; EBADF, EFAULT and EINTR may
 * always be, and what recvmmsg() leaves for the next call on the socket: that
 * something was wrong with a later one of its messages, or that it was
 * interrupted, which it leaves in the kernel's own number
 */
static const struct {
	const char	*name;
	long		(*call)(struct caller *c);
	int		weight;
	const char	*errors;
} calls[] = {
	{ "socket", call_open, 8, "ESOCKTNOSUPPORT EPROTONOSUPPORT EINVAL" },
	{ "close", call_close, 2, "" },
	{ "dup", call_dup, 2, "EINVAL EBUSY" },
	{ "bind", call_bind, 8, "EINVAL EAFNOSUPPORT EACCES EADDRINUSE" },
	{ "connect", call_connect, 8, "EINVAL EAFNOSUPPORT EADDRINUSE" },
	{ "sendto", call_sendto, 20,
	  "EINVAL EACCES EHOSTUNREACH EBUSY EMSGSIZE ENETDOWN EAGAIN EOPNOTSUPP ENODEV ENOBUFS EDESTADDRREQ" },
	{ "recvfrom", call_recvfrom, 20, "EAGAIN EOPNOTSUPP EINVAL" },
	{ "sendmsg", call_sendmsg, 12,
	  "EINVAL EACCES EHOSTUNREACH EBUSY EMSGSIZE ENETDOWN EAGAIN EOPNOTSUPP ENODEV ENOBUFS EDESTADDRREQ" },
	{ "recvmsg", call_recvmsg, 12, "EAGAIN EOPNOTSUPP EINVAL EMSGSIZE" },
	{ "mmsg", call_mmsg, 8, ANY_ERROR },
	{ "setsockopt", call_setsockopt, 10, ANY_ERROR },
	{ "getsockopt", call_getsockopt, 8, ANY_ERROR },
	{ "filter", call_filter, 2, ANY_ERROR },
	{ "tag", call_tag, 12, "EINVAL EBUSY EACCES" },
	{ "ioctl", call_ioctl, 6, ANY_ERROR },
	{ "name", call_name, 4, "ENOTCONN EINVAL" },
	{ "foreign", call_foreign, 3, ANY_ERROR },
	{ "file", call_file, 8, ANY_ERROR },
	{ "splice", call_splice, 3, ANY_ERROR },
	{ "poll", call_poll, 4, ANY_ERROR },
	{ "rights", call_rights, 3, ANY_ERROR },
	{ "outside", call_outside, 20, ANY_ERROR },
};

/* What another thread has closed may be anything by now, and what was something
 * else during the call may be a socket of ours again
 */
static bool is_mctp(const struct caller *c)
{
	socklen_t len = sizeof(int);
	int domain;

	return !getsockopt(c->fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) &&
	       domain == AF_MCTP && inode_of(c->fd) == c->inode;
}

static bool error_is_due(const char *errors, int err)
{
	const char *name = strerrorname_np(err);

	if (!errors || err == EBADF || err == EFAULT || err == EINTR ||
	    err == EMSGSIZE || err == 512 /* ERESTARTSYS */)
		return true;
	return name && strstr(errors, name);
}

static void *call_all(void *arg)
{
	struct caller *c = arg;
	int weights = 0, of;
	size_t i;
	long rc;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		weights += calls[i].weight;
	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		of = OF(c, weights);
		for (i = 0; of >= calls[i].weight; i++)
			of -= calls[i].weight;
		rc = calls[i].call(c);
		c->calls++;
		c->good[i] += rc >= 0;
		if (rc >= 0 || error_is_due(calls[i].errors, -rc) ||
		    !is_mctp(c))
			continue;
		if (!c->strange++)
			snprintf(c->why, sizeof(c->why),
				 "%s: %s (descriptor %d, flags %#x)",
				 calls[i].name, strerror(-rc), c->fd, c->flags);
	}
	return NULL;
}

FIXTURE(calls) {
	uint64_t	chance;
	struct stats	before;
	unsigned long	good[ARRAY_SIZE(calls)];
	unsigned long	made;
};

#define SELF FIXTURE_DATA(calls) *self
#define OF_ROOT \
	"socket bind connect sendto recvfrom sendmsg setsockopt getsockopt tag outside"

static void nothing(int number)
{
}

/* What waits for a message does not wait for ever */
static void set_signals(void)
{
	struct sigaction wake = { .sa_handler = nothing };

	sigaction(SIGUSR1, &wake, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGIO, SIG_IGN);
	signal(SIGURG, SIG_IGN);
}

static int set_up(void)
{
	int i, err = ns_new();

	if (err)
		return err;
	the_bus = tun_bus("bus0", PEER, PEER + 9);
	if (the_bus < 0)
		return the_bus;
	for (i = 0; i < LOCALS && !err; i++)
		err = addr_add(i ? "lo" : "bus0", LOCAL + i);
	return err ?: sysctl_set("reasm_timeout_ms", 1000);
}

FIXTURE_SETUP(calls)
{
	self->chance = chance_new();
	set_signals();
}

FIXTURE_TEARDOWN(calls)
{
}

static unsigned long calls_made(void)
{
	unsigned long n = 0;
	int t;

	for (t = 0; t < THREADS; t++)
		n += __atomic_load_n(&callers[t].calls, __ATOMIC_RELAXED);
	return n;
}

/* The threads, for a while, and all that they leave */
static int run(SELF)
{
	long end = now_ms() + setting("MCTP_SECONDS", SECONDS) * 1000 / ROUNDS;
	size_t i, t;

	over = false;
	for (i = 0; i < SLOTS; i++)
		slots[i] = sock_new();
	for (t = 0; t < THREADS; t++) {
		struct caller *c = &callers[t];

		memset(c, 0, sizeof(*c));
		c->chance = self->chance * (2 * t + 3) | 1;
		if (pthread_create(&c->thread, NULL, call_all, c))
			return -ENOMEM;
	}
	while (now_ms() < end || calls_made() < ENOUGH) {
		pause_ms(2);
		for (t = 0; t < THREADS; t++)
			pthread_kill(callers[t].thread, SIGUSR1);
	}
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	for (t = 0; t < THREADS; t++) {
		struct caller *c = &callers[t];

		/* a call may begin to wait just now */
		while (pthread_tryjoin_np(c->thread, NULL)) {
			pthread_kill(c->thread, SIGUSR1);
			pause_ms(1);
		}
		if (c->strange) {
			printf("# %lu errors that may not be; %s\n", c->strange,
			       c->why);
			return -EPROTO;
		}
		self->made += c->calls;
		for (i = 0; i < ARRAY_SIZE(calls); i++)
			self->good[i] += c->good[i];
	}
	/* dup may have left one under two numbers */
	close_range(the_bus + 1, 4096, 0);
	return 0;
}

/* What must have gone well now and then, or nothing was shown */
static bool went_well(SELF, const char *what)
{
	bool all = true;
	size_t i;

	printf("# %lu calls; good of them:", self->made);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		printf(" %s %lu", calls[i].name, self->good[i]);
		all &= self->good[i] || !strstr(what, calls[i].name);
	}
	printf("\n");
	return all;
}

/* A request to ourselves and one by the bus are answered */
static int conversation(void)
{
	struct sockaddr_mctp to = addr_of(1, LOCAL, 0x30, OWNER), from;
	int ear = sock_bound(1, MCTP_ADDR_ANY, 0x30), fd = sock_new();
	uint8_t packet[8];
	char got[8];
	int rc;

	while (tun_take(the_bus, packet, sizeof(packet)) >= 0)
		;
	rc = send_to(fd, &to, "ask", 3);
	if (rc != 3)
		return rc < 0 ? rc : -EIO;
	rc = recv_from(ear, got, sizeof(got), &from);
	if (rc != 3 || memcmp(got, "ask", 3))
		return rc < 0 ? rc : -EBADMSG;
	from.smctp_tag &= 7;
	rc = send_to(ear, &from, "answer", 6);
	if (rc == 6)
		rc = recv_from(fd, got, sizeof(got), &from);
	if (rc != 6 || memcmp(got, "answer", 6))
		return rc < 0 ? rc : -EBADMSG;
	to.smctp_addr.s_addr = PEER;
	rc = tun_request(the_bus, fd, &to);
	if (rc < 0)
		return rc;
	rc = tun_answer(the_bus, LOCAL, PEER, rc) ?:
	     recv_from(fd, got, sizeof(got), NULL);
	close(ear);
	close(fd);
	return rc == 1 ? 0 : rc < 0 ? rc : -EBADMSG;
}

/* Nothing is left, and it works */
static void check_rest(struct __test_metadata *_metadata)
{
	EXPECT_EQ(1, file_wait(PROC "sockets", "", 1));
	EXPECT_EQ(1, file_wait(PROC "tags", "", 1));
	EXPECT_EQ(1, file_wait(PROC "reassembly", "", 1));
	EXPECT_EQ(0, conversation());
	EXPECT_EQ(1, file_wait(PROC "sockets", "", 1));
}

TEST_F_TIMEOUT(calls, of_root, 7 * 86400)
{
	ASSERT_EQ(0, set_up());
	EXPECT_EQ(0, run(self));
	EXPECT_TRUE(went_well(self, OF_ROOT));
	check_rest(_metadata);
}

/* Who has no capability sends nothing and holds no tag, whatever he tries */
TEST_F_TIMEOUT(calls, of_a_user, 7 * 86400)
{
	int status;
	pid_t child;

	ASSERT_EQ(0, set_up());
	ASSERT_EQ(0, stats_read(&self->before));
	child = fork();
	if (!child) {
		if (setgid(65534) || setuid(65534) || run(self))
			_exit(1);
		if (!went_well(self, "socket connect getsockopt outside"))
			_exit(2);
		fflush(stdout);
		_exit(tags_held() ? 3 : 0);
	}
	ASSERT_LT(0, child);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, stats_rise(&self->before, "tx_messages"));
	EXPECT_EQ(0, stats_rise(&self->before, "rx_messages"));
	check_rest(_metadata);
}

static int map_user(unsigned int id)
{
	char text[64];

	snprintf(text, sizeof(text), "0 %u 1", id);
	return file_write("/proc/self/setgroups", "deny") ?:
	       file_write("/proc/self/uid_map", text) ?:
	       file_write("/proc/self/gid_map", text);
}

/* There he may do all; and here nothing of it is seen */
TEST_F_TIMEOUT(calls, of_root_of_a_user_namespace, 7 * 86400)
{
	int status;
	pid_t child;

	ASSERT_EQ(0, set_up());
	ASSERT_EQ(0, stats_read(&self->before));
	ASSERT_EQ(0, chmod("/dev/net/tun", 0666));
	child = fork();
	if (!child) {
		if (setgid(65534) || setuid(65534) || prctl(PR_SET_DUMPABLE, 1) ||
		    unshare(CLONE_NEWUSER) || map_user(65534))
			_exit(4);
		close(the_bus);
		if (set_up())
			_exit(5);
		if (run(self) || !went_well(self, OF_ROOT))
			_exit(1);
		fflush(stdout);
		_exit(conversation() ? 2 : 0);
	}
	ASSERT_LT(0, child);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	if (status == 4 << 8)
		SKIP(return, "users may make no user namespace here");
	EXPECT_EQ(0, status);
	EXPECT_STREQ("", stats_drops(&self->before, ""));
	EXPECT_EQ(0, stats_rise(&self->before, "tx_messages"));
	EXPECT_EQ(0, stats_rise(&self->before, "rx_packets"));
	check_rest(_metadata);
}

TEST_HARNESS_MAIN
