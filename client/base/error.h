/* Errors, grouped by what is lost.
 *
 * A function that can fail returns bool (or a pointer) and takes a GError **
 * last. The domain tells the caller what to give up without reading text:
 *
 *   ITEM_ERROR   this record, field or command: set it aside, go on
 *   LINK_ERROR   this device or server: back off, try again later
 *   STORE_ERROR  the store: stop, and say so
 *
 * The message of a GError is English, for logs and developers, and never holds
 * personal data. What a person reads is chosen at the edge from error_name()
 * by one translated table (ui/text.h); what is wrong in a file that people
 * write, from the fault an ITEM_ERROR may carry (client/base/fault.h). */
#ifndef CLIENT_BASE_ERROR_H
#define CLIENT_BASE_ERROR_H

#include <glib.h>

#define ITEM_ERROR  (item_error_quark())
#define LINK_ERROR  (link_error_quark())
#define STORE_ERROR (store_error_quark())

/* X(code, name): names are stable, they travel in the local protocol. */
#define ITEM_ERRORS(X)                                                         \
	X(ITEM_ERROR_INVALID, "item.invalid")     /* value out of its rule */  \
	X(ITEM_ERROR_SYNTAX, "item.syntax")       /* file or message broken */ \
	X(ITEM_ERROR_TOO_LARGE, "item.too-large") /* over its bound */         \
	X(ITEM_ERROR_NOT_FOUND, "item.not-found")                              \
	X(ITEM_ERROR_STATE, "item.state")     /* not allowed in this state */  \
	X(ITEM_ERROR_REFUSED, "item.refused") /* the other side said no */     \
	X(ITEM_ERROR_CONFLICT, "item.conflict")                                \
	X(ITEM_ERROR_DENIED, "item.denied") /* not this person's right */      \
	X(ITEM_ERROR_USAGE, "item.usage")   /* command line wrong */

#define LINK_ERRORS(X)                                                      \
	X(LINK_ERROR_ABSENT, "link.absent")   /* nobody there */            \
	X(LINK_ERROR_TIMEOUT, "link.timeout") /* no answer in time */       \
	X(LINK_ERROR_CLOSED, "link.closed")                                 \
	X(LINK_ERROR_PROTOCOL, "link.protocol") /* answer not understood */ \
	X(LINK_ERROR_AUTH, "link.auth")                                     \
	X(LINK_ERROR_BUSY, "link.busy")                                     \
	X(LINK_ERROR_PAPER, "link.paper") /* out of paper, cover open */

#define STORE_ERRORS(X)                                                        \
	X(STORE_ERROR_IO, "store.io")                                          \
	X(STORE_ERROR_FULL, "store.full")                                      \
	X(STORE_ERROR_BUSY, "store.busy")                                      \
	X(STORE_ERROR_CORRUPT, "store.corrupt") /* a seal or a check failed */ \
	X(STORE_ERROR_NEWER, "store.newer")     /* made by a newer version */  \
	X(STORE_ERROR_LOCKED, "store.locked")   /* another yikou has it */     \
	X(STORE_ERROR_NUMBERS, "store.numbers") /* no leased number left */    \
	X(STORE_ERROR_FOREIGN, "store.foreign") /* of another window */

#define ERROR_ENUM_ROW(code, name) code,
enum item_error { ITEM_ERRORS(ERROR_ENUM_ROW) ITEM_ERROR_COUNT };
enum link_error { LINK_ERRORS(ERROR_ENUM_ROW) LINK_ERROR_COUNT };
enum store_error { STORE_ERRORS(ERROR_ENUM_ROW) STORE_ERROR_COUNT };

GQuark item_error_quark(void);
GQuark link_error_quark(void);
GQuark store_error_quark(void);

/* "item.invalid", "link.timeout", ...; "other" for foreign domains and NULL. */
const char *error_name(const GError *error);

/* The reverse, for an error that came over the local protocol. Unknown names
 * become LINK_ERROR_PROTOCOL. The message is copied. */
GError *error_from_name(const char *name, const char *message);

/* Exit status of a command, by kind. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_ITEM = 2,    /* something was refused or set aside */
	EXIT_CODE_LINK = 3,    /* device or platform not reachable */
	EXIT_CODE_AUTH = 4,    /* not allowed */
	EXIT_CODE_STORE = 5,   /* local storage */
	EXIT_CODE_RUNNING = 6, /* already running */
	EXIT_CODE_USAGE = 64,  /* command line, configuration, terminal */
	EXIT_CODE_INTERRUPTED = 130,
};

/* A fault of a file is EXIT_CODE_USAGE. */
enum exit_code error_exit_code(const GError *error);

#endif
