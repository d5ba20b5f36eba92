/* One simulated line: a Unix socket where a port of devices.conf connects, the
 * devices on it, and the faults a line can have. */
#include "drivers/sim/sim_line.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/base/error.h"
#include "client/base/log.h"

enum {
	READ_AT_ONCE = 4096,
	BUFFER_MAX = 4096,
	UNSENT_MAX = 64 * 1024 * 1024, /* a stream of pictures */
	NOISE_MS = 50,
	NOISE_BYTES = 24,
};

struct sim_line {
	char *path;         /* own */
	char *base_dir;     /* own */
	GPtrArray *devices; /* own: struct sim_device */
	int listener, fd;   /* -1: none */
	guint listener_watch, in_watch, out_watch;
	GByteArray *in, *out; /* own: unread, unsent */
	size_t in_max;
	enum sim_fault fault;
	guint fault_timer, noise_timer;
};

static const struct sim_kind *const kinds[] = {
	&sim_idcard,
	&sim_camera,
};

static const struct sim_kind *find_kind(const struct device_spec *spec)
{
	if (spec->profile)
		return &sim_profile;
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (spec->driver &&
			!strcmp(kinds[i]->driver, spec->driver->name))
			return kinds[i];
	}
	return NULL;
}

static void stop(guint *source)
{
	if (*source)
		g_source_remove(*source);
	*source = 0;
}

/* The connection ---------------------------------------------------------- */

static void hang_up(struct sim_line *line)
{
	stop(&line->in_watch);
	stop(&line->out_watch);
	if (line->fd >= 0)
		close(line->fd);
	line->fd = -1;
	g_byte_array_set_size(line->in, 0);
	g_byte_array_set_size(line->out, 0);
	for (guint i = 0; i < line->devices->len; i++)
		sim_alarm(line->devices->pdata[i], 0);
}

/* How many bytes at the start are dealt with; 0: they wait for more. */
static size_t offer(struct sim_line *line)
{
	size_t least = line->in->len;

	for (guint i = 0; i < line->devices->len; i++) {
		struct sim_device *dev = line->devices->pdata[i];
		size_t taken;

		dev->skipped = 0;
		taken = dev->kind->feed(dev, line->in->data, line->in->len);
		if (taken)
			return MIN(taken, line->in->len);
		least = MIN(least, dev->skipped);
	}
	if (!least && line->in->len >= line->in_max)
		return 1;
	return least;
}

static void offer_all(struct sim_line *line)
{
	size_t done;

	while (line->in->len && (done = offer(line)) > 0 && line->fd >= 0)
		g_byte_array_remove_range(line->in, 0, (guint)done);
}

static gboolean readable(gint fd, GIOCondition what, gpointer user_data)
{
	struct sim_line *line = user_data;
	uint8_t bytes[READ_AT_ONCE];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return G_SOURCE_CONTINUE;
	if (n <= 0) {
		hang_up(line);
		return G_SOURCE_CONTINUE; /* removed by its id */
	}
	g_byte_array_append(line->in, bytes, (guint)n);
	offer_all(line);
	return G_SOURCE_CONTINUE;
}

static gboolean writable(gint fd, GIOCondition what, gpointer user_data);

static void flush(struct sim_line *line)
{
	ssize_t n =
		send(line->fd, line->out->data, line->out->len, MSG_NOSIGNAL);

	if (n > 0)
		g_byte_array_remove_range(line->out, 0, (guint)n);
	if (line->out->len && !line->out_watch)
		line->out_watch =
			g_unix_fd_add(line->fd, G_IO_OUT, writable, line);
}

static gboolean writable(gint fd, GIOCondition what, gpointer user_data)
{
	struct sim_line *line = user_data;

	(void)fd;
	(void)what;
	flush(line);
	if (line->out->len)
		return G_SOURCE_CONTINUE;
	line->out_watch = 0;
	return G_SOURCE_REMOVE;
}

static void put(struct sim_line *line, const void *data, size_t len)
{
	if (line->fd < 0 || line->out->len + len > UNSENT_MAX)
		return;
	g_byte_array_append(line->out, data, (guint)len);
	if (!line->out_watch)
		flush(line);
}

/* A second one is turned away: a line has one master. */
static gboolean arriving(gint listener, GIOCondition what, gpointer user_data)
{
	struct sim_line *line = user_data;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (fd < 0)
		return G_SOURCE_CONTINUE;
	if (line->fd >= 0) {
		close(fd);
		return G_SOURCE_CONTINUE;
	}
	line->fd = fd;
	line->in_watch = g_unix_fd_add(
		fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable, line);
	for (guint i = 0; i < line->devices->len; i++) {
		struct sim_device *dev = line->devices->pdata[i];

		if (dev->kind->start)
			dev->kind->start(dev);
	}
	return G_SOURCE_CONTINUE;
}

static bool listen_now(struct sim_line *line, GError **error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	g_strlcpy(address.sun_path, line->path, sizeof(address.sun_path));
	unlink(line->path);
	if (fd < 0 ||
		bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(fd, 1) < 0) {
		g_set_error(error, LINK_ERROR, LINK_ERROR_ABSENT,
			"listen on %s: %s", line->path, g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	line->listener = fd;
	line->listener_watch = g_unix_fd_add(fd, G_IO_IN, arriving, line);
	return true;
}

static void stop_listening(struct sim_line *line)
{
	stop(&line->listener_watch);
	if (line->listener >= 0) {
		close(line->listener);
		unlink(line->path);
	}
	line->listener = -1;
}

/* Faults ------------------------------------------------------------------ */

static gboolean make_noise(gpointer user_data)
{
	uint8_t noise[NOISE_BYTES];

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)g_random_int_range(0, 256);
	put(user_data, noise, sizeof(noise));
	return G_SOURCE_CONTINUE;
}

static gboolean fault_ends(gpointer user_data)
{
	struct sim_line *line = user_data;
	g_autoptr(GError) error = NULL;

	line->fault_timer = 0;
	line->fault = SIM_FAULT_NONE;
	stop(&line->noise_timer);
	if (line->listener < 0 && !listen_now(line, &error))
		log_error(error, "plugging in again");
	return G_SOURCE_REMOVE;
}

void sim_line_fault(struct sim_line *line, enum sim_fault fault, int seconds)
{
	stop(&line->fault_timer);
	fault_ends(line);
	line->fault = fault;
	if (fault == SIM_FAULT_UNPLUG) {
		stop_listening(line);
		hang_up(line);
	} else if (fault == SIM_FAULT_NOISE) {
		line->noise_timer = g_timeout_add(NOISE_MS, make_noise, line);
	}
	if (fault != SIM_FAULT_NONE)
		line->fault_timer =
			g_timeout_add((guint)seconds * 1000, fault_ends, line);
}

/* Devices ----------------------------------------------------------------- */

static void free_device(gpointer data)
{
	struct sim_device *dev = data;

	stop(&dev->alarm);
	if (dev->kind->free)
		dev->kind->free(dev);
	g_free(dev->state);
	g_free(dev);
}

static void add_device(struct sim_line *line, const struct device_spec *spec)
{
	struct sim_device *dev = g_new0(struct sim_device, 1);

	dev->kind = find_kind(spec);
	if (!dev->kind || !spec->driver) {
		log_warn("device %s is not simulated", spec->name);
		g_free(dev);
		return;
	}
	dev->spec = spec;
	dev->line = line;
	dev->state = g_malloc0(MAX(dev->kind->state_size, 1));
	line->in_max = MAX(line->in_max, dev->kind->buffer_max);
	g_ptr_array_add(line->devices, dev);
	if (dev->kind->init)
		dev->kind->init(dev);
}

static char *socket_path(const struct line_spec *spec)
{
	const char *path = spec->port + strlen("unix:");

	return g_path_is_absolute(path)
		       ? g_strdup(path)
		       : g_build_filename(spec->base_dir, path, NULL);
}

struct sim_line *sim_line_new(const struct line_spec *spec, GError **error)
{
	AUTO(sim_line) line = g_new0(struct sim_line, 1);

	line->path = socket_path(spec);
	line->base_dir = g_strdup(spec->base_dir);
	line->listener = line->fd = -1;
	line->in = g_byte_array_new();
	line->out = g_byte_array_new();
	line->in_max = BUFFER_MAX;
	line->devices = g_ptr_array_new_with_free_func(free_device);
	for (guint i = 0; i < spec->devices->len; i++)
		add_device(line, spec->devices->pdata[i]);
	if (!listen_now(line, error))
		return NULL;
	return g_steal_pointer(&line);
}

void sim_line_free(struct sim_line *line)
{
	if (!line)
		return;
	stop(&line->fault_timer);
	stop(&line->noise_timer);
	hang_up(line);
	stop_listening(line);
	g_ptr_array_free(line->devices, TRUE);
	g_byte_array_unref(line->in);
	g_byte_array_unref(line->out);
	g_free(line->path);
	g_free(line->base_dir);
	g_free(line);
}

struct sim_device *sim_line_find(struct sim_line *line, const char *name)
{
	for (guint i = 0; i < line->devices->len; i++) {
		struct sim_device *dev = line->devices->pdata[i];

		if (!strcmp(dev->spec->name, name))
			return dev;
	}
	return NULL;
}

void sim_line_state(struct sim_line *line, struct json *out)
{
	for (guint i = 0; i < line->devices->len; i++) {
		struct sim_device *dev = line->devices->pdata[i];
		struct json *state = json_new_object();

		json_put_bool(state, "connected", line->fd >= 0);
		if (dev->kind->state)
			dev->kind->state(dev, state);
		json_put(out, dev->spec->name, state);
	}
}

/* What kinds may do ------------------------------------------------------- */

void *sim_state(struct sim_device *dev)
{
	return dev->state;
}

const char *sim_option(const struct sim_device *dev, const char *key)
{
	return device_options_get(dev->spec->options, key);
}

bool sim_is_connected(const struct sim_device *dev)
{
	return dev->line->fd >= 0;
}

void sim_send(struct sim_device *dev, const void *data, size_t len)
{
	if (dev->line->fault == SIM_FAULT_SILENT)
		return;
	put(dev->line, data,
		dev->line->fault == SIM_FAULT_HALF ? len / 2 : len);
}

void sim_skip(struct sim_device *dev, size_t len)
{
	dev->skipped = len;
}

static gboolean alarm_rang(gpointer user_data)
{
	struct sim_device *dev = user_data;

	dev->alarm = 0;
	if (dev->kind->alarm)
		dev->kind->alarm(dev);
	return G_SOURCE_REMOVE;
}

void sim_alarm(struct sim_device *dev, int ms)
{
	stop(&dev->alarm);
	if (ms > 0)
		dev->alarm = g_timeout_add((guint)ms, alarm_rang, dev);
}

const char *sim_base_dir(const struct sim_device *dev)
{
	return dev->line->base_dir;
}

const struct profile *sim_profile_of(const struct sim_device *dev)
{
	return dev->spec->profile;
}
