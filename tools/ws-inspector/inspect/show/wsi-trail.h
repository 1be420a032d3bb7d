/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The way back from a jump: places of a session that the user has left, the latest last. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TRAIL_MAX 50        /* places; the oldest are forgotten */

typedef struct
{
  char   *page;                 /* page of the session, such as "frames" */
  char   *filter;               /* text of the filter; NULL = none */
  guint32 conversation;         /* connection whose rows alone are listed; 0 = all rows are */
  guint64 row;                  /* number of the selected row; WSI_NO_RECORD = none */
  gboolean is_following;        /* the list follows new rows, whichever row is selected */
} WsiTrailPlace;

void      wsi_trail_place_free  (WsiTrailPlace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiTrailPlace, wsi_trail_place_free)

typedef struct _WsiTrail WsiTrail;

WsiTrail *wsi_trail_new   (void);
void      wsi_trail_free  (WsiTrail *self);
/* Takes the place.  One that is the same as the one before it is no place of its own. */
void      wsi_trail_leave (WsiTrail      *self,
                           WsiTrailPlace *place);
/* The place that was left last and is not that one; free it with wsi_trail_place_free ().  NULL:
 * there is none. */
WsiTrailPlace *wsi_trail_go_back (WsiTrail            *self,
                                  const WsiTrailPlace *from);
/* Forgets all places, for another session. */
void      wsi_trail_clear (WsiTrail *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiTrail, wsi_trail_free)

G_END_DECLS
