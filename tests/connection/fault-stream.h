/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A GIOStream without a descriptor whose peer is a WspSession in the same thread, and one of whose
 * steps goes wrong.  A step is a read or a write that moves octets. */
#pragma once

#include <libwsproto/wsproto.h>

typedef enum
{
  FAULT_NONE,
  FAULT_SHORT,                  /* one octet moves, the rest in the next step */
  FAULT_WOULD_BLOCK,            /* not now; ready again at once */
  FAULT_STALL,                  /* never again */
  FAULT_END,                    /* the peer's octets end here */
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
  gsize      chunk;             /* no step moves more octets */
  guint      step;              /* the one that goes wrong, counted from 1 */
  Fault      fault;
} FaultPlan;

/* The far end: asks for messages all the time, answers what a session answers by itself. */
typedef struct
{
  WspSession       *session;
  WspSessionAction *waiting;    /* RECEIVE_FROM_NETWORK: nothing was there */
  GByteArray       *outgoing;   /* what the stream will read */
  GByteArray       *incoming;   /* what was written to the stream */
  GPtrArray        *texts;      /* of the messages that came whole */
  GString          *partial;    /* of the message that is coming */
  gboolean          is_ended;
  GError           *error;      /* the connection's octets broke a rule */
} Peer;

#define FAULT_TYPE_STREAM (fault_stream_get_type ())
G_DECLARE_FINAL_TYPE (FaultStream, fault_stream, FAULT, STREAM, GIOStream)

FaultStream *fault_stream_new (const FaultPlan * plan,
                               WspRole          peer_role);
Peer        *fault_stream_get_peer    (FaultStream *self);
guint        fault_stream_get_n_steps (FaultStream *self);
gboolean     fault_stream_is_closed   (FaultStream *self);
/* Lets the peer act on what was asked of its session. */
void         peer_pump                (Peer *self);
