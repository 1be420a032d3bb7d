/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "connection/message/wsp-message.h"

G_BEGIN_DECLS

/* Takes data, which has a NUL behind its length bytes. */
WspMessage *wsp_message_new_take (WspMessageType type,
                                  guint8        *data,
                                  gsize          length);

G_END_DECLS
