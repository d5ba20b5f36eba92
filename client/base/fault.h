/* What is wrong in a file or a line that a person wrote, in parts.
 *
 * The message of a GError is English, for logs and programs. Who mends the file
 * reads it too, and in the language of the place: so an ITEM_ERROR may carry
 * the same once more in parts, and the edge puts them together with translated
 * words. Faults travel with the error through g_propagate_error() and
 * g_error_copy(). */
#ifndef CLIENT_BASE_FAULT_H
#define CLIENT_BASE_FAULT_H

#include <stdarg.h>
#include <stdbool.h>

#include <glib.h>

struct fault {
	char *file;           /* NULL: not of a file, as the command line */
	char *member;         /* of JSON: "form.fields[2].id"; or NULL */
	int line;             /* 0: the file as a whole */
	const char *what;     /* message id; literal */
	char **args;          /* what stands for its conversions, as text */
	const char *expected; /* message id, behind it; literal or NULL */
};

/* Sets ITEM_ERROR code with a fault, and the English message made of it:
 * "file:line: what". what is a message id, a string literal with conversions
 * of s, d and u (with l, ll or z before them). Returns false, so that it can
 * stand in a return statement. */
bool fault_set(GError **error, int code, const char *file, int line,
	const char *what, ...) G_GNUC_PRINTF(5, 6);
bool fault_set_va(GError **error, int code, const char *file, int line,
	const char *member, const char *what, va_list args) G_GNUC_PRINTF(6, 0);

/* Adds ": expected", a literal message id, to the fault just set. */
void fault_expect(GError **error, const char *expected);

/* Gives a fault that has none its file; message and fault follow. */
void fault_set_file(GError **error, const char *file);

/* Borrowed. NULL when the error carries none, and for NULL. */
const struct fault *fault_of(const GError *error);

/* "file:line: what: expected" with what and expected through translate (NULL:
 * as they are); a translation may take the arguments in another order, as
 * "%2$s". Caller frees. */
char *fault_text(
	const struct fault *fault, const char *(*translate)(const char *msgid));

#endif
