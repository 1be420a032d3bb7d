/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of pages that a browser gives at its port. */
#include "inspect/sources/browser/wsi-browser-pages.h"

#include <string.h>

#include "inspector/devtools-peer.h"
#include "lib/rows.h"

#define PATH "/inspector/browser-pages/"
#define OK DEVTOOLS_OK
#define UNKNOWN "HTTP/1.1 404 Not Found\r\nContent-Length: %zu\r\n\r\n%s"

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

static GPtrArray *
list_pages (const char *address,
            GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsi_browser_pages_list_async (address, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return wsi_browser_pages_list_finish (result, error);
}

static const struct
{
  const char *name, *answer, *body;
  const char *pages;            /* pages of the list, "TITLE URL; " for each; NULL: the answer is
                                 * refused */
  const char *problem;          /* text that the error contains */
} lists[] = {
  { "two-pages", OK,
    "[{'type':'page','title':'A','url':'http://a/?x=1','id':'1'},{'url':'http://b/','title':'B','type':'page'}]",
    "A http://a/?x=1; B http://b/; ", NULL },
  { "frames-and-workers-belong-to-pages", OK,
    "[{'type':'iframe','title':'F','url':'f'},{'type':'worker','url':'w'},{'type':'webview','title':'V','url':'v'}]", "V v; ", NULL },
  { "no-page", OK, "[]", "", NULL },
  { "page-without-title-and-url", OK, "[{'type':'page'}]", " ; ", NULL },
  { "title-of-another-type", OK, "[{'type':'page','title':7,'url':null}]", " ; ", NULL },
  { "title-with-half-a-surrogate", OK, "[{'type':'page','title':'a\\ud800','url':'u'}]", "a\xef\xbf\xbd u; ", NULL },
  { "items-that-are-no-pages", OK, "[7,'page',[],null,{}]", "", NULL },
  { "object", OK, "{'type':'page'}", NULL, "received another answer to /json/list" },
  { "cut-list", OK, "[{'type':'page'", NULL, "received another answer to /json/list" },
  { "end-of-our-own", OK, "[]},'pages':[{'type':'page'}]", NULL, "received another answer" },
  { "not-json", OK, "<html>", NULL, "received another answer to /json/list" },
  { "empty", OK, "", NULL, "received another answer to /json/list" },
  { "no-list-in-the-usual-profile", UNKNOWN, "", NULL, "received status 404 (a browser whose switch is on" },
  { "no-http", "hello %zu %s", "", NULL, "received no HTTP" },
};

static void
test_list (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (DevtoolsPeer) peer = { 0 };
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pages = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  devtools_peer_init (&peer, lists[row].answer, lists[row].body);
  address = g_strdup_printf ("%u", peer.port);
  pages = list_pages (address, &error);
  g_assert_true (g_str_has_prefix (peer.request->str, "GET /json/list HTTP/1.1\r\n"));
  g_assert_null (strstr (peer.request->str, "Origin"));
  if (lists[row].pages == NULL)
    {
      g_assert_null (pages);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, lists[row].problem));
      return;
    }

  g_assert_no_error (error);
  for (guint i = 0; i < pages->len; i++)
    {
      const WsiBrowserPage *page = pages->pdata[i];

      g_string_append_printf (text, "%s %s; ", page->title, page->url);
    }
  g_assert_cmpstr (text->str, ==, lists[row].pages);
}

/* Nothing is asked at an address that is wrong. */
static void
test_wrong_address (void)
{
  static const char *const addresses[] = { "99999", "/nonexistent" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) pages = list_pages (addresses[i], &error);

      g_assert_null (pages);
      g_assert_nonnull (error);
    }
}

static const struct
{
  const char *title, *url, *text;
  gboolean    is_watched;
} watched[] = {
  { "T", "http://a/", NULL, TRUE }, { "T", "http://a/", "", TRUE }, { "Größe", "u", "GRÖSSE", TRUE },
  { "T", "http://A/b", "a/B", TRUE }, { "T", "u", "x", FALSE }, { "", "", "x", FALSE },
};

static void
test_watched (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_assert_cmpint (wsi_browser_page_has_text (watched[i].title, watched[i].url, watched[i].text),
                     ==, watched[i].is_watched);
}

static const struct
{
  const char *url, *text;
} texts[] = {
  { "https://shop.example/cart?id=7#top", "https://shop.example/cart" }, { "about:blank", "about:blank" },
  { "http://a/#b?c", "http://a/" }, { "", "" },
};

static void
test_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const WsiBrowserPage page = { (char *) "", (char *) texts[i].url };
      g_autofree char *text = wsi_browser_page_make_text (&page);

      g_assert_cmpstr (text, ==, texts[i].text);
      g_assert_true (wsi_browser_page_has_text (page.title, page.url, text));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS (PATH "list", lists, test_list);
  g_test_add_func (PATH "address-that-is-wrong", test_wrong_address);
  g_test_add_func (PATH "which-are-watched", test_watched);
  g_test_add_func (PATH "text-of-a-page", test_text);
  return g_test_run ();
}
