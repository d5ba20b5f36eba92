/* Marks on pages: boxes, breaks, and drawing in the end. */
#include "client/paper/area.h"

#include <math.h>

#include "client/base/error.h"

void area_init(struct area *area, double x, double width)
{
	*area = (struct area){.x = x,
		.width = width,
		.bottom = INFINITY,
		.marks = g_array_new(FALSE, FALSE, sizeof(struct mark))};
}

void area_clear(struct area *area)
{
	g_clear_pointer(&area->marks, g_array_unref);
}

void area_mark(struct area *area, struct mark mark)
{
	mark.page = area->page;
	g_array_append_val(area->marks, mark);
}

/* Everything of a box, moved down by dy. */
void area_copy(struct area *area, const struct area *box, double dy)
{
	for (guint i = 0; i < box->marks->len; i++) {
		struct mark mark = g_array_index(box->marks, struct mark, i);

		mark.y += dy;
		mark.y2 += dy;
		area_mark(area, mark);
	}
}

bool area_new_page(struct area *area, GError **error)
{
	if (area->page >= AREA_PAGES_MAX || area->marks->len > AREA_MARKS_MAX) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"more than %d pages", AREA_PAGES_MAX);
		return false;
	}
	area->page++;
	area->y = area->top;
	if (area->head) {
		area_copy(area, area->head, area->y);
		area->y += area->head->y;
	}
	return true;
}

static bool fits(const struct area *area, double height)
{
	return area->y + height <= area->bottom + 0.01;
}

/* A box goes onto this page or the next one. */
bool area_place(struct area *area, const struct area *box, GError **error)
{
	double height = box->y;

	if (!fits(area, height) && !area_new_page(area, error))
		return false;
	if (!fits(area, height)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"this does not fit onto one page");
		return false;
	}
	area_copy(area, box, area->y);
	area->y += height;
	return true;
}

void area_mark_text(struct area *area, const struct pdf_text *text, double x,
	double y, int first, int count)
{
	area_mark(area, (struct mark){.kind = MARK_TEXT,
				.x = x,
				.y = y,
				.text = text,
				.first = first,
				.count = count});
}

void area_mark_line(struct area *area, double x1, double y1, double x2,
	double y2, double width)
{
	if (width > 0)
		area_mark(area, (struct mark){.kind = MARK_LINE,
					.x = x1,
					.y = y1,
					.x2 = x2,
					.y2 = y2,
					.size = width});
}

/* How many of the lines that are left go onto this page: no single line of a
 * paragraph is left alone on either. */
static int lines_here(const struct area *area, double pitch, int left)
{
	double room = (area->bottom - area->y + 0.01) / pitch;
	int fit = room >= left ? left : (int)room;

	if (fit >= left)
		return left;
	if (left - fit == 1 && fit > 1)
		fit--;
	return fit < 2 && area->y > area->top ? 0 : fit;
}

bool area_place_text(struct area *area, const struct pdf_text *text, double x,
	GError **error)
{
	double pitch = pdf_text_pitch(text);
	int done = 0, lines = pdf_text_lines(text);

	while (done < lines) {
		int count = lines_here(area, pitch, lines - done);

		if (count > 0) {
			area_mark_text(area, text, x, area->y, done, count);
			area->y += count * pitch;
			done += count;
		}
		if (done < lines && count <= 0 && area->y <= area->top) {
			g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
				"one line does not fit onto a page");
			return false;
		}
		if (done < lines && !area_new_page(area, error))
			return false;
	}
	return true;
}

static void draw_mark(struct pdf *pdf, const struct mark *mark)
{
	switch (mark->kind) {
	case MARK_TEXT:
		pdf_draw_text(pdf, mark->text, mark->x, mark->y, mark->first,
			mark->count);
		break;
	case MARK_TURNED:
		pdf_draw_turned(pdf, mark->text, mark->x, mark->y, mark->size);
		break;
	case MARK_LINE:
		pdf_draw_line(
			pdf, mark->x, mark->y, mark->x2, mark->y2, mark->size);
		break;
	case MARK_RING:
		pdf_draw_ring(pdf, mark->x, mark->y, mark->size);
		break;
	case MARK_QR:
		pdf_draw_qr(pdf, mark->qr, mark->x, mark->y, mark->size);
		break;
	}
}

void area_draw(const struct area *area, int page, guint *next, struct pdf *pdf)
{
	for (; *next < area->marks->len; ++*next) {
		const struct mark *mark =
			&g_array_index(area->marks, struct mark, *next);

		if (mark->page != page)
			break;
		draw_mark(pdf, mark);
	}
}
