// SPDX-License-Identifier: GPL-2.0
/*
 * Messages as a program prints them: records, bytes, captures.
 */
#include "dump.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define PCAP_MAGIC    0xa1b2c3d4
#define LINKTYPE_MCTP 291
#define PCAP_MOST     (65536 + 4)

#define HEADER_VERSION 1
#define HEADER_SOM_EOM 0xc0

#define TYPE_IC 0x80

/**
 * dump_parse - read the word behind "format"
 * @m: the call
 * @a: the words, for the hint
 * @word: the word, NULL for the form that is usual
 * @format: the form
 *
 * Return: STATUS_FINE or STATUS_MISUSE.
 */
int dump_parse(struct mctp *m, struct args *a, const char *word, enum dump *format)
{
	*format = DUMP_HEX;
	if (!word || !strcmp(word, "hex"))
		return STATUS_FINE;
	if (!strcmp(word, "quiet"))
		*format = DUMP_QUIET;
	else if (!strcmp(word, "raw"))
		*format = DUMP_RAW;
	else if (!strcmp(word, "pcap"))
		*format = DUMP_PCAP;
	else
		return misuse(a, "\"%s\" is not a format: use hex, quiet, raw or pcap.", word);
	if (*format == DUMP_QUIET)
		return STATUS_FINE;
	if (m->out.json)
		return misuse(a, "%s and JSON exclude each other: choose one.", word);
	if (*format == DUMP_PCAP && isatty(STDOUT_FILENO))
		return misuse(a, "a capture is not for a terminal: send it to a file or to tshark.");
	return STATUS_FINE;
}

static void put_u32(FILE *to, uint32_t value)
{
	fwrite(&value, sizeof(value), 1, to);
}

static void put_u16(FILE *to, uint16_t value)
{
	fwrite(&value, sizeof(value), 1, to);
}

/**
 * dump_begin - begin the output
 */
void dump_begin(struct mctp *m, enum dump format)
{
	print_begin_stream(&m->out);
	if (format != DUMP_PCAP)
		return;
	put_u32(m->out.to, PCAP_MAGIC);
	put_u16(m->out.to, 2);
	put_u16(m->out.to, 4);
	put_u32(m->out.to, 0);
	put_u32(m->out.to, 0);
	put_u32(m->out.to, PCAP_MOST);
	put_u32(m->out.to, LINKTYPE_MCTP);
	fflush(m->out.to);
}

/* The header that the message would have had in one packet. Its destination is not told to us. */
static void put_packet(FILE *to, const struct sockaddr_mctp *from, const uint8_t *bytes, size_t len)
{
	uint8_t header[5] = { HEADER_VERSION, MCTP_ADDR_NULL, from->smctp_addr.s_addr,
			      HEADER_SOM_EOM | (from->smctp_tag & 0xf), from->smctp_type };
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	put_u32(to, now.tv_sec);
	put_u32(to, now.tv_nsec / 1000);
	put_u32(to, sizeof(header) + len);
	put_u32(to, sizeof(header) + len);
	fwrite(header, sizeof(header), 1, to);
	fwrite(bytes, len, 1, to);
}

static void print_message(struct printer *p, enum dump format, const struct sockaddr_mctp_ext *from,
			  bool extended, const uint8_t *bytes, size_t len)
{
	const struct sockaddr_mctp *base = &from->smctp_base;
	char name[IFNAMSIZ];

	print_record(p);
	print_number(p, "eid", "eid", base->smctp_addr.s_addr);
	print_number(p, "net", "net", base->smctp_network);
	if (extended && if_indextoname(from->smctp_ifindex, name)) {
		print_string(p, "dev", "dev", name);
		print_lladdr(p, "lladdr", "lladdr", from->smctp_haddr,
			     from->smctp_halen <= LLADDR_MAX ? from->smctp_halen : 0);
	} else {
		print_null(p, "dev", "dev");
		print_null(p, "lladdr", "lladdr");
	}
	print_hex(p, "type", "type", base->smctp_type & ~TYPE_IC, 2);
	print_bool(p, "integrity", base->smctp_type & TYPE_IC, "integrity", NULL);
	print_number(p, "tag", "tag", base->smctp_tag & MCTP_TAG_MASK);
	print_bool(p, "request", base->smctp_tag & MCTP_TAG_OWNER, "request", "response");
	print_number(p, "len", "len", len);
	if (format == DUMP_HEX)
		print_bytes(p, "data", "data", bytes, len);
	print_record_end(p);
}

/**
 * dump_message - print a message
 * @m: the call
 * @format: its form
 * @from: whom it is from
 * @extended: @from tells by which device it came
 * @bytes: the message behind its type
 * @len: how many bytes
 */
void dump_message(struct mctp *m, enum dump format, const struct sockaddr_mctp_ext *from,
		  bool extended, const uint8_t *bytes, size_t len)
{
	switch (format) {
	case DUMP_RAW:
		fwrite(bytes, len, 1, m->out.to);
		break;
	case DUMP_PCAP:
		put_packet(m->out.to, &from->smctp_base, bytes, len);
		break;
	default:
		print_message(&m->out, format, from, extended, bytes, len);
		break;
	}
	fflush(m->out.to);
}
