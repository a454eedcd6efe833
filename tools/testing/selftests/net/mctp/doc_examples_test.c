// SPDX-License-Identifier: GPL-2.0
/*
 * The C examples of Documentation/networking/mctp.rst, as a reader has them:
 * with the system's <linux/mctp.h>, and each is run. One that no test here
 * calls is an unused function, and with -Werror that fails the build.
 */
#include "doc_examples.h"	/* before all else: they bring their own includes */

#include "mctp_test.h"

#define LOCAL		8
#define PEER		20
#define TYPE		1	/* that of request() */
#define LLADDR		0x1d

FIXTURE(examples) {
	int bus;
	struct stats before;
};

FIXTURE_SETUP(examples)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", LOCAL));
	self->bus = tun_bus("bus", PEER, PEER + 9);
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, stats_read(&self->before));
}

FIXTURE_TEARDOWN(examples)
{
}

static int ifindex_of(const char *dev)
{
	struct link_info info;

	return link_get(dev, &info) ?: info.ifindex;
}

TEST_F(examples, request_gets_what_answer_one_sends)
{
	unsigned char out[3000], in[sizeof(out) + 1];
	int responder = listen_for(TYPE), sd = sock_new();
	pid_t pid;

	ASSERT_LE(0, responder);
	pattern(out, sizeof(out), 1);
	pid = fork();
	if (!pid)
		_exit(answer_one(responder) == sizeof(out) ? 0 : 1);
	EXPECT_EQ((ssize_t)sizeof(out), request(sd, LOCAL, out, sizeof(out),
						in, sizeof(in)));
	EXPECT_TRUE(pattern_is(in, sizeof(out), 1));
	EXPECT_EQ(0, child_wait(pid));
	EXPECT_DROPS(&self->before, "");

	/* and it says so when there is no way */
	EXPECT_EQ(-1, request(sd, 200, out, 1, in, sizeof(in)));
	EXPECT_EQ(EHOSTUNREACH, errno);
	/* a type has one listener */
	EXPECT_EQ(-1, listen_for(TYPE));
	EXPECT_EQ(EADDRINUSE, errno);
}

TEST_F(examples, take_only_takes_only_that)
{
	struct sockaddr_mctp to = addr_of(1, LOCAL, TYPE, OWNER);
	int sd = listen_for(TYPE);
	char got[4];

	ASSERT_LE(0, sd);
	ASSERT_EQ(0, take_only(sd, 'b'));
	ASSERT_EQ(2, send_to(sock_new(), &to, "ab", 2));
	EXPECT_DROPS(&self->before, "drop_filter=1");
	ASSERT_EQ(2, send_to(sock_new(), &to, "bc", 2));
	ASSERT_EQ(2, recv_from(sd, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "bc", 2));
	EXPECT_EQ(0, recv_none(sd));
}

/* At the far end: an endpoint that has no EID yet says which it will have */
static int answer_get_endpoint_id(uint8_t code)
{
	const uint8_t answer[] = { 0x00, 0x02, code, PEER, 0x00, 0x00 };
	int sd = sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, 0);
	struct sockaddr_mctp_ext from;
	int on = 1;
	char got[8];

	setsockopt(sd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, sizeof(on));
	if (sd < 0 || recv_from_ext(sd, got, sizeof(got), &from) != 2 ||
	    memcmp(got, "\x80\x02", 2))
		return 1;
	from.smctp_base.smctp_tag &= ~OWNER;
	return sendto(sd, answer, sizeof(answer), 0, (void *)&from,
		      sizeof(from)) != sizeof(answer);
}

TEST_F(examples, get_endpoint_id_reaches_who_has_no_eid)
{
	struct vmctp_pair pair = VMCTP_PAIR("near", "far");
	static const struct { uint8_t code; int want; } cases[] = {
		{ 0x00, PEER },
		{ 0x05, -1 },	/* not supported */
	};
	int ours = ns_fd();
	size_t i;

	ASSERT_EQ(0, ns_new());
	pair.peer_ns = ns_fd();
	pair.addr_len = 1;
	pair.lladdr = 0x10;
	pair.peer_lladdr = LLADDR;
	ASSERT_EQ(0, ns_enter(ours));
	ASSERT_EQ(0, vmctp_add(&pair));
	ASSERT_EQ(0, link_up("near"));
	ASSERT_EQ(0, ns_enter(pair.peer_ns));
	ASSERT_EQ(0, link_up("far"));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(answer_get_endpoint_id(cases[i].code));
		ASSERT_EQ(2, file_wait("/proc/thread-self/net/mctp/sockets",
				       "", 2));
		ASSERT_EQ(0, ns_enter(ours));
		EXPECT_EQ(cases[i].want,
			  get_endpoint_id(ifindex_of("near"), LLADDR));
		ASSERT_EQ(0, ns_enter(pair.peer_ns));
		EXPECT_EQ(0, child_wait(pid));
	}
}

TEST_F(examples, allocate_tag_lends_one_until_drop_tag)
{
	int sd = sock_new(), tag = allocate_tag(sd, PEER);
	struct sockaddr_mctp to;
	uint8_t packet[80];

	ASSERT_LE(0, tag);
	to = addr_of(1, PEER, TYPE, tag);
	ASSERT_EQ(1, send_to(sd, &to, "q", 1));
	ASSERT_EQ(HDR_LEN + 2, tun_recv(self->bus, packet, sizeof(packet)));
	EXPECT_EQ(TO | (tag & MCTP_TAG_MASK),
		  packet[3] & (TO | MCTP_TAG_MASK));
	EXPECT_EQ(0, drop_tag(sd, PEER, tag));
	EXPECT_EQ(-1, drop_tag(sd, PEER, tag));
	EXPECT_EQ(-EINVAL, send_to(sd, &to, "q", 1));
}

TEST_F(examples, add_eid_makes_an_eid_ours_or_tells_why_not)
{
	int fd;

	EXPECT_EQ(0, add_eid(ifindex_of("bus"), 9));
	EXPECT_EQ(-EEXIST, add_eid(ifindex_of("bus"), 9));
	EXPECT_EQ(-EINVAL, add_eid(ifindex_of("bus"), 7));
	EXPECT_EQ(-ENODEV, add_eid(9999, 9));
	fd = sock_bound(1, 9, TYPE);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, tun_send(self->bus, 9, PEER, WHOLE | TO, "\1x", 2));
	EXPECT_TRUE(sock_polls(fd, POLLIN, WAIT_MS));
}

/* A pseudo terminal is open for as long as its other end is */
TEST_F(examples, attach_line_makes_a_device_while_the_line_is_open)
{
	struct pty pty;
	char name[16] = "";
	long end = now_ms() + WAIT_MS;
	int fd;

	ASSERT_EQ(0, pty_new(&pty));
	fd = attach_line(pty.path, name);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, strncmp(name, "mctpserial", 10));
	EXPECT_LT(0, ifindex_of(name));
	close(pty.line);
	close(fd);
	close(pty.master);
	while (ifindex_of(name) > 0 && now_ms() < end)
		pause_ms(5);
	EXPECT_EQ(-ENODEV, ifindex_of(name));
	EXPECT_EQ(-1, attach_line("/dev/null", name));
}

TEST_F(examples, play_endpoint_answers_by_a_device_of_open_link)
{
	static const char question[] = "a question";
	char answer[32];
	int fd = open_link("toy"), rc;
	pid_t pid;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, link_up("toy"));
	ASSERT_EQ(0, addr_add("toy", 9));
	ASSERT_EQ(0, route_add("toy", 40, 40, 0));
	pid = fork();
	if (!pid) {
		/* others than MCTP speak on a device that is up */
		while (!(rc = play_endpoint(fd)))
			;
		_exit(rc != 4 + HDR_LEN + 1 + sizeof(question));
	}
	EXPECT_EQ((ssize_t)sizeof(question),
		  request(sock_new(), 40, question, sizeof(question), answer,
			  sizeof(answer)));
	EXPECT_EQ(0, memcmp(answer, question, sizeof(question)));
	EXPECT_EQ(0, child_wait(pid));
}

TEST_HARNESS_MAIN
