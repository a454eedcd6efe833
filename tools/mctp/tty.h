/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Serial lines: their speed, and the line discipline that makes an MCTP device of one.
 */
#ifndef MCTP_TOOL_TTY_H
#define MCTP_TOOL_TTY_H

#include <stdint.h>

struct tty;

struct tty *tty_open(const char *path);
int tty_configure(struct tty *tty, uint32_t baud);
int tty_attach(struct tty *tty);
int tty_device_name(struct tty *tty, char *name, int room);
int tty_watch(struct tty *tty);
void tty_close(struct tty *tty);

#endif
