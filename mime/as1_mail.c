/* SPDX-License-Identifier: ISC */
#include "mime/as1_mail.h"

#include "gateway/base/clock.h"
#include "mime/addr.h"
#include "mime/word.h"
#include "mime/write.h"

#define WORDS_MAX (512u << 10)
#define WORDS_WIDTH 72
#define TYPE_SIGNATURE "application/pkcs7-signature"
#define TYPE_SIGNED	       "Content-Type: multipart/signed; protocol=\"" TYPE_SIGNATURE "\";\r\n micalg="

/* RFC 5322, 3.6.4: left@right of printable ASCII, so that it passes through every header. */
bool
as1_is_message_id(struct str id)
{
	struct str right = id, left;

	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] <= ' ' || id.p[i] >= 0x7f || id.p[i] == '<' || id.p[i] == '>')
			return false;
	return id.n <= AS1_MESSAGE_ID_MAX && str_cut(&right, '@', &left) && left.n > 0 &&
	    right.n > 0;
}

static bool
is_seed(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]))
			return false;
	return s.n > 0 && s.n <= AS1_SEED_MAX;
}

int
as1_envelope_check(const struct as1_envelope *env, struct err *e)
{
	if (!addr_is_strict(env->from))
		return err_set(e, ERR_CONFIG, "our address '" STR_FMT "' is no plain mail address",
		    STR_ARG(env->from));
	if (!addr_is_strict(env->to))
		return err_set(e, ERR_CONFIG,
		    "partner's address '" STR_FMT "' is no plain mail address", STR_ARG(env->to));
	if (str_has_ctl(env->from_name) || !is_utf8(env->from_name))
		return err_set(e, ERR_CONFIG, "our name '" STR_FMT "' is no line of UTF-8",
		    STR_ARG(env->from_name));
	if (!as1_is_message_id(env->message_id))
		return err_set(e, ERR_CONFIG, "'" STR_FMT "' is no message id",
		    STR_ARG(env->message_id));
	if (!is_seed(env->boundary_seed))
		return err_set(e, ERR_CONFIG, "boundary seed is not 1 to %d letters and digits",
		    AS1_SEED_MAX);
	return 0;
}

int
as1_envelope_write(struct arena *a, const struct as1_envelope *env, struct str subject,
    struct buf *out, struct err *e)
{
	struct str id = str_fmt(a, "<" STR_FMT ">", STR_ARG(env->message_id));

	if (write_mailbox(out, "From", env->from_name, env->from, e) == -1 ||
	    write_mailbox(out, "To", S(""), env->to, e) == -1 ||
	    write_text_field(out, "Subject", subject, e) == -1 ||
	    write_field(out, "Date", clock_rfc5322(a, env->date_ms), e) == -1)
		return -1;
	if (env->features.n > 0 && write_field(out, "EDIINT-Features", env->features, e) == -1)
		return -1;
	return write_field(out, "Message-ID", id, e);
}

/* Plain words in lines that fit a screen; line ends in text are kept. */
static int
wrap(struct str text, struct buf *out, struct err *e)
{
	struct str line, word;
	bool more_lines, more;

	do {
		more_lines = str_cut(&text, '\n', &line);
		line = str_trim(line);
		size_t col = 0;
		do {
			more = str_cut(&line, ' ', &word);
			if (word.n == 0)
				continue;
			bool fold = col > 0 && col + 1 + word.n > WORDS_WIDTH;
			if (col > 0 && buf_put(out, fold ? S("\r\n") : S(" "), e) == -1)
				return -1;
			if (buf_put(out, word, e) == -1)
				return -1;
			col = (fold || col == 0 ? 0 : col + 1) + word.n;
		} while (more);
		if ((col > 0 || more_lines) && buf_put(out, S("\r\n"), e) == -1)
			return -1;
	} while (more_lines);
	return 0;
}

int
as1_words_write(struct str text, struct buf *out, struct err *e)
{
	struct buf wrapped = BUF_CAP(WORDS_MAX);
	int rc = -1;

	if (wrap(text, &wrapped, e) == 0)
		rc = write_text_part(out, "text/plain", buf_str(&wrapped), e);
	buf_clear(&wrapped);
	return rc;
}

int
as1_thread_write(struct str original, struct buf *out, struct err *e)
{
	if (!str_starts(original, S("<")) || !str_ends(original, S(">")) ||
	    !as1_is_message_id(str_sub(original, 1, original.n - 2)))
		return 0;
	if (write_field(out, "In-Reply-To", original, e) == -1)
		return -1;
	return write_field(out, "References", original, e);
}

struct str
as1_boundary(struct arena *a, const struct as1_envelope *env, const char *kind)
{
	return str_fmt(a, "=_%s_" STR_FMT, kind, STR_ARG(env->boundary_seed));
}

struct cms_signing
as1_signing(const struct as1_shape *how, const struct cert_set *own, const struct cert_key *key,
    int64_t now_ms)
{
	return (struct cms_signing){ .own = own, .key = key, .scheme = how->pss ? ALG_RSA_PSS : ALG_NONE, .digest = how->digest,
		.opaque = how->opaque, .include = how->include, .by_key_id = how->by_key_id, .protection = how->protection,
		.now_ms = now_ms };
}

/* RFC 8551, 3.5.3.2: all that stands before the entity. */
static int
put_before(struct buf *out, enum mic_alg digest, bool bare_micalg, struct str boundary,
    struct err *e)
{
	if (buf_put(out, S(TYPE_SIGNED), e) == -1 ||
	    buf_put(out, str_of(alg_micalg(digest, bare_micalg)), e) == -1 ||
	    write_param(out, "boundary", boundary, e) == -1 ||
	    buf_put(out, S("\r\n\r\nThis is a signed message in MIME format.\r\n"), e) == -1)
		return -1;
	return write_delimiter(out, boundary, e);
}

static int
put_behind(struct buf *out, struct str boundary, struct str signature, struct err *e)
{
	if (write_delimiter(out, boundary, e) == -1 ||
	    write_file_part(out, S(TYPE_SIGNATURE), S("smime.p7s"), signature, e) == -1)
		return -1;
	return write_close(out, boundary, e);
}

int
as1_sign_detached(struct arena *a, struct str boundary, const struct cms_signing *how, bool bare_micalg,
    const struct rope *entity, struct rope *out, struct mic *over, struct err *e)
{
	struct buf der = BUF_CAP(CERT_PEM_MAX), text = BUF_CAP(2 * CERT_PEM_MAX);
	int rc = -1;

	if (how->own == NULL || how->key == NULL)
		return err_set(e, ERR_CONFIG, "no certificate and key to sign with");
	if (rope_mic(entity, cms_sign_digest(how), over, e) == -1 ||
	    cms_sign_around(how, over, 0, &der, &der, e) == -1 ||
	    put_before(&text, over->alg, bare_micalg, boundary, e) == -1)
		goto out;
	rope_bytes(out, span_str(str_dup(a, buf_str(&text))));
	rope_rope(out, entity);
	buf_cut(&text, 0);
	if (put_behind(&text, boundary, buf_str(&der), e) == -1)
		goto out;
	rope_bytes(out, span_str(str_dup(a, buf_str(&text))));
	rc = 0;
out:
	buf_clear(&der);
	buf_clear(&text);
	return rc;
}
