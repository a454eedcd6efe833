// SPDX-License-Identifier: GPL-2.0
/* Messages of the control protocol: good ones, short ones, and ones that lie about their length. */
#include "test.h"

#include "../codec.h"

#define PARSE(msg, ...)                                                       \
	({                                                                    \
		static const uint8_t bytes[] = { __VA_ARGS__ };               \
		codec_parse(bytes, sizeof(bytes), msg);                       \
	})

static void short_messages_are_none(void **state)
{
	struct codec_message m;

	assert_int_equal(codec_parse("", 0, &m), -EBADMSG);
	assert_int_equal(PARSE(&m, 0x80), -EBADMSG);
	assert_int_equal(PARSE(&m, 0x00, 0x02), -EBADMSG);
	assert_int_equal(PARSE(&m, 0x80, 0x02), 0);
	assert_int_equal(m.len, 0);
	assert_int_equal(PARSE(&m, 0x00, 0x02, 0x05), 0);
	assert_int_equal(m.completion, CODEC_UNSUPPORTED);
	assert_int_equal(m.len, 0);
}

static void header_bits(void **state)
{
	struct codec_message m;

	assert_int_equal(PARSE(&m, 0xdf, 0x0d, 0xaa), 0);
	assert_true(m.request && m.datagram);
	assert_int_equal(m.instance, 31);
	assert_int_equal(m.command, CODEC_DISCOVERY_NOTIFY);
	assert_int_equal(m.len, 1);
	assert_int_equal(PARSE(&m, 0x3f, 0x02, 0x00), 0);
	assert_false(m.request || m.datagram);
	assert_int_equal(m.instance, 31);
}

static void an_answer_has_instance_and_command(void **state)
{
	struct codec_message m;

	PARSE(&m, 0x05, 0x02, 0x00, 9, 0, 0);
	assert_true(codec_answers(&m, 5, CODEC_GET_EID));
	assert_false(codec_answers(&m, 6, CODEC_GET_EID));
	assert_false(codec_answers(&m, 5, CODEC_GET_UUID));
	PARSE(&m, 0x85, 0x02, 0x00);
	assert_false(codec_answers(&m, 5, CODEC_GET_EID));
}

static void building(void **state)
{
	static const uint8_t wanted[] = { 0x9e, 0x01, 0x00, 0x08 };
	struct codec_buffer b;

	codec_request(&b, CODEC_SET_EID);
	codec_put_u8(&b, CODEC_SET);
	codec_put_u8(&b, 8);
	codec_set_instance(&b, 30);
	assert_int_equal(b.len, sizeof(wanted));
	assert_memory_equal(b.bytes, wanted, sizeof(wanted));
	assert_false(b.overflow);
	while (!b.overflow && b.len < CODEC_SIZE)
		codec_put_be32(&b, 1);
	assert_false(b.overflow);
	codec_put_u8(&b, 1);
	assert_true(b.overflow);
	assert_int_equal(b.len, CODEC_SIZE);
}

static void set_eid(void **state)
{
	struct codec_set_eid a;
	struct codec_message m;

	PARSE(&m, 0, 1, 0, 0x01, 9, 4);
	assert_int_equal(codec_read_set_eid(&m, &a), 0);
	assert_false(a.rejected);
	assert_int_equal(a.pool, CODEC_POOL_NEEDED);
	assert_int_equal(a.eid, 9);
	assert_int_equal(a.pool_size, 4);
	PARSE(&m, 0, 1, 0, 0x10, 7);
	assert_int_equal(codec_read_set_eid(&m, &a), 0);
	assert_true(a.rejected);
	assert_int_equal(a.pool_size, 0);
	PARSE(&m, 0, 1, 0, 0x00);
	assert_int_equal(codec_read_set_eid(&m, &a), -EBADMSG);
}

static void get_eid(void **state)
{
	struct codec_get_eid a;
	struct codec_message m;

	PARSE(&m, 0, 2, 0, 9, 0x12, 0x01);
	assert_int_equal(codec_read_get_eid(&m, &a), 0);
	assert_int_equal(a.eid, 9);
	assert_true(a.bridge);
	assert_int_equal(a.medium, 1);
	PARSE(&m, 0, 2, 0, 0, 0);
	assert_int_equal(codec_read_get_eid(&m, &a), 0);
	assert_false(a.bridge);
	PARSE(&m, 0, 2, 0, 9);
	assert_int_equal(codec_read_get_eid(&m, &a), -EBADMSG);
}

static void uuids(void **state)
{
	struct codec_message m;
	uint8_t uuid[16];

	PARSE(&m, 0, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
	assert_int_equal(codec_read_uuid(&m, uuid), 0);
	assert_int_equal(uuid[15], 16);
	PARSE(&m, 0, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	assert_int_equal(codec_read_uuid(&m, uuid), -EBADMSG);
	PARSE(&m, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	assert_int_equal(codec_read_uuid(&m, uuid), -ENODATA);
}

static void types(void **state)
{
	struct codec_message m;
	uint8_t list[3];

	PARSE(&m, 0, 5, 0, 2, 0, 1);
	assert_int_equal(codec_read_types(&m, list, 3), 2);
	assert_int_equal(list[1], 1);
	PARSE(&m, 0, 5, 0, 0);
	assert_int_equal(codec_read_types(&m, list, 3), 0);
	PARSE(&m, 0, 5, 0, 5, 0, 1, 2, 3, 4);
	assert_int_equal(codec_read_types(&m, list, 3), 3);
	PARSE(&m, 0, 5, 0, 3, 0, 1);
	assert_int_equal(codec_read_types(&m, list, 3), -EBADMSG);
	PARSE(&m, 0, 5, 0);
	assert_int_equal(codec_read_types(&m, list, 3), -EBADMSG);
}

static void vendor_defined(void **state)
{
	struct codec_message m;
	struct codec_vdm v;
	uint8_t next;

	PARSE(&m, 0, 6, 0, 1, 0, 0x80, 0x86, 0x12, 0x34);
	assert_int_equal(codec_read_vdm(&m, &next, &v), 0);
	assert_int_equal(next, 1);
	assert_int_equal(v.vendor, 0x8086);
	assert_int_equal(v.commands, 0x1234);
	PARSE(&m, 0, 6, 0, 0xff, 1, 0xa0, 0, 0, 1, 0, 2);
	assert_int_equal(codec_read_vdm(&m, &next, &v), 0);
	assert_int_equal(next, CODEC_LAST_HANDLE);
	assert_int_equal(v.vendor, 0xa0000001);
	assert_int_equal(v.commands, 2);
	PARSE(&m, 0, 6, 0, 0xff, 1, 0xa0, 0, 0, 1, 0);
	assert_int_equal(codec_read_vdm(&m, &next, &v), -EBADMSG);
	PARSE(&m, 0, 6, 0, 0xff, 0, 0xa0, 0, 0);
	assert_int_equal(codec_read_vdm(&m, &next, &v), -EBADMSG);
	PARSE(&m, 0, 6, 0, 0xff, 2, 0xa0, 0, 0, 1, 0, 2);
	assert_int_equal(codec_read_vdm(&m, &next, &v), -EBADMSG);
}

static void vendor_defined_there_and_back(void **state)
{
	static const struct codec_vdm sent[] = { { 0, 0x1af4, 7 }, { 1, 0x1234567, 0xffff } };
	const struct codec_message request = { .request = true, .command = CODEC_GET_VDM };
	struct codec_message m;
	struct codec_buffer b;
	struct codec_vdm got;
	uint8_t next;
	int i;

	for (i = 0; i < 2; i++) {
		codec_response(&b, &request, CODEC_SUCCESS);
		codec_put_u8(&b, CODEC_LAST_HANDLE);
		codec_put_vdm(&b, &sent[i]);
		assert_int_equal(codec_parse(b.bytes, b.len, &m), 0);
		assert_int_equal(codec_read_vdm(&m, &next, &got), 0);
		assert_int_equal(got.format, sent[i].format);
		assert_int_equal(got.vendor, sent[i].vendor);
		assert_int_equal(got.commands, sent[i].commands);
	}
}

static void allocate(void **state)
{
	struct codec_allocate a;
	struct codec_message m;

	PARSE(&m, 0, 8, 0, 1, 4, 20);
	assert_int_equal(codec_read_allocate(&m, &a), 0);
	assert_true(a.rejected);
	assert_int_equal(a.size, 4);
	assert_int_equal(a.first, 20);
	PARSE(&m, 0, 8, 0, 0, 4);
	assert_int_equal(codec_read_allocate(&m, &a), -EBADMSG);
}

static void routes(void **state)
{
	struct codec_route r[CODEC_ROUTES_MAX];
	struct codec_message m;
	uint8_t next;

	PARSE(&m, 0, 10, 0, 0xff, 2, 1, 9, 0x80, 1, 4, 1, 0x1d, 3, 10, 0x40, 0, 0, 0);
	assert_int_equal(codec_read_routes(&m, &next, r), 2);
	assert_int_equal(next, CODEC_LAST_HANDLE);
	assert_int_equal(r[0].first, 9);
	assert_int_equal(r[0].addr_len, 1);
	assert_int_equal(r[0].addr[0], 0x1d);
	assert_int_equal(r[1].size, 3);
	assert_int_equal(r[1].addr_len, 0);
	PARSE(&m, 0, 10, 0, 0xff, 2, 1, 9, 0x80, 1, 4, 1, 0x1d);
	assert_int_equal(codec_read_routes(&m, &next, r), -EBADMSG);
	PARSE(&m, 0, 10, 0, 0xff, 1, 1, 9, 0x80, 1, 4, 2, 0x1d);
	assert_int_equal(codec_read_routes(&m, &next, r), -EBADMSG);
	PARSE(&m, 0, 10, 0, 0xff, 1, 1, 9, 0x80, 1, 4, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	assert_int_equal(codec_read_routes(&m, &next, r), -EBADMSG);
	PARSE(&m, 0, 10, 0, 0xff);
	assert_int_equal(codec_read_routes(&m, &next, r), -EBADMSG);
}

/* As many as a message has room for, and not one more */
static void as_many_routes_as_there_can_be(void **state)
{
	uint8_t bytes[5 + 6 * (CODEC_ROUTES_MAX + 1)] = { 0, 10, 0, 0xff };
	struct codec_route r[CODEC_ROUTES_MAX];
	struct codec_message m;
	uint8_t next;
	int n;

	for (n = CODEC_ROUTES_MAX; n <= CODEC_ROUTES_MAX + 1; n++) {
		bytes[4] = n;
		bytes[5 + 6 * (n - 1) + 1] = n;
		assert_int_equal(codec_parse(bytes, 5 + 6 * n, &m), 0);
		assert_int_equal(codec_read_routes(&m, &next, r), n > CODEC_ROUTES_MAX ? -EBADMSG : n);
	}
	assert_int_equal(r[CODEC_ROUTES_MAX - 1].first, CODEC_ROUTES_MAX);
}

/* Whatever comes, no reader goes beyond it (the sanitizers look on). */
static void noise_is_read_within_its_bounds(void **state)
{
	struct codec_route r[CODEC_ROUTES_MAX];
	struct codec_allocate allocated;
	struct codec_set_eid set;
	struct codec_get_eid get;
	struct codec_message m;
	struct codec_vdm vdm;
	uint8_t list[300], next;
	int round, n;

	srandom(1);
	for (round = 0; round < 50000; round++) {
		size_t len = random() % 64, i;
		uint8_t *bytes = malloc(len ? len : 1);

		for (i = 0; i < len; i++)
			bytes[i] = random() % 3 ? random() % 8 : random();
		if (!codec_parse(bytes, len, &m)) {
			n = codec_read_routes(&m, &next, r);
			assert_true(n <= CODEC_ROUTES_MAX);
			n = codec_read_types(&m, list, sizeof(list));
			assert_true(n <= 255);
			codec_read_vdm(&m, &next, &vdm);
			codec_read_uuid(&m, list);
			codec_read_allocate(&m, &allocated);
			codec_read_set_eid(&m, &set);
			codec_read_get_eid(&m, &get);
			assert_non_null(codec_command_name(m.command));
			assert_non_null(codec_completion_name(m.completion));
		}
		free(bytes);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_messages_are_none),
		cmocka_unit_test(header_bits),
		cmocka_unit_test(an_answer_has_instance_and_command),
		cmocka_unit_test(building),
		cmocka_unit_test(set_eid),
		cmocka_unit_test(get_eid),
		cmocka_unit_test(uuids),
		cmocka_unit_test(types),
		cmocka_unit_test(vendor_defined),
		cmocka_unit_test(vendor_defined_there_and_back),
		cmocka_unit_test(allocate),
		cmocka_unit_test(routes),
		cmocka_unit_test(as_many_routes_as_there_can_be),
		cmocka_unit_test(noise_is_read_within_its_bounds),
	};

	return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
