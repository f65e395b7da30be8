/* SPDX-License-Identifier: ISC */
/*
 * oracle.c - every signature and envelope in a folder's files, opened by us and by libcrypto's CMS: what we take it must
 * take too, with the same content. Where only libcrypto is content, our reason is counted.
 *
 * usage: oracle FOLDER...	(mails or bare CMS; keys in FOLDER/keys when there are any)
 */
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/base64.h"
#include "gateway/base/io.h"
#include "mime/as1.h"
#include "mime/cms.h"
#include "mime/encode.h"
#include "mime/part.h"
#include "tests/corpus/vectors.h"

#define FILE_BYTES_MAX (64u << 20)
#define ARENA_BYTES    ((size_t)1 << 30)
#define NOW_MS	       INT64_C(1795430000000)
#define LAYERS_MAX     6
#define REASONS_MAX    64
#define KEYS_MAX       64
#define ALLOW	       (ALG_ALLOW_SHA1 | ALG_ALLOW_3DES)

static struct { struct cert_set *certs; struct cert_key *key; } pairs[KEYS_MAX];
static size_t n_pairs;
static struct { char text[120]; unsigned int n; } reasons[REASONS_MAX];
static unsigned int both, neither, stricter, lenient;
static struct arena *arena;	/* of the file at hand */
static const char *file;
static struct str manifest;
static struct vector_seen seen;	/* of the file at hand */

static void
tally(bool ours, bool theirs, struct str reason)
{
	size_t i = 0;

	both += ours && theirs;
	neither += !ours && !theirs;
	stricter += !ours && theirs;
	if (ours && !theirs) {
		lenient++;
		printf("  only we take: %s\n", file);
	}
	if (ours || !theirs)
		return;
	while (i < REASONS_MAX - 1 && reasons[i].n > 0 &&
	    !str_eq(str_of(reasons[i].text), str_sub(reason, 0, 119)))
		i++;
	reasons[i].n++;
	memcpy(reasons[i].text, reason.p, reason.n < 119 ? reason.n : 119);
}

static struct str
taken(BIO *b)
{
	char *p = NULL;
	long n = BIO_get_mem_data(b, &p);

	return str_make(p, n > 0 ? (size_t)n : 0);
}

static CMS_ContentInfo *
decode(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;

	return d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
}

/* With the certificates of the message for trusted: about signatures we want to differ, not about people. */
static void
hold_signature(struct str der, struct str detached, struct str *inner)
{
	CMS_ContentInfo *cms = decode(der);
	BIO *in = detached.p == NULL ? NULL : BIO_new_mem_buf(detached.p, (int)detached.n),
	    *out = BIO_new(BIO_s_mem());
	struct buf pem = BUF_CAP(1u << 22);
	struct cert_set *trusted = NULL;
	struct cms_verified v;
	bool theirs;

	if (cms_certs(der, &pem, NULL) == 0)
		(void)cert_set_read(buf_str(&pem), &trusted, NULL);
	cms_verify(arena, der, detached, &(struct cms_trust){ trusted, NOW_MS, ALLOW, 0, NULL }, &v);
	theirs = cms != NULL && CMS_verify(cms, NULL, NULL, in, out, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
	if (seen.fit + seen.unfit == 0) {	/* what is signed inside of that is refused anyway */
		seen.fit = v.fits;
		seen.unfit = !v.fits;
		seen.contested = !v.fits && !theirs;
	}
	if (theirs && v.verdict == CMS_GOOD && !str_eq(taken(out), span_mem(v.content)))
		theirs = false;
	tally(v.verdict == CMS_GOOD, theirs, str_of(verdict_info(v.rule)->code));
	*inner = detached.p != NULL ? detached : span_mem(v.content);
	cert_set_free(trusted);
	buf_clear(&pem);
	BIO_free(in);
	BIO_free(out);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
}

static void
hold_envelope(struct str der, struct str *inner)
{
	bool ours_once = false, theirs_once = false, weak = false;

	for (size_t i = 0; i < n_pairs; i++) {
		CMS_ContentInfo *cms = decode(der);
		BIO *out = BIO_new(BIO_s_mem());
		struct cms_opened o;
		bool ours = cms_decrypt(arena, pairs[i].certs, pairs[i].key, ALLOW, der, &o, NULL) == 0;
		bool theirs = cms != NULL &&
		    CMS_decrypt(cms, cert_key_get(pairs[i].key), cert_set_get(pairs[i].certs, 0),
		        NULL, out, CMS_BINARY) == 1;
		if (ours && (!theirs || !str_eq(span_mem(o.content), taken(out))))
			tally(true, false, S(""));
		if (ours)
			*inner = span_mem(o.content);
		weak |= o.weak;
		ours_once |= ours;
		theirs_once |= theirs && taken(out).n > 0;
		BIO_free(out);
		CMS_ContentInfo_free(cms);
		ERR_clear_error();
	}
	seen.opened += ours_once;
	seen.closed += !ours_once;
	tally(ours_once, theirs_once, weak ? S("envelope: weak algorithm") : S("envelope: not opened"));
}

/* One CMS object, and what it holds in turn. */
static bool
hold_cms(struct str der, struct str detached, struct str *inner)
{
	enum cms_kind kind;

	*inner = S("");
	if (cms_kind_of(der, &kind, NULL) == -1)
		kind = CMS_IS_OTHER;
	switch (kind) {
	case CMS_IS_ENVELOPED:
	case CMS_IS_AUTH_ENVELOPED:
		hold_envelope(der, inner);
		break;
	case CMS_IS_COMPRESSED:
		(void)cms_decompress(arena, der, inner, NULL);
		break;
	default:	/* what we do not recognise at all, libcrypto may */
		hold_signature(der, detached, inner);
	}
	return inner->n > 0;
}

static bool
is_smime(const struct part *p)
{
	return part_is(p, S("application/pkcs7-mime")) || part_is(p, S("application/x-pkcs7-mime"));
}

static void
hold_mail(struct str mail)
{
	struct str entity = mail, none = { NULL, 0 }, inner;
	unsigned int flags;
	struct part_tree t;

	for (unsigned int layer = 0; layer < LAYERS_MAX; layer++) {
		if (part_tree_read(arena, entity, &t, NULL) == -1)
			return;
		const struct part *root = &t.parts[0];
		if (part_is(root, S("multipart/signed")) && root->children >= 2) {
			size_t sig = part_child(&t, 0, 1);
			if (!hold_cms(cte_decode(arena, t.parts[sig].cte, part_body(&t, sig), &flags),
			        part_bytes(&t, part_child(&t, 0, 0)), &inner))
				return;
		} else if (!is_smime(root) || !hold_cms(cte_decode(arena, root->cte, part_body(&t, 0), &flags), none, &inner)) {
			return;
		}
		entity = inner;
	}
}

/* DER as it is, between PEM's lines, or a mail. */
static void
hold_file(struct str bytes)
{
	struct str none = { NULL, 0 }, inner;
	struct buf b = BUF_CAP(FILE_BYTES_MAX);
	unsigned int flags = 0;
	size_t at, end;

	if (bytes.n > 2 && bytes.p[0] == 0x30) {
		(void)hold_cms(bytes, none, &inner);
	} else if (str_starts(bytes, S("-----BEGIN ")) && str_chr(bytes, '\n', &at) &&
	    str_find(str_from(bytes, at), S("-----END"), &end)) {
		if (base64_get(&b, str_sub(bytes, at, end), &flags, NULL) == 0)
			(void)hold_cms(str_dup(arena, buf_str(&b)), none, &inner);
	} else {
		hold_mail(as1_wire_form(arena, bytes));
	}
	buf_clear(&b);
}

static struct str
read_file(struct arena *a, const char *path)
{
	struct str bytes = S("");

	(void)io_read_file(a, AT_FDCWD, path, FILE_BYTES_MAX, &bytes, NULL);
	return bytes;
}

/* A key and its certificate: in one file, or NAME.key beside NAME.pem. */
static void
add_pair(struct arena *a, const char *path)
{
	struct str name = str_of(path), pem = read_file(a, path), other = pem;
	struct cert_set *certs = NULL;
	struct cert_key *key = NULL;

	if (str_ends(name, S(".key")))
		other = read_file(a,
		    str_cstr(a, str_fmt(a, STR_FMT ".pem", STR_ARG(str_sub(name, 0, name.n - 4)))));
	if (n_pairs < KEYS_MAX && cert_key_read(pem, &key, NULL) == 0 &&
	    cert_set_read(other, &certs, NULL) == 0 && cert_key_fits(key, certs)) {
		pairs[n_pairs].certs = certs;
		pairs[n_pairs++].key = key;
		return;
	}
	cert_key_free(key);
	cert_set_free(certs);
}

static void
hold(struct arena *a, const char *path, size_t top)
{
	arena = a;
	file = path;
	seen = (struct vector_seen){ 0 };
	hold_file(read_file(a, path));
	vector_judge(manifest, str_from(str_of(path), top + 1), &seen);
}

/* top: of path, what the manifest's names are below of. */
static void
walk(const char *dir, bool keys, size_t top)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		struct arena *a = arena_new(ARENA_BYTES);
		char *path = str_cstr(a, str_fmt(a, "%s/%s", dir, entry->d_name));
		struct stat st;
		if (entry->d_name[0] != '.' && stat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode) && (keys || strcmp(entry->d_name, "keys") != 0))
				walk(path, keys, top);
			else if (S_ISREG(st.st_mode) && keys)
				add_pair(a, path);
			else if (S_ISREG(st.st_mode))
				hold(a, path, top);
		}
		arena_free(a);
	}
	if (d != NULL)
		closedir(d);
}

int
main(int argc, char **argv)
{
	struct arena *names = arena_new(ARENA_BYTES);
	char path[4096];
	bool held;

	if (argc < 2) {
		fprintf(stderr, "usage: oracle FOLDER...\n");
		return 64;
	}
	for (int i = 1; i < argc; i++) {
		(void)snprintf(path, sizeof(path), "%s/keys", argv[i]);
		walk(path, true, 0);
		(void)snprintf(path, sizeof(path), "%s/MANIFEST.tsv", argv[i]);
		manifest = read_file(names, path);
		walk(argv[i], false, strlen(argv[i]));
	}
	for (size_t i = 0; i < REASONS_MAX && reasons[i].n > 0; i++)
		printf("  only libcrypto takes %u: %s\n", reasons[i].n, reasons[i].text);
	printf("signatures and envelopes beside libcrypto: both take %u, neither %u, only libcrypto %u, only we %u\n", both,
	    neither, stricter, lenient);
	for (size_t i = 0; i < n_pairs; i++) {
		cert_set_free(pairs[i].certs);
		cert_key_free(pairs[i].key);
	}
	held = vector_report();
	arena_free(names);
	return lenient == 0 && held ? 0 : 1;
}
