/* Words and statements of a profile. */
#include "drivers/profile_lex.h"

#include <string.h>

#include "client/base/error.h"

static void free_word(gpointer data)
{
	struct word *word = data;

	g_free(word->text);
	g_free(word);
}

static void free_statement(gpointer data)
{
	struct statement *statement = data;

	g_ptr_array_free(statement->words, TRUE);
	g_free(statement);
}

void source_free(struct source *source)
{
	if (!source)
		return;
	g_ptr_array_free(source->statements, TRUE);
	g_free(source->path);
	g_free(source);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The end of the word at p: a blank outside quotes and brackets. NULL when one
 * of them is left open. */
static const char *word_end(const char *p)
{
	bool in_quotes = false;
	int depth = 0;

	for (; *p; p++) {
		if (*p == '"')
			in_quotes = !in_quotes;
		else if (in_quotes)
			continue;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && depth > 0)
			depth--;
		else if (is_blank(*p) && !depth)
			break;
	}
	return in_quotes || depth ? NULL : p;
}

/* Quotes anywhere in the word are taken off: text="a b" is text=a b. */
static char *unquote(const char *start, const char *end, bool *is_quoted)
{
	GString *text = g_string_new(NULL);

	*is_quoted = false;
	for (const char *p = start; p < end; p++) {
		if (*p == '"')
			*is_quoted = true;
		else
			g_string_append_c(text, *p);
	}
	return g_string_free(text, FALSE);
}

static struct statement *statement_for(struct source *source, bool is_new)
{
	struct statement *statement;

	if (!is_new && source->statements->len)
		return g_ptr_array_index(
			source->statements, source->statements->len - 1);
	statement = g_new0(struct statement, 1);
	statement->words = g_ptr_array_new_with_free_func(free_word);
	g_ptr_array_add(source->statements, statement);
	return statement;
}

static bool take_line(
	struct source *source, const char *line, int number, GError **error)
{
	struct statement *statement = NULL;
	bool is_new = !is_blank(line[0]);
	const char *p = line;

	for (;;) {
		struct word *word;
		const char *end;

		while (is_blank(*p))
			p++;
		if (!*p || *p == '#')
			return true;
		end = word_end(p);
		if (!end) {
			g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
				"%s:%d:%d: expected the end of a quote or "
				"bracket, found the end of the line",
				source->path, number,
				(int)g_utf8_strlen(line, p - line) + 1);
			return false;
		}
		if (!statement)
			statement = statement_for(source, is_new);
		word = g_new0(struct word, 1);
		word->text = unquote(p, end, &word->is_quoted);
		word->line = number;
		word->column = (int)g_utf8_strlen(line, p - line) + 1;
		g_ptr_array_add(statement->words, word);
		p = end;
	}
}

struct source *source_new(const char *text, const char *path, GError **error)
{
	AUTO(source) source = g_new0(struct source, 1);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	source->path = g_strdup(path);
	source->statements = g_ptr_array_new_with_free_func(free_statement);
	for (int i = 0; lines[i]; i++) {
		if (!g_utf8_validate(lines[i], -1, NULL)) {
			g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
				"%s:%d:1: expected UTF-8", path, i + 1);
			return NULL;
		}
		if (!take_line(source, lines[i], i + 1, error))
			return NULL;
	}
	return g_steal_pointer(&source);
}

/* Walking ----------------------------------------------------------------- */

static const struct word *word_at(const struct cursor *cursor, guint at)
{
	const GPtrArray *words = cursor->statement->words;

	return at < words->len ? words->pdata[at] : NULL;
}

const char *cursor_peek(const struct cursor *cursor)
{
	const struct word *word = word_at(cursor, cursor->at);

	return word ? word->text : NULL;
}

const char *cursor_next(struct cursor *cursor)
{
	const char *text = cursor_peek(cursor);

	if (text)
		cursor->at++;
	return text;
}

bool cursor_accept(struct cursor *cursor, const char *word)
{
	const char *text = cursor_peek(cursor);

	if (!text || strcmp(text, word))
		return false;
	cursor->at++;
	return true;
}

static bool expected_at(
	const struct cursor *cursor, guint at, const char *what, GError **error)
{
	const struct word *word = word_at(cursor, at);
	const struct word *last =
		word_at(cursor, cursor->statement->words->len - 1);

	if (word)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"%s:%d:%d: expected %s, found \"%s\"",
			cursor->source->path, word->line, word->column, what,
			word->text);
	else
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"%s:%d:%d: expected %s, found the end of the "
			"statement",
			cursor->source->path, last->line,
			last->column + (int)g_utf8_strlen(last->text, -1),
			what);
	return false;
}

bool cursor_expected(
	const struct cursor *cursor, const char *what, GError **error)
{
	return expected_at(cursor, cursor->at, what, error);
}

bool cursor_expected_before(
	const struct cursor *cursor, const char *what, GError **error)
{
	return expected_at(cursor, cursor->at - 1, what, error);
}

int cursor_line(const struct cursor *cursor)
{
	return word_at(cursor, 0)->line;
}
