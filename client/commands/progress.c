/* Progress of a long sync: what is left, how fast it goes, how long it may
 * take. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/base/clock.h"
#include "client/commands/sync.h"
#include "ui/text.h"

enum { BAR_COLS = 30, LINE_MS = 1000 };

bool progress_begin(struct progress *progress, const char *mode,
	const struct store_counts *counts)
{
	bool is_auto = !mode || strcmp(mode, "auto") == 0;

	*progress = (struct progress){.ops = counts->unsent,
		.blobs = counts->blobs,
		.begun_ms = clock_boot_ms()};
	if (is_auto)
		progress->kind =
			isatty(STDERR_FILENO) ? PROGRESS_BAR : PROGRESS_JSON;
	else if (strcmp(mode, "json") == 0)
		progress->kind = PROGRESS_JSON;
	return is_auto || progress->kind == PROGRESS_JSON ||
	       strcmp(mode, "none") == 0;
}

struct pace {
	int64_t done, all;
	double seconds, rate; /* ops a second */
	int64_t left_s;       /* -1: not known yet */
};

static struct pace pace_of(
	const struct progress *progress, const struct store_counts *counts)
{
	struct pace pace = {
		.done = MAX(0, progress->ops - counts->unsent),
		.all = MAX(progress->ops, counts->unsent),
		.seconds =
			(double)(clock_boot_ms() - progress->begun_ms) / 1000,
		.left_s = -1,
	};

	if (pace.seconds > 0)
		pace.rate = (double)pace.done / pace.seconds;
	if (pace.rate > 0)
		pace.left_s =
			(int64_t)((double)(pace.all - pace.done) / pace.rate);
	return pace;
}

static void draw_bar(const struct pace *pace, const struct store_counts *counts)
{
	char bar[BAR_COLS + 1];
	int filled =
		pace->all ? (int)(BAR_COLS * pace->done / pace->all) : BAR_COLS;
	g_autofree char *left =
		pace->left_s < 0
			? g_strdup("--:--")
			: g_strdup_printf("%02d:%02d", (int)(pace->left_s / 60),
				  (int)(pace->left_s % 60));

	memset(bar, '.', BAR_COLS);
	memset(bar, '#', (size_t)filled);
	bar[BAR_COLS] = '\0';
	fprintf(stderr, "\r[%s] ", bar);
	fprintf(stderr,
		_("%d of %d steps  %d attachments left  %.0f/s  "
		  "time left %s"),
		(int)pace->done, (int)pace->all, (int)counts->blobs, pace->rate,
		left);
	fputs("\033[K", stderr);
	fflush(stderr);
}

static void print_line(
	const struct pace *pace, const struct store_counts *counts)
{
	AUTO(json) line = json_new_object();
	g_autofree char *text = NULL;

	json_put_int(line, "done", pace->done);
	json_put_int(line, "all", pace->all);
	json_put_int(line, "blobs", counts->blobs);
	json_put_int(line, "parked", counts->parked);
	json_put_int(line, "per_second", (int64_t)pace->rate);
	json_put_int(line, "left_s", pace->left_s);
	text = json_print(line);
	fprintf(stderr, "%s\n", text);
}

void progress_show(struct progress *progress, const struct store_counts *counts)
{
	struct pace pace = pace_of(progress, counts);
	int64_t now_ms = clock_boot_ms();

	if (progress->kind == PROGRESS_NONE ||
		(pace.all == 0 && counts->blobs == 0))
		return;
	if (progress->kind == PROGRESS_BAR)
		draw_bar(&pace, counts);
	else if (now_ms - progress->shown_ms >= LINE_MS)
		print_line(&pace, counts);
	else
		return;
	progress->shown_ms = now_ms;
	progress->is_drawn = true;
}

void progress_end(struct progress *progress)
{
	if (progress->kind == PROGRESS_BAR && progress->is_drawn)
		fputs("\r\033[K", stderr);
	progress->is_drawn = false;
}
