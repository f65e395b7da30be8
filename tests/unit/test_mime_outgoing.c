/* SPDX-License-Identifier: ISC */
/*
 * What leaves: whatever bytes stand in a name, a subject, a file name, or in what others said and we repeat in a receipt or a
 * delivery report, the mail is built of the same fields and parts as with plain words, or it is not built.
 */
#include "tests/unit/mime_world.h"

#include "mime/header.h"
#include "mime/part.h"

#define MAIL_MAX  (4u << 20)
#define WORD_MAX  1400
#define SHAPE_MAX 65536

/* A place in one of the structs below, which hostile words are put into. */
struct slot {
	const char *name;
	size_t offset;
};
#define SLOT(type, field) { #field, offsetof(struct type, field) }

static const struct str hostile[] = {
	S_INIT("\r\nBcc: x@evil.example"), S_INIT("\nBcc: x@evil.example"), S_INIT("\rBcc: x@evil.example"), S_INIT("\r\n\r\nbody"),
	S_INIT("\n\nbody"), S_INIT("\r\n "), S_INIT("\r\n \r\n"), S_INIT("\r\n\t\r\nX: y"), S_INIT("\r\n--=_report_01JD--\r\n"),
	S_INIT("\r\n.\r\nMAIL FROM:<x@evil.example>"), S_INIT("\0"), S_INIT("a\0\r\nX: y"), S_INIT("\x80"), S_INIT("\xff\xfe"),
	S_INIT("\303\244\303\266"), S_INIT("\342\200\250X: y"), S_INIT("\302\205X: y"), S_INIT("\xc0\x8a"), S_INIT("\033[2J"), S_INIT("\x7f"),
	S_INIT("\""), S_INIT("\\"), S_INIT("\\\""), S_INIT("\"; name=\"x"), S_INIT(">"), S_INIT("<x@evil.example>"), S_INIT(", x@evil.example"),
	S_INIT(" (comment"), S_INIT(")"), S_INIT("=?utf-8?Q?=0D=0ABcc:_x@evil.example?="), S_INIT("=?"), S_INIT("?="), S_INIT("%0D%0A"),
	S_INIT("=0D=0ABcc: x"), S_INIT("+0D+0A"), S_INIT(";"), S_INIT(":"), S_INIT("\t"), S_INIT("From me"), S_INIT("  "), S_INIT("''"),
	S_INIT("utf-8''%0D%0A"), S_INIT("&#13;&#10;"), S_INIT("/../../x"),
};

/* ---- what a mail is made of, in words: its parts and the fields of each ---- */

static void
put_names(struct world *w, struct str header, struct buf *out)
{
	struct header h;

	assert_ok(w, header_read(w->a, header, &h, &w->e));
	assert_int_equal(h.defects, 0);
	for (size_t i = 0; i < h.n; i++)
		assert_int_equal(buf_printf(out, NULL, STR_FMT " ", STR_ARG(h.fields[i].name)), 0);
}

/* A status of fields, in groups with an empty line between (RFC 3464, 2.1; RFC 8098, 3.1). */
static void
put_groups(struct world *w, struct str body, struct buf *out)
{
	while (body.n > 0) {
		size_t n = header_length(body);

		assert_int_equal(buf_putc(out, '{', NULL), 0);
		put_names(w, str_sub(body, 0, n), out);
		assert_int_equal(buf_putc(out, '}', NULL), 0);
		body = str_from(body, n);
	}
}

static struct str
shape_of(struct world *w, struct str mail)
{
	struct buf out = BUF_CAP(SHAPE_MAX);
	struct part_tree t;
	struct str s;

	assert_ok(w, part_tree_read(w->a, mail, &t, &w->e));
	assert_int_equal(part_tree_defects(&t), 0);
	for (size_t i = 0; i < t.n; i++) {
		const struct part *p = &t.parts[i];

		assert_int_equal(buf_printf(&out, NULL, "[%u ", p->depth), 0);
		put_names(w, part_header(&t, i), &out);
		if (part_is(p, S("message/delivery-status")) || part_is(p, S("message/disposition-notification")))
			put_groups(w, part_body(&t, i), &out);
	}
	s = str_dup(w->a, buf_str(&out));
	buf_clear(&out);
	return s;
}

/* CRLF lines of printable ASCII and tabs, none over 998, none that looks like the end or an mbox. */
static void
assert_lines(struct str mail, const char *what)
{
	struct str line;

	while (mail.n > 0) {
		struct str before = mail;

		assert_true(str_next_line(&mail, &line));
		if (before.n - mail.n != line.n + 2 || line.n > 998 || str_eq(line, S(".")) || str_starts(line, S("From ")))
			fail_msg("%s: line '" STR_FMT "'", what, STR_ARG(line));
		for (size_t i = 0; i < line.n; i++)
			if ((line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] > '~')
				fail_msg("%s: byte %02x in '" STR_FMT "'", what, (unsigned char)line.p[i], STR_ARG(line));
	}
}

/* ---- three kinds of mail ---- */

static struct as1_envelope
envelope(void)
{
	return (struct as1_envelope){ .from_name = S("Nordwind GmbH"), .from = S("edi@nordwind.example"), .to = S("edi@acme.example"),
		.message_id = S("01JD@nordwind.example"), .date_ms = KEYS_NOW_MS, .boundary_seed = S("01JD"), .features = S("CEM") };
}

static int
build_document(struct world *w, const void *what, struct buf *out)
{
	struct mic_set mics;

	return world_pack(w, what, out, &mics);
}

static int
build_receipt(struct world *w, const void *what, struct buf *out)
{
	return as1_pack_receipt(w->a, what, out, &w->e);
}

static int
build_delivery(struct world *w, const void *what, struct buf *out)
{
	return as1_pack_delivery(w->a, what, out, &w->e);
}

typedef int build_fn(struct world *w, const void *what, struct buf *out);

struct attack {
	struct world *w;
	build_fn *build;
	const void *plain;		/* of that many bytes */
	size_t size;
	struct str shape, odd_shape;	/* odd: what must be left out for odd words may be */
	size_t built, refused;
};

/* One slot holds s: the mail has the shape it always has, or there is none. */
static void
attack_with(struct attack *k, const struct slot *slot, struct str s)
{
	char *what = arena_get(k->w->a, k->size);
	struct buf mail = BUF_CAP(MAIL_MAX);
	struct str shape;

	memcpy(what, k->plain, k->size);
	memcpy(what + slot->offset, &s, sizeof(s));
	if (k->build(k->w, what, &mail) == -1) {
		k->refused++;
	} else {
		k->built++;
		assert_lines(buf_str(&mail), slot->name);
		shape = shape_of(k->w, buf_str(&mail));
		if (!str_eq(shape, k->shape) && !str_eq(shape, k->odd_shape))
			fail_msg("%s '" STR_FMT "' makes " STR_FMT, slot->name, STR_ARG(s), STR_ARG(shape));
	}
	buf_clear(&mail);
}

static void
attack_slot(struct attack *k, const struct slot *slot)
{
	struct str plain, s;
	char room[WORD_MAX];

	memcpy(&plain, (const char *)k->plain + slot->offset, sizeof(plain));
	for (size_t i = 0; i < N(hostile); i++) {
		const size_t places[] = { 0, plain.n / 2, plain.n };
		for (size_t j = 0; j < N(places); j++) {
			s = str_cat(k->w->a, str_sub(plain, 0, places[j]), str_cat(k->w->a, hostile[i], str_from(plain, places[j])));
			attack_with(k, slot, s);
		}
		attack_with(k, slot, hostile[i]);
	}
	for (int b = 0; b < 256; b++)
		attack_with(k, slot, str_cat(k->w->a, plain, str_make((char[]){ (char)b }, 1)));
	memset(room, 'x', sizeof(room));
	attack_with(k, slot, str_make(room, 990));
	attack_with(k, slot, str_make(room, sizeof(room)));
}

/* How a mail of plain words is built. */
static struct str
plain_shape(const struct attack *k)
{
	struct buf mail = BUF_CAP(MAIL_MAX);
	struct str shape;

	assert_ok(k->w, k->build(k->w, k->plain, &mail));
	shape = shape_of(k->w, buf_str(&mail));
	buf_clear(&mail);
	return shape;
}

static void
attack_all(struct attack *k, const struct slot *slots, size_t n)
{
	k->shape = plain_shape(k);
	for (size_t i = 0; i < n; i++) {
		k->built = k->refused = 0;
		attack_slot(k, &slots[i]);
		print_message("%s: %zu mails, %zu refused\n", slots[i].name, k->built, k->refused);
	}
}

static void
documents(void **state)
{
	static const struct slot slots[] = {
		SLOT(as1_document, env.from_name), SLOT(as1_document, env.from), SLOT(as1_document, env.to),
		SLOT(as1_document, env.message_id), SLOT(as1_document, env.boundary_seed), SLOT(as1_document, env.features),
		SLOT(as1_document, subject), SLOT(as1_document, media_type), SLOT(as1_document, file_name),
	};
	const struct as1_document d = { .env = envelope(), .subject = S("ORDERS 4711"), .content = span_str(S("UNA:+.? '")),
		.media_type = S("application/EDIFACT"), .file_name = S("orders.edi"), .receipt = AS1_RECEIPT_SIGNED };

	attack_all(&(struct attack){ .w = *state, .build = build_document, .plain = &d, .size = sizeof(d) }, slots, N(slots));
}

static void
receipts(void **state)
{
	static const struct slot slots[] = {
		SLOT(as1_receipt_mail, human), SLOT(as1_receipt_mail, original_headers), SLOT(as1_receipt_mail, mdn.reporting_ua),
		SLOT(as1_receipt_mail, mdn.original_recipient), SLOT(as1_receipt_mail, mdn.final_recipient),
		SLOT(as1_receipt_mail, mdn.original_message_id), SLOT(as1_receipt_mail, mdn.modifier),
		SLOT(as1_receipt_mail, mdn.modifier_text), SLOT(as1_receipt_mail, mdn.failure), SLOT(as1_receipt_mail, mdn.error),
		SLOT(as1_receipt_mail, mdn.warning),
	};
	struct as1_receipt_mail r = { .env = envelope(), .human = S("Received.\r\n"), .original_headers = S("Subject: x\r\n"),
		.mdn = { .reporting_ua = S("nordwind.example; edigate"), .original_recipient = S("edi@nordwind.example"),
		    .final_recipient = S("edi@nordwind.example"), .original_message_id = S("<4711>"), .automatic = true,
		    .disposition = MDN_PROCESSED, .modifier = S("error"), .modifier_text = S("decryption-failed"), .failure = S("a"),
		    .error = S("b"), .warning = S("c") } };
	struct attack k = { .w = *state, .build = build_receipt, .plain = &r, .size = sizeof(r) };

	/* What it answers, where mail programs look for it, is left out for an odd id. */
	k.odd_shape = plain_shape(&k);
	r.mdn.original_message_id = S("<4711@acme.example>");
	attack_all(&k, slots, N(slots));
}

static void
delivery_reports(void **state)
{
	static const struct slot slots[] = {
		SLOT(as1_delivery_mail, subject), SLOT(as1_delivery_mail, human), SLOT(as1_delivery_mail, original),
		SLOT(as1_delivery_mail, dsn.envelope_id), SLOT(as1_delivery_mail, dsn.reporting_mta), SLOT(as1_delivery_mail, dsn.arrival_date),
	};
	static const struct slot of_recipient[] = {
		SLOT(dsn_recipient, original), SLOT(dsn_recipient, final), SLOT(dsn_recipient, status), SLOT(dsn_recipient, diagnostic),
	};
	struct dsn_recipient rcpt = { .original = S("edi@nordwind.example"), .final = S("edi@nordwind.example"), .action = DSN_FAILED,
		.status = S("5.6.0"), .diagnostic = S("no") };
	struct as1_delivery_mail d = { .env = envelope(), .subject = S("Delivery report"), .human = S("It failed.\r\n"),
		.original = S("Subject: x\r\n\r\nx\r\n"), .whole = true,
		.dsn = { .envelope_id = S("QQ314159"), .reporting_mta = S("nordwind.example"), .arrival_date = S("Tue, 24 Nov 2026 10:00:00 +0000"),
		    .recipients = &rcpt, .n = 1 } };
	struct attack k = { .w = *state, .build = build_delivery, .plain = &d, .size = sizeof(d) };

	attack_all(&k, slots, N(slots));
	rcpt.original = S("");	/* left out when it cannot be said */
	k.odd_shape = plain_shape(&k);
	rcpt.original = S("edi@nordwind.example");
	for (size_t i = 0; i < 2 * N(of_recipient); i++) {
		const struct slot *s = &of_recipient[i % N(of_recipient)];
		struct str *at = (struct str *)(void *)((char *)&rcpt + s->offset), plain = *at;

		rcpt.is_utf8 = i >= N(of_recipient);
		for (size_t j = 0; j < N(hostile); j++) {
			*at = str_cat(k.w->a, plain, hostile[j]);
			attack_with(&k, &slots[0], d.subject);
			*at = hostile[j];
			attack_with(&k, &slots[0], d.subject);
		}
		*at = plain;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents),
		cmocka_unit_test(receipts),
		cmocka_unit_test(delivery_reports),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
