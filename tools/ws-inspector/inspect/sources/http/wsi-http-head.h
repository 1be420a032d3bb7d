/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The head of an HTTP/1 message, as far as the length of its body and an upgrade depend on it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_HTTP_REQUEST,
  WSI_HTTP_RESPONSE,
} WsiHttpKind;

typedef enum
{
  WSI_HTTP_METHOD_OTHER,
  WSI_HTTP_METHOD_HEAD,
  WSI_HTTP_METHOD_CONNECT,
} WsiHttpMethod;

typedef struct
{
  WsiHttpMethod method;
  guint         status;
  gboolean      is_websocket;   /* an Upgrade header names WebSocket */
  gboolean      is_chunked;
  gboolean      has_length;
  guint64       length;         /* length of the body */
} WsiHttpHead;

/* The length of the head with its empty line; 0: it goes on.  The first n_searched bytes were
 * searched before. */
gsize    wsi_http_head_find_end       (const guint8 *at,
                                       gsize         length,
                                       gsize         n_searched);
/* Goes to the end of a head that is not kept, which comes in pieces.  Returns how many of the bytes
 * belong to it; has_ended is set behind its empty line. */
gsize    wsi_http_head_skip           (gboolean     *is_line_ended,
                                       gboolean     *has_ended,
                                       const guint8 *at,
                                       gsize         length);
/* Reads a head with its empty line; FALSE: it is not HTTP/1. */
gboolean wsi_http_head_parse          (WsiHttpHead  *self,
                                       WsiHttpKind   kind,
                                       const guint8 *at,
                                       gsize         length);
/* The value of Sec-WebSocket-Extensions; empty: there is none. */
char    *wsi_http_head_dup_extensions (const guint8 *at,
                                       gsize         length);

G_END_DECLS
