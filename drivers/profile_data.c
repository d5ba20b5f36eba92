/* Between bytes and values: whether a body is what a pattern says, what an
 * event tells, and the frame of a command or a reply. */
#include "drivers/profile.h"

#include <string.h>

#include "client/base/error.h"
#include "drivers/profile_parser.h"

/* Matching ---------------------------------------------------------------- */

static void match_one(const struct profile_match *match, uint8_t byte,
	uint8_t captured[], int *n, bool *ok)
{
	if (match->kind == MATCH_BYTE && match->byte != byte)
		*ok = false;
	if (match->kind == MATCH_CAPTURE)
		captured[(*n)++] = byte;
}

bool profile_matches(const struct profile_pattern *pattern, const uint8_t *body,
	size_t len, uint8_t captured[])
{
	const GArray *parts = pattern->parts;
	size_t at = 0, fixed = 0, rest;
	bool has_rest = false, ok = true;
	int n = 0;

	for (guint i = 0; i < parts->len; i++) {
		if (g_array_index(parts, struct profile_match, i).kind ==
			MATCH_REST)
			has_rest = true;
		else
			fixed++;
	}
	if (len < fixed || (len > fixed && !has_rest))
		return false;
	rest = len - fixed;
	for (guint i = 0; i < parts->len && ok; i++) {
		const struct profile_match *match =
			&g_array_index(parts, struct profile_match, i);

		if (match->kind == MATCH_REST)
			at += rest;
		else
			match_one(match, body[at++], captured, &n, &ok);
	}
	return ok;
}

/* Data -------------------------------------------------------------------- */

/* False when a byte has no word in its map: then there is nothing to tell. */
static bool put_assign(struct device *dev, struct json *data,
	const struct profile_assign *assign, const uint8_t captured[])
{
	const char *word = assign->value;

	if (!word && !assign->map) {
		json_put_int(data, assign->name, captured[assign->capture]);
		return true;
	}
	if (!word)
		word = profile_map_word(assign->map, device_options_of(dev),
			captured[assign->capture]);
	if (word)
		json_put(data, assign->name, profile_value(word));
	return word != NULL;
}

struct json *profile_make_data(
	struct device *dev, const GArray *assigns, const uint8_t captured[])
{
	struct json *data = json_new_object();

	for (guint i = 0; assigns && i < assigns->len; i++) {
		if (!put_assign(dev, data,
			    &g_array_index(assigns, struct profile_assign, i),
			    captured)) {
			json_free(data);
			return NULL;
		}
	}
	return data;
}

/* Sending ----------------------------------------------------------------- */

static bool refuse_word(GError **error, const char *arg)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"argument \"%s\": expected a word of the map", arg);
	return false;
}

static bool put_mapped(struct device *dev, const struct profile_part *part,
	const struct json *value, GByteArray *body, GError **error)
{
	g_autofree char *number = json_is_number(value)
					  ? g_strdup_printf("%" G_GINT64_FORMAT,
						    json_as_int(value, 0))
					  : NULL;
	const char *wanted = number ? number : json_as_text(value);

	int key = wanted ? profile_map_key(
				   part->map, device_options_of(dev), wanted)
			 : -1;
	uint8_t byte = (uint8_t)key;

	if (key >= 0) {
		g_byte_array_append(body, &byte, 1);
		return true;
	}
	return refuse_word(error, part->use.arg);
}

static bool put_part(struct device *dev, const struct profile_part *part,
	const struct json *args, const uint8_t captured[], GByteArray *body,
	GError **error)
{
	const struct json *value =
		part->use.arg ? json_get(args, part->use.arg) : NULL;

	switch (part->kind) {
	case PART_BYTE:
		g_byte_array_append(body, &part->byte, 1);
		return true;
	case PART_CAPTURE:
		g_byte_array_append(body, &captured[part->capture], 1);
		return true;
	case PART_MAP:
		return put_mapped(dev, part, value, body, error);
	case PART_ENCODE:
		break;
	}
	return part->use.encoding->encode(&part->use, value, body, error);
}

/* The whole frame, owned by the caller; NULL and error otherwise. */
GByteArray *profile_make_frame(struct device *dev, uint8_t address,
	const struct profile_body *plan, const struct json *args,
	const uint8_t captured[], GError **error)
{
	const struct profile *profile = profile_of(device_driver(dev));
	const struct frame *frame = profile->frames->pdata[plan->frame];
	g_autoptr(GByteArray) body = g_byte_array_new();
	g_autoptr(GByteArray) whole = g_byte_array_new();

	for (guint i = 0; i < plan->parts->len; i++) {
		if (!put_part(dev,
			    &g_array_index(plan->parts, struct profile_part, i),
			    args, captured, body, error))
			return NULL;
	}
	if (!frame_build(frame, address, body->data, body->len, whole)) {
		g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"does not fit the frame");
		return NULL;
	}
	return g_steal_pointer(&whole);
}
