// SPDX-License-Identifier: GPL-2.0
/*
 * Requests: one at a time to a peer, a bounded number on a link and behind a bridge, with retries (DSP0236, 12.4).
 *
 * Each request has a socket of its own and, where the kernel offers it, one preallocated tag for
 * all its retries: an answer to another request, of whoever, cannot come in by it. An answer of
 * another instance or command is passed over, and the wait goes on to its deadline.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/ioctl.h>
#include <sys/socket.h>

#include "mctpd.h"

#include <linux/mctp.h>

#define TRIES            3
#define NOT_READY_TRIES  3
#define NOT_READY_US     (500 * 1000ull)
#define BUSY_US          (20 * 1000ull)
#define BUSY_TRIES       500
#define IDLE_CHANNELS    64

/**
 * struct exchange - a request and the wait for its answer
 * @task: who waits
 * @to: to whom it went
 * @fd: its socket
 * @tag: what the address has for a tag
 * @instance: its instance
 * @command: its command
 * @answer: gets the answer
 * @done: the answer is there, or @err
 * @expired: the time is over
 * @err: the socket failed
 */
struct exchange {
	struct task *task;
	const struct target *to;
	int fd;
	uint8_t tag;
	uint8_t instance;
	uint8_t command;
	struct answer *answer;
	bool done;
	bool expired;
	int err;
};

/**
 * target_text - name a target for a log
 *
 * Return: the text, which lives until the next call.
 */
const char *target_text(const struct target *to)
{
	static char text[160];

	if (to->eid)
		snprintf(text, sizeof(text), "EID %u (network %u, %s)", to->eid,
			 to->link->network->id, to->link->name);
	else if (to->addr.len)
		snprintf(text, sizeof(text), "address %s of %s", addr_text(&to->addr),
			 to->link->name);
	else
		snprintf(text, sizeof(text), "the far end of %s", to->link->name);
	return text;
}

/* Channels that rest from a while ago know nothing any more that is of use. */
static void forget_idle(struct link *link)
{
	struct channel **at = &link->channels, *channel;
	uint64_t now = now_us();
	unsigned int n = 0;

	while ((channel = *at)) {
		if (++n > IDLE_CHANNELS && !channel->users &&
		    now - channel->idle_since > INSTANCE_REST_US) {
			*at = channel->next;
			free(channel);
		} else {
			at = &channel->next;
		}
	}
}

static struct channel *channel_of(const struct target *to)
{
	struct channel *channel;

	if (to->eid) {
		channel = to->link->network->channels[to->eid];
		if (!channel)
			channel = calloc(1, sizeof(*channel));
		to->link->network->channels[to->eid] = channel;
		return channel;
	}
	for (channel = to->link->channels; channel; channel = channel->next) {
		if (addr_equal(&channel->addr, &to->addr))
			return channel;
	}
	forget_idle(to->link);
	channel = calloc(1, sizeof(*channel));
	if (!channel)
		return NULL;
	channel->addr = to->addr;
	channel->next = to->link->channels;
	to->link->channels = channel;
	return channel;
}

static void channel_enter(struct channel *channel)
{
	channel->users++;
	while (channel->busy)
		task_wait_on(&channel->turn);
	channel->busy = true;
}

static void channel_leave(struct channel *channel)
{
	channel->busy = false;
	channel->users--;
	channel->idle_since = now_us();
	task_wake_one(&channel->turn);
}

/* The bridge that a target is behind, 0 for none */
static uint8_t gateway_of(const struct target *to)
{
	const struct endpoint *bridge =
		to->eid ? endpoint_pool_owner(to->link->network, to->eid) : NULL;

	return bridge ? bridge->eid : EID_NULL;
}

/*
 * Behind one bridge there may be as many as are left for what is behind others: so several that do
 * not answer leave something to the rest, and all together to what is on the link.
 */
static bool has_room(const struct target *to, uint8_t gw)
{
	const struct link *link = to->link;

	if (gw && link->network->behind[gw] + link->behind_requests >= BEHIND_REQUESTS_MAX)
		return false;
	if (to->eid)
		return link->eid_requests < LINK_REQUESTS_MAX;
	return link->requests < link->d->config.max_requests &&
	       link->network->requests < NETWORK_REQUESTS_MAX;
}

/* @by is 1 for a request that begins, -1 for one that has ended. */
static void count_request(const struct target *to, uint8_t gw, int by)
{
	struct link *link = to->link;

	if (gw) {
		link->network->behind[gw] += by;
		link->behind_requests += by;
	}
	if (to->eid) {
		link->eid_requests += by;
	} else {
		link->requests += by;
		link->network->requests += by;
	}
}

/* What answers keeps its place for a short time. */
static bool is_alive(const struct target *to)
{
	const struct endpoint *ep = to->link->network->endpoints[to->eid];

	return ep && !ep->degraded;
}

static void begin_request(const struct target *to, uint8_t gw)
{
	struct network *network = to->link->network;

	count_request(to, gw, 1);
	if (!is_alive(to))
		network->turn_of[gw] = ++network->turns;
}

/**
 * struct waiting - a request that waits for room
 * @next: one that came after it
 * @task: who waits
 * @to: to whom it goes
 * @gw: the bridge that this is behind, 0 for none
 * @begun: it has its room
 */
struct waiting {
	struct waiting *next;
	struct task *task;
	const struct target *to;
	uint8_t gw;
	bool begun;
};

static void stop_waiting(struct network *network, struct waiting *w)
{
	struct waiting **at = &network->waiting;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
}

/* What is known to answer goes first; then that behind the bridge whose turn was longest ago. */
static bool goes_before(const struct waiting *a, const struct waiting *b)
{
	const struct network *network = a->to->link->network;
	bool alive = is_alive(a->to);

	if (alive != is_alive(b->to))
		return alive;
	return network->turn_of[a->gw] < network->turn_of[b->gw];
}

static struct waiting *next_in_turn(const struct network *network)
{
	struct waiting *w, *best = NULL;

	for (w = network->waiting; w; w = w->next) {
		if (has_room(w->to, w->gw) && (!best || goes_before(w, best)))
			best = w;
	}
	return best;
}

/*
 * A place is handed to who waits for one: so there is never room for a request that waits, and one
 * that comes anew takes nothing from it.
 */
static void room_leave(const struct target *to, uint8_t gw)
{
	struct network *network = to->link->network;
	struct waiting *w;

	count_request(to, gw, -1);
	while ((w = next_in_turn(network))) {
		stop_waiting(network, w);
		begin_request(w->to, w->gw);
		w->begun = true;
		task_wake(w->task);
	}
}

static int room_enter(const struct target *to, uint8_t gw)
{
	struct network *network = to->link->network;
	struct waiting w = { .task = task_self(), .to = to, .gw = gw }, **end = &network->waiting;

	if (has_room(to, gw)) {
		begin_request(to, gw);
		return 0;
	}
	while (*end)
		end = &(*end)->next;
	*end = &w;
	while (!w.begun && !to->link->gone)
		task_suspend();
	if (w.begun)
		return 0;
	stop_waiting(network, &w);
	return -ENODEV;
}

/**
 * request_link_gone - a link has left: what waits for room on it gives up
 */
void request_link_gone(struct link *link)
{
	struct waiting *w;

	for (w = link->network->waiting; w; w = w->next) {
		if (w->to->link == link)
			task_wake(w->task);
	}
}

/*
 * Who is asked by its physical address answers from there; any EID may be its. A device whose driver does not say where
 * a packet came from is believed.
 */
static bool is_from(const struct target *to, const struct sockaddr_mctp_ext *from)
{
	if (to->eid)
		return true;
	if (from->smctp_ifindex != to->link->index)
		return false;
	return !from->smctp_halen || (from->smctp_halen == to->addr.len &&
				      !memcmp(from->smctp_haddr, to->addr.bytes, to->addr.len));
}

static int on_answer(sd_event_source *source, int fd, uint32_t events, void *data)
{
	struct exchange *x = data;
	struct codec_message *msg = &x->answer->msg;
	struct sockaddr_mctp_ext from = {};
	socklen_t from_len = sizeof(from);
	ssize_t len;

	(void)source;
	(void)events;
	len = recvfrom(fd, x->answer->bytes, sizeof(x->answer->bytes), MSG_DONTWAIT | MSG_TRUNC,
		       (struct sockaddr *)&from, &from_len);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (len < 0) {
		x->err = -errno;
	} else if (!is_from(x->to, &from)) {
		log_debug("an answer from elsewhere than %s is passed over.", target_text(x->to));
		return 0;
	} else if (len > (ssize_t)sizeof(x->answer->bytes) ||
		   codec_parse(x->answer->bytes, len, msg) ||
		   !codec_answers(msg, x->instance, x->command)) {
		log_debug("an answer of instance %u to %s is passed over.", msg->instance,
			  codec_command_name(msg->command));
		return 0;
	}
	x->done = true;
	task_wake(x->task);
	return 0;
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *data)
{
	struct exchange *x = data;

	(void)source;
	(void)usec;
	x->expired = true;
	task_wake(x->task);
	return 0;
}

static int open_socket(const struct target *to, struct exchange *x)
{
	struct mctp_ioc_tag_ctl2 ctl = {
		.net = to->link->network->id,
		.peer_addr = to->eid,
	};
	int on = 1;

	x->fd = socket(AF_MCTP, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (x->fd < 0)
		return -errno;
	if (!to->eid && setsockopt(x->fd, SOL_MCTP, MCTP_OPT_ADDR_EXT, &on, sizeof(on))) {
		int err = -errno;

		close(x->fd);
		return err;
	}
	x->tag = MCTP_TAG_OWNER;
	if (!ioctl(x->fd, SIOCMCTPALLOCTAG2, &ctl))
		x->tag = ctl.tag;
	else if (errno == EBUSY)
		x->tag = 0;
	return 0;
}

/* All tags of a peer may be lent to others for a while. */
static int get_tag(const struct target *to, struct exchange *x)
{
	struct mctp_ioc_tag_ctl2 ctl;
	int i;

	for (i = 0; !x->tag && i < BUSY_TRIES; i++) {
		task_sleep(BUSY_US);
		if (to->link->gone)
			return -ENODEV;
		ctl = (struct mctp_ioc_tag_ctl2){ .net = to->link->network->id,
						  .peer_addr = to->eid };
		if (!ioctl(x->fd, SIOCMCTPALLOCTAG2, &ctl))
			x->tag = ctl.tag;
	}
	return x->tag ? 0 : -EBUSY;
}

static int send_once(const struct target *to, int fd, uint8_t tag, const struct codec_buffer *b,
		     uint8_t eid)
{
	struct sockaddr_mctp_ext addr;
	socklen_t len = to->eid ? sizeof(addr.smctp_base) : sizeof(addr);

	memset(&addr, 0, sizeof(addr));
	addr.smctp_base.smctp_family = AF_MCTP;
	addr.smctp_base.smctp_network = to->link->network->id;
	addr.smctp_base.smctp_addr.s_addr = eid;
	addr.smctp_base.smctp_type = CODEC_TYPE_CONTROL;
	addr.smctp_base.smctp_tag = tag;
	addr.smctp_ifindex = to->link->index;
	addr.smctp_halen = to->addr.len;
	memcpy(addr.smctp_haddr, to->addr.bytes, to->addr.len);
	if (sendto(fd, b->bytes, b->len, 0, (struct sockaddr *)&addr, len) < 0)
		return -errno;
	return 0;
}

/* One attempt: send, and wait until the answer or the deadline. */
static int attempt(const struct target *to, struct exchange *x, const struct codec_buffer *b)
{
	uint64_t wait = to->link->d->config.message_timeout_ms * 1000ull;
	sd_event_source *timer = NULL;
	int err;

	x->expired = false;
	err = send_once(to, x->fd, x->tag, b, to->eid);
	if (err)
		return err;
	err = sd_event_add_time_relative(to->link->d->event, &timer, CLOCK_MONOTONIC, wait, 1000,
					 on_deadline, x);
	if (err < 0)
		return err;
	while (!x->done && !x->expired && !to->link->gone)
		task_suspend();
	sd_event_source_unref(timer);
	if (x->done)
		return x->err;
	return to->link->gone ? -ENODEV : -ETIMEDOUT;
}

static int exchange(const struct target *to, struct exchange *x, const struct codec_buffer *b)
{
	sd_event_source *source = NULL;
	int try, err;

	err = open_socket(to, x);
	if (err)
		return err;
	err = get_tag(to, x);
	if (err)
		goto err_socket;
	err = sd_event_add_io(to->link->d->event, &source, x->fd, EPOLLIN, on_answer, x);
	if (err < 0)
		goto err_socket;
	for (try = 0; try < (to->once ? 1 : TRIES); try++) {
		err = attempt(to, x, b);
		if (err != -ETIMEDOUT && err != -EBUSY && err != -EAGAIN)
			break;
		if (err != -ETIMEDOUT)
			task_sleep(BUSY_US);
	}
	sd_event_source_unref(source);
err_socket:
	close(x->fd);
	return err;
}

static int request_once(const struct target *to, struct channel *channel, struct codec_buffer *b,
			struct answer *answer)
{
	struct exchange x = { .task = task_self(), .to = to, .command = b->bytes[1], .answer = answer };
	int instance, err;

	while ((instance = instance_take(&channel->ids, now_us())) < 0) {
		if (to->link->gone)
			return -ENODEV;
		task_sleep(instance_free_at(&channel->ids) - now_us());
	}
	x.instance = instance;
	codec_set_instance(b, instance);
	err = exchange(to, &x, b);
	instance_release(&channel->ids, instance, x.done, now_us());
	return err;
}

/**
 * request - ask a peer, and wait for its answer
 * @to: the peer; its link is held by the caller
 * @b: the request
 * @answer: gets the answer, of whatever completion code
 *
 * Return: 0; -ETIMEDOUT when none came; -ENODEV when the link is gone; what sending failed with.
 */
int request(const struct target *to, struct codec_buffer *b, struct answer *answer)
{
	struct channel *channel = channel_of(to);
	uint8_t gw = gateway_of(to);
	int try, err;

	if (!channel || b->overflow)
		return -ENOMEM;
	channel_enter(channel);
	for (try = 0; try < NOT_READY_TRIES; try++) {
		if (try)
			task_sleep(NOT_READY_US);
		err = room_enter(to, gw);
		if (err)
			break;
		err = to->link->gone ? -ENODEV : request_once(to, channel, b, answer);
		room_leave(to, gw);
		if (err || answer->msg.completion != CODEC_NOT_READY)
			break;
	}
	channel_leave(channel);
	if (err)
		log_debug("%s: %s: %s.", target_text(to), codec_command_name(b->bytes[1]),
			  strerror(-err));
	return err;
}

/**
 * request_done - ask a peer, and take nothing but success for an answer
 *
 * Return: as request(); -EOPNOTSUPP when the peer does not know the command; -EREMOTEIO for every
 * other completion code.
 */
int request_done(const struct target *to, struct codec_buffer *b, struct answer *answer)
{
	int err = request(to, b, answer);

	if (err || answer->msg.completion == CODEC_SUCCESS)
		return err;
	log_debug("%s answers to %s: %s (0x%02x).", target_text(to),
		  codec_command_name(answer->msg.command),
		  codec_completion_name(answer->msg.completion), answer->msg.completion);
	return answer->msg.completion == CODEC_UNSUPPORTED ? -EOPNOTSUPP : -EREMOTEIO;
}

/**
 * request_get_eid - ask a peer for its EID
 *
 * Return: as request_done(), or -EBADMSG for an answer that is too short.
 */
int request_get_eid(const struct target *to, struct codec_get_eid *answer)
{
	struct answer raw;
	struct codec_buffer b;
	int err;

	codec_request(&b, CODEC_GET_EID);
	err = request_done(to, &b, &raw);
	return err ? err : codec_read_get_eid(&raw.msg, answer);
}

/**
 * request_get_uuid - ask a peer for its UUID
 *
 * Return: as request_done(); -EBADMSG for an answer that is too short, -ENODATA for a nil UUID.
 */
int request_get_uuid(const struct target *to, uint8_t uuid[16])
{
	struct answer raw;
	struct codec_buffer b;
	int err;

	codec_request(&b, CODEC_GET_UUID);
	err = request_done(to, &b, &raw);
	return err ? err : codec_read_uuid(&raw.msg, uuid);
}

/**
 * request_notify - tell a peer something; whether it answers does not matter
 *
 * Return: as request().
 */
int request_notify(const struct target *to, uint8_t command)
{
	struct answer raw;
	struct codec_buffer b;

	codec_request(&b, command);
	return request(to, &b, &raw);
}
