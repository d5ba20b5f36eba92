/* Subject and content of tickets and comments. */
#include "client/link/rt5_text.h"

#include <string.h>

#include "client/base/json.h"

enum { SUBJECT_CHARS = 60, VALUE_CHARS = 200 };

/* Members of a body that are for people, in this order; "a.b" is a member of
 * a member. Whose they are (applicant, form) stays in the file. */
static const char *const shown[] = {
	"case_no",
	"full_no",
	"state",
	"item.code",
	"item.name",
	"decision.event",
	"decision.reason",
	"received_at",
	"accepted_at",
	"promised_due",
	"statutory_due",
	"number",
	"kind",
	"reason",
	"target",
	"level",
	"none",
	"pages",
	"window",
	"at",
};

static const struct json *find(const struct json *body, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, ".", 2);
	const struct json *value = json_get(body, parts[0]);

	return parts[1] ? json_get(value, parts[1]) : value;
}

static void clean(char *text, glong max_chars)
{
	for (char *at = text; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = ' ';
	if (g_utf8_strlen(text, -1) > max_chars)
		*g_utf8_offset_to_pointer(text, max_chars) = '\0';
}

/* NULL when it is neither text nor number. */
static char *text_of(const struct json *value)
{
	char *text = NULL;

	if (json_is_text(value))
		text = g_strdup(json_as_text(value));
	else if (json_is_number(value))
		text = g_strdup_printf(
			"%" G_GINT64_FORMAT, json_as_int(value, 0));
	if (text)
		clean(text, VALUE_CHARS);
	return text;
}

char *rt5_text_subject(const struct op *op)
{
	AUTO(json) body = json_parse(op->body, strlen(op->body), NULL);
	const char *number = json_text(body, "case_no");
	const char *name = json_text(json_get(body, "item"), "name");
	char *subject;

	if (!number)
		number = json_text(body, "number");
	subject = g_strjoin(
		" ", op->kind, number ? number : op->agg_id, name, NULL);
	clean(subject, SUBJECT_CHARS);
	return subject;
}

char *rt5_text_content(const struct op *op)
{
	AUTO(json) body = json_parse(op->body, strlen(op->body), NULL);
	GString *out = g_string_new(NULL);

	g_string_printf(out, "%s\n", op->kind);
	for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
		g_autofree char *text = text_of(find(body, shown[i]));

		if (text && *text)
			g_string_append_printf(out, "%s: %s\n", shown[i], text);
	}
	g_string_append_printf(
		out, "op: %s\nsha256: %s\n", op->op_id, op->body_sha256);
	return g_string_free(out, FALSE);
}

const char *rt5_text_media_type(const char *type)
{
	if (!type || !*type || strlen(type) > 60 ||
		strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789/+.-") !=
			strlen(type))
		return "application/octet-stream";
	return type;
}
