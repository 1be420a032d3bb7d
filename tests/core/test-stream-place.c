/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The places of a stream: what an observer that begins there has to know. */
#include "core/same-octets.h"
#include "core/stream/stream-place.h"

#include "lib/tap.h"

#include <string.h>

typedef struct
{
  WscOptions    options;
  WscStream     stream;
  WscWorkspace  workspace;
  uint8_t       room[4096], read[4096];
} Setting;

static const WscHost host = { same_octets_fill, (void *) "\7" };

static void
set_up (Setting *self,
        WscRole  role)
{
  *self = (Setting) {
    .options = {
      .role = role, .utf8_check = 1, .masking = 1, .max_frame_length = 1 << 20,
        .max_message_length = 1 << 20, .max_fragments = 1000,
    },
  };
  wsc_stream_init (&self->stream, &self->options, &host);
  wsc_stream_establish (&self->stream, NULL);
  self->workspace.write = (WscBuffer) { self->room, 30 };
  self->workspace.read = (WscReadMemory) { .at = self->read, .length = sizeof self->read };
  wsc_stream_lend (&self->stream, &self->workspace);
}

static const struct
{
  const char *name;
  const char *bytes;
  size_t      length, n_unread;
  WscPlace    place;
} received_cases[] = {
  { "nothing", "", 0, 0, { 0 } },
  { "half-a-header", "\x82", 1, 1, { 0 } },
  { "a-whole-message", "\x82\x03" "abc", 5, 0, { 0 } },
  { "in-a-message", "\x82\x05" "ab", 4, 0, { .left = 3, .first = 0x82, .opcode = 2 } },
  { "in-a-first-fragment", "\x01\x05" "ab", 4, 0,
    { .left = 3, .first = 0x01, .opcode = 1, .is_inside_message = 1 } },
  { "between-fragments", "\x01\x02" "ab", 4, 0, { .opcode = 1, .is_inside_message = 1 } },
  { "in-a-last-fragment", "\x02\x01" "a\x80\x03" "b", 6, 0,
    { .left = 2, .first = 0x80, .opcode = 2 } },
  { "half-a-ping-between-fragments", "\x02\x01" "a\x89\x03" "b", 6, 3,
    { .opcode = 2, .is_inside_message = 1 } },
};

static bool
is_equal (const WscPlace *one,
          const WscPlace *other)
{
  return one->left == other->left && one->first == other->first && one->opcode == other->opcode &&
         one->is_inside_message == other->is_inside_message &&
         one->is_compressed == other->is_compressed;
}

static void
count (void    *data,
       WscBytes bytes)
{
  *(size_t *) data += bytes.length;
}

static void
take (Setting    *self,
      const char *bytes,
      size_t      length)
{
  WscBuffer buffer;
  WscReceived received;

  wsc_receive_path_prepare_read (&self->stream.receiving, (WscBuffer) { NULL, 0 }, 1, &buffer);
  memcpy (buffer.at, bytes, length);
  wsc_receive_path_take (&self->stream.receiving, length);
  while (wsc_stream_next (&self->stream, (WscBuffer) { NULL, 0 }, &received) !=
         WSC_RECEIVED_NEED_READ)
    continue;
}

/* The unread bytes are the same ones when the memory was taken back. */
static void
test_received (void)
{
  for (size_t i = 0; i < sizeof received_cases / sizeof received_cases[0]; i++)
    {
      Setting self;
      WscPlace place, place_later;
      size_t n_unread = 0, n_unread_later = 0;

      set_up (&self, WSC_ROLE_CLIENT);
      take (&self, received_cases[i].bytes, received_cases[i].length);
      wsc_stream_get_received_place (&self.stream, &place);
      wsc_stream_visit_unread (&self.stream, count, &n_unread);
      wsc_stream_take_back (&self.stream);
      wsc_stream_get_received_place (&self.stream, &place_later);
      wsc_stream_visit_unread (&self.stream, count, &n_unread_later);
      tap_point (is_equal (&place, &received_cases[i].place) && is_equal (&place, &place_later) &&
                 n_unread == received_cases[i].n_unread && n_unread_later == n_unread,
                 "/core/stream-place/received/%s", received_cases[i].name);
      wsc_stream_clear (&self.stream);
    }
}

static const struct
{
  const char   *name;
  WscRole       role;
  WscBufferType type;
  const char   *payload;
  unsigned      n_steps;
  WscBacklog    backlog;
  WscPlace      place;
} sent_cases[] = {
  { "nothing", WSC_ROLE_SERVER, 0, NULL, 0, WSC_BACKLOG_EMPTY, { 0 } },
  { "accepted-and-not-begun", WSC_ROLE_SERVER, WSC_BUFFER_BINARY_MESSAGE, "abc", 0, WSC_BACKLOG_WAITING,
    { .is_inside_message = 1 } },
  { "a-whole-message", WSC_ROLE_SERVER, WSC_BUFFER_BINARY_MESSAGE, "abc", 1, WSC_BACKLOG_EMPTY, { 0 } },
  { "a-fragment", WSC_ROLE_SERVER, WSC_BUFFER_UTF8_FRAGMENT, "abc", 1, WSC_BACKLOG_EMPTY,
    { .opcode = 1, .is_inside_message = 1 } },
  { "a-fragment-before-others", WSC_ROLE_SERVER, WSC_BUFFER_UTF8_FRAGMENT, "abc", 1, WSC_BACKLOG_WAITING,
    { .is_inside_message = 1 } },
  { "in-a-masked-frame", WSC_ROLE_CLIENT, WSC_BUFFER_BINARY_MESSAGE, "abcdefghijklmnopqrstuvwxyz0123456789", 1,
    WSC_BACKLOG_WAITING, { .left = 12, .first = 0x82, .is_inside_message = 1 } },
  { "by-reference-the-frame-is-handed-out", WSC_ROLE_SERVER, WSC_BUFFER_BINARY_MESSAGE,
    "abcdefghijklmnopqrstuvwxyz0123456789", 1, WSC_BACKLOG_WAITING, { .is_inside_message = 1 } },
};

static void
send (Setting      *self,
      WscBufferType type,
      const char   *payload,
      unsigned      n_steps)
{
  WscBytes bytes = { (const uint8_t *) payload, payload != NULL ? strlen (payload) : 0 };
  WscProposal proposal;
  WscBuffer buffers[2];
  unsigned n;

  if (payload == NULL ||
      wsc_stream_propose (&self->stream, type, bytes, 0, &proposal) != WSC_FAULT_NONE)
    return;

  wsc_stream_accept (&self->stream, &proposal);
  for (unsigned i = 0; i < n_steps; i++)
    {
      wsc_stream_step (&self->stream, &proposal.out, 2, buffers, &n);
      wsc_stream_complete_step (&self->stream, &proposal.out);
    }
}

static void
test_sent (void)
{
  for (size_t i = 0; i < sizeof sent_cases / sizeof sent_cases[0]; i++)
    {
      Setting self;
      WscPlace place;

      set_up (&self, sent_cases[i].role);
      send (&self, sent_cases[i].type, sent_cases[i].payload, sent_cases[i].n_steps);
      wsc_stream_get_sent_place (&self.stream, sent_cases[i].backlog, &place);
      tap_point (is_equal (&place, &sent_cases[i].place) &&
                 (place.left == 0) == (place.key == 0),
                 "/core/stream-place/sent/%s", sent_cases[i].name);
      wsc_stream_clear (&self.stream);
    }
}

int
main (void)
{
  test_received ();
  test_sent ();
  return tap_end ();
}
