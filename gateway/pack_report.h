/* SPDX-License-Identifier: ISC */
/* pack_report.h - a delivery report (RFC 3464) for a mail that came in, to the one who asked for it. */
#ifndef EDIGATE_GATEWAY_PACK_REPORT_H
#define EDIGATE_GATEWAY_PACK_REPORT_H

#include "gateway/conf.h"
#include "gateway/msg.h"
#include "mime/as1.h"
#include "spool/spool.h"

/*
 * The mail that MSG_JOB_REPORT asks for, from env (to is put in) and what lies in the spool; told gets its recipient and
 * a line for the story. Fails with ERR_INPUT when there is nothing to send, or nobody to send it to.
 */
int pack_report(struct arena *a, const struct conf *c, struct spool *spool, const struct msg *job,
    struct as1_envelope *env, struct buf *mail, struct msg *told, struct err *e);

#endif
