/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A browser that we start, in a profile of its own: another program cannot reach it, because it
 * opens no port.  docs/rationales/browsers.md has the reasons. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WsiBrowserProcess WsiBrowserProcess;

/* Whether a browser can be started.  FALSE: this program runs in a sandbox, which has no
 * browser. */
gboolean           wsi_browser_process_is_possible (void);
/* Whether this is one of the programs that are looked for: a name without a folder. */
gboolean           wsi_browser_process_is_program (const char *name);
/* The address that a user has written, as a URL: without a scheme it is that of a file, or http. */
char              *wsi_browser_process_make_url (const char *text);
/* profile: its folder, which stays; NULL = a temporary one.  arguments: more of them, NULL = none.
 * fd: of the socket that leads to it, which is the caller's. */
WsiBrowserProcess *wsi_browser_process_new      (const char        *profile,
                                                 const char *const *arguments,
                                                 int               *fd,
                                                 GError           **error);
/* Waits for its end, or until it is freed, which also is a success.  Only one call at a time. */
void               wsi_browser_process_wait_async  (WsiBrowserProcess  *self,
                                                    GAsyncReadyCallback callback,
                                                    gpointer            user_data);
/* Ends the waiting.  FALSE: the browser has failed, or was killed; the error has its last line of
 * output. */
gboolean           wsi_browser_process_wait_finish (GAsyncResult *result,
                                                    GError      **error);
void               wsi_browser_process_kill     (WsiBrowserProcess *self);
/* Kills it if it still runs, waits for its end, and removes a temporary profile. */
void               wsi_browser_process_free     (WsiBrowserProcess *self);

G_END_DECLS
