/* Reads a template file line by line. The tables in template_define.c and
 * template_body.c say which statements there are and where they may stand;
 * every message gets the file and the line in front. */
#include "client/paper/template_read.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"

static bool read_file(struct parser *parser, const char *name, GError **error);

static const struct keyword *find_keyword(const char *name)
{
	const struct keyword *tables[] = {
		template_definitions(), template_body()};

	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		for (const struct keyword *k = tables[i]; k->name; k++)
			if (strcmp(k->name, name) == 0)
				return k;
	return NULL;
}

/* include house.tmpl: fonts, styles, words and headers of the county. */
static bool read_include(
	struct parser *parser, struct statement *statement, GError **error)
{
	const char *name = statement_word(statement);

	if (!name || strchr(name, '/') || *name == '.')
		return template_fail(error,
			"expected the name of a file in the same folder");
	if (parser->included || parser->levels->len > 1)
		return template_fail(error,
			"an include may not stand in a block or an included "
			"file");
	if (!statement_done(statement, error))
		return false;
	parser->included = true;

	bool ok = read_file(parser, name, error);

	parser->included = false;
	return ok;
}

static bool read_keyword(struct parser *parser, const struct keyword *keyword,
	struct statement *statement, GError **error)
{
	const struct level *level = &g_array_index(
		parser->levels, struct level, parser->levels->len - 1);
	bool has_text = statement_text(statement) != NULL;

	if (!(keyword->places & level->place) ||
		(keyword->defines && parser->levels->len > 1))
		return template_fail(
			error, "'%s' may not stand here", keyword->name);
	if (has_text != keyword->has_text)
		return template_fail(error,
			keyword->has_text ? "expected '%s ... | text'"
					  : "'%s' takes no text after a bar",
			keyword->name);
	return keyword->read(parser, statement, error) &&
	       statement_done(statement, error);
}

static bool read_line(struct parser *parser, const char *line, GError **error)
{
	g_autoptr(GError) why = NULL;
	AUTO(statement) statement = statement_parse(line, &why);
	const struct keyword *keyword;
	const char *name;

	if (why) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	if (!statement)
		return true;
	name = statement_keyword(statement);
	if (!parser->versioned && strcmp(name, "template") != 0)
		return template_fail(
			error, "expected 'template 1' as the first statement");
	parser->versioned = true;
	if (strcmp(name, "include") == 0)
		return read_include(parser, statement, error);
	keyword = find_keyword(name);
	if (!keyword)
		return template_fail(error, "unknown keyword '%s'", name);
	return read_keyword(parser, keyword, statement, error);
}

/* Blocks end in the file they began in. */
static bool check_closed(struct parser *parser, guint depth, GError **error)
{
	const struct level *level;

	if (parser->levels->len == depth)
		return true;
	level = &g_array_index(
		parser->levels, struct level, parser->levels->len - 1);
	return template_fail(error,
		"expected 'end' of the block that begins in line %d",
		level->node ? level->node->line : 0);
}

static bool read_lines(
	struct parser *parser, char **lines, guint depth, GError **error)
{
	for (; *lines; lines++) {
		if (++parser->line > TEMPLATE_LINES_MAX)
			return template_fail(error, "more than %d lines",
				TEMPLATE_LINES_MAX);
		if (!read_line(parser, *lines, error))
			return false;
		if (parser->levels->len < depth)
			return template_fail(error, "'end' without a block");
	}
	return check_closed(parser, depth, error);
}

static bool read_file(struct parser *parser, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(parser->folder, name, NULL);
	const char *outer_file = parser->file;
	int outer_line = parser->line;
	size_t len;
	g_autofree char *text =
		file_read(path, TEMPLATE_BYTES_MAX, &len, error);
	bool ok;

	if (!text)
		return false;
	parser->file = g_strdup(name);
	g_ptr_array_add(parser->template->files, (char *)parser->file);
	parser->line = 0;
	if (!g_utf8_validate(text, (gssize)len, NULL)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"%s:1: expected text in UTF-8", name);
		return false;
	}
	g_auto(GStrv) lines =
		g_strsplit(g_strdelimit(text, "\r", ' '), "\n", -1);

	parser->versioned = false;
	ok = read_lines(parser, lines, parser->levels->len, error);
	if (!ok && !parser->located)
		g_prefix_error(error, "%s:%d: ", name, parser->line);
	parser->located = !ok;
	parser->file = outer_file;
	parser->line = outer_line;
	parser->versioned = true;
	return ok;
}

static bool is_name(const char *name)
{
	size_t len = strlen(name);

	return len >= 1 && len <= 60 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

struct template *template_load(
	const char *folder, const char *name, GError **error)
{
	AUTO(template) template = template_new(name);
	struct level bottom = {.into = template->nodes, .place = PLACE_TOP};
	struct parser parser = {.template = template, .folder = folder};
	g_autofree char *file = g_strconcat(name, ".tmpl", NULL);
	bool ok;

	if (!is_name(name)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"name of a template: expected a-z, 0-9 and -");
		return NULL;
	}
	parser.levels = g_array_new(FALSE, FALSE, sizeof(struct level));
	parser.scope.words = template->words;
	g_array_append_val(parser.levels, bottom);
	ok = read_file(&parser, file, error);
	g_array_unref(parser.levels);
	g_free(parser.loop);
	return ok ? g_steal_pointer(&template) : NULL;
}
