/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-connection-chooser.h"

#include <glib/gi18n.h>

#include "inspect/show/models/wsi-conversation-title.h"
#include "inspect/store/wsi-servers.h"
#include "ui/composer/wsi-connection-name.h"
#include "ui/parts/wsi-drop-down.h"

struct _WsiConnectionChooser
{
  GtkBox         parent_instance;

  GtkLabel      *target;
  GtkDropDown   *targets;
  GtkStringList *target_names;  /* names of the open connections of the outbox */
  gboolean       has_servers;   /* the names have their servers */
  WsiOutbox     *outbox;
};

G_DEFINE_FINAL_TYPE (WsiConnectionChooser, wsi_connection_chooser, GTK_TYPE_BOX)

/* Handles a choice; the item that shows the connection is not a choice of the user. */
static void
connection_chooser_on_selected (WsiConnectionChooser *self)
{
  guint selected = gtk_drop_down_get_selected (self->targets);
  g_autoptr (WsiConversation) conversation =
    g_list_model_get_item (wsi_outbox_get_open (self->outbox), selected);

  if (conversation != NULL && conversation != wsi_outbox_get_conversation (self->outbox))
    wsi_outbox_choose (self->outbox, wsi_conversation_get_number (conversation));
}

/* Shows a hint after the open connections, as an item that is not one: it is selected while none of
 * them is. */
static void
show_hint (WsiConnectionChooser *self,
           guint                 n_open,
           gboolean              is_shown)
{
  const char *const hint[] = { _("Choose an Open Connection"), NULL };
  guint n_hints = g_list_model_get_n_items (G_LIST_MODEL (self->target_names)) - n_open;

  if (n_hints != (guint) is_shown)
    gtk_string_list_splice (self->target_names, n_open, n_hints, is_shown ? hint : NULL);
}

/* Lists names; GTK selects the first one of a list that was empty. */
static void
connection_chooser_list_names (WsiConnectionChooser *self,
                               guint                 position,
                               guint                 n_removed,
                               guint                 n_added,
                               GListModel           *open)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (WsiConversation) conversation = g_list_model_get_item (open, position + i);

      g_ptr_array_add (names, wsi_connection_name_dup (conversation));
    }
  g_ptr_array_add (names, NULL);
  g_signal_handlers_block_by_func (self->targets, connection_chooser_on_selected, self);
  gtk_string_list_splice (self->target_names, position, n_removed,
                          (const char *const *) names->pdata);
  g_signal_handlers_unblock_by_func (self->targets, connection_chooser_on_selected, self);
}

/* With the second server of a session all names get their servers. */
static void
refresh_names (WsiConnectionChooser *self,
               GListModel           *open)
{
  guint n_open = g_list_model_get_n_items (open);
  g_autoptr (WsiConversation) first = g_list_model_get_item (open, 0);
  WsiServers *servers = first != NULL ? wsi_conversation_get_servers (first) : NULL;
  gboolean has_servers = servers != NULL && wsi_servers_are_several (servers);

  if (has_servers != self->has_servers)
    connection_chooser_list_names (self, 0, n_open, n_open, open);
  self->has_servers = has_servers;
}

static void
connection_chooser_show (WsiConnectionChooser *self)
{
  WsiConversation *conversation = wsi_outbox_get_conversation (self->outbox);
  GListModel *open = wsi_outbox_get_open (self->outbox);
  guint n_open = g_list_model_get_n_items (open);
  guint position = GTK_INVALID_LIST_POSITION;
  g_autofree char *text = NULL, *address = NULL;

  refresh_names (self, open);
  if (conversation != NULL)
    {
      g_autofree char *name = wsi_connection_name_dup (conversation);
      const char *obstacle = wsi_outbox_get_obstacle (self->outbox, NULL);

      address = wsi_conversation_title_dup_address (conversation);
      g_list_store_find (G_LIST_STORE (open), conversation, &position);
      text = g_strdup_printf (obstacle == NULL ? _("To %s (open)") : _("To %s"), name);
    }

  /* the list says the rest then */
  if (n_open > 1 && position != GTK_INVALID_LIST_POSITION)
    {
      g_free (text);
      text = g_strdup (_("To the open connection"));
    }
  gtk_label_set_text (self->target, text != NULL ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->target), address);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->targets), address);
  gtk_widget_set_visible (GTK_WIDGET (self->targets), n_open > 1 ||
                          (n_open == 1 && position == GTK_INVALID_LIST_POSITION));
  g_signal_handlers_block_by_func (self->targets, connection_chooser_on_selected, self);
  show_hint (self, n_open, position == GTK_INVALID_LIST_POSITION);
  gtk_drop_down_set_selected (self->targets, MIN (position, n_open));
  g_signal_handlers_unblock_by_func (self->targets, connection_chooser_on_selected, self);
}

static void
wsi_connection_chooser_finalize (GObject *object)
{
  g_clear_object (&WSI_CONNECTION_CHOOSER (object)->outbox);
  G_OBJECT_CLASS (wsi_connection_chooser_parent_class)->finalize (object);
}

static void
wsi_connection_chooser_class_init (WsiConnectionChooserClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_connection_chooser_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/wsi/composer/wsi-connection-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionChooser, target);
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionChooser, targets);
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionChooser, target_names);
  gtk_widget_class_bind_template_callback (widget_class, connection_chooser_on_selected);
}

static void
wsi_connection_chooser_init (WsiConnectionChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_drop_down_set_name (self->targets, _("Connection to write to"));
}

void
wsi_connection_chooser_set_outbox (WsiConnectionChooser *self,
                                   WsiOutbox            *outbox)
{
  self->outbox = g_object_ref (outbox);
  g_signal_connect_object (wsi_outbox_get_open (outbox), "items-changed",
                           G_CALLBACK (connection_chooser_list_names),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (outbox, "changed", G_CALLBACK (connection_chooser_show), self,
                           G_CONNECT_SWAPPED);
}
