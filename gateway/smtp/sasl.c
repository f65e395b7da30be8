/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/sasl.h"

#include <string.h>

/* ---- one function for each mechanism: the response to the challenge of this step ---- */

static int
too_many(const struct sasl *s, struct err *e)
{
	return err_set(e, ERR_CONFIG, "the server asks more than AUTH %s has answers", sasl_name(s->mech));
}

static int
respond_scram(struct sasl *s, const struct sasl_login *l, struct str challenge, struct buf *out,
    struct err *e)
{
	switch (s->step) {
	case 0:
		return scram_client_first(&s->scram, l->user, l->nonce,
		    s->mech == SASL_SCRAM_SHA_256_PLUS ? l->bind : NULL, l->plus_hidden, out, e);
	case 1:
		return scram_client_final(&s->scram, challenge, l->password, out, e);
	case 2:
		return scram_client_verify(&s->scram, challenge, e);
	default:
		return too_many(s, e);
	}
}

/* RFC 4616: nobody to act for, NUL, user, NUL, password. */
static int
respond_plain(struct sasl *s, const struct sasl_login *l, struct str challenge, struct buf *out,
    struct err *e)
{
	(void)challenge;
	if (s->step > 0)
		return too_many(s, e);
	if (str_chr(l->user, '\0', NULL) || str_chr(l->password, '\0', NULL))
		return err_set(e, ERR_CONFIG, "a NUL in user or password");
	if (buf_putc(out, '\0', e) == -1 || buf_put(out, l->user, e) == -1 || buf_putc(out, '\0', e) == -1)
		return -1;
	return buf_put(out, l->password, e);
}

/* What the prompts say is nobody's standard: the first is for the user, the second for the password. */
static int
respond_login(struct sasl *s, const struct sasl_login *l, struct str challenge, struct buf *out,
    struct err *e)
{
	(void)challenge;
	if (s->step > 1)
		return too_many(s, e);
	return buf_put(out, s->step == 0 ? l->user : l->password, e);
}

/* RFC 4422, A: who we want to be; that we may is in our certificate. */
static int
respond_external(struct sasl *s, const struct sasl_login *l, struct str challenge, struct buf *out,
    struct err *e)
{
	(void)challenge;
	return s->step > 0 ? too_many(s, e) : buf_put(out, l->user, e);
}

/* RFC 2195: the user, and the challenge under the password in small hexadecimal digits. */
static int
respond_cram_md5(struct sasl *s, const struct sasl_login *l, struct str challenge, struct buf *out,
    struct err *e)
{
	unsigned char digest[MD5_BYTES];

	if (s->step > 0)
		return too_many(s, e);
	if (challenge.n == 0)
		return err_set(e, ERR_CONFIG, "the server's challenge is empty");
	if (sasl_hmac_md5(l->password, challenge, digest, e) == -1 || buf_put(out, l->user, e) == -1 ||
	    buf_putc(out, ' ', e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(digest); i++)
		if (buf_printf(out, e, "%02x", digest[i]) == -1)
			return -1;
	return 0;
}

/* What went wrong with a token, in JSON. After an answer to it the server says 535. */
static void
keep_told(struct sasl *s, struct str challenge)
{
	size_t n = challenge.n < sizeof(s->told) ? challenge.n : sizeof(s->told) - 1;

	for (size_t i = 0; i < n; i++)
		s->told[i] = challenge.p[i] < 0x20 || challenge.p[i] > 0x7e ? '?' : challenge.p[i];
	s->told[n] = '\0';
}

/* A token and a name stand between 0x01 bytes: with such a byte in them they would be something else. */
static int
put_bearer(const struct sasl_login *l, struct buf *out, struct err *e)
{
	if (str_has_ctl(l->user) || str_has_ctl(l->password))
		return err_set(e, ERR_CONFIG, "a control character in user or token");
	if (buf_put(out, S("auth=Bearer "), e) == -1 || buf_put(out, l->password, e) == -1)
		return -1;
	return buf_put(out, S("\1\1"), e);
}

static int
respond_xoauth2(struct sasl *s, const struct sasl_login *l, struct str challenge, struct buf *out,
    struct err *e)
{
	if (s->step == 1) {
		keep_told(s, challenge);
		return 0;		/* an empty answer */
	}
	if (s->step > 1)
		return too_many(s, e);
	if (buf_put(out, S("user="), e) == -1 || buf_put(out, l->user, e) == -1 || buf_putc(out, '\1', e) == -1)
		return -1;
	return put_bearer(l, out, e);
}

/* RFC 7628, 3.1: a gs2 header, then key=value pairs. */
static int
respond_oauthbearer(struct sasl *s, const struct sasl_login *l, struct str challenge,
    struct buf *out, struct err *e)
{
	if (s->step == 1) {
		keep_told(s, challenge);
		return buf_putc(out, '\1', e);	/* RFC 7628, 3.2.3 */
	}
	if (s->step > 1)
		return too_many(s, e);
	if (buf_put(out, S("n,a="), e) == -1 || scram_put_name(out, l->user, e) == -1)
		return -1;
	if (buf_printf(out, e, ",\1host=" STR_FMT "\1port=%u\1", STR_ARG(l->host), l->port) == -1)
		return -1;
	return put_bearer(l, out, e);
}

/* ---- the table of them ---- */

static const struct {
	const char *name;
	bool initial;			/* the client speaks first */
	bool automatic;			/* "auto" may choose it */
	bool minds;			/* reads its challenges; to others they are prompts */
	unsigned int steps;		/* responses after which the server may say yes */
	int (*respond)(struct sasl *s, const struct sasl_login *l, struct str challenge, struct buf *out, struct err *e);
} mechs[SASL_COUNT] = {
	[SASL_SCRAM_SHA_256_PLUS] = { "SCRAM-SHA-256-PLUS", true, true, true, 3, respond_scram },
	[SASL_SCRAM_SHA_256] = { "SCRAM-SHA-256", true, true, true, 3, respond_scram },
	[SASL_PLAIN] = { "PLAIN", true, true, false, 1, respond_plain },
	[SASL_LOGIN] = { "LOGIN", false, true, false, 2, respond_login },
	[SASL_EXTERNAL] = { "EXTERNAL", true, false, false, 1, respond_external },
	[SASL_CRAM_MD5] = { "CRAM-MD5", false, false, true, 1, respond_cram_md5 },
	[SASL_XOAUTH2] = { "XOAUTH2", true, false, false, 1, respond_xoauth2 },
	[SASL_OAUTHBEARER] = { "OAUTHBEARER", true, false, false, 1, respond_oauthbearer },
};

const char *
sasl_name(enum sasl_mech m)
{
	return mechs[m].name;
}

enum sasl_mech
sasl_by_name(struct str name)
{
	unsigned int m = 0;

	while (m < SASL_COUNT && !str_eq_nocase(name, str_of(mechs[m].name)))
		m++;
	return (enum sasl_mech)m;
}

enum sasl_mech
sasl_choose(struct str wanted, unsigned int offered)
{
	bool any = str_eq(wanted, S("auto"));
	unsigned int m = 0;

	while (m < SASL_COUNT && ((offered >> m & 1) == 0 ||
	    !(any ? mechs[m].automatic : str_eq_nocase(wanted, str_of(mechs[m].name)))))
		m++;
	return (enum sasl_mech)m;
}

void
sasl_begin(struct sasl *s, enum sasl_mech m)
{
	*s = (struct sasl){ .mech = m };
	scram_init(&s->scram);
}

void
sasl_clear(struct sasl *s)
{
	scram_clear(&s->scram);
}

bool
sasl_has_initial(const struct sasl *s)
{
	return mechs[s->mech].initial;
}

bool
sasl_minds_challenge(const struct sasl *s)
{
	return mechs[s->mech].minds;
}

int
sasl_respond(struct sasl *s, const struct sasl_login *l, struct str challenge, struct buf *out,
    struct err *e)
{
	if (mechs[s->mech].respond(s, l, challenge, out, e) == -1)
		return -1;
	s->step++;
	return 0;
}

int
sasl_end(const struct sasl *s, struct err *e)
{
	if (s->told[0] != '\0')
		return err_set(e, ERR_CONFIG, "the server takes the token and refuses it: %s", s->told);
	if (s->step != mechs[s->mech].steps)
		return err_set(e, ERR_CONFIG, "the server says yes to AUTH %s before it could know",
		    mechs[s->mech].name);
	return 0;
}
