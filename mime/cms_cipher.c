/* SPDX-License-Identifier: ISC */
#include "mime/cms_cipher.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <limits.h>
#include <string.h>

#define GCM_NONCE_BYTES 12
#define GCM_NONCE_MIN	8
#define GCM_TAG_DEFAULT 12		/* RFC 5084, 3.2 */

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

uint64_t
cms_cipher_size(const struct cms_cipher *c, uint64_t n)
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

static int
put(struct sink *sink, struct str piece, struct err *e)
{
	struct cms_cipher_sink *s = (struct cms_cipher_sink *)sink;
	unsigned char window[STREAM_WINDOW + EVP_MAX_BLOCK_LENGTH];
	int n, rc = 0;

	for (; piece.n > 0 && rc == 0; piece = str_from(piece, STREAM_WINDOW)) {
		struct str step = str_sub(piece, 0, STREAM_WINDOW);
		if (EVP_CipherUpdate(s->context, window, &n, (const unsigned char *)step.p, (int)step.n) != 1)
			rc = err_set(e, ERR_INPUT, "the cipher refuses its content");
		else if (n > 0)
			rc = s->to->put(s->to, str_make((const char *)window, (size_t)n), e);
	}
	OPENSSL_cleanse(window, sizeof(window));
	return rc;
}

int
cms_cipher_open(struct cms_cipher_sink *s, const struct cms_cipher *c, const unsigned char *key,
    bool encrypt, struct sink *to)
{
	*s = (struct cms_cipher_sink){ .sink = { put }, .to = to, .encrypt = encrypt, .tag_n = c->tag_n };
	s->context = start(c, key, encrypt);
	return s->context == NULL ? -1 : 0;
}

int
cms_cipher_expect(struct cms_cipher_sink *s, struct str header, struct str tag)
{
	unsigned char want[CMS_TAG_MAX];
	int n;

	if (tag.n != s->tag_n || header.n > INT_MAX)
		return -1;
	if (tag.n == 0)
		return 0;
	memcpy(want, tag.p, tag.n);
	if (EVP_CIPHER_CTX_ctrl(s->context, EVP_CTRL_AEAD_SET_TAG, (int)tag.n, want) != 1)
		return -1;
	return header.n == 0 ||
	    EVP_CipherUpdate(s->context, NULL, &n, (const unsigned char *)header.p, (int)header.n) == 1 ? 0 : -1;
}

int
cms_cipher_end(struct cms_cipher_sink *s, unsigned char *tag, struct err *e)
{
	unsigned char last[EVP_MAX_BLOCK_LENGTH];
	int n = 0, rc = -1;

	if (EVP_CipherFinal_ex(s->context, last, &n) != 1 || (s->encrypt && s->tag_n > 0 &&
	    EVP_CIPHER_CTX_ctrl(s->context, EVP_CTRL_AEAD_GET_TAG, (int)s->tag_n, tag) != 1))
		(void)err_set(e, ERR_INPUT, "the cipher refuses the end of its content");
	else
		rc = n == 0 ? 0 : s->to->put(s->to, str_make((const char *)last, (size_t)n), e);
	OPENSSL_cleanse(last, sizeof(last));
	return rc;
}

void
cms_cipher_close(struct cms_cipher_sink *s)
{
	EVP_CIPHER_CTX_free(s->context);
	s->context = NULL;
	ERR_clear_error();
}
