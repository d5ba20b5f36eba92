/* A form against its definition.
 *
 * The definition is data (config/catalog/items), loaded by client/catalog. The
 * values are one JSON object: the field's id -> a text; of type "choices" an
 * array of codes; of type "rows" an array of objects of the same shape. Empty
 * text, empty array and no member are the same: nothing filled in.
 *
 * sources is what is known besides the form, {"applicant":{...},"agent":{...},
 * "licence":{...}}: a name with a dot ("applicant.capacity") in a condition or
 * a fill is a path in it, one without is a field. May be NULL.
 *
 * Nothing here makes sentences: a problem is a code with arguments, worded at
 * the edge. Amounts are exact decimals (14 digits before the point, 4 after),
 * never floating point. */
#ifndef CLIENT_RULES_FORM_RULES_H
#define CLIENT_RULES_FORM_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "client/base/json.h"
#include "client/rules/id_check.h"
#include "client/rules/mask.h"

/* X(code, name in data) */
#define FIELD_TYPES(X)                    \
	X(FIELD_TEXT, "text")             \
	X(FIELD_NUMBER, "number")         \
	X(FIELD_DATE, "date")             \
	X(FIELD_CHOICE, "choice")         \
	X(FIELD_CHOICES, "choices")       \
	X(FIELD_ROWS, "rows")             \
	X(FIELD_ID_NUMBER, "id_number")   \
	X(FIELD_USCC, "uscc")             \
	X(FIELD_ID_OR_USCC, "id_or_uscc") \
	X(FIELD_PHONE, "phone")

#define FIELD_TYPE_ROW(code, name) code,
enum field_type { FIELD_TYPES(FIELD_TYPE_ROW) FIELD_TYPE_COUNT };

/* Where an answer or a value leads away from acceptance (行政许可法 §32). */
/* X(code, name in data: the events of case_state.h) */
#define FORM_OUTCOMES(X)                                                    \
	X(FORM_OUTCOME_NONE, "")                                            \
	X(FORM_OUTCOME_NOT_NEEDED,                                          \
		"not-needed")            /* 不受理: no licence needed */ \
	X(FORM_OUTCOME_REFUSE, "refuse") /* 不予受理: another organ */

#define FORM_OUTCOME_ROW(code, name) code,
enum form_outcome { FORM_OUTCOMES(FORM_OUTCOME_ROW) FORM_OUTCOME_COUNT };

struct form_lead {
	enum form_outcome outcome;
	const char *reason; /* Chinese, for the document */
	const char *organ;  /* where to apply instead, "" if none */
};

struct form_option {
	const char *code;
	const char *label;
	int min_age; /* with derive "age-band": from this age on */
	struct form_lead lead;
};

struct form_condition {
	const char *field;     /* id, or path with a dot */
	const char *const *is; /* one of these; NULL ended */
};

/* Values the program works out of another field or source. */
/* X(code, name in data) */
#define FORM_DERIVES(X)                                        \
	X(DERIVE_NOTHING, "")                                  \
	X(DERIVE_BIRTH, "birth")       /* of an id number */   \
	X(DERIVE_SEX, "sex")           /* "1" or "2" */        \
	X(DERIVE_AGE_BAND, "age-band") /* option by min_age */ \
	X(DERIVE_FOUND, "found") /* option whose label stands in the text */

#define FORM_DERIVE_ROW(code, name) code,
enum form_derive { FORM_DERIVES(FORM_DERIVE_ROW) FORM_DERIVE_COUNT };

struct form_field {
	const char *id;
	const char *label;
	enum field_type type;
	bool required;
	int max_chars; /* characters, 0: 200 */
	int min_chars;
	int decimals;     /* of a number, 0: whole */
	const char *also; /* of a date: a word that is as good, may be NULL */
	const char *min;  /* number or date, "" none */
	const char *max_value;
	const char *pattern; /* regular expression over the whole, "" none */
	const char *pattern_hint; /* what it means, "24 位项目代码" */
	struct form_option *options;
	size_t n_options;
	const char *fill; /* paths in sources, blank separated: the first that
		       is known; "" none */
	const char *otherwise; /* default value, "" none */
	enum form_derive derive;
	const char *from; /* field or path that derive looks at */
	struct form_condition *show_when; /* NULL: always */
	struct form_field *columns;
	size_t n_columns;
	int min_rows, max_rows; /* of rows; of choices: how many ticks */
	const char *question; /* asked when the item is chosen: a tick is option
			   "1", none is "2"; "" not asked */
	const char *note;     /* help of the field, "" none */
	enum mask_kind mask;  /* how lists show it */
};

/* X(code, name in data, what it wants) */
#define FORM_CHECKS(X)                                                       \
	X(CHECK_NOT_BEFORE, "not-before", "field is not earlier than other") \
	X(CHECK_NOT_AFTER_TODAY, "not-after-today", "date in the past")      \
	X(CHECK_SUM, "sum", "field of all rows adds up to equals or other")  \
	X(CHECK_EQUAL, "equal", "field and other are the same")              \
	X(CHECK_MIN_AGE, "min-age", "id number is at least years old")       \
	X(CHECK_DISTINCT, "distinct", "no value twice among the rows")       \
	X(CHECK_AT_MOST, "at-most", "field is not more than other")          \
	X(CHECK_MAX_DAYS, "max-days",                                        \
		"from field to other at most years days")                    \
	X(CHECK_LEAD, "lead", "all rows at most equals: leads elsewhere")

#define FORM_CHECK_ROW(code, name, what) code,
enum form_check_rule { FORM_CHECKS(FORM_CHECK_ROW) FORM_CHECK_COUNT };

struct form_check {
	enum form_check_rule rule;
	const char *field; /* "id" or "rows.column" */
	const char *other; /* "" none */
	const char *equals;
	int years;                   /* or days */
	struct form_condition *when; /* NULL: always */
	struct form_lead lead;       /* CHECK_LEAD, CHECK_MIN_AGE */
};

struct form_def {
	struct form_field *fields;
	size_t n_fields;
	struct form_check *checks;
	size_t n_checks;
};

/* X(code, stable name, what arg and arg2 are) */
#define FORM_PROBLEMS(X)                                                   \
	X(PROBLEM_NONE, "none", "")                                        \
	X(PROBLEM_MISSING, "missing", "")                                  \
	X(PROBLEM_LONG, "long", "allowed characters, present characters")  \
	X(PROBLEM_SHORT, "short", "wanted characters, missing characters") \
	X(PROBLEM_CONTROL, "control", "")                                  \
	X(PROBLEM_NUMBER, "number", "value")                               \
	X(PROBLEM_DECIMALS, "decimals", "allowed decimals")                \
	X(PROBLEM_RANGE, "range", "smallest or blank, largest or blank")   \
	X(PROBLEM_DATE, "date", "value")                                   \
	X(PROBLEM_OPTION, "option", "value")                               \
	X(PROBLEM_PATTERN, "pattern", "pattern_hint")                      \
	X(PROBLEM_ID_NUMBER, "id-number", "")                              \
	X(PROBLEM_USCC, "uscc", "")                                        \
	X(PROBLEM_PHONE, "phone", "")                                      \
	X(PROBLEM_ROWS_FEW, "rows-few", "wanted rows, present rows")       \
	X(PROBLEM_ROWS_MANY, "rows-many", "allowed rows, present rows")    \
	X(PROBLEM_SHAPE, "shape", "")                                      \
	X(PROBLEM_NOT_BEFORE, "not-before", "label of other")              \
	X(PROBLEM_FUTURE, "future", "")                                    \
	X(PROBLEM_SUM, "sum", "wanted sum, present sum")                   \
	X(PROBLEM_EQUAL, "equal", "label of other")                        \
	X(PROBLEM_AGE, "age", "wanted age, present age")                   \
	X(PROBLEM_TWICE, "twice", "row of the first, from 1")              \
	X(PROBLEM_AT_MOST, "at-most", "label of other")                    \
	X(PROBLEM_MAX_DAYS, "max-days", "allowed days, present days")

#define FORM_PROBLEM_ROW(code, name, args) code,
enum form_problem_code { FORM_PROBLEMS(FORM_PROBLEM_ROW) FORM_PROBLEM_COUNT };

enum { FORM_ARG_BYTES = 96, FORM_MAX_CHARS = 200, FORM_MAX_ROWS = 200 };

struct form_problem {
	enum form_problem_code code;
	const struct form_field *field;  /* the one to put the cursor in */
	int row;                         /* from 0; -1: not in a row */
	const struct form_field *column; /* NULL: not in a row */
	enum number_verdict verdict;     /* of the three number problems */
	char arg[FORM_ARG_BYTES];        /* see FORM_PROBLEMS */
	char arg2[FORM_ARG_BYTES];
};

const char *form_problem_name(enum form_problem_code code);
const char *field_type_name(enum field_type type);
bool field_type_from_name(const char *name, enum field_type *type);
const char *form_outcome_name(enum form_outcome outcome);

/* NULL when there is none. */
const struct form_field *form_field_find(
	const struct form_def *def, const char *id);
/* A NULL condition holds. */
bool form_condition_holds(const struct form_condition *condition,
	const struct json *form, const struct json *sources);
bool form_field_shown(const struct form_field *field, const struct json *form,
	const struct json *sources);
bool form_value_is_empty(const struct json *value);
/* Shown, required and empty: where Enter goes next. */
bool form_field_open(const struct form_field *field, const struct json *form,
	const struct json *sources);

/* Typed text as it is stored: trimmed; in fields of numbers, codes, dates and
 * telephones half width; dates as 2026-11-23; capitals in codes; a choice's
 * label becomes its code. Nothing is refused here. Caller frees. */
char *form_normalize(const struct form_field *field, const char *typed);

/* One value, as if the field were shown. A missing required value is
 * PROBLEM_MISSING. True when there is nothing wrong; else *problem is filled.
 */
bool form_check_value(const struct form_field *field, const struct json *value,
	int today, struct form_problem *problem);

/* The whole form: every shown field in order, all rows, then the cross checks
 * (those whose fields are empty or wrong are left out). Array of struct
 * form_problem, empty when all is well; caller g_array_unref(). Fields not
 * shown are not looked at. */
GArray *form_check(const struct form_def *def, const struct json *form,
	const struct json *sources, int today);

/* Whoever applies does not qualify: nothing in the form is wrong, and nothing
 * in it can be mended. Acceptance is not possible, refusal is. */
bool form_problem_is_unfit(const struct form_problem *problem);

/* The first way away from acceptance, NULL when there is none: an answer, a
 * value, or an applicant who is too young. */
const struct form_lead *form_find_lead(const struct form_def *def,
	const struct json *form, const struct json *sources, int today);

/* Fills empty fields: derived values (these also replace older ones), fills,
 * defaults. A fill that would be wrong is left out. origins (may be NULL) gets
 * id -> "derived", "default" or the fill's path for each value set. */
void form_prefill(const struct form_def *def, struct json *form,
	const struct json *sources, int today, struct json *origins);

/* Removes values of fields that are not shown. Call before deciding. */
void form_drop_hidden(const struct form_def *def, struct json *form,
	const struct json *sources);

/* "餐饮服务", "热食类食品制售，冷食类食品制售", "2 行": for lists and
 * documents;
 * "" when empty. Caller frees. */
char *form_value_text(const struct form_field *field, const struct json *value);
/* NULL when there is no such option. */
const struct form_option *form_option_find(
	const struct form_field *field, const char *code);

#endif
