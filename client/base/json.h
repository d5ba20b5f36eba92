/* JSON, strictly.
 *
 * The only file that knows cJSON, which accepts too much: here the text must
 * be UTF-8, at most 64 levels deep, without NUL, without duplicate keys, and
 * nothing may follow the value. Names are compared case-sensitively. Integers
 * are exact up to 2^53; ids and money travel as strings.
 *
 * Getters lend; json_put() and json_add() take the value over. */
#ifndef CLIENT_BASE_JSON_H
#define CLIENT_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/base/auto.h"

struct json;

/* NULL and ITEM_ERROR_SYNTAX with line and column on broken text. */
struct json *json_parse(const char *text, size_t len, GError **error);

/* As json_parse() of a file of at most max_bytes; the message names the file.
 */
struct json *json_load(const char *path, size_t max_bytes, GError **error);

void json_free(struct json *value);
DEFINE_AUTO(json, json_free)

/* Compact text, members in the order they were put; caller frees. */
char *json_print(const struct json *value);
char *json_print_pretty(const struct json *value);

struct json *json_copy(const struct json *value);
bool json_equal(const struct json *a, const struct json *b);

/* Making */
struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_new_text(const char *text); /* NULL gives null */
struct json *json_new_int(int64_t number);

/* Put or replace a member. A NULL text or value removes the member. */
void json_put(struct json *object, const char *name, struct json *take);
void json_put_text(struct json *object, const char *name, const char *text);
void json_put_int(struct json *object, const char *name, int64_t number);
void json_put_number(struct json *object, const char *name, double number);
void json_put_bool(struct json *object, const char *name, bool truth);

/* Append to an array. */
void json_add(struct json *array, struct json *take);
void json_add_text(struct json *array, const char *text);

/* Asking. Every getter accepts NULL and gives the neutral answer. */
bool json_is_object(const struct json *value);
bool json_is_array(const struct json *value);
bool json_is_text(const struct json *value);
bool json_is_number(const struct json *value);
bool json_is_bool(const struct json *value);
bool json_is_null(const struct json *value);

const struct json *json_get(const struct json *object, const char *name);
struct json *json_get_mutable(struct json *object, const char *name);
const char *json_text(const struct json *object, const char *name); /* NULL */
const char *json_text_or(
	const struct json *object, const char *name, const char *otherwise);
int64_t json_int_or(
	const struct json *object, const char *name, int64_t otherwise);
double json_number_or(
	const struct json *object, const char *name, double otherwise);
bool json_bool_or(const struct json *object, const char *name, bool otherwise);

/* The value itself as text or integer. */
const char *json_as_text(const struct json *value); /* NULL if not text */
int64_t json_as_int(const struct json *value, int64_t otherwise);
double json_as_number(const struct json *value, double otherwise);
bool json_as_bool(const struct json *value);

/* Must be there: ITEM_ERROR_SYNTAX names the member otherwise. A text must be
 * at most max_bytes long (ITEM_ERROR_TOO_LARGE). */
const char *json_need_text(const struct json *object, const char *name,
	size_t max_bytes, GError **error);
bool json_need_int(const struct json *object, const char *name, int64_t min,
	int64_t max, int64_t *number, GError **error);

/* Walking arrays and objects in order. json_name() is the member's name,
 * NULL in arrays. */
size_t json_length(const struct json *value);
const struct json *json_first(const struct json *value);
const struct json *json_next(const struct json *member);
const char *json_name(const struct json *member);

#define json_each(member, value)                                    \
	for (const struct json *member = json_first(value); member; \
		member = json_next(member))

#endif
