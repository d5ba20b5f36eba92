/* Log lines on standard error: time, program, level, text. Everything that is
 * not plain is escaped, so that a value cannot forge a line. */
#include "client/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/text.h"

static void write_line(const char *level, const char *text)
{
	g_autofree char *clean = text_sink_log(text);
	g_autofree char *time = clock_iso(clock_wall_ms());
	const char *program = g_get_prgname();
	g_autofree char *line = g_strdup_printf("%s %s %s %s\n", time,
		program ? program : "yikou", level, clean);

	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		return; /* nowhere left to say it */
}

static GLogWriterOutput write_glib(GLogLevelFlags level,
	const GLogField *fields, gsize count, gpointer unused)
{
	(void)unused;
	if (level & G_LOG_LEVEL_DEBUG)
		return G_LOG_WRITER_HANDLED;
	for (gsize i = 0; i < count; i++) {
		if (!strcmp(fields[i].key, "MESSAGE"))
			write_line(level & (G_LOG_LEVEL_ERROR |
						   G_LOG_LEVEL_CRITICAL)
					   ? "bug"
					   : "note",
				fields[i].value);
	}
	return G_LOG_WRITER_HANDLED;
}

void log_open(const char *program)
{
	g_set_prgname(program);
	g_log_set_writer_func(write_glib, NULL, NULL);
}

void log_info(const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	write_line("info", text);
}

void log_warn(const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	write_line("warn", text);
}

void log_error(const GError *error, const char *format, ...)
{
	g_autofree char *what = NULL, *text = NULL;
	va_list args;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	text = g_strdup_printf("%s: %s: %s", what, error_name(error),
		error ? error->message : "");
	write_line("warn", text);
}
