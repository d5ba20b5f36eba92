/* Two pictures are compared as text with their styles: whatever a view draws
 * is its state, so no view has to say what it considers a change. */
#include "ui/said.h"

#include <string.h>

enum { READ_MS = 1500 };

void said_clear(struct said *said)
{
	g_clear_pointer(&said->picture, g_free);
}

void said_begin(struct said *said, const struct model *model,
	const struct canvas *picture, int64_t key_ms)
{
	said_clear(said);
	said->picture = canvas_dump(picture);
	said->before = model->said;
	said->key_ms = key_ms;
}

/* In front of the clerk for less than it takes to read it. */
static bool is_fresh(const struct said *said)
{
	return said->came_ms > 0 && said->key_ms >= said->came_ms &&
	       said->key_ms - said->came_ms < READ_MS;
}

bool said_end(struct said *said, const struct model *model,
	const struct canvas *picture)
{
	g_autofree char *before = g_steal_pointer(&said->picture);
	g_autofree char *now = canvas_dump(picture);

	said->seen = model->said;
	if (model->said != said->before) {
		said->came_ms = 0;
		return false;
	}
	return before && strcmp(before, now) != 0 && !is_fresh(said);
}

void said_look(struct said *said, const struct model *model, int64_t now_ms)
{
	if (said->seen == model->said)
		return;
	said->seen = model->said;
	said->came_ms = now_ms;
}
