/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Traces as data: what a *.trace file says, read strictly.  The grammar is in tests/traces/README.
 * All memory of a TraceList is in its arena, and is freed at once. */
#pragma once

#include "core/stream/lifecycle.h"
#include "core/fault.h"
#include "core/types.h"

typedef enum
{
  TRACE_MODE_AUTOMATIC,
  TRACE_MODE_WINDOWS,
} TraceMode;

typedef enum
{
  TRACE_CUT_ALL,
  TRACE_CUT_NO,
} TraceCutRule;

typedef enum
{
  TRACE_START_OPEN,             /* the API opens the session before the first step */
  TRACE_START_CREATED,
} TraceStart;

typedef enum                    /* the first N_WINDOWS exist in both modes */
{
  TRACE_OPTION_RECEIVE_BUFFER,
  TRACE_OPTION_SEND_BUFFER,
  TRACE_OPTION_MASKING,
  TRACE_OPTION_UTF8,
  TRACE_N_WINDOWS_OPTIONS,
  TRACE_OPTION_MAX_FRAME_SIZE = TRACE_N_WINDOWS_OPTIONS,
  TRACE_OPTION_MAX_MESSAGE_SIZE,
  TRACE_OPTION_MAX_FRAGMENTS,
  TRACE_OPTION_FRAGMENT_SIZE,
  TRACE_OPTION_KEEPALIVE_INTERVAL,
  TRACE_OPTION_KEEPALIVE_TIMEOUT,
  TRACE_OPTION_MAX_PINGS_PER_SECOND,
  TRACE_OPTION_MAX_HEAD_SIZE,
  TRACE_OPTION_MAX_HEADER_FIELDS,
  TRACE_OPTION_MAX_INFLATE_RATIO,
  TRACE_N_LIMITS,               /* the options below are not properties of WspLimits */
  TRACE_OPTION_DEFLATE = TRACE_N_LIMITS,        /* 1: permessage-deflate was negotiated */
  TRACE_OPTION_THRESHOLD,
  TRACE_OPTION_CLIENT_WINDOW_BITS,
  TRACE_OPTION_SERVER_WINDOW_BITS,
  TRACE_OPTION_CLIENT_TAKEOVER,
  TRACE_OPTION_SERVER_TAKEOVER,
  TRACE_N_OPTIONS,
} TraceOption;

typedef enum
{
  TRACE_STEP_CALL,
  TRACE_STEP_ACTION,
  TRACE_STEP_FAULT,
  TRACE_STEP_BYTES,
  TRACE_STEP_COMPLETE,
  TRACE_STEP_END_OF_INPUT,
  TRACE_STEP_TIME,
  TRACE_STEP_PHASE,
  TRACE_STEP_DRAIN,
} TraceStepKind;

typedef enum
{
  TRACE_CALL_RECEIVE,
  TRACE_CALL_SEND,
  TRACE_CALL_SEND_CLOSE,
  TRACE_CALL_SEND_RAW,
  TRACE_CALL_BEGIN_CLIENT,
  TRACE_CALL_END_CLIENT,
  TRACE_CALL_BEGIN_SERVER,
  TRACE_CALL_END_SERVER,
  TRACE_CALL_ESTABLISH,
  TRACE_CALL_ABORT,
} TraceCall;

typedef enum                    /* which parts a line has */
{
  TRACE_SAYS_TYPE = 1 << 0,     /* the line has a buffer type */
  TRACE_SAYS_NUMBER = 1 << 1,   /* the line has a number: the size of a Receive, a close code, a
                                 * count */
  TRACE_SAYS_CONTEXT = 1 << 2,
  TRACE_SAYS_IN_PLACE = 1 << 3,
  TRACE_SAYS_DATA = 1 << 4,
  TRACE_SAYS_FOREIGN = 1 << 5,
  TRACE_SAYS_QUEUE = 1 << 6,
  TRACE_SAYS_PROTOCOL = 1 << 7, /* the line has the index of a subprotocol that end-client
                                 * returns */
  TRACE_SAYS_EXTENSIONS = 1 << 8,
} TraceSays;

typedef enum
{
  TRACE_KEY_GIVEN,
  TRACE_KEY_RANDOM,             /* key that the random source gave last */
} TraceKey;

typedef struct
{
  size_t at, end;               /* offset of the four bytes of the key; offset of the end of the
                                 * masked bytes */
  TraceKey key;
} TraceMask;

typedef struct
{
  uint8_t *at;                  /* bytes of the frames, not masked yet */
  size_t length;
  TraceMask *masks;
  size_t n_masks;
} TraceData;

typedef enum
{
  TRACE_HEADER_IS,
  TRACE_HEADER_PRESENT,
  TRACE_HEADER_ABSENT,
} TraceHeaderClaim;

typedef struct
{
  WscHeader header;
  TraceHeaderClaim claim;
} TraceHeader;

typedef struct
{
  TraceStepKind kind;
  unsigned line;
  unsigned says;                /* parts that the line has (TraceSays) */
  TraceCall call;
  unsigned call_number;         /* number of the call, from 1 */
  WscFault fault;               /* fault of the call; NONE = it is accepted */
  WscActionQueue queue;
  unsigned capacity;
  WscActionType action;
  WscBufferType buffer_type;
  unsigned context;             /* number of the call that is the context; 0 = automatic */
  uint64_t number;
  TraceData data;
  WscBytes *protocols, *extensions;
  size_t n_protocols, n_extensions;
  int32_t selected_protocol;    /* index of the subprotocol; -1 = none */
  uint32_t *selected_extensions;
  size_t n_selected;
  WscHeader *given;
  size_t n_given;
  TraceHeader *expected;
  size_t n_expected;
} TraceStep;

typedef struct
{
  const char *file;
  unsigned line;
  char *numbers, *sentence;     /* numbers and sentence of the trace: "WS-137-WIN-K-01", "A ping is
                                 * answered." */
  int mode, role;               /* mode and role (TraceMode, WscRole); -1 = not said yet */
  TraceCutRule cut;
  TraceStart start;
  uint64_t options[TRACE_N_OPTIONS];
  unsigned options_said;        /* options that the trace has: bit n for options[n] */
  WscBytes random;
  TraceStep *steps;
  size_t n_steps;
  unsigned n_calls;
  unsigned n_bytes;             /* number of lines of bytes; joined lines count once */
  bool has_capacity;
} Trace;

typedef struct TraceBlock TraceBlock;

typedef struct
{
  Trace *at;
  size_t count;
  TraceBlock *arena;
} TraceList;

typedef struct
{
  unsigned line;
  unsigned template_line;       /* line of the template that the row of line filled; 0 = none */
  char text[200];
} TraceError;

/* Call trace_list_clear () after a failure, too. */
bool trace_list_read  (TraceList *self, const char *file, const char *text, TraceError *error);
void trace_list_clear (TraceList *self);

/* Writes the bytes as they are on the wire.  to: room for data->length bytes. */
void trace_data_render (const TraceData *data, const uint8_t random_key[4], uint8_t *to);

const char *trace_phase_get_name       (WscPhase phase);   /* "OPEN" */
const char *trace_option_get_name      (TraceOption option);
const char *trace_action_get_name      (WscActionType type);
const char *trace_buffer_type_get_name (WscBufferType type);
