/* Cells in memory. All texts pass put_text(), which cleans what is not plainly
 * harmless, and set_cell(), which keeps wide characters whole; nothing else
 * writes cells. */
#include "ui/canvas.h"

#include <stdarg.h>
#include <string.h>

#define STYLE_LETTER(code, letter) [code] = letter,
static const char style_letters[STYLE_COUNT] = {STYLES(STYLE_LETTER)};

/* Cells ------------------------------------------------------------------- */

static struct cell *cell_at(const struct canvas *canvas, int row, int col)
{
	return &canvas->cells[row * canvas->cols + col];
}

static void blank_cell(struct cell *cell, enum style style)
{
	*cell = (struct cell){' ', {0}, 1, (uint8_t)style};
}

void canvas_clear(struct canvas *canvas)
{
	for (int i = 0; i < canvas->rows * canvas->cols; i++)
		blank_cell(&canvas->cells[i], STYLE_NORMAL);
	canvas_cursor(canvas, 0, 0);
}

void canvas_resize(struct canvas *canvas, int rows, int cols)
{
	canvas->rows = CLAMP(rows, 1, 1000);
	canvas->cols = CLAMP(cols, 1, 1000);
	g_free(canvas->cells);
	canvas->cells = g_new0(
		struct cell, (size_t)canvas->rows * (size_t)canvas->cols);
	canvas_clear(canvas);
}

struct canvas *canvas_new(int rows, int cols)
{
	struct canvas *canvas = g_new0(struct canvas, 1);

	canvas_resize(canvas, rows, cols);
	return canvas;
}

void canvas_free(struct canvas *canvas)
{
	if (!canvas)
		return;
	g_free(canvas->cells);
	g_free(canvas);
}

void canvas_cursor(struct canvas *canvas, int row, int col)
{
	canvas->cursor_row = CLAMP(row, 0, canvas->rows - 1);
	canvas->cursor_col = CLAMP(col, 0, canvas->cols - 1);
}

/* The other half of a wide character that is about to lose one. */
static void part_wide(struct canvas *canvas, int row, int col)
{
	struct cell *cell = cell_at(canvas, row, col);

	if (cell->width == 0 && col > 0)
		blank_cell(cell - 1, (cell - 1)->style);
	if (cell->width == 2 && col + 1 < canvas->cols)
		blank_cell(cell + 1, (cell + 1)->style);
}

static void set_cell(
	struct canvas *canvas, int row, int col, const struct cell *content)
{
	struct cell *cell = cell_at(canvas, row, col);

	part_wide(canvas, row, col);
	if (content->width != 2) {
		*cell = *content;
		return;
	}
	if (col + 1 >= canvas->cols) {
		blank_cell(cell, content->style);
		return;
	}
	part_wide(canvas, row, col + 1);
	cell[0] = *content;
	cell[1] = (struct cell){0, {0}, 0, content->style};
}

static void add_mark(struct cell *cell, gunichar mark)
{
	if (cell->width == 0)
		cell--;
	for (int i = 0; i < CELL_MARKS; i++) {
		if (!cell->marks[i]) {
			cell->marks[i] = mark;
			return;
		}
	}
}

/* Text -------------------------------------------------------------------- */

/* Two columns in every terminal and font, and nothing combines with them. */
static bool is_plain_wide(gunichar c)
{
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3001 && c <= 0x3011) ||
	       (c >= 0x3014 && c <= 0x301b) || (c >= 0xff01 && c <= 0xff5e);
}

/* True when text is valid UTF-8 of ASCII and common Chinese only, as nearly
 * all of it is: then cleaning would give the same. */
static bool is_plain(const char *text)
{
	for (const guchar *at = (const guchar *)text; *at;) {
		if (*at < 0x80) {
			if (*at < 0x20 || *at == 0x7f)
				return false;
			at++;
			continue;
		}
		if ((*at & 0xf0) != 0xe0 || (at[1] & 0xc0) != 0x80 ||
			(at[2] & 0xc0) != 0x80)
			return false;
		if (!is_plain_wide(g_utf8_get_char((const char *)at)))
			return false;
		at += 3;
	}
	return true;
}

char *canvas_clean(const char *text)
{
	if (!text)
		return g_strdup("");
	return is_plain(text) ? g_strdup(text) : text_sink_screen(text);
}

static int cells_of(gunichar c)
{
	if (c >= 0x20 && c < 0x7f)
		return 1;
	return is_plain_wide(c) ? 2 : text_cells(c);
}

static int clean_width(const char *clean)
{
	int width = 0;

	for (const char *at = clean; *at; at = g_utf8_next_char(at))
		width += cells_of(g_utf8_get_char(at));
	return width;
}

int canvas_width(const char *text)
{
	g_autofree char *clean = NULL;

	if (!text)
		return 0;
	if (is_plain(text))
		return clean_width(text);
	clean = text_sink_screen(text);
	return clean_width(clean);
}

/* Puts cleaned text from col on, not beyond limit; returns the column after. */
static int put_text(struct canvas *canvas, int row, int col, int limit,
	const char *clean, enum style style)
{
	bool has_base = false;

	for (const char *at = clean; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		int width = cells_of(c);
		struct cell cell = {c, {0}, (uint8_t)width, (uint8_t)style};

		if (width == 0) {
			if (has_base)
				add_mark(cell_at(canvas, row, col - 1), c);
			continue;
		}
		if (col + width > limit)
			break;
		set_cell(canvas, row, col, &cell);
		col += width;
		has_base = true;
	}
	return col;
}

static bool is_outside(const struct canvas *canvas, int row, int col)
{
	return row < 0 || row >= canvas->rows || col < 0 || col >= canvas->cols;
}

int canvas_text(struct canvas *canvas, int row, int col, const char *text,
	enum style style)
{
	g_autofree char *clean = NULL;

	if (!text || is_outside(canvas, row, col))
		return 0;
	if (!is_plain(text))
		text = clean = text_sink_screen(text);
	return put_text(canvas, row, col, canvas->cols, text, style) - col;
}

int canvas_printf(struct canvas *canvas, int row, int col, enum style style,
	const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return canvas_text(canvas, row, col, text, style);
}

void canvas_fit(struct canvas *canvas, int row, int col, int width,
	const char *text, enum style style, enum text_cut cut)
{
	g_autofree char *clean = NULL, *fitted = NULL;
	int end;

	if (is_outside(canvas, row, col) || width <= 0)
		return;
	width = MIN(width, canvas->cols - col);
	if (text && !is_plain(text))
		text = clean = text_sink_screen(text);
	if (text && clean_width(text) > width)
		text = fitted = text_fit(text, width, cut);
	end = put_text(canvas, row, col, col + width, text ? text : "", style);
	canvas_fill(canvas, (struct box){row, end, 1, col + width - end}, ' ',
		style);
}

void canvas_fit_right(struct canvas *canvas, int row, int col, int width,
	const char *text, enum style style)
{
	int used = canvas_width(text);

	if (used < width) {
		canvas_fill(canvas, (struct box){row, col, 1, width - used},
			' ', style);
		col += width - used;
		width = used;
	}
	canvas_fit(canvas, row, col, width, text, style, TEXT_CUT_END);
}

/* Boxes ------------------------------------------------------------------- */

static struct box clipped(const struct canvas *canvas, struct box box)
{
	int last_row = MIN(box.row + box.rows, canvas->rows);
	int last_col = MIN(box.col + box.cols, canvas->cols);

	box.row = MAX(box.row, 0);
	box.col = MAX(box.col, 0);
	box.rows = MAX(last_row - box.row, 0);
	box.cols = MAX(last_col - box.col, 0);
	return box;
}

void canvas_fill(
	struct canvas *canvas, struct box box, gunichar c, enum style style)
{
	struct cell cell = {c, {0}, 1, (uint8_t)style};

	box = clipped(canvas, box);
	for (int row = box.row; row < box.row + box.rows; row++) {
		for (int col = box.col; col < box.col + box.cols; col++)
			set_cell(canvas, row, col, &cell);
	}
}

void canvas_restyle(struct canvas *canvas, struct box box, enum style style)
{
	box = clipped(canvas, box);
	for (int row = box.row; row < box.row + box.rows; row++) {
		for (int col = box.col; col < box.col + box.cols; col++) {
			struct cell *cell = cell_at(canvas, row, col);

			if (cell->width == 0)
				continue;
			cell->style = (uint8_t)style;
			if (cell->width == 2)
				cell[1].style = (uint8_t)style;
		}
	}
}

void canvas_copy(struct canvas *to, int row, int col, const struct canvas *from,
	struct box part)
{
	static const struct cell blank = {' ', {0}, 1, STYLE_NORMAL};

	part = clipped(from, part);
	for (int r = 0; r < part.rows; r++) {
		for (int c = 0; c < part.cols; c++) {
			const struct cell *cell =
				cell_at(from, part.row + r, part.col + c);

			if (is_outside(to, row + r, col + c))
				continue;
			/* The right half came with the left one. */
			if (cell->width == 0 && c > 0)
				continue;
			if (cell->width == 0 ||
				(cell->width == 2 && c + 1 >= part.cols))
				cell = &blank;
			set_cell(to, row + r, col + c, cell);
		}
	}
}

/* Wrapping ---------------------------------------------------------------- */

static bool is_closer(gunichar c)
{
	static const char closers[] = "，。：；、）」》！？％〕,.:;)";

	return g_utf8_strchr(closers, -1, c) != NULL;
}

static bool is_opener(gunichar c)
{
	static const char openers[] = "（「《〔(";

	return g_utf8_strchr(openers, -1, c) != NULL;
}

/* May a line end between these two? */
static bool may_break(gunichar before, gunichar after, gunichar next)
{
	if (before == ' ')
		return after != ' ';
	if (after == ' ') /* a number stays with its unit */
		return !(g_unichar_isdigit(before) && next > 0x7f);
	if (is_closer(after) || is_opener(before))
		return false;
	return before > 0x7f || after > 0x7f;
}

/* Two blanks part one statement from the next: a line ends there rather than
 * within one, unless it would stay half empty. 0: there is no such place. */
static size_t statement_bytes(const char *text, size_t fits, int width)
{
	size_t best = 0;

	for (size_t i = 2; i <= fits; i++) {
		if (text[i - 1] == ' ' && text[i - 2] == ' ' && text[i] != ' ')
			best = i;
	}
	if (best > 0) {
		g_autofree char *part = g_strndup(text, best);

		return text_width(part) * 2 >= width ? best : 0;
	}
	return 0;
}

/* Bytes of the first line of text. */
static size_t line_bytes(const char *text, int width)
{
	size_t fits = text_bytes_for_width(text, width), best = 0;
	gunichar before = 0;

	if (!text[fits])
		return fits;
	for (const char *at = text; (size_t)(at - text) <= fits;
		at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		const char *then = *at ? g_utf8_next_char(at) : at;

		if (before && text_cells(c) > 0 &&
			may_break(before, c, g_utf8_get_char(then)))
			best = (size_t)(at - text);
		before = c;
	}
	if (statement_bytes(text, fits, width) > 0)
		return statement_bytes(text, fits, width);
	if (best > 0)
		return best;
	return fits > 0 ? fits : (size_t)(g_utf8_next_char(text) - text);
}

GPtrArray *canvas_wrap(const char *text, int width)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *clean = canvas_clean(text);
	const char *at = clean;

	do {
		size_t len = line_bytes(at, MAX(width, 2));
		char *line = g_strndup(at, len);

		g_ptr_array_add(lines, g_strchomp(line));
		at += len;
		while (*at == ' ')
			at++;
	} while (*at);
	return lines;
}

/* Dump -------------------------------------------------------------------- */

static void append_row(GString *out, const struct canvas *canvas, int row)
{
	for (int col = 0; col < canvas->cols; col++) {
		const struct cell *cell = cell_at(canvas, row, col);

		if (cell->width == 0)
			continue;
		g_string_append_unichar(out, cell->base);
		for (int i = 0; i < CELL_MARKS && cell->marks[i]; i++)
			g_string_append_unichar(out, cell->marks[i]);
	}
}

/* The style letters of a row, without the normal ones at its end. */
static void append_styles(GString *out, const struct canvas *canvas, int row)
{
	int used = canvas->cols;

	while (used > 0 &&
		cell_at(canvas, row, used - 1)->style == STYLE_NORMAL)
		used--;
	if (used == 0)
		return;
	g_string_append_printf(out, "%3d ", row + 1);
	for (int col = 0; col < used; col++)
		g_string_append_c(
			out, style_letters[cell_at(canvas, row, col)->style]);
	g_string_append_c(out, '\n');
}

char *canvas_row_text(const struct canvas *canvas, int row)
{
	GString *out = g_string_new(NULL);

	if (row >= 0 && row < canvas->rows)
		append_row(out, canvas, row);
	return g_string_free(out, FALSE);
}

char *canvas_dump(const struct canvas *canvas)
{
	GString *out = g_string_new(NULL);

	for (int row = 0; row < canvas->rows; row++) {
		append_row(out, canvas, row);
		g_string_append_c(out, '\n');
	}
	g_string_append(out, "styles\n");
	for (int row = 0; row < canvas->rows; row++)
		append_styles(out, canvas, row);
	g_string_append_printf(
		out, "cursor %d %d\n", canvas->cursor_row, canvas->cursor_col);
	return g_string_free(out, FALSE);
}

static const char *cell_fault(const struct canvas *canvas, int row, int col)
{
	const struct cell *cell = cell_at(canvas, row, col);
	bool last = col + 1 == canvas->cols;

	if (cell->style >= STYLE_COUNT)
		return "unknown style";
	if (cell->width == 0)
		return col > 0 && cell[-1].width == 2 ? NULL
						      : "right half alone";
	if (cell->width == 2 && (last || cell[1].width != 0))
		return "left half alone";
	if (cell->base < 0x20 || (cell->base >= 0x7f && cell->base < 0xa0))
		return "control character";
	if (text_cells(cell->base) != cell->width)
		return "wrong width";
	return NULL;
}

const char *canvas_fault(const struct canvas *canvas)
{
	if (is_outside(canvas, canvas->cursor_row, canvas->cursor_col))
		return "cursor outside";
	for (int row = 0; row < canvas->rows; row++) {
		for (int col = 0; col < canvas->cols; col++) {
			const char *fault = cell_fault(canvas, row, col);

			if (fault)
				return fault;
		}
	}
	return NULL;
}
