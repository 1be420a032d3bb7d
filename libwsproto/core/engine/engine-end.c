/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Engine, how it ends: a broken rule, a wire that is torn or gone, an abort; and what that does to
 * the operations that wait.
 *
 * Judges nothing; hands nothing out.
 *
 * (1) A slot that is IDLE has nothing handed out; its serial then fits no completion.
 * (2) A fault is reported once; afterwards both queues drain. */

#include "core/engine/engine-private.h"

#include "core/engine/waiting-pongs.h"
#include "core/limits.h"

#include <string.h>

void
wsc_engine_withdraw (WscSlot *slot)
{
  slot->step = WSC_STEP_IDLE;   /* (1) */
  slot->serial++;
}

/* Whatever was handed out and not completed is as good as told. */
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
    if (!wsc_operation_is_done (operation) && operation->fault == WSC_FAULT_NONE)
      operation->fault = (uint8_t) fault;
}

/* A chunk that is being indicated ends in the ordinary way. */
static void
cancel_receives (WscEngine *self,
                 WscFault   fault)
{
  if (self->receive_slot.step == WSC_STEP_READING)
    wsc_engine_withdraw (&self->receive_slot);
  wsc_engine_cancel (&self->receives, self->receive_slot.step == WSC_STEP_INDICATING, fault);
}

/* A frame was cut: nothing may follow it. */
void
wsc_engine_cancel_torn (WscEngine *self,
                        WscFault   fault)
{
  self->sending.writer.is_open = 0;
  wsc_engine_cancel (&self->sends, 0, fault);
}

/* Third crossing: a broken rule in, a close frame out, nothing parsed any more (7.1.7). */
void
wsc_engine_fail (WscEngine *self,
                 WscCall    call,
                 WscFault   fault,
                 uint64_t   number)
{
  uint16_t code = wsc_fault_get_close_code (fault);
  WscPhase after = wsc_lifecycle_step ((WscPhase) self->phase, call);

  if (after == (WscPhase) self->phase)
    return;

  self->phase = (uint8_t) after;
  self->fault = (uint8_t) fault;
  self->fault_number = number;
  cancel_receives (self, fault);
  wsc_receive_path_drop (&self->receiving);
  wsc_waiting_pongs_clear (&self->pongs);

  if (self->options->auto_close && code != 0 && self->sending.close_code == 0)
    {
      const char *text = wsc_fault_get_text (fault);

      wsc_engine_add_close (self, code, (WscBytes) { (const uint8_t *) text, strlen (text) },
                            WSC_SEND_QUIET | WSC_SEND_AUTOMATIC, NULL, NULL);
    }
}

WscFault
wsc_engine_fail_received (WscEngine *self,
                          WscFault   fault,
                          uint64_t   number)
{
  wsc_engine_fail (self, WSC_CALL_FAIL, fault, number);
  return fault;                 /* (2) */
}

void
wsc_engine_refuse (WscEngine *self,
                   WscFault   fault)
{
  uint8_t before = self->phase;

  if (wsc_engine_may_call (self, WSC_CALL_FAIL) == WSC_FAULT_NONE)
    wsc_engine_fail (self, WSC_CALL_FAIL, fault, 0);
  self->is_fault_due |= self->phase != before;
}

void
wsc_engine_end_input (WscEngine *self)
{
  WscPhase before = (WscPhase) self->phase;

  if (wsc_lifecycle_check (before, WSC_CALL_INPUT_ENDED) != WSC_FAULT_NONE)
    return;

  wsc_engine_fail (self, WSC_CALL_INPUT_ENDED, WSC_FAULT_TRANSPORT_ENDED, 0);
  self->is_fault_due |= before != (WscPhase) self->phase;
}

void
wsc_engine_tear (WscEngine *self)
{
  wsc_engine_fail (self, WSC_CALL_FAIL, WSC_FAULT_TRANSPORT_TORN, 0);
  wsc_engine_cancel_torn (self, WSC_FAULT_TRANSPORT_TORN);
}

void
wsc_engine_end_output (WscEngine *self)
{
  if (self->send_slot.step == WSC_STEP_SENDING || self->send_slot.step == WSC_STEP_PONG)
    wsc_engine_withdraw (&self->send_slot);
  if (self->receive_slot.step == WSC_STEP_PONG)
    wsc_engine_withdraw (&self->receive_slot);
  wsc_engine_tear (self);
}

void
wsc_engine_abort (WscEngine *self)
{
  WscPhase after = wsc_lifecycle_step ((WscPhase) self->phase, WSC_CALL_ABORT);

  if (after != WSC_PHASE_ABORTED || self->phase == WSC_PHASE_ABORTED)
    {
      self->phase = (uint8_t) after;
      return;
    }

  self->phase = (uint8_t) after;
  self->fault = WSC_FAULT_ABORTED;
  self->is_fault_due = 0;
  withdraw_indication (&self->receive_slot, &self->receives);
  withdraw_indication (&self->send_slot, &self->sends);
  wsc_engine_cancel (&self->receives, 0, WSC_FAULT_ABORTED);
  wsc_engine_cancel_torn (self, WSC_FAULT_ABORTED);
  wsc_receive_path_drop (&self->receiving);
  wsc_waiting_pongs_clear (&self->pongs);
}
