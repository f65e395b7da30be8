/* SPDX-License-Identifier: ISC */
#include "tests/unit/mime_world.h"

#include "gateway/base/base64.h"
#include "mime/cms.h"
#include "mime/encode.h"
#include "mime/mic.h"
#include "mime/rope.h"
#include "tests/unit/stream_pieces.h"

static const size_t cuts[] = { 0, 1, 2, 56, 57, 58, 1000, 40000 };

static struct str
some_bytes(struct world *w, size_t n)
{
	char *p = arena_get(w->a, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i * i * 31 + i / 7);
	return str_make(p, n);
}

static void
base64_is_the_same_in_any_pieces(void **state)
{
	struct world *w = *state;
	static const size_t sizes[] = { 0, 1, 56, 57, 58, 114, 5000, 100000 };

	for (size_t i = 0; i < N(sizes); i++) {
		struct str all = some_bytes(w, sizes[i]);
		struct buf want = BUF_CAP(1u << 20);
		assert_ok(w, base64_put_lines(&want, all, &w->e));
		assert_int_equal(base64_lines_size(all.n), want.n);
		for (size_t k = 0; k < N(cuts); k++) {
			struct cut_store from = cut_store(all, cuts[k]);
			struct buf is = BUF_CAP(1u << 20);
			struct buf_sink to = buf_sink(&is);
			struct base64_sink lines = base64_sink(&to.sink);
			assert_ok(w, span_put(span_store(&from.store), &lines.sink, &w->e));
			assert_ok(w, base64_sink_end(&lines, &w->e));
			assert_true(str_eq(buf_str(&is), buf_str(&want)));
			base64_sink_clear(&lines);
			buf_clear(&is);
		}
		buf_clear(&want);
	}
}

static void
stores_give_back_what_was_put(void **state)
{
	struct world *w = *state;
	struct arena_room room = arena_room(w->a);
	struct str all = some_bytes(w, 3000000), is;

	for (size_t k = 3; k < N(cuts); k++) {
		struct store *s = room.room.open(&room.room, &w->e);
		struct store_sink to = store_sink(s);
		struct cut_store from = cut_store(all, cuts[k]);
		assert_ok(w, span_put(span_store(&from.store), &to.sink, &w->e));
		assert_int_equal(s->size, all.n);
		assert_ok(w, span_join(w->a, span_store(s), SIZE_MAX, &is, &w->e));
		assert_true(str_eq(is, all));
		assert_ok(w, span_join(w->a, span_sub(span_store(s), 1234567, 100), SIZE_MAX, &is, &w->e));
		assert_true(str_eq(is, str_sub(all, 1234567, 100)));
		assert_ok(w, span_join(w->a, span_sub(span_store(s), all.n - 5, 100), SIZE_MAX, &is, &w->e));
		assert_true(str_eq(is, str_from(all, all.n - 5)));
		assert_int_equal(span_join(w->a, span_store(s), all.n - 1, &is, &w->e), -1);
	}
}

/* A store that ends before it should: read errors, a file that was cut. */
static void
bytes_that_are_missing_are_told(void **state)
{
	struct world *w = *state;
	struct cut_store from = cut_store(S("abc"), 2);
	struct mic_sink over;
	struct mic mic;

	from.store.size = 4;
	assert_ok(w, mic_sink_open(&over, 1u << MIC_SHA256, NULL, &w->e));
	assert_int_equal(span_put(span_store(&from.store), &over.sink, &w->e), -1);
	assert_non_null(strstr(w->e.text, "1 bytes are missing"));
	assert_int_equal(mic_sink_get(&over, MIC_SHA512, &mic, &w->e), -1);
	mic_sink_clear(&over);
}

static void
ropes_know_their_length(void **state)
{
	struct world *w = *state;
	struct rope inner = { 0 }, encoded = { 0 }, outer = { 0 };
	struct buf is = BUF_CAP(1u << 20);
	struct buf_sink to = buf_sink(&is);
	struct mic one, two;

	rope_bytes(&inner, span_str(some_bytes(w, 5000)));
	rope_bytes(&inner, span_str(S("")));
	rope_bytes(&inner, span_str(S("end")));
	rope_base64(&encoded, &inner);
	rope_bytes(&outer, span_str(S("before")));
	rope_rope(&outer, &inner);
	rope_base64(&outer, &encoded);
	assert_ok(w, rope_put(&outer, &to.sink, &w->e));
	assert_int_equal(rope_size(&outer), is.n);
	assert_ok(w, rope_mic(&outer, MIC_SHA384, &one, &w->e));
	assert_ok(w, mic_make(MIC_SHA384, buf_str(&is), &two, &w->e));
	assert_true(mic_eq(&one, &two));
	buf_clear(&is);
}

static void
every_shape_opens(void **state)
{
	struct world *w = *state;
	static const struct { struct as1_shape how; const char *layers; } cases[] = {
		{ { .sign = true, .opaque = true }, "signed(rsa, sha-256)" },
		{ { .sign = true, .pss = true, .digest = MIC_SHA512 }, "signed(rsa-pss, sha-512)" },
		{ { .sign = true, .compress = true, .compress_last = true }, "compressed(zlib) signed(rsa, sha-256)" },
		{ { .sign = true, .opaque = true, .compress = true, .encrypt = true },
		    "enveloped(aes-256-cbc) signed(rsa, sha-256) compressed(zlib)" },
		{ { .sign = true, .encrypt = true, .oaep = true, .cipher = S_INIT("aes-128-gcm") },
		    "enveloped(aes-128-gcm) signed(rsa, sha-256)" },
		{ { .compress = true, .encrypt = true, .cipher = S_INIT("aes-256-gcm") },
		    "enveloped(aes-256-gcm) compressed(zlib)" },
	};
	const struct as1_policy pol = { .own = w->acme.certs, .key = w->acme.key, .partner = w->nordwind.certs,
		.now_ms = KEYS_NOW_MS };

	for (size_t i = 0; i < N(cases); i++) {
		struct cut_store content = cut_store(some_bytes(w, 70000), 1000);
		struct as1_document d = {
			.env = { .from = S("edi@nordwind.example"), .to = S("edi@acme.example"),
				.message_id = S("1@nordwind.example"), .date_ms = KEYS_NOW_MS, .boundary_seed = S("seed") },
			.subject = S("INVOIC 1"), .content = span_store(&content.store), .media_type = S("application/EDIFACT"),
			.file_name = S("i.edi"), .how = cases[i].how, .own = w->nordwind.certs, .key = w->nordwind.key,
			.partner = w->acme.certs,
		};
		struct buf mail = BUF_CAP(1u << 20);
		struct mic_set mics;
		struct as1_opened o;
		print_message("    %s\n", cases[i].layers);
		assert_ok(w, world_pack(w, &d, &mail, &mics));
		assert_ok(w, as1_open(w->a, buf_str(&mail), &pol, &o, &w->e));
		assert_str(o.reason, S(""));
		assert_str(o.layers, str_of(cases[i].layers));
		assert_true(o.n == 1 && str_eq(span_mem(o.payloads[0].content), content.all) &&
		    mic_eq(&mics.list[0], &o.mic));
		buf_clear(&mail);
	}
}

/* The same document as bytes in memory and by pieces: nothing but the way it is read differs. */
static void
a_mail_is_the_same_however_its_document_is_read(void **state)
{
	struct world *w = *state;
	struct str all = some_bytes(w, 20000), first = { 0 };

	for (size_t k = 0; k < N(cuts); k++) {
		struct cut_store content = cut_store(all, cuts[k]);
		struct as1_document d = {
			.env = { .from = S("edi@nordwind.example"), .to = S("edi@acme.example"),
				.message_id = S("1@nordwind.example"), .date_ms = KEYS_NOW_MS, .boundary_seed = S("seed") },
			.subject = S("INVOIC 1"), .content = span_store(&content.store), .media_type = S("application/EDIFACT"),
			.file_name = S("i.edi"), .how = { .compress = true, .sign = true }, .own = w->nordwind.certs,
			.key = w->nordwind.key,
		};
		struct buf mail = BUF_CAP(1u << 20);
		struct mic_set mics;
		assert_ok(w, world_pack(w, &d, &mail, &mics));
		if (k == 0)
			first = str_dup(w->a, buf_str(&mail));
		assert_true(str_eq(buf_str(&mail), first));
		buf_clear(&mail);
	}
}

/* Blanks at the end of a line, soft breaks and escapes lie across every cut; lines longer than any window too. */
static void
decoders_do_not_see_the_cuts(void **state)
{
	struct world *w = *state;
	static const struct { enum cte cte; struct str in; unsigned int flags; } cases[] = {
		{ CTE_QP, S_INIT("a=3D  \t \r\nb=\r\nc = \r\n=C3=A4 =\n=\r=\r\n \t "), DECODE_ESCAPE },
		{ CTE_QP, S_INIT("a=4"), DECODE_ESCAPE },
		{ CTE_QP, S_INIT("=   \r\nx \r\r\n"), 0 },
		{ CTE_BASE64, S_INIT("aGVs\r\nbG8=\r\n"), 0 },
		{ CTE_BASE64, S_INIT("aGV*sbG8=aGVs"), DECODE_JUNK | DECODE_PAD_INSIDE },
		{ CTE_BASE64, S_INIT("aGVsb"), DECODE_CUT },
		{ CTE_8BIT, S_INIT("any\0thing"), 0 },
	};
	struct str in, whole;
	unsigned int flags;

	for (size_t i = 0; i < N(cases) * 2; i++) {
		char *p = arena_get(w->a, 50000);
		memset(p, i / N(cases) == 0 ? 'x' : ' ', 40000);
		in = str_cat(w->a, str_make(p, cases[i % N(cases)].cte == CTE_BASE64 ? 0 : 40000),
		    cases[i % N(cases)].in);
		flags = 0;
		whole = cte_decode(w->a, cases[i % N(cases)].cte, in, &flags);
		assert_int_equal(flags, cases[i % N(cases)].flags);
		for (size_t k = 1; k < N(cuts); k++) {
			struct cut_store store = cut_store(in, cuts[k]);
			struct span_source raw = span_source(span_store(&store.store));
			struct cte_source decoded = cte_source(cases[i % N(cases)].cte, &raw.source);
			struct buf is = BUF_CAP(1u << 20);
			struct buf_sink to = buf_sink(&is);
			assert_ok(w, stream_pump(&decoded.source, &to.sink, &w->e));
			assert_true(str_eq(buf_str(&is), whole));
			assert_int_equal(decoded.flags, flags);
			cte_source_clear(&decoded);
			buf_clear(&is);
		}
	}
}

/* LF or CR alone for line ends, and a mail of several layers: told the same whatever the pieces are. */
static void
mails_open_the_same_in_any_pieces(void **state)
{
	struct world *w = *state;
	static const struct { struct as1_shape how; char end; } cases[] = {
		{ { .compress = true, .sign = true, .encrypt = true }, '\0' },
		{ { .sign = true, .encrypt = true, .cipher = S_INIT("aes-256-gcm"), .opaque = true }, '\n' },
		{ { .sign = true, .compress = true, .compress_last = true }, '\r' },
	};
	const struct as1_policy pol = { .own = w->acme.certs, .key = w->acme.key, .partner = w->nordwind.certs,
		.now_ms = KEYS_NOW_MS };

	for (size_t i = 0; i < N(cases); i++) {
		struct as1_document d = {
			.env = { .from = S("edi@nordwind.example"), .to = S("edi@acme.example"),
				.message_id = S("1@nordwind.example"), .date_ms = KEYS_NOW_MS, .boundary_seed = S("seed") },
			.subject = S("INVOIC 1"), .content = span_str(some_bytes(w, 3000)), .media_type = S("application/EDIFACT"),
			.file_name = S("i.edi"), .how = cases[i].how, .own = w->nordwind.certs, .key = w->nordwind.key,
			.partner = w->acme.certs,
		};
		struct buf mail = BUF_CAP(1u << 20);
		struct mic_set mics;
		size_t n = 0;
		assert_ok(w, world_pack(w, &d, &mail, &mics));
		for (size_t k = 0; k < mail.n && cases[i].end != '\0'; k++)
			if (mail.p[k] != (cases[i].end == '\n' ? '\r' : '\n'))
				mail.p[n++] = mail.p[k];
		if (n > 0)
			buf_cut(&mail, n);
		for (size_t k = 0; k < N(cuts); k++) {
			struct cut_store from = cut_store(buf_str(&mail), cuts[k]);
			struct cut_room room = cut_room(w->a, cuts[k]);
			struct as1_opened o;
			struct str content;
			assert_ok(w, as1_open_in(w->a, span_store(&from.store), &pol, &room.room, &o, &w->e));
			assert_str(o.reason, S(""));
			assert_true(o.n == 1 && mic_eq(&o.mic, &mics.list[0]));
			assert_ok(w, span_join(w->a, o.payloads[0].content, 5000, &content, &w->e));
			assert_true(str_eq(content, str_make(d.content.p, (size_t)d.content.n)));
		}
		buf_clear(&mail);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_the_same_in_any_pieces),
		cmocka_unit_test(stores_give_back_what_was_put),
		cmocka_unit_test(bytes_that_are_missing_are_told),
		cmocka_unit_test(ropes_know_their_length),
		cmocka_unit_test(every_shape_opens),
		cmocka_unit_test(decoders_do_not_see_the_cuts),
		cmocka_unit_test(mails_open_the_same_in_any_pieces),
		cmocka_unit_test(a_mail_is_the_same_however_its_document_is_read),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
