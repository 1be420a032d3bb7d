/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/message/wsi-message-actions.h"

#include "inspect/decode/wsi-text-decoder.h"
#include "ui/message/wsi-payload-file.h"
#include "ui/parts/wsi-copy.h"

/* NULL: it is not read. */
static GBytes *
get_payload (GtkWidget *page)
{
  WsiContent *content = wsi_message_page_get_content (WSI_MESSAGE_PAGE (page));

  return content != NULL ? wsi_content_get_bytes (content, WSI_VIEW_INFLATED) : NULL;
}

static void
activate_copy (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiMessagePage *page = WSI_MESSAGE_PAGE (widget);
  g_autoptr (GBytes) bytes = NULL;

  if (get_payload (widget) == NULL)
    return;

  bytes = wsi_content_dup_shown (wsi_message_page_get_content (page));
  wsi_copy_bytes (widget, bytes, wsi_message_page_get_decoder (page) == &wsi_bytes_decoder
                                 ? WSI_LINES_HEX : WSI_LINES_TEXT);
}

static void
activate_save (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  if (get_payload (widget) != NULL)
    wsi_payload_file_save (widget, get_payload (widget));
}

static void
activate_show_all (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  wsi_message_page_show_all (WSI_MESSAGE_PAGE (widget));
}

void
wsi_message_actions_install (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "message.copy", NULL, activate_copy);
  gtk_widget_class_install_action (class, "message.show-all", NULL, activate_show_all);
  gtk_widget_class_install_action (class, "message.save", NULL, activate_save);
}
