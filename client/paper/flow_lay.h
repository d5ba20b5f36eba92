/* Laying out, inside: shared by flow*.c only. */
#ifndef CLIENT_PAPER_FLOW_LAY_H
#define CLIENT_PAPER_FLOW_LAY_H

#include "client/paper/area.h"

struct flow {
	const struct template *template;
	struct pdf *pdf;
	struct fill fill;
	GHashTable *texts; /* own: style, width and text to struct pdf_text * */
	GPtrArray *qrs;    /* struct qr *, own */
	GPtrArray *edges;  /* const struct node *: header, footer, watermark */
};

typedef bool flow_lay_fn(struct flow *flow, struct area *area,
	const struct node *node, GError **error);

/* Nodes one below the other. */
bool flow_lay_nodes(
	struct flow *flow, struct area *area, GPtrArray *nodes, GError **error);

/* The text of a cell, laid out, owned by flow; *laid is NULL when it is empty.
 * The error names the field. */
bool flow_lay_cell(struct flow *flow, const struct cell *cell, double width,
	const struct pdf_text **laid, GError **error);

/* Likewise of text that came from a field as it is. */
bool flow_lay_plain(struct flow *flow, const struct style *style,
	const struct field *field, const char *text, double width,
	const struct pdf_text **laid, GError **error);

/* A row of area->table in columns of area->columns: texts side by side (NULL:
 * empty), spans columns each, as high as the tallest. */
struct flow_cells {
	const struct pdf_text *texts[FIELD_GRID_COLUMNS_MAX];
	int spans[FIELD_GRID_COLUMNS_MAX];
	int count;
	bool is_head;
};
bool flow_place_cells(
	struct area *area, const struct flow_cells *cells, GError **error);

/* Puts "FILE:LINE: " before the message. */
void flow_locate(const struct node *node, GError **error);

flow_lay_fn flow_lay_table, flow_lay_row, flow_lay_grid;

#endif
