/* SPDX-License-Identifier: ISC */
/* certs.h - certificate files shown to people. */
#ifndef EDIGATE_GATEWAY_CERTS_H
#define EDIGATE_GATEWAY_CERTS_H

#include "gateway/json.h"
#include "gateway/table.h"
#include "mime/cert.h"

#define CERTS_FILE_MAX	  ((size_t)1 << 20)
#define CERTS_WARN_DAYS	  30

struct certs_file {
	struct cert_set *set;
	struct cert_facts *facts;
	size_t n;
};

/* End with certs_clear(); after a failure there is nothing to clear. */
int  certs_read(struct arena *a, struct str path, struct certs_file *out, struct err *e);
int  certs_parse(struct arena *a, struct str pem, struct certs_file *out, struct err *e);
void certs_clear(struct certs_file *f);
int64_t certs_days_left(int64_t not_after_ms);		/* negative: expired */
enum tint certs_tint(int64_t not_after_ms);

/* Subject, dates, key and fingerprint of every certificate in a file, or a line that says why not. */
void certs_print(struct arena *a, struct str path);
void certs_print_facts(struct arena *a, const struct cert_facts *f);
void certs_json(struct arena *a, json_t *array, struct str path);
json_t *certs_facts_json(struct arena *a, const struct cert_facts *f);

#endif
