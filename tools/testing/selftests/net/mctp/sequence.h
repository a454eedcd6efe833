/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sequences of packets that come in by some wire and by a TUN device, those of
 * packets_corpus.h and what chance makes of them. For each packet the model of
 * mctp_model.h says what must become of it.
 *
 * Calls return false where something else becomes of a packet.
 */
#ifndef MCTP_SEQUENCE_H
#define MCTP_SEQUENCE_H

#include "mctp_test.h"
#include "mctp_model.h"

#define SEQUENCE_PACKETS	8
#define SEQUENCE_PACKET_MAX	300
#define SEQUENCE_KEPT		4096
#define SEQUENCE_SOCKS		4
#define SEQUENCE_LOCAL		8	/* ours, of the wire's device */
#define SEQUENCE_FAR		20	/* to 29 is behind the wire */

struct packet {
	int		bus;		/* 0: the wire */
	size_t		len;
	uint8_t		data[SEQUENCE_PACKET_MAX];
};

struct sequence {
	int		n;
	struct packet	p[SEQUENCE_PACKETS];
};

struct sequences;

struct wire {
	const char	*name;
	/* of packets that it can carry; others are left out */
	size_t		least, most;
	/* what comes in is not yet in when in() returns */
	bool		later;
	/* packets that are forwarded to it are seen by out() */
	bool		back;
	/* a device that is up: its name, or NULL */
	const char	*(*open)(struct sequences *s);
	int		(*in)(struct sequences *s, const void *packet, size_t len);
	/* the next packet that goes out, or an error */
	ssize_t		(*out)(struct sequences *s, void *packet, size_t size,
			       bool wait);
};

struct sequences {
	const struct wire *wire;
	uint64_t	chance;
	int		fd;		/* the wire's */
	int		other;		/* the TUN device */
	int		sock[SEQUENCE_SOCKS];
	struct model	m;
	struct sequence	*kept;
	int		nr_kept;
	unsigned long	packets, not_carried;
	struct stats	before;
	struct { const char *name; long n; } count[16];
	int		nr_counts;
	/* around a packet that comes in, for whoever looks at what is new by it */
	void		(*begin)(void);
	int		(*end)(void);
	int		new;		/* what end() has said for a sequence */
};

extern const struct wire wire_tun;

int sequences_new(struct sequences *s, const struct wire *wire);
/* Those of packets_corpus.h, run and kept; *new is what is new by them */
bool sequences_corpus(struct sequences *s, int *new);
bool sequence_run(struct sequences *s, const struct sequence *q);
/* One that is kept, changed by chance */
void sequence_some(struct sequences *s, struct sequence *q);
void sequence_keep(struct sequences *s, const struct sequence *q);
void sequence_show(const struct sequence *q);
/* The corpus, and then what chance makes of it for so long; says how many */
bool sequences_for(struct sequences *s, unsigned long seconds, int least);

#endif /* MCTP_SEQUENCE_H */
