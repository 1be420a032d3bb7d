/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Whole messages, taken and written without an action: only where nothing is due before them. */
#include "core/engine/engine.h"
#include "lib/tap.h"

#include <string.h>

typedef struct
{
  WscOptions   options;
  WscHost      host;
  WscWorkspace workspace;
  WscEngine    engine;
  uint8_t      read[256], write[64];
} Setting;

static void
fill_with_ones (void    *data,
                uint8_t *to,
                size_t   n)
{
  memset (to, 1, n);
}

static void
set_up (Setting *self,
        WscRole  role)
{
  *self = (Setting) { .host = { fill_with_ones, NULL } };
  self->options = (WscOptions) { .role = role, .max_frame_length = 1 << 20,
                                 .max_message_length = 1 << 20, .max_fragments = 1000,
                                 .max_waiting_pongs = 64, .masking = 1, .utf8_check = 1, .auto_close = 1 };
  self->workspace = (WscWorkspace) { .read = { self->read, sizeof self->read },
                                     .write = { self->write, sizeof self->write },
                                     .copy_limit = 40 };
  wsc_engine_init (&self->engine, &self->options, &self->host);
  wsc_engine_establish (&self->engine, NULL);
  wsc_engine_lend (&self->engine, &self->workspace);
}

static void
tear_down (Setting *self)
{
  wsc_engine_clear (&self->engine);
}

static void
read_octets (Setting    *self,
             const void *octets,
             size_t      n)
{
  WscAction action;

  wsc_engine_receive (&self->engine, (WscBuffer) { NULL, 0 }, NULL, NULL);
  wsc_engine_get_action (&self->engine, WSC_ACTION_QUEUE_RECEIVE, 1, &action);
  memcpy (action.buffers[0].at, octets, n);
  wsc_engine_complete_action (&self->engine, &action, n);
}

static bool
takes (Setting      *self,
       WscBufferType expected,
       const char   *text)
{
  WscBufferType type;
  WscBytes payload;

  return wsc_engine_take_message (&self->engine, &type, &payload)
         && type == expected
         && payload.length == strlen (text) && memcmp (payload.at, text, payload.length) == 0;
}

#define LONG_ENOUGH "\x81\x0c" "twelve bytes"

static void
test_take (void)
{
  Setting self;
  WscBufferType type;
  WscBytes payload;

  set_up (&self, WSC_ROLE_CLIENT);
  read_octets (&self, LONG_ENOUGH LONG_ENOUGH "\x82\x0c" "twelve\xff" "bytes" "\x81", 43);
  tap_point (takes (&self, WSC_BUFFER_UTF8_MESSAGE, "twelve bytes")
             && takes (&self, WSC_BUFFER_UTF8_MESSAGE, "twelve bytes"),
             "/core/engine-whole/take/one-after-the-other");
  tap_point (takes (&self, WSC_BUFFER_BINARY_MESSAGE, "twelve\xff" "bytes"),
             "/core/engine-whole/take/a-binary-one-is-no-text");
  tap_point (!wsc_engine_take_message (&self.engine, &type, &payload),
             "/core/engine-whole/take/a-cut-one-is-left");
  tear_down (&self);
}

static void
test_not_utf8 (void)
{
  Setting self;
  WscBufferType type;
  WscBytes payload;
  WscAction action;

  set_up (&self, WSC_ROLE_CLIENT);
  read_octets (&self, "\x81\x0c" "twelve\xff" "bytes", 14);
  tap_point (!wsc_engine_take_message (&self.engine, &type, &payload)
             && wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_ALL, 1, &action)
             == WSC_FAULT_TEXT_NOT_UTF8,
             "/core/engine-whole/take/not-utf8-is-a-fault-of-the-next-action");
  tear_down (&self);
}

static size_t
write_text (Setting         *self,
            const char      *text,
            WscTextKnowledge knowledge)
{
  return wsc_engine_write_message (&self->engine, WSC_BUFFER_UTF8_MESSAGE,
                                   (WscBytes) { (const uint8_t *) text, strlen (text) }, knowledge);
}

static void
test_write (void)
{
  Setting self;

  set_up (&self, WSC_ROLE_SERVER);
  tap_point (write_text (&self, "abc", WSC_TEXT_UNJUDGED) == 5
             && memcmp (self.write, "\x81\x03" "abc", 5) == 0,
             "/core/engine-whole/write/of-a-server");
  self.workspace.write_kept = 5;
  tap_point (write_text (&self, "de", WSC_TEXT_JUDGED) == 4
             && memcmp (self.write, "\x81\x03" "abc" "\x81\x02" "de", 9) == 0,
             "/core/engine-whole/write/behind-what-is-kept");
  tear_down (&self);

  set_up (&self, WSC_ROLE_CLIENT);
  tap_point (write_text (&self, "abc", WSC_TEXT_UNJUDGED) == 9
             && memcmp (self.write, "\x81\x83\1\1\1\1" "`cb", 9) == 0,
             "/core/engine-whole/write/of-a-client-is-masked");
  tear_down (&self);
}

static void
test_write_refusals (void)
{
  static const char forty_one[] = "41 octets, one more than the limit allows";
  WscBytes bytes = { (const uint8_t *) "x", 1 };
  WscAction action;
  Setting self;

  set_up (&self, WSC_ROLE_SERVER);
  tap_point (write_text (&self, forty_one, WSC_TEXT_UNJUDGED) == 0,
             "/core/engine-whole/write/beyond-the-copy-limit-refused");
  tap_point (write_text (&self, "\xff", WSC_TEXT_UNJUDGED) == 0,
             "/core/engine-whole/write/not-utf8-refused");
  self.workspace.write_kept = 60;
  tap_point (write_text (&self, "x", WSC_TEXT_UNJUDGED) == 0,
             "/core/engine-whole/write/without-room-refused");
  self.workspace.write_kept = 0;

  wsc_engine_send (&self.engine, WSC_BUFFER_BINARY_MESSAGE, bytes, 0, NULL, NULL);
  tap_point (write_text (&self, "x", WSC_TEXT_UNJUDGED) == 0,
             "/core/engine-whole/write/behind-a-waiting-Send-refused");
  wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_SEND, 2, &action);
  wsc_engine_complete_action (&self.engine, &action, 3);
  wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_SEND, 2, &action);
  wsc_engine_complete_action (&self.engine, &action, 0);
  tap_point (write_text (&self, "x", WSC_TEXT_UNJUDGED) == 3,
             "/core/engine-whole/write/again-when-the-Send-is-over");

  wsc_engine_send (&self.engine, WSC_BUFFER_BINARY_FRAGMENT, bytes, WSC_SEND_QUIET, NULL, NULL);
  wsc_engine_get_action (&self.engine, WSC_ACTION_QUEUE_SEND, 2, &action);
  wsc_engine_complete_action (&self.engine, &action, 3);
  tap_point (write_text (&self, "x", WSC_TEXT_UNJUDGED) == 0,
             "/core/engine-whole/write/between-fragments-refused");
  tear_down (&self);

  set_up (&self, WSC_ROLE_SERVER);
  wsc_engine_send_close (&self.engine, 1000, (WscBytes) { NULL, 0 }, NULL, NULL);
  tap_point (write_text (&self, "x", WSC_TEXT_UNJUDGED) == 0,
             "/core/engine-whole/write/behind-a-close-refused");
  tear_down (&self);
}

static void
test_read (void)
{
  Setting self;
  WscBuffer room;

  set_up (&self, WSC_ROLE_CLIENT);
  tap_point (wsc_engine_begin_read (&self.engine).at == NULL,
             "/core/engine-whole/read/nobody-wants-to");
  wsc_engine_receive (&self.engine, (WscBuffer) { NULL, 0 }, NULL, NULL);
  room = wsc_engine_begin_read (&self.engine);
  tap_point (room.at == self.read && wsc_engine_is_at_rest (&self.engine),
             "/core/engine-whole/read/into-the-lent-memory");
  memcpy (room.at, LONG_ENOUGH, 14);
  wsc_engine_end_read (&self.engine, 14);
  tap_point (wsc_engine_begin_read (&self.engine).at == NULL
             && !wsc_engine_is_at_rest (&self.engine),
             "/core/engine-whole/read/not-before-all-is-looked-at");
  tap_point (takes (&self, WSC_BUFFER_UTF8_MESSAGE, "twelve bytes")
             && wsc_engine_is_at_rest (&self.engine),
             "/core/engine-whole/read/a-message-then-rest");
  tear_down (&self);
}

int
main (void)
{
  test_take ();
  test_not_utf8 ();
  test_write ();
  test_write_refusals ();
  test_read ();
  return tap_end ();
}
