// SPDX-License-Identifier: GPL-2.0
/*
 * Loading is automatic: the first socket pulls mctp.ko in by its alias
 * net-pf-45, the first line discipline mctp-serial.ko by tty-ldisc-28.
 */
#include <sys/syscall.h>

#include "mctp_test.h"

#define MODULES_PATH	"/proc/modules"
#define MODULES_MAX	16

FIXTURE(autoload) {
	int n;			/* modules that were taken out */
	char name[MODULES_MAX][64];
};

#define SELF FIXTURE_DATA(autoload) *self

static bool loaded(const char *module)
{
	char begin[64];

	snprintf(begin, sizeof(begin), "%s ", module);
	return *file_line(MODULES_PATH, begin);
}

/* The first of those that use a module; "" if there is none */
static void user_of(const char *module, char *user, size_t size)
{
	char begin[64];

	user[0] = '\0';
	snprintf(begin, sizeof(begin), "%s ", module);
	/* name, size, count, "user,user," or "-" */
	if (sscanf(file_line(MODULES_PATH, begin), "%*s %*s %*s %63[^, -]",
		   begin) == 1)
		snprintf(user, size, "%s", begin);
}

/* Take a module out, and all that use it before. The last of its users may be
 * on their way out still.
 */
static int unload(SELF, const char *module)
{
	long end = now_ms() + WAIT_MS;
	char user[64];
	int err;

	for (;;) {
		user_of(module, user, sizeof(user));
		if (!user[0])
			break;
		err = unload(self, user);
		if (err)
			return err;
	}
	while (syscall(SYS_delete_module, module, O_NONBLOCK)) {
		if (errno == ENOENT)
			return 0;
		if (now_ms() >= end)
			return -errno;
		pause_ms(20);
	}
	if (self->n < MODULES_MAX)
		snprintf(self->name[self->n++], sizeof(self->name[0]), "%s",
			 module);
	return 0;
}

static int modprobe(const char *module)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/sbin/modprobe", "modprobe", module, NULL);
		_exit(127);
	}
	return child_wait(pid);
}

FIXTURE_SETUP(autoload)
{
	int fd = sock_new();

	ASSERT_LE(0, fd);
	close(fd);
	if (!loaded("mctp"))
		SKIP(return, "MCTP is built into this kernel");
	ASSERT_EQ(0, unload(self, "mctp"));
	ASSERT_FALSE(loaded("mctp"));
	ASSERT_FALSE(loaded("mctp_serial"));
}

FIXTURE_TEARDOWN(autoload)
{
	/* others may want what was there */
	while (self->n > 0)
		EXPECT_EQ(0, modprobe(self->name[--self->n]));
}

TEST_F(autoload, the_first_socket_loads_mctp)
{
	int fd;

	EXPECT_STREQ("", file_line("/proc/net/protocols", "MCTP "));
	fd = sock_new();
	EXPECT_LE(0, fd);
	EXPECT_TRUE(loaded("mctp"));
	EXPECT_STRNE("", file_line("/proc/net/protocols", "MCTP "));
	EXPECT_FALSE(loaded("mctp_serial"));
	close(fd);
}

TEST_F(autoload, a_socket_of_a_user_without_capabilities_loads_it_too)
{
	pid_t pid = fork();

	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(1);
		_exit(sock_new() < 0 ? 2 : 0);
	}
	EXPECT_EQ(0, child_wait(pid));
	EXPECT_TRUE(loaded("mctp"));
}

TEST_F(autoload, a_socket_of_another_type_or_protocol_is_refused_all_the_same)
{
	EXPECT_EQ(-1, socket(AF_MCTP, SOCK_STREAM, 0));
	EXPECT_EQ(ESOCKTNOSUPPORT, errno);
	EXPECT_EQ(-1, socket(AF_MCTP, SOCK_DGRAM, 1));
	EXPECT_EQ(EPROTONOSUPPORT, errno);
}

TEST_F(autoload, the_first_line_discipline_loads_mctp_serial)
{
	int discipline = 28;
	struct pty pty;
	char name[16];

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	ASSERT_EQ(0, pty_new(&pty));
	ASSERT_EQ(0, ioctl(pty.line, TIOCSETD, &discipline));
	EXPECT_TRUE(loaded("mctp_serial"));
	EXPECT_TRUE(loaded("mctp"));
	snprintf(name, sizeof(name), "%s", link_find("mctpserial"));
	EXPECT_STREQ("mctpserial0", name);
	close(pty.line);
	close(pty.master);
}

TEST_HARNESS_MAIN
