/* Reads transcripts. */
#include "drivers/transcript.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/id.h"

enum { TRANSCRIPT_MAX_BYTES = 8 * 1024 * 1024, WAIT_MAX_MS = 3600000 };

static void free_step(gpointer data)
{
	struct transcript_step *step = data;

	g_free(step->bytes);
	g_free(step->text);
	g_free(step);
}

void transcript_free(struct transcript *transcript)
{
	if (!transcript)
		return;
	g_free(transcript->path);
	g_hash_table_destroy(transcript->heads);
	g_ptr_array_free(transcript->steps, TRUE);
	g_ptr_array_free(transcript->options, TRUE);
	g_free(transcript);
}

/* "# driver: idcard" or "# option map.03: 5"; anything else is a comment. */
static void take_comment(struct transcript *transcript, const char *text)
{
	const char *colon = strchr(text, ':');
	g_autofree char *key = NULL, *value = NULL;

	if (!colon)
		return;
	key = g_strstrip(g_strndup(text, (gsize)(colon - text)));
	value = g_strstrip(g_strdup(colon + 1));
	if (g_str_has_prefix(key, "option ")) {
		g_ptr_array_add(transcript->options, g_strdup(key + 7));
		g_ptr_array_add(transcript->options, g_steal_pointer(&value));
	} else {
		g_hash_table_replace(transcript->heads, g_steal_pointer(&key),
			g_steal_pointer(&value));
	}
}

static bool take_bytes(struct transcript_step *step, const char *text)
{
	g_autofree char *hex = g_strdup(text);
	char *comment = strchr(hex, ';');
	size_t size;

	if (comment)
		*comment = '\0';
	g_strstrip(hex);
	size = strlen(hex) / 2 + 1;
	step->bytes = g_malloc(size);
	return hex_decode(hex, step->bytes, size, &step->len);
}

static bool take_wait(struct transcript_step *step, const char *text)
{
	guint64 ms = 0;
	bool ok =
		g_ascii_string_to_unsigned(text, 10, 0, WAIT_MAX_MS, &ms, NULL);

	step->ms = (int)ms;
	return ok;
}

static bool take_step(struct transcript *transcript, const char *line,
	int number, GError **error)
{
	struct transcript_step *step = g_new0(struct transcript_step, 1);
	bool ok = true;

	step->kind = line[0];
	step->line = number;
	step->text = g_strstrip(g_strdup(line + 1));
	g_ptr_array_add(transcript->steps, step);
	if (line[0] == '<' || line[0] == '>')
		ok = take_bytes(step, step->text);
	else if (line[0] == '+')
		ok = take_wait(step, step->text);
	else if (line[0] != '!' && line[0] != '=')
		ok = false;
	if (!ok)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"%s:%d: expected \"< HEX\", \"> HEX\", \"! VERB\", "
			"\"= EFFECT\", \"+ MS\" or \"# ...\"",
			transcript->path, number);
	return ok;
}

struct transcript *transcript_parse(
	const char *text, const char *path, GError **error)
{
	AUTO(transcript) transcript = g_new0(struct transcript, 1);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	transcript->path = g_strdup(path);
	transcript->heads =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	transcript->steps = g_ptr_array_new_with_free_func(free_step);
	transcript->options = g_ptr_array_new_with_free_func(g_free);
	for (int i = 0; lines[i]; i++) {
		const char *line = g_strstrip(lines[i]);

		if (line[0] == '#')
			take_comment(transcript, line + 1);
		else if (line[0] && !take_step(transcript, line, i + 1, error))
			return NULL;
	}
	return g_steal_pointer(&transcript);
}

struct transcript *transcript_load(const char *path, GError **error)
{
	g_autofree char *text =
		file_read(path, TRANSCRIPT_MAX_BYTES, NULL, error);

	return text ? transcript_parse(text, path, error) : NULL;
}

const char *transcript_head(
	const struct transcript *transcript, const char *key)
{
	return g_hash_table_lookup(transcript->heads, key);
}
