/* The drawing of a list of fields: label, value, where it comes from, and the
 * error below. */
#include <string.h>

#include "ui/fields.h"
#include "ui/view_common.h"

/* The longest labels of the catalogue are 26 columns wide. */
enum {
	LABEL_MAX = 26,
	LABEL_NARROW = 18,
	HINT_COLS = 20,
	FULL_COLS = 80,
	NARROW_COLS = 60,
	CELL_MIN = 6
};

/* The three columns of the list. */
struct layout {
	int label, value, hint; /* where they begin */
	int value_cols, hint_cols;
};

static int label_width(const struct form_model *form, int cols)
{
	int width = 8;

	for (guint i = 0; i < form->fields->len; i++) {
		const struct field_model *field = form->fields->pdata[i];

		if (field->visible)
			width = MAX(width, canvas_width(field->label));
	}
	return MIN(width, cols < FULL_COLS ? LABEL_NARROW : LABEL_MAX);
}

static struct layout layout_of(const struct form_model *form, int cols)
{
	struct layout at = {.label = 1};
	int label = label_width(form, cols);

	if (cols < NARROW_COLS)
		label = MIN(label, cols / 3);
	at.value = at.label + label + 3;
	at.hint_cols = cols < NARROW_COLS ? 0 : MAX(HINT_COLS, cols / 4);
	at.hint = cols - at.hint_cols - 1;
	at.value_cols = MAX(at.hint - at.value - 1, 2);
	return at;
}

static char *label_text(const struct field_model *field, int width)
{
	g_autofree char *clean = canvas_clean(field->label);
	g_autofree char *fitted = NULL;

	if (canvas_width(clean) > width)
		fitted = g_strchomp(text_fit(clean, width, TEXT_CUT_END));
	return g_strdup_printf(
		"%s%s", fitted ? fitted : clean, field->required ? " *" : "");
}

static char *hint_text(const struct field_model *field, bool is_inline)
{
	const char *own = NULL;

	if (field->kind == EDIT_ROWS)
		own = _("F6 row  Del row");
	else if (field->kind == EDIT_CHOICES && !is_inline)
		own = _("F4 several");
	else if (field->kind == EDIT_CHOICE && !is_inline)
		own = _("F4 values");
	if (field->source && field->hint)
		return g_strdup_printf("%s  %s", field->source, field->hint);
	if (field->source || field->hint)
		return g_strdup(field->source ? field->source : field->hint);
	return g_strdup(own);
}

/* Choices ------------------------------------------------------------------ */

/* "> 1 own   2 agent" with the chosen one pointed at, or boxes for several. */
static int inline_width(const struct field_model *field)
{
	int width = 0;

	for (guint i = 0; i < array_len(field->options); i++) {
		const struct option_model *option = field->options->pdata[i];

		width += canvas_width(option->label) + 5 +
			 (field->kind == EDIT_CHOICES ? 3 : 0);
	}
	return width;
}

static bool fits_inline(const struct field_model *field, int cols)
{
	guint count = array_len(field->options);

	return count > 0 && count <= 9 && inline_width(field) <= cols;
}

static void draw_inline(struct canvas *canvas, int row, int col,
	const struct field_model *field, bool is_focused)
{
	int start = col;

	for (guint i = 0; i < array_len(field->options); i++) {
		const struct option_model *option = field->options->pdata[i];
		bool is_on = codes_have(field->value, option->code);
		enum style style =
			is_focused && is_on ? STYLE_FOCUS : STYLE_NORMAL;

		if (is_on && field->kind == EDIT_CHOICE)
			start = col;
		if (field->kind == EDIT_CHOICES)
			canvas_text(
				canvas, row, col, is_on ? "[x]" : "[ ]", style);
		else
			canvas_text(canvas, row, col, pointer(is_on), style);
		col += field->kind == EDIT_CHOICES ? 4 : 2;
		col += canvas_printf(canvas, row, col, style, "%u %s", i + 1,
			or_empty(option->label));
		col++;
	}
	if (is_focused)
		canvas_cursor(canvas, row, start);
}

/* What a field that is not being typed into shows; caller frees. */
static char *value_text(const struct field_model *field)
{
	GString *out;

	if (field->kind != EDIT_CHOICE && field->kind != EDIT_CHOICES)
		return g_strdup(field->value);
	out = g_string_new(NULL);
	for (guint i = 0; i < array_len(field->options); i++) {
		const struct option_model *option = field->options->pdata[i];

		if (!codes_have(field->value, option->code))
			continue;
		if (out->len > 0)
			g_string_append(out, _(", "));
		if (field->kind == EDIT_CHOICE && i < 9)
			g_string_append_printf(out, "%u ", i + 1);
		g_string_append(out, or_empty(option->label));
	}
	/* A code that is not in the list is shown as it is. */
	if (out->len == 0)
		g_string_append(out, or_empty(field->value));
	return g_string_free(out, FALSE);
}

/* One value ---------------------------------------------------------------- */

static void draw_plain(struct canvas *canvas, int row, int col, int cols,
	const struct field_model *field, bool is_focused)
{
	g_autofree char *text = value_text(field);
	enum style style = is_focused ? STYLE_FOCUS : STYLE_NORMAL;

	if (text && *text)
		canvas_fit(canvas, row, col, cols, text, style, TEXT_CUT_END);
	else if (!field->required && !field->readonly)
		canvas_fit(canvas, row, col, cols, _("(optional)"), STYLE_OFF,
			TEXT_CUT_END);
	if (is_focused)
		canvas_cursor(canvas, row, col);
}

static bool is_typed(const struct field_model *field)
{
	return !field->readonly &&
	       (field->kind == EDIT_TEXT || field->kind == EDIT_NUMBER ||
		       field->kind == EDIT_DATE || field->kind == EDIT_CODE);
}

static void draw_value(const struct fields_state *state, struct canvas *canvas,
	int row, int col, int cols, const struct field_model *field,
	bool is_focused)
{
	if (is_focused && is_typed(field))
		edit_draw(&state->edit, canvas, row, col, cols, true);
	else if (fits_inline(field, cols))
		draw_inline(canvas, row, col, field, is_focused);
	else
		draw_plain(canvas, row, col, cols, field, is_focused);
}

static void draw_error(struct page *page, int col,
	const struct field_model *field, const char *prefix)
{
	g_autofree char *text = NULL;

	if (!field->error)
		return;
	text = g_strdup_printf("%s%s%s", prefix, _("Error: "), field->error);
	page_wrapped(page, col, text, STYLE_ERROR);
}

/* Rows --------------------------------------------------------------------- */

static int column_weight(const struct field_model *column)
{
	int width = canvas_width(column->label) + 2;

	if (column->kind == EDIT_TEXT || column->kind == EDIT_CHOICES)
		width = MAX(width, 14);
	if (column->kind == EDIT_CODE)
		width = MAX(width, 19);
	if (column->kind == EDIT_DATE || column->kind == EDIT_CHOICE)
		width = MAX(width, 11);
	return width;
}

/* Widths by what the columns need, shrunk or stretched to fit. */
static void cell_widths(
	const GPtrArray *columns, int cols, int widths[COLUMNS_MAX])
{
	int count = MIN((int)array_len(columns), COLUMNS_MAX), sum = 0;
	int room = cols - count + 1;

	for (int i = 0; i < count; i++)
		sum += column_weight(columns->pdata[i]);
	for (int i = 0; i < count; i++)
		widths[i] = MAX(
			column_weight(columns->pdata[i]) * room / MAX(sum, 1),
			MIN(CELL_MIN, cols));
}

static void draw_row_titles(struct page *page, const struct layout *at,
	const struct field_model *field, const int *widths)
{
	int col = at->label + 3;

	if (!page_need(page, 1))
		return;
	for (guint i = 0;
		i < MIN(array_len(field->columns), (guint)COLUMNS_MAX); i++) {
		const struct field_model *column = field->columns->pdata[i];
		g_autofree char *label = label_text(column, widths[i] - 2);

		canvas_fit(page->canvas, page->row, col, widths[i], label,
			STYLE_NORMAL, TEXT_CUT_END);
		col += widths[i] + 1;
	}
	page->row++;
}

static void draw_cells(const struct fields_state *state, struct page *page,
	const struct layout *at, int index, int row, const GPtrArray *cells,
	const int *widths)
{
	int col = at->label + 3;

	if (!page_need(page, 1))
		return;
	canvas_printf(page->canvas, page->row, at->label, STYLE_NORMAL, "%2d",
		row + 1);
	for (guint i = 0; i < MIN(cells->len, (guint)COLUMNS_MAX); i++) {
		const struct field_model *cell = cells->pdata[i];
		bool is_focused = state->at.field == index &&
				  state->at.row == row &&
				  state->at.column == (int)i;

		if (cell->error)
			canvas_text(
				page->canvas, page->row, 0, ">", STYLE_ERROR);
		if (cell->visible)
			draw_value(state, page->canvas, page->row, col,
				widths[i], cell, is_focused);
		col += widths[i] + 1;
	}
	page->row++;
	for (guint i = 0; i < cells->len; i++) {
		const struct field_model *cell = cells->pdata[i];
		g_autofree char *prefix =
			g_strdup_printf("%s  ", or_empty(cell->label));

		draw_error(page, at->label + 3, cell, prefix);
	}
}

static void draw_rows(const struct fields_state *state, struct page *page,
	const struct layout *at, const struct field_model *field, int index)
{
	int widths[COLUMNS_MAX] = {0};

	cell_widths(field->columns, page->canvas->cols - at->label - 4, widths);
	if (array_len(field->rows) > 0)
		draw_row_titles(page, at, field, widths);
	for (guint row = 0; row < array_len(field->rows); row++)
		draw_cells(state, page, at, index, (int)row,
			field->rows->pdata[row], widths);
}

static void draw_row_count(const struct fields_state *state,
	struct canvas *canvas, int row, const struct layout *at,
	const struct field_model *field, int index)
{
	guint count = array_len(field->rows);
	bool is_focused = state->at.field == index && state->at.row < 0;
	enum style style = is_focused ? STYLE_FOCUS : STYLE_NORMAL;

	if (count > 0)
		canvas_printf(canvas, row, at->value, style,
			ngettext("%u row", "%u rows", count), count);
	else
		canvas_text(canvas, row, at->value,
			_("no row yet, F6 adds one"), style);
	if (is_focused)
		canvas_cursor(canvas, row, at->value);
}

/* The list ------------------------------------------------------------------
 */

static void draw_hint(struct page *page, const struct layout *at,
	const struct field_model *field, const char *hint, bool is_focused)
{
	if (!hint || !*hint)
		return;
	if (at->hint_cols > 0) {
		canvas_fit(page->canvas, page->row - 1, at->hint, at->hint_cols,
			hint, STYLE_NORMAL, TEXT_CUT_END);
	} else if (is_focused && !field->error) {
		page_wrapped(page, at->label + 2, hint, STYLE_NORMAL);
	}
}

static void draw_field(const struct fields_state *state, struct page *page,
	const struct layout *at, const struct field_model *field, int index)
{
	bool is_focused = state->at.field == index;
	bool is_inline = fits_inline(field, at->value_cols);
	g_autofree char *label = label_text(field, at->value - at->label - 3);
	g_autofree char *hint = hint_text(field, is_inline);
	int cols = at->value_cols;

	if (!page_need(page, 1))
		return;
	if (!hint)
		cols += at->hint_cols;
	if (field->error)
		canvas_text(page->canvas, page->row, 0, ">", STYLE_ERROR);
	canvas_text(page->canvas, page->row, at->label, label,
		is_focused ? STYLE_TITLE : STYLE_NORMAL);
	if (field->kind == EDIT_ROWS)
		draw_row_count(
			state, page->canvas, page->row, at, field, index);
	else
		draw_value(state, page->canvas, page->row, at->value, cols,
			field, is_focused);
	page->row++;
	draw_hint(page, at, field, hint, is_focused);
	draw_error(page, at->hint_cols ? at->value : at->label + 2, field, "");
	if (field->kind == EDIT_ROWS)
		draw_rows(state, page, at, field, index);
}

void fields_draw(const struct fields_state *state,
	const struct form_model *form, struct page *page)
{
	struct layout at = layout_of(form, page->canvas->cols);

	for (guint i = 0; i < form->fields->len; i++) {
		const struct field_model *field = form->fields->pdata[i];

		if (field->visible)
			draw_field(state, page, &at, field, (int)i);
	}
	if (form->fields->len == 0)
		page_text(page, 1, _("nothing to fill in"), STYLE_NORMAL);
}
