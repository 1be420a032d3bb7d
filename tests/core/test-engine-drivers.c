/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Behaviour that only a driver can see, so that no trace can express it: lent memory of the
 * exact size, no lent memory, the number that follows a limit. */

#include "core/close-code.h"
#include "core/engine/engine.h"
#include "core/limits.h"
#include "core/same-octets.h"
#include "lib/tap.h"

#include <string.h>

static const WscHost host = { same_octets_fill, (void *) "\0" };
static const WscBuffer no_memory = { NULL, 0 };

typedef struct
{
  WscEngine engine;
  WscOptions options;
  WscWorkspace workspace;
  uint8_t read[300], write[300];
} Driver;

static void
begin (Driver *self,
       WscRole role,
       size_t  write_length)
{
  memset (self, 0, sizeof *self);
  self->options = (WscOptions) { .role = role, .max_frame_length = 100, .max_message_length = 150,
                                 .max_fragments = 3, .max_waiting_pongs = 4, .mode = WSC_MODE_AUTOMATIC,
                                 .masking = 1, .utf8_check = 1 };
  self->workspace.read = (WscReadMemory) { .at = self->read, .length = sizeof self->read };
  self->workspace.write = (WscBuffer) { self->write, write_length };
  wsc_engine_init (&self->engine, &self->options, &host);
  wsc_stream_establish (&self->engine.stream, NULL);
  wsc_stream_lend (&self->engine.stream, &self->workspace);
}

static void
end (Driver *self)
{
  wsc_engine_abort (&self->engine);
  wsc_engine_clear (&self->engine);
}

static WscAction
next (Driver        *self,
      WscActionQueue queue)
{
  WscAction action;

  if (wsc_engine_get_action (&self->engine, queue, 2, &action) != WSC_FAULT_NONE)
    action.type = WSC_ACTION_NONE;
  return action;
}

static size_t
sum_of (const WscAction *action)
{
  size_t sum = 0;

  for (unsigned i = 0; i < action->n_buffers; i++)
    sum += action->buffers[i].length;
  return sum;
}

static void
receive (Driver     *self,
         const void *bytes,
         size_t      n)
{
  WscAction action;

  wsc_engine_receive (&self->engine, no_memory, NULL, NULL);
  action = next (self, WSC_ACTION_QUEUE_RECEIVE);
  memcpy (action.buffers[0].at, bytes, n);
  wsc_engine_complete_action (&self->engine, &action, n);
}

static WscBytes
bytes (const char *text)
{
  return (WscBytes) { (const uint8_t *) text, strlen (text) };
}

static bool
say (Driver     *self,
     const char *text)
{
  return wsc_engine_send (&self->engine, WSC_BUFFER_BINARY_MESSAGE, bytes (text),
                          NULL, NULL) == WSC_FAULT_NONE;
}

static void
test_room (void)
{
  static const struct
  {
    const char *name;
    size_t      length;
    bool        is_answered;
  } cases[] = {
    { "longest-control-frame-fits", WSC_MAX_CONTROL_FRAME, true },
    { "one-byte-less-is-too-little", WSC_MAX_CONTROL_FRAME - 1, false },
  };
  Driver driver;
  WscAction action;

  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      begin (&driver, WSC_ROLE_CLIENT, cases[i].length);
      receive (&driver, "\x89\0", 2);
      action = next (&driver, WSC_ACTION_QUEUE_RECEIVE);
      tap_point ((action.type == WSC_ACTION_SEND_TO_NETWORK) == cases[i].is_answered,
                 "/core/engine/room/WS-137-%s", cases[i].name);
      wsc_engine_send_close (&driver.engine, WSC_CLOSE_NORMAL, bytes (""), NULL, NULL);
      if (action.type == WSC_ACTION_SEND_TO_NETWORK)
        wsc_engine_complete_action (&driver.engine, &action, sum_of (&action));
      action = next (&driver, WSC_ACTION_QUEUE_SEND);
      tap_point ((action.type == WSC_ACTION_SEND_TO_NETWORK) == cases[i].is_answered,
                 "/core/engine/room/close-%s", cases[i].name);
      end (&driver);
    }

  begin (&driver, WSC_ROLE_SERVER, WSC_MAX_HEADER_LENGTH);
  say (&driver, "Hello");
  action = next (&driver, WSC_ACTION_QUEUE_SEND);
  tap_point (action.n_buffers == 2, "/core/engine/room/header-alone-fits");
  end (&driver);
}

static void
test_no_workspace (void)
{
  Driver driver;
  bool is_silent;

  begin (&driver, WSC_ROLE_CLIENT, 300);
  wsc_engine_take_back (&driver.engine);
  say (&driver, "Hello");
  wsc_engine_receive (&driver.engine, no_memory, NULL, NULL);
  is_silent = next (&driver, WSC_ACTION_QUEUE_ALL).type == WSC_ACTION_NONE;
  tap_point (is_silent, "/core/engine/no-workspace/nothing-is-handed-out");
  tap_point (wsc_engine_has_pending (&driver.engine, WSC_ACTION_QUEUE_ALL),
             "/core/engine/no-workspace/and-yet-something-waits");
  end (&driver);

  begin (&driver, WSC_ROLE_CLIENT, 0);
  receive (&driver, "\x89\0", 2);
  next (&driver, WSC_ACTION_QUEUE_RECEIVE);
  wsc_engine_take_back (&driver.engine);
  tap_point (next (&driver, WSC_ACTION_QUEUE_ALL).type == WSC_ACTION_NONE,
             "/core/engine/no-workspace/WS-141-pong-waits-for-memory");
  end (&driver);
}

static void
test_copy_limit (void)
{
  static const struct
  {
    const char *name, *text;
    size_t      write_length;
    unsigned    n_buffers;
  } cases[] = {
    { "payload-of-just-the-limit-is-copied", "12345678", 300, 1 },
    { "payload-above-the-limit-stays", "123456789", 300, 2 },
    { "payload-that-just-fits-is-copied", "12345678", WSC_MAX_HEADER_LENGTH + 8, 1 },
    { "payload-that-does-not-fit-stays", "12345678", WSC_MAX_HEADER_LENGTH + 7, 2 },
  };

  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      Driver driver;

      begin (&driver, WSC_ROLE_SERVER, cases[i].write_length);
      driver.workspace.copy_limit = 8;
      say (&driver, cases[i].text);
      tap_point (next (&driver, WSC_ACTION_QUEUE_SEND).n_buffers == cases[i].n_buffers,
                 "/core/engine/copy-limit/%s", cases[i].name);
      end (&driver);
    }
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *name, *bytes;
    size_t      n, number;
    WscFault    fault;
  } cases[] = {
    { "WS-103-frame", "\x82\x65", 2, 101, WSC_FAULT_FRAME_TOO_BIG },
    { "WS-127-fragments", "\x02\0\0\0\0\0\x80\0", 8, 4, WSC_FAULT_TOO_MANY_FRAGMENTS },
    { "WS-97-no-number", "\xc2\x05", 2, 0, WSC_FAULT_RSV_NOT_NEGOTIATED },
  };
  char bytes[106] = "\x02\x64";
  Driver driver;
  WscAction action;

  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      begin (&driver, WSC_ROLE_CLIENT, 300);
      receive (&driver, cases[i].bytes, cases[i].n);
      tap_point (wsc_engine_get_action (&driver.engine, WSC_ACTION_QUEUE_ALL, 2, &action)
                 == cases[i].fault &&
                 driver.engine.stream.fault_number == cases[i].number,
                 "/core/engine/number/%s", cases[i].name);
      end (&driver);
    }

  begin (&driver, WSC_ROLE_CLIENT, 300);
  bytes[102] = (char) 0x80;
  bytes[103] = 60;
  receive (&driver, bytes, 104);
  action = next (&driver, WSC_ACTION_QUEUE_ALL);
  wsc_engine_complete_action (&driver.engine, &action, 0);
  wsc_engine_receive (&driver.engine, no_memory, NULL, NULL);
  tap_point (wsc_engine_get_action (&driver.engine, WSC_ACTION_QUEUE_ALL, 2, &action)
             == WSC_FAULT_MESSAGE_TOO_BIG &&
             driver.engine.stream.fault_number == 160,
             "/core/engine/number/WS-128-fragments-so-far-and-the-one-announced");
  end (&driver);
}

static void
test_inflated_number (void)
{
  static const WscDeflateOptions usual = { 6, 8, 15, 15, 1, 1, 64 };
  static const WscDeflateParameters agreed = { 15, 15, 1, 1 };
  uint8_t inflated[64];
  Driver driver;
  WscAction action;

  begin (&driver, WSC_ROLE_CLIENT, 300);
  driver.options.max_message_length = 4;
  wsc_engine_take_back (&driver.engine);
  driver.workspace.inflate = (WscBuffer) { inflated, sizeof inflated };
  wsc_stream_use_deflate (&driver.engine.stream, &usual, &agreed);
  wsc_stream_lend (&driver.engine.stream, &driver.workspace);
  receive (&driver, "\xc1\x07" "\xf2\x48\xcd\xc9\xc9\x07\0", 9);
  tap_point (wsc_engine_get_action (&driver.engine, WSC_ACTION_QUEUE_ALL, 2, &action)
             == WSC_FAULT_MESSAGE_TOO_BIG && driver.engine.stream.fault_number == 5,
             "/core/engine/number/WS-241-bytes-that-were-inflated");
  end (&driver);
}

static void
test_waiting (void)
{
  Driver driver;
  WscAction action;

  begin (&driver, WSC_ROLE_CLIENT, 300);
  receive (&driver, "\x89\0", 2);
  action = next (&driver, WSC_ACTION_QUEUE_RECEIVE);
  tap_point (action.type == WSC_ACTION_SEND_TO_NETWORK &&
             wsc_engine_has_pending (&driver.engine, WSC_ACTION_QUEUE_SEND),
             "/core/engine/has-pending/pong-on-the-other-queue-is-something-to-send");
  wsc_engine_complete_action (&driver.engine, &action, sum_of (&action));
  tap_point (!wsc_engine_has_pending (&driver.engine, WSC_ACTION_QUEUE_SEND),
             "/core/engine/has-pending/nothing-to-send-after-it");
  end (&driver);

  begin (&driver, WSC_ROLE_SERVER, 300);
  say (&driver, "never begun");
  wsc_engine_send_close (&driver.engine, WSC_CLOSE_NORMAL, bytes (""), NULL, NULL);
  wsc_engine_drop_waiting (&driver.engine);
  action = next (&driver, WSC_ACTION_QUEUE_SEND);
  tap_point (action.type == WSC_ACTION_INDICATE_SEND_COMPLETE &&
             action.fault == WSC_FAULT_CLOSING_STARTED,
             "/core/engine/drop-waiting/WS-148-send-not-begun-is-dropped");
  end (&driver);
}

static void
test_done (void)
{
  Driver driver;
  WscAction action;

  begin (&driver, WSC_ROLE_SERVER, 300);
  say (&driver, "written");
  say (&driver, "not written");
  action = next (&driver, WSC_ACTION_QUEUE_SEND);
  wsc_engine_complete_action (&driver.engine, &action, sum_of (&action));
  wsc_engine_abort (&driver.engine);
  action = next (&driver, WSC_ACTION_QUEUE_SEND);
  tap_point (action.type == WSC_ACTION_INDICATE_SEND_COMPLETE && action.fault == WSC_FAULT_NONE,
             "/core/engine/abort/WIN-Z-03-written-send-has-no-fault");
  wsc_engine_complete_action (&driver.engine, &action, 0);
  action = next (&driver, WSC_ACTION_QUEUE_SEND);
  tap_point (action.type == WSC_ACTION_INDICATE_SEND_COMPLETE && action.fault == WSC_FAULT_ABORTED,
             "/core/engine/abort/WIN-Z-03-waiting-send-has-the-fault");
  end (&driver);
}

int
main (void)
{
  test_room ();
  test_no_workspace ();
  test_copy_limit ();
  test_numbers ();
  test_inflated_number ();
  test_waiting ();
  test_done ();
  return tap_end ();
}
