/* Kinds of ports, each with something real at its other end. The serial port
 * is a pseudo-terminal: libserialport finds it through a name that leads out of
 * /dev, and its questions about modem lines are answered by ioctl() below,
 * which goes before the C library's (no pseudo-terminal has such lines). */
#include "drivers/port.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <pty.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>

#include "client/base/error.h"
#include "test_drivers_far_end.h"

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *what;
	long result;

	va_start(args, request);
	what = va_arg(args, void *);
	va_end(args);
	result = syscall(SYS_ioctl, fd, request, what);
	if (result == 0 || (errno != ENOTTY && errno != EINVAL))
		return (int)result;
	switch (request) {
	case TIOCMGET:
		*(int *)what = TIOCM_CTS | TIOCM_DSR;
		return 0;
	case TIOCMSET:
	case TIOCMBIS:
	case TIOCMBIC:
		return 0;
	default:
		return (int)result;
	}
}

struct seen {
	bool opened, drained;
	GString *data;
	GError *why;
	struct port *port;
	bool frees_on_data;
};

static void on_opened(void *context)
{
	((struct seen *)context)->opened = true;
}

static void on_data(void *context, const uint8_t *data, size_t len)
{
	struct seen *seen = context;

	g_string_append_len(seen->data, (const char *)data, (gssize)len);
	if (seen->frees_on_data)
		g_clear_pointer(&seen->port, port_free);
}

static void on_drained(void *context)
{
	((struct seen *)context)->drained = true;
}

static void on_lost(void *context, const GError *why)
{
	struct seen *seen = context;

	g_clear_error(&seen->why);
	seen->why = g_error_copy(why);
	g_clear_pointer(&seen->port, port_free);
}

static const struct port_owner owner = {
	.opened = on_opened,
	.data = on_data,
	.drained = on_drained,
	.lost = on_lost,
};

static void open_port(struct seen *seen, const char *address, const char *dir)
{
	struct port_setup setup = {
		.address = address, .line = "9600/8n1", .base_dir = dir};

	if (!seen->data)
		seen->data = g_string_new(NULL);
	seen->port = port_open(&setup, &owner, seen);
}

static void seen_clear(struct seen *seen)
{
	port_free(seen->port);
	g_clear_error(&seen->why);
	g_string_free(seen->data, TRUE);
}

static void test_unix(void)
{
	struct far_end *far = far_end_new();
	struct seen seen = {0};
	g_autofree char *got = NULL;

	open_port(&seen, "unix:far.sock", far->dir);
	g_assert_false(port_write(seen.port, "x", 1));
	WAIT_FOR(far, seen.why);
	g_assert_cmpstr(error_name(seen.why), ==, "link.absent");
	g_assert_null(seen.port);

	far_end_listen(far);
	open_port(&seen, "unix:far.sock", far->dir);
	WAIT_FOR(far, seen.opened && far->fd >= 0);
	g_assert_true(port_write(seen.port, "\x01\x02", 2));
	g_assert_false(seen.drained);
	WAIT_FOR(far, seen.drained && far->got->len == 2);
	got = far_end_take(far);
	g_assert_cmpstr(got, ==, "01 02");
	far_end_say(far, "61 62");
	WAIT_FOR(far, seen.data->len == 2);
	far_end_hang_up(far);
	WAIT_FOR(far, !seen.port);
	g_assert_cmpstr(error_name(seen.why), ==, "link.closed");
	seen_clear(&seen);
	far_end_free(far);
}

/* The owner may free the port whenever it is told something, and at any time
 * before. */
static void test_free(void)
{
	struct far_end *far = far_end_new();
	struct seen seen = {.frees_on_data = true};

	far_end_listen(far);
	open_port(&seen, "unix:far.sock", far->dir);
	g_clear_pointer(&seen.port, port_free);
	WAIT_MS(far, 20);
	g_assert_false(seen.opened);
	far_end_hang_up(far);
	open_port(&seen, "unix:far.sock", far->dir);
	WAIT_FOR(far, seen.opened && far->fd >= 0);
	far_end_say(far, "61");
	WAIT_FOR(far, !seen.port);
	g_assert_null(seen.why);
	seen_clear(&seen);
	far_end_free(far);
}

/* Nobody reads: the port says so instead of growing. */
static void test_bound(void)
{
	struct far_end *far = far_end_new();
	struct seen seen = {0};
	static const uint8_t much[PORT_UNSENT_MAX];
	int writes = 0;

	far_end_listen(far);
	open_port(&seen, "unix:far.sock", far->dir);
	WAIT_FOR(far, seen.opened && far->fd >= 0);
	while (writes < 100 && port_write(seen.port, much, sizeof(much)))
		writes++;
	g_assert_cmpint(writes, <, 100);
	WAIT_FOR(far, seen.drained);
	seen_clear(&seen);
	far_end_free(far);
}

static void test_tcp(void)
{
	struct far_end *far = far_end_new();
	struct seen seen = {0};
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	g_autofree char *port = NULL;

	far->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	g_assert_cmpint(
		bind(far->listener, (struct sockaddr *)&address, len), ==, 0);
	g_assert_cmpint(listen(far->listener, 1), ==, 0);
	getsockname(far->listener, (struct sockaddr *)&address, &len);
	port = g_strdup_printf("tcp:127.0.0.1:%d", ntohs(address.sin_port));
	open_port(&seen, port, NULL);
	WAIT_FOR(far, seen.opened && far->fd >= 0);
	far_end_say(far, "61 62");
	WAIT_FOR(far, seen.data->len == 2);
	close(far->listener);
	far->listener = -1;
	far_end_hang_up(far);
	WAIT_FOR(far, !seen.port);
	open_port(&seen, port, NULL);
	WAIT_FOR(far, !seen.port);
	g_assert_cmpstr(error_name(seen.why), ==, "link.absent");
	seen_clear(&seen);
	far_end_free(far);
}

static void test_exec(void)
{
	struct far_end *far = far_end_new();
	struct seen seen = {0};

	open_port(&seen, "exec:/bin/cat -", NULL);
	WAIT_FOR(far, seen.opened);
	g_assert_true(port_write(seen.port, "line\n", 5));
	WAIT_FOR(far, seen.data->len == 5);
	g_assert_cmpstr(seen.data->str, ==, "line\n");
	g_clear_pointer(&seen.port, port_free);
	/* one that ends by itself */
	open_port(&seen, "exec:/bin/sh -c 'echo {spool}; exit 3'", NULL);
	WAIT_FOR(far, !seen.port);
	g_assert_cmpstr(seen.data->str, ==, "line\n\n");
	g_assert_cmpstr(error_name(seen.why), ==, "link.closed");
	open_port(&seen, "exec:no-such-program", NULL);
	WAIT_FOR(far, !seen.port);
	g_assert_cmpstr(error_name(seen.why), ==, "link.absent");
	seen_clear(&seen);
	far_end_free(far);
}

static void test_replay(void)
{
	struct far_end *far = far_end_new();
	struct seen seen = {0};
	g_autofree char *path = g_build_filename(far->dir, "a.replay", NULL);

	g_assert_true(g_file_set_contents(path,
		"# driver: x\n< 61\n= ready\n> 01 02\n+ 20\n= a\n> 03\n"
		"< 62 63\n",
		-1, NULL));
	open_port(&seen, "replay:a.replay", far->dir);
	WAIT_FOR(far, seen.opened && seen.data->len == 1);
	g_assert_true(port_write(seen.port, "\x01", 1));
	WAIT_MS(far, 30);
	g_assert_cmpuint(seen.data->len, ==, 1);
	g_assert_true(port_write(seen.port, "\x02", 1));
	WAIT_MS(far, 40);
	g_assert_cmpuint(seen.data->len, ==, 1);
	g_assert_true(port_write(seen.port, "\x03", 1));
	WAIT_FOR(far, seen.data->len == 3);
	g_clear_pointer(&seen.port, port_free);
	open_port(&seen, "replay:none.replay", far->dir);
	WAIT_FOR(far, !seen.port);
	g_unlink(path);
	seen_clear(&seen);
	far_end_free(far);
}

/* serial: ----------------------------------------------------------------- */

static char *pty_address(struct far_end *far, const char *slave)
{
	g_autofree char *link = g_build_filename(far->dir, "ttySIM0", NULL);

	g_unlink(link);
	g_assert_cmpint(symlink(slave, link), ==, 0);
	return g_strdup_printf("serial:/dev/../../..%s:19200/8n1", link);
}

/* As found: flow control on, odd speed, line editing. */
static void spoil_line(int slave)
{
	struct termios line;

	tcgetattr(slave, &line);
	line.c_iflag |= IXON | IXOFF | ICRNL;
	line.c_lflag |= ICANON | ECHO;
	cfsetspeed(&line, B300);
	tcsetattr(slave, TCSANOW, &line);
}

static void expect_raw_line(int slave)
{
	struct termios line;

	tcgetattr(slave, &line);
	g_assert_cmpint(cfgetospeed(&line), ==, B19200);
	g_assert_cmpint(line.c_iflag & (IXON | IXOFF | ICRNL), ==, 0);
	g_assert_cmpint(line.c_lflag & (ICANON | ECHO), ==, 0);
	g_assert_cmpint(
		line.c_cflag & (CSIZE | CSTOPB | PARENB | CRTSCTS), ==, CS8);
}

static void test_serial(void)
{
	struct far_end *far = far_end_new();
	struct seen seen = {0}, second = {0};
	g_autofree char *address = NULL, *link = NULL, *got = NULL;
	char slave_name[128];
	int master, slave;

	g_assert_cmpint(
		openpty(&master, &slave, slave_name, NULL, NULL), ==, 0);
	spoil_line(slave);
	g_unix_set_fd_nonblocking(master, TRUE, NULL);
	far->fd = master;
	address = pty_address(far, slave_name);

	open_port(&seen, address, NULL);
	WAIT_FOR(far, seen.opened || seen.why);
	g_assert_no_error(seen.why);
	expect_raw_line(slave);

	/* all bytes, both ways */
	far_end_say(far, "00 0A 0D 11 13 1A 03 FF");
	WAIT_FOR(far, seen.data->len == 8);
	g_assert_cmpmem(
		seen.data->str, 8, "\x00\x0a\x0d\x11\x13\x1a\x03\xff", 8);
	g_assert_true(port_write(seen.port, "\x00\x0a\x0d\x11\xff", 5));
	WAIT_FOR(far, far->got->len == 5 && seen.drained);
	got = far_end_take(far);
	g_assert_cmpstr(got, ==, "00 0A 0D 11 FF");

	/* claimed */
	open_port(&second, address, NULL);
	WAIT_FOR(far, second.why);
	g_assert_cmpstr(error_name(second.why), ==, "link.busy");

	/* unplugged: noticed at once, and without turning in circles */
	close(slave);
	far_end_hang_up(far);
	WAIT_FOR(far, seen.why);
	g_assert_cmpstr(error_name(seen.why), ==, "link.closed");
	g_assert_null(seen.port);

	open_port(&seen, address, NULL);
	g_clear_error(&seen.why);
	WAIT_FOR(far, seen.why);
	g_assert_cmpstr(error_name(seen.why), ==, "link.absent");
	link = g_build_filename(far->dir, "ttySIM0", NULL);
	g_unlink(link);
	seen_clear(&seen);
	seen_clear(&second);
	far_end_free(far);
}

static void test_addresses(void)
{
	static const struct {
		const char *address;
		bool is_good;
	} rows[] = {
		{"serial:/dev/ttyUSB0", true},
		{"serial:/dev/ttyUSB0:9600/8n1", true},
		{"serial:/dev/ttyUSB0:9600/7e2/rtscts", true},
		{"serial:/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0",
			true},
		{"serial:/dev/serial/by-path/pci-0:1:1.0:115200/8o1", true},
		{"serial:/dev/ttyUSB0:9600/9n1", false},
		{"serial:/dev/ttyUSB0:9600/8x1", false},
		{"serial:/dev/ttyUSB0:9600/8n1/xonxoff", false},
		{"serial:ttyUSB0", false},
		{"tcp:host:4001", true},
		{"tcp:[::1]:4001", true},
		{"tcp:host:70000", false},
		{"tcp::1", false},
		{"unix:", false},
		{"exec:a 'b", false},
		{"usb:0400:c35a", false},
		{"", false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct port_setup setup = {.address = rows[i].address};
		g_autoptr(GError) error = NULL;

		if (port_check(&setup, &error) != rows[i].is_good)
			g_error("%s", rows[i].address);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/port/addresses", test_addresses);
	g_test_add_func("/port/unix", test_unix);
	g_test_add_func("/port/free", test_free);
	g_test_add_func("/port/bound", test_bound);
	g_test_add_func("/port/tcp", test_tcp);
	g_test_add_func("/port/exec", test_exec);
	g_test_add_func("/port/replay", test_replay);
	g_test_add_func("/port/serial", test_serial);
	return g_test_run();
}
