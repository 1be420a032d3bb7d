/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows of one session, in the window of the program or in a bare list. */
#pragma once

#include "bare-list.h"
#include "inspect/sources/wsi-session.h"
#include "ui/frames/wsi-frame-list.h"
#include "ui/window/wsi-window.h"

G_BEGIN_DECLS

typedef enum
{
  SCENE_BARE,
  SCENE_OURS,
} SceneKind;

typedef struct
{
  SceneKind     kind;
  GtkWindow    *window;
  BareList      bare;           /* list without the window, for the kind of scene that measures it;
                                 * the others use list */
  WsiFrameList *list;
  WsiSession   *session;        /* session that the window shows; NULL: the window is the
                                 * application's own */
  WsiStore     *store;
  guint         n_painted;      /* number of painted frames */
  guint         n_late, n_late_at_most; /* number of frames without the last row; the most of them
                                         * one after the other */
  guint64       n_signals;      /* number of signals of the shown rows */
} Scene;

typedef gboolean (*SceneIsTrueFunc) (Scene *self);

/* Until it is painted. */
void           scene_init        (Scene          *self,
                                  GtkApplication *application,
                                  SceneKind       kind);
void           scene_clear       (Scene *self);
/* Adds the source that "wsinspect" would have with this line. */
WsiSource     *scene_start       (Scene      *self,
                                  const char *line);
GtkColumnView *scene_get_view    (Scene *self);
guint          scene_count_rows  (Scene *self);
gboolean       scene_shows_last  (Scene *self);
/* Counts signals and late frames from now on. */
void           scene_watch       (Scene *self);
void           scene_run_for     (guint ms);
void           scene_wait_until  (Scene          *self,
                                  SceneIsTrueFunc is_true);
/* One more frame. */
void           scene_paint       (Scene *self);
/* 0: the system does not say. */
double         scene_read_resident_mib (void);

G_END_DECLS
