// SPDX-License-Identifier: GPL-2.0
/* responder [TYPE]: answer each request of a message type, from anyone, with its own bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <linux/mctp.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	unsigned long type = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	struct sockaddr_mctp addr = {
		.smctp_family = AF_MCTP,
		.smctp_network = MCTP_NET_ANY,
		.smctp_addr.s_addr = MCTP_ADDR_ANY,
		.smctp_type = type,
		.smctp_tag = MCTP_TAG_OWNER,
	};
	static unsigned char bytes[65536];
	socklen_t len;
	ssize_t n;
	int fd;

	if (argc > 2 || type > 0x7f) {
		fprintf(stderr, "usage: %s [TYPE], TYPE 0 to 0x7f\n", argv[0]);
		return 2;
	}
	fd = socket(AF_MCTP, SOCK_DGRAM, 0);
	if (fd < 0)
		return fail("no MCTP socket (is the mctp module loaded?)");
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fail("cannot bind (not root, or another program has this type?)");
	fprintf(stderr, "answering requests of type %lu\n", type);

	for (;;) {
		len = sizeof(addr);
		n = recvfrom(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&addr, &len);
		if (n < 0)
			return fail("cannot receive");
		/* The address is the requester's; without the owner bit this is the response. */
		addr.smctp_tag &= ~MCTP_TAG_OWNER;
		if (sendto(fd, bytes, n, 0, (struct sockaddr *)&addr, sizeof(addr)) < 0)
			perror("cannot answer");
	}
}
