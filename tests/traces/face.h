/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The functions that the runner calls on an API: face-engine.c, face-session.c and face-win32.c
 * implement them.  A program links one of these files. */
#pragma once

#include "lib/trace.h"

typedef struct Face Face;

typedef struct                  /* bytes for keys and masks, which are not random */
{
  WscBytes bytes;              /* starts again at its end */
  size_t at;
  uint8_t last[4];              /* the bytes that were returned last */
} FaceRandom;

typedef struct                  /* the result of a call, in the API's terms */
{
  bool is_refused;
  uint32_t domain;              /* of a GError */
  int64_t code;                 /* WscFault, GError's code, HRESULT */
  char text[200];
} FaceOutcome;

typedef struct
{
  WscActionType type;
  WscActionQueue asked;
  WscBufferType buffer_type;
  unsigned n_buffers;
  WscBuffer buffers[2];
  uint16_t code;                /* of a Close; the nine bits of RAW */
  unsigned context;             /* number of the call; 0 = automatic */
  uint64_t native[8];           /* the API's handle of the action */
} FaceAction;

typedef struct
{
  const WscHeader *at;          /* the API's, until its next call */
  size_t count;
} FaceHeaders;

typedef struct
{
  int32_t protocol;             /* -1 = none */
  uint32_t extensions[16];
  size_t n_extensions;
} FaceSelection;

typedef enum
{
  FACE_TOLD,
  FACE_CANNOT_EXPRESS,
} FaceAnswer;

/* A WscFillRandom that uses a FaceRandom. */
void face_random_fill (void *data, uint8_t *to, size_t n);

const char *face_get_name   (void);
bool        face_plays      (const Trace *trace);
Face       *face_new        (const Trace *trace, FaceRandom *random);   /* in the state in which the trace starts */
void        face_free       (Face *self);
bool        face_outcome_is (const FaceOutcome *outcome, WscFault fault);  /* NONE: success */

/* number: the context that the operation's actions must carry.  Memory is the caller's and is
 * freed after the face. own: {NULL, 0} is the session's memory. */
FaceOutcome face_receive      (Face *self, unsigned number, WscBuffer own);
FaceOutcome face_send         (Face *self, unsigned number, WscBufferType type, WscBytes payload);
FaceOutcome face_send_raw     (Face *self, unsigned number, uint16_t header, WscBytes payload);
FaceOutcome face_send_close   (Face *self, unsigned number, uint16_t code, WscBytes reason);
FaceOutcome face_send_empty_close (Face *self, unsigned number);
FaceOutcome face_begin_client (Face *self, const TraceStep *step, FaceHeaders *headers);
FaceOutcome face_end_client   (Face *self, const TraceStep *step, FaceSelection *selection,
                               FaceAnswer *answer);
FaceOutcome face_begin_server (Face *self, const TraceStep *step, FaceHeaders *headers);
FaceOutcome face_end_server   (Face *self);
FaceOutcome face_establish    (Face *self);
void        face_abort        (Face *self);

FaceOutcome face_get_action       (Face *self, WscActionQueue queue, unsigned capacity,
                                   FaceAction *action);
void        face_complete         (Face *self, const FaceAction *action, size_t n);
/* Completes with a serial that was never returned. */
void        face_complete_foreign (Face *self, const FaceAction *action, size_t n);
void        face_end_input        (Face *self);
void        face_advance          (Face *self, int64_t milliseconds);
FaceAnswer  face_get_phase        (Face *self, WscPhase *phase);
