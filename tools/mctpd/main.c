// SPDX-License-Identifier: GPL-2.0
/*
 * mctpd: the control protocol of MCTP (DSP0236) as bus owner, endpoint and bridge.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/random.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>

#include "../mctp/streams.h"

#include "mctpd.h"

#define DEFAULT_CONFIG "/etc/mctpd.conf"

/* Makes the UUID of this system one that only MCTP sees. */
#define APPLICATION_ID \
	SD_ID128_MAKE(4f, 1c, 9a, 0b, 6d, 3e, 4b, 52, 8a, 77, 2d, 91, c0, 5e, 13, f8)

/**
 * now_us - the time that deadlines are in
 */
uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ull + ts.tv_nsec / 1000;
}

/**
 * addr_equal - are these the same physical address?
 */
bool addr_equal(const struct config_addr *a, const struct config_addr *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

/**
 * addr_text - a physical address for a log
 *
 * Return: the text, which lives until the next call.
 */
const char *addr_text(const struct config_addr *addr)
{
	static char text[3 * CONFIG_ADDR_MAX + 3];
	char *at = text;
	int i;

	if (!addr->len)
		return "none";
	if (addr->len == 1)
		at += sprintf(at, "0x");
	for (i = 0; i < addr->len; i++)
		at += sprintf(at, "%s%02x", i ? ":" : "", addr->bytes[i]);
	return text;
}

static int usage(FILE *to, int status)
{
	fputs("Usage: mctpd [-c FILE] [-t] [-v]\n\n"
	      "  -c, --config FILE  the configuration (default: " DEFAULT_CONFIG ", which may be absent)\n"
	      "  -t, --test         read the configuration, say what is wrong, and end\n"
	      "  -v, --verbose      say more\n"
	      "  -h, --help         this text\n"
	      "  -V, --version      the version\n",
	      to);
	return status;
}

/* What was printed may not have been written. */
static int written(int status)
{
	if (!(ferror(stdout) | fflush(stdout)))
		return status;
	log_error("the output cannot be written: %s.", strerror(errno));
	return 1;
}

static int load_config(struct mctpd *d, const char *path)
{
	char error[CONFIG_ERROR_MAX];
	bool given = path;
	int err;

	config_init(&d->config);
	err = config_read(&d->config, given ? path : DEFAULT_CONFIG, error);
	if (err == -ENOENT && !given)
		return 0;
	if (err)
		log_error("%s", error);
	else if (d->config.message_timeout_ms < 300)
		log_warning("message_timeout_ms is less than the 300 ms that DSP0237 asks for.");
	return err;
}

/* That of the configuration, that of the machine, or a new one (RFC 4122, version 4). */
static void choose_uuid(struct mctpd *d)
{
	sd_id128_t id;

	if (d->config.have_uuid) {
		memcpy(d->uuid, d->config.uuid, sizeof(d->uuid));
	} else if (!sd_id128_get_machine_app_specific(APPLICATION_ID, &id) ||
		   !sd_id128_randomize(&id)) {
		memcpy(d->uuid, id.bytes, sizeof(d->uuid));
	}
}

static int init(struct mctpd *d)
{
	int err;

	err = sd_event_default(&d->event);
	if (err < 0)
		return err;
	sd_event_add_signal(d->event, NULL, SIGTERM, NULL, NULL);
	sd_event_add_signal(d->event, NULL, SIGINT, NULL, NULL);
	err = task_init(d->event);
	if (err < 0)
		return err;
	err = dbus_init(d);
	if (err < 0) {
		log_error("D-Bus cannot be reached: %s.", strerror(-err));
		return err;
	}
	err = responder_init(d);
	if (err < 0) {
		log_error("control messages cannot be taken: %s.%s", strerror(-err),
			  err == -EAFNOSUPPORT ? " Load the stack with: modprobe mctp" :
			  err == -EADDRINUSE   ? " Another mctpd runs" :
						 "");
		return err;
	}
	err = link_init(d);
	if (err < 0) {
		log_error("the links cannot be read: %s.", strerror(-err));
		return err;
	}
	err = caps_drop();
	if (err < 0)
		log_warning("the capabilities cannot be dropped: %s.", strerror(-err));
	setup_adopt(d);
	err = dbus_own_name(d);
	if (err < 0)
		log_error("the name %s on D-Bus is not to be had: %s.", BUS_NAME, strerror(-err));
	return err;
}

static int run(struct mctpd *d)
{
	sigset_t signals;
	int err;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	/* Whoever reads what we say may leave. */
	signal(SIGPIPE, SIG_IGN);
	choose_uuid(d);
	err = init(d);
	if (err >= 0) {
		sd_notify(0, "READY=1");
		err = sd_event_loop(d->event);
	}
	responder_exit(d);
	link_exit(d);
	dbus_exit(d);
	task_exit();
	sd_event_unref(d->event);
	return err < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "test", no_argument, NULL, 't' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ }
	};
	/* What it holds is held to the end, when this function has returned. */
	static struct mctpd d = { .responder = -1 };
	bool test = false, verbose = false;
	const char *path = NULL;
	int option, status;

	streams_fill();
	while ((option = getopt_long(argc, argv, "c:tvhV", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case 't':
			test = true;
			break;
		case 'v':
			verbose = true;
			break;
		case 'h':
			return written(usage(stdout, 0));
		case 'V':
			printf("mctpd %s\n", MCTP_TOOL_VERSION);
			return written(0);
		default:
			return usage(stderr, 2);
		}
	}
	if (optind < argc) {
		log_error("\"%s\" is not understood.", argv[optind]);
		return usage(stderr, 2);
	}
	log_open(verbose);
	if (load_config(&d, path))
		return 1;
	status = test ? 0 : run(&d);
	config_free(&d.config);
	return status;
}
