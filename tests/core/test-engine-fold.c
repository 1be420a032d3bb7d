/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* When an engine can be folded away, and what comes back.  That whole sessions go on as if nothing
 * had happened is test-engine-usual's to show. */

#include "core/engine/engine.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <string.h>

#define SECOND INT64_C (1000000)

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  memset (to, 0x5a, n);
}

static const WscHost host = { fill_random, NULL };
static const WscOptions options = {
  .role = WSC_ROLE_SERVER, .max_frame_length = 1000, .max_message_length = 1000, .max_fragments = 10,
  .max_waiting_pongs = 4, .auto_close = 1, .masking = 1, .utf8_check = 1,
  .keepalive_interval = 1000, .keepalive_timeout = 5000,
};
static const WscBytes nothing = { NULL, 0 };
static const WscBuffer no_memory = { NULL, 0 };

static uint8_t read_memory[300], write_memory[300], own_memory[30];
static WscWorkspace workspace = {
  .read = { read_memory, sizeof read_memory }, .write = { write_memory, sizeof write_memory },
  .copy_limit = 100,
};

/* Every action but an indication that nobody completes. */
static void
feed (WscEngine  *engine,
      const char *octets,
      size_t      n)
{
  WscAction action;

  wsc_engine_receive (engine, no_memory, NULL, NULL);
  wsc_engine_lend (engine, &workspace);
  while (wsc_engine_get_action (engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action) == WSC_FAULT_NONE
         && action.type != WSC_ACTION_NONE)
    {
      const bool is_read = action.type == WSC_ACTION_RECEIVE_FROM_NETWORK;

      if (is_read && n == 0)
        break;
      if (is_read)
        memcpy (action.buffers[0].at, octets, n);
      wsc_engine_complete_action (engine, &action, is_read ? n : action.buffers[0].length);
      n = is_read ? 0 : n;
    }
  wsc_engine_take_back (engine);
}

static void
send_text (WscEngine    *engine,
           WscBufferType type)
{
  wsc_engine_send (engine, type, (WscBytes) { (const uint8_t *) "abc", 3 }, WSC_SEND_QUIET, NULL,
                   NULL);
}

/* Takes the next step to the wire, all of it or one octet of it. */
static void
write_step (WscEngine *engine,
            size_t     n)
{
  WscAction action;

  wsc_engine_lend (engine, &workspace);
  wsc_engine_get_action (engine, WSC_ACTION_QUEUE_SEND, 2, &action);
  wsc_engine_complete_action (engine, &action, n == 0 ? action.buffers[0].length : n);
  wsc_engine_take_back (engine);
}

static void
open_idle (WscEngine *engine)
{
  wsc_engine_establish (engine, NULL);
}

static void
open_receiving (WscEngine *engine)
{
  open_idle (engine);
  wsc_engine_receive (engine, no_memory, NULL, NULL);
}

static void
open_received (WscEngine *engine)
{
  open_idle (engine);
  feed (engine, "\x81\x81\0\0\0\0a", 7);
}

static void
open_sent (WscEngine *engine)
{
  open_idle (engine);
  send_text (engine, WSC_BUFFER_UTF8_MESSAGE);
  write_step (engine, 0);
}

static void
created (WscEngine *engine)
{
}

static void
closing (WscEngine *engine)
{
  open_idle (engine);
  wsc_engine_send_close (engine, 1000, nothing, NULL, NULL);
  write_step (engine, 0);
}

static void
lent (WscEngine *engine)
{
  open_idle (engine);
  wsc_engine_lend (engine, &workspace);
}

static void
own_receive (WscEngine *engine)
{
  open_idle (engine);
  wsc_engine_receive (engine, (WscBuffer) { own_memory, sizeof own_memory }, NULL, NULL);
}

static void
receive_with_context (WscEngine *engine)
{
  open_idle (engine);
  wsc_engine_receive (engine, no_memory, engine, NULL);
}

static void
two_receives (WscEngine *engine)
{
  open_receiving (engine);
  wsc_engine_receive (engine, no_memory, NULL, NULL);
}

static void
queued_send (WscEngine *engine)
{
  open_idle (engine);
  send_text (engine, WSC_BUFFER_UTF8_MESSAGE);
}

static void
torn_send (WscEngine *engine)
{
  queued_send (engine);
  write_step (engine, 1);
}

static void
message_being_sent (WscEngine *engine)
{
  open_idle (engine);
  send_text (engine, WSC_BUFFER_UTF8_FRAGMENT);
  write_step (engine, 0);
}

static void
unread (WscEngine *engine)
{
  open_idle (engine);
  wsc_engine_unread (engine, (WscBytes) { (const uint8_t *) "\x81", 1 });
}

static void
frame_being_received (WscEngine *engine)
{
  open_idle (engine);
  feed (engine, "\x81\x82\0\0\0\0a", 7);
}

static void
message_being_received (WscEngine *engine)
{
  open_idle (engine);
  feed (engine, "\x01\x81\0\0\0\0a", 7);
}

static void
pong_due (WscEngine *engine)
{
  WscAction action;

  open_idle (engine);
  send_text (engine, WSC_BUFFER_UTF8_MESSAGE);
  wsc_engine_lend (engine, &workspace);
  wsc_engine_get_action (engine, WSC_ACTION_QUEUE_SEND, 2, &action);
  wsc_engine_take_back (engine);
  feed (engine, "\x89\x80\0\0\0\0", 6);
  wsc_engine_complete_action (engine, &action, action.buffers[0].length);
}

static void
failed (WscEngine *engine)
{
  open_idle (engine);
  feed (engine, "\xff\x80\0\0\0\0", 6);
}

static void
fault_due (WscEngine *engine)
{
  open_idle (engine);
  wsc_engine_end_input (engine);
}

typedef struct
{
  const char *name;
  void      (*prepare)(WscEngine *engine);
  bool        is_folded;
} Row;

static const Row rows[] = {
  { "open",                       open_idle,              true },
  { "receiving",                  open_receiving,         true },
  { "after-a-message-came",       open_received,          true },
  { "after-a-message-left",       open_sent,              true },
  { "created",                    created,                false },
  { "closing",                    closing,                false },
  { "memory-lent",                lent,                   false },
  { "receive-into-own-memory",    own_receive,            false },
  { "receive-with-context",       receive_with_context,   false },
  { "two-receives",               two_receives,           false },
  { "send-waits",                 queued_send,            false },
  { "send-torn",                  torn_send,              false },
  { "message-being-sent",         message_being_sent,     false },
  { "octet-unread",               unread,                 false },
  { "frame-being-received",       frame_being_received,   false },
  { "message-being-received",     message_being_received, false },
  { "pong-due",                   pong_due,               false },
  { "failed",                     failed,                 false },
  { "end-to-be-told",             fault_due,              false },
};

static void
test_row (const Row *row)
{
  WscFoldedEngine folded;
  WscEngine engine;

  wsc_engine_init (&engine, &options, &host);
  row->prepare (&engine);
  tap_point (wsc_engine_fold (&engine, &folded) == row->is_folded, "/core/engine-fold/%s/%s",
             row->is_folded ? "folded" : "refused", row->name);
  wsc_engine_abort (&engine);
  wsc_engine_clear (&engine);
}

static void
fold_and_unfold (WscEngine  *engine,
                 const char *what)
{
  WscFoldedEngine folded;

  tap_point (wsc_engine_fold (engine, &folded), "/core/engine-fold/kept/%s", what);
  wsc_engine_init (engine, NULL, NULL);
  wsc_engine_unfold (engine, &options, &folded);
}

/* Numbers go on, and an action from before does not count for one of today. */
static void
test_numbers (void)
{
  WscEngine engine;
  WscAction before, after;
  uint32_t first, second;

  wsc_engine_init (&engine, &options, &host);
  open_idle (&engine);
  wsc_engine_receive (&engine, no_memory, NULL, &first);
  wsc_engine_lend (&engine, &workspace);
  wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_RECEIVE, 2, &before);
  wsc_engine_take_back (&engine);
  fold_and_unfold (&engine, "with-a-receive");

  wsc_engine_lend (&engine, &workspace);
  wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_RECEIVE, 2, &after);
  tap_point (after.type == WSC_ACTION_RECEIVE_FROM_NETWORK && after.operation == first,
             "/core/engine-fold/kept/the-receive-that-waits");
  wsc_engine_complete_action (&engine, &before, 1);
  tap_point (engine.receive_slot.step == WSC_STEP_READING,
             "/core/engine-fold/kept/serials-so-that-an-old-action-is-foreign");
  wsc_engine_receive (&engine, no_memory, NULL, &second);
  tap_point (second == first + 1, "/core/engine-fold/kept/numbers-of-operations");
  wsc_engine_abort (&engine);
  wsc_engine_clear (&engine);
}

/* The ping that keepalive sent is still waited for. */
static void
test_keepalive (void)
{
  WscEngine engine;

  wsc_engine_init (&engine, &options, &host);
  open_idle (&engine);
  wsc_engine_advance (&engine, SECOND);
  wsc_engine_advance (&engine, 2 * SECOND);
  write_step (&engine, 0);
  fold_and_unfold (&engine, "behind-a-ping");
  wsc_engine_advance (&engine, 6 * SECOND);
  tap_point (wsc_engine_get_phase (&engine) == WSC_PHASE_OPEN,
             "/core/engine-fold/kept/time-for-the-pong");
  wsc_engine_advance (&engine, 7 * SECOND);
  tap_point (wsc_engine_get_fault (&engine) == WSC_FAULT_PEER_NOT_RESPONDING,
             "/core/engine-fold/kept/ping-that-nothing-has-answered");
  wsc_engine_clear (&engine);
}

/* What was agreed on goes with the engine, not with its memory. */
static void
test_allowance (void)
{
  const WscFrameAllowance allowed = { .rsv = 0x20 };
  WscEngine engine;

  wsc_engine_init (&engine, &options, &host);
  wsc_engine_establish (&engine, &allowed);
  fold_and_unfold (&engine, "with-an-extension");
  feed (&engine, "\xa1\x81\0\0\0\0a", 7);
  tap_point (wsc_engine_get_fault (&engine) == WSC_FAULT_NONE,
             "/core/engine-fold/kept/bits-of-an-extension");
  wsc_engine_abort (&engine);
  wsc_engine_clear (&engine);
}

static void
test_may_write (void)
{
  const WscOptions cutting = { .role = WSC_ROLE_SERVER, .fragment_size = 10 };
  const WscFoldedEngine folded = { .host = &host }, extended = { .allowed = { .rsv = 0x40 } };

  tap_point (wsc_folded_engine_may_write (&folded, &options, 100)
             && wsc_folded_engine_may_write (&folded, &cutting, 10),
             "/core/engine-fold/may-write/one-frame");
  tap_point (!wsc_folded_engine_may_write (&folded, &cutting, 11),
             "/core/engine-fold/may-write/not-what-is-cut");
  tap_point (!wsc_folded_engine_may_write (&extended, &options, 1),
             "/core/engine-fold/may-write/not-beside-an-extension");
}

int
main (void)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    test_row (&rows[i]);
  test_numbers ();
  test_keepalive ();
  test_allowance ();
  test_may_write ();
  tap_point (sizeof (WscFoldedEngine) <= 96, "/core/engine-fold/size/at-most-96-octets");
  return tap_end ();
}
