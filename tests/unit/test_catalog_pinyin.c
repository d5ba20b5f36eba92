/* Pinyin initials, against names whose reading is known. */
#include "client/catalog/pinyin.h"

#include <string.h>

#include <glib.h>

#include "client/catalog/pinyin_table.h"

static void test_table(void)
{
	g_assert_cmpuint(pinyin_table_count, >, 40000);
	for (size_t i = 1; i < pinyin_table_count; i++)
		g_assert_cmpuint(pinyin_table[i - 1], <, pinyin_table[i]);
	for (size_t i = 0; i < pinyin_table_count; i++)
		g_assert_cmpuint(pinyin_table[i] & 31, <, 26);
}

static char *letters_of(gunichar c)
{
	uint32_t mask = pinyin_mask(c);
	GString *text = g_string_new(NULL);

	for (int i = 0; i < 26; i++)
		if (mask & (1u << i))
			g_string_append_c(text, (char)('a' + i));
	return g_string_free(text, FALSE);
}

static void test_mask(void)
{
	static const struct {
		const char *text, *letters;
	} rows[] = {
		{"单", "cds"},
		{"曾", "cz"},
		{"啊", "a"},
		{"欧", "o"},
		{"恩", "e"},
		{"嗯", "n"},
		{"呒", "fmw"}, /* checked below: at least m */
		{"許", "x"},   /* traditional: kMandarin */
		{"𬱖", "d"}, /* of the 8,105, beyond the BMP */
		{"a", "a"},
		{"Z", "z"},
		{"1", ""},
		{"，", ""},
		{"・", ""},
		{"ㄅ", ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *letters =
			letters_of(g_utf8_get_char(rows[i].text));
		g_test_message("%s %s", rows[i].text, letters);
		if (strcmp(rows[i].text, "呒") == 0)
			g_assert_nonnull(strchr(letters, 'm'));
		else
			g_assert_cmpstr(letters, ==, rows[i].letters);
	}
	g_assert_cmpuint(pinyin_mask(0xe815), ==, 0);
	g_assert_cmpuint(pinyin_mask(0x10ffff), ==, 0);
	g_assert_cmpuint(pinyin_mask(0), ==, 0);
}

/* The first combination is the surname's reading. */
static void test_names(void)
{
	static const struct {
		const char *name, *first;
	} rows[] = {
		{"李示例", "lsl"},
		{"单雄信", "sxx"},
		{"曾示例", "zsl"},
		{"解示例", "xsl"},
		{"仇示例", "qsl"},
		{"查示例", "zsl"},
		{"区示例", "osl"},
		{"黑示例", "hsl"},
		{"能示例", "nsl"},
		{"朴示例", "psl"},
		{"盖示例", "gsl"},
		{"种示例", "csl"},
		{"秘示例", "bsl"},
		{"覃示例", "qsl"},
		{"乐示例", "ysl"},
		{"员示例", "ysl"},
		{"缪示例", "msl"},
		{"翟示例", "zsl"},
		{"繁示例", "psl"},
		{"尉迟示例", "ycsl"},
		{"万俟示例", "mqsl"},
		{"单于示例", "cysl"},
		{"长孙示例", "zssl"},
		{"澹台示例", "ttsl"},
		{"皇甫示例", "hfsl"},
		{"欧阳示例", "oysl"},
		{"诸葛示例", "zgsl"},
		{"司马示例", "smsl"},
		{"阿依古丽・示例", "ayglsl"},
		{"San Li", "sanli"},
		{"李A1", "la1"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *all = pinyin_initials(rows[i].name);
		g_auto(GStrv) list = g_strsplit(all, " ", -1);
		g_test_message("%s: %s", rows[i].name, all);
		g_assert_cmpstr(list[0], ==, rows[i].first);
	}
}

static void test_combinations(void)
{
	g_autofree char *all = pinyin_initials("单雄信");
	g_autofree char *compound = pinyin_initials("尉迟恭");
	g_autofree char *nothing = pinyin_initials("，。");
	g_autofree char *none = pinyin_initials(NULL);

	g_assert_cmpstr(all, ==, "sxx cxx dxx");
	g_assert_cmpstr(compound, ==, "ycg wcg");
	g_assert_cmpstr(nothing, ==, "");
	g_assert_cmpstr(none, ==, "");
}

static void test_bounds(void)
{
	GString *name = g_string_new(NULL);
	g_autofree char *all = NULL;
	g_auto(GStrv) list = NULL;

	for (int i = 0; i < 100; i++)
		g_string_append(name, "单");
	all = pinyin_initials(name->str);
	list = g_strsplit(all, " ", -1);
	g_assert_cmpuint(g_strv_length(list), ==, PINYIN_MAX_COMBINATIONS);
	g_assert_cmpuint(strlen(list[0]), ==, PINYIN_MAX_CHARS);
	g_string_free(name, TRUE);
	g_free(pinyin_initials("\xff\xfe\xe5\x8d"));
}

static void test_match(void)
{
	static const struct {
		const char *text, *letters;
		enum pinyin_fit fit;
	} rows[] = {
		{"食品经营许可（新办）", "spjy", PINYIN_PREFIX},
		{"食品经营许可（新办）", "SPJY", PINYIN_PREFIX},
		{"食品经营许可（新办）", "spjyxkxb", PINYIN_EXACT},
		{"食品经营许可（新办）", "jyxk", PINYIN_ADJACENT},
		{"食品经营许可（新办）", "kx",
			PINYIN_ADJACENT}, /* past the mark */
		{"食品小经营店登记", "spjy", PINYIN_ORDER},
		{"食品小经营店登记", "jysp", PINYIN_NO},
		{"单据", "sj", PINYIN_EXACT},
		{"单据", "dj", PINYIN_EXACT},
		{"食品", "spj", PINYIN_NO},
		{"食品", "", PINYIN_NO},
		{"食品", "s1", PINYIN_NO},
		{"", "s", PINYIN_NO},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s %s", rows[i].text, rows[i].letters);
		g_assert_cmpint(pinyin_match(rows[i].text, rows[i].letters), ==,
			rows[i].fit);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/catalog/pinyin/table", test_table);
	g_test_add_func("/catalog/pinyin/mask", test_mask);
	g_test_add_func("/catalog/pinyin/names", test_names);
	g_test_add_func("/catalog/pinyin/combinations", test_combinations);
	g_test_add_func("/catalog/pinyin/bounds", test_bounds);
	g_test_add_func("/catalog/pinyin/match", test_match);
	return g_test_run();
}
