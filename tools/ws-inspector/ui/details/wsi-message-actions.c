/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-message-actions.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/decode/wsi-text-decoder.h"
#include "ui/details/wsi-external-file.h"
#include "ui/details/wsi-payload-file.h"
#include "ui/parts/wsi-compare-window.h"
#include "ui/parts/wsi-copy.h"

#define MARKED "wsi-marked-for-comparison"

static WsiGetShownMessage get_shown;

/* The payload of the page.  NULL: it is not read. */
static GBytes *
message_actions_get_payload (GtkWidget *page)
{
  WsiContent *content = get_shown (page).content;

  return content != NULL ? wsi_content_get_bytes (content, WSI_VIEW_INFLATED) : NULL;
}

static void
message_actions_activate_copy (GtkWidget  *widget,
                               const char *name,
                               GVariant   *parameter)
{
  WsiShownMessage message = get_shown (widget);
  g_autoptr (GBytes) bytes = NULL;

  if (message_actions_get_payload (widget) == NULL)
    return;

  bytes = wsi_content_dup_shown (message.content);
  wsi_copy_bytes (widget, bytes, message.decoder == &wsi_bytes_decoder ? WSI_LINES_HEX
                                                                       : WSI_LINES_TEXT);
}

static void
message_actions_activate_save (GtkWidget  *widget,
                               const char *name,
                               GVariant   *parameter)
{
  if (message_actions_get_payload (widget) != NULL)
    wsi_payload_file_save (widget, message_actions_get_payload (widget));
}

static void
compared_free (gpointer data)
{
  WsiCompared *compared = data;

  g_bytes_unref (compared->bytes);
  g_free (compared);
}

static WsiCompared
get_compared (GtkWidget *page)
{
  return (WsiCompared) {
           .bytes = message_actions_get_payload (page),
           .number = wsi_content_get_number (get_shown (page).content),
  };
}

void
wsi_message_actions_forget (GtkWidget *page)
{
  g_object_set_data (G_OBJECT (page), MARKED, NULL);
  gtk_widget_action_set_enabled (page, "message.compare", FALSE);
}

/* Marks the first of two messages, which stays marked until another one is, or the session ends. */
static void
activate_mark_for_comparison (GtkWidget  *widget,
                              const char *name,
                              GVariant   *parameter)
{
  WsiCompared *marked;
  g_autofree char *sentence = NULL;

  if (message_actions_get_payload (widget) == NULL)
    return;

  marked = g_new (WsiCompared, 1);
  *marked = get_compared (widget);
  g_bytes_ref (marked->bytes);
  g_object_set_data_full (G_OBJECT (widget), MARKED, marked, compared_free);
  gtk_widget_action_set_enabled (widget, "message.compare", TRUE);
  sentence = g_strdup_printf (_("Row %" PRIu64 " is marked: select another one and compare"),
                              marked->number + 1);
  gtk_widget_activate_action (widget, "win.toast", "s", sentence);
}

static void
message_actions_activate_compare (GtkWidget  *widget,
                                  const char *name,
                                  GVariant   *parameter)
{
  const WsiCompared *marked = g_object_get_data (G_OBJECT (widget), MARKED);
  WsiCompared shown;

  if (marked == NULL || message_actions_get_payload (widget) == NULL)
    return;

  shown = get_compared (widget);
  gtk_window_present (wsi_compare_window_new (GTK_WINDOW (gtk_widget_get_root (widget)), marked,
                                              &shown));
}

static void
message_actions_on_opened (GObject      *source,
                           GAsyncResult *result,
                           gpointer      data)
{
  g_autoptr (GtkWidget) page = data;
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error))
    gtk_widget_activate_action (page, "win.toast", "s", error->message);
}

/* The file is there until the program ends, or the window without one. */
static void
activate_open_outside (GtkWidget  *widget,
                       const char *name,
                       GVariant   *parameter)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (widget));
  GApplication *application = g_application_get_default ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autofree char *uri = NULL;

  if (message_actions_get_payload (widget) == NULL)
    return;

  file = wsi_external_file_new (application != NULL ? G_OBJECT (application) : G_OBJECT (window),
                                message_actions_get_payload (widget), &error);
  if (file == NULL)
    {
      gtk_widget_activate_action (widget, "win.toast", "s", error->message);
      return;
    }
  uri = g_file_get_uri (file);
  gtk_show_uri_full (window, uri, GDK_CURRENT_TIME, NULL, message_actions_on_opened,
                     g_object_ref (widget));
}

void
wsi_message_actions_install (GtkWidgetClass    *class,
                             WsiGetShownMessage get_message)
{
  get_shown = get_message;
  gtk_widget_class_install_action (class, "message.copy", NULL, message_actions_activate_copy);
  gtk_widget_class_install_action (class, "message.save", NULL, message_actions_activate_save);
  gtk_widget_class_install_action (class, "message.mark-for-comparison", NULL,
                                   activate_mark_for_comparison);
  gtk_widget_class_install_action (class, "message.compare", NULL,
                                   message_actions_activate_compare);
  gtk_widget_class_install_action (class, "message.open-outside", NULL, activate_open_outside);
}
