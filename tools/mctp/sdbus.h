/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions of libsystemd's sd-bus(3) that this command uses, found as it is first needed.
 *
 * Only `mctp endpoint` speaks D-Bus. Linked in, libsystemd and the seven libraries it takes with it were most of
 * the time of every other mctp: 1.05 million instructions, of which 1.0 million are the dynamic linker's.
 */
#ifndef MCTP_TOOL_SDBUS_H
#define MCTP_TOOL_SDBUS_H

#include <systemd/sd-bus.h>

#define SDBUS_FUNCTIONS(f)	\
	f(call)			\
	f(call_method)		\
	f(error_free)		\
	f(error_has_name)	\
	f(message_append)	\
	f(message_append_array)	\
	f(message_enter_container) \
	f(message_exit_container) \
	f(message_new_method_call) \
	f(message_read)		\
	f(message_read_array)	\
	f(message_skip)		\
	f(message_unref)	\
	f(open_system)		\
	f(path_encode)		\
	f(unref)

#define SDBUS_POINTER(name) typeof(sd_bus_##name) *name;

/**
 * struct sdbus - sd-bus, each function by its name without sd_bus_
 */
struct sdbus {
	SDBUS_FUNCTIONS(SDBUS_POINTER)
};

/* All NULL until sdbus_load(), which sets them in their order: the last one tells that all are. */
extern struct sdbus sd;

/* Finds libsystemd, once. 0, or a status after a sentence that says what to install. */
int sdbus_load(void);

#endif
