/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-moves.h"

#include <glib/gi18n.h>

#include "inspect/list/wsi-record-move.h"
#include "inspect/models/wsi-frame-model.h"

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
move (WsiFrameList *list,
      int           step)
{
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (wsi_frame_list_get_view (list)));
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (rows);
  guint position = selection != NULL ? gtk_single_selection_get_selected (selection)
                                     : GTK_INVALID_LIST_POSITION;
  g_autoptr (WsiRow) row = NULL;

  if (rows == NULL)
    return;

  position = position == GTK_INVALID_LIST_POSITION ? 0 : position + step;
  row = g_list_model_get_item (rows, position);         /* NULL: there is none in this direction */
  if (row != NULL)
    wsi_frame_list_go_to (list, wsi_row_get_number (row));
}

static void
activate_next (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  move (WSI_FRAME_LIST (widget), 1);
}

static void
activate_previous (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  move (WSI_FRAME_LIST (widget), -1);
}

/* A problem that the filter hides is passed over: go_to () selects the next row that is shown. */
static void
activate_next_problem (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  WsiFrameList *list = WSI_FRAME_LIST (widget);
  WsiStore *store = wsi_frame_list_get_store (list);
  guint64 number = 0;
  gboolean has_row = get_selected (list, &number);

  if (store != NULL && wsi_record_move_to_fault (store, has_row ? number + 1 : 0, &number))
    wsi_frame_list_go_to (list, number);
  else
    gtk_widget_activate_action (widget, "win.toast", "s", _("No more problems"));
}

/* Whether the filter lets the row through. */
static gboolean
is_shown (WsiFrameList *list,
          guint64       number)
{
  GtkSelectionModel *selection = gtk_column_view_get_model (wsi_frame_list_get_view (list));
  GListModel *rows = gtk_single_selection_get_model (GTK_SINGLE_SELECTION (selection));
  g_autoptr (WsiRow) row = NULL;
  guint position;

  if (!wsi_frame_model_find (WSI_FRAME_MODEL (rows), number, &position))
    return FALSE;

  row = g_list_model_get_item (rows, position);
  return row != NULL && wsi_row_get_number (row) == number;
}

static void
move_in_connection (WsiFrameList    *list,
                    WsiMoveDirection direction)
{
  guint64 number = 0;

  if (!get_selected (list, &number))
    return;

  while (wsi_record_move_in_conversation (wsi_frame_list_get_store (list), number, direction,
                                          &number))
    if (is_shown (list, number))
      {
        wsi_frame_list_go_to (list, number);
        return;
      }
  gtk_widget_activate_action (GTK_WIDGET (list), "win.toast", "s",
                              _("No more frames of this connection"));
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
  gtk_widget_class_install_action (class, "frames.next-row", NULL, activate_next);
  gtk_widget_class_install_action (class, "frames.previous-row", NULL, activate_previous);
  gtk_widget_class_install_action (class, "frames.next-of-connection", NULL,
                                   activate_next_of_connection);
  gtk_widget_class_install_action (class, "frames.previous-of-connection", NULL,
                                   activate_previous_of_connection);
  gtk_widget_class_install_action (class, "frames.next-problem", NULL, activate_next_problem);
}
