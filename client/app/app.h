/* What the window does: the only layer that knows all the others.
 *
 * Intents of the screen come in, the model goes out. app acts on the store, on
 * yikou-devd and on yikou-syncd, and never on the terminal. Everything is on
 * the main loop; nothing here blocks longer than one commit. */
#ifndef CLIENT_APP_APP_H
#define CLIENT_APP_APP_H

#include <stdbool.h>

#include "client/base/auto.h"
#include "config/config.h"
#include "ui/intent.h"
#include "ui/model.h"

struct app;

struct app_ops {
	/* The model changed. reload: values of the view in hand changed under
	 * the clerk (a card was read, an error was found), so its edit buffers
	 * must be taken from the model again. */
	void (*changed)(void *context, bool reload);
	/* The view may go away under the clerk (lock, end): hand in what is
	 * typed but not yet in the model, by app_act(). */
	void (*flush)(void *context);
	void (*quit)(void *context);
};

/* Opens the store and loads catalogue, calendar and people. config is borrowed
 * for app's life. Errors name the file that is wrong. STORE_ERROR_LOCKED when
 * another screen works on this window. */
struct app *app_new(const struct config *config, const struct app_ops *ops,
	void *context, GError **error);
void app_free(struct app *app);
DEFINE_AUTO(app, app_free)

/* Connects to yikou-devd and yikou-syncd, starting them when they do not run,
 * and starts the minute tick. */
void app_start(struct app *app);

const struct model *app_model(const struct app *app);

/* Does what the clerk wants; takes the intent over. */
void app_act(struct app *app, struct intent *take_intent);

/* The clerk pressed something: the idle lock starts again. */
void app_touch(struct app *app);

/* The message in row 23 is over; the log of the visit keeps it. */
void app_hush(struct app *app);

#endif
