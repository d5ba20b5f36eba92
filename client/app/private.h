/* Inside of client/app: the state and what its files offer each other. */
#ifndef CLIENT_APP_PRIVATE_H
#define CLIENT_APP_PRIVATE_H

#include "client/app/app.h"
#include "client/base/json.h"
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

#include "client/base/line.h"
#include "client/catalog/catalog.h"
#include "client/rules/calendar.h"
#include "client/store/audit.h"
#include "client/store/case.h"
#include "client/store/store.h"
#include "client/store/ticket.h"
#include "config/people.h"
#include "ui/text.h"

struct capture;

enum { UNDO_MAX = 50, PAGES_MAX = 200 };

/* The visit in hand. The case record is made when the applicant is confirmed;
 * its body is the only copy of what was typed. */
struct visit {
	bool open;
	struct ticket *ticket;           /* own */
	struct case_record *record;      /* own */
	const struct catalog_item *item; /* held: as the case began with it */
	/* own: of the form, field -> where from; fields that were left once */
	struct json *origins, *touched;
	struct json *person_origins, *person_touched; /* own: of identify */
	GPtrArray *undo;         /* own: struct json, form values */
	int64_t began_ms;        /* or taken up again, wall clock */
	bool reading;            /* the card reader was asked */
	GPtrArray *paper_undo;   /* own: struct json, body.materials */
	struct capture *capture; /* of app->captures: the one that runs */
	char source[8];          /* of pages: "flatbed", "feeder"; "": camera */
	int printing;            /* material whose form is made, from 1; 0 */
};

/* The rating runs on after the home view is back. */
struct rating_session {
	bool open;
	char ticket_id[UUID_TEXT], case_id[UUID_TEXT], ticket_no[16];
	int64_t until_boot_ms;
	guint timer;
	int result;    /* enum rating, 0: none yet */
	bool unsaved;  /* result is not in the store: it could not be written */
	bool pad_gone; /* while it was asked: the citizen may have answered */
};

struct session {
	const struct person *person; /* borrowed; NULL: nobody */
	char id[UUID_TEXT];
	bool locked, paused;
	enum view_id view_before_lock;
};

/* Which question the open dialog asks. */
enum dialog_kind {
	DIALOG_NONE,
	DIALOG_ASIDE,
	DIALOG_PARK,
	DIALOG_SKIP,
	DIALOG_TRANSFER,
	DIALOG_ABANDON,
	DIALOG_PAUSE,
	DIALOG_OUT_OF_TURN,
	DIALOG_SOURCE,
	DIALOG_REASON,
	DIALOG_REVEAL,
	DIALOG_PREVIEW,
	DIALOG_FORM,
	DIALOG_DOCUMENT,
	DIALOG_REPRINT,
	DIALOG_QUIT,
	DIALOG_ITEM,
	DIALOG_BACK,
	DIALOG_COLLECT,
	DIALOG_CONFLICT,
	DIALOG_KIND_COUNT
};

struct app {
	const struct config *config; /* borrowed */
	const struct app_ops *ops;   /* borrowed */
	void *context;
	struct store *store;        /* own */
	struct catalog *catalog;    /* own */
	GPtrArray *catalogue_lines; /* own: char *, to be told to a clerk */
	struct calendar *calendar;  /* own */
	struct people *people;      /* own */
	struct json *reasons;       /* own: config/rules/refusal-reasons.json */
	struct form_def *applicant_def; /* own */
	struct line_client *devd;       /* own */
	struct line_client *syncd;      /* own */
	int lock_fd;
	struct model model;
	struct session session;
	struct visit visit;
	struct rating_session rating;
	struct json *link_state; /* own: last state line of yikou-syncd */
	GPtrArray *devices;      /* own: struct json, last state of each */
	GPtrArray *captures;     /* own: struct capture, not answered yet */
	GArray *item_hits;       /* own: struct search_hit */
	GPtrArray *search_hits;  /* own: struct case_hit */
	GPtrArray *waiting;      /* own: struct ticket, as in the model */
	GPtrArray *parked;       /* own */
	char shown_case[UUID_TEXT];
	char sync_op[UUID_TEXT];       /* the step in focus on the sync view */
	int64_t conflict_seq;          /* the change whose conflict is shown */
	struct json *conflict_fields;  /* own: as conflict.h has them */
	struct json *conflict_choices; /* own: path to "here", ... */
	enum view_id view_before; /* what search, devices, sync go back to */
	enum dialog_kind dialog;
	int dialog_index;                    /* what the dialog is about */
	char dialog_ticket[UUID_TEXT];       /* likewise, of the queue */
	char dialog_item[ITEM_CODE_LEN + 1]; /* likewise, another item */
	int64_t last_call_boot_ms;
	int64_t touched_boot_ms;
	int64_t checked_boot_ms; /* last check of the store; 0 not yet */
	bool check_runs;
	guint minute_timer, second_timer, lock_timer, pad_timer, reveal_timer,
		revive_timer, check_timer;
	guint revive_ms;              /* to the next try */
	bool store_failed;            /* nothing is received any more */
	bool store_damaged;           /* and it cannot mend by itself */
	int jobs;                     /* documents being made or printed */
	int form_jobs;                /* forms likewise */
	char reprint_case[UUID_TEXT]; /* whose papers the dialog is about */
	char reprint_kind[40];        /* the one that was chosen */
	GPtrArray *pending_documents; /* own: char * case_id, of a start */
	GCancellable *alive;          /* own: cancelled when app goes */
};

/* ticks.c */
int64_t app_now_ms(const struct app *app); /* the platform's time */
int app_today(const struct app *app);      /* 20261123 */
void app_arm_minute(struct app *app);
/* Calls once a second while something counts down. */
void app_tick_seconds(struct app *app);

/* app.c */
struct actor app_actor(const struct app *app);
void app_changed(struct app *app, bool reload);
/* The message line; also kept in the log of the visit. */
void app_say(struct app *app, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The sentence of an error after what was tried; STORE_ERROR raises the
 * banner. */
void app_say_error(struct app *app, const GError *error);
/* False, and said, when this person or a broken store may not begin a visit or
 * decide one. */
bool app_may_receive(struct app *app);
/* After a full disk or the like: receiving goes on when a write succeeds. */
void app_try_store(struct app *app);
void app_show(struct app *app, enum view_id view);
void app_refresh_header(struct app *app);
void app_quit(struct app *app); /* stays when the draft cannot be saved */
struct json *app_sources(const struct app *app); /* caller frees */
struct json *app_record_sources(const struct case_record *record);

/* session.c */
void session_show_login(struct app *app);
void session_login(struct app *app, struct intent *intent);
void session_unlock(struct app *app, struct intent *intent);
void session_lock(struct app *app, struct intent *intent);
void session_logout(struct app *app, struct intent *intent);
void session_pause(struct app *app, struct intent *intent);
void session_set_paused(struct app *app, bool paused, const char *reason);
void session_arm_lock(struct app *app);
/* The role a person acts in at a window; NULL: none. */
const char *session_role(const struct person *person);
/* May the person in hand have visits and decide? */
bool session_may_serve(const struct app *app);

/* dialog.c */
void dialog_open(struct app *app, enum dialog_kind kind, int index);
void dialog_close(struct app *app, struct intent *intent);
void dialog_choice(struct app *app, struct intent *intent);

/* queue.c */
void queue_refresh(struct app *app);
void queue_call_next(struct app *app, struct intent *intent);
void queue_call_this(struct app *app, struct intent *intent);
/* Of dialog_ticket. */
void queue_call_out_of_turn(struct app *app, const char *reason);
void queue_call_again(struct app *app, struct intent *intent);
void queue_take_back(struct app *app, struct intent *intent);
void queue_without_ticket(struct app *app, struct intent *intent);
/* True, and said, when the visit in hand is decided. */
bool queue_is_decided(struct app *app);
/* What is to be known of a ticket before it is called. Caller frees. */
char *queue_note(const struct ticket *ticket);

/* queue_aside.c */
void queue_aside(struct app *app, struct intent *intent);
/* Choices of the question which one comes back; the code is its ticket. */
void queue_fill_back(struct app *app);
void queue_answer_back(struct app *app, const char *code, const char *reason);
/* Ends the visit without a decision: the ticket is parked, skipped, handed to
 * another window or finished; a draft is kept when parked, else given up. */
void queue_put_aside(struct app *app, enum ticket_action action,
	const char *reason, const char *target);
/* The platform gave the ticket to another window, or ended it. */
bool queue_is_elsewhere(const GError *error);
void queue_update_guard(struct app *app);

/* visit.c */
void visit_begin(struct app *app, struct ticket *take_ticket);
void visit_end(struct app *app); /* frees; the store was told before */
/* To a step, saving what there is together with the mark of the step; stays
 * where it is when that fails. */
void visit_go(struct app *app, enum view_id step);
void visit_back(struct app *app, struct intent *intent);
void visit_home(struct app *app, struct intent *intent);
void visit_resume(struct app *app, struct intent *intent);
/* The visit that was left without an end: its mark stands and its ticket is
 * still called here. A mark without such a ticket is cleared. */
bool visit_interrupted(struct app *app, struct visit_mark *mark);
/* Takes up what a crash cut short, or a parked ticket. False when the draft is
 * not to be found. */
bool visit_restore(struct app *app, const struct visit_mark *mark);
/* Saves the draft and the mark; says so when it fails. */
bool visit_save(struct app *app);
void visit_show_head(struct app *app);
const char *visit_applicant_name(const struct app *app);

/* fields.c: a form definition and its values as fields of the model */
struct fields {
	const struct form_def *def;
	struct json *values;        /* borrowed, changed by the setters */
	const struct json *sources; /* borrowed */
	const struct json *origins; /* borrowed, may be NULL */
	struct json *touched;       /* borrowed, may be NULL: all */
	int today;
};
/* Rebuilds out->fields; returns how many problems there are among the fields
 * that were touched. */
int fields_show(const struct fields *fields, struct form_model *out);
/* The value of a field as typed. */
void fields_set(const struct fields *fields, int index, const char *typed);
void fields_set_cell(const struct fields *fields, int index, int row,
	int column, const char *typed);
bool fields_row_add(const struct fields *fields, int index);
bool fields_row_remove(const struct fields *fields, int index, int row);
/* A number that is filled in from the applicant's document, and is another one
 * now. */
bool fields_is_odd(const struct fields *fields, const struct form_field *field);
/* The first field that needs something, -1 when none: index into def. */
int fields_first_problem(const struct fields *fields, GArray *problems);
/* The first field that is required and empty; the last when all are filled. */
int fields_first_open(const struct fields *fields);
void fields_touch_all(const struct fields *fields);

/* fields_text.c */
char *fields_problem_text(const struct form_problem *problem); /* translated */

/* identify_def.c */
struct form_def *identify_def_new(void);
void identify_def_free(struct form_def *def);

/* identify.c */
void identify_show(struct app *app, bool reload);
void identify_set(struct app *app, struct intent *intent);
void identify_next(struct app *app);
void identify_read_card(struct app *app, struct intent *intent);
/* The reader looks for no card any more; no effect when it did not. */
void identify_stop_reading(struct app *app);

/* catalogue.c */
/* Takes what the platform sent of the catalogue. */
void catalogue_update(struct app *app);
/* Says what was not said yet; false when there was nothing, or nobody. */
bool catalogue_tell(struct app *app);
/* Keeps the item for the case in hand; false, and said, when that fails. */
bool catalogue_keep(struct app *app, const struct catalog_item *item);
/* The item as the case began with it; the one of today when that was never
 * kept; NULL when there is neither. item_drop() it. */
const struct catalog_item *catalogue_item_of(
	const struct app *app, const struct case_record *record);

/* item.c */
void item_show(struct app *app, const char *filter);
/* The catalogue changed: the list is made again, the focus stays on its item.
 */
void item_refresh(struct app *app);
void item_filter(struct app *app, struct intent *intent);
void item_focus(struct app *app, struct intent *intent);
void item_choose(struct app *app, struct intent *intent);
/* The item of the visit from now on; on to its form. */
void item_take(struct app *app, const char *code);
/* What holds in the situation of a case; record may be NULL, or of another
 * item. */
struct item_limits {
	const struct catalog_limit *promise, *statutory;
};
struct item_limits item_limits(
	const struct catalog_item *item, const struct case_record *record);

/* item_switch.c */
/* What the clerk did for the item in hand, as a sentence; NULL: nothing. */
char *item_switch_text(const struct app *app);
/* Puts by what there is of the item in hand, and takes up what was put by of
 * this one; as it began then, as of today else. False, and said, when the item
 * could not be kept. The same one again is nothing. */
bool item_switch(struct app *app, const struct catalog_item *item);

/* form.c */
void form_show(struct app *app, bool reload);
void form_set(struct app *app, struct intent *intent);
void form_set_cell(struct app *app, struct intent *intent);
void form_row_add(struct app *app, struct intent *intent);
void form_row_remove(struct app *app, struct intent *intent);
void form_next(struct app *app, struct intent *intent);
void form_undo(struct app *app, struct intent *intent);
struct fields form_fields(struct app *app, struct json **own_sources);

/* materials.c */
/* After item and form changes. Returns as materials_match(). */
size_t materials_setup(struct app *app);
void materials_show(struct app *app);
void materials_focus(struct app *app, struct intent *intent);
void materials_mark(struct app *app, struct intent *intent);
void materials_source(struct app *app, struct intent *intent);
void materials_done(struct app *app, struct intent *intent);
struct json *materials_at(const struct app *app, int index); /* NULL: none */
size_t materials_pages(const struct json *material);
/* What of it is not ticked yet, as one text; NULL: all is. Caller frees. */
char *materials_unticked(
	const struct catalog_material *def, const struct json *material);
bool materials_editable(const struct app *app);
/* After a change of body.materials: states, model, draft. */
void materials_changed(struct app *app);
/* For the judgement: fills at most ACCEPTANCE_MAX rows. */
size_t materials_for_acceptance(
	const struct app *app, struct acceptance_material *rows);

/* materials_list.c */
/* Brings body.materials into the item's list of today, by name. Returns how
 * many papers that were handed in have no place in it any more. */
size_t materials_match(struct json *body, const struct catalog_item *item);

/* capture.c */
void materials_take_from(struct app *app, int index, const char *source);
void materials_capture(struct app *app, struct intent *intent);
void materials_retake(struct app *app, struct intent *intent);
void materials_page_remove(struct app *app, struct intent *intent);
void materials_page_move(struct app *app, struct intent *intent);
void materials_undo(struct app *app);
bool capture_is_running(const struct app *app, int material);
/* What still comes is thrown away. */
void capture_stop(struct app *app);

/* judge.c */
struct judgement {
	struct acceptance acceptance;
	size_t problems;              /* of the form */
	const struct form_lead *lead; /* borrowed of the item */
};
struct judgement judge_case(struct app *app);
/* What stands in the way of acceptance: what, which line, how many; NULL:
 * nothing. Caller frees. */
char *judge_blocker(struct app *app, const struct judgement *judged);

/* decide.c */
void decide_show(struct app *app);
void decide_outcome(struct app *app, struct intent *intent);
void decide_reason(struct app *app, struct intent *intent);
void decide_set_reason(struct app *app, const char *reason);
void decide_do(struct app *app, struct intent *intent);
void decide_preview(struct app *app, struct intent *intent);

/* grounds.c: the law behind a decision on the item in hand */
/* May this reason of config/rules be given? */
bool grounds_reason_fits(const struct app *app, const struct json *reason);
/* As the papers name it; reason of a refusal, else NULL. */
const char *grounds_basis(
	const struct app *app, enum case_event event, const char *reason);
/* Where to apply instead, "" nowhere. */
const char *grounds_organ(const struct app *app, const char *reason,
	const struct form_lead *lead);

/* paper_data.c: what the templates get; caller frees */
struct json *paper_data(const struct app *app, const struct case_record *record,
	const struct case_document *document);
struct json *paper_item(
	const struct case_record *record, const struct catalog_item *item);
struct json *paper_applicant(const struct json *applicant);
void paper_put_window(const struct app *app, struct json *data);
/* The document as lines of text, added to lines. */
bool paper_preview(const struct app *app, const char *template,
	const struct json *data, GPtrArray *lines, GError **error);

/* paper_form.c: the forms that are printed here and signed */
enum form_print { FORM_NOT_PRINTED, FORM_PRINTED, FORM_PRINTED_OLD };
enum form_print paper_form_print_of(const struct app *app,
	const struct catalog_material *def, const struct json *material);
/* What came in is no paper of the present values. Only of what was printed
 * here: a paper of the applicant's own is for the clerk to compare. */
bool paper_form_is_old(const struct app *app,
	const struct catalog_material *def, const struct json *material);
/* The paper came in, ticked or captured: it is one of the present values. */
void paper_form_came_in(const struct app *app, struct json *material);
/* When, how many pages, which values; NULL: never. Caller frees. */
char *paper_form_line(const struct json *material);
const char *paper_form_place(const struct json *material); /* NULL: never */
/* What the template gets, and the digest of what is signed of it. */
struct json *paper_form_data(const struct app *app,
	const struct catalog_material *def, char values[SHA256_TEXT]);

/* form_print.c */
void paper_form_print(struct app *app, int index);
void paper_form_preview(struct app *app, int index);
void materials_print(struct app *app, struct intent *intent);

/* reprint.c */
/* Asks which document of the case, and why when it was out already. */
void reprint_open(struct app *app, const char *case_id);
void reprint_documents(struct app *app, struct intent *intent);
const char *reprint_state_text(const struct case_document *document);
void reprint_fill_documents(struct app *app);
void reprint_answer_document(
	struct app *app, const char *code, const char *reason);
void reprint_answer_reason(
	struct app *app, const char *code, const char *reason);
/* On the home view: what did not come out. */
void reprint_show_left(struct app *app);

/* documents.c */
/* Renders and prints every pending document of the case, one after another. */
void documents_make(struct app *app, const char *case_id);
/* After a start: what a crash left pending. What is rendered already goes to
 * the outbox folder, but never to a printer by itself. */
void documents_make_pending(struct app *app);
/* This one, rendered first when it is not; reason: of a reprint, else NULL. */
void documents_print(struct app *app, const struct case_record *record,
	const struct case_document *document, const char *reason);
const char *documents_title(const char *kind); /* translated */
bool documents_known(const char *kind);
int documents_copies(const char *kind);
void documents_reprint(struct app *app, struct intent *intent);

/* finish.c */
void finish_show(struct app *app);
/* Asks the citizen of this visit, if it is owed a rating. Goes on behind the
 * home view; a rating that is open for another visit is closed. */
void finish_ask(struct app *app, const char *ticket_id, const char *number);
/* The visit in hand was decided, or its last step was taken up again. */
void finish_start_rating(struct app *app);
/* The visit goes on at another window, which will ask. */
void finish_drop_rating(struct app *app, const char *ticket_id);
/* Ratings that a crash, or a full disk, kept from being recorded. */
void finish_make_up(struct app *app);
/* The pad went away, or is back, while it may be asking. */
void finish_pad_changed(struct app *app, bool is_there);
void finish_rate_again(struct app *app, struct intent *intent);
void finish_rating_arrived(struct app *app, int level);
void finish_rating_close(struct app *app, int result);
/* Nobody waits for it any longer, and nothing came. */
void finish_rating_end(struct app *app);
void finish_tick(struct app *app);
void finish_same_person(struct app *app, struct intent *intent);
void finish_done(struct app *app, struct intent *intent);
const char *finish_rating_text(int rating);

/* devices.c */
void devices_start(struct app *app);
void devices_command(struct app *app, const char *class_name, const char *verb,
	struct json *take_args, int timeout_ms, line_reply_fn *reply,
	void *context);
bool devices_has(const struct app *app, const char *class_name);
void devices_show(struct app *app);
void devices_focus(struct app *app, struct intent *intent);
void devices_test(struct app *app, struct intent *intent);
void devices_announce(struct app *app, const char *ticket_number);
void devices_show_waiting(struct app *app);
void devices_release(struct app *app, const char *sha256);

/* upstream.c */
void upstream_start(struct app *app);
void upstream_wake(struct app *app);
bool upstream_is_down(const struct app *app);
void upstream_reconnect(struct app *app, struct intent *intent);
void upstream_show(struct app *app);

/* check.c: the first one soon after the start; from the minute tick the others.
 */
void check_start(struct app *app);
void check_tick(struct app *app);

/* conflict.c: what a person chooses where both sides changed a case. */
struct op;
bool conflict_is_open(struct app *app, const struct op *op);
void conflict_open(struct app *app, struct intent *intent);
void conflict_choose(struct app *app, struct intent *intent);
void conflict_do(struct app *app, struct intent *intent);
void conflict_answer(struct app *app, const char *code, const char *reason);
void conflict_clear(struct app *app);

/* sync.c */
/* store_seq of a line of the list; 0: there is none. */
int64_t sync_seq_at(struct app *app, int index);
void sync_show(struct app *app);
void sync_focus(struct app *app, struct intent *intent);
/* The yellow and red of the header. */
void sync_warn(const struct store_counts *counts, struct header_model *header);

/* Starts a program of ours when nobody answers at its socket. */
void app_start_daemon(
	struct app *app, const char *program, const char *socket_name);

/* Starts them again, as long as it takes. */
void app_revive_daemons(struct app *app);

/* search.c */
bool search_matches(const char *text, const char *filter); /* model.matches */
void search_show(struct app *app, const char *text);
void search_text(struct app *app, struct intent *intent);
void search_focus(struct app *app, struct intent *intent);
void search_open(struct app *app, struct intent *intent);
void search_show_case(struct app *app);
void search_reveal(struct app *app, struct intent *intent);
void search_reveal_for(struct app *app, const char *purpose);
void search_cover(struct app *app); /* full data goes from the model */
const char *app_state_text(enum case_state state); /* translated */

#endif
