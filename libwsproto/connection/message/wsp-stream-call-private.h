/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The asynchronous calls of the streams of messages.  The default implementations of GIO would
 * wait in the context of the caller, which is not woken when the connection gets input or room. */
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
  WspStreamTransferFunc transfer;       /* called when the stream is ready or the call is cancelled */
  void                 *to;             /* a read sets `to`, a write sets `from`; the caller keeps the memory until the call has ended */
  const void           *from;
  gsize                 count;
  int                   priority;
  GCancellable         *cancellable;
};

/* Waits in the context of the reactor.  completion: taken; returns the number of transferred
 * bytes. */
void   wsp_stream_call_start  (const WspStreamCall *call,
                               WspReactor          *reactor,
                               WspCompletion       *completion);

/* FALSE: another thread runs the context of the connection; logs a critical, and sets the error.
 * reactor NULL: the stream has no connection (g_object_new () made it). */
gboolean wsp_stream_check_thread (GObject    *stream,
                                  WspReactor *reactor,
                                  GError    **error);

G_END_DECLS
