// SPDX-License-Identifier: GPL-2.0
/*
 * vmctp: pairs of virtual MCTP devices, and messages between two network
 * namespaces that such a pair joins.
 */
#include <arpa/inet.h>
#include <net/if.h>

#include "mctp_test.h"

#define TYPE	0x7e
#define NEAR	8
#define FAR	9
#define NEAR_LL	0x10	/* what an end gets that is given none */
#define FAR_LL	0x11

#define EXPECT_REFUSED(err, call) do {					\
	EXPECT_EQ(err, call);						\
	EXPECT_STRNE("", nl_sentence);					\
} while (0)

/* Alone in a namespace */
FIXTURE(pair) {
	struct vmctp_pair pair;
};

FIXTURE_SETUP(pair)
{
	static const struct vmctp_pair pair = VMCTP_PAIR("near", "far");

	ASSERT_EQ(0, ns_new());
	self->pair = pair;
}

FIXTURE_TEARDOWN(pair)
{
}

TEST_F(pair, a_pair_is_made_with_what_the_contract_says)
{
	struct link_info near, far;

	ASSERT_EQ(0, vmctp_add(&self->pair));
	ASSERT_EQ(0, link_get("near", &near));
	ASSERT_EQ(0, link_get("far", &far));
	EXPECT_EQ(ARPHRD_MCTP, near.type);
	EXPECT_EQ(68u, near.mtu);
	EXPECT_EQ(68u, far.mtu);
	EXPECT_EQ(0, near.addr_len);
	EXPECT_EQ(0, far.addr_len);
	EXPECT_TRUE(near.has_mctp);
	EXPECT_EQ(1u, near.net);
	EXPECT_EQ(0, near.binding);
	EXPECT_EQ(0u, near.flags & IFF_UP);
}

TEST_F(pair, a_peer_that_is_not_described_gets_a_name)
{
	self->pair.peer = NULL;
	ASSERT_EQ(0, vmctp_add(&self->pair));
	EXPECT_STREQ("vmctp0", link_find("vmctp"));
	self->pair.name = NULL;
	self->pair.peer = "other";
	ASSERT_EQ(0, vmctp_add(&self->pair));
	EXPECT_NE(0u, if_nametoindex("vmctp1"));
	EXPECT_NE(0u, if_nametoindex("other"));
}

TEST_F(pair, a_name_that_is_taken_is_eexist_and_leaves_nothing)
{
	struct link_info info;

	ASSERT_EQ(0, vmctp_add(&self->pair));
	EXPECT_EQ(-EEXIST, vmctp_add(&self->pair));
	self->pair.name = "near2";
	EXPECT_EQ(-EEXIST, vmctp_add(&self->pair));
	EXPECT_EQ(-ENODEV, link_get("near2", &info));
	self->pair.name = "near";
	self->pair.peer = "far2";
	EXPECT_EQ(-EEXIST, vmctp_add(&self->pair));
	EXPECT_EQ(-ENODEV, link_get("far2", &info));
}

TEST_F(pair, one_end_goes_with_the_other)
{
	ASSERT_EQ(0, vmctp_add(&self->pair));
	ASSERT_EQ(0, link_del("far"));
	EXPECT_EQ(0u, if_nametoindex("near"));
	ASSERT_EQ(0, vmctp_add(&self->pair));
	ASSERT_EQ(0, link_del("near"));
	EXPECT_EQ(0u, if_nametoindex("far"));
}

TEST_F(pair, the_mtu_is_68_to_65535)
{
	ASSERT_EQ(0, vmctp_add(&self->pair));
	EXPECT_REFUSED(-EINVAL, link_mtu("near", 67));
	EXPECT_REFUSED(-EINVAL, link_mtu("near", 0));
	EXPECT_REFUSED(-EINVAL, link_mtu("near", 65536));
	EXPECT_EQ(0, link_mtu("near", 65535));
	EXPECT_EQ(0, link_mtu("near", 68));
	ASSERT_EQ(0, link_del("near"));
	self->pair.mtu = 67;
	EXPECT_REFUSED(-EINVAL, vmctp_add(&self->pair));
	self->pair.mtu = 65536;
	EXPECT_REFUSED(-EINVAL, vmctp_add(&self->pair));
	self->pair.mtu = 65535;
	EXPECT_EQ(0, vmctp_add(&self->pair));
}

TEST_F(pair, addresses_are_chosen_or_given)
{
	struct link_info near, far;

	self->pair.addr_len = 1;
	ASSERT_EQ(0, vmctp_add(&self->pair));
	ASSERT_EQ(0, link_get("near", &near));
	ASSERT_EQ(0, link_get("far", &far));
	EXPECT_EQ(1, near.addr_len);
	EXPECT_EQ(1, far.addr_len);
	EXPECT_NE(near.addr[0], far.addr[0]);
	ASSERT_EQ(0, link_del("near"));

	self->pair.lladdr = 0x30;
	self->pair.peer_lladdr = 0x31;
	ASSERT_EQ(0, vmctp_add(&self->pair));
	ASSERT_EQ(0, link_get("near", &near));
	ASSERT_EQ(0, link_get("far", &far));
	EXPECT_EQ(0x30, near.addr[0]);
	EXPECT_EQ(0x31, far.addr[0]);
}

TEST_F(pair, addresses_that_cannot_be_are_refused)
{
	self->pair.addr_len = 2;
	EXPECT_LT(vmctp_add(&self->pair), 0);
	self->pair.addr_len = 0;
	self->pair.lladdr = 0x30;
	EXPECT_REFUSED(-EINVAL, vmctp_add(&self->pair));
	self->pair.addr_len = 1;
	self->pair.peer_lladdr = 0x30;
	EXPECT_REFUSED(-EADDRINUSE, vmctp_add(&self->pair));
	self->pair.peer_lladdr = 0xff;
	EXPECT_REFUSED(-EADDRNOTAVAIL, vmctp_add(&self->pair));
	EXPECT_EQ(0u, if_nametoindex("near"));
	EXPECT_EQ(0u, if_nametoindex("far"));
	self->pair.peer_lladdr = 0x31;
	EXPECT_EQ(0, vmctp_add(&self->pair));
}

TEST_F(pair, a_link_has_carrier_while_both_ends_are_up)
{
	struct link_info info;

	ASSERT_EQ(0, vmctp_add(&self->pair));
	ASSERT_EQ(0, link_up("near"));
	ASSERT_EQ(0, link_get("near", &info));
	EXPECT_EQ(0u, info.flags & IFF_LOWER_UP);
	ASSERT_EQ(0, link_up("far"));
	ASSERT_EQ(0, link_get("near", &info));
	EXPECT_EQ((unsigned int)IFF_LOWER_UP, info.flags & IFF_LOWER_UP);
	ASSERT_EQ(0, link_down("far"));
	ASSERT_EQ(0, link_get("near", &info));
	EXPECT_EQ(0u, info.flags & IFF_LOWER_UP);
}

/* Two namespaces. The test is in that of the near end. */
FIXTURE(across) {
	int near_ns;
	int far_ns;
	int server;		/* over there, takes requests of TYPE */
	struct stats before;
	struct sockaddr_mctp to;
	uint8_t data[DATA_MAX];
	uint8_t got[DATA_MAX + 1];
};

FIXTURE_VARIANT(across) {
	int addr_len;
};

FIXTURE_VARIANT_ADD(across, plain) {
	.addr_len = 0,
};

FIXTURE_VARIANT_ADD(across, addressed) {
	.addr_len = 1,
};

FIXTURE_SETUP(across)
{
	struct vmctp_pair pair = VMCTP_PAIR("near", "far");
	uint8_t near_ll = NEAR_LL, far_ll = FAR_LL;

	ASSERT_EQ(0, ns_new());
	self->far_ns = ns_fd();
	ASSERT_EQ(0, ns_new());
	self->near_ns = ns_fd();
	ASSERT_LE(0, self->near_ns);
	ASSERT_LE(0, self->far_ns);
	pair.addr_len = variant->addr_len;
	pair.peer_ns = self->far_ns;
	ASSERT_EQ(0, vmctp_add(&pair));
	ASSERT_EQ(0, link_up("near"));
	ASSERT_EQ(0, addr_add("near", NEAR));
	ASSERT_EQ(0, route_add("near", FAR, FAR, 0));

	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, link_up("far"));
	ASSERT_EQ(0, addr_add("far", FAR));
	ASSERT_EQ(0, route_add("far", NEAR, NEAR, 0));
	self->server = sock_bound(1, FAR, TYPE);
	ASSERT_LE(0, self->server);
	if (variant->addr_len)
		ASSERT_EQ(0, neigh_add("far", NEAR, &near_ll, 1));

	ASSERT_EQ(0, ns_enter(self->near_ns));
	if (variant->addr_len)
		ASSERT_EQ(0, neigh_add("near", FAR, &far_ll, 1));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, FAR, TYPE, OWNER);
}

FIXTURE_TEARDOWN(across)
{
}

static int mtu_of_both(FIXTURE_DATA(across) *self, uint32_t mtu)
{
	return link_mtu("near", mtu) ?: ns_enter(self->far_ns) ?:
	       link_mtu("far", mtu) ?: ns_enter(self->near_ns);
}

static int far_link(FIXTURE_DATA(across) *self, struct link_info *info)
{
	return ns_enter(self->far_ns) ?: link_get("far", info) ?:
	       ns_enter(self->near_ns);
}

/* A message there and another back */
static void round_trip(struct __test_metadata *_metadata,
		       FIXTURE_DATA(across) *self, size_t size)
{
	struct sockaddr_mctp from;
	int fd = sock_new();
	ssize_t len = size;

	pattern(self->data, len, 1);
	ASSERT_EQ(len, send_to(fd, &self->to, self->data, len));
	ASSERT_EQ(len, recv_from(self->server, self->got, sizeof(self->got),
				 &from));
	EXPECT_TRUE(pattern_is(self->got, len, 1));
	EXPECT_EQ(NEAR, from.smctp_addr.s_addr);
	from.smctp_tag &= MCTP_TAG_MASK;
	pattern(self->data, len, 2);
	ASSERT_EQ(len, send_to(self->server, &from, self->data, len));
	ASSERT_EQ(len, recv_from(fd, self->got, sizeof(self->got), &from));
	EXPECT_TRUE(pattern_is(self->got, len, 2));
	EXPECT_EQ(FAR, from.smctp_addr.s_addr);
	close(fd);
}

TEST_F(across, messages_of_all_sizes_at_the_least_mtu)
{
	static const size_t sizes[] = { 0, 1, 62, 63, 64, 127, 128, 4096 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		round_trip(_metadata, self, sizes[i]);
	EXPECT_DROPS(&self->before, "");
}

TEST_F(across, the_longest_message_at_the_least_mtu)
{
	round_trip(_metadata, self, DATA_MAX);
	EXPECT_EQ(1024, stats_rise(&self->before, "tx_packets"));
	EXPECT_EQ(1024, stats_rise(&self->before, "rx_packets"));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(across, the_longest_message_at_greater_mtus)
{
	static const uint32_t mtus[] = { 254, 1500, 9000, 65535 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mtus); i++) {
		ASSERT_EQ(0, mtu_of_both(self, mtus[i]));
		round_trip(_metadata, self, DATA_MAX);
	}
	EXPECT_DROPS(&self->before, "");
}

TEST_F(across, sizes_around_each_boundary_of_an_mtu)
{
	static const uint32_t mtus[] = { 68, 255, 1500, 5000 };
	size_t i;
	int n, d;

	for (i = 0; i < ARRAY_SIZE(mtus); i++) {
		ASSERT_EQ(0, mtu_of_both(self, mtus[i]));
		for (n = 1; n <= 4; n += 3)
			for (d = -1; d <= 1; d++)
				round_trip(_metadata, self,
					   n * (mtus[i] - HDR_LEN) - 1 + d);
	}
	EXPECT_DROPS(&self->before, "");
}

TEST_F(across, both_ends_count_packets_and_bytes)
{
	/* with the type: 101 bytes in packets of 64 and 37 */
	unsigned long long link = variant->addr_len ? 2 : 0;
	unsigned long long bytes = 101 + 2 * (HDR_LEN + link);
	struct link_info near, far;

	ASSERT_EQ(100, send_to(sock_new(), &self->to, self->data, 100));
	ASSERT_EQ(100, recv_from(self->server, self->got, 100, NULL));
	ASSERT_EQ(0, link_get("near", &near));
	ASSERT_EQ(0, far_link(self, &far));
	EXPECT_EQ(2ull, near.stats.tx_packets);
	EXPECT_EQ(bytes, near.stats.tx_bytes);
	EXPECT_EQ(0ull, near.stats.rx_packets);
	EXPECT_EQ(2ull, far.stats.rx_packets);
	EXPECT_EQ(bytes, far.stats.rx_bytes);
	EXPECT_EQ(0ull, far.stats.tx_packets);
	EXPECT_EQ(0ull, near.stats.tx_dropped + far.stats.rx_dropped);
}

/* A socket that is shown each packet of @protocol that comes by @dev, or by any */
static int ear_new(int protocol, const char *dev)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = dev ? if_nametoindex(dev) : 0,
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return bind(fd, (void *)&addr, sizeof(addr)) ? -errno : fd;
}

/* Packets are sent together, but who looks on at either end sees them one by one */
TEST_F(across, who_looks_on_sees_packets_one_by_one)
{
	/* one that asks for a protocol is shown only what comes in */
	static const struct {
		int protocol;
		const char *dev;
		bool far;
	} ears[] = {
		{ ETH_P_ALL, "near", false },
		{ ETH_P_ALL, "far", true },
		{ ETH_P_ALL, NULL, true },
		{ ETH_P_MCTP, "far", true },
		{ ETH_P_MCTP, NULL, true },
	};
	const int ears_n = sizeof(ears) / sizeof(*ears);
	const ssize_t size = 80 * 64 - 1, packet = 64 + HDR_LEN;
	int end, ear, i;

	for (end = 0; end < ears_n; end++) {
		TH_LOG("packet socket of %#x on %s", ears[end].protocol, ears[end].dev ?: "all");
		ASSERT_EQ(0, ns_enter(ears[end].far ? self->far_ns : self->near_ns));
		ear = ear_new(ears[end].protocol, ears[end].dev);
		ASSERT_LE(0, ear);
		ASSERT_EQ(0, ns_enter(self->near_ns));
		pattern(self->data, size, end);
		ASSERT_EQ(size, send_to(sock_new(), &self->to, self->data,
					size));
		ASSERT_EQ(size, recv_from(self->server, self->got,
					  sizeof(self->got), NULL));
		EXPECT_TRUE(pattern_is(self->got, size, end));
		for (i = 0; i < 80; i++) {
			/* as much as there is, whatever was asked for */
			ASSERT_EQ(packet, recv(ear, self->got, HDR_LEN,
					       MSG_TRUNC | MSG_DONTWAIT));
			EXPECT_EQ(FAR, self->got[1]);
			EXPECT_EQ(NEAR, self->got[2]);
			EXPECT_EQ(i % 4, self->got[3] >> 4 & 3);
			EXPECT_EQ(!i, !!(self->got[3] & 0x80));
			EXPECT_EQ(i == 79, !!(self->got[3] & 0x40));
		}
		EXPECT_EQ(-1, recv(ear, self->got, 1, MSG_DONTWAIT));
		close(ear);
	}
	EXPECT_EQ(ears_n * 80, stats_rise(&self->before, "tx_packets"));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(across, bursts_in_both_directions_lose_nothing)
{
	struct sockaddr_mctp to_near = addr_of(1, NEAR, TYPE, OWNER);
	int here = sock_bound(1, NEAR, TYPE), fd = sock_new(), i;
	int size = 4 << 20;

	ASSERT_EQ(0, setsockopt(here, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				sizeof(size)));
	ASSERT_EQ(0, setsockopt(self->server, SOL_SOCKET, SO_RCVBUFFORCE,
				&size, sizeof(size)));
	for (i = 0; i < 8; i++) {
		pattern(self->data, 4096, i);
		ASSERT_EQ(4096, send_to(fd, &self->to, self->data, 4096));
		ASSERT_EQ(4096, send_to(self->server, &to_near, self->data,
					4096));
	}
	for (i = 0; i < 8; i++) {
		ASSERT_EQ(4096, recv_from(self->server, self->got, 4097,
					  NULL));
		EXPECT_TRUE(pattern_is(self->got, 4096, i));
		ASSERT_EQ(4096, recv_from(here, self->got, 4097, NULL));
		EXPECT_TRUE(pattern_is(self->got, 4096, i));
	}
	EXPECT_DROPS(&self->before, "");
}

TEST_F(across, a_sender_that_is_faster_than_the_receiver_gets_through)
{
	int fd = sock_new(), size = 1, i;
	pid_t pid;

	/* a small send buffer; what waits in the link is charged to it */
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
				sizeof(size)));
	self->to.smctp_tag = 1;		/* as many as one likes, as answers */
	pid = fork();
	if (!pid) {
		for (i = 0; i < 50; i++)
			if (send_to(fd, &self->to, self->data, 4096) != 4096)
				_exit(1);
		_exit(0);
	}
	EXPECT_EQ(0, child_wait(pid));
	EXPECT_EQ(50 * 65, stats_rise(&self->before, "tx_packets"));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(across, a_message_to_an_end_that_is_down_is_not_lost_uncounted)
{
	struct link_info info;
	ssize_t n;

	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, link_down("far"));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	n = send_to(sock_new(), &self->to, "x", 1);
	ASSERT_EQ(0, link_get("near", &info));
	/* the caller is told, or the stack or the device has counted it */
	EXPECT_LT(0, (n < 0) + stats_lost(&self->before) +
		  (long)info.stats.tx_dropped);

	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, link_up("far"));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	round_trip(_metadata, self, 100);
}

TEST_F(across, an_end_that_moves_takes_nothing_and_works_anew)
{
	struct sockaddr_mctp to = addr_of(1, 12, TYPE, OWNER);
	uint8_t far_ll = FAR_LL;
	int third, server;

	ASSERT_EQ(0, ns_new());
	third = ns_fd();
	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, link_move("far", third));
	EXPECT_EQ(0u, if_nametoindex("far"));
	ASSERT_EQ(0, ns_enter(third));
	ASSERT_EQ(0, link_up("far"));
	EXPECT_EQ(-ENOENT, addr_del("far", FAR));
	ASSERT_EQ(0, addr_add("far", 12));
	server = sock_bound(1, 12, TYPE);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, ns_enter(self->near_ns));
	ASSERT_EQ(0, route_add("near", 12, 12, 0));
	if (variant->addr_len)
		ASSERT_EQ(0, neigh_add("near", 12, &far_ll, 1));
	ASSERT_EQ(2, send_to(sock_new(), &to, "hi", 2));
	EXPECT_EQ(2, recv_from(server, self->got, 8, NULL));
}

TEST_F(across, a_namespace_that_ends_takes_both_ends_with_it)
{
	uint8_t part[BTU] = { TYPE };
	struct link_info info;
	long end;
	int fd;

	/* it ends with all that there can be in it */
	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, route_gw_add(1, NEAR, 50, 60, 0));
	ASSERT_EQ(0, route_gw_add(7, NEAR, 50, 60, 0));
	fd = sock_new();
	ASSERT_LE(0, tag_alloc2(fd, 1, NEAR));
	ASSERT_LE(0, tag_alloc2(fd, 9, MCTP_ADDR_ANY));
	ASSERT_EQ(1, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	EXPECT_EQ((ssize_t)sizeof(part), send_to(sock_new(), &self->to, part,
						 sizeof(part)));
	close(fd);
	close(self->server);
	close(self->far_ns);
	end = now_ms() + 2 * WAIT_MS;
	while (!link_get("near", &info) && now_ms() < end)
		pause_ms(10);
	EXPECT_EQ(-ENODEV, link_get("near", &info));
	EXPECT_EQ(-EHOSTUNREACH, send_to(sock_new(), &self->to, "x", 1));
}

TEST_F(across, removal_amid_traffic_ends_the_sender_with_an_error)
{
	int fd = sock_new();
	pid_t pid = fork();
	ssize_t n;

	if (!pid) {
		self->to.smctp_tag = 1;
		do {
			n = send_to(fd, &self->to, self->data, 4096);
		} while (n == 4096);
		/* it is down for a moment before it is gone */
		_exit(n == -EHOSTUNREACH || n == -ENETDOWN || n == -ENOBUFS ?
		      0 : 1);
	}
	while (stats_rise(&self->before, "tx_messages") < 20)
		pause_ms(1);
	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, link_del("far"));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	EXPECT_EQ(0u, if_nametoindex("near"));
	EXPECT_EQ(0, child_wait(pid));
}

/* Links with addresses, of which some are for the tests alone */
FIXTURE(bus) {
	int near_ns;
	int far_ns;
	int server;
	struct stats before;
	struct sockaddr_mctp to;
	uint8_t got[256];
};

FIXTURE_SETUP(bus)
{
	struct vmctp_pair pair = VMCTP_PAIR("near", "far");

	ASSERT_EQ(0, ns_new());
	self->far_ns = ns_fd();
	ASSERT_EQ(0, ns_new());
	self->near_ns = ns_fd();
	pair.addr_len = 1;
	pair.peer_ns = self->far_ns;
	ASSERT_EQ(0, vmctp_add(&pair));
	ASSERT_EQ(0, link_up("near"));
	ASSERT_EQ(0, addr_add("near", NEAR));
	ASSERT_EQ(0, route_add("near", FAR, 60, 0));
	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, link_up("far"));
	ASSERT_EQ(0, addr_add("far", FAR));
	self->server = sock_bound(1, MCTP_ADDR_ANY, TYPE);
	ASSERT_LE(0, self->server);
	ASSERT_EQ(0, ns_enter(self->near_ns));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, FAR, TYPE, OWNER);
}

FIXTURE_TEARDOWN(bus)
{
}

static ssize_t send_ext(int fd, const struct sockaddr_mctp *base,
			const char *dev, uint8_t lladdr)
{
	struct sockaddr_mctp_ext to = ext_at(base, dev, lladdr);

	return send_to_ext(fd, &to, "x", 1);
}

TEST_F(bus, a_peer_without_a_neighbour_entry_is_ehostunreach)
{
	uint8_t lladdr = FAR_LL;
	int fd = sock_new();

	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(0, neigh_add("near", FAR, &lladdr, 1));
	EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(1, recv_from(self->server, self->got, 8, NULL));
	ASSERT_EQ(0, neigh_del("near", FAR));
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "x", 1));
}

TEST_F(bus, a_gateways_neighbour_entry_is_what_counts)
{
	uint8_t lladdr = FAR_LL;
	int fd = sock_new();

	/* 61 by FAR; over there it is one of theirs */
	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, addr_add("far", 61));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	ASSERT_EQ(0, route_gw_add(1, FAR, 61, 61, 0));
	self->to.smctp_addr.s_addr = 61;
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(0, neigh_add("near", FAR, &lladdr, 1));
	EXPECT_EQ(1, send_to(fd, &self->to, "x", 1));
	EXPECT_EQ(1, recv_from(self->server, self->got, 8, NULL));
}

TEST_F(bus, what_is_for_another_address_is_dropped_and_counted_by_the_device)
{
	uint8_t wrong = 0x55, right = FAR_LL;
	struct link_info info;

	ASSERT_EQ(0, neigh_add("near", FAR, &wrong, 1));
	ASSERT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
	/* a second, that arrives, shows that the first was there */
	ASSERT_EQ(0, neigh_del("near", FAR));
	ASSERT_EQ(0, neigh_add("near", FAR, &right, 1));
	ASSERT_EQ(1, send_to(sock_new(), &self->to, "y", 1));
	ASSERT_EQ(1, recv_from(self->server, self->got, 8, NULL));
	EXPECT_EQ('y', self->got[0]);
	EXPECT_EQ(0, recv_none(self->server));
	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, link_get("far", &info));
	EXPECT_EQ(1ull, info.stats.rx_dropped);
}

TEST_F(bus, what_a_promiscuous_device_shows_is_somebody_elses_still)
{
	struct ifinfomsg ifi = { .ifi_flags = IFF_PROMISC,
				 .ifi_change = IFF_PROMISC };
	uint8_t wrong = 0x55;
	struct nl_req r;

	ASSERT_EQ(0, neigh_add("near", FAR, &wrong, 1));
	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, stats_read(&self->before));
	ifi.ifi_index = if_nametoindex("far");
	nl_start(&r, RTM_SETLINK, 0, &ifi, sizeof(ifi));
	ASSERT_EQ(0, nl_do(&r));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	ASSERT_EQ(1, send_to(sock_new(), &self->to, "x", 1));
	ASSERT_EQ(0, ns_enter(self->far_ns));
	EXPECT_DROPS(&self->before, "drop_otherhost=1");
	EXPECT_EQ(0, recv_none(self->server));
}

TEST_F(bus, extended_addresses_name_the_link_address_both_ways)
{
	struct sockaddr_mctp_ext from;
	int fd = sock_new();

	ASSERT_EQ(0, sock_ext(fd, 1));
	ASSERT_EQ(0, sock_ext(self->server, 1));
	/* to an endpoint that has no EID yet */
	self->to.smctp_addr.s_addr = MCTP_ADDR_NULL;
	ASSERT_EQ(1, send_ext(fd, &self->to, "near", FAR_LL));
	memset(&from, 0xaa, sizeof(from));
	ASSERT_EQ(1, recv_from_ext(self->server, self->got, 8, &from));
	EXPECT_EQ(NEAR, from.smctp_base.smctp_addr.s_addr);
	EXPECT_EQ(1, from.smctp_halen);
	EXPECT_EQ(NEAR_LL, from.smctp_haddr[0]);
	EXPECT_EQ(0, from.smctp_haddr[1]);
	EXPECT_EQ(0, from.smctp_haddr[MAX_ADDR_LEN - 1]);
	ASSERT_EQ(0, ns_enter(self->far_ns));
	EXPECT_EQ((int)if_nametoindex("far"), from.smctp_ifindex);

	/* there is no route back, nor is one needed */
	from.smctp_base.smctp_tag &= MCTP_TAG_MASK;
	ASSERT_EQ(1, sendto(self->server, "r", 1, 0, (void *)&from,
			    sizeof(from)));
	ASSERT_EQ(1, recv_from_ext(fd, self->got, 8, &from));
	EXPECT_EQ(FAR, from.smctp_base.smctp_addr.s_addr);
	EXPECT_EQ(FAR_LL, from.smctp_haddr[0]);
}

TEST_F(bus, the_broadcast_address_reaches_the_other_end)
{
	struct sockaddr_mctp_ext from;
	int fd = sock_new();

	ASSERT_EQ(0, sock_ext(fd, 1));
	self->to.smctp_addr.s_addr = MCTP_ADDR_ANY;
	ASSERT_EQ(1, send_ext(fd, &self->to, "near", 0xff));
	ASSERT_EQ(0, sock_ext(self->server, 1));
	ASSERT_EQ(1, recv_from_ext(self->server, self->got, 8, &from));
	EXPECT_EQ(NEAR_LL, from.smctp_haddr[0]);
}

TEST_F(bus, a_wrong_length_of_a_link_address_is_einval)
{
	struct sockaddr_mctp_ext to;
	int fd = sock_new();

	ASSERT_EQ(0, sock_ext(fd, 1));
	memset(&to, 0, sizeof(to));
	to.smctp_base = self->to;
	to.smctp_ifindex = if_nametoindex("near");
	EXPECT_EQ(-1, sendto(fd, "x", 1, 0, (void *)&to, sizeof(to)));
	EXPECT_EQ(EINVAL, errno);
	to.smctp_halen = 2;
	EXPECT_EQ(-1, sendto(fd, "x", 1, 0, (void *)&to, sizeof(to)));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(bus, a_packet_goes_on_to_another_address_of_the_bus_never_back)
{
	uint8_t back = FAR_LL, other = 0x12;
	struct sockaddr_mctp to = addr_of(1, 20, TYPE, OWNER);
	int fd;

	/* we are the bridge: 20 is at the sender's own address, 21 at another */
	ASSERT_EQ(0, neigh_add("near", 20, &back, 1));
	ASSERT_EQ(0, neigh_add("near", 21, &other, 1));
	ASSERT_EQ(0, ns_enter(self->far_ns));
	fd = sock_new();
	ASSERT_EQ(0, sock_ext(fd, 1));
	ASSERT_EQ(1, send_ext(fd, &to, "far", NEAR_LL));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	EXPECT_DROPS(&self->before, "drop_forward_back=1");
	EXPECT_EQ(0, stats_rise(&self->before, "forwarded"));

	ASSERT_EQ(0, ns_enter(self->far_ns));
	to.smctp_addr.s_addr = 21;
	ASSERT_EQ(1, send_ext(fd, &to, "far", NEAR_LL));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	EXPECT_EQ(1, stats_wait(&self->before, "forwarded", 1));

	/* one whose address nobody knows */
	ASSERT_EQ(0, ns_enter(self->far_ns));
	to.smctp_addr.s_addr = 22;
	ASSERT_EQ(1, send_ext(fd, &to, "far", NEAR_LL));
	ASSERT_EQ(0, ns_enter(self->near_ns));
	EXPECT_DROPS(&self->before, "drop_forward_back=1 drop_no_neighbour=1");
}

/* Networks that are joined in a ring, and a packet that nobody in it takes */
TEST(a_packet_goes_round_a_ring_of_pairs_without_end)
{
	static const char * const end[] = { "a1", "a2", "b2", "b3", "c3", "c1" };
	static const uint32_t net[] = { 1, 2, 2, 3, 3, 1 };
	struct link_info before, after;
	int bus, i;

	ASSERT_EQ(0, ns_new());
	bus = tun_bus("bus", 40, 40);
	ASSERT_LE(0, bus);
	for (i = 0; i < 6; i += 2) {
		struct vmctp_pair pair = VMCTP_PAIR(end[i], end[i + 1]);

		ASSERT_EQ(0, vmctp_add(&pair));
	}
	for (i = 0; i < 6; i++) {
		ASSERT_EQ(0, link_net(end[i], net[i]));
		ASSERT_EQ(0, link_up(end[i]));
	}
	for (i = 0; i < 6; i += 2)
		ASSERT_EQ(0, route_add(end[i], 50, 50, 0));
	ASSERT_EQ(0, tun_send(bus, 50, 40, SOM | EOM | TO, "x", 1));
	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, link_get("a2", &before));
		usleep(50000);
		ASSERT_EQ(0, link_get("a2", &after));
		ASSERT_LT(before.stats.rx_packets, after.stats.rx_packets);
	}
	EXPECT_EQ(0, link_down("a1"));
	close(bus);
}

TEST_HARNESS_MAIN
