/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include <gio/gio.h>
#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/base/wsp-macros.h>

G_BEGIN_DECLS

#define WSP_TYPE_MESSAGE (wsp_message_get_type ())

/**
 * WspMessage:
 *
 * A whole message: text or binary. A message never changes.
 *
 * Messages are counted by reference, and the same message may be sent on many connections, also
 * in other threads.
 *
 * Since: 0.1
 */
typedef struct _WspMessage WspMessage;

WSP_AVAILABLE_IN_ALL
GType          wsp_message_get_type         (void) G_GNUC_CONST;
WSP_AVAILABLE_IN_ALL
WspMessage    *wsp_message_new_text         (const char *text);
WSP_AVAILABLE_IN_ALL
WspMessage    *wsp_message_new_text_bytes   (GBytes  *utf8,
                                             GError **error);
WSP_AVAILABLE_IN_ALL
WspMessage    *wsp_message_new_binary       (const guint8 *data,
                                             gsize         length);
WSP_AVAILABLE_IN_ALL
WspMessage    *wsp_message_new_binary_bytes (GBytes *data);
WSP_AVAILABLE_IN_ALL
WspMessageType wsp_message_get_message_type (WspMessage *self);
WSP_AVAILABLE_IN_ALL
GBytes        *wsp_message_get_bytes        (WspMessage *self);
WSP_AVAILABLE_IN_ALL
const char    *wsp_message_get_text         (WspMessage *self);
WSP_AVAILABLE_IN_ALL
gsize          wsp_message_get_size         (WspMessage *self);
WSP_AVAILABLE_IN_ALL
WspMessage    *wsp_message_ref              (WspMessage *self);
WSP_AVAILABLE_IN_ALL
void           wsp_message_unref            (WspMessage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspMessage, wsp_message_unref)

G_END_DECLS
