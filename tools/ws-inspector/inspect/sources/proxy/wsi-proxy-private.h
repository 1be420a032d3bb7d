/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The parts of the reverse proxy. */
#pragma once

#include "inspect/sources/http/wsi-http-stream.h"
#include "inspect/sources/proxy/wsi-leg.h"
#include "inspect/sources/proxy/wsi-rewriter.h"

G_BEGIN_DECLS

#define WSI_PROXY_BUFFER_SIZE (64 * 1024)

/* The pairs of a proxy share this. */
typedef struct
{
  WsiPoller           *poller;
  WsiHttpShared        http;            /* recorder NULL: nothing is recorded */
  const WsiProxyNames *names;           /* NULL: heads pass as they are */
  guint8              *buffer;          /* WSI_PROXY_BUFFER_SIZE bytes */
} WsiProxyShared;

typedef struct _WsiProxyPair WsiProxyPair;

typedef void (*WsiProxyPairFunc) (WsiProxyPair *pair,
                                  gpointer      user_data);

/* front: of the client; back: of the target.  ended is called once, when both are closed, unless
 * the owner has done that; the owner may free the pair then. */
WsiProxyPair *wsi_proxy_pair_new    (WsiProxyShared  *shared,
                                     GIOStream       *front,
                                     GIOStream       *back,
                                     WsiProxyPairFunc ended,
                                     gpointer         user_data);
/* There is no target: the client gets that as a response, as soon as it has sent something. */
WsiProxyPair *wsi_proxy_pair_new_refused (WsiProxyShared    *shared,
                                          GIOStream         *front,
                                          const WsiSentence *sentence,
                                          WsiProxyPairFunc   ended,
                                          gpointer           user_data);
/* TLS with the client has failed: nothing passes, so there is no pair. */
void          wsi_proxy_pair_record_failure (WsiProxyShared    *shared,
                                             GIOStream         *front,
                                             const WsiSentence *sentence);
/* Closes both legs, without ended. */
void          wsi_proxy_pair_end    (WsiProxyPair *self);
/* Resets both legs, if they are open. */
void          wsi_proxy_pair_free   (WsiProxyPair *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiProxyPair, wsi_proxy_pair_free)

/* Where a proxy connects to. */
typedef struct
{
  char            *host;
  guint16          port;
  gboolean         is_tls;
  GTlsDatabase    *database;    /* NULL: the system's */
  GTlsCertificate *certificate; /* of the front; NULL: without TLS */
} WsiProxyTarget;

typedef enum
{
  WSI_PROXY_OPENED,
  WSI_PROXY_NO_TARGET,          /* it cannot be reached: back is NULL */
  WSI_PROXY_NO_CLIENT,          /* TLS with it has failed: back is NULL, and front may be */
} WsiProxyOpened;

/* sentence: why the connection is not open; NULL: it is. */
typedef void (*WsiProxyOpeningFunc) (WsiProxyOpened     opened,
                                     GIOStream         *front,
                                     GIOStream         *back,
                                     const WsiSentence *sentence,
                                     gpointer           user_data);

/* Everything between the arrival of a client and two legs: TLS with it, the connection to the
 * target, TLS with that.  Calls function once, also when it is cancelled. */
void wsi_proxy_open (const WsiProxyTarget *target,
                     GSocketConnection    *client,
                     GCancellable         *cancellable,
                     WsiProxyOpeningFunc   function,
                     gpointer              user_data);

G_END_DECLS
