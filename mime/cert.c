/* SPDX-License-Identifier: ISC */
#include "mime/cert.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

#include "mime/cert_text.h"

struct cert_set {
	X509 *certs[CERT_SET_MAX];
	size_t n;
};

/* What libcrypto says is wrong, and its queue is empty again. */
static const char *
why(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *text = code == 0 ? NULL : ERR_reason_error_string(code);

	ERR_clear_error();
	return text == NULL ? "refused" : text;
}

/* A key with a passphrase is refused: nobody is there to type it. */
static int
no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf, (void)size, (void)rwflag, (void)arg;
	return -1;
}

static BIO *
bio_of(struct str s, struct err *e)
{
	BIO *b = s.n > CERT_PEM_MAX ? NULL : BIO_new_mem_buf(s.p, (int)s.n);

	if (b == NULL)
		(void)err_set(e, ERR_CONFIG, "certificate or key of %zu bytes, want at most %d",
		    s.n, CERT_PEM_MAX);
	return b;
}

int
cert_set_add(struct cert_set *set, struct str pem, struct err *e)
{
	BIO *b = bio_of(pem, e);
	size_t before = set->n;
	X509 *x;
	int rc = -1;

	if (b == NULL)
		return -1;
	while ((x = PEM_read_bio_X509(b, NULL, no_passphrase, NULL)) != NULL) {
		if (set->n == CERT_SET_MAX) {
			X509_free(x);
			(void)err_set(e, ERR_CONFIG, "over %d certificates", CERT_SET_MAX);
			goto out;
		}
		set->certs[set->n++] = x;
	}
	if (set->n == before) {
		(void)err_set(e, ERR_CONFIG, "no certificate in PEM form: %s", why());
		goto out;
	}
	/* The end of the text is an error too, of this one name. */
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
		(void)err_set(e, ERR_CONFIG, "certificate %zu: %s", set->n - before + 1, why());
		goto out;
	}
	rc = 0;
out:
	ERR_clear_error();
	BIO_free(b);
	return rc;
}

struct cert_set *
cert_set_new(void)
{
	struct cert_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		abort();
	return set;
}

int
cert_set_push(struct cert_set *set, struct x509_st *x, struct err *e)
{
	if (set->n == CERT_SET_MAX)
		return err_set(e, ERR_INPUT, "over %d certificates", CERT_SET_MAX);
	if (X509_up_ref(x) != 1)
		abort();
	set->certs[set->n++] = x;
	return 0;
}

int
cert_set_read(struct str pem, struct cert_set **out, struct err *e)
{
	struct cert_set *set = cert_set_new();

	if (cert_set_add(set, pem, e) == -1) {
		cert_set_free(set);
		return -1;
	}
	*out = set;
	return 0;
}

void
cert_set_free(struct cert_set *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->n; i++)
		X509_free(set->certs[i]);
	free(set);
}

size_t
cert_set_count(const struct cert_set *set)
{
	return set->n;
}

struct x509_st *
cert_set_get(const struct cert_set *set, size_t i)
{
	return set->certs[i];
}

int
cert_pem(const struct cert_set *set, size_t i, struct buf *out, struct err *e)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;
	int rc = -1;

	if (b == NULL || PEM_write_bio_X509(b, set->certs[i]) != 1)
		(void)err_set(e, ERR_CONFIG, "cannot write certificate: %s", why());
	else if ((n = BIO_get_mem_data(b, &p)) >= 0)
		rc = buf_put(out, str_make(p, (size_t)n), e);
	BIO_free(b);
	return rc;
}

/* Strong enough, and able to do it: some kinds of keys only sign, one only agrees. */
static int
check_key(const EVP_PKEY *k, enum cert_use use, bool short_rsa, struct err *e)
{
	bool pss = EVP_PKEY_is_a(k, "RSA-PSS"), rsa = pss || EVP_PKEY_is_a(k, "RSA");
	int bits = EVP_PKEY_get_bits(k), want = !rsa ? CERT_EC_BITS_MIN : short_rsa ? CERT_RSA_BITS_EVER : CERT_RSA_BITS_MIN;

	if (use == CERT_SIGNS ? EVP_PKEY_is_a(k, "ED25519") : EVP_PKEY_is_a(k, "X25519"))
		return 0;
	if ((!rsa && !EVP_PKEY_is_a(k, "EC")) || (pss && use == CERT_DECRYPTS))
		return err_set(e, ERR_INPUT, "key of a kind that is not accepted");
	if (bits < want)
		return err_set(e, ERR_INPUT, "%s key of %d bits, want %d", rsa ? "RSA" : "EC", bits, want);
	return 0;
}

/* RFC 5280, 4.2.1.3 and 4.2.1.12; without the extension libcrypto gives all bits. */
static int
check_usage(X509 *x, enum cert_use use, struct err *e)
{
	uint32_t ku = X509_get_key_usage(x), eku = X509_get_extended_key_usage(x);
	uint32_t want = use == CERT_SIGNS ? KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION
					  : KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT;

	if ((ku & want) == 0)
		return err_set(e, ERR_INPUT, "key usage does not allow to %s",
		    use == CERT_SIGNS ? "sign" : "encrypt");
	if (eku != UINT32_MAX && (eku & (XKU_SMIME | XKU_ANYEKU)) == 0)
		return err_set(e, ERR_INPUT, "extended key usage does not allow mail");
	return 0;
}

int
cert_usable_by(const struct cert_set *set, size_t i, enum cert_use use,
    const struct cert_terms *terms, struct err *e)
{
	X509 *x = set->certs[i];
	const EVP_PKEY *key = X509_get0_pubkey(x);
	time_t now = (time_t)(terms->now_ms / 1000), graced = (time_t)((terms->now_ms - terms->grace_ms) / 1000);

	/* X509_cmp_time() gives 0 for a time that cannot be read. */
	if (X509_cmp_time(X509_get0_notBefore(x), &now) >= 0)
		return err_set(e, ERR_INPUT, "certificate is not valid yet");
	if (X509_cmp_time(X509_get0_notAfter(x), &graced) <= 0)
		return err_set(e, ERR_INPUT, "certificate has expired");
	if (key == NULL)
		return err_set(e, ERR_INPUT, "certificate has no key that can be read: %s", why());
	return check_key(key, use, terms->short_rsa, e) == -1 ? -1 : check_usage(x, use, e);
}

int
cert_usable(const struct cert_set *set, size_t i, enum cert_use use, int64_t now_ms, struct err *e)
{
	return cert_usable_by(set, i, use, &(struct cert_terms){ .now_ms = now_ms }, e);
}

bool
cert_is_for(const struct cert_set *set, size_t i, struct str address)
{
	bool is = address.n > 0 && X509_check_email(set->certs[i], address.p, address.n, 0) == 1;

	ERR_clear_error();
	return is;
}

int
cert_facts(
    struct arena *a, const struct cert_set *set, size_t i, struct cert_facts *out, struct err *e)
{
	X509 *x = set->certs[i];

	*out = (struct cert_facts){
		.subject = cert_name_text(a, X509_get_subject_name(x)),
		.issuer = cert_name_text(a, X509_get_issuer_name(x)),
		.serial = cert_serial_text(a, x),
		.mail = cert_mail(a, x),
		.fingerprint = cert_fingerprint(a, x),
		.words = cert_words(a, x),
		.key = cert_key_text(a, X509_get0_pubkey(x)),
		.self_signed = X509_self_signed(x, 0) == 1,
	};
	ERR_clear_error();
	if (cert_time_ms(X509_get0_notBefore(x), &out->not_before_ms) == -1 ||
	    cert_time_ms(X509_get0_notAfter(x), &out->not_after_ms) == -1)
		return err_set(e, ERR_INPUT, "certificate has dates that cannot be read");
	return 0;
}
