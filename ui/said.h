/* The life of the message in row 23. It belongs to the state in which it was
 * said: a key that changes what the view shows (another view, row, field,
 * value, filter, question) ends it, unless that key said it. Errors need no
 * longer life than that: one that still holds stands under its field, in its
 * row or in the banner. What came by itself, not in answer to a key, can be
 * read for a moment first. */
#ifndef UI_SAID_H
#define UI_SAID_H

#include "ui/canvas.h"
#include "ui/model.h"

struct said {
	unsigned seen;   /* model.said when last looked at */
	unsigned before; /* when the key came */
	int64_t came_ms; /* when a message came by itself; 0: it did not */
	int64_t key_ms;  /* when the key came; 0: unknown */
	char *picture;   /* own: what the view showed then; NULL: no key */
};

/* A key comes; picture as it is before it. */
void said_begin(struct said *said, const struct model *model,
	const struct canvas *picture, int64_t key_ms);
/* It was acted on. True when the message that stood does not belong here any
 * more. */
bool said_end(struct said *said, const struct model *model,
	const struct canvas *picture);
/* Between keys: notices what came by itself. */
void said_look(struct said *said, const struct model *model, int64_t now_ms);
void said_clear(struct said *said);

#endif
