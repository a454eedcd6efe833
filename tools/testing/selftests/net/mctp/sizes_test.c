// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of every size at which something changes: none, one byte, around the
 * baseline unit, around each of many packet boundaries and the pages that the
 * stack builds messages of, and the longest. Over a TUN device, a virtual pair,
 * two serial lines and lo, in both directions, as requests and as responses.
 *
 * Every packet that leaves the stack goes through a decoder of the tests' own,
 * which takes nothing that is not exactly as DSP0236 has it.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "mctp_test.h"
#include "mctp_wire.h"

#define TYPE		0x7e
#define NEAR		8	/* ours */
#define FAR		9	/* theirs */

/* More than the packets of a message at the least MTU */
#define QUEUE		4096
#define SIZES_MAX	128

/* Lengths of messages, with their type byte */
struct sizes {
	int	n;
	size_t	total[SIZES_MAX];
};

static void sizes_add(struct sizes *s, size_t total)
{
	int i;

	if (!total || total > MSG_MAX)
		return;
	for (i = 0; i < s->n; i++)
		if (s->total[i] == total)
			return;
	if (s->n < SIZES_MAX)
		s->total[s->n++] = total;
}

static void sizes_around(struct sizes *s, size_t total)
{
	sizes_add(s, total - 1);
	sizes_add(s, total);
	sizes_add(s, total + 1);
}

/* All that are worth a try where a packet has @payload bytes. A kernel that
 * checks itself, and takes seconds for the long ones, has those where the cutting
 * changes; the rest is of buffers' sizes and sequences, and is tried on others.
 */
static void sizes_of(struct sizes *s, size_t payload)
{
	static const size_t data[] = { 0, 1, BTU - 1, BTU, BTU + 1 };
	/* of these the sequence wraps, a page or a buffer's fragments are full */
	static const size_t packets[] = { 1, 2, 3, 4, 5, 8, 9, 16, 17, 18, 64 };
	static const size_t pages[] = { 4096, 16384, 32768 };
	size_t i;

	s->n = 0;
	for (i = 0; i < ARRAY_SIZE(data); i++)
		sizes_add(s, data[i] + 1);
	if (slow_kernel()) {
		sizes_around(s, payload);
		sizes_around(s, 5 * payload);
		sizes_around(s, 4096);
		sizes_add(s, MSG_MAX - 1);
		sizes_add(s, MSG_MAX);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(packets); i++)
		sizes_around(s, packets[i] * payload);
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		sizes_around(s, pages[i]);
	sizes_around(s, MSG_MAX / payload * payload);
	sizes_around(s, MSG_MAX);
}

/* Longer than what has a case for each of its packets: such messages are tried
 * in fewer ways, since a debug kernel takes seconds for those of some sizes
 */
static bool is_long(size_t total, size_t payload)
{
	return total > 64 * payload + 1;
}

static size_t packets_of(size_t total, size_t payload)
{
	return (total + payload - 1) / payload;
}

static int rcvbuf_large(int fd)
{
	int size = 1 << 24;

	return setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ?
	       -errno : 0;
}

/* What all tests here have: a message, and where it is to come */
struct message {
	size_t	total;
	uint8_t	data[MSG_MAX + 1];	/* the type first */
	uint8_t	got[MSG_MAX + 1];
};

static struct message message;

static void message_new(size_t total)
{
	message.total = total;
	pattern(message.data, total, total);
	message.data[0] = TYPE;
}

/* The message has come whole to a socket */
static bool message_came(int fd, struct sockaddr_mctp *from)
{
	ssize_t n = recv_from(fd, message.got, sizeof(message.got), from);

	return n == (ssize_t)message.total - 1 &&
	       !memcmp(message.got, message.data + 1, n);
}

/* The decoder has it whole, of this address and in so many packets */
static bool message_decoded(const struct decoded *m, uint8_t dest, uint8_t src,
			    uint8_t to, size_t packets)
{
	return m->dest == dest && m->src == src && (m->tagto & TO) == to &&
	       m->packets == packets && m->len == message.total &&
	       !memcmp(m->data, message.data, m->len);
}

static ssize_t message_send(int fd, uint8_t dest, uint8_t tag)
{
	struct sockaddr_mctp to = addr_of(1, dest, TYPE, tag);

	return send_to(fd, &to, message.data + 1, message.total - 1);
}

/* One byte more than there may be */
static ssize_t message_send_too_long(int fd, uint8_t dest)
{
	struct sockaddr_mctp to = addr_of(1, dest, TYPE, OWNER);

	return send_to(fd, &to, message.data, DATA_MAX + 1);
}

/* A bus that the test plays */

FIXTURE(bus) {
	int bus;
	int server;
	struct decode decode;
	struct stats before;
	struct sizes sizes;
};

FIXTURE_VARIANT(bus) {
	uint32_t mtu;
};

FIXTURE_VARIANT_ADD(bus, mtu_68) {
	.mtu = 68,
};

FIXTURE_VARIANT_ADD(bus, mtu_254) {
	.mtu = 254,
};

FIXTURE_VARIANT_ADD(bus, mtu_255) {
	.mtu = 255,
};

FIXTURE_VARIANT_ADD(bus, mtu_1500) {
	.mtu = 1500,
};

FIXTURE_VARIANT_ADD(bus, mtu_65535) {
	.mtu = 65535,
};

FIXTURE_SETUP(bus)
{
	ASSERT_EQ(0, ns_new());
	self->bus = tun_new("bus");
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, tun_queue("bus", QUEUE));
	ASSERT_EQ(0, link_mtu("bus", variant->mtu));
	ASSERT_EQ(0, link_up("bus"));
	ASSERT_EQ(0, route_add("bus", FAR, FAR, 0));
	ASSERT_EQ(0, addr_add("bus", NEAR));
	self->server = sock_bound(1, NEAR, TYPE);
	ASSERT_LE(0, self->server);
	ASSERT_EQ(0, rcvbuf_large(self->server));
	decode_init(&self->decode, variant->mtu);
	sizes_of(&self->sizes, variant->mtu - HDR_LEN);
	ASSERT_EQ(0, stats_read(&self->before));
}

FIXTURE_TEARDOWN(bus)
{
	decode_free(&self->decode);
}

/* Take packets off the bus until a message is whole */
static int bus_decode(int bus, struct decode *d)
{
	static uint8_t packet[MSG_MAX + HDR_LEN];
	ssize_t n;
	int ret;

	do {
		n = tun_recv(bus, packet, sizeof(packet));
		if (n < 0)
			return n;
		ret = decode_packet(d, packet, n);
	} while (!ret);
	return ret;
}

static void bus_goes_out(struct __test_metadata *_metadata,
			 FIXTURE_DATA(bus) *self, uint8_t tag)
{
	size_t payload = self->decode.mtu - HDR_LEN;
	int fd = sock_new();	/* and the tag goes with it */

	ASSERT_EQ((ssize_t)message.total - 1, message_send(fd, FAR, tag));
	ASSERT_EQ(1, bus_decode(self->bus, &self->decode)) {
		TH_LOG("of %zu bytes: %s", message.total, self->decode.why);
	}
	EXPECT_TRUE(message_decoded(&self->decode.whole, FAR, NEAR, tag & TO,
				    packets_of(message.total, payload))) {
		TH_LOG("of %zu bytes: %zu in %u packets", message.total,
		       self->decode.whole.len, self->decode.whole.packets);
	}
	if (!(tag & TO))
		EXPECT_EQ(tag, self->decode.whole.tagto);
	close(fd);
}

TEST_F(bus, each_size_goes_out_in_packets_exactly_of_the_mtu)
{
	long packets = 0;
	int i;

	for (i = 0; i < self->sizes.n; i++) {
		message_new(self->sizes.total[i]);
		bus_goes_out(_metadata, self, OWNER);
		bus_goes_out(_metadata, self, i % 8);
		packets += 2 * packets_of(message.total, variant->mtu - HDR_LEN);
	}
	EXPECT_EQ(0, tun_none(self->bus));
	EXPECT_EQ(packets, stats_rise(&self->before, "tx_packets"));
	EXPECT_EQ(2 * self->sizes.n, stats_rise(&self->before, "tx_messages"));
	EXPECT_DROPS(&self->before, "");
}

/* The message comes in packets that are full, from a first sequence number on */
static int bus_feed(int bus, size_t payload, int seq, uint8_t tagto)
{
	size_t off, len;
	int err = 0;

	for (off = 0; off < message.total && !err; off += len, seq++) {
		uint8_t flags = SEQ(seq) | tagto;

		len = message.total - off;
		if (len > payload)
			len = payload;
		flags |= off ? 0 : SOM;
		flags |= off + len == message.total ? EOM : 0;
		err = tun_send(bus, NEAR, FAR, flags, message.data + off, len);
	}
	return err;
}

TEST_F(bus, each_size_comes_in_from_any_first_sequence)
{
	size_t payload = variant->mtu - HDR_LEN;
	int i, seq, last, came = 0;
	struct sockaddr_mctp from;

	for (i = 0; i < self->sizes.n; i++) {
		message_new(self->sizes.total[i]);
		last = is_long(message.total, payload) ? i : i + 3;
		for (seq = i; seq <= last; seq++) {
			uint8_t tagto = TO | (seq % 8);

			ASSERT_EQ(0, bus_feed(self->bus, payload, seq, tagto));
			ASSERT_TRUE(message_came(self->server, &from)) {
				TH_LOG("of %zu bytes from %d on",
				       message.total, seq % 4);
			}
			EXPECT_EQ(FAR, from.smctp_addr.s_addr);
			EXPECT_EQ(TYPE, from.smctp_type);
			EXPECT_EQ(tagto, from.smctp_tag);
			came++;
		}
	}
	EXPECT_EQ(came, stats_rise(&self->before, "rx_messages"));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(bus, each_size_comes_in_as_a_response)
{
	int i, fd = sock_new();

	ASSERT_EQ(0, rcvbuf_large(fd));
	for (i = 0; i < self->sizes.n; i++) {
		message_new(1);
		ASSERT_EQ(0, message_send(fd, FAR, OWNER));
		ASSERT_EQ(1, bus_decode(self->bus, &self->decode));
		message_new(self->sizes.total[i]);
		ASSERT_EQ(0, bus_feed(self->bus, variant->mtu - HDR_LEN, i,
				      self->decode.whole.tagto & ~TO));
		ASSERT_TRUE(message_came(fd, NULL)) {
			TH_LOG("of %zu bytes", message.total);
		}
	}
	EXPECT_DROPS(&self->before, "");
}

TEST_F(bus, of_65535_bytes_one_more_is_emsgsize)
{
	EXPECT_EQ(-EMSGSIZE, message_send_too_long(sock_new(), FAR));
	EXPECT_EQ(0, tun_none(self->bus));
	message_new(MSG_MAX);
	bus_goes_out(_metadata, self, OWNER);
	EXPECT_EQ(1, stats_rise(&self->before, "tx_messages"));
	EXPECT_DROPS(&self->before, "");
}

/* A byte too many on the bus: the message is dropped, and counted once */
TEST_F(bus, of_65536_bytes_with_the_type_one_more_is_dropped)
{
	size_t payload = variant->mtu - HDR_LEN;

	message_new(MSG_MAX + 1);
	ASSERT_EQ(0, bus_feed(self->bus, payload, 2, TO));
	EXPECT_DROPS(&self->before, "drop_too_long=1");
	EXPECT_EQ(0, recv_none(self->server));
	message_new(MSG_MAX);
	ASSERT_EQ(0, bus_feed(self->bus, payload, 2, TO));
	EXPECT_TRUE(message_came(self->server, NULL));
	EXPECT_DROPS(&self->before, "drop_too_long=1");
}

/* A virtual pair between two namespaces, with an ear on the wire */

FIXTURE(pair) {
	int near_ns, far_ns;
	int near, far;		/* take requests of TYPE */
	int ear;
	struct decode decode;
	struct sizes sizes;
};

FIXTURE_VARIANT(pair) {
	uint32_t mtu;
	int addr_len;
};

FIXTURE_VARIANT_ADD(pair, mtu_68) {
	.mtu = 68,
};

FIXTURE_VARIANT_ADD(pair, mtu_254_addressed) {
	.mtu = 254,
	.addr_len = 1,
};

FIXTURE_VARIANT_ADD(pair, mtu_255) {
	.mtu = 255,
};

FIXTURE_VARIANT_ADD(pair, mtu_1500) {
	.mtu = 1500,
};

FIXTURE_VARIANT_ADD(pair, mtu_65535) {
	.mtu = 65535,
};

/* Hears what a device takes and sends, without the link's header */
static int ear_new(const char *dev)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(dev),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || rcvbuf_large(fd) ||
	    bind(fd, (const void *)&addr, sizeof(addr)))
		return -errno;
	return fd;
}

/* What the ear hears until a message is whole. What comes before the message
 * has come is there already.
 */
static int ear_decode(int ear, struct decode *d)
{
	static uint8_t packet[MSG_MAX + HDR_LEN];
	struct sockaddr_ll from;
	ssize_t n;
	int ret;

	do {
		socklen_t len = sizeof(from);

		if (!sock_polls(ear, POLLIN, WAIT_MS))
			return -ETIMEDOUT;
		n = recvfrom(ear, packet, sizeof(packet), MSG_DONTWAIT,
			     (void *)&from, &len);
		if (n < 0)
			return -errno;
		if (from.sll_protocol != htons(ETH_P_MCTP))
			ret = 0;
		else
			ret = decode_packet(d, packet, n);
	} while (!ret);
	return ret;
}

FIXTURE_SETUP(pair)
{
	struct vmctp_pair pair = VMCTP_PAIR("near", "far");
	uint8_t near_ll = 0x10, far_ll = 0x11;

	ASSERT_EQ(0, ns_new());
	self->far_ns = ns_fd();
	ASSERT_EQ(0, ns_new());
	self->near_ns = ns_fd();
	ASSERT_LE(0, self->near_ns);
	ASSERT_LE(0, self->far_ns);
	pair.addr_len = variant->addr_len;
	pair.peer_ns = self->far_ns;
	ASSERT_EQ(0, vmctp_add(&pair));
	ASSERT_EQ(0, link_mtu("near", variant->mtu));
	ASSERT_EQ(0, link_up("near"));
	ASSERT_EQ(0, addr_add("near", NEAR));
	ASSERT_EQ(0, route_add("near", FAR, FAR, 0));
	if (variant->addr_len)
		ASSERT_EQ(0, neigh_add("near", FAR, &far_ll, 1));
	self->near = sock_bound(1, NEAR, TYPE);
	ASSERT_LE(0, self->near);

	ASSERT_EQ(0, ns_enter(self->far_ns));
	ASSERT_EQ(0, link_mtu("far", variant->mtu));
	ASSERT_EQ(0, link_up("far"));
	ASSERT_EQ(0, addr_add("far", FAR));
	ASSERT_EQ(0, route_add("far", NEAR, NEAR, 0));
	if (variant->addr_len)
		ASSERT_EQ(0, neigh_add("far", NEAR, &near_ll, 1));
	self->far = sock_bound(1, FAR, TYPE);
	ASSERT_LE(0, self->far);
	self->ear = ear_new("far");
	ASSERT_LE(0, self->ear);

	ASSERT_EQ(0, rcvbuf_large(self->near));
	ASSERT_EQ(0, rcvbuf_large(self->far));
	decode_init(&self->decode, variant->mtu);
	sizes_of(&self->sizes, variant->mtu - HDR_LEN);
}

FIXTURE_TEARDOWN(pair)
{
	decode_free(&self->decode);
}

TEST_F(pair, each_size_goes_there_and_back)
{
	size_t payload = variant->mtu - HDR_LEN;
	struct sockaddr_mctp from;
	int i;

	for (i = 0; i < self->sizes.n; i++) {
		size_t packets;

		message_new(self->sizes.total[i]);
		packets = packets_of(message.total, payload);
		ASSERT_EQ((ssize_t)message.total - 1,
			  message_send(self->near, FAR, OWNER));
		ASSERT_TRUE(message_came(self->far, &from)) {
			TH_LOG("there, of %zu bytes", message.total);
		}
		ASSERT_EQ(1, ear_decode(self->ear, &self->decode)) {
			TH_LOG("%s", self->decode.why);
		}
		EXPECT_TRUE(message_decoded(&self->decode.whole, FAR, NEAR, TO,
					    packets));
		EXPECT_EQ(self->decode.whole.tagto, from.smctp_tag);

		ASSERT_EQ((ssize_t)message.total - 1,
			  message_send(self->far, NEAR,
				       from.smctp_tag & MCTP_TAG_MASK));
		ASSERT_TRUE(message_came(self->near, NULL)) {
			TH_LOG("back, of %zu bytes", message.total);
		}
		ASSERT_EQ(1, ear_decode(self->ear, &self->decode)) {
			TH_LOG("%s", self->decode.why);
		}
		EXPECT_TRUE(message_decoded(&self->decode.whole, NEAR, FAR, 0,
					    packets));
	}
	EXPECT_EQ(-EMSGSIZE, message_send_too_long(self->near, FAR));
	EXPECT_EQ(-EMSGSIZE, message_send_too_long(self->far, NEAR));
}

/* Two serial lines; the test is the wire between them */

FIXTURE(line) {
	struct pty pty[2];
	char name[2][IFNAMSIZ];
	int ns[2];
	int fd[2];		/* take requests of TYPE */
	struct decode decode;
	struct sizes sizes;
};

FIXTURE_VARIANT(line) {
	uint32_t mtu;
};

FIXTURE_VARIANT_ADD(line, mtu_68) {
	.mtu = 68,
};

FIXTURE_VARIANT_ADD(line, mtu_254) {
	.mtu = 254,
};

FIXTURE_VARIANT_ADD(line, mtu_255) {
	.mtu = 255,
};

FIXTURE_SETUP(line)
{
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, ns_new());
		self->ns[i] = ns_fd();
		ASSERT_EQ(0, pty_new(&self->pty[i]));
		ASSERT_EQ(0, pty_attach(&self->pty[i], self->name[i]));
		ASSERT_EQ(0, link_mtu(self->name[i], variant->mtu));
		ASSERT_EQ(0, link_up(self->name[i]));
		ASSERT_EQ(0, addr_add(self->name[i], NEAR + i));
		ASSERT_EQ(0, route_add(self->name[i], FAR - i, FAR - i, 0));
		self->fd[i] = sock_bound(1, NEAR + i, TYPE);
		ASSERT_LE(0, self->fd[i]);
		ASSERT_EQ(0, rcvbuf_large(self->fd[i]));
	}
	decode_init(&self->decode, variant->mtu);
	sizes_of(&self->sizes, variant->mtu - HDR_LEN);
}

FIXTURE_TEARDOWN(line)
{
	decode_free(&self->decode);
}

/* Carry bytes from one wire to the other until a message is whole, and judge
 * each of them. What is carried past the message's end is an error, too.
 */
static int line_carry(int from, int to, struct decode *d)
{
	long end = now_ms() + WAIT_MS;
	struct deframe f = { };
	uint8_t bytes[1024];
	int ret = 0;

	while (now_ms() < end) {
		ssize_t n = read(from, bytes, sizeof(bytes)), i, len;

		if (n < 0 && errno != EAGAIN)
			return -errno;
		if (n <= 0) {
			sock_polls(from, POLLIN, 100);
			continue;
		}
		end = now_ms() + WAIT_MS;
		if (wire_write(to, bytes, n))
			return -EIO;
		for (i = 0; i < n; i++) {
			len = ret ? -EBADMSG : deframe_byte(&f, bytes[i]);
			if (len < 0) {
				snprintf(d->why, sizeof(d->why),
					 "byte %02x in state %d", bytes[i],
					 f.state);
				return len;
			}
			if (len)
				ret = decode_packet(d, f.packet, len);
			if (ret < 0)
				return ret;
		}
		if (ret)
			return ret;
	}
	return -ETIMEDOUT;
}

static void line_goes(struct __test_metadata *_metadata,
		      FIXTURE_DATA(line) *self, int from, uint8_t tag,
		      struct sockaddr_mctp *addr)
{
	size_t payload = self->decode.mtu - HDR_LEN;
	int to = !from;

	ASSERT_EQ((ssize_t)message.total - 1,
		  message_send(self->fd[from], NEAR + to, tag));
	ASSERT_EQ(1, line_carry(self->pty[from].master, self->pty[to].master,
				&self->decode)) {
		TH_LOG("of %zu bytes: %s", message.total, self->decode.why);
	}
	EXPECT_TRUE(message_decoded(&self->decode.whole, NEAR + to, NEAR + from,
				    tag & TO,
				    packets_of(message.total, payload)));
	ASSERT_TRUE(message_came(self->fd[to], addr)) {
		TH_LOG("of %zu bytes", message.total);
	}
}

/* Of the long ones, every other goes there, and is answered by a byte, or back */
TEST_F(line, each_size_goes_there_and_back)
{
	size_t payload = variant->mtu - HDR_LEN;
	struct sockaddr_mctp from;
	int i;

	for (i = 0; i < self->sizes.n; i++) {
		size_t there = self->sizes.total[i], back = there;

		if (is_long(there, payload))
			*(i & 1 ? &there : &back) = 1;
		message_new(there);
		line_goes(_metadata, self, 0, OWNER, &from);
		message_new(back);
		line_goes(_metadata, self, 1, from.smctp_tag & MCTP_TAG_MASK,
			  NULL);
	}
	EXPECT_EQ(-EMSGSIZE, message_send_too_long(self->fd[0], FAR));
	EXPECT_EQ(-EMSGSIZE, message_send_too_long(self->fd[1], NEAR));
}

/* No device at all */

TEST(each_size_is_delivered_locally)
{
	struct sockaddr_mctp from;
	struct stats before;
	struct sizes sizes;
	int server, fd, i;

	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", NEAR));
	server = sock_bound(1, NEAR, TYPE);
	ASSERT_LE(0, server);
	fd = sock_new();
	ASSERT_EQ(0, rcvbuf_large(server));
	ASSERT_EQ(0, rcvbuf_large(fd));
	ASSERT_EQ(0, stats_read(&before));
	sizes_of(&sizes, BTU);
	for (i = 0; i < sizes.n; i++) {
		message_new(sizes.total[i]);
		ASSERT_EQ((ssize_t)message.total - 1,
			  message_send(fd, NEAR, OWNER));
		ASSERT_TRUE(message_came(server, &from)) {
			TH_LOG("there, of %zu bytes", message.total);
		}
		EXPECT_EQ(TO, from.smctp_tag & TO);
		ASSERT_EQ((ssize_t)message.total - 1,
			  message_send(server, NEAR,
				       from.smctp_tag & MCTP_TAG_MASK));
		ASSERT_TRUE(message_came(fd, &from)) {
			TH_LOG("back, of %zu bytes", message.total);
		}
		EXPECT_EQ(0, from.smctp_tag & TO);
	}
	EXPECT_EQ(-EMSGSIZE, message_send_too_long(fd, NEAR));
	EXPECT_EQ(2 * sizes.n, stats_rise(&before, "local_messages"));
	EXPECT_EQ(0, stats_rise(&before, "tx_packets"));
	EXPECT_DROPS(&before, "");
}

TEST_HARNESS_MAIN
