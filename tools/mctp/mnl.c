// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of libmnl that this command makes, for a static program where there is no libmnl.a.
 *
 * Debian has libmnl only as a shared library. `make STATIC=1` links this file in its place there;
 * every other build takes the system's. The prototypes are those of <libmnl/libmnl.h>.
 *
 * libmnl leaves it to its caller that a request fits into its memory. Here each piece that is put
 * into one is checked against NL_REQUEST_SIZE, which all requests of this command have.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netlink.h"

struct mnl_socket {
	int fd;
	struct sockaddr_nl addr;
};

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	struct mnl_socket *nl = calloc(1, sizeof(*nl));
	int err;

	if (!nl)
		return NULL;
	nl->fd = socket(AF_NETLINK, SOCK_RAW | flags, bus);
	if (nl->fd < 0) {
		err = errno;
		free(nl);
		errno = err;
		return NULL;
	}
	return nl;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	socklen_t len = sizeof(nl->addr);

	nl->addr = (struct sockaddr_nl){
		.nl_family = AF_NETLINK,
		.nl_groups = groups,
		.nl_pid = pid,
	};
	if (bind(nl->fd, (struct sockaddr *)&nl->addr, sizeof(nl->addr)) ||
	    getsockname(nl->fd, (struct sockaddr *)&nl->addr, &len))
		return -1;
	if (len == sizeof(nl->addr) && nl->addr.nl_family == AF_NETLINK)
		return 0;
	errno = EINVAL;
	return -1;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	int result = close(nl->fd);

	free(nl);
	return result;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	return nl->fd;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	return nl->addr.nl_pid;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *req, size_t siz)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(nl->fd, req, siz, 0, (struct sockaddr *)&kernel, sizeof(kernel));
}

/* What does not fit is an error: the rest of a cut message would be lost in silence. */
ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t siz)
{
	struct sockaddr_nl from;
	struct iovec piece = { .iov_base = buf, .iov_len = siz };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &piece,
		.msg_iovlen = 1,
	};
	ssize_t len = recvmsg(nl->fd, &msg, 0);

	if (len < 0)
		return -1;
	if (msg.msg_flags & MSG_TRUNC)
		errno = ENOSPC;
	else if (msg.msg_namelen != sizeof(from))
		errno = EINVAL;
	else
		return len;
	return -1;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t len)
{
	return setsockopt(nl->fd, SOL_NETLINK, type, buf, len);
}

void *mnl_nlmsg_get_payload(const struct nlmsghdr *nlh)
{
	return (char *)nlh + MNL_NLMSG_HDRLEN;
}

size_t mnl_nlmsg_get_payload_len(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_len < MNL_NLMSG_HDRLEN ? 0 : nlh->nlmsg_len - MNL_NLMSG_HDRLEN;
}

bool mnl_nlmsg_ok(const struct nlmsghdr *nlh, int len)
{
	return len >= (int)sizeof(*nlh) && nlh->nlmsg_len >= sizeof(*nlh) &&
	       nlh->nlmsg_len <= (unsigned int)len;
}

struct nlmsghdr *mnl_nlmsg_next(const struct nlmsghdr *nlh, int *len)
{
	*len -= MNL_ALIGN(nlh->nlmsg_len);
	return (struct nlmsghdr *)((char *)nlh + MNL_ALIGN(nlh->nlmsg_len));
}

static char *tail(const struct nlmsghdr *nlh)
{
	return (char *)nlh + MNL_ALIGN(nlh->nlmsg_len);
}

/*
 * Room of @size bytes at the end of a request, zeroed. No command line brings a request near the
 * bound.
 */
static void *reserve(struct nlmsghdr *nlh, size_t size)
{
	size_t used = MNL_ALIGN(nlh->nlmsg_len);
	char *room = tail(nlh);

	if (used > NL_REQUEST_SIZE || size > NL_REQUEST_SIZE - used) {
		fputs("mctp: a netlink request does not fit into its memory.\n", stderr);
		abort();
	}
	memset(room, 0, size);
	nlh->nlmsg_len = used + size;
	return room;
}

struct nlmsghdr *mnl_nlmsg_put_header(void *buf)
{
	struct nlmsghdr *nlh = buf;

	memset(nlh, 0, MNL_NLMSG_HDRLEN);
	nlh->nlmsg_len = MNL_NLMSG_HDRLEN;
	return nlh;
}

void *mnl_nlmsg_put_extra_header(struct nlmsghdr *nlh, size_t size)
{
	return reserve(nlh, MNL_ALIGN(size));
}

uint16_t mnl_attr_get_type(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

uint16_t mnl_attr_get_payload_len(const struct nlattr *attr)
{
	return attr->nla_len < MNL_ATTR_HDRLEN ? 0 : attr->nla_len - MNL_ATTR_HDRLEN;
}

void *mnl_attr_get_payload(const struct nlattr *attr)
{
	return (char *)attr + MNL_ATTR_HDRLEN;
}

uint8_t mnl_attr_get_u8(const struct nlattr *attr)
{
	return *(uint8_t *)mnl_attr_get_payload(attr);
}

uint32_t mnl_attr_get_u32(const struct nlattr *attr)
{
	uint32_t value;

	memcpy(&value, mnl_attr_get_payload(attr), sizeof(value));
	return value;
}

const char *mnl_attr_get_str(const struct nlattr *attr)
{
	return mnl_attr_get_payload(attr);
}

void mnl_attr_put(struct nlmsghdr *nlh, uint16_t type, size_t len, const void *data)
{
	struct nlattr *attr;

	/* Before anything is added to it, so that nothing overflows. */
	if (len > NL_REQUEST_SIZE)
		abort();
	attr = reserve(nlh, MNL_ATTR_HDRLEN + MNL_ALIGN(len));
	attr->nla_type = type;
	attr->nla_len = MNL_ATTR_HDRLEN + len;
	memcpy(mnl_attr_get_payload(attr), data, len);
}

void mnl_attr_put_u8(struct nlmsghdr *nlh, uint16_t type, uint8_t data)
{
	mnl_attr_put(nlh, type, sizeof(data), &data);
}

void mnl_attr_put_u32(struct nlmsghdr *nlh, uint16_t type, uint32_t data)
{
	mnl_attr_put(nlh, type, sizeof(data), &data);
}

void mnl_attr_put_str(struct nlmsghdr *nlh, uint16_t type, const char *data)
{
	mnl_attr_put(nlh, type, strlen(data), data);
}

void mnl_attr_put_strz(struct nlmsghdr *nlh, uint16_t type, const char *data)
{
	mnl_attr_put(nlh, type, strlen(data) + 1, data);
}

struct nlattr *mnl_attr_nest_start(struct nlmsghdr *nlh, uint16_t type)
{
	struct nlattr *start = reserve(nlh, MNL_ATTR_HDRLEN);

	start->nla_type = NLA_F_NESTED | type;
	return start;
}

void mnl_attr_nest_end(struct nlmsghdr *nlh, struct nlattr *start)
{
	start->nla_len = tail(nlh) - (char *)start;
}

/* Of the types only the one that the command asks for. */
int mnl_attr_validate(const struct nlattr *attr, enum mnl_attr_data_type type)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (type == MNL_TYPE_NUL_STRING && len && !mnl_attr_get_str(attr)[len - 1])
		return 0;
	errno = type == MNL_TYPE_NUL_STRING ? EINVAL : EOPNOTSUPP;
	return -1;
}

/* Attributes from @at to before @end; one that goes beyond it ends the walk. */
static int parse_attrs(const char *at, const char *end, mnl_attr_cb_t cb, void *data)
{
	const struct nlattr *attr;
	int result = MNL_CB_OK;

	while (result > MNL_CB_STOP && at <= end && (size_t)(end - at) >= sizeof(*attr)) {
		attr = (const struct nlattr *)at;
		if (attr->nla_len < sizeof(*attr) || attr->nla_len > end - at)
			break;
		result = cb(attr, data);
		at += MNL_ALIGN(attr->nla_len);
	}
	return result;
}

int mnl_attr_parse(const struct nlmsghdr *nlh, unsigned int offset, mnl_attr_cb_t cb, void *data)
{
	const char *payload = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (MNL_ALIGN(offset) > len)
		return MNL_CB_OK;
	return parse_attrs(payload + MNL_ALIGN(offset), payload + len, cb, data);
}

int mnl_attr_parse_nested(const struct nlattr *attr, mnl_attr_cb_t cb, void *data)
{
	const char *payload = mnl_attr_get_payload(attr);

	return parse_attrs(payload, payload + mnl_attr_get_payload_len(attr), cb, data);
}

/* Zero stands for "whatever": a message that the kernel sends by itself has neither. */
static bool is_ours(uint32_t theirs, uint32_t ours)
{
	return !theirs || !ours || theirs == ours;
}

/* Return: 0 for a part of the answer, or the errno that says why it is none. */
static int why_not(const struct nlmsghdr *nlh, unsigned int seq, unsigned int portid)
{
	if (!is_ours(nlh->nlmsg_pid, portid))
		return ESRCH;
	if (!is_ours(nlh->nlmsg_seq, seq))
		return EPROTO;
	return nlh->nlmsg_flags & NLM_F_DUMP_INTR ? EINTR : 0;
}

static int run_one(const struct nlmsghdr *nlh, mnl_cb_t cb, mnl_cb_t *control, unsigned int n,
		   void *data)
{
	if (nlh->nlmsg_type < NLMSG_MIN_TYPE)
		cb = nlh->nlmsg_type < n ? control[nlh->nlmsg_type] : NULL;
	return cb ? cb(nlh, data) : MNL_CB_OK;
}

int mnl_cb_run2(const void *buf, size_t numbytes, unsigned int seq, unsigned int portid,
		mnl_cb_t cb_data, void *data, mnl_cb_t *cb_ctl_array,
		unsigned int cb_ctl_array_len)
{
	const struct nlmsghdr *nlh = buf;
	int result = MNL_CB_OK;
	int left = numbytes;

	for (; result > MNL_CB_STOP && mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		errno = why_not(nlh, seq, portid);
		if (errno)
			return MNL_CB_ERROR;
		result = run_one(nlh, cb_data, cb_ctl_array, cb_ctl_array_len, data);
	}
	return result;
}

/* For --verbose: the header in words, the rest as it is, sixteen bytes a line. */
void mnl_nlmsg_fprintf(FILE *fd, const void *data, size_t datalen, size_t extra_header_size)
{
	const struct nlmsghdr *nlh = data;
	const unsigned char *bytes = data;
	size_t i;

	(void)extra_header_size;
	if (datalen < sizeof(*nlh))
		return;
	fprintf(fd, "length %u type %u flags 0x%x sequence %u port %u", nlh->nlmsg_len,
		nlh->nlmsg_type, nlh->nlmsg_flags, nlh->nlmsg_seq, nlh->nlmsg_pid);
	for (i = sizeof(*nlh); i < datalen; i++)
		fprintf(fd, "%s%02x", (i - sizeof(*nlh)) % 16 ? " " : "\n  ", bytes[i]);
	fputc('\n', fd);
}
