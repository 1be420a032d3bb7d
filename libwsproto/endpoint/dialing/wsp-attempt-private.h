/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One attempt of a client to open a connection: from the call to its one result. */
#pragma once

#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/session/wsp-deflate-options.h>
#include <libwsproto/session/wsp-session.h>

#include "endpoint/dialing/wsp-connect-queue-private.h"
#include "endpoint/dialing/wsp-dial-private.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "endpoint/opening/wsp-upgrade-private.h"
#include "reactor/wsp-completion-private.h"

G_BEGIN_DECLS

typedef struct _WspAttempt WspAttempt;

typedef void (*WspAttemptPrepareFunc) (GObject      *client,
                                       WspHandshake *handshake);
typedef gboolean (*WspAttemptAuthenticateFunc) (GObject      *client,
                                                WspHandshake *handshake,
                                                guint         n_authentications);
typedef void (*WspAttemptEventFunc) (GObject            *client,
                                     GSocketClientEvent  event,
                                     GSocketConnectable *place,
                                     GIOStream          *stream);
typedef gboolean (*WspAttemptCertificateFunc) (GObject             *client,
                                               GTlsCertificate     *certificate,
                                               GTlsCertificateFlags errors);

typedef struct                  /* the signals of a client */
{
  WspAttemptPrepareFunc      prepare;
  WspAttemptAuthenticateFunc authenticate;      /* TRUE: the handler has set credentials */
  WspAttemptEventFunc        event;
  WspAttemptCertificateFunc  accept_certificate;
} WspAttemptFuncs;

typedef struct                  /* what all attempts of a client share; it outlives them */
{
  GObject               *client;
  const WspAttemptFuncs *funcs;
  WspReactor            *reactor;
  WspLimits             *limits;
  GPtrArray             *taps;
  WspConnectQueue       *host_queue;    /* by name, before the name is looked up */
  WspConnectQueue       *address_queue; /* by address, before the request */
  WspDialSettings        dial;
  char                  *origin, *user_agent;   /* nullable */
  WspDeflateOptions     *compression;   /* nullable */
  guint                  max_redirects;
  gboolean               requires_protocol, serializes_connects, keeps_handshake;
} WspAttemptSettings;

typedef enum                    /* when what had been done: WspHandshake:timings */
{
  WSP_ATTEMPT_BEGUN,
  WSP_ATTEMPT_RESOLVED,
  WSP_ATTEMPT_CONNECTED,
  WSP_ATTEMPT_SECURED,
  WSP_ATTEMPT_SENT,
  WSP_ATTEMPT_RESPONDED,
  WSP_ATTEMPT_N_TIMES,
} WspAttemptTime;

struct _WspAttempt
{
  grefcount           ref_count;
  WspAttemptSettings *settings;
  GObject            *client;           /* keeps the settings */
  WspCompletion      *completion;       /* NULL: the result was given */
  WspHandshake       *handshake;
  GIOStream          *stream;           /* ready-made; NULL: there is a way to dial */
  WspUri             *uri;
  WspHeaders         *custom_headers;   /* fields of the program that may go to that place */
  WspProxyCredentials proxy_credentials;
  gboolean            has_left_origin;  /* by a redirect */
  WspConnectPermit    host_permit, address_permit;
  WspDue              due;
  WspTimer            timer;
  WspDial            *dial;
  WspSession         *session;
  WspUpgrade         *upgrade;
  WspConnection      *connection;       /* whose handshake is to be dropped */
  WspHeadLog         *log;              /* what passed, for the taps */
  guint               status;           /* of the last answer */
  const char         *limit;            /* the property that was breached; NULL: none */
  guint               n_interim, n_redirects, n_authentications;
  gint64              times[WSP_ATTEMPT_N_TIMES];
};

/* wsp-attempt.c; begin takes the completion. */
void        wsp_attempt_begin                 (WspAttemptSettings *settings,
                                               WspHandshake       *handshake,
                                               GIOStream          *stream,
                                               WspCompletion      *completion);
WspAttempt *wsp_attempt_ref                   (WspAttempt *self);
void        wsp_attempt_unref                 (WspAttempt *self);
/* The program has been called: it may have cancelled, and have run the main loop.  TRUE: what is
 * under way is gone, and nothing else is to be done. */
gboolean    wsp_attempt_is_over               (WspAttempt *self);
/* What has passed up to now, for the taps. */
void        wsp_attempt_notify_taps           (WspAttempt *self,
                                               GObject    *source);
/* The two results. */
void        wsp_attempt_fail                  (WspAttempt *self,
                                               GError     *error);
void        wsp_attempt_succeed               (WspAttempt *self);
/* With what uri, custom_headers and proxy_credentials say by now, on a connection of its own. */
void        wsp_attempt_try_again             (WspAttempt *self);

/* wsp-attempt-response.c */
void        wsp_attempt_take_response         (WspUpgrade *upgrade,
                                               gpointer    attempt);
/* A proxy wants credentials.  TRUE: it is tried again. */
gboolean    wsp_attempt_authenticate_to_proxy (WspAttempt *self,
                                               const char *proxy);
/* Fails with the refusal that is being read.  FALSE: there is none. */
gboolean    wsp_attempt_end_refusal           (WspAttempt *self);

G_END_DECLS
