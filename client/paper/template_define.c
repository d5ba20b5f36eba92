/* The statements that define: paper, margins, fonts, styles, words, metadata,
 * and what must be there before a document is printed. */
#include <string.h>

#include "client/base/error.h"
#include "client/paper/template_read.h"

static bool read_version(
	struct parser *parser, struct statement *statement, GError **error)
{
	const char *version = statement_word(statement);

	(void)parser;
	if (version && strcmp(version, "1") == 0)
		return true;
	return template_fail(error, "expected 'template 1'");
}

static bool read_paper(
	struct parser *parser, struct statement *statement, GError **error)
{
	static const struct {
		const char *name;
		double width, height;
	} sizes[] = {{"A3", 297, 420}, {"A4", 210, 297}, {"A5", 148, 210},
		{"B5", 176, 250}};
	const char *word = statement_word(statement);
	const char *turn = statement_word(statement);
	struct template *t = parser->template;
	g_auto(GStrv) sides = g_strsplit(word ? word : "", "x", 3);
	bool ok = false;

	for (size_t i = 0; word && i < G_N_ELEMENTS(sizes); i++)
		if (strcmp(sizes[i].name, word) == 0) {
			t->width_mm = sizes[i].width;
			t->height_mm = sizes[i].height;
			ok = true;
		}
	if (!ok && g_strv_length(sides) == 2)
		ok = statement_read_number(sides[0], &t->width_mm) &&
		     statement_read_number(sides[1], &t->height_mm);
	if (!ok || t->width_mm < 40 || t->width_mm > 500 || t->height_mm < 40 ||
		t->height_mm > 1000)
		return template_fail(error,
			"expected A3, A4, A5, B5 or a size in mm "
			"such as 210x297");
	if (turn && strcmp(turn, "landscape") != 0)
		return template_fail(
			error, "expected landscape, not '%s'", turn);
	if (turn) {
		double width = t->width_mm;

		t->width_mm = t->height_mm;
		t->height_mm = width;
	}
	return true;
}

static bool read_margin(
	struct parser *parser, struct statement *statement, GError **error)
{
	struct template *t = parser->template;

	return statement_number(statement, "top", 0, 150, &t->top_mm, error) &&
	       statement_number(
		       statement, "right", 0, 150, &t->right_mm, error) &&
	       statement_number(
		       statement, "bottom", 0, 150, &t->bottom_mm, error) &&
	       statement_number(statement, "left", 0, 150, &t->left_mm, error);
}

/* font body | Noto Serif CJK SC, HanaMinB */
static bool read_font(
	struct parser *parser, struct statement *statement, GError **error)
{
	const char *name = statement_word(statement);
	g_auto(GStrv) families = g_strsplit(statement_text(statement), ",", 3);
	guint count = g_strv_length(families);
	struct font *font;

	if (!name || count < 1 || count > 2 || !*g_strstrip(families[0]) ||
		(count == 2 && !*g_strstrip(families[1])))
		return template_fail(error,
			"expected 'font NAME | FAMILY' or 'font "
			"NAME | FAMILY, SECOND FAMILY'");
	font = g_new0(struct font, 1);
	font->name = g_strdup(name);
	font->family = g_strdup(families[0]);
	font->rare = g_strdup(families[1]);
	g_ptr_array_add(parser->template->fonts, font);
	return true;
}

bool template_read_align(
	struct statement *statement, enum text_align *align, GError **error)
{
	static const char *const names[] = {[ALIGN_LEFT] = "left",
		[ALIGN_CENTER] = "center",
		[ALIGN_RIGHT] = "right",
		[ALIGN_JUSTIFY] = "justify"};
	const char *value = statement_option(statement, "align");

	for (size_t i = 0; value && i < G_N_ELEMENTS(names); i++)
		if (strcmp(names[i], value) == 0) {
			*align = (enum text_align)i;
			return true;
		}
	return !value ||
	       template_fail(
		       error, "align: expected left, center, right or justify");
}

static bool read_style_numbers(
	struct style *style, struct statement *statement, GError **error)
{
	const struct {
		const char *name;
		double min, max, *value;
	} numbers[] = {{"size", 4, 200, &style->size_pt},
		{"line", 1, 4, &style->line_ratio},
		{"indent", 0, 20, &style->indent_em},
		{"left", 0, 40, &style->left_em},
		{"spacing", 0, 4, &style->spacing_em},
		{"before", 0, 200, &style->before_mm},
		{"after", 0, 200, &style->after_mm},
		{"gray", 0, 0.95, &style->gray}};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (!statement_number(statement, numbers[i].name,
			    numbers[i].min, numbers[i].max, numbers[i].value,
			    error))
			return false;
	return true;
}

static bool read_style_words(struct parser *parser, struct style *style,
	struct statement *statement, GError **error)
{
	const char *font = statement_option(statement, "font");
	const char *bold = statement_option(statement, "bold");

	if (bold && strcmp(bold, "yes") != 0 && strcmp(bold, "no") != 0)
		return template_fail(error, "bold: expected yes or no");
	if (bold)
		style->bold = strcmp(bold, "yes") == 0;
	if (font) {
		g_free(style->font);
		style->font = g_strdup(font);
	}
	if (!style->font || !template_font(parser->template, style->font))
		return template_fail(error,
			"font: expected the name of a font line "
			"above");
	return true;
}

static bool read_style(
	struct parser *parser, struct statement *statement, GError **error)
{
	const char *name = statement_word(statement);
	const char *like = statement_option(statement, "like");
	const struct style *base = NULL;
	struct style *style;

	if (!name)
		return template_fail(error, "expected 'style NAME ...'");
	if (like) {
		base = template_find_style(parser, like, error);
		if (!base)
			return false;
	}
	style = g_new0(struct style, 1);
	if (base)
		*style = *base;
	else
		*style = (struct style){.size_pt = 12, .line_ratio = 1.5};
	style->font = g_strdup(style->font);
	style->name = g_strdup(name);
	g_ptr_array_add(parser->template->styles, style);
	return template_read_align(statement, &style->align, error) &&
	       read_style_numbers(style, statement, error) &&
	       read_style_words(parser, style, statement, error);
}

/* words kind | original=原件 copy=复印件 */
static bool read_words(
	struct parser *parser, struct statement *statement, GError **error)
{
	const char *name = statement_word(statement);
	g_auto(GStrv) pairs =
		g_strsplit_set(statement_text(statement), " \t", -1);
	struct words *words;

	if (!name)
		return template_fail(
			error, "expected 'words NAME | code=text ...'");
	words = words_new(name);
	g_ptr_array_insert(parser->template->words, 0, words);
	for (char **pair = pairs; *pair; pair++)
		if (**pair && !words_add(words, *pair, error))
			return false;
	return true;
}

static bool read_meta(
	struct parser *parser, struct statement *statement, GError **error)
{
	struct template *t = parser->template;
	const char *what = statement_word(statement);
	struct phrase **where = NULL;

	if (what && strcmp(what, "title") == 0)
		where = &t->title;
	else if (what && strcmp(what, "author") == 0)
		where = &t->author;
	else if (what && strcmp(what, "subject") == 0)
		where = &t->subject;
	if (!where)
		return template_fail(
			error, "expected title, author or subject");
	if (*where)
		phrase_free(*where);
	*where = phrase_new(statement_text(statement), &parser->scope, error);
	return *where != NULL;
}

/* require remedy has=行政复议 | why */
static bool read_require(
	struct parser *parser, struct statement *statement, GError **error)
{
	const char *name = statement_word(statement);
	const struct field *field;
	struct requirement *requirement;

	if (!name)
		return template_fail(error, "expected 'require FIELD | why'");
	field = phrase_field(name, &parser->scope, error);
	if (!field)
		return false;
	requirement = g_new0(struct requirement, 1);
	requirement->field = field;
	requirement->has = g_strdup(statement_option(statement, "has"));
	requirement->message = g_strdup(statement_text(statement));
	g_ptr_array_add(parser->template->requirements, requirement);
	return true;
}

static const struct keyword definition_table[] = {
	{"template", PLACE_TOP, false, read_version, true},
	{"paper", PLACE_TOP, false, read_paper, true},
	{"margin", PLACE_TOP, false, read_margin, true},
	{"font", PLACE_TOP, true, read_font, true},
	{"style", PLACE_TOP, false, read_style, true},
	{"words", PLACE_TOP, true, read_words, true},
	{"meta", PLACE_TOP, true, read_meta, true},
	{"require", PLACE_TOP, true, read_require, true},
	{NULL},
};

const struct keyword *template_definitions(void)
{
	return definition_table;
}
