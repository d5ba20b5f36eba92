/* How a picture in the spool is told in the local protocol. */
#include "drivers/picture.h"

static struct json *thumb(const char *gray)
{
	struct json *object = json_new_object();

	json_put_int(object, "width", JPEG_THUMB_COLUMNS);
	json_put_int(object, "height", JPEG_THUMB_ROWS);
	json_put_text(object, "gray", gray);
	return object;
}

struct json *picture_page(
	const char *sha256, const struct jpeg_info *info, const char *gray)
{
	struct json *page = json_new_object();
	g_autofree char *file = g_strconcat(sha256, ".jpg", NULL);

	json_put_text(page, "file", file);
	json_put_text(page, "sha256", sha256);
	json_put_int(page, "size", (int64_t)info->len);
	json_put_text(page, "media_type", "image/jpeg");
	json_put_int(page, "width", info->width);
	json_put_int(page, "height", info->height);
	if (info->dpi)
		json_put_int(page, "dpi", info->dpi);
	if (gray)
		json_put(page, "thumb", thumb(gray));
	return page;
}
