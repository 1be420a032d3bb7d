/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Engine, whole messages written without an action: only where no operation and no action is due
 * before them. */

#include "core/engine/engine-private.h"

/* Nothing waits to be sent before it. */
static inline bool
is_send_idle (const WscEngine *self)
{
  return wsc_operation_queue_get_count (&self->sends) == 0 && self->send_slot.step == WSC_STEP_IDLE
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
  return ((uint32_t) self->receive_slot.step | self->send_slot.step
          | wsc_operation_queue_get_count (&self->sends)
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
