/* SPDX-License-Identifier: ISC */
#include "gateway/listen_users.h"

#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/nonce.h"

#include <fcntl.h>

#define USERS_MAX      (64u << 10)
#define ITERATIONS_MAX 100000	/* in a stored line: everybody waits while one logs in */
#define SALT_BYTES     16

/* Cut the next line off that can be used. */
static bool
next_user(struct str *rest, struct str *name, struct str *password)
{
	struct str line;

	while (rest->n > 0) {
		(void)str_cut(rest, '\n', &line);
		*password = str_trim(line);
		if (str_cut(password, ':', name) && name->n > 0 && password->n > 0)
			return true;
	}
	return false;
}

static bool
is_stored(struct str password)
{
	return str_starts(password, S("SCRAM-SHA-256$"));
}

static bool
matches(struct str password, struct str ours)
{
	struct scram_verifier v;

	if (!is_stored(ours))
		return sasl_same(password, ours);
	return scram_verifier_parse(ours, &v) == 0 && scram_matches(&v, password);
}

int
listen_users_read(struct listen_users *u, struct arena *a, const char *path, struct err *e)
{
	struct str rest, name, password;
	struct scram_verifier v;

	u->seed = BUF_CAP(NONCE_MAX);
	nonce_make(&u->seed);
	if (io_read_file(a, AT_FDCWD, path, USERS_MAX, &u->text, e) == -1)
		return -1;
	rest = u->text;
	while (next_user(&rest, &name, &password))
		if (is_stored(password) &&
		    (scram_verifier_parse(password, &v) == -1 || v.iterations > ITERATIONS_MAX))
			return err_set(e, ERR_CONFIG,
			    "user '" STR_FMT
			    "': want SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY, "
			    "iterations %d to %d",
			    STR_ARG(name), SCRAM_ITERATIONS_MIN, ITERATIONS_MAX);
	return 0;
}

bool
listen_users_know(const struct listen_users *u, struct str name, struct str password)
{
	struct str rest = u->text, n, p;
	bool known = false;

	while (next_user(&rest, &n, &p))
		if (sasl_same(name, n))
			known |= matches(password, p);
	return known;
}

/* The first of that name, or the seed as the password of nobody. */
static struct str
password_of(const struct listen_users *u, struct str name)
{
	struct str rest = u->text, n, p;

	while (next_user(&rest, &n, &p))
		if (sasl_same(name, n))
			return p;
	return buf_str(&u->seed);
}

void
listen_users_verifier(const struct listen_users *u, struct str name, struct scram_verifier *out)
{
	struct str password = password_of(u, name);
	unsigned char salt[SHA256_BYTES];
	struct err e;

	if (is_stored(password) && scram_verifier_parse(password, out) == 0)
		return;
	if (sasl_hmac_sha256(buf_str(&u->seed), name, salt, &e) == -1 ||
	    scram_derive(password, str_make((const char *)salt, SALT_BYTES), SCRAM_ITERATIONS_MIN, out, &e) == -1)
		log_ev(LOG_ERROR, 0, "auth", KC("why", e.text));	/* what is left zeroed fits nobody either */
}
