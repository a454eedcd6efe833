/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Simulated I2C: what the files of the module share.
 *
 *   i2c_sim.c       adapters and muxes, made and deleted through debugfs
 *   i2c_sim_wire.c  what happens on the wires
 */
#ifndef __I2C_SIM_H
#define __I2C_SIM_H

#include <linux/i2c.h>
#include <linux/list.h>
#include <linux/types.h>

struct dentry;

/* Channels of a mux */
#define I2C_SIM_CHANNELS_MAX	8

/* Segments that can be connected at one time */
#define I2C_SIM_SEGMENTS_MAX	64

/**
 * struct i2c_sim_switch - the electrical side of a mux
 * @node: in the list of all
 * @segment: the side of the parent
 * @channel: the segment of each channel
 * @selected: channel that is connected, or -1
 */
struct i2c_sim_switch {
	struct list_head	node;
	unsigned int		segment;
	unsigned int		channel[I2C_SIM_CHANNELS_MAX];
	int			selected;
};

/**
 * struct i2c_sim_target - what has an address
 * @node: in the list of all
 * @segment: where it is
 * @addr: its address
 * @client: who is told, or NULL: it acknowledges all
 */
struct i2c_sim_target {
	struct list_head	node;
	unsigned int		segment;
	u8			addr;
	struct i2c_client	*client;
};

int i2c_sim_wire_init(struct dentry *dir);
void i2c_sim_wire_exit(void);
void i2c_sim_wire_reset(void);

void i2c_sim_wire_add_switch(struct i2c_sim_switch *sw);
void i2c_sim_wire_del_switch(struct i2c_sim_switch *sw);
void i2c_sim_wire_select(struct i2c_sim_switch *sw, int channel);
int i2c_sim_wire_add_target(unsigned int segment, u8 addr,
			    struct i2c_client *client);
void i2c_sim_wire_del_target(struct i2c_client *client);
int i2c_sim_wire_transfer(unsigned int segment, struct i2c_msg *msgs, int n);

#endif /* __I2C_SIM_H */
