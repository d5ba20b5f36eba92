/* The papers of the case: which ones this situation needs, what came in, what
 * was captured. body.materials is the only copy:
 *
 *   {"no":1,"name":..,"need":"must","state":"complete","form":"paper"|"scan"|
 *    "electronic"|"card"|"","copies":1,"checks":["与原件一致"],
 *    "pages":[{"sha256":..,"size":..,"media_type":..,"width":..,"height":..,
 *              "dpi":..,"thumb":{..}}]}
 *
 * checks holds the words of those that are ticked. In the order of the item's
 * list (materials_list.c). */
#include <string.h>

#include "client/app/private.h"

enum { PICTURE_MAX = 64 * 64, ADVICE_MAX = 3 };

/* NULL without a visit. */
static struct json *all_materials(const struct app *app)
{
	return app->visit.record
		       ? json_get_mutable(app->visit.record->body, "materials")
		       : NULL;
}

struct json *materials_at(const struct app *app, int index)
{
	json_each (member, all_materials(app)) {
		if (index-- == 0)
			return (struct json *)(uintptr_t)member;
	}
	return NULL;
}

bool materials_editable(const struct app *app)
{
	return app->visit.open && app->visit.item &&
	       app->visit.record->state == CASE_DRAFT;
}

/* State ------------------------------------------------------------------- */

size_t materials_pages(const struct json *material)
{
	return json_length(json_get(material, "pages"));
}

static bool is_ticked(const struct json *material, const char *check)
{
	json_each (tick, json_get(material, "checks")) {
		if (!g_strcmp0(json_as_text(tick), check))
			return true;
	}
	return false;
}

char *materials_unticked(
	const struct catalog_material *def, const struct json *material)
{
	GString *text = g_string_new(NULL);

	for (char **check = def->checks; *check; check++) {
		if (!is_ticked(material, *check))
			g_string_append_printf(
				text, "%s%s", text->len ? "、" : "", *check);
	}
	return g_string_free(text, text->len == 0);
}

static bool is_unchecked(
	const struct catalog_material *def, const struct json *material)
{
	g_autofree char *left = materials_unticked(def, material);

	return left != NULL;
}

static void set_ticks(const struct catalog_material *def, struct json *material,
	bool are_ticked)
{
	struct json *ticked = json_new_array();

	for (char **check = def->checks; are_ticked && *check; check++)
		json_add_text(ticked, *check);
	json_put(material, "checks", ticked);
}

static enum material_state judge_state(const struct app *app,
	const struct catalog_material *def, const struct json *material,
	const struct json *sources)
{
	const struct json *body = app->visit.record->body;
	const char *form = json_text_or(material, "form", "");

	if (!item_material_applies(def, json_get(body, "form"), sources))
		return MATERIAL_NOT_NEEDED;
	if (materials_pages(material) > 0 || *form)
		return paper_form_is_old(app, def, material)
			       ? MATERIAL_WRONG
			       : MATERIAL_COMPLETE;
	if (json_bool_or(material, "waived", false))
		return MATERIAL_WAIVED;
	return MATERIAL_MISSING;
}

/* A card that was read is the paper "居民身份证" itself; going on from step 1
 * said that it was compared with the person. */
static void take_card(const struct catalog_material *def, struct json *material,
	const struct json *sources)
{
	const struct json *applicant = json_get(sources, "applicant");
	const char *form = json_text_or(material, "form", "");
	bool was_read = !strcmp(json_text_or(applicant, "origin", ""), "card");

	if (def->obtain != OBTAIN_CARD)
		return;
	if (was_read == !strcmp(form, "card") || (was_read && *form))
		return;
	json_put_text(material, "form", was_read ? "card" : "");
	set_ticks(def, material, was_read);
}

size_t materials_setup(struct app *app)
{
	AUTO(json) sources = NULL;
	size_t set_aside;

	if (!materials_editable(app))
		return 0;
	sources = app_sources(app);
	set_aside = materials_match(app->visit.record->body, app->visit.item);
	for (size_t i = 0; i < app->visit.item->n_materials; i++) {
		const struct catalog_material *def =
			&app->visit.item->materials[i];
		struct json *material = materials_at(app, (int)i);

		take_card(def, material, sources);
		json_put_text(material, "state",
			material_state_name(
				judge_state(app, def, material, sources)));
	}
	return set_aside;
}

size_t materials_for_acceptance(
	const struct app *app, struct acceptance_material *rows)
{
	size_t n = 0;

	json_each (material, all_materials(app)) {
		const struct catalog_material *def = item_material(
			app->visit.item, (int)json_int_or(material, "no", 0));

		if (n == ACCEPTANCE_MAX)
			break;
		if (!def)
			continue;
		rows[n].no = def->no;
		rows[n].need = def->need;
		rows[n].gap_days = def->gap_days;
		rows[n].state = MATERIAL_MISSING;
		material_state_from_name(
			json_text_or(material, "state", ""), &rows[n].state);
		rows[n].unchecked = is_unchecked(def, material);
		n++;
	}
	return n;
}

/* The model --------------------------------------------------------------- */

/* Of a form made here: what became of the print. */
static char *missing_text(const struct app *app,
	const struct catalog_material *def, const struct json *material)
{
	switch (paper_form_print_of(app, def, material)) {
	case FORM_PRINTED:
		return g_strdup(_("[missing] to sign"));
	case FORM_PRINTED_OLD:
		return g_strdup(_("[missing] old, F6"));
	default:
		return g_strdup(
			def->printed_here ? _("[missing] F6") : _("[missing]"));
	}
}

/* "[齐] 2 页": a word first, then what there is. */
static char *state_text(const struct app *app,
	const struct catalog_material *def, const struct json *material,
	enum material_state state)
{
	const char *form = json_text_or(material, "form", "");
	size_t pages = materials_pages(material);

	switch (state) {
	case MATERIAL_COMPLETE:
		if (is_unchecked(def, material))
			return pages > 0 ? g_strdup_printf(
						   _("[check] %zu p."), pages)
					 : g_strdup(_("[check] paper"));
		if (pages > 0)
			return g_strdup_printf(_("[ok] %zu p."), pages);
		if (!strcmp(form, "card"))
			return g_strdup(_("[ok] card read"));
		return g_strdup(_("[ok] paper"));
	case MATERIAL_WAIVED:
		return g_strdup_printf(_("[later] in %d days"), def->gap_days);
	case MATERIAL_NOT_NEEDED:
		return g_strdup(_("not in this case"));
	case MATERIAL_CAPTURING:
		return g_strdup(_("[taking]"));
	case MATERIAL_WRONG:
		return g_strdup(_("[old] changed, F6"));
	default:
		if (def->need == NEED_WAIVABLE)
			return g_strdup_printf(
				_("[missing] %d days"), def->gap_days);
		return missing_text(app, def, material);
	}
}

static const char *need_text(const struct catalog_material *def)
{
	switch (def->need) {
	case NEED_MUST:
		return _("required");
	case NEED_WAIVABLE:
		return _("later ok");
	default:
		return _("depends");
	}
}

static const char *source_text(
	const struct app *app, const struct catalog_material *def)
{
	switch (def->obtain) {
	case OBTAIN_PRINT:
		return _("form, signed");
	case OBTAIN_CARD:
		return _("card reader");
	case OBTAIN_LIBRARY:
		return _("licence or capture");
	default:
		return *app->visit.source ? _("scanner") : _("camera");
	}
}

/* Sixteen grey levels as characters, dark ones dense. */
static void fill_picture(const struct json *thumb, struct page_model *row)
{
	static const char ink[] = "@%#*+=-:. ";
	int width = (int)json_int_or(thumb, "width", 0);
	int height = (int)json_int_or(thumb, "height", 0);
	const char *gray = json_text_or(thumb, "gray", "");

	if (width < 1 || height < 1 || width * height > PICTURE_MAX ||
		strlen(gray) != (size_t)width * (size_t)height)
		return;
	if (!row->picture)
		row->picture = model_lines_new();
	for (int y = 0; y < height; y++) {
		GString *line = g_string_new(NULL);

		for (int x = 0; x < width; x++) {
			int level = g_ascii_xdigit_value(gray[y * width + x]);

			g_string_append_c(line, ink[MAX(level, 0) * 9 / 15]);
		}
		model_line(row->picture, line->str);
		g_string_free(line, TRUE);
	}
}

static void fill_pages(const struct json *material, struct material_model *row)
{
	int number = 0;

	json_each (page, json_get(material, "pages")) {
		struct page_model *out = model_add_page(row->pages);
		int64_t size = json_int_or(page, "size", 0);
		g_autofree char *dpi =
			json_int_or(page, "dpi", 0) > 0
				? g_strdup_printf("%d dpi  ",
					  (int)json_int_or(page, "dpi", 0))
				: g_strdup("");
		g_autofree char *title =
			g_strdup_printf(_("page %d  %dx%d  %s%.1f MB"),
				++number, (int)json_int_or(page, "width", 0),
				(int)json_int_or(page, "height", 0), dpi,
				(double)size / 1e6);

		model_text(&out->title, title);
		model_text(&out->state, _("[kept]"));
		fill_picture(json_get(page, "thumb"), out);
	}
}

static void fill_checks(const struct catalog_material *def,
	const struct json *material, struct material_model *row)
{
	for (char **check = def->checks; *check; check++) {
		g_autofree char *line = g_strdup_printf("[%c] %s",
			is_ticked(material, *check) ? 'x' : ' ', *check);

		model_line(row->checks, line);
	}
}

static void fill_material(struct app *app, int index,
	const struct catalog_material *def, const struct json *material)
{
	struct material_model *row =
		model_add_material(app->model.materials.materials);
	enum material_state state = MATERIAL_MISSING;
	g_autofree char *text = NULL, *line = NULL;

	material_state_from_name(json_text_or(material, "state", ""), &state);
	if (capture_is_running(app, index))
		state = MATERIAL_CAPTURING;
	text = app->visit.printing == index + 1
		       ? g_strdup(_("[printing]"))
		       : state_text(app, def, material, state);
	model_text(&row->name, def->name);
	model_text(&row->need, need_text(def));
	model_text(&row->form, material_kind_label(def->kind));
	model_text(&row->source, source_text(app, def));
	model_text(&row->state, text);
	row->needed = state != MATERIAL_NOT_NEEDED;
	row->missing =
		(state == MATERIAL_MISSING && def->need != NEED_WAIVABLE) ||
		state == MATERIAL_WRONG;
	row->lacking = state == MATERIAL_MISSING || row->missing;
	row->unchecked =
		state == MATERIAL_COMPLETE && is_unchecked(def, material);
	row->printable = def->printed_here && row->needed;
	line = paper_form_line(material);
	model_text(&row->print_line, line);
	model_text(&row->print_place, paper_form_place(material));
	row->paper_seen = !strcmp(json_text_or(material, "form", ""), "paper");
	row->electronic = materials_pages(material) > 0;
	row->copies = (int)json_int_or(material, "copies", 1);
	fill_pages(material, row);
	fill_checks(def, material, row);
}

static char *advice_text(const struct app *app, int no)
{
	const struct catalog_material *def = item_material(app->visit.item, no);
	const struct json *material = materials_at(app, no - 1);

	if (!strcmp(json_text_or(material, "state", ""), "wrong"))
		return g_strdup_printf(
			_("No. %d is older than the form: F6 prints the "
			  "present one, to be signed again."),
			no);
	if (def && def->printed_here &&
		paper_form_print_of(app, def, material) == FORM_NOT_PRINTED)
		return g_strdup_printf(
			_("No. %d is missing: F6 prints it for signature, "
			  "then Space or F7."),
			no);
	return g_strdup_printf(_("No. %d is missing: F7 takes it, Space if "
				 "handed in on paper, F4 other sources."),
		no);
}

/* Those that have no line of their own are named all the same. */
static void add_other_missing(
	GPtrArray *advice, const struct acceptance *judged, int from)
{
	GString *numbers = g_string_new(NULL);
	g_autofree char *line = NULL;

	for (int i = from; i < judged->n_blocking; i++)
		g_string_append_printf(numbers, i > from ? _(", %d") : "%d",
			judged->blocking[i]);
	line = g_strdup_printf(_("Also missing: no. %s."), numbers->str);
	model_line(advice, line);
	g_string_free(numbers, TRUE);
}

static char *check_text(const struct app *app, int no)
{
	const struct catalog_material *def = item_material(app->visit.item, no);
	g_autofree char *left =
		def ? materials_unticked(def, materials_at(app, no - 1)) : NULL;

	return g_strdup_printf(
		_("No. %d is to be checked: %s. Space ticks it."), no,
		left ? left : "");
}

static void show_advice(struct app *app, const struct acceptance *judged)
{
	GPtrArray *advice = app->model.materials.advice;

	int shown = judged->n_blocking > ADVICE_MAX ? ADVICE_MAX - 1
						    : judged->n_blocking;

	g_ptr_array_set_size(advice, 0);
	for (int i = 0; i < shown; i++) {
		g_autofree char *line = advice_text(app, judged->blocking[i]);

		model_line(advice, line);
	}
	if (shown < judged->n_blocking)
		add_other_missing(advice, judged, shown);
	for (int i = 0; i < judged->n_unchecked && advice->len < ADVICE_MAX;
		i++) {
		g_autofree char *line = check_text(app, judged->unchecked[i]);

		model_line(advice, line);
	}
}

static void show_summary(struct app *app)
{
	struct materials_model *out = &app->model.materials;
	struct acceptance_material rows[ACCEPTANCE_MAX];
	struct acceptance judged;
	size_t n = materials_for_acceptance(app, rows), pages = 0;
	int64_t bytes = 0;
	g_autofree char *line = NULL;

	acceptance_judge(rows, n, 0, NULL, &judged);
	json_each (material, all_materials(app)) {
		json_each (page, json_get(material, "pages")) {
			pages++;
			bytes += json_int_or(page, "size", 0);
		}
	}
	line = g_strdup_printf(_("required %d of %d, may be submitted later %d "
				 "of %d; %zu pages, %.1f MB"),
		judged.n_must_complete, judged.n_must,
		judged.n_waivable_complete, judged.n_waivable, pages,
		(double)bytes / 1e6);
	model_text(&out->summary, line);
	show_advice(app, &judged);
}

void materials_show(struct app *app)
{
	struct materials_model *out = &app->model.materials;
	int index = 0;

	if (!app->visit.open || !app->visit.item)
		return;
	g_ptr_array_set_size(out->materials, 0);
	json_each (material, all_materials(app)) {
		const struct catalog_material *def = item_material(
			app->visit.item, (int)json_int_or(material, "no", 0));

		if (def)
			fill_material(app, index, def, material);
		index++;
	}
	if (out->focus < 0 || (guint)out->focus >= out->materials->len)
		out->focus = 0;
	show_summary(app);
	if (!app->visit.capture)
		model_text(&out->progress, NULL);
	app_changed(app, false);
}

/* Marking ----------------------------------------------------------------- */

void materials_focus(struct app *app, struct intent *intent)
{
	struct materials_model *out = &app->model.materials;

	if (intent->index >= 0 && (guint)intent->index < out->materials->len) {
		out->focus = intent->index;
		out->page = intent->index2;
	}
}

void materials_changed(struct app *app)
{
	materials_setup(app);
	materials_show(app);
	visit_save(app);
	app_refresh_header(app);
}

/* The next one that is not ticked; after the last, none of them is. */
static void tick_next(const struct catalog_material *def, struct json *material)
{
	struct json *ticked = json_new_array();
	bool done = false;

	for (char **check = def->checks; *check; check++) {
		bool is = is_ticked(material, *check);

		if (is || !done)
			json_add_text(ticked, *check);
		done = done || !is;
	}
	if (!done) {
		json_free(ticked);
		ticked = json_new_array();
	}
	json_put(material, "checks", ticked);
}

/* Handed in, then one check after the other; after the last one, of a paper
 * without pages: later (if it may), then nothing. */
static void mark(const struct catalog_material *def, struct json *material)
{
	bool is_there = *json_text_or(material, "form", "") != '\0';
	bool is_wrong = !strcmp(json_text_or(material, "state", ""), "wrong");
	bool waived = json_bool_or(material, "waived", false);

	if (materials_pages(material) > 0 ||
		(is_there && !is_wrong && is_unchecked(def, material))) {
		tick_next(def, material);
		return;
	}
	if (is_there)
		set_ticks(def, material, false);
	json_put_text(material, "form", !is_there && !waived ? "paper" : "");
	json_put_bool(
		material, "waived", is_there && def->need == NEED_WAIVABLE);
}

void materials_mark(struct app *app, struct intent *intent)
{
	struct json *material = materials_at(app, intent->index);
	const struct catalog_material *def;

	if (!materials_editable(app) || !material)
		return;
	def = item_material(
		app->visit.item, (int)json_int_or(material, "no", 0));
	if (def && strcmp(json_text_or(material, "state", ""), "not-needed")) {
		mark(def, material);
		if (!strcmp(json_text_or(material, "form", ""), "paper"))
			paper_form_came_in(app, material);
	}
	materials_changed(app);
}

void materials_source(struct app *app, struct intent *intent)
{
	const struct json *material = materials_at(app, intent->index);

	if (materials_editable(app) && material &&
		strcmp(json_text_or(material, "state", ""), "not-needed"))
		dialog_open(app, DIALOG_SOURCE, intent->index);
}

void materials_done(struct app *app, struct intent *intent)
{
	(void)intent;
	if (!materials_editable(app))
		return;
	if (app->visit.capture) {
		app_say(app, _("A page is being taken; please wait for it."));
		return;
	}
	visit_go(app, VIEW_DECISION);
}
