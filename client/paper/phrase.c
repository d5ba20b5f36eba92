/* Compiles text with {fields} into parts, so that whatever is wrong with it is
 * found when the template is read, and fills the parts with a request's data,
 * keeping in mind which bytes came from which field: a character the font does
 * not have is reported with the field it stands in. */
#include "client/paper/phrase.h"

#include <string.h>

#include "client/base/error.h"

enum { PARTS_MAX = 64, TEXT_MAX = 8192 };

enum part_kind { PART_LITERAL, PART_FIELD, PART_WHEN };

struct part {
	enum part_kind kind;
	char *text; /* own: literal, or the words of {field?words} */
	const struct field *field;
	const struct format *format;
	const struct words *words;
};

struct phrase {
	GArray *parts; /* struct part */
};

/* Formats -------------------------------------------------------------- */

/* Two digits; checked by field_text(). */
static int pair(const char *digits)
{
	return (digits[0] - '0') * 10 + digits[1] - '0';
}

static char *format_date(const char *value)
{
	return g_strdup_printf(
		"%.4s年%d月%d日", value, pair(value + 5), pair(value + 8));
}

static char *format_minute(const char *value)
{
	return g_strdup_printf("%.4s年%d月%d日%.2s时%.2s分", value,
		pair(value + 5), pair(value + 8), value + 11, value + 14);
}

static char *format_first16(const char *value)
{
	const char *end = value;

	for (int i = 0; i < 16 && *end; i++)
		end = g_utf8_next_char(end);
	return g_strndup(value, (size_t)(end - value));
}

/* 410***********1234: three in front, four behind; short ones one and one. */
static char *format_mask(const char *value)
{
	glong len = g_utf8_strlen(value, -1), i = 0;
	glong front = len < 12 ? 1 : 3, back = len < 12 ? 1 : 4;
	GString *out = g_string_new(NULL);

	for (const char *at = value; *at; at = g_utf8_next_char(at), i++) {
		if (i < front || i >= len - back)
			g_string_append_unichar(out, g_utf8_get_char(at));
		else
			g_string_append_c(out, '*');
	}
	return g_string_free(out, FALSE);
}

/* A reason may be typed with or without its full stop. */
static char *format_sentence(const char *value)
{
	static const char *const ends[] = {"。", "！", "？", "；", "："};

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		if (!*value || g_str_has_suffix(value, ends[i]))
			return g_strdup(value);
	return g_strconcat(value, "。", NULL);
}

static const struct format {
	const char *name;
	bool text, date, time; /* kinds it takes */
	char *(*apply)(const char *value);
} format_table[] = {
	{"date", .date = true, .time = true, .apply = format_date},
	{"minute", .time = true, .apply = format_minute},
	{"first16", .text = true, .apply = format_first16},
	{"sentence", .text = true, .apply = format_sentence},
	{"mask", .text = true, .apply = format_mask},
};

static bool format_takes(const struct format *format, enum field_kind kind)
{
	return (kind == FIELD_TEXT && format->text) ||
	       (kind == FIELD_DATE && format->date) ||
	       (kind == FIELD_TIME && format->time);
}

/* Words ---------------------------------------------------------------- */

struct words *words_new(const char *name)
{
	struct words *words = g_new0(struct words, 1);

	words->name = g_strdup(name);
	words->codes = g_ptr_array_new_with_free_func(g_free);
	words->texts = g_ptr_array_new_with_free_func(g_free);
	return words;
}

void words_free(struct words *words)
{
	g_free(words->name);
	g_ptr_array_unref(words->codes);
	g_ptr_array_unref(words->texts);
	g_free(words);
}

bool words_add(struct words *words, const char *text, GError **error)
{
	const char *equal = strchr(text, '=');

	if (!equal || equal == text || !equal[1]) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"expected code=text, not '%s'", text);
		return false;
	}
	g_ptr_array_add(words->codes, g_strndup(text, (size_t)(equal - text)));
	g_ptr_array_add(words->texts, g_strdup(equal + 1));
	return true;
}

const char *words_find(const struct words *words, const char *value)
{
	for (guint i = 0; i < words->codes->len; i++)
		if (strcmp(words->codes->pdata[i], value) == 0 ||
			strcmp(words->texts->pdata[i], value) == 0)
			return words->texts->pdata[i];
	return NULL;
}

static const struct words *find_words(GPtrArray *all, const char *name)
{
	for (guint i = 0; all && i < all->len; i++) {
		const struct words *words = all->pdata[i];

		if (strcmp(words->name, name) == 0)
			return words;
	}
	return NULL;
}

/* Compiling ------------------------------------------------------------ */

static void part_clear(void *data)
{
	g_free(((struct part *)data)->text);
}

void phrase_free(struct phrase *phrase)
{
	g_array_unref(phrase->parts);
	g_free(phrase);
}

void filled_free(struct filled *filled)
{
	g_free(filled->text);
	g_array_unref(filled->pieces);
	g_free(filled);
}

/* "material.name", when material walks materials, is "materials.name". */
static const struct field *find_in_scope(
	const char *name, const struct phrase_scope *scope)
{
	const struct field *field;
	size_t len = scope->loop ? strlen(scope->loop) : 0;

	if (len && strncmp(name, scope->loop, len) == 0 && name[len] == '.') {
		g_autofree char *column =
			g_strconcat(scope->list->name, name + len, NULL);

		return field_find(column);
	}
	field = field_find(name);
	return field && field_is_column(field) ? NULL : field;
}

const struct field *phrase_field(
	const char *name, const struct phrase_scope *scope, GError **error)
{
	const struct field *field = find_in_scope(name, scope);
	bool page = field &&
		    (field->kind == FIELD_PAGE || field->kind == FIELD_PAGES);

	if (!field)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"unknown field '%s' (yikou-paper --fields lists them)",
			name);
	else if (page && !scope->pages)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"'%s' is known only in a header or footer", name);
	else
		return field;
	return NULL;
}

static bool set_format(struct part *part, const char *name,
	const struct phrase_scope *scope, GError **error)
{
	part->words = find_words(scope->words, name);
	if (part->words)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(format_table); i++)
		if (strcmp(format_table[i].name, name) == 0)
			part->format = &format_table[i];
	if (!part->format)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"expected date, minute, sentence, first16, mask or "
			"the name of a words line, not '%s'",
			name);
	else if (!format_takes(part->format, part->field->kind))
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"format '%s' does not fit field '%s'", name,
			part->field->name);
	else
		return true;
	return false;
}

static bool check_plain(const struct field *field, GError **error)
{
	if (field->kind == FIELD_GRID) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"'%s' is a table: use 'grid'", field->name);
		return false;
	}
	if (field->kind != FIELD_FLAG && field->kind != FIELD_LIST)
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
		field->kind == FIELD_FLAG
			? "'%s' is yes or no: write {%s?words}"
			: "'%s' is a list: use 'each NAME in %s'",
		field->name, field->name);
	return false;
}

/* What stands between the braces. */
static bool add_field(struct phrase *phrase, const char *inside,
	const struct phrase_scope *scope, GError **error)
{
	g_autofree char *name = g_strdup(inside);
	char *more = strpbrk(name, ":?");
	bool when = more && *more == '?';
	struct part part = {.kind = when ? PART_WHEN : PART_FIELD};

	if (more)
		*more++ = '\0';
	part.field = phrase_field(name, scope, error);
	if (!part.field)
		return false;
	if (!when && !check_plain(part.field, error))
		return false;
	if (more && !when && !set_format(&part, more, scope, error))
		return false;
	if (when)
		part.text = g_strdup(more);
	g_array_append_val(phrase->parts, part);
	return true;
}

static void add_literal(struct phrase *phrase, GString *literal)
{
	struct part part = {
		.kind = PART_LITERAL, .text = g_strdup(literal->str)};

	if (literal->len)
		g_array_append_val(phrase->parts, part);
	else
		g_free(part.text);
	g_string_truncate(literal, 0);
}

static const char *take_escape(const char *at, GString *literal, GError **error)
{
	if (at[1] == 'n')
		g_string_append_c(literal, '\n');
	else if (at[1] && strchr("{}|\\", at[1]))
		g_string_append_c(literal, at[1]);
	else {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"expected \\{ \\} \\| \\\\ or \\n after a "
			"backslash");
		return NULL;
	}
	return at + 2;
}

/* One field, escape or character. */
static const char *take_one(struct phrase *phrase, const char *at,
	GString *literal, const struct phrase_scope *scope, GError **error)
{
	const char *end;

	if (*at == '\\')
		return take_escape(at, literal, error);
	if (*at != '{' && *at != '}') {
		g_string_append_c(literal, *at);
		return at + 1;
	}
	end = *at == '{' ? strpbrk(at + 1, "{}") : NULL;
	if (!end || *end != '}') {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			*at == '{' ? "expected a closing } after {"
				   : "a } without its {");
		return NULL;
	}
	add_literal(phrase, literal);

	g_autofree char *inside = g_strndup(at + 1, (size_t)(end - at - 1));

	return add_field(phrase, inside, scope, error) ? end + 1 : NULL;
}

struct phrase *phrase_new(
	const char *text, const struct phrase_scope *scope, GError **error)
{
	AUTO(phrase) phrase = g_new0(struct phrase, 1);
	g_autoptr(GString) literal = g_string_new(NULL);

	phrase->parts = g_array_new(FALSE, FALSE, sizeof(struct part));
	g_array_set_clear_func(phrase->parts, part_clear);
	for (const char *at = text; *at;) {
		at = take_one(phrase, at, literal, scope, error);
		if (!at)
			return NULL;
		if (phrase->parts->len > PARTS_MAX || literal->len > TEXT_MAX) {
			g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
				"more than %d fields in one text", PARTS_MAX);
			return NULL;
		}
	}
	add_literal(phrase, literal);
	return g_steal_pointer(&phrase);
}

/* Filling -------------------------------------------------------------- */

static char *value_of(
	const struct part *part, const struct fill *fill, GError **error)
{
	g_autofree char *value = NULL;
	const char *word;

	if (part->field->kind == FIELD_PAGE)
		return g_strdup_printf("%d", fill->page);
	if (part->field->kind == FIELD_PAGES)
		return g_strdup_printf("%d", fill->pages);
	value = field_text(part->field, fill->data, fill->row, error);
	if (!value || !*value)
		return g_steal_pointer(&value);
	if (part->kind == PART_WHEN)
		return g_strdup(part->text);
	if (part->format)
		return part->format->apply(value);
	if (!part->words)
		return g_steal_pointer(&value);
	word = words_find(part->words, value);
	if (!word)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"field %s: value not among the words '%s'",
			part->field->name, part->words->name);
	return g_strdup(word);
}

static bool append_part(const struct part *part, const struct fill *fill,
	GString *out, GArray *pieces, GError **error)
{
	struct filled_piece piece = {.start = out->len, .field = part->field};
	g_autofree char *value = NULL;

	if (part->kind == PART_LITERAL) {
		g_string_append(out, part->text);
		return true;
	}
	value = value_of(part, fill, error);
	if (!value)
		return false;
	g_string_append(out, value);
	piece.end = out->len;
	if (part->kind == PART_FIELD)
		g_array_append_val(pieces, piece);
	return true;
}

struct filled *phrase_fill(
	const struct phrase *phrase, const struct fill *fill, GError **error)
{
	AUTO(filled) filled = g_new0(struct filled, 1);
	GString *out = g_string_new(NULL);
	bool ok = true;

	filled->pieces = g_array_new(FALSE, FALSE, sizeof(struct filled_piece));
	for (guint i = 0; ok && i < phrase->parts->len; i++)
		ok = append_part(&g_array_index(phrase->parts, struct part, i),
			fill, out, filled->pieces, error);
	filled->text = g_string_free(out, FALSE);
	return ok ? g_steal_pointer(&filled) : NULL;
}

const char *filled_source(const struct filled *filled, size_t byte)
{
	for (guint i = 0; i < filled->pieces->len; i++) {
		const struct filled_piece *piece =
			&g_array_index(filled->pieces, struct filled_piece, i);

		if (byte >= piece->start && byte < piece->end)
			return piece->field->name;
	}
	return "the template";
}
