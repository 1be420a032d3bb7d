/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-engine-text.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/show/columns/wsi-row-format.h"
#include "inspect/show/engine/wsi-action-text.h"
#include "inspect/store/memory/wsi-actions.h"

char *
wsi_engine_text_print_state (const WsiEngineState *state,
                             WspRole               role)
{
  const char *word = state->sides[role].state;
  g_autofree char *waiting = g_strdup_printf (ngettext ("%" PRIu64 " byte waits to be sent",
                                                        "%" PRIu64 " bytes wait to be sent",
                                                        MIN (state->n_waiting, G_MAXINT)),
                                              state->n_waiting);
  g_autofree char *actions = g_strdup_printf (ngettext ("%" PRIu64 " action", "%" PRIu64 " actions",
                                                        MIN (state->n_actions, G_MAXINT)),
                                              state->n_actions);

  /* Translators: a state such as OPEN, how many bytes wait, and how many actions were observed. */
  return g_strdup_printf (_("State %s · %s · %s"), word != NULL ? word : "?", waiting, actions);
}

/* Says how many actions are kept.  NULL: all are. */
char *
wsi_engine_text_print_kept (const WsiActions *actions)
{
  return wsi_actions_get_first (actions) > 0
         ? g_strdup_printf (_("Older actions were removed: the last %u of all connections are "
                              "kept"), WSI_MAX_ACTIONS) : NULL;
}

/* Lists each operation that is queued, the oldest first. */
static char *
print_queue (const WsiOperationQueue *queue)
{
  guint n_shown = MIN (queue->n, WSI_ENGINE_MAX_SHOWN);
  g_autoptr (GString) text = g_string_new (NULL);

  if (queue->n == 0)
    return g_strdup (_("empty"));

  for (guint i = 0; i < n_shown; i++)
    {
      const WsiQueuedOperation *operation = &queue->shown[i];
      const char *buffer = wsi_action_text_name_buffer (operation->buffer_type);

      g_string_append_printf (text, "%s%u", i > 0 ? ", " : "", operation->operation);
      if (buffer != NULL)
        g_string_append_printf (text, " (%s, %" PRIu64 ")", buffer, operation->n_bytes);
    }
  if (queue->n > n_shown)
    return g_strdup_printf (_("%s, and %u more"), text->str, queue->n - n_shown);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
wsi_engine_text_print_side (const WsiEngineSide *side,
                            WspRole              role)
{
  GString *text = g_string_new (NULL);
  g_autofree char *sends = print_queue (&side->sends);
  g_autofree char *receives = print_queue (&side->receives);

  g_string_append_printf (text, role == WSP_ROLE_CLIENT ? _("Client: %s") : _("Server: %s"),
                          side->state != NULL ? side->state : "CREATED");
  g_string_append_c (text, '\n');
  g_string_append_printf (text, _("Send queue: %s"), sends);
  g_string_append_c (text, '\n');
  g_string_append_printf (text, _("Receive queue: %s"), receives);
  g_string_append_c (text, '\n');
  /* Translators: bytes in the buffer that is being sent, and room in the one that is read into. */
  g_string_append_printf (text, ngettext ("Buffers: %" PRIu64 " byte to send, room for %" PRIu64,
                                          "Buffers: %" PRIu64 " bytes to send, room for %" PRIu64,
                                          MIN (side->n_to_send, G_MAXINT)),
                          side->n_to_send, side->n_wanted);
  return g_string_free (text, FALSE);
}

char *
wsi_engine_text_print_step (const WsiAction *action,
                            gint64           origin_us,
                            gboolean         has_queues)
{
  g_autofree char *text = wsi_action_text_print (action);
  g_autofree char *time = wsi_row_format_print_span (action->time_us - origin_us);
  const char *format = action->role == WSP_ROLE_CLIENT ? _("client: %s") : _("server: %s");
  gboolean has_side = has_queues && action->kind != WSI_ACTION_LEFT_OUT;
  g_autofree char *step = has_side ? g_strdup_printf (format, text) : g_strdup (text);

  return g_strdup_printf ("#%" PRIu64 "  %s  %s", action->number + 1, time, step);
}
