/* SPDX-License-Identifier: ISC */
/* mic.c - message integrity checks (RFC 3335, 5.3; RFC 4130, 7.3.1), as digests and as text. */
#include "mime/mdn.h"

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

int
mic_make(enum mic_alg alg, struct str content, struct mic *out, struct err *e)
{
	const struct alg *known = alg_digest(alg);
	const EVP_MD *md = known == NULL ? NULL : EVP_get_digestbyname(known->evp);
	unsigned int n = 0;

	*out = (struct mic){ .alg = alg };
	if (md == NULL || EVP_Digest(content.p, content.n, out->bytes, &n, md, NULL) != 1)
		return err_set(e, ERR_CONFIG, "cannot compute a digest by '%s'", mic_alg_name(alg));
	out->n = n;
	return 0;
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

	for (size_t i = 0; i < set->n; i++)
		text = str_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(text), i > 0 ? "; " : "", STR_ARG(mic_text(a, &set->list[i])));
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
	if (alg == NULL || alg->digest == MIC_NONE || base64_get(&b, b64, NULL, NULL) == -1 || b.n != alg->bytes)
		goto out;
	out->alg = alg->digest;
	out->n = b.n;
	memcpy(out->bytes, b.p, b.n);
	rc = 0;
out:
	buf_clear(&b);
	return rc;
}
