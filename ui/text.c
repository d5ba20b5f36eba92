/* The only file that knows libintl. The language is set by LANGUAGE in this
 * process, because that works with C.UTF-8 where zh_CN.UTF-8 was never
 * generated (measured: glibc 2.36 translates then, and only then). */
#include "ui/text.h"

#include <langinfo.h>
#undef ngettext /* ours, for the others */
#include <libintl.h>
#include <locale.h>
#include <string.h>

#include "client/base/error.h"

static const char domain[] = "yikou";

struct error_text {
	const char *name;
	const char *text;
};

/* What happened, what was kept, what to do; 78 columns. */
static const struct error_text error_texts[] = {
	{"item.invalid", N_("A value breaks its rule. What was typed is kept, "
			    "correct it.")},
	{"item.syntax",
		N_("The answer cannot be read. Nothing was changed, it is "
		   "logged.")},
	{"item.too-large",
		N_("Larger than allowed. Nothing was changed, take a smaller "
		   "one.")},
	{"item.not-found", N_("Not found. Nothing was changed.")},
	{"item.state", N_("Not possible in this state. Nothing was changed.")},
	{"item.refused", N_("The other side refused. Your data is kept.")},
	{"item.conflict",
		N_("Changed on both sides. Both values are kept, Ctrl+G 7 "
		   "picks one.")},
	{"item.denied",
		N_("Not your role's right. Nothing was changed, ask the hall "
		   "desk.")},
	{"item.usage",
		N_("The command is not written right, see --help. Nothing was "
		   "done.")},
	{"link.absent",
		N_("Not connected. Your data is kept; plug it in, then F5.")},
	{"link.timeout", N_("No answer. Your data is kept; F5 tries again.")},
	{"link.closed",
		N_("The connection broke. Your data is kept, it reconnects by "
		   "itself.")},
	{"link.protocol",
		N_("The answer is not in the agreed form. Kept and logged, "
		   "tell the technician.")},
	{"link.auth",
		N_("The platform did not accept this window. Data is kept, "
		   "ask the hall desk.")},
	{"link.busy", N_("Busy. Nothing is lost; wait for the act before.")},
	{"link.paper",
		N_("Out of paper or cover open. The print is kept; load, then "
		   "F5.")},
	{"store.io", N_("The local store failed. Receiving stopped, call the "
			"technician.")},
	{"store.full", N_("The disk is full. Receiving stopped, call the "
			  "technician.")},
	{"store.busy", N_("The local store is busy. Do it again in 5 s.")},
	{"store.corrupt",
		N_("The local store is damaged. Receiving stopped, call the "
		   "technician.")},
	{"store.newer",
		N_("The local store is of a newer version. Install that "
		   "version.")},
	{"store.locked",
		N_("Another yikou has this window open. Close it first.")},
	{"store.numbers", N_("No leased number left. The draft is kept; "
			     "numbers come once online.")},
	{"other", N_("It did not work. Your data is kept, it is logged.")},
};

/* A locale that names another character set than UTF-8. */
static bool names_other_charset(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *value = g_getenv(names[i]);
		const char *set = value ? strchr(value, '.') : NULL;

		if (!value || !*value)
			continue;
		return set && g_ascii_strncasecmp(set, ".utf-8", 6) != 0 &&
		       g_ascii_strncasecmp(set, ".utf8", 5) != 0;
	}
	return false;
}

bool text_setup(const char *language, const char *locale_dir)
{
	if (names_other_charset())
		return false;
	if (!setlocale(LC_ALL, "") ||
		strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_ALL, "C.UTF-8");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return false;
	if (strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0 ||
		strcmp(setlocale(LC_MESSAGES, NULL), "POSIX") == 0)
		setlocale(LC_MESSAGES, "C.UTF-8");
	g_setenv("LANGUAGE", language ? language : "zh_CN", TRUE);
	if (locale_dir)
		bindtextdomain(domain, locale_dir);
	bind_textdomain_codeset(domain, "UTF-8");
	textdomain(domain);
	return true;
}

const char *text_utf8_advice(void)
{
	return "yikou needs a UTF-8 terminal: set its character set to UTF-8 "
	       "and LANG=C.UTF-8, then start again.";
}

const char *text_translate(const char *msgid)
{
	/* gettext("") is the header of the catalogue. */
	return *msgid ? dgettext(domain, msgid) : msgid;
}

const char *text_plural(const char *one, const char *many, unsigned long count)
{
	return dngettext(domain, one, many, count);
}

const char *text_error_name(const char *name)
{
	size_t last = G_N_ELEMENTS(error_texts) - 1;

	for (size_t i = 0; i < last; i++) {
		if (g_strcmp0(error_texts[i].name, name) == 0)
			return _(error_texts[i].text);
	}
	return _(error_texts[last].text);
}

const char *text_error(const GError *error)
{
	return text_error_name(error_name(error));
}
