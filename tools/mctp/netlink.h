/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conversations with rtnetlink, over libmnl: one request and its answer, or a whole table.
 */
#ifndef MCTP_TOOL_NETLINK_H
#define MCTP_TOOL_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

/* Room for a request; the longest, a vmctp pair with every option, takes under 512 bytes. */
#define NL_REQUEST_SIZE 4096

/**
 * struct nl - a netlink socket
 * @sk: the socket, NULL while not open
 * @seq: number of the last request
 * @strict: the kernel checks dump requests and filters by them
 * @verbose: show every message on stderr
 * @interrupted: the table changed while it was being read
 * @sentence: what the kernel said about the last request, empty if nothing
 * @request: room for a request
 */
struct nl {
	struct mnl_socket *sk;
	uint32_t seq;
	bool strict;
	bool verbose;
	bool interrupted;
	char sentence[256];
	char request[NL_REQUEST_SIZE] __attribute__((aligned(8)));
};

/**
 * struct nl_store - messages of an answer, one behind the other
 * @bytes: the messages, owned
 * @len: how many bytes they take
 * @room: how many bytes are allocated
 */
struct nl_store {
	char *bytes;
	size_t len;
	size_t room;
};

/**
 * struct nl_attrs - the attributes of a message by their number
 * @max: greatest number that is kept
 * @tb: one slot a number, up to @max
 */
struct nl_attrs {
	uint16_t max;
	const struct nlattr *tb[64];
};

int nl_open(struct nl *nl, bool verbose);
void nl_close(struct nl *nl);

struct nlmsghdr *nl_message(struct nl *nl, uint16_t type, uint16_t flags);
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, struct nl_store *answer);
int nl_dump(struct nl *nl, struct nlmsghdr *nlh, struct nl_store *table);

bool nl_well_formed(const void *bytes, size_t len);
const struct nlmsghdr *nl_store_first(const struct nl_store *store, int *left);

/* Walk over the messages; @left counts the bytes that remain. */
#define nl_store_for_each(nlh, left, store)                                 \
	for (nlh = nl_store_first(store, &(left)); mnl_nlmsg_ok(nlh, left); \
	     nlh = mnl_nlmsg_next(nlh, &(left)))

void nl_store_free(struct nl_store *store);

void nl_attrs_parse(const struct nlmsghdr *nlh, size_t header, struct nl_attrs *attrs);
void nl_attrs_parse_nested(const struct nlattr *nest, struct nl_attrs *attrs);
bool nl_attr_u8(const struct nl_attrs *attrs, uint16_t type, uint8_t *value);
bool nl_attr_u32(const struct nl_attrs *attrs, uint16_t type, uint32_t *value);

#endif
