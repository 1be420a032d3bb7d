/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Engine, what it is asked to do: Sends and Receives, the workspace, the time.
 *
 * Asks the stream whether a call is allowed, and queues its operation; hands nothing out.
 *
 * (1) A call that is refused has changed nothing. */

#include "core/engine/engine-private.h"

#include <assert.h>

void
wsc_engine_init (WscEngine        *self,
                 const WscOptions *options,
                 const WscHost    *host)
{
  *self = (WscEngine) { .receive_slot = { 0 } };
  wsc_stream_init (&self->stream, options, host);
}

void
wsc_engine_clear (WscEngine *self)
{
  wsc_stream_clear (&self->stream);
  wsc_operation_queue_clear (&self->receives);
  wsc_operation_queue_clear (&self->sends);
  wsc_engine_forget_handshake (self);
}

WscFault
wsc_engine_establish (WscEngine               *self,
                      const WscFrameAllowance *allowed)
{
  return wsc_stream_establish (&self->stream, allowed);
}

static bool
is_ping_or_pong (uint8_t first,
                 uint8_t buffer_type)
{
  return wsc_frame_is_control (first) && buffer_type != WSC_BUFFER_CLOSE;
}

/* An urgent message is sent after other urgent ones, and after the rest of one that has begun. */
static bool
is_before_urgent (const WscOperation *operation)
{
  return (operation->flags & WSC_SEND_URGENT) || (operation->out.first & WSC_OPCODE) == 0;
}

/* The place after a Send that has begun, or was sent and is still to be indicated. */
static uint32_t
get_first_waiting (WscEngine *self)
{
  const WscOperation *first = wsc_operation_queue_peek (&self->sends, 0);

  return first != NULL && (self->stream.sending.writer.is_open || wsc_operation_is_done (first)
                           || self->send_slot.step == WSC_STEP_INDICATING);
}

/* Pings and pongs go ahead of what waits, but not of a frame that has begun, nor of earlier pings
 * and pongs.  In Windows mode all Sends keep their order. */
static WSC_COLD WscOperation *
insert_send (WscEngine         *self,
             const WscOutgoing *out,
             uint8_t            buffer_type,
             uint8_t            flags)
{
  const WscOperation *before;
  bool is_control = is_ping_or_pong (out->first, buffer_type);
  uint32_t index = get_first_waiting (self);

  if (!self->stream.options->auto_close || !(is_control || (flags & WSC_SEND_URGENT)))
    return wsc_operation_queue_append (&self->sends);

  while ((before = wsc_operation_queue_peek (&self->sends, index)) != NULL
         && (is_ping_or_pong (before->out.first, before->buffer_type)
             || (!is_control && is_before_urgent (before))))
    index++;
  return wsc_operation_queue_insert (&self->sends, index);
}

WscFault
wsc_engine_add_send (WscEngine          *self,
                     const WscProposal  *proposal,
                     const WscOperation *model,
                     uint32_t           *id)
{
  WscOperation *added = wsc_operation_queue_get_count (&self->sends) == 0
                        ? wsc_operation_queue_append (&self->sends)
                        : insert_send (self, &proposal->out, model->buffer_type, model->flags);

  if (added == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  *added = (WscOperation) { .out = proposal->out, .context = model->context,
                            .id = model->flags & WSC_SEND_AUTOMATIC ? 0 : wsc_engine_next_id (self),
                            .buffer_type = model->buffer_type,
                            .flags = model->flags & (WSC_SEND_QUIET | WSC_SEND_URGENT) };
  wsc_stream_accept (&self->stream, proposal);
  if (id != NULL)
    *id = added->id;
  return WSC_FAULT_NONE;
}

WscFault
wsc_engine_add_due_close (WscEngine *self)
{
  WscProposal proposal;

  if (!wsc_stream_propose_due_close (&self->stream, &proposal))
    return WSC_FAULT_NONE;

  return wsc_engine_add_send (self, &proposal,
                              &(WscOperation) { .buffer_type = WSC_BUFFER_CLOSE,
                                                .flags = WSC_SEND_QUIET | WSC_SEND_AUTOMATIC },
                              NULL);
}

static WscFault
send_proposal (WscEngine         *self,
               const WscProposal *proposal,
               WscFault           fault,
               WscBufferType      type,
               unsigned           flags,
               void              *context,
               uint32_t          *id)
{
  if (fault != WSC_FAULT_NONE)
    return fault;

  return wsc_engine_add_send (self, proposal,
                              &(WscOperation) { .context = context, .buffer_type = (uint8_t) type,
                                                .flags = (uint8_t) flags },
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
  unsigned out_flags = flags & (WSC_OUTGOING_NO_COMPRESSION | WSC_OUTGOING_DEFLATED);
  WscProposal proposal;
  WscFault fault;

  /* A client masks, so it cannot use a server's header; and the header has to be the shortest. */
  if (self->stream.options->role == WSC_ROLE_SERVER
      && header_length == wsc_frame_header_length (payload.length))
    out_flags |= WSC_OUTGOING_PREPARED;
  wsc_engine_open_if_answered (self);
  fault = wsc_stream_propose (&self->stream, type, payload, out_flags, &proposal);
  return send_proposal (self, &proposal, fault, type, flags, context, id);
}

WscFault
wsc_engine_send (WscEngine    *self,
                 WscBufferType type,
                 WscBytes      payload,
                 unsigned      flags,
                 void         *context,
                 uint32_t     *id)
{
  return wsc_engine_send_prepared (self, type, payload, 0, flags, context, id);
}

WscFault
wsc_engine_send_raw (WscEngine *self,
                     uint16_t   header,
                     WscBytes   payload,
                     unsigned   flags,
                     void      *context,
                     uint32_t  *id)
{
  WscProposal proposal;
  WscFault fault;

  wsc_engine_open_if_answered (self);
  fault = wsc_stream_propose_raw (&self->stream, header, payload, &proposal);
  return send_proposal (self, &proposal, fault, WSC_BUFFER_RAW, flags, context, id);
}

WscFault
wsc_engine_send_close (WscEngine *self,
                       uint16_t   code,
                       WscBytes   reason,
                       void      *context,
                       uint32_t  *id)
{
  WscProposal proposal;
  WscFault fault;

  wsc_engine_open_if_answered (self);
  fault = wsc_stream_propose_close (&self->stream, code, reason, &proposal);
  return send_proposal (self, &proposal, fault, WSC_BUFFER_CLOSE, 0, context, id);
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
  fault = wsc_stream_may_call (&self->stream, WSC_CALL_RECEIVE);
  if (fault != WSC_FAULT_NONE)
    return fault;

  if (buffer.at == NULL && buffer.length > 0)
    return WSC_FAULT_BUFFER_WITHOUT_MEMORY;

  operation = wsc_operation_queue_append (&self->receives);
  if (operation == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  *operation = (WscOperation) { .memory = buffer, .context = context,
                                .id = wsc_engine_next_id (self) };
  if (id != NULL)
    *id = operation->id;
  return WSC_FAULT_NONE;
}

void
wsc_engine_lend (WscEngine    *self,
                 WscWorkspace *workspace)
{
  wsc_stream_lend (&self->stream, workspace);
}

WscFault
wsc_engine_take_back (WscEngine *self)
{
  WscFault fault;

  assert (self->receive_slot.step != WSC_STEP_INDICATING
          && self->send_slot.step != WSC_STEP_INDICATING);
  if (self->receive_slot.step == WSC_STEP_READING)
    wsc_engine_withdraw (&self->receive_slot);

  fault = wsc_stream_take_back (&self->stream);
  if (fault != WSC_FAULT_NONE
      && wsc_stream_may_call (&self->stream, WSC_CALL_FAIL) == WSC_FAULT_NONE)
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
  return wsc_stream_unread (&self->stream, bytes);
}

void
wsc_engine_drop_waiting (WscEngine *self)
{
  WscOperation *operation;
  uint32_t first = self->stream.sending.writer.is_open
                   || self->send_slot.step == WSC_STEP_INDICATING;

  if (self->stream.sending.close_code == 0)
    return;

  for (uint32_t i = first; (operation = wsc_operation_queue_peek (&self->sends, i)) != NULL; i++)
    if (operation->buffer_type != WSC_BUFFER_CLOSE && operation->fault == WSC_FAULT_NONE
        && !(operation->out.flags & WSC_OUTGOING_BEGUN) && !wsc_operation_is_done (operation))
      operation->fault = WSC_FAULT_CLOSING_STARTED;
}

/* A whole message, a ping or a pong can be left out; a part of a message cannot. */
static bool
may_be_cancelled (const WscOperation *operation)
{
  return !wsc_operation_is_done (operation) && operation->fault == WSC_FAULT_NONE
         && operation->buffer_type != WSC_BUFFER_CLOSE
         && (operation->out.first & WSC_FIN) && (operation->out.first & WSC_OPCODE) != 0;
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

/* The bytes of its ping are the stream's own: they are not changed before it was sent. */
static bool
is_keepalive_queued (WscEngine *self)
{
  const WscOperation *operation;
  uint32_t i = 0;

  while ((operation = wsc_operation_queue_peek (&self->sends, i)) != NULL
         && operation->out.at != self->stream.keepalive.payload)
    i++;
  return operation != NULL;
}

static bool
queue_keepalive (WscEngine *self)
{
  WscProposal proposal;

  return wsc_stream_propose_keepalive (&self->stream, &proposal) == WSC_FAULT_NONE
         && wsc_engine_add_send (self, &proposal,
                                 &(WscOperation) { .buffer_type = WSC_BUFFER_PING_PONG,
                                                   .flags = WSC_SEND_QUIET | WSC_SEND_AUTOMATIC },
                                 NULL) == WSC_FAULT_NONE;
}

int64_t
wsc_engine_advance (WscEngine *self,
                    int64_t    now)
{
  WscKeepalive *keepalive = &self->stream.keepalive;

  switch (wsc_stream_set_time (&self->stream, now))
    {
    case WSC_KEEPALIVE_QUIET:
      break;
    case WSC_KEEPALIVE_PING_DUE:
      if (is_keepalive_queued (self) || queue_keepalive (self))
        wsc_keepalive_ping_sent (keepalive);
      else
        wsc_keepalive_heard (keepalive);        /* no memory: again after one interval */
      break;
    case WSC_KEEPALIVE_PEER_DEAD:
      wsc_engine_follow_fault (self, WSC_FAULT_PEER_NOT_RESPONDING);
      self->is_fault_due = 1;
      break;
    }
  return wsc_stream_get_deadline (&self->stream);
}

WscPhase
wsc_engine_get_phase (const WscEngine *self)
{
  return (WscPhase) self->stream.phase;
}

WscFault
wsc_engine_get_fault (const WscEngine *self)
{
  return (WscFault) self->stream.fault;
}

uint64_t
wsc_engine_get_fault_number (const WscEngine *self)
{
  return self->stream.fault_number;
}

uint16_t
wsc_engine_get_sent_close_code (const WscEngine *self)
{
  return self->stream.sending.close_code;
}

uint16_t
wsc_engine_get_received_close_code (const WscEngine *self)
{
  return self->stream.received_close_code;
}

const WscDeflateParameters *
wsc_engine_get_deflate (const WscEngine *self)
{
  return wsc_stream_get_deflate (&self->stream);
}

bool
wsc_engine_get_deflate_form (const WscEngine *self,
                             size_t           length,
                             WscDeflateForm  *form)
{
  return wsc_stream_get_deflate_form (&self->stream, length, form);
}

uint64_t
wsc_engine_get_inflate_work (const WscEngine *self)
{
  return wsc_stream_get_inflate_work (&self->stream);
}

bool
wsc_engine_has_pending (const WscEngine *self,
                        WscActionQueue   queue)
{
  bool sends = wsc_operation_queue_get_count (&self->sends) > 0 || self->stream.pongs != NULL
               || self->send_slot.step != WSC_STEP_IDLE || self->receive_slot.step == WSC_STEP_PONG;
  bool receives = wsc_operation_queue_get_count (&self->receives) > 0 || self->is_fault_due;

  return ((queue & WSC_ACTION_QUEUE_SEND) && sends)
         || ((queue & WSC_ACTION_QUEUE_RECEIVE) && receives);
}
