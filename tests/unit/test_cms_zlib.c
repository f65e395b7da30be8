/* SPDX-License-Identifier: ISC */
/* Compressed content: there and back, broken, too large; and in every order with signatures and envelopes. */
#include "tests/unit/mime_world.h"

#include <stdlib.h>

#include "gateway/base/base64.h"
#include "mime/cms.h"
#include "tests/unit/stream_pieces.h"
#include "mime/der.h"

static struct str
compress(struct world *w, struct str content)
{
	struct buf b = BUF_CAP(256u << 20);
	struct str der;

	assert_ok(w, cms_compress(content, &b, &w->e));
	der = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	return der;
}

/* Bytes that do not repeat, always the same ones. */
static struct str
noise(struct world *w, size_t n)
{
	char *p = arena_get(w->a, n + 1);
	uint32_t x = 4711;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = (char)(x >> 24);
	}
	return str_make(p, n);
}

static void
contents_come_back(void **state)
{
	struct world *w = *state;
	static const size_t sizes[] = { 0, 1, 2, 100, 16383, 16384, 16385, 32768, 65536, 1000000 };
	struct str out;

	for (size_t i = 0; i < N(sizes); i++) {
		struct str content = noise(w, sizes[i]);
		assert_ok(w, cms_decompress(w->a, compress(w, content), &out, &w->e));
		assert_str(out, content);
		/* And what repeats. */
		char *p = arena_get(w->a, sizes[i] + 1);
		for (size_t k = 0; k < sizes[i]; k++)
			p[k] = "UNA:+.? '"[content.p[k] & 7];
		assert_ok(w, cms_decompress(w->a, compress(w, str_make(p, sizes[i])), &out, &w->e));
		assert_str(out, str_make(p, sizes[i]));
	}
}

/* The same stream cut into pieces of an octet string, without lengths around them. */
static struct str
in_pieces(struct world *w, struct str der, size_t step)
{
	struct str s = der, info, oid, explicit, data, version, alg, inside, type, stream;
	struct der d = { 0 };
	size_t mark, n;

	assert_true(ber_take(&s, BER_SEQUENCE, &info) && ber_take(&info, BER_OID, &oid) &&
	    ber_take(&info, BER_CONTEXT_0, &explicit) && ber_take(&explicit, BER_SEQUENCE, &data) &&
	    ber_take(&data, BER_INTEGER, &version) && ber_take(&data, BER_SEQUENCE, &alg) &&
	    ber_take(&data, BER_SEQUENCE, &inside) && ber_take(&inside, BER_OID, &type) &&
	    ber_take(&inside, BER_CONTEXT_0, &explicit) && ber_take(&explicit, BER_OCTETS, &stream));
	for (size_t at = stream.n; at > 0; at -= n) {
		n = at % step == 0 ? step : at % step;
		der_element(&d, BER_OCTETS, str_sub(stream, at - n, n));
	}
	mark = 0;
	der_wrap(&d, BER_OCTETS | BER_CONSTRUCTED, mark);
	der_wrap(&d, BER_CONTEXT_0, mark);
	der_element(&d, BER_OID, type);
	der_wrap(&d, BER_SEQUENCE, mark);
	der_element(&d, BER_SEQUENCE, alg);
	der_element(&d, BER_INTEGER, version);
	der_wrap(&d, BER_SEQUENCE, mark);
	der_wrap(&d, BER_CONTEXT_0, mark);
	der_element(&d, BER_OID, oid);
	der_wrap(&d, BER_SEQUENCE, mark);
	s = str_dup(w->a, der_str(&d));
	der_clear(&d);
	return s;
}

static void
pieces_are_one_stream(void **state)
{
	struct world *w = *state;
	struct str content = noise(w, 40000), der = compress(w, content), out;
	static const size_t steps[] = { 1, 2, 7, 1000, 16384, 65536 };

	for (size_t i = 0; i < N(steps); i++) {
		assert_ok(w, cms_decompress(w->a, in_pieces(w, der, steps[i]), &out, &w->e));
		assert_str(out, content);
	}
}

static void
broken_streams_are_refused(void **state)
{
	struct world *w = *state;
	struct str content = S("UNB+UNOC:3+4012345000009:14+5098765000007:14+261123:0742+1'UNZ+0+1'"), der, out;
	unsigned int good = 0;

	der = compress(w, content);
	for (size_t n = 0; n < der.n; n++)
		assert_int_equal(cms_decompress(w->a, str_sub(der, 0, n), &out, &w->e), -1);
	assert_int_equal(cms_decompress(w->a, str_cat(w->a, der, S("x")), &out, &w->e), -1);
	for (size_t i = 0; i < der.n * 8; i++) {
		char *p = str_cstr(w->a, der);
		p[i / 8] = (char)(p[i / 8] ^ (1 << (i % 8)));
		if (cms_decompress(w->a, str_make(p, der.n), &out, &w->e) == 0) {
			assert_str(out, content);	/* a level of effort in the head of the stream, that nobody reads */
			good++;
		}
	}
	assert_true(good < 20);
}

static void
nothing_grows_without_end(void **state)
{
	struct world *w = *state;
	size_t size = ARENA_ROOM_MAX + (size_t)(2u << 20);
	char *zeros = calloc(1, size);
	struct str out;

	assert_non_null(zeros);
	/* A thousand times its size, but small: good. Then not. */
	assert_ok(w, cms_decompress(w->a, compress(w, str_make(zeros, 60000)), &out, &w->e));
	assert_int_equal(out.n, 60000);
	assert_int_equal(cms_decompress(w->a, compress(w, str_make(zeros, 1000000)), &out, &w->e), -1);
	assert_non_null(strstr(w->e.text, "200 times"));
	/* Not by so much, but over what is taken into memory. */
	for (size_t i = 0; i < size; i += 150)
		memcpy(zeros + i, noise(w, i / 150 % 50 + 4).p + i / 150 % 50, 4);
	assert_int_equal(cms_decompress(w->a, compress(w, str_make(zeros, size)), &out, &w->e), -1);
	assert_non_null(strstr(w->e.text, "too much for memory"));
	free(zeros);
}

/* A bomb is told while it goes off: by what came out so far. */
struct counting {
	struct room room;
	struct store store;
};

static int
count_put(struct store *s, struct str piece, struct err *e)
{
	(void)e;
	s->size += piece.n;
	return 0;
}

static struct store *
count_open(struct room *r, struct err *e)
{
	(void)e;
	return &((struct counting *)r)->store;
}

static void
bombs_are_told_early(void **state)
{
	struct world *w = *state;
	struct counting count = { { count_open }, { count_put, NULL, 0 } };
	size_t size = (size_t)64 << 20;
	char *zeros = calloc(1, size);
	struct str der = compress(w, str_make(zeros, size));

	for (size_t cut = 0; cut < 2; cut++) {
		struct cut_store in = cut_store(der, cut);
		struct span_source from = span_source(span_store(&in.store));
		enum cms_kind kind;
		struct span out;
		struct pull p;
		count.store.size = 0;
		pull_init(&p, w->a, &from.source);
		assert_ok(w, cms_begin(&p, &kind, &w->e));
		assert_int_equal(cms_inflate(&p, &count.room, &out, &w->e), -1);
		assert_non_null(strstr(w->e.text, "200 times"));
		assert_in_range(count.store.size, CMS_INFLATE_SLACK, 2 * CMS_INFLATE_SLACK);
	}
	free(zeros);
}

static void
every_order_opens_with_its_mic(void **state)
{
	struct world *w = *state;
	struct as1_document d = {
		.env = { .from_name = S("Nordwind GmbH"), .from = S("edi@nordwind.example"), .to = S("edi@acme.example"),
			.message_id = S("1@nordwind.example"), .date_ms = KEYS_NOW_MS, .boundary_seed = S("seed") },
		.subject = S("ORDERS 4711"), .content = span_str(all_bytes()), .media_type = S("application/EDIFACT"), .file_name = S("o.edi"),
		.how.compress = true, .own = w->nordwind.certs, .key = w->nordwind.key, .partner = w->acme.certs,
		.receipt = AS1_RECEIPT_SIGNED,
	};
	static const char *const layers[] = { "compressed(zlib)", "signed(rsa, sha-256) compressed(zlib)",
		"enveloped(aes-256-cbc) compressed(zlib)", "enveloped(aes-256-cbc) signed(rsa, sha-256) compressed(zlib)" };

	for (size_t i = 0; i < 4; i++) {
		struct as1_policy pol = { .own = w->acme.certs,
			.key = w->acme.key,
			.partner = w->nordwind.certs,
			.now_ms = KEYS_NOW_MS };
		struct buf mail = BUF_CAP(1u << 20);
		struct as1_opened o;
		struct mic_set mics;

		d.how.sign = (i & 1) != 0;
		d.how.encrypt = (i & 2) != 0;
		assert_ok(w, world_pack(w, &d, &mail, &mics));
		assert_ok(w, as1_open(w->a, buf_str(&mail), &pol, &o, &w->e));
		print_message("    " STR_FMT "\n", STR_ARG(o.layers));
		assert_int_equal(o.verdict, AS1_OK);
		assert_str(o.layers, str_of(layers[i]));
		assert_true(o.n == 1 && mic_eq(&mics.list[0], &o.mic));
		assert_str(span_mem(o.payloads[0].content), all_bytes());
		buf_clear(&mail);
	}
}

static struct str
smime(struct world *w, struct str der)
{
	struct buf b = BUF_CAP(1u << 20);
	struct str mail;

	assert_ok(w, buf_put(&b, S("From: edi@acme.example\r\nContent-Type: application/pkcs7-mime; name=smime.p7z\r\n"
				    "Content-Transfer-Encoding: base64\r\n\r\n"), &w->e));
	assert_ok(w, base64_put_lines(&b, der, &w->e));
	mail = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	return mail;
}

/* RFC 5402, 2: once, and never around an envelope. */
static void
other_orders_are_refused(void **state)
{
	struct world *w = *state;
	struct str part = S("Content-Type: application/EDIFACT\r\n\r\nUNA:+.? '\r\n"), once = smime(w, compress(w, part));
	const struct cms_sealing to = { .to = w->acme.certs, .now_ms = KEYS_NOW_MS };
	const struct as1_policy pol = { .own = w->acme.certs, .key = w->acme.key, .now_ms = KEYS_NOW_MS };
	struct buf sealed = BUF_CAP(1u << 20);
	struct str broken;
	struct as1_opened o;

	assert_ok(w, as1_open(w->a, once, &pol, &o, &w->e));
	assert_int_equal(o.verdict, AS1_OK);
	assert_ok(w, as1_open(w->a, smime(w, compress(w, once)), &pol, &o, &w->e));
	assert_int_equal(o.verdict, AS1_MALFORMED);
	assert_str(o.reason, S("compressed twice [V-COMPRESSED-TWICE]"));
	assert_ok(w, cms_encrypt(&to, part, &sealed, &w->e));
	assert_ok(w, as1_open(w->a, smime(w, compress(w, smime(w, buf_str(&sealed)))), &pol, &o, &w->e));
	assert_int_equal(o.verdict, AS1_MALFORMED);
	buf_clear(&sealed);
	/* Broken: in a mail by its own name, in an envelope that anybody could have changed by the one name for all. */
	broken = compress(w, part);
	((char *)(uintptr_t)broken.p)[broken.n - 1] ^= 1;
	assert_ok(w, as1_open(w->a, smime(w, broken), &pol, &o, &w->e));
	assert_int_equal(o.verdict, AS1_DECOMPRESSION_FAILED);
	assert_ok(w, cms_encrypt(&to, smime(w, broken), &sealed, &w->e));
	assert_ok(w, as1_open(w->a, smime(w, buf_str(&sealed)), &pol, &o, &w->e));
	assert_int_equal(o.verdict, AS1_DECRYPTION_FAILED);
	buf_clear(&sealed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contents_come_back),
		cmocka_unit_test(pieces_are_one_stream),
		cmocka_unit_test(broken_streams_are_refused),
		cmocka_unit_test(nothing_grows_without_end),
		cmocka_unit_test(bombs_are_told_early),
		cmocka_unit_test(every_order_opens_with_its_mic),
		cmocka_unit_test(other_orders_are_refused),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
