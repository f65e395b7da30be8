/* SPDX-License-Identifier: ISC */
/*
 * model_write.h - documents as JSON, as XML, as text of 80 columns, as one HTML page. The values are a partner's: in JSON they
 * are escaped, in text and HTML also freed of what would steer a terminal or the direction of the text around them.
 * Each returns 0, or -1 with ERR_INPUT when out is full. name is the file's, for people; it may be empty.
 */
#ifndef EDIGATE_EDI_MODEL_WRITE_H
#define EDIGATE_EDI_MODEL_WRITE_H

#include "edi/model.h"
#include "gateway/base/buf.h"

#define MODEL_OUT_MAX ((size_t)1 << 30)	/* a cap for out that no file of MODEL_INPUT_MAX reaches */

/* One object, schema edigate/document/1 (docs/json/document.schema.json), and a line end. */
int model_write_json(struct buf *out, struct arena *a, const struct model_file *f, struct str name, struct err *e);
/* The same without its raw part as XML, in the namespace JW_XML_NS: docs/EDI.md. */
int model_write_xml(struct buf *out, struct arena *a, const struct model_file *f, struct str name, struct err *e);
int model_write_text(struct buf *out, struct arena *a, const struct model_file *f, struct str name, struct err *e);
int model_write_html(struct buf *out, struct arena *a, const struct model_file *f, struct str name, struct err *e);

#endif
