/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends that overtake others. */

#include "core/engine-parts.h"
#include "lib/tap.h"

#include <string.h>

static void
complete_whole (WscEngine       *engine,
                const WscAction *action)
{
  size_t n = action->type == WSC_ACTION_SEND_TO_NETWORK ? action->buffers[0].length : 0;

  if (action->n_buffers > 1)
    n += action->buffers[1].length;
  wsc_engine_complete_action (engine, action, n);
}

typedef enum                    /* the progress of the first of two fragments */
{
  WAITING,
  BEGUN,
  LEFT,                         /* the fragment has left, and is still to be indicated */
  INDICATING,
  N_STAGES,
} Stage;

static const char *const stages[N_STAGES] = { "waits", "has-begun", "has-left", "is-indicated" };

/* For each stage, the order in which all Sends are indicated.  1 and 2 are the fragments. */
static const struct
{
  const char *name;
  WscBufferType type;
  const char *order[N_STAGES];
} overtaking[] = {
  { "ping", WSC_BUFFER_PING_PONG, { "312", "132", "132", "132" } },
  { "message", WSC_BUFFER_BINARY_MESSAGE, { "123", "123", "123", "123" } },
};

/* Sends two fragments of a message; stage is the progress of the first. */
static void
send_fragments (WscEngine *engine,
                Stage      stage,
                WscAction *action)
{
  wsc_engine_send (engine, WSC_BUFFER_BINARY_FRAGMENT, nothing, NULL, NULL);
  wsc_engine_send (engine, WSC_BUFFER_BINARY_MESSAGE, nothing, NULL, NULL);
  if (stage >= BEGUN)
    wsc_engine_get_action (engine, WSC_ACTION_QUEUE_SEND, 2, action);
  if (stage >= LEFT)
    complete_whole (engine, action);
  if (stage >= INDICATING)
    wsc_engine_get_action (engine, WSC_ACTION_QUEUE_SEND, 2, action);
}

/* The numbers of the Sends, in the order in which they are indicated. */
static void
note_order (WscEngine *engine,
            WscAction *action,
            char      *order)
{
  do
    {
      if (action->type == WSC_ACTION_INDICATE_SEND_COMPLETE)
        *order++ = (char) ('0' + action->operation);
      complete_whole (engine, action);
    }
  while (wsc_engine_get_action (engine, WSC_ACTION_QUEUE_SEND, 2, action) == WSC_FAULT_NONE &&
         action->type != WSC_ACTION_NONE);
}

static void
test_overtaking (size_t row,
                 Stage  stage)
{
  WscOptions options = make_options (WSC_ROLE_SERVER);
  uint8_t write[256];
  WscWorkspace workspace = { .write = { write, sizeof write } };
  char order[8] = "";
  WscEngine engine;
  WscAction action = { 0 };

  wsc_engine_init (&engine, &options, &host);
  wsc_stream_establish (&engine.stream, NULL);
  wsc_stream_lend (&engine.stream, &workspace);
  send_fragments (&engine, stage, &action);
  wsc_engine_send (&engine, overtaking[row].type, nothing, NULL, NULL);
  note_order (&engine, &action, order);
  tap_diag ("order %s", order);
  tap_point (strcmp (order, overtaking[row].order[stage]) == 0,
             "/core/engine-sends/overtaking/%s-while-the-first-fragment-%s", overtaking[row].name,
             stages[stage]);
  wsc_engine_clear (&engine);
}

int
main (void)
{
  for (size_t row = 0; row < sizeof overtaking / sizeof overtaking[0]; row++)
    for (Stage stage = WAITING; stage < N_STAGES; stage++)
      test_overtaking (row, stage);
  return tap_end ();
}
