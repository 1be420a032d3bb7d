/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Transport over a socket with TLS: GnuTLS, called in the dispatches of the reactor.
 *
 *   a server begins in HANDSHAKING, a client in STEP_QUEUED:
 *
 *   HANDSHAKING <--> STEP_QUEUED, perhaps STEP_DELAYED ----------------> OPEN --> SHUT_DOWN
 *                         ^                       |                       ^
 *                         |                       v                       |
 *                         +-- of a server -- VERIFYING -- of a client's --+
 *
 *   any of these --> FAILED or ALERTED
 *   any of all these, when the owner closes --> DRAINING, FLUSHING or at once --> CLOSED
 *
 * A client verifies the server's certificate in the midst of the handshake, so that nothing is sent
 * to a server that is not verified; a server verifies its client's after the handshake.  A session
 * that is resumed was verified when it was begun, so the client does not enter VERIFYING.
 * has_input_ended is independent of the state: the peer has ended its direction.
 *
 * Encrypted bytes count as written: the transport sends them without its owner, and encrypts
 * nothing more while encrypted bytes are unsent.
 * The wire holds input that GnuTLS has not read yet; GnuTLS holds the rest of a record of which
 * only a part was read.
 * Closing a socket with unread input resets the stream, and the peer may then see the reset instead
 * of the alert.  So the input is read until the peer ends it, for at most a second.  The limits of
 * the server do not count a transport that drains.  Therefore at most MAX_DRAINING transports of a
 * reactor drain, and only after the client's last part of the handshake.
 *
 * (1) CLOSED is final: a step and a database that return later change nothing.
 *
 * docs/rationales/tls.md has the reasons.
 */
#include "reactor/tls/wsp-tls-context-private.h"
#include "reactor/tls/wsp-tls-database-private.h"
#include "reactor/tls/wsp-tls-judged-private.h"
#include "reactor/tls/wsp-tls-peer-certificate-private.h"
#include "reactor/tls/wsp-tls-peer-key-private.h"
#include "reactor/tls/wsp-tls-records-private.h"
#include "reactor/tls/wsp-tls-resumption-private.h"
#include "reactor/tls/wsp-tls-steps-private.h"
#include "reactor/tls/wsp-tls-trust-private.h"
#include "reactor/tls/wsp-tls-wire-private.h"
#include "reactor/wsp-graceful-close-private.h"
#include "reactor/wsp-transport-kind-private.h"

#include <sys/socket.h>
#include <unistd.h>

#define MAX_DRAINING 64         /* transports of a reactor that drain at the same time */
#define MAX_TICKET_MESSAGE (128 * 1024) /* bytes, as by default in GnuTLS */

typedef enum
{
  HANDSHAKING,                  /* waits for more of the peer's part of the handshake */
  STEP_QUEUED,                  /* the next step waits in a queue; until it runs, nothing is read */
  STEP_DELAYED,                 /* as STEP_QUEUED, but for longer; input does not wake the loop */
  VERIFYING,                    /* the database, then the owner, decides about the certificate */
  OPEN,                         /* the owner reads and writes */
  SHUT_DOWN,                    /* as OPEN, but close_notify was sent */
  FAILED,                       /* reads and writes return the error */
  ALERTED,                      /* as FAILED, and an alert was sent after the handshake */
  FLUSHING,                     /* closed by the owner: encrypted bytes are still sent */
  DRAINING,                     /* closed by the owner after an alert: input is dropped */
  CLOSED,                       /* the socket is closed; a step or a database may be unfinished */
} TlsState;

/* The events that the socket is watched for. */
static const struct
{
  guint8 always, for_owner, while_unsent;
} watched[] = {
  [HANDSHAKING] = { WSP_WATCH_READ, 0, WSP_WATCH_WRITE },
  [STEP_QUEUED] = { WSP_WATCH_READ, 0, WSP_WATCH_WRITE },
  [STEP_DELAYED] = { 0, 0, WSP_WATCH_WRITE },
  [VERIFYING] = { 0, 0, WSP_WATCH_WRITE },
  [OPEN] = { 0, WSP_WATCH_READ | WSP_WATCH_WRITE, WSP_WATCH_WRITE },
  [SHUT_DOWN] = { 0, WSP_WATCH_READ | WSP_WATCH_WRITE, WSP_WATCH_WRITE },
  [FAILED] = { 0, 0, 0 },
  [ALERTED] = { 0, 0, 0 },
  [FLUSHING] = { 0, 0, WSP_WATCH_WRITE },
  [DRAINING] = { WSP_WATCH_READ, 0, WSP_WATCH_WRITE },
  [CLOSED] = { 0, 0, 0 },
};

typedef struct                  /* data that the transports of a reactor share */
{
  WspTlsSteps   steps;
  guint         n_draining;
  WspTlsTickets tickets;
  WspTlsBuffers buffers;        /* buffers; the last member, so that its pages are not used before
                                   TLS needs them */
} Shared;

typedef struct _TlsTransport TlsTransport;

typedef struct                  /* made on demand; lives as long as the transport */
{
  WspGracefulClose graceful_close;
  TlsTransport    *transport;
} Closing;

struct _TlsTransport
{
  WspTransport     base;        /* the first member: its address is that of the struct */
  Shared          *shared;
  WspTlsContext   *context;
  gnutls_session_t session;     /* session of GnuTLS; NULL: the handshake has not begun, or the
                                   transport drains */
  WspTlsWire       wire;
  WspDue           step;        /* next step of the handshake, when it is due */
  TlsState         state;
  guint8           has_opened;  /* TRUE: the handshake ended in OPEN */
  guint8           has_input_ended;
  guint            peer_errors; /* errors of an untrusted certificate that was accepted
                                   (GTlsCertificateFlags) */
  Closing         *closing;     /* state of a graceful close; NULL: the transport is not closing */
  GCancellable    *cancellable; /* cancels the verification; NULL: no verification is running */
  GTlsCertificate *certificate; /* certificate of a client; or of the server while it is verified */
  WspTlsJudged    *judged;      /* the server of a client, until the handshake has ended */
  WspTlsResumption *resumption; /* resumption of a client's session; NULL: no session is resumed and
                                   no ticket is kept */
};

static void transport_tls_on_socket_ready (WspWatch      *watch,
                                           WspWatchEvents events);

static void transport_tls_enter (TlsTransport *self,
                                 TlsState      state);

/* TRUE: the verification goes on.  The code of the program that decides may close the transport, or
 * fork (). */
static gboolean
is_verifying (TlsTransport *self)
{
  return self->state == VERIFYING && !wsp_reactor_is_inherited (self->base.reactor);
}

static gboolean
transport_tls_is_open (TlsTransport *self)
{
  return self->state == OPEN || self->state == SHUT_DOWN;
}

static gboolean
holds_input (TlsTransport *self)
{
  return self->wire.unread.length > 0 || self->has_input_ended ||
         gnutls_record_check_pending (self->session) > 0;
}

/* No more is read while many bytes are unsent: a peer that sends and does not read must not make
 * its responses accumulate. */
static gboolean
can_read (TlsTransport *self)
{
  return transport_tls_is_open (self) && self->wire.unsent.length < WSP_TLS_INPUT_SIZE;
}

static WspWatchEvents
transport_tls_get_wanted (TlsTransport *self)
{
  guint8 readable = can_read (self) ? WSP_WATCH_READ : WSP_WATCH_NOTHING;
  guint8 for_owner = self->base.events & (readable | WSP_WATCH_WRITE);

  return watched[self->state].always | (watched[self->state].for_owner & for_owner) |
         (self->wire.unsent.length > 0 ? watched[self->state].while_unsent : WSP_WATCH_NOTHING);
}

/* A socket that is watched for nothing is unwatched when it reports an end all the same: a
 * verification is most often over before, and to take a descriptor out of the loop and into it
 * again takes system calls. */
static void
transport_tls_arm (WspTransport *base)
{
  TlsTransport *self = (TlsTransport *) base;
  WspWatchEvents wanted = transport_tls_get_wanted (self);

  if (wanted != WSP_WATCH_NOTHING || self->state < FAILED)
    wsp_transport_watch_socket (base, wanted, transport_tls_on_socket_ready);
  else
    wsp_reactor_unwatch (base->reactor, &base->watch);

  if (wsp_transport_peek_error (base) != NULL && base->events != WSP_WATCH_NOTHING)
    wsp_transport_queue_notify (base, base->events, WSP_DUE_NEXT_DISPATCH);
  else if (transport_tls_is_open (self) && wanted & WSP_WATCH_READ && holds_input (self))
    wsp_transport_queue_notify (base, WSP_WATCH_READ, WSP_DUE_NEXT_DISPATCH);
}

static void
transport_tls_on_expired (WspTimer *timer)
{
  transport_tls_enter (WSP_OWNER_OF (timer, Closing, graceful_close.timer)->transport, CLOSED);
}

static void
begin_closing (TlsTransport *self)
{
  self->closing = g_new0 (Closing, 1);
  self->closing->transport = self;
  self->closing->graceful_close.timer.expired = transport_tls_on_expired;
  wsp_graceful_close_begin (&self->closing->graceful_close, self->base.reactor);
}

/* The next connection to this server does a full handshake. */
static void
refuse_resumption (TlsTransport *self)
{
  if (self->resumption != NULL)
    wsp_tls_resumption_refuse (self->resumption);
}

/* Enters the state, arms the watch, begins or ends the graceful close, and closes the socket. */
static void
transport_tls_enter (TlsTransport *self,
                     TlsState      state)
{
  gboolean was_closing = self->state == FLUSHING || self->state == DRAINING;

  g_assert (self->state != CLOSED);     /* (1) */
  self->shared->n_draining += (state == DRAINING) - (self->state == DRAINING);
  self->state = state;
  if (state >= FAILED && !self->has_opened)
    refuse_resumption (self);
  transport_tls_arm (&self->base);
  if (state == FLUSHING || state == DRAINING)
    {
      wsp_transport_ref (&self->base);
      begin_closing (self);
    }
  if (state != CLOSED)
    return;

  if (self->closing != NULL)
    wsp_graceful_close_end (&self->closing->graceful_close, self->base.reactor);
  wsp_transport_close_descriptor (&self->base);
  self->base.fd = self->wire.fd = -1;
  if (was_closing)
    wsp_transport_unref (&self->base);
}

static gboolean
transport_tls_is_refusal (int result)
{
  return result == GNUTLS_E_CERTIFICATE_ERROR || result == GNUTLS_E_CERTIFICATE_REQUIRED ||
         result == GNUTLS_E_NO_CERTIFICATE_FOUND;
}

/* Takes of_socket. */
static GError *
make_error (TlsTransport *self,
            int           result,
            gboolean      was_open,
            GError       *of_socket)
{
  return wsp_tls_make_error (self->context->role, self->session, result, was_open, of_socket);
}

/* TRUE: the server has asked this client for a certificate, and received none.  A server refuses
 * such a client in any way. */
static gboolean
lacks_certificate (TlsTransport *self)
{
  return self->judged != NULL && self->judged->verdict == WSP_TLS_VERDICT_ACCEPTED &&
         gnutls_certificate_client_get_request_status (self->session) != 0 &&
         gnutls_certificate_get_ours (self->session) == NULL;
}

/* TRUE: the server has no version of TLS that this client permits. */
static gboolean
is_of_old_server (TlsTransport *self,
                  int           result)
{
  if (self->judged == NULL || self->session == NULL)
    return FALSE;
  if (result == GNUTLS_E_FATAL_ALERT_RECEIVED)
    return gnutls_alert_get (self->session) == GNUTLS_A_PROTOCOL_VERSION;

  return result == GNUTLS_E_UNSUPPORTED_VERSION_PACKET &&
         gnutls_handshake_get_last_in (self->session) == GNUTLS_HANDSHAKE_SERVER_HELLO;
}

/* Takes of_socket. */
static GError *
make_handshake_error (TlsTransport *self,
                      int           result,
                      GError       *of_socket)
{
  g_autoptr (GError) below = of_socket;

  if (lacks_certificate (self))
    return g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED,
                                "TLS handshake: the server requires a certificate");
  if (is_of_old_server (self, result))
    return wsp_transport_make_version_error ();

  return make_error (self, result, FALSE, g_steal_pointer (&below));
}

/* If result is not an error of the socket, an error of the socket occurred later, for example
 * while an alert was sent, and is not the cause. */
static void
transport_tls_fail_handshake (TlsTransport *self,
                              int           result)
{
  gboolean is_of_socket = result == GNUTLS_E_AGAIN || result == GNUTLS_E_PULL_ERROR ||
                          result == GNUTLS_E_SUCCESS || result == GNUTLS_E_PREMATURE_TERMINATION;
  int number = self->wire.receive_error != 0 ? self->wire.receive_error : self->wire.send_error;

  if (!is_of_socket)
    number = 0;
  wsp_transport_fail (&self->base,
                      make_handshake_error (self, result, wsp_transport_make_error (number)));
  transport_tls_enter (self, transport_tls_is_refusal (result) ? ALERTED : FAILED);
}

/* Begins to keep tickets.  If no ticket of the session is kept, the memory for it is freed. */
static void
begin_resumption (TlsTransport *self)
{
  gnutls_session_set_ptr (self->session, NULL);
  if (self->resumption != NULL && self->resumption->key != NULL)
    wsp_tls_resumption_begin (self->resumption, self->session);
  else
    g_clear_pointer (&self->resumption, wsp_tls_resumption_free);
}

static void
enter_open (TlsTransport *self)
{
  /* No certificate comes any more. */
  gnutls_handshake_set_max_packet_length (self->session, MAX_TICKET_MESSAGE);
  begin_resumption (self);
  wsp_transport_queue_notify (&self->base, WSP_WATCH_READ | WSP_WATCH_WRITE, WSP_DUE_THIS_DISPATCH);
  self->has_opened = TRUE;
  g_clear_pointer (&self->judged, wsp_tls_judged_free);
  transport_tls_enter (self, OPEN);
}

/* Takes the refusal. */
static void
refuse_certificate (TlsTransport        *self,
                    GTlsCertificateFlags errors,
                    GError              *refusal)
{
  wsp_tls_wire_begin_call (&self->wire, 0);
  gnutls_alert_send (self->session, GNUTLS_AL_FATAL, wsp_tls_choose_alert (errors));
  wsp_tls_wire_end_call (&self->wire);
  wsp_transport_fail (&self->base, refusal);
  transport_tls_enter (self, ALERTED);
}

static void
queue_step (TlsTransport *self)
{
  wsp_transport_ref (&self->base);
  wsp_tls_steps_queue (&self->shared->steps, &self->step);
  transport_tls_enter (self, STEP_QUEUED);
}

static void
transport_tls_drop_reference (gpointer transport)
{
  wsp_transport_unref (transport);
}

static void
trust_server (TlsTransport        *self,
              GTlsCertificateFlags errors)
{
  self->peer_errors = errors;
  self->judged->verdict = WSP_TLS_VERDICT_ACCEPTED;
  g_clear_object (&self->certificate);
  queue_step (self);
}

/* Asks the owner about a certificate that is not trusted. */
static void
transport_tls_ask_owner (TlsTransport        *self,
                         GTlsCertificateFlags errors,
                         const GError        *failure)
{
  const char *reason = failure != NULL ? failure->message : self->context->role->not_trusted;
  WspTlsAcceptFunc accept = self->judged->expected.accept;
  gboolean is_accepted;

  wsp_tls_steps_go_on (&self->shared->steps);
  is_accepted = accept (&self->base, self->certificate, errors, self->base.owner);
  if (!is_verifying (self))
    return;

  if (is_accepted)
    trust_server (self, errors);
  else
    refuse_certificate (self, errors, g_error_new_literal (G_TLS_ERROR,
                                                           G_TLS_ERROR_BAD_CERTIFICATE, reason));
}

static void
judge_client (TlsTransport        *self,
              GTlsCertificateFlags errors,
              const GError        *failure)
{
  if (errors == G_TLS_CERTIFICATE_NO_FLAGS)
    enter_open (self);
  else
    refuse_certificate (self, errors, wsp_tls_make_refusal (self->certificate, errors, failure));
}

/* FALSE: GIO cannot read the certificate, which GnuTLS could; it is refused. */
static gboolean
ensure_certificate (TlsTransport *self)
{
  const GTlsCertificateFlags errors = G_TLS_CERTIFICATE_GENERIC_ERROR;

  if (self->certificate == NULL)
    self->certificate = wsp_tls_dup_peer_certificate (self->session);
  if (self->certificate != NULL)
    return TRUE;

  if (self->judged == NULL)
    refuse_certificate (self, errors, wsp_tls_make_refusal (NULL, errors, NULL));
  else
    refuse_certificate (self, errors,
                        g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                                             "TLS handshake: the certificate cannot be read"));
  return FALSE;
}

static void
transport_tls_judge (TlsTransport        *self,
                     GTlsCertificateFlags errors,
                     const GError        *failure)
{
  if (self->judged != NULL && errors == G_TLS_CERTIFICATE_NO_FLAGS)
    trust_server (self, errors);
  else if (!ensure_certificate (self))
    return;
  else if (self->judged != NULL)
    transport_tls_ask_owner (self, errors, failure);
  else
    judge_client (self, errors, failure);
}

static GTlsDatabase *
get_database (TlsTransport *self)
{
  return self->judged != NULL ? self->judged->expected.database : self->context->database;
}

static GSocketConnectable *
get_identity (TlsTransport *self)
{
  return self->judged != NULL ? self->judged->expected.identity : NULL;
}

static WspTlsPeer
make_peer (TlsTransport *self)
{
  const WspTlsPeer peer = {
    .session = self->session,
    .credentials = self->context->credentials,
    .identity = get_identity (self),
    .purpose = self->context->role->purpose,
  };

  return peer;
}

/* list: the number of the list that has found no error; 0: there is none. */
static void
note_trusted (TlsTransport *self,
              gsize         list)
{
  if (self->resumption != NULL && list != 0)
    wsp_tls_resumption_note (self->resumption, &self->judged->expected, list,
                             self->context->number);
}

static void
transport_tls_on_verified (GTlsCertificateFlags errors,
                           const GError        *failure,
                           gpointer             data)
{
  TlsTransport *self = data;

  g_clear_object (&self->cancellable);
  if (is_verifying (self))
    {
      const WspTlsPeer peer = make_peer (self);
      gsize list;

      errors = wsp_tls_trust_complete (get_database (self), self->certificate, errors, &peer,
                                       &list);
      note_trusted (self, list);
      transport_tls_judge (self, errors, failure);
    }
  wsp_transport_unref (&self->base);
}

/* The database may be the program's own and run any code, even a main loop.  GIO's own verifies
 * with any key. */
static void
ask_database (TlsTransport *self)
{
  WspReactor *reactor = self->base.reactor;
  GError *of_key = wsp_tls_make_key_error (self->context->role, self->session);

  if (of_key != NULL)
    {
      refuse_certificate (self, G_TLS_CERTIFICATE_INSECURE, of_key);
      return;
    }
  if (!ensure_certificate (self))
    return;

  const WspTlsPeer peer = make_peer (self);
  gsize list;

  if (wsp_tls_trust_file_trusts (get_database (self), self->certificate, &peer, &list))
    {
      note_trusted (self, list);
      transport_tls_judge (self, G_TLS_CERTIFICATE_NO_FLAGS, NULL);
      return;
    }

  const WspTlsQuestion question = {
    self->certificate, self->context->role->purpose, get_identity (self)
  };

  self->cancellable = g_cancellable_new ();
  wsp_tls_steps_go_on (&self->shared->steps);
  wsp_reactor_push_context (reactor);
  wsp_transport_ref (&self->base);
  wsp_tls_database_verify (get_database (self), &question, self->cancellable,
                           transport_tls_on_verified, self);
  wsp_reactor_pop_context (reactor);
}

static void
on_trust_found (WspTlsTrust *trust,
                gpointer     data)
{
  TlsTransport *self = data;

  if (is_verifying (self) && trust != NULL)
    {
      const WspTlsPeer peer = make_peer (self);
      gsize list;
      GTlsCertificateFlags errors = wsp_tls_trust_verify (trust, &peer, &list);

      note_trusted (self, list);
      transport_tls_judge (self, errors, NULL);
    }
  else if (is_verifying (self))
    ask_database (self);
  wsp_transport_unref (&self->base);
}

static void
begin_verification (TlsTransport *self)
{
  refuse_resumption (self);
  if (gnutls_protocol_get_version (self->session) != GNUTLS_TLS1_3)
    g_clear_pointer (&self->resumption, wsp_tls_resumption_free);
  transport_tls_enter (self, VERIFYING);
  wsp_transport_ref (&self->base);
  wsp_tls_trust_find (self->base.reactor, get_database (self), on_trust_found,
                      transport_tls_drop_reference,
                      self);
}

/* TRUE: a certificate was sent that was not verified yet.  A client that is asked for one may send
 * none; with G_TLS_AUTHENTICATION_REQUIRED its handshake has failed before. */
static gboolean
has_unverified (TlsTransport *self)
{
  return self->context->mode != G_TLS_AUTHENTICATION_NONE &&
         gnutls_certificate_get_peers (self->session, NULL) != NULL;
}

/* TRUE: the certificate of the server was accepted, in this session or in the one that it
 * resumes. */
static gboolean
has_accepted_server (TlsTransport *self)
{
  return self->judged->verdict == WSP_TLS_VERDICT_ACCEPTED ||
         wsp_tls_resumption_has_resumed (self->resumption, self->session);
}

/* A client is open only with a server whose certificate was accepted. */
static void
end_handshake (TlsTransport *self)
{
  if (self->judged != NULL && !has_accepted_server (self))
    transport_tls_fail_handshake (self, GNUTLS_E_CERTIFICATE_ERROR);
  else if (self->judged == NULL && has_unverified (self))
    begin_verification (self);
  else
    enter_open (self);
}

static int
transport_tls_begin_session (TlsTransport *self)
{
  int result = wsp_tls_context_begin_session (self->context, self->judged, &self->session);

  if (result != GNUTLS_E_SUCCESS)
    return result;

  wsp_tls_wire_attach (&self->wire, self->session);
  if (self->resumption != NULL)
    wsp_tls_resumption_offer (self->resumption, self->session, &self->judged->expected,
                              wsp_tls_trust_find_number (get_database (self)),
                              self->context->number);
  return GNUTLS_E_SUCCESS;
}

static void
wait_for_peer (TlsTransport *self)
{
  if (self->judged == NULL)
    wsp_tls_wire_acknowledge (&self->wire);
  transport_tls_enter (self, HANDSHAKING);
}

static int
call_handshake (TlsTransport *self,
                guint         n_receives)
{
  int result;

  wsp_tls_wire_begin_call (&self->wire, n_receives);
  do
    result = gnutls_handshake (self->session);
  while (wsp_tls_is_warning (result));
  if (result == GNUTLS_E_AGAIN && wsp_tls_wire_is_flooded (&self->wire))
    result = GNUTLS_E_TOO_MANY_HANDSHAKE_PACKETS;
  wsp_tls_send_alert (self->session, result);
  wsp_tls_wire_end_call (&self->wire);
  return result;
}

/* Call it after a write of the handshake has failed: an alert that the peer sent before it closed
 * can still be read.  Returns the error of GnuTLS for a fatal alert, 0 for anything else. */
static int
transport_tls_look_for_alert (TlsTransport *self)
{
  guint8 bytes[1024];
  gssize n;

  wsp_tls_wire_begin_call (&self->wire, 1);
  do
    n = gnutls_record_recv (self->session, bytes, sizeof bytes);
  while (n > 0 || wsp_tls_is_warning (n));
  wsp_tls_wire_end_call (&self->wire);
  return n == GNUTLS_E_FATAL_ALERT_RECEIVED ? (int) n : GNUTLS_E_SUCCESS;
}

static void
run_handshake (TlsTransport *self)
{
  gboolean is_first = self->session == NULL;
  int result = is_first ? transport_tls_begin_session (self) : GNUTLS_E_SUCCESS;

  /* A client sends first, and GnuTLS would look for an answer that cannot be there yet. */
  if (result == GNUTLS_E_SUCCESS)
    result = call_handshake (self, is_first && self->judged != NULL ? 0 : 1);
  if (result == GNUTLS_E_SUCCESS && self->wire.send_error != 0)
    result = transport_tls_look_for_alert (self);

  if (result == GNUTLS_E_SUCCESS && self->wire.send_error == 0)
    end_handshake (self);
  else if (result != GNUTLS_E_AGAIN || self->wire.send_error != 0)
    transport_tls_fail_handshake (self, result);
  else if (self->judged != NULL && self->judged->verdict == WSP_TLS_VERDICT_ASKED)
    begin_verification (self);
  else if (self->wire.unread.length > 0)
    queue_step (self);          /* GnuTLS returns after each record of refused early data */
  else
    wait_for_peer (self);
}

static void
run_step (WspDue *step)
{
  TlsTransport *self = WSP_OWNER_OF (step, TlsTransport, step);

  if ((self->state == STEP_QUEUED || self->state == STEP_DELAYED) &&
      !wsp_reactor_has_ended (self->base.reactor) && !wsp_reactor_is_inherited (self->base.reactor))
    run_handshake (self);
  wsp_transport_unref (&self->base);
}

/* Call it after unsent bytes were sent.  Does nothing while some are left. */
static void
after_sending (TlsTransport *self)
{
  if (self->wire.unsent.length > 0)
    return;

  if (self->state == SHUT_DOWN || self->state == DRAINING)
    shutdown (self->base.fd, SHUT_WR);
  else if (self->state == FLUSHING)
    transport_tls_enter (self, CLOSED);
}

static void
transport_tls_on_socket_ready (WspWatch      *watch,
                               WspWatchEvents events)
{
  WspTransport *base = WSP_OWNER_OF (watch, WspTransport, watch);
  TlsTransport *self = (TlsTransport *) base;
  gboolean had_unsent = self->wire.unsent.length > 0;
  WspWatchEvents notified = WSP_WATCH_NOTHING;

  wsp_transport_ref (base);
  wsp_tls_wire_send_unsent (&self->wire);
  if (self->state == HANDSHAKING)
    queue_step (self);
  else if (self->state == STEP_QUEUED)
    transport_tls_enter (self, STEP_DELAYED);
  else if (transport_tls_is_open (self))
    notified = wsp_transport_filter_events (base, events);
  if (self->wire.unsent.length > 0)
    notified &= ~WSP_WATCH_WRITE;
  if (had_unsent)
    after_sending (self);
  if (self->state == DRAINING && !wsp_tls_wire_drop_input (&self->wire))
    transport_tls_enter (self, CLOSED);
  if (notified != WSP_WATCH_NOTHING)
    wsp_transport_notify (base, notified);
  else if (self->state != CLOSED)
    transport_tls_arm (base);
  if (events & WSP_WATCH_ENDED && notified == WSP_WATCH_NOTHING &&
      transport_tls_get_wanted (self) == WSP_WATCH_NOTHING)
    wsp_reactor_unwatch (base->reactor, &base->watch);
  wsp_transport_unref (base);
}

static gssize
transport_tls_end_read (TlsTransport *self,
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

  if (result != GNUTLS_E_PREMATURE_TERMINATION && result != GNUTLS_E_PULL_ERROR)
    refuse_resumption (self);
  wsp_transport_ensure_rest (&self->base)->error =
    make_error (self, result, TRUE, wsp_transport_make_error (self->wire.receive_error));
  transport_tls_enter (self, wsp_tls_may_send_alert (result) ? ALERTED : FAILED);
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

  if (wsp_transport_peek_error (base) != NULL)
    return wsp_transport_return_error (base, error);
  if (self->has_input_ended)
    return 0;
  if (!can_read (self))
    return WSP_TRANSPORT_WOULD_BLOCK;

  for (guint i = 0; i < n_vectors; i++)
    room += vectors[i].iov_len;
  wsp_tls_wire_begin_call (&self->wire, 1 + room / WSP_TLS_INPUT_SIZE);
  result = wsp_tls_read_records (self->session, &self->wire, vectors, n_vectors, &total);
  if (result == GNUTLS_E_AGAIN && wsp_tls_wire_is_flooded (&self->wire))
    result = GNUTLS_E_TOO_MANY_HANDSHAKE_PACKETS;
  wsp_tls_send_alert (self->session, result);
  if (result == GNUTLS_E_REHANDSHAKE)   /* a warning (RFC 5246 7.2.2), but GnuTLS reads no more */
    gnutls_bye (self->session, GNUTLS_SHUT_WR);
  wsp_tls_wire_end_call (&self->wire);
  if (had_unsent)
    after_sending (self);

  gssize n = transport_tls_end_read (self, total, result, error);

  /* The watch of the socket does not see input that is held here. */
  if (holds_input (self) || self->wire.unsent.length > 0)
    transport_tls_arm (base);
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

  if (wsp_transport_peek_error (base) != NULL)
    return wsp_transport_return_error (base, error);
  if (!transport_tls_is_open (self))
    return WSP_TRANSPORT_WOULD_BLOCK;

  wsp_tls_wire_send_unsent (&self->wire);
  if (self->wire.unsent.length > 0)
    return WSP_TRANSPORT_WOULD_BLOCK;

  wsp_tls_wire_begin_call (&self->wire, 0);
  result = wsp_tls_write_records (self->session, &self->wire, vectors, n_vectors);
  wsp_tls_wire_end_call (&self->wire);
  if (self->wire.unsent.length > 0)
    transport_tls_arm (base);
  if (result >= 0 && self->wire.send_error == 0)
    return result;

  g_propagate_error (error, make_error (self, MIN (result, GNUTLS_E_SUCCESS), TRUE,
                                        wsp_transport_make_error (self->wire.send_error)));
  return WSP_TRANSPORT_FAILED;
}

static void
shutdown_tls (WspTransport *base)
{
  TlsTransport *self = (TlsTransport *) base;

  if (self->state != OPEN)
    return;

  wsp_tls_wire_begin_call (&self->wire, 0);
  gnutls_bye (self->session, GNUTLS_SHUT_WR);
  wsp_tls_wire_end_call (&self->wire);
  transport_tls_enter (self, SHUT_DOWN);
  after_sending (self);
}

static void
close_tls (WspTransport     *base,
           WspTransportClose how)
{
  TlsTransport *self = (TlsTransport *) base;

  if (how == WSP_TRANSPORT_CLOSE_GRACEFUL)
    shutdown_tls (base);
  if (self->state == ALERTED && self->shared->n_draining < MAX_DRAINING)
    {
      g_clear_pointer (&self->session, gnutls_deinit);
      transport_tls_enter (self, DRAINING);
      after_sending (self);
    }
  else if (how == WSP_TRANSPORT_CLOSE_GRACEFUL && self->wire.unsent.length > 0)
    transport_tls_enter (self, FLUSHING);
  else
    transport_tls_enter (self, CLOSED);
  g_cancellable_cancel (self->cancellable);     /* last: it may call transport_tls_on_verified () */
}

static void
transport_tls_clear (WspTransport *base)
{
  TlsTransport *self = (TlsTransport *) base;

  if (self->session != NULL)
    gnutls_deinit (self->session);
  wsp_tls_wire_clear (&self->wire);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->judged, wsp_tls_judged_free);
  g_clear_pointer (&self->resumption, wsp_tls_resumption_free);
  g_free (self->closing);
  wsp_tls_context_unref (self->context);
}

static void
transport_tls_describe (WspTransport    *base,
                        WspTransportTls *tls)
{
  TlsTransport *self = (TlsTransport *) base;

  tls->peer_errors = self->peer_errors;
  if (self->has_opened && self->context->role == &wsp_tls_role_client)
    tls->peer_certificate = wsp_tls_dup_peer_chain (self->session);
  else if (self->certificate != NULL)
    tls->peer_certificate = wsp_peer_certificate_new (self->certificate);
  if (!self->has_opened)
    return;

  wsp_tls_describe_session (self->session, tls);
}

static const WspTransportKind tls_kind = {
  .size = sizeof (TlsTransport),
  .read = read_tls,
  .write = write_tls,
  .arm = transport_tls_arm,
  .shutdown = shutdown_tls,
  .close = close_tls,
  .clear = transport_tls_clear,
  .describe_tls = transport_tls_describe,
};

static void
free_shared (gpointer data)
{
  Shared *shared = data;

  wsp_tls_tickets_clear (&shared->tickets);
  g_free (shared);
}

static Shared *
get_shared (WspReactor *reactor)
{
  Shared *shared = wsp_reactor_get_part (reactor, WSP_REACTOR_PART_TLS);

  if (shared != NULL)
    return shared;

  shared = g_malloc (sizeof *shared);
  shared->n_draining = 0;
  wsp_tls_tickets_init (&shared->tickets);
  wsp_tls_buffers_init (&shared->buffers);
  wsp_tls_steps_init (&shared->steps, reactor);
  wsp_reactor_set_part (reactor, WSP_REACTOR_PART_TLS, shared, free_shared);
  return shared;
}

static TlsTransport *
transport_tls_make_transport (WspReactor    *reactor,
                              int            fd,
                              WspTlsContext *context)
{
  WspTransport *base = wsp_transport_new (&tls_kind, reactor, fd);
  TlsTransport *self = (TlsTransport *) base;

  self->shared = get_shared (reactor);
  self->context = wsp_tls_context_ref (context);
  self->step.run = run_step;
  wsp_tls_wire_init (&self->wire, &self->shared->buffers, fd);
  return self;
}

WspTransport *
wsp_transport_new_for_tls (WspReactor    *reactor,
                           int            fd,
                           WspTlsContext *context)
{
  TlsTransport *self = transport_tls_make_transport (reactor, fd, context);

  transport_tls_arm (&self->base);
  return &self->base;
}

WspTransport *
wsp_transport_new_for_tls_client (WspReactor         *reactor,
                                  int                 fd,
                                  WspTlsContext      *context,
                                  const WspTlsTarget *target)
{
  TlsTransport *self = transport_tls_make_transport (reactor, fd, context);

  self->judged = wsp_tls_judged_new (target);
  self->resumption = wsp_tls_resumption_new (&self->shared->tickets);
  queue_step (self);
  return &self->base;
}

char *
wsp_transport_tls_dup_protocol (WspTransport *base)
{
  TlsTransport *self = (TlsTransport *) base;
  gnutls_datum_t chosen;

  if (!transport_tls_is_open (self) ||
      gnutls_alpn_get_selected_protocol (self->session, &chosen) != GNUTLS_E_SUCCESS)
    return NULL;

  return g_strndup ((const char *) chosen.data, chosen.size);
}
