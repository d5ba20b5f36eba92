/* The devices: state of each, and what is known about the one in focus. */
#include "ui/draw.h"
#include "ui/text.h"
#include "ui/view_common.h"
#include "ui/views.h"

enum { COLUMNS = 5, DETAIL_ROWS = 7, LIST_MIN = 3 };

static const struct column columns[COLUMNS] = {
	{.title = N_("device"), .width = 10},
	{.title = N_("protocol"), .width = 14, .priority = 2, .grow = 1},
	{.title = N_("port"), .width = 23, .priority = 3, .grow = 1},
	{.title = N_("state"), .width = 11},
	{.title = N_("answer"), .width = 11, .priority = 1},
};

static struct intent focus_on(const struct model *model, int index)
{
	if (index < 0 || index >= (int)model->devices.devices->len ||
		index == model->devices.focus)
		return intent_none();
	return intent_index(INTENT_DEVICE_FOCUS, index, 0);
}

static struct intent key(
	void *data, const struct model *model, struct key_event event)
{
	int focus = model->devices.focus;

	(void)data;
	switch (event.action) {
	case ACTION_BACK:
		return intent_of(INTENT_BACK);
	case ACTION_PICK:
		return focus_on(model, key_digit(&event) - 1);
	case ACTION_REDO:
		return intent_of(INTENT_RECONNECT);
	case ACTION_DO:
		return intent_index(INTENT_DEVICE_TEST, focus, 0);
	default:
		break;
	}
	list_move(&event, (int)model->devices.devices->len, &focus);
	return focus_on(model, focus);
}

static void draw_device(struct page *page, const struct model *model, int index,
	const int *widths)
{
	const struct device_model *device =
		model->devices.devices->pdata[index];
	const char *const texts[COLUMNS] = {device->name, device->protocol,
		device->port, device->state, device->last};
	bool is_focused = index == model->devices.focus;
	int col = LIST_COL;

	if (!page_need(page, 1))
		return;
	list_row(page->canvas, page->row, is_focused, index + 1, columns,
		COLUMNS, widths, texts);
	for (int i = 0; i < 3; i++)
		col += widths[i] + (widths[i] > 0);
	if (!device->ok && !is_focused)
		canvas_restyle(page->canvas,
			(struct box){page->row, col, 1,
				MIN(canvas_width(device->state), widths[3])},
			STYLE_ALERT);
	page->row++;
}

static void draw_list(struct page *page, const struct model *model, int rows)
{
	int count = (int)model->devices.devices->len, widths[COLUMNS_MAX];
	struct list_part part = list_part(count, model->devices.focus, rows);

	list_layout(page->canvas, columns, COLUMNS, widths);
	list_titles(page->canvas, page->row, columns, COLUMNS, widths);
	page->row++;
	canvas_cursor(page->canvas, page->row, 1);
	for (int i = part.top; i < part.last; i++)
		draw_device(page, model, i, widths);
	list_rest_row(page, &part);
	if (count == 0)
		page_text(page, LIST_COL,
			_("no device, or the device program does not run"),
			STYLE_NORMAL);
}

static void draw(const void *data, const struct model *model,
	struct canvas *canvas, struct box body)
{
	const struct devices_model *devices = &model->devices;
	struct page page;

	(void)data;
	page_begin(&page, body.rows, body.cols);
	draw_list(&page, model,
		MAX(body.rows - 1 -
				MAX((int)devices->detail->len + 2, DETAIL_ROWS),
			LIST_MIN));
	if (devices->focus >= 0 &&
		devices->focus < (int)devices->devices->len) {
		const struct device_model *device =
			devices->devices->pdata[devices->focus];

		page_blank(&page);
		page_section(&page, or_empty(device->name));
		page_lines(&page, 3, devices->detail);
	}
	page_show(&page, canvas, body);
}

static void heading(const void *data, const struct model *model, GString *left,
	GString *right)
{
	guint bad = 0, all = model->devices.devices->len;

	(void)data;
	for (guint i = 0; i < all; i++) {
		const struct device_model *device =
			model->devices.devices->pdata[i];

		bad += !device->ok;
	}
	g_string_append_printf(left, "%s %s", _("Devices"),
		or_empty(model->header.window_short));
	g_string_append_printf(right, _("ok %u  fault %u"), all - bad, bad);
}

static void hints(
	const void *data, const struct model *model, struct hint_list *out)
{
	(void)data;
	if (model->devices.devices->len > 0) {
		hint_add(out, ACTION_DO, _("self test"));
		hint_add(out, ACTION_PICK, _("line"));
	}
	hint_add(out, ACTION_REDO, _("refresh"));
	hint_add(out, ACTION_BACK, _("back"));
}

const struct view_ops view_devices = {
	.id = VIEW_DEVICES,
	.title = N_("Devices"),
	.state_size = 0,
	.enter = view_keep,
	.draw = draw,
	.key = key,
	.heading = heading,
	.hints = hints,
};
