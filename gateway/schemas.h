/* SPDX-License-Identifier: ISC */
/* schemas.h - the XML schemas of the settings: which is for what, each compiled when it is first needed, and kept. */
#ifndef EDIGATE_GATEWAY_SCHEMAS_H
#define EDIGATE_GATEWAY_SCHEMAS_H

#include "edi/edi.h"
#include "edi/xml_schema.h"
#include "gateway/conf.h"

struct schemas;

struct schemas *schemas_new(struct arena *a);	/* the arena's, as long as it is used */

/* Look what it is for. The same path again is nothing new. -1 with ERR_CONFIG: no schema can be read there. */
int schemas_add(struct schemas *s, struct str path, struct err *e);

/*
 * Hold the XML in (or inside of) in, of which edi_read() said f, against the first schema of list that is for its root's namespace. Returns
 * 1 when that was done, 0 when there is nothing to do (no XML, no such schema), -1 with err: not done.
 */
int schemas_check(struct schemas *s, struct arena *a, const struct conf_list *list, struct str in,
    const struct edi_facts *f, struct xml_schema_findings *out, struct err *e);

/* The same against the one at path, which was added, whatever it is for. */
int schemas_check_by(struct schemas *s, struct arena *a, struct str path, struct str in,
    const struct edi_facts *f, struct xml_schema_findings *out, struct err *e);

#endif
