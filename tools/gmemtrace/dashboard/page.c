// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Page of the dashboard: its parts are embedded at build (tools/tools.mk), its data follow as JSON. */
#include "dashboard/dashboard.h"
#include "dashboard_parts.h"

static void put_part(FILE *out, const char *begin, const unsigned char *part, size_t size, const char *end)
{
	if (!size)
		return;
	fputs(begin, out);
	fwrite(part, 1, size, out);
	fputs(end, out);
}

#define PUT(out, begin, part, end) put_part(out, begin, part, sizeof(part) - 1, end)

/* The page may load nothing, whatever a name in it manages to say. */
void dash_page(const struct dashboard *d, FILE *out)
{
	fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
	      "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Performance</title>\n", out);
	PUT(out, "<style>", dashboard_uplot_css, "</style>\n");
	PUT(out, "<style>", dashboard_css, "</style>\n");
	fputs("</head><body>\n", out);
	PUT(out, "", dashboard_html, "");
	fputs("<script type=\"application/json\" id=\"data\">\n", out);
	dash_data(d, out);
	fputs("</script>\n", out);
	PUT(out, "<script>", dashboard_uplot, "</script>\n");
	PUT(out, "<script>", dashboard_js, "</script>\n");
	fputs("</body></html>\n", out);
}
