/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/start/wsi-interface-chooser.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspect/sources/dumpcap/wsi-dumpcap-interfaces.h"
#include "inspect/sources/dumpcap/wsi-dumpcap.h"
#include "ui/start/wsi-marked-row.h"

#define MAX_ROWS 100
#define NAME "wsi-name"         /* name of a row's data: its interface */

struct _WsiInterfaceChooser
{
  AdwPreferencesGroup parent_instance;

  GtkWidget          *button;
  AdwActionRow       *state_row;
  GtkImage           *state_icon;
  GPtrArray          *rows;     /* rows of the interfaces, borrowed */
  AdwExpanderRow     *others;   /* row that has the interfaces without TCP; NULL: there are none */
  char               *name;     /* name of the chosen interface */
  GCancellable       *cancellable;      /* cancellable of asking dumpcap; NULL: not asking */
  gboolean            was_asked;
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiInterfaceChooser, wsi_interface_chooser, ADW_TYPE_PREFERENCES_GROUP)

static gboolean
is_other (GObject *row)
{
  return !wsi_dumpcap_interface_has_tcp (g_object_get_data (row, NAME));
}

static void
interface_chooser_clear_rows (WsiInterfaceChooser *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  for (guint i = 0; i < self->rows->len; i++)
    if (!is_other (self->rows->pdata[i]))
      adw_preferences_group_remove (group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  if (self->others != NULL)
    adw_preferences_group_remove (group, GTK_WIDGET (self->others));
  self->others = NULL;
}

static void
interface_chooser_show_state (WsiInterfaceChooser *self,
                              const char          *text,
                              const char          *icon)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->state_row), text);
  gtk_image_set_from_icon_name (self->state_icon, icon);
  if (g_str_equal (icon, "dialog-error-symbolic"))
    gtk_widget_add_css_class (GTK_WIDGET (self->state_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_row), "error");
}

static void
interface_chooser_show_marks (WsiInterfaceChooser *self)
{
  const char *name = self->name != NULL && *self->name != '\0' ? self->name : WSI_DUMPCAP_ANY;

  for (guint i = 0; i < self->rows->len; i++)
    {
      GObject *row = self->rows->pdata[i];

      gboolean is_chosen = strcmp (g_object_get_data (row, NAME), name) == 0;

      wsi_marked_row_set_watched (ADW_ACTION_ROW (row), is_chosen);
      if (is_chosen && is_other (row))
        adw_expander_row_set_expanded (self->others, TRUE);
    }
}

static void
interface_chooser_on_row_activated (WsiInterfaceChooser *self,
                                    AdwActionRow        *row)
{
  g_signal_emit (self, signals[CHOSEN], 0, g_object_get_data (G_OBJECT (row), NAME));
}

static void
interface_chooser_add_other (WsiInterfaceChooser *self,
                             AdwActionRow        *row)
{
  if (self->others == NULL)
    {
      self->others = ADW_EXPANDER_ROW (adw_expander_row_new ());
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->others), _("All Interfaces"));
      adw_expander_row_set_subtitle (self->others, _("Also those without TCP, such as Bluetooth"));
    }
  adw_expander_row_add_row (self->others, GTK_WIDGET (row));
}

static void
interface_chooser_add_interface (WsiInterfaceChooser       *self,
                                 const WsiDumpcapInterface *interface)
{
  gboolean is_any = strcmp (interface->name, WSI_DUMPCAP_ANY) == 0;
  g_autofree char *name = wsi_text_escape_sentence (interface->name, WSI_CHARSET_UTF8);
  g_autofree char *description = wsi_text_escape_sentence (interface->description,
                                                           WSI_CHARSET_UTF8);
  AdwActionRow *row = wsi_marked_row_new (name, is_any ? _("All of them at once") : description);

  g_object_set_data_full (G_OBJECT (row), NAME, g_strdup (interface->name), g_free);
  g_signal_connect_object (row, "activated", G_CALLBACK (interface_chooser_on_row_activated), self,
                           G_CONNECT_SWAPPED);
  if (is_other (G_OBJECT (row)))
    interface_chooser_add_other (self, row);
  else
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);
}

static void
interface_chooser_show_answer (WsiInterfaceChooser    *self,
                               const WsiDumpcapAnswer *answer)
{
  g_autofree char *obstacle = wsi_translate_sentence (answer->obstacle);
  guint n = answer->interfaces != NULL ? MIN (answer->interfaces->len, MAX_ROWS) : 0;

  interface_chooser_show_state (self, obstacle != NULL ? obstacle : _("Ready to capture"),
                                obstacle != NULL ? "dialog-error-symbolic"
                                : "object-select-symbolic");
  for (guint i = 0; i < n; i++)
    interface_chooser_add_interface (self, answer->interfaces->pdata[i]);
  if (self->others != NULL)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->others));
  interface_chooser_show_marks (self);
}

static void
interface_chooser_on_answered (GObject      *object,
                               GAsyncResult *result,
                               gpointer      data)
{
  g_autoptr (WsiInterfaceChooser) self = data;
  g_autoptr (WsiDumpcapAnswer) answer = wsi_dumpcap_ask_finish (result);

  if (answer == NULL)
    return;

  g_clear_object (&self->cancellable);
  gtk_widget_set_sensitive (self->button, TRUE);
  interface_chooser_show_answer (self, answer);
}

static void
interface_chooser_ask (WsiInterfaceChooser *self)
{
  if (self->cancellable != NULL)
    return;

  self->was_asked = TRUE;
  interface_chooser_clear_rows (self);
  interface_chooser_show_state (self, _("Asking dumpcap…"), "content-loading-symbolic");
  gtk_widget_set_sensitive (self->button, FALSE);
  self->cancellable = g_cancellable_new ();
  wsi_dumpcap_ask_async (self->cancellable, interface_chooser_on_answered, g_object_ref (self));
}

static void
wsi_interface_chooser_map (GtkWidget *widget)
{
  WsiInterfaceChooser *self = WSI_INTERFACE_CHOOSER (widget);

  GTK_WIDGET_CLASS (wsi_interface_chooser_parent_class)->map (widget);
  if (!self->was_asked)
    interface_chooser_ask (self);
}

static void
wsi_interface_chooser_dispose (GObject *object)
{
  WsiInterfaceChooser *self = WSI_INTERFACE_CHOOSER (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (wsi_interface_chooser_parent_class)->dispose (object);
}

static void
wsi_interface_chooser_finalize (GObject *object)
{
  WsiInterfaceChooser *self = WSI_INTERFACE_CHOOSER (object);

  g_ptr_array_unref (self->rows);
  g_free (self->name);
  G_OBJECT_CLASS (wsi_interface_chooser_parent_class)->finalize (object);
}

static void
wsi_interface_chooser_class_init (WsiInterfaceChooserClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_interface_chooser_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_interface_chooser_finalize;
  GTK_WIDGET_CLASS (class)->map = wsi_interface_chooser_map;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
wsi_interface_chooser_init (WsiInterfaceChooser *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  self->rows = g_ptr_array_new ();
  self->button = gtk_button_new_with_mnemonic (_("Chec_k Again"));
  gtk_widget_set_tooltip_text (self->button, _("Ask dumpcap again whether it can capture"));
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->button, "flat");
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (interface_chooser_ask), self);
  adw_preferences_group_set_title (group, _("Interfaces"));
  adw_preferences_group_set_header_suffix (group, self->button);

  /* the focus comes to a list by its first row */
  self->state_row = wsi_unmarked_row_new ("", "");
  self->state_icon = GTK_IMAGE (gtk_image_new ());
  adw_action_row_add_prefix (self->state_row, GTK_WIDGET (self->state_icon));
  adw_preferences_group_add (group, GTK_WIDGET (self->state_row));
}

void
wsi_interface_chooser_set_name (WsiInterfaceChooser *self,
                                const char          *name)
{
  g_free (self->name);
  self->name = g_strdup (name);
  interface_chooser_show_marks (self);
}
