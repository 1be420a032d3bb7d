/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An engine at rest, and folded away: of thousands of connections most have nothing under way, and
 * then an engine holds little that another one in that state does not.
 *
 * Decides whether that is so, and copies the little to and fro; changes nothing else.
 *
 * (1) What is not copied is the same in every open engine that has nothing under way, or is not
 *     looked at before it is set. */

#include "core/engine/engine.h"

#include <assert.h>

bool
wsc_engine_is_at_rest (const WscEngine *self)
{
  return ((uint32_t) self->receive_slot.step | self->send_slot.step | self->sends.count
          | self->is_fault_due) == 0
         && self->pongs == NULL && self->phase == WSC_PHASE_OPEN
         && wsc_receive_path_is_empty (&self->receiving);
}

/* A Receive into the read memory may wait: it is no more than its number. */
static inline bool
is_receive_plain (const WscOperationQueue *receives)
{
  const WscOperation *receive = &receives->own;

  if (receives->ring != NULL)
    return false;
  return receives->count == 0
         || (((uintptr_t) receive->at | (uintptr_t) receive->context) == 0
             && receive->fault == WSC_FAULT_NONE);
}

/* No frame and no message has begun, in either direction. */
static inline bool
is_between_messages (const WscEngine *self)
{
  return (self->receiving.reader.is_open | self->receiving.sequence.opcode
          | self->sending.writer.is_open | self->sending.sequence.opcode) == 0;
}

static inline bool
is_anything_held (const WscEngine *self)
{
  return ((uintptr_t) self->workspace | (uintptr_t) self->handshake
          | (uintptr_t) self->sends.ring) != 0;
}

bool
wsc_engine_fold (const WscEngine *self,
                 WscFoldedEngine *folded)
{
  if (is_anything_held (self) || !is_between_messages (self)
      || !is_receive_plain (&self->receives) || !wsc_engine_is_at_rest (self))
    return false;

  assert (self->sending.close_code == 0 && self->received_close_code == 0);     /* (1) */
  folded->host = self->host;
  folded->compression = self->receiving.compression;
  folded->keepalive = self->keepalive;
  folded->receive_serial = self->receive_slot.serial;
  folded->send_serial = self->send_slot.serial;
  folded->last_id = self->last_id;
  folded->receive_id = self->receives.count > 0 ? self->receives.own.id : 0;
  folded->allowed = self->receiving.allowed;
  return true;
}

void
wsc_engine_unfold (WscEngine             *self,
                   const WscOptions      *options,
                   const WscFoldedEngine *folded)
{
  self->options = options;
  self->host = folded->host;
  self->phase = WSC_PHASE_OPEN;
  self->receiving.compression = folded->compression;
  self->receiving.allowed = folded->allowed;
  self->keepalive = folded->keepalive;
  self->receive_slot.serial = folded->receive_serial;
  self->send_slot.serial = folded->send_serial;
  self->last_id = folded->last_id;
  self->receives.count = folded->receive_id != 0;
  self->receives.own = (WscOperation) { .id = folded->receive_id };
}
