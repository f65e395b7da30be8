/* SPDX-License-Identifier: ISC */
#ifndef EDIGATE_GATEWAY_HOSTNAME_H
#define EDIGATE_GATEWAY_HOSTNAME_H

#include "gateway/base/arena.h"

/* Our name in EHLO, greeting and trace: the one that was set, else the machine's, else "localhost". */
struct str hostname_own(struct arena *a, struct str set);

#endif
