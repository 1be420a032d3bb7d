/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a browser that runs already listens for the DevTools protocol. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char   *host;                 /* host of the browser; NULL: the folder has a file with the port */
  guint16 port;
  char   *path;                 /* path of the browser's WebSocket; NULL: to be asked for */
  char   *folder;               /* folder of the browser's profile; NULL: a port was given */
} WsiBrowserAddress;

/* Parses PORT, HOST:PORT or a folder, without reading it. */
gboolean wsi_browser_address_parse       (WsiBrowserAddress *self,
                                          const char        *text,
                                          GError           **error);
/* Reads port and path in the folder, if one was given. */
gboolean wsi_browser_address_read_folder (WsiBrowserAddress *self,
                                          GError           **error);
/* Takes the path from the answer to /json/version. */
gboolean wsi_browser_address_take_answer (WsiBrowserAddress *self,
                                          GBytes            *answer,
                                          GError           **error);
/* The address as "HOST:PORT". */
char    *wsi_browser_address_to_string   (const WsiBrowserAddress *self);
void     wsi_browser_address_clear       (WsiBrowserAddress *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiBrowserAddress, wsi_browser_address_clear)

G_END_DECLS
