/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration file, mctpd.conf(5): TOML, read by toml++.
 */
#ifndef MCTPD_CONFIG_H
#define MCTPD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CONFIG_ADDR_MAX  32 /* as in struct sockaddr_mctp_ext */
#define CONFIG_NAME_MAX  16 /* IFNAMSIZ */
#define CONFIG_ERROR_MAX 512

/**
 * enum role - what mctpd is on a link
 * @ROLE_UNKNOWN: nothing is said: it answers, and leaves EIDs alone
 * @ROLE_BUS_OWNER: gives out the EIDs
 * @ROLE_ENDPOINT: takes its EID from the bus owner
 */
enum role {
	ROLE_UNKNOWN,
	ROLE_BUS_OWNER,
	ROLE_ENDPOINT,
};

/**
 * struct config_addr - a physical address
 * @bytes: the address
 * @len: its length, 0 on links that have none
 */
struct config_addr {
	uint8_t bytes[CONFIG_ADDR_MAX];
	uint8_t len;
};

/**
 * struct config_interface - what holds for links of that name
 * @match: a shell pattern
 * @role: the role
 * @have_role: @role is given
 * @eid: EID that the link gets if it has none, 0 for none
 * @up: bring the link up
 * @discover: set up what is found on the link
 * @have_discover: @discover is given
 * @addrs: physical addresses to look at, owned
 * @n_addrs: how many
 */
struct config_interface {
	char match[CONFIG_NAME_MAX * 2];
	enum role role;
	bool have_role;
	uint8_t eid;
	bool up;
	bool discover;
	bool have_discover;
	struct config_addr *addrs;
	size_t n_addrs;
};

/**
 * struct config_static - an EID that is kept for a device
 * @eid: the EID
 * @match: a shell pattern of the link's name, empty for any
 * @addr: physical address, if @have_addr
 * @have_addr: @addr is given
 * @uuid: the device's UUID, if @have_uuid
 * @have_uuid: @uuid is given
 * @pool_start: first EID of what is behind the bridge, 0 for any
 * @pool_size: how many EIDs it gets, 0 for as many as it asks for
 */
struct config_static {
	uint8_t eid;
	char match[CONFIG_NAME_MAX * 2];
	struct config_addr addr;
	bool have_addr;
	uint8_t uuid[16];
	bool have_uuid;
	uint8_t pool_start;
	uint8_t pool_size;
};

/**
 * struct config - the file as a whole
 * @role: of links that no interface section names
 * @message_timeout_ms: how long an answer is waited for
 * @uuid: UUID of this system, if @have_uuid
 * @have_uuid: @uuid is given
 * @eid_first: first EID that may be given to whoever comes
 * @eid_last: last of them
 * @max_pool_size: how many EIDs a bridge gets at most
 * @endpoint_poll_ms: how often an endpoint is asked whether it lives, 0 for never
 * @discovery_interval_ms: how often links are looked at for new endpoints, 0 for only when they come up
 * @max_requests: physically addressed requests in flight on one link
 * @bridge_pool_size: EIDs to ask the bus owner for, when this system is a bridge
 * @interfaces: owned
 * @n_interfaces: how many
 * @statics: owned
 * @n_statics: how many
 */
struct config {
	enum role role;
	uint32_t message_timeout_ms;
	uint8_t uuid[16];
	bool have_uuid;
	uint8_t eid_first;
	uint8_t eid_last;
	uint8_t max_pool_size;
	uint32_t endpoint_poll_ms;
	uint32_t discovery_interval_ms;
	uint32_t max_requests;
	uint8_t bridge_pool_size;
	struct config_interface *interfaces;
	size_t n_interfaces;
	struct config_static *statics;
	size_t n_statics;
};

void config_init(struct config *config);
void config_free(struct config *config);
int config_read(struct config *config, const char *path, char error[CONFIG_ERROR_MAX]);
int config_parse(struct config *config, const char *text, size_t len, const char *name,
		 char error[CONFIG_ERROR_MAX]);

const struct config_interface *config_interface_of(const struct config *config, const char *name);

#ifdef __cplusplus
}
#endif

#endif
