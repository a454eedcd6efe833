// SPDX-License-Identifier: GPL-2.0
/*
 * mctp bench: round trips with an endpoint that echoes, and what passes in them, by size.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "peer.h"
#include "stop.h"

#define SIZES_MAX 16

/* How often the progress bar moves, and how wide it is. */
#define PROGRESS_US 100000
#define PROGRESS_WIDTH 30

/**
 * struct bench - what is measured
 * @peer: the endpoint
 * @type: message type
 * @sizes: of messages, in bytes behind the type
 * @n_sizes: how many
 * @count: round trips for each size, 0 for as many as the time allows
 * @time_ms: for each size
 * @fd: the socket
 * @sent: bytes that are sent
 * @got: bytes that come back
 * @shown: time at which the progress bar moved last
 * @progress: there is a terminal for it
 */
struct bench {
	struct peer peer;
	uint8_t type;
	uint32_t sizes[SIZES_MAX];
	size_t n_sizes;
	uint32_t count;
	uint32_t time_ms;
	int fd;
	uint8_t *sent;
	uint8_t *got;
	uint64_t shown;
	bool progress;
};

/**
 * struct result - what was measured for a size
 * @size: of messages
 * @count: round trips
 * @total_us: all together
 * @least_us: the shortest
 * @most_us: the longest
 */
struct result {
	uint32_t size;
	uint64_t count;
	uint64_t total_us;
	uint64_t least_us;
	uint64_t most_us;
};

static int parse_sizes(struct args *a, const char *text, struct bench *b)
{
	char word[16];
	size_t len;

	for (;; text += len + 1) {
		len = strcspn(text, ",");
		if (b->n_sizes == SIZES_MAX)
			return misuse(a, "there are %d sizes at most.", SIZES_MAX);
		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		if (args_number(a, "the size", len < sizeof(word) ? word : text, 0, MESSAGE_MAX,
				&b->sizes[b->n_sizes++]))
			return STATUS_MISUSE;
		if (!text[len])
			return STATUS_FINE;
	}
}

static int parse_words(struct args *a, struct bench *b)
{
	enum { TYPE = PEER_KEYWORDS, SIZE, COUNT, TIME };
	struct keyword words[] = {
		PEER_KEYWORD_LIST,
		[TYPE] = { .name = "type", .bare = true },
		[SIZE] = { .name = "size" },
		[COUNT] = { .name = "-c", .alias = "count" },
		[TIME] = { .name = "-t", .alias = "time" },
	};
	const char *eid;

	if (args_take(a, "the EID", &eid) || ARGS_KEYWORDS(a, words) ||
	    peer_parse(a, eid, words, &b->peer))
		return STATUS_MISUSE;
	if (!words[TYPE].value)
		return misuse(a, "the message type is missing: add \"type TYPE\".");
	if (args_type(a, words[TYPE].value, &b->type) ||
	    parse_sizes(a, words[SIZE].value ? words[SIZE].value : "1,64,1024,16384,65535", b))
		return STATUS_MISUSE;
	if (words[COUNT].value &&
	    args_number(a, "the count", words[COUNT].value, 1, UINT32_MAX, &b->count))
		return STATUS_MISUSE;
	if (words[TIME].value &&
	    args_seconds(a, "the time", words[TIME].value, 1, 3600000, &b->time_ms))
		return STATUS_MISUSE;
	return STATUS_FINE;
}

static void show_progress(struct bench *b, const struct result *r, uint64_t now, uint64_t began)
{
	uint64_t done, all;
	int width;

	if (!b->progress || now - b->shown < PROGRESS_US)
		return;
	b->shown = now;
	done = b->count ? r->count : now - began;
	all = b->count ? b->count : b->time_ms * 1000ull;
	width = done < all ? done * PROGRESS_WIDTH / all : PROGRESS_WIDTH;
	fprintf(stderr, "\r%6u bytes [%-*.*s] %3u %%", r->size, PROGRESS_WIDTH, width,
		"##############################", (unsigned int)(done < all ? done * 100 / all : 100));
}

static void clear_progress(const struct bench *b)
{
	if (b->progress)
		fprintf(stderr, "\r%*s\r", PROGRESS_WIDTH + 22, "");
}

static int lost(struct bench *b, uint32_t size, int ready)
{
	clear_progress(b);
	if (ready < 0)
		return refused("cannot receive: %s.", strerror(-ready));
	return refused("EID %u does not send %u bytes back: does it run mctp echo? See: mctp stat",
		       b->peer.eid, size);
}

/* One that an asked-for end cuts short is none, but no error. */
static int round_trip(struct bench *b, uint32_t size)
{
	struct sockaddr_mctp_ext from;
	bool extended;
	ssize_t len;
	int ready;

	ready = peer_send(b->fd, &b->peer, b->type, MCTP_TAG_OWNER, b->sent, size);
	if (ready) {
		clear_progress(b);
		return peer_refused(ready, &b->peer);
	}
	ready = peer_wait(b->fd, peer_now_us() + TAG_MS * 1000ull);
	if (ready == -EINTR)
		return STATUS_FINE;
	if (ready != 1)
		return lost(b, size, ready);
	len = peer_receive(b->fd, b->got, MESSAGE_MAX, &from, &extended);
	if (len < 0)
		return lost(b, size, len);
	if ((size_t)len == size && !memcmp(b->sent, b->got, size))
		return STATUS_FINE;
	clear_progress(b);
	return refused("EID %u sends back other bytes than the %u that it got.", b->peer.eid, size);
}

static int measure(struct bench *b, struct result *r)
{
	uint64_t began = peer_now_us(), now = began, before;
	int status;

	while (b->count ? r->count < b->count : now - began < b->time_ms * 1000ull) {
		/* A first byte that counts tells an answer from that before it. */
		if (r->size)
			b->sent[0] = r->count;
		before = now;
		status = round_trip(b, r->size);
		if (status)
			return status;
		if (stop_wanted())
			break;
		now = peer_now_us();
		if (!r->count || now - before < r->least_us)
			r->least_us = now - before;
		if (now - before > r->most_us)
			r->most_us = now - before;
		r->count++;
		r->total_us = now - began;
		show_progress(b, r, now, began);
	}
	clear_progress(b);
	return STATUS_FINE;
}

static void print_result(struct printer *p, const struct result *r)
{
	uint64_t us = r->total_us ? r->total_us : 1;

	print_record(p);
	print_number(p, "size", "size", r->size);
	print_number(p, "round_trips", "round_trips", r->count);
	print_milli(p, "min_ms", "min_ms", r->least_us);
	print_milli(p, "mean_ms", "mean_ms", r->count ? r->total_us / r->count : 0);
	print_milli(p, "max_ms", "max_ms", r->most_us);
	print_number(p, "per_second", "per_second", r->count * 1000000 / us);
	print_number(p, "bytes_per_second", "bytes_per_second",
		     r->count * r->size * 2 * 1000000 / us);
	print_record_end(p);
}

static int bench(struct mctp *m, struct bench *b)
{
	int status = STATUS_FINE;
	struct result r;
	size_t i;

	print_begin(&m->out);
	for (i = 0; i < b->n_sizes && !status && !stop_wanted(); i++) {
		r = (struct result){ .size = b->sizes[i] };
		status = measure(b, &r);
		if (!status && r.count)
			print_result(&m->out, &r);
		fflush(m->out.to);
	}
	print_end(&m->out);
	return status;
}

static int bench_run(struct mctp *m, struct args *a)
{
	struct bench b = { .time_ms = 1000, .progress = isatty(STDERR_FILENO) };
	int status;

	if (parse_words(a, &b))
		return STATUS_MISUSE;
	b.fd = peer_open(m, &b.peer);
	if (b.fd < 0)
		return STATUS_REFUSED;
	b.sent = malloc(2 * MESSAGE_MAX);
	if (b.sent) {
		b.got = b.sent + MESSAGE_MAX;
		peer_fill(b.sent, MESSAGE_MAX);
		stop_catch();
		status = bench(m, &b);
	} else {
		status = refused("cannot measure: out of memory.");
	}
	free(b.sent);
	close(b.fd);
	return status;
}

const struct object bench_object = {
	.name = "bench",
	.purpose = "measure round trips with an endpoint that runs mctp echo",
	.synopsis = "EID [type] TYPE [size N[,N]...] [-c COUNT | -t SECONDS] [net N] "
		    "[dev DEV [lladdr ADDRESS]]",
	.run = bench_run,
};
