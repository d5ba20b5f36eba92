/* Requests for and replies of Request Tracker 5.
 *
 *   POST /REST/2.0/tickets        query=Queue='yikou' AND (CF.{yikou-case}=
 *        'case:UUID' OR ...)&per_page=100&fields=CustomFields
 *        {"items":[{"id":"7","CustomFields":[{"name":"yikou-op",
 *                   "values":["UUID"]},...]}],"total":1,...}
 *   POST /REST/2.0/tickets/bulk   [{"Queue":"yikou","Subject":"...",...},...]
 *        201 [{"type":"ticket","id":"7"},{"message":"No permission ..."}]
 *   POST /REST/2.0/ticket/7/comment
 *        201 ["Comments added"]
 *   GET  /REST/2.0/ticket/7/attachments?fields=Filename,ContentLength
 *        {"items":[{"Filename":"UUID.json","ContentLength":"812"}],"pages":1}
 *   PUT  /REST/2.0/ticket/7       If-Match: "43"
 *        {"CustomFields":{"yikou-op":["UUID","UUID"]}}
 *        200 ["UUID added as a value for yikou-op"], or 412 */
#include "client/link/rt5.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/id.h"
#include "client/link/rt5_text.h"

/* Answers ------------------------------------------------------------------ */

static const struct {
	int http;
	const char *code;
} refusals[] = {
	{400, "invalid"},
	{403, "forbidden"},
	{404, "not_found"},
	{405, "method_not_allowed"},
	{412, "version_conflict"},
	{413, "too_large"},
	{415, "unsupported_media_type"},
	{422, "invalid"},
};

static bool is_json(const struct http_reply *reply)
{
	static const char type[] = "application/json";

	return g_ascii_strncasecmp(
		       reply->content_type, type, sizeof(type) - 1) == 0;
}

static void read_refusal(const struct http_reply *reply, struct answer *answer)
{
	const char *code = NULL;

	if (!json_text(answer->body, "message"))
		return; /* of a gateway: what answer_read() made of it */
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++)
		if (refusals[i].http == reply->status)
			code = refusals[i].code;
	answer->code = problem_code_find(code);
	if (!answer->code || answer->kind != ANSWER_FAULT)
		return;
	answer->kind = reply->status == 403 ? ANSWER_AUTH : ANSWER_REFUSED;
	answer->why = answer->code->code;
}

void rt5_read(const struct http_reply *reply, int status, struct answer *answer)
{
	answer_read(reply, status, 0, answer);
	if (reply->fault != HTTP_FAULT_NONE || answer->kind == ANSWER_OK ||
		!is_json(reply))
		return;
	g_clear_pointer(&answer->body, json_free);
	answer->body = json_parse(reply->data, reply->len, NULL);
	if (!answer->body)
		return;
	if (reply->status == status) {
		answer->kind = ANSWER_OK;
		answer->why = "ok";
	} else if (reply->status >= 400 && reply->status < 500) {
		read_refusal(reply, answer);
	}
}

bool rt5_health_decode(const struct http_reply *reply, struct answer *answer)
{
	rt5_read(reply, 200, answer);
	if (answer->kind == ANSWER_AUTH && answer->http == 401 &&
		json_text(answer->body, "message")) {
		answer->kind = ANSWER_OK;
		answer->why = "ok";
	}
	return answer->kind == ANSWER_OK;
}

/* Names -------------------------------------------------------------------- */

bool rt5_key(const struct op *op, char key[RT5_KEY_MAX])
{
	size_t len = strlen(op->agg);

	if (len == 0 || strspn(op->agg, "abcdefghijklmnopqrstuvwxyz-") != len ||
		!uuid_is_valid(op->agg_id))
		return false;
	return g_snprintf(key, RT5_KEY_MAX, "%s:%s", op->agg, op->agg_id) <
	       RT5_KEY_MAX;
}

bool rt5_queue_is_valid(const char *queue)
{
	return *queue && !strpbrk(queue, "'\"\\/?#") &&
	       g_utf8_validate(queue, -1, NULL);
}

char *rt5_body_name(const struct op *op)
{
	return g_strconcat(op->op_id, ".json", NULL);
}

char *rt5_page_name(const struct blob *blob)
{
	static const struct {
		const char *type, *end;
	} ends[] = {
		{"image/jpeg", ".jpg"},
		{"image/png", ".png"},
		{"application/pdf", ".pdf"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		if (g_strcmp0(blob->media_type, ends[i].type) == 0)
			return g_strconcat(blob->sha256, ends[i].end, NULL);
	return g_strconcat(blob->sha256, ".bin", NULL);
}

char *rt5_ticket_path(int64_t id, const char *what)
{
	return g_strdup_printf(
		"/REST/2.0/ticket/%" G_GINT64_FORMAT "%s", id, what);
}

/* The queue ---------------------------------------------------------------- */

char *rt5_queue_path(const char *queue)
{
	g_autofree char *name = g_uri_escape_string(queue, NULL, FALSE);

	return g_strconcat("/REST/2.0/queue/", name, NULL);
}

static bool has_member(
	const struct json *list, const char *name, const char *value)
{
	json_each (row, list) {
		if (g_strcmp0(json_text(row, name), value) == 0)
			return true;
	}
	return false;
}

const char *rt5_queue_lacks(const struct json *queue, bool *may_create)
{
	const struct json *fields = json_get(queue, "TicketCustomFields");
	bool create =
		has_member(json_get(queue, "_hyperlinks"), "ref", "create");

	if (may_create)
		*may_create = create;
	if (!create)
		return "the right to create tickets";
	if (!has_member(fields, "name", RT5_KEY))
		return "the custom field " RT5_KEY;
	if (!has_member(fields, "name", RT5_OPS))
		return "the custom field " RT5_OPS;
	return NULL;
}

/* Search ------------------------------------------------------------------- */

static void add_form(GString *out, const char *name, const char *value)
{
	g_autofree char *text = g_uri_escape_string(value, NULL, FALSE);

	g_string_append_printf(
		out, "%s%s=%s", out->len > 0 ? "&" : "", name, text);
}

GBytes *rt5_search_request(const char *queue, const GPtrArray *keys)
{
	g_autoptr(GString) query = g_string_new(NULL);
	GString *out = g_string_new(NULL);

	g_string_printf(query, "Queue = '%s' AND (", queue);
	for (unsigned i = 0; i < keys->len; i++)
		g_string_append_printf(query, "%sCF.{" RT5_KEY "} = '%s'",
			i > 0 ? " OR " : "", (const char *)keys->pdata[i]);
	g_string_append_c(query, ')');
	add_form(out, "query", query->str);
	add_form(out, "orderby", "id");
	add_form(out, "per_page", G_STRINGIFY(100));
	add_form(out, "fields", "CustomFields");
	return g_string_free_to_bytes(out);
}

void rt5_ticket_free(struct rt5_ticket *ticket)
{
	if (!ticket)
		return;
	g_clear_pointer(&ticket->ops, g_hash_table_unref);
	g_clear_pointer(&ticket->files, g_hash_table_unref);
	g_free(ticket);
}

/* RT gives numbers as texts here and as numbers there. */
static int64_t number_of(const struct json *object, const char *name)
{
	const char *text = json_text(object, name);

	if (text)
		return g_ascii_strtoll(text, NULL, 10);
	return json_int_or(object, name, 0);
}

static const struct json *values_of(const struct json *row, const char *name)
{
	json_each (field, json_get(row, "CustomFields")) {
		if (g_strcmp0(json_text(field, "name"), name) == 0)
			return json_get(field, "values");
	}
	return NULL;
}

GHashTable *rt5_ticket_ops(const struct json *ticket)
{
	GHashTable *ops;

	if (number_of(ticket, "id") <= 0 ||
		!json_is_array(json_get(ticket, "CustomFields")))
		return NULL;
	ops = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	json_each (value, values_of(ticket, RT5_OPS)) {
		const char *text = json_as_text(value);

		if (text && uuid_is_valid(text))
			g_hash_table_add(ops, g_strdup(text));
	}
	return ops;
}

static struct rt5_ticket *read_ticket(const struct json *row)
{
	const char *key = json_as_text(json_first(values_of(row, RT5_KEY)));
	struct rt5_ticket *ticket;
	GHashTable *ops;

	if (!key || strlen(key) >= RT5_KEY_MAX)
		return NULL;
	ops = rt5_ticket_ops(row);
	if (!ops)
		return NULL;
	ticket = g_new0(struct rt5_ticket, 1);
	ticket->id = number_of(row, "id");
	ticket->ops = ops;
	g_strlcpy(ticket->key, key, sizeof(ticket->key));
	return ticket;
}

GHashTable *rt5_search_decode(const struct json *body, unsigned *duplicates)
{
	const struct json *items = json_get(body, "items");
	GHashTable *found = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)rt5_ticket_free);

	/* What does not fit on the page was not looked at. */
	if (!json_is_array(items) || json_length(items) >= RT5_PER_PAGE)
		g_clear_pointer(&found, g_hash_table_unref);
	json_each (row, found ? items : NULL) {
		struct rt5_ticket *ticket = read_ticket(row), *other;

		if (!ticket) {
			g_clear_pointer(&found, g_hash_table_unref);
			break;
		}
		other = g_hash_table_lookup(found, ticket->key);
		*duplicates += other != NULL;
		if (other && other->id < ticket->id)
			rt5_ticket_free(ticket);
		else
			g_hash_table_replace(found, ticket->key, ticket);
	}
	return found;
}

/* Tickets and comments ----------------------------------------------------- */

static void put_file(
	struct json *message, const char *name, const struct op *op)
{
	g_autofree char *encoded =
		g_base64_encode((const guchar *)op->body, strlen(op->body));
	struct json *files = json_new_array(), *file = json_new_object();

	json_put_text(file, "FileName", name);
	json_put_text(file, "FileType", "application/json");
	json_put_text(file, "FileContent", encoded);
	json_add(files, file);
	json_put(message, "Attachments", files);
}

static struct json *new_message(const struct op *op)
{
	struct json *message = json_new_object();
	g_autofree char *subject = rt5_text_subject(op);
	g_autofree char *content = rt5_text_content(op);
	g_autofree char *name = rt5_body_name(op);

	json_put_text(message, "Subject", subject);
	json_put_text(message, "ContentType", "text/plain");
	json_put_text(message, "Content", content);
	put_file(message, name, op);
	return message;
}

struct json *rt5_new_ticket(
	const char *queue, const char *key, const struct op *op, bool complete)
{
	struct json *ticket = new_message(op), *fields = json_new_object();

	json_put_text(ticket, "Queue", queue);
	json_put_text(fields, RT5_KEY, key);
	if (complete)
		json_put_text(fields, RT5_OPS, op->op_id);
	json_put(ticket, "CustomFields", fields);
	return ticket;
}

static GBytes *to_bytes(struct json *take)
{
	char *text = json_print(take);

	json_free(take);
	return g_bytes_new_take(text, strlen(text));
}

GBytes *rt5_comment_request(const struct op *op)
{
	return to_bytes(new_message(op));
}

#define BOUNDARY "yikou-%.48s"

char *rt5_page_type(const struct blob *blob)
{
	return g_strdup_printf(
		"multipart/form-data; boundary=" BOUNDARY, blob->sha256);
}

GBytes *rt5_page_before(const struct op *op, const struct blob *blob)
{
	g_autofree char *name = rt5_page_name(blob);
	g_autofree char *text = NULL;
	struct json *message = json_new_object();
	GString *out = g_string_new(NULL);

	json_put_text(message, "Subject", name);
	json_put_text(message, "ContentType", "text/plain");
	json_put_text(message, "Content", op->op_id);
	text = json_print(message);
	json_free(message);
	g_string_printf(out,
		"--" BOUNDARY "\r\n"
		"Content-Disposition: form-data; name=\"JSON\"\r\n\r\n"
		"%s\r\n--" BOUNDARY "\r\n"
		"Content-Disposition: form-data; name=\"Attachments\"; "
		"filename=\"%s\"\r\nContent-Type: %s\r\n\r\n",
		blob->sha256, text, blob->sha256, name,
		rt5_text_media_type(blob->media_type));
	return g_string_free_to_bytes(out);
}

GBytes *rt5_page_after(const struct blob *blob)
{
	char *end = g_strdup_printf("\r\n--" BOUNDARY "--\r\n", blob->sha256);

	return g_bytes_new_take(end, strlen(end));
}

GBytes *rt5_mark_request(GHashTable *ops, const char *op_id)
{
	struct json *update = json_new_object(), *fields = json_new_object();
	struct json *values = json_new_array();
	g_autoptr(GList) known = g_hash_table_get_keys(ops);

	known = g_list_sort(known, (GCompareFunc)strcmp);
	for (GList *at = known; at; at = at->next)
		json_add_text(values, at->data);
	json_add_text(values, op_id);
	json_put(fields, RT5_OPS, values);
	json_put(update, "CustomFields", fields);
	return to_bytes(update);
}

/* Files on a ticket -------------------------------------------------------- */

char *rt5_list_path(int64_t id, int page)
{
	g_autofree char *query = g_strdup_printf(
		"/attachments?fields=Filename,ContentLength&orderby=id"
		"&per_page=%d&page=%d",
		RT5_PER_PAGE, page);

	return rt5_ticket_path(id, query);
}

/* "pages" and "total" are null for a user who may not see everything. */
bool rt5_list_decode(const struct json *body, GHashTable *files, bool *more)
{
	const struct json *items = json_get(body, "items");

	if (!json_is_array(items))
		return false;
	*more = json_length(items) >= RT5_PER_PAGE;
	json_each (row, items) {
		const char *name = json_text_or(row, "Filename", "");

		if (*name)
			g_hash_table_replace(files, g_strdup(name),
				GSIZE_TO_POINTER((gsize)number_of(
					row, "ContentLength")));
	}
	return true;
}
