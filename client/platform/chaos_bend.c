/* Wrong replies: results that are missing, too many, out of order or that
 * contradict themselves, and bytes that are no JSON at all. */
#include "client/platform/chaos.h"

#include <glib.h>

#include "client/base/id.h"

static struct json *foreign_result(void)
{
	struct json *result = json_new_object();
	char op_id[UUID_TEXT];

	uuid7(op_id);
	json_put_text(result, "op_id", op_id);
	json_put_int(result, "status", 201);
	json_put_text(result, "version", "1");
	return result;
}

/* The same op once more, this time refused. */
static struct json *contradiction(const struct json *result)
{
	struct json *other = json_new_object();
	struct json *problem = json_new_object();
	bool is_refused = json_int_or(result, "status", 0) >= 400;

	json_put_text(problem, "type", "about:blank");
	json_put_int(problem, "status", 422);
	json_put_text(problem, "code", "invalid");
	json_put_text(other, "op_id", json_text(result, "op_id"));
	json_put_int(other, "status", is_refused ? 201 : 422);
	if (is_refused)
		json_free(problem);
	else
		json_put(other, "problem", problem);
	return other;
}

static GPtrArray *copies_of(const struct json *results)
{
	GPtrArray *list = g_ptr_array_new();

	json_each (result, results)
		g_ptr_array_add(list, json_copy(result));
	return list;
}

static void reverse(GPtrArray *list)
{
	for (guint i = 0; i < list->len / 2; i++) {
		void *other = list->pdata[i];

		list->pdata[i] = list->pdata[list->len - 1 - i];
		list->pdata[list->len - 1 - i] = other;
	}
}

static void swap_ids(struct json *a, struct json *b)
{
	g_autofree char *id = g_strdup(json_text(a, "op_id"));

	json_put_text(a, "op_id", json_text(b, "op_id"));
	json_put_text(b, "op_id", id);
}

static void bend(GPtrArray *list, enum chaos_bend how)
{
	switch (how) {
	case BEND_MISSING:
		json_free(list->pdata[0]);
		g_ptr_array_remove_index(list, 0);
		break;
	case BEND_EXTRA:
		g_ptr_array_add(list, foreign_result());
		break;
	case BEND_REVERSED:
		reverse(list);
		break;
	case BEND_TWICE:
		g_ptr_array_add(list, contradiction(list->pdata[0]));
		break;
	case BEND_SWAPPED:
		if (list->len > 1)
			swap_ids(list->pdata[0], list->pdata[1]);
		break;
	case BEND_COUNT:
		break;
	}
}

struct json *chaos_bend_results(
	const struct chaos *chaos, struct json *take_results)
{
	struct chaos_fault fault = chaos_in_hand(chaos);
	g_autoptr(GPtrArray) list = NULL;
	struct json *bent;

	if (fault.kind != CHAOS_RESULTS || json_length(take_results) == 0)
		return take_results;
	list = copies_of(take_results);
	json_free(take_results);
	bend(list, (enum chaos_bend)fault.value);
	bent = json_new_array();
	for (guint i = 0; i < list->len; i++)
		json_add(bent, list->pdata[i]);
	return bent;
}

/* Also not UTF-8. */
char *chaos_garbage(void)
{
	static const char start[] = "{\"results\":[{\"op_id\":\"\xff\xfe\x01";

	return g_strdup_printf("%s%08x", start, g_random_int());
}
