/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Gives the one request of a connection another Host.  Heads are parsed strictly and written anew,
 * so that the target reads what was checked; a second request does not pass. */
#pragma once

#include <libwsproto/wsproto.h>

#include "inspect/sources/http/wsi-http-body.h"

G_BEGIN_DECLS

/* Sides, as in wsi-proxy-pair.c. */
#define WSI_REWRITER_CLIENT 0
#define WSI_REWRITER_TARGET 1

typedef struct
{
  GStrv own;                    /* names of the proxy, "host:port" each */
  char *own_scheme;             /* scheme of the proxy's own origins: "http" or "https" */
  char *target;                 /* value of the Host header for the target */
  char *target_origin;
} WsiProxyNames;

typedef enum
{
  WSI_REWRITER_GOES_ON,
  WSI_REWRITER_ENDED,           /* the response is complete, so the connection ends */
  WSI_REWRITER_BAD_REQUEST,
  WSI_REWRITER_WRONG_HOST,
  WSI_REWRITER_BAD_RESPONSE,
} WsiRewriterResult;

typedef struct _WsiRewriter WsiRewriter;

/* Makes a rewriter.  names: must live as long as it. */
WsiRewriter      *wsi_rewriter_new  (const WsiProxyNames *names);
void              wsi_rewriter_free (WsiRewriter *self);
/* Appends the bytes of each side that pass now.  sentence: why nothing more passes; NULL unless the
 * result is one of the last three. */
WsiRewriterResult wsi_rewriter_take (WsiRewriter  *self,
                                     guint         side,
                                     const guint8 *at,
                                     gsize         length,
                                     GByteArray  **to,
                                     char        **sentence);
/* Whether bytes of the client wait for the response: then its end waits, too. */
gboolean          wsi_rewriter_is_holding (const WsiRewriter *self);
/* The status and reason of a response about the result. */
const char       *wsi_rewriter_describe (WsiRewriterResult result);

void              wsi_proxy_names_free (WsiProxyNames *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRewriter, wsi_rewriter_free)

G_END_DECLS
