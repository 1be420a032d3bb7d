/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Engine, the usual case: one Receive waits, and a message lies whole in the read memory; or one
 * Send waits, and its message is copied behind its header; or none waits, and whoever reads takes
 * one message after the other and writes his own in between.
 *
 * A short message costs little but steps, so the calls that each of them passes ask here
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

#include <string.h>

/* Nothing else is to be told before the next message, and messages may come. */
static inline bool
may_take_message (const WscEngine *self)
{
  return self->receive_slot.step == WSC_STEP_IDLE && self->pongs == NULL && !self->is_fault_due
         && self->workspace != NULL
         && wsc_lifecycle_look_up ((WscPhase) self->phase, WSC_CALL_RECEIVE) != 0
         && !self->receiving.reader.is_open && self->receiving.sequence.opcode == 0
         && self->receiving.end - self->receiving.begin >= WSC_MAX_HEADER_LENGTH;
}

bool
wsc_engine_take_message (WscEngine     *self,
                         WscBufferType *type,
                         WscBytes      *payload)
{
  WscWholeMessage message;

  if (!may_take_message (self))
    return false;

  uint8_t *next = self->workspace->read.at + self->receiving.begin;     /* (1) */

  if (!wsc_receive_path_find_message (&self->receiving, self->options, next, &message))
    return false;

  self->receiving.begin += message.frame_length;
  wsc_keepalive_heard (&self->keepalive);
  *payload = (WscBytes) { message.at, message.length };
  *type = message.opcode == WSC_OPCODE_TEXT ? WSC_BUFFER_UTF8_MESSAGE : WSC_BUFFER_BINARY_MESSAGE;

  if (message.opcode != WSC_OPCODE_TEXT || !self->options->utf8_check)
    wsc_mask (message.at, message.at, message.length, message.key);
  else if (!wsc_utf8_unmask_whole (message.at, message.length, message.key))
    {
      wsc_engine_fail_received (self, WSC_FAULT_TEXT_NOT_UTF8, 0);
      self->is_fault_due = 1;
      return false;
    }

  return true;
}

/* Nothing waits to be sent before it, and no extension wants to see it. */
static inline bool
may_write_message (const WscEngine *self)
{
  return self->phase == WSC_PHASE_OPEN && self->sends.count == 0 && self->pongs == NULL
         && self->send_slot.step == WSC_STEP_IDLE && self->receive_slot.step != WSC_STEP_PONG
         && !self->sending.writer.is_open && self->sending.sequence.opcode == 0
         && self->receiving.allowed.rsv == 0;
}

static inline bool
is_one_frame (const WscOptions *options,
              size_t            length)
{
  return options->fragment_size == 0 || length <= options->fragment_size;
}

static inline bool
fits_whole (const WscEngine *self,
            WscBuffer        room,
            size_t           length)
{
  return room.length >= WSC_MAX_HEADER_LENGTH && length <= room.length - WSC_MAX_HEADER_LENGTH
         && (self->options->role == WSC_ROLE_CLIENT || length <= self->workspace->copy_limit)
         && is_one_frame (self->options, length);
}

bool
wsc_engine_is_at_rest (const WscEngine *self)
{
  return ((uint32_t) self->receive_slot.step | self->send_slot.step | self->sends.count
          | self->is_fault_due) == 0
         && self->pongs == NULL && self->phase == WSC_PHASE_OPEN
         && wsc_receive_path_is_empty (&self->receiving);
}

bool
wsc_engine_may_write (const WscEngine *self,
                      size_t           length)
{
  return may_write_message (self) && is_one_frame (self->options, length);
}

static inline size_t
write_plain (uint8_t *at,
             uint8_t  first,
             WscBytes payload)
{
  const size_t n = wsc_frame_header_write (at, first, payload.length, NULL);

  wsc_frame_writer_copy (at + n, payload.at, payload.length);
  return n + payload.length;
}

static WSC_APART size_t
write_masked (const WscEngine *self,
              WscBuffer        room,
              uint8_t          first,
              WscBytes         payload)
{
  WscFrameWriter writer = { 0 };

  wsc_frame_writer_begin (&writer, first, payload.length, wsc_send_path_mask_kind (self->options));
  return wsc_frame_writer_put (&writer, room, payload, self->host);
}

size_t
wsc_engine_write_message (WscEngine       *self,
                          WscBufferType    type,
                          WscBytes         payload,
                          WscTextKnowledge knowledge)
{
  const bool is_text = type == WSC_BUFFER_UTF8_MESSAGE;
  const uint8_t first = WSC_FIN | (is_text ? WSC_OPCODE_TEXT : WSC_OPCODE_BINARY);
  const WscBuffer room = wsc_engine_get_room (self);

  if (!may_write_message (self) || !fits_whole (self, room, payload.length)
      || (is_text && knowledge == WSC_TEXT_UNJUDGED && self->options->utf8_check
          && !wsc_utf8_is_valid (payload)))
    return 0;

  return self->options->role == WSC_ROLE_SERVER ? write_plain (room.at, first, payload)
                                                : write_masked (self, room, first, payload);
}

/* Of a compressed frame there may be more to tell without any octet that is unread. */
size_t
wsc_engine_write_header (WscEngine    *self,
                         WscBufferType type,
                         size_t        length)
{
  const uint8_t opcode = type == WSC_BUFFER_UTF8_MESSAGE ? WSC_OPCODE_TEXT : WSC_OPCODE_BINARY;
  const WscBuffer room = wsc_engine_get_room (self);

  if (self->options->role != WSC_ROLE_SERVER || self->options->fragment_size > 0
      || room.length < WSC_MAX_HEADER_LENGTH || !may_write_message (self))
    return 0;

  return wsc_frame_header_write (room.at, WSC_FIN | opcode, length, NULL);
}

WscBuffer
wsc_engine_begin_read (const WscEngine *self)
{
  if (self->receive_slot.step == WSC_STEP_IDLE && self->receives.count > 0
      && self->receives.ring == NULL && self->receives.own.length == 0
      && self->receives.own.fault == WSC_FAULT_NONE && self->pongs == NULL && !self->is_fault_due
      && self->workspace != NULL && wsc_receive_path_is_empty (&self->receiving))
    return self->workspace->read;

  return (WscBuffer) { NULL, 0 };
}

void
wsc_engine_end_read (WscEngine *self,
                     size_t     n)
{
  assert (wsc_receive_path_is_empty (&self->receiving) && n <= self->workspace->read.length);
  self->receiving.begin = 0;
  self->receiving.end = (uint32_t) n;
}
