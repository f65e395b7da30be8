/* SPDX-License-Identifier: ISC */
#include "gateway/base/sandbox.h"

#include "gateway/base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What is given up is given up for good: every case in a process of its own. Returns its exit status. */
static int
in_child(int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define CHECK(what)                                                                                \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			(void)fprintf(stderr, "line %d: %s\n", __LINE__, #what);                   \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

static int
enter_as_nobody(void)
{
	const struct passwd *pw = getpwnam("nobody");
	uid_t nobody = pw == NULL ? 0 : pw->pw_uid;
	bool root = geteuid() == 0;
	struct rlimit core, files;
	gid_t groups[10];
	struct err e = { .text = "" };

	CHECK(sandbox_enter("pack", "nobody", &e) == 0);
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	CHECK(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0);
	CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur <= 256);
	CHECK(umask(0) == 027);
	if (!root)
		return 0;
	CHECK(getuid() == nobody && geteuid() == nobody && getgid() == pw->pw_gid);
	CHECK(getgroups(10, groups) == 1 && groups[0] == pw->pw_gid);
	CHECK(setuid(0) == -1 && seteuid(0) == -1);
	CHECK(access("/etc/shadow", R_OK) == -1);
	return 0;
}

static int
enter_without_a_user(void)
{
	struct err e = { .text = "" };
	int rc = sandbox_enter("pack", "", &e);

	CHECK(geteuid() != 0 ? rc == 0 : rc == -1 && e.kind == ERR_CONFIG && strstr(e.text, "without a user") != NULL);
	return 0;
}

static int
enter_as_nobody_known(void)
{
	struct err e = { .text = "" };
	int rc = sandbox_enter("pack", "no-such-user-here", &e);

	CHECK(geteuid() != 0 ? rc == 0 : rc == -1 && e.kind == ERR_CONFIG && strstr(e.text, "no-such-user-here") != NULL);
	return 0;
}

static int
enter_as_root(void)
{
	struct err e = { .text = "" };
	int rc = sandbox_enter("pack", "root", &e);

	CHECK(geteuid() != 0 ? rc == 0 : rc == -1 && strstr(e.text, "is root") != NULL);
	return 0;
}

/* In a sanitized build nothing is sealed: the leak checker opens /proc. */
static int
seal(void)
{
#ifndef __SANITIZE_ADDRESS__
	struct rlimit more = { 16, 16 };
	struct err e = { .text = "" };
	int fds[2];

	CHECK(sandbox_enter("keys", "nobody", &e) == 0 && sandbox_seal(&e) == 0);
	CHECK(open("/dev/null", O_RDONLY) == -1 && errno == EMFILE);
	CHECK(socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EMFILE);
	CHECK(pipe(fds) == -1 && dup(0) == -1);
	/* Nor in place of one that is closed, and for good. */
	CHECK(close(0) == 0 && open("/dev/null", O_RDONLY) == -1);
	CHECK(setrlimit(RLIMIT_NOFILE, &more) == -1);
#endif
	return 0;
}

static void
sealed_opens_nothing(void **state)
{
	(void)state;
	assert_int_equal(in_child(seal), 0);
}

static void
rights_are_given_up(void **state)
{
	(void)state;
	assert_int_equal(in_child(enter_as_nobody), 0);
}

static void
root_needs_somebody_to_become(void **state)
{
	(void)state;
	assert_int_equal(in_child(enter_without_a_user), 0);
	assert_int_equal(in_child(enter_as_nobody_known), 0);
	assert_int_equal(in_child(enter_as_root), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rights_are_given_up),
		cmocka_unit_test(sealed_opens_nothing),
		cmocka_unit_test(root_needs_somebody_to_become),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
