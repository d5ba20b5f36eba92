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
#include "client/base/fault.h"

static const char domain[] = "yikou";

struct error_text {
	const char *name;
	const char *screen;  /* 78 columns */
	const char *command; /* for who typed a command */
};

/* What happened, what was kept, what to do. */
static const struct error_text error_texts[] = {
	{"item.invalid",
		N_("A value breaks its rule. What was typed is kept, "
		   "correct it."),
		N_("A value breaks its rule. Nothing was changed.")},
	{"item.syntax",
		N_("The answer cannot be read. Nothing was changed, it is "
		   "logged."),
		N_("This cannot be read. Nothing was changed.")},
	{"item.too-large",
		N_("Larger than allowed. Nothing was changed, take a smaller "
		   "one."),
		N_("Larger than allowed. Nothing was changed.")},
	{"item.not-found", N_("Not found. Nothing was changed."),
		N_("Not found. Nothing was changed.")},
	{"item.state", N_("Not possible in this state. Nothing was changed."),
		N_("Not possible in this state. Nothing was changed.")},
	{"item.refused", N_("The other side refused. Your data is kept."),
		N_("The other side refused. Nothing is lost.")},
	{"item.conflict",
		N_("Changed on both sides. Both values are kept, Ctrl+G 7 "
		   "picks one."),
		N_("Changed on both sides. Both values are kept; the clerk's "
		   "screen picks one.")},
	{"item.denied",
		N_("Not your role's right. Nothing was changed, ask the hall "
		   "desk."),
		N_("This needs another role's right. Nothing was changed.")},
	{"item.usage",
		N_("The command is not written right, see --help. Nothing was "
		   "done."),
		N_("The command is not written right, see --help. Nothing was "
		   "done.")},
	{"link.absent",
		N_("Not connected. Your data is kept; plug it in, then F5."),
		N_("Not reachable: does not run, or is not connected. Nothing "
		   "is lost.")},
	{"link.timeout", N_("No answer. Your data is kept; F5 tries again."),
		N_("No answer in time. Nothing is lost; try again.")},
	{"link.closed",
		N_("The connection broke. Your data is kept, it reconnects by "
		   "itself."),
		N_("The connection broke. Nothing is lost; try again.")},
	{"link.protocol",
		N_("The answer is not in the agreed form. Kept and logged, "
		   "tell the technician."),
		N_("The answer is not in the agreed form. Nothing is lost; "
		   "the log says more.")},
	{"link.auth",
		N_("The platform did not accept this window. Data is kept, "
		   "ask the hall desk."),
		N_("The platform did not accept this window. Nothing is lost; "
		   "check its token.")},
	{"link.busy", N_("Busy. Nothing is lost; wait for the act before."),
		N_("Busy. Nothing is lost; try again.")},
	{"link.paper",
		N_("Out of paper or cover open. The print is kept; load, then "
		   "F5."),
		N_("Out of paper or cover open. Nothing is lost; load, then "
		   "try again.")},
	{"store.io",
		N_("The local store failed. Receiving stopped, call the "
		   "technician."),
		N_("The local store cannot be read or written.")},
	{"store.full",
		N_("The disk is full. Receiving stopped, call the "
		   "technician."),
		N_("The disk is full. Make room, then try again.")},
	{"store.busy", N_("The local store is busy. Do it again in 5 s."),
		N_("The local store is busy. Do it again in 5 s.")},
	{"store.corrupt",
		N_("The local store is damaged. Receiving stopped, call the "
		   "technician."),
		N_("The local store is damaged. Take no more cases here; keep "
		   "its files as they are.")},
	{"store.newer",
		N_("The local store is of a newer version. Install that "
		   "version."),
		N_("The local store is of a newer version. Install that "
		   "version.")},
	{"store.locked",
		N_("Another yikou has this window open. Close it first."),
		N_("Another yikou has this window open. Close it first.")},
	{"store.numbers",
		N_("No leased number left. The draft is kept; numbers come "
		   "once online."),
		N_("No leased number left; they come once online.")},
	{"store.foreign",
		N_("The local store is another window's. Nothing was changed; "
		   "set it right."),
		N_("The store is another window's; nothing was changed.")},
	{"other", N_("It did not work. Your data is kept, it is logged."),
		N_("It did not work. Nothing is lost.")},
};

/* The first that is set decides. */
static const char *first_set(const char *const names[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *value = g_getenv(names[i]);

		if (value && *value)
			return value;
	}
	return NULL;
}

static const char *locale_of_characters(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	return first_set(names, G_N_ELEMENTS(names));
}

static bool is_utf8(const char *charset)
{
	return g_ascii_strncasecmp(charset, ".utf-8", 6) == 0 ||
	       g_ascii_strncasecmp(charset, ".utf8", 5) == 0;
}

static const struct {
	const char *why, *text;
} link_texts[] = {
	{"tls", N_("The platform's certificate is not good. Nothing was sent "
		   "to it; data is kept, call the technician.")},
	{"tls-expired",
		N_("The platform's certificate is out of its time, or this "
		   "computer's clock is wrong. Nothing was sent; data is "
		   "kept. Check date and time, then call the technician.")},
	{"tls-name", N_("The platform's certificate is made for another name. "
			"Nothing was sent; data is kept. Check platform.url.")},
	{"tls-unknown",
		N_("The platform's certificate comes from an authority this "
		   "window does not know. Nothing was sent; data is kept. "
		   "Check platform.ca_file.")},
	{"ca-file", N_("The file of platform.ca_file cannot be used. Data is "
		       "kept, call the technician.")},
	{"key", N_("This window's certificate and key are missing or do not "
		   "belong together. Data is kept. Enrol it: yikou sync "
		   "enrol")},
	{"key-open",
		N_("Others can read this window's private key, so it is not "
		   "used. Data is kept. Remove the file, then yikou sync "
		   "enrol.")},
	{"certificate",
		N_("The platform does not accept this window's certificate. "
		   "Data is kept. Enrol it again: yikou sync enrol")},
	{"certificate-expired",
		N_("This window's certificate has expired. Data is kept. "
		   "Enrol it again: yikou sync enrol")},
	{"token", N_("The file of the platform's token cannot be used. Data "
		     "is kept, call the technician.")},
	{"token-denied",
		N_("The platform gives this window no token. Data is kept, "
		   "ask the hall desk.")},
	{"token-reply",
		N_("What answers where tokens are given is not the platform. "
		   "Data is kept, call the technician.")},
	{"refused", N_("The platform did not accept this window. Data is "
		       "kept, ask the hall desk.")},
};

/* A locale that names another character set than UTF-8. */
static bool names_other_charset(void)
{
	const char *locale = locale_of_characters();
	const char *charset = locale ? strchr(locale, '.') : NULL;

	return charset && !is_utf8(charset);
}

/* "POSIX" and "zh_CN" mean another one without naming it. */
bool text_is_ascii(void)
{
	const char *locale = locale_of_characters();
	const char *charset = locale ? strchr(locale, '.') : NULL;

	return locale && (!charset || !is_utf8(charset));
}

const char *text_locale_language(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *locale = first_set(names, G_N_ELEMENTS(names));

	return locale && g_str_has_prefix(locale, "zh") ? "zh_CN" : "en";
}

static void use_language(const char *language, const char *locale_dir)
{
	if (strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0 ||
		strcmp(setlocale(LC_MESSAGES, NULL), "POSIX") == 0)
		setlocale(LC_MESSAGES, "C.UTF-8");
	g_setenv("LANGUAGE", language ? language : "zh_CN", TRUE);
	if (locale_dir)
		bindtextdomain(domain, locale_dir);
	bind_textdomain_codeset(domain, "UTF-8");
	textdomain(domain);
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
	use_language(language, locale_dir);
	return true;
}

void text_setup_command(const char *language, const char *locale_dir)
{
	if (text_is_ascii() || !text_setup(language, locale_dir))
		use_language("en", locale_dir);
}

const char *text_utf8_advice(void)
{
	return "the screen needs a UTF-8 terminal: set its character set to "
	       "UTF-8 and LANG=C.UTF-8, then start again.";
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

static const struct error_text *find_error_text(const char *name)
{
	size_t last = G_N_ELEMENTS(error_texts) - 1;

	for (size_t i = 0; i < last; i++) {
		if (g_strcmp0(error_texts[i].name, name) == 0)
			return &error_texts[i];
	}
	return &error_texts[last];
}

const char *text_error_name(const char *name)
{
	return _(find_error_text(name)->screen);
}

const char *text_link_fault(const char *why)
{
	for (size_t i = 0; i < G_N_ELEMENTS(link_texts); i++) {
		if (g_strcmp0(link_texts[i].why, why) == 0)
			return _(link_texts[i].text);
	}
	return NULL;
}

const char *text_error(const GError *error)
{
	return text_error_name(error_name(error));
}

const char *text_error_command(const GError *error)
{
	const struct fault *fault = fault_of(error);

	if (fault && fault->file)
		return _("A file is wrong or cannot be read. Nothing was "
			 "started, nothing was changed.");
	return _(find_error_text(error_name(error))->command);
}

char *text_error_detail(const GError *error)
{
	const struct fault *fault = fault_of(error);

	if (fault)
		return fault_text(fault, text_translate);
	return g_strdup(error ? _(error->message) : "");
}
