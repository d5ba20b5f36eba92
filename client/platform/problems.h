/* Everything the platform may refuse, RFC 9457. */
#ifndef CLIENT_PLATFORM_PROBLEMS_H
#define CLIENT_PLATFORM_PROBLEMS_H

#include <stdbool.h>

#include "client/base/json.h"

/* X(id, code on the wire, status, may the same request succeed later, title)
 *
 * A client decides by code alone, never by the text. */
#define PROBLEMS(X)                                                           \
	X(PROBLEM_MALFORMED, "malformed", 400, false, "请求格式有误")         \
	X(PROBLEM_UNAUTHORIZED, "unauthorized", 401, false, "身份凭证无效")   \
	X(PROBLEM_FORBIDDEN, "forbidden", 403, false, "仅限本机访问")         \
	X(PROBLEM_NOT_FOUND, "not_found", 404, false, "没有找到")             \
	X(PROBLEM_METHOD, "method_not_allowed", 405, false, "不支持该方法")   \
	X(PROBLEM_OUT_OF_ORDER, "out_of_order", 409, true, "顺序不连续")      \
	X(PROBLEM_MISSING_BLOBS, "missing_blobs", 409, true, "附件尚未上传")  \
	X(PROBLEM_VOIDED, "voided", 409, false, "该操作已作废或更正")         \
	X(PROBLEM_NUMBERS_EXHAUSTED, "numbers_exhausted", 409, false,         \
		"号段已用完")                                                 \
	X(PROBLEM_ILLEGAL_STATE, "illegal_state", 409, false,                 \
		"当前状态不允许该操作")                                       \
	X(PROBLEM_NOT_RECONCILED, "not_reconciled", 409, false,               \
		"与平台的数目不一致")                                         \
	X(PROBLEM_OFFSET_MISMATCH, "offset_mismatch", 409, true,              \
		"续传位置不一致")                                             \
	X(PROBLEM_UPLOAD_EXPIRED, "upload_expired", 410, false, "上传已过期") \
	X(PROBLEM_CURSOR_EXPIRED, "cursor_expired", 410, false, "游标已过期") \
	X(PROBLEM_VERSION_CONFLICT, "version_conflict", 412, false,           \
		"版本冲突")                                                   \
	X(PROBLEM_TUS_VERSION, "tus_version", 412, false,                     \
		"不支持的续传协议版本")                                       \
	X(PROBLEM_TOO_LARGE, "too_large", 413, false, "内容过大")             \
	X(PROBLEM_MEDIA_TYPE, "unsupported_media_type", 415, false,           \
		"不支持的内容类型")                                           \
	X(PROBLEM_BAD_RANGE, "range_not_satisfiable", 416, false,             \
		"所要的范围不存在")                                           \
	X(PROBLEM_INVALID, "invalid", 422, false, "内容不符合要求")           \
	X(PROBLEM_DIGEST_MISMATCH, "digest_mismatch", 422, false,             \
		"摘要不一致")                                                 \
	X(PROBLEM_ID_REUSED, "id_reused", 422, false, "标识已用于其他内容")   \
	X(PROBLEM_SEQUENCE_REUSED, "sequence_reused", 422, false,             \
		"序号已用于其他操作")                                         \
	X(PROBLEM_CHAIN_BROKEN, "chain_broken", 422, false, "散列链不连续")   \
	X(PROBLEM_NUMBER_TAKEN, "number_taken", 422, false, "编号已被使用")   \
	X(PROBLEM_NUMBER_NOT_LEASED, "number_not_leased", 422, false,         \
		"编号不在已领取的号段内")                                     \
	X(PROBLEM_ALREADY_RATED, "already_rated", 422, false,                 \
		"本次服务已经评价")                                           \
	X(PROBLEM_LOCKED, "locked", 423, true, "正在使用，请稍后再试")        \
	X(PROBLEM_SKIPPED, "skipped", 424, true, "前一操作失败，未处理")      \
	X(PROBLEM_PRECONDITION_REQUIRED, "precondition_required", 428, false, \
		"缺少版本条件")                                               \
	X(PROBLEM_INTERNAL, "internal", 500, true, "平台内部错误")            \
	X(PROBLEM_UNAVAILABLE, "unavailable", 503, true, "平台暂不可用")      \
	X(PROBLEM_STORAGE_FULL, "storage_full", 507, true, "平台存储已满")

#define PROBLEM_ROW(id, code, status, retryable, title) id,
enum problem { PROBLEMS(PROBLEM_ROW) PROBLEM_COUNT };

struct problem_row {
	const char *code;
	int status;
	bool retryable;
	const char *title; /* Chinese, for people */
};

const struct problem_row *problem_row(enum problem problem);

/* The first problem of that status; PROBLEM_INTERNAL when there is none. */
enum problem problem_of_status(int status);

/* {"type","title","status","code","retryable","detail"}; detail is English,
 * without personal data, and may be NULL. Caller frees. */
struct json *problem_json(enum problem problem, const char *detail);

#endif
