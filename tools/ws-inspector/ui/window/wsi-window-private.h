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

/* The files are in the order in which they call each other: each one those before it. */

/* In wsi-window-last.c. */
void     wsi_window_note_target     (WsiWindow       *self,
                                     const WsiTarget *target);
void     wsi_window_note_end        (WsiWindow *self);
void     wsi_window_offer_last      (WsiWindow *self);
void     wsi_window_apply_last_filter (WsiWindow *self);
/* The targets of the last session wait to be started.  FALSE: a session goes on. */
gboolean wsi_window_wait_for_last   (WsiWindow *self);
void     wsi_window_stop_continuing (WsiWindow *self);

/* In wsi-window-pages.c. */
gboolean wsi_window_is_page         (WsiWindow  *self,
                                     const char *name);
void     wsi_window_show_page       (WsiWindow  *self,
                                     const char *name);
void     wsi_window_show_back       (WsiWindow *self);
void     wsi_window_show_title      (WsiWindow *self);
void     wsi_window_show_toast      (WsiWindow  *self,
                                     const char *sentence);
/* One at a time, and after it the latest one. */
void     wsi_window_show_report     (WsiWindow  *self,
                                     const char *sentence);
/* Whether the session records, by its buttons and actions. */
void     wsi_window_show_capturing  (WsiWindow *self);
/* By the page, the session, and whether it is being left. */
void     wsi_window_enable_actions  (WsiWindow *self);
char    *wsi_window_dup_shown_name  (GFile *file);
/* NULL: the session has no file. */
char    *wsi_window_dup_file_name   (WsiWindow *self);
void     wsi_window_show_chooser    (WsiWindow            *self,
                                     GtkFileChooserNative *chooser,
                                     GCallback             on_response);

/* In wsi-window-document.c. */
void     wsi_window_begin_document  (WsiWindow *self);
void     wsi_window_drop_document   (WsiWindow *self);

/* In wsi-window-session.c. */
void     wsi_window_drop_session    (WsiWindow *self);
/* From the start page, which had been opened to add a source. */
void     wsi_window_return_to_session (WsiWindow *self);
/* The session ends. */
void     wsi_window_show_start      (WsiWindow *self);
/* With what is left of the last session, if the user has begun to continue it. */
void     wsi_window_continue        (WsiWindow *self);

/* In wsi-window-leave.c: after is called once nothing of the session can be lost; not called if the
 * user decides to stay. */
void     wsi_window_leave           (WsiWindow    *self,
                                     WsiWindowFunc after);
/* FALSE: there is nothing to save, or another file is being chosen. */
gboolean wsi_window_choose_file     (WsiWindow *self);

/* In wsi-window-actions.c and wsi-window-files.c. */
void     wsi_window_install_actions (GtkWidgetClass *class);
void     wsi_window_install_file_actions (GtkWidgetClass *class);

G_END_DECLS
