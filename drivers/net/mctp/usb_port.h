/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MCTP over USB: between the files of a port.
 */
#ifndef __DRIVERS_NET_MCTP_USB_PORT_H
#define __DRIVERS_NET_MCTP_USB_PORT_H

#include <linux/netdevice.h>
#include <linux/workqueue.h>

int mctp_usb_rx_poll(struct napi_struct *napi, int budget);
void mctp_usb_tx_watch(struct work_struct *work);

#endif /* __DRIVERS_NET_MCTP_USB_PORT_H */
