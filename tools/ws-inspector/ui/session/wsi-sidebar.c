/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/session/wsi-sidebar.h"

#include "inspect/show/models/wsi-conversation-model.h"
#include "inspect/show/models/wsi-conversation-title.h"
#include "ui/session/wsi-connection-row.h"
#include "ui/session/wsi-source-row.h"

#define FIRST_TICK_MS 100
#define TICK_MS 500

struct _WsiSidebar
{
  GtkWidget             parent_instance;

  GtkListBox           *sources;
  GtkListView          *connections;
  GtkSearchEntry       *search;
  GtkLabel             *none;   /* label which says that no connection is found */
  WsiSession           *session; /* session of the sidebar; NULL = none */
  WsiConversationModel *model;
  GtkCustomFilter      *filter;
  GtkSingleSelection   *selection;
  GHashTable           *rows;   /* rows that are bound to an item (WsiConnectionRow) */
  gpointer              source; /* selected source, which the list holds; NULL = all */
  char                 *text;   /* text of the search, in lower case */
  guint                 tick;
  gint64                tick_us; /* time of the next tick */
  gboolean              is_due; /* records have come since the last tick */
};

enum
{
  SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiSidebar, wsi_sidebar, GTK_TYPE_WIDGET)

static void
update_rows (WsiSidebar *self)
{
  GHashTableIter iter;
  gpointer row;

  wsi_conversation_model_update (self->model);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    wsi_connection_row_update (row);
}

static gboolean sidebar_on_tick (gpointer sidebar);

static void
tick_in (WsiSidebar *self,
         guint       ms)
{
  self->tick = g_timeout_add (ms, sidebar_on_tick, self);
  self->tick_us = g_get_monotonic_time () + ms * G_GINT64_CONSTANT (1000);
}

/* Updates the rows; ends after a moment without records, when the rates are gone. */
static gboolean
sidebar_on_tick (gpointer sidebar)
{
  WsiSidebar *self = sidebar;
  gboolean was_due = self->is_due;

  self->tick = 0;
  self->is_due = FALSE;
  update_rows (self);
  if (was_due)
    tick_in (self, TICK_MS);
  return G_SOURCE_REMOVE;
}

/* Updates soon: the first connection is shown soon. */
static void
sidebar_on_appended (WsiSidebar *self)
{
  self->is_due = TRUE;
  if (self->tick == 0)
    tick_in (self, FIRST_TICK_MS);
}

/* Updates soon after a change of state.  A tick that comes as soon stays: states may change all the
 * time. */
static void
sidebar_on_changed (WsiSidebar *self)
{
  if (self->tick != 0 &&
      self->tick_us - g_get_monotonic_time () > FIRST_TICK_MS * G_GINT64_CONSTANT (1000))
    g_clear_handle_id (&self->tick, g_source_remove);
  sidebar_on_appended (self);
}

static void
sidebar_on_setup (WsiSidebar  *self,
                  GtkListItem *item)
{
  gtk_list_item_set_child (item, wsi_connection_row_new ());
}

static void
sidebar_on_bind (WsiSidebar  *self,
                 GtkListItem *item)
{
  WsiConnectionRow *row = WSI_CONNECTION_ROW (gtk_list_item_get_child (item));

  wsi_connection_row_set_conversation (row, gtk_list_item_get_item (item));
  g_hash_table_add (self->rows, row);
}

static void
sidebar_on_unbind (WsiSidebar  *self,
                   GtkListItem *item)
{
  WsiConnectionRow *row = WSI_CONNECTION_ROW (gtk_list_item_get_child (item));

  g_hash_table_remove (self->rows, row);
  wsi_connection_row_set_conversation (row, NULL);
}

/* The texts of a connection in which a search looks: its sentence, its URI, and the addresses of
 * both ends. */
static char *
dup_texts (WsiConversation *conversation)
{
  const char *server = wsi_conversation_get_server (conversation);
  const char *client = wsi_conversation_get_client (conversation);
  g_autofree char *sentence = wsi_connection_row_describe (conversation);
  g_autofree char *address = wsi_conversation_title_dup_address (conversation);
  g_autofree char *texts = g_strjoin ("\n", sentence, address, server != NULL ? server : "",
                                      client != NULL ? client : "", NULL);

  return g_utf8_strdown (texts, -1);
}

static gboolean
sidebar_is_shown (gpointer item,
                  gpointer data)
{
  WsiSidebar *self = data;
  g_autofree char *texts = NULL;

  if (self->source != NULL && wsi_session_find_source (self->session, item) != self->source)
    return FALSE;
  if (self->text == NULL || self->text[0] == '\0')
    return TRUE;

  texts = dup_texts (item);
  return strstr (texts, self->text) != NULL;
}

/* Shows whether a search finds nothing. */
static void
sidebar_show_none (WsiSidebar *self)
{
  gboolean is_search = self->text != NULL && self->text[0] != '\0';

  gtk_widget_set_visible (GTK_WIDGET (self->none),
                          is_search && self->selection != NULL &&
                          g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0);
}

static void
sidebar_on_search_changed (WsiSidebar *self)
{
  g_free (self->text);
  self->text = g_utf8_strdown (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  if (self->filter != NULL)
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  sidebar_show_none (self);
}

/* Shows only the connections of the selected source. */
static void
on_source_selected (WsiSidebar *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->sources);

  self->source = row != NULL ? wsi_source_row_get_source (WSI_SOURCE_ROW (row)) : NULL;
  if (self->filter != NULL)
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
sidebar_on_selected (WsiSidebar *self)
{
  g_signal_emit (self, signals[SELECTED], 0);
}

static void
sidebar_activate_show_all (GtkWidget  *widget,
                           const char *name,
                           GVariant   *parameter)
{
  WsiSidebar *self = WSI_SIDEBAR (widget);

  gtk_list_box_unselect_all (self->sources);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  if (self->selection != NULL)
    gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
}

static void
sidebar_drop_session (WsiSidebar *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (wsi_session_get_store (self->session), self);
      g_signal_handlers_disconnect_by_data (self->session, self);
    }
  g_clear_object (&self->session);
  g_clear_object (&self->selection);
  g_clear_object (&self->filter);
  g_clear_object (&self->model);
}

static GtkWidget *
make_source_row (gpointer source,
                 gpointer data)
{
  return wsi_source_row_new (source, WSI_SIDEBAR (data)->session);
}

static void
wsi_sidebar_dispose (GObject *object)
{
  WsiSidebar *self = WSI_SIDEBAR (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  sidebar_drop_session (self);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_sidebar_parent_class)->dispose (object);
}

static void
wsi_sidebar_finalize (GObject *object)
{
  WsiSidebar *self = WSI_SIDEBAR (object);

  g_hash_table_unref (self->rows);
  g_free (self->text);
  G_OBJECT_CLASS (wsi_sidebar_parent_class)->finalize (object);
}

static void
wsi_sidebar_class_init (WsiSidebarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_sidebar_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_sidebar_finalize;

  /* signal: another connection was selected, or none */
  signals[SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/session/wsi-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiSidebar, sources);
  gtk_widget_class_bind_template_child (widget_class, WsiSidebar, connections);
  gtk_widget_class_bind_template_child (widget_class, WsiSidebar, search);
  gtk_widget_class_bind_template_child (widget_class, WsiSidebar, none);
  gtk_widget_class_bind_template_callback (widget_class, sidebar_on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_source_selected);
  gtk_widget_class_install_action (widget_class, "sidebar.show-all", NULL,
                                   sidebar_activate_show_all);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_sidebar_init (WsiSidebar *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->rows = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (sidebar_on_setup), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (sidebar_on_bind), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (sidebar_on_unbind), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->connections, factory);
}

/* Sets the session; NULL = none, and the sidebar is empty. */
void
wsi_sidebar_set_session (WsiSidebar *self,
                         WsiSession *session)
{
  WsiStore *store;
  GtkFilterListModel *shown;

  sidebar_drop_session (self);
  gtk_list_box_bind_model (self->sources, NULL, NULL, NULL, NULL);
  gtk_list_view_set_model (self->connections, NULL);
  if (session == NULL)
    return;

  self->session = g_object_ref (session);
  store = wsi_session_get_store (session);
  g_signal_connect_swapped (session, "changed", G_CALLBACK (sidebar_on_changed), self);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (sidebar_on_appended), self);

  self->model = wsi_conversation_model_new (store);
  self->filter = gtk_custom_filter_new (sidebar_is_shown, self, NULL);
  shown = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->model)),
                                     g_object_ref (GTK_FILTER (self->filter)));
  self->selection = gtk_single_selection_new (G_LIST_MODEL (shown));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected-item",
                           G_CALLBACK (sidebar_on_selected),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (sidebar_show_none), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->connections, GTK_SELECTION_MODEL (self->selection));
  sidebar_show_none (self);
  gtk_list_box_bind_model (self->sources, wsi_session_get_sources (session), make_source_row, self,
                           NULL);
}

/* Both kinds of rows are few. */
void
wsi_sidebar_update (WsiSidebar *self)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->sources));

  for (; row != NULL; row = gtk_widget_get_next_sibling (row))
    if (WSI_IS_SOURCE_ROW (row))
      wsi_source_row_update (WSI_SOURCE_ROW (row));
  if (self->session != NULL)
    update_rows (self);
}

/* The number of the selected connection; 0 = all. */
guint32
wsi_sidebar_get_conversation (WsiSidebar *self)
{
  WsiConversation *conversation =
    self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;

  return conversation != NULL ? wsi_conversation_get_number (conversation) : 0;
}

/* Selects a connection, unless the search or the source hides it.  The list is updated first: a
 * connection may be newer than the last tick. */
void
wsi_sidebar_select (WsiSidebar *self,
                    guint32     number)
{
  GListModel *model = G_LIST_MODEL (self->selection);
  guint found = GTK_INVALID_LIST_POSITION, n = 0;

  if (number != 0)
    {
      wsi_conversation_model_update (self->model);
      n = g_list_model_get_n_items (model);
    }
  for (guint i = 0; i < n && found == GTK_INVALID_LIST_POSITION; i++)
    {
      g_autoptr (WsiConversation) conversation = g_list_model_get_item (model, i);

      if (wsi_conversation_get_number (conversation) == number)
        found = i;
    }
  gtk_single_selection_set_selected (self->selection, found);
}
