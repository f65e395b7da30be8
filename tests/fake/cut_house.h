/* SPDX-License-Identifier: ISC */
/* cut_house.h - the gateway of cutout.c: started, killed as a whole or in one role, given documents, its ledger read. */
#ifndef EDIGATE_TESTS_FAKE_CUT_HOUSE_H
#define EDIGATE_TESTS_FAKE_CUT_HOUSE_H

#include "db/db.h"
#include "gateway/base/arena.h"
#include "gateway/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROLES_FILE_MAX 65536

static const char *edigate, *home;
static pid_t house;
static struct arena *arena;

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
house_start(void)
{
	house = fork();
	if (house == -1)
		die("fork");
	if (house == 0) {
		int fd = open(str_cstr(arena, str_fmt(arena, "%s.log", home)), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

		if (fd == -1 || dup2(fd, STDOUT_FILENO) == -1 || dup2(fd, STDERR_FILENO) == -1)
			die("log");
		(void)execl(edigate, edigate, "--home", home, "run", (char *)NULL);
		die(edigate);
	}
}

static void
house_ended(void)
{
	int status;

	if (waitpid(house, &status, 0) == -1)
		die("waitpid");
}

/* The process of a role that is up, or all of them; false: there is none. */
static bool
kill_role(const char *role)
{
	struct str text, line, name, pid;
	bool any = false;
	uint64_t n;

	if (io_read_file(arena, AT_FDCWD, str_cstr(arena, str_fmt(arena, "%s/run/roles", home)), ROLES_FILE_MAX, &text, NULL) == -1)
		return false;
	while (str_next_line(&text, &line)) {
		(void)str_cut(&line, ' ', &name);
		(void)str_cut(&line, ' ', &pid);
		if ((role == NULL || str_eq(name, str_of(role))) && str_starts(line, S("up ")) && str_u64(pid, INT32_MAX, &n) == 0 &&
		    kill((pid_t)n, SIGKILL) == 0)
			any = true;
	}
	return any;
}

static void
drop_document(unsigned int number)
{
	char *to = str_cstr(arena, str_fmt(arena, "%s/outbox/acme/cut-%06u.edi", home, number));
	char *tmp = str_cstr(arena, str_fmt(arena, "%s/outbox/acme/.cut-%06u.tmp", home, number));
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct str text = str_fmt(arena,
	    "UNB+UNOC:3+4012345000009:14+5098765000007:14+261120:1030+CUT%06u'\nUNH+1+ORDERS:D:96A:UN:EAN008'\n"
	    "BGM+220+CUT-%06u+9'\nUNS+S'\nUNT+4+1'\nUNZ+1+CUT%06u'\n", number, number, number);

	if (fd == -1 || io_write_all(fd, text, NULL) == -1 || close(fd) == -1 || rename(tmp, to) == -1)
		die(tmp);
}

static struct db *
ledger_open(void)
{
	struct db *db = NULL;
	struct err e;

	if (db_open(str_cstr(arena, str_fmt(arena, "%s/db/edigate.db", home)), DB_READ, &db, &e) == -1)
		return NULL;
	return db;
}

static int
count_complete(void *arg, const struct db_doc *d, struct err *e)
{
	(void)e;
	*(unsigned int *)arg += str_eq(d->shown, S("complete"));
	return 0;
}

/* Of all that it ever had. */
static bool
are_complete(unsigned int documents)
{
	struct db_filter all = { .dir = -1, .kind = -1 };
	struct db *db = ledger_open();
	unsigned int n = 0;
	struct err e;

	if (db == NULL)
		return false;
	(void)db_doc_each(db, &all, count_complete, &n, &e);
	db_close(db);
	arena_reset(arena);
	return n >= documents;
}

#endif
