/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The parts of the reverse proxy.  docs/rationales/inspector.md has the reasons. */
#pragma once

#include "inspect/sources/http/wsi-http-stream.h"
#include "inspect/sources/proxy/wsi-rewriter.h"
#include "reactor/tls/wsp-transport-tls-private.h"
#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

#define WSI_PROXY_BUFFER_SIZE (64 * 1024)

/* State that the pairs of a proxy share. */
typedef struct
{
  WspReactor          *reactor;         /* reactor of the proxy; NULL: not begun, or aborted */
  WsiHttpShared        http;            /* state that all HTTP streams share; recorder NULL: nothing is recorded */
  const WsiProxyNames *names;           /* names that are rewritten in heads; NULL: heads are passed unchanged */
  guint8              *buffer;          /* buffer for reads, WSI_PROXY_BUFFER_SIZE bytes */
} WsiProxyShared;

typedef struct _WsiProxyPair WsiProxyPair;

typedef void (*WsiProxyPairFunc) (WsiProxyPair *pair,
                                  gpointer      user_data);

/* Takes front, of the client, and back, of the target.  ended is called once, when both are closed,
 * unless the owner has done that; the owner may free the pair then. */
WsiProxyPair *wsi_proxy_pair_new    (WsiProxyShared  *shared,
                                     WspTransport    *front,
                                     WspTransport    *back,
                                     WsiProxyPairFunc ended,
                                     gpointer         user_data);
/* Makes a pair without a target: the client gets the refusal as a response, as soon as it has sent
 * something. */
WsiProxyPair *wsi_proxy_pair_new_refused (WsiProxyShared    *shared,
                                          WspTransport      *front,
                                          const WsiSentence *sentence,
                                          WsiProxyPairFunc   ended,
                                          gpointer           user_data);
/* TLS with the client has failed: nothing passes, so there is no pair. */
void          wsi_proxy_pair_record_failure (WsiProxyShared    *shared,
                                             WspTransport      *front,
                                             const WsiSentence *sentence);
/* Closes both legs; ended is not called. */
void          wsi_proxy_pair_end    (WsiProxyPair *self);
/* Resets both legs, if they are open. */
void          wsi_proxy_pair_free   (WsiProxyPair *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiProxyPair, wsi_proxy_pair_free)

/* The target of a proxy. */
typedef struct
{
  char            *host;
  guint16          port;
  gboolean         is_tls;
  gboolean         accepts_any; /* any certificate of the target is accepted */
  GTlsDatabase    *database;    /* CAs that the target's certificate is checked with; NULL: those of the system */
  GTlsCertificate *certificate; /* certificate that clients see; NULL: they connect without TLS */
  WspTlsContext   *front_tls, *back_tls;        /* TLS to clients and to the target; NULL: without TLS, or GIO does it */
} WsiProxyTarget;

/* Decides who does TLS; call it when the other members are set. */
void             wsi_proxy_target_set_up_tls (WsiProxyTarget *self);

typedef enum
{
  WSI_PROXY_OPENED,
  WSI_PROXY_NO_TARGET,          /* the target cannot be reached: back is NULL */
  WSI_PROXY_NO_CLIENT,          /* TLS with the client has failed: back is NULL, and front may be */
} WsiProxyOpened;

typedef struct _WsiProxyOpening WsiProxyOpening;

/* front and back are given to the function, and the opening is freed after it.  sentence: why the
 * connection is not open, or what is wrong with a certificate that was accepted; nullable. */
typedef void (*WsiProxyOpeningFunc) (WsiProxyOpening   *opening,
                                     WsiProxyOpened     opened,
                                     WspTransport      *front,
                                     WspTransport      *back,
                                     const WsiSentence *sentence,
                                     gpointer           user_data);

/* Begins all steps from the arrival of a client to two legs: TLS with the client, the connection to
 * the target, TLS with the target. */
WsiProxyOpening *wsi_proxy_opening_new    (const WsiProxyTarget *target,
                                           WspReactor           *reactor,
                                           GCancellable         *cancellable,
                                           WsiProxyOpeningFunc   function,
                                           gpointer              user_data);
/* Takes the client's socket.  Calls function once, now or later, also when it is cancelled. */
void             wsi_proxy_opening_begin  (WsiProxyOpening *self,
                                           int              fd);
/* Cancels an opening, after its cancellable, which ends connecting: ends TLS at once. */
void             wsi_proxy_opening_cancel (WsiProxyOpening *self);

G_END_DECLS
