// SPDX-License-Identifier: GPL-2.0
/*
 * Answers of the control protocol, of any device.
 */
#include <stdlib.h>
#include <string.h>

#include "control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char versions[CONTROL_LIST_MAX][PRINT_STRINGS_SIZE];
	struct control_answer answer;
	struct control_vendor vendor;
	struct control_eid eid;
	const uint8_t *types;
	char uuid[UUID_TEXT_SIZE];
	size_t n, i;

	if (size < 2 || !control_is_answer(data, size, data[0], data[1], &answer))
		return 0;
	control_completion(answer.completion);
	control_read_eid(&answer, &eid);
	if (control_read_uuid(&answer, uuid) && strlen(uuid) != 36)
		abort();
	if (control_read_types(&answer, &types, &n) && (types < data || types + n > data + size))
		abort();
	if (control_read_versions(&answer, versions, &n)) {
		for (i = 0; i < n; i++) {
			if (strlen(versions[i]) >= PRINT_STRINGS_SIZE)
				abort();
		}
	}
	if (control_read_vendor(&answer, &vendor) && !vendor.is_iana && vendor.id > 0xffff)
		abort();
	return 0;
}
