/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Message stream: pieces of one message in, bytes to be read out.
 *
 * The owner is kept exactly while the message has not ended or failed and the stream is not
 * closed.
 */
#include "connection/message/wsp-message-stream-private.h"

#include <libwsproto/base/wsp-enum-types.h>

#include "connection/message/wsp-stream-call-private.h"
#include "reactor/wsp-last-reference-private.h"

struct _WspMessageStream
{
  GInputStream                 parent_instance;
  WspMessageType               message_type;
  WspReactor                  *reactor;         /* reactor of the connection */
  GObject                     *owner;           /* connection that receives the message; NULL: the
                                                   message has ended or failed */
  const WspMessageStreamFuncs *funcs;
  GByteArray                  *held;
  gsize                        n_read;          /* offset of the next byte in held */
  GError                      *error;           /* why the stream failed; NULL: no error */
};

static const char read_tag[] = "read";
static const char close_tag[] = "close";

enum
{
  PROP_0,
  PROP_MESSAGE_TYPE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void wsp_message_stream_pollable_init (GPollableInputStreamInterface *iface);

/**
 * WspMessageStream:
 *
 * A message that is read while it is still being received. The message may be larger than the
 * memory of a program, and larger than [property@Wsp.Limits:max-message-size]. Text is checked
 * piece by piece; a piece that is not UTF-8 cannot be read.
 *
 * Asynchronous reads wait for the peer. A synchronous read returns bytes that were received. If
 * there are none, the read fails with %G_IO_ERROR_WOULD_BLOCK, because the main loop has to run to
 * receive more. At the end of the message a read returns 0. If the connection ends before, a read
 * fails as all calls of the connection do (see [class@Wsp.Connection]). The connection reads ahead
 * at most 64 KiB and what its last read returned.
 * A read that was cancelled has taken nothing: the next read returns the bytes.
 *
 * The callback of an asynchronous read or close runs in the context that is the thread-default one
 * during the call, or in that of the connection if no context was pushed.
 *
 * Closing the stream, or dropping the last reference, before the end skips the rest of the
 * message.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE_WITH_CODE (WspMessageStream, wsp_message_stream, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      wsp_message_stream_pollable_init))

static gboolean
message_stream_is_ready (GObject *stream)
{
  WspMessageStream *self = WSP_MESSAGE_STREAM (stream);

  return self->held->len > self->n_read || self->owner == NULL;
}

gsize
wsp_message_stream_get_held (WspMessageStream *self)
{
  return self->held->len - self->n_read;
}

static gsize
message_stream_take_held (WspMessageStream *self,
                          guint8           *buffer,
                          gsize             count)
{
  gsize length = MIN (count, wsp_message_stream_get_held (self));

  memcpy (buffer, self->held->data + self->n_read, length);
  self->n_read += length;
  if (self->n_read == self->held->len)
    {
      g_byte_array_set_size (self->held, 0);
      self->n_read = 0;
    }
  return length;
}

static gssize
wsp_message_stream_read (GInputStream *stream,
                         void         *buffer,
                         gsize         count,
                         GCancellable *cancellable,
                         GError      **error)
{
  WspMessageStream *self = WSP_MESSAGE_STREAM (stream);
  gsize held;

  if (!wsp_stream_check_thread (G_OBJECT (self), self->reactor, error))
    return -1;

  held = wsp_message_stream_get_held (self);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  if (held > 0)
    {
      gsize length = message_stream_take_held (self, buffer, count);

      if (self->owner != NULL && held >= WSP_MESSAGE_STREAM_ROOM &&
          held - length < WSP_MESSAGE_STREAM_ROOM)
        self->funcs->drained (self->owner);
      return length;
    }

  if (self->error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->error));
      return -1;
    }

  if (self->owner == NULL)
    return 0;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                       "Nothing more of the message has come yet");
  return -1;
}

static gssize
message_stream_transfer (const WspStreamCall *call,
                         GError             **error)
{
  return wsp_message_stream_read (G_INPUT_STREAM (call->stream), call->to, call->count,
                                  call->cancellable, error);
}

/* A stream that a script makes has no connection. */
static WspReactor *
message_stream_ensure_reactor (GInputStream *stream)
{
  WspMessageStream *self = WSP_MESSAGE_STREAM (stream);

  if (self->reactor == NULL)
    self->reactor = wsp_reactor_ref_thread_default ();

  return self->reactor;
}

static void
wsp_message_stream_read_async (GInputStream       *stream,
                               void               *buffer,
                               gsize               count,
                               int                 priority,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  const WspStreamCall call = {
    .stream = G_OBJECT (stream), .is_ready = message_stream_is_ready, .transfer = message_stream_transfer, .to = buffer,
    .count = count, .priority = priority, .cancellable = cancellable,
  };
  WspReactor *reactor = message_stream_ensure_reactor (stream);

  if (!wsp_stream_check_thread (G_OBJECT (stream), reactor, NULL))
    return;

  wsp_stream_call_start (&call, reactor, wsp_completion_new (reactor, stream, read_tag, cancellable,
                                                             callback, user_data));
}

static gssize
wsp_message_stream_read_finish (GInputStream *stream,
                                GAsyncResult *result,
                                GError      **error)
{
  g_return_val_if_fail (wsp_completion_is_valid (result, stream, read_tag), -1);

  return wsp_completion_propagate_number (WSP_COMPLETION (result), error);
}

static gboolean
wsp_message_stream_close (GInputStream *stream,
                          GCancellable *cancellable,
                          GError      **error)
{
  WspMessageStream *self = WSP_MESSAGE_STREAM (stream);
  g_autoptr (GObject) owner = NULL;

  if (!wsp_stream_check_thread (G_OBJECT (self), self->reactor, error))
    return FALSE;

  owner = g_steal_pointer (&self->owner);
  if (owner != NULL)
    self->funcs->dropped (owner);
  return TRUE;
}

/* GInputStream would close in another thread; closing does not wait, so it is done here. */
static void
wsp_message_stream_close_async (GInputStream       *stream,
                                int                 priority,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  WspReactor *reactor = message_stream_ensure_reactor (stream);
  WspCompletion *completion;

  if (!wsp_stream_check_thread (G_OBJECT (stream), reactor, NULL))
    return;

  completion = wsp_completion_new (reactor, stream, close_tag, cancellable, callback, user_data);
  wsp_message_stream_close (stream, cancellable, NULL);
  wsp_completion_return_number (completion, 0);
}

static gboolean
wsp_message_stream_close_finish (GInputStream *stream,
                                 GAsyncResult *result,
                                 GError      **error)
{
  g_return_val_if_fail (wsp_completion_is_valid (result, stream, close_tag), FALSE);

  return wsp_completion_propagate_number (WSP_COMPLETION (result), error) >= 0;
}

static gboolean
wsp_message_stream_is_readable (GPollableInputStream *stream)
{
  return message_stream_is_ready (G_OBJECT (stream));
}

static GSource *
wsp_message_stream_create_source (GPollableInputStream *stream,
                                  GCancellable         *cancellable)
{
  return wsp_stream_source_new (G_OBJECT (stream), message_stream_is_ready, cancellable);
}

static void
wsp_message_stream_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = wsp_message_stream_is_readable;
  iface->create_source = wsp_message_stream_create_source;
}

static void
wsp_message_stream_get_property (GObject    *object,
                                 guint       property,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  WspMessageStream *self = WSP_MESSAGE_STREAM (object);

  switch (property)
    {
    case PROP_MESSAGE_TYPE:
      g_value_set_enum (value, self->message_type);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
wsp_message_stream_dispose (GObject *object)
{
  if (wsp_last_reference_is_elsewhere (WSP_MESSAGE_STREAM (object)->reactor, object))
    return;

  G_OBJECT_CLASS (wsp_message_stream_parent_class)->dispose (object);
}

static void
wsp_message_stream_finalize (GObject *object)
{
  WspMessageStream *self = WSP_MESSAGE_STREAM (object);

  g_assert (self->owner == NULL);
  g_byte_array_unref (self->held);
  g_clear_error (&self->error);
  g_clear_pointer (&self->reactor, wsp_reactor_unref);

  G_OBJECT_CLASS (wsp_message_stream_parent_class)->finalize (object);
}

static void
wsp_message_stream_class_init (WspMessageStreamClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (class);

  object_class->get_property = wsp_message_stream_get_property;
  object_class->dispose = wsp_message_stream_dispose;
  object_class->finalize = wsp_message_stream_finalize;
  stream_class->read_fn = wsp_message_stream_read;
  stream_class->read_async = wsp_message_stream_read_async;
  stream_class->read_finish = wsp_message_stream_read_finish;
  stream_class->close_fn = wsp_message_stream_close;
  stream_class->close_async = wsp_message_stream_close_async;
  stream_class->close_finish = wsp_message_stream_close_finish;

  /**
   * WspMessageStream:message-type: (getter get_message_type)
   *
   * Whether the message is text or binary. See RFC 6455, section 5.6.
   *
   * Since: 0.1
   */
  properties[PROP_MESSAGE_TYPE] =
    g_param_spec_enum ("message-type", NULL, NULL, WSP_TYPE_MESSAGE_TYPE, WSP_MESSAGE_TYPE_TEXT,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wsp_message_stream_init (WspMessageStream *self)
{
  self->message_type = WSP_MESSAGE_TYPE_TEXT;
  self->held = g_byte_array_new ();
}

WspMessageStream *
wsp_message_stream_new (WspReactor                  *reactor,
                        WspMessageType               message_type,
                        GObject                     *owner,
                        const WspMessageStreamFuncs *funcs)
{
  WspMessageStream *self = g_object_new (WSP_TYPE_MESSAGE_STREAM, NULL);

  self->reactor = wsp_reactor_ref (reactor);
  self->message_type = message_type;
  self->owner = g_object_ref (owner);
  self->funcs = funcs;
  return self;
}

void
wsp_message_stream_add (WspMessageStream *self,
                        const guint8     *data,
                        gsize             length)
{
  /* Bytes that were read are removed when they are the larger part: the array stays small. */
  if (self->n_read > self->held->len / 2)
    {
      g_byte_array_remove_range (self->held, 0, self->n_read);
      self->n_read = 0;
    }
  if (length > 0)
    g_byte_array_append (self->held, data, length);
}

void
wsp_message_stream_end (WspMessageStream *self)
{
  g_clear_object (&self->owner);
}

void
wsp_message_stream_fail (WspMessageStream *self,
                         GError           *error)
{
  self->error = error;
  g_clear_object (&self->owner);
}

/**
 * wsp_message_stream_get_message_type: (get-property message-type)
 * @self: a message stream
 *
 * Gets whether the message is text or binary.
 *
 * Returns: the type
 *
 * Since: 0.1
 */
WspMessageType
wsp_message_stream_get_message_type (WspMessageStream *self)
{
  g_return_val_if_fail (WSP_IS_MESSAGE_STREAM (self), WSP_MESSAGE_TYPE_BINARY);
  g_return_val_if_fail (self->reactor == NULL || wsp_reactor_is_in_thread (self->reactor),
                        WSP_MESSAGE_TYPE_BINARY);

  return self->message_type;
}
