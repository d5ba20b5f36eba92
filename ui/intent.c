/* Intents own their texts; a password is overwritten before it is freed. */
#include "ui/intent.h"

#include <string.h>

#include <glib.h>

#include "client/base/id.h"

void intent_clear(struct intent *intent)
{
	g_clear_pointer(&intent->text, g_free);
	if (intent->text2)
		secret_wipe(intent->text2, strlen(intent->text2));
	g_clear_pointer(&intent->text2, g_free);
	intent->kind = INTENT_NONE;
}
