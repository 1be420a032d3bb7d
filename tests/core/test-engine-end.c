/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The state after a write that can take no more. */

#include "core/engine/engine.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <string.h>

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  memset (to, 0x5a, n);
}

static const WscHost host = { fill_random, NULL };
static const WscBytes nothing = { NULL, 0 };
static const WscBuffer no_memory = { NULL, 0 };

static WscOptions
make_options (WscRole role)
{
  return (WscOptions) { .role = role, .max_frame_length = 1000, .max_message_length = 1000,
                        .max_fragments = 10, .max_waiting_pongs = 4, .auto_close = 1, .masking = 1,
                        .utf8_check = 1 };
}

/* Two Sends wait; it is unknown how much of the first one, or of a pong, was sent. */
static const struct
{
  const char *name;
  uint8_t     auto_close, is_pong;
} output_cases[] = {
  { "automatic-mode", 1, 0 },
  { "windows-mode", 0, 0 },
  { "automatic-mode-at-a-pong", 1, 1 },
  { "windows-mode-at-a-pong", 0, 1 },
};

static void
test_end_output (size_t row)
{
  static const uint8_t ping[] = { 0x89, 0x80, 0, 0, 0, 0 };
  WscOptions options = make_options (WSC_ROLE_SERVER);
  uint8_t memory[600];
  WscWorkspace workspace = {
    .read = { .at = memory, .length = 300 }, .write = { memory + 300, 300 }
  };
  WscEngine engine;
  WscAction written, action;
  unsigned n_cancelled = 0;

  options.auto_close = output_cases[row].auto_close;
  wsc_engine_init (&engine, &options, &host);
  wsc_stream_establish (&engine.stream, NULL);
  wsc_stream_lend (&engine.stream, &workspace);
  wsc_engine_receive (&engine, no_memory, NULL, NULL);
  wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  memcpy (action.buffers[0].at, ping, sizeof ping);
  wsc_engine_complete_action (&engine, &action, sizeof ping);
  wsc_engine_send (&engine, WSC_BUFFER_BINARY_MESSAGE, nothing, NULL, NULL);
  wsc_engine_send (&engine, WSC_BUFFER_BINARY_FRAGMENT, nothing, NULL, NULL);
  wsc_engine_get_action (&engine, output_cases[row].is_pong ? WSC_ACTION_QUEUE_RECEIVE
                                                            : WSC_ACTION_QUEUE_SEND, 2, &written);
  wsc_engine_end_output (&engine);
  wsc_engine_complete_action (&engine, &written, written.buffers[0].length);
  while (wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_SEND, 2, &action) == WSC_FAULT_NONE
         && action.type == WSC_ACTION_INDICATE_SEND_COMPLETE)
    {
      n_cancelled += action.fault == WSC_FAULT_TRANSPORT_TORN;
      wsc_engine_complete_action (&engine, &action, 0);
    }
  tap_point (written.type == WSC_ACTION_SEND_TO_NETWORK && n_cancelled == 2
             && action.type == WSC_ACTION_NONE
             && engine.stream.phase == WSC_PHASE_FAILED
             && engine.stream.fault == WSC_FAULT_TRANSPORT_TORN,
             "/core/engine-end/output/%s-cancels-what-waits", output_cases[row].name);
  wsc_engine_clear (&engine);
}

int
main (void)
{
  for (size_t i = 0; i < sizeof output_cases / sizeof *output_cases; i++)
    test_end_output (i);
  return tap_end ();
}
