/* The queue of ordered faults, those that come by chance, and the ops that are
 * refused whatever they hold. */
#include "client/platform/chaos.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/platform/handlers.h"
#include "client/platform/platform.h"

struct entry {
	struct chaos_fault fault;
	char *path;         /* own; NULL: any */
	struct json *items; /* own; NULL but for CHAOS_ITEMS */
	double share;       /* of a fault by chance */
};

struct chaos {
	GQueue faults;          /* of struct entry * */
	GPtrArray *by_chance;   /* of struct entry * */
	GRand *dice;            /* own */
	struct json *poison;    /* own; NULL: none */
	struct chaos_fault now; /* of the request in hand */
	struct json *items;     /* own: of the request in hand */
};

/* Members whose value is a number between min and max. */
static const struct {
	const char *name;
	enum chaos_kind kind;
	int min, max;
} numbers[] = {
	{"status", CHAOS_STATUS, 200, 599},
	{"html", CHAOS_HTML, 200, 599},
	{"garbage", CHAOS_GARBAGE, 200, 599},
	{"delay_ms", CHAOS_DELAY, 0, CHAOS_MAX_DELAY_MS},
	{"freeze_ms", CHAOS_FREEZE, 0, CHAOS_MAX_DELAY_MS},
	{"truncate", CHAOS_TRUNCATE, 0, 1 << 20},
};

static const struct {
	const char *name, *value;
	enum chaos_kind kind;
	int number;
} words[] = {
	{"kill", "before-commit", CHAOS_KILL_BEFORE, 0},
	{"kill", "after-commit", CHAOS_KILL_AFTER, 0},
	{"results", "missing", CHAOS_RESULTS, BEND_MISSING},
	{"results", "extra", CHAOS_RESULTS, BEND_EXTRA},
	{"results", "reversed", CHAOS_RESULTS, BEND_REVERSED},
	{"results", "twice", CHAOS_RESULTS, BEND_TWICE},
	{"results", "swapped", CHAOS_RESULTS, BEND_SWAPPED},
};

static void entry_free(void *data)
{
	struct entry *entry = data;

	g_free(entry->path);
	json_free(entry->items);
	g_free(entry);
}

struct chaos *chaos_new(void)
{
	struct chaos *chaos = g_new0(struct chaos, 1);

	g_queue_init(&chaos->faults);
	chaos->by_chance = g_ptr_array_new_with_free_func(entry_free);
	chaos->dice = g_rand_new_with_seed(1);
	return chaos;
}

void chaos_free(struct chaos *chaos)
{
	g_queue_clear_full(&chaos->faults, entry_free);
	g_ptr_array_unref(chaos->by_chance);
	g_rand_free(chaos->dice);
	json_free(chaos->poison);
	json_free(chaos->items);
	g_free(chaos);
}

/* Choosing -------------------------------------------------------------- */

static bool fits_path(const struct entry *entry, const char *path)
{
	return !entry->path || strcmp(entry->path, path) == 0;
}

static void take_in_hand(struct chaos *chaos, const struct entry *entry)
{
	chaos->now = entry->fault;
	chaos->items = entry->items ? json_copy(entry->items) : NULL;
}

static void choose_by_chance(struct chaos *chaos, const char *path)
{
	double chance = g_rand_double(chaos->dice);

	for (guint i = 0; i < chaos->by_chance->len; i++) {
		struct entry *entry = chaos->by_chance->pdata[i];

		chance -= entry->share;
		if (chance >= 0)
			continue;
		if (fits_path(entry, path))
			take_in_hand(chaos, entry);
		return;
	}
}

struct chaos_fault chaos_next(struct chaos *chaos, const char *path)
{
	struct entry *entry;

	if (!chaos)
		return (struct chaos_fault){.kind = CHAOS_NONE};
	chaos->now = (struct chaos_fault){.kind = CHAOS_NONE};
	g_clear_pointer(&chaos->items, json_free);
	if (strncmp(path, "/v1/", 4) != 0)
		return chaos->now;
	entry = g_queue_peek_head(&chaos->faults);
	if (entry && fits_path(entry, path)) {
		take_in_hand(chaos, entry);
		entry_free(g_queue_pop_head(&chaos->faults));
	} else {
		choose_by_chance(chaos, path);
	}
	return chaos->now;
}

struct chaos_fault chaos_in_hand(const struct chaos *chaos)
{
	return chaos ? chaos->now : (struct chaos_fault){.kind = CHAOS_NONE};
}

void chaos_die(void)
{
	kill(getpid(), SIGKILL);
}

void chaos_before_commit(const struct chaos *chaos)
{
	if (chaos_in_hand(chaos).kind == CHAOS_KILL_BEFORE)
		chaos_die();
}

/* Ops that are refused -------------------------------------------------- */

static struct json *refusal(const struct json *rule)
{
	int64_t status = json_int_or(rule, "status", 0);
	struct json *problem;

	if (status < 400)
		return NULL;
	problem = json_new_object();
	json_put_text(problem, "type", "about:blank");
	json_put_text(problem, "title", "ordered fault");
	json_put_int(problem, "status", status);
	json_put_text(problem, "code", json_text(rule, "code"));
	return problem;
}

static bool is_poisoned(const struct json *rule, const struct op *op)
{
	const char *agg_id = json_text(rule, "agg_id");
	const char *kind = json_text(rule, "kind");

	return (agg_id || kind) &&
	       (!agg_id || !g_strcmp0(agg_id, op->agg_id)) &&
	       (!kind || !g_strcmp0(kind, op->kind));
}

struct json *chaos_refusal(
	const struct chaos *chaos, const struct op *op, size_t index)
{
	size_t count = chaos ? json_length(chaos->items) : 0;

	if (!chaos)
		return NULL;
	json_each (rule, chaos->poison) {
		if (is_poisoned(rule, op))
			return refusal(rule);
	}
	if (count == 0)
		return NULL;
	index %= count;
	json_each (item, chaos->items) {
		if (index-- == 0)
			return refusal(item);
	}
	return NULL;
}

/* Orders ---------------------------------------------------------------- */

static bool read_number(
	const struct json *row, struct chaos_fault *fault, bool *is_good)
{
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		if (!json_get(row, numbers[i].name))
			continue;
		fault->kind = numbers[i].kind;
		fault->value = (int)CLAMP(
			json_int_or(row, numbers[i].name, -1), -1, G_MAXINT);
		*is_good = fault->value >= numbers[i].min &&
			   fault->value <= numbers[i].max;
		return true;
	}
	return false;
}

static bool read_word(const struct json *row, struct chaos_fault *fault)
{
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_strcmp0(json_text(row, words[i].name), words[i].value))
			continue;
		fault->kind = words[i].kind;
		fault->value = words[i].number;
		return true;
	}
	return false;
}

/* Seconds as a number, or any text. */
static void read_retry_after(const struct json *row, struct chaos_fault *fault)
{
	int64_t seconds = json_int_or(row, "retry_after_s", 0);

	if (seconds > 0)
		g_snprintf(fault->retry_after, sizeof(fault->retry_after),
			"%" G_GINT64_FORMAT, seconds);
	else
		g_strlcpy(fault->retry_after,
			json_text_or(row, "retry_after", ""),
			sizeof(fault->retry_after));
}

static bool read_fault(const struct json *row, struct chaos_fault *fault)
{
	const struct json *items = json_get(row, "items");
	bool is_good = false;

	*fault = (struct chaos_fault){.kind = CHAOS_NONE};
	read_retry_after(row, fault);
	if (read_number(row, fault, &is_good))
		return is_good;
	if (read_word(row, fault))
		return true;
	if (json_bool_or(row, "cut", false))
		fault->kind = CHAOS_CUT;
	else if (json_bool_or(row, "drop_reply", false))
		fault->kind = CHAOS_DROP_REPLY;
	else if (json_is_array(items) && json_length(items) <= CHAOS_MAX_ITEMS)
		fault->kind = CHAOS_ITEMS;
	return fault->kind != CHAOS_NONE;
}

static struct entry *make_entry(const struct json *row)
{
	struct entry *entry = g_new0(struct entry, 1);

	read_fault(row, &entry->fault);
	entry->path = g_strdup(json_text(row, "path"));
	entry->share = json_number_or(row, "share", 0);
	if (entry->fault.kind == CHAOS_ITEMS)
		entry->items = json_copy(json_get(row, "items"));
	return entry;
}

static bool are_faults(const struct json *list)
{
	if (!json_is_array(list) || json_length(list) > CHAOS_MAX_FAULTS)
		return false;
	json_each (row, list) {
		struct chaos_fault fault;

		if (!read_fault(row, &fault))
			return false;
	}
	return true;
}

static bool order_next(struct chaos *chaos, const struct json *next)
{
	if (!are_faults(next))
		return false;
	g_queue_clear_full(&chaos->faults, entry_free);
	json_each (row, next)
		g_queue_push_tail(&chaos->faults, make_entry(row));
	return true;
}

static bool order_random(struct chaos *chaos, const struct json *order)
{
	const struct json *faults = json_get(order, "faults");

	if (!are_faults(faults))
		return false;
	g_rand_set_seed(chaos->dice, (guint32)json_int_or(order, "seed", 1));
	g_ptr_array_set_size(chaos->by_chance, 0);
	json_each (row, faults)
		g_ptr_array_add(chaos->by_chance, make_entry(row));
	return true;
}

static bool order_poison(struct chaos *chaos, const struct json *poison)
{
	if (!json_is_array(poison) || json_length(poison) > CHAOS_MAX_FAULTS)
		return false;
	json_free(chaos->poison);
	chaos->poison = json_copy(poison);
	return true;
}

static bool is_name(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	return len > 0 && len <= 40 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static bool order_copy(struct platform *platform, const struct json *order,
	bool *is_good, GError **error)
{
	const char *backup = json_text(order, "backup");
	const char *restore = json_text(order, "restore");

	if ((backup && !is_name(backup)) || (restore && !is_name(restore))) {
		*is_good = false;
		return true;
	}
	return (!backup || platform_backup(platform, backup, error)) &&
	       (!restore || platform_restore(platform, restore, error));
}

static bool take_order(struct platform *platform, const struct json *order,
	bool *is_good, GError **error)
{
	struct chaos *chaos = platform->chaos;
	const struct json *next = json_get(order, "next");
	const struct json *random = json_get(order, "random");
	const struct json *poison = json_get(order, "poison");

	*is_good = json_length(order) > 0 &&
		   (!next || order_next(chaos, next)) &&
		   (!random || order_random(chaos, random)) &&
		   (!poison || order_poison(chaos, poison));
	return !*is_good || order_copy(platform, order, is_good, error);
}

struct reply *chaos_post(
	struct platform *platform, const struct request *request)
{
	AUTO(json) order = json_parse(request->body, request->body_len, NULL);
	g_autoptr(GError) error = NULL;
	struct json *result;
	bool is_good;

	if (!take_order(platform, order, &is_good, &error))
		return reply_error(platform, error);
	if (!is_good)
		return reply_problem(platform, PROBLEM_MALFORMED,
			"next must be a list of faults; see chaos.h");
	result = json_new_object();
	json_put_int(result, "queued", platform->chaos->faults.length);
	return reply_json(platform, 200, result);
}
