// SPDX-License-Identifier: GPL-2.0
/*
 * mctp recv and mctp echo: take the requests of a message type, print them, and answer them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"
#include "peer.h"
#include "stop.h"

/**
 * struct listener - what is taken
 * @bind: the address that is bound
 * @device: only by this device; NULL for all
 * @count: how many messages, 0 for no end
 * @wait_ms: for each message, 0 for ever
 * @format: how messages are printed
 * @answers: send each back
 * @fd: the socket
 */
struct listener {
	struct sockaddr_mctp bind;
	const char *device;
	uint32_t count;
	uint32_t wait_ms;
	enum dump format;
	bool answers;
	int fd;
};

static int parse_words(struct mctp *m, struct args *a, struct listener *l)
{
	enum { TYPE, EID, NET, DEV, COUNT, WAIT, FORMAT };
	struct keyword words[] = {
		[TYPE] = { .name = "type", .bare = true },
		[EID] = { .name = "eid" },
		[NET] = { .name = "net", .alias = "network" },
		[DEV] = { .name = "dev" },
		[COUNT] = { .name = "-c", .alias = "count" },
		[WAIT] = { .name = "-W", .alias = "wait" },
		[FORMAT] = DUMP_KEYWORD,
	};

	if (ARGS_KEYWORDS(a, words))
		return STATUS_MISUSE;
	l->bind.smctp_family = AF_MCTP;
	l->bind.smctp_network = MCTP_NET_ANY;
	l->bind.smctp_addr.s_addr = MCTP_ADDR_ANY;
	if (!words[TYPE].value)
		return misuse(a, "the message type is missing: add \"type TYPE\".");
	if (args_type(a, words[TYPE].value, &l->bind.smctp_type) ||
	    dump_parse(m, a, words[FORMAT].value, &l->format))
		return STATUS_MISUSE;
	if (words[EID].value && args_eid(a, words[EID].value, &l->bind.smctp_addr.s_addr))
		return STATUS_MISUSE;
	if (words[NET].value && args_number(a, "the network", words[NET].value, 1, UINT32_MAX,
					    &l->bind.smctp_network))
		return STATUS_MISUSE;
	if (words[DEV].value && args_ifname(a, words[DEV].value))
		return STATUS_MISUSE;
	l->device = words[DEV].value;
	if (words[COUNT].value &&
	    args_number(a, "the count", words[COUNT].value, 1, UINT32_MAX, &l->count))
		return STATUS_MISUSE;
	if (words[WAIT].value &&
	    args_seconds(a, "the wait", words[WAIT].value, 1, 86400000, &l->wait_ms))
		return STATUS_MISUSE;
	return STATUS_FINE;
}

static int bind_refused(const struct listener *l, int err)
{
	switch (err) {
	case EADDRINUSE:
		return refused("another program takes the type 0x%02x already: see mctp socket",
			       l->bind.smctp_type);
	case EACCES:
		return refused("cannot take the type 0x%02x: %s. This needs CAP_NET_BIND_SERVICE: run it as root, or with sudo.",
			       l->bind.smctp_type, strerror(err));
	default:
		return refused("cannot take the type 0x%02x: %s.", l->bind.smctp_type,
			       strerror(err));
	}
}

static int open_listener(struct listener *l)
{
	l->fd = peer_socket(false);
	if (l->fd < 0)
		return STATUS_REFUSED;
	if (l->device && setsockopt(l->fd, SOL_SOCKET, SO_BINDTODEVICE, l->device,
				    strlen(l->device) + 1)) {
		refused("cannot listen on %s alone: %s.", l->device, strerror(errno));
		close(l->fd);
		return STATUS_REFUSED;
	}
	if (bind(l->fd, (struct sockaddr *)&l->bind, sizeof(l->bind))) {
		bind_refused(l, errno);
		close(l->fd);
		return STATUS_REFUSED;
	}
	return STATUS_FINE;
}

/* By the device that it came by, so that it needs no route; a request of our own came by none. */
static void answer(const struct listener *l, const struct sockaddr_mctp_ext *from, bool extended,
		   const uint8_t *bytes, size_t len)
{
	int err = -1;

	if (extended && from->smctp_ifindex)
		err = peer_answer(l->fd, from, true, bytes, len);
	if (err)
		err = peer_answer(l->fd, from, false, bytes, len);
	if (err)
		refused("cannot answer EID %u: %s.", from->smctp_base.smctp_addr.s_addr,
			strerror(-err));
}

static int listen_on(struct mctp *m, const struct listener *l, uint8_t *bytes)
{
	struct sockaddr_mctp_ext from;
	uint32_t done = 0;
	bool extended;
	ssize_t len;
	int ready;

	dump_begin(m, l->format);
	while (!stop_wanted() && (!l->count || done < l->count)) {
		ready = peer_wait(l->fd, l->wait_ms ? peer_now_us() + l->wait_ms * 1000ull : 0);
		if (ready == -EINTR)
			continue;
		if (!ready)
			return refused("no message came within %u.%03u s.", l->wait_ms / 1000,
				       l->wait_ms % 1000);
		len = ready < 0 ? ready : peer_receive(l->fd, bytes, MESSAGE_MAX, &from, &extended);
		if (len < 0)
			return refused("cannot receive: %s.", strerror(-len));
		if (l->answers)
			answer(l, &from, extended, bytes, len);
		if (!l->answers || l->format != DUMP_QUIET)
			dump_message(m, l->format, &from, extended, bytes, len);
		if (ferror(m->out.to))
			break;
		done++;
	}
	print_end(&m->out);
	return STATUS_FINE;
}

static int run(struct mctp *m, struct args *a, bool answers)
{
	struct listener l = { .answers = answers };
	uint8_t *bytes;
	int status;

	if (parse_words(m, a, &l))
		return STATUS_MISUSE;
	if (open_listener(&l))
		return STATUS_REFUSED;
	stop_catch();
	bytes = malloc(MESSAGE_MAX);
	status = bytes ? listen_on(m, &l, bytes) : refused("cannot receive: out of memory.");
	free(bytes);
	close(l.fd);
	return status;
}

static int recv_run(struct mctp *m, struct args *a)
{
	return run(m, a, false);
}

static int echo_run(struct mctp *m, struct args *a)
{
	return run(m, a, true);
}

#define SYNOPSIS                                                    \
	"[type] TYPE [eid EID] [net N] [dev DEV] [-c COUNT] "       \
	"[-W SECONDS] [format hex|quiet|raw|pcap]"

const struct object recv_object = {
	.name = "recv",
	.purpose = "print the requests of a message type until interrupted",
	.synopsis = SYNOPSIS,
	.run = recv_run,
};

const struct object echo_object = {
	.name = "echo",
	.purpose = "answer the requests of a message type with their own bytes until interrupted",
	.synopsis = SYNOPSIS,
	.run = echo_run,
};
