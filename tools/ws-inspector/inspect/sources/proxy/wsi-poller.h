/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Many file descriptors in one source of a main context: waiting costs the same for one as for
 * thousands. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WsiPoller WsiPoller;
typedef struct _WsiWatch WsiWatch;

/* The watch may be freed meanwhile, and others too. */
typedef void (*WsiWatchFunc) (GIOCondition condition,
                              gpointer     user_data);

/* NULL: the system refuses. */
WsiPoller *wsi_poller_new  (GMainContext *context,
                            GError      **error);
/* After its watches. */
void       wsi_poller_free (WsiPoller *self);

/* Waits for nothing at first. */
WsiWatch  *wsi_watch_new   (WsiPoller   *poller,
                            int          fd,
                            WsiWatchFunc function,
                            gpointer     user_data);
/* Errors and a hang-up are reported whatever is waited for; if nothing is, once. */
void       wsi_watch_set   (WsiWatch    *self,
                            GIOCondition condition);
/* Before the file descriptor is closed. */
void       wsi_watch_free  (WsiWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiPoller, wsi_poller_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiWatch, wsi_watch_free)

G_END_DECLS
