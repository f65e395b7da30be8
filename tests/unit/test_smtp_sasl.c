/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/sasl.h"

#include "gateway/base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The example of RFC 7677, 3. */
#define NONCE	     "rOprNGfwEbeRWgbNEkqO"
#define SERVER_NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define BARE	     "n=user,r=" NONCE
#define SALT	     "W22ZaJ0SNY7soEsUEjb6gQ=="
#define FIRST	     "r=" NONCE SERVER_NONCE ",s=" SALT ",i=4096"
#define FINAL	     "c=biws,r=" NONCE SERVER_NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define VERIFY	     "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

#define USER { .user = S_INIT("user"), .password = S_INIT("pencil"), .nonce = S_INIT(NONCE), .host = S_INIT("mx"), .port = 587 }
static const struct sasl_login user = USER;

static void
assert_buf(const struct buf *b, struct str want)
{
	if (!str_eq(buf_str(b), want))
		print_message("got  " STR_FMT "\nwant " STR_FMT "\n", STR_ARG(buf_str(b)), STR_ARG(want));
	assert_true(str_eq(buf_str(b), want));
}

static void
mechanisms_say_what_their_papers_say(void **state)
{
	static const struct { enum sasl_mech mech; struct sasl_login login; struct str challenges[4], responses[4]; unsigned int n; } cases[] = {
		{ SASL_SCRAM_SHA_256, USER, { S_INIT(""), S_INIT(FIRST), S_INIT(VERIFY) },
		    { S_INIT("n,," BARE), S_INIT(FINAL), S_INIT("") }, 3 },
		{ SASL_PLAIN, USER, { S_INIT("") }, { S_INIT("\0user\0pencil") }, 1 },
		{ SASL_LOGIN, USER, { S_INIT("Username:"), S_INIT("anything") }, { S_INIT("user"), S_INIT("pencil") }, 2 },
		/* RFC 2195, 2 */
		{ SASL_EXTERNAL, { .user = S_INIT("edi@nordwind.example") }, { S_INIT("") }, { S_INIT("edi@nordwind.example") }, 1 },
		{ SASL_CRAM_MD5, { .user = S_INIT("tim"), .password = S_INIT("tanstaaftanstaaf") },
		    { S_INIT("<1896.697170952@postoffice.reston.mci.net>") }, { S_INIT("tim b913a602c7eda7a495b4e6e7334d3890") }, 1 },
		{ SASL_XOAUTH2, { .user = S_INIT("edi@nordwind.example"), .password = S_INIT("ya29.vF9dft4") }, { S_INIT("") },
		    { S_INIT("user=edi@nordwind.example\1auth=Bearer ya29.vF9dft4\1\1") }, 1 },
		{ SASL_OAUTHBEARER, { .user = S_INIT("a=b,c@x"), .password = S_INIT("tok"), .host = S_INIT("mx"), .port = 587 }, { S_INIT("") },
		    { S_INIT("n,a=a=3Db=2Cc@x,\1host=mx\1port=587\1auth=Bearer tok\1\1") }, 1 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct sasl s;
		struct err e;

		print_message("%s\n", sasl_name(cases[i].mech));
		sasl_begin(&s, cases[i].mech);
		for (unsigned int k = 0; k < cases[i].n; k++) {
			struct buf out = BUF_CAP(4096);
			assert_int_equal(sasl_end(&s, &e), -1);
			assert_int_equal(sasl_respond(&s, &cases[i].login, cases[i].challenges[k], &out, &e), 0);
			assert_buf(&out, cases[i].responses[k]);
			buf_clear(&out);
		}
		assert_int_equal(sasl_end(&s, &e), 0);
		sasl_clear(&s);
	}
}

/* A token that is refused: the reason comes as a challenge, wants an answer, and a yes is not believed any more. */
static void
tokens_are_refused_in_two_steps(void **state)
{
	static const struct { enum sasl_mech mech; struct str answer; } cases[] = {
		{ SASL_XOAUTH2, S_INIT("") }, { SASL_OAUTHBEARER, S_INIT("\1") },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf out = BUF_CAP(4096);
		struct sasl s;
		struct err e;

		sasl_begin(&s, cases[i].mech);
		assert_int_equal(sasl_respond(&s, &user, S(""), &out, &e), 0);
		buf_cut(&out, 0);
		assert_int_equal(sasl_respond(&s, &user, S("{\"status\":\"401\",\n\"x\":1}"), &out, &e), 0);
		assert_buf(&out, cases[i].answer);
		assert_string_equal(s.told, "{\"status\":\"401\",?\"x\":1}");
		assert_int_equal(sasl_end(&s, &e), -1);
		assert_int_equal(sasl_respond(&s, &user, S("more"), &out, &e), -1);
		sasl_clear(&s);
		buf_clear(&out);
	}
}

static void
the_best_offer_is_chosen(void **state)
{
	static const struct { struct str wanted; const char *offered; enum sasl_mech mech; } cases[] = {
		{ S_INIT("auto"), "LOGIN PLAIN SCRAM-SHA-256", SASL_SCRAM_SHA_256 },
		{ S_INIT("auto"), "CRAM-MD5 XOAUTH2 login plain", SASL_PLAIN },
		{ S_INIT("auto"), "LOGIN", SASL_LOGIN },
		{ S_INIT("auto"), "CRAM-MD5 XOAUTH2 OAUTHBEARER GSSAPI NTLM", SASL_COUNT },
		{ S_INIT("auto"), "", SASL_COUNT },
		{ S_INIT("auto"), "EXTERNAL CRAM-MD5", SASL_COUNT },
		{ S_INIT("auto"), "SCRAM-SHA-256 SCRAM-SHA-256-PLUS", SASL_SCRAM_SHA_256_PLUS },
		{ S_INIT("external"), "PLAIN EXTERNAL", SASL_EXTERNAL },
		{ S_INIT("cram-md5"), "PLAIN CRAM-MD5", SASL_CRAM_MD5 },
		{ S_INIT("xoauth2"), "XOAUTH2 PLAIN", SASL_XOAUTH2 },
		{ S_INIT("plain"), "LOGIN SCRAM-SHA-256", SASL_COUNT },
		{ S_INIT("PLAIN"), "LOGIN PLAIN", SASL_PLAIN },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct str rest = str_of(cases[i].offered), word;
		unsigned int offered = 0;
		bool more = true;

		while (more) {
			more = str_cut(&rest, ' ', &word);
			if (sasl_by_name(word) != SASL_COUNT)
				offered |= 1u << sasl_by_name(word);
		}
		assert_int_equal(sasl_choose(cases[i].wanted, offered), cases[i].mech);
	}
}

static void
scram_client_believes_no_other_server(void **state)
{
	static const struct { const char *why; struct str first; const char *says; } cases[] = {
		{ "empty", S_INIT(""), "no SCRAM message" },
		{ "order", S_INIT("s=" SALT ",r=" NONCE "x,i=4096"), "no SCRAM message" },
		{ "an extension that must be understood", S_INIT("m=x," FIRST), "no SCRAM message" },
		{ "nonce of another", S_INIT("r=rOprNGfwEbeRWgbNEkqXxxx,s=" SALT ",i=4096"), "somebody else" },
		{ "nonce of ours alone", S_INIT("r=" NONCE ",s=" SALT ",i=4096"), "somebody else" },
		{ "nonce cut", S_INIT("r=rOpr,s=" SALT ",i=4096"), "somebody else" },
		{ "salt missing", S_INIT("r=" NONCE "x,s=,i=4096"), "salt" },
		{ "salt no base64", S_INIT("r=" NONCE "x,s=***,i=4096"), "salt" },
		{ "salt too long", S_INIT("r=" NONCE "x,s=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		    "AAAAAAAAAAAAAAAA,i=4096"), "salt" },
		{ "too few iterations", S_INIT("r=" NONCE "x,s=" SALT ",i=4095"), "iterations" },
		{ "a day of iterations", S_INIT("r=" NONCE "x,s=" SALT ",i=1000001"), "iterations" },
		{ "iterations no number", S_INIT("r=" NONCE "x,s=" SALT ",i=+4096"), "iterations" },
		{ "iterations past all numbers", S_INIT("r=" NONCE "x,s=" SALT ",i=99999999999999999999"), "iterations" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf out = BUF_CAP(4096);
		struct sasl s;
		struct err e;

		print_message("%s\n", cases[i].why);
		sasl_begin(&s, SASL_SCRAM_SHA_256);
		assert_int_equal(sasl_respond(&s, &user, S(""), &out, &e), 0);
		assert_int_equal(sasl_respond(&s, &user, cases[i].first, &out, &e), -1);
		assert_non_null(strstr(e.text, cases[i].says));
		sasl_clear(&s);
		buf_clear(&out);
	}
}

static void
scram_client_wants_a_proof(void **state)
{
	static const struct { struct str final; const char *says; } cases[] = {
		{ S_INIT(""), "does not prove" }, { S_INIT("v="), "does not prove" }, { S_INIT("v=AAAA"), "does not prove" },
		{ S_INIT("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), "does not prove" },
		{ S_INIT("e=invalid-proof"), "invalid-proof" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf out = BUF_CAP(4096);
		struct sasl s;
		struct err e;

		sasl_begin(&s, SASL_SCRAM_SHA_256);
		assert_int_equal(sasl_respond(&s, &user, S(""), &out, &e), 0);
		assert_int_equal(sasl_respond(&s, &user, S(FIRST), &out, &e), 0);
		assert_int_equal(sasl_end(&s, &e), -1);		/* 235 too early */
		assert_int_equal(sasl_respond(&s, &user, cases[i].final, &out, &e), -1);
		assert_non_null(strstr(e.text, cases[i].says));
		sasl_clear(&s);
		buf_clear(&out);
	}
}

static void
names_with_signs_of_the_grammar_travel(void **state)
{
	struct scram client, server;
	struct buf out = BUF_CAP(4096);
	struct err e;

	(void)state;
	scram_init(&client);
	scram_init(&server);
	assert_int_equal(scram_client_first(&client, S("a,b=c"), S(NONCE), NULL, false, &out, &e), 0);
	assert_buf(&out, S("n,,n=a=2Cb=3Dc,r=" NONCE));
	assert_int_equal(scram_server_read(&server, buf_str(&out), false, NULL, 0, &e), 0);
	assert_buf(&server.user, S("a,b=c"));
	scram_clear(&client);
	scram_clear(&server);
	assert_int_equal(scram_client_first(&client, S(""), S(NONCE), NULL, false, &out, &e), -1);
	assert_int_equal(scram_client_first(&client, S("a\rb"), S(NONCE), NULL, false, &out, &e), -1);
	assert_int_equal(scram_client_first(&client, S("a"), S("short"), NULL, false, &out, &e), -1);
	scram_clear(&client);
	buf_clear(&out);
}

static void
scram_server_reads_first_messages(void **state)
{
	static const struct { struct str first; bool good; } cases[] = {
		{ S_INIT("n,," BARE), true }, { S_INIT("y,," BARE), true }, { S_INIT("n,a=user," BARE), true },
		{ S_INIT("n,a=root," BARE), false }, { S_INIT("n,user," BARE), false }, { S_INIT("p=tls-unique,," BARE), false },
		{ S_INIT(""), false }, { S_INIT("n"), false }, { S_INIT("n,,"), false }, { S_INIT(BARE), false },
		{ S_INIT("n,,m=x," BARE), false }, { S_INIT("n,,r=" NONCE ",n=user"), false }, { S_INIT("n,,n=user"), false },
		{ S_INIT("n,,n=user,r="), false }, { S_INIT("n,,n=,r=" NONCE), false }, { S_INIT("n,,n=us=er,r=" NONCE), false },
		{ S_INIT("n,,n=user,r=a b"), false }, { S_INIT("n,," BARE ",x=y"), false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct scram s;
		struct err e;

		scram_init(&s);
		assert_int_equal(scram_server_read(&s, cases[i].first, false, NULL, 0, &e),
		    cases[i].good ? 0 : -1);
		scram_clear(&s);
	}
}

/* RFC 5802, 6: what the client says of channel binding must fit what it was offered. */
static void
scram_server_minds_what_was_offered(void **state)
{
	static const struct scram_binding binds[] = { { "tls-exporter", "0123", 4 },
		{ "tls-server-end-point", "45", 2 } };
	static const struct { struct str first; bool plus; size_t n; bool good; } cases[] = {
		{ S_INIT("n,," BARE), false, 2, true }, { S_INIT("y,," BARE), false, 2, false },
		{ S_INIT("n,," BARE), true, 2, false }, { S_INIT("y,," BARE), true, 2, false },
		{ S_INIT("p=tls-exporter,," BARE), true, 2, true }, { S_INIT("p=tls-exporter,," BARE), false, 2, false },
		{ S_INIT("p=tls-server-end-point,," BARE), true, 2, true },
		{ S_INIT("p=tls-server-end-point,," BARE), true, 1, false },
		{ S_INIT("p=tls-unique,," BARE), true, 2, false }, { S_INIT("p=,," BARE), true, 2, false },
		{ S_INIT("p=tls-exporter,," BARE), true, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct scram s;
		struct err e;

		scram_init(&s);
		assert_int_equal(scram_server_read(&s, cases[i].first, cases[i].plus, binds, cases[i].n, &e),
		    cases[i].good ? 0 : -1);
		scram_clear(&s);
	}
}

/* Both ends of one channel agree; of two channels, as with somebody in between, they do not. */
static void
scram_is_bound_to_its_channel(void **state)
{
	static const struct scram_binding ours = { "tls-exporter", "0123", 4 }, other = { "tls-exporter", "0124", 4 };
	struct buf out = BUF_CAP(4096), reply = BUF_CAP(4096);
	struct scram_verifier v;
	struct err e;

	(void)state;
	assert_int_equal(scram_derive(S("pencil"), S("salt"), 4096, &v, &e), 0);
	for (int same = 0; same < 2; same++) {
		struct scram client, server;
		bool right = false;

		scram_init(&client);
		scram_init(&server);
		buf_cut(&out, 0);
		buf_cut(&reply, 0);
		assert_int_equal(scram_client_first(&client, S("user"), S(NONCE), &ours, false, &out, &e), 0);
		assert_true(str_starts(buf_str(&out), S("p=tls-exporter,,n=user,")));
		assert_int_equal(scram_server_read(&server, buf_str(&out), true, same ? &ours : &other, 1, &e), 0);
		assert_int_equal(scram_server_first(&server, &v, S(SERVER_NONCE), &reply, &e), 0);
		buf_cut(&out, 0);
		assert_int_equal(scram_client_final(&client, buf_str(&reply), S("pencil"), &out, &e), 0);
		assert_true(str_starts(buf_str(&out), S("c=cD10bHMtZXhwb3J0ZXIsLDAxMjM=,r=")));
		buf_cut(&reply, 0);
		int rc = scram_server_final(&server, buf_str(&out), &right, &reply, &e);
		assert_int_equal(rc, same ? 0 : -1);
		assert_int_equal(right, same);
		if (same)
			assert_int_equal(scram_client_verify(&client, buf_str(&reply), &e), 0);
		scram_clear(&client);
		scram_clear(&server);
	}
	buf_clear(&out);
	buf_clear(&reply);
}

/* The same example from the other end; a wrong byte anywhere in the client's answer is no proof. */
static void
scram_server_tells_who_knows(void **state)
{
	struct buf salt = BUF_CAP(64), out = BUF_CAP(4096);
	struct scram_verifier v;
	struct scram s;
	struct err e;
	bool right;

	(void)state;
	assert_int_equal(base64_get(&salt, S(SALT), NULL, &e), 0);
	assert_int_equal(scram_derive(S("pencil"), buf_str(&salt), 4096, &v, &e), 0);
	for (size_t i = 0; i <= strlen(FINAL); i++) {
		char final[] = FINAL;

		if (i < strlen(FINAL))
			final[i] = final[i] == 'A' ? 'B' : 'A';
		scram_init(&s);
		buf_cut(&out, 0);
		assert_int_equal(scram_server_read(&s, S("n,," BARE), false, NULL, 0, &e), 0);
		assert_int_equal(scram_server_first(&s, &v, S(SERVER_NONCE), &out, &e), 0);
		assert_buf(&out, S(FIRST));
		buf_cut(&out, 0);
		int rc = scram_server_final(&s, str_of(final), &right, &out, &e);
		if (i < strlen(FINAL)) {
			assert_true(rc == -1 || !right);
			assert_int_equal(out.n, 0);
		} else {
			assert_true(rc == 0 && right);
			assert_buf(&out, S(VERIFY));
		}
		scram_clear(&s);
	}
	buf_clear(&salt);
	buf_clear(&out);
}

static void
verifiers_are_read(void **state)
{
	static const char *const bad[] = {
		"", "pencil", "SCRAM-SHA-1$4096:AAAA$AAAA:AAAA", "SCRAM-SHA-256$4096:" SALT "$AAAA:AAAA", "SCRAM-SHA-256$4096:" SALT,
		"SCRAM-SHA-256$1:" SALT "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
		"SCRAM-SHA-256$4096:$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
	};
	struct scram_verifier v;

	(void)state;
	assert_int_equal(scram_verifier_parse(S("SCRAM-SHA-256$4096:" SALT
	    "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="), &v), 0);
	assert_true(scram_matches(&v, S("pencil")));
	assert_false(scram_matches(&v, S("pencils")));
	assert_false(scram_matches(&v, S("")));
	for (size_t i = 0; i < N(bad); i++)
		assert_int_equal(scram_verifier_parse(str_of(bad[i]), &v), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mechanisms_say_what_their_papers_say),
		cmocka_unit_test(tokens_are_refused_in_two_steps),
		cmocka_unit_test(the_best_offer_is_chosen),
		cmocka_unit_test(scram_client_believes_no_other_server),
		cmocka_unit_test(scram_client_wants_a_proof),
		cmocka_unit_test(names_with_signs_of_the_grammar_travel),
		cmocka_unit_test(scram_server_reads_first_messages),
		cmocka_unit_test(scram_server_minds_what_was_offered),
		cmocka_unit_test(scram_is_bound_to_its_channel),
		cmocka_unit_test(scram_server_tells_who_knows),
		cmocka_unit_test(verifiers_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
