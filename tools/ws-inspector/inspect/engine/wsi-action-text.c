/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/engine/wsi-action-text.h"

#include <inttypes.h>

const char *
wsi_action_text_name_buffer (WspBufferType type)
{
  switch (type)
    {
    case WSP_BUFFER_TYPE_NONE:
      return NULL;
    case WSP_BUFFER_TYPE_UTF8_MESSAGE:
      return "text";
    case WSP_BUFFER_TYPE_UTF8_FRAGMENT:
      return "text, more follows";
    case WSP_BUFFER_TYPE_BINARY_MESSAGE:
      return "binary";
    case WSP_BUFFER_TYPE_BINARY_FRAGMENT:
      return "binary, more follows";
    case WSP_BUFFER_TYPE_CLOSE:
      return "close";
    case WSP_BUFFER_TYPE_PING_PONG:
      return "ping or pong";
    case WSP_BUFFER_TYPE_UNSOLICITED_PONG:
      return "pong";
    case WSP_BUFFER_TYPE_RAW:
      return "raw frame";
    }

  g_assert_not_reached ();
}

static const char *
name_type (WspActionType type)
{
  switch (type)
    {
    case WSP_ACTION_TYPE_NONE:
      return "NONE";
    case WSP_ACTION_TYPE_SEND_TO_NETWORK:
      return "SEND_TO_NETWORK";
    case WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE:
      return "INDICATE_SEND_COMPLETE";
    case WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK:
      return "RECEIVE_FROM_NETWORK";
    case WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE:
      return "INDICATE_RECEIVE_COMPLETE";
    }

  g_assert_not_reached ();
}

static const char *
name_queue (WspActionQueue queue)
{
  return queue == WSP_ACTION_QUEUE_SEND ? "SEND"
         : queue == WSP_ACTION_QUEUE_RECEIVE ? "RECEIVE" : "ALL";
}

static void
append_begin (GString         *text,
              const WsiAction *action)
{
  switch ((WsiActionKind) action->kind)
    {
    case WSI_ACTION_PERFORMED:
      g_string_append (text, name_type (action->type));
      break;
    case WSI_ACTION_STATE:
      g_string_append_printf (text, "State %s", action->state);
      break;
    case WSI_ACTION_QUEUED:
      g_string_append (text, action->queue == WSP_ACTION_QUEUE_SEND ? "Send" : "Receive");
      break;
    case WSI_ACTION_TAKEN:
      g_string_append_printf (text, "GetAction(%s) → %s", name_queue (action->queue),
                              name_type (action->type));
      break;
    case WSI_ACTION_COMPLETED:
      g_string_append_printf (text, "CompleteAction(%s)", name_type (action->type));
      break;
    }
}

/* An action for the network has bytes, also none; a state and an end of the queue have not. */
static gboolean
has_bytes (const WsiAction *action)
{
  if (action->kind == WSI_ACTION_STATE
      || (action->kind == WSI_ACTION_TAKEN && action->type == WSP_ACTION_TYPE_NONE))
    return FALSE;

  return action->n_bytes > 0
         || (action->kind != WSI_ACTION_COMPLETED
             && action->type != WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
}

char *
wsi_action_text_print (const WsiAction *action)
{
  GString *text = g_string_new (NULL);
  const char *buffer = wsi_action_text_name_buffer (action->buffer_type);

  append_begin (text, action);
  if (buffer != NULL)
    g_string_append_printf (text, " · %s", buffer);
  if (has_bytes (action) && !(action->kind == WSI_ACTION_QUEUED && buffer == NULL))
    g_string_append_printf (text, " · %" PRIu64 " bytes", action->n_bytes);
  if (action->n_buffers > 1)
    g_string_append_printf (text, " in %u buffers", action->n_buffers);
  if (action->close_code != 0)
    g_string_append_printf (text, " · code %u", action->close_code);
  if (action->operation != 0)
    g_string_append_printf (text, " · operation %u", action->operation);
  if (action->n_waiting > 0)
    g_string_append_printf (text, " · %" PRIu64 " bytes wait", action->n_waiting);
  return g_string_free (text, FALSE);
}
