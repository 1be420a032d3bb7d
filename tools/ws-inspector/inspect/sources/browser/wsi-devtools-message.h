/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A message of Chrome's DevTools protocol, as far as WebSockets need it: an event of a target, or
 * the answer to a command. */
#pragma once

#include "inspect/decode/json/wsi-json-fields.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_DEVTOOLS_OTHER,           /* an event that is not about WebSockets */
  WSI_DEVTOOLS_ANSWER,
  WSI_DEVTOOLS_FRAME_RECEIVED,
  WSI_DEVTOOLS_FRAME_SENT,
  WSI_DEVTOOLS_SOCKET_CREATED,
  WSI_DEVTOOLS_REQUEST,
  WSI_DEVTOOLS_RESPONSE,
  WSI_DEVTOOLS_SOCKET_ERROR,
  WSI_DEVTOOLS_SOCKET_CLOSED,
  WSI_DEVTOOLS_ATTACHED,
  WSI_DEVTOOLS_DETACHED,
  WSI_DEVTOOLS_TARGET_CHANGED,
  WSI_DEVTOOLS_NAVIGATED,
} WsiDevtoolsKind;

typedef struct
{
  WsiDevtoolsKind kind;
  gint64          id;           /* number of the command that is answered; -1 = an event */
  const char     *session;      /* identifier of the session; NULL: that of the browser itself */
  WsiJsonField    params;       /* parameters of an event */
  WsiJsonField    result, error;        /* result or error of an answer, which has one of them */
} WsiDevtoolsMessage;

/* The texts stay in the bytes, which are changed.  FALSE: this is no message of the protocol. */
gboolean wsi_devtools_message_read (WsiDevtoolsMessage *self,
                                    guint8             *at,
                                    gsize               length,
                                    GError            **error);
/* Whether the text is an identifier that may be written into a command as it is. */
gboolean wsi_devtools_is_identifier (const char *text);

G_END_DECLS
