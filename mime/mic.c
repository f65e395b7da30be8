/* SPDX-License-Identifier: ISC */
/* mic.c - message integrity checks (RFC 3335, 5.3; RFC 4130, 7.3.1), as digests and as text. */
#include "mime/mic.h"

#include <openssl/evp.h>
#include <string.h>

#include "gateway/base/base64.h"
#include "mime/alg.h"
#include "mime/header.h"

enum mic_alg
mic_alg_of(struct str name)
{
	const struct alg *alg = alg_named(ALG_DIGEST, name);

	return alg == NULL ? MIC_NONE : alg->digest;
}

const char *
mic_alg_name(enum mic_alg alg)
{
	return alg == MIC_NONE ? "none" : alg_digest(alg)->name;
}

/* Asked for by name once: in OpenSSL 3 that costs more than the digest of a short message. */
static const EVP_MD *
md_of(enum mic_alg alg)
{
	static EVP_MD *fetched[MIC_ALGS];

	if (alg == MIC_NONE || alg >= MIC_ALGS)
		return NULL;
	if (fetched[alg] == NULL)
		fetched[alg] = EVP_MD_fetch(NULL, alg_digest(alg)->evp, NULL);
	return fetched[alg];
}

static int
no_digest(enum mic_alg alg, struct err *e)
{
	return err_set(e, ERR_CONFIG, "cannot compute a digest by '%s'", mic_alg_name(alg));
}

int
mic_make(enum mic_alg alg, struct str content, struct mic *out, struct err *e)
{
	const EVP_MD *md = md_of(alg);
	unsigned int n = 0;

	*out = (struct mic){ .alg = alg };
	if (md == NULL || EVP_Digest(content.p, content.n, out->bytes, &n, md, NULL) != 1)
		return no_digest(alg, e);
	out->n = n;
	return 0;
}

static int
mic_sink_put(struct sink *sink, struct str piece, struct err *e)
{
	struct mic_sink *s = (struct mic_sink *)sink;

	for (enum mic_alg alg = MIC_SHA1; alg < MIC_ALGS; alg++)
		if (s->context[alg] != NULL && EVP_DigestUpdate(s->context[alg], piece.p, piece.n) != 1)
			return no_digest(alg, e);
	s->n += piece.n;
	return s->to == NULL ? 0 : s->to->put(s->to, piece, e);
}

int
mic_sink_open(struct mic_sink *s, unsigned int algs, struct sink *to, struct err *e)
{
	*s = (struct mic_sink){ .sink = { mic_sink_put }, .to = to };
	for (enum mic_alg alg = MIC_SHA1; alg < MIC_ALGS; alg++) {
		if ((algs & 1u << alg) == 0)
			continue;
		s->context[alg] = EVP_MD_CTX_new();
		if (s->context[alg] == NULL || md_of(alg) == NULL ||
		    EVP_DigestInit_ex2(s->context[alg], md_of(alg), NULL) != 1)
			return no_digest(alg, e);
	}
	return 0;
}

int
mic_sink_get(struct mic_sink *s, enum mic_alg alg, struct mic *out, struct err *e)
{
	unsigned int n = 0;

	*out = (struct mic){ .alg = alg };
	if (s->context[alg] == NULL || EVP_DigestFinal_ex(s->context[alg], out->bytes, &n) != 1)
		return no_digest(alg, e);
	out->n = n;
	return 0;
}

void
mic_sink_clear(struct mic_sink *s)
{
	for (enum mic_alg alg = MIC_SHA1; alg < MIC_ALGS; alg++) {
		EVP_MD_CTX_free(s->context[alg]);
		s->context[alg] = NULL;
	}
}

bool
mic_eq(const struct mic *a, const struct mic *b)
{
	return a->alg != MIC_NONE && a->alg == b->alg && a->n == b->n &&
	    memcmp(a->bytes, b->bytes, a->n) == 0;
}

struct str
mic_text(struct arena *a, const struct mic *m)
{
	struct buf b = BUF_CAP(MIC_BYTES_MAX * 2);
	struct str text = S("");

	if (m->alg == MIC_NONE)
		return text;
	if (base64_put(&b, str_make((const char *)m->bytes, m->n), NULL) == 0)
		text = str_fmt(a, STR_FMT ", %s", STR_ARG(buf_str(&b)), mic_alg_name(m->alg));
	buf_clear(&b);
	return text;
}

struct str
mic_set_text(struct arena *a, const struct mic_set *set)
{
	struct str text = S("");

	for (size_t i = 0; i < set->n; i++) {
		text = str_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(text), i > 0 ? "; " : "",
		    STR_ARG(mic_text(a, &set->list[i])));
		if (set->how[i] != NULL)
			text = str_fmt(a, STR_FMT " (%s)", STR_ARG(text), set->how[i]);
	}
	return text;
}

/* The characters of text up to stop, without blanks, folds and comments. */
static struct str
squeeze(struct str *text, char stop, char *to, size_t max)
{
	size_t n = 0;

	for (skip_cfws(text); text->n > 0 && text->p[0] != stop; skip_cfws(text)) {
		if (n < max)
			to[n++] = text->p[0];
		*text = str_from(*text, 1);
	}
	*text = str_from(*text, 1);
	return str_make(to, n);
}

int
mic_read(struct str text, struct mic *out)
{
	char digits[MIC_BYTES_MAX * 2], word[16];
	struct str b64 = squeeze(&text, ',', digits, sizeof(digits)),
	           rest = squeeze(&text, ',', word, sizeof(word)), name;
	struct buf b = BUF_CAP(MIC_BYTES_MAX + 4);
	const struct alg *alg;
	int rc = -1;

	(void)str_cut(&rest, ';', &name);	/* of a set the first */
	alg = alg_named(ALG_DIGEST, name);
	*out = (struct mic){ .alg = MIC_NONE };
	if (alg == NULL || alg->digest == MIC_NONE || base64_get(&b, b64, NULL, NULL) == -1 ||
	    b.n != alg->bytes)
		goto out;
	out->alg = alg->digest;
	out->n = b.n;
	memcpy(out->bytes, b.p, b.n);
	rc = 0;
out:
	buf_clear(&b);
	return rc;
}
