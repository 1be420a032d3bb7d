/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/stream/send-path.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

static void
fill_random (void    *data,
             uint8_t *to,
             size_t   n)
{
  memset (to, 0, n);
}

static const WscHost host = { fill_random, NULL };
static const WscOptions server = { .role = WSC_ROLE_SERVER, .utf8_check = 1, .masking = 1 };
static const WscOptions client = { .role = WSC_ROLE_CLIENT, .utf8_check = 1, .masking = 1 };

static WscBytes
text (const char *string)
{
  return (WscBytes) { (const uint8_t *) string, strlen (string) };
}

static const struct
{
  const char *name;
  uint8_t first;
  const char *payload;
  size_t length;
  WscFault fault;
} checks[] = {
  { "RFC-192-text-not-utf8-refused", 0x81, "\xff", 1, WSC_FAULT_TEXT_TO_SEND_NOT_UTF8 },
  { "RFC-192-whole-text-cut-in-character-refused", 0x81, "\xc3", 1, WSC_FAULT_TEXT_TO_SEND_NOT_UTF8 },
  { "RFC-193-fragment-cut-in-character-accepted", 0x01, "\xc3", 1, WSC_FAULT_NONE },
  { "RFC-193-impossible-fragment-refused", 0x01, "\xc3\xc3", 2, WSC_FAULT_TEXT_TO_SEND_NOT_UTF8 },
  { "binary-is-not-checked", 0x82, "\xff", 1, WSC_FAULT_NONE },
  { "WIN-S-10-length-without-memory-refused", 0x82, NULL, 1, WSC_FAULT_BUFFER_WITHOUT_MEMORY },
  { "RFC-136-control-of-126-refused", 0x89, "x", 126, WSC_FAULT_CONTROL_PAYLOAD_TOO_LONG },
};

static void
test_checks (void)
{
  uint8_t payload[200] = { 0 };

  for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
    {
      WscSendPath path = { 0 };
      WscBytes bytes = { checks[i].payload != NULL ? payload : NULL, checks[i].length };
      WscUtf8 utf8;

      if (checks[i].payload != NULL)
        memcpy (payload, checks[i].payload, strlen (checks[i].payload));
      tap_point (wsc_send_path_check (&path, &server, checks[i].first, bytes,
                                      0, &utf8) == checks[i].fault,
                 "/core/send-path/check/%s", checks[i].name);
    }

  WscSendPath path = { 0 };
  WscUtf8 utf8;

  wsc_send_path_check (&path, &server, 0x01, text ("\xc3"), 0, &utf8);
  path.utf8 = utf8;
  wsc_open_message_step (&path.message, 0x01);
  tap_point (wsc_send_path_check (&path, &server, 0x81, text (""), 0,
                                  &utf8) == WSC_FAULT_TEXT_TO_SEND_NOT_UTF8,
             "/core/send-path/check/RFC-193-last-part-may-not-end-inside-a-character");
  tap_point (wsc_send_path_check (&path, &server, 0x81, text ("\xa9"), 0, &utf8) == WSC_FAULT_NONE,
             "/core/send-path/check/RFC-193-character-goes-on-in-the-next-part");
}

/* Runs one outgoing operation to its end and collects its bytes.  Returns the number of steps; 0
 * = it did not end. */
static unsigned
drive (const WscOptions *options,
       WscOutgoing      *outgoing,
       size_t            room_length,
       uint32_t          copy_limit,
       unsigned          max_buffers,
       uint8_t          *wire,
       size_t           *length)
{
  WscSendPath path = { 0 };
  uint8_t room[4096];

  *length = 0;
  for (unsigned step = 1; step < 10000; step++)
    {
      WscBuffer buffers[2];
      unsigned n = wsc_send_path_step (&path, outgoing, options, &host,
                                       (WscBuffer) { room, room_length },
                                       copy_limit, max_buffers, buffers);
      size_t sum = 0;

      if (n == 0 || n > max_buffers)
        return 0;
      for (unsigned i = 0; i < n; i++)
        {
          memcpy (wire + *length + sum, buffers[i].at, buffers[i].length);
          sum += buffers[i].length;
        }
      *length += sum;
      if (wsc_send_path_complete (&path, outgoing) == WSC_SEND_STEP_DONE)
        return step;
    }
  return 0;
}

static void
test_steps (void)
{
  uint8_t payload[1000], wire[2000];
  WscOutgoing outgoing = { .at = payload, .length = 1000, .first = 0x82 };
  size_t n;

  memset (payload, 'x', sizeof payload);
  tap_point (drive (&server, &outgoing, 160, 0, 2, wire, &n) == 1 && n == 1004
             && memcmp (wire, "\x82\x7e\x03\xe8", 4) == 0,
             "/core/send-path/server/payload-leaves-where-it-lies-in-one-step");

  outgoing = (WscOutgoing) { .at = payload, .length = 1000, .first = 0x82 };
  tap_point (drive (&server, &outgoing, 160, 0, 1, wire, &n) == 2 && n == 1004,
             "/core/send-path/server/WIN-Q-07-with-one-buffer-it-takes-two-steps");

  outgoing = (WscOutgoing) { .at = payload, .length = 1000, .first = 0x82 };
  tap_point (drive (&server, &outgoing, 2000, 1000, 2, wire, &n) == 1 && n == 1004,
             "/core/send-path/server/short-payload-is-copied-after-its-header");

  outgoing = (WscOutgoing) { .at = payload, .length = 1000, .first = 0x82 };
  tap_point (drive (&client, &outgoing, 100, 0, 2, wire, &n) == 11 && n == 1008
             && memcmp (wire, "\x82\xfe\x03\xe8\0\0\0\0", 8) == 0,
             "/core/send-path/client/WIN-S-15-one-frame-in-as-many-steps-as-the-room-asks-for");

  outgoing = (WscOutgoing) { .at = NULL, .length = 0, .first = 0x82 };
  tap_point (drive (&server, &outgoing, 160, 0, 2, wire, &n) == 1 && n == 2,
             "/core/send-path/server/empty-message-is-two-bytes");
}

static void
test_fragments (void)
{
  static uint8_t payload[1000], wire[2000];
  WscOptions options = server;
  WscOutgoing outgoing = { .at = payload, .length = 1000, .first = 0x81 };
  size_t n;

  options.fragment_size = 400;
  tap_point (drive (&options, &outgoing, 160, 0, 2, wire, &n) == 3
             && n == 4 + 400 + 4 + 400 + 4 + 200
             && memcmp (wire, "\x01\x7e\x01\x90", 4) == 0
             && memcmp (wire + 404, "\x00\x7e\x01\x90", 4) == 0
             && memcmp (wire + 808, "\x80\x7e\x00\xc8", 4) == 0,
             "/core/send-path/fragment/RFC-129-RFC-133-long-message-leaves-in-frames");

  outgoing = (WscOutgoing) { .at = payload, .length = 400, .first = 0x82 };
  tap_point (drive (&options, &outgoing, 160, 0, 2, wire, &n) == 1 && wire[0] == 0x82,
             "/core/send-path/fragment/message-of-just-the-size-stays-whole");
}

/* A frame that is open is not begun again, whatever the options have become. */
static void
test_prepared_fragments (void)
{
  static uint8_t payload[1000];
  uint8_t room[160];
  WscBuffer buffers[2];
  WscSendPath path = { 0 };
  WscOutgoing outgoing = { .at = payload, .length = 1000, .first = 0x82,
                           .flags = WSC_OUTGOING_PREPARED };
  WscOptions options = server;
  const WscBuffer lent = { room, sizeof room };

  options.fragment_size = 400;
  wsc_send_path_step (&path, &outgoing, &options, &host, lent, 0, 1, buffers);
  wsc_send_path_complete (&path, &outgoing);
  options.fragment_size = 0;
  wsc_send_path_step (&path, &outgoing, &options, &host, lent, 0, 1, buffers);
  tap_point (buffers[0].at == payload && buffers[0].length == 400,
             "/core/send-path/fragment/prepared-message-keeps-the-frame-that-is-open");
}

static void
test_wrong_counts (void)
{
  static uint8_t payload[1000];
  uint8_t room[160];
  WscBuffer buffers[2];
  static const struct
  {
    const char *name;
    uint8_t first;
    size_t n;
    WscSendStep step;
  } counts[] = {
    { "0-drops-a-message-that-is-alone", 0x82, 0, WSC_SEND_STEP_CANCELLED },
    { "0-tears-a-first-fragment", 0x02, 0, WSC_SEND_STEP_TORN },
    { "0-tears-a-last-fragment", 0x80, 0, WSC_SEND_STEP_TORN },
    { "short-count-tears", 0x82, 1003, WSC_SEND_STEP_TORN },
    { "long-count-tears", 0x82, 1005, WSC_SEND_STEP_TORN },
  };

  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
    {
      WscSendPath path = { 0 };
      WscOutgoing outgoing = { .at = payload, .length = 1000, .first = counts[i].first };

      wsc_send_path_step (&path, &outgoing, &server, &host, (WscBuffer) { room, sizeof room }, 0,
                          2, buffers);
      tap_point (wsc_send_path_give_up (&path, counts[i].n) == counts[i].step
                 && path.writer.stage == WSC_FRAME_NONE, "/core/send-path/give-up/WIN-S-06-%s",
                 counts[i].name);
    }
}

int
main (void)
{
  test_checks ();
  test_steps ();
  test_fragments ();
  test_prepared_fragments ();
  test_wrong_counts ();
  return tap_end ();
}
