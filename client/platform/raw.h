/* Where a value stands in the text of a JSON document.
 *
 * The digest of an op is over the exact bytes of its body, so the body is never
 * printed anew: its extent in the request is found and kept. The text must
 * have been accepted by json_parse() before; on other text the functions are
 * safe but may answer false or nonsense. */
#ifndef CLIENT_PLATFORM_RAW_H
#define CLIENT_PLATFORM_RAW_H

#include <stdbool.h>
#include <stddef.h>

#include "client/base/json.h"

struct raw {
	const char *text; /* borrowed; without the blanks around the value */
	size_t len;
};

struct raw_walk {
	const char *at, *end;
	bool is_object;
};

/* The only value of a document. */
bool raw_document(const char *text, size_t len, struct raw *value);

/* Walks the values of an array or object in order, names left out. begin is
 * false for other values; next is false at the end. */
bool raw_begin(const struct raw *container, struct raw_walk *walk);
bool raw_next(struct raw_walk *walk, struct raw *value);

/* The member of that name: parsed is what json_parse() made of object. Names
 * are compared there, so escapes in them need no second decoder. */
bool raw_member(const struct raw *object, const struct json *parsed,
	const char *name, struct raw *value);

#endif
