/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The asynchronous calls of the streams of messages.  GIO's own would wait in the context of the
 * caller, which nothing wakes when the connection gets input or room. */
#pragma once

#include "connection/message/wsp-stream-source-private.h"
#include "reactor/wsp-completion-private.h"

G_BEGIN_DECLS

typedef struct _WspStreamCall WspStreamCall;
typedef gssize (*WspStreamTransferFunc) (const WspStreamCall *call,
                                         GError             **error);

struct _WspStreamCall
{
  GObject              *stream;
  WspStreamReadyFunc    is_ready;
  WspStreamTransferFunc transfer;       /* called if it is ready or cancelled */
  void                 *to;             /* one of `to` and `from` is set, to memory that is the caller's until the call has ended */
  const void           *from;
  gsize                 count;
  int                   priority;
  GCancellable         *cancellable;
};

/* Waits in the context of the reactor, and ends completion, which is taken, with the number of
 * bytes that were transferred. */
void   wsp_stream_call_start  (const WspStreamCall *call,
                               WspReactor          *reactor,
                               WspCompletion       *completion);

/* FALSE: a critical, and an error, because another thread runs the context of the connection.
 * reactor: NULL for a stream that a script made. */
gboolean wsp_stream_check_thread (GObject    *stream,
                                  WspReactor *reactor,
                                  GError    **error);

G_END_DECLS
