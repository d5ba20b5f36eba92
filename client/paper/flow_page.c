/* The whole document: lays out, repeats header and footer on every page, and
 * draws when everything has its place, because the count of pages stands on
 * every page. */
#include "client/paper/flow.h"

#include <math.h>

#include "client/base/error.h"
#include "client/paper/flow_lay.h"

/* Header, footer or watermark of one page. */
static bool lay_edge(struct flow *flow, struct area *area,
	const struct node *node, GError **error)
{
	const struct template *t = flow->template;
	bool turned = node->kind == NODE_WATERMARK;
	double at = node->kind == NODE_HEADER ? node->size_mm
					      : t->height_mm - node->size_mm;
	double width = turned ? hypot(t->width_mm, t->height_mm) * PDF_MM
			      : area->width;
	const struct pdf_text *text;

	if (!flow_lay_cell(flow, &g_array_index(node->cells, struct cell, 0),
		    width, &text, error)) {
		flow_locate(node, error);
		return false;
	}
	if (text && turned)
		area_mark(
			area, (struct mark){.kind = MARK_TURNED,
				      .x = t->width_mm * PDF_MM / 2,
				      .y = t->height_mm * PDF_MM / 2,
				      .size = -atan2(t->height_mm, t->width_mm),
				      .text = text});
	else if (text)
		area_mark_text(area, text, area->x, at * PDF_MM, 0,
			pdf_text_lines(text));
	return true;
}

static bool lay_edges(
	struct flow *flow, struct area *edges, int pages, GError **error)
{
	flow->fill.pages = pages;
	for (int page = 1; page <= pages; page++) {
		flow->fill.page = page;
		edges->page = page;
		for (guint i = 0; i < flow->edges->len; i++)
			if (!lay_edge(
				    flow, edges, flow->edges->pdata[i], error))
				return false;
	}
	return true;
}

static bool fill_info(struct flow *flow, const struct phrase *phrase,
	char **text, GError **error)
{
	AUTO(filled) filled = NULL;

	if (!phrase)
		return true;
	filled = phrase_fill(phrase, &flow->fill, error);
	if (!filled)
		return false;
	*text = g_strdelimit(g_strdup(filled->text), "\n", ' ');
	return true;
}

static bool begin(struct flow *flow, GError **error)
{
	const struct template *t = flow->template;
	g_autofree char *title = NULL, *author = NULL, *subject = NULL;
	g_autofree char *time =
		field_text(field_find("time"), flow->fill.data, NULL, error);

	if (!time || !fill_info(flow, t->title, &title, error) ||
		!fill_info(flow, t->author, &author, error) ||
		!fill_info(flow, t->subject, &subject, error))
		return false;

	struct pdf_info info = {.title = title,
		.author = author,
		.subject = subject,
		.created = *time ? time : NULL};

	return pdf_begin(flow->pdf, t->width_mm * PDF_MM, t->height_mm * PDF_MM,
		&info, error);
}

static void draw_pages(
	struct flow *flow, const struct area *edges, const struct area *body)
{
	guint edge = 0, mark = 0;

	for (int page = 1; page <= body->page; page++) {
		area_draw(edges, page, &edge, flow->pdf);
		area_draw(body, page, &mark, flow->pdf);
		pdf_end_page(flow->pdf);
	}
}

static GBytes *make(struct flow *flow, struct area *edges, struct area *body,
	int *pages, GError **error)
{
	const struct template *t = flow->template;

	body->top = body->y = t->top_mm * PDF_MM;
	body->bottom = (t->height_mm - t->bottom_mm) * PDF_MM;
	body->page = 1;
	if (!flow_lay_nodes(flow, body, t->nodes, error) ||
		!lay_edges(flow, edges, body->page, error) ||
		!begin(flow, error))
		return NULL;
	draw_pages(flow, edges, body);
	*pages = body->page;
	return pdf_finish(flow->pdf, error);
}

static void destroy_text(void *text)
{
	pdf_text_free(text);
}

static void destroy_qr(void *qr)
{
	qr_free(qr);
}

GBytes *flow_document(const struct template *template, const struct json *data,
	struct pdf_fonts *fonts, int *pages, GError **error)
{
	AUTO(pdf) pdf = pdf_new(fonts);
	struct flow flow = {
		.template = template, .pdf = pdf, .fill = {.data = data}};
	double left = template->left_mm * PDF_MM;
	double width = template->width_mm * PDF_MM - left -
		       template->right_mm * PDF_MM;
	struct area edges, body;
	GBytes *bytes;

	if (!template_check(template, data, error))
		return NULL;
	flow.texts = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, destroy_text);
	flow.qrs = g_ptr_array_new_with_free_func(destroy_qr);
	flow.edges = g_ptr_array_new();
	area_init(&edges, left, width);
	area_init(&body, left, width);
	bytes = make(&flow, &edges, &body, pages, error);
	area_clear(&edges);
	area_clear(&body);
	g_ptr_array_unref(flow.edges);
	g_ptr_array_unref(flow.qrs);
	g_hash_table_unref(flow.texts);
	return bytes;
}
