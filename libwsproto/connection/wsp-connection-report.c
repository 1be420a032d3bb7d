/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Facts about a connection: addresses, TLS, the opening handshake, errors, the close info, the
 * log. */
#include "connection/wsp-connection-private.h"

#include <netinet/in.h>

#include "base/wsp-error-private.h"
#include "connection/link/wsp-life-private.h"
#include "connection/report/wsp-close-info-private.h"
#include "connection/report/wsp-report-private.h"
#include "handshake/wsp-handshake-private.h"
#include "handshake/wsp-kept-handshake-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-reactor-private.h"
#include "session/wsp-session-lend-private.h"

GSocketAddress *
wsp_connection_dup_remote_address (WspConnection *self)
{
  WspTransport *transport = self->link.transport;

  if (self->accepted_family == AF_INET)
    {
      const struct sockaddr_in inet = {
        .sin_family = AF_INET, .sin_addr.s_addr = self->accepted_ipv4, .sin_port =
          self->accepted_port
      };

      return g_socket_address_new_from_native ((gpointer) & inet, sizeof inet);
    }
  if (self->accepted_family == AF_INET6)
    return g_socket_address_new_from_native (self->accepted_other, sizeof (struct sockaddr_in6));

  return transport != NULL ? wsp_transport_dup_remote_address (transport) : NULL;
}

void
wsp_connection_set_remote_address (WspConnection *self,
                                   gconstpointer  address)
{
  const struct sockaddr_in *inet = address;

  self->accepted_family = inet->sin_family;
  if (inet->sin_family == AF_INET)
    {
      self->accepted_ipv4 = inet->sin_addr.s_addr;
      self->accepted_port = inet->sin_port;
    }
  else
    self->accepted_other = g_memdup2 (address, sizeof (struct sockaddr_in6));
}

GSocketAddress *
wsp_connection_dup_local_address (WspConnection *self)
{
  WspTransport *transport = self->link.transport;

  return transport != NULL ? wsp_transport_dup_local_address (transport) : NULL;
}

GQuark
wsp_connection_peek_route (WspConnection *self)
{
  switch ((WspHandshakeForm) self->link.handshake_form)
    {
    case WSP_HANDSHAKE_FORM_SOURCE:
      return self->handshake_source->route;
    case WSP_HANDSHAKE_FORM_KEPT:
      return wsp_kept_handshake_get_route (self->kept_handshake);
    case WSP_HANDSHAKE_FORM_OBJECT:
    case WSP_HANDSHAKE_FORM_UNASKED:
      break;
    }

  return self->handshake != NULL ? wsp_handshake_peek_route (self->handshake)
                                 : wsp_connection_peek_details (self)->origin.route;
}

void
wsp_connection_hide_tls (WspConnection *self)
{
  wsp_connection_ensure_details (self)->hides_tls = TRUE;
}

void
wsp_connection_describe_tls (WspConnection   *self,
                             WspTransportTls *tls)
{
  *tls = (WspTransportTls) { .version = G_TLS_PROTOCOL_VERSION_UNKNOWN };
  if (self->link.transport != NULL && !wsp_connection_peek_details (self)->hides_tls)
    wsp_transport_describe_tls (self->link.transport, tls);
}

void
wsp_connection_keep_certificate (WspConnection *self)
{
  if (wsp_connection_peek_details (self)->tls_peer_certificate != NULL)
    return;

  g_auto (WspTransportTls) tls;

  wsp_connection_describe_tls (self, &tls);
  if (tls.peer_certificate == NULL)
    return;

  WspConnectionDetails *details = wsp_connection_ensure_details (self);

  details->tls_peer_certificate = g_steal_pointer (&tls.peer_certificate);
  details->tls_peer_errors = tls.peer_errors;
}

char *
wsp_connection_name_peer (WspConnection *self)
{
  g_autoptr (GSocketAddress) address = wsp_connection_dup_remote_address (self);

  return wsp_report_name_peer (address);
}

void
wsp_connection_set_handshake_source (WspConnection      *self,
                                     WspHandshakeSource *source)
{
  g_assert (self->handshake == NULL);
  self->handshake_source = source;
  self->link.handshake_form = WSP_HANDSHAKE_FORM_SOURCE;
}

static void
make_kept_handshake (WspConnection *self)
{
  WspKeptHandshake *kept = self->kept_handshake;
  const WspConnectionDetails *details;

  self->handshake = wsp_kept_handshake_make (kept, wsp_connection_peek_session (self),
                                             wsp_connection_peek_details (self)->origin.uri);
  wsp_kept_handshake_free (kept);
  wsp_connection_keep_certificate (self);
  details = wsp_connection_peek_details (self);
  wsp_handshake_record_peer_certificate (self->handshake, details->tls_peer_certificate,
                                         details->tls_peer_errors);
}

WspHandshake *
wsp_connection_ensure_handshake (WspConnection *self)
{
  WspHandshakeForm form = self->link.handshake_form;

  self->link.handshake_form = WSP_HANDSHAKE_FORM_OBJECT;
  if (form == WSP_HANDSHAKE_FORM_SOURCE)
    self->handshake = self->handshake_source->make (self->handshake_source);
  else if (form == WSP_HANDSHAKE_FORM_KEPT)
    make_kept_handshake (self);

  return self->handshake;
}

void
wsp_connection_keep_handshake (WspConnection *self)
{
  WspKeptHandshake *kept = NULL;

  if (self->link.handshake_form == WSP_HANDSHAKE_FORM_SOURCE)
    {
      kept = self->handshake_source->keep (self->handshake_source);
    }
  else if (self->link.handshake_form == WSP_HANDSHAKE_FORM_UNASKED)
    {
      kept = wsp_kept_handshake_new (self->handshake);
      if (kept == NULL)
        return;

      g_clear_object (&self->handshake);
    }
  else
    {
      return;
    }

  self->kept_handshake = kept;
  self->link.handshake_form = WSP_HANDSHAKE_FORM_KEPT;
}

void
wsp_connection_drop_handshake (WspConnection *self)
{
  WspHandshakeForm form = self->link.handshake_form;
  GQuark route = wsp_connection_peek_route (self);

  if (route != 0)
    wsp_connection_ensure_details (self)->origin.route = route;
  self->link.handshake_form = WSP_HANDSHAKE_FORM_OBJECT;
  if (form == WSP_HANDSHAKE_FORM_SOURCE)
    self->handshake_source = NULL;
  else if (form == WSP_HANDSHAKE_FORM_KEPT)
    g_clear_pointer (&self->kept_handshake, wsp_kept_handshake_free);
  else
    g_clear_object (&self->handshake);
}

void
wsp_connection_show_queue (WspConnection *self)
{
  gsize bytes = self->output.queue.bytes;

  if (bytes == wsp_connection_peek_details (self)->shown_queue ||
      wsp_connection_is_inherited (self))
    return;

  if (self->owner != NULL)
    wsp_count_add (&wsp_connection_get_tally (self)->queued,
                   (guint64) bytes - wsp_connection_peek_details (self)->shown_queue);
  wsp_connection_ensure_details (self)->shown_queue = bytes;
  wsp_link_set_waiting (&self->link, WSP_WAITING_NOTIFY, bytes != 0);
  wsp_connection_notify (self, WSP_NOTIFIES_SEND_QUEUE_BYTES);
}

void
wsp_connection_show_peer_close (WspConnection *self)
{
  if (self->link.life.has_notified_peer_close || wsp_connection_is_inherited (self) ||
      wsp_session_get_peer_close_code (wsp_connection_peek_session (self)) == 0)
    return;

  self->link.life.has_notified_peer_close = TRUE;
  wsp_connection_notify (self, WSP_NOTIFIES_PEER_CLOSE_CODE);
  wsp_connection_notify (self, WSP_NOTIFIES_PEER_CLOSE_REASON);
}

static gpointer
make_no_transport (gpointer data)
{
  WspCloseInfo *info = wsp_close_info_new (WSP_CLOSE_ABNORMAL);

  info->peer_code = WSP_CLOSE_CODE_ABNORMAL;
  info->local_code = WSP_CLOSE_CODE_ABNORMAL;
  info->error = g_error_new_literal (WSP_ERROR, WSP_ERROR_CLOSED,
                                     "Connection has no stream");
  return info;
}

/* All connections that never had a transport share one close info: each connection of an endpoint
 * is UNSTARTED for a moment. */
WspCloseInfo *
wsp_connection_peek_close_info (WspConnection *self)
{
  static GOnce once = G_ONCE_INIT;

  if (wsp_life_get_state (&self->link.life) == WSP_LIFE_UNSTARTED)
    return g_once (&once, make_no_transport, NULL);

  return wsp_connection_peek_details (self)->ending.close_info;
}

/* Calls of a connection that has ended fail in one domain.  Only the close info has the transport's
 * own error. */
GError *
wsp_connection_make_call_error (const GError *error)
{
  if (error->domain == WSP_ERROR)
    return g_error_copy (error);

  return g_error_new_literal (WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE, error->message);
}

static const GError *
peek_end_error (WspConnection *self)
{
  WspCloseInfo *info = wsp_connection_peek_close_info (self);

  return info != NULL ? wsp_close_info_get_error (info)
                      : wsp_connection_peek_details (self)->ending.error;
}

GError *
wsp_connection_make_error (WspConnection *self)
{
  const GError *error = peek_end_error (self);

  return error != NULL ? wsp_connection_make_call_error (error)
                       : g_error_new_literal (WSP_ERROR, WSP_ERROR_CLOSED,
                                              "Connection is closed");
}

GError *
wsp_connection_make_send_error (WspConnection *self,
                                WscFault       fault)
{
  g_autoptr (GError) error =
    wsp_session_make_error (wsp_connection_peek_session (self), fault, NULL);
  const GError *end = peek_end_error (self);
  gboolean is_of_end = fault == (WscFault) self->link.stream->fault ||
                       g_error_matches (error, WSP_ERROR, WSP_ERROR_CLOSED);

  return wsp_connection_make_call_error (is_of_end && end != NULL ? end : error);
}

gboolean
wsp_connection_refuse_closed (WspConnection *self,
                              const char    *text,
                              GError       **error)
{
  if (wsp_connection_is_inherited (self))
    g_propagate_error (error, wsp_error_new_inherited ("Connection"));
  else
    g_set_error_literal (error, WSP_ERROR, WSP_ERROR_CLOSED, text);
  return FALSE;
}

gboolean
wsp_connection_refuse_ended (WspConnection *self,
                             const char    *text,
                             GError       **error)
{
  const GError *end = wsp_connection_is_inherited (self) ? NULL : peek_end_error (self);

  if (end == NULL)
    return wsp_connection_refuse_closed (self, text, error);

  g_propagate_error (error, wsp_connection_make_call_error (end));
  return FALSE;
}

/* After a failed write the Close of the peer completes the closing handshake, although ours did
 * not leave: it would tell the peer nothing new. */
static gboolean
has_closed_cleanly (WspConnection *self)
{
  const WspConnectionEnding *ending = &wsp_connection_peek_details (self)->ending;
  WspSessionState state = wsp_connection_get_session_state (self);

  return ending->error == NULL &&
         (state == WSP_SESSION_STATE_CLOSED ||
          (state == WSP_SESSION_STATE_CLOSE_RECEIVED && ending->output_error != NULL));
}

static GError *
make_end_error (WspConnection *self)
{
  WspConnectionEnding *ending = &wsp_connection_ensure_details (self)->ending;

  if (ending->error != NULL)
    return g_steal_pointer (&ending->error);

  return ending->output_error != NULL ? g_error_copy (ending->output_error)
                                      : wsp_connection_make_error (self);
}

WspCloseInfo *
wsp_connection_make_close_info (WspConnection *self)
{
  WspSession *session = wsp_connection_peek_session (self);
  const WspConnectionEnding *ending = &wsp_connection_peek_details (self)->ending;
  gboolean is_clean = has_closed_cleanly (self);
  WspCloseInfo *info = wsp_close_info_new (is_clean ? WSP_CLOSE_CLEAN : WSP_CLOSE_ABNORMAL);
  guint peer_code = wsp_session_get_peer_close_code (session);
  guint local_code = wsp_session_get_local_close_code (session);

  info->was_started_by_peer = self->link.life.was_closed_by_peer;
  info->peer_code = peer_code != 0 ? peer_code : WSP_CLOSE_CODE_ABNORMAL;
  info->peer_reason = g_strdup (wsp_session_get_peer_close_reason (session));
  info->peer_reason_length = wsp_session_get_peer_close_reason_length (session);
  info->local_code = local_code != 0 ? local_code : WSP_CLOSE_CODE_ABNORMAL;
  info->local_reason = g_strdup (ending->local_reason);
  if (!is_clean)
    info->error = make_end_error (self);
  info->idle_time = MAX (wsp_reactor_get_time (self->link.reactor) - self->link.last_input, 0);
  if (wsp_connection_get_unanswered_ping (self) != 0)
    info->ping_age = MAX (wsp_reactor_get_time (self->link.reactor) -
                          wsp_connection_get_unanswered_ping (self), 0);
  return info;
}

void
wsp_connection_report_open (WspConnection *self)
{
  if (!wsp_log_is_enabled (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_DEBUG))
    return;

  g_autofree char *peer = wsp_connection_name_peer (self);
  const char *const *extensions = wsp_session_get_extensions (wsp_connection_peek_session (self));
  g_autofree char *agreed = extensions != NULL ? g_strjoinv (", ", (char **) extensions) : NULL;

  wsp_report_open (self->number, peer, wsp_session_peek_role (wsp_connection_peek_session (self)),
                   wsp_session_get_subprotocol (wsp_connection_peek_session (self)), agreed);
}

void
wsp_connection_report_end (WspConnection *self)
{
  if (!wsp_report_is_end_logged ())
    return;

  g_autofree char *peer = wsp_connection_name_peer (self);

  wsp_report_end (self->number, peer, wsp_connection_peek_close_info (self));
}

void
wsp_connection_report_limit (WspConnection *self,
                             const char    *limit,
                             const char    *text)
{
  g_autofree char *peer = wsp_connection_name_peer (self);

  wsp_report_limit (self->number, peer, limit, text);
}

void
wsp_connection_report_timer (WspConnection *self,
                             const char    *text)
{
  if (!wsp_log_has_topic (WSP_LOG_TIMERS))
    return;

  g_autofree char *peer = wsp_connection_name_peer (self);

  wsp_report_timer (self->number, peer, text);
}

void
wsp_connection_report_unread (WspConnection *self,
                              guint          seconds)
{
  g_autofree char *peer = wsp_connection_name_peer (self);

  self->link.has_reported_unread = TRUE;
  wsp_report_unread (self->number, peer, seconds);
}

void
wsp_connection_report_drop (WspConnection *self)
{
  if (!wsp_report_is_end_logged () || !wsp_life_has_transport (&self->link.life) ||
      wsp_session_get_local_close_code (wsp_connection_peek_session (self)) != 0)
    return;

  g_autofree char *peer = wsp_connection_name_peer (self);

  wsp_report_drop (self->number, peer);
}

static const struct
{
  WspReportedLimit limit;
  const char  *property, *text;
} reported_limits[] = {
  { WSP_REPORTED_SEND_HIGH_WATER_MARK, "send-high-water-mark",
    "Send queue counts as full" },
  { WSP_REPORTED_MAX_SEND_QUEUE, "max-send-queue",
    "Message was refused: send queue is full" },
  { WSP_REPORTED_MAX_READ_AHEAD, "max-read-ahead",
    "Reading pauses, and the peer waits, until the program takes messages" },
};

void
wsp_connection_report_limit_once (WspConnection   *self,
                                  WspReportedLimit limit,
                                  guint64          came,
                                  guint64          allowed)
{
  if (self->link.reported_limits & limit)
    return;

  self->link.reported_limits |= limit;
  for (guint i = 0; i < G_N_ELEMENTS (reported_limits); i++)
    {
      if (reported_limits[i].limit != limit)
        continue;

      g_autofree char *text =
        g_strdup_printf ("%s: %" G_GUINT64_FORMAT ", limit %s %" G_GUINT64_FORMAT,
                         reported_limits[i].text, came, reported_limits[i].property, allowed);

      wsp_connection_report_limit (self, reported_limits[i].property, text);
    }
}
