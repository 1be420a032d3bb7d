/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-copy.h"

#include "inspect/store/wsi-task.h"

typedef struct
{
  GBytes     *bytes;
  WsiLineForm form;
} Copying;

static void
copy_copying_free (Copying *copying)
{
  g_bytes_unref (copying->bytes);
  g_free (copying);
}

static void
run_copying (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  Copying *copying = data;

  g_task_return_pointer (task, wsi_copied_text_new (copying->bytes, copying->form), g_free);
}

static void
on_copied (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autofree char *text = g_task_propagate_pointer (G_TASK (result), NULL);

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (source)), text);
}

void
wsi_copy_bytes (GtkWidget  *widget,
                GBytes     *bytes,
                WsiLineForm form)
{
  g_autoptr (GTask) task = g_task_new (widget, NULL, on_copied, NULL);
  Copying *copying = g_new (Copying, 1);

  *copying = (Copying) { g_bytes_ref (bytes), form };
  g_task_set_task_data (task, copying, (GDestroyNotify) copy_copying_free);
  wsi_task_run_in_thread (task, run_copying);
}
