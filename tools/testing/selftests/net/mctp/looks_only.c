// SPDX-License-Identifier: GPL-2.0
/*
 * looks_only COMMAND...: run a command that may look at a tty, but change nothing of it.
 *
 * Exits as the command does; with 125, after a sentence, as soon as it asks for a change, which is
 * then not made.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define REFUSED 125

static const unsigned int changes[] = {
	TCSETS, TCSETSW, TCSETSF, TCSETA, TCSETAW, TCSETAF, TCSBRK, TCSBRKP, TCXONC, TCFLSH,
	TIOCSETD,
#ifdef TCSETS2
	TCSETS2, TCSETSW2, TCSETSF2,
#endif
};

static void give_up(const char *what)
{
	perror(what);
	exit(REFUSED);
}

static void check(pid_t pid)
{
	struct __ptrace_syscall_info info;
	size_t i;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		give_up("ptrace");
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY || info.entry.nr != __NR_ioctl)
		return;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		if ((unsigned int)info.entry.args[1] != changes[i])
			continue;
		fprintf(stderr, "the tty would be changed by ioctl 0x%x\n", changes[i]);
		kill(pid, SIGKILL);
		exit(REFUSED);
	}
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: %s COMMAND...\n", argv[0]);
		return REFUSED;
	}
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (!pid) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) || raise(SIGSTOP))
			give_up("ptrace");
		execvp(argv[1], argv + 1);
		give_up(argv[1]);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		give_up("ptrace");
	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, 0, 0) || waitpid(pid, &status, 0) != pid)
			give_up("ptrace");
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			check(pid);
	}
}
