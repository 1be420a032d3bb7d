/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Transport over a stream that has only asynchronous calls.  At most one read and one write are
 * under way, each with a buffer of the transport: the owner's memory is valid only during the
 * owner's call, which is shorter.
 *
 *   OPEN --> SHUT_DOWN
 *   either, when the owner closes --> FINISHING --> CLOSING
 *
 * Two members are independent of the state: calls (those under way) and has_input_ended (the peer
 * has ended its direction).
 *
 * A read is under way only while the owner has read all bytes of the last read.
 *
 * A write has a copy of the first bytes that the owner offers; they count as written when the call
 * has returned.
 */
#include "reactor/wsp-transport-kind-private.h"

#include <string.h>

#define READ_SIZE (16 * 1024)
#define WRITE_SIZE (64 * 1024)

typedef enum
{
  OPEN,                         /* the owner reads and writes */
  SHUT_DOWN,                    /* the output is closed, or being closed; the owner reads */
  FINISHING,                    /* closed by the owner: the calls are cancelled and will return */
  CLOSING,                      /* the stream is being closed; no other call may be under way */
} AsyncState;

typedef enum
{
  CALL_READ = 1 << 0,
  CALL_WRITE = 1 << 1,
  CALL_CLOSE_OUTPUT = 1 << 2,
} AsyncCalls;

typedef struct
{
  WspTransport  base;           /* the first member: its address is that of the struct */
  GInputStream  *input;
  GOutputStream *output;
  GCancellable  *cancellable;
  guint8        *read_buffer, *write_buffer;
  gsize          read_at, read_length;          /* place and length of the input that the owner has
                                                   not read yet */
  gsize          n_written;                     /* number of bytes that were written, and not
                                                   reported to the owner yet */
  AsyncState     state;
  AsyncCalls     calls;         /* the calls that are under way */
  gboolean       has_input_ended;
} AsyncTransport;

static void
transport_async_enter (AsyncTransport *self,
                       AsyncState      state)
{
  g_assert (state > self->state);
  g_assert (state != CLOSING || self->calls == 0);

  self->state = state;
  if (state == CLOSING)
    wsp_transport_close_stream (&self->base);
}

static void
transport_async_close_when_free (AsyncTransport *self)
{
  if (self->state == FINISHING && self->calls == 0 &&
      !wsp_reactor_is_inherited (self->base.reactor))
    transport_async_enter (self, CLOSING);
}

static void
transport_async_end_call (AsyncTransport *self,
                          AsyncCalls      call,
                          WspWatchEvents  events)
{
  self->calls &= ~call;
  wsp_transport_queue_notify (&self->base, events, WSP_DUE_THIS_DISPATCH);
  transport_async_close_when_free (self);
  wsp_transport_unref (&self->base);
}

static void
transport_async_on_read (GObject      *source,
                         GAsyncResult *result,
                         gpointer      data)
{
  AsyncTransport *self = data;
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  self->read_at = 0;
  self->read_length = MAX (n, 0);
  self->has_input_ended = n == 0;
  if (error != NULL)
    wsp_transport_fail (&self->base, error);
  transport_async_end_call (self, CALL_READ, WSP_WATCH_READ);
}

static void
transport_async_on_written (GObject      *source,
                            GAsyncResult *result,
                            gpointer      data)
{
  AsyncTransport *self = data;
  GError *error = NULL;
  gssize n = g_output_stream_write_finish (G_OUTPUT_STREAM (source), result, &error);

  self->n_written = MAX (n, 0);
  g_clear_pointer (&self->write_buffer, g_free);
  if (error != NULL)
    wsp_transport_ensure_rest (&self->base)->write_error = error;
  transport_async_end_call (self, CALL_WRITE, WSP_WATCH_WRITE);
}

static void
transport_async_on_ended (GObject      *source,
                          GAsyncResult *result,
                          gpointer      data)
{
  AsyncTransport *self = data;

  g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, NULL);
  transport_async_end_call (self, CALL_CLOSE_OUTPUT, WSP_WATCH_NOTHING);
}

static gboolean
has_input (AsyncTransport *self)
{
  return self->read_length > 0 || self->has_input_ended || wsp_transport_has_failed (&self->base);
}

static void
transport_async_arm (WspTransport *base)
{
  AsyncTransport *self = (AsyncTransport *) base;

  if (base->events & WSP_WATCH_WRITE && (self->calls & CALL_WRITE) == 0)
    wsp_transport_queue_notify (base, WSP_WATCH_WRITE, WSP_DUE_NEXT_DISPATCH);

  if ((base->events & WSP_WATCH_READ) == 0 || self->calls & CALL_READ)
    return;

  if (has_input (self))
    {
      wsp_transport_queue_notify (base, WSP_WATCH_READ, WSP_DUE_NEXT_DISPATCH);
      return;
    }

  if (self->read_buffer == NULL)
    self->read_buffer = g_malloc (READ_SIZE);
  self->calls |= CALL_READ;
  wsp_reactor_push_context (base->reactor);
  g_input_stream_read_async (self->input, self->read_buffer, READ_SIZE, G_PRIORITY_DEFAULT,
                             self->cancellable, transport_async_on_read, wsp_transport_ref (base));
  wsp_reactor_pop_context (base->reactor);
}

static gssize
read_async (WspTransport       *base,
            const struct iovec *vectors,
            guint               n_vectors,
            GError            **error)
{
  AsyncTransport *self = (AsyncTransport *) base;
  gsize total = 0;

  if (base->rest->share != NULL && wsp_transport_check_share (base))
    return wsp_transport_return_error (base, error);

  for (guint i = 0; i < n_vectors && self->read_length > 0; i++)
    {
      gsize n = MIN (vectors[i].iov_len, self->read_length);

      memcpy (vectors[i].iov_base, self->read_buffer + self->read_at, n);
      self->read_at += n;
      self->read_length -= n;
      total += n;
    }

  if (total > 0)
    return total;
  if (wsp_transport_has_failed (base))
    return wsp_transport_return_error (base, error);

  return self->has_input_ended ? 0 : WSP_TRANSPORT_WOULD_BLOCK;
}

static gsize
copy_vectors (const struct iovec *vectors,
              guint               n_vectors,
              guint8             *buffer,
              gsize               size)
{
  gsize length = 0;

  for (guint i = 0; i < n_vectors; i++)
    {
      gsize n = MIN (vectors[i].iov_len, size - length);

      if (n > 0)
        memcpy (buffer + length, vectors[i].iov_base, n);
      length += n;
    }

  return length;
}

static gsize
transport_async_get_length (const struct iovec *vectors,
                            guint               n_vectors)
{
  gsize length = 0;

  for (guint i = 0; i < n_vectors; i++)
    length += vectors[i].iov_len;

  return length;
}

static gssize
write_async (WspTransport       *base,
             const struct iovec *vectors,
             guint               n_vectors,
             GError            **error)
{
  AsyncTransport *self = (AsyncTransport *) base;
  gsize n_written = self->n_written;

  if (n_written > 0)
    {
      self->n_written = 0;
      return n_written;
    }

  if (wsp_transport_has_failed (base) || wsp_transport_peek_write_error (base) != NULL)
    return wsp_transport_return_write_error (base, error);
  if (self->calls & CALL_WRITE)
    return WSP_TRANSPORT_WOULD_BLOCK;

  gsize size = MIN (transport_async_get_length (vectors, n_vectors), WRITE_SIZE);

  self->write_buffer = g_malloc (size);
  self->calls |= CALL_WRITE;
  wsp_reactor_push_context (base->reactor);
  g_output_stream_write_async (self->output, self->write_buffer,
                               copy_vectors (vectors, n_vectors, self->write_buffer, size),
                               G_PRIORITY_DEFAULT, self->cancellable, transport_async_on_written,
                               wsp_transport_ref (base));
  wsp_reactor_pop_context (base->reactor);
  return WSP_TRANSPORT_WOULD_BLOCK;
}

static void
shutdown_output (WspTransport *base)
{
  AsyncTransport *self = (AsyncTransport *) base;

  /* An owner shuts down once, when all its bytes count as written. */
  g_assert (self->state == OPEN && (self->calls & CALL_WRITE) == 0);

  transport_async_enter (self, SHUT_DOWN);
  self->calls |= CALL_CLOSE_OUTPUT;
  wsp_reactor_push_context (base->reactor);
  g_output_stream_close_async (self->output, G_PRIORITY_DEFAULT, self->cancellable,
                               transport_async_on_ended,
                               wsp_transport_ref (base));
  wsp_reactor_pop_context (base->reactor);
}

static void
close_async (WspTransport     *base,
             WspTransportClose how)
{
  AsyncTransport *self = (AsyncTransport *) base;

  transport_async_enter (self, FINISHING);
  g_cancellable_cancel (self->cancellable);
  transport_async_close_when_free (self);
}

static void
transport_async_clear (WspTransport *base)
{
  AsyncTransport *self = (AsyncTransport *) base;

  g_clear_object (&self->cancellable);
  g_free (self->read_buffer);
  g_free (self->write_buffer);
}

const WspTransportKind wsp_transport_async_kind = {
  .size = sizeof (AsyncTransport),
  .read = read_async,
  .write = write_async,
  .arm = transport_async_arm,
  .shutdown = shutdown_output,
  .close = close_async,
  .clear = transport_async_clear,
};

void
wsp_transport_async_begin (WspTransport *base)
{
  AsyncTransport *self = (AsyncTransport *) base;

  self->input = g_io_stream_get_input_stream (base->rest->stream);
  self->output = g_io_stream_get_output_stream (base->rest->stream);
  self->cancellable = g_cancellable_new ();
}
