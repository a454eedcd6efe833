// SPDX-License-Identifier: GPL-2.0
/*
 * Discovery: on links without addresses their far end, on others the addresses of the
 * configuration, and whoever announces itself (Discovery Notify).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mctpd.h"

/* A link that has just come up may still get its EID. */
#define FIRST_US (100 * 1000ull)

/*
 * Addresses of a link that have announced themselves: so many are looked at, and so many are kept in all. Whoever makes
 * them up shall not hold up the rest.
 */
#define ANNOUNCED_AT_ONCE 8
#define ANNOUNCED_MAX	  32

/**
 * struct finding - an address that is looked at
 * @link: where it is, held
 * @addr: the address
 * @preferred: the EID that it gets if nobody had it yet, 0 for any
 * @next: one more that has announced itself
 */
struct finding {
	struct link *link;
	struct config_addr addr;
	uint8_t preferred;
	struct finding *next;
};

static struct finding *finding_new(struct link *link, const struct config_addr *addr)
{
	struct finding *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->link = link;
	f->addr = *addr;
	link_get(link);
	return f;
}

static void finding_free(struct finding *f)
{
	link_put(f->link);
	free(f);
}

static void look_at(struct finding *f)
{
	const struct setup how = { .mode = SETUP_ANY, .preferred = f->preferred };
	struct target to = { .link = f->link, .addr = f->addr };
	struct endpoint *ep;
	bool is_new;
	int err;

	err = setup_endpoint(f->link, &f->addr, &how, &ep, &is_new);
	if (!err)
		endpoint_put(ep);
	else
		log_say(err == -ETIMEDOUT || err == -ENODEV ? LOG_DEBUG : LOG_WARNING,
			"%s is not set up: %s.", target_text(&to), strerror(-err));
	/* The look that is due after a change of EIDs has passed it over, as we were at it. */
	if (err == -ESTALE && !f->link->gone && f->link->up && f->link->role == ROLE_BUS_OWNER)
		discover_link(f->link);
}

static void look(void *data)
{
	struct finding *f = data;

	look_at(f);
	finding_free(f);
}

static void forget_announced(struct finding *f)
{
	struct finding **at = &f->link->announced;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	finding_free(f);
}

static void look_in_turn(void *data)
{
	struct finding *f = data;
	struct link *link = f->link;

	while (link->announced_at_work == ANNOUNCED_AT_ONCE)
		task_wait_on(&link->announced_turn);
	link->announced_at_work++;
	if (!link->gone)
		look_at(f);
	link->announced_at_work--;
	task_wake_one(&link->announced_turn);
	forget_announced(f);
}

/**
 * discover_addr - set up what is at an address, as a task of its own, if nobody does already
 * @link: the link
 * @addr: the address
 * @preferred: the EID that it gets if nobody had it yet, 0 for any
 */
void discover_addr(struct link *link, const struct config_addr *addr, uint8_t preferred)
{
	struct finding *f = link_is_claimed(link, addr) ? NULL : finding_new(link, addr);

	if (!f)
		return;
	f->preferred = preferred;
	if (task_start(look, f))
		finding_free(f);
}

/**
 * discover_announced - set up what has announced itself, as a task of its own, if nobody does already
 *
 * Return: 0; -EBUSY while as many others as may have done so, and this shall do it again; -ENOMEM.
 */
int discover_announced(struct link *link, const struct config_addr *addr)
{
	unsigned int others = 0;
	struct finding *f;
	int err;

	if (link_is_claimed(link, addr))
		return 0;
	for (f = link->announced; f; f = f->next, others++) {
		if (addr_equal(&f->addr, addr))
			return 0;
	}
	if (others == ANNOUNCED_MAX)
		return -EBUSY;
	f = finding_new(link, addr);
	if (!f)
		return -ENOMEM;
	f->next = link->announced;
	link->announced = f;
	err = task_start(look_in_turn, f);
	if (err)
		forget_announced(f);
	return err;
}

static void look_around(struct link *link)
{
	const struct config_interface *section =
		config_interface_of(&link->d->config, link->name);
	static const struct config_addr none;
	size_t i;

	if (!link->addr_len && !(section && section->have_discover && !section->discover) &&
	    !endpoint_find_addr(link, &none))
		discover_addr(link, &none, 0);
	for (i = 0; link->addr_len && section && i < section->n_addrs; i++) {
		if (section->addrs[i].len == link->addr_len &&
		    !endpoint_find_addr(link, &section->addrs[i]))
			discover_addr(link, &section->addrs[i],
				      pool_nth(&link->network->pool, i));
	}
	for (i = 0; i < 256; i++) {
		struct endpoint *ep = link->network->endpoints[i];

		if (ep && ep->link == link && ep->path)
			explore_bridge(ep);
	}
}

static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
	struct link *link = data;
	uint64_t interval = link->d->config.discovery_interval_ms * 1000ull;

	(void)usec;
	look_around(link);
	if (!interval)
		return 0;
	sd_event_source_set_time_relative(source, interval);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/**
 * discover_link - look at a link soon, and then again and again
 */
void discover_link(struct link *link)
{
	if (!link->discovery &&
	    sd_event_add_time_relative(link->d->event, &link->discovery, CLOCK_MONOTONIC, FIRST_US,
				       0, on_time, link) >= 0)
		return;
	sd_event_source_set_time_relative(link->discovery, FIRST_US);
	sd_event_source_set_enabled(link->discovery, SD_EVENT_ONESHOT);
}

/**
 * discover_stop - no longer look at a link
 */
void discover_stop(struct link *link)
{
	link->discovery = sd_event_source_disable_unref(link->discovery);
}
