/* What an item stands on in law: the articles its papers name, and the
 * procedures whose time does not count. Text is data; that a paper of something
 * that is no licence does not name the licence law is checked here. */
#include "client/catalog/catalog_read.h"

#include <string.h>

enum { BASIS_BYTES = 600, COMMITMENT_BYTES = 1200, SOURCE_BYTES = 1500 };

static const char *const excluded_words[] = {
#define EXCLUDED_WORD(code, name, word) [code] = (name),
	EXCLUDED_PROCEDURES(EXCLUDED_WORD)
#undef EXCLUDED_WORD
};

void item_law_clear(struct catalog_item *item)
{
	struct catalog_basis *basis = &item->basis;

	g_free(basis->accept);
	g_free(basis->refuse);
	g_free(basis->commitment);
	g_free(basis->commitment_basis);
	g_free(basis->source);
	for (size_t i = 0; i < item->n_excluded; i++) {
		condition_free(item->excluded[i].when);
		g_free(item->excluded[i].text);
	}
	g_free(item->excluded);
}

/* The licence law speaks of licences only. */
static void check_basis(struct reader *reader, const struct catalog_item *item)
{
	const struct catalog_basis *basis = &item->basis;

	if (!item_is_licence(item) &&
		(strstr(basis->accept, "行政许可法") ||
			strstr(basis->refuse, "行政许可法") ||
			strstr(basis->commitment_basis, "行政许可法")))
		reader_fail(reader, NULL,
			"type %s is no licence: 行政许可法 is not its law",
			item->type);
}

void read_basis(struct reader *reader, const struct json *object,
	struct catalog_item *item)
{
	static const char *const known[] = {"accept", "refuse", "commitment",
		"commitment_basis", "source", NULL};
	const struct json *value = json_get(object, "basis");
	struct catalog_basis *basis = &item->basis;
	size_t mark = reader_enter(reader, "basis", -1);

	read_known(reader, value, known);
	basis->accept = read_text(reader, value, "accept", BASIS_BYTES);
	basis->refuse = read_text(reader, value, "refuse", BASIS_BYTES);
	basis->commitment =
		read_text(reader, value, "commitment", COMMITMENT_BYTES);
	basis->commitment_basis = read_text_or(
		reader, value, "commitment_basis", BASIS_BYTES, "");
	basis->source = read_text(reader, value, "source", SOURCE_BYTES);
	check_basis(reader, item);
	reader_leave(reader, mark);
}

void read_excluded(struct reader *reader, const struct json *object,
	struct catalog_item *item)
{
	static const char *const known[] = {"procedure", "text", "when", NULL};
	const struct json *list = read_array(
		reader, object, "excluded", EXCLUDED_PROCEDURE_COUNT, false);
	size_t i = 0;

	item->n_excluded = json_length(list);
	item->excluded = g_new0(struct catalog_excluded, item->n_excluded + 1);
	json_each (member, list) {
		size_t mark = reader_enter(reader, "excluded", (int)i);
		struct catalog_excluded *excluded = &item->excluded[i++];
		read_known(reader, member, known);
		excluded->procedure = (enum excluded_procedure)read_word(reader,
			member, "procedure", excluded_words,
			EXCLUDED_PROCEDURE_COUNT, -1);
		excluded->text = read_text(reader, member, "text", 200);
		excluded->when = read_condition(reader, member, "when");
		check_condition(reader, excluded->when, item->form.fields,
			item->form.n_fields);
		reader_leave(reader, mark);
	}
}
