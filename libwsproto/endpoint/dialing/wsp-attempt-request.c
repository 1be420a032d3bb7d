/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The request of an attempt, sent when there is a stream (RFC 6455 4.1).
 *
 * (1) Credentials for a proxy are not in the request.
 */
#include "endpoint/dialing/wsp-attempt-private.h"

#include "connection/wsp-connection-transport-private.h"
#include "endpoint/dialing/wsp-tunnel-private.h"
#include "session/wsp-handshake-private.h"
#include "session/wsp-headers-private.h"

/* An Authorization header of the program takes precedence over the URI. */
static void
add_uri_credentials (WspAttempt *self)
{
  g_autofree char *credentials = NULL;

  if (self->uri->user == NULL || wsp_heads_have (self->custom_headers, "Authorization"))
    return;

  credentials = wsp_credentials_make_basic (self->uri->user, self->uri->password);
  wsp_headers_append (self->custom_headers, "Authorization", credentials, NULL);
}

/* (1) */
void
wsp_attempt_take_custom_headers (WspAttempt *self)
{
  self->custom_headers = wsp_heads_copy (wsp_handshake_get_request_headers (self->handshake));
  self->proxy_credentials.value =
    g_strdup (wsp_headers_get_one (self->custom_headers, "Proxy-Authorization"));
  wsp_headers_remove (self->custom_headers, "Proxy-Authorization");
  add_uri_credentials (self);
}

static char *
make_text (WspAttempt *self,
           WspHeaders *headers)
{
  GString *text = g_string_new (NULL);
  gsize n_fields;
  g_autofree WscHeader *fields = wsp_headers_view (headers, &n_fields);

  g_string_printf (text, "GET %s HTTP/1.1\r\n", self->uri->resource);
  if (!wsp_heads_have (headers, "Host"))
    g_string_append_printf (text, "Host: %s\r\n", self->uri->host_field);
  wsp_headers_append_lines (text, fields, n_fields);
  g_string_append (text, "\r\n");

  return g_string_free (text, FALSE);
}

static WspHeaders *
make_headers (WspAttempt *self,
              GError    **error)
{
  const WspAttemptSettings *settings = self->settings;
  g_autoptr (WspHeaders) initial = wsp_heads_copy (self->custom_headers);

  if (settings->origin != NULL && !wsp_heads_have (initial, "Origin") &&
      !wsp_headers_append (initial, "Origin", settings->origin, error))
    return NULL;
  if (settings->user_agent != NULL && !wsp_heads_have (initial, "User-Agent") &&
      !wsp_headers_append (initial, "User-Agent", settings->user_agent, error))
    return NULL;

  return wsp_session_begin_client_handshake (self->session,
                                             wsp_handshake_get_offered_subprotocols (
                                               self->handshake), NULL, initial, error);
}

/* With ws, a certificate is the proxy's and says nothing about the server. */
static GTlsCertificate *
dup_certificate (WspAttempt   *self,
                 WspTransport *transport)
{
  if (self->dial != NULL && self->uri->scheme != WSP_URI_SCHEME_WSS)
    return NULL;

  return wsp_transport_dup_peer_certificate (transport);
}

static WspUpgrade *
make_upgrade (WspAttempt *self)
{
  WspReactor *reactor = self->settings->reactor;
  GIOStream *stream = self->stream != NULL ? self->stream
                                           : wsp_dial_get_result (self->dial)->stream;
  WscHeadLimits limits;

  wsp_limits_get_head (self->settings->limits, &limits);
  return wsp_upgrade_new (reactor, wsp_transport_new_for_stream (reactor, stream),
                          WSC_HEAD_RESPONSE, &limits, wsp_attempt_take_response, self);
}

static void
write_down_request (WspAttempt *self,
                    WspHeaders *headers)
{
  WspTransport *transport = wsp_upgrade_get_transport (self->upgrade);
  g_autoptr (GSocketAddress) address = wsp_transport_dup_remote_address (transport);
  g_autoptr (GTlsCertificate) certificate = dup_certificate (self, transport);

  wsp_attempt_hold_notifies (self);
  wsp_handshake_record_address (self->handshake, address);
  wsp_handshake_record_certificate (self->handshake, certificate);
  wsp_handshake_set_request_headers (self->handshake, headers);
}

/* The handshake's property takes precedence over the client's. */
static WspDeflateOptions *
find_compression (WspAttempt *self)
{
  WspDeflateOptions *own = wsp_handshake_get_compression (self->handshake);

  return own != NULL ? own : self->settings->compression;
}

void
wsp_attempt_make_request (WspAttempt *self)
{
  GError *error = NULL;
  g_autoptr (WspHeaders) headers = NULL;

  wsp_attempt_enter (self, WSP_ATTEMPT_REQUESTING);
  self->session = g_object_new (WSP_TYPE_SESSION, "role", WSP_ROLE_CLIENT,
                                "limits", self->settings->limits,
                                "compression", find_compression (self), NULL);
  headers = make_headers (self, &error);
  if (headers == NULL)
    {
      wsp_attempt_fail (self, error);
      return;
    }

  g_free (self->request);
  self->request = make_text (self, headers);
  self->upgrade = make_upgrade (self);
  write_down_request (self, headers);
}

void
wsp_attempt_send_request (WspAttempt *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new (self->request, strlen (self->request));
  GBytes *remaining_input = self->dial != NULL ? wsp_dial_get_result (self->dial)->remaining_input
                                               : NULL;
  gint64 now = g_get_monotonic_time ();

  wsp_attempt_enter (self, WSP_ATTEMPT_AWAITING_RESPONSE);
  wsp_handshake_record_time (self->handshake, WSP_HANDSHAKE_STEP_SENT, now);
  wsp_head_log_add (self->log, WSP_DIRECTION_SENT, bytes, now);
  wsp_upgrade_write (self->upgrade, self->request, strlen (self->request));
  if (remaining_input != NULL)
    wsp_upgrade_put_back (self->upgrade, remaining_input);
  wsp_upgrade_read_head (self->upgrade);
}
