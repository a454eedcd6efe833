// SPDX-License-Identifier: GPL-2.0
/*
 * Options of a socket: those that every socket has, as buffers and filters,
 * and our own.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <sys/syscall.h>

#include "mctp_test.h"

#define EID	8	/* ours, on lo */
#define TYPE	0x7e
#define IC	0x80

FIXTURE(option) {
	struct stats before;
	struct sockaddr_mctp to;	/* a request to ourselves */
};

FIXTURE_SETUP(option)
{
	ASSERT_EQ(0, ns_new());
	ASSERT_EQ(0, addr_add("lo", EID));
	ASSERT_EQ(0, stats_read(&self->before));
	self->to = addr_of(1, EID, TYPE, OWNER);
}

FIXTURE_TEARDOWN(option)
{
}

TEST_F(option, a_full_receive_buffer_drops_counts_and_so_rxq_ovfl_tells)
{
	static uint8_t data[4096];
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new(), one = 1, size = 1;
	unsigned int lost, told = 0;
	int sent, got;

	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_RXQ_OVFL, &one,
				sizeof(one)));
	for (sent = 0; sent < 20; sent++) {
		close(fd);	/* and its tag with it */
		fd = sock_new();
		ASSERT_EQ((ssize_t)sizeof(data),
			  send_to(fd, &self->to, data, sizeof(data)));
	}
	lost = stats_rise(&self->before, "drop_rcvbuf");
	EXPECT_LT(0, (int)lost);
	EXPECT_EQ((long)lost, stats_lost(&self->before));
	for (got = 0; recv(receiver, data, sizeof(data), MSG_DONTWAIT) > 0; )
		got++;
	EXPECT_LT(0, got);
	EXPECT_EQ(sent, got + (int)lost);

	/* the next that gets through tells how many did not */
	ASSERT_EQ(1, send_to(fd, &self->to, "x", 1));
	ASSERT_EQ(1, recv_cmsg(receiver, SO_RXQ_OVFL, &told, sizeof(told)));
	EXPECT_EQ(lost, told);
}

TEST_F(option, so_rcvbuf_and_so_sndbuf_are_kept)
{
	int fd = sock_new(), size = 20000, got = 0;
	socklen_t len = sizeof(got);

	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, len));
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len));
	EXPECT_EQ(40000, got);
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, len));
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &got, &len));
	EXPECT_EQ(40000, got);
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &got, &len));
	EXPECT_EQ(AF_MCTP, got);
	ASSERT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_TYPE, &got, &len));
	EXPECT_EQ(SOCK_DGRAM, got);
}

TEST_F(option, classic_filter_sees_the_type_byte_first)
{
	/* of messages of type TYPE with IC, those with a payload that begins
	 * with 'y'
	 */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TYPE | IC, 0, 3),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 1),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'y', 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(code), .filter = code };
	int receiver = sock_bound(1, EID, TYPE);
	int fd = sock_new();
	char got[8];

	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
				sizeof(prog)));
	ASSERT_EQ(3, send_to(fd, &self->to, "yes", 3));
	EXPECT_DROPS(&self->before, "drop_filter=1");
	self->to.smctp_type |= IC;
	ASSERT_EQ(2, send_to(fd, &self->to, "no", 2));
	EXPECT_DROPS(&self->before, "drop_filter=2");
	ASSERT_EQ(3, send_to(fd, &self->to, "yes", 3));
	EXPECT_EQ(3, recv_from(receiver, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "yes", 3));
	EXPECT_EQ(0, recv_none(receiver));

	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_DETACH_FILTER, &prog,
				sizeof(prog)));
	ASSERT_EQ(2, send_to(fd, &self->to, "no", 2));
	EXPECT_EQ(2, recv_from(receiver, got, sizeof(got), NULL));
}

static int bpf_load(const struct bpf_insn *code, size_t n)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = (uintptr_t)code;
	attr.insn_cnt = n;
	attr.license = (uintptr_t)"GPL";
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	return fd < 0 ? -errno : fd;
}

TEST_F(option, bpf_filter_can_cut_a_message_after_its_type_byte)
{
	/* r0 = 3: of a message the type byte and two more */
	static const struct bpf_insn cut[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = 3 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int receiver = sock_bound(1, EID, TYPE);
	struct sockaddr_mctp from;
	int prog = bpf_load(cut, ARRAY_SIZE(cut));
	char got[8];

	ASSERT_LE(0, prog);
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_ATTACH_BPF, &prog,
				sizeof(prog)));
	ASSERT_EQ(6, send_to(sock_new(), &self->to, "sixsix", 6));
	EXPECT_EQ(2, recv_from(receiver, got, sizeof(got), &from));
	EXPECT_EQ(0, memcmp(got, "si", 2));
	EXPECT_EQ(TYPE, from.smctp_type);
}

TEST_F(option, bpf_filter_that_cuts_the_type_byte_off_drops)
{
	static const struct bpf_insn none[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int receiver = sock_bound(1, EID, TYPE);
	int prog = bpf_load(none, ARRAY_SIZE(none));

	ASSERT_LE(0, prog);
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_ATTACH_BPF, &prog,
				sizeof(prog)));
	ASSERT_EQ(6, send_to(sock_new(), &self->to, "sixsix", 6));
	EXPECT_DROPS(&self->before, "drop_filter=1");
	EXPECT_EQ(0, recv_none(receiver));
}

TEST_F(option, siocinq_and_siocoutq_tell_what_waits)
{
	int receiver = sock_bound(1, EID, TYPE);
	int n = -1;

	ASSERT_EQ(0, ioctl(receiver, SIOCINQ, &n));
	EXPECT_EQ(0, n);
	ASSERT_EQ(6, send_to(sock_new(), &self->to, "sixsix", 6));
	ASSERT_EQ(0, ioctl(receiver, SIOCINQ, &n));
	EXPECT_EQ(6, n);
	ASSERT_EQ(0, ioctl(receiver, SIOCOUTQ, &n));
	EXPECT_EQ(0, n);
}

/* An eBPF program that takes what has these two bytes at these places */
static int bpf_of(int off1, uint8_t byte1, int off2, uint8_t byte2)
{
	struct bpf_insn code[] = {
		/* the context is where loads of this kind look for it */
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_6,
		  .src_reg = BPF_REG_1 },
		{ .code = BPF_LD | BPF_ABS | BPF_B, .imm = off1 },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = byte1, .off = 4 },
		{ .code = BPF_LD | BPF_ABS | BPF_B, .imm = off2 },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = byte2, .off = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_load(code, ARRAY_SIZE(code));
}

TEST_F(option, bpf_filter_sees_the_type_byte_first)
{
	int receiver = sock_bound(1, EID, TYPE), fd = sock_new();
	int prog = bpf_of(0, TYPE | IC, 3, 's');
	char got[8];

	ASSERT_LE(0, prog);
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_ATTACH_BPF, &prog,
				sizeof(prog)));
	ASSERT_EQ(3, send_to(fd, &self->to, "yes", 3));
	EXPECT_DROPS(&self->before, "drop_filter=1");
	self->to.smctp_type |= IC;
	ASSERT_EQ(3, send_to(fd, &self->to, "not", 3));
	EXPECT_DROPS(&self->before, "drop_filter=2");
	ASSERT_EQ(3, send_to(fd, &self->to, "yes", 3));
	EXPECT_EQ(3, recv_from(receiver, got, sizeof(got), NULL));
	EXPECT_EQ(0, memcmp(got, "yes", 3));
}

TEST_F(option, a_filter_sees_the_whole_of_a_message_of_many_packets)
{
	int receiver = sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, TYPE);
	int bus = tun_bus("bus", 20, 20), prog, i;
	uint8_t payload[BTU] = { TYPE }, got[256];

	ASSERT_LE(0, bus);
	ASSERT_EQ(0, addr_add("bus", 10));
	/* a byte of the third packet */
	prog = bpf_of(0, TYPE, 2 * BTU + 5, 'y');
	ASSERT_LE(0, prog);
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_ATTACH_BPF, &prog,
				sizeof(prog)));
	for (i = 0; i < 2; i++) {
		payload[5] = 0;
		ASSERT_EQ(0, tun_send(bus, 10, 20, SOM | TO, payload, BTU));
		ASSERT_EQ(0, tun_send(bus, 10, 20, SEQ(1) | TO, payload, BTU));
		payload[5] = i ? 'y' : 'n';
		ASSERT_EQ(0, tun_send(bus, 10, 20, EOM | SEQ(2) | TO, payload,
				      10));
		if (!i)
			EXPECT_DROPS(&self->before, "drop_filter=1");
	}
	EXPECT_EQ(2 * BTU + 9, recv_from(receiver, got, sizeof(got), NULL));
	EXPECT_EQ(0, recv_none(receiver));
}

TEST_F(option, a_full_receive_buffer_drops_and_counts_what_a_bus_brings)
{
	int receiver = sock_bound(MCTP_NET_ANY, MCTP_ADDR_ANY, TYPE);
	int bus = tun_bus("bus", 20, 20), size = 1, one = 1, got = 0, i;
	unsigned int told = 0;
	long lost;

	ASSERT_LE(0, bus);
	ASSERT_EQ(0, addr_add("bus", 10));
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	ASSERT_EQ(0, setsockopt(receiver, SOL_SOCKET, SO_RXQ_OVFL, &one,
				sizeof(one)));
	for (i = 0; i < 50; i++)
		ASSERT_EQ(0, tun_answer(bus, 10, 20, TO));
	EXPECT_EQ(50, stats_wait(&self->before, "rx_packets", 50));
	lost = stats_rise(&self->before, "drop_rcvbuf");
	EXPECT_LT(0, lost);
	EXPECT_EQ(lost, stats_lost(&self->before));
	while (recv_none(receiver) == 2)
		got++;
	EXPECT_LT(0, got);
	EXPECT_EQ(50, got + lost);
	ASSERT_EQ(0, tun_answer(bus, 10, 20, TO));
	ASSERT_TRUE(sock_polls(receiver, POLLIN, WAIT_MS));
	ASSERT_EQ(1, recv_cmsg(receiver, SO_RXQ_OVFL, &told, sizeof(told)));
	EXPECT_EQ(lost, told);
}

/* MCTP_OPT_ADDR_EXT; what it does is in ext_addr_test.c */

TEST_F(option, setsockopt_errors)
{
	int fd = sock_new(), on = 1;

	EXPECT_EQ(-1, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, 3));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, 8));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, NULL,
				 sizeof(on)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, setsockopt(fd, SOL_MCTP + 1, MCTP_OPT_ADDR_EXT, &on,
				 sizeof(on)));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT + 1, &on,
				 sizeof(on)));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
}

TEST_F(option, getsockopt_errors_and_value)
{
	int fd = sock_new(), on = 1, got = -1;
	socklen_t len = sizeof(got), brief = 2;

	EXPECT_EQ(-1, getsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &got,
				 &brief));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, getsockopt(fd, SOL_MCTP + 1, MCTP_OPT_ADDR_EXT, &got,
				 &len));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, getsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT + 1, &got,
				 &len));
	EXPECT_EQ(ENOPROTOOPT, errno);

	EXPECT_EQ(0, getsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &got, &len));
	EXPECT_EQ(0, got);
	ASSERT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
	EXPECT_EQ(0, getsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &got, &len));
	EXPECT_EQ(1, got);
	on = 0;
	ASSERT_EQ(0, setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on,
				sizeof(on)));
	EXPECT_EQ(0, getsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &got, &len));
	EXPECT_EQ(0, got);
}

TEST_HARNESS_MAIN
