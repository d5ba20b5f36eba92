/* What is wrong with a value, as a sentence: client/rules gives codes, here
 * they are worded. */
#include "client/app/private.h"

static char *short_text(const struct form_problem *problem)
{
	if (problem->code != PROBLEM_PHONE)
		return g_strdup_printf(_("%s characters to go"), problem->arg2);
	if (!*problem->arg)
		return g_strdup(_("number not complete"));
	return g_strdup_printf(
		_("%s digits: %s to go"), problem->arg, problem->arg2);
}

/* Which characters may stand there. */
static const char *character_text(enum form_problem_code code)
{
	switch (code) {
	case PROBLEM_PHONE:
		return _("a mobile number (11 digits from 1) or area code and "
			 "number");
	case PROBLEM_USCC:
		return _("18 digits or capital letters, without I O S V Z");
	default:
		return _("only digits, the last may be X");
	}
}

static const char *check_digit_text(enum form_problem_code code)
{
	return code == PROBLEM_USCC
		       ? _("the last character does not check; compare with "
			   "the licence")
		       : _("the last character does not check; compare with "
			   "the card");
}

static char *number_problem_text(const struct form_problem *problem)
{
	switch (problem->verdict) {
	case NUMBER_SHORT:
		return short_text(problem);
	case NUMBER_LONG:
		return g_strdup(_("the number is too long"));
	case NUMBER_OLD_FORM:
		return g_strdup(_("15 digits are no longer valid: 18 needed"));
	case NUMBER_CHARACTER:
		return g_strdup(character_text(problem->code));
	case NUMBER_REGION:
		return g_strdup(_("no such region in the first digits"));
	case NUMBER_DATE:
		return g_strdup(_("no such birth date in digits 7 to 14"));
	case NUMBER_FUTURE:
		return g_strdup(_("the birth date is in the future"));
	case NUMBER_TOO_OLD:
		return g_strdup(_("the birth date is before 1900"));
	case NUMBER_INNER_CHECK:
		return g_strdup(_("the organisation code inside does not "
				  "check; compare with the licence"));
	default:
		return g_strdup(check_digit_text(problem->code));
	}
}

static char *range_text(const struct form_problem *problem)
{
	if (*problem->arg && *problem->arg2)
		return g_strdup_printf(
			_("from %s to %s"), problem->arg, problem->arg2);
	if (*problem->arg)
		return g_strdup_printf(_("%s or more"), problem->arg);
	return g_strdup_printf(_("%s or less"), problem->arg2);
}

/* Digits that are no number are too many. */
static char *no_number_text(const char *typed)
{
	if (*typed && strspn(typed, "0123456789") == strlen(typed))
		return g_strdup(_("the number is too large"));
	return g_strdup_printf(_("only digits; now it is 「%s」"), typed);
}

static char *decimals_text(const char *places)
{
	return strcmp(places, "0")
		       ? g_strdup_printf(_("at most %s decimals"), places)
		       : g_strdup(_("a whole number"));
}

static char *cross_problem_text(const struct form_problem *problem)
{
	switch (problem->code) {
	case PROBLEM_NOT_BEFORE:
		return g_strdup_printf(
			_("must not be earlier than %s"), problem->arg);
	case PROBLEM_FUTURE:
		return g_strdup(_("must not be in the future"));
	case PROBLEM_SUM:
		return g_strdup_printf(_("adds up to %s, must be %s"),
			problem->arg2, problem->arg);
	case PROBLEM_EQUAL:
		return g_strdup_printf(
			_("must be the same as %s"), problem->arg);
	case PROBLEM_AGE:
		return g_strdup_printf(_("%s years needed; is %s"),
			problem->arg, problem->arg2);
	case PROBLEM_TWICE:
		return g_strdup_printf(_("is already in row %s"), problem->arg);
	case PROBLEM_AT_MOST:
		return g_strdup_printf(
			_("must not be more than %s"), problem->arg);
	case PROBLEM_MAX_DAYS:
		return g_strdup_printf(_("at most %s days; is %s"),
			problem->arg, problem->arg2);
	default:
		return g_strdup(_("does not fit"));
	}
}

static char *missing_text(const struct form_problem *problem)
{
	const struct form_field *field = problem->field;
	g_autofree char *rows = g_strdup_printf("%d", MAX(1, field->min_rows));

	if (field->type != FIELD_ROWS || problem->column)
		return g_strdup(_("must be filled in"));
	return g_strdup_printf(_("%s rows needed; F6 adds one"), rows);
}

char *fields_problem_text(const struct form_problem *problem)
{
	switch (problem->code) {
	case PROBLEM_MISSING:
		return missing_text(problem);
	case PROBLEM_LONG:
		return g_strdup_printf(_("at most %s characters; has %s"),
			problem->arg, problem->arg2);
	case PROBLEM_SHORT:
		return g_strdup_printf(_("%s characters to go"), problem->arg2);
	case PROBLEM_CONTROL:
		return g_strdup(_("holds a character that cannot be kept"));
	case PROBLEM_NUMBER:
		return no_number_text(problem->arg);
	case PROBLEM_DECIMALS:
		return decimals_text(problem->arg);
	case PROBLEM_RANGE:
		return range_text(problem);
	case PROBLEM_DATE:
		return g_strdup_printf(
			_("a date like 2026-11-23; now it is 「%s」"),
			problem->arg);
	case PROBLEM_OPTION:
		return g_strdup_printf(_("「%s」 is not in the list; F4 "
					 "shows it"),
			problem->arg);
	case PROBLEM_PATTERN:
		return g_strdup_printf(_("must be %s"), problem->arg);
	case PROBLEM_ID_NUMBER:
	case PROBLEM_USCC:
	case PROBLEM_PHONE:
		return number_problem_text(problem);
	case PROBLEM_ROWS_FEW:
		return g_strdup_printf(
			_("%s rows needed; F6 adds one"), problem->arg);
	case PROBLEM_ROWS_MANY:
		return g_strdup_printf(_("at most %s rows"), problem->arg);
	default:
		return cross_problem_text(problem);
	}
}
