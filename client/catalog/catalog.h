/* The catalogue: items (事项), their materials, forms and workflows, out of
 * config/catalog. Loaded whole and checked strictly: an error names the file
 * and the member ("items/02-x.json: materials[3].need: ..."), and then nothing
 * is loaded. Over it go the changes of the platform, one by one. Everything in
 * it is const; an item lives until it is replaced and nobody holds it. */
#ifndef CLIENT_CATALOG_CATALOG_H
#define CLIENT_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "client/base/auto.h"
#include "client/rules/acceptance.h"
#include "client/rules/form_rules.h"

enum {
	ITEM_CODE_LEN = 31,   /* 实施编码 */
	ITEM_HANDLE_LEN = 33, /* 业务办理项编码 */
	ITEM_BASE_LEN = 12,   /* 基本编码 */
	ITEM_MAX_MATERIALS = ACCEPTANCE_MAX,
};

/* X(code, name in data, exchange code: 1 原件 2 复印件 3 both, label) */
#define MATERIAL_KINDS(X)                           \
	X(MATERIAL_ORIGINAL, "original", 1, "原件") \
	X(MATERIAL_COPY, "copy", 2, "复印件")       \
	X(MATERIAL_BOTH, "both", 3, "原件和复印件")

#define MATERIAL_KIND_ROW(code, name, exchange, label) code,
enum material_kind { MATERIAL_KINDS(MATERIAL_KIND_ROW) MATERIAL_KIND_COUNT };

/* X(code, name in data, exchange code: 1 纸质 2 电子 3 both, label) */
#define MATERIAL_FORMS(X)                               \
	X(MATERIAL_PAPER, "paper", 1, "纸质")           \
	X(MATERIAL_ELECTRONIC, "electronic", 2, "电子") \
	X(MATERIAL_EITHER, "either", 3, "纸质或电子")

#define MATERIAL_FORM_ROW(code, name, exchange, label) code,
enum material_form { MATERIAL_FORMS(MATERIAL_FORM_ROW) MATERIAL_FORM_COUNT };

/* How it comes in when nothing special happens. */
/* X(code, name in data) */
#define MATERIAL_OBTAINS(X)                                             \
	X(OBTAIN_CAPTURE, "capture") /* camera, scanner or file */      \
	X(OBTAIN_PRINT, "print")     /* printed here out of the form */ \
	X(OBTAIN_CARD, "card")       /* the card that was read */       \
	X(OBTAIN_LIBRARY, "library") /* licence library; else as capture */

#define MATERIAL_OBTAIN_ROW(code, name) code,
enum material_obtain {
	MATERIAL_OBTAINS(MATERIAL_OBTAIN_ROW) MATERIAL_OBTAIN_COUNT
};

/* What a fill, a derive or a condition may look at besides the form itself:
 * members of the sources object (client/rules/form_rules.h). */
/* X(path, what it is) */
#define CATALOG_SOURCES(X)                                                 \
	X("applicant.name", "as on the card or typed")                     \
	X("applicant.id_type", "kind of document")                         \
	X("applicant.id_number", "its number")                             \
	X("applicant.sex", "1 or 2")                                       \
	X("applicant.nation", "code of the dictionary nation")             \
	X("applicant.birth", "1990-10-01")                                 \
	X("applicant.address", "as on the card")                           \
	X("applicant.phone", "telephone")                                  \
	X("applicant.capacity", "1 self, 2 agent, 3 legal representative") \
	X("applicant.organisation", "name of the firm he acts for")        \
	X("applicant.uscc", "its credit code")                             \
	X("agent.name", "who came instead")                                \
	X("agent.id_number", "his number")                                 \
	X("agent.phone", "his telephone")                                  \
	X("licence.name", "of the business licence, when it was fetched")  \
	X("licence.uscc", "its credit code")                               \
	X("licence.address", "its premises")                               \
	X("licence.person", "its operator or representative")              \
	X("licence.person_id", "his number")                               \
	X("window.hall", "name of the hall")                               \
	X("window.region", "division code")

/* What the law does not count in a period, once it was said in writing. */
/* X(code, name in data, 行政许可法 §45's word) */
#define EXCLUDED_PROCEDURES(X)                       \
	X(EXCLUDED_HEARING, "hearing", "听证")       \
	X(EXCLUDED_TENDER, "tender", "招标")         \
	X(EXCLUDED_AUCTION, "auction", "拍卖")       \
	X(EXCLUDED_INSPECTION, "inspection", "检验") \
	X(EXCLUDED_TEST, "test", "检测")             \
	X(EXCLUDED_QUARANTINE, "quarantine", "检疫") \
	X(EXCLUDED_APPRAISAL, "appraisal", "鉴定")   \
	X(EXCLUDED_EXPERTS, "experts", "专家评审")

#define EXCLUDED_PROCEDURE_ROW(code, name, word) code,
enum excluded_procedure {
	EXCLUDED_PROCEDURES(EXCLUDED_PROCEDURE_ROW) EXCLUDED_PROCEDURE_COUNT
};

struct catalog_excluded {
	enum excluded_procedure procedure;
	char *text;                  /* as printed; the law's word usually */
	struct form_condition *when; /* NULL: always foreseen */
};

/* The law the item stands on, as its papers name it. */
struct catalog_basis {
	char *accept;           /* for the notice of acceptance */
	char *refuse;           /* for "not this organ" */
	char *commitment;       /* what the applicant answers for */
	char *commitment_basis; /* where that stands, "" nowhere */
	char *source;           /* which text of it was read */
};

struct catalog_material {
	int no; /* from 1, without gaps */
	char *name;
	enum material_need need;
	enum material_kind kind;
	enum material_form form;
	int source; /* 10 自备, 20 政府核发, 99 其他 */
	char *note;
	int copies;
	int pages; /* 1: the item says one page; 0: any number */
	struct form_condition *when; /* NULL: always */
	int gap_days;                /* waivable: to be handed in within */
	bool printed_here;           /* obtain is "print" */
	enum material_obtain obtain;
	char **checks; /* what the clerk ticks, NULL ended, never NULL */
	/* Of printed_here: */
	char **fields;     /* ids of the form on it, in its order; empty: all */
	char **statements; /* what the applicant declares, never NULL */
	char *signer;      /* who signs */
};

struct catalog_limit {
	int days;      /* 0: none, or at once */
	bool workdays; /* else calendar days */
	char *text;    /* as printed */
};

/* Another promise or limit in a situation: temporary billboards, 2 days. */
struct catalog_limit_when {
	struct form_condition *when;
	struct catalog_limit limit;
};

struct catalog_step {
	char *step;
	char *role;
	double limit_workdays;
};

struct catalog_item {
	int no;
	char *code;        /* 31 */
	char *handle_code; /* 33 */
	char *base_code;   /* 12 */
	char *name;
	char **aliases; /* NULL ended, never NULL */
	char *department;
	char *department_short; /* "市场监督管理局" */
	char *department_uscc;
	char *type;    /* "01" 行政许可 ..., GB/T 39046 A.1 */
	int case_type; /* 1 即办件, 2 承诺件, 3 联办件, 9 其他 */
	int level;     /* 行使层级, 1..7 */
	struct catalog_limit statutory, promise;
	/* the first that holds wins: use item_statutory(), item_promise() */
	struct catalog_limit_when *statutory_when, *promise_when;
	size_t n_statutory_when, n_promise_when;
	struct catalog_excluded *excluded;
	size_t n_excluded;
	struct catalog_basis basis;
	char *fee;
	bool fee_free;
	char **windows; /* NULL ended, never NULL; empty: all windows */
	char *result;
	char *acceptance_note; /* "" none */
	int deemed_days; /* working days until silence is acceptance: 5 by §32,
			    0 where on the spot (real estate) */
	struct catalog_material *materials;
	size_t n_materials;
	struct form_def form;
	struct catalog_step *workflow;
	size_t n_workflow;
	char *source; /* where the definition comes from */

	/* 16 hex digits of the SHA-256 over the definition and the dictionaries
	 * it uses: what a clerk saw is the same where it is the same. */
	char *version;
	bool pulled;     /* not as in the files: the platform changed it */
	char *text;      /* the definition as JSON */
	GPtrArray *uses; /* of client/catalog: the dictionaries */
};

struct catalog;

/* dir is the folder with catalog.json. ITEM_ERROR_NOT_FOUND,
 * ITEM_ERROR_SYNTAX, ITEM_ERROR_INVALID. */
struct catalog *catalog_load(const char *dir, GError **error);
void catalog_free(struct catalog *catalog);
DEFINE_AUTO(catalog, catalog_free)

/* An empty catalogue with the head of this catalog.json text; its lists of
 * files are not looked at. */
struct catalog *catalog_of_head(const char *text, GError **error);

/* What came from the platform, over what the files say. entity is "catalog"
 * (a catalog.json: departments and version; id is not looked at), "dictionary"
 * or "item", id its id or 31-character code, text its JSON. Checked as strictly
 * as a file: on an error, which names entity, id and member, nothing has
 * changed. A new dictionary is read into the items that use it; an item it does
 * not fit stays as it is. An item that was replaced lives on for those who hold
 * it. */
bool catalog_put(struct catalog *catalog, const char *entity, const char *id,
	const char *text, GError **error);
/* It is not there any more; one that never was is well. ITEM_ERROR_STATE for a
 * dictionary that an item uses, and for a catalog.json. */
bool catalog_withdraw(struct catalog *catalog, const char *entity,
	const char *id, GError **error);
/* Is this text a catalog.json of an older version than that of the files?
 * "2026.9" is older than "2026.11". */
bool catalog_is_older(const struct catalog *catalog, const char *head);

/* Holds an item beyond its time in the catalogue. NULL is well. */
const struct catalog_item *item_hold(const struct catalog_item *item);
void item_drop(const struct catalog_item *item);
/* An item with its dictionaries as one text, and out of it: for a case that
 * goes on with the version it began with. Caller frees, or drops. */
char *item_keep(const struct catalog_item *item);
const struct catalog_item *item_kept(const char *text, GError **error);

const char *catalog_version(const struct catalog *catalog); /* "2026.11" */
const char *catalog_region(const struct catalog *catalog);  /* "410185" */

size_t catalog_count(const struct catalog *catalog);
const struct catalog_item *catalog_get(
	const struct catalog *catalog, size_t index);
/* By 31- or 33-character code; NULL when there is none. */
const struct catalog_item *catalog_find(
	const struct catalog *catalog, const char *code);

bool item_allowed_at(const struct catalog_item *item, const char *window);
const struct catalog_material *item_material(
	const struct catalog_item *item, int no);
/* Does this situation ask for the material? */
bool item_material_applies(const struct catalog_material *material,
	const struct json *form, const struct json *sources);

/* The limit that holds in this situation. */
const struct catalog_limit *item_statutory(const struct catalog_item *item,
	const struct json *form, const struct json *sources);
const struct catalog_limit *item_promise(const struct catalog_item *item,
	const struct json *form, const struct json *sources);

/* "检测、听证": the procedures foreseen in this situation that do not count, ""
 * none. Caller frees. */
char *item_excluded(const struct catalog_item *item, const struct json *form,
	const struct json *sources);
/* An administrative licence (行政许可): the licence law holds. */
bool item_is_licence(const struct catalog_item *item);

const char *item_type_label(const char *type); /* "行政许可", "" unknown */
const char *item_case_type_label(int case_type); /* "承诺件", "" unknown */
const char *material_kind_name(enum material_kind kind);
const char *material_kind_label(enum material_kind kind); /* "原件" */
const char *material_form_name(enum material_form form);
const char *material_form_label(enum material_form form);
const char *material_obtain_name(enum material_obtain obtain);

/* A dictionary of config/catalog/dictionaries: "nation", "township". NULL when
 * there is none. Options in order. */
const struct form_option *catalog_dictionary(
	const struct catalog *catalog, const char *id, size_t *count);
/* "汉" of nation 01; NULL. */
const char *catalog_label(const struct catalog *catalog, const char *dictionary,
	const char *code);

#endif
