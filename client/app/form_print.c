/* Printing a form for signature: rendered by yikou-paper, sent to the printer
 * or kept in the outbox folder, remembered at its material. The visit may be
 * over by then; the paper is out all the same, and stands in the audit. */
#include <string.h>
#include <unistd.h>

#include "client/app/private.h"
#include "client/base/clock.h"
#include "client/base/error.h"
#include "client/base/log.h"
#include "client/paper/print.h"
#include "client/paper/render.h"

static const char template_name[] = "application-form";

struct form_job {
	struct app *app;     /* borrowed: until alive is cancelled */
	GCancellable *alive; /* own */
	char case_id[UUID_TEXT];
	int index; /* of the material */
	char values[SHA256_TEXT];
	char sha256[SHA256_TEXT];
	int pages;
	char *file;  /* own: where it is rendered */
	char *title; /* own */
};

static void job_free(struct form_job *job)
{
	unlink(job->file);
	g_free(job->file);
	g_free(job->title);
	g_object_unref(job->alive);
	g_free(job);
}

/* The material it was made for; NULL when another visit is in hand, or this
 * one has other papers now. */
static struct json *job_material(const struct form_job *job)
{
	struct app *app = job->app;

	if (!materials_editable(app) ||
		strcmp(app->visit.record->case_id, job->case_id))
		return NULL;
	return materials_at(app, job->index);
}

static void job_end(struct form_job *job)
{
	struct app *app = job->app;

	app->form_jobs--;
	if (job_material(job))
		app->visit.printing = 0;
	job_free(job);
	materials_show(app);
}

static void job_fail(struct form_job *job, const GError *error)
{
	struct app *app = job->app;

	log_error(error, "application form");
	if (error->domain == STORE_ERROR)
		app_say_error(app, error);
	else
		app_say(app,
			_("The form did not come out: %s Nothing is lost; F6 "
			  "prints it again."),
			text_error(error));
	job_end(job);
}

/* The tick was for another paper; pages stay, and are old. */
static void keep_print(
	struct form_job *job, struct json *material, const char *where)
{
	struct json *printed = json_new_object();
	g_autofree char *at = clock_format(app_now_ms(job->app), "%H:%M");

	json_put_text(printed, "values", job->values);
	json_put_text(printed, "at", at);
	json_put_int(printed, "pages", job->pages);
	json_put_text(printed, "sha256", job->sha256);
	json_put_text(printed, "where", where);
	json_put(material, "printed", printed);
	if (!strcmp(json_text_or(material, "form", ""), "paper"))
		json_put_text(material, "form", "");
	g_ptr_array_set_size(job->app->visit.paper_undo, 0);
}

static void note_print(const struct form_job *job)
{
	struct app *app = job->app;
	struct actor actor = app_actor(app);
	struct json *details = json_new_object();
	g_autoptr(GError) error = NULL;

	json_put_text(details, "kind", template_name);
	json_put_int(details, "material", job->index + 1);
	if (!audit_record(app->store, AUDIT_PRINT, &actor, "case", job->case_id,
		    "ok", details, &error))
		app_say_error(app, error);
}

static void say_out(struct app *app, int index, const char *where)
{
	if (g_str_has_prefix(where, "cups:"))
		app_say(app,
			_("No. %d is printed: to be signed, then Space or "
			  "F7."),
			index + 1);
	else
		app_say(app,
			_("No. %d is kept in the outbox: to be printed and "
			  "signed, then Space or F7."),
			index + 1);
}

static void printed(void *context, const char *where, const GError *error)
{
	struct form_job *job = context;
	struct app *app = job->app;
	struct json *material;
	int index = job->index;

	if (g_cancellable_is_cancelled(job->alive)) {
		job_free(job);
		return;
	}
	if (error) {
		job_fail(job, error);
		return;
	}
	note_print(job);
	material = job_material(job);
	if (material)
		keep_print(job, material, where);
	job_end(job);
	if (!material)
		return;
	materials_changed(app);
	say_out(app, index, where);
}

static void rendered(
	void *context, const struct render_result *result, const GError *error)
{
	struct form_job *job = context;
	struct app *app = job->app;

	if (g_cancellable_is_cancelled(job->alive)) {
		job_free(job);
		return;
	}
	if (error) {
		job_fail(job, error);
		return;
	}
	job->pages = result->pages;
	g_strlcpy(job->sha256, result->sha256, sizeof(job->sha256));
	print_document(
		&(const struct print_job){
			.file = job->file,
			.queue = config_text(app->config, "printing.queue"),
			.outbox = config_path(app->config, "paths.outbox"),
			.title = job->title,
			.copies = 1,
		},
		printed, job);
}

static struct form_job *job_new(
	struct app *app, int index, const struct catalog_material *def)
{
	struct form_job *job = g_new0(struct form_job, 1);
	g_autofree char *day = clock_format(app_now_ms(app), "%Y%m%d");
	g_autofree char *name = NULL;

	job->app = app;
	job->alive = g_object_ref(app->alive);
	job->index = index;
	g_strlcpy(
		job->case_id, app->visit.record->case_id, sizeof(job->case_id));
	name = g_strdup_printf("%s-form-%d.pdf", job->case_id, def->no);
	/* Not in the runtime folder: the device controller works there too. */
	job->file = config_state(app->config, name);
	job->title = g_strdup_printf(
		"%s-%s-%s", day, app->visit.ticket->number, def->name);
	return job;
}

/* The form that may be printed now; NULL, and said, when there is none. */
static const struct catalog_material *printable(struct app *app, int index)
{
	const struct json *material = materials_at(app, index);
	const struct catalog_material *def;

	if (!materials_editable(app) || !material)
		return NULL;
	def = item_material(
		app->visit.item, (int)json_int_or(material, "no", 0));
	if (def && def->printed_here &&
		strcmp(json_text_or(material, "state", ""), "not-needed"))
		return def;
	app_say(app, _("The applicant brings this document; only forms filled "
		       "in here are printed."));
	return NULL;
}

static bool is_filled(struct app *app)
{
	AUTO(json) sources = NULL;
	struct fields fields = form_fields(app, &sources);
	g_autoptr(GArray) problems = form_check(
		fields.def, fields.values, fields.sources, fields.today);

	if (problems->len > 0)
		app_say(app,
			_("Not printed: the form has %u to fix. Esc goes back, "
			  "everything is kept."),
			problems->len);
	return problems->len == 0;
}

void paper_form_print(struct app *app, int index)
{
	const struct catalog_material *def = printable(app, index);
	g_autofree char *templates = NULL;
	struct form_job *job;
	struct json *data;

	if (!def || !is_filled(app))
		return;
	if (app->form_jobs > 0) {
		app_say(app, _("A form is being printed; please wait for "
			       "it."));
		return;
	}
	templates = config_data(app->config, "templates");
	job = job_new(app, index, def);
	data = paper_form_data(app, def, job->values);
	app->form_jobs++;
	app->visit.printing = index + 1;
	materials_show(app);
	render_document(
		templates, template_name, data, job->file, rendered, job);
}

void paper_form_preview(struct app *app, int index)
{
	const struct catalog_material *def = printable(app, index);
	g_autoptr(GError) error = NULL;
	AUTO(json) data = NULL;
	char values[SHA256_TEXT];

	if (!def)
		return;
	data = paper_form_data(app, def, values);
	dialog_open(app, DIALOG_FORM, index);
	if (!paper_preview(app, template_name, data, app->model.dialog.lines,
		    &error)) {
		dialog_close(app, NULL);
		app_say_error(app, error);
		return;
	}
	app_changed(app, false);
}

void materials_print(struct app *app, struct intent *intent)
{
	paper_form_print(app, intent->index);
}
