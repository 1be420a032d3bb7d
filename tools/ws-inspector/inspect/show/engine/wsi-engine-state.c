/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/engine/wsi-engine-state.h"

#define N_SIDES 2

/* Operations that an engine has not ended, however many: GArrays of WsiQueuedOperation. */
typedef struct
{
  GArray *sends, *receives;
} Queues;

static void
add (GArray          *queue,
     const WsiAction *action)
{
  const WsiQueuedOperation operation = {
    action->operation, action->n_bytes, action->buffer_type,
  };

  g_array_append_val (queue, operation);
}

/* The queue has neither one whose beginning is forgotten, nor one of the engine's own, such as a
 * pong, which has no number. */
static void
drop (GArray *queue,
      guint32 operation)
{
  for (guint i = 0; i < queue->len; i++)
    if (g_array_index (queue, WsiQueuedOperation, i).operation == operation)
      {
        g_array_remove_index (queue, i);
        return;
      }
}

/* Shows the operations of an array, and frees it. */
static void
show (WsiOperationQueue *self,
      GArray            *queue)
{
  self->n = queue->len;
  for (guint i = 0; i < MIN (queue->len, WSI_ENGINE_MAX_SHOWN); i++)
    self->shown[i] = g_array_index (queue, WsiQueuedOperation, i);
  g_array_unref (queue);
}

static void
take (WsiEngineSide   *side,
      const WsiAction *action)
{
  if (action->type == WSP_ACTION_TYPE_SEND_TO_NETWORK)
    side->n_to_send = action->n_bytes;
  else if (action->type == WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK)
    side->n_wanted = action->n_bytes;
}

static void
complete (WsiEngineSide   *side,
          Queues          *queues,
          const WsiAction *action)
{
  switch ((WspActionType) action->type)
    {
    case WSP_ACTION_TYPE_NONE:
      break;
    case WSP_ACTION_TYPE_SEND_TO_NETWORK:
      side->n_to_send -= MIN (side->n_to_send, action->n_bytes);
      break;
    case WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK:
      side->n_wanted = 0;
      break;
    case WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE:
      drop (queues->sends, action->operation);
      break;
    case WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE:
      drop (queues->receives, action->operation);
      break;
    }
}

static void
note (WsiEngineState  *self,
      Queues          *queues,
      const WsiAction *action)
{
  WsiEngineSide *side = &self->sides[action->role & 1];

  self->n_actions += action->kind == WSI_ACTION_LEFT_OUT ? action->n_actions : 1;
  if (action->kind != WSI_ACTION_LEFT_OUT)
    self->n_waiting = action->n_waiting;
  switch ((WsiActionKind) action->kind)
    {
    case WSI_ACTION_PERFORMED:
    case WSI_ACTION_LEFT_OUT:
      break;
    case WSI_ACTION_STATE:
      side->state = action->state;
      break;
    case WSI_ACTION_QUEUED:
      self->has_queues = TRUE;
      add (action->queue == WSP_ACTION_QUEUE_SEND ? queues->sends : queues->receives, action);
      break;
    case WSI_ACTION_TAKEN:
      self->has_queues = TRUE;
      take (side, action);
      break;
    case WSI_ACTION_COMPLETED:
      complete (side, queues, action);
      break;
    }
}

void
wsi_engine_state_init (WsiEngineState   *self,
                       const WsiActions *actions,
                       guint32           conversation,
                       guint64           last)
{
  guint64 end = wsi_actions_get_end (actions);
  Queues queues[N_SIDES];

  *self = (WsiEngineState) { 0 };
  for (guint i = 0; i < N_SIDES; i++)
    queues[i] = (Queues) {
      g_array_new (FALSE, FALSE, sizeof (WsiQueuedOperation)),
      g_array_new (FALSE, FALSE, sizeof (WsiQueuedOperation)),
    };
  for (guint64 i = wsi_actions_get_first (actions); i < end && i <= last; i++)
    {
      const WsiAction *action = wsi_actions_get (actions, i);

      if (action->conversation == conversation)
        note (self, &queues[action->role & 1], action);
    }
  for (guint i = 0; i < N_SIDES; i++)
    {
      show (&self->sides[i].sends, queues[i].sends);
      show (&self->sides[i].receives, queues[i].receives);
    }
}
