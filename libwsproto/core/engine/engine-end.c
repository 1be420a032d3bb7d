/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The end of an engine: a broken rule, a transport that has failed or ended, an abort; and what
 * each of these does to the operations in the queues.
 *
 * This file checks no rule, and hands out no action.
 *
 * If a slot is IDLE, no action of the slot is handed out, and completing an action of the slot has
 * no effect.
 *
 * A fault is reported once; afterwards the operations of both queues end. */

#include "core/engine/engine-private.h"

void
wsc_engine_withdraw (WscSlot *slot)
{
  slot->step = WSC_STEP_IDLE;
  slot->serial++;
}

/* An indication that was handed out and not completed is not repeated. */
static void
withdraw_indication (WscSlot           *slot,
                     WscOperationQueue *operations)
{
  if (slot->step == WSC_STEP_INDICATING)
    wsc_operation_queue_take (operations);
  wsc_engine_withdraw (slot);
}

void
wsc_engine_cancel (WscOperationQueue *operations,
                   uint32_t           first,
                   WscFault           fault)
{
  WscOperation *operation;

  for (uint32_t i = first; (operation = wsc_operation_queue_peek (operations, i)) != NULL; i++)
    if (!operation->is_over)
      wsc_operation_end (operation, fault);
}

/* A Receive whose indication was handed out is not cancelled: the indication is completed as
 * usual. */
static void
cancel_receives (WscEngine *self,
                 WscFault   fault)
{
  if (self->receive_slot.step == WSC_STEP_READING)
    wsc_engine_withdraw (&self->receive_slot);
  wsc_engine_cancel (&self->receives, self->receive_slot.step == WSC_STEP_INDICATING, fault);
}

void
wsc_engine_cancel_sends (WscEngine *self,
                         WscFault   fault)
{
  self->stream.sending.writer.stage = WSC_FRAME_NONE;
  wsc_engine_cancel (&self->sends, 0, fault);
}

bool
wsc_engine_add_due_close (WscEngine *self)
{
  WscProposal proposal;

  return !wsc_stream_propose_due_close (&self->stream, &proposal) ||
         wsc_engine_add_send (self, &proposal, WSC_BUFFER_CLOSE) != NULL;
}

/* Without memory for the Close frame the peer does not learn the reason. */
void
wsc_engine_follow_fault (WscEngine *self,
                         WscFault   fault)
{
  cancel_receives (self, fault);
  (void) wsc_engine_add_due_close (self);
}

void
wsc_engine_fail (WscEngine *self,
                 WscFault   fault,
                 uint64_t   number)
{
  if (!wsc_stream_fail (&self->stream, fault, number))
    return;

  self->is_fault_due = 1;
  wsc_engine_follow_fault (self, fault);
}

void
wsc_engine_end_input (WscEngine *self)
{
  wsc_engine_fail (self, WSC_FAULT_TRANSPORT_ENDED, 0);
}

/* No action reports this fault: the program knows that its write failed. */
void
wsc_engine_fail_output (WscEngine *self)
{
  if (wsc_stream_fail (&self->stream, WSC_FAULT_TRANSPORT_TORN, 0))
    wsc_engine_follow_fault (self, WSC_FAULT_TRANSPORT_TORN);
  wsc_engine_cancel_sends (self, WSC_FAULT_TRANSPORT_TORN);
}

void
wsc_engine_end_output (WscEngine *self)
{
  if (self->send_slot.step == WSC_STEP_SENDING || self->send_slot.step == WSC_STEP_PONG)
    wsc_engine_withdraw (&self->send_slot);
  if (self->receive_slot.step == WSC_STEP_PONG)
    wsc_engine_withdraw (&self->receive_slot);
  wsc_engine_fail_output (self);
}

void
wsc_engine_abort (WscEngine *self)
{
  if (!wsc_stream_abort (&self->stream))
    return;

  self->is_fault_due = 0;
  withdraw_indication (&self->receive_slot, &self->receives);
  withdraw_indication (&self->send_slot, &self->sends);
  wsc_engine_cancel (&self->receives, 0, WSC_FAULT_ABORTED);
  wsc_engine_cancel_sends (self, WSC_FAULT_ABORTED);
}
