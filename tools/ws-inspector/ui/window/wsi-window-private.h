/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The window, for its own files only. */
#pragma once

#include "inspect/save/saving/wsi-document.h"
#include "ui/start/wsi-failure-page.h"
#include "ui/start/wsi-start-page.h"
#include "ui/window/wsi-window.h"

G_BEGIN_DECLS

typedef void (*WsiWindowFunc) (WsiWindow *self);

typedef enum
{
  WSI_SAVE_NOT_BEGUN,           /* the user has chosen no file, or it cannot be made */
  WSI_SAVE_BEGUN,
} WsiWindowSave;

struct _WsiWindow
{
  AdwApplicationWindow parent_instance;

  AdwViewSwitcherTitle *title;
  GtkWidget           *back_button, *pause_button, *sidebar_button;
  GtkMenuButton       *menu_button;
  AdwToastOverlay     *toasts;
  AdwToast            *report;  /* of a session, as long as it is shown; NULL = none */
  char                *next_report;     /* the latest one, which follows it; NULL = none */
  GtkStack            *pages;
  WsiStartPage        *start_page;
  WsiFailurePage      *failed_page;
  WsiSessionPage      *session_page;
  WsiSession          *session; /* NULL = none has begun */
  WsiDocument         *document;        /* of the session */
  WsiWindowFunc        after;   /* once the session is left; NULL = it is not being left */
  gboolean             is_finishing;    /* its file is completed before */
  GtkFileChooserNative *chooser;        /* NULL: none is open */
  GPtrArray           *lines;   /* one text for each target of the session that is kept for "continue" */
  GPtrArray           *waiting; /* texts of targets of the last session that were not started yet */
  gboolean             is_continuing;
  WsiTarget           *target;  /* the last one that was started; NULL = none */
  GSettings           *settings;
};

gboolean wsi_window_is_page         (WsiWindow  *self,
                                     const char *name);
void     wsi_window_show_page       (WsiWindow  *self,
                                     const char *name);
/* From the start page, which had been opened to add a source. */
void     wsi_window_return_to_session (WsiWindow *self);
/* The session ends. */
void     wsi_window_show_start      (WsiWindow *self);
void     wsi_window_show_back       (WsiWindow *self);
/* By the page, the session, and whether it is being left. */
void     wsi_window_enable_actions  (WsiWindow *self);
void     wsi_window_show_toast      (WsiWindow  *self,
                                     const char *sentence);
void     wsi_window_show_title      (WsiWindow *self);
void     wsi_window_drop_session    (WsiWindow *self);
void     wsi_window_install_actions (GtkWidgetClass *class);

/* In wsi-window-files.c. */
void     wsi_window_begin_document  (WsiWindow *self);
void     wsi_window_drop_document   (WsiWindow *self);
/* FALSE: there is nothing to save, or another file is being chosen. */
gboolean wsi_window_choose_file     (WsiWindow *self);
char    *wsi_window_dup_file_name   (WsiWindow *self);
void     wsi_window_install_file_actions (GtkWidgetClass *class);

/* In wsi-window-last.c. */
void     wsi_window_note_target     (WsiWindow       *self,
                                     const WsiTarget *target);
void     wsi_window_note_end        (WsiWindow *self);
/* With what is left of the last session, if the user has begun to continue it. */
void     wsi_window_continue        (WsiWindow *self);
void     wsi_window_stop_continuing (WsiWindow *self);
void     wsi_window_offer_last      (WsiWindow *self);
void     wsi_window_install_last_action (GtkWidgetClass *class);

/* In wsi-window-leave.c: after is called once nothing of the session can be lost; not called if the
 * user decides to stay. */
void     wsi_window_leave           (WsiWindow    *self,
                                     WsiWindowFunc after);
/* The user was asked for a file. */
void     wsi_window_go_on_leaving   (WsiWindow    *self,
                                     WsiWindowSave save);

G_END_DECLS
