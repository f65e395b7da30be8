/* SPDX-License-Identifier: ISC */
/* house.h - the folders, keys and files of a gateway: where they are, how they are made, whose they are. */
#ifndef EDIGATE_GATEWAY_HOUSE_H
#define EDIGATE_GATEWAY_HOUSE_H

#include "gateway/cli.h"

#define HOUSE_CERT_DAYS 1095

char *house_config_path(const struct cli *c);
char *house_partner_path(const struct cli *c, struct str key);	/* partners.d/KEY.ini */
char *house_cert_path(const struct cli *c, struct str key);	/* certs/partners/KEY.pem */

void house_make_folders(struct cli *c);		/* those that are missing; EX_CANTCREAT */
void house_make_folder(struct cli *c, const char *relative, unsigned int mode);

/* A key and its self-signed certificate, at paths below home. Exits with EX_CANTCREAT when one is there already. */
struct house_key {
	struct str org, mail, host;	/* mail: for signing and decrypting; host: for TLS */
	const char *key, *cert;
};
void house_make_key(struct cli *c, const struct house_key *k);

/* As root: everything in a new home goes to user edigate, if there is one; later, a new file to the home's owner. */
bool house_has_user(void);
void house_give_away(struct cli *c);
void house_give_file(struct cli *c, const char *path);

#endif
