/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An action in one line, in the words of the library's functions. */
#pragma once

#include "inspect/store/memory/wsi-actions.h"

G_BEGIN_DECLS

/* The name of a buffer: "text", "ping or pong", ...; NULL: there is no payload. */
const char *wsi_action_text_name_buffer (WspBufferType type);
char       *wsi_action_text_print       (const WsiAction *action);

G_END_DECLS
