/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-preferences.h"

#include <glib/gi18n.h>

#include "inspect/sources/wsi-listen-address.h"
#include "ui/parts/wsi-dialog.h"
#include "ui/parts/wsi-settings.h"

#define MAX_WORDS 5             /* words of a choice, and the end */

struct _WsiPreferences
{
  AdwPreferencesWindow parent_instance;

  AdwComboRow         *style, *time_format, *default_view;
  GtkSwitch           *microseconds, *show_control, *show_events;
  GtkSpinButton       *tick_ms, *slow_ms;
  GtkSpinButton       *payload_memory_mib, *spill_mib, *row_cap, *frame_store_limit_mib;
  AdwEntryRow         *default_listen, *redact_names;
  GSettings           *settings;
};

G_DEFINE_FINAL_TYPE (WsiPreferences, wsi_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* A choice: the words of the schema, in the order of their titles. */
typedef struct
{
  const char *key;
  const char *words[MAX_WORDS], *titles[MAX_WORDS];
} Choice;

static const Choice style_choice = {
  "style", { "system", "light", "dark" }, { N_("Follow System"), N_("Light"), N_("Dark") },
};

static const Choice time_choice = {
  "time-format", { "relative", "delta", "local", "utc" },
  { N_("Since the first row"), N_("Since the row before"), N_("Time of day"), N_("UTC") },
};

static const Choice view_choice = {
  "default-view", { "frames", "messages" }, { N_("Frames"), N_("Messages") },
};

static gboolean
preferences_read_choice (GValue   *value,
                         GVariant *variant,
                         gpointer  data)
{
  const Choice *choice = data;

  for (guint i = 0; choice->words[i] != NULL; i++)
    if (g_str_equal (choice->words[i], g_variant_get_string (variant, NULL)))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
write_choice (const GValue       *value,
              const GVariantType *type,
              gpointer            data)
{
  const Choice *choice = data;
  guint i = g_value_get_uint (value);

  return i < MAX_WORDS && choice->words[i] != NULL ? g_variant_new_string (choice->words[i]) : NULL;
}

static void
bind_choice (WsiPreferences *self,
             AdwComboRow    *row,
             const Choice   *choice)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; choice->titles[i] != NULL; i++)
    gtk_string_list_append (titles, _(choice->titles[i]));
  adw_combo_row_set_model (row, G_LIST_MODEL (titles));
  g_settings_bind_with_mapping (self->settings, choice->key, row, "selected",
                                G_SETTINGS_BIND_DEFAULT, preferences_read_choice, write_choice,
                                (gpointer) choice, NULL);
}

/* Binds a number; the limits of the schema are those of the button. */
static void
bind_number (WsiPreferences *self,
             GtkSpinButton  *button,
             const char     *key)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) facts = NULL;
  g_autoptr (GVariant) range = NULL;
  g_autoptr (GVariant) limits = NULL;
  guint32 min, max;

  g_object_get (self->settings, "settings-schema", &schema, NULL);
  facts = g_settings_schema_get_key (schema, key);
  range = g_settings_schema_key_get_range (facts);
  g_variant_get (range, "(&sv)", NULL, &limits);
  g_variant_get (limits, "(uu)", &min, &max);
  gtk_spin_button_set_range (button, min, max);
  g_settings_bind (self->settings, key, button, "value", G_SETTINGS_BIND_DEFAULT);
}

/* Names are kept as a list, and written with commas between them. */
static gboolean
read_names (GValue   *value,
            GVariant *variant,
            gpointer  data)
{
  g_autofree const char **names = g_variant_get_strv (variant, NULL);

  g_value_take_string (value, g_strjoinv (", ", (char **) names));
  return TRUE;
}

static GVariant *
write_names (const GValue       *value,
             const GVariantType *type,
             gpointer            data)
{
  g_auto (GStrv) words = g_strsplit_set (g_value_get_string (value), ", ", -1);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) kept = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      g_strv_builder_add (names, words[i]);
  kept = g_strv_builder_end (names);
  return g_variant_new_strv ((const char *const *) kept, -1);
}

/* Takes an address; a wrong one stays in the row, and the setting as it was. */
static void
on_listen_changed (WsiPreferences *self)
{
  GtkWidget *row = GTK_WIDGET (self->default_listen);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (row));
  g_autoptr (GError) error = NULL;
  g_auto (WsiListenAddress) address = { 0 };

  if (text[0] == '\0' || wsi_listen_address_parse (&address, text, &error))
    {
      gtk_widget_remove_css_class (row, "error");
      /* a narrow row cuts its title off */
      gtk_widget_set_tooltip_text (row, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
      g_settings_set_string (self->settings, "default-listen", text);
    }
  else
    {
      gtk_widget_add_css_class (row, "error");
      gtk_widget_set_tooltip_text (row, error->message);
    }
}

static void
bind_settings (WsiPreferences *self)
{
  bind_choice (self, self->style, &style_choice);
  bind_choice (self, self->time_format, &time_choice);
  bind_choice (self, self->default_view, &view_choice);
  bind_number (self, self->tick_ms, "tick-ms");
  bind_number (self, self->slow_ms, "slow-ms");
  bind_number (self, self->payload_memory_mib, "payload-memory-mib");
  bind_number (self, self->spill_mib, "spill-mib");
  bind_number (self, self->row_cap, "row-cap");
  bind_number (self, self->frame_store_limit_mib, "frame-store-limit-mib");
  g_settings_bind (self->settings, "microseconds", self->microseconds, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "show-control", self->show_control, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "show-events", self->show_events, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "default-listen", self->default_listen, "text",
                   G_SETTINGS_BIND_GET | G_SETTINGS_BIND_GET_NO_CHANGES);
  g_settings_bind_with_mapping (self->settings, "redact-names", self->redact_names, "text",
                                G_SETTINGS_BIND_GET, read_names, NULL, NULL, NULL);
}

/* Takes names, but not while they are typed: the text would change under the cursor. */
static void
on_names_applied (WsiPreferences *self)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GVariant *names;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, gtk_editable_get_text (GTK_EDITABLE (self->redact_names)));
  names = write_names (&value, G_VARIANT_TYPE_STRING_ARRAY, NULL);
  g_settings_set_value (self->settings, "redact-names", names);
}

static void
wsi_preferences_dispose (GObject *object)
{
  g_clear_object (&WSI_PREFERENCES (object)->settings);
  G_OBJECT_CLASS (wsi_preferences_parent_class)->dispose (object);
}

static void
wsi_preferences_class_init (WsiPreferencesClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_preferences_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/window/wsi-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, style);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, time_format);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, default_view);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, show_control);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, microseconds);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, show_events);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, tick_ms);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, slow_ms);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, payload_memory_mib);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, spill_mib);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, row_cap);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, frame_store_limit_mib);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, default_listen);
  gtk_widget_class_bind_template_child (widget_class, WsiPreferences, redact_names);
  gtk_widget_class_bind_template_callback (widget_class, on_listen_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_names_applied);
}

static void
wsi_preferences_init (WsiPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = wsi_settings_new ();
  bind_settings (self);
}

WsiPreferences *
wsi_preferences_new (GtkWindow *parent)
{
  WsiPreferences *self = g_object_new (WSI_TYPE_PREFERENCES, "modal", TRUE, NULL);

  wsi_dialog_set_parent (GTK_WINDOW (self), parent);
  return self;
}
