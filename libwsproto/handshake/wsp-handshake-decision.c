/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The server's decision about a handshake, and the response that follows from it.
 *
 * The status changes once, from undecided to the decision.
 *
 * A client's handshake can be deferred and rejected while its owner emits WspClient::prepare, and
 * until it proceeds.
 */
#include "handshake/wsp-handshake-parts-private.h"

#include <string.h>

#include "base/wsp-error-private.h"
#include "core/handshake/header-fields.h"
#include "core/handshake/token-list.h"
#include "http/wsp-headers-private.h"
#include "limits/wsp-deflate-options-private.h"
#include "session/wsp-session-private.h"

#define MAX_RESPONSE_BODY (1u << 20)

void
wsp_handshake_set_native_address (WspHandshake *self,
                                  gconstpointer address,
                                  gsize         length)
{
  g_assert (length <= sizeof self->native_address);

  memcpy (self->native_address, address, length);
  self->native_length = (guint) length;
}

static gboolean
check_custom_headers (WspHeaders *headers,
                      GError    **error)
{
  g_autofree WscHeader *view = NULL;
  gsize n_fields;

  if (headers == NULL)
    return TRUE;

  view = wsp_headers_view (headers, &n_fields);
  for (gsize i = 0; i < n_fields; i++)
    {
      if (!wsc_header_is_reserved (view[i].name))
        continue;

      (void) wsp_handshake_fail (error, WSC_FAULT_HEADER_RESERVED);
      wsp_error_add_received (error, view[i].name);
      return FALSE;
    }

  return TRUE;
}

WspHandshakeView
wsp_handshake_view (WspHandshake *self)
{
  return (WspHandshakeView) {
           .subprotocol = self->subprotocol,
           .status = self->status,
           .is_ended = self->is_ended,
           .headers = self->status == WSP_STATUS_ACCEPTED ? self->custom : self->response,
           .body = self->body,
  };
}

gboolean
wsp_handshake_is_unhandled (WspHandshake *self)
{
  return self->status == WSP_STATUS_UNDECIDED && !self->is_deferred && !self->is_ended;
}

void
wsp_handshake_end (WspHandshake *self)
{
  self->is_ended = TRUE;
  self->funcs = NULL;
  self->thread = NULL;          /* a later thread may get the same address */
}

void
wsp_handshake_end_request (WspHandshake *self)
{
  if (self->status == WSP_STATUS_UNDECIDED)
    self->is_abandoned = TRUE;
  wsp_handshake_end (self);
}

gboolean
wsp_handshake_take_abandoned (WspHandshake *self)
{
  if (!self->is_abandoned || self->cancellable == NULL || self->is_taken)
    return FALSE;

  self->is_taken = TRUE;
  return TRUE;
}

void
wsp_handshake_cancel (WspHandshake *self)
{
  g_cancellable_cancel (self->cancellable);
}

static void
handshake_decision_set_refusal (WspHandshake *self,
                                guint         status,
                                WspHeaders   *headers,
                                GBytes       *body)
{
  self->status = status;
  wsp_handshake_keep_headers (&self->response, headers);
  wsp_handshake_record_body (self, body);
}

/* A cancellable that is not cancelled stays: the program may have got it before the call. */
static GCancellable *
steal_abandoned (WspHandshake *self)
{
  return self->is_abandoned ? g_steal_pointer (&self->cancellable) : NULL;
}

void
wsp_handshake_begin_preparing (WspHandshake            *self,
                               const WspHandshakeFuncs *funcs,
                               gpointer                 owner)
{
  g_autoptr (GCancellable) before = NULL;
  gboolean had_status;

  if (self->funcs != NULL)
    return;

  before = steal_abandoned (self);
  self->funcs = funcs;
  self->owner = owner;
  self->thread = g_thread_self ();
  self->n_forks = wsp_n_forks;
  self->is_deferred = self->is_ended = self->is_abandoned = self->is_taken = FALSE;
  had_status = self->status != WSP_STATUS_UNDECIDED;
  g_clear_pointer (&self->subprotocol, g_free);
  handshake_decision_set_refusal (self, WSP_STATUS_UNDECIDED, NULL, NULL);
  if (had_status)
    wsp_handshake_notify_status (self);
  g_cancellable_cancel (before);        /* the earlier call may be about to do so */
}

static gboolean
is_prepared_by (WspHandshake *self,
                gpointer      owner)
{
  return self->funcs != NULL && self->owner == owner;
}

gboolean
wsp_handshake_is_deferred_for (WspHandshake *self,
                               gpointer      owner)
{
  return is_prepared_by (self, owner) && self->is_deferred;
}

void
wsp_handshake_end_preparing (WspHandshake *self,
                             gpointer      owner)
{
  if (is_prepared_by (self, owner))
    wsp_handshake_end (self);
}

void
wsp_handshake_abandon_preparing (WspHandshake *self,
                                 gpointer      owner)
{
  if (is_prepared_by (self, owner))
    wsp_handshake_end_request (self);
}

void
wsp_handshake_accept_by_default (WspHandshake *self,
                                 const char   *subprotocol)
{
  self->status = WSP_STATUS_ACCEPTED;
  self->subprotocol = g_strdup (subprotocol);
}

/* TRUE: the client that waits for the decision is the parent's, and this is the child of a
 * fork (). */
static gboolean
handshake_decision_is_inherited (WspHandshake *self)
{
  return self->n_forks != wsp_n_forks && (self->funcs != NULL || self->is_ended);
}

static WscFault
check_decision (WspHandshake *self)
{
  if (self->role == WSP_ROLE_CLIENT)
    return self->funcs != NULL ? WSC_FAULT_NONE : WSC_FAULT_HANDSHAKE_ENDED;

  if (self->status != WSP_STATUS_UNDECIDED && !self->is_aborted)
    return WSC_FAULT_HANDSHAKE_DECIDED;

  return self->is_ended ? WSC_FAULT_HANDSHAKE_ENDED : WSC_FAULT_NONE;
}

gboolean
wsp_handshake_may_adopt (WspHandshake *self,
                         GError      **error)
{
  if (self->funcs != NULL)
    g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                         "Request cannot be used here: expected one that wsp_handshake_new_server "
                         "() made, received one that came by a listener");
  else if (self->is_ended)
    g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION,
                         "Request cannot be used again: expected one that was not used before, "
                         "received one that a connection was made of, or that a listener has "
                         "answered");
  else
    return TRUE;

  return FALSE;
}

gboolean
wsp_handshake_may_check (WspHandshake *self,
                         GError      **error)
{
  return wsp_handshake_may_adopt (self, error) && wsp_handshake_may_open (self, error) &&
         !wsp_handshake_fail (error, check_decision (self));
}

void
wsp_handshake_record_check (WspHandshake      *self,
                            const char        *subprotocol,
                            WspDeflateOptions *deflate)
{
  /* Handlers of notify::deflate see the decision, too. */
  g_object_freeze_notify (G_OBJECT (self));
  wsp_handshake_change_deflate (self, deflate);
  self->is_checked = TRUE;
  wsp_handshake_accept_by_default (self, subprotocol);
  wsp_handshake_keep_headers (&self->response, NULL);
  wsp_handshake_notify_status (self);
  g_object_thaw_notify (G_OBJECT (self));
}

void
wsp_handshake_record_refusal (WspHandshake *self,
                              guint         status,
                              WspHeaders   *headers,
                              GBytes       *body)
{
  handshake_decision_set_refusal (self, status, headers, body);
  wsp_handshake_notify_status (self);
}

gboolean
wsp_handshake_record_sent (WspHandshake *self,
                           guint         status,
                           WspHeaders   *headers,
                           GBytes       *body)
{
  gboolean is_new = status != self->status;

  self->is_aborted = is_new || status == WSP_STATUS_UNDECIDED;
  handshake_decision_set_refusal (self, status, headers, body);
  return is_new;
}

/* The program may refuse what wsp_server_process_handshake () has found to be fine. */
static gboolean
may_refuse (WspHandshake *self)
{
  return !handshake_decision_is_inherited (self) &&
         (check_decision (self) == WSC_FAULT_NONE || (self->is_checked && !self->is_ended));
}

static void
notify_decision (WspHandshake *self)
{
  if (self->funcs != NULL)
    self->funcs->decided (self, self->owner);
  else
    wsp_handshake_notify_status (self);
}

/* subprotocol, in: NULL = the owner chooses, "" = none.  subprotocol, out: NULL = none. */
static gboolean
handshake_decision_choose_subprotocol (WspHandshake *self,
                                       const char  **subprotocol,
                                       GError      **error)
{
  const char * const *offered = wsp_handshake_get_offered_subprotocols (self);

  if (*subprotocol == NULL && self->funcs != NULL)
    *subprotocol = self->funcs->choose (offered, self->owner);
  else if (*subprotocol != NULL && **subprotocol == '\0')
    *subprotocol = NULL;

  if (*subprotocol == NULL || (offered != NULL && g_strv_contains (offered, *subprotocol)))
    return TRUE;

  (void) wsp_handshake_fail (error, WSC_FAULT_CHOSEN_PROTOCOL_NOT_OFFERED);
  wsp_error_add_received (error, wsc_text (*subprotocol));
  return FALSE;
}

gboolean
wsp_handshake_is_in_thread (WspHandshake *self)
{
  return self->thread == NULL || self->thread == g_thread_self ();
}

/* A path that the server does not serve is answered with 404, also if the program accepts it. */
static gboolean
check_path (WspHandshake *self,
            GError      **error)
{
  if (self->funcs == NULL || self->funcs->serves (self, self->owner))
    return TRUE;

  g_set_error (error, WSP_ERROR, WSP_ERROR_REJECTED,
               "Request cannot be accepted: expected a path that fits a route of the server, "
               "received %s (the response has status 404; call wsp_server_add_route ())",
               wsp_handshake_get_path (self));
  wsp_handshake_decide (self, WSP_STATUS_FIRST_REFUSAL, WSP_STATUS_NOT_FOUND, NULL, NULL);
  return FALSE;
}

/**
 * wsp_handshake_accept:
 * @self: a handshake of a server
 * @subprotocol: (transfer none) (nullable): the subprotocol to select, one of those offered; %NULL
 *   = the subprotocol that [property@Wsp.Server:subprotocols] selects, if any; empty = none
 * @headers: (transfer none) (nullable): custom header fields of the response; they are frozen
 * @error: return location for an error
 *
 * Accepts the request: its connection becomes a WebSocket. If the server has routes and none of
 * them fits the path, the response has status 404, as if the handler had returned %TRUE.
 *
 * Fails with [error@Wsp.Error.SUBPROTOCOL_NOT_SUPPORTED] if @subprotocol was not offered,
 * with [error@Wsp.Error.INVALID_ARGUMENT] for headers that the handshake sets itself,
 * with [error@Wsp.Error.REJECTED] for a path that no route fits, with
 * [error@Wsp.Error.INVALID_OPERATION] after an earlier decision, and with
 * [error@Wsp.Error.CLOSED] after the client has disconnected or `handshake-timeout` has passed.
 *
 * Call this in the thread of the request, in which its signal is emitted: with
 * [method@Wsp.Server.start_workers] that is the thread of a worker. A call in another thread logs a
 * critical and does nothing.
 *
 * See RFC 6455, section 4.2.2.
 *
 * Returns: whether the request was accepted
 *
 * Since: 0.1
 */
gboolean
wsp_handshake_accept (WspHandshake *self,
                      const char   *subprotocol,
                      WspHeaders   *headers,
                      GError      **error)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), FALSE);
  g_return_val_if_fail (self->role == WSP_ROLE_SERVER, FALSE);
  g_return_val_if_fail (wsp_handshake_is_in_thread (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (handshake_decision_is_inherited (self))
    {
      g_propagate_error (error, wsp_error_new_inherited ("Request"));
      return FALSE;
    }

  if (wsp_handshake_fail (error, check_decision (self)) || !wsp_handshake_may_open (self, error) ||
      !check_custom_headers (headers, error) ||
      !handshake_decision_choose_subprotocol (self, &subprotocol, error) ||
      !check_path (self, error))
    return FALSE;

  self->status = WSP_STATUS_ACCEPTED;
  self->subprotocol = g_strdup (subprotocol);
  wsp_handshake_keep_headers (&self->custom, headers);
  wsp_handshake_keep_headers (&self->response, NULL);
  notify_decision (self);
  return TRUE;
}

/* A client's handshake that no call has used waits for nothing. */
static gboolean
has_decider (WspHandshake *self)
{
  return self->role == WSP_ROLE_SERVER || self->funcs != NULL || self->is_ended;
}

/* NULL: the response can be sent. */
static char *
handshake_decision_find_problem (guint   first_status,
                                 guint   status,
                                 GBytes *body)
{
  if (status < first_status || status > WSP_STATUS_LAST)
    return g_strdup_printf ("Response has an invalid status: expected %u to %u, received %u",
                            first_status, WSP_STATUS_LAST, status);
  if (body != NULL && g_bytes_get_size (body) > MAX_RESPONSE_BODY)
    return g_strdup_printf ("Response is too long: expected a body of at most %u bytes, received %"
                            G_GSIZE_FORMAT, MAX_RESPONSE_BODY, g_bytes_get_size (body));

  return NULL;
}

void
wsp_handshake_decide (WspHandshake *self,
                      guint         first_status,
                      guint         status,
                      WspHeaders   *headers,
                      GBytes       *body)
{
  g_autofree char *problem = NULL;

  if (!may_refuse (self))
    return;

  problem = handshake_decision_find_problem (first_status, status, body);
  if (problem != NULL)
    g_warning ("%s (answered with 500)", problem);
  if (!may_refuse (self))       /* a handler of the warning has decided */
    return;

  self->is_checked = FALSE;
  g_clear_pointer (&self->subprotocol, g_free);
  self->status = problem == NULL ? status : WSP_STATUS_SERVER_ERROR;
  wsp_handshake_keep_headers (&self->response, problem == NULL ? headers : NULL);
  wsp_handshake_record_body (self, problem == NULL ? body : NULL);
  notify_decision (self);
}

/**
 * wsp_handshake_reject:
 * @self: a handshake of a server, or of a client during [signal@Wsp.Client::prepare]
 * @status: HTTP status of the response, 300 to 599
 * @headers: (transfer none) (nullable): header fields of the response; they are frozen
 * @body: (transfer none) (nullable): the body of the response, at most 1 MiB; it is not copied
 *
 * Rejects the request: its connection does not become a WebSocket.
 *
 * On a client this is for a handler of [signal@Wsp.Client::prepare] that cannot make the request,
 * because it got no token, say: at once, or after [method@Wsp.Handshake.defer]. Nothing is sent,
 * and the call that connects fails with [error@Wsp.Error.HANDSHAKE]; the handshake has @status,
 * @headers and @body as those of a response. A redirect is not followed, and no credentials are
 * asked for. After the call has proceeded or ended, this does nothing.
 *
 * If @status or the length of @body is out of its range, the response has status 500, without
 * @headers and @body, and a warning is logged. The call does nothing after an earlier decision
 * other than that of [method@Wsp.Server.process_handshake], after the client has disconnected, and
 * after `handshake-timeout` has passed.
 *
 * Call this in the thread of the request, in which its signal is emitted: with
 * [method@Wsp.Server.start_workers] that is the thread of a worker. A call in another thread logs a
 * critical and does nothing.
 *
 * See RFC 6455, section 4.2.2.
 *
 * Since: 0.1
 */
void
wsp_handshake_reject (WspHandshake *self,
                      guint         status,
                      WspHeaders   *headers,
                      GBytes       *body)
{
  g_return_if_fail (WSP_IS_HANDSHAKE (self));
  g_return_if_fail (has_decider (self));
  g_return_if_fail (wsp_handshake_is_in_thread (self));

  wsp_handshake_decide (self, WSP_STATUS_FIRST_REFUSAL, status, headers, body);
}

/**
 * wsp_handshake_defer:
 * @self: a handshake of a server, or of a client during [signal@Wsp.Client::prepare]
 *
 * Postpones the decision: call [method@Wsp.Handshake.accept], [method@Wsp.Handshake.reject] or
 * [method@Wsp.Handshake.proceed] later. Call this in a handler of [signal@Wsp.Server::request], and
 * keep a reference to @self. Without a decision within `handshake-timeout` milliseconds the
 * response has status 503.
 *
 * In a handler of [signal@Wsp.Client::prepare] this postpones the request of a client: call
 * [method@Wsp.Handshake.proceed] or [method@Wsp.Handshake.reject] later. The time of
 * [property@Wsp.Client:connect-timeout] goes on meanwhile.
 *
 * A second call does nothing. A call after the decision, or after the client has disconnected, does
 * nothing either.
 *
 * Call this in the thread of the request, in which its signal is emitted: with
 * [method@Wsp.Server.start_workers] that is the thread of a worker. A call in another thread logs a
 * critical and does nothing.
 *
 * Since: 0.1
 */
void
wsp_handshake_defer (WspHandshake *self)
{
  g_return_if_fail (WSP_IS_HANDSHAKE (self));
  g_return_if_fail (has_decider (self));
  g_return_if_fail (wsp_handshake_is_in_thread (self));

  self->is_deferred = TRUE;
}

/**
 * wsp_handshake_get_cancellable:
 * @self: a handshake
 *
 * Gets a cancellable for the work that a decision takes after [method@Wsp.Handshake.defer]: it is
 * cancelled if the handshake ends without a decision, because the client has disconnected,
 * `handshake-timeout` has passed or the server has dropped the request. The signal
 * [signal@Gio.Cancellable::cancelled] is emitted in the thread of the request.
 *
 * On a client it is cancelled if the call fails during [signal@Wsp.Client::prepare], because it was
 * cancelled, or `connect-timeout` has passed.
 *
 * A decision does not cancel it, and neither does the end of the connection. For a handshake of a
 * server that the program has made it is never cancelled. See RFC 6455, section 4.2.
 *
 * Returns: (transfer none): the cancellable; valid on a client until another call uses @self, and
 *   no longer than @self
 *
 * Since: 0.1
 */
GCancellable *
wsp_handshake_get_cancellable (WspHandshake *self)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);

  if (self->cancellable != NULL)
    return self->cancellable;

  self->cancellable = g_cancellable_new ();
  if (self->is_abandoned)
    g_cancellable_cancel (self->cancellable);
  return self->cancellable;
}

/**
 * wsp_handshake_proceed:
 * @self: a handshake of a server, or of a client during [signal@Wsp.Client::prepare]
 *
 * Continues a request that was deferred with [method@Wsp.Handshake.defer], as if its handler had
 * returned %TRUE.
 *
 * A client now connects, with the `request-headers` that the handshake has. On a server the request
 * is then accepted, or the response is status 404 if the server has routes and none of
 * them fits the path. Other handlers of the signal are not called.
 *
 * This does nothing if the request is not deferred, after a decision, when the client has
 * disconnected or `handshake-timeout` has passed, and after the end of a client's call.
 *
 * Call this in the thread of the request, in which its signal is emitted: with
 * [method@Wsp.Server.start_workers] that is the thread of a worker. A call in another thread logs a
 * critical and does nothing.
 *
 * Since: 0.1
 */
void
wsp_handshake_proceed (WspHandshake *self)
{
  g_return_if_fail (WSP_IS_HANDSHAKE (self));
  g_return_if_fail (has_decider (self));
  g_return_if_fail (wsp_handshake_is_in_thread (self));

  if (!self->is_deferred || handshake_decision_is_inherited (self) ||
      check_decision (self) != WSC_FAULT_NONE)
    return;

  self->is_deferred = FALSE;
  if (self->funcs != NULL)
    self->funcs->proceeded (self, self->owner);
}
