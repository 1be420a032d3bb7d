/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The work of a session: Sends, Receives and actions. */

#include "session/wsp-session-private.h"

#include <string.h>

#include "base/wsp-error-private.h"
#include "core/close-code.h"
#include "core/engine/operation.h"
#include "session/wsp-session-action-private.h"
#include "session/wsp-session-lend-private.h"

static gboolean
is_automatic (WspSession *self)
{
  return self->options->options.mode == WSC_MODE_AUTOMATIC;
}

/* At its indication the Send no longer needs the payload; the operation stays in the queue. */
static void
release_indicated (WspSession *self,
                   WscAction  *action)
{
  WscOperation *operation = wsc_operation_queue_peek (&self->engine.sends, 0);

  if (operation->context != NULL)
    wsp_session_release_payload (self, operation->context);
  operation->context = NULL;
  action->context = NULL;
}

static WscFault
ask_engine (WspSession    *self,
            WscActionQueue queue,
            WscAction     *action)
{
  WscEngine *engine = &self->engine;
  WscFault fault;

  wsp_session_refresh_options (self);
  fault = wsc_engine_get_action (engine, queue, G_N_ELEMENTS (action->buffers), action);
  if (fault != WSC_FAULT_NONE || action->type != WSC_ACTION_NONE)
    return fault;

  if (engine->stream.workspace != NULL || !wsc_engine_has_pending (engine, queue))
    return fault;

  wsp_session_ensure_memory (self);
  return wsc_engine_get_action (engine, queue, G_N_ELEMENTS (action->buffers), action);
}

/* Copies as many bytes as the action has room for, and returns their number. */
static gsize
fill_buffers (const WscAction *action,
              const guint8    *data,
              gsize            length)
{
  gsize n = 0;

  for (guint i = 0; i < action->n_buffers; i++)
    {
      gsize part = MIN (length - n, action->buffers[i].length);

      if (part > 0)
        memcpy (action->buffers[i].at, data + n, part);

      n += part;
    }

  return n;
}

static void
keep_unread (WspSession *self,
             GBytes     *data,
             gsize       taken)
{
  gsize length = g_bytes_get_size (data);

  if (taken < length)
    wsp_session_ensure_details (self)->unread =
      g_bytes_new_from_bytes (data, taken, length - taken);
}

static void
session_work_complete_read (WspSession      *self,
                            const WscAction *action,
                            GBytes          *data)
{
  gsize length, taken;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  taken = fill_buffers (action, bytes, length);
  keep_unread (self, data, taken);
  wsc_engine_complete_action (&self->engine, action, taken);
}

/* Completes a read with bytes that the program gave before.  TRUE: a read was completed, get the
 * next action.  A read has memory, and so the session has details. */
static gboolean
read_unread (WspSession      *self,
             const WscAction *action)
{
  g_autoptr (GBytes) data = NULL;

  if (action->type != WSC_ACTION_RECEIVE_FROM_NETWORK || self->details->unread == NULL)
    return FALSE;

  data = g_steal_pointer (&self->details->unread);
  session_work_complete_read (self, action, data);
  return TRUE;
}

/* The reason is needed longer than the memory that it was read into. */
static void
keep_close_reason (WspSession *self,
                   WscAction  *action)
{
  wsp_session_keep_close_reason (self, (const char *) action->buffers[0].at,
                                 action->buffers[0].length);
  action->buffers[0].at = (guint8 *) self->details->peer_close_reason;
}

/* Returns whether this action was handed out, and neither completed nor withdrawn. */
static gboolean
is_action_out (WspSession             *self,
               const WspSessionAction *action)
{
  WscAction given = wsp_session_action_as_given (action);
  const WscEngine *engine = &self->engine;
  const WscSlot *slot = given.queue == WSC_ACTION_QUEUE_SEND ? &engine->send_slot
                                                             : &engine->receive_slot;

  return wsp_session_action_belongs_to (action, self) && given.type != WSC_ACTION_NONE &&
         slot->step != WSC_STEP_IDLE && slot->serial == given.serial;
}

static guint
finish_send (WspSession *self,
             WscFault    fault,
             guint32     operation,
             GError    **error)
{
  if (fault == WSC_FAULT_NONE)
    return operation;

  wsp_session_report (self, fault, error);
  return 0;
}

static WscBytes
bytes_of (GBytes *payload)
{
  WscBytes bytes = { NULL, 0 };

  if (payload != NULL)
    bytes.at = g_bytes_get_data (payload, &bytes.length);

  return bytes;
}

/* The payload is the context of its operation, and the operation holds a reference to it. */
static guint
finish_send_payload (WspSession *self,
                     GBytes     *payload,
                     WscFault    fault,
                     guint32     operation,
                     GError    **error)
{
  if (fault == WSC_FAULT_NONE && payload != NULL)
    g_bytes_ref (payload);

  return finish_send (self, fault, operation, error);
}

/**
 * wsp_session_send:
 * @self: a session
 * @type: a type of message, fragment, ping or pong
 * @payload: (transfer none) (nullable): the payload, %NULL for an empty one
 * @error: return location for an error
 *
 * Queues a Send. The session never changes the bytes of @payload. It keeps a reference to @payload
 * until the Send is indicated as complete; if a write of this Send was withdrawn, until that write
 * is completed. All fragments of a message have the same kind, text or binary; send the last
 * fragment as a message.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for text that is not UTF-8, a control
 * payload of more than 125 bytes or a wrong type, with
 * [error@Wsp.Error.INVALID_OPERATION] before the session is open and while another
 * message is being sent in fragments, and with [error@Wsp.Error.CLOSED] after closing
 * has started. A session that failed reports its own error again.
 *
 * Corresponds to `WebSocketSend()`. See RFC 6455, sections 5.4 and 6.1. The number of the operation
 * takes the place of `pvApplicationContext`.
 *
 * Returns: the number of the operation, 0 for an error
 *
 * Since: 0.1
 */
guint
wsp_session_send (WspSession   *self,
                  WspBufferType type,
                  GBytes       *payload,
                  GError      **error)
{
  guint32 operation = 0;
  WscFault fault;

  g_return_val_if_fail (WSP_IS_SESSION (self), 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);

  fault = wsc_engine_send (&self->engine,
                           (WscBufferType) type, bytes_of (payload), payload,
                           &operation);
  return finish_send_payload (self, payload, fault, operation, error);
}

/**
 * wsp_session_send_raw:
 * @self: a session
 * @header: the first bits of the frame: FIN in bit 8, RSV1 to RSV3 in 7 to 5, the opcode in
 *   4 to 1; bit 0 must be 0
 * @payload: (transfer none) (nullable): the payload, %NULL for an empty one
 * @error: return location for an error
 *
 * Queues a frame with these first bits, for extensions that the program implements. The
 * meaning of the bits is not checked.
 *
 * Fails like [method@Wsp.Session.send].
 *
 * Corresponds to `WebSocketSend()` with the raw buffer type. See RFC 6455, section 5.2.
 *
 * Returns: the number of the operation, 0 for an error
 *
 * Since: 0.1
 */
guint
wsp_session_send_raw (WspSession *self,
                      guint16     header,
                      GBytes     *payload,
                      GError    **error)
{
  guint32 operation = 0;
  WscFault fault;

  g_return_val_if_fail (WSP_IS_SESSION (self), 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);

  fault = wsc_engine_send_raw (&self->engine,
                               header, bytes_of (payload), payload, &operation);
  return finish_send_payload (self, payload, fault, operation, error);
}

/**
 * wsp_session_send_close:
 * @self: a session
 * @code: close code, 1000 to 1003, 1007 to 1014 or 3000 to 4999; 1005 sends a Close without a code
 * @reason: (transfer none) (nullable): UTF-8 text of at most 123 bytes
 * @error: return location for an error
 *
 * Starts the closing handshake. The Close is sent after everything that was queued before;
 * messages are received until the peer's Close.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for a code that may not be sent and a
 * reason that is too long, not UTF-8 or without a code, and with
 * [error@Wsp.Error.INVALID_OPERATION] before the session is open and after an earlier
 * Close.
 *
 * Corresponds to `WebSocketSend()` with the close buffer type. See RFC 6455, section 5.5.1.
 *
 * Returns: the number of the operation, 0 for an error
 *
 * Since: 0.1
 */
guint
wsp_session_send_close (WspSession *self,
                        guint       code,
                        const char *reason,
                        GError    **error)
{
  guint32 operation = 0;
  g_autoptr (GBytes) payload = NULL;
  WscFault fault;

  g_return_val_if_fail (WSP_IS_SESSION (self), 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);

  if (reason != NULL)
    payload = g_bytes_new (reason, strlen (reason));

  fault = wsc_engine_send_close (&self->engine, wsc_close_code_narrow (code), bytes_of (payload),
                                 payload, &operation);
  return finish_send_payload (self, payload, fault, operation, error);
}

/**
 * wsp_session_receive:
 * @self: a session
 * @error: return location for an error
 *
 * Queues a Receive. It ends with one piece of a message, a pong or a Close, which is in the
 * session's memory until the indication is completed.
 *
 * Fails with [error@Wsp.Error.INVALID_OPERATION] before the session is open, and with
 * [error@Wsp.Error.CLOSED] after the peer's Close. A session that failed reports its
 * own error again.
 *
 * Corresponds to `WebSocketReceive()` without a buffer.
 *
 * Returns: the number of the operation, 0 for an error
 *
 * Since: 0.1
 */
guint
wsp_session_receive (WspSession *self,
                     GError    **error)
{
  return wsp_session_receive_into (self, NULL, 0, error);
}

/**
 * wsp_session_receive_into: (skip)
 * @self: a session
 * @buffer: (transfer none): memory of the caller, which stays in place until the Receive is
 *   indicated and a read into it that was handed out is completed
 * @length: the length of @buffer in bytes
 * @error: return location for an error
 *
 * Queues a Receive into memory of the caller. Payload that has not been read yet is read
 * directly into @buffer.
 *
 * Fails like [method@Wsp.Session.receive].
 *
 * Corresponds to `WebSocketReceive()` with a buffer.
 *
 * Returns: the number of the operation, 0 for an error
 *
 * Since: 0.1
 */
guint
wsp_session_receive_into (WspSession *self,
                          guint8     *buffer,
                          gsize       length,
                          GError    **error)
{
  guint32 operation = 0;
  WscFault fault;

  g_return_val_if_fail (WSP_IS_SESSION (self), 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);

  fault = wsc_engine_receive (&self->engine,
                              (WscBuffer) { buffer, length }, NULL, &operation);
  return finish_send (self, fault, operation, error);
}

/**
 * wsp_session_next_action:
 * @self: a session
 * @queue: the queue to get an action from
 * @error: return location for an error
 *
 * Gets the next action, like [method@Wsp.Session.get_action], as an object for scripts.
 * %NULL without an error means that there is no action at the moment.
 *
 * - %WSP_ACTION_QUEUE_SEND gives the Sends in the order of their calls, but pings and pongs before
 *   messages that wait. With %WSP_SESSION_MODE_WINDOWS only pongs to pings of the peer are given
 *   earlier.
 * - %WSP_ACTION_QUEUE_RECEIVE gives a pong as %WSP_ACTION_TYPE_SEND_TO_NETWORK after a ping, then
 *   the indication of what was received, else a read. Without a Receive it gives no read.
 * - %WSP_ACTION_QUEUE_ALL gives the actions of RECEIVE. It gives the actions of SEND only if
 *   RECEIVE has no action, or if the read of RECEIVE was returned and is not complete.
 *
 * A loop whose reads block must ask for SEND until there is no action, and then for one action of
 * RECEIVE. With ALL it would read before the waiting Sends are written, and wait forever if the
 * peer waits for them. A loop that does not block may use any queue.
 *
 * Corresponds to `WebSocketGetAction()`.
 *
 * Fails as [method@Wsp.Session.get_action] does.
 *
 * Returns: (transfer full) (nullable): the action
 *
 * Since: 0.1
 */
WspSessionAction *
wsp_session_next_action (WspSession    *self,
                         WspActionQueue queue,
                         GError       **error)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  if (!wsp_session_get_action (self, queue, &action, error))
    return NULL;

  if (wsp_session_action_get_action_type (&action) == WSP_ACTION_TYPE_NONE)
    return NULL;

  return wsp_session_action_hold (&action, self);
}

/* Prepares an action before it is returned. */
static void
session_work_follow (WspSession *self,
                     WscAction  *action)
{
  switch ((WscActionType) action->type)
    {
    case WSC_ACTION_NONE:
      wsp_session_give_memory_back (self);
      break;

    case WSC_ACTION_INDICATE_SEND_COMPLETE:
      release_indicated (self, action);
      break;

    case WSC_ACTION_INDICATE_RECEIVE_COMPLETE:
      if (action->buffer_type == WSC_BUFFER_CLOSE)
        keep_close_reason (self, action);
      if (action->buffer_type != WSC_BUFFER_NONE)
        wsp_session_note_out (self, action);
      break;

    case WSC_ACTION_SEND_TO_NETWORK:
    case WSC_ACTION_RECEIVE_FROM_NETWORK:
      wsp_session_note_out (self, action);
      break;
    }
}

/**
 * wsp_session_get_action: (skip)
 * @self: a session
 * @queue: the queue to get an action from
 * @action: (transfer none) (out caller-allocates): place for the action; its type is
 *   %WSP_ACTION_TYPE_NONE when there is nothing to do at the moment
 * @error: return location for an error
 *
 * Gets the next action, without an allocation. Each queue has one action at a time: complete this
 * action to get the next one. See [method@Wsp.Session.next_action] for the order of actions.
 *
 * Fails once if the peer broke a rule or the transport ended, with the error of that rule.
 * Operations that were queued still have actions afterwards, and so may a Close.
 *
 * Corresponds to `WebSocketGetAction()`.
 *
 * Returns: whether there was no error
 *
 * Since: 0.1
 */
gboolean
wsp_session_get_action (WspSession       *self,
                        WspActionQueue    queue,
                        WspSessionAction *action,
                        GError          **error)
{
  WscAction *view = wsp_session_action_peek (action);
  WscFault fault;

  g_return_val_if_fail (WSP_IS_SESSION (self), FALSE);
  g_return_val_if_fail (action != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  do
    {
      fault = ask_engine (self, (WscActionQueue) queue, view);
      if (fault != WSC_FAULT_NONE)
        return wsp_session_fail (self, fault, error);
    }
  while (read_unread (self, view));

  session_work_follow (self, view);
  return TRUE;
}

/* Takes back an action that the program has performed.  FALSE: the action is of another session,
 * was withdrawn or was completed before, so completing it has no effect. */
static gboolean
take_back_action (WspSession       *self,
                  WspSessionAction *action,
                  WscAction        *given)
{
  gboolean is_handed_out = is_action_out (self, action);

  if (!is_handed_out)
    g_debug ("An action was completed twice, or after it was withdrawn");
  if (!wsp_session_action_belongs_to (action, self))
    return FALSE;

  *given = wsp_session_action_as_given (action);
  wsp_session_action_clear (action);
  wsp_session_take_out_back (self, given);
  if (!is_handed_out)
    wsp_session_give_memory_back (self);
  return is_handed_out;
}

/**
 * wsp_session_complete_action:
 * @self: a session
 * @action: (transfer none): an action of this session
 * @bytes_transferred: how many bytes were written or read; 0 for indications
 *
 * Completes an action that was performed. The action cannot be used afterwards. Completing an
 * action twice has no effect. Completing an action that was withdrawn, because the session was
 * aborted or failed, only releases the memory of this action.
 *
 * Completing a read with 0 means that the peer's stream has ended; with %WSP_SESSION_MODE_WINDOWS
 * it only cancels the Receive. A write of the wrong length cancels its Send; if a frame was only
 * partly written, the session fails with [error@Wsp.Error.ABNORMAL_CLOSURE]. With
 * %WSP_SESSION_MODE_WINDOWS only the Send is cancelled: the rest of the Send is dropped, and the
 * next Send follows. If more bytes were read than there was room for, the session fails with
 * [error@Wsp.Error.INVALID_ARGUMENT].
 *
 * Corresponds to `WebSocketCompleteAction()`.
 *
 * Since: 0.1
 */
void
wsp_session_complete_action (WspSession       *self,
                             WspSessionAction *action,
                             gsize             bytes_transferred)
{
  WscAction given;

  g_return_if_fail (WSP_IS_SESSION (self));
  g_return_if_fail (action != NULL);

  if (!take_back_action (self, action, &given))
    return;

  if (given.type == WSC_ACTION_RECEIVE_FROM_NETWORK && bytes_transferred == 0 &&
      is_automatic (self))
    {
      wsc_engine_end_input (&self->engine);
      return;
    }

  wsc_engine_complete_action (&self->engine, &given, bytes_transferred);
}

/**
 * wsp_session_complete_receive:
 * @self: a session
 * @action: (transfer none): a read of this session
 * @data: (transfer none) (nullable): what was read; %NULL or empty when the peer's stream has ended
 *
 * Completes a read with bytes that are not in the action's memory, for scripts. @data may have more
 * bytes than [method@Wsp.SessionAction.get_wanted]: the session keeps a reference to @data, and
 * uses the rest before it asks for more bytes.
 *
 * The end of the stream without a Close fails the session with
 * [error@Wsp.Error.ABNORMAL_CLOSURE], unless the session is closed.
 *
 * Since: 0.1
 */
void
wsp_session_complete_receive (WspSession       *self,
                              WspSessionAction *action,
                              GBytes           *data)
{
  WscAction given;

  g_return_if_fail (WSP_IS_SESSION (self));
  g_return_if_fail (action != NULL);

  g_return_if_fail (!is_action_out (self, action) ||
                    wsp_session_action_get_action_type (action) ==
                    WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK);

  if (!take_back_action (self, action, &given))
    return;

  if (data == NULL || g_bytes_get_size (data) == 0)
    wsc_engine_end_input (&self->engine);
  else
    session_work_complete_read (self, &given, data);
}

/**
 * wsp_session_fail_action:
 * @self: a session
 * @action: (transfer none): an action of this session
 * @error: (transfer none): the error of the transport
 *
 * Completes an action that the transport could not perform: a program that drives a session
 * calls this when its socket or stream returned an error. The session fails with a copy of
 * @error, and so do later calls. If a write failed, all Sends are cancelled; if a read failed,
 * queued operations may still be written. A closed session stays closed.
 *
 * An indication cannot fail: @error is ignored, and the indication is completed.
 *
 * Since: 0.1
 */
void
wsp_session_fail_action (WspSession       *self,
                         WspSessionAction *action,
                         const GError     *error)
{
  WspSessionDetails *details;
  WscAction given;

  g_return_if_fail (WSP_IS_SESSION (self));
  g_return_if_fail (action != NULL);
  g_return_if_fail (error != NULL);

  if (!take_back_action (self, action, &given))
    return;

  if (given.type == WSC_ACTION_SEND_TO_NETWORK || given.type == WSC_ACTION_RECEIVE_FROM_NETWORK)
    {
      details = wsp_session_ensure_details (self);
      g_clear_error (&details->transport_error);
      details->transport_error = g_error_copy (error);
      wsc_engine_end_input (&self->engine);
    }

  /* The number of sent bytes of the frame is unknown, so no other frame may follow.
   * wsc_engine_end_input () has withdrawn a read: wsc_engine_complete_action () ignores it, because
   * its serial is no longer that of the slot. */
  if (given.type == WSC_ACTION_SEND_TO_NETWORK)
    wsc_engine_end_output (&self->engine);
  else
    wsc_engine_complete_action (&self->engine, &given, 0);
}

/**
 * wsp_session_abort:
 * @self: a session
 *
 * Ends the session without a Close. Actions that were handed out are withdrawn; each
 * operation is indicated as cancelled. The memory of an action that was withdrawn stays valid until
 * the action is completed, or the session is finalized.
 *
 * Corresponds to `WebSocketAbortHandle()`.
 *
 * Since: 0.1
 */
void
wsp_session_abort (WspSession *self)
{
  g_return_if_fail (WSP_IS_SESSION (self));

  if (self->details != NULL)
    g_clear_pointer (&self->details->unread, g_bytes_unref);

  wsc_engine_abort (&self->engine);
}

/**
 * wsp_session_has_pending:
 * @self: a session
 * @queue: a queue
 *
 * Checks whether operations or pongs wait in @queue, even if none of them has an action at the
 * moment.
 *
 * Returns: whether operations or pongs wait
 *
 * Since: 0.1
 */
gboolean
wsp_session_has_pending (WspSession    *self,
                         WspActionQueue queue)
{
  g_return_val_if_fail (WSP_IS_SESSION (self), FALSE);

  return wsc_engine_has_pending (&self->engine, (WscActionQueue) queue);
}
