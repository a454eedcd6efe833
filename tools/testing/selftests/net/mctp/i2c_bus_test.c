// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over I2C, one bus: who is taken for a controller, what is on the wire,
 * malformed frames, devices that do not answer, removal.
 */
#include <net/if.h>
#include <signal.h>
#include "mctp_test.h"
#include "mctp_i2c.h"

#define NEAR	8
#define FAR	9
#define NEAR_LL	0x10
#define FAR_LL	0x1d
#define TYPE	0x05

/* Messages to a device that sleeps */
#define SLEEPING	100

/* The contract's frame as a target sees it, and one in the other direction */
static const uint8_t vector[] = {
	0x0f, 0x08, 0x21, 0x01, 0x09, 0x08, 0xc8, 0x00, 0x81, 0x02, 0x25,
};

static bool exists(const char *dev)
{
	return if_nametoindex(dev);
}

/* A controller at 0x10, and another adapter on its wire for the test */
FIXTURE(bus) {
	int bus;
	int other;
	int fd;
	const char *dev;
	uint8_t lladdr;
	struct stats before;
	struct sockaddr_mctp to;
	uint8_t data[DATA_MAX];
};

FIXTURE_SETUP(bus)
{
	ASSERT_EQ(0, sim_do("reset"));
	self->bus = sim_adapter(0);
	self->other = sim_adapter(0);
	ASSERT_LE(0, self->bus);
	ASSERT_LE(0, self->other);
	ASSERT_EQ(0, ctl_new(self->bus, NEAR_LL));
	self->dev = ctl_name(self->bus);
	self->lladdr = FAR_LL;
	ASSERT_EQ(0, link_up(self->dev));
	ASSERT_EQ(0, addr_add(self->dev, NEAR));
	ASSERT_EQ(0, route_add(self->dev, FAR, FAR, 0));
	ASSERT_EQ(0, neigh_add(self->dev, FAR, &self->lladdr, 1));
	ASSERT_EQ(0, stats_read(&self->before));
	self->fd = sock_new();
	self->to = addr_of(1, FAR, TYPE, OWNER);
}

FIXTURE_TEARDOWN(bus)
{
	EXPECT_EQ(0, sim_do("reset"));
}

static int sim_fault(const char *chance, int per_mille)
{
	return sim_set(chance, per_mille);
}

TEST_F(bus, an_address_that_is_not_our_own_is_refused)
{
	char path[80];

	snprintf(path, sizeof(path), "/sys/bus/i2c/devices/i2c-%d/new_device",
		 self->other);
	ASSERT_EQ(0, file_write(path, "mctp-i2c-controller 0x11"));
	EXPECT_FALSE(exists(ctl_name(self->other)));
}

TEST_F(bus, a_ten_bit_address_is_refused)
{
	char path[80];

	snprintf(path, sizeof(path), "/sys/bus/i2c/devices/i2c-%d/new_device",
		 self->other);
	ASSERT_EQ(0, file_write(path, "mctp-i2c-controller 0xb011"));
	EXPECT_FALSE(exists(ctl_name(self->other)));
}

TEST_F(bus, a_second_controller_on_a_bus_is_refused)
{
	ASSERT_EQ(0, ctl_new(self->bus, 0x22));
	/* what is there goes on, without it and with its end */
	ASSERT_EQ(0, ctl_del(self->bus, 0x22));
	ASSERT_EQ(0, sim_do("target 0 0x1d"));
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	EXPECT_EQ(0, ctl_stat(self->dev, "tx_nack"));
	EXPECT_EQ(-ENXIO, sim_write(self->other, 0x22, vector, 11));
}

TEST_F(bus, a_controller_behind_a_mux_is_refused)
{
	int channel;

	ASSERT_EQ(0, sim_do("mux %d 2", self->other));
	channel = sim_child(self->other, 0);
	ASSERT_LE(0, channel);
	ASSERT_EQ(0, ctl_new(channel, 0x22));
	EXPECT_FALSE(exists(ctl_name(channel)));
	EXPECT_FALSE(exists(ctl_name(self->other)));
}

TEST_F(bus, an_address_that_is_taken_leaves_no_device)
{
	ASSERT_EQ(0, ctl_new(self->other, NEAR_LL));
	EXPECT_FALSE(exists(ctl_name(self->other)));
	ASSERT_EQ(0, ctl_del(self->other, NEAR_LL));
	ASSERT_EQ(0, ctl_new(self->other, NEAR_LL + 1));
	EXPECT_TRUE(exists(ctl_name(self->other)));
}

TEST_F(bus, the_device_is_what_is_promised)
{
	struct link_info info;

	ASSERT_EQ(0, link_get(self->dev, &info));
	EXPECT_EQ(ARPHRD_MCTP, info.type);
	EXPECT_EQ(254u, info.mtu);
	EXPECT_EQ(1100u, info.txqlen);
	EXPECT_EQ(1, info.addr_len);
	EXPECT_EQ(NEAR_LL, info.addr[0]);
	EXPECT_EQ(1, info.binding);
	EXPECT_EQ(-EINVAL, link_mtu(self->dev, 67));
	EXPECT_EQ(-EINVAL, link_mtu(self->dev, 255));
	EXPECT_EQ(0, link_mtu(self->dev, 68));
	EXPECT_EQ(0, link_mtu(self->dev, 254));
}

TEST_F(bus, a_request_is_the_vector_on_the_wire)
{
	struct sockaddr_mctp to = addr_of(1, FAR, 0, OWNER);
	long end = now_ms() + WAIT_MS;
	int home = ns_fd(), fresh;

	/* where no tag has been used yet */
	ASSERT_EQ(0, ns_new());
	fresh = ns_fd();
	ASSERT_EQ(0, ns_enter(home));
	ASSERT_EQ(0, link_move(self->dev, fresh));
	ASSERT_EQ(0, ns_enter(fresh));
	ASSERT_EQ(0, link_up(self->dev));
	ASSERT_EQ(0, addr_add(self->dev, NEAR));
	ASSERT_EQ(0, route_add(self->dev, FAR, FAR, 0));
	ASSERT_EQ(0, neigh_add(self->dev, FAR, &self->lladdr, 1));
	ASSERT_EQ(0, sim_do("target 0 0x1d"));
	ASSERT_EQ(2, send_to(sock_new(), &to, "\x81\x02", 2));
	while (!sim_count("write 1d") && now_ms() < end)
		pause_ms(2);
	EXPECT_STREQ("0 write 1d 0 0f0821010908c800810225", sim_last());
}

TEST_F(bus, an_address_of_eight_bits_is_refused_not_cut)
{
	struct sockaddr_mctp_ext to = ext_at(&self->to, self->dev,
					     0x80 | FAR_LL);

	ASSERT_EQ(0, sim_do("target 0 0x1d"));
	ASSERT_EQ(0, sock_ext(self->fd, 1));
	EXPECT_EQ(-EHOSTUNREACH, send_to_ext(self->fd, &to, "x", 1));
	EXPECT_DROPS(&self->before, "drop_tx=1");
	EXPECT_EQ(0, sim_stat("messages"));
}

/* A packet from FAR to NEAR, a request of one byte */
static const uint8_t request[] = { 0x01, NEAR, FAR, 0xc8, TYPE, 'x' };

TEST_F(bus, malformed_frames_are_dropped_and_counted_by_reason)
{
	static const struct {
		const char *reason;
		int at;			/* byte to change, or -1 */
		uint8_t to;
		int cut;
		bool pec;		/* as the changed frame would have it */
	} cases[] = {
		{ "rx_bad_command", 0, 0x0e, 0, true },
		{ "rx_bad_count", 1, 0x06, 0, true },
		{ "rx_bad_count", 1, 0xff, 0, true },
		{ "rx_bad_source", 2, FAR_LL << 1, 0, true },
		{ "rx_own_address", 2, NEAR_LL << 1 | 1, 0, true },
		{ "rx_bad_pec", 9, 0x5a, 0, false },
		{ "rx_no_pec", -1, 0, 1, false },
		{ "rx_bad_count", -1, 0, 2, false },
		{ "rx_bad_length", -1, 0, 5, false },
		{ "rx_bad_length", -1, 0, 9, false },
	};
	int server = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	uint8_t bytes[300], first = NEAR_LL << 1;
	struct link_info info;
	long before, sum = 0;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		len = i2c_frame(bytes, NEAR_LL, FAR_LL, request, sizeof(request));
		ASSERT_EQ(10u, len);
		if (cases[i].at >= 0)
			bytes[cases[i].at] = cases[i].to;
		if (cases[i].pec)
			bytes[9] = i2c_pec(i2c_pec(0, &first, 1), bytes, 9);
		before = ctl_stat(self->dev, cases[i].reason);
		ASSERT_LE(0, before);
		EXPECT_EQ(0, sim_write(self->other, NEAR_LL, bytes,
				       len - cases[i].cut));
		EXPECT_EQ(before + 1, ctl_stat(self->dev, cases[i].reason)) {
			TH_LOG("case %zu, %s", i, cases[i].reason);
		}
		sum++;
	}

	/* longer than any frame is: refused where it is too much */
	memset(bytes, 0xff, sizeof(bytes));
	bytes[0] = 0x0f;
	before = ctl_stat(self->dev, "rx_bad_length");
	EXPECT_EQ(-EIO, sim_write(self->other, NEAR_LL, bytes, 300));
	EXPECT_EQ(before + 1, ctl_stat(self->dev, "rx_bad_length"));
	EXPECT_EQ(0, sim_read(self->other, NEAR_LL, bytes, 3));
	EXPECT_EQ(1, ctl_stat(self->dev, "rx_read"));
	sum += 2;

	/* no byte at all is no frame */
	EXPECT_EQ(0, sim_write(self->other, NEAR_LL, bytes, 0));
	ASSERT_EQ(0, link_get(self->dev, &info));
	EXPECT_EQ((unsigned long long)sum, info.stats.rx_errors);
	EXPECT_EQ(0ull, info.stats.rx_packets);
	EXPECT_EQ(0, recv_none(server));

	/* and the receiver is in step */
	len = i2c_frame(bytes, NEAR_LL, FAR_LL, request, sizeof(request));
	EXPECT_EQ(0, sim_write(self->other, NEAR_LL, bytes, len));
	EXPECT_EQ(1, recv_from(server, bytes, sizeof(bytes), NULL));
	EXPECT_EQ('x', bytes[0]);
	EXPECT_DROPS(&self->before, "");
}

TEST_F(bus, the_senders_address_is_known_and_answered)
{
	int server = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	struct sockaddr_mctp_ext from;
	long end = now_ms() + WAIT_MS;
	uint8_t bytes[16];
	size_t len;

	ASSERT_EQ(0, sim_do("target 0 0x33"));
	ASSERT_EQ(0, sock_ext(server, 1));
	len = i2c_frame(bytes, NEAR_LL, 0x33, request, sizeof(request));
	ASSERT_EQ(0, sim_write(self->other, NEAR_LL, bytes, len));
	ASSERT_EQ(1, recv_from_ext(server, bytes, 8, &from));
	EXPECT_EQ(1, from.smctp_halen);
	EXPECT_EQ(0x33, from.smctp_haddr[0]);
	from.smctp_base.smctp_tag &= MCTP_TAG_MASK;
	ASSERT_EQ(1, send_to_ext(server, &from, "r", 1));
	while (!sim_count("write 33 0") && now_ms() < end)
		pause_ms(2);
	EXPECT_EQ(1, sim_count("write 33 0"));
}

TEST_F(bus, a_device_that_is_down_refuses_and_keeps_nothing)
{
	uint8_t bytes[16];
	struct link_info info;
	size_t len;
	int i;

	len = i2c_frame(bytes, NEAR_LL, FAR_LL, request, sizeof(request));
	ASSERT_EQ(0, link_down(self->dev));
	/* many: a buffer that is left behind each time would be seen */
	for (i = 0; i < 200; i++)
		ASSERT_EQ(-ENXIO, sim_write(self->other, NEAR_LL, bytes, len));
	ASSERT_EQ(0, link_get(self->dev, &info));
	EXPECT_EQ(0ull, info.stats.rx_packets);
	EXPECT_EQ(200, sim_stat("refused"));

	/* by hardware that cannot refuse: as many again */
	ASSERT_EQ(0, sim_set("ignore_nack", 1));
	for (i = 0; i < 200; i++)
		ASSERT_EQ(0, sim_write(self->other, NEAR_LL, bytes, len));
	EXPECT_EQ(200, ctl_stat(self->dev, "rx_down"));
	ASSERT_EQ(0, link_get(self->dev, &info));
	EXPECT_EQ(200ull, info.stats.rx_dropped);
	EXPECT_EQ(0ull, info.stats.rx_packets);
	ASSERT_EQ(0, link_up(self->dev));
	EXPECT_EQ(0, sim_write(self->other, NEAR_LL, bytes, len));
	EXPECT_EQ(200, ctl_stat(self->dev, "rx_down"));
}

TEST_F(bus, a_name_that_is_taken_leaves_no_reference)
{
	struct vmctp_pair pair = VMCTP_PAIR(ctl_name(self->other), "i2cpeer");

	ASSERT_EQ(0, vmctp_add(&pair));
	ASSERT_EQ(0, ctl_new(self->other, 0x22));
	/* the bus would wait for what still refers to it */
	EXPECT_EQ(0, sim_do("delete %d", self->other));
	EXPECT_EQ(0, link_del("i2cpeer"));
}

TEST_F(bus, a_sleeping_device_costs_a_bounded_time_and_is_counted)
{
	struct link_info info;
	long start = now_ms();

	/* nobody is at 0x1d */
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	EXPECT_EQ(1, ctl_stat_wait(self->dev, "tx_nack", 1));
	/* 87 ms, and what a slow machine adds to each pause */
	EXPECT_GT(2000, now_ms() - start);
	/* DSP0237's PN1 and PN2 */
	EXPECT_LE(8, ctl_stat(self->dev, "tx_retries"));
	EXPECT_GE(12, ctl_stat(self->dev, "tx_retries"));
	EXPECT_EQ(1 + ctl_stat(self->dev, "tx_retries"),
		  sim_stat("no_target"));
	ASSERT_EQ(0, link_get(self->dev, &info));
	EXPECT_EQ(1ull, info.stats.tx_errors);
	EXPECT_EQ(0ull, info.stats.tx_packets);
}

TEST_F(bus, the_rest_of_a_lost_message_goes_at_once)
{
	uint8_t lladdr = 0x1e;
	long start, packets;

	ASSERT_EQ(0, sim_do("target 0 0x1e"));
	ASSERT_EQ(0, route_add(self->dev, 20, 20, 0));
	ASSERT_EQ(0, neigh_add(self->dev, 20, &lladdr, 1));
	ASSERT_EQ(0, link_mtu(self->dev, 68));
	pattern(self->data, DATA_MAX, 1);
	packets = MSG_MAX / 64;
	start = now_ms();
	ASSERT_EQ(DATA_MAX, send_to(self->fd, &self->to, self->data, DATA_MAX));
	/* another that is awake waits for one packet, not for all */
	self->to.smctp_addr.s_addr = 20;
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	EXPECT_EQ(packets - 1, ctl_stat_wait(self->dev, "tx_rest_of_message",
					     packets - 1));
	EXPECT_EQ(1, ctl_stat(self->dev, "tx_nack"));
	while (!sim_count("write 1e 0") && now_ms() < start + WAIT_MS)
		pause_ms(2);
	EXPECT_EQ(1, sim_count("write 1e 0"));
	/* for each packet it would be a minute and a half */
	EXPECT_GT(20000, now_ms() - start);
}

TEST_F(bus, many_messages_to_a_sleeping_device_delay_others_like_one)
{
	uint8_t lladdr = 0x1e;
	long start, retries;
	int i;

	ASSERT_EQ(0, sim_do("target 0 0x1e"));
	ASSERT_EQ(0, route_add(self->dev, 20, 20, 0));
	ASSERT_EQ(0, neigh_add(self->dev, 20, &lladdr, 1));
	/* responses, which no tags limit */
	self->to.smctp_tag = 1;
	start = now_ms();
	for (i = 0; i < SLEEPING; i++)
		ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	self->to.smctp_addr.s_addr = 20;
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	while (!sim_count("write 1e 0") && now_ms() < start + WAIT_MS)
		pause_ms(2);
	EXPECT_EQ(1, sim_count("write 1e 0"));
	/* with all their pauses it would be 87 ms for each */
	EXPECT_GT(SLEEPING * 87 / 2, now_ms() - start);
	EXPECT_EQ(SLEEPING, ctl_stat(self->dev, "tx_nack"));
	/* and no message has less than PN1 */
	retries = ctl_stat(self->dev, "tx_retries");
	EXPECT_LE(8 * SLEEPING, retries);
	EXPECT_GE(8 * SLEEPING + 4 * (WAIT_MS / 1000), retries);
}

TEST_F(bus, a_sleeping_device_is_given_time_again)
{
	long start;
	int i;

	for (i = 1; i < 3; i++) {
		start = now_ms();
		ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
		EXPECT_EQ(i, ctl_stat_wait(self->dev, "tx_nack", i));
		/* 8 pauses are the least */
		EXPECT_LE(47, now_ms() - start);
		pause_ms(1100);
	}

	/* one that has answered is given it at once */
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	EXPECT_EQ(3, ctl_stat_wait(self->dev, "tx_nack", 3));
	ASSERT_EQ(0, sim_do("target 0 0x1d"));
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	while (!sim_stat("taken"))
		pause_ms(2);
	ASSERT_EQ(0, sim_fault("nack", 1000));
	start = now_ms();
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	EXPECT_EQ(4, ctl_stat_wait(self->dev, "tx_nack", 4));
	EXPECT_LE(47, now_ms() - start);
}

TEST_F(bus, sending_does_not_wait_for_the_bus)
{
	long start = now_ms();
	int i;

	ASSERT_EQ(0, sim_do("target 0 0x1d"));
	ASSERT_EQ(0, sim_fault("delay", 1000));
	ASSERT_EQ(0, sim_set("delay_us", 1000000));
	self->to.smctp_tag = 1;
	for (i = 0; i < 10; i++)
		ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	EXPECT_GT(500, now_ms() - start);
	EXPECT_EQ(0, sim_set("delay_us", 1000));
}

TEST_F(bus, arbitration_that_is_lost_is_tried_again_then_counted)
{
	long retries;

	ASSERT_EQ(0, sim_do("target 0 0x1d"));
	ASSERT_EQ(0, sim_fault("arbitration", 300));
	pattern(self->data, 4096, 1);
	self->to.smctp_tag = 1;
	ASSERT_EQ(4096, send_to(self->fd, &self->to, self->data, 4096));
	EXPECT_EQ(17, stats_wait(&self->before, "tx_packets", 17));
	ASSERT_EQ(0, ctl_stat_wait(self->dev, "tx_arbitration", 0));
	while (sim_stat("taken") < 17)
		pause_ms(2);
	EXPECT_EQ(17, sim_stat("taken"));
	EXPECT_EQ(sim_stat("arbitration"), ctl_stat(self->dev, "tx_retries"));
	EXPECT_LT(0, sim_stat("arbitration"));

	retries = ctl_stat(self->dev, "tx_retries");
	ASSERT_EQ(0, sim_fault("arbitration", 1000));
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	EXPECT_EQ(1, ctl_stat_wait(self->dev, "tx_arbitration", 1));
	retries = ctl_stat(self->dev, "tx_retries") - retries;
	EXPECT_LE(8, retries);
	EXPECT_GE(12, retries);
}

TEST_F(bus, a_timeout_of_the_bus_is_counted_and_the_queue_goes_on)
{
	int i;

	ASSERT_EQ(0, sim_do("target 0 0x1d"));
	ASSERT_EQ(0, sim_fault("timeout", 1000));
	self->to.smctp_tag = 1;
	for (i = 0; i < 3; i++)
		ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	EXPECT_EQ(3, ctl_stat_wait(self->dev, "tx_timeout", 3));
	EXPECT_EQ(0, ctl_stat(self->dev, "tx_retries"));
	ASSERT_EQ(0, sim_fault("timeout", 0));
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
	while (!sim_stat("taken"))
		pause_ms(2);
	EXPECT_EQ(1, sim_stat("taken"));
}

TEST_F(bus, what_waits_when_the_device_is_set_down_is_counted)
{
	struct link_info info;

	ASSERT_EQ(0, link_mtu(self->dev, 68));
	ASSERT_EQ(0, sim_fault("delay", 1000));
	ASSERT_EQ(0, sim_set("delay_us", 20000));
	ASSERT_EQ(0, sim_do("target 0 0x1d"));
	self->to.smctp_tag = 1;
	ASSERT_EQ(4096, send_to(self->fd, &self->to, self->data, 4096));
	ASSERT_EQ(0, link_down(self->dev));
	ASSERT_EQ(0, link_get(self->dev, &info));
	/* one may be on its way still */
	EXPECT_LE(60l, ctl_stat(self->dev, "tx_down") + stats_lost(&self->before));
	ASSERT_EQ(0, sim_fault("delay", 0));
	ASSERT_EQ(0, link_up(self->dev));
	ASSERT_EQ(1, send_to(self->fd, &self->to, "x", 1));
}

TEST_F(bus, removal_amid_traffic_at_any_moment)
{
	uint8_t bytes[16];
	size_t len;
	pid_t out, in;
	int i;

	ASSERT_EQ(0, sim_do("target 0 0x1d"));
	ASSERT_EQ(0, sim_fault("nack", 200));
	len = i2c_frame(bytes, NEAR_LL, FAR_LL, request, sizeof(request));
	in = fork();
	if (!in)
		for (;;)
			sim_write(self->other, NEAR_LL, bytes, len);
	for (i = 0; i < 9; i++) {
		out = fork();
		if (!out) {
			self->to.smctp_tag = 1;
			while (send_to(self->fd, &self->to, self->data, 4096) > 0)
				;
			_exit(0);
		}
		pause_ms(4 * i);
		if (i % 3) {
			ASSERT_EQ(0, ctl_del(self->bus, NEAR_LL));
		} else {
			/* the bus itself goes */
			ASSERT_EQ(0, sim_do("delete %d", self->bus));
			self->bus = sim_adapter(0);
			self->dev = ctl_name(self->bus);
		}
		EXPECT_FALSE(exists(self->dev));
		kill(out, SIGKILL);
		child_wait(out);
		ASSERT_EQ(0, ctl_new(self->bus, NEAR_LL));
		ASSERT_EQ(0, link_up(self->dev));
		ASSERT_EQ(0, addr_add(self->dev, NEAR));
		ASSERT_EQ(0, route_add(self->dev, FAR, FAR, 0));
		ASSERT_EQ(0, neigh_add(self->dev, FAR, &self->lladdr, 1));
	}
	kill(in, SIGKILL);
	child_wait(in);
}

TEST_HARNESS_MAIN
