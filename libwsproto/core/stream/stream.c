/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The life of a stream: opening, the memory that is lent to the stream, receiving, the end.
 *
 * (1) A fault is set once: the first fault ends the stream. */

#include "core/stream/stream.h"

#include "core/limits.h"
#include "core/stream/waiting-pongs.h"
#include "core/stream/whole-message.h"

#include <assert.h>

void
wsc_stream_init (WscStream        *self,
                 const WscOptions *options,
                 const WscHost    *host)
{
  *self = (WscStream) { .options = options, .host = host };
}

static void
stop_receiving (WscStream *self)
{
  wsc_receive_path_drop (&self->receiving);
  if (self->compression != NULL)
    wsc_inflation_stop (&self->compression->inflation);
  wsc_waiting_pongs_clear (&self->pongs);
}

void
wsc_stream_clear (WscStream *self)
{
  self->workspace = NULL;
  self->receiving.read = NULL;  /* the caller may have freed the lent memory already */
  stop_receiving (self);
  wsc_compression_free (self->compression);
  self->compression = NULL;
}

static void
lend_to_compression (WscStream *self)
{
  WscCompression *compression = self->compression;
  const WscWorkspace *workspace = self->workspace;

  if (compression == NULL)
    return;

  compression->inflation.output = workspace != NULL ? workspace->inflate
                                                    : (WscBuffer) { NULL, 0 };
  compression->inflation.pool = workspace != NULL ? workspace->streams : NULL;
}

WscFault
wsc_stream_use_deflate (WscStream                  *self,
                        const WscDeflateOptions    *options,
                        const WscDeflateParameters *agreed)
{
  assert (self->compression == NULL);
  self->compression = wsc_compression_new (options, agreed, self->options->role);
  if (self->compression == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  self->receiving.allowed.rsv |= WSC_RSV1;
  self->receiving.allowed.compressed = 1;
  lend_to_compression (self);
  return WSC_FAULT_NONE;
}

WscFault
wsc_stream_establish (WscStream               *self,
                      const WscFrameAllowance *allowed)
{
  WscFault fault = wsc_stream_may_call (self, WSC_CALL_ESTABLISH);

  if (fault != WSC_FAULT_NONE)
    return fault;

  if (allowed != NULL)
    {
      self->receiving.allowed.rsv |= allowed->rsv;
      self->receiving.allowed.opcodes = allowed->opcodes;
    }
  wsc_stream_step_phase (self, WSC_CALL_ESTABLISH);
  return WSC_FAULT_NONE;
}

void
wsc_stream_lend (WscStream    *self,
                 WscWorkspace *workspace)
{
  assert (self->workspace == NULL);
  self->workspace = workspace;
  lend_to_compression (self);
  wsc_receive_path_lend (&self->receiving, &workspace->read);
}

WscFault
wsc_stream_take_back (WscStream *self)
{
  WscFault fault = wsc_receive_path_take_back (&self->receiving);

  self->workspace = NULL;
  lend_to_compression (self);
  return fault;
}

/* A pong is not sent here: the driver asks for waiting pongs. */
static WscReceivedKind
take_ping (WscStream   *self,
           WscReceived *received)
{
  wsc_keepalive_note_input (&self->keepalive);
  if (!wsc_keepalive_may_ping (&self->keepalive, self->options))
    {
      received->fault = WSC_FAULT_TOO_MANY_PINGS;
      received->number = self->keepalive.n_pings;
      return WSC_RECEIVED_FAULT;
    }

  wsc_waiting_pongs_add (&self->pongs,
                         (WscBytes) { received->payload.at, received->payload.length },
                         self->options->max_waiting_pongs);
  return WSC_RECEIVED_PING;
}

static inline WscInflation *
get_inflation (WscStream *self)
{
  return self->compression != NULL ? &self->compression->inflation : NULL;
}

WscReceivedKind
wsc_stream_next (WscStream   *self,
                 WscBuffer    own,
                 WscReceived *received)
{
  WscReceivedKind kind = wsc_receive_path_next (&self->receiving, self->options,
                                                get_inflation (self), own, received);

  switch (kind)
    {
    case WSC_RECEIVED_CHUNK:
      wsc_keepalive_note_input (&self->keepalive);
      break;

    case WSC_RECEIVED_PING:
      kind = take_ping (self, received);
      break;

    case WSC_RECEIVED_PONG:
      /* Only a pong that echoes the random payload of the last ping counts as activity. */
      if (wsc_keepalive_is_pong (&self->keepalive,
                                 (WscBytes) { received->payload.at, received->payload.length }))
        wsc_keepalive_note_input (&self->keepalive);
      break;

    case WSC_RECEIVED_CLOSE:
      /* Bytes after a Close frame are not parsed, and no pong is sent after the Close (5.5.1). */
      self->received_close_code = received->code;
      wsc_stream_step_phase (self, WSC_CALL_PEER_CLOSED);
      stop_receiving (self);
      break;

    case WSC_RECEIVED_FAULT:
    case WSC_RECEIVED_NEED_READ:
      break;
    }
  if (kind == WSC_RECEIVED_FAULT)
    wsc_stream_fail (self, received->fault, received->number);
  return kind;
}

WscReceivedKind
wsc_stream_take_whole (WscStream   *self,
                       WscReceived *received)
{
  WscReceivedKind kind = wsc_receive_path_take_whole (&self->receiving, self->options, received);

  if (kind == WSC_RECEIVED_CHUNK)
    wsc_keepalive_note_input (&self->keepalive);
  else if (kind == WSC_RECEIVED_FAULT)
    wsc_stream_fail (self, received->fault, received->number);
  return kind;
}

bool
wsc_stream_fail (WscStream *self,
                 WscFault   fault,
                 uint64_t   number)
{
  const uint8_t before = self->phase;

  if (wsc_stream_may_call (self, WSC_CALL_FAIL) != WSC_FAULT_NONE)
    return false;

  wsc_stream_step_phase (self, WSC_CALL_FAIL);
  if (self->phase == before)
    return false;

  assert (self->fault == WSC_FAULT_NONE);       /* (1) */
  self->fault = (uint8_t) fault;
  self->fault_number = number;
  stop_receiving (self);
  return true;
}

bool
wsc_stream_abort (WscStream *self)
{
  WscPhase before = (WscPhase) self->phase;

  wsc_stream_step_phase (self, WSC_CALL_ABORT);
  if (self->phase != WSC_PHASE_ABORTED || before == WSC_PHASE_ABORTED)
    return false;

  self->fault = WSC_FAULT_ABORTED;
  self->sending.writer.stage = WSC_FRAME_NONE;
  stop_receiving (self);
  return true;
}

WscKeepaliveVerdict
wsc_stream_set_time (WscStream *self,
                     int64_t    now)
{
  WscKeepalive *keepalive = &self->keepalive;
  WscKeepaliveVerdict verdict = wsc_keepalive_check (keepalive, self->options, now);

  if (self->phase != WSC_PHASE_OPEN)
    return WSC_KEEPALIVE_QUIET;

  if (verdict == WSC_KEEPALIVE_PEER_SILENT)
    wsc_stream_fail (self, WSC_FAULT_PEER_NOT_RESPONDING,
                     (uint64_t) (keepalive->now - keepalive->ping_sent) / 1000);
  return verdict;
}

int64_t
wsc_stream_get_deadline (const WscStream *self)
{
  return self->phase == WSC_PHASE_OPEN
         ? wsc_keepalive_get_deadline (&self->keepalive, self->options) : WSC_NO_DEADLINE;
}

const WscDeflateParameters *
wsc_stream_get_deflate (const WscStream *self)
{
  const WscCompression *compression = self->compression;

  return compression != NULL ? &compression->agreed : NULL;
}

uint64_t
wsc_stream_get_inflate_work (const WscStream *self)
{
  const WscCompression *compression = self->compression;

  return compression != NULL ? compression->inflation.work : 0;
}
