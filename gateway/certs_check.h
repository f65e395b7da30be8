/* SPDX-License-Identifier: ISC */
/* certs_check.h - all certificates and keys that the settings name, for check, doctor and cert needs-renewal. */
#ifndef EDIGATE_GATEWAY_CERTS_CHECK_H
#define EDIGATE_GATEWAY_CERTS_CHECK_H

#include "gateway/cli.h"

enum certs_says {
	CERTS_OK,
	CERTS_NOTE,		/* expires within 60 days */
	CERTS_SOON,		/* within CERTS_WARN_DAYS */
	CERTS_EARLY,		/* not yet valid */
	CERTS_BAD,		/* expired, unreadable, key and certificate do not fit, or a list out of force */
};

/* text: "PATH: certificate CN=... expires in 12 days (2026-12-05)". Of a partner's certificates the longest valid one. */
typedef void certs_check_fn(void *arg, enum certs_says what, const char *text);
void certs_check(struct cli *c, const struct conf *conf, certs_check_fn *fn, void *arg);

#endif
