/* SPDX-License-Identifier: ISC */
/* cert_words.c - a fingerprint in words, for the telephone. */
#include "mime/cert_text.h"

#include <openssl/evp.h>

#define WORDS 8

/*
 * Sixteen bits are five letters, consonants and vowels in turn: 4 bits, 2, 4, 2, 4. The letters are such as are told
 * apart on a bad line, in German, English and French.
 */
static struct str
word(struct arena *a, unsigned int bits)
{
	static const char consonants[] = "bdfgjklmnprstvwz", vowels[] = "aeio";
	const char letters[] = { consonants[bits >> 12 & 15], vowels[bits >> 10 & 3],
		consonants[bits >> 6 & 15], vowels[bits >> 4 & 3], consonants[bits & 15] };

	return str_dup(a, str_make(letters, sizeof(letters)));
}

struct str
cert_words(struct arena *a, X509 *x)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct str all = S("");
	unsigned int n = 0;

	if (X509_digest(x, EVP_sha256(), digest, &n) != 1)
		return all;
	for (unsigned int k = 0; k < WORDS; k++)
		all = str_fmt(a, STR_FMT "%s" STR_FMT, STR_ARG(all), k == 0 ? "" : " ",
		    STR_ARG(word(a, (unsigned int)digest[2 * k] << 8 | digest[2 * k + 1])));
	return all;
}
