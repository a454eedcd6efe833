// SPDX-License-Identifier: GPL-2.0
/*
 * mctp send: one message, and for a request its answer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"
#include "peer.h"
#include "stop.h"

/**
 * struct message - what is sent
 * @peer: to whom
 * @type: its type, with the integrity check bit
 * @tag: MCTP_TAG_OWNER, or the tag of a response
 * @bytes: what stands behind the type; owned
 * @len: how many bytes
 * @wait_ms: for an answer, 0 for none
 * @format: of the answer
 */
struct message {
	struct peer peer;
	uint8_t type;
	uint8_t tag;
	uint8_t *bytes;
	size_t len;
	uint32_t wait_ms;
	enum dump format;
};

enum { TYPE = PEER_KEYWORDS, DATA, SIZE, BYTES, TAG, IC, WAIT, FORMAT };

static int read_file(const char *name, struct message *msg)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "re") : stdin;
	bool bad;

	if (!file)
		return refused("cannot open %s: %s.", name, strerror(errno));
	/* One byte more than fits tells that it is too long. */
	msg->len = fread(msg->bytes, 1, MESSAGE_MAX + 1, file);
	bad = ferror(file);
	if (bad)
		refused("cannot read %s: %s.", name, strerror(errno));
	else if (msg->len > MESSAGE_MAX)
		refused("%s is too long: a message has %d bytes at most.", name, MESSAGE_MAX);
	if (file != stdin)
		fclose(file);
	return bad || msg->len > MESSAGE_MAX ? STATUS_REFUSED : STATUS_FINE;
}

static int parse_data(struct args *a, const char *text, struct message *msg)
{
	switch (parse_bytes(text, msg->bytes, MESSAGE_MAX, &msg->len)) {
	case PARSE_OK:
		return STATUS_FINE;
	case PARSE_RANGE:
		return misuse(a, "the data is too long: a message has %d bytes at most.",
			      MESSAGE_MAX);
	default:
		return misuse(a, "\"%s\" is not data: write two hexadecimal digits a byte, as 0a1b.",
			      text);
	}
}

static int make_bytes(struct args *a, const char *text, struct message *msg)
{
	uint32_t size;

	if (args_number(a, "the size", text, 0, MESSAGE_MAX, &size))
		return STATUS_MISUSE;
	msg->len = size;
	peer_fill(msg->bytes, size);
	return STATUS_FINE;
}

static int parse_tag(struct args *a, const struct keyword *words, struct message *msg)
{
	uint32_t tag;

	msg->tag = MCTP_TAG_OWNER;
	msg->wait_ms = TAG_MS;
	if (words[WAIT].value &&
	    args_seconds(a, "the wait", words[WAIT].value, 0, TAG_MS, &msg->wait_ms))
		return STATUS_MISUSE;
	if (!words[TAG].value)
		return STATUS_FINE;
	if (args_number(a, "the tag", words[TAG].value, 0, MCTP_TAG_MASK, &tag))
		return STATUS_MISUSE;
	if (words[WAIT].value)
		return misuse(a, "a response has no answer: leave wait or tag out.");
	msg->tag = tag;
	msg->wait_ms = 0;
	return STATUS_FINE;
}

static int parse_words(struct mctp *m, struct args *a, struct message *msg, const char **file)
{
	struct keyword words[] = {
		PEER_KEYWORD_LIST,
		[TYPE] = { .name = "type", .bare = true },
		[DATA] = { .name = "data" },
		[SIZE] = { .name = "size" },
		[BYTES] = { .name = "file" },
		[TAG] = { .name = "tag" },
		[IC] = { .name = "integrity", .flag = true },
		[WAIT] = { .name = "-W", .alias = "wait" },
		[FORMAT] = DUMP_KEYWORD,
	};
	const char *eid;

	if (args_take(a, "the EID", &eid) || ARGS_KEYWORDS(a, words) ||
	    peer_parse(a, eid, words, &msg->peer))
		return STATUS_MISUSE;
	if (!words[TYPE].value)
		return misuse(a, "the message type is missing: add \"type TYPE\".");
	if (args_type(a, words[TYPE].value, &msg->type) || parse_tag(a, words, msg) ||
	    dump_parse(m, a, words[FORMAT].value, &msg->format))
		return STATUS_MISUSE;
	if (words[IC].value)
		msg->type |= 0x80;
	if (!!words[DATA].value + !!words[SIZE].value + !!words[BYTES].value > 1)
		return misuse(a, "the message is given twice: use one of data, size and file.");
	*file = words[BYTES].value;
	if (words[DATA].value)
		return parse_data(a, words[DATA].value, msg);
	if (words[SIZE].value)
		return make_bytes(a, words[SIZE].value, msg);
	return STATUS_FINE;
}

static int await_answer(struct mctp *m, int fd, const struct message *msg)
{
	uint64_t until = peer_now_us() + msg->wait_ms * 1000ull;
	struct sockaddr_mctp_ext from;
	bool extended;
	ssize_t len;
	int ready;

	ready = peer_wait(fd, until);
	if (ready == -EINTR)
		return STATUS_REFUSED;
	if (!ready)
		return refused("EID %u does not answer within %u.%03u s. Was it lost? See: mctp stat",
			       msg->peer.eid, msg->wait_ms / 1000, msg->wait_ms % 1000);
	len = ready < 0 ? ready : peer_receive(fd, msg->bytes, MESSAGE_MAX, &from, &extended);
	if (len < 0)
		return refused("cannot receive the answer: %s.", strerror(-len));
	dump_begin(m, msg->format);
	dump_message(m, msg->format, &from, extended, msg->bytes, len);
	print_end(&m->out);
	return STATUS_FINE;
}

static int send_it(struct mctp *m, struct message *msg)
{
	int fd, err, status = STATUS_FINE;

	fd = peer_open(m, &msg->peer);
	if (fd < 0)
		return STATUS_REFUSED;
	stop_catch();
	err = peer_send(fd, &msg->peer, msg->type, msg->tag, msg->bytes, msg->len);
	if (err)
		status = peer_refused(err, &msg->peer);
	else if (msg->wait_ms)
		status = await_answer(m, fd, msg);
	close(fd);
	return status;
}

static int send_run(struct mctp *m, struct args *a)
{
	const char *file = NULL;
	struct message msg = {};
	int status;

	msg.bytes = malloc(MESSAGE_MAX + 1);
	if (!msg.bytes)
		return refused("cannot send: out of memory.");
	status = parse_words(m, a, &msg, &file);
	if (!status && file)
		status = read_file(file, &msg);
	if (!status)
		status = send_it(m, &msg);
	free(msg.bytes);
	return status;
}

const struct object send_object = {
	.name = "send",
	.purpose = "send a message: a request, whose answer is printed, or with a tag a response",
	.synopsis = "EID [type] TYPE [data HEX | size N | file FILE] [integrity] [tag N] [net N] "
		    "[dev DEV [lladdr ADDRESS]] [-W SECONDS] [format hex|quiet|raw|pcap]",
	.run = send_run,
};
