/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-handshake-report.h"

#include <libwsproto/observe/wsp-handshake-check.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/store/memory/wsi-bytes.h"

static gboolean
handshake_report_is_line_end (char byte)
{
  return byte == '\r' || byte == '\n';
}

char *
wsi_head_dup_first_line (GBytes *head)
{
  gsize length;
  const char *text = wsi_bytes_get_data (head, &length);
  const char *end = text + length;

  while (text < end && handshake_report_is_line_end (*text))
    text++;

  const char *line_feed = text < end ? memchr (text, '\n', end - text) : NULL;
  const char *line_end = line_feed != NULL ? line_feed : end;
  const char *carriage_return = text < end ? memchr (text, '\r', line_end - text) : NULL;

  return g_utf8_make_valid (text, (carriage_return != NULL ? carriage_return : line_end) - text);
}

char *
wsi_head_dup_lines (GBytes *head)
{
  gsize length;
  const char *text = wsi_bytes_get_data (head, &length);

  while (length > 0 && handshake_report_is_line_end (text[length - 1]))
    length--;
  return g_strndup (text, length);
}

/* RFC 6455 4.1 permits an absolute http or https URI. */
char *
wsi_head_make_uri (const char *target,
                   const char *host,
                   gboolean    has_tls)
{
  static const struct
  {
    const char *prefix, *scheme;
  } absolute[] = {
    { "http://", "ws://" }, { "https://", "wss://" }, { "ws://", "ws://" }, { "wss://", "wss://" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (absolute); i++)
    if (g_ascii_strncasecmp (target, absolute[i].prefix, strlen (absolute[i].prefix)) == 0)
      return g_strconcat (absolute[i].scheme, target + strlen (absolute[i].prefix), NULL);

  return target[0] == '/' && host != NULL
         ? g_strconcat (has_tls ? "wss://" : "ws://", host, target, NULL) : NULL;
}

guint
wsi_head_read_status (GBytes *head)
{
  g_autofree char *line = wsi_head_dup_first_line (head);
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  guint64 status = 0;

  if (g_strv_length (words) > 1)
    g_ascii_string_to_unsigned (words[1], 10, 100, 999, &status, NULL);
  return MIN ((guint) status, 599);
}

static char *
dup_field (GBytes     *head,
           const char *name)
{
  return head != NULL ? wsp_handshake_dup_field (head, name) : NULL;
}

static void
count_verdicts (WsiHandshakeReport *self)
{
  for (guint i = 0; i < self->checks->len; i++)
    {
      switch (wsp_handshake_check_get_verdict (self->checks->pdata[i]))
        {
        case WSP_HANDSHAKE_VERDICT_PASSED:
        case WSP_HANDSHAKE_VERDICT_HINT:
          self->n_passed++;
          break;
        case WSP_HANDSHAKE_VERDICT_WARNING:
          self->n_warnings++;
          break;
        case WSP_HANDSHAKE_VERDICT_FAILED:
          self->n_failed++;
          break;
        case WSP_HANDSHAKE_VERDICT_NOT_CHECKED:
          self->n_not_checked++;
          break;
        }
    }
}

WsiHandshakeReport *
wsi_handshake_report_new (GBytes *request,
                          GBytes *response)
{
  WsiHandshakeReport *self = g_new0 (WsiHandshakeReport, 1);

  self->request = g_bytes_ref (request);
  self->response = response != NULL ? g_bytes_ref (response) : NULL;
  self->checks = wsp_handshake_check (request, response);
  count_verdicts (self);

  self->key = dup_field (request, "Sec-WebSocket-Key");
  self->received = dup_field (response, "Sec-WebSocket-Accept");
  if (self->key != NULL)
    self->expected = wsp_accept_key_derive (self->key, &self->digest);

  return self;
}

gboolean
wsi_conversation_is_refused_by_proxy (WsiConversation *conversation)
{
  g_autoptr (GBytes) response = wsi_conversation_dup_response (conversation);
  g_autofree char *server = dup_field (response, "Server");

  return g_strcmp0 (wsi_conversation_get_source (conversation), WSI_SOURCE_PROXY) == 0 &&
         g_strcmp0 (server, WSI_PROXY_NAME) == 0;
}

/* A status that this side has sent, as a server or as a proxy, is its decision, and no fault: the
 * rules of the request say why. */
static gboolean
is_own_refusal (const WspHandshakeCheck *check)
{
  return wsp_handshake_check_get_verdict (check) == WSP_HANDSHAKE_VERDICT_FAILED &&
         strcmp (wsp_handshake_check_get_id (check), "status") == 0;
}

static void
drop_own_refusal (WsiHandshakeReport *self)
{
  for (guint i = 0; i < self->checks->len; i++)
    if (is_own_refusal (self->checks->pdata[i]))
      {
        g_ptr_array_remove_index (self->checks, i);
        self->n_failed--;
        return;
      }
}

/* The head with the version of HTTP/2 that it had. */
static GBytes *
make_http_2 (GBytes *head)
{
  gsize length;
  const char *text = wsi_bytes_get_data (head, &length);
  const char *version = g_strstr_len (text, (gssize) length, "HTTP/1.1");
  GByteArray *bytes;

  if (version == NULL)
    return g_bytes_ref (head);

  bytes = g_byte_array_sized_new ((guint) length);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) (version - text));
  g_byte_array_append (bytes, (const guint8 *) "HTTP/2", strlen ("HTTP/2"));
  version += strlen ("HTTP/1.1");
  g_byte_array_append (bytes, (const guint8 *) version, (guint) (text + length - version));
  return g_byte_array_free_to_bytes (bytes);
}

WsiHandshakeReport *
wsi_conversation_make_report (WsiConversation *conversation)
{
  g_autoptr (GBytes) request = wsi_conversation_dup_request (conversation);
  g_autoptr (GBytes) response = wsi_conversation_dup_response (conversation);
  WsiHandshakeReport *report;

  if (request == NULL)
    return NULL;

  if (wsi_conversation_is_http_2 (conversation))
    {
      g_autoptr (GBytes) request_2 = make_http_2 (request);
      g_autoptr (GBytes) response_2 = response != NULL ? make_http_2 (response) : NULL;

      return wsi_handshake_report_new (request_2, response_2);
    }

  report = wsi_handshake_report_new (request, response);
  if (wsi_conversation_get_role (conversation) == WSP_ROLE_SERVER ||
      wsi_conversation_is_refused_by_proxy (conversation))
    drop_own_refusal (report);
  return report;
}

WsiHandshakeResult
wsi_conversation_judge_handshake (WsiConversation *conversation)
{
  g_autoptr (WsiHandshakeReport) report =
    wsi_conversation_get_handshake_presence (conversation) != WSI_HANDSHAKE_MISSING
    ? wsi_conversation_make_report (conversation) : NULL;

  if (report == NULL || report->response == NULL)
    return WSI_HANDSHAKE_IS_UNKNOWN;

  return report->n_failed > 0 ? WSI_HANDSHAKE_IS_BROKEN : WSI_HANDSHAKE_IS_CLEAN;
}

void
wsi_handshake_report_free (WsiHandshakeReport *self)
{
  g_bytes_unref (self->request);
  g_clear_pointer (&self->response, g_bytes_unref);
  g_ptr_array_unref (self->checks);
  g_free (self->key);
  g_clear_pointer (&self->digest, g_bytes_unref);
  g_free (self->expected);
  g_free (self->received);
  g_free (self);
}

gboolean
wsi_handshake_report_is_equal (const WsiHandshakeReport *self)
{
  return self->expected != NULL && g_strcmp0 (self->expected, self->received) == 0;
}
