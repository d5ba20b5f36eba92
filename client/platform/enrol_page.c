/* Where a supervisor lets a new window in: the code that stands on its screen
 * is typed here. From this machine only; the form carries a secret of this
 * process, so that no other page can send it. */
#include <string.h>

#include "client/base/clock.h"
#include "client/platform/grants.h"
#include "client/platform/handlers.h"
#include "client/platform/html.h"
#include "client/platform/platform.h"

static void add_waiting(struct platform *platform, GString *page)
{
	const struct grant_request *request;

	html_raw(page, "<table><caption>等待批准的窗口</caption>"
		       "<tr><th>窗口<th>名称<th>申请时间</tr>\n");
	for (unsigned i = 0; (request = grants_waiting(
				      platform->grants, i, clock_boot_ms()));
		i++) {
		g_autofree char *since =
			clock_format(request->wall_ms, "%H:%M:%S");

		html_raw(page, "<tr>");
		html_cell(page, request->window);
		html_cell(page, request->name);
		html_cell(page, since);
		html_raw(page, "</tr>\n");
	}
	html_raw(page, "</table>");
}

static void add_form(
	struct platform *platform, GString *page, const char *user_code)
{
	html_raw(page,
		"<p>核对窗口屏幕上显示的代码，确认是本厅的窗口后再批准。</p>"
		"<form method=\"post\" action=\"/_enrol\">"
		"<input type=\"hidden\" name=\"secret\" value=\"");
	html_raw(page, grants_form_secret(platform->grants));
	html_raw(page, "\"><label>代码 <input name=\"user_code\" maxlength="
		       "\"16\" autocomplete=\"off\" value=\"");
	/* Only what a code can be: it is inside an attribute. */
	if (user_code &&
		strspn(user_code, "BCDFGHJKLMNPQRSTVWXZ-") == strlen(user_code))
		html_raw(page, user_code);
	html_raw(page,
		"\"></label> "
		"<button name=\"decision\" value=\"approve\">批准</button> "
		"<button name=\"decision\" value=\"deny\">拒绝</button>"
		"</form>");
}

static struct reply *form_page(GString *take_page)
{
	struct reply *reply = reply_html(200, html_end(take_page));

	reply->has_form = true;
	return reply;
}

struct reply *enrol_page(
	struct platform *platform, const struct request *request)
{
	GString *page = html_begin("窗口入网");

	add_waiting(platform, page);
	add_form(platform, page, request_query(request, "user_code"));
	return form_page(page);
}

static struct reply *told(
	struct platform *platform, const struct grant_request *request)
{
	GString *page = html_begin("窗口入网");

	if (!request) {
		html_raw(page, "<p>没有等待批准的窗口用这个代码。</p>");
	} else {
		html_raw(page, request->state == GRANT_APPROVED
				       ? "<p>已批准："
				       : "<p>已拒绝：");
		html_text(page, request->window);
		html_raw(page, " ");
		html_text(page, request->name);
		html_raw(page, "</p>");
	}
	add_waiting(platform, page);
	add_form(platform, page, NULL);
	return form_page(page);
}

struct reply *enrol_decide(
	struct platform *platform, const struct request *request)
{
	g_autoptr(GHashTable) form = g_uri_parse_params(request->body,
		(gssize)request->body_len, "&", G_URI_PARAMS_WWW_FORM, NULL);
	const char *secret = form ? g_hash_table_lookup(form, "secret") : NULL;
	const char *code = form ? g_hash_table_lookup(form, "user_code") : NULL;
	const char *decision =
		form ? g_hash_table_lookup(form, "decision") : NULL;

	if (g_strcmp0(secret, grants_form_secret(platform->grants)) != 0)
		return reply_problem(platform, PROBLEM_FORBIDDEN,
			"the form is not of this page");
	return told(platform,
		grants_decide(platform->grants, code ? code : "",
			g_strcmp0(decision, "approve") == 0, clock_boot_ms()));
}
