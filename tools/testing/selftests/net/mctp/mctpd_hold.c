// SPDX-License-Identifier: GPL-2.0
/*
 * mctpd_hold NEAR BUS: a line to a message bus that stays when its user has gone, so that what a short call
 * made is there for as long as this runs, as if its caller were still on the bus.
 *
 * One program connects to the socket NEAR; what it says goes to the socket BUS, and what that says to it.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int unix_socket(const char *path, bool listens)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (fd < 0 || (listens ? bind(fd, (void *)&addr, sizeof(addr)) || listen(fd, 1) :
				 connect(fd, (void *)&addr, sizeof(addr)))) {
		perror(path);
		return -1;
	}
	return fd;
}

/* Return: false at the end of @from; what @to does not take is lost. */
static bool pass_on(int from, int to)
{
	char bytes[4096];
	ssize_t n = read(from, bytes, sizeof(bytes)), sent, at = 0;

	while (to >= 0 && at < n) {
		sent = send(to, bytes + at, n - at, MSG_NOSIGNAL);
		if (sent < 0)
			break;
		at += sent;
	}
	return n > 0;
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int listener;

	if (argc != 3) {
		fprintf(stderr, "usage: mctpd_hold NEAR BUS\n");
		return 2;
	}
	fds[1].fd = unix_socket(argv[2], false);
	listener = unix_socket(argv[1], true);
	if (listener < 0 || fds[1].fd < 0)
		return 1;
	fds[0].fd = accept(listener, NULL, NULL);
	while (poll(fds, 2, -1) > 0) {
		if (fds[1].revents && !pass_on(fds[1].fd, fds[0].fd))
			return 0;
		if (fds[0].fd >= 0 && fds[0].revents && !pass_on(fds[0].fd, fds[1].fd)) {
			close(fds[0].fd);
			fds[0].fd = -1;
		}
	}
	return 1;
}
