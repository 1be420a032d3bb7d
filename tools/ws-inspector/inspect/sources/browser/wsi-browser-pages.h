/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The pages of a browser that listens, from which a user chooses one.  docs/rationales/browsers.md
 * has the reasons. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *title, *url;            /* title and address as valid UTF-8, never NULL */
} WsiBrowserPage;

/* Whether it is one of those that are watched.  text: of its title or URL, whatever the case; NULL
 * or empty = all. */
gboolean   wsi_browser_page_has_text     (const char *title,
                                          const char *url,
                                          const char *text);
/* A text that chooses the page, also when it is opened again: its URL without query and fragment,
 * which change and may be secrets. */
char      *wsi_browser_page_make_text    (const WsiBrowserPage *self);
/* Asks for the pages.  address: PORT, HOST:PORT or the folder of a profile. */
void       wsi_browser_pages_list_async  (const char         *address,
                                          GCancellable       *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer            user_data);
/* The pages (WsiBrowserPage) in the order of the browser. */
GPtrArray *wsi_browser_pages_list_finish (GAsyncResult *result,
                                          GError      **error);

G_END_DECLS
