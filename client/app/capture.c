/* Pages of the papers: taken with the camera or the scanner, taken again, put
 * in order, taken away. A picture belongs to the visit it was asked for; one
 * that comes when that visit is over is thrown away. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/error.h"
#include "client/base/log.h"
#include "client/store/blob.h"

enum {
	CAPTURE_TIMEOUT_MS = 30000,
	SCAN_TIMEOUT_MS = 180000,
	CANCEL_TIMEOUT_MS = 3000
};

/* One picture, or a stack of them, on its way. app keeps them: whether it still
 * counts is told by visit.capture. */
struct capture {
	struct app *app;
	int material; /* index */
	int replace;  /* page it replaces, -1 none */
	bool is_camera;
};

bool capture_is_running(const struct app *app, int material)
{
	return app->visit.capture && app->visit.capture->material == material;
}

/* Capturing --------------------------------------------------------------- */

static void keep_page(struct app *app, struct json *material,
	const struct json *page, GError **error)
{
	g_autofree char *file = NULL;
	struct json *kept = json_copy(page);
	const char *name = json_text_or(page, "file", "");
	char sha256[SHA256_TEXT];
	int64_t size = 0;

	json_put(kept, "file", NULL);
	if (strchr(name, '/') || !*name) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_PROTOCOL,
			"page without a file name");
		json_free(kept);
		return;
	}
	file = g_build_filename(
		config_path(app->config, "paths.runtime"), "spool", name, NULL);
	if (!blob_add(app->store, file,
		    json_text_or(page, "media_type", "image/jpeg"), sha256,
		    &size, error)) {
		json_free(kept);
		return;
	}
	json_put_text(kept, "sha256", sha256);
	json_put_int(kept, "size", size);
	json_add(json_get_mutable(material, "pages"), kept);
	devices_release(app, sha256);
}

/* The page just taken stands at the end; it replaces the one that was bad. */
static void replace_page(struct json *material, int replaced)
{
	struct json *pages = json_new_array();
	const struct json *last = NULL;
	int at = 0;

	json_each (page, json_get(material, "pages"))
		last = page;
	json_each (page, json_get(material, "pages")) {
		if (page == last)
			break;
		json_add(pages, json_copy(at == replaced ? last : page));
		at++;
	}
	json_put(material, "pages", pages);
}

/* One key mends it, F7: so not the sentence of the error with its own. */
static const char *capture_trouble(const GError *error)
{
	if (g_error_matches(error, LINK_ERROR, LINK_ERROR_ABSENT))
		return _("the device is not connected");
	if (g_error_matches(error, LINK_ERROR, LINK_ERROR_TIMEOUT))
		return _("the device did not answer");
	if (g_error_matches(error, LINK_ERROR, LINK_ERROR_BUSY))
		return _("the device is busy");
	return _("device fault (logged)");
}

static void say_capture_error(
	struct app *app, const struct json *material, const GError *error)
{
	size_t kept = materials_pages(material);

	log_error(error, "capture");
	if (g_error_matches(error, LINK_ERROR, LINK_ERROR_PAPER))
		app_say(app,
			_("The scanner has no paper: %zu pages are kept. "
			  "Put paper in and press F7."),
			kept);
	else
		app_say(app,
			_("No picture came: %s. %zu pages are kept; F7 tries "
			  "again."),
			capture_trouble(error), kept);
}

/* Nobody waits for these any more. */
static void throw_away(struct app *app, const struct json *pages)
{
	json_each (page, pages) {
		const char *sha256 = json_text_or(page, "sha256", "");

		if (sha256_is_valid(sha256))
			devices_release(app, sha256);
	}
}

static void take_pages(const struct capture *capture, const struct json *pages,
	const GError *error)
{
	struct app *app = capture->app;
	struct json *material = materials_at(app, capture->material);
	g_autoptr(GError) why = NULL;
	size_t taken = 0;

	json_each (page, pages) {
		if (materials_pages(material) >= PAGES_MAX || why)
			break;
		keep_page(app, material, page, &why);
		taken += !why;
	}
	if (taken > 0 && capture->replace >= 0)
		replace_page(material, capture->replace);
	if (taken > 0) {
		json_put_text(material, "form", "scan");
		paper_form_came_in(app, material);
		g_ptr_array_set_size(app->visit.paper_undo, 0);
	}
	app->model.materials.page = MAX(0, (int)materials_pages(material) - 1);
	materials_changed(app);
	if (error || why)
		say_capture_error(app, material, error ? error : why);
	else
		app_say(app,
			_("%zu pages taken and kept. F7 takes the next one, "
			  "Down is the next document."),
			taken);
	app_changed(app, true);
}

static void captured(
	void *context, const struct json *result, const GError *error)
{
	struct capture *capture = context;
	struct app *app = capture->app;
	const struct json *pages = json_get(result, "pages");
	bool counts = app->visit.capture == capture;

	if (counts)
		app->visit.capture = NULL;
	if (counts && materials_editable(app) &&
		materials_at(app, capture->material))
		take_pages(capture, pages, error);
	else
		throw_away(app, pages);
	g_ptr_array_remove_fast(app->captures, capture);
}

static bool refuse_while_capturing(struct app *app)
{
	if (!app->visit.capture)
		return false;
	app_say(app, _("A page is being taken; please wait for it."));
	return true;
}

static struct json *capture_args(const char *source)
{
	struct json *args = json_new_object();

	if (strcmp(source, "camera") != 0) {
		json_put_text(args, "source", source);
		json_put_text(args, "mode", "color");
		json_put_int(args, "resolution", 200);
	}
	return args;
}

static void start_capture(
	struct app *app, int index, const char *source, int replace)
{
	bool is_camera = !strcmp(source, "camera");
	struct capture *capture;

	if (refuse_while_capturing(app))
		return;
	capture = app->visit.capture = g_new0(struct capture, 1);
	g_ptr_array_add(app->captures, capture);
	*capture = (struct capture){.app = app,
		.material = index,
		.replace = replace,
		.is_camera = is_camera};
	app->model.materials.focus = index;
	model_text(&app->model.materials.progress,
		is_camera ? _("taking the picture")
			  : _("the scanner is working"));
	materials_show(app);
	app_say(app,
		_("Taking no. %d. Please do not move the paper; the pages "
		  "before are kept."),
		index + 1);
	devices_command(app, is_camera ? "camera" : "scanner",
		is_camera ? "capture" : "scan", capture_args(source),
		is_camera ? CAPTURE_TIMEOUT_MS : SCAN_TIMEOUT_MS, captured,
		capture);
}

void capture_stop(struct app *app)
{
	struct capture *capture = app->visit.capture;

	if (!capture)
		return;
	app->visit.capture = NULL;
	devices_command(app, capture->is_camera ? "camera" : "scanner",
		"cancel", NULL, CANCEL_TIMEOUT_MS, NULL, NULL);
}

/* From the focus on, the first one that is missing; else the focus itself. */
static int capture_target(const struct app *app, int index)
{
	const struct json *material = materials_at(app, index);
	int at = 0;

	if (material &&
		strcmp(json_text_or(material, "state", ""), "not-needed"))
		return index;
	for (material = materials_at(app, 0); material;
		material = json_next(material)) {
		if (!strcmp(json_text_or(material, "state", ""), "missing"))
			return at;
		at++;
	}
	return -1;
}

/* As chosen last in this visit. */
static const char *source_of(const struct app *app)
{
	return *app->visit.source ? app->visit.source : "camera";
}

void materials_capture(struct app *app, struct intent *intent)
{
	int index;

	if (!materials_editable(app))
		return;
	index = capture_target(app, intent->index);
	if (index < 0)
		app_say(app,
			_("Nothing is missing. Enter goes to the decision."));
	else
		start_capture(app, index, source_of(app), -1);
}

void materials_take_from(struct app *app, int index, const char *source)
{
	struct json *material = materials_at(app, index);

	if (!materials_editable(app) || !material)
		return;
	if (!strcmp(source, "form")) {
		paper_form_preview(app, index);
		return;
	}
	if (strcmp(source, "paper")) {
		g_strlcpy(app->visit.source,
			strcmp(source, "camera") ? source : "",
			sizeof(app->visit.source));
		start_capture(app, index, source, -1);
		return;
	}
	json_put_text(material, "form", "paper");
	paper_form_came_in(app, material);
	materials_changed(app);
}

void materials_retake(struct app *app, struct intent *intent)
{
	struct json *material = materials_at(app, intent->index);

	if (!materials_editable(app) || !material)
		return;
	if (intent->index2 < 0 ||
		(size_t)intent->index2 >= materials_pages(material))
		app_say(app, _("No page to take again. F7 takes one."));
	else /* one page: not out of the feeder */
		start_capture(app, intent->index,
			*app->visit.source ? "flatbed" : "camera",
			intent->index2);
}

/* Order ------------------------------------------------------------------- */

static void remember(struct app *app)
{
	GPtrArray *undo = app->visit.paper_undo;

	g_ptr_array_add(undo,
		json_copy(json_get(app->visit.record->body, "materials")));
	if (undo->len > UNDO_MAX)
		g_ptr_array_remove_index(undo, 0);
}

void materials_undo(struct app *app)
{
	GPtrArray *undo = app->visit.paper_undo;

	if (!materials_editable(app) || refuse_while_capturing(app))
		return;
	if (undo->len == 0) {
		app_say(app, _("Nothing to undo."));
		return;
	}
	json_put(app->visit.record->body, "materials",
		g_ptr_array_steal_index(undo, undo->len - 1));
	materials_changed(app);
	app_say(app, _("The last change is undone."));
}

/* The material, when it has this page and pages may be moved now. */
static struct json *material_with_page(
	struct app *app, const struct intent *intent)
{
	struct json *material = materials_at(app, intent->index);

	if (!materials_editable(app) || !material || intent->index2 < 0 ||
		(size_t)intent->index2 >= materials_pages(material) ||
		refuse_while_capturing(app))
		return NULL;
	return material;
}

void materials_page_remove(struct app *app, struct intent *intent)
{
	struct json *material = material_with_page(app, intent);
	struct json *pages;
	int at = 0;

	if (!material)
		return;
	remember(app);
	pages = json_new_array();
	json_each (page, json_get(material, "pages")) {
		if (at++ != intent->index2)
			json_add(pages, json_copy(page));
	}
	json_put(material, "pages", pages);
	if (materials_pages(material) == 0) {
		json_put_text(material, "form", "");
		json_put(material, "checks", json_new_array());
	}
	app->model.materials.page = MAX(0, intent->index2 - 1);
	materials_changed(app);
	app_say(app, _("Page %d is taken away; Ctrl+Z brings it back."),
		intent->index2 + 1);
}

static const struct json *page_at(const struct json *material, int index)
{
	json_each (page, json_get(material, "pages")) {
		if (index-- == 0)
			return page;
	}
	return NULL;
}

void materials_page_move(struct app *app, struct intent *intent)
{
	struct json *material = material_with_page(app, intent);
	int from = material ? intent->index2 : 0, at = 0;
	int to = intent->text && *intent->text == '-' ? from - 1 : from + 1;
	struct json *pages;

	if (!material || !page_at(material, to))
		return;
	remember(app);
	pages = json_new_array();
	json_each (page, json_get(material, "pages")) {
		const struct json *here = page;

		if (at == from)
			here = page_at(material, to);
		else if (at == to)
			here = page_at(material, from);
		json_add(pages, json_copy(here));
		at++;
	}
	json_put(material, "pages", pages);
	app->model.materials.page = to;
	materials_changed(app);
}
