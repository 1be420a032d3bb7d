/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The engine as an API of the runner: one workspace, lent once and cut in the same way as in the
 * other APIs. */

#include "core/close-code.h"
#include "core/engine/engine.h"
#include "core/limits.h"
#include "traces/api.h"
#include "traces/opening.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Api
{
  WscEngine engine;
  WscOptions options;
  WscHeadLimits head;
  WscHost host;
  WscWorkspace workspace;
  const char *numbers;          /* memory that contexts point to: one byte for each call */
  uint32_t *ids;                /* ids of the engine, by number of the call */
  unsigned n_calls;
  TraceMode mode;
};

static_assert (sizeof (WscAction) <= sizeof ((ApiAction *) NULL)->native, "an action fits");

const char *
api_get_name (void)
{
  return "engine";
}

bool
api_plays (const Trace *trace)
{
  return true;
}

bool
api_outcome_is (const ApiOutcome *outcome,
                WscFault          fault)
{
  return outcome->code == (int64_t) fault;
}

static ApiOutcome
make_outcome (WscFault fault)
{
  ApiOutcome outcome = { .is_refused = fault != WSC_FAULT_NONE, .code = (int64_t) fault };

  snprintf (outcome.text, sizeof outcome.text, "%s", wsc_fault_get_name (fault));
  return outcome;
}

static uint32_t
clamp (uint64_t value)
{
  return value > UINT32_MAX ? UINT32_MAX : (uint32_t) value;
}

static void
take_options (Api         *self,
              const Trace *trace)
{
  const uint64_t *options = trace->options;
  bool is_masking = options[TRACE_OPTION_MASKING] != 0;

  self->head = (WscHeadLimits) {
    .max_size = clamp (options[TRACE_OPTION_MAX_HEAD_SIZE]),
    .max_line = clamp (options[TRACE_OPTION_MAX_HEAD_SIZE]),
    .max_fields = clamp (options[TRACE_OPTION_MAX_HEADER_FIELDS]),
    .max_protocols = WSC_DEFAULT_MAX_OFFERED_PROTOCOLS,
    .max_extensions = WSC_DEFAULT_MAX_OFFERED_EXTENSIONS,
    .max_parameters = WSC_DEFAULT_MAX_EXTENSION_PARAMETERS,
  };
  self->options = (WscOptions) {
    .role = (WscRole) trace->role,
    .max_frame_length = options[TRACE_OPTION_MAX_FRAME_SIZE],
    .max_message_length = options[TRACE_OPTION_MAX_MESSAGE_SIZE],
    .max_fragments = clamp (options[TRACE_OPTION_MAX_FRAGMENTS]),
    .fragment_size = clamp (options[TRACE_OPTION_FRAGMENT_SIZE]),
    .max_waiting_pongs = WSC_DEFAULT_MAX_WAITING_PONGS,
    .mode = trace->mode == TRACE_MODE_AUTOMATIC ? WSC_MODE_AUTOMATIC : WSC_MODE_WINDOWS,
    .masking = is_masking || trace->role == WSC_ROLE_SERVER,
    .utf8_check = options[TRACE_OPTION_UTF8] != 0,
    .accept_unmasked = !is_masking && trace->role == WSC_ROLE_SERVER,
    .keepalive_interval = clamp (options[TRACE_OPTION_KEEPALIVE_INTERVAL]),
    .keepalive_timeout = clamp (options[TRACE_OPTION_KEEPALIVE_TIMEOUT]),
    .max_pings_per_second = clamp (options[TRACE_OPTION_MAX_PINGS_PER_SECOND]),
    .max_inflate_ratio = clamp (options[TRACE_OPTION_MAX_INFLATE_RATIO]),
    .head = &self->head,
  };
}

static void
establish (Api         *self,
           const Trace *trace)
{
  WscDeflateOptions deflate = opening_deflate (trace);
  WscDeflateParameters agreed = opening_agreed (&deflate);
  WscFault fault = WSC_FAULT_NONE;

  if (trace->options[TRACE_OPTION_DEFLATE])
    fault = wsc_stream_use_deflate (&self->engine.stream, &deflate, &agreed);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_stream_establish (&self->engine.stream, NULL);
  assert (fault == WSC_FAULT_NONE);
}

Api *
api_new (const Trace *trace,
         TraceRandom *random)
{
  Api *self = calloc (1, sizeof *self);
  size_t read_length = (size_t) trace->options[TRACE_OPTION_RECEIVE_BUFFER];
  size_t write_length = (size_t) trace->options[TRACE_OPTION_SEND_BUFFER];

  if (trace->options[TRACE_OPTION_DEFLATE] && trace->role == WSC_ROLE_SERVER &&
      write_length < WSC_DEFAULT_CLIENT_SEND_BUFFER)
    write_length = WSC_DEFAULT_CLIENT_SEND_BUFFER;
  assert (self != NULL);
  take_options (self, trace);
  self->mode = (TraceMode) trace->mode;
  self->host = (WscHost) { trace_random_fill, random };
  self->workspace.read = (WscReadMemory) { .at = malloc (read_length), .length = read_length };
  self->workspace.write = (WscBuffer) { malloc (write_length), write_length };
  self->workspace.control = (WscBuffer) { malloc (WSC_WORKSPACE_EXTRA), WSC_WORKSPACE_EXTRA };
  self->workspace.inflate = (WscBuffer) { malloc (read_length), read_length };
  self->numbers = calloc (trace->n_calls + 1, 1);
  self->ids = calloc (trace->n_calls + 1, sizeof *self->ids);
  self->n_calls = trace->n_calls;
  assert (self->workspace.read.at != NULL && self->workspace.write.at != NULL &&
          self->workspace.control.at != NULL && self->workspace.inflate.at != NULL);
  assert (self->numbers != NULL && self->ids != NULL);

  wsc_engine_init (&self->engine, &self->options, &self->host);
  wsc_stream_lend (&self->engine.stream, &self->workspace);
  if (trace->start == TRACE_START_OPEN)
    establish (self, trace);
  return self;
}

void
api_free (Api *self)
{
  WscAction action;
  WscFault fault;

  /* A trace may fail anywhere; an engine must be drained before it is freed. */
  wsc_engine_abort (&self->engine);
  do
    {
      action = (WscAction) { 0 };
      fault = wsc_engine_get_action (&self->engine, WSC_ACTION_QUEUE_ALL, 2, &action);
      wsc_engine_complete_action (&self->engine, &action, 0);
    }
  while (fault != WSC_FAULT_NONE || action.type != WSC_ACTION_NONE);
  wsc_engine_clear (&self->engine);

  free (self->workspace.read.at);
  free (self->workspace.write.at);
  free (self->workspace.control.at);
  free (self->workspace.inflate.at);
  free ((void *) self->numbers);
  free (self->ids);
  free (self);
}

static void *
context_of (Api     *self,
            unsigned number)
{
  return (void *) (self->numbers + number);
}

ApiOutcome
api_receive (Api      *self,
             unsigned  number,
             WscBuffer own)
{
  return make_outcome (wsc_engine_receive (&self->engine, own, context_of (self, number),
                                           &self->ids[number]));
}

ApiOutcome
api_send (Api          *self,
          unsigned      number,
          WscBufferType type,
          WscBytes      payload)
{
  return make_outcome (wsc_engine_send (&self->engine, type, payload, context_of (self, number),
                                        &self->ids[number]));
}

ApiOutcome
api_send_raw (Api     *self,
              unsigned number,
              uint16_t header,
              WscBytes payload)
{
  return make_outcome (wsc_engine_send_raw (&self->engine, header, payload,
                                            context_of (self, number),
                                            &self->ids[number]));
}

ApiOutcome
api_send_close (Api     *self,
                unsigned number,
                uint16_t code,
                WscBytes reason)
{
  return make_outcome (wsc_engine_send_close (&self->engine, code, reason,
                                              context_of (self, number),
                                              &self->ids[number]));
}

ApiOutcome
api_send_empty_close (Api     *self,
                      unsigned number)
{
  return api_send_close (self, number, WSC_CLOSE_NO_STATUS, (WscBytes) { NULL, 0 });
}

ApiOutcome
api_begin_client (Api             *self,
                  const TraceStep *step,
                  ApiHeaders      *headers)
{
  WscOffer offer = {
    .subprotocols = step->protocols,
    .n_subprotocols = step->n_protocols,
    .extensions = step->extensions,
    .n_extensions = step->n_extensions,
    .initial = step->given,
    .n_initial = step->n_given,
  };

  return make_outcome (wsc_engine_begin_client_handshake (&self->engine, &offer, &headers->at,
                                                          &headers->count));
}

ApiOutcome
api_end_client (Api             *self,
                const TraceStep *step,
                ApiSelection    *selection,
                ApiAnswer       *answer)
{
  WscSelection got = { .subprotocol = -1, .extensions = selection->extensions,
                       .capacity = sizeof selection->extensions / sizeof *selection->extensions };
  WscFault fault;

  fault = wsc_engine_end_client_handshake (&self->engine, step->given, step->n_given, &got);
  selection->protocol = got.subprotocol;
  selection->n_extensions = got.n_extensions;
  return make_outcome (fault);
}

ApiOutcome
api_begin_server (Api             *self,
                  const TraceStep *step,
                  ApiHeaders      *headers)
{
  WscChoice choice = {
    .subprotocol = step->n_protocols > 0 ? step->protocols[0] : (WscBytes) { NULL, 0 },
    .extensions = step->extensions,
    .n_extensions = step->n_extensions,
  };

  return make_outcome (wsc_engine_begin_server_handshake (&self->engine, &choice, step->given,
                                                          step->n_given,
                                                          &headers->at, &headers->count));
}

ApiOutcome
api_end_server (Api *self)
{
  return make_outcome (wsc_engine_end_server_handshake (&self->engine));
}

ApiOutcome
api_establish (Api *self)
{
  return make_outcome (wsc_stream_establish (&self->engine.stream, NULL));
}

void
api_abort (Api *self)
{
  wsc_engine_abort (&self->engine);
}

ApiOutcome
api_get_action (Api           *self,
                WscActionQueue queue,
                unsigned       capacity,
                ApiAction     *action)
{
  WscAction native = { 0 };
  WscFault fault = wsc_engine_get_action (&self->engine, queue, capacity, &native);

  if (fault != WSC_FAULT_NONE)
    return make_outcome (fault);

  action->type = (WscActionType) native.type;
  action->buffer_type = (WscBufferType) native.buffer_type;
  action->n_buffers = native.n_buffers;
  memcpy (action->buffers, native.buffers, sizeof action->buffers);
  action->code = native.close_code;
  if (native.context != NULL)
    action->context = (unsigned) ((const char *) native.context - self->numbers);
  memcpy (action->native, &native, sizeof native);

  /* Context and id are two names of one operation. */
  if (action->context > self->n_calls || native.operation != self->ids[action->context])
    action->context = UINT32_MAX;
  return make_outcome (WSC_FAULT_NONE);
}

void
api_complete (Api             *self,
              const ApiAction *action,
              size_t           n)
{
  WscAction native;

  memcpy (&native, action->native, sizeof native);
  wsc_engine_complete_action (&self->engine, &native, n);
}

void
api_complete_foreign (Api             *self,
                      const ApiAction *action,
                      size_t           n)
{
  WscAction native;

  memcpy (&native, action->native, sizeof native);
  native.serial += 1000;
  wsc_engine_complete_action (&self->engine, &native, n);
}

void
api_end_input (Api *self)
{
  wsc_engine_end_input (&self->engine);
}

void
api_advance (Api    *self,
             int64_t milliseconds)
{
  /* The engine reads 0 as "no time was set". */
  wsc_engine_advance (&self->engine, (milliseconds + 1) * 1000);
}

ApiAnswer
api_get_phase (Api      *self,
               WscPhase *phase)
{
  *phase = self->engine.stream.phase;
  return API_ANSWERED;
}
