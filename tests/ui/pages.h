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
  int         kind;             /* a WsiTargetKind, PAGE_NO_SOURCE = the cards, or PAGE_STATE */
  const char *value;            /* of its first field, or NULL */
  guint       row;              /* from 1, that is selected; 0 = none */
  const char *filter;           /* that is set, or NULL */
  const char *actions;          /* of the window, with blanks between them, or NULL; a name with a
                                * target is one of its list, and selection.all selects all rows */
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
