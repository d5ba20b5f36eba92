/* The statements that stand for something on the paper: text, tables, blocks.
 * Each becomes a node under the innermost open block. */
#include <string.h>

#include "client/base/error.h"
#include "client/paper/template_read.h"

static struct level *top_level(struct parser *parser)
{
	return &g_array_index(
		parser->levels, struct level, parser->levels->len - 1);
}

static struct node *add_node(struct parser *parser, enum node_kind kind)
{
	struct node *node = node_new(kind, parser);

	g_ptr_array_add(top_level(parser)->into, node);
	return node;
}

/* Statements up to its end go into the node's children. */
static bool open_block(struct parser *parser, struct node *node,
	enum place place, GError **error)
{
	struct level level = {
		.node = node, .into = node->children, .place = place};

	if (parser->levels->len > TEMPLATE_DEPTH_MAX)
		return template_fail(error, "more than %d blocks in each other",
			TEMPLATE_DEPTH_MAX);
	g_array_append_val(parser->levels, level);
	return true;
}

static bool add_cell(struct parser *parser, struct node *node, const char *text,
	const struct style *style, int span, GError **error)
{
	struct cell cell = {.style = style, .span = span};

	cell.phrase = phrase_new(text, &parser->scope, error);
	if (!cell.phrase)
		return false;
	g_array_append_val(node->cells, cell);
	return true;
}

/* "KEYWORD STYLE options | text" */
static struct node *read_styled(struct parser *parser,
	struct statement *statement, enum node_kind kind, GError **error)
{
	const char *name = statement_word(statement);
	const struct style *style;
	struct node *node;

	if (!name) {
		template_fail(error, "expected '%s STYLE | text'",
			statement_keyword(statement));
		return NULL;
	}
	style = template_find_style(parser, name, error);
	if (!style)
		return NULL;
	node = add_node(parser, kind);
	return add_cell(
		       parser, node, statement_text(statement), style, 1, error)
		       ? node
		       : NULL;
}

static bool read_text(
	struct parser *parser, struct statement *statement, GError **error)
{
	return read_styled(parser, statement, NODE_TEXT, error) != NULL;
}

/* header STYLE at=MM | text: pages are known here. */
static bool read_margin_text(struct parser *parser, struct statement *statement,
	enum node_kind kind, double at_mm, GError **error)
{
	struct node *node;

	parser->scope.pages = true;
	node = read_styled(parser, statement, kind, error);
	parser->scope.pages = false;
	if (!node)
		return false;
	node->size_mm = at_mm;
	return statement_number(statement, "at", 3, 150, &node->size_mm, error);
}

static bool read_header(
	struct parser *parser, struct statement *statement, GError **error)
{
	return read_margin_text(parser, statement, NODE_HEADER, 12, error);
}

static bool read_footer(
	struct parser *parser, struct statement *statement, GError **error)
{
	return read_margin_text(parser, statement, NODE_FOOTER, 15, error);
}

static bool read_watermark(
	struct parser *parser, struct statement *statement, GError **error)
{
	return read_styled(parser, statement, NODE_WATERMARK, error) != NULL;
}

static bool read_space(
	struct parser *parser, struct statement *statement, GError **error)
{
	const char *size = statement_word(statement);
	struct node *node = add_node(parser, NODE_SPACE);

	if (!size || !statement_read_number(size, &node->size_mm) ||
		node->size_mm > 500)
		return template_fail(error, "expected 'space MM'");
	return true;
}

static bool read_rule(
	struct parser *parser, struct statement *statement, GError **error)
{
	struct node *node = add_node(parser, NODE_RULE);

	node->width_pt = 0.5;
	return statement_number(
		statement, "width", 0.1, 10, &node->width_pt, error);
}

static bool read_page(
	struct parser *parser, struct statement *statement, GError **error)
{
	(void)statement;
	(void)error;
	add_node(parser, NODE_PAGE);
	return true;
}

/* if FIELD | if not FIELD | if FIELD = VALUE | if FIELD != VALUE */
static bool read_condition(struct parser *parser, struct statement *statement,
	struct condition *condition, GError **error)
{
	const char *name = statement_word(statement);
	const char *sign;

	if (name && strcmp(name, "not") == 0) {
		condition->negated = true;
		name = statement_word(statement);
	}
	if (!name)
		return template_fail(error,
			"expected 'if FIELD', 'if not FIELD', 'if FIELD = "
			"VALUE' or 'if FIELD != VALUE'");
	condition->field = phrase_field(name, &parser->scope, error);
	if (!condition->field)
		return false;
	sign = statement_word(statement);
	if (!sign)
		return true;
	condition->value = g_strdup(statement_word(statement));
	if (condition->negated || !condition->value ||
		(strcmp(sign, "=") != 0 && strcmp(sign, "!=") != 0))
		return template_fail(error,
			"expected '%s = VALUE' or '%s != VALUE', with blanks "
			"around the sign",
			name, name);
	condition->negated = *sign == '!';
	return true;
}

static bool read_if(
	struct parser *parser, struct statement *statement, GError **error)
{
	enum place place = top_level(parser)->place;
	struct node *node = add_node(parser, NODE_IF);

	return read_condition(parser, statement, &node->condition, error) &&
	       open_block(parser, node, place, error);
}

static bool read_else(
	struct parser *parser, struct statement *statement, GError **error)
{
	struct level *level = top_level(parser);
	struct node *node = level->node;
	bool beside = strcmp(statement_keyword(statement), "next") == 0;

	if (!node || level->into == node->otherwise ||
		node->kind != (beside ? NODE_BESIDE : NODE_IF))
		return template_fail(error, "'%s' without its %s",
			statement_keyword(statement), beside ? "beside" : "if");
	level->into = node->otherwise;
	return true;
}

/* each material in materials */
static bool read_each(
	struct parser *parser, struct statement *statement, GError **error)
{
	enum place place = top_level(parser)->place;
	const char *loop = statement_word(statement);
	const char *in = statement_word(statement);
	const char *list = statement_word(statement);
	struct node *node = add_node(parser, NODE_EACH);

	if (!list || strcmp(in, "in") != 0)
		return template_fail(error, "expected 'each NAME in LIST'");
	if (parser->scope.loop)
		return template_fail(error, "an each inside an each");
	node->list = phrase_field(list, &parser->scope, error);
	if (!node->list)
		return false;
	if (node->list->kind != FIELD_LIST)
		return template_fail(error, "'%s' is not a list", list);
	parser->loop = g_strdup(loop);
	parser->scope.loop = parser->loop;
	parser->scope.list = node->list;
	return open_block(parser, node, place, error);
}

static bool read_keep(
	struct parser *parser, struct statement *statement, GError **error)
{
	(void)statement;
	return open_block(
		parser, add_node(parser, NODE_KEEP), PLACE_FLOW, error);
}

static bool read_beside(
	struct parser *parser, struct statement *statement, GError **error)
{
	struct node *node = add_node(parser, NODE_BESIDE);

	node->size_mm = 60;
	node->pad_mm = 4;
	return statement_number(
		       statement, "left", 5, 400, &node->size_mm, error) &&
	       statement_number(
		       statement, "gap", 0, 100, &node->pad_mm, error) &&
	       open_block(parser, node, PLACE_FLOW, error);
}

/* seal STYLE ring=MM align=right | name: the style is the name's. */
static bool read_seal(
	struct parser *parser, struct statement *statement, GError **error)
{
	struct node *node = read_styled(parser, statement, NODE_SEAL, error);

	if (!node)
		return false;
	node->size_mm = 40;
	node->align = ALIGN_RIGHT;
	return statement_number(
		       statement, "ring", 10, 80, &node->size_mm, error) &&
	       template_read_align(statement, &node->align, error) &&
	       open_block(parser, node, PLACE_SEAL, error);
}

static bool read_qr(
	struct parser *parser, struct statement *statement, GError **error)
{
	struct node *node = add_node(parser, NODE_QR);

	node->size_mm = 25;
	return statement_number(
		       statement, "size", 10, 100, &node->size_mm, error) &&
	       template_read_align(statement, &node->align, error) &&
	       add_cell(
		       parser, node, statement_text(statement), NULL, 1, error);
}

/* Tables --------------------------------------------------------------- */

static bool read_columns(
	struct node *table, struct statement *statement, GError **error)
{
	const char *list = statement_option(statement, "columns");
	g_auto(GStrv) parts = g_strsplit(list ? list : "", ",", -1);
	guint count = g_strv_length(parts);

	if (count < 1 || count > TEMPLATE_COLUMNS_MAX)
		return template_fail(error,
			"expected columns=30,*,30: 1 to %d widths in mm, * "
			"for a share of the rest",
			TEMPLATE_COLUMNS_MAX);
	for (guint i = 0; i < count; i++)
		if (strcmp(parts[i], "*") != 0 &&
			(!statement_read_number(
				 parts[i], &table->columns_mm[i]) ||
				table->columns_mm[i] < 3))
			return template_fail(error,
				"columns: expected at least 3 mm or *, not "
				"'%s'",
				parts[i]);
	table->column_count = (int)count;
	return true;
}

static bool read_column_styles(struct parser *parser, struct node *table,
	struct statement *statement, GError **error)
{
	const char *list = statement_option(statement, "styles");
	g_auto(GStrv) parts = g_strsplit(list ? list : "", ",", -1);

	if (g_strv_length(parts) != (guint)table->column_count)
		return template_fail(error, "styles: expected %d, one a column",
			table->column_count);
	for (int i = 0; i < table->column_count; i++) {
		table->column_styles[i] =
			template_find_style(parser, parts[i], error);
		if (!table->column_styles[i])
			return false;
	}
	return true;
}

static bool read_table(
	struct parser *parser, struct statement *statement, GError **error)
{
	struct node *node = add_node(parser, NODE_TABLE);

	node->width_pt = 0.5;
	node->pad_mm = 1.5;
	return read_columns(node, statement, error) &&
	       read_column_styles(parser, node, statement, error) &&
	       statement_number(
		       statement, "border", 0, 5, &node->width_pt, error) &&
	       statement_number(
		       statement, "pad", 0, 20, &node->pad_mm, error) &&
	       statement_number(
		       statement, "height", 0, 100, &node->height_mm, error) &&
	       open_block(parser, node, PLACE_TABLE, error);
}

static const struct node *table_of(struct parser *parser)
{
	for (guint i = parser->levels->len; i > 0; i--) {
		const struct node *node =
			g_array_index(parser->levels, struct level, i - 1).node;

		if (node && node->kind == NODE_TABLE)
			return node;
	}
	return NULL;
}

/* spans=1,3: how many columns each cell takes. */
static bool read_spans(struct statement *statement, GPtrArray *texts,
	int columns, int *spans, GError **error)
{
	const char *list = statement_option(statement, "spans");
	g_auto(GStrv) parts = g_strsplit(list ? list : "", ",", -1);
	double span = 1;
	int sum = 0;

	if (list && g_strv_length(parts) != texts->len)
		return template_fail(
			error, "spans: expected %u, one a cell", texts->len);
	for (guint i = 0; i < texts->len && i < TEMPLATE_COLUMNS_MAX; i++) {
		if (list &&
			(!statement_read_number(parts[i], &span) || span < 1 ||
				span > columns || span != (int)span))
			return template_fail(error,
				"spans: expected 1 to %d, not '%s'", columns,
				parts[i]);
		spans[i] = (int)span;
		sum += spans[i];
	}
	if (sum != columns || texts->len > (guint)columns)
		return template_fail(error,
			"expected cells for %d columns, the row has %u cells "
			"for %d",
			columns, texts->len, MAX(sum, (int)texts->len));
	return true;
}

/* style=NAME: of all cells of this row, instead of the columns' styles. */
static bool read_cells(struct parser *parser, struct statement *statement,
	enum node_kind kind, GError **error)
{
	const struct node *table = table_of(parser);
	g_autoptr(GPtrArray) texts = statement_cells(statement);
	const char *name = statement_option(statement, "style");
	const struct style *style = NULL;
	int spans[TEMPLATE_COLUMNS_MAX] = {0};
	struct node *row = add_node(parser, kind);
	int column = 0;

	if (!read_spans(statement, texts, table->column_count, spans, error))
		return false;
	if (name) {
		style = template_find_style(parser, name, error);
		if (!style)
			return false;
	}
	for (guint i = 0; i < texts->len; i++) {
		if (!add_cell(parser, row, texts->pdata[i],
			    style ? style : table->column_styles[column],
			    spans[i], error))
			return false;
		column += spans[i];
	}
	return true;
}

static bool read_row(
	struct parser *parser, struct statement *statement, GError **error)
{
	return read_cells(parser, statement, NODE_ROW, error);
}

static bool read_head(
	struct parser *parser, struct statement *statement, GError **error)
{
	return read_cells(parser, statement, NODE_HEAD, error);
}

static bool read_grid_style(struct parser *parser, struct node *node,
	struct statement *statement, const char *option, int at, GError **error)
{
	const char *name = statement_option(statement, option);

	if (!name)
		return template_fail(error, "expected %s=STYLE", option);
	node->column_styles[at] = template_find_style(parser, name, error);
	return node->column_styles[at] != NULL;
}

/* grid entry.grid head=STYLE cell=STYLE: columns as the data has them. */
static bool read_grid(
	struct parser *parser, struct statement *statement, GError **error)
{
	const char *name = statement_word(statement);
	struct node *node = add_node(parser, NODE_GRID);

	node->width_pt = 0.5;
	node->pad_mm = 1.5;
	if (!name)
		return template_fail(
			error, "expected 'grid FIELD head=STYLE cell=STYLE'");
	node->list = phrase_field(name, &parser->scope, error);
	if (!node->list)
		return false;
	if (node->list->kind != FIELD_GRID)
		return template_fail(
			error, "'%s' is no table of its own", name);
	return read_grid_style(parser, node, statement, "head", 0, error) &&
	       read_grid_style(parser, node, statement, "cell", 1, error) &&
	       statement_number(
		       statement, "border", 0, 5, &node->width_pt, error) &&
	       statement_number(
		       statement, "pad", 0, 20, &node->pad_mm, error) &&
	       statement_number(
		       statement, "height", 0, 100, &node->height_mm, error);
}

static bool read_end(
	struct parser *parser, struct statement *statement, GError **error)
{
	struct level *level = top_level(parser);

	(void)statement;
	if (!level->node)
		return template_fail(error, "'end' without a block");
	if (level->node->kind == NODE_EACH) {
		g_clear_pointer(&parser->loop, g_free);
		parser->scope.loop = NULL;
		parser->scope.list = NULL;
	}
	g_array_set_size(parser->levels, parser->levels->len - 1);
	return true;
}

enum {
	ANY_FLOW = PLACE_TOP | PLACE_FLOW,
	ANYWHERE = ANY_FLOW | PLACE_TABLE | PLACE_SEAL,
};

static const struct keyword body_table[] = {
	{"text", ANY_FLOW | PLACE_SEAL, true, read_text},
	{"space", ANY_FLOW, false, read_space},
	{"rule", ANY_FLOW, false, read_rule},
	{"page", PLACE_TOP, false, read_page},
	{"if", ANYWHERE, false, read_if},
	{"else", ANYWHERE, false, read_else},
	{"each", ANY_FLOW | PLACE_TABLE, false, read_each},
	{"keep", ANY_FLOW, false, read_keep},
	{"beside", ANY_FLOW, false, read_beside},
	{"next", PLACE_FLOW, false, read_else},
	{"table", ANY_FLOW, false, read_table},
	{"head", PLACE_TABLE, true, read_head},
	{"row", PLACE_TABLE, true, read_row},
	{"grid", ANY_FLOW, false, read_grid},
	{"qr", ANY_FLOW, true, read_qr},
	{"seal", ANY_FLOW, true, read_seal},
	{"header", PLACE_TOP, true, read_header},
	{"footer", PLACE_TOP, true, read_footer},
	{"watermark", PLACE_TOP, true, read_watermark},
	{"end", ANYWHERE, false, read_end},
	{NULL},
};

const struct keyword *template_body(void)
{
	return body_table;
}
