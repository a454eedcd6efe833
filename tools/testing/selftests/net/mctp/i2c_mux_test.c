// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over I2C behind muxes: buses that come and go, messages through two
 * levels, to controllers on other adapters, and with much that goes wrong.
 *
 *   root, we are 0x10 ── mux ── c0 ── mux ── c00 ── device 0x1d
 *                           └── c1 ── device 0x1e
 *
 *   MCTP_SEED=N   what goes wrong, and sizes, to be repeated
 *
 * Devices and namespaces are few: under KASAN and lockdep each takes a second to
 * come and go, and messages take none.
 */
#include <net/if.h>
#include <signal.h>
#include "mctp_test.h"
#include "mctp_i2c.h"

#define NEAR	8
#define FAR	9	/* at c00 */
#define FAR2	10	/* at c1 */
#define TYPE	0x05

static bool exists(int bus)
{
	return if_nametoindex(ctl_name(bus));
}

FIXTURE(mux) {
	int root, c0, c1, c00;
	int d1, d2;
	int near, far;
	int server, server2;
	uint64_t chance;
	struct stats before;
	struct sockaddr_mctp to, to2;
	uint8_t data[DATA_MAX];
	uint8_t got[DATA_MAX];
};

FIXTURE_SETUP(mux)
{
	self->chance = chance_new();
	ASSERT_EQ(0, sim_set("seed", chance_below(&self->chance, 1 << 30)));
	ASSERT_EQ(0, sim_do("reset"));
	self->root = sim_adapter(0);
	ASSERT_LE(0, self->root);
	ASSERT_EQ(0, ctl_new(self->root, 0x10));
	ASSERT_EQ(0, sim_do("mux %d 2 mctp", self->root));
	self->c0 = sim_child(self->root, 0);
	self->c1 = sim_child(self->root, 1);
	ASSERT_EQ(0, sim_do("mux %d 1 mctp", self->c0));
	self->c00 = sim_child(self->c0, 0);
	self->d1 = sim_adapter(sim_segment(self->c00));
	self->d2 = sim_adapter(sim_segment(self->c1));
	ASSERT_LE(0, self->d1);
	ASSERT_LE(0, self->d2);
	ASSERT_EQ(0, ctl_new(self->d1, 0x1d));
	ASSERT_EQ(0, ctl_new(self->d2, 0x1e));
	self->near = ns_fd();
	self->to = addr_of(1, FAR, TYPE, OWNER);
	self->to2 = addr_of(1, FAR2, TYPE, OWNER);
}

FIXTURE_TEARDOWN(mux)
{
	EXPECT_EQ(0, sim_do("reset"));
}

static int settle(int bus, uint8_t eid, uint8_t peer, uint8_t lladdr)
{
	const char *dev = ctl_name(bus);

	return link_up(dev) ?: addr_add(dev, eid) ?:
	       route_add(dev, peer, peer, 0) ?: neigh_add(dev, peer, &lladdr, 1);
}

/* A device goes to a namespace */
static int settle_far(int near, int far, int bus, uint8_t eid, uint8_t peer)
{
	return ns_enter(near) ?: link_move(ctl_name(bus), far) ?:
	       ns_enter(far) ?: settle(bus, eid, peer, 0x10);
}

/* Ours stay where they are, the devices are in another namespace */
static void settle_all(struct __test_metadata *_metadata,
		       FIXTURE_DATA(mux) *self)
{
	int size = 4 << 20;

	ASSERT_EQ(0, ns_new());
	self->far = ns_fd();
	ASSERT_EQ(0, settle_far(self->near, self->far, self->d1, FAR,
				NEAR + 10));
	ASSERT_EQ(0, settle_far(self->near, self->far, self->d2, FAR2, NEAR));
	self->server = sock_bound(1, FAR, TYPE);
	ASSERT_LE(0, self->server);
	ASSERT_EQ(0, setsockopt(self->server, SOL_SOCKET, SO_RCVBUFFORCE,
				&size, sizeof(size)));
	self->server2 = sock_bound(1, FAR2, TYPE);
	ASSERT_LE(0, self->server2);
	ASSERT_EQ(0, ns_enter(self->near));
	ASSERT_EQ(0, settle(self->c1, NEAR, FAR2, 0x1e));
	ASSERT_EQ(0, settle(self->c00, NEAR + 10, FAR, 0x1d));
	ASSERT_EQ(0, stats_read(&self->before));
}

TEST_F(mux, buses_that_are_marked_get_devices_as_they_come_and_go)
{
	int plain;

	EXPECT_TRUE(exists(self->root));
	EXPECT_TRUE(exists(self->c0));
	EXPECT_TRUE(exists(self->c1));
	EXPECT_TRUE(exists(self->c00));

	ASSERT_EQ(0, sim_do("mux %d 1", self->c1));
	plain = sim_child(self->c1, 0);
	ASSERT_LE(0, plain);
	EXPECT_FALSE(exists(plain));

	/* a controller that comes later finds them */
	ASSERT_EQ(0, ctl_del(self->root, 0x10));
	EXPECT_FALSE(exists(self->root));
	EXPECT_FALSE(exists(self->c0));
	EXPECT_FALSE(exists(self->c00));
	EXPECT_TRUE(exists(self->d1));
	ASSERT_EQ(0, ctl_new(self->root, 0x10));
	EXPECT_TRUE(exists(self->root));
	EXPECT_TRUE(exists(self->c00));
	EXPECT_TRUE(exists(self->c1));
	EXPECT_FALSE(exists(plain));

	ASSERT_EQ(0, sim_do("delete %d", self->c00));
	EXPECT_FALSE(exists(self->c00));
	EXPECT_TRUE(exists(self->c0));
	ASSERT_EQ(0, sim_do("delete %d", self->root));
	EXPECT_FALSE(exists(self->root));
	EXPECT_FALSE(exists(self->c0));
	EXPECT_FALSE(exists(self->c1));
}

/* A message there and another back */
static void round_trip(struct __test_metadata *_metadata,
		       FIXTURE_DATA(mux) *self, size_t size)
{
	int fd = sock_new(), buf = 4 << 20;
	struct sockaddr_mctp from;
	ssize_t len = size;

	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buf,
				sizeof(buf)));
	pattern(self->data, len, 1);
	ASSERT_EQ(len, send_to(fd, &self->to, self->data, len));
	ASSERT_EQ(len, recv_from(self->server, self->got, sizeof(self->got),
				 &from));
	EXPECT_TRUE(pattern_is(self->got, len, 1));
	from.smctp_tag &= MCTP_TAG_MASK;
	pattern(self->data, len, 2);
	ASSERT_EQ(len, send_to(self->server, &from, self->data, len));
	ASSERT_EQ(len, recv_from(fd, self->got, sizeof(self->got), &from));
	EXPECT_TRUE(pattern_is(self->got, len, 2));
	EXPECT_EQ(FAR, from.smctp_addr.s_addr);
	close(fd);
}

static int mtu_of_both(FIXTURE_DATA(mux) *self, uint32_t mtu)
{
	return link_mtu(ctl_name(self->c00), mtu) ?: ns_enter(self->far) ?:
	       link_mtu(ctl_name(self->d1), mtu) ?: ns_enter(self->near);
}

/* Faults that retries mend: that 13 tries fail has a chance of one in 10^9 */
static int what_can_be_mended(void)
{
	return sim_set("nack", 100) ?: sim_set("arbitration", 100) ?:
	       sim_set("delay_us", 200) ?: sim_set("delay", 50);
}

/* A slow kernel tries each size at the least MTU, and at a greater one those at
 * the ends of packets and one in 37 between them
 */
static bool is_tried(size_t size, size_t body)
{
	return body + HDR_LEN == MTU_MIN || !slow_kernel() ||
	       (size + 3) % body < 7 || size % 37 == 0;
}

TEST_F_TIMEOUT(mux, each_size_of_up_to_three_packets_through_two_levels, 240)
{
	static const uint32_t mtus[] = { MTU_MIN, 254 };
	size_t size, m, body;

	settle_all(_metadata, self);
	ASSERT_EQ(0, what_can_be_mended());
	for (m = 0; m < ARRAY_SIZE(mtus); m++) {
		body = mtus[m] - HDR_LEN;
		ASSERT_EQ(0, mtu_of_both(self, mtus[m]));
		for (size = 0; size <= 3 * body; size++)
			if (is_tried(size, body))
				round_trip(_metadata, self, size);
	}
	EXPECT_DROPS(&self->before, "");
	EXPECT_LT(0, ctl_stat(ctl_name(self->c00), "tx_retries"));
	EXPECT_EQ(0, ctl_stat(ctl_name(self->c00), "tx_nack"));
}

TEST_F_TIMEOUT(mux, a_sample_of_greater_sizes_through_two_levels, 240)
{
	int i;

	settle_all(_metadata, self);
	ASSERT_EQ(0, what_can_be_mended());
	for (i = 0; i < 5; i++)
		round_trip(_metadata, self, chance_below(&self->chance,
							 DATA_MAX + 1));
	EXPECT_DROPS(&self->before, "");
}

/* A message that takes long: each byte is an interrupt */
static ssize_t recv_slowly(int fd, void *data, size_t size,
			   struct sockaddr_mctp *from)
{
	return sock_polls(fd, POLLIN, 2 * WAIT_MS) ?
	       recv_from(fd, data, size, from) : -ETIMEDOUT;
}

TEST_F(mux, the_longest_message_through_two_levels)
{
	int fd, buf = 4 << 20;
	struct sockaddr_mctp from;

	/* there in the longest packets, and back in the shortest */
	settle_all(_metadata, self);
	ASSERT_EQ(0, ns_enter(self->far));
	ASSERT_EQ(0, link_mtu(ctl_name(self->d1), 68));
	ASSERT_EQ(0, ns_enter(self->near));
	fd = sock_new();
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buf,
				sizeof(buf)));
	pattern(self->data, DATA_MAX, 1);
	ASSERT_EQ(DATA_MAX, send_to(fd, &self->to, self->data, DATA_MAX));
	EXPECT_EQ(DATA_MAX, recv_slowly(self->server, self->got, DATA_MAX,
					&from));
	EXPECT_DROPS(&self->before, "");
	EXPECT_TRUE(pattern_is(self->got, DATA_MAX, 1));

	/* its tag may have expired: the way back is a message of its own */
	close(fd);
	fd = sock_bound(1, NEAR + 10, TYPE);
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buf,
				sizeof(buf)));
	from = addr_of(1, NEAR + 10, TYPE, OWNER);
	pattern(self->data, DATA_MAX, 2);
	ASSERT_EQ(0, ns_enter(self->far));
	self->server2 = sock_new();
	ASSERT_EQ(0, ns_enter(self->near));
	ASSERT_EQ(DATA_MAX, send_to(self->server2, &from, self->data,
				    DATA_MAX));
	EXPECT_EQ(DATA_MAX, recv_slowly(fd, self->got, DATA_MAX, NULL));
	EXPECT_TRUE(pattern_is(self->got, DATA_MAX, 2));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(mux, what_comes_in_is_credited_to_the_bus_that_is_selected)
{
	struct sockaddr_mctp from;
	struct link_info info;
	int fd, i;

	settle_all(_metadata, self);
	for (i = 0; i < 5; i++)
		round_trip(_metadata, self, 10);
	fd = sock_new();
	ASSERT_EQ(3, send_to(fd, &self->to2, "two", 3));
	ASSERT_EQ(3, recv_from(self->server2, self->got, 8, &from));
	from.smctp_tag &= MCTP_TAG_MASK;
	ASSERT_EQ(3, send_to(self->server2, &from, "owt", 3));
	ASSERT_EQ(3, recv_from(fd, self->got, 8, NULL));

	ASSERT_EQ(0, link_get(ctl_name(self->c00), &info));
	EXPECT_EQ(5ull, info.stats.rx_packets);
	ASSERT_EQ(0, link_get(ctl_name(self->c1), &info));
	EXPECT_EQ(1ull, info.stats.rx_packets);
	ASSERT_EQ(0, link_get(ctl_name(self->root), &info));
	EXPECT_EQ(0ull, info.stats.rx_packets + info.stats.rx_errors);
}

/* In a softirq, which may not wait for a bus */
TEST_F(mux, what_comes_by_a_channel_is_forwarded_to_another)
{
	static const uint8_t packet[] = { 0x01, FAR2, 33, 0xc8, TYPE, 'f' };
	uint8_t frame[16];
	size_t len = i2c_frame(frame, 0x10, 0x1d, packet, sizeof(packet));
	struct sockaddr_mctp from;

	settle_all(_metadata, self);
	/* connects the channel */
	round_trip(_metadata, self, 1);
	ASSERT_EQ(0, sim_write(self->d1, 0x10, frame, len));
	ASSERT_EQ(1, recv_from(self->server2, self->got, 8, &from));
	EXPECT_EQ('f', self->got[0]);
	EXPECT_EQ(33, from.smctp_addr.s_addr);
	EXPECT_EQ(1, stats_rise(&self->before, "forwarded"));
}

TEST_F(mux, requests_to_two_segments_are_all_answered)
{
	struct sockaddr_mctp from;
	int i, fd[8], far;

	settle_all(_metadata, self);
	for (i = 0; i < 8; i++) {
		fd[i] = sock_new();
		ASSERT_EQ(1, send_to(fd[i], i % 2 ? &self->to2 : &self->to,
				     "q", 1));
	}
	/* they come in turns: which is next is not ours to know */
	for (i = 0; i < 8; i++) {
		struct pollfd p[2] = {
			{ .fd = self->server, .events = POLLIN },
			{ .fd = self->server2, .events = POLLIN },
		};

		ASSERT_LT(0, poll(p, 2, WAIT_MS));
		far = p[0].revents ? self->server : self->server2;
		ASSERT_EQ(1, recv_from(far, self->got, 8, &from));
		from.smctp_tag &= MCTP_TAG_MASK;
		ASSERT_EQ(1, send_to(far, &from, "a", 1));
	}
	for (i = 0; i < 8; i++)
		EXPECT_EQ(1, recv_from(fd[i], self->got, 8, NULL));
	EXPECT_DROPS(&self->before, "");
}

struct tally {
	long tx_packets, tx_lost, rx_packets, rx_lost;
};

static int tally(struct tally *t, int ns, int bus)
{
	struct link_info info;
	int err = ns_enter(ns) ?: link_get(ctl_name(bus), &info);

	if (err)
		return err;
	t->tx_packets += info.stats.tx_packets;
	t->tx_lost += info.stats.tx_errors + info.stats.tx_dropped;
	t->rx_packets += info.stats.rx_packets;
	t->rx_lost += info.stats.rx_errors + info.stats.rx_dropped;
	return 0;
}

static int tally_all(FIXTURE_DATA(mux) *self, struct tally *t)
{
	memset(t, 0, sizeof(*t));
	return tally(t, self->near, self->c00) ?:
	       tally(t, self->near, self->c1) ?:
	       tally(t, self->far, self->d1) ?:
	       tally(t, self->far, self->d2) ?: ns_enter(self->near);
}

#define MESSAGES	60	/* each way */

static size_t length_of(int message)
{
	return 1 + 37 * message % 1200;
}

/* A packet of a message that was sent, with the same number */
static bool packet_is(const uint8_t *at, size_t n, size_t nr, size_t payload)
{
	static uint8_t sent[DATA_MAX];
	size_t k, from;
	int i;

	for (i = 0; i < MESSAGES; i++) {
		pattern(sent, length_of(i), length_of(i));
		for (k = nr ? nr % 4 ?: 4 : 0; k < 8; k += nr ? 4 : 8) {
			from = k * payload - !!k;
			if (from + n <= length_of(i) &&
			    !memcmp(at, sent + from, n))
				return true;
		}
	}
	return false;
}

/* Where packets are lost, two messages can be joined: one that lacks its end, and the
 * next with its tag, that lacks its beginning. One in four times the two bits that
 * number packets do not tell.
 */
static bool is_joined(const uint8_t *got, size_t len, size_t payload)
{
	size_t nr, from, to;

	/* the type is in the first packet */
	for (nr = 0, from = 0; from < len; nr++, from = to) {
		to = (nr + 1) * payload - 1;
		if (to > len)
			to = len;
		if (!packet_is(got + from, to - from, nr, payload))
			return false;
	}
	return true;
}

TEST_F(mux, much_goes_wrong_nothing_wrong_arrives_all_is_accounted)
{
	static const char *const ends[] = {
		"taken", "no_target", "refused", "nack", "arbitration",
		"timeout",
	};
	struct sockaddr_mctp back = addr_of(1, NEAR + 10, TYPE, OWNER);
	long sent = 0, good = 0, joined = 0, sum = 0, sum_far, end;
	struct stats before_far;
	struct link_info info;
	int here, i, fd;
	struct tally t;
	ssize_t len;
	size_t k;

	settle_all(_metadata, self);
	here = sock_bound(1, NEAR + 10, TYPE);
	ASSERT_LE(0, here);
	/* connect it once, so that the device's own requests get through */
	round_trip(_metadata, self, 1);
	ASSERT_EQ(0, ns_enter(self->far));
	ASSERT_EQ(0, stats_read(&before_far));
	ASSERT_EQ(0, ns_enter(self->near));
	ASSERT_EQ(0, stats_read(&self->before));

	ASSERT_EQ(0, sim_set("delay_us", 500));
	ASSERT_EQ(0, sim_set("nack", 60));
	ASSERT_EQ(0, sim_set("arbitration", 60));
	ASSERT_EQ(0, sim_set("delay", 60));
	ASSERT_EQ(0, sim_set("timeout", 10));
	ASSERT_EQ(0, sim_set("bit_error", 30));
	ASSERT_EQ(0, sim_set("no_pec", 20));
	for (i = 0; i < MESSAGES; i++) {
		len = length_of(i);
		pattern(self->data, len, len);
		fd = sock_new();
		if (send_to(fd, &self->to, self->data, len) == len)
			sent++;
		close(fd);	/* gives the tag back */
		ASSERT_EQ(0, ns_enter(self->far));
		fd = sock_new();
		ASSERT_EQ(0, ns_enter(self->near));
		if (send_to(fd, &back, self->data, len) == len)
			sent++;
		close(fd);
	}
	/* until all that was handed to the devices has come to an end */
	end = now_ms() + 2 * WAIT_MS;
	do {
		pause_ms(20);
		sum = stats_rise(&self->before, "tx_packets") + 1;
		ASSERT_EQ(0, ns_enter(self->far));
		sum += stats_rise(&before_far, "tx_packets") + 1;
		ASSERT_EQ(0, tally_all(self, &t));
	} while (t.tx_packets + t.tx_lost < sum && now_ms() < end);
	EXPECT_EQ(sum, t.tx_packets + t.tx_lost);

	/* every message on the wire has one end */
	for (sum = 0, k = 0; k < ARRAY_SIZE(ends); k++) {
		EXPECT_LE(0, sim_stat(ends[k]));
		sum += sim_stat(ends[k]);
	}
	EXPECT_EQ(sim_stat("messages"), sum);
	/* what was taken was sent, and received or dropped for a reason. One
	 * whose address came wrong may have been taken by another.
	 */
	EXPECT_EQ(sim_stat("taken"), t.tx_packets);
	end = now_ms() + WAIT_MS;
	while (t.rx_packets + t.rx_lost < t.tx_packets && now_ms() < end) {
		pause_ms(5);
		ASSERT_EQ(0, tally_all(self, &t));
	}
	EXPECT_EQ(t.tx_packets, t.rx_packets + t.rx_lost);
	EXPECT_LT(0, t.rx_lost);

	/* what arrives is right */
	ASSERT_EQ(0, link_get(ctl_name(self->c00), &info));
	for (i = 0; i < 2; i++) {
		fd = i ? here : self->server;
		while ((len = recv(fd, self->got, sizeof(self->got),
				   MSG_DONTWAIT)) >= 0) {
			good++;
			if (pattern_is(self->got, len, len))
				continue;
			EXPECT_TRUE(is_joined(self->got, len,
					      info.mtu - HDR_LEN));
			joined++;
		}
	}
	EXPECT_GT(3, joined);
	EXPECT_LT(sent / 2, good);
	EXPECT_GT(sent, good);
	/* and what does not, is counted by the stack or the device */
	sum = stats_lost(&self->before);
	ASSERT_EQ(0, ns_enter(self->far));
	sum_far = stats_lost(&before_far);
	EXPECT_LE(sent - good, sum + sum_far + t.tx_lost + t.rx_lost);
	TH_LOG("%ld of %ld messages (%ld of two), %ld packets, %ld frames wrong",
	       good, sent, joined, t.tx_packets, t.rx_lost);
	ASSERT_EQ(0, ns_enter(self->near));
}

/* Whichever comes first, and whichever goes first */
TEST_F_TIMEOUT(mux, controllers_and_muxes_come_and_go_at_once, 120)
{
	pid_t pid = fork();
	int i, child = -1;

	if (!pid)
		for (;;)
			if (ctl_del(self->root, 0x10) || ctl_new(self->root, 0x10))
				_exit(1);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, sim_do("mux %d 1 mctp", self->c1));
		child = sim_child(self->c1, 0);
		ASSERT_LE(0, child);
		pause_ms(i * 7);
		ASSERT_EQ(0, sim_do("delete %d", child));
		ASSERT_FALSE(exists(child));
	}
	ASSERT_EQ(0, waitpid(pid, NULL, WNOHANG));
	kill(pid, SIGKILL);
	child_wait(pid);
	ctl_del(self->root, 0x10);
	EXPECT_FALSE(exists(self->c00));
	ASSERT_EQ(0, ctl_new(self->root, 0x10));
	EXPECT_TRUE(exists(self->c00));
	EXPECT_TRUE(exists(self->c1));
}

/* MCTP_SECONDS: for so long */
TEST_F_TIMEOUT(mux, muxes_that_go_amid_traffic, 7 * 86400)
{
	long end = now_ms() + 1000 * setting("MCTP_SECONDS", 0);
	int i, which;
	pid_t pid, back;

	ASSERT_EQ(0, ns_new());
	self->far = ns_fd();
	/* the mux behind, the one in front, or all */
	for (i = 0; i < 3 || now_ms() < end; i++) {
		which = i % 3;
		if (i) {
			ASSERT_EQ(0, sim_do("reset"));
			self->root = sim_adapter(0);
			ASSERT_EQ(0, ctl_new(self->root, 0x10));
			ASSERT_EQ(0, sim_do("mux %d 1 mctp%s", self->root,
					    i % 2 ? " locked" : ""));
			self->c0 = sim_child(self->root, 0);
			ASSERT_EQ(0, sim_do("mux %d 1 mctp", self->c0));
			self->c00 = sim_child(self->c0, 0);
			self->d1 = sim_adapter(sim_segment(self->c00));
			ASSERT_EQ(0, ctl_new(self->d1, 0x1d));
		}
		ASSERT_EQ(0, settle_far(self->near, self->far, self->d1, FAR,
					NEAR));
		back = fork();
		if (!back) {
			struct sockaddr_mctp to = addr_of(1, NEAR, TYPE, 1);
			int fd = sock_new();

			/* not a busy loop once the device has gone */
			for (;;)
				if (send_to(fd, &to, self->data, 1000) < 0)
					pause_ms(2);
		}
		ASSERT_EQ(0, ns_enter(self->near));
		ASSERT_EQ(0, settle(self->c00, NEAR, FAR, 0x1d));
		pid = fork();
		if (!pid) {
			for (;;) {
				int fd = sock_new();

				if (send_to(fd, &self->to, self->data,
					    1000) < 0)
					pause_ms(2);
				close(fd);
			}
		}
		pause_ms(20 + 60 * which + i / 3 % 16);
		ASSERT_EQ(0, sim_do("delete %d", which == 0 ? self->c00 :
				    which == 1 ? self->c0 : self->root));
		kill(pid, SIGKILL);
		kill(back, SIGKILL);
		child_wait(pid);
		child_wait(back);
		EXPECT_FALSE(exists(self->c00));
	}
	TH_LOG("%d muxes or adapters removed under load", i);
}

TEST_HARNESS_MAIN
