/* Key files: one pass over the text that keeps order and lines, refuses what
 * is there twice, and never repeats a value in a message. Bounds: 1 MiB a
 * file, 8 KiB a line. */
#include "config/keyfile.h"

#include <stdarg.h>
#include <string.h>

#include "client/base/error.h"
#include "client/base/fault.h"
#include "client/base/file.h"

/* While reading: sections and entries grow in GLib arrays. */
struct reader {
	struct keyfile *file;
	GArray *sections; /* struct keyfile_section */
	GArray *entries;  /* struct keyfile_entry, of the last section */
	int line;
};

bool keyfile_error(GError **error, const struct keyfile *file, int line,
	const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fault_set_va(error, ITEM_ERROR_INVALID, file->path, line, NULL, format,
		args);
	va_end(args);
	return false;
}

static G_GNUC_PRINTF(3, 4) bool broken(
	GError **error, const struct reader *reader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fault_set_va(error, ITEM_ERROR_SYNTAX, reader->file->path, reader->line,
		NULL, format, args);
	va_end(args);
	return false;
}

static void section_clear(struct keyfile_section *section)
{
	for (size_t i = 0; i < section->n_entries; i++) {
		g_free(section->entries[i].key);
		g_free(section->entries[i].value);
	}
	g_free(section->entries);
	g_free(section->title);
	g_free(section->kind);
	g_free(section->name);
}

void keyfile_free(struct keyfile *file)
{
	if (!file)
		return;
	for (size_t i = 0; i < file->n_sections; i++)
		section_clear(&file->sections[i]);
	g_free(file->sections);
	g_free(file->path);
	g_free(file->dir);
	g_free(file);
}

/* Hands the entries read so far to the section they stand in. */
static void close_section(struct reader *reader)
{
	struct keyfile_section *last;

	if (!reader->sections->len)
		return;
	last = &g_array_index(reader->sections, struct keyfile_section,
		reader->sections->len - 1);
	last->n_entries = reader->entries->len;
	last->entries =
		(struct keyfile_entry *)g_array_free(reader->entries, FALSE);
	reader->entries =
		g_array_new(false, true, sizeof(struct keyfile_entry));
}

static bool open_section(
	struct reader *reader, const char *line, GError **error)
{
	size_t len = strlen(line);
	struct keyfile_section section = {.line = reader->line};
	g_autofree char *title = NULL;
	char *blank;

	if (len < 3 || line[len - 1] != ']')
		return broken(error, reader,
			"expected [section] with its closing bracket");
	title = g_strstrip(g_strndup(line + 1, len - 2));
	if (!*title || strpbrk(title, "[]\""))
		return broken(error, reader, "not a section title");
	for (guint i = 0; i < reader->sections->len; i++) {
		const struct keyfile_section *other = &g_array_index(
			reader->sections, struct keyfile_section, i);
		if (strcmp(other->title, title) == 0)
			return broken(error, reader,
				"section [%s] is already in line %d", title,
				other->line);
	}
	close_section(reader);
	blank = strpbrk(title, " \t");
	section.kind = blank ? g_strndup(title, (size_t)(blank - title))
			     : g_strdup(title);
	section.name = g_strstrip(g_strdup(blank ? blank + 1 : ""));
	section.title = g_steal_pointer(&title);
	g_array_append_val(reader->sections, section);
	return true;
}

static bool add_entry(struct reader *reader, const char *line, GError **error)
{
	const char *equals = strchr(line, '=');
	struct keyfile_entry entry = {.line = reader->line};
	g_autofree char *key = NULL;

	if (!equals)
		return broken(error, reader,
			"expected \"key = value\", a [section] or a # comment");
	if (!reader->sections->len)
		return broken(
			error, reader, "a key stands before the first section");
	key = g_strstrip(g_strndup(line, (size_t)(equals - line)));
	if (!*key || strpbrk(key, " \t[]\""))
		return broken(error, reader, "not a key before the =");
	for (guint i = 0; i < reader->entries->len; i++) {
		const struct keyfile_entry *other = &g_array_index(
			reader->entries, struct keyfile_entry, i);
		if (strcmp(other->key, key) == 0)
			return broken(error, reader,
				"key %s is already in line %d", key,
				other->line);
	}
	entry.key = g_steal_pointer(&key);
	entry.value = g_strstrip(g_strdup(equals + 1));
	g_array_append_val(reader->entries, entry);
	return true;
}

static bool read_line(
	struct reader *reader, const char *start, size_t len, GError **error)
{
	g_autofree char *line = NULL;

	reader->line++;
	if (len > KEYFILE_MAX_LINE)
		return broken(error, reader, "line longer than %d bytes",
			KEYFILE_MAX_LINE);
	line = g_strstrip(g_strndup(start, len));
	for (const char *c = line; *c; c++)
		if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f)
			return broken(error, reader, "control character");
	if (!*line || *line == '#' || *line == ';')
		return true;
	if (*line == '[')
		return open_section(reader, line, error);
	return add_entry(reader, line, error);
}

/* Where the bytes stop being text, as a line. */
static bool check_utf8(
	struct reader *reader, const char *text, size_t len, GError **error)
{
	const char *stop;

	if (g_utf8_validate(text, (gssize)len, &stop))
		return true;
	reader->line = 1;
	for (; text < stop; text++)
		reader->line += *text == '\n';
	return broken(error, reader, "not UTF-8, or holds a NUL");
}

static bool read_text(
	struct reader *reader, const char *text, size_t len, GError **error)
{
	const char *end = text + len;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3; /* the mark Windows editors put in front */
	if (!check_utf8(reader, text, (size_t)(end - text), error))
		return false;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		if (!stop)
			stop = end;
		if (!read_line(reader, text, (size_t)(stop - text), error))
			return false;
		text = stop < end ? stop + 1 : end;
	}
	return true;
}

static struct keyfile *keyfile_new(const char *path)
{
	struct keyfile *file = g_new0(struct keyfile, 1);
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);

	file->path = g_strdup(path);
	file->dir = g_path_get_dirname(absolute);
	return file;
}

struct keyfile *keyfile_parse(
	const char *text, size_t len, const char *path, GError **error)
{
	AUTO(keyfile) file = keyfile_new(path);
	struct reader reader = {.file = file};
	bool done = false;

	reader.sections =
		g_array_new(false, true, sizeof(struct keyfile_section));
	reader.entries = g_array_new(false, true, sizeof(struct keyfile_entry));
	if (len > KEYFILE_MAX_BYTES)
		fault_set(error, ITEM_ERROR_TOO_LARGE, path, 0,
			"larger than %d bytes", KEYFILE_MAX_BYTES);
	else
		done = read_text(&reader, text, len, error);
	close_section(&reader);
	for (guint i = 0; i < reader.entries->len; i++) {
		struct keyfile_entry *entry =
			&g_array_index(reader.entries, struct keyfile_entry, i);
		g_free(entry->key);
		g_free(entry->value);
	}
	g_array_free(reader.entries, TRUE);
	file->n_sections = reader.sections->len;
	file->sections =
		(struct keyfile_section *)g_array_free(reader.sections, FALSE);
	return done ? g_steal_pointer(&file) : NULL;
}

struct keyfile *keyfile_load(const char *path, GError **error)
{
	size_t len = 0;
	g_autofree char *text =
		file_read_written(path, KEYFILE_MAX_BYTES, &len, error);

	return text ? keyfile_parse(text, len, path, error) : NULL;
}

const struct keyfile_section *keyfile_find(
	const struct keyfile *file, const char *title)
{
	for (size_t i = 0; i < file->n_sections; i++)
		if (strcmp(file->sections[i].title, title) == 0)
			return &file->sections[i];
	return NULL;
}

const struct keyfile_entry *keyfile_entry(
	const struct keyfile_section *section, const char *key)
{
	for (size_t i = 0; section && i < section->n_entries; i++)
		if (strcmp(section->entries[i].key, key) == 0)
			return &section->entries[i];
	return NULL;
}

const char *keyfile_text(const struct keyfile_section *section, const char *key,
	const char *otherwise)
{
	const struct keyfile_entry *entry = keyfile_entry(section, key);

	return entry ? entry->value : otherwise;
}

int keyfile_line(const struct keyfile_section *section, const char *key)
{
	const struct keyfile_entry *entry = keyfile_entry(section, key);

	if (entry)
		return entry->line;
	return section ? section->line : 0;
}

bool keyfile_int(const struct keyfile *file,
	const struct keyfile_section *section, const char *key, int64_t min,
	int64_t max, int64_t otherwise, int64_t *number, GError **error)
{
	const struct keyfile_entry *entry = keyfile_entry(section, key);

	*number = otherwise;
	if (!entry)
		return true;
	if (g_ascii_string_to_signed(entry->value, 10, min, max, number, NULL))
		return true;
	return keyfile_error(error, file, entry->line,
		"%s: expected a whole number from %lld to %lld", key,
		(long long)min, (long long)max);
}

bool keyfile_parse_bool(const char *value, bool *truth)
{
	static const char *const yes[] = {"true", "yes", "on", "1", "是", NULL};
	static const char *const no[] = {"false", "no", "off", "0", "否", NULL};
	g_autofree char *lower = g_ascii_strdown(value, -1);

	*truth = g_strv_contains(yes, lower);
	return *truth || g_strv_contains(no, lower);
}

bool keyfile_bool(const struct keyfile *file,
	const struct keyfile_section *section, const char *key, bool otherwise,
	bool *truth, GError **error)
{
	const struct keyfile_entry *entry = keyfile_entry(section, key);

	*truth = otherwise;
	if (!entry || keyfile_parse_bool(entry->value, truth))
		return true;
	return keyfile_error(
		error, file, entry->line, "%s: expected true or false", key);
}

static bool key_is_known(const char *key, const char *const known[])
{
	for (size_t i = 0; known[i]; i++) {
		size_t len = strlen(known[i]);
		if (len && known[i][len - 1] == '*'
				? strncmp(key, known[i], len - 1) == 0
				: strcmp(key, known[i]) == 0)
			return true;
	}
	return false;
}

bool keyfile_check_keys(const struct keyfile *file,
	const struct keyfile_section *section, const char *const known[],
	GError **error)
{
	for (size_t i = 0; i < section->n_entries; i++) {
		const struct keyfile_entry *entry = &section->entries[i];
		const char *near;

		if (key_is_known(entry->key, known))
			continue;
		near = keyfile_nearest(entry->key, known);
		if (near)
			return keyfile_error(error, file, entry->line,
				"unknown key %s in [%s], did you mean %s?",
				entry->key, section->title, near);
		return keyfile_error(error, file, entry->line,
			"unknown key %s in [%s]", entry->key, section->title);
	}
	return true;
}

enum { NEAREST_MAX = 40 };

/* Edits (insert, drop, replace) from a to b, both at most NEAREST_MAX long. */
static unsigned edit_distance(const char *a, const char *b)
{
	unsigned row[NEAREST_MAX + 1];
	size_t len = strlen(b);

	for (size_t j = 0; j <= len; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; a[i]; i++) {
		unsigned corner = row[0];
		row[0] = (unsigned)i + 1;
		for (size_t j = 1; j <= len; j++) {
			unsigned up = row[j];
			unsigned same = corner + (a[i] != b[j - 1]);
			row[j] = MIN(MIN(up, row[j - 1]) + 1, same);
			corner = up;
		}
	}
	return row[len];
}

const char *keyfile_nearest(const char *word, const char *const known[])
{
	const char *best = NULL;
	unsigned least = 0;

	if (strlen(word) > NEAREST_MAX)
		return NULL;
	for (size_t i = 0; known[i]; i++) {
		unsigned distance;

		if (strlen(known[i]) > NEAREST_MAX || strchr(known[i], '*'))
			continue;
		distance = edit_distance(word, known[i]);
		if (!best || distance < least) {
			best = known[i];
			least = distance;
		}
	}
	/* a third of the word may be wrong, at most three letters */
	return best && least <= MIN(3, strlen(best) / 3 + 1) ? best : NULL;
}

char *keyfile_path(const struct keyfile *file, const char *value)
{
	if (!value || !*value)
		return NULL;
	return g_canonicalize_filename(value, file->dir);
}
