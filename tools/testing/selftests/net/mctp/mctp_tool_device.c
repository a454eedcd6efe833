// SPDX-License-Identifier: GPL-2.0
/*
 * mctp_tool_device MANNER [COUNT]: answers requests of the control protocol, as a device does that is
 *
 *   good      a bridge with a UUID, types and vendor-defined messages
 *   plain     an endpoint that knows Get Endpoint ID only
 *   late      sends an answer of another instance first
 *   slow      leaves the first COUNT requests without an answer
 *   refuses   answers everything with an error
 *   short     answers with too few bytes
 *   liar      says that it has more types and versions than it sends
 *   endless   has always one more set of vendor-defined messages
 *
 * Prints "ready" once it listens.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/mctp.h>

#ifndef SOL_MCTP
#define SOL_MCTP 285
#endif

static const char *manner;
static int silent;

static int is(const char *name)
{
	return !strcmp(manner, name);
}

/* What follows the command: completion code and data. Returns how many bytes. */
static size_t answer(unsigned char command, unsigned char argument, unsigned char *out)
{
	static const unsigned char types[] = { 3, 0x00, 0x01, 0x7d };
	static const unsigned char base[] = { 2, 0xf1, 0xf0, 0xff, 0x00, 0xf1, 0xf3, 0xf1, 0x00 };
	static const unsigned char pldm[] = { 1, 0xf1, 0xf0, 0x12, 'a' };
	static const unsigned char pci[] = { 1, 0, 0x1a, 0xf4, 0x00, 0x02 };
	static const unsigned char iana[] = { 0xff, 1, 0x00, 0x00, 0x01, 0x9f, 0x80, 0x01 };
	size_t i;

	out[0] = 0;
	if (is("refuses")) {
		out[0] = 4;
		return 1;
	}
	if (is("short"))
		return 2;
	if (command == 2) {
		memcpy(out + 1, is("plain") ? "\x09\x02\x00" : "\x09\x10\x2a", 3);
		return 4;
	}
	if (is("plain")) {
		out[0] = 5;
		return 1;
	}
	switch (command) {
	case 3:
		for (i = 0; i < 16; i++)
			out[1 + i] = 0xf0 + i;
		return 17;
	case 4:
		if (is("liar")) {
			out[1] = 200;
			return 2;
		}
		if (argument == 0xff || argument == 0) {
			memcpy(out + 1, base, sizeof(base));
			return 1 + sizeof(base);
		}
		if (argument == 1) {
			memcpy(out + 1, pldm, sizeof(pldm));
			return 1 + sizeof(pldm);
		}
		out[0] = 0x80;
		return 1;
	case 5:
		memcpy(out + 1, types, sizeof(types));
		if (is("liar"))
			out[1] = 255;
		return 1 + sizeof(types);
	case 6:
		if (is("endless")) {
			memcpy(out + 1, pci, sizeof(pci));
			out[1] = argument == 0xfe ? 0 : argument + 1;
			return 1 + sizeof(pci);
		}
		if (argument == 0) {
			memcpy(out + 1, pci, sizeof(pci));
			return 1 + sizeof(pci);
		}
		memcpy(out + 1, iana, sizeof(iana));
		return 1 + sizeof(iana);
	}
	out[0] = 5;
	return 1;
}

/* By the device that the request came by, as a requester without an EID has no route; ours came by none. */
static void send_back(int fd, const unsigned char *bytes, size_t n, struct sockaddr_mctp_ext *to)
{
	if (to->smctp_ifindex && sendto(fd, bytes, n, 0, (struct sockaddr *)to, sizeof(*to)) >= 0)
		return;
	sendto(fd, bytes, n, 0, (struct sockaddr *)to, sizeof(to->smctp_base));
}

int main(int argc, char **argv)
{
	struct sockaddr_mctp addr = {
		.smctp_family = AF_MCTP,
		.smctp_network = MCTP_NET_ANY,
		.smctp_addr.s_addr = MCTP_ADDR_ANY,
	};
	unsigned char in[64], out[128];
	struct sockaddr_mctp_ext from;
	socklen_t len;
	int on = 1;
	ssize_t n;
	int fd;

	manner = argc > 1 ? argv[1] : "good";
	silent = argc > 2 ? atoi(argv[2]) : 0;
	fd = socket(AF_MCTP, SOCK_DGRAM, 0);
	if (fd < 0 || setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		perror("cannot listen");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		len = sizeof(from);
		memset(&from, 0, sizeof(from));
		n = recvfrom(fd, in, sizeof(in), 0, (struct sockaddr *)&from, &len);
		if (n < 2)
			continue;
		if (silent > 0) {
			silent--;
			continue;
		}
		from.smctp_base.smctp_tag &= ~MCTP_TAG_OWNER;
		out[0] = in[0] & 0x1f;
		out[1] = in[1];
		n = 2 + answer(in[1], n > 2 ? in[2] : 0, out + 2);
		if (is("late")) {
			out[0] = (out[0] + 31) & 0x1f;
			send_back(fd, out, n, &from);
			out[0] = in[0] & 0x1f;
		}
		send_back(fd, out, n, &from);
	}
}
