/* Finds the extent of values in JSON text: a scanner that knows strings and
 * nesting and nothing else. */
#include "client/platform/raw.h"

#include <string.h>

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n", *at) && *at)
		at++;
	return at;
}

/* at stands on the opening quote; returns what follows the closing one. */
static const char *skip_string(const char *at, const char *end)
{
	at++;
	while (at < end) {
		const char *quote = memchr(at, '"', (size_t)(end - at));
		const char *escape =
			quote ? memchr(at, '\\', (size_t)(quote - at)) : NULL;

		if (!escape)
			return quote ? quote + 1 : NULL;
		at = escape + 2;
	}
	return NULL;
}

static const char *skip_nested(const char *at, const char *end)
{
	size_t depth = 0;

	while (at && at < end) {
		char c = *at;

		if (c == '"') {
			at = skip_string(at, end);
			continue;
		}
		at++;
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return at;
	}
	return NULL;
}

static const char *skip_value(const char *at, const char *end)
{
	const char *start = at;

	if (at == end)
		return NULL;
	if (*at == '"')
		return skip_string(at, end);
	if (*at == '{' || *at == '[')
		return skip_nested(at, end);
	while (at < end && *at && !strchr(",]} \t\r\n", *at))
		at++;
	return at > start ? at : NULL;
}

static bool take_value(const char **at, const char *end, struct raw *value)
{
	const char *start = skip_blanks(*at, end);
	const char *after = skip_value(start, end);

	if (!after)
		return false;
	value->text = start;
	value->len = (size_t)(after - start);
	*at = after;
	return true;
}

bool raw_document(const char *text, size_t len, struct raw *value)
{
	return take_value(&text, text + len, value);
}

bool raw_begin(const struct raw *container, struct raw_walk *walk)
{
	char first = container->len >= 2 ? container->text[0] : '\0';

	if (first != '{' && first != '[')
		return false;
	walk->at = container->text + 1;
	walk->end = container->text + container->len - 1;
	walk->is_object = first == '{';
	return true;
}

static bool skip_name(struct raw_walk *walk)
{
	const char *at = skip_blanks(walk->at, walk->end);

	if (at == walk->end || *at != '"')
		return false;
	at = skip_string(at, walk->end);
	if (!at)
		return false;
	at = skip_blanks(at, walk->end);
	if (at == walk->end || *at != ':')
		return false;
	walk->at = at + 1;
	return true;
}

bool raw_next(struct raw_walk *walk, struct raw *value)
{
	walk->at = skip_blanks(walk->at, walk->end);
	if (walk->at < walk->end && *walk->at == ',')
		walk->at++;
	if (walk->is_object && !skip_name(walk))
		return false;
	return take_value(&walk->at, walk->end, value);
}

bool raw_member(const struct raw *object, const struct json *parsed,
	const char *name, struct raw *value)
{
	struct raw_walk walk;

	if (!raw_begin(object, &walk) || !walk.is_object)
		return false;
	json_each (member, parsed) {
		if (!raw_next(&walk, value))
			return false;
		if (strcmp(json_name(member), name) == 0)
			return true;
	}
	return false;
}
