/* Reads the frame statements of a profile. */
#include "drivers/profile_parser.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/hex.h"

static int find_span(const struct frame *frame, const char *name)
{
	for (int i = 0; i < frame->n_spans; i++) {
		if (!strcmp(frame->spans[i].name, name))
			return i;
	}
	return -1;
}

/* Spans may be used before they begin: "len(d) {d". */
static int need_span(struct frame *frame, const char *name)
{
	int span = find_span(frame, name);

	if (span >= 0 || frame->n_spans == FRAME_SPANS_MAX)
		return span;
	span = frame->n_spans++;
	frame->spans[span] = (struct frame_span){g_strdup(name), -1, -1};
	return span;
}

static bool parse_span_start(
	struct parser *parser, struct frame *frame, const char *name)
{
	int span = need_span(frame, name);

	if (!*name || span < 0 || frame->spans[span].first >= 0)
		return PARSE_EXPECTED_BEFORE(
			parser, "a new span, {NAME (at most 8 in a frame)");
	frame->spans[span].first = frame->n_items;
	return true;
}

static bool parse_span_end(
	struct parser *parser, struct frame *frame, const char *word)
{
	g_autofree char *name = g_strndup(word, strlen(word) - 1);
	int span = find_span(frame, name);

	if (span < 0 || frame->spans[span].first < 0 ||
		frame->spans[span].last >= 0)
		return PARSE_EXPECTED_BEFORE(parser, "the end of an open span");
	frame->spans[span].last = frame->n_items;
	return true;
}

/* len(x), len16be(x), len16le(x), each perhaps with +2 or -2 behind it. */
static bool read_length(
	const char *name, const char *rest, struct frame_item *item)
{
	char *end;

	item->kind = FRAME_LENGTH;
	item->size = strcmp(name, "len") ? 2 : 1;
	item->little = !strcmp(name, "len16le");
	if (!item->little && strcmp(name, "len16be") && strcmp(name, "len"))
		return false;
	if (!*rest)
		return true;
	item->plus = (int)strtol(rest, &end, 10);
	return (rest[0] == '+' || rest[0] == '-') && end > rest + 1 && !*end &&
	       abs(item->plus) < 256;
}

/* "crc16-modbus", or with -be or -le for the order of two bytes; low byte
 * first without. */
static bool read_checksum(
	const char *name, const char *rest, struct frame_item *item)
{
	g_autofree char *plain = g_strdup(name);

	item->kind = FRAME_CHECKSUM;
	item->little = !g_str_has_suffix(name, "-be");
	if (g_str_has_suffix(name, "-be") || g_str_has_suffix(name, "-le"))
		plain[strlen(plain) - 3] = '\0';
	item->checksum = checksum_find(plain);
	if (!item->checksum || *rest)
		return false;
	item->size = item->checksum->size;
	return true;
}

static bool parse_computed(struct parser *parser, const char *word,
	struct frame *frame, struct frame_item *item)
{
	g_autofree char *name = NULL;
	g_auto(GStrv) params = NULL;
	const char *rest = NULL;

	if (!parse_call(word, &name, &params, &rest) ||
		g_strv_length(params) != 1 ||
		(!read_length(name, rest, item) &&
			!read_checksum(name, rest, item)))
		return PARSE_EXPECTED_BEFORE(parser,
			"two hex digits, address, body, {SPAN, SPAN}, "
			"len(SPAN), len16be(SPAN), len16le(SPAN), sum8(SPAN), "
			"xor8(SPAN), lrc(SPAN), crc16-modbus(SPAN) or "
			"crc16-arc(SPAN)");
	item->span = need_span(frame, params[0]);
	if (item->span < 0)
		return PARSE_EXPECTED_BEFORE(parser, "at most 8 spans");
	return true;
}

static bool parse_item(
	struct parser *parser, struct frame *frame, const char *word)
{
	struct frame_item item = {.kind = FRAME_BYTE, .size = 1};

	if (word[0] == '{')
		return parse_span_start(parser, frame, word + 1);
	if (g_str_has_suffix(word, "}"))
		return parse_span_end(parser, frame, word);
	if (frame->n_items == FRAME_ITEMS_MAX)
		return PARSE_EXPECTED_BEFORE(parser, "at most 64 items");
	if (!strcmp(word, "address")) {
		item.kind = FRAME_ADDRESS;
	} else if (!strcmp(word, "body")) {
		item.kind = FRAME_BODY;
		item.size = 0;
	} else if (!hex_byte(word, &item.byte)) {
		item = (struct frame_item){0};
		if (!parse_computed(parser, word, frame, &item))
			return false;
	}
	frame->items[frame->n_items++] = item;
	return true;
}

static bool check_spans(struct parser *parser, const struct frame *frame)
{
	for (int i = 0; i < frame->n_spans; i++) {
		g_autofree char *what = NULL;

		if (frame->spans[i].first >= 0 && frame->spans[i].last >= 0)
			continue;
		what = g_strdup_printf("{%s and %s} around the bytes meant",
			frame->spans[i].name, frame->spans[i].name);
		return PARSE_EXPECTED(parser, what);
	}
	return true;
}

static int find_frame(const struct profile *profile, const char *name)
{
	for (guint i = 0; i < profile->frames->len; i++) {
		const struct frame *frame = profile->frames->pdata[i];

		if (!strcmp(frame->name, name))
			return (int)i;
	}
	return -1;
}

/* "answer:" gives "answer"; NULL when the word is no such label. */
static char *label(const char *word)
{
	size_t len = word ? strlen(word) : 0;

	if (len < 2 || word[len - 1] != ':')
		return NULL;
	return g_strndup(word, len - 1);
}

static bool parse_frame_name(struct parser *parser, struct frame *frame)
{
	frame->name = label(cursor_peek(&parser->cursor));
	if (frame->name)
		cursor_next(&parser->cursor);
	else
		frame->name = g_strdup("main");
	if (find_frame(parser->profile, frame->name) >= 0)
		return PARSE_EXPECTED_BEFORE(
			parser, "a frame name not used before, NAME:");
	return true;
}

bool parse_frame(struct parser *parser)
{
	struct profile *profile = parser->profile;
	struct frame *frame = g_new0(struct frame, 1);
	const char *word, *why = NULL;
	bool ok;

	if (profile->frames->len == PROFILE_FRAMES_MAX) {
		g_free(frame);
		return PARSE_EXPECTED(parser, "at most 8 frames");
	}
	frame->max_body = parser->max_body;
	ok = parse_frame_name(parser, frame);
	while (ok && (word = cursor_next(&parser->cursor)))
		ok = parse_item(parser, frame, word);
	ok = ok && check_spans(parser, frame);
	if (ok && (!frame->n_items || !frame_finish(frame, &why)))
		ok = PARSE_EXPECTED(parser, why ? why : "items of the frame");
	if (ok)
		g_ptr_array_add(profile->frames, frame);
	else
		frame_free(frame);
	return ok;
}

bool parse_frame_choice(struct parser *parser, int *frame)
{
	g_autofree char *name = label(cursor_peek(&parser->cursor));

	*frame = 0;
	if (!parser->profile->frames->len)
		return PARSE_EXPECTED(
			parser, "a frame statement before this one");
	if (!name)
		return true;
	*frame = find_frame(parser->profile, name);
	if (*frame < 0)
		return PARSE_EXPECTED(parser, "the name of a frame above");
	cursor_next(&parser->cursor);
	return true;
}
