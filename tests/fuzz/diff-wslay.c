/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The same generated frames to our engine and to wslay, both as servers: the same events, the
 * same verdict, but for the differences listed here. diff-wslay [CASES [SEED]]
 * docs/rationales/build-and-tests.md has the reasons. */

#include "core/close-code.h"
#include "core/engine/engine.h"
#include "core/limits.h"
#include "lib/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <wslay/wslay.h>

#define MAX_MESSAGE 1000
#define WIRE_SIZE 8192
#define EVENTS_SIZE 16384

typedef struct
{
  uint8_t bytes[EVENTS_SIZE];  /* opcode, length and payload of each message and control frame */
  size_t length;
  uint8_t message[WIRE_SIZE];   /* received part of the message in progress */
  size_t message_length;
  unsigned close_code;          /* code of the Close frame that answers a broken rule; 0 = none */
  WscFault fault;
} Verdict;

typedef enum
{
  SAME,
  NO_MESSAGE_LIMIT,
  CLOSE_OF_ONE_BYTE,
  WAITS_FOR_ABSURD_LENGTH,
  EMPTY_CLOSE_FOR_HEADER,
  TWO_FAULTS_IN_ONE_CLOSE,
  N_DIFFERENCES,
  OTHER,
} Difference;

static const struct
{
  const char *name, *section;
} differences[N_DIFFERENCES] = {
  [NO_MESSAGE_LIMIT] = { "wslay has no message limit unless it is set", "RFC 6455 10.4" },
  [CLOSE_OF_ONE_BYTE] = { "wslay takes a Close of one byte for an empty one", "RFC 6455 5.5.1" },
  [WAITS_FOR_ABSURD_LENGTH] = { "wslay waits for a payload of absurd length", "RFC 6455 10.4" },
  [EMPTY_CLOSE_FOR_HEADER] = { "wslay answers a malformed frame header with an empty Close",
                               "RFC 6455 7.1.7" },
  [TWO_FAULTS_IN_ONE_CLOSE] = { "wslay names the reason where code and reason of a Close are wrong",
                                "RFC 6455 5.5.1" },
};

typedef struct
{
  uint8_t bytes[WIRE_SIZE];
  size_t length;
  bool has_absurd_length;       /* TRUE if a frame announces more bytes than will ever come */
} Wire;

static uint64_t state;

static uint32_t
draw (uint32_t below)
{
  state = state * UINT64_C (6364136223846793005) + UINT64_C (1442695040888963407);
  return (uint32_t) (state >> 33) % below;
}

/* ---- frames ---- */

static size_t
put_payload (uint8_t *to,
             uint8_t  opcode,
             size_t   length)
{
  static const char *const texts[] = { "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xff",
                                       "\xed\xa0\x80", "\xf4" };
  size_t n = 0;

  if (opcode == WSC_OPCODE_CLOSE && length >= 2)
    {
      static const uint16_t codes[] = { 1000, 1001, 1004, 1005, 1006, 1011, 1015, 999, 3000, 4999,
                                        5000, 2000 };
      uint16_t code = codes[draw (12)];

      to[0] = (uint8_t) (code >> 8);
      to[1] = (uint8_t) code;
      n = 2;
    }
  while (n < length)
    {
      const char *text = texts[draw (100) < 97 ? draw (4) : draw (7)];
      size_t left = strlen (text);

      if (left > length - n && draw (8) > 0)
        text = "b", left = 1;
      for (; left > 0 && n < length; left--)
        to[n++] = (uint8_t) *text++;
    }
  return n;
}

static uint64_t
put_length (uint8_t *to,
            size_t  *n,
            size_t   length)
{
  uint32_t form = draw (60);

  if (form == 0)                /* absurd */
    {
      uint64_t absurd = draw (2) == 0 ? UINT64_C (1) << (20 + draw (43))
        : UINT64_C (0x8000000000000000) + draw (9);

      to[(*n)++] = 0x80 | 127;
      for (int i = 0; i < 8; i++)
        to[(*n)++] = (uint8_t) (absurd >> (56 - 8 * i));
      return absurd;
    }
  if (length > 125 || form == 1)
    {
      to[(*n)++] = 0x80 | 126;
      to[(*n)++] = (uint8_t) (length >> 8);
    }
  else
    to[(*n)++] = 0x80;
  if (to[*n - 1] == 0x80 && length <= 125 && form != 1)
    to[*n - 1] = (uint8_t) (0x80 | length);
  else
    to[(*n)++] = (uint8_t) length;
  return length;
}

static void
put_frame (Wire *wire)
{
  uint8_t *to = wire->bytes + wire->length;
  static const uint8_t opcodes[] = { 0, 0, 0, 1, 1, 1, 2, 2, 9, 10, 8, 3, 11 };
  uint8_t opcode = opcodes[draw (100) < 96 ? draw (11) : draw (13)];
  bool is_final = opcode >= 8 ? draw (40) > 0 : draw (2) > 0;
  uint8_t rsv = draw (50) == 0 ? (uint8_t) (draw (8) << 4) : 0;
  size_t length = opcode >= 8 ? (draw (30) == 0 ? 120 + draw (10) : draw (20)) : draw (12) == 0
    ? draw (1200) : draw (150);
  size_t n = 1, key_at;

  to[0] = (uint8_t) ((is_final ? WSC_FIN : 0) | rsv | opcode);
  if (put_length (to, &n, length) != length)
    {
      wire->length += n + 4;    /* the bytes there are the key; no payload follows */
      wire->has_absurd_length = true;
      return;
    }

  key_at = n;
  if (draw (60) == 0)
    to[1] &= 0x7f;              /* not masked */
  else
    for (int i = 0; i < 4; i++)
      to[n++] = (uint8_t) draw (256);
  put_payload (to + n, opcode, length);
  for (size_t i = 0; n > key_at && i < length; i++)
    to[n + i] ^= to[key_at + i % 4];
  wire->length += n + length;
}

/* ---- ours ---- */

static void
add_event (Verdict       *verdict,
           uint8_t        opcode,
           const uint8_t *at,
           size_t         length)
{
  if (verdict->length + length + 3 > EVENTS_SIZE)
    return;
  verdict->bytes[verdict->length++] = opcode;
  verdict->bytes[verdict->length++] = (uint8_t) (length >> 8);
  verdict->bytes[verdict->length++] = (uint8_t) length;
  if (length > 0)
    memcpy (verdict->bytes + verdict->length, at, length);
  verdict->length += length;
}

static void
fill_nothing (void    *data,
              uint8_t *to,
              size_t   n)
{
  memset (to, 0, n);
}

static void
note_indication (Verdict         *verdict,
                 const WscAction *action)
{
  bool is_data = action->buffer_type >= WSC_BUFFER_UTF8_MESSAGE &&
                 action->buffer_type <= WSC_BUFFER_BINARY_FRAGMENT;

  if (action->buffer_type == WSC_BUFFER_PING_PONG)
    add_event (verdict, WSC_OPCODE_PONG, action->buffers[0].at, action->buffers[0].length);
  if (action->buffer_type == WSC_BUFFER_CLOSE)
    {
      uint8_t code[2] = { (uint8_t) (action->close_code >> 8), (uint8_t) action->close_code };

      add_event (verdict, WSC_OPCODE_CLOSE, code, 2);
    }
  if (!is_data)
    return;
  memcpy (verdict->message + verdict->message_length, action->buffers[0].at,
          action->buffers[0].length);
  verdict->message_length += action->buffers[0].length;
  if (action->buffer_type == WSC_BUFFER_UTF8_MESSAGE ||
      action->buffer_type == WSC_BUFFER_BINARY_MESSAGE)
    {
      add_event (verdict, action->buffer_type == WSC_BUFFER_UTF8_MESSAGE ? WSC_OPCODE_TEXT
                 : WSC_OPCODE_BINARY,
                 verdict->message, verdict->message_length);
      verdict->message_length = 0;
    }
}

static void
check_with_ours (const uint8_t *wire,
                 size_t         length,
                 Verdict       *verdict)
{
  static const WscHost host = { fill_nothing, NULL };
  static const WscOptions options = { .role = WSC_ROLE_SERVER, .max_frame_length = MAX_MESSAGE,
                                      .max_message_length = MAX_MESSAGE, .max_fragments = 1000,
                                      .max_waiting_pongs = 64, .mode = WSC_MODE_AUTOMATIC, .utf8_check = 1 };
  static uint8_t memory[WIRE_SIZE + 400];
  WscWorkspace workspace = {
    .read = { .at = memory, .length = WIRE_SIZE }, .write = { memory + WIRE_SIZE, 400 }
  };
  bool is_over = false;
  WscEngine engine;
  WscAction action;

  wsc_engine_init (&engine, &options, &host);
  wsc_stream_establish (&engine.stream, NULL);
  wsc_stream_lend (&engine.stream, &workspace);
  wsc_engine_receive (&engine, (WscBuffer) { NULL, 0 }, NULL, NULL);
  while (!is_over)
    {
      WscFault fault = wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_ALL, 2, &action);
      size_t n = 0;

      if (fault != WSC_FAULT_NONE)
        {
          verdict->fault = fault;
          verdict->close_code = wsc_fault_get_close_code (fault);
        }
      for (unsigned i = 0; i < action.n_buffers; i++)
        n += action.buffers[i].length;
      if (action.type == WSC_ACTION_RECEIVE_FROM_NETWORK)
        {
          memcpy (action.buffers[0].at, wire, length);
          n = length;
          is_over = length == 0;
          length = 0;
        }
      else if (action.type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE)
        note_indication (verdict, &action);
      else if (action.type == WSC_ACTION_SEND_TO_NETWORK &&
               action.buffer_type == WSC_BUFFER_PING_PONG)
        add_event (verdict, WSC_OPCODE_PING, action.buffers[0].at + 2,
                   action.buffers[0].length - 2);
      else if (action.type == WSC_ACTION_NONE && fault == WSC_FAULT_NONE)
        is_over = true;
      wsc_engine_complete_action (&engine, &action, n);
      if (action.type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE)
        wsc_engine_receive (&engine, (WscBuffer) { NULL, 0 }, NULL, NULL);
    }
  wsc_engine_abort (&engine);
  while (wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_ALL, 2, &action) == WSC_FAULT_NONE &&
         action.type != 0)
    {
      note_indication (verdict, &action);
      wsc_engine_complete_action (&engine, &action, 0);
    }
  wsc_engine_clear (&engine);
}

/* ---- wslay ---- */

typedef struct
{
  const uint8_t *wire;
  size_t left;
  Verdict *verdict;
  bool has_close;
} Wslay;

static ssize_t
wslay_read (wslay_event_context_ptr context,
            uint8_t                *to,
            size_t                  n,
            int                     flags,
            void                   *data)
{
  Wslay *self = data;

  if (self->left == 0)
    {
      wslay_event_set_error (context, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
  n = n < self->left ? n : self->left;
  memcpy (to, self->wire, n);
  self->wire += n;
  self->left -= n;
  return (ssize_t) n;
}

static ssize_t
wslay_write (wslay_event_context_ptr context,
             const uint8_t          *at,
             size_t                  n,
             int                     flags,
             void                   *data)
{
  return (ssize_t) n;
}

static void
wslay_message (wslay_event_context_ptr                   context,
               const struct wslay_event_on_msg_recv_arg *message,
               void                                     *data)
{
  Wslay *self = data;

  if (message->opcode == WSLAY_CONNECTION_CLOSE)
    {
      uint16_t status = message->status_code == 0 ? WSC_CLOSE_NO_STATUS : message->status_code;
      uint8_t code[2] = { (uint8_t) (status >> 8), (uint8_t) status };

      self->has_close = true;
      add_event (self->verdict, message->opcode, code, 2);
    }
  else
    add_event (self->verdict, message->opcode, message->msg, message->msg_length);
}

static void
check_with_wslay (const uint8_t *wire,
                  size_t         length,
                  Verdict       *verdict)
{
  static const struct wslay_event_callbacks callbacks = {
    .recv_callback = wslay_read, .send_callback = wslay_write,
    .on_msg_recv_callback = wslay_message,
  };
  Wslay self = { .wire = wire, .left = length, .verdict = verdict };
  wslay_event_context_ptr context;

  if (wslay_event_context_server_init (&context, &callbacks, &self) != 0)
    abort ();
  wslay_event_recv (context);
  wslay_event_send (context);
  if (wslay_event_get_close_sent (context) && !self.has_close)
    verdict->close_code = wslay_event_get_status_code_sent (context);
  wslay_event_context_free (context);
}

/* ---- comparison ---- */

static Difference
compare (const Wire    *wire,
         const Verdict *ours,
         const Verdict *theirs)
{
  size_t common = ours->length < theirs->length ? ours->length : theirs->length;
  bool is_prefix = memcmp (ours->bytes, theirs->bytes, common) == 0 &&
                   ours->length <= theirs->length;

  if (is_prefix && ours->length == theirs->length && ours->close_code == theirs->close_code)
    return SAME;

  if (!is_prefix)
    return OTHER;
  if (ours->fault == WSC_FAULT_CLOSE_LENGTH_ONE && theirs->bytes[ours->length] == WSC_OPCODE_CLOSE)
    return CLOSE_OF_ONE_BYTE;
  if (ours->close_code == WSC_CLOSE_PROTOCOL_ERROR && theirs->close_code == WSC_CLOSE_NO_STATUS &&
      theirs->length == ours->length)
    return EMPTY_CLOSE_FOR_HEADER;
  if (ours->fault == WSC_FAULT_CLOSE_CODE_RESERVED && theirs->close_code == 1007 &&
      theirs->length == ours->length)
    return TWO_FAULTS_IN_ONE_CLOSE;
  if (wire->has_absurd_length && theirs->close_code == 0 && theirs->length == ours->length)
    return WAITS_FOR_ABSURD_LENGTH;
  if (ours->fault == WSC_FAULT_FRAME_TOO_BIG || ours->fault == WSC_FAULT_MESSAGE_TOO_BIG)
    return NO_MESSAGE_LIMIT;
  return OTHER;
}

static void
report (const Wire    *wire,
        const Verdict *ours,
        const Verdict *theirs)
{
  tap_diag ("ours: %s, %u, %zu bytes of events; wslay: %u, %zu bytes",
            wsc_fault_get_name (ours->fault),
            ours->close_code, ours->length, theirs->close_code, theirs->length);
  for (size_t i = 0; i < wire->length; i += 16)
    {
      char line[49] = "";

      for (size_t j = i; j < wire->length && j < i + 16; j++)
        snprintf (line + 3 * (j - i), 4, "%02x ", wire->bytes[j]);
      tap_diag ("  %s", line);
    }
}

int
main (int    argc,
      char **argv)
{
  unsigned long n_cases = argc > 1 ? strtoul (argv[1], NULL, 10) : 1000000;
  uint64_t seed = argc > 2 ? strtoull (argv[2], NULL, 10) : (uint64_t) time (NULL);
  unsigned long found[OTHER + 1] = { 0 };
  static Wire wire;
  static Verdict ours, theirs;

  tap_diag ("seed %llu, %lu cases, wslay %s", (unsigned long long) seed, n_cases, WSLAY_VERSION);
  state = seed;
  for (unsigned long i = 0; i < n_cases; i++)
    {
      Difference difference;

      wire.length = 0;
      wire.has_absurd_length = false;
      for (uint32_t n = 1 + draw (5); n > 0; n--)
        put_frame (&wire);
      ours.length = theirs.length = ours.message_length = 0;
      ours.close_code = theirs.close_code = 0;
      ours.fault = WSC_FAULT_NONE;
      check_with_ours (wire.bytes, wire.length, &ours);
      check_with_wslay (wire.bytes, wire.length, &theirs);
      difference = compare (&wire, &ours, &theirs);
      if (difference == OTHER && found[OTHER] < 5)
        report (&wire, &ours, &theirs);
      found[difference]++;
    }

  tap_diag ("%lu cases with the same verdict", found[SAME]);
  tap_point (found[OTHER] == 0, "/fuzz/diff-wslay/same-verdict-but-for-the-listed-differences");
  for (int i = SAME + 1; i < N_DIFFERENCES; i++)
    {
      tap_diag ("%lu times: %s (%s)", found[i], differences[i].name, differences[i].section);
      tap_point (found[i] > 0, "/fuzz/diff-wslay/finds-that-%s", differences[i].name);
    }
  return tap_end ();
}
