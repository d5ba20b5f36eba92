/* Reads config/calendar/YYYY.txt into the pure calendar of client/rules. */
#include "client/catalog/calendar_file.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/fault.h"
#include "client/base/file.h"

enum { CALENDAR_MAX_BYTES = 64 * 1024 };

static bool is_year_file(const char *name)
{
	return strlen(name) == 8 && strspn(name, "0123456789") == 4 &&
	       strcmp(name + 4, ".txt") == 0;
}

static bool add_file(struct calendar *calendar, const char *dir,
	const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autofree char *text = NULL;
	size_t len = 0;

	text = file_read_written(path, CALENDAR_MAX_BYTES, &len, error);
	return text && calendar_add_text(calendar, text, len, path, error);
}

struct calendar *calendar_load(const char *dir, GError **error)
{
	AUTO(calendar) calendar = calendar_new();
	g_autoptr(GDir) list = g_dir_open(dir, 0, NULL);
	const char *name;
	size_t years = 0;

	while (list && (name = g_dir_read_name(list))) {
		if (!is_year_file(name))
			continue;
		if (!add_file(calendar, dir, name, error))
			return NULL;
		years++;
	}
	if (years)
		return g_steal_pointer(&calendar);
	fault_set(error, ITEM_ERROR_NOT_FOUND, dir, 0,
		"no working-day calendar (YYYY.txt) in it");
	return NULL;
}
