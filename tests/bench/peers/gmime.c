/* SPDX-License-Identifier: ISC */
/*
 * gmime.c - a peer of the bench, built where GMime 3 is installed: GMime takes a signed mail apart and decodes its document,
 * libcrypto's CMS verifies the bytes of the first part as GMime writes them.
 *
 *   gmime SECONDS CERT.pem MAIL	prints mails a second of one core
 */
#include <gmime/gmime.h>
#include <openssl/cms.h>
#include <openssl/pem.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUND 16

static X509 *cert;

static void
die(const char *what)
{
	fprintf(stderr, "gmime: %s\n", what);
	exit(1);
}

static GByteArray *
decoded(GMimeObject *part)
{
	GMimeStream *to = g_mime_stream_mem_new();
	GByteArray *bytes;

	g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), to);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(to));
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(to), FALSE);
	g_object_unref(to);
	return bytes;
}

static int
verifies(GMimeObject *content, GByteArray *signature)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	GMimeStream *to = g_mime_stream_mem_new();
	STACK_OF(X509) *signers = sk_X509_new_null();
	GByteArray *bytes;
	BIO *in, *der = BIO_new_mem_buf(signature->data, (int)signature->len);
	CMS_ContentInfo *cms = d2i_CMS_bio(der, NULL);
	int ok;

	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(content, format, to);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(to));
	in = BIO_new_mem_buf(bytes->data, (int)bytes->len);
	sk_X509_push(signers, cert);
	ok = cms != NULL && CMS_verify(cms, signers, NULL, in, NULL,
	    CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) == 1;
	CMS_ContentInfo_free(cms);
	sk_X509_free(signers);
	BIO_free(in);
	BIO_free(der);
	g_mime_format_options_free(format);
	g_object_unref(to);
	return ok;
}

static void
open_one(const char *mail, size_t n)
{
	GMimeStream *from = g_mime_stream_mem_new_with_buffer(mail, n);
	GMimeParser *parser = g_mime_parser_new_with_stream(from);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	GMimeObject *root = message == NULL ? NULL : g_mime_message_get_mime_part(message);
	GByteArray *signature, *document;

	if (!GMIME_IS_MULTIPART(root) || g_mime_multipart_get_count(GMIME_MULTIPART(root)) != 2)
		die("the mail does not open");
	signature = decoded(g_mime_multipart_get_part(GMIME_MULTIPART(root), 1));
	document = decoded(g_mime_multipart_get_part(GMIME_MULTIPART(root), 0));
	if (document->len == 0 || !verifies(g_mime_multipart_get_part(GMIME_MULTIPART(root), 0), signature))
		die("the signature does not fit");
	g_byte_array_unref(signature);
	g_byte_array_unref(document);
	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(from);
}

int
main(int argc, char **argv)
{
	static char mail[16 << 20];
	clock_t start;
	long done = 0;
	size_t n;
	FILE *f;

	if (argc != 4)
		die("usage: gmime SECONDS CERT.pem MAIL");
	if ((f = fopen(argv[2], "r")) == NULL || (cert = PEM_read_X509(f, NULL, NULL, NULL)) == NULL)
		die("no certificate");
	fclose(f);
	if ((f = fopen(argv[3], "r")) == NULL)
		die("no mail");
	n = fread(mail, 1, sizeof(mail), f);
	fclose(f);
	g_mime_init();
	start = clock();
	do {
		for (int i = 0; i < ROUND; i++, done++)
			open_one(mail, n);
	} while (clock() - start < atol(argv[1]) * CLOCKS_PER_SEC);
	printf("%.1f\n", (double)done * CLOCKS_PER_SEC / (double)(clock() - start));
	return 0;
}
