/* SPDX-License-Identifier: ISC */
/* The watcher's two halves: which file to look at when (outbox.h), and whether it may be taken (ready.h). */
#include "gateway/outbox.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define X12                                                                                                          \
	"ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *261123*1200*U*00401*000000001*0*T*>~" \
	"GS*PO*NORDWIND*ACME*20261123*1200*1*X*004010~ST*850*0001~BEG*00*NE*4711**20261123~SE*3*0001~GE*1*1~"        \
	"IEA*1*000000001~"

static void
names_of_unfinished_files_are_ignored(void **state)
{
	(void)state;
	static const char *const ignored[] = { "", ".", "..", ".hidden", ".order.edi.swp",
		"order.edi~", "~", "order.tmp", "order.TMP", "order.edi.part", "o.partial",
		"o.filepart", "o.crdownload", "o.swp", "o.lck", ".tmp" };
	static const char *const taken[] = { "order.edi", "order", "tmp", "part", "order.tmp.edi",
		"order.tmpx", "o.tm", "a b", "-", "*", "\xe4.xml", "order~1" };

	for (size_t i = 0; i < N(ignored); i++) {
		print_message("%s\n", ignored[i]);
		assert_true(outbox_ignores(str_of(ignored[i])));
	}
	for (size_t i = 0; i < N(taken); i++) {
		print_message("%s\n", taken[i]);
		assert_false(outbox_ignores(str_of(taken[i])));
	}
}

static void
folders_are_found_by_name(void **state)
{
	(void)state;
	struct outbox *o = outbox_new();
	struct outbox_folder *acme = outbox_folder_add(o, S("acme"));
	char name[20];

	assert_ptr_equal(outbox_folder_add(o, S("acme")), acme);
	assert_ptr_equal(outbox_folder(o, S("acme")), acme);
	assert_null(outbox_folder(o, S("acm")));
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof(name), "p%d", i * 7919 % 1000);
		assert_string_equal(outbox_folder_add(o, str_of(name))->name, name);
	}
	assert_int_equal(outbox_folders(o), 1001);
	assert_ptr_equal(outbox_folder(o, S("acme")), acme);
	for (size_t i = 1; i < outbox_folders(o); i++)
		assert_true(strcmp(outbox_folder_at(o, i - 1)->name, outbox_folder_at(o, i)->name) < 0);
	outbox_folder_drop(o, acme);
	assert_null(outbox_folder(o, S("acme")));
	assert_int_equal(outbox_folders(o), 1000);
	outbox_free(o);
	outbox_free(NULL);
}

static void
files_come_up_when_they_are_due(void **state)
{
	(void)state;
	struct outbox *o = outbox_new();
	struct outbox_folder *f = outbox_folder_add(o, S("acme")), *g = outbox_folder_add(o, S("b"));
	struct outbox_file *a = outbox_add(o, f, S("a")), *b = outbox_add(o, f, S("b")), *c = outbox_add(o, g, S("a"));

	assert_null(outbox_next(o));
	assert_ptr_not_equal(a, c);		/* the same name in two folders */
	assert_ptr_equal(outbox_add(o, f, S("a")), a);
	assert_ptr_equal(outbox_find(o, g, S("a")), c);
	assert_null(outbox_find(o, g, S("b")));
	outbox_look_at(o, a, 30);
	outbox_look_at(o, b, 20);
	outbox_look_at(o, c, 20);		/* the same moment: after b */
	outbox_look_at(o, a, 40);		/* later than it is due: stays */
	assert_ptr_equal(outbox_next(o), b);
	outbox_done(o, b);
	assert_ptr_equal(outbox_next(o), c);
	outbox_look_at(o, a, 10);
	assert_ptr_equal(outbox_next(o), a);
	outbox_drop(o, a);
	assert_ptr_equal(outbox_next(o), c);
	outbox_done(o, c);
	outbox_done(o, c);
	assert_null(outbox_next(o));
	assert_int_equal(outbox_count(o), 2);
	outbox_free(o);
}

/* Thousands at once, in an order of their own, half of them dropped on the way. */
static void
the_queue_holds_under_load(void **state)
{
	(void)state;
	struct outbox *o = outbox_new();
	struct outbox_folder *f = outbox_folder_add(o, S("acme"));
	struct outbox_file *x;
	char name[40];
	int64_t last = 0, n = 0, begin = clock_mono_ms();

	srandom(11);
	for (int i = 0; i < 50000; i++) {
		(void)snprintf(name, sizeof(name), "order \xe4 %d.edi", i);
		x = outbox_add(o, f, str_of(name));
		outbox_look_at(o, x, random() % 1000);
		if (i % 3 == 0)
			outbox_look_at(o, x, random() % 1000);
	}
	for (int i = 0; i < 50000; i += 2) {
		(void)snprintf(name, sizeof(name), "order \xe4 %d.edi", i);
		outbox_drop(o, outbox_find(o, f, str_of(name)));
	}
	for (; (x = outbox_next(o)) != NULL; n++) {
		assert_true(x->due >= last);
		last = x->due;
		outbox_drop(o, x);
	}
	assert_int_equal(n, 25000);
	assert_int_equal(outbox_count(o), 0);
	assert_null(f->files);
	print_message("%lld ms\n", (long long)(clock_mono_ms() - begin));
	outbox_free(o);
}

/* ---- ready ---- */

static char folder[] = "/tmp/edigate-ready-XXXXXX";
static int dir = -1;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

static int
begin(void **state)
{
	(void)state;
	(void)signal(SIGIO, SIG_IGN);
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	if (mkdtemp(folder) == NULL)
		return -1;
	dir = io_open_dir(AT_FDCWD, folder, NULL);
	return dir == -1 ? -1 : 0;
}

static int
end(void **state)
{
	(void)state;
	io_close(&dir);
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int
put(const char *name, struct str content)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(io_write_all(fd, content, NULL), 0);
	return fd;
}

static void
put_closed(const char *name, struct str content)
{
	int fd = put(name, content);

	io_close(&fd);
}

/* ready_look() some time after now. */
static struct ready
look(const char *name, struct ready_memory *m, int64_t later_ms, bool remote)
{
	struct ready_rules r = { .settle_ms = 1000, .remote = remote, .mono_ms = 1000000 + later_ms,
		.wall_ms = clock_wall_ms() + later_ms };
	struct ready out;

	ready_look(dir, name, &r, m, &out);
	print_message("%s after %lld ms: %d %s\n", name, (long long)later_ms, (int)out.verdict, out.why);
	return out;
}

static enum ready_verdict
verdict(const char *name, int64_t later_ms)
{
	struct ready_memory m = { .inode = 0 };

	return look(name, &m, later_ms, false).verdict;
}

static void
a_quiet_complete_file_is_ready(void **state)
{
	(void)state;
	struct ready_memory m = { .inode = 0 };
	struct ready r;

	put_closed("order.edi", S(X12));
	r = look("order.edi", &m, 0, false);
	assert_int_equal(r.verdict, READY_LATER);
	assert_in_range(r.later_ms, 1, 1000);
	assert_int_equal(look("order.edi", &m, 500, false).verdict, READY_LATER);
	assert_int_equal(look("order.edi", &m, 1000, false).verdict, READY_YES);
	/* The kernel's clock speaks for a file that nobody looked at before. */
	assert_int_equal(verdict("order.edi", 5000), READY_YES);
	/* What was renamed into the folder need not settle. */
	assert_int_equal(look("order.edi", &(struct ready_memory){ .renamed = true }, 0, false).verdict, READY_YES);
	assert_int_equal(verdict("gone.edi", 0), READY_GONE);
}

static void
a_change_begins_the_wait_anew(void **state)
{
	(void)state;
	struct ready_memory m = { .inode = 0 };
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	put_closed("a.txt", S("one "));
	/* A date of last year, as cp -p would set it, does not make it old. */
	assert_int_equal(utimensat(dir, "a.txt", old, 0), 0);
	assert_int_equal(look("a.txt", &m, 0, true).verdict, READY_LATER);
	put_closed("a.txt", S("two"));
	assert_int_equal(look("a.txt", &m, 1500, true).verdict, READY_LATER);
	assert_int_equal(look("a.txt", &m, 2400, true).verdict, READY_LATER);
	assert_int_equal(look("a.txt", &m, 2500, true).verdict, READY_YES);
	/* Changed after its rename: it has to settle like any other. */
	m = (struct ready_memory){ .renamed = true };
	assert_int_equal(look("a.txt", &m, 0, true).verdict, READY_YES);
	put_closed("a.txt", S("three"));
	assert_int_equal(look("a.txt", &m, 10, true).verdict, READY_LATER);
}

static void
network_file_systems_need_two_looks(void **state)
{
	(void)state;
	struct ready_memory m = { .inode = 0 };

	put_closed("a.edi", S(X12));
	assert_int_equal(look("a.edi", &m, 100000, true).verdict, READY_LATER);
	assert_int_equal(look("a.edi", &m, 101000, true).verdict, READY_YES);
}

static void
a_clock_set_back_does_not_stop_us(void **state)
{
	(void)state;
	struct ready_memory m = { .inode = 0 };
	struct ready_rules r = { .settle_ms = 1000, .mono_ms = 50, .wall_ms = 1000 };	/* 1970 */
	struct ready out;

	put_closed("a.edi", S(X12));
	ready_look(dir, "a.edi", &r, &m, &out);
	assert_int_equal(out.verdict, READY_LATER);
	r.mono_ms += 1000;
	ready_look(dir, "a.edi", &r, &m, &out);
	assert_int_equal(out.verdict, READY_YES);
}

static void
an_open_file_waits(void **state)
{
	(void)state;
	struct ready_memory m = { .inode = 0 };
	int fd = put("a.edi", S(X12));
	int probe = openat(dir, "a.edi", O_RDONLY | O_CLOEXEC);
	struct ready r = look("a.edi", &m, 5000, false);

	/* Where the file system has leases at all: tmpfs of some kernels has none. */
	if (fcntl(probe, F_SETLEASE, F_RDLCK) == -1 && errno == EAGAIN) {
		assert_int_equal(r.verdict, READY_WAITING);
		assert_string_equal(r.why, "is still open for writing");
	}
	io_close(&fd);
	assert_int_equal(look("a.edi", &m, 5000, false).verdict, READY_YES);
	assert_int_equal(fcntl(probe, F_GETLEASE), F_UNLCK);
	io_close(&probe);
}

static void
incomplete_files_wait_with_the_reason(void **state)
{
	(void)state;
	static const struct {
		const char *name, *says;
		struct str content;
	} cases[] = {
		{ "empty", "is empty", S_INIT("") },
		{ "x12", "no IEA yet", S_INIT("ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *26") },
		{ "edifact", "no UNZ yet", S_INIT("UNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1200+1'UNH+1+ORDERS:D") },
		{ "xml", "not closed", S_INIT("<?xml version=\"1.0\"?><Invoice><ID>1</ID>") },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct ready_memory m = { .inode = 0 };
		struct ready r;
		put_closed(cases[i].name, cases[i].content);
		r = look(cases[i].name, &m, 5000, false);
		assert_int_equal(r.verdict, READY_WAITING);
		assert_non_null(strstr(r.why, cases[i].says));
	}
	put_closed("x12b", S(X12));
	assert_int_equal(verdict("x12b", 5000), READY_YES);
	put_closed("text", S("anything else is complete"));
	assert_int_equal(verdict("text", 5000), READY_YES);
}

static void
a_big_file_is_judged_by_its_ends(void **state)
{
	(void)state;
	int fd = put("big.edi", S(X12));

	assert_int_equal(ftruncate(fd, 1 << 20), 0);	/* zeros behind it: no end in sight, and no IEA in the last bytes */
	assert_int_equal(lseek(fd, 0, SEEK_END), 1 << 20);
	assert_int_equal(io_write_all(fd, S("IEA*1*000000001~\n"), NULL), 0);
	io_close(&fd);
	assert_int_equal(verdict("big.edi", 5000), READY_YES);
}

static void
what_is_no_file_is_refused_unopened(void **state)
{
	(void)state;
	static const struct {
		const char *name, *says;
	} cases[] = {
		{ "link", "symbolic link" }, { "folder", "a folder" }, { "fifo", "a named pipe" }, { "socket", "a socket" },
		{ "device", "a device" }, { "two", "has 2 names" },
	};
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/socket", folder);
	assert_int_equal(bind(s, (const struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(symlinkat("/etc/passwd", dir, "link"), 0);
	assert_int_equal(mkdirat(dir, "folder", 0700), 0);
	assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
	put_closed("one", S(X12));
	assert_int_equal(linkat(dir, "one", dir, "two", 0), 0);
	for (size_t i = 0; i < N(cases); i++) {
		struct ready_memory m = { .inode = 0 };
		struct ready r;
		if (strcmp(cases[i].name, "device") == 0 && mknodat(dir, "device", S_IFCHR | 0600, makedev(1, 3)) == -1)
			continue;	/* only root makes devices */
		r = look(cases[i].name, &m, 5000, false);
		assert_int_equal(r.verdict, READY_REFUSED);
		assert_non_null(strstr(r.why, cases[i].says));
	}
	if (getuid() != 0) {
		assert_int_equal(fchmodat(dir, "one", 0, 0), 0);
		assert_int_equal(unlinkat(dir, "two", 0), 0);
		assert_int_equal(verdict("one", 5000), READY_REFUSED);
	}
	io_close(&s);
}

static void
a_file_that_never_rests_is_told(void **state)
{
	(void)state;
	struct ready_memory m = { .inode = 0 };
	struct ready r = { .why = "" };

	for (int64_t ms = 0; ms < 8000; ms += 500) {
		put_closed("growing", S("x"));
		r = look("growing", &m, ms, true);
		assert_int_equal(r.verdict, READY_LATER);
	}
	assert_string_equal(r.why, "is still being written");
}

static void
names_may_be_any_bytes(void **state)
{
	(void)state;
	char longest[256];
	const char *const names[] = { "with space", "quo\"te's", "new\nline",
		"\xc3\xbc\xe6\x97\xa5", "latin\xe4\xff", "%s%n", "-rf", "a\\b", longest };

	memset(longest, 'n', sizeof(longest) - 1);
	longest[255] = '\0';
	for (size_t i = 0; i < N(names); i++) {
		put_closed(names[i], S(X12));
		assert_int_equal(verdict(names[i], 5000), READY_YES);
	}
}

static void
file_systems_are_told_apart(void **state)
{
	(void)state;
	int proc = io_open_dir(AT_FDCWD, "/proc", NULL);

	assert_false(ready_is_remote(dir));
	assert_false(ready_is_remote(proc));
	io_close(&proc);
	assert_true(ready_is_remote(-1));	/* not known: be careful */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_unfinished_files_are_ignored),
		cmocka_unit_test(folders_are_found_by_name),
		cmocka_unit_test(files_come_up_when_they_are_due),
		cmocka_unit_test(the_queue_holds_under_load),
		TEST(a_quiet_complete_file_is_ready),
		TEST(a_change_begins_the_wait_anew),
		TEST(network_file_systems_need_two_looks),
		TEST(a_clock_set_back_does_not_stop_us),
		TEST(an_open_file_waits),
		TEST(incomplete_files_wait_with_the_reason),
		TEST(a_big_file_is_judged_by_its_ends),
		TEST(what_is_no_file_is_refused_unopened),
		TEST(a_file_that_never_rests_is_told),
		TEST(names_may_be_any_bytes),
		TEST(file_systems_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
