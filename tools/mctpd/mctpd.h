/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mctpd: what its files share.
 *
 * main.c opens everything; link.c and kernel.c know the kernel's side, request.c and responder.c
 * the wire, setup.c, bridge.c, explore.c, live.c and discover.c are what a bus owner does, endpoint.c and
 * network.c what it keeps, dbus*.c shows it.
 */
#ifndef MCTPD_H
#define MCTPD_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "../mctp/device.h"
#include "../mctp/uuid_text.h"

#include "codec.h"
#include "config.h"
#include "instance.h"
#include "log.h"
#include "pool.h"
#include "task.h"

#ifndef AF_MCTP
#define AF_MCTP 45
#endif
#ifndef SOL_MCTP
#define SOL_MCTP 285
#endif

/* Physically addressed requests of a network in flight: each takes one of eight tags of all peers. */
#define NETWORK_REQUESTS_MAX 6

/* Requests to EIDs of one link in flight, and those of them to what is behind bridges. */
#define LINK_REQUESTS_MAX   16
#define BEHIND_REQUESTS_MAX 12

/* A device that has not answered for so long loses its EID (DSP0236, TRECLAIM). */
#define RECLAIM_US (5 * 1000 * 1000ull)

/* How often a setup begins, or a pool is chosen, while a bus owner above gives us other EIDs all the time */
#define ROUNDS_MAX 3

/* All that there are */
#define LOCAL_EIDS_MAX 247

#define TYPES_MAX      255
#define VDMS_MAX       32

struct finding;
struct mctpd;
struct endpoint;
struct waiting;

/**
 * struct channel - what is known of the requests to one peer
 * @next: the next of a link
 * @addr: physical address, for the channels of a link
 * @ids: instance ids
 * @users: tasks that use it or wait for it
 * @busy: a request is out
 * @turn: tasks that wait for their turn
 * @idle_since: when the last request ended, in us
 */
struct channel {
	struct channel *next;
	struct config_addr addr;
	struct instance_ids ids;
	unsigned int users;
	bool busy;
	struct wait_list turn;
	uint64_t idle_since;
};

/**
 * struct network - an MCTP network
 * @d: the daemon
 * @next: the next
 * @id: its number
 * @links: how many links are in it
 * @users: tasks that hold it
 * @pool: its EIDs
 * @given: by the first EID of a pool that a bridge had: how many they were, 0 for none
 * @pool_first: first EID that a bus owner above gave us to give on, 0 for none
 * @pool_size: how many
 * @changes: how often it has given us others, or an EID has become our own
 * @endpoints: by EID
 * @channels: by EID
 * @requests: physically addressed ones in flight
 * @behind: by EID of a bridge, those in flight to what is behind it
 * @waiting: requests that wait for room, those that wait longest first
 * @turns: how many requests have begun to what is not known to answer
 * @turn_of: by EID of a bridge, 0 for none: which was the last of them to what is behind it
 * @slot: its object on D-Bus
 */
struct network {
	struct mctpd *d;
	struct network *next;
	uint32_t id;
	unsigned int links;
	unsigned int users;
	struct pool pool;
	uint8_t given[256];
	uint8_t pool_first;
	uint8_t pool_size;
	unsigned int changes;
	struct endpoint *endpoints[256];
	struct channel *channels[256];
	unsigned int requests;
	uint8_t behind[256];
	struct waiting *waiting;
	uint64_t turns;
	uint64_t turn_of[256];
	sd_bus_slot *slot;
};

/**
 * struct claim - somebody works on what is at an address
 */
struct claim {
	struct claim *next;
	struct config_addr addr;
};

/**
 * struct link - a network device that speaks MCTP
 * @d: the daemon
 * @next: the next
 * @users: who holds it, the list of links among them
 * @gone: the device has left; tasks that still hold it give up
 * @seen: while links are read anew: it is still there
 * @index: ifindex
 * @name: its name
 * @up: it is up and running
 * @adopt: what the kernel knew of it before mctpd was started is still to be taken over
 * @mtu: bytes of a packet
 * @binding: physical binding (DSP0239), 0 if the kernel does not say
 * @port: its number in routing tables, from 0 to 31; those beyond share the last
 * @addr: hardware address of ours
 * @addr_len: length of hardware addresses there
 * @network: the network that it is in
 * @eids: EIDs of ours
 * @n_eids: how many
 * @role: what we are there
 * @discovered: a bus owner has found us (Endpoint Discovery)
 * @bus_owner: EID that asked us last to be an endpoint, 0 for none
 * @owner_addr: its physical address
 * @told_too_much: it has told of more routes than are taken, which was said
 * @left_out: by EID: it tells that this is elsewhere, while something here has it
 * @channels: towards what has no EID yet
 * @requests: physically addressed ones in flight
 * @eid_requests: others in flight
 * @behind_requests: those of them to what is behind bridges
 * @claims: addresses that are worked on
 * @claimed: tasks that wait for one of them
 * @announced: what has announced itself, and is looked at or waits for that
 * @announced_at_work: how many of them are looked at
 * @announced_turn: tasks that wait to be among them
 * @discovery: when to look at the link again
 * @slot: its object on D-Bus
 * @owner_slot: the part of it that a bus owner has
 * @path: its D-Bus path
 */
struct link {
	struct mctpd *d;
	struct link *next;
	unsigned int users;
	bool gone;
	bool seen;
	int index;
	char name[IFNAMSIZ];
	bool up;
	bool adopt;
	uint32_t mtu;
	uint8_t binding;
	uint8_t port;
	uint8_t addr[CODEC_ADDR_MAX];
	uint8_t addr_len;
	struct network *network;
	uint8_t eids[LOCAL_EIDS_MAX];
	unsigned int n_eids;
	enum role role;
	bool discovered;
	uint8_t bus_owner;
	struct config_addr owner_addr;
	bool told_too_much;
	bool left_out[256];
	struct channel *channels;
	unsigned int requests;
	unsigned int eid_requests;
	unsigned int behind_requests;
	struct claim *claims;
	struct wait_list claimed;
	struct finding *announced;
	unsigned int announced_at_work;
	struct wait_list announced_turn;
	sd_event_source *discovery;
	sd_bus_slot *slot;
	sd_bus_slot *owner_slot;
	char *path;
};

/**
 * struct endpoint - an endpoint that has answered
 * @users: who holds it, its network among them
 * @gone: it has left; tasks that still hold it give up
 * @network: its network
 * @link: the link that it is reached by, held
 * @eid: its EID
 * @addr: its physical address; of no use behind a bridge
 * @bridge: the bridge that it is behind, NULL for none
 * @assigned: it got its EID from us
 * @is_bridge: it says that it is a bridge or a bus owner
 * @pool_start: first EID of what is behind it, 0 for none
 * @pool_size: how many
 * @have_uuid: @uuid is known
 * @uuid: its UUID
 * @types: message types
 * @n_types: how many
 * @vdms: vendor-defined messages
 * @n_vdms: how many
 * @local_eid: EID of ours that it is spoken to from
 * @degraded: it did not answer
 * @silent_since: when it last did, in us, while degraded
 * @explored: a task finds out what is behind it
 * @explore_again: that may have changed meanwhile
 * @telling: a task tells it what is elsewhere
 * @tell_again: that has changed meanwhile
 * @watched: a task finds out whether it lives
 * @verify: and whether it is still the same device
 * @poll: when to ask it again
 * @slots: its interfaces on D-Bus
 * @path: its D-Bus path, NULL while it is not shown
 */
struct endpoint {
	unsigned int users;
	bool gone;
	struct network *network;
	struct link *link;
	uint8_t eid;
	struct config_addr addr;
	struct endpoint *bridge;
	bool assigned;
	bool is_bridge;
	uint8_t pool_start;
	uint8_t pool_size;
	bool have_uuid;
	uint8_t uuid[16];
	uint8_t types[TYPES_MAX];
	size_t n_types;
	struct codec_vdm vdms[VDMS_MAX];
	size_t n_vdms;
	uint8_t local_eid;
	bool degraded;
	uint64_t silent_since;
	bool explored;
	bool explore_again;
	bool telling;
	bool tell_again;
	bool watched;
	bool verify;
	sd_event_source *poll;
	sd_bus_slot *slots[4];
	char *path;
};

/**
 * struct support - a message type that a program on this system speaks
 * @next: the next
 * @vdm: vendor-defined; @kind says which, otherwise @type counts
 * @type: message type
 * @kind: vendor and command set
 * @versions: as Get Version answers, owned
 * @n_versions: how many
 * @track: sees the program leave the bus
 */
struct support {
	struct support *next;
	struct mctpd *d;
	bool vdm;
	uint8_t type;
	struct codec_vdm kind;
	uint32_t *versions;
	size_t n_versions;
	sd_bus_track *track;
};

/**
 * struct loopback - the EIDs of the loopback device
 * @index: its ifindex, 0 while it is not known
 * @net: its network
 * @has: by EID: it has that
 */
struct loopback {
	int index;
	uint32_t net;
	bool has[256];
};

/**
 * struct mctpd - the daemon
 * @config: its configuration
 * @event: the loop
 * @bus: D-Bus
 * @kernel: for requests to the kernel, as the mctp command makes them
 * @monitor: tells that something changed in the kernel
 * @resync: reads the kernel's tables soon
 * @responder: socket that takes requests
 * @links: all links
 * @networks: all networks
 * @loopback: its EIDs are ours, too; nothing is asked there
 * @supports: message types of programs on this system
 * @uuid: UUID of this system
 */
struct mctpd {
	struct config config;
	sd_event *event;
	sd_bus *bus;
	struct mctp kernel;
	struct mnl_socket *monitor;
	sd_event_source *monitor_source;
	sd_event_source *resync;
	int responder;
	sd_event_source *responder_source;
	struct link *links;
	struct network *networks;
	struct loopback loopback;
	struct support *supports;
	uint8_t uuid[16];
};

/* main.c */
uint64_t now_us(void);
bool addr_equal(const struct config_addr *a, const struct config_addr *b);
const char *addr_text(const struct config_addr *addr);

/* caps.c */
int caps_drop(void);

/* link.c */
int link_init(struct mctpd *d);
void link_exit(struct mctpd *d);
int link_sync(struct mctpd *d);
struct link *link_find(struct mctpd *d, int index);
void link_get(struct link *link);
void link_put(struct link *link);
void link_set_role(struct link *link, enum role role);
uint8_t link_local_eid(const struct link *link);
void link_claim(struct link *link, struct claim *claim);
bool link_is_claimed(struct link *link, const struct config_addr *addr);
void link_release(struct link *link, struct claim *claim);

/* kernel.c */
int kernel_add_addr(struct mctpd *d, int index, uint8_t eid);
int kernel_del_addr(struct mctpd *d, int index, uint8_t eid);
int kernel_add_route(struct mctpd *d, int index, uint8_t first, uint8_t size, uint32_t mtu);
int kernel_del_route(struct mctpd *d, int index, uint8_t first, uint8_t size);
int kernel_add_gateway(struct mctpd *d, uint32_t net, uint8_t gw, uint8_t first, uint8_t size);
int kernel_del_gateway(struct mctpd *d, uint32_t net, uint8_t gw, uint8_t first, uint8_t size);
int kernel_add_neigh(struct mctpd *d, int index, uint8_t eid, const struct config_addr *addr);
int kernel_del_neigh(struct mctpd *d, int index, uint8_t eid);
int kernel_link_up(struct mctpd *d, int index);

/**
 * struct kernel_route - a route as the kernel has it
 * @first: its first EID
 * @last: its last
 * @local: to an EID of ours
 * @index: ifindex of its link, 0 for a gateway
 * @gw_net: the gateway's network
 * @gw: the gateway's EID
 * @mtu: its MTU, 0 for that of the link
 */
struct kernel_route {
	uint8_t first;
	uint8_t last;
	bool local;
	int index;
	uint32_t gw_net;
	uint8_t gw;
	uint32_t mtu;
};

int kernel_routes(struct mctpd *d, struct kernel_route **routes, size_t *n);
int kernel_routes_by(struct mctpd *d, uint32_t net, uint8_t gw, struct kernel_route **routes,
		     size_t *n);
int kernel_neigh(struct mctpd *d, int index, uint8_t eid, struct config_addr *addr);

/* network.c */
struct network *network_join(struct mctpd *d, uint32_t id);
void network_leave(struct network *network);
void network_get(struct network *network);
void network_put(struct network *network);
struct network *network_find(struct mctpd *d, uint32_t id);
void network_set_range(struct network *network);
void network_sync_local(struct network *network);
void network_return(struct network *network, uint8_t first, uint8_t size);
bool network_is_local(const struct network *network, uint8_t eid);
bool network_may_give(const struct network *network, uint8_t first, uint8_t size);
struct link *network_upstream(const struct network *network);

/* request.c */

/**
 * struct target - to whom a request goes
 * @link: the link, held by the caller
 * @eid: the EID; 0: by physical address
 * @addr: the physical address, where @eid is 0
 * @once: without retries, for what is hardly there
 */
struct target {
	struct link *link;
	uint8_t eid;
	struct config_addr addr;
	bool once;
};

/**
 * struct answer - an answer and the bytes that it points into
 */
struct answer {
	struct codec_message msg;
	uint8_t bytes[CODEC_SIZE];
};

int request(const struct target *to, struct codec_buffer *b, struct answer *answer);
int request_done(const struct target *to, struct codec_buffer *b, struct answer *answer);
int request_get_eid(const struct target *to, struct codec_get_eid *answer);
int request_get_uuid(const struct target *to, uint8_t uuid[16]);
const char *target_text(const struct target *to);
int request_notify(const struct target *to, uint8_t command);
void request_link_gone(struct link *link);

/* responder.c */
int responder_init(struct mctpd *d);
void responder_exit(struct mctpd *d);
void responder_reach(struct network *network, uint8_t first, uint8_t size);

/* endpoint.c */
struct endpoint *endpoint_new(struct link *link, uint8_t eid, const struct config_addr *addr);
struct endpoint *endpoint_new_behind(struct endpoint *bridge, uint8_t eid);
void endpoint_get(struct endpoint *ep);
void endpoint_put(struct endpoint *ep);
void endpoint_start(struct endpoint *ep, bool *busy, void (*run)(void *data));
void endpoint_done(struct endpoint *ep, bool *busy);
void endpoint_remove(struct endpoint *ep, const char *why);
void endpoint_remove_all(struct link *link, const char *why);
void endpoint_remove_foreign(struct network *network);
struct endpoint *endpoint_find_addr(struct link *link, const struct config_addr *addr);
struct endpoint *endpoint_pool_owner(struct network *network, uint8_t eid);
struct target endpoint_target(struct endpoint *ep);
void endpoint_query(struct endpoint *ep);
void endpoint_refresh(struct endpoint *ep);
void endpoint_show(struct endpoint *ep);
void endpoint_set_degraded(struct endpoint *ep, bool degraded);

/* setup.c */
enum setup_mode {
	SETUP_ANY,    /* keep a good EID, or give one */
	SETUP_ASSIGN, /* give one of the pool */
	SETUP_STATIC, /* give this one */
	SETUP_LEARN,  /* never give one */
};

/**
 * struct setup - how an endpoint is set up
 * @mode: enum setup_mode
 * @eid: the EID for SETUP_STATIC
 * @preferred: the EID to be given if nobody had it yet, 0 for any
 * @pool_start: first EID for what is behind it, 0 for any
 * @pool_size: how many, 0 for what it asks for
 * @force: in place of the pool that it has
 */
struct setup {
	enum setup_mode mode;
	uint8_t eid;
	uint8_t preferred;
	uint8_t pool_start;
	uint8_t pool_size;
	bool force;
};

int setup_endpoint(struct link *link, const struct config_addr *addr, const struct setup *how,
		   struct endpoint **ep, bool *is_new);
int setup_again(struct endpoint *ep);
const struct config_static *setup_static_of(struct link *link, const struct config_addr *addr,
					    const uint8_t *uuid);
void setup_adopt(struct mctpd *d);
void setup_adopt_link(struct link *link);

/* bridge.c */
int bridge_allocate(struct endpoint *ep, uint8_t wanted, const struct setup *how);
int bridge_read_pool(struct endpoint *ep, struct codec_allocate *got);
int bridge_adopt_pool(struct endpoint *ep, bool learn);
void bridge_drop_pool(struct endpoint *ep);
void bridge_tell_all(struct network *network);
void bridge_put_entry(struct codec_buffer *b, const struct endpoint *ep, bool pool);

/* explore.c */
void explore_bridge(struct endpoint *ep);
int explore_eid(struct endpoint *bridge, uint8_t eid, struct endpoint **found, bool *is_new);

/* live.c */
void live_watch(struct endpoint *ep);
void live_recover(struct endpoint *ep);
void live_forget(struct endpoint *ep);

/* discover.c */
void discover_link(struct link *link);
void discover_stop(struct link *link);
int discover_announced(struct link *link, const struct config_addr *addr);
void discover_addr(struct link *link, const struct config_addr *addr, uint8_t preferred);

/* dbus.c */
#define BUS_NAME "au.com.codeconstruct.MCTP1"
#define BUS_ROOT "/au/com/codeconstruct/mctp1"

int dbus_init(struct mctpd *d);
int dbus_own_name(struct mctpd *d);
void dbus_exit(struct mctpd *d);
void dbus_link_added(struct link *link);
void dbus_link_removed(struct link *link);
void dbus_link_role_changed(struct link *link);
void dbus_network_added(struct network *network);
void dbus_network_removed(struct network *network);
void dbus_network_eids_changed(struct network *network);
size_t dbus_local_eids(const struct network *network, uint8_t eids[256]);

/* dbus_support.c */
int dbus_support_init(struct mctpd *d);
void dbus_support_exit(struct mctpd *d);

/* dbus_endpoint.c */
void dbus_endpoint_added(struct endpoint *ep);
void dbus_endpoint_removed(struct endpoint *ep);
void dbus_endpoint_changed(struct endpoint *ep, const char *property);
void dbus_endpoint_types_changed(struct endpoint *ep);
void dbus_endpoint_bridge_added(struct endpoint *ep);

#endif
