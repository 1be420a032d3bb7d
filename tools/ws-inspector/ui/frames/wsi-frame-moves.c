/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-moves.h"

#include <glib/gi18n.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/show/columns/wsi-record-move.h"
#include "inspect/show/columns/wsi-seen-move.h"
#include "inspect/show/models/wsi-frame-model.h"

#define CANDIDATES_AT_ONCE 500

static gboolean
get_selected (WsiFrameList *list,
              guint64      *number)
{
  WsiRow *row = wsi_frame_list_get_row (list);

  if (row != NULL)
    *number = wsi_row_get_number (row);
  return row != NULL;
}

/* step: 1 or -1.  Without a selected row it is the first one that is shown. */
static void
frame_moves_move (WsiFrameList *list,
                  int           step)
{
  WsiFrameModel *model = wsi_shown_rows_get_model (wsi_frame_list_get_rows (list));
  guint64 number;
  guint position = 0;

  if (model == NULL)
    return;

  if (get_selected (list, &number) &&
      wsi_shown_rows_has (wsi_frame_list_get_rows (list), number, &position))
    position += step;
  if (position < g_list_model_get_n_items (G_LIST_MODEL (model)))
    wsi_frame_list_go_to (list, wsi_frame_model_get_number (model, position));
}

static void
frame_moves_activate_next (GtkWidget  *widget,
                           const char *name,
                           GVariant   *parameter)
{
  frame_moves_move (WSI_FRAME_LIST (widget), 1);
}

static void
frame_moves_activate_previous (GtkWidget  *widget,
                               const char *name,
                               GVariant   *parameter)
{
  frame_moves_move (WSI_FRAME_LIST (widget), -1);
}

/* Goes to the next problem; one that the filter hides is passed over: go_to () selects the next row
 * that is shown. */
static void
activate_next_problem (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  WsiFrameList *list = WSI_FRAME_LIST (widget);
  WsiShownRows *rows = wsi_frame_list_get_rows (list);
  WsiStore *store = wsi_shown_rows_get_store (rows);
  guint64 number = WSI_NO_RECORD;
  gboolean has_row = get_selected (list, &number), is_found = FALSE;

  if (wsi_shown_rows_are_sorted (rows))
    is_found = wsi_seen_move (wsi_shown_rows_get_model (rows), store,
                              &(WsiSeenWanted) { .kind = WSI_SEEN_FAULT }, WSI_MOVE_FORWARD, number,
                              &number);
  else if (store != NULL)
    is_found = wsi_record_move_to_fault (store, has_row ? number + 1 : 0, &number);
  if (is_found)
    wsi_frame_list_go_to (list, number);
  else
    gtk_widget_activate_action (widget, "win.toast", "s", _("No more problems"));
}

/* Whether the filter lets the row through. */
static gboolean
frame_moves_is_shown (WsiFrameList *list,
                      guint64       number)
{
  guint position;

  return wsi_shown_rows_has (wsi_frame_list_get_rows (list), number, &position);
}

/* A move from the selected row to the next one of its connection, which may be a million rows away,
 * or hidden by the filter as all before it. */
typedef struct
{
  WsiFrameList    *list;        /* list that owns the moves */
  WsiStore        *store;
  guint64          from, at;    /* numbers of rows */
  guint32          conversation;
  WsiMoveDirection direction;
  guint            idle;
} Move;

static GQuark
get_move_quark (void)
{
  return g_quark_from_static_string ("wsi-frame-move");
}

static void
move_free (gpointer data)
{
  Move *move = data;

  g_clear_handle_id (&move->idle, g_source_remove);
  g_object_unref (move->store);
  g_free (move);
}

static void
end_move (WsiFrameList *list)
{
  g_object_set_qdata (G_OBJECT (list), get_move_quark (), NULL);
  g_signal_emit_by_name (list, "changed");
}

/* The user may have selected another row, or closed the session. */
static gboolean
frame_moves_is_wanted (Move *move)
{
  guint64 number;

  return wsi_shown_rows_get_store (wsi_frame_list_get_rows (move->list)) == move->store &&
         get_selected (move->list, &number) && number == move->from;
}

static void
say_at_end (WsiFrameList *list)
{
  gtk_widget_activate_action (GTK_WIDGET (list), "win.toast", "s",
                              _("No more frames of this connection"));
}

/* Moves on.  FALSE: the move has ended, and is freed. */
static gboolean
move_on (Move *move)
{
  WsiFrameList *list = move->list;
  WsiMoveResult result = WSI_MOVE_FOUND;

  for (guint i = 0; i < CANDIDATES_AT_ONCE && result == WSI_MOVE_FOUND; i++)
    {
      result = wsi_record_move_in_conversation (move->store, move->conversation, move->direction,
                                                &move->at);
      if (result == WSI_MOVE_FOUND && frame_moves_is_shown (list, move->at))
        {
          guint64 number = move->at;

          end_move (list);
          wsi_frame_list_go_to (list, number);
          return FALSE;
        }
    }
  if (result != WSI_MOVE_AT_END)
    return TRUE;

  end_move (list);
  say_at_end (list);
  return FALSE;
}

static gboolean
frame_moves_on_idle (gpointer data)
{
  Move *move = data;

  if (frame_moves_is_wanted (move))
    return move_on (move) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;

  end_move (move->list);
  return G_SOURCE_REMOVE;
}

static void
move_in_sorted (WsiFrameList    *list,
                WsiRow          *row,
                WsiMoveDirection direction)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (list);
  const WsiSeenWanted wanted = {
    .kind = WSI_SEEN_CONVERSATION, .conversation = wsi_row_get_conversation (row),
  };
  guint64 number;

  if (wsi_seen_move (wsi_shown_rows_get_model (rows), wsi_shown_rows_get_store (rows), &wanted,
                     direction, wsi_row_get_number (row), &number))
    wsi_frame_list_go_to (list, number);
  else
    say_at_end (list);
}

static void
move_in_connection (WsiFrameList    *list,
                    WsiMoveDirection direction)
{
  WsiRow *row = wsi_frame_list_get_row (list);
  Move *move;

  if (row == NULL)
    return;

  if (wsi_shown_rows_are_sorted (wsi_frame_list_get_rows (list)))
    {
      move_in_sorted (list, row, direction);
      return;
    }

  move = g_new0 (Move, 1);
  move->list = list;
  move->store = g_object_ref (wsi_shown_rows_get_store (wsi_frame_list_get_rows (list)));
  move->from = move->at = wsi_row_get_number (row);
  move->conversation = wsi_row_get_conversation (row);
  move->direction = direction;
  g_object_set_qdata_full (G_OBJECT (list), get_move_quark (), move, move_free);
  if (!move_on (move))
    return;

  move->idle = g_idle_add (frame_moves_on_idle, move);
  g_signal_emit_by_name (list, "changed");
}

gboolean
wsi_frame_moves_is_searching (WsiFrameList *list)
{
  return g_object_get_qdata (G_OBJECT (list), get_move_quark ()) != NULL;
}

static void
activate_next_of_connection (GtkWidget  *widget,
                             const char *name,
                             GVariant   *parameter)
{
  move_in_connection (WSI_FRAME_LIST (widget), WSI_MOVE_FORWARD);
}

static void
activate_previous_of_connection (GtkWidget  *widget,
                                 const char *name,
                                 GVariant   *parameter)
{
  move_in_connection (WSI_FRAME_LIST (widget), WSI_MOVE_BACKWARD);
}

void
wsi_frame_moves_install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "frames.next-row", NULL, frame_moves_activate_next);
  gtk_widget_class_install_action (class, "frames.previous-row", NULL,
                                   frame_moves_activate_previous);
  gtk_widget_class_install_action (class, "frames.next-of-connection", NULL,
                                   activate_next_of_connection);
  gtk_widget_class_install_action (class, "frames.previous-of-connection", NULL,
                                   activate_previous_of_connection);
  gtk_widget_class_install_action (class, "frames.next-problem", NULL, activate_next_problem);
}
