/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control protocol (DSP0236, 11 and 12), as one who asks: requests, and what answers say.
 */
#ifndef MCTP_TOOL_CONTROL_H
#define MCTP_TOOL_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "print.h"
#include "uuid_text.h"

#define CONTROL_TYPE 0x00

#define CONTROL_GET_EID      0x02
#define CONTROL_GET_UUID     0x03
#define CONTROL_GET_VERSIONS 0x04
#define CONTROL_GET_TYPES    0x05
#define CONTROL_GET_VENDOR   0x06

#define CONTROL_SUCCESS     0x00
#define CONTROL_UNSUPPORTED 0x05

#define CONTROL_INSTANCES 0x20

/* The request to Get Endpoint ID, behind the type byte; others have a byte more. */
#define CONTROL_REQUEST_MAX 3

/* All that an answer can hold: 255 versions. */
#define CONTROL_ANSWER_MAX 2048
#define CONTROL_LIST_MAX   255

/**
 * struct control_answer - an answer that belongs to our request
 * @completion: completion code
 * @data: what follows, in the message
 * @len: how many bytes
 */
struct control_answer {
	uint8_t completion;
	const uint8_t *data;
	size_t len;
};

/**
 * struct control_eid - what Get Endpoint ID answers
 * @eid: its EID, 0 if it has none
 * @is_bridge: a bridge or bus owner
 * @kind: 0 dynamic, 1 static supported, 2 static and the same, 3 static and another
 * @medium: medium-specific
 */
struct control_eid {
	uint8_t eid;
	bool is_bridge;
	uint8_t kind;
	uint8_t medium;
};

/**
 * struct control_vendor - a set of vendor-defined messages
 * @next: selector of the next, 0xff for none
 * @is_iana: @id is an IANA enterprise number, not a PCI vendor
 * @id: the vendor
 * @set: the vendor's number of the set
 */
struct control_vendor {
	uint8_t next;
	bool is_iana;
	uint32_t id;
	uint16_t set;
};

size_t control_request(uint8_t bytes[CONTROL_REQUEST_MAX], uint8_t instance, uint8_t command,
		       int argument);
bool control_is_answer(const uint8_t *bytes, size_t len, uint8_t instance, uint8_t command,
		       struct control_answer *answer);
bool control_read_eid(const struct control_answer *answer, struct control_eid *out);
bool control_read_uuid(const struct control_answer *answer, char text[UUID_TEXT_SIZE]);
bool control_read_types(const struct control_answer *answer, const uint8_t **types, size_t *n);
bool control_read_versions(const struct control_answer *answer, char (*out)[PRINT_STRINGS_SIZE],
			   size_t *n);
bool control_read_vendor(const struct control_answer *answer, struct control_vendor *out);
const char *control_completion(uint8_t code);

#endif
