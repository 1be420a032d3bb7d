/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/engine/wsi-action-text.h"

#include <glib/gi18n.h>
#include <inttypes.h>

const char *
wsi_action_text_name_buffer (WspBufferType type)
{
  switch (type)
    {
    case WSP_BUFFER_TYPE_NONE:
      return NULL;
    case WSP_BUFFER_TYPE_UTF8_MESSAGE:
      return _("text");
    case WSP_BUFFER_TYPE_UTF8_FRAGMENT:
      return _("text, more follows");
    case WSP_BUFFER_TYPE_BINARY_MESSAGE:
      return _("binary");
    case WSP_BUFFER_TYPE_BINARY_FRAGMENT:
      return _("binary, more follows");
    case WSP_BUFFER_TYPE_CLOSE:
      return "close";
    case WSP_BUFFER_TYPE_PING_PONG:
      return _("ping or pong");
    case WSP_BUFFER_TYPE_UNSOLICITED_PONG:
      return "pong";
    case WSP_BUFFER_TYPE_RAW:
      return _("raw frame");
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
append_left_out (GString         *text,
                 const WsiAction *action)
{
  g_string_append_printf (text, ngettext ("%" PRIu64 " action was left out: the recording could "
                                          "not keep up",
                                          "%" PRIu64 " actions were left out: the recording could "
                                          "not keep up",
                                          MIN (action->n_actions, G_MAXINT)), action->n_actions);
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
      g_string_append_printf (text, _("State %s"), action->state);
      break;
    case WSI_ACTION_QUEUED:
      g_string_append (text, action->queue == WSP_ACTION_QUEUE_SEND ? _("Send") : _("Receive"));
      break;
    case WSI_ACTION_TAKEN:
      g_string_append_printf (text, "GetAction(%s) → %s", name_queue (action->queue),
                              name_type (action->type));
      break;
    case WSI_ACTION_COMPLETED:
      g_string_append_printf (text, "CompleteAction(%s)", name_type (action->type));
      break;
    case WSI_ACTION_LEFT_OUT:
      append_left_out (text, action);
      break;
    }
}

/* Whether an action has a number of bytes: those for the network have, also 0; a state and an end
 * of the queue have not. */
static gboolean
has_bytes (const WsiAction *action)
{
  if (action->kind == WSI_ACTION_STATE || action->kind == WSI_ACTION_LEFT_OUT ||
      (action->kind == WSI_ACTION_TAKEN && action->type == WSP_ACTION_TYPE_NONE))
    return FALSE;

  return action->n_bytes > 0 ||
         (action->kind != WSI_ACTION_COMPLETED &&
          action->type != WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
}

/* Adds a part to the text, and takes it. */
static void
add (GString *text,
     char    *part)
{
  g_string_append_printf (text, " · %s", part);
  g_free (part);
}

static void
append_bytes (GString         *text,
              const WsiAction *action)
{
  if (action->n_buffers > 1)
    add (text, g_strdup_printf (ngettext ("%" PRIu64 " byte in %u buffers",
                                          "%" PRIu64 " bytes in %u buffers",
                                          MIN (action->n_bytes, G_MAXINT)), action->n_bytes,
                                action->n_buffers));
  else
    add (text, g_strdup_printf (ngettext ("%" PRIu64 " byte", "%" PRIu64 " bytes",
                                          MIN (action->n_bytes, G_MAXINT)), action->n_bytes));
}

char *
wsi_action_text_print (const WsiAction *action)
{
  GString *text = g_string_new (NULL);
  const char *buffer = wsi_action_text_name_buffer (action->buffer_type);

  append_begin (text, action);
  if (buffer != NULL)
    add (text, g_strdup (buffer));
  if (has_bytes (action) && !(action->kind == WSI_ACTION_QUEUED && buffer == NULL))
    append_bytes (text, action);
  if (action->close_code != 0)
    add (text, g_strdup_printf (_("code %u"), action->close_code));
  if (action->operation != 0)
    add (text, g_strdup_printf (_("operation %u"), action->operation));
  if (action->n_waiting > 0)
    add (text, g_strdup_printf (ngettext ("%" PRIu64 " byte waits", "%" PRIu64 " bytes wait",
                                          MIN (action->n_waiting, G_MAXINT)), action->n_waiting));
  return g_string_free (text, FALSE);
}
