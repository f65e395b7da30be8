/* SPDX-License-Identifier: ISC */
#include "gateway/trust.h"

#include "gateway/base/io.h"
#include "gateway/base/log.h"

#include <fcntl.h>

#define PEM_MAX (1u << 20)

static int
read_set(struct arena *a, struct str path, struct cert_set **set, struct err *e)
{
	struct str pem;

	if (io_read_file(a, AT_FDCWD, str_cstr(a, path), PEM_MAX, &pem, e) == -1)
		return -1;
	return *set == NULL ? cert_set_read(pem, set, e) : cert_set_add(*set, pem, e);
}

int
trust_read_certs(const struct partner *pt, struct cert_set **out, struct err *e)
{
	struct arena *a = arena_new(CONF_PARTNERS_MAX + 20 * (size_t)PEM_MAX);
	struct cert_set *set = NULL;
	int rc = 0;

	for (size_t i = 0; i < pt->certs.n && rc == 0; i++) {
		rc = read_set(a, pt->certs.v[i], &set, e);
		if (rc == -1)
			err_add(e, "partner '" STR_FMT "': " STR_FMT, STR_ARG(pt->key),
			    STR_ARG(pt->certs.v[i]));
	}
	if (rc == -1) {
		cert_set_free(set);
		e->kind = ERR_CONFIG;
	} else {
		*out = set;
	}
	arena_free(a);
	return rc;
}

/* ---- authorities ---- */

/* "-----BEGIN X509 CRL-----" (RFC 7468, 2): is its label of that kind? */
static bool
begins(struct str line, struct str kind)
{
	line = str_trim(line);
	return str_starts(line, S("-----BEGIN ")) && str_ends(line, S("-----")) &&
	    str_ends(str_sub(line, 0, line.n - 5), kind);
}

/* Only these go on into what is kept and shown: a key may stand in the same file. */
static int
put_blocks(struct buf *out, struct str pem, struct str kind, struct err *e)
{
	struct str line;
	bool on = false;

	while (pem.n > 0) {
		(void)str_cut(&pem, '\n', &line);
		on |= begins(line, kind);
		if (on && (buf_put(out, str_trim(line), e) == -1 || buf_putc(out, '\n', e) == -1))
			return -1;
		on &= !str_starts(line, S("-----END "));
	}
	return 0;
}

static int
put_file(struct arena *a, struct buf *out, struct str path, const char *setting, struct str kind,
    struct err *e)
{
	size_t before = out->n;
	struct str bytes;

	if (io_read_named(a, str_cstr(a, path), CERT_CRL_MAX, &bytes, e) == -1 ||
	    put_blocks(out, bytes, kind, e) == -1)
		return -1;
	if (out->n > before)
		return 0;
	return err_set(e, ERR_CONFIG, "%s: " STR_FMT " has no %s in PEM form", setting, STR_ARG(path),
	    str_eq(kind, S("CRL")) ? "revocation list" : "certificate");
}

int
trust_read_pem(struct arena *a, const struct partner *pt, struct str *out, struct err *e)
{
	struct buf pem = BUF_CAP(TRUST_PEM_MAX);
	int rc = put_file(a, &pem, pt->ca, "ca", S("CERTIFICATE"), e);

	if (rc == 0 && pt->crl.n > 0)
		rc = put_file(a, &pem, pt->crl, "crl", S("CRL"), e);
	if (rc == 0)
		*out = str_dup(a, buf_str(&pem));
	buf_clear(&pem);
	return rc;
}

static bool
has_lists(struct str pem)
{
	struct str line;

	while (pem.n > 0) {
		(void)str_cut(&pem, '\n', &line);
		if (begins(line, S("CRL")))
			return true;
	}
	return false;
}

int
trust_open(struct trust *t, struct str pem, const struct str *addresses, size_t n, struct err *e)
{
	*t = (struct trust){ 0 };
	if (cert_chain_read(pem, has_lists(pem) ? pem : S(""), &t->chain, e) == -1)
		return -1;
	t->newcomers = (struct cert_newcomers){ t->chain, addresses, n, NULL };
	return 0;
}

void
trust_close(struct trust *t)
{
	cert_set_free(t->believed);
	cert_chain_free(t->chain);
	*t = (struct trust){ 0 };
}

static void
log_refused(struct str partner, const struct cert_set *set, size_t i, const struct err *why)
{
	struct arena *a = arena_new(PEM_MAX);
	struct cert_facts facts;

	if (cert_facts(a, set, i, &facts, NULL) == 0)
		log_ev(LOG_WARN, 0, "cert-chain", KS("partner", partner), KS("subject", facts.subject),
		    KC("why", why->text));
	arena_free(a);
}

void
trust_begin(struct trust *t, const struct cert_set *pinned, int64_t at_ms, struct str partner)
{
	struct err why;

	cert_set_free(t->believed);
	t->believed = t->newcomers.into = cert_set_new();
	for (size_t i = 0; pinned != NULL && i < cert_set_count(pinned); i++)
		if (cert_chain_check(t->chain, pinned, i, CERT_DECRYPTS, at_ms, &why) == 0 ||
		    cert_chain_check(t->chain, pinned, i, CERT_SIGNS, at_ms, &why) == 0)
			(void)cert_set_push(t->believed, cert_set_get(pinned, i), NULL);
		else if (partner.n > 0)
			log_refused(partner, pinned, i, &why);
}
