// SPDX-License-Identifier: GPL-2.0
/*
 * mctp ping: ask an endpoint for its EID again and again, and measure how long it takes.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "peer.h"
#include "stop.h"

/**
 * struct ping - what is asked for, and what came of it
 * @peer: the endpoint
 * @count: how many requests, 0 for no end
 * @interval_ms: from one request to the next
 * @wait_ms: for an answer
 * @fd: the socket
 * @tag: the tag of all requests
 * @sent: requests that were sent
 * @received: answers
 * @least_us: shortest time
 * @most_us: longest time
 * @sum_us: of all times
 */
struct ping {
	struct peer peer;
	uint32_t count;
	uint32_t interval_ms;
	uint32_t wait_ms;
	int fd;
	uint8_t tag;
	uint64_t sent;
	uint64_t received;
	uint64_t least_us;
	uint64_t most_us;
	uint64_t sum_us;
};

static int parse_words(struct args *a, struct ping *p)
{
	enum { COUNT = PEER_KEYWORDS, INTERVAL, WAIT };
	struct keyword words[] = {
		PEER_KEYWORD_LIST,
		[COUNT] = { .name = "-c", .alias = "count" },
		[INTERVAL] = { .name = "-i", .alias = "interval" },
		[WAIT] = { .name = "-W", .alias = "wait" },
	};
	const char *eid;

	if (args_take(a, "the EID", &eid) || ARGS_KEYWORDS(a, words) ||
	    peer_parse(a, eid, words, &p->peer))
		return STATUS_MISUSE;
	if (words[COUNT].value &&
	    args_number(a, "the count", words[COUNT].value, 1, UINT32_MAX, &p->count))
		return STATUS_MISUSE;
	if (words[INTERVAL].value &&
	    args_seconds(a, "the interval", words[INTERVAL].value, 0, 3600000, &p->interval_ms))
		return STATUS_MISUSE;
	if (words[WAIT].value &&
	    args_seconds(a, "the wait", words[WAIT].value, 1, TAG_MS, &p->wait_ms))
		return STATUS_MISUSE;
	return STATUS_FINE;
}

static void print_reply(struct printer *out, const struct ping *p, uint8_t eid, uint64_t us)
{
	print_record(out);
	print_string(out, NULL, "event", "reply");
	print_number(out, "eid", "eid", eid);
	print_number(out, "seq", "seq", p->sent);
	print_milli(out, "time_ms", "time_ms", us);
	print_record_end(out);
}

static void print_timeout(struct printer *out, const struct ping *p)
{
	print_record(out);
	print_string(out, NULL, "event", "timeout");
	print_number(out, "eid", "eid", p->peer.eid);
	print_number(out, "seq", "seq", p->sent);
	print_record_end(out);
}

static void print_summary(struct printer *out, const struct ping *p)
{
	print_record(out);
	print_string(out, NULL, "event", "summary");
	print_number(out, "sent", "sent", p->sent);
	print_number(out, "received", "received", p->received);
	print_milli(out, "loss_percent", "loss_percent",
		    p->sent ? (p->sent - p->received) * 100000 / p->sent : 0);
	if (p->received) {
		print_milli(out, "min_ms", "min_ms", p->least_us);
		print_milli(out, "mean_ms", "mean_ms", p->sum_us / p->received);
		print_milli(out, "max_ms", "max_ms", p->most_us);
	} else {
		print_null(out, "min_ms", "min_ms");
		print_null(out, "mean_ms", "mean_ms");
		print_null(out, "max_ms", "max_ms");
	}
	print_record_end(out);
}

static void count(struct ping *p, uint64_t us)
{
	if (!p->received || us < p->least_us)
		p->least_us = us;
	if (us > p->most_us)
		p->most_us = us;
	p->sum_us += us;
	p->received++;
}

/* Wait for the answer to a request; late answers to those before it are passed over. */
static int await_answer(struct mctp *m, struct ping *p, uint8_t instance, uint64_t began)
{
	uint64_t until = began + p->wait_ms * 1000ull;
	uint8_t bytes[CONTROL_ANSWER_MAX];
	struct control_answer answer;
	struct sockaddr_mctp_ext from;
	bool extended;
	ssize_t len;
	int ready;

	while ((ready = peer_wait(p->fd, until)) > 0) {
		len = peer_receive(p->fd, bytes, sizeof(bytes), &from, &extended);
		if (len < 0)
			return len;
		if (!control_is_answer(bytes, len, instance, CONTROL_GET_EID, &answer))
			continue;
		count(p, peer_now_us() - began);
		print_reply(&m->out, p, from.smctp_base.smctp_addr.s_addr, peer_now_us() - began);
		return 0;
	}
	if (!ready)
		print_timeout(&m->out, p);
	return ready == -EINTR ? 0 : ready;
}

static int one(struct mctp *m, struct ping *p)
{
	uint8_t instance = p->sent % CONTROL_INSTANCES;
	uint8_t bytes[CONTROL_REQUEST_MAX];
	uint64_t began = peer_now_us();
	size_t len;
	int err;

	len = control_request(bytes, instance, CONTROL_GET_EID, -1);
	err = peer_send(p->fd, &p->peer, CONTROL_TYPE, p->tag, bytes, len);
	if (err)
		return peer_refused(err, &p->peer);
	p->sent++;
	err = await_answer(m, p, instance, began);
	if (err)
		return refused("cannot receive an answer: %s.", strerror(-err));
	return STATUS_FINE;
}

static int ping(struct mctp *m, struct ping *p)
{
	uint64_t next = peer_now_us();
	int status;

	for (;;) {
		status = one(m, p);
		if (status || stop_wanted() || p->sent == p->count || ferror(m->out.to))
			return status;
		next += p->interval_ms * 1000ull;
		/* An answer that comes too late is left for the next wait to pass over. */
		while (!stop_wanted() && peer_now_us() < next)
			peer_wait(-1, next);
		if (stop_wanted())
			return STATUS_FINE;
	}
}

static int ping_run(struct mctp *m, struct args *a)
{
	struct ping p = { .interval_ms = 1000, .wait_ms = 1000 };
	int status;

	if (parse_words(a, &p))
		return STATUS_MISUSE;
	p.fd = peer_open(m, &p.peer);
	if (p.fd < 0)
		return STATUS_REFUSED;
	p.tag = peer_tag(p.fd, &p.peer);
	stop_catch();
	print_begin_stream(&m->out);
	status = ping(m, &p);
	if (p.sent)
		print_summary(&m->out, &p);
	print_end(&m->out);
	close(p.fd);
	return status ? status : p.received || ferror(m->out.to) ? STATUS_FINE : STATUS_REFUSED;
}

const struct object ping_object = {
	.name = "ping",
	.purpose = "ask an endpoint for its EID until interrupted, and measure the time",
	.synopsis = "EID [net N] [dev DEV [lladdr ADDRESS]] [-c COUNT] [-i SECONDS] [-W SECONDS]",
	.run = ping_run,
};
