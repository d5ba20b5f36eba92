/* Tables: columns, rows that stay whole, heads that are repeated. */
#include <math.h>

#include "client/base/error.h"
#include "client/paper/flow_lay.h"

static bool share_columns(
	struct area *area, const struct node *table, GError **error)
{
	double rest = area->width;
	int shares = 0;

	for (int i = 0; i < table->column_count; i++) {
		area->columns[i] = table->columns_mm[i] * PDF_MM;
		rest -= area->columns[i];
		shares += table->columns_mm[i] <= 0;
	}
	if (rest < -0.1 || rest < shares * 3 * PDF_MM) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"columns: wider than the room of %.0f mm",
			area->width / PDF_MM);
		return false;
	}
	for (int i = 0; i < table->column_count; i++)
		if (table->columns_mm[i] <= 0)
			area->columns[i] = rest / shares;
	return true;
}

bool flow_lay_table(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	struct area head;
	bool ok;

	area_init(&head, area->x, area->width);
	area->table = node;
	area->head = &head;
	ok = share_columns(area, node, error) &&
	     flow_lay_nodes(flow, area, node->children, error);
	area->table = NULL;
	area->head = NULL;
	area_clear(&head);
	return ok;
}

static double span_width(const struct area *area, int column, int span)
{
	double width = 0;

	for (int i = column; i < column + span; i++)
		width += area->columns[i];
	return width;
}

static double row_height(
	const struct area *area, const struct flow_cells *cells)
{
	double height = area->table->height_mm * PDF_MM;

	for (int i = 0; i < cells->count; i++) {
		const struct pdf_text *text = cells->texts[i];

		if (text)
			height = fmax(height,
				pdf_text_lines(text) * pdf_text_pitch(text) +
					area->table->pad_mm * PDF_MM);
	}
	return height;
}

static void mark_row(struct area *box, const struct area *area,
	const struct flow_cells *cells, double height)
{
	double border = area->table->width_pt;
	double pad = area->table->pad_mm * PDF_MM;
	double x = box->x;
	int column = 0;

	for (int i = 0; i < cells->count; i++) {
		const struct pdf_text *text = cells->texts[i];
		int lines = text ? pdf_text_lines(text) : 0;

		area_mark_line(box, x, 0, x, height, border);
		if (lines)
			area_mark_text(box, text, x + pad,
				(height - lines * pdf_text_pitch(text)) / 2, 0,
				lines);
		x += span_width(area, column, cells->spans[i]);
		column += cells->spans[i];
	}
	area_mark_line(box, x, 0, x, height, border);
	area_mark_line(box, box->x, 0, x, 0, border);
	area_mark_line(box, box->x, height, x, height, border);
	box->y = height;
}

bool flow_place_cells(
	struct area *area, const struct flow_cells *cells, GError **error)
{
	double height = row_height(area, cells);
	struct area box;
	bool ok;

	area_init(&box, area->x, area->width);
	mark_row(&box, area, cells, height);
	ok = area_place(area, &box, error);
	if (ok && cells->is_head) {
		area_copy(area->head, &box, area->head->y);
		area->head->y += height;
	}
	area_clear(&box);
	return ok;
}

bool flow_lay_row(struct flow *flow, struct area *area, const struct node *node,
	GError **error)
{
	struct flow_cells cells = {.count = (int)node->cells->len,
		.is_head = node->kind == NODE_HEAD};
	double pad = area->table->pad_mm * PDF_MM;
	int column = 0;

	for (int i = 0; i < cells.count; i++) {
		const struct cell *cell =
			&g_array_index(node->cells, struct cell, i);
		double width = span_width(area, column, cell->span) - 2 * pad;

		if (!flow_lay_cell(
			    flow, cell, fmax(width, 1), &cells.texts[i], error))
			return false;
		cells.spans[i] = cell->span;
		column += cell->span;
	}
	return flow_place_cells(area, &cells, error);
}
