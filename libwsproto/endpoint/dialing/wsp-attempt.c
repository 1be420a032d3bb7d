/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One attempt of a client: prepare, acquire a permit, dial, request, result (RFC 6455 4.1).
 * wsp-attempt-prepare.c lets the program prepare it, wsp-attempt-request.c composes the request,
 * wsp-attempt-response.c handles the response, wsp-attempt-state.c has what a state holds, and the
 * result.
 *
 *   PREPARING          waits for the due call, which emits `prepare`
 *   DEFERRED           waits for the program: a handler of `prepare` has deferred the attempt
 *   QUEUED_BY_HOST     waits for a permit for the host of the URI
 *   DIALING            waits for name, proxy and TLS, and for the body of a proxy's refusal
 *   PROXY_REFUSED      waits for the due call, which notifies of the proxy's response
 *   QUEUED_BY_ADDRESS  waits for a permit for the address that is connected
 *   REQUESTING         waits for the due call, which notifies of the request and sends it
 *   AWAITING_RESPONSE  waits for the head of a response
 *   RESPONDED          waits for the due call, which notifies of the response
 *   READING_REFUSAL    waits for the body of a response, refusal-timeout at most
 *   RETRYING           waits for the due call, to begin again: at another URI or with credentials
 *   SUCCEEDED          waits for the callback to return, then drops the handshake or keeps it
 *   FAILED             waits for the due call, which notifies, then gives the error
 *   ENDED              waits for nothing
 *
 * A ready-made stream leads from PREPARING and DEFERRED to REQUESTING; RETRYING leads to
 * QUEUED_BY_HOST.  The timeout, cancellation and errors lead to FAILED from each state before
 * SUCCEEDED, but for the timeout in RESPONDED with status 101.  The timeout is checked when no step
 * is due, and one tick after it has expired: what had arrived by then counts, however long the loop
 * was blocked.
 *
 * Credentials for a proxy are in no request to the server, nor in one to another proxy.
 *
 * The due call, which holds a reference, calls the program: it emits the notify signals of the
 * handshake, then the signals that the state needs.  Only `event` and `accept-certificate` are
 * emitted elsewhere.  After each signal wsp_attempt_is_over () is checked first.
 *
 * Nothing is read from the peer while the program is notified, so in a main loop that a handler
 * runs only a cancellation or the timeout can end the attempt.
 *
 * docs/rationales/client.md has the reasons.
 */
#include "endpoint/dialing/wsp-attempt-private.h"

#include <libwsproto/base/wsp-error.h>

#include "base/wsp-error-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "endpoint/dialing/wsp-dial-error-private.h"
#include "endpoint/opening/wsp-trusted-proxies-private.h"
#include "handshake/wsp-handshake-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-transport-private.h"

static void
on_address_permit (WspConnectPermit *permit)
{
  wsp_held_notifies_call (&WSP_OWNER_OF (permit, WspAttempt, address_permit)->notifies);
}

static void
write_down_certificate (WspAttempt   *self,
                        WspTransport *transport)
{
  GTlsCertificateFlags errors = G_TLS_CERTIFICATE_NO_FLAGS;
  g_autoptr (WspPeerCertificate) certificate = NULL;

  if (!wsp_attempt_ends_tls_at_proxy (self))
    certificate = wsp_transport_dup_peer_certificate (transport, &errors);
  wsp_handshake_record_peer_certificate (self->handshake, certificate, errors);
}

static WspUpgrade *
make_upgrade (WspAttempt *self,
              GError    **error)
{
  WspReactor *reactor = self->reactor;
  WspTransport *transport =
    self->stream != NULL
    ? wsp_transport_new_for_stream (reactor, self->stream, WSP_STREAM_IS_SHARED, error)
    : wsp_dial_steal_transport (self->dial, error);
  WspUpgrade *upgrade;
  WscHeadLimits limits;

  if (transport == NULL)
    return NULL;

  wsp_limits_get_head (self->settings->limits, &limits);
  upgrade = wsp_upgrade_new (reactor, transport, WSC_HEAD_RESPONSE, &limits,
                             wsp_attempt_take_response, self);
  wsp_upgrade_set_close_timeout (upgrade, wsp_limits_get_close_timeout (self->settings->limits));
  return upgrade;
}

static void
write_down_request (WspAttempt *self,
                    WspHeaders *headers)
{
  WspTransport *transport = wsp_upgrade_get_transport (self->upgrade);
  GSocketAddress *dialed = self->dial != NULL ? wsp_dial_get_address (self->dial) : NULL;
  g_autoptr (GSocketAddress) address =
    dialed != NULL ? g_object_ref (dialed) : wsp_transport_dup_remote_address (transport);

  wsp_attempt_hold_notifies (self);
  wsp_handshake_record_address (self->handshake, address);
  write_down_certificate (self, transport);
  wsp_handshake_set_request_headers (self->handshake, headers);
}

static void
attempt_make_request (WspAttempt *self)
{
  GError *error = NULL;
  g_autoptr (WspHeaders) headers = NULL;

  wsp_attempt_enter (self, WSP_ATTEMPT_REQUESTING);
  headers = wsp_attempt_compose_request (self, &error);
  if (headers != NULL)
    self->upgrade = make_upgrade (self, &error);
  if (self->upgrade == NULL)
    {
      wsp_attempt_fail (self, error);
      return;
    }

  write_down_request (self, headers);
}

static void
send_request (WspAttempt *self)
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

/* Two names with the same address count as one host. */
static char *
name_address (GSocketAddress *address)
{
  WspNativeAddress native;

  if (address == NULL)
    return NULL;

  wsp_native_address_set (&native, address);
  return g_base64_encode ((const guchar *) &native, sizeof native);
}

static void
acquire_address_permit (WspAttempt *self)
{
  g_autofree char *address = name_address (wsp_dial_get_address (self->dial));

  wsp_attempt_enter (self, WSP_ATTEMPT_QUEUED_BY_ADDRESS);
  if (self->settings->connects_concurrently || address == NULL ||
      wsp_connect_queue_acquire (self->settings->address_queue, &self->address_permit, address,
                                 on_address_permit) == WSP_CONNECT_PERMIT_GRANTED)
    attempt_make_request (self);
}

static void
note_proxy (WspAttempt *self,
            WspDial    *dial)
{
  if (self->proxy_credentials.proxy == NULL)
    self->proxy_credentials.proxy = g_strdup (wsp_dial_get_result (dial)->proxy);
}

static void
on_proxy_refused (WspDial     *dial,
                  WscHttpHead *head,
                  gpointer     owner)
{
  WspAttempt *self = owner;

  note_proxy (self, dial);
  wsp_attempt_enter (self, WSP_ATTEMPT_PROXY_REFUSED);
  wsp_attempt_write_down_response (self, head);
}

static void
fail_dial (WspAttempt          *self,
           const WspDialResult *result)
{
  self->limit = result->limit;
  if (result->body != NULL)
    wsp_handshake_record_body (self->handshake, result->body);
  wsp_attempt_fail (self, g_error_copy (result->error));
}

static void
on_dialed (WspDial *dial,
           gpointer owner)
{
  WspAttempt *self = owner;
  const WspDialResult *result = wsp_dial_get_result (dial);

  note_proxy (self, dial);
  if (result->error == NULL)
    acquire_address_permit (self);
  else
    fail_dial (self, result);
}

/* A handler may be disconnected later, and still have the stream. */
static WspStreamOwner
on_dial_event (WspDial            *dial,
               GSocketClientEvent  event,
               GSocketConnectable *place,
               GIOStream          *stream,
               gpointer            owner)
{
  WspAttempt *self = owner;
  gint64 now = g_get_monotonic_time ();
  guint id = g_signal_lookup ("event", G_OBJECT_TYPE (self->client));
  gboolean is_seen = stream != NULL &&
                     g_signal_has_handler_pending (self->client, id, 0, FALSE);

  if (event == G_SOCKET_CLIENT_RESOLVED)
    wsp_handshake_record_time (self->handshake, WSP_HANDSHAKE_STEP_RESOLVED, now);
  else if (event == G_SOCKET_CLIENT_CONNECTED)
    wsp_handshake_record_time (self->handshake, WSP_HANDSHAKE_STEP_CONNECTED, now);
  else if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATED)
    wsp_handshake_record_time (self->handshake, WSP_HANDSHAKE_STEP_PROXIED, now);
  else if (event == G_SOCKET_CLIENT_TLS_HANDSHAKED)
    wsp_handshake_record_time (self->handshake, WSP_HANDSHAKE_STEP_SECURED, now);

  g_signal_emit (self->client, id, 0, self->handshake, event, place, stream);
  return is_seen ? WSP_STREAM_IS_SHARED : WSP_STREAM_IS_OURS;
}

static void
fail_cancelled (WspAttempt *self)
{
  GError *error = NULL;

  wsp_error_from_fault (&error, WSC_FAULT_CANCELLED, 0, NULL);
  wsp_attempt_fail (self, error);
}

/* The handler may have cancelled the call; no request is sent then. */
static gboolean
attempt_on_certificate (WspDial             *dial,
                        GSocketConnectable  *peer,
                        GTlsCertificate     *certificate,
                        GTlsCertificateFlags errors,
                        gpointer             owner)
{
  WspAttempt *self = owner;
  gboolean is_accepted = FALSE;

  wsp_attempt_ref (self);
  g_signal_emit_by_name (self->client, "accept-certificate", self->handshake, peer, certificate,
                         errors, &is_accepted);
  if (!wsp_attempt_is_over (self) && wsp_completion_is_cancelled (self->completion))
    fail_cancelled (self);
  if (wsp_attempt_is_over (self))
    is_accepted = FALSE;
  wsp_attempt_unref (self);
  return is_accepted;
}

static void
attempt_dial (WspAttempt *self)
{
  static const WspDialFuncs funcs = {
    on_dialed, on_dial_event, attempt_on_certificate, on_proxy_refused
  };

  wsp_attempt_enter (self, WSP_ATTEMPT_DIALING);
  self->dial = wsp_dial_new (self->reactor, self->uri, &self->settings->dial,
                             &self->proxy_credentials, self->settings->limits, &funcs, self);
  wsp_dial_begin (self->dial);
}

static void
on_host_permit (WspConnectPermit *permit)
{
  wsp_held_notifies_call (&WSP_OWNER_OF (permit, WspAttempt, host_permit)->notifies);
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

  wsp_attempt_enter (self, WSP_ATTEMPT_QUEUED_BY_HOST);
  if (self->settings->connects_concurrently ||
      wsp_connect_queue_acquire (self->settings->host_queue, &self->host_permit, host,
                                 on_host_permit) == WSP_CONNECT_PERMIT_GRANTED)
    attempt_dial (self);
}

static void
attempt_begin (WspAttempt *self)
{
  wsp_attempt_take_custom_headers (self);
  if (self->stream != NULL)
    attempt_make_request (self);
  else
    acquire_host_permit (self);
}

static const char *const missing[WSP_ATTEMPT_ENDED + 1] = {
  [WSP_ATTEMPT_DEFERRED] = "deferred in WspClient::prepare",
  [WSP_ATTEMPT_QUEUED_BY_HOST] = "another connect to this host goes on",
  [WSP_ATTEMPT_QUEUED_BY_ADDRESS] = "another connect to this host goes on",
  [WSP_ATTEMPT_DIALING] = "no connection",
  [WSP_ATTEMPT_AWAITING_RESPONSE] = "no response",
};

static void
attempt_fail_late (WspAttempt *self)
{
  const WspUri *uri = self->uri != NULL ? self->uri : wsp_handshake_peek_uri (self->handshake);
  g_autofree char *place = uri != NULL ? wsp_place_name_uri (uri) : g_strdup ("a server");
  gint64 begun = wsp_handshake_get_time_us (self->handshake, WSP_HANDSHAKE_STEP_BEGUN);
  const char *what = missing[self->state] != NULL ? missing[self->state] : "not complete";

  self->limit = "connect-timeout";
  wsp_attempt_fail (self,
                    g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                 "Cannot connect to %s: %s for %" G_GINT64_FORMAT " ms, limit "
                                 "connect-timeout %u ms", place, what,
                                 (wsp_reactor_get_time (self->reactor) - begun) / 1000,
                                 self->timeout));
}

/* A server may refuse at once, again and again: after the timeout no other request is sent. */
static void
attempt_retry (WspAttempt *self)
{
  if (self->is_late || self->is_last_look)
    attempt_fail_late (self);
  else
    acquire_host_permit (self);
}

/* The callback has returned. */
static void
leave_connection (WspAttempt *self)
{
  g_clear_object (&self->handshake);
  if (self->settings->keeps_handshakes)
    wsp_connection_keep_handshake (self->connection);
  else
    wsp_connection_drop_handshake (self->connection);
  g_clear_object (&self->connection);
}

static void
take_due_step (WspAttempt *self)
{
  switch (self->state)
    {
    case WSP_ATTEMPT_PREPARING:
      if (wsp_attempt_prepare (self))
        attempt_begin (self);
      break;
    case WSP_ATTEMPT_DEFERRED:
      if (wsp_attempt_was_prepared (self))
        attempt_begin (self);
      break;
    case WSP_ATTEMPT_QUEUED_BY_HOST:
      attempt_dial (self);
      break;
    case WSP_ATTEMPT_QUEUED_BY_ADDRESS:
      attempt_make_request (self);
      break;
    case WSP_ATTEMPT_REQUESTING:
      send_request (self);
      break;
    case WSP_ATTEMPT_PROXY_REFUSED:
      wsp_attempt_follow_proxy_refusal (self);
      break;
    case WSP_ATTEMPT_RESPONDED:
      wsp_attempt_follow_response (self);
      break;
    case WSP_ATTEMPT_RETRYING:
      attempt_retry (self);
      break;
    case WSP_ATTEMPT_SUCCEEDED:
      leave_connection (self);
      break;
    case WSP_ATTEMPT_FAILED:
      wsp_attempt_give_error (self);
      break;
    case WSP_ATTEMPT_DIALING:
    case WSP_ATTEMPT_AWAITING_RESPONSE:
    case WSP_ATTEMPT_READING_REFUSAL:
    case WSP_ATTEMPT_ENDED:
      break;
    }
}

/* The timeout is checked at the next tick. */
static void
look_once_more (WspAttempt *self)
{
  WspReactor *reactor = self->settings->reactor;

  self->is_late = FALSE;
  self->is_last_look = TRUE;
  wsp_reactor_set_timer (reactor, &self->timer, wsp_reactor_get_time (reactor));
}

/* Skips the step if another due call is queued: the attempt has failed, before the notify signals
 * or in one of their handlers.  A main loop in a handler then gives the error. */
static void
attempt_run_due (WspDue *due)
{
  WspAttempt *self = WSP_OWNER_OF (due, WspAttempt, notifies.due);

  if (wsp_reactor_is_inherited (self->reactor))
    {
      if (self->state == WSP_ATTEMPT_FAILED || self->state == WSP_ATTEMPT_SUCCEEDED)
        wsp_attempt_leave (self);
      wsp_attempt_unref (self);
      return;
    }

  if (self->state == WSP_ATTEMPT_FAILED && wsp_held_notifies_is_holding (&self->notifies))
    wsp_held_notifies_call (&self->notifies);
  if (self->is_late && !wsp_attempt_is_over (self))
    look_once_more (self);      /* also in a main loop that a handler runs */
  if (wsp_held_notifies_release (&self->notifies))
    take_due_step (self);
  wsp_attempt_unref (self);
}

static gboolean
has_result (WspAttempt *self)
{
  return self->state == WSP_ATTEMPT_RESPONDED && self->status == 101;
}

static void
judge_timeout (WspAttempt *self)
{
  if (self->upgrade != NULL && wsp_upgrade_read_rest (self->upgrade))
    self->is_late = TRUE;
  else if (self->state == WSP_ATTEMPT_READING_REFUSAL)
    wsp_attempt_end_refusal (self);
  else
    attempt_fail_late (self);
}

static void
attempt_on_expired (WspTimer *timer)
{
  WspAttempt *self = WSP_OWNER_OF (timer, WspAttempt, timer);

  if (has_result (self))
    return;

  if (wsp_due_is_queued (&self->notifies.due))
    self->is_late = TRUE;
  else if (!self->is_last_look)
    look_once_more (self);
  else
    judge_timeout (self);
}

static void
attempt_on_cancelled (WspCompletion *completion,
                      gpointer       source_object)
{
  fail_cancelled (wsp_completion_get_subject (completion));
}

static void
begin_timer (WspAttempt *self)
{
  WspReactor *reactor = self->reactor;

  self->timeout = self->settings->connect_timeout;
  self->timer.expired = attempt_on_expired;
  if (self->timeout > 0)
    wsp_reactor_set_timer (reactor, &self->timer,
                           wsp_reactor_get_time (reactor) + self->timeout * (gint64) 1000);
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
  self->reactor = wsp_reactor_ref (settings->reactor);
  self->handshake = g_object_ref (handshake);
  self->stream = stream != NULL ? g_object_ref (stream) : NULL;
  self->completion = completion;
  self->log = wsp_head_log_new ();
  wsp_held_notifies_init (&self->notifies, settings->reactor, G_OBJECT (self->handshake), self,
                          wsp_attempt_ref, attempt_run_due);
  wsp_handshake_record_time (handshake, WSP_HANDSHAKE_STEP_BEGUN, g_get_monotonic_time ());
  begin_timer (self);
  wsp_completion_set_subject (completion, self);
  wsp_completion_set_cancel_func (completion, attempt_on_cancelled);
  if (wsp_completion_is_cancelled (completion))
    attempt_on_cancelled (completion, self->client);
  else
    wsp_held_notifies_call (&self->notifies);
}
