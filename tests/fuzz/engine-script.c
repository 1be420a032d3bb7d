/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "fuzz/engine-script.h"

#include "core/limits.h"

#include <string.h>

#define MAX_OPERATIONS 64
#define PAYLOAD_SIZE 5000

typedef struct
{
  FuzzInput input;
  WscEngine engine;
  WscOptions options, reader_options;
  WscHost host;
  WscWorkspace workspace;
  bool is_lent, has_failed;
  WscPhase phase;
  uint8_t memory[1200];
  uint8_t control[WSC_MAX_CONTROL_FRAME];
  uint8_t payload[PAYLOAD_SIZE], own[200];
  unsigned n_sends, n_receives, n_send_indications, n_receive_indications, n_closes;
  uint64_t n_output, n_input;
  bool is_cut;
  WscReceivePath reader;        /* reader of the engine's output, as its peer has one */
  uint8_t reader_memory[512];
  WscReadMemory read;           /* read memory of the reader */
} Script;

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  Script *script = data;

  for (size_t i = 0; i < n; i++)
    to[i] = (uint8_t) fuzz_draw (&script->input);
}

/* ---- the peer's view of the output ---- */

static void
check_output (Script *script)
{
  WscReceived received;

  for (;;)
    switch (wsc_receive_path_next (&script->reader, &script->reader_options, NULL,
                                   (WscBuffer) { NULL, 0 }, &received))
      {
      case WSC_RECEIVED_NEED_READ:
        return;
      case WSC_RECEIVED_CHUNK:
        REQUIRE (script->n_closes == 0 || received.buffer_type == WSC_BUFFER_RAW);
        break;
      case WSC_RECEIVED_PING:
      case WSC_RECEIVED_PONG:
        break;
      case WSC_RECEIVED_CLOSE:
        script->n_closes++;
        REQUIRE (script->n_closes == 1);
        break;
      case WSC_RECEIVED_FAULT:
        fprintf (stderr, "output: %s\n", wsc_fault_get_name (received.fault));
        REQUIRE (received.fault == WSC_FAULT_NONE);
      }
}

static void
write_output (Script        *script,
              const uint8_t *at,
              size_t         n)
{

  script->n_output += n;
  while (n > 0 && !script->is_cut)
    {
      WscBuffer buffer[2];
      size_t part;

      REQUIRE (wsc_receive_path_prepare_read (&script->reader, (WscBuffer) { NULL, 0 }, 1,
                                              buffer) == 1);
      part = n < buffer[0].length ? n : buffer[0].length;
      memcpy (buffer[0].at, at, part);
      wsc_receive_path_take (&script->reader, part);
      check_output (script);
      at += part;
      n -= part;
    }
}

/* ---- actions ---- */

static size_t
perform_write (Script          *script,
               const WscAction *action)
{
  size_t sum = 0;
  uint8_t choice = fuzz_take (&script->input);

  for (unsigned i = 0; i < action->n_buffers; i++)
    sum += action->buffers[i].length;
  if (choice >= 250)
    {
      script->is_cut = true;
      return choice == 250 ? 0 : choice == 251 ? sum + 1 : sum / 2;
    }
  for (unsigned i = 0; i < action->n_buffers; i++)
    write_output (script, action->buffers[i].at, action->buffers[i].length);
  return sum;
}

static void
perform_read (Script          *script,
              const WscAction *action)
{
  uint8_t choice = fuzz_take (&script->input);
  size_t room = 0, n = 1 + choice % 100, done = 0;

  for (unsigned i = 0; i < action->n_buffers; i++)
    room += action->buffers[i].length;
  if (choice == 255)
    n = room + 1;
  else if (choice == 254)
    n = 0;
  n = n < script->input.left || choice >= 254 ? n : script->input.left;
  if (n > room || n == 0)
    {
      wsc_engine_complete_action (&script->engine, action, n);
      return;
    }

  for (unsigned i = 0; i < action->n_buffers; i++)
    for (size_t at = 0; at < action->buffers[i].length && done < n; at++, done++)
      action->buffers[i].at[at] = fuzz_take (&script->input);
  script->n_input += n;
  wsc_engine_complete_action (&script->engine, action, n);
}

static void
perform_indication (Script          *script,
                    const WscAction *action)
{
  if (action->type == WSC_ACTION_INDICATE_SEND_COMPLETE)
    script->n_send_indications++;
  else
    {
      script->n_receive_indications++;
      REQUIRE (action->n_buffers == 1);
      REQUIRE (action->buffer_type == WSC_BUFFER_NONE || !script->has_failed);
      for (size_t i = 0; i < action->buffers[0].length; i++)
        script->payload[PAYLOAD_SIZE - 1] ^= action->buffers[0].at[i];
    }
  wsc_engine_complete_action (&script->engine, action, fuzz_take (&script->input));
}

static bool
perform_action (Script        *script,
                WscActionQueue queue)
{
  WscAction action;
  WscFault fault = wsc_engine_get_action (&script->engine, queue,
                                          1 + fuzz_take (&script->input) % 2, &action);

  if (fault != WSC_FAULT_NONE)
    {
      REQUIRE (!script->has_failed);
      script->has_failed = true;
      return true;
    }
  switch ((WscActionType) action.type)
    {
    case WSC_ACTION_NONE:
      return false;
    case WSC_ACTION_SEND_TO_NETWORK:
      wsc_engine_complete_action (&script->engine, &action, perform_write (script, &action));
      return true;
    case WSC_ACTION_RECEIVE_FROM_NETWORK:
      perform_read (script, &action);
      return script->input.left > 0;
    case WSC_ACTION_INDICATE_SEND_COMPLETE:
    case WSC_ACTION_INDICATE_RECEIVE_COMPLETE:
      perform_indication (script, &action);
      return true;
    }
  return false;
}

/* ---- what the application does ---- */

static void
send_something (Script *script)
{
  static const WscBufferType types[] = {
    WSC_BUFFER_UTF8_MESSAGE, WSC_BUFFER_UTF8_FRAGMENT, WSC_BUFFER_BINARY_MESSAGE,
    WSC_BUFFER_BINARY_FRAGMENT,
    WSC_BUFFER_PING_PONG, WSC_BUFFER_UNSOLICITED_PONG, WSC_BUFFER_NONE, WSC_BUFFER_BINARY_MESSAGE,
  };
  uint8_t choice = fuzz_take (&script->input);
  size_t n = fuzz_take (&script->input);

  if (script->n_sends >= MAX_OPERATIONS)
    return;
  if (choice & 128)
    n = n * 19 % (PAYLOAD_SIZE - 1);
  script->n_sends += wsc_engine_send (&script->engine, types[choice & 7],
                                      (WscBytes) { script->payload, n },
                                      script, NULL) == WSC_FAULT_NONE;
}

static void
send_close (Script *script)
{
  uint16_t code = (uint16_t) (1000 + fuzz_take (&script->input) % 20);
  WscBytes reason = { script->payload, fuzz_take (&script->input) % 130u };

  script->n_sends += wsc_engine_send_close (&script->engine, code, reason, script,
                                            NULL) == WSC_FAULT_NONE;
}

static void
receive_something (Script *script)
{
  uint8_t choice = fuzz_take (&script->input);
  WscBuffer own = { choice & 1 ? script->own : NULL,
                    choice & 1 ? 1 + choice % sizeof script->own : 0 };

  /* One buffer of the application's own can serve one Receive at a time. */
  if (script->n_receives - script->n_receive_indications > 0 && own.length > 0)
    own = (WscBuffer) { NULL, 0 };
  if (script->n_receives < MAX_OPERATIONS * 4)
    script->n_receives += wsc_engine_receive (&script->engine, own, script, NULL) == WSC_FAULT_NONE;
}

/* A whole message of an extension: the program chooses the raw header, and the engine does not
 * check it. */
static void
send_raw (Script *script)
{
  uint8_t choice = fuzz_take (&script->input);
  uint16_t header = (uint16_t) ((WSC_FIN | (choice & WSC_RSV) | (3 + choice % 5)) << 1);
  WscBytes payload = { script->payload, fuzz_take (&script->input) % 130u };

  if (script->n_sends < MAX_OPERATIONS)
    script->n_sends += wsc_engine_send_raw (&script->engine, header, payload, script,
                                            NULL) == WSC_FAULT_NONE;
}

/* Functions that few programs call. */
static void
call_rare (Script *script)
{
  switch (fuzz_take (&script->input) % 8)
    {
    case 0:
      send_raw (script);
      break;
    case 6:
      if (fuzz_take (&script->input) == 77)
        wsc_engine_end_output (&script->engine);
      break;
    default:
      wsc_engine_drop_waiting (&script->engine);
      break;
    }
}

static void
swap_workspace (Script *script)
{
  if (script->is_lent)
    {
      wsc_engine_take_back (&script->engine);
      memset (script->memory, 0xee, sizeof script->memory);
    }
  else
    {
      script->workspace.read.length = 140 + fuzz_take (&script->input);
      script->workspace.write.length = fuzz_take (&script->input) * 3u;
      script->workspace.copy_limit = fuzz_take (&script->input);
      script->workspace.control.at = script->control;
      script->workspace.control.length = script->workspace.copy_limit & 1
                                         ? sizeof script->control : 0;
      wsc_stream_lend (&script->engine.stream, &script->workspace);
    }
  script->is_lent = !script->is_lent;
}

static void
step (Script *script)
{
  WscPhase phase;

  switch (fuzz_take (&script->input) % 12)
    {
    case 0:
      send_something (script);
      break;
    case 1:
      receive_something (script);
      break;
    case 2:
      perform_action (script, WSC_ACTION_QUEUE_SEND);
      break;
    case 3:
      perform_action (script, WSC_ACTION_QUEUE_RECEIVE);
      break;
    case 4:
      send_close (script);
      break;
    case 5:
      swap_workspace (script);
      break;
    case 6:
      wsc_engine_advance (&script->engine, (int64_t) fuzz_take (&script->input) * 1000000);
      break;
    case 7:
      if (fuzz_take (&script->input) == 77)
        wsc_engine_end_input (&script->engine);
      break;
    case 8:
      if (fuzz_take (&script->input) == 77)
        wsc_engine_abort (&script->engine);
      break;
    case 9:
      call_rare (script);
      break;
    default:
      while (perform_action (script, WSC_ACTION_QUEUE_ALL))
        continue;
      break;
    }

  phase = script->engine.stream.phase;
  REQUIRE (phase >= script->phase || (script->phase == WSC_PHASE_CLOSE_RECEIVED &&
                                      phase == WSC_PHASE_CLOSED));
  script->phase = phase;
  REQUIRE ((script->engine.stream.fault != WSC_FAULT_NONE)
           == (phase == WSC_PHASE_FAILED || phase == WSC_PHASE_ABORTED));
}

static void
finish (Script *script)
{
  wsc_engine_abort (&script->engine);
  for (int i = 0; i < 10000 && perform_action (script, WSC_ACTION_QUEUE_ALL); i++)
    continue;
  REQUIRE (!wsc_engine_has_pending (&script->engine, WSC_ACTION_QUEUE_ALL));
  REQUIRE (script->n_send_indications == script->n_sends);
  REQUIRE (script->n_receive_indications == script->n_receives);
  REQUIRE (script->engine.stream.receiving.spill_length <= script->n_input);
  wsc_engine_clear (&script->engine);
  wsc_receive_path_drop (&script->reader);
}

/* The bytes after the head of the handshake. */
static void
begin_input (Script *script,
             uint8_t flags)
{
  uint8_t bytes[40];
  size_t n = flags & 64 ? fuzz_take (&script->input) % sizeof bytes : 0;

  for (size_t i = 0; i < n; i++)
    bytes[i] = fuzz_take (&script->input);
  script->n_input += n;
  REQUIRE (wsc_receive_path_unread (&script->engine.stream.receiving, (WscBytes) { bytes, n })
           == WSC_FAULT_NONE);
}

void
engine_script_play (WscRole        role,
                    const uint8_t *data,
                    size_t         size)
{
  static const WscFrameAllowance any_frame = { WSC_RSV, 1, 0 };
  static Script script;
  uint8_t flags;

  memset (&script, 0, sizeof script);
  memset (script.payload, 'x', sizeof script.payload);
  script.input = (FuzzInput) { data, size, (uint32_t) size };
  flags = fuzz_take (&script.input);
  script.options = (WscOptions) { .role = role, .max_frame_length = 2000,
                                  .max_message_length = 3000,
                                  .max_fragments = 20, .max_waiting_pongs = 4,
                                  .mode = (flags & 1) == 0 ? WSC_MODE_AUTOMATIC : WSC_MODE_WINDOWS,
                                  .masking = (flags & 2) == 0, .utf8_check = 1,
                                  .fragment_size = flags & 4 ? 100 : 0,
                                  .keepalive_interval = flags & 8 ? 1000 : 0,
                                  .keepalive_timeout = 500,
                                  .max_pings_per_second = flags & 16 ? 3 : 0 };
  script.reader_options = (WscOptions) { .role = role == WSC_ROLE_CLIENT ? WSC_ROLE_SERVER
                                         : WSC_ROLE_CLIENT,
                                         .max_frame_length = UINT32_MAX,
                                         .max_message_length = UINT32_MAX,
                                         .max_fragments = UINT32_MAX, .utf8_check = 1 };
  script.reader.allowed = any_frame;
  script.read = (WscReadMemory) { .at = script.reader_memory,
                                  .length = sizeof script.reader_memory };
  wsc_receive_path_lend (&script.reader, &script.read);
  script.host = (WscHost) { fill_random, &script };
  script.workspace = (WscWorkspace) { .read = { .at = script.memory, .length = 256 },
                                      .write = { script.memory + 400, 300 } };
  wsc_engine_init (&script.engine, &script.options, &script.host);
  wsc_stream_establish (&script.engine.stream, flags & 32 ? &any_frame : NULL);
  begin_input (&script, flags);
  script.phase = WSC_PHASE_OPEN;
  wsc_stream_lend (&script.engine.stream, &script.workspace);
  script.is_lent = true;
  while (script.input.left > 0)
    step (&script);
  if (!script.is_lent)
    swap_workspace (&script);
  finish (&script);
}
