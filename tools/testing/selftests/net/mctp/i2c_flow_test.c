// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over I2C: how long a request keeps a mux, as a program sees it that wants
 * another channel; and that no calls keep it for longer.
 *
 *   root, we are 0x10 ── mux ── one ── 0x1d, which never answers by itself
 *                           └── two ── 0x1e, the same
 */
#include <net/if.h>
#include <signal.h>
#include "mctp_test.h"
#include "mctp_i2c.h"

#define NEAR	8
#define ONE	9
#define TWO	10
#define TYPE	0x05

#define PARAMETERS	"/sys/module/mctp_i2c/parameters/"

/* The bounds that are set here, in ms, and what a slow machine may add */
#define AUTO_MS		1000
#define PREALLOC_MS	2000
/* When the stack takes back a tag that it lent */
#define EXPIRY_MS	6000
#define SLACK_MS	1500
/* What is no wait at all */
#define SOON_MS		500

/* The first test of all: later ones set them, and then back */
TEST(the_bounds_are_what_is_documented)
{
	EXPECT_STREQ("500", file_line(PARAMETERS "flow_ms", ""));
	EXPECT_STREQ("6000", file_line(PARAMETERS "flow_prealloc_ms", ""));
}

FIXTURE(flow) {
	int root, one, two, seg_one;
	int device;		/* an adapter on the first segment */
	int fd;
	const char *dev_one;
	const char *dev_two;
	struct sockaddr_mctp to, to2;
	uint8_t data[4096];
};

FIXTURE_VARIANT(flow) {
	const char *flags;
};

FIXTURE_VARIANT_ADD(flow, parent_locked) {
	.flags = "mctp",
};

FIXTURE_VARIANT_ADD(flow, mux_locked) {
	.flags = "mctp locked",
};

static int bounds(int ms, int prealloc_ms)
{
	char text[16], text2[16];

	snprintf(text, sizeof(text), "%d", ms);
	snprintf(text2, sizeof(text2), "%d", prealloc_ms);
	return file_write(PARAMETERS "flow_ms", text) ?:
	       file_write(PARAMETERS "flow_prealloc_ms", text2);
}

static int ready(const char *dev, uint8_t eid, uint8_t peer, uint8_t lladdr)
{
	return link_up(dev) ?: addr_add(dev, eid) ?:
	       route_add(dev, peer, peer, 0) ?: neigh_add(dev, peer, &lladdr, 1);
}

FIXTURE_SETUP(flow)
{
	ASSERT_EQ(0, sim_do("reset"));
	ASSERT_EQ(0, bounds(AUTO_MS, PREALLOC_MS));
	self->root = sim_adapter(0);
	ASSERT_LE(0, self->root);
	ASSERT_EQ(0, ctl_new(self->root, 0x10));
	ASSERT_EQ(0, sim_do("mux %d 2 %s", self->root, variant->flags));
	self->one = sim_child(self->root, 0);
	self->two = sim_child(self->root, 1);
	self->seg_one = sim_segment(self->one);
	ASSERT_EQ(0, sim_do("target %d 0x1d", self->seg_one));
	ASSERT_EQ(0, sim_do("target %d 0x1e", sim_segment(self->two)));
	self->device = sim_adapter(self->seg_one);
	self->dev_one = ctl_name(self->one);
	self->dev_two = ctl_name(self->two);
	ASSERT_EQ(0, ready(self->dev_one, NEAR, ONE, 0x1d));
	ASSERT_EQ(0, ready(self->dev_two, NEAR + 10, TWO, 0x1e));
	self->fd = sock_new();
	self->to = addr_of(1, ONE, TYPE, OWNER);
	self->to2 = addr_of(1, TWO, TYPE, OWNER);
}

FIXTURE_TEARDOWN(flow)
{
	EXPECT_EQ(0, bounds(500, 6000));
	EXPECT_EQ(0, sim_do("reset"));
}

/* Until a packet to the address is on the wire, as the n-th */
static int on_wire(int addr, int n)
{
	long end = now_ms() + WAIT_MS;
	char word[24];

	snprintf(word, sizeof(word), "write %02x 0 0f", addr);
	while (sim_count(word) < n)
		if (now_ms() > end)
			return -ETIMEDOUT;
		else
			pause_ms(2);
	return 0;
}

/* How long a program waits for the other channel; or a negative error */
static long wait_for_two(int two)
{
	long start = now_ms();
	int err = sim_write(two, 0x1e, "\0", 1);

	return err ?: now_ms() - start;
}

/* The first packet's answer, from the device at ONE */
static int answer(int device, uint8_t tag)
{
	static const uint8_t polynomial = 0x07;
	uint8_t bytes[] = { 0x20, 0x0f, 7, 0x1d << 1 | 1, 1, NEAR, ONE,
			    0xc0 | tag, TYPE, 'r', 0 };
	uint8_t crc = 0;
	size_t i;
	int bit;

	for (i = 0; i < sizeof(bytes) - 1; i++) {
		crc ^= bytes[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc & 0x80 ? crc << 1 ^ polynomial : crc << 1;
	}
	bytes[sizeof(bytes) - 1] = crc;
	return sim_write(device, 0x10, bytes + 1, sizeof(bytes) - 1);
}

/* The tag of the last message on the wire: byte 3 of its packet */
static int last_tag(void)
{
	const char *hex = strrchr(sim_last(), ' ');
	unsigned int byte;

	if (!hex || strlen(hex) < 1 + 2 * 7 ||
	    sscanf(hex + 1 + 2 * 6, "%2x", &byte) != 1)
		return -EINVAL;
	return byte & 7;
}

TEST_F(flow, a_response_that_goes_out_keeps_nothing)
{
	self->to.smctp_tag = 1;
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	EXPECT_GT(SOON_MS, wait_for_two(self->two));
}

TEST_F(flow, a_device_that_does_not_acknowledge_keeps_nothing)
{
	uint8_t nobody = 0x44;

	ASSERT_EQ(0, neigh_del(self->dev_one, ONE));
	ASSERT_EQ(0, neigh_add(self->dev_one, ONE, &nobody, 1));
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(1, ctl_stat_wait(self->dev_one, "tx_nack", 1));
	EXPECT_GT(SOON_MS, wait_for_two(self->two));
	EXPECT_EQ(0, ctl_stat(self->dev_one, "flow_bound"));
}

TEST_F(flow, a_request_keeps_the_mux_for_its_bound)
{
	long ms;

	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	ms = wait_for_two(self->two);
	EXPECT_LE(AUTO_MS - SOON_MS, ms);
	EXPECT_GE(AUTO_MS + SLACK_MS, ms);
	EXPECT_EQ(1, ctl_stat(self->dev_one, "flow_bound"));
}

TEST_F(flow, the_response_frees_it)
{
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	ASSERT_EQ(0, answer(self->device, last_tag()));
	EXPECT_GT(SOON_MS, wait_for_two(self->two));
	EXPECT_EQ(1, recv_from(self->fd, self->data, 8, NULL));
	EXPECT_EQ(0, ctl_stat(self->dev_one, "flow_bound"));
}

TEST_F(flow, another_tags_response_does_not)
{
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	ASSERT_EQ(0, answer(self->device, (last_tag() + 1) & 7));
	EXPECT_LT(AUTO_MS - SOON_MS, wait_for_two(self->two));
	EXPECT_EQ(1, ctl_stat(self->dev_one, "flow_bound"));
}

TEST_F(flow, the_end_of_the_socket_frees_it)
{
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	close(self->fd);
	EXPECT_GT(SOON_MS, wait_for_two(self->two));
	EXPECT_EQ(0, ctl_stat(self->dev_one, "flow_bound"));
}

TEST_F(flow, the_end_of_the_program_frees_it)
{
	pid_t pid = fork();

	if (!pid) {
		send_to(sock_new(), &self->to, "x", 1);
		pause();
	}
	ASSERT_EQ(0, on_wire(0x1d, 1));
	kill(pid, SIGKILL);
	child_wait(pid);
	EXPECT_GT(SOON_MS, wait_for_two(self->two));
}

TEST_F(flow, the_expiry_of_the_tag_frees_it)
{
	long ms;

	ASSERT_EQ(0, bounds(10000, 10000));
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	ms = wait_for_two(self->two);
	EXPECT_LE(EXPIRY_MS - SOON_MS, ms);
	EXPECT_GE(EXPIRY_MS + SLACK_MS, ms);
	EXPECT_EQ(0, ctl_stat(self->dev_one, "flow_bound"));
}

TEST_F(flow, setting_the_device_down_frees_it)
{
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	ASSERT_EQ(0, link_down(self->dev_one));
	EXPECT_GT(SOON_MS, wait_for_two(self->two));
}

TEST_F(flow, removal_does_not_wait_for_it)
{
	int tag = tag_alloc(self->fd, ONE);
	long start;

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, bounds(AUTO_MS, 6000));
	self->to.smctp_tag = tag;
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	start = now_ms();
	ASSERT_EQ(0, sim_do("delete %d", self->root));
	EXPECT_GT(4000, now_ms() - start);
}

TEST_F(flow, a_preallocated_tag_has_a_bound_of_its_own)
{
	int tag = tag_alloc(self->fd, ONE);
	long ms;

	ASSERT_LE(0, tag);
	self->to.smctp_tag = tag;
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	ms = wait_for_two(self->two);
	EXPECT_LE(PREALLOC_MS - SOON_MS, ms);
	EXPECT_GE(PREALLOC_MS + SLACK_MS, ms);
	EXPECT_EQ(1, ctl_stat(self->dev_one, "flow_bound"));
}

TEST_F(flow, a_preallocated_tag_that_is_dropped_or_answered_frees_it)
{
	int tag = tag_alloc(self->fd, ONE);

	ASSERT_LE(0, tag);
	self->to.smctp_tag = tag;
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	ASSERT_EQ(0, answer(self->device, tag & 7));
	EXPECT_GT(SOON_MS, wait_for_two(self->two));
	EXPECT_EQ(1, recv_from(self->fd, self->data, 8, NULL));

	/* the tag is ours still: another request, another flow */
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 2));
	ASSERT_EQ(0, tag_drop(self->fd, ONE, tag));
	EXPECT_GT(SOON_MS, wait_for_two(self->two));
	EXPECT_EQ(0, ctl_stat(self->dev_one, "flow_bound"));
}

TEST_F(flow, requests_to_one_segment_share_it)
{
	long start = now_ms();

	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(1, send_to(self->fd, &self->to, "y", 1));
	ASSERT_EQ(1, send_to(self->fd, &self->to, "z", 1));
	ASSERT_EQ(0, on_wire(0x1d, 3));
	EXPECT_GT(SOON_MS, now_ms() - start);
	EXPECT_EQ(0, ctl_stat(self->dev_one, "flow_bound"));
}

TEST_F(flow, segments_take_turns)
{
	int mine = sock_new();
	long start;

	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	start = now_ms();
	ASSERT_EQ(1, send_to(mine, &self->to2, "x", 1));
	pause_ms(30);
	/* this one does not join: another waits */
	ASSERT_EQ(1, send_to(self->fd, &self->to, "y", 1));
	ASSERT_EQ(0, on_wire(0x1e, 1));
	EXPECT_GE(AUTO_MS + SLACK_MS, now_ms() - start);
	EXPECT_EQ(1, sim_count("write 1d 0 0f"));
	ASSERT_EQ(0, on_wire(0x1d, 2));
}

/* A message with a socket */
static int sock_pass(int to, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = "";
	struct iovec data = { .iov_base = "f", .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &data, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	return sendmsg(to, &msg, 0) == 1 ? 0 : -errno;
}

TEST_F(flow, a_socket_that_no_program_has_keeps_it_for_its_bound)
{
	int tag = tag_alloc(self->fd, ONE), on_its_way[2];
	long ms;

	ASSERT_LE(0, tag);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, on_its_way));
	self->to.smctp_tag = tag;
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	ASSERT_EQ(0, on_wire(0x1d, 1));
	ASSERT_EQ(0, sock_pass(on_its_way[0], self->fd));
	close(self->fd);
	ms = wait_for_two(self->two);
	EXPECT_LE(PREALLOC_MS - SOON_MS, ms);
	EXPECT_GE(PREALLOC_MS + SLACK_MS, ms);
	close(on_its_way[0]);
	close(on_its_way[1]);
}

/* Sockets in turn, more than a peer has tags */
#define SOCKETS	12

/* Whatever keeps a bus: all kinds of requests, over and over */
static void hog(FIXTURE_DATA(flow) *self)
{
	int fd[SOCKETS], any = sock_new(), i, tag;
	struct sockaddr_mctp to = self->to;

	for (i = 0; i < SOCKETS; i++)
		fd[i] = sock_new();
	tag = tag_alloc(any, MCTP_ADDR_ANY);
	for (i = 0; ; i++) {
		to.smctp_tag = OWNER;
		send_to(fd[i % SOCKETS], &to, self->data, i % 5 ? 1 : 2000);
		if (i % 7 == 6) {
			close(fd[i % SOCKETS]);
			fd[i % SOCKETS] = sock_new();
		}
		to.smctp_tag = tag;
		send_to(any, &to, "x", 1);
		if (i % 11 == 10) {
			tag_drop(any, MCTP_ADDR_ANY, tag);
			tag = tag_alloc(any, MCTP_ADDR_ANY);
		}
		pause_ms(i % 13);
	}
}

TEST_F(flow, no_calls_keep_the_bus_for_longer)
{
	/* long ones: of the second variant fewer */
	int rounds = strstr(variant->flags, "locked") ? 2 : 4;
	long ms, start, longest = 0, turn = 0;
	struct link_info info;
	pid_t pid[3];
	int i;

	for (i = 0; i < 3; i++) {
		pid[i] = fork();
		if (!pid[i])
			hog(self);
	}
	ASSERT_EQ(0, on_wire(0x1d, 3));
	for (i = 0; i < rounds; i++) {
		ms = wait_for_two(self->two);
		ASSERT_LE(0, ms);
		if (ms > longest)
			longest = ms;
	}
	/* and requests of ours to the other segment get their turns */
	for (i = 0; i < rounds - 1; i++) {
		start = now_ms();
		ASSERT_EQ(1, send_to(self->fd, &self->to2, "x", 1));
		do {
			pause_ms(2);
			ASSERT_EQ(0, link_get(self->dev_two, &info));
		} while (info.stats.tx_packets == i && now_ms() - start < WAIT_MS);
		ms = now_ms() - start;
		if (ms > turn)
			turn = ms;
	}
	for (i = 0; i < 3; i++) {
		kill(pid[i], SIGKILL);
		child_wait(pid[i]);
	}
	TH_LOG("at most %ld ms, and a turn after %ld ms", longest, turn);
	EXPECT_GE(PREALLOC_MS + SLACK_MS, longest);
	/* after the hold for our last one there, and the other's */
	EXPECT_GE(AUTO_MS + PREALLOC_MS + SLACK_MS, turn);
	/* it was kept at all */
	EXPECT_LT(SOON_MS, longest);
}

TEST_HARNESS_MAIN
