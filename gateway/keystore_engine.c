/* SPDX-License-Identifier: ISC */
/*
 * keystore_engine.c - a private key in a token, by the OpenSSL engine "pkcs11" (package libengine-pkcs11-openssl): where
 * there is no provider for URIs of that kind, as in Debian 12. libcrypto has put its engines on the list of what
 * will go, without anything in their place yet; so what is here is nowhere else.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "gateway/keystore.h"

#include "mime/encode.h"

#include <openssl/engine.h>

#define ENGINE_NAME "pkcs11"
#define URI_MAX	    4096

/* RFC 7512, 2.3: pct-encoded. */
static struct str
decoded(struct arena *a, struct str s)
{
	char *to = arena_get(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++, n++) {
		to[n] = s.p[i];
		if (s.p[i] == '%' && hex_byte(s, i + 1, &to[n]))
			i += 2;
	}
	to[n] = '\0';
	return str_make(to, n);
}

/*
 * RFC 7512, 2.4: ?module-path=FILE says which module of the token's maker to load. The engine knows that only from its
 * environment, and nothing behind a question mark: name gets what stands before it.
 */
static struct str
module_path(struct arena *a, struct str uri, struct str *name)
{
	struct str query = uri, part;

	(void)str_cut(&query, '?', name);
	while (query.n > 0) {
		(void)str_cut(&query, '&', &part);
		if (str_starts(part, S("module-path=")))
			return decoded(a, str_from(part, sizeof("module-path=") - 1));
	}
	return S("");
}

static EVP_PKEY *
load(ENGINE *engine, const char *uri, struct ui_method_st *ui, void *ui_arg, struct err *e)
{
	EVP_PKEY *key = ENGINE_load_private_key(engine, uri, ui, ui_arg);

	if (key == NULL)
		(void)err_set(e, ERR_CONFIG,
		    "the token has no such private key, or its PIN (key_passphrase) is another");
	return key;
}

struct evp_pkey_st *
keystore_engine_load(const char *uri, struct ui_method_st *ui, void *ui_arg, struct err *e)
{
	struct arena *a = arena_new((size_t)4 * URI_MAX);
	struct str name, module = module_path(a, str_sub(str_of(uri), 0, URI_MAX), &name);
	EVP_PKEY *key = NULL;
	ENGINE *engine;

	(void)OPENSSL_init_crypto(OPENSSL_INIT_ENGINE_DYNAMIC, NULL);
	engine = ENGINE_by_id(ENGINE_NAME);
	if (engine == NULL) {
		(void)err_set(e, ERR_CONFIG, "neither a provider nor an engine for PKCS #11: libengine-pkcs11-openssl has one");
	} else if ((module.n > 0 && ENGINE_ctrl_cmd_string(engine, "MODULE_PATH", module.p, 0) != 1) || ENGINE_init(engine) != 1) {
		(void)err_set(e, ERR_CONFIG,
		    "the engine for PKCS #11 does not start: is '" STR_FMT "' its module?",
		    STR_ARG(module));
	} else {
		key = load(engine, str_cstr(a, name), ui, ui_arg, e);
		(void)ENGINE_finish(engine);	/* the key has its own reference */
	}
	ENGINE_free(engine);
	arena_free(a);
	return key;
}
