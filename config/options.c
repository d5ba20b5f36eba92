/* The option table. The shipped, commented yikou.conf is written from it, and
 * a test compares the two. */
#include "config/options.h"

#include <string.h>

#include <glib.h>

#define TEXT(s, k, d, limit, h)                                  \
	{                                                        \
		.section = (s), .key = (k), .type = OPTION_TEXT, \
		.otherwise = (d), .max = (limit), .help = (h)    \
	}
#define NEED(s, k, limit, h)                                                   \
	{                                                                      \
		.section = (s), .key = (k), .type = OPTION_TEXT,               \
		.otherwise = "", .max = (limit), .required = true, .help = (h) \
	}
#define INT(s, k, d, low, high, h)                                         \
	{                                                                  \
		.section = (s), .key = (k), .type = OPTION_INT,            \
		.otherwise = (d), .min = (low), .max = (high), .help = (h) \
	}
#define BOOL(s, k, d, h)                                         \
	{                                                        \
		.section = (s), .key = (k), .type = OPTION_BOOL, \
		.otherwise = (d), .help = (h)                    \
	}
#define CHOICE(s, k, d, words, h)                                  \
	{                                                          \
		.section = (s), .key = (k), .type = OPTION_CHOICE, \
		.otherwise = (d), .choices = (words), .help = (h)  \
	}
#define PATH(s, k, d, h)                                         \
	{                                                        \
		.section = (s), .key = (k), .type = OPTION_PATH, \
		.otherwise = (d), .help = (h)                    \
	}

/* clang-format off */
static const struct option table[] = {
	NEED("window", "number", 2,
	     "Number of this window, two digits; part of every case number"),
	NEED("window", "name", 60, "Name of this window, as printed"),
	TEXT("window", "short", "", 24, "Short name for the screen's first line"),
	NEED("window", "hall", 120, "Name of the hall, as printed"),
	TEXT("window", "hall_short", "", 30, "Short name of the hall"),
	NEED("window", "region", 6, "Division code of the hall, six digits"),
	TEXT("window", "phone", "", 40, "Telephone of the hall, on receipts"),
	TEXT("window", "supervision_phone", "", 40,
	     "Telephone for complaints, on notices"),
	TEXT("window", "others", "", 200,
	     "Numbers of the other windows a ticket may be handed to"),

	PATH("paths", "state", "state",
	     "What must not be lost: window.db, attachments, the lock"),
	PATH("paths", "runtime", "run", "Sockets, logs, pictures on their way"),
	PATH("paths", "data", ".",
	     "Shipped data: catalog, templates, calendar, profiles, rules"),
	PATH("paths", "locale", "locale", "Translations of the screen"),
	PATH("paths", "outbox", "outbox",
	     "Where documents are kept when there is no printer"),

	TEXT("platform", "url", "", 400,
	     "Address of the platform; empty: this window works alone"),
	CHOICE("platform", "driver", "native", "native rt5",
	       "What it speaks: our contract, or Request Tracker 5"),
	TEXT("platform", "queue", "yikou", 60,
	     "rt5: the queue that takes the cases"),
	PATH("platform", "token_file", "platform.token",
	     "File with the platform's token, readable by its owner only"),
	PATH("platform", "ca_file", "",
	     "Authority of the platform's certificate; empty: the system's"),
	PATH("platform", "certificate", "",
	     "This window's certificate; empty: that of yikou sync enrol"),
	PATH("platform", "key", "", "Its private key, mode 0600"),

	PATH("exchange", "spool", "",
	     "Folder of the exchange machine; empty: there is none"),
	PATH("exchange", "database", "",
	     "File with the connection of its PostgreSQL database, if it has one"),
	TEXT("exchange", "data_source", "141", 3,
	     "Where rows come from: 1 and the code of the province"),
	TEXT("exchange", "org_code", "", 64,
	     "Credit code of the organisation, for items that name none"),
	TEXT("exchange", "org_name", "", 300, "Its name, likewise"),

	CHOICE("screen", "language", "zh_CN", "zh_CN en", "Language of the screen"),
	INT("screen", "lock_after_s", "300", 30, 3600,
	    "Seconds without a key until the screen locks"),
	BOOL("screen", "color", "true", "Colours; NO_COLOR turns them off too"),
	CHOICE("screen", "mouse", "auto", "auto on off", "Use of the mouse"),
	INT("screen", "escape_ms", "50", 10, 1000,
	    "Milliseconds to wait after Esc for the rest of a key"),

	TEXT("screen", "notice", "", 120,
	     "A line on the log-in page, for all who work here"),

	TEXT("bar", "call", "请{ticket}到{window}", 60,
	     "What the window's bar shows at a call"),
	TEXT("bar", "idle", "", 60,
	     "What it shows else; empty: the name of the window"),
	TEXT("bar", "paused", "暂停服务", 60, "What it shows in a pause"),

	TEXT("printing", "queue", "", 120,
	     "CUPS queue; empty: documents are kept in the outbox"),

	INT("visit", "rating_timeout_s", "60", 10, 600,
	    "Seconds the evaluation pad waits for an answer"),
	INT("visit", "call_gap_s", "5", 1, 60,
	    "Seconds between two calls of the same number"),
	INT("visit", "recall_limit", "5", 1, 20,
	    "How often one number may be called again"),
	INT("visit", "reveal_s", "30", 5, 120,
	    "Seconds personal data stays uncovered"),

	PATH("files", "devices", "devices.conf", "The devices of this desk"),
	PATH("files", "people", "people.conf", "Who may work here"),
};
/* clang-format on */

const struct option *options_table(size_t *count)
{
	*count = G_N_ELEMENTS(table);
	return table;
}

const struct option *option_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		const struct option *option = &table[i];
		size_t len = strlen(option->section);

		if (strncmp(name, option->section, len) == 0 &&
			name[len] == '.' &&
			strcmp(name + len + 1, option->key) == 0)
			return option;
	}
	return NULL;
}

const char *option_type_name(enum option_type type)
{
	static const char *const names[] = {
		[OPTION_TEXT] = "text",
		[OPTION_INT] = "whole number",
		[OPTION_BOOL] = "true or false",
		[OPTION_CHOICE] = "choice",
		[OPTION_PATH] = "path",
	};

	return names[type];
}
