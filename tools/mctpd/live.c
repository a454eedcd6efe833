// SPDX-License-Identifier: GPL-2.0
/*
 * Whether endpoints live: asked from time to time, or when somebody says Recover.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "mctpd.h"

/* Between two attempts to reach what does not answer. */
#define RETRY_US (500 * 1000ull)

/* Another device has the EID of the one that we know: that one leaves, and this is set up. */
static void replace(struct endpoint *ep)
{
	const struct setup any = { .mode = SETUP_ANY };
	struct endpoint *found, *bridge = ep->bridge;
	bool is_new;

	if (bridge)
		endpoint_get(bridge);
	endpoint_remove(ep, "another device is in its place");
	if (bridge) {
		explore_bridge(bridge);
		endpoint_put(bridge);
	} else if (!setup_endpoint(ep->link, &ep->addr, &any, &found, &is_new)) {
		endpoint_put(found);
	}
}

/* Return: 0 for the device that we know, -ENODEV when it was another. */
static int verify(struct endpoint *ep)
{
	struct target to = endpoint_target(ep);
	uint8_t uuid[16];

	ep->verify = false;
	if (ep->have_uuid && !request_get_uuid(&to, uuid) && !ep->gone &&
	    memcmp(uuid, ep->uuid, sizeof(uuid)))
		replace(ep);
	if (!ep->gone)
		endpoint_refresh(ep);
	return ep->gone ? -ENODEV : 0;
}

/* Return: 0 when it answers with its EID; @was_silent is set when it did not at first. */
static int probe(struct endpoint *ep, bool *was_silent)
{
	struct target to = endpoint_target(ep);
	struct codec_get_eid answer;
	int err;

	err = request_get_eid(&to, &answer);
	if (ep->gone)
		return -ENODEV;
	if (!err && answer.eid == ep->eid)
		return ep->verify || *was_silent ? verify(ep) : 0;
	*was_silent = true;
	if (!ep->bridge)
		return setup_again(ep);
	/* The bridge may be what does not answer, or has forgotten its EIDs. */
	live_recover(ep->bridge);
	return err ? err : -EADDRNOTAVAIL;
}

/* What is behind a bridge that was silent or reset may have been reset, too. */
static void check_behind(struct endpoint *bridge)
{
	int eid;

	for (eid = 0; eid < 256; eid++) {
		struct endpoint *ep = bridge->network->endpoints[eid];

		if (ep && ep->bridge == bridge)
			live_recover(ep);
	}
}

static void answers(struct endpoint *ep, bool was_silent)
{
	endpoint_set_degraded(ep, false);
	if (was_silent)
		check_behind(ep);
	explore_bridge(ep);
	live_watch(ep);
}

static void check(void *data)
{
	struct endpoint *ep = data;
	bool was_silent = false;
	int err;

	for (;;) {
		err = probe(ep, &was_silent);
		if (!err)
			answers(ep, was_silent);
		if (!err || err == -ENODEV || ep->gone)
			break;
		if (!ep->degraded)
			ep->silent_since = now_us();
		endpoint_set_degraded(ep, true);
		if (now_us() - ep->silent_since >= RECLAIM_US) {
			endpoint_remove(ep, "it does not answer");
			break;
		}
		task_sleep(RETRY_US);
		if (ep->gone)
			break;
	}
	endpoint_done(ep, &ep->watched);
}

static void start(struct endpoint *ep)
{
	endpoint_start(ep, &ep->watched, check);
}

/**
 * live_recover - find out now whether an endpoint lives and is the same, as a task of its own
 *
 * What does not answer for TRECLAIM leaves, and its EID is free again.
 */
void live_recover(struct endpoint *ep)
{
	ep->verify = true;
	start(ep);
}

static int on_poll(sd_event_source *source, uint64_t usec, void *data)
{
	(void)source;
	(void)usec;
	start(data);
	return 0;
}

/**
 * live_watch - ask an endpoint after the interval of the configuration
 */
void live_watch(struct endpoint *ep)
{
	struct mctpd *d = ep->network->d;
	uint64_t wait = d->config.endpoint_poll_ms * 1000ull;

	if (!wait || ep->gone)
		return;
	if (!ep->poll) {
		sd_event_add_time_relative(d->event, &ep->poll, CLOCK_MONOTONIC, wait, 0, on_poll,
					   ep);
		return;
	}
	sd_event_source_set_time_relative(ep->poll, wait);
	sd_event_source_set_enabled(ep->poll, SD_EVENT_ONESHOT);
}

/**
 * live_forget - an endpoint leaves: it is not asked any more
 */
void live_forget(struct endpoint *ep)
{
	ep->poll = sd_event_source_disable_unref(ep->poll);
}
