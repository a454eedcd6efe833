// SPDX-License-Identifier: GPL-2.0
/*
 * The serial line discipline (DSP0253): frames byte for byte on the wire of a
 * pseudo terminal, bad frames, the life of the device, and messages between
 * two namespaces over two lines that are joined.
 *
 * Packets of any content come from a TUN device and go there: they are
 * forwarded unchanged.
 */
#include <net/if.h>
#include <sys/prctl.h>
#include <signal.h>

#include "mctp_test.h"

#define TYPE		0x7e
#define LOCAL		10	/* ours, on the line */
#define WIRE_EID	9	/* theirs, to whom the first vector is */
#define BUS_EID		8	/* by the TUN device */

#define FRAME_MAX	600
#define N_TTY_		0
#define N_MCTP_		28

struct frame {
	size_t	len;
	uint8_t	b[FRAME_MAX];
};

/* The contract's vectors */
static const uint8_t packet1[] = { 0x01, 0x09, 0x08, 0xc8, 0x00, 0x81, 0x02 };
static const uint8_t frame1[] = {
	0x7e, 0x01, 0x07, 0x01, 0x09, 0x08, 0xc8, 0x00, 0x81, 0x02, 0x17, 0x6a,
	0x7e
};
static const uint8_t packet2[] = { 0x01, 0x00, 0x08, 0xc8, 0x7e, 0x80, 0x02 };
static const uint8_t frame2[] = {
	0x7e, 0x01, 0x07, 0x01, 0x00, 0x08, 0xc8, 0x7d, 0x5e, 0x80, 0x02, 0xbb,
	0x02, 0x7e
};

/* Bit by bit, so that it shares nothing with what it is to check */
static uint16_t fcs_add(uint16_t fcs, uint8_t byte)
{
	int bit;

	fcs ^= byte;
	for (bit = 0; bit < 8; bit++)
		fcs = fcs & 1 ? fcs >> 1 ^ 0x8408 : fcs >> 1;
	return fcs;
}

static uint16_t fcs_of(const uint8_t *packet, size_t len)
{
	uint16_t fcs = fcs_add(fcs_add(0xffff, 1), len);
	size_t i;

	for (i = 0; i < len; i++)
		fcs = fcs_add(fcs, packet[i]);
	return fcs;
}

static void frame_of(struct frame *f, const uint8_t *packet, size_t len)
{
	uint16_t fcs = fcs_of(packet, len);
	size_t i;

	f->len = 0;
	f->b[f->len++] = 0x7e;
	f->b[f->len++] = 1;
	f->b[f->len++] = len;
	for (i = 0; i < len; i++) {
		if (packet[i] == 0x7e || packet[i] == 0x7d) {
			f->b[f->len++] = 0x7d;
			f->b[f->len++] = packet[i] ^ 0x20;
		} else {
			f->b[f->len++] = packet[i];
		}
	}
	f->b[f->len++] = fcs >> 8;
	f->b[f->len++] = fcs;
	f->b[f->len++] = 0x7e;
}

FIXTURE(serial) {
	struct pty pty;
	char name[IFNAMSIZ];
	int bus;
	struct stats before;
	struct link_info was;
	uint8_t got[4096];
};

FIXTURE_SETUP(serial)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, pty_new(&self->pty));
	ASSERT_EQ(0, pty_attach(&self->pty, self->name));
	ASSERT_EQ(0, link_up(self->name));
	ASSERT_EQ(0, addr_add(self->name, LOCAL));
	ASSERT_EQ(0, route_add(self->name, WIRE_EID, WIRE_EID, 0));
	ASSERT_EQ(0, route_add(self->name, 20, 250, 0));
	self->bus = tun_bus("bus", BUS_EID, BUS_EID);
	ASSERT_LE(0, self->bus);
	ASSERT_EQ(0, stats_read(&self->before));
	ASSERT_EQ(0, link_get(self->name, &self->was));
}

FIXTURE_TEARDOWN(serial)
{
}

#define SELF FIXTURE_DATA(serial) *self

/* Let a packet go out by the line, and compare what is on the wire */
static bool goes_out_as(SELF, const uint8_t *packet, size_t len,
			const uint8_t *frame, size_t frame_len)
{
	if (tun_raw(self->bus, packet, len))
		return false;
	if (wire_read(self->pty.master, self->got, frame_len) !=
	    (ssize_t)frame_len)
		return false;
	return !memcmp(self->got, frame, frame_len);
}

/* A packet that comes by the line is the next on the bus */
static bool came(SELF, const uint8_t *packet, size_t len)
{
	return tun_recv(self->bus, self->got, sizeof(self->got)) ==
	       (ssize_t)len && !memcmp(self->got, packet, len);
}

static int feed(SELF, const void *bytes, size_t len)
{
	return wire_write(self->pty.master, bytes, len);
}

/* A frame of a packet to BUS_EID that begins with these bytes of payload */
static void good_frame(struct frame *f, uint8_t *packet, size_t len,
		       uint8_t mark)
{
	size_t i;

	packet[0] = 1;
	packet[1] = BUS_EID;
	packet[2] = 20;
	packet[3] = WHOLE | TO;
	for (i = HDR_LEN; i < len; i++)
		packet[i] = mark + i;
	frame_of(f, packet, len);
}

struct errors {
	long long all, length, crc, frame;
};

static struct errors errors_since(SELF)
{
	struct errors e = { -1, -1, -1, -1 };
	struct link_info now;

	if (link_get(self->name, &now))
		return e;
	e.all = now.stats.rx_errors - self->was.stats.rx_errors;
	e.length = now.stats.rx_length_errors -
		   self->was.stats.rx_length_errors;
	e.crc = now.stats.rx_crc_errors - self->was.stats.rx_crc_errors;
	e.frame = now.stats.rx_frame_errors - self->was.stats.rx_frame_errors;
	return e;
}

/* The device */

TEST_F(serial, the_device_is_what_the_contract_says)
{
	char name[IFNAMSIZ] = "";

	EXPECT_EQ(0, strncmp(self->name, "mctpserial", 10));
	EXPECT_EQ(ARPHRD_MCTP, self->was.type);
	EXPECT_EQ(68u, self->was.mtu);
	EXPECT_EQ(0, self->was.addr_len);
	EXPECT_EQ(5, self->was.binding);
	EXPECT_EQ(1u, self->was.net);
	EXPECT_LE(1024u, self->was.txqlen);	/* 64 KiB at the least MTU */
	ASSERT_EQ(0, ioctl(self->pty.line, SIOCGIFNAME, name));
	EXPECT_STREQ(self->name, name);
}

TEST_F(serial, the_mtu_is_68_to_255)
{
	EXPECT_EQ(-EINVAL, link_mtu(self->name, 67));
	EXPECT_EQ(-EINVAL, link_mtu(self->name, 256));
	EXPECT_EQ(-EINVAL, link_mtu(self->name, 0));
	EXPECT_EQ(0, link_mtu(self->name, 255));
	EXPECT_EQ(0, link_mtu(self->name, 68));
}

TEST_F(serial, a_neighbour_entry_is_refused)
{
	uint8_t lladdr = 0x1d;

	EXPECT_EQ(-EINVAL, neigh_add(self->name, 20, &lladdr, 1));
	EXPECT_STRNE("", nl_sentence);
}

TEST_F(serial, without_cap_net_admin_the_discipline_is_eperm)
{
	int discipline = N_MCTP_;
	struct pty other;

	ASSERT_EQ(0, pty_new(&other));
	ASSERT_EQ(0, cap_drop(CAP_NET_ADMIN));
	EXPECT_EQ(-1, ioctl(other.line, TIOCSETD, &discipline));
	EXPECT_EQ(EPERM, errno);
	ASSERT_EQ(0, ioctl(other.line, TIOCGETD, &discipline));
	EXPECT_EQ(N_TTY_, discipline);
}

TEST_F(serial, cap_net_admin_of_another_user_namespace_is_not_enough)
{
	int discipline = N_MCTP_;
	struct pty other;

	ASSERT_EQ(0, pty_new(&other));
	ASSERT_EQ(0, unshare(CLONE_NEWUSER | CLONE_NEWNET));
	EXPECT_EQ(-1, ioctl(other.line, TIOCSETD, &discipline));
	EXPECT_EQ(EPERM, errno);
}

static bool gone(const char *name)
{
	long end = now_ms() + WAIT_MS;

	while (if_nametoindex(name) && now_ms() < end)
		pause_ms(5);
	return !if_nametoindex(name);
}

TEST_F(serial, hang_up_removes_the_device)
{
	struct sockaddr_mctp to = addr_of(1, 20, TYPE, OWNER);

	EXPECT_NE(0u, if_nametoindex(self->name));
	close(self->pty.master);
	EXPECT_TRUE(gone(self->name));
	EXPECT_EQ(-EHOSTUNREACH, send_to(sock_new(), &to, "x", 1));
}

TEST_F(serial, another_discipline_removes_the_device)
{
	int discipline = N_TTY_;

	ASSERT_EQ(0, ioctl(self->pty.line, TIOCSETD, &discipline));
	EXPECT_EQ(0u, if_nametoindex(self->name));
	discipline = N_MCTP_;
	ASSERT_EQ(0, ioctl(self->pty.line, TIOCSETD, &discipline));
	EXPECT_STRNE("", link_find("mctpserial"));
}

/* Not of a pseudo terminal, as that lives for as long as its other end */
TEST_F(serial, close_removes_the_device)
{
	int fd = open("/dev/ttyS3", O_RDWR | O_NOCTTY | O_NONBLOCK);
	int discipline = N_MCTP_, ours = ns_fd();
	char name[IFNAMSIZ];

	if (fd < 0)
		SKIP(return, "there is no /dev/ttyS3 to open");
	/* the port may be without hardware, which answers no SIOCGIFNAME */
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, ioctl(fd, TIOCSETD, &discipline));
	snprintf(name, sizeof(name), "%s", link_find("mctpserial"));
	EXPECT_NE(0u, if_nametoindex(name));
	close(fd);
	EXPECT_TRUE(gone(name));
	ASSERT_EQ(0, ns_enter(ours));
	EXPECT_NE(0u, if_nametoindex(self->name));
}

TEST_F(serial, each_line_has_a_device_of_its_own)
{
	struct pty other;
	int discipline = N_MCTP_;
	char name[IFNAMSIZ] = "";

	ASSERT_EQ(0, pty_new(&other));
	ASSERT_EQ(0, ioctl(other.line, TIOCSETD, &discipline));
	ASSERT_EQ(0, ioctl(other.line, SIOCGIFNAME, name));
	EXPECT_STRNE(self->name, name);
	discipline = N_TTY_;
	ASSERT_EQ(0, ioctl(self->pty.line, TIOCSETD, &discipline));
	EXPECT_EQ(0u, if_nametoindex(self->name));
	EXPECT_NE(0u, if_nametoindex(name));
}

TEST_F(serial, the_device_is_in_the_namespace_of_who_attached_and_can_move)
{
	int ours = ns_fd(), theirs;

	ASSERT_EQ(0, ns_new());
	theirs = ns_fd();
	EXPECT_STREQ("", link_find("mctpserial"));
	ASSERT_EQ(0, ns_enter(ours));
	ASSERT_EQ(0, link_move(self->name, theirs));
	EXPECT_EQ(0u, if_nametoindex(self->name));
	ASSERT_EQ(0, ns_enter(theirs));
	EXPECT_NE(0u, if_nametoindex(self->name));
	/* and goes with its line from there */
	close(self->pty.master);
	EXPECT_TRUE(gone(self->name));
}

/* Out */

TEST_F(serial, the_contracts_first_vector_goes_out)
{
	EXPECT_TRUE(goes_out_as(self, packet1, sizeof(packet1), frame1,
				sizeof(frame1)));
	EXPECT_EQ(0, tun_none(self->bus));
}

TEST_F(serial, the_contracts_second_vector_goes_out)
{
	struct sockaddr_mctp_ext to;
	int fd = sock_new(), on = 1;
	struct frame want;
	uint8_t packet[7];

	/* it is to EID 0, which is never forwarded: one of ours, then */
	ASSERT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
	memset(&to, 0, sizeof(to));
	to.smctp_base = addr_of(1, 0, packet2[4], OWNER);
	to.smctp_ifindex = self->was.ifindex;
	ASSERT_EQ(0, addr_add(self->name, packet2[2]));
	ASSERT_EQ(2, sendto(fd, packet2 + 5, 2, 0, (void *)&to, sizeof(to)));
	ASSERT_EQ((ssize_t)sizeof(frame2),
		  wire_read(self->pty.master, self->got, sizeof(frame2)));
	/* the tag is the stack's choice, and with it the FCS */
	memcpy(packet, packet2, sizeof(packet));
	packet[3] = self->got[6];
	EXPECT_EQ(0xc8, packet[3] & ~MCTP_TAG_MASK);
	frame_of(&want, packet, sizeof(packet));
	EXPECT_EQ(0, memcmp(self->got, want.b, want.len));
	frame_of(&want, packet2, sizeof(packet2));
	EXPECT_EQ(sizeof(frame2), want.len);
	EXPECT_EQ(0, memcmp(frame2, want.b, want.len));
}

TEST_F(serial, every_byte_value_goes_out_escaped_where_it_must)
{
	uint8_t packet[HDR_LEN + BTU] = { 1, 20, BUS_EID, WHOLE | TO };
	struct frame want;
	int base, i;

	for (base = 0; base < 256; base += BTU) {
		for (i = 0; i < BTU; i++)
			packet[HDR_LEN + i] = base + i;
		frame_of(&want, packet, sizeof(packet));
		EXPECT_TRUE(goes_out_as(self, packet, sizeof(packet), want.b,
					want.len));
	}
}

TEST_F(serial, a_packet_of_escapes_alone_goes_out)
{
	uint8_t packet[255];
	struct frame want;

	ASSERT_EQ(0, link_mtu(self->name, 255));
	memset(packet, 0x7e, sizeof(packet));
	packet[0] = 1;
	packet[1] = 0x7d;
	packet[2] = BUS_EID;
	frame_of(&want, packet, sizeof(packet));
	EXPECT_TRUE(goes_out_as(self, packet, sizeof(packet), want.b,
				want.len));
}

TEST_F(serial, the_length_126_goes_out_as_it_is)
{
	uint8_t packet[126] = { 1, 20, BUS_EID, WHOLE | TO };
	struct frame want;

	ASSERT_EQ(0, link_mtu(self->name, 255));
	frame_of(&want, packet, sizeof(packet));
	ASSERT_EQ(0x7e, want.b[2]);
	EXPECT_TRUE(goes_out_as(self, packet, sizeof(packet), want.b,
				want.len));
}

/* A packet whose FCS has a 7E in its high byte, or in its low one */
static bool find_fcs(uint8_t *packet, size_t len, int shift)
{
	int i, j;

	for (i = 0; i < 0x7d; i++)
		for (j = 0; j < 0x7d; j++) {
			packet[len - 2] = i;
			packet[len - 1] = j;
			if ((fcs_of(packet, len) >> shift & 0xff) == 0x7e)
				return true;
		}
	return false;
}

TEST_F(serial, an_fcs_byte_of_7e_goes_out_and_comes_in_as_it_is)
{
	uint8_t out[8] = { 1, 20, BUS_EID, WHOLE | TO, TYPE };
	uint8_t in[8] = { 1, BUS_EID, 20, WHOLE | TO, TYPE };
	struct frame f;
	int shift;

	for (shift = 0; shift <= 8; shift += 8) {
		ASSERT_TRUE(find_fcs(out, sizeof(out), shift));
		frame_of(&f, out, sizeof(out));
		EXPECT_TRUE(goes_out_as(self, out, sizeof(out), f.b, f.len));
		ASSERT_TRUE(find_fcs(in, sizeof(in), shift));
		frame_of(&f, in, sizeof(in));
		ASSERT_EQ(0, feed(self, f.b, f.len));
		EXPECT_TRUE(came(self, in, sizeof(in)));
	}
	EXPECT_EQ(0, errors_since(self).all);
}

TEST_F(serial, the_device_counts_packets_and_their_bytes)
{
	struct link_info now;

	ASSERT_TRUE(goes_out_as(self, packet1, sizeof(packet1), frame1,
				sizeof(frame1)));
	ASSERT_EQ(0, feed(self, frame2, sizeof(frame2)));
	EXPECT_EQ(1, stats_wait(&self->before, "drop_no_bind", 1));
	ASSERT_EQ(0, link_get(self->name, &now));
	EXPECT_EQ(1ull, now.stats.tx_packets - self->was.stats.tx_packets);
	EXPECT_EQ(7ull, now.stats.tx_bytes - self->was.stats.tx_bytes);
	EXPECT_EQ(1ull, now.stats.rx_packets - self->was.stats.rx_packets);
	EXPECT_EQ(7ull, now.stats.rx_bytes - self->was.stats.rx_bytes);
}

/* In */

TEST_F(serial, the_contracts_vectors_come_in)
{
	static const uint8_t data[] = { 0x80, 0x02 };
	struct sockaddr_mctp from;
	int fd = sock_bound(1, MCTP_ADDR_ANY, packet2[4]);

	/* the first is to 9 from 8: on its way to there, we are 9 */
	ASSERT_EQ(0, feed(self, frame2, sizeof(frame2)));
	ASSERT_EQ(2, recv_from(fd, self->got, 8, &from));
	EXPECT_EQ(0, memcmp(self->got, data, 2));
	EXPECT_EQ(8, from.smctp_addr.s_addr);
	EXPECT_EQ(OWNER, from.smctp_tag);
	close(fd);

	fd = sock_bound(1, 9, packet1[4]);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, addr_add(self->name, 9));
	ASSERT_EQ(0, feed(self, frame1, sizeof(frame1)));
	ASSERT_EQ(2, recv_from(fd, self->got, 8, &from));
	EXPECT_EQ(0x81, self->got[0]);
	EXPECT_EQ(0x02, self->got[1]);
	EXPECT_EQ(0, errors_since(self).all);
}

TEST_F(serial, frames_come_in_byte_by_byte_and_all_at_once)
{
	uint8_t packet[40];
	struct frame f, three;
	size_t i;

	good_frame(&f, packet, sizeof(packet), 0x70);
	for (i = 0; i < f.len; i++)
		ASSERT_EQ(0, feed(self, &f.b[i], 1));
	EXPECT_TRUE(came(self, packet, sizeof(packet)));

	three.len = 0;
	for (i = 0; i < 3; i++) {
		memcpy(three.b + three.len, f.b, f.len);
		three.len += f.len;
	}
	ASSERT_EQ(0, feed(self, three.b, three.len));
	for (i = 0; i < 3; i++)
		EXPECT_TRUE(came(self, packet, sizeof(packet)));
	EXPECT_EQ(0, errors_since(self).all);
}

TEST_F(serial, frames_of_every_split_come_in)
{
	uint8_t packet[12];
	struct frame f;
	size_t i;

	good_frame(&f, packet, sizeof(packet), 0x76);
	for (i = 1; i < f.len; i++) {
		ASSERT_EQ(0, feed(self, f.b, i));
		ASSERT_EQ(0, feed(self, f.b + i, f.len - i));
		EXPECT_TRUE(came(self, packet, sizeof(packet)));
	}
	EXPECT_EQ(0, errors_since(self).all);
}

TEST_F(serial, the_closing_flag_may_open_the_next_frame)
{
	uint8_t packet[40];
	struct frame f;
	int i;

	good_frame(&f, packet, sizeof(packet), 0x20);
	ASSERT_EQ(0, feed(self, f.b, f.len));
	EXPECT_TRUE(came(self, packet, sizeof(packet)));
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, feed(self, f.b + 1, f.len - 1));
		EXPECT_TRUE(came(self, packet, sizeof(packet)));
	}
	EXPECT_EQ(0, errors_since(self).all);
}

TEST_F(serial, flags_between_frames_are_no_error)
{
	static const uint8_t flags[] = { 0x7e, 0x7e, 0x7e, 0x7e };
	uint8_t packet[40];
	struct frame f;

	good_frame(&f, packet, sizeof(packet), 0x20);
	ASSERT_EQ(0, feed(self, flags, sizeof(flags)));
	ASSERT_EQ(0, feed(self, f.b, f.len));
	ASSERT_EQ(0, feed(self, flags, sizeof(flags)));
	ASSERT_EQ(0, feed(self, f.b, f.len));
	EXPECT_TRUE(came(self, packet, sizeof(packet)));
	EXPECT_TRUE(came(self, packet, sizeof(packet)));
	EXPECT_EQ(0, errors_since(self).all);
}

TEST_F(serial, packets_of_every_length_come_in)
{
	uint8_t packet[255];
	struct frame f;
	size_t len;

	for (len = HDR_LEN + 1; len <= 255; len += 25) {
		good_frame(&f, packet, len, len);
		ASSERT_EQ(0, feed(self, f.b, f.len));
		EXPECT_TRUE(came(self, packet, len));
	}
	EXPECT_EQ(0, errors_since(self).all);
}

/* A bad frame, then a good one behind it: that comes, and one error is told */
static struct errors after_bad(struct __test_metadata *_metadata, SELF,
			       const void *bad, size_t len)
{
	static uint8_t mark = 0x10;
	struct errors none = { };
	uint8_t packet[20];
	struct frame f;

	EXPECT_EQ(0, link_get(self->name, &self->was)) {
		return none;
	}
	good_frame(&f, packet, sizeof(packet), mark++);
	EXPECT_EQ(0, feed(self, bad, len));
	EXPECT_EQ(0, feed(self, f.b, f.len));
	EXPECT_TRUE(came(self, packet, sizeof(packet)));
	EXPECT_EQ(0, tun_none(self->bus));
	return errors_since(self);
}

TEST_F(serial, a_frame_with_a_wrong_fcs_is_dropped_and_counted)
{
	uint8_t packet[20];
	struct errors e;
	struct frame f;
	int bit;

	for (bit = 0; bit < 16; bit++) {
		good_frame(&f, packet, sizeof(packet), 0x30);
		f.b[f.len - 2 - bit / 8] ^= 1 << bit % 8;
		e = after_bad(_metadata, self, f.b, f.len);
		EXPECT_EQ(1, e.all);
		EXPECT_EQ(1, e.crc);
	}
}

TEST_F(serial, a_frame_with_a_changed_byte_is_dropped_and_counted)
{
	uint8_t packet[20];
	struct errors e;
	struct frame f;
	size_t i;

	for (i = 3; i < 3 + sizeof(packet); i++) {
		good_frame(&f, packet, sizeof(packet), 0x30);
		f.b[i] ^= 0x80;
		e = after_bad(_metadata, self, f.b, f.len);
		EXPECT_EQ(1, e.all);
		EXPECT_EQ(1, e.crc);
	}
}

TEST_F(serial, a_frame_of_another_revision_is_dropped_and_counted)
{
	static const uint8_t bad[] = { 0, 2, 3, 0x81, 0xff };
	uint8_t packet[20];
	struct errors e;
	struct frame f;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		good_frame(&f, packet, sizeof(packet), 0x30);
		f.b[1] = bad[i];
		e = after_bad(_metadata, self, f.b, f.len);
		EXPECT_EQ(1, e.all);
		EXPECT_EQ(1, e.frame);
	}
}

TEST_F(serial, a_frame_too_short_for_a_packet_is_dropped_and_counted)
{
	struct errors e;
	uint8_t len;

	for (len = 0; len < HDR_LEN; len++) {
		uint8_t packet[HDR_LEN] = { 1, BUS_EID, 20, WHOLE };
		struct frame f;

		frame_of(&f, packet, len);
		e = after_bad(_metadata, self, f.b, f.len);
		EXPECT_EQ(1, e.all);
		EXPECT_EQ(1, e.length);
	}
}

TEST_F(serial, a_frame_that_is_cut_short_is_dropped_and_counted)
{
	uint8_t packet[20];
	struct errors e;
	struct frame f;
	size_t i;

	/* cut amid the packet: the next frame's 7E is where a byte should be */
	for (i = 4; i < 3 + sizeof(packet); i++) {
		good_frame(&f, packet, sizeof(packet), 0x30);
		e = after_bad(_metadata, self, f.b, i);
		EXPECT_EQ(1, e.all);
	}
}

TEST_F(serial, a_frame_without_its_end_is_dropped_and_counted)
{
	uint8_t packet[20];
	struct errors e;
	struct frame f;

	good_frame(&f, packet, sizeof(packet), 0x30);
	f.b[f.len - 1] = 0x55;
	e = after_bad(_metadata, self, f.b, f.len);
	EXPECT_EQ(1, e.all);
	EXPECT_EQ(1, e.frame);
}

TEST_F(serial, an_escape_of_nothing_is_dropped_and_counted)
{
	static const uint8_t bad[] = { 0x00, 0x5f, 0x7d, 0x41 };
	uint8_t packet[20];
	struct errors e;
	struct frame f;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		good_frame(&f, packet, sizeof(packet), 0x30);
		f.b[8] = 0x7d;
		f.b[9] = bad[i];
		e = after_bad(_metadata, self, f.b, f.len);
		EXPECT_EQ(1, e.all);
	}
}

TEST_F(serial, noise_outside_of_frames_is_passed_over)
{
	static const uint8_t noise[] = { 0x00, 0x01, 0x55, 0x7d, 0x5e, 0xff,
					 0x0a, 0x11, 0x13, 0x03, 0x04 };
	struct errors e;

	e = after_bad(_metadata, self, noise, sizeof(noise));
	EXPECT_EQ(0, e.all);
	/* now there was a frame, the end of which may be taken for a start */
	e = after_bad(_metadata, self, noise, sizeof(noise));
	EXPECT_LE(e.all, 1);
	EXPECT_EQ(0, e.crc);
}

TEST_F(serial, bytes_that_come_while_the_device_is_down_are_not_kept)
{
	static const uint8_t zeros[65536];
	uint8_t packet[20];
	struct frame f;

	good_frame(&f, packet, sizeof(packet), 0x40);
	ASSERT_EQ(0, link_down(self->name));
	ASSERT_EQ(0, feed(self, f.b, f.len));
	ASSERT_EQ(0, feed(self, f.b, 10));
	/* more than a line holds: what was before it has been read */
	ASSERT_EQ(0, feed(self, zeros, sizeof(zeros)));
	ASSERT_EQ(0, link_up(self->name));
	good_frame(&f, packet, sizeof(packet), 0x50);
	ASSERT_EQ(0, feed(self, f.b, f.len));
	EXPECT_TRUE(came(self, packet, sizeof(packet)));
	EXPECT_EQ(0, tun_none(self->bus));
}

/* Whatever a line brings, and with no rest of it behind the next good frames */
TEST_F(serial, random_bytes_do_no_harm)
{
	uint32_t random = 7;
	uint8_t bytes[1000], packet[20];
	struct frame f;
	int round, i;
	ssize_t n;

	for (round = 0; round < 50; round++) {
		for (i = 0; i < (int)sizeof(bytes); i++) {
			random = random * 1664525 + 1013904223;
			bytes[i] = random >> 24;
			/* more of what frames are made of */
			if (!(random >> 8 & 3))
				bytes[i] = "\x7e\x01\x04\x7d"[random >> 16 & 3];
		}
		ASSERT_EQ(0, feed(self, bytes, sizeof(bytes)));
	}
	/* at most one frame of 255 bytes is open now: it ends by these */
	good_frame(&f, packet, sizeof(packet), 0x60);
	for (i = 0; i < 30; i++)
		ASSERT_EQ(0, feed(self, f.b, f.len));
	i = 0;
	while (i < 5 && (n = tun_recv(self->bus, self->got,
				      sizeof(self->got))) > 0)
		i += n == (ssize_t)sizeof(packet) &&
		     !memcmp(self->got, packet, n);
	EXPECT_EQ(5, i);
	EXPECT_LT(0, errors_since(self).all);
}

/* A line that is slow to take bytes */

TEST_F(serial, a_send_without_waiting_to_a_full_line_is_eagain)
{
	struct sockaddr_mctp to = addr_of(1, 20, TYPE, 1);
	int fd = sock_new(), size = 1, sent = 0;
	uint8_t data[1000] = { };
	ssize_t n;

	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
				sizeof(size)));
	do {
		n = sendto(fd, data, sizeof(data), MSG_DONTWAIT, (void *)&to,
			   sizeof(to));
	} while (n == (ssize_t)sizeof(data) && ++sent < 10000);
	EXPECT_EQ(-1, n);
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_LT(0, sent);
	EXPECT_FALSE(sock_polls(fd, POLLOUT, 0));
	/* nothing of it is lost */
	EXPECT_DROPS(&self->before, "");
	EXPECT_EQ(0, wire_drain(self->pty.master, fd));
	EXPECT_EQ((ssize_t)sizeof(data), send_to(fd, &to, data, sizeof(data)));
}

TEST_F(serial, a_send_to_a_full_line_sleeps_and_wakes_up)
{
	struct sockaddr_mctp to = addr_of(1, 20, TYPE, 1);
	int fd = sock_new(), size = 1, sent = 0;
	uint8_t data[1000] = { };
	pid_t pid;

	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
				sizeof(size)));
	while (sendto(fd, data, sizeof(data), MSG_DONTWAIT, (void *)&to,
		      sizeof(to)) == (ssize_t)sizeof(data) && sent < 10000)
		sent++;
	ASSERT_EQ(EAGAIN, errno);
	pid = fork();
	if (!pid)
		_exit(send_to(fd, &to, data, sizeof(data)) ==
		      (ssize_t)sizeof(data) ? 0 : 1);
	ASSERT_EQ(0, child_sleeps(pid));
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG));
	EXPECT_EQ(0, wire_drain(self->pty.master, fd));
	EXPECT_EQ(0, child_wait(pid));
	EXPECT_DROPS(&self->before, "");
}

TEST_F(serial, a_hang_up_with_packets_waiting_removes_the_device)
{
	struct sockaddr_mctp to = addr_of(1, 20, TYPE, 1);
	int fd = sock_new(), i;
	uint8_t data[4096] = { };

	for (i = 0; i < 20; i++)
		sendto(fd, data, sizeof(data), MSG_DONTWAIT, (void *)&to,
		       sizeof(to));
	close(self->pty.master);
	EXPECT_TRUE(gone(self->name));
	EXPECT_EQ(-EHOSTUNREACH, send_to(fd, &to, data, sizeof(data)));
}

/* Two lines that are joined: two namespaces */

static void carry(int from, int to)
{
	char buf[512];
	ssize_t n = read(from, buf, sizeof(buf));

	if (n > 0 && wire_write(to, buf, n))
		_exit(1);
}

/* Joins two wires for as long as the test lives */
static pid_t join(int a, int b)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		struct pollfd pfd[2] = {
			{ .fd = a, .events = POLLIN },
			{ .fd = b, .events = POLLIN },
		};

		if (poll(pfd, 2, -1) < 0)
			_exit(1);
		if (pfd[0].revents & POLLIN)
			carry(a, b);
		if (pfd[1].revents & POLLIN)
			carry(b, a);
		if ((pfd[0].revents | pfd[1].revents) & POLLHUP)
			_exit(0);
	}
}

FIXTURE(joined) {
	struct pty pty[2];
	char name[2][IFNAMSIZ];
	int ns[2];
	pid_t joiner;
	uint8_t data[16384];
	uint8_t got[16385];
};

FIXTURE_SETUP(joined)
{
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, ns_new());
		self->ns[i] = ns_fd();
		ASSERT_EQ(0, pty_new(&self->pty[i]));
		ASSERT_EQ(0, pty_attach(&self->pty[i], self->name[i]));
		ASSERT_EQ(0, link_up(self->name[i]));
		ASSERT_EQ(0, addr_add(self->name[i], 8 + i));
		ASSERT_EQ(0, route_add(self->name[i], 9 - i, 9 - i, 0));
	}
	self->joiner = join(self->pty[0].master, self->pty[1].master);
	ASSERT_LT(0, self->joiner);
}

FIXTURE_TEARDOWN(joined)
{
	kill(self->joiner, SIGKILL);
	waitpid(self->joiner, NULL, 0);
}

TEST_F(joined, messages_go_there_and_back_at_every_mtu)
{
	static const uint32_t mtus[] = { 68, 127, 255 };
	static const ssize_t sizes[] = { 0, 1, 63, 64, 4096 };
	struct sockaddr_mctp to = addr_of(1, 9, TYPE, OWNER), from;
	int server = sock_bound(1, 9, TYPE), fd;
	size_t m, s;

	ASSERT_LE(0, server);
	ASSERT_EQ(0, ns_enter(self->ns[0]));
	fd = sock_new();
	for (m = 0; m < ARRAY_SIZE(mtus); m++) {
		ASSERT_EQ(0, ns_enter(self->ns[1]));
		ASSERT_EQ(0, link_mtu(self->name[1], mtus[m]));
		ASSERT_EQ(0, ns_enter(self->ns[0]));
		ASSERT_EQ(0, link_mtu(self->name[0], mtus[m]));
		for (s = 0; s < ARRAY_SIZE(sizes); s++) {
			pattern(self->data, sizes[s], s);
			ASSERT_EQ(sizes[s], send_to(fd, &to, self->data,
						    sizes[s]));
			ASSERT_EQ(sizes[s],
				  recv_from(server, self->got,
					    sizeof(self->got), &from));
			EXPECT_TRUE(pattern_is(self->got, sizes[s], s));
			from.smctp_tag &= MCTP_TAG_MASK;
			ASSERT_EQ(sizes[s], send_to(server, &from, self->got,
						    sizes[s]));
			ASSERT_EQ(sizes[s], recv_from(fd, self->got,
						      sizeof(self->got),
						      NULL));
			EXPECT_TRUE(pattern_is(self->got, sizes[s], s));
		}
	}
}

TEST_F(joined, bursts_in_both_directions_lose_nothing)
{
	struct sockaddr_mctp to[2] = { addr_of(1, 9, TYPE, OWNER),
				       addr_of(1, 8, TYPE, OWNER) };
	int server[2], fd[2], i, n;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, ns_enter(self->ns[i]));
		server[i] = sock_bound(1, 8 + i, TYPE);
		ASSERT_LE(0, server[i]);
		fd[i] = sock_new();
	}
	for (n = 0; n < 6; n++)
		for (i = 0; i < 2; i++) {
			pattern(self->data, 4096, n * 2 + i);
			ASSERT_EQ(4096, send_to(fd[i], &to[i], self->data,
						4096));
		}
	for (n = 0; n < 6; n++)
		for (i = 0; i < 2; i++) {
			ASSERT_EQ(4096, recv_from(server[!i], self->got,
						  sizeof(self->got), NULL));
			EXPECT_TRUE(pattern_is(self->got, 4096, n * 2 + i));
		}
}

TEST_HARNESS_MAIN
