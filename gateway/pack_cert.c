/* SPDX-License-Identifier: ISC */
#include "gateway/pack_cert.h"

#include "gateway/cem.h"
#include "gateway/certmail.h"

static const struct edi_format certificate = { .name = "certificate", .label = "Certificate", .media_type = CERTMAIL_TYPE,
	.extension = "cer" };
static const struct edi_format exchange = { .name = "certificate-exchange", .label = "Certificate", .media_type = CEM_TYPE,
	.extension = CERTMAIL_CEM };

static const struct edi_facts about_certificate = { .verdict = EDI_VALID, .format = &certificate, .type = S_INIT("Certificate") };
static const struct edi_facts good_exchange = { .verdict = EDI_VALID, .format = &exchange, .type = S_INIT("Certificate") };
static const struct edi_facts bad_exchange = { .verdict = EDI_BROKEN, .format = &exchange, .type = S_INIT("Certificate") };

const struct edi_facts *
pack_cert_facts(struct arena *a, struct keyring *r, const struct partner *pt, struct str document,
    struct err *e)
{
	struct cem cem;

	if (keyring_is_certificate(r, pt, document))
		return &about_certificate;
	if (!cem_is(document))
		return NULL;
	if (cem_read(a, document, &cem, e) == -1)
		return &bad_exchange;
	for (size_t i = 0; i < cem.n && !cem.is_answer; i++)
		if (!keyring_is_own(r, cem.items[i].der)) {
			(void)err_set(e, ERR_INPUT, "it asks to trust a certificate that is not ours");
			return &bad_exchange;
		}
	return &good_exchange;
}

bool
pack_cert_is(const struct edi_facts *f)
{
	return f->format == &certificate || f->format == &exchange;
}

bool
pack_cert_is_entity(const struct edi_facts *f)
{
	return f->format == &exchange;
}
