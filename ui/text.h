/* Translation, and the sentence for an error.
 *
 * Message ids are English; ui/po/zh_CN.po is complete. The language comes from
 * the configuration, never from the environment, so a window shows the same
 * everywhere; only a command that has no configuration asks the environment.
 * Only ui/text.c names libintl. */
#ifndef UI_TEXT_H
#define UI_TEXT_H

#include <stdbool.h>

#include <glib.h>

/* language: "zh_CN" or "en"; locale_dir: the folder with
 * LANGUAGE/LC_MESSAGES/yikou.mo. May be called again to change the language.
 * False when the locale of this process is not UTF-8: then say
 * text_utf8_advice() and end. */
bool text_setup(const char *language, const char *locale_dir);

/* The same for the output of commands: never fails. Where the locale of this
 * process is not UTF-8 (text_is_ascii()) it is English, whatever language. */
void text_setup_command(const char *language, const char *locale_dir);

/* The environment says a character set other than UTF-8, or none that is one
 * ("POSIX", "zh_CN"). False when it says nothing. */
bool text_is_ascii(void);

/* "zh_CN" or "en": what LC_ALL, LC_MESSAGES or LANG ask for. */
const char *text_locale_language(void);

/* One ASCII sentence, not translated: what to do about the character set. */
const char *text_utf8_advice(void);

/* Borrowed for the process's life. */
const char *text_translate(const char *msgid) G_GNUC_FORMAT(1);
const char *text_plural(const char *one, const char *many, unsigned long count)
	G_GNUC_FORMAT(1) G_GNUC_FORMAT(2);

#define _(msgid)                   text_translate(msgid)
#define N_(msgid)                  (msgid)
#define ngettext(one, many, count) text_plural((one), (many), (count))

/* What a clerk reads for an error, by error_name(): what happened, what was
 * kept, what to do. Never the English message of the GError. Borrowed. */
const char *text_error(const GError *error);
/* The same for who typed a command: nothing of keys and forms. For what is
 * wrong in a file, one sentence. Borrowed. */
const char *text_error_command(const GError *error);
/* For who mends it: of a fault (client/base/fault.h) file, line, what is wrong
 * and what was expected, translated; else the message, in English where it is
 * in no catalogue. Caller frees. */
char *text_error_detail(const GError *error);
/* The first by the name that travels in the local protocol. */
const char *text_error_name(const char *name);
/* Why the platform is not to be had, by "why" of the link's state, when a
 * person must do something about it; NULL when it passes by itself. */
const char *text_link_fault(const char *why);

#endif
