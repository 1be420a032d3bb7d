/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-colour-window.h"

#include <glib/gi18n.h>

#include "inspect/show/columns/wsi-colour-rules.h"
#include "ui/frames/wsi-colour-row.h"
#include "ui/parts/wsi-dialog.h"
#include "ui/parts/wsi-settings.h"

#define KEY "colour-rules"
#define NEW_STYLE "accent"

struct _WsiColourWindow
{
  AdwWindow   parent_instance;

  GtkListBox *list;
  GSettings  *settings;
  gboolean    is_saving;
};

G_DEFINE_FINAL_TYPE (WsiColourWindow, wsi_colour_window, ADW_TYPE_WINDOW)

static guint
colour_window_count_rows (WsiColourWindow *self)
{
  guint n = 0;

  while (gtk_list_box_get_row_at_index (self->list, n) != NULL)
    n++;
  return n;
}

/* Updates the actions.  The last rule stays, since none means the usual ones: it can be turned
 * off. */
static void
update_actions (WsiColourWindow *self)
{
  guint n = colour_window_count_rows (self);

  for (guint i = 0; i < n; i++)
    {
      GtkWidget *row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, i));

      gtk_widget_action_set_enabled (row, "rule.up", i > 0);
      gtk_widget_action_set_enabled (row, "rule.down", i + 1 < n);
      gtk_widget_action_set_enabled (row, "rule.remove", n > 1);
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "colours.add", n < WSI_MAX_COLOUR_RULES);
}

static void
colour_window_save (WsiColourWindow *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sss)"));
  GtkListBoxRow *row;

  for (guint i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    wsi_colour_row_add (WSI_COLOUR_ROW (row), &builder);
  self->is_saving = TRUE;
  g_settings_set_value (self->settings, KEY, g_variant_builder_end (&builder));
  self->is_saving = FALSE;
}

/* Moves a row: takes it out and puts it in again, with its focus. */
static void
move_row (WsiColourWindow *self,
          WsiColourRow    *row,
          int              place)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  g_object_ref (row);
  gtk_list_box_remove (self->list, GTK_WIDGET (row));
  gtk_list_box_insert (self->list, GTK_WIDGET (row), place);
  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (row)))
    gtk_widget_grab_focus (focus);
  g_object_unref (row);
  update_actions (self);
  colour_window_save (self);
}

static void
on_move (WsiColourWindow *self,
         int              n_places,
         WsiColourRow    *row)
{
  move_row (self, row, gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + n_places);
}

static void
colour_window_on_dropped (WsiColourWindow *self,
                          WsiColourRow    *dropped,
                          WsiColourRow    *row)
{
  if (gtk_widget_get_parent (GTK_WIDGET (dropped)) == GTK_WIDGET (self->list))
    move_row (self, dropped, gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)));
}

/* Removes a row; the row below has the focus then, or the one above. */
static void
on_remove (WsiColourWindow *self,
           WsiColourRow    *row)
{
  int index = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));
  GtkListBoxRow *next = gtk_list_box_get_row_at_index (self->list, index + 1);

  if (next == NULL)
    next = gtk_list_box_get_row_at_index (self->list, index - 1);
  gtk_widget_child_focus (GTK_WIDGET (next), GTK_DIR_TAB_FORWARD);
  gtk_list_box_remove (self->list, GTK_WIDGET (row));
  update_actions (self);
  colour_window_save (self);
}

static void
colour_window_add_row (WsiColourWindow *self,
                       WsiColourRow    *row)
{
  g_signal_connect_swapped (row, "changed", G_CALLBACK (colour_window_save), self);
  g_signal_connect_swapped (row, "move", G_CALLBACK (on_move), self);
  g_signal_connect_swapped (row, "dropped", G_CALLBACK (colour_window_on_dropped), self);
  g_signal_connect_swapped (row, "remove", G_CALLBACK (on_remove), self);
  gtk_list_box_append (self->list, GTK_WIDGET (row));
}

/* Loads the rules; names of the usual ones are in the language of the window. */
static void
colour_window_load (WsiColourWindow *self)
{
  g_autoptr (GVariant) stored = g_settings_get_value (self->settings, KEY);
  gboolean is_usual = g_variant_n_children (stored) == 0;
  g_autoptr (GVariant) rules = is_usual ? wsi_colour_rules_dup_usual () : g_variant_ref (stored);
  const char *name, *filter, *style;
  GtkListBoxRow *row;
  GVariantIter iter;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  g_variant_iter_init (&iter, rules);
  while (colour_window_count_rows (self) < WSI_MAX_COLOUR_RULES &&
         g_variant_iter_next (&iter, "(&s&s&s)", &name, &filter, &style))
    colour_window_add_row (self, wsi_colour_row_new (is_usual ? _(name) : name, filter, style));
  update_actions (self);
}

static void
on_stored (WsiColourWindow *self)
{
  if (!self->is_saving)
    colour_window_load (self);
}

static void
activate_add (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  WsiColourWindow *self = WSI_COLOUR_WINDOW (widget);
  WsiColourRow *row = wsi_colour_row_new (_("New rule"), "", NEW_STYLE);

  colour_window_add_row (self, row);
  update_actions (self);
  gtk_widget_child_focus (GTK_WIDGET (row), GTK_DIR_TAB_FORWARD);
}

static void
activate_reset (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  WsiColourWindow *self = WSI_COLOUR_WINDOW (widget);

  self->is_saving = TRUE;
  g_settings_reset (self->settings, KEY);
  self->is_saving = FALSE;
  colour_window_load (self);
}

static void
wsi_colour_window_dispose (GObject *object)
{
  WsiColourWindow *self = WSI_COLOUR_WINDOW (object);

  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (wsi_colour_window_parent_class)->dispose (object);
}

static void
wsi_colour_window_class_init (WsiColourWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_colour_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/frames/wsi-colour-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiColourWindow, list);
  gtk_widget_class_install_action (widget_class, "colours.add", NULL, activate_add);
  gtk_widget_class_install_action (widget_class, "colours.reset", NULL, activate_reset);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wsi_colour_window_init (WsiColourWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = wsi_settings_new ();
  g_signal_connect_swapped (self->settings, "changed::" KEY, G_CALLBACK (on_stored), self);
  colour_window_load (self);
}

WsiColourWindow *
wsi_colour_window_new (GtkWindow *parent)
{
  WsiColourWindow *self = g_object_new (WSI_TYPE_COLOUR_WINDOW, NULL);

  wsi_dialog_set_parent (GTK_WINDOW (self), parent);
  return self;
}
