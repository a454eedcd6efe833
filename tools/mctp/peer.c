// SPDX-License-Identifier: GPL-2.0
/*
 * An endpoint that is talked to, and the socket by which that is done.
 */
#include "peer.h"
#include "stop.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/ioctl.h>
#include <sys/socket.h>

#ifndef SOL_MCTP
#define SOL_MCTP 285
#endif

/**
 * peer_parse - read the words that name an endpoint
 * @a: the words, for the hint
 * @eid: its EID
 * @words: keywords, the first of which are PEER_KEYWORD_LIST
 * @peer: the endpoint
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int peer_parse(struct args *a, const char *eid, const struct keyword *words, struct peer *peer)
{
	const char *lladdr = words[PEER_LLADDR].value;
	uint32_t number;

	*peer = (struct peer){ .device = words[PEER_DEV].value };
	if (lladdr && !peer->device)
		return misuse(a, "a hardware address is one of a device's: add \"dev DEV\".");
	/* By its hardware address an endpoint can be told which has no EID, or all at once. */
	if (peer->device && (!strcmp(eid, "0") || !strcmp(eid, "255"))) {
		if (args_number(a, "the EID", eid, 0, 255, &number))
			return STATUS_MISUSE;
		peer->eid = number;
	} else if (args_eid(a, eid, &peer->eid)) {
		return STATUS_MISUSE;
	}
	if (words[PEER_NET].value &&
	    args_number(a, "the network", words[PEER_NET].value, 1, UINT32_MAX, &peer->net))
		return STATUS_MISUSE;
	if (peer->device && args_ifname(a, peer->device))
		return STATUS_MISUSE;
	if (peer->device && peer->net)
		return misuse(a, "the network is that of %s: leave net out.", peer->device);
	if (lladdr && args_lladdr(a, lladdr, peer->lladdr, &peer->lladdr_len))
		return STATUS_MISUSE;
	return STATUS_FINE;
}

/* Find the device of an endpoint, if it was named by one. */
static int resolve(struct mctp *m, struct peer *peer)
{
	struct device device;

	if (!peer->device)
		return STATUS_FINE;
	if (mctp_connect(m) || device_get(m, peer->device, &device))
		return STATUS_REFUSED;
	if (device.addr_len != peer->lladdr_len)
		return refused("hardware addresses on %s have %zu byte(s), not %zu: see mctp link",
			       device.name, device.addr_len, peer->lladdr_len);
	peer->index = device.index;
	peer->net = device.net;
	return STATUS_FINE;
}

/**
 * peer_socket - open a socket that tells by which device a message came, where the kernel can
 * @extended: it must: the peer is named by a device
 *
 * Return: a file descriptor; -1, with a sentence on stderr.
 */
int peer_socket(bool extended)
{
	int fd = mctp_socket();
	int on = 1;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, sizeof(on)) && extended) {
		refused("this kernel cannot send by a hardware address: %s.", strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

/**
 * peer_open - open a socket for requests to an endpoint
 * @m: the call
 * @peer: the endpoint; its device is found, if it was named by one
 *
 * Return: a file descriptor; -1, with a sentence on stderr.
 */
int peer_open(struct mctp *m, struct peer *peer)
{
	return resolve(m, peer) ? -1 : peer_socket(peer->device);
}

/**
 * peer_tag - a tag for several requests to a peer, one after the other
 * @fd: a socket of peer_open()
 * @peer: the endpoint
 *
 * Return: a tag of our own where the kernel has one to give; a new one for each request otherwise.
 */
uint8_t peer_tag(int fd, const struct peer *peer)
{
	struct mctp_ioc_tag_ctl2 ctl;

	memset(&ctl, 0, sizeof(ctl));
	ctl.net = peer->net;
	ctl.peer_addr = peer->eid;
	if (ioctl(fd, SIOCMCTPALLOCTAG2, &ctl))
		return MCTP_TAG_OWNER;
	return ctl.tag;
}

static int send_to(int fd, const struct sockaddr_mctp_ext *addr, bool extended, const void *bytes,
		   size_t len)
{
	ssize_t sent;

	do {
		sent = sendto(fd, bytes, len, 0, (struct sockaddr *)addr,
			      extended ? sizeof(*addr) : sizeof(addr->smctp_base));
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

/**
 * peer_send - send a message
 * @fd: a socket of peer_open()
 * @peer: to whom
 * @type: message type
 * @tag: MCTP_TAG_OWNER for a request; a tag for a response
 * @bytes: the message behind its type
 * @len: how many bytes
 *
 * Return: 0 or a negative errno.
 */
int peer_send(int fd, const struct peer *peer, uint8_t type, uint8_t tag, const void *bytes,
	      size_t len)
{
	struct sockaddr_mctp_ext addr;

	memset(&addr, 0, sizeof(addr));
	addr.smctp_base.smctp_family = AF_MCTP;
	addr.smctp_base.smctp_network = peer->net;
	addr.smctp_base.smctp_addr.s_addr = peer->eid;
	addr.smctp_base.smctp_type = type;
	addr.smctp_base.smctp_tag = tag;
	if (peer->device) {
		addr.smctp_ifindex = peer->index;
		addr.smctp_halen = peer->lladdr_len;
		memcpy(addr.smctp_haddr, peer->lladdr, peer->lladdr_len);
	}
	return send_to(fd, &addr, peer->device, bytes, len);
}

/**
 * peer_receive - receive a message that is there
 * @fd: a socket of peer_socket()
 * @bytes: gets the message behind its type
 * @room: how many bytes fit
 * @from: gets the sender; zero where the kernel does not say by which device it came
 * @extended: gets whether it does say so
 *
 * Return: how many bytes, or a negative errno.
 */
ssize_t peer_receive(int fd, void *bytes, size_t room, struct sockaddr_mctp_ext *from,
		     bool *extended)
{
	socklen_t len = sizeof(*from);
	ssize_t got;

	memset(from, 0, sizeof(*from));
	do {
		got = recvfrom(fd, bytes, room, 0, (struct sockaddr *)from, &len);
	} while (got < 0 && errno == EINTR);
	*extended = len >= sizeof(*from);
	return got < 0 ? -errno : got;
}

/**
 * peer_answer - answer a request
 * @fd: a socket of peer_socket()
 * @to: whom it came from, as of peer_receive()
 * @extended: by the device that it came by, not by the routes
 * @bytes: the message behind its type
 * @len: how many bytes
 *
 * Return: 0 or a negative errno.
 */
int peer_answer(int fd, const struct sockaddr_mctp_ext *to, bool extended, const void *bytes,
		size_t len)
{
	struct sockaddr_mctp_ext addr = *to;

	addr.smctp_base.smctp_tag &= MCTP_TAG_MASK;
	return send_to(fd, &addr, extended, bytes, len);
}

/**
 * peer_fill - bytes of a message that nobody has written
 */
void peer_fill(uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		bytes[i] = i * 7 + i / 256;
}

/**
 * peer_now_us - microseconds of a clock that never jumps
 */
uint64_t peer_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

/**
 * peer_wait - wait for a message
 * @fd: the socket
 * @until_us: time of peer_now_us() at which to stop; 0 for never
 *
 * Return: 1 when there is one, 0 when the time is over, or a negative errno; -EINTR after a signal.
 */
int peer_wait(int fd, uint64_t until_us)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t now = peer_now_us();
	struct timespec left;
	int ready;

	if (until_us && now > until_us)
		now = until_us;
	left.tv_sec = (until_us - now) / 1000000;
	left.tv_nsec = (until_us - now) % 1000000 * 1000;
	ready = ppoll(&pfd, 1, until_us ? &left : NULL, stop_mask());
	return ready < 0 ? -errno : ready;
}

/**
 * peer_refused - say why nothing could be sent
 * @err: negative errno of peer_send()
 * @peer: to whom
 *
 * Return: STATUS_REFUSED.
 */
int peer_refused(int err, const struct peer *peer)
{
	const char *help = "";

	switch (-err) {
	case EHOSTUNREACH:
		help = " No route or neighbour leads there: see mctp route and mctp neighbour.";
		break;
	case EACCES:
	case EPERM:
		help = " This needs CAP_NET_RAW: run it as root, or with sudo.";
		break;
	case EBUSY:
		help = " All eight tags for that endpoint are in use: see mctp tag.";
		break;
	case ENETDOWN:
		help = " The device is down: mctp link set DEV up.";
		break;
	}
	return refused("cannot send to EID %u: %s.%s", peer->eid, strerror(-err), help);
}
