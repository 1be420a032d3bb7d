/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* All that a window can show: pages of its session, which are those of pages.h, and dialogs in
 * front of it. */
#pragma once

#include "ui/window/wsi-window.h"

G_BEGIN_DECLS

/* A window must have this for a view. */
typedef enum
{
  VIEW_OF_ANY_WINDOW = 0,
  VIEW_OF_FORM       = 1 << 0,  /* a form with a row for a file */
  VIEW_OF_SESSION    = 1 << 1,
  VIEW_OF_TEXT       = 1 << 2,  /* a selected row of a text */
  VIEW_OF_UNSAVED    = 1 << 3,  /* frames that are in no file */
} ViewBase;

typedef struct
{
  const char *name;
  ViewBase    base;
  const char *owner;            /* type of the widget that has the actions; NULL = the window */
  const char *actions;          /* names of actions with blanks between them; NULL = a page with
                                 * this name */
} View;

guint       view_get_n    (void);
/* Whether a window with all this has it. */
gboolean    view_is_in    (const View *view,
                           ViewBase    base);
const View *view_get      (guint i);
/* Returns the dialog, NULL = it is a page of the window. */
GtkWindow  *view_open     (WsiWindow  *window,
                           const View *view);

/* The dialog that is in front of a window; NULL = none is. */
GtkWindow  *view_find_dialog (GtkWindow *window);

G_END_DECLS
