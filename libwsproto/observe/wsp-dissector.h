/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/observe/wsp-tap.h>
#include <libwsproto/session/wsp-enums.h>
#include <libwsproto/session/wsp-handshake.h>

G_BEGIN_DECLS

#define WSP_TYPE_DISSECTOR (wsp_dissector_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspDissector, wsp_dissector, WSP, DISSECTOR, GObject)

WSP_AVAILABLE_IN_ALL
WspDissector   *wsp_dissector_new (WspRole role);
WSP_AVAILABLE_IN_ALL
WspRole         wsp_dissector_get_role       (WspDissector *self);
WSP_AVAILABLE_IN_ALL
const char     *wsp_dissector_get_extensions (WspDissector *self);
WSP_AVAILABLE_IN_ALL
void            wsp_dissector_push          (WspDissector *self,
                                             WspDirection  direction,
                                             GBytes       *bytes,
                                             gint64        time_us);
WSP_AVAILABLE_IN_ALL
GArray         *wsp_dissector_steal_records (WspDissector *self);
WSP_AVAILABLE_IN_ALL
WspFrameRecord *wsp_dissector_next_record   (WspDissector *self);
WSP_AVAILABLE_IN_ALL
WspHandshake   *wsp_dissector_get_handshake (WspDissector *self);
WSP_AVAILABLE_IN_ALL
GBytes         *wsp_dissector_dup_payload   (WspDissector         *self,
                                             const WspFrameRecord *record);
WSP_AVAILABLE_IN_ALL
guint64         wsp_dissector_get_n_dropped (WspDissector *self);

G_END_DECLS
