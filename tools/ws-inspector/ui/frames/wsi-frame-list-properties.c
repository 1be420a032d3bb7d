/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Everything that the user chooses about the list, as properties and as actions of the same
 * names. */
#include "ui/frames/wsi-frame-list-private.h"

#include "inspect/show/columns/wsi-row-format.h"
#include "inspect/store/wsi-store.h"

enum
{
  PROP_0,
  PROP_COLUMNS,
  PROP_COLUMN_WIDTHS,
  PROP_TIME_FORMAT,
  PROP_VIEW,
  PROP_DIRECTION,
  PROP_SHOW_TEXT,
  PROP_SHOW_BINARY,
  PROP_SHOW_CONTROL,
  PROP_SHOW_EVENTS,
  PROP_PAUSED,
  PROP_COLOUR_RULES,
  PROP_TICK_MS,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static const char *const clock_names[] = { "relative", "delta", "local", "utc" };
static const char *const view_names[] = { "frames", "messages" };
static const char *const direction_names[] = { "sent", "received", "both" };
static const WsiListKinds shown_kinds[] = {
  WSI_LIST_TEXT, WSI_LIST_BINARY, WSI_LIST_CONTROL, WSI_LIST_EVENTS,
};

/* The place of a word; 0 for a word that is not in the list. */
static guint
find_word (const char *const *words,
           guint              n_words,
           const GValue      *value)
{
  for (guint i = 0; i < n_words; i++)
    if (g_strcmp0 (words[i], g_value_get_string (value)) == 0)
      return i;
  return 0;
}

#define FIND_WORD(words, value) find_word (words, G_N_ELEMENTS (words), value)

static void
set_kind (WsiFrameList *self,
          WsiListKinds  kind,
          gboolean      is_shown)
{
  WsiListKinds kinds = is_shown ? self->filter.kinds | kind : self->filter.kinds & ~kind;

  if (kinds == self->filter.kinds)
    return;

  self->filter.kinds = kinds;
  wsi_frame_list_apply_filter (self);
}

static void
set_unit (WsiFrameList *self,
          WsiUnit       unit)
{
  if (unit == self->filter.unit)
    return;

  self->filter.unit = unit;
  wsi_frame_list_apply_filter (self);
}

static void
set_direction (WsiFrameList *self,
               guint         direction)
{
  if (direction == self->filter.direction)
    return;

  self->filter.direction = direction;
  wsi_frame_list_apply_filter (self);
}

static void
set_clock (WsiFrameList *self,
           WsiClock      clock)
{
  self->clock = clock;
  wsi_frame_columns_set_clock (self->columns, clock);
  if (self->format == NULL)
    return;

  wsi_row_format_set_clock (self->format, clock);
  wsi_frame_list_refresh (self);
}

static void
set_paused (WsiFrameList *self,
            gboolean      is_paused)
{
  self->is_paused = is_paused;
  wsi_frame_list_ensure_tick (self);
  wsi_frame_list_notify (self);
}

static void
set_columns (WsiFrameList      *self,
             const char *const *names)
{
  g_auto (GStrv) shown = wsi_frame_columns_dup_names (self->columns);

  if (names != NULL && g_strv_equal ((const char *const *) shown, names))
    return;

  wsi_frame_columns_set_names (self->columns, names);
}

static void
set_widths (WsiFrameList *self,
            GVariant     *widths)
{
  if (widths != NULL)
    wsi_frame_columns_set_widths (self->columns, widths);
}

int
wsi_frame_list_get_column_width (WsiFrameList *self,
                                 const char   *name)
{
  return wsi_frame_columns_get_width (self->columns, name);
}

static void
wsi_frame_list_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *param)
{
  WsiFrameList *self = WSI_FRAME_LIST (object);

  switch (id)
    {
    case PROP_COLUMNS:
      set_columns (self, g_value_get_boxed (value));
      break;
    case PROP_COLUMN_WIDTHS:
      set_widths (self, g_value_get_variant (value));
      break;
    case PROP_TIME_FORMAT:
      set_clock (self, (WsiClock) FIND_WORD (clock_names, value));
      break;
    case PROP_VIEW:
      set_unit (self, (WsiUnit) FIND_WORD (view_names, value));
      break;
    case PROP_DIRECTION:
      set_direction (self, FIND_WORD (direction_names, value));
      break;
    case PROP_SHOW_TEXT:
    case PROP_SHOW_BINARY:
    case PROP_SHOW_CONTROL:
    case PROP_SHOW_EVENTS:
      set_kind (self, shown_kinds[id - PROP_SHOW_TEXT], g_value_get_boolean (value));
      break;
    case PROP_COLOUR_RULES:
      wsi_frame_list_set_colours (self, g_value_get_variant (value));
      break;
    case PROP_TICK_MS:
      self->tick_ms = g_value_get_uint (value);
      break;
    case PROP_PAUSED:
      set_paused (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, param);
      return;
    }
  g_object_notify_by_pspec (object, param);
}

static void
wsi_frame_list_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *param)
{
  WsiFrameList *self = WSI_FRAME_LIST (object);

  switch (id)
    {
    case PROP_COLUMNS:
      g_value_take_boxed (value, wsi_frame_columns_dup_names (self->columns));
      break;
    case PROP_COLUMN_WIDTHS:
      g_value_take_variant (value, wsi_frame_columns_dup_widths (self->columns));
      break;
    case PROP_TIME_FORMAT:
      g_value_set_string (value, clock_names[self->clock]);
      break;
    case PROP_VIEW:
      g_value_set_string (value, view_names[self->filter.unit]);
      break;
    case PROP_DIRECTION:
      g_value_set_string (value, direction_names[self->filter.direction]);
      break;
    case PROP_SHOW_TEXT:
    case PROP_SHOW_BINARY:
    case PROP_SHOW_CONTROL:
    case PROP_SHOW_EVENTS:
      g_value_set_boolean (value, (self->filter.kinds & shown_kinds[id - PROP_SHOW_TEXT]) != 0);
      break;
    case PROP_COLOUR_RULES:
      g_value_set_variant (value, self->colours);
      break;
    case PROP_TICK_MS:
      g_value_set_uint (value, self->tick_ms);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->is_paused);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, param);
    }
}

/* After a change that set several of them. */
static void
notify_filter (WsiFrameList *self)
{
  for (guint i = PROP_DIRECTION; i <= PROP_SHOW_EVENTS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
activate_follow (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  wsi_frame_list_follow (WSI_FRAME_LIST (widget));
}

static void
activate_clear (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  WsiFrameList *self = WSI_FRAME_LIST (widget);

  if (self->store != NULL)
    wsi_frame_list_set_first (self, wsi_store_get_end (self->store));
}

/* All that hides rows, but for the connection that is chosen elsewhere. */
static void
activate_show_all (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  WsiFrameList *self = WSI_FRAME_LIST (widget);

  g_clear_pointer (&self->filter.text, g_free);
  self->filter.kinds = WSI_LIST_ALL_KINDS;
  self->filter.direction = WSI_NO_DIRECTION;
  self->filter.first = 0;
  wsi_frame_list_apply_filter (self);
  notify_filter (self);
  g_signal_emit_by_name (self, "cleared");
}

static void
activate_other_view (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  WsiFrameList *self = WSI_FRAME_LIST (widget);

  g_object_set (self, "view", self->filter.unit == WSI_UNIT_FRAMES ? "messages" : "frames", NULL);
}

static void
add_words (guint       id,
           const char *name,
           const char *usual)
{
  properties[id] = g_param_spec_string (name, NULL, NULL, usual,
                                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                        G_PARAM_STATIC_STRINGS);
}

static void
add_switch (guint       id,
            const char *name,
            gboolean    usual)
{
  properties[id] = g_param_spec_boolean (name, NULL, NULL, usual,
                                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                         G_PARAM_STATIC_STRINGS);
}

static void
install_actions (GtkWidgetClass *class)
{
  static const char *const names[] = {
    "time-format", "view", "direction", "show-text", "show-binary", "show-control", "show-events",
    "paused",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *action = g_strconcat ("frames.", names[i], NULL);

      gtk_widget_class_install_property_action (class, g_intern_string (action), names[i]);
    }
  gtk_widget_class_install_action (class, "frames.follow", NULL, activate_follow);
  gtk_widget_class_install_action (class, "frames.clear", NULL, activate_clear);
  gtk_widget_class_install_action (class, "frames.other-view", NULL, activate_other_view);
  gtk_widget_class_install_action (class, "frames.show-all", NULL, activate_show_all);
}

void
wsi_frame_list_install_properties (WsiFrameListClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->set_property = wsi_frame_list_set_property;
  object_class->get_property = wsi_frame_list_get_property;

  properties[PROP_COLUMNS] =
    g_param_spec_boxed ("columns", NULL, NULL, G_TYPE_STRV,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_COLUMN_WIDTHS] =
    g_param_spec_variant ("column-widths", NULL, NULL, G_VARIANT_TYPE ("a{su}"), NULL,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_COLOUR_RULES] =
    g_param_spec_variant ("colour-rules", NULL, NULL, G_VARIANT_TYPE ("a(sss)"), NULL,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  add_words (PROP_TIME_FORMAT, "time-format", "relative");
  add_words (PROP_VIEW, "view", "frames");
  add_words (PROP_DIRECTION, "direction", "both");
  add_switch (PROP_SHOW_TEXT, "show-text", TRUE);
  add_switch (PROP_SHOW_BINARY, "show-binary", TRUE);
  add_switch (PROP_SHOW_CONTROL, "show-control", TRUE);
  add_switch (PROP_SHOW_EVENTS, "show-events", TRUE);
  add_switch (PROP_PAUSED, "paused", FALSE);
  properties[PROP_TICK_MS] =
    g_param_spec_uint ("tick-ms", NULL, NULL, 20, 5000, 100,
                       G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  install_actions (GTK_WIDGET_CLASS (class));
}
