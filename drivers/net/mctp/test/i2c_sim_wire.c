// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated I2C: what happens on the wires.
 *
 * Segments are numbers. A switch connects its parent's segment with that of the
 * channel that is selected; a transfer reaches every target on the segments that
 * are connected with the sender's, in either direction. One transfer is under
 * way at a time. A registered target is called in hard IRQ, as by hardware.
 *
 * What goes wrong is drawn from a seeded generator, per message; each is counted
 * in "stats", and what was on the wire stands in "wire".
 */
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/prandom.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "i2c_sim.h"

#define WIRE_LOG	64
#define WIRE_BYTES	280

/* One of so many, for the chances that can be set */
#define PER_MILLE	1000

enum wire_counter {
	WIRE_MESSAGES,		/* all that were begun */
	WIRE_TAKEN,		/* to their end, by a target, as sent or not */
	WIRE_NO_TARGET,		/* nobody has the address */
	WIRE_REFUSED,		/* the target did not acknowledge */
	WIRE_NACK,		/* injected, and so on */
	WIRE_ARBITRATION,
	WIRE_TIMEOUT,
	WIRE_DELAY,
	WIRE_BIT_ERROR,
	WIRE_NO_PEC,
	WIRE_COUNTERS,
};

static const char *const wire_names[] = {
	[WIRE_MESSAGES]		= "messages",
	[WIRE_TAKEN]		= "taken",
	[WIRE_NO_TARGET]	= "no_target",
	[WIRE_REFUSED]		= "refused",
	[WIRE_NACK]		= "nack",
	[WIRE_ARBITRATION]	= "arbitration",
	[WIRE_TIMEOUT]		= "timeout",
	[WIRE_DELAY]		= "delay",
	[WIRE_BIT_ERROR]	= "bit_error",
	[WIRE_NO_PEC]		= "no_pec",
};

/**
 * struct wire_entry - what was on the wire
 * @segment: the sender's
 * @addr: address, as it was sent
 * @read: it was a read
 * @ret: 0, or the error that the sender got
 * @len: bytes
 * @bytes: these, or the first of them
 */
struct wire_entry {
	unsigned int	segment;
	u8		addr;
	bool		read;
	int		ret;
	unsigned int	len;
	u8		bytes[WIRE_BYTES];
};

/**
 * struct wire_call - a message for a registered target
 * @work: runs in hard IRQ
 * @client: the target
 * @msg: the message
 * @cut: bytes at its end that do not come
 * @flip: bit that comes wrong, or -1
 * @ret: what came of it
 */
struct wire_call {
	struct irq_work		work;
	struct i2c_client	*client;
	struct i2c_msg		*msg;
	unsigned int		cut;
	int			flip;
	int			ret;
};

/* All of the wires: switches, targets, the generator, the log */
static DEFINE_MUTEX(wire_mutex);
static LIST_HEAD(wire_switches);
static LIST_HEAD(wire_targets);
static struct rnd_state wire_rnd;
static unsigned long wire_counters[WIRE_COUNTERS];
static struct wire_entry *wire_log;
static unsigned long wire_logged;
static struct wire_call wire_call;

/* Chances of a message, in thousandths; those to one address, or 0 for all */
static u32 wire_seed = 1;
static u32 wire_nack;
static u32 wire_arbitration;
static u32 wire_timeout;
static u32 wire_delay;
static u32 wire_delay_us = 1000;
static u32 wire_bit_error;
static u32 wire_no_pec;
static u32 wire_only_addr;

/* A target's refusal is not heard, as with most hardware */
static bool wire_ignore_nack;

static bool wire_chance(u32 chance, enum wire_counter which)
{
	if (!chance || prandom_u32_state(&wire_rnd) % PER_MILLE >= chance)
		return false;
	wire_counters[which]++;
	return true;
}

/* The segments that are connected with the first of @found. */
static unsigned int wire_connected(unsigned int *found)
{
	struct i2c_sim_switch *sw;
	unsigned int i, n = 1;

	for (i = 0; i < n; i++) {
		list_for_each_entry(sw, &wire_switches, node) {
			unsigned int other, j;

			if (sw->selected < 0)
				continue;
			if (sw->segment == found[i])
				other = sw->channel[sw->selected];
			else if (sw->channel[sw->selected] == found[i])
				other = sw->segment;
			else
				continue;
			for (j = 0; j < n && found[j] != other; j++)
				;
			if (j == n && n < I2C_SIM_SEGMENTS_MAX)
				found[n++] = other;
		}
	}
	return n;
}

static struct i2c_sim_target *wire_find(unsigned int segment, u8 addr)
{
	unsigned int found[I2C_SIM_SEGMENTS_MAX] = { segment };
	unsigned int i, n = wire_connected(found);
	struct i2c_sim_target *target;

	list_for_each_entry(target, &wire_targets, node)
		for (i = 0; i < n; i++)
			if (target->addr == addr &&
			    target->segment == found[i])
				return target;
	return NULL;
}

static u8 wire_byte(const struct wire_call *call, unsigned int at)
{
	u8 byte = call->msg->buf[at];

	/* Bits are counted from the address on */
	if (call->flip / 8 == at + 1)
		byte ^= 1 << call->flip % 8;
	return byte;
}

static int wire_write(struct wire_call *call)
{
	unsigned int i;
	u8 byte = 0;
	int ret;

	ret = i2c_slave_event(call->client, I2C_SLAVE_WRITE_REQUESTED, &byte);
	if (ret && !wire_ignore_nack)
		return -ENXIO;
	for (i = 0; i < call->msg->len - call->cut; i++) {
		byte = wire_byte(call, i);
		ret = i2c_slave_event(call->client, I2C_SLAVE_WRITE_RECEIVED,
				      &byte);
		if (ret && !wire_ignore_nack)
			return -EIO;
	}
	return 0;
}

static int wire_read(struct wire_call *call)
{
	unsigned int i;

	for (i = 0; i < call->msg->len; i++)
		i2c_slave_event(call->client, i ? I2C_SLAVE_READ_PROCESSED :
						  I2C_SLAVE_READ_REQUESTED,
				&call->msg->buf[i]);
	return 0;
}

static void wire_call_in_irq(struct irq_work *work)
{
	struct wire_call *call = container_of(work, struct wire_call, work);
	u8 byte = 0;

	call->ret = call->msg->flags & I2C_M_RD ? wire_read(call) :
						  wire_write(call);
	i2c_slave_event(call->client, I2C_SLAVE_STOP, &byte);
}

static int wire_deliver(unsigned int segment, struct i2c_msg *msg)
{
	struct wire_call *call = &wire_call;
	struct i2c_sim_target *target;
	u8 addr = msg->addr;

	call->cut = 0;
	call->flip = -1;
	if (!(msg->flags & I2C_M_RD)) {
		if (wire_chance(wire_bit_error, WIRE_BIT_ERROR))
			/* Not the address byte's lowest: that makes a read */
			call->flip = 1 + prandom_u32_state(&wire_rnd) %
				     (8 * (msg->len + 1) - 1);
		if (msg->len && wire_chance(wire_no_pec, WIRE_NO_PEC))
			call->cut = 1;
		if (call->flip >= 0 && call->flip < 8)
			addr ^= 1 << (call->flip - 1);
	}

	target = wire_find(segment, addr);
	if (!target) {
		wire_counters[WIRE_NO_TARGET]++;
		return -ENXIO;
	}
	call->ret = 0;
	if (target->client) {
		call->client = target->client;
		call->msg = msg;
		irq_work_queue(&call->work);
		irq_work_sync(&call->work);
	}
	wire_counters[call->ret ? WIRE_REFUSED : WIRE_TAKEN]++;
	return call->ret;
}

static int wire_message(unsigned int segment, struct i2c_msg *msg)
{
	wire_counters[WIRE_MESSAGES]++;
	if (wire_only_addr && wire_only_addr != msg->addr)
		goto deliver;
	if (wire_chance(wire_delay, WIRE_DELAY))
		fsleep(wire_delay_us);
	if (wire_chance(wire_arbitration, WIRE_ARBITRATION))
		return -EAGAIN;
	if (wire_chance(wire_nack, WIRE_NACK))
		return -ENXIO;
	if (wire_chance(wire_timeout, WIRE_TIMEOUT)) {
		fsleep(wire_delay_us);
		return -ETIMEDOUT;
	}
deliver:
	return wire_deliver(segment, msg);
}

static void wire_note(unsigned int segment, const struct i2c_msg *msg, int ret)
{
	struct wire_entry *entry = &wire_log[wire_logged++ % WIRE_LOG];

	entry->segment = segment;
	entry->addr = msg->addr;
	entry->read = msg->flags & I2C_M_RD;
	entry->ret = ret;
	entry->len = min_t(unsigned int, msg->len, WIRE_BYTES);
	memcpy(entry->bytes, msg->buf, entry->len);
}

/**
 * i2c_sim_wire_transfer() - send messages
 * @segment: the sender's
 * @msgs: the messages; each ends with a stop
 * @n: how many
 *
 * Context: process context.
 * Return: @n, or a negative error of the first that fails.
 */
int i2c_sim_wire_transfer(unsigned int segment, struct i2c_msg *msgs, int n)
{
	int i, ret = 0;

	mutex_lock(&wire_mutex);
	for (i = 0; i < n && !ret; i++) {
		ret = wire_message(segment, &msgs[i]);
		wire_note(segment, &msgs[i], ret);
	}
	mutex_unlock(&wire_mutex);
	return ret ? ret : n;
}

/** i2c_sim_wire_add_switch() - a mux, nothing selected */
void i2c_sim_wire_add_switch(struct i2c_sim_switch *sw)
{
	sw->selected = -1;
	mutex_lock(&wire_mutex);
	list_add_tail(&sw->node, &wire_switches);
	mutex_unlock(&wire_mutex);
}

/** i2c_sim_wire_del_switch() - undo i2c_sim_wire_add_switch() */
void i2c_sim_wire_del_switch(struct i2c_sim_switch *sw)
{
	mutex_lock(&wire_mutex);
	list_del(&sw->node);
	mutex_unlock(&wire_mutex);
}

/** i2c_sim_wire_select() - connect a channel, or none for -1 */
void i2c_sim_wire_select(struct i2c_sim_switch *sw, int channel)
{
	mutex_lock(&wire_mutex);
	sw->selected = channel;
	mutex_unlock(&wire_mutex);
}

/**
 * i2c_sim_wire_add_target() - give something an address
 * @segment: where it is
 * @addr: the address
 * @client: who is told, or NULL for what acknowledges all
 *
 * Return: 0 or a negative error.
 */
int i2c_sim_wire_add_target(unsigned int segment, u8 addr,
			    struct i2c_client *client)
{
	struct i2c_sim_target *target, *other;
	int err = 0;

	target = kzalloc(sizeof(*target), GFP_KERNEL);
	if (!target)
		return -ENOMEM;
	target->segment = segment;
	target->addr = addr;
	target->client = client;

	mutex_lock(&wire_mutex);
	list_for_each_entry(other, &wire_targets, node)
		if (other->segment == segment && other->addr == addr)
			err = -EBUSY;
	if (!err)
		list_add_tail(&target->node, &wire_targets);
	mutex_unlock(&wire_mutex);
	if (err)
		kfree(target);
	return err;
}

/** i2c_sim_wire_del_target() - take a client's address, or all without one */
void i2c_sim_wire_del_target(struct i2c_client *client)
{
	struct i2c_sim_target *target, *next;

	mutex_lock(&wire_mutex);
	list_for_each_entry_safe(target, next, &wire_targets, node) {
		if (target->client == client) {
			list_del(&target->node);
			kfree(target);
		}
	}
	mutex_unlock(&wire_mutex);
}

/** i2c_sim_wire_reset() - nothing goes wrong, nothing has happened */
void i2c_sim_wire_reset(void)
{
	i2c_sim_wire_del_target(NULL);
	mutex_lock(&wire_mutex);
	wire_nack = 0;
	wire_arbitration = 0;
	wire_timeout = 0;
	wire_delay = 0;
	wire_bit_error = 0;
	wire_no_pec = 0;
	wire_only_addr = 0;
	wire_ignore_nack = false;
	memset(wire_counters, 0, sizeof(wire_counters));
	wire_logged = 0;
	prandom_seed_state(&wire_rnd, wire_seed);
	mutex_unlock(&wire_mutex);
}

static int stats_show(struct seq_file *seq, void *unused)
{
	unsigned int i;

	mutex_lock(&wire_mutex);
	for (i = 0; i < WIRE_COUNTERS; i++)
		seq_printf(seq, "%s %lu\n", wire_names[i], wire_counters[i]);
	mutex_unlock(&wire_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int wire_show(struct seq_file *seq, void *unused)
{
	unsigned long i;

	mutex_lock(&wire_mutex);
	i = wire_logged > WIRE_LOG ? wire_logged - WIRE_LOG : 0;
	for (; i < wire_logged; i++) {
		struct wire_entry *entry = &wire_log[i % WIRE_LOG];

		seq_printf(seq, "%u %s %02x %d %*phN\n", entry->segment,
			   entry->read ? "read" : "write", entry->addr,
			   entry->ret, min(entry->len, 64U), entry->bytes);
	}
	mutex_unlock(&wire_mutex);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(wire);

/**
 * i2c_sim_wire_init() - files, and room for the log
 * @dir: the folder in debugfs, which is the caller's to remove
 *
 * Return: 0 or -ENOMEM.
 */
int i2c_sim_wire_init(struct dentry *dir)
{
	wire_log = kcalloc(WIRE_LOG, sizeof(*wire_log), GFP_KERNEL);
	if (!wire_log)
		return -ENOMEM;
	init_irq_work(&wire_call.work, wire_call_in_irq);
	prandom_seed_state(&wire_rnd, wire_seed);

	debugfs_create_file("stats", 0400, dir, NULL, &stats_fops);
	debugfs_create_file("wire", 0400, dir, NULL, &wire_fops);
	debugfs_create_u32("seed", 0600, dir, &wire_seed);
	debugfs_create_u32("nack", 0600, dir, &wire_nack);
	debugfs_create_u32("arbitration", 0600, dir, &wire_arbitration);
	debugfs_create_u32("timeout", 0600, dir, &wire_timeout);
	debugfs_create_u32("delay", 0600, dir, &wire_delay);
	debugfs_create_u32("delay_us", 0600, dir, &wire_delay_us);
	debugfs_create_u32("bit_error", 0600, dir, &wire_bit_error);
	debugfs_create_u32("no_pec", 0600, dir, &wire_no_pec);
	debugfs_create_u32("only_addr", 0600, dir, &wire_only_addr);
	debugfs_create_bool("ignore_nack", 0600, dir, &wire_ignore_nack);
	return 0;
}

/** i2c_sim_wire_exit() - undo i2c_sim_wire_init() */
void i2c_sim_wire_exit(void)
{
	i2c_sim_wire_del_target(NULL);
	kfree(wire_log);
}
