/* The fields of who applies: a form of the program itself, so that checks,
 * errors and editing are the same as in the forms of the items. */
#include "client/app/private.h"

enum { ROW_OPTIONS_MAX = 4 };

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
	const char *also; /* a word that stands for a date */
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
		.type = FIELD_DATE,
		.max_chars = 10,
		.also = "长期",
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
		.also = row->also,
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
