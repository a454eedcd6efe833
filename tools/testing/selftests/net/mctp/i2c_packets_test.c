// SPDX-License-Identifier: GPL-2.0
/*
 * Sequences of packets that come in by a simulated I2C bus: the model of
 * mctp_model.h says what must become of each. In between frames come that have a
 * wrong bit, or are cut: these are counted as errors, and nothing else comes of
 * them.
 *
 *   MCTP_SEED=N      the chance to be repeated
 *   MCTP_SECONDS=N   for so long (default: 1)
 */
#include "mctp_test.h"
#include "mctp_i2c.h"
#include "sequence.h"

#define SECONDS		1
#define ENOUGH		30	/* sequences, however slow the machine is */
#define NEAR_LL		0x10
#define FAR_LL		0x1d
#define MTU		254

static int the_bus, the_other;
static unsigned long damaged;

static const char *bus_open(struct sequences *s)
{
	int here = ns_fd(), mine;
	const char *dev;

	if (here < 0 || sim_do("reset"))
		return NULL;
	the_bus = sim_adapter(0);
	the_other = sim_adapter(0);
	if (the_bus < 0 || the_other < 0 || ctl_new(the_bus, NEAR_LL))
		return NULL;
	dev = ctl_name(the_bus);
	if (ns_new())
		return NULL;
	mine = ns_fd();
	if (ns_enter(here) || link_move(dev, mine) || ns_enter(mine))
		return NULL;
	close(here);
	close(mine);
	return link_up(dev) ? NULL : dev;
}

static int bus_in(struct sequences *s, const void *packet, size_t len)
{
	uint8_t frame[4 + MTU], bad[4 + MTU];
	size_t size = i2c_frame(frame, NEAR_LL, FAR_LL, packet, len), cut = size;
	int err;

	if (!chance_below(&s->chance, 3)) {
		memcpy(bad, frame, size);
		/* any one bit, which a PEC of 8 bits always tells */
		if (chance_below(&s->chance, 2))
			bad[chance_below(&s->chance, size)] ^=
				1 << chance_below(&s->chance, 8);
		else
			cut = 1 + chance_below(&s->chance, size - 1);
		err = sim_write(the_other, NEAR_LL, bad, cut);
		if (err)
			return err;
		damaged++;
	}
	return sim_write(the_other, NEAR_LL, frame, size);
}

/* There are no routes to it, as each would need a neighbour there */
static ssize_t bus_out(struct sequences *s, void *packet, size_t size, bool wait)
{
	return -EAGAIN;
}

static const struct wire bus = {
	.name = "i2c", .least = HDR_LEN, .most = MTU, .later = true,
	.open = bus_open, .in = bus_in, .out = bus_out,
};

FIXTURE(i2c) {
	struct sequences s;
};

FIXTURE_SETUP(i2c)
{
	ASSERT_EQ(0, sequences_new(&self->s, &bus));
}

FIXTURE_TEARDOWN(i2c)
{
	EXPECT_EQ(0, sim_do("reset"));
}

TEST_F_TIMEOUT(i2c, each_packet_does_what_the_rules_say, 7 * 86400)
{
	struct link_info info;

	ASSERT_TRUE(sequences_for(&self->s, setting("MCTP_SECONDS", SECONDS),
				  ENOUGH));
	EXPECT_LT(ENOUGH, self->s.packets);
	EXPECT_LT(ENOUGH / 10, damaged);
	ASSERT_EQ(0, link_get(ctl_name(the_bus), &info));
	EXPECT_EQ(damaged, info.stats.rx_errors);
	TH_LOG("%lu frames with an error, all counted", damaged);
}

TEST_HARNESS_MAIN
