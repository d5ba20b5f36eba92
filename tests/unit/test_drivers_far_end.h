/* For tests of ports and of the host: the other end of a Unix socket, and
 * waiting on the main loop with a bound. */
#ifndef TESTS_UNIT_TEST_DRIVERS_FAR_END_H
#define TESTS_UNIT_TEST_DRIVERS_FAR_END_H

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/base/id.h"
#include "drivers/hex.h"

struct far_end {
	char *dir, *path; /* own */
	int listener, fd;
	GByteArray *got; /* own */
	int accepted;
};

static inline void far_end_listen(struct far_end *far)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	g_strlcpy(address.sun_path, far->path, sizeof(address.sun_path));
	far->listener =
		socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(far->listener, (struct sockaddr *)&address,
				sizeof(address)),
		==, 0);
	g_assert_cmpint(listen(far->listener, 4), ==, 0);
}

static inline struct far_end *far_end_new(void)
{
	struct far_end *far = g_new0(struct far_end, 1);

	far->dir = g_dir_make_tmp("yikou-test-XXXXXX", NULL);
	far->path = g_build_filename(far->dir, "far.sock", NULL);
	far->got = g_byte_array_new();
	far->listener = far->fd = -1;
	return far;
}

static inline void far_end_hang_up(struct far_end *far)
{
	if (far->fd >= 0)
		close(far->fd);
	far->fd = -1;
}

static inline void far_end_unplug(struct far_end *far)
{
	far_end_hang_up(far);
	if (far->listener >= 0)
		close(far->listener);
	far->listener = -1;
	g_unlink(far->path);
}

static inline void far_end_free(struct far_end *far)
{
	far_end_unplug(far);
	g_byte_array_unref(far->got);
	g_rmdir(far->dir);
	g_free(far->dir);
	g_free(far->path);
	g_free(far);
}

/* Takes a connection and bytes if there are some. */
static inline void far_end_look(struct far_end *far)
{
	uint8_t bytes[4096];
	ssize_t n;

	if (far->fd < 0 && far->listener >= 0) {
		far->fd = accept4(far->listener, NULL, NULL,
			SOCK_NONBLOCK | SOCK_CLOEXEC);
		far->accepted += far->fd >= 0;
	}
	if (far->fd < 0)
		return;
	while ((n = read(far->fd, bytes, sizeof(bytes))) > 0)
		g_byte_array_append(far->got, bytes, (guint)n);
	if (n == 0)
		far_end_hang_up(far);
}

static inline void far_end_say(struct far_end *far, const char *hex)
{
	uint8_t bytes[4096];
	size_t len = 0;

	g_assert_true(hex_decode(hex, bytes, sizeof(bytes), &len));
	g_assert_cmpint(write(far->fd, bytes, len), ==, (ssize_t)len);
}

/* What came since the last time, as hex; caller frees. */
static inline char *far_end_take(struct far_end *far)
{
	char *hex = hex_line(far->got->data, far->got->len);

	g_byte_array_set_size(far->got, 0);
	return hex;
}

static inline gboolean far_end_tick(gpointer unused)
{
	(void)unused;
	return G_SOURCE_CONTINUE;
}

/* Turns the loop until the condition holds; fails after three seconds. */
#define WAIT_FOR(far, condition)                                            \
	do {                                                                \
		gint64 until = g_get_monotonic_time() + 3 * G_USEC_PER_SEC; \
		guint tick = g_timeout_add(2, far_end_tick, NULL);          \
		far_end_look(far);                                          \
		while (!(condition)) {                                      \
			g_assert_cmpint(g_get_monotonic_time(), <, until);  \
			g_main_context_iteration(NULL, TRUE);               \
			far_end_look(far);                                  \
		}                                                           \
		g_source_remove(tick);                                      \
	} while (0)

#define WAIT_MS(far, ms)                                         \
	do {                                                     \
		gint64 end = g_get_monotonic_time() + (ms)*1000; \
		WAIT_FOR(far, g_get_monotonic_time() >= end);    \
	} while (0)

#endif
