/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-lane-list.h"

#include <glib/gi18n.h>

#include "inspect/show/models/wsi-conversation-model.h"
#include "inspect/store/wsi-conversation.h"
#include "ui/charts/wsi-lane.h"

enum
{
  ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _WsiLaneList
{
  GtkWidget             parent_instance;

  GtkWidget            *scroller;
  GtkListView          *view;
  WsiChartFeed         *feed;   /* feed of the charts; NULL = none */
  const WsiTimeAxis    *axis;
  gint64                origin_us;
  WsiConversationModel *connections;
  GHashTable           *lanes;  /* set of the lanes on the screen */
};

G_DEFINE_FINAL_TYPE (WsiLaneList, wsi_lane_list, GTK_TYPE_WIDGET)

/* Updates a lane, whose sentence is given to the row, which is GTK's. */
static void
update_lane (WsiLaneList * self,
             WsiLane     * lane)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (lane));
  g_autofree char *sentence = wsi_lane_describe (lane, self->origin_us);

  wsi_lane_update (lane, self->origin_us);
  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence,
                                    -1);
}

static void
lane_list_on_setup (GtkListItemFactory *factory,
                    GtkListItem        *item)
{
  gtk_list_item_set_child (item, g_object_new (WSI_TYPE_LANE, NULL));
}

static void
lane_list_on_bind (GtkListItemFactory *factory,
                   GtkListItem        *item,
                   WsiLaneList        *self)
{
  WsiLane *lane = WSI_LANE (gtk_list_item_get_child (item));

  wsi_lane_set_conversation (lane, gtk_list_item_get_item (item),
                             wsi_chart_feed_get_problems (self->feed), self->axis);
  g_hash_table_add (self->lanes, lane);
  update_lane (self, lane);
}

static void
lane_list_on_unbind (GtkListItemFactory *factory,
                     GtkListItem        *item,
                     WsiLaneList        *self)
{
  WsiLane *lane = WSI_LANE (gtk_list_item_get_child (item));

  g_hash_table_remove (self->lanes, lane);
  wsi_lane_set_conversation (lane, NULL, NULL, NULL);
}

static void
lane_list_on_activated (WsiLaneList *self,
                        guint        position)
{
  g_autoptr (WsiConversation) connection =
    g_list_model_get_item (G_LIST_MODEL (self->connections), position);

  if (connection != NULL)
    g_signal_emit (self, signals[ACTIVATED], 0, wsi_conversation_get_number (connection));
}

static void
lane_list_drop_feed (WsiLaneList *self)
{
  gtk_list_view_set_model (self->view, NULL);
  g_clear_object (&self->connections);
  g_clear_object (&self->feed);
}

static void
wsi_lane_list_dispose (GObject *object)
{
  WsiLaneList *self = WSI_LANE_LIST (object);

  if (self->scroller != NULL)
    lane_list_drop_feed (self);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_pointer (&self->lanes, g_hash_table_unref);
  G_OBJECT_CLASS (wsi_lane_list_parent_class)->dispose (object);
}

static void
wsi_lane_list_class_init (WsiLaneListClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_lane_list_dispose;

  /* signal with the number of a connection */
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_lane_list_init (WsiLaneList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->lanes = g_hash_table_new (NULL, NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (lane_list_on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (lane_list_on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (lane_list_on_unbind), self);
  self->view = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (lane_list_on_activated), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Connections by time"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "lanes");

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scroller), 90);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->view));
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

void
wsi_lane_list_set_feed (WsiLaneList       *self,
                        WsiChartFeed      *feed,
                        const WsiTimeAxis *axis)
{
  g_autoptr (GtkSingleSelection) selection = NULL;

  lane_list_drop_feed (self);
  if (feed == NULL)
    return;

  self->feed = g_object_ref (feed);
  self->axis = axis;
  self->connections = wsi_conversation_model_new (wsi_chart_feed_get_store (feed));
  selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_model (selection, G_LIST_MODEL (self->connections));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
}

/* Updates the list; only lanes on the screen are drawn again. */
void
wsi_lane_list_update (WsiLaneList *self,
                      gint64       origin_us)
{
  GHashTableIter iter;
  gpointer lane;

  if (self->feed == NULL)
    return;

  self->origin_us = origin_us;
  wsi_conversation_model_update (self->connections);
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, &lane, NULL))
    update_lane (self, lane);
}
