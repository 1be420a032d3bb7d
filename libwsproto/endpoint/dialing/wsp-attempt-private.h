/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One attempt of a client to open a connection, from the call to its result. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/limits/wsp-deflate-options.h>
#include <libwsproto/session/wsp-session.h>

#include "endpoint/dialing/wsp-connect-queue-private.h"
#include "endpoint/dialing/wsp-dial-private.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "endpoint/opening/wsp-upgrade-private.h"
#include "limits/wsp-limits-private.h"
#include "reactor/wsp-completion-private.h"
#include "reactor/wsp-held-notifies-private.h"

G_BEGIN_DECLS

typedef struct _WspAttempt WspAttempt;

typedef struct                  /* shared by all attempts of a client; outlives the attempts */
{
  GObject           *client;            /* the object whose signals are emitted by name */
  WspReactor        *reactor;
  WspLimits         *limits;
  GPtrArray         *taps;
  WspConnectQueue   *host_queue;        /* queue by the host in the URI, used before the name lookup */
  WspConnectQueue   *address_queue;     /* queue by the peer's address, used before the request */
  WspDialSettings    dial;
  char              *origin;            /* value of Origin; NULL: none is sent */
  char              *user_agent;        /* value of User-Agent; NULL: the default; "": none is sent */
  WspDeflateOptions *deflate;       /* settings of permessage-deflate; NULL: it is not offered */
  guint              connect_timeout;           /* time for the whole attempt, in milliseconds; 0: no limit */
  guint              max_redirects;
  gboolean           requires_subprotocol, connects_concurrently, keeps_handshakes;
} WspAttemptSettings;

typedef enum                    /* wsp-attempt.c says what each waits for */
{
  WSP_ATTEMPT_PREPARING,
  WSP_ATTEMPT_DEFERRED,
  WSP_ATTEMPT_QUEUED_BY_HOST,
  WSP_ATTEMPT_DIALING,
  WSP_ATTEMPT_PROXY_REFUSED,
  WSP_ATTEMPT_QUEUED_BY_ADDRESS,
  WSP_ATTEMPT_REQUESTING,
  WSP_ATTEMPT_AWAITING_RESPONSE,
  WSP_ATTEMPT_RESPONDED,
  WSP_ATTEMPT_READING_REFUSAL,
  WSP_ATTEMPT_RETRYING,
  WSP_ATTEMPT_SUCCEEDED,
  WSP_ATTEMPT_FAILED,
  WSP_ATTEMPT_ENDED,
} WspAttemptState;

struct _WspAttempt
{
  WspAttemptState     state;
  grefcount           ref_count;
  WspAttemptSettings *settings;
  GObject            *client;           /* client of the attempt; it keeps the settings */
  WspReactor         *reactor;          /* the client gets another one in the child of a fork () */
  WspCompletion      *completion;       /* call that waits for the result; NULL: it was given */
  WspHandshake       *handshake;
  GIOStream          *stream;           /* stream that the program has given; NULL: the attempt dials */
  WspUri             *uri;
  WspHeaders         *custom_headers;   /* the program's headers that may be sent to uri */
  WspProxyCredentials proxy_credentials;
  gboolean            has_left_origin;  /* a redirect has led to another origin */
  WspConnectPermit    host_permit, address_permit;
  WspHeldNotifies     notifies;         /* notifies of the handshake that are held back */
  WspTimer            timer;
  gboolean            is_late;          /* the timer has expired while a step was due */
  gboolean            is_last_look;     /* the timer has expired, and what arrived before is read */
  guint               timeout;          /* time of the timer, in milliseconds; WspClient:connect-timeout may have changed since */
  WspDial            *dial;
  WspSession         *session;
  WspUpgrade         *upgrade;
  char               *request;          /* the head of the request, from REQUESTING on */
  WspConnection      *connection;       /* connection that drops its handshake; set when SUCCEEDED */
  GError             *error;            /* error of the attempt; set when FAILED */
  WspHeadLog         *log;              /* bytes of the exchange, for the taps; NULL: there are no taps */
  guint               status;           /* HTTP status of the last response */
  const char         *limit;            /* property of the limit that was exceeded; NULL: none */
  guint               n_interim, n_redirects, n_authentications;
};

/* wsp-attempt.c; wsp_attempt_begin () takes the completion. */
void        wsp_attempt_begin                 (WspAttemptSettings *settings,
                                               WspHandshake       *handshake,
                                               GIOStream          *stream,
                                               WspCompletion      *completion);

/* wsp-attempt-state.c */
gpointer    wsp_attempt_ref                   (gpointer attempt);
void        wsp_attempt_unref                 (WspAttempt *self);
/* Releases what the new state does not hold. */
void        wsp_attempt_enter                 (WspAttempt     *self,
                                               WspAttemptState state);
/* Call this after each handler of the program has run: the handler may have cancelled the attempt,
 * or run the main loop.  TRUE: the result is known and everything is released, so return. */
gboolean    wsp_attempt_is_over               (WspAttempt *self);
/* Call this before setting properties of the handshake.  A due call emits their notify signals, and
 * then takes the next step of the attempt. */
void        wsp_attempt_hold_notifies         (WspAttempt *self);
/* Sets status and headers of a response in the handshake. */
void        wsp_attempt_write_down_response   (WspAttempt  *self,
                                               WscHttpHead *head);
/* In the child of a fork (): ends the attempt, which is the parent's, and has failed or succeeded,
 * without a result. */
void        wsp_attempt_leave                 (WspAttempt *self);
/* TRUE: a certificate is a proxy's and says nothing about the server. */
gboolean    wsp_attempt_ends_tls_at_proxy     (WspAttempt *self);
/* Notifies the taps of the bytes since the last call. */
void        wsp_attempt_notify_taps           (WspAttempt *self,
                                               GObject    *source);
/* An attempt ends by one of these two functions; only the first call counts. */
void        wsp_attempt_fail                  (WspAttempt *self,
                                               GError     *error);
void        wsp_attempt_succeed               (WspAttempt *self);
/* In FAILED, after the notifies: ends the attempt. */
void        wsp_attempt_give_error            (WspAttempt *self);
/* Sends a request on a new stream, with the present uri, custom_headers and proxy_credentials. */
void        wsp_attempt_try_again             (WspAttempt *self);

/* wsp-attempt-prepare.c */
/* In PREPARING: takes the URI of the handshake, and emits `prepare`.  TRUE: the attempt goes on. */
gboolean    wsp_attempt_prepare               (WspAttempt *self);
/* In DEFERRED: TRUE if the program has let the attempt proceed. */
gboolean    wsp_attempt_was_prepared          (WspAttempt *self);

/* wsp-attempt-request.c */
/* Reads custom_headers and proxy_credentials from the handshake, and credentials from the URI. */
void        wsp_attempt_take_custom_headers   (WspAttempt *self);
/* Makes the session and the text of the request; returns the headers, (transfer full). */
WspHeaders *wsp_attempt_compose_request       (WspAttempt *self,
                                               GError    **error);

/* wsp-attempt-response.c */
void        wsp_attempt_take_response         (WspUpgrade *upgrade,
                                               gpointer    attempt);
/* In RESPONDED, after the notifies: acts on the status. */
void        wsp_attempt_follow_response       (WspAttempt *self);
/* In PROXY_REFUSED, after the notifies: asks for credentials, or reads the body. */
void        wsp_attempt_follow_proxy_refusal  (WspAttempt *self);
/* In READING_REFUSAL: fails with the part of the body that was read. */
void        wsp_attempt_end_refusal           (WspAttempt *self);

G_END_DECLS
