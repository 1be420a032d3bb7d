/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Engine, what it is asked to do: Sends and Receives, the workspace, the time.
 *
 * Checks a call, queues its operation and takes the step of the life cycle; hands nothing out.
 *
 * (1) A call that is refused has changed nothing. */

#include "core/engine/engine-private.h"

#include "core/engine/waiting-pongs.h"
#include "core/frames/close-payload.h"
#include "core/limits.h"

#include <assert.h>

void
wsc_engine_init (WscEngine        *self,
                 const WscOptions *options,
                 const WscHost    *host)
{
  *self = (WscEngine) { .options = options, .host = host };
  wsc_operation_queue_init (&self->receives);
  wsc_operation_queue_init (&self->sends);
}

void
wsc_engine_clear (WscEngine *self)
{
  wsc_receive_path_drop (&self->receiving);
  wsc_compression_free (self->receiving.compression);
  self->receiving.compression = NULL;
  wsc_waiting_pongs_clear (&self->pongs);
  wsc_operation_queue_clear (&self->receives);
  wsc_operation_queue_clear (&self->sends);
  wsc_engine_forget_handshake (self);
  self->workspace = NULL;
}

WscFault
wsc_engine_get_refusal (const WscEngine *self,
                        WscCall          call)
{
  return self->phase == WSC_PHASE_FAILED ? (WscFault) self->fault
                                         : wsc_lifecycle_check ((WscPhase) self->phase, call);
}

static bool
is_ping_or_pong (uint8_t first,
                 uint8_t buffer_type)
{
  return wsc_frame_is_control (first) && buffer_type != WSC_BUFFER_CLOSE;
}

/* What an urgent message goes behind: other urgent ones, and the rest of one that has begun. */
static bool
is_before_urgent (const WscOperation *operation)
{
  return (operation->flags & WSC_SEND_URGENT) || (operation->first & WSC_OPCODE) == 0;
}

/* The place behind a Send that has begun, or has left and is still to be indicated. */
static uint32_t
get_first_waiting (WscEngine *self)
{
  const WscOperation *first = wsc_operation_queue_peek (&self->sends, 0);

  return first != NULL && (self->sending.writer.is_open || wsc_operation_is_done (first)
                           || self->send_slot.step == WSC_STEP_INDICATING);
}

/* Pings and pongs overtake what waits, but for a frame that has begun and those that came before
 * them. In Windows mode all Sends keep their order. */
static WSC_SELDOM WscOperation *
insert_send (WscEngine          *self,
             const WscOperation *model)
{
  const WscOperation *before;
  bool is_control = is_ping_or_pong (model->first, model->buffer_type);
  uint32_t index = get_first_waiting (self);

  if (!self->options->auto_close || !(is_control || (model->flags & WSC_SEND_URGENT)))
    return wsc_operation_queue_insert (&self->sends, self->sends.count);

  while ((before = wsc_operation_queue_peek (&self->sends, index)) != NULL
         && (is_ping_or_pong (before->first, before->buffer_type)
             || (!is_control && is_before_urgent (before))))
    index++;
  return wsc_operation_queue_insert (&self->sends, index);
}

/* The model is no more than names: nothing of it is stored before it is in its place. */
static WSC_INLINE WscFault
add_send (WscEngine          *self,
          const WscOperation *model,
          uint32_t           *id)
{
  WscOperation *added = self->sends.count == 0
                        ? wsc_operation_queue_append (&self->sends)
                        : insert_send (self, model);

  if (added == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  *added = (WscOperation) { .at = model->at, .length = model->length, .context = model->context,
                            .id = model->flags & WSC_SEND_AUTOMATIC ? 0 : wsc_engine_next_id (self),
                            .buffer_type = model->buffer_type,
                            .flags = model->flags & (uint8_t) ~WSC_SEND_AUTOMATIC,
                            .first = model->first };
  if (id != NULL)
    *id = added->id;
  return WSC_FAULT_NONE;
}

/* The first octet a frame of this type begins with, as if it stood alone; 0 = no such type. */
static uint8_t
first_octet (WscBufferType type)
{
  switch (type)
    {
    case WSC_BUFFER_UTF8_MESSAGE:
      return WSC_FIN | WSC_OPCODE_TEXT;
    case WSC_BUFFER_UTF8_FRAGMENT:
      return WSC_OPCODE_TEXT;
    case WSC_BUFFER_BINARY_MESSAGE:
      return WSC_FIN | WSC_OPCODE_BINARY;
    case WSC_BUFFER_BINARY_FRAGMENT:
      return WSC_OPCODE_BINARY;
    case WSC_BUFFER_PING_PONG:
      return WSC_FIN | WSC_OPCODE_PING;
    case WSC_BUFFER_UNSOLICITED_PONG:
      return WSC_FIN | WSC_OPCODE_PONG;
    case WSC_BUFFER_NONE:
    case WSC_BUFFER_CLOSE:
    case WSC_BUFFER_RAW:
      break;
    }
  return 0;
}

/* The kind stays that of the whole message; on the wire later frames are continuations. */
static uint8_t
first_on_wire (const WscEngine *self,
               uint8_t          first)
{
  bool is_data = !(first & WSC_OPCODE_IS_CONTROL);

  return is_data && self->sending.sequence.opcode != 0 ? first & (uint8_t) ~WSC_OPCODE : first;
}

/* A message is compressed or not as a whole; its first fragment decides.  A message that is sent in
 * fragments is of a length that nobody knows, so it is not short. */
static WSC_SELDOM void
decide_compression (const WscEngine *self,
                    uint8_t          first,
                    WscOperation    *operation)
{
  const WscFrameSequence *sequence = &self->sending.sequence;
  bool is_compressed = sequence->is_compressed;

  if (wsc_frame_is_control (first) || operation->buffer_type == WSC_BUFFER_RAW
      || (operation->flags & WSC_SEND_DEFLATED))
    return;

  if (sequence->opcode == 0)
    {
      is_compressed = !(operation->flags & WSC_SEND_NO_COMPRESSION)
                      && (!(first & WSC_FIN)
                          || operation->length >= self->receiving.compression->threshold);
      operation->first |= is_compressed ? WSC_RSV1 : 0;
    }
  if (is_compressed)
    operation->flags = (uint8_t) ((operation->flags | WSC_OPERATION_COMPRESSED)
                                  & ~WSC_OPERATION_PREPARED);
}

static WSC_SELDOM void
remember_compression (WscEngine          *self,
                      uint8_t             first,
                      const WscOperation *operation)
{
  if (!wsc_frame_is_control (first))
    self->sending.sequence.is_compressed = !(first & WSC_FIN)
                                           && (operation->flags & WSC_OPERATION_COMPRESSED);
}

static WSC_INLINE WscFault
send_frame (WscEngine    *self,
            uint8_t       first,
            WscOperation *operation,
            uint32_t     *id)
{
  WscCall call = first & WSC_OPCODE_IS_CONTROL ? WSC_CALL_SEND_CONTROL : WSC_CALL_SEND_DATA;
  WscBytes payload = { operation->at, operation->length };
  WscPhase phase;
  WscUtf8 utf8;
  WscFault fault;

  wsc_engine_open_if_answered (self);
  phase = (WscPhase) self->phase;
  fault = wsc_engine_may_call (self, call);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_send_path_check (&self->sending, self->options, first, payload, &utf8);
  if (fault != WSC_FAULT_NONE)
    return fault;

  operation->first = first_on_wire (self, first);
  if (self->receiving.compression != NULL)
    decide_compression (self, first, operation);
  fault = add_send (self, operation, id);
  if (fault != WSC_FAULT_NONE)
    return fault;

  wsc_send_path_accept (&self->sending, first, utf8);
  if (self->receiving.compression != NULL)
    remember_compression (self, first, operation);
  self->phase = (uint8_t) wsc_lifecycle_step (phase, call);
  return WSC_FAULT_NONE;
}

/* Of raw and control frames there are few. */
static WSC_SELDOM WscFault
send_seldom (WscEngine    *self,
             uint8_t       first,
             WscOperation *operation,
             uint32_t     *id)
{
  return send_frame (self, first, operation, id);
}

/* A message alike for all: between messages, where nothing of another one is referred to. */
static bool
takes_deflated (const WscEngine *self)
{
  const WscCompression *compression = self->receiving.compression;

  return compression != NULL && !wsc_compression_keeps_context (compression)
         && self->sending.sequence.opcode == 0;
}

static WSC_INLINE WscFault
send_message (WscEngine    *self,
              WscBufferType type,
              WscBytes      payload,
              unsigned      flags,
              void         *context,
              uint32_t     *id)
{
  uint8_t first = first_octet (type);

  if (first == 0)
    return WSC_FAULT_BUFFER_TYPE_UNKNOWN;

  if (flags & WSC_SEND_DEFLATED)
    {
      if (!wsc_frame_is_message (first) || !takes_deflated (self))
        return WSC_FAULT_RSV_NOT_NEGOTIATED;
      first |= WSC_RSV1;
    }

  /* The core never writes to the payload of a Send; operations of both kinds share one struct. */
  if (wsc_frame_is_control (first))
    return send_seldom (self, first,
                        &(WscOperation) { .at = (uint8_t *) payload.at, .length = payload.length,
                                          .context = context,
                                          .buffer_type = (uint8_t) type, .flags = (uint8_t) flags },
                        id);
  return send_frame (self, first,
                     &(WscOperation) { .at = (uint8_t *) payload.at, .length = payload.length,
                                       .context = context,
                                       .buffer_type = (uint8_t) type, .flags = (uint8_t) flags },
                     id);
}

WscFault
wsc_engine_send_prepared (WscEngine    *self,
                          WscBufferType type,
                          WscBytes      payload,
                          uint8_t       header_length,
                          unsigned      flags,
                          void         *context,
                          uint32_t     *id)
{
  /* A client masks: a server's header is no use to it, nor is one that is not the shortest. */
  if (self->options->role == WSC_ROLE_SERVER
      && header_length == wsc_frame_header_length (payload.length))
    flags |= WSC_OPERATION_PREPARED;
  return send_message (self, type, payload, flags, context, id);
}

WscFault
wsc_engine_send (WscEngine    *self,
                 WscBufferType type,
                 WscBytes      payload,
                 unsigned      flags,
                 void         *context,
                 uint32_t     *id)
{
  return send_message (self, type, payload, flags, context, id);
}

WscFault
wsc_engine_send_raw (WscEngine *self,
                     uint16_t   header,
                     WscBytes   payload,
                     unsigned   flags,
                     void      *context,
                     uint32_t  *id)
{
  uint8_t first = (uint8_t) (header >> 1);

  if (header > 0x1ff)
    return WSC_FAULT_BUFFER_TYPE_UNKNOWN;
  if (header & 1)
    return WSC_FAULT_RAW_HEADER_MASKED;
  if ((first & WSC_OPCODE) == WSC_OPCODE_CLOSE)
    return WSC_FAULT_RAW_HEADER_IS_CLOSE;

  return send_seldom (self, first,
                      &(WscOperation) { .at = (uint8_t *) payload.at, .length = payload.length,
                                        .context = context,
                                        .buffer_type = WSC_BUFFER_RAW, .flags = (uint8_t) flags },
                      id);
}

WscFault
wsc_engine_add_close (WscEngine *self,
                      uint16_t   code,
                      WscBytes   reason,
                      unsigned   flags,
                      void      *context,
                      uint32_t  *id)
{
  WscFault fault = add_send (self,
                             &(WscOperation) { .at = (uint8_t *) reason.at, .length = reason.length,
                                               .context = context,
                                               .buffer_type = WSC_BUFFER_CLOSE,
                                               .flags = (uint8_t) flags,
                                               .first = WSC_FIN | WSC_OPCODE_CLOSE },
                             id);

  if (fault == WSC_FAULT_NONE)
    self->sending.close_code = code;
  return fault;
}

WscFault
wsc_engine_send_close (WscEngine *self,
                       uint16_t   code,
                       WscBytes   reason,
                       void      *context,
                       uint32_t  *id)
{
  WscFault fault;

  wsc_engine_open_if_answered (self);
  fault = wsc_engine_may_call (self, WSC_CALL_SEND_CLOSE);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_close_payload_check_send (code, reason);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_engine_add_close (self, code, reason, 0, context, id);
  if (fault == WSC_FAULT_NONE)
    wsc_engine_step_phase (self, WSC_CALL_SEND_CLOSE);
  return fault;
}

WscFault
wsc_engine_receive (WscEngine *self,
                    WscBuffer  buffer,
                    void      *context,
                    uint32_t  *id)
{
  WscOperation *operation;
  WscFault fault;

  wsc_engine_open_if_answered (self);
  fault = wsc_engine_may_call (self, WSC_CALL_RECEIVE);
  if (fault != WSC_FAULT_NONE)
    return fault;

  if (buffer.at == NULL && buffer.length > 0)
    return WSC_FAULT_BUFFER_WITHOUT_MEMORY;

  operation = wsc_operation_queue_append (&self->receives);
  if (operation == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  *operation = (WscOperation) { .at = buffer.at, .length = buffer.length, .context = context,
                                .id = wsc_engine_next_id (self) };
  if (id != NULL)
    *id = operation->id;
  return WSC_FAULT_NONE;
}

void
wsc_engine_lend (WscEngine    *self,
                 WscWorkspace *workspace)
{
  assert (self->workspace == NULL);
  self->workspace = workspace;
  wsc_engine_lend_to_compression (self);
  wsc_receive_path_lend (&self->receiving, workspace->read);
}

WscFault
wsc_engine_take_back (WscEngine *self)
{
  WscBuffer read = self->workspace->read;
  WscFault fault;

  assert (self->receive_slot.step != WSC_STEP_INDICATING
          && self->send_slot.step != WSC_STEP_INDICATING);
  if (self->receive_slot.step == WSC_STEP_READING)
    wsc_engine_withdraw (&self->receive_slot);

  fault = wsc_receive_path_take_back (&self->receiving, read);
  self->workspace = NULL;
  wsc_engine_lend_to_compression (self);
  if (fault != WSC_FAULT_NONE && wsc_engine_may_call (self, WSC_CALL_FAIL) == WSC_FAULT_NONE)
    {
      wsc_engine_fail (self, WSC_CALL_FAIL, fault, 0);
      self->is_fault_due = 1;
    }
  return fault;
}

WscFault
wsc_engine_unread (WscEngine *self,
                   WscBytes   bytes)
{
  assert (self->workspace == NULL);
  return wsc_receive_path_unread (&self->receiving, bytes);
}

void
wsc_engine_drop_waiting (WscEngine *self)
{
  WscOperation *operation;
  uint32_t first = self->sending.writer.is_open || self->send_slot.step == WSC_STEP_INDICATING;

  if (self->sending.close_code == 0)
    return;

  for (uint32_t i = first; (operation = wsc_operation_queue_peek (&self->sends, i)) != NULL; i++)
    if (operation->buffer_type != WSC_BUFFER_CLOSE && operation->fault == WSC_FAULT_NONE
        && !(operation->flags & (WSC_OPERATION_BEGUN | WSC_OPERATION_DONE)))
      operation->fault = WSC_FAULT_CLOSING_STARTED;
}

/* Whole messages, pings and pongs stand alone; the parts of a message do not. */
static bool
may_be_cancelled (const WscOperation *operation)
{
  return !wsc_operation_is_done (operation) && operation->fault == WSC_FAULT_NONE
         && operation->buffer_type != WSC_BUFFER_CLOSE
         && (operation->first & WSC_FIN) && (operation->first & WSC_OPCODE) != 0;
}

bool
wsc_engine_cancel_send (WscEngine *self,
                        uint32_t   id)
{
  WscOperation *operation;
  uint32_t i = get_first_waiting (self);

  while ((operation = wsc_operation_queue_peek (&self->sends, i)) != NULL && operation->id != id)
    i++;
  if (operation == NULL || !may_be_cancelled (operation))
    return false;

  operation->fault = WSC_FAULT_CANCELLED;
  return true;
}

/* The octets of its ping are the engine's own: they stay until it has left. */
static bool
is_keepalive_queued (WscEngine *self)
{
  const WscOperation *operation;
  uint32_t i = 0;

  while ((operation = wsc_operation_queue_peek (&self->sends, i)) != NULL
         && operation->at != self->keepalive.payload)
    i++;
  return operation != NULL;
}

static bool
queue_keepalive (WscEngine *self)
{
  self->host->fill_random (self->host->data, self->keepalive.payload, WSC_KEEPALIVE_PAYLOAD);
  return add_send (self,
                   &(WscOperation) { .at = self->keepalive.payload, .length = WSC_KEEPALIVE_PAYLOAD,
                                     .buffer_type = WSC_BUFFER_PING_PONG,
                                     .flags = WSC_SEND_QUIET | WSC_SEND_AUTOMATIC,
                                     .first = WSC_FIN | WSC_OPCODE_PING },
                   NULL) == WSC_FAULT_NONE;
}

int64_t
wsc_engine_advance (WscEngine *self,
                    int64_t    now)
{
  WscKeepaliveVerdict verdict = wsc_keepalive_judge (&self->keepalive, self->options, now);

  if (self->phase != WSC_PHASE_OPEN)
    return WSC_NO_DEADLINE;

  switch (verdict)
    {
    case WSC_KEEPALIVE_QUIET:
      break;
    case WSC_KEEPALIVE_PING_DUE:
      if (is_keepalive_queued (self) || queue_keepalive (self))
        wsc_keepalive_ping_sent (&self->keepalive);
      else
        wsc_keepalive_heard (&self->keepalive);         /* no memory: again after one interval */
      break;
    case WSC_KEEPALIVE_PEER_DEAD:
      wsc_engine_fail (self, WSC_CALL_FAIL, WSC_FAULT_PEER_NOT_RESPONDING,
                       (uint64_t) (self->keepalive.now - self->keepalive.ping_sent) / 1000);
      self->is_fault_due = 1;
      return WSC_NO_DEADLINE;
    }
  return wsc_keepalive_get_deadline (&self->keepalive, self->options);
}

WscPhase
wsc_engine_get_phase (const WscEngine *self)
{
  return (WscPhase) self->phase;
}

WscFault
wsc_engine_get_fault (const WscEngine *self)
{
  return (WscFault) self->fault;
}

uint64_t
wsc_engine_get_fault_number (const WscEngine *self)
{
  return self->fault_number;
}

uint16_t
wsc_engine_get_sent_close_code (const WscEngine *self)
{
  return self->sending.close_code;
}

uint16_t
wsc_engine_get_received_close_code (const WscEngine *self)
{
  return self->received_close_code;
}

const WscDeflateParameters *
wsc_engine_get_deflate (const WscEngine *self)
{
  const WscCompression *compression = self->receiving.compression;

  return compression != NULL ? &compression->agreed : NULL;
}

bool
wsc_engine_get_deflate_form (const WscEngine *self,
                             size_t           length,
                             WscDeflateForm  *form)
{
  const WscCompression *compression = self->receiving.compression;

  if (!takes_deflated (self) || compression->role != WSC_ROLE_SERVER
      || length < compression->threshold)
    return false;

  *form = wsc_compression_get_form (compression);
  return true;
}

uint64_t
wsc_engine_get_inflate_work (const WscEngine *self)
{
  const WscCompression *compression = self->receiving.compression;

  return compression != NULL ? compression->work : 0;
}

bool
wsc_engine_has_pending (const WscEngine *self,
                        WscActionQueue   queue)
{
  bool sends = self->sends.count > 0 || self->pongs != NULL
               || self->send_slot.step != WSC_STEP_IDLE || self->receive_slot.step == WSC_STEP_PONG;
  bool receives = self->receives.count > 0 || self->is_fault_due;

  return ((queue & WSC_ACTION_QUEUE_SEND) && sends)
         || ((queue & WSC_ACTION_QUEUE_RECEIVE) && receives);
}
