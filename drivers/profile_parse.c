/* Reads a profile: one function a statement, in one table. */
#include "drivers/profile_parser.h"

#include <string.h>

#include "client/base/file.h"
#include "drivers/hex.h"
#include "drivers/port.h"

/* Small things ------------------------------------------------------------ */

bool parse_is_name(const char *word)
{
	uint8_t byte;

	if (!g_ascii_islower(word[0]) || hex_byte(word, &byte))
		return false;
	for (const char *p = word; *p; p++) {
		if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && *p != '_' &&
			*p != '-')
			return false;
	}
	return true;
}

bool parse_call(
	const char *word, char **name, char ***params, const char **rest)
{
	const char *open = strchr(word, '(');
	const char *close = open ? strchr(open, ')') : NULL;
	g_autofree char *inside = NULL;

	if (!open || open == word || !close)
		return false;
	*name = g_strndup(word, (gsize)(open - word));
	inside = g_strndup(open + 1, (gsize)(close - open - 1));
	*params = g_strsplit(g_strstrip(inside), ",", -1);
	for (char **p = *params; *p; p++)
		g_strstrip(*p);
	*rest = close + 1;
	return true;
}

bool parse_number(
	struct parser *parser, const char *what, int min, int max, int *number)
{
	const char *word = cursor_peek(&parser->cursor);
	guint64 value = 0;

	if (!word || !g_ascii_string_to_unsigned(word, 10, (guint64)min,
			     (guint64)max, &value, NULL)) {
		g_autofree char *text =
			g_strdup_printf("%s from %d to %d", what, min, max);

		return PARSE_EXPECTED(parser, text);
	}
	cursor_next(&parser->cursor);
	*number = (int)value;
	return true;
}

struct profile_map *parse_find_map(struct parser *parser, const char *name)
{
	for (guint i = 0; i < parser->profile->maps->len; i++) {
		struct profile_map *map = parser->profile->maps->pdata[i];

		if (!strcmp(map->name, name))
			return map;
	}
	return NULL;
}

struct json *profile_value(const char *text)
{
	gint64 number = 0;

	if (g_ascii_string_to_signed(
		    text, 10, -999999999, 999999999, &number, NULL))
		return json_new_int(number);
	return json_new_text(text);
}

static bool parse_name(struct parser *parser, const char *what, char **name)
{
	const char *word = cursor_peek(&parser->cursor);

	if (!word || !parse_is_name(word))
		return PARSE_EXPECTED(parser, what);
	*name = g_strdup(cursor_next(&parser->cursor));
	return true;
}

/* Statements: head -------------------------------------------------------- */

static bool parse_profile(struct parser *parser)
{
	if (parser->profile->name)
		return PARSE_EXPECTED_BEFORE(parser, "profile only once");
	return parse_name(parser, "the profile's name", &parser->profile->name);
}

static bool parse_title(struct parser *parser)
{
	const char *word = cursor_next(&parser->cursor);

	if (!word)
		return PARSE_EXPECTED(parser, "a title, in quotes when it has "
					      "blanks");
	g_free(parser->profile->title);
	parser->profile->title = g_strdup(word);
	return true;
}

static bool parse_class(struct parser *parser)
{
	const char *word = cursor_peek(&parser->cursor);

	if (!word ||
		!device_class_from_name(word, &parser->profile->driver.class))
		return PARSE_EXPECTED(parser,
			"keypad, pad, bar, idcard, camera, scanner, printer "
			"or other");
	cursor_next(&parser->cursor);
	return true;
}

static bool parse_line_settings(struct parser *parser)
{
	const char *word = cursor_peek(&parser->cursor);
	g_autofree char *address = NULL;
	struct port_setup setup = {0};

	if (!word)
		return PARSE_EXPECTED(parser, "9600/8n1");
	address = g_strconcat("serial:/dev/x:", word, NULL);
	setup.address = address;
	if (!port_check(&setup, NULL))
		return PARSE_EXPECTED(parser, "9600/8n1");
	g_free(parser->profile->port);
	parser->profile->port = g_strconcat("serial:", word, NULL);
	cursor_next(&parser->cursor);
	return true;
}

static bool parse_address(struct parser *parser)
{
	const char *word = cursor_peek(&parser->cursor);

	if (!word || !hex_byte(word, &parser->profile->address))
		return PARSE_EXPECTED(parser, "two hex digits");
	cursor_next(&parser->cursor);
	return true;
}

static bool parse_gap(struct parser *parser)
{
	return parse_number(parser, "milliseconds", 0, 10000,
		&parser->profile->driver.gap_ms);
}

static bool parse_frame_timeout(struct parser *parser)
{
	return parse_number(parser, "milliseconds", 10, 10000,
		&parser->profile->frame_timeout_ms);
}

static bool parse_max_body(struct parser *parser)
{
	int number = 0;

	if (!parse_number(parser, "bytes", 1, FRAME_BODY_LIMIT, &number))
		return false;
	parser->max_body = (size_t)number;
	return true;
}

/* "map rating 03=5 02=4" */
static bool parse_map(struct parser *parser)
{
	struct profile_map *map = g_new0(struct profile_map, 1);
	const char *word;

	g_ptr_array_add(parser->profile->maps, map);
	if (!parse_name(parser, "the map's name", &map->name))
		return false;
	while ((word = cursor_peek(&parser->cursor))) {
		g_auto(GStrv) pair = g_strsplit(word, "=", 2);
		uint8_t key = 0;

		if (g_strv_length(pair) != 2 || !hex_byte(pair[0], &key) ||
			!pair[1][0] || map->values[key])
			return PARSE_EXPECTED(
				parser, "HEX=WORD, each byte once");
		map->values[key] = g_strdup(pair[1]);
		cursor_next(&parser->cursor);
	}
	return true;
}

/* Statements: commands ---------------------------------------------------- */

static struct profile_command *new_command(struct profile *profile)
{
	struct profile_command *command = g_new0(struct profile_command, 1);

	command->timeout_ms = PROFILE_REPLY_TIMEOUT_MS;
	g_ptr_array_add(profile->commands, command);
	return command;
}

/* "ticket(number)" or "beep" */
static bool parse_signature(struct parser *parser, char **name, char ***args)
{
	const char *word = cursor_next(&parser->cursor), *rest = "";
	bool ok;

	if (word && parse_is_name(word)) {
		*name = g_strdup(word);
		*args = g_new0(char *, 1);
		return true;
	}
	ok = word && parse_call(word, name, args, &rest) && !*rest &&
	     parse_is_name(*name);
	for (char **arg = *args; ok && *arg; arg++)
		ok = parse_is_name(*arg);
	return ok || PARSE_EXPECTED_BEFORE(
			     parser, "NAME or NAME(ARG,ARG) in lower case");
}

static bool parse_command_clause(
	struct parser *parser, struct profile_command *command)
{
	struct cursor *cursor = &parser->cursor;

	if (cursor_accept(cursor, "timeout"))
		return parse_number(parser, "milliseconds", 10, 60000,
			&command->timeout_ms);
	if (cursor_accept(cursor, "retry"))
		return parse_number(parser, "times", 0, PROFILE_RETRIES_MAX,
			&command->retries);
	if (cursor_accept(cursor, "result"))
		return parse_assigns(parser, &command->reply, &command->result);
	return PARSE_EXPECTED(
		parser, "expect, timeout, retry, result or the end");
}

/* The host's deadline leaves room for the tries and for gaps on the bus. */
static int deadline_of(const struct profile_command *command)
{
	return command->has_reply
		       ? command->timeout_ms * (command->retries + 1) + 2000
		       : 0;
}

static bool parse_command(struct parser *parser)
{
	struct profile *profile = parser->profile;
	struct profile_command *command = new_command(profile);
	struct verb verb = {0};
	char *name = NULL;
	bool ok = parse_signature(parser, &name, &command->args);

	verb.name = name;
	if (ok && driver_verb(&profile->driver, name))
		ok = PARSE_EXPECTED_BEFORE(parser, "each command once");
	g_array_append_val(profile->verbs, verb);
	profile->driver.verbs = (const struct verb *)profile->verbs->data;
	if (!ok)
		return false;
	if (!cursor_accept(&parser->cursor, "send"))
		return PARSE_EXPECTED(parser, "send");
	if (!parse_body(parser, NULL, command->args, &command->body))
		return false;
	if (cursor_accept(&parser->cursor, "expect")) {
		command->has_reply = true;
		if (!parse_pattern(parser, &command->reply))
			return false;
	}
	while (cursor_peek(&parser->cursor)) {
		if (!parse_command_clause(parser, command))
			return false;
	}
	g_array_index(profile->verbs, struct verb, profile->verbs->len - 1)
		.deadline_ms = deadline_of(command);
	return true;
}

static bool parse_greet(struct parser *parser)
{
	const char *word = cursor_peek(&parser->cursor);
	const struct profile *profile = parser->profile;

	for (guint i = 0; word && i < profile->commands->len; i++) {
		const struct profile_command *command =
			profile->commands->pdata[i];
		const struct verb *verb =
			&g_array_index(profile->verbs, struct verb, i);

		if (strcmp(verb->name, word) || !command->has_reply ||
			command->args[0])
			continue;
		parser->profile->greet = command;
		cursor_next(&parser->cursor);
		return true;
	}
	return PARSE_EXPECTED(
		parser, "a command above that has expect and no arguments");
}

/* Statements: events ------------------------------------------------------ */

static struct profile_event *new_event(struct profile *profile)
{
	struct profile_event *event = g_new0(struct profile_event, 1);

	g_ptr_array_add(profile->events, event);
	return event;
}

/* "reply echo" or "reply 01 key" */
static bool parse_reply(struct parser *parser, struct profile_event *event)
{
	if (!cursor_accept(&parser->cursor, "reply"))
		return true;
	if (cursor_accept(&parser->cursor, "echo")) {
		event->reply = REPLY_ECHO;
		return true;
	}
	event->reply = REPLY_BODY;
	return parse_body(parser, &event->when, NULL, &event->body);
}

static bool parse_when(struct parser *parser, struct profile_event *event)
{
	if (!cursor_accept(&parser->cursor, "when"))
		return PARSE_EXPECTED(parser, "when");
	return parse_pattern(parser, &event->when) &&
	       parse_reply(parser, event);
}

static bool parse_event(struct parser *parser)
{
	struct profile_event *event = new_event(parser->profile);
	struct cursor data, end;
	bool ok;

	if (!parse_name(parser, "the event's name", &event->name))
		return false;
	data = parser->cursor;
	parse_skip_assigns(parser);
	if (!parse_when(parser, event))
		return false;
	/* The data speaks of bytes the pattern has named only now. */
	end = parser->cursor;
	parser->cursor = data;
	ok = parse_assigns(parser, &event->when, &event->data);
	parser->cursor = end;
	return ok;
}

static bool parse_ignore(struct parser *parser)
{
	return parse_when(parser, new_event(parser->profile));
}

/* The table --------------------------------------------------------------- */

static const struct {
	const char *word;
	bool (*parse)(struct parser *parser);
} statements[] = {
	{"profile", parse_profile},
	{"title", parse_title},
	{"class", parse_class},
	{"line", parse_line_settings},
	{"address", parse_address},
	{"gap", parse_gap},
	{"frame-timeout", parse_frame_timeout},
	{"max-body", parse_max_body},
	{"frame", parse_frame},
	{"map", parse_map},
	{"command", parse_command},
	{"greet", parse_greet},
	{"event", parse_event},
	{"ignore", parse_ignore},
	{"check", parse_check},
};

static bool parse_statement(struct parser *parser)
{
	const char *word = cursor_next(&parser->cursor);
	bool is_first = !parser->profile->name;

	if (is_first && strcmp(word, "profile"))
		return PARSE_EXPECTED_BEFORE(parser, "profile NAME first");
	for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
		if (strcmp(statements[i].word, word))
			continue;
		if (!statements[i].parse(parser))
			return false;
		return !cursor_peek(&parser->cursor) ||
		       PARSE_EXPECTED(parser, "the end of the statement");
	}
	return PARSE_EXPECTED_BEFORE(parser,
		"profile, title, class, line, address, gap, frame-timeout, "
		"max-body, frame, map, command, greet, event, ignore or check");
}

static bool parse_all(
	struct profile *profile, const struct source *source, GError **error)
{
	struct parser parser = {.profile = profile,
		.max_body = FRAME_BODY_DEFAULT,
		.error = error};

	for (guint i = 0; i < source->statements->len; i++) {
		parser.cursor = (struct cursor){
			source, source->statements->pdata[i], 0};
		if (!parse_statement(&parser))
			return false;
	}
	if (profile->name && profile->frames->len)
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
		"%s:1:1: expected %s, found the end of the file", source->path,
		profile->name ? "a frame" : "profile NAME");
	return false;
}

struct profile *profile_parse(
	const char *text, const char *path, GError **error)
{
	AUTO(source) source = source_new(text, path, error);
	AUTO(profile) profile = NULL;

	if (!source)
		return NULL;
	profile = profile_new(path);
	if (!parse_all(profile, source, error))
		return NULL;
	profile_bind_driver(profile);
	if (!profile_run_vectors(profile, error))
		return NULL;
	return g_steal_pointer(&profile);
}

struct profile *profile_load(const char *path, GError **error)
{
	g_autofree char *text = file_read(path, PROFILE_MAX_BYTES, NULL, error);

	return text ? profile_parse(text, path, error) : NULL;
}
