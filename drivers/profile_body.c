/* Reads what stands inside frames: bodies to send, patterns of bodies, and the
 * data of events. */
#include "drivers/profile_parser.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/hex.h"

/* Words that end a body or pattern. */
static const char *const keywords[] = {
	"send", "expect", "timeout", "retry", "result", "when", "reply", NULL};

static bool at_end(struct parser *parser)
{
	const char *word = cursor_peek(&parser->cursor);

	return !word || g_strv_contains(keywords, word);
}

static void clear_part(gpointer data)
{
	struct profile_part *part = data;

	g_free(part->use.arg);
}

void profile_body_clear(struct profile_body *body)
{
	g_clear_pointer(&body->parts, g_array_unref);
}

void profile_pattern_clear(struct profile_pattern *pattern)
{
	g_clear_pointer(&pattern->parts, g_array_unref);
	for (int i = 0; i < pattern->n_captures; i++)
		g_free(pattern->captures[i]);
	pattern->n_captures = 0;
}

static void clear_assign(gpointer data)
{
	struct profile_assign *assign = data;

	g_free(assign->name);
	g_free(assign->value);
}

void profile_assigns_free(GArray *assigns)
{
	if (assigns)
		g_array_unref(assigns);
}

static int find_capture(const struct profile_pattern *pattern, const char *name)
{
	for (int i = 0; pattern && i < pattern->n_captures; i++) {
		if (!strcmp(pattern->captures[i], name))
			return i;
	}
	return -1;
}

/* "rating[key]" */
static bool split_map(const char *word, char **map, char **name)
{
	const char *open = strchr(word, '[');
	size_t len = strlen(word);

	if (!open || open == word || word[len - 1] != ']')
		return false;
	*map = g_strndup(word, (gsize)(open - word));
	*name = g_strndup(open + 1, (gsize)(word + len - 1 - open - 1));
	return true;
}

/* Bodies ------------------------------------------------------------------ */

static bool is_arg(char **args, const char *name)
{
	return args && g_strv_contains((const char *const *)args, name);
}

/* 0 when it is none. */
static int parse_width(const char *text)
{
	guint64 width = 0;

	g_ascii_string_to_unsigned(text, 10, 1, FRAME_BODY_LIMIT, &width, NULL);
	return (int)width;
}

static bool parse_encode(struct parser *parser, const char *word, char **args,
	struct profile_part *part)
{
	g_autofree char *name = NULL;
	g_auto(GStrv) params = NULL;
	const char *rest = NULL;
	const struct encoding *encoding;
	uint8_t blank = 0;
	int count;

	if (!parse_call(word, &name, &params, &rest) || *rest ||
		!(encoding = encoding_find(name)))
		return PARSE_EXPECTED_BEFORE(parser,
			"two hex digits, digits(ARG,WIDTH[,BLANK]), "
			"gbk(ARG,MAX), byte(ARG), MAP[ARG] or a captured "
			"name");
	count = (int)g_strv_length(params) - 1;
	if (count < encoding->min_params || count > encoding->max_params ||
		!is_arg(args, params[0])) {
		g_autofree char *what =
			g_strdup_printf("%s%s with ARG one of the command's",
				encoding->name, encoding->params);

		return PARSE_EXPECTED_BEFORE(parser, what);
	}
	part->kind = PART_ENCODE;
	part->use.encoding = encoding;
	part->use.width = count >= 1 ? parse_width(params[1]) : 1;
	part->use.blank = -1;
	if (part->use.width < 1 || (count >= 2 && !hex_byte(params[2], &blank)))
		return PARSE_EXPECTED_BEFORE(parser,
			"a width from 1 to 2048, and a blank byte in "
			"hex");
	if (count >= 2)
		part->use.blank = blank;
	part->use.arg = g_strdup(params[0]);
	return true;
}

static bool parse_mapped(struct parser *parser, const char *map_name,
	const char *arg, char **args, struct profile_part *part)
{
	part->kind = PART_MAP;
	part->map = parse_find_map(parser, map_name);
	if (!part->map || !is_arg(args, arg))
		return PARSE_EXPECTED_BEFORE(
			parser, "MAP[ARG] of a map above and an argument");
	part->use.arg = g_strdup(arg);
	return true;
}

static bool parse_part(struct parser *parser, const char *word,
	const struct profile_pattern *captures, char **args,
	struct profile_part *part)
{
	g_autofree char *map = NULL, *name = NULL;

	part->capture = find_capture(captures, word);
	if (hex_byte(word, &part->byte))
		part->kind = PART_BYTE;
	else if (part->capture >= 0)
		part->kind = PART_CAPTURE;
	else if (split_map(word, &map, &name))
		return parse_mapped(parser, map, name, args, part);
	else
		return parse_encode(parser, word, args, part);
	return true;
}

bool parse_body(struct parser *parser, const struct profile_pattern *captures,
	char **args, struct profile_body *body)
{
	const struct frame *frame;

	if (!parse_frame_choice(parser, &body->frame))
		return false;
	frame = parser->profile->frames->pdata[body->frame];
	body->parts = g_array_new(FALSE, TRUE, sizeof(struct profile_part));
	g_array_set_clear_func(body->parts, clear_part);
	while (!at_end(parser)) {
		struct profile_part part = {0};
		const char *word = cursor_next(&parser->cursor);

		if (!parse_part(parser, word, captures, args, &part))
			return false;
		g_array_append_val(body->parts, part);
	}
	if (body->parts->len && frame->body < 0)
		return PARSE_EXPECTED(
			parser, "no bytes: this frame has no body");
	return true;
}

/* Patterns ---------------------------------------------------------------- */

static bool parse_match(struct parser *parser, const char *word,
	struct profile_pattern *pattern, struct profile_match *match)
{
	if (hex_byte(word, &match->byte)) {
		match->kind = MATCH_BYTE;
	} else if (!strcmp(word, "any")) {
		match->kind = MATCH_ANY;
	} else if (!strcmp(word, "...")) {
		match->kind = MATCH_REST;
	} else if (parse_is_name(word) &&
		   pattern->n_captures < PROFILE_CAPTURES_MAX &&
		   find_capture(pattern, word) < 0) {
		match->kind = MATCH_CAPTURE;
		pattern->captures[pattern->n_captures++] = g_strdup(word);
	} else {
		return PARSE_EXPECTED_BEFORE(parser,
			"two hex digits, any, ... or a new name for a byte");
	}
	return true;
}

bool parse_pattern(struct parser *parser, struct profile_pattern *pattern)
{
	int rests = 0;

	if (!parse_frame_choice(parser, &pattern->frame))
		return false;
	pattern->parts = g_array_new(FALSE, TRUE, sizeof(struct profile_match));
	while (!at_end(parser)) {
		struct profile_match match = {0};
		const char *word = cursor_next(&parser->cursor);

		if (!parse_match(parser, word, pattern, &match))
			return false;
		rests += match.kind == MATCH_REST;
		if (rests > 1)
			return PARSE_EXPECTED_BEFORE(
				parser, "only one ... in a pattern");
		g_array_append_val(pattern->parts, match);
	}
	parser->profile->is_input[pattern->frame] = true;
	return true;
}

/* Data -------------------------------------------------------------------- */

static bool parse_assign(struct parser *parser, const char *word,
	const struct profile_pattern *captures, struct profile_assign *assign)
{
	const char *equals = strchr(word, '=');
	g_autofree char *map = NULL, *name = NULL;

	assign->name = g_strndup(word, (gsize)(equals - word));
	assign->capture = find_capture(captures, equals + 1);
	if (assign->capture >= 0)
		return true;
	if (!split_map(equals + 1, &map, &name)) {
		assign->value = g_strdup(equals + 1);
		return true;
	}
	assign->map = parse_find_map(parser, map);
	assign->capture = find_capture(captures, name);
	if (!assign->map || assign->capture < 0)
		return PARSE_EXPECTED_BEFORE(parser,
			"NAME=MAP[BYTE] of a map above and a byte named in "
			"the pattern");
	return true;
}

static bool is_assign(const char *word)
{
	const char *equals = word ? strchr(word, '=') : NULL;

	return equals && equals > word;
}

bool parse_assigns(struct parser *parser,
	const struct profile_pattern *captures, GArray **assigns)
{
	*assigns = g_array_new(FALSE, TRUE, sizeof(struct profile_assign));
	g_array_set_clear_func(*assigns, clear_assign);
	while (is_assign(cursor_peek(&parser->cursor))) {
		struct profile_assign assign = {0};
		const char *word = cursor_next(&parser->cursor);
		bool ok = parse_assign(parser, word, captures, &assign);

		g_array_append_val(*assigns, assign);
		if (!ok)
			return false;
	}
	return true;
}

bool parse_skip_assigns(struct parser *parser)
{
	while (is_assign(cursor_peek(&parser->cursor)))
		cursor_next(&parser->cursor);
	return true;
}
