/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The results of a response (RFC 6455 4.1): a connection, a refusal whose body is read, a
 * request to another URI, or another request with credentials.
 *
 * Another origin is sent neither credentials nor custom headers, except for the harmless ones.
 *
 * A redirect leads from ws to ws or wss, and from wss to wss only; http and https in a Location are
 * ws and wss.
 * Credentials are sent only to the server or proxy that asked for them, after the program has set
 * them.
 *
 * docs/rationales/client.md has the reasons.
 */
#include "endpoint/dialing/wsp-attempt-private.h"

#include <libwsproto/base/wsp-error.h>
#include <libwsproto/http/wsp-headers.h>

#include "base/wsp-error-private.h"
#include "core/handshake/handshake-rules.h"
#include "core/handshake/header-fields.h"
#include "core/handshake/token-list.h"
#include "endpoint/dialing/wsp-dial-error-private.h"
#include "endpoint/dialing/wsp-tunnel-private.h"
#include "handshake/wsp-handshake-private.h"
#include "http/wsp-headers-private.h"

#define MAX_AUTHENTICATIONS 5

static const char *const harmless[] = { "Accept-Language", "Origin", "User-Agent" };

/* Begins the error's text with the name of the server. */
static void
fail_with (WspAttempt *self,
           GError     *error)
{
  g_autofree char *place = wsp_place_name_uri (self->uri);

  g_prefix_error (&error, "Handshake with %s failed: ", place);
  wsp_attempt_fail (self, error);
}

/* limit NULL: a rule was broken, not a limit; "": a limit that is a constant. */
static void
attempt_response_fail_handshake (WspAttempt *self,
                                 const char *limit,
                                 const char *text)
{
  self->limit = limit;
  fail_with (self, g_error_new_literal (WSP_ERROR, WSP_ERROR_HANDSHAKE, text));
}

static void
attempt_response_fail_interim (WspAttempt *self)
{
  g_autofree char *text = g_strdup_printf ("too many 1xx answers: %u, limit %u",
                                           self->n_interim, WSC_MAX_INTERIM_ANSWERS);

  attempt_response_fail_handshake (self, "", text);
}

static char *
show_received (WspAttempt *self,
               WscFault    fault)
{
  g_autoptr (GBytes) input = wsp_upgrade_dup_input (self->upgrade);

  return wsp_heads_show_fault (fault, WSC_HEAD_RESPONSE, self->request, input);
}

static void
attempt_response_fail_fault (WspAttempt *self,
                             WscFault    fault)
{
  WscHeadLimits limits;
  const char *limit;

  wsp_limits_get_head (self->settings->limits, &limits);

  g_autofree char *rule = wsp_heads_describe_fault (wsp_upgrade_get_head (self->upgrade), &limits,
                                                    fault, &limit);
  g_autofree char *received = show_received (self, fault);
  g_autofree char *text = g_strconcat (rule, received, NULL);

  attempt_response_fail_handshake (self, limit, text);
}

static gboolean
check_protocol (WspAttempt *self,
                GError    **error)
{
  const char * const *offered = wsp_handshake_get_offered_subprotocols (self->handshake);

  if (!self->settings->requires_subprotocol || offered == NULL || offered[0] == NULL ||
      wsp_session_get_subprotocol (self->session) != NULL)
    return TRUE;

  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED,
                       "Server selected none of the offered subprotocols (see "
                       "WspClient:subprotocol-required)");
  return FALSE;
}

/* The error of the session has only the text of the rule: what was received is added. */
static void
fail_switch (WspAttempt *self,
             GError     *error)
{
  g_autofree char *rule = g_steal_pointer (&error->message);
  g_autofree char *received = show_received (self, wsp_error_get_fault (error));

  error->message = g_strconcat (rule, received, NULL);
  fail_with (self, error);
}

/* Status 101: the session checks the response before the program is notified of it. */
static void
take_switch (WspAttempt *self)
{
  WspHeaders *headers = wsp_handshake_get_response_headers (self->handshake);
  GError *error = NULL;

  if (!wsp_session_end_client_handshake (self->session, headers, &error) ||
      !check_protocol (self, &error))
    {
      fail_switch (self, error);
      return;
    }

  wsp_handshake_record_subprotocol (self->handshake, wsp_session_get_subprotocol (self->session));
}

/* A server that lists versions does not support version 13, the only version of this library. */
static WspError
get_refusal_code (WspAttempt *self)
{
  WspHeaders *headers = wsp_handshake_get_response_headers (self->handshake);

  if ((self->status == 400 || self->status == 426) &&
      wsp_heads_have (headers, "Sec-WebSocket-Version"))
    return WSP_ERROR_VERSION_NOT_SUPPORTED;

  return WSP_ERROR_HANDSHAKE;
}

static const struct
{
  guint       status;
  const char *advice;
} advice[] = {
  { 400, "check the URI, and use wss:// if the port has TLS" },
  { 403, "often the Origin: see WspClient:origin" },
  { 401, "set Authorization in WspClient::authenticate" },
  { 301, "see WspClient:max-redirects" },
  { 302, "see WspClient:max-redirects" },
  { 303, "see WspClient:max-redirects" },
  { 307, "see WspClient:max-redirects" },
  { 308, "see WspClient:max-redirects" },
};

/* nginx asks in this way for a certificate of the client. */
static const char *
attempt_response_get_advice (WspAttempt *self)
{
  if (self->status == 403 &&
      !wsp_heads_have (wsp_handshake_get_request_headers (self->handshake), "User-Agent"))
    return "often the Origin, or a missing User-Agent: see WspClient:origin, WspClient:user-agent";

  if (self->status == 400 && self->uri->scheme == WSP_URI_SCHEME_WSS)
    return "check the URI, and set WspClient:tls-certificate if the server requires one";

  for (guint i = 0; i < G_N_ELEMENTS (advice); i++)
    {
      if (advice[i].status == self->status)
        return advice[i].advice;
    }

  return wsc_handshake_checks_get_hint (self->status);
}

void
wsp_attempt_end_refusal (WspAttempt *self)
{
  g_autoptr (GBytes) body = wsp_upgrade_dup_body (self->upgrade);
  g_autofree char *response = wsp_heads_describe_response (wsp_upgrade_get_head (self->upgrade));

  wsp_handshake_record_body (self->handshake, body);
  fail_with (self, g_error_new (WSP_ERROR, get_refusal_code (self),
                                "expected status 101, received %s (%s)", response,
                                attempt_response_get_advice (self)));
}

/* For the taps, an exchange that leads to another request has a handshake of its own. */
static void
notify_exchange (WspAttempt *self)
{
  g_autoptr (WspHandshake) past = wsp_handshake_new_client (self->uri->text, NULL, NULL, NULL);

  wsp_handshake_set_request_headers (past, wsp_handshake_get_request_headers (self->handshake));
  wsp_handshake_record_response (past, self->status,
                                 wsp_handshake_get_response_headers (self->handshake));
  wsp_upgrade_log_input (self->upgrade, self->log);
  wsp_attempt_notify_taps (self, G_OBJECT (past));
}

static gboolean
is_redirect (guint status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static gboolean
is_redirect_allowed (const WspUri *from,
                     const WspUri *to)
{
  return from->scheme != WSP_URI_SCHEME_WS_UNIX && to->scheme != WSP_URI_SCHEME_WS_UNIX &&
         (from->scheme == WSP_URI_SCHEME_WS || to->scheme == WSP_URI_SCHEME_WSS);
}

static void
keep_harmless_headers (WspAttempt *self)
{
  g_autoptr (WspHeaders) all = g_steal_pointer (&self->custom_headers);
  gsize n_fields;
  g_autofree WscHeader *fields = wsp_headers_view (all, &n_fields);

  self->custom_headers = wsp_headers_new ();
  for (gsize i = 0; i < n_fields; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (harmless); j++)
        {
          if (wsc_text_is_ignoring_case (fields[i].name, harmless[j]))
            wsp_headers_add_fields (self->custom_headers, &fields[i], 1);
        }
    }
}

static void
move_to (WspAttempt *self,
         WspUri     *uri)
{
  if (!wsp_uri_is_same_origin (self->uri, uri))
    {
      keep_harmless_headers (self);
      self->has_left_origin = TRUE;
    }

  wsp_uri_free (self->uri);
  self->uri = uri;
}

static void
follow_redirect (WspAttempt *self,
                 const char *location)
{
  GError *error = NULL;
  WspUri *uri = wsp_uri_resolve (self->uri, location, &error);

  if (uri == NULL || !is_redirect_allowed (self->uri, uri))
    {
      const char *reason = error != NULL ? error->message : "it leaves wss, or is a Unix socket";
      g_autofree char *text = g_strdup_printf ("redirect is not followed: %s", reason);

      g_clear_error (&error);
      g_clear_pointer (&uri, wsp_uri_free);
      attempt_response_fail_handshake (self, NULL, text);
      return;
    }

  self->n_redirects++;
  notify_exchange (self);
  move_to (self, uri);
  wsp_attempt_try_again (self);
}

static const char *
get_location (WspAttempt *self,
              WspHeaders *headers)
{
  if (self->stream != NULL || self->n_redirects >= self->settings->max_redirects ||
      !is_redirect (self->status))
    return NULL;

  return wsp_headers_get_one (headers, "Location");
}

/* Fields that the handler has set replace earlier fields of the same name.  The handler may have
 * copied the headers that were sent, so fields that the handshake sets are skipped. */
static void
attempt_response_take_fields (WspAttempt *self,
                              WspHeaders *given)
{
  gsize n_fields;
  g_autofree WscHeader *fields = wsp_headers_view (given, &n_fields);

  for (gsize i = 0; i < n_fields; i++)
    wsp_headers_remove (self->custom_headers, wsp_headers_get_name (given, i));

  for (gsize i = 0; i < n_fields; i++)
    {
      if (!wsc_header_is_reserved (fields[i].name))
        wsp_headers_add_fields (self->custom_headers, &fields[i], 1);
    }

  if (wsp_heads_have (self->custom_headers, "Proxy-Authorization"))
    {
      g_free (self->proxy_credentials.value);
      self->proxy_credentials.value =
        g_strdup (wsp_headers_get_one (self->custom_headers, "Proxy-Authorization"));
      wsp_headers_remove (self->custom_headers, "Proxy-Authorization");
    }
}

/* TRUE: the handler asks for another request.  changed: the handler has set request-headers. */
static gboolean
ask_for_credentials (WspAttempt *self,
                     gboolean   *changed)
{
  g_autoptr (WspHeaders) before =
    wsp_headers_ref (wsp_handshake_get_request_headers (self->handshake));
  WspHeaders *after;
  gboolean has_credentials = FALSE;

  if (self->n_authentications < MAX_AUTHENTICATIONS)
    g_signal_emit_by_name (self->client, "authenticate", self->handshake,
                           self->n_authentications > 0, &has_credentials);
  if (!has_credentials || wsp_attempt_is_over (self))
    return FALSE;

  after = wsp_handshake_get_request_headers (self->handshake);
  *changed = after != before;
  if (*changed)
    attempt_response_take_fields (self, after);
  return TRUE;
}

/* TRUE: the request is sent again. */
static gboolean
authenticate_to_server (WspAttempt *self)
{
  gboolean changed;

  if (self->status != 401 || self->stream != NULL || self->has_left_origin ||
      !ask_for_credentials (self, &changed))
    return FALSE;

  if (!changed)
    return FALSE;

  self->n_authentications++;
  notify_exchange (self);
  wsp_attempt_try_again (self);
  return TRUE;
}

/* TRUE: the request is sent again.  Credentials for another proxy, or that this proxy has
 * refused, are not sent again. */
static gboolean
authenticate_to_proxy (WspAttempt *self)
{
  WspProxyCredentials *credentials = &self->proxy_credentials;
  g_autofree char *name = g_strdup (wsp_dial_get_result (self->dial)->proxy);
  g_autofree char *before = g_steal_pointer (&credentials->value);
  gboolean was_sent = g_strcmp0 (credentials->proxy, name) == 0;
  gboolean changed;

  /* credentials->value stays NULL unless the handler asks for another request. */
  (void) ask_for_credentials (self, &changed);
  if (credentials->value == NULL ||
      (was_sent && g_strcmp0 (before, credentials->value) == 0))
    return FALSE;

  g_free (credentials->proxy);
  credentials->proxy = g_steal_pointer (&name);
  self->n_authentications++;
  wsp_attempt_try_again (self);
  return TRUE;
}

void
wsp_attempt_follow_proxy_refusal (WspAttempt *self)
{
  if ((self->status == 407 && authenticate_to_proxy (self)) || wsp_attempt_is_over (self))
    return;

  wsp_attempt_enter (self, WSP_ATTEMPT_DIALING);
  wsp_dial_read_refusal (self->dial);
}

static void
read_refusal (WspAttempt *self,
              WspHeaders *headers)
{
  wsp_attempt_enter (self, WSP_ATTEMPT_READING_REFUSAL);
  wsp_upgrade_read_refusal (self->upgrade, self->status, headers, self->settings->limits);
}

/* Another head is awaited after a 1xx response. */
static void
attempt_response_read_head (WspAttempt *self)
{
  wsp_attempt_enter (self, WSP_ATTEMPT_AWAITING_RESPONSE);
  wsp_upgrade_read_head (self->upgrade);
}

void
wsp_attempt_follow_response (WspAttempt *self)
{
  g_autoptr (WspHeaders) headers =
    wsp_headers_ref (wsp_handshake_get_response_headers (self->handshake));
  const char *location = get_location (self, headers);

  if (self->status == 101)
    wsp_attempt_succeed (self);
  else if (location != NULL)
    follow_redirect (self, location);
  else if (self->status < 200 && ++self->n_interim > WSC_MAX_INTERIM_ANSWERS)
    attempt_response_fail_interim (self);
  else if (self->status < 200)
    attempt_response_read_head (self);
  else if (!authenticate_to_server (self) && !wsp_attempt_is_over (self))
    read_refusal (self, headers);
}

static void
attempt_response_take_head (WspAttempt *self)
{
  wsp_attempt_enter (self, WSP_ATTEMPT_RESPONDED);
  wsp_handshake_record_time (self->handshake, WSP_HANDSHAKE_STEP_ANSWERED,
                             wsp_upgrade_get_time (self->upgrade));
  wsp_upgrade_log_input (self->upgrade, self->log);
  wsp_attempt_write_down_response (self, wsp_upgrade_get_head (self->upgrade));
  if (self->status == 101)
    take_switch (self);
}

/* In TLS 1.3 a server verifies our certificate after our handshake is complete, and servers of GIO
 * then close without an alert. */
static GError *
attempt_response_describe_end (WspAttempt   *self,
                               const GError *error)
{
  GError *described = g_error_copy (error);
  gboolean is_tls = self->uri->scheme == WSP_URI_SCHEME_WSS;

  if (self->status != 0)
    return described;

  if (is_tls && (error->domain == G_TLS_ERROR ||
                 g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)))
    g_prefix_error_literal (&described, "server ended TLS without a response (it may require a "
                            "certificate: WspClient:tls-certificate): ");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    g_prefix_error_literal (&described, "server closed the connection without a response (if it "
                            "has TLS, use wss://): ");
  return described;
}

/* Each fault in the HTTP of a response is WSP_ERROR_HANDSHAKE on a client. */
void
wsp_attempt_take_response (WspUpgrade *upgrade,
                           gpointer    attempt)
{
  WspAttempt *self = attempt;
  WscFault fault = wsp_upgrade_get_fault (upgrade);
  const GError *error = wsp_upgrade_get_error (upgrade);

  if (fault != WSC_FAULT_NONE)
    attempt_response_fail_fault (self, fault);
  else if (self->state == WSP_ATTEMPT_READING_REFUSAL)
    wsp_attempt_end_refusal (self);
  else if (error != NULL)
    fail_with (self, attempt_response_describe_end (self, error));
  else
    attempt_response_take_head (self);
}
