/* Ports: the table of kinds and the calls the host makes. */
#include "drivers/port.h"

#include <string.h>

#include "client/base/error.h"
#include "drivers/port_stream.h"

static const struct port_kind *const kinds[] = {
	&port_kind_serial,
	&port_kind_tcp,
	&port_kind_unix,
	&port_kind_exec,
	&port_kind_replay,
	NULL,
};

const struct port_kind *const *port_kinds(void)
{
	return kinds;
}

const char *port_kind_scheme(const struct port_kind *kind)
{
	return kind->scheme;
}

const char *port_kind_help(const struct port_kind *kind)
{
	return kind->help;
}

/* "unix:/run/x" is kind unix and "/run/x". */
static const struct port_kind *find_kind(const char *text, const char **rest)
{
	for (const struct port_kind *const *k = kinds; *k; k++) {
		size_t len = strlen((*k)->scheme);

		if (!strncmp(text, (*k)->scheme, len) && text[len] == ':') {
			*rest = text + len + 1;
			return *k;
		}
	}
	return NULL;
}

static const struct port_kind *need_kind(
	const char *text, const char **rest, GError **error)
{
	const struct port_kind *kind = find_kind(text, rest);

	if (!kind)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"port \"%s\": expected serial:, tcp:, unix:, exec: or "
			"replay:",
			text);
	return kind;
}

bool port_check(const struct port_setup *setup, GError **error)
{
	const char *rest = NULL;
	const struct port_kind *kind = need_kind(setup->address, &rest, error);

	return kind && kind->check(rest, error);
}

struct port *port_open(const struct port_setup *setup,
	const struct port_owner *owner, void *context)
{
	struct port *port = g_new0(struct port, 1);
	const char *rest = NULL;
	GError *error = NULL;

	port->in_fd = port->out_fd = -1;
	port->owner = owner;
	port->context = context;
	port->unsent = g_byte_array_new();
	port->kind = need_kind(setup->address, &rest, &error);
	if (port->kind && port->kind->check(rest, &error))
		port->kind->open(port, setup, rest);
	else
		port_lose(port, error);
	return port;
}
