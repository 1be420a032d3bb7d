/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A GIOStream without a descriptor whose peer is a WspSession in the same thread.  One of its steps
 * fails.  A step is a read or a write that moves bytes. */
#pragma once

#include "connection/polled-stream.h"

#include <libwsproto/wsproto-session.h>

typedef enum
{
  FAULT_NONE,
  FAULT_SHORT,                  /* one byte moves in this step, the rest in the next one */
  FAULT_WOULD_BLOCK,            /* the step would block, and the stream is ready again at once */
  FAULT_STALL,                  /* the step and all later ones would block */
  FAULT_END,                    /* the peer's bytes end here */
  FAULT_CONNECTION_CLOSED,
  FAULT_TIMED_OUT,
  FAULT_BROKEN_PIPE,
  FAULT_CLOSE,                  /* closing the stream fails */
  N_FAULTS,
} Fault;

typedef enum
{
  STREAM_POLLABLE,
  STREAM_ASYNC,                 /* only the asynchronous calls work */
  N_STREAM_KINDS,
} StreamKind;

typedef struct
{
  StreamKind kind;
  gsize      chunk;             /* largest number of bytes that a step moves */
  guint      step;              /* number of the step that fails, from 1 */
  Fault      fault;
} FaultPlan;

/* The peer: always asks for the next message, and answers what a session answers by itself. */
typedef struct
{
  WspSession       *session;
  WspSessionAction *waiting;    /* action RECEIVE_FROM_NETWORK that found no bytes; NULL: none */
  GByteArray       *outgoing;   /* bytes that the stream will read */
  GByteArray       *incoming;   /* bytes that were written to the stream */
  GPtrArray        *texts;      /* texts of the complete messages */
  GString          *partial;    /* text of the incomplete message */
  gboolean          is_ended;
  GError           *error;      /* error of the session: the rule that the connection's bytes broke;
                                 * NULL: none */
} Peer;

#define FAULT_TYPE_STREAM (fault_stream_get_type ())
G_DECLARE_FINAL_TYPE (FaultStream, fault_stream, FAULT, STREAM, PolledStream)

FaultStream *fault_stream_new (const FaultPlan * plan,
                               WspRole          peer_role);
Peer        *fault_stream_get_peer    (FaultStream *self);
guint        fault_stream_get_n_steps (FaultStream *self);
gboolean     fault_stream_is_closed   (FaultStream *self);
/* Performs the actions of the peer's session. */
void         peer_pump                (Peer *self);
