// SPDX-License-Identifier: GPL-2.0
/*
 * The responder in each role, without a kernel: what is not there, what has a wrong length, and noise. The right
 * answers are tested on links, by the selftests.
 */
#include "test.h"

#include "../responder.c"

static struct link *all_links;
static unsigned int discovered;

static const struct kernel_route routes_of_kernel[] = {
	{ .first = 20, .last = 20, .index = 1 },
	{ .first = 30, .last = 30, .index = 2 },
	{ .first = 30, .last = 49, .index = 1 },
	{ .first = 40, .last = 42, .gw_net = 1, .gw = 30, .mtu = 84 },
	{ .first = 60, .last = 60, .gw_net = 1, .gw = 61 },
	{ .first = 61, .last = 61, .gw_net = 1, .gw = 60 },
	{ .first = 70, .last = 70, .gw_net = 2, .gw = 20 },
	{ .first = 8, .last = 8, .index = 1, .local = true },
};

int kernel_routes(struct mctpd *d, struct kernel_route **routes, size_t *n)
{
	*n = sizeof(routes_of_kernel) / sizeof(*routes_of_kernel);
	*routes = malloc(sizeof(routes_of_kernel));
	memcpy(*routes, routes_of_kernel, sizeof(routes_of_kernel));
	return 0;
}

/* What the kernel has by the gateway that tells, and how many more routes it takes */
static struct kernel_route by_owner[300];
static size_t n_by_owner, room_by_owner;

int kernel_routes_by(struct mctpd *d, uint32_t net, uint8_t gw, struct kernel_route **routes, size_t *n)
{
	*n = n_by_owner;
	*routes = malloc(sizeof(by_owner));
	memcpy(*routes, by_owner, sizeof(by_owner));
	return 0;
}

int kernel_add_gateway(struct mctpd *d, uint32_t net, uint8_t gw, uint8_t first, uint8_t size)
{
	if (n_by_owner == room_by_owner)
		return -ENOMEM;
	by_owner[n_by_owner++] = (struct kernel_route){ .first = first, .last = first + size - 1, .gw = gw };
	return 0;
}

int kernel_del_gateway(struct mctpd *d, uint32_t net, uint8_t gw, uint8_t first, uint8_t size)
{
	size_t i;

	for (i = 0; i < n_by_owner; i++) {
		if (by_owner[i].first == first && by_owner[i].last == first + size - 1) {
			by_owner[i] = by_owner[--n_by_owner];
			return 0;
		}
	}
	return -ENOENT;
}

static bool is_by_owner(int first, int last)
{
	size_t i;

	for (i = 0; i < n_by_owner; i++) {
		if (by_owner[i].first == first && by_owner[i].last == last)
			return true;
	}
	return false;
}

struct link *link_find(struct mctpd *d, int index)
{
	struct link *link;

	for (link = all_links; link && link->index != index; link = link->next)
		;
	return link;
}

uint8_t link_local_eid(const struct link *link)
{
	return link->n_eids ? link->eids[0] : EID_NULL;
}

struct link *network_upstream(const struct network *network)
{
	struct link *link;

	for (link = all_links; link; link = link->next) {
		if (link->network == network && link->role == ROLE_ENDPOINT)
			return link;
	}
	return NULL;
}

bool network_is_local(const struct network *network, uint8_t eid)
{
	const struct link *link;

	for (link = all_links; link; link = link->next) {
		if (link->network == network && eid && link_local_eid(link) == eid)
			return true;
	}
	return false;
}

int discover_announced(struct link *link, const struct config_addr *addr)
{
	discovered++;
	return discovered > 1 ? -EBUSY : 0;
}

struct endpoint *endpoint_pool_owner(struct network *network, uint8_t eid)
{
	int i;

	for (i = 0; i < 256; i++) {
		struct endpoint *ep = network->endpoints[i];

		if (ep && eid >= ep->pool_start && eid < ep->pool_start + ep->pool_size)
			return ep;
	}
	return NULL;
}

void bridge_put_entry(struct codec_buffer *b, const struct endpoint *ep, bool pool)
{
	codec_put_route(b, &(struct codec_route){
		.size = pool ? ep->pool_size : 1, .first = pool ? ep->pool_start : ep->eid });
}

int kernel_add_addr(struct mctpd *d, int index, uint8_t eid) { return 0; }
int kernel_del_addr(struct mctpd *d, int index, uint8_t eid) { return 0; }
int kernel_del_neigh(struct mctpd *d, int index, uint8_t eid) { return 0; }
int kernel_add_neigh(struct mctpd *d, int index, uint8_t eid, const struct config_addr *addr) { return 0; }
int kernel_add_route(struct mctpd *d, int index, uint8_t first, uint8_t size, uint32_t mtu) { return 0; }
int kernel_del_route(struct mctpd *d, int index, uint8_t first, uint8_t size) { return 0; }

/* The endpoint with EID 100, if there is one, is none that the bus owner has given us. */
void endpoint_remove_foreign(struct network *network)
{
	network->pool.eids[100].taken = false;
}

void bridge_tell_all(struct network *network) { }
void network_set_range(struct network *network) { }
void network_sync_local(struct network *network) { }
void discover_link(struct link *link) { }
void log_say(int level, const char *format, ...) { }

enum { OWNER, ENDPOINT, BRIDGE, UNKNOWN, N_ROLES };

/**
 * struct world - a daemon with the link @near, which asks, and another
 */
struct world {
	struct mctpd d;
	struct network network;
	struct link near, far;
	struct endpoint known;
};

static void make(struct world *w, int role)
{
	memset(w, 0, sizeof(*w));
	n_by_owner = 0;
	room_by_owner = 300;
	w->d.responder = -1;
	w->d.config.bridge_pool_size = 6;
	w->d.links = &w->near;
	all_links = &w->near;
	w->network = (struct network){ .d = &w->d, .id = 1 };
	w->near = (struct link){
		.d = &w->d, .next = &w->far, .index = 1, .network = &w->network, .mtu = 254,
		.role = role == OWNER	? ROLE_BUS_OWNER :
			role == UNKNOWN ? ROLE_UNKNOWN :
					  ROLE_ENDPOINT,
		.addr_len = 1, .addr = { 0x10 }, .n_eids = 1, .eids = { 8 },
	};
	w->far = (struct link){
		.d = &w->d, .index = 2, .network = &w->network, .mtu = 100,
		.role = role == BRIDGE ? ROLE_BUS_OWNER : ROLE_UNKNOWN,
	};
	w->known = (struct endpoint){ .network = &w->network, .link = &w->near, .eid = 20 };
	w->network.endpoints[20] = &w->known;
}

/* Ask; Return: the completion code, -1 for no answer. */
static int ask(struct world *w, struct asked *a, const uint8_t *bytes, size_t len)
{
	*a = (struct asked){ .d = &w->d, .link = &w->near };
	a->from.smctp_base.smctp_addr.s_addr = 20;
	a->from.smctp_halen = 1;
	assert_int_equal(codec_parse(bytes, len, &a->msg), 0);
	respond(a);
	if (!a->b.len)
		return -1;
	assert_false(a->b.overflow);
	assert_true(a->b.len >= 3);
	assert_int_equal(a->b.bytes[0], a->msg.instance);
	assert_int_equal(a->b.bytes[1], a->msg.command);
	return a->b.bytes[2];
}

/* Length of each command's data, -1 where it has none that is fixed; and who answers it. */
static const struct {
	int len;
	bool answers[N_ROLES];
} known[0x10] = {
	[0x01] = { 2, { true, true, true, true } },
	[0x02] = { 0, { true, true, true, true } },
	[0x03] = { 0, { true, true, true, true } },
	[0x04] = { 1, { true, true, true, true } },
	[0x05] = { 0, { true, true, true, true } },
	[0x06] = { 1, { true, true, true, true } },
	[0x07] = { 1, { true, false, false, false } },
	[0x08] = { 3, { false, false, true, false } },
	[0x09] = { -1, { false, false, true, false } },
	[0x0a] = { 1, { true, false, true, false } },
	[0x0b] = { 0, { false, true, true, false } },
	[0x0c] = { 0, { false, true, true, false } },
	[0x0d] = { 0, { true, false, false, false } },
	[0x0f] = { 2, { true, false, true, false } },
};

static void what_a_role_has_not_is_unsupported(void **state)
{
	uint8_t bytes[66] = { 0x81 };
	struct world w;
	struct asked a;
	int role, command, len;

	for (role = 0; role < N_ROLES; role++) {
		for (command = 0; command < 256; command++) {
			if (command < 0x10 && known[command].answers[role])
				continue;
			bytes[1] = command;
			for (len = 0; len <= 64; len++) {
				make(&w, role);
				assert_int_equal(ask(&w, &a, bytes, 2 + len), CODEC_UNSUPPORTED);
				assert_int_equal(a.b.len, 3);
			}
		}
	}
}

static void a_wrong_length_is_said_to_be_that(void **state)
{
	uint8_t bytes[66] = { 0x81 };
	struct world w;
	struct asked a;
	int role, command, len;

	for (role = 0; role < N_ROLES; role++) {
		for (command = 0; command < 0x10; command++) {
			if (!known[command].answers[role] || known[command].len < 0)
				continue;
			bytes[1] = command;
			for (len = 0; len <= 64; len++) {
				if (len == known[command].len)
					continue;
				make(&w, role);
				assert_int_equal(ask(&w, &a, bytes, 2 + len), CODEC_INVALID_LENGTH);
				assert_int_equal(a.b.len, 3);
			}
			make(&w, role);
			assert_int_not_equal(ask(&w, &a, bytes, 2 + known[command].len),
					     CODEC_INVALID_LENGTH);
		}
	}
}

static void nothing_happens_by_a_wrong_length(void **state)
{
	static const uint8_t notify[] = { 0x80, CODEC_DISCOVERY_NOTIFY, 0 };
	struct world w;
	struct asked a;

	make(&w, OWNER);
	discovered = 0;
	ask(&w, &a, notify, sizeof(notify));
	assert_int_equal(discovered, 0);
	assert_int_equal(ask(&w, &a, notify, sizeof(notify) - 1), CODEC_SUCCESS);
	assert_int_equal(discovered, 1);
	assert_int_equal(ask(&w, &a, notify, sizeof(notify) - 1), CODEC_NOT_READY);
}

static int set_eid_of(struct world *w, struct asked *a, uint8_t operation, uint8_t eid)
{
	const uint8_t bytes[] = { 0x80, CODEC_SET_EID, operation, eid };

	return ask(w, a, bytes, sizeof(bytes));
}

static void eids_that_cannot_be(void **state)
{
	struct world w;
	struct asked a;
	int eid, role;

	for (role = 0; role < N_ROLES; role++) {
		for (eid = 0; eid < 256; eid++) {
			bool good = eid >= EID_FIRST && eid <= EID_LAST;

			make(&w, role);
			assert_int_equal(set_eid_of(&w, &a, CODEC_SET, eid),
					 good ? CODEC_SUCCESS : CODEC_INVALID_DATA);
			assert_int_equal(link_local_eid(&w.near),
					 good && (role == ENDPOINT || role == BRIDGE) ? eid : 8);
			make(&w, role);
			assert_int_equal(set_eid_of(&w, &a, CODEC_SET_RESET, eid), CODEC_INVALID_DATA);
		}
	}
}

static void who_was_found_is_silent_until_prepared(void **state)
{
	static const uint8_t prepare[] = { 0x80, CODEC_PREPARE_DISCOVERY };
	static const uint8_t discover[] = { 0x80, CODEC_DISCOVERY };
	struct world w;
	struct asked a;

	make(&w, ENDPOINT);
	assert_int_equal(ask(&w, &a, discover, 2), CODEC_SUCCESS);
	assert_int_equal(set_eid_of(&w, &a, CODEC_SET_DISCOVERED, 0), CODEC_SUCCESS);
	assert_int_equal(ask(&w, &a, discover, 2), -1);
	assert_int_equal(ask(&w, &a, prepare, 2), CODEC_SUCCESS);
	assert_int_equal(ask(&w, &a, discover, 2), CODEC_SUCCESS);
	assert_int_equal(set_eid_of(&w, &a, CODEC_SET, 9), CODEC_SUCCESS);
	assert_int_equal(ask(&w, &a, discover, 2), -1);
	make(&w, OWNER);
	assert_int_equal(set_eid_of(&w, &a, CODEC_SET_DISCOVERED, 0), CODEC_INVALID_DATA);
}

/* Completion code, next bridge and unit on the way out, in one number. */
static unsigned int hop_to(uint8_t eid)
{
	const uint8_t bytes[] = { 0x80, CODEC_QUERY_HOP, eid, 0 };
	struct world w;
	struct asked a;
	int completion;

	make(&w, BRIDGE);
	completion = ask(&w, &a, bytes, sizeof(bytes));
	if (completion != CODEC_SUCCESS)
		return completion << 24;
	assert_int_equal(a.b.len, 3 + 6);
	assert_int_equal(a.b.bytes[4], 0xff);
	assert_int_equal(a.b.bytes[5] << 8 | a.b.bytes[6], (254 - 68) / 16);
	return a.b.bytes[3] << 16 | a.b.bytes[7] << 8 | a.b.bytes[8];
}

static void hops(void **state)
{
	/* ours, and on the link that asks: not by us */
	assert_int_equal(hop_to(8), 0 << 16 | 11);
	assert_int_equal(hop_to(20), 0 << 16 | 11);
	/* a route of one EID beats the range around it */
	assert_int_equal(hop_to(30), 30 << 16 | 2);
	assert_int_equal(hop_to(31), 0 << 16 | 11);
	/* behind a bridge, by a route with an MTU of its own */
	assert_int_equal(hop_to(41), 30 << 16 | 1);
	/* a loop, a gateway in another network, nothing at all, no EID */
	assert_int_equal(hop_to(60), CODEC_INVALID_DATA << 24);
	assert_int_equal(hop_to(70), CODEC_INVALID_DATA << 24);
	assert_int_equal(hop_to(200), CODEC_INVALID_DATA << 24);
	assert_int_equal(hop_to(EID_NULL), CODEC_INVALID_DATA << 24);
	assert_int_equal(hop_to(EID_BROADCAST), CODEC_INVALID_DATA << 24);
}

/* Whatever is asked, in whatever order, is answered within the bounds of an answer (the sanitizers look on). */
static void noise_is_answered(void **state)
{
	struct support supports[3] = {
		{ .type = 5, .versions = (uint32_t[]){ 0xf1f0ff00 }, .n_versions = 1 },
		{ .vdm = true, .kind = { .vendor = 0x1af4 } },
		{ .vdm = true, .kind = { .format = 1, .vendor = 0xa015 } },
	};
	struct world w;
	struct asked a;
	int role, round, completion;

	srandom(2);
	supports[0].next = &supports[1];
	supports[1].next = &supports[2];
	for (role = 0; role < N_ROLES; role++) {
		make(&w, role);
		w.d.supports = supports;
		for (round = 0; round < 50000; round++) {
			size_t len = 2 + random() % 32, i;
			uint8_t *bytes = malloc(len);

			for (i = 0; i < len; i++)
				bytes[i] = random() % 2 ? random() % 24 : random();
			bytes[0] |= CODEC_REQUEST;
			bytes[1] %= 24;
			completion = ask(&w, &a, bytes, len);
			assert_in_range(completion + 1, 0, CODEC_TYPE_UNSUPPORTED + 1);
			if (completion == -1)
				assert_int_equal(bytes[1], CODEC_DISCOVERY);
			free(bytes);
		}
	}
}

/* The table from @handle on: its size and EID of each entry are @want, and the next handle is @next. */
static void table_is(struct world *w, uint8_t handle, uint8_t next, const uint8_t (*want)[2], int n)
{
	uint8_t bytes[] = { 0x81, CODEC_GET_ROUTING, handle };
	struct codec_route routes[CODEC_ROUTES_MAX];
	struct codec_message msg;
	struct asked a;
	uint8_t said;
	int i;

	assert_int_equal(ask(w, &a, bytes, sizeof(bytes)), CODEC_SUCCESS);
	assert_int_equal(codec_parse(a.b.bytes, a.b.len, &msg), 0);
	assert_int_equal(codec_read_routes(&msg, &said, routes), n);
	assert_int_equal(said, next);
	for (i = 0; i < n; i++) {
		assert_int_equal(routes[i].size, want[i][0]);
		assert_int_equal(routes[i].first, want[i][1]);
	}
}

static void a_table_has_each_pool_once(void **state)
{
	static const uint8_t first[][2] = { { 1, 20 }, { 1, 30 }, { 10, 40 }, { 1, 60 }, { 1, 61 } };
	static const uint8_t second[][2] = { { 1, 62 }, { 2, 253 } };
	const uint8_t beyond[] = { 0x81, CODEC_GET_ROUTING, 254 };
	static const uint8_t eids[] = { 30, 40, 49, 60, 61, 62 };
	struct endpoint others[6];
	struct world w;
	struct asked a;
	int i;

	make(&w, OWNER);
	for (i = 0; i < 6; i++) {
		others[i] = (struct endpoint){ .network = &w.network, .link = &w.near, .eid = eids[i] };
		w.network.endpoints[eids[i]] = &others[i];
	}
	others[0].pool_start = 40;
	others[0].pool_size = 10;
	others[1].bridge = &others[0];
	others[2].bridge = &others[0];
	/* to the last EID that there is, with nobody behind it yet */
	others[5].pool_start = 253;
	others[5].pool_size = 2;
	table_is(&w, 0, 62, first, 5);
	table_is(&w, 62, CODEC_LAST_HANDLE, second, 2);
	/* from the middle of a pool, and from where nothing is */
	table_is(&w, 41, CODEC_LAST_HANDLE,
		 (const uint8_t[][2]){ { 1, 60 }, { 1, 61 }, { 1, 62 }, { 2, 253 } }, 4);
	table_is(&w, 63, CODEC_LAST_HANDLE, second + 1, 1);
	assert_int_equal(ask(&w, &a, beyond, sizeof(beyond)), CODEC_INVALID_DATA);
}

/* The bus owner tells that so many EIDs from each of those in @first on are elsewhere. */
static int tell(struct world *w, const uint8_t *first, int n, uint8_t size)
{
	uint8_t bytes[3 + 6 * 255] = { 0x80, CODEC_ROUTING_UPDATE, n };
	struct asked a;
	int i;

	for (i = 0; i < n; i++) {
		bytes[3 + 6 * i] = size;
		bytes[3 + 6 * i + 1] = first[i];
	}
	w->near.bus_owner = 20;
	return ask(w, &a, bytes, 3 + 6 * n);
}

static void each_entry_of_an_update_is_taken(void **state)
{
	uint8_t first[168];
	struct world w;
	int i;

	make(&w, BRIDGE);
	for (i = 0; i < 168; i++)
		first[i] = 30 + i;
	assert_int_equal(tell(&w, first, 168, 1), CODEC_SUCCESS);
	assert_int_equal(n_by_owner, 168);
	for (i = 0; i < 168; i++)
		assert_true(is_by_owner(first[i], first[i]));
}

static void what_is_told_twice_counts_once(void **state)
{
	uint8_t first[100], other[101];
	struct world w;
	int i;

	make(&w, BRIDGE);
	for (i = 0; i < 100; i++) {
		first[i] = 30 + i / 2;
		other[i] = 30 + i;
	}
	other[100] = 130;
	assert_int_equal(tell(&w, first, 100, 1), CODEC_SUCCESS);
	assert_int_equal(n_by_owner, 50);
	assert_int_equal(tell(&w, other, 100, 2), CODEC_SUCCESS);
	assert_int_equal(tell(&w, other, 100, 3), CODEC_SUCCESS);
	/* 250 so far, and 256 are taken */
	assert_int_equal(tell(&w, first, 12, 4), CODEC_SUCCESS);
	assert_int_equal(n_by_owner, 256);
	assert_int_equal(tell(&w, first, 100, 1), CODEC_SUCCESS);
	assert_int_equal(tell(&w, other + 100, 1, 1), CODEC_ERROR);
	assert_int_equal(n_by_owner, 256);
}

static void what_the_kernel_refuses_is_said_and_does_not_count(void **state)
{
	static const uint8_t first[] = { 30, 40, 50 };
	struct world w;
	int i;

	make(&w, BRIDGE);
	room_by_owner = 2;
	for (i = 0; i < 300; i++)
		assert_int_equal(tell(&w, first, 3, 2), CODEC_ERROR);
	room_by_owner = 3;
	assert_int_equal(tell(&w, first, 3, 2), CODEC_SUCCESS);
	assert_true(is_by_owner(50, 51));
	assert_false(w.near.told_too_much);
}

static int give_pool(struct world *w, uint8_t first, uint8_t size)
{
	const uint8_t bytes[] = { 0x80, CODEC_ALLOCATE_EIDS, CODEC_ALLOCATE_FORCE, size, first };
	struct asked a;

	return ask(w, &a, bytes, sizeof(bytes));
}

/* The bus owner tells of EIDs that an endpoint of ours has, and gives us others. */
static void what_was_ours_is_reached_by_the_owner(void **state)
{
	static const uint8_t first[] = { 96 };
	struct world w;

	make(&w, BRIDGE);
	w.network.pool.eids[100].taken = true;
	assert_int_equal(tell(&w, first, 1, 10), CODEC_SUCCESS);
	assert_int_equal(n_by_owner, 2);
	assert_true(is_by_owner(96, 99));
	assert_true(is_by_owner(101, 105));
	assert_int_equal(give_pool(&w, 104, 6), CODEC_SUCCESS);
	assert_int_equal(n_by_owner, 3);
	assert_true(is_by_owner(96, 99));
	assert_true(is_by_owner(100, 100));
	assert_true(is_by_owner(101, 103));
	/* and its pool, when it moves on */
	assert_int_equal(give_pool(&w, 110, 6), CODEC_SUCCESS);
	assert_int_equal(n_by_owner, 4);
	assert_true(is_by_owner(104, 105));
}

/* An EID that is being given when the bus owner tells of it, and a range of a bridge that leaves */
static void what_is_given_back_is_reached_by_the_owner(void **state)
{
	static const uint8_t first[] = { 96 };
	struct world w;
	int eid;

	make(&w, BRIDGE);
	for (eid = 100; eid < 104; eid++)
		w.network.pool.eids[eid].taken = true;
	assert_int_equal(tell(&w, first, 1, 10), CODEC_SUCCESS);
	assert_int_equal(n_by_owner, 2);
	responder_reach(&w.network, 104, 2);
	w.network.pool.eids[100].taken = false;
	responder_reach(&w.network, 100, 1);
	assert_int_equal(n_by_owner, 3);
	assert_true(is_by_owner(100, 100));
	for (eid = 101; eid < 104; eid++)
		w.network.pool.eids[eid].taken = false;
	responder_reach(&w.network, 101, 3);
	assert_int_equal(n_by_owner, 4);
	assert_true(is_by_owner(101, 103));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_role_has_not_is_unsupported),
		cmocka_unit_test(a_wrong_length_is_said_to_be_that),
		cmocka_unit_test(nothing_happens_by_a_wrong_length),
		cmocka_unit_test(eids_that_cannot_be),
		cmocka_unit_test(who_was_found_is_silent_until_prepared),
		cmocka_unit_test(hops),
		cmocka_unit_test(a_table_has_each_pool_once),
		cmocka_unit_test(each_entry_of_an_update_is_taken),
		cmocka_unit_test(what_is_told_twice_counts_once),
		cmocka_unit_test(what_the_kernel_refuses_is_said_and_does_not_count),
		cmocka_unit_test(what_was_ours_is_reached_by_the_owner),
		cmocka_unit_test(what_is_given_back_is_reached_by_the_owner),
		cmocka_unit_test(noise_is_answered),
	};

	return cmocka_run_group_tests_name("responder", tests, NULL, NULL);
}
