/* Field tables of the contract. Lengths are those of the national exchange
 * tables where these have the field (characters, not bytes). */
#include "client/platform/bodies.h"

#include <stddef.h>

#include "client/rules/case_state.h"

static const char *const aggregates[] = {
	"case", "ticket", "rating", "window", "number", "op", NULL};
static const char *const state_accepted[] = {"accepted", NULL};
static const char *const states_refused[] = {"refused", "not-needed", NULL};
static const char *const no_rating[] = {"no-answer", "refused", "device", NULL};

#define EVENT_NAME(code, name, chinese) name,
static const char *const events[] = {CASE_EVENTS(EVENT_NAME) NULL};

#define TEXT(name, required, max)                                   \
	{                                                           \
		name, FIELD_TEXT, required, (required) ? 1 : 0, max \
	}
#define WHOLE(name, required, min, max)             \
	{                                           \
		name, FIELD_INT, required, min, max \
	}

static const struct field page[] = {
	{"sha256", FIELD_SHA256, true},
	WHOLE("size", false, 0, 64 << 20),
	TEXT("media_type", false, 100),
	{NULL},
};

static const struct field material[] = {
	WHOLE("no", true, 1, 999),
	TEXT("name", true, 200),
	TEXT("state", false, 40),
	TEXT("form", false, 40),
	WHOLE("copies", false, 0, 999),
	{"pages", FIELD_ARRAY, false, 0, 1000, .fields = page},
	{NULL},
};

static const struct field item[] = {
	TEXT("code", true, 36),
	TEXT("name", true, 1000),
	TEXT("version", false, 40),
	{NULL},
};

static const struct field applicant[] = {
	TEXT("name", true, 100),
	TEXT("id_type", false, 40),
	TEXT("id_number", false, 500),
	TEXT("phone", false, 40),
	TEXT("address", false, 1000),
	{NULL},
};

static const struct field decision[] = {
	{"event", FIELD_TEXT, true, .values = events},
	TEXT("reason", false, 2000),
	{NULL},
};

static const struct field clerk[] = {
	TEXT("staff_no", true, 20),
	TEXT("name", false, 100),
	{NULL},
};

static const struct field document[] = {
	TEXT("kind", true, 40),
	TEXT("number", false, 64),
	{NULL},
};

#define CASE_FIELDS(states)                                                    \
	{"case_id", FIELD_UUID, true}, TEXT("case_no", true, 23),              \
		TEXT("full_no", true, 50),                                     \
		{"state", FIELD_TEXT, true, .values = states},                 \
		{"item", FIELD_OBJECT, true, .fields = item},                  \
		{"ticket_id", FIELD_UUID, false},                              \
		{"applicant", FIELD_OBJECT, true, .fields = applicant},        \
		{"form", FIELD_OBJECT, false},                                 \
		{"materials", FIELD_ARRAY, false, 0, 200, .fields = material}, \
		{"decision", FIELD_OBJECT, true, .fields = decision},          \
		{"documents", FIELD_ARRAY, false, 0, 20, .fields = document},  \
		{"received_at", FIELD_TIME, true},                             \
		{"promised_due", FIELD_DAY, false},                            \
		{"statutory_due", FIELD_DAY, false},                           \
		TEXT("query_password", false, 6),                              \
		{"clerk", FIELD_OBJECT, true, .fields = clerk},                \
		TEXT("window", true, 7)

const struct field body_case_accept[] = {
	CASE_FIELDS(state_accepted),
	{"accepted_at", FIELD_TIME, true},
	{NULL},
};

const struct field body_case_refuse[] = {
	CASE_FIELDS(states_refused),
	{"accepted_at", FIELD_TIME, false},
	{NULL},
};

const struct field body_case_document[] = {
	{"case_id", FIELD_UUID, true},
	TEXT("kind", true, 40),
	TEXT("number", false, 64),
	{"sha256", FIELD_SHA256, true},
	WHOLE("size", true, 1, 64 << 20),
	WHOLE("pages", true, 1, 10000),
	{NULL},
};

const struct field body_ticket[] = {
	{"ticket_id", FIELD_UUID, true},
	TEXT("number", true, 15),
	TEXT("window", true, 7),
	TEXT("staff_no", true, 20),
	TEXT("reason", false, 200),
	TEXT("target", false, 7),
	{"at", FIELD_TIME, true},
	{NULL},
};

const struct field body_rating[] = {
	{"rating_id", FIELD_UUID, true},
	{"ticket_id", FIELD_UUID, true},
	{"case_id", FIELD_UUID, false},
	WHOLE("level", true, 0, 5),
	{"none", FIELD_TEXT, false, .values = no_rating},
	TEXT("device", false, 64),
	{"at", FIELD_TIME, true},
	{NULL},
};

const struct field body_window[] = {
	TEXT("window", true, 7),
	TEXT("staff_no", false, 20),
	TEXT("reason", false, 200),
	{"at", FIELD_TIME, true},
	{NULL},
};

const struct field body_number[] = {
	TEXT("series", true, 39),
	WHOLE("number", true, 1, 999999),
	TEXT("reason", false, 200),
	{NULL},
};

static const struct field actor[] = {
	TEXT("staff", true, 20),
	TEXT("window", true, 7),
	{NULL},
};

static const struct field when[] = {
	{"wall", FIELD_TIME, true},
	TEXT("quality", false, 20),
	{NULL},
};

/* The op that was refused, as it was sent, but for its body. */
static const struct field refused_op[] = {
	WHOLE("store_seq", true, 1, INT64_C(1) << 53),
	{"agg", FIELD_TEXT, true, .values = aggregates},
	TEXT("agg_id", true, 64),
	WHOLE("agg_seq", true, 1, INT64_C(1) << 53),
	TEXT("kind", true, 40),
	{"sha256", FIELD_SHA256, true},
	{"prev_hash", FIELD_SHA256, true},
	{"hash", FIELD_SHA256, true},
	{"actor", FIELD_OBJECT, true, .fields = actor},
	{"time", FIELD_OBJECT, true, .fields = when},
	{NULL},
};

#define ON_REFUSED                                                     \
	{"op_id", FIELD_UUID, true},                                   \
		{"refused", FIELD_OBJECT, true, .fields = refused_op}, \
		TEXT("reason", true, 200), TEXT("staff_no", true, 20), \
	{                                                              \
		"at", FIELD_TIME, true                                 \
	}

const struct field body_op_void[] = {ON_REFUSED, {NULL}};

const struct field body_op_supersede[] = {
	ON_REFUSED,
	{"body", FIELD_OBJECT, true},
	{NULL},
};

const struct field envelope_op[] = {
	{"op_id", FIELD_UUID, true},
	WHOLE("store_seq", true, 1, INT64_C(1) << 53),
	{"agg", FIELD_TEXT, true, .values = aggregates},
	TEXT("agg_id", true, 64),
	WHOLE("agg_seq", true, 1, INT64_C(1) << 53),
	TEXT("kind", true, 40),
	TEXT("base_version", false, 40),
	{"sha256", FIELD_SHA256, true},
	{"prev_hash", FIELD_SHA256, true},
	{"hash", FIELD_SHA256, true},
	{"actor", FIELD_OBJECT, true, .fields = actor},
	{"time", FIELD_OBJECT, true, .fields = when},
	{"body", FIELD_OBJECT, true},
	{NULL},
};

static const struct field store[] = {
	{"uuid", FIELD_UUID, true},
	WHOLE("epoch", false, 0, INT64_C(1) << 53),
	{"chain_head", FIELD_SHA256, false},
	{NULL},
};

/* The ops themselves are looked at one by one: a bad one spoils no other. */
const struct field envelope_batch[] = {
	{"store", FIELD_OBJECT, true, .fields = store},
	{"ops", FIELD_ARRAY, true, 1, 1 << 20},
	{NULL},
};
