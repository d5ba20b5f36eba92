/* Who applies: typed, or read from the card. The fields are a form of the
 * program itself, so that checks, errors and editing are the same as in the
 * forms of the items. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/rules/day.h"

enum { CARD_TIMEOUT_S = 60, CANCEL_TIMEOUT_MS = 3000, ROW_OPTIONS_MAX = 4 };

struct identify_row {
	const char *id;
	const char *label; /* N_() */
	enum field_type type;
	bool required;
	int max_chars;
	const char *show_field;                          /* NULL: always */
	const char *show_values[3];                      /* NULL ended */
	struct form_option options[ROW_OPTIONS_MAX + 1]; /* labels N_() */
	enum form_derive derive;
};

/* Document types: exchange code list (111 identity card, 414 passport). */
static const struct identify_row identify_rows[] = {
	{.id = "id_type",
		.label = N_("Document"),
		.type = FIELD_CHOICE,
		.required = true,
		.options = {{"111", N_("identity card")},
			{"414", N_("passport")}, {"001", N_("credit code")},
			{"999", N_("other")}}},
	{.id = "id_number",
		.label = N_("Number"),
		.type = FIELD_ID_NUMBER,
		.required = true,
		.max_chars = 18,
		.show_field = "id_type",
		.show_values = {"111"}},
	{.id = "document_number",
		.label = N_("Number of it"),
		.type = FIELD_TEXT,
		.required = true,
		.max_chars = 30,
		.show_field = "id_type",
		.show_values = {"414", "999"}},
	{.id = "uscc",
		.label = N_("Credit code"),
		.type = FIELD_USCC,
		.required = true,
		.max_chars = 18,
		.show_field = "id_type",
		.show_values = {"001"}},
	{.id = "name",
		.label = N_("Name"),
		.type = FIELD_TEXT,
		.required = true,
		.max_chars = 60},
	{.id = "sex",
		.label = N_("Sex"),
		.type = FIELD_CHOICE,
		.options = {{"1", N_("male")}, {"2", N_("female")}},
		.show_field = "id_type",
		.show_values = {"111"},
		.derive = DERIVE_SEX},
	{.id = "birth",
		.label = N_("Born"),
		.type = FIELD_DATE,
		.show_field = "id_type",
		.show_values = {"111"},
		.derive = DERIVE_BIRTH},
	{.id = "address",
		.label = N_("Address"),
		.type = FIELD_TEXT,
		.max_chars = 100},
	{.id = "valid_to",
		.label = N_("Valid until"),
		.type = FIELD_TEXT,
		.max_chars = 10,
		.show_field = "id_type",
		.show_values = {"111"}},
	{.id = "phone",
		.label = N_("Telephone"),
		.type = FIELD_PHONE,
		.max_chars = 20},
	{.id = "capacity",
		.label = N_("Acts as"),
		.type = FIELD_CHOICE,
		.required = true,
		.options = {{"1", N_("the applicant")}, {"2", N_("agent")},
			{"3", N_("legal representative")}}},
	{.id = "agent_name",
		.label = N_("Agent"),
		.type = FIELD_TEXT,
		.required = true,
		.max_chars = 60,
		.show_field = "capacity",
		.show_values = {"2"}},
	{.id = "agent_id",
		.label = N_("Agent's number"),
		.type = FIELD_ID_NUMBER,
		.required = true,
		.max_chars = 18,
		.show_field = "capacity",
		.show_values = {"2"}},
	{.id = "agent_phone",
		.label = N_("Agent's telephone"),
		.type = FIELD_PHONE,
		.required = true,
		.max_chars = 20,
		.show_field = "capacity",
		.show_values = {"2"}},
};

static void make_options(
	const struct identify_row *row, struct form_field *field)
{
	while (row->options[field->n_options].code)
		field->n_options++;
	field->options = g_new0(struct form_option, field->n_options + 1);
	for (size_t i = 0; i < field->n_options; i++) {
		field->options[i].code = row->options[i].code;
		field->options[i].label = _(row->options[i].label);
		field->options[i].lead.reason = "";
		field->options[i].lead.organ = "";
	}
}

/* Texts are lent by the table and by the translation. */
static void make_field(const struct identify_row *row, struct form_field *field)
{
	*field = (struct form_field){
		.id = row->id,
		.label = _(row->label),
		.type = row->type,
		.required = row->required,
		.max_chars = row->max_chars,
		.min = "",
		.max_value = "",
		.pattern = "",
		.pattern_hint = "",
		.fill = "",
		.otherwise = "",
		.question = "",
		.note = "",
		.derive = row->derive,
		.from = row->derive ? "id_number" : "",
	};
	make_options(row, field);
	if (row->show_field) {
		field->show_when = g_new0(struct form_condition, 1);
		field->show_when->field = row->show_field;
		field->show_when->is = row->show_values;
	}
}

struct form_def *identify_def_new(void)
{
	struct form_def *def = g_new0(struct form_def, 1);

	def->n_fields = G_N_ELEMENTS(identify_rows);
	def->fields = g_new0(struct form_field, def->n_fields);
	for (size_t i = 0; i < def->n_fields; i++)
		make_field(&identify_rows[i], &def->fields[i]);
	return def;
}

void identify_def_free(struct form_def *def)
{
	if (!def)
		return;
	for (size_t i = 0; i < def->n_fields; i++) {
		g_free(def->fields[i].options);
		g_free(def->fields[i].show_when);
	}
	g_free(def->fields);
	g_free(def);
}

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

void identify_show(struct app *app, bool reload)
{
	struct fields fields = identify_fields(app);

	form_prefill(fields.def, fields.values, NULL, fields.today, NULL);
	fields_show(&fields, &app->model.identify);
	if (reload && app->model.identify.focus < 0)
		app->model.identify.focus = fields_first_open(&fields);
	show_earlier(app, json_text(fields.values, "id_number"));
	visit_show_head(app);
	app_changed(app, reload);
}

/* What the card says of the person: typed over, it is no card any more. */
static bool is_of_card(const char *id)
{
	return !strcmp(id, "id_type") || !strcmp(id, "id_number") ||
	       !strcmp(id, "name");
}

void identify_set(struct app *app, struct intent *intent)
{
	struct fields fields;
	AUTO(json) before = NULL;
	const char *id;

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
		if (is_of_card(id))
			json_put(fields.values, "origin", NULL);
	}
	identify_show(app, false);
	visit_save(app);
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
	app_say(app,
		_("Card read: %s. Compare the person with the card; Enter "
		  "continues."),
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
