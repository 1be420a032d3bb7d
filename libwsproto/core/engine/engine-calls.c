/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Calls to the engine: Sends and Receives, the workspace, the time.
 *
 * The stream decides whether a call is allowed; this file queues the call's operation, and hands
 * out no action.
 *
 * A call that is refused has changed nothing. */

#include "core/engine/engine-private.h"

#include <assert.h>

#include "core/stream/keepalive.h"

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

/* Sends and Receives of an engine share one series of ids. */
static void
name_operation (WscEngine    *self,
                WscOperation *operation,
                void         *context,
                uint32_t     *id)
{
  if (++self->last_id == 0)
    self->last_id = 1;
  operation->context = context;
  operation->id = self->last_id;
  if (id != NULL)
    *id = operation->id;
}

static WscFault
send_proposal (WscEngine         *self,
               const WscProposal *proposal,
               WscFault           fault,
               WscBufferType      type,
               void              *context,
               uint32_t          *id)
{
  WscOperation *added;

  if (fault != WSC_FAULT_NONE)
    return fault;

  added = wsc_engine_add_send (self, proposal, type);
  if (added == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  name_operation (self, added, context, id);
  return WSC_FAULT_NONE;
}

WscFault
wsc_engine_send (WscEngine    *self,
                 WscBufferType type,
                 WscBytes      payload,
                 void         *context,
                 uint32_t     *id)
{
  WscProposal proposal;
  WscFault fault;

  wsc_engine_open_if_answered (self);
  fault = wsc_stream_propose (&self->stream, type, payload, 0, &proposal);
  return send_proposal (self, &proposal, fault, type, context, id);
}

WscFault
wsc_engine_send_raw (WscEngine *self,
                     uint16_t   header,
                     WscBytes   payload,
                     void      *context,
                     uint32_t  *id)
{
  WscProposal proposal;
  WscFault fault;

  wsc_engine_open_if_answered (self);
  fault = wsc_stream_propose_raw (&self->stream, header, payload, &proposal);
  return send_proposal (self, &proposal, fault, WSC_BUFFER_RAW, context, id);
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
  return send_proposal (self, &proposal, fault, WSC_BUFFER_CLOSE, context, id);
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

  *operation = (WscOperation) { .memory = buffer };
  name_operation (self, operation, context, id);
  return WSC_FAULT_NONE;
}

WscFault
wsc_engine_take_back (WscEngine *self)
{
  WscFault fault;

  assert (self->receive_slot.step != WSC_STEP_INDICATING &&
          self->send_slot.step != WSC_STEP_INDICATING);
  if (self->receive_slot.step == WSC_STEP_READING)
    wsc_engine_withdraw (&self->receive_slot);

  fault = wsc_stream_take_back (&self->stream);
  if (fault != WSC_FAULT_NONE)
    wsc_engine_fail (self, fault, 0);
  return fault;
}

/* The payload of a keepalive ping is the stream's own memory, which stays unchanged until the ping
 * is sent. */
static bool
engine_calls_is_keepalive_queued (WscEngine *self)
{
  const WscOperation *operation;
  uint32_t i = 0;

  while ((operation = wsc_operation_queue_peek (&self->sends, i)) != NULL &&
         operation->out.at != self->stream.keepalive.payload)
    i++;
  return operation != NULL;
}

static bool
queue_keepalive (WscEngine *self)
{
  WscProposal proposal;

  return wsc_stream_propose_keepalive (&self->stream, &proposal) == WSC_FAULT_NONE &&
         wsc_engine_add_send (self, &proposal, WSC_BUFFER_PING_PONG) != NULL;
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
      if (engine_calls_is_keepalive_queued (self) || queue_keepalive (self))
        wsc_keepalive_ping_sent (keepalive);
      else
        /* no memory for a ping: the next attempt is one interval later */
        wsc_keepalive_note_input (keepalive);
      break;
    case WSC_KEEPALIVE_PEER_SILENT:
      wsc_engine_follow_fault (self, WSC_FAULT_PEER_NOT_RESPONDING);
      self->is_fault_due = 1;
      break;
    }
  return wsc_stream_get_deadline (&self->stream);
}

bool
wsc_engine_has_pending (const WscEngine *self,
                        WscActionQueue   queue)
{
  bool sends = wsc_operation_queue_get_count (&self->sends) > 0 || self->stream.pongs != NULL ||
               self->send_slot.step != WSC_STEP_IDLE || self->receive_slot.step == WSC_STEP_PONG;
  bool receives = wsc_operation_queue_get_count (&self->receives) > 0 || self->is_fault_due;

  return ((queue & WSC_ACTION_QUEUE_SEND) && sends) ||
         ((queue & WSC_ACTION_QUEUE_RECEIVE) && receives);
}
