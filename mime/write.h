/* SPDX-License-Identifier: ISC */
/*
 * write.h - mail as every relay passes it on unchanged: CRLF, 7bit, lines of at most 76 (RFC 5322, RFC 2045). Names and
 * ids come from the caller and are checked by as1; text may hold any bytes.
 */
#ifndef EDIGATE_MIME_WRITE_H
#define EDIGATE_MIME_WRITE_H

#include "gateway/base/buf.h"
#include "gateway/base/err.h"

/* name: value. Folded at blanks, and behind the colon when it would be too long. ERR_INPUT: value is no printable ASCII. */
int write_field(struct buf *out, const char *name, struct str value, struct err *e);

/* The same for free text in UTF-8: encoded words where needed. Control characters become blanks. */
int write_text_field(struct buf *out, const char *name, struct str text, struct err *e);

/* name: "Display" <addr>. display may be empty. */
int write_mailbox(struct buf *out, const char *name, struct str display, struct str addr,
    struct err *e);

/* ";" and a parameter, on a line of its own: quoted, or in RFC 2231 form when it has to be. */
int write_param(struct buf *out, const char *name, struct str value, struct err *e);

/* A part of text, header and body: as it stands where that survives, else quoted-printable. type: "text/plain". */
int write_text_part(struct buf *out, const char *type, struct str text, struct err *e);

/* Content-Type "type" with name, Content-Disposition attachment with filename, base64 body. file_name may be empty. */
int write_file_part(struct buf *out, struct str type, struct str file_name, struct str content,
    struct err *e);

/* The header of such a part alone, for a body in that encoding. */
int write_file_header(struct buf *out, struct str type, struct str file_name, const char *encoding,
    struct err *e);

/* The line before a part, and the one behind the last. The line end in front belongs to it (RFC 2046, 5.1.1). */
int write_delimiter(struct buf *out, struct str boundary, struct err *e);
int write_close(struct buf *out, struct str boundary, struct err *e);

#endif
