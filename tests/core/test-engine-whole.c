/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Whole messages, written without an action: only if nothing is due before them. */
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
             "/core/engine-whole/write/after-what-is-kept");
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
  static const char forty_one[] = "41 bytes, one more than the limit permits";
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
             "/core/engine-whole/write/after-a-waiting-Send-refused");
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
             "/core/engine-whole/write/after-a-close-refused");
  tear_down (&self);
}

int
main (void)
{
  test_write ();
  test_write_refusals ();
  return tap_end ();
}
