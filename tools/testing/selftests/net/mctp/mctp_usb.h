/* SPDX-License-Identifier: GPL-2.0 */
/*
 * USB devices that tests play, on the host controller of dummy_hcd: the host and
 * the device are one machine.
 */
#ifndef MCTP_USB_H
#define MCTP_USB_H

#include <stdbool.h>
#include <stddef.h>

enum usb_speed { USB_FULL, USB_HIGH, USB_SUPER };

/* The controller of a speed, and configfs. -ENOENT: not on this kernel */
int usb_controller(enum usb_speed speed);

/* A gadget with one function ("mctp.usb0", "ffs.mctp"), not plugged in yet. One
 * that an earlier test has left behind is removed.
 */
int gadget_new(const char *function);
void gadget_del(void);
int gadget_plug(void);
int gadget_unplug(void);
/* The network device of the gadget's mctp function */
int gadget_ifname(char *name, size_t size);

/* The host's side, in the network namespace that devices appear in: enter it */
int usb_enter_init_ns(void);
/* The host's network device, waited for; "" if none came */
const char *usb_host_wait(void);
/* None is there any more; waited for */
bool usb_host_gone(void);
/* The folder of the gadget as the host sees it, in /sys/bus/usb/devices */
const char *usb_device_path(void);
int usb_device_write(const char *file, const char *text);
/* The file's first line becomes this; waited for */
bool usb_device_wait(const char *file, const char *text);
/* As a program may reset a device */
int usb_device_reset(void);

/* Wait for a link to have carrier, and its queue to be ready */
bool link_wait_oper(const char *dev);

/* One of the figures of `ethtool -S`, or a negative error */
long long ethtool_stat(const char *dev, const char *name);
/* `ethtool -C DEV tx-frames N` */
int ethtool_tx_frames(const char *dev, unsigned int frames);

/* Run a command line quietly; its exit status */
int command(const char *line);

#endif /* MCTP_USB_H */
