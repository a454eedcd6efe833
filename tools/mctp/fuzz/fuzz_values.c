// SPDX-License-Identifier: GPL-2.0
/*
 * Values: what is taken is in its range, and reads the same once more when it is written out.
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mctp.h"
#include "parse.h"

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_number(const char *text)
{
	uint32_t value, again;
	char out[16];

	if (parse_number(text, 3, 1000000, &value) != PARSE_OK)
		return;
	check(value >= 3 && value <= 1000000);
	snprintf(out, sizeof(out), "0x%x", value);
	check(parse_number(out, 3, 1000000, &again) == PARSE_OK && again == value);
}

static void check_milli(const char *text)
{
	uint32_t value, again;
	char out[24];

	if (parse_milli(text, 86400000, &value) != PARSE_OK)
		return;
	check(value <= 86400000);
	snprintf(out, sizeof(out), "%u.%03u", value / 1000, value % 1000);
	check(parse_milli(out, 86400000, &again) == PARSE_OK && again == value);
}

static void check_eids(const char *text)
{
	uint8_t first, last, eid;

	if (parse_eid(text, &eid) == PARSE_OK)
		check(eid >= EID_FIRST && eid <= EID_LAST);
	if (parse_eid_range(text, &first, &last) == PARSE_OK)
		check(first >= EID_FIRST && first <= last && last <= EID_LAST);
}

static void check_lladdr(const char *text)
{
	uint8_t bytes[LLADDR_MAX], again[LLADDR_MAX];
	struct printer p = {};
	char out[128] = "";
	size_t len, len2;

	if (parse_lladdr(text, bytes, &len) != PARSE_OK)
		return;
	check(len >= 1 && len <= LLADDR_MAX);
	p.to = fmemopen(out, sizeof(out), "w");
	print_lladdr(&p, NULL, "lladdr", bytes, len);
	fclose(p.to);
	check(parse_lladdr(out, again, &len2) == PARSE_OK && len == len2 &&
	      !memcmp(bytes, again, len));
}

static void check_bytes(const char *text)
{
	uint8_t bytes[16];
	size_t len;

	if (parse_bytes(text, bytes, sizeof(bytes), &len) == PARSE_OK)
		check(len <= sizeof(bytes) && 2 * len <= strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	uint8_t type;

	memcpy(text, data, size);
	text[size] = '\0';
	check_number(text);
	check_milli(text);
	check_eids(text);
	check_lladdr(text);
	check_bytes(text);
	if (parse_type(text, &type) == PARSE_OK)
		check(type <= 0x7f);
	if (parse_ifname_valid(text))
		check(strlen(text) < IFNAMSIZ && !strchr(text, '/'));
	free(text);
	return 0;
}
