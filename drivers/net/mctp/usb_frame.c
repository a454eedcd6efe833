// SPDX-License-Identifier: GPL-2.0
/*
 * Frames of MCTP over USB (DSP0283): packets in a transfer.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <net/mctpusb.h>

/**
 * mctp_usb_frame_put() - write the header of a packet
 * @to: its place, in front of the packet
 * @packet_len: bytes of the packet, %MCTP_USB_PACKET_MIN to
 *	%MCTP_USB_PACKET_MAX
 */
void mctp_usb_frame_put(u8 *to, size_t packet_len)
{
	struct mctp_usb_hdr hdr = {
		.id = cpu_to_be16(MCTP_USB_ID),
		.len = sizeof(hdr) + packet_len,
	};

	memcpy(to, &hdr, sizeof(hdr));
}
EXPORT_SYMBOL_GPL(mctp_usb_frame_put);

/**
 * mctp_usb_frame_next() - find the next packet of a received transfer
 * @transfer: the transfer; any bytes
 * @len: its length
 * @pos: where the packet before ended, 0 at first; where this one ends. After
 *	anything but a packet it stays: there is no way to find a packet behind.
 * @packet_len: length of the packet, whose last byte is at @pos - 1
 *
 * Return: what was found; @packet_len is set for %MCTP_USB_PACKET alone.
 */
enum mctp_usb_event mctp_usb_frame_next(const u8 *transfer, size_t len,
					size_t *pos, size_t *packet_len)
{
	size_t left = len - *pos;
	struct mctp_usb_hdr hdr;

	if (!left)
		return MCTP_USB_END;
	if (left < sizeof(hdr))
		return MCTP_USB_TRAILING;

	memcpy(&hdr, transfer + *pos, sizeof(hdr));
	if (be16_to_cpu(hdr.id) != MCTP_USB_ID)
		return MCTP_USB_BAD_ID;
	if (hdr.len < sizeof(hdr) + MCTP_USB_PACKET_MIN || hdr.len > left)
		return MCTP_USB_BAD_LENGTH;

	*pos += hdr.len;
	*packet_len = hdr.len - sizeof(hdr);
	return MCTP_USB_PACKET;
}
EXPORT_SYMBOL_GPL(mctp_usb_frame_next);

/**
 * mctp_usb_frame_needs_zero() - does a zero-length packet end this transfer?
 * @len: the transfer's bytes
 * @maxpacket: greatest bus packet of the endpoint
 *
 * A receiver that waits for %MCTP_USB_TRANSFER_MAX bytes knows a transfer's end
 * by a short bus packet, or by having got all of these.
 */
bool mctp_usb_frame_needs_zero(size_t len, unsigned int maxpacket)
{
	return len < MCTP_USB_TRANSFER_MAX && !(len % maxpacket);
}
EXPORT_SYMBOL_GPL(mctp_usb_frame_needs_zero);
