/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-colour-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/filter/wsi-filter.h"
#include "inspect/show/columns/wsi-colour-rules.h"
#include "ui/frames/wsi-filter-entry.h"
#include "ui/parts/wsi-drop-down.h"

#define N_STYLES 5

struct _WsiColourRow
{
  GtkListBoxRow   parent_instance;

  GtkWidget      *handle;
  GtkSwitch      *is_on;
  GtkEntry       *name;
  WsiFilterEntry *filter_entry;
  GtkLabel       *mistake;
  GtkDropDown    *style;
  char           *filter;       /* last filter without a mistake; NULL = none yet */
  gboolean        is_setting;
};

G_DEFINE_FINAL_TYPE (WsiColourRow, wsi_colour_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  CHANGED,
  MOVE,
  REMOVE,
  DROPPED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Words of styles in rules, in the order of their titles. */
static const char *const styles[N_STYLES] = { "error", "warning", "success", "accent", "dim" };

static void
colour_row_notify (WsiColourRow *self)
{
  if (!self->is_setting)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
colour_row_on_changed (WsiColourRow *self)
{
  colour_row_notify (self);
}

static void
colour_row_show_mistake (WsiColourRow *self,
                         const GError *error)
{
  wsi_filter_entry_set_error (self->filter_entry, error);
  gtk_label_set_text (self->mistake, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->mistake), error != NULL);
}

static void
on_filter_changed (WsiColourRow *self)
{
  const char *text = wsi_filter_entry_get_text (self->filter_entry);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFilter) filter = wsi_filter_new (text, &error);

  colour_row_show_mistake (self, error);
  if (filter == NULL || g_strcmp0 (self->filter, text) == 0)
    return;

  g_free (self->filter);
  self->filter = g_strdup (text);
  colour_row_notify (self);
}

static void
activate_up (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  g_signal_emit (widget, signals[MOVE], 0, -1);
}

static void
activate_down (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  g_signal_emit (widget, signals[MOVE], 0, 1);
}

static void
colour_row_activate_remove (GtkWidget  *widget,
                            const char *name,
                            GVariant   *parameter)
{
  g_signal_emit (widget, signals[REMOVE], 0);
}

static GdkContentProvider *
on_drag (WsiColourRow *self)
{
  return gdk_content_provider_new_typed (WSI_TYPE_COLOUR_ROW, self);
}

static gboolean
colour_row_on_drop (WsiColourRow *self,
                    const GValue *value)
{
  WsiColourRow *row = g_value_get_object (value);

  if (row == NULL || row == self)
    return FALSE;

  g_signal_emit (self, signals[DROPPED], 0, row);
  return TRUE;
}

static void
wsi_colour_row_finalize (GObject *object)
{
  g_free (WSI_COLOUR_ROW (object)->filter);
  G_OBJECT_CLASS (wsi_colour_row_parent_class)->finalize (object);
}

static void
colour_row_install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "rule.up", NULL, activate_up);
  gtk_widget_class_install_action (class, "rule.down", NULL, activate_down);
  gtk_widget_class_install_action (class, "rule.remove", NULL, colour_row_activate_remove);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Up, GDK_ALT_MASK, "rule.up", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Down, GDK_ALT_MASK, "rule.down", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Delete, GDK_ALT_MASK, "rule.remove", NULL);
}

static void
wsi_colour_row_class_init (WsiColourRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_colour_row_finalize;
  signals[CHANGED] = g_signal_new ("changed", WSI_TYPE_COLOUR_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[MOVE] = g_signal_new ("move", WSI_TYPE_COLOUR_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[REMOVE] = g_signal_new ("remove", WSI_TYPE_COLOUR_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[DROPPED] = g_signal_new ("dropped", WSI_TYPE_COLOUR_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, WSI_TYPE_COLOUR_ROW);

  g_type_ensure (WSI_TYPE_FILTER_ENTRY);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/frames/wsi-colour-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiColourRow, handle);
  gtk_widget_class_bind_template_child (widget_class, WsiColourRow, is_on);
  gtk_widget_class_bind_template_child (widget_class, WsiColourRow, name);
  gtk_widget_class_bind_template_child (widget_class, WsiColourRow, filter_entry);
  gtk_widget_class_bind_template_child (widget_class, WsiColourRow, mistake);
  gtk_widget_class_bind_template_child (widget_class, WsiColourRow, style);
  gtk_widget_class_bind_template_callback (widget_class, colour_row_on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  colour_row_install_actions (widget_class);
}

static void
add_drag_and_drop (WsiColourRow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (WSI_TYPE_COLOUR_ROW, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_swapped (source, "prepare", G_CALLBACK (on_drag), self);
  gtk_widget_add_controller (self->handle, GTK_EVENT_CONTROLLER (source));
  g_signal_connect_swapped (target, "drop", G_CALLBACK (colour_row_on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
wsi_colour_row_init (WsiColourRow *self)
{
  const char *const titles[N_STYLES + 1] = {
    _("Red, as errors"), _("Yellow, as warnings"), _("Green, as success"), _("Colour of accents"),
    _("Dim"), NULL,
  };
  g_autoptr (GtkStringList) list = gtk_string_list_new (titles);

  self->is_setting = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_down_set_model (self->style, G_LIST_MODEL (list));
  wsi_drop_down_set_name (self->style, _("Colour"));
  add_drag_and_drop (self);
}

static guint
find_style (const char *word)
{
  for (guint i = 0; i < N_STYLES; i++)
    if (g_str_equal (styles[i], word))
      return i;
  return GTK_INVALID_LIST_POSITION;
}

WsiColourRow *
wsi_colour_row_new (const char *name,
                    const char *filter,
                    const char *style)
{
  WsiColourRow *self = g_object_new (WSI_TYPE_COLOUR_ROW, NULL);
  gboolean is_off = g_str_has_prefix (style, WSI_COLOUR_OFF);

  gtk_editable_set_text (GTK_EDITABLE (self->name), name);
  gtk_switch_set_active (self->is_on, !is_off);
  gtk_drop_down_set_selected (self->style,
                              find_style (is_off ? style + strlen (WSI_COLOUR_OFF) : style));
  wsi_filter_entry_set_text (self->filter_entry, filter);
  self->filter = g_strdup (filter);
  if (*filter != '\0')
    on_filter_changed (self);
  self->is_setting = FALSE;
  return self;
}

void
wsi_colour_row_add (WsiColourRow    *self,
                    GVariantBuilder *rules)
{
  guint style = gtk_drop_down_get_selected (self->style);
  g_autofree char *word = g_strconcat (gtk_switch_get_active (self->is_on) ? "" : WSI_COLOUR_OFF,
                                       style < N_STYLES ? styles[style] : "", NULL);

  if (*self->filter != '\0')
    g_variant_builder_add (rules, "(sss)", gtk_editable_get_text (GTK_EDITABLE (self->name)),
                           self->filter, word);
}
