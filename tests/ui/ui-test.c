/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui-test.h"

#include <string.h>

#define TIMEOUT_S 30

static gboolean
give_up (gpointer data)
{
  g_error ("waited too long");
  return G_SOURCE_REMOVE;
}

void
ui_test_wait_until (UiTestIsTrueFunc is_true,
                    gpointer         data)
{
  guint limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);

  while (!is_true (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

void
ui_test_draw (GtkWidget *widget,
              guint      n_times)
{
  for (guint i = 0; i < n_times; i++)
    gtk_test_widget_wait_for_draw (widget);
}

GtkWindow *
ui_test_open (GtkWidget *child,
              int        width,
              int        height)
{
  GtkWindow *window = g_object_ref_sink (GTK_WINDOW (gtk_window_new ()));

  gtk_window_set_default_size (window, width, height);
  gtk_window_set_child (window, child);
  gtk_window_present (window);
  return window;
}

void
ui_test_close (GtkWindow *window)
{
  gtk_window_destroy (window);
  g_object_unref (window);
}

GtkWidget *
ui_test_find (GtkWidget      *widget,
              UiTestMatchFunc match,
              const char     *text)
{
  GtkWidget *found = match (widget, text) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = ui_test_find (child, match, text);
  return found;
}

gboolean
ui_test_is_label (GtkWidget  *widget,
                  const char *text)
{
  return GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
         g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text);
}

gboolean
ui_test_is_type (GtkWidget  *widget,
                 const char *type_name)
{
  return g_type_is_a (G_OBJECT_TYPE (widget), g_type_from_name (type_name));
}

void
ui_test_append (WsiStore          *store,
                WsiConversation   *conversation,
                const UiTestFrame *frame)
{
  gsize length = frame->payload != NULL ? strlen (frame->payload) : 0;
  const WspFrameRecord record = {
    .time_us = frame->time_us,
    .direction = frame->direction,
    .fin = !frame->is_first_part,
    .opcode = frame->opcode,
    .message_opcode = frame->opcode < 8 ? 1 : 0,
    .header_length = 2,
    .payload_length = length,
    .inflated_length = length,
  };
  const WsiFrame kept = {
    .frame = &record,
    .payload = (const guint8 *) frame->payload,
    .n_payload = length,
  };

  wsi_store_append (store, conversation, &kept);
}
