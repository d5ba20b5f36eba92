/* Thousands of windows that lost their platform in the same second, and get it
 * back eight hours later in the same second. Nothing is sent: time is made up
 * and walked through, the link's gate (client/link/gate.c) says when each lane
 * may try, and the platform is a queue that works as fast as the stand-in did
 * in this run. Counted is what the gate lets out: a lane that comes back, or
 * tries again. What follows an answer waits for it, so the platform itself sets
 * that pace. What is not the gate's is as link.c has it: a tick finds the
 * first fault, an open breaker sends one probe, an answer sends the rest. */
#include "tests/bench/bench_sync.h"

#include <math.h>
#include <stdio.h>

#include "client/link/gate.h"
#include "client/link/link.h"

enum {
	OUTAGE_MS = 8 * 3600 * 1000,
	AFTER_MS = 600 * 1000,
	OPS_IN_BATCH = 200,
	LANES = 2, /* each window has two: push and pull */
	PULLS = 4, /* hello and three feeds, once the platform is back */
	TIMEOUT_MS = 30000,
	PROBE_US = 200,
	BUSIEST_LIMIT = 3,
};

struct lane_state {
	struct gate gate;
	int64_t next_ms;
	int left;        /* requests after the probe */
	int64_t back_ms; /* when the first answer came, 0: not yet */
	int64_t done_ms; /* when the last one came */
};

struct simulation {
	const struct herd *herd;
	GRand *random;
	struct lane_state *lanes; /* own: of all windows */
	int count;
	double free_at_ms;  /* the platform is busy until then */
	unsigned *arrivals; /* own: of each second after the return */
	unsigned requests;  /* with those that follow an answer */
	double longest_wait_ms;
};

static int batches_of(const struct herd *herd)
{
	return (herd->ops + OPS_IN_BATCH - 1) / OPS_IN_BATCH;
}

static void begin(struct simulation *simulation)
{
	for (int i = 0; i < simulation->count; i++) {
		struct lane_state *lane = &simulation->lanes[i];

		/* The worst: all were switched on together, and tick so. */
		lane->next_ms = g_rand_int_range(simulation->random, 0, 1000);
		lane->left =
			i % LANES == 0 ? batches_of(simulation->herd) : PULLS;
	}
}

static double work_ms(const struct simulation *simulation,
	const struct lane_state *lane, int i)
{
	const struct herd *herd = simulation->herd;
	int ops;

	if (lane->gate.open || i % LANES != 0)
		return PROBE_US / 1e3;
	ops = MIN(OPS_IN_BATCH,
		herd->ops - (batches_of(herd) - lane->left) * OPS_IN_BATCH);
	return ops * herd->op_s * 1e3;
}

/* A request at now_ms; sets when the lane acts again. */
static void send(struct simulation *simulation, int i, int64_t now_ms)
{
	struct lane_state *lane = &simulation->lanes[i];
	double wait, chance = g_rand_double(simulation->random);

	if (now_ms < OUTAGE_MS) {
		gate_fault(&lane->gate, now_ms, chance, -1);
		lane->next_ms = lane->gate.until_ms;
		return;
	}
	simulation->requests++;
	if (lane->gate.failures > 0)
		simulation->arrivals[(now_ms - OUTAGE_MS) / 1000]++;
	simulation->free_at_ms = fmax(simulation->free_at_ms, (double)now_ms) +
				 work_ms(simulation, lane, i);
	wait = simulation->free_at_ms - (double)now_ms;
	simulation->longest_wait_ms = fmax(simulation->longest_wait_ms, wait);
	lane->next_ms = now_ms + (int64_t)ceil(wait);
	if (wait > TIMEOUT_MS) {
		gate_fault(&lane->gate, now_ms + TIMEOUT_MS, chance, -1);
		lane->next_ms = lane->gate.until_ms;
		return;
	}
	if (!lane->gate.open)
		lane->left--;
	gate_success(&lane->gate);
	if (!lane->back_ms)
		lane->back_ms = lane->next_ms;
	if (lane->left == 0) {
		lane->done_ms = lane->next_ms;
		lane->next_ms = INT64_MAX;
	}
}

/* Buckets of a millisecond would be many: lanes are kept in a queue of time. */
static gint by_time(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct simulation *simulation = data;
	int64_t x = simulation->lanes[GPOINTER_TO_INT(a)].next_ms;
	int64_t y = simulation->lanes[GPOINTER_TO_INT(b)].next_ms;

	if (x != y)
		return x < y ? -1 : 1;
	return GPOINTER_TO_INT(a) - GPOINTER_TO_INT(b);
}

static int run(struct simulation *simulation)
{
	g_autoptr(GTree) queue = g_tree_new_with_data(by_time, simulation);
	int done = 0;

	begin(simulation);
	for (int i = 0; i < simulation->count; i++)
		g_tree_insert(queue, GINT_TO_POINTER(i), NULL);
	while (done < simulation->count) {
		GTreeNode *node = g_tree_node_first(queue);
		int i = GPOINTER_TO_INT(g_tree_node_key(node));
		int64_t now_ms = simulation->lanes[i].next_ms;

		if (now_ms >= OUTAGE_MS + AFTER_MS)
			break;
		g_tree_remove(queue, GINT_TO_POINTER(i));
		send(simulation, i, now_ms);
		done += simulation->lanes[i].left == 0;
		if (simulation->lanes[i].left > 0)
			g_tree_insert(queue, GINT_TO_POINTER(i), NULL);
	}
	return done;
}

/* The mean is that of the seconds until the last one came. */
static double busiest(const struct simulation *simulation, unsigned *most)
{
	unsigned all = 0;
	int seconds = 0;

	*most = 0;
	for (int i = 0; i < AFTER_MS / 1000; i++) {
		*most = MAX(*most, simulation->arrivals[i]);
		all += simulation->arrivals[i];
		if (simulation->arrivals[i] > 0)
			seconds = i + 1;
	}
	return all ? *most * (double)seconds / all : 0;
}

static bool report(const struct simulation *simulation, int done)
{
	int64_t last_back = 0, last_done = 0;
	unsigned most;
	double ratio = busiest(simulation, &most);

	for (int i = 0; i < simulation->count; i++) {
		last_back = MAX(last_back, simulation->lanes[i].back_ms);
		last_done = MAX(last_done, simulation->lanes[i].done_ms);
	}
	printf("%-42s %9.2f      limit %d%s  (%u lanes in a second)\n",
		"busiest second / mean, simulated", ratio, BUSIEST_LIMIT,
		ratio > BUSIEST_LIMIT ? "   OVER" : "", most);
	printf("%-42s %9d      of %d%s, %u requests\n",
		"lanes that sent all, simulated", done, simulation->count,
		done < simulation->count ? "   OVER" : "",
		simulation->requests);
	printf("%-42s %9.1f s    all in after %.1f s; longest wait for an "
	       "answer %.1f s\n",
		"last window that is back, simulated",
		(double)(last_back - OUTAGE_MS) / 1e3,
		(double)(last_done - OUTAGE_MS) / 1e3,
		simulation->longest_wait_ms / 1e3);
	return done == simulation->count && ratio <= BUSIEST_LIMIT;
}

bool sync_herd(const struct herd *herd)
{
	struct simulation simulation = {.herd = herd,
		.random = g_rand_new_with_seed(20261125),
		.count = herd->windows * LANES};
	bool kept;

	printf("\n%d windows with %d cases each come back in one second after "
	       "8 hours\n",
		herd->windows, herd->ops);
	simulation.lanes = g_new0(struct lane_state, simulation.count);
	simulation.arrivals = g_new0(unsigned, AFTER_MS / 1000);
	kept = report(&simulation, run(&simulation));
	g_rand_free(simulation.random);
	g_free(simulation.lanes);
	g_free(simulation.arrivals);
	return kept;
}
