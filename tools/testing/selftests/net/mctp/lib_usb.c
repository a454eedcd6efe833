// SPDX-License-Identifier: GPL-2.0
/* USB gadgets by configfs, and the host's side of them. */
#include <net/if.h>
#define MCTP_TEST_LIBRARY
#include "mctp_test.h"
#include "mctp_usb.h"

#include <ctype.h>
#include <dirent.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <linux/ethtool.h>
#include <linux/usbdevice_fs.h>

#define CONFIGFS	"/sys/kernel/config"
#define GADGETS		CONFIGFS "/usb_gadget"
#define GADGET		GADGETS "/mctp_test"
#define UDC		"dummy_udc.0"
#define PARAMETERS	"/sys/module/dummy_hcd/parameters/"

/* Of the gadget, for the host to tell it by */
#define VENDOR		"1d6b"
#define PRODUCT		"0283"

int command(const char *line)
{
	char quiet[512];
	int status;

	snprintf(quiet, sizeof(quiet), "{ %s; } >/dev/null 2>&1", line);
	status = system(quiet);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

int usb_controller(enum usb_speed speed)
{
	static const char * const options[] = {
		[USB_FULL] = "is_high_speed=0",
		[USB_HIGH] = "",
		[USB_SUPER] = "is_super_speed=1",
	};
	static const char * const flags[] = {
		[USB_FULL] = "NN",
		[USB_HIGH] = "YN",
		[USB_SUPER] = "YY",
	};
	char line[128], is[3] = "";

	if (!exists("/sys/module/libcomposite"))
		command("modprobe configfs; modprobe libcomposite");
	if (!exists(CONFIGFS))
		return -ENOENT;
	if (!exists(GADGETS))
		mount("none", CONFIGFS, "configfs", 0, NULL);
	if (!exists(GADGETS))
		return -ENOENT;

	gadget_del();
	is[0] = *file_line(PARAMETERS "is_high_speed", "");
	is[1] = is[0] ? *file_line(PARAMETERS "is_super_speed", "") : 0;
	if (!strcmp(is, flags[speed]))
		return 0;
	command("rmmod dummy_hcd");
	snprintf(line, sizeof(line), "modprobe dummy_hcd %s", options[speed]);
	if (command(line) || !exists("/sys/class/udc/" UDC))
		return -ENOENT;
	return 0;
}

static void function_del(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), GADGET "/configs/c.1/%s", name);
	unlink(path);
	snprintf(path, sizeof(path), GADGET "/functions/%s", name);
	rmdir(path);
}

void gadget_del(void)
{
	if (!exists(GADGET))
		return;
	gadget_unplug();
	umount("/dev/ffs-mctp");
	function_del("mctp.usb0");
	function_del("ffs.mctp");
	rmdir(GADGET "/configs/c.1");
	rmdir(GADGET);
}

int gadget_new(const char *function)
{
	char folder[128], link[128];

	gadget_del();
	if (exists(GADGET))
		return -EBUSY;
	snprintf(folder, sizeof(folder), GADGET "/functions/%s", function);
	snprintf(link, sizeof(link), GADGET "/configs/c.1/%s", function);
	if (mkdir(GADGET, 0755) ||
	    file_write(GADGET "/idVendor", "0x" VENDOR) ||
	    file_write(GADGET "/idProduct", "0x" PRODUCT) ||
	    mkdir(GADGET "/configs/c.1", 0755) ||
	    file_write(GADGET "/configs/c.1/bmAttributes", "0xa0") ||
	    mkdir(folder, 0755) || symlink(folder, link))
		return errno ? -errno : -EIO;
	return 0;
}

int gadget_plug(void)
{
	return file_write(GADGET "/UDC", UDC);
}

int gadget_unplug(void)
{
	return file_write(GADGET "/UDC", "\n");
}

int gadget_ifname(char *name, size_t size)
{
	snprintf(name, size, "%s",
		 file_line(GADGET "/functions/mctp.usb0/ifname", ""));
	return *name ? 0 : -ENOENT;
}

int usb_enter_init_ns(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : ns_enter(fd);
}

static const char *usb_host(void)
{
	static char name[IFNAMSIZ];
	struct if_nameindex *all = if_nameindex(), *i;

	name[0] = 0;
	for (i = all; i && i->if_name; i++)
		if (!strncmp(i->if_name, "mctpusb", 7) &&
		    isdigit(i->if_name[7]))
			strcpy(name, i->if_name);
	if_freenameindex(all);
	return name;
}

const char *usb_host_wait(void)
{
	long end = now_ms() + WAIT_MS;
	const char *name;

	while (!*(name = usb_host()) && now_ms() < end)
		usleep(2000);
	return name;
}

bool usb_host_gone(void)
{
	long end = now_ms() + WAIT_MS;

	while (*usb_host() && now_ms() < end)
		usleep(2000);
	return !*usb_host();
}

const char *usb_device_path(void)
{
	static char path[300];
	DIR *dir = opendir("/sys/bus/usb/devices");
	struct dirent *d;
	char file[320];

	path[0] = 0;
	while (dir && !*path && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "/sys/bus/usb/devices/%s",
			 d->d_name);
		snprintf(file, sizeof(file), "%s/idProduct", path);
		if (d->d_name[0] == '.' || !exists(file) ||
		    strcmp(file_line(file, ""), PRODUCT))
			path[0] = 0;
	}
	if (dir)
		closedir(dir);
	return path;
}

int usb_device_write(const char *file, const char *text)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", usb_device_path(), file);
	return file_write(path, text);
}

bool usb_device_wait(const char *file, const char *text)
{
	long end = now_ms() + WAIT_MS;
	char path[400];

	/* It may come only now */
	for (;;) {
		snprintf(path, sizeof(path), "%s/%s", usb_device_path(), file);
		if (!strcmp(file_line(path, ""), text))
			return true;
		if (now_ms() > end)
			return false;
		usleep(2000);
	}
}

int usb_device_reset(void)
{
	char path[400], node[64];
	int bus, number, fd, err = 0;

	snprintf(path, sizeof(path), "%s/busnum", usb_device_path());
	bus = atoi(file_line(path, ""));
	snprintf(path, sizeof(path), "%s/devnum", usb_device_path());
	number = atoi(file_line(path, ""));
	snprintf(node, sizeof(node), "/dev/bus/usb/%03d/%03d", bus, number);
	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, USBDEVFS_RESET))
		err = -errno;
	close(fd);
	return err;
}

bool link_wait_oper(const char *dev)
{
	long end = now_ms() + WAIT_MS;
	struct link_info info;

	/* lower up is told when the link watch has seen to the queue */
	while (link_get(dev, &info) || !(info.flags & IFF_RUNNING)) {
		if (now_ms() > end)
			return false;
		usleep(2000);
	}
	return true;
}

static int ethtool(const char *dev, void *data)
{
	struct ifreq ifr = { .ifr_data = data };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	if (ioctl(fd, SIOCETHTOOL, &ifr))
		err = -errno;
	close(fd);
	return err;
}

long long ethtool_stat(const char *dev, const char *name)
{
	static struct {
		struct ethtool_gstrings	head;
		char			name[64][ETH_GSTRING_LEN];
	} names;
	static struct {
		struct ethtool_stats	head;
		unsigned long long	value[64];
	} values;
	unsigned int i;
	int err;

	/* Both sides have the same */
	if (!names.head.len) {
		names.head.cmd = ETHTOOL_GSTRINGS;
		names.head.string_set = ETH_SS_STATS;
		/* 0: all; newer kernels say nothing to another number */
		err = ethtool(dev, &names);
		if (err)
			return err;
	}
	values.head.cmd = ETHTOOL_GSTATS;
	values.head.n_stats = 0;
	err = ethtool(dev, &values);
	if (err)
		return err;
	for (i = 0; i < names.head.len; i++)
		if (!strncmp(names.name[i], name, ETH_GSTRING_LEN))
			return values.value[i];
	return -ENOENT;
}

int ethtool_tx_frames(const char *dev, unsigned int frames)
{
	struct ethtool_coalesce c = { .cmd = ETHTOOL_GCOALESCE };
	int err = ethtool(dev, &c);

	if (err)
		return err;
	c.cmd = ETHTOOL_SCOALESCE;
	c.tx_max_coalesced_frames = frames;
	return ethtool(dev, &c);
}
