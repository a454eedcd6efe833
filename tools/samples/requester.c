// SPDX-License-Identifier: GPL-2.0
/* requester EID [SIZE] [NET]: send SIZE bytes to an endpoint, and see that the same come back. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/mctp.h>

#define TYPE		1	/* PLDM; any will do that the responder was told */
#define MOST		65535	/* bytes: 65,536 with the type */
#define SECONDS		6	/* the tag is ours for so long */

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	static unsigned char sent[MOST], got[MOST];
	unsigned long eid = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
	unsigned long size = argc > 2 ? strtoul(argv[2], NULL, 0) : 16, i;
	struct sockaddr_mctp addr = { .smctp_family = AF_MCTP, .smctp_type = TYPE };
	struct pollfd pfd = { .events = POLLIN };
	socklen_t len = sizeof(addr);
	int equal;
	ssize_t n;

	if (argc < 2 || argc > 4 || eid < 8 || eid > 254 || size > MOST) {
		fprintf(stderr, "usage: %s EID [SIZE] [NET], SIZE 0 to %d\n", argv[0], MOST);
		return 2;
	}
	addr.smctp_addr.s_addr = eid;
	addr.smctp_tag = MCTP_TAG_OWNER; /* a request: the kernel picks a tag */
	addr.smctp_network = argc > 3 ? strtoul(argv[3], NULL, 0) : MCTP_NET_ANY;
	for (i = 0; i < size; i++)
		sent[i] = i * 7 + i / 256;

	pfd.fd = socket(AF_MCTP, SOCK_DGRAM, 0);
	if (pfd.fd < 0)
		return fail("no MCTP socket (is the mctp module loaded?)");
	if (sendto(pfd.fd, sent, size, 0, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return fail("cannot send (see mctp route, mctp neigh, mctp link)");
	if (poll(&pfd, 1, SECONDS * 1000) != 1) {
		fprintf(stderr, "no answer from EID %lu in %d s (see mctp stat)\n", eid, SECONDS);
		return 1;
	}
	n = recvfrom(pfd.fd, got, sizeof(got), 0, (struct sockaddr *)&addr, &len);
	if (n < 0)
		return fail("cannot receive");
	equal = (size_t)n == size && !memcmp(sent, got, size) && addr.smctp_addr.s_addr == eid;
	printf("sent %lu bytes to EID %lu, got %zd bytes back from EID %u: %s\n", size, eid, n,
	       addr.smctp_addr.s_addr, equal ? "equal" : "DIFFERENT");
	return !equal;
}
