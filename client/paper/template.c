/* A template in memory: its owners, what is looked up in it by name, and the
 * checks against a request's data. */
#include "client/paper/template.h"

#include <string.h>

#include "client/base/error.h"
#include "client/paper/template_read.h"

static void style_free(void *data)
{
	struct style *style = data;

	g_free(style->name);
	g_free(style->font);
	g_free(style);
}

static void font_free(void *data)
{
	struct font *font = data;

	g_free(font->name);
	g_free(font->family);
	g_free(font->rare);
	g_free(font);
}

static void requirement_free(void *data)
{
	struct requirement *requirement = data;

	g_free(requirement->has);
	g_free(requirement->message);
	g_free(requirement);
}

static void cell_clear(void *data)
{
	struct cell *cell = data;

	if (cell->phrase)
		phrase_free(cell->phrase);
}

void node_free(void *data)
{
	struct node *node = data;

	g_free(node->condition.value);
	g_clear_pointer(&node->cells, g_array_unref);
	g_clear_pointer(&node->children, g_ptr_array_unref);
	g_clear_pointer(&node->otherwise, g_ptr_array_unref);
	g_free(node);
}

static void words_destroy(void *data)
{
	words_free(data);
}

struct template *template_new(const char *name)
{
	struct template *template = g_new0(struct template, 1);

	template->name = g_strdup(name);
	template->width_mm = 210;
	template->height_mm = 297;
	template->top_mm = template->bottom_mm = 25;
	template->left_mm = template->right_mm = 25;
	template->files = g_ptr_array_new_with_free_func(g_free);
	template->fonts = g_ptr_array_new_with_free_func(font_free);
	template->styles = g_ptr_array_new_with_free_func(style_free);
	template->words = g_ptr_array_new_with_free_func(words_destroy);
	template->requirements =
		g_ptr_array_new_with_free_func(requirement_free);
	template->nodes = g_ptr_array_new_with_free_func(node_free);
	return template;
}

void template_free(struct template *template)
{
	g_free(template->name);
	if (template->title)
		phrase_free(template->title);
	if (template->author)
		phrase_free(template->author);
	if (template->subject)
		phrase_free(template->subject);
	g_ptr_array_unref(template->nodes);
	g_ptr_array_unref(template->requirements);
	g_ptr_array_unref(template->words);
	g_ptr_array_unref(template->styles);
	g_ptr_array_unref(template->fonts);
	g_ptr_array_unref(template->files);
	g_free(template);
}

/* Finding: the last definition counts, so a template may change what it
 * includes. */
const struct font *template_font(
	const struct template *template, const char *name)
{
	for (guint i = template->fonts->len; i > 0; i--) {
		const struct font *font = template->fonts->pdata[i - 1];

		if (strcmp(font->name, name) == 0)
			return font;
	}
	return NULL;
}

const struct style *template_find_style(
	struct parser *parser, const char *name, GError **error)
{
	GPtrArray *styles = parser->template->styles;

	for (guint i = styles->len; i > 0; i--) {
		const struct style *style = styles->pdata[i - 1];

		if (strcmp(style->name, name) == 0)
			return style;
	}
	template_fail(error, "expected the name of a style, not '%s'", name);
	return NULL;
}

struct node *node_new(enum node_kind kind, const struct parser *parser)
{
	struct node *node = g_new0(struct node, 1);

	node->kind = kind;
	node->file = parser->file;
	node->line = parser->line;
	node->children = g_ptr_array_new_with_free_func(node_free);
	node->otherwise = g_ptr_array_new_with_free_func(node_free);
	node->cells = g_array_new(FALSE, TRUE, sizeof(struct cell));
	g_array_set_clear_func(node->cells, cell_clear);
	return node;
}

bool template_fail(GError **error, const char *format, ...)
{
	va_list args;
	g_autofree char *message = NULL;

	va_start(args, format);
	message = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_SYNTAX, message);
	return false;
}

/* A list holds when it has rows, a number when it is not 0. */
static bool is_filled(const struct field *field, const struct fill *fill,
	char **value, GError **error)
{
	const struct json *rows;

	if (field->kind != FIELD_LIST) {
		*value = field_text(field, fill->data, fill->row, error);
		return *value != NULL;
	}
	if (!field_rows(field, fill->data, &rows, error))
		return false;
	*value = g_strdup(json_length(rows) ? "1" : "");
	return true;
}

bool condition_holds(const struct condition *condition, const struct fill *fill,
	bool *holds, GError **error)
{
	g_autofree char *value = NULL;

	if (!is_filled(condition->field, fill, &value, error))
		return false;
	if (condition->value)
		*holds = strcmp(value, condition->value) == 0;
	else if (condition->field->kind == FIELD_NUMBER)
		*holds = *value && strcmp(value, "0") != 0;
	else
		*holds = *value != '\0';
	if (condition->negated)
		*holds = !*holds;
	return true;
}

bool template_check(const struct template *template, const struct json *data,
	GError **error)
{
	struct fill fill = {.data = data};

	for (guint i = 0; i < template->requirements->len; i++) {
		const struct requirement *need =
			template->requirements->pdata[i];
		g_autofree char *value = NULL;

		if (!is_filled(need->field, &fill, &value, error))
			return false;
		if (*value && (!need->has || strstr(value, need->has)))
			continue;
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"%s is not printed: field %s %s%s (%s)", template->name,
			need->field->name,
			*value ? "does not say " : "is empty",
			*value ? need->has : "", need->message);
		return false;
	}
	return true;
}
