/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The demonstration: a server and a client in one program, and one of each kind of exchange. */
#pragma once

#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-server-source.h"

G_BEGIN_DECLS

#define WSI_TYPE_DEMO (wsi_demo_get_type ())

G_DECLARE_FINAL_TYPE (WsiDemo, wsi_demo, WSI, DEMO, WsiSource)

/* Makes a demonstration, of which only the client's side is recorded.  text may be NULL.  Returns
 * NULL if no server can be started. */
WsiDemo *wsi_demo_new (WsiRecorder * recorder,
                       WsiPlace      place,
                       const char *text,
                       GError * *error);

G_END_DECLS
