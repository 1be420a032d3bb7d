/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One attempt of a client: prepare, acquire a permit, dial, send the request (RFC 6455 4.1).  What
 * follows from an answer is wsp-attempt-response.c.
 *
 * (1) completion is set until the one result was given; after that nothing else happens but
 *     letting go.
 * (2) A permit that was acquired is released, with the result or before the next host.
 * (3) Credentials for a proxy are in no request to the server, nor in one to another proxy.
 * (4) Signals, notifies and taps are the program's: behind each of them either nothing is done, or
 *     wsp_attempt_is_over is asked first, under a reference.
 */
#include "endpoint/dialing/wsp-attempt-private.h"

#include <libwsproto/session/wsp-session-error.h>

#include "connection/wsp-connection-transport-private.h"
#include "endpoint/dialing/wsp-tunnel-private.h"
#include "log/wsp-log-private.h"
#include "session/wsp-handshake-private.h"

WspAttempt *
wsp_attempt_ref (WspAttempt *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
wsp_attempt_unref (WspAttempt *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->custom_headers, wsp_headers_unref);
  g_clear_pointer (&self->uri, wsp_uri_free);
  g_clear_pointer (&self->log, wsp_head_log_free);
  g_clear_object (&self->stream);
  g_clear_object (&self->session);
  g_object_unref (self->handshake);
  g_object_unref (self->client);
  g_free (self->proxy_credentials.value);
  g_free (self->proxy_credentials.proxy);
  g_free (self);
}

/* What is under way for the present place. */
static void
drop_efforts (WspAttempt *self)
{
  g_clear_pointer (&self->dial, wsp_dial_free);
  g_clear_pointer (&self->upgrade, wsp_upgrade_free);
}

static void
note_time (WspAttempt    *self,
           WspAttemptTime time,
           gint64         now)
{
  self->times[time] = now;
}

static void
write_down_times (WspAttempt *self)
{
  static const char *const names[WSP_ATTEMPT_N_TIMES] = {
    [WSP_ATTEMPT_BEGUN] = "begun",
    [WSP_ATTEMPT_RESOLVED] = "resolved",
    [WSP_ATTEMPT_CONNECTED] = "connected",
    [WSP_ATTEMPT_SECURED] = "secured",
    [WSP_ATTEMPT_SENT] = "sent",
    [WSP_ATTEMPT_RESPONDED] = "answered",
  };
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sx}"));

  for (guint i = 0; i < WSP_ATTEMPT_N_TIMES; i++)
    {
      if (self->times[i] != 0)
        g_variant_builder_add (&builder, "{sx}", names[i], self->times[i]);
    }
  g_object_set (self->handshake, "timings", g_variant_builder_end (&builder), NULL);
}

/* (2) */
static void
release_permits (WspAttempt *self)
{
  wsp_connect_queue_release (self->settings->address_queue, &self->address_permit);
  wsp_connect_queue_release (self->settings->host_queue, &self->host_permit);
}

gboolean
wsp_attempt_is_over (WspAttempt *self)
{
  return self->completion == NULL;
}

void
wsp_attempt_notify_taps (WspAttempt *self,
                         GObject    *source)
{
  WspHeadLog *log = g_steal_pointer (&self->log);

  self->log = wsp_head_log_new ();
  wsp_head_log_notify (log, self->settings->taps, source);
  wsp_head_log_free (log);
}

/* Whatever has come by then is told, however the attempt ends. */
static void
end_efforts (WspAttempt *self)
{
  if (self->upgrade != NULL)
    wsp_upgrade_log_input (self->upgrade, self->log);
  wsp_reactor_unset_timer (self->settings->reactor, &self->timer);
  drop_efforts (self);
  release_permits (self);
}

/* A breach of a limit is worth a line; the rest is for who asks. */
static void
log_failure (WspAttempt   *self,
             const GError *error)
{
  const WspLogFields fields = { .limit = self->limit };
  WspLogTopic topic = self->limit != NULL ? WSP_LOG_LIMITS : WSP_LOG_HANDSHAKE;
  WspLogLevel level = self->limit != NULL ? WSP_LOG_LEVEL_INFO : WSP_LOG_LEVEL_DEBUG;

  wsp_log (topic, level, &fields, "Opening handshake with %s failed: %s",
           self->uri != NULL ? self->uri->text : "nobody", error->message);
}

void
wsp_attempt_fail (WspAttempt *self,
                  GError     *error)
{
  WspCompletion *completion = g_steal_pointer (&self->completion);

  if (completion == NULL)       /* (1) */
    {
      g_error_free (error);
      return;
    }

  end_efforts (self);
  log_failure (self, error);
  wsp_completion_return_error (completion, error);
  write_down_times (self);
  wsp_attempt_notify_taps (self, G_OBJECT (self->handshake));
  wsp_attempt_unref (self);     /* the one that it began with */
}

static WspConnection *
make_connection (WspAttempt *self)
{
  g_autoptr (GBytes) remaining_input = wsp_upgrade_dup_remaining_input (self->upgrade);

  return wsp_connection_new_for_transport (wsp_upgrade_steal_transport (self->upgrade),
                                           self->session, self->handshake, remaining_input);
}

void
wsp_attempt_succeed (WspAttempt *self)
{
  WspCompletion *completion = g_steal_pointer (&self->completion);
  g_autoptr (WspConnection) connection = make_connection (self);

  end_efforts (self);
  wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_DEBUG, &(WspLogFields) { 0 },
           "Opening handshake with %s succeeded", self->uri->text);
  for (guint i = 0; i < self->settings->taps->len; i++)
    wsp_connection_add_tap (connection, self->settings->taps->pdata[i]);
  wsp_completion_return_pointer (completion, g_object_ref (connection), g_object_unref);
  write_down_times (self);
  wsp_attempt_notify_taps (self, G_OBJECT (connection));

  if (!self->settings->keeps_handshake)
    {
      self->connection = g_object_ref (connection);     /* runs behind the callback */
      wsp_reactor_call (self->settings->reactor, &wsp_attempt_ref (self)->due, WSP_DUE_THIS_TURN);
    }
  wsp_attempt_unref (self);     /* the one that it began with */
}

static char *
make_request (WspAttempt *self,
              WspHeaders *headers)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "GET %s HTTP/1.1\r\n", self->uri->resource);
  if (!wsp_heads_have (headers, "Host"))
    g_string_append_printf (text, "Host: %s\r\n", self->uri->host_field);
  wsp_heads_append (text, headers);
  g_string_append (text, "\r\n");

  return g_string_free (text, FALSE);
}

static WspHeaders *
make_headers (WspAttempt *self,
              GError    **error)
{
  const WspAttemptSettings *settings = self->settings;
  g_autoptr (WspHeaders) initial = wsp_heads_copy (self->custom_headers);
  g_auto (GStrv) offered = NULL;

  g_object_get (self->handshake, "offered-protocols", &offered, NULL);
  if (settings->origin != NULL && !wsp_heads_have (initial, "Origin") &&
      !wsp_headers_append (initial, "Origin", settings->origin, error))
    return NULL;
  if (settings->user_agent != NULL && !wsp_heads_have (initial, "User-Agent") &&
      !wsp_headers_append (initial, "User-Agent", settings->user_agent, error))
    return NULL;

  return wsp_session_begin_client_handshake (self->session, (const char * const *) offered, NULL,
                                             initial, error);
}

/* What ws uses of TLS is between us and a proxy, and says nothing about the server. */
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
  GIOStream *stream = self->stream != NULL ? self->stream : wsp_dial_get_stream (self->dial);
  GBytes *remaining_input = self->dial != NULL ? wsp_dial_get_remaining_input (self->dial) : NULL;
  WscHeadLimits limits;

  wsp_heads_get_limits (self->settings->limits, &limits);
  WspUpgrade *upgrade =
    wsp_upgrade_new (reactor, wsp_transport_new_for_stream (reactor, stream), WSC_HEAD_RESPONSE,
                     &limits, wsp_attempt_take_response, self);

  if (remaining_input != NULL && g_bytes_get_size (remaining_input) > 0)
    wsp_upgrade_put_back (upgrade, remaining_input);
  return upgrade;
}

/* (4) */
static void
write_down_request (WspAttempt *self,
                    WspHeaders *headers)
{
  WspTransport *transport = wsp_upgrade_get_transport (self->upgrade);
  g_autoptr (GSocketAddress) address = wsp_transport_dup_remote_address (transport);
  g_autoptr (GTlsCertificate) certificate = dup_certificate (self, transport);

  g_object_set (self->handshake, "remote-address", address, "tls-certificate", certificate,
                "request-headers", headers, NULL);
}

/* What the program asks of this handshake comes before what it asks of all. */
static const WspDeflateOptions *
find_compression (WspAttempt *self)
{
  const WspDeflateOptions *own = wsp_handshake_peek_compression (self->handshake);

  return own != NULL ? own : self->settings->compression;
}

static void
ask (WspAttempt *self)
{
  GError *error = NULL;
  g_autoptr (WspHeaders) headers = NULL;

  self->session = g_object_new (WSP_TYPE_SESSION, "role", WSP_ROLE_CLIENT,
                                "limits", self->settings->limits,
                                "deflate", find_compression (self), NULL);
  headers = make_headers (self, &error);
  if (headers == NULL)
    {
      wsp_attempt_fail (self, error);
      return;
    }

  g_autofree char *request = make_request (self, headers);
  g_autoptr (GBytes) bytes = g_bytes_new (request, strlen (request));
  gint64 now = g_get_monotonic_time ();

  note_time (self, WSP_ATTEMPT_SENT, now);
  wsp_head_log_add (self->log, WSP_DIRECTION_SENT, bytes, now);
  self->upgrade = make_upgrade (self);
  wsp_upgrade_write (self->upgrade, request, strlen (request));
  write_down_request (self, headers);
}

static void
on_address_permit (WspConnectPermit *permit)
{
  WspAttempt *self = WSP_OWNER_OF (permit, WspAttempt, address_permit);

  wsp_reactor_call (self->settings->reactor, &wsp_attempt_ref (self)->due, WSP_DUE_THIS_TURN);
}

/* Two names of one server count as one host. */
static void
acquire_address_permit (WspAttempt *self)
{
  g_autofree char *address = wsp_dial_dup_address (self->dial);

  if (!self->settings->serializes_connects || address == NULL ||
      wsp_connect_queue_acquire (self->settings->address_queue, &self->address_permit, address,
                                 on_address_permit) == WSP_CONNECT_PERMIT_GRANTED)
    ask (self);
}

static void
note_proxy (WspAttempt *self,           /* (3) */
            WspDial    *dial)
{
  if (self->proxy_credentials.proxy == NULL)
    self->proxy_credentials.proxy = g_strdup (wsp_dial_get_proxy (dial));
}

static gboolean
on_proxy_authenticate (WspDial *dial,
                       gpointer owner)
{
  WspAttempt *self = wsp_attempt_ref (owner);
  gboolean is_tried_again;

  note_proxy (self, dial);
  is_tried_again = wsp_attempt_authenticate_to_proxy (self, wsp_dial_get_proxy (dial));
  wsp_attempt_unref (self);
  return is_tried_again;
}

static void
on_dialed (WspDial *dial,
           gpointer owner)
{
  WspAttempt *self = wsp_attempt_ref (owner);
  g_autoptr (GError) error = wsp_dial_steal_error (dial);

  self->limit = wsp_dial_get_limit (dial);
  note_proxy (self, dial);
  if (error == NULL)
    acquire_address_permit (self);
  else
    wsp_attempt_fail (self, g_steal_pointer (&error));
  wsp_attempt_unref (self);
}

static void
on_dial_event (WspDial            *dial,
               GSocketClientEvent  event,
               GSocketConnectable *place,
               GIOStream          *stream,
               gpointer            owner)
{
  WspAttempt *self = owner;
  gint64 now = g_get_monotonic_time ();

  if (event == G_SOCKET_CLIENT_RESOLVED)
    note_time (self, WSP_ATTEMPT_RESOLVED, now);
  else if (event == G_SOCKET_CLIENT_CONNECTED)
    note_time (self, WSP_ATTEMPT_CONNECTED, now);
  else if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED)
    note_time (self, WSP_ATTEMPT_SECURED, now);

  self->settings->funcs->event (self->client, event, place, stream);
}

static gboolean
on_certificate (WspDial             *dial,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors,
                gpointer             owner)
{
  WspAttempt *self = owner;

  return self->settings->funcs->accept_certificate (self->client, certificate, errors);
}

static void
go_on (WspAttempt *self)
{
  static const WspDialFuncs funcs = {
    on_dialed, on_dial_event, on_certificate, on_proxy_authenticate
  };

  if (self->stream != NULL)
    {
      ask (self);
      return;
    }

  self->dial = wsp_dial_new (self->settings->reactor, self->uri, &self->settings->dial,
                             &self->proxy_credentials, self->settings->limits, self->handshake,
                             &funcs, self);
  wsp_dial_begin (self->dial);
}

static void
on_host_permit (WspConnectPermit *permit)
{
  WspAttempt *self = WSP_OWNER_OF (permit, WspAttempt, host_permit);

  wsp_reactor_call (self->settings->reactor, &wsp_attempt_ref (self)->due, WSP_DUE_THIS_TURN);
}

static char *
name_host (const WspUri *uri)
{
  if (uri->socket_path != NULL)
    return g_strdup (uri->socket_path);

  g_autofree char *lower = g_ascii_strdown (uri->host, -1);

  return g_strdup_printf ("%s %u", lower, uri->port);
}

static void
acquire_host_permit (WspAttempt *self)
{
  g_autofree char *host = name_host (self->uri);

  if (self->stream != NULL || !self->settings->serializes_connects ||
      wsp_connect_queue_acquire (self->settings->host_queue, &self->host_permit, host,
                                 on_host_permit) == WSP_CONNECT_PERMIT_GRANTED)
    go_on (self);
}

/* What the program sets itself comes before what the URI says. */
static void
add_uri_credentials (WspAttempt *self)
{
  const char *user = self->uri->user != NULL ? self->uri->user : "";
  g_autofree char *credentials = NULL;

  if ((self->uri->user == NULL && self->uri->password == NULL) ||
      wsp_heads_have (self->custom_headers, "Authorization"))
    return;

  credentials = wsp_credentials_make_basic (user, self->uri->password);
  wsp_headers_append (self->custom_headers, "Authorization", credentials, NULL);
}

/* (3) */
static void
keep_custom_headers (WspAttempt *self)
{
  g_autoptr (WspHeaders) headers = NULL;

  g_object_get (self->handshake, "request-headers", &headers, NULL);
  self->custom_headers = wsp_heads_copy (headers);
  self->proxy_credentials.value =
    g_strdup (wsp_headers_get_one (self->custom_headers, "Proxy-Authorization"));
  wsp_headers_remove (self->custom_headers, "Proxy-Authorization");
  add_uri_credentials (self);
}

static void
begin (WspAttempt *self)
{
  const WspUri *uri = wsp_handshake_peek_uri (self->handshake);

  self->settings->funcs->prepare (self->client, self->handshake);
  if (wsp_attempt_is_over (self))
    return;

  if (uri == NULL)
    {
      wsp_attempt_fail (self, g_error_new_literal (WSP_SESSION_ERROR,
                                                   WSP_SESSION_ERROR_INVALID_ARGUMENT,
                                                   "Handshake is not one of a client"));
      return;
    }

  self->uri = wsp_uri_copy (uri);
  keep_custom_headers (self);
  acquire_host_permit (self);
}

static void
drop_handshake (WspAttempt *self)
{
  if (self->connection != NULL)
    wsp_connection_drop_handshake (self->connection);
  g_clear_object (&self->connection);
}

/* Runs to begin, when a permit is granted, for another try, and after the result. */
static void
run_due (WspDue *due)
{
  WspAttempt *self = WSP_OWNER_OF (due, WspAttempt, due);

  if (self->completion == NULL)
    drop_handshake (self);
  else if (self->uri == NULL)
    begin (self);
  else if (self->address_permit.state == WSP_CONNECT_PERMIT_GRANTED)
    ask (self);
  else if (self->host_permit.state == WSP_CONNECT_PERMIT_NONE)
    acquire_host_permit (self);
  else
    go_on (self);
  wsp_attempt_unref (self);
}

void
wsp_attempt_try_again (WspAttempt *self)
{
  drop_efforts (self);
  g_clear_object (&self->session);
  self->status = 0;
  self->n_interim = 0;
  release_permits (self);
  wsp_reactor_call (self->settings->reactor, &wsp_attempt_ref (self)->due, WSP_DUE_THIS_TURN);
  g_object_set (self->handshake, "response-body", NULL, NULL);
}

static void
fail_late (WspAttempt *self)
{
  gint64 begun = self->times[WSP_ATTEMPT_BEGUN];
  guint timeout;

  g_object_get (self->settings->limits, "connect-timeout", &timeout, NULL);
  self->limit = "connect-timeout";
  wsp_attempt_fail (self,
                    g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                 "Connecting takes too long: %" G_GINT64_FORMAT " ms, limit "
                                 "connect-timeout %u ms",
                                 (wsp_reactor_get_time (self->settings->reactor) - begun) / 1000,
                                 timeout));
}

static void
on_expired (WspTimer *timer)
{
  WspAttempt *self = wsp_attempt_ref (WSP_OWNER_OF (timer, WspAttempt, timer));

  if (!wsp_attempt_end_refusal (self))
    fail_late (self);
  wsp_attempt_unref (self);
}

/* The completion belongs to exactly one attempt, which is found through it. */
static void
on_cancelled (WspCompletion *completion,
              gpointer       source_object)
{
  wsp_attempt_fail (g_object_get_data (G_OBJECT (completion), "attempt"),
                    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                         "Operation was cancelled"));
}

static void
begin_timer (WspAttempt *self)
{
  WspReactor *reactor = self->settings->reactor;
  guint timeout;

  g_object_get (self->settings->limits, "connect-timeout", &timeout, NULL);
  self->timer.expired = on_expired;
  if (timeout > 0)
    wsp_reactor_set_timer (reactor, &self->timer,
                           wsp_reactor_get_time (reactor) + timeout * (gint64) 1000);
}

void
wsp_attempt_begin (WspAttemptSettings *settings,
                   WspHandshake       *handshake,
                   GIOStream          *stream,
                   WspCompletion      *completion)
{
  WspAttempt *self = g_new0 (WspAttempt, 1);

  g_ref_count_init (&self->ref_count);
  self->settings = settings;
  self->client = g_object_ref (settings->client);
  self->handshake = g_object_ref (handshake);
  self->stream = stream != NULL ? g_object_ref (stream) : NULL;
  self->completion = completion;
  self->log = wsp_head_log_new ();
  self->due.run = run_due;
  note_time (self, WSP_ATTEMPT_BEGUN, g_get_monotonic_time ());
  begin_timer (self);
  g_object_set_data (G_OBJECT (completion), "attempt", self);
  wsp_completion_set_cancel_func (completion, on_cancelled);

  wsp_reactor_call (settings->reactor, &wsp_attempt_ref (self)->due, WSP_DUE_THIS_TURN);
}
