/* How long a search takes in a window's store of 100,000 cases.
 *
 * Fills a fresh store with synthetic people and companies, then asks each kind
 * of question many times with texts taken from the cases, and prints the
 * median and the 99th percentile: by the clock on the wall, and of processor
 * time, which a busy machine does not spoil. Touches nothing but its own
 * temporary directory. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/process.h"
#include "client/store/case.h"
#include "tests/bench/fill.h"

enum { LIMIT = 20 };

static char *first_chars(const char *text, int from, int count)
{
	return g_utf8_substring(text, from, from + count);
}

static char *ask_one_char(const struct person *person)
{
	return first_chars(person->name->str, 0, 1);
}

static char *ask_two_chars(const struct person *person)
{
	return first_chars(person->name->str, 0, 2);
}

/* Given name, or the middle of a company's. */
static char *ask_inner_two(const struct person *person)
{
	long len = g_utf8_strlen(person->name->str, -1);

	return first_chars(person->name->str, len > 3 ? 3 : 1, 2);
}

static char *ask_whole_name(const struct person *person)
{
	return g_strdup(person->name->str);
}

static char *initials_of(const struct person *person, int count)
{
	char *end = strchr(person->initials, ' ');
	size_t len = end ? (size_t)(end - person->initials)
			 : strlen(person->initials);

	return g_strndup(person->initials, MIN(len, (size_t)count));
}

static char *ask_initials_1(const struct person *person)
{
	return initials_of(person, 1);
}

static char *ask_initials_2(const struct person *person)
{
	return initials_of(person, 2);
}

static char *ask_initials_3(const struct person *person)
{
	return initials_of(person, 3);
}

static char *ask_initials_6(const struct person *person)
{
	return initials_of(person, 6);
}

static char *ask_id_2(const struct person *person)
{
	return g_strndup(person->id_number, 2);
}

static char *ask_id_6(const struct person *person)
{
	return g_strndup(person->id_number, 6);
}

static char *ask_id_9(const struct person *person)
{
	return g_strndup(person->id_number, 9);
}

static char *ask_id_whole(const struct person *person)
{
	return g_strdup(person->id_number);
}

static char *ask_last_six(const struct person *person)
{
	return g_strdup(person->id_number + strlen(person->id_number) - 6);
}

static char *ask_phone(const struct person *person)
{
	return g_strndup(person->phone, 5);
}

static char *ask_nothing(const struct person *person)
{
	(void)person;
	return g_strdup("司登");
}

static char *ask_case_no(const struct person *person)
{
	return g_strdup_printf("2026%c%c", '0', person->phone[1]);
}

static char *ask_case_end(const struct person *person)
{
	return g_strdup(person->phone + strlen(person->phone) - 4);
}

static const struct question {
	const char *name;
	char *(*ask)(const struct person *person);
} questions[] = {
	{"name, one character", ask_one_char},
	{"name, first two", ask_two_chars},
	{"name, inner two", ask_inner_two},
	{"name, whole", ask_whole_name},
	{"name, common but nowhere", ask_nothing},
	{"initials, one letter", ask_initials_1},
	{"initials, two", ask_initials_2},
	{"initials, three", ask_initials_3},
	{"initials, six", ask_initials_6},
	{"id number, two digits", ask_id_2},
	{"id number, six", ask_id_6},
	{"id number, nine", ask_id_9},
	{"id number, whole", ask_id_whole},
	{"id number, last six", ask_last_six},
	{"telephone, five", ask_phone},
	{"case number, six", ask_case_no},
	{"case number, end", ask_case_end},
};

static gint by_value(gconstpointer a, gconstpointer b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

struct times {
	GArray *wall, *cpu; /* int64_t, microseconds */
};

static int64_t cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static bool ask_once(struct store *store, const char *text, struct times *times,
	guint *found, GError **error)
{
	int64_t start = g_get_monotonic_time(), cpu = cpu_us();
	GPtrArray *hits = case_search(store, text, LIMIT, error);
	int64_t spent = g_get_monotonic_time() - start;

	cpu = cpu_us() - cpu;
	if (!hits)
		return false;
	g_array_append_val(times->wall, spent);
	g_array_append_val(times->cpu, cpu);
	*found += hits->len;
	g_ptr_array_unref(hits);
	return true;
}

static double part_ms(GArray *times, int percent)
{
	guint place = times->len * (guint)percent / 100;

	g_array_sort(times, by_value);
	place = MIN(place, times->len - 1);
	return (double)g_array_index(times, int64_t, place) / 1000;
}

static bool measure(struct store *store, const struct question *question,
	const GPtrArray *people, int rounds, GError **error)
{
	g_autoptr(GArray) wall = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) cpu = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	struct times times = {wall, cpu};
	guint found = 0;

	for (int i = 0; i < rounds; i++) {
		int who = g_rand_int_range(random, 0, (int)people->len);
		g_autofree char *text = question->ask(people->pdata[who]);

		if (!ask_once(store, text, &times, &found, error))
			return false;
	}
	printf("%-26s %7.2f %7.2f %7.2f %7.2f %7.2f %6.1f\n", question->name,
		part_ms(wall, 50), part_ms(wall, 99), part_ms(cpu, 50),
		part_ms(cpu, 99), part_ms(cpu, 100), (double)found / rounds);
	return true;
}

static bool run(const char *dir, int count, int rounds, GError **error)
{
	AUTO(store) store = store_open(dir, "03", error);
	g_autoptr(GPtrArray) people = NULL;
	int64_t start = g_get_monotonic_time();

	people = store ? fill_store(store, count, error) : NULL;
	if (!people)
		return false;
	printf("%d cases filled in %.1f s, %d questions each\n", count,
		(double)(g_get_monotonic_time() - start) / 1e6, rounds);
	store_close(store);
	start = g_get_monotonic_time();
	store = store_open(dir, "03", error);
	if (!store)
		return false;
	printf("opened in %.2f s\n\n",
		(double)(g_get_monotonic_time() - start) / 1e6);
	printf("%-26s %7s %7s %7s %7s %7s %6s\n", "milliseconds", "p50", "p99",
		"cpu p50", "cpu p99", "worst", "hits");
	for (size_t i = 0; i < G_N_ELEMENTS(questions); i++)
		if (!measure(store, &questions[i], people, rounds, error))
			return false;
	return true;
}

int main(int argc, char **argv)
{
	gint count = 100000, rounds = 400;
	const GOptionEntry entries[] = {
		{"cases", 'c', 0, G_OPTION_ARG_INT, &count, "how many", "N"},
		{"rounds", 'r', 0, G_OPTION_ARG_INT, &rounds,
			"questions of each kind", "N"},
		{NULL}};
	g_autoptr(GOptionContext) options = NULL;
	g_autofree char *dir = NULL;
	g_autoptr(GError) error = NULL;
	bool done;

	process_begin("bench-search");
	options = g_option_context_new("- time the search of cases");
	g_option_context_add_main_entries(options, entries, NULL);
	g_option_context_set_summary(
		options, "Example: bench-search --cases 20000");
	if (!g_option_context_parse(options, &argc, &argv, &error) ||
		count < 1 || rounds < 1) {
		fprintf(stderr, "bench-search: %s\n",
			error ? error->message : "numbers must be positive");
		return EXIT_CODE_USAGE;
	}
	dir = g_dir_make_tmp("yikou-bench-XXXXXX", &error);
	done = dir && run(dir, count, rounds, &error);
	if (!done)
		fprintf(stderr, "bench-search: %s\n", error->message);
	if (dir)
		file_remove_tree(dir);
	return done ? EXIT_CODE_OK : error_exit_code(error);
}
