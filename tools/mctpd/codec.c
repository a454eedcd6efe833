// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of the control protocol: bytes to values and back.
 *
 * Reading is strict about what would be used, and lenient about trailing bytes and about the last
 * optional ones: deployed devices leave out the medium byte of Get EID and the pool size of
 * Set EID.
 */
#include <errno.h>
#include <string.h>

#include "codec.h"

/**
 * codec_parse - read the header of a message
 * @bytes: the message without its type byte
 * @len: its length
 * @msg: gets it; its data points into @bytes
 *
 * Return: 0, or -EBADMSG when it is too short to be one.
 */
int codec_parse(const void *bytes, size_t len, struct codec_message *msg)
{
	const uint8_t *b = bytes;
	size_t head;

	memset(msg, 0, sizeof(*msg));
	if (len < 2)
		return -EBADMSG;
	msg->request = b[0] & CODEC_REQUEST;
	msg->datagram = b[0] & CODEC_DATAGRAM;
	msg->instance = b[0] & CODEC_INSTANCE;
	msg->command = b[1];
	head = msg->request ? 2 : 3;
	if (len < head)
		return -EBADMSG;
	if (!msg->request)
		msg->completion = b[2];
	msg->data = b + head;
	msg->len = len - head;
	return 0;
}

/**
 * codec_answers - is a message the answer to a request?
 * @msg: the message
 * @instance: the request's instance
 * @command: the request's command
 */
bool codec_answers(const struct codec_message *msg, uint8_t instance, uint8_t command)
{
	return !msg->request && msg->instance == instance && msg->command == command;
}

/**
 * codec_request - begin a request; its instance is set when it is sent
 */
void codec_request(struct codec_buffer *b, uint8_t command)
{
	b->len = 0;
	b->overflow = false;
	codec_put_u8(b, CODEC_REQUEST);
	codec_put_u8(b, command);
}

/**
 * codec_set_instance - give a message its instance
 */
void codec_set_instance(struct codec_buffer *b, uint8_t instance)
{
	b->bytes[0] = (b->bytes[0] & ~CODEC_INSTANCE) | (instance & CODEC_INSTANCE);
}

/**
 * codec_response - begin an answer
 * @b: the answer
 * @to: the request
 * @completion: enum codec_completion
 */
void codec_response(struct codec_buffer *b, const struct codec_message *to, uint8_t completion)
{
	b->len = 0;
	b->overflow = false;
	codec_put_u8(b, to->instance);
	codec_put_u8(b, to->command);
	codec_put_u8(b, completion);
}

/**
 * codec_put - append bytes
 */
void codec_put(struct codec_buffer *b, const void *bytes, size_t len)
{
	if (len > sizeof(b->bytes) - b->len) {
		b->overflow = true;
		return;
	}
	if (len)
		memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
}

/**
 * codec_put_u8 - append a byte
 */
void codec_put_u8(struct codec_buffer *b, uint8_t value)
{
	codec_put(b, &value, 1);
}

/**
 * codec_put_be16 - append two bytes, the most significant first
 */
void codec_put_be16(struct codec_buffer *b, uint16_t value)
{
	codec_put_u8(b, value >> 8);
	codec_put_u8(b, value);
}

/**
 * codec_put_be32 - append four bytes, the most significant first
 */
void codec_put_be32(struct codec_buffer *b, uint32_t value)
{
	codec_put_be16(b, value >> 16);
	codec_put_be16(b, value);
}

/**
 * codec_put_vdm - append a kind of vendor-defined messages, as Get VDM Support answers
 */
void codec_put_vdm(struct codec_buffer *b, const struct codec_vdm *vdm)
{
	codec_put_u8(b, vdm->format);
	if (vdm->format)
		codec_put_be32(b, vdm->vendor);
	else
		codec_put_be16(b, vdm->vendor);
	codec_put_be16(b, vdm->commands);
}

/**
 * codec_put_route - append an entry of a routing table
 */
void codec_put_route(struct codec_buffer *b, const struct codec_route *route)
{
	codec_put_u8(b, route->size);
	codec_put_u8(b, route->first);
	codec_put_u8(b, route->kind);
	codec_put_u8(b, route->binding);
	codec_put_u8(b, route->media);
	codec_put_u8(b, route->addr_len);
	codec_put(b, route->addr, route->addr_len);
}

/**
 * codec_read_set_eid - read an answer to Set EID
 *
 * Return: 0 or -EBADMSG.
 */
int codec_read_set_eid(const struct codec_message *msg, struct codec_set_eid *answer)
{
	if (msg->len < 2)
		return -EBADMSG;
	answer->rejected = msg->data[0] & 0x30;
	answer->pool = msg->data[0] & CODEC_POOL_MASK;
	answer->eid = msg->data[1];
	answer->pool_size = msg->len > 2 ? msg->data[2] : 0;
	return 0;
}

/**
 * codec_read_get_eid - read an answer to Get EID
 *
 * Return: 0 or -EBADMSG.
 */
int codec_read_get_eid(const struct codec_message *msg, struct codec_get_eid *answer)
{
	if (msg->len < 2)
		return -EBADMSG;
	answer->eid = msg->data[0];
	answer->bridge = (msg->data[1] & CODEC_EID_KIND_MASK) == CODEC_EID_BRIDGE;
	answer->medium = msg->len > 2 ? msg->data[2] : 0;
	return 0;
}

/**
 * codec_read_uuid - read an answer to Get UUID
 *
 * Return: 0, -EBADMSG, or -ENODATA for the nil UUID, which names nothing.
 */
int codec_read_uuid(const struct codec_message *msg, uint8_t uuid[16])
{
	static const uint8_t nil[16];

	if (msg->len < sizeof(nil))
		return -EBADMSG;
	memcpy(uuid, msg->data, sizeof(nil));
	return memcmp(uuid, nil, sizeof(nil)) ? 0 : -ENODATA;
}

/**
 * codec_read_types - read an answer to Get Message Types
 * @msg: the answer
 * @types: gets the types
 * @room: how many it can hold
 *
 * Return: how many there are, or -EBADMSG, also when fewer came than were announced.
 */
int codec_read_types(const struct codec_message *msg, uint8_t *types, size_t room)
{
	size_t n;

	if (msg->len < 1 || msg->data[0] > msg->len - 1)
		return -EBADMSG;
	n = msg->data[0] < room ? msg->data[0] : room;
	memcpy(types, msg->data + 1, n);
	return n;
}

/**
 * codec_read_vdm - read an answer to Get VDM Support
 * @msg: the answer
 * @next: gets the selector to ask for next, CODEC_LAST_HANDLE if that was the last
 * @vdm: gets the kind of messages
 *
 * Return: 0 or -EBADMSG.
 */
int codec_read_vdm(const struct codec_message *msg, uint8_t *next, struct codec_vdm *vdm)
{
	const uint8_t *d = msg->data;

	if (msg->len < 2 || d[1] > 1 || msg->len < (d[1] ? 8u : 6u))
		return -EBADMSG;
	*next = d[0];
	vdm->format = d[1];
	if (d[1]) {
		vdm->vendor = (uint32_t)d[2] << 24 | d[3] << 16 | d[4] << 8 | d[5];
		d += 2;
	} else {
		vdm->vendor = d[2] << 8 | d[3];
	}
	vdm->commands = d[4] << 8 | d[5];
	return 0;
}

/**
 * codec_read_allocate - read an answer to Allocate EIDs
 *
 * Return: 0 or -EBADMSG.
 */
int codec_read_allocate(const struct codec_message *msg, struct codec_allocate *answer)
{
	if (msg->len < 3)
		return -EBADMSG;
	answer->rejected = msg->data[0] & 0x03;
	answer->size = msg->data[1];
	answer->first = msg->data[2];
	return 0;
}

/**
 * codec_read_routes - read an answer to Get Routing Table, or the data of Routing Update
 * @msg: the message, whose data is entries behind a count, behind a handle
 * @next: gets the handle to ask for next, CODEC_LAST_HANDLE if that was the last
 * @routes: gets the entries
 *
 * Return: how many there are, or -EBADMSG.
 */
int codec_read_routes(const struct codec_message *msg, uint8_t *next,
		      struct codec_route routes[CODEC_ROUTES_MAX])
{
	const uint8_t *d = msg->data, *end = msg->data + msg->len;
	int n;

	if (msg->len < 2 || d[1] > CODEC_ROUTES_MAX)
		return -EBADMSG;
	*next = d[0];
	n = d[1];
	d += 2;
	for (int i = 0; i < n; i++) {
		if (end - d < 6 || d[5] > CODEC_ADDR_MAX || end - d - 6 < d[5])
			return -EBADMSG;
		routes[i] = (struct codec_route){
			.size = d[0],
			.first = d[1],
			.kind = d[2],
			.binding = d[3],
			.media = d[4],
			.addr_len = d[5],
		};
		memcpy(routes[i].addr, d + 6, d[5]);
		d += 6 + d[5];
	}
	return n;
}

/**
 * codec_command_name - name a command for a log
 */
const char *codec_command_name(uint8_t command)
{
	static const char *const names[] = {
		[CODEC_SET_EID] = "Set EID",
		[CODEC_GET_EID] = "Get EID",
		[CODEC_GET_UUID] = "Get UUID",
		[CODEC_GET_VERSION] = "Get Version",
		[CODEC_GET_TYPES] = "Get Message Types",
		[CODEC_GET_VDM] = "Get VDM Support",
		[CODEC_RESOLVE_EID] = "Resolve EID",
		[CODEC_ALLOCATE_EIDS] = "Allocate EIDs",
		[CODEC_ROUTING_UPDATE] = "Routing Information Update",
		[CODEC_GET_ROUTING] = "Get Routing Table",
		[CODEC_PREPARE_DISCOVERY] = "Prepare for Discovery",
		[CODEC_DISCOVERY] = "Endpoint Discovery",
		[CODEC_DISCOVERY_NOTIFY] = "Discovery Notify",
		[CODEC_QUERY_HOP] = "Query Hop",
	};

	if (command < sizeof(names) / sizeof(names[0]) && names[command])
		return names[command];
	return "an unknown command";
}

/**
 * codec_completion_name - say a completion code in words
 */
const char *codec_completion_name(uint8_t completion)
{
	static const char *const names[] = {
		[CODEC_SUCCESS] = "success",
		[CODEC_ERROR] = "an error",
		[CODEC_INVALID_DATA] = "invalid data",
		[CODEC_INVALID_LENGTH] = "invalid length",
		[CODEC_NOT_READY] = "not ready",
		[CODEC_UNSUPPORTED] = "unsupported command",
	};

	if (completion < sizeof(names) / sizeof(names[0]))
		return names[completion];
	return completion & 0x80 ? "an error of that command" : "an unknown completion code";
}
