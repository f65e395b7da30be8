/* SPDX-License-Identifier: ISC */
/*
 * mails.c - opens every mail of a folder of real and hostile ones and holds what as1_open() says against the folder's
 * MANIFEST.tsv: file, kind, repo, path, commit, licence, expected. One line per class, "class: passed/total", each
 * miss named. Keys are in the folder's keys/.
 *
 * usage: mails FOLDER
 */
#include "gateway/base/io.h"
#include "mime/alg.h"
#include "mime/as1.h"
#include "tests/corpus/fed.h"
#include "tests/corpus/receipts.h"
#include "tests/corpus/reports.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILE_BYTES_MAX (64u << 20)
#define COLUMNS	       7
#define MAIL_MS_MAX    50	/* of processor time to open one mail, however hostile */
#define NOW_MS	       INT64_C(1795430000000)	/* inside the dates of the folder's certificates */
#define ATTACKS_MS     INT64_C(1600000000000)	/* inside those of the people in the attacks */

enum column { FILE_NAME, KIND, REPO, PATH, COMMIT, LICENCE, EXPECTED };

struct keys {
	struct cert_set *own, *own_ec, *alpha, *beta;
	struct cert_key *key, *key_ec;
};

static struct class {
	const char *name;
	unsigned int least;	/* percent that must pass */
	unsigned int passed, total;
} classes[] = {
	{ "AS1 vectors: opened, MIC equal", 100, 0, 0 },
	{ "AS1 vectors with compression: opened, MIC equal", 100, 0, 0 },
	{ "AS1 vectors by SHA-1 or 3DES: refused, MIC equal by exception", 100, 0, 0 },
	{ "hostile, must not be filed", 100, 0, 0 },
	{ "hostile, must be filed", 100, 0, 0 },
	{ "attacks on signatures: filed as nobody's", 97, 0, 0 },
	{ "receipts worth what they say", 100, 0, 0 },
	{ "reports with a status part: recipients and status as published", 97, 0, 0 },
	{ "reports in words: recipients and status as published", 85, 0, 0 },
	{ "hostile reports: recipients and actions as the row says", 100, 0, 0 },
	{ "automatic answers, taken for no report", 100, 0, 0 },
	{ "survived in 50 ms", 100, 0, 0 },
	{ "fed byte by byte and in pieces: the same as whole", 100, 0, 0 },
};
enum { VECTOR, VECTOR_COMPRESSED, VECTOR_WEAK, NOT_FILED, FILED, ATTACK, RECEIPT, REPORT, WORDS, HOSTILE_REPORT, ANSWER, SURVIVED, FED };

static void
count(int class, bool passed, struct str file, const char *why)
{
	classes[class].total++;
	classes[class].passed += passed;
	if (!passed)
		fprintf(stderr, "  %s: " STR_FMT ": %s\n", classes[class].name, STR_ARG(file), why);
}

static struct str
read_file(struct arena *a, const char *dir, struct str name)
{
	struct str bytes = S("");
	struct err e;

	if (io_read_file(a, AT_FDCWD, str_cstr(a, str_fmt(a, "%s/" STR_FMT, dir, STR_ARG(name))),
	        FILE_BYTES_MAX, &bytes, &e) == -1) {
		fprintf(stderr, "mails: %s\n", e.text);
		exit(1);
	}
	return bytes;
}

static struct cert_set *
read_certs(struct arena *a, const char *dir, const char *const *names, size_t n)
{
	struct cert_set *set = NULL;
	struct err e;

	for (size_t i = 0; i < n; i++) {
		struct str pem = read_file(a, dir, str_fmt(a, "keys/probe__%s.pem", names[i]));
		if ((set == NULL ? cert_set_read(pem, &set, &e) : cert_set_add(set, pem, &e)) == -1) {
			fprintf(stderr, "mails: %s: %s\n", names[i], e.text);
			exit(1);
		}
	}
	return set;
}

static struct cert_key *
read_key(struct arena *a, const char *dir, const char *name)
{
	struct cert_key *key = NULL;
	struct err e;

	if (cert_key_read(read_file(a, dir, str_fmt(a, "keys/probe__%s.key", name)), &key, &e) == -1) {
		fprintf(stderr, "mails: %s: %s\n", name, e.text);
		exit(1);
	}
	return key;
}

/* alpha sends to beta, who has a key for RSA and one for key agreement; beta's receipts are signed by another. */
static void
read_keys(struct arena *a, const char *dir, struct keys *k)
{
	k->alpha = read_certs(a, dir, (const char *const[]){ "rsa", "ec" }, 2);
	k->beta = read_certs(a, dir, (const char *const[]){ "rsa2" }, 1);
	k->own = read_certs(a, dir, (const char *const[]){ "enc" }, 1);
	k->own_ec = read_certs(a, dir, (const char *const[]){ "ecka" }, 1);
	k->key = read_key(a, dir, "enc");
	k->key_ec = read_key(a, dir, "ecka");
}

struct seen {
	struct as1_policy pol;		/* of opened */
	struct as1_glance glance;
	struct as1_opened opened, by_exception;
	bool peeked;
	long ms;
};

static void
open_mail(struct arena *a, const struct keys *k, struct str mail, bool must_sign, bool from_beta,
    struct seen *s)
{
	struct as1_policy pol = { .own = k->own, .key = k->key, .partner = from_beta ? k->beta : k->alpha,
		.must_sign = must_sign, .now_ms = NOW_MS };
	clock_t start = clock();
	struct err e;

	s->peeked = as1_peek(a, mail, &s->glance, &e) == 0;
	if (as1_open(a, mail, &pol, &s->opened, &e) == -1)
		abort();
	if (s->opened.verdict == AS1_DECRYPTION_FAILED) {
		pol.own = k->own_ec;
		pol.key = k->key_ec;
		if (as1_open(a, mail, &pol, &s->opened, &e) == -1)
			abort();
	}
	s->pol = pol;
	pol.allow = ALG_ALLOW_SHA1 | ALG_ALLOW_3DES;
	s->by_exception = s->opened;
	if (s->opened.verdict == AS1_INSUFFICIENT_SECURITY &&
	    as1_open(a, mail, &pol, &s->by_exception, &e) == -1)
		abort();
	s->ms = (long)((clock() - start) / (CLOCKS_PER_SEC / 1000));
}

static void
hold_fed(struct arena *a, struct str file, struct str mail, const struct seen *s)
{
	static const size_t cuts[] = { 1, 7, 4000 };
	struct str whole = fed_events(a, &s->opened);
	bool same = true;

	for (size_t i = 0; i < N(cuts); i++)
		same = same && fed_same(a, mail, &s->pol, cuts[i], whole);
	count(FED, same, file, "differs");
}

/* What a gateway that knows only alpha would put into alpha's inbox. */
static bool
would_be_filed(const struct seen *s)
{
	return s->peeked && str_eq(s->glance.from, S("edi@alpha.example")) && s->opened.verdict == AS1_OK &&
	    s->opened.kind == AS1_IS_DOCUMENT && s->opened.n > 0;
}

/* "MIC digest, alg; note" */
static void
hold_vector(struct str file, struct str expected, const struct seen *s)
{
	struct str rest = expected, mic;
	struct mic want;
	bool weak, equal;
	size_t at;

	(void)str_cut(&rest, ';', &mic);
	if (mic_read(str_from(mic, 4), &want) == -1)
		return;
	weak = want.alg == MIC_SHA1 || str_find(file, S("3des"), &at);
	equal = s->by_exception.verdict == AS1_OK && mic_eq(&want, &s->by_exception.mic);
	if (str_find(file, S("comp-"), &at) || str_find(file, S("-comp"), &at))
		count(VECTOR_COMPRESSED, equal, file, as1_verdict_name(s->opened.verdict));
	else if (weak)
		count(VECTOR_WEAK, equal && s->opened.verdict == AS1_INSUFFICIENT_SECURITY, file,
		    as1_verdict_name(s->opened.verdict));
	else
		count(VECTOR, equal, file, as1_verdict_name(s->opened.verdict));
}

static bool
begins_with_one_of(struct str s, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(s, list[i]))
			return true;
	return false;
}

/* "[class] what => what a correct gateway does". Where it leaves a choice, or wants a database, surviving is enough. */
static void
hold_hostile(struct str file, struct str class, struct str does, const struct seen *s)
{
	static const struct str never[] = { S_INIT("quarantine"),
		S_INIT("by policy; default quarantine"),
		S_INIT("strict partner default: quarantine"),
		S_INIT("policy per partner: default quarantine"), S_INIT("no payload"),
		S_INIT("the inner From"), S_INIT("refuse at DATA") };
	static const struct str always[] = { S_INIT("accept"), S_INIT("file "),
		S_INIT("both filed"), S_INIT("parse right") };
	static const struct str choice[] = { S_INIT(" or accept"), S_INIT("(strict) or"),
		S_INIT("or, by policy"), S_INIT("or close both"), S_INIT("duplicate-document"),
		S_INIT("unless that certificate"), S_INIT("accept if configured"),
		S_INIT("accept into quarantine"), S_INIT("accept or quarantine") };
	size_t at;

	for (size_t i = 0; i < N(choice); i++)
		if (str_find(does, choice[i], &at))
			return;
	if (str_eq(class, S("mdn")) || str_eq(class, S("dsn")))
		return;
	if (begins_with_one_of(does, never, N(never)))
		count(NOT_FILED, !would_be_filed(s), file, "would be filed");
	else if (begins_with_one_of(does, always, N(always)))
		count(FILED, would_be_filed(s), file, as1_verdict_name(s->opened.verdict));
}

/* The two people of these mails are partners here, each with the certificate that the folder has: what is signed counts. */
static bool
filed_as(struct arena *a, const char *dir, const char *who, struct str mail)
{
	struct str name = str_fmt(a, "keys/Johnny-You-Are-Fired__assets_certificates_%s.crt", who);
	struct as1_policy pol = { .must_sign = true, .now_ms = ATTACKS_MS };
	struct cert_set *set = NULL;
	struct seen s = { 0 };
	struct err e;
	bool filed;

	if (cert_set_read(read_file(a, dir, name), &set, &e) == -1) {
		fprintf(stderr, "mails: %s: %s\n", who, e.text);
		exit(1);
	}
	pol.partner = set;
	s.peeked = as1_peek(a, mail, &s.glance, &e) == 0;
	if (as1_open(a, mail, &pol, &s.opened, &e) == -1)
		abort();
	filed = s.peeked && str_starts(s.glance.from, str_of(who)) &&
	    s.opened.verdict == AS1_OK && s.opened.kind == AS1_IS_DOCUMENT;
	cert_set_free(set);
	return filed;
}

static void
hold_attack(struct arena *a, const char *dir, struct str file, struct str mail)
{
	static const char *const people[] = { "manager@bigcorporation", "eve@bigcorporation" };

	for (size_t i = 0; i < N(people); i++)
		count(ATTACK, !filed_as(a, dir, people[i], mail), file, people[i]);
}

static void
hold_report(struct arena *a, struct str file, struct str mail, struct str expected,
    const struct seen *s)
{
	struct str want = reports_expected(expected), got = reports_text(a, &s->opened.dsn);
	bool fields;
	size_t at;

	if (want.n == 0)
		return;
	if (str_starts(want, S("//"))) {
		count(ANSWER, s->opened.kind != AS1_IS_REPORT, file, got.p);
		return;
	}
	fields = str_find(str_lower(a, mail), S("delivery-status\r\n"), &at) ||
	    str_find(str_lower(a, mail), S("type: message/delivery-status"), &at) ||
	    str_find(str_lower(a, mail), S("type: message/global-delivery-status"), &at);
	count(fields ? REPORT : WORDS,
	    s->opened.kind == AS1_IS_REPORT && reports_fit(want, &s->opened.dsn), file,
	    str_fmt(a, "want " STR_FMT ", got " STR_FMT, STR_ARG(want), STR_ARG(got)).p);
}

static void
hold_hostile_report(struct arena *a, struct str file, struct str does, const struct seen *s)
{
	enum dsn_action want;
	bool is_report = s->opened.kind == AS1_IS_REPORT;

	if (!reports_action_wanted(does, &want))
		return;
	if (want == REPORTS_NONE)
		count(HOSTILE_REPORT, !is_report || s->opened.dsn.n == 0, file, "taken for a report");
	else
		count(HOSTILE_REPORT,
		    is_report && reports_all_are(&s->opened.dsn, S("edi@beta.example"), want), file,
		    reports_text(a, &s->opened.dsn).p);
}

/* "x_dos_y", "x_mac_y": the same mail as x_bsd_y with other line ends; that one's line of the manifest. */
static struct str
expected_of_twin(struct arena *a, struct str manifest, struct str file)
{
	static const struct str ends[] = { S_INIT("_dos_"), S_INIT("_mac_") };
	struct str line, column = S("");
	size_t at;

	for (size_t i = 0; i < N(ends); i++) {
		if (!str_find(file, ends[i], &at))
			continue;
		struct str twin = str_fmt(a, "dsn/" STR_FMT "_bsd_" STR_FMT "\t",
		    STR_ARG(str_sub(file, 8, at - 8)), STR_ARG(str_from(file, at + 5)));
		while (str_next_line(&manifest, &line))
			if (str_starts(line, twin))
				for (size_t k = 0; k < COLUMNS; k++)
					(void)str_cut(&line, '\t', &column);
	}
	return column;
}

static void
hold(struct arena *a, const char *dir, const struct keys *k, struct str manifest,
    const struct str *column)
{
	struct str file = column[FILE_NAME], expected = column[EXPECTED], does = S(""), class = S(""), mail;
	bool hostile = str_eq(column[KIND], S("hostile")), must_sign = false;
	struct seen s;
	size_t at;

	if (hostile && str_find(expected, S("] "), &at)) {
		class = str_sub(expected, 1, at - 1);
		must_sign = str_eq(class, S("cms")) || str_eq(class, S("efail")) ||
		    str_eq(class, S("wrap")) || str_eq(class, S("identity"));
		if (str_find(expected, S("=> "), &at))
			does = str_from(expected, at + 3);
	}
	mail = read_file(a, dir, file);
	open_mail(a, k, mail, must_sign, str_eq(class, S("mdn")), &s);
	count(SURVIVED, s.ms <= MAIL_MS_MAX, file, "too slow");
	hold_fed(a, file, mail, &s);
	if (str_eq(column[KIND], S("as1-vector")))
		hold_vector(file, expected, &s);
	else if (str_eq(column[KIND], S("dsn")))
		hold_report(a, file, mail, expected, &s);
	else if (str_eq(column[KIND], S("dsn-eol")))
		hold_report(a, file, mail, expected_of_twin(a, manifest, file), &s);
	else if (str_eq(column[KIND], S("smime-attack")) && str_starts(expected, S("attack")))
		hold_attack(a, dir, file, mail);
	else if (str_eq(class, S("mdn")) && !str_find(file, S("dnt"), &at))
		count(RECEIPT,
		    s.opened.kind == AS1_IS_RECEIPT &&
		        receipt_is(a, &s.opened) == receipt_wanted(does),
		    file, "another state");
	if (str_eq(class, S("dsn")))
		hold_hostile_report(a, file, does, &s);
	if (hostile)
		hold_hostile(file, class, does, &s);
}

int
main(int argc, char **argv)
{
	struct arena *all = arena_new((size_t)1 << 30);
	struct str manifest, all_of_it, line, column[COLUMNS];
	struct keys k = { 0 };
	int status = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: mails FOLDER\n");
		return 64;
	}
	manifest = all_of_it = read_file(all, argv[1], S("MANIFEST.tsv"));
	read_keys(all, argv[1], &k);
	while (str_next_line(&manifest, &line)) {
		struct arena *a = arena_new((size_t)1 << 30);
		for (size_t i = 0; i < COLUMNS; i++)
			(void)str_cut(&line, '\t', &column[i]);
		if (!str_eq(column[KIND], S("kind")) && !str_eq(column[KIND], S("keys")))
			hold(a, argv[1], &k, all_of_it, column);
		arena_free(a);
	}
	for (size_t i = 0; i < N(classes); i++) {
		printf("%s: %u/%u\n", classes[i].name, classes[i].passed, classes[i].total);
		if (classes[i].passed * 100 < classes[i].least * classes[i].total)
			status = 1;
	}
	cert_set_free(k.own);
	cert_set_free(k.own_ec);
	cert_set_free(k.alpha);
	cert_set_free(k.beta);
	cert_key_free(k.key);
	cert_key_free(k.key_ec);
	arena_free(all);
	return status;
}
