/* Sections one below the other; what does not fit is left out from the end. */
#include "ui/panel.h"

#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"

enum { TEXT_COL = 2, DEEP_COL = 4 };

bool panel_belongs(enum view_id view)
{
	return view_is_visit(view) || view == VIEW_CASE ||
	       view == VIEW_SEARCH || view == VIEW_HOME || view == VIEW_SYNC;
}

static void section(struct page *page, const char *title)
{
	if (page->row > 0 && page_need(page, 2)) {
		page->row++;
		canvas_fill(page->canvas,
			(struct box){page->row, TEXT_COL, 1,
				page->canvas->cols - TEXT_COL - 1},
			'-', STYLE_NORMAL);
		page->row++;
	}
	page_text(page, TEXT_COL, title, STYLE_TITLE);
}

static void pair(struct page *page, const char *name, const char *value)
{
	if (!value || !*value || !page_need(page, 1))
		return;
	canvas_fit(page->canvas, page->row, DEEP_COL, 10, name, STYLE_NORMAL,
		TEXT_CUT_END);
	canvas_fit(page->canvas, page->row, DEEP_COL + 11,
		page->canvas->cols - DEEP_COL - 12, value, STYLE_NORMAL,
		TEXT_CUT_MIDDLE);
	page->row++;
}

static void draw_item(struct page *page, const struct model *model)
{
	const struct item_detail *detail = &model->item.detail;

	if (!detail->title || model->view == VIEW_ITEM ||
		!view_is_visit(model->view))
		return;
	section(page, detail->title);
	if (detail->line)
		page_wrapped(page, DEEP_COL, detail->line, STYLE_NORMAL);
	page_lines(page, DEEP_COL, detail->lines);
}

static void draw_visit(struct page *page, const struct model *model)
{
	if (!model->visit.ticket || !view_is_visit(model->view))
		return;
	section(page, _("This visit"));
	pair(page, _("ticket"), model->visit.ticket);
	pair(page, _("applicant"), model->visit.person);
	pair(page, _("item"), model->visit.item);
	pair(page, _("called"), model->visit.called);
}

static void draw_queue(struct page *page, const struct model *model)
{
	const struct home_model *home = &model->home;
	g_autofree char *line =
		g_strdup_printf(_("waiting %d, on average %d min"),
			home->waiting_total, home->average_wait_min);

	section(page, _("Queue"));
	page_text(page, DEEP_COL, line, STYLE_NORMAL);
	if (home->waiting->len > 0) {
		const struct ticket_model *next = home->waiting->pdata[0];
		g_autofree char *text = g_strdup_printf("%s  %s",
			or_empty(next->number), or_empty(next->waited));

		pair(page, _("next"), text);
	}
	for (guint i = 0; i < MIN(home->parked->len, 3u); i++) {
		const struct ticket_model *parked = home->parked->pdata[i];
		g_autofree char *text = g_strdup_printf("%s  %s",
			or_empty(parked->number), or_empty(parked->waited));

		pair(page, _("parked"), text);
	}
}

static void draw_devices(struct page *page, const struct model *model)
{
	const GPtrArray *devices = model->devices.devices;

	if (devices->len == 0)
		return;
	section(page, _("Devices"));
	for (guint i = 0; i < devices->len; i++) {
		const struct device_model *device = devices->pdata[i];

		if (!page_need(page, 1))
			return;
		canvas_fit(page->canvas, page->row, DEEP_COL, 16, device->name,
			STYLE_NORMAL, TEXT_CUT_END);
		canvas_fit(page->canvas, page->row, DEEP_COL + 17,
			page->canvas->cols - DEEP_COL - 18, device->state,
			device->ok ? STYLE_OK : STYLE_ALERT, TEXT_CUT_END);
		page->row++;
	}
}

static void draw_sending(struct page *page, const struct model *model)
{
	const struct header_model *header = &model->header;
	g_autofree char *numbers =
		g_strdup_printf(_("%d left"), header->numbers_left);
	g_autofree char *unsent = g_strdup_printf("%d", header->unsent);

	section(page, _("Sending"));
	pair(page, _("unsent"), unsent);
	pair(page, _("last"), model->sync.last_success);
	pair(page, _("numbers"), numbers);
	if (header->link == LINK_SHOW_DOWN)
		pair(page, _("retry"), header->retry_at);
}

void panel_draw(
	struct canvas *canvas, const struct model *model, struct box box)
{
	struct page page;

	page_begin(&page, box.rows, box.cols);
	draw_item(&page, model);
	draw_visit(&page, model);
	if (model->view != VIEW_HOME)
		draw_queue(&page, model);
	draw_devices(&page, model);
	draw_sending(&page, model);
	canvas_copy(canvas, box.row, box.col, page.canvas,
		(struct box){0, 0, box.rows, box.cols});
	canvas_free(page.canvas);
}
