/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A window with a sentence and a long list of lines, of which only those that are visible have
 * widgets. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_CLASS_OFF,
  WSI_CLASS_ON,
} WsiClassUse;

/* Fills a line, which is a GtkLabel. */
typedef void (*WsiBindFunc) (GtkSignalListItemFactory *factory,
                             GtkListItem              *item,
                             gpointer                  user_data);

GtkWindow  *wsi_text_window_new          (GtkWindow  *parent,
                                          const char *title);
void        wsi_text_window_set_sentence (GtkWindow  *window,
                                          const char *sentence);
/* Shows lines, and takes them. */
void        wsi_text_window_set_lines    (GtkWindow  *window,
                                          GListModel *lines,
                                          WsiBindFunc bind,
                                          gpointer    user_data,
                                          const char *name);
void        wsi_text_window_add_button   (GtkWindow *window,
                                          GtkWidget *button);
/* Adds or removes a CSS class of the widget. */
void        wsi_text_window_set_class    (GtkWidget  *widget,
                                          const char *name,
                                          WsiClassUse use);

G_END_DECLS
