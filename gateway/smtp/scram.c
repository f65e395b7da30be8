/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/scram.h"

#include "gateway/base/base64.h"

#include <string.h>

#define HASH(h) str_make((const char *)(h), SHA256_BYTES)

void
scram_init(struct scram *s)
{
	*s = (struct scram){
		.bare = BUF_CAP(SCRAM_MESSAGE_MAX),
		.first = BUF_CAP(SCRAM_MESSAGE_MAX),
		.head = BUF_CAP(SCRAM_MESSAGE_MAX),
		.user = BUF_CAP(SCRAM_MESSAGE_MAX),
		.bound = BUF_CAP(SCRAM_MESSAGE_MAX),
	};
}

void
scram_clear(struct scram *s)
{
	buf_wipe(&s->bare);
	buf_wipe(&s->first);
	buf_wipe(&s->head);
	buf_wipe(&s->user);
	buf_wipe(&s->bound);
	explicit_bzero(s, sizeof(*s));
	scram_init(s);
}

/* ---- words of the grammar (RFC 5802, 7) ---- */

/* Cut "K=value" off the front of *rest, up to a comma. */
static bool
next_attribute(struct str *rest, char key, struct str *value)
{
	struct str word;

	(void)str_cut(rest, ',', &word);
	if (word.n < 2 || word.p[0] != key || word.p[1] != '=')
		return false;
	*value = str_from(word, 2);
	return true;
}

static bool
is_nonce(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e || s.p[i] == ',')
			return false;
	return s.n > 0;
}

int
scram_put_name(struct buf *out, struct str name, struct err *e)
{
	if (name.n == 0 || str_has_ctl(name))
		return err_set(e, ERR_CONFIG, "the name to log in with is empty or has control characters");
	for (size_t i = 0; i < name.n; i++) {
		struct str c = name.p[i] == ',' ? S("=2C") : name.p[i] == '=' ? S("=3D") : str_sub(name, i, 1);
		if (buf_put(out, c, e) == -1)
			return -1;
	}
	return 0;
}

static int
get_name(struct buf *out, struct str name, struct err *e)
{
	size_t at = 0;

	while (at < name.n) {
		bool comma = str_starts(str_from(name, at), S("=2C")), equals = str_starts(str_from(name, at), S("=3D"));

		if (name.p[at] == '=' && !comma && !equals)
			return err_set(e, ERR_INPUT, "a lone = in the name");
		if (buf_putc(out, comma ? ',' : name.p[at], e) == -1)
			return -1;
		at += comma || equals ? 3 : 1;
	}
	return name.n > 0 ? 0 : err_set(e, ERR_INPUT, "no name");
}

static int
get_hash(struct str base64, unsigned char out[SHA256_BYTES], struct err *e)
{
	struct buf b = BUF_CAP(SHA256_BYTES);
	int rc = -1;

	if (base64_get(&b, base64, NULL, e) == 0 && b.n == SHA256_BYTES) {
		memcpy(out, b.p, SHA256_BYTES);
		rc = 0;
	}
	buf_wipe(&b);
	return rc == -1 ? err_set(e, ERR_INPUT, "that is no base64 of %d bytes", SHA256_BYTES) : 0;
}

static int
get_salt(struct str base64, struct scram_verifier *v)
{
	struct buf b = BUF_CAP(SCRAM_SALT_MAX);
	int rc = base64_get(&b, base64, NULL, NULL);

	if (rc == 0 && b.n > 0) {
		memcpy(v->salt, b.p, b.n);
		v->salt_n = b.n;
	} else {
		rc = -1;
	}
	buf_clear(&b);
	return rc;
}

static int
get_iterations(struct str digits, unsigned int *out)
{
	uint64_t n;

	if (str_u64(digits, SCRAM_ITERATIONS_MAX, &n) == -1 || n < SCRAM_ITERATIONS_MIN)
		return -1;
	*out = (unsigned int)n;
	return 0;
}

static struct str
salt_of(const struct scram_verifier *v)
{
	return str_make((const char *)v->salt, v->salt_n);
}

static struct str
binding_of(const struct scram_binding *b)
{
	return str_make((const char *)b->data, b->n);
}

/* "c=": what the client's last message begins with. */
static int
put_bound(struct scram *s, struct err *e)
{
	return buf_put(&s->head, S("c="), e) == -1 ? -1 : base64_put(&s->head, buf_str(&s->bound), e);
}

/* ---- keys (RFC 5802, 3) ---- */

static int
derive(struct str password, struct str salt, unsigned int iterations, unsigned char client_key[SHA256_BYTES],
    struct scram_verifier *out, struct err *e)
{
	unsigned char salted[SHA256_BYTES];
	int rc = -1;

	if (sasl_pbkdf2_sha256(password, salt, iterations, salted, e) == 0 &&
	    sasl_hmac_sha256(HASH(salted), S("Client Key"), client_key, e) == 0 &&
	    sasl_sha256(HASH(client_key), out->stored_key, e) == 0)
		rc = sasl_hmac_sha256(HASH(salted), S("Server Key"), out->server_key, e);
	explicit_bzero(salted, sizeof(salted));
	return rc;
}

/* Both ends sign the same: all that was said, without the proof itself. */
static int
sign(const struct scram *s, const unsigned char key[SHA256_BYTES], unsigned char out[SHA256_BYTES],
    struct err *e)
{
	const struct buf *parts[] = { &s->bare, &s->first, &s->head };
	struct buf all = BUF_CAP(4 * SCRAM_MESSAGE_MAX);
	int rc = 0;

	for (size_t i = 0; i < N(parts) && rc == 0; i++)
		if ((i > 0 && buf_putc(&all, ',', e) == -1) || buf_put(&all, buf_str(parts[i]), e) == -1)
			rc = -1;
	if (rc == 0)
		rc = sasl_hmac_sha256(HASH(key), buf_str(&all), out, e);
	buf_clear(&all);
	return rc;
}

static void
mix(unsigned char out[SHA256_BYTES], const unsigned char with[SHA256_BYTES])
{
	for (size_t i = 0; i < SHA256_BYTES; i++)
		out[i] = out[i] ^ with[i];
}

int
scram_derive(struct str password, struct str salt, unsigned int iterations,
    struct scram_verifier *out, struct err *e)
{
	unsigned char client_key[SHA256_BYTES];
	int rc;

	*out = (struct scram_verifier){ .iterations = iterations, .salt_n = salt.n };
	if (salt.n == 0 || salt.n > SCRAM_SALT_MAX)
		return err_set(e, ERR_INPUT, "salt of %zu bytes", salt.n);
	memcpy(out->salt, salt.p, salt.n);
	rc = derive(password, salt, iterations, client_key, out, e);
	explicit_bzero(client_key, sizeof(client_key));
	return rc;
}

bool
scram_matches(const struct scram_verifier *v, struct str password)
{
	struct scram_verifier other;
	struct err e;
	bool same = scram_derive(password, salt_of(v), v->iterations, &other, &e) == 0 &&
	    sasl_same(HASH(v->stored_key), HASH(other.stored_key));

	explicit_bzero(&other, sizeof(other));
	return same;
}

int
scram_verifier_parse(struct str text, struct scram_verifier *out)
{
	struct str mech, iterations, salt, stored;
	struct err e;

	*out = (struct scram_verifier){ 0 };
	if (!str_cut(&text, '$', &mech) || !str_eq(mech, S("SCRAM-SHA-256")) ||
	    !str_cut(&text, ':', &iterations) || !str_cut(&text, '$', &salt) ||
	    !str_cut(&text, ':', &stored))
		return -1;
	if (get_iterations(iterations, &out->iterations) == -1 || get_salt(salt, out) == -1)
		return -1;
	return get_hash(stored, out->stored_key, &e) == -1 || get_hash(text, out->server_key, &e) == -1 ? -1 : 0;
}

/* ---- the client ---- */

int
scram_client_first(struct scram *s, struct str user, struct str nonce,
    const struct scram_binding *bind, bool hidden, struct buf *out, struct err *e)
{
	const char *flag = bind != NULL ? "p=" : hidden ? "y" : "n";	/* RFC 5802, 6 */

	if (!is_nonce(nonce) || nonce.n < SCRAM_NONCE_MIN)
		return err_set(e, ERR_CONFIG, "no random bytes for AUTH");
	if (buf_put(&s->bare, S("n="), e) == -1 || scram_put_name(&s->bare, user, e) == -1 ||
	    buf_put(&s->bare, S(",r="), e) == -1 || buf_put(&s->bare, nonce, e) == -1)
		return -1;
	s->nonce_n = nonce.n;
	if (buf_printf(&s->bound, e, "%s%s,,", flag, bind != NULL ? bind->type : "") == -1 ||
	    buf_put(out, buf_str(&s->bound), e) == -1)
		return -1;
	if (bind != NULL && buf_put(&s->bound, binding_of(bind), e) == -1)
		return -1;
	return buf_put(out, buf_str(&s->bare), e);
}

/* ClientProof: the client's key under a signature that only who has its hash can take off again. */
static int
prove(struct scram *s, struct str password, unsigned char proof[SHA256_BYTES], struct err *e)
{
	struct scram_verifier *v = &s->verifier;
	unsigned char signature[SHA256_BYTES];

	if (derive(password, salt_of(v), v->iterations, proof, v, e) == -1 ||
	    sign(s, v->stored_key, signature, e) == -1 || sign(s, v->server_key, s->signature, e) == -1)
		return -1;
	mix(proof, signature);
	return 0;
}

int
scram_client_final(struct scram *s, struct str server_first, struct str password, struct buf *out,
    struct err *e)
{
	struct str rest = server_first, nonce, salt, iterations, ours = str_from(buf_str(&s->bare), s->bare.n - s->nonce_n);
	unsigned char proof[SHA256_BYTES];
	int rc = -1;

	if (!next_attribute(&rest, 'r', &nonce) || !next_attribute(&rest, 's', &salt) ||
	    !next_attribute(&rest, 'i', &iterations))
		return err_set(e, ERR_RETRY, "the server's challenge is no SCRAM message");
	if (!is_nonce(nonce) || !str_starts(nonce, ours) || nonce.n == ours.n)
		return err_set(e, ERR_CONFIG, "the server's challenge answers somebody else");
	if (get_salt(salt, &s->verifier) == -1)
		return err_set(e, ERR_CONFIG, "the server's salt is no base64 of 1 to %d bytes", SCRAM_SALT_MAX);
	if (get_iterations(iterations, &s->verifier.iterations) == -1)
		return err_set(e, ERR_CONFIG, "the server wants '" STR_FMT "' iterations, taken are %d to %d",
		    STR_ARG(str_sub(iterations, 0, 20)), SCRAM_ITERATIONS_MIN, SCRAM_ITERATIONS_MAX);
	if (buf_put(&s->first, server_first, e) == -1 || put_bound(s, e) == -1 ||
	    buf_put(&s->head, S(",r="), e) == -1 || buf_put(&s->head, nonce, e) == -1)
		return -1;
	if (prove(s, password, proof, e) == 0 && buf_put(out, buf_str(&s->head), e) == 0 &&
	    buf_put(out, S(",p="), e) == 0)
		rc = base64_put(out, HASH(proof), e);
	explicit_bzero(proof, sizeof(proof));
	return rc;
}

int
scram_client_verify(const struct scram *s, struct str server_final, struct err *e)
{
	struct str rest = server_final, value;
	unsigned char theirs[SHA256_BYTES];

	if (str_starts(server_final, S("e=")))
		return err_set(e, ERR_CONFIG, "the server says '" STR_FMT "'",
		    STR_ARG(str_sub(server_final, 2, 60)));
	if (!next_attribute(&rest, 'v', &value) || get_hash(value, theirs, e) == -1 ||
	    !sasl_same(HASH(theirs), HASH(s->signature)))
		return err_set(e, ERR_CONFIG, "the server does not prove that it knows the password");
	return 0;
}

/* ---- the server ---- */

/* RFC 5802, 6: what the flag asks for. "y" is a client that could bind channels and takes us for one that cannot. */
static int
read_flag(struct str flag, bool plus, const struct scram_binding *binds, size_t n,
    const struct scram_binding **bind, struct err *e)
{
	*bind = NULL;
	if (!plus && str_eq(flag, S("y")) && n > 0)
		return err_set(e, ERR_INPUT, "somebody in between hides that channel binding is offered");
	if (!plus)
		return str_eq(flag, S("n")) || str_eq(flag, S("y")) ? 0 :
		    err_set(e, ERR_INPUT, "channel binding without -PLUS");
	for (size_t i = 0; i < n && str_starts(flag, S("p=")); i++)
		if (str_eq(str_from(flag, 2), str_of(binds[i].type)))
			*bind = &binds[i];
	return *bind != NULL ? 0 : err_set(e, ERR_INPUT, "no channel binding that is offered");
}

int
scram_server_read(struct scram *s, struct str client_first, bool plus,
    const struct scram_binding *binds, size_t n, struct err *e)
{
	struct str rest = client_first, flag, authzid, name, nonce;
	const struct scram_binding *bind;

	if (!str_cut(&rest, ',', &flag) || !str_cut(&rest, ',', &authzid))
		return err_set(e, ERR_INPUT, "no first message of SCRAM");
	if (read_flag(flag, plus, binds, n, &bind, e) == -1 || buf_put(&s->bare, rest, e) == -1 ||
	    buf_put(&s->bound, str_sub(client_first, 0, client_first.n - rest.n), e) == -1 ||
	    (bind != NULL && buf_put(&s->bound, binding_of(bind), e) == -1) || put_bound(s, e) == -1)
		return -1;
	if (!next_attribute(&rest, 'n', &name) || !next_attribute(&rest, 'r', &nonce) ||
	    !is_nonce(nonce) || rest.n > 0)
		return err_set(e, ERR_INPUT, "name and nonce are not where they belong");
	if (authzid.n > 0 && !(str_starts(authzid, S("a=")) && str_eq(str_from(authzid, 2), name)))
		return err_set(e, ERR_INPUT, "acting for somebody else is not offered");
	s->nonce_n = nonce.n;
	return get_name(&s->user, name, e);
}

int
scram_server_first(struct scram *s, const struct scram_verifier *v, struct str nonce,
    struct buf *out, struct err *e)
{
	struct str theirs = str_from(buf_str(&s->bare), s->bare.n - s->nonce_n);

	s->verifier = *v;
	if (!is_nonce(nonce) || nonce.n < SCRAM_NONCE_MIN)
		return err_set(e, ERR_CONFIG, "no random bytes for AUTH");
	if (buf_put(&s->head, S(",r="), e) == -1 || buf_put(&s->head, theirs, e) == -1 ||
	    buf_put(&s->head, nonce, e) == -1)
		return -1;
	if (buf_put(&s->first, S("r="), e) == -1 || buf_put(&s->first, theirs, e) == -1 ||
	    buf_put(&s->first, nonce, e) == -1 || buf_put(&s->first, S(",s="), e) == -1 ||
	    base64_put(&s->first, salt_of(v), e) == -1 ||
	    buf_printf(&s->first, e, ",i=%u", v->iterations) == -1)
		return -1;
	return buf_put(out, buf_str(&s->first), e);
}

int
scram_server_final(struct scram *s, struct str client_final, bool *right, struct buf *out,
    struct err *e)
{
	unsigned char proof[SHA256_BYTES], hash[SHA256_BYTES], signature[SHA256_BYTES];
	struct str head = buf_str(&s->head), rest = str_from(client_final, head.n), value;
	int rc = -1;

	*right = false;
	/* Another nonce, or another channel: somebody in between. */
	if (!str_starts(client_final, head) || !str_starts(rest, S(",p=")))
		return err_set(e, ERR_INPUT, "that is no last message of this exchange");
	value = str_from(rest, 3);
	if (get_hash(value, proof, e) == -1 || sign(s, s->verifier.stored_key, signature, e) == -1)
		return -1;
	mix(proof, signature);
	if (sasl_sha256(HASH(proof), hash, e) == 0 && sign(s, s->verifier.server_key, signature, e) == 0) {
		*right = sasl_same(HASH(hash), HASH(s->verifier.stored_key));
		rc = *right ? buf_put(out, S("v="), e) | base64_put(out, HASH(signature), e) : 0;
	}
	explicit_bzero(proof, sizeof(proof));
	return rc;
}
