/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The queues that have something to do, and the state after a write that can take no more. */

#include "core/close-code.h"
#include "core/engine-parts.h"
#include "lib/tap.h"

#include <string.h>

/* Two Sends wait; it is unknown how much of the first one, or of a pong, was sent. */
static const struct
{
  const char *name;
  WscMode     mode;
  bool        is_pong;
} output_cases[] = {
  { "automatic-mode", WSC_MODE_AUTOMATIC, false },
  { "windows-mode", WSC_MODE_WINDOWS, false },
  { "automatic-mode-at-a-pong", WSC_MODE_AUTOMATIC, true },
  { "windows-mode-at-a-pong", WSC_MODE_WINDOWS, true },
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

  options.mode = output_cases[row].mode;
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
  tap_point (engine.receive_slot.step == WSC_STEP_IDLE && engine.send_slot.step == WSC_STEP_IDLE,
             "/core/engine-end/output/%s-withdraws-what-is-handed-out", output_cases[row].name);
  wsc_engine_complete_action (&engine, &written, written.buffers[0].length);
  while (wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_SEND, 2, &action) == WSC_FAULT_NONE &&
         action.type == WSC_ACTION_INDICATE_SEND_COMPLETE)
    {
      n_cancelled += action.fault == WSC_FAULT_TRANSPORT_TORN;
      wsc_engine_complete_action (&engine, &action, 0);
    }
  tap_point (written.type == WSC_ACTION_SEND_TO_NETWORK && n_cancelled == 2 &&
             action.type == WSC_ACTION_NONE &&
             engine.stream.phase == WSC_PHASE_FAILED &&
             engine.stream.fault == WSC_FAULT_TRANSPORT_TORN,
             "/core/engine-end/output/%s-cancels-what-waits", output_cases[row].name);
  wsc_engine_clear (&engine);
}

typedef struct
{
  WscOptions   options;
  WscWorkspace workspace;
  WscEngine    engine;
  uint8_t      memory[600];
} Setting;

static void
set_up (Setting *self)
{
  *self = (Setting) { .options = make_options (WSC_ROLE_SERVER) };
  self->workspace.read = (WscReadMemory) { .at = self->memory, .length = 300 };
  self->workspace.write = (WscBuffer) { self->memory + 300, 300 };
  wsc_engine_init (&self->engine, &self->options, &host);
  wsc_stream_establish (&self->engine.stream, NULL);
  wsc_stream_lend (&self->engine.stream, &self->workspace);
}

/* A ping was read, and no Receive waits. */
static void
feed_ping (Setting *self)
{
  static const uint8_t ping[] = { 0x89, 0x80, 0, 0, 0, 0 };
  WscAction action;

  wsc_engine_receive (&self->engine, no_memory, NULL, NULL);
  wsc_engine_get_action (&self->engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  memcpy (action.buffers[0].at, ping, sizeof ping);
  self->workspace.write.length = 0;             /* the pong waits */
  wsc_engine_complete_action (&self->engine, &action, sizeof ping);
  wsc_engine_get_action (&self->engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  wsc_engine_complete_action (&self->engine, &action, 0);
  wsc_engine_get_action (&self->engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  wsc_engine_complete_action (&self->engine, &action, 0);
  self->workspace.write.length = 300;
}

static void
test_pong_on_send_queue (void)
{
  Setting self;
  WscAction pong;

  set_up (&self);
  feed_ping (&self);
  wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_SEND, 2, &pong);
  tap_point (pong.type == WSC_ACTION_SEND_TO_NETWORK &&
             wsc_engine_has_pending (&self.engine, WSC_ACTION_QUEUE_SEND) &&
             !wsc_engine_has_pending (&self.engine, WSC_ACTION_QUEUE_RECEIVE),
             "/core/engine-end/pending/pong-that-is-handed-out");
  wsc_engine_complete_action (&self.engine, &pong, 0);
  tap_point (!wsc_engine_has_pending (&self.engine, WSC_ACTION_QUEUE_ALL) &&
             self.engine.stream.phase == WSC_PHASE_OPEN,
             "/core/engine-end/pong/WIN-K-05-dropped-on-purpose-ends-nothing");
  wsc_engine_clear (&self.engine);

  set_up (&self);
  feed_ping (&self);
  wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_SEND, 2, &pong);
  wsc_engine_end_output (&self.engine);
  tap_point (!wsc_engine_has_pending (&self.engine, WSC_ACTION_QUEUE_SEND),
             "/core/engine-end/output/pong-of-the-send-queue-is-withdrawn");
  wsc_engine_clear (&self.engine);
}

static void
test_pending (void)
{
  Setting self;
  WscAction action;

  set_up (&self);
  wsc_engine_send (&self.engine, WSC_BUFFER_BINARY_MESSAGE, nothing, NULL, NULL);
  tap_point (wsc_engine_has_pending (&self.engine, WSC_ACTION_QUEUE_SEND) &&
             !wsc_engine_has_pending (&self.engine, WSC_ACTION_QUEUE_RECEIVE),
             "/core/engine-end/pending/send-is-on-its-own-queue");
  wsc_engine_end_input (&self.engine);
  tap_point (wsc_engine_has_pending (&self.engine, WSC_ACTION_QUEUE_RECEIVE) &&
             wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action)
             == WSC_FAULT_TRANSPORT_ENDED &&
             !wsc_engine_has_pending (&self.engine, WSC_ACTION_QUEUE_RECEIVE),
             "/core/engine-end/pending/fault-that-was-not-reported");
  wsc_engine_clear (&self.engine);
}

/* Operations that are over keep what ended them; an empty queue has none. */
static void
test_drop_what_is_over (void)
{
  Setting self;
  WscAction action;
  bool is_right = true;

  set_up (&self);
  wsc_engine_send (&self.engine, WSC_BUFFER_BINARY_MESSAGE, nothing, NULL, NULL);
  wsc_engine_send (&self.engine, WSC_BUFFER_BINARY_MESSAGE, nothing, NULL, NULL);
  wsc_engine_send_close (&self.engine, WSC_CLOSE_NORMAL, nothing, NULL, NULL);
  wsc_engine_end_output (&self.engine);
  wsc_engine_drop_waiting (&self.engine);
  for (int i = 0; i < 3; i++)
    {
      wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_SEND, 2, &action);
      is_right = is_right && action.fault == WSC_FAULT_TRANSPORT_TORN;
      wsc_engine_complete_action (&self.engine, &action, 0);
    }
  wsc_engine_drop_waiting (&self.engine);
  tap_point (is_right && !wsc_engine_has_pending (&self.engine, WSC_ACTION_QUEUE_SEND),
             "/core/engine-end/drop-waiting/keeps-the-fault-of-what-is-over");
  wsc_engine_clear (&self.engine);
}

/* A serial number begins again with 0, which an action that is none has, too. */
static void
test_no_action (void)
{
  Setting self;
  WscAction read, none = { 0 };

  set_up (&self);
  self.engine.receive_slot.serial = 0xffffff;
  wsc_engine_receive (&self.engine, no_memory, NULL, NULL);
  wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_RECEIVE, 2, &read);
  wsc_engine_complete_action (&self.engine, &none, 0);
  tap_point (read.type == WSC_ACTION_RECEIVE_FROM_NETWORK && read.serial == 0 &&
             self.engine.receive_slot.step == WSC_STEP_READING,
             "/core/engine-end/complete/no-action-has-no-effect");
  wsc_engine_clear (&self.engine);
}

/* A frame is in progress, and its Receive has memory of its own. */
static void
test_no_read_memory (void)
{
  Setting self;
  WscAction action;
  uint8_t own[8];
  const WscBuffer own_memory = { own, sizeof own };

  set_up (&self);
  wsc_engine_receive (&self.engine, own_memory, NULL, NULL);
  wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  memcpy (action.buffers[0].at, "\x82\x85\0\0\0\0a", 7);
  wsc_engine_complete_action (&self.engine, &action, 7);
  wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  wsc_engine_complete_action (&self.engine, &action, 0);
  wsc_engine_take_back (&self.engine);
  self.workspace.read.length = 0;
  wsc_stream_lend (&self.engine.stream, &self.workspace);
  wsc_engine_receive (&self.engine, own_memory, NULL, NULL);
  wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  tap_point (action.type == WSC_ACTION_NONE, "/core/engine-end/read/not-without-read-memory");
  wsc_engine_clear (&self.engine);
}

int
main (void)
{
  test_pong_on_send_queue ();
  test_pending ();
  test_drop_what_is_over ();
  test_no_action ();
  test_no_read_memory ();
  for (size_t i = 0; i < sizeof output_cases / sizeof *output_cases; i++)
    test_end_output (i);
  return tap_end ();
}
