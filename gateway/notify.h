/* SPDX-License-Identifier: ISC */
/* notify.h - sd_notify(3)'s protocol: one datagram to $NOTIFY_SOCKET, if there is one. */
#ifndef EDIGATE_GATEWAY_NOTIFY_H
#define EDIGATE_GATEWAY_NOTIFY_H

void notify(const char *state);		/* "READY=1"; silent when nobody listens */

#endif
