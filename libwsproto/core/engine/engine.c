/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The actions of the engine: hands out one action for each queue at a time, and handles the
 * completion of actions.
 *
 * At most one slot holds SENDING or PONG: a frame is never interrupted by another one. */

#include "core/engine/engine-private.h"

#include <assert.h>
#include <string.h>

#include "core/frames/compression.h"
#include "core/frames/frame-header.h"
#include "core/stream/receive-path.h"

/* operation: NULL for a pong. */
static inline void
engine_hand_out (WscEngine          *self,
                 WscActionQueue      queue,
                 WscStep             step,
                 WscActionType       type,
                 const WscOperation *operation,
                 WscAction          *action)
{
  WscSlot *slot = queue == WSC_ACTION_QUEUE_SEND ? &self->send_slot : &self->receive_slot;

  slot->step = (uint8_t) step;
  slot->serial++;
  action->type = (uint8_t) type;
  action->queue = (uint8_t) queue;
  action->serial = slot->serial;
  if (operation == NULL)
    return;

  action->operation = operation->id;
  action->context = operation->context;
  action->fault = operation->fault;
}

/* False: no pong waits, the SEND queue has handed out a pong, or a frame has begun, inside which
 * the stream writes no pong. */
static WSC_COLD bool
hand_out_pong (WscEngine     *self,
               WscActionQueue queue,
               WscAction     *action)
{
  WscBuffer pong = { NULL, 0 };

  if (self->send_slot.step != WSC_STEP_PONG)
    pong = wsc_stream_write_pong (&self->stream);
  if (pong.length == 0)
    return false;

  engine_hand_out (self, queue, WSC_STEP_PONG, WSC_ACTION_SEND_TO_NETWORK, NULL, action);
  action->buffer_type = WSC_BUFFER_PING_PONG;
  action->n_buffers = 1;
  action->buffers[0] = pong;
  self->pong_length = (uint8_t) pong.length;
  return true;
}

static inline void
indicate_receive (WscEngine          *self,
                  const WscOperation *operation,
                  WscAction          *action)
{
  engine_hand_out (self, WSC_ACTION_QUEUE_RECEIVE, WSC_STEP_INDICATING,
                   WSC_ACTION_INDICATE_RECEIVE_COMPLETE, operation, action);
  action->n_buffers = 1;
}

static void
indicate_received (WscEngine          *self,
                   const WscOperation *operation,
                   const WscReceived  *received,
                   WscAction          *action)
{
  indicate_receive (self, operation, action);
  action->buffer_type = (uint8_t) received->buffer_type;
  action->close_code = received->code;
  /* at and length are copied one by one, as they were stored: one wide load would wait for both
   * stores */
  action->buffers[0].at = received->payload.at;
  action->buffers[0].length = received->payload.length;
  action->announced = received->announced;
}

/* Receives after the peer's Close are cancelled.  The Close of this side is sent after all Sends
 * that were accepted before (5.5.1). */
static void
follow_close (WscEngine *self)
{
  wsc_engine_cancel (&self->receives, 1, WSC_FAULT_CLOSING_STARTED);
  if (!wsc_engine_add_due_close (self))
    wsc_engine_fail (self, WSC_FAULT_OUT_OF_MEMORY, 0);
}

static size_t
count_handed (const WscAction *action)
{
  return action->buffers[0].length + (action->n_buffers > 1 ? action->buffers[1].length : 0);
}

static void
hand_out_read (WscEngine    *self,
               WscOperation *operation,
               unsigned      max_buffers,
               WscAction    *action)
{
  unsigned n = wsc_receive_path_prepare_read (&self->stream.receiving, operation->memory,
                                              max_buffers, action->buffers);

  if (n == 0)
    return;

  engine_hand_out (self, WSC_ACTION_QUEUE_RECEIVE, WSC_STEP_READING,
                   WSC_ACTION_RECEIVE_FROM_NETWORK,
                   operation, action);
  action->n_buffers = (uint8_t) n;
  operation->handed = count_handed (action);
}

static WscFault
receive_next (WscEngine    *self,
              WscOperation *operation,
              unsigned      max_buffers,
              WscAction    *action)
{
  WscReceived received;

  for (;;)
    switch (wsc_stream_next (&self->stream, operation->memory, &received))
      {
      case WSC_RECEIVED_NEED_READ:
        hand_out_read (self, operation, max_buffers, action);
        return WSC_FAULT_NONE;

      case WSC_RECEIVED_PING:
        if (hand_out_pong (self, WSC_ACTION_QUEUE_RECEIVE, action))
          return WSC_FAULT_NONE;
        break;

      case WSC_RECEIVED_CLOSE:
        indicate_received (self, operation, &received, action);
        follow_close (self);
        return WSC_FAULT_NONE;

      case WSC_RECEIVED_PONG:
      case WSC_RECEIVED_CHUNK:
        indicate_received (self, operation, &received, action);
        return WSC_FAULT_NONE;

      case WSC_RECEIVED_FAULT:
        wsc_engine_follow_fault (self, received.fault);
        return received.fault;
      }
}

static WscFault
next_receive_action (WscEngine *self,
                     unsigned   max_buffers,
                     WscAction *action)
{
  WscOperation *operation;

  if (self->receive_slot.step != WSC_STEP_IDLE)
    return WSC_FAULT_NONE;

  if (self->is_fault_due)
    {
      self->is_fault_due = 0;
      return (WscFault) self->stream.fault;
    }

  if (self->stream.pongs != NULL && hand_out_pong (self, WSC_ACTION_QUEUE_RECEIVE, action))
    return WSC_FAULT_NONE;

  operation = wsc_operation_queue_peek (&self->receives, 0);
  if (operation == NULL)
    return WSC_FAULT_NONE;

  if (operation->is_over)
    {
      indicate_receive (self, operation, action);
      return WSC_FAULT_NONE;
    }

  if (self->stream.workspace == NULL || self->stream.workspace->read.length == 0)
    return WSC_FAULT_NONE;
  return receive_next (self, operation, max_buffers, action);
}

/* A Send without an id is the engine's own: if such a Send was cancelled, it is removed without an
 * indication. */
static WscOperation *
first_send (WscEngine *self)
{
  WscOperation *operation;

  while ((operation = wsc_operation_queue_peek (&self->sends, 0)) != NULL &&
         operation->is_over && operation->id == 0)
    wsc_operation_queue_take (&self->sends);
  return operation;
}

/* The type of a raw Send is the header bits that the caller gave. */
static void
show_type (const WscOperation *operation,
           WscAction          *action)
{
  action->buffer_type = operation->buffer_type;
  if (operation->buffer_type == WSC_BUFFER_RAW)
    action->close_code = wsc_frame_get_raw_header (operation->out.first);
}

/* If compressing fails for lack of memory, the rest of the message cannot be sent. */
static void
hand_out_step (WscEngine    *self,
               WscOperation *operation,
               unsigned      max_buffers,
               WscAction    *action)
{
  unsigned n;
  WscFault fault = wsc_stream_step (&self->stream, &operation->out, max_buffers, action->buffers,
                                    &n);

  if (fault != WSC_FAULT_NONE)
    {
      wsc_engine_cancel_sends (self, fault);
      wsc_engine_fail (self, fault, 0);
    }
  if (n == 0)
    return;

  engine_hand_out (self, WSC_ACTION_QUEUE_SEND, WSC_STEP_SENDING, WSC_ACTION_SEND_TO_NETWORK,
                   operation,
                   action);
  show_type (operation, action);
  action->n_buffers = (uint8_t) n;
  operation->handed = count_handed (action);
}

static void
next_send_action (WscEngine *self,
                  unsigned   max_buffers,
                  WscAction *action)
{
  WscOperation *operation;

  if (self->send_slot.step != WSC_STEP_IDLE || self->receive_slot.step == WSC_STEP_PONG)
    return;

  operation = first_send (self);
  if (operation != NULL && operation->is_over)
    {
      engine_hand_out (self, WSC_ACTION_QUEUE_SEND, WSC_STEP_INDICATING,
                       WSC_ACTION_INDICATE_SEND_COMPLETE, operation, action);
      if (operation->fault == WSC_FAULT_NONE)
        show_type (operation, action);
      return;
    }

  if (self->stream.pongs != NULL && self->stream.sending.writer.stage == WSC_FRAME_NONE)
    hand_out_pong (self, WSC_ACTION_QUEUE_SEND, action);
  else if (operation != NULL)
    hand_out_step (self, operation, max_buffers, action);
}

WscFault
wsc_engine_get_action (WscEngine     *self,
                       WscActionQueue queue,
                       unsigned       max_buffers,
                       WscAction     *action)
{
  WscFault fault = WSC_FAULT_NONE;

  if (max_buffers == 0)
    return WSC_FAULT_NO_BUFFER_GIVEN;

  wsc_engine_open_if_answered (self);
  if (self->handshake != NULL && self->stream.phase != WSC_PHASE_HANDSHAKE)
    wsc_engine_forget_handshake (self);
  *action = (WscAction) { 0 };
  if (queue & WSC_ACTION_QUEUE_RECEIVE)
    fault = next_receive_action (self, max_buffers, action);
  if (fault == WSC_FAULT_NONE && action->type == WSC_ACTION_NONE && (queue & WSC_ACTION_QUEUE_SEND))
    next_send_action (self, max_buffers, action);
  return fault;
}

static void
engine_complete_read (WscEngine *self,
                      size_t     n)
{
  WscOperation *operation = wsc_operation_queue_peek (&self->receives, 0);

  if (n == 0)
    wsc_operation_end (operation, WSC_FAULT_CANCELLED);
  else if (n > operation->handed)
    wsc_engine_fail (self, WSC_FAULT_READ_BEYOND_BUFFER, n);
  else
    wsc_receive_path_take (&self->stream.receiving, n);
}

/* In Windows mode a count other than the length that was handed out cancels this Send only: the
 * program knows what it did with the bytes, and later Sends keep their order
 * (WIN-S-06). */
static void
cancel_step (WscEngine    *self,
             WscOperation *operation)
{
  if (operation->out.flags & WSC_OUTGOING_COMPRESSED)
    wsc_compression_forget_sent (self->stream.compression);
  wsc_operation_end (operation, WSC_FAULT_CANCELLED);
}

static void
complete_send (WscEngine *self,
               size_t     n)
{
  WscOperation *operation = wsc_operation_queue_peek (&self->sends, 0);

  switch (n == operation->handed ? wsc_stream_complete_step (&self->stream, &operation->out)
                                 : wsc_stream_give_up (&self->stream, n))
    {
    case WSC_SEND_STEP_MORE:
      return;

    case WSC_SEND_STEP_DONE:
      if (operation->id == 0)
        wsc_operation_queue_take (&self->sends);
      else
        wsc_operation_end (operation, WSC_FAULT_NONE);
      return;

    case WSC_SEND_STEP_CANCELLED:
      wsc_operation_end (operation, WSC_FAULT_CANCELLED);
      return;

    case WSC_SEND_STEP_CUT:
      if (self->stream.options->mode == WSC_MODE_AUTOMATIC)
        wsc_engine_fail_output (self);
      else
        cancel_step (self, operation);
      return;
    }
}

void
wsc_engine_complete_action (WscEngine       *self,
                            const WscAction *action,
                            size_t           n)
{
  WscSlot *slot = action->queue == WSC_ACTION_QUEUE_SEND ? &self->send_slot : &self->receive_slot;
  WscStep step = (WscStep) slot->step;

  if (action->queue == 0 || action->serial != slot->serial)
    return;

  slot->step = WSC_STEP_IDLE;
  switch (step)
    {
    case WSC_STEP_READING:
      engine_complete_read (self, n);
      break;
    case WSC_STEP_SENDING:
      complete_send (self, n);
      break;
    case WSC_STEP_PONG:
      /* A count of 0 means that the program dropped the pong (WIN-K-05).  In Windows mode every
       * other wrong count means the same. */
      if (n != 0 && n != self->pong_length && self->stream.options->mode == WSC_MODE_AUTOMATIC)
        wsc_engine_fail_output (self);
      break;
    case WSC_STEP_INDICATING:
      wsc_operation_queue_take (slot == &self->send_slot ? &self->sends : &self->receives);
      break;
    case WSC_STEP_IDLE:
      break;
    }
}
