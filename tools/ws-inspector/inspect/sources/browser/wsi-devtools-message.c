/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-devtools-message.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/wsi-text-error.h"

#define MAX_IDENTIFIER 256

/* Members of a message, in the order in which Chromium writes them. */
typedef enum
{
  MEMBER_ID,
  MEMBER_METHOD,
  MEMBER_PARAMS,
  MEMBER_RESULT,
  MEMBER_ERROR,
  MEMBER_SESSION,
  N_MEMBERS,
} Member;

static const char *const member_names[N_MEMBERS] = {
  [MEMBER_ID] = "id",
  [MEMBER_METHOD] = "method",
  [MEMBER_PARAMS] = "params",
  [MEMBER_RESULT] = "result",
  [MEMBER_ERROR] = "error",
  [MEMBER_SESSION] = "sessionId",
};

/* Names of events, the most frequent ones first. */
static const struct
{
  const char     *method;
  WsiDevtoolsKind kind;
} events[] = {
  { "Network.webSocketFrameReceived", WSI_DEVTOOLS_FRAME_RECEIVED },
  { "Network.webSocketFrameSent", WSI_DEVTOOLS_FRAME_SENT },
  { "Network.webSocketCreated", WSI_DEVTOOLS_SOCKET_CREATED },
  { "Network.webSocketWillSendHandshakeRequest", WSI_DEVTOOLS_REQUEST },
  { "Network.webSocketHandshakeResponseReceived", WSI_DEVTOOLS_RESPONSE },
  { "Network.webSocketFrameError", WSI_DEVTOOLS_SOCKET_ERROR },
  { "Network.webSocketClosed", WSI_DEVTOOLS_SOCKET_CLOSED },
  { "Target.attachedToTarget", WSI_DEVTOOLS_ATTACHED },
  { "Target.detachedFromTarget", WSI_DEVTOOLS_DETACHED },
  { "Target.targetInfoChanged", WSI_DEVTOOLS_TARGET_CHANGED },
  { "Page.frameNavigated", WSI_DEVTOOLS_NAVIGATED },
};

gboolean
wsi_devtools_is_identifier (const char *text)
{
  gsize length = 0;

  while (g_ascii_isalnum (text[length]) ||
         (text[length] != '\0' && strchr ("-_.:", text[length]) != NULL))
    length++;
  return length > 0 && length <= MAX_IDENTIFIER && text[length] == '\0';
}

static WsiDevtoolsKind
devtools_message_find_kind (const char *method)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    if (strcmp (events[i].method, method) == 0)
      return events[i].kind;

  return WSI_DEVTOOLS_OTHER;
}

static gboolean
devtools_message_refuse (const guint8         *at,
                         const WsiJsonMistake *mistake,
                         GError              **error)
{
  g_autofree char *received = mistake->has_place
                              ? wsi_text_error_quote ((const char *) at + mistake->place) : NULL;

  if (mistake->expected != NULL && received != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("expected an object of JSON: %s, received %s"), _(mistake->expected), received);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         _("expected an object of JSON"));
  return FALSE;
}

gboolean
wsi_devtools_message_read (WsiDevtoolsMessage *self,
                           guint8             *at,
                           gsize               length,
                           GError            **error)
{
  WsiJsonField members[N_MEMBERS];
  WsiJsonMistake mistake;
  const char *method;

  if (!wsi_json_fields_read (members, member_names, N_MEMBERS, at, length, &mistake))
    return devtools_message_refuse (at, &mistake, error);

  method = wsi_json_field_get_string (&members[MEMBER_METHOD]);
  *self = (WsiDevtoolsMessage) {
    .kind = method != NULL ? devtools_message_find_kind (method) : WSI_DEVTOOLS_ANSWER,
    .id = wsi_json_field_get_number (&members[MEMBER_ID], -1),
    .session = wsi_json_field_get_string (&members[MEMBER_SESSION]),
    .params = members[MEMBER_PARAMS],
    .result = members[MEMBER_RESULT],
    .error = members[MEMBER_ERROR],
  };
  if (method != NULL || self->id >= 0 || wsi_json_field_is_there (&self->error))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("expected a message of the DevTools protocol: a method, or the id of a "
                         "command"));
  return FALSE;
}
