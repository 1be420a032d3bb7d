/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Transport over a socket with TLS, as a server: GnuTLS, called in the dispatches of the reactor.
 *
 * (1) What was encrypted counts as written: the transport sees to it that it leaves.  While some of
 *     it is unsent, nothing more is taken.
 * (2) Input is held by the wire, which has not given it to GnuTLS yet, and by GnuTLS, which has
 *     decrypted more of a record than was asked for.
 * (3) A client may send its request before it reads that it was refused.  A socket that is closed
 *     with input unread resets the stream, and the client would hear of that instead of the alert:
 *     so the input is read past until the client ends it, for a second at most.  Only who may
 *     have sent something is waited for, behind a whole handshake, and only some at a time: those
 *     who linger are nobody's guests, and count for no limit of the server.
 */
#include "reactor/tls/wsp-tls-context-private.h"
#include "reactor/tls/wsp-tls-records-private.h"
#include "reactor/tls/wsp-tls-steps-private.h"
#include "reactor/tls/wsp-tls-wire-private.h"
#include "reactor/wsp-goodbye-private.h"
#include "reactor/wsp-transport-kind-private.h"

#include <sys/socket.h>
#include <unistd.h>

#define MAX_LINGERING 64        /* of a reactor */

typedef enum
{
  TLS_SHAKING_HANDS,
  TLS_JUDGING,                  /* the peer's certificate is with the database */
  TLS_OPEN,
  TLS_FAILED,                   /* the error is told, nothing else */
  TLS_CLOSING,                  /* the owner has gone; what is unsent leaves, (3) */
  TLS_CLOSED,
} TlsLife;

typedef struct                  /* what the transports of a reactor share */
{
  WspTlsSteps steps;
  guint       n_lingering;
  WspTlsRooms rooms;            /* last: untouched until it is used */
} Shared;

typedef struct
{
  WspTransport     base;        /* the first member */
  Shared          *shared;
  WspTlsContext   *context;
  gnutls_session_t session;     /* NULL: nothing came yet */
  WspTlsWire       wire;
  WspTlsStep       step;        /* of the handshake */
  TlsLife          life;
  gboolean         has_input_ended, has_said_goodbye;
  gboolean         has_refused; /* its certificate, or that it has none; it is told by an alert */
  gboolean         is_lingering;
  WspGoodbye       goodbye;
  GCancellable    *cancellable; /* of the judgement; NULL: none is out */
  GTlsCertificate *certificate; /* of the peer */
} TlsTransport;

static GError *
make_socket_error (int number)
{
  if (number == 0)
    return NULL;

  return g_error_new_literal (G_IO_ERROR, g_io_error_from_errno (number), g_strerror (number));
}

static void arm (WspTransport *base);

/* The owner hears of it, in a dispatch. */
static void
fail (TlsTransport *self,
      GError       *error)
{
  self->life = TLS_FAILED;
  wsp_transport_fail (&self->base, error);
  arm (&self->base);
}

/* A socket that fails besides, as under an alert, is not what went wrong. */
static void
fail_handshake (TlsTransport *self,
                int           result)
{
  gboolean is_of_socket = result == GNUTLS_E_AGAIN || result == GNUTLS_E_PULL_ERROR ||
                          result == GNUTLS_E_SUCCESS || result == GNUTLS_E_PREMATURE_TERMINATION;
  int number = self->wire.receive_error != 0 ? self->wire.receive_error : self->wire.send_error;

  if (!is_of_socket)
    number = 0;
  fail (self, wsp_tls_make_error (self->session, result, FALSE, make_socket_error (number)));
}

static void
open_up (TlsTransport *self)
{
  self->life = TLS_OPEN;
  wsp_transport_tell_soon (&self->base, WSP_WATCH_READ | WSP_WATCH_WRITE, WSP_DUE_THIS_TURN);
  arm (&self->base);
}

static void
refuse_certificate (TlsTransport        *self,
                    GTlsCertificateFlags errors)
{
  wsp_tls_wire_begin_call (&self->wire, 0);
  gnutls_alert_send (self->session, GNUTLS_AL_FATAL, wsp_tls_choose_alert (errors));
  wsp_tls_wire_end_call (&self->wire);
  self->has_refused = TRUE;
  fail_handshake (self, GNUTLS_E_CERTIFICATE_ERROR);
}

static void
on_judged (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  TlsTransport *self = data;
  g_autoptr (GError) error = NULL;
  GTlsCertificateFlags errors =
    g_tls_database_verify_chain_finish (G_TLS_DATABASE (source), result, &error);

  g_clear_object (&self->cancellable);
  if (self->life == TLS_JUDGING && error != NULL)
    refuse_certificate (self, G_TLS_CERTIFICATE_GENERIC_ERROR);
  else if (self->life == TLS_JUDGING && errors != G_TLS_CERTIFICATE_NO_FLAGS)
    refuse_certificate (self, errors);
  else if (self->life == TLS_JUDGING)
    open_up (self);
  wsp_transport_drop (&self->base);
}

/* The database may be the program's own, and run its code. */
static void
judge (TlsTransport *self)
{
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (GTlsDatabase) database = self->context->database != NULL
                                      ? g_object_ref (self->context->database)
                                      : g_tls_backend_get_default_database (backend);

  if (database == NULL)
    {
      refuse_certificate (self, G_TLS_CERTIFICATE_UNKNOWN_CA);
      return;
    }

  self->life = TLS_JUDGING;
  self->cancellable = g_cancellable_new ();
  arm (&self->base);
  g_tls_database_verify_chain_async (database, self->certificate,
                                     G_TLS_DATABASE_PURPOSE_AUTHENTICATE_CLIENT, NULL, NULL,
                                     G_TLS_DATABASE_VERIFY_NONE, self->cancellable, on_judged,
                                     wsp_transport_use (&self->base));
}

/* A client that was asked may have none to show.  One that must show one, and did not, has failed
 * before. */
static void
end_handshake (TlsTransport *self)
{
  if (self->context->mode != G_TLS_AUTHENTICATION_NONE)
    self->certificate = wsp_tls_dup_peer_certificate (self->session, NULL);

  if (self->certificate != NULL)
    judge (self);
  else if (self->context->mode != G_TLS_AUTHENTICATION_NONE &&
           gnutls_certificate_get_peers (self->session, NULL) != NULL)
    refuse_certificate (self, G_TLS_CERTIFICATE_GENERIC_ERROR);
  else
    open_up (self);
}

static int
begin_session (TlsTransport *self)
{
  int result = wsp_tls_context_begin_session (self->context, &self->session);

  if (result != GNUTLS_E_SUCCESS)
    return result;

  wsp_tls_wire_attach (&self->wire, self->session);
  return GNUTLS_E_SUCCESS;
}

static void
queue_step (TlsTransport *self)
{
  if (wsp_tls_steps_queue (&self->shared->steps, &self->step))
    wsp_transport_use (&self->base);
}

/* GnuTLS may want to be called again though there is input: behind each record of early data, which
 * is refused. */
static void
go_on_shaking (TlsTransport *self)
{
  arm (&self->base);
  if (self->wire.unread.length > 0)
    queue_step (self);
}

static void
shake_hands (TlsTransport *self)
{
  int result = self->session == NULL ? begin_session (self) : GNUTLS_E_SUCCESS;

  if (result == GNUTLS_E_SUCCESS)
    {
      wsp_tls_wire_begin_call (&self->wire, 1);
      do
        result = gnutls_handshake (self->session);
      while (wsp_tls_is_passing (result));
      if (result < 0 && result != GNUTLS_E_AGAIN)
        gnutls_alert_send_appropriate (self->session, result);
      self->has_refused = result == GNUTLS_E_CERTIFICATE_REQUIRED ||
                          result == GNUTLS_E_NO_CERTIFICATE_FOUND;
      wsp_tls_wire_end_call (&self->wire);
    }

  if (result == GNUTLS_E_SUCCESS && self->wire.send_error == 0)
    end_handshake (self);
  else if (result != GNUTLS_E_AGAIN || self->wire.send_error != 0)
    fail_handshake (self, result);
  else
    go_on_shaking (self);
}

static void
run_step (WspTlsStep *step)
{
  TlsTransport *self = WSP_OWNER_OF (step, TlsTransport, step);

  if (self->life == TLS_SHAKING_HANDS)
    shake_hands (self);
  wsp_transport_drop (&self->base);
}

/* For good.  Who is still in a queue, or waits for a judgement, keeps the memory only. */
static void
end (TlsTransport *self)
{
  wsp_reactor_unwatch (self->base.reactor, &self->base.watch);
  wsp_goodbye_end (&self->goodbye, self->base.reactor);
  self->shared->n_lingering -= self->is_lingering;
  self->is_lingering = FALSE;
  self->life = TLS_CLOSED;
  close (self->base.fd);
  self->base.fd = self->wire.fd = -1;
}

static void
end_closing (TlsTransport *self)
{
  end (self);
  wsp_transport_drop (&self->base);
}

static void
on_expired (WspTimer *timer)
{
  end_closing (WSP_OWNER_OF (timer, TlsTransport, goodbye.timer));
}

/* What was to leave may have left. */
static void
go_on_sent (TlsTransport *self)
{
  if (self->wire.unsent.length > 0)
    return;

  if (self->has_said_goodbye || self->has_refused)
    shutdown (self->base.fd, SHUT_WR);
  if (self->life == TLS_CLOSING && !self->is_lingering)
    end_closing (self);
}

static void
on_socket_ready (WspWatch      *watch,
                 WspWatchEvents events)
{
  WspTransport *base = WSP_OWNER_OF (watch, WspTransport, watch);
  TlsTransport *self = (TlsTransport *) base;
  gboolean had_unsent = self->wire.unsent.length > 0;
  WspWatchEvents told = WSP_WATCH_NOTHING;

  wsp_transport_use (base);
  wsp_tls_wire_send_unsent (&self->wire);
  if (self->life == TLS_SHAKING_HANDS)
    queue_step (self);
  else if (self->life == TLS_OPEN)
    told = wsp_transport_get_told (base, events);
  if (self->wire.unsent.length > 0)
    told &= ~WSP_WATCH_WRITE;   /* (1) */
  if (had_unsent)
    go_on_sent (self);
  if (self->life == TLS_CLOSING && self->is_lingering && !wsp_tls_wire_read_past (&self->wire))
    end_closing (self);
  if (told != WSP_WATCH_NOTHING)
    wsp_transport_tell (base, told);
  else if (self->life != TLS_CLOSED)
    arm (base);
  wsp_transport_drop (base);
}

/* (2) */
static gboolean
holds_input (TlsTransport *self)
{
  return self->wire.unread.length > 0 || self->has_input_ended ||
         gnutls_record_check_pending (self->session) > 0;
}

/* A peer that sends and does not read may not have answers piled up for it. */
static gboolean
can_read (TlsTransport *self)
{
  return self->life == TLS_OPEN && self->wire.unsent.length < WSP_TLS_INPUT_SIZE;
}

static WspWatchEvents
get_wanted (TlsTransport *self)
{
  WspWatchEvents to_send = self->wire.unsent.length > 0 ? WSP_WATCH_WRITE : WSP_WATCH_NOTHING;

  switch (self->life)
    {
    case TLS_SHAKING_HANDS:
      return to_send | WSP_WATCH_READ;
    case TLS_OPEN:
      return to_send | (self->base.events & (can_read (self) ? ~0 : ~WSP_WATCH_READ));
    case TLS_JUDGING:
      return to_send;
    case TLS_CLOSING:
      return to_send | (self->is_lingering ? WSP_WATCH_READ : WSP_WATCH_NOTHING);
    case TLS_FAILED:
    case TLS_CLOSED:
    default:
      return WSP_WATCH_NOTHING;
    }
}

static void
arm (WspTransport *base)
{
  TlsTransport *self = (TlsTransport *) base;
  WspWatchEvents wanted = get_wanted (self);

  if (wanted != WSP_WATCH_NOTHING)
    wsp_transport_watch_socket (base, wanted, on_socket_ready);
  else
    wsp_reactor_unwatch (base->reactor, &base->watch);

  if (self->life == TLS_FAILED && base->events != WSP_WATCH_NOTHING)
    wsp_transport_tell_soon (base, base->events, WSP_DUE_NEXT_TURN);
  else if (wanted & WSP_WATCH_READ && self->life == TLS_OPEN && holds_input (self))
    wsp_transport_tell_soon (base, WSP_WATCH_READ, WSP_DUE_NEXT_TURN);
}

static gssize
end_read (TlsTransport *self,
          gsize         total,
          int           result,
          GError      **error)
{
  if (result == 0)
    {
      self->has_input_ended = TRUE;
      return total;
    }

  if (result == GNUTLS_E_AGAIN)
    return total > 0 ? (gssize) total : WSP_TRANSPORT_WOULD_BLOCK;

  self->base.error = wsp_tls_make_error (self->session, result, TRUE,
                                         make_socket_error (self->wire.receive_error));
  self->life = TLS_FAILED;
  return total > 0 ? (gssize) total : wsp_transport_return_error (&self->base, error);
}

static gssize
read_tls (WspTransport       *base,
          const struct iovec *vectors,
          guint               n_vectors,
          GError            **error)
{
  TlsTransport *self = (TlsTransport *) base;
  gboolean had_unsent = self->wire.unsent.length > 0;
  gsize room = 0, total = 0;
  int result;

  if (base->error != NULL)
    return wsp_transport_return_error (base, error);
  if (self->has_input_ended)
    return 0;
  if (!can_read (self))
    return WSP_TRANSPORT_WOULD_BLOCK;

  for (guint i = 0; i < n_vectors; i++)
    room += vectors[i].iov_len;
  wsp_tls_wire_begin_call (&self->wire, 1 + room / WSP_TLS_INPUT_SIZE);
  result = wsp_tls_read_records (self->session, &self->wire, vectors, n_vectors, &total);
  if (result == GNUTLS_E_REHANDSHAKE)
    gnutls_alert_send (self->session, GNUTLS_AL_FATAL, GNUTLS_A_NO_RENEGOTIATION);
  else if (result < 0 && result != GNUTLS_E_AGAIN)
    gnutls_alert_send_appropriate (self->session, result);
  wsp_tls_wire_end_call (&self->wire);
  if (had_unsent)
    go_on_sent (self);

  gssize n = end_read (self, total, result, error);

  /* The socket does not tell of what is left here. */
  if (self->life == TLS_FAILED || holds_input (self) || self->wire.unsent.length > 0)
    arm (base);
  return n;
}

static gssize
write_tls (WspTransport       *base,
           const struct iovec *vectors,
           guint               n_vectors,
           GError            **error)
{
  TlsTransport *self = (TlsTransport *) base;
  gssize result;

  if (base->error != NULL)
    return wsp_transport_return_error (base, error);
  if (self->life != TLS_OPEN)
    return WSP_TRANSPORT_WOULD_BLOCK;

  wsp_tls_wire_send_unsent (&self->wire);
  if (self->wire.unsent.length > 0)
    return WSP_TRANSPORT_WOULD_BLOCK;

  wsp_tls_wire_begin_call (&self->wire, 0);
  result = wsp_tls_write_records (self->session, &self->wire, vectors, n_vectors);
  wsp_tls_wire_end_call (&self->wire);
  if (self->wire.unsent.length > 0)
    arm (base);
  if (result >= 0 && self->wire.send_error == 0)
    return result;

  g_propagate_error (error, wsp_tls_make_error (self->session, MIN (result, 0), TRUE,
                                                make_socket_error (self->wire.send_error)));
  return WSP_TRANSPORT_FAILED;
}

static void
shutdown_tls (WspTransport *base)
{
  TlsTransport *self = (TlsTransport *) base;

  if (self->life != TLS_OPEN || self->has_said_goodbye)
    return;

  self->has_said_goodbye = TRUE;
  wsp_tls_wire_begin_call (&self->wire, 0);
  gnutls_bye (self->session, GNUTLS_SHUT_WR);
  wsp_tls_wire_end_call (&self->wire);
  if (self->wire.unsent.length > 0)
    arm (base);
  go_on_sent (self);
}

/* (3) */
static void
begin_lingering (TlsTransport *self)
{
  self->is_lingering = TRUE;
  self->shared->n_lingering++;
  g_clear_pointer (&self->session, gnutls_deinit);
}

static void
close_tls (WspTransport     *base,
           WspTransportClose how)
{
  TlsTransport *self = (TlsTransport *) base;

  if (self->life == TLS_JUDGING)        /* a verdict inside the cancellation comes too late */
    self->life = TLS_CLOSING;
  g_cancellable_cancel (self->cancellable);
  if (how == WSP_TRANSPORT_CLOSE_POLITELY)
    shutdown_tls (base);
  if (self->life == TLS_FAILED && self->has_refused &&
      self->shared->n_lingering < MAX_LINGERING)
    begin_lingering (self);
  if (!self->is_lingering &&
      (how == WSP_TRANSPORT_CLOSE_NOW || self->wire.unsent.length == 0))
    {
      end (self);
      return;
    }

  self->life = TLS_CLOSING;
  wsp_transport_use (base);
  self->goodbye.timer.expired = on_expired;
  wsp_goodbye_begin (&self->goodbye, base->reactor);
  go_on_sent (self);
  arm (base);
}

static void
clear (WspTransport *base)
{
  TlsTransport *self = (TlsTransport *) base;

  if (self->session != NULL)
    gnutls_deinit (self->session);
  wsp_tls_wire_clear (&self->wire);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->certificate);
  wsp_tls_context_unref (self->context);
}

static void
describe (WspTransport    *base,
          WspTransportTls *tls)
{
  TlsTransport *self = (TlsTransport *) base;

  g_set_object (&tls->peer_certificate, self->certificate);
  if (self->life >= TLS_OPEN && self->session != NULL)
    wsp_tls_describe_session (self->session, tls);
}

static const WspTransportKind tls_kind = {
  .size = sizeof (TlsTransport),
  .read = read_tls,
  .write = write_tls,
  .arm = arm,
  .shutdown = shutdown_tls,
  .close = close_tls,
  .clear = clear,
  .describe_tls = describe,
};

static Shared *
get_shared (WspReactor *reactor)
{
  Shared *shared = wsp_reactor_get_part (reactor, WSP_REACTOR_PART_TLS);

  if (shared != NULL)
    return shared;

  shared = g_malloc (sizeof *shared);
  shared->n_lingering = 0;
  wsp_tls_rooms_init (&shared->rooms);
  wsp_tls_steps_init (&shared->steps, reactor);
  wsp_reactor_set_part (reactor, WSP_REACTOR_PART_TLS, shared, g_free);
  return shared;
}

WspTransport *
wsp_transport_new_for_tls (WspReactor    *reactor,
                           int            fd,
                           WspTlsContext *context)
{
  WspTransport *base = wsp_transport_new (&tls_kind, reactor, fd);
  TlsTransport *self = (TlsTransport *) base;

  self->shared = get_shared (reactor);
  self->context = wsp_tls_context_ref (context);
  self->step.run = run_step;
  wsp_tls_wire_init (&self->wire, &self->shared->rooms, fd);
  arm (base);
  return base;
}
