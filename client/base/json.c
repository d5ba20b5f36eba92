/* The strict wrapper over cJSON. A scanner of our own first walks the text and
 * refuses what cJSON would let pass; then cJSON builds the tree. */
#include "client/base/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "client/base/error.h"
#include "client/base/fault.h"
#include "client/base/file.h"

enum { JSON_DEPTH_MAX = 64 };

/* struct json is never defined: a struct json * is a cJSON *. */
static cJSON *node(const struct json *value)
{
	return (cJSON *)(uintptr_t)value;
}

static struct json *value_of(cJSON *item)
{
	return (struct json *)item;
}

/* The scanner ------------------------------------------------------------ */

struct scan {
	const char *start, *at, *end;
	const char *wrong; /* message id: what was expected where it stopped */
};

static bool scan_value(struct scan *s, int depth);

static bool fail(struct scan *s, const char *wrong)
{
	if (!s->wrong)
		s->wrong = wrong;
	return false;
}

static void skip_blanks(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' ||
					 *s->at == '\t' || *s->at == '\r'))
		s->at++;
}

static bool take(struct scan *s, char c)
{
	skip_blanks(s);
	if (s->at >= s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static int hex4(const char *at, const char *end)
{
	int value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = g_ascii_xdigit_value(at[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static bool scan_unicode_escape(struct scan *s)
{
	int high = hex4(s->at, s->end), low;

	if (high <= 0)
		return fail(s, "expected four hex digits, not 0000");
	s->at += 4;
	if (high >= 0xdc00 && high <= 0xdfff)
		return fail(s, "expected a whole surrogate pair");
	if (high < 0xd800 || high > 0xdbff)
		return true;
	if (s->end - s->at < 6 || s->at[0] != '\\' || s->at[1] != 'u')
		return fail(s, "expected a whole surrogate pair");
	low = hex4(s->at + 2, s->end);
	if (low < 0xdc00 || low > 0xdfff)
		return fail(s, "expected a whole surrogate pair");
	s->at += 6;
	return true;
}

static bool scan_string(struct scan *s)
{
	skip_blanks(s);
	if (s->at >= s->end || *s->at != '"')
		return fail(s, "expected a string");
	for (s->at++; s->at < s->end; s->at++) {
		if (*s->at == '"') {
			s->at++;
			return true;
		}
		if ((unsigned char)*s->at < 0x20)
			return fail(
				s, "expected no control character in a string");
		if (*s->at != '\\')
			continue;
		if (++s->at >= s->end || !strchr("\"\\/bfnrtu", *s->at))
			return fail(s, "expected an escape of JSON");
		if (*s->at == 'u') {
			s->at++;
			if (!scan_unicode_escape(s))
				return false;
			s->at--;
		}
	}
	return fail(s, "expected a closing quote");
}

static size_t scan_digits(struct scan *s)
{
	const char *first = s->at;

	while (s->at < s->end && g_ascii_isdigit(*s->at))
		s->at++;
	return (size_t)(s->at - first);
}

static bool scan_number(struct scan *s)
{
	const char *first = s->at;
	char text[64];
	size_t len;

	if (*s->at == '-')
		s->at++;
	if (s->at < s->end && *s->at == '0')
		s->at++;
	else if (!scan_digits(s))
		return fail(s, "expected a number");
	if (s->at < s->end && *s->at == '.') {
		s->at++;
		if (!scan_digits(s))
			return fail(s, "expected digits after the point");
	}
	if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
		s->at++;
		if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
			s->at++;
		if (!scan_digits(s))
			return fail(s, "expected digits of the exponent");
	}
	len = (size_t)(s->at - first);
	if (len >= sizeof(text))
		return fail(s, "expected a number of at most 63 characters");
	memcpy(text, first, len);
	text[len] = '\0';
	if (!isfinite(g_ascii_strtod(text, NULL)))
		return fail(s, "expected a finite number");
	return true;
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len))
		return fail(s, "expected a value");
	s->at += len;
	return true;
}

static bool scan_member(struct scan *s, int depth)
{
	if (!scan_string(s))
		return false;
	if (!take(s, ':'))
		return fail(s, "expected a colon");
	return scan_value(s, depth);
}

static bool scan_list(struct scan *s, int depth, char close, bool is_object)
{
	if (depth >= JSON_DEPTH_MAX)
		return fail(s, "expected at most 64 levels");
	s->at++;
	if (take(s, close))
		return true;
	do {
		if (!(is_object ? scan_member(s, depth + 1)
				: scan_value(s, depth + 1)))
			return false;
	} while (take(s, ','));
	if (!take(s, close))
		return is_object ? fail(s, "expected a comma or }")
				 : fail(s, "expected a comma or ]");
	return true;
}

static bool scan_value(struct scan *s, int depth)
{
	skip_blanks(s);
	if (s->at >= s->end)
		return fail(s, "expected a value");
	switch (*s->at) {
	case '{':
		return scan_list(s, depth, '}', true);
	case '[':
		return scan_list(s, depth, ']', false);
	case '"':
		return scan_string(s);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		if (*s->at == '-' || g_ascii_isdigit(*s->at))
			return scan_number(s);
		return fail(s, "expected a value");
	}
}

static void set_place_error(const struct scan *s, GError **error)
{
	int line = 1, column = 1;

	for (const char *c = s->start; c < s->at; c++) {
		column++;
		if (*c == '\n') {
			line++;
			column = 1;
		}
	}
	fault_set(error, ITEM_ERROR_SYNTAX, NULL, 0, "line %d, column %d", line,
		column);
	fault_expect(error, s->wrong);
}

static bool scan_text(struct scan *s, GError **error)
{
	const char *bad;

	if (!g_utf8_validate_len(s->start, (gsize)(s->end - s->start), &bad)) {
		s->at = bad;
		fail(s, "expected UTF-8 without NUL");
	} else if (scan_value(s, 0)) {
		skip_blanks(s);
		if (s->at == s->end)
			return true;
		fail(s, "expected nothing after the value");
	}
	set_place_error(s, error);
	return false;
}

/* Above this many members a table is quicker than to compare them all. */
enum { MEMBERS_FEW = 24 };

static bool few_repeat(const cJSON *object)
{
	for (const cJSON *a = object->child; a; a = a->next)
		for (const cJSON *b = a->next; b; b = b->next)
			if (a->string[0] == b->string[0] &&
				strcmp(a->string, b->string) == 0)
				return true;
	return false;
}

static bool many_repeat(const cJSON *object)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (const cJSON *child = object->child; child; child = child->next)
		if (!g_hash_table_add(seen, child->string))
			return true;
	return false;
}

static bool has_duplicates(const cJSON *item)
{
	unsigned count = 0;

	for (const cJSON *child = item->child; child; child = child->next) {
		count++;
		if (child->child && has_duplicates(child))
			return true;
	}
	if (!cJSON_IsObject(item))
		return false;
	return count <= MEMBERS_FEW ? few_repeat(item) : many_repeat(item);
}

struct json *json_parse(const char *text, size_t len, GError **error)
{
	struct scan s = {.start = text, .at = text, .end = text + len};
	cJSON *item;

	if (!scan_text(&s, error))
		return NULL;
	item = cJSON_ParseWithLength(text, len);
	if (item && !has_duplicates(item))
		return value_of(item);
	if (item)
		fault_set(error, ITEM_ERROR_SYNTAX, NULL, 0,
			"the same member twice");
	else
		fault_set(error, ITEM_ERROR_SYNTAX, NULL, 0, "not JSON");
	cJSON_Delete(item);
	return NULL;
}

struct json *json_load(const char *path, size_t max_bytes, GError **error)
{
	size_t len;
	g_autofree char *text = file_read_written(path, max_bytes, &len, error);
	struct json *value = text ? json_parse(text, len, error) : NULL;

	if (text && !value)
		fault_set_file(error, path);
	return value;
}

void json_free(struct json *value)
{
	cJSON_Delete(node(value));
}

static char *take_cjson_text(char *text)
{
	char *copy = g_strdup(text ? text : "null");

	cJSON_free(text);
	return copy;
}

char *json_print(const struct json *value)
{
	return take_cjson_text(cJSON_PrintUnformatted(node(value)));
}

char *json_print_pretty(const struct json *value)
{
	return take_cjson_text(cJSON_Print(node(value)));
}

struct json *json_copy(const struct json *value)
{
	return value ? value_of(cJSON_Duplicate(node(value), true)) : NULL;
}

bool json_equal(const struct json *a, const struct json *b)
{
	return a == b || (a && b && cJSON_Compare(node(a), node(b), true));
}

/* Making ----------------------------------------------------------------- */

struct json *json_new_object(void)
{
	return value_of(cJSON_CreateObject());
}

struct json *json_new_array(void)
{
	return value_of(cJSON_CreateArray());
}

struct json *json_new_text(const char *text)
{
	g_autofree char *valid = NULL;

	if (!text)
		return value_of(cJSON_CreateNull());
	valid = g_utf8_make_valid(text, -1);
	return value_of(cJSON_CreateString(valid));
}

struct json *json_new_int(int64_t number)
{
	return value_of(cJSON_CreateNumber((double)number));
}

void json_put(struct json *object, const char *name, struct json *take_value)
{
	cJSON *old = cJSON_GetObjectItemCaseSensitive(node(object), name);

	if (old && take_value) {
		cJSON_ReplaceItemInObjectCaseSensitive(
			node(object), name, node(take_value));
	} else if (old) {
		cJSON_DeleteItemFromObjectCaseSensitive(node(object), name);
	} else if (take_value) {
		cJSON_AddItemToObject(node(object), name, node(take_value));
	}
}

void json_put_text(struct json *object, const char *name, const char *text)
{
	json_put(object, name, text ? json_new_text(text) : NULL);
}

void json_put_int(struct json *object, const char *name, int64_t number)
{
	json_put(object, name, json_new_int(number));
}

void json_put_number(struct json *object, const char *name, double number)
{
	json_put(object, name, value_of(cJSON_CreateNumber(number)));
}

void json_put_bool(struct json *object, const char *name, bool truth)
{
	json_put(object, name, value_of(cJSON_CreateBool(truth)));
}

void json_add(struct json *array, struct json *take_value)
{
	cJSON_AddItemToArray(node(array), node(take_value));
}

void json_add_text(struct json *array, const char *text)
{
	json_add(array, json_new_text(text));
}

/* Asking ----------------------------------------------------------------- */

bool json_is_object(const struct json *value)
{
	return cJSON_IsObject(node(value));
}

bool json_is_array(const struct json *value)
{
	return cJSON_IsArray(node(value));
}

bool json_is_text(const struct json *value)
{
	return cJSON_IsString(node(value));
}

bool json_is_number(const struct json *value)
{
	return cJSON_IsNumber(node(value));
}

bool json_is_bool(const struct json *value)
{
	return cJSON_IsBool(node(value));
}

bool json_is_null(const struct json *value)
{
	return cJSON_IsNull(node(value));
}

struct json *json_get_mutable(struct json *object, const char *name)
{
	if (!json_is_object(object))
		return NULL;
	return value_of(cJSON_GetObjectItemCaseSensitive(node(object), name));
}

const struct json *json_get(const struct json *object, const char *name)
{
	return json_get_mutable(value_of(node(object)), name);
}

const char *json_as_text(const struct json *value)
{
	return cJSON_GetStringValue(node(value));
}

int64_t json_as_int(const struct json *value, int64_t otherwise)
{
	double number = json_as_number(value, NAN);

	if (!(fabs(number) <= 9007199254740992.0) || number != floor(number))
		return otherwise;
	return (int64_t)number;
}

double json_as_number(const struct json *value, double otherwise)
{
	return json_is_number(value) ? node(value)->valuedouble : otherwise;
}

bool json_as_bool(const struct json *value)
{
	return cJSON_IsTrue(node(value));
}

const char *json_text(const struct json *object, const char *name)
{
	return json_as_text(json_get(object, name));
}

const char *json_text_or(
	const struct json *object, const char *name, const char *otherwise)
{
	const char *text = json_text(object, name);

	return text ? text : otherwise;
}

int64_t json_int_or(
	const struct json *object, const char *name, int64_t otherwise)
{
	return json_as_int(json_get(object, name), otherwise);
}

double json_number_or(
	const struct json *object, const char *name, double otherwise)
{
	return json_as_number(json_get(object, name), otherwise);
}

bool json_bool_or(const struct json *object, const char *name, bool otherwise)
{
	const struct json *value = json_get(object, name);

	return json_is_bool(value) ? json_as_bool(value) : otherwise;
}

const char *json_need_text(const struct json *object, const char *name,
	size_t max_bytes, GError **error)
{
	const char *text = json_text(object, name);

	if (!text) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"member \"%s\": a text is needed", name);
		return NULL;
	}
	if (strlen(text) > max_bytes) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"member \"%s\": longer than %zu bytes", name,
			max_bytes);
		return NULL;
	}
	return text;
}

bool json_need_int(const struct json *object, const char *name, int64_t min,
	int64_t max, int64_t *number, GError **error)
{
	int64_t value = json_int_or(object, name, INT64_MIN);

	if (value == INT64_MIN || value < min || value > max) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"member \"%s\": a whole number from %" G_GINT64_FORMAT
			" to %" G_GINT64_FORMAT " is needed",
			name, min, max);
		return false;
	}
	*number = value;
	return true;
}

/* Walking ---------------------------------------------------------------- */

size_t json_length(const struct json *value)
{
	return value ? (size_t)cJSON_GetArraySize(node(value)) : 0;
}

const struct json *json_first(const struct json *value)
{
	return value ? value_of(node(value)->child) : NULL;
}

const struct json *json_next(const struct json *member)
{
	return value_of(node(member)->next);
}

const char *json_name(const struct json *member)
{
	return node(member)->string;
}
