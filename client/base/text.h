/* Text from outside: widths, cutting, and one clean-up per sink.
 *
 * The same name is harmless on the screen and a command on a printer, so text
 * is stored as it came and cleaned where it goes out. */
#ifndef CLIENT_BASE_TEXT_H
#define CLIENT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* Columns of a character by our own table, never wcwidth(): 0 combining and
 * format, 2 East Asian Wide and Fullwidth and U+20000..U+3FFFD, else 1. */
int text_cells(gunichar c);
int text_width(const char *text); /* of valid UTF-8 */

/* True when the terminal's library would count another width than ours, or the
 * character is private or unassigned: shown as U+3013. */
bool text_is_uncertain(gunichar c);

/* Exactly width columns, padded with blanks, cut with ~.
 * Caller frees. */
enum text_cut { TEXT_CUT_END, TEXT_CUT_MIDDLE, TEXT_CUT_START };
char *text_fit(const char *text, int width, enum text_cut cut);
char *text_fit_right(const char *text, int width);

/* The longest beginning of text that is at most width columns, in bytes. */
size_t text_bytes_for_width(const char *text, int width);

/* Sinks. Each takes any bytes (invalid UTF-8 becomes U+FFFD) and returns a
 * fresh string.
 * screen    one line; controls, format and direction marks left out, ambiguous
 *           characters replaced, private and unassigned as U+3013 (〓)
 * plain     for standard output when it is a terminal: as screen, newlines kept
 * printer   no controls; the character set is the printer's business
 * led       as printer, no line breaks, at most 64 characters
 * pdf       no controls, private use kept (a missing glyph is an error later)
 * csv       one RFC 4180 field; a leading = + - @ tab gets an apostrophe
 * log       controls, quotes and non-characters as \uXXXX
 * file      a file name: no /, no controls, no leading dot or dash, at most 120
 *           bytes, never empty */
char *text_sink_screen(const char *text);
char *text_sink_plain(const char *text);
char *text_sink_printer(const char *text);
char *text_sink_led(const char *text);
char *text_sink_pdf(const char *text);
char *text_sink_csv(const char *text);
char *text_sink_log(const char *text);
char *text_sink_file(const char *text);

/* U+FF01..U+FF5E to ASCII, U+3000 to blank, 。 to '.': for fields of numbers,
 * codes and dates. Caller frees. */
char *text_halfwidth(const char *text);

#endif
