/* SPDX-License-Identifier: ISC */
/*
 * shapes.c - mails in every shape that we write, for other programs to read, and theirs read by us. The certificate is both
 * the sender's and the receiver's.
 *
 *   shapes list				the names of the shapes
 *   shapes write SHAPE CERT.pem KEY.pem FILE	prints a mail with that document
 *   shapes read CERT.pem KEY.pem MAIL		prints the document in it; its layers to stderr
 */
#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "mime/as1.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (16u << 20)
#define CBC128	 S_INIT("aes-128-cbc")
#define CBC256	 S_INIT("aes-256-cbc")
#define GCM128	 S_INIT("aes-128-gcm")
#define GCM256	 S_INIT("aes-256-gcm")

static const struct {
	const char *name;
	struct as1_shape how;
} shapes[] = {
	{ "plain", { .cipher = CBC256 } },
	{ "signed", { .sign = true } },
	{ "signed-384", { .sign = true, .digest = MIC_SHA384 } },
	{ "signed-512", { .sign = true, .digest = MIC_SHA512 } },
	{ "signed-qp", { .sign = true, .encoding = AS1_QUOTED } },
	{ "signed-7bit", { .sign = true, .encoding = AS1_7BIT } },
	{ "signed-key-id", { .sign = true, .by_key_id = true, .include = CMS_NO_CERTS } },
	{ "signed-protected", { .sign = true, .protection = true, .bare_micalg = true } },
	{ "opaque", { .sign = true, .opaque = true } },
	{ "opaque-binary", { .sign = true, .opaque = true, .encoding = AS1_BINARY } },
	{ "compressed", { .compress = true } },
	{ "compressed-signed", { .compress = true, .sign = true } },
	{ "signed-compressed", { .compress = true, .compress_last = true, .sign = true } },
	{ "sealed-128", { .encrypt = true, .cipher = CBC128 } },
	{ "sealed-256", { .encrypt = true, .cipher = CBC256 } },
	{ "sealed-gcm-128", { .encrypt = true, .cipher = GCM128 } },
	{ "sealed-gcm-256", { .encrypt = true, .cipher = GCM256 } },
	{ "signed-sealed", { .sign = true, .encrypt = true, .cipher = CBC256 } },
	{ "opaque-sealed", { .sign = true, .opaque = true, .encrypt = true, .cipher = CBC256 } },
	{ "all", { .compress = true, .sign = true, .encrypt = true, .cipher = GCM256 } },
	{ "pss", { .sign = true, .pss = true } },
	{ "pss-512", { .sign = true, .pss = true, .digest = MIC_SHA512 } },
	{ "pss-oaep-gcm", { .sign = true, .pss = true, .encrypt = true, .oaep = true, .cipher = GCM256 } },
	{ "oaep", { .encrypt = true, .oaep = true, .cipher = CBC256 } },
};

static struct arena *a;
static struct cert_set *certs;
static struct cert_key *key;
static struct err e;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "shapes: %s\n", what);
	exit(1);
}

static struct str
load(const char *cert, const char *key_file, const char *file)
{
	struct str text, content;

	a = arena_new((size_t)256 << 20);
	if (io_read_named(a, cert, FILE_MAX, &text, &e) == -1 || cert_set_read(text, &certs, &e) == -1 ||
	    io_read_named(a, key_file, FILE_MAX, &text, &e) == -1 || cert_key_read(text, &key, &e) == -1 ||
	    io_read_named(a, file, FILE_MAX, &content, &e) == -1)
		die(e.text);
	return content;
}

static int
write_mail(const struct as1_shape *how, struct str content)
{
	struct arena_room room = arena_room(a);
	struct buf mail = BUF_CAP(2 * FILE_MAX);
	struct buf_sink to = buf_sink(&mail);
	const struct as1_document d = {
		.env = { .from_name = S("Nordwind GmbH"), .from = S("edi@nordwind.example"), .to = S("edi@acme.example"),
			.message_id = S("1@nordwind.example"), .date_ms = clock_wall_ms(), .boundary_seed = S("shapes") },
		.subject = S("ORDERS 4711"), .content = span_str(content), .media_type = S("application/EDIFACT"),
		.file_name = S("order 4711.edi"), .how = *how, .own = certs, .key = key, .partner = certs,
	};
	struct mic_set mics;

	if (as1_pack(a, &d, &room.room, &to.sink, &mics, &e) == -1)
		die(e.text);
	return io_write_all(STDOUT_FILENO, buf_str(&mail), &e) == -1;
}

static int
read_mail(struct str mail)
{
	const struct as1_policy pol = { .own = certs, .key = key, .partner = certs, .now_ms = clock_wall_ms() };
	struct as1_opened o;

	if (as1_open(a, as1_wire_form(a, mail), &pol, &o, &e) == -1)
		die(e.text);
	fprintf(stderr, "%s " STR_FMT " " STR_FMT "\n", as1_verdict_name(o.verdict),
	    STR_ARG(o.layers), STR_ARG(o.reason));
	return o.verdict != AS1_OK || o.n != 1 ||
	    io_write_all(STDOUT_FILENO, span_mem(o.payloads[0].content), &e) == -1;
}

int
main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "read") == 0)
		return read_mail(load(argv[2], argv[3], argv[4]));
	for (size_t i = 0; i < N(shapes); i++) {
		if (argc == 2 && strcmp(argv[1], "list") == 0)
			puts(shapes[i].name);
		else if (argc == 6 && strcmp(argv[1], "write") == 0 && strcmp(argv[2], shapes[i].name) == 0)
			return write_mail(&shapes[i].how, load(argv[3], argv[4], argv[5]));
	}
	return argc == 2 ? 0 : 64;
}
