/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-browser-pages.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/json/wsi-json-fields.h"
#include "inspect/sources/browser/wsi-browser-http.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MAX_PAGES 1000
#define MAX_TEXT 4096           /* bytes of a title or URL */

/* Name of the member that the list becomes, in an object. */
#define LIST_NAME "pages"
#define LIST_BEGIN "{\"" LIST_NAME "\":"
#define LIST_END "}"

typedef enum
{
  MEMBER_KIND,
  MEMBER_TITLE,
  MEMBER_URL,
  N_MEMBERS,
} Member;

static const char *const member_names[N_MEMBERS] = {
  [MEMBER_KIND] = "type",
  [MEMBER_TITLE] = "title",
  [MEMBER_URL] = "url",
};

/* Kinds with a window or a part of one; frames and workers are watched with their page. */
static const char *const kinds[] = { "page", "webview", "app", "background_page", NULL };

static void
page_free (gpointer data)
{
  WsiBrowserPage *page = data;

  g_free (page->title);
  g_free (page->url);
  g_free (page);
}

static gboolean
browser_pages_has_part (const char *text,
                        const char *part)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  return strstr (folded, part) != NULL;
}

gboolean
wsi_browser_page_has_text (const char *title,
                           const char *url,
                           const char *text)
{
  g_autofree char *part = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  return part == NULL || browser_pages_has_part (url, part) || browser_pages_has_part (title, part);
}

char *
wsi_browser_page_make_text (const WsiBrowserPage *self)
{
  return g_strndup (self->url, strcspn (self->url, "?#"));
}

static char *
browser_pages_dup_text (const WsiJsonField *field)
{
  const char *text = wsi_json_field_get_string (field);

  return text != NULL ? g_utf8_make_valid (text, strnlen (text, MAX_TEXT)) : g_strdup ("");
}

static void
browser_pages_add_page (GPtrArray          *pages,
                        const WsiJsonField *object)
{
  WsiJsonField members[N_MEMBERS];
  const char *kind;
  WsiBrowserPage *page;

  wsi_json_field_read_object (object, members, member_names, N_MEMBERS);
  kind = wsi_json_field_get_string (&members[MEMBER_KIND]);
  if (kind == NULL || !g_strv_contains (kinds, kind))
    return;

  page = g_new0 (WsiBrowserPage, 1);
  page->title = browser_pages_dup_text (&members[MEMBER_TITLE]);
  page->url = browser_pages_dup_text (&members[MEMBER_URL]);
  g_ptr_array_add (pages, page);
}

/* Reads the list.  NULL: the answer is not a list. */
static GPtrArray *
browser_pages_read_list (GBytes *answer)
{
  static const char *const name = LIST_NAME;
  gsize length;
  const char *body = wsi_bytes_get_data (answer, &length);
  g_autoptr (GString) text = g_string_new (LIST_BEGIN);
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func (page_free);
  WsiJsonScanner scanner = { 0 };
  WsiJsonField list, element;
  WsiJsonMistake mistake;

  g_string_append_len (text, body, length);
  g_string_append (text, LIST_END);
  if (!wsi_json_fields_read (&list, &name, 1, (guint8 *) text->str, text->len, &mistake) ||
      list.kind != WSI_JSON_ARRAY)
    return NULL;

  while (pages->len < MAX_PAGES && wsi_json_field_next_element (&list, &scanner, &element))
    browser_pages_add_page (pages, &element);
  return g_steal_pointer (&pages);
}

static void
browser_pages_on_answered (GObject      *object,
                           GAsyncResult *result,
                           gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = wsi_browser_http_get_finish (result, &error);
  GPtrArray *pages = answer != NULL ? browser_pages_read_list (answer) : NULL;

  if (pages != NULL)
    g_task_return_pointer (task, pages, (GDestroyNotify) g_ptr_array_unref);
  else if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             _("%s: expected the DevTools of a browser, received another answer to "
                               "%s"), (const char *) g_task_get_task_data (task), WSI_BROWSER_LIST);
}

void
wsi_browser_pages_list_async (const char         *address,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_auto (WsiBrowserAddress) place = { 0 };
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, wsi_browser_pages_list_async);
  if (!wsi_browser_address_parse (&place, address, &error) ||
      !wsi_browser_address_read_folder (&place, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_task_set_task_data (task, wsi_browser_address_to_string (&place), g_free);
  wsi_browser_http_get_async (&place, WSI_BROWSER_LIST, cancellable, browser_pages_on_answered,
                              g_steal_pointer (&task));
}

GPtrArray *
wsi_browser_pages_list_finish (GAsyncResult *result,
                               GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
