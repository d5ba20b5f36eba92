/* Shared by the files that read profiles; private to drivers/profile_*.c. */
#ifndef DRIVERS_PROFILE_PARSER_H
#define DRIVERS_PROFILE_PARSER_H

#include "drivers/profile.h"
#include "drivers/profile_lex.h"

struct parser {
	struct profile *profile; /* borrowed */
	struct cursor cursor;
	size_t max_body; /* for the frames that follow */
	GError **error;
};

#define PARSE_EXPECTED(parser, what) \
	cursor_expected(&(parser)->cursor, what, (parser)->error)
#define PARSE_EXPECTED_BEFORE(parser, what) \
	cursor_expected_before(&(parser)->cursor, what, (parser)->error)

/* "name(a, b)" into its name and parameters; false when it is not so. The
 * rest behind the bracket, too ("+2"). Caller frees. */
bool parse_call(
	const char *word, char **name, char ***params, const char **rest);
/* A lower-case name that is not two hex digits. */
bool parse_is_name(const char *word);
bool parse_number(
	struct parser *parser, const char *what, int min, int max, int *number);
struct profile_map *parse_find_map(struct parser *parser, const char *name);
/* "level" or 5 as JSON: all digits make a number. */
struct json *profile_value(const char *text);

/* profile_frame.c: "frame [NAME:] ITEMS" */
bool parse_frame(struct parser *parser);
/* An optional "NAME:" in front of a body; *frame is 0 without one. */
bool parse_frame_choice(struct parser *parser, int *frame);

/* profile_body.c: bodies, patterns, data */
bool parse_body(struct parser *parser, const struct profile_pattern *captures,
	char **args, struct profile_body *body);
bool parse_pattern(struct parser *parser, struct profile_pattern *pattern);
bool parse_assigns(struct parser *parser,
	const struct profile_pattern *captures, GArray **assigns);
/* Data that stands before its pattern is read again when that is known. */
bool parse_skip_assigns(struct parser *parser);

/* profile_check.c: "check STEP..." */
bool parse_check(struct parser *parser);

void profile_body_clear(struct profile_body *body);
void profile_pattern_clear(struct profile_pattern *pattern);
void profile_assigns_free(GArray *assigns);

#endif
