// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over USB (DSP0283): the host's driver against a device that this program
 * plays by FunctionFS, with transfers byte for byte. It knows the binding by
 * itself and shares nothing with what it judges. Malformed transfers, joined
 * packets, transfers cut at every place, halted endpoints, a device that takes
 * nothing, and one that is unplugged in the middle of each.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/usb/functionfs.h>

#include "mctp_test.h"
#include "mctp_usb.h"
#include "mctp_wire.h"

#define TYPE		0x7e
#define HOST		8
#define DEVICE		9
#define PACKET_MAX	251
#define TRANSFER_MAX	512
#define FFS		"/dev/ffs-mctp"

/* What a device says it is */

struct speed {
	struct usb_interface_descriptor intf;
	struct usb_endpoint_descriptor_no_audio in, out;
} __attribute__((packed));

struct super_speed {
	struct usb_interface_descriptor intf;
	struct usb_endpoint_descriptor_no_audio in;
	struct usb_ss_ep_comp_descriptor in_comp;
	struct usb_endpoint_descriptor_no_audio out;
	struct usb_ss_ep_comp_descriptor out_comp;
} __attribute__((packed));

struct descriptors {
	struct usb_functionfs_descs_head_v2 head;
	uint32_t fs_count, hs_count, ss_count;
	struct speed fs, hs;
	struct super_speed ss;
} __attribute__((packed));

#define INTF(endpoints) { \
	.bLength = sizeof(struct usb_interface_descriptor), \
	.bDescriptorType = USB_DT_INTERFACE, \
	.bNumEndpoints = endpoints, \
	.bInterfaceClass = 0x14, \
	.bInterfaceProtocol = 1, \
}

#define BULK(address, max) { \
	.bLength = sizeof(struct usb_endpoint_descriptor_no_audio), \
	.bDescriptorType = USB_DT_ENDPOINT, \
	.bEndpointAddress = address, \
	.bmAttributes = USB_ENDPOINT_XFER_BULK, \
	.wMaxPacketSize = max, \
}

#define IN(max)		BULK(1 | USB_DIR_IN, max)
#define OUT(max)	BULK(2 | USB_DIR_OUT, max)
#define COMP { \
	.bLength = sizeof(struct usb_ss_ep_comp_descriptor), \
	.bDescriptorType = USB_DT_SS_ENDPOINT_COMP, \
}

static const struct descriptors descriptors = {
	.head = {
		.magic = FUNCTIONFS_DESCRIPTORS_MAGIC_V2,
		.length = sizeof(struct descriptors),
		.flags = FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC |
			 FUNCTIONFS_HAS_SS_DESC,
	},
	.fs_count = 3,
	.hs_count = 3,
	.ss_count = 5,
	.fs = { INTF(2), IN(64), OUT(64) },
	.hs = { INTF(2), IN(512), OUT(512) },
	.ss = { INTF(2), IN(1024), COMP, OUT(1024), COMP },
};

/* One that can only send */
static const struct {
	struct usb_functionfs_descs_head_v2 head;
	uint32_t fs_count, hs_count;
	struct usb_interface_descriptor fs_intf;
	struct usb_endpoint_descriptor_no_audio fs_in;
	struct usb_interface_descriptor hs_intf;
	struct usb_endpoint_descriptor_no_audio hs_in;
} __attribute__((packed)) dumb_descriptors = {
	.head = {
		.magic = FUNCTIONFS_DESCRIPTORS_MAGIC_V2,
		.length = sizeof(dumb_descriptors),
		.flags = FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC,
	},
	.fs_count = 2,
	.hs_count = 2,
	.fs_intf = INTF(1),
	.fs_in = IN(64),
	.hs_intf = INTF(1),
	.hs_in = IN(512),
};

static const struct usb_functionfs_strings_head no_strings = {
	.magic = FUNCTIONFS_STRINGS_MAGIC,
	.length = sizeof(struct usb_functionfs_strings_head),
};

/* The device, and the host's end of it */
struct device {
	int ep0, in, out;
	int host_ns;
	char name[IFNAMSIZ];
	int ear;
};

static int device_new(struct device *d, const void *descs, size_t len)
{
	int err;

	memset(d, 0xff, sizeof(*d));
	d->name[0] = 0;
	err = gadget_new("ffs.mctp");
	if (err)
		return err;
	mkdir(FFS, 0755);
	if (mount("mctp", FFS, "functionfs", 0, NULL))
		return -errno;
	d->ep0 = open(FFS "/ep0", O_RDWR | O_CLOEXEC);
	if (d->ep0 < 0 || write(d->ep0, descs, len) != (ssize_t)len ||
	    write(d->ep0, &no_strings, sizeof(no_strings)) !=
	    sizeof(no_strings))
		return errno ? -errno : -EIO;
	d->in = open(FFS "/ep1", O_RDWR | O_CLOEXEC);
	d->out = open(FFS "/ep2", O_RDWR | O_CLOEXEC);
	return d->in < 0 ? -errno : 0;
}

static void device_del(struct device *d)
{
	int *fds[] = { &d->ep0, &d->in, &d->out };
	size_t i;

	gadget_unplug();
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	gadget_del();
}

static int ear_new(const char *dev)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_MCTP),
		.sll_ifindex = if_nametoindex(dev),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int size = 1 << 22;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (fd < 0 || bind(fd, (const void *)&addr, sizeof(addr)))
		return -errno;
	return fd;
}

/* Plugged in: the host has a network device of it in a namespace of its own */
static int device_plug(struct device *d)
{
	int err = gadget_plug();

	if (!err)
		err = usb_enter_init_ns();
	if (err)
		return err;
	snprintf(d->name, sizeof(d->name), "%s", usb_host_wait());
	err = *d->name ? link_move(d->name, d->host_ns) : -ETIMEDOUT;
	if (!err)
		err = ns_enter(d->host_ns);
	if (!err)
		err = link_mtu(d->name, PACKET_MAX);
	if (!err)
		err = link_up(d->name);
	if (!err)
		err = addr_add(d->name, HOST);
	if (!err)
		err = route_add(d->name, DEVICE, DEVICE, 0);
	if (err)
		return err;
	if (d->ear >= 0)
		close(d->ear);
	d->ear = ear_new(d->name);
	return d->ear < 0 ? d->ear : 0;
}

static int device_setup(struct device *d, enum usb_speed speed)
{
	int err = usb_controller(speed);

	if (err)
		return err;
	if (command("modprobe usb_f_fs"))
		return -ENOENT;
	err = device_new(d, &descriptors, sizeof(descriptors));
	if (!err)
		err = ns_new();
	d->host_ns = ns_fd();
	if (!err)
		err = device_plug(d);
	return err;
}

/* Transfers */

struct transfer {
	size_t len;
	uint8_t b[4096];
};

/* One packet more: its bytes tell @mark and their place */
static void transfer_add(struct transfer *t, size_t packet_len, uint8_t mark)
{
	uint8_t *p = t->b + t->len;
	size_t i;

	p[0] = 0x1a;
	p[1] = 0xb4;
	p[2] = 0;
	p[3] = packet_len + 4;
	p[4] = 1;
	p[5] = HOST;
	p[6] = DEVICE;
	p[7] = WHOLE | TO;
	for (i = 4; i < packet_len; i++)
		p[4 + i] = mark + i;
	t->len += packet_len + 4;
}

static bool device_sends(struct device *d, const void *bytes, size_t len)
{
	return write(d->in, bytes, len) == (ssize_t)len;
}

/* The next packet that the host has received is this one */
static bool heard(struct device *d, const uint8_t *packet, size_t len)
{
	uint8_t got[1024];
	ssize_t n;

	if (!sock_polls(d->ear, POLLIN, WAIT_MS))
		return false;
	n = recv(d->ear, got, sizeof(got), MSG_DONTWAIT);
	return n == (ssize_t)len && !memcmp(got, packet, len);
}

/* A good packet goes through, and nothing was heard before it */
static bool hears_well(struct device *d)
{
	static uint8_t mark;
	struct transfer t = { };

	transfer_add(&t, 40, ++mark);
	return device_sends(d, t.b, t.len) && heard(d, t.b + 4, 40);
}

struct figures {
	long long transfers, bad_id, bad_length, trailing, too_long, stalls, io;
	long long rx_errors, rx_packets;
};

static struct figures figures_of(struct device *d)
{
	struct link_info info = { };
	struct figures f = {
		.transfers = ethtool_stat(d->name, "rx_transfers"),
		.bad_id = ethtool_stat(d->name, "rx_bad_id"),
		.bad_length = ethtool_stat(d->name, "rx_bad_length"),
		.trailing = ethtool_stat(d->name, "rx_trailing"),
		.too_long = ethtool_stat(d->name, "rx_too_long"),
		.stalls = ethtool_stat(d->name, "rx_stalls"),
		.io = ethtool_stat(d->name, "rx_io"),
	};

	link_get(d->name, &info);
	f.rx_errors = info.stats.rx_errors;
	f.rx_packets = info.stats.rx_packets;
	return f;
}

/* What has risen since, as "bad_id=1 trailing=2", all that was lost and no more */
static const char *lost(struct device *d, const struct figures *was)
{
	static char text[256];
	struct figures now = figures_of(d);
	const struct {
		const char *name;
		long long n;
	} rows[] = {
		{ "bad_id", now.bad_id - was->bad_id },
		{ "bad_length", now.bad_length - was->bad_length },
		{ "trailing", now.trailing - was->trailing },
		{ "too_long", now.too_long - was->too_long },
		{ "stalls", now.stalls - was->stalls },
		{ "io", now.io - was->io },
	};
	long long all = now.rx_errors - was->rx_errors;
	size_t i, n = 0;

	text[0] = 0;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].n)
			n += snprintf(text + n, sizeof(text) - n, "%s%s=%lld",
				      n ? " " : "", rows[i].name, rows[i].n);
		all -= rows[i].n;
	}
	if (all)
		snprintf(text + n, sizeof(text) - n, " others=%lld", all);
	return text;
}

FIXTURE(hostile) {
	struct device device;
	struct device *d;
	struct figures was;
};

FIXTURE_SETUP(hostile)
{
	int err = device_setup(&self->device, USB_HIGH);

	if (err == -ENOENT)
		SKIP(return, "no USB gadgets, FunctionFS or dummy_hcd here");
	ASSERT_EQ(0, err);
	self->d = &self->device;
	self->was = figures_of(self->d);
}

FIXTURE_TEARDOWN(hostile)
{
	device_del(&self->device);
}

TEST_F(hostile, each_length_of_a_packet_is_received)
{
	size_t len;

	for (len = 4; len <= PACKET_MAX; len++) {
		struct transfer t = { };

		transfer_add(&t, len, len);
		ASSERT_TRUE(device_sends(self->d, t.b, t.len));
		ASSERT_TRUE(heard(self->d, t.b + 4, len)) {
			TH_LOG("%zu bytes", len);
		}
	}
	EXPECT_STREQ("", lost(self->d, &self->was));
}

TEST_F(hostile, joined_packets_are_received_in_their_order)
{
	static const size_t lens[][64] = {
		{ 4, 4 },
		{ 68, 68, 68, 68, 68, 68, 68 },
		{ 251, 251 },
		{ 4, 251, 5, 68, 100, 4 },
		{ 124, 124, 124, 124 },		/* 512 bytes, to the last */
		{ 251, 249 },			/* the same */
	};
	struct transfer t;
	size_t i, n, at;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		t.len = 0;
		for (n = 0; lens[i][n]; n++)
			transfer_add(&t, lens[i][n], n);
		ASSERT_LE(t.len, (size_t)TRANSFER_MAX);
		ASSERT_TRUE(device_sends(self->d, t.b, t.len));
		for (n = 0, at = 0; lens[i][n]; n++) {
			ASSERT_TRUE(heard(self->d, t.b + at + 4, lens[i][n])) {
				TH_LOG("packet %zu of transfer %zu", n, i);
			}
			at += 4 + lens[i][n];
		}
	}
	/* as many as there can be */
	for (t.len = 0; t.len < TRANSFER_MAX; )
		transfer_add(&t, 4, 0);
	ASSERT_TRUE(device_sends(self->d, t.b, t.len));
	for (n = 0; n < 64; n++)
		ASSERT_TRUE(heard(self->d, t.b + 4, 4));
	EXPECT_TRUE(hears_well(self->d));
	EXPECT_STREQ("", lost(self->d, &self->was));
}

/* Packets of 4, 40 and 12 bytes, cut in two transfers at each byte. Of the first
 * one the packets before the cut are heard; the second begins with what looks
 * like nothing, unless it begins with a packet.
 */
TEST_F(hostile, a_transfer_that_is_cut_anywhere_costs_what_it_cuts)
{
	static const size_t lens[] = { 4, 40, 12 };
	struct transfer t = { };
	size_t i, cut, at;

	for (i = 0; i < ARRAY_SIZE(lens); i++)
		transfer_add(&t, lens[i], 0xa0 + 16 * i);
	/* with lockdep every fourth place: the packets begin at 8 and at 52 */
	for (cut = slow_kernel() ? 4 : 1; cut < t.len;
	     cut += slow_kernel() ? 4 : 1) {
		struct figures was = figures_of(self->d), now;
		bool edge = false;

		ASSERT_TRUE(device_sends(self->d, t.b, cut));
		ASSERT_TRUE(device_sends(self->d, t.b + cut, t.len - cut));
		for (i = 0, at = 0; i < ARRAY_SIZE(lens); i++) {
			edge |= at == cut;
			if (at + 4 + lens[i] <= cut || edge)
				ASSERT_TRUE(heard(self->d, t.b + at + 4,
						  lens[i])) {
					TH_LOG("cut at %zu, packet %zu", cut, i);
				}
			at += 4 + lens[i];
		}
		ASSERT_TRUE(hears_well(self->d)) {
			TH_LOG("cut at %zu", cut);
		}
		now = figures_of(self->d);
		EXPECT_EQ(edge ? 0 : 2, now.rx_errors - was.rx_errors) {
			TH_LOG("cut at %zu: %s", cut, lost(self->d, &was));
		}
		EXPECT_EQ(3, now.transfers - was.transfers);
	}
}

TEST_F(hostile, each_wrong_id_is_dropped_and_counted)
{
	struct transfer t = { };
	int bit;

	transfer_add(&t, 20, 1);
	for (bit = 0; bit < 16; bit++) {
		t.b[bit / 8] ^= 1 << bit % 8;
		ASSERT_TRUE(device_sends(self->d, t.b, t.len));
		t.b[bit / 8] ^= 1 << bit % 8;
	}
	EXPECT_TRUE(hears_well(self->d));
	EXPECT_STREQ("bad_id=16", lost(self->d, &self->was));
}

TEST_F(hostile, a_length_that_cannot_be_is_dropped_and_counted)
{
	struct transfer t = { };
	int len, n = 0;
	char text[32];

	transfer_add(&t, 20, 1);
	for (len = 0; len < 256; len++) {
		if (len >= 8 && len <= 24)
			continue;
		if (slow_kernel() && len > 32 && len < 240)
			continue;
		n++;
		t.b[3] = len;
		ASSERT_TRUE(device_sends(self->d, t.b, t.len));
	}
	EXPECT_TRUE(hears_well(self->d));
	snprintf(text, sizeof(text), "bad_length=%d", n);
	EXPECT_STREQ(text, lost(self->d, &self->was));
}

TEST_F(hostile, trailing_bytes_are_dropped_and_counted)
{
	struct transfer filled = { };
	size_t trail;

	for (trail = 1; trail < 4; trail++) {
		struct transfer t = { };

		transfer_add(&t, 20, trail);
		ASSERT_TRUE(device_sends(self->d, t.b, t.len + trail));
		EXPECT_TRUE(heard(self->d, t.b + 4, 20));
	}
	EXPECT_STREQ("trailing=3", lost(self->d, &self->was));

	/* and zeros that fill a transfer up are no packet */
	transfer_add(&filled, 20, 9);
	ASSERT_TRUE(device_sends(self->d, filled.b, 64));
	EXPECT_TRUE(heard(self->d, filled.b + 4, 20));
	EXPECT_TRUE(hears_well(self->d));
	EXPECT_STREQ("bad_id=1 trailing=3", lost(self->d, &self->was));
}

TEST_F(hostile, the_reserved_byte_is_ignored)
{
	struct transfer t = { };

	transfer_add(&t, 20, 1);
	t.b[2] = 0xff;
	ASSERT_TRUE(device_sends(self->d, t.b, t.len));
	EXPECT_TRUE(heard(self->d, t.b + 4, 20));
	EXPECT_STREQ("", lost(self->d, &self->was));
}

TEST_F(hostile, empty_transfers_are_nothing)
{
	struct figures now;
	int i;

	for (i = 0; i < 10; i++)
		ASSERT_TRUE(device_sends(self->d, "", 0));
	EXPECT_TRUE(hears_well(self->d));
	EXPECT_STREQ("", lost(self->d, &self->was));
	now = figures_of(self->d);
	EXPECT_EQ(1, now.rx_packets - self->was.rx_packets);
}

/* At this speed 512 bytes are a transfer, whatever comes behind */
TEST_F(hostile, noise_of_any_length_is_survived)
{
	struct transfer t = { };
	unsigned int seed = 283;
	size_t i;
	int n;

	for (n = 0; n < (slow_kernel() ? 50 : 200); n++) {
		t.len = rand_r(&seed) % 2000;
		for (i = 0; i < t.len; i++)
			t.b[i] = rand_r(&seed);
		/* one of two begins well */
		if (n % 2)
			memcpy(t.b, "\x1a\xb4\x00", 3);
		ASSERT_TRUE(device_sends(self->d, t.b, t.len));
	}
	/* whatever was heard, a good packet is */
	while (sock_polls(self->d->ear, POLLIN, 100))
		recv(self->d->ear, t.b, sizeof(t.b), MSG_DONTWAIT);
	EXPECT_TRUE(hears_well(self->d));
}

/* Reading from the endpoint that is to be written to halts it */
static bool halt_in(struct device *d)
{
	char byte;

	return read(d->in, &byte, 1) < 0 && errno == EBADMSG;
}

static bool halt_out(struct device *d)
{
	return write(d->out, "", 1) < 0 && errno == EBADMSG;
}

TEST_F(hostile, a_halted_in_endpoint_is_cleared_and_counted_once)
{
	char text[32];
	int i;

	for (i = 1; i <= 5; i++) {
		ASSERT_TRUE(halt_in(self->d));
		ASSERT_TRUE(hears_well(self->d)) {
			TH_LOG("halt %d", i);
		}
		snprintf(text, sizeof(text), "stalls=%d", i);
		EXPECT_STREQ(text, lost(self->d, &self->was));
	}
}

/* Sending */

static int send_message(size_t len)
{
	static uint8_t data[DATA_MAX];
	struct sockaddr_mctp to = addr_of(1, DEVICE, TYPE, OWNER);
	int fd = sock_new(), ret;

	pattern(data, len, len);
	ret = send_to(fd, &to, data, len);
	close(fd);
	return ret;
}

static void alarmed(int sig)
{
}

/* A transfer that the host sends, waited for */
static ssize_t device_takes(struct device *d, void *buf, size_t size)
{
	struct sigaction sa = { .sa_handler = alarmed };
	ssize_t n;

	sigaction(SIGALRM, &sa, NULL);
	alarm(WAIT_MS / 1000);
	n = read(d->out, buf, size);
	if (n < 0)
		n = -errno;
	alarm(0);
	return n;
}

/* Takes transfers until a message is whole; how many they were, or an error */
static int device_takes_message(struct device *d, struct decode *decode,
				int *packets)
{
	int transfers = 0, whole = 0;
	uint8_t b[TRANSFER_MAX];

	*packets = 0;
	while (!whole) {
		ssize_t len = device_takes(d, b, sizeof(b)), at = 0;

		if (len < 0)
			return len;
		if (!len)
			continue;
		transfers++;
		while (at < len) {
			if (whole || len - at < 8 || b[at] != 0x1a ||
			    b[at + 1] != 0xb4 || b[at + 2] || b[at + 3] < 8 ||
			    b[at + 3] > len - at)
				return -EBADMSG;
			whole = decode_packet(decode, b + at + 4,
					      b[at + 3] - 4);
			if (whole < 0)
				return whole;
			at += b[at + 3];
			++*packets;
		}
	}
	return transfers;
}

TEST_F(hostile, what_the_host_sends_is_well_formed_and_joined)
{
	static const uint32_t mtus[] = { 68, 100, 251 };
	static const size_t sizes[] = { 0, 1, 63, 64, 500, 3000, 40000,
					DATA_MAX };
	struct decode decode;
	int packets, n;
	size_t i, s;

	for (i = 0; i < ARRAY_SIZE(mtus); i++) {
		size_t payload = mtus[i] - HDR_LEN;

		ASSERT_EQ(0, link_mtu(self->d->name, mtus[i]));
		decode_init(&decode, mtus[i]);
		for (s = 0; s < ARRAY_SIZE(sizes); s++) {
			int want = (sizes[s] + 1 + payload - 1) / payload;
			int per = TRANSFER_MAX / (mtus[i] + 4);
			pid_t pid;

			if (slow_kernel() && sizes[s] > 10000)
				continue;
			pid = fork();
			if (!pid)
				_exit(send_message(sizes[s]) !=
				      (int)sizes[s]);
			n = device_takes_message(self->d, &decode, &packets);
			ASSERT_LT(0, n) {
				TH_LOG("%zu bytes at mtu %u: %s", sizes[s],
				       mtus[i], decode.why);
			}
			EXPECT_EQ(want, packets);
			EXPECT_EQ(sizes[s] + 1, decode.whole.len);
			EXPECT_TRUE(pattern_is(decode.whole.data + 1, sizes[s],
					       sizes[s]));
			EXPECT_GE(n, (want + per - 1) / per);
			/* most of a long message waits, and is joined */
			if (want > 100)
				EXPECT_LE(n, (want + per - 1) / per + 12);
			EXPECT_EQ(0, child_wait(pid));
		}
		decode_free(&decode);
	}
}

/* A halt costs packets, which are counted, and then it goes on */
TEST_F(hostile, a_halted_out_endpoint_is_cleared_and_counted)
{
	struct decode decode;
	int i, packets;

	ASSERT_EQ(0, link_mtu(self->d->name, 251));
	for (i = 1; i <= 5; i++) {
		long end = now_ms() + WAIT_MS;
		long long was = ethtool_stat(self->d->name, "tx_stalls");

		decode_init(&decode, 251);
		ASSERT_TRUE(halt_out(self->d));
		ASSERT_EQ(100, send_message(100));
		while (ethtool_stat(self->d->name, "tx_stalls") == was &&
		       now_ms() < end)
			pause_ms(2);
		EXPECT_EQ(was + 1, ethtool_stat(self->d->name, "tx_stalls"));
		ASSERT_EQ(200, send_message(200));
		ASSERT_EQ(1, device_takes_message(self->d, &decode, &packets)) {
			TH_LOG("halt %d: %s", i, decode.why);
		}
		EXPECT_EQ(201u, decode.whole.len);
		decode_free(&decode);
	}
}

TEST_F(hostile, a_device_that_takes_nothing_costs_its_packets_alone)
{
	struct decode decode;
	long end = now_ms() + WAIT_MS;
	int packets;

	decode_init(&decode, PACKET_MAX);
	ASSERT_EQ(600, send_message(600));
	while (ethtool_stat(self->d->name, "tx_timeouts") < 3 &&
	       now_ms() < end)
		pause_ms(10);
	EXPECT_EQ(3, ethtool_stat(self->d->name, "tx_timeouts"));
	/* it still sends, and takes what comes now */
	EXPECT_TRUE(hears_well(self->d));
	ASSERT_EQ(100, send_message(100));
	EXPECT_EQ(1, device_takes_message(self->d, &decode, &packets)) {
		TH_LOG("%s", decode.why);
	}
	decode_free(&decode);
}

/* Unplugging, at whatever step the device is */

static pid_t floods(struct device *d)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (;;)
		if (send_message(4000) < 0)
			usleep(500);
}

static void step_nothing(struct device *d)
{
}

static void step_some_came(struct device *d)
{
	int i;

	for (i = 0; i < 20; i++)
		hears_well(d);
}

static void step_half_came(struct device *d)
{
	struct transfer t = { };

	transfer_add(&t, 100, 1);
	device_sends(d, t.b, 50);
}

static void step_in_halted(struct device *d)
{
	halt_in(d);
}

static void step_out_halted(struct device *d)
{
	halt_out(d);
	send_message(1000);
}

static void step_nothing_taken(struct device *d)
{
	send_message(30000);
}

static void step_some_taken(struct device *d)
{
	uint8_t b[TRANSFER_MAX];

	send_message(3000);
	device_takes(d, b, sizeof(b));
}

static void step_down(struct device *d)
{
	send_message(3000);
	link_down(d->name);
}

TEST_F(hostile, it_is_unplugged_at_every_step)
{
	static void (*const steps[])(struct device *d) = {
		step_nothing, step_some_came, step_half_came, step_in_halted,
		step_out_halted, step_nothing_taken, step_some_taken, step_down,
	};
	int rounds = getenv("MCTP_SECONDS") ? 2 : 1, round;
	size_t i;
	pid_t pid;

	/* every other one while the host sends all the time */
	for (round = 0; round < rounds; round++)
		for (i = 0; i < ARRAY_SIZE(steps); i++) {
			bool load = (i + round) % 2;

			pid = load ? floods(self->d) : 0;
			steps[i](self->d);
			ASSERT_EQ(0, gadget_unplug());
			ASSERT_TRUE(usb_host_gone());
			if (load) {
				kill(pid, SIGKILL);
				waitpid(pid, NULL, 0);
			}
			ASSERT_EQ(0, device_plug(self->d)) {
				TH_LOG("after step %zu", i);
			}
			ASSERT_TRUE(hears_well(self->d)) {
				TH_LOG("after step %zu", i);
			}
		}
}

TEST_F(hostile, a_device_that_cannot_receive_is_none)
{
	struct device dumb;

	device_del(self->d);
	ASSERT_TRUE(usb_host_gone());
	ASSERT_EQ(0, device_new(&dumb, &dumb_descriptors,
				sizeof(dumb_descriptors)));
	ASSERT_EQ(0, gadget_plug());
	ASSERT_EQ(0, usb_enter_init_ns());
	/* the host knows it, and has probed it */
	ASSERT_TRUE(usb_device_wait("bConfigurationValue", "1"));
	pause_ms(200);
	EXPECT_STREQ("", link_find("mctpusb"));
	device_del(&dumb);
}

/* A bus packet of SuperSpeed can hold more than a transfer may */

FIXTURE(super) {
	struct device device;
	struct device *d;
	struct figures was;
};

FIXTURE_SETUP(super)
{
	int err = device_setup(&self->device, USB_SUPER);

	if (err == -ENOENT)
		SKIP(return, "no USB gadgets, FunctionFS or dummy_hcd here");
	ASSERT_EQ(0, err);
	self->d = &self->device;
	self->was = figures_of(self->d);
}

FIXTURE_TEARDOWN(super)
{
	device_del(&self->device);
}

TEST_F(super, a_transfer_over_512_bytes_is_dropped_and_counted)
{
	static const size_t lens[] = { 513, 514, 600, 1023, 1024 };
	struct transfer t = { };
	size_t i;

	while (t.len < 1024)
		transfer_add(&t, 60, t.len);
	/* the end of one of 1024 bytes is told by an empty one */
	for (i = 0; i < ARRAY_SIZE(lens); i++)
		ASSERT_TRUE(device_sends(self->d, t.b, lens[i]));
	ASSERT_TRUE(hears_well(self->d));
	EXPECT_STREQ("too_long=5", lost(self->d, &self->was));
	/* and one byte less is taken, whole */
	ASSERT_TRUE(device_sends(self->d, t.b, 512));
	for (i = 0; i < 512; i += 64)
		EXPECT_TRUE(heard(self->d, t.b + i + 4, 60));
	EXPECT_STREQ("too_long=5", lost(self->d, &self->was));
}

TEST_HARNESS_MAIN
