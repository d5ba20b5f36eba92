/* What the clerk wants: a view turns keys into intents, client/app acts.
 *
 * A view never acts on the rest of the program, it asks. index, index2 and text
 * mean what the comment says; text is owned by the intent. */
#ifndef UI_INTENT_H
#define UI_INTENT_H

#include <stdbool.h>

enum intent_kind {
	INTENT_NONE,
	/* anywhere */
	INTENT_GOTO,    /* index: enum view_id */
	INTENT_BACK,    /* one level */
	INTENT_HOME,    /* leave to the home view, draft kept */
	INTENT_MESSAGE, /* text: say this, e.g. why a key does nothing here */
	INTENT_LOCK,
	INTENT_LOGOUT,
	INTENT_QUIT,
	INTENT_REVEAL, /* Ctrl+E */
	INTENT_PAUSE,  /* or resume; app asks for the reason */
	/* dialog: of app's making */
	INTENT_DIALOG_CHOICE, /* index; text: typed reason or NULL */
	INTENT_DIALOG_CLOSE,
	/* login, lock */
	INTENT_LOGIN,  /* text: staff number, text2: password (wiped by app) */
	INTENT_UNLOCK, /* text2: password */
	/* queue */
	INTENT_CALL_NEXT,
	INTENT_CALL_THIS, /* index into home.waiting */
	INTENT_CALL_AGAIN,
	INTENT_TAKE_BACK, /* index into home.parked */
	INTENT_ASIDE,     /* F9 in a visit: app opens the dialog */
	INTENT_VISIT_WITHOUT_TICKET,
	INTENT_RESUME_VISIT, /* the interrupted one */
	/* fields of identify or form (of the view in hand) */
	INTENT_FIELD_SET,  /* index: field; text: new value */
	INTENT_CELL_SET,   /* index: field, index2: row * 64 + column; text */
	INTENT_ROW_ADD,    /* index: field */
	INTENT_ROW_REMOVE, /* index: field, index2: row */
	INTENT_FORM_NEXT,  /* Enter on the last place: check, go on */
	INTENT_UNDO,
	INTENT_READ_CARD, /* F5 in identify */
	/* item */
	INTENT_ITEM_FILTER, /* text */
	INTENT_ITEM_FOCUS,  /* index: show its detail */
	INTENT_ITEM_CHOOSE, /* index */
	/* materials */
	INTENT_MATERIAL_FOCUS,  /* index, index2: page */
	INTENT_MATERIAL_MARK,   /* index: Space; paper seen / next check */
	INTENT_MATERIAL_SOURCE, /* index: F4, app opens a dialog of sources */
	INTENT_CAPTURE,         /* index: F7 */
	INTENT_RETAKE,          /* index, index2: F5 */
	INTENT_PAGE_REMOVE,     /* index, index2: Del */
	INTENT_PAGE_MOVE,       /* index, index2: page; text "-1" or "+1" */
	INTENT_MATERIAL_PRINT,  /* index: F6, the form to be signed */
	INTENT_MATERIALS_DONE,  /* Enter */
	/* decision, finish */
	INTENT_OUTCOME,     /* index: focus it */
	INTENT_REASON_SET,  /* text */
	INTENT_DECIDE,      /* F8 */
	INTENT_PREVIEW,     /* F6: show the paper as text */
	INTENT_RATE_AGAIN,  /* F8 in finish */
	INTENT_REPRINT,     /* F5 in finish */
	INTENT_SAME_PERSON, /* F6 in finish */
	INTENT_FINISH_DONE, /* Enter in finish */
	/* search, case, devices, sync */
	INTENT_SEARCH,       /* text */
	INTENT_SEARCH_FOCUS, /* index */
	INTENT_SEARCH_OPEN,  /* index */
	INTENT_DOCUMENTS,    /* F4 in a case: print one of its papers */
	INTENT_DEVICE_FOCUS, /* index */
	INTENT_DEVICE_TEST,  /* index: F8 */
	INTENT_RECONNECT,    /* F5: devices, link, recount */
	INTENT_SYNC_NOW,
	INTENT_SYNC_FOCUS,      /* index: show its detail */
	INTENT_CONFLICT_OPEN,   /* index of sync.ops: F4 */
	INTENT_CONFLICT_CHOOSE, /* index: field, index2: enum conflict_choice */
	INTENT_CONFLICT_DECIDE, /* F8 */
};

struct intent {
	enum intent_kind kind;
	int index, index2;
	char *text;  /* own */
	char *text2; /* own; a password: wiped and freed by app */
};

void intent_clear(struct intent *intent);

#endif
