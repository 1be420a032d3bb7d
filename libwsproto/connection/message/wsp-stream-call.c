/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/message/wsp-stream-call-private.h"

#include <libwsproto/base/wsp-error.h>

#include "reactor/wsp-reactor-private.h"

typedef struct
{
  WspStreamCall  call;
  WspCompletion *completion;            /* call of the program, which holds a reference to the
                                           stream */
} WaitingCall;

static void
waiting_call_free (gpointer data)
{
  WaitingCall *self = data;

  g_clear_object (&self->call.cancellable);
  g_clear_object (&self->completion);   /* has no result if the context was freed */
  g_free (self);
}

/* FALSE: the call has to wait. */
static gboolean
stream_call_transfer (const WspStreamCall *call,
                      WspCompletion      **completion)
{
  GError *error = NULL;
  gssize n;

  if (!call->is_ready (call->stream) && !g_cancellable_is_cancelled (call->cancellable))
    return FALSE;

  n = call->transfer (call, &error);
  if (error != NULL)
    wsp_completion_return_error (g_steal_pointer (completion), error);
  else
    wsp_completion_return_number (g_steal_pointer (completion), n);
  return TRUE;
}

static gboolean
stream_call_on_ready (GObject *stream,
                      gpointer data)
{
  WaitingCall *self = data;

  return stream_call_transfer (&self->call, &self->completion) ? G_SOURCE_REMOVE
    : G_SOURCE_CONTINUE;
}

void
wsp_stream_call_start (const WspStreamCall *call,
                       WspReactor          *reactor,
                       WspCompletion       *completion)
{
  if (stream_call_transfer (call, &completion))
    return;

  g_autoptr (GSource) source =
    wsp_stream_source_new (call->stream, call->is_ready, call->cancellable);
  WaitingCall *waiting = g_new0 (WaitingCall, 1);

  waiting->call = *call;
  waiting->completion = completion;
  if (call->cancellable != NULL)
    g_object_ref (call->cancellable);
  g_source_set_priority (source, call->priority);
  g_source_set_callback (source, G_SOURCE_FUNC (stream_call_on_ready), waiting, waiting_call_free);
  g_source_attach (source, wsp_reactor_get_context (reactor));
}

gboolean
wsp_stream_check_thread (GObject    *stream,
                         WspReactor *reactor,
                         GError    **error)
{
  if (reactor == NULL || wsp_reactor_is_in_thread (reactor))
    return TRUE;

  g_log (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL,
         "%s of a connection was called in another thread: expected the one that runs its main"
         " context", G_OBJECT_TYPE_NAME (stream));
  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION,
                       "Stream of another thread: expected a call from the thread of its connection");
  return FALSE;
}
