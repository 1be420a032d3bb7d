/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <glib-object.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_CLOSE_INFO (wsp_close_info_get_type ())

/**
 * WspCloseInfo:
 *
 * How a connection ended: who closed it, with which codes, and what went wrong. See RFC 6455,
 * section 7.1. A close info does not change, and may be used in any thread.
 *
 * Since: 0.1
 */
typedef struct _WspCloseInfo WspCloseInfo;

WSP_AVAILABLE_IN_ALL
GType         wsp_close_info_get_type            (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
gboolean      wsp_close_info_is_clean            (WspCloseInfo *self);
WSP_AVAILABLE_IN_ALL
gboolean      wsp_close_info_was_started_by_peer (WspCloseInfo *self);
WSP_AVAILABLE_IN_ALL
guint         wsp_close_info_get_peer_code       (WspCloseInfo *self);
WSP_AVAILABLE_IN_ALL
guint         wsp_close_info_get_local_code      (WspCloseInfo *self);
WSP_AVAILABLE_IN_ALL
const char   *wsp_close_info_get_peer_reason     (WspCloseInfo *self);
WSP_AVAILABLE_IN_ALL
const char   *wsp_close_info_get_local_reason    (WspCloseInfo *self);
WSP_AVAILABLE_IN_ALL
const GError *wsp_close_info_get_error           (WspCloseInfo *self);
WSP_AVAILABLE_IN_ALL
gint64        wsp_close_info_get_idle_time_us       (WspCloseInfo *self);
WSP_AVAILABLE_IN_ALL
char         *wsp_close_info_to_string           (WspCloseInfo *self);
WSP_AVAILABLE_IN_ALL
WspCloseInfo *wsp_close_info_ref                 (WspCloseInfo *self);
WSP_AVAILABLE_IN_ALL
void          wsp_close_info_unref               (WspCloseInfo *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspCloseInfo, wsp_close_info_unref)

G_END_DECLS
