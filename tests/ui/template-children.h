/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Parts of the window, by the ids of their templates: a program has no functions for its tests. */
#pragma once

#include "inspect/targets/wsi-window-model.h"
#include "ui/session/wsi-session-page.h"
#include "ui/window/wsi-window.h"

G_BEGIN_DECLS

gpointer    ui_test_get_child (gpointer    widget,
                               const char *id);
/* The text of a label. */
const char *ui_test_get_text  (gpointer    widget,
                               const char *id);
/* The name of the page that the stack "pages" shows. */
const char *ui_test_get_page  (gpointer widget);
/* The window shows why its only source has failed. */
gboolean    ui_test_has_failed (gpointer window);
/* It is made for the first session of the window: NULL before. */
gpointer    ui_test_get_session_page (WsiWindow *window);
/* The details of a page of a session. */
gpointer    ui_test_get_detail (gpointer session_page);
/* The page of a tab of the details. */
gpointer    ui_test_get_tab   (WsiWindow  *window,
                               const char *id);
/* Presses the button of a view of the tab Message: "text", "tree" or "hex". */
void        ui_test_show_view (gpointer    message_page,
                               const char *name);
/* Chooses in the dialog of a replay whose messages are sent again. */
void        ui_test_choose_replay     (gpointer dialog,
                                       guint32  conversation,
                                       WspRole  sender);
gboolean    ui_test_is_replay_running (gpointer dialog);

/* The parts of a window: its state; the session and its first source, or NULL; the list of frames,
 * which has none before the first session, unless a test asks for it. */
WsiWindowModel *ui_test_get_model (WsiWindow *window);
WsiSession   *ui_test_get_session   (WsiWindow *window);
WsiSource    *ui_test_get_source    (WsiWindow *window);
gboolean      ui_test_is_running    (gpointer source);
WsiFrameList *ui_test_get_list      (WsiWindow *window);
/* As after the dialog. */
void          ui_test_save          (WsiWindow *window,
                                     GFile     *file);

G_END_DECLS
