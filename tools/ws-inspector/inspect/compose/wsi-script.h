/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The messages of one side of a recorded connection with their times, to be sent once more. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct
{
  gint64         time_us;       /* time after the first message */
  WspMessageType message_type;
  GBytes        *payload;
} WsiScriptStep;

typedef struct _WsiScript WsiScript;

WsiScript *wsi_script_new  (WsiStore *store,
                            guint32   conversation,
                            WspRole   sender);
/* Takes records as they pass, of any conversation. */
void       wsi_script_take (WsiScript       *self,
                            guint64          number,
                            const WsiRecord *record);
/* Ends the script.  FALSE: a message is not whole, or they are too many; G_IO_ERROR_NOT_FOUND:
 * there is none. */
gboolean   wsi_script_end  (WsiScript *self,
                            GError   **error);
/* Reads a whole script from the store, from any thread. */
WsiScript *wsi_script_read (WsiStore *store,
                            guint32   conversation,
                            WspRole   sender,
                            GError  **error);
/* The messages of these rows only (guint64, in any order), from any thread.  Rows that are of no
 * message, such as pings, are left out.  NULL: they are of two sides or connections, or as
 * above. */
WsiScript *wsi_script_read_rows (WsiStore     *store,
                                 const GArray *numbers,
                                 GError      **error);
/* The connection of the first row that is of a message; 0: none is. */
guint32    wsi_script_find_connection (WsiStore     *store,
                                       const GArray *numbers);
void       wsi_script_free (WsiScript *self);
guint      wsi_script_get_n_steps (const WsiScript *self);
/* The number of messages whose values were hidden in their file: they are sent as they are. */
guint      wsi_script_get_n_hidden (const WsiScript *self);
const WsiScriptStep *wsi_script_get_step (const WsiScript *self,
                                          guint            i);
/* Scheme, host and port are equal: what was recorded with the one may be sent to the other
 * (SEC-128).  Either may be NULL: then they are not. */
gboolean   wsi_uri_is_same_origin (const char *one,
                                   const char *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiScript, wsi_script_free)

G_END_DECLS
