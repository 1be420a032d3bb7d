/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The fields of a record's connection: their values, and a row for each.  docs/filter.md has the
 * same rows. */

#include "inspect/filter/wsi-filter-fields-private.h"

#include <glib/gi18n.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/observe/wsp-handshake-check.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"

typedef const char *(*GetText) (WsiConversation *conversation);

static void
connection_fields_add_text (WsiSubject *subject,
                            GetText     get_text,
                            WsiValues  *values)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);

  if (conversation != NULL)
    wsi_values_add_text (values, get_text (conversation));
}

static gboolean
connection_fields_get_conversation (WsiSubject *subject,
                                    gint64     *number)
{
  *number = subject->record->conversation;
  return *number != 0;
}

/* The URI of the connection.  NULL: it is not known. */
static char *
connection_fields_dup_uri (WsiSubject *subject)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);
  const char *uri = conversation != NULL ? wsi_conversation_get_uri (conversation) : NULL;

  if (subject->hide == NULL || uri == NULL)
    return g_strdup (uri);
  return subject->hide->hide_text (subject->hide->data, uri);
}

/* A head of the handshake.  NULL: there is none. */
static GBytes *
dup_head (WsiSubject *subject,
          GBytes   *(*dup)(WsiConversation *conversation))
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);
  g_autoptr (GBytes) head = conversation != NULL ? dup (conversation) : NULL;

  if (subject->hide == NULL || head == NULL)
    return g_steal_pointer (&head);
  return subject->hide->hide_head (subject->hide->data, head);
}

static void
get_url (WsiSubject        *subject,
         const WsiPathStep *path,
         guint              n_steps,
         WsiValues         *values)
{
  g_autofree char *uri = connection_fields_dup_uri (subject);

  wsi_values_add_text (values, uri);
}

/* The parsed URI.  NULL: it is not known, or not a URI.  A port that is not written is its
 * scheme's. */
static GUri *
connection_fields_parse_uri (WsiSubject *subject)
{
  g_autofree char *uri = connection_fields_dup_uri (subject);

  return uri == NULL ? NULL : g_uri_parse (uri, G_URI_FLAGS_SCHEME_NORMALIZE
                                           | G_URI_FLAGS_ENCODED, NULL);
}

static void
get_host (WsiSubject        *subject,
          const WsiPathStep *path,
          guint              n_steps,
          WsiValues         *values)
{
  g_autoptr (GUri) uri = connection_fields_parse_uri (subject);

  if (uri != NULL)
    wsi_values_add_text (values, g_uri_get_host (uri));
}

/* The port of the server.  -1: it is not known. */
static gint64
get_port_of_server (WsiSubject *subject)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);
  const char *server = conversation != NULL ? wsi_conversation_get_server (conversation) : NULL;
  const char *colon = server != NULL ? strrchr (server, ':') : NULL;
  guint64 port;

  return colon != NULL && g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL)
         ? (gint64) port : -1;
}

/* TLS that is not opened has no URL. */
static gboolean
connection_fields_get_port (WsiSubject *subject,
                            gint64     *number)
{
  g_autoptr (GUri) uri = connection_fields_parse_uri (subject);

  *number = uri != NULL ? g_uri_get_port (uri) : get_port_of_server (subject);
  return *number >= 0;
}

static void
get_uri_path (WsiSubject        *subject,
              const WsiPathStep *path,
              guint              n_steps,
              WsiValues         *values)
{
  g_autoptr (GUri) uri = connection_fields_parse_uri (subject);

  if (uri != NULL)
    wsi_values_add_text (values, g_uri_get_path (uri));
}

static void
get_client (WsiSubject        *subject,
            const WsiPathStep *path,
            guint              n_steps,
            WsiValues         *values)
{
  connection_fields_add_text (subject, wsi_conversation_get_client, values);
}

static void
get_server (WsiSubject        *subject,
            const WsiPathStep *path,
            guint              n_steps,
            WsiValues         *values)
{
  connection_fields_add_text (subject, wsi_conversation_get_server, values);
}

static void
connection_fields_get_source (WsiSubject        *subject,
                              const WsiPathStep *path,
                              guint              n_steps,
                              WsiValues         *values)
{
  connection_fields_add_text (subject, wsi_conversation_get_source, values);
}

static void
get_tls (WsiSubject        *subject,
         const WsiPathStep *path,
         guint              n_steps,
         WsiValues         *values)
{
  connection_fields_add_text (subject, wsi_conversation_get_tls, values);
}

static void
get_subprotocol (WsiSubject        *subject,
                 const WsiPathStep *path,
                 guint              n_steps,
                 WsiValues         *values)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);
  const char *name = conversation != NULL ? wsi_conversation_get_subprotocol (conversation) : NULL;
  g_autoptr (GBytes) head = NULL;
  g_autofree char *open = NULL;

  /* The head says whether it is a token. */
  if (subject->hide != NULL && name != NULL)
    {
      head = dup_head (subject, wsi_conversation_dup_request);
      open = subject->hide->hide_text (subject->hide->data, name);
    }
  wsi_values_add_text (values, open != NULL ? open : name);
}

static void
get_extensions (WsiSubject        *subject,
                const WsiPathStep *path,
                guint              n_steps,
                WsiValues         *values)
{
  connection_fields_add_text (subject, wsi_conversation_get_extensions, values);
}

static gboolean
connection_fields_get_role (WsiSubject *subject,
                            gint64     *number)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);

  *number = conversation != NULL ? wsi_conversation_get_role (conversation) : 0;
  return conversation != NULL;
}

/* Whether the handshake kept all rules; not known without a response. */
static gboolean
get_handshake_clean (WsiSubject *subject,
                     gint64     *number)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);
  WsiHandshakeResult result = conversation != NULL
                              ? wsi_conversation_judge_handshake (conversation)
                              : WSI_HANDSHAKE_IS_UNKNOWN;

  *number = result == WSI_HANDSHAKE_IS_CLEAN;
  return result != WSI_HANDSHAKE_IS_UNKNOWN;
}

static gboolean
connection_fields_get_state (WsiSubject *subject,
                             gint64     *number)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);

  if (conversation == NULL)
    return FALSE;

  *number = wsi_conversation_get_state (conversation);
  return TRUE;
}

static gboolean
connection_fields_get_status (WsiSubject *subject,
                              gint64     *number)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);

  *number = conversation != NULL ? wsi_conversation_get_status (conversation) : 0;
  return *number != 0;
}

static gboolean
is_close_frame (WsiSubject *subject)
{
  return subject->record->kind == WSP_FRAME_KIND_CLOSE;
}

static gboolean
connection_fields_is_end (WsiSubject *subject)
{
  return subject->record->kind == WSI_RECORD_KIND_EVENT &&
         subject->record->event == WSI_EVENT_ENDED;
}

static gboolean
connection_fields_get_close_code (WsiSubject *subject,
                                  gint64     *number)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);

  *number = subject->record->close_code;
  if (is_close_frame (subject))
    return *number != 0;

  *number = conversation == NULL ? 0
            : connection_fields_is_end (subject) ? wsi_conversation_get_end_code (conversation)
                               : wsi_conversation_get_close_code (conversation);
  return *number != 0;
}

/* The reason of our Close.  NULL: it has no code, or its payload was not kept. */
static GBytes *
dup_own_reason (WsiSubject *subject)
{
  WspFrameRecord frame;
  gsize length;
  const guint8 *at = wsi_subject_get_payload (subject, &length);
  g_autoptr (GBytes) payload = at != NULL ? g_bytes_new (at, length) : NULL;

  wsi_record_to_frame (subject->record, &frame);
  return frame.close_code != 0 ? wsp_frame_record_dup_close_reason (&frame, payload) : NULL;
}

static void
connection_fields_get_close_reason (WsiSubject        *subject,
                                    const WsiPathStep *path,
                                    guint              n_steps,
                                    WsiValues         *values)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);
  g_autoptr (GBytes) reason = NULL;

  if (is_close_frame (subject))
    reason = dup_own_reason (subject);
  else if (conversation != NULL)
    reason = wsi_conversation_dup_close_reason (conversation);

  if (reason != NULL)
    wsi_values_add_bytes (values, wsi_bytes_get_data (reason, NULL), g_bytes_get_size (reason));
}

/* Whether the connection was closed cleanly; not known while it goes on, nor without its end. */
static gboolean
get_close_clean (WsiSubject *subject,
                 gint64     *number)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);
  WsiEnding ending = conversation != NULL ? wsi_conversation_get_ending (conversation)
                                          : WSI_ENDING_NONE;

  *number = ending == WSI_ENDING_CLEAN;
  return ending != WSI_ENDING_NONE && ending != WSI_ENDING_CUT;
}

static gboolean
get_closer (WsiSubject *subject,
            gint64     *number)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);

  *number = conversation != NULL ? wsi_conversation_get_closer (conversation) : WSI_NO_CLOSER;
  return *number != WSI_NO_CLOSER;
}

static void
connection_fields_add_headers (WspHeaders *headers,
                               const char *name,
                               WsiValues  *values)
{
  for (guint i = 0; i < wsp_headers_get_length (headers); i++)
    if (g_ascii_strcasecmp (wsp_headers_get_name (headers, i), name) == 0)
      wsi_values_add_text (values, wsp_headers_get_value (headers, i));
}

static void
add_fields (GBytes     *head,
            const char *name,
            WsiValues  *values)
{
  g_autoptr (WspHeaders) headers = wsp_handshake_dup_headers (head);

  if (headers != NULL)
    connection_fields_add_headers (headers, name, values);
}

static void
connection_fields_get_request (WsiSubject        *subject,
                               const WsiPathStep *path,
                               guint              n_steps,
                               WsiValues         *values)
{
  g_autoptr (GBytes) head = dup_head (subject, wsi_conversation_dup_request);

  if (head != NULL)
    add_fields (head, path[0].name, values);
}

static void
get_response (WsiSubject        *subject,
              const WsiPathStep *path,
              guint              n_steps,
              WsiValues         *values)
{
  g_autoptr (GBytes) head = dup_head (subject, wsi_conversation_dup_response);

  if (head != NULL)
    add_fields (head, path[0].name, values);
}

static const WsiName states[] = {
#define STATE(id, name) { name, WSI_STATE_ ## id },
#include "inspect/store/wsi-state-rows.h"
#undef STATE
  { NULL, 0 },
};

static const WsiName roles[] = {
  { "client", WSP_ROLE_CLIENT },
  { "server", WSP_ROLE_SERVER },
  { NULL, 0 },
};

static const WsiField fields[] = {
  { .name = "conn", .group = "connection", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_RECORD,
    .aliases = "tcp.stream",
    .get_number = connection_fields_get_conversation,
    .description = N_("Number of the connection") },
  { .name = "url", .group = "connection", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .fixed = WSI_FIXED_AT_HANDSHAKE,
    .get_values = get_url,
    .description = N_("URL") },
  { .name = "host", .group = "connection", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .aliases = "http.host",
    .fixed = WSI_FIXED_AT_HANDSHAKE,
    .get_values = get_host,
    .description = N_("Host of the URL") },
  { .name = "port", .group = "connection", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_CONVERSATION,
    .fixed = WSI_FIXED_AT_HANDSHAKE,
    .get_number = connection_fields_get_port,
    .description = N_("Port of the URL, of its scheme, or of the server") },
  { .name = "path", .group = "connection", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .aliases = "http.request.uri",
    .fixed = WSI_FIXED_AT_HANDSHAKE,
    .get_values = get_uri_path,
    .description = N_("Path of the URL") },
  { .name = "client", .group = "connection", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .get_values = get_client,
    .description = N_("Address of the client, with its port") },
  { .name = "server", .group = "connection", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .get_values = get_server,
    .description = N_("Address of the server, with its port") },
  { .name = "role", .group = "connection", .type = WSI_VALUE_NAME, .cost = WSI_COST_CONVERSATION,
    .names = roles,
    .get_number = connection_fields_get_role,
    .description = N_("Side that was recorded; of proxies and captures, the client") },
  { .name = "source", .group = "connection", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .get_values = connection_fields_get_source,
    .description = N_("Name of the source that recorded it") },
  { .name = "tls", .group = "connection", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .get_values = get_tls,
    .description = N_("Version and cipher suite of the TLS that was decrypted") },
  { .name = "proto", .group = "connection", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .fixed = WSI_FIXED_AT_HANDSHAKE,
    .get_values = get_subprotocol,
    .description = N_("Negotiated subprotocol") },
  { .name = "ext", .group = "connection", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .fixed = WSI_FIXED_AT_HANDSHAKE,
    .get_values = get_extensions,
    .description = N_("Negotiated extensions") },
  { .name = "state", .group = "connection", .type = WSI_VALUE_NAME, .cost = WSI_COST_CONVERSATION,
    .fixed = WSI_FIXED_AT_END,
    .names = states,
    .get_number = connection_fields_get_state,
    .description = N_("State now: opening, open, closing, closed, refused, failed, encrypted, or cut where the recording ends first") },
  { .name = "status", .group = "connection", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_CONVERSATION,
    .aliases = "http.response.code",
    .fixed = WSI_FIXED_AT_HANDSHAKE,
    .get_number = connection_fields_get_status,
    .description = N_("Status of the response") },
  { .name = "handshake.clean", .group = "connection", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_CONVERSATION,
    .fixed = WSI_FIXED_AT_HANDSHAKE,
    .get_number = get_handshake_clean,
    .description = N_("No rule of the opening handshake is broken; unknown without a response") },
  { .name = "close.code", .group = "connection", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_SIDE,
    .aliases = "websocket.payload.close.status_code",
    .get_number = connection_fields_get_close_code,
    .description = N_("Code of a Close frame; a filter asks other rows for that of the first one of their connection, "
                      "and the end of a connection also for 1005 (no code) and 1006 (no Close frame)") },
  { .name = "close.reason", .group = "connection", .type = WSI_VALUE_TEXT, .cost = WSI_COST_PAYLOAD,
    .aliases = "websocket.payload.close.reason",
    .get_values = connection_fields_get_close_reason,
    .description = N_("Its reason") },
  { .name = "close.clean", .group = "connection", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_CONVERSATION,
    .fixed = WSI_FIXED_AT_END,
    .get_number = get_close_clean,
    .description = N_("The closing handshake was complete; unknown while it is open, and if it is cut") },
  { .name = "close.by", .group = "connection", .type = WSI_VALUE_NAME, .cost = WSI_COST_CONVERSATION,
    .fixed = WSI_FIXED_AT_END,
    .names = wsi_direction_names,
    .get_number = get_closer,
    .description = N_("Direction of the first Close frame") },
  { .name = "req", .group = "header", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .fixed = WSI_FIXED_AT_HANDSHAKE,
    .path_form = WSI_PATH_HEADER,
    .get_values = connection_fields_get_request,
    .description = N_("Header of the request, such as req[\"origin\"]") },
  { .name = "resp", .group = "header", .type = WSI_VALUE_TEXT, .cost = WSI_COST_CONVERSATION,
    .fixed = WSI_FIXED_AT_HANDSHAKE,
    .path_form = WSI_PATH_HEADER,
    .get_values = get_response,
    .description = N_("Header of the response") },
};

void
wsi_connection_fields_add (WsiFields *self)
{
  wsi_fields_add (self, fields, G_N_ELEMENTS (fields));
}
