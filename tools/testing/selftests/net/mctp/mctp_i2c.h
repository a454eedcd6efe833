/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selftests of MCTP over I2C: the simulated buses (i2c-sim.ko), and controllers
 * on them. Calls return 0 or what they have got, or a negative errno.
 */
#ifndef MCTP_I2C_H
#define MCTP_I2C_H

#include <stdint.h>
#include <stddef.h>

/* lib_i2c.c: buses */

/* A command to "control", with a number or two */
int sim_do(const char *format, ...) __attribute__((format(printf, 1, 2)));
int sim_set(const char *file, int value);
/* What "stats" says of it */
long sim_stat(const char *name);
/* A new adapter on a segment: its number */
int sim_adapter(int segment);
/* A bus by its parent (-1: none) and its place among that one's */
int sim_child(int parent, int place);
int sim_segment(int bus);
/* The last message on the wire, as a line of "wire" */
const char *sim_last(void);
/* The number of the last lines that have the word */
int sim_count(const char *word);
/* Write bytes by a bus; as a program does that knows no MCTP */
int sim_write(int bus, int addr, const void *bytes, size_t len);
int sim_read(int bus, int addr, void *bytes, size_t len);

/* lib_i2c.c: frames, by code that is not the kernel's */

/* CRC-8 of SMBus, bit by bit; it goes on from @crc, 0 at first */
uint8_t i2c_pec(uint8_t crc, const uint8_t *bytes, size_t len);
/* A frame to the address @dest, without the byte of that: its length */
size_t i2c_frame(uint8_t *to, uint8_t dest, uint8_t src, const void *packet,
		 size_t len);

/* lib_i2c.c: controllers */

/* new_device and delete_device on a bus */
int ctl_new(int bus, int addr);
int ctl_del(int bus, int addr);
/* "mctpi2cN" */
const char *ctl_name(int bus);
/* A counter of ethtool -S */
long ctl_stat(const char *dev, const char *name);
/* ctl_stat() becomes this; the last value */
long ctl_stat_wait(const char *dev, const char *name, long value);

#endif /* MCTP_I2C_H */
