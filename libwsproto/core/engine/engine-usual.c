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

static inline WscFault
queue_message (WscEngine    *self,
               WscBufferType type,
               WscBytes      payload,
               unsigned      flags,
               void         *context,
               uint32_t     *id)
{
  WscOperation *operation = wsc_operation_queue_append (&self->sends);

  /* The core never writes to the payload of a Send; operations of both kinds share one struct. */
  operation->at = (uint8_t *) payload.at;
  operation->length = payload.length;
  operation->context = context;
  operation->id = wsc_engine_next_id (self);
  operation->buffer_type = (uint8_t) type;
  operation->flags = (uint8_t) flags;
  operation->first = WSC_FIN | (type == WSC_BUFFER_UTF8_MESSAGE ? WSC_OPCODE_TEXT
                                                                : WSC_OPCODE_BINARY);
  operation->fault = WSC_FAULT_NONE;
  if (id != NULL)
    *id = operation->id;
  return WSC_FAULT_NONE;
}

static WSC_APART WscFault
send_text (WscEngine    *self,
           WscBufferType type,
           WscBytes      payload,
           unsigned      flags,
           void         *context,
           uint32_t     *id)
{
  if (!wsc_utf8_is_valid (payload))
    return WSC_FAULT_TEXT_TO_SEND_NOT_UTF8;

  return queue_message (self, type, payload, flags, context, id);
}

/* Nothing waits and no message is open.  A Send of data never changes the phase. */
WscFault
wsc_engine_send (WscEngine    *self,
                 WscBufferType type,
                 WscBytes      payload,
                 unsigned      flags,
                 void         *context,
                 uint32_t     *id)
{
  if (wsc_lifecycle_look_up ((WscPhase) self->phase, WSC_CALL_SEND_DATA) == 0
      || self->sends.count > 0 || self->sending.sequence.opcode != 0 || payload.at == NULL
      || (flags & ~(unsigned) WSC_SEND_QUIET) || self->receiving.compression != NULL
      || (type != WSC_BUFFER_BINARY_MESSAGE && type != WSC_BUFFER_UTF8_MESSAGE))
    return wsc_engine_send_anyhow (self, type, payload, flags, context, id);

  if (type == WSC_BUFFER_UTF8_MESSAGE && self->options->utf8_check)
    return send_text (self, type, payload, flags, context, id);
  return queue_message (self, type, payload, flags, context, id);
}

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

/* A message waits alone, to leave as one frame, and the wire is free.  ALL asks the
 * other queue first, which is settled only where it has handed out something. */
static inline bool
may_send_message (const WscEngine *self,
                  WscActionQueue   queue)
{
  const WscOperation *message = &self->sends.own;
  uint8_t busy = self->send_slot.step;

  busy |= message->fault;
  busy |= message->flags & (uint8_t) ~WSC_SEND_QUIET;
  busy |= self->sending.writer.is_open;
  return busy == 0 && self->sends.count > 0
         && ((uintptr_t) self->pongs | (uintptr_t) self->sends.ring) == 0
         && (queue == WSC_ACTION_QUEUE_SEND || self->receive_slot.step != WSC_STEP_IDLE)
         && self->receive_slot.step != WSC_STEP_PONG && wsc_frame_is_message (message->first)
         && self->workspace != NULL
         && (self->options->fragment_size == 0 || message->length <= self->options->fragment_size);
}

/* It is copied, as a client's always is; and all of it fits. */
static inline bool
is_room_for_message (const WscEngine *self)
{
  const WscWorkspace *workspace = self->workspace;
  const size_t room = workspace->write.length - workspace->write_kept;
  const size_t length = self->sends.own.length;

  return (self->options->role == WSC_ROLE_SERVER ? length <= workspace->copy_limit
                                                 : self->options->masking)
         && workspace->write_kept <= workspace->write.length
         && room >= WSC_MAX_HEADER_LENGTH && length <= room - WSC_MAX_HEADER_LENGTH;
}

static inline void
hand_out_message (WscEngine *self,
                  uint8_t   *at,
                  size_t     n,
                  WscAction *action)
{
  const WscOperation *message = &self->sends.own;

  self->sending.is_begun = 0;
  self->sending.handed = n;
  self->send_slot.step = WSC_STEP_SENDING;
  self->send_slot.serial++;
  action->type = WSC_ACTION_SEND_TO_NETWORK;
  action->queue = WSC_ACTION_QUEUE_SEND;
  action->buffer_type = message->buffer_type;
  action->n_buffers = 1;
  action->fault = WSC_FAULT_NONE;
  action->ends_operation = message->flags & WSC_SEND_QUIET;
  action->close_code = 0;
  action->serial = self->send_slot.serial;
  action->operation = message->id;
  action->context = message->context;
  action->buffers[0].at = at;
  action->buffers[0].length = n;
  action->buffers[1] = (WscBuffer) { NULL, 0 };
  action->announced = 0;
}

static WSC_APART WscFault
copy_long (uint8_t       *to,
           const uint8_t *from,
           size_t         n)
{
  memcpy (to, from, n);
  return WSC_FAULT_NONE;
}

static WSC_APART WscFault
send_masked (WscEngine *self,
             WscAction *action)
{
  const WscOperation *message = &self->sends.own;
  WscFrameWriter *writer = &self->sending.writer;
  const WscBuffer room = { self->workspace->write.at + self->workspace->write_kept,
                           message->length + WSC_MAX_HEADER_LENGTH };

  wsc_frame_writer_begin (writer, message->first, message->length, WSC_MASK_RANDOM);
  hand_out_message (self, room.at,
                    wsc_frame_writer_put (writer, room,
                                          (WscBytes) { message->at, message->length }, self->host),
                    action);
  return WSC_FAULT_NONE;
}

static inline WscFault
send_message (WscEngine *self,
              WscAction *action)
{
  WscFrameWriter *writer = &self->sending.writer;
  const uint8_t *payload = self->sends.own.at;
  const size_t length = self->sends.own.length;
  uint8_t *at = self->workspace->write.at + self->workspace->write_kept;

  if (self->options->role == WSC_ROLE_CLIENT)
    return send_masked (self, action);

  wsc_frame_writer_begin (writer, self->sends.own.first, length, WSC_MASK_NONE);
  writer->is_header_due = 0;
  writer->sent = length;

  const size_t n = wsc_frame_header_write (at, writer->first, length, NULL);

  hand_out_message (self, at, n + length, action);
  if (length > WSC_WORDS_AT_MOST)
    return copy_long (at + n, payload, length);
  wsc_frame_writer_copy (at + n, payload, length);
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

  if ((queue & WSC_ACTION_QUEUE_SEND) && max_buffers > 0 && may_send_message (self, queue)
      && is_room_for_message (self))
    return send_message (self, action);

  return wsc_engine_get_any_action (self, queue, max_buffers, action);
}

/* The whole frame has left, and it was all of the only Send. */
static inline bool
is_message_sent (const WscEngine *self,
                 size_t           n)
{
  const WscSendPath *path = &self->sending;

  return self->send_slot.step == WSC_STEP_SENDING && self->sends.ring == NULL
         && wsc_frame_is_message (self->sends.own.first) && n == path->handed
         && path->writer.sent == path->writer.length
         && path->writer.length == self->sends.own.length;
}

static inline void
complete_message (WscEngine *self)
{
  self->send_slot.step = WSC_STEP_IDLE;
  self->sending.is_begun = 1;
  self->sending.writer.is_open = 0;
  if (self->sends.own.flags & WSC_SEND_QUIET)
    self->sends.count = 0;
  else
    self->sends.own.flags |= WSC_OPERATION_DONE;
}

void
wsc_engine_complete_action (WscEngine       *self,
                            const WscAction *action,
                            size_t           n)
{
  if (action->queue == WSC_ACTION_QUEUE_RECEIVE && self->receive_slot.step == WSC_STEP_INDICATING
      && action->serial == self->receive_slot.serial)
    {
      self->receive_slot.step = WSC_STEP_IDLE;
      wsc_operation_queue_take (&self->receives);
    }
  else if (action->queue == WSC_ACTION_QUEUE_SEND && action->serial == self->send_slot.serial
           && is_message_sent (self, n))
    complete_message (self);
  else
    wsc_engine_complete_any_action (self, action, n);
}

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
wsc_engine_may_write (const WscEngine *self,
                      size_t           length)
{
  return may_write_message (self) && is_one_frame (self->options, length);
}

bool
wsc_folded_engine_may_write (const WscFoldedEngine *self,
                             const WscOptions      *options,
                             size_t                 length)
{
  return self->allowed.rsv == 0 && is_one_frame (options, length);
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
