/* Who applies: typed, or read from the card. The fields are those of
 * identify_def.c. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/rules/day.h"
#include "client/rules/mask.h"

enum { CARD_TIMEOUT_S = 60, CANCEL_TIMEOUT_MS = 3000 };

/* The view ---------------------------------------------------------------- */

static struct fields identify_fields(struct app *app)
{
	struct json *body = app->visit.record->body;

	return (struct fields){
		.def = app->applicant_def,
		.values = json_get_mutable(body, "applicant"),
		.touched = app->visit.person_touched,
		.origins = app->visit.person_origins,
		.today = app_today(app),
	};
}

static void show_earlier(struct app *app, const char *id_number)
{
	GPtrArray *hits;

	g_ptr_array_set_size(app->model.earlier, 0);
	if (!id_number || strlen(id_number) != CITIZEN_ID_LEN)
		return;
	hits = case_of_person(app->store, id_number, 4, NULL);
	for (guint i = 0; hits && i < hits->len; i++) {
		const struct case_hit *hit = g_ptr_array_index(hits, i);
		g_autofree char *day = clock_format(hit->updated_ms, "%m-%d");
		g_autofree char *line = NULL;

		if (!strcmp(hit->case_id, app->visit.record->case_id) ||
			hit->state == CASE_VOID)
			continue;
		line = g_strdup_printf("%-17s  %s  %s %s",
			*hit->case_no ? hit->case_no : _("draft"),
			hit->item_name, app_state_text(hit->state), day);
		model_line(app->model.earlier, line);
	}
	if (hits)
		g_ptr_array_unref(hits);
}

/* The name the ticket was taken or booked in; the platform may have masked it.
 */
static bool is_ticket_person(const struct app *app, const char *name)
{
	const char *person = app->visit.ticket->person;
	g_autofree char *masked = mask_text(MASK_NAME, name);

	return !strcmp(person, name) ||
	       (strchr(person, '*') && !strcmp(person, masked));
}

/* Somebody else than the ticket says, and no agent either. */
static bool is_other_person(const struct app *app)
{
	const struct json *applicant =
		json_get(app->visit.record->body, "applicant");
	const char *person = app->visit.ticket->person;
	const char *name = json_text_or(applicant, "name", "");

	return person && *person && *name && !is_ticket_person(app, name) &&
	       !is_ticket_person(
		       app, json_text_or(applicant, "agent_name", ""));
}

static char *other_person_text(const struct app *app)
{
	g_autofree char *person =
		mask_text(MASK_NAME, app->visit.ticket->person);
	g_autofree char *name = mask_text(MASK_NAME, visit_applicant_name(app));

	return is_other_person(app)
		       ? g_strdup_printf(_("The ticket is %s's, the document "
					   "%s's: not the same person."),
				 person, name)
		       : NULL;
}

static void show_other_person(struct app *app, const struct form_def *def)
{
	g_autofree char *person =
		mask_text(MASK_NAME, app->visit.ticket->person);
	g_autofree char *hint = g_strdup_printf(_("ticket of %s"), person);

	for (size_t i = 0; i < def->n_fields; i++) {
		struct field_model *field =
			app->model.identify.fields->pdata[i];

		if (!strcmp(field->id, "name") && is_other_person(app))
			model_text(&field->hint, hint);
	}
}

void identify_show(struct app *app, bool reload)
{
	struct fields fields = identify_fields(app);

	form_prefill(fields.def, fields.values, NULL, fields.today, NULL);
	fields_show(&fields, &app->model.identify);
	show_other_person(app, fields.def);
	if (reload && app->model.identify.focus < 0)
		app->model.identify.focus = fields_first_open(&fields);
	show_earlier(app, json_text(fields.values, "id_number"));
	visit_show_head(app);
	app_changed(app, reload);
}

/* What the card says is one thing. Typed over, it is no card any more, and none
 * of it is marked so; another number is another person, of whom nothing is
 * known yet. */
static bool leave_card(struct app *app, struct json *applicant, const char *id)
{
	static const char *const of_person[] = {"name", "sex", "birth",
		"address", "nation", "issuer", "valid_from", "valid_to"};
	bool is_number = !strcmp(id, "id_number");

	if (strcmp(json_text_or(applicant, "origin", ""), "card") ||
		(!is_number && strcmp(id, "id_type") && strcmp(id, "name")))
		return false;
	json_put(applicant, "origin", NULL);
	json_free(app->visit.person_origins);
	app->visit.person_origins = json_new_object();
	for (size_t i = 0; is_number && i < G_N_ELEMENTS(of_person); i++)
		json_put(applicant, of_person[i], NULL);
	return is_number;
}

void identify_set(struct app *app, struct intent *intent)
{
	struct fields fields;
	AUTO(json) before = NULL;
	const char *id;
	bool is_new = false;

	if (!app->visit.open || app->visit.record->state != CASE_DRAFT ||
		intent->index < 0 ||
		(size_t)intent->index >= app->applicant_def->n_fields)
		return;
	fields = identify_fields(app);
	id = fields.def->fields[intent->index].id;
	before = json_copy(json_get(fields.values, id));
	fields_set(&fields, intent->index, intent->text);
	if (!json_equal(before, json_get(fields.values, id))) {
		json_put(app->visit.person_origins, id, NULL);
		is_new = leave_card(app, fields.values, id);
	}
	if (is_new)
		app->model.identify.focus = -1; /* the name is asked again */
	identify_show(app, is_new);
	visit_save(app);
	if (is_new)
		app_say(app,
			_("The number is not the card's any more: name and "
			  "address of the card are taken out. Ask for them, "
			  "or F5 reads the card again."));
}

/* What a document number is in the body whatever its type: search and the
 * platform want one place. */
static void unify_number(struct json *applicant)
{
	const char *type = json_text_or(applicant, "id_type", "111");

	if (!strcmp(type, "001"))
		json_put_text(applicant, "id_number",
			json_text_or(applicant, "uscc", ""));
	else if (strcmp(type, "111"))
		json_put_text(applicant, "id_number",
			json_text_or(applicant, "document_number", ""));
}

static bool card_is_expired(struct app *app, const struct json *applicant)
{
	int until = day_parse(json_text_or(applicant, "valid_to", ""));

	return !strcmp(json_text_or(applicant, "id_type", "111"), "111") &&
	       until && until < app_today(app);
}

void identify_next(struct app *app)
{
	struct fields fields;
	g_autofree char *other = NULL;
	g_autoptr(GArray) problems = NULL;

	if (!app->visit.open)
		return;
	fields = identify_fields(app);
	fields_touch_all(&fields);
	problems = form_check(fields.def, fields.values, NULL, fields.today);
	if (problems->len > 0) {
		const struct form_problem *first =
			&g_array_index(problems, struct form_problem, 0);
		g_autofree char *text = fields_problem_text(first);

		app->model.identify.focus =
			fields_first_problem(&fields, problems);
		identify_show(app, true);
		app_say(app, _("%u to fix; first %s: %s. The rest is kept."),
			problems->len, first->field->label, text);
		return;
	}
	if (card_is_expired(app, fields.values)) {
		app_say(app, _("This card is no longer valid: choose another "
			       "document in the first field."));
		return;
	}
	/* Of the document that was looked at first nothing goes along. */
	form_drop_hidden(fields.def, fields.values, NULL);
	unify_number(fields.values);
	json_put(app->visit.person_touched, "*", NULL);
	visit_go(app, VIEW_ITEM);
	other = other_person_text(app);
	if (other && app->model.view == VIEW_ITEM)
		app_say(app, "%s", other);
}

/* The card ---------------------------------------------------------------- */

static void put_card(struct json *applicant, const struct json *card)
{
	static const char *const copied[][2] = {{"number", "id_number"},
		{"name", "name"}, {"address", "address"}, {"nation", "nation"},
		{"issuer", "issuer"}};
	static const char *const days[][2] = {{"birth", "birth"},
		{"valid_from", "valid_from"}, {"valid_to", "valid_to"}};

	for (size_t i = 0; i < G_N_ELEMENTS(copied); i++)
		json_put_text(
			applicant, copied[i][1], json_text(card, copied[i][0]));
	for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
		const char *text = json_text_or(card, days[i][0], "");
		char day[DAY_TEXT];

		day_format(day_parse(text), day);
		json_put_text(applicant, days[i][1], *day ? day : text);
	}
	json_put_text(applicant, "id_type", "111");
	json_put_text(applicant, "sex", json_text(card, "sex"));
	json_put_text(applicant, "origin", "card");
}

static void note_origins(struct app *app)
{
	static const char *const ids[] = {
		"id_number", "name", "address", "birth", "valid_to"};

	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
		json_put_text(app->visit.person_origins, ids[i], "card");
}

static void card_read(
	void *context, const struct json *result, const GError *error)
{
	struct app *app = context;
	struct json *applicant;
	struct citizen_id id;
	enum number_verdict verdict;
	g_autofree char *other = NULL;

	if (!app->visit.open || app->model.view != VIEW_IDENTIFY)
		return;
	/* A read that was called off: the one after it goes on. */
	if (!g_error_matches(error, ITEM_ERROR, ITEM_ERROR_REFUSED))
		app->visit.reading = false;
	if (error) {
		if (!g_error_matches(error, ITEM_ERROR, ITEM_ERROR_REFUSED))
			app_say(app, _("No card was read: lay it flat, press "
				       "F5, or type the number. All is kept."));
		return;
	}
	verdict = citizen_id_check(
		json_text_or(result, "number", ""), app_today(app), &id);
	if (verdict != NUMBER_OK) {
		app_say(app, _("The card's number does not check: compare it, "
			       "press F5 or type it."));
		return;
	}
	applicant = json_get_mutable(app->visit.record->body, "applicant");
	put_card(applicant, result);
	note_origins(app);
	app->model.identify.focus = -1; /* the first one that is open */
	identify_show(app, true);
	visit_save(app);
	other = other_person_text(app);
	if (other)
		app_say(app, _("Card read: %s. %s"), app->model.visit.person,
			other);
	else
		app_say(app,
			_("Card read: %s. Compare the person with the card; "
			  "Enter continues."),
			app->model.visit.person);
}

void identify_read_card(struct app *app, struct intent *intent)
{
	struct json *args = json_new_object();

	if (!app->visit.open || app->model.view != VIEW_IDENTIFY) {
		json_free(args);
		return;
	}
	identify_stop_reading(app);
	json_put_int(args, "timeout_s", CARD_TIMEOUT_S);
	if (intent)
		app_say(app, _("Lay the card flat on the reader."));
	app->visit.reading = true;
	devices_command(app, "idcard", "read", args,
		(CARD_TIMEOUT_S + 5) * 1000, card_read, app);
}

void identify_stop_reading(struct app *app)
{
	if (!app->visit.reading)
		return;
	app->visit.reading = false;
	devices_command(
		app, "idcard", "cancel", NULL, CANCEL_TIMEOUT_MS, NULL, NULL);
}
