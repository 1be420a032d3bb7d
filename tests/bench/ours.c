/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The engine with its actions and every check; and its echo, with replies corked as by a pump. */

#include "bench/bench.h"

#include "core/engine/engine.h"
#include "core/limits.h"

#include <stdlib.h>
#include <string.h>

#define COPY_LIMIT (64 * 1024)

struct BenchState
{
  WscOptions options;
  WscHost host;
  WscEngine engine;
  WscWorkspace workspace;
};

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  for (size_t i = 0; i < n; i += sizeof (uint32_t))
    {
      const uint32_t key = bench_key ();

      memcpy (to + i, &key, n - i < sizeof key ? n - i : sizeof key);
    }
}

static WscBuffer
new_buffer (size_t length)
{
  const WscBuffer buffer = { malloc (length), length };

  if (buffer.at == NULL)
    abort ();
  return buffer;
}

static BenchState *
open_engine (BenchRole role,
             size_t    message_length)
{
  BenchState *state = calloc (1, sizeof *state);
  WscBuffer buffer;

  if (state == NULL)
    abort ();
  state->options = (WscOptions) {
    .role = role == BENCH_SERVER ? WSC_ROLE_SERVER : WSC_ROLE_CLIENT,
    .max_frame_length = WSC_DEFAULT_MAX_MESSAGE_SIZE,
    .max_message_length = WSC_DEFAULT_MAX_MESSAGE_SIZE,
    .max_fragments = WSC_DEFAULT_MAX_FRAGMENTS,
    .max_waiting_pongs = WSC_DEFAULT_MAX_WAITING_PONGS,
    .mode = WSC_MODE_AUTOMATIC,
    .masking = 1,
    .utf8_check = 1,
  };
  state->host.fill_random = fill_random;
  wsc_engine_init (&state->engine, &state->options, &state->host);
  if (wsc_stream_establish (&state->engine.stream, NULL) != WSC_FAULT_NONE)
    abort ();

  buffer = new_buffer (BENCH_READ + message_length + 14);
  state->workspace.read = (WscReadMemory) { .at = buffer.at, .length = buffer.length };
  state->workspace.write = new_buffer (BENCH_READ + message_length + 14);
  state->workspace.copy_limit = COPY_LIMIT;
  wsc_stream_lend (&state->engine.stream, &state->workspace);
  return state;
}

static void
close_engine (BenchState *state)
{
  if (wsc_engine_take_back (&state->engine) != WSC_FAULT_NONE)
    abort ();
  wsc_engine_clear (&state->engine);
  free (state->workspace.read.at);
  free (state->workspace.write.at);
  free (state);
}

static void
get_action (WscEngine     *engine,
            WscActionQueue queue,
            WscAction     *action)
{
  if (wsc_engine_get_action (engine, queue, 2, action) != WSC_FAULT_NONE)
    abort ();
}

static void
begin_receive (WscEngine *engine)
{
  if (wsc_engine_receive (engine, (WscBuffer) { NULL, 0 }, NULL, NULL) != WSC_FAULT_NONE)
    abort ();
}

static void
receive (BenchState *state,
         BenchWire  *wire,
         BenchTally *tally)
{
  WscEngine *engine = &state->engine;
  WscAction action;
  size_t n;

  begin_receive (engine);
  for (;;)
    {
      get_action (engine, WSC_ACTION_QUEUE_ALL, &action);
      if (action.type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE)
        {
          bench_tally_add (tally, action.buffers[0].at, action.buffers[0].length);
          wsc_engine_complete_action (engine, &action, 0);
          begin_receive (engine);
          continue;
        }

      n = bench_wire_read (wire, action.buffers[0].at, action.buffers[0].length);
      wsc_engine_complete_action (engine, &action, n);
      if (n == 0)
        break;
    }

  /* The operation that the end of the wire has cancelled. */
  get_action (engine, WSC_ACTION_QUEUE_ALL, &action);
  wsc_engine_complete_action (engine, &action, 0);
}

/* Performs it like a pump: bytes in the write memory stay there until it is full; other bytes
 * are copied after them, as a socket would. */
static void
perform_send (BenchState  *state,
              WscAction   *action,
              BenchOutput *output)
{
  size_t n = action->buffers[0].length;

  state->workspace.write_kept += (uint32_t) n;
  if (action->n_buffers > 1)
    {
      bench_output_put (output, action->buffers[1].at, action->buffers[1].length);
      n += action->buffers[1].length;
    }
  wsc_engine_complete_action (&state->engine, action, n);
}

static void
send_one (BenchState   *state,
          WscBufferType type,
          WscBytes      payload,
          BenchOutput  *output)
{
  WscWorkspace *workspace = &state->workspace;
  WscAction action;

  if (workspace->write.length - workspace->write_kept < payload.length + WSC_MAX_HEADER_LENGTH)
    workspace->write_kept = 0;
  if (wsc_engine_send (&state->engine, type, payload, NULL, NULL) != WSC_FAULT_NONE)
    abort ();
  get_action (&state->engine, WSC_ACTION_QUEUE_SEND, &action);
  perform_send (state, &action, output);
  get_action (&state->engine, WSC_ACTION_QUEUE_SEND, &action);
  wsc_engine_complete_action (&state->engine, &action, 0);
}

static void
send_messages (BenchState      *state,
               const BenchWire *source,
               size_t           n,
               BenchOutput     *output)
{
  const size_t length = source->message_length;

  for (size_t i = 0, index = 0; i < n; i++)
    {
      send_one (state, WSC_BUFFER_BINARY_MESSAGE,
                (WscBytes) { source->payloads + index * length, length }, output);
      index = index + 1 < source->n_messages ? index + 1 : 0;
    }
}

const BenchSubject bench_ours = {
  "engine", open_engine, receive, send_messages, send_messages, close_engine
};

/* One read: the input is answered until the engine wants to read again. */
static void
answer_read (BenchState *state,
             BenchWire  *wire,
             BenchTally *tally)
{
  WscEngine *engine = &state->engine;
  WscAction action;
  size_t n;

  wsc_stream_lend (&engine->stream, &state->workspace);
  get_action (engine, WSC_ACTION_QUEUE_ALL, &action);
  n = bench_wire_read (wire, action.buffers[0].at, action.buffers[0].length);
  wsc_engine_complete_action (engine, &action, n);
  for (;;)
    {
      get_action (engine, WSC_ACTION_QUEUE_ALL, &action);
      if (action.type != WSC_ACTION_INDICATE_RECEIVE_COMPLETE)
        break;

      const WscBytes payload = { action.buffers[0].at, action.buffers[0].length };

      bench_tally_add (tally, payload.at, payload.length);
      send_one (state, (WscBufferType) action.buffer_type, payload, NULL);
      wsc_engine_complete_action (engine, &action, 0);
      begin_receive (engine);
    }

  state->workspace.write_kept = 0;
  if (wsc_engine_take_back (engine) != WSC_FAULT_NONE)
    abort ();
}

static void
echo (BenchState *state,
      BenchWire  *wire,
      BenchTally *tally)
{
  WscAction action;

  /* Every reply is copied into the write memory: there is no output for bytes elsewhere. */
  state->workspace.copy_limit = UINT32_MAX;
  if (wsc_engine_take_back (&state->engine) != WSC_FAULT_NONE)
    abort ();
  begin_receive (&state->engine);
  while (wire->n_left > 0)
    answer_read (state, wire, tally);

  wsc_stream_lend (&state->engine.stream, &state->workspace);
  get_action (&state->engine, WSC_ACTION_QUEUE_ALL, &action);
  wsc_engine_complete_action (&state->engine, &action, 0);
  get_action (&state->engine, WSC_ACTION_QUEUE_ALL, &action);
  wsc_engine_complete_action (&state->engine, &action, 0);
}

const BenchSubject bench_echo = {
  "echo", open_engine, echo, NULL, NULL, close_engine
};
