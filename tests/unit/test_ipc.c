/* SPDX-License-Identifier: ISC */
#include "gateway/base/ipc.h"

#include "gateway/base/io.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Two ends in one process, one loop. */
static struct {
	struct loop *loop;
	struct ipc *a, *b;
	int fds[2];
	unsigned int got;		/* messages */
	uint64_t bytes;
	uint16_t last_type;
	int last_fd;
	bool free_in_handler, echo;
	unsigned int stop_after;
	char closed[100];
} t;

static void
on_message(void *arg, struct ipc *c, uint16_t type, struct str payload, int fd)
{
	struct err e;

	(void)arg;
	t.got++;
	t.bytes += payload.n;
	t.last_type = type;
	if (fd != -1) {
		io_close(&t.last_fd);
		t.last_fd = fd;
	}
	for (size_t i = 0; i < payload.n; i++)
		assert_int_equal((unsigned char)payload.p[i], (unsigned char)(type + i));
	if (t.echo && c == t.b)
		assert_int_equal(ipc_send(c, type, payload, -1, &e), 0);
	if (t.free_in_handler) {
		ipc_free(t.b);
		t.b = NULL;
		/* payload is lent for the whole call, freed or not */
		for (size_t i = 0; i < payload.n; i++)
			assert_int_equal((unsigned char)payload.p[i], (unsigned char)(type + i));
		loop_stop(t.loop, 0);
	}
	if (t.got == t.stop_after)
		loop_stop(t.loop, 0);
}

static void
on_closed(void *arg, struct ipc *c, const char *why)
{
	(void)arg, (void)c;
	(void)snprintf(t.closed, sizeof(t.closed), "%s", why);
	loop_stop(t.loop, 1);
}

/* No descriptor may be left over by anything here. */
static int
count_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1000; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static int descriptors;

static int
begin(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	descriptors = count_descriptors();
	t.last_fd = -1;
	t.loop = loop_new();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, t.fds), 0);
	t.a = ipc_new(t.loop, t.fds[0], on_message, on_closed, NULL);
	t.b = ipc_new(t.loop, t.fds[1], on_message, on_closed, NULL);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	ipc_free(t.a);
	ipc_free(t.b);
	io_close(&t.last_fd);
	loop_free(t.loop);
	return count_descriptors() == descriptors ? 0 : -1;
}

static void
send_numbered(struct ipc *c, uint16_t type, size_t n, int fd)
{
	static char payload[IPC_FRAME_MAX];
	struct err e;

	for (size_t i = 0; i < n; i++)
		payload[i] = (char)(type + i);
	assert_int_equal(ipc_send(c, type, str_make(payload, n), fd, &e), 0);
}

static void
messages_arrive_whole_and_in_order(void **state)
{
	(void)state;
	static const size_t sizes[] = { 0, 1, 5, 1000, 65536, 65530, IPC_FRAME_MAX - 2, 3 };
	uint64_t sum = 0;

	for (size_t i = 0; i < N(sizes); i++) {
		send_numbered(t.a, (uint16_t)(60000 + i), sizes[i], -1);
		sum += sizes[i];
	}
	t.stop_after = N(sizes);
	assert_int_equal(loop_run(t.loop), 0);
	assert_int_equal(t.bytes, sum);
	assert_int_equal(t.last_type, 60000 + N(sizes) - 1);
	assert_true(ipc_idle(t.a));
}

static void
echoes_of_many_small_ones(void **state)
{
	(void)state;
	t.echo = true;
	for (unsigned int i = 0; i < 20000; i++)
		send_numbered(t.a, (uint16_t)i, i % 50, -1);
	t.stop_after = 40000;
	assert_int_equal(loop_run(t.loop), 0);
	assert_int_equal(t.got, 40000);
}

static void
descriptors_come_with_their_frame(void **state)
{
	(void)state;
	int p[2], extra;
	char c = 0;

	assert_int_equal(pipe(p), 0);
	send_numbered(t.a, 1, 10, -1);
	send_numbered(t.a, 2, 10, p[0]);	/* ours no more */
	send_numbered(t.a, 3, 10, -1);
	t.stop_after = 3;
	assert_int_equal(loop_run(t.loop), 0);
	assert_int_not_equal(t.last_fd, -1);
	assert_int_equal(fcntl(t.last_fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(p[1], "z", 1), 1);
	assert_int_equal(read(t.last_fd, &c, 1), 1);
	assert_int_equal(c, 'z');

	/* Many in a row, some frames big. */
	for (uint16_t i = 0; i < 40; i++) {
		extra = dup(p[1]);
		assert_int_not_equal(extra, -1);
		send_numbered(t.a, i, i * 1000u, extra);
	}
	t.stop_after = 43;
	assert_int_equal(loop_run(t.loop), 0);
	assert_int_equal(t.got, 43);
	close(p[1]);
}

static void
a_handler_may_free_its_channel(void **state)
{
	(void)state;
	t.free_in_handler = true;
	for (uint16_t i = 0; i < 5; i++)
		send_numbered(t.a, i, 100, -1);
	assert_int_equal(loop_run(t.loop), 0);
	assert_int_equal(t.got, 1);
	assert_null(t.b);
}

static void
the_end_is_told_once_after_the_last_message(void **state)
{
	(void)state;
	struct err e;

	send_numbered(t.a, 7, 3, -1);
	assert_int_equal(ipc_flush(t.a, &e), 0);
	ipc_free(t.a);
	t.a = NULL;
	assert_int_equal(loop_run(t.loop), 1);
	assert_int_equal(t.got, 1);
	assert_string_equal(t.closed, "closed");
	assert_int_equal(ipc_send(t.b, 1, S("x"), -1, &e), -1);
	assert_int_equal(e.kind, ERR_RETRY);
}

/* The peer says its last word and goes, while we still write to it. */
static void
what_was_said_before_the_end_is_read(void **state)
{
	(void)state;
	struct err e;

	send_numbered(t.a, 9, 3, -1);
	assert_int_equal(ipc_flush(t.a, &e), 0);
	for (int i = 0; i < 10; i++)
		send_numbered(t.b, 1, IPC_FRAME_MAX - 2, -1);
	ipc_free(t.a);
	t.a = NULL;
	assert_int_equal(loop_run(t.loop), 1);
	assert_int_equal(t.got, 1);
	assert_int_equal(t.last_type, 9);
}

static void
broken_frames_close_the_channel(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct str bytes;
	} cases[] = {
		{ "length 0", S_INIT("\0\0\0\0\0\0") },
		{ "length 1", S_INIT("\0\0\0\1\0\0") },
		{ "over the limit", S_INIT("\0\x10\0\1\0\0") },
		{ "everything set", S_INIT("\xff\xff\xff\xff\xff\xff") },
		{ "a descriptor promised, none sent", S_INIT("\x80\0\0\2\0\1") },
	};

	for (size_t i = 0; i < N(cases); i++) {
		int fds[2];
		print_message("%s\n", cases[i].why);
		t.closed[0] = '\0';
		ipc_free(t.b);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		t.b = ipc_new(t.loop, fds[0], on_message, on_closed, NULL);
		assert_int_equal(write(fds[1], cases[i].bytes.p, cases[i].bytes.n), cases[i].bytes.n);
		assert_int_equal(loop_run(t.loop), 1);
		if (t.closed[0] == 'c') {	/* that was a's end, which b's freeing closed */
			ipc_free(t.a);
			t.a = NULL;
			assert_int_equal(loop_run(t.loop), 1);
		}
		assert_string_equal(t.closed, "a frame that is none");
		close(fds[1]);
	}
	assert_int_equal(t.got, 0);
}

static void
cut_off_inside_a_frame(void **state)
{
	(void)state;
	int fds[2];

	ipc_free(t.a);
	t.a = NULL;
	ipc_free(t.b);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	t.b = ipc_new(t.loop, fds[0], on_message, on_closed, NULL);
	assert_int_equal(write(fds[1], "\0\0\0\5\0\1ab", 8), 8);
	close(fds[1]);
	assert_int_equal(loop_run(t.loop), 1);
	assert_string_equal(t.closed, "closed inside a frame");
}

static void
descriptors_without_frames_are_closed(void **state)
{
	(void)state;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = { 0 } };
	char frame[] = { 0, 0, 0, 2, 0, 1 };
	struct iovec iov = { frame, sizeof(frame) };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	int raw[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, raw), 0);
	ipc_free(t.a);
	t.a = NULL;
	ipc_free(t.b);
	t.b = ipc_new(t.loop, raw[0], on_message, on_closed, NULL);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &raw[1], sizeof(int));
	for (int i = 0; i < 65; i++)
		assert_int_equal(sendmsg(raw[1], &m, 0), sizeof(frame));
	assert_int_equal(loop_run(t.loop), 1);
	assert_string_equal(t.closed, "more descriptors than frames");
	close(raw[1]);
}

static void
too_much_is_refused(void **state)
{
	(void)state;
	static char big[IPC_FRAME_MAX];
	struct err e;
	int fd = dup(0), rc = 0, n = 0;

	assert_int_equal(ipc_send(t.a, 1, str_make(big, sizeof(big)), fd, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_int_equal(fcntl(fd, F_GETFD), -1);	/* taken, also when it fails */
	for (; rc == 0 && n < 100; n++)
		rc = ipc_send(t.a, 1, str_make(big, IPC_FRAME_MAX - 2), -1, &e);
	assert_int_equal(rc, -1);
	assert_int_equal(e.kind, ERR_RETRY);
	assert_in_range(n, 60, 66);
}

static void
calls_over_a_socket_file(void **state)
{
	(void)state;
	struct arena *a = arena_new(1 << 20);
	char deep[300], dir[] = "/tmp/edigate-test-XXXXXX";
	struct stat st;
	struct str payload;
	struct err e;
	uint16_t type;
	int listener, client, server, patient;

	assert_non_null(mkdtemp(dir));
	/* Over 107 bytes: more than a sockaddr_un takes. */
	(void)snprintf(deep, sizeof(deep), "%s/%0100d/%0100d", dir, 1, 2);
	assert_int_equal(io_mkdirs(deep, 0700, &e), 0);
	(void)snprintf(deep, sizeof(deep), "%s/%0100d/%0100d/control.sock", dir, 1, 2);
	assert_int_equal(ipc_connect(deep, 0, &e), -1);
	assert_int_equal(e.kind, ERR_RETRY);
	listener = ipc_listen(deep, &e);
	assert_int_not_equal(listener, -1);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(ipc_listen(deep, &e), -1);	/* somebody answers there */
	assert_non_null(strstr(e.text, "another gateway"));

	client = ipc_connect(deep, 0, &e);
	assert_int_not_equal(client, -1);
	io_close(&listener);
	listener = ipc_listen(deep, &e);		/* nobody answers: replaced */
	assert_int_not_equal(listener, -1);
	io_close(&client);
	client = ipc_connect(deep, 0, &e);
	server = accept(listener, NULL, NULL);
	assert_int_not_equal(server, -1);

	assert_int_equal(ipc_call_send(client, 17, S("hello"), &e), 0);
	patient = ipc_connect(deep, 1, &e);
	assert_int_not_equal(patient, -1);
	assert_int_equal(ipc_call_read(a, patient, &type, &payload, &e), -1);	/* nobody accepts it */
	assert_int_equal(e.kind, ERR_RETRY);
	assert_non_null(strstr(e.text, "does not answer"));
	io_close(&patient);
	assert_int_equal(ipc_call_read(a, server, &type, &payload, &e), 0);
	assert_int_equal(type, 17);
	assert_true(str_eq(payload, S("hello")));
	assert_int_equal(ipc_call_send(server, 18, S(""), &e), 0);
	assert_int_equal(ipc_call_read(a, client, &type, &payload, &e), 0);
	assert_int_equal(payload.n, 0);
	assert_int_equal(write(server, "\0\0\0\0\0\0", 6), 6);
	assert_int_equal(ipc_call_read(a, client, &type, &payload, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	io_close(&server);
	assert_int_equal(ipc_call_read(a, client, &type, &payload, &e), -1);
	assert_int_equal(e.kind, ERR_RETRY);
	io_close(&client);
	io_close(&listener);
	assert_int_equal(unlink(deep), 0);
	for (int up = 0; up < 3; up++) {
		*strrchr(deep, '/') = '\0';
		assert_int_equal(rmdir(deep), 0);
	}
	arena_free(a);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_arrive_whole_and_in_order),
		TEST(echoes_of_many_small_ones),
		TEST(descriptors_come_with_their_frame),
		TEST(a_handler_may_free_its_channel),
		TEST(the_end_is_told_once_after_the_last_message),
		TEST(what_was_said_before_the_end_is_read),
		TEST(broken_frames_close_the_channel),
		TEST(cut_off_inside_a_frame),
		TEST(descriptors_without_frames_are_closed),
		TEST(too_much_is_refused),
		cmocka_unit_test(calls_over_a_socket_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
