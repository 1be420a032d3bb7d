/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of a server's connections, in the server's context. */
#pragma once

#include "endpoint/serving/wsp-server-private.h"

G_BEGIN_DECLS

WspConnectionList *wsp_connection_list_new    (void);
/* Returns the list, which from now on emits items-changed. */
GListModel        *wsp_connection_list_show   (WspConnectionList *self);
void               wsp_connection_list_add    (WspConnectionList *self,
                                               WspServerClient   *client);
/* Does not emit items-changed: wsp_connection_list_notify_removed () does. */
void               wsp_connection_list_remove (WspConnectionList *self,
                                               WspServerClient   *client);
void               wsp_connection_list_notify_removed (WspConnectionList *self,
                                                       guint              position);
/* In the child of a fork (): forgets clients that threads serve which the child does not have. */
void               wsp_connection_list_leave  (WspConnectionList *self);

G_END_DECLS
