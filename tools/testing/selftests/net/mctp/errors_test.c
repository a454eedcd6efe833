// SPDX-License-Identifier: GPL-2.0
/*
 * Each error of a socket's calls, provoked for each reason that the
 * documentation has for it. See mctp_rows.h.
 */
#include <sys/time.h>

#define MCTP_TEST_LIBRARY
#include "mctp_test.h"
#include "mctp_rows.h"

#define LOCAL		8	/* ours, on lo */
#define PEER		20	/* theirs, where they are */
#define TYPE		0x7e
#define IC		0x80

static struct pty line;	/* of with_pty(): open as long as the row runs */

/* What must be there before */

static int with_local(void)
{
	return addr_add("lo", LOCAL);
}

static int with_pty(void)
{
	return pty_new(&line);
}

/* Calls */

static struct sockaddr_mctp local(void)
{
	return addr_of(1, LOCAL, TYPE, OWNER);
}

static int bind_new(struct sockaddr_mctp addr)
{
	return bind_to(sock_new(), &addr);
}

static int connect_new(struct sockaddr_mctp addr)
{
	return connect_to(sock_new(), &addr);
}

static int send_new(struct sockaddr_mctp addr)
{
	return send_to(sock_new(), &addr, "x", 1);
}

/* socket() */

static int socket_err(int type, int protocol)
{
	return socket(AF_MCTP, type, protocol) < 0 ? -errno : 0;
}

static int socket_type(bool bad)
{
	return rows_same(socket_err(bad ? SOCK_STREAM : SOCK_DGRAM, 0),
			 socket_err(bad ? SOCK_RAW : SOCK_DGRAM, 0));
}

static int socket_protocol(bool bad)
{
	return socket_err(SOCK_DGRAM, bad);
}

/* bind() */

static int bind_short(bool bad)
{
	struct sockaddr_mctp addr = local();

	return rows_err(bind(sock_new(), (void *)&addr, sizeof(addr) - bad));
}

static int bind_family(bool bad)
{
	struct sockaddr_mctp addr = local();

	if (bad)
		addr.smctp_family = AF_INET;
	return bind_new(addr);
}

static int bind_capability(bool bad)
{
	if (bad)
		cap_drop(CAP_NET_BIND_SERVICE);
	return bind_new(local());
}

static int bind_pad(bool bad)
{
	struct sockaddr_mctp first = local(), second = local();

	second.smctp_type--;
	first.__smctp_pad0 = bad;
	second.__smctp_pad1 = bad;
	return rows_same(bind_new(first), bind_new(second));
}

static int bind_bound(bool bad)
{
	struct sockaddr_mctp addr = local();
	int fd = bad ? sock_bound(1, LOCAL, TYPE - 1) : sock_new();

	return bind_to(fd, &addr);
}

static int bind_after_connect(unsigned int net, uint8_t type)
{
	struct sockaddr_mctp peer = addr_of(1, PEER, TYPE, 0);
	struct sockaddr_mctp addr = addr_of(net, LOCAL, type, 0);
	int fd = sock_new();

	return connect_to(fd, &peer) ?: bind_to(fd, &addr);
}

static int bind_other_type(bool bad)
{
	return bind_after_connect(1, bad ? TYPE - 1 : TYPE);
}

static int bind_other_net(bool bad)
{
	return bind_after_connect(bad ? 2 : 1, TYPE);
}

static int bind_taken(bool bad)
{
	if (bad)
		sock_bound(1, LOCAL, TYPE);
	return bind_new(local());
}

/* connect() and getpeername() */

static struct sockaddr_mctp peer(void)
{
	return addr_of(1, PEER, TYPE, 0);
}

static int connect_short(bool bad)
{
	struct sockaddr_mctp addr = peer();

	return rows_err(connect(sock_new(), (void *)&addr, sizeof(addr) - bad));
}

static int connect_family(bool bad)
{
	struct sockaddr_mctp addr = peer();

	if (bad)
		addr.smctp_family = AF_INET;
	return connect_new(addr);
}

static int connect_pad(bool bad)
{
	struct sockaddr_mctp first = peer(), second = peer();

	first.__smctp_pad0 = bad;
	second.__smctp_pad1 = bad;
	return rows_same(connect_new(first), connect_new(second));
}

static int connect_tag(bool bad)
{
	struct sockaddr_mctp first = peer(), second = peer();

	if (bad) {
		first.smctp_tag = 1;
		second.smctp_tag = OWNER;
	}
	return rows_same(connect_new(first), connect_new(second));
}

static int connect_ic(bool bad)
{
	struct sockaddr_mctp addr = peer();

	if (bad)
		addr.smctp_type |= IC;
	return connect_new(addr);
}

static int connect_eid(bool bad)
{
	struct sockaddr_mctp first = peer(), second = peer();

	if (bad) {
		first.smctp_addr.s_addr = MCTP_ADDR_NULL;
		second.smctp_addr.s_addr = MCTP_ADDR_ANY;
	}
	return rows_same(connect_new(first), connect_new(second));
}

static int connect_bound(bool bad)
{
	struct sockaddr_mctp addr = peer();

	return connect_to(bad ? sock_bound(1, LOCAL, TYPE) : sock_new(), &addr);
}

static int connect_twice(bool bad)
{
	struct sockaddr_mctp addr = peer();
	int fd = sock_new();

	if (bad)
		connect_to(fd, &addr);
	return connect_to(fd, &addr);
}

static int getpeername_none(bool bad)
{
	struct sockaddr_mctp addr = peer();
	socklen_t len = sizeof(addr);
	int fd = sock_new();

	if (!bad)
		connect_to(fd, &addr);
	return rows_err(getpeername(fd, (void *)&addr, &len));
}

/* recvmsg() */

/* A socket that a message waits at */
static int sock_waited_for(void)
{
	int fd = sock_bound(1, LOCAL, TYPE);

	return send_new(local()) == 1 ? fd : -EPROTO;
}

static int recv_flags(int flags)
{
	int fd = sock_waited_for(), rc;
	char got[4];

	rc = rows_err(recv(fd, got, sizeof(got), flags));
	close(fd);
	return rc;
}

static int recv_other_flags(bool bad)
{
	return rows_same(recv_flags(bad ? MSG_OOB : MSG_DONTWAIT),
			 recv_flags(bad ? MSG_ERRQUEUE : MSG_TRUNC));
}

static int recv_nothing(bool bad)
{
	struct timeval brief = { .tv_usec = 20000 };
	int fd = bad ? sock_bound(1, LOCAL, TYPE) : sock_waited_for();
	char got[4];
	int first;

	first = rows_err(recv(fd, got, sizeof(got), MSG_DONTWAIT));
	if (!bad)
		return first;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof(brief));
	return rows_same(first, rows_err(recv(fd, got, sizeof(got), 0)));
}

static int recv_signal(bool bad)
{
	int fd = bad ? sock_bound(1, LOCAL, TYPE) : sock_waited_for();
	char got[4];

	rows_signals();
	return rows_err(recv(fd, got, sizeof(got), 0));
}

static int recv_memory(bool bad)
{
	char got[4];

	return rows_err(recv(sock_waited_for(), bad ? ROWS_BAD_MEMORY : got,
			     sizeof(got), 0));
}

/* setsockopt() and getsockopt() */

static int option(int level, int name, void *value, socklen_t len)
{
	int fd = sock_new(), set;

	set = rows_err(setsockopt(fd, level, name, value, len));
	return rows_same(set, rows_err(getsockopt(fd, level, name, value,
						  &len)));
}

static int option_level(bool bad)
{
	int on = 1;

	return option(SOL_MCTP + bad, MCTP_OPT_ADDR_EXT, &on, sizeof(on));
}

static int option_name(bool bad)
{
	int on = 1;

	return option(SOL_MCTP, MCTP_OPT_ADDR_EXT + bad, &on, sizeof(on));
}

static int option_len(bool bad)
{
	long on = 1;

	return rows_same(option(SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(int) - bad),
			 option(SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(int) + bad));
}

static int option_memory(bool bad)
{
	int on = 1;

	return option(SOL_MCTP, MCTP_OPT_ADDR_EXT, bad ? ROWS_BAD_MEMORY : &on,
		      sizeof(on));
}

/* ioctl(), in both of its forms */

static int tag_ioctl(bool drop, struct mctp_ioc_tag_ctl2 ctl2)
{
	struct mctp_ioc_tag_ctl ctl = {
		.peer_addr = ctl2.peer_addr,
		.tag = ctl2.tag,
		.flags = ctl2.flags,
	};
	int fd = sock_new(), first, second;

	if (!drop)
		return rows_same(rows_err(ioctl(fd, SIOCMCTPALLOCTAG, &ctl)),
				 rows_err(ioctl(fd, SIOCMCTPALLOCTAG2, &ctl2)));
	/* what is in the argument is how it differs from a tag that is ours */
	ctl2.net = 2;
	first = tag_alloc(fd, PEER);
	second = tag_alloc2(fd, 2, PEER);
	if (first < 0 || second < 0)
		return -EPROTO;
	ctl.tag ^= first;
	ctl2.tag ^= second;
	return rows_same(rows_err(ioctl(fd, SIOCMCTPDROPTAG, &ctl)),
			 rows_err(ioctl(fd, SIOCMCTPDROPTAG2, &ctl2)));
}

static int tag_memory(bool bad, unsigned int first, unsigned int second)
{
	struct mctp_ioc_tag_ctl2 ctl = { .peer_addr = PEER };
	int fd = sock_new();

	if (!bad)
		return tag_ioctl(first == SIOCMCTPDROPTAG, ctl);
	return rows_same(rows_err(ioctl(fd, first, ROWS_BAD_MEMORY)),
			 rows_err(ioctl(fd, second, ROWS_BAD_MEMORY)));
}

static int alloc_memory(bool bad)
{
	return tag_memory(bad, SIOCMCTPALLOCTAG, SIOCMCTPALLOCTAG2);
}

static int drop_memory(bool bad)
{
	return tag_memory(bad, SIOCMCTPDROPTAG, SIOCMCTPDROPTAG2);
}

static int alloc_fields(bool bad)
{
	struct mctp_ioc_tag_ctl2 first = { .peer_addr = PEER, .tag = bad };
	struct mctp_ioc_tag_ctl2 second = { .peer_addr = PEER, .flags = bad };

	return rows_same(tag_ioctl(false, first), tag_ioctl(false, second));
}

static int drop_fields(bool bad)
{
	struct mctp_ioc_tag_ctl2 ctl = { .peer_addr = PEER, .flags = bad };

	return tag_ioctl(true, ctl);
}

static int alloc_local(bool bad)
{
	struct mctp_ioc_tag_ctl2 ctl = {
		.peer_addr = PEER,
		.local_addr = bad ? LOCAL : MCTP_ADDR_ANY,
	};

	return rows_err(ioctl(sock_new(), SIOCMCTPALLOCTAG2, &ctl));
}

static int drop_local(bool bad)
{
	struct mctp_ioc_tag_ctl2 ctl = {
		.peer_addr = PEER,
		.local_addr = bad ? LOCAL : MCTP_ADDR_ANY,
	};
	int fd = sock_new();

	ctl.tag = tag_alloc2(fd, 1, PEER);
	return rows_err(ioctl(fd, SIOCMCTPDROPTAG2, &ctl));
}

static int alloc_capability(bool bad)
{
	struct mctp_ioc_tag_ctl2 ctl = { .peer_addr = PEER };

	if (bad)
		cap_drop(CAP_NET_RAW);
	return tag_ioctl(false, ctl);
}

/* Which tag it is does not matter */
static int tag_err(int tag)
{
	return tag < 0 ? tag : 0;
}

static int alloc_no_tag(bool bad)
{
	int fd = sock_new(), rc = 0, i;

	for (i = 0; i < 8; i++)
		rc = tag_alloc(fd, PEER);
	if (rc < 0)
		return -EPROTO;
	return rows_same(tag_err(tag_alloc(fd, PEER + !bad)),
			 tag_err(tag_alloc2(fd, 1, PEER + !bad)));
}

static int alloc_sock_tags(bool bad)
{
	int fd = rows_sock_tags(ROWS_SOCK_TAGS - (bad ? 0 : 2));

	return rows_same(tag_err(tag_alloc(fd, PEER)),
			 tag_err(tag_alloc2(fd, 1, PEER)));
}

static int drop_no_bits(bool bad)
{
	struct mctp_ioc_tag_ctl2 first = { .peer_addr = PEER };
	struct mctp_ioc_tag_ctl2 second = { .peer_addr = PEER };

	if (bad) {
		first.tag = OWNER;
		second.tag = PREALLOC;
	}
	return rows_same(tag_ioctl(true, first), tag_ioctl(true, second));
}

static int drop_other(bool bad)
{
	struct mctp_ioc_tag_ctl2 first = { .peer_addr = PEER + bad };
	struct mctp_ioc_tag_ctl2 second = { .peer_addr = PEER, .tag = bad };
	int owner = sock_new(), tag = tag_alloc(owner, PEER), third;

	third = tag_drop(bad ? sock_new() : owner, PEER, tag);
	return rows_same(third, rows_same(tag_ioctl(true, first),
					  tag_ioctl(true, second)));
}

static int ioctl_unknown(bool bad)
{
	char arg[64] = "";

	return rows_err(ioctl(sock_new(), bad ? SIOCPROTOPRIVATE + 15 : SIOCINQ,
			      arg));
}

/* Other calls */

static int other_calls(bool bad)
{
	int pair[2], err, fd;

	err = rows_err(socketpair(bad ? AF_MCTP : AF_UNIX, SOCK_DGRAM, 0,
				  pair));
	if (!bad)
		return err;
	fd = sock_new();
	err = rows_same(err, rows_err(listen(fd, 1)));
	err = rows_same(err, rows_err(accept(fd, NULL, NULL)));
	return rows_same(err, rows_err(shutdown(fd, SHUT_RDWR)));
}

/* A serial line */

static int discipline_capability(bool bad)
{
	int before = 0, mctp = 28, err;

	if (bad)
		cap_drop(CAP_NET_ADMIN);
	err = rows_err(ioctl(line.line, TIOCSETD, &mctp));
	ioctl(line.line, TIOCSETD, &before);
	return err;
}

#define BIND	"bind()"
#define CONNECT	"connect()"
#define RECV	"recvmsg()"
#define OPTION	"setsockopt() and getsockopt()"
#define ALLOC	"ioctl() to allocate a tag"
#define DROP	"ioctl() to drop a tag"

static const struct row rows[] = {
	ROW("socket()", ESOCKTNOSUPPORT, "another type than SOCK_DGRAM",
	    NULL, socket_type),
	ROW("socket()", EPROTONOSUPPORT, "another protocol than 0",
	    NULL, socket_protocol),

	ROW(BIND, EINVAL, "the address is too short",
	    NULL, bind_short),
	ROW(BIND, EAFNOSUPPORT, "the address is of another family",
	    NULL, bind_family),
	ROW(BIND, EACCES, "no CAP_NET_BIND_SERVICE",
	    NULL, bind_capability),
	ROW(BIND, EINVAL, "padding of the address is not zero",
	    NULL, bind_pad),
	ROW(BIND, EADDRINUSE, "the socket is bound already",
	    NULL, bind_bound),
	ROW(BIND, EINVAL, "the type is another than that of connect()",
	    NULL, bind_other_type),
	ROW(BIND, EINVAL, "the network is another than that of connect()",
	    NULL, bind_other_net),
	ROW(BIND, EADDRINUSE, "another socket has the same type, local EID, network and peer",
	    NULL, bind_taken),

	ROW(CONNECT, EINVAL, "the address is too short",
	    NULL, connect_short),
	ROW(CONNECT, EAFNOSUPPORT, "the address is of another family",
	    NULL, connect_family),
	ROW(CONNECT, EINVAL, "padding of the address is not zero",
	    NULL, connect_pad),
	ROW(CONNECT, EINVAL, "the tag is not zero",
	    NULL, connect_tag),
	ROW(CONNECT, EINVAL, "the type has the integrity check bit",
	    NULL, connect_ic),
	ROW(CONNECT, EINVAL, "the EID is 0 or 255",
	    NULL, connect_eid),
	ROW(CONNECT, EADDRINUSE, "the socket is bound already",
	    NULL, connect_bound),
	ROW(CONNECT, EADDRINUSE, "the socket is connected already",
	    NULL, connect_twice),

	ROW("getpeername()", ENOTCONN, "the socket is not connected",
	    NULL, getpeername_none),

	ROW(RECV, EOPNOTSUPP, "a flag other than MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, MSG_NOSIGNAL and MSG_CMSG_CLOEXEC",
	    with_local, recv_other_flags),
	ROW(RECV, EAGAIN, "no message, with MSG_DONTWAIT or for longer than SO_RCVTIMEO",
	    with_local, recv_nothing),
	ROW(RECV, EINTR, "a signal came while there was no message",
	    with_local, recv_signal),
	ROW(RECV, EFAULT, "the buffer is at a bad address; the message is lost",
	    with_local, recv_memory),

	ROW(OPTION, EINVAL, "the level is not SOL_MCTP",
	    NULL, option_level),
	ROW(OPTION, ENOPROTOOPT, "the option is not MCTP_OPT_ADDR_EXT",
	    NULL, option_name),
	ROW(OPTION, EINVAL, "the value has not the length of an int",
	    NULL, option_len),
	ROW(OPTION, EFAULT, "the value is at a bad address",
	    NULL, option_memory),

	ROW(ALLOC, EFAULT, "the argument is at a bad address",
	    NULL, alloc_memory),
	ROW(ALLOC, EINVAL, "the tag or the flags are not zero",
	    NULL, alloc_fields),
	ROW(ALLOC, EINVAL, "the local EID is not MCTP_ADDR_ANY or MCTP_ADDR_NULL",
	    NULL, alloc_local),
	ROW(ALLOC, EACCES, "no CAP_NET_RAW",
	    NULL, alloc_capability),
	ROW(ALLOC, EBUSY, "all eight tags to the peer are in use",
	    NULL, alloc_no_tag),
	ROW(ALLOC, EBUSY, "the socket has 4,096 tags",
	    NULL, alloc_sock_tags),

	ROW(DROP, EFAULT, "the argument is at a bad address",
	    NULL, drop_memory),
	ROW(DROP, EINVAL, "the flags are not zero",
	    NULL, drop_fields),
	ROW(DROP, EINVAL, "the local EID is not MCTP_ADDR_ANY or MCTP_ADDR_NULL",
	    NULL, drop_local),
	ROW(DROP, EINVAL, "the tag is without MCTP_TAG_OWNER or MCTP_TAG_PREALLOC",
	    NULL, drop_no_bits),
	ROW(DROP, EINVAL, "the socket has allocated no such tag for just that peer",
	    NULL, drop_other),

	ROW("Other calls", ENOTTY, "an ioctl() that is not known",
	    NULL, ioctl_unknown),
	ROW("Other calls", EOPNOTSUPP, "listen(), accept(), shutdown(), socketpair()",
	    NULL, other_calls),

	ROW("ioctl(TIOCSETD)", EPERM, "no CAP_NET_ADMIN in the initial user namespace",
	    with_pty, discipline_capability),
};

int main(int argc, char **argv)
{
	return rows_main(rows, ARRAY_SIZE(rows), argc, argv);
}
