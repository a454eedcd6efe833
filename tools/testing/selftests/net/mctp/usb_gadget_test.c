// SPDX-License-Identifier: GPL-2.0
/*
 * MCTP over USB (DSP0283): the host's driver and the gadget function, joined by
 * dummy_hcd. Messages of all sizes at each speed and both ways at once,
 * unplugging, suspending, resetting and removing under load, namespaces.
 *
 *   the host, EID 8, mctpusbN in a namespace <-> mctpusbgN in another, EID 9
 *
 * The device is plugged in and out
 *   MCTP_CYCLES=N    at least so often (default: 5)
 *   MCTP_SECONDS=N   for so long at least
 */
#include <net/if.h>
#include <signal.h>

#include "mctp_test.h"
#include "mctp_usb.h"

#define TYPE		0x7e
#define HOST		8
#define DEVICE		9
#define MTU_MAX		251
#define CYCLES		5
#define TRACING		"/sys/kernel/tracing/"

/* The two ends, by EID */
struct end {
	int ns;
	int fd;			/* takes requests of TYPE */
	char name[IFNAMSIZ];
};

struct usb {
	struct end host, device;
};

static uint8_t data[DATA_MAX + 1], got[DATA_MAX + 1];

static int rcvbuf_large(int fd)
{
	int size = 1 << 24;

	return setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ?
	       -errno : 0;
}

/* An end is up, has its EID, and a way to the other */
static int end_up(const struct end *end, uint8_t eid, uint8_t peer)
{
	/* A guest may stand still for longer than a second */
	int err = file_write("/proc/sys/net/mctp/reasm_timeout_ms", "20000");

	if (!err)
		err = link_up(end->name);
	if (!err)
		err = addr_add(end->name, eid);
	if (!err)
		err = route_add(end->name, peer, peer, 0);
	if (!err && !link_wait_oper(end->name))
		err = -ETIMEDOUT;
	return err;
}

static int end_socket(struct end *end, uint8_t eid)
{
	end->fd = sock_bound(1, eid, TYPE);
	return end->fd < 0 ? end->fd : rcvbuf_large(end->fd);
}

/* Take the host's device to its namespace and set it up */
static int host_up(struct usb *usb)
{
	int err = usb_enter_init_ns();

	if (err)
		return err;
	snprintf(usb->host.name, IFNAMSIZ, "%s", usb_host_wait());
	err = *usb->host.name ? link_move(usb->host.name, usb->host.ns) :
				-ETIMEDOUT;
	if (!err)
		err = ns_enter(usb->host.ns);
	if (!err)
		err = end_up(&usb->host, HOST, DEVICE);
	return err;
}

static int pair_setup_at(struct usb *usb, enum usb_speed speed)
{
	int err = usb_controller(speed);

	if (err)
		return err;
	err = ns_new();
	usb->host.ns = ns_fd();
	if (!err)
		err = ns_new();
	usb->device.ns = ns_fd();
	if (!err)
		err = gadget_new("mctp.usb0");
	if (!err)
		err = gadget_ifname(usb->device.name, IFNAMSIZ);
	if (!err)
		err = gadget_plug();
	if (!err)
		err = end_up(&usb->device, DEVICE, HOST);
	if (!err)
		err = end_socket(&usb->device, DEVICE);
	if (!err)
		err = host_up(usb);
	if (!err)
		err = end_socket(&usb->host, HOST);
	return err;
}

static int mtu_set(struct usb *usb, uint32_t mtu)
{
	int err = ns_enter(usb->device.ns);

	if (!err)
		err = link_mtu(usb->device.name, mtu);
	if (!err)
		err = ns_enter(usb->host.ns);
	if (!err)
		err = link_mtu(usb->host.name, mtu);
	return err;
}

/* Where a message may have been lost */
static void tell(struct usb *usb)
{
	struct end *ends[] = { &usb->host, &usb->device };
	struct link_info info;
	int i;

	for (i = 0; i < 2; i++) {
		if (ns_enter(ends[i]->ns) || link_get(ends[i]->name, &info))
			continue;
		printf("# %s: received %llu, errors %llu, dropped %llu; sent %llu, errors %llu, dropped %llu\n",
		       ends[i]->name, (long long)info.stats.rx_packets,
		       (long long)info.stats.rx_errors,
		       (long long)info.stats.rx_dropped,
		       (long long)info.stats.tx_packets,
		       (long long)info.stats.tx_errors,
		       (long long)info.stats.tx_dropped);
		fflush(stdout);
		if (system("awk 'NR > 1 && $2 { print \"# \" $1, $2 }' /proc/net/mctp/stat; cat /proc/net/mctp/sockets /proc/net/mctp/reassembly | sed 's/^/# /'"))
			printf("# there are no counters\n");
	}
}

/* A message of so many bytes without its type comes whole */
static bool goes(int from, int to, uint8_t eid, uint8_t tag, size_t len,
		 struct sockaddr_mctp *addr)
{
	struct sockaddr_mctp dest = addr_of(1, eid, TYPE, tag);
	ssize_t n;

	pattern(data, len, len);
	memset(got, 0xee, len + 1);
	if (send_to(from, &dest, data, len) != (ssize_t)len)
		return false;
	/* late ones of comes_back() */
	do
		n = recv_from(to, got, sizeof(got), addr);
	while (n == 4 && !memcmp(got, "ping", 4));
	return n == (ssize_t)len && pattern_is(got, len, len);
}

/* There as a request, and back as its response */
static bool there_and_back(struct usb *usb, size_t len)
{
	struct sockaddr_mctp from;
	int fd;
	bool ok;

	if (ns_enter(usb->host.ns))
		return false;
	fd = sock_new();
	ok = rcvbuf_large(fd) == 0 &&
	     goes(fd, usb->device.fd, DEVICE, OWNER, len, &from) &&
	     goes(usb->device.fd, fd, HOST, from.smctp_tag & MCTP_TAG_MASK, len,
		  NULL);
	close(fd);
	return ok;
}

/* Nothing of a load that has ended comes any more: until then a queue may be full */
static bool becomes_quiet(struct usb *usb)
{
	long end = now_ms() + WAIT_MS;
	struct link_info was, is;

	if (ns_enter(usb->host.ns))
		return false;
	do {
		if (link_get(usb->host.name, &was))
			return false;
		pause_ms(200);
		if (link_get(usb->host.name, &is))
			return false;
	} while (was.stats.rx_packets != is.stats.rx_packets && now_ms() < end);
	return was.stats.rx_packets == is.stats.rx_packets;
}

/* In the end: what is lost while something is going on is sent again */
static bool comes_back(struct usb *usb)
{
	long end = now_ms() + WAIT_MS;

	while (now_ms() < end) {
		struct sockaddr_mctp to = addr_of(1, DEVICE, TYPE, OWNER);
		int fd = sock_new();

		if (send_to(fd, &to, "ping", 4) == 4 &&
		    sock_polls(usb->device.fd, POLLIN, 500)) {
			close(fd);
			return recv_from(usb->device.fd, got, sizeof(got),
					 NULL) == 4;
		}
		close(fd);
	}
	return false;
}

/* A process that sends from an end as fast as it can, until it is killed */
static pid_t load(const struct end *end, uint8_t peer, size_t len)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (ns_enter(end->ns))
		_exit(1);
	for (;;) {
		struct sockaddr_mctp to = addr_of(1, peer, TYPE + 1, OWNER);
		int fd = sock_new();

		if (send_to(fd, &to, data, len) < 0)
			usleep(1000);
		close(fd);
	}
}

static void unload(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

FIXTURE(usb) {
	struct usb usb;
};

FIXTURE_VARIANT(usb) {
	enum usb_speed speed;
};

FIXTURE_VARIANT_ADD(usb, full_speed) {
	.speed = USB_FULL,
};

FIXTURE_VARIANT_ADD(usb, high_speed) {
	.speed = USB_HIGH,
};

FIXTURE_VARIANT_ADD(usb, super_speed) {
	.speed = USB_SUPER,
};

FIXTURE_SETUP(usb)
{
	int err = pair_setup_at(&self->usb, variant->speed);

	if (err == -ENOENT)
		SKIP(return, "no USB gadgets or no dummy_hcd here");
	ASSERT_EQ(0, err);
}

FIXTURE_TEARDOWN(usb)
{
	gadget_del();
}

TEST_F(usb, each_size_goes_there_and_back)
{
	static const uint32_t mtus[] = { MTU_MIN, MTU_MAX };
	static const size_t around[] = { 1, 2, 7, 8, 17, 64 };
	/* Full speed is a megabyte a second, and lockdep slower still */
	size_t most = variant->speed == USB_FULL || slow_kernel() ? 5000 :
								    DATA_MAX;
	size_t i, m, len;
	int d;

	for (m = 0; m < ARRAY_SIZE(mtus); m++) {
		size_t payload = mtus[m] - HDR_LEN;

		ASSERT_EQ(0, mtu_set(&self->usb, mtus[m]));
		for (i = 0; i < 5; i++)
			ASSERT_TRUE(there_and_back(&self->usb, i));
		/* A transfer of whole bus packets at full speed, and its
		 * neighbours; two headers and the type are in it
		 */
		for (i = 1; i < 4; i++)
			for (len = 64 * i - 10; len < 64 * i - 7; len++)
				ASSERT_TRUE(there_and_back(&self->usb, len)) {
					TH_LOG("%zu bytes at mtu %u", len,
					       mtus[m]);
				}
		for (i = 0; i < ARRAY_SIZE(around); i++)
			for (d = -2; d < 1; d++) {
				len = around[i] * payload + d;
				if (len > most || (slow_kernel() && i > 2))
					continue;
				ASSERT_TRUE(there_and_back(&self->usb, len)) {
					TH_LOG("%zu bytes at mtu %u", len,
					       mtus[m]);
				}
			}
	}
	ASSERT_TRUE(there_and_back(&self->usb, most));
}

FIXTURE(pair) {
	struct usb usb;
};

FIXTURE_SETUP(pair)
{
	int err = pair_setup_at(&self->usb, USB_HIGH);

	if (err == -ENOENT)
		SKIP(return, "no USB gadgets or no dummy_hcd here");
	ASSERT_EQ(0, err);
}

FIXTURE_TEARDOWN(pair)
{
	/* A host that sleeps does not see it go, and takes the next one for it */
	usb_device_write("power/control", "on");
	gadget_del();
}

TEST_F(pair, the_devices_are_what_the_contract_says)
{
	struct link_info info;
	struct end *ends[] = { &self->usb.host, &self->usb.device };
	uint8_t lladdr = 0x1d;
	int i;

	EXPECT_EQ(0, strncmp(self->usb.host.name, "mctpusb", 7));
	EXPECT_EQ(0, strncmp(self->usb.device.name, "mctpusbg", 8));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, ns_enter(ends[i]->ns));
		ASSERT_EQ(0, link_get(ends[i]->name, &info));
		EXPECT_EQ(ARPHRD_MCTP, info.type);
		EXPECT_EQ(68u, info.mtu);
		EXPECT_EQ(0, info.addr_len);
		EXPECT_EQ(3, info.binding);
		EXPECT_EQ(1u, info.net);
		EXPECT_LE(1024u, info.txqlen);
		EXPECT_EQ(-EINVAL, link_mtu(ends[i]->name, 67));
		EXPECT_EQ(-EINVAL, link_mtu(ends[i]->name, 252));
		EXPECT_EQ(0, link_mtu(ends[i]->name, 251));
		EXPECT_EQ(-EINVAL, neigh_add(ends[i]->name, 20, &lladdr, 1));
		EXPECT_EQ(-EINVAL, ethtool_tx_frames(ends[i]->name, 0));
		EXPECT_EQ(-EINVAL, ethtool_tx_frames(ends[i]->name, 65));
	}
}

TEST_F(pair, the_driver_has_an_alias_for_udev)
{
	EXPECT_EQ(0, command("grep -q '^alias usb:v.*ic14isc00ip01in.* mctp_usb' /lib/modules/$(uname -r)/modules.alias"));
}

/* The transfers of a message whose packets all wait: meanwhile the other side is down */
static long long transfers_of(struct end *from, struct end *to, uint8_t eid,
			      int packets)
{
	struct sockaddr_mctp dest = addr_of(1, eid, TYPE, OWNER);
	ssize_t len = 64 * packets - 1;
	struct link_info was, now;
	long long n;

	pattern(data, len, len);
	if (ns_enter(to->ns) || link_down(to->name) || ns_enter(from->ns) ||
	    link_get(from->name, &was))
		return -1;
	n = ethtool_stat(from->name, "tx_transfers");
	if (send_to(from->fd, &dest, data, len) != len || ns_enter(to->ns) ||
	    link_up(to->name) ||
	    recv_from(to->fd, got, sizeof(got), NULL) != len ||
	    !pattern_is(got, len, len))
		return -1;
	/* The end of the last transfer may be told later than it came */
	pause_ms(slow_kernel() ? 500 : 50);
	if (ns_enter(from->ns) || link_get(from->name, &now) ||
	    now.stats.tx_packets - was.stats.tx_packets != (unsigned int)packets)
		return -1;
	return ethtool_stat(from->name, "tx_transfers") - n;
}

/* Two packets leave at once, and the others wait for them */
TEST_F(pair, packets_that_wait_are_joined)
{
	struct end *ends[] = { &self->usb.host, &self->usb.device };
	int i;

	for (i = 0; i < 2; i++) {
		struct end *from = ends[i], *to = ends[!i];
		uint8_t eid = i ? HOST : DEVICE;

		/* 7 packets of the least MTU to a transfer */
		EXPECT_EQ(4, transfers_of(from, to, eid, 2 + 2 * 7));
		ASSERT_EQ(0, ethtool_tx_frames(from->name, 3));
		EXPECT_EQ(4, transfers_of(from, to, eid, 2 + 2 * 3));
		ASSERT_EQ(0, ethtool_tx_frames(from->name, 1));
		EXPECT_EQ(4, transfers_of(from, to, eid, 4));
	}
}

TEST_F(pair, nothing_is_counted_as_lost_that_was_not)
{
	struct end *ends[] = { &self->usb.host, &self->usb.device };
	unsigned int n = slow_kernel() ? 1 : 5;
	struct link_info info;
	int i;

	for (i = 0; i < (int)n; i++)
		ASSERT_TRUE(there_and_back(&self->usb, 20000));
	pause_ms(slow_kernel() ? 500 : 50);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, ns_enter(ends[i]->ns));
		ASSERT_EQ(0, link_get(ends[i]->name, &info));
		EXPECT_EQ(0u, info.stats.rx_errors);
		EXPECT_EQ(0u, info.stats.rx_dropped);
		EXPECT_EQ(0u, info.stats.tx_errors);
		EXPECT_EQ(0u, info.stats.tx_dropped);
		EXPECT_EQ(n * 313, info.stats.rx_packets);
		EXPECT_EQ(n * 313, info.stats.tx_packets);
		EXPECT_EQ(n * (313 * 4 + 20001), info.stats.rx_bytes);
		EXPECT_EQ(n * (313 * 4 + 20001), info.stats.tx_bytes);
	}
}

/* A socket's tags for one peer */
#define BOTH		8

/* Both send and both receive messages of the greatest size */
TEST_F(pair, both_ways_at_once)
{
	struct end *ends[] = { &self->usb.host, &self->usb.device };
	int both = slow_kernel() ? 2 : BOTH;
	pid_t pids[2];
	int i, n;

	ASSERT_EQ(0, mtu_set(&self->usb, MTU_MAX));
	pattern(data, DATA_MAX, 3);
	for (i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		if (ns_enter(ends[i]->ns))
			_exit(1);
		for (n = 0; n < both; n++) {
			struct sockaddr_mctp to = addr_of(1, i ? HOST : DEVICE,
							  TYPE, OWNER);

			if (send_to(ends[i]->fd, &to, data, DATA_MAX) !=
			    DATA_MAX)
				_exit(1);
		}
		_exit(0);
	}
	for (n = 0; n < both; n++)
		for (i = 0; i < 2; i++) {
			ASSERT_EQ(DATA_MAX, recv_from(ends[i]->fd, got,
						      sizeof(got), NULL)) {
				TH_LOG("message %d of end %d", n, i);
				tell(&self->usb);
			}
			ASSERT_TRUE(pattern_is(got, DATA_MAX, 3));
		}
	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, child_wait(pids[i]));
}

TEST_F_TIMEOUT(pair, it_is_plugged_in_and_out_under_load, 7 * 86400)
{
	unsigned long cycles = setting("MCTP_CYCLES", CYCLES), i;
	long begin = now_ms();
	long end = begin + setting("MCTP_SECONDS", 0) * 1000;
	pid_t pid;

	pid = load(&self->usb.device, HOST, 4096);
	for (i = 0; i < cycles || now_ms() < end; i++) {
		pid_t host_pid = load(&self->usb.host, DEVICE, 4096);

		if (i % 50 == 2)
			EXPECT_TRUE(comes_back(&self->usb));
		ASSERT_EQ(0, gadget_unplug());
		ASSERT_TRUE(usb_host_gone()) {
			TH_LOG("cycle %lu", i);
		}
		unload(host_pid);
		ASSERT_EQ(0, gadget_plug());
		ASSERT_EQ(0, host_up(&self->usb)) {
			TH_LOG("cycle %lu", i);
		}
	}
	unload(pid);
	EXPECT_TRUE(comes_back(&self->usb));
	printf("# %lu cycles in %ld s\n", i, (now_ms() - begin) / 1000);
	fflush(stdout);
}

TEST_F(pair, the_driver_is_removed_under_load)
{
	pid_t pids[2];

	pids[0] = load(&self->usb.host, DEVICE, 8192);
	pids[1] = load(&self->usb.device, HOST, 8192);
	pause_ms(100);
	ASSERT_EQ(0, command("rmmod mctp-usb"));
	EXPECT_TRUE(usb_host_gone());
	unload(pids[0]);
	ASSERT_EQ(0, command("modprobe mctp-usb"));
	ASSERT_EQ(0, host_up(&self->usb));
	unload(pids[1]);
	EXPECT_TRUE(comes_back(&self->usb));
}

TEST_F(pair, the_function_is_removed_under_load)
{
	pid_t pids[2];

	pids[0] = load(&self->usb.host, DEVICE, 8192);
	pids[1] = load(&self->usb.device, HOST, 8192);
	pause_ms(100);
	gadget_del();
	EXPECT_TRUE(usb_host_gone());
	ASSERT_EQ(0, ns_enter(self->usb.device.ns));
	EXPECT_STREQ("", link_find("mctpusbg"));
	unload(pids[0]);
	unload(pids[1]);
}

TEST_F(pair, the_device_is_reset_under_load)
{
	pid_t pids[2];
	int i;

	pids[0] = load(&self->usb.host, DEVICE, 8192);
	pids[1] = load(&self->usb.device, HOST, 8192);
	for (i = 0; i < 2; i++) {
		pause_ms(20);
		EXPECT_EQ(0, usb_device_reset());
		EXPECT_EQ(0, link_get(self->usb.host.name,
				      &(struct link_info){ }));
	}
	unload(pids[0]);
	unload(pids[1]);
	EXPECT_TRUE(comes_back(&self->usb));
	EXPECT_TRUE(becomes_quiet(&self->usb));
	EXPECT_TRUE(there_and_back(&self->usb, 4096));
}

/* While the links go up and down under them */
TEST_F(pair, the_links_go_up_and_down_under_load)
{
	struct end *ends[] = { &self->usb.host, &self->usb.device };
	pid_t pids[2];
	int i;

	pids[0] = load(&self->usb.host, DEVICE, 8192);
	pids[1] = load(&self->usb.device, HOST, 8192);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, ns_enter(ends[i % 2]->ns));
		ASSERT_EQ(0, link_down(ends[i % 2]->name));
		ASSERT_EQ(0, link_up(ends[i % 2]->name));
	}
	unload(pids[0]);
	unload(pids[1]);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, ns_enter(ends[i]->ns));
		ASSERT_TRUE(link_wait_oper(ends[i]->name));
	}
	EXPECT_TRUE(comes_back(&self->usb));
	EXPECT_TRUE(becomes_quiet(&self->usb));
	EXPECT_TRUE(there_and_back(&self->usb, 4096));
}

/* dummy_hcd tells of the end of so short a transfer when it has it in its FIFO */
#define SHORT		10

/* How often the device has asked the host to wake since the last question; -1:
 * this kernel does not tell
 */
static int wakes(void)
{
	int n;

	if (file_write(TRACING "events/gadget/usb_gadget_wakeup/enable", "1"))
		return -1;
	n = file_count(TRACING "trace", "usb_gadget_wakeup:");
	close(open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC));
	return n;
}

/* Nothing that the device has sent makes it wake the host any more. A wakeup in the
 * last 20 ms of the host's own resume has dummy_hcd begin with that anew: the hub
 * finds the port asleep still, and takes the device for unplugged.
 */
static bool sleeps_for_good(void)
{
	pause_ms(slow_kernel() ? 1200 : 400);
	return usb_device_wait("power/runtime_status", "suspended");
}

TEST_F(pair, it_sleeps_when_idle_and_either_side_wakes_it)
{
	int i;

	if (usb_device_write("power/autosuspend_delay_ms", "0"))
		SKIP(return, "this kernel has no CONFIG_PM");
	ASSERT_EQ(0, usb_device_write("power/control", "auto"));
	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(sleeps_for_good());
		EXPECT_TRUE(goes(self->usb.host.fd, self->usb.device.fd, DEVICE,
				 OWNER, 1000, NULL));
		ASSERT_TRUE(usb_device_wait("power/runtime_status",
					    "suspended"));
		EXPECT_TRUE(goes(self->usb.device.fd, self->usb.host.fd, HOST,
				 OWNER, i ? SHORT : 1000, NULL));
	}
	ASSERT_TRUE(sleeps_for_good());
	/* Down it needs nobody to wake it, and stays asleep */
	ASSERT_EQ(0, ns_enter(self->usb.host.ns));
	ASSERT_EQ(0, link_down(self->usb.host.name));
	EXPECT_TRUE(usb_device_wait("power/runtime_status", "suspended"));
	ASSERT_EQ(0, link_up(self->usb.host.name));
	EXPECT_TRUE(comes_back(&self->usb));
}

/* One that has had time to be taken */
TEST_F(pair, a_message_of_long_ago_wakes_nobody)
{
	if (usb_device_write("power/autosuspend_delay_ms", "600"))
		SKIP(return, "this kernel has no CONFIG_PM");
	if (wakes() < 0)
		SKIP(return, "this kernel tells of no wakeups");
	ASSERT_EQ(0, usb_device_write("power/control", "auto"));
	ASSERT_TRUE(goes(self->usb.device.fd, self->usb.host.fd, HOST, OWNER,
			 SHORT, NULL));
	ASSERT_TRUE(usb_device_wait("power/runtime_status", "suspended"));
	pause_ms(200);
	EXPECT_EQ(0, wakes());
	EXPECT_TRUE(usb_device_wait("power/runtime_status", "suspended"));
}

/* A host that sleeps and allows no wakeup, as its link is down */
TEST_F(pair, a_host_that_does_not_wake_is_not_pestered)
{
	struct sockaddr_mctp to = addr_of(1, HOST, TYPE, OWNER);
	int n;

	if (usb_device_write("power/autosuspend_delay_ms", "0"))
		SKIP(return, "this kernel has no CONFIG_PM");
	if (wakes() < 0)
		SKIP(return, "this kernel tells of no wakeups");
	/* In this order: what it allows is settled as it falls asleep */
	ASSERT_EQ(0, ns_enter(self->usb.host.ns));
	ASSERT_EQ(0, link_down(self->usb.host.name));
	ASSERT_EQ(0, usb_device_write("power/control", "auto"));
	ASSERT_TRUE(sleeps_for_good());
	wakes();

	/* It is asked once for what dummy_hcd has in its FIFO */
	ASSERT_EQ(0, ns_enter(self->usb.device.ns));
	ASSERT_EQ(SHORT, send_to(self->usb.device.fd, &to, data, SHORT));
	pause_ms(1500);
	EXPECT_EQ(1, wakes());

	/* Each second for what is given up after two */
	ASSERT_EQ(SHORT, send_to(self->usb.device.fd, &to, data, SHORT));
	pause_ms(4000);
	EXPECT_EQ(1, ethtool_stat(self->usb.device.name, "tx_timeouts"));
	n = wakes();
	EXPECT_LE(2, n);
	EXPECT_GE(3, n);

	ASSERT_EQ(0, ns_enter(self->usb.host.ns));
	ASSERT_EQ(0, link_up(self->usb.host.name));
	EXPECT_TRUE(comes_back(&self->usb));
}

/* A message, of a socket that has no other's tag */
static bool alone(const struct end *from, const struct end *to, uint8_t eid,
		  size_t len)
{
	int fd;
	bool ok;

	if (ns_enter(from->ns))
		return false;
	fd = sock_new();
	ok = goes(fd, to->fd, eid, OWNER, len, NULL);
	close(fd);
	return ok;
}

/* A message that comes while it is falling asleep is not lost, of either side */
TEST_F(pair, no_message_is_lost_to_sleep)
{
	struct end *ends[] = { &self->usb.host, &self->usb.device };
	struct link_info info;
	int i, n;

	if (usb_device_write("power/autosuspend_delay_ms", "0"))
		SKIP(return, "this kernel has no CONFIG_PM");
	ASSERT_EQ(0, usb_device_write("power/control", "auto"));
	for (i = 0; i < 2; i++)
		for (n = 0; n < 25; n++) {
			ASSERT_TRUE(alone(ends[i], ends[!i], i ? HOST : DEVICE,
					  n % 2 ? SHORT : 200)) {
				TH_LOG("message %d of %s", n, ends[i]->name);
				tell(&self->usb);
			}
			usleep(n * 400);
		}
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, ns_enter(ends[i]->ns));
		ASSERT_EQ(0, link_get(ends[i]->name, &info));
		EXPECT_EQ(0u, info.stats.tx_errors);
		EXPECT_EQ(0u, info.stats.tx_dropped);
	}
}

/* The link of a device whose host does not listen: packets are given up */
TEST_F(pair, packets_that_nobody_takes_are_given_up)
{
	struct sockaddr_mctp to = addr_of(1, HOST, TYPE, OWNER);
	long end = now_ms() + WAIT_MS;

	ASSERT_EQ(0, ns_enter(self->usb.host.ns));
	ASSERT_EQ(0, link_down(self->usb.host.name));
	ASSERT_EQ(0, ns_enter(self->usb.device.ns));
	ASSERT_EQ(1000, send_to(self->usb.device.fd, &to, data, 1000));
	while (ethtool_stat(self->usb.device.name, "tx_timeouts") < 1 &&
	       now_ms() < end)
		pause_ms(10);
	EXPECT_LE(1, ethtool_stat(self->usb.device.name, "tx_timeouts"));
	ASSERT_EQ(0, ns_enter(self->usb.host.ns));
	ASSERT_EQ(0, link_up(self->usb.host.name));
	EXPECT_TRUE(comes_back(&self->usb));
}

TEST_F(pair, a_dying_namespace_gives_the_device_back)
{
	ASSERT_TRUE(there_and_back(&self->usb, 1000));
	ASSERT_EQ(0, ns_enter(self->usb.device.ns));
	close(self->usb.host.fd);
	close(self->usb.host.ns);
	ASSERT_EQ(0, usb_enter_init_ns());
	ASSERT_STRNE("", usb_host_wait());
	/* and it can be used again, with nothing of before */
	ASSERT_EQ(0, ns_new());
	self->usb.host.ns = ns_fd();
	ASSERT_EQ(0, host_up(&self->usb));
	ASSERT_EQ(0, end_socket(&self->usb.host, HOST));
	EXPECT_TRUE(there_and_back(&self->usb, 1000));
}

TEST_F(pair, the_device_moves_between_namespaces_under_load)
{
	int other, i;
	pid_t pid;

	ASSERT_EQ(0, ns_new());
	other = ns_fd();
	pid = load(&self->usb.device, HOST, 4096);
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, ns_enter(self->usb.host.ns));
		ASSERT_EQ(0, link_move(self->usb.host.name, other));
		ASSERT_EQ(0, ns_enter(other));
		ASSERT_EQ(0, end_up(&self->usb.host, HOST, DEVICE));
		ASSERT_EQ(0, link_move(self->usb.host.name,
				       self->usb.host.ns));
		ASSERT_EQ(0, ns_enter(self->usb.host.ns));
		ASSERT_EQ(0, end_up(&self->usb.host, HOST, DEVICE));
	}
	unload(pid);
	EXPECT_TRUE(comes_back(&self->usb));
	EXPECT_TRUE(becomes_quiet(&self->usb));
	EXPECT_TRUE(there_and_back(&self->usb, 4096));
}

TEST_HARNESS_MAIN
