/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The frame layer alone, with all its checks: the difference to the engine is the engine's cost. */

#include "bench/bench.h"

#include "core/frames/frame-header.h"
#include "core/frames/frame-reader.h"
#include "core/frames/frame-sequence.h"
#include "core/limits.h"

#include <stdlib.h>

struct BenchState
{
  uint8_t *memory;
  size_t capacity;
  WscOptions options;
  WscFrameAllowance allowed;
  WscFrameSequence sequence;
  WscFrameReader reader;
};

static BenchState *
open_frames (BenchRole role,
             size_t    message_length)
{
  BenchState *state = calloc (1, sizeof *state);

  if (state == NULL)
    abort ();
  state->capacity = BENCH_READ + message_length + 14;
  state->memory = malloc (state->capacity);
  if (state->memory == NULL)
    abort ();
  state->options = (WscOptions) {
    .role = WSC_ROLE_SERVER,
    .max_frame_length = WSC_DEFAULT_MAX_MESSAGE_SIZE,
    .max_message_length = WSC_DEFAULT_MAX_MESSAGE_SIZE,
    .max_fragments = WSC_DEFAULT_MAX_FRAGMENTS,
    .utf8_check = 1,
  };
  return state;
}

static void
close_frames (BenchState *state)
{
  free (state->memory);
  free (state);
}

static size_t
take_frame (BenchState *state,
            uint8_t    *at,
            size_t      n,
            BenchTally *tally)
{
  const WscOptions *options = &state->options;
  WscFrameHeader header;

  if (wsc_frame_header_parse (&header, (WscBytes) { at, n }) != WSC_FAULT_NONE ||
      wsc_frame_header_check (&header, options, &state->allowed) != WSC_FAULT_NONE ||
      wsc_frame_sequence_check (&state->sequence, &header, options) != WSC_FAULT_NONE)
    abort ();

  const uint8_t opcode = header.first & WSC_OPCODE;

  wsc_frame_sequence_step (&state->sequence, &header);
  wsc_frame_reader_begin (&state->reader, &header, opcode,
                          opcode == WSC_OPCODE_TEXT ? WSC_TEXT_CHECKED : WSC_TEXT_UNCHECKED);
  if (wsc_frame_reader_take (&state->reader, at + header.header_length,
                             (size_t) header.payload_length) != WSC_FAULT_NONE)
    abort ();
  bench_tally_add (tally, at + header.header_length, (size_t) header.payload_length);
  return header.header_length + (size_t) header.payload_length;
}

static void
receive (BenchState *state,
         BenchWire  *wire,
         BenchTally *tally)
{
  size_t n;

  while ((n = bench_wire_read (wire, state->memory, state->capacity)) > 0)
    for (size_t at = 0; at < n;)
      at += take_frame (state, state->memory + at, n - at, tally);
}

const BenchSubject bench_frames = {
  "frames", open_frames, receive, NULL, NULL, close_frames
};
