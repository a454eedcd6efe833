// SPDX-License-Identifier: GPL-2.0
/*
 * A program's side of rtnetlink; client.h says what each function does.
 *
 * The kernel's side is done when a send returns, and its answer is there.
 */
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include "client.h"

/* Room for the attributes of any request */
#define MCTP_CLIENT_REQUEST	1024

static void mctp_client_close(struct kunit_resource *res)
{
	struct mctp_client *client = res->data;

	kfree_skb(client->request);
	sock_release(client->sock);
}

static void mctp_client_set(struct kunit *test, struct mctp_client *client,
			    int option, int value)
{
	int err;

	err = client->sock->ops->setsockopt(client->sock, SOL_NETLINK, option,
					    KERNEL_SOCKPTR(&value),
					    sizeof(value));
	KUNIT_ASSERT_EQ(test, err, 0);
}

struct mctp_client *mctp_client_open(struct kunit *test)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	struct mctp_client *client;
	int err;

	client = kunit_kzalloc(test, sizeof(*client), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, client);
	err = sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE,
			       &client->sock);
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_NOT_NULL(test,
			      kunit_alloc_resource(test, NULL, mctp_client_close,
						   GFP_KERNEL, client));
	/* without a port of its own it is not told what others do */
	err = kernel_bind(client->sock, (void *)&any, sizeof(any));
	KUNIT_ASSERT_EQ(test, err, 0);
	mctp_client_set(test, client, NETLINK_EXT_ACK, 1);
	mctp_client_set(test, client, NETLINK_CAP_ACK, 1);
	mctp_client_strict(test, client, true);
	return client;
}

void mctp_client_strict(struct kunit *test, struct mctp_client *client,
			bool on)
{
	mctp_client_set(test, client, NETLINK_GET_STRICT_CHK, on);
}

void mctp_client_join(struct kunit *test, struct mctp_client *client,
		      unsigned int group)
{
	mctp_client_set(test, client, NETLINK_ADD_MEMBERSHIP, group);
}

void mctp_client_begin(struct kunit *test, struct mctp_client *client,
		       u16 type, u16 flags, const void *hdr, size_t len)
{
	struct nlmsghdr *nlh;

	kfree_skb(client->request);
	client->request = nlmsg_new(MCTP_CLIENT_REQUEST, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, client->request);
	nlh = nlmsg_put(client->request, 0, ++client->seq, type, len,
			NLM_F_REQUEST | flags);
	KUNIT_ASSERT_NOT_NULL(test, nlh);
	memcpy(nlmsg_data(nlh), hdr, len);
}

void mctp_client_put(struct kunit *test, struct mctp_client *client, u16 type,
		     const void *data, size_t len)
{
	KUNIT_ASSERT_EQ(test, nla_put(client->request, type, len, data), 0);
	nlmsg_end(client->request, nlmsg_hdr(client->request));
}

void mctp_client_put_raw(struct kunit *test, struct mctp_client *client,
			 const void *data, size_t len)
{
	KUNIT_ASSERT_GE(test, (size_t)skb_tailroom(client->request), len);
	skb_put_data(client->request, data, len);
	nlmsg_end(client->request, nlmsg_hdr(client->request));
}

struct nlattr *mctp_client_nest(struct kunit *test, struct mctp_client *client,
				u16 type)
{
	struct nlattr *nest = nla_nest_start(client->request, type);

	KUNIT_ASSERT_NOT_NULL(test, nest);
	return nest;
}

void mctp_client_nest_end(struct mctp_client *client, struct nlattr *nest)
{
	nla_nest_end(client->request, nest);
	nlmsg_end(client->request, nlmsg_hdr(client->request));
}

void mctp_client_send(struct kunit *test, struct mctp_client *client)
{
	/* an address, or the kernel would ask who has opened the socket */
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
	};
	struct kvec vec = {
		.iov_base = client->request->data,
		.iov_len = client->request->len,
	};
	int n;

	*client->sentence = 0;
	client->bad_attr = 0;
	n = kernel_sendmsg(client->sock, &msg, &vec, 1, vec.iov_len);
	KUNIT_ASSERT_EQ(test, n, (int)vec.iov_len);
}

/* Bytes of the next datagram, or a negative error */
static int mctp_client_recv(struct mctp_client *client)
{
	struct kvec vec = {
		.iov_base = client->part,
		.iov_len = sizeof(client->part),
	};
	struct msghdr msg = {};

	return kernel_recvmsg(client->sock, &msg, &vec, 1, vec.iov_len,
			      MSG_DONTWAIT);
}

/* The extended ack that follows @len bytes of an answer's own */
static void mctp_client_read_ack(struct mctp_client *client,
				 const struct nlmsghdr *nlh, size_t len)
{
	const struct nlmsghdr *request = nlmsg_hdr(client->request);
	const struct nlattr *attr;
	u32 at;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	attr = nlmsg_find_attr(nlh, len, NLMSGERR_ATTR_MSG);
	if (attr)
		nla_strscpy(client->sentence, attr, sizeof(client->sentence));
	attr = nlmsg_find_attr(nlh, len, NLMSGERR_ATTR_OFFS);
	at = attr ? nla_get_u32(attr) : 0;
	if (at && at + NLA_HDRLEN <= request->nlmsg_len)
		client->bad_attr = nla_type((void *)request + at);
}

/* The answer's first message, which is an error's or what was asked for */
static const struct nlmsghdr *mctp_client_answer(struct kunit *test,
						 struct mctp_client *client)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)client->part;
	int n = mctp_client_recv(client);

	KUNIT_ASSERT_GE(test, n, 0);
	KUNIT_ASSERT_TRUE(test, nlmsg_ok(nlh, n));
	KUNIT_EXPECT_EQ(test, nlh->nlmsg_seq, client->seq);
	return nlh;
}

static int mctp_client_error(struct kunit *test, struct mctp_client *client,
			     const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *error = nlmsg_data(nlh);

	KUNIT_ASSERT_EQ(test, (int)nlh->nlmsg_type, NLMSG_ERROR);
	mctp_client_read_ack(client, nlh, sizeof(*error));
	return error->error;
}

int mctp_client_talk(struct kunit *test, struct mctp_client *client)
{
	int err;

	nlmsg_hdr(client->request)->nlmsg_flags |= NLM_F_ACK;
	mctp_client_send(test, client);
	err = mctp_client_error(test, client, mctp_client_answer(test, client));
	/* that is all */
	KUNIT_EXPECT_EQ(test, mctp_client_recv(client), -EAGAIN);
	return err;
}

const struct nlmsghdr *mctp_client_get(struct kunit *test,
				       struct mctp_client *client)
{
	const struct nlmsghdr *nlh;
	int err;

	mctp_client_send(test, client);
	nlh = mctp_client_answer(test, client);
	if (nlh->nlmsg_type != NLMSG_ERROR)
		return nlh;
	err = mctp_client_error(test, client, nlh);
	return ERR_PTR(err ?: -ENODATA);
}

int mctp_client_read(struct kunit *test, struct mctp_client *client,
		     mctp_client_fn fn, void *data)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)client->part;
	int left = mctp_client_recv(client);
	const int *err;

	KUNIT_ASSERT_GT(test, left, 0);
	for (; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left)) {
		KUNIT_EXPECT_EQ(test, nlh->nlmsg_seq, client->seq);
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return mctp_client_error(test, client, nlh);
		KUNIT_EXPECT_TRUE(test, nlh->nlmsg_flags & NLM_F_MULTI);
		if (nlh->nlmsg_type == NLMSG_DONE) {
			err = nlmsg_data(nlh);
			client->done_flags = nlh->nlmsg_flags;
			mctp_client_read_ack(client, nlh, sizeof(*err));
			return *err;
		}
		fn(nlh, data);
	}
	KUNIT_EXPECT_EQ(test, left, 0);
	return 1;
}

const struct nlmsghdr *mctp_client_notified(struct kunit *test,
					    struct mctp_client *client)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)client->part;
	int n = mctp_client_recv(client);

	if (n == -EAGAIN)
		return NULL;
	KUNIT_ASSERT_GE(test, n, 0);
	KUNIT_ASSERT_TRUE(test, nlmsg_ok(nlh, n));
	return nlh;
}
