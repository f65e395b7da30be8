/* SPDX-License-Identifier: ISC */
#include "gateway/schemas.h"

#include "gateway/base/io.h"

struct schema {
	struct str path, ns;	/* ns: what it is for */
	struct xml_schema *compiled;
	bool tried;
	struct err why;		/* tried, and not compiled */
	struct schema *next;
};

struct schemas {
	struct arena *a;
	struct schema *first, **last;
};

struct schemas *
schemas_new(struct arena *a)
{
	struct schemas *s = arena_new_of(a, struct schemas);

	*s = (struct schemas){ .a = a, .last = &s->first };
	return s;
}

static struct schema *
find(struct schemas *s, struct str path)
{
	struct schema *one = s->first;

	while (one != NULL && !str_eq(one->path, path))
		one = one->next;
	return one;
}

int
schemas_add(struct schemas *s, struct str path, struct err *e)
{
	struct arena *work;
	struct schema *one;
	struct str xsd, ns;
	int rc = -1;

	if (find(s, path) != NULL)
		return 0;
	work = arena_new(2 * (size_t)XML_SCHEMA_BYTES_MAX);
	if (io_read_named(work, str_cstr(work, path), XML_SCHEMA_BYTES_MAX, &xsd, e) == -1)
		(void)err_add(e, "schema " STR_FMT, STR_ARG(path));
	else if (!xml_schema_target(work, xsd, &ns))
		(void)err_set(e, ERR_CONFIG, "schema " STR_FMT ": no XML", STR_ARG(path));
	else
		rc = 0;
	e->kind = ERR_CONFIG;
	if (rc == 0) {
		one = arena_new_of(s->a, struct schema);
		*one = (struct schema){ .path = str_dup(s->a, path), .ns = str_dup(s->a, ns) };
		*s->last = one;
		s->last = &one->next;
	}
	arena_free(work);
	return rc;
}

/* For the schema and what it includes: files of this machine that the operator put there. */
static bool
read_file(void *with, const char *path, struct str *bytes)
{
	struct err e;

	return io_read_named(with, path, XML_SCHEMA_BYTES_MAX, bytes, &e) == 0;
}

static struct xml_schema *
compiled(struct schema *one, struct err *e)
{
	struct arena *work;

	if (!one->tried) {
		work = arena_new(8 * (size_t)XML_SCHEMA_BYTES_MAX);
		one->tried = true;
		if (xml_schema_new(str_cstr(work, one->path), read_file, work, &one->compiled, &one->why) == -1)
			(void)err_add(&one->why, "schema " STR_FMT, STR_ARG(one->path));
		arena_free(work);
	}
	if (one->compiled == NULL)
		*e = one->why;
	return one->compiled;
}

static bool
xml_of(struct str in, const struct edi_facts *f, struct str *xml)
{
	const struct edi_format *format = f->inner.format != NULL ? f->inner.format : f->format;

	*xml = f->inner.format != NULL ? f->inner.bytes : in;
	return format != NULL && str_eq(str_of(format->extension), S("xml"));
}

static int
check(struct schema *one, struct arena *a, struct str xml, struct xml_schema_findings *out,
    struct err *e)
{
	struct xml_schema *schema = compiled(one, e);

	return schema == NULL || xml_schema_check(a, schema, xml, out, e) == -1 ? -1 : 1;
}

int
schemas_check(struct schemas *s, struct arena *a, const struct conf_list *list, struct str in,
    const struct edi_facts *f, struct xml_schema_findings *out, struct err *e)
{
	struct str xml, ns;

	if (list->n == 0 || !xml_of(in, f, &xml) || !xml_schema_root(a, xml, &ns))
		return 0;
	for (size_t i = 0; i < list->n; i++) {
		struct schema *one = find(s, list->v[i]);
		if (one != NULL && str_eq(one->ns, ns))
			return check(one, a, xml, out, e);
	}
	return 0;
}

int
schemas_check_by(struct schemas *s, struct arena *a, struct str path, struct str in, const struct edi_facts *f,
    struct xml_schema_findings *out, struct err *e)
{
	struct schema *one = find(s, path);
	struct str xml;

	return one == NULL || !xml_of(in, f, &xml) ? 0 : check(one, a, xml, out, e);
}
