/* Text messages by template. The stand-in sends nothing: its log is the page
 * on / and GET /v1/notifications/{id}. */
#include <string.h>

#include "client/base/error.h"
#include "client/platform/online.h"
#include "client/platform/record.h"

enum { TRAVEL_MS = 2000 };

/* {name} stands for a member of params, which must be there then. */
static const struct {
	const char *name, *text;
} templates[] = {
	{"accepted", "【登封政务】您申办的“{item}”已受理，办件编号{case_no}。"},
	{"supplement", "【登封政务】您申办的“{item}”需补正：{reason}。"},
	{"decided", "【登封政务】您申办的“{item}”已办结，结果：{result}。"},
	{"collect", "【登封政务】“{item}”的结果可以领取，请到{place}。"},
	{"remind", "【登封政务】{content}"},
	{"evaluate", "【登封政务】请对办件{case_no}的服务作出评价。"},
};

enum { TEXT_MAX = 500 };

static const char *template_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(templates); i++) {
		if (strcmp(templates[i].name, name) == 0)
			return templates[i].text;
	}
	return "";
}

/* NULL and *missing (caller frees) when a param is not a text. */
static char *fill(const char *text, const struct json *params, char **missing)
{
	g_autoptr(GString) out = g_string_new(NULL);

	while (*text) {
		size_t plain = strcspn(text, "{");
		g_autofree char *name = NULL;
		const char *value;

		g_string_append_len(out, text, (gssize)plain);
		text += plain;
		if (!*text)
			break;
		name = g_strndup(text + 1, strcspn(text + 1, "}"));
		value = json_text(params, name);
		if (!value || !*value || g_utf8_strlen(value, -1) > TEXT_MAX) {
			*missing = g_strconcat("params/", name, NULL);
			return NULL;
		}
		g_string_append(out, value);
		text += strlen(name) + 2;
	}
	return g_strdup(out->str);
}

static struct reply *check_notification(struct platform *platform,
	const struct request *request, struct record *record)
{
	const char *name = json_text(record->body, "template");
	g_autofree char *missing = NULL;
	g_autofree char *text = fill(
		template_of(name), json_get(record->body, "params"), &missing);

	(void)request;
	if (!text)
		return reply_field(platform, missing, "required");
	json_put_text(record->body, "text", text);
	return NULL;
}

const struct resource resource_notification = {.kind = "notification",
	.id = "notification_id",
	.state = "sent",
	.check = check_notification};

static GPtrArray *find_sent(
	struct platform *platform, int64_t before_ms, GError **error)
{
	g_autoptr(GPtrArray) sent = g_ptr_array_new_with_free_func(g_free);
	AUTO(db_rows) rows = db_select(platform->db,
		"SELECT id FROM records WHERE kind = 'notification'"
		" AND state = 'sent' AND at_ms < ?1 LIMIT 200",
		DB_VALUES(DB_INT(before_ms)));

	while (db_next(rows))
		g_ptr_array_add(sent, db_dup_text(rows, 0));
	return db_end(rows, error) ? g_steal_pointer(&sent) : NULL;
}

bool notification_deliver(
	struct platform *platform, int64_t now_ms, GError **error)
{
	g_autoptr(GPtrArray) sent =
		find_sent(platform, now_ms - TRAVEL_MS, error);
	AUTO(db_transaction) change = NULL;

	if (!sent || sent->len == 0)
		return sent != NULL;
	change = db_begin(platform->db, error);
	for (guint i = 0; change && i < sent->len; i++) {
		AUTO(record) record = record_find(
			platform, &resource_notification, sent->pdata[i]);

		g_free(record->state);
		record->state = g_strdup("delivered");
		if (!record_write(platform, record, error))
			return false;
	}
	return change && db_commit(change, error);
}
