/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* libwslay with its event API, which returns whole messages and checks text. */

#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

struct BenchState
{
  wslay_event_context_ptr context;
  BenchWire *wire;
  BenchTally *tally;
  BenchOutput *output;
};

const char *
bench_wslay_version (void)
{
  return WSLAY_VERSION;
}

static ssize_t
read_from_wire (wslay_event_context_ptr context,
                uint8_t                *to,
                size_t                  n,
                int                     flags,
                void                   *data)
{
  BenchState *state = data;
  const size_t n_read = bench_wire_read (state->wire, to, n);

  if (n_read > 0)
    return (ssize_t) n_read;
  wslay_event_set_error (context, WSLAY_ERR_WOULDBLOCK);
  return -1;
}

static ssize_t
write_to_output (wslay_event_context_ptr context,
                 const uint8_t          *at,
                 size_t                  n,
                 int                     flags,
                 void                   *data)
{
  BenchState *state = data;

  bench_output_put (state->output, at, n);
  return (ssize_t) n;
}

static int
make_key (wslay_event_context_ptr context,
          uint8_t                *to,
          size_t                  n,
          void                   *data)
{
  const uint32_t key = bench_key ();

  memcpy (to, &key, n < sizeof key ? n : sizeof key);
  return 0;
}

static void
message_received (wslay_event_context_ptr                   context,
                  const struct wslay_event_on_msg_recv_arg *message,
                  void                                     *data)
{
  BenchState *state = data;

  bench_tally_add (state->tally, message->msg, message->msg_length);
}

static BenchState *
open_wslay (BenchRole role,
            size_t    message_length)
{
  static const struct wslay_event_callbacks callbacks = {
    .recv_callback = read_from_wire,
    .send_callback = write_to_output,
    .genmask_callback = make_key,
    .on_msg_recv_callback = message_received,
  };
  BenchState *state = calloc (1, sizeof *state);
  int failed;

  if (state == NULL)
    abort ();
  if (role == BENCH_SERVER)
    failed = wslay_event_context_server_init (&state->context, &callbacks, state);
  else
    failed = wslay_event_context_client_init (&state->context, &callbacks, state);
  if (failed)
    abort ();
  return state;
}

static void
close_wslay (BenchState *state)
{
  wslay_event_context_free (state->context);
  free (state);
}

static void
receive (BenchState *state,
         BenchWire  *wire,
         BenchTally *tally)
{
  state->wire = wire;
  state->tally = tally;
  if (wslay_event_recv (state->context) != 0)
    abort ();
}

static void
send_messages (BenchState      *state,
               const BenchWire *source,
               size_t           n,
               BenchOutput     *output)
{
  const size_t length = source->message_length;

  state->output = output;
  for (size_t i = 0; i < n; i++)
    {
      const struct wslay_event_msg message = {
        .opcode = WSLAY_BINARY_FRAME,
        .msg = source->payloads + i % source->n_messages * length,
        .msg_length = length,
      };

      if (wslay_event_queue_msg (state->context, &message) != 0 ||
          wslay_event_send (state->context) != 0)
        abort ();
    }
}

const BenchSubject bench_wslay = {
  "wslay", open_wslay, receive, send_messages, send_messages, close_wslay
};
