// SPDX-License-Identifier: GPL-2.0
/*
 * Memory runs out while our modules load, while those of drivers find their
 * devices, and while devices are made that they drive. See memory_failure.h.
 *
 * A module that did not load has left nothing: the lists that it is in when it
 * has, the next load goes through, and KASAN sees what is in them of the last.
 */
#include <net/if.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#define CALLS		13
#define MS		500	/* a load and an unload, or two, can be all of that */
#define ROUNDS		1	/* a module that is opened has been loaded once */
#define LEAST		2
#define PREPARE		modules_gone
#define FINISH		modules_back
#include "memory_failure.h"
#include "mctp_i2c.h"
#include "mctp_usb.h"

#define UPDATES		"/lib/modules/%s/updates/"
#define ADDRESS		0x10

/* Where it is seen that something is there: a line with the word, or the file */
struct trace {
	const char	*path;
	const char	*word;
};

static const struct trace family[] = {
	{ "/proc/modules", "mctp " },
	{ "/proc/net/protocols", "MCTP " },
	{ "/proc/net/ptype", "mctp_input_rcv" },
	{ "/proc/slabinfo", "mctp_tag " },
	{ "/proc/slabinfo", "MCTP " },
	{ "/proc/net/mctp/stat" },
	{ "/proc/sys/net/mctp/default_net" },
	{ }
};

static const struct trace serial[] = {
	{ "/proc/modules", "mctp_serial " },
	{ "/proc/tty/ldiscs", "mctp " },
	{ }
};

static const struct trace i2c[] = {
	{ "/proc/modules", "mctp_i2c " },
	{ "/sys/bus/i2c/drivers/mctp-i2c-controller" },
	{ }
};

static const struct trace usb[] = {
	{ "/proc/modules", "mctp_usb " },
	{ "/sys/bus/usb/drivers/mctp-usb" },
	{ }
};

static const struct trace vmctp[] = { { "/proc/modules", "vmctp " }, { } };
static const struct trace usb_lib[] = {
	{ "/proc/modules", "mctp_usb_lib " }, { }
};
static const struct trace function[] = {
	{ "/proc/modules", "usb_f_mctp " }, { }
};

/* All of them, users first */
static const char * const names[] = {
	"usb_f_mctp", "mctp_usb", "mctp_usb_lib", "mctp_i2c", "mctp_serial",
	"vmctp", "mctp",
};

/* 1: each trace is there, 0: none, -1: some are. Some kernels have no slabinfo. */
static int there(const struct trace *t)
{
	int n = 0, found = 0;

	for (; t->path; t++) {
		bool exists = !access(t->path, F_OK);

		if (t->word && !exists)
			continue;
		n++;
		found += t->word ? file_count(t->path, t->word) > 0 : exists;
	}
	return !found ? 0 : found == n ? 1 : -1;
}

/* It goes with the last of its users, some of whom may be on their way out */
static int unload(const char *name)
{
	long end = now_ms() + WAIT_MS;

	while (syscall(SYS_delete_module, name, O_NONBLOCK)) {
		if (errno == ENOENT)
			return 0;
		if (now_ms() > end)
			return -errno;
		pause_ms(5);
	}
	return 0;
}

static int load(const char *name)
{
	char line[64];

	snprintf(line, sizeof(line), "modprobe %s", name);
	return command(line) ? -ENOENT : 0;
}

/* There are two namespaces, and in one a device that may carry MCTP */
static int modules_gone(SELF)
{
	size_t i;
	int err;

	gadget_del();
	sim_do("reset");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		err = unload(names[i]);
		if (err)
			return err;
	}
	if (there(family))
		return -EEXIST;
	if (unshare(CLONE_NEWNET))
		return -errno;
	self->bus = tun_new("bus0");
	return self->bus < 0 ? self->bus : usb_enter_init_ns();
}

static int modules_back(SELF)
{
	int err = 0;
	size_t i;

	gadget_del();
	sim_do("reset");
	for (i = ARRAY_SIZE(names); i--;)
		err = load(names[i]) ?: err;
	return err;
}

/* The file; what it depends on comes by the first load of it, and stays */
static int module_open(SELF, const char *name, const char *file)
{
	static const char *last;
	struct utsname u;
	char path[256];
	int n, err = 0;

	uname(&u);
	n = snprintf(path, sizeof(path), UPDATES, u.release);
	snprintf(path + n, sizeof(path) - n, "%s", file);
	self->sock = open(path, O_RDONLY | O_CLOEXEC);
	if (self->sock < 0)
		return -errno;
	if (last != name)
		err = load(name) ?: unload(name);
	last = name;
	return err;
}

static int module_load(SELF)
{
	return syscall(SYS_finit_module, self->sock, "", 0) ? -errno : 0;
}

/* It is there if the load says so, else nothing of it, and the next load works.
 * A device of its driver that is there already may not be driven, until then.
 */
static bool module_after(SELF, int rc, const char *name, const struct trace *t,
			 const char *dev)
{
	bool good = there(t) == !rc;

	if (!rc && dev && !if_nametoindex(dev))
		rc = unload(name) ?: -ENOMEM;
	if (rc)
		good = !module_load(self) && there(t) == 1 && good;
	good = (!dev || if_nametoindex(dev)) && good;
	drop(&self->sock);
	return !unload(name) && !there(t) && (!dev || !if_nametoindex(dev)) &&
	       good;
}

#define MODULE(op, name, file, trace, device, dev)			\
static int before_ ## op(SELF)						\
{									\
	return module_open(self, name, file) ?: device(self);		\
}									\
static bool after_ ## op(SELF, int rc)					\
{									\
	return module_after(self, rc, name, trace, dev);		\
}									\
EACH(op, before_ ## op, module_load, after_ ## op)

#define FAMILY		"net/mctp/mctp.ko"
#define SERIAL		"drivers/net/mctp/mctp-serial.ko"
#define VMCTP		"drivers/net/mctp/vmctp.ko"
#define I2C		"drivers/net/mctp/mctp-i2c.ko"
#define USB		"drivers/net/mctp/mctp-usb.ko"
#define USB_LIB		"drivers/net/mctp/mctp-usb-lib.ko"
#define FUNCTION	"drivers/usb/gadget/function/usb_f_mctp.ko"

MODULE(load_family, "mctp", FAMILY, family, nothing, NULL)
MODULE(load_serial, "mctp_serial", SERIAL, serial, nothing, NULL)
MODULE(load_vmctp, "vmctp", VMCTP, vmctp, nothing, NULL)
MODULE(load_i2c, "mctp_i2c", I2C, i2c, nothing, NULL)
MODULE(load_usb_lib, "mctp_usb_lib", USB_LIB, usb_lib, nothing, NULL)
MODULE(load_usb, "mctp_usb", USB, usb, nothing, NULL)
MODULE(load_function, "usb_f_mctp", FUNCTION, function, nothing, NULL)

ALL(modules_load_whole_or_not,
    &load_family_op, &load_serial_op, &load_vmctp_op, &load_i2c_op,
    &load_usb_lib_op, &load_usb_op, &load_function_op)

/* Drivers whose device is there */

static int i2c_bus;

static int bus_for_i2c(void)
{
	if (!i2c_bus && !sim_do("reset"))
		i2c_bus = sim_adapter(0);
	return i2c_bus < 0 ? i2c_bus : 0;
}

static int device_on_i2c(SELF)
{
	if (i2c_bus)
		return 0;
	return bus_for_i2c() ?: ctl_new(i2c_bus, ADDRESS);
}

static int gadget_on_usb(SELF)
{
	if (*usb_device_path())
		return 0;
	return usb_controller(USB_HIGH) ?: gadget_new("mctp.usb0") ?:
	       gadget_plug() ?: usb_device_wait("bConfigurationValue", "1") ?
	       unload("mctp_usb") : -ETIMEDOUT;
}

MODULE(drive_i2c, "mctp_i2c", I2C, i2c, device_on_i2c, ctl_name(i2c_bus))
MODULE(drive_usb, "mctp_usb", USB, usb, gadget_on_usb, "mctpusb0")

/* Devices of drivers that are there */

static int before_controller(SELF)
{
	return (there(i2c) == 1 ? 0 : load("mctp_i2c")) ?: bus_for_i2c();
}

static int call_controller(SELF)
{
	return ctl_new(i2c_bus, ADDRESS);
}

/* The client is there, or not; only a driver that found memory has a device */
static bool after_controller(SELF, int rc)
{
	const char *dev = ctl_name(i2c_bus);

	if (rc || !if_nametoindex(dev)) {
		ctl_del(i2c_bus, ADDRESS);
		if (if_nametoindex(dev) || call_controller(self) ||
		    !if_nametoindex(dev))
			return false;
	}
	return !ctl_del(i2c_bus, ADDRESS) && !if_nametoindex(dev);
}

/* Of a device without memory for its name the kernel says that it has none */
EACH(controller, before_controller, call_controller, after_controller, -EINVAL)

static int before_mux(SELF)
{
	int err = before_controller(self);

	if (err || if_nametoindex(ctl_name(i2c_bus)))
		return err;
	return call_controller(self);
}

static int call_mux(SELF)
{
	return sim_do("mux %d 1 mctp", i2c_bus);
}

static bool after_mux(SELF, int rc)
{
	int child = sim_child(i2c_bus, 0);

	if (child < 0 || !if_nametoindex(ctl_name(child))) {
		if (child >= 0 && sim_do("delete %d", child))
			return false;
		if (call_mux(self))
			return false;
		child = sim_child(i2c_bus, 0);
		if (!if_nametoindex(ctl_name(child)))
			return false;
	}
	return !sim_do("delete %d", child) && !if_nametoindex(ctl_name(child));
}

EACH(mux, before_mux, call_mux, after_mux, -EINVAL)

static int before_function(SELF)
{
	int err = (there(usb) == 1 ? 0 : load("mctp_usb")) ?:
		  (there(function) == 1 ? 0 : load("usb_f_mctp"));

	gadget_del();
	return err ?: usb_controller(USB_HIGH);
}

static int call_function(SELF)
{
	return gadget_new("mctp.usb0");
}

static bool after_function(SELF, int rc)
{
	bool good;

	gadget_del();
	good = !*link_find("mctpusb");
	if (rc)
		good = !call_function(self) && good;
	gadget_del();
	return good && !*link_find("mctpusb");
}

EACH(function, before_function, call_function, after_function)

static int before_plug(SELF)
{
	return before_function(self) ?: call_function(self);
}

static int call_plug(SELF)
{
	return gadget_plug();
}

static bool after_plug(SELF, int rc)
{
	bool good = !rc || !gadget_plug();

	good = *usb_host_wait() && good;
	return !gadget_unplug() && usb_host_gone() && good;
}

/* Of a controller that found no memory the kernel says that it is busy */
EACH(plug, before_plug, call_plug, after_plug, -EBUSY)

ALL(devices_are_driven_or_not,
    &drive_i2c_op, &drive_usb_op, &controller_op, &mux_op, &function_op,
    &plug_op)

TEST_HARNESS_MAIN
