/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The list of a server's listeners, in the server's context. */
#pragma once

#include "endpoint/serving/wsp-server-private.h"

G_BEGIN_DECLS

WspListenerList *wsp_listener_list_new        (void);
GPtrArray       *wsp_listener_list_peek       (WspListenerList *self);
/* These three emit items-changed last. */
void             wsp_listener_list_add        (WspListenerList *self,
                                               WspListener     *listener);
void             wsp_listener_list_remove     (WspListenerList *self,
                                               WspListener     *listener);
void             wsp_listener_list_remove_all (WspListenerList *self);

G_END_DECLS
