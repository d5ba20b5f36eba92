/* How a command says that it failed: in words for who typed it, and as JSON for
 * a program that asked for it. */
#include <stdarg.h>
#include <stdio.h>

#include "client/base/fault.h"
#include "client/base/text.h"
#include "client/commands/command.h"
#include "ui/text.h"

void command_to_ascii(char *text)
{
	char *end = text;

	if (!text_is_ascii())
		return;
	for (const char *at = text; *at; at++) {
		unsigned char byte = (unsigned char)*at;

		if (byte < 0x80)
			*end++ = *at;
		else if (byte >= 0xc0) /* the first of a character */
			*end++ = '?';
	}
	*end = '\0';
}

/* Outside of strings JSON is ASCII anyway. */
static char *escape(const char *json)
{
	GString *text = g_string_new(NULL);

	for (const char *at = json; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (c < 0x80)
			g_string_append_c(text, (char)c);
		else if (c < 0x10000)
			g_string_append_printf(text, "\\u%04x", c);
		else
			g_string_append_printf(text, "\\u%04x\\u%04x",
				0xd800 + ((c - 0x10000) >> 10),
				0xdc00 + ((c - 0x10000) & 0x3ff));
	}
	return g_string_free(text, FALSE);
}

void command_print_json(const struct json *value)
{
	g_autofree char *text = json_print(value);
	g_autofree char *ascii = text_is_ascii() ? escape(text) : NULL;

	puts(ascii ? ascii : text);
}

static void print_error_json(const GError *error)
{
	AUTO(json) report = json_new_object();

	json_put_text(report, "error", error_name(error));
	json_put_text(report, "detail", error ? error->message : "");
	json_put_int(report, "exit_code", error_exit_code(error));
	command_print_json(report);
}

enum exit_code command_report(
	const struct command_options *options, const GError *error)
{
	g_autofree char *detail = text_error_detail(error);
	g_autofree char *clean = text_sink_plain(detail);
	const char *name = options && options->name ? options->name : "";

	command_to_ascii(clean);
	if (g_error_matches(error, ITEM_ERROR, ITEM_ERROR_USAGE)) {
		fprintf(stderr, "yikou: %s\n", clean);
		fprintf(stderr, _("Try: yikou%s%s --help\n"), *name ? " " : "",
			name);
	} else {
		fprintf(stderr, "yikou: %s\n", text_error_command(error));
		fprintf(stderr, "       %s\n", clean);
	}
	if (options && options->json)
		print_error_json(error);
	return error_exit_code(error);
}

enum exit_code command_wrong(
	const struct command_options *options, const char *what, ...)
{
	g_autoptr(GError) error = NULL;
	va_list args;

	va_start(args, what);
	fault_set_va(&error, ITEM_ERROR_USAGE, NULL, 0, NULL, what, args);
	va_end(args);
	return command_report(options, error);
}
