// SPDX-License-Identifier: GPL-2.0
/*
 * mctp endpoint: what mctpd knows, over D-Bus. Names and objects are those of mctpd(8).
 */
#include "args.h"
#include "mctp.h"

#ifdef WITHOUT_SYSTEMD

static int without(struct mctp *m, struct args *a)
{
	(void)m;
	(void)a;
	return refused("this mctp was built without libsystemd, so it cannot ask mctpd.");
}

static int endpoint_list(struct mctp *m, struct args *a)
{
	return without(m, a);
}

static int endpoint_setup(struct mctp *m, struct args *a)
{
	return without(m, a);
}

static int endpoint_recover(struct mctp *m, struct args *a)
{
	return without(m, a);
}

static int endpoint_remove(struct mctp *m, struct args *a)
{
	return without(m, a);
}

#else

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "sdbus.h"

#define BUS_NAME  "au.com.codeconstruct.MCTP1"
#define BUS_ROOT  "/au/com/codeconstruct/mctp1"
#define CONTROL   "au.com.codeconstruct.MCTP.Endpoint1"
#define BUS_OWNER "au.com.codeconstruct.MCTP.BusOwner1"

#define TYPES_MAX 256

/* mctpd waits for devices: longer than any answer takes that still comes. */
#define TIMEOUT_US (60 * 1000 * 1000ull)

/**
 * struct endpoint - an endpoint as mctpd shows it
 */
struct endpoint {
	uint32_t net;
	uint8_t eid;
	bool found;
	char uuid[37];
	uint8_t types[TYPES_MAX];
	size_t n_types;
	char interface[16];
	char medium[16];
	char state[16];
	uint8_t addr[LLADDR_MAX];
	size_t addr_len;
	uint8_t bridge;
	uint8_t local;
	uint8_t pool_start;
	uint8_t pool_end;
};

/**
 * struct endpoints - all of them, owned
 */
struct endpoints {
	struct endpoint *list;
	size_t n;
};

static int bus_open(sd_bus **bus)
{
	int err;

	if (sdbus_load())
		return STATUS_REFUSED;
	err = sd.open_system(bus);
	if (err >= 0)
		return STATUS_FINE;
	return refused("cannot reach D-Bus: %s.", strerror(-err));
}

static int bus_refused(const char *what, const sd_bus_error *error, int err)
{
	if (sd.error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	    sd.error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
		return refused("cannot %s: mctpd does not run. Start it with: systemctl start mctpd",
			       what);
	return refused("cannot %s: %s.", what, error->message ? error->message : strerror(-err));
}

static int read_text(sd_bus_message *m, char *text, size_t size)
{
	const char *s;
	int err = sd.message_read(m, "v", "s", &s);

	if (err >= 0)
		snprintf(text, size, "%s", s);
	return err;
}

static int read_bytes(sd_bus_message *m, const uint8_t **bytes, size_t *len)
{
	int err = sd.message_enter_container(m, 'v', "ay");

	if (err >= 0)
		err = sd.message_read_array(m, 'y', (const void **)bytes, len);
	return err < 0 ? err : sd.message_exit_container(m);
}

static int read_types(sd_bus_message *m, struct endpoint *ep)
{
	const uint8_t *bytes;
	size_t len;
	int err = read_bytes(m, &bytes, &len);

	if (err < 0 || len > sizeof(ep->types))
		return err;
	if (len)
		memcpy(ep->types, bytes, len);
	ep->n_types = len;
	return err;
}

static int read_addr(sd_bus_message *m, struct endpoint *ep)
{
	const uint8_t *bytes;
	size_t len;
	int err = read_bytes(m, &bytes, &len);

	if (err < 0 || len > sizeof(ep->addr))
		return err;
	if (len)
		memcpy(ep->addr, bytes, len);
	ep->addr_len = len;
	return err;
}

static int read_property(sd_bus_message *m, const char *name, struct endpoint *ep)
{
	if (!strcmp(name, "NetworkId"))
		return sd.message_read(m, "v", "u", &ep->net);
	if (!strcmp(name, "EID")) {
		ep->found = true;
		return sd.message_read(m, "v", "y", &ep->eid);
	}
	if (!strcmp(name, "UUID"))
		return read_text(m, ep->uuid, sizeof(ep->uuid));
	if (!strcmp(name, "Interface"))
		return read_text(m, ep->interface, sizeof(ep->interface));
	if (!strcmp(name, "Medium"))
		return read_text(m, ep->medium, sizeof(ep->medium));
	if (!strcmp(name, "Connectivity"))
		return read_text(m, ep->state, sizeof(ep->state));
	if (!strcmp(name, "SupportedMessageTypes"))
		return read_types(m, ep);
	if (!strcmp(name, "PhysicalAddress"))
		return read_addr(m, ep);
	if (!strcmp(name, "Bridge"))
		return sd.message_read(m, "v", "y", &ep->bridge);
	if (!strcmp(name, "LocalEID"))
		return sd.message_read(m, "v", "y", &ep->local);
	if (!strcmp(name, "PoolStart"))
		return sd.message_read(m, "v", "y", &ep->pool_start);
	if (!strcmp(name, "PoolEnd"))
		return sd.message_read(m, "v", "y", &ep->pool_end);
	return sd.message_skip(m, "v");
}

/* The interfaces of an object: a{sa{sv}}. */
static int read_object(sd_bus_message *m, struct endpoint *ep)
{
	const char *name;
	int err;

	err = sd.message_enter_container(m, 'a', "{sa{sv}}");
	while (err >= 0 && (err = sd.message_enter_container(m, 'e', "sa{sv}")) > 0) {
		sd.message_read(m, "s", &name);
		err = sd.message_enter_container(m, 'a', "{sv}");
		while (err >= 0 && (err = sd.message_enter_container(m, 'e', "sv")) > 0) {
			err = sd.message_read(m, "s", &name);
			if (err >= 0)
				err = read_property(m, name, ep);
			if (err >= 0)
				err = sd.message_exit_container(m);
		}
		if (err >= 0)
			err = sd.message_exit_container(m);
		if (err >= 0)
			err = sd.message_exit_container(m);
	}
	return err < 0 ? err : sd.message_exit_container(m);
}

static int read_objects(sd_bus_message *m, struct endpoints *all)
{
	const char *path;
	int err;

	err = sd.message_enter_container(m, 'a', "{oa{sa{sv}}}");
	while (err >= 0 && (err = sd.message_enter_container(m, 'e', "oa{sa{sv}}")) > 0) {
		struct endpoint *list =
			realloc(all->list, (all->n + 1) * sizeof(*all->list));

		if (!list)
			return -ENOMEM;
		all->list = list;
		list[all->n] = (struct endpoint){};
		err = sd.message_read(m, "o", &path);
		if (err >= 0)
			err = read_object(m, &list[all->n]);
		if (err >= 0)
			err = sd.message_exit_container(m);
		all->n += list[all->n].found;
	}
	return err;
}

static int compare(const void *a, const void *b)
{
	const struct endpoint *x = a, *y = b;

	if (x->net != y->net)
		return x->net < y->net ? -1 : 1;
	return x->eid - y->eid;
}

static void print_endpoint(struct printer *p, const struct endpoint *ep)
{
	print_record(p);
	print_number(p, "eid", "eid", ep->eid);
	print_number(p, "net", "net", ep->net);
	print_string(p, "dev", "dev", ep->interface);
	if (ep->bridge)
		print_number(p, "behind", "bridge", ep->bridge);
	else
		print_lladdr(p, "address", "address", ep->addr, ep->addr_len);
	print_json_string(p, "medium", ep->medium);
	print_numbers(p, "types", "types", ep->types, ep->n_types);
	if (*ep->uuid)
		print_string(p, "uuid", "uuid", ep->uuid);
	if (ep->pool_start) {
		print_number(p, "pool", "pool_start", ep->pool_start);
		print_number(p, "to", "pool_end", ep->pool_end);
	}
	if (p->json)
		print_number(p, NULL, "local_eid", ep->local);
	print_string(p, NULL, "state", strcmp(ep->state, "Degraded") ? "available" : "degraded");
	print_record_end(p);
}

static int endpoint_list(struct mctp *m, struct args *a)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct endpoints all = {};
	sd_bus_message *reply = NULL;
	int status = STATUS_FINE;
	sd_bus *bus;
	size_t i;
	int err;

	if (args_end(a))
		return STATUS_MISUSE;
	if (bus_open(&bus))
		return STATUS_REFUSED;
	err = sd.call_method(bus, BUS_NAME, BUS_ROOT, "org.freedesktop.DBus.ObjectManager",
			     "GetManagedObjects", &error, &reply, "");
	if (err >= 0)
		err = read_objects(reply, &all);
	if (err < 0) {
		status = bus_refused("list the endpoints", &error, err);
	} else {
		if (all.n)
			qsort(all.list, all.n, sizeof(*all.list), compare);
		print_begin(&m->out);
		for (i = 0; i < all.n; i++)
			print_endpoint(&m->out, &all.list[i]);
		print_end(&m->out);
	}
	free(all.list);
	sd.error_free(&error);
	sd.message_unref(reply);
	sd.unref(bus);
	return status;
}

/* The call of a bus owner's method, with all that it needs. */
static int make_setup(sd_bus *bus, const char *device, const uint8_t *addr, size_t len, bool learn,
		      uint8_t eid, sd_bus_message **call)
{
	const char *method = learn ? "LearnEndpoint" : eid ? "AssignEndpointStatic" : "SetupEndpoint";
	char *path;
	int err;

	err = sd.path_encode(BUS_ROOT "/interfaces", device, &path);
	if (err < 0)
		return err;
	err = sd.message_new_method_call(bus, call, BUS_NAME, path, BUS_OWNER, method);
	free(path);
	if (err >= 0)
		err = sd.message_append_array(*call, 'y', addr, len);
	if (err >= 0 && eid && !learn)
		err = sd.message_append(*call, "y", eid);
	return err;
}

/* A link has the methods of a bus owner, or not, or is none. */
static int setup_refused(const char *device, const sd_bus_error *error, int err)
{
	if (sd.error_has_name(error, SD_BUS_ERROR_UNKNOWN_OBJECT))
		return refused("mctpd knows no link %s. Those that are: mctp link", device);
	if (sd.error_has_name(error, SD_BUS_ERROR_UNKNOWN_METHOD) ||
	    sd.error_has_name(error, SD_BUS_ERROR_UNKNOWN_INTERFACE))
		return refused("mctpd is not the bus owner on %s.", device);
	return bus_refused("set up the endpoint", error, err);
}

static int endpoint_setup(struct mctp *m, struct args *a)
{
	enum { ADDRESS, EID, LEARN };
	struct keyword words[] = {
		[ADDRESS] = { .name = "address" },
		[EID] = { .name = "eid" },
		[LEARN] = { .name = "learn", .flag = true },
	};
	sd_bus_message *call = NULL, *reply = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	uint8_t addr[LLADDR_MAX], eid = 0;
	int err, is_new, status;
	const char *device, *path;
	size_t len = 0;
	sd_bus *bus;
	int net;

	if (args_take(a, "the device", &device) || args_ifname(a, device) ||
	    ARGS_KEYWORDS(a, words) ||
	    (words[ADDRESS].value && args_lladdr(a, words[ADDRESS].value, addr, &len)) ||
	    (words[EID].value && args_eid(a, words[EID].value, &eid)))
		return STATUS_MISUSE;
	if (eid && words[LEARN].value)
		return misuse(a, "to learn an EID is not to give one: leave out learn, or eid.");
	if (bus_open(&bus))
		return STATUS_REFUSED;
	err = make_setup(bus, device, addr, len, words[LEARN].value, eid, &call);
	if (err >= 0)
		err = sd.call(bus, call, TIMEOUT_US, &error, &reply);
	if (err >= 0)
		err = sd.message_read(reply, "yisb", &eid, &net, &path, &is_new);
	if (err < 0) {
		status = setup_refused(device, &error, err);
	} else {
		print_begin(&m->out);
		print_record(&m->out);
		print_number(&m->out, "eid", "eid", eid);
		print_number(&m->out, "net", "net", net);
		print_bool(&m->out, "new", is_new, "new", "known");
		print_record_end(&m->out);
		print_end(&m->out);
		status = STATUS_FINE;
	}
	sd.error_free(&error);
	sd.message_unref(call);
	sd.message_unref(reply);
	sd.unref(bus);
	return status;
}

static int call_endpoint(struct args *a, const char *method, const char *what)
{
	struct keyword words[] = { { .name = "net", .alias = "network" } };
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int status = STATUS_FINE, err;
	uint32_t net = 1;
	const char *word;
	char path[96];
	uint8_t eid;
	sd_bus *bus;

	if (args_take(a, "the EID", &word) || args_eid(a, word, &eid) || ARGS_KEYWORDS(a, words) ||
	    (words[0].value && args_number(a, "the network", words[0].value, 1, UINT32_MAX, &net)))
		return STATUS_MISUSE;
	if (bus_open(&bus))
		return STATUS_REFUSED;
	snprintf(path, sizeof(path), BUS_ROOT "/networks/%u/endpoints/%u", net, eid);
	err = sd.call_method(bus, BUS_NAME, path, CONTROL, method, &error, NULL, "");
	if (sd.error_has_name(&error, SD_BUS_ERROR_UNKNOWN_OBJECT))
		status = refused("there is no endpoint %u in network %u. Those that are: "
				 "mctp endpoint list", eid, net);
	else if (err < 0)
		status = bus_refused(what, &error, err);
	sd.error_free(&error);
	sd.unref(bus);
	return status;
}

static int endpoint_recover(struct mctp *m, struct args *a)
{
	(void)m;
	return call_endpoint(a, "Recover", "recover the endpoint");
}

static int endpoint_remove(struct mctp *m, struct args *a)
{
	(void)m;
	return call_endpoint(a, "Remove", "remove the endpoint");
}

#endif

static const struct verb verbs[] = {
	{ "list", "", "list the endpoints that mctpd knows", endpoint_list },
	{ "setup", "DEV [address LLADDR] [eid EID | learn]",
	  "let mctpd set up what is on a link, with an EID of its pool, or this one, or its own",
	  endpoint_setup },
	{ "recover", "EID [net N]", "let mctpd find out whether an endpoint lives", endpoint_recover },
	{ "remove", "EID [net N]", "let mctpd forget an endpoint", endpoint_remove },
	{ }
};

const struct object endpoint_object = {
	.name = "endpoint",
	.purpose = "what mctpd knows of endpoints",
	.verbs = verbs,
};
