/* SPDX-License-Identifier: ISC */
/* online.h - ask mail servers whether mail would go through: runs edigate-probe and reads what it says. */
#ifndef EDIGATE_GATEWAY_ONLINE_H
#define EDIGATE_GATEWAY_ONLINE_H

#include "gateway/cli.h"

struct online_answer {
	bool ok;
	struct str partner;		/* "-": all who have no route of their own */
	struct str where, text;		/* "smtp.example.net[192.0.2.1]:465, TLSv1.3 ..."; "ready for mail", or what went wrong */
};

/* One call for each answer, then one with a NULL answer for each line of its dialogue. */
typedef void online_fn(void *arg, const struct online_answer *a, struct str line);

/* partner NULL: every route there is. Returns 0, or -1 when the probe could not be run. */
int online_ask(struct cli *c, const char *partner, online_fn *fn, void *arg, struct err *e);

#endif
