/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The requests and responses of one connection: which response belongs to which request, where
 * their bodies end, and what they do to an upgrade.  A stream finds the heads. */
#pragma once

#include "inspect/sources/http/wsi-http-side.h"
#include "inspect/sources/http/wsi-upgrade.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_HTTP_REQUEST_NONE,                /* the request of the response was not seen */
  WSI_HTTP_REQUEST_OTHER,
  WSI_HTTP_REQUEST_HEAD,
  WSI_HTTP_REQUEST_CONNECT,
  WSI_HTTP_REQUEST_UPGRADE,
} WsiHttpRequest;

typedef struct
{
  WsiUpgrade     upgrade;
  WsiHttpSide    sides[WSI_TCP_N_SIDES];
  GQueue         requests;              /* requests without a response so far (WsiHttpRequest) */
  WsiHttpRequest last_request;
  WsiHttpRequest answered;              /* request that the response answers which is being read */
  gboolean       is_released;           /* the client's held bytes are to be read now */
} WsiHttpExchange;

/* Initializes an exchange.  room: limits the bytes that both sides together may hold. */
void     wsi_http_exchange_init  (WsiHttpExchange *self,
                                  WsiHttpRoom     *room);
void     wsi_http_exchange_clear (WsiHttpExchange *self);
void     wsi_http_exchange_give_up (WsiHttpExchange   *self,
                                    const WsiSentence *sentence,
                                    gint64             time_us);
void     wsi_http_exchange_pass_held (WsiHttpExchange *self,
                                      guint            side);
/* The time of the first byte that either side holds; without such bytes, time_us. */
gint64   wsi_http_exchange_get_first_time (const WsiHttpExchange *self,
                                           gint64                 time_us);
/* Pushes the next bytes of the conversation. */
void     wsi_http_exchange_push      (WsiHttpExchange *self,
                                      guint            side,
                                      const guint8    *at,
                                      gsize            length,
                                      gint64           time_us);
/* Passes every byte to the conversation from here on; first those that are held.  time_us: for
 * missing bytes with nothing after them. */
void     wsi_http_exchange_pass_everything   (WsiHttpExchange *self,
                                              gint64           time_us);
gboolean wsi_http_exchange_waits_for_upgrade (WsiHttpExchange *self);
/* Takes a head.  FALSE: it cannot be read. */
gboolean wsi_http_exchange_take_head (WsiHttpExchange *self,
                                      guint            side,
                                      const guint8    *at,
                                      gsize            length,
                                      gint64           time_us);
gsize    wsi_http_exchange_take_body (WsiHttpExchange *self,
                                      guint            side,
                                      const guint8    *at,
                                      gsize            length,
                                      gint64           time_us);
/* Skips missing bytes of a body.  FALSE: the end of the body, or of what follows it, is not known
 * after them. */
gboolean wsi_http_exchange_skip_body (WsiHttpExchange *self,
                                      guint            side,
                                      guint64          length,
                                      gint64           time_us);
/* The response is complete and was no 101: the client goes on with HTTP. */
void     wsi_http_exchange_end_response (WsiHttpExchange *self,
                                         gint64           time_us);

G_END_DECLS
