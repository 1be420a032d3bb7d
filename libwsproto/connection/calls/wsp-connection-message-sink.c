/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A message that the program sends in parts: the stream (WspMessageSink) joins the writes of one
 * turn, and the connection sends the joined bytes.
 *
 * The sink of the output is set exactly while that sink holds bytes that were not sent.
 */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-life-private.h"
#include "connection/message/wsp-message-sink-private.h"
#include "session/wsp-session-lend-private.h"

#define MAX_JOINED (64 * 1024)  /* where fragment-size is 0 */

static gboolean
check_part (GObject *owner,
            GError **error)
{
  WspConnection *self = WSP_CONNECTION (owner);

  return wsp_connection_check_open (self, error) &&
         wsp_connection_check_room (self, wsp_output_get_bytes_ahead (&self->output), error);
}

static void
connection_message_sink_get_form (GObject            *owner,
                                  WspMessageSinkForm *form)
{
  WspConnection *self = WSP_CONNECTION (owner);
  const WscOptions *options;

  wsp_session_refresh_options (wsp_connection_peek_session (self));
  options = self->link.stream->options;

  form->length = options->fragment_size > 0 ? options->fragment_size : MAX_JOINED;
  form->is_text_checked = options->utf8_check;
}

/* The joined bytes leave at the end of the turn, unless another call sends them before. */
static void
note_held (GObject        *owner,
           WspMessageSink *sink,
           gsize           before,
           gsize           held)
{
  WspConnection *self = WSP_CONNECTION (owner);

  wsp_output_set_sink (&self->output, held > 0 ? sink : NULL);
  wsp_output_count (&self->output, &self->link, held - before);
  if (held <= before)
    return;

  self->output.outgoing = WSP_OUTGOING_BEGUN;
  wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

/* send-queue-bytes notifies when the messages that waited for the end of the stream have left. */
static void
end_parts (WspConnection *self)
{
  if (wsp_output_has_behind (&self->link))
    wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
  wsp_output_end_parts (&self->output, &self->link);
}

static gboolean
send_part (GObject       *owner,
           WspMessageType message_type,
           WspSendFlags   flags,
           WspMessagePart part,
           GBytes        *bytes,
           GError       **error)
{
  WspConnection *self = WSP_CONNECTION (owner);
  gboolean is_text = message_type == WSP_MESSAGE_TYPE_TEXT;
  WscBufferType type = is_text ? WSC_BUFFER_UTF8_FRAGMENT : WSC_BUFFER_BINARY_FRAGMENT;

  if (part == WSP_MESSAGE_LAST_PART)
    type = is_text ? WSC_BUFFER_UTF8_MESSAGE : WSC_BUFFER_BINARY_MESSAGE;
  if (!wsp_connection_check_output (self, error) ||
      !wsp_connection_take_fault (self, wsp_output_send_payload (&self->output, &self->link, type,
                                                                 flags, bytes), error))
    return FALSE;

  self->output.outgoing = WSP_OUTGOING_BEGUN;
  if (part == WSP_MESSAGE_LAST_PART)
    end_parts (self);
  wsp_connection_wake (self);
  return TRUE;
}

/* Messages that wait for the end of the stream take no room from its parts.  A connection that
 * has ended has room, too: a waiting write then runs, and fails with the error. */
static gboolean
has_room_for_part (GObject *owner)
{
  WspConnection *self = WSP_CONNECTION (owner);

  return !wsp_life_sends (&self->link.life) ||
         wsp_connection_is_writable (self) ||
         (wsp_output_has_behind (&self->link) &&
          wsp_output_get_bytes_ahead (&self->output) <= self->link.limits->send_low_water_mark);
}

/* A message that has begun cannot be withdrawn: the connection fails, and the messages that wait
 * for the end of the stream fail, too.  If the message has not begun, they are sent. */
static void
give_up_message (GObject *owner)
{
  WspConnection *self = WSP_CONNECTION (owner);
  WspOutgoing outgoing = self->output.outgoing;

  if (!wsp_life_sends (&self->link.life))
    return;

  if (outgoing == WSP_OUTGOING_BEGUN)
    wsp_connection_refuse (self, WSC_FAULT_MESSAGE_GIVEN_UP, 0);
  if (outgoing != WSP_OUTGOING_NONE)
    end_parts (self);
  wsp_connection_wake (self);
}

static const WspMessageSinkFuncs sink_funcs = {
  check_part, connection_message_sink_get_form, note_held, send_part, has_room_for_part,
  give_up_message,
};

static gboolean
check_no_parts (WspConnection *self,
                GError       **error)
{
  if (self->output.outgoing == WSP_OUTGOING_NONE)
    return TRUE;

  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION,
                       "Cannot begin a message: another one is being written to its stream "
                       "(close that stream first)");
  return FALSE;
}

static gboolean
check_flags (WspSendFlags flags,
             GError     **error)
{
  if (!(flags & WSP_SEND_FLAGS_URGENT))
    return wsp_send_flags_check (flags, error);

  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                       "Message in pieces cannot be urgent (send a whole message)");
  return FALSE;
}

/**
 * wsp_connection_begin_message:
 * @self: a connection
 * @message_type: text or binary
 * @flags: %WSP_SEND_FLAGS_DEFAULT or %WSP_SEND_FLAGS_NO_COMPRESSION
 * @error: return location for an error
 *
 * Begins a message whose length is not known yet. Writes to the stream in one turn of the
 * main loop are joined to frames of [property@Wsp.Limits:fragment-size] bytes, or of 64 KiB if
 * `fragment-size` is 0; the rest is sent as a shorter frame at the end of the turn. Closing the
 * stream ends the message: bytes that were not sent before are its last frame.
 *
 * An asynchronous write waits while more than `send-high-water-mark` bytes are queued. A
 * synchronous write never waits: it queues the bytes, or fails with
 * [error@Wsp.Error.QUEUE_FULL] while `max-send-queue` bytes are queued. A character of a text
 * may be split between two writes; bytes that are not UTF-8 fail the write with
 * [error@Wsp.Error.INVALID_ARGUMENT] and are not sent. A write that was cancelled has sent
 * nothing.
 *
 * A message that has begun cannot be withdrawn: if the stream is dropped without being closed, is
 * closed with a cancellable that was cancelled, or is closed inside a character, the connection
 * fails with close code 1011.
 *
 * While a stream is open, other messages wait until the stream has ended, urgent messages before
 * the others. These messages may use `max-send-queue` bytes; the stream may use the same number
 * again, so that it can end. Pings and pongs are sent between the frames of the stream. A Close is
 * sent at once: if the message of the stream has begun, or the connection has failed, the waiting
 * messages are not sent, and their calls fail.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for other flags, with
 * [error@Wsp.Error.INVALID_OPERATION] while another such stream is open (close that stream first;
 * in Python and JavaScript messages in pieces wait for each other), with
 * [error@Wsp.Error.QUEUE_FULL] while `max-send-queue` bytes are queued, with
 * [error@Wsp.Error.CLOSED] once closing has started, and as all calls do once the connection has
 * failed (see [class@Wsp.Connection]).
 *
 * See RFC 6455, section 5.4.
 *
 * Returns: (transfer full): a stream to write to
 *
 * Since: 0.1
 */
GOutputStream *
wsp_connection_begin_message (WspConnection *self,
                              WspMessageType message_type,
                              WspSendFlags   flags,
                              GError       **error)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_may_be_called (self), NULL);

  if (!check_flags (flags, error) || !wsp_connection_check_open (self, error) ||
      !wsp_connection_check_send (self, error) || !check_no_parts (self, error))
    return NULL;

  self->output.outgoing = WSP_OUTGOING_OPEN;
  return wsp_message_sink_new (self->link.reactor, message_type, flags, G_OBJECT (self),
                               &sink_funcs);
}
