// SPDX-License-Identifier: GPL-2.0
/*
 * mctp probe: all that an endpoint tells of itself by the control protocol.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "peer.h"
#include "stop.h"

/* DSP0236, 12.4: at least two retries. */
#define TRIES 3

/* An endpoint that always names a next one cannot keep us. */
#define VENDORS_MAX 255

/* Get MCTP Version Support for the base specification. */
#define VERSIONS_OF_BASE 0xff

/**
 * struct probe - an endpoint that is asked
 * @peer: the endpoint
 * @wait_ms: for each answer
 * @fd: the socket
 * @tag: the tag of all requests
 * @instance: of the last request
 * @from: EID that the last answer came from
 * @bytes: the last answer
 */
struct probe {
	struct peer peer;
	uint32_t wait_ms;
	int fd;
	uint8_t tag;
	uint8_t instance;
	uint8_t from;
	uint8_t bytes[CONTROL_ANSWER_MAX];
};

/* Return: 0 and the answer; -ETIMEDOUT or another negative errno. */
static int await_answer(struct probe *p, uint8_t command, uint64_t until,
			struct control_answer *answer)
{
	struct sockaddr_mctp_ext from;
	bool extended;
	ssize_t len;
	int ready;

	while ((ready = peer_wait(p->fd, until)) > 0) {
		len = peer_receive(p->fd, p->bytes, sizeof(p->bytes), &from, &extended);
		if (len < 0)
			return len;
		if (!control_is_answer(p->bytes, len, p->instance, command, answer))
			continue;
		p->from = from.smctp_base.smctp_addr.s_addr;
		return 0;
	}
	return ready ? ready : -ETIMEDOUT;
}

/* The retries of a request have its instance (DSP0236, 11.3). */
static int ask(struct probe *p, uint8_t command, int argument, struct control_answer *answer)
{
	uint8_t request[CONTROL_REQUEST_MAX];
	int try, err = -ETIMEDOUT;
	size_t len;

	p->instance = (p->instance + 1) % CONTROL_INSTANCES;
	len = control_request(request, p->instance, command, argument);
	for (try = 0; try < TRIES && err == -ETIMEDOUT; try++) {
		err = peer_send(p->fd, &p->peer, CONTROL_TYPE, p->tag, request, len);
		if (err)
			return err;
		err = await_answer(p, command, peer_now_us() + p->wait_ms * 1000ull, answer);
	}
	return err;
}

/* As ask(), for what an endpoint need not have: true only with a good answer. */
static bool ask_more(struct probe *p, uint8_t command, int argument, struct control_answer *answer)
{
	return !stop_wanted() && !ask(p, command, argument, answer) &&
	       answer->completion == CONTROL_SUCCESS;
}

static void print_head(struct mctp *m, struct probe *p, const struct control_eid *eid)
{
	static const char *const kinds[] = { "dynamic", "static-supported", "static",
					     "static-differs" };
	struct control_answer answer;
	char uuid[UUID_TEXT_SIZE];

	print_number(&m->out, "eid", "eid", eid->eid);
	print_number(&m->out, "from", "from", p->from);
	print_string(&m->out, NULL, "role", eid->is_bridge ? "bridge" : "endpoint");
	print_string(&m->out, NULL, "assignment", kinds[eid->kind]);
	print_hex(&m->out, "medium", "medium", eid->medium, 2);
	if (ask_more(p, CONTROL_GET_UUID, -1, &answer) && control_read_uuid(&answer, uuid))
		print_string(&m->out, "uuid", "uuid", uuid);
	else
		print_null(&m->out, "uuid", "uuid");
}

static void print_versions(struct mctp *m, struct probe *p, int type)
{
	char versions[CONTROL_LIST_MAX][PRINT_STRINGS_SIZE];
	struct control_answer answer;
	size_t n = 0;

	if (!ask_more(p, CONTROL_GET_VERSIONS, type, &answer) ||
	    !control_read_versions(&answer, versions, &n))
		n = 0;
	print_strings(&m->out, "versions", "versions", versions, n);
}

static void print_types(struct mctp *m, struct probe *p)
{
	uint8_t copy[CONTROL_LIST_MAX];
	struct control_answer answer;
	const uint8_t *types;
	const char *name;
	size_t i, n = 0;

	if (ask_more(p, CONTROL_GET_TYPES, -1, &answer) && control_read_types(&answer, &types, &n))
		memcpy(copy, types, n);
	else
		n = 0;
	print_list(&m->out, "types");
	for (i = 0; i < n; i++) {
		name = parse_type_name(copy[i]);
		print_item(&m->out);
		print_hex(&m->out, "type", "type", copy[i], 2);
		if (name)
			print_string(&m->out, NULL, "name", name);
		else
			print_null(&m->out, NULL, "name");
		print_versions(m, p, copy[i]);
		print_item_end(&m->out);
	}
	print_list_end(&m->out);
}

static void print_vendors(struct mctp *m, struct probe *p)
{
	struct control_vendor vendor = {};
	struct control_answer answer;
	int i;

	print_list(&m->out, "vendors");
	for (i = 0; i < VENDORS_MAX && vendor.next != 0xff; i++) {
		if (!ask_more(p, CONTROL_GET_VENDOR, vendor.next, &answer) ||
		    !control_read_vendor(&answer, &vendor))
			break;
		print_item(&m->out);
		print_string(&m->out, "vendor", "format", vendor.is_iana ? "iana" : "pci");
		print_hex(&m->out, NULL, "id", vendor.id, vendor.is_iana ? 8 : 4);
		print_hex(&m->out, "set", "set", vendor.set, 4);
		print_item_end(&m->out);
	}
	print_list_end(&m->out);
}

static int no_endpoint(const struct probe *p, int err)
{
	if (err == -EINTR)
		return STATUS_REFUSED;
	if (err == -ETIMEDOUT)
		return refused("EID %u does not answer: it was asked %d times, and each time had %u ms.",
			       p->peer.eid, TRIES, p->wait_ms);
	return peer_refused(err, &p->peer);
}

static int probe(struct mctp *m, struct probe *p)
{
	struct control_answer answer;
	struct control_eid eid;
	const char *why;
	int err;

	err = ask(p, CONTROL_GET_EID, -1, &answer);
	if (err)
		return no_endpoint(p, err);
	why = control_completion(answer.completion);
	if (answer.completion != CONTROL_SUCCESS)
		return refused("EID %u will not tell its EID: it answers 0x%02x, %s.", p->peer.eid,
			       answer.completion, why ? why : "which depends on the command");
	if (!control_read_eid(&answer, &eid))
		return refused("EID %u gives an answer that is too short.", p->peer.eid);

	print_begin(&m->out);
	print_record(&m->out);
	print_head(m, p, &eid);
	print_versions(m, p, VERSIONS_OF_BASE);
	print_types(m, p);
	print_vendors(m, p);
	print_record_end(&m->out);
	print_end(&m->out);
	return stop_wanted() ? STATUS_REFUSED : STATUS_FINE;
}

static int probe_run(struct mctp *m, struct args *a)
{
	struct keyword words[] = {
		PEER_KEYWORD_LIST,
		[PEER_KEYWORDS] = { .name = "-W", .alias = "wait" },
	};
	struct probe p = { .wait_ms = 1000 };
	const char *eid;
	int status;

	if (args_take(a, "the EID", &eid) || ARGS_KEYWORDS(a, words) ||
	    peer_parse(a, eid, words, &p.peer))
		return STATUS_MISUSE;
	if (words[PEER_KEYWORDS].value &&
	    args_seconds(a, "the wait", words[PEER_KEYWORDS].value, 1, TAG_MS, &p.wait_ms))
		return STATUS_MISUSE;
	p.fd = peer_open(m, &p.peer);
	if (p.fd < 0)
		return STATUS_REFUSED;
	p.tag = peer_tag(p.fd, &p.peer);
	stop_catch();
	status = probe(m, &p);
	close(p.fd);
	return status;
}

const struct object probe_object = {
	.name = "probe",
	.purpose = "ask an endpoint for all that it tells of itself",
	.synopsis = "EID [net N] [dev DEV [lladdr ADDRESS]] [-W SECONDS]",
	.run = probe_run,
};
