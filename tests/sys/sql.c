/* SPDX-License-Identifier: ISC */
/*
 * sql.c - does to a database what somebody could who has the file: for tests of what is noticed then.
 *
 * usage: sql FILE STATEMENTS
 */
#include <sqlite3.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	int rc = 1;

	if (argc != 3) {
		fprintf(stderr, "usage: sql FILE STATEMENTS\n");
		return 64;
	}
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_exec(db, argv[2], NULL, NULL, NULL) == SQLITE_OK)
		rc = 0;
	else
		fprintf(stderr, "sql: %s: %s\n", argv[1], sqlite3_errmsg(db));
	(void)sqlite3_close(db);
	return rc;
}
