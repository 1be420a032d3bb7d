/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Engine, whole messages without an action: only where no operation and no action is due before
 * them. */

#include "core/engine/engine-private.h"

#include <assert.h>

bool
wsc_engine_take_message (WscEngine     *self,
                         WscBufferType *type,
                         WscBytes      *payload)
{
  if (self->receive_slot.step != WSC_STEP_IDLE || self->stream.pongs != NULL || self->is_fault_due)
    return false;

  if (wsc_stream_take_message (&self->stream, type, payload))
    return true;

  if (self->stream.phase == WSC_PHASE_FAILED)
    {
      wsc_engine_follow_fault (self, (WscFault) self->stream.fault);
      self->is_fault_due = 1;
    }
  return false;
}

/* Nothing waits to be sent before it. */
static inline bool
is_send_idle (const WscEngine *self)
{
  return self->sends.count == 0 && self->send_slot.step == WSC_STEP_IDLE
         && self->receive_slot.step != WSC_STEP_PONG;
}

size_t
wsc_engine_write_message (WscEngine       *self,
                          WscBufferType    type,
                          WscBytes         payload,
                          WscTextKnowledge knowledge)
{
  return is_send_idle (self) ? wsc_stream_write_message (&self->stream, type, payload, knowledge)
                             : 0;
}

bool
wsc_engine_is_at_rest (const WscEngine *self)
{
  return ((uint32_t) self->receive_slot.step | self->send_slot.step | self->sends.count
          | self->is_fault_due) == 0
         && self->stream.pongs == NULL && self->stream.phase == WSC_PHASE_OPEN
         && wsc_receive_path_is_empty (&self->stream.receiving);
}

bool
wsc_engine_may_write (const WscEngine *self,
                      size_t           length)
{
  return is_send_idle (self) && wsc_stream_may_write (&self->stream, length);
}

size_t
wsc_engine_write_header (WscEngine    *self,
                         WscBufferType type,
                         size_t        length)
{
  return is_send_idle (self) ? wsc_stream_write_header (&self->stream, type, length) : 0;
}

WscBuffer
wsc_engine_begin_read (const WscEngine *self)
{
  if (self->receive_slot.step == WSC_STEP_IDLE && self->receives.count > 0
      && self->receives.ring == NULL && self->receives.own.memory.length == 0
      && self->receives.own.fault == WSC_FAULT_NONE && self->stream.pongs == NULL
      && !self->is_fault_due && self->stream.workspace != NULL
      && wsc_receive_path_is_empty (&self->stream.receiving))
    return self->stream.workspace->read;

  return (WscBuffer) { NULL, 0 };
}

void
wsc_engine_end_read (WscEngine *self,
                     size_t     n)
{
  assert (wsc_receive_path_is_empty (&self->stream.receiving)
          && n <= self->stream.workspace->read.length);
  self->stream.receiving.begin = 0;
  self->stream.receiving.end = (uint32_t) n;
}
