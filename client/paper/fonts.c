/* Fonts and text: which font has which character, how a text breaks into lines.
 *
 * Justified here, because Pango puts all the room into blanks as soon as a
 * Chinese line has one. */
#include "client/paper/pdf.h"

#include <math.h>
#include <string.h>

#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

#include "client/base/error.h"
#include "client/paper/pdf_inside.h"
#include "client/paper/template.h"

/* Fonts ---------------------------------------------------------------- */

static void face_free(void *data)
{
	struct face *face = data;

	if (face->match)
		FcPatternDestroy(face->match);
	g_free(face->family);
	g_free(face);
}

struct pdf_fonts *pdf_fonts_new(void)
{
	struct pdf_fonts *fonts = g_new0(struct pdf_fonts, 1);
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	fonts->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	fonts->context = pango_font_map_create_context(fonts->map);
	pango_cairo_context_set_resolution(fonts->context, 72);
	pango_cairo_context_set_font_options(fonts->context, options);
	pango_context_set_language(
		fonts->context, pango_language_from_string("zh-cn"));
	pango_context_set_base_dir(fonts->context, PANGO_DIRECTION_LTR);
	pango_context_set_round_glyph_positions(fonts->context, FALSE);
	cairo_font_options_destroy(options);
	fonts->faces = g_ptr_array_new_with_free_func(face_free);
	return fonts;
}

void pdf_fonts_free(struct pdf_fonts *fonts)
{
	g_ptr_array_unref(fonts->faces);
	g_object_unref(fonts->context);
	g_object_unref(fonts->map);
	g_free(fonts);
}

/* The best match must be of the family that was asked for: fontconfig always
 * finds something. */
static bool is_of_family(FcPattern *match, const char *family)
{
	FcChar8 *name;

	for (int i = 0;
		FcPatternGetString(match, FC_FAMILY, i, &name) == FcResultMatch;
		i++)
		if (g_ascii_strcasecmp((const char *)name, family) == 0)
			return true;
	return false;
}

static void match_face(struct face *face)
{
	FcPattern *asked = FcPatternCreate();
	FcResult result;

	FcPatternAddString(asked, FC_FAMILY, (const FcChar8 *)face->family);
	FcPatternAddInteger(asked, FC_WEIGHT,
		face->bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
	FcPatternAddInteger(asked, FC_SLANT, FC_SLANT_ROMAN);
	FcConfigSubstitute(NULL, asked, FcMatchPattern);
	FcDefaultSubstitute(asked);
	face->match = FcFontMatch(NULL, asked, &result);
	FcPatternDestroy(asked);
	if (!face->match)
		return;
	if (!is_of_family(face->match, face->family) ||
		FcPatternGetCharSet(face->match, FC_CHARSET, 0,
			&face->covers) != FcResultMatch) {
		FcPatternDestroy(face->match);
		face->match = NULL;
	}
}

static const struct face *find_face(
	struct pdf_fonts *fonts, const char *family, bool bold)
{
	struct face *face;

	for (guint i = 0; i < fonts->faces->len; i++) {
		face = fonts->faces->pdata[i];
		if (face->bold == bold && strcmp(face->family, family) == 0)
			return face;
	}
	face = g_new0(struct face, 1);
	face->family = g_strdup(family);
	face->bold = bold;
	match_face(face);
	g_ptr_array_add(fonts->faces, face);
	return face;
}

static bool has_glyph(const struct face *face, gunichar c)
{
	return face && face->match && FcCharSetHasChar(face->covers, c);
}

/* Text ----------------------------------------------------------------- */

/* chws: two full-width signs in a row share the room between them. No
 * ligatures: numbers and digests are read letter by letter. No local forms: the
 * family is that of the language already, and Latin would get other digits. */
static const char features[] = "chws=1, liga=0, clig=0, locl=0";

static PangoAttrList *base_attributes(const struct pdf_type *type)
{
	PangoAttrList *attributes = pango_attr_list_new();

	pango_attr_list_insert(attributes, pango_attr_fallback_new(FALSE));
	pango_attr_list_insert(
		attributes, pango_attr_font_features_new(features));
	if (type->spacing_pt > 0)
		pango_attr_list_insert(attributes,
			pango_attr_letter_spacing_new(
				(int)(type->spacing_pt * PANGO_SCALE)));
	return attributes;
}

static void use_rare(PangoAttrList *attributes, const char *family,
	const char *text, const char *at)
{
	PangoAttribute *attribute = pango_attr_family_new(family);

	attribute->start_index = (guint)(at - text);
	attribute->end_index = (guint)(g_utf8_next_char(at) - text);
	pango_attr_list_insert(attributes, attribute);
}

/* Every character against the fonts; those of the second one are marked. */
static bool choose_fonts(struct pdf_fonts *fonts, const struct pdf_type *type,
	const char *text, PangoAttrList *attributes, size_t *bad_byte,
	GError **error)
{
	const struct face *face = find_face(fonts, type->family, type->bold);
	const struct face *rare =
		type->rare ? find_face(fonts, type->rare, type->bold) : NULL;

	*bad_byte = 0;
	if (!face->match) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"font %s is not installed", type->family);
		return false;
	}
	for (const char *at = text; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (c == '\n' || has_glyph(face, c))
			continue;
		if (!has_glyph(rare, c)) {
			*bad_byte = (size_t)(at - text);
			g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
				"no glyph for U+%04X in font %s", c,
				type->family);
			return false;
		}
		use_rare(attributes, type->rare, text, at);
	}
	return true;
}

static PangoFontDescription *describe(const struct pdf_type *type)
{
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family(font, type->family);
	pango_font_description_set_weight(
		font, type->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_size(
		font, (int)(type->size_pt * PANGO_SCALE));
	return font;
}

static PangoLayout *lay_out(struct pdf_fonts *fonts,
	const struct pdf_type *type, const char *text, double width_pt,
	PangoAttrList *attributes)
{
	PangoLayout *layout = pango_layout_new(fonts->context);
	PangoFontDescription *font = describe(type);

	pango_layout_set_font_description(layout, font);
	pango_layout_set_auto_dir(layout, FALSE);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_width(layout, (int)(width_pt * PANGO_SCALE));
	pango_layout_set_indent(layout, (int)(type->indent_pt * PANGO_SCALE));
	pango_layout_set_attributes(layout, attributes);
	pango_layout_set_text(layout, text, -1);
	pango_font_description_free(font);
	return layout;
}

double pdf_line_width(PangoLayoutLine *line)
{
	PangoRectangle logical;

	pango_layout_line_get_extents(line, NULL, &logical);
	return (double)logical.width / PANGO_SCALE;
}

/* Room may be added behind a character when it or the next is not Latin: never
 * inside a number or a word. */
static bool is_open(gunichar c)
{
	return c >= 0x2e80 || c == ' ' || (c >= 0x2010 && c <= 0x2027);
}

static bool takes_room(const char *text, int index, int end)
{
	const char *next = g_utf8_next_char(text + index);

	if (next - text >= end)
		return false;
	return is_open(g_utf8_get_char(text + index)) ||
	       is_open(g_utf8_get_char(next));
}

/* Adds room to every open place of a line and returns how many there are;
 * 0 only counts. */
static int spread(PangoLayoutLine *line, const char *text, int room)
{
	int places = 0, end = line->start_index + line->length;

	for (GSList *at = line->runs; at; at = at->next) {
		PangoGlyphItem *run = at->data;

		for (int i = 0; i < run->glyphs->num_glyphs; i++) {
			int index = run->item->offset +
				    run->glyphs->log_clusters[i];

			if (!takes_room(text, index, end))
				continue;
			run->glyphs->glyphs[i].geometry.width += room;
			places++;
		}
	}
	return places;
}

static void justify(const struct pdf_text *text)
{
	const char *chars = pango_layout_get_text(text->layout);
	GSList *lines = pango_layout_get_lines(text->layout);

	for (; lines && lines->next; lines = lines->next) {
		PangoLayoutLine *line = lines->data;
		PangoLayoutLine *next = lines->next->data;
		double room = text->width_pt - pdf_line_width(line);
		int places;

		if (line->is_paragraph_start)
			room -= text->indent_pt;
		if (next->is_paragraph_start || room <= 0 ||
			room > text->width_pt / 4)
			continue;
		places = spread(line, chars, 0);
		if (places > 0)
			spread(line, chars, (int)(room * PANGO_SCALE / places));
	}
}

/* The font of the document that a run is drawn with. */
struct cut *pdf_find_cut(struct pdf *pdf, PangoFont *font)
{
	hb_face_t *face = hb_font_get_face(pango_font_get_hb_font(font));
	struct cut cut = {0};

	for (guint i = 0; i < pdf->cuts->len; i++) {
		struct cut *found = &g_array_index(pdf->cuts, struct cut, i);

		if (subset_is_of(found->subset, face))
			return found;
	}
	cut.subset = subset_new(face);
	g_array_append_val(pdf->cuts, cut);
	return &g_array_index(pdf->cuts, struct cut, pdf->cuts->len - 1);
}

/* The glyphs of a line go into the fonts that will be embedded. */
static void collect_glyphs(
	struct pdf *pdf, const char *text, PangoLayoutLine *line)
{
	for (GSList *at = line->runs; at; at = at->next) {
		const PangoGlyphItem *run = at->data;
		struct cut *cut = pdf_find_cut(pdf, run->item->analysis.font);

		for (int i = 0; i < run->glyphs->num_glyphs; i++) {
			PangoGlyph glyph = run->glyphs->glyphs[i].glyph;
			const char *from = text + run->item->offset +
					   run->glyphs->log_clusters[i];

			if (pdf_is_drawn(glyph))
				subset_add(cut->subset, glyph,
					g_utf8_get_char(from));
		}
	}
}

static void collect_text(struct pdf *pdf, const struct pdf_text *text)
{
	const char *chars = pango_layout_get_text(text->layout);
	GSList *lines = pango_layout_get_lines_readonly(text->layout);

	for (; lines; lines = lines->next)
		collect_glyphs(pdf, chars, lines->data);
}

struct pdf_text *pdf_text_new(struct pdf *pdf, const struct pdf_type *type,
	const char *text, double width_pt, size_t *bad_byte, GError **error)
{
	AUTO(pdf_text) laid = NULL;
	PangoAttrList *attributes = base_attributes(type);

	if (!choose_fonts(
		    pdf->fonts, type, text, attributes, bad_byte, error)) {
		pango_attr_list_unref(attributes);
		return NULL;
	}
	laid = g_new0(struct pdf_text, 1);
	laid->layout = lay_out(pdf->fonts, type, text, width_pt, attributes);
	pango_attr_list_unref(attributes);
	laid->width_pt = width_pt;
	laid->pitch_pt = type->pitch_pt;
	laid->size_pt = type->size_pt;
	laid->indent_pt = type->indent_pt;
	laid->align = type->align;
	laid->gray = type->gray;
	/* The second look: what was really chosen. */
	if (pango_layout_get_unknown_glyphs_count(laid->layout) > 0) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"a character has no glyph in font %s", type->family);
		return NULL;
	}
	if (laid->align == ALIGN_JUSTIFY)
		justify(laid);
	collect_text(pdf, laid);
	return g_steal_pointer(&laid);
}

void pdf_text_free(struct pdf_text *text)
{
	g_object_unref(text->layout);
	g_free(text);
}

int pdf_text_lines(const struct pdf_text *text)
{
	return pango_layout_get_line_count(text->layout);
}

double pdf_text_pitch(const struct pdf_text *text)
{
	return text->pitch_pt;
}

double pdf_text_width(const struct pdf_text *text)
{
	GSList *lines = pango_layout_get_lines_readonly(text->layout);
	double width = 0;

	for (; lines; lines = lines->next)
		width = fmax(width, pdf_line_width(lines->data));
	return width;
}
