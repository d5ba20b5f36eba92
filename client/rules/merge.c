/* Merging by field. Every function below gives what stands at one path, NULL
 * for nothing, and notes what a person decides. */
#include "client/rules/merge.h"

#include <string.h>

#include <glib.h>

enum rule { RULE_FIELD, RULE_GROWS, RULE_SLOTS, RULE_PLATFORM };

/* By the path. key: the members that name an element. */
static const struct special {
	const char *path;
	enum rule rule;
	const char *key[2];
} specials[] = {
	{"case_id", RULE_PLATFORM},
	{"case_no", RULE_PLATFORM},
	{"full_no", RULE_PLATFORM},
	{"state", RULE_PLATFORM},
	{"result", RULE_PLATFORM},
	{"certificate", RULE_PLATFORM},
	{"certificates", RULE_PLATFORM},
	{"version", RULE_PLATFORM},
	{"steps", RULE_GROWS, {"step_id"}},
	{"documents", RULE_GROWS, {"kind", "number"}},
	{"ratings", RULE_GROWS, {"rating_id"}},
	{"evaluations", RULE_GROWS, {"evaluation_id"}},
	{"contacts", RULE_GROWS, {"contact_id"}},
	{"materials", RULE_SLOTS, {"no"}},
};

struct merging {
	const struct json *choices;
	struct json *open;
	bool in_slot; /* pages are lists to be kept */
};

struct three {
	const struct json *base, *here, *there;
};

static struct json *merge_at(
	struct merging *m, const char *path, const struct three *value);

static bool same(const struct json *a, const struct json *b)
{
	return a && b ? json_equal(a, b) : a == b;
}

static struct json *copy(const struct json *value)
{
	return value ? json_copy(value) : NULL;
}

/* RFC 6901, without the slash in front. */
static char *path_add(const char *path, const char *name)
{
	g_autoptr(GString) text = g_string_new(path);

	if (*path)
		g_string_append_c(text, '/');
	for (; *name; name++) {
		if (*name == '~')
			g_string_append(text, "~0");
		else if (*name == '/')
			g_string_append(text, "~1");
		else
			g_string_append_c(text, *name);
	}
	return g_strdup(text->str);
}

/* Lists --------------------------------------------------------------------
 */

/* What names an element: its key members as text, else all of it. */
static char *id_of(const struct json *element, const char *const key[2])
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (int i = 0; i < 2 && key && key[i]; i++) {
		const struct json *member = json_get(element, key[i]);
		g_autofree char *part = member ? json_print(member) : NULL;

		if (part)
			g_string_append_printf(text, "%s\n", part);
	}
	return text->len ? g_strdup(text->str) : json_print(element);
}

static const struct json *element_of(
	const struct json *list, const char *id, const char *const key[2])
{
	json_each (element, list) {
		g_autofree char *other = id_of(element, key);

		if (strcmp(id, other) == 0)
			return element;
	}
	return NULL;
}

/* Elements of list that out has not. */
static void add_missing(
	struct json *out, const struct json *list, const char *const key[2])
{
	json_each (element, list) {
		g_autofree char *id = id_of(element, key);

		if (!element_of(out, id, key))
			json_add(out, json_copy(element));
	}
}

static struct json *merge_growing(
	const struct three *value, const char *const key[2])
{
	struct json *out = json_new_array();

	add_missing(out, value->there, key);
	add_missing(out, value->here, key);
	add_missing(out, value->base, key);
	return out;
}

/* The number of a slot as text, without the quotes. */
static char *slot_name(const struct json *slot, const char *key)
{
	const struct json *number = json_get(slot, key);
	const char *text = json_as_text(number);

	if (text)
		return g_strdup(text);
	return number ? json_print(number) : g_strdup("?");
}

/* A slot that one side does not have was not removed: it is not lost. */
static void add_slot(struct merging *m, const char *path, struct json *out,
	const struct three *value)
{
	if (value->here && value->there)
		json_add(out, merge_at(m, path, value));
	else
		json_add(out,
			json_copy(value->here ? value->here : value->there));
}

static void add_slots(struct merging *m, const char *path, struct json *out,
	const struct three *lists, const struct json *list,
	const char *const key[2])
{
	json_each (slot, list) {
		g_autofree char *id = id_of(slot, key);
		g_autofree char *name = slot_name(slot, key[0]);
		g_autofree char *inner = path_add(path, name);
		struct three value = {element_of(lists->base, id, key),
			element_of(lists->here, id, key),
			element_of(lists->there, id, key)};

		if (!element_of(out, id, key))
			add_slot(m, inner, out, &value);
	}
}

static struct json *merge_slots(struct merging *m, const char *path,
	const struct three *value, const char *const key[2])
{
	struct json *out = json_new_array();

	m->in_slot = true;
	add_slots(m, path, out, value, value->there, key);
	add_slots(m, path, out, value, value->here, key);
	m->in_slot = false;
	return out;
}

/* Fields -------------------------------------------------------------------
 */

static void note_open(struct merging *m, const char *path,
	const struct three *value, bool both)
{
	struct json *row = json_new_object();

	json_put_text(row, "path", path);
	json_put(row, "before", copy(value->base));
	json_put(row, "here", copy(value->here));
	json_put(row, "there", copy(value->there));
	if (both)
		json_put_bool(row, "both", true);
	json_add(m->open, row);
}

static struct json *ask(
	struct merging *m, const char *path, const struct three *value)
{
	static const char *const page_key[2] = {"sha256", NULL};
	bool both = m->in_slot && g_str_has_suffix(path, "/pages") &&
		    json_is_array(value->here) && json_is_array(value->there);
	const char *choice = json_text_or(m->choices, path, "");
	struct three kept = {NULL, value->here, value->there};

	if (strcmp(choice, "there") == 0)
		return copy(value->there);
	if (strcmp(choice, "here") == 0)
		return copy(value->here);
	if (!both || strcmp(choice, "both") != 0)
		note_open(m, path, value, both);
	return both ? merge_growing(&kept, page_key) : copy(value->here);
}

static void put_member(struct merging *m, const char *path, struct json *out,
	const struct three *objects, const char *name)
{
	g_autofree char *inner = path_add(path, name);
	struct three value = {json_get(objects->base, name),
		json_get(objects->here, name), json_get(objects->there, name)};

	if (!json_get(out, name))
		json_put(out, name, merge_at(m, inner, &value));
}

/* The platform's order first. What neither has any more is gone. */
static struct json *merge_objects(
	struct merging *m, const char *path, const struct three *value)
{
	struct json *out = json_new_object();

	json_each (member, value->there)
		put_member(m, path, out, value, json_name(member));
	json_each (member, value->here) {
		if (!json_get(value->there, json_name(member)))
			put_member(m, path, out, value, json_name(member));
	}
	return out;
}

static struct json *merge_field(
	struct merging *m, const char *path, const struct three *value)
{
	bool objects =
		json_is_object(value->here) && json_is_object(value->there);

	if (same(value->here, value->there) || same(value->base, value->there))
		return copy(value->here);
	if (same(value->base, value->here))
		return copy(value->there);
	return objects ? merge_objects(m, path, value) : ask(m, path, value);
}

static const struct special *special_of(
	const char *path, const struct three *value)
{
	for (size_t i = 0; i < G_N_ELEMENTS(specials); i++) {
		const struct special *special = &specials[i];

		if (strcmp(special->path, path) != 0)
			continue;
		if (special->rule == RULE_PLATFORM)
			return special;
		/* a list on one side and something else on the other */
		return (!value->here || json_is_array(value->here)) &&
				       (!value->there ||
					       json_is_array(value->there))
			       ? special
			       : NULL;
	}
	return NULL;
}

static struct json *merge_at(
	struct merging *m, const char *path, const struct three *value)
{
	const struct special *special = special_of(path, value);

	if (!special || (!value->here && !value->there))
		return merge_field(m, path, value);
	if (special->rule == RULE_GROWS)
		return merge_growing(value, special->key);
	if (special->rule == RULE_SLOTS)
		return merge_slots(m, path, value, special->key);
	return copy(value->there ? value->there : value->here);
}

void merge_make(const struct json *base, const struct json *here,
	const struct json *there, const struct json *choices,
	struct merge *merge)
{
	struct merging m = {.choices = choices, .open = json_new_array()};
	struct three value = {base, here, there};

	merge->merged = merge_objects(&m, "", &value);
	merge->open = m.open;
}

void merge_clear(struct merge *merge)
{
	g_clear_pointer(&merge->merged, json_free);
	g_clear_pointer(&merge->open, json_free);
}

const struct json *merge_find(const struct json *open, const char *path)
{
	json_each (row, open) {
		if (strcmp(json_text_or(row, "path", ""), path) == 0)
			return row;
	}
	return NULL;
}
