/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Whether the connections of a store go to several servers, so that their paths alone do not name
 * them.  Any thread may ask; the connections of a store hold it together. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WsiServers WsiServers;

WsiServers *wsi_servers_new   (void);
WsiServers *wsi_servers_ref   (WsiServers *self);
void        wsi_servers_unref (WsiServers *self);
/* Adds the server of a URI; one without a host is none. */
void        wsi_servers_add   (WsiServers *self,
                               const char *uri);
gboolean    wsi_servers_are_several (WsiServers *self);
/* The "host:port" of a URI, without a user.  NULL: it has none. */
char       *wsi_servers_dup_host (const char *uri);

G_END_DECLS
