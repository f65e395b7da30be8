/* SPDX-License-Identifier: ISC */
#include "gateway/certs_change.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/cem.h"
#include "gateway/house.h"
#include "spool/name.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHORT_DIGITS 8
#define CERTS_RESPOND_MS (14 * 86400000LL)	/* so long we ask a partner to answer within */

const struct partner *
certs_partner(struct cli *c, const struct conf *conf, const char *name)
{
	const struct partner *pt = partner_by_key(conf, str_of(name));

	if (pt == NULL)
		cli_fail(EX_NOUSER, "no partner '%s': 'edigate partner list' shows them",
		    cli_shown(c->arena, str_of(name)));
	return pt;
}

/* "edi-20261123", and with -2, -3 ... behind it when there is one of that day. */
const char *
certs_new_name(struct cli *c)
{
	struct str day = str_of(cli_day(c->arena, clock_wall_ms()));
	const char *base = cli_fmt(c->arena, "edi-" STR_FMT STR_FMT STR_FMT, STR_ARG(str_sub(day, 0, 4)), STR_ARG(str_sub(day, 5, 2)),
	    STR_ARG(str_sub(day, 8, 2))), *name = base;

	for (unsigned int i = 2; access(cli_path(c, "certs/%s.pem", name), F_OK) == 0 ||
	    access(cli_path(c, "private/%s.key", name), F_OK) == 0; i++)
		name = cli_fmt(c->arena, "%s-%u", base, i);
	return name;
}

static struct str
digits(struct arena *a, struct str fingerprint)
{
	struct buf b = BUF_CAP(256);
	struct str out;

	for (size_t i = 0; i < fingerprint.n; i++)
		if (fingerprint.p[i] != ':')
			(void)buf_put(&b, str_sub(fingerprint, i, 1), NULL);
	out = str_lower(a, buf_str(&b));
	buf_clear(&b);
	return out;
}

const char *
certs_short(struct arena *a, struct str fingerprint)
{
	return str_cstr(a, str_sub(digits(a, fingerprint), 0, SHORT_DIGITS));
}

bool
certs_is_called(struct str fingerprint, struct str typed)
{
	struct arena *a = arena_new(4096);
	struct str want = digits(a, str_sub(typed, 0, 200));
	bool is = want.n >= 4 && str_starts(digits(a, fingerprint), want);

	arena_free(a);
	return is;
}

/* A file of theirs below home, perhaps in a folder of the outbox. */
static void
put_file(struct cli *c, const char *path, struct str bytes)
{
	struct err e;

	if (io_replace_file(AT_FDCWD, path, bytes, 0640, &e) == -1)
		cli_die(EX_CANTCREAT, &e);
	house_give_file(c, path);
}

static void
put_der(struct cli *c, const struct partner *pt, const struct cert_set *set, const char *folder,
    const char *prefix)
{
	struct buf der = BUF_CAP(CERTMAIL_MAX);
	struct cert_facts facts;
	struct err e;

	if (cert_facts(c->arena, set, 0, &facts, &e) == -1 || cert_der(set, 0, &der, &e) == -1)
		cli_die(EX_CONFIG, &e);
	put_file(c,
	    cli_path(c, "%s/%s/%s%s.cer", folder, cli_shown(c->arena, pt->key), prefix,
	        certs_short(c->arena, facts.fingerprint)),
	    buf_str(&der));
	buf_clear(&der);
}

static void
put_cem(struct cli *c, const struct partner *pt, const struct cem *cem, const char *name,
    const char *seed)
{
	struct buf entity = BUF_CAP(CEM_SIZE_MAX);
	struct err e;

	if (cem_write(cem, str_of(seed), &entity, &e) == -1)
		cli_die(EX_CONFIG, &e);
	put_file(c, cli_path(c, "outbox/%s/%s.cem", cli_shown(c->arena, pt->key), name), buf_str(&entity));
	buf_clear(&entity);
}

static unsigned int
use_of(const struct cert_set *set, int64_t from_ms)
{
	return (cert_usable(set, 0, CERT_SIGNS, from_ms, NULL) == 0 ? CEM_SIGNS : 0u) |
	    (cert_usable(set, 0, CERT_DECRYPTS, from_ms, NULL) == 0 ? CEM_ENCRYPTS : 0u);
}

static void
ask_to_trust(struct cli *c, const struct conf *conf, const struct partner *pt,
    const struct cert_set *set)
{
	struct cem cem = { .from = conf->address, .made_ms = clock_wall_ms(), .n = 1 };
	struct buf der = BUF_CAP(CERTMAIL_MAX);
	struct cert_facts facts;
	char seed[ULID_MAX];
	struct err e;

	ulid_new(seed);
	if (cert_facts(c->arena, set, 0, &facts, &e) == -1 || cert_der(set, 0, &der, &e) == -1)
		cli_die(EX_CONFIG, &e);
	cem.id = cem_id(c->arena, buf_str(&der), str_of(seed));
	cem.items[0] = (struct cem_item){ .use = use_of(set, facts.not_before_ms + 1000),
		.respond_by_ms = cem.made_ms + CERTS_RESPOND_MS,
		.url = str_fmt(c->arena, "mailto:" STR_FMT, STR_ARG(conf->address)),
		.der = buf_str(&der) };
	put_cem(c, pt, &cem,
	    cli_fmt(c->arena, "certificate-%s", certs_short(c->arena, facts.fingerprint)), seed);
	buf_clear(&der);
}

void
certs_tell(struct cli *c, const struct conf *conf, const struct partner *pt,
    const struct cert_set *set)
{
	if (certmail_knows_cem(c->arena, conf, pt))
		ask_to_trust(c, conf, pt, set);
	else
		put_der(c, pt, set, "outbox", "certificate-");
}

void
certs_answer(struct cli *c, const struct conf *conf, const struct partner *pt,
    const struct certs_pending *what, bool yes, struct str reason)
{
	struct cem cem = { .is_answer = true, .id = what->request, .from = conf->address, .made_ms = clock_wall_ms(), .n = 1 };
	char seed[ULID_MAX];

	ulid_new(seed);
	cem.items[0] = (struct cem_item){ .issuer = cert_issuer_2253(c->arena, what->set, 0),
		.serial = cert_serial_decimal(c->arena, what->set, 0),
		.accepted = yes,
		.reason = reason };
	if (what->request.n > 0)
		put_cem(c, pt, &cem, cli_fmt(c->arena, "answer-%s", certs_short(c->arena, what->facts.fingerprint)), seed);
	else if (yes && certmail_can_go(pt))
		/* Their own certificate back to them, signed by us, says that it was taken up. */
		put_der(c, pt, what->set, "outbox", "certificate-");
}

void
certs_announce(struct cli *c, const struct conf *conf, const struct cert_set *set)
{
	for (size_t i = 0; i < conf->n_partners; i++) {
		const struct partner *pt = &conf->partners[i];
		if (certmail_can_go(pt))
			certs_tell(c, conf, pt, set);
		(void)printf("%s  %s\n", certmail_can_go(pt) ? "announced to" : "not told    ",
		    cli_shown(c->arena, pt->key));
	}
}

void
certs_note(struct cli *c, const struct partner *pt, const struct cert_set *set)
{
	put_der(c, pt, set, "inbox", CERTMAIL_PREFIX);
}
