/* SPDX-License-Identifier: ISC */
#include "gateway/keyreq.h"

#include <string.h>

#define REQUEST_MAGIC "EKQ1"
#define ANSWER_MAGIC  "EKA1"

enum {				/* of a request */
	AT_OP = 4, AT_SCHEME, AT_DIGEST, AT_MASK, AT_WRAP, AT_N, AT_LENGTHS, AT_NUMBER = AT_LENGTHS + 6,
	AT_KEY = AT_NUMBER + 8, AT_BYTES = AT_KEY + CERT_KEY_ID_BYTES,
};
enum { AT_STATUS = 4, AT_LENGTH = 6, AT_ANSWERED = 8, AT_ANSWER = 16 };

_Static_assert(AT_BYTES + CERT_TO_SIGN_MAX <= KEYREQ_BYTES, "what is signed fits");
_Static_assert(AT_BYTES + CERT_WRAPPED_MAX + KEYREQ_PEER_MAX + KEYREQ_INFO_MAX <= KEYREQ_BYTES,
    "what is wrapped fits");
_Static_assert(AT_ANSWER + CERT_SIGNATURE_MAX == KEYANS_BYTES && CERT_SECRET_MAX <= CERT_SIGNATURE_MAX, "answers fit");

static void
put_number(unsigned char *p, size_t n, uint64_t v)
{
	for (size_t i = n; i-- > 0; v >>= 8)
		p[i] = (unsigned char)(v & 0xff);
}

static uint64_t
get_number(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static unsigned int
byte_at(struct str frame, size_t at)
{
	return (unsigned char)frame.p[at];
}

static bool
is_zero(struct str s)
{
	/* Every byte like the one before: many at a time. */
	return s.n == 0 || (s.p[0] == '\0' && memcmp(s.p, s.p + 1, s.n - 1) == 0);
}

/* ---- what may be asked */

static int
check_sign(const struct cert_to_sign *s, struct err *e)
{
	const struct alg *digest = alg_digest(s->digest);

	if (digest == NULL || digest->class != ALG_GOOD)
		return err_set(e, ERR_INPUT, "to sign by a digest that is none");
	if (s->scheme == ALG_ED25519)
		return s->bytes.n > 0 && s->bytes.n <= CERT_TO_SIGN_MAX ? 0 :
		    err_set(e, ERR_INPUT, "to sign %zu bytes, want 1 to %d", s->bytes.n, CERT_TO_SIGN_MAX);
	if (s->scheme != ALG_RSA && s->scheme != ALG_RSA_PSS && s->scheme != ALG_ECDSA)
		return err_set(e, ERR_INPUT, "to sign by scheme %d, which is none", (int)s->scheme);
	if (s->bytes.n != digest->bytes)
		return err_set(e, ERR_INPUT, "to sign a digest of %zu bytes, want %zu", s->bytes.n,
		    digest->bytes);
	return 0;
}

static bool
is_content_key(size_t n)
{
	return n == 16 || n == 24 || n == 32;
}

static int
check_unwrap(const struct cert_to_unwrap *u, struct err *e)
{
	bool agreed = u->scheme == ALG_X963_KDF || u->scheme == ALG_HKDF;
	bool oaep = u->scheme == ALG_RSA_OAEP;

	if (!agreed && !oaep && u->scheme != ALG_RSA)
		return err_set(e, ERR_INPUT, "to unwrap by scheme %d, which is none", (int)u->scheme);
	if (!is_content_key(u->n))
		return err_set(e, ERR_INPUT, "a content key of %zu bytes, want 16, 24 or 32", u->n);
	if (u->wrapped.n > CERT_WRAPPED_MAX || u->peer.n > KEYREQ_PEER_MAX || u->info.n > KEYREQ_INFO_MAX)
		return err_set(e, ERR_INPUT, "to unwrap %zu bytes by %zu and %zu, want at most %d by %d and %d", u->wrapped.n,
		    u->peer.n, u->info.n, CERT_WRAPPED_MAX, KEYREQ_PEER_MAX, KEYREQ_INFO_MAX);
	if (agreed != (u->wrap != NULL) || (!agreed && (u->peer.n > 0 || u->info.n > 0)))
		return err_set(e, ERR_INPUT, "an agreement without its parts, or parts without one");
	if ((agreed || oaep) != (alg_digest(u->digest) != NULL) || oaep != (alg_digest(u->mask) != NULL))
		return err_set(e, ERR_INPUT, "a digest where none belongs, or none where one does");
	return 0;
}

static int
check(const struct keyreq *q, struct err *e)
{
	switch (q->op) {
	case KEYREQ_HAS:
		return 0;
	case KEYREQ_SIGN:
		return check_sign(&q->sign, e);
	case KEYREQ_UNWRAP:
		return check_unwrap(&q->unwrap, e);
	}
	return err_set(e, ERR_INPUT, "request %d, which is none", (int)q->op);
}

/* ---- the frames */

/* What stands behind another. */
static size_t
append(unsigned char *frame, size_t at, unsigned int which, struct str s)
{
	if (s.n > 0)
		memcpy(frame + at, s.p, s.n);
	put_number(frame + AT_LENGTHS + 2 * which, 2, s.n);
	return at + s.n;
}

int
keyreq_write(const struct keyreq *q, unsigned char frame[KEYREQ_BYTES], struct err *e)
{
	const struct cert_to_unwrap *u = &q->unwrap;
	size_t at = AT_BYTES;

	if (check(q, e) == -1)
		return -1;
	memset(frame, 0, KEYREQ_BYTES);
	memcpy(frame, REQUEST_MAGIC, 4);
	frame[AT_OP] = (unsigned char)q->op;
	put_number(frame + AT_NUMBER, 8, q->number);
	memcpy(frame + AT_KEY, q->key, CERT_KEY_ID_BYTES);
	if (q->op == KEYREQ_SIGN) {
		frame[AT_SCHEME] = (unsigned char)q->sign.scheme;
		frame[AT_DIGEST] = (unsigned char)q->sign.digest;
		(void)append(frame, at, 0, q->sign.bytes);
	} else if (q->op == KEYREQ_UNWRAP) {
		frame[AT_SCHEME] = (unsigned char)u->scheme;
		frame[AT_DIGEST] = (unsigned char)u->digest;
		frame[AT_MASK] = (unsigned char)u->mask;
		frame[AT_WRAP] = (unsigned char)(u->wrap == NULL ? 0 : u->wrap->bytes);
		frame[AT_N] = (unsigned char)u->n;
		at = append(frame, at, 0, u->wrapped);
		at = append(frame, at, 1, u->peer);
		(void)append(frame, at, 2, u->info);
	}
	return 0;
}

int
keyreq_read(struct str frame, struct keyreq *out, struct err *e)
{
	struct str part[3];
	size_t at = AT_BYTES;

	if (frame.n != KEYREQ_BYTES || memcmp(frame.p, REQUEST_MAGIC, 4) != 0)
		return err_set(e, ERR_INPUT, "%zu bytes that are no request", frame.n);
	for (unsigned int i = 0; i < N(part); i++) {
		part[i] = str_sub(frame, at, (size_t)get_number(frame.p + AT_LENGTHS + 2 * (size_t)i, 2));
		at += (size_t)get_number(frame.p + AT_LENGTHS + 2 * (size_t)i, 2);
	}
	if (at > KEYREQ_BYTES || !is_zero(str_from(frame, at)))
		return err_set(e, ERR_INPUT, "a request whose parts do not fill it as they say");
	*out = (struct keyreq){ .op = (enum keyreq_op)byte_at(frame, AT_OP),
		.number = get_number(frame.p + AT_NUMBER, 8) };
	memcpy(out->key, frame.p + AT_KEY, CERT_KEY_ID_BYTES);
	if (out->op == KEYREQ_UNWRAP)
		out->unwrap = (struct cert_to_unwrap){
			.scheme = (enum alg_scheme)byte_at(frame, AT_SCHEME), .digest = (enum mic_alg)byte_at(frame, AT_DIGEST),
			.mask = (enum mic_alg)byte_at(frame, AT_MASK), .wrap = alg_wrap(byte_at(frame, AT_WRAP)),
			.n = byte_at(frame, AT_N), .wrapped = part[0], .peer = part[1], .info = part[2],
		};
	else
		out->sign = (struct cert_to_sign){ (enum alg_scheme)byte_at(frame, AT_SCHEME),
			(enum mic_alg)byte_at(frame, AT_DIGEST), part[0] };
	/* What an operation has no use for must not be there. */
	if ((out->op != KEYREQ_UNWRAP && (!is_zero(str_sub(frame, AT_MASK, 3)) || part[1].n + part[2].n > 0)) ||
	    (out->op == KEYREQ_UNWRAP && out->unwrap.wrap == NULL && byte_at(frame, AT_WRAP) != 0) ||
	    (out->op == KEYREQ_HAS && (!is_zero(str_sub(frame, AT_SCHEME, 2)) || part[0].n > 0)))
		return err_set(e, ERR_INPUT, "a request with parts that are not its own");
	return check(out, e);
}

void
keyans_write(const struct keyans *ans, unsigned char frame[KEYANS_BYTES])
{
	struct str bytes = str_sub(ans->bytes, 0, CERT_SIGNATURE_MAX);

	memset(frame, 0, KEYANS_BYTES);
	memcpy(frame, ANSWER_MAGIC, 4);
	frame[AT_STATUS] = (unsigned char)ans->status;
	put_number(frame + AT_LENGTH, 2, bytes.n);
	put_number(frame + AT_ANSWERED, 8, ans->number);
	if (bytes.n > 0)
		memcpy(frame + AT_ANSWER, bytes.p, bytes.n);
}

int
keyans_read(struct str frame, struct keyans *out, struct err *e)
{
	if (frame.n != KEYANS_BYTES || memcmp(frame.p, ANSWER_MAGIC, 4) != 0 ||
	    byte_at(frame, AT_STATUS) > KEYANS_READY || byte_at(frame, AT_STATUS + 1) != 0 ||
	    get_number(frame.p + AT_LENGTH, 2) > CERT_SIGNATURE_MAX)
		return err_set(e, ERR_INPUT, "%zu bytes that are no answer of the keys", frame.n);
	*out = (struct keyans){
		.status = (enum keyans_status)byte_at(frame, AT_STATUS),
		.number = get_number(frame.p + AT_ANSWERED, 8),
		.bytes = str_sub(frame, AT_ANSWER, (size_t)get_number(frame.p + AT_LENGTH, 2)),
	};
	return is_zero(str_from(frame, AT_ANSWER + out->bytes.n)) ? 0 :
	    err_set(e, ERR_INPUT, "an answer of the keys with bytes left over");
}
