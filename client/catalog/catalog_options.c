/* Options of choices, entries of dictionaries (the same thing), and where an
 * answer leads away from acceptance. */
#include "client/catalog/catalog_read.h"

enum { OPTIONS_MAX = 400, LABEL_BYTES = 120, REASON_BYTES = 600 };

static const char *const outcome_words[] = {
#define OUTCOME_WORD(code, name) [code] = (name),
	FORM_OUTCOMES(OUTCOME_WORD)
#undef OUTCOME_WORD
};

void lead_clear(struct form_lead *lead)
{
	text_free(lead->reason);
	text_free(lead->organ);
}

void options_free(struct form_option *options, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		text_free(options[i].code);
		text_free(options[i].label);
		lead_clear(&options[i].lead);
	}
	g_free(options);
}

struct form_option *options_copy(
	const struct form_option *options, size_t count)
{
	struct form_option *copy = g_new0(struct form_option, count);

	for (size_t i = 0; i < count; i++) {
		copy[i] = options[i];
		copy[i].code = g_strdup(options[i].code);
		copy[i].label = g_strdup(options[i].label);
		copy[i].lead.reason = g_strdup(options[i].lead.reason);
		copy[i].lead.organ = g_strdup(options[i].lead.organ);
	}
	return copy;
}

void read_lead(struct reader *reader, const struct json *object,
	bool is_elsewhere, struct form_lead *lead)
{
	lead->outcome = (enum form_outcome)read_word(reader, object, "outcome",
		outcome_words, FORM_OUTCOME_COUNT, FORM_OUTCOME_NONE);
	lead->reason = read_text_or(reader, object, "reason", REASON_BYTES, "");
	lead->organ = read_text_or(reader, object, "organ", LABEL_BYTES, "");
	if (lead->outcome && !*lead->reason)
		reader_fail(reader, "reason", "is missing beside outcome");
	if (is_elsewhere && lead->outcome == FORM_OUTCOME_REFUSE &&
		!*lead->organ)
		reader_fail(reader, "organ",
			"is missing: who refuses names the right organ");
}

static void read_option(struct reader *reader, const struct json *object,
	struct form_option *option)
{
	static const char *const known[] = {
		"code", "label", "min_age", "outcome", "reason", "organ", NULL};

	read_known(reader, object, known);
	option->code = read_text(reader, object, "code", 20);
	option->label = read_text(reader, object, "label", LABEL_BYTES);
	option->min_age = read_int_or(reader, object, "min_age", 0, 150, 0);
	read_lead(reader, object, true, &option->lead);
}

void read_options(struct reader *reader, const struct json *object,
	const char *name, struct form_option **options, size_t *count)
{
	const struct json *list =
		read_array(reader, object, name, OPTIONS_MAX, true);
	g_autoptr(GHashTable) codes = g_hash_table_new(g_str_hash, g_str_equal);
	size_t i = 0;

	*count = json_length(list);
	*options = g_new0(struct form_option, *count + 1);
	json_each (member, list) {
		size_t mark = reader_enter(reader, name, (int)i);
		struct form_option *option = &(*options)[i++];
		read_option(reader, member, option);
		if (!g_hash_table_add(codes, (gpointer)option->code))
			reader_fail(reader, "code", "twice");
		reader_leave(reader, mark);
	}
}
