/* SPDX-License-Identifier: ISC */
#include "mime/cert_text.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

/* What a BIO has collected, printable: a name can hold anything. */
static struct str
take_text(struct arena *a, BIO *b)
{
	char *p = NULL, *to;
	long n = BIO_get_mem_data(b, &p);
	struct str s = str_make(p, n > 0 ? (size_t)n : 0);

	to = str_cstr(a, s);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)to[i] < ' ' || to[i] == 0x7f)
			to[i] = '?';
	BIO_free(b);
	return str_make(to, s.n);
}

struct str
cert_name_text(struct arena *a, const X509_NAME *name)
{
	BIO *b = BIO_new(BIO_s_mem());

	if (b == NULL)
		return S("");
	(void)X509_NAME_print_ex(
	    b, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB & ~XN_FLAG_SPC_EQ);
	return take_text(a, b);
}

struct str
cert_serial_text(struct arena *a, X509 *x)
{
	BIO *b = BIO_new(BIO_s_mem());

	if (b == NULL)
		return S("");
	(void)i2a_ASN1_INTEGER(b, X509_get0_serialNumber(x));
	return take_text(a, b);
}

struct str
cert_fingerprint(struct arena *a, X509 *x)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	char *to;

	if (X509_digest(x, EVP_sha256(), md, &n) != 1 || n == 0)
		return S("");
	to = arena_get(a, n * 3u);
	for (unsigned int i = 0; i < n; i++) {
		to[i * 3] = digits[md[i] >> 4];
		to[i * 3 + 1] = digits[md[i] & 15];
		to[i * 3 + 2] = ':';
	}
	return str_make(to, n * 3u - 1);
}

/* The SAN's first rfc822Name, else emailAddress (RFC 8550, 3); libcrypto looks in that order. */
struct str
cert_mail(struct arena *a, X509 *x)
{
	STACK_OF(OPENSSL_STRING) *list = X509_get1_email(x);
	struct str out = S("");

	if (list != NULL && sk_OPENSSL_STRING_num(list) > 0)
		out = str_dup(a, str_of(sk_OPENSSL_STRING_value(list, 0)));
	X509_email_free(list);
	if (str_has_ctl(out))
		return S("");
	return out;
}

struct str
cert_key_text(struct arena *a, const EVP_PKEY *k)
{
	char curve[64] = "";
	size_t n = 0;

	if (k == NULL)
		return S("unreadable");
	if (EVP_PKEY_is_a(k, "RSA"))
		return str_fmt(a, "RSA %d", EVP_PKEY_get_bits(k));
	if (EVP_PKEY_is_a(k, "RSA-PSS"))
		return str_fmt(a, "RSA-PSS %d", EVP_PKEY_get_bits(k));
	if (EVP_PKEY_is_a(k, "EC")) {
		if (EVP_PKEY_get_group_name(k, curve, sizeof(curve), &n) == 1 &&
		    strcasecmp(curve, "prime256v1") == 0)
			return S("EC P-256");
		return str_fmt(a, "EC %s", curve);
	}
	return str_of(EVP_PKEY_get0_type_name(k) == NULL ? "unknown" : EVP_PKEY_get0_type_name(k));
}

/* Days from 1970-01-01 (Gregorian): March is the first month, so that leap days come last. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400,
	        of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int
cert_time_ms(const ASN1_TIME *t, int64_t *out)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) != 1)
		return -1;
	*out = days_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * 24 + tm.tm_hour;
	*out = ((*out * 60 + tm.tm_min) * 60 + tm.tm_sec) * 1000;
	return 0;
}
