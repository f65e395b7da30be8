/* SPDX-License-Identifier: ISC */
/* guess.h - words for a person about bytes that no format claims. */
#ifndef EDIGATE_EDI_GUESS_H
#define EDIGATE_EDI_GUESS_H

#include "gateway/base/arena.h"

struct str edi_guess(struct arena *a, struct str head);

#endif
