/* replay: ports: a transcript plays the device. Its '<' bytes come in, its '>'
 * bytes are waited for, '+' waits; '!' and '=' are for the tests. For demos
 * and for a technician's capture, without any hardware. */
#include <string.h>
#include <unistd.h>

#include "client/base/error.h"
#include "drivers/port_stream.h"
#include "drivers/transcript.h"

struct replay {
	struct transcript *transcript; /* own */
	guint at;                      /* next step */
	size_t wanted;                 /* bytes of '>' not written yet */
	guint timer;
};

static void go_on(struct port *port);

static gboolean timer_rang(gpointer user_data)
{
	struct port *port = user_data;
	struct replay *replay = port->data;

	replay->timer = 0;
	go_on(port);
	return G_SOURCE_REMOVE;
}

static void wait_ms(struct port *port, int ms)
{
	struct replay *replay = port->data;

	if (!replay->timer)
		replay->timer = g_timeout_add((guint)ms, timer_rang, port);
}

/* What the driver will say next is known before it can say it. */
static void prepare(struct port *port)
{
	struct replay *replay = port->data;
	const GPtrArray *steps = replay->transcript->steps;

	for (; replay->at < steps->len; replay->at++) {
		const struct transcript_step *step = steps->pdata[replay->at];

		if (step->kind == '>')
			replay->wanted += step->len;
		else if (step->kind == '<' || step->kind == '+')
			break;
	}
	if (!replay->wanted)
		wait_ms(port, 0);
}

/* The owner may free the port in deliver. */
static void go_on(struct port *port)
{
	struct replay *replay = port->data;
	const GPtrArray *steps = replay->transcript->steps;
	const struct transcript_step *step;

	if (replay->at >= steps->len || replay->wanted)
		return;
	step = steps->pdata[replay->at];
	if (step->kind != '<' && step->kind != '+') {
		prepare(port);
		return;
	}
	replay->at++;
	if (step->kind == '+') {
		wait_ms(port, step->ms);
		return;
	}
	prepare(port);
	port_deliver(port, step->bytes, step->len);
}

static bool check_replay(const char *address, GError **error)
{
	if (*address)
		return true;
	g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
		"port replay: expected replay:FILE");
	return false;
}

static void open_replay(
	struct port *port, const struct port_setup *setup, const char *address)
{
	g_autofree char *path = port_path(setup, address);
	struct replay *replay = g_new0(struct replay, 1);
	GError *why = NULL;

	port->data = replay;
	replay->transcript = transcript_load(path, &why);
	if (!replay->transcript) {
		port_lose(port, why);
		return;
	}
	port_begin_without_fd(port);
	prepare(port);
}

/* Bytes beyond what the transcript expects are lost, as on a real line. */
static ssize_t write_replay(struct port *port, const void *data, size_t len)
{
	struct replay *replay = port->data;

	(void)data;
	if (replay->wanted) {
		replay->wanted -= MIN(len, replay->wanted);
		if (!replay->wanted)
			wait_ms(port, 0);
	}
	return (ssize_t)len;
}

static void close_replay(struct port *port)
{
	struct replay *replay = port->data;

	if (!replay)
		return;
	if (replay->timer)
		g_source_remove(replay->timer);
	transcript_free(replay->transcript);
	g_free(replay);
}

const struct port_kind port_kind_replay = {
	.scheme = "replay",
	.help = "replay:FILE.replay",
	.check = check_replay,
	.open = open_replay,
	.write = write_replay,
	.close = close_replay,
};
