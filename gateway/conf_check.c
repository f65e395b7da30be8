/* SPDX-License-Identifier: ISC */
/* conf_check.c - what can be wrong beside the words: files, folders, rights, and what is allowed but unwise. */
#include "gateway/conf_load.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that must be there and readable; what others must not be allowed with it is in forbidden. */
static void
check_file(struct conf_load *l, struct conf_place at, const char *what, struct str path,
    mode_t forbidden)
{
	const char *p = str_cstr(l->tmp, path);
	struct stat st;

	if (path.n == 0)
		return;
	if (stat(p, &st) == -1)
		conf_error(l, at, "%s: %s: %s", what, p, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		conf_error(l, at, "%s: %s: is not a regular file", what, p);
	else if (access(p, R_OK) == -1)
		conf_error(l, at, "%s: %s: %s", what, p, strerror(errno));
	else if ((st.st_mode & forbidden) != 0)
		conf_error(l, at, "%s: %s: everybody can read it (mode %04o), want chmod 0600", what, p,
		    (unsigned int)st.st_mode & 07777);
	else if (st.st_size == 0)
		conf_error(l, at, "%s: %s: is empty", what, p);
}

/* env: and command: are not tried: the first is there only in the service, the second has effects. */
static void
check_secret(struct conf_load *l, struct conf_place at, const char *what, struct str secret)
{
	struct str file = str_from(secret, 5);

	if (str_starts(secret, S("file:")))
		check_file(l, at, what, str_of(conf_path(l->tmp, l->conf, str_cstr(l->tmp, file))),
		    S_IROTH | S_IWOTH);
}

/* One route: [smtp], or that of a partner, whose keys begin with smtp_. */
struct route_check {
	struct conf_load *l;
	const struct conf_entry *e;	/* NULL: [smtp] */
	const struct conf_smtp *r;
};

static const char *
key_of(const struct route_check *c, const char *key)
{
	return str_fmt(c->l->tmp, "%s%s", c->e != NULL ? "smtp_" : "", key).p;
}

static struct conf_place
place_of(const struct route_check *c, const char *key)
{
	return conf_where(c->l, c->e, c->e != NULL ? "partner" : "smtp", key_of(c, key));
}

/* Two keys of which the second says nothing, or too little, without the first. */
static void
check_pair(const struct route_check *c, const char *key, bool has, const char *needs,
    bool has_other)
{
	if (has && !has_other)
		conf_error(c->l, place_of(c, key), "%s without %s", key_of(c, key), key_of(c, needs));
}

static void
check_login(const struct route_check *c)
{
	const struct conf_smtp *r = c->r;
	bool external = str_eq(r->auth, S("external"));

	check_pair(c, "user", r->user.n > 0 && !external, "password", r->password.n > 0);
	check_pair(c, "password", r->password.n > 0, "user", r->user.n > 0);
	check_pair(c, "auth", external, "tls_cert", r->tls_cert.n > 0);
	check_pair(c, "auth", external, "user", r->user.n > 0);
	check_secret(c->l, place_of(c, "password"), key_of(c, "password"), r->password);
}

static void
check_tls(const struct route_check *c)
{
	const struct conf_smtp *r = c->r;
	bool dane = r->verify == CONF_VERIFY_DANE || r->verify == CONF_VERIFY_DANE_ONLY;

	if (r->tls == CONF_TLS_NONE && !conf_is_loopback(r->host))
		conf_warn(c->l, place_of(c, "tls"), "mail to " STR_FMT " travels without TLS%s",
		    STR_ARG(r->host), r->user.n > 0 ? ", the password too" : "");
	if (r->tls == CONF_TLS_MAY)
		conf_warn(c->l, place_of(c, "tls"),
		    "mail to " STR_FMT " travels without TLS where none is offered, or somebody on "
		    "the way takes the offer out",
		    STR_ARG(r->host));
	else if (r->tls != CONF_TLS_NONE && r->verify == CONF_VERIFY_NONE)
		conf_warn(c->l, place_of(c, "verify"),
		    "the certificate of " STR_FMT " is not looked at: it may be anybody's",
		    STR_ARG(r->host));
	check_pair(c, "verify", r->verify == CONF_VERIFY_PIN, "pin", r->pins.n > 0);
	if (r->pins.n > 0 && r->verify != CONF_VERIFY_PIN)
		conf_error(c->l, place_of(c, "pin"), "%s does nothing without %s = pin",
		    key_of(c, "pin"), key_of(c, "verify"));
	if (r->tls == CONF_TLS_NONE && r->verify != CONF_VERIFY_CA)
		conf_error(c->l, place_of(c, "verify"), "%s without TLS", key_of(c, "verify"));
	if (dane && r->verify_name.n > 0)
		conf_error(c->l, place_of(c, "verify_name"), "%s does not go with dane: the name is the host's",
		    key_of(c, "verify_name"));
	check_pair(c, "tls_cert", r->tls_cert.n > 0, "tls_key", r->tls_key.n > 0);
	check_pair(c, "tls_key", r->tls_key.n > 0, "tls_cert", r->tls_cert.n > 0);
	check_file(c->l, place_of(c, "tls_cert"), key_of(c, "tls_cert"), r->tls_cert, 0);
	check_file(c->l, place_of(c, "tls_key"), key_of(c, "tls_key"), r->tls_key, S_IROTH | S_IWOTH);
	if (!str_eq(r->ca, S("system")))
		check_file(c->l, place_of(c, "ca"), key_of(c, "ca"), r->ca, 0);
}

static void
check_route(struct conf_load *l, const struct conf_entry *e, const struct conf_smtp *r)
{
	const struct route_check c = { .l = l, .e = e, .r = r };

	check_login(&c);
	check_tls(&c);
}

/* What a session can be asked for must be had somehow. */
static void
check_sender(struct conf_load *l, const struct conf_entry *e)
{
	const struct partner *p = &e->partner;
	const struct conf *c = l->conf;

	if (p->sender == CONF_SENDER_NETWORK && p->networks.n == 0 && p->tls_certs.n == 0 &&
	    c->listen_users.n == 0)
		conf_error(l, conf_where(l, e, "partner", "sender"),
		    "sender = network without network: nobody may send as this partner");
	if (p->sender == CONF_SENDER_LOGIN && p->tls_certs.n == 0 && c->listen_users.n == 0)
		conf_error(l, conf_where(l, e, "partner", "sender"),
		    "sender = login without tls_cert, and without users in [listen]: "
		    "nobody may send as this partner");
	if (p->tls_certs.n > 0 && c->tls_cert.n == 0)
		conf_warn(l, conf_where(l, e, "partner", "tls_cert"),
		    "tls_cert of a partner without tls_cert in [listen]: there is no "
		    "TLS in which they could show it");
}

static void
check_files(struct conf_load *l, struct conf_place at, const char *what,
    const struct conf_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		check_file(l, at, what, list->v[i], 0);
}

static void
check_partner(struct conf_load *l, const struct conf_entry *e)
{
	const struct partner *p = &e->partner;
	struct str file = str_of(e->at.file);

	check_files(l, conf_where(l, e, "partner", "cert"), "cert", &p->certs);
	check_files(l, conf_where(l, e, "partner", "tls_cert"), "tls_cert", &p->tls_certs);
	check_files(l, conf_where(l, e, "partner", "dictionary"), "dictionary", &p->dictionaries);
	check_files(l, conf_where(l, e, "partner", "schema"), "schema", &p->schemas);
	check_sender(l, e);
	check_file(l, conf_where(l, e, "partner", "ca"), "ca", p->ca, 0);
	check_file(l, conf_where(l, e, "partner", "crl"), "crl", p->crl, 0);
	for (size_t i = 0; i < p->addresses.n; i++)
		if (conf_is_own_address(l->conf, p->addresses.v[i]))
			conf_warn(l, conf_where(l, e, "partner", "address"), "address " STR_FMT " is our own",
			    STR_ARG(p->addresses.v[i]));
	for (size_t i = 0; i < p->ids.n; i++)
		if (conf_is_own_id(l->conf, p->ids.v[i].qual, p->ids.v[i].id))
			conf_warn(l, conf_where(l, e, "partner", "ids"),
			    "interchange id " STR_FMT " is our own", STR_ARG(p->ids.v[i].id));
	conf_allow_check(l, e);
	if (p->shape.oaep && !p->encrypt)
		conf_warn(l, conf_where(l, e, "partner", "key_transport"),
		    "key_transport without send = encrypt does nothing");
	if (p->shape.compress_last && !(p->compress && p->sign))
		conf_warn(l, conf_where(l, e, "partner", "compression"),
		    "compression = after without send = sign compress does nothing");
	if (p->expired_grace_ms > 0)
		conf_warn(l, conf_where(l, e, "partner", "expired_grace"),
		    "certificates of this partner count after their end");
	if (!p->sign && p->receipt == CONF_RECEIPT_SIGNED)
		conf_warn(l, conf_where(l, e, "partner", "send"),
		    "what we send is not signed: many systems answer that with an unsigned receipt or none");
	if (p->receipt_wait_ms > p->receipt_give_up_ms)
		conf_error(l, conf_where(l, e, "partner", "receipt_wait"),
		    "receipt_wait is longer than receipt_give_up");
	if (str_starts(file, S("partners.d/")) &&
	    !str_eq(file, str_fmt(l->tmp, "partners.d/" STR_FMT ".ini", STR_ARG(p->key))))
		conf_warn(l, e->at,
		    "partner \"" STR_FMT "\" is expected in partners.d/" STR_FMT ".ini",
		    STR_ARG(p->key), STR_ARG(p->key));
	if (p->route != NULL)
		check_route(l, e, p->route);
}

static void
check_lmtp(struct conf_load *l)
{
	const struct conf *c = l->conf;
	const char *group = str_cstr(l->tmp, c->lmtp_group);

	if (c->lmtp_group.n > 0 && c->lmtp.n == 0)
		conf_warn(l, conf_where(l, NULL, "listen", "lmtp_group"),
		    "lmtp_group without lmtp does nothing");
	if (c->lmtp_group.n > 0 && strcmp(group, "*") != 0 && getgrnam(group) == NULL)
		conf_error(l, conf_where(l, NULL, "listen", "lmtp_group"),
		    "no group \"%s\" on this machine", group);
}

static void
check_listen(struct conf_load *l)
{
	const struct conf *c = l->conf;

	if (!c->listen)
		return;
	check_lmtp(l);
	if (c->listen_addresses.n == 0)
		conf_error(l, conf_where(l, NULL, "listen", "address"),
		    "[listen] without address, tls_address and lmtp: where does mail arrive?");
	check_file(l, conf_where(l, NULL, "listen", "tls_cert"), "tls_cert", c->tls_cert, 0);
	check_file(l, conf_where(l, NULL, "listen", "tls_key"), "tls_key", c->tls_key, S_IROTH | S_IWOTH);
	check_file(l, conf_where(l, NULL, "listen", "users"), "users", c->listen_users, S_IROTH | S_IWOTH);
	if (c->listen_users.n > 0 && c->tls_cert.n == 0)
		conf_warn(l, conf_where(l, NULL, "listen", "users"),
		    "users without tls_cert: nobody can log in, passwords are "
		    "taken over TLS only");
}

/* What the gateway makes itself may be missing, but what is there must be a folder that it can use. */
static void
check_folders(struct conf_load *l)
{
	static const char *const folders[] = { "outbox", "inbox", "sent", "failed", "status",
		"quarantine", "spool", "db", "run" };
	struct conf_place nowhere = { .line = 0 };

	for (size_t i = 0; i < N(folders); i++) {
		const char *p = conf_path(l->tmp, l->conf, folders[i]);
		struct stat st;
		if (stat(p, &st) == -1 && errno == ENOENT)
			conf_warn(l, nowhere, "%s: does not exist yet", p);
		else if (access(p, R_OK | W_OK | X_OK) == -1)
			conf_error(l, nowhere, "%s: %s", p, strerror(errno));
		else if (stat(p, &st) == 0 && !S_ISDIR(st.st_mode))
			conf_error(l, nowhere, "%s: is not a folder", p);
	}
}

/* A private key that is group-readable may be meant so; one that everybody can read is not private. */
static void
check_gateway(struct conf_load *l)
{
	const struct conf *c = l->conf;

	check_files(l, conf_where(l, NULL, "gateway", "cert"), "cert", &c->certs);
	check_files(l, conf_where(l, NULL, "edi", "dictionary"), "dictionary", &c->dictionaries);
	check_files(l, conf_where(l, NULL, "edi", "schema"), "schema", &c->schemas);
	for (size_t i = 0; i < c->keys.n; i++)
		if (c->keys.v[i].p[0] == '/')	/* else a URI */
			check_file(l, conf_where(l, NULL, "gateway", "key"), "key", c->keys.v[i],
			    S_IROTH | S_IWOTH);
	check_secret(l, conf_where(l, NULL, "gateway", "key_passphrase"), "key_passphrase", c->key_passphrase);
	check_route(l, NULL, &c->smtp);
	if (c->n_partners == 0)
		conf_warn(l, (struct conf_place){ .line = 0 },
		    "no partner yet: nothing to send, nobody to accept");
}

int
conf_check(struct arena *a, struct str home, conf_finding_fn *fn, void *arg)
{
	struct conf *c = arena_new_of(a, struct conf);
	struct conf_load l;
	int errors;

	conf_load(&l, a, home, c, fn, arg);
	check_gateway(&l);
	check_listen(&l);
	check_folders(&l);
	for (size_t i = 0; i < l.n_entries; i++)
		check_partner(&l, &l.entries[i]);
	errors = l.errors;
	conf_load_end(&l);
	return errors;
}
