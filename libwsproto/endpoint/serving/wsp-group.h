/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/endpoint/serving/wsp-server.h>

G_BEGIN_DECLS

#define WSP_TYPE_GROUP (wsp_group_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspGroup, wsp_group, WSP, GROUP, GObject)

WSP_AVAILABLE_IN_ALL
WspGroup *wsp_group_new (WspServer * server);
WSP_AVAILABLE_IN_ALL
gboolean  wsp_group_add           (WspGroup      *self,
                                   WspConnection *connection,
                                   GError       **error);
WSP_AVAILABLE_IN_ALL
gboolean  wsp_group_remove        (WspGroup      *self,
                                   WspConnection *connection);
WSP_AVAILABLE_IN_ALL
void      wsp_group_broadcast     (WspGroup      *self,
                                   WspMessage    *message,
                                   WspSendFlags   flags,
                                   WspConnection *exclude);
WSP_AVAILABLE_IN_ALL
guint     wsp_group_get_n_members (WspGroup *self);

G_END_DECLS
