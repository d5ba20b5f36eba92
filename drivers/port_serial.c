/* serial: ports. The only file that knows libserialport.
 *
 * sp_open() leaves the line as it found it, so everything is set. After an
 * unplug sp_nonblocking_read() says 0 for ever and sp_blocking_read() spins,
 * so the descriptor is watched on the main loop and an empty read is followed
 * by sp_input_waiting(), which fails when the device is gone. The stale
 * descriptor must be closed before a re-plugged device can have its old name
 * back; the host does that by freeing the port at once. */
#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "client/base/error.h"
#include "drivers/port_stream.h"

struct serial_line {
	int baud, bits, stop_bits;
	enum sp_parity parity;
	bool rts_cts;
};

struct serial {
	struct sp_port *port; /* own */
	int empty_reads;
};

enum { EMPTY_READS_MAX = 3, BAUD_MAX = 4000000 };

/* "9600/8n1" or "115200/8e1/rtscts" */
static bool parse_line(const char *text, struct serial_line *line)
{
	g_auto(GStrv) part = g_strsplit(text, "/", 4);
	guint count = g_strv_length(part);
	const char *form = count >= 2 ? part[1] : "";
	guint64 baud = 0;

	if (count < 2 || count > 3 || strlen(form) != 3 ||
		!g_ascii_string_to_unsigned(
			part[0], 10, 50, BAUD_MAX, &baud, NULL))
		return false;
	line->baud = (int)baud;
	line->bits = form[0] - '0';
	line->stop_bits = form[2] - '0';
	line->rts_cts = count == 3 && !strcmp(part[2], "rtscts");
	switch (form[1]) {
	case 'n':
		line->parity = SP_PARITY_NONE;
		break;
	case 'e':
		line->parity = SP_PARITY_EVEN;
		break;
	case 'o':
		line->parity = SP_PARITY_ODD;
		break;
	default:
		return false;
	}
	return line->bits >= 5 && line->bits <= 8 && line->stop_bits >= 1 &&
	       line->stop_bits <= 2 && (count == 2 || line->rts_cts);
}

/* Splits "/dev/ttyUSB0:9600/8n1" at its last colon when settings follow; names
 * below /dev/serial/by-path hold colons of their own. */
static char *split_address(
	const char *address, struct serial_line *line, bool *has_line)
{
	const char *colon = strrchr(address, ':');

	*has_line = colon && parse_line(colon + 1, line);
	return *has_line ? g_strndup(address, (gsize)(colon - address))
			 : g_strdup(address);
}

static bool check_serial(const char *address, GError **error)
{
	struct serial_line line;
	bool has_line;
	g_autofree char *path = split_address(address, &line, &has_line);
	const char *colon = strrchr(path, ':');

	if (path[0] == '/' && (has_line || !colon || !strchr(colon, '/')))
		return true;
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
		"port serial:%s: expected serial:/dev/NAME:9600/8n1", address);
	return false;
}

static GError *serial_error(const char *what)
{
	g_autofree char *text = NULL;
	char *detail = sp_last_error_message();
	int code = sp_last_error_code();

	text = g_strdup_printf("%s: %s", what, detail ? detail : "refused");
	sp_free_error_message(detail);
	return g_error_new_literal(LINK_ERROR,
		code == EBUSY ? LINK_ERROR_BUSY : LINK_ERROR_ABSENT, text);
}

/* libserialport wants a name of /sys/class/tty, not a link to it. */
static bool find_port(const char *path, struct sp_port **port)
{
	g_autofree char *real = NULL;
	char *resolved;

	if (sp_get_port_by_name(path, port) == SP_OK)
		return true;
	resolved = realpath(path, NULL);
	real = g_strdup(resolved ? resolved : path);
	free(resolved);
	return sp_get_port_by_name(real, port) == SP_OK;
}

static bool set_line(struct sp_port *port, const struct serial_line *line)
{
	bool flow = line->rts_cts;

	return sp_set_baudrate(port, line->baud) == SP_OK &&
	       sp_set_bits(port, line->bits) == SP_OK &&
	       sp_set_parity(port, line->parity) == SP_OK &&
	       sp_set_stopbits(port, line->stop_bits) == SP_OK &&
	       sp_set_xon_xoff(port, SP_XONXOFF_DISABLED) == SP_OK &&
	       sp_set_cts(port, flow ? SP_CTS_FLOW_CONTROL : SP_CTS_IGNORE) ==
		       SP_OK &&
	       sp_set_rts(port, flow ? SP_RTS_FLOW_CONTROL : SP_RTS_ON) ==
		       SP_OK &&
	       sp_set_dsr(port, SP_DSR_IGNORE) == SP_OK &&
	       sp_set_dtr(port, SP_DTR_ON) == SP_OK;
}

/* Nobody else may read our bytes. */
static GError *claim(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		ioctl(fd, TIOCEXCL);
		return NULL;
	}
	return g_error_new_literal(
		LINK_ERROR, LINK_ERROR_BUSY, "another program has the port");
}

static GError *open_line(
	struct sp_port *port, const struct serial_line *line, int *fd)
{
	GError *why;

	if (sp_open(port, SP_MODE_READ_WRITE) != SP_OK)
		return serial_error("open");
	if (sp_get_port_handle(port, fd) != SP_OK)
		return serial_error("handle");
	fcntl(*fd, F_SETFD, FD_CLOEXEC);
	why = claim(*fd);
	if (why)
		return why;
	if (!set_line(port, line))
		return serial_error("line settings");
	sp_flush(port, SP_BUF_BOTH); /* what was said to nobody */
	return NULL;
}

static void open_serial(
	struct port *port, const struct port_setup *setup, const char *address)
{
	struct serial_line line = {.baud = 9600,
		.bits = 8,
		.stop_bits = 1,
		.parity = SP_PARITY_NONE};
	struct serial *serial = g_new0(struct serial, 1);
	bool has_line;
	g_autofree char *path = split_address(address, &line, &has_line);
	GError *why;
	int fd = -1;

	if (!has_line && setup->line)
		parse_line(setup->line, &line);
	port->data = serial;
	if (!find_port(path, &serial->port)) {
		port_lose(port, serial_error("no such port"));
		return;
	}
	why = open_line(serial->port, &line, &fd);
	if (why)
		port_lose(port, why);
	else
		port_begin(port, fd, fd);
}

static ssize_t read_serial(struct port *port, void *data, size_t size)
{
	struct serial *serial = port->data;
	int n = sp_nonblocking_read(serial->port, data, size);

	if (n > 0) {
		serial->empty_reads = 0;
		return n;
	}
	errno = EIO;
	if (n < 0 || sp_input_waiting(serial->port) < 0)
		return -1;
	/* A line that is readable and gives nothing has hung up. */
	if (++serial->empty_reads >= EMPTY_READS_MAX)
		return -1;
	errno = EAGAIN;
	return -1;
}

static ssize_t write_serial(struct port *port, const void *data, size_t len)
{
	struct serial *serial = port->data;
	int n = sp_nonblocking_write(serial->port, data, len);

	errno = EIO;
	return n;
}

static void close_serial(struct port *port)
{
	struct serial *serial = port->data;

	if (!serial)
		return;
	if (serial->port) {
		/* Otherwise the kernel waits for a dead device to take it. */
		sp_flush(serial->port, SP_BUF_BOTH);
		sp_close(serial->port);
		sp_free_port(serial->port);
		port->in_fd = port->out_fd = -1; /* closed with it */
	}
	g_free(serial);
	port->data = NULL;
}

const struct port_kind port_kind_serial = {
	.scheme = "serial",
	.help = "serial:/dev/NAME:9600/8n1[/rtscts]",
	.check = check_serial,
	.open = open_serial,
	.read = read_serial,
	.write = write_serial,
	.close = close_serial,
};
