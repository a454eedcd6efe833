/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages of the control protocol (DSP0236, clause 12): bytes to values and back. No system
 * calls, no state, so that a fuzzer can drive it.
 *
 * The message type byte is not among the bytes: sockets carry it in the address.
 */
#ifndef MCTPD_CODEC_H
#define MCTPD_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODEC_TYPE_CONTROL    0x00 /* message type of the protocol (DSP0239) */
#define CODEC_TYPE_VDM_PCI    0x7e /* vendor defined, by PCI vendor */
#define CODEC_TYPE_VDM_IANA   0x7f /* vendor defined, by IANA enterprise number */
#define CODEC_VERSION_OF_BASE 0xff /* Get Version asks for the base specification */

#define CODEC_REQUEST  0x80
#define CODEC_DATAGRAM 0x40
#define CODEC_INSTANCE 0x1f

/* The longest message that is built here; a packet of the least transmission unit has 64. */
#define CODEC_SIZE 1024

/* The longest physical address, as in struct sockaddr_mctp_ext. */
#define CODEC_ADDR_MAX 32

/* Entries of a routing table in one message: six bytes and an address each. */
#define CODEC_ROUTES_MAX (CODEC_SIZE / 6)

/* EIDs that an endpoint can have (DSP0236, 8.17.1). */
#define EID_NULL      0
#define EID_FIRST     8
#define EID_LAST      254
#define EID_BROADCAST 255

enum codec_command {
	CODEC_SET_EID = 0x01,
	CODEC_GET_EID = 0x02,
	CODEC_GET_UUID = 0x03,
	CODEC_GET_VERSION = 0x04,
	CODEC_GET_TYPES = 0x05,
	CODEC_GET_VDM = 0x06,
	CODEC_RESOLVE_EID = 0x07,
	CODEC_ALLOCATE_EIDS = 0x08,
	CODEC_ROUTING_UPDATE = 0x09,
	CODEC_GET_ROUTING = 0x0a,
	CODEC_PREPARE_DISCOVERY = 0x0b,
	CODEC_DISCOVERY = 0x0c,
	CODEC_DISCOVERY_NOTIFY = 0x0d,
	CODEC_QUERY_HOP = 0x0f,
};

enum codec_completion {
	CODEC_SUCCESS = 0x00,
	CODEC_ERROR = 0x01,
	CODEC_INVALID_DATA = 0x02,
	CODEC_INVALID_LENGTH = 0x03,
	CODEC_NOT_READY = 0x04,
	CODEC_UNSUPPORTED = 0x05,
	CODEC_TYPE_UNSUPPORTED = 0x80, /* Get Version */
};

enum codec_set_operation {
	CODEC_SET = 0,
	CODEC_SET_FORCE = 1,
	CODEC_SET_RESET = 2,
	CODEC_SET_DISCOVERED = 3,
};

/* Status of an answer to Set EID. */
#define CODEC_EID_REJECTED 0x10
#define CODEC_POOL_MASK    0x03
#define CODEC_POOL_NONE    0x00
#define CODEC_POOL_NEEDED  0x01
#define CODEC_POOL_HELD    0x02

/* Type of endpoint in an answer to Get EID. */
#define CODEC_EID_BRIDGE       0x10
#define CODEC_EID_KIND_MASK    0x30
#define CODEC_EID_STATIC       0x02
#define CODEC_EID_DYNAMIC      0x00
#define CODEC_EID_STATIC_MASK  0x03
#define CODEC_ALLOCATE         0
#define CODEC_ALLOCATE_FORCE   1
#define CODEC_ALLOCATE_INFO    2
#define CODEC_ALLOCATE_REFUSED 0x01
#define CODEC_LAST_HANDLE      0xff

/*
 * Type of an entry of a routing table: bits 7:6, 5 and 4:0. The range of a CODEC_ROUTE_BRIDGE_RANGE begins with the
 * bridge's own EID; that of a CODEC_ROUTE_RANGE, what is behind a bridge, has it not.
 */
#define CODEC_ROUTE_KIND         0xc0
#define CODEC_ROUTE_ENDPOINT     0x00
#define CODEC_ROUTE_BRIDGE_RANGE 0x40
#define CODEC_ROUTE_BRIDGE       0x80
#define CODEC_ROUTE_RANGE        0xc0
#define CODEC_ROUTE_STATIC       0x20
#define CODEC_ROUTE_PORT         0x1f

/**
 * struct codec_message - a control message that came in
 * @request: it asks; otherwise it answers
 * @datagram: a request that wants no answer
 * @instance: 0 to 31
 * @command: enum codec_command, or one that is not known
 * @completion: enum codec_completion of an answer
 * @data: what follows, part of the bytes that were read
 * @len: its length
 */
struct codec_message {
	bool request;
	bool datagram;
	uint8_t instance;
	uint8_t command;
	uint8_t completion;
	const uint8_t *data;
	size_t len;
};

/**
 * struct codec_buffer - a message that is being built
 * @bytes: the message
 * @len: how long it is
 * @overflow: it did not fit; it must not be sent
 */
struct codec_buffer {
	uint8_t bytes[CODEC_SIZE];
	size_t len;
	bool overflow;
};

/**
 * struct codec_set_eid - an answer to Set EID
 * @rejected: the endpoint keeps the EID that it has
 * @pool: CODEC_POOL_*
 * @eid: what it has now
 * @pool_size: how many EIDs a bridge wants for what is behind it
 */
struct codec_set_eid {
	bool rejected;
	uint8_t pool;
	uint8_t eid;
	uint8_t pool_size;
};

/**
 * struct codec_get_eid - an answer to Get EID
 * @eid: the EID, 0 if it has none yet
 * @bridge: it is a bridge or a bus owner
 * @medium: the byte that depends on the medium, 0 if it was left out
 */
struct codec_get_eid {
	uint8_t eid;
	bool bridge;
	uint8_t medium;
};

/**
 * struct codec_vdm - a kind of vendor-defined messages
 * @format: 0 PCI, 1 IANA
 * @vendor: the vendor's number
 * @commands: command set type, as that vendor uses it
 */
struct codec_vdm {
	uint8_t format;
	uint32_t vendor;
	uint16_t commands;
};

/**
 * struct codec_allocate - an answer to Allocate EIDs
 * @rejected: somebody else has given the bridge a pool before
 * @size: how many EIDs it has
 * @first: the first of them
 */
struct codec_allocate {
	bool rejected;
	uint8_t size;
	uint8_t first;
};

/**
 * struct codec_route - an entry of a routing table
 * @size: how many EIDs
 * @first: the first of them
 * @kind: CODEC_ROUTE_*, with static bit and port
 * @binding: physical binding (DSP0239)
 * @media: physical medium (DSP0239)
 * @addr: physical address
 * @addr_len: its length, 0 to CODEC_ADDR_MAX
 */
struct codec_route {
	uint8_t size;
	uint8_t first;
	uint8_t kind;
	uint8_t binding;
	uint8_t media;
	uint8_t addr[CODEC_ADDR_MAX];
	uint8_t addr_len;
};

int codec_parse(const void *bytes, size_t len, struct codec_message *msg);
bool codec_answers(const struct codec_message *msg, uint8_t instance, uint8_t command);

void codec_request(struct codec_buffer *b, uint8_t command);
void codec_set_instance(struct codec_buffer *b, uint8_t instance);
void codec_response(struct codec_buffer *b, const struct codec_message *to, uint8_t completion);
void codec_put(struct codec_buffer *b, const void *bytes, size_t len);
void codec_put_u8(struct codec_buffer *b, uint8_t value);
void codec_put_be16(struct codec_buffer *b, uint16_t value);
void codec_put_be32(struct codec_buffer *b, uint32_t value);
void codec_put_vdm(struct codec_buffer *b, const struct codec_vdm *vdm);
void codec_put_route(struct codec_buffer *b, const struct codec_route *route);

int codec_read_set_eid(const struct codec_message *msg, struct codec_set_eid *answer);
int codec_read_get_eid(const struct codec_message *msg, struct codec_get_eid *answer);
int codec_read_uuid(const struct codec_message *msg, uint8_t uuid[16]);
int codec_read_types(const struct codec_message *msg, uint8_t *types, size_t room);
int codec_read_vdm(const struct codec_message *msg, uint8_t *next, struct codec_vdm *vdm);
int codec_read_allocate(const struct codec_message *msg, struct codec_allocate *answer);
int codec_read_routes(const struct codec_message *msg, uint8_t *next,
		      struct codec_route routes[CODEC_ROUTES_MAX]);

const char *codec_command_name(uint8_t command);
const char *codec_completion_name(uint8_t completion);

#endif
