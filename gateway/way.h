/* SPDX-License-Identifier: ISC */
/* way.h - how a partner came to the MIC of a receipt, told from the mail of ours that it is for, which lies in spool/out. */
#ifndef EDIGATE_GATEWAY_WAY_H
#define EDIGATE_GATEWAY_WAY_H

#include "gateway/room.h"
#include "mime/mdn.h"

#define WAY_MAIL_MAX ((size_t)16 << 20)	/* of a longer one the wrong ways are not worth the digests */

/*
 * message_id: of our mail, in brackets or without. A static string as as1_mic_way() gives it; "" when the mail is not
 * there (any more), over WAY_MAIL_MAX, or cannot be read: then the receipt is held against what was kept alone.
 */
const char *way_of_receipt(struct arena *a, struct spool *s, struct room *room,
    struct str message_id, const struct mic *got);

#endif
