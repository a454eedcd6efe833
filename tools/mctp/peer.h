/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An endpoint that is talked to, and the socket by which that is done.
 */
#ifndef MCTP_TOOL_PEER_H
#define MCTP_TOOL_PEER_H

#include "args.h"
#include "device.h"

#include <linux/mctp.h>

/* A message's most bytes behind its type byte. */
#define MESSAGE_MAX 65535

/* How long a tag is ours: no answer can come later. */
#define TAG_MS 6000

/**
 * struct peer - an endpoint
 * @eid: its EID; 0 and 255 only by a device
 * @net: its network, 0 for the default one
 * @device: name of the device for extended addressing, NULL to use the routes
 * @index: the device's index, once it is resolved
 * @lladdr: its hardware address there
 * @lladdr_len: the address's length
 */
struct peer {
	uint8_t eid;
	uint32_t net;
	const char *device;
	int index;
	uint8_t lladdr[LLADDR_MAX];
	size_t lladdr_len;
};

/* The first keywords of each command that names a peer. */
enum { PEER_NET, PEER_DEV, PEER_LLADDR, PEER_KEYWORDS };

#define PEER_KEYWORD_LIST                                       \
	[PEER_NET] = { .name = "net", .alias = "network" },     \
	[PEER_DEV] = { .name = "dev" },                         \
	[PEER_LLADDR] = { .name = "lladdr", .alias = "--lladdr" }

int peer_parse(struct args *a, const char *eid, const struct keyword *words, struct peer *peer);

int peer_open(struct mctp *m, struct peer *peer);
int peer_socket(bool extended);
uint8_t peer_tag(int fd, const struct peer *peer);
int peer_send(int fd, const struct peer *peer, uint8_t type, uint8_t tag, const void *bytes,
	      size_t len);
int peer_answer(int fd, const struct sockaddr_mctp_ext *to, bool extended, const void *bytes,
		size_t len);
ssize_t peer_receive(int fd, void *bytes, size_t room, struct sockaddr_mctp_ext *from,
		     bool *extended);
void peer_fill(uint8_t *bytes, size_t len);
int peer_wait(int fd, uint64_t until_us);
uint64_t peer_now_us(void);
int peer_refused(int err, const struct peer *peer);

#endif
