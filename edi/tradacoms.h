/* SPDX-License-Identifier: ISC */
/* tradacoms.h - TRADACOMS transmissions (UN/GTDI as British retail has it): STX..END, BAT..EOB, MHD..MTR. Slices come out. */
#ifndef EDIGATE_EDI_TRADACOMS_H
#define EDIGATE_EDI_TRADACOMS_H

#include "edi/edi.h"

extern const struct edi_format edi_tradacoms;

#endif
