/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Keeps a list at its end while it grows, until the user scrolls up.  docs/rationales/inspector.md
 * has the reasons. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WSI_TYPE_FOLLOWER (wsi_follower_get_type ())

G_DECLARE_FINAL_TYPE (WsiFollower, wsi_follower, WSI, FOLLOWER, GObject)

/* widget: that the keys of the list go through; it owns the follower. */
WsiFollower *wsi_follower_new (GtkWidget * widget,
                               GtkScrolledWindow * scroller);
gboolean     wsi_follower_is_active     (WsiFollower *self);
void         wsi_follower_set_active    (WsiFollower *self,
                                         gboolean     is_active);
/* Says whether the list can be followed.  FALSE: it is not, and the key End is that of the list. */
void         wsi_follower_set_possible  (WsiFollower *self,
                                         gboolean     is_possible);
/* Scrolls to the end of a list that has grown. */
void         wsi_follower_stick         (WsiFollower *self);
/* Begins anew with other rows of the list. */
void         wsi_follower_begin_anew    (WsiFollower *self);
void         wsi_follower_detach        (WsiFollower *self);

G_END_DECLS
