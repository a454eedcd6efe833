/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A model of what becomes of packets that come in (DSP0236 8): for each packet
 * which counter rises, where it is forwarded to, or which message some socket
 * has. Written from the rules, plain lists throughout; it shares nothing with
 * what it judges.
 */
#ifndef MCTP_MODEL_H
#define MCTP_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_BINDS	16
#define MODEL_TAGS	64
#define MODEL_ROUTES	8
#define MODEL_OPEN	512
#define MODEL_ANY	0xff

/* Partial messages that one source EID may have open */
#define MODEL_SOURCE_MAX	32

struct model_bind {
	int		sock;
	uint8_t		type;
	uint8_t		local;		/* or MODEL_ANY */
	uint8_t		peer;		/* or MODEL_ANY */
	bool		net;		/* bound to the network by its number */
};

struct model_tag {
	int		sock;
	uint8_t		local;		/* or MODEL_ANY */
	uint8_t		peer;		/* or MODEL_ANY */
	uint8_t		value;
	bool		prealloc;
	bool		out;		/* not ended; an open message may outlive it */
};

struct model_route {
	uint8_t		min, max;
	int		bus;
	size_t		mtu;
};

/* A partial message */
struct model_open {
	bool		used;
	uint8_t		src, dest, tagto;
	int		bus;
	int		sock;
	struct model_tag *tag;		/* that it answers, or NULL */
	uint8_t		seq;
	size_t		first;		/* payload of its first packet */
	unsigned long	last;		/* when its last packet came */
	size_t		len;
	uint8_t		*data;
};

/* What became of a packet */
struct model_verdict {
	const char	*count;		/* a counter that rises, or NULL */
	const char	*count2;	/* one that rises as well, or NULL */
	int		forward;	/* the bus that it goes out by, or -1 */
	int		sock;		/* that has a message, or -1 */
	uint8_t		src, tagto, type;
	const uint8_t	*data;		/* the message after its type byte */
	size_t		len;
};

struct model {
	bool			strict;
	uint8_t			locals[4];
	int			nr_locals;
	int			nr_binds, nr_tags, nr_routes;
	struct model_bind	binds[MODEL_BINDS];
	struct model_tag	*tags[MODEL_TAGS];	/* that are out */
	struct model_route	routes[MODEL_ROUTES];
	struct model_open	open[MODEL_OPEN];
	int			nr_open;
	unsigned long		clock;
	uint8_t			whole[65536];	/* the last message */
};

/* A packet comes in by @bus */
struct model_verdict model_packet(struct model *m, int bus,
				  const uint8_t *packet, size_t len);
/* A socket has a tag now; 0, or -1 if there is no room */
int model_tag_add(struct model *m, struct model_tag tag);
/* Is some value free between these two? */
bool model_tag_free(const struct model *m, uint8_t local, uint8_t peer);

#endif /* MCTP_MODEL_H */
