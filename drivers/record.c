/* Writes transcripts while a device works. */
#include "drivers/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/base/log.h"
#include "drivers/hex.h"

struct record {
	char *path, *old_path; /* own */
	int fd;                /* -1 while closed */
	bool is_private;
	size_t written;
	int64_t last_ms;
};

struct record *record_new(const char *dir, const char *name, bool is_private)
{
	struct record *record = g_new0(struct record, 1);

	record->fd = -1;
	record->is_private = is_private;
	record->path = g_strdup_printf("%s/%s.replay", dir, name);
	record->old_path = g_strdup_printf("%s/%s.old.replay", dir, name);
	return record;
}

static void close_file(struct record *record)
{
	if (record->fd >= 0)
		close(record->fd);
	record->fd = -1;
}

void record_free(struct record *record)
{
	if (!record)
		return;
	close_file(record);
	g_free(record->path);
	g_free(record->old_path);
	g_free(record);
}

/* A recording that cannot be written ends; the device works on. */
static void put(struct record *record, const char *text)
{
	size_t len = strlen(text);

	if (record->fd < 0)
		return;
	record->written += len;
	if (record->written > RECORD_MAX_BYTES)
		log_warn("recording %s is full", record->path);
	else if (write(record->fd, text, len) == (ssize_t)len)
		return;
	else
		log_warn("recording %s: %s", record->path, g_strerror(errno));
	close_file(record);
}

void record_begin(struct record *record, const char *head)
{
	g_autofree char *now = NULL;
	g_autofree char *when = NULL;

	if (!record)
		return;
	close_file(record);
	rename(record->path, record->old_path);
	record->fd = open(record->path,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (record->fd < 0) {
		log_warn("recording %s: %s", record->path, g_strerror(errno));
		return;
	}
	record->written = 0;
	record->last_ms = clock_boot_ms();
	now = clock_iso(clock_wall_ms());
	when = g_strdup_printf("# captured %s\n", now);
	put(record, head);
	put(record, when);
}

static void put_time(struct record *record)
{
	int64_t now_ms = clock_boot_ms();
	g_autofree char *text = NULL;

	if (now_ms > record->last_ms) {
		text = g_strdup_printf("+ %" G_GINT64_FORMAT "\n",
			MIN(now_ms - record->last_ms, 3600000));
		put(record, text);
	}
	record->last_ms = now_ms;
}

void record_bytes(
	struct record *record, char kind, const void *data, size_t len)
{
	g_autofree char *hex = NULL;
	g_autofree char *text = NULL;

	if (!record || record->fd < 0)
		return;
	if (kind == '<')
		put_time(record);
	if (record->is_private) {
		text = g_strdup_printf("# %c %zu bytes withheld\n", kind, len);
	} else {
		hex = hex_line(data, len);
		text = g_strdup_printf("%c %s\n", kind, hex);
	}
	put(record, text);
}

void record_text(struct record *record, char kind, const char *what,
	const struct json *data)
{
	g_autofree char *json = NULL;
	g_autofree char *text = NULL;

	if (!record || record->fd < 0)
		return;
	if (kind == '!')
		put_time(record);
	if (data && !record->is_private)
		json = json_print(data);
	text = g_strdup_printf("%c %s%s%s%s\n", kind, what, json ? " " : "",
		json ? json : "",
		data && record->is_private ? " # withheld" : "");
	put(record, text);
}
