// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers of the MCTP selftests: namespaces, files, counters, sockets.
 */
#include <net/if.h>
#include <sys/syscall.h>
#include <time.h>

#define MCTP_TEST_LIBRARY
#include "mctp_test.h"

#define STAT_PATH	"/proc/thread-self/net/mctp/stat"
#define TAGS_PATH	"/proc/thread-self/net/mctp/tags"

int ns_new(void)
{
	int fd = sock_new();	/* loads the module where that is to be done */

	if (fd < 0)
		return fd;
	close(fd);
	if (unshare(CLONE_NEWNET))
		return -errno;
	return link_up("lo");
}

int ns_fd(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int ns_enter(int fd)
{
	return setns(fd, CLONE_NEWNET) ? -errno : 0;
}

bool slow_kernel(void)
{
	return !access("/proc/lockdep_stats", F_OK);
}

int cap_drop(int cap)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -errno;
	data[CAP_TO_INDEX(cap)].effective &= ~CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].permitted &= ~CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].inheritable &= ~CAP_TO_MASK(cap);
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int sysctl_set(const char *name, int value)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), "/proc/sys/net/mctp/%s", name);
	snprintf(text, sizeof(text), "%d", value);
	return file_write(path, text);
}

const char *file_line(const char *path, const char *begin)
{
	static char line[512];
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, begin, strlen(begin))) {
			line[strcspn(line, "\n")] = '\0';
			fclose(f);
			return line;
		}
	if (f)
		fclose(f);
	return "";
}

int file_count(const char *path, const char *word)
{
	FILE *f = fopen(path, "r");
	char line[512];
	int n = 0;

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f))
		n += !!strstr(line, word);
	fclose(f);
	return n;
}

int file_wait(const char *path, const char *word, int count)
{
	long end = now_ms() + WAIT_MS;
	int n;

	while ((n = file_count(path, word)) != count && now_ms() < end)
		pause_ms(5);
	return n;
}

long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000;
}

void pause_ms(long ms)
{
	struct timespec ts = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000,
	};

	nanosleep(&ts, NULL);
}

int child_wait(pid_t pid)
{
	long end = now_ms() + 2 * WAIT_MS;
	int status;
	pid_t got;

	while (!(got = waitpid(pid, &status, WNOHANG)) && now_ms() < end)
		pause_ms(2);
	if (got < 0)
		return -errno;
	if (!got) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return -ETIMEDOUT;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

int child_sleeps(pid_t pid)
{
	long end = now_ms() + WAIT_MS;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	do {
		if (strstr(file_line(path, "State:"), "S (sleeping)"))
			return 0;
		pause_ms(2);
	} while (now_ms() < end);
	return -ETIMEDOUT;
}

int stats_read(struct stats *s)
{
	FILE *f = fopen(STAT_PATH, "r");
	char line[128];

	s->n = 0;
	if (!f)
		return -errno;
	while (s->n < STATS_MAX && fgets(line, sizeof(line), f))
		if (sscanf(line, "%31s %lu", s->name[s->n],
			   &s->value[s->n]) == 2)
			s->n++;
	fclose(f);
	return s->n ? 0 : -ENODATA;
}

long stats_rise(const struct stats *since, const char *name)
{
	struct stats now;
	int i;

	if (stats_read(&now) || now.n != since->n)
		return -EIO;
	for (i = 0; i < now.n; i++)
		if (!strcmp(now.name[i], name))
			return now.value[i] - since->value[i];
	return -ENOENT;
}

long stats_wait(const struct stats *since, const char *name, long rise)
{
	long end = now_ms() + WAIT_MS;
	long n;

	while ((n = stats_rise(since, name)) != rise && now_ms() < end)
		pause_ms(2);
	return n;
}

static const char *stats_show_drops(const struct stats *since)
{
	static char text[1024];
	struct stats now;
	size_t len = 0;
	int i;

	text[0] = '\0';
	if (stats_read(&now) || now.n != since->n)
		return "no counters";
	for (i = 0; i < now.n; i++)
		if (!strncmp(now.name[i], "drop_", 5) &&
		    now.value[i] != since->value[i])
			len += snprintf(text + len, sizeof(text) - len,
					"%s%s=%lu", len ? " " : "", now.name[i],
					now.value[i] - since->value[i]);
	return text;
}

const char *stats_drops(const struct stats *since, const char *until)
{
	long end = now_ms() + WAIT_MS;
	const char *text;

	while (strcmp(text = stats_show_drops(since), until) && now_ms() < end)
		pause_ms(2);
	return text;
}

long stats_lost(const struct stats *since)
{
	struct stats now;
	long sum = 0;
	int i;

	if (stats_read(&now) || now.n != since->n)
		return -EIO;
	for (i = 0; i < now.n; i++)
		if (!strncmp(now.name[i], "drop_", 5))
			sum += now.value[i] - since->value[i];
	return sum;
}

int sock_new(void)
{
	int fd = socket(AF_MCTP, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

struct sockaddr_mctp addr_of(unsigned int net, uint8_t eid, uint8_t type,
			     uint8_t tag)
{
	struct sockaddr_mctp addr;

	memset(&addr, 0, sizeof(addr));
	addr.smctp_family = AF_MCTP;
	addr.smctp_network = net;
	addr.smctp_addr.s_addr = eid;
	addr.smctp_type = type;
	addr.smctp_tag = tag;
	return addr;
}

int bind_to(int fd, const struct sockaddr_mctp *addr)
{
	return bind(fd, (const void *)addr, sizeof(*addr)) ? -errno : 0;
}

int connect_to(int fd, const struct sockaddr_mctp *addr)
{
	return connect(fd, (const void *)addr, sizeof(*addr)) ? -errno : 0;
}

int sock_bound(unsigned int net, uint8_t eid, uint8_t type)
{
	struct sockaddr_mctp addr = addr_of(net, eid, type, 0);
	int fd = sock_new();
	int err;

	if (fd < 0)
		return fd;
	err = bind_to(fd, &addr);
	if (!err)
		return fd;
	close(fd);
	return err;
}

ssize_t send_to(int fd, const struct sockaddr_mctp *addr, const void *data,
		size_t len)
{
	ssize_t n = sendto(fd, data, len, 0, (const void *)addr, sizeof(*addr));

	return n < 0 ? -errno : n;
}

static ssize_t sock_recv(int fd, void *data, size_t size, void *from,
			 socklen_t fromlen)
{
	socklen_t len = fromlen;
	ssize_t n;

	if (!sock_polls(fd, POLLIN, WAIT_MS))
		return -ETIMEDOUT;
	n = recvfrom(fd, data, size, MSG_DONTWAIT, from, from ? &len : NULL);
	if (n < 0)
		return -errno;
	return from && len != fromlen ? -EBADMSG : n;
}

ssize_t recv_from(int fd, void *data, size_t size, struct sockaddr_mctp *from)
{
	return sock_recv(fd, data, size, from, sizeof(*from));
}

ssize_t recv_from_ext(int fd, void *data, size_t size,
		      struct sockaddr_mctp_ext *from)
{
	return sock_recv(fd, data, size, from, sizeof(*from));
}

int sock_ext(int fd, int on)
{
	return setsockopt(fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, sizeof(on)) ?
	       -errno : 0;
}

struct sockaddr_mctp_ext ext_of(const struct sockaddr_mctp *base,
				const char *dev)
{
	struct sockaddr_mctp_ext ext;

	memset(&ext, 0, sizeof(ext));
	ext.smctp_base = *base;
	ext.smctp_ifindex = if_nametoindex(dev);
	return ext;
}

struct sockaddr_mctp_ext ext_at(const struct sockaddr_mctp *base,
				const char *dev, uint8_t lladdr)
{
	struct sockaddr_mctp_ext ext = ext_of(base, dev);

	ext.smctp_halen = 1;
	ext.smctp_haddr[0] = lladdr;
	return ext;
}

ssize_t send_to_ext(int fd, const struct sockaddr_mctp_ext *to,
		    const void *data, size_t len)
{
	ssize_t n = sendto(fd, data, len, 0, (const void *)to, sizeof(*to));

	return n < 0 ? -errno : n;
}

ssize_t recv_cmsg(int fd, int type, void *value, size_t len)
{
	char got[8], control[256];
	struct iovec iov = { .iov_base = got, .iov_len = sizeof(got) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);
	struct cmsghdr *c;

	if (n < 0)
		return -errno;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == type &&
		    c->cmsg_len == CMSG_LEN(len)) {
			memcpy(value, CMSG_DATA(c), len);
			return n;
		}
	return -ENOMSG;
}

ssize_t recv_none(int fd)
{
	ssize_t n = recv(fd, NULL, 0, MSG_DONTWAIT | MSG_TRUNC);

	if (n >= 0)
		return n + 1;
	return errno == EAGAIN ? 0 : -errno;
}

bool sock_polls(int fd, short events, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	return poll(&pfd, 1, ms) == 1 && pfd.revents & events;
}

int tag_alloc(int fd, uint8_t peer)
{
	struct mctp_ioc_tag_ctl ctl = { .peer_addr = peer };

	return ioctl(fd, SIOCMCTPALLOCTAG, &ctl) ? -errno : ctl.tag;
}

int tag_drop(int fd, uint8_t peer, uint8_t tag)
{
	struct mctp_ioc_tag_ctl ctl = { .peer_addr = peer, .tag = tag };

	return ioctl(fd, SIOCMCTPDROPTAG, &ctl) ? -errno : 0;
}

int tag_alloc2(int fd, unsigned int net, uint8_t peer)
{
	struct mctp_ioc_tag_ctl2 ctl = { .net = net, .peer_addr = peer };

	return ioctl(fd, SIOCMCTPALLOCTAG2, &ctl) ? -errno : ctl.tag;
}

int tag_drop2(int fd, unsigned int net, uint8_t peer, uint8_t tag)
{
	struct mctp_ioc_tag_ctl2 ctl = {
		.net = net,
		.peer_addr = peer,
		.tag = tag,
	};

	return ioctl(fd, SIOCMCTPDROPTAG2, &ctl) ? -errno : 0;
}

int tags_held(void)
{
	return file_count(TAGS_PATH, "") - 1;
}

static uint8_t pattern_byte(size_t i, unsigned int seed)
{
	uint32_t x = i * 2654435761u + seed * 40503u;

	return x >> 24 ^ x >> 13;
}

void pattern(void *buf, size_t len, unsigned int seed)
{
	uint8_t *b = buf;
	size_t i;

	for (i = 0; i < len; i++)
		b[i] = pattern_byte(i, seed);
}

bool pattern_is(const void *buf, size_t len, unsigned int seed)
{
	const uint8_t *b = buf;
	size_t i;

	for (i = 0; i < len; i++)
		if (b[i] != pattern_byte(i, seed))
			return false;
	return true;
}
