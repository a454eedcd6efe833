// SPDX-License-Identifier: GPL-2.0
/*
 * Memory runs out while programs call, and while packets come in. See
 * memory_failure.h.
 */
#define CALLS		17
#define PREPARE		family_ready
#define FINISH		nothing
#include "memory_failure.h"

#define TYPE		0x11

static bool was_lost(SELF)
{
	return stats_lost(&self->stats) > 0;
}

/* Sockets */

static int a_socket(SELF)
{
	self->sock = sock_new();
	return self->sock < 0 ? self->sock : 0;
}

static int call_socket(SELF)
{
	self->sock = sock_new();
	return self->sock;
}

static bool after_socket(SELF, int rc)
{
	drop(&self->sock);
	return true;
}

EACH(socket, nothing, call_socket, after_socket, -ENFILE)

/* There is nothing in bind and connect alone that could fail */

static int call_bind(SELF)
{
	struct sockaddr_mctp addr = addr_of(1, LOCAL, TYPE, 0);

	return a_socket(self) ?: bind_to(self->sock, &addr);
}

static int call_connect(SELF)
{
	struct sockaddr_mctp addr = addr_of(1, PEER, TYPE, 0);

	return a_socket(self) ?: connect_to(self->sock, &addr);
}

EACH(bind, nothing, call_bind, after_socket, -ENFILE)
EACH(connect, nothing, call_connect, after_socket, -ENFILE)

/* Messages out */

static int call_send(SELF)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, OWNER);

	return send_to(self->sock, &to, self->data, 10);
}

/* Packets that have come out by a bus; the last has the end? */
static int packets_out(int bus, bool *end)
{
	uint8_t packet[1600];
	int n = 0;

	*end = false;
	while (tun_take(bus, packet, sizeof(packet)) >= HDR_LEN) {
		*end = packet[3] & EOM;
		n++;
	}
	return n;
}

static bool after_send(SELF, int rc)
{
	bool end, good;
	int n = packets_out(self->bus, &end);

	good = rc < 0 ? !n && !tags_held() : (n == 1 && end) || was_lost(self);
	drop(&self->sock);
	return good;
}

EACH(send, a_socket, call_send, after_send)

static int call_send_big(SELF)
{
	struct sockaddr_mctp to = addr_of(1, 25, TYPE, OWNER);

	return send_to(self->sock, &to, self->data, 1000);
}

/* 1,001 bytes in parts of 64; of an error the program is told */
static bool after_send_big(SELF, int rc)
{
	bool end, good;
	int n = packets_out(self->bus, &end);

	good = rc < 0 ? n < 16 && !end && !tags_held() :
			(n == 16 && end) || was_lost(self);
	drop(&self->sock);
	return good;
}

EACH(send_in_fragments, a_socket, call_send_big, after_send_big)

static int call_send_pages(SELF)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, OWNER);

	return send_to(self->sock, &to, self->data, BIG);
}

static bool after_send_pages(SELF, int rc)
{
	bool end, good;
	int n = packets_out(self->bus, &end);

	good = rc < 0 ? !end && !tags_held() : (n == 14 && end) || was_lost(self);
	drop(&self->sock);
	return good;
}

EACH(send_in_pages, a_socket, call_send_pages, after_send_pages)

static int call_respond(SELF)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, 1);

	return send_to(self->sock, &to, self->data, 10);
}

EACH(respond, a_socket, call_respond, after_send)

static int a_listener(SELF)
{
	self->listener = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	return self->listener < 0 ? self->listener : 0;
}

static int before_local(SELF)
{
	return a_listener(self) ?: a_socket(self);
}

static int call_local(SELF)
{
	struct sockaddr_mctp to = addr_of(1, LOCAL, TYPE, OWNER);

	return send_to(self->sock, &to, self->data, 10);
}

static int call_local_big(SELF)
{
	struct sockaddr_mctp to = addr_of(1, LOCAL, TYPE, OWNER);

	return send_to(self->sock, &to, self->data, BIG);
}

/* What the listener has: the data, whole; -EAGAIN if it has nothing */
static int heard(SELF, size_t len)
{
	static uint8_t got[BIG];
	ssize_t n = recv(self->listener, got, sizeof(got), MSG_DONTWAIT);

	if (n < 0)
		return -errno;
	return n == (ssize_t)len && !memcmp(got, self->data, len) ? 0 : -EBADMSG;
}

static bool came_or_lost(SELF, int rc, size_t len)
{
	int got = heard(self, len);
	bool good = rc < 0 ? got == -EAGAIN :
			     !got || (got == -EAGAIN && was_lost(self));

	drop(&self->sock);
	drop(&self->listener);
	return good;
}

static bool after_local(SELF, int rc)
{
	return came_or_lost(self, rc, 10);
}

static bool after_local_big(SELF, int rc)
{
	return came_or_lost(self, rc, BIG);
}

EACH(send_to_ourselves, before_local, call_local, after_local)
EACH(send_much_to_ourselves, before_local, call_local_big, after_local_big)

/* Receive */

static int before_receive(SELF)
{
	int rc = before_local(self);

	if (!rc)
		rc = call_local_big(self);
	return rc < 0 ? rc : 0;
}

static int call_receive(SELF)
{
	return heard(self, BIG);
}

/* an error leaves the message with the socket, or it is that of another call */
static bool after_receive(SELF, int rc)
{
	bool good = heard(self, BIG) == (rc ? 0 : -EAGAIN);

	drop(&self->sock);
	drop(&self->listener);
	return good;
}

EACH(receive, before_receive, call_receive, after_receive)

/* Tags: of a network that is made for it */

static int call_tag_alloc(SELF)
{
	return tag_alloc2(self->sock, 77, PEER);
}

static bool after_tag_alloc(SELF, int rc)
{
	bool good = tags_held() == (rc >= 0);

	if (rc < 0)
		rc = call_tag_alloc(self);
	good = good && rc >= 0 && !tag_drop2(self->sock, 77, PEER, rc);
	drop(&self->sock);
	return good;
}

EACH(tag_alloc, a_socket, call_tag_alloc, after_tag_alloc)

/* Packets in */

static int call_packet_in(SELF)
{
	static uint8_t payload[11] = { TYPE };

	memcpy(payload + 1, self->data, 10);
	return tun_send(self->bus, LOCAL, PEER, WHOLE | TO, payload,
			sizeof(payload));
}

EACH(packet_in, a_listener, call_packet_in, after_local)

static int before_answer(SELF)
{
	struct sockaddr_mctp to = addr_of(1, PEER, TYPE, OWNER);
	int err = a_socket(self);

	self->tag = err ?: tun_request(self->bus, self->sock, &to);
	return self->tag < 0 ? self->tag : 0;
}

static int call_answer(SELF)
{
	return tun_answer(self->bus, LOCAL, PEER, self->tag);
}

/* An answer that is lost can come again, so its tag is there still */
static bool after_answer(SELF, int rc)
{
	bool lost = rc < 0 || was_lost(self);
	bool came = recv_none(self->sock) > 0;
	bool good = came != lost;

	if (lost && good)
		good = !call_answer(self) && recv_none(self->sock) > 0;
	drop(&self->sock);
	return good;
}

EACH(answer_in, before_answer, call_answer, after_answer)

/* A message of @n packets of that payload */
static int message_in(SELF, size_t size, int n)
{
	static uint8_t message[BIG + 1] = { TYPE };
	int err = 0, i;

	memcpy(message + 1, self->data, BIG);
	for (i = 0; i < n; i++) {
		int rc = tun_send(self->bus, LOCAL, PEER, TO | SEQ(i) |
				  (i ? 0 : SOM) | (i == n - 1 ? EOM : 0),
				  message + i * size, size);

		err = err ?: rc;
	}
	return err;
}

static bool whole_or_lost(SELF, int rc, size_t len)
{
	return came_or_lost(self, rc, len) &&
	       file_count(PROC "reassembly", "") == 1;
}

static int call_small_packets(SELF)
{
	return message_in(self, 64, 100);
}

static bool after_small_packets(SELF, int rc)
{
	return whole_or_lost(self, rc, 64 * 100 - 1);
}

static int call_large_packets(SELF)
{
	return message_in(self, 1400, 6);
}

static bool after_large_packets(SELF, int rc)
{
	return whole_or_lost(self, rc, 1400 * 6 - 1);
}

EACH(small_packets_in, a_listener, call_small_packets, after_small_packets)
EACH(large_packets_in, a_listener, call_large_packets, after_large_packets)

static int call_forward(SELF)
{
	return tun_send(self->bus, 30, PEER, WHOLE | TO, self->data, 10);
}

static bool after_forward(SELF, int rc)
{
	bool end;
	int n = packets_out(self->bus1, &end);

	return rc < 0 ? !n : n == 1 || was_lost(self);
}

EACH(forward, nothing, call_forward, after_forward)

/* What there is to see */

static int call_proc(SELF)
{
	static const char * const names[] = {
		PROC "stat", PROC "sockets", PROC "tags", PROC "reassembly",
	};
	static char text[8192];
	int sum = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		int fd = open(names[i], O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
		int err = -errno;

		if (fd >= 0)
			close(fd);
		if (n < 0)
			return err;
		sum += n;
	}
	return sum;
}

static bool after_proc(SELF, int rc)
{
	return call_proc(self) > 0;
}

EACH(proc_files, nothing, call_proc, after_proc)

ALL(calls_of_programs_fail_and_lose_nothing_uncounted,
    &socket_op, &bind_op, &connect_op, &tag_alloc_op, &send_op,
    &send_in_fragments_op, &send_in_pages_op, &respond_op,
    &send_to_ourselves_op, &send_much_to_ourselves_op, &receive_op,
    &proc_files_op)

ALL(packets_that_come_in_are_lost_and_counted,
    &packet_in_op, &answer_in_op, &small_packets_in_op,
    &large_packets_in_op, &forward_op)

/* Where no program's call leads to: buffers of packets that come from a device
 * fail by chance
 */

#define MESSAGES	100
#define PAIR_LEN	300	/* five packets */
#define PAIR_NEAR	40
#define PAIR_FAR	41

/* Of allocations that cannot wait so many in a hundred fail, whoever makes them */
static int fail_by_chance(const char *of_100)
{
	return file_write(FAILSLAB "probability", of_100) ?:
	       file_write(FAIL_PAGE "probability", of_100);
}

static int pair_up(SELF)
{
	struct vmctp_pair pair = VMCTP_PAIR("one", "two");
	int err;

	pair.peer_ns = self->other_ns;
	err = vmctp_add(&pair) ?: link_up("one") ?: addr_add("one", PAIR_NEAR) ?:
	      route_add("one", PAIR_FAR, PAIR_FAR, 0) ?:
	      ns_enter(self->other_ns) ?: link_up("two") ?:
	      addr_add("two", PAIR_FAR) ?:
	      route_add("two", PAIR_NEAR, PAIR_NEAR, 0);
	if (err)
		return err;
	self->listener = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	err = stats_read(&self->stats);
	return self->listener < 0 ? self->listener : err ?: ns_enter(self->ns);
}

static long lost_there(SELF)
{
	long lost;

	ns_enter(self->other_ns);
	lost = stats_lost(&self->stats);
	if (stats_read(&self->stats))
		lost = -1;
	ns_enter(self->ns);
	return lost;
}

TEST_F_TIMEOUT(memory, what_a_device_brings_is_lost_and_counted, 7 * 86400)
{
	struct sockaddr_mctp to = addr_of(1, PAIR_FAR, TYPE, OWNER);
	int n, came = 0, lost = 0, errors = 0;
	struct stats here;
	ssize_t rc;

	ASSERT_EQ(0, pair_up(self));
	ASSERT_EQ(0, a_socket(self));
	ASSERT_EQ(0, file_write(FAILSLAB "ignore-gfp-wait", "Y"));
	ASSERT_EQ(0, file_write(FAIL_PAGE "ignore-gfp-wait", "Y"));
	ASSERT_EQ(0, file_write(FAILSLAB "times", "-1"));
	ASSERT_EQ(0, file_write(FAIL_PAGE "times", "-1"));
	for (n = 0; n < MESSAGES; n++) {
		long end = now_ms() + WAIT_MS;
		int got = -EAGAIN;

		ASSERT_EQ(0, stats_read(&here));
		ASSERT_EQ(0, fail_by_chance("5"));
		rc = send_to(self->sock, &to, self->data, PAIR_LEN);
		/* softirqs have run by then, for the most part */
		sched_yield();
		ASSERT_EQ(0, fail_by_chance("0"));
		close(self->sock);
		ASSERT_EQ(0, a_socket(self));

		EXPECT_TRUE(rc == PAIR_LEN || rc == -ENOMEM || rc == -ENOBUFS)
			TH_LOG("error %zd", -rc);
		errors += rc < 0;
		/* of an error, parts may be there yet: they end with their time */
		while (rc > 0 && now_ms() < end) {
			got = heard(self, PAIR_LEN);
			if (got != -EAGAIN || stats_lost(&here) > 0 ||
			    lost_there(self) > 0)
				break;
			pause_ms(1);
		}
		EXPECT_GT(end, now_ms());
		EXPECT_TRUE(got == 0 || got == -EAGAIN);
		came += rc > 0 && !got;
		lost += rc > 0 && got;
	}
	TH_LOG("%d messages: %d came, %d were lost and counted, %d calls had an error",
	       n, came, lost, errors);
	EXPECT_LT(0, came);
	EXPECT_LT(0, lost + errors);
}

TEST_HARNESS_MAIN
