// SPDX-License-Identifier: GPL-2.0
/*
 * A QEMU plugin: how many instructions ran at which address, between two
 * addresses of a program.
 *
 *   -plugin profile.so,begin=ADDRESS,end=ADDRESS,to=FILE
 *
 * FILE gets "ADDRESS COUNT TIMES" for each translated block that ran in between, on
 * whichever of the processors, each of which counts for itself. The
 * declarations are those of QEMU's documented plugin interface, version 1:
 * Debian has the interface, and no package with its header.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*vcpu_udata_cb)(unsigned int cpu, void *data);
enum { QEMU_PLUGIN_CB_NO_REGS };

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
						  void (*cb)(qemu_plugin_id_t id,
							     struct qemu_plugin_tb *tb));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
						 vcpu_udata_cb cb, int flags,
						 void *data);
extern void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
						   vcpu_udata_cb cb, int flags,
						   void *data);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
							size_t idx);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
extern void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
					   void (*cb)(qemu_plugin_id_t id, void *data),
					   void *data);

#define CPUS_MAX	4

struct block {
	struct block	*next;
	uint64_t	vaddr;
	uint64_t	insns;
	uint64_t	ran[CPUS_MAX];
};

static struct block *_Atomic blocks;
static uint64_t begin, end;
static const char *to;
static atomic_bool on;

static void ran(unsigned int cpu, void *data)
{
	struct block *b = data;

	if (cpu >= CPUS_MAX)
		abort();
	b->ran[cpu] += atomic_load_explicit(&on, memory_order_relaxed);
}

static void turn(unsigned int cpu, void *data)
{
	atomic_store(&on, data != NULL);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct block *b = calloc(1, sizeof(*b));
	size_t i;

	if (!b)
		abort();
	b->vaddr = qemu_plugin_tb_vaddr(tb);
	b->insns = qemu_plugin_tb_n_insns(tb);
	b->next = atomic_load(&blocks);
	while (!atomic_compare_exchange_weak(&blocks, &b->next, b))
		;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, ran, QEMU_PLUGIN_CB_NO_REGS, b);
	for (i = 0; i < b->insns; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t at = qemu_plugin_insn_vaddr(insn);

		if (at == begin || at == end)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, turn,
							       QEMU_PLUGIN_CB_NO_REGS,
							       at == begin ? &begin : NULL);
	}
}

static void finish(qemu_plugin_id_t id, void *data)
{
	const struct block *b;
	FILE *f = fopen(to, "w");
	uint64_t times;
	int cpu;

	if (!f) {
		perror(to);
		return;
	}
	for (b = atomic_load(&blocks); b; b = b->next) {
		times = 0;
		for (cpu = 0; cpu < CPUS_MAX; cpu++)
			times += b->ran[cpu];
		if (times)
			fprintf(f, "%016" PRIx64 " %" PRIu64 " %" PRIu64 "\n",
				b->vaddr, times * b->insns, times);
	}
	fclose(f);
}

__attribute__((visibility("default")))
int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info,
			int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "begin=", 6))
			begin = strtoull(argv[i] + 6, NULL, 16);
		else if (!strncmp(argv[i], "end=", 4))
			end = strtoull(argv[i] + 4, NULL, 16);
		else if (!strncmp(argv[i], "to=", 3))
			to = strdup(argv[i] + 3);
	}
	if (!begin || !end || !to) {
		fputs("profile: begin=, end= and to= are needed\n", stderr);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
