/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/engine/wsi-engine-state.h"

static void
add (WsiOperationQueue *queue,
     const WsiAction   *action)
{
  if (queue->n < WSI_ENGINE_MAX_SHOWN)
    queue->shown[queue->n] = (WsiQueuedOperation) {
      action->operation, action->n_bytes, action->buffer_type,
    };
  queue->n++;
}

/* An operation that is not shown is one of the others. */
static void
drop (WsiOperationQueue *queue,
      guint32            operation)
{
  guint n_shown = MIN (queue->n, WSI_ENGINE_MAX_SHOWN), i = 0;

  while (i < n_shown && queue->shown[i].operation != operation)
    i++;
  for (; i + 1 < n_shown; i++)
    queue->shown[i] = queue->shown[i + 1];
  if (queue->n > 0)
    queue->n--;
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

/* An operation without a number is the engine's own, such as a pong. */
static void
complete (WsiEngineSide   *side,
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
      if (action->operation != 0)
        drop (&side->sends, action->operation);
      break;
    case WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE:
      if (action->operation != 0)
        drop (&side->receives, action->operation);
      break;
    }
}

static void
note (WsiEngineState  *self,
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
      add (action->queue == WSP_ACTION_QUEUE_SEND ? &side->sends : &side->receives, action);
      break;
    case WSI_ACTION_TAKEN:
      self->has_queues = TRUE;
      take (side, action);
      break;
    case WSI_ACTION_COMPLETED:
      complete (side, action);
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

  *self = (WsiEngineState) { 0 };
  for (guint64 i = wsi_actions_get_first (actions); i < end && i <= last; i++)
    {
      const WsiAction *action = wsi_actions_get (actions, i);

      if (action->conversation == conversation)
        note (self, action);
    }
}
