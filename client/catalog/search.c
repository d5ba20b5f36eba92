/* Search while the clerk types. What was typed is cleaned once (half width, no
 * blanks, small letters) and then held against each name: letters as initials,
 * Chinese as a part of the name. A mixture (食品jy) is both: every character
 * must fit side by side. */
#include "client/catalog/search.h"

#include <string.h>

#include "client/base/text.h"
#include "client/catalog/pinyin.h"

enum { TYPED_MAX_BYTES = 120, NO_RANK = -1 };

/* NULL when it is too long to be a search. Caller frees. */
static char *clean_typed(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	g_autofree char *half = text_halfwidth(valid);
	GString *clean = g_string_new(NULL);

	for (const char *c = half; *c; c = g_utf8_next_char(c))
		if (!g_unichar_isspace(g_utf8_get_char(c)))
			g_string_append_unichar(
				clean, g_unichar_tolower(g_utf8_get_char(c)));
	if (clean->len > TYPED_MAX_BYTES) {
		g_string_free(clean, TRUE);
		return NULL;
	}
	return g_string_free(clean, FALSE);
}

static bool is_letters(const char *text)
{
	for (; *text; text++)
		if (!g_ascii_isalpha(*text))
			return false;
	return true;
}

/* One typed character, half width by now, against one of the name. */
static bool char_fits(gunichar typed, gunichar c)
{
	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xfee0;
	if (typed == g_unichar_tolower(c))
		return true;
	return typed >= 'a' && typed <= 'z' &&
	       (pinyin_mask(c) & (1u << (typed - 'a')));
}

/* typed from the beginning of name on, marks of the name left out. */
static bool begins_with(const char *name, const char *typed)
{
	for (; *typed; name = g_utf8_next_char(name)) {
		gunichar c = *name ? g_utf8_get_char(name) : 0;
		if (!c)
			return false;
		if (char_fits(g_utf8_get_char(typed), c))
			typed = g_utf8_next_char(typed);
		else if (!g_unichar_ispunct(c))
			return false;
	}
	return true;
}

static bool holds(const char *name, const char *typed)
{
	for (; *name; name = g_utf8_next_char(name))
		if (begins_with(name, typed))
			return true;
	return false;
}

static int rank_of_name(const char *name, const char *typed)
{
	if (!is_letters(typed))
		return holds(name, typed) ? SEARCH_CHINESE : NO_RANK;
	switch (pinyin_match(name, typed)) {
	case PINYIN_EXACT:
	case PINYIN_PREFIX:
		return SEARCH_PREFIX;
	case PINYIN_ADJACENT:
		return SEARCH_ADJACENT;
	case PINYIN_ORDER:
		return SEARCH_ORDER;
	default:
		return NO_RANK;
	}
}

static int rank_of_code(const struct catalog_item *item, const char *typed)
{
	g_autofree char *code = g_ascii_strup(typed, -1);

	return g_str_has_prefix(item->handle_code, code) ||
			       g_str_has_prefix(item->base_code, code)
		       ? SEARCH_CODE
		       : NO_RANK;
}

static int rank_of(const struct catalog_item *item, const char *typed)
{
	int rank;

	if (!*typed)
		return SEARCH_ALL;
	if (*typed == '=')
		return rank_of_code(item, typed + 1);
	rank = rank_of_name(item->name, typed);
	if (rank != NO_RANK)
		return rank;
	for (size_t i = 0; item->aliases[i]; i++)
		if (rank_of_name(item->aliases[i], typed) != NO_RANK)
			return SEARCH_ALIAS;
	return NO_RANK;
}

static int compare_hits(gconstpointer a, gconstpointer b)
{
	const struct search_hit *left = a, *right = b;

	if (left->allowed != right->allowed)
		return left->allowed ? -1 : 1;
	if (left->rank != right->rank)
		return (int)left->rank - (int)right->rank;
	return left->item->no - right->item->no;
}

GArray *catalog_search(
	const struct catalog *catalog, const char *text, const char *window)
{
	GArray *hits = g_array_new(false, false, sizeof(struct search_hit));
	g_autofree char *typed = clean_typed(text);

	for (size_t i = 0; typed && i < catalog_count(catalog); i++) {
		const struct catalog_item *item = catalog_get(catalog, i);
		int rank = rank_of(item, typed);
		struct search_hit hit = {.item = item,
			.rank = (enum search_rank)rank,
			.allowed = item_allowed_at(item, window)};

		if (rank != NO_RANK)
			g_array_append_val(hits, hit);
	}
	g_array_sort(hits, compare_hits);
	return hits;
}

/* Lists of choices ------------------------------------------------------------
 */

static int rank_of_option(const struct form_option *option, const char *typed)
{
	if (!*typed)
		return SEARCH_ALL;
	if (strspn(typed, "0123456789") == strlen(typed) &&
		g_str_has_prefix(option->code, typed))
		return SEARCH_CODE;
	return rank_of_name(option->label, typed);
}

GArray *option_search(const struct form_field *field, const char *text)
{
	GArray *found = g_array_new(false, false, sizeof(size_t));
	g_autofree char *typed = clean_typed(text);

	for (int rank = SEARCH_CODE; typed && rank <= SEARCH_ALL; rank++)
		for (size_t i = 0; i < field->n_options; i++)
			if (rank_of_option(&field->options[i], typed) == rank)
				g_array_append_val(found, i);
	return found;
}
