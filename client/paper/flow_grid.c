/* A table whose columns come with the data: what was filled in as repeating
 * rows. Each column gets a share of the width by the longest text in it. */
#include <math.h>

#include "client/paper/flow_lay.h"

/* Of one column, in half width characters: a long text breaks, a short one
 * still wants room for its head. */
enum { SHARE_MIN = 5, SHARE_MAX = 28 };

static int width_of(const char *text)
{
	int width = 0;

	for (const char *at = text; *at; at = g_utf8_next_char(at))
		width += g_unichar_iswide(g_utf8_get_char(at)) ? 2 : 1;
	return width;
}

static void widen(const struct json *cells, int *shares)
{
	int at = 0;

	json_each (cell, cells) {
		const char *text = json_as_text(cell);

		if (text)
			shares[at] = CLAMP(width_of(text),
				MAX(shares[at], SHARE_MIN), SHARE_MAX);
		at++;
	}
}

static void share_columns(struct area *area, const struct field_grid *grid)
{
	int shares[FIELD_GRID_COLUMNS_MAX] = {0};
	int sum = 0;

	widen(grid->columns, shares);
	json_each (row, grid->rows)
		widen(row, shares);
	for (size_t i = 0; i < grid->count; i++)
		sum += shares[i];
	for (size_t i = 0; i < grid->count; i++)
		area->columns[i] = area->width * shares[i] / MAX(sum, 1);
}

static bool lay_cells(struct flow *flow, struct area *area,
	const struct node *node, const struct json *texts, bool is_head,
	GError **error)
{
	struct flow_cells cells = {.is_head = is_head};
	double pad = node->pad_mm * PDF_MM;

	json_each (cell, texts) {
		g_autofree char *text =
			field_grid_text(node->list, cell, error);
		double width = area->columns[cells.count] - 2 * pad;

		if (!text || !flow_lay_plain(flow,
				     node->column_styles[is_head ? 0 : 1],
				     node->list, text, fmax(width, 1),
				     &cells.texts[cells.count], error))
			return false;
		cells.spans[cells.count++] = 1;
	}
	return flow_place_cells(area, &cells, error);
}

static bool lay_rows(struct flow *flow, struct area *area,
	const struct node *node, const struct field_grid *grid, GError **error)
{
	if (!lay_cells(flow, area, node, grid->columns, true, error))
		return false;
	json_each (row, grid->rows) {
		if (!lay_cells(flow, area, node, row, false, error))
			return false;
	}
	return true;
}

bool flow_lay_grid(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	struct field_grid grid;
	struct area head;
	bool ok;

	if (!field_grid(
		    node->list, flow->fill.data, flow->fill.row, &grid, error))
		return false;
	if (grid.count == 0)
		return true;
	area_init(&head, area->x, area->width);
	area->table = node;
	area->head = &head;
	share_columns(area, &grid);
	ok = lay_rows(flow, area, node, &grid, error);
	area->table = NULL;
	area->head = NULL;
	area_clear(&head);
	return ok;
}
