/* Three-way merge of a case by field: what stood there when both began (base),
 * what was made here, what is there now. Pure.
 *
 * A field is named by its path: names from the root with "/" between, a slash
 * in a name is ~1 and a tilde ~0 (RFC 6901): "form/trade_name",
 * "materials/3/pages" for the material of slot 3. An object is merged member by
 * member; anything else, lists included, is one field. A field that is the same
 * on both sides or was changed on one only has its answer. One that was changed
 * on both, or changed on one and removed on the other, is a person's.
 *
 * Four kinds of things are not fields:
 *
 *   steps, documents, ratings, contacts   lists that only grow: their union, by
 *                                         id; for one id the platform's stands
 *   materials                             by slot; no slot is lost. Pages that
 *                                         differ on both sides are all kept
 *                                         until a person picks
 *   case_no, result, certificate ...      the platform's, never written over
 *   everything else                       fields */
#ifndef CLIENT_RULES_MERGE_H
#define CLIENT_RULES_MERGE_H

#include <stdbool.h>

#include "client/base/json.h"

struct merge {
	struct json *merged; /* own; "here" stands where a person decides, in
			      * pages both */
	/* own: what a person decides, an array of {"path","before","here",
	 * "there"}; a value that is not there is left out. "both" is true when
	 * both can be kept. */
	struct json *open;
};

/* base, here, there: objects, any may be NULL (nothing). choices: NULL or an
 * object from path to "here", "there" or, in pages, "both"; a field that is
 * chosen is not open. Choices for fields that are not open, and other words,
 * have no effect. */
void merge_make(const struct json *base, const struct json *here,
	const struct json *there, const struct json *choices,
	struct merge *merge);
void merge_clear(struct merge *merge);

/* The open field of that path, NULL when there is none. Borrowed. */
const struct json *merge_find(const struct json *open, const char *path);

#endif
