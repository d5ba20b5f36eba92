/* yikou.conf(5) against the option table: every key under its section, with
 * its type, range and default, and no key that does not exist. */
#include "config/options.h"

#include <inttypes.h>
#include <string.h>

#include <glib.h>

struct language {
	const char *page;
	const char *keys;    /* title of the section with the keys */
	const char *text;    /* with {max} */
	const char *integer; /* with {min}, {max} */
	const char *boolean, *choice, *path;
	const char *comma; /* between choices */
	const char *needed, *empty, *otherwise, *link, *stop;
};

static const struct language languages[] = {
	{
		.page = "config/man/yikou.conf.5",
		.keys = ".SH KEYS",
		.text = "Text, at most {max} bytes",
		.integer = "Whole number, {min} to {max}",
		.boolean = "True or false",
		.choice = "One of {list}",
		.path = "Path",
		.comma = ", ",
		.needed = "must be there",
		.empty = "default empty",
		.otherwise = "default ",
		.link = "; ",
		.stop = ".",
	},
	{
		.page = "config/man/zh_CN/yikou.conf.5",
		.keys = ".SH 键",
		.text = "文字，至多 {max} 字节",
		.integer = "整数，{min} 到 {max}",
		.boolean = "是或否",
		.choice = "{list} 之一",
		.path = "路径",
		.comma = "、",
		.needed = "必填",
		.empty = "默认为空",
		.otherwise = "默认 ",
		.link = "；",
		.stop = "。",
	},
};

static char *replace(char *take_text, const char *old, const char *new)
{
	g_auto(GStrv) parts = g_strsplit(take_text, old, -1);

	g_free(take_text);
	return g_strjoinv(new, parts);
}

static const char *template_of(
	const struct option *option, const struct language *language)
{
	switch (option->type) {
	case OPTION_TEXT:
		return language->text;
	case OPTION_INT:
		return language->integer;
	case OPTION_BOOL:
		return language->boolean;
	case OPTION_CHOICE:
		return language->choice;
	case OPTION_PATH:
		return language->path;
	}
	return "";
}

static char *kind_of(
	const struct option *option, const struct language *language)
{
	g_autofree char *min = g_strdup_printf("%" PRId64, option->min);
	g_autofree char *max = g_strdup_printf("%" PRId64, option->max);
	g_autofree char *list =
		replace(g_strdup(option->choices ? option->choices : ""), " ",
			language->comma);
	char *kind = g_strdup(template_of(option, language));

	kind = replace(kind, "{min}", min);
	kind = replace(kind, "{max}", max);
	return replace(kind, "{list}", list);
}

/* "Whole number, 30 to 3600; default 300." */
static char *facts_of(
	const struct option *option, const struct language *language)
{
	g_autofree char *kind = kind_of(option, language);
	bool is_empty = !*option->otherwise;

	if (option->required)
		return g_strconcat(kind, language->link, language->needed,
			language->stop, NULL);
	return g_strconcat(kind, language->link,
		is_empty ? language->empty : language->otherwise,
		option->otherwise, language->stop, NULL);
}

static char **read_lines(const char *page)
{
	static const char *const marks[][2] = {{"\\fB", ""}, {"\\fI", ""},
		{"\\fP", ""}, {"\\-", "-"}, {"\\:", ""}, {"\\&", ""}};
	g_autoptr(GError) error = NULL;
	char *text = NULL;
	char **lines;

	g_file_get_contents(page, &text, NULL, &error);
	g_assert_no_error(error);
	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		text = replace(text, marks[i][0], marks[i][1]);
	lines = g_strsplit(text, "\n", -1);
	g_free(text);
	return lines;
}

static void check_tag(const struct language *language, const char *section,
	char **line, bool *seen)
{
	g_autofree char *name = g_strconcat(section, ".", *line, NULL);
	const struct option *option = option_find(name);
	g_autofree char *facts = NULL;
	size_t count;

	if (!option)
		g_error("%s: there is no %s", language->page, name);
	facts = facts_of(option, language);
	for (line++; *line && !g_str_has_prefix(*line, ".TP") &&
		     !g_str_has_prefix(*line, ".S");
		line++)
		seen[option - options_table(&count)] |= !strcmp(*line, facts);
	if (!seen[option - options_table(&count)])
		g_error("%s: %s: expected the line \"%s\"", language->page,
			name, facts);
}

static void test_page(gconstpointer data)
{
	const struct language *language = data;
	g_auto(GStrv) lines = read_lines(language->page);
	g_autofree char *section = NULL;
	bool inside = false;
	size_t count;
	const struct option *table = options_table(&count);
	g_autofree bool *seen = g_new0(bool, count);

	for (char **line = lines; *line; line++) {
		if (g_str_has_prefix(*line, ".SH"))
			inside = !strcmp(*line, language->keys);
		if (inside && g_str_has_prefix(*line, ".SS [")) {
			g_free(section);
			section = g_strndup(*line + 5, strlen(*line) - 6);
		}
		if (inside && !strcmp(*line, ".TP"))
			check_tag(language, section, ++line, seen);
	}
	for (size_t i = 0; i < count; i++)
		if (!seen[i])
			g_error("%s: [%s] %s is missing", language->page,
				table[i].section, table[i].key);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func(
		"/config/manual/english", &languages[0], test_page);
	g_test_add_data_func(
		"/config/manual/chinese", &languages[1], test_page);
	return g_test_run();
}
