/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Finds the end of the body of an HTTP/1 message (RFC 9112 6 and 7). */
#pragma once

#include "inspect/sources/http/wsi-http-head.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_HTTP_BODY_DONE,
  WSI_HTTP_BODY_LENGTH,
  WSI_HTTP_BODY_CHUNK_SIZE,
  WSI_HTTP_BODY_CHUNK_EXTENSION,
  WSI_HTTP_BODY_CHUNK,
  WSI_HTTP_BODY_CHUNK_END,
  WSI_HTTP_BODY_TRAILER,
  WSI_HTTP_BODY_TO_END,         /* a body up to the end of the connection */
} WsiHttpBodyState;

/* How exact the lines between chunks must be. */
typedef enum
{
  WSI_HTTP_CHUNKS_OBSERVED,     /* as observers are: they follow what peers accept, such as bare
                                 * line feeds */
  WSI_HTTP_CHUNKS_EXACT,        /* RFC 9112 7.1, exactly: no parser can find another end of the
                                 * body */
} WsiHttpChunks;

typedef struct
{
  WsiHttpBodyState state;
  WsiHttpChunks    chunks;
  guint64          n_left;      /* bytes of the body or chunk that follow */
  guint            n_digits;
  gsize            n_line;      /* characters of the trailer's current line */
  gboolean         has_return;  /* the last byte between chunks is a carriage return */
} WsiHttpBody;

void     wsi_http_body_begin_request  (WsiHttpBody       *self,
                                       const WsiHttpHead *head,
                                       WsiHttpChunks      chunks);
/* Begins the body of a response.  method: that of the request. */
void     wsi_http_body_begin_response (WsiHttpBody       *self,
                                       const WsiHttpHead *head,
                                       WsiHttpMethod      method);
/* Returns how many bytes belong to the message; fewer than there are: its state is DONE. */
gsize    wsi_http_body_take           (WsiHttpBody  *self,
                                       const guint8 *at,
                                       gsize         length);
/* Skips missing bytes; FALSE: they hide where the message ends. */
gboolean wsi_http_body_skip           (WsiHttpBody *self,
                                       guint64      length);

G_END_DECLS
