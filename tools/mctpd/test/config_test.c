// SPDX-License-Identifier: GPL-2.0
/* The configuration file: every key, and every mistake with its line. */
#include "test.h"

#include "../config.h"
#include "../../mctp/uuid_text.h"

static struct config config;
static char error[CONFIG_ERROR_MAX];

static int parse(const char *text)
{
	config_free(&config);
	config_init(&config);
	return config_parse(&config, text, strlen(text), "f", error);
}

#define assert_mistake(text, sentence)                     \
	do {                                               \
		assert_int_equal(parse(text), -EINVAL);    \
		assert_string_equal(error, sentence);      \
	} while (0)

static void an_empty_file_is_the_defaults(void **state)
{
	assert_int_equal(parse(""), 0);
	assert_int_equal(config.role, ROLE_BUS_OWNER);
	assert_int_equal(config.message_timeout_ms, 300);
	assert_int_equal(config.eid_first, 8);
	assert_int_equal(config.eid_last, 254);
	assert_int_equal(config.max_pool_size, 15);
	assert_int_equal(config.endpoint_poll_ms, 0);
	assert_false(config.have_uuid);
}

static void every_key(void **state)
{
	assert_int_equal(parse("role = \"endpoint\"\n"
			       "[mctp]\n"
			       "message_timeout_ms = 500\n"
			       "uuid = \"21f0f554-7f7c-4211-9ca1-6d0f000ea9e7\"\n"
			       "[bus-owner]\n"
			       "dynamic_eid_range = [20, 30]\n"
			       "max_pool_size = 7\n"
			       "endpoint_poll_ms = 1000\n"
			       "discovery_interval_ms = 0\n"
			       "max_requests = 2\n"
			       "[bridge]\n"
			       "pool_size = 6\n"
			       "[[interface]]\n"
			       "match = \"mctpi2c*\"\n"
			       "role = \"bus-owner\"\n"
			       "eid = 8\n"
			       "up = true\n"
			       "discover = true\n"
			       "addresses = [0x1d, [1, 2]]\n"
			       "[[interface]]\n"
			       "match = \"lo\"\n"
			       "[[static]]\n"
			       "eid = 12\n"
			       "interface = \"mctpserial0\"\n"
			       "[[static]]\n"
			       "eid = 13\n"
			       "address = 0x1d\n"
			       "uuid = \"21F0F554-7F7C-4211-9CA1-6D0F000EA9E7\"\n"
			       "pool_start = 14\n"
			       "pool_size = 3\n"),
			 0);
	assert_int_equal(config.role, ROLE_ENDPOINT);
	assert_int_equal(config.message_timeout_ms, 500);
	assert_int_equal(config.uuid[0], 0x21);
	assert_int_equal(config.eid_first, 20);
	assert_int_equal(config.eid_last, 30);
	assert_int_equal(config.max_pool_size, 7);
	assert_int_equal(config.endpoint_poll_ms, 1000);
	assert_int_equal(config.discovery_interval_ms, 0);
	assert_int_equal(config.max_requests, 2);
	assert_int_equal(config.bridge_pool_size, 6);
	assert_int_equal(config.n_interfaces, 2);
	assert_true(config.interfaces[0].have_role);
	assert_int_equal(config.interfaces[0].role, ROLE_BUS_OWNER);
	assert_int_equal(config.interfaces[0].n_addrs, 2);
	assert_int_equal(config.interfaces[0].addrs[1].len, 2);
	assert_false(config.interfaces[1].have_role);
	assert_int_equal(config.n_statics, 2);
	assert_int_equal(config.statics[1].pool_start, 14);
	assert_memory_equal(config.statics[1].uuid, config.uuid, 16);
	assert_ptr_equal(config_interface_of(&config, "mctpi2c12"), &config.interfaces[0]);
	assert_null(config_interface_of(&config, "mctpusb0"));
}

static void mistakes_name_their_line(void **state)
{
	assert_mistake("role = \"owner\"",
		       "f:1: role must be \"bus-owner\", \"endpoint\" or \"unknown\".");
	assert_mistake("\nrole = 1", "f:2: role must be a text in quotes.");
	assert_mistake("rule = 1", "f:1: there is no key \"rule\" outside of the sections.");
	assert_mistake("[mctp]\n\nuid = 1", "f:3: there is no key \"uid\" in [mctp].");
	assert_mistake("mctp = 1", "f:1: mctp must be a section: [mctp].");
	assert_mistake("[mctp]\nmessage_timeout_ms = 9",
		       "f:2: message_timeout_ms must be a number from 10 to 60000.");
	assert_mistake("[mctp]\nmessage_timeout_ms = \"9\"",
		       "f:2: message_timeout_ms must be a number from 10 to 60000.");
	assert_mistake("[mctp]\nuuid = \"21f0f554\"",
		       "f:2: uuid must be like \"21f0f554-7f7c-4211-9ca1-6d0f000ea9e7\".");
	assert_mistake("[bus-owner]\ndynamic_eid_range = [7, 20]",
		       "f:2: dynamic_eid_range must be a number from 8 to 254.");
	assert_mistake("[bus-owner]\ndynamic_eid_range = [21, 20]",
		       "f:2: dynamic_eid_range ends before it begins.");
	assert_mistake("[bus-owner]\ndynamic_eid_range = [21]",
		       "f:2: dynamic_eid_range must be two EIDs: [8, 254].");
	assert_mistake("[bus-owner]\nmax_requests = 7",
		       "f:2: max_requests must be a number from 1 to 6.");
	assert_mistake("[interface]\nmatch = \"a\"",
		       "f:1: write [[interface]], as there may be several.");
	assert_mistake("[[interface]]\nrole = \"endpoint\"",
		       "f:1: [[interface]] needs match, to say which it is about.");
	assert_mistake("[[interface]]\nmatch = \"a\"\nup = 1", "f:3: up must be true or false.");
	assert_mistake("[[interface]]\nmatch = \"a\"\naddresses = [256]",
		       "f:3: addresses must be a number from 0 to 255.");
	assert_mistake("[[interface]]\nmatch = \"a\"\naddresses = []",
		       "f:3: addresses must be a list of 1 to 256 addresses.");
	assert_mistake("[[interface]]\nmatch = \"a\"\ndiscover = false\naddresses = [1]",
		       "f:1: addresses are for discovery, which is switched off.");
	assert_mistake("[[static]]\ninterface = \"a\"", "f:1: [[static]] needs eid.");
	assert_mistake("[[static]]\neid = 9", "f:1: [[static]] needs interface, address or uuid.");
	assert_mistake("[[static]]\neid = 9\naddress = 1\n[[static]]\neid = 9\naddress = 2",
		       "f:4: EID 9 is given twice.");
	assert_mistake("[[static]]\neid = 12\naddress = 1\n"
		       "[[static]]\neid = 9\naddress = 2\npool_start = 10\npool_size = 3",
		       "f:4: EID 12 is given twice.");
	assert_mistake("[[static]]\neid = 9\naddress = 1\npool_start = 10\npool_size = 3\n"
		       "[[static]]\neid = 10\naddress = 2",
		       "f:6: EID 10 is given twice.");
	assert_mistake("[[static]]\neid = 9\naddress = 1\npool_start = 20\npool_size = 3\n"
		       "[[static]]\neid = 10\naddress = 2\npool_start = 22\npool_size = 1",
		       "f:6: EID 22 is given twice.");
	assert_int_equal(parse("[[static]]\neid = 9\naddress = 1\npool_start = 20\npool_size = 3\n"
			       "[[static]]\neid = 23\naddress = 2\npool_start = 10\npool_size = 10\n"
			       "[[static]]\neid = 24\naddress = 2\npool_size = 10"),
			 0);
	assert_mistake("[[static]]\neid = 9\naddress = 1\npool_start = 9\npool_size = 2",
		       "f:1: the bridge's own eid is in its pool.");
	assert_mistake("[[static]]\neid = 9\naddress = 1\npool_start = 254\npool_size = 2",
		       "f:1: the pool ends behind EID 254.");
	assert_mistake("[[static]]\neid = 9\naddress = 1\npool_start = 20",
		       "f:1: pool_start needs pool_size.");
}

static void what_is_no_toml_names_its_line(void **state)
{
	assert_int_equal(parse("a = 1\nb ="), -EINVAL);
	assert_memory_equal(error, "f:2: this is not TOML: ", 23);
	assert_int_equal(parse("role = \"a\"\nrole = \"b\""), -EINVAL);
	assert_memory_equal(error, "f:2: this is not TOML: ", 23);
}

static void after_a_mistake_there_are_the_defaults(void **state)
{
	assert_int_equal(parse("[[interface]]\nmatch = \"a\"\naddresses = [1]\n[b]"), -EINVAL);
	assert_int_equal(config.n_interfaces, 0);
	assert_int_equal(config.message_timeout_ms, 300);
}

static void a_file_that_is_not_there(void **state)
{
	assert_int_equal(config_read(&config, "/nonexistent/f", error), -ENOENT);
	assert_string_equal(error, "/nonexistent/f: No such file or directory.");
}

static void a_file_that_cannot_be_read(void **state)
{
	assert_int_equal(config_read(&config, "/", error), -EISDIR);
	assert_string_equal(error, "/: Is a directory.");
	assert_int_equal(config.message_timeout_ms, 300);
}

static void uuid_text(void **state)
{
	static const char *const bad[] = { "", "21f0f554", "21f0f554-7f7c-4211-9ca1-6d0f000ea9e",
					   "21f0f554-7f7c-4211-9ca1-6d0f000ea9e7a",
					   "21f0f5547-f7c-4211-9ca1-6d0f000ea9e7",
					   "21f0f554-7f7c-4211-9ca1-6d0f000ea9g7" };
	char text[UUID_TEXT_SIZE];
	uint8_t uuid[16];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(uuid_parse(bad[i], uuid));
	assert_true(uuid_parse("21f0f554-7f7c-4211-9ca1-6d0f000ea9e7", uuid));
	uuid_format(uuid, text);
	assert_string_equal(text, "21f0f554-7f7c-4211-9ca1-6d0f000ea9e7");
}

static int teardown(void **state)
{
	config_free(&config);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_is_the_defaults),
		cmocka_unit_test(every_key),
		cmocka_unit_test(mistakes_name_their_line),
		cmocka_unit_test(what_is_no_toml_names_its_line),
		cmocka_unit_test(after_a_mistake_there_are_the_defaults),
		cmocka_unit_test(a_file_that_is_not_there),
		cmocka_unit_test(a_file_that_cannot_be_read),
		cmocka_unit_test(uuid_text),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, teardown);
}
