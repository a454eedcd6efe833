// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: a program as the device at the far end of a
 * link, with raw packets over TUN and raw bytes over a pseudo terminal.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <linux/if_tun.h>

#define MCTP_TEST_LIBRARY
#include "mctp_test.h"

#define TUN_PATH	"/dev/net/tun"
#define TUN_MAX		65536
#define TUN_TYPE	0x7e	/* of the messages that are made here */

#ifndef N_MCTP
#define N_MCTP		28
#endif

/* The node is not there where the module is not loaded yet and no udev is */
static int tun_open(void)
{
	int fd = open(TUN_PATH, O_RDWR | O_CLOEXEC);

	if (fd >= 0 || errno != ENOENT)
		return fd < 0 ? -errno : fd;
	mkdir("/dev/net", 0755);
	mknod(TUN_PATH, S_IFCHR | 0600, makedev(10, 200));
	fd = open(TUN_PATH, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int tun_new(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN };
	int fd = tun_open();
	int err;

	if (fd < 0)
		return fd;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, TUNSETIFF, &ifr) || fcntl(fd, F_SETFL, O_NONBLOCK)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int tun_queue(const char *name, int packets)
{
	struct ifreq ifr = { .ifr_qlen = packets };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, SIOCSIFTXQLEN, &ifr))
		err = -errno;
	close(fd);
	return err;
}

int tun_bus(const char *name, uint8_t min, uint8_t max)
{
	int fd = tun_new(name);
	int err;

	if (fd < 0)
		return fd;
	err = link_up(name) ?: route_add(name, min, max, 0);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int tun_raw(int fd, const void *packet, size_t len)
{
	static __thread char frame[sizeof(struct tun_pi) + TUN_MAX];
	struct tun_pi pi = { .proto = htons(ETH_P_MCTP) };

	if (len > TUN_MAX)
		return -EMSGSIZE;
	memcpy(frame, &pi, sizeof(pi));
	memcpy(frame + sizeof(pi), packet, len);
	if (write(fd, frame, sizeof(pi) + len) != (ssize_t)(sizeof(pi) + len))
		return -errno;
	return 0;
}

int tun_send(int fd, uint8_t dest, uint8_t src, uint8_t flags,
	     const void *payload, size_t len)
{
	static __thread uint8_t packet[TUN_MAX];

	if (len > sizeof(packet) - HDR_LEN)
		return -EMSGSIZE;
	packet[0] = 1;
	packet[1] = dest;
	packet[2] = src;
	packet[3] = flags;
	memcpy(packet + HDR_LEN, payload, len);
	return tun_raw(fd, packet, HDR_LEN + len);
}

/* Others than MCTP speak on a device that is up: they are passed over */
ssize_t tun_take(int fd, void *packet, size_t size)
{
	static __thread char frame[sizeof(struct tun_pi) + TUN_MAX];
	struct tun_pi pi;
	ssize_t n;

	do {
		n = read(fd, frame, sizeof(frame));
		if (n < 0)
			return -errno;
		memcpy(&pi, frame, sizeof(pi));
	} while (pi.proto != htons(ETH_P_MCTP));

	n -= sizeof(pi);
	memcpy(packet, frame + sizeof(pi), n < (ssize_t)size ? (size_t)n : size);
	return n;
}

ssize_t tun_recv(int fd, void *packet, size_t size)
{
	long end = now_ms() + WAIT_MS;
	ssize_t n;

	for (;;) {
		n = tun_take(fd, packet, size);
		if (n != -EAGAIN)
			return n;
		if (now_ms() >= end)
			return -ETIMEDOUT;
		sock_polls(fd, POLLIN, 100);
	}
}

ssize_t tun_none(int fd)
{
	ssize_t n = tun_take(fd, NULL, 0);

	return n == -EAGAIN ? 0 : n;
}

int tun_other(const char *name)
{
	int fd = tun_new(name);

	if (fd < 0)
		return fd;
	return ioctl(fd, TUNSETLINK, 512 /* ARPHRD_PPP */) ? -errno : 0;
}

int tun_request(int bus, int fd, const struct sockaddr_mctp *to)
{
	uint8_t packet[80];
	ssize_t n = send_to(fd, to, "q", 1);

	if (n < 0)
		return n;
	n = tun_recv(bus, packet, sizeof(packet));
	if (n < 0)
		return n;
	if (n != HDR_LEN + 2 || packet[1] != to->smctp_addr.s_addr ||
	    (packet[3] & (WHOLE | TO)) != (WHOLE | TO))
		return -EBADMSG;
	return packet[3] & MCTP_TAG_MASK;
}

int tun_answer(int bus, uint8_t dest, uint8_t src, uint8_t tag)
{
	static const uint8_t payload[] = { TUN_TYPE, 'a' };

	return tun_send(bus, dest, src, WHOLE | tag, payload, sizeof(payload));
}

int tun_way(const int *buses, int n, uint8_t eid)
{
	struct sockaddr_mctp to = addr_of(1, eid, TUN_TYPE, 1);
	int fd = sock_new(), i, err;
	struct pollfd pfd[4];

	err = send_to(fd, &to, "x", 1);
	close(fd);
	if (err < 0)
		return err;
	for (i = 0; i < n; i++)
		pfd[i] = (struct pollfd){ .fd = buses[i], .events = POLLIN };
	if (poll(pfd, n, WAIT_MS) != 1)
		return -ETIMEDOUT;
	for (i = 0; i < n; i++)
		if (tun_none(buses[i]))
			return i;
	return -EIO;
}

int pty_new(struct pty *pty)
{
	struct termios tio;

	pty->line = -1;
	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pty->master < 0)
		return -errno;
	if (grantpt(pty->master) || unlockpt(pty->master) ||
	    ptsname_r(pty->master, pty->path, sizeof(pty->path)))
		return -errno;
	pty->line = open(pty->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pty->line < 0 || tcgetattr(pty->line, &tio))
		return -errno;
	cfmakeraw(&tio);
	if (tcsetattr(pty->line, TCSANOW, &tio) ||
	    fcntl(pty->master, F_SETFL, O_NONBLOCK))
		return -errno;
	return 0;
}

int pty_attach(struct pty *pty, char *name)
{
	int discipline = N_MCTP;

	if (ioctl(pty->line, TIOCSETD, &discipline))
		return -errno;
	snprintf(name, IFNAMSIZ, "%s", link_find("mctpserial"));
	return *name ? 0 : -ENODEV;
}

ssize_t wire_read(int fd, void *buf, size_t len)
{
	long end = now_ms() + WAIT_MS;
	size_t have = 0;
	ssize_t n;

	while (have < len && now_ms() < end) {
		n = read(fd, (char *)buf + have, len - have);
		if (n > 0)
			have += n;
		else if (n < 0 && errno != EAGAIN)
			return -errno;
		else
			sock_polls(fd, POLLIN, 100);
	}
	return have;
}

int wire_drain(int fd, int sock)
{
	long end = now_ms() + WAIT_MS;
	char bytes[256];

	while (!sock_polls(sock, POLLOUT, 0)) {
		if (now_ms() >= end)
			return -ETIMEDOUT;
		if (read(fd, bytes, sizeof(bytes)) >= 0)
			continue;
		if (errno != EAGAIN)
			return -errno;
		sock_polls(fd, POLLIN, 10);
	}
	return 0;
}

int wire_write(int fd, const void *buf, size_t len)
{
	long end = now_ms() + WAIT_MS;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write(fd, (const char *)buf + done, len - done);
		if (n > 0)
			done += n;
		else if (n < 0 && errno != EAGAIN)
			return -errno;
		else if (now_ms() >= end)
			return -ETIMEDOUT;
		else
			sock_polls(fd, POLLOUT, 100);
	}
	return 0;
}
