/* Collects glyphs, then cuts the font down to them, without subroutines and
 * without the tables only a shaper needs. */
#include "client/paper/subset.h"

#include <hb.h>
#include <hb-subset.h>

#include "client/base/error.h"

struct subset {
	hb_face_t *face;
	hb_set_t *glyphs, *characters;
	hb_map_t *numbers; /* old glyph to new */
	GBytes *file;
};

struct subset *subset_new(struct hb_face_t *face)
{
	struct subset *subset = g_new0(struct subset, 1);

	subset->face = hb_face_reference(face);
	subset->glyphs = hb_set_create();
	subset->characters = hb_set_create();
	subset->numbers = hb_map_create();
	return subset;
}

void subset_free(struct subset *subset)
{
	hb_face_destroy(subset->face);
	hb_set_destroy(subset->glyphs);
	hb_set_destroy(subset->characters);
	hb_map_destroy(subset->numbers);
	g_clear_pointer(&subset->file, g_bytes_unref);
	g_free(subset);
}

bool subset_is_of(const struct subset *subset, const struct hb_face_t *face)
{
	return subset->face == face;
}

void subset_add(struct subset *subset, uint32_t glyph, uint32_t character)
{
	hb_set_add(subset->glyphs, glyph);
	if (character)
		hb_set_add(subset->characters, character);
}

static hb_subset_input_t *new_input(void)
{
	static const char *const dropped[] = {
		"GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"};
	hb_subset_input_t *input = hb_subset_input_create_or_fail();
	hb_set_t *drop;

	if (!input)
		g_error("out of memory");
	drop = hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG);
	for (gsize i = 0; i < G_N_ELEMENTS(dropped); i++)
		hb_set_add(drop, hb_tag_from_string(dropped[i], -1));
	hb_subset_input_set_flags(input,
		HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_DESUBROUTINIZE);
	return input;
}

static bool has_all(const struct subset *subset, hb_subset_plan_t *plan)
{
	const hb_map_t *map = hb_subset_plan_old_to_new_glyph_mapping(plan);
	hb_codepoint_t glyph = HB_SET_VALUE_INVALID;

	while (hb_set_next(subset->glyphs, &glyph))
		if (!hb_map_has(map, glyph))
			return false;
	return true;
}

/* By characters, which spares walking the whole character map; by glyphs when a
 * glyph is not its character's usual one. */
static hb_subset_plan_t *new_plan(const struct subset *subset, bool by_glyphs)
{
	hb_subset_input_t *input = new_input();
	hb_subset_plan_t *plan;

	if (by_glyphs)
		hb_set_union(hb_subset_input_glyph_set(input), subset->glyphs);
	else
		hb_set_union(
			hb_subset_input_unicode_set(input), subset->characters);
	plan = hb_subset_plan_create_or_fail(subset->face, input);
	hb_subset_input_destroy(input);
	if (plan && !has_all(subset, plan)) {
		hb_subset_plan_destroy(plan);
		plan = by_glyphs ? NULL : new_plan(subset, true);
	}
	return plan;
}

static void keep_numbers(struct subset *subset, hb_subset_plan_t *plan)
{
	const hb_map_t *map = hb_subset_plan_old_to_new_glyph_mapping(plan);
	hb_codepoint_t glyph = HB_SET_VALUE_INVALID;

	while (hb_set_next(subset->glyphs, &glyph))
		hb_map_set(subset->numbers, glyph, hb_map_get(map, glyph));
}

static void destroy_blob(void *blob)
{
	hb_blob_destroy(blob);
}

bool subset_build(struct subset *subset, GError **error)
{
	hb_subset_plan_t *plan = new_plan(subset, false);
	hb_face_t *cut = plan ? hb_subset_plan_execute_or_fail(plan) : NULL;
	hb_blob_t *blob;
	unsigned int len;
	const char *data;

	if (!cut) {
		g_clear_pointer(&plan, hb_subset_plan_destroy);
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"the font cannot be cut down to the glyphs in use");
		return false;
	}
	keep_numbers(subset, plan);
	blob = hb_face_reference_blob(cut);
	data = hb_blob_get_data(blob, &len);
	subset->file =
		g_bytes_new_with_free_func(data, len, destroy_blob, blob);
	hb_face_destroy(cut);
	hb_subset_plan_destroy(plan);
	return true;
}

GBytes *subset_file(const struct subset *subset)
{
	return subset->file;
}

uint32_t subset_glyph(const struct subset *subset, uint32_t glyph)
{
	return hb_map_has(subset->numbers, glyph)
		       ? hb_map_get(subset->numbers, glyph)
		       : 0;
}
