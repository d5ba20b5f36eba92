/* Draws with Cairo: pages, lines, glyphs of the fonts that were cut down.
 *
 * Lines are placed by a fixed pitch, not by the fonts' own heights, so a
 * character out of the second font does not move the lines apart. */
#include "client/paper/pdf.h"

#include <math.h>
#include <string.h>

#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

#include "client/base/error.h"
#include "client/paper/pdf_inside.h"
#include "client/paper/template.h"

enum { BYTES_MAX = 64 << 20 };

/* The document ------------------------------------------------------------ */

static void cut_clear(void *data)
{
	struct cut *cut = data;

	if (cut->face)
		cairo_font_face_destroy(cut->face);
	subset_free(cut->subset);
}

struct pdf *pdf_new(struct pdf_fonts *fonts)
{
	struct pdf *pdf = g_new0(struct pdf, 1);

	pdf->fonts = fonts;
	pdf->bytes = g_byte_array_new();
	pdf->lines = g_array_new(FALSE, FALSE, sizeof(struct pdf_line));
	pdf->cuts = g_array_new(FALSE, FALSE, sizeof(struct cut));
	g_array_set_clear_func(pdf->cuts, cut_clear);
	return pdf;
}

void pdf_free(struct pdf *pdf)
{
	if (pdf->surface) {
		cairo_destroy(pdf->cairo);
		cairo_surface_finish(pdf->surface);
		cairo_surface_destroy(pdf->surface);
	}
	g_array_unref(pdf->lines);
	g_array_unref(pdf->cuts);
	g_byte_array_unref(pdf->bytes);
	g_free(pdf);
}

/* Beginning ------------------------------------------------------------ */

/* What a Cairo font face needs as long as it lives, which Cairo decides. */
struct loaded {
	FT_Library library;
	FT_Face face;
	GBytes *file;
};

static void loaded_free(void *data)
{
	struct loaded *loaded = data;

	if (loaded->face)
		FT_Done_Face(loaded->face);
	if (loaded->library)
		FT_Done_FreeType(loaded->library);
	g_bytes_unref(loaded->file);
	g_free(loaded);
}

static bool load_file(struct loaded *loaded)
{
	gsize len;
	const void *data = g_bytes_get_data(loaded->file, &len);

	return FT_Init_FreeType(&loaded->library) == 0 &&
	       FT_New_Memory_Face(loaded->library, data, (FT_Long)len, 0,
		       &loaded->face) == 0;
}

static bool load_cut(struct cut *cut, GError **error)
{
	static const cairo_user_data_key_t key;
	struct loaded *loaded;

	if (!subset_build(cut->subset, error))
		return false;
	loaded = g_new0(struct loaded, 1);
	loaded->file = g_bytes_ref(subset_file(cut->subset));
	if (!load_file(loaded)) {
		loaded_free(loaded);
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"the font cut down cannot be read");
		return false;
	}
	cut->face = cairo_ft_font_face_create_for_ft_face(
		loaded->face, FT_LOAD_NO_HINTING);
	cairo_font_face_set_user_data(cut->face, &key, loaded, loaded_free);
	return true;
}

static cairo_status_t collect(
	void *closure, const unsigned char *data, unsigned int length)
{
	struct pdf *pdf = closure;

	if (pdf->bytes->len + (size_t)length > BYTES_MAX)
		return CAIRO_STATUS_WRITE_ERROR;
	g_byte_array_append(pdf->bytes, data, length);
	return CAIRO_STATUS_SUCCESS;
}

static void set_info(
	struct pdf *pdf, cairo_pdf_metadata_t which, const char *text)
{
	if (text && *text)
		cairo_pdf_surface_set_metadata(pdf->surface, which, text);
}

bool pdf_begin(struct pdf *pdf, double width_pt, double height_pt,
	const struct pdf_info *info, GError **error)
{
	for (guint i = 0; i < pdf->cuts->len; i++)
		if (!load_cut(&g_array_index(pdf->cuts, struct cut, i), error))
			return false;
	pdf->surface = cairo_pdf_surface_create_for_stream(
		collect, pdf, width_pt, height_pt);
	set_info(pdf, CAIRO_PDF_METADATA_TITLE, info->title);
	set_info(pdf, CAIRO_PDF_METADATA_AUTHOR, info->author);
	set_info(pdf, CAIRO_PDF_METADATA_SUBJECT, info->subject);
	set_info(pdf, CAIRO_PDF_METADATA_CREATOR, "yikou");
	set_info(pdf, CAIRO_PDF_METADATA_CREATE_DATE, info->created);
	pdf->cairo = cairo_create(pdf->surface);
	return true;
}

/* Drawing -------------------------------------------------------------- */

static double line_x(const struct pdf_text *text, PangoLayoutLine *line)
{
	double free_pt = text->width_pt - pdf_line_width(line);

	if (text->align == ALIGN_CENTER)
		return free_pt / 2;
	if (text->align == ALIGN_RIGHT)
		return free_pt;
	return line->is_paragraph_start ? text->indent_pt : 0;
}

/* Glyphs of a run, in numbers of the font that is embedded, from x on. */
static void place_glyphs(const struct cut *cut, const PangoGlyphString *glyphs,
	double *x, double y, cairo_glyph_t *placed, int *count)
{
	*count = 0;
	for (int i = 0; i < glyphs->num_glyphs; i++) {
		const PangoGlyphInfo *info = &glyphs->glyphs[i];
		const PangoGlyphGeometry *at = &info->geometry;

		if (pdf_is_drawn(info->glyph))
			placed[(*count)++] = (cairo_glyph_t){
				subset_glyph(cut->subset, info->glyph),
				*x + (double)at->x_offset / PANGO_SCALE,
				y + (double)at->y_offset / PANGO_SCALE};
		*x += (double)at->width / PANGO_SCALE;
	}
}

/* Which bytes stand behind which glyphs, so that text can be searched. */
static int map_clusters(
	const PangoGlyphItem *run, cairo_text_cluster_t *clusters)
{
	const PangoGlyphString *glyphs = run->glyphs;
	int count = 0;

	for (int i = 0, next; i < glyphs->num_glyphs; i = next) {
		cairo_text_cluster_t cluster = {0};

		for (next = i;
			next < glyphs->num_glyphs &&
			glyphs->log_clusters[next] == glyphs->log_clusters[i];
			next++)
			cluster.num_glyphs +=
				pdf_is_drawn(glyphs->glyphs[next].glyph);
		cluster.num_bytes =
			(next < glyphs->num_glyphs ? glyphs->log_clusters[next]
						   : run->item->length) -
			glyphs->log_clusters[i];
		clusters[count++] = cluster;
	}
	return count;
}

static void draw_run(struct pdf *pdf, const char *text,
	const PangoGlyphItem *run, double *x, double y)
{
	const struct cut *cut = pdf_find_cut(pdf, run->item->analysis.font);
	gsize size = (gsize)run->glyphs->num_glyphs;
	g_autofree cairo_glyph_t *glyphs = g_new(cairo_glyph_t, size);
	g_autofree cairo_text_cluster_t *clusters =
		g_new(cairo_text_cluster_t, size);
	int count;

	place_glyphs(cut, run->glyphs, x, y, glyphs, &count);
	if (cairo_get_font_face(pdf->cairo) != cut->face)
		cairo_set_font_face(pdf->cairo, cut->face);
	/* Right to left is not known to the fonts of these papers. */
	if (run->item->analysis.level & 1)
		cairo_show_glyphs(pdf->cairo, glyphs, count);
	else
		cairo_show_text_glyphs(pdf->cairo, text + run->item->offset,
			run->item->length, glyphs, count, clusters,
			map_clusters(run, clusters), 0);
}

void pdf_draw_text(struct pdf *pdf, const struct pdf_text *text, double x,
	double y, int first, int count)
{
	/* Where the em box of a Chinese font has its baseline. */
	double baseline =
		(text->pitch_pt - text->size_pt) / 2 + 0.88 * text->size_pt;

	const char *chars = pango_layout_get_text(text->layout);

	cairo_set_source_rgb(pdf->cairo, text->gray, text->gray, text->gray);
	cairo_set_font_size(pdf->cairo, text->size_pt);
	for (int i = first; i < first + count; i++) {
		PangoLayoutLine *line =
			pango_layout_get_line_readonly(text->layout, i);

		if (!line)
			break;

		double at = x + line_x(text, line);
		double base = y + (i - first) * text->pitch_pt + baseline;

		for (GSList *run = line->runs; run; run = run->next)
			draw_run(pdf, chars, run->data, &at, base);
	}
}

void pdf_draw_turned(struct pdf *pdf, const struct pdf_text *text, double x,
	double y, double angle)
{
	int lines = pdf_text_lines(text);

	cairo_save(pdf->cairo);
	cairo_translate(pdf->cairo, x, y);
	cairo_rotate(pdf->cairo, angle);
	pdf_draw_text(pdf, text, -text->width_pt / 2,
		-lines * text->pitch_pt / 2, 0, lines);
	cairo_restore(pdf->cairo);
}

void pdf_draw_line(struct pdf *pdf, double x1, double y1, double x2, double y2,
	double width_pt)
{
	struct pdf_line line = {x1, y1, x2, y2, width_pt};

	g_array_append_val(pdf->lines, line);
}

/* A table has hundreds: one stroke for all of a width, not one for each. */
static void draw_lines(struct pdf *pdf)
{
	cairo_set_source_rgb(pdf->cairo, 0, 0, 0);
	cairo_set_line_cap(pdf->cairo, CAIRO_LINE_CAP_SQUARE);
	for (guint i = 0; i < pdf->lines->len; i++) {
		const struct pdf_line *line =
			&g_array_index(pdf->lines, struct pdf_line, i);

		if (line->width != cairo_get_line_width(pdf->cairo)) {
			cairo_stroke(pdf->cairo);
			cairo_set_line_width(pdf->cairo, line->width);
		}
		cairo_move_to(pdf->cairo, line->x1, line->y1);
		cairo_line_to(pdf->cairo, line->x2, line->y2);
	}
	cairo_stroke(pdf->cairo);
	g_array_set_size(pdf->lines, 0);
}

void pdf_draw_ring(struct pdf *pdf, double x, double y, double radius)
{
	static const double dashes[] = {3, 2};

	cairo_save(pdf->cairo);
	cairo_set_source_rgb(pdf->cairo, 0.6, 0.6, 0.6);
	cairo_set_line_width(pdf->cairo, 0.7);
	cairo_set_dash(pdf->cairo, dashes, 2, 0);
	cairo_new_sub_path(pdf->cairo);
	cairo_arc(pdf->cairo, x, y, radius, 0, 2 * G_PI);
	cairo_stroke(pdf->cairo);
	cairo_restore(pdf->cairo);
}

/* One rectangle for each run of dark modules in a row. */
void pdf_draw_qr(
	struct pdf *pdf, const struct qr *qr, double x, double y, double size)
{
	double module = size / (qr->width + 2 * QR_QUIET_MODULES);
	double quiet = QR_QUIET_MODULES * module;

	cairo_set_source_rgb(pdf->cairo, 0, 0, 0);
	for (int row = 0; row < qr->width; row++) {
		for (int from = 0, to; from < qr->width; from = to + 1) {
			to = from;
			while (to < qr->width && qr_is_dark(qr, to, row))
				to++;
			if (to > from)
				cairo_rectangle(pdf->cairo,
					x + quiet + from * module,
					y + quiet + row * module,
					(to - from) * module, module);
		}
	}
	cairo_fill(pdf->cairo);
}

void pdf_end_page(struct pdf *pdf)
{
	draw_lines(pdf);
	cairo_show_page(pdf->cairo);
}

GBytes *pdf_finish(struct pdf *pdf, GError **error)
{
	cairo_status_t status = cairo_status(pdf->cairo);

	cairo_surface_finish(pdf->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(pdf->surface);
	if (status != CAIRO_STATUS_SUCCESS) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
			"making a PDF: %s", cairo_status_to_string(status));
		return NULL;
	}
	return g_bytes_new(pdf->bytes->data, pdf->bytes->len);
}
