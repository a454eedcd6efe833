// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks: each has a stack of its own and runs until it waits.
 *
 * A task is only ever switched to from the event loop. task_wake() puts it into a queue that the
 * loop drains, so that tasks can wake each other.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <ucontext.h>

#include <sys/mman.h>

#include "task.h"

/* The sanitizer looks for what is held on stacks, and does not know ours. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#else
#define __lsan_register_root_region(start, size)   ((void)(start))
#define __lsan_unregister_root_region(start, size) ((void)(start))
#endif

/* sd-bus uses a good deal of stack for a message; pages that are not touched cost nothing. */
#define STACK_SIZE (256 * 1024)
#define GUARD_SIZE 4096

/**
 * struct task - a course of work
 * @context: where it goes on
 * @stack: its stack, with a page below that faults
 * @run: what it does
 * @data: for @run
 * @next: the task behind it in a list
 * @queued: it is in the queue of those that can go on
 * @done: @run has returned
 */
struct task {
	ucontext_t context;
	void *stack;
	void (*run)(void *data);
	void *data;
	struct task *next;
	bool queued;
	bool done;
};

static sd_event *loop;
static sd_event_source *drain_source;
static struct task *current;
static struct task *queue;
static struct task **queue_end = &queue;
static ucontext_t loop_context;

static void task_free(struct task *task)
{
	__lsan_unregister_root_region((char *)task->stack + GUARD_SIZE, STACK_SIZE);
	munmap(task->stack, STACK_SIZE + GUARD_SIZE);
	free(task);
}

static void task_switch(struct task *task)
{
	current = task;
	swapcontext(&loop_context, &task->context);
	current = NULL;
	if (task->done)
		task_free(task);
}

static int drain(sd_event_source *source, void *data)
{
	struct task *task = queue;

	(void)data;
	if (task) {
		queue = task->next;
		if (!queue)
			queue_end = &queue;
		task->next = NULL;
		task->queued = false;
		task_switch(task);
	}
	return sd_event_source_set_enabled(source, queue ? SD_EVENT_ON : SD_EVENT_OFF);
}

/**
 * task_init - before the first task
 *
 * Return: 0 or a negative errno.
 */
int task_init(sd_event *event)
{
	int err;

	err = sd_event_add_defer(event, &drain_source, drain, NULL);
	if (err < 0)
		return err;
	loop = event;
	return sd_event_source_set_enabled(drain_source, SD_EVENT_OFF);
}

/**
 * task_exit - after the loop has ended; tasks that still wait are left where they are
 */
void task_exit(void)
{
	drain_source = sd_event_source_unref(drain_source);
}

static void begin(void)
{
	current->run(current->data);
	current->done = true;
	swapcontext(&current->context, &loop_context);
}

/**
 * task_start - begin a course of work, as soon as the loop comes round
 * @run: what it does
 * @data: for @run, which owns it from now on if that succeeds
 *
 * Return: 0 or -ENOMEM.
 */
int task_start(void (*run)(void *data), void *data)
{
	struct task *task = calloc(1, sizeof(*task));

	if (!task)
		return -ENOMEM;
	task->stack = mmap(NULL, STACK_SIZE + GUARD_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (task->stack == MAP_FAILED) {
		free(task);
		return -ENOMEM;
	}
	mprotect(task->stack, GUARD_SIZE, PROT_NONE);
	__lsan_register_root_region((char *)task->stack + GUARD_SIZE, STACK_SIZE);
	getcontext(&task->context);
	task->context.uc_stack.ss_sp = (char *)task->stack + GUARD_SIZE;
	task->context.uc_stack.ss_size = STACK_SIZE;
	task->run = run;
	task->data = data;
	makecontext(&task->context, begin, 0);
	task_wake(task);
	return 0;
}

/**
 * task_self - the task that runs
 *
 * Return: the task, NULL in the loop itself.
 */
struct task *task_self(void)
{
	return current;
}

/**
 * task_suspend - wait until somebody calls task_wake(); by a task for itself
 */
void task_suspend(void)
{
	swapcontext(&current->context, &loop_context);
}

/**
 * task_wake - let a task go on, as soon as the loop comes round; once is enough
 */
void task_wake(struct task *task)
{
	if (task->queued)
		return;
	task->queued = true;
	task->next = NULL;
	*queue_end = task;
	queue_end = &task->next;
	sd_event_source_set_enabled(drain_source, SD_EVENT_ON);
}

struct nap {
	struct task *task;
	bool over;
};

static int end_nap(sd_event_source *source, uint64_t usec, void *data)
{
	struct nap *nap = data;

	(void)source;
	(void)usec;
	nap->over = true;
	task_wake(nap->task);
	return 0;
}

/**
 * task_sleep - wait for some time; by a task for itself
 */
void task_sleep(uint64_t us)
{
	struct nap nap = { .task = current };
	sd_event_source *source = NULL;

	if (sd_event_add_time_relative(loop, &source, CLOCK_MONOTONIC, us, 1000, end_nap, &nap) < 0)
		return;
	while (!nap.over)
		task_suspend();
	sd_event_source_unref(source);
}

/**
 * task_wait_on - wait until the list is woken; by a task for itself
 */
void task_wait_on(struct wait_list *list)
{
	struct task **end = &list->first;

	while (*end)
		end = &(*end)->next;
	current->next = NULL;
	*end = current;
	task_suspend();
}

/**
 * task_wake_one - let the task go on that has waited longest
 */
void task_wake_one(struct wait_list *list)
{
	struct task *task = list->first;

	if (!task)
		return;
	list->first = task->next;
	task_wake(task);
}

/**
 * task_wake_all - let all tasks of a list go on
 */
void task_wake_all(struct wait_list *list)
{
	while (list->first)
		task_wake_one(list);
}
