/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Requests and streams that come from other code: an HTTP server, or a service manager.
 *
 * wsp_server_process_handshake () decides as the listeners do: what it checks is in
 * wsp-server-rules.c, for both.
 *
 * docs/rationales/server.md has the reasons. */
#include "endpoint/serving/wsp-server-private.h"

#include <libwsproto/http/wsp-headers.h>

#include "attach/wsp-attach-private.h"
#include "connection/wsp-connection-transport-private.h"
#include "core/fault.h"
#include "core/handshake/http-head.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "endpoint/opening/wsp-routes-private.h"
#include "endpoint/opening/wsp-trusted-proxies-private.h"
#include "handshake/wsp-handshake-private.h"
#include "reactor/wsp-reactor-private.h"

typedef struct
{
  guint status;
  int   code;                   /* code of the error */
  char *text;                   /* text for the client and the error */
  char *details;                /* details for the error only; NULL: none */
  const char *retry_after;      /* value of Retry-After; NULL: the response has no such field */
  const char *limit;            /* property of the limit that was exceeded; NULL = none */
} Refusal;

static void
refusal_clear (Refusal *self)
{
  g_free (self->text);
  g_free (self->details);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Refusal, refusal_clear)

/* FALSE: the server takes no more clients of any address. */
static gboolean
server_adopt_has_room (WspServer      *self,
                       WspServerRules *rules,
                       Refusal        *refusal)
{
  if (self->service != WSP_SERVICE_SHUTDOWN && !wsp_server_is_full (self, rules))
    return TRUE;

  refusal->status = 503;
  refusal->retry_after = WSP_SERVER_RETRY_AFTER;
  refusal->code = self->service == WSP_SERVICE_SHUTDOWN ? WSP_ERROR_CLOSED : WSP_ERROR_REJECTED;
  refusal->limit = self->service == WSP_SERVICE_SHUTDOWN ? NULL : "max-connections";
  refusal->text = self->service == WSP_SERVICE_SHUTDOWN
                  ? g_strdup ("Server is being shut down")
                  : wsp_server_rules_describe_full (rules);
  return FALSE;
}

static void
refuse_fault (WspServerRules *rules,
              WscHttpHead    *head,
              GBytes         *input,
              WscFault        fault,
              Refusal        *refusal)
{
  guint status = wsc_fault_get_http_status (fault);

  refusal->status = status != 0 ? status : 400;
  refusal->code = (int) wsc_fault_get_error (fault);
  refusal->text = wsp_heads_describe_fault (head, &rules->head, fault, &refusal->limit);
  refusal->details = wsp_heads_show_fault (fault, WSC_HEAD_REQUEST, NULL, input);
}

static gboolean
may_connect (WspServer      *self,
             WspServerRules *rules,
             WscHttpHead    *head,
             GQuark          route,
             GSocketAddress *local,
             GSocketAddress *client,
             Refusal        *refusal)
{
  g_autofree char *origin = wsp_heads_dup_field (head, "Origin");
  g_autofree char *host = wsp_heads_dup_host (head);
  const char *reason;
  WspNativeAddress address;

  wsp_native_address_set (&address, client);
  reason = wsp_server_rules_find_refusal_reason (rules, origin, host,
                                                 wsp_address_is_loopback (local),
                                                 &refusal->details);
  refusal->code = WSP_ERROR_REJECTED;
  if (reason != NULL)
    {
      refusal->status = 403;
      refusal->text = g_strdup (reason);
    }
  else if (wsp_server_is_address_full (self, rules, &address.any))
    {
      refusal->status = 503;
      refusal->limit = "max-connections-per-address";
      refusal->text = wsp_server_rules_describe_full_address (rules);
    }
  else if (!wsp_routes_serve (rules->routes, route))
    {
      refusal->status = 404;
      refusal->text = g_strdup ("Refused by the server with status 404");
    }

  return refusal->text == NULL;
}

/* FALSE: a value in the path is not valid. */
static gboolean
server_adopt_find_route (WspServerRules *rules,
                         WscHttpHead    *head,
                         GQuark         *route,
                         Refusal        *refusal)
{
  const char *mistake = NULL;

  *route = wsp_server_rules_find_route (rules, head, &mistake, &refusal->details);
  if (mistake == NULL)
    return TRUE;

  refusal->status = 400;
  refusal->code = WSP_ERROR_REJECTED;
  refusal->text = g_strdup (mistake);
  return FALSE;
}

/* Everything that a listener checks before and after `request`.  Records the route. */
static gboolean
server_adopt_judge (WspServer      *self,
                    WspServerRules *rules,
                    WspHandshake   *handshake,
                    GSocketAddress *local,
                    GSocketAddress *client,
                    Refusal        *refusal)
{
  g_autoptr (GBytes) input = wsp_handshake_dup_head (handshake);
  WscHttpHead *head = wsc_http_head_new (WSC_HEAD_REQUEST, &rules->head);
  WscFault fault = WSC_FAULT_OUT_OF_MEMORY;
  GQuark route = 0;
  WscBytes text;
  gsize used;
  gboolean is_fine;

  text.at = g_bytes_get_data (input, &text.length);
  if (head != NULL)
    fault = wsc_http_head_take (head, text, &used);
  if (fault == WSC_FAULT_NONE)
    fault = wsp_server_rules_check (rules, head);
  if (fault != WSC_FAULT_NONE)
    refuse_fault (rules, head, input, fault, refusal);
  is_fine = fault == WSC_FAULT_NONE &&
            server_adopt_find_route (rules, head, &route, refusal) &&
            may_connect (self, rules, head, route, local, client, refusal);
  if (is_fine)
    wsp_handshake_record_route (handshake, route);
  g_clear_pointer (&head, wsc_http_head_free);
  return is_fine;
}

static void
set_refusal (WspServer     *self,
             const Refusal *refusal,
             GError       **error)
{
  const WspWorker *worker = self->workers->pdata[0];

  wsp_worker_counts_add_refusal (worker->counts, refusal->limit);
  g_set_error (error, WSP_ERROR, refusal->code, "%s%s", refusal->text,
               refusal->details != NULL ? refusal->details : "");
}

/* The response has what a listener's has, without the fields that the HTTP server sets itself. */
static void
record_refusal (WspHandshake  *handshake,
                const Refusal *refusal)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autofree char *line = g_strconcat (refusal->text, "\n", NULL);
  g_autoptr (GBytes) body = g_bytes_new (line, strlen (line));

  wsp_headers_append (headers, "Content-Type", "text/plain; charset=utf-8", NULL);
  if (refusal->retry_after != NULL)
    wsp_headers_append (headers, "Retry-After", refusal->retry_after, NULL);
  wsp_handshake_record_refusal (handshake, refusal->status, headers, body);
}

/**
 * wsp_server_process_handshake:
 * @self: a server
 * @handshake: (transfer none): the request, made with [ctor@Wsp.Handshake.new_server]
 * @error: return location for an error
 *
 * Decides about a request that an HTTP server has read, as a listener of the server would: by the
 * limits, the origin, the host and the routes. If the request is accepted, the subprotocol and
 * compression are selected. [signal@Wsp.Server::request] is not emitted: the HTTP server asks its
 * own program.
 *
 * Call [method@Wsp.Handshake.set_addresses] before: otherwise the host is not checked on a loopback
 * address, and connections are not counted by address.
 *
 * A request that is accepted may still be refused by the program: [method@Wsp.Handshake.reject]
 * replaces the decision.
 *
 * The HTTP server then writes the response. If the request is accepted, this is status 101 with
 * [method@Wsp.Handshake.get_response_headers], and [method@Wsp.Server.adopt] follows. If the
 * request is refused, it is [property@Wsp.Handshake:response-status] with these headers and
 * [property@Wsp.Handshake:response-body]. The HTTP server sets `Content-Length` and `Date` itself.
 *
 * Fails with [error@Wsp.Error.REJECTED] if the request is refused or the server is full, with
 * [error@Wsp.Error.TOO_BIG] or [error@Wsp.Error.INVALID_FORMAT] if the request breaks the limits or
 * rules of a head, and with [error@Wsp.Error.CLOSED] while the server is being shut down: in these
 * cases @handshake has the response. Fails with [error@Wsp.Error.INVALID_ARGUMENT] for a @handshake
 * of a client or of a listener, and with [error@Wsp.Error.INVALID_OPERATION] if it is decided
 * already: in these cases @handshake does not change.
 *
 * Returns: whether the request is accepted
 *
 * Since: 0.1
 */
gboolean
wsp_server_process_handshake (WspServer    *self,
                              WspHandshake *handshake,
                              GError      **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), FALSE);
  g_return_val_if_fail (WSP_IS_HANDSHAKE (handshake), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_autoptr (WspServerRules) rules = wsp_server_ref_rules (self);
  g_auto (Refusal) refusal = { 0 };
  const char *subprotocol;
  guint status;

  if (!wsp_handshake_may_check (handshake, error))
    return FALSE;

  if (!server_adopt_has_room (self, rules, &refusal) ||
      !server_adopt_judge (self, rules, handshake, wsp_handshake_peek_local_address (handshake),
                           wsp_handshake_get_remote_address (handshake), &refusal))
    {
      set_refusal (self, &refusal, error);
      record_refusal (handshake, &refusal);
      return FALSE;
    }

  subprotocol =
    wsp_server_rules_choose_protocol (rules, wsp_handshake_get_offered_subprotocols (handshake));
  wsp_handshake_record_check (handshake, subprotocol, rules->deflate);
  status = wsp_handshake_get_response_status (handshake);
  if (status == 101)
    return TRUE;

  /* A handler of a notify of the handshake has rejected it. */
  g_set_error (error, WSP_ERROR, WSP_ERROR_REJECTED, "Refused by the server with status %u",
               status);
  return FALSE;
}

typedef struct                  /* the part of an API call that runs in a due call */
{
  WspDue           due;
  WspServer       *server;
  WspTransport    *transport;   /* transport that accept_stream () got; NULL: the call is another */
  WspNativeAddress source;      /* address that accept_stream () got */
  WspServerClient *client;      /* client that accept_stream () made */
  WspConnection   *connection;  /* connection that adopt () made; NULL: the call is another */
  guint            n_forks;     /* value of wsp_n_forks when the call was deferred */
} DeferredAdopt;

static void
notify_connection (DeferredAdopt *self)
{
  wsp_server_emit_connection (self->server, self->connection);
  if (self->server->settings->keeps_handshake)
    wsp_connection_keep_handshake (self->connection);
  else
    wsp_connection_drop_handshake (self->connection);
  wsp_worker_close_late (self->server->workers->pdata[0], self->connection);
}

static void
server_adopt_begin_handshake (DeferredAdopt *self)
{
  WspServerPeer peer = {
    .source = self->source,
    .begun = wsp_reactor_get_time (self->server->reactor),
  };

  if (wsp_native_address_is_ip (&self->source))
    peer.address = self->source;
  wsp_server_handshake_begin (self->client, self->transport, &peer);
}

static void
drop_stream (DeferredAdopt *self)
{
  wsp_transport_close (self->transport, WSP_TRANSPORT_CLOSE_NOW);
  wsp_server_client_leave (self->client);
}

static void
run_deferred_adopt (WspDue *due)
{
  DeferredAdopt *self = WSP_OWNER_OF (due, DeferredAdopt, due);
  gboolean has_ended = wsp_reactor_has_ended (self->server->reactor) ||
                       self->n_forks != wsp_n_forks;

  if (self->transport != NULL && has_ended)
    drop_stream (self);
  else if (self->transport != NULL)
    server_adopt_begin_handshake (self);
  if (self->connection != NULL && !has_ended)
    notify_connection (self);

  g_clear_object (&self->connection);
  g_object_unref (self->server);
  g_free (self);
}

static DeferredAdopt *
defer_adopt (WspServer *server)
{
  DeferredAdopt *self = g_new0 (DeferredAdopt, 1);

  self->due.run = run_deferred_adopt;
  self->n_forks = wsp_n_forks;
  self->server = g_object_ref (server);
  wsp_reactor_call (server->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
  return self;
}

static gboolean
goes_both_ways (GIOStream *stream,
                GError   **error)
{
  if (g_io_stream_get_input_stream (stream) != NULL &&
      g_io_stream_get_output_stream (stream) != NULL)
    return TRUE;

  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                       "Stream cannot be adopted: it has no input stream or no output stream");
  return FALSE;
}

/**
 * wsp_server_accept_stream:
 * @self: a server
 * @stream: (transfer none): a stream on which the peer will send its request
 * @flags: %WSP_LISTEN_FLAGS_DEFAULT
 * @error: return location for an error
 *
 * Takes over a stream that other code has accepted, as if it had come through a listener.
 * For TLS, pass a [class@Gio.TlsConnection]: the other flags are for later versions.
 *
 * The stream is served in the context of the server even if [method@Wsp.Server.start_workers] was
 * called.
 *
 * Close the connection, not @stream: a stream that the program closes ends the connection with
 * %G_IO_ERROR_CLOSED.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for a @stream that cannot be read and written and
 * for other flags, with
 * [error@Wsp.Error.REJECTED] while the server is full, with [error@Wsp.Error.CLOSED] while it is
 * being shut down, with %G_IO_ERROR_CLOSED for a @stream that is closed, and with
 * %G_IO_ERROR_TOO_MANY_OPEN_FILES. After an error the stream stays the caller's, open.
 *
 * Returns: whether the server has taken @stream over
 *
 * Since: 0.1
 */
gboolean
wsp_server_accept_stream (WspServer     *self,
                          GIOStream     *stream,
                          WspListenFlags flags,
                          GError       **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), FALSE);
  g_return_val_if_fail (G_IS_IO_STREAM (stream), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_autoptr (WspServerRules) rules = wsp_server_ref_rules (self);
  g_auto (Refusal) refusal = { 0 };

  if (flags != WSP_LISTEN_FLAGS_DEFAULT)
    {
      g_set_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                   "Stream cannot be accepted: expected WSP_LISTEN_FLAGS_DEFAULT, received flags "
                   "0x%x (pass a GTlsConnection for TLS)", flags);
      return FALSE;
    }
  if (!goes_both_ways (stream, error))
    return FALSE;
  if (!server_adopt_has_room (self, rules, &refusal))
    {
      set_refusal (self, &refusal, error);
      return FALSE;
    }

  WspTransport *transport = wsp_transport_new_for_stream (self->reactor, stream,
                                                          WSP_STREAM_IS_SHARED, error);

  if (transport == NULL)
    return FALSE;

  g_autoptr (GSocketAddress) client = wsp_transport_dup_remote_address (transport);
  DeferredAdopt *deferred = defer_adopt (self);

  deferred->transport = transport;
  wsp_native_address_set (&deferred->source, client);
  deferred->client = wsp_server_client_new (self, self->workers->pdata[0], rules,
                                            &deferred->source.any);
  return TRUE;
}

static WspConnection *
open_adopted (WspServer       *self,
              WspServerRules  *rules,
              WspServerClient *client,
              WspTransport    *transport,
              WspSession      *session,
              WspHandshake    *handshake)
{
  WspConnection *connection = wsp_connection_new_for_transport (transport, session, handshake,
                                                                NULL);

  for (guint i = 0; i < rules->taps->len; i++)
    wsp_connection_add_tap (connection, rules->taps->pdata[i]);
  wsp_attach_show (G_OBJECT (connection));
  /* A handler may drop the server. */
  defer_adopt (self)->connection = g_object_ref (connection);
  wsp_server_client_open (client, connection, NULL, rules);
  return connection;
}

/* adopt_transport () checks the request again: check () may have been called without the addresses,
 * by another server, or before other clients of the address came. */
static WspConnection *
adopt_transport (WspServer    *self,
                 WspHandshake *handshake,
                 WspTransport *transport,
                 GError      **error)
{
  g_autoptr (WspServerRules) rules = wsp_server_ref_rules (self);
  g_autoptr (WspSession) session =
    g_object_new (WSP_TYPE_SESSION, "role", WSP_ROLE_SERVER, "limits", rules->limits, "deflate",
                  wsp_handshake_peek_agreed_deflate (handshake), NULL);
  g_autoptr (GString) response = g_string_new (NULL);   /* unused: the HTTP server has responded */
  g_autoptr (GSocketAddress) local = wsp_transport_dup_local_address (transport);
  g_autoptr (GSocketAddress) client = wsp_transport_dup_remote_address (transport);
  g_auto (Refusal) refusal = { 0 };
  WspNativeAddress address;

  if (!wsp_handshake_open (handshake, session, response, error))
    return NULL;

  if (wsp_handshake_peek_local_address (handshake) != NULL)
    g_set_object (&local, wsp_handshake_peek_local_address (handshake));
  if (wsp_handshake_get_remote_address (handshake) != NULL)
    g_set_object (&client, wsp_handshake_get_remote_address (handshake));
  if (!server_adopt_has_room (self, rules, &refusal) ||
      !server_adopt_judge (self, rules, handshake, local, client, &refusal))
    {
      set_refusal (self, &refusal, error);
      return NULL;
    }

  wsp_handshake_end (handshake);        /* a second connection cannot come of it */
  wsp_native_address_set (&address, client);
  return open_adopted (self, rules,
                       wsp_server_client_new (self, self->workers->pdata[0], rules, &address.any),
                       transport, session, handshake);
}

/**
 * wsp_server_adopt:
 * @self: a server
 * @handshake: (transfer none): the request, made with [ctor@Wsp.Handshake.new_server]
 * @stream: (transfer none): the stream of the request, after the response was written
 * @error: return location for an error
 *
 * Takes over a WebSocket from an HTTP server, which has parsed the request and responded
 * with status 101 and [method@Wsp.Handshake.get_response_headers]. The next bytes to read from
 * @stream are the first frames.
 *
 * Call [method@Wsp.Server.process_handshake] before the HTTP server responds. The request is
 * checked again, by the addresses of @stream if [method@Wsp.Handshake.set_addresses] was not
 * called; if it is refused now, the client already has its 101 and only sees the end of the stream.
 * Nothing is selected any more: the connection has the subprotocol and the compression of the
 * response headers, and without a call of [method@Wsp.Handshake.get_response_headers] no
 * compression.
 *
 * The connection belongs to the server: it is in the list and closed by a shutdown, and
 * [signal@Wsp.Server::connection] is emitted for it as soon as the main loop runs.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for a @handshake without a request, such as one of
 * a client, for one of a listener and for a @stream that cannot be read and written, with
 * [error@Wsp.Error.INVALID_OPERATION] if @handshake was rejected or adopted before, with
 * [error@Wsp.Error.REJECTED] if the request is refused or the server is full, with
 * [error@Wsp.Error.TOO_BIG] or [error@Wsp.Error.INVALID_FORMAT] if the request breaks the limits or
 * rules of a head, with [error@Wsp.Error.CLOSED] while the server is being shut down, with
 * %G_IO_ERROR_CLOSED for a @stream that is closed, and with %G_IO_ERROR_TOO_MANY_OPEN_FILES. After
 * an error the stream stays the caller's, open: close it. After success close the connection: a
 * stream that the program closes ends it with %G_IO_ERROR_CLOSED.
 *
 * Returns: (transfer full): an open connection, %NULL on error
 *
 * Since: 0.1
 */
WspConnection *
wsp_server_adopt (WspServer    *self,
                  WspHandshake *handshake,
                  GIOStream    *stream,
                  GError      **error)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);
  g_return_val_if_fail (WSP_IS_HANDSHAKE (handshake), NULL);
  g_return_val_if_fail (G_IS_IO_STREAM (stream), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!goes_both_ways (stream, error) || !wsp_handshake_may_adopt (handshake, error))
    return NULL;

  WspTransport *transport = wsp_transport_new_for_stream (self->reactor, stream,
                                                          WSP_STREAM_IS_SHARED, error);

  if (transport == NULL)
    return NULL;

  WspConnection *connection = adopt_transport (self, handshake, transport, error);

  if (connection == NULL)
    g_object_unref (wsp_transport_release (transport));
  return connection;
}
