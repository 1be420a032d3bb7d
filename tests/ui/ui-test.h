/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Functions that the tests of the window share: beginning and ending, waiting, looking for widgets,
 * appending frames. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/store/wsi-store.h"
#include "ui/frames/wsi-frame-list.h"
#include "ui/window/wsi-window.h"

G_BEGIN_DECLS

/* Rows of the example: as many as it has after a moment, and the first one with the text that
 * wsi_window_demonstrate () is given. */
#define UI_TEST_N_EXAMPLE_ROWS 13
#define UI_TEST_ROW_OF_TEXT 6

typedef gboolean (*UiTestIsTrueFunc) (gpointer data);
typedef gboolean (*UiTestMatchFunc) (GtkWidget  *widget,
                                     const char *text);

/* One frame; members that are 0 are so in the record.  payload NULL = none. */
typedef struct
{
  WspDirection direction;
  guint        opcode;
  gboolean     is_first_part;   /* TRUE if the frame is a first fragment, without FIN */
  const char  *payload;
  gint64       time_us;
} UiTestFrame;

/* GTK, libadwaita and the style of the program, without animations. */
void       ui_test_init       (int    *argc,
                               char ***argv);

/* The same with a program, which has the windows of the test; and its end, with the status of the
 * test.  The argument of ui_test_end () may be NULL. */
GtkApplication *ui_test_begin (int    *argc,
                               char ***argv);
GtkApplication *ui_test_make_application (void);
int        ui_test_end        (GtkApplication *application);

/* Runs the main loop until it is so; the test fails after half a minute. */
void       ui_test_wait_until (UiTestIsTrueFunc is_true,
                               gpointer         data);

/* Until the widget was drawn so many times: a list has its height after some of them. */
void       ui_test_draw       (GtkWidget *widget,
                               guint      n_times);

/* Opens the window for a child of its own; free it with ui_test_close (). */
GtkWindow *ui_test_open       (GtkWidget *child,
                               int        width,
                               int        height);
void       ui_test_close      (GtkWindow *window);

/* A window of the program, once it is drawn. */
WsiWindow *ui_test_open_window (GtkApplication *application);

/* The window starts a client; or a server, whose port is as a user writes it. */
void       ui_test_connect    (WsiWindow  *window,
                               const char *uri);
void       ui_test_serve      (WsiWindow  *window,
                               const char *port);

/* From 1 to 21, as in WCAG 2.1.  A colour that is partly transparent is mixed with that below. */
double     ui_test_get_contrast (const GdkRGBA *colour,
                                 const GdkRGBA *below);

/* The first below widget, itself included; NULL = none. */
GtkWidget *ui_test_find       (GtkWidget      *widget,
                               UiTestMatchFunc match,
                               const char     *text);

/* For ui_test_find (): a mapped label with this text, a widget of the type with this name. */
gboolean   ui_test_is_label   (GtkWidget  *widget,
                               const char *text);
gboolean   ui_test_is_type    (GtkWidget  *widget,
                               const char *type_name);

/* Waits for a text in the clipboard, which is empty afterwards; free it with g_free (). */
char      *ui_test_read_clipboard (GtkWidget *widget);

/* A store with one connection of a client; both are the caller's. */
WsiStore  *ui_test_make_store (const WsiStoreLimits *limits,
                               WsiConversation     **conversation);
/* Until so many rows are shown, and the filter has tested all. */
void       ui_test_wait_for_rows (WsiFrameList *list,
                                  guint         n_rows);
void       ui_test_append     (WsiStore          *store,
                               WsiConversation   *conversation,
                               const UiTestFrame *frame);
/* The widget of a row that is there. */
GtkWidget *ui_test_get_row    (WsiFrameList *list,
                               guint         position);
/* The action selects the row with this number. */
void       ui_test_assert_move (WsiFrameList *list,
                                const char   *action,
                                guint64       number);
/* Whether keyboard_click () works; else the test is skipped. */
gboolean   ui_test_can_click  (void);

G_END_DECLS
