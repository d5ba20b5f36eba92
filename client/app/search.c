/* Search as one types, and a case as it stands. Lists are masked; the full data
 * of one case is shown for half a minute, for a purpose, with a row in the
 * audit. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/catalog/pinyin.h"
#include "client/catalog/search.h"
#include "client/rules/mask.h"

enum { HITS_MAX = 50 };

const char *app_state_text(enum case_state state)
{
	static const char *const texts[CASE_STATE_COUNT] = {
		[CASE_DRAFT] = N_("draft"),
		[CASE_RECEIVED] = N_("received"),
		[CASE_WAIT_SUPPLEMENT] = N_("to be completed"),
		[CASE_ACCEPTED] = N_("accepted"),
		[CASE_REFUSED] = N_("refused, not this office"),
		[CASE_NOT_NEEDED] = N_("no licence needed"),
		[CASE_IN_REVIEW] = N_("in review"),
		[CASE_DECIDED] = N_("decided"),
		[CASE_READY] = N_("ready to collect"),
		[CASE_DELIVERED] = N_("handed out"),
		[CASE_CLOSED] = N_("closed"),
		[CASE_VOID] = N_("void"),
	};

	return _(texts[state]);
}

/* Letters typed: how long, never which. */
static void audit_search(struct app *app, const char *text, guint hits)
{
	struct actor actor = app_actor(app);
	struct json *details = json_new_object();

	json_put_int(details, "length", g_utf8_strlen(text, -1));
	json_put_int(details, "hits", hits);
	audit_record(app->store, AUDIT_CASE_SEARCH, &actor, NULL, NULL, "ok",
		details, NULL);
}

static void show_preview(struct app *app)
{
	struct search_model *out = &app->model.search;
	const struct case_hit *hit;
	g_autofree char *name = NULL, *id = NULL, *line = NULL;

	g_ptr_array_set_size(out->preview, 0);
	if (!app->search_hits || out->focus < 0 ||
		(guint)out->focus >= app->search_hits->len)
		return;
	hit = g_ptr_array_index(app->search_hits, (guint)out->focus);
	name = mask_text(MASK_NAME, hit->applicant);
	id = mask_text(MASK_CITIZEN_ID, hit->id_number);
	line = g_strdup_printf(
		"%s  %s  %s", name, id, app_state_text(hit->state));
	model_line(out->preview, hit->item_name);
	model_line(out->preview, line);
}

static void fill_hits(struct app *app)
{
	struct search_model *out = &app->model.search;

	g_ptr_array_set_size(out->hits, 0);
	for (guint i = 0; app->search_hits && i < app->search_hits->len; i++) {
		const struct case_hit *hit =
			g_ptr_array_index(app->search_hits, i);
		struct hit_model *row = model_add_hit(out->hits);
		g_autofree char *name = mask_text(MASK_NAME, hit->applicant);
		g_autofree char *when = clock_format(hit->updated_ms, "%m-%d");

		model_text(&row->case_id, hit->case_id);
		model_text(&row->case_no, *hit->case_no ? hit->case_no : "-");
		model_text(&row->item, hit->item_name);
		model_text(&row->applicant, name);
		model_text(&row->state, app_state_text(hit->state));
		model_text(&row->when, when);
	}
}

bool search_matches(const char *text, const char *filter)
{
	return pinyin_match(text, filter) >= PINYIN_ADJACENT;
}

void search_show(struct app *app, const char *text)
{
	struct search_model *out = &app->model.search;
	g_autoptr(GError) error = NULL;

	model_text(&out->text, text);
	out->focus = 0;
	g_clear_pointer(&app->search_hits, g_ptr_array_unref);
	if (*text) {
		app->search_hits =
			case_search(app->store, text, HITS_MAX, &error);
		if (!app->search_hits)
			app_say_error(app, error);
	}
	fill_hits(app);
	show_preview(app);
	app_changed(app, false);
}

void search_text(struct app *app, struct intent *intent)
{
	search_show(app, intent->text ? intent->text : "");
}

void search_focus(struct app *app, struct intent *intent)
{
	app->model.search.focus = intent->index;
	show_preview(app);
}

/* One case ---------------------------------------------------------------- */

static char *shown(struct app *app, enum mask_kind kind, const char *text)
{
	return app->model.one_case.revealed ? g_strdup(text)
					    : mask_text(kind, text);
}

static void add_head(struct app *app, const struct case_record *record)
{
	const struct json *applicant = json_get(record->body, "applicant");
	GPtrArray *lines = app->model.one_case.lines;
	g_autofree char *name =
		shown(app, MASK_NAME, json_text_or(applicant, "name", ""));
	g_autofree char *id = shown(
		app, MASK_CITIZEN_ID, json_text_or(applicant, "id_number", ""));
	g_autofree char *phone =
		shown(app, MASK_PHONE, json_text_or(applicant, "phone", ""));
	g_autofree char *person =
		g_strdup_printf(_("Applicant %s  %s  %s"), name, id, phone);
	g_autofree char *dates = NULL;

	model_line(lines, person);
	if (*record->promised_due || *record->statutory_due) {
		dates = g_strdup_printf(_("Due       promised %s  by law %s%s"),
			*record->promised_due ? record->promised_due : "/",
			*record->statutory_due ? record->statutory_due : "/",
			record->due_provisional ? _(" (provisional)") : "");
		model_line(lines, dates);
	}
}

static void add_time(struct app *app, int64_t ms, const char *what)
{
	g_autofree char *time = NULL, *line = NULL;

	if (ms == 0)
		return;
	time = clock_format(ms, "%m-%d %H:%M");
	line = g_strdup_printf("%s  %s", time, what);
	model_line(app->model.one_case.timeline, line);
}

static void add_documents(struct app *app, const struct case_record *record)
{
	GPtrArray *documents =
		case_documents(app->store, record->case_id, NULL);

	for (guint i = 0; documents && i < documents->len; i++) {
		const struct case_document *document =
			g_ptr_array_index(documents, i);
		g_autofree char *line =
			g_strdup_printf(_("Document  %s  %s  %s  %d p."),
				reprint_state_text(document),
				documents_title(document->kind),
				document->number, document->pages);

		model_line(app->model.one_case.lines, line);
	}
	if (documents)
		g_ptr_array_unref(documents);
}

void search_show_case(struct app *app)
{
	struct case_model *out = &app->model.one_case;
	g_autoptr(GError) error = NULL;
	AUTO(case_record) record =
		case_load(app->store, app->shown_case, &error);
	g_autofree char *title = NULL;

	g_ptr_array_set_size(out->lines, 0);
	g_ptr_array_set_size(out->timeline, 0);
	if (!record) {
		app_say_error(app, error);
		return;
	}
	title = g_strdup_printf("%s %s", record->case_no, record->item_name);
	model_text(&out->title, title);
	model_text(&out->state, app_state_text(record->state));
	add_head(app, record);
	add_documents(app, record);
	add_time(app, record->created_ms, _("draft begun"));
	add_time(app, record->received_ms, _("received"));
	add_time(app, record->accepted_ms, _("accepted"));
	app_changed(app, false);
}

void search_open(struct app *app, struct intent *intent)
{
	struct actor actor = app_actor(app);
	const struct case_hit *hit;

	if (!app->search_hits || intent->index < 0 ||
		(guint)intent->index >= app->search_hits->len)
		return;
	search_cover(app);
	hit = g_ptr_array_index(app->search_hits, (guint)intent->index);
	g_strlcpy(app->shown_case, hit->case_id, sizeof(app->shown_case));
	audit_search(app, app->model.search.text ? app->model.search.text : "",
		app->search_hits->len);
	audit_record(app->store, AUDIT_CASE_READ, &actor, "case", hit->case_id,
		"ok", NULL, NULL);
	search_show_case(app);
	app_show(app, VIEW_CASE);
}

/* Full data --------------------------------------------------------------- */

/* Whatever view is in hand: the lines stay in the model. */
static gboolean cover_again(gpointer user_data)
{
	struct app *app = user_data;

	app->reveal_timer = 0;
	app->model.one_case.revealed = false;
	search_show_case(app);
	return G_SOURCE_REMOVE;
}

void search_cover(struct app *app)
{
	if (!app->model.one_case.revealed)
		return;
	if (app->reveal_timer)
		g_source_remove(app->reveal_timer);
	cover_again(app);
}

void search_reveal(struct app *app, struct intent *intent)
{
	(void)intent;
	if (app->model.view != VIEW_CASE) {
		app_say(app, _("Full data is shown in a case only, opened from "
			       "the search."));
		return;
	}
	if (!app->model.one_case.revealed) {
		dialog_open(app, DIALOG_REVEAL, 0);
		return;
	}
	search_cover(app);
}

void search_reveal_for(struct app *app, const char *purpose)
{
	struct actor actor = app_actor(app);
	struct json *details = json_new_object();
	int seconds = (int)config_int(app->config, "visit.reveal_s");
	g_autoptr(GError) error = NULL;

	json_put_text(details, "purpose", purpose);
	if (!audit_record(app->store, AUDIT_REVEAL, &actor, "case",
		    app->shown_case, "ok", details, &error)) {
		app_say_error(app, error);
		return;
	}
	app->model.one_case.revealed = true;
	if (app->reveal_timer)
		g_source_remove(app->reveal_timer);
	app->reveal_timer =
		g_timeout_add((guint)seconds * 1000, cover_again, app);
	search_show_case(app);
	app_say(app, _("Full data for %d s; this is logged."), seconds);
}
