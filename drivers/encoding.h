/* How values of commands become bytes, and back: digits(number,3,0A),
 * gbk(text,64), byte(level). One const table. */
#ifndef DRIVERS_ENCODING_H
#define DRIVERS_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "client/base/json.h"

struct encoding_use;

struct encoding {
	const char *name;
	const char *params;         /* for messages: "(ARG,WIDTH[,BLANK])" */
	int min_params, max_params; /* behind the argument's name */
	/* Appends; ITEM_ERROR_INVALID for a value it cannot take. */
	bool (*encode)(const struct encoding_use *use, const struct json *value,
		GByteArray *out, GError **error);
	/* The simulator's way: bytes to text, NULL when they cannot be it.
	 * Takes *len bytes at most and says how many it used; an encoding of
	 * changing size uses all. Caller frees. */
	char *(*decode)(const struct encoding_use *use, const uint8_t *data,
		size_t *len);
};

struct encoding_use {
	const struct encoding *encoding;
	char *arg; /* own: the argument's name */
	int width; /* first parameter, 1 without one */
	int blank; /* digits: byte of a missing digit, -1: 00 */
};

/* NULL when there is none. */
const struct encoding *encoding_find(const char *name);
const struct encoding *encoding_list(void); /* ended by a NULL name */

#endif
