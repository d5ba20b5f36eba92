/* Rows 1 to 3 and the last three. The header is a list of parts; when they do
 * not fit, those that say least leave first. */
#include "ui/frame.h"

#include <string.h>

#include "client/base/clock.h"
#include "ui/draw.h"
#include "ui/panel.h"
#include "ui/text.h"

enum { WIDE_COLS = 100, PANEL_FROM_COLS = 132, PANEL_FROM_ROWS = 30 };

/* The order in which parts give way, first ones first. PART_KEPT never. */
enum part_rank {
	PART_HALL,
	PART_NO_WARNINGS,
	PART_DATE,
	PART_DEVICES_GOOD,
	PART_WARNINGS,
	PART_TIME,
	PART_DEVICES_BAD,
	PART_PERSON,
	PART_KEPT,
};

enum { PARTS_MAX = 10 };

struct part {
	char *text;
	enum part_rank rank;
	bool is_right;
	bool follows; /* a blank before it, not a bar */
};

struct header {
	struct part parts[PARTS_MAX];
	int count;
};

static void add_part(struct header *header, enum part_rank rank, bool is_right,
	char *take_text)
{
	if (header->count < PARTS_MAX && take_text && *take_text)
		header->parts[header->count++] = (struct part){
			take_text, rank, is_right, rank == PART_PERSON};
	else
		g_free(take_text);
}

static void header_clear(struct header *header)
{
	for (int i = 0; i < header->count; i++)
		g_free(header->parts[i].text);
}

/* Parts -------------------------------------------------------------------- */

static const char *window_name(const struct model *model, int cols)
{
	const struct header_model *header = &model->header;

	return or_empty(cols >= PANEL_FROM_COLS && header->window_name
				? header->window_name
				: header->window_short);
}

static void add_person(struct header *out, const struct model *model, int cols)
{
	const struct header_model *header = &model->header;
	const char *person = header->paused   ? _("paused")
			     : header->person ? header->person
					      : _("not logged in");

	add_part(out, PART_KEPT, false,
		g_strdup_printf("%s%s",
			model->login.training ? _("[training] ") : "",
			window_name(model, cols)));
	add_part(out, PART_PERSON, false, g_strdup(person));
}

static void add_link(struct header *out, const struct header_model *header)
{
	static const char *const words[] = {
		[LINK_SHOW_UP] = N_("online"),
		[LINK_SHOW_CONNECTING] = N_("connecting"),
		[LINK_SHOW_DOWN] = N_("offline"),
	};
	g_autofree char *parked =
		header->parked
			? g_strdup_printf(_(" parked %d"), header->parked)
			: g_strdup("");
	g_autofree char *unsent =
		g_strdup_printf(_("unsent %d"), header->unsent);

	add_part(out, PART_KEPT, false, g_strdup(_(words[header->link])));
	add_part(
		out, PART_KEPT, false, g_strdup_printf("%s%s", unsent, parked));
}

/* "devices pad printer(absent)" where there is room for all of them. */
static char *all_devices(const struct model *model)
{
	GString *out = g_string_new(_("devices"));

	for (guint i = 0; i < model->devices.devices->len; i++) {
		const struct device_model *device =
			model->devices.devices->pdata[i];

		g_string_append_printf(out, " %s", or_empty(device->name));
		if (!device->ok)
			g_string_append_printf(
				out, "(%s)", or_empty(device->state));
	}
	return g_string_free(out, FALSE);
}

static void add_devices(struct header *out, const struct model *model, int cols)
{
	const char *fault = model->header.device_fault;

	if (cols >= PANEL_FROM_COLS && model->devices.devices->len > 0) {
		g_autofree char *all = all_devices(model);

		if (canvas_width(all) <= cols / 3) {
			add_part(out, PART_DEVICES_GOOD, false,
				g_steal_pointer(&all));
			return;
		}
	}
	if (fault)
		add_part(out, PART_DEVICES_BAD, false, g_strdup(fault));
	else
		add_part(out, PART_DEVICES_GOOD, false,
			g_strdup(_("devices ok")));
}

static const char *weekday(int64_t now_ms)
{
	static const char *const names[] = {N_("Mon"), N_("Tue"), N_("Wed"),
		N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")};
	g_autofree char *number = clock_format(now_ms, "%u");
	int day = number[0] - '1';

	return day >= 0 && day < 7 ? _(names[day]) : "";
}

static void add_time(struct header *out, const struct model *model, int cols)
{
	g_autofree char *date = clock_format(
		model->now_ms, cols >= PANEL_FROM_COLS ? "%Y-%m-%d" : "%m-%d");
	g_autofree char *time = clock_format(model->now_ms, "%H:%M");

	add_part(out, PART_DATE, true,
		cols >= WIDE_COLS
			? g_strdup_printf("%s %s", date, weekday(model->now_ms))
			: g_strdup(date));
	add_part(out, PART_TIME, true,
		g_strdup(model->header.clock_unsure ? _("clock?") : time));
}

static void add_parts(struct header *out, const struct model *model, int cols)
{
	const struct header_model *header = &model->header;
	const char *hall = cols >= PANEL_FROM_COLS && header->hall
				   ? header->hall
				   : header->hall_short;

	add_person(out, model, cols);
	add_link(out, header);
	add_devices(out, model, cols);
	add_part(out,
		header->yellow || header->red ? PART_WARNINGS
					      : PART_NO_WARNINGS,
		false,
		g_strdup_printf(
			_("yellow %d red %d"), header->yellow, header->red));
	add_part(out, PART_HALL, true, g_strdup(hall));
	add_time(out, model, cols);
}

/* Joining -------------------------------------------------------------------
 */

static char *join(const struct header *header, bool is_right)
{
	GString *out = g_string_new(NULL);

	for (int i = 0; i < header->count; i++) {
		const struct part *part = &header->parts[i];

		if (part->is_right != is_right)
			continue;
		if (out->len > 0)
			g_string_append(
				out, is_right && part->rank == PART_DATE ? "  "
				     : is_right || part->follows         ? " "
								 : " | ");
		g_string_append(out, part->text);
	}
	return g_string_free(out, FALSE);
}

static int parts_width(const struct header *header)
{
	g_autofree char *left = join(header, false);
	g_autofree char *right = join(header, true);

	return canvas_width(left) + canvas_width(right) + (*right ? 1 : 0);
}

/* False when only those are left that stay. */
static bool drop_least(struct header *header)
{
	int least = 0;

	for (int i = 1; i < header->count; i++) {
		if (header->parts[i].rank < header->parts[least].rank)
			least = i;
	}
	if (header->count == 0 || header->parts[least].rank == PART_KEPT)
		return false;
	g_free(header->parts[least].text);
	header->count--;
	for (int i = least; i < header->count; i++)
		header->parts[i] = header->parts[i + 1];
	return true;
}

static void fit_header(
	struct header *header, const struct model *model, int cols)
{
	add_parts(header, model, cols);
	while (parts_width(header) > cols - 2 && drop_least(header))
		;
}

char *frame_header_left(const struct model *model, int cols)
{
	struct header header = {0};
	char *left;

	fit_header(&header, model, cols);
	left = join(&header, false);
	header_clear(&header);
	return left;
}

/* From red 1 on the warnings stand out. */
static void restyle_warnings(struct canvas *canvas, const struct header *header,
	const struct model *model)
{
	struct header before = *header;
	g_autofree char *left = NULL;

	if (model->header.red == 0)
		return;
	for (before.count = 0; before.count < header->count; before.count++) {
		if (header->parts[before.count].rank == PART_WARNINGS)
			break;
	}
	if (before.count == header->count)
		return;
	left = join(&before, false);
	canvas_restyle(canvas,
		(struct box){0, 1 + canvas_width(left) + 3, 1,
			canvas_width(header->parts[before.count].text)},
		STYLE_ALERT);
}

static void draw_lock_header(struct canvas *canvas, const struct model *model)
{
	g_autofree char *time = clock_format(model->now_ms, "%m-%d %H:%M");

	canvas_text(canvas, 0, 1, or_empty(model->header.window_short),
		STYLE_HEADER);
	canvas_fit_right(canvas, 0, canvas->cols - 13, 12, time, STYLE_HEADER);
}

static void draw_header(
	struct canvas *canvas, const struct model *model, bool is_locked)
{
	struct header header = {0};
	g_autofree char *left = NULL, *right = NULL;
	int width;

	canvas_fill(
		canvas, (struct box){0, 0, 1, canvas->cols}, ' ', STYLE_HEADER);
	if (is_locked) {
		draw_lock_header(canvas, model);
		return;
	}
	fit_header(&header, model, canvas->cols);
	left = join(&header, false);
	right = join(&header, true);
	width = canvas_width(right);
	canvas_fit(canvas, 0, 1, canvas->cols - 2, left, STYLE_HEADER,
		TEXT_CUT_END);
	restyle_warnings(canvas, &header, model);
	if (width > 0)
		canvas_text(canvas, 0, canvas->cols - 1 - width, right,
			STYLE_HEADER);
	header_clear(&header);
}

/* Title and banner ----------------------------------------------------------
 */

static void draw_title(struct canvas *canvas, const struct frame *frame)
{
	int cols = canvas->cols - 2;
	int left = canvas_width(frame->left),
	    right = canvas_width(frame->right);

	/* The left side says where we are; the right one gives way. */
	if (left + 2 + right > cols)
		right = MAX(cols - left - 2, 0);
	if (right < MIN(12, canvas_width(frame->right)))
		right = 0;
	canvas_fit(canvas, 1, 1, cols - (right ? right + 2 : 0), frame->left,
		STYLE_TITLE, TEXT_CUT_END);
	if (right)
		canvas_fit(canvas, 1, canvas->cols - 1 - right, right,
			frame->right, STYLE_NORMAL, TEXT_CUT_MIDDLE);
}

/* The strongest standing condition; NULL: none. Caller frees. */
static char *banner_text(const struct model *model)
{
	const struct header_model *header = &model->header;

	if (header->store_failed)
		return g_strdup(_("!!!! The local store failed: receiving has "
				  "stopped, call the technician "));
	if (model->login.training)
		return g_strdup(_("==== Training: nothing is sent, prints say "
				  "SPECIMEN "));
	if (header->link == LINK_SHOW_DOWN)
		return g_strdup_printf(
			_("!!!! Offline since %s, %d min. Receiving works; no "
			  "licences, seals, results "),
			header->link_since ? header->link_since : "?",
			header->link_down_min);
	if (header->clock_unsure)
		return g_strdup(_("!!!! The clock is not confirmed: times and "
				  "dates are provisional "));
	return NULL;
}

static void draw_banner(struct canvas *canvas, const struct model *model,
	int row, int rule_cols)
{
	g_autofree char *text = banner_text(model);
	int width = canvas_width(text);

	if (!text) {
		draw_rule(canvas, row, 0, canvas->cols, NULL);
		if (rule_cols < canvas->cols)
			canvas_text(canvas, row, rule_cols, "+", STYLE_NORMAL);
		return;
	}
	canvas_fill(canvas, (struct box){row, 0, 1, canvas->cols},
		(guchar)text[0], STYLE_BANNER);
	canvas_fit(canvas, row, 0, MIN(width, canvas->cols), text, STYLE_BANNER,
		TEXT_CUT_END);
}

static void draw_lower_rule(struct canvas *canvas, const struct model *model,
	int row, int rule_cols)
{
	g_autofree char *text = NULL;

	draw_rule(canvas, row, 0, canvas->cols, NULL);
	if (rule_cols < canvas->cols)
		canvas_text(canvas, row, rule_cols, "+", STYLE_NORMAL);
	if (!model->login.training)
		return;
	text = g_strdup_printf("==== %s ", _("Training"));
	canvas_fill(canvas, (struct box){row, 0, 1, canvas->cols}, '=',
		STYLE_BANNER);
	canvas_text(canvas, row, 0, text, STYLE_BANNER);
}

/* Hints ---------------------------------------------------------------------
 */

static const char *hint_keys(const struct hint *hint)
{
	return hint->keys ? hint->keys : action_label(hint->action);
}

static int draw_fixed_hints(
	struct canvas *canvas, int row, const struct frame *frame)
{
	GString *text = g_string_new(NULL);
	int col;

	if (frame->with_menu)
		g_string_append_printf(text, "%s %s", "Ctrl+K", _("Menu"));
	if (frame->with_help)
		g_string_append_printf(text, "%s%s %s", text->len ? "  " : "",
			"F1", _("Help"));
	col = canvas->cols - 1 - canvas_width(text->str);
	if (col > canvas->cols / 4)
		canvas_text(canvas, row, col, text->str, STYLE_NORMAL);
	else
		col = canvas->cols - 1;
	g_string_free(text, TRUE);
	return col;
}

static void draw_hints(
	struct canvas *canvas, int row, const struct frame *frame)
{
	int limit = draw_fixed_hints(canvas, row, frame), col = 1;
	const GArray *hints = frame->hints ? frame->hints->hints : NULL;

	for (guint i = 0; hints && i < hints->len; i++) {
		const struct hint *hint = &g_array_index(hints, struct hint, i);
		g_autofree char *text = NULL;

		if (hint->reason)
			continue;
		text = g_strdup_printf("%s%s%s", hint_keys(hint),
			*hint_keys(hint) ? " " : "", or_empty(hint->text));
		if (col + canvas_width(text) > limit - 1)
			continue;
		col += canvas_text(canvas, row, col, text, STYLE_NORMAL) + 2;
	}
}

/* The whole ------------------------------------------------------------------
 */

bool frame_fits(struct canvas *canvas)
{
	if (canvas->rows >= FRAME_ROWS_MIN && canvas->cols >= FRAME_COLS_MIN)
		return true;
	canvas_printf(canvas, 0, 0, STYLE_NORMAL,
		_("Terminal too small: %dx%d, at least %dx%d"), canvas->cols,
		canvas->rows, FRAME_COLS_MIN, FRAME_ROWS_MIN);
	canvas_cursor(canvas, 0, 0);
	return false;
}

static bool has_panel(const struct canvas *canvas, enum view_id view)
{
	return canvas->cols >= PANEL_FROM_COLS &&
	       canvas->rows >= PANEL_FROM_ROWS && panel_belongs(view);
}

struct box frame_body(const struct canvas *canvas, enum view_id view)
{
	struct box body = {3, 0, canvas->rows - 6, canvas->cols};

	if (has_panel(canvas, view))
		body.cols -= FRAME_PANEL_COLS + 1;
	return body;
}

void frame_draw(struct canvas *canvas, const struct model *model,
	const struct frame *frame)
{
	struct box body = frame_body(canvas, model->view);
	int rule_cols = body.cols, rows = canvas->rows;

	draw_header(canvas, model, frame->is_locked);
	draw_title(canvas, frame);
	if (frame->is_locked) {
		draw_rule(canvas, 2, 0, canvas->cols, NULL);
		draw_rule(canvas, rows - 3, 0, canvas->cols, NULL);
	} else {
		draw_banner(canvas, model, 2, rule_cols);
		draw_lower_rule(canvas, model, rows - 3, rule_cols);
	}
	canvas_fit(canvas, rows - 2, 1, canvas->cols - 2, frame->message,
		STYLE_NORMAL, TEXT_CUT_END);
	draw_hints(canvas, rows - 1, frame);
	if (rule_cols < canvas->cols && !frame->is_locked) {
		canvas_fill(canvas, (struct box){3, rule_cols, body.rows, 1},
			'|', STYLE_NORMAL);
		panel_draw(canvas, model,
			(struct box){
				3, rule_cols + 1, body.rows, FRAME_PANEL_COLS});
	}
}
