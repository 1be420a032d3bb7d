/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The keys of the window's actions: wsi-shortcut-rows.h. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The widget that carries an action out. */
typedef enum
{
  WSI_PART_WINDOW,
  WSI_PART_SWITCH,              /* the session page, whose property is switched */
  WSI_PART_FRAMES,
  WSI_PART_DETAIL,
  WSI_PART_VIEW,                /* the session page, which shows a page */
  WSI_PART_COMPOSER,
} WsiPart;

typedef enum
{
  WSI_SHORTCUTS_WINDOW,
  WSI_SHORTCUTS_CAPTURE,
  WSI_SHORTCUTS_VIEW,
  WSI_SHORTCUTS_FIND,
  WSI_SHORTCUTS_FRAMES,
  WSI_SHORTCUTS_COMPOSER,       /* keys that are the composer's own */
  WSI_N_SHORTCUT_GROUPS,
} WsiShortcutGroup;

typedef struct
{
  WsiShortcutGroup group;
  const char      *action;      /* action of the window */
  WsiPart          part;
  const char      *part_action; /* name of a property, of an action of the frames, a tab; or NULL */
  const char      *keys;        /* keys for gtk_accelerator_parse (), with blanks between them */
  const char      *title;       /* title for the shortcuts window, not translated */
  gboolean         is_first;    /* the window gets the keys before the widget with the focus */
} WsiShortcut;

extern const WsiShortcut wsi_shortcuts[];
extern const guint wsi_n_shortcuts;

const WsiShortcut *wsi_shortcut_find      (const char *action);
void               wsi_shortcuts_bind     (GtkWidgetClass *class);
void               wsi_shortcuts_add_first (GtkWidget *window);
GtkWidget         *wsi_shortcuts_make_window (void);

G_END_DECLS
