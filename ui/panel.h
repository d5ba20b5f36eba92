/* The panel on the right of a wide screen: person, queue, devices, sending.
 * It shows nothing that cannot be reached at 80 columns. */
#ifndef UI_PANEL_H
#define UI_PANEL_H

#include "ui/canvas.h"
#include "ui/model.h"

bool panel_belongs(enum view_id view);
void panel_draw(
	struct canvas *canvas, const struct model *model, struct box box);

#endif
