/* What a trial counts and says. */
#include "tests/torture/torture.h"

enum { NOTES_MAX = 4000 };

static void G_GNUC_PRINTF(2, 0)
	add_note(struct trial *trial, const char *format, va_list arguments)
{
	if (trial->notes->len > NOTES_MAX)
		return;
	g_string_append(trial->notes, "#   ");
	g_string_append_vprintf(trial->notes, format, arguments);
	g_string_append_c(trial->notes, '\n');
}

void trial_note(struct trial *trial, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_note(trial, format, arguments);
	va_end(arguments);
}

void trial_wrong(struct trial *trial, const char *format, ...)
{
	va_list arguments;

	trial->tally.wrong++;
	va_start(arguments, format);
	add_note(trial, format, arguments);
	va_end(arguments);
}

void trial_skip(struct trial *trial, const char *why)
{
	trial->is_skipped = true;
	trial_note(trial, "skipped: %s", why);
}
