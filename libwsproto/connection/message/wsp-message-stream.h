/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_MESSAGE_STREAM (wsp_message_stream_get_type ())

WSP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WspMessageStream, wsp_message_stream, WSP, MESSAGE_STREAM, GInputStream)

WSP_AVAILABLE_IN_ALL
WspMessageType wsp_message_stream_get_message_type (WspMessageStream *self);

G_END_DECLS
