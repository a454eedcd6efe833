// SPDX-License-Identifier: GPL-2.0
/*
 * Conversations with rtnetlink, over libmnl.
 *
 * A dump is collected whole before anything of it is used. Should the table change meanwhile, the
 * kernel says so (NLM_F_DUMP_INTR): what was collected is thrown away and the dump is asked for
 * again, on a fresh socket, so that the rest of the old one cannot be taken for the new.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>

#include "netlink.h"

/* The kernel never makes a dump's message longer than this. */
#define RECEIVE_SIZE 65536

/* The greatest errno that a kernel can answer with. */
#define MAX_ERRNO 4095

/* A table that changes during each of so many attempts is taken as it is not to be had. */
#define DUMP_ATTEMPTS 50

/**
 * nl_open - open a netlink socket in the current network namespace
 * @nl: the socket
 * @verbose: show every message on stderr
 *
 * Return: 0 or a negative errno.
 */
int nl_open(struct nl *nl, bool verbose)
{
	int on = 1;

	nl->verbose = verbose;
	nl->sk = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!nl->sk)
		return -errno;
	if (mnl_socket_bind(nl->sk, 0, MNL_SOCKET_AUTOPID) < 0) {
		int err = -errno;

		nl_close(nl);
		return err;
	}
	/* Kernels that lack one of these work without, only less helpfully. */
	mnl_socket_setsockopt(nl->sk, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sk, NETLINK_CAP_ACK, &on, sizeof(on));
	nl->strict = !mnl_socket_setsockopt(nl->sk, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return 0;
}

/**
 * nl_close - close the socket; harmless if it is not open
 */
void nl_close(struct nl *nl)
{
	if (nl->sk)
		mnl_socket_close(nl->sk);
	nl->sk = NULL;
}

/**
 * nl_message - begin a request
 * @nl: the socket, which has the room for it
 * @type: RTM_*
 * @flags: NLM_F_* beyond NLM_F_REQUEST
 *
 * Return: the request, to be filled; it lives until the next call.
 */
struct nlmsghdr *nl_message(struct nl *nl, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh;

	memset(nl->request, 0, sizeof(nl->request));
	nlh = mnl_nlmsg_put_header(nl->request);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	return nlh;
}

static int store_add(struct nl_store *store, const struct nlmsghdr *nlh)
{
	size_t len = MNL_ALIGN(nlh->nlmsg_len);
	char *bytes;

	if (store->room - store->len < len) {
		size_t room = store->room * 2 + len + RECEIVE_SIZE;

		bytes = realloc(store->bytes, room);
		if (!bytes)
			return -ENOMEM;
		store->bytes = bytes;
		store->room = room;
	}
	memset(store->bytes + store->len, 0, len);
	memcpy(store->bytes + store->len, nlh, nlh->nlmsg_len);
	store->len += len;
	return 0;
}

/**
 * nl_store_first - begin a walk over the messages, for nl_store_for_each()
 * @store: the messages
 * @left: gets how many bytes there are
 */
const struct nlmsghdr *nl_store_first(const struct nl_store *store, int *left)
{
	*left = store->len;
	return (const struct nlmsghdr *)store->bytes;
}

/**
 * nl_store_free - let go of the messages
 */
void nl_store_free(struct nl_store *store)
{
	free(store->bytes);
	*store = (struct nl_store){};
}

/* What a callback of libmnl gets. */
struct exchange {
	struct nl *nl;
	struct nl_store *store;
};

static int take_sentence(const struct nlattr *attr, void *data)
{
	struct nl *nl = data;
	size_t len;

	if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_MSG ||
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return MNL_CB_OK;
	snprintf(nl->sentence, sizeof(nl->sentence), "%s", mnl_attr_get_str(attr));
	len = strlen(nl->sentence);
	if (len && nl->sentence[len - 1] == '.')
		nl->sentence[len - 1] = '\0';
	return MNL_CB_OK;
}

/*
 * An end to the conversation: @error of the kernel's, and its sentence behind @offset bytes of
 * payload.
 */
static int finish(const struct nlmsghdr *nlh, struct nl *nl, int error, size_t offset)
{
	if ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) && mnl_nlmsg_get_payload_len(nlh) >= offset)
		mnl_attr_parse(nlh, offset, take_sentence, nl);
	if (!error)
		return MNL_CB_STOP;
	errno = error < 0 && error >= -MAX_ERRNO ? -error : EBADMSG;
	return MNL_CB_ERROR;
}

static int on_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	struct exchange *x = data;
	size_t offset = sizeof(*err);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err)) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	/* Without NLM_F_CAPPED our request stands between the error and its attributes. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && err->msg.nlmsg_len > sizeof(err->msg))
		offset += MNL_ALIGN(err->msg.nlmsg_len - sizeof(err->msg));
	return finish(nlh, x->nl, err->error, offset);
}

static int on_done(const struct nlmsghdr *nlh, void *data)
{
	struct exchange *x = data;
	int error = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	return finish(nlh, x->nl, error, sizeof(error));
}

static int on_message(const struct nlmsghdr *nlh, void *data)
{
	struct exchange *x = data;
	int err;

	if (!x->store)
		return MNL_CB_OK;
	err = store_add(x->store, nlh);
	if (!err)
		return MNL_CB_OK;
	errno = -err;
	return MNL_CB_ERROR;
}

/* Return: length of the fixed part that stands before the attributes of a message. */
static size_t header_length(const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
	case RTM_GETLINK:
	case RTM_SETLINK:
		return sizeof(struct ifinfomsg);
	case RTM_NEWADDR:
	case RTM_DELADDR:
	case RTM_GETADDR:
		return sizeof(struct ifaddrmsg);
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
	case RTM_GETROUTE:
		return sizeof(struct rtmsg);
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
	case RTM_GETNEIGH:
		return sizeof(struct ndmsg);
	default:
		return 0;
	}
}

/* libmnl's dump of a message, without the colours that it always has. */
static void show_message(const struct nlmsghdr *nlh)
{
	char *text = NULL, *at;
	size_t len;
	FILE *file;

	file = open_memstream(&text, &len);
	if (!file)
		return;
	mnl_nlmsg_fprintf(file, nlh, nlh->nlmsg_len, header_length(nlh));
	if (!fclose(file)) {
		for (at = text; *at; at++) {
			if (*at != '\033')
				putc(*at, stderr);
			else if (strchr(at, 'm'))
				at = strchr(at, 'm');
		}
	}
	free(text);
}

static void show(const struct nl *nl, const void *bytes, int left, const char *direction)
{
	const struct nlmsghdr *nlh;

	if (!nl->verbose)
		return;
	for (nlh = bytes; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		fprintf(stderr, "%s %u bytes\n", direction, nlh->nlmsg_len);
		show_message(nlh);
	}
}

/**
 * nl_well_formed - do the messages fit into what was received?
 * @bytes: what was received
 * @len: how many bytes
 *
 * To be asked first, as mnl_nlmsg_ok() takes lengths from 2 GiB on for negative ones.
 */
bool nl_well_formed(const void *bytes, size_t len)
{
	const char *at = bytes;
	struct nlmsghdr nlh;

	while (len >= sizeof(nlh)) {
		memcpy(&nlh, at, sizeof(nlh));
		if (nlh.nlmsg_len < sizeof(nlh) || nlh.nlmsg_len > len)
			return false;
		if (MNL_ALIGN(nlh.nlmsg_len) >= len)
			return true;
		at += MNL_ALIGN(nlh.nlmsg_len);
		len -= MNL_ALIGN(nlh.nlmsg_len);
	}
	return !len;
}

/* An interrupted dump shows in the flags of any of its messages. */
static bool is_interrupted(const void *bytes, int left)
{
	const struct nlmsghdr *nlh;

	for (nlh = bytes; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			return true;
	}
	return false;
}

static int receive(struct nl *nl, struct nl_store *store, char *buffer)
{
	static mnl_cb_t control[NLMSG_MIN_TYPE] = {
		[NLMSG_ERROR] = on_error,
		[NLMSG_DONE] = on_done,
	};
	struct exchange x = { .nl = nl, .store = store };
	unsigned int port = mnl_socket_get_portid(nl->sk);
	ssize_t len;
	int more;

	do {
		do {
			len = mnl_socket_recvfrom(nl->sk, buffer, RECEIVE_SIZE);
		} while (len < 0 && errno == EINTR);
		if (len < 0)
			return -errno;
		if (!nl_well_formed(buffer, len))
			return -EBADMSG;
		show(nl, buffer, len, "received");
		if (is_interrupted(buffer, len)) {
			nl->interrupted = true;
			return -EINTR;
		}
		more = mnl_cb_run2(buffer, len, nl->seq, port, on_message, &x, control,
				   NLMSG_MIN_TYPE);
		if (more < 0)
			return -errno;
	} while (more > MNL_CB_STOP);
	return 0;
}

static int exchange(struct nl *nl, struct nlmsghdr *nlh, struct nl_store *store)
{
	char *buffer;
	int err;

	nl->interrupted = false;
	nl->sentence[0] = '\0';
	nlh->nlmsg_seq = ++nl->seq;
	show(nl, nlh, nlh->nlmsg_len, "sent");
	if (mnl_socket_sendto(nl->sk, nlh, nlh->nlmsg_len) < 0)
		return -errno;

	buffer = malloc(RECEIVE_SIZE);
	if (!buffer)
		return -ENOMEM;
	err = receive(nl, store, buffer);
	free(buffer);
	return err;
}

/**
 * nl_talk - send a request and wait for the kernel's verdict
 * @nl: the socket
 * @nlh: the request
 * @answer: gets the messages that come back before the verdict; NULL to leave them
 *
 * Return: 0 or a negative errno; the kernel's sentence, also a warning on success, is in @nl.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, struct nl_store *answer)
{
	int err;

	nlh->nlmsg_flags |= NLM_F_ACK;
	err = exchange(nl, nlh, answer);
	if (!err && nl->sentence[0])
		fprintf(stderr, "mctp: the kernel warns: %s.\n", nl->sentence);
	return err;
}

/**
 * nl_dump - read a whole table
 * @nl: the socket
 * @nlh: the request
 * @table: gets the messages; freed and empty after an error
 *
 * Return: 0 or a negative errno, -EAGAIN when the table would not stand still.
 */
int nl_dump(struct nl *nl, struct nlmsghdr *nlh, struct nl_store *table)
{
	int attempt, err;

	nlh->nlmsg_flags |= NLM_F_DUMP;
	for (attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
		err = exchange(nl, nlh, table);
		if (!err)
			return 0;
		nl_store_free(table);
		if (!nl->interrupted)
			return err;
		nl_close(nl);
		err = nl_open(nl, nl->verbose);
		if (err)
			return err;
	}
	return -EAGAIN;
}

static int take_attr(const struct nlattr *attr, void *data)
{
	struct nl_attrs *attrs = data;

	if (mnl_attr_get_type(attr) <= attrs->max)
		attrs->tb[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

/**
 * nl_attrs_parse - sort the attributes of a message by number
 * @nlh: the message, of any origin
 * @header: length of the fixed part before the attributes; a shorter message has none
 * @attrs: gets them
 */
void nl_attrs_parse(const struct nlmsghdr *nlh, size_t header, struct nl_attrs *attrs)
{
	memset(attrs, 0, sizeof(*attrs));
	attrs->max = MNL_ARRAY_SIZE(attrs->tb) - 1;
	if (mnl_nlmsg_get_payload_len(nlh) >= header)
		mnl_attr_parse(nlh, header, take_attr, attrs);
}

/**
 * nl_attrs_parse_nested - sort the attributes inside another
 * @nest: the outer attribute, may be NULL
 * @attrs: gets them
 */
void nl_attrs_parse_nested(const struct nlattr *nest, struct nl_attrs *attrs)
{
	memset(attrs, 0, sizeof(*attrs));
	attrs->max = MNL_ARRAY_SIZE(attrs->tb) - 1;
	if (nest)
		mnl_attr_parse_nested(nest, take_attr, attrs);
}

/**
 * nl_attr_u8 - read an attribute of one byte
 *
 * Return: false, and @value untouched, when it is absent or of another length.
 */
bool nl_attr_u8(const struct nl_attrs *attrs, uint16_t type, uint8_t *value)
{
	const struct nlattr *attr = attrs->tb[type];

	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(*value))
		return false;
	*value = mnl_attr_get_u8(attr);
	return true;
}

/**
 * nl_attr_u32 - read an attribute of four bytes
 *
 * Return: false, and @value untouched, when it is absent or of another length.
 */
bool nl_attr_u32(const struct nl_attrs *attrs, uint16_t type, uint32_t *value)
{
	const struct nlattr *attr = attrs->tb[type];

	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(*value))
		return false;
	*value = mnl_attr_get_u32(attr);
	return true;
}
