/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tasks: courses of work that wait for answers, written from top to bottom. Each has a stack of
 * its own and runs until it waits; there is one thread, so nothing happens between two waits.
 */
#ifndef MCTPD_TASK_H
#define MCTPD_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

struct task;

/**
 * struct wait_list - tasks that wait for the same thing
 * @first: the one that has waited longest
 */
struct wait_list {
	struct task *first;
};

int task_init(sd_event *event);
void task_exit(void);
int task_start(void (*run)(void *data), void *data);
struct task *task_self(void);
void task_suspend(void);
void task_wake(struct task *task);
void task_sleep(uint64_t us);
void task_wait_on(struct wait_list *list);
void task_wake_one(struct wait_list *list);
void task_wake_all(struct wait_list *list);

#endif
