/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The window, for its own files only. */
#pragma once

#include "ui/start/wsi-failure-page.h"
#include "ui/start/wsi-start-page.h"
#include "ui/window/wsi-window.h"

G_BEGIN_DECLS

struct _WsiWindow
{
  AdwApplicationWindow parent_instance;

  AdwWindowTitle      *title;
  GtkWidget           *back_button, *stop_button, *sidebar_button;
  GtkMenuButton       *menu_button;
  AdwToastOverlay     *toasts;
  GtkStack            *pages;
  WsiStartPage        *start_page;
  WsiFailurePage      *failed_page;
  WsiSessionPage      *session_page;
  WsiSession          *session; /* NULL = none has begun */
  WsiTarget           *target;  /* the last one that was started; NULL = none */
  GSettings           *settings;
};

gboolean wsi_window_is_page         (WsiWindow  *self,
                                     const char *name);
void     wsi_window_show_page       (WsiWindow  *self,
                                     const char *name);
/* The session ends. */
void     wsi_window_show_start      (WsiWindow *self);
void     wsi_window_show_back       (WsiWindow *self);
void     wsi_window_show_toast      (WsiWindow  *self,
                                     const char *sentence);
void     wsi_window_drop_session    (WsiWindow *self);
void     wsi_window_install_actions (GtkWidgetClass *class);

G_END_DECLS
