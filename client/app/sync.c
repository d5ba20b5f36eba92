/* The steps that wait or stopped: which one, of what, why, and what to do. What
 * the platform refused is told by the code of its problem, one row each; a code
 * that is not known here is told by the state of the step. */
#include <string.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/store/catalog_rows.h"
#include "client/store/feed.h"
#include "client/store/outbox.h"

enum { OPS_SHOWN = 40, HOUR_MS = 60 * 60 * 1000 };

struct op_words {
	const char *name;   /* kind, problem or aggregate */
	const char *text;   /* N_() */
	const char *advice; /* N_(): what to do; NULL: by the state */
};

static const struct op_words kinds[] = {
	{"case.accept", N_("acceptance")},
	{"case.refuse", N_("refusal")},
	{"case.document", N_("document")},
	{"case.change", N_("correction")},
	{"op.void", N_("step void")},
	{"op.supersede", N_("step corrected")},
	{"ticket.call", N_("number called")},
	{"ticket.recall", N_("called again")},
	{"ticket.skip", N_("number skipped")},
	{"ticket.park", N_("number parked")},
	{"ticket.resume", N_("number back")},
	{"ticket.transfer", N_("handed over")},
	{"ticket.finish", N_("visit ended")},
	{"ticket.open", N_("no-ticket visit")},
	{"rating.record", N_("citizen's rating")},
	{"window.pause", N_("window paused")},
	{"window.resume", N_("window open")},
	{"number.void", N_("number void")},
};

static const struct op_words problems[] = {
	{"version_conflict", N_("changed at both sides"),
		N_("hall desk: choose which value holds; both are kept")},
	{"invalid", N_("a value is not taken"),
		N_("hall desk: corrected by a new step, this one stays on "
		   "file")},
	{"malformed", N_("not understood"),
		N_("technician: the versions of both sides do not agree")},
	{"method_not_allowed", N_("not understood"),
		N_("technician: the versions of both sides do not agree")},
	{"not_found", N_("case or number not known there"),
		N_("hall desk: ask the platform's office for it")},
	{"forbidden", N_("this window has no right to it"),
		N_("hall desk: the window's right or token is renewed")},
	{"unauthorized", N_("this window is not let in"),
		N_("hall desk: the window's token is renewed")},
	{"digest_mismatch", N_("arrived other than it was sent"),
		N_("technician: run yikou verify, then look at the line")},
	{"id_reused", N_("another step is in its place"),
		N_("technician: run yikou verify; do not go on by hand")},
	{"sequence_reused", N_("another step is in its place"),
		N_("technician: run yikou verify; do not go on by hand")},
	{"chain_broken", N_("a step before it is missing there"),
		N_("technician: run yikou verify; do not go on by hand")},
	{"number_taken", N_("the number is used there already"),
		N_("hall desk: a new number; the old one is accounted for")},
	{"number_not_leased", N_("the number is not of this window"),
		N_("hall desk: a new number; the old one is accounted for")},
	{"numbers_exhausted", N_("no numbers left there"),
		N_("hall desk: ask the platform's office for numbers")},
	{"illegal_state", N_("the case has moved on there"),
		N_("hall desk: ask the department; this step is voided")},
	{"already_rated", N_("rated once already"),
		N_("nothing for the citizen; hall desk takes it off")},
	{"too_large", N_("larger than the platform takes"),
		N_("hall desk: take the pages again, smaller")},
	{"unsupported_media_type", N_("kind of file not taken"),
		N_("hall desk: take the pages again with the camera")},
	{"missing_blobs", N_("its pages go first")},
	{"out_of_order", N_("the step before goes first")},
	{"skipped", N_("the step before goes first")},
	{"rate_limited", N_("the platform is busy")},
	{"internal", N_("the platform has a fault")},
	{"unavailable", N_("the platform is not ready")},
	{"storage_full", N_("the platform is full")},
};

/* What is safe, by what the step is about. */
static const struct op_words kept[] = {
	{"case", N_("form, documents and notices are here, not there yet")},
	{"ticket", N_("the number and its visit are here as they were")},
	{"rating", N_("what the citizen pressed is here, unchanged")},
};

static const struct op_words *find(
	const struct op_words *words, size_t count, const char *name)
{
	for (size_t i = 0; name && i < count; i++) {
		if (!strcmp(words[i].name, name))
			return &words[i];
	}
	return NULL;
}

#define FIND(table, name) find(table, G_N_ELEMENTS(table), name)

static bool is_parked(const struct op *op)
{
	return op->state == OP_DEAD || op->state == OP_CONFLICT;
}

/* What it is about -------------------------------------------------------- */

static char *number_of_ticket(struct app *app, const char *ticket_id)
{
	AUTO(ticket) ticket =
		ticket_id ? ticket_load(app->store, ticket_id, NULL) : NULL;

	return g_strdup(ticket ? ticket->number : "");
}

static char *number_of_rating(struct app *app, const struct op *op)
{
	AUTO(json) body = json_parse(op->body, strlen(op->body), NULL);

	return number_of_ticket(app, json_text(body, "ticket_id"));
}

/* The number people know it by. */
static char *subject_of(struct app *app, const struct op *op)
{
	AUTO(case_record) record = NULL;

	if (!strcmp(op->agg, "ticket"))
		return number_of_ticket(app, op->agg_id);
	if (!strcmp(op->agg, "rating"))
		return number_of_rating(app, op);
	if (strcmp(op->agg, "case") != 0)
		return g_strdup(config_text(app->config, "window.short"));
	record = case_load(app->store, op->agg_id, NULL);
	return g_strdup(record ? record->case_no : "");
}

static const char *kind_text(const struct op *op)
{
	const struct op_words *words = FIND(kinds, op->kind);

	return words ? _(words->text) : op->kind;
}

/* Of today: the time; older: the day. */
static char *since_of(struct app *app, const struct op *op)
{
	AUTO(json) time = json_parse(op->time, strlen(op->time), NULL);
	int64_t ms = clock_parse(json_text_or(time, "wall", ""));

	if (ms <= 0)
		return g_strdup("");
	return clock_format(
		ms, clock_day(ms) == app_today(app) ? "%H:%M" : "%m-%d");
}

/* Why --------------------------------------------------------------------- */

/* The parked one that an op of the same lane waits for. Parked ones stand
 * before all others. */
static const struct op *parked_before(const GPtrArray *ops, const struct op *op)
{
	for (guint i = 0; i < ops->len; i++) {
		const struct op *other = ops->pdata[i];

		if (!is_parked(other))
			return NULL;
		if (!is_parked(op) && !strcmp(other->agg_id, op->agg_id))
			return other;
	}
	return NULL;
}

static const char *waits_text(const struct app *app, const struct op *op)
{
	if (op->state == OP_LEASED)
		return _("is being sent");
	if (op->state == OP_WAIT_BLOB)
		return _("its pages go first");
	return upstream_is_down(app) ? _("the platform does not answer")
				     : _("its turn comes by itself");
}

static char *why_of(
	const struct app *app, const GPtrArray *ops, const struct op *op)
{
	const struct op_words *problem = FIND(problems, op->problem);
	const char *text = problem ? _(problem->text) : op->problem;

	if (op->state == OP_CONFLICT)
		return g_strdup_printf(_("conflict: %s"), text);
	if (op->state == OP_DEAD)
		return g_strdup_printf(_("refused: %s"), text);
	if (parked_before(ops, op))
		return g_strdup(_("waits behind a parked step"));
	if (op->state == OP_READY && text && *text)
		return g_strdup_printf(_("again soon: %s"), text);
	return g_strdup(waits_text(app, op));
}

static const char *advice_for(
	struct app *app, const GPtrArray *ops, const struct op *op)
{
	const struct op *before = parked_before(ops, op);
	const struct op_words *problem =
		FIND(problems, before ? before->problem : op->problem);

	if (conflict_is_open(app, op))
		return _("F4 in this list: choose which value holds; both are "
			 "kept");
	if (is_parked(op) || before)
		return problem && problem->advice
			       ? _(problem->advice)
			       : _("hall desk: tell them number and reason");
	return upstream_is_down(app)
		       ? _("nothing: it goes by itself; F5 tries now")
		       : _("nothing: it goes by itself");
}

static void show_detail(struct app *app, const GPtrArray *ops)
{
	struct sync_model *out = &app->model.sync;
	const struct op *op;
	const struct op_words *safe;
	g_autofree char *why = NULL, *happened = NULL, *here = NULL;
	g_autofree char *todo = NULL;

	g_ptr_array_set_size(out->detail, 0);
	if (out->focus < 0 || (guint)out->focus >= ops->len)
		return;
	op = ops->pdata[out->focus];
	safe = FIND(kept, op->agg);
	why = why_of(app, ops, op);
	happened = g_strdup_printf(_("happened  %s"), why);
	here = g_strdup_printf(_("kept      %s"),
		safe ? _(safe->text) : _("the step is here as it was made"));
	todo = g_strdup_printf(_("to do     %s"), advice_for(app, ops, op));
	model_line(out->detail, happened);
	model_line(out->detail, here);
	model_line(out->detail, todo);
	if (is_parked(op))
		model_line(out->detail,
			_("not       F5: it sends the same once more and "
			  "changes nothing"));
}

/* The list ---------------------------------------------------------------- */

static void take_ops(struct app *app, GPtrArray *all, enum op_state state)
{
	GPtrArray *ops = outbox_list(app->store, state, OPS_SHOWN, NULL);

	if (ops)
		g_ptr_array_extend_and_steal(all, ops);
}

static GPtrArray *list_ops(struct app *app)
{
	static const enum op_state shown[] = {OP_DEAD, OP_CONFLICT,
		OP_WAIT_BLOB, OP_READY, OP_QUEUED, OP_LEASED};
	GPtrArray *all =
		g_ptr_array_new_with_free_func((GDestroyNotify)op_free);

	for (size_t i = 0; i < G_N_ELEMENTS(shown); i++)
		take_ops(app, all, shown[i]);
	return all;
}

static void add_row(struct app *app, const GPtrArray *ops, const struct op *op)
{
	struct op_model *row = model_add_op(app->model.sync.ops);
	g_autofree char *subject = subject_of(app, op);
	g_autofree char *why = why_of(app, ops, op);
	g_autofree char *since = since_of(app, op);
	g_autofree char *tries = g_strdup_printf("%d", op->attempts);

	model_text(&row->case_no, subject);
	model_text(&row->kind, kind_text(op));
	model_text(&row->why, why);
	model_text(&row->since, since);
	model_text(&row->tries, tries);
	row->is_conflict = conflict_is_open(app, op);
}

/* The pointer stays on its step while others come and go. */
static void keep_focus(struct app *app, const GPtrArray *ops)
{
	int *focus = &app->model.sync.focus;

	for (guint i = 0; i < ops->len; i++) {
		const struct op *op = ops->pdata[i];

		if (!strcmp(op->op_id, app->sync_op))
			*focus = (int)i;
	}
	*focus = CLAMP(*focus, 0, MAX((int)ops->len - 1, 0));
	g_strlcpy(app->sync_op,
		ops->len ? ((struct op *)ops->pdata[*focus])->op_id : "",
		sizeof(app->sync_op));
}

static void show_counts(struct app *app)
{
	struct sync_model *out = &app->model.sync;
	struct store_counts counts = {0};
	g_autofree char *line1 = NULL, *line2 = NULL, *last = NULL;
	int64_t last_ms = json_int_or(app->link_state, "last_success_ms", 0);
	const char *fault = text_link_fault(json_text(app->link_state, "why"));
	int aside = (int)feed_set_aside(app->store, "catalog");
	int held = (int)catalog_count_held(app->store);
	g_autofree char *catalogue = g_strdup_printf(
		_("Catalogue: %d entries set aside, %d withdrawals held; yikou "
		  "check says which."),
		aside, held);

	store_counts(app->store, &counts, NULL);
	line1 = g_strdup_printf(_("unsent %d  parked %d"), (int)counts.unsent,
		(int)counts.parked);
	line2 = g_strdup_printf(_("attachments to send %d  numbers left %d  "
				  "clock offset %.1f s"),
		(int)counts.blobs, (int)counts.numbers,
		(double)json_int_or(app->link_state, "clock_offset_ms", 0) /
			1000);
	if (last_ms > 0)
		last = clock_format(last_ms, "%H:%M:%S");
	model_text(&out->line1, line1);
	model_text(&out->line2, line2);
	model_text(&out->last_success, last);
	model_text(&out->check,
		fault                   ? fault
		: aside > 0 || held > 0 ? catalogue
		: counts.parked > 0
			? _("Parked steps stop only their own case; the others "
			    "continue.")
			: _("Unsent steps are kept here; a power cut loses "
			    "none."));
}

void sync_show(struct app *app)
{
	g_autoptr(GPtrArray) ops = list_ops(app);

	show_counts(app);
	keep_focus(app, ops);
	g_ptr_array_set_size(app->model.sync.ops, 0);
	for (guint i = 0; i < ops->len; i++)
		add_row(app, ops, ops->pdata[i]);
	show_detail(app, ops);
}

int64_t sync_seq_at(struct app *app, int index)
{
	g_autoptr(GPtrArray) ops = list_ops(app);

	return index >= 0 && (guint)index < ops->len
		       ? ((struct op *)ops->pdata[index])->store_seq
		       : 0;
}

void sync_focus(struct app *app, struct intent *intent)
{
	g_autoptr(GPtrArray) ops = NULL;

	if (app->model.view != VIEW_SYNC || intent->index < 0 ||
		(guint)intent->index >= app->model.sync.ops->len)
		return;
	ops = list_ops(app);
	if ((guint)intent->index < ops->len) {
		app->model.sync.focus = intent->index;
		g_strlcpy(app->sync_op,
			((struct op *)ops->pdata[intent->index])->op_id,
			sizeof(app->sync_op));
	}
	sync_show(app);
}

/* The header -------------------------------------------------------------- */

/* Yellow: what a person must settle, and what waits for four hours; red: what
 * waits for a day, when a case that only this window knows is a defect. */
void sync_warn(const struct store_counts *counts, struct header_model *header)
{
	int64_t age_ms =
		counts->oldest_ms > 0 ? clock_wall_ms() - counts->oldest_ms : 0;

	header->yellow = (int)counts->parked;
	header->red = 0;
	if (age_ms >= 24 * HOUR_MS)
		header->red++;
	else if (age_ms >= 4 * HOUR_MS)
		header->yellow++;
}
