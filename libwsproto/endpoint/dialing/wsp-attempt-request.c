/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The text of an attempt's request (RFC 6455 4.1).
 *
 * Credentials for a proxy are not in the request.
 */
#include "endpoint/dialing/wsp-attempt-private.h"

#include <libwsproto/base/wsp-version.h>
#include <libwsproto/http/wsp-headers.h>

#include "endpoint/dialing/wsp-tunnel-private.h"
#include "handshake/wsp-handshake-private.h"
#include "http/wsp-headers-private.h"

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
attempt_request_make_text (WspAttempt *self,
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

/* "": the program wants none. */
static gboolean
add_user_agent (const WspAttemptSettings *settings,
                WspHeaders               *headers,
                GError                  **error)
{
  const char *value = settings->user_agent != NULL ? settings->user_agent
                                                   : "libwsproto/" WSP_VERSION_STRING;

  return value[0] == '\0' || wsp_heads_have (headers, "User-Agent") ||
         wsp_headers_append (headers, "User-Agent", value, error);
}

static WspHeaders *
attempt_request_make_headers (WspAttempt *self,
                              GError    **error)
{
  const WspAttemptSettings *settings = self->settings;
  g_autoptr (WspHeaders) initial = wsp_heads_copy (self->custom_headers);

  if (settings->origin != NULL && !wsp_heads_have (initial, "Origin") &&
      !wsp_headers_append (initial, "Origin", settings->origin, error))
    return NULL;
  if (!add_user_agent (settings, initial, error))
    return NULL;

  return wsp_session_begin_client_handshake (self->session,
                                             wsp_handshake_get_offered_subprotocols (
                                               self->handshake), NULL, initial, error);
}

WspHeaders *
wsp_attempt_compose_request (WspAttempt *self,
                             GError    **error)
{
  g_autoptr (WspHeaders) headers = NULL;

  self->session = g_object_new (WSP_TYPE_SESSION, "role", WSP_ROLE_CLIENT,
                                "limits", self->settings->limits,
                                "deflate", wsp_handshake_peek_deflate (self->handshake), NULL);
  headers = attempt_request_make_headers (self, error);
  if (headers == NULL)
    return NULL;

  g_free (self->request);
  self->request = attempt_request_make_text (self, headers);
  return g_steal_pointer (&headers);
}
