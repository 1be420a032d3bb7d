/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The state of the engines of one conversation after an action, from the actions before it. */
#pragma once

#include "inspect/store/memory/wsi-actions.h"

G_BEGIN_DECLS

#define WSI_ENGINE_MAX_SHOWN 8  /* operations of one queue that are shown */

typedef struct
{
  guint32 operation;
  guint64 n_bytes;
  guint8  buffer_type;
} WsiQueuedOperation;

typedef struct
{
  guint              n;         /* number of operations in the queue */
  WsiQueuedOperation shown[WSI_ENGINE_MAX_SHOWN];       /* oldest operations of the queue */
} WsiOperationQueue;

/* The state of one engine. */
typedef struct
{
  const char       *state;      /* name of the engine's state; NULL = not known */
  WsiOperationQueue sends, receives;
  guint64           n_to_send;  /* bytes of a SEND_TO_NETWORK that are not completed */
  guint64           n_wanted;   /* bytes that a RECEIVE_FROM_NETWORK has room for */
} WsiEngineSide;

typedef struct
{
  WsiEngineSide sides[2];       /* state of each engine, by WspRole */
  gboolean      has_queues;     /* the engine belongs to a session: connections have no queues */
  guint64       n_waiting;      /* bytes that wait to be sent */
  guint64       n_actions;
} WsiEngineState;

/* Finds the state after the action with this number. */
void wsi_engine_state_init (WsiEngineState   *self,
                            const WsiActions *actions,
                            guint32           conversation,
                            guint64           last);

G_END_DECLS
