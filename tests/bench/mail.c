/* SPDX-License-Identifier: ISC */
/*
 * mail.c - a document to a signed mail, and a signed mail to its document, on one core: by mime/, and by libcrypto's own
 * CMS with its S/MIME writer and reader around it. Nothing is stored or sent. Seconds are of processor time, as openssl
 * speed counts them, so that the figures hold on a busy machine.
 *
 *   mail SECONDS pack|open|cms-pack|cms-open CERT.pem KEY.pem FILE	prints mails a second of one core, and, with
 *		pack, signatures a second of libcrypto alone, made in turn with them
 *   mail SECONDS write CERT.pem KEY.pem FILE	prints one mail of ours
 */
#include <openssl/cms.h>
#include <openssl/pem.h>

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "mime/as1.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX (16u << 20)
#define MAIL_MAX (64u << 20)
#define ROUND	 16		/* between two looks at the clock */

struct bench {
	struct arena *a;		/* of one mail */
	struct cert_set *own;
	struct cert_key *key;
	X509 *x;			/* the same, for libcrypto */
	EVP_PKEY *pkey;
	struct str content, mail;
	int64_t now_ms;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "mail: %s\n", what);
	exit(1);
}

/* ---- ours */

static void
pack(struct bench *b, struct buf *mail)
{
	struct arena_room room = arena_room(b->a);
	struct buf_sink to = buf_sink(mail);
	struct as1_document d = {
		.env = { .from_name = S("Nordwind GmbH"), .from = S("edi@nordwind.example"), .to = S("edi@acme.example"),
			.message_id = S("1@nordwind.example"), .date_ms = b->now_ms, .boundary_seed = S("bench") },
		.subject = S("ORDERS 4711"), .content = span_str(b->content), .media_type = S("application/EDIFACT"),
		.file_name = S("order.edi"), .how.sign = true, .receipt = AS1_RECEIPT_SIGNED, .own = b->own, .key = b->key,
	};
	struct mic_set mics;
	struct err e;

	if (as1_pack(b->a, &d, &room.room, &to.sink, &mics, &e) == -1)
		die(e.text);
}

static void
pack_one(struct bench *b)
{
	struct buf mail = BUF_CAP(MAIL_MAX);

	pack(b, &mail);
	buf_clear(&mail);
}

static void
open_one(struct bench *b)
{
	const struct as1_policy pol = { .partner = b->own, .must_sign = true, .now_ms = b->now_ms };
	struct arena_room room = arena_room(b->a);
	struct as1_opened o;
	struct str content;
	struct err e;

	if (as1_open_in(b->a, span_str(b->mail), &pol, &room.room, &o, &e) == -1)
		die(e.text);
	if (o.verdict != AS1_OK || o.n != 1 || span_join(b->a, o.payloads[0].content, FILE_MAX, &content, &e) == -1 ||
	    !str_eq(content, b->content))
		die("the mail did not open");
}

/* ---- libcrypto's */

/* What openssl speed does. */
static void
sign_one(struct bench *b)
{
	static const unsigned char digest[32] = { 1 };
	static EVP_PKEY_CTX *c;
	unsigned char out[1024];
	size_t n = sizeof(out);

	if (c == NULL && ((c = EVP_PKEY_CTX_new(b->pkey, NULL)) == NULL || EVP_PKEY_sign_init(c) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) != 1))
		die("no key to sign with");
	if (EVP_PKEY_sign(c, out, &n, digest, sizeof(digest)) != 1)
		die("libcrypto does not sign");
}

static BIO *
part_of(struct bench *b)
{
	BIO *part = BIO_new(BIO_s_mem()), *lines = BIO_push(BIO_new(BIO_f_base64()), part);

	BIO_printf(part, "Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	BIO_write(lines, b->content.p, (int)b->content.n);
	(void)BIO_flush(lines);
	BIO_pop(lines);
	BIO_free(lines);
	return part;
}

static BIO *
cms_pack(struct bench *b)
{
	const int flags = CMS_DETACHED | CMS_STREAM;
	BIO *part = part_of(b), *mail = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = CMS_sign(b->x, b->pkey, NULL, part, flags);

	BIO_printf(mail, "From: edi@nordwind.example\r\nTo: edi@acme.example\r\nSubject: ORDERS 4711\r\n");
	if (cms == NULL || SMIME_write_CMS(mail, cms, part, flags | SMIME_CRLFEOL) != 1)
		die("libcrypto does not sign");
	CMS_ContentInfo_free(cms);
	BIO_free(part);
	return mail;
}

static void
cms_pack_one(struct bench *b)
{
	BIO_free(cms_pack(b));
}

static void
cms_open_one(struct bench *b)
{
	BIO *mail = BIO_new_mem_buf(b->mail.p, (int)b->mail.n), *part = NULL, *out = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = SMIME_read_CMS(mail, &part);
	STACK_OF(X509) *signers = sk_X509_new_null();
	EVP_ENCODE_CTX *lines = EVP_ENCODE_CTX_new();
	static unsigned char content[FILE_MAX];
	char header[256], *p;
	int n = 0, last = 0;
	long size;

	sk_X509_push(signers, b->x);
	if (cms == NULL || CMS_verify(cms, signers, NULL, part, out, CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY) != 1)
		die("libcrypto does not verify");
	while (BIO_gets(out, header, sizeof(header)) > 2)
		;
	size = BIO_get_mem_data(out, &p);
	EVP_DecodeInit(lines);
	if (EVP_DecodeUpdate(lines, content, &n, (const unsigned char *)p, (int)size) == -1 ||
	    EVP_DecodeFinal(lines, content + n, &last) == -1 ||
	    !str_eq(str_make((const char *)content, (size_t)(n + last)), b->content))
		die("libcrypto does not decode");
	EVP_ENCODE_CTX_free(lines);
	sk_X509_free(signers);
	CMS_ContentInfo_free(cms);
	BIO_free(out);
	BIO_free(part);
	BIO_free(mail);
}

/* ---- */

static void
load(struct bench *b, const char *cert, const char *key, const char *file)
{
	struct arena *a = arena_new(4 * (size_t)FILE_MAX);
	struct str text;
	struct err e;
	FILE *f;

	b->a = arena_new((size_t)256 << 20);
	b->now_ms = clock_wall_ms();
	if (io_read_named(a, cert, FILE_MAX, &text, &e) == -1 || cert_set_read(text, &b->own, &e) == -1 ||
	    io_read_named(a, key, FILE_MAX, &text, &e) == -1 || cert_key_read(text, &b->key, &e) == -1 ||
	    io_read_named(a, file, FILE_MAX, &b->content, &e) == -1)
		die(e.text);
	if ((f = fopen(cert, "r")) == NULL || (b->x = PEM_read_X509(f, NULL, NULL, NULL)) == NULL)
		die("no certificate");
	fclose(f);
	if ((f = fopen(key, "r")) == NULL || (b->pkey = PEM_read_PrivateKey(f, NULL, NULL, NULL)) == NULL)
		die("no key");
	fclose(f);
}

static const struct mode {
	const char *name;
	void (*one)(struct bench *b);
	bool reads, theirs;
} modes[] = {
	{ "pack", pack_one, false, false },
	{ "open", open_one, true, false },
	{ "cms-pack", cms_pack_one, false, true },
	{ "cms-open", cms_open_one, true, true },
	{ "write", NULL, true, false },
};

/* What a mode reads was written by the same hand. */
static void
make_mail(struct bench *b, const struct mode *m)
{
	static struct buf mail = BUF_CAP(MAIL_MAX);
	char *p;
	long n;

	if (!m->theirs) {
		pack(b, &mail);
		b->mail = buf_str(&mail);
		return;
	}
	n = BIO_get_mem_data(cms_pack(b), &p);
	b->mail = str_make(p, (size_t)n);
}

/* A round, in seconds. */
static double
timed(struct bench *b, void (*one)(struct bench *b))
{
	clock_t start = clock();

	for (unsigned int i = 0; i < ROUND; i++) {
		one(b);
		arena_reset(b->a);
	}
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

int
main(int argc, char **argv)
{
	const struct mode *m = NULL;
	struct bench b = { 0 };
	struct err e;
	uint64_t seconds;
	double spent = 0, alone = 0;
	long done = 0;

	for (size_t i = 0; argc == 6 && i < N(modes); i++)
		if (strcmp(argv[2], modes[i].name) == 0)
			m = &modes[i];
	if (m == NULL || str_u64(str_of(argv[1]), 3600, &seconds) == -1 || seconds == 0) {
		fprintf(stderr, "usage: mail SECONDS pack|open|cms-pack|cms-open|write CERT.pem KEY.pem FILE\n");
		return 64;
	}
	load(&b, argv[3], argv[4], argv[5]);
	if (m->reads)
		make_mail(&b, m);
	if (m->one == NULL)
		return io_write_all(STDOUT_FILENO, b.mail, &e) == -1;
	while (spent < (double)seconds) {
		spent += timed(&b, m->one);
		alone += m->one == pack_one ? timed(&b, sign_one) : 0;
		done += ROUND;
	}
	printf("%.1f", (double)done / spent);
	if (alone > 0)
		printf(" %.1f", (double)done / alone);
	printf("\n");
	return 0;
}
