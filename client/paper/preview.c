/* Walks a template's nodes and writes them as lines: a text is a paragraph, a
 * row is its cells with two blanks between, a block is what is in it. */
#include "client/paper/preview.h"

#include "client/base/error.h"
#include "client/paper/template.h"

enum { LINES_MAX = 2000 };

struct preview {
	struct fill fill;
	GPtrArray *lines; /* char * */
};

static bool show_nodes(
	struct preview *preview, GPtrArray *nodes, GError **error);

static void add_lines(struct preview *preview, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++)
		if (preview->lines->len < LINES_MAX)
			g_ptr_array_add(preview->lines, g_strdup(*line));
}

/* Cells that are empty are left out, and so are rows of nothing. A row is one
 * line, whatever breaks its cells have. */
static bool show_cells(
	struct preview *preview, const struct node *node, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < node->cells->len; i++) {
		AUTO(filled) filled = phrase_fill(
			g_array_index(node->cells, struct cell, i).phrase,
			&preview->fill, error);

		if (!filled)
			return false;
		if (text->len && *filled->text)
			g_string_append(text, "  ");
		g_string_append(text, filled->text);
	}
	if (node->kind == NODE_ROW || node->kind == NODE_HEAD)
		g_strdelimit(text->str, "\n", ' ');
	if (text->len)
		add_lines(preview, text->str);
	return true;
}

static bool show_row(struct preview *preview, const struct field *field,
	const struct json *cells, GError **error)
{
	g_autoptr(GString) line = g_string_new(NULL);

	json_each (cell, cells) {
		g_autofree char *text = field_grid_text(field, cell, error);

		if (!text)
			return false;
		if (line->len && *text)
			g_string_append(line, "  ");
		g_string_append(line, text);
	}
	g_strdelimit(line->str, "\n", ' ');
	if (line->len)
		add_lines(preview, line->str);
	return true;
}

static bool show_grid(
	struct preview *preview, const struct node *node, GError **error)
{
	const struct fill *fill = &preview->fill;
	struct field_grid grid;

	if (!field_grid(node->list, fill->data, fill->row, &grid, error))
		return false;
	if (!show_row(preview, node->list, grid.columns, error))
		return false;
	json_each (row, grid.rows) {
		if (!show_row(preview, node->list, row, error))
			return false;
	}
	return true;
}

static bool show_if(
	struct preview *preview, const struct node *node, GError **error)
{
	bool holds;

	if (!condition_holds(&node->condition, &preview->fill, &holds, error))
		return false;
	return show_nodes(
		preview, holds ? node->children : node->otherwise, error);
}

static bool show_each(
	struct preview *preview, const struct node *node, GError **error)
{
	const struct json *rows;
	bool ok = field_rows(node->list, preview->fill.data, &rows, error);

	if (!ok)
		return false;
	json_each (row, rows) {
		preview->fill.row = row;
		ok = ok && show_nodes(preview, node->children, error);
	}
	preview->fill.row = NULL;
	return ok;
}

static bool show_node(
	struct preview *preview, const struct node *node, GError **error)
{
	switch (node->kind) {
	case NODE_IF:
		return show_if(preview, node, error);
	case NODE_EACH:
		return show_each(preview, node, error);
	case NODE_GRID:
		return show_grid(preview, node, error);
	case NODE_TEXT:
	case NODE_ROW:
	case NODE_HEAD:
	case NODE_HEADER:
		return show_cells(preview, node, error);
	case NODE_SEAL:
		return show_nodes(preview, node->children, error) &&
		       show_cells(preview, node, error);
	default:
		return show_nodes(preview, node->children, error) &&
		       show_nodes(preview, node->otherwise, error);
	}
}

static bool show_nodes(
	struct preview *preview, GPtrArray *nodes, GError **error)
{
	for (guint i = 0; i < nodes->len; i++)
		if (!show_node(preview, nodes->pdata[i], error))
			return false;
	return true;
}

GPtrArray *preview_lines(const char *templates, const char *name,
	const struct json *data, GError **error)
{
	AUTO(template) template = template_load(templates, name, error);
	struct preview preview = {.fill = {.data = data}};

	if (!template || !template_check(template, data, error))
		return NULL;
	preview.lines = g_ptr_array_new_with_free_func(g_free);
	if (!show_nodes(&preview, template->nodes, error))
		g_clear_pointer(&preview.lines, g_ptr_array_unref);
	return preview.lines;
}
