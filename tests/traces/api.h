/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The functions that the runner calls on an API: api-engine.c, api-session.c and api-win32.c
 * implement them.  A program links one of these files. */
#pragma once

#include "lib/trace.h"

typedef struct Api Api;

typedef struct                  /* bytes for keys and masks, which are not random */
{
  WscBytes bytes;              /* bytes that are returned, again from the first one after the
                                * last */
  size_t at;
  uint8_t last[4];              /* four bytes that were returned last */
} TraceRandom;

typedef struct                  /* the result of a call, in the API's terms */
{
  bool is_refused;
  uint32_t domain;              /* domain of a GError; 0: the API has none */
  int64_t code;                 /* code of the result: WscFault, GError's code or HRESULT */
  char text[200];
} ApiOutcome;

typedef struct
{
  WscActionType type;
  WscActionQueue asked;
  WscBufferType buffer_type;
  unsigned n_buffers;
  WscBuffer buffers[2];
  uint16_t code;                /* code of a Close; for RAW the nine bits of the frame */
  unsigned context;             /* number of the call; 0 = automatic */
  uint64_t native[16];          /* handle of the action in the API's own form */
} ApiAction;

typedef struct
{
  const WscHeader *at;          /* header fields, which belong to the API until its next call */
  size_t count;
} ApiHeaders;

typedef struct
{
  int32_t protocol;             /* index of the subprotocol; -1 = none */
  uint32_t extensions[16];
  size_t n_extensions;
} ApiSelection;

typedef enum
{
  API_ANSWERED,
  API_CANNOT_EXPRESS,
} ApiAnswer;

/* A WscFillRandom that uses a TraceRandom. */
void trace_random_fill (void *data, uint8_t *to, size_t n);

const char *api_get_name   (void);
bool        api_plays      (const Trace *trace);
Api       *api_new        (const Trace *trace, TraceRandom *random);   /* in the state in which the trace starts */
void        api_free       (Api *self);
bool        api_outcome_is (const ApiOutcome *outcome, WscFault fault);  /* NONE: success */

/* number: the context that the operation's actions must carry.  Memory is the caller's and is
 * freed after the api. own: {NULL, 0} is the session's memory. */
ApiOutcome api_receive      (Api *self, unsigned number, WscBuffer own);
ApiOutcome api_send         (Api *self, unsigned number, WscBufferType type, WscBytes payload);
ApiOutcome api_send_raw     (Api *self, unsigned number, uint16_t header, WscBytes payload);
ApiOutcome api_send_close   (Api *self, unsigned number, uint16_t code, WscBytes reason);
ApiOutcome api_send_empty_close (Api *self, unsigned number);
ApiOutcome api_begin_client (Api *self, const TraceStep *step, ApiHeaders *headers);
ApiOutcome api_end_client   (Api *self, const TraceStep *step, ApiSelection *selection,
                             ApiAnswer *answer);
ApiOutcome api_begin_server (Api *self, const TraceStep *step, ApiHeaders *headers);
ApiOutcome api_end_server   (Api *self);
ApiOutcome api_establish    (Api *self);
void        api_abort        (Api *self);

ApiOutcome api_get_action       (Api *self, WscActionQueue queue, unsigned capacity,
                                 ApiAction *action);
void        api_complete         (Api *self, const ApiAction *action, size_t n);
/* Completes with a serial that was never returned. */
void        api_complete_foreign (Api *self, const ApiAction *action, size_t n);
void        api_end_input        (Api *self);
void        api_advance          (Api *self, int64_t milliseconds);
ApiAnswer  api_get_phase        (Api *self, WscPhase *phase);
