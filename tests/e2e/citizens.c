/* Plays the citizens through the simulator's control socket. Persons are
 * fictional: their region code 410199 is not assigned. */
#include "tests/e2e/citizens.h"

#include <string.h>

enum { LOOK_MS = 700, CARD_TICKS = 14, RATE_TICKS = 4 };

/* Who holds which number of the training hall (config/demo). */
struct citizen {
	const char *ticket, *number, *name, *sex, *birth;
};

static const struct citizen people[] = {
	{"A018", "410199199010010021", "李示例", "2", "19901001"},
	{"A019", "410199198505120017", "王演练", "1", "19850512"},
	{"B006", "410199195106150039", "李样张", "1", "19510615"},
	{"Y003", "410199199203170021", "欧阳试用", "2", "19920317"},
	{"A020", "41019919870606009X", "赵示例", "1", "19870606"},
	{"A021", "410199197904230016", "钱模拟", "1", "19790423"},
	{"A022", "410199195209080053", "孙教学", "1", "19520908"},
	{"B007", "410199195803080048", "周测试", "2", "19580308"},
	{"A023", "410199198311300036", "吴培训", "1", "19831130"},
	{"A024", "410199199502140068", "郑习题", "2", "19950214"},
};

struct citizens {
	struct demo_window *window;
	guint timer;
	char *bar; /* own: what the bar showed last */
	int next, card_ticks, rate_ticks;
	bool asking;
};

/* Somebody without one of these numbers is the next one of all. */
static const struct citizen *who_comes(
	struct citizens *citizens, const char *bar)
{
	for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
		if (strstr(bar, people[i].ticket))
			return &people[i];
	}
	citizens->next = (citizens->next + 1) % (int)G_N_ELEMENTS(people);
	return &people[citizens->next];
}

static void look(struct citizens *citizens, const struct json *state)
{
	const char *bar = json_text_or(json_get(state, "bar"), "text", "");
	const char *pad = json_text_or(json_get(state, "pad"), "showing", "");
	bool called = g_str_has_prefix(bar, "请") &&
		      g_strcmp0(bar, citizens->bar) != 0;

	g_free(citizens->bar);
	citizens->bar = g_strdup(bar);
	if (called) {
		const struct citizen *who = who_comes(citizens, bar);

		citizens->card_ticks = CARD_TICKS;
		demo_card(citizens->window, who->number, who->name, who->sex,
			who->birth);
	} else if (citizens->card_ticks > 0 && --citizens->card_ticks == 0) {
		struct json *args = json_new_object();

		json_put_text(args, "device", "idcard");
		json_free(demo_sim(citizens->window, "lift", args));
	}
	citizens->rate_ticks =
		strcmp(pad, "rate") ? 0 : citizens->rate_ticks + 1;
	if (citizens->rate_ticks == RATE_TICKS) {
		struct json *args = json_new_object();

		json_put_text(args, "device", "pad");
		json_put_int(args, "level", 5);
		json_free(demo_sim(citizens->window, "rate", args));
	}
}

static gboolean tick(gpointer user_data)
{
	struct citizens *citizens = user_data;
	AUTO(json) state = NULL;

	/* demo_sim() turns the main loop: never inside itself. */
	if (citizens->asking)
		return G_SOURCE_CONTINUE;
	citizens->asking = true;
	state = demo_sim(citizens->window, "state", NULL);
	if (state)
		look(citizens, state);
	citizens->asking = false;
	return G_SOURCE_CONTINUE;
}

struct citizens *citizens_new(struct demo_window *window)
{
	struct citizens *citizens = g_new0(struct citizens, 1);

	citizens->window = window;
	citizens->timer = g_timeout_add(LOOK_MS, tick, citizens);
	return citizens;
}

void citizens_free(struct citizens *citizens)
{
	if (!citizens)
		return;
	g_source_remove(citizens->timer);
	g_free(citizens->bar);
	g_free(citizens);
}
