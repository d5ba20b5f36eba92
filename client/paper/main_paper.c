/* yikou-paper - makes one document after another, a child of yikou.
 *
 * It may not touch the network, devices, the database or the terminal: it reads
 * requests, templates and fonts, and writes the files it is asked for. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "client/paper/flow.h"
#include "client/paper/paper.h"
#include "client/paper/preview.h"

enum { MATERIALS_MAX = 1000 };

struct arguments {
	char *templates, *check, *sample, *text, *out;
	gint materials;
	gboolean marks, fields, version;
};

static const char summary[] =
	"Makes PDF documents from templates. Reads requests from standard "
	"input, one a line,\nand answers each with one line:\n"
	"  {\"template\":\"receipt\",\"data\":{...},\"out\":\"/tmp/a.pdf\"}\n"
	"  {\"pages\":1,\"size\":81234,\"sha256\":\"...\"}\n"
	"  {\"error\":\"item.invalid\",\"detail\":\"...\"}\n\n"
	"Example, to look at a template while writing it:\n"
	"  yikou-paper --templates config/templates --sample receipt "
	"--out /tmp/receipt.pdf\n\n"
	"Exit status: 0 done, 2 a template or a request is wrong, 5 cannot "
	"write,\n64 usage.";

static bool parse(
	int argc, char **argv, struct arguments *arguments, GError **error)
{
	const GOptionEntry entries[] = {
		{"templates", 0, 0, G_OPTION_ARG_FILENAME,
			&arguments->templates, "Folder of the templates",
			"DIR"},
		{"check", 0, 0, G_OPTION_ARG_STRING, &arguments->check,
			"Read a template and say what is wrong", "NAME"},
		{"sample", 0, 0, G_OPTION_ARG_STRING, &arguments->sample,
			"Make a document of made-up data", "NAME"},
		{"text", 0, 0, G_OPTION_ARG_STRING, &arguments->text,
			"The same, as text on standard output", "NAME"},
		{"out", 0, 0, G_OPTION_ARG_FILENAME, &arguments->out,
			"The file --sample makes", "FILE"},
		{"materials", 0, 0, G_OPTION_ARG_INT, &arguments->materials,
			"How many materials the made-up data has", "N"},
		{"marks", 0, 0, G_OPTION_ARG_NONE, &arguments->marks,
			"Off line, with provisional days", NULL},
		{"fields", 0, 0, G_OPTION_ARG_NONE, &arguments->fields,
			"List the fields a template may use", NULL},
		{"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version,
			"Show the version", NULL},
		{NULL},
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);

	g_option_context_set_summary(context, summary);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return false;
	if (argc == 1 && (!arguments->sample || arguments->out))
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_USAGE,
		argc > 1 ? "unexpected argument" : "--sample needs --out");
	return false;
}

/* A template or a text made to be slow must not stop a window: the parent
 * waits, but not for ever. */
static void set_limits(void)
{
	const struct rlimit cpu = {20, 20};
	const struct rlimit size = {128 << 20, 128 << 20};

	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_FSIZE, &size);
}

/* False at the end of input. A line over the bound is read, but kept only up to
 * it: it will not parse. */
static bool read_line(FILE *in, GString *line)
{
	int c;

	g_string_truncate(line, 0);
	while ((c = getc(in)) != EOF && c != '\n')
		if (line->len <= PAPER_REQUEST_MAX)
			g_string_append_c(line, (char)c);
	return c != EOF || line->len > 0;
}

static int serve(const char *templates)
{
	AUTO(pdf_fonts) fonts = pdf_fonts_new();
	g_autoptr(GString) line = g_string_new(NULL);
	int exit_code = EXIT_CODE_OK;

	while (read_line(stdin, line)) {
		int code;
		AUTO(json) reply = paper_answer(
			templates, line->str, line->len, fonts, &code);
		g_autofree char *text = json_print(reply);

		puts(text);
		fflush(stdout);
		if (code != EXIT_CODE_OK)
			exit_code = code;
	}
	return exit_code;
}

static bool make_sample(const struct arguments *arguments, GError **error)
{
	AUTO(pdf_fonts) fonts = pdf_fonts_new();
	AUTO(json) data =
		field_sample(CLAMP(arguments->materials, 0, MATERIALS_MAX),
			arguments->marks);
	struct paper_result result;

	if (!paper_make(arguments->templates, arguments->sample, data,
		    arguments->out, fonts, &result, error))
		return false;
	printf("%d pages, %zu bytes\n", result.pages, result.size);
	return true;
}

static bool print_text(const struct arguments *arguments, GError **error)
{
	AUTO(json) data =
		field_sample(CLAMP(arguments->materials, 0, MATERIALS_MAX),
			arguments->marks);
	g_autoptr(GPtrArray) lines = preview_lines(
		arguments->templates, arguments->text, data, error);

	for (guint i = 0; lines && i < lines->len; i++)
		puts(lines->pdata[i]);
	return lines != NULL;
}

static void list_fields(void)
{
	static const char *const kinds[] = {[FIELD_TEXT] = "text",
		[FIELD_NUMBER] = "number",
		[FIELD_DATE] = "date",
		[FIELD_TIME] = "time",
		[FIELD_FLAG] = "flag",
		[FIELD_LIST] = "list",
		[FIELD_GRID] = "grid",
		[FIELD_PAGE] = "number",
		[FIELD_PAGES] = "number"};

	for (const struct field *f = field_table(); f->name; f++)
		printf("%-24s %-7s %s\n", f->name, kinds[f->kind], f->title);
}

static bool run(const struct arguments *arguments, GError **error)
{
	if (arguments->check) {
		AUTO(template) template = template_load(
			arguments->templates, arguments->check, error);

		return template != NULL;
	}
	if (arguments->sample)
		return make_sample(arguments, error);
	return print_text(arguments, error);
}

int main(int argc, char **argv)
{
	process_begin("yikou-paper");

	struct arguments arguments = {.materials = 5};
	g_autoptr(GError) error = NULL;
	int exit_code = EXIT_CODE_OK;

	set_limits();
	if (!parse(argc, argv, &arguments, &error))
		exit_code = EXIT_CODE_USAGE;
	else if (arguments.version)
		puts("yikou-paper " YIKOU_VERSION);
	else if (arguments.fields)
		list_fields();
	else {
		if (!arguments.templates)
			arguments.templates = process_share("yikou/templates");
		if (!arguments.check && !arguments.sample && !arguments.text)
			exit_code = serve(arguments.templates);
		else if (!run(&arguments, &error))
			exit_code = error_exit_code(error);
	}
	if (error)
		fprintf(stderr, "yikou-paper: %s\n", error->message);
	g_free(arguments.templates);
	g_free(arguments.check);
	g_free(arguments.sample);
	g_free(arguments.text);
	g_free(arguments.out);
	return exit_code;
}
