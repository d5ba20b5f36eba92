/* The bad line: one thread, poll(), a queue of pieces for each direction. */
#include "tests/sync/proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "client/base/clock.h"

enum {
	PIECE = 16384,
	QUEUE_MAX = 256 * 1024,
	LINES_MAX = 512,
	LOOK_MS = 20, /* how soon the end is noticed */
	SPREAD = 4096,
};

#define NAME_ROW(code, name) [code] = name,
static const char *const fault_names[] = {PROXY_FAULTS(NAME_ROW)};

struct piece {
	int64_t due_ms;
	size_t len, sent;
	char data[];
};

/* One direction of a line. */
struct pipe {
	int from, to;
	GQueue pieces; /* of struct piece * */
	size_t queued;
	int64_t free_ms; /* when the narrow line takes the next one */
	bool ended;      /* from has said all */
};

struct line {
	struct pipe up, down;
	bool replied; /* bytes of the server since the request began */
	bool silent, dead;
	enum proxy_fault fault; /* of the request in hand */
	int64_t at, up_bytes, down_bytes;
};

struct proxy {
	int listener;
	unsigned port;
	GThread *thread;
	GMutex lock; /* of what follows */
	bool stopping, renew;
	unsigned target;
	struct proxy_plan plan;
	unsigned left; /* faults until the limit */
	struct proxy_counts counts;
	/* of the thread alone */
	GRand *dice;
	GPtrArray *lines;
};

const char *proxy_fault_name(enum proxy_fault fault)
{
	return fault_names[fault];
}

/* Ends ----------------------------------------------------------------------
 */

static void pipe_clear(struct pipe *pipe)
{
	g_queue_clear_full(&pipe->pieces, g_free);
}

static void line_free(void *data)
{
	struct line *line = data;

	pipe_clear(&line->up);
	pipe_clear(&line->down);
	close(line->up.from);
	close(line->down.from);
	g_free(line);
}

static void cut(struct proxy *proxy, struct line *line)
{
	const struct linger now = {.l_onoff = 1, .l_linger = 0};

	if (g_rand_double(proxy->dice) < proxy->plan.reset) {
		setsockopt(line->up.from, SOL_SOCKET, SO_LINGER, &now,
			sizeof(now));
		setsockopt(line->down.from, SOL_SOCKET, SO_LINGER, &now,
			sizeof(now));
	}
	line->dead = true;
}

/* Drawing -------------------------------------------------------------------
 */

static enum proxy_fault draw(struct proxy *proxy)
{
	double chance = g_rand_double(proxy->dice);

	for (int i = 0; i < PROXY_FAULT_COUNT; i++) {
		chance -= proxy->plan.share[i];
		if (chance < 0)
			return (enum proxy_fault)i;
	}
	return PROXY_NONE;
}

static void begin_request(
	struct proxy *proxy, struct line *line, const char *data, size_t len)
{
	const struct proxy_plan *plan = &proxy->plan;
	size_t want = plan->match ? strlen(plan->match) : 0;
	int64_t spread = plan->spread ? plan->spread : SPREAD;

	line->up_bytes = line->down_bytes = 0;
	line->replied = false;
	line->fault = PROXY_NONE;
	proxy->counts.requests++;
	if (len < want || (want && memcmp(data, plan->match, want) != 0))
		return;
	line->fault = draw(proxy);
	line->at = plan->at >= 0
			   ? plan->at
			   : g_rand_int_range(proxy->dice, 0, (gint32)spread);
}

/* The fault happens now, if there is one left. */
static bool strike(struct proxy *proxy, struct line *line)
{
	if (proxy->plan.limit && proxy->left == 0) {
		line->fault = PROXY_NONE;
		return false;
	}
	proxy->left -= proxy->plan.limit ? 1 : 0;
	proxy->counts.faults[line->fault]++;
	proxy->counts.all_faults++;
	return true;
}

/* Passing on ----------------------------------------------------------------
 */

static void enqueue(struct proxy *proxy, struct pipe *pipe, const char *data,
	size_t len, unsigned extra_ms)
{
	const struct proxy_plan *plan = &proxy->plan;
	struct piece *piece = g_malloc(sizeof(*piece) + len);
	int64_t now = clock_boot_ms();

	piece->len = len;
	piece->sent = 0;
	memcpy(piece->data, data, len);
	pipe->free_ms = MAX(pipe->free_ms, now);
	if (plan->bytes_per_s > 0)
		pipe->free_ms += (int64_t)len * 1000 / plan->bytes_per_s;
	piece->due_ms = pipe->free_ms + plan->delay_ms + extra_ms;
	if (plan->jitter_ms > 0)
		piece->due_ms += g_rand_int_range(
			proxy->dice, 0, (gint32)plan->jitter_ms);
	g_queue_push_tail(&pipe->pieces, piece);
	pipe->queued += len;
}

/* The byte of the fault lies in the next len ones. */
static bool hits(const struct line *line, int64_t before, size_t len)
{
	return line->at >= before && line->at < before + (int64_t)len;
}

/* How much of the piece goes on; the rest of the line's life may end here. */
static size_t spoil_request(
	struct proxy *proxy, struct line *line, char *data, size_t len)
{
	bool hit = hits(line, line->up_bytes, len);

	line->up_bytes += (int64_t)len;
	if (!hit || line->replied)
		return len;
	if (line->fault == PROXY_FLIP_REQUEST && strike(proxy, line)) {
		data[line->at - (line->up_bytes - (int64_t)len)] ^= 4;
	} else if (line->fault == PROXY_CUT_REQUEST && strike(proxy, line)) {
		cut(proxy, line);
		return (size_t)(line->at - (line->up_bytes - (int64_t)len));
	} else if (line->fault == PROXY_HALF_OPEN && strike(proxy, line)) {
		line->silent = true;
		return (size_t)(line->at - (line->up_bytes - (int64_t)len));
	}
	return len;
}

static size_t spoil_reply(
	struct proxy *proxy, struct line *line, char *data, size_t len)
{
	bool first = !line->replied;
	bool hit = hits(line, line->down_bytes, len);
	int64_t before = line->down_bytes;

	line->replied = true;
	line->down_bytes += (int64_t)len;
	if (first && line->fault == PROXY_LOSE_REPLY && strike(proxy, line)) {
		cut(proxy, line);
		return 0;
	}
	if (first && line->fault == PROXY_TWICE && strike(proxy, line))
		enqueue(proxy, &line->down, data, len, 0);
	if (first && line->fault == PROXY_LATE_REPLY && strike(proxy, line)) {
		enqueue(proxy, &line->down, data, len, proxy->plan.late_ms);
		return 0;
	}
	if (hit && line->fault == PROXY_FLIP_REPLY && strike(proxy, line))
		data[line->at - before] ^= 4;
	if (hit && line->fault == PROXY_CUT_REPLY && strike(proxy, line)) {
		cut(proxy, line);
		return (size_t)(line->at - before);
	}
	return len;
}

static void pass(struct proxy *proxy, struct line *line, struct pipe *pipe,
	char *data, size_t len)
{
	if (pipe == &line->up) {
		if (line->up_bytes == 0 || line->replied)
			begin_request(proxy, line, data, len);
		len = spoil_request(proxy, line, data, len);
	} else {
		len = spoil_reply(proxy, line, data, len);
	}
	if (len > 0)
		enqueue(proxy, pipe, data, len, 0);
}

/* Sends what is due; false when the other side is gone. */
static bool flush_pipe(struct pipe *pipe, int64_t now)
{
	struct piece *piece;

	while ((piece = g_queue_peek_head(&pipe->pieces)) &&
		piece->due_ms <= now) {
		ssize_t len = send(pipe->to, piece->data + piece->sent,
			piece->len - piece->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (len < 0)
			return errno == EAGAIN || errno == EINTR;
		piece->sent += (size_t)len;
		pipe->queued -= (size_t)len;
		if (piece->sent < piece->len)
			return true;
		g_free(g_queue_pop_head(&pipe->pieces));
	}
	if (pipe->ended && !piece)
		shutdown(pipe->to, SHUT_WR);
	return true;
}

static void read_pipe(struct proxy *proxy, struct line *line, struct pipe *pipe)
{
	char data[PIECE];
	ssize_t len = recv(pipe->from, data, sizeof(data), MSG_DONTWAIT);

	if (len < 0) {
		line->dead = errno != EAGAIN && errno != EINTR;
	} else if (len == 0) {
		pipe->ended = true;
		line->dead = line->silent || line->up.ended;
	} else if (!line->silent) {
		pass(proxy, line, pipe, data, (size_t)len);
	}
}

/* Lines ---------------------------------------------------------------------
 */

static int dial(unsigned port)
{
	struct sockaddr_in where = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int yes = 1;

	if (port == 0 ||
		connect(fd, (struct sockaddr *)&where, sizeof(where)) != 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	return fd;
}

static void take_caller(struct proxy *proxy)
{
	int caller = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
	int server = caller < 0 ? -1 : dial(proxy->target);
	const int yes = 1;
	struct line *line;

	if (server < 0 || proxy->lines->len >= LINES_MAX) {
		if (caller >= 0)
			close(caller);
		if (server >= 0)
			close(server);
		return;
	}
	setsockopt(caller, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	line = g_new0(struct line, 1);
	line->up = (struct pipe){.from = caller, .to = server};
	line->down = (struct pipe){.from = server, .to = caller};
	g_queue_init(&line->up.pieces);
	g_queue_init(&line->down.pieces);
	g_ptr_array_add(proxy->lines, line);
}

/* The socket that in reads from and out writes to. */
static struct pollfd watch(const struct pipe *in, const struct pipe *out)
{
	struct piece *piece = g_queue_peek_head((GQueue *)&out->pieces);
	short events = 0;

	if (!in->ended && in->queued < QUEUE_MAX)
		events |= POLLIN;
	if (piece && piece->sent > 0)
		events |= POLLOUT;
	/* Without interest it would tell of its end again and again. */
	return (struct pollfd){events ? in->from : -1, events, 0};
}

static int next_due(const struct proxy *proxy, int64_t now)
{
	int64_t due = now + LOOK_MS;

	for (guint i = 0; i < proxy->lines->len; i++) {
		struct line *line = proxy->lines->pdata[i];
		struct piece *up = g_queue_peek_head(&line->up.pieces);
		struct piece *down = g_queue_peek_head(&line->down.pieces);

		if (up)
			due = MIN(due, up->due_ms);
		if (down)
			due = MIN(due, down->due_ms);
	}
	return (int)MAX(1, due - now);
}

static void serve_line(
	struct proxy *proxy, struct line *line, const struct pollfd *fds)
{
	const short readable = POLLIN | POLLHUP | POLLERR;

	if ((fds[0].revents & readable) && !line->up.ended)
		read_pipe(proxy, line, &line->up);
	if ((fds[1].revents & readable) && !line->down.ended && !line->dead)
		read_pipe(proxy, line, &line->down);
}

static void flush_lines(struct proxy *proxy)
{
	int64_t now = clock_boot_ms();

	for (guint i = proxy->lines->len; i-- > 0;) {
		struct line *line = proxy->lines->pdata[i];
		bool good = flush_pipe(&line->up, now) &&
			    flush_pipe(&line->down, now);
		bool over = line->down.ended && !line->down.pieces.head;

		if (!good || over || line->dead || proxy->renew)
			g_ptr_array_remove_index_fast(proxy->lines, i);
	}
	proxy->renew = false;
}

static void *run(void *data)
{
	struct proxy *proxy = data;
	struct pollfd fds[1 + 2 * LINES_MAX];

	for (;;) {
		guint count = proxy->lines->len;

		fds[0] = (struct pollfd){proxy->listener, POLLIN, 0};
		for (guint i = 0; i < count; i++) {
			struct line *line = proxy->lines->pdata[i];

			fds[1 + 2 * i] = watch(&line->up, &line->down);
			fds[2 + 2 * i] = watch(&line->down, &line->up);
		}
		poll(fds, 1 + 2 * count, next_due(proxy, clock_boot_ms()));
		g_mutex_lock(&proxy->lock);
		if (proxy->stopping)
			break;
		for (guint i = 0; i < count; i++)
			serve_line(
				proxy, proxy->lines->pdata[i], &fds[1 + 2 * i]);
		flush_lines(proxy);
		if (fds[0].revents & POLLIN)
			take_caller(proxy);
		g_mutex_unlock(&proxy->lock);
	}
	g_mutex_unlock(&proxy->lock);
	return NULL;
}

/* Outside -------------------------------------------------------------------
 */

static unsigned listen_on_loopback(int fd)
{
	struct sockaddr_in where = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(where);

	if (bind(fd, (struct sockaddr *)&where, sizeof(where)) != 0 ||
		listen(fd, 128) != 0 ||
		getsockname(fd, (struct sockaddr *)&where, &len) != 0)
		g_error("proxy: %s", g_strerror(errno));
	return ntohs(where.sin_port);
}

struct proxy *proxy_new(uint32_t seed)
{
	struct proxy *proxy = g_new0(struct proxy, 1);

	g_mutex_init(&proxy->lock);
	proxy->dice = g_rand_new_with_seed(seed);
	proxy->lines = g_ptr_array_new_with_free_func(line_free);
	proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	proxy->port = listen_on_loopback(proxy->listener);
	proxy->thread = g_thread_new("proxy", run, proxy);
	return proxy;
}

void proxy_free(struct proxy *proxy)
{
	if (!proxy)
		return;
	g_mutex_lock(&proxy->lock);
	proxy->stopping = true;
	g_mutex_unlock(&proxy->lock);
	g_thread_join(proxy->thread);
	close(proxy->listener);
	g_ptr_array_unref(proxy->lines);
	g_rand_free(proxy->dice);
	g_mutex_clear(&proxy->lock);
	g_free(proxy);
}

unsigned proxy_port(const struct proxy *proxy)
{
	return proxy->port;
}

void proxy_target(struct proxy *proxy, unsigned port)
{
	g_mutex_lock(&proxy->lock);
	proxy->target = port;
	g_mutex_unlock(&proxy->lock);
}

void proxy_plan(struct proxy *proxy, const struct proxy_plan *plan)
{
	g_mutex_lock(&proxy->lock);
	proxy->plan = *plan;
	proxy->left = plan->limit;
	proxy->renew = true;
	g_mutex_unlock(&proxy->lock);
}

void proxy_order(struct proxy *proxy, const char *match, enum proxy_fault fault,
	int64_t at, unsigned limit)
{
	struct proxy_plan plan = {.match = match, .at = at, .limit = limit};

	plan.share[fault] = 1;
	proxy_plan(proxy, &plan);
}

struct proxy_counts proxy_counts(struct proxy *proxy)
{
	struct proxy_counts counts;

	g_mutex_lock(&proxy->lock);
	counts = proxy->counts;
	g_mutex_unlock(&proxy->lock);
	return counts;
}
