/* Numbers of citizens, organisations and telephones: vectors from GB 11643, GB
 * 32100, and forged ones. All persons are made up; the area 410199 is not
 * assigned to anybody. */
#include "client/rules/id_check.h"

#include <glib.h>

enum { TODAY = 20261123 };

static void test_citizen_valid(void)
{
	static const struct {
		const char *number;
		int birth;
		enum sex sex;
	} rows[] = {
		{"410199198505120017", 19850512, SEX_MALE},
		{"410199199010010021", 19901001, SEX_FEMALE},
		{"410199195803080048", 19580308, SEX_FEMALE},
		{"410199195106150039", 19510615, SEX_MALE},
		{"41019919870606009X", 19870606, SEX_MALE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct citizen_id id;
		g_assert_cmpint(citizen_id_check(rows[i].number, TODAY, &id),
			==, NUMBER_OK);
		g_assert_cmpint(id.region, ==, 410199);
		g_assert_cmpint(id.birth, ==, rows[i].birth);
		g_assert_cmpint(id.sex, ==, rows[i].sex);
	}
}

/* first17 with its right check character. */
static char *with_check(const char *first17)
{
	return g_strdup_printf("%s%c", first17, citizen_id_check_char(first17));
}

static void test_citizen_wrong(void)
{
	static const struct {
		const char *number;
		enum number_verdict verdict;
	} rows[] = {
		{"", NUMBER_EMPTY},
		{"41019919901001002", NUMBER_SHORT},
		{"4101991990100100211", NUMBER_LONG},
		{"410199901001002", NUMBER_OLD_FORM},
		{"410199199010010022", NUMBER_CHECK},
		{"410199199010010012", NUMBER_CHECK}, /* two digits swapped */
		{"41019919870606009x", NUMBER_CHARACTER}, /* clean first */
		{"4101991987060600X9", NUMBER_CHARACTER},
		{"41019919901001O021", NUMBER_CHARACTER}, /* letter O */
		{"４10199199010010021", NUMBER_CHARACTER},
	};
	struct citizen_id id;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].number);
		g_assert_cmpint(citizen_id_check(rows[i].number, TODAY, &id),
			==, rows[i].verdict);
		g_assert_cmpint(id.birth, ==, 0);
	}
	g_assert_cmpint(citizen_id_check(NULL, TODAY, NULL), ==, NUMBER_EMPTY);
}

/* Right check character, impossible contents. */
static void test_citizen_forged(void)
{
	static const struct {
		const char *first17;
		enum number_verdict verdict;
	} rows[] = {
		{"00019919901001002", NUMBER_REGION},
		{"47019919901001002", NUMBER_REGION},
		{"99019919901001002", NUMBER_REGION},
		{"41019919901301002", NUMBER_DATE},
		{"41019919900230002", NUMBER_DATE},
		{"41019919900001002", NUMBER_DATE},
		{"41019919900100002", NUMBER_DATE},
		{"41019918991231002", NUMBER_TOO_OLD},
		{"41019918001001002", NUMBER_TOO_OLD},
		{"41019900000000002", NUMBER_DATE},
		{"41019920261124002", NUMBER_FUTURE}, /* tomorrow */
		{"41019920261123002", NUMBER_OK},     /* born today */
		{"41019919000101002", NUMBER_OK},
		{"41019919000229002", NUMBER_DATE}, /* 1900 is no leap year */
		{"41019920000229002", NUMBER_OK},
		{"41019920230229002", NUMBER_DATE},
		{"41019920240229002", NUMBER_OK},
		{"81000019901001002", NUMBER_OK}, /* Hong Kong resident card */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *number = with_check(rows[i].first17);
		g_test_message("%s", number);
		g_assert_cmpint(citizen_id_check(number, TODAY, NULL), ==,
			rows[i].verdict);
	}
}

/* Every single wrong digit is found, and every swap of neighbours. */
static void test_citizen_mutations(void)
{
	const char *good = "410199199010010021";

	for (int i = 0; i < 18; i++) {
		for (char c = '0'; c <= '9'; c++) {
			g_autofree char *bad = g_strdup(good);
			bad[i] = c;
			if (c != good[i])
				g_assert_cmpint(
					citizen_id_check(bad, TODAY, NULL), !=,
					NUMBER_OK);
		}
	}
	for (int i = 0; i < 17; i++) {
		g_autofree char *bad = g_strdup(good);
		bad[i] = good[i + 1];
		bad[i + 1] = good[i];
		if (bad[i] != good[i])
			g_assert_cmpint(citizen_id_check(bad, TODAY, NULL), !=,
				NUMBER_OK);
	}
}

static void test_clean(void)
{
	static const struct {
		const char *typed, *clean;
	} rows[] = {
		{"41019919870606009x", "41019919870606009X"},
		{"４１０１９９１９８７０６０６００９Ｘ", "41019919870606009X"},
		{"４１０１９９１９８７０６０６００９ｘ", "41019919870606009X"},
		{" 410199 19870606-009x\t", "41019919870606009X"},
		{"410199　19870606。009X", "41019919870606009X"},
		{"92410185dem00201xl", "92410185DEM00201XL"},
		{"", ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *clean = number_clean(rows[i].typed);
		g_assert_cmpstr(clean, ==, rows[i].clean);
	}
}

static void test_age(void)
{
	static const struct {
		int birth, today, age;
	} rows[] = {
		{19661123, 20261123, 60},
		{19661124, 20261123, 59},
		{19661122, 20261123, 60},
		{20261123, 20261123, 0},
		{20261124, 20261123, -1},
		{19640229, 20240228, 59}, /* a leap year has the day itself */
		{19640229, 20240229, 60},
		{19640229, 20250227, 60},
		{19640229, 20250228, 61}, /* common year: the last day */
		{19640229, 20250301, 61},
		{19000101, 20261123, 126},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(
			age_on(rows[i].birth, rows[i].today), ==, rows[i].age);
}

static void test_uscc(void)
{
	static const struct {
		const char *code;
		enum number_verdict verdict;
	} rows[] = {
		{"11440232MB2D06811W", NUMBER_OK},
		{"11370800MB28559184", NUMBER_OK},
		{"11410185DEM0000144", NUMBER_OK},
		{"91410185DEM001017C", NUMBER_OK},
		{"92410185DEM00201XL", NUMBER_OK},
		{"11410185DEM000022Y", NUMBER_OK},
		{"11410185DEM00009XR", NUMBER_OK},
		{"", NUMBER_EMPTY},
		{"11440232MB2D06811X", NUMBER_CHECK},
		{"11440232MB2D06I11W", NUMBER_CHARACTER},
		{"1144023MB2D06811W", NUMBER_CHARACTER}, /* M in the area */
		{"11440232MB2D06811", NUMBER_SHORT},
		{"11440232MB2D06811WW", NUMBER_LONG},
		{"92410185DEM002019L", NUMBER_INNER_CHECK},
		{"92410185dem00201xl", NUMBER_CHARACTER},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].code);
		g_assert_cmpint(uscc_check(rows[i].code), ==, rows[i].verdict);
	}
	g_assert_cmpint(uscc_check(NULL), ==, NUMBER_EMPTY);
	g_assert_true(uscc_kind_is_known("92410185DEM00201XL"));
	g_assert_false(uscc_kind_is_known("00410185DEM00201XL"));
	g_assert_false(uscc_kind_is_known(""));
}

/* A number whose own check is right while the code inside is not. */
static void test_uscc_inner(void)
{
	g_autofree char *forged = NULL;
	const char *first17 = "92410185DEM002019";

	forged = g_strdup_printf("%s%c", first17, uscc_check_char(first17));
	g_assert_cmpint(uscc_check(forged), ==, NUMBER_INNER_CHECK);
	g_assert_cmpint(uscc_check_char("92410185DEM00201I"), ==, 0);
}

static void test_phone(void)
{
	static const struct {
		const char *text;
		enum number_verdict verdict;
		enum phone_kind kind;
	} rows[] = {
		{"19900000000", NUMBER_OK, PHONE_MOBILE},
		{"13800000000", NUMBER_OK, PHONE_MOBILE},
		{"199", NUMBER_SHORT, PHONE_NONE},
		{"1", NUMBER_SHORT, PHONE_NONE},
		{"199000000000", NUMBER_LONG, PHONE_NONE},
		{"12000000000", NUMBER_CHARACTER, PHONE_NONE},
		{"1990000000a", NUMBER_CHARACTER, PHONE_NONE},
		{"29900000000", NUMBER_CHARACTER, PHONE_NONE},
		{"0371-62800000", NUMBER_OK, PHONE_FIXED},
		{"037162800000", NUMBER_OK, PHONE_FIXED},
		{"0371-6280000", NUMBER_OK, PHONE_FIXED},
		{"010-12345678", NUMBER_OK, PHONE_FIXED},
		{"010-12345678-801", NUMBER_OK, PHONE_FIXED},
		{"0371-628000000", NUMBER_LONG, PHONE_NONE},
		{"0371-62", NUMBER_SHORT, PHONE_NONE},
		{"0371-", NUMBER_SHORT, PHONE_NONE},
		{"037", NUMBER_SHORT, PHONE_NONE},
		{"0", NUMBER_SHORT, PHONE_NONE},
		{"03-71628000", NUMBER_CHARACTER, PHONE_NONE},
		{"0371-6280-0000", NUMBER_CHARACTER, PHONE_NONE},
		{"0371-62800000-", NUMBER_SHORT, PHONE_NONE},
		{"0371 62800000", NUMBER_CHARACTER, PHONE_NONE},
		{"", NUMBER_EMPTY, PHONE_NONE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		enum phone_kind kind;
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(
			phone_check(rows[i].text, &kind), ==, rows[i].verdict);
		g_assert_cmpint(kind, ==, rows[i].kind);
	}
}

static void test_names(void)
{
	g_assert_cmpstr(number_verdict_name(NUMBER_OK), ==, "ok");
	g_assert_cmpstr(
		number_verdict_name(NUMBER_INNER_CHECK), ==, "inner-check");
	for (int i = 0; i < NUMBER_VERDICT_COUNT; i++)
		g_assert_cmpstr(
			number_verdict_name((enum number_verdict)i), !=, "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/numbers/citizen-valid", test_citizen_valid);
	g_test_add_func("/rules/numbers/citizen-wrong", test_citizen_wrong);
	g_test_add_func("/rules/numbers/citizen-forged", test_citizen_forged);
	g_test_add_func("/rules/numbers/mutations", test_citizen_mutations);
	g_test_add_func("/rules/numbers/clean", test_clean);
	g_test_add_func("/rules/numbers/age", test_age);
	g_test_add_func("/rules/numbers/uscc", test_uscc);
	g_test_add_func("/rules/numbers/uscc-inner", test_uscc_inner);
	g_test_add_func("/rules/numbers/phone", test_phone);
	g_test_add_func("/rules/numbers/names", test_names);
	return g_test_run();
}
