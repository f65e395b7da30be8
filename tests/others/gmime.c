/* SPDX-License-Identifier: ISC */
/*
 * gmime.c - another reader and writer of our mails, built where GMime 3 is installed: GMime does the MIME, libcrypto's CMS
 * the cryptography, zlib what is compressed.
 *
 *   gmime read CERT.pem KEY.pem MAIL		takes all layers off, prints the document
 *   gmime write CERT.pem KEY.pem DOCUMENT	prints a signed mail with it
 */
#include <gmime/gmime.h>
#include <openssl/cms.h>
#include <openssl/pem.h>
#include <zlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INFLATED_MAX (16u << 20)

static X509 *cert;
static EVP_PKEY *key;

static void
die(const char *what)
{
	fprintf(stderr, "gmime: %s\n", what);
	exit(1);
}

static GByteArray *
bytes_of(GMimeStream *s)
{
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(s));

	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(s), FALSE);
	g_object_unref(s);
	return bytes;
}

static GByteArray *
decoded(GMimeObject *part)
{
	GMimeStream *to = g_mime_stream_mem_new();

	g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), to);
	return bytes_of(to);
}

/* With CRLF, as it travels. */
static GByteArray *
written(GMimeObject *part)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	GMimeStream *to = g_mime_stream_mem_new();

	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(part, format, to);
	g_mime_format_options_free(format);
	return bytes_of(to);
}

static STACK_OF(X509) *
signers(void)
{
	STACK_OF(X509) *s = sk_X509_new_null();

	sk_X509_push(s, cert);
	return s;
}

static void
verify(CMS_ContentInfo *cms, GByteArray *detached, BIO *out)
{
	BIO *in = detached == NULL ? NULL : BIO_new_mem_buf(detached->data, (int)detached->len);

	if (cms == NULL ||
	    CMS_verify(cms, signers(), NULL, in, out,
	        CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1)
		die("the signature does not fit");
}

/* Debian's libcrypto has no zlib: what is compressed is taken out of it. */
static void
inflate_to(CMS_ContentInfo *cms, BIO *out)
{
	static unsigned char big[INFLATED_MAX];
	ASN1_OCTET_STRING **small = CMS_get0_content(cms);
	uLongf n = sizeof(big);

	if (small == NULL || *small == NULL ||
	    uncompress(big, &n, (*small)->data, (uLong)(*small)->length) != Z_OK)
		die("not to be inflated");
	BIO_write(out, big, (int)n);
}

static void take(GMimeObject *part);

static void
take_cms(GByteArray *der)
{
	BIO *in = BIO_new_mem_buf(der->data, (int)der->len), *out = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = d2i_CMS_bio(in, NULL);
	int kind = cms == NULL ? NID_undef : OBJ_obj2nid(CMS_get0_type(cms));
	char *p;
	long n;

	if (kind == NID_pkcs7_signed)
		verify(cms, NULL, out);
	else if (kind == NID_id_smime_ct_compressedData)
		inflate_to(cms, out);
	else if (kind == NID_undef || CMS_decrypt(cms, key, cert, NULL, out, CMS_BINARY) != 1)
		die("not to be decrypted");
	n = BIO_get_mem_data(out, &p);
	take(g_mime_parser_construct_part(g_mime_parser_new_with_stream(g_mime_stream_mem_new_with_buffer(p, (size_t)n)), NULL));
}

static void
take(GMimeObject *part)
{
	GMimeContentType *type = part == NULL ? NULL : g_mime_object_get_content_type(part);
	GByteArray *bytes;

	if (type == NULL)
		die("no part");
	if (g_mime_content_type_is_type(type, "multipart", "signed")) {
		if (g_mime_multipart_get_count(GMIME_MULTIPART(part)) != 2)
			die("not of two parts");
		bytes = decoded(g_mime_multipart_get_part(GMIME_MULTIPART(part), 1));
		verify(d2i_CMS_bio(BIO_new_mem_buf(bytes->data, (int)bytes->len), NULL),
		    written(g_mime_multipart_get_part(GMIME_MULTIPART(part), 0)), NULL);
		take(g_mime_multipart_get_part(GMIME_MULTIPART(part), 0));
	} else if (g_mime_content_type_is_type(type, "multipart", "mixed")) {
		take(g_mime_multipart_get_part(GMIME_MULTIPART(part), 1));
	} else if (g_mime_content_type_is_type(type, "application", "pkcs7-mime")) {
		take_cms(decoded(part));
	} else {
		bytes = decoded(part);
		fwrite(bytes->data, 1, bytes->len, stdout);
	}
}

static GMimePart *
part_of(const char *type, const char *subtype, const void *content, size_t n)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeStream *from = g_mime_stream_mem_new_with_buffer(content, n);

	g_mime_part_set_content(part, g_mime_data_wrapper_new_with_stream(from, GMIME_CONTENT_ENCODING_DEFAULT));
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	return part;
}

/* A multipart that is called signed, so that it is written as any other. */
static void
write_signed(const char *content, size_t n)
{
	GMimeMultipart *whole = g_mime_multipart_new_with_subtype("signed");
	GMimePart *part = part_of("application", "EDIFACT", content, n);
	GByteArray *over = written(GMIME_OBJECT(part)), *mail;
	CMS_ContentInfo *cms = CMS_sign(cert, key, NULL,
	    BIO_new_mem_buf(over->data, (int)over->len), CMS_DETACHED | CMS_BINARY);
	GMimeMessage *message = g_mime_message_new(TRUE);
	unsigned char *der = NULL;
	int size = cms == NULL ? 0 : i2d_CMS_ContentInfo(cms, &der);

	if (size <= 0)
		die("not to be signed");
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(whole), "protocol", "application/pkcs7-signature");
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(whole), "micalg", "sha-256");
	g_mime_multipart_add(whole, GMIME_OBJECT(part));
	g_mime_multipart_add(whole, GMIME_OBJECT(part_of("application", "pkcs7-signature", der, (size_t)size)));
	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, "", "edi@nordwind.example");
	g_mime_message_set_mime_part(message, GMIME_OBJECT(whole));
	mail = written(GMIME_OBJECT(message));
	fwrite(mail->data, 1, mail->len, stdout);
}

int
main(int argc, char **argv)
{
	FILE *f;
	char *text = NULL;
	gsize n;

	if (argc != 5)
		die("usage: gmime read|write CERT.pem KEY.pem FILE");
	g_mime_init();
	if ((f = fopen(argv[2], "r")) == NULL || (cert = PEM_read_X509(f, NULL, NULL, NULL)) == NULL)
		die("no certificate");
	fclose(f);
	if ((f = fopen(argv[3], "r")) == NULL || (key = PEM_read_PrivateKey(f, NULL, NULL, NULL)) == NULL)
		die("no key");
	fclose(f);
	if (!g_file_get_contents(argv[4], &text, &n, NULL))
		die("no file");
	if (strcmp(argv[1], "write") == 0)
		write_signed(text, n);
	else
		take(g_mime_message_get_mime_part(g_mime_parser_construct_message(
		    g_mime_parser_new_with_stream(g_mime_stream_mem_new_with_buffer(text, n)), NULL)));
	return fflush(stdout) != 0;
}
