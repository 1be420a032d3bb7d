/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "lib/tap.h"
#include "traces/api.h"
#include "traces/play.h"

typedef struct                  /* the memory that a call has lent */
{
  WscBuffer memory;
  const TraceStep *step;        /* step that has lent the memory; NULL: none */
} PlayCall;

/* The waiting Receives, in order.  When pieces are joined, the Receive that is called again is
 * last: calls has the actual order, contexts the order without joining. */
typedef struct
{
  unsigned *calls, *contexts;
  unsigned count;
} PlayReceives;

typedef struct
{
  const Trace *trace;
  PlayFailure *failure;
  Api *api;
  TraceRandom random;
  Wire wire;
  unsigned line;
  unsigned n_bytes_left;        /* number of lines of bytes that follow */
  PlayCall *calls;              /* calls by number; the first one is not used */
  PlayReceives receives;
  ApiAction handed[3];         /* actions that were returned, by queue: SEND and RECEIVE */
  bool is_handed[3];
  WscActionQueue newest;        /* queue of the last returned action */
  ApiAction last;              /* action that was returned or completed last */
} Play;

bool play_fail (Play *self, const char *format, ...) TAP_FORMAT (2, 3);
bool play_check          (Play *self, const ApiOutcome *outcome, WscFault fault);
bool play_call           (Play *self, const TraceStep *step);
bool play_receive_again  (Play *self, unsigned number);     /* a piece of that call was completed */
void play_receive_ended  (Play *self, unsigned number);
bool play_check_payloads (Play *self);                      /* the sent payloads are unchanged */
/* The context that the action would have if nothing was joined. */
unsigned play_context_of (const Play *self, const ApiAction *action);
void play_make_calls     (Play *self);
void play_free_calls     (Play *self);
