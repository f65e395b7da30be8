/* SPDX-License-Identifier: ISC */
#include "gateway/msg.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static const enum msg_who everybody[] = {
	WHO_SUPERVISOR, WHO_LEDGER, WHO_WATCH, WHO_PACK, WHO_SEND, WHO_LISTEN, WHO_UNPACK, WHO_CLI, WHO_HOOK,
};

/* A value in every field, so that what the table lists is seen to travel. */
static struct msg
full(enum msg_type t)
{
	return (struct msg){
		.type = t, .job = -7, .id = INT64_MIN, .size = UINT64_MAX, .count = 3, .code = 4000000000u, .flag = true,
		.flag2 = true, .ulid = S("01J"), .ulid2 = S("02J"), .name = S("a\0b\n\xff"), .partner = S("acme"),
		.word = S("processed"), .text = S("why"), .format = S("x12"), .doc_type = S("850"), .number = S("PO-778"),
		.edi_sender = S("14:1"), .edi_receiver = S("14:2"), .control = S("000000001"), .version = S("00401"),
		.sha256 = S("ab"), .media_type = S("application/EDI-X12"), .message_id = S("<1@x>"), .sender = S("a@x"),
		.recipient = S("b@y"), .envid = S("E1"), .mic = S("AA==, sha-256"), .subject = S("850 PO-778"),
		.sha256_mail = S("cd"), .enhanced = S("2.0.0"), .peer = S("mx[::1]:25"), .tls = S("TLSv1.3"), .proof = S("spool/in/x"),
		.verdict = S("ok"), .modifier = S("decryption-failed"), .transcript = S("S: 220 mx\nC: EHLO x\n"),
	};
}

/* The first pair of ends that may exchange t; false when the table has no such message. */
static bool
ends_of(enum msg_type t, enum msg_who *from, enum msg_who *to)
{
	struct msg m = full(t), out;
	struct buf b = BUF_CAP(1 << 16);
	bool found = false;
	struct err e;

	assert_int_equal(msg_encode(&m, &b, &e), 0);
	for (size_t i = 0; i < N(everybody) && !found; i++)
		for (size_t j = 0; j < N(everybody) && !found; j++)
			if (msg_decode((uint16_t)t, buf_str(&b), everybody[i], everybody[j], &out, &e) == 0) {
				*from = everybody[i];
				*to = everybody[j];
				found = true;
			}
	buf_clear(&b);
	return found;
}

static void
every_message_travels(void **state)
{
	(void)state;
	for (int t = MSG_PEER; t < MSG_COUNT; t++) {
		struct msg m = full((enum msg_type)t), out;
		struct buf b = BUF_CAP(1 << 16), again = BUF_CAP(1 << 16);
		enum msg_who from, to;
		struct err e;

		assert_true(ends_of((enum msg_type)t, &from, &to));
		assert_int_equal(msg_encode(&m, &b, &e), 0);
		assert_int_equal(msg_decode((uint16_t)t, buf_str(&b), from, to, &out, &e), 0);
		/* The same fields again give the same bytes, so none was lost or changed. */
		assert_int_equal(msg_encode(&out, &again, &e), 0);
		assert_true(str_eq(buf_str(&b), buf_str(&again)));
		buf_clear(&b);
		buf_clear(&again);
	}
}

static void
cut_or_lengthened_messages_are_refused(void **state)
{
	(void)state;
	for (int t = MSG_PEER; t < MSG_COUNT; t++) {
		struct msg m = full((enum msg_type)t), out;
		struct buf b = BUF_CAP(1 << 16);
		enum msg_who from, to;
		struct err e;

		assert_true(ends_of((enum msg_type)t, &from, &to));
		assert_int_equal(msg_encode(&m, &b, &e), 0);
		for (size_t n = 0; n < b.n; n++)
			assert_int_equal(msg_decode((uint16_t)t, str_sub(buf_str(&b), 0, n), from, to, &out, &e), -1);
		assert_int_equal(buf_putc(&b, '\0', &e), 0);
		assert_int_equal(msg_decode((uint16_t)t, buf_str(&b), from, to, &out, &e), -1);
		assert_non_null(strstr(e.text, "left over"));
		buf_clear(&b);
	}
}

static void
only_the_listed_may_send(void **state)
{
	(void)state;
	static const struct {
		enum msg_type type;
		enum msg_who from, to;
		bool allowed;
	} cases[] = {
		{ MSG_SENT, WHO_SEND, WHO_LEDGER, true },	 { MSG_SENT, WHO_LISTEN, WHO_LEDGER, false },
		{ MSG_SENT, WHO_CLI, WHO_LEDGER, false },	 { MSG_PEER, WHO_SUPERVISOR, WHO_LEDGER, true },
		{ MSG_PEER, WHO_SUPERVISOR, WHO_LISTEN, true },	 { MSG_PEER, WHO_SUPERVISOR, WHO_SEND, false },
		{ MSG_RETIRE, WHO_SUPERVISOR, WHO_LISTEN, true }, { MSG_RETIRE, WHO_LEDGER, WHO_LISTEN, false },
		{ MSG_PEER, WHO_UNPACK, WHO_LEDGER, false },	 { MSG_GO, WHO_LEDGER, WHO_SEND, true },
		{ MSG_GO, WHO_LEDGER, WHO_PACK, false },	 { MSG_CTL_ACT, WHO_CLI, WHO_LEDGER, true },
		{ MSG_CTL_ACT, WHO_UNPACK, WHO_LEDGER, false },	 { MSG_UNPACKED, WHO_PACK, WHO_LEDGER, false },
		{ MSG_ARRIVED, WHO_LISTEN, WHO_LEDGER, true },	 { MSG_ARRIVED, WHO_UNPACK, WHO_LEDGER, false },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct msg m = full(cases[i].type), out;
		struct buf b = BUF_CAP(1 << 16);
		struct err e;

		assert_int_equal(msg_encode(&m, &b, &e), 0);
		assert_int_equal(msg_decode((uint16_t)cases[i].type, buf_str(&b), cases[i].from, cases[i].to, &out, &e),
		    cases[i].allowed ? 0 : -1);
		buf_clear(&b);
	}
}

static void
unknown_types_and_values_are_refused(void **state)
{
	(void)state;
	struct msg m = { .type = MSG_GO, .job = 1, .flag = true }, out;
	struct buf b = BUF_CAP(64);
	struct err e;

	assert_int_equal(msg_decode(0, S(""), WHO_CLI, WHO_LEDGER, &out, &e), -1);
	assert_int_equal(msg_decode(MSG_COUNT, S(""), WHO_CLI, WHO_LEDGER, &out, &e), -1);
	assert_int_equal(msg_decode(65535, S(""), WHO_CLI, WHO_LEDGER, &out, &e), -1);
	assert_int_equal(msg_encode(&m, &b, &e), 0);
	b.p[b.n - 1] = 2;	/* a truth value that is neither */
	assert_int_equal(msg_decode(MSG_GO, buf_str(&b), WHO_LEDGER, WHO_SEND, &out, &e), -1);
	buf_clear(&b);
}

static void
copies_stand_alone(void **state)
{
	(void)state;
	char name[] = "before";
	struct msg m = { .type = MSG_WAITING, .name = str_of(name) }, copy;
	struct arena *a = arena_new(4096);

	msg_dup(a, &m, &copy);
	name[0] = 'X';
	assert_true(str_eq(copy.name, S("before")));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_travels),
		cmocka_unit_test(cut_or_lengthened_messages_are_refused),
		cmocka_unit_test(only_the_listed_may_send),
		cmocka_unit_test(unknown_types_and_values_are_refused),
		cmocka_unit_test(copies_stand_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
