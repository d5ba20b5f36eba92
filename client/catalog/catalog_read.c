/* Reading the catalogue's JSON strictly. A catalogue is written by people; the
 * one thing it owes them is to say exactly where it is wrong. */
#include "client/catalog/catalog_read.h"

#include <stdarg.h>
#include <string.h>

#include "client/base/error.h"
#include "client/base/fault.h"
#include "config/keyfile.h"

void reader_start(
	struct reader *reader, const char *file, const struct catalog *catalog)
{
	*reader = (struct reader){
		.file = file, .path = g_string_new(NULL), .catalog = catalog};
}

bool reader_end(struct reader *reader, GError **error)
{
	bool good = !reader->error;

	g_string_free(reader->path, TRUE);
	reader->path = NULL;
	if (!good)
		g_propagate_error(error, g_steal_pointer(&reader->error));
	return good;
}

bool reader_failed(const struct reader *reader)
{
	return reader->error != NULL;
}

size_t reader_enter(struct reader *reader, const char *name, int index)
{
	size_t mark = reader->path->len;

	if (mark)
		g_string_append_c(reader->path, '.');
	g_string_append(reader->path, name);
	if (index >= 0)
		g_string_append_printf(reader->path, "[%d]", index);
	return mark;
}

void reader_leave(struct reader *reader, size_t mark)
{
	g_string_truncate(reader->path, mark);
}

void reader_fail(
	struct reader *reader, const char *name, const char *format, ...)
{
	g_autofree char *member = NULL;
	bool is_deep = reader->path->len > 0;
	va_list args;

	if (reader->error)
		return;
	if (is_deep || name)
		member = g_strconcat(reader->path->str,
			is_deep && name ? "." : "", name, NULL);
	va_start(args, format);
	fault_set_va(&reader->error, ITEM_ERROR_INVALID, reader->file, 0,
		member, format, args);
	va_end(args);
}

void read_known(struct reader *reader, const struct json *object,
	const char *const known[])
{
	if (!json_is_object(object)) {
		reader_fail(reader, NULL, "expected an object");
		return;
	}
	json_each (member, object) {
		const char *near;
		if (g_strv_contains(known, json_name(member)))
			continue;
		near = keyfile_nearest(json_name(member), known);
		if (near)
			reader_fail(reader, json_name(member),
				"unknown member, did you mean %s?", near);
		else
			reader_fail(
				reader, json_name(member), "unknown member");
		return;
	}
}

static char *take_text(struct reader *reader, const struct json *object,
	const char *name, size_t max_bytes, const char *otherwise)
{
	const struct json *value = json_get(object, name);
	const char *text = json_as_text(value);

	if (!value && otherwise)
		return g_strdup(otherwise);
	if (!value)
		reader_fail(reader, name, "is missing");
	else if (!text)
		reader_fail(reader, name, "expected a text");
	else if (strlen(text) > max_bytes)
		reader_fail(reader, name, "longer than %zu bytes", max_bytes);
	else
		return g_strdup(text);
	return g_strdup("");
}

char *read_text(struct reader *reader, const struct json *object,
	const char *name, size_t max_bytes)
{
	char *text = take_text(reader, object, name, max_bytes, NULL);

	if (!*text)
		reader_fail(reader, name, "must not be empty");
	return text;
}

char *read_text_or(struct reader *reader, const struct json *object,
	const char *name, size_t max_bytes, const char *otherwise)
{
	return take_text(reader, object, name, max_bytes, otherwise);
}

int read_int(struct reader *reader, const struct json *object, const char *name,
	int min, int max)
{
	g_autoptr(GError) error = NULL;
	int64_t number = 0;

	if (json_need_int(object, name, min, max, &number, &error))
		return (int)number;
	reader_fail(reader, name, "expected a whole number from %d to %d", min,
		max);
	return min;
}

int read_int_or(struct reader *reader, const struct json *object,
	const char *name, int min, int max, int otherwise)
{
	if (!json_get(object, name))
		return otherwise;
	return read_int(reader, object, name, min, max);
}

bool read_bool_or(struct reader *reader, const struct json *object,
	const char *name, bool otherwise)
{
	const struct json *value = json_get(object, name);

	if (!value)
		return otherwise;
	if (!json_is_bool(value))
		reader_fail(reader, name, "expected true or false");
	return json_as_bool(value);
}

const struct json *read_array(struct reader *reader, const struct json *object,
	const char *name, size_t max, bool required)
{
	const struct json *value = json_get(object, name);

	if (!value) {
		if (required)
			reader_fail(reader, name, "is missing");
		return NULL;
	}
	if (!json_is_array(value))
		reader_fail(reader, name, "expected an array");
	else if (json_length(value) > max)
		reader_fail(reader, name, "more than %zu entries", max);
	else if (required && json_length(value) == 0)
		reader_fail(reader, name, "must not be empty");
	else
		return value;
	return NULL;
}

char **read_texts(struct reader *reader, const struct json *object,
	const char *name, size_t max_bytes)
{
	GPtrArray *list = g_ptr_array_new();

	json_each (member, read_array(reader, object, name, 64, false)) {
		const char *text = json_as_text(member);
		if (!text || !*text || strlen(text) > max_bytes) {
			reader_fail(reader, name,
				"expected texts of 1 to %zu bytes", max_bytes);
			break;
		}
		g_ptr_array_add(list, g_strdup(text));
	}
	g_ptr_array_add(list, NULL);
	return (char **)g_ptr_array_free(list, FALSE);
}

int read_word(struct reader *reader, const struct json *object,
	const char *name, const char *const names[], int count, int otherwise)
{
	const struct json *value = json_get(object, name);
	const char *text = json_as_text(value);
	GString *expected;

	if (!value && otherwise >= 0)
		return otherwise;
	for (int i = 0; text && i < count; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	expected = g_string_new(NULL);
	for (int i = 0; i < count; i++)
		if (*names[i])
			g_string_append_printf(expected, "%s%s",
				expected->len ? ", " : "", names[i]);
	reader_fail(reader, name, "expected one of: %s", expected->str);
	g_string_free(expected, TRUE);
	return 0;
}

struct form_condition *read_condition(
	struct reader *reader, const struct json *object, const char *name)
{
	static const char *const known[] = {"field", "is", NULL};
	const struct json *value = json_get(object, name);
	struct form_condition *condition;
	size_t mark;

	if (!value)
		return NULL;
	mark = reader_enter(reader, name, -1);
	read_known(reader, value, known);
	condition = g_new0(struct form_condition, 1);
	condition->field = read_text(reader, value, "field", 60);
	condition->is =
		(const char *const *)read_texts(reader, value, "is", 60);
	if (!condition->is[0])
		reader_fail(reader, "is", "must not be empty");
	reader_leave(reader, mark);
	return condition;
}

void text_free(const char *text)
{
	g_free((gpointer)text);
}

void condition_free(struct form_condition *condition)
{
	if (!condition)
		return;
	text_free(condition->field);
	g_strfreev((char **)condition->is);
	g_free(condition);
}
