// SPDX-License-Identifier: GPL-2.0
/*
 * From the USB host to a gadget on the same machine (dummy_hcd), at high speed.
 * A figure is instructions a byte of a message of 60,000, both sides' taken
 * together, the bus's own (dummy_hcd copies) among them.
 *
 * The bus has a clock, so the processor waits, and the counter goes on: a
 * process that has nothing else to do counts that time, and it is taken off.
 */
#include <net/if.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "bench.h"
#include "../selftests/net/mctp/mctp_usb.h"

#define SIZE		60000
#define MESSAGES	40

/* What nobody else wants of the processor, in turns of a loop */
static volatile uint64_t *turns;
static double turn_count;

static void idler(void)
{
	struct sched_param none = { };
	uint64_t began, turned;

	turns = mmap(NULL, sizeof(*turns), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (turns == MAP_FAILED)
		die("mmap: %m");
	if (!must(fork(), "fork")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		must(sched_setscheduler(0, SCHED_IDLE, &none), "SCHED_IDLE");
		for (;;)
			++*turns;
	}
	usleep(1000000);
	began = now_count();
	turned = *turns;
	usleep(1000000);
	turn_count = (double)(now_count() - began) / (*turns - turned);
}

/* The host's end in network 1, the gadget's in network 2, of one namespace */
static void across(struct pair *p, long mtu, unsigned int frames)
{
	char host[IFNAMSIZ], device[IFNAMSIZ];
	int ns = ns_fd(), size = 1 << 24;

	must(usb_controller(USB_HIGH), "a USB controller");
	must(gadget_new("mctp.usb0"), "a gadget");
	must(gadget_ifname(device, sizeof(device)), "the gadget's device");
	must(link_mtu(device, mtu), "MTU");
	must(link_net(device, 2), "a network");
	must(link_up(device), "up");
	must(addr_add(device, 10), "an EID");

	must(usb_enter_init_ns(), "the initial namespace");
	must(gadget_plug(), "plugging in");
	snprintf(host, sizeof(host), "%s", usb_host_wait());
	must(link_move(host, ns), "a namespace");
	must(ns_enter(ns), "a namespace");
	must(link_mtu(host, mtu), "MTU");
	must(ethtool_tx_frames(host, frames), "tx-frames");
	must(link_up(host), "up");
	must(addr_add(host, 9), "an EID");
	must(route_add(host, 10, 10, 0), "a route");
	if (!link_wait_oper(device))
		die("%s has no carrier", device);

	memset(p, 0, sizeof(*p));
	p->size = SIZE;
	p->a = must(sock_new(), "socket");
	p->b = must(sock_bound(2, MCTP_ADDR_ANY, BENCH_TYPE), "bind");
	must(setsockopt(p->b, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)),
	     "a receive buffer");
	pair_to(p, 10, 1);
	pair_prealloc(p);
}

/* @frames: packets that may be joined */
static void usb(const char *name, long mtu, long frames)
{
	uint64_t began, turned;
	struct pair p;
	int i;

	across(&p, mtu, frames);
	idler();
	for (i = 0; i < MESSAGES / 4; i++)
		pair_one_way(&p);
	began = now_count();
	turned = *turns;
	for (i = 0; i < MESSAGES; i++)
		pair_one_way(&p);
	figure(name, (now_count() - began - (*turns - turned) * turn_count) /
		     MESSAGES / SIZE);
	gadget_del();
}

static void usb_68(const char *name, long frames)
{
	usb(name, 68, frames);
}

static void usb_251(const char *name, long frames)
{
	usb(name, 251, frames);
}

const struct measure usb_measures[] = {
	{ "usb-68", usb_68, ARGS(1, 64), .ours = true },
	{ "usb-251", usb_251, ARGS(1, 64), .ours = true },
	{ },
};
