// SPDX-License-Identifier: GPL-2.0
/*
 * The control protocol (DSP0236, 11 and 12), as one who asks. No system calls: bytes come from
 * anybody, and a fuzzer drives this file.
 */
#include "control.h"

#include <stdio.h>
#include <string.h>

#define REQUEST	      0x80
#define INSTANCE_MASK 0x1f

/**
 * control_request - write a request, behind the type byte
 * @bytes: room for it
 * @instance: 0 to 31
 * @command: CONTROL_*
 * @argument: the byte that follows, -1 for none
 *
 * Return: how many bytes.
 */
size_t control_request(uint8_t bytes[CONTROL_REQUEST_MAX], uint8_t instance, uint8_t command,
		       int argument)
{
	bytes[0] = REQUEST | (instance & INSTANCE_MASK);
	bytes[1] = command;
	if (argument < 0)
		return 2;
	bytes[2] = argument;
	return 3;
}

/**
 * control_is_answer - is this the answer to our request?
 * @bytes: the message behind its type byte
 * @len: how many bytes
 * @instance: of the request
 * @command: of the request
 * @answer: gets its parts
 */
bool control_is_answer(const uint8_t *bytes, size_t len, uint8_t instance, uint8_t command,
		       struct control_answer *answer)
{
	if (len < 3 || bytes[0] != (instance & INSTANCE_MASK) || bytes[1] != command)
		return false;
	*answer = (struct control_answer){ bytes[2], bytes + 3, len - 3 };
	return true;
}

/**
 * control_read_eid - read the answer to Get Endpoint ID
 *
 * Return: false when it is too short.
 */
bool control_read_eid(const struct control_answer *answer, struct control_eid *out)
{
	if (answer->len < 3)
		return false;
	out->eid = answer->data[0];
	out->is_bridge = (answer->data[1] >> 4 & 3) == 1;
	out->kind = answer->data[1] & 3;
	out->medium = answer->data[2];
	return true;
}

/**
 * control_read_uuid - read the answer to Get Endpoint UUID, as text
 *
 * Return: false when it is too short.
 */
bool control_read_uuid(const struct control_answer *answer, char text[UUID_TEXT_SIZE])
{
	if (answer->len < 16)
		return false;
	uuid_format(answer->data, text);
	return true;
}

/**
 * control_read_types - read the answer to Get Message Type Support
 *
 * Return: false when it holds fewer types than it says.
 */
bool control_read_types(const struct control_answer *answer, const uint8_t **types, size_t *n)
{
	if (answer->len < 1 || answer->len - 1 < answer->data[0])
		return false;
	*types = answer->data + 1;
	*n = answer->data[0];
	return true;
}

/* Two decimal digits, the first 0xf where there is only one. */
static int write_digits(char *text, size_t room, uint8_t byte)
{
	unsigned int tens = byte >> 4, ones = byte & 15;

	if (tens == 15)
		return snprintf(text, room, "%u", ones);
	return snprintf(text, room, "%u%u", tens, ones);
}

static void write_version(char out[PRINT_STRINGS_SIZE], const uint8_t *v)
{
	size_t at;

	at = write_digits(out, PRINT_STRINGS_SIZE, v[0]);
	out[at++] = '.';
	at += write_digits(out + at, PRINT_STRINGS_SIZE - at, v[1]);
	if (v[2] != 0xff) {
		out[at++] = '.';
		at += write_digits(out + at, PRINT_STRINGS_SIZE - at, v[2]);
	}
	if ((v[3] >= 'a' && v[3] <= 'z') || (v[3] >= 'A' && v[3] <= 'Z'))
		out[at++] = v[3];
	out[at] = '\0';
}

/**
 * control_read_versions - read the answer to Get MCTP Version Support
 * @answer: the answer
 * @out: room for CONTROL_LIST_MAX versions as text
 * @n: gets how many
 *
 * Return: false when it holds fewer than it says.
 */
bool control_read_versions(const struct control_answer *answer, char (*out)[PRINT_STRINGS_SIZE],
			   size_t *n)
{
	size_t i;

	if (answer->len < 1 || (answer->len - 1) / 4 < answer->data[0])
		return false;
	*n = answer->data[0];
	for (i = 0; i < *n; i++)
		write_version(out[i], answer->data + 1 + 4 * i);
	return true;
}

/**
 * control_read_vendor - read the answer to Get Vendor Defined Message Support
 *
 * Return: false when it is too short or of a format that is not known.
 */
bool control_read_vendor(const struct control_answer *answer, struct control_vendor *out)
{
	const uint8_t *d = answer->data;

	if (answer->len < 6)
		return false;
	out->next = d[0];
	out->is_iana = d[1] == 1;
	if (d[1] == 0) {
		out->id = d[2] << 8 | d[3];
		out->set = d[4] << 8 | d[5];
		return true;
	}
	if (d[1] != 1 || answer->len < 8)
		return false;
	out->id = (uint32_t)d[2] << 24 | d[3] << 16 | d[4] << 8 | d[5];
	out->set = d[6] << 8 | d[7];
	return true;
}

/**
 * control_completion - name a completion code
 *
 * Return: a word, or NULL for one that depends on the command.
 */
const char *control_completion(uint8_t code)
{
	static const char *const names[] = {
		"success",	  "error",     "invalid data",
		"invalid length", "not ready", "unsupported command",
	};

	return code < sizeof(names) / sizeof(names[0]) ? names[code] : NULL;
}
