/* SPDX-License-Identifier: ISC */
/*
 * fidelity.h - documents of random bytes, in every transfer encoding and place of a mail, and in every shape that we write:
 * what is opened is what was put in, byte for byte. The encoders are the test's own. For tests/unit and tests/corpus.
 */
#ifndef EDIGATE_TESTS_FIDELITY_H
#define EDIGATE_TESTS_FIDELITY_H

#include <stdio.h>
#include <string.h>

#include "mime/as1.h"

#define FIDELITY_CONTENT_MAX 400

struct fidelity {
	struct arena *a;
	uint64_t random;		/* state: splitmix64 */
	struct str content, mail;
	const char *form;		/* of the case at hand */
};

static inline uint64_t
fidelity_random(struct fidelity *f, uint64_t below)
{
	uint64_t z = f->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % below;
}

/* Pieces that programs trip over, and bytes of all kinds between them. */
static inline void
fidelity_content(struct fidelity *f)
{
	static const struct str pieces[] = { S_INIT("\r\n"), S_INIT("\n"), S_INIT("\r"),
		S_INIT("\r\r\n"), S_INIT("\n\r"), S_INIT("\0"), S_INIT("\r\nFrom us\r\n"),
		S_INIT("From "), S_INIT("\r\n.\r\n"), S_INIT("."), S_INIT("--"), S_INIT("\r\n--"),
		S_INIT("\r\n--b"), S_INIT("=3D"), S_INIT("="), S_INIT("=\r\n"), S_INIT(" \r\n"),
		S_INIT("\t\r\n"), S_INIT("UNA:+.? '"), S_INIT("\xef\xbb\xbf"), S_INIT("\xfc"),
		S_INIT("\x1c\x1d\x1e\x1f"), S_INIT("begin 644 x\r\n"), S_INIT("\r\n\r\n") };
	char *p = arena_get(f->a, FIDELITY_CONTENT_MAX + 32);
	size_t want = fidelity_random(f, 8) == 0 ? 0 : (size_t)fidelity_random(f, FIDELITY_CONTENT_MAX), n = 0;
	uint64_t kind = fidelity_random(f, 4);

	while (n < want) {
		const struct str *piece = &pieces[fidelity_random(f, N(pieces))];
		if (kind > 0 && fidelity_random(f, 3) == 0) {
			memcpy(p + n, piece->p, piece->n);
			n += piece->n;
		} else {
			p[n++] = (char)(kind == 3 ? fidelity_random(f, 256) : ' ' + fidelity_random(f, 95));
		}
	}
	f->content = str_make(p, n);
}

static inline void
fidelity_base64(struct fidelity *f, struct buf *b)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct str s = f->content, eol = fidelity_random(f, 2) == 0 ? S("\r\n") : S("\n");
	size_t column = 0, width = 4 + 4 * (size_t)fidelity_random(f, 18);

	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t v = 0;
		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < s.n ? (unsigned char)s.p[i + k] : 0u);
		for (size_t k = 0; k < 4; k++)
			(void)buf_putc(b, i + k > s.n ? '=' : digits[v >> (18 - 6 * k) & 63], NULL);
		if ((column += 4) >= width) {
			(void)buf_put(b, eol, NULL);
			column = 0;
		}
	}
}

static inline void
fidelity_quoted(struct fidelity *f, struct buf *b)
{
	struct str s = f->content;
	size_t column = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = c > ' ' && c < 0x7f && c != '=' && fidelity_random(f, 8) > 0;
		if (column > 70) {
			(void)buf_put(b, S("=\r\n"), NULL);
			column = 0;
		}
		if (c == '\r' && i + 1 < s.n && s.p[i + 1] == '\n' && fidelity_random(f, 2) == 0) {
			(void)buf_put(b, S("\r\n"), NULL);
			column = 0;
			i++;
		} else if (plain) {
			(void)buf_putc(b, (char)c, NULL);
			column++;
		} else {
			(void)buf_printf(b, NULL, fidelity_random(f, 2) == 0 ? "=%02X" : "=%02x", c);
			column += 3;
		}
	}
	if (s.n > 0)	/* what follows the part is not a line of its content */
		(void)buf_put(b, S("="), NULL);
	if (s.n > 0)
		(void)buf_put(b, S("\r\n"), NULL);
}

/* Somebody else's mail around it: alone, or first, last or deep among other parts. */
static inline void
fidelity_foreign(struct fidelity *f)
{
	static const char *const encodings[] = { "7bit", "8bit", "binary", "base64", "quoted-printable" };
	static const char *const forms[] = { "alone", "alone", "first", "last", "deep" };
	size_t encoding = (size_t)fidelity_random(f, N(encodings)), form = (size_t)fidelity_random(f, N(forms));
	struct buf b = BUF_CAP(64u << 10);

	f->form = str_fmt(f->a, "%s, %s", encodings[encoding], forms[form]).p;
	(void)buf_put(&b, S("From: edi@nordwind.example\r\n"), NULL);
	if (form >= 2)
		(void)buf_put(&b, S("Content-Type: multipart/mixed; boundary=7f3a\r\n\r\n"), NULL);
	if (form >= 3)
		(void)buf_put(&b, S("--7f3a\r\nContent-Type: text/plain\r\n\r\nhello\r\n"), NULL);
	if (form == 4)
		(void)buf_put(&b, S("--7f3a\r\nContent-Type: multipart/mixed; boundary=91bc\r\n\r\n--91bc\r\n"), NULL);
	else if (form >= 2)
		(void)buf_put(&b, S("--7f3a\r\n"), NULL);
	(void)buf_printf(&b, NULL,
	    "Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: %s\r\n\r\n",
	    encodings[encoding]);
	if (encoding == 3)
		fidelity_base64(f, &b);
	else if (encoding == 4)
		fidelity_quoted(f, &b);
	else
		(void)buf_put(&b, f->content, NULL);
	if (form == 4)
		(void)buf_put(&b, S("\r\n--91bc--"), NULL);
	if (form >= 2)
		(void)buf_put(&b, S("\r\n--7f3a--\r\n"), NULL);
	f->mail = str_dup(f->a, buf_str(&b));
	buf_clear(&b);
}

/* Our own, in every encoding, with and without compression around it. */
static inline int
fidelity_own(struct fidelity *f, struct err *e)
{
	struct as1_document d = { .env = { .from = S("edi@nordwind.example"), .to = S("edi@acme.example"),
	    .message_id = S("01JD@nordwind.example"), .date_ms = INT64_C(1795430000000), .boundary_seed = S("01JD") },
		.content = span_str(f->content), .media_type = S("application/EDIFACT"),
		.how = { .compress = fidelity_random(f, 2) == 0, .encoding = (enum as1_encoding)fidelity_random(f, AS1_BINARY + 1) } };
	struct buf b = BUF_CAP(64u << 10);
	struct arena_room room = arena_room(f->a);
	struct buf_sink to = buf_sink(&b);
	struct mic_set mics;
	int rc = as1_pack(f->a, &d, &room.room, &to.sink, &mics, e);

	f->form = str_fmt(f->a, "written by us, %d%s", (int)d.how.encoding, d.how.compress ? ", compressed" : "").p;
	if (rc == 0)
		f->mail = str_dup(f->a, buf_str(&b));
	buf_clear(&b);
	return rc;
}

/* One case. false: the document did not come out as it went in. */
static inline bool
fidelity_case(struct fidelity *f)
{
	const struct as1_policy pol = { .now_ms = INT64_C(1795430000000) };
	struct as1_opened o;
	struct err e;

	fidelity_content(f);
	if (fidelity_random(f, 3) > 0)
		fidelity_foreign(f);
	else if (fidelity_own(f, &e) == -1)
		return false;
	return as1_open(f->a, f->mail, &pol, &o, &e) == 0 && o.verdict == AS1_OK && o.n == 1 &&
	    str_eq(span_mem(o.payloads[0].content), f->content);
}

#endif
