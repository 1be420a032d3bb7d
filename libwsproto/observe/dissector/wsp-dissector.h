/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/observe/wsp-tap.h>

G_BEGIN_DECLS

#define WSP_TYPE_DISSECTOR (wsp_dissector_get_type ())

WSP_AVAILABLE_IN_ALL G_DECLARE_FINAL_TYPE (WspDissector, wsp_dissector, WSP, DISSECTOR, GObject)

WSP_AVAILABLE_IN_ALL
WspDissector         *wsp_dissector_new (WspRole role);
WSP_AVAILABLE_IN_ALL
WspRole               wsp_dissector_get_role       (WspDissector *self);
WSP_AVAILABLE_IN_ALL
const char           *wsp_dissector_get_extensions (WspDissector *self);
WSP_AVAILABLE_IN_ALL
void                  wsp_dissector_push          (WspDissector *self,
                                                   WspDirection  direction,
                                                   GBytes       *bytes,
                                                   gint64        time_us);
WSP_AVAILABLE_IN_ALL
void                  wsp_dissector_skip          (WspDissector *self,
                                                   WspDirection  direction,
                                                   guint64       length,
                                                   gint64        time_us);
WSP_AVAILABLE_IN_ALL
void                  wsp_dissector_end           (WspDissector *self,
                                                   WspDirection  direction,
                                                   gint64        time_us);
WSP_AVAILABLE_IN_ALL
GArray               *wsp_dissector_steal_records (WspDissector *self);
WSP_AVAILABLE_IN_ALL
const WspFrameRecord *wsp_dissector_take_records  (WspDissector *self,
                                                   guint        *n_records);
WSP_AVAILABLE_IN_ALL
WspFrameRecord       *wsp_dissector_next_record   (WspDissector *self);
WSP_AVAILABLE_IN_ALL
WspHandshake         *wsp_dissector_get_handshake (WspDissector *self);
WSP_AVAILABLE_IN_ALL
GBytes               *wsp_dissector_dup_request_head  (WspDissector *self);
WSP_AVAILABLE_IN_ALL
GBytes               *wsp_dissector_dup_response_head (WspDissector *self);
WSP_AVAILABLE_IN_ALL
guint                 wsp_dissector_get_n_interim_heads (WspDissector *self);
WSP_AVAILABLE_IN_ALL
GBytes               *wsp_dissector_dup_interim_head  (WspDissector *self,
                                                       guint         index);
WSP_AVAILABLE_IN_ALL
gboolean              wsp_dissector_has_request   (WspDissector *self);
WSP_AVAILABLE_IN_ALL
gboolean              wsp_dissector_has_response  (WspDissector *self);
WSP_AVAILABLE_IN_ALL
guint                 wsp_dissector_get_head_fault (WspDissector *self,
                                                    WspDirection  direction);
WSP_AVAILABLE_IN_ALL
gboolean              wsp_dissector_get_deflate   (WspDissector *self,
                                                   guint        *client_window_bits,
                                                   guint        *server_window_bits,
                                                   gboolean     *client_context_takeover,
                                                   gboolean     *server_context_takeover);
WSP_AVAILABLE_IN_ALL
GBytes               *wsp_dissector_dup_payload   (WspDissector         *self,
                                                   const WspFrameRecord *record,
                                                   WspPayloadView        view);
WSP_AVAILABLE_IN_ALL
const guint8         *wsp_dissector_peek_payload  (WspDissector         *self,
                                                   const WspFrameRecord *record,
                                                   WspPayloadView        view,
                                                   gsize                *length);
WSP_AVAILABLE_IN_ALL
guint64               wsp_dissector_get_n_dropped (WspDissector *self);

G_END_DECLS
