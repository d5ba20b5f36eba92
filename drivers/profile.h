/* Profiles: text files that teach the program a byte protocol, one driver runs
 * them all. The grammar is in config/profiles/README.md. */
#ifndef DRIVERS_PROFILE_H
#define DRIVERS_PROFILE_H

#include "drivers/device.h"
#include "drivers/encoding.h"
#include "drivers/frame.h"

enum {
	PROFILE_FRAMES_MAX = 8,
	PROFILE_CAPTURES_MAX = 8,
	PROFILE_MAX_BYTES = 65536,
	PROFILE_FRAME_TIMEOUT_MS = 100,
	PROFILE_REPLY_TIMEOUT_MS = 1000,
	PROFILE_RETRIES_MAX = 9,
};

/* One element of a body to send. */
enum part_kind { PART_BYTE, PART_ENCODE, PART_CAPTURE, PART_MAP };
struct profile_part {
	enum part_kind kind;
	uint8_t byte;            /* PART_BYTE */
	int capture;             /* PART_CAPTURE: index in the pattern */
	struct profile_map *map; /* borrowed: PART_MAP, the argument's word is
				  * looked up for its byte */
	struct encoding_use use; /* PART_ENCODE; PART_MAP uses .arg */
};

/* One element of what is expected in a body. */
enum match_kind { MATCH_BYTE, MATCH_ANY, MATCH_REST, MATCH_CAPTURE };
struct profile_match {
	enum match_kind kind;
	uint8_t byte;
};

struct profile_pattern {
	int frame;                            /* index */
	GArray *parts;                        /* own: struct profile_match */
	char *captures[PROFILE_CAPTURES_MAX]; /* own: names in order */
	int n_captures;
};

struct profile_body {
	int frame;     /* index */
	GArray *parts; /* own: struct profile_part */
};

/* level=rating[key]: a member of an event's or a result's data. */
struct profile_assign {
	char *name;  /* own */
	char *value; /* own: the literal, NULL when captured */
	int capture;
	struct profile_map *map; /* borrowed, or NULL: the number itself */
};

struct profile_map {
	char *name;        /* own */
	char *values[256]; /* own: by key byte, NULL: not mapped */
};

struct profile_command {
	struct verb *verb; /* borrowed: in profile->verbs */
	char **args;       /* own: names, NULL ended */
	struct profile_body body;
	bool has_reply;
	struct profile_pattern reply;
	GArray *result; /* own: struct profile_assign */
	int timeout_ms, retries;
};

enum reply_kind { REPLY_NONE, REPLY_ECHO, REPLY_BODY };

struct profile_event {
	char *name;   /* own; NULL: ignore */
	GArray *data; /* own: struct profile_assign */
	struct profile_pattern when;
	enum reply_kind reply;
	struct profile_body body;
};

struct profile_vector {
	int line;
	GPtrArray *steps; /* own: char *, words of a transcript */
};

struct profile {
	struct driver driver; /* its strings are owned below */
	char *path, *name, *title, *port;
	uint8_t address;
	int frame_timeout_ms;
	GPtrArray *frames;                 /* own: struct frame */
	bool is_input[PROFILE_FRAMES_MAX]; /* frames the device sends */
	GArray *verbs;       /* own: struct verb, NULL name at the end */
	GPtrArray *commands; /* own: struct profile_command */
	GPtrArray *events;   /* own: struct profile_event */
	GPtrArray *maps;     /* own: struct profile_map */
	GPtrArray *vectors;  /* own: struct profile_vector */
	const struct profile_command *greet; /* borrowed, or NULL */
};

/* Reads, then runs all check vectors. ITEM_ERROR_SYNTAX
 * "file:line:column: expected X, found Y"; ITEM_ERROR_INVALID when a vector
 * does not come out. */
struct profile *profile_load(const char *path, GError **error);
struct profile *profile_parse(
	const char *text, const char *path, GError **error);
void profile_free(struct profile *profile);
DEFINE_AUTO(profile, profile_free)

/* The profile behind a driver made from one, NULL for a C driver. */
const struct profile *profile_of(const struct driver *driver);

/* address and map.* of a site: ITEM_ERROR_INVALID names key and expected. */
bool profile_check_options(const struct profile *profile,
	const struct device_options *options, GError **error);

/* The word of a key byte, the site's before the profile's; NULL: none. */
const char *profile_map_word(const struct profile_map *map,
	const struct device_options *options, uint8_t key);
/* The first key byte with this word; -1: none. */
int profile_map_key(const struct profile_map *map,
	const struct device_options *options, const char *word);

/* The address a device of these options has. */
uint8_t profile_address(
	const struct profile *profile, const struct device_options *options);

/* True when body is what the pattern says; captured bytes are filled. */
bool profile_matches(const struct profile_pattern *pattern, const uint8_t *body,
	size_t len, uint8_t captured[]);

/* Data of an event or result, NULL when a byte has no word in its map: then
 * there is nothing to tell. */
struct json *profile_make_data(
	struct device *dev, const GArray *assigns, const uint8_t captured[]);

/* A whole frame, owned by the caller; NULL and ITEM_ERROR_INVALID or
 * ITEM_ERROR_TOO_LARGE for arguments that do not fit. */
GByteArray *profile_make_frame(struct device *dev, uint8_t address,
	const struct profile_body *plan, const struct json *args,
	const uint8_t captured[], GError **error);

/* Private to profile_*.c: profile.c makes an empty one, profile_run.c fills the
 * driver's functions in, profile_check.c runs the vectors. */
struct profile *profile_new(const char *path);
void profile_bind_driver(struct profile *profile);
bool profile_run_vectors(const struct profile *profile, GError **error);

#endif
