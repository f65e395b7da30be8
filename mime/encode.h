/* SPDX-License-Identifier: ISC */
/*
 * encode.h - how bytes travel in mail: transfer encodings (RFC 2045, 6).
 * Nothing here fails on bytes from outside: what is wrong is told in flags, and the caller decides.
 */
#ifndef EDIGATE_MIME_ENCODE_H
#define EDIGATE_MIME_ENCODE_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/base/base64.h"
#include "gateway/base/err.h"
#include "mime/stream.h"

#define ENCODE_LINE_MAX 76	/* RFC 2045, 6.7 and 6.8; RFC 2047, 2 */

enum cte { CTE_7BIT, CTE_8BIT, CTE_BINARY, CTE_QP, CTE_BASE64, CTE_UNKNOWN };

enum cte cte_of(struct str token);	/* "Base64" -> CTE_BASE64 */
const char *cte_name(enum cte cte);

/* What a decoder met that its grammar does not have. Any of them means that two decoders may see two contents. */
enum decode_flag {
	DECODE_JUNK = 1,	/* base64: characters outside the alphabet */
	DECODE_PAD_INSIDE = 2,	/* base64: data after padding */
	DECODE_CUT = 4,		/* base64: ended inside a quantum */
	DECODE_ESCAPE = 8,	/* quoted-printable: '=' without two hex digits or a line end behind it */
	DECODE_UNKNOWN = 16,	/* an encoding that we do not know: the bytes as they are */
};

/*
 * The bytes behind a transfer encoding, as they are asked for. Clear it after use; flags are complete when it has told its
 * end. Nothing about the result depends on how the pieces of raw are cut.
 */
struct cte_source {
	struct source source;
	struct source *raw;
	struct str piece;		/* of raw, not yet decoded */
	enum cte cte;
	unsigned int flags;
	bool ended;
	struct base64_decoder base64;
	struct buf held, bytes;		/* what of a line waits for the rest of it; what goes out */
};
struct cte_source cte_source(enum cte cte, struct source *raw);
void cte_source_clear(struct cte_source *s);

/* Of raw in memory: raw itself for 7bit, 8bit and binary, else in the arena. */
struct str cte_decode(struct arena *a, enum cte cte, struct str raw, unsigned int *flags);

/* Text with any bytes as quoted-printable lines that survive every relay; line ends in text become CRLF. */
int qp_put(struct buf *out, struct str text, struct err *e);

/* The byte behind two hex digits at this place, upper or lower case; false when they are none. */
bool hex_byte(struct str s, size_t at, char *out);

#endif
