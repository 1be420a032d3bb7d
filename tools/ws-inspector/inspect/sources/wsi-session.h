/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The model of one window: a source, its recorded traffic, and its state.  Independent of
 * widgets. */
#pragma once

#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

/* It only moves forward. */
typedef enum
{
  WSI_SESSION_NEW,
  WSI_SESSION_CONNECTING,
  WSI_SESSION_SERVING,
  WSI_SESSION_OPEN,             /* there is a connection to write to */
  WSI_SESSION_ENDED,            /* a connection that was open has closed */
  WSI_SESSION_FAILED,           /* it was never open */
} WsiSessionState;

#define WSI_TYPE_SESSION (wsi_session_get_type ())

G_DECLARE_FINAL_TYPE (WsiSession, wsi_session, WSI, SESSION, GObject)

WsiSession      *wsi_session_new (void);
gboolean         wsi_session_connect          (WsiSession *self,
                                               const char *uri,
                                               GError    **error);
gboolean         wsi_session_serve            (WsiSession *self,
                                               guint16     port,
                                               GError    **error);
gboolean         wsi_session_demonstrate      (WsiSession *self,
                                               const char *text,
                                               GError    **error);
gboolean         wsi_session_send             (WsiSession *self,
                                               const char *text,
                                               GError    **error);
void             wsi_session_close            (WsiSession *self);
WsiStore        *wsi_session_get_store        (WsiSession *self);
WsiSessionState  wsi_session_get_state        (WsiSession *self);
const char      *wsi_session_get_uri          (WsiSession *self);
const char      *wsi_session_get_sentence     (WsiSession *self);
WsiEnding        wsi_session_get_ending        (WsiSession *self);
WsiConversation *wsi_session_get_conversation  (WsiSession *self);

G_END_DECLS
