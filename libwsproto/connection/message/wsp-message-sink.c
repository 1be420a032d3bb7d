/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Message sink: joins writes to fragments of a message; closing the stream sends the last fragment
 * (RFC 6455 5.4).
 *
 * The owner is kept exactly while the message has not ended.
 *
 * (1) Without an owner nothing is held.
 *
 * After a write, held has less than one part, all of it written since the last turn.
 *
 * docs/rationales/sending.md has the reasons.
 */
#include "connection/message/wsp-message-sink-private.h"

#include "base/wsp-error-private.h"
#include "connection/message/wsp-stream-call-private.h"
#include "core/bytes/utf8.h"
#include "reactor/wsp-last-reference-private.h"

/* A write takes at most this many bytes, so that pings can go between the parts, and
 * max-send-queue is checked again. */
#define MAX_WRITE (64 * 1024)

struct _WspMessageSink
{
  GOutputStream              parent_instance;
  WspMessageType             message_type;
  WspSendFlags               flags;
  WspReactor                *reactor;
  GObject                   *owner;             /* connection that sends the message; NULL: the
                                                   message has ended or was given up */
  const WspMessageSinkFuncs *funcs;
  GByteArray                *held;
  WscUtf8                    utf8;              /* the state of the check of the written text */
};

static const char write_tag[] = "write";
static const char close_tag[] = "close";

static void wsp_message_sink_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WspMessageSink, wsp_message_sink, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      wsp_message_sink_pollable_init))

static void
set_held (WspMessageSink *self,
          gsize           before)
{
  if (self->held->len == before)
    return;

  g_assert (self->owner != NULL);       /* (1) */
  self->funcs->note_held (self->owner, self, before, self->held->len);
}

void
wsp_message_sink_drop (WspMessageSink *self)
{
  gsize before = self->held->len;

  g_byte_array_set_size (self->held, 0);
  set_held (self, before);
}

static void
message_sink_give_up (WspMessageSink *self)
{
  wsp_message_sink_drop (self);

  g_autoptr (GObject) owner = g_steal_pointer (&self->owner);

  if (owner != NULL)
    self->funcs->give_up (owner);
}

static GBytes *
message_sink_take_held (WspMessageSink *self,
                        gsize           length)
{
  gsize before = self->held->len;
  GBytes *bytes;

  if (length < before)
    {
      bytes = g_bytes_new (self->held->data, length);
      g_byte_array_remove_range (self->held, 0, length);
    }
  else
    {
      bytes = g_byte_array_free_to_bytes (self->held);
      self->held = g_byte_array_new ();
    }
  set_held (self, before);
  return bytes;
}

static gboolean
send_held (WspMessageSink *self,
           WspMessagePart  part,
           gsize           length,
           GError        **error)
{
  g_autoptr (GBytes) bytes = message_sink_take_held (self, length);

  return self->funcs->send (self->owner, self->message_type, self->flags, part, bytes, error);
}

void
wsp_message_sink_leave (WspMessageSink *self)
{
  GObject *owner = g_object_ref (self->owner);

  /* An error that refuses this part also refuses the next write, which returns the error. */
  send_held (self, WSP_MESSAGE_PART, self->held->len, NULL);
  g_object_unref (owner);
}

/* GOutputStream refuses later writes, but not a write that waited while the stream was disposed
 * of, nor a write to a stream that a script made. */
static gboolean
check_owner (WspMessageSink *self,
             GError        **error)
{
  if (self->owner != NULL)
    return self->funcs->check (self->owner, error);

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "Stream is closed");
  return FALSE;
}

/* Text is checked before it is joined to other writes: only the write with invalid text fails. */
static gboolean
message_sink_check_text (WspMessageSink *self,
                         const void     *buffer,
                         gsize           length,
                         GError        **error)
{
  WscUtf8 utf8 = self->utf8;

  if (!wsc_utf8_check (&utf8, (WscBytes) { buffer, length }))
    {
      wsp_error_from_fault (error, WSC_FAULT_TEXT_TO_SEND_NOT_UTF8, 0, NULL);
      return FALSE;
    }

  self->utf8 = utf8;
  return TRUE;
}

static gssize
wsp_message_sink_write (GOutputStream *stream,
                        const void    *buffer,
                        gsize          count,
                        GCancellable  *cancellable,
                        GError       **error)
{
  WspMessageSink *self = WSP_MESSAGE_SINK (stream);
  gsize length = MIN (count, MAX_WRITE), before = self->held->len;
  WspMessageSinkForm form;

  if (!wsp_stream_check_thread (G_OBJECT (self), self->reactor, error) ||
      g_cancellable_set_error_if_cancelled (cancellable, error) || !check_owner (self, error))
    return -1;

  self->funcs->get_form (self->owner, &form);
  if (self->message_type == WSP_MESSAGE_TYPE_TEXT && form.is_text_checked &&
      !message_sink_check_text (self, buffer, length, error))
    return -1;

  g_byte_array_append (self->held, buffer, length);
  set_held (self, before);

  gsize whole = self->held->len - self->held->len % form.length;

  return whole == 0 || send_held (self, WSP_MESSAGE_PART, whole, error) ? (gssize) length : -1;
}

static gboolean
message_sink_is_ready (GObject *stream)
{
  WspMessageSink *self = WSP_MESSAGE_SINK (stream);

  return self->owner == NULL || self->funcs->is_writable (self->owner);
}

static gssize
message_sink_transfer (const WspStreamCall *call,
                       GError             **error)
{
  return wsp_message_sink_write (G_OUTPUT_STREAM (call->stream), call->from, call->count,
                                 call->cancellable, error);
}

/* A stream that a script makes has no connection. */
static WspReactor *
message_sink_ensure_reactor (GOutputStream *stream)
{
  WspMessageSink *self = WSP_MESSAGE_SINK (stream);

  if (self->reactor == NULL)
    self->reactor = wsp_reactor_ref_thread_default ();

  return self->reactor;
}

static void
wsp_message_sink_write_async (GOutputStream      *stream,
                              const void         *buffer,
                              gsize               count,
                              int                 priority,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  const WspStreamCall call = {
    .stream = G_OBJECT (stream), .is_ready = message_sink_is_ready, .transfer = message_sink_transfer, .from = buffer,
    .count = count, .priority = priority, .cancellable = cancellable,
  };
  WspReactor *reactor = message_sink_ensure_reactor (stream);

  if (!wsp_stream_check_thread (G_OBJECT (stream), reactor, NULL))
    return;

  wsp_stream_call_start (&call, reactor, wsp_completion_new (reactor, stream, write_tag,
                                                             cancellable, callback, user_data));
}

static gssize
wsp_message_sink_write_finish (GOutputStream *stream,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (wsp_completion_is_valid (result, stream, write_tag), -1);

  return wsp_completion_propagate_number (WSP_COMPLETION (result), error);
}

/* A call may write less than it was given: it writes the first vector that is not empty. */
static void
wsp_message_sink_writev_async (GOutputStream       *stream,
                               const GOutputVector *vectors,
                               gsize                n_vectors,
                               int                  priority,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  const GOutputVector none = { NULL, 0 };
  const GOutputVector *first = &none;

  for (gsize i = 0; i < n_vectors && first->size == 0; i++)
    first = &vectors[i];
  wsp_message_sink_write_async (stream, first->buffer, first->size, priority, cancellable, callback,
                                user_data);
}

static gboolean
wsp_message_sink_writev_finish (GOutputStream *stream,
                                GAsyncResult  *result,
                                gsize         *n_written,
                                GError       **error)
{
  gssize n = wsp_message_sink_write_finish (stream, result, error);

  if (n_written != NULL)
    *n_written = MAX (n, 0);
  return n >= 0;
}

/* A message that cannot be completed is abandoned: the peer must not take it for a complete
 * message. */
static gboolean
wsp_message_sink_close (GOutputStream *stream,
                        GCancellable  *cancellable,
                        GError       **error)
{
  WspMessageSink *self = WSP_MESSAGE_SINK (stream);

  if (!wsp_stream_check_thread (G_OBJECT (self), self->reactor, error))
    return FALSE;

  if (self->owner == NULL)
    return TRUE;

  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !send_held (self, WSP_MESSAGE_LAST_PART, self->held->len, error))
    {
      message_sink_give_up (self);
      return FALSE;
    }

  g_clear_object (&self->owner);
  return TRUE;
}

/* GOutputStream would close in another thread; closing does not wait, so it is done here. */
static void
wsp_message_sink_close_async (GOutputStream      *stream,
                              int                 priority,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  WspReactor *reactor = message_sink_ensure_reactor (stream);
  WspCompletion *completion;
  GError *error = NULL;

  if (!wsp_stream_check_thread (G_OBJECT (stream), reactor, NULL))
    return;

  completion = wsp_completion_new (reactor, stream, close_tag, cancellable, callback, user_data);
  if (wsp_message_sink_close (stream, cancellable, &error))
    wsp_completion_return_number (completion, 0);
  else
    wsp_completion_return_error (completion, error);
}

static gboolean
wsp_message_sink_close_finish (GOutputStream *stream,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (wsp_completion_is_valid (result, stream, close_tag), FALSE);

  return wsp_completion_propagate_number (WSP_COMPLETION (result), error) >= 0;
}

static gboolean
wsp_message_sink_is_writable (GPollableOutputStream *stream)
{
  return message_sink_is_ready (G_OBJECT (stream));
}

static GSource *
wsp_message_sink_create_source (GPollableOutputStream *stream,
                                GCancellable          *cancellable)
{
  return wsp_stream_source_new (G_OBJECT (stream), message_sink_is_ready, cancellable);
}

static void
wsp_message_sink_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = wsp_message_sink_is_writable;
  iface->create_source = wsp_message_sink_create_source;
}

/* GOutputStream closes a stream whose last reference is dropped, which would send half a message
 * as a whole one. */
static void
wsp_message_sink_dispose (GObject *object)
{
  WspMessageSink *self = WSP_MESSAGE_SINK (object);

  if (wsp_last_reference_is_elsewhere (self->reactor, object))
    return;

  message_sink_give_up (self);

  G_OBJECT_CLASS (wsp_message_sink_parent_class)->dispose (object);
}

static void
wsp_message_sink_finalize (GObject *object)
{
  WspMessageSink *self = WSP_MESSAGE_SINK (object);

  g_byte_array_unref (self->held);
  g_clear_pointer (&self->reactor, wsp_reactor_unref);

  G_OBJECT_CLASS (wsp_message_sink_parent_class)->finalize (object);
}

static void
wsp_message_sink_class_init (WspMessageSinkClass *class)
{
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsp_message_sink_dispose;
  G_OBJECT_CLASS (class)->finalize = wsp_message_sink_finalize;
  stream_class->write_fn = wsp_message_sink_write;
  stream_class->write_async = wsp_message_sink_write_async;
  stream_class->write_finish = wsp_message_sink_write_finish;
  stream_class->writev_async = wsp_message_sink_writev_async;
  stream_class->writev_finish = wsp_message_sink_writev_finish;
  stream_class->close_fn = wsp_message_sink_close;
  stream_class->close_async = wsp_message_sink_close_async;
  stream_class->close_finish = wsp_message_sink_close_finish;
}

static void
wsp_message_sink_init (WspMessageSink *self)
{
  self->held = g_byte_array_new ();
}

GOutputStream *
wsp_message_sink_new (WspReactor                *reactor,
                      WspMessageType             message_type,
                      WspSendFlags               flags,
                      GObject                   *owner,
                      const WspMessageSinkFuncs *funcs)
{
  WspMessageSink *self = g_object_new (WSP_TYPE_MESSAGE_SINK, NULL);

  self->reactor = wsp_reactor_ref (reactor);
  self->message_type = message_type;
  self->flags = flags;
  self->owner = g_object_ref (owner);
  self->funcs = funcs;
  return G_OUTPUT_STREAM (self);
}
