// SPDX-License-Identifier: GPL-2.0
/*
 * libsystemd, loaded when `mctp endpoint` asks for it.
 */
#include <dlfcn.h>
#include <stddef.h>

#include "mctp.h"
#include "sdbus.h"

/* The version of its interface that all of sd_bus_* has been in. */
#define LIBRARY "libsystemd.so.0"

struct sdbus sd;

static const struct {
	const char *name;
	size_t at;
} functions[] = {
#define SDBUS_ENTRY(function) { "sd_bus_" #function, offsetof(struct sdbus, function) },
	SDBUS_FUNCTIONS(SDBUS_ENTRY)
};

int sdbus_load(void)
{
	void *library, *address;
	size_t i;

	if (sd.unref)
		return STATUS_FINE;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return refused("cannot ask mctpd without libsystemd: %s. On Debian: apt install libsystemd0",
			       dlerror());
	for (i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		address = dlsym(library, functions[i].name);
		if (!address)
			return refused("cannot ask mctpd: this libsystemd is too old: %s.", dlerror());
		*(void **)((char *)&sd + functions[i].at) = address;
	}
	return STATUS_FINE;
}
