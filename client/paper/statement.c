/* Cuts a line of a template into keyword, words, options and text. What nobody
 * asked for is an error, so a misspelt option is never ignored. */
#include "client/paper/statement.h"

#include <math.h>
#include <string.h>

#include "client/base/error.h"

struct statement {
	GStrv words; /* own: the head, cut at blanks */
	bool *taken; /* own: as many */
	char *text;  /* own, or NULL */
};

static const char *find_bar(const char *text)
{
	for (; *text && *text != '|'; text++)
		if (*text == '\\' && text[1])
			text++;
	return text;
}

static GStrv split_words(const char *head)
{
	GPtrArray *words = g_ptr_array_new();
	g_auto(GStrv) all = g_strsplit_set(head, " \t", -1);

	for (char **word = all; *word; word++)
		if (**word)
			g_ptr_array_add(words, g_strdup(*word));
	g_ptr_array_add(words, NULL);
	return (GStrv)g_ptr_array_free(words, FALSE);
}

struct statement *statement_parse(const char *line, GError **error)
{
	AUTO(statement) statement = NULL;
	const char *bar = find_bar(line);
	g_autofree char *head = g_strndup(line, (size_t)(bar - line));

	g_strstrip(head);
	if (*head == '#' || (!*head && !*bar))
		return NULL;
	if (!*head) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"expected a keyword before the bar");
		return NULL;
	}
	statement = g_new0(struct statement, 1);
	statement->words = split_words(head);
	statement->taken = g_new0(bool, g_strv_length(statement->words));
	statement->taken[0] = true;
	if (*bar)
		statement->text = g_strstrip(g_strdup(bar + 1));
	return g_steal_pointer(&statement);
}

void statement_free(struct statement *statement)
{
	g_strfreev(statement->words);
	g_free(statement->taken);
	g_free(statement->text);
	g_free(statement);
}

const char *statement_keyword(const struct statement *statement)
{
	return statement->words[0];
}

const char *statement_text(const struct statement *statement)
{
	return statement->text;
}

GPtrArray *statement_cells(const struct statement *statement)
{
	GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
	const char *at = statement->text;

	while (at) {
		const char *bar = find_bar(at);
		char *cell = g_strndup(at, (size_t)(bar - at));

		g_ptr_array_add(cells, g_strstrip(cell));
		at = *bar ? bar + 1 : NULL;
	}
	return cells;
}

const char *statement_word(struct statement *statement)
{
	for (guint i = 0; statement->words[i]; i++) {
		const char *word = statement->words[i];
		const char *equal = strchr(word, '=');
		bool plain = !equal || equal == word ||
			     (equal == word + 1 && *word == '!');

		if (statement->taken[i] || !plain)
			continue;
		statement->taken[i] = true;
		return word;
	}
	return NULL;
}

const char *statement_option(struct statement *statement, const char *name)
{
	size_t len = strlen(name);

	for (guint i = 1; statement->words[i]; i++) {
		const char *word = statement->words[i];

		if (statement->taken[i] || strncmp(word, name, len) != 0 ||
			word[len] != '=')
			continue;
		statement->taken[i] = true;
		return word + len + 1;
	}
	return NULL;
}

bool statement_read_number(const char *text, double *value)
{
	char *end;

	if (!g_ascii_isdigit(*text))
		return false;
	*value = g_ascii_strtod(text, &end);
	return *end == '\0' && isfinite(*value);
}

bool statement_number(struct statement *statement, const char *name, double min,
	double max, double *value, GError **error)
{
	const char *text = statement_option(statement, name);
	double number;

	if (!text)
		return true;
	if (!statement_read_number(text, &number) || number < min ||
		number > max) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"%s: expected a number from %g to %g, not '%s'", name,
			min, max, text);
		return false;
	}
	*value = number;
	return true;
}

bool statement_done(const struct statement *statement, GError **error)
{
	for (guint i = 0; statement->words[i]; i++) {
		if (statement->taken[i])
			continue;
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"'%s' is not known for '%s'", statement->words[i],
			statement->words[0]);
		return false;
	}
	return true;
}
