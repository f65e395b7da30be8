/* SPDX-License-Identifier: ISC */
#include "gateway/conf_files.h"

#include "gateway/base/clock.h"
#include "gateway/base/ini.h"
#include "gateway/base/io.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define MINIMAL "[gateway]\naddress = edi@nordwind.example\n"
#define ACME	"[partner \"acme\"]\naddress = edi@acme.example\ncert = certs/acme.pem\n"

static struct arena *a;
static char home[] = "/tmp/edigate-conf-XXXXXX";

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

#define IN_HOME(path)	str_fmt(a, "%s/%s", home, path).p

static int
begin(void **state)
{
	struct err e;

	(void)state;
	a = arena_new((size_t)1 << 30);
	memcpy(home + strlen(home) - 6, "XXXXXX", 6);
	if (mkdtemp(home) == NULL)
		return -1;
	return io_mkdirs(IN_HOME("partners.d"), 0700, &e) == -1 ? -1 : io_mkdirs(IN_HOME("run"), 0700, &e);
}

static int
end(void **state)
{
	(void)state;
	arena_free(a);
	return nftw(home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *
put(const char *name, mode_t mode, struct str text)
{
	const char *path = str_fmt(a, "%s/%s", home, name).p;
	struct err e;

	assert_int_equal(io_replace_file(AT_FDCWD, path, text, mode, &e), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static struct conf *
read_conf(struct str text)
{
	struct conf *c = arena_new_of(a, struct conf);
	struct err e = { .text = "" };

	(void)put("config.ini", 0600, text);
	if (conf_read(a, str_of(home), c, &e) == -1)
		print_message("%s\n", e.text);
	assert_string_equal(e.text, "");
	return c;
}

#define EQ(str_, cstr_) assert_true(str_eq((str_), str_of(cstr_)))

static void
defaults_hold_without_settings(void **state)
{
	(void)state;
	const struct conf *c = read_conf(S(MINIMAL));

	EQ(c->home, home);
	EQ(c->name, "edi@nordwind.example");
	EQ(c->address, "edi@nordwind.example");
	EQ(c->user, "edigate");
	EQ(c->certs.v[0], IN_HOME("certs/edi.pem"));
	EQ(c->keys.v[0], IN_HOME("private/edi.key"));
	assert_in_range(c->workers, 1, 64);
	assert_int_equal(c->settle_ms, 1000);
	assert_int_equal(c->rescan_ms, 10000);
	EQ(c->mode, "auto");
	EQ(c->smtp.host, "mx");
	assert_int_equal(c->smtp.port, 25);
	assert_int_equal(c->smtp.tls, CONF_TLS_STARTTLS);
	EQ(c->smtp.ca, "system");
	assert_int_equal(c->smtp.sessions, 4);
	assert_int_equal(c->retry_first_ms, 60000);
	assert_int_equal(c->retry_max_ms, 4 * 3600000);
	assert_int_equal(c->retry_give_up_ms, 3 * 86400000);
	assert_int_equal(c->uncertain_grace_ms, 30 * 60000);
	assert_false(c->listen);
	assert_int_equal(c->listen_addresses.n, 1);
	EQ(c->listen_addresses.v[0], "127.0.0.1:2525");
	assert_int_equal(c->size_max, 64 << 20);
	assert_int_equal(c->sessions_max, 500);
	assert_int_equal(c->tls_cert.n, 0);
	assert_int_equal(c->receipt_wait_ms, 4 * 3600000);
	assert_int_equal(c->receipt_give_up_ms, 5 * 86400000);
	EQ(c->web_address, "127.0.0.1:8686");
	assert_int_equal(c->n_partners, 0);
}

static void
partners_are_read_from_both_places(void **state)
{
	(void)state;
	(void)put("partners.d/zeta.ini", 0600, S("[partner \"zeta\"]\nname = Z\naddress = a@z.example, b@z.example\n"
	    "send = none\naccept = none\nreceipt = none\nack = none\nunknown = send\ndedup = no\nduplicates = file\n"
	    "ids = 14:1, ZZ:NORD WIND,plain\nreceipt_wait = 1h\nsmtp_host = smtp.z.example\nsmtp_port = 2525\n"));
	(void)put("partners.d/.hidden.ini", 0600, S("nonsense"));
	(void)put("partners.d/README", 0600, S("nonsense"));
	const struct conf *c = read_conf(S(MINIMAL "[receipt]\nwait = 2h\n" ACME "send = compress sign\naccept = sign,encrypt\n"));
	const struct partner *p = partner_by_key(c, S("acme"));

	assert_int_equal(c->n_partners, 2);
	assert_ptr_equal(p, &c->partners[0]);
	EQ(p->name, "acme");
	assert_true(p->sign && !p->encrypt && p->compress && p->must_sign && p->must_encrypt);
	assert_int_equal(p->receipt, CONF_RECEIPT_SIGNED);
	assert_true(p->ack && !p->opaque && p->dedup && p->hold_duplicates);
	assert_int_equal(p->receipt_wait_ms, 2 * 3600000);
	EQ(p->certs.v[0], IN_HOME("certs/acme.pem"));
	assert_null(p->route);
	EQ(p->file, "config.ini");
	assert_int_equal(p->line, 5);

	p = partner_by_key(c, S("zeta"));
	EQ(p->name, "Z");
	assert_int_equal(p->addresses.n, 2);
	assert_true(!p->sign && !p->encrypt && !p->must_sign && !p->ack && p->opaque && !p->dedup &&
	    !p->hold_duplicates);
	assert_int_equal(p->receipt, CONF_RECEIPT_NONE);
	assert_int_equal(p->receipt_wait_ms, 3600000);
	assert_int_equal(p->ids.n, 3);
	EQ(p->ids.v[1].id, "NORD WIND");
	EQ(p->ids.v[2].qual, "");
	assert_non_null(p->route);
	EQ(p->route->host, "smtp.z.example");
	assert_int_equal(p->route->port, 2525);
	assert_int_equal(p->route->tls, CONF_TLS_STARTTLS);
	EQ(p->file, "partners.d/zeta.ini");
	assert_null(partner_by_key(c, S("nobody")));
}

static void
ports_follow_tls_and_tls_follows_ports(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned int port;
		enum conf_tls tls;
	} cases[] = {
		{ "host = s.example\n", 465, CONF_TLS_IMPLICIT },
		{ "host = s.example\nport = 587\n", 587, CONF_TLS_STARTTLS },
		{ "host = s.example\nport = 465\n", 465, CONF_TLS_IMPLICIT },
		{ "host = s.example\nport = 465\ntls = starttls\n", 465, CONF_TLS_STARTTLS },
		{ "host = s.example\ntls = starttls\n", 587, CONF_TLS_STARTTLS },
		{ "host = s.example\ntls = implicit\nport = 4650\n", 4650, CONF_TLS_IMPLICIT },
		{ "host = 127.0.0.1\ntls = none\n", 25, CONF_TLS_NONE },
		{ "host = ::1\nport = 1025\ntls = none\n", 1025, CONF_TLS_NONE },
		{ "host = mx\n", 25, CONF_TLS_STARTTLS },
	};

	for (size_t i = 0; i < N(cases); i++) {
		const struct conf *c = read_conf(str_fmt(a, MINIMAL "[smtp]\n%s", cases[i].text));
		print_message("%s", cases[i].text);
		assert_int_equal(c->smtp.port, cases[i].port);
		assert_int_equal(c->smtp.tls, cases[i].tls);
	}
}

static void
mistakes_are_told_with_their_place(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "config.ini:1:1: [gateway] address is missing" },
		{ "[gateway\n", "config.ini:1:1: no ']'" },
		{ MINIMAL "[smpt]\n", "config.ini:3:1: unknown section [smpt], did you mean [smtp]?" },
		{ MINIMAL "[zzzz]\n", "config.ini:3:1: unknown section [zzzz]" },
		{ MINIMAL "[smtp \"x\"]\n", "config.ini:3:1: [smtp] has no name of its own" },
		{ MINIMAL "[smtp]\nhots = x\n", "config.ini:4:1: unknown key \"hots\" in [smtp], did you mean \"host\"?" },
		{ MINIMAL "[smtp]\n  starttsl = yes\n",
		    "config.ini:4:3: unknown key \"starttsl\" in [smtp], did you mean \"starttls\"? (tls = starttls)" },
		{ MINIMAL "[smtp]\nzzzz = x\n", "config.ini:4:1: unknown key \"zzzz\" in [smtp]" },
		{ MINIMAL "[smtp]\nhost = a\n[web]\n[smtp]\nhost = b\n", "config.ini:7:1: \"host\" was set before, at config.ini:4" },
		{ "[gateway]\naddress = edi\n", "config.ini:2:11: address: \"edi\" is no mail address" },
		{ "[gateway]\naddress = a@b@c.example\n", "is no mail address" },
		{ "[gateway]\naddress = edi@b\303\274cher.example\n", "its domain is not ASCII, write it as it stands in DNS (xn--...)" },
		{ "[gateway]\naddress = gr\303\274n@c.example\n", "ASCII names before the @ only (no SMTPUTF8)" },
		{ "[gateway]\naddress = a..b@c.example\n", "is no mail address" },
		{ "[gateway]\naddress = .a@c.example\n", "is no mail address" },
		{ "[gateway]\naddress = a@-c.example\n", "is no mail address" },
		{ "[gateway]\naddress = a@c..example\n", "is no mail address" },
		{ "[gateway]\naddress = <a@c.example>\n", "is no mail address" },
		{ "[gateway]\naddress = \"\\\"a b\\\"@c.example\"\n", "is no mail address" },
		{ MINIMAL "workers = 65\n", "config.ini:3:11: workers: \"65\" is out of range, want 1 to 64 or auto" },
		{ MINIMAL "workers = 0\n", "out of range" },
		{ MINIMAL "ids = 14:\n", "is no interchange id" },
		{ MINIMAL "ids = 14:1,,14:2\n", "nothing between two commas" },
		{ MINIMAL "[outbox]\nsettle = 5\n", "config.ini:4:10: settle: \"5\" is no time span" },
		{ MINIMAL "[outbox]\nsettle = 2h\n", "out of range" },
		{ MINIMAL "[outbox]\nrescan = 10ms\n", "out of range" },
		{ MINIMAL "[outbox]\nmode = often\n", "\"often\" is none of auto|notify|poll" },
		{ MINIMAL "[smtp]\nport = 65536\n", "out of range" },
		{ MINIMAL "[smtp]\ntls = maybe\n", "\"maybe\" is none of implicit|starttls|opportunistic|none|auto" },
		{ MINIMAL "[smtp]\nhost = a b\n", "is no host name or address" },
		{ MINIMAL "[smtp]\npassword = hunter2\n", "config.ini:4:12: password: a secret does not stand here itself" },
		{ MINIMAL "[retry]\nfirst = 5h\n", "config.ini:4:9: first is longer than max" },
		{ MINIMAL "[receipt]\nwait = 6d\n", "wait is longer than give_up" },
		{ MINIMAL "[listen]\naddress = 127.0.0.1\n", "is no host:port" },
		{ MINIMAL "[listen]\naddress = ::1:25\n", "is no host:port" },
		{ MINIMAL "[listen]\naddress = 127.0.0.1:65536\n", "is no host:port" },
		{ MINIMAL "[listen]\nsize_max = 64X\n", "is no size" },
		{ MINIMAL "[listen]\nsize_max = 1K\n", "out of range" },
		{ MINIMAL "[listen]\nsize_max = 99999999999999999999\n", "is no size" },
		{ MINIMAL "[listen]\naddress = socket:25x:0\n", "is no host:port" },
		{ MINIMAL "[listen]\nproxy_from = mx.acme.example\n", "config.ini:4:14: proxy_from: \"mx.acme.example\" is no address or network" },
		{ MINIMAL "[listen]\nproxy_from = 192.0.2.1/24\n", "has bits that the network leaves open" },
		{ MINIMAL "[listen]\nproxy_from = 192.0.2.0/33\n", "want /0 to /32" },
		{ MINIMAL "[listen]\nunknown = reject\n", "is none of take|defer|refuse" },
		{ MINIMAL "[listen]\nunknwon = refuse\n", "did you mean \"unknown\"?" },
		{ MINIMAL "[listen]\nhandshakes_max = 1\n", "out of range" },
		{ MINIMAL ACME "network = 192.0.2.1,,\n", "nothing between two commas" },
		{ MINIMAL ACME "sender = nobody\n", "is none of any|network|login" },
		{ MINIMAL "[listen]\ntls_cert = x\n", "config.ini:4:12: tls_cert and tls_key belong together" },
		{ MINIMAL "[partner]\n", "cannot be a partner's key" },
		{ MINIMAL "[partner \"Acme\"]\n", "cannot be a partner's key" },
		{ MINIMAL "[partner \"..\"]\n", "cannot be a partner's key" },
		{ MINIMAL "[partner \"a/b\"]\n", "cannot be a partner's key" },
		{ MINIMAL "[partner \"acme\"]\nreceipt = none\naccept = none\nsend = none\n", "config.ini:3:1: partner \"acme\" has no address" },
		{ MINIMAL "[partner \"acme\"]\naddress = a@acme.example\n", "config.ini:3:1: partner \"acme\" has no cert: needed for send = encrypt" },
		{ MINIMAL ACME "send = sing\n", "config.ini:6:8: send: \"sing\" is none of sign|encrypt|compress" },
		{ MINIMAL ACME "send = none sign\n", "want none, or some of" },
		{ MINIMAL ACME "profile = edi-energie\n", "is none of as1|edi-energy|ediel-se|ediel-no|plain" },
		{ MINIMAL ACME "allow = sha1\n", "config.ini:6:9: allow: \"sha1\": an exception has an end, want e.g. sha1 until 2027-06-30" },
		{ MINIMAL ACME "allow = sha1 until 2027-02-30\n", "an exception has an end" },
		{ MINIMAL ACME "allow = sha1 until tomorrow\n", "an exception has an end" },
		{ MINIMAL ACME "allow = sha1 until 2027-06-30T00:00:00Z\n", "an exception has an end" },
		{ MINIMAL ACME "allow = md5 until 2027-06-30\n", "\"md5 until 2027-06-30\" is no exception" },
		{ MINIMAL ACME "allow = sha1 until 2027-06-30, sha1 until 2027-07-30\n", "sha1 stands there twice" },
		{ MINIMAL ACME "allow = sha1 until 2027-06-30,\n", "is no exception" },
		{ MINIMAL ACME "allow = none, sha1 until 2027-06-30\n", "\"none\" is no exception" },
		{ MINIMAL ACME "expired_grace = 91d\n", "out of range" },
		{ MINIMAL ACME "cipher = 3des\n", "is none of aes-256-cbc" },
		{ MINIMAL ACME "digest = sha1\n", "is none of sha-256" },
		{ MINIMAL ACME "send =\n", "want none, or some of" },
		{ MINIMAL ACME "accept = compress\n", "is none of sign|encrypt" },
		{ MINIMAL ACME "ack = yes\n", "\"yes\" is none of none|auto|wanted" },
		{ MINIMAL ACME "dedup = maybe\n", "\"maybe\" is none of yes, no" },
		{ MINIMAL ACME "smtp_port = 25\n", "config.ini:6:13: smtp_port without smtp_host" },
		{ MINIMAL ACME "[partner \"acme\"]\naddress = b@acme.example\ncert = x\n",
		    "config.ini:6:1: partner \"acme\" is there already, at config.ini:3" },
		{ MINIMAL ACME "[partner \"b\"]\naddress = x@b.example, EDI@ACME.example\ncert = x\n",
		    "config.ini:7:11: address \"edi@acme.example\" of partner \"b\" is also that of partner \"acme\", at config.ini:4" },
		{ MINIMAL ACME "ids = 14:1\n[partner \"b\"]\naddress = x@b.example\ncert = x\nids = 14:1\n",
		    "config.ini:10:7: interchange id \"1\" of partner \"b\" is also that of partner \"acme\", at config.ini:6" },
		{ MINIMAL ACME "ids = 1\n[partner \"b\"]\naddress = x@b.example\ncert = x\nids = 14:1\n", "is also that of partner" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct conf c;
		struct err e = { .text = "" };
		print_message("%s\n", cases[i].says);
		(void)put("config.ini", 0600, str_of(cases[i].text));
		assert_int_equal(conf_read(a, str_of(home), &c, &e), -1);
		assert_int_equal(e.kind, ERR_CONFIG);
		if (strstr(e.text, cases[i].says) == NULL)
			print_message("says: %s\n", e.text);
		assert_non_null(strstr(e.text, cases[i].says));
		assert_null(strstr(e.text, "hunter2"));
	}
}

static void
settings_in_force_are_kept(void **state)
{
	(void)state;
	struct conf_files f;
	struct conf c;
	struct err e;

	(void)put("config.ini", 0600, S(MINIMAL));
	(void)put("partners.d/a b.ini", 0600, S("[partner \"ab\"]\naddress = ab@ab.example\nsend = none\naccept = none\n"
	    "receipt = none\n"));
	conf_files_gather(a, str_of(home), &f);
	assert_int_equal(f.n, 2);
	assert_int_equal(conf_read_files(a, str_of(home), &f, &c, &e), 0);
	assert_int_equal(conf_files_keep(&f, str_of(home), &e), 0);

	(void)put("config.ini", 0600, S("nonsense\n"));
	assert_int_equal(conf_read(a, str_of(home), &c, &e), -1);
	assert_int_equal(conf_read_kept(a, str_of(home), &c, &e), 0);
	EQ(c.address, "edi@nordwind.example");
	assert_non_null(partner_by_key(&c, S("ab")));

	(void)put("run/settings", 0600, S("edigate settings 1\n100 config.ini\n[gateway]\n"));
	assert_int_equal(conf_read_kept(a, str_of(home), &c, &e), -1);
	assert_non_null(strstr(e.text, "offset 19: want a file's length and name"));
	(void)put("run/settings", 0600, S("[gateway]\n"));
	assert_int_equal(conf_read_kept(a, str_of(home), &c, &e), -1);
	assert_non_null(strstr(e.text, "does not begin with"));
	assert_int_equal(unlink(IN_HOME("run/settings")), 0);
	assert_int_equal(conf_read_kept(a, str_of(home), &c, &e), -1);
	assert_int_equal(unlink(IN_HOME("partners.d/a b.ini")), 0);
}

static void
partner_files_hold_nothing_else(void **state)
{
	(void)state;
	struct conf c;
	struct err e;

	(void)put("config.ini", 0600, S(MINIMAL));
	(void)put("partners.d/x.ini", 0600, S("[smtp]\nhost = evil.example\n"));
	assert_int_equal(conf_read(a, str_of(home), &c, &e), -1);
	assert_string_equal(e.text, "partners.d/x.ini:1:1: [smtp] belongs into config.ini: here only [partner \"...\"] may stand");
	assert_int_equal(conf_read(a, S("/nonexistent"), &c, &e), -1);
	assert_non_null(strstr(e.text, "/nonexistent/config.ini"));
}

static void
partners_are_found_by_address_and_id(void **state)
{
	(void)state;
	const struct conf *c = read_conf(S("[gateway]\naddress = EDI@nordwind.example\nids = 14:99, ZZ:OWN, bare\n"
	    ACME "ids = 14:1, ZZ:ONE, 5098\n"
	    "[partner \"b\"]\naddress = x@b.example, y@b.example\ncert = x\nids = ZZ:1, 01:ONE, 14:7\n"));
	const struct partner *acme = partner_by_key(c, S("acme")), *b = partner_by_key(c, S("b"));
	const struct {
		struct str qual, id;
		const struct partner *want;
	} ids[] = {
		{ S("14"), S("1"), acme }, { S("ZZ"), S("1"), b }, { S("01"), S("1"), NULL },
		{ S(""), S("1"), NULL },		/* both have it: no guess */
		{ S(""), S("7"), b }, { S("14"), S("7"), b }, { S("0088"), S("7"), b }, { S("UL"), S("7"), b },
		{ S("0060"), S("ONE"), b }, { S("0060"), S("7"), NULL }, { S("ZZ"), S("ONE"), acme }, { S("01"), S("ONE"), b },
		{ S("99"), S("5098"), acme }, { S(""), S("5098"), acme }, { S("14"), S("2"), NULL }, { S("14"), S(""), NULL },
		{ S("zz"), S("ONE"), NULL },
	};

	assert_ptr_equal(partner_by_address(c, S("Edi@Acme.Example")), acme);
	assert_ptr_equal(partner_by_address(c, S("y@b.example")), b);
	assert_null(partner_by_address(c, S("edi@acme.exampl")));
	assert_null(partner_by_address(c, S("edi@acme.example2")));
	assert_null(partner_by_address(c, S("")));
	for (size_t i = 0; i < N(ids); i++) {
		print_message("case %zu\n", i);
		assert_ptr_equal(partner_by_id(c, ids[i].qual, ids[i].id), ids[i].want);
	}
	assert_true(conf_is_own_id(c, S("14"), S("99")));
	assert_true(conf_is_own_id(c, S("0088"), S("99")));
	assert_false(conf_is_own_id(c, S("ZZ"), S("99")));
	assert_true(conf_is_own_id(c, S(""), S("OWN")));
	assert_true(conf_is_own_id(c, S("14"), S("bare")));
	assert_true(conf_is_own_address(c, S("edi@NORDWIND.example")));
	assert_false(conf_is_own_address(c, S("edi@acme.example")));
	assert_null(partner_by_address(&(struct conf){ .n_partners = 0 }, S("a@b")));
	assert_null(partner_by_id(&(struct conf){ .n_partners = 0 }, S("a"), S("b")));
}

static void
ten_thousand_partners_are_no_burden(void **state)
{
	(void)state;
	struct buf text = BUF_CAP(16 << 20);
	struct conf c;
	struct err e;
	int64_t begin_ms;

	assert_int_equal(buf_put(&text, S(MINIMAL), &e), 0);
	for (int i = 0; i <= CONF_PARTNERS_MAX; i++)
		assert_int_equal(buf_printf(&text, &e, "[partner \"p%d\"]\naddress = edi@p%d.example\nids = 14:%d\n"
		    "cert = certs/partners/p%d.pem\n", i, i, i + 1000000, i), 0);
	(void)put("config.ini", 0600, buf_str(&text));
	assert_int_equal(conf_read(a, str_of(home), &c, &e), -1);
	assert_non_null(strstr(e.text, "more than 10000 partners"));

	text.n = (size_t)(strstr(text.p, "[partner \"p10000\"]") - text.p);
	(void)put("config.ini", 0600, buf_str(&text));
	begin_ms = clock_mono_ms();
	assert_int_equal(conf_read(a, str_of(home), &c, &e), 0);
	print_message("read in %lld ms\n", (long long)(clock_mono_ms() - begin_ms));
	assert_int_equal(c.n_partners, CONF_PARTNERS_MAX);
	begin_ms = clock_mono_ms();
	for (int i = 0; i < CONF_PARTNERS_MAX; i++) {
		char key[20], address[40], id[20];
		(void)snprintf(key, sizeof(key), "p%d", i);
		(void)snprintf(address, sizeof(address), "EDI@p%d.example", i);
		(void)snprintf(id, sizeof(id), "%d", i + 1000000);
		const struct partner *p = partner_by_key(&c, str_of(key));
		assert_non_null(p);
		assert_ptr_equal(partner_by_address(&c, str_of(address)), p);
		assert_ptr_equal(partner_by_id(&c, S("14"), str_of(id)), p);
	}
	print_message("30000 look-ups in %lld ms\n", (long long)(clock_mono_ms() - begin_ms));
	buf_clear(&text);
}

static void
values_tell_where_they_come_from(void **state)
{
	(void)state;
	static const struct {
		struct str dotted;
		const char *value, *origin;
	} cases[] = {
		{ S_INIT("gateway.address"), "edi@nordwind.example", "config.ini:2" },
		{ S_INIT("gateway.user"), "edigate", "default" },
		{ S_INIT("receipt.wait"), "2h", "config.ini:7" },
		{ S_INIT("partner.acme.address"), "edi@acme.example", "config.ini:4" },
		{ S_INIT("partner.acme.receipt_wait"), "2h", "config.ini:7" },
		{ S_INIT("partner.acme.receipt_give_up"), "5d", "default" },
		{ S_INIT("partner.acme.dedup"), "yes", "default" },
		{ S_INIT("partner.a.b.name"), "AB", "partners.d/a.b.ini:2" },
	};
	struct str value, origin;
	struct err e;

	(void)put("config.ini", 0600, S(MINIMAL ACME "[receipt]\nwait = 2h\n"));
	(void)put("partners.d/a.b.ini", 0600,
	    S("[partner \"a.b\"]\nname = AB\naddress = x@ab.example\ncert = x\n"));
	for (size_t i = 0; i < N(cases); i++) {
		print_message(STR_FMT "\n", STR_ARG(cases[i].dotted));
		assert_int_equal(conf_get(a, str_of(home), cases[i].dotted, &value, &origin, &e), 0);
		EQ(value, cases[i].value);
		EQ(origin, cases[i].origin);
	}
	assert_int_equal(conf_get(a, str_of(home), S("smtp.hots"), &value, &origin, &e), -1);
	assert_int_equal(conf_get(a, str_of(home), S("partner.nobody.address"), &value, &origin, &e), -1);
	assert_int_equal(conf_get(a, str_of(home), S(""), &value, &origin, &e), -1);
}

static int errors, warnings;

static void
count_finding(void *arg, bool is_error, const char *text)
{
	const char *wanted = arg;

	errors += is_error;
	warnings += !is_error;
	if (wanted != NULL && strstr(text, wanted) != NULL)
		errors += 1000;
	print_message("  %s\n", text);
}

static int
check_for(const char *wanted)
{
	char *lent = str_cstr(a, str_of(wanted));

	errors = warnings = 0;
	(void)conf_check(a, str_of(home), count_finding, lent);
	return errors;
}

static void
check_tells_everything_at_once(void **state)
{
	(void)state;
	static const char *const folders[] = { "outbox", "inbox", "sent", "failed", "status",
		"quarantine", "spool", "db", "run", "certs", "private" };
	struct err e;

	for (size_t i = 0; i < N(folders); i++)
		assert_int_equal(io_mkdirs(IN_HOME(folders[i]), 0700, &e), 0);
	(void)put("certs/edi.pem", 0644, S("x"));
	(void)put("certs/acme.pem", 0644, S("x"));
	(void)put("private/edi.key", 0600, S("x"));
	(void)put("config.ini", 0600, S(MINIMAL ACME));
	assert_int_equal(check_for("nothing of that kind"), 0);
	assert_int_equal(warnings, 0);

	(void)put("private/edi.key", 0644, S("x"));
	assert_int_equal(check_for("config.ini:1:1: key: "), 1001);
	(void)put("private/edi.key", 0640, S("x"));
	assert_int_equal(check_for("x"), 0);
	(void)put("certs/acme.pem", 0644, S(""));
	assert_int_equal(check_for("config.ini:5:8: cert: "), 1001);
	(void)put("certs/acme.pem", 0644, S("x"));

	(void)put("config.ini", 0600,
	    S(MINIMAL "[smtp]\nhost = s.example\ntls = none\nuser = u\nhsot = x\n" ACME));
	assert_int_equal(check_for("config.ini:5:7: warning: mail to s.example travels without TLS"), 1002);
	(void)put("config.ini", 0600, S(MINIMAL "[smtp]\nhost = 127.0.0.1\ntls = none\n" ACME));
	assert_int_equal(check_for("travels without TLS"), 0);
	(void)put("config.ini", 0600, S(MINIMAL "[smtp]\nuser = u\npassword = file:private/p\n[listen]\nusers = private/u\n"
	    "tls_cert = certs/none.pem\ntls_key = private/none.key\n" ACME "address = x\n"));
	assert_int_equal(check_for("was set before"), 1005);
	(void)put("config.ini", 0600, S(MINIMAL "[listen]\naddress =\n" ACME));
	assert_int_equal(check_for("config.ini:4:10: [listen] without address, tls_address and lmtp"), 1001);
	(void)put("config.ini", 0600, S(MINIMAL "[listen]\nlmtp_group = no-such-group\n" ACME));
	assert_int_equal(check_for("config.ini:4:14: no group \"no-such-group\" on this machine"), 1001);
	(void)put("config.ini", 0600, S(MINIMAL "[listen]\n" ACME "sender = login\n"));
	assert_int_equal(check_for("sender = login without tls_cert, and without users in [listen]"), 1001);
	(void)put("config.ini", 0600, S(MINIMAL "[listen]\n" ACME "sender = network\n"));
	assert_int_equal(check_for("sender = network without network"), 1001);
	(void)put("config.ini", 0600,
	    S(MINIMAL "[listen]\n" ACME "sender = network\nnetwork = 192.0.2.0/24\n"));
	assert_int_equal(check_for("nobody may send"), 0);
	(void)put("config.ini", 0600, S(MINIMAL "[listen]\n" ACME "tls_cert = certs/acme.pem\n"));
	assert_int_equal(check_for("there is no TLS in which they could show it"), 1000);
	assert_int_equal(rmdir(IN_HOME("status")), 0);
	(void)put("status", 0600, S(""));
	(void)put("config.ini", 0600, S(MINIMAL ACME));
	assert_int_equal(rmdir(IN_HOME("failed")), 0);
	assert_int_equal(check_for("failed: does not exist yet"), 1001);
	(void)put("config.ini", 0600, S(MINIMAL ACME "ids = 14:1\n[partner \"me\"]\naddress = EDI@nordwind.example\ncert = certs/acme.pem\n"));
	(void)check_for("is our own");
	assert_true(errors > 1000);
}

static void
secrets_come_from_where_they_are_kept(void **state)
{
	(void)state;
	static const struct {
		struct str setting;
		const char *want, *says;
	} cases[] = {
		{ S_INIT("file:private.txt"), "top secret", NULL },
		{ S_INIT("file:windows.txt"), "a b", NULL },
		{ S_INIT("file:open.txt"), NULL, "everybody can read it (mode 0644)" },
		{ S_INIT("file:none.txt"), NULL, "No such file" },
		{ S_INIT("file:empty.txt"), NULL, "it is empty" },
		{ S_INIT("file:huge.txt"), NULL, "longer than 4096 bytes" },
		{ S_INIT("file:partners.d"), NULL, "not a regular file" },
		{ S_INIT("env:EDIGATE_TEST_SECRET"), "from env", NULL },
		{ S_INIT("env:EDIGATE_TEST_NOTHING"), NULL, "not in the environment" },
		{ S_INIT("command:printf 'x\\ny\\n'"), "x\ny", NULL },
		{ S_INIT("command:echo oops >&2; exit 3"), NULL, "the command failed (exit 3)" },
		{ S_INIT("command:kill -9 $$"), NULL, "the command failed (signal 9)" },
		{ S_INIT("credential:smtp"), "from systemd", NULL },
		{ S_INIT("credential:../private.txt"), NULL, "no '/'" },
		{ S_INIT("plain"), NULL, "no file:" },
		{ S_INIT(""), NULL, "no file:" },
	};
	static char huge[5000];
	const struct conf *c = read_conf(S(MINIMAL));

	memset(huge, 'x', sizeof(huge));
	(void)put("private.txt", 0600, S("top secret\n"));
	(void)put("windows.txt", 0640, S("a b\r\n"));
	(void)put("open.txt", 0644, S("x"));
	(void)put("empty.txt", 0600, S("\n"));
	(void)put("huge.txt", 0600, str_make(huge, sizeof(huge)));
	(void)put("smtp", 0600, S("from systemd"));
	assert_int_equal(setenv("EDIGATE_TEST_SECRET", "from env", 1), 0);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", home, 1), 0);
	for (size_t i = 0; i < N(cases); i++) {
		struct buf b = BUF_CAP(8192);
		struct err e = { .text = "" };
		int rc = conf_secret(c, cases[i].setting, &b, &e);

		print_message(STR_FMT ": %s\n", STR_ARG(cases[i].setting), e.text);
		assert_int_equal(rc, cases[i].want == NULL ? -1 : 0);
		if (rc == 0) {
			EQ(buf_str(&b), cases[i].want);
		} else {
			assert_int_equal(e.kind, ERR_CONFIG);
			assert_non_null(strstr(e.text, cases[i].says));
		}
		buf_wipe(&b);
	}
}

static void
paths_know_both_homes(void **state)
{
	(void)state;
	struct conf c = { .home = conf_home(a, "/srv/edi/") };

	EQ(c.home, "/srv/edi");
	assert_string_equal(conf_path(a, &c, "certs/x.pem"), "/srv/edi/certs/x.pem");
	assert_string_equal(conf_path(a, &c, "/etc/ssl/x.pem"), "/etc/ssl/x.pem");
	assert_int_equal(unsetenv("EDIGATE_HOME"), 0);
	c.home = conf_home(a, NULL);
	EQ(c.home, "/var/lib/edigate");
	assert_string_equal(conf_path(a, &c, "config.ini"), "/etc/edigate/config.ini");
	assert_string_equal(conf_path(a, &c, "partners.d/x.ini"), "/etc/edigate/partners.d/x.ini");
	assert_string_equal(conf_path(a, &c, "private/x"), "/etc/edigate/private/x");
	assert_string_equal(conf_path(a, &c, "outbox"), "/var/lib/edigate/outbox");
	assert_string_equal(conf_path(a, &c, "certs2"), "/var/lib/edigate/certs2");
	assert_int_equal(setenv("EDIGATE_HOME", "relative", 1), 0);
	assert_true(conf_home(a, NULL).p[0] == '/');
	assert_true(str_ends(conf_home(a, NULL), S("/relative")));
	assert_int_equal(unsetenv("EDIGATE_HOME"), 0);
}

/* ---- the table against the documents: every row stands there, and nothing else does ---- */

static size_t
row_of(struct str section, struct str key)
{
	size_t i = 0;

	while (i < conf_n_settings && !(str_eq(section, str_of(conf_settings[i].section)) &&
	    str_eq(key, str_of(conf_settings[i].key))))
		i++;
	return i;
}

static void
assert_each_once(const unsigned int *seen, const char *where)
{
	for (size_t i = 0; i < conf_n_settings; i++) {
		if (seen[i] != 1)
			print_message("[%s] %s: %u times in %s\n", conf_settings[i].section,
			    conf_settings[i].key, seen[i], where);
		assert_int_equal(seen[i], 1);
	}
}

/* Each until the end of its day, UTC, and not a moment longer. */
static void
exceptions_end(void **state)
{
	(void)state;
	const struct conf *c = read_conf(S(MINIMAL ACME "allow = sha1 until 2027-06-30 ,  rsa1024  until  2027-03-31\n"));
	const struct partner *p = partner_by_key(c, S("acme"));
	static const struct { struct str now; unsigned int want; } cases[] = {
		{ S_INIT("2026-11-23T00:00:00Z"), 1u << CONF_ALLOW_SHA1 | 1u << CONF_ALLOW_RSA1024 },
		{ S_INIT("2027-03-31T23:59:59Z"), 1u << CONF_ALLOW_SHA1 | 1u << CONF_ALLOW_RSA1024 },
		{ S_INIT("2027-04-01T00:00:00Z"), 1u << CONF_ALLOW_SHA1 },
		{ S_INIT("2027-06-30T23:59:59Z"), 1u << CONF_ALLOW_SHA1 },
		{ S_INIT("2027-07-01T00:00:00Z"), 0 },
	};
	int64_t now;

	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(clock_read_rfc3339(cases[i].now, &now), 0);
		assert_int_equal(partner_allows(p, now), cases[i].want);
	}
	assert_int_equal(partner_allows(partner_by_key(read_conf(S(MINIMAL ACME)), S("acme")), now), 0);
}

static void
profiles_give_defaults(void **state)
{
	(void)state;
	const struct conf *c = read_conf(S(MINIMAL ACME
	    "profile = edi-energy\ncipher = aes-128-gcm\nreceipt = signed\n"
	    "[partner \"mueller\"]\naddress = bestellung@mueller.example\nprofile = plain\n"));
	const struct partner *p = partner_by_key(c, S("acme")), *m = partner_by_key(c, S("mueller"));
	struct str value, origin;
	struct err e;

	assert_true(p->sign && p->encrypt && !p->compress && p->must_sign && p->must_encrypt && p->by_address);
	assert_true(p->shape.pss && p->shape.oaep && !p->shape.opaque);
	EQ(p->shape.cipher, "aes-128-gcm");
	EQ(p->shape.digest, "sha-256");
	assert_int_equal(p->receipt, CONF_RECEIPT_SIGNED);
	assert_false(m->sign || m->encrypt || m->must_sign || m->must_encrypt);
	assert_int_equal(m->receipt, CONF_RECEIPT_NONE);
	assert_int_equal(conf_get(a, str_of(home), S("partner.acme.signature"), &value, &origin, &e), 0);
	EQ(value, "pss");
	EQ(origin, "profile edi-energy");
	assert_int_equal(conf_get(a, str_of(home), S("partner.acme.micalg"), &value, &origin, &e), 0);
	EQ(origin, "default");
	/* Every value of every profile is one that its key takes. */
	static const char *const names[] = { "as1", "edi-energy", "ediel-se", "ediel-no", "plain" };
	for (size_t i = 0; i < N(names); i++)
		(void)read_conf(str_fmt(a, MINIMAL ACME "profile = %s\n", names[i]));
}

static void
table_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_n_settings; i++) {
		const struct setting *s = &conf_settings[i];
		assert_int_equal(row_of(str_of(s->section), str_of(s->key)), i);	/* no row twice */
		assert_true(str_ends(str_of(s->help), S(".")));
		if (s->type == SET_EITHER || s->type == SET_WORD || s->type == SET_ENUM || s->type == SET_FLAGS)
			assert_non_null(s->words);
		if (s->type == SET_BYTES || s->type == SET_SPAN || s->type == SET_COUNT)
			assert_true(s->hi > s->lo);
	}
}

/* ";key = value" is a setting commented out; "; text" is a comment. */
static bool
is_commented_setting(struct str line)
{
	size_t n = 1;

	if (line.n < 2 || line.p[0] != ';' || !is_alpha(line.p[1]))
		return false;
	while (n < line.n && (is_alnum(line.p[n]) || line.p[n] == '_'))
		n++;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n < line.n && line.p[n] == '=';
}

static void
example_fits_the_table(void **state)
{
	(void)state;
	unsigned int *seen = arena_get_array(a, conf_n_settings, sizeof(*seen));
	bool *commented = arena_get_array(a, 1000, sizeof(*commented));
	struct str text, line, rest;
	struct buf all = BUF_CAP(1 << 20);
	struct ini ini;
	struct err e;
	size_t n = 0;

	assert_int_equal(io_read_file(a, AT_FDCWD, "config.example.ini", 1 << 20, &text, &e), 0);
	for (rest = text; str_next_line(&rest, &line);) {
		commented[++n] = is_commented_setting(line);
		assert_int_equal(buf_put(&all, commented[n] ? str_from(line, 1) : line, &e), 0);
		assert_int_equal(buf_putc(&all, '\n', &e), 0);
	}
	assert_int_equal(ini_parse(a, buf_str(&all), "config.example.ini", &ini, &e), 0);
	for (size_t i = 0; i < ini.n; i++) {
		const struct ini_item *it = &ini.items[i];
		size_t row = row_of(it->section, it->key);
		if (it->key.n == 0)
			continue;
		print_message("[" STR_FMT "] " STR_FMT "\n", STR_ARG(it->section), STR_ARG(it->key));
		assert_true(row < conf_n_settings);
		seen[row]++;
		if (commented[it->line])
			assert_true(str_eq(it->value, str_of(conf_settings[row].dflt)));
	}
	assert_each_once(seen, "config.example.ini");
	/* As it is, and with everything in it switched on, it is a configuration. */
	(void)read_conf(text);
	buf_clear(&all);
}

/* ".Ss [smtp]\&" begins a section, ".It Ic key" a setting, "Default:" alone goes on with ".Ql value ." */
static void
manual_page_fits_the_table(void **state)
{
	(void)state;
	unsigned int *seen = arena_get_array(a, conf_n_settings, sizeof(*seen));
	struct str text, line, section = S("");
	bool in_default = false;
	size_t row = conf_n_settings, defaults = 0;
	struct err e;

	assert_int_equal(io_read_file(a, AT_FDCWD, "docs/man/edigate.ini.5", 1 << 20, &text, &e), 0);
	while (str_next_line(&text, &line)) {
		if (str_starts(line, S(".Ss [")) || str_starts(line, S(".Sh "))) {
			section = str_from(line, 5);
			size_t n = 0;
			while (n < section.n && is_alpha(section.p[n]))
				n++;
			section.n = str_starts(line, S(".Sh ")) ? 0 : n;
		} else if (str_starts(line, S(".It Ic ")) && section.n > 0) {
			print_message("[" STR_FMT "] " STR_FMT "\n", STR_ARG(section), STR_ARG(line));
			row = row_of(section, str_from(line, 7));
			assert_true(row < conf_n_settings);
			seen[row]++;
		} else if (row < conf_n_settings && str_starts(line, S("No default"))) {
			assert_null(conf_settings[row].dflt);
			defaults++;
		} else if (row < conf_n_settings && str_starts(line, S("Default: "))) {
			assert_string_equal(conf_settings[row].dflt, "");
			defaults++;
		} else if (in_default) {
			assert_true(str_eq(line, str_fmt(a, ".Ql %s .", conf_settings[row].dflt)));
			defaults++;
		}
		in_default = row < conf_n_settings && str_eq(line, S("Default:"));
	}
	assert_each_once(seen, "edigate.ini.5");
	assert_int_equal(defaults, conf_n_settings);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(defaults_hold_without_settings),
		TEST(partners_are_read_from_both_places),
		TEST(ports_follow_tls_and_tls_follows_ports),
		TEST(mistakes_are_told_with_their_place),
		TEST(settings_in_force_are_kept),
		TEST(partner_files_hold_nothing_else),
		TEST(partners_are_found_by_address_and_id),
		TEST(ten_thousand_partners_are_no_burden),
		TEST(values_tell_where_they_come_from),
		TEST(check_tells_everything_at_once),
		TEST(secrets_come_from_where_they_are_kept),
		TEST(paths_know_both_homes),
		TEST(exceptions_end),
		TEST(profiles_give_defaults),
		TEST(table_is_sound),
		TEST(example_fits_the_table),
		TEST(manual_page_fits_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
