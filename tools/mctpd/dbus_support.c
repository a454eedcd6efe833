// SPDX-License-Identifier: GPL-2.0
/*
 * D-Bus: message types that programs on this system speak, for as long as they are on the bus.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mctpd.h"

#define INTERFACE_ROOT "au.com.codeconstruct.MCTP1"

/* More than any system has, and fewer than a program that runs wild registers. */
#define SUPPORTS_MAX 128
#define VERSIONS_MAX 32

static void support_free(struct support *s)
{
	struct support **at = &s->d->supports;

	while (*at && *at != s)
		at = &(*at)->next;
	if (*at)
		*at = s->next;
	sd_bus_track_unref(s->track);
	free(s->versions);
	free(s);
}

static int on_gone(sd_bus_track *track, void *data)
{
	struct support *s = data;

	(void)track;
	log_info("message type 0x%02x is no longer spoken here: its program has left the bus.",
		 s->vdm ? (s->kind.format ? CODEC_TYPE_VDM_IANA : CODEC_TYPE_VDM_PCI) : s->type);
	support_free(s);
	return 0;
}

static unsigned int count(const struct mctpd *d)
{
	const struct support *s;
	unsigned int n = 0;

	for (s = d->supports; s; s = s->next)
		n++;
	return n;
}

/* A new entry at the end of the list, tied to the caller; it becomes @s. */
static int add(sd_bus_message *m, struct mctpd *d, struct support *s)
{
	struct support **at = &d->supports;
	int err;

	s->d = d;
	err = sd_bus_track_new(d->bus, &s->track, on_gone, s);
	if (err >= 0)
		err = sd_bus_track_add_sender(s->track, m);
	if (err < 0) {
		support_free(s);
		return err;
	}
	while (*at)
		at = &(*at)->next;
	*at = s;
	return sd_bus_reply_method_return(m, "");
}

static bool is_known(const struct mctpd *d, const struct support *wanted)
{
	const struct support *s;

	for (s = d->supports; s; s = s->next) {
		if (s->vdm != wanted->vdm)
			continue;
		if (s->vdm ? s->kind.format == wanted->kind.format &&
				     s->kind.vendor == wanted->kind.vendor &&
				     s->kind.commands == wanted->kind.commands :
			     s->type == wanted->type)
			return true;
	}
	return false;
}

static int new_support(struct mctpd *d, const struct support *wanted, struct support **s,
		       sd_bus_error *error)
{
	if (is_known(d, wanted))
		return sd_bus_error_setf(error, SD_BUS_ERROR_FILE_EXISTS,
					 "Another program has registered that");
	if (count(d) >= SUPPORTS_MAX)
		return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED, "Too many");
	*s = calloc(1, sizeof(**s));
	if (!*s)
		return -ENOMEM;
	**s = *wanted;
	(*s)->d = d;
	return 0;
}

static int type_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct support wanted = {}, *s;
	const void *versions;
	size_t len;
	int err;

	err = sd_bus_message_read(m, "y", &wanted.type);
	if (err >= 0)
		err = sd_bus_message_read_array(m, 'u', &versions, &len);
	if (err < 0)
		return err;
	if (wanted.type == CODEC_TYPE_CONTROL || wanted.type >= 0x80 ||
	    wanted.type == CODEC_TYPE_VDM_PCI || wanted.type == CODEC_TYPE_VDM_IANA)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "That type cannot be registered");
	if (!len || len / sizeof(uint32_t) > VERSIONS_MAX)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "1 to %d versions are needed", VERSIONS_MAX);
	err = new_support(data, &wanted, &s, error);
	if (err < 0)
		return err;
	s->versions = malloc(len);
	if (!s->versions) {
		free(s);
		return -ENOMEM;
	}
	memcpy(s->versions, versions, len);
	s->n_versions = len / sizeof(uint32_t);
	return add(m, data, s);
}

static int vdm_method(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct support wanted = { .vdm = true }, *s;
	const char *contents;
	uint16_t id;
	int err;

	err = sd_bus_message_read(m, "y", &wanted.kind.format);
	if (err < 0)
		return err;
	if (wanted.kind.format > 1)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "The format is 0 (PCI) or 1 (IANA)");
	contents = wanted.kind.format ? "u" : "q";
	err = sd_bus_message_enter_container(m, 'v', contents);
	if (err < 0)
		return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS,
					 "The vendor is a variant of %s", contents);
	if (wanted.kind.format) {
		err = sd_bus_message_read(m, "u", &wanted.kind.vendor);
	} else {
		err = sd_bus_message_read(m, "q", &id);
		wanted.kind.vendor = err < 0 ? 0 : id;
	}
	if (err >= 0)
		err = sd_bus_message_exit_container(m);
	if (err >= 0)
		err = sd_bus_message_read(m, "q", &wanted.kind.commands);
	if (err < 0)
		return err;
	err = new_support(data, &wanted, &s, error);
	return err < 0 ? err : add(m, data, s);
}

static const sd_bus_vtable root_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("RegisterTypeSupport", "yau", "", type_method, 0),
	SD_BUS_METHOD("RegisterVDMTypeSupport", "yvq", "", vdm_method, 0),
	SD_BUS_VTABLE_END,
};

/**
 * dbus_support_init - let programs register
 *
 * Return: 0 or a negative errno.
 */
int dbus_support_init(struct mctpd *d)
{
	int err;

	err = sd_bus_add_object_vtable(d->bus, NULL, BUS_ROOT, INTERFACE_ROOT, root_vtable, d);
	return err < 0 ? err : 0;
}

/**
 * dbus_support_exit - forget what was registered
 */
void dbus_support_exit(struct mctpd *d)
{
	while (d->supports)
		support_free(d->supports);
}
