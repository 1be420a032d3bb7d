/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Engine, the usual case: one Receive waits, and a message lies whole in the read memory.
 *
 * A short message costs little but steps, so the three calls that each of them passes ask here
 * whether the case is the usual one.  If so they do what the general way would do, and no more;
 * if not they have changed nothing and go the general way, which is never wrong.  So no rule
 * lives here alone: engine.c and engine-calls.c could do without this file.
 *
 * No function here calls one that comes back, but for those that end it: then there is nothing
 * to keep, and no register is saved for it.
 *
 * (1) What is unread lies in a workspace that is lent.
 * (2) Where a fault is due nothing is unread. */

#include "core/bytes/words.h"
#include "core/engine/engine-private.h"
#include "core/limits.h"

#include <assert.h>

WscFault
wsc_engine_receive (WscEngine *self,
                    WscBuffer  buffer,
                    void      *context,
                    uint32_t  *id)
{
  WscOperation *operation;

  if (wsc_lifecycle_look_up ((WscPhase) self->phase, WSC_CALL_RECEIVE) == 0
      || self->receives.count > 0 || buffer.length > 0)
    return wsc_engine_receive_anyhow (self, buffer, context, id);

  operation = wsc_operation_queue_append (&self->receives);
  *operation = (WscOperation) { .context = context, .id = wsc_engine_next_id (self) };
  if (id != NULL)
    *id = operation->id;
  return WSC_FAULT_NONE;
}

/* A Receive without memory of its own waits, nothing else is due before the next frame (2), no
 * frame and no message is open, and what is unread has room for any header.  Where a Receive waits,
 * the phase is one in which messages may come.  What is nearly always 0 is asked together. */
static inline bool
awaits_message (const WscEngine *self)
{
  const WscOperationQueue *receives = &self->receives;
  const WscReceivePath *path = &self->receiving;
  uint8_t busy = self->receive_slot.step;

  busy |= receives->own.fault;
  busy |= path->reader.is_open;
  busy |= path->sequence.opcode;
  return busy == 0 && receives->count > 0
         && ((uintptr_t) self->pongs | (uintptr_t) receives->ring | receives->own.length) == 0
         && path->end - path->begin >= WSC_MAX_HEADER_LENGTH;
}

static WSC_APART WscFault
unmask_text (WscEngine *self,
             WscAction *action,
             size_t     n,
             uint32_t   key)
{
  if (wsc_utf8_unmask_whole (action->buffers[0].at, n, key))
    return WSC_FAULT_NONE;

  self->receive_slot.step = WSC_STEP_IDLE;
  self->receive_slot.serial--;
  *action = (WscAction) { 0 };
  return wsc_engine_fail_received (self, WSC_FAULT_TEXT_NOT_UTF8, 0);
}

static WSC_APART WscFault
unmask_long (uint8_t *at,
             size_t   n,
             uint32_t key)
{
  wsc_mask (at, at, n, key);
  return WSC_FAULT_NONE;
}

static inline void
fill_action (const WscEngine       *self,
             const WscWholeMessage *message,
             WscAction             *action)
{
  static const uint8_t types[] = {
    [WSC_OPCODE_TEXT] = WSC_BUFFER_UTF8_MESSAGE, [WSC_OPCODE_BINARY] = WSC_BUFFER_BINARY_MESSAGE,
  };

  action->type = WSC_ACTION_INDICATE_RECEIVE_COMPLETE;
  action->queue = WSC_ACTION_QUEUE_RECEIVE;
  action->buffer_type = types[message->opcode];
  action->n_buffers = 1;
  action->fault = WSC_FAULT_NONE;
  action->ends_operation = 0;
  action->close_code = 0;
  action->serial = self->receive_slot.serial;
  action->operation = self->receives.own.id;
  action->context = self->receives.own.context;
  action->buffers[0].at = message->at;
  action->buffers[0].length = message->length;
  action->buffers[1] = (WscBuffer) { NULL, 0 };
  action->announced = 0;
}

/* The payload is unmasked, and judged, last of all; a text that is refused was never handed
 * out. */
static inline WscFault
indicate_message (WscEngine             *self,
                  const WscWholeMessage *message,
                  WscAction             *action)
{
  self->receiving.begin += message->frame_length;
  self->receive_slot.step = WSC_STEP_INDICATING;
  self->receive_slot.serial++;
  wsc_keepalive_heard (&self->keepalive);
  fill_action (self, message, action);

  if (message->opcode == WSC_OPCODE_TEXT && self->options->utf8_check)
    return unmask_text (self, action, message->length, message->key);
  if (message->length > WSC_WORDS_AT_MOST)
    return unmask_long (message->at, message->length, message->key);
  mask_words (message->at, message->at, message->length, message->key);
  return WSC_FAULT_NONE;
}

WscFault
wsc_engine_get_action (WscEngine     *self,
                       WscActionQueue queue,
                       unsigned       max_buffers,
                       WscAction     *action)
{
  WscWholeMessage message;

  if ((queue & WSC_ACTION_QUEUE_RECEIVE) && max_buffers > 0 && awaits_message (self)
      && wsc_receive_path_find_message (&self->receiving, self->options,
                                        self->workspace->read.at + self->receiving.begin,  /* (1) */
                                        &message))
    return indicate_message (self, &message, action);

  return wsc_engine_get_any_action (self, queue, max_buffers, action);
}

void
wsc_engine_complete_action (WscEngine       *self,
                            const WscAction *action,
                            size_t           n)
{
  if (action->queue != WSC_ACTION_QUEUE_RECEIVE || self->receive_slot.step != WSC_STEP_INDICATING
      || action->serial != self->receive_slot.serial)
    {
      wsc_engine_complete_any_action (self, action, n);
      return;
    }

  self->receive_slot.step = WSC_STEP_IDLE;
  wsc_operation_queue_take (&self->receives);
}
