/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A helper that lets the client source of a session send a text. */
#pragma once

#include "inspect/sources/wsi-client-source.h"

/* In the owner's thread, while it is connected. */
void client_text_send (WsiSource  *client,
                       const char *text);
