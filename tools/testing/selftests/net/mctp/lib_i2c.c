// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated I2C buses and MCTP controllers on them.
 */
#define MCTP_TEST_LIBRARY
#include <net/if.h>
#include <stdarg.h>
#include <linux/ethtool.h>
#include <linux/i2c.h>
#include <linux/i2c-dev.h>
#include "mctp_test.h"
#include "mctp_i2c.h"

#define SIM	"/sys/kernel/debug/i2c-sim/"

int sim_do(const char *format, ...)
{
	char command[80];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return file_write(SIM "control", command);
}

int sim_set(const char *file, int value)
{
	char path[80], text[16];

	snprintf(path, sizeof(path), SIM "%s", file);
	snprintf(text, sizeof(text), "%d", value);
	return file_write(path, text);
}

long sim_stat(const char *name)
{
	char begin[40];
	const char *line;

	snprintf(begin, sizeof(begin), "%s ", name);
	line = file_line(SIM "stats", begin);
	return *line ? atol(line + strlen(begin)) : -ENOENT;
}

/* Bus and segment of a place, counted from 0, or of the last for -1 */
static int sim_find(int parent, int place, int bus, int *segment)
{
	FILE *f = fopen(SIM "tree", "r");
	int nr, seg, up, n = 0, found = -ENOENT;

	if (!f)
		return -errno;
	while (fscanf(f, "%d %d %d", &nr, &seg, &up) == 3) {
		if (bus >= 0 ? nr != bus : up != parent)
			continue;
		if (place < 0 || n == place) {
			found = nr;
			*segment = seg;
		}
		n++;
	}
	fclose(f);
	return found;
}

int sim_adapter(int segment)
{
	int err = sim_do("adapter %d", segment), found;

	return err ?: sim_find(-1, -1, -1, &found);
}

int sim_child(int parent, int place)
{
	int segment;

	return sim_find(parent, place, -1, &segment);
}

int sim_segment(int bus)
{
	int segment, err = sim_find(0, 0, bus, &segment);

	return err < 0 ? err : segment;
}

const char *sim_last(void)
{
	static char last[256];
	char line[256];
	FILE *f = fopen(SIM "wire", "r");

	last[0] = 0;
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		strcpy(last, line);
	}
	if (f)
		fclose(f);
	return last;
}

int sim_count(const char *word)
{
	return file_count(SIM "wire", word);
}

static int sim_rdwr(int bus, struct i2c_msg *msg)
{
	struct i2c_rdwr_ioctl_data data = { .msgs = msg, .nmsgs = 1 };
	char path[40];
	int fd, ret;

	snprintf(path, sizeof(path), "/dev/i2c-%d", bus);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = ioctl(fd, I2C_RDWR, &data) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

int sim_write(int bus, int addr, const void *bytes, size_t len)
{
	struct i2c_msg msg = { .addr = addr, .len = len, .buf = (void *)bytes };

	return sim_rdwr(bus, &msg);
}

int sim_read(int bus, int addr, void *bytes, size_t len)
{
	struct i2c_msg msg = { .addr = addr, .flags = I2C_M_RD, .len = len,
			       .buf = bytes };

	return sim_rdwr(bus, &msg);
}

uint8_t i2c_pec(uint8_t crc, const uint8_t *bytes, size_t len)
{
	int bit;

	while (len--) {
		crc ^= *bytes++;
		for (bit = 0; bit < 8; bit++)
			crc = crc & 0x80 ? crc << 1 ^ 0x07 : crc << 1;
	}
	return crc;
}

size_t i2c_frame(uint8_t *to, uint8_t dest, uint8_t src, const void *packet,
		 size_t len)
{
	uint8_t first = dest << 1;

	to[0] = 0x0f;
	to[1] = len + 1;
	to[2] = src << 1 | 1;
	memcpy(to + 3, packet, len);
	to[3 + len] = i2c_pec(i2c_pec(0, &first, 1), to, 3 + len);
	return 4 + len;
}

static int ctl_write(int bus, const char *file, const char *text)
{
	char path[80];

	snprintf(path, sizeof(path), "/sys/bus/i2c/devices/i2c-%d/%s", bus,
		 file);
	return file_write(path, text);
}

int ctl_new(int bus, int addr)
{
	char text[64];

	snprintf(text, sizeof(text), "mctp-i2c-controller 0x%x", addr | 0x1000);
	return ctl_write(bus, "new_device", text);
}

int ctl_del(int bus, int addr)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%x", addr | 0x1000);
	return ctl_write(bus, "delete_device", text);
}

const char *ctl_name(int bus)
{
	static char names[16][IFNAMSIZ];
	static int at;
	char *name = names[at++ % 16];

	snprintf(name, IFNAMSIZ, "mctpi2c%d", bus);
	return name;
}

long ctl_stat(const char *dev, const char *name)
{
	struct {
		struct ethtool_gstrings	head;
		char			names[64][ETH_GSTRING_LEN];
	} strings = { { ETHTOOL_GSTRINGS, ETH_SS_STATS, 0 }, };
	struct {
		struct ethtool_stats	head;
		uint64_t		values[64];
	} stats = { { ETHTOOL_GSTATS, 0 }, };
	struct ifreq ifr = { .ifr_data = (void *)&strings };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	long value = -ENOENT;
	unsigned int i;

	strncpy(ifr.ifr_name, dev, IFNAMSIZ - 1);
	if (ioctl(fd, SIOCETHTOOL, &ifr)) {
		value = -errno;
		goto out;
	}
	ifr.ifr_data = (void *)&stats;
	if (ioctl(fd, SIOCETHTOOL, &ifr)) {
		value = -errno;
		goto out;
	}
	for (i = 0; i < strings.head.len && i < 64; i++)
		if (!strcmp(strings.names[i], name))
			value = stats.values[i];
out:
	close(fd);
	return value;
}

long ctl_stat_wait(const char *dev, const char *name, long value)
{
	long end = now_ms() + WAIT_MS, is;

	while ((is = ctl_stat(dev, name)) != value && now_ms() < end)
		pause_ms(2);
	return is;
}
