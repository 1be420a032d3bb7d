/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-pane.h"

#include "ui/frames/wsi-frame-table.h"

struct _WsiFramePane
{
  GtkWidget     parent_instance;

  WsiFilterBar *filter_bar;     /* filter bar of the pane; NULL = none yet */
  WsiSearchBar *search_bar;
  WsiFrameList *list;
};

G_DEFINE_FINAL_TYPE (WsiFramePane, wsi_frame_pane, GTK_TYPE_WIDGET)

static void
activate_search (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  wsi_search_bar_open (WSI_FRAME_PANE (widget)->search_bar, WSI_SEARCH_FOR_TEXT);
}

static void
activate_jump (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  wsi_search_bar_open (WSI_FRAME_PANE (widget)->search_bar, WSI_SEARCH_FOR_PLACE);
}

static void
frame_pane_activate_next (GtkWidget  *widget,
                          const char *name,
                          GVariant   *parameter)
{
  wsi_search_bar_step (WSI_FRAME_PANE (widget)->search_bar, WSI_SEARCH_FORWARD);
}

static void
frame_pane_activate_previous (GtkWidget  *widget,
                              const char *name,
                              GVariant   *parameter)
{
  wsi_search_bar_step (WSI_FRAME_PANE (widget)->search_bar, WSI_SEARCH_BACKWARD);
}

static void
activate_focus_filter (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  gtk_widget_grab_focus (GTK_WIDGET (WSI_FRAME_PANE (widget)->filter_bar));
}

static void
activate_apply_filter (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  WsiFramePane *self = WSI_FRAME_PANE (widget);

  g_signal_emit_by_name (self->list, "leaving");
  wsi_filter_bar_apply (self->filter_bar, g_variant_get_string (parameter, NULL));
}

static void
wsi_frame_pane_dispose (GObject *object)
{
  GtkWidget *child;

  g_clear_object (&WSI_FRAME_PANE (object)->filter_bar);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wsi_frame_pane_parent_class)->dispose (object);
}

static void
activate_add_column (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  wsi_filter_bar_add_column (WSI_FRAME_PANE (widget)->filter_bar,
                             g_variant_get_string (parameter, NULL));
}

/* Installs actions with the keys of the window's shortcuts, while the focus is within. */
static void
frame_pane_install_actions (GtkWidgetClass *class)
{
  static const struct
  {
    const char                 *name, *parameter;
    GtkWidgetActionActivateFunc activate;
    guint                       key;            /* key of the shortcut; 0 = none */
    GdkModifierType             modifiers;
  } actions[] = {
    { "frames.search", NULL, activate_search, GDK_KEY_f, GDK_CONTROL_MASK },
    { "frames.jump", NULL, activate_jump, GDK_KEY_j, GDK_CONTROL_MASK },
    { "frames.next-match", NULL, frame_pane_activate_next, GDK_KEY_F3, 0 },
    { "frames.previous-match", NULL, frame_pane_activate_previous, GDK_KEY_F3, GDK_SHIFT_MASK },
    { "frames.focus-filter", NULL, activate_focus_filter, GDK_KEY_k, GDK_CONTROL_MASK },
    { "frames.apply-filter", "s", activate_apply_filter, 0, 0 },
    { "frames.add-column", "s", activate_add_column, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      gtk_widget_class_install_action (class, actions[i].name, actions[i].parameter,
                                       actions[i].activate);
      if (actions[i].key != 0)
        gtk_widget_class_add_binding_action (class, actions[i].key, actions[i].modifiers,
                                             actions[i].name, NULL);
    }
}

static void
wsi_frame_pane_class_init (WsiFramePaneClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_frame_pane_dispose;

  g_type_ensure (WSI_TYPE_SEARCH_BAR);
  g_type_ensure (WSI_TYPE_FRAME_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/frames/wsi-frame-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiFramePane, search_bar);
  gtk_widget_class_bind_template_child (widget_class, WsiFramePane, list);
  frame_pane_install_actions (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_frame_pane_init (WsiFramePane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_search_bar_set_list (self->search_bar, self->list);
}

WsiFrameList *
wsi_frame_pane_get_list (WsiFramePane *self)
{
  return self->list;
}

void
wsi_frame_pane_set_store (WsiFramePane *self,
                          WsiStore     *store)
{
  wsi_search_bar_end (self->search_bar);
  wsi_frame_list_set_store (self->list, store);
}

void
wsi_frame_pane_set_filter_bar (WsiFramePane *self,
                               WsiFilterBar *bar)
{
  g_return_if_fail (self->filter_bar == NULL);

  self->filter_bar = g_object_ref (bar);
  wsi_filter_bar_set_list (bar, self->list);
}

static gboolean
read_variant (GValue   *value,
              GVariant *variant,
              gpointer  user_data)
{
  g_value_set_variant (value, variant);
  return TRUE;
}

/* Writes a value to the settings.  NULL: nothing is written. */
static GVariant *
write_variant (const GValue       *value,
               const GVariantType *type,
               gpointer            user_data)
{
  return g_value_dup_variant (value);
}

/* Binds a setting; GSettings binds words, lists of words and switches by itself. */
static void
bind_variant (GSettings         *settings,
              const char        *key,
              gpointer           widget,
              GSettingsBindFlags flags)
{
  g_settings_bind_with_mapping (settings, key, widget, key, flags, read_variant, write_variant,
                                NULL, NULL);
}

void
wsi_frame_pane_bind_settings (WsiFramePane *self,
                              GSettings    *settings)
{
  /* a view belongs to its window, which begins with that of the settings; columns and times are
   * kept for the next window; colours and saved filters are those of the user in each window */
  const GSettingsBindFlags begins = G_SETTINGS_BIND_GET | G_SETTINGS_BIND_GET_NO_CHANGES;
  const GSettingsBindFlags is_kept = G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES;
  const struct
  {
    const char        *key, *property;
    GSettingsBindFlags flags;
  } keys[] = {
    { "columns", "columns", is_kept },
    { "time-format", "time-format", is_kept },
    { "microseconds", "microseconds", is_kept },
    { "tick-ms", "tick-ms", G_SETTINGS_BIND_DEFAULT },
    { "default-view", "view", begins },
    { "show-control", "show-control", begins },
    { "show-events", "show-events", begins },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_bind (settings, keys[i].key, self->list, keys[i].property, keys[i].flags);
  bind_variant (settings, "column-widths", self->list, is_kept);
  bind_variant (settings, "colour-rules", self->list, G_SETTINGS_BIND_DEFAULT);
  bind_variant (settings, "saved-filters", self->filter_bar, G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "filter-history", self->filter_bar, "filter-history",
                   G_SETTINGS_BIND_DEFAULT);
}
