/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Pages and states of the window, each reached as a user reaches it.  Pictures of them are for
 * people to look at, and a test looks whether each fits. */
#pragma once

#include "ui/window/wsi-window.h"

G_BEGIN_DECLS

#define PAGE_NO_SOURCE -1
#define PAGE_STATE -2           /* value is a state of states.h */
#define PAGE_TAKEN_PORT "taken"

typedef struct
{
  const char *name;
  int         kind;             /* kind of the page: a WsiTargetKind, PAGE_NO_SOURCE = the cards, or
                                 * PAGE_STATE */
  const char *value;            /* value of the first field; NULL = it stays empty */
  guint       row;              /* number of the row that is selected, from 1; 0 = none */
  const char *filter;           /* filter that is set; NULL = none */
  const char *actions;          /* actions of the window, with blanks between them; NULL = none. A
                                 * name with a target is one of its list, and selection.all selects
                                 * all rows */
} Page;

extern const Page pages[];
extern const guint n_pages;

/* window is the one in front, such as a dialog. */
typedef void (*PageFunc) (GtkWindow  *window,
                          const Page *page);

/* In windows of this size, one after the other.  Settings are as at first for each page. */
void page_show_all (GtkApplication *application,
                    int             width,
                    int             height,
                    PageFunc        function);

/* The actions of the page. */
void page_act      (WsiWindow  *window,
                    const Page *page);

G_END_DECLS
