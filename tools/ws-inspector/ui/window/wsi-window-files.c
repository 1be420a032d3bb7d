/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The actions on files: those that are opened, and that of the session. */

#include "ui/window/wsi-window-private.h"

#include <glib/gi18n.h>

#include "ui/window/wsi-export-window.h"
#include "ui/window/wsi-file-chooser.h"

/* Together, in this window if it is empty, or in another one. */
void
wsi_window_open_files (WsiWindow  *self,
                       GListModel *files)
{
  g_autoptr (WsiTarget) target = wsi_target_new_for_files (files);
  WsiWindow *window = self;

  if (self->session != NULL)
    {
      window = wsi_window_new (gtk_window_get_application (GTK_WINDOW (self)));
      gtk_window_present (GTK_WINDOW (window));
    }
  wsi_window_start (window, target);
}

static void
on_open_response (GtkNativeDialog *dialog,
                  int              response,
                  WsiWindow       *self)
{
  g_autoptr (GListModel) files = response == GTK_RESPONSE_ACCEPT
                                 ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog)) : NULL;

  g_clear_object (&self->chooser);
  if (files != NULL && g_list_model_get_n_items (files) > 0)
    wsi_window_open_files (self, files);
}

static void
activate_open (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);
  g_autoptr (GtkFileChooserNative) chooser = NULL;

  if (self->chooser != NULL)
    return;

  chooser = wsi_file_chooser_new_open (GTK_WINDOW (self));
  wsi_window_show_chooser (self, chooser, G_CALLBACK (on_open_response));
}

static void
activate_save (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);
  g_autofree char *file = wsi_window_dup_file_name (self);
  g_autofree char *sentence = NULL;

  if (file == NULL)
    {
      wsi_window_choose_file (self);
      return;
    }

  sentence = g_strdup_printf (_("“%s” is written as frames come"), file);
  wsi_window_show_toast (self, sentence);
}

static void
activate_save_as (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  wsi_window_choose_file (WSI_WINDOW (widget));
}

static void
activate_export (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (wsi_export_window_new (GTK_WINDOW (self),
                                                         wsi_window_get_frame_list (self))));
}

void
wsi_window_install_file_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.export", NULL, activate_export);
  gtk_widget_class_install_action (class, "win.open", NULL, activate_open);
  gtk_widget_class_install_action (class, "win.save", NULL, activate_save);
  gtk_widget_class_install_action (class, "win.save-as", NULL, activate_save_as);
}
