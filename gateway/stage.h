/* SPDX-License-Identifier: ISC */
/*
 * stage.h - would the settings be right with this file changed? They are read from a folder beside the real ones, in
 * which all other files are links, so that a wrong file never stands where a gateway could read it.
 */
#ifndef EDIGATE_GATEWAY_STAGE_H
#define EDIGATE_GATEWAY_STAGE_H

#include "gateway/cli.h"

/* relative: "config.ini" or "partners.d/acme.ini". -1 with what conf_read() found. */
int stage_check(struct cli *c, const char *relative, struct str content, struct err *e);

#endif
