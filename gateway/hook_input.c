/* SPDX-License-Identifier: ISC */
#include "gateway/hook_input.h"

#include "gateway/json.h"
#include "spool/name.h"

#include <stdlib.h>

/* A line of the environment. Control bytes would end it, or look like another: only then the value is not as it is. */
static void
line(struct arena *a, struct str *env, const char *name, struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20) {
			value = name_shown(a, value);
			break;
		}
	*env = str_cat(a, str_cat(a, str_cat(a, *env, str_fmt(a, "%s=", name)), value), S("\n"));
}

struct str
hook_env(struct arena *a, struct str home, struct str event, struct str delivery,
    const struct db_doc *d)
{
	struct str env = S("");

	line(a, &env, "EDIGATE_EVENT", event);
	line(a, &env, "EDIGATE_DELIVERY", delivery);
	line(a, &env, "EDIGATE_ID", str_fmt(a, "%lld", (long long)d->id));
	line(a, &env, "EDIGATE_ULID", d->ulid);
	line(a, &env, "EDIGATE_DIRECTION", str_of(doc_dir_name(d->dir)));
	line(a, &env, "EDIGATE_PARTNER", d->partner);
	line(a, &env, "EDIGATE_STATE", d->shown);
	line(a, &env, "EDIGATE_TYPE", d->type);
	line(a, &env, "EDIGATE_NUMBER", d->number);
	line(a, &env, "EDIGATE_HOME", home);
	if (d->path.n > 0)
		line(a, &env, "EDIGATE_FILE", str_cat(a, str_cat(a, home, S("/")), d->path));
	return env;
}

struct str
hook_json(struct arena *a, struct str event, const struct db_doc *d)
{
	json_t *o = json_doc(a, d);
	struct str said;
	char *text;

	json_str(o, a, "event", event);
	text = json_dumps(o, JSON_PRESERVE_ORDER);
	if (text == NULL)
		abort();
	said = str_cat(a, str_of(text), S("\n"));
	free(text);
	json_decref(o);
	return said;
}
