/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A command that a browser writes ("Copy as cURL") as a target: address, headers, cookies, origin
 * and subprotocols.  Headers that each handshake makes anew are left out. */
#pragma once

#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

/* Whether it begins as one, so that a form tells it from an address. */
gboolean   wsi_curl_is_command (const char *text);
/* Makes a client's target.  notes: a line for each thing that was left out and that might be
 * missed. */
WsiTarget *wsi_curl_parse      (const char *text,
                                char     ***notes,
                                GError    **error);

G_END_DECLS
