/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From text to values: no system calls, no output, no state, so that a fuzzer can drive them.
 */
#ifndef MCTP_TOOL_PARSE_H
#define MCTP_TOOL_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest hardware address that the kernel knows (MAX_ADDR_LEN). */
#define LLADDR_MAX 32

/**
 * enum parse - how reading a text went
 * @PARSE_OK: the value is good
 * @PARSE_SYNTAX: the text is nothing of the kind
 * @PARSE_RANGE: the text is of the kind, the value is too small or too large
 * @PARSE_ORDER: a range that ends before it begins
 * @PARSE_AMBIGUOUS: digits that are one value in decimal and another in hexadecimal
 */
enum parse {
	PARSE_OK,
	PARSE_SYNTAX,
	PARSE_RANGE,
	PARSE_ORDER,
	PARSE_AMBIGUOUS,
};

enum parse parse_number(const char *text, uint32_t least, uint32_t most, uint32_t *value);
enum parse parse_eid(const char *text, uint8_t *eid);
enum parse parse_eid_range(const char *text, uint8_t *first, uint8_t *last);
enum parse parse_milli(const char *text, uint32_t most, uint32_t *milli);
enum parse parse_type(const char *text, uint8_t *type);
enum parse parse_bytes(const char *text, uint8_t *bytes, size_t room, size_t *len);
enum parse parse_lladdr(const char *text, uint8_t *bytes, size_t *len);
bool parse_ifname_valid(const char *text);
const char *parse_type_name(uint8_t type);

#endif
