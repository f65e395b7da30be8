/* SPDX-License-Identifier: ISC */
/* profile.h - what a community of partners has agreed on, as defaults for the keys of [partner "x"]. */
#ifndef EDIGATE_GATEWAY_PROFILE_H
#define EDIGATE_GATEWAY_PROFILE_H

#include "gateway/base/str.h"

#define PROFILE_WORDS "as1|edi-energy|ediel-se|ediel-no|plain"

/* The default of that key in that profile; NULL: that of the table of settings. */
const char *profile_value(struct str profile, struct str key);

#endif
