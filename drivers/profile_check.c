/* The check vectors of a profile: read, and run through the very machine that
 * will drive the device. What a vector does not mention may not happen, but for
 * the "done" of a command without an answer. */
#include <string.h>

#include "drivers/hex.h"
#include "drivers/profile_parser.h"
#include "drivers/script.h"

/* Reading ----------------------------------------------------------------- */

/* Hex words up to the next mark, behind what the step has already. */
static bool parse_hex(struct parser *parser, GString *step)
{
	const char *word;
	uint8_t byte;
	int count = 0;

	while ((word = cursor_peek(&parser->cursor)) && hex_byte(word, &byte)) {
		g_string_append_printf(step, " %02X", byte);
		cursor_next(&parser->cursor);
		count++;
	}
	return count > 0 || PARSE_EXPECTED(parser, "bytes in hex");
}

/* "number=123 text=a" as {"number":123,"text":"a"} */
static void parse_members(struct parser *parser, GString *step)
{
	AUTO(json) object = json_new_object();
	g_autofree char *text = NULL;
	const char *word, *equals;

	while ((word = cursor_peek(&parser->cursor)) &&
		(equals = strchr(word, '=')) && equals > word) {
		g_autofree char *name = g_strndup(word, (gsize)(equals - word));

		json_put(object, name, profile_value(equals + 1));
		cursor_next(&parser->cursor);
	}
	text = json_print(object);
	g_string_append_printf(step, " %s", text);
}

/* "= key key=next", "= done", "= fail item.invalid" */
static bool parse_effect(struct parser *parser, GString *step)
{
	const char *word = cursor_next(&parser->cursor);

	if (!word)
		return PARSE_EXPECTED(parser, "done, fail or an event's name");
	if (!strcmp(word, "fail")) {
		word = cursor_next(&parser->cursor);
		g_string_append_printf(step, " fail %s", word ? word : "");
		return word || PARSE_EXPECTED(parser, "an error's name");
	}
	g_string_append_printf(
		step, strcmp(word, "done") ? " event %s" : " %s", word);
	parse_members(parser, step);
	return true;
}

static bool parse_check_step(struct parser *parser, GPtrArray *steps)
{
	const char *word = cursor_next(&parser->cursor);
	g_autoptr(GString) step = g_string_new(word);
	bool ok;

	if (!strcmp(word, "<") || !strcmp(word, ">")) {
		ok = parse_hex(parser, step);
	} else if (!strcmp(word, "=")) {
		ok = parse_effect(parser, step);
	} else if (driver_verb(&parser->profile->driver, word)) {
		g_string_prepend(step, "! ");
		parse_members(parser, step);
		ok = true;
	} else {
		return PARSE_EXPECTED_BEFORE(
			parser, "<, >, = or a command above");
	}
	if (ok)
		g_ptr_array_add(steps, g_strdup(step->str));
	return ok;
}

bool parse_check(struct parser *parser)
{
	struct profile_vector *vector = g_new0(struct profile_vector, 1);

	vector->line = cursor_line(&parser->cursor);
	vector->steps = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(parser->profile->vectors, vector);
	if (!cursor_peek(&parser->cursor))
		return PARSE_EXPECTED(parser, "<, >, = or a command above");
	while (cursor_peek(&parser->cursor)) {
		if (!parse_check_step(parser, vector->steps))
			return false;
	}
	return true;
}

/* Running ----------------------------------------------------------------- */

static bool is_plain_done(const char *effect)
{
	return effect && !strcmp(effect, "= done {}");
}

/* The next effect that counts; caller frees. */
static char *take_effect(struct script *script, const char *expected)
{
	char *found = script_take(script);

	if (is_plain_done(found) && g_strcmp0(expected, found)) {
		g_free(found);
		found = script_take(script);
	}
	return found;
}

static bool differ(const struct profile *profile,
	const struct profile_vector *vector, const char *expected,
	const char *found, GError **error)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"%s:%d: check: expected \"%s\", found \"%s\"", profile->path,
		vector->line, expected ? expected : "nothing more",
		found ? found : "nothing");
	return false;
}

static void feed_hex(struct script *script, const char *hex)
{
	uint8_t bytes[FRAME_BODY_LIMIT * 2];
	size_t len = 0;

	if (hex_decode(hex, bytes, sizeof(bytes), &len))
		script_feed(script, bytes, len, 0);
}

static bool run_vector(const struct profile *profile,
	const struct profile_vector *vector, struct script *script,
	GError **error)
{
	g_autofree char *left = NULL;
	char *greeting;

	while ((greeting = script_take(script)))
		g_free(greeting);
	for (guint i = 0; i < vector->steps->len; i++) {
		const char *step = vector->steps->pdata[i];
		g_autofree char *found = NULL;

		if (step[0] == '!') {
			script_ask(script, step + 2);
			continue;
		}
		if (step[0] == '<') {
			feed_hex(script, step + 1);
			continue;
		}
		found = take_effect(script, step);
		if (g_strcmp0(step, found))
			return differ(profile, vector, step, found, error);
	}
	left = take_effect(script, NULL);
	return !left || differ(profile, vector, NULL, left, error);
}

bool profile_run_vectors(const struct profile *profile, GError **error)
{
	AUTO(device_options) none = device_options_new();

	for (guint i = 0; i < profile->vectors->len; i++) {
		AUTO(script) script = script_new(&profile->driver, none);

		if (!run_vector(
			    profile, profile->vectors->pdata[i], script, error))
			return false;
	}
	return true;
}
