/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-send-keys.h"

/* Also while nothing can be sent: the text would take the key for a new line.  The keys of a
 * popover are its own. */
static gboolean
on_send_key (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   action)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (focus == NULL || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL)
    return FALSE;

  gtk_widget_activate_action (widget, action, NULL);
  return TRUE;
}

static void
add_send_key (GtkEventController *controller,
              guint               key,
              GdkModifierType     modifiers,
              const char         *action)
{
  GtkShortcut *shortcut =
    gtk_shortcut_new (gtk_keyval_trigger_new (key, modifiers),
                      gtk_callback_action_new (on_send_key, (gpointer) action, NULL));

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
}

/* Adds the keys before those of the text, which has a use of its own for them. */
void
wsi_send_keys_add (GtkWidget *widget)
{
  const guint keys[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      add_send_key (controller, keys[i], GDK_CONTROL_MASK, "composer.send");
      add_send_key (controller, keys[i], GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                    "composer.send-and-keep");
    }
  gtk_widget_add_controller (widget, controller);
}
