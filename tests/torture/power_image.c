/* Draws what a power cut leaves of a file. */
#include "tests/torture/power_image.h"

#include <string.h>

#include <glib/gstdio.h>

enum luck { NOTHING, ALL, SOME_RECORDS, SOME_SECTORS, LUCK_COUNT };

static void apply_bytes(
	GByteArray *file, int64_t offset, const uint8_t *data, size_t len)
{
	guint end = (guint)offset + (guint)len;

	if (file->len < end) {
		guint old = file->len;

		g_byte_array_set_size(file, end);
		memset(file->data + old, 0, end - old);
	}
	memcpy(file->data + offset, data, len);
}

/* Each sector that the write touches is there, or not. */
static void apply_sectors(GByteArray *file, const struct power_record *record,
	const uint8_t *data, GRand *dice)
{
	for (size_t at = 0; at < record->len;) {
		int64_t place = record->offset + (int64_t)at;
		size_t len = MIN(record->len - at,
			(size_t)(POWER_SECTOR - place % POWER_SECTOR));

		if (g_rand_boolean(dice))
			apply_bytes(file, place, data + at, len);
		at += len;
	}
}

static void apply(GByteArray *file, const struct power_record *record,
	enum luck luck, GRand *dice)
{
	const uint8_t *data = (const uint8_t *)(record + 1);
	guint size = (guint)record->offset;

	if (luck == NOTHING || (luck != ALL && g_rand_boolean(dice)))
		return;
	if (record->kind == POWER_TRUNCATE && size < file->len)
		g_byte_array_set_size(file, size);
	else if (record->kind == POWER_WRITE && luck == SOME_SECTORS)
		apply_sectors(file, record, data, dice);
	else if (record->kind == POWER_WRITE)
		apply_bytes(file, record->offset, data, record->len);
}

static void shuffle(GPtrArray *records, GRand *dice)
{
	for (guint i = records->len; i > 1; i--) {
		guint k = (guint)g_rand_int_range(dice, 0, (gint32)i);
		void *other = records->pdata[k];

		records->pdata[k] = records->pdata[i - 1];
		records->pdata[i - 1] = other;
	}
}

/* Whole records only: a torn one at the end was never said to be written. */
static GPtrArray *read_records(const char *text, size_t len)
{
	GPtrArray *records = g_ptr_array_new();

	while (len >= sizeof(struct power_record)) {
		const struct power_record *record =
			(const struct power_record *)text;
		size_t size = sizeof(*record) + (record->len + 7) / 8 * 8;

		if (len < size)
			break;
		g_ptr_array_add(records, (void *)record);
		text += size;
		len -= size;
	}
	return records;
}

bool power_cut(const char *path, GRand *dice)
{
	g_autofree char *durable = g_strconcat(path, POWER_DURABLE, NULL);
	g_autofree char *pending = g_strconcat(path, POWER_PENDING, NULL);
	enum luck luck = (enum luck)g_rand_int_range(dice, 0, LUCK_COUNT);
	g_autofree char *image = NULL, *log = NULL;
	g_autoptr(GByteArray) file = g_byte_array_new();
	g_autoptr(GPtrArray) records = NULL;
	size_t len = 0, log_len = 0;

	if (!g_file_get_contents(durable, &image, &len, NULL))
		return false;
	g_file_get_contents(pending, &log, &log_len, NULL);
	g_byte_array_append(file, (const guint8 *)image, (guint)len);
	records = read_records(log ? log : "", log_len);
	if (luck == SOME_RECORDS || luck == SOME_SECTORS)
		shuffle(records, dice);
	for (guint i = 0; i < records->len; i++)
		apply(file, records->pdata[i], luck, dice);
	g_file_set_contents(
		path, (const char *)file->data, (gssize)file->len, NULL);
	g_unlink(durable);
	g_unlink(pending);
	return records->len > 0;
}
