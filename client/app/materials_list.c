/* The papers of a draft and the item's list of today. A draft may be older than
 * the catalogue: a paper is the same when its name is, wherever it stands now;
 * numbers are places in the list and move. What has no place any more and was
 * handed in is kept in body.set_aside, which is not sent, and comes back with
 * its name. */
#include <string.h>

#include "client/app/private.h"

static struct json *new_material(void)
{
	struct json *material = json_new_object();

	json_put_text(material, "form", "");
	json_put(material, "checks", json_new_array());
	json_put(material, "pages", json_new_array());
	return material;
}

static void describe(const struct catalog_material *def, struct json *material)
{
	json_put_int(material, "no", def->no);
	json_put_text(material, "name", def->name);
	json_put_text(material, "need", material_need_name(def->need));
	json_put_text(material, "kind", material_kind_name(def->kind));
	json_put_int(material, "copies", def->copies);
}

static bool is_of(
	const struct json *material, const struct catalog_material *def)
{
	return json_int_or(material, "no", 0) == def->no &&
	       !strcmp(json_text_or(material, "name", ""), def->name);
}

static bool fits(const struct json *materials, const struct catalog_item *item)
{
	size_t at = 0;

	if (json_length(materials) != item->n_materials)
		return false;
	json_each (material, materials) {
		if (!is_of(material, &item->materials[at++]))
			return false;
	}
	return true;
}

/* Borrowed members, those in the list first. */
static GPtrArray *known_papers(const struct json *body)
{
	GPtrArray *known = g_ptr_array_new();

	json_each (material, json_get(body, "materials"))
		g_ptr_array_add(known, (void *)(uintptr_t)material);
	json_each (material, json_get(body, "set_aside"))
		g_ptr_array_add(known, (void *)(uintptr_t)material);
	return known;
}

/* Takes it off known; a fresh one when it was not there. */
static struct json *take_paper(
	GPtrArray *known, const struct catalog_material *def)
{
	struct json *material = NULL;

	for (guint i = 0; i < known->len && !material; i++) {
		const struct json *paper = known->pdata[i];

		if (strcmp(json_text_or(paper, "name", ""), def->name))
			continue;
		material = json_copy(paper);
		g_ptr_array_remove_index(known, i);
	}
	if (!material)
		material = new_material();
	describe(def, material);
	return material;
}

static struct json *handed_in(const GPtrArray *papers)
{
	struct json *list = json_new_array();

	for (guint i = 0; i < papers->len; i++) {
		const struct json *paper = papers->pdata[i];

		if (materials_pages(paper) > 0 ||
			*json_text_or(paper, "form", ""))
			json_add(list, json_copy(paper));
	}
	return list;
}

size_t materials_match(struct json *body, const struct catalog_item *item)
{
	size_t before = json_length(json_get(body, "set_aside")), after;
	g_autoptr(GPtrArray) known = NULL;
	struct json *list, *aside;

	if (fits(json_get(body, "materials"), item))
		return 0;
	known = known_papers(body);
	list = json_new_array();
	for (size_t i = 0; i < item->n_materials; i++)
		json_add(list, take_paper(known, &item->materials[i]));
	aside = handed_in(known);
	after = json_length(aside);
	json_put(body, "materials", list);
	json_put(body, "set_aside", aside);
	return after > before ? after - before : 0;
}
