/* Wall clock for people, boot clock for intervals. */
#include "client/base/clock.h"

#include <string.h>
#include <time.h>

#include "client/base/file.h"

static int64_t clock_ms(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

int64_t clock_boot_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

static gpointer read_boot_id(gpointer unused)
{
	char *id = file_read("/proc/sys/kernel/random/boot_id", 64, NULL, NULL);

	(void)unused;
	return id ? g_strchomp(id) : g_strdup("unknown");
}

const char *clock_boot_id(void)
{
	static GOnce once = G_ONCE_INIT;

	return g_once(&once, read_boot_id, NULL);
}

static gpointer read_zone(gpointer unused)
{
	(void)unused;
	return g_time_zone_new_local();
}

/* GLib asks the file system for the zone each time. */
static GTimeZone *local_zone(void)
{
	static GOnce once = G_ONCE_INIT;

	return g_once(&once, read_zone, NULL);
}

static GDateTime *local_time(int64_t wall_ms)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(0);
	g_autoptr(GDateTime) then =
		g_date_time_add(utc, (GTimeSpan)wall_ms * 1000);

	return g_date_time_to_timezone(then ? then : utc, local_zone());
}

char *clock_format(int64_t wall_ms, const char *format)
{
	g_autoptr(GDateTime) local = local_time(wall_ms);

	return g_date_time_format(local, format);
}

char *clock_iso(int64_t wall_ms)
{
	return clock_format(wall_ms, "%Y-%m-%dT%H:%M:%S%:z");
}

int64_t clock_parse(const char *text)
{
	g_autoptr(GDateTime) then = NULL;
	g_autofree char *padded = NULL;

	if (!text || strlen(text) > 40)
		return -1;
	if (strlen(text) == 10)
		padded = g_strconcat(text, "T00:00:00", NULL);
	then = g_date_time_new_from_iso8601(
		padded ? padded : text, local_zone());
	if (!then)
		return -1;
	return g_date_time_to_unix(then) * 1000 +
	       g_date_time_get_microsecond(then) / 1000;
}

int clock_day(int64_t wall_ms)
{
	g_autoptr(GDateTime) local = local_time(wall_ms);

	return g_date_time_get_year(local) * 10000 +
	       g_date_time_get_month(local) * 100 +
	       g_date_time_get_day_of_month(local);
}
