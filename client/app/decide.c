/* The decision: what the papers and the form allow, what F8 will do, and doing
 * it. Numbers, events, outbox and audit are the store's one transaction
 * (case_decide); the documents are made afterwards and can be made again. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/rules/day.h"

enum { OUTCOME_ROW_ACCEPT, OUTCOME_ROW_REFUSE, OUTCOME_ROWS };

/* Due dates --------------------------------------------------------------- */

static struct due due_of(struct app *app, const struct catalog_limit *limit)
{
	int today = app_today(app);
	struct due plain = {.day = day_add(today, limit->days)};

	if (limit->days == 0)
		plain.day = 0;
	return limit->workdays && limit->days > 0
		       ? calendar_add_workdays(
				 app->calendar, today, limit->days)
		       : plain;
}

/* Case type 1 is decided on the spot (即办件): the promise ends today. */
static struct due promise_of(
	struct app *app, const struct catalog_limit *promise)
{
	return app->visit.item->case_type == 1
		       ? (struct due){.day = app_today(app)}
		       : due_of(app, promise);
}

static void add_due_line(GPtrArray *lines, const char *name,
	const struct catalog_limit *limit, struct due due)
{
	char day[DAY_TEXT];
	g_autofree char *line = NULL;

	day_format(due.day, day);
	line = due.day ? g_strdup_printf(_("%s %s, until %s%s"), name,
				 limit->text, day,
				 due.provisional ? _(" (provisional)") : "")
		       : g_strdup_printf("%s %s", name, limit->text);
	model_line(lines, line);
}

static void add_basis_line(struct app *app, struct outcome_model *row,
	enum case_event event, const char *reason)
{
	g_autofree char *line = g_strdup_printf(
		_("law      %s"), grounds_basis(app, event, reason));

	model_line(row->consequences, line);
}

/* The view ---------------------------------------------------------------- */

static void show_accept(struct app *app, const struct judgement *judged)
{
	struct outcome_model *row =
		model_add_outcome(app->model.decision.outcomes);
	const struct catalog_item *item = app->visit.item;
	const struct json *body = app->visit.record->body;
	struct item_limits limits = item_limits(item, app->visit.record);
	g_autofree char *blocker = judge_blocker(app, judged);

	model_text(&row->label, _("Accept"));
	model_text(&row->blocker, blocker);
	model_text(&row->explanation, _("complete and in legal form"));
	row->possible = judged->acceptance.may_accept;
	row->advised = judged->acceptance.may_accept;
	model_line(row->consequences,
		_("prints   receipt 1, notice of acceptance 2"));
	add_due_line(row->consequences, _("promised"), limits.promise,
		promise_of(app, limits.promise));
	add_due_line(row->consequences, _("by law  "), limits.statutory,
		due_of(app, limits.statutory));
	add_basis_line(app, row, CASE_EVENT_ACCEPT, NULL);
	json_each (material, json_get(body, "materials")) {
		const struct catalog_material *def = item_material(
			item, (int)json_int_or(material, "no", 0));
		g_autofree char *line = NULL;

		if (!def ||
			strcmp(json_text_or(material, "state", ""), "waived"))
			continue;
		line = g_strdup_printf(_("follows  %s, within %d working days"),
			def->name, def->gap_days);
		model_line(row->consequences, line);
	}
	if (upstream_is_down(app))
		model_line(row->consequences,
			_("offline: the number comes from this window's block; "
			  "confirmed later"));
}

static void fill_refusal(
	struct app *app, struct outcome_model *row, const char *reason)
{
	g_ptr_array_set_size(row->consequences, 0);
	model_line(row->consequences,
		_("prints   receipt 1, notice of refusal 2"));
	model_line(row->consequences,
		_("remedies review within 60 days, court within 6 months"));
	add_basis_line(app, row, CASE_EVENT_REFUSE, reason);
}

static void show_refuse(
	struct app *app, const struct judgement *judged, const char *reason)
{
	struct outcome_model *row =
		model_add_outcome(app->model.decision.outcomes);

	model_text(&row->label, _("Refuse"));
	model_text(&row->explanation,
		judged->lead && !*judged->lead->organ
			? _("does not qualify; name the reason and the "
			    "remedies")
			: _("name the responsible office and the remedies"));
	row->possible = true;
	row->advised = judged->acceptance.proposal == OUTCOME_REFUSE;
	fill_refusal(app, row, reason);
}

static char *check_line(const struct judgement *judged)
{
	const struct acceptance *a = &judged->acceptance;

	return g_strdup_printf(_("Check: required %d of %d; may be submitted "
				 "later %d of %d; form: %zu to fix"),
		a->n_must_complete, a->n_must, a->n_waivable_complete,
		a->n_waivable, judged->problems);
}

void decide_show(struct app *app)
{
	struct decision_model *out = &app->model.decision;
	const struct json *decision;
	struct judgement judged;
	g_autofree char *line = NULL;

	if (!app->visit.open || !app->visit.item)
		return;
	judged = judge_case(app);
	decision = json_get(app->visit.record->body, "decision");
	line = check_line(&judged);
	model_text(&out->check_line, line);
	g_ptr_array_set_size(out->outcomes, 0);
	g_ptr_array_set_size(out->reasons, 0);
	model_text(&out->reason, json_text(decision, "reason"));
	if (judged.lead && !out->reason)
		model_text(&out->reason, judged.lead->reason);
	show_accept(app, &judged);
	show_refuse(app, &judged, out->reason);
	json_each (reason, json_get(app->reasons, "reasons")) {
		if (grounds_reason_fits(app, reason))
			model_add_option(out->reasons,
				json_text_or(reason, "code", ""),
				json_text_or(reason, "text", ""));
	}
	out->focus = judged.acceptance.proposal == OUTCOME_REFUSE
			     ? OUTCOME_ROW_REFUSE
			     : OUTCOME_ROW_ACCEPT;
	out->reason_needed = out->focus == OUTCOME_ROW_REFUSE;
	model_text(&out->error, NULL);
	app_changed(app, false);
}

static bool is_deciding(const struct app *app)
{
	return app->visit.open && app->visit.item &&
	       app->model.view == VIEW_DECISION &&
	       app->visit.record->state == CASE_DRAFT;
}

void decide_outcome(struct app *app, struct intent *intent)
{
	if (!is_deciding(app) || intent->index < 0 ||
		intent->index >= OUTCOME_ROWS)
		return;
	app->model.decision.focus = intent->index;
	app->model.decision.reason_needed = intent->index == OUTCOME_ROW_REFUSE;
	if (app->model.decision.reason_needed && !app->model.decision.reason)
		dialog_open(app, DIALOG_REASON, 0);
}

void decide_set_reason(struct app *app, const char *reason)
{
	struct json *decision = json_new_object();

	if (!app->visit.open || app->visit.record->state != CASE_DRAFT) {
		json_free(decision);
		return;
	}
	model_text(&app->model.decision.reason, reason);
	json_put_text(decision, "reason", reason);
	json_put(app->visit.record->body, "decision", decision);
	if (app->model.decision.outcomes->len > OUTCOME_ROW_REFUSE)
		fill_refusal(app,
			g_ptr_array_index(app->model.decision.outcomes,
				OUTCOME_ROW_REFUSE),
			reason);
	visit_save(app);
	app_changed(app, true);
}

void decide_reason(struct app *app, struct intent *intent)
{
	if (!is_deciding(app))
		return;
	if (intent->text)
		decide_set_reason(app, intent->text);
	else
		dialog_open(app, DIALOG_REASON, 0);
}

/* Doing it ---------------------------------------------------------------- */

/* Pictures for the screen and places on this machine are no business of the
 * platform. */
static void drop_local(struct json *body)
{
	json_each (material, json_get(body, "materials")) {
		struct json *printed = json_get_mutable(
			(struct json *)(uintptr_t)material, "printed");

		if (printed)
			json_put(printed, "where", NULL);
		json_each (page, json_get(material, "pages"))
			json_put((struct json *)(uintptr_t)page, "thumb", NULL);
	}
}

static void set_dates(struct app *app, struct case_record *record)
{
	struct item_limits limits = item_limits(app->visit.item, record);
	struct due promised = promise_of(app, limits.promise);
	struct due statutory = due_of(app, limits.statutory);

	day_format(promised.day, record->promised_due);
	day_format(statutory.day, record->statutory_due);
	record->due_provisional = promised.provisional || statutory.provisional;
}

static struct json *decision_json(
	struct app *app, enum case_event event, const struct form_lead *lead)
{
	struct json *decision = json_new_object();
	const char *reason = app->model.decision.reason;

	json_put_text(decision, "event", case_event_name(event));
	json_put_text(decision, "basis", grounds_basis(app, event, reason));
	json_put_bool(decision, "offline", upstream_is_down(app));
	if (event == CASE_EVENT_REFUSE) {
		json_put_text(decision, "reason", reason);
		json_put_text(
			decision, "organ", grounds_organ(app, reason, lead));
		json_put_text(
			decision, "remedy", json_text(app->reasons, "remedy"));
	}
	return decision;
}

static void prepare(
	struct app *app, enum case_event event, const struct form_lead *lead)
{
	AUTO(json) sources = NULL;
	struct fields fields = form_fields(app, &sources);
	struct case_record *record = app->visit.record;

	form_drop_hidden(fields.def, fields.values, fields.sources);
	drop_local(record->body);
	json_put(record->body, "others", NULL);
	json_put(record->body, "marks", NULL);
	json_put(record->body, "decision", decision_json(app, event, lead));
	if (event == CASE_EVENT_ACCEPT)
		set_dates(app, record);
}

/* False, and said, when the law or the papers do not allow it. */
static bool is_lawful(
	struct app *app, enum case_event event, const struct judgement *judged)
{
	struct decision_model *out = &app->model.decision;
	g_autofree char *blocker = NULL;

	if (event == CASE_EVENT_REFUSE && (!out->reason || !*out->reason)) {
		app_say(app, _("A refusal needs its reason: F4 chooses one, or "
			       "type it. Nothing was decided."));
		dialog_open(app, DIALOG_REASON, 0);
		return false;
	}
	if (event == CASE_EVENT_REFUSE || judged->acceptance.may_accept)
		return true;
	blocker = judge_blocker(app, judged);
	app_say(app, "%s", blocker);
	return false;
}

/* Nothing was decided: the draft is what it was. */
static void restore_draft(struct case_record *record, struct json *take_body)
{
	json_free(record->body);
	record->body = take_body;
	record->promised_due[0] = record->statutory_due[0] = '\0';
	record->due_provisional = false;
}

static bool decide(
	struct app *app, enum case_event event, const struct form_lead *lead)
{
	static const char *const accept_series[] = {"accept", NULL};
	static const char *const refuse_series[] = {"refuse", NULL};
	bool is_refusal = event == CASE_EVENT_REFUSE;
	struct actor actor = app_actor(app);
	struct case_record *record = app->visit.record;
	struct json *before = json_copy(record->body);
	struct case_decision decision = {.event = event,
		.at_ms = app_now_ms(app),
		.reason = is_refusal ? app->model.decision.reason : NULL,
		.document_series = is_refusal ? refuse_series : accept_series};
	g_autoptr(GError) error = NULL;

	prepare(app, event, lead);
	decision.day = clock_day(decision.at_ms);
	if (case_decide(app->store, record, &decision, &actor, &error)) {
		json_free(before);
		return true;
	}
	restore_draft(record, before);
	app_say_error(app, error);
	return false;
}

void decide_do(struct app *app, struct intent *intent)
{
	struct judgement judged;
	enum case_event event;

	(void)intent;
	if (!is_deciding(app) || !app_may_receive(app))
		return;
	judged = judge_case(app);
	event = app->model.decision.focus == OUTCOME_ROW_REFUSE
			? CASE_EVENT_REFUSE
			: CASE_EVENT_ACCEPT;
	if (!is_lawful(app, event, &judged) || !decide(app, event, judged.lead))
		return;
	visit_go(app, VIEW_FINISH);
	upstream_wake(app);
	app_refresh_header(app);
	app_say(app, "%s",
		event == CASE_EVENT_ACCEPT
			? _("Accepted and kept. The documents are being made; "
			    "the rating has started.")
			: _("Refused and kept. The documents are being made; "
			    "the rating has started."));
	documents_make(app, app->visit.record->case_id);
	finish_start_rating(app);
}

/* Preview ------------------------------------------------------------------ */

/* The case as F8 would make it; numbers are given then. */
static struct case_record preview_record(
	struct app *app, enum case_event event, const struct form_lead *lead)
{
	struct case_record shown = *app->visit.record;

	shown.body = json_copy(app->visit.record->body);
	json_put(shown.body, "decision", decision_json(app, event, lead));
	shown.received_ms = shown.accepted_ms = app_now_ms(app);
	shown.clerk = (char *)(uintptr_t)app_actor(app).staff_no;
	if (event == CASE_EVENT_ACCEPT)
		set_dates(app, &shown);
	return shown;
}

static bool preview_kind(struct app *app, const struct case_record *record,
	const char *kind, GError **error)
{
	const char *later = _("(by F8)");
	GPtrArray *lines = app->model.dialog.lines;
	struct case_document document = {.kind = (char *)(uintptr_t)kind,
		.number = (char *)(uintptr_t)later};
	AUTO(json) data = paper_data(app, record, &document);
	static const char *const numbers[] = {
		"case_no", "full_no", "query_password"};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		json_put_text(data, numbers[i], later);
	if (lines->len > 0)
		model_line(lines, "----");
	return paper_preview(app, kind, data, lines, error);
}

void decide_preview(struct app *app, struct intent *intent)
{
	enum case_event event = app->model.decision.focus == OUTCOME_ROW_REFUSE
					? CASE_EVENT_REFUSE
					: CASE_EVENT_ACCEPT;
	g_autoptr(GError) error = NULL;
	struct judgement judged;
	struct case_record shown;

	(void)intent;
	if (!is_deciding(app))
		return;
	judged = judge_case(app);
	if (!is_lawful(app, event, &judged))
		return;
	shown = preview_record(app, event, judged.lead);
	dialog_open(app, DIALOG_PREVIEW, 0);
	if (!preview_kind(app, &shown,
		    event == CASE_EVENT_REFUSE ? "refuse-notice"
					       : "accept-notice",
		    &error) ||
		!preview_kind(app, &shown, "receipt", &error)) {
		dialog_close(app, NULL);
		app_say_error(app, error);
	}
	json_free(shown.body);
	app_changed(app, false);
}
