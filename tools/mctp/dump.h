/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages as a program prints them: a record with the bytes in hexadecimal, the bytes alone, or a
 * capture for tshark.
 */
#ifndef MCTP_TOOL_DUMP_H
#define MCTP_TOOL_DUMP_H

#include "args.h"
#include "device.h"

#include <linux/mctp.h>

/**
 * enum dump - the form of a message
 * @DUMP_HEX: a record
 * @DUMP_QUIET: a record without the bytes
 * @DUMP_RAW: the bytes behind the type byte
 * @DUMP_PCAP: a capture, whole messages as one packet each
 */
enum dump {
	DUMP_HEX,
	DUMP_QUIET,
	DUMP_RAW,
	DUMP_PCAP,
};

/* Its keyword */
#define DUMP_KEYWORD { .name = "format" }

int dump_parse(struct mctp *m, struct args *a, const char *word, enum dump *format);
void dump_begin(struct mctp *m, enum dump format);
void dump_message(struct mctp *m, enum dump format, const struct sockaddr_mctp_ext *from,
		  bool extended, const uint8_t *bytes, size_t len);

#endif
