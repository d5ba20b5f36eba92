/* Lays a template's nodes out one below the other, breaking them into pages.
 * Tables are in flow_table.c; what surrounds it, the page's edges and the file,
 * in flow_page.c. */
#include <math.h>
#include <string.h>

#include "client/base/error.h"
#include "client/paper/flow_lay.h"

/* Text ----------------------------------------------------------------- */

void flow_locate(const struct node *node, GError **error)
{
	g_prefix_error(error, "%s:%d: ", node->file, node->line);
}

static struct pdf_type type_of(
	const struct template *template, const struct style *style)
{
	const struct font *font = template_font(template, style->font);

	return (struct pdf_type){
		.family = font->family,
		.rare = font->rare,
		.bold = style->bold,
		.size_pt = style->size_pt,
		.pitch_pt = style->size_pt * style->line_ratio,
		.spacing_pt = style->size_pt * style->spacing_em,
		.indent_pt = style->size_pt * style->indent_em,
		.align = (int)style->align,
		.gray = style->gray,
	};
}

/* Lists say the same again and again: 原件, 1, 纸质. */
static const struct pdf_text *text_in(struct flow *flow,
	const struct style *style, const struct filled *filled, double width,
	GError **error)
{
	g_autofree char *key = g_strdup_printf(
		"%p %.3f %s", (const void *)style, width, filled->text);
	struct pdf_text *text = g_hash_table_lookup(flow->texts, key);
	struct pdf_type type = type_of(flow->template, style);
	size_t bad = 0;

	if (text)
		return text;
	text = pdf_text_new(flow->pdf, &type, filled->text, width, &bad, error);
	if (text)
		g_hash_table_insert(flow->texts, g_steal_pointer(&key), text);
	else
		g_prefix_error(error, "field %s: ", filled_source(filled, bad));
	return text;
}

bool flow_lay_cell(struct flow *flow, const struct cell *cell, double width,
	const struct pdf_text **laid, GError **error)
{
	AUTO(filled) filled = phrase_fill(cell->phrase, &flow->fill, error);

	*laid = NULL;
	if (!filled)
		return false;
	if (!*filled->text)
		return true;
	*laid = text_in(flow, cell->style, filled, width, error);
	return *laid != NULL;
}

bool flow_lay_plain(struct flow *flow, const struct style *style,
	const struct field *field, const char *text, double width,
	const struct pdf_text **laid, GError **error)
{
	AUTO(filled) filled = g_new0(struct filled, 1);
	struct filled_piece piece = {.end = strlen(text), .field = field};

	filled->text = g_strdup(text);
	filled->pieces = g_array_new(FALSE, FALSE, sizeof(struct filled_piece));
	g_array_append_val(filled->pieces, piece);
	*laid = *text ? text_in(flow, style, filled, width, error) : NULL;
	return *laid || !*text;
}

static bool lay_text(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	const struct cell *cell = &g_array_index(node->cells, struct cell, 0);
	const struct style *style = cell->style;
	double left = style->left_em * style->size_pt;
	const struct pdf_text *text;

	if (!flow_lay_cell(flow, cell, area->width - left, &text, error))
		return false;
	if (!text)
		return true;
	if (area->y > area->top)
		area->y += style->before_mm * PDF_MM;
	if (!area_place_text(area, text, area->x + left, error))
		return false;
	area->y += style->after_mm * PDF_MM;
	return true;
}

/* Blocks --------------------------------------------------------------- */

static bool lay_space(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	(void)flow;
	(void)error;
	if (area->y > area->top || isinf(area->bottom))
		area->y += node->size_mm * PDF_MM;
	return true;
}

static bool lay_rule(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	(void)flow;
	(void)error;
	area_mark(area, (struct mark){.kind = MARK_LINE,
				.x = area->x,
				.y = area->y,
				.x2 = area->x + area->width,
				.y2 = area->y,
				.size = node->width_pt});
	area->y += node->width_pt;
	return true;
}

static bool lay_page(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	(void)flow;
	(void)node;
	return area->y <= area->top || area_new_page(area, error);
}

static bool lay_if(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	bool holds;

	if (!condition_holds(&node->condition, &flow->fill, &holds, error))
		return false;
	return flow_lay_nodes(
		flow, area, holds ? node->children : node->otherwise, error);
}

static bool lay_each(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	const struct json *rows;
	bool ok;

	if (!field_rows(node->list, flow->fill.data, &rows, error))
		return false;
	json_each (row, rows) {
		flow->fill.row = row;
		ok = flow_lay_nodes(flow, area, node->children, error);
		flow->fill.row = NULL;
		if (!ok)
			return false;
	}
	return true;
}

static bool lay_keep(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	struct area box;
	bool ok;

	area_init(&box, area->x, area->width);
	ok = flow_lay_nodes(flow, &box, node->children, error) &&
	     area_place(area, &box, error);
	area_clear(&box);
	return ok;
}

static bool lay_beside(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	double left = node->size_mm * PDF_MM, gap = node->pad_mm * PDF_MM;
	struct area box, second;
	bool ok = left + gap + 10 < area->width;

	if (!ok) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"left: no room for what stands beside");
		return false;
	}
	area_init(&box, area->x, left);
	area_init(&second, area->x + left + gap, area->width - left - gap);
	ok = flow_lay_nodes(flow, &box, node->children, error) &&
	     flow_lay_nodes(flow, &second, node->otherwise, error);
	if (ok) {
		area_copy(&box, &second, 0);
		box.y = fmax(box.y, second.y);
		ok = area_place(area, &box, error);
	}
	area_clear(&box);
	area_clear(&second);
	return ok;
}

static double aligned_x(
	const struct area *area, double width, enum text_align align)
{
	if (align == ALIGN_RIGHT)
		return area->x + area->width - width;
	if (align == ALIGN_CENTER)
		return area->x + (area->width - width) / 2;
	return area->x;
}

static bool lay_qr(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	const struct cell *cell = &g_array_index(node->cells, struct cell, 0);
	AUTO(filled) filled = phrase_fill(cell->phrase, &flow->fill, error);
	double size = node->size_mm * PDF_MM;
	struct qr *qr;
	struct area box;
	bool ok;

	if (!filled)
		return false;
	qr = qr_new(filled->text, error);
	if (!qr)
		return false;
	g_ptr_array_add(flow->qrs, qr);
	area_init(&box, area->x, area->width);
	area_mark(&box, (struct mark){.kind = MARK_QR,
				.x = aligned_x(area, size, node->align),
				.size = size,
				.qr = qr});
	box.y = size;
	ok = area_place(area, &box, error);
	area_clear(&box);
	return ok;
}

/* Seals ---------------------------------------------------------------- */

static double widest(const struct area *area)
{
	double width = 0;

	for (guint i = 0; i < area->marks->len; i++) {
		const struct mark *mark =
			&g_array_index(area->marks, struct mark, i);

		if (mark->kind == MARK_TEXT)
			width = fmax(width, pdf_text_width(mark->text) + 1);
	}
	return width;
}

/* The name stands in the upper part of the ring, above the lines that the seal
 * will cover. */
static bool lay_ring(struct flow *flow, struct area *box,
	const struct node *node, double height, GError **error)
{
	double radius = node->size_mm * PDF_MM / 2;
	double middle = box->x + box->width / 2;
	const struct pdf_text *name;

	if (!flow_lay_cell(flow, &g_array_index(node->cells, struct cell, 0),
		    2 * radius, &name, error))
		return false;
	area_mark(box, (struct mark){.kind = MARK_RING,
			       .x = middle,
			       .y = height / 2,
			       .size = radius});
	if (name)
		area_mark_text(box, name, middle - radius,
			height / 2 - radius * 0.82, 0, pdf_text_lines(name));
	return true;
}

static bool lay_seal_lines(struct flow *flow, struct area *area,
	const struct node *node, struct area *lines, GError **error)
{
	double width;
	bool ok;

	area_init(lines, area->x, area->width);
	ok = flow_lay_nodes(flow, lines, node->children, error);
	width = fmin(fmax(widest(lines), node->size_mm * PDF_MM), area->width);
	area_clear(lines);
	area_init(lines, aligned_x(area, width, node->align), width);
	return ok && flow_lay_nodes(flow, lines, node->children, error);
}

static bool lay_seal(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	struct area lines, box;
	bool ok = lay_seal_lines(flow, area, node, &lines, error);
	double height = fmax(lines.y, node->size_mm * PDF_MM);

	area_init(&box, lines.x, lines.width);
	ok = ok && lay_ring(flow, &box, node, height, error);
	if (ok) {
		area_copy(&box, &lines, (height - lines.y) / 2);
		box.y = height;
		ok = area_place(area, &box, error);
	}
	area_clear(&box);
	area_clear(&lines);
	return ok;
}

/* All ------------------------------------------------------------------ */

static bool lay_edge(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	(void)area;
	(void)error;
	g_ptr_array_add(flow->edges, (void *)node);
	return true;
}

static flow_lay_fn *const lay_table[] = {
	[NODE_TEXT] = lay_text,
	[NODE_SPACE] = lay_space,
	[NODE_RULE] = lay_rule,
	[NODE_PAGE] = lay_page,
	[NODE_IF] = lay_if,
	[NODE_EACH] = lay_each,
	[NODE_KEEP] = lay_keep,
	[NODE_BESIDE] = lay_beside,
	[NODE_TABLE] = flow_lay_table,
	[NODE_HEAD] = flow_lay_row,
	[NODE_ROW] = flow_lay_row,
	[NODE_GRID] = flow_lay_grid,
	[NODE_QR] = lay_qr,
	[NODE_SEAL] = lay_seal,
	[NODE_HEADER] = lay_edge,
	[NODE_FOOTER] = lay_edge,
	[NODE_WATERMARK] = lay_edge,
};

static bool is_block(const struct node *node)
{
	return node->children->len > 0 || node->otherwise->len > 0;
}

bool flow_lay_nodes(
	struct flow *flow, struct area *area, GPtrArray *nodes, GError **error)
{
	for (guint i = 0; i < nodes->len; i++) {
		const struct node *node = nodes->pdata[i];

		if (lay_table[node->kind](flow, area, node, error))
			continue;
		/* The innermost node's line is the one to look at. */
		if (!is_block(node) || !strstr((*error)->message, ".tmpl:"))
			flow_locate(node, error);
		return false;
	}
	return true;
}
