/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The routes of a server: the paths that it serves.  A route is a quark, which is never freed.
 * docs/rationales/server.md has the reasons. */
#pragma once

#include <gio/gio.h>

#include "core/types.h"

G_BEGIN_DECLS

typedef struct _WspRoutes WspRoutes;

WspRoutes *wsp_routes_new          (void);
/* The copy has the routes that other has now, and knows what the log has said of them, then and
 * later.  Only settings, of which copies are made, may be changed. */
WspRoutes *wsp_routes_copy         (const WspRoutes *other);
void       wsp_routes_free         (WspRoutes *self);
/* FALSE: pattern is no route, or one that self has already. */
gboolean   wsp_routes_add          (WspRoutes  *self,
                                    const char *pattern,
                                    GError    **error);
gboolean   wsp_routes_remove       (WspRoutes  *self,
                                    const char *pattern);
gboolean   wsp_routes_are_none     (const WspRoutes *self);
/* 0: no route fits path. */
GQuark     wsp_routes_find         (const WspRoutes *self,
                                    WscBytes         path);
/* TRUE: route may be served.  Without any route each path is served, and route is 0. */
gboolean   wsp_routes_serve        (const WspRoutes *self,
                                    GQuark           route);
/* From any thread.  TRUE at the first call for a route of self. */
gboolean   wsp_routes_note_untaken (const WspRoutes *self,
                                    GQuark           route);

G_END_DECLS
