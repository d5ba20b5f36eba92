/* Bodies against tables: lengths, types, code lists. Unknown fields are
 * allowed everywhere, so that a newer client is not refused. */
#ifndef CLIENT_PLATFORM_VALIDATE_H
#define CLIENT_PLATFORM_VALIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "client/base/json.h"

enum field_type {
	FIELD_TEXT, /* min..max characters */
	FIELD_UUID,
	FIELD_SHA256, /* 64 lower case hex digits */
	FIELD_TIME,   /* RFC 3339 */
	FIELD_DAY,    /* 2026-11-30 */
	FIELD_INT,    /* min..max */
	FIELD_BOOL,
	FIELD_TRUE,   /* nothing but true */
	FIELD_OBJECT, /* fields */
	FIELD_ARRAY,  /* min..max elements, each of fields or like item, if any
		       */
	FIELD_ANY,
};

struct field {
	const char *name;
	enum field_type type;
	bool required;
	int64_t min, max;
	const char *const *values;  /* code list of a text, NULL ended */
	const struct field *fields; /* ended by a row without a name */
	const struct field *item;   /* of an array of texts or numbers */
	const char *pattern;        /* regular expression of a text */
	bool nullable, empty;       /* null, "" stand for absent */
};

enum { VALIDATE_MAX_ERRORS = 20 };

/* True when object keeps to the table. Otherwise errors (an array) gets up to
 * VALIDATE_MAX_ERRORS rows {"field":"materials/0/name","rule":"required|type|
 * length|range|code|format"}; values are never repeated in them. */
bool validate(const struct field *fields, const struct json *object,
	struct json *errors);

/* One text out of a path, a query or a header against its field: NULL when it
 * is fine, else the rule it breaks. */
const char *validate_text(const struct field *field, const char *text);

/* Adds one row to errors. */
void validate_refuse(struct json *errors, const char *field, const char *rule);

#endif
