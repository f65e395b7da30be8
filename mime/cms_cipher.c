/* SPDX-License-Identifier: ISC */
#include "mime/cms_cipher.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define GCM_NONCE_BYTES 12
#define GCM_NONCE_MIN	8
#define GCM_TAG_DEFAULT 12		/* RFC 5084, 3.2 */
#define STEP_MAX	((size_t)1 << 28)	/* libcrypto counts in int */

static size_t
block_bytes(const struct alg *alg)
{
	return alg->scheme == ALG_GCM ? 1 : (size_t)EVP_CIPHER_get_block_size(EVP_get_cipherbyname(alg->evp));
}

/* RFC 3565, 2.3: the IV, an OCTET STRING as long as a block. */
static bool
read_cbc(struct str parameters, struct cms_cipher *out)
{
	struct str iv;

	if (!ber_take(&parameters, BER_OCTETS, &iv) || parameters.n > 0 || iv.n != block_bytes(out->alg) ||
	    iv.n > sizeof(out->nonce))
		return false;
	memcpy(out->nonce, iv.p, iv.n);
	out->nonce_n = iv.n;
	return true;
}

/* RFC 5084, 3.2: SEQUENCE { nonce OCTET STRING, length of the tag DEFAULT 12 } */
static bool
read_gcm(struct str parameters, struct cms_cipher *out)
{
	struct str s, nonce;
	unsigned int n = GCM_TAG_DEFAULT;

	if (!ber_take(&parameters, BER_SEQUENCE, &s) || parameters.n > 0 || !ber_take(&s, BER_OCTETS, &nonce) ||
	    nonce.n < GCM_NONCE_MIN || nonce.n > sizeof(out->nonce))
		return false;
	if (s.n > 0 && (!ber_take_uint(&s, &n) || s.n > 0))
		return false;
	memcpy(out->nonce, nonce.p, nonce.n);
	out->nonce_n = nonce.n;
	out->tag_n = n;
	return n >= CMS_TAG_BYTES_MIN && n <= CMS_TAG_MAX;
}

bool
cms_cipher_read(const struct alg *alg, struct str parameters, struct cms_cipher *out)
{
	*out = (struct cms_cipher){ .alg = alg };
	return alg->scheme == ALG_GCM ? read_gcm(parameters, out) : read_cbc(parameters, out);
}

int
cms_cipher_new(const struct alg *alg, struct cms_cipher *out)
{
	*out = (struct cms_cipher){ .alg = alg };
	out->nonce_n = alg->scheme == ALG_GCM ? GCM_NONCE_BYTES : block_bytes(alg);
	out->tag_n = alg->scheme == ALG_GCM ? CMS_TAG_MAX : 0;
	return RAND_bytes(out->nonce, (int)out->nonce_n) == 1 ? 0 : -1;
}

void
cms_cipher_put(struct der *d, const struct cms_cipher *c)
{
	size_t mark = d->n;

	if (c->tag_n > 0)
		der_uint(d, (unsigned int)c->tag_n);
	der_element(d, BER_OCTETS, str_make((const char *)c->nonce, c->nonce_n));
	if (c->tag_n > 0)
		der_wrap(d, BER_SEQUENCE, mark);
	der_element(d, BER_OID, c->alg->oid);
	der_wrap(d, BER_SEQUENCE, mark);
}

size_t
cms_cipher_size(const struct cms_cipher *c, size_t n)
{
	size_t block = block_bytes(c->alg);

	return block == 1 ? n : (n / block + 1) * block;
}

static EVP_CIPHER_CTX *
start(const struct cms_cipher *c, const unsigned char *key, int encrypt)
{
	EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();

	if (x != NULL && EVP_CipherInit_ex(x, EVP_get_cipherbyname(c->alg->evp), NULL, NULL, NULL, encrypt) == 1 &&
	    (c->tag_n == 0 || EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_AEAD_SET_IVLEN, (int)c->nonce_n, NULL) == 1) &&
	    EVP_CipherInit_ex(x, NULL, NULL, key, c->nonce, encrypt) == 1)
		return x;
	EVP_CIPHER_CTX_free(x);
	return NULL;
}

/* to NULL: authenticated only. */
static int
run(EVP_CIPHER_CTX *x, struct str s, unsigned char *to, size_t *at)
{
	int n = 0;

	for (; s.n > 0; s = str_from(s, STEP_MAX)) {
		struct str step = str_sub(s, 0, STEP_MAX);
		if (EVP_CipherUpdate(x, to == NULL ? NULL : to + *at, &n, (const unsigned char *)step.p, (int)step.n) != 1)
			return -1;
		if (to != NULL)
			*at += (size_t)n;
	}
	return 0;
}

int
cms_encipher(const struct cms_cipher *c, const unsigned char *key, struct str content, unsigned char *to,
    unsigned char *tag)
{
	EVP_CIPHER_CTX *x = start(c, key, 1);
	size_t at = 0;
	int n = 0, rc = -1;

	if (x == NULL || run(x, content, to, &at) == -1 || EVP_CipherFinal_ex(x, to + at, &n) != 1)
		goto out;
	if (c->tag_n > 0 && EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_AEAD_GET_TAG, (int)c->tag_n, tag) != 1)
		goto out;
	rc = 0;
out:
	EVP_CIPHER_CTX_free(x);
	return rc;
}

int
cms_decipher(struct arena *a, const struct cms_cipher *c, const unsigned char *key, const struct ber *content,
    struct str header, struct str tag, struct str *out)
{
	EVP_CIPHER_CTX *x = start(c, key, 0);
	struct ber_octets pieces = ber_octets_of(content);
	unsigned char want[CMS_TAG_MAX], *to = NULL;
	struct str piece;
	size_t size = 0, at = 0;
	int n = 0, rc = -1;

	if (x == NULL || !ber_octets_size(content, &size) || tag.n != c->tag_n)
		goto out;
	memcpy(want, tag.p == NULL ? "" : tag.p, tag.n);
	if (tag.n > 0 && (EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_AEAD_SET_TAG, (int)tag.n, want) != 1 ||
	    run(x, header, NULL, &at) == -1))
		goto out;
	to = arena_get(a, size + EVP_MAX_BLOCK_LENGTH);
	while (ber_octets_next(&pieces, &piece))
		if (run(x, piece, to, &at) == -1)
			goto out;
	if (EVP_CipherFinal_ex(x, to + at, &n) != 1)
		goto out;
	*out = str_make((const char *)to, at + (size_t)n);
	rc = 0;
out:
	if (rc == -1 && to != NULL)
		explicit_bzero(to, size + EVP_MAX_BLOCK_LENGTH);
	EVP_CIPHER_CTX_free(x);
	ERR_clear_error();
	return rc;
}
