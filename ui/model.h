/* What the screen shows: filled by client/app, read by the views.
 *
 * Plain data. Personal data is masked here already, except in the fields that
 * are shown in full by rule, so that a golden screen proves it.
 * Strings are owned by the model and may be NULL, which reads as "". Times are
 * preformatted where they are only shown; the clock is painted from now_ms. */
#ifndef UI_MODEL_H
#define UI_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* X(code, name): the name is the view's file, its golden screens, and the mark
 * of an interrupted visit in the store. */
#define VIEWS(X)                       \
	X(VIEW_LOGIN, "login")         \
	X(VIEW_HOME, "home")           \
	X(VIEW_IDENTIFY, "identify")   \
	X(VIEW_ITEM, "item")           \
	X(VIEW_FORM, "form")           \
	X(VIEW_MATERIALS, "materials") \
	X(VIEW_DECISION, "decision")   \
	X(VIEW_FINISH, "finish")       \
	X(VIEW_SEARCH, "search")       \
	X(VIEW_CASE, "case")           \
	X(VIEW_DEVICES, "devices")     \
	X(VIEW_SYNC, "sync")           \
	X(VIEW_CONFLICT, "conflict")   \
	X(VIEW_MESSAGES, "messages")   \
	X(VIEW_LOCK, "lock")

#define VIEW_ROW(code, name) code,
enum view_id { VIEWS(VIEW_ROW) VIEW_COUNT };
const char *view_name(enum view_id view);
bool view_from_name(const char *name, enum view_id *view);

/* Header, row 1 */
enum link_show { LINK_SHOW_UP, LINK_SHOW_CONNECTING, LINK_SHOW_DOWN };
struct header_model {
	char *window_short; /* "3号窗" */
	char *window_name;  /* "3号综合窗口" */
	char *person;       /* "甄示例"; NULL: not logged in */
	bool paused;
	enum link_show link;
	char *link_since; /* "10:03" while down */
	int link_down_min;
	int unsent, parked;
	char *device_fault; /* "评价器断开"; NULL when all is well */
	int yellow, red;
	char *hall, *hall_short;
	int numbers_left;
	bool clock_unsure;
	bool store_failed; /* strongest banner */
	char *retry_at;    /* next attempt while down, "10:15:40" */
};

/* Home */
struct ticket_model {
	char *number, *kind, *business, *taken, *waited, *note;
	char *person; /* masked */
	bool parked;
	bool skipped;     /* today, at this window: may be called again */
	bool interrupted; /* the visit that a crash cut short */
};
struct home_model {
	GPtrArray *waiting; /* struct ticket_model, first is called next */
	GPtrArray *parked;  /* likewise, then the skipped ones */
	char *current;      /* "A018 09:41" or NULL */
	char *last;         /* "A017 09:39 办结，非常满意" */
	int done, consulted, skipped;
	int waiting_total, waiting_general, waiting_collect, average_wait_min;
	int due_today, ready;
	int next_call_s;   /* seconds until a call is allowed, 0 now */
	int papers_left;   /* documents that did not come out */
	char *papers_case; /* the case number of the oldest */
};

/* Forms: the identify view and the form view are lists of fields. */
/* EDIT_, because client/rules has field types of its own names. */
enum field_kind {
	EDIT_TEXT,
	EDIT_NUMBER, /* also money */
	EDIT_DATE,
	EDIT_CHOICE,  /* one of options, value is its code */
	EDIT_CHOICES, /* several, codes joined by ',' */
	EDIT_ROWS,    /* repeating rows of columns */
	EDIT_CODE, /* id number, credit code, telephone: half width, capitals */
};
struct option_model {
	char *code, *label;
};
struct field_model {
	char *id, *label;
	enum field_kind kind;
	bool required, visible, readonly;
	char *value;        /* what is stored; codes for choices */
	char *source;       /* "读卡", "共享", ...; NULL when typed */
	char *hint;         /* right column: "校验通过", "还差 8 位" */
	char *error;        /* sentence under the field, NULL when fine */
	int max_len;        /* characters */
	GPtrArray *options; /* struct option_model, for choices */
	GPtrArray *columns; /* struct field_model, templates of a row */
	GPtrArray *rows;    /* GPtrArray * of struct field_model, the cells */
};
struct form_model {
	GPtrArray *fields; /* struct field_model, also invisible ones */
	int focus;         /* index into fields; app moves it to an error */
	char *saved_at;    /* "09:44" */
};

/* Item choice */
struct item_model {
	char *code, *name, *department, *kind, *promise;
	bool elsewhere; /* this window may not take it */
};
struct item_detail {
	char *title, *line; /* kind, limits, fee, mandate */
	GPtrArray *lines;   /* char *: materials, earlier cases... */
};
struct item_choice_model {
	char *filter;
	GPtrArray *hits; /* struct item_model */
	int focus;
	struct item_detail detail; /* of the focus */
};

/* Materials */
struct page_model {
	char *title; /* "第 1 页  A4  200 dpi  0.4 MB" */
	char *state; /* "[存]" */
	/* A small picture in characters, rows of text; may be NULL. */
	GPtrArray *picture;
};
struct material_model {
	char *name, *need, *form, *source, *state; /* state "[齐] 2 页" */
	bool needed;    /* false: shown with its reason, cannot be picked */
	bool missing;   /* mandatory and not complete */
	bool lacking;   /* likewise, or could follow later: F7 goes there */
	bool unchecked; /* came in, but not all checks are ticked */
	bool paper_seen, electronic;
	bool printable;    /* made here from the form: F6 */
	char *print_line;  /* when it was printed, which version; may be NULL */
	char *print_place; /* the printer's job, or the path it was kept at */
	int copies;
	GPtrArray *pages;  /* struct page_model */
	GPtrArray *checks; /* char *: "[x] 与原件一致" */
};
struct materials_model {
	GPtrArray *materials; /* struct material_model */
	int focus, page;
	char *progress; /* "第 2 页 正在取图" while a capture runs */
	char *summary;
	GPtrArray *advice; /* char *: what to do about the missing ones */
};

/* Decision */
struct outcome_model {
	char *label, *explanation;
	char *blocker; /* why it is not possible, a sentence; NULL: it is */
	bool possible, advised;
	GPtrArray *consequences; /* char *: what F8 will do */
};
struct decision_model {
	char *check_line;
	GPtrArray *outcomes; /* struct outcome_model; only the built ones */
	int focus;
	char *reason;       /* typed or chosen */
	GPtrArray *reasons; /* struct option_model: F4 */
	bool reason_needed;
	char *error;
};

/* Finish */
struct print_model {
	char *state, *name, *where; /* "[完成]" "收件凭证" "path or printer" */
	int copies;
	bool failed; /* stopped: F5 prints it again */
};
struct finish_model {
	char *result, *case_no, *time, *password_hint;
	GPtrArray *prints; /* struct print_model */
	char *rating;      /* "等待" text or the level */
	int rating_left_s; /* 0 when over */
	bool rating_open;
	GPtrArray *lines; /* char *: upload, hand-over */
	bool complete;    /* everything above is done */
};

/* Search and case */
struct hit_model {
	char *case_id, *case_no, *item, *applicant, *state, *when;
};
struct search_model {
	char *text;
	GPtrArray *hits; /* struct hit_model */
	int focus;
	GPtrArray *preview; /* char * */
};
struct case_model {
	char *title, *state;
	GPtrArray *lines;    /* char *: head */
	GPtrArray *timeline; /* char * */
	bool revealed;
};

/* Devices, sync, messages */
struct device_model {
	char *name, *protocol, *port, *state, *last;
	bool ok;
};
struct devices_model {
	GPtrArray *devices; /* struct device_model */
	int focus;
	GPtrArray *detail; /* char * */
};
struct op_model {
	char *case_no, *kind, *why, *since, *tries;
	bool is_conflict; /* a person can choose what holds */
};
struct sync_model {
	char *line1, *line2, *last_success, *check;
	GPtrArray *ops; /* struct op_model: parked first, then waiting */
	int focus;
	GPtrArray *detail;
};

/* A case that was changed here and elsewhere: which holds, field by field. */
enum conflict_choice {
	CONFLICT_OPEN,
	CONFLICT_HERE,
	CONFLICT_THERE,
	CONFLICT_BOTH, /* only where both can be kept */
	CONFLICT_CHOICE_COUNT
};
struct conflict_field_model {
	char *label, *before, *here, *there; /* masked */
	bool can_both;
	bool looks_alike; /* they differ in what is masked */
	enum conflict_choice choice;
};
struct conflict_model {
	char *title;       /* case number and what it is */
	GPtrArray *fields; /* struct conflict_field_model */
	int left;          /* fields nobody has chosen for */
};

struct login_model {
	char *window_name;
	char *staff_no;      /* what was typed last */
	GPtrArray *selftest; /* char * */
	char *last_logout, *credentials;
	bool training;
};

/* The visit, for row 2 of its views */
struct visit_model {
	char *ticket; /* "A018" */
	char *person; /* masked */
	char *item;   /* name */
	char *called; /* "第 1 次叫号 10:35" */
};

/* A dialog over the view: reasons, targets, confirmation. */
struct dialog_model {
	bool open;
	unsigned serial; /* another one each time a dialog is opened */
	char *title;
	GPtrArray *lines;   /* char * */
	GPtrArray *choices; /* struct option_model: picked by digit */
	bool by_code;       /* the digit is the choice's code: windows */
	int focus;          /* -1: nothing is chosen yet, Enter does nothing */
	bool needs_text;    /* a reason may be typed */
	bool needs_do;      /* a choice acts on F8 only */
	char *text_label;
	char *verb; /* "F8 挂起" */
};

struct model {
	int64_t now_ms;
	enum view_id view;
	struct header_model header;
	char *message; /* row 23 */
	unsigned said; /* counts the messages: another one for each */
	struct login_model login;
	struct home_model home;
	struct visit_model visit;
	struct form_model identify;
	GPtrArray *earlier; /* char *: earlier cases, in identify */
	struct item_choice_model item;
	struct form_model form;
	struct materials_model materials;
	struct decision_model decision;
	struct finish_model finish;
	struct search_model search;
	struct case_model one_case;
	struct devices_model devices;
	struct sync_model sync;
	struct conflict_model conflict;
	GPtrArray *messages; /* char *: log of the visit, newest last */
	struct dialog_model dialog;
	/* Filters lists by pinyin initials, set by app; NULL: substring only.
	 */
	bool (*matches)(const char *text, const char *filter);
};

void model_init(struct model *model); /* every array empty, not NULL */
void model_clear(struct model *model);

/* Makers: strings are copied, NULL is allowed. Arrays free their members. */
void model_text(char **where, const char *text); /* replace */
GPtrArray *model_lines_new(void);                /* of char * */
void model_line(GPtrArray *lines, const char *text);
struct ticket_model *model_add_ticket(GPtrArray *tickets);
struct option_model *model_add_option(
	GPtrArray *options, const char *code, const char *label);
struct field_model *model_add_field(GPtrArray *fields);
struct field_model *field_model_new(void);
struct field_model *field_model_copy(const struct field_model *field);
void field_model_free(struct field_model *field);
struct conflict_field_model *model_add_conflict_field(GPtrArray *fields);
struct item_model *model_add_item(GPtrArray *items);
struct material_model *model_add_material(GPtrArray *materials);
struct page_model *model_add_page(GPtrArray *pages);
struct outcome_model *model_add_outcome(GPtrArray *outcomes);
struct print_model *model_add_print(GPtrArray *prints);
struct hit_model *model_add_hit(GPtrArray *hits);
struct device_model *model_add_device(GPtrArray *devices);
struct op_model *model_add_op(GPtrArray *ops);
GPtrArray *model_options_new(void);
GPtrArray *model_fields_new(void);

#endif
