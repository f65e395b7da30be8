/* SPDX-License-Identifier: ISC */
/* test_landlock.c - what is hidden cannot be read, everything else can, and files are still moved from folder to folder. */
#include "gateway/base/landlock.h"

#include "gateway/base/str.h"
#include "tests/unit/folder.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>

#include <cmocka.h>

#define CANNOT 77

static void
make(const struct folder *f, const char *name)
{
	int fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd != -1);
	close(fd);
}

static bool
reads(const struct folder *f, const char *name)
{
	int fd = openat(f->fd, name, O_RDONLY | O_CLOEXEC);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

/* In a process of its own: there is no way back. Returns the line that was wrong. */
static int
hide(const struct folder *f)
{
	char key[128], private[128];
	const char *paths[] = { private, key, "/no/such/place" };
	struct err e = { .text = "" };
	int rc;

	(void)snprintf(private, sizeof(private), "%s/private", f->path);
	(void)snprintf(key, sizeof(key), "%s/certs/link.key", f->path);
	rc = landlock_hide(paths, N(paths), &e);
	if (rc != 0)
		return rc == 1 ? CANNOT : __LINE__;
	if (reads(f, "private/edi.key") || errno != EACCES)
		return __LINE__;
	if (reads(f, "certs/edi.key") || reads(f, "certs/link.key"))
		return __LINE__;
	if (!reads(f, "certs/edi.pem") || !reads(f, "spool/a/mail"))
		return __LINE__;
	if (renameat(f->fd, "spool/a/mail", f->fd, "spool/b/mail") == -1 || !reads(f, "spool/b/mail"))
		return __LINE__;
	/* What is hidden comes in sight by no other name. */
	if (linkat(f->fd, "private/edi.key", f->fd, "spool/b/key", 0) == 0 && reads(f, "spool/b/key"))
		return __LINE__;
	if (renameat(f->fd, "private", f->fd, "spool/private") == 0 && reads(f, "spool/private/edi.key"))
		return __LINE__;
	return 0;
}

static void
hidden_files_are_not_read(void **state)
{
	static const char *const folders[] = { "private", "certs", "spool", "spool/a", "spool/b" };
	struct folder f = folder_new();
	int status;
	pid_t pid;

	(void)state;
	for (size_t i = 0; i < N(folders); i++)
		assert_int_equal(mkdirat(f.fd, folders[i], 0700), 0);
	make(&f, "private/edi.key");
	make(&f, "certs/edi.key");
	make(&f, "certs/edi.pem");
	make(&f, "spool/a/mail");
	assert_int_equal(symlinkat("edi.key", f.fd, "certs/link.key"), 0);
	pid = fork();
	if (pid == 0)
		_exit(hide(&f));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	folder_free(&f);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CANNOT)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(hidden_files_are_not_read) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
